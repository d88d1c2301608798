//! The lab: a practice deployment of real sockets on loopback, with a fault to find.
//!
//! A DNS server, a CUCM, two IM&P nodes and an Expressway-E of one domain, and the SOCKS proxy of a jump host before them, each on
//! an address of its own, with certificates made at the start. A scenario (TOML in `assets/lab/`) says which component is ill, or which host at which stage of the
//! path, and how DNS differs. What the servers say is literal text (`literal`, `http`), and they read the client with scanners of
//! their own: the lab uses nothing of the rest of the program and the rest, but for `cli` and `app`, does not know
//! it, so that it can serve as its test bench.
//!
//! ```text
//! start ─► scenario ─► address, certificate ─┬► dns (zone, faults)
//!                                            ├► http: UDS and files on a CUCM, EPASSoap on a node; edge: to both of them
//!                                            └► node ─► talk (stream … SASL) ─► served (bind, session)
//!                                            │           └─ peer (socket) ─ scanner
//!                                            └► socks: by way of it to all of them
//! component: what a request passes behind either of the two, and what is ill there
//! machine: what runs on a host and how busy it is, for its administrator; restart: what is well again after one
//! ```

mod account;
mod address;
mod certificate;
mod component;
mod dns;
mod faults;
mod http;
mod ledger;
mod literal;
mod machine;
mod node;
mod peer;
mod restart;
mod scanner;
mod scenario;
mod served;
mod socks;
mod start;
mod talk;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

pub use scenario::{DEFAULT, Scenario, scenarios};

/// A running practice deployment. Dropping it ends its servers and their connections.
#[derive(Debug)]
pub struct Lab {
    /// The scenario's name.
    pub scenario: String,
    /// What is wrong, in one line.
    pub title: String,
    /// What to do first: "practice deployment: imp1 is ill; press n".
    pub hint: String,
    /// The XMPP domain.
    pub domain: String,
    /// Where the DNS servers listen, over UDP and TCP; the one to ask first is the first.
    pub dns: Vec<SocketAddr>,
    /// The IM&P nodes, in the scenario's order, where XMPP is served.
    pub nodes: Vec<LabNode>,
    /// All servers but those of DNS: CUCMs, IM&P nodes and the Expressway-E, in the scenario's order.
    pub hosts: Vec<LabHost>,
    /// Where the SOCKS proxy listens that leads to all of them, those of DNS too, and to nothing else (RFC 1928, no login).
    pub socks: SocketAddr,
    /// The scenario is about the proxy: go by way of it.
    pub by_way: bool,
    /// CUCMs to name by hand, to be compared, each a name; mostly none.
    pub cucms: Vec<String>,
    /// The port of XMPP on the user's home node: 5222, unless another program has it on every address.
    pub xmpp_port: u16,
    /// Whom to log in as: the bare user id.
    pub user: String,
    /// The user's password. It is no secret: print it.
    pub password: String,
    /// The user's one-time password for CISCO-VTG-TOKEN, good once.
    pub token: String,
    /// Who administers it: user id and password, for AXL, Control Center and PerfMon. This is no end user.
    pub administrator: (String, String),
    /// What `utils ha status` prints on its nodes.
    pub ha_status: String,
    /// Another user, whose home is the other node: bare user id and password.
    pub second_user: Option<(String, String)>,
    /// One more user, whose password the directory does not have to check, at home where the first one is: bare user id and
    /// password.
    pub local_user: Option<(String, String)>,
    /// What the servers received from now on, a line each: `credential HOST SERVICE USER accepted`, or `refused`, or
    /// `unanswered`. SERVICE is `uds`, `epas`, `xmpp`, `axl`, `control-center`, `perfmon` or `edge`. Where a Connection Manager is
    /// restarted: `service HOST stopped NAME`, and `started` when it listens again.
    pub received: UnboundedReceiver<String>,
    /// The certificate of the lab's own authority, PEM.
    pub ca_pem: String,
    /// What turned out otherwise than planned, a line each: an address that was in use.
    pub notes: Vec<String>,
    servers: JoinSet<()>,
}

/// An IM&P node of a [`Lab`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabNode {
    /// Its name. Only the lab's DNS servers know it.
    pub host: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// Whether it is the user's home node.
    pub home: bool,
}

/// A server of a [`Lab`]. All its ports are on one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabHost {
    /// Its name.
    pub host: String,
    /// Its address.
    pub address: IpAddr,
    /// The ports that it has, those where it is ill too.
    pub ports: Vec<u16>,
}

/// Why the lab did not start.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// No scenario has this name.
    #[error("no scenario is called {name}: did you mean {nearest}? There are: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The most similar name.
        nearest: String,
        /// All names, separated by commas.
        known: String,
    },
    /// A scenario's file does not read. A test sees to it that this is not shipped.
    #[error("the scenario file {name}.toml: {why}")]
    Scenario {
        /// The file.
        name: String,
        /// The parser's words.
        why: String,
    },
    /// The loopback address does not exist on this machine.
    #[error("this machine has no loopback address {address}. Add it with: {alias}")]
    NoLoopback {
        /// The address.
        address: IpAddr,
        /// The command that adds it.
        alias: String,
    },
    /// Every address that was tried is in use.
    #[error("{refusal}, and of the {tried} loopback addresses and ports that were tried none is free")]
    NoAddress {
        /// What was wrong with the first.
        refusal: String,
        /// How many were tried.
        tried: usize,
    },
    /// The kernel refused the address.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The kernel's words.
        source: io::Error,
    },
    /// A certificate could not be made or used.
    #[error("the lab's certificates: {0}")]
    Certificate(String),
}

/// Starts the scenario of this name. Its servers run on the runtime of the caller until the [`Lab`] is dropped.
pub async fn start(name: &str) -> Result<Lab, LabError> {
    start::script(name, &scenario::script(name)?)
}
