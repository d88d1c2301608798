//! Where Jabber and PSI would go, and by which rule (protocol.md 1.2, RFC 2782, XEP-0368).

use super::host::plain;
use super::named::XMPP;
use super::{Choice, NodeSeen, Route, RouteRecord, RouteState, RouteView};
use crate::discovery::reading::Reading;
use crate::discovery::walk::Walk;
use crate::journal::{ClientKind, Clients, HttpWhat};
use crate::protocol::srv::{Turn, Weighed, order};

/// So much of a setting stands in a sentence.
const SETTING: usize = 64;
/// The key by which an administrator takes routes from Jabber.
const EXCLUDED: &str = "ServiceDiscoveryExcludedServices";

impl Walk {
    /// Where a client would go.
    pub fn choice(&self, client: ClientKind) -> Choice {
        let unwalked = |rule: &str| Choice::new(client, rule);
        let Some(goal) = self.goal() else { return unwalked("nothing is walked") };
        if let Some(node) = goal.nodes.first() {
            let node = Some((plain(&node.host), node.port));
            return Choice { node, ..unwalked("--node names where to go: no route is walked") };
        }
        match (client, goal.clients) {
            (ClientKind::Jabber, Clients::Psi) => unwalked("--as psi: the routes of Jabber are not walked"),
            (ClientKind::Psi, Clients::Jabber) => unwalked("--as jabber: the routes of PSI are not walked"),
            (ClientKind::Psi, Clients::Edge) => unwalked("--as edge: the routes of PSI are not walked"),
            (ClientKind::Jabber, _) => self.jabber(),
            (ClientKind::Psi, _) => self.psi(),
        }
    }

    fn jabber(&self) -> Choice {
        let client = ClientKind::Jabber;
        let ranked = [Route::CiscoUds, Route::Cuplogin, Route::CollabEdge].map(|route| self.route(route));
        let at = ranked.iter().position(|view| !is_out(view)).unwrap_or(ranked.len());
        let mut reasons: Vec<String> = ranked[..at].iter().map(why_not).collect();
        let Some(view) = ranked.get(at) else {
            return Choice::new(client, &format!("Jabber finds no services: {}", reasons.join(", ")));
        };
        if view.state == RouteState::Running {
            reasons.push(format!("{} is still asked for", short(view.route)));
            return Choice { open: true, ..Choice::new(client, &reasons.join(", ")) };
        }
        let beaten: Vec<&str> = ranked[at + 1..].iter().map(|view| short(view.route)).collect();
        let own = if beaten.is_empty() {
            format!("only then does Jabber take {}, by {}", short(view.route), first_of(&view.records))
        } else {
            format!("{} beats {}", short(view.route), beaten.join(" and "))
        };
        reasons.push(own);
        let (node, reason) = self.jabber_node(view);
        let rule = [Some(reasons.join(", ")), reason].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let rule = rule + &self.excluded();
        Choice { client, route: Some(view.route), node, rule, open: self.home_is_open() }
    }

    /// The node at the end of Jabber's route, and why it is this one.
    fn jabber_node(&self, view: &RouteView<'_>) -> (Option<(String, u16)>, Option<String>) {
        let nodes = self.nodes();
        if view.route == Route::CollabEdge {
            return (nodes.iter().find(|node| node.edge).map(NodeSeen::place), None);
        }
        let called = |name: &str| nodes.iter().find(|node| node.is_called(name)).map(NodeSeen::place);
        if let Some(home) = self.home().filter(|home| called(&home.node).is_some()) {
            return (called(&home.node), Some(format!("{} is the home node: {}", home.node, home.by)));
        }
        let first = self.service_profile().and_then(|(_, profile)| profile.imp.first());
        if let Some(first) = first {
            let reason = format!("{} stands first in the service profile", plain(&first.address));
            return (called(&first.address), Some(reason));
        }
        match view.records.first().filter(|_| view.route == Route::Cuplogin) {
            Some(record) => {
                let reason = format!("its records name {}", first_of(&view.records));
                (called(&record.srv.target), Some(reason))
            }
            None => (None, None),
        }
    }

    /// Whether something under way may still tell another home node.
    fn home_is_open(&self) -> bool {
        use HttpWhat::{ClusterUser, EpasConfig, EpasLogin, ServiceProfile, User};
        let telling = [ClusterUser, User, ServiceProfile, EpasLogin, EpasConfig];
        self.exchanges().iter().any(|exchange| exchange.ended.is_none() && telling.contains(&exchange.ask.what))
    }

    /// What `jabber-config.xml` says about routes: no more than a remark, for who has not read it yet knows nothing
    /// of it.
    fn excluded(&self) -> String {
        let setting =
            self.standing(HttpWhat::JabberConfig).into_iter().find_map(|exchange| match &exchange.reading {
                Reading::JabberConfig(config) => config.value(EXCLUDED),
                _ => None,
            });
        setting.map_or_else(String::new, |value| {
            let value: String = value.chars().take(SETTING).collect();
            format!(" (jabber-config.xml has {EXCLUDED}={value}: a Jabber that has read it leaves those out)")
        })
    }

    fn psi(&self) -> Choice {
        let [direct, plain_set] = [Route::XmppsClient, Route::XmppClient].map(|route| self.route(route));
        let open = [&direct, &plain_set].iter().any(|view| view.state == RouteState::Running);
        let set: Vec<(Route, &RouteRecord)> = [&plain_set, &direct]
            .into_iter()
            .filter(|view| view.state == RouteState::Ok)
            .flat_map(|view| view.records.iter().map(|record| (view.route, record)))
            .filter(|(_, record)| record.srv.target != ".")
            .collect();
        let turns = in_order(set.iter().map(|(_, record)| *record));
        let first = turns.first().and_then(|turn| Some((set.get(turn.at)?, turn)));
        let Some(((route, record), turn)) = first else {
            return self.psi_without_records(open, &direct, &plain_set);
        };
        let node = Some((record.srv.target.clone(), record.srv.port));
        let mut rule = format!("{} is {}", record.srv.target, place_in(turn, &record.srv.priority, set.len()));
        if direct.state == RouteState::Ok && plain_set.state == RouteState::Ok {
            rule.push_str(" of _xmpps-client and _xmpp-client, which count as one set (XEP-0368)");
        } else {
            rule.push_str(&format!(" of {}", short(*route)));
        }
        if *route == Route::XmppsClient {
            let older = plain_set.records.first().filter(|_| plain_set.state == RouteState::Ok);
            let goes = older.map_or_else(
                || "finds no record".to_owned(),
                |record| format!("goes to {}:{}", record.srv.target, record.srv.port),
            );
            rule.push_str(&format!("; older PSI asks for _xmpp-client alone and {goes}"));
        }
        Choice { client: ClientKind::Psi, route: Some(*route), node, rule, open }
    }

    fn psi_without_records(&self, open: bool, direct: &RouteView<'_>, plain_set: &RouteView<'_>) -> Choice {
        let none = |rule: &str| Choice::new(ClientKind::Psi, rule);
        let domain = self.run().map(|(_, run)| plain(&run.domain)).unwrap_or_default();
        if open {
            return Choice { open, ..none("_xmpp-client and _xmpps-client are still asked for") };
        }
        if plain_set.state == RouteState::Absent("not offered") {
            return none("the domain says that it offers no XMPP: the target of _xmpp-client is \".\"");
        }
        let why = format!("{}, {}", why_not(plain_set), why_not(direct));
        let addresses = self.addresses(&domain);
        if addresses.none.is_some() {
            return none(&format!("{why}, and the domain has no address of its own"));
        }
        if addresses.list.is_empty() {
            return Choice { open: true, ..none(&format!("{why}: the domain's own address is asked for")) };
        }
        let node = Some((domain, XMPP));
        Choice { node, ..none(&format!("{why}: the domain's own address, port {XMPP}")) }
    }
}

impl Choice {
    fn new(client: ClientKind, rule: &str) -> Self {
        Self { client, route: None, node: None, rule: rule.to_owned(), open: false }
    }
}

impl NodeSeen {
    fn place(&self) -> (String, u16) {
        (self.host.clone(), self.port)
    }
}

/// `_cisco-uds`
fn short(route: Route) -> &'static str {
    route.name().split('.').next().unwrap_or_default()
}

/// Whether a client passes the route over.
fn is_out(view: &RouteView<'_>) -> bool {
    matches!(view.state, RouteState::Absent(_) | RouteState::Failed(_) | RouteState::Skipped(_))
}

/// `_cisco-uds: NXDOMAIN`
fn why_not(view: &RouteView<'_>) -> String {
    let why = match &view.state {
        RouteState::Absent(why) => why,
        RouteState::Failed(why) | RouteState::Skipped(why) => why.as_str(),
        RouteState::Running | RouteState::Ok => "is there",
    };
    format!("{}: {why}", short(view.route))
}

fn in_order<'r>(records: impl Iterator<Item = &'r RouteRecord>) -> Vec<Turn> {
    let weighed = records.map(|record| Weighed { priority: record.srv.priority, weight: record.srv.weight });
    order(&weighed.collect::<Vec<_>>())
}

/// `the first by priority 10`, and where weights decide, with its chance.
fn place_in(turn: &Turn, priority: &u16, of: usize) -> String {
    match (of, turn.chance < 1.0) {
        (1, _) => "the only record".to_owned(),
        (_, false) => format!("the first by priority {priority}"),
        (_, true) => format!("the first with a chance of {:.0} % by its weight", turn.chance * 100.0),
    }
}

/// The first target of a route, with its chance where weights decide.
fn first_of(records: &[RouteRecord]) -> String {
    let set: Vec<&RouteRecord> = records.iter().filter(|record| record.srv.target != ".").collect();
    let turns = in_order(set.iter().copied());
    let first = turns.first().and_then(|turn| Some((set.get(turn.at)?, turn)));
    first.map_or_else(String::new, |(record, turn)| {
        format!("{}, {}", record.srv.target, place_in(turn, &record.srv.priority, set.len()))
    })
}
