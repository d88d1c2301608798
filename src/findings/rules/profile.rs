//! Rules about the service profile: whether it comes, and what it names.

use crate::discovery::{Exchange, Reading};
use crate::journal::{EntryNo, How, HttpWhat};
use crate::protocol::profile::{ImpAddress, ServiceProfile};

use super::super::figures::{foreign, list};
use super::found::Found;
use super::names::with_address;
use super::site::{At, Site, is_good};
use super::targets::{is_address, is_host, is_short};
use super::uds::{entries, is_broken, is_endless, is_silent, other_document, with_words};
use super::user::{is_node, open};
use super::{Answer, Code, code};

/// The service profile that was read first: later ones change nothing about it.
pub(super) fn first<'a>(site: &Site<'a>) -> Option<(&'a Exchange, &'a ServiceProfile)> {
    let read = site.asked(HttpWhat::ServiceProfile).filter_map(|exchange| match &exchange.reading {
        Reading::ServiceProfile(profile) => Some((exchange.body?.0, exchange, profile)),
        _ => None,
    });
    read.min_by_key(|(n, ..)| *n).map(|(_, exchange, profile)| (exchange, profile))
}

fn found(site: &Site<'_>, code: Code, exchange: &Exchange) -> Found {
    let is_handed_on = !exchange.ask.inside.is_empty();
    let place = site.places().iter().find(|place| place.exchanges.iter().any(|other| other.op == exchange.op));
    let found = match place {
        None => Found::about(code, exchange.ask.server().1),
        Some(_) if is_handed_on => {
            let (_, host, port) = exchange.ask.server();
            let found = Found::about(code, host).arg("port", port.to_string()).arg("kind", "tftp");
            found.foreign("user", site.user_id()).foreign("domain", site.domain())
        }
        Some(place) => At { site, place }.found(code),
    };
    found.of(exchange.op).foreign("url", exchange.ask.target()).cite(entries(exchange))
}

/// It could not be fetched from an address that UDS gave. Milder where another address gave it.
pub(super) fn unreachable(site: &Site<'_>, exchange: &Exchange) -> Answer {
    if exchange.ask.what != HttpWhat::ServiceProfile {
        return Answer::DoesNotHold;
    }
    let Some(why) = why(exchange) else {
        return open(exchange);
    };
    let other = site
        .asked(HttpWhat::ServiceProfile)
        .find(|other| is_good(other))
        .map(|other| other.ask.target().to_owned());
    let other = other.map(|url| foreign(&url));
    found(site, code::profile::UNREACHABLE, exchange).arg("why", why).maybe("other_ok", other).holds()
}

/// Why no service profile came, where the exchange is over or has said so.
fn why(exchange: &Exchange) -> Option<String> {
    if let Some(status) = exchange.status().filter(|status| *status != 200) {
        return Some(format!("status {}", with_words(status, exchange)));
    }
    if is_good(exchange) {
        return None;
    }
    if let Some(word) = is_broken(exchange).or_else(|| is_endless(exchange)) {
        return Some(word);
    }
    if is_silent(exchange).is_some() && exchange.ended.is_some() {
        return Some("no answer in time".to_owned());
    }
    // One that the user or a rule about credentials stopped says nothing of the server.
    let end = exchange.ended.as_ref().filter(|end| exchange.head.is_none() && end.outcome.how != How::Stopped)?;
    let word = end.outcome.text.as_deref().or(end.outcome.code.as_deref());
    Some(foreign(word.unwrap_or("it ended without an answer")))
}

/// What came with success is no service profile.
pub(super) fn unreadable(site: &Site<'_>, exchange: &Exchange) -> Answer {
    if exchange.ask.what != HttpWhat::ServiceProfile {
        return Answer::DoesNotHold;
    }
    if why(exchange).is_some() {
        return Answer::DoesNotHold;
    }
    let word = match &exchange.reading {
        Reading::Misread(crate::protocol::document::Misread::Empty) => Some("nothing".to_owned()),
        reading => other_document(reading),
    };
    let other = site
        .asked(HttpWhat::ServiceProfile)
        .find(|other| is_good(other))
        .map(|other| other.ask.target().to_owned());
    let other = other.map(|url| foreign(&url));
    match word {
        Some(word) => {
            found(site, code::profile::UNREADABLE, exchange).arg("got", word).maybe("other_ok", other).holds()
        }
        None => open(exchange),
    }
}

/// What a rule says of a run in which no service profile has been read.
fn none_yet(site: &Site<'_>) -> Vec<Answer> {
    site.asked(HttpWhat::ServiceProfile).map(open).collect()
}

/// It names no node for IM and Presence.
pub(super) fn no_imp(site: &Site<'_>) -> Vec<Answer> {
    let Some((exchange, profile)) = first(site) else {
        return none_yet(site);
    };
    if !profile.imp.is_empty() {
        return vec![Answer::DoesNotHold];
    }
    let missing = if profile.has_imp { "its IM and Presence section is empty" } else { "it has no such section" };
    let sections = if profile.sections.is_empty() { "none".to_owned() } else { list(&profile.sections) };
    vec![
        found(site, code::profile::NO_IMP, exchange)
            .arg("missing", missing)
            .foreign("sections", &sections)
            .foreign("user", site.user_id())
            .holds(),
    ]
}

/// A finding for each address of the section with such a fault.
fn of_addresses(
    site: &Site<'_>,
    code: Code,
    wrong: impl Fn(&ImpAddress) -> bool,
    more: impl Fn(Found, &ImpAddress) -> Found,
) -> Vec<Answer> {
    let Some((exchange, profile)) = first(site) else {
        return none_yet(site);
    };
    let wrong_ones: Vec<&ImpAddress> = profile.imp.iter().filter(|imp| wrong(imp)).collect();
    if wrong_ones.is_empty() {
        return vec![Answer::DoesNotHold];
    }
    let right = profile.imp.iter().find(|imp| !wrong(imp)).map(|imp| foreign(&imp.address));
    let mut seen: Vec<&str> = Vec::new();
    let mut answers = Vec::new();
    for imp in wrong_ones {
        if seen.contains(&imp.address.as_str()) {
            continue;
        }
        seen.push(&imp.address);
        let found = Found::about(code, &imp.address)
            .of(exchange.op)
            .foreign("role", &imp.role)
            .foreign("url", exchange.ask.target())
            .foreign("domain", site.domain())
            .maybe("other_ok", right.clone())
            .cite(entries(exchange));
        answers.push(more(found, imp).holds());
    }
    answers
}

/// An address is the domain, where a node must stand.
pub(super) fn address_is_domain(site: &Site<'_>) -> Vec<Answer> {
    let voice = site.walk.goal().and_then(|goal| goal.voice_domain.clone());
    let is_domain =
        |host: &str| is_host(host, site.domain()) || voice.as_deref().is_some_and(|voice| is_host(host, voice));
    of_addresses(site, code::profile::ADDRESS_IS_DOMAIN, |imp| is_domain(&imp.address), |found, _| found)
}

/// An address is a name of one label.
pub(super) fn address_short(site: &Site<'_>) -> Vec<Answer> {
    let more = |found, imp: &ImpAddress| with_address(site, found, &imp.address);
    of_addresses(site, code::profile::ADDRESS_SHORT, |imp| is_short(&imp.address), more)
}

/// None of its addresses is the user's home node, which is no fault: it only bootstraps (protocol.md 6.8).
pub(super) fn not_home_node(site: &Site<'_>) -> Vec<Answer> {
    let Some((exchange, profile)) = first(site) else {
        return none_yet(site);
    };
    let assigned = site.asked(HttpWhat::User).find_map(|asked| match &asked.reading {
        Reading::User(user) => Some((asked.body.map(|(n, ..)| n), user.imp_servers.first()?)),
        _ => None,
    });
    let Some((n, home)) = assigned.filter(|_| !profile.imp.is_empty()) else {
        return vec![Answer::DoesNotHold];
    };
    let is_named = profile.imp.iter().any(|imp| is_address(&imp.address) || is_node(&imp.address, home));
    if is_named {
        return vec![Answer::DoesNotHold];
    }
    let names: Vec<String> = profile.imp.iter().map(|imp| imp.address.clone()).collect();
    let n: Option<EntryNo> = n;
    vec![
        found(site, code::profile::NOT_HOME_NODE, exchange)
            .foreign("addresses", &list(&names))
            .foreign("home_node", home)
            .foreign("user", site.user_id())
            .cite(n)
            .holds(),
    ]
}
