//! What became of the user's password so far: it goes first once and alone, and a refusal stops it.

use super::uds::SingleSignOn;
use super::{Plan, Turn};
use crate::discovery::reading::Reading;
use crate::discovery::route::first_label;
use crate::discovery::walk::{Exchange, LoginSeen};
use crate::journal::{ClientKind, EntryNo, HttpWhat};
use crate::protocol::epas::Answer;

/// Why nothing is sent on a cluster with single sign-on.
pub(super) const SSO: &str = "single sign-on: not testable with a password";
/// Why nothing is sent without a password.
pub(super) const NONE: &str = "no password at hand";

/// What servers said of the password.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Accepted,
    /// Who refused it, and how.
    Refused(String),
}

impl Plan<'_> {
    /// Whether the password may be used now. What was said last counts: after a refusal only a person's word leads
    /// on, and what came of that is newer.
    pub(super) fn may_use_password(&self) -> Turn<()> {
        match self.verdict() {
            Some(Verdict::Accepted) => Turn::Now(()),
            Some(Verdict::Refused(by)) => {
                Turn::Never(format!("the password was refused by {by}: not tried elsewhere"))
            }
            None if self.is_in_flight() => Turn::Later,
            None => Turn::Now(()),
        }
    }

    /// Why the password is not used; none where it may be, or waits.
    pub(super) fn against_password(&self) -> Option<String> {
        if self.single_sign_on() == SingleSignOn::On {
            return Some(SSO.to_owned());
        }
        match self.may_use_password() {
            Turn::Never(why) => Some(why),
            _ => None,
        }
    }

    /// Whether a server has accepted the password.
    pub(super) fn is_accepted(&self) -> bool {
        self.verdict() == Some(Verdict::Accepted)
    }

    fn verdict(&self) -> Option<Verdict> {
        let by_http = self.walk.exchanges().iter().filter_map(of_exchange);
        let own = self.walk.logins().iter().filter(|login| self.is_users(login));
        let all = by_http.chain(own.filter_map(of_login));
        all.max_by_key(|(n, _)| *n).map(|(_, verdict)| verdict)
    }

    /// Whether the password is with a server that has not answered.
    fn is_in_flight(&self) -> bool {
        let is_use = |what| matches!(what, HttpWhat::User | HttpWhat::EpasLogin);
        let mut exchanges = self.walk.exchanges().iter();
        let by_http = exchanges.any(|exchange| is_use(exchange.ask.what) && exchange.ended.is_none());
        let mut logins = self.walk.logins().iter().filter(|login| self.is_users(login));
        by_http || logins.any(|login| login.tried.is_some() && of_login(login).is_none() && login.ended.is_none())
    }

    /// Whether a login used the user's password. Jabber's is by token: that says nothing of the password.
    fn is_users(&self, login: &LoginSeen) -> bool {
        login.ask.client == ClientKind::Psi && login.ask.user.eq_ignore_ascii_case(&self.goal.user_id)
    }
}

/// `cucm1` of `https://cucm1.example.test:8443/…`.
fn place(exchange: &Exchange) -> &str {
    first_label(exchange.ask.origin().1)
}

fn of_exchange(exchange: &Exchange) -> Option<(EntryNo, Verdict)> {
    let (head, _, _) = exchange.head.as_ref()?;
    let said = exchange.body.as_ref().map_or(*head, |(n, ..)| *n);
    let refused = |how: String| Some((said, Verdict::Refused(how)));
    match (exchange.ask.what, exchange.status()?, &exchange.reading) {
        (HttpWhat::User, 200 | 403, _) => Some((*head, Verdict::Accepted)),
        (HttpWhat::User, 401, _) => Some((*head, Verdict::Refused(format!("{} (401)", place(exchange))))),
        (HttpWhat::EpasLogin, 401, _) => refused(format!("EPAS on {} (401)", place(exchange))),
        (HttpWhat::EpasLogin, _, Reading::EpasLogin(Answer::Success(_))) => Some((said, Verdict::Accepted)),
        (HttpWhat::EpasLogin, _, Reading::EpasLogin(Answer::Failure(why))) if !is_about_version(why) => {
            refused(format!("EPAS on {}", place(exchange)))
        }
        _ => None,
    }
}

/// A client that is too old is told so before its password is looked at (protocol.md 5.1).
fn is_about_version(why: &str) -> bool {
    why.to_ascii_lowercase().contains("version requirement")
}

fn of_login(login: &LoginSeen) -> Option<(EntryNo, Verdict)> {
    let host = first_label(&login.ask.host);
    let refused = login.refused.map(|n| (n, Verdict::Refused(format!("{host} (SASL)"))));
    let accepted = login.accepted.map(|n| (n, Verdict::Accepted));
    refused.into_iter().chain(accepted).max_by_key(|(n, _)| *n)
}
