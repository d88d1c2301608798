//! The stages of a login (design.md 3), in their order.

use serde::{Deserialize, Serialize};

/// One stage of an XMPP login. A `stream` stage ends with the features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The TCP connect.
    Tcp,
    /// The first stream header and its features, in clear.
    Stream,
    /// `<starttls/>` and `<proceed/>`.
    Starttls,
    /// The TLS handshake.
    Tls,
    /// The stream header and its features, under TLS.
    StreamTls,
    /// SASL.
    Auth,
    /// The stream header and its features, after SASL.
    StreamAuth,
    /// Resource binding.
    Bind,
    /// The session request, where it is offered and not optional.
    Session,
    /// Initial presence, sent only on request.
    Online,
}

impl Stage {
    /// All stages in their order.
    pub const ALL: [Stage; 10] = [
        Stage::Tcp,
        Stage::Stream,
        Stage::Starttls,
        Stage::Tls,
        Stage::StreamTls,
        Stage::Auth,
        Stage::StreamAuth,
        Stage::Bind,
        Stage::Session,
        Stage::Online,
    ];

    /// The name in reports and on the command line, unambiguous (`stream_tls`).
    pub fn name(self) -> &'static str {
        match self {
            Stage::Tcp => "tcp",
            Stage::Stream => "stream",
            Stage::Starttls => "starttls",
            Stage::Tls => "tls",
            Stage::StreamTls => "stream_tls",
            Stage::Auth => "auth",
            Stage::StreamAuth => "stream_auth",
            Stage::Bind => "bind",
            Stage::Session => "session",
            Stage::Online => "online",
        }
    }

    /// The name in the stage bar, where the order tells the three streams apart.
    pub fn short(self) -> &'static str {
        match self {
            Stage::StreamTls | Stage::StreamAuth => "stream",
            other => other.name(),
        }
    }

    /// The stage with this report name.
    pub fn named(name: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What became of a stage at this moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageFact {
    /// Which stage.
    pub stage: Stage,
    /// What happened to it.
    pub mark: StageMark,
}

/// The ways in which a stage changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageMark {
    /// The login arrived here; its clock starts.
    Entered,
    /// What the stage needs came.
    Passed,
    /// It was not needed, or the user passed over it.
    Skipped {
        /// Why, in words.
        why: String,
    },
    /// The peer refused it.
    Refused,
    /// It broke: the link, the peer's bytes, or ourselves.
    Failed,
}
