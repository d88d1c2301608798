//! The routes that clients take, what stands on each, and where each client would go (protocol.md 1).

use super::walk::{Lookup, Walk};
use crate::journal::{ClientKind, EntryNo, Srv};
use crate::protocol::srv::Turn;

/// A way to the IM&P nodes, by the records that begin it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// `_cisco-uds._tcp`: Jabber, inside.
    CiscoUds,
    /// `_cuplogin._tcp`: older Jabber.
    Cuplogin,
    /// `_xmpp-client._tcp`: PSI and others.
    XmppClient,
    /// `_xmpps-client._tcp`: newer ones, with TLS from the first byte (XEP-0368).
    XmppsClient,
    /// `_collab-edge._tls`: Jabber, outside.
    CollabEdge,
}

impl Route {
    /// All of them, in the order of the tree.
    pub const ALL: [Route; 5] =
        [Route::CiscoUds, Route::Cuplogin, Route::XmppClient, Route::XmppsClient, Route::CollabEdge];

    /// `_cisco-uds._tcp`
    pub fn name(self) -> &'static str {
        match self {
            Route::CiscoUds => "_cisco-uds._tcp",
            Route::Cuplogin => "_cuplogin._tcp",
            Route::XmppClient => "_xmpp-client._tcp",
            Route::XmppsClient => "_xmpps-client._tcp",
            Route::CollabEdge => "_collab-edge._tls",
        }
    }
}

/// What became of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteState {
    /// Its records are asked for.
    Running,
    /// There are records.
    Ok,
    /// The answer is that there are none: `NXDOMAIN`, `NODATA`, or target `.` (`not offered`).
    Absent(&'static str),
    /// No server answered usefully: `timeout`, `SERVFAIL`, `REFUSED`, `port closed` …
    Failed(String),
    /// It is not walked, and why: `--as psi`, `--node`.
    Skipped(String),
}

/// A route as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteView<'w> {
    /// Which one.
    pub route: Route,
    /// The whole name that was asked: `_cisco-uds._tcp.example.test`.
    pub name: String,
    /// What became of it.
    pub state: RouteState,
    /// Its records in the order in which a client tries them, those of all servers, each once.
    pub records: Vec<RouteRecord>,
    /// The lookups, one for each server, in the servers' order; the newest where one was asked again.
    pub lookups: Vec<&'w Lookup>,
}

/// A record of a route.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteRecord {
    /// The record.
    pub srv: Srv,
    /// Seconds.
    pub ttl: u32,
    /// Its turn among those of its answer (RFC 2782).
    pub turn: Turn,
    /// The entries of the answers that hold it.
    pub entries: Vec<EntryNo>,
    /// The addresses of its target.
    pub addresses: Addresses,
}

/// What is known of a host's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addresses {
    /// The addresses, IPv6 behind IPv4, each once.
    pub list: Vec<String>,
    /// Names that the host is an alias of.
    pub aliases: Vec<String>,
    /// A question is still open.
    pub pending: bool,
    /// Every question was answered or given up, and there is no address: why (`NXDOMAIN`, `no A or AAAA record`,
    /// `timeout` …).
    pub none: Option<String>,
    /// The entries that say so.
    pub entries: Vec<EntryNo>,
}

/// An IM&P node that somebody named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSeen {
    /// Its name, in lower case, or its address.
    pub host: String,
    /// The port of XMPP on it.
    pub port: u16,
    /// Whether TLS stands from the first byte there (`_xmpps-client`).
    pub direct_tls: bool,
    /// All who named it, in their order: `--node`, `_xmpp-client._tcp`, `UDS: assigned`, `service profile: Primary`,
    /// `EPAS: primary`, `<hostname> of imp2` …
    pub named_by: Vec<String>,
    /// Whether it is the user's home node; none: not known yet.
    pub home: Option<bool>,
    /// Whether it is the home node's partner: the user's backup.
    pub partner: bool,
    /// Its addresses.
    pub addresses: Addresses,
    /// The entries that name it.
    pub entries: Vec<EntryNo>,
}

/// Where a client would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Which client.
    pub client: ClientKind,
    /// By which route; none: it has none, or falls back to the domain's own address.
    pub route: Option<Route>,
    /// To which node in the end, host and port.
    pub node: Option<(String, u16)>,
    /// The rule that decided, in a sentence (protocol.md 1.2): `_cisco-uds beats _cuplogin and _collab-edge`.
    pub rule: String,
    /// Whether something that is still open may change it.
    pub open: bool,
}

impl Walk {
    /// A route as it stands.
    pub fn route(&self, route: Route) -> RouteView<'_> {
        let (state, records, lookups) = (RouteState::Running, Vec::new(), Vec::new());
        RouteView { route, name: String::new(), state, records, lookups }
    }

    /// What is known of a host's addresses.
    pub fn addresses(&self, _host: &str) -> Addresses {
        Addresses::default()
    }

    /// The IM&P nodes that anybody named, the home node first, then in the order in which they were named.
    pub fn nodes(&self) -> Vec<NodeSeen> {
        Vec::new()
    }

    /// Where a client would go.
    pub fn choice(&self, client: ClientKind) -> Choice {
        Choice { client, route: None, node: None, rule: String::new(), open: true }
    }
}
