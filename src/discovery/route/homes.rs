//! Which cluster is the user's home by whose word, where CUCMs of several clusters were named by hand to be compared.

use std::net::IpAddr;

use super::host::{home_of, is_address, is_host, is_short, plain, with_port};
use crate::discovery::reading::Reading;
use crate::discovery::walk::{Exchange, Walk};
use crate::journal::{Clients, HttpWhat, MOST_CUCMS, RecordData, WalkAsk};

/// Where CUCM serves UDS.
const PORT: u16 = 8443;
/// So many names of a list of nodes are looked at.
const LISTED: usize = 64;

impl Walk {
    /// The CUCMs that were named by hand, host (as hosts are compared) and port, each once, in their order.
    pub fn given_cucms(&self) -> Vec<(String, u16)> {
        let mut given: Vec<(String, u16)> = Vec::new();
        for text in self.goal().into_iter().flat_map(|goal| &goal.cucms) {
            let at = with_port(text, PORT);
            if given.len() < MOST_CUCMS && !given.contains(&at) {
                given.push(at);
            }
        }
        given
    }

    /// Whether the run compares clusters: two CUCMs or more were named by hand, and they are asked about a user. Seen from
    /// outside, none is.
    pub fn compares_homes(&self) -> bool {
        let asks = |goal: &WalkAsk| {
            let walks = matches!(goal.clients, Clients::All | Clients::Jabber) && goal.nodes.is_empty();
            walks && !goal.user_id.is_empty()
        };
        !self.is_outside() && self.goal().is_some_and(asks) && self.given_cucms().len() > 1
    }

    /// The host that an answer to clusterUser names as one of the user's home cluster; none where it names none that
    /// could be asked for. A name without a domain is one in the domain of the server that says it.
    pub fn home_named(&self, exchange: &Exchange) -> Option<String> {
        let Reading::ClusterUser(read) = &exchange.reading else { return None };
        if read.found == Some(false) {
            return None;
        }
        let (home, _) = home_of(read, PORT)?;
        Some(whole(&home, exchange.ask.server().1))
    }

    /// The same where it is the cluster of the server that says so: that one claims the user.
    pub fn home_claimed(&self, exchange: &Exchange) -> Option<String> {
        let home = self.home_named(exchange)?;
        self.is_one_cluster(exchange.ask.server().1, &home).then_some(home)
    }

    /// Whether two hosts are known to be of one cluster: they have one name or share an address, or a list of nodes
    /// holds both. Once seen, that stays so.
    fn is_one_cluster(&self, one: &str, other: &str) -> bool {
        self.is_one_by(|_| true, one, other)
    }

    /// The same by those lists alone that count.
    fn is_one_by(&self, counts: impl Fn(&Exchange) -> bool, one: &str, other: &str) -> bool {
        let (one, other) = (plain(one), plain(other));
        let shares_address = || {
            let theirs = self.addresses_ever(&other);
            self.addresses_ever(&one).iter().any(|address| theirs.contains(address))
        };
        let holds_both = |list: Vec<String>| list.contains(&one) && list.contains(&other);
        one == other || self.lists_of_nodes(counts).any(holds_both) || shares_address()
    }

    /// Whether a host is known to be of the cluster of another one, by the word of servers whose certificates hold.
    pub(in crate::discovery) fn is_surely_of(&self, host: &str, home: &str) -> bool {
        self.is_one_by(|seen| !self.is_doubtful(seen), host, home)
    }

    /// What shows that two hosts, each said to be one of a home cluster, are of two: a list of nodes that holds one of them
    /// alone; or that neither of them gave its list. Empty while nothing does. Once seen, that stays so.
    pub fn apart(&self, one: &str, other: &str) -> Vec<&Exchange> {
        let (one, other) = (plain(one), plain(other));
        let lists = || self.exchanges().iter().filter(|seen| seen.ask.what == HttpWhat::Servers);
        let holds_one =
            |seen: &&Exchange| nodes_of(seen).is_some_and(|list| list.contains(&one) != list.contains(&other));
        if let Some(list) = lists().find(holds_one) {
            return vec![list];
        }
        let gave_none = |host: &String| {
            let is_none = |seen: &&Exchange| {
                nodes_of(seen).is_none() && (seen.ended.is_some() || seen.went_silent().is_some())
            };
            lists().filter(|seen| plain(seen.ask.server().1) == *host).find(is_none)
        };
        gave_none(&one).zip(gave_none(&other)).map(|(one, other)| vec![one, other]).unwrap_or_default()
    }

    /// The clusters that stand as the user's home by any answer to clusterUser, a host of each, in the order in which
    /// the answers were asked for. That two are one is believed of servers alone whose certificates hold.
    pub(in crate::discovery) fn homes_named(&self) -> Vec<String> {
        let mut homes: Vec<String> = Vec::new();
        for home in self.standing(HttpWhat::ClusterUser).into_iter().filter_map(|seen| self.home_named(seen)) {
            if !homes.iter().any(|known| self.is_surely_of(known, &home)) {
                homes.push(home);
            }
        }
        homes
    }

    /// Every list of a cluster's nodes that came and counts.
    fn lists_of_nodes(&self, counts: impl Fn(&Exchange) -> bool) -> impl Iterator<Item = Vec<String>> {
        self.exchanges().iter().filter(move |seen| counts(seen)).filter_map(nodes_of)
    }

    /// All addresses that any answer has given a host, or its own where it is one.
    fn addresses_ever(&self, host: &str) -> Vec<IpAddr> {
        let told = self.lookups_of(host).flat_map(|lookup| &lookup.answers);
        let records = told.flat_map(|(_, _, answer)| super::belonging(answer, host));
        let addresses = records.filter_map(|record| match &record.data {
            RecordData::Address(address) => address.parse().ok(),
            _ => None,
        });
        host.parse().ok().into_iter().chain(addresses).collect()
    }
}

/// The nodes that an answer lists, each name whole; none where it is no list.
fn nodes_of(seen: &Exchange) -> Option<Vec<String>> {
    let Reading::Servers(read) = &seen.reading else { return None };
    let said_by = seen.ask.server().1;
    Some(read.servers.iter().take(LISTED).map(|name| whole(&plain(name), said_by)).collect())
}

/// A host's name with the domain of whoever says it, where it has none of its own.
fn whole(name: &str, said_by: &str) -> String {
    let domain = said_by.split_once('.').map(|(_, domain)| domain).filter(|_| !is_address(said_by));
    match domain.filter(|_| is_short(name) && is_host(name)) {
        Some(domain) => plain(&format!("{name}.{domain}")),
        None => plain(name),
    }
}
