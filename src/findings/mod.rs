//! What the journal shows to be wrong: rules over logins and the walk to them, and the catalogue with their words.
//!
//! A finding is a code, its arguments, and the numbers of the entries that prove it. It states what has happened
//! and stays; a later one may explain it, and the verdict and the exit code look only at those that nothing
//! explains (design.md 7). A rule answers that it holds, that it does not, or that it cannot tell yet. Rules know
//! no severity and no sentences: those are data, in `assets/findings.toml`.

mod admin;
mod age;
mod alert;
mod catalogue;
mod change;
pub mod code;
mod columns;
mod control;
mod explain;
mod explained;
mod figures;
mod inside_outside;
mod nearest;
mod page;
mod placeholder;
mod render;
mod rules;
mod side;
mod watch;

use std::collections::BTreeMap;

use crate::discovery::Walk;
use crate::journal::{EntryNo, OpId};
use crate::progress::Progress;

pub use age::{Age, ages};
pub use catalogue::{Catalogue, CatalogueError, Confidence, Severity, Text, catalogue};
pub use change::{Change, change_lines, changes};
pub use code::Code;
pub use columns::columns;
pub use control::{ControlTable, Marks, PointsAt, Reply, control, control_lines};
pub use explain::{Explanation, explain};
pub use inside_outside::{Passed, SideRow, inside_outside, inside_outside_lines};
pub use nearest::nearest;
pub use render::{headline, lines};
pub use side::side_by_side;
pub use watch::{WatchCell, WatchRow, WatchTable, watch_lines, watches};

/// What a rule says.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It has happened.
    Holds(Finding),
    /// It has not, and what has been seen settles that.
    DoesNotHold,
    /// What it needs has not been seen.
    CannotTellYet,
}

/// Something that has happened, with its proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// What it is about, as it was named: a host, a DNS server, a domain, a user.
    pub subject: String,
    /// The operation in which it happened: a login, a lookup, the first exchange with a server. It stays the same
    /// however much is known.
    pub op: Option<OpId>,
    /// The values in its words. Text of the server's is bounded, and its control characters are visible escapes.
    pub args: BTreeMap<&'static str, String>,
    /// The entries that prove it, oldest first.
    pub evidence: Vec<EntryNo>,
    /// The finding that explains this one.
    pub explained_by: Option<Code>,
}

impl Finding {
    /// One of its values.
    pub fn arg(&self, name: &str) -> Option<&str> {
        self.args.get(name).map(String::as_str)
    }
}

/// All findings, those that nothing explains first, the gravest first among them. Before any fault stands that clients
/// wait by design before they log in again (protocol.md 6.8).
///
/// Under equals the user's home node stands first, then the order in which the operations began.
pub fn findings(progress: &Progress, walk: &Walk) -> Vec<Finding> {
    let mut found: Vec<Finding> = rules::answers(progress, walk)
        .into_iter()
        .filter_map(|answer| match answer {
            Answer::Holds(finding) => Some(finding),
            Answer::DoesNotHold | Answer::CannotTellYet => None,
        })
        .collect();
    explained::link(&mut found);
    let away = |finding: &Finding| {
        let login = finding.op.and_then(|op| progress.login(op));
        login.is_none_or(|login| login.ask.home != Some(true))
    };
    found.sort_by_cached_key(|finding| {
        let severity = catalogue().severity(finding);
        let waits = finding.code == code::ha::BACKOFF && severity > Severity::Info;
        (
            finding.explained_by.is_some(),
            !waits,
            std::cmp::Reverse(severity),
            away(finding),
            finding.op,
            finding.code,
        )
    });
    found
}

/// The gravest finding that nothing explains.
pub fn verdict(findings: &[Finding]) -> Option<&Finding> {
    findings
        .iter()
        .filter(|finding| finding.explained_by.is_none())
        .min_by_key(|finding| std::cmp::Reverse(catalogue().severity(finding)))
}

/// The exit code of a run with these findings: 0 ok, 1 warning, 2 critical (the Nagios convention).
pub fn exit(findings: &[Finding]) -> u8 {
    match verdict(findings).map(|finding| catalogue().severity(finding)) {
        None | Some(Severity::Info) => 0,
        Some(Severity::Warning) => 1,
        Some(Severity::Critical) => 2,
    }
}

#[cfg(test)]
mod tests;
