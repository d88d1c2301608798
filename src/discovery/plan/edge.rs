//! The way in from outside (protocol.md 8): what an Expressway-E is asked, and what it is asked to hand on.
//!
//! ```text
//!  _collab-edge ─► get_edge_sso ─► get_edge_config ─► UDS, service profile, EPASSoap by the proxy ─► XMPP at the edge
//!   no credential  no credential    the password       as inside, each with the edge's prefix         Jabber's token
//! ```
//!
//! With `--as edge` this is the way that is walked: whatever the plan asks of a server inside goes through the edge.
//! So it is with `--as all` where DNS knows no other way. Beside the way inside it is walked without a credential, on the
//! user's word (`A`) as far as `get_edge_config`, and with `--as all` to its end, once all inside has had its turn.

use super::uds::{SingleSignOn, was_used};
use super::{Means, Plan, Step, Turn, Turns, credential};
use crate::discovery::reading::Reading;
use crate::discovery::route::host::{encoded, is_host, origin, plain, uds_of_user, url};
use crate::discovery::route::{NodeSeen, Route};
use crate::journal::{Clients, HttpAsk, HttpWhat};
use crate::protocol::edge::{self, EdgeConfig};

/// Where CUCM serves UDS.
const UDS: u16 = 8443;
/// So many edges are asked.
const EDGES: usize = 16;
/// Why nothing is asked of it beside the way inside.
const WORD: &str = "it takes the password once more: --as all or --as edge, or the same login on all nodes (A)";

impl Plan<'_> {
    /// Whether the way from outside is looked at, and there is one.
    pub(super) fn walks_edge(&self) -> bool {
        let is_asked = matches!(self.goal.clients, Clients::All | Clients::Edge) && self.goal.nodes.is_empty();
        is_asked && !self.edges().is_empty()
    }

    /// The edges that the records name, host and port, in the order in which a client tries them.
    fn edges(&self) -> Vec<(String, u16)> {
        let records = self.route(Route::CollabEdge).map(|view| view.records.as_slice()).unwrap_or_default();
        let named = records.iter().map(|record| (record.srv.target.clone(), record.srv.port));
        named.filter(|(host, port)| is_host(host) && *port != 0).take(EDGES).collect()
    }

    /// The domain on whose behalf the edge is asked.
    fn edge_domain(&self) -> String {
        plain(self.goal.voice_domain.as_deref().unwrap_or(self.domain))
    }

    fn at_edge(&self, (host, port): &(String, u16), what: &str) -> String {
        url("https", host, *port, &format!("/{}/{what}", edge::domain_prefix(&self.edge_domain())))
    }

    fn config_url(&self, at: &(String, u16)) -> String {
        self.at_edge(at, "get_edge_config?service_name=_cisco-uds&service_name=_cuplogin")
    }

    fn sso_url(&self, at: &(String, u16)) -> String {
        let user = &self.goal.user_id;
        let mail = if user.contains('@') { user.clone() } else { format!("{user}@{}", self.domain) };
        self.at_edge(at, &format!("get_edge_sso?email={}", encoded(&mail)))
    }

    /// A request to an edge itself, once the edge has an address.
    fn edge_request(&self, what: HttpWhat, url: String) -> Option<HttpAsk> {
        let (_, host, _) = origin(&url)?;
        let addresses = self.walk.usable(&host)?;
        self.walk.exchange(what, &url).is_none().then(|| HttpAsk::new(what, url, addresses))
    }

    /// When `get_edge_config` is asked for: with the password, of the first edge that takes the request.
    pub(super) fn edge_turn(&self) -> Turn<HttpAsk> {
        if !matches!(self.goal.clients, Clients::All | Clients::Edge) || !self.goal.nodes.is_empty() {
            return Turn::never("the way from outside is not walked");
        }
        if !self.walk.is_decided(Route::CollabEdge) && self.edges().is_empty() {
            return Turn::Later;
        }
        if self.edges().is_empty() {
            return Turn::never("no _collab-edge record: there is no way in from outside");
        }
        if !self.has_user() {
            return Turn::never("no user was given");
        }
        if self.permissions.outside.is_some() && !self.walk.is_outside() {
            // It is asked for from outside.
            return if self.means.password { Turn::Over } else { Turn::never(credential::NONE) };
        }
        let Some(next) = self.next_edge() else { return Turn::Later };
        let Some(url) = next else {
            let was_asked = !self.walk.standing(HttpWhat::EdgeConfig).is_empty();
            return if was_asked { Turn::Over } else { Turn::never("no Expressway-E has an address") };
        };
        let may = if self.walk.is_outside() { self.may_ask_edge() } else { self.may_ask_beside() };
        match may {
            Turn::Now(()) => self.edge_request(HttpWhat::EdgeConfig, url).map_or(Turn::Later, Turn::Now),
            Turn::Later | Turn::Over => Turn::Later,
            Turn::Never(why) => Turn::Never(why),
        }
    }

    /// The address to ask next; none inside if there is no further one, none at all while that is not known.
    fn next_edge(&self) -> Option<Option<String>> {
        for at in self.edges() {
            let url = self.config_url(&at);
            match self.walk.exchange(HttpWhat::EdgeConfig, &url) {
                None if self.walk.addresses(&at.0).none.is_some() => {}
                None => return Some(Some(url)),
                Some(exchange) if exchange.ended.is_none() => return None,
                Some(exchange) if was_used(exchange) => return Some(None),
                Some(_) => {}
            }
        }
        Some(None)
    }

    /// On the way that is walked: the password goes to the edge first, once and alone.
    fn may_ask_edge(&self) -> Turn<()> {
        match self.edge_sso() {
            SingleSignOn::On => return Turn::never(credential::SSO),
            SingleSignOn::Open => return Turn::Later,
            SingleSignOn::Off => {}
        }
        if !self.means.password {
            return Turn::never(credential::NONE);
        }
        self.may_use_password()
    }

    /// Beside the way inside: on the user's word alone, and once those who take the password there have said something
    /// of it.
    fn may_ask_beside(&self) -> Turn<()> {
        if self.permissions.all_nodes.is_none() {
            return Turn::never(WORD);
        }
        match self.edge_sso() {
            SingleSignOn::On => return Turn::never(credential::SSO),
            SingleSignOn::Open => return Turn::Later,
            SingleSignOn::Off => {}
        }
        match self.may_use_by_word() {
            Turn::Now(()) if !self.is_settled_inside() => Turn::Later,
            turn => turn,
        }
    }

    /// Whether what takes the password inside has taken it.
    fn is_settled_inside(&self) -> bool {
        let user = self.user_turn();
        let epas = self.epas_turn(&user);
        !user.comes() && !epas.comes() && !self.credential_turn(&user, &epas).comes()
    }

    /// Whether the way from outside is walked beside the one inside.
    fn is_asked_outside(&self) -> bool {
        self.permissions.outside.is_some() && !self.walk.is_outside() && self.means.password
    }

    /// What to ask from outside, beside what is asked already: the password goes there behind all that takes it inside.
    pub(super) fn steps_outside(&self, asked: &[Step]) -> Vec<Step> {
        let is_due =
            self.is_asked_outside() && self.walks_edge() && self.is_settled_inside() && !self.config_comes();
        let Some(outside) = is_due.then(|| self.walk.seen_from(true)) else { return Vec::new() };
        let Some(plan) = Plan::new(&outside, Means { token: false, ..self.means }) else { return Vec::new() };
        let turns = plan.turns();
        let mut http = plan.edge_requests(&turns);
        http.extend(plan.uds());
        http.extend(plan.profiles());
        http.extend(plan.epas_followers());
        http.extend([turns.user, turns.epas].into_iter().filter_map(Turn::due));
        let login = turns.login.due().map(Step::Login);
        let steps = http.into_iter().map(Step::Http).chain(login);
        let is_new = |step: &Step| {
            match step {
            Step::Http(ask) => !asked.iter().any(|known| matches!(known, Step::Http(known) if known.is_same(ask))),
            Step::Login(login) => !asked.iter().any(|known| {
                matches!(known, Step::Login(known) if known.host == login.host && known.port == login.port)
            }),
            Step::Dns(_) => false,
        }
        };
        steps.filter(is_new).collect()
    }

    /// Why `get_edge_config` is not asked for from outside, beside the way inside.
    pub(super) fn no_config_outside(&self) -> Option<String> {
        let outside = self.is_asked_outside().then(|| self.walk.seen_from(true))?;
        let turn = Plan::new(&outside, Means { token: false, ..self.means })?.edge_turn();
        if let Turn::Never(why) = turn { Some(why) } else { None }
    }

    /// Whether users log in elsewhere, by the edge's own word.
    pub(super) fn edge_sso(&self) -> SingleSignOn {
        let answers = self.walk.standing(HttpWhat::EdgeSso);
        let is_on =
            |reading: &Reading| matches!(reading, Reading::SingleSignOn(read) if read.enabled == Some(true));
        if answers.iter().any(|exchange| is_on(&exchange.reading)) {
            return SingleSignOn::On;
        }
        let is_open = |at: &(String, u16)| match self.walk.exchange(HttpWhat::EdgeSso, &self.sso_url(at)) {
            Some(exchange) => exchange.ended.is_none(),
            None => self.has_user() && self.walk.addresses(&at.0).none.is_none(),
        };
        // The first one that answers speaks for all: they are one cluster.
        let has_answered = answers.iter().any(|exchange| exchange.head.is_some() && exchange.ended.is_some());
        let is_pending = !has_answered && self.edges().iter().any(is_open);
        if is_pending { SingleSignOn::Open } else { SingleSignOn::Off }
    }

    /// Whether `get_edge_config` may still say where things are inside.
    pub(super) fn edge_comes(&self) -> bool {
        let is_open = |at: &(String, u16)| {
            let asked = self.walk.exchange(HttpWhat::EdgeConfig, &self.config_url(at));
            asked.is_some_and(|exchange| exchange.ended.is_none())
        };
        self.edge_turn().comes() || self.edges().iter().any(is_open)
    }

    /// Whether the edge is to take the password before anybody else does.
    pub(super) fn edge_first(&self) -> bool {
        self.walk.is_outside() && self.edge_comes()
    }

    /// Why nothing inside is asked with a credential: the edge did not say where. None where it did, or may yet.
    pub(super) fn no_way_inside(&self) -> Option<String> {
        if !self.walk.is_outside() || self.edge_comes() {
            return None;
        }
        match (self.walk.edge_config(), self.edge_turn()) {
            (Some((_, config)), _) if uds_of_user(config).next().is_none() => {
                Some("get_edge_config names no UDS of the user that can be asked".to_owned())
            }
            (Some(_), _) => None,
            (None, Turn::Never(why)) => Some(why),
            (None, _) => {
                let refused = self.may_use_password();
                let why = "get_edge_config gave no way in";
                Some(if let Turn::Never(refused) = refused { refused } else { why.to_owned() })
            }
        }
    }

    /// The CUCMs behind the edge: the user's own UDS. Where none is named, those that Expressway-C found serve to say
    /// whether the user is known there at all.
    pub(super) fn inside_cucms(&self) -> Vec<(String, u16)> {
        let Some((_, config)) = self.walk.edge_config() else { return Vec::new() };
        let mut own = uds_of_user(config).peekable();
        let all: Vec<_> = if own.peek().is_some() { own.collect() } else { found_inside(config).collect() };
        let mut cucms: Vec<(String, u16)> = Vec::new();
        for (host, port) in all {
            let at = (host, port.filter(|port| *port != 0).unwrap_or(UDS));
            if is_host(&at.0) && !cucms.contains(&at) && cucms.len() < EDGES {
                cucms.push(at);
            }
        }
        cucms
    }

    /// A request for a server inside, by way of the edge that answered; none while there is none.
    pub(super) fn through_edge(&self, what: HttpWhat, inside: &str) -> Option<HttpAsk> {
        let (exchange, _) = self.walk.edge_config()?;
        let (scheme, host, port) = origin(inside)?;
        let (_, edge, at) = exchange.ask.origin();
        let path = inside.splitn(4, '/').nth(3).unwrap_or_default();
        let prefix = edge::proxied_prefix(&self.edge_domain(), scheme, &host, port);
        let addresses = self.walk.usable(edge)?;
        Some(HttpAsk::new(what, url("https", edge, at, &format!("/{prefix}/{path}")), addresses).inside(inside))
    }

    /// What is asked of the edges themselves, and, beside the way inside, what it takes to see whether the edge hands on
    /// what needs no credential.
    pub(super) fn edge_requests(&self, turns: &Turns) -> Vec<HttpAsk> {
        if !self.walks_edge() {
            return Vec::new();
        }
        let mut asks: Vec<HttpAsk> = Vec::new();
        if self.has_user() {
            let edges = self.edges();
            asks.extend(edges.iter().filter_map(|at| self.edge_request(HttpWhat::EdgeSso, self.sso_url(at))));
        }
        asks.extend(turns.edge.clone().due());
        if !self.walk.is_outside() {
            asks.extend(self.beside());
        }
        asks
    }

    fn beside(&self) -> Vec<HttpAsk> {
        let id = encoded(&self.goal.user_id);
        let paths = [
            (HttpWhat::Version, "/cucm-uds/version".to_owned()),
            (HttpWhat::ClusterUser, format!("/cucm-uds/clusterUser?username={id}")),
        ];
        let all = self
            .inside_cucms()
            .into_iter()
            .flat_map(|(host, port)| paths.clone().map(|(what, path)| (what, url("https", &host, port, &path))));
        let fresh = all.filter(|(what, inside)| self.walk.exchange_inside(*what, inside).is_none());
        fresh.filter_map(|(what, inside)| self.through_edge(what, &inside)).collect()
    }

    /// The front end that takes Jabber's login from outside: the one that `get_edge_config` names.
    pub(super) fn front_end(&self, user: &Turn<HttpAsk>, epas: &Turn<HttpAsk>) -> Turn<&NodeSeen> {
        if self.edge_comes() || user.comes() || epas.comes() || self.config_comes() {
            return Turn::Later;
        }
        let named = self.walk.edge_config().map(|(_, config)| config.xmpp.as_slice()).unwrap_or_default();
        let by_config = named.iter().find_map(|at| {
            self.nodes
                .iter()
                .find(|node| node.is_called(&at.address) && at.port.is_none_or(|port| port == node.port))
        });
        let leads = |node: &&NodeSeen| !self.is_nowhere_to_log_in(node);
        match by_config.filter(leads).or_else(|| self.nodes.iter().find(leads)) {
            Some(node) => Turn::Now(node),
            None => Turn::never("no Expressway-E is named"),
        }
    }
}

/// The servers of `_cisco-uds` by the lookup of Expressway-C.
fn found_inside(config: &EdgeConfig) -> impl Iterator<Item = (String, Option<u16>)> {
    let servers = config.service("_cisco-uds").map(|service| service.servers.as_slice()).unwrap_or_default();
    servers.iter().map(|server| (plain(&server.address), server.port))
}
