//! How findings stand to the newest login on their node.

use super::{Finding, Severity, catalogue};
use crate::journal::{How, OpId, Stage};
use crate::progress::{LoginProgress, Progress, StageOutcome};

/// How a finding stands to the newest login on its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// It is of the newest login, or of none.
    Newest,
    /// A newer login goes on, and has told nothing yet.
    Before,
    /// A newer login has told more.
    Earlier,
}

/// The age of each of these findings.
pub fn ages(progress: &Progress, found: &[Finding]) -> Vec<Age> {
    found.iter().map(|finding| age(progress, found, finding.op)).collect()
}

fn age(progress: &Progress, found: &[Finding], op: Option<OpId>) -> Age {
    let Some(login) = op.and_then(|op| progress.login(op)) else { return Age::Newest };
    let newer = progress.node(&login.ask.host, login.ask.port).skip_while(|other| other.op != login.op).skip(1);
    newer.fold(Age::Newest, |age, newer| match age {
        Age::Earlier => age,
        _ if tells(progress, found, newer.op) => Age::Earlier,
        _ => Age::Before,
    })
}

/// Whether a login has told what is to be known of its node: it ended otherwise than by the user's word, it got
/// through `auth`, or something critical was found in it.
fn tells(progress: &Progress, found: &[Finding], op: OpId) -> bool {
    let ended = |login: &LoginProgress| login.ended.as_ref().is_some_and(|end| end.outcome.how != How::Stopped);
    let passed = |login: &LoginProgress| login.row(Stage::Auth).outcome == StageOutcome::Ok;
    let critical = |finding: &&Finding| catalogue().severity(finding) == Severity::Critical;
    progress.login(op).is_some_and(|login| ended(login) || passed(login))
        || found.iter().filter(critical).any(|finding| finding.op == Some(op))
}
