//! HTTP at the rim: one request and its answer an operation, TCP and TLS operations of their own below it.
//!
//! [`exchange`] is one request from its beginning to its end. It takes an idle [`line`] or makes a new one, asks the
//! trust gate about that very connection, has the [`draft`] filled behind the gate, and notes what passed. What an
//! origin gave us to be returned, cookies and session keys, stands in [`kept`].
//!
//! The connections are ours and not reqwest's, whose connector hides the socket: neither our own address, nor the
//! suite, nor the bytes of a head could be told, and its pool may open a connection that nobody asked for. What runs
//! on them is hyper's HTTP, as under reqwest, with reqwest's bodies and answers: no redirect is followed, no body
//! inflated, no cookie kept but by us.

mod answer;
mod draft;
mod exchange;
mod fill;
mod kept;
mod line;
mod masked;
mod soap;
mod tap;
#[cfg(test)]
mod tests;
mod watch;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;

use crate::journal::{EpasClient, HttpAsk};
use crate::login::{Marks, Policy};

pub use exchange::Exchange;
use kept::Kept;
use line::Lines;

/// What the command line allowed before anything was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    /// These certificates, on whichever host shows them.
    pub fingerprints: Vec<String>,
    /// Every certificate.
    pub insecure: bool,
    /// Credentials in clear.
    pub cleartext: bool,
}

/// As whom servers are asked over HTTP, and how long they may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// What UDS and EPAS are told to be the user's id.
    pub user_id: String,
    /// As which client EPASSoap is asked.
    pub epas: EpasClient,
    /// When a wait is slow, silent, and given up.
    pub patience: Marks,
    /// How long one address may take to connect.
    pub connect_timeout: Duration,
}

/// A URL's scheme, host and port; and, for what an Expressway-E hands on, those of the server behind it: many servers
/// are asked through one origin, and what one of them gave is none of the others' business.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String, String, u16, String);

impl Origin {
    /// Where the connection goes.
    fn of(ask: &HttpAsk) -> Self {
        let (scheme, host, port) = ask.origin();
        Self(scheme.to_ascii_lowercase(), host.to_ascii_lowercase(), port, String::new())
    }

    /// The server that is meant: the one behind the edge, where there is one.
    fn served(ask: &HttpAsk) -> Self {
        let (scheme, host, port) = ask.server();
        let inside = if ask.inside.is_empty() { String::new() } else { format!("{scheme}://{host}:{port}") };
        Self { 3: inside.to_ascii_lowercase(), ..Self::of(ask) }
    }
}

/// What all requests of an engine share.
pub struct Http {
    identity: Identity,
    permissions: Permissions,
    /// Fingerprints that were accepted since: host, port, fingerprint.
    accepted: Mutex<Vec<(String, u16, String)>>,
    kept: Kept,
    lines: Lines,
}

impl Http {
    /// Nothing was asked yet.
    pub fn new(permissions: Permissions, identity: Identity) -> Self {
        Self { identity, permissions, accepted: Mutex::default(), kept: Kept::default(), lines: Lines::default() }
    }

    /// The same for an administrator: nothing is shared but which certificates were accepted by their fingerprints so
    /// far, and what was allowed for all certificates or for clear connections is not allowed here.
    pub fn beside(&self, user_id: String) -> Self {
        let permissions = Permissions { insecure: false, cleartext: false, ..self.permissions.clone() };
        let http = Self::new(permissions, Identity { user_id, ..self.identity.clone() });
        let accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self { accepted: Mutex::new(accepted), ..http }
    }

    /// All secrets that servers gave and that can be told from chance.
    pub fn given(&self) -> Vec<SecretString> {
        self.kept.secrets()
    }

    /// Accepts a certificate for a service.
    pub fn accept(&self, host: &str, port: u16, fingerprint: &str) {
        let mut accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.push((host.to_ascii_lowercase(), port, fingerprint.to_owned()));
    }

    /// The certificates that were accepted for a service.
    fn known(&self, host: &str, port: u16) -> Vec<String> {
        let accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        let here = accepted.iter().filter(|(of, on, _)| *on == port && of.eq_ignore_ascii_case(host));
        here.map(|(_, _, fingerprint)| fingerprint.clone()).collect()
    }

    /// The one-time password of the last EPAS exchange, for a login of this user; it serves once.
    pub fn take_token(&self, user: &str) -> Option<secrecy::SecretString> {
        (user == self.identity.user_id).then(|| self.kept.take_token()).flatten()
    }

    /// Whether a one-time password is there that has not served.
    pub fn has_token(&self) -> bool {
        self.kept.has_token()
    }

    /// What the user allowed for this service.
    fn policy(&self, host: &str, port: u16, (attempts_used, attempts_limit): (u32, u32)) -> Policy {
        Policy {
            accepted: self.permissions.fingerprints.clone(),
            known: self.known(host, port),
            insecure: self.permissions.insecure,
            cleartext: self.permissions.cleartext,
            attempts_used,
            attempts_limit,
            ..Policy::default()
        }
    }
}
