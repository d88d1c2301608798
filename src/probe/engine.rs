//! Starts logins, requests and questions to DNS servers, and holds what they share: the roots, the secrets, the count
//! of attempts.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::{Semaphore, mpsc, watch};

use crate::journal::{Ask, ClientKind, DnsAsk, How, HttpAsk, LoginAsk, OpId, Outcome, Purpose, Stage};
use crate::login::fill::Secrets;
use crate::login::{Config, Login, Policy};
use crate::protocol::sasl::Mechanism;

use super::attempts::Attempts;
use super::driver::{self, Standing};
use super::http::{Exchange, Http, Identity, Permissions};
use super::request::{Command, Request};
use super::{Notes, Roots, dns, platform};

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

/// Starts logins, requests and questions to DNS servers.
#[derive(Debug, Clone)]
pub struct Engine {
    notes: Notes,
    roots: Roots,
    secrets: Secrets,
    attempts: Arc<Attempts>,
    http: Arc<Http>,
    /// Places for questions to DNS servers: each needs a socket of its own.
    questions: Arc<Semaphore>,
    parent: OpId,
}

impl Engine {
    /// An engine for one user of one run. `parent` is the run's operation; `limit` is the budget of attempts;
    /// `permissions` are those of requests, a login's stand in its own request.
    pub fn new(
        notes: Notes,
        roots: Roots,
        secrets: Secrets,
        limit: u32,
        parent: OpId,
        permissions: Permissions,
        identity: Identity,
    ) -> Self {
        let http = Arc::new(Http::new(permissions, identity));
        let questions = Arc::new(Semaphore::new(platform::room_for_sockets()));
        Self { notes, roots, secrets, attempts: Arc::new(Attempts::new(limit)), http, questions, parent }
    }

    /// Attempts made with the user's credential so far, and how many there may be.
    pub fn attempts(&self) -> (u32, u32) {
        self.attempts.count()
    }

    /// The password for logins that are started from now on.
    pub fn keep_password(&mut self, password: SecretString) {
        self.secrets.password = Some(password);
    }

    /// Accepts a certificate for a service, for requests that are made from now on. That it was accepted is the
    /// caller's to write down.
    pub fn accept(&self, host: &str, port: u16, fingerprint: &str) {
        self.http.accept(host, port, fingerprint);
    }

    /// Whether a token for CISCO-VTG-TOKEN is at hand: one that was given, or one of EPAS that has not served.
    pub fn has_token(&self) -> bool {
        self.secrets.token.is_some() || self.http.has_token()
    }

    /// Asks one HTTP request in a task of its own.
    pub fn http(&self, ask: HttpAsk) -> OpId {
        let op = self.notes.op(Some(self.parent));
        let shared = self.shared(self.secrets.clone());
        let exchange = Exchange::new(shared, Arc::clone(&self.http), op, ask.clone());
        let notes = self.notes.clone();
        tokio::spawn(async move {
            notes.begun(op, Ask::Http(ask)).await;
            if tokio::spawn(exchange.run()).await.is_err_and(|why| why.is_panic()) {
                notes.ended(op, Outcome::new(How::Failed, "internal error", "the program has a fault")).await;
            }
        });
        op.id
    }

    /// Starts a login in a task of its own. A login as Jabber takes the last one-time password of EPAS, where no
    /// token was given.
    pub fn login(&self, request: Request) -> LoginHandle {
        let secrets = self.secrets_for(&request.login);
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
            credential: secrets.password.is_some() || secrets.token.is_some(),
            purpose: Purpose::Login,
        };
        let op = self.notes.op(Some(self.parent));
        let (commands, told) = mpsc::unbounded_channel();
        let (says, standing) = watch::channel(Standing::default());
        let login = Login::new(self.filled(&request.login, &secrets));
        let driver = driver::Driver::new(self.shared(secrets), request, op, login, told, says);
        let notes = self.notes.clone();
        tokio::spawn(async move {
            // Begun here and not by the caller: that one also takes the notes, and must not wait for room among them.
            notes.begun(op, Ask::Login(ask)).await;
            // A fault of ours ends this login and no other; without an end its owner would wait for ever.
            if tokio::spawn(driver.drive()).await.is_err_and(|why| why.is_panic()) {
                notes.ended(op, Outcome::new(How::Failed, "internal error", "the program has a fault")).await;
            }
        });
        LoginHandle { op: op.id, commands, standing }
    }

    /// Asks one question of one DNS server, in a task of its own, as soon as there is a place for it. The operation is its whole
    /// answer.
    pub fn dns(&self, ask: DnsAsk) -> OpId {
        dns::start(&self.notes, self.parent, ask, dns::LIMIT, &self.questions)
    }

    /// The secrets for this login.
    fn secrets_for(&self, login: &Config) -> Secrets {
        let mut secrets = self.secrets.clone();
        let takes_one = login.mechanism.is_none_or(|mechanism| mechanism == Mechanism::VtgToken);
        let wants_token = login.client == ClientKind::Jabber && login.until >= Stage::Auth && takes_one;
        if wants_token && secrets.token.is_none() {
            secrets.token = self.http.take_token(&login.user);
        }
        secrets
    }

    fn shared(&self, secrets: Secrets) -> driver::Shared {
        driver::Shared {
            notes: self.notes.clone(),
            roots: self.roots.clone(),
            secrets,
            attempts: Arc::clone(&self.attempts),
        }
    }

    /// The login with a nonce of its own, and with what this engine knows of credentials and attempts.
    fn filled(&self, login: &Config, secrets: &Secrets) -> Config {
        let (attempts_used, attempts_limit) = self.attempts();
        let policy = Policy {
            attempts_used,
            attempts_limit,
            password: secrets.password.is_some(),
            token: secrets.token.is_some(),
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
