//! The plan: from what is known to what to ask next. A pure function; it cannot ask.

mod credential;
mod dns;
mod epas;
mod login;
mod profile;
mod skipped;
#[cfg(test)]
mod tests;
mod uds;

use std::collections::BTreeSet;

pub use skipped::Skipped;

use super::route::host::{is_address, is_host, origin};
use super::route::{NodeSeen, Route, RouteView};
use super::walk::Walk;
use crate::journal::{ClientKind, Clients, DnsAsk, HttpAsk, HttpWhat, Purpose, Stage, TlsMode, WalkAsk};

/// What the plan may count on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Means {
    /// A password is at hand.
    pub password: bool,
    /// A token for CISCO-VTG-TOKEN was given.
    pub token: bool,
    /// The second user's password is at hand.
    pub second: bool,
    /// The stage after which every login ends, by the user's word; none: the session.
    pub until: Option<Stage>,
}

/// Something to ask. Whoever carries it out begins an operation with this very ask.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A question to a DNS server.
    Dns(DnsAsk),
    /// A request.
    Http(HttpAsk),
    /// A login.
    Login(LoginStep),
}

/// A login to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginStep {
    /// The node.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its addresses, to be tried in this order; empty where the host is an address.
    pub addresses: Vec<String>,
    /// How TLS is entered.
    pub tls: TlsMode,
    /// Whose login.
    pub client: ClientKind,
    /// Whether it is the user's home node, as far as is known.
    pub home: Option<bool>,
    /// All who named it, with commas.
    pub named_by: String,
    /// How far.
    pub reach: Reach,
    /// What it is for.
    pub purpose: Purpose,
}

/// How far a login goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Up to the mechanisms, without a credential.
    Mechanisms,
    /// As far as was asked for, with the user's credential.
    Credential,
}

impl Walk {
    /// What to ask now: everything whose needs are met and that was not begun. Asking nothing means that what is
    /// under way must end first, or that all is asked.
    pub fn plan(&self, means: Means) -> Vec<Step> {
        Plan::new(self, means).map(|plan| plan.steps()).unwrap_or_default()
    }

    /// Why the password had better not be sent now: a server has refused it, or single sign-on is on.
    pub fn advises_against(&self, means: Means) -> Option<String> {
        Plan::new(self, means)?.against_password()
    }

    /// A login on a node, as far as it is known.
    pub(super) fn step_on(&self, means: Means, node: &NodeSeen, reach: Reach) -> Option<LoginStep> {
        Plan::new(self, means)?.step(node, reach)
    }

    /// Whether this is an address of the user's record, as far as is known. It needs no credential to be one.
    pub(super) fn is_user_url(&self, url: &str) -> bool {
        Plan::new(self, Means::default()).is_some_and(|plan| plan.is_user_url(url))
    }
}

/// When something is to be asked.
#[derive(Debug, Clone, PartialEq)]
enum Turn<T> {
    /// Now: this.
    Now(T),
    /// Something must end, or begin, before that is known.
    Later,
    /// It was asked.
    Over,
    /// Not in this walk, and why.
    Never(String),
}

impl<T> Turn<T> {
    fn never(why: &str) -> Self {
        Turn::Never(why.to_owned())
    }

    /// Whether it is still to come.
    fn comes(&self) -> bool {
        matches!(self, Turn::Now(_) | Turn::Later)
    }
}

/// A walk as the plan looks at it.
struct Plan<'w> {
    walk: &'w Walk,
    goal: &'w WalkAsk,
    domain: &'w str,
    means: Means,
    routes: Vec<RouteView<'w>>,
    nodes: Vec<NodeSeen>,
}

impl<'w> Plan<'w> {
    fn new(walk: &'w Walk, means: Means) -> Option<Self> {
        let goal = walk.goal()?;
        let (_, run) = walk.run()?;
        let routes = Route::ALL.map(|route| walk.route(route)).into();
        Some(Self { walk, goal, domain: &run.domain, means, routes, nodes: walk.nodes() })
    }

    fn steps(&self) -> Vec<Step> {
        let user = self.user_turn();
        let epas = self.epas_turn(&user);
        let login = self.credential_turn(&user, &epas);
        let mut steps: Vec<Step> = self.dns().into_iter().map(Step::Dns).collect();
        let mut http = self.uds();
        http.extend(self.profiles());
        http.extend(self.epas_followers());
        http.extend(
            [user, epas].into_iter().filter_map(|turn| if let Turn::Now(ask) = turn { Some(ask) } else { None }),
        );
        let mut seen = BTreeSet::new();
        http.retain(|ask| seen.insert((ask.what, ask.url.clone())));
        steps.extend(http.into_iter().map(Step::Http));
        steps.extend(self.logins(login).into_iter().map(Step::Login));
        steps
    }

    fn route(&self, route: Route) -> Option<&RouteView<'w>> {
        self.routes.iter().find(|view| view.route == route)
    }

    fn has_user(&self) -> bool {
        !self.goal.user_id.is_empty()
    }

    /// Whether UDS and what follows from it is walked; if not, why.
    fn walks_jabber(&self) -> Result<(), &'static str> {
        match self.goal.clients {
            _ if !self.goal.nodes.is_empty() => Err("--node"),
            Clients::All | Clients::Jabber => Ok(()),
            Clients::Psi => Err("--as psi"),
            Clients::Edge => Err("--as edge"),
        }
    }

    /// Whose login takes the credential.
    fn client(&self) -> ClientKind {
        match self.goal.clients {
            Clients::Jabber => ClientKind::Jabber,
            // A token alone serves Jabber's mechanism alone.
            Clients::All if self.means.token && !self.means.password => ClientKind::Jabber,
            Clients::All | Clients::Psi | Clients::Edge => ClientKind::Psi,
        }
    }

    /// A request that was not begun yet, once its host has an address.
    fn request(&self, what: HttpWhat, url: String) -> Option<HttpAsk> {
        let (_, host, _) = origin(&url)?;
        if self.walk.exchange(what, &url).is_some() {
            return None;
        }
        let addresses = self.walk.usable(&host)?;
        Some(HttpAsk { what, url, addresses })
    }

    /// Whether a host will never have an address to connect to.
    fn is_nowhere(&self, host: &str) -> bool {
        let by_name = is_host(host) && !is_address(host);
        !is_host(host) || (by_name && (self.goal.dns.is_empty() || self.walk.addresses(host).none.is_some()))
    }
}
