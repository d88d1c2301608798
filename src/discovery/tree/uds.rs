//! What stands under `_cisco-uds._tcp`: the CUCM nodes with what UDS says, and the service profile.

use super::figures::took;
use super::frame::Frame;
use super::{certificate, dns, http, profile};
use crate::discovery::item::{Again, Item, ItemState};
use crate::discovery::reading::Reading;
use crate::discovery::route::{Addresses, Route, RouteRecord};
use crate::discovery::walk::Exchange;
use crate::journal::{HttpAsk, HttpWhat, http_key};
use crate::protocol::uds::{ClusterUser, User};

/// What UDS is asked.
const UDS: [HttpWhat; 5] =
    [HttpWhat::Version, HttpWhat::ClusterUser, HttpWhat::Servers, HttpWhat::SingleSignOn, HttpWhat::User];

/// A host of UDS, and the record that names it.
struct Host<'f> {
    host: String,
    port: u16,
    record: Option<&'f RouteRecord>,
}

/// The hosts' items: those of the route in its order, the one that was given, then those that answers led to.
pub(super) fn items(frame: &Frame<'_>) -> Vec<Item> {
    let hosts = hosts(frame);
    let home = home(frame);
    let mut items: Vec<Item> = hosts.iter().map(|host| item(frame, host, home.as_ref())).collect();
    let first = items.first_mut();
    if let (Some(first), None) = (first, &home) {
        first.open = true;
    }
    items
}

fn hosts<'f>(frame: &'f Frame<'_>) -> Vec<Host<'f>> {
    let mut hosts: Vec<Host<'f>> = Vec::new();
    let mut add = |host: &str, port: u16, record: Option<&'f RouteRecord>| {
        if !hosts.iter().any(|known| known.host.eq_ignore_ascii_case(host) && known.port == port) {
            hosts.push(Host { host: host.to_owned(), port, record });
        }
    };
    let route = frame.routes.iter().find(|view| view.route == Route::CiscoUds);
    for record in route.iter().flat_map(|view| &view.records).filter(|record| record.srv.target != ".") {
        add(&record.srv.target, record.srv.port, Some(record));
    }
    for (host, port) in frame.walk.given_cucms() {
        add(&host, port, None);
    }
    for ask in frame.walk.exchanges().iter().map(|seen| &seen.ask).chain(&frame.planned) {
        let (_, host, port) = ask.origin();
        if UDS.contains(&ask.what) && ask.inside.is_empty() {
            add(host, port, None);
        }
    }
    hosts
}

/// The host that has the user's record, or will be asked for it.
fn home(frame: &Frame<'_>) -> Option<(String, u16)> {
    let is_user = |ask: &&HttpAsk| ask.what == HttpWhat::User;
    let asked = frame.walk.exchanges().iter().rev().map(|seen| &seen.ask).find(is_user);
    let (_, host, port) = asked.or_else(|| frame.planned.iter().find(is_user))?.origin();
    Some((host.to_ascii_lowercase(), port))
}

fn item(frame: &Frame<'_>, at: &Host<'_>, home: Option<&(String, u16)>) -> Item {
    let (host, port) = (at.host.as_str(), at.port);
    let id = format!("uds:{}:{port}", host.to_ascii_lowercase());
    let found = at.record.map_or_else(|| frame.walk.addresses(host), |record| record.addresses.clone());
    let (state, figure) = reached(frame, host, port, &found);
    let mut item = Item::new(id.clone(), state, frame.place(host, port));
    item.words = match (&found.none, figure.as_str()) {
        (Some(why), _) => format!("{host}: no address ({why})"),
        (None, figure) => format!("{host}:{port}: {} {figure}", found.list.join(", ")).trim_end().to_owned(),
    };
    item.figure = figure;
    if let Some(record) = at.record {
        item.entries.clone_from(&record.entries);
        item.detail.push(dns::record(record));
    }
    dns::address_facts(frame.walk, host, &mut item);
    let version = http::newest(frame.walk, HttpWhat::Version, host, port);
    if let Some(seen) = version {
        item.place = Some(http_key(&seen.ask));
        item.ask = Some(Again::Http(seen.ask.clone()));
        item.ops.extend(http::ops(seen));
    }
    item.children = dns::addresses(frame.walk, &id, host, &found);
    item.children.extend(tomcat(frame, &id, host, port));
    let is_home = home.is_some_and(|(name, at)| name.eq_ignore_ascii_case(host) && *at == port);
    item.children.extend(answers(frame, &id, host, port, is_home));
    item.open = is_home || item.children.iter().any(Item::is_amiss);
    item
}

/// Whether a host answers, and how quickly.
fn reached(frame: &Frame<'_>, host: &str, port: u16, found: &Addresses) -> (ItemState, String) {
    let asked: Vec<&Exchange> = frame
        .walk
        .exchanges()
        .iter()
        .filter(|seen| http::is_at(&seen.ask, host, port) && UDS.contains(&seen.ask.what))
        .collect();
    if let Some(answered) = asked.iter().find(|seen| seen.head.is_some()) {
        return (ItemState::Ok, answered.took_us().map_or_else(String::new, took));
    }
    if let Some(last) = asked.iter().rev().find(|seen| seen.ended.is_some()) {
        return http::standing(last);
    }
    match (asked.is_empty(), &found.none) {
        (false, _) => (ItemState::Running, "asking".to_owned()),
        (true, Some(why)) => (ItemState::Failed, why.clone()),
        (true, None) if found.pending => (ItemState::Running, "resolving".to_owned()),
        (true, None) => (ItemState::Waiting, "not begun".to_owned()),
    }
}

/// The certificate that a host presented last.
pub(super) fn tomcat(frame: &Frame<'_>, id: &str, host: &str, port: u16) -> Option<Item> {
    let of_host = |seen: &&Exchange| http::is_at(&seen.ask, host, port) && seen.certificate.is_some();
    let seen = frame.walk.exchanges().iter().rev().find(of_host)?;
    let shown = seen.certificate.as_ref()?;
    let mut item = certificate::item(format!("{id}/certificate"), host, shown, frame.walk.permissions());
    item.place = Some(http_key(&seen.ask));
    item.ops = http::ops(seen);
    Some(item.aside())
}

/// What UDS says on one host.
fn answers(frame: &Frame<'_>, id: &str, host: &str, port: u16, is_home: bool) -> Vec<Item> {
    let ask = |name: &str, what: HttpWhat| frame.ask(format!("{id}/{name}"), what, host, port);
    let mut items = Vec::new();
    items.extend(ask("version", HttpWhat::Version).map(|mut item| {
        if let Some(Reading::Version(read)) = frame.reading(HttpWhat::Version, host, port) {
            item.name = format!("UDS {}", read.version);
        }
        item
    }));
    items.extend(ask("cluster-user", HttpWhat::ClusterUser).map(|item| cluster_user(frame, item, host, port)));
    items.extend(ask("servers", HttpWhat::Servers).map(|mut item| {
        if let Some(Reading::Servers(read)) = frame.reading(HttpWhat::Servers, host, port) {
            item.name = format!("nodes {}", frame.labels.short_list(&read.servers));
        }
        item.aside()
    }));
    items.extend(ask("sso", HttpWhat::SingleSignOn).map(|item| single_sign_on(frame, item, host, port)));
    items.extend(user(frame, id, host, port));
    if is_home {
        items.extend(profile::items(frame, host, port));
    }
    items
}

fn cluster_user(frame: &Frame<'_>, mut item: Item, host: &str, port: u16) -> Item {
    let Some(Reading::ClusterUser(read)) = frame.reading(HttpWhat::ClusterUser, host, port) else { return item };
    let user = &frame.goal.user_id;
    let ClusterUser { found, home, .. } = read;
    match (found, home) {
        (Some(false), _) => {
            item.state = ItemState::Failed;
            item.name = format!("{user}: no home cluster");
            item.figure.clear();
            item.words = format!(
                "{user} has no home cluster: the user is not there, or \"Home Cluster\" is not ticked on any cluster"
            );
        }
        (_, Some(home)) if !is_label_of(home, host) => {
            item.name = format!("{user}: home {}", frame.labels.short(home));
            item.words = format!("{user}'s home cluster is that of {home}");
        }
        (Some(true), _) => {
            item.name = format!("{user}: home cluster");
            item.words = format!("{user}'s home cluster is this one");
        }
        (None, _) => {
            item.state = ItemState::Warning;
            item.name = format!("{user}: unclear");
            item.words = format!("the answer does not say whether {user} was found");
        }
    }
    item
}

/// `cucm1`, or the whole, of `cucm1.example.test`.
fn is_label_of(short: &str, host: &str) -> bool {
    let head = host.get(..short.len()).is_some_and(|head| head.eq_ignore_ascii_case(short));
    head && (short.len() == host.len() || host[short.len()..].starts_with('.'))
}

fn single_sign_on(frame: &Frame<'_>, mut item: Item, host: &str, port: u16) -> Item {
    let Some(Reading::SingleSignOn(read)) = frame.reading(HttpWhat::SingleSignOn, host, port) else {
        return item.aside();
    };
    match read.enabled {
        Some(true) => {
            item.state = ItemState::Warning;
            item.name = "SSO is on".to_owned();
            item.rule = "users log in by SSO here: not testable with a password".to_owned();
        }
        Some(false) => item.name = "SSO is off".to_owned(),
        None => {}
    }
    item.aside()
}

/// The user's record: the password's first use.
fn user(frame: &Frame<'_>, id: &str, host: &str, port: u16) -> Option<Item> {
    let Some(mut item) = frame.ask(format!("{id}/user"), HttpWhat::User, host, port) else {
        let Some(Reading::ClusterUser(read)) = frame.reading(HttpWhat::ClusterUser, host, port) else {
            return None;
        };
        let is_home = read.home.as_ref().is_none_or(|home| is_label_of(home, host));
        let mut item = frame.left_out(format!("{id}/user"), HttpWhat::User)?;
        item.name = "user record".to_owned();
        return (read.found == Some(true) && is_home).then_some(item);
    };
    item.name = "user record".to_owned();
    if let Some(Reading::User(read)) = frame.reading(HttpWhat::User, host, port) {
        read_user(frame, &mut item, read);
    }
    Some(item)
}

fn read_user(frame: &Frame<'_>, item: &mut Item, read: &User) {
    let user = &frame.goal.user_id;
    if read.imp_enabled == Some(false) {
        item.state = ItemState::Warning;
        item.figure = "not enabled".to_owned();
        item.words = format!("{user} is not enabled for IM and Presence here");
    } else if read.imp_servers.is_empty() {
        item.state = ItemState::Warning;
        item.figure = "no node".to_owned();
        item.words = format!("{user} is assigned to no IM&P node here");
    } else {
        item.name = format!("user record: {}", frame.labels.short_list(&read.imp_servers));
        item.words = format!("{user} is enabled for IM and Presence, assigned to {}", read.imp_servers.join(", "));
    }
}
