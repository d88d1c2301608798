//! What to ask of CUCM: of each one what needs no credential, of the home cluster the user's record.

use super::{Plan, Turn};
use crate::discovery::reading::Reading;
use crate::discovery::route::Route;
use crate::discovery::route::host::{encoded, home_of, is_host, origin, plain, url};
use crate::discovery::walk::Exchange;
use crate::journal::{HttpAsk, HttpWhat};
use crate::protocol::uds::ClusterUser;

/// Where CUCM serves UDS.
const PORT: u16 = 8443;
/// So many CUCMs are asked.
const CUCMS: usize = 64;

/// The cluster that the user's record is on.
pub(super) struct Located {
    /// The node that was named.
    pub(super) host: String,
    /// Its port.
    pub(super) port: u16,
    /// Where the user's record is. Nobody vouches for a server whose certificate fails: it may say where the record
    /// is, and the password goes no further than to itself.
    user_url: String,
    pub(super) servers_url: String,
}

/// Whether users of a cluster log in elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SingleSignOn {
    On,
    Off,
    Open,
}

impl Plan<'_> {
    /// The CUCMs to ask, host and port: those of the records, those named by hand, and what is named as the user's home.
    pub(super) fn cucms(&self) -> Vec<(String, u16)> {
        let mut cucms = self.first_cucms();
        for home in self.every_located() {
            if !cucms.iter().any(|(host, _)| *host == home.host) {
                cucms.push((home.host, home.port));
            }
        }
        cucms
    }

    /// Those that are known without any of them being asked.
    pub(super) fn first_cucms(&self) -> Vec<(String, u16)> {
        if self.walks_jabber().is_err() {
            return Vec::new();
        }
        if self.walk.is_outside() {
            return self.inside_cucms();
        }
        let records = self.route(Route::CiscoUds).map(|view| view.records.as_slice()).unwrap_or_default();
        let mut all: Vec<(String, u16)> =
            records.iter().map(|record| (record.srv.target.clone(), record.srv.port)).collect();
        // Those that are compared are all asked, however many there are of the others.
        let at = if self.walk.compares_homes() { 0 } else { all.len() };
        all.splice(at..at, self.walk.given_cucms());
        let mut cucms = Vec::new();
        for cucm in all {
            if is_host(&cucm.0) && cucm.1 != 0 && !cucms.contains(&cucm) && cucms.len() < CUCMS {
                cucms.push(cucm);
            }
        }
        cucms
    }

    /// Whether more CUCMs may be named yet.
    pub(super) fn cucms_come(&self) -> bool {
        let is_open =
            if self.walk.is_outside() { self.edge_comes() } else { !self.walk.is_decided(Route::CiscoUds) };
        self.walks_jabber().is_ok() && is_open
    }

    /// What needs no credential, of all CUCMs side by side.
    pub(super) fn uds(&self) -> Vec<HttpAsk> {
        let mut asks = Vec::new();
        for (host, port) in self.cucms() {
            let at = |path: &str| url("https", &host, port, path);
            asks.extend(self.request(HttpWhat::Version, at("/cucm-uds/version")));
            // From outside, the edge itself says whether users log in elsewhere.
            if !self.walk.is_outside() {
                asks.extend(self.request(HttpWhat::SingleSignOn, at("/ssosp/ws/public/singleSignOn")));
            }
            if !self.has_user() {
                asks.extend(self.request(HttpWhat::Servers, at("/cucm-uds/servers")));
            }
        }
        for (host, port) in self.first_cucms().iter().filter(|_| self.has_user()) {
            asks.extend(
                self.cluster_user_urls(host, *port)
                    .into_iter()
                    .filter_map(|url| self.request(HttpWhat::ClusterUser, url)),
            );
        }
        for home in self.every_located() {
            asks.extend(self.request(HttpWhat::Servers, home.servers_url));
        }
        asks
    }

    /// Where one CUCM is asked for the user's cluster: by the id, and by mail address where the id is one and is
    /// not known as an id.
    pub(super) fn cluster_user_urls(&self, host: &str, port: u16) -> Vec<String> {
        let id = encoded(&self.goal.user_id);
        let by = |key: &str| url("https", host, port, &format!("/cucm-uds/clusterUser?{key}={id}"));
        let mut urls = vec![by("username")];
        let asked = self.walk.exchange(HttpWhat::ClusterUser, &urls[0]);
        let is_unknown = asked.is_some_and(
            |exchange| matches!(&exchange.reading, Reading::ClusterUser(read) if read.found == Some(false)),
        );
        if is_unknown && self.goal.user_id.contains('@') {
            urls.push(by("email"));
        }
        urls
    }

    /// Whether a CUCM may still say where the user's record is.
    pub(super) fn may_locate(&self) -> bool {
        let mut urls = self.first_cucms().into_iter().flat_map(|(host, port)| {
            let urls = self.cluster_user_urls(&host, port);
            urls.into_iter().map(move |url| (host.clone(), url))
        });
        let may_come = |(host, url): (String, String)| match self.walk.exchange(HttpWhat::ClusterUser, &url) {
            Some(exchange) => exchange.ended.is_none(),
            None => !self.is_nowhere(&host),
        };
        urls.any(may_come)
    }

    /// The user's home cluster, by the first answer that names it. Where clusters are compared, one that speaks of its
    /// own cluster comes before those that name another, and of those one whose certificate holds.
    pub(super) fn located(&self) -> Option<Located> {
        let compares = self.walk.compares_homes();
        let rank = |(exchange, _): &(&Exchange, Located)| {
            let is_own = || self.walk.home_claimed(exchange).is_some();
            let behind = compares && !is_own();
            (behind, compares && self.walk.is_doubtful(exchange), exchange.said())
        };
        self.answers_with_home().into_iter().min_by_key(rank).map(|(_, located)| located)
    }

    /// What is named as the user's home: the one that counts; where clusters are compared, every one, each once.
    pub(super) fn every_located(&self) -> Vec<Located> {
        if !self.walk.compares_homes() {
            return self.located().into_iter().collect();
        }
        let mut homes: Vec<Located> = Vec::new();
        for (_, home) in self.answers_with_home() {
            if homes.len() < CUCMS && !homes.iter().any(|known| known.servers_url == home.servers_url) {
                homes.push(home);
            }
        }
        homes
    }

    /// The answers that name a home which can be asked for, each with what it names.
    fn answers_with_home(&self) -> Vec<(&Exchange, Located)> {
        let answers = self.walk.standing(HttpWhat::ClusterUser).into_iter();
        let named = answers.filter_map(|exchange| match &exchange.reading {
            Reading::ClusterUser(read) if read.found != Some(false) => {
                Some((exchange, self.home_of(exchange, read)?))
            }
            _ => None,
        });
        named.collect()
    }

    /// The addresses in the answer where they can be used, else those that are usual on the host that it names.
    fn home_of(&self, exchange: &Exchange, read: &ClusterUser) -> Option<Located> {
        let (host, port) = home_of(read, PORT)?;
        let given = |uri: &Option<String>| uri.clone().filter(|uri| origin(uri).is_some());
        let usual = |path: &str| url("https", &host, port, path);
        let user_url = if self.walk.is_doubtful(exchange) {
            let (_, asked, port) = exchange.ask.server();
            url("https", asked, port, &self.user_path())
        } else {
            given(&read.user_uri).unwrap_or_else(|| usual(&self.user_path()))
        };
        let servers_url = given(&read.servers_uri).unwrap_or_else(|| usual("/cucm-uds/servers"));
        Some(Located { user_url, servers_url, host, port })
    }

    fn user_path(&self) -> String {
        format!("/cucm-uds/user/{}", encoded(&self.goal.user_id))
    }

    /// The nodes that `servers` lists, as hosts.
    pub(super) fn cluster_servers(&self) -> Vec<String> {
        self.listed(|_| true)
    }

    /// Those of the lists that count; where clusters are compared, of the home's own list alone.
    fn listed(&self, counts: impl Fn(&Exchange) -> bool) -> Vec<String> {
        let own = self.located().filter(|_| self.walk.compares_homes()).map(|home| home.servers_url);
        let is_homes = |exchange: &Exchange| own.as_ref().is_none_or(|url| exchange.ask.target() == url);
        let lists = self.walk.standing(HttpWhat::Servers).into_iter();
        let lists = lists.filter(|exchange| counts(exchange) && is_homes(exchange));
        let servers = lists.filter_map(|exchange| match &exchange.reading {
            Reading::Servers(read) => Some(read.servers.iter().take(CUCMS).map(|server| plain(server))),
            _ => None,
        });
        servers.flatten().filter(|host| is_host(host)).collect()
    }

    /// When the user's record is asked for: once, on the home cluster. A server that the password was never sent to
    /// hands on to the next one of its cluster.
    pub(super) fn user_turn(&self) -> Turn<HttpAsk> {
        if let Err(why) = self.walks_jabber() {
            return Turn::never(why);
        }
        if !self.has_user() {
            return Turn::never("no user was given");
        }
        if let Some(why) = self.no_way_inside() {
            return Turn::Never(why);
        }
        let Some(home) = self.located() else {
            return match (self.cucms_come() || self.may_locate(), self.first_cucms().is_empty()) {
                (true, _) => Turn::Later,
                (false, true) => Turn::never("no CUCM is known"),
                (false, false) => Turn::never("no CUCM knows the user's home cluster"),
            };
        };
        match self.one_home() {
            Turn::Never(why) => return Turn::Never(why),
            Turn::Later => return Turn::Later,
            Turn::Now(()) | Turn::Over => {}
        }
        let Some(next) = self.next_user_url(&home) else { return Turn::Later };
        let Some(url) = next else {
            let was_asked = !self.walk.standing(HttpWhat::User).is_empty();
            let why = "no node of the home cluster has an address";
            return if was_asked { Turn::Over } else { Turn::never(why) };
        };
        match self.single_sign_on() {
            SingleSignOn::On => return Turn::never(super::credential::SSO),
            SingleSignOn::Open => return Turn::Later,
            SingleSignOn::Off => {}
        }
        if !self.means.password {
            return Turn::never(super::credential::NONE);
        }
        match self.may_use_password() {
            Turn::Now(()) => self.request(HttpWhat::User, url).map_or(Turn::Later, Turn::Now),
            Turn::Later | Turn::Over => Turn::Later,
            Turn::Never(why) => Turn::Never(why),
        }
    }

    /// Whether this is an address of the user's record by what is known now.
    pub(super) fn is_user_url(&self, url: &str) -> bool {
        self.located().is_some_and(|home| self.user_urls(&home).iter().any(|known| known == url))
    }

    /// Where the user's record may be, the home cluster's own word first.
    fn user_urls(&self, home: &Located) -> Vec<String> {
        let mut urls = vec![home.user_url.clone()];
        for host in self.listed(|exchange| !self.walk.is_doubtful(exchange)) {
            let next = url("https", &host, home.port, &self.user_path());
            if host != home.host && !urls.contains(&next) {
                urls.push(next);
            }
        }
        urls
    }

    /// The address of the user's record to ask next; none inside if there is no further one, none at all while that
    /// is not known.
    fn next_user_url(&self, home: &Located) -> Option<Option<String>> {
        if self.walk.user_record().is_some() {
            return Some(None);
        }
        // Whatever is the home by now: one server at a time.
        if self.walk.standing(HttpWhat::User).iter().any(|exchange| exchange.ended.is_none()) {
            return None;
        }
        for url in self.user_urls(home) {
            let Some((_, host, _)) = origin(&url) else { continue };
            match self.walk.exchange(HttpWhat::User, &url) {
                None if self.is_nowhere(&host) => {}
                None => return Some(Some(url)),
                Some(exchange) if exchange.ended.is_none() => return None,
                Some(exchange) if was_used(exchange) => return Some(None),
                Some(_) => {}
            }
        }
        let lists = self.walk.exchange(HttpWhat::Servers, &home.servers_url);
        let list_comes = match lists {
            Some(exchange) => exchange.ended.is_none(),
            None => origin(&home.servers_url).is_some_and(|(_, host, _)| !self.is_nowhere(&host)),
        };
        if list_comes { None } else { Some(None) }
    }

    /// Whether the users of the home cluster log in elsewhere; while no home cluster is known, of any cluster.
    pub(super) fn single_sign_on(&self) -> SingleSignOn {
        if self.walks_jabber().is_err() {
            return SingleSignOn::Off;
        }
        if self.walk.is_outside() {
            return self.edge_sso();
        }
        let answers = self.walk.standing(HttpWhat::SingleSignOn);
        let says_on = |host: Option<&str>| {
            let mut of_host =
                answers.iter().filter(|exchange| host.is_none_or(|host| exchange.ask.origin().1 == host));
            of_host.any(
                |exchange| matches!(&exchange.reading, Reading::SingleSignOn(read) if read.enabled == Some(true)),
            )
        };
        let is_open = |(host, port): &(String, u16)| {
            let url = url("https", host, *port, "/ssosp/ws/public/singleSignOn");
            let asked = self.walk.exchange(HttpWhat::SingleSignOn, &url);
            asked.map_or(!self.is_nowhere(host), |exchange| exchange.ended.is_none())
        };
        let (on, open) = match self.located() {
            Some(home) => {
                let cluster = self.cluster_servers();
                let on = says_on(Some(&home.host)) || cluster.iter().any(|host| says_on(Some(host)));
                (on, self.cucms().iter().filter(|(host, _)| *host == home.host).any(is_open))
            }
            None => (says_on(None), self.cucms_come() || self.cucms().iter().any(is_open)),
        };
        match (on, open) {
            (true, _) => SingleSignOn::On,
            (false, true) => SingleSignOn::Open,
            (false, false) => SingleSignOn::Off,
        }
    }
}

/// Whether the credential went out, or was held back at a gate that a person may open.
pub(super) fn was_used(exchange: &Exchange) -> bool {
    exchange.sent.is_some() || exchange.gate.is_some()
}
