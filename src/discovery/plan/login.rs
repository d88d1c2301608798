//! Which logins to start: one with the credential, on the user's home node or where nothing can tell it any more on
//! the first; all others up to their mechanisms.

use super::uds::SingleSignOn;
use super::{LoginStep, Plan, Reach, Turn, credential};
use crate::discovery::route::host::{is_address, is_host, plain};
use crate::discovery::route::{NodeSeen, Route};
use crate::discovery::walk::LoginSeen;
use crate::journal::{ClientKind, Clients, HttpAsk, Purpose, Stage, TlsMode};

/// So many nodes are asked that servers name.
const NODES: usize = 128;

impl Plan<'_> {
    /// The logins to start now, beside those that the user asked for.
    pub(super) fn logins(&self, credential: &Turn<LoginStep>, asked_for: &[LoginStep]) -> Vec<LoginStep> {
        let kept = self.kept(credential);
        let is_kept = |node: &NodeSeen| {
            let is_it = |host: &str, port: u16| node.host == *host && node.port == port;
            kept.as_ref().is_some_and(|(host, port)| is_it(host, *port))
                || asked_for.iter().any(|step| is_it(&step.host, step.port))
        };
        let mut steps: Vec<LoginStep> =
            if let Turn::Now(step) = credential { vec![step.clone()] } else { Vec::new() };
        let others = self.askable().filter(|node| !is_kept(node));
        let unasked = others.filter(|node| !self.walk.logins().iter().any(|login| is_at(login, node)));
        steps.extend(unasked.filter_map(|node| self.step(node, Reach::Mechanisms)));
        steps
    }

    /// The node that takes the credential first, as far as it is known and still to come.
    pub(super) fn kept(&self, credential: &Turn<LoginStep>) -> Option<(String, u16)> {
        match credential {
            Turn::Now(step) => Some((step.host.clone(), step.port)),
            // The node that is known to take it waits for its turn; it need not be asked twice.
            Turn::Later => {
                let front = self.nodes.first().filter(|_| self.walk.is_outside());
                self.given().or(self.home()).or(front).map(|node| (node.host.clone(), node.port))
            }
            Turn::Over | Turn::Never(_) => None,
        }
    }

    /// The nodes that are logged in to at all.
    pub(super) fn askable(&self) -> impl Iterator<Item = &NodeSeen> {
        // A server may name as many as it likes; those that were named by hand are all meant.
        let bound = NODES.max(self.goal.nodes.len());
        self.nodes.iter().take(bound).filter(|node| !self.is_left_out(node))
    }

    /// When the login with the credential starts.
    pub(super) fn credential_turn(&self, user: &Turn<HttpAsk>, epas: &Turn<HttpAsk>) -> Turn<LoginStep> {
        if !self.has_user() {
            return Turn::never("no user was given");
        }
        let by_token = self.client() == ClientKind::Jabber && self.means.token;
        if self.was_started() {
            return Turn::Over;
        }
        if self.ends_early() {
            return Turn::never("--until: no login goes as far as a credential");
        }
        // The turn of a password that is at hand asks that, too.
        if (by_token || !self.means.password) && self.one_home() != Turn::Now(()) {
            return self.one_home().before();
        }
        if !by_token {
            match self.single_sign_on() {
                SingleSignOn::On => return Turn::never(credential::SSO),
                SingleSignOn::Open => return Turn::Later,
                SingleSignOn::Off => {}
            }
            if self.means.password {
                match self.may_use_password() {
                    Turn::Never(why) => return Turn::Never(why),
                    Turn::Now(())
                        if self.is_accepted() || !(user.comes() || epas.comes() || self.edge_first()) => {}
                    _ => return Turn::Later,
                }
            }
        }
        if self.token_comes(epas) || self.edge_first() {
            return Turn::Later;
        }
        // With the password itself no Jabber logs in: that it is accepted would say nothing.
        if self.lacks_token() {
            return Turn::never("Jabber needs a one-time password, and EPASSoap gave none");
        }
        match self.target(user, epas) {
            Turn::Now(node) if self.is_used_up(node) => Turn::Over,
            Turn::Now(node) if self.is_nowhere_to_log_in(node) => Turn::never("its node has no address"),
            Turn::Now(node) => self.step(node, Reach::Credential).map_or(Turn::Later, Turn::Now),
            Turn::Later => Turn::Later,
            Turn::Over => Turn::Over,
            Turn::Never(why) => Turn::Never(why),
        }
    }

    /// The node that takes the credential.
    fn target(&self, user: &Turn<HttpAsk>, epas: &Turn<HttpAsk>) -> Turn<&NodeSeen> {
        if !self.goal.nodes.is_empty() {
            return self.given().map_or_else(|| Turn::never("its name is none of a host"), Turn::Now);
        }
        // What a node says of the home is not acted on while UDS may still say better.
        let may_change = self.walk.home().is_some_and(|home| home.by_node) && user.comes();
        if let Some(home) = self.home().filter(|_| !may_change) {
            return Turn::Now(home);
        }
        let routes = [Route::CiscoUds, Route::Cuplogin, Route::XmppClient, Route::XmppsClient];
        if self.walk.is_outside() {
            return self.front_end(user, epas);
        }
        let undecided = routes.into_iter().any(|route| !self.walk.is_decided(route));
        if undecided || user.comes() || epas.comes() || self.profile_comes() || self.config_comes() {
            return Turn::Later;
        }
        let named = |client| {
            let (host, port) = self.walk.choice(client).node?;
            self.nodes.iter().find(|node| node.is_called(&host) && node.port == port)
        };
        let order = match self.client() {
            ClientKind::Psi => [ClientKind::Psi, ClientKind::Jabber],
            ClientKind::Jabber => [ClientKind::Jabber, ClientKind::Psi],
        };
        // A client goes on to the next record where one leads to no host.
        let is_meant = |node: &&NodeSeen| !node.edge && !self.is_left_out(node);
        let leads = |node: &&NodeSeen| is_meant(node) && !self.is_nowhere_to_log_in(node);
        let chosen = order.into_iter().filter_map(named).find(leads);
        let first = || self.nodes.iter().find(leads);
        let any = || self.nodes.iter().find(is_meant);
        match chosen.or_else(first).or_else(any) {
            Some(node) => Turn::Now(node),
            None if self.fallback_comes() => Turn::Later,
            None => Turn::never("no IM&P node is named"),
        }
    }

    /// The first node that was named by hand.
    fn given(&self) -> Option<&NodeSeen> {
        let given = self.goal.nodes.first()?;
        self.nodes.iter().find(|node| node.is_called(&given.host) && node.port == given.port)
    }

    /// The home node. Where it has a listener with TLS from the first byte beside the usual one, PSI goes to the one
    /// that its records name first, and Jabber to the usual one.
    fn home(&self) -> Option<&NodeSeen> {
        let homes = || self.nodes.iter().filter(|node| node.home == Some(true));
        let chosen = match self.client() {
            ClientKind::Psi => self.walk.choice(ClientKind::Psi).node,
            ClientKind::Jabber => None,
        };
        let is_chosen = |node: &&NodeSeen| {
            chosen.as_ref().is_some_and(|(host, port)| node.is_called(host) && node.port == *port)
        };
        let usual = || homes().find(|node| !node.direct_tls);
        homes().find(is_chosen).or_else(usual).or_else(|| homes().next())
    }

    /// Whether the domain's own address may still become a node.
    fn fallback_comes(&self) -> bool {
        let domain = self.walk.addresses(&plain(self.domain));
        let is_running = |route| {
            self.route(route).is_some_and(|view| view.state == crate::discovery::route::RouteState::Running)
        };
        domain.pending || is_running(Route::XmppClient) || is_running(Route::XmppsClient)
    }

    /// Where all clients are walked, the domain's own address is asked only when nobody names a node: on most sites
    /// it is the domain controllers (protocol.md 1.4), and from outside the web server.
    pub(super) fn is_left_out(&self, node: &NodeSeen) -> bool {
        if self.is_beside_given(node) {
            return true;
        }
        let others_are_named = || self.nodes.iter().any(|other| !other.is_fallback() && !other.edge);
        let is_needless = || self.walk.is_outside() || others_are_named() || self.nodes_come();
        self.goal.clients == Clients::All && node.is_fallback() && is_needless()
    }

    /// Whether a route of Jabber's may still name a node.
    fn nodes_come(&self) -> bool {
        let user = self.user_turn();
        let undecided = !self.walk.is_decided(Route::CiscoUds) || !self.walk.is_decided(Route::Cuplogin);
        undecided || user.comes() || self.profile_comes() || self.epas_turn(&user).comes() || self.config_comes()
    }

    /// Whether a login that takes the credential was started.
    fn was_started(&self) -> bool {
        self.walk.logins().iter().any(|login| login.takes_credential() && self.is_on_way(login))
    }

    /// Whether a login is one of this way. Beside each other, a way has its own.
    fn is_on_way(&self, login: &LoginSeen) -> bool {
        self.permissions.outside.is_none() || login.ask.is_by_edge() == self.walk.is_outside()
    }

    /// Whether every login ends before a credential is needed.
    pub(super) fn ends_early(&self) -> bool {
        // A login to an earlier stage shows that the user asked for it.
        let asked = self.walk.logins().iter().any(|login| login.ask.until < Stage::StreamTls);
        asked || self.means.until.is_some_and(|until| until <= Stage::StreamTls)
    }

    /// Whether the plan has had its two logins there: one up to the mechanisms, one with the credential. More are
    /// the user's to start.
    fn is_used_up(&self, node: &NodeSeen) -> bool {
        self.walk.logins().iter().filter(|login| is_at(login, node)).count() > 1
    }

    /// Whether `--node` named others and not this one.
    pub(super) fn is_beside_given(&self, node: &NodeSeen) -> bool {
        !self.goal.nodes.is_empty() && !node.is_given()
    }

    pub(super) fn step(&self, node: &NodeSeen, reach: Reach) -> Option<LoginStep> {
        self.step_as(node, reach, self.client(), Purpose::Login)
    }

    /// A login on a node as this client, for this purpose.
    pub(super) fn step_as(
        &self,
        node: &NodeSeen,
        reach: Reach,
        client: ClientKind,
        purpose: Purpose,
    ) -> Option<LoginStep> {
        let addresses = self.addresses_of(node)?;
        Some(LoginStep {
            host: node.host.clone(),
            port: node.port,
            addresses,
            tls: if node.direct_tls { TlsMode::Direct } else { TlsMode::Starttls },
            client,
            home: node.home,
            named_by: node.named_by.join(", "),
            reach,
            purpose,
        })
    }

    /// A node's addresses once they are known. One that was named by hand and that DNS does not know is left to the
    /// system's own ways, as is every one where no DNS server is asked.
    fn addresses_of(&self, node: &NodeSeen) -> Option<Vec<String>> {
        if !is_host(&node.host) {
            return None;
        }
        let by_hand = !self.goal.nodes.is_empty();
        let is_left_to_system = self.goal.dns.is_empty() || (by_hand && node.addresses.none.is_some());
        if is_left_to_system && !is_address(&node.host) {
            return Some(Vec::new());
        }
        self.walk.usable(&node.host)
    }

    pub(super) fn is_nowhere_to_log_in(&self, node: &NodeSeen) -> bool {
        self.addresses_of(node).is_none() && (!is_host(&node.host) || node.addresses.none.is_some())
    }
}

/// Whether a login was on this node.
pub(super) fn is_at(login: &LoginSeen, node: &NodeSeen) -> bool {
    node.is_called(&login.ask.host) && login.ask.port == node.port
}
