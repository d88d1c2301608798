//! What the rim is asked: a login to start, and what it is told while it lives.

use std::net::IpAddr;
use std::time::Duration;

use secrecy::SecretString;

use crate::login::{Breakpoint, Config};

/// One login to start.
#[derive(Debug, Clone)]
pub struct Request {
    /// The node, as it was named.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its addresses, where they are known without asking anybody.
    pub addresses: Vec<IpAddr>,
    /// How long one address may take to connect.
    pub connect_timeout: Duration,
    /// Whether this is the user's home node, as far as is known.
    pub home: Option<bool>,
    /// Who named the node.
    pub named_by: String,
    /// The login itself. Its nonce, and what its policy says of credentials and attempts, are the engine's to fill.
    pub login: Config,
}

#[cfg(test)]
impl Request {
    /// The login of most tests: alice's as PSI, watched by a person and running to its end.
    pub(super) fn of_alice(address: std::net::SocketAddr) -> Self {
        use crate::journal::{ClientKind, Purpose, Stage, TlsMode};
        use crate::login::{Attendance, Marks, Pace, Policy};
        Self {
            host: "imp1.example.test".to_owned(),
            port: address.port(),
            addresses: vec![address.ip()],
            connect_timeout: Duration::from_secs(20),
            home: None,
            named_by: String::new(),
            login: Config {
                purpose: Purpose::Login,
                domain: "example.test".to_owned(),
                user: "alice".to_owned(),
                client: ClientKind::Psi,
                tls: TlsMode::Starttls,
                until: Stage::Session,
                mechanism: None,
                marks: Marks { slow: Duration::from_secs(2), silent: Duration::from_secs(10), give_up: None },
                policy: Policy::default(),
                attendance: Attendance::Attended,
                pace: Pace::Running,
                breakpoints: Vec::new(),
                nonce: String::new(),
                resource: "impscope".to_owned(),
            },
        }
    }
}

/// What a live login can be told. A text may hold a secret that the user typed, so none of it can be printed.
pub enum Command {
    /// Take one step.
    Step,
    /// Go on until a breakpoint.
    Run,
    /// Set a breakpoint, or take it away.
    Toggle(Breakpoint),
    /// Replace the proposal.
    Edit(String),
    /// Write this, whatever it is.
    Send(String),
    /// Pass over the next step.
    Skip,
    /// End the login cleanly.
    Abort,
    /// Accept this certificate for this host.
    Accept(String),
    /// Credentials may cross this clear connection.
    AllowCleartext,
    /// One attempt more than the limit.
    MoreAttempts,
    /// The password, for this login and those that follow.
    Password(SecretString),
}
