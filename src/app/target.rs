//! From options to what is asked: the target, the nodes, and the requests for their logins.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::bail;

use crate::cli::{self, Client, Common};
use crate::config::Settings;
use crate::journal::{ClientKind, EpasClient, RunAsk, Stage, TlsMode};
use crate::login::fill::Secrets;
use crate::login::{Attendance, Breakpoint, Config, Marks, Pace, Policy, Side};
use crate::probe::{Identity, Permissions, Request};
use crate::protocol::sasl::Mechanism;

use super::recording::Place;

const XMPP_PORT: u16 = 5222;
const XMPPS_PORT: u16 = 5223;
/// The resource that a login asks for: the node's own lists then say who this was.
const RESOURCE: &str = "impscope";
/// The budget of attempts with the user's credential, over all hosts.
pub const MAX_ATTEMPTS: u32 = 3;
/// A wait is slow after this long.
pub const SLOW: Duration = Duration::from_secs(2);
/// A wait is silent after this long.
pub const SILENT: Duration = Duration::from_secs(10);
/// One address may take so long to connect.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A node to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// As it was named.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its addresses, where they are known.
    pub addresses: Vec<IpAddr>,
    /// Whether it is the user's home node, as far as is known.
    pub home: Option<bool>,
    /// Who named it.
    pub named_by: String,
}

/// What a run is about.
#[derive(Debug, Clone)]
pub struct Target {
    /// The XMPP domain.
    pub domain: String,
    /// The user, as it stands before the `@`.
    pub user: String,
    /// The authcid.
    pub user_id: String,
    /// The nodes, the one that takes the password first.
    pub nodes: Vec<Node>,
    /// Whose bytes are imitated.
    pub client: ClientKind,
    /// Slow, silent, given up.
    pub marks: Marks,
    /// The budget of attempts.
    pub max_attempts: u32,
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
}

impl Target {
    /// From the options, the settings behind them, and which credentials are at hand.
    ///
    /// # Errors
    /// When the target is no login, or no node is named.
    pub fn new(text: &str, common: &Common, settings: &Settings, secrets: &Secrets) -> anyhow::Result<Self> {
        let (user, domain) = cli::target(text).map_err(anyhow::Error::msg)?;
        if common.node.is_empty() {
            bail!(
                "no node to go to: name the IM&P node with --node, such as --node imp1.{domain}; \
                 the nodes are those of the user's service profile"
            );
        }
        let port = if common.direct_tls { XMPPS_PORT } else { XMPP_PORT };
        let node = |node: &cli::NodeArg| Node {
            host: node.host.clone(),
            port: node.port.unwrap_or(port),
            addresses: Vec::new(),
            // Which of them is the user's home is not known here.
            home: None,
            named_by: "--node".to_owned(),
        };
        let only_token = secrets.token.is_some() && secrets.password.is_none();
        let client = match common.client {
            Some(Client::Jabber) => ClientKind::Jabber,
            Some(Client::Psi) => ClientKind::Psi,
            None if only_token => ClientKind::Jabber,
            None => ClientKind::Psi,
        };
        let ca_file = common.ca_file.as_deref().or(settings.ca_file.as_deref());
        let ca_pem = ca_file.map(|path| {
            std::fs::read_to_string(path).map_err(|why| anyhow::anyhow!("--ca-file {}: {why}", path.display()))
        });
        let slow = common.slow.or(settings.slow).unwrap_or(SLOW);
        let silent = common.silent_after.or(settings.silent_after).unwrap_or(SILENT);
        Ok(Self {
            user_id: common.user_id.clone().unwrap_or_else(|| user.clone()),
            user,
            domain,
            nodes: common.node.iter().map(node).collect(),
            client,
            marks: Marks { slow, silent, give_up: None },
            max_attempts: common.max_attempts.or(settings.max_attempts).unwrap_or(MAX_ATTEMPTS),
            place: place(common.record.as_deref(), common.no_record),
            lab: false,
            ca_pem: ca_pem.transpose()?,
            tls: if common.direct_tls { TlsMode::Direct } else { TlsMode::Starttls },
            until: common.until,
            mechanism: common.mechanism,
            connect_timeout: common.connect_timeout.or(settings.connect_timeout).unwrap_or(CONNECT_TIMEOUT),
            allowed: Allowed {
                fingerprints: common.accept.clone(),
                insecure: common.insecure,
                cleartext: common.allow_cleartext,
            },
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
            walk: None,
        }
    }

    /// What requests may do from the start.
    pub fn permissions(&self) -> Permissions {
        let Allowed { fingerprints, insecure, cleartext } = self.allowed.clone();
        Permissions { fingerprints, insecure, cleartext }
    }

    /// As whom requests are made.
    pub fn identity(&self) -> Identity {
        // As a client that real servers were asked by (protocol.md 5.1).
        let epas = EpasClient {
            service: "v80".to_owned(),
            kind: "CUPC".to_owned(),
            version: "9.7.0.18474".to_owned(),
            force: false,
        };
        Identity {
            user_id: self.user_id.clone(),
            epas,
            patience: self.marks,
            connect_timeout: self.connect_timeout,
        }
    }

    /// The request for a stepped login that a person watches.
    pub fn attended(&self, node: &Node) -> Request {
        self.request(node, Attendance::Attended, Pace::Stepped)
    }

    /// The request for a login that runs by itself, and stops before `pause` if there is one.
    pub fn unattended(&self, node: &Node, pause: Option<Stage>) -> Request {
        let mut request = self.request(node, Attendance::Unattended, Pace::Running);
        request.login.breakpoints =
            pause.map(|stage| Breakpoint { stage, side: Side::Before }).into_iter().collect();
        request
    }

    fn request(&self, node: &Node, attendance: Attendance, pace: Pace) -> Request {
        let policy = Policy {
            accepted: self.allowed.fingerprints.clone(),
            insecure: self.allowed.insecure,
            cleartext: self.allowed.cleartext,
            ..Policy::default()
        };
        Request {
            host: node.host.clone(),
            port: node.port,
            addresses: node.addresses.clone(),
            connect_timeout: self.connect_timeout,
            home: node.home,
            named_by: node.named_by.clone(),
            login: Config {
                domain: self.domain.clone(),
                user: self.user_id.clone(),
                client: self.client,
                tls: self.tls,
                until: self.until,
                mechanism: self.mechanism,
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

/// Where a run is recorded, by its options.
pub fn place(record: Option<&Path>, no_record: bool) -> Place {
    match (record, no_record) {
        (Some(path), _) => Place::File(path.to_owned()),
        (None, true) => Place::Nowhere,
        (None, false) => Place::StateFolder,
    }
}
