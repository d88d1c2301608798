//! The HTTP side of the lab's hosts: UDS, singleSignOn and the files of TFTP on CUCM, EPASSoap on IM&P; what is an
//! administrator's: AXL on CUCM, Control Center and PerfMon on each; and the way to them all by an Expressway-E.
//!
//! What is said is literal text (`literal`), with the faults of a scenario (`faults`) in its place. It reads what a
//! client sends with the lab's own scanner, and tells the ledger of each credential that comes.
//!
//! ```text
//! serve (socket, TLS, hyper) ─► desk (which door, which path) ─► uds, sso, files, epas, admin, edge ─► page ─► serve
//! ```

mod admin;
mod desk;
mod edge;
mod epas;
mod faults;
mod files;
mod literal;
mod page;
mod server;
mod sessions;
#[cfg(test)]
mod tests;
mod uds;

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::account::Accounts;
use super::component::Components;
use super::ledger::Ledger;
use super::machine::Machine;
use super::scenario::Group;

pub(in crate::lab) use edge::Edge;
pub(in crate::lab) use faults::{HttpFault, HttpFaults};
pub(in crate::lab) use server::serve;

/// One host's HTTP side, on all its ports.
#[derive(Debug)]
pub(in crate::lab) struct Site {
    pub(in crate::lab) host: String,
    /// The XMPP domain.
    pub(in crate::lab) domain: String,
    pub(in crate::lab) role: Role,
    pub(in crate::lab) shared: Arc<Cluster>,
    pub(in crate::lab) faults: HttpFaults,
    /// What is wrong behind it.
    pub(in crate::lab) components: Components,
    /// Waited before each answer, and once in each handshake.
    pub(in crate::lab) delay: Option<Duration>,
    /// The host itself, as Control Center and PerfMon tell of it.
    pub(in crate::lab) machine: Arc<Machine>,
    /// An Expressway-E's way inside; on no other host.
    pub(in crate::lab) edge: Option<Edge>,
}

/// What a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::lab) enum Role {
    Cucm,
    Imp,
    /// An Expressway-E with its Expressway-C.
    Expressway,
}

/// What the hosts of a deployment have in common.
#[derive(Debug)]
pub(in crate::lab) struct Cluster {
    /// The same as on the XMPP side: a token goes from here to there.
    pub(in crate::lab) accounts: Arc<Accounts>,
    /// All hosts in the deployment's order. The first CUCM is the publisher, and the home cluster of all users.
    pub(in crate::lab) members: Vec<Member>,
    pub(in crate::lab) ledger: Ledger,
    pub(in crate::lab) group: Group,
}

/// A host of the deployment, as the others know it.
#[derive(Debug, Clone)]
pub(in crate::lab) struct Member {
    pub(in crate::lab) name: String,
    pub(in crate::lab) role: Role,
    pub(in crate::lab) ports: Ports,
}

/// Where a host's HTTP side is. Only a CUCM has the two of TFTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lab) struct Ports {
    pub(in crate::lab) https: u16,
    /// The files, in clear.
    pub(in crate::lab) tftp: u16,
    /// The files, under TLS.
    pub(in crate::lab) tftps: u16,
}

impl Default for Ports {
    /// The real ones (protocol.md 2 and 3).
    fn default() -> Ports {
        Ports { https: 8443, tftp: 6970, tftps: 6972 }
    }
}

impl Cluster {
    /// The names of the hosts that are this.
    fn names(&self, role: Role) -> impl Iterator<Item = &str> {
        self.members.iter().filter(move |member| member.role == role).map(|member| member.name.as_str())
    }

    /// Where `host` listens; the real ports for one of another deployment.
    fn ports(&self, host: &str) -> Ports {
        self.members.iter().find(|member| member.name == host).map_or_else(Ports::default, |member| member.ports)
    }
}
