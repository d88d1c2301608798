//! From options to what is asked: the target, what the walk sets out from, and the requests for logins.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use crate::cli::{self, Client, Common};
use crate::config::Settings;
use crate::console::visible;
use crate::discovery::{LoginStep, Means, Reach};
use crate::journal::{
    ClientKind, Clients, DnsServer, EpasClient, GivenNode, Purpose, RunAsk, Stage, TlsMode, UserAct, Via, WalkAsk,
};
use crate::login::{Attendance, Breakpoint, Config, Marks, Pace, Policy, Side, UNKNOWN_USER};
use crate::probe::{self, Engine, Identity, Permissions, Request, Roots};
use crate::protocol::sasl::Mechanism;

use super::credentials::Credentials;
use super::kept::{self, Kept};
use super::recording::Place;
use super::run::Run;

/// The port of XMPP on a node that is named without one (protocol.md 6.1).
pub const XMPP_PORT: u16 = 5222;
const XMPPS_PORT: u16 = 5223;
/// The resource that a login asks for: the node's own lists then say who this was.
const RESOURCE: &str = "impscope";
/// The budget of attempts with the user's credential, over all hosts.
pub const MAX_ATTEMPTS: u32 = 3;
/// A wait is slow after this long.
pub const SLOW: Duration = Duration::from_secs(2);
/// A wait is silent after this long.
pub const SILENT: Duration = Duration::from_secs(10);
/// What nobody watches is given up on the screen too when its answer is this late: what the plan asks next waits for
/// a request's end, and a login's connection holds a credential.
const GIVE_UP: Duration = Duration::from_secs(30);
/// One address may take so long to connect.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why `socks5h` alone does not do: a proxy resolves names to addresses, and SRV records are more.
const NO_DNS: &str = "--via socks5h leaves names to the proxy, and a proxy answers no question for SRV records: name a DNS \
                      server that it reaches, --dns ADDR (on the jump host: grep nameserver /etc/resolv.conf), or a node, \
                      --node HOST; or give socks5:// to ask from this host";

/// What a run is about.
#[derive(Debug, Clone)]
pub struct Target {
    /// The XMPP domain.
    pub domain: String,
    /// The user, as it stands before the `@`.
    pub user: String,
    /// What the walk sets out from.
    pub walk: WalkAsk,
    /// Slow, silent, given up.
    pub marks: Marks,
    /// The budget of attempts, for each user.
    pub max_attempts: u32,
    /// The budget was set by hand: what the user asks for later does not raise it.
    pub hard_limit: bool,
    /// Where the run is recorded.
    pub place: Place,
    /// A practice deployment.
    pub lab: bool,
    /// Extra roots, as PEM.
    pub ca_pem: Option<String>,
    /// How TLS is entered.
    pub tls: TlsMode,
    /// The stage at which a login is complete.
    pub until: Stage,
    /// The mechanism that was asked for.
    pub mechanism: Option<Mechanism>,
    /// How long one address may take to connect.
    pub connect_timeout: Duration,
    /// What the command line allowed.
    pub allowed: Allowed,
    /// What the command line asked for beyond the usual: all nodes, the control experiment.
    pub words: Vec<UserAct>,
}

/// What the command line allowed before anything was seen.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// These certificates.
    pub fingerprints: Vec<String>,
    /// Every certificate.
    pub insecure: bool,
    /// Credentials in clear.
    pub cleartext: bool,
    /// Certificates that were accepted for good, by host.
    pub kept: Vec<Kept>,
}

impl Target {
    /// From the options and the settings behind them.
    ///
    /// # Errors
    /// When the target is no login and no domain, or there is nobody to ask for names.
    pub fn new(text: &str, common: &Common, settings: &Settings) -> anyhow::Result<Self> {
        let (user, domain) = cli::target(text).map_err(anyhow::Error::msg)?;
        refuse_by(settings, "--all-nodes", common.all_nodes)?;
        let ca_file = common.ca_file.as_deref().or(settings.ca_file.as_deref());
        let ca_pem = ca_file.map(|path| {
            std::fs::read_to_string(path).map_err(|why| anyhow::anyhow!("--ca-file {}: {why}", path.display()))
        });
        let slow = common.slow.or(settings.slow).unwrap_or(SLOW);
        let silent = common.silent_after.or(settings.silent_after).unwrap_or(SILENT);
        let max_attempts = common.max_attempts.or(settings.max_attempts);
        let admin = common.admin.as_ref().or(settings.admin.as_ref()).cloned();
        let walk = WalkAsk { admin, ..walk(common, &user, via(common, settings)?)? };
        // Without a user there is nobody to log in.
        let until = if walk.user_id.is_empty() { common.until.min(Stage::StreamTls) } else { common.until };
        Ok(Self {
            walk,
            user,
            domain,
            marks: Marks { slow, silent, give_up: None },
            max_attempts: max_attempts.unwrap_or(MAX_ATTEMPTS),
            hard_limit: max_attempts.is_some(),
            place: place(common.record.as_deref(), common.no_record),
            lab: false,
            ca_pem: ca_pem.transpose()?,
            tls: if common.direct_tls { TlsMode::Direct } else { TlsMode::Starttls },
            until,
            mechanism: common.mechanism,
            connect_timeout: common.connect_timeout.or(settings.connect_timeout).unwrap_or(CONNECT_TIMEOUT),
            allowed: Allowed {
                fingerprints: common.accept.clone(),
                insecure: common.insecure,
                cleartext: common.allow_cleartext,
                kept: kept::read()?,
            },
            words: words(common)?,
        })
    }

    /// What the run's first entry says.
    pub fn ask(&self) -> RunAsk {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        RunAsk {
            domain: self.domain.clone(),
            user: self.user.clone(),
            slow_ms: millis(self.marks.slow),
            silent_ms: millis(self.marks.silent),
            lab: self.lab,
            walk: Some(Box::new(self.walk.clone())),
            environment: None,
        }
    }

    /// The engine of a run.
    pub fn engine(&self, run: &Run, roots: Roots, credentials: Credentials) -> Engine {
        let mut engine = Engine::new(
            run.notes.clone(),
            roots,
            credentials.own,
            self.max_attempts,
            run.op.id,
            self.permissions(),
            self.identity(),
        );
        if let Some(via) = &self.walk.via {
            engine.go_by(via, self.walk.dns.iter().any(|server| server.via));
        }
        if let Some(password) = credentials.second {
            engine.keep_second(password);
        }
        if let (Some(user), Some(password)) = (&self.walk.admin, credentials.admin) {
            engine.keep_admin(user.clone(), password);
        }
        for kept in &self.allowed.kept {
            engine.accept(&kept.host, kept.port, &kept.fingerprint);
        }
        engine
    }

    /// Whether a login with the user's credential was asked for.
    pub fn wants_login(&self) -> bool {
        self.until > Stage::StreamTls
    }

    /// What the plan may count on.
    pub fn means(&self, credentials: &Credentials) -> Means {
        let (password, token) = (credentials.own.password.is_some(), credentials.own.token.is_some());
        let admin = self.walk.admin.is_some() && credentials.admin.is_some();
        Means { password, token, second: credentials.second.is_some(), admin, until: Some(self.until) }
    }

    /// What requests and logins share.
    fn identity(&self) -> Identity {
        Identity {
            user_id: self.walk.user_id.clone(),
            epas: self.walk.epas.clone(),
            patience: self.patience(),
            connect_timeout: self.connect_timeout,
        }
    }

    /// The marks of what nobody watches: it is given up, so that no connection with a credential stays open.
    fn patience(&self) -> Marks {
        Marks { give_up: Some(self.marks.give_up.unwrap_or(GIVE_UP.max(self.marks.silent))), ..self.marks }
    }

    /// What the command line allowed, for requests.
    fn permissions(&self) -> Permissions {
        Permissions {
            fingerprints: self.allowed.fingerprints.clone(),
            insecure: self.allowed.insecure,
            cleartext: self.allowed.cleartext,
        }
    }

    /// The request for a stepped login that a person watches.
    pub fn attended(&self, step: &LoginStep) -> Request {
        self.request(step, Attendance::Attended, Pace::Stepped)
    }

    /// The request for a login that runs by itself, and stops before `pause` if there is one. It gives up like a
    /// request.
    pub fn unattended(&self, step: &LoginStep, pause: Option<Stage>) -> Request {
        let mut request = self.request(step, Attendance::Unattended, Pace::Running);
        request.login.marks = self.patience();
        request.login.breakpoints =
            pause.map(|stage| Breakpoint { stage, side: Side::Before }).into_iter().collect();
        if step.reach == Reach::Mechanisms {
            request.login.until = request.login.until.min(Stage::StreamTls);
        } else if step.purpose.is_question() {
            request.login.until = Stage::Auth;
        }
        request
    }

    /// Who logs in.
    fn user_of(&self, purpose: Purpose) -> String {
        match purpose {
            Purpose::Login | Purpose::Watch | Purpose::ImpossibleMechanism | Purpose::OtherWay => {
                self.walk.user_id.clone()
            }
            Purpose::UnknownUser => UNKNOWN_USER.to_owned(),
            Purpose::SecondUser => self.walk.second_user.clone().unwrap_or_default(),
        }
    }

    /// The mechanism that is asked for; none means the best one offered, or the one that the purpose itself names.
    fn mechanism_for(&self, step: &LoginStep) -> Option<Mechanism> {
        match step.purpose {
            Purpose::Login => self.mechanism,
            Purpose::ImpossibleMechanism | Purpose::UnknownUser | Purpose::Watch => None,
            // A token is the user's own.
            Purpose::SecondUser => self.mechanism.filter(|mechanism| *mechanism != Mechanism::VtgToken),
            Purpose::OtherWay => Some(Mechanism::VtgToken).filter(|_| step.client == ClientKind::Jabber),
        }
    }

    fn request(&self, step: &LoginStep, attendance: Attendance, pace: Pace) -> Request {
        let kept = self.allowed.kept.iter().filter(|kept| kept.is_on(&step.host, step.port));
        let policy = Policy {
            accepted: self.allowed.fingerprints.clone(),
            known: kept.map(|kept| kept.fingerprint.clone()).collect(),
            insecure: self.allowed.insecure,
            cleartext: self.allowed.cleartext,
            ..Policy::default()
        };
        Request {
            host: step.host.clone(),
            port: step.port,
            addresses: step.addresses.iter().filter_map(|address| address.parse().ok()).collect(),
            connect_timeout: self.connect_timeout,
            home: step.home,
            named_by: step.named_by.clone(),
            login: Config {
                domain: self.domain.clone(),
                purpose: step.purpose,
                user: self.user_of(step.purpose),
                client: step.client,
                tls: if self.tls == TlsMode::Direct { self.tls } else { step.tls },
                until: self.until,
                mechanism: self.mechanism_for(step),
                marks: self.marks,
                policy,
                attendance,
                pace,
                breakpoints: Vec::new(),
                nonce: String::new(),
                resource: RESOURCE.to_owned(),
            },
        }
    }
}

/// Refuses an option that the system's word takes away.
///
/// # Errors
/// When it was given and is taken away.
pub fn refuse_by(settings: &Settings, option: &str, given: bool) -> anyhow::Result<()> {
    match settings.read_only.as_ref().filter(|_| given) {
        Some(file) => anyhow::bail!("{option} is taken away by {file} (read_only = true)"),
        None => Ok(()),
    }
}

/// The proxy of the command line, else of the configuration. The environment's is not used.
///
/// # Errors
/// When the configuration's is none.
fn via(common: &Common, settings: &Settings) -> anyhow::Result<Option<Via>> {
    let of_file = || {
        settings
            .via
            .as_ref()
            .map(|words| cli::via(&words.url).map_err(|why| anyhow::anyhow!("{}: via: {why}", words.place)))
    };
    match &common.via {
        Some(via) => Ok(Some(via.clone())),
        None => of_file().transpose(),
    }
}

/// What the walk sets out from, by the options.
///
/// # Errors
/// When names must be asked for and no DNS server is known, or is none that a proxy could reach, or the second user is
/// the first.
fn walk(common: &Common, user: &str, via: Option<Via>) -> anyhow::Result<WalkAsk> {
    let port = if common.direct_tls { XMPPS_PORT } else { XMPP_PORT };
    let given = |node: &cli::NodeArg| GivenNode { host: node.host.clone(), port: node.port.unwrap_or(port) };
    let by_hand = |server: &SocketAddr| DnsServer {
        address: server.to_string(),
        source: "--dns".to_owned(),
        via: via.is_some(),
    };
    let dns = match (common.dns.as_slice(), common.node.as_slice()) {
        // A node that is named by hand needs no DNS but what the system would ask for its address.
        ([], [_, ..]) => Vec::new(),
        // Whom this host asks means nothing where names are the proxy's.
        ([], []) if via.as_ref().is_some_and(|via| via.names) => anyhow::bail!(NO_DNS),
        ([], []) => probe::system_servers().map_err(anyhow::Error::msg)?,
        (servers, _) => servers.iter().map(by_hand).collect(),
    };
    let user_id = common.user_id.clone().unwrap_or_else(|| user.to_owned());
    if common.second_user.as_ref().is_some_and(|second| second.eq_ignore_ascii_case(&user_id)) {
        anyhow::bail!("--second-user {}: give another user than the one who logs in", visible(&user_id));
    }
    let usual = epas_client();
    let (kind, version) = common.epas_client.clone().unwrap_or((usual.kind, usual.version));
    Ok(WalkAsk {
        clients: clients(common.client.unwrap_or(Client::All)),
        voice_domain: common.voice_domain.as_deref().map(str::to_ascii_lowercase),
        dns,
        nodes: common.node.iter().map(given).collect(),
        cucms: cli::cucms(&common.cucm).map_err(anyhow::Error::msg)?,
        user_id,
        xmpp_port: XMPP_PORT,
        epas: EpasClient { service: usual.service, kind, version, force: common.epas_force },
        second_user: common.second_user.clone(),
        via,
        admin: None,
    })
}

/// What the options say beforehand.
///
/// # Errors
/// When a file that was named cannot be read, or is not what it should be.
fn words(common: &Common) -> anyhow::Result<Vec<UserAct>> {
    let all_nodes = common.all_nodes.then_some(UserAct::AllNodes);
    let outside = (common.client == Some(Client::All)).then_some(UserAct::Outside);
    let ha = common.ha_status.as_deref().map(super::ha::from_file).transpose()?;
    Ok(all_nodes.into_iter().chain(outside).chain(ha).collect())
}

/// As which client EPASSoap is asked unless an option says otherwise: a type and a version that the nodes take, and
/// no new session key, which could be another client's loss (protocol.md 5.1, 6.8).
pub fn epas_client() -> EpasClient {
    let (service, kind, version) = ("v80".to_owned(), "CUPC".to_owned(), cli::EPAS_VERSION.to_owned());
    EpasClient { service, kind, version, force: false }
}

/// Whose path an option names.
pub fn clients(named: Client) -> Clients {
    match named {
        Client::All => Clients::All,
        Client::Jabber => Clients::Jabber,
        Client::Psi => Clients::Psi,
        Client::Edge => Clients::Edge,
    }
}

/// Where a run is recorded, by its options.
pub fn place(record: Option<&Path>, no_record: bool) -> Place {
    match (record, no_record) {
        (Some(path), _) => Place::File(path.to_owned()),
        (None, true) => Place::Nowhere,
        (None, false) => Place::StateFolder,
    }
}

#[cfg(test)]
mod tests;
