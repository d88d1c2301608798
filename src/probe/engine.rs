//! Starts logins, and holds what they share: the roots, the secrets, the count of attempts.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{mpsc, watch};

use crate::journal::{Ask, ClientKind, How, LoginAsk, OpId, Outcome, Stage, TlsMode};
use crate::login::fill::Secrets;
use crate::login::{Attendance, Breakpoint, Config, Login, Marks, Pace, Policy};
use crate::protocol::sasl::Mechanism;

use super::attempts::Attempts;
use super::driver::{self, Standing};
use super::{Notes, Roots};

/// One login to start.
#[derive(Debug, Clone)]
pub struct Request {
    /// The node, as it was named.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its addresses, where they are known without asking anybody.
    pub addresses: Vec<IpAddr>,
    /// The XMPP domain.
    pub domain: String,
    /// The user id.
    pub user: String,
    /// Whose bytes are imitated.
    pub client: ClientKind,
    /// How TLS is entered.
    pub tls: TlsMode,
    /// The stage at which the login is complete.
    pub until: Stage,
    /// The mechanism that was asked for.
    pub mechanism: Option<Mechanism>,
    /// Slow, silent, given up.
    pub marks: Marks,
    /// How long one address may take to connect.
    pub connect_timeout: Duration,
    /// What the user allowed so far.
    pub accepted: Vec<String>,
    /// All certificates are accepted.
    pub insecure: bool,
    /// Credentials may cross a clear connection.
    pub cleartext: bool,
    /// Whether a person watches.
    pub attendance: Attendance,
    /// Stepped or running.
    pub pace: Pace,
    /// Where it stops.
    pub breakpoints: Vec<Breakpoint>,
    /// Whether this is the user's home node, as far as is known.
    pub home: Option<bool>,
    /// Who named the node.
    pub named_by: String,
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

/// A login that was started.
#[derive(Debug)]
pub struct LoginHandle {
    /// Its operation.
    pub op: OpId,
    /// What it can be told. Dropping it ends the login.
    pub commands: mpsc::UnboundedSender<Command>,
    /// What it says of itself.
    pub standing: watch::Receiver<Standing>,
}

/// Starts logins.
#[derive(Debug, Clone)]
pub struct Engine {
    notes: Notes,
    roots: Roots,
    secrets: Secrets,
    attempts: Arc<Attempts>,
    parent: OpId,
}

impl Engine {
    /// An engine for one user of one run. `parent` is the run's operation; `limit` is the budget of attempts.
    pub fn new(notes: Notes, roots: Roots, secrets: Secrets, limit: u32, parent: OpId) -> Self {
        Self { notes, roots, secrets, attempts: Arc::new(Attempts::new(limit)), parent }
    }

    /// Attempts made with the user's credential so far, and how many there may be.
    pub fn attempts(&self) -> (u32, u32) {
        self.attempts.count()
    }

    /// The password for logins that are started from now on.
    pub fn keep_password(&mut self, password: SecretString) {
        self.secrets.password = Some(password);
    }

    /// Starts a login in a task of its own.
    pub async fn login(&self, request: Request) -> LoginHandle {
        let ask = LoginAsk {
            host: request.host.clone(),
            port: request.port,
            user: request.user.clone(),
            domain: request.domain.clone(),
            client: request.client,
            tls: request.tls,
            until: request.until,
            mechanism: request.mechanism.map(|mechanism| mechanism.name().to_owned()),
            home: request.home,
            named_by: request.named_by.clone(),
            credential: self.secrets.password.is_some() || self.secrets.token.is_some(),
        };
        let op = self.notes.begin(Some(self.parent), Ask::Login(ask)).await;
        let (commands, told) = mpsc::unbounded_channel();
        let (says, standing) = watch::channel(Standing::default());
        let login = Login::new(self.config(&request));
        let driver = driver::Driver::new(self.shared(), request, op, login, told, says);
        let (notes, driving) = (self.notes.clone(), tokio::spawn(driver.drive()));
        tokio::spawn(async move {
            // A fault of ours ends this login and no other; without an end its owner would wait for ever.
            if driving.await.is_err_and(|why| why.is_panic()) {
                notes.ended(op, Outcome::new(How::Failed, "internal error", "the program has a fault")).await;
            }
        });
        LoginHandle { op: op.id, commands, standing }
    }

    fn shared(&self) -> driver::Shared {
        driver::Shared {
            notes: self.notes.clone(),
            roots: self.roots.clone(),
            secrets: self.secrets.clone(),
            attempts: Arc::clone(&self.attempts),
        }
    }

    fn config(&self, request: &Request) -> Config {
        let (attempts_used, attempts_limit) = self.attempts();
        Config {
            domain: request.domain.clone(),
            user: request.user.clone(),
            client: request.client,
            tls: request.tls,
            until: request.until,
            mechanism: request.mechanism,
            marks: request.marks,
            policy: Policy {
                accepted: request.accepted.clone(),
                insecure: request.insecure,
                cleartext: request.cleartext,
                attempts_used,
                attempts_limit,
                exchange_counted: false,
                password: self.secrets.password.is_some(),
                token: self.secrets.token.is_some(),
            },
            attendance: request.attendance,
            pace: request.pace,
            breakpoints: request.breakpoints.clone(),
            nonce: nonce(),
            resource: "impscope".to_owned(),
        }
    }
}

/// A fresh SCRAM nonce: 18 random bytes in base64, which has no comma.
fn nonce() -> String {
    use ring::rand::{SecureRandom, SystemRandom};
    let mut bytes = [0; 18];
    SystemRandom::new().fill(&mut bytes).expect("the system has random numbers");
    data_encoding::BASE64.encode(&bytes)
}
