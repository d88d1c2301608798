//! The control experiment (design.md 3): what was asked of a node whose `<auth>` is silent, what it answered, and what
//! the table of these answers points at.

use std::time::Duration;

use crate::discovery::Walk;
use crate::journal::EntryNo;
use crate::progress::Progress;

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
    /// Whether a fresh connection opened a stream and was offered mechanisms.
    pub stream: Reply,
    /// The impossible mechanism.
    pub impossible_mechanism: Reply,
    /// PLAIN for a user that cannot exist.
    pub unknown_user: Reply,
    /// EPASSoap login on this host.
    pub epas: Reply,
    /// The user's other way in.
    pub other_way: Reply,
    /// A second user.
    pub second_user: Reply,
    /// The same `<auth>` on the other nodes: `host:port` and what became of it.
    pub other_nodes: Vec<(String, Reply)>,
    /// What all that points at; none while something that was asked is open.
    pub points_at: Option<PointsAt>,
}

/// The tables of all nodes on which the control experiment was made or begun.
pub fn control(_progress: &Progress, _walk: &Walk) -> Vec<ControlTable> {
    Vec::new()
}

/// A table as lines of text, at most `width` columns wide where that can be: one question a line, its answer, its time
/// and the entry, then what it points at.
pub fn control_lines(_table: &ControlTable, _width: usize) -> Vec<String> {
    Vec::new()
}
