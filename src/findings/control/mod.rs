//! The control experiment (design.md 3): what was asked of a node whose `<auth>` is silent, what it answered, and what
//! the table of these answers points at.
//!
//! Each experiment on a node begins with its impossible mechanism. The newest one of a node is its table; what an
//! older one pointed at stays a finding.

mod lines;
mod read;
mod round;
mod table;

use std::time::Duration;

use crate::discovery::Walk;
use crate::journal::EntryNo;
use crate::progress::Progress;

use super::figures::duration;
pub use lines::control_lines;
pub(super) use lines::{answers, stream_words, words};
pub(super) use read::{Question, asked, exchange};
pub(super) use round::{Round, beside, rounds};
pub(super) use table::Heard;

/// The word for an answer that lets the user in.
pub(super) const SUCCESS: &str = "success";
/// The word for an answer that asks for more.
pub(super) const CHALLENGE: &str = "challenge";
/// The mechanism of one-time passwords.
pub(super) const TOKEN: &str = "CISCO-VTG-TOKEN";

/// The run's marks: a wait is slow, and silent, from here on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// It is slow.
    pub slow: Duration,
    /// It is silent.
    pub silent: Duration,
}

impl Default for Marks {
    /// Those of a run that does not say.
    fn default() -> Self {
        Self { slow: Duration::from_secs(2), silent: Duration::from_secs(10) }
    }
}

/// What became of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It was not asked.
    NotAsked,
    /// It was asked, and is neither answered nor silent yet.
    Open,
    /// It was answered, whatever the answer was.
    Answered {
        /// The entry with the answer.
        n: EntryNo,
        /// How long it took.
        after: Duration,
        /// The answer, in a word: `invalid-mechanism`, `not-authorized`, `success`.
        what: String,
    },
    /// Nothing came until the mark for silence, or later.
    Silent {
        /// The entry that says so.
        n: EntryNo,
        /// How long it was waited.
        waited: Duration,
    },
    /// It could not be asked to the end: no connection, another answer on the way, a gate that was shut.
    Failed {
        /// The entry that says so.
        n: EntryNo,
        /// Why.
        why: String,
    },
}

impl Reply {
    /// The word in reports: `not_asked`, `open`, `answered`, `silent`, `failed`.
    pub fn name(&self) -> &'static str {
        match self {
            Reply::NotAsked => "not_asked",
            Reply::Open => "open",
            Reply::Answered { .. } => "answered",
            Reply::Silent { .. } => "silent",
            Reply::Failed { .. } => "failed",
        }
    }

    /// The entry that shows it.
    pub fn entry(&self) -> Option<EntryNo> {
        match self {
            Reply::NotAsked | Reply::Open => None,
            Reply::Answered { n, .. } | Reply::Silent { n, .. } | Reply::Failed { n, .. } => Some(*n),
        }
    }

    /// How long the answer took, or a silence has lasted.
    pub fn time(&self) -> Option<Duration> {
        match self {
            Reply::Answered { after: time, .. } | Reply::Silent { waited: time, .. } => Some(*time),
            Reply::NotAsked | Reply::Open | Reply::Failed { .. } => None,
        }
    }
}

/// What a table of answers points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PointsAt {
    /// Cisco XCP Connection Manager.
    XcpCm,
    /// What stands behind it on the node: Router, Authentication Service.
    BehindXcpCm,
    /// LDAP or the database: EPASSoap is slow too.
    Backend,
    /// This user only.
    User,
    /// Nothing: the answers fit several of these.
    CannotTell,
}

impl PointsAt {
    /// The word in reports: `xcp_cm`.
    pub fn name(self) -> &'static str {
        match self {
            PointsAt::XcpCm => "xcp_cm",
            PointsAt::BehindXcpCm => "behind_xcp_cm",
            PointsAt::Backend => "backend",
            PointsAt::User => "user",
            PointsAt::CannotTell => "cannot_tell",
        }
    }
}

/// All answers about one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlTable {
    /// The node.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The silent `<auth>` of the user that it is about.
    pub auth: Reply,
    /// Its mechanism; empty where none is known.
    pub way: String,
    /// Whether a fresh connection opened a stream and was offered mechanisms; its time is that of the slowest stage on
    /// the way. Of several connections the worst.
    pub stream: Reply,
    /// The impossible mechanism.
    pub impossible_mechanism: Reply,
    /// PLAIN for a user that cannot exist.
    pub unknown_user: Reply,
    /// EPASSoap login on this host.
    pub epas: Reply,
    /// The user's other way in.
    pub other_way: Reply,
    /// Its mechanism; empty where it was not asked.
    pub other_mechanism: String,
    /// A second user.
    pub second_user: Reply,
    /// Who that is; empty where nobody was asked for.
    pub second: String,
    /// The same user's newest `<auth>` through an Expressway-E, which enters IM&P at the Router: `host:port` of the front
    /// end, and what became of it. It never says anything against Cisco XCP Connection Manager.
    pub edge: Option<(String, Reply)>,
    /// The same `<auth>` on the other nodes: `host:port` and what became of it.
    pub other_nodes: Vec<(String, Reply)>,
    /// Cisco XCP Connection Manager by Control Center, in words, and the entry that says so.
    pub service: Option<(String, EntryNo)>,
    /// The sockets that it holds, in words, and the entry of the newest count.
    pub sockets: Option<(String, EntryNo)>,
    /// The services behind it that are not started, in words, and the entry.
    pub down: Option<(String, EntryNo)>,
    /// From when on an answer is slow, or too late to be one.
    pub marks: Marks,
    /// What all that points at; none while something that was asked is open, or while a question that decides is
    /// still to come.
    pub points_at: Option<PointsAt>,
    /// Which answers separate what, in one sentence; empty while nothing is pointed at.
    pub why: String,
}

impl ControlTable {
    /// The table of a node of which nothing was asked.
    pub fn of(host: &str, port: u16) -> Self {
        Self {
            host: host.to_owned(),
            port,
            auth: Reply::NotAsked,
            way: String::new(),
            stream: Reply::NotAsked,
            impossible_mechanism: Reply::NotAsked,
            unknown_user: Reply::NotAsked,
            epas: Reply::NotAsked,
            other_way: Reply::NotAsked,
            other_mechanism: String::new(),
            second_user: Reply::NotAsked,
            second: String::new(),
            edge: None,
            other_nodes: Vec::new(),
            service: None,
            sockets: None,
            down: None,
            marks: Marks::default(),
            points_at: None,
            why: String::new(),
        }
    }

    /// Whether it is about this node.
    pub fn is_of(&self, host: &str, port: u16) -> bool {
        self.host.eq_ignore_ascii_case(host) && self.port == port
    }

    /// The entries of all answers.
    pub(super) fn entries(&self) -> impl Iterator<Item = EntryNo> {
        let others = self.edge.iter().chain(&self.other_nodes).map(|(_, reply)| reply);
        let admins = [&self.service, &self.sockets, &self.down].into_iter().flatten().map(|(_, n)| *n);
        self.replies().into_iter().chain(others).filter_map(Reply::entry).chain(admins)
    }

    /// The answers that decide, the user's own `<auth>` first.
    pub(super) fn replies(&self) -> [&Reply; 7] {
        [
            &self.auth,
            &self.stream,
            &self.impossible_mechanism,
            &self.unknown_user,
            &self.epas,
            &self.other_way,
            &self.second_user,
        ]
    }
}

/// The tables of all nodes on which the control experiment was made or begun, in the order in which it was begun there.
pub fn control(progress: &Progress, walk: &Walk) -> Vec<ControlTable> {
    rounds(progress, walk).into_iter().filter(|round| round.is_newest).map(|round| round.table).collect()
}

#[cfg(test)]
mod tests;
