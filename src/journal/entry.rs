//! One entry, and the events that it can hold.

use serde::{Deserialize, Serialize};

use super::{DnsAsk, Fact, HttpAsk, Offset, WalkAsk, Wall};

/// The number of an entry in its journal, from 1. Findings cite it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryNo(pub u64);

/// An operation: something that was begun, that may see things, and that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpId(pub u32);

/// One line of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number.
    pub n: EntryNo,
    /// The operation it belongs to.
    pub op: OpId,
    /// The operation that began that operation.
    pub parent: Option<OpId>,
    /// When it happened, since the run's start, taken at the source.
    pub at: Offset,
    /// The same moment on the wall clock.
    pub wall: Wall,
    /// What happened.
    pub event: Event,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// An operation began.
    Began(Ask),
    /// It saw something.
    Saw(Fact),
    /// It ended.
    Ended(Outcome),
    /// Entries were lost here.
    Lost(Loss),
    /// An event of a later version: kept as it was read, shown, never understood.
    #[serde(untagged)]
    Unknown(serde_json::Value),
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// The whole run.
    Run(RunAsk),
    /// One question to one DNS server.
    Dns(DnsAsk),
    /// One HTTP request.
    Http(HttpAsk),
    /// The addresses of a host: those that are known, or the system's resolver's.
    Resolve {
        /// The name as it was given.
        host: String,
    },
    /// One login on one node.
    Login(LoginAsk),
    /// One TCP connect.
    Connect {
        /// `address:port`, an IPv6 address in brackets.
        to: String,
    },
    /// One TLS handshake.
    Handshake {
        /// The name sent as SNI.
        server_name: String,
        /// How TLS is entered.
        mode: TlsMode,
    },
    /// A look at what a node without modern TLS would speak: a ClientHello written by hand.
    LegacyHello,
}

/// The run's target and the marks that its clocks use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunAsk {
    /// The XMPP domain.
    pub domain: String,
    /// The user id: what stands before the last `@`.
    pub user: String,
    /// A wait is slow from here on, in milliseconds.
    pub slow_ms: u64,
    /// A wait is silent from here on, in milliseconds.
    pub silent_ms: u64,
    /// Whether this is the practice deployment.
    #[serde(default)]
    pub lab: bool,
    /// What the walk sets out from; none in recordings of the time before there was a walk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk: Option<Box<WalkAsk>>,
    /// Where the run was made; none in older recordings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Box<Environment>>,
}

/// Where a run was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The program and its version: `impscope 0.1.0`.
    pub tool: String,
    /// The name of the host that it ran on; empty where that is not known.
    #[serde(default)]
    pub host: String,
    /// The operating system: `linux x86_64`.
    #[serde(default)]
    pub system: String,
    /// How far the local time was ahead of UTC, in seconds.
    #[serde(default)]
    pub utc_offset_s: i32,
}

/// One login.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoginAsk {
    /// The node, as it was named.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The user id.
    pub user: String,
    /// The XMPP domain.
    pub domain: String,
    /// Whose login is imitated.
    pub client: ClientKind,
    /// How TLS is entered.
    pub tls: TlsMode,
    /// The stage at which the login is complete.
    pub until: super::Stage,
    /// The mechanism that the user asked for; none means the best that is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// Whether this node is the user's home node, as far as the run knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<bool>,
    /// Who named this node: `--node`, a route, the practice deployment.
    #[serde(default)]
    pub named_by: String,
    /// Whether a password or a token of this user is at hand. Without one a login of a user who exists stops at `auth`.
    pub credential: bool,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Purpose::is_login")]
    pub purpose: Purpose,
}

/// What a login is for: itself, a question of the control experiment, or a restart that is watched (design.md 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The user's login: what the run is about.
    #[default]
    Login,
    /// Whether an `<auth>` with a mechanism that cannot exist is answered. No credential is in it.
    ImpossibleMechanism,
    /// Whether PLAIN is answered for a user that cannot exist. The password in it is made up.
    UnknownUser,
    /// Whether PLAIN is answered for another user who exists.
    SecondUser,
    /// Whether the user's other way in is answered: by token where the password was tried, by password where the token
    /// was.
    OtherWay,
    /// Whether a node that is watched across a restart offers mechanisms. No credential is at hand in it.
    Watch,
}

impl Purpose {
    /// Whether it is the user's login.
    pub fn is_login(&self) -> bool {
        *self == Purpose::Login
    }

    /// Whether it is a question of the control experiment.
    pub fn is_question(self) -> bool {
        !matches!(self, Purpose::Login | Purpose::Watch)
    }

    /// Whether the user's own password or token goes into it: one attempt of theirs.
    pub fn is_own(self) -> bool {
        matches!(self, Purpose::Login | Purpose::OtherWay)
    }

    /// What is asked, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Purpose::Login => "login",
            Purpose::ImpossibleMechanism => "impossible mechanism",
            Purpose::UnknownUser => "unknown user",
            Purpose::SecondUser => "second user",
            Purpose::OtherWay => "the other way in",
            Purpose::Watch => "watch",
        }
    }
}

impl LoginAsk {
    /// Whether it is on the XMPP front end of an Expressway-E and on no IM&P node: nobody but the edge's records and
    /// `get_edge_config` names it.
    pub fn is_by_edge(&self) -> bool {
        ["_collab-edge._tls", "get_edge_config"].iter().any(|by| self.named_by.starts_with(by))
    }

    /// Whether it is on this node.
    pub fn is_on(&self, host: &str, port: u16) -> bool {
        self.port == port && self.host.eq_ignore_ascii_case(host)
    }

    /// Whether it is on the same node as another one.
    pub fn is_beside(&self, other: &LoginAsk) -> bool {
        self.is_on(&other.host, other.port)
    }
}

#[cfg(test)]
impl LoginAsk {
    /// The login of most tests: alice's as PSI, with STARTTLS and a credential, to its end.
    pub(crate) fn of_alice(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            port: 5222,
            user: "alice".to_owned(),
            domain: "example.test".to_owned(),
            client: ClientKind::Psi,
            tls: TlsMode::Starttls,
            until: super::Stage::Session,
            mechanism: None,
            home: None,
            named_by: String::new(),
            credential: true,
            purpose: Purpose::Login,
        }
    }
}

/// Whose bytes are imitated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// PSI and other XMPP clients: PLAIN, or SCRAM where a server offers it.
    Psi,
    /// Cisco Jabber: CISCO-VTG-TOKEN.
    Jabber,
}

impl ClientKind {
    /// The name in a sentence: `PSI`, `Jabber`.
    pub fn product(self) -> &'static str {
        match self {
            ClientKind::Psi => "PSI",
            ClientKind::Jabber => "Jabber",
        }
    }

    /// The name in reports: `psi`, `jabber`.
    pub fn name(self) -> &'static str {
        match self {
            ClientKind::Psi => "psi",
            ClientKind::Jabber => "jabber",
        }
    }
}

/// How TLS is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// After `<starttls/>` and `<proceed/>` (RFC 6120 section 5).
    Starttls,
    /// From the first byte (XEP-0368).
    Direct,
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// In which way.
    pub how: How,
    /// The system's or the protocol's own word: `ECONNREFUSED`, `not-authorized`, `alert handshake_failure (40)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// More, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Outcome {
    /// It did what it was for.
    pub fn ok() -> Self {
        Self { how: How::Ok, code: None, text: None }
    }

    /// It ended in another way.
    pub fn new(how: How, code: impl Into<String>, text: impl Into<String>) -> Self {
        let kept = |text: String| Some(text).filter(|text| !text.is_empty());
        Self { how, code: kept(code.into()), text: kept(text.into()) }
    }

    /// A fault of ours has ended it: it says nothing of the peer.
    pub fn fault(words: impl Into<String>) -> Self {
        Self::new(How::Failed, FAULT, words)
    }

    /// Whether a fault of ours has ended it.
    pub fn is_fault(&self) -> bool {
        self.how == How::Failed && self.code.as_deref() == Some(FAULT)
    }
}

/// The code of what a fault of ours has ended.
const FAULT: &str = "internal error";

/// The ways in which an operation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It did what it was for.
    Ok,
    /// The peer said no.
    Refused,
    /// The peer broke the rules.
    Broken,
    /// The link was lost, or never was.
    Lost,
    /// Nothing came in time.
    TimedOut,
    /// The user, or a rule about credentials, stopped it.
    Stopped,
    /// We failed.
    Failed,
}

/// Entries that are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// How many.
    pub count: u64,
    /// Why.
    pub why: String,
}
