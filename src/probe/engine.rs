//! Starts logins, requests and questions to DNS servers, and holds what they share: the roots, the secrets, the count
//! of attempts.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::{Semaphore, mpsc, watch};

use crate::journal::{Ask, ClientKind, DnsAsk, HttpAsk, LoginAsk, OpId, Purpose, Stage, Via};
use crate::login::fill::Secrets;
use crate::login::{Config, IMPOSSIBLE_MECHANISM, Login, Policy};
use crate::protocol::sasl::Mechanism;

use super::attempts::Attempts;
use super::contained::contained;
use super::driver::{self, Standing};
use super::http::{Exchange, Http, Identity, Permissions};
use super::request::{Command, Request};
use super::through::Through;
use super::{Notes, Roots, dns, platform};

#[cfg(test)]
mod tests;

/// A login that was started.
pub struct LoginHandle {
    /// Its operation.
    pub op: OpId,
    /// What it can be told. Dropping it ends the login.
    pub commands: mpsc::UnboundedSender<Command>,
    /// What it says of itself.
    pub standing: watch::Receiver<Standing>,
}

/// Starts logins, requests and questions to DNS servers.
#[derive(Clone)]
pub struct Engine {
    notes: Notes,
    roots: Roots,
    secrets: Secrets,
    attempts: Arc<Attempts>,
    /// The second user's password, and the budget of attempts with it.
    second: Option<SecretString>,
    second_attempts: Arc<Attempts>,
    admin: Option<Admin>,
    /// The password of the user that cannot exist.
    made_up: SecretString,
    http: Arc<Http>,
    /// Places for questions to DNS servers: each needs a socket of its own.
    questions: Arc<Semaphore>,
    /// How connections are made, and how DNS servers are asked.
    through: Through,
    dns_through: Through,
    parent: OpId,
}

/// The administrator's side: connections, cookies and a budget of its own, so that nothing of it meets the user's.
#[derive(Clone)]
struct Admin {
    http: Arc<Http>,
    password: SecretString,
    attempts: Arc<Attempts>,
}

impl Engine {
    /// An engine for one user of one run. `parent` is the run's operation; `limit` is the budget of attempts, for each
    /// user; `permissions` are those of requests, a login's stand in its own request.
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
        let budget = || Arc::new(Attempts::new(limit));
        let (attempts, second_attempts, made_up) = (budget(), budget(), SecretString::from(random()));
        Self {
            notes,
            roots,
            secrets,
            attempts,
            second: None,
            second_attempts,
            admin: None,
            made_up,
            http,
            questions,
            through: Through::default(),
            dns_through: Through::default(),
            parent,
        }
    }

    /// Attempts made with the user's credential so far, and how many there may be.
    pub fn attempts(&self) -> (u32, u32) {
        self.attempts.count()
    }

    /// The same of the second user's.
    pub fn second_attempts(&self) -> (u32, u32) {
        self.second_attempts.count()
    }

    /// Allows so many more attempts with the user's credential than the limit.
    pub fn allow_attempts(&self, more: u32) {
        self.attempts.allow(more);
    }

    /// Makes every connection from now on by way of a proxy; DNS servers are asked so, over TCP, where `dns` says it.
    pub fn go_by(&mut self, via: &Via, dns: bool) {
        self.through = Through::proxy(via.clone());
        self.dns_through = if dns { self.through.clone() } else { Through::default() };
    }

    /// The second user's password, for questions about that user that are asked from now on.
    pub fn keep_second(&mut self, password: SecretString) {
        self.second = Some(password);
    }

    /// The administrator's password, for requests to AXL, Control Center and PerfMon from now on. It crosses connections
    /// that are verified, or whose certificate was accepted by its fingerprint, and no others: neither `insecure` nor
    /// `cleartext` is meant for it. Requests that count against nobody's budget stop at the first refusal by the plan.
    pub fn keep_admin(&mut self, user: String, password: SecretString) {
        let http = Arc::new(self.http.beside(user));
        self.admin = Some(Admin { http, password, attempts: Arc::new(Attempts::new(u32::MAX)) });
    }

    /// Whether the administrator's password is at hand.
    pub fn has_admin(&self) -> bool {
        self.admin.is_some()
    }

    /// The password for logins that are started from now on.
    pub fn keep_password(&mut self, password: SecretString) {
        self.secrets.password = Some(password);
    }

    /// All secrets that the run has come by itself: what servers gave (session keys, one-time passwords, cookies), and
    /// the password that was made up. Those that a person gave are not among them.
    pub fn came_by(&self) -> Vec<SecretString> {
        let mut secrets = self.http.given();
        secrets.extend(self.admin.iter().flat_map(|admin| admin.http.given()));
        secrets.push(self.made_up.clone());
        secrets
    }

    /// Accepts a certificate for a service, for requests that are made from now on. That it was accepted is the
    /// caller's to write down.
    pub fn accept(&self, host: &str, port: u16, fingerprint: &str) {
        self.http.accept(host, port, fingerprint);
        if let Some(admin) = &self.admin {
            admin.http.accept(host, port, fingerprint);
        }
    }

    /// Whether the user's password is at hand.
    pub fn has_password(&self) -> bool {
        self.secrets.password.is_some()
    }

    /// Whether a token for CISCO-VTG-TOKEN is at hand: one that was given, or one of EPAS that has not served.
    pub fn has_token(&self) -> bool {
        self.secrets.token.is_some() || self.http.has_token()
    }

    /// Asks one HTTP request in a task of its own.
    pub fn http(&self, ask: HttpAsk) -> OpId {
        let op = self.notes.op(Some(self.parent));
        let (shared, http) = match &self.admin {
            Some(admin) if ask.what.is_administrators() => (self.shared_with(admin), &admin.http),
            // Without an administrator's credential it is none of the user's that goes out in its place.
            None if ask.what.is_administrators() => (self.shared(self.only_others(), Purpose::Login), &self.http),
            _ => {
                let secrets = Secrets { others: self.beside(Purpose::Login), ..self.secrets.clone() };
                (self.shared(secrets, Purpose::Login), &self.http)
            }
        };
        let exchange = Exchange::new(shared, Arc::clone(http), op, ask.clone());
        let notes = self.notes.clone();
        tokio::spawn(async move {
            notes.begun(op, Ask::Http(ask)).await;
            if let Err(fault) = contained(exchange.run()).await {
                notes.ended(op, fault).await;
            }
        });
        op.id
    }

    /// Starts a login in a task of its own. A login as Jabber takes the last one-time password of EPAS, where no
    /// token was given.
    pub fn login(&self, request: Request) -> LoginHandle {
        let secrets = self.secrets_for(&request.login);
        let purpose = request.login.purpose;
        let ask = LoginAsk {
            host: request.host.clone(),
            port: request.port,
            user: request.login.user.clone(),
            domain: request.login.domain.clone(),
            client: request.login.client,
            tls: request.login.tls,
            until: request.login.until,
            mechanism: mechanism(&request.login),
            home: request.home,
            named_by: request.named_by.clone(),
            credential: purpose != Purpose::UnknownUser && (secrets.password.is_some() || secrets.token.is_some()),
            purpose,
        };
        let op = self.notes.op(Some(self.parent));
        let (commands, told) = mpsc::unbounded_channel();
        let (says, standing) = watch::channel(Standing::default());
        let login = Login::new(self.filled(&request.login, &secrets));
        let driver = driver::Driver::new(self.shared(secrets, purpose), request, op, login, told, says);
        let notes = self.notes.clone();
        tokio::spawn(async move {
            // Begun here and not by the caller: that one also takes the notes, and must not wait for room among them.
            notes.begun(op, Ask::Login(ask)).await;
            // A fault of ours ends this login and no other; without an end its owner would wait for ever.
            if let Err(fault) = contained(driver.drive()).await {
                notes.ended(op, fault).await;
            }
        });
        LoginHandle { op: op.id, commands, standing }
    }

    /// Asks one question of one DNS server, in a task of its own, as soon as there is a place for it. The operation is its whole
    /// answer.
    pub fn dns(&self, ask: DnsAsk) -> OpId {
        dns::start(&self.notes, self.parent, ask, &self.dns_through, dns::LIMIT, &self.questions)
    }

    /// The secrets for this login.
    fn secrets_for(&self, login: &Config) -> Secrets {
        let others = self.beside(login.purpose);
        let password = match login.purpose {
            Purpose::Login | Purpose::OtherWay => return Secrets { others, ..self.own_secrets_for(login) },
            Purpose::ImpossibleMechanism | Purpose::Watch => None,
            Purpose::UnknownUser => Some(self.made_up.clone()),
            Purpose::SecondUser => self.second.clone(),
        };
        Secrets { password, token: None, others }
    }

    /// What a request of the administrator's shares.
    fn shared_with(&self, admin: &Admin) -> driver::Shared {
        let secrets = Secrets { password: Some(admin.password.clone()), ..self.only_others() };
        driver::Shared { attempts: Arc::clone(&admin.attempts), ..self.shared(secrets, Purpose::Login) }
    }

    /// The users' secrets, to be cut wherever they stand and never to be sent.
    fn only_others(&self) -> Secrets {
        let own = self.secrets.password.iter().chain(&self.secrets.token).cloned();
        let others = own.chain(self.beside(Purpose::Login)).chain(self.http.given()).collect();
        Secrets { password: None, token: None, others }
    }

    /// All secrets of this run but those that go into what is asked for this purpose.
    fn beside(&self, purpose: Purpose) -> Vec<SecretString> {
        let own = self.secrets.password.iter().chain(&self.secrets.token).filter(|_| !purpose.is_own());
        let second = self.second.iter().filter(|_| purpose != Purpose::SecondUser);
        let made_up = std::iter::once(&self.made_up).filter(|_| purpose != Purpose::UnknownUser);
        let admin = self.admin.iter().map(|admin| &admin.password);
        own.chain(second).chain(made_up).chain(admin).cloned().collect()
    }

    /// The user's own secrets for this login.
    fn own_secrets_for(&self, login: &Config) -> Secrets {
        let mut secrets = self.secrets.clone();
        let takes_one = login.mechanism.is_none_or(|mechanism| mechanism == Mechanism::VtgToken);
        let wants_token = login.client == ClientKind::Jabber && login.until >= Stage::Auth && takes_one;
        if wants_token && secrets.token.is_none() {
            secrets.token = self.http.take_token(&login.user);
        }
        secrets
    }

    fn shared(&self, secrets: Secrets, purpose: Purpose) -> driver::Shared {
        driver::Shared {
            notes: self.notes.clone(),
            roots: self.roots.clone(),
            secrets,
            attempts: Arc::clone(self.budget(purpose)),
            through: self.through.clone(),
        }
    }

    /// The budget of the user whose credential goes into what is asked for this purpose.
    fn budget(&self, purpose: Purpose) -> &Arc<Attempts> {
        if purpose == Purpose::SecondUser { &self.second_attempts } else { &self.attempts }
    }

    /// The login with a nonce of its own, and with what this engine knows of credentials and attempts.
    fn filled(&self, login: &Config, secrets: &Secrets) -> Config {
        let (attempts_used, attempts_limit) = self.budget(login.purpose).count();
        let policy = Policy {
            attempts_used,
            attempts_limit,
            password: secrets.password.is_some(),
            token: secrets.token.is_some(),
            ..login.policy.clone()
        };
        Config { policy, nonce: random(), ..login.clone() }
    }
}

/// What the login is to propose, by name, where that is decided beforehand.
fn mechanism(login: &Config) -> Option<String> {
    match login.purpose {
        Purpose::ImpossibleMechanism => Some(IMPOSSIBLE_MECHANISM.to_owned()),
        Purpose::UnknownUser => Some(Mechanism::Plain.name().to_owned()),
        _ => login.mechanism.map(|mechanism| mechanism.name().to_owned()),
    }
}

/// 18 random bytes in base64, which has no comma: a fresh SCRAM nonce, or a password that nobody has.
fn random() -> String {
    use ring::rand::{SecureRandom, SystemRandom};
    let mut bytes = [0; 18];
    SystemRandom::new().fill(&mut bytes).expect("the system has random numbers");
    data_encoding::BASE64.encode(&bytes)
}
