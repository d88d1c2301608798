//! What a login came to, in one word (the `outcome` of design.md 6).

use crate::journal::{How, Remark, Stage};

use super::{Level, LoginProgress};

/// One word for a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoginResult {
    /// It goes on.
    Running,
    /// The stage that was asked for was reached.
    Ok,
    /// Something that was waited for did not come, and nothing else ended the login.
    Silent,
    /// The peer said no.
    Refused,
    /// It broke: the connection, the peer's bytes, or ourselves.
    Failed,
    /// The user, or a rule about credentials, stopped it.
    Stopped,
    /// It stopped at `auth` since no credential was at hand.
    NotTried,
}

impl LoginResult {
    /// The word in reports: `not_tried`.
    pub fn name(self) -> &'static str {
        match self {
            LoginResult::Running => "running",
            LoginResult::Ok => "ok",
            LoginResult::Silent => "silent",
            LoginResult::Refused => "refused",
            LoginResult::Failed => "failed",
            LoginResult::Stopped => "stopped",
            LoginResult::NotTried => "not_tried",
        }
    }
}

/// What a login came to.
///
/// 1. While it runs: silent while its wait is, ok once it has reached its stage, else running.
/// 2. Reached its end: ok. Refused by the peer: refused.
/// 3. Stopped or timed out while a silence was open: silent; a connect that timed out is a failure, for nothing
///    had been said that could be left unanswered.
/// 4. Stopped for want of a credential: not tried. Stopped otherwise: stopped. The rest: failed.
pub fn result(login: &LoginProgress) -> LoginResult {
    let Some(ended) = &login.ended else {
        let silent = login.wait.as_ref().is_some_and(|wait| wait.level == Level::Silent);
        return match (silent, login.reached()) {
            (true, _) => LoginResult::Silent,
            (false, true) => LoginResult::Ok,
            (false, false) => LoginResult::Running,
        };
    };
    let unanswered = login.silences.iter().any(|silence| silence.answered.is_none());
    let connecting = login.stage() == Stage::Tcp;
    match ended.outcome.how {
        How::Ok => LoginResult::Ok,
        How::Refused if connecting => LoginResult::Failed,
        How::Refused => LoginResult::Refused,
        How::TimedOut if connecting => LoginResult::Failed,
        How::TimedOut => LoginResult::Silent,
        How::Stopped if unanswered => LoginResult::Silent,
        How::Stopped if for_want_of_credential(login) => LoginResult::NotTried,
        How::Stopped => LoginResult::Stopped,
        How::Broken | How::Lost | How::Failed => LoginResult::Failed,
    }
}

fn for_want_of_credential(login: &LoginProgress) -> bool {
    login.remarks.iter().any(|seen| matches!(&seen.remark, Remark::Gate { why, .. } if why == "no credential"))
}
