//! HTTP.

pub(super) mod faults;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::account::Accounts;
use super::ledger::Ledger;
pub(in crate::lab) use faults::{HttpFault, HttpFaults};
use serde::Deserialize;

pub(in crate::lab) struct Cluster {
    pub(in crate::lab) accounts: Arc<Accounts>,
    pub(in crate::lab) members: Vec<Member>,
    pub(in crate::lab) ledger: Ledger,
}

pub(in crate::lab) struct Member {
    pub(in crate::lab) name: String,
    pub(in crate::lab) role: Role,
    pub(in crate::lab) ports: Ports,
}

pub(in crate::lab) struct Ports {
    pub(in crate::lab) https: u16,
    pub(in crate::lab) tftp: u16,
    pub(in crate::lab) tftps: u16,
}

impl Default for Ports {
    fn default() -> Ports {
        Ports { https: 8443, tftp: 6970, tftps: 6972 }
    }
}

pub(in crate::lab) struct Site {
    pub(in crate::lab) host: String,
    pub(in crate::lab) domain: String,
    pub(in crate::lab) role: Role,
    pub(in crate::lab) shared: Arc<Cluster>,
    pub(in crate::lab) faults: HttpFaults,
    pub(in crate::lab) delay: Option<Duration>,
}

pub(in crate::lab) async fn serve(site: Arc<Site>, listener: TcpListener, tls: Option<TlsAcceptor>) {
    let _ = (&site.shared, &site.faults, tls);
    let _listener = listener;
    std::future::pending::<()>().await;
}

/// What a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::lab) enum Role {
    /// A CUCM: UDS, and files as TFTP has them. The first of a deployment is the publisher of its cluster.
    Cucm,
    /// An IM&P node: EPASSoap and XMPP.
    Imp,
}
