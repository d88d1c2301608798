//! The routes that clients take, what stands on each, and where each client would go (protocol.md 1).

mod addresses;
mod choice;
mod home;
mod homes;
pub(in crate::discovery) mod host;
mod named;
mod nodes;
#[cfg(test)]
mod tests;
mod told;

pub use host::{first_label, is_host, leads_home, uds_of_user};
pub use told::records as belonging;

use super::walk::{Lookup, Walk};
use crate::journal::{ClientKind, Clients, DnsAnswer, DnsAsk, EntryNo, RecordData, RecordKind, Srv, WalkAsk};
use crate::protocol::srv::{Turn, Weighed, order};
use host::{is_address, plain};
use told::{Asked, Told, records, told};

/// So many records of a route are kept.
const RECORDS: usize = 64;

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
    /// Other names of it: short ones and addresses that lead to the same place.
    pub also: Vec<String>,
    /// All who named it, in their order: `--node`, `_xmpp-client._tcp`, `UDS: assigned`, `service profile: Primary`,
    /// `EPAS: primary`, `<hostname> of imp2` …; by another name: `UDS: assigned, as imp1`.
    pub named_by: Vec<String>,
    /// Whether it is the user's home node; none: not known yet.
    pub home: Option<bool>,
    /// Whether it is no IM&P node but an Expressway-E's XMPP front end, whose traffic enters IM&P elsewhere.
    pub edge: bool,
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

impl Route {
    /// Whether this walk leaves the route out, and why.
    fn left_out(self, goal: &WalkAsk, domain: &str) -> Option<String> {
        let is_xmpp = matches!(self, Route::XmppClient | Route::XmppsClient);
        let by_client = match goal.clients {
            Clients::All => None,
            Clients::Jabber => is_xmpp.then_some("--as jabber"),
            Clients::Psi => (!is_xmpp).then_some("--as psi"),
            Clients::Edge => (self != Route::CollabEdge).then_some("--as edge"),
        };
        let why = if !goal.nodes.is_empty() {
            Some("--node")
        } else if goal.dns.is_empty() {
            Some("no DNS server")
        } else if domain.is_empty() || is_address(domain) {
            Some("there is no domain to ask for")
        } else {
            by_client
        };
        why.map(str::to_owned)
    }
}

impl Walk {
    /// A route as it stands.
    pub fn route(&self, route: Route) -> RouteView<'_> {
        let (name, left_out) = self.route_name(route);
        let mut view =
            RouteView { route, name, state: RouteState::Running, records: Vec::new(), lookups: Vec::new() };
        if let Some(why) = left_out {
            view.state = RouteState::Skipped(why);
            return view;
        }
        let asked = self.asked(&view.name, RecordKind::Srv);
        view.lookups = asked.iter().flatten().map(|asked| asked.newest).collect();
        view.records = self.records(&asked, &view.name);
        view.state = state(&asked, &view.records);
        view
    }

    /// The whole name of a route, and why it is left out if it is.
    fn route_name(&self, route: Route) -> (String, Option<String>) {
        let (Some((_, run)), Some(goal)) = (self.run(), self.goal()) else {
            return (route.name().to_owned(), Some("nothing is walked".to_owned()));
        };
        let voice = goal.voice_domain.as_deref().filter(|_| matches!(route, Route::CiscoUds | Route::CollabEdge));
        let domain = plain(voice.unwrap_or(&run.domain));
        (format!("{}.{domain}", route.name()), route.left_out(goal, &domain))
    }

    /// Whether a client that asks the servers in their order knows this route by now: one of them answered, and
    /// those before it were given up. Others may still be waited for.
    pub(super) fn is_decided(&self, route: Route) -> bool {
        let (name, left_out) = self.route_name(route);
        let asked = self.asked(&name, RecordKind::Srv);
        let mut all = asked.iter().map(|asked| asked.map_or(Told::Open, |asked| told(asked.counts)));
        let first = all.find(|told| !matches!(told, Told::Failed(_)));
        left_out.is_some() || !matches!(first, Some(Told::Open))
    }

    /// Whether the servers know a way in from outside and none inside: each of them, asked for the first time, has answered
    /// or failed. What they say when they are asked again does not count, so that this stays as it is.
    pub(super) fn has_edge_alone(&self) -> bool {
        let inside = [Route::CiscoUds, Route::Cuplogin, Route::XmppClient, Route::XmppsClient];
        let is_absent = |route: Route| {
            let told: Vec<Told> = self.first_asked(route).map(|lookup| lookup.map_or(Told::Open, told)).collect();
            let is_none = |told: &Told| matches!(told, Told::None(_));
            told.iter().any(is_none) && told.iter().all(|told| is_none(told) || matches!(told, Told::Failed(_)))
        };
        let (name, _) = self.route_name(Route::CollabEdge);
        let answers =
            self.first_asked(Route::CollabEdge).flatten().filter(|lookup| matches!(told(lookup), Told::Records));
        let mut targets = answers.filter_map(|lookup| lookup.answer()).flat_map(|answer| ordered(answer, &name));
        targets.any(|(srv, ..)| srv.target != ".") && inside.into_iter().all(is_absent)
    }

    /// The first question for a route to each of the run's servers; none for one that was not asked yet.
    fn first_asked(&self, route: Route) -> impl Iterator<Item = Option<&Lookup>> {
        let (name, _) = self.route_name(route);
        let servers = self.goal().map(|goal| goal.dns.as_slice()).unwrap_or_default();
        servers.iter().map(move |server| {
            let is_it = |ask: &DnsAsk| ask.kind == RecordKind::Srv && ask.server == server.address;
            self.lookups_of(&name).find(|lookup| is_it(&lookup.ask))
        })
    }

    /// The records of all servers, each once, in the order in which a client tries them.
    fn records(&self, asked: &[Option<Asked<'_>>], name: &str) -> Vec<RouteRecord> {
        let mut found: Vec<RouteRecord> = Vec::new();
        for lookup in asked.iter().flatten().map(|asked| asked.counts) {
            let Some((n, _, answer)) = lookup.answered() else { continue };
            // Records beside another rcode than NOERROR are those of nobody.
            if !matches!(told(lookup), Told::Records) {
                continue;
            }
            for (srv, ttl, turn) in ordered(answer, name) {
                match found.iter().position(|record| record.srv == srv) {
                    Some(at) => found[at].entries.push(*n),
                    None if found.len() < RECORDS => {
                        let addresses = self.addresses(&srv.target);
                        found.push(RouteRecord { srv, ttl, turn, entries: vec![*n], addresses });
                    }
                    None => {}
                }
            }
        }
        found.sort_by(|one, other| {
            let by_chance = || other.turn.chance.total_cmp(&one.turn.chance);
            one.srv.priority.cmp(&other.srv.priority).then_with(by_chance)
        });
        found
    }
}

/// The service records of one answer in the order in which a client tries them, each with its TTL and its turn.
fn ordered(answer: &DnsAnswer, name: &str) -> Vec<(Srv, u32, Turn)> {
    let mut set: Vec<(Srv, u32)> = Vec::new();
    for record in records(answer, name) {
        let RecordData::Srv(srv) = &record.data else { continue };
        let srv = Srv { target: plain(&srv.target), ..srv.clone() };
        if !set.iter().any(|(other, _)| *other == srv) && set.len() < RECORDS {
            set.push((srv, record.ttl));
        }
    }
    let weighed: Vec<Weighed> =
        set.iter().map(|(srv, _)| Weighed { priority: srv.priority, weight: srv.weight }).collect();
    let turns = order(&weighed);
    turns.into_iter().filter_map(|turn| set.get(turn.at).map(|(srv, ttl)| (srv.clone(), *ttl, turn))).collect()
}

/// What became of a route, by what its servers said.
fn state(asked: &[Option<Asked<'_>>], records: &[RouteRecord]) -> RouteState {
    if records.iter().any(|record| record.srv.target != ".") {
        return RouteState::Ok;
    }
    let told: Vec<Told> = asked.iter().map(|asked| asked.map_or(Told::Open, |asked| told(asked.counts))).collect();
    if told.iter().any(Told::is_open) {
        return RouteState::Running;
    }
    if !records.is_empty() {
        return RouteState::Absent("not offered");
    }
    let absent = told.iter().find_map(|told| if let Told::None(why) = told { Some(*why) } else { None });
    if let Some(why) = absent {
        return RouteState::Absent(why);
    }
    let mut words: Vec<String> = Vec::new();
    for one in told {
        match one {
            Told::Failed(word) if !words.contains(&word) => words.push(word),
            _ => {}
        }
    }
    RouteState::Failed(words.join(", "))
}
