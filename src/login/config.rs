//! What a login is given at its start.

use std::time::Duration;

use crate::journal::{ClientKind, Purpose, Stage, TlsMode};
use crate::protocol::sasl::Mechanism;

use super::{Breakpoint, Pace, Policy};

/// What a login is given at its start.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the login is for.
    pub purpose: Purpose,
    /// The XMPP domain: `to=` of the stream header.
    pub domain: String,
    /// The user id: the authcid, without a domain.
    pub user: String,
    /// Whose bytes are imitated.
    pub client: ClientKind,
    /// How TLS is entered.
    pub tls: TlsMode,
    /// The stage at which the login is complete.
    pub until: Stage,
    /// The mechanism that the user asked for; none means the best one offered.
    pub mechanism: Option<Mechanism>,
    /// When a wait is slow, silent, and given up.
    pub marks: Marks,
    /// What the user allowed, and which credentials are at hand.
    pub policy: Policy,
    /// Whether a person watches.
    pub attendance: Attendance,
    /// Whether it starts stepped or running.
    pub pace: Pace,
    /// Where a running login stops.
    pub breakpoints: Vec<Breakpoint>,
    /// The client's SCRAM nonce: printable, without commas, unpredictable.
    pub nonce: String,
    /// The resource to ask for.
    pub resource: String,
}

/// When a wait is slow, silent, and given up: durations since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// Slow from here on.
    pub slow: Duration,
    /// Silent from here on.
    pub silent: Duration,
    /// Given up here; never, where there is none.
    pub give_up: Option<Duration>,
}

/// Whether a person watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attendance {
    /// On the screen: a login that was refused stays connected, and a shut gate asks.
    Attended,
    /// In `check`: both end the login.
    Unattended,
}
