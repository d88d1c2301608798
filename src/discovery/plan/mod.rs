//! The plan: from what is known to what to ask next. A pure function; it cannot ask.

use super::walk::Walk;
use crate::journal::{ClientKind, DnsAsk, HttpAsk, TlsMode};

/// What the plan may count on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Means {
    /// A password is at hand.
    pub password: bool,
    /// A token for CISCO-VTG-TOKEN was given.
    pub token: bool,
    /// A person steps the login that takes the credential.
    pub attended: bool,
}

/// Something to ask. Whoever carries it out begins an operation with this very ask.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A question to a DNS server.
    Dns(DnsAsk),
    /// A request.
    Http(HttpAsk),
    /// A login.
    Login(LoginStep),
}

/// A login to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginStep {
    /// The node.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its addresses, to be tried in this order; empty where the host is an address.
    pub addresses: Vec<String>,
    /// How TLS is entered.
    pub tls: TlsMode,
    /// Whose login.
    pub client: ClientKind,
    /// Whether it is the user's home node, as far as is known.
    pub home: Option<bool>,
    /// All who named it, with commas.
    pub named_by: String,
    /// How far.
    pub reach: Reach,
}

/// How far a login goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Up to the mechanisms, without a credential.
    Mechanisms,
    /// As far as was asked for, with the user's credential.
    Credential,
}

impl Walk {
    /// What to ask now: everything whose needs are met and that was not begun. Asking nothing means that what is
    /// under way must end first, or that all is asked.
    pub fn plan(&self, _means: Means) -> Vec<Step> {
        Vec::new()
    }
}
