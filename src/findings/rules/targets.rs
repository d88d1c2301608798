//! Rules about what the service records lead to: names, ports, addresses.

use std::net::{IpAddr, SocketAddr};

use crate::discovery::{Exchange, Lookup, Reading, Route};
use crate::journal::{EntryNo, HttpWhat, RecordData, RecordKind, Srv};

use super::super::figures::list;
use super::dns::server_name;
use super::found::Found;
use super::reach::{is_late, is_no_way};
use super::records::{is_disabled, route_of, services, settled, taker};
use super::site::{Kind, Site, is_good, stood};
use super::{Answer, Code, code};

/// A record of a route, once for each target and port, with the answers that hold it.
struct Target<'a> {
    route: Route,
    srv: &'a Srv,
    /// The route's first lookup: the finding belongs to it, however many answers follow.
    first: &'a Lookup,
    entries: Vec<EntryNo>,
}

fn targets<'a>(site: &Site<'a>) -> Vec<Target<'a>> {
    let mut targets: Vec<Target<'a>> = Vec::new();
    let mut firsts: Vec<(Route, &'a Lookup)> = Vec::new();
    let lookups = site.walk.lookups().iter().filter(|lookup| lookup.ask.kind == RecordKind::Srv);
    for lookup in lookups {
        let Some(route) = route_of(&lookup.ask.name) else { continue };
        if firsts.iter().all(|(known, _)| *known != route) {
            firsts.push((route, lookup));
        }
        let Some(first) = firsts.iter().find(|(known, _)| *known == route).map(|(_, first)| *first) else {
            continue;
        };
        let n = lookup.answered().map(|(n, ..)| *n);
        for srv in services(lookup).filter(|srv| !is_disabled(srv)) {
            let is_same = |known: &&mut Target<'_>| {
                known.route == route && known.srv.port == srv.port && is_host(&known.srv.target, &srv.target)
            };
            match targets.iter_mut().find(is_same) {
                Some(known) => known.entries.extend(n),
                None => targets.push(Target { route, srv, first, entries: n.into_iter().collect() }),
            }
        }
    }
    targets
}

/// The same host by its name.
pub(super) fn is_host(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

/// A name of one label, which needs a search list.
pub(super) fn is_short(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    !host.is_empty() && !host.contains(['.', ':'])
}

/// An address, an IPv6 one in brackets or without.
pub(super) fn is_address(host: &str) -> bool {
    host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').parse::<IpAddr>().is_ok()
}

impl Target<'_> {
    fn found(&self, code: Code) -> Found {
        let srv = self.srv;
        Found::about(code, &srv.target)
            .of(self.first.op)
            .foreign("name", &self.first.ask.name)
            .arg("taker", taker(self.route))
            .arg("port", srv.port.to_string())
            .cite(self.entries.iter().copied())
    }
}

/// What a rule about records says of a run: one answer for each record, and that more may come.
fn of_targets(site: &Site<'_>, rule: impl Fn(&Target<'_>) -> Option<Answer>) -> Vec<Answer> {
    let targets = targets(site);
    let open = site.walk.lookups().iter().any(|lookup| lookup.ended.is_none());
    let otherwise = if open { Answer::CannotTellYet } else { Answer::DoesNotHold };
    targets.iter().map(|target| rule(target).unwrap_or_else(|| otherwise.clone())).collect()
}

/// The target is an alias, which RFC 2782 forbids.
pub(super) fn alias(site: &Site<'_>) -> Vec<Answer> {
    of_targets(site, |target| {
        let asked = site.walk.lookups().iter().filter(|lookup| is_host(&lookup.ask.name, &target.srv.target));
        let (n, name) = asked.filter_map(alias_of).next()?;
        Some(target.found(code::dns::TARGET_ALIAS).foreign("alias", name).cite([n]).holds())
    })
}

/// What the name of an address lookup is an alias of, if it is one.
fn alias_of(lookup: &Lookup) -> Option<(EntryNo, &str)> {
    let (n, _, answer) = lookup.answered()?;
    answer.records.iter().find_map(|record| match &record.data {
        RecordData::Alias(name) if is_host(&record.name, &lookup.ask.name) => Some((*n, name.as_str())),
        _ => None,
    })
}

/// The target is a name of one label.
pub(super) fn short(site: &Site<'_>) -> Vec<Answer> {
    of_targets(site, |target| {
        let found = || target.found(code::dns::TARGET_SHORT).foreign("domain", site.domain());
        is_short(&target.srv.target).then(|| found().holds())
    })
}

/// The target is an address, where a name must stand.
pub(super) fn address(site: &Site<'_>) -> Vec<Answer> {
    of_targets(site, |target| {
        is_address(&target.srv.target).then(|| target.found(code::dns::TARGET_ADDRESS).holds())
    })
}

/// The port that a route's service has; none where any will do.
fn usual(route: Route) -> Option<u16> {
    match route {
        Route::CiscoUds | Route::Cuplogin | Route::CollabEdge => Some(8443),
        Route::XmppClient => Some(5222),
        Route::XmppsClient => None,
    }
}

/// Ports of other services, which a record of XMPP names by mistake.
const OTHERS: [u16; 7] = [80, 443, 5061, 5269, 5280, 7400, 8443];

/// The port is not the one on which the service is known to be.
pub(super) fn port_unusual(site: &Site<'_>) -> Vec<Answer> {
    let all = targets(site);
    of_targets(site, |target| {
        let usual = usual(target.route).filter(|usual| *usual != target.srv.port)?;
        let right = all.iter().find(|other| other.route == target.route && other.srv.port == usual);
        let odd = target.route == Route::XmppClient && !OTHERS.contains(&target.srv.port);
        Some(
            target
                .found(code::dns::PORT_UNUSUAL)
                .arg("usual_port", usual.to_string())
                .maybe("answered", serves(site, target.srv))
                .maybe("odd", odd.then(|| "it may be on purpose".to_owned()))
                .maybe("other_ok", right.map(|other| other.srv.target.clone()))
                .holds(),
        )
    })
}

/// Whether what was meant answers there all the same.
fn serves(site: &Site<'_>, srv: &Srv) -> Option<String> {
    let here = |host: &str, port: u16| port == srv.port && is_host(host, &srv.target);
    let by_http = site
        .places()
        .iter()
        .any(|place| here(place.host, place.port) && place.exchanges.iter().any(|exchange| is_good(exchange)));
    let mut logins = site.progress.logins().iter();
    let by_xmpp = logins.any(|login| here(&login.ask.host, login.ask.port) && !login.headers.is_empty());
    (by_http || by_xmpp).then(|| "it answers there".to_owned())
}

/// Who named a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Record(Route),
    Servers,
    HomeCluster,
    Assigned,
    Profile,
    ProfileUri,
}

impl By {
    fn words(self) -> &'static str {
        match self {
            By::Record(route) => route.name(),
            By::Servers => "UDS servers",
            By::HomeCluster => "UDS clusterUser",
            By::Assigned => "the user's assignment in UDS",
            By::Profile => "the service profile",
            By::ProfileUri => "the address of the service profile",
        }
    }
}

/// All hosts that were named, with who named them.
fn named(site: &Site<'_>) -> Vec<(By, String)> {
    let mut named: Vec<(By, String)> =
        targets(site).iter().map(|target| (By::Record(target.route), target.srv.target.clone())).collect();
    for exchange in site.walk.exchanges() {
        match &exchange.reading {
            Reading::Servers(servers) => {
                named.extend(servers.servers.iter().map(|host| (By::Servers, host.clone())))
            }
            Reading::ClusterUser(user) => {
                named.extend(user.home.iter().map(|host| (By::HomeCluster, host.clone())))
            }
            Reading::User(user) => {
                named.extend(user.imp_servers.iter().map(|host| (By::Assigned, host.clone())));
                named.extend(user.service_profiles.iter().map(|uri| (By::ProfileUri, host_of(uri))));
            }
            Reading::ServiceProfile(profile) => {
                named.extend(profile.imp.iter().map(|imp| (By::Profile, imp.address.clone())));
            }
            _ => {}
        }
    }
    named
}

fn host_of(uri: &str) -> String {
    let (url, addresses) = (uri.to_owned(), Vec::new());
    let ask = crate::journal::HttpAsk { what: HttpWhat::ServiceProfile, url, addresses };
    ask.origin().1.to_owned()
}

/// Whether a host has an address, by any answer.
fn has_address(site: &Site<'_>, host: &str) -> bool {
    let mut asked = site.walk.lookups().iter().filter(|lookup| is_host(&lookup.ask.name, host));
    is_address(host) || asked.any(|lookup| addresses(lookup).next().is_some())
}

fn addresses(lookup: &Lookup) -> impl Iterator<Item = &str> {
    let records = lookup.answer().map(|answer| &answer.records);
    records.into_iter().flatten().filter_map(|record| match &record.data {
        RecordData::Address(address) => Some(address.as_str()),
        _ => None,
    })
}

/// A name that the walk met has no address: by the first answers to it.
///
/// Not for the domain itself, which is asked for where there are no records: `DNS_NO_LOGIN_RECORDS` says that.
pub(super) fn unresolved(site: &Site<'_>) -> Vec<Answer> {
    let mut names: Vec<(&str, Vec<&Lookup>)> = Vec::new();
    for lookup in site.walk.lookups().iter().filter(|lookup| lookup.ask.kind != RecordKind::Srv) {
        match names.iter_mut().find(|(name, _)| *name == lookup.ask.name) {
            Some((_, lookups)) => lookups.push(lookup),
            None => names.push((&lookup.ask.name, vec![lookup])),
        }
    }
    let named = named(site);
    let met = |name: &str| named.iter().any(|(_, host)| is_host(host, name));
    let asked = names.into_iter().filter(|(name, _)| !is_host(name, site.domain()) || met(name));
    asked.map(|(name, lookups)| unresolved_name(site, name, &lookups, &named)).collect()
}

fn unresolved_name(site: &Site<'_>, name: &str, lookups: &[&Lookup], named: &[(By, String)]) -> Answer {
    let both = |begun: &[&Lookup]| {
        [RecordKind::A, RecordKind::Aaaa].iter().all(|kind| begun.iter().any(|lookup| lookup.ask.kind == *kind))
    };
    let Some(moment) = settled(lookups, both) else {
        return Answer::CannotTellYet;
    };
    let first: Vec<&Lookup> = lookups.iter().copied().filter(|lookup| lookup.n < moment).collect();
    if first.iter().any(|lookup| addresses(lookup).next().is_some()) {
        return Answer::DoesNotHold;
    }
    let mut by: Vec<By> = Vec::new();
    for (who, _) in named.iter().filter(|(_, host)| is_host(host, name)) {
        if !by.contains(who) {
            by.push(*who);
        }
    }
    let words: Vec<String> = by.iter().map(|by| by.words().to_owned()).collect();
    Found::about(code::dns::TARGET_UNRESOLVED, name)
        .of(first[0].op)
        .foreign("why", &why(&first))
        .arg("named_by", if words.is_empty() { "the command line".to_owned() } else { list(&words) })
        .maybe("other_ok", other_name(site, name, &by, named))
        .cite(first.iter().flat_map(|lookup| [Some(lookup.n), lookup.ended.as_ref().map(|end| end.n)]).flatten())
        .holds()
}

/// What makes a name without an address milder: it has one by a later answer, or whoever named it named another
/// host that has one.
fn other_name(site: &Site<'_>, name: &str, by: &[By], named: &[(By, String)]) -> Option<String> {
    if has_address(site, name) {
        return Some(name.to_owned());
    }
    let stand_in = |by: &By| {
        let others = named.iter().filter(|(who, host)| who == by && !is_host(host, name));
        others.map(|(_, host)| host).find(|host| has_address(site, host)).cloned()
    };
    let all: Option<Vec<String>> = by.iter().map(stand_in).collect();
    all?.into_iter().next()
}

/// Why a name has no address, by all answers to it.
fn why(lookups: &[&Lookup]) -> String {
    let mut words: Vec<String> = Vec::new();
    for lookup in lookups {
        let word = match (lookup.answer(), &lookup.ended) {
            (Some(answer), _) if answer.rcode == "NOERROR" => match alias_of(lookup) {
                Some((_, name)) => format!("an alias of {name}, which has no address"),
                None => "no A or AAAA record".to_owned(),
            },
            (Some(answer), _) => answer.rcode.clone(),
            (None, Some(end)) => match &end.outcome.code {
                Some(code) if code == "ETIMEDOUT" => format!("no answer from {}", server_name(&lookup.ask.server)),
                Some(code) => code.clone(),
                None => "no answer".to_owned(),
            },
            (None, None) => continue,
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    list(&words)
}

/// `_cisco-uds` is seen, everything that it leads to is in a private net and out of reach, and there is an edge.
///
/// 1. There are records of both routes.
/// 2. Every connect to a CUCM had ended without an answer, at a private address each.
/// 3. Where one is answered later, the finding says so.
pub(super) fn inside_leak(site: &Site<'_>) -> Vec<Answer> {
    let targets = targets(site);
    let inside = targets.iter().find(|target| target.route == Route::CiscoUds);
    let edge = targets.iter().find(|target| target.route == Route::CollabEdge);
    let (Some(inside), Some(edge)) = (inside, edge) else {
        return Vec::new();
    };
    let cucms = site.places().iter().filter(|place| place.kind == Kind::Cucm);
    let exchanges: Vec<&Exchange> = cucms.flat_map(|place| place.exchanges.iter().copied()).collect();
    let connects: Vec<_> = exchanges.iter().flat_map(|exchange| &exchange.connects).collect();
    let mut ends: Vec<EntryNo> = connects.iter().filter_map(|connect| Some(connect.ended.as_ref()?.n)).collect();
    ends.sort_unstable();
    let moment = ends.into_iter().find(|moment| {
        connects.iter().filter(|connect| connect.n < *moment).all(|connect| {
            let end = connect.ended.as_ref().filter(|end| end.n <= *moment);
            is_private(&connect.to) && end.is_some_and(|end| is_late(&end.outcome) || is_no_way(&end.outcome))
        })
    });
    let Some(moment) = moment else {
        let over = exchanges.iter().all(|exchange| exchange.ended.is_some());
        let settled = over || connects.iter().any(|connect| stood(connect));
        return vec![if settled { Answer::DoesNotHold } else { Answer::CannotTellYet }];
    };
    let tried: Vec<_> = connects.iter().filter(|connect| connect.n < moment).collect();
    let mut to: Vec<String> = tried.iter().map(|connect| connect.to.clone()).collect();
    to.dedup();
    let later = connects.iter().find(|connect| stood(connect));
    vec![
        Found::about(code::dns::INSIDE_LEAK, site.domain())
            .of(inside.first.op)
            .foreign("name", &inside.first.ask.name)
            .foreign("addresses", &list(&to))
            .foreign("edge_host", &edge.srv.target)
            .foreign("domain", site.domain())
            .maybe("other_ok", later.map(|connect| connect.to.clone()))
            .cite(inside.entries.iter().chain(&edge.entries).copied())
            .cite(tried.iter().filter_map(|connect| Some(connect.ended.as_ref()?.n)))
            .holds(),
    ]
}

/// An address of a private net (RFC 1918, RFC 4193), as `address:port`.
fn is_private(to: &str) -> bool {
    to.parse::<SocketAddr>().is_ok_and(|to| match to.ip() {
        IpAddr::V4(ip) => ip.is_private(),
        IpAddr::V6(ip) => ip.is_unique_local(),
    })
}
