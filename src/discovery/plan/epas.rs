//! What to ask of EPASSoap on the IM&P nodes: the login on the user's home node, and what its session key opens.

use super::uds::{SingleSignOn, was_used};
use super::{Plan, Turn, credential};
use crate::discovery::reading::Reading;
use crate::discovery::route::host::{encoded, is_host, plain, url};
use crate::discovery::route::{NodeSeen, Route};
use crate::discovery::walk::Exchange;
use crate::journal::{ClientKind, Clients, HttpAsk, HttpWhat};
use crate::protocol::epas::Answer;

/// Where the nodes serve it.
pub(super) const PORT: u16 = 8443;
/// So often a node may send us to another one.
const REDIRECTS: usize = 2;

impl Plan<'_> {
    /// Whether EPAS is part of this walk; if not, why. Jabber with a node set by hand needs the token that EPAS
    /// gives.
    fn walks_epas(&self) -> Result<(), &'static str> {
        let by_hand = !self.goal.nodes.is_empty() && self.goal.clients == Clients::Jabber;
        if by_hand && !self.means.token { Ok(()) } else { self.walks_jabber() }
    }

    /// When the password goes to EPAS: once, on the home node, or on the first one that Jabber would go to where
    /// nothing can tell the home any more.
    pub(super) fn epas_turn(&self, user: &Turn<HttpAsk>) -> Turn<HttpAsk> {
        if let Err(why) = self.walks_epas() {
            return Turn::never(why);
        }
        if !self.has_user() {
            return Turn::never("no user was given");
        }
        if let Some(why) = self.no_way_inside() {
            return Turn::Never(why);
        }
        match self.single_sign_on() {
            SingleSignOn::On => return Turn::never(credential::SSO),
            SingleSignOn::Open => return Turn::Later,
            SingleSignOn::Off => {}
        }
        let next = match self.next_epas(user) {
            Turn::Now(next) => next,
            Turn::Later => return Turn::Later,
            Turn::Over => return Turn::Over,
            Turn::Never(why) => {
                let refused = self.may_use_password();
                return Turn::Never(if let Turn::Never(refused) = refused { refused } else { why });
            }
        };
        if !self.means.password {
            return Turn::never(credential::NONE);
        }
        match self.may_use_password() {
            Turn::Now(()) if !user.comes() || self.is_accepted() => {
                self.request(HttpWhat::EpasLogin, next).map_or(Turn::Later, Turn::Now)
            }
            Turn::Never(why) => Turn::Never(why),
            _ => Turn::Later,
        }
    }

    /// The address to log in at next.
    fn next_epas(&self, user: &Turn<HttpAsk>) -> Turn<String> {
        let asked = self.walk.standing(HttpWhat::EpasLogin);
        let is_open = |exchange: &Exchange| exchange.ended.is_none();
        if self
            .walk
            .exchanges()
            .iter()
            .any(|exchange| exchange.ask.what == HttpWhat::EpasLogin && is_open(exchange))
        {
            return Turn::Later;
        }
        let is_in = |exchange: &&&Exchange| matches!(exchange.reading, Reading::EpasLogin(Answer::Success(_)));
        if asked.iter().any(|exchange| is_in(&exchange)) {
            return Turn::Over;
        }
        // Where a node sends us that was asked for the control experiment alone, nobody goes.
        let last = asked.last().filter(|exchange| !self.is_of_control(exchange));
        let redirect = last.and_then(|exchange| match &exchange.reading {
            Reading::EpasLogin(Answer::Redirect(to)) => Some(plain(to)),
            _ => None,
        });
        let places = match redirect {
            Some(to) if asked.len() <= REDIRECTS => vec![(to, PORT)],
            _ if asked.iter().any(|exchange| was_used(exchange)) => return Turn::Over,
            _ => match self.epas_places(user) {
                Some(places) if places.is_empty() => return Turn::never("no IM&P node of Jabber's is named"),
                Some(places) => places,
                None => return Turn::Later,
            },
        };
        let fresh = places.into_iter().filter(|(host, _)| is_host(host) && !self.is_nowhere(host));
        let mut urls = fresh.map(|(host, port)| self.epas_url(&host, port));
        let next = urls.find(|url| self.walk.exchange(HttpWhat::EpasLogin, url).is_none());
        match (next, asked.is_empty()) {
            (Some(url), _) => Turn::Now(url),
            (None, true) => Turn::never("no IM&P node of Jabber's has an address"),
            (None, false) => Turn::Over,
        }
    }

    /// The places to try, the next one only where the one before was never reached. None while something may still
    /// tell the home node.
    fn epas_places(&self, user: &Turn<HttpAsk>) -> Option<Vec<(String, u16)>> {
        if let Some(node) = self.goal.nodes.first() {
            return Some(vec![(plain(&node.host), PORT)]);
        }
        let is_known = |node: &str| self.nodes.iter().any(|seen| seen.is_called(node) && is_named_by_others(seen));
        let home = self.walk.home().filter(|home| !home.by_node || (!user.comes() && is_known(&home.node)));
        if let Some(home) = home {
            return Some(vec![(self.full_name(&home.node), PORT)]);
        }
        if user.comes() || self.profile_comes() {
            return None;
        }
        let profile = self.walk.service_profile().map(|(_, profile)| profile.imp.as_slice()).unwrap_or_default();
        if !profile.is_empty() {
            let places = profile.iter().map(|address| (self.full_name(&plain(&address.address)), PORT));
            return Some(places.collect());
        }
        if !self.walk.is_decided(Route::Cuplogin) {
            return None;
        }
        let records = self.route(Route::Cuplogin).map(|view| view.records.as_slice()).unwrap_or_default();
        Some(records.iter().map(|record| (record.srv.target.clone(), record.srv.port)).collect())
    }

    /// The name under which the tree has a node.
    fn full_name(&self, name: &str) -> String {
        let known = self.nodes.iter().find(|node| node.is_called(name));
        known.map_or_else(|| name.to_owned(), |node| node.host.clone())
    }

    pub(super) fn epas_url(&self, host: &str, port: u16) -> String {
        let service = self.goal.epas.service.trim_matches('/');
        let path = if service.is_empty() {
            "/EPASSoap/service".to_owned()
        } else {
            format!("/EPASSoap/service/{}", encoded(service))
        };
        url("https", host, port, &path)
    }

    /// What the session key of a login opens: the configuration, and for Jabber the token.
    pub(super) fn epas_followers(&self) -> Vec<HttpAsk> {
        let Some(url) = self.session().filter(|_| self.walks_epas().is_ok()) else { return Vec::new() };
        let token = self.needs_token().then_some(HttpWhat::EpasToken);
        let wanted = [HttpWhat::EpasConfig].into_iter().chain(token);
        wanted.filter_map(|what| self.request(what, url.clone())).collect()
    }

    /// Where a login gave a session key.
    fn session(&self) -> Option<String> {
        let logins = self.walk.standing(HttpWhat::EpasLogin);
        let open = logins.iter().rev().find(|exchange| match &exchange.reading {
            Reading::EpasLogin(Answer::Success(success)) => success.has_key,
            _ => false,
        });
        open.map(|exchange| exchange.ask.target().to_owned())
    }

    fn needs_token(&self) -> bool {
        self.client() == ClientKind::Jabber && !self.means.token
    }

    /// Whether the token that the login needs is still to come.
    pub(super) fn token_comes(&self, epas: &Turn<HttpAsk>) -> bool {
        let asked = |url: String| self.walk.exchange(HttpWhat::EpasToken, &url);
        let is_pending = |url| asked(url).is_none_or(|exchange| exchange.ended.is_none());
        self.needs_token() && (epas.comes() || self.session().is_some_and(is_pending))
    }

    /// Whether the token that the login needs was not given. Without a password at hand it cannot be asked for.
    pub(super) fn lacks_token(&self) -> bool {
        let is_given = |exchange: &&Exchange| exchange.reading == Reading::EpasToken(Answer::Success(true));
        self.needs_token() && self.means.password && !self.walk.standing(HttpWhat::EpasToken).iter().any(is_given)
    }

    /// Whether the configuration, which names the home node, is still to come.
    pub(super) fn config_comes(&self) -> bool {
        let asked = |url: String| self.walk.exchange(HttpWhat::EpasConfig, &url);
        self.session().is_some_and(|url| asked(url).is_none_or(|exchange| exchange.ended.is_none()))
    }
}

/// Whether anybody but a node names it. Whatever a node says before its login, anybody on the path may say.
pub(super) fn is_named_by_others(node: &NodeSeen) -> bool {
    let is_a_node = |by: &String| by.starts_with("<hostname>") || by.starts_with("see-other-host");
    !node.named_by.iter().all(is_a_node)
}
