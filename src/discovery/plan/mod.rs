//! The plan: from what is known to what to ask next. A pure function; it cannot ask.

mod admin;
mod admin_hosts;
mod control;
mod cost;
mod credential;
mod dns;
mod edge;
mod epas;
mod homes;
mod login;
mod profile;
mod side;
mod skipped;
#[cfg(test)]
mod tests;
mod uds;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use cost::Cost;
pub use skipped::Skipped;

use super::route::host::{is_address, is_host, origin};
use super::route::{NodeSeen, Route, RouteView};
use super::walk::{Permissions, Walk};
use crate::journal::{
    ClientKind, Clients, DnsAsk, EntryNo, HttpAsk, HttpWhat, Purpose, Stage, TlsMode, UserAct, WalkAsk,
};

/// What the plan may count on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Means {
    /// A password is at hand.
    pub password: bool,
    /// A token for CISCO-VTG-TOKEN was given.
    pub token: bool,
    /// The second user's password is at hand.
    pub second: bool,
    /// The administrator's password is at hand.
    pub admin: bool,
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
        let Some(plan) = Plan::new(self, means) else { return Vec::new() };
        let mut steps = plan.steps();
        steps.extend(plan.steps_outside(&steps));
        steps
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

    /// When what waits for this may come, by this alone: nothing is to be asked because of it.
    fn before<U>(self) -> Turn<U> {
        match self {
            Turn::Never(why) => Turn::Never(why),
            Turn::Now(_) | Turn::Later | Turn::Over => Turn::Later,
        }
    }

    /// What is to be asked now.
    fn due(self) -> Option<T> {
        if let Turn::Now(what) = self { Some(what) } else { None }
    }
}

/// When the user's credential takes each step of the path.
struct Turns {
    edge: Turn<HttpAsk>,
    user: Turn<HttpAsk>,
    epas: Turn<HttpAsk>,
    login: Turn<LoginStep>,
}

/// A walk as the plan looks at it.
struct Plan<'w> {
    walk: &'w Walk,
    goal: &'w WalkAsk,
    domain: &'w str,
    means: Means,
    /// What the user allowed and asked for.
    permissions: Cow<'w, Permissions>,
    routes: Vec<RouteView<'w>>,
    nodes: Vec<NodeSeen>,
}

impl<'w> Plan<'w> {
    fn new(walk: &'w Walk, means: Means) -> Option<Self> {
        let goal = walk.goal()?;
        let (_, run) = walk.run()?;
        let routes = Route::ALL.map(|route| walk.route(route)).into();
        let permissions = Cow::Borrowed(walk.permissions());
        let mut nodes = walk.nodes();
        nodes.retain(|node| node.edge || !walk.is_beside());
        Some(Self { walk, goal, domain: &run.domain, means, permissions, routes, nodes })
    }

    /// The same after one more word of the user's.
    fn after(walk: &'w Walk, means: Means, word: &UserAct) -> Option<Self> {
        let mut plan = Self::new(walk, means)?;
        plan.permissions.to_mut().apply(EntryNo(u64::MAX), word);
        Some(plan)
    }

    fn turns(&self) -> Turns {
        let user = self.user_turn();
        let epas = self.epas_turn(&user);
        let login = self.credential_turn(&user, &epas);
        let edge = self.edge_turn();
        Turns { edge, user, epas, login }
    }

    fn steps(&self) -> Vec<Step> {
        let turns = self.turns();
        let mut logins = self.side_logins(&turns);
        logins.extend(self.logins(&turns.login, &logins));
        logins.extend(self.questions(&turns));
        let mut steps: Vec<Step> = self.dns().into_iter().map(Step::Dns).collect();
        let mut http = self.uds();
        http.extend(self.profiles());
        http.extend(self.epas_followers());
        http.extend(self.control_requests(&turns));
        http.extend(self.edge_requests(&turns));
        http.extend(self.administrators());
        http.extend([turns.user, turns.epas].into_iter().filter_map(Turn::due));
        let mut seen = BTreeSet::new();
        http.retain(|ask| seen.insert((ask.what, ask.url.clone(), ask.about.clone())));
        steps.extend(http.into_iter().map(Step::Http));
        steps.extend(logins.into_iter().map(Step::Login));
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
            Clients::All | Clients::Jabber | Clients::Edge => Ok(()),
            Clients::Psi => Err("--as psi"),
        }
    }

    /// Whose login takes the credential.
    fn client(&self) -> ClientKind {
        match self.goal.clients {
            Clients::Jabber | Clients::Edge => ClientKind::Jabber,
            // A token alone serves Jabber's mechanism alone.
            Clients::All if self.means.token && !self.means.password => ClientKind::Jabber,
            Clients::All if self.walk.is_outside() => ClientKind::Jabber,
            Clients::All | Clients::Psi => ClientKind::Psi,
        }
    }

    /// A request that was not begun yet, once its host has an address.
    fn request(&self, what: HttpWhat, url: String) -> Option<HttpAsk> {
        let (_, host, _) = origin(&url)?;
        if self.walk.exchange(what, &url).is_some() {
            return None;
        }
        if self.walk.is_outside() {
            return self.through_edge(what, &url);
        }
        let addresses = self.walk.usable(&host)?;
        Some(HttpAsk::new(what, url, addresses))
    }

    /// Whether a host will never have an address to connect to. Behind the edge it is the edge that resolves names.
    fn is_nowhere(&self, host: &str) -> bool {
        if self.walk.is_outside() {
            return !is_host(host);
        }
        let by_name = is_host(host) && !is_address(host);
        let is_unknown = || self.goal.dns.is_empty() || self.walk.addresses(host).none.is_some();
        !is_host(host) || (by_name && !self.walk.leaves_names() && is_unknown())
    }
}
