//! Words and figures that text, JSON and the report share.

use std::time::Duration;

use crate::findings::{Finding, Severity, catalogue};
use crate::journal::Stage;
use crate::progress::{LoginProgress, LoginResult, Progress, StageOutcome, result};

/// `<1 ms`, `21 ms`, `10.0 s`
pub(super) fn duration(time: Duration) -> String {
    match time.as_millis() {
        0 => "<1 ms".to_owned(),
        ms @ 1..1000 => format!("{ms} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// The same of milliseconds.
pub(super) fn ms(ms: u64) -> String {
    duration(Duration::from_millis(ms))
}

/// Whole milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// What a login came to.
pub(super) fn outcome(result: LoginResult) -> &'static str {
    match result {
        LoginResult::NotTried => "not tried (no password or token at hand)",
        other => other.name(),
    }
}

/// How far a login came, in a few words.
pub(super) fn came_to(login: &LoginProgress) -> String {
    let stage = ended_at(login);
    match result(login) {
        LoginResult::Ok if login.ask.until < Stage::Auth => {
            format!("answers up to `{stage}`; it was asked no further, and got no credential")
        }
        LoginResult::Ok => format!("ok, it came to `{stage}`"),
        other => format!("{} at `{stage}`", outcome(other)),
    }
}

/// The mechanism that was used, or would have been.
pub(super) fn mechanism(login: &LoginProgress) -> Option<String> {
    let used = login.auths.iter().rev().find_map(|auth| auth.mechanism.clone());
    used.or_else(|| login.ask.mechanism.clone())
}

/// The stage where it ended: the last one that something became of.
pub(super) fn ended_at(login: &LoginProgress) -> Stage {
    let reached = login.stages.iter().rev().find(|row| row.outcome != StageOutcome::NotReached);
    // A session that is not offered is skipped behind the bind that completed the login: it counts as reached.
    reached.map_or(Stage::Tcp, |row| row.stage)
}

/// Whether a finding is only worth knowing: `impscope explain` has the rest of it.
pub(super) fn is_note(finding: &Finding) -> bool {
    catalogue().severity(finding) == Severity::Info
}

/// `#12 #15`
pub(super) fn cited(finding: &Finding) -> String {
    finding.evidence.iter().map(|n| format!("#{}", n.0)).collect::<Vec<_>>().join(" ")
}

/// The findings that nothing explains and that are more than worth knowing, each with those that say the same again: a
/// node is asked up to its mechanisms and once more with the credential, so what ails it is found twice.
pub(super) fn faults(findings: &[Finding]) -> Vec<(&Finding, Vec<&Finding>)> {
    let mut faults: Vec<(&Finding, Vec<&Finding>)> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.explained_by.is_none() && !is_note(finding)) {
        let same = |first: &Finding| (first.code, &first.subject) == (finding.code, &finding.subject);
        match faults.iter_mut().find(|(first, _)| same(first)) {
            Some((_, again)) => again.push(finding),
            None => faults.push((finding, Vec::new())),
        }
    }
    faults
}

/// The user's logins and those of control experiments, in the order in which they began.
pub(super) fn all_logins(progress: &Progress) -> Vec<&LoginProgress> {
    let mut logins: Vec<&LoginProgress> = progress.logins().iter().chain(progress.controls()).collect();
    logins.sort_by_key(|login| (login.began, login.op));
    logins
}
