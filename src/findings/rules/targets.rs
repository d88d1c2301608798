//! Rules about what stands in the service records: names, ports, addresses.

use std::net::IpAddr;

use crate::discovery::{self, Lookup, Route};
use crate::journal::{EntryNo, RecordData, RecordKind, Srv};

use super::super::figures::foreign;
use super::found::Found;
use super::names::{has_address, kind_of, with_address};
use super::records::{is_disabled, route_of, services, taker};
use super::site::{Site, is_good};
use super::{Answer, Code, code};

/// A record of a route, once for each target and port, with the answers that hold it.
pub(super) struct Target<'a> {
    pub(super) route: Route,
    pub(super) srv: &'a Srv,
    /// The route's first lookup: the finding belongs to it, however many answers follow.
    pub(super) first: &'a Lookup,
    pub(super) entries: Vec<EntryNo>,
}

/// All records of all routes.
pub(super) fn targets<'a>(site: &Site<'a>) -> Vec<Target<'a>> {
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
pub(super) fn alias_of(lookup: &Lookup) -> Option<(EntryNo, &str)> {
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
        is_short(&target.srv.target).then(|| with_address(site, found(), &target.srv.target).holds())
    })
}

/// The target is an address, where a name must stand.
pub(super) fn address(site: &Site<'_>) -> Vec<Answer> {
    of_targets(site, |target| {
        is_address(&target.srv.target).then(|| target.found(code::dns::TARGET_ADDRESS).holds())
    })
}

/// The target is no name that a host can have: nobody can ask for its address.
pub(super) fn no_host(site: &Site<'_>) -> Vec<Answer> {
    let all = targets(site);
    let is_odd = |target: &Target<'_>| !discovery::is_host(&target.srv.target);
    let stands = |route: Route| {
        let of_route = |other: &&Target<'_>| other.route == route && has_address(site, &other.srv.target);
        all.iter().find(of_route).map(|other| (route, foreign(&other.srv.target)))
    };
    // A look at all names for each route: only where there is something to find.
    let is_any = all.iter().any(is_odd);
    let others: Vec<(Route, String)> = Route::ALL.into_iter().filter(|_| is_any).filter_map(stands).collect();
    of_targets(site, |target| {
        let other = others.iter().find(|(route, _)| *route == target.route).map(|(_, other)| other.clone());
        let found = || target.found(code::dns::TARGET_UNRESOLVED).arg("kind", kind_of(target.route));
        is_odd(target).then(|| {
            found()
                .arg("why", "it is no name of a host, and was not asked for")
                .arg("named_by", target.route.name())
                .maybe("other_ok", other)
                .holds()
        })
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
        let odd = target.route == Route::XmppClient && target.srv.port != 0 && !OTHERS.contains(&target.srv.port);
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
