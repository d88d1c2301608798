//! Starts logins, and holds what they share: the roots, the secrets, the count of attempts.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{mpsc, watch};

use crate::journal::{Ask, How, LoginAsk, OpId, Outcome};
use crate::login::fill::Secrets;
use crate::login::{Breakpoint, Config, Login, Policy};

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
    /// How long one address may take to connect.
    pub connect_timeout: Duration,
    /// Whether this is the user's home node, as far as is known.
    pub home: Option<bool>,
    /// Who named the node.
    pub named_by: String,
    /// The login itself. Its nonce, and what its policy says of credentials and attempts, are the engine's to fill.
    pub login: Config,
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
            user: request.login.user.clone(),
            domain: request.login.domain.clone(),
            client: request.login.client,
            tls: request.login.tls,
            until: request.login.until,
            mechanism: request.login.mechanism.map(|mechanism| mechanism.name().to_owned()),
            home: request.home,
            named_by: request.named_by.clone(),
            credential: self.secrets.password.is_some() || self.secrets.token.is_some(),
        };
        let op = self.notes.begin(Some(self.parent), Ask::Login(ask)).await;
        let (commands, told) = mpsc::unbounded_channel();
        let (says, standing) = watch::channel(Standing::default());
        let login = Login::new(self.filled(&request.login));
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

    /// The login with a nonce of its own, and with what this engine knows of credentials and attempts.
    fn filled(&self, login: &Config) -> Config {
        let (attempts_used, attempts_limit) = self.attempts();
        let policy = Policy {
            attempts_used,
            attempts_limit,
            password: self.secrets.password.is_some(),
            token: self.secrets.token.is_some(),
            ..login.policy.clone()
        };
        Config { policy, nonce: nonce(), ..login.clone() }
    }
}

/// A fresh SCRAM nonce: 18 random bytes in base64, which has no comma.
fn nonce() -> String {
    use ring::rand::{SecureRandom, SystemRandom};
    let mut bytes = [0; 18];
    SystemRandom::new().fill(&mut bytes).expect("the system has random numbers");
    data_encoding::BASE64.encode(&bytes)
}
