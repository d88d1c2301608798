//! The lab: a practice deployment of real sockets on loopback, with a fault to find.
//!
//! Two IM&P nodes of one domain, each on an address of its own, with certificates made at the start. A scenario
//! (TOML in `assets/lab/`) says which node is ill at which stage. What the nodes say is literal text
//! (`literal`), and they read the client with a scanner of their own: the lab uses nothing of the rest of the
//! program and the rest, but for `cli` and `app`, does not know it, so that it can serve as its test bench.
//!
//! ```text
//! start ─► scenario ─► address, certificate ─► node ─► talk (stream … SASL) ─► served (bind, session)
//!                                                       └─ peer (socket) ─ scanner
//! ```

mod account;
mod address;
mod certificate;
mod faults;
#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "until a scenario has hosts with HTTP"))]
mod http;
#[cfg_attr(not(test), expect(dead_code, reason = "until a scenario has hosts with HTTP"))]
mod ledger;
mod literal;
mod node;
mod peer;
mod scanner;
mod scenario;
mod served;
mod talk;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::task::JoinSet;

pub use scenario::{DEFAULT, Scenario, scenarios};

use account::Accounts;
use address::{Manner, Taken};
use certificate::Authority;
use faults::Faults;
use node::{Node, Shared};
use scenario::{Deployment, Host, Script};

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
    /// The IM&P nodes, in the scenario's order.
    pub nodes: Vec<LabNode>,
    /// Whom to log in as: the bare user id.
    pub user: String,
    /// The user's password. It is no secret: print it.
    pub password: String,
    /// The user's one-time password for CISCO-VTG-TOKEN, good once.
    pub token: String,
    /// The certificate of the lab's own authority, PEM.
    pub ca_pem: String,
    /// What turned out otherwise than planned, a line each: an address that was in use.
    pub notes: Vec<String>,
    servers: JoinSet<()>,
}

/// A node of a [`Lab`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabNode {
    /// Its name. No DNS server knows it.
    pub host: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// Whether it is the user's home node.
    pub home: bool,
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
    #[error("{wanted} is in use, and so are the {tried} other loopback addresses and ports that were tried")]
    NoAddress {
        /// The first that was tried.
        wanted: SocketAddr,
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
    start_script(name, &scenario::script(name)?)
}

fn start_script(name: &str, script: &Script) -> Result<Lab, LabError> {
    let deployment = scenario::deployment()?;
    let Some(user) = deployment.users.first() else {
        return Err(LabError::Scenario { name: "deployment".to_owned(), why: "it has no user".to_owned() });
    };
    let faults: Vec<Faults> = deployment.hosts.iter().map(|host| Faults::of(&host.name, &script.faults)).collect();
    let taken = addresses(&deployment.hosts, &faults)?;
    let authority = Authority::new()?;
    let ports = deployment.hosts.iter().zip(&taken).map(|(host, t)| (host.name.clone(), t.address.port()));
    let accounts = Accounts::new(&deployment.domain, &deployment.users);
    let shared = Arc::new(Shared::new(accounts, ports.collect::<HashMap<_, _>>()));
    let mut lab = Lab {
        scenario: name.to_owned(),
        title: script.title.clone(),
        hint: script.hint.clone(),
        domain: deployment.domain.clone(),
        nodes: Vec::new(),
        user: user.id.clone(),
        password: user.password.clone(),
        token: user.token.clone(),
        ca_pem: authority.pem(),
        notes: Vec::new(),
        servers: JoinSet::new(),
    };
    for ((host, faults), taken) in deployment.hosts.iter().zip(faults).zip(taken) {
        let home = user.home == host.name;
        lab.nodes.push(LabNode { host: host.name.clone(), address: taken.address, home });
        lab.notes.extend(taken.note);
        let node = node(&deployment, host, script, faults, &authority, &shared)?;
        lab.servers.spawn(node::serve(node, taken.socket));
    }
    Ok(lab)
}

fn addresses(hosts: &[Host], faults: &[Faults]) -> Result<Vec<Taken>, LabError> {
    let manner =
        |faults: &Faults| Manner { refusing: faults.tcp.is_some(), receive_buffer: faults.receive_buffer() };
    hosts
        .iter()
        .zip(faults)
        .map(|(host, faults)| address::take(&host.name, host.address, manner(faults)))
        .collect()
}

fn node(
    deployment: &Deployment,
    host: &Host,
    script: &Script,
    faults: Faults,
    authority: &Authority,
    shared: &Arc<Shared>,
) -> Result<Node, LabError> {
    let tls = authority.acceptor(&host.name, &deployment.domain, &faults.certificate())?;
    Ok(Node {
        host: host.name.clone(),
        domain: deployment.domain.clone(),
        faults,
        tls,
        stream_id: script.stream_id,
        shared: Arc::clone(shared),
    })
}
