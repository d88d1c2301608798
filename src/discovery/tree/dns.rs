//! What DNS said, as items and in words: routes with their records, addresses of hosts.

use super::figures::{Labels, count, server, took};
use crate::discovery::item::{Again, Item, ItemState};
use crate::discovery::route::{Addresses, Route, RouteRecord, RouteState, RouteView};
use crate::discovery::walk::{Lookup, Walk};
use crate::journal::{DnsAnswer, DnsRecord, EntryNo, RecordData, RecordKind, Transport, dns_key, host_port};

/// The item of a route, without what stands under it.
pub(super) fn route(view: &RouteView<'_>) -> Item {
    let differ = differences(view);
    let (state, figure) = match &view.state {
        RouteState::Running => (ItemState::Running, "asking".to_owned()),
        RouteState::Ok if !differ.is_empty() => (ItemState::Warning, "servers differ".to_owned()),
        RouteState::Ok => {
            (ItemState::Ok, view.lookups.iter().find_map(|seen| seen.took_us()).map_or_else(String::new, took))
        }
        RouteState::Absent(_) if !differ.is_empty() => (ItemState::Warning, "servers differ".to_owned()),
        RouteState::Absent(why) => (ItemState::Absent, (*why).to_owned()),
        RouteState::Failed(why) => (ItemState::Failed, why.clone()),
        RouteState::Skipped(why) => (ItemState::Skipped, why.clone()),
    };
    let mut item = Item::new(format!("route:{}", view.route.name()), state, view.route.name());
    item.figure = figure;
    item.words = words(view);
    item.detail = vec![format!("{} SRV", view.name)];
    item.detail.extend(view.lookups.iter().flat_map(|seen| lookup(seen)));
    item.detail.extend(view.records.iter().map(record));
    item.detail.extend(differ);
    item.entries = entries(&view.lookups);
    item.ops = view.lookups.iter().map(|seen| seen.op).collect();
    if !view.lookups.is_empty() {
        item.place = Some(dns_key(&view.name));
        item.ask = Some(Again::Dns(view.lookups.iter().map(|seen| seen.ask.clone()).collect()));
    }
    item
}

/// A route's state on one line.
fn words(view: &RouteView<'_>) -> String {
    let name = view.route.name();
    match &view.state {
        RouteState::Running => format!("{name}: {} asked, no answer yet", count(view.lookups.len(), "server")),
        RouteState::Ok => format!("{name}: {}", count(view.records.len(), "record")),
        RouteState::Absent("not offered") => format!("{name}: target \".\", the service is not offered here"),
        RouteState::Absent(why) => format!("{name}: there is no such record ({why})"),
        RouteState::Failed(why) => format!("{name}: no server gave a useful answer ({why})"),
        RouteState::Skipped(why) => format!("{name}: not walked ({why})"),
    }
}

/// Where the servers' answers are not the same, what each of them said.
fn differences(view: &RouteView<'_>) -> Vec<String> {
    let said: Vec<(String, String)> = view
        .lookups
        .iter()
        .filter_map(|seen| Some((server(&seen.ask.server).to_owned(), gist(seen.answer()?))))
        .collect();
    let same = said.windows(2).all(|pair| pair[0].1 == pair[1].1);
    if same {
        Vec::new()
    } else {
        said.into_iter().map(|(who, what)| format!("differs: {who} says {what}")).collect()
    }
}

/// What an answer says, whatever the order of its records.
fn gist(answer: &DnsAnswer) -> String {
    let mut records: Vec<String> = answer
        .records
        .iter()
        .filter_map(|record| match &record.data {
            RecordData::Srv(srv) => {
                Some(format!("{} {} {} {}", srv.priority, srv.weight, srv.port, srv.target.to_ascii_lowercase()))
            }
            RecordData::Address(address) => Some(address.clone()),
            RecordData::Alias(_) | RecordData::Other(..) => None,
        })
        .collect();
    records.sort();
    if records.is_empty() { none_of(answer).to_owned() } else { records.join(", ") }
}

/// `NXDOMAIN`; `NODATA` where the name exists.
fn none_of(answer: &DnsAnswer) -> &str {
    if answer.rcode == "NOERROR" { "NODATA" } else { &answer.rcode }
}

/// A lookup in words: one line for its answer or its end, more where it did not go straight.
pub(super) fn lookup(seen: &Lookup) -> Vec<String> {
    let who = server(&seen.ask.server);
    let mut lines = Vec::new();
    match (seen.answer(), &seen.ended) {
        (Some(answer), _) => lines.push(format!("{who}: {}", answered(seen, answer))),
        (None, Some(ending)) => {
            let outcome = &ending.outcome;
            let why = outcome.text.as_deref().or(outcome.code.as_deref()).unwrap_or("no answer");
            lines.push(format!("{who}: {why}"));
        }
        (None, None) => lines.push(format!("{who}: no answer yet")),
    }
    let sent = |by: Transport| seen.sent.iter().filter(|(_, transport)| *transport == by).count();
    if sent(Transport::Udp) > 1 {
        lines.push(format!("  the question left {} times over UDP", sent(Transport::Udp)));
    }
    if seen.answers.iter().any(|(_, _, answer)| answer.truncated) {
        lines.push("  the answer over UDP was truncated: asked again over TCP".to_owned());
    }
    lines.extend(seen.unreachable.iter().map(|(_, by, code)| format!("  {} unreachable: {code}", by.name())));
    lines.extend(seen.ignored.iter().map(|(_, why)| format!("  a message was left aside: {why}")));
    lines
}

fn answered(seen: &Lookup, answer: &DnsAnswer) -> String {
    let what = if answer.records.is_empty() {
        none_of(answer).to_owned()
    } else {
        format!("{}, {}", answer.rcode, count(answer.records.len(), "record"))
    };
    let time = seen.took_us().map_or_else(String::new, |us| format!(" in {}", took(us)));
    let source =
        if answer.authoritative { "an authority" } else { "not an authority: from a cache, or asked elsewhere" };
    let kept = answer.negative_ttl.map_or_else(String::new, |ttl| format!(", remembered for {ttl} s"));
    format!("{what}{time} over {}, {source}{kept}", answer.transport.name())
}

/// `10 60 8443 cucm1.example.test, TTL 3600: …`
pub(super) fn record(record: &RouteRecord) -> String {
    let (srv, turn) = (&record.srv, &record.turn);
    let head = format!("{} {} {} {}, TTL {} s", srv.priority, srv.weight, srv.port, srv.target, record.ttl);
    let order = if turn.group == 0 { "tried first" } else { "tried when those of lower priority fail" };
    format!("{head}: {order}, in {} of the cases before its equals", percent(turn.chance))
}

/// A chance from 0 to 1 as a whole number.
fn percent(chance: f64) -> String {
    format!("{:.0}%", chance * 100.0)
}

/// A route's target that is no host of UDS: its priority and weight, its chance, its addresses.
pub(super) fn target(walk: &Walk, route: Route, record: &RouteRecord, labels: &Labels) -> Item {
    let (srv, found) = (&record.srv, &record.addresses);
    let id = format!("route:{}/{}:{}", route.name(), srv.target, srv.port);
    let (state, figure) = match (&found.none, found.pending) {
        (Some(why), _) => (ItemState::Failed, why.clone()),
        (None, true) if found.list.is_empty() => (ItemState::Running, "resolving".to_owned()),
        _ => (ItemState::Ok, format!("{}/{} {}", srv.priority, srv.weight, percent(record.turn.chance))),
    };
    let mut item = Item::new(id.clone(), state, host_port(&labels.short(&srv.target), srv.port));
    item.figure = figure;
    item.words = match &found.none {
        Some(why) => format!("{}:{}: no address ({why})", srv.target, srv.port),
        None => format!("{}:{}: {}", srv.target, srv.port, found.list.join(", ")),
    };
    item.entries.clone_from(&record.entries);
    address_facts(walk, &srv.target, &mut item);
    item.detail.insert(0, self::record(record));
    item.children = addresses(walk, &id, &srv.target, found);
    item
}

/// What DNS said of a host's addresses, as an item's detail, place and question.
pub(super) fn address_facts(walk: &Walk, host: &str, item: &mut Item) {
    let lookups: Vec<&Lookup> = newest(walk, host);
    item.detail.extend(lookups.iter().flat_map(|seen| {
        let mut lines = vec![format!("{} {}", seen.ask.name, seen.ask.kind.name())];
        lines.extend(lookup(seen));
        lines.extend(seen.answer().into_iter().flat_map(|answer| answer.records.iter().map(line)));
        lines
    }));
    item.ops.extend(lookups.iter().map(|seen| seen.op));
    if !lookups.is_empty() {
        item.place = Some(dns_key(host));
        item.ask = Some(Again::Dns(lookups.iter().map(|seen| seen.ask.clone()).collect()));
    }
}

/// The newest lookups of a name's addresses: one of each kind and server.
fn newest<'w>(walk: &'w Walk, host: &str) -> Vec<&'w Lookup> {
    let of_host = walk.lookups().iter().filter(|seen| seen.ask.name.eq_ignore_ascii_case(host));
    let newest = |seen: &&Lookup| walk.lookup(&seen.ask).is_some_and(|newest| newest.op == seen.op);
    of_host.filter(newest).filter(|seen| seen.ask.kind != RecordKind::Srv).collect()
}

/// A record of an answer on one line.
fn line(record: &DnsRecord) -> String {
    let data = match &record.data {
        RecordData::Srv(srv) => format!("SRV {} {} {} {}", srv.priority, srv.weight, srv.port, srv.target),
        RecordData::Address(address) => format!("address {address}"),
        RecordData::Alias(name) => format!("is an alias of {name}"),
        RecordData::Other(kind, text) => format!("{kind} {text}"),
    };
    format!("  {} {data}, TTL {} s", record.name, record.ttl)
}

/// The addresses of a host, an item each; where there is none, the reason.
pub(super) fn addresses(walk: &Walk, id: &str, host: &str, found: &Addresses) -> Vec<Item> {
    let mut items: Vec<Item> = found
        .list
        .iter()
        .enumerate()
        .map(|(at, address)| Item::new(format!("{id}/address:{at}"), ItemState::Plain, address.clone()))
        .collect();
    if let Some(why) = &found.none {
        let mut none = Item::new(format!("{id}/address:none"), ItemState::Failed, "no address");
        none.figure.clone_from(why);
        items.push(none);
    }
    for item in &mut items {
        item.words = format!("{host}: {} {}", item.name, item.figure).trim_end().to_owned();
        item.entries.clone_from(&found.entries);
        item.detail.extend(found.aliases.iter().map(|name| format!("{host} is an alias of {name}")));
        address_facts(walk, host, item);
        item.aside = item.state == ItemState::Plain;
    }
    items
}

fn entries(lookups: &[&Lookup]) -> Vec<EntryNo> {
    let mut entries = Vec::new();
    for seen in lookups {
        entries.push(seen.n);
        entries.extend(seen.answered().map(|(n, ..)| *n));
        entries.extend(seen.ended.as_ref().map(|ending| ending.n));
    }
    entries
}
