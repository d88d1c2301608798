//! The service profile and `jabber-config.xml`, from the addresses that UDS gave.

use super::frame::Frame;
use super::http;
use crate::discovery::item::{Item, ItemId, ItemState};
use crate::discovery::reading::Reading;
use crate::discovery::walk::Exchange;
use crate::journal::{HttpAsk, HttpWhat};
use crate::protocol::profile::ServiceProfile;

/// The items that stand under the host with the user's record.
pub(super) fn items(frame: &Frame<'_>, host: &str, port: u16) -> Vec<Item> {
    let mut items = Vec::new();
    let uris = match frame.reading(HttpWhat::User, host, port) {
        Some(Reading::User(read)) => read.service_profiles.clone(),
        _ => Vec::new(),
    };
    items.extend(service_profile(frame, &uris));
    items.extend(jabber_config(frame));
    items
}

/// Each request of a kind once, the newest of it, in the order of the addresses that were given, then as asked.
fn asked(frame: &Frame<'_>, what: HttpWhat, uris: &[String]) -> Vec<Item> {
    let all = frame.walk.exchanges().iter().map(|seen| &seen.ask).chain(&frame.planned);
    let mut asks: Vec<&HttpAsk> = Vec::new();
    for ask in all.filter(|ask| ask.what == what) {
        if !asks.iter().any(|known| known.url == ask.url) {
            asks.push(ask);
        }
    }
    asks.sort_by_key(|ask| uris.iter().position(|uri| *uri == ask.url).unwrap_or(usize::MAX));
    let above = if what == HttpWhat::ServiceProfile { "profile" } else { "jabber-config" };
    let item = |ask: &&HttpAsk| {
        let id = format!("{above}/{}", ask.url);
        let (_, host, port) = ask.origin();
        let mut item = match frame.walk.exchange(what, &ask.url) {
            Some(seen) => http::item(frame.walk, id, seen),
            None => frame.waiting(http::planned(id, ask)),
        };
        item.name = format!("{} {}", frame.place(host, port), ask.url.rsplit('/').next().unwrap_or(""));
        item
    };
    asks.iter().map(item).collect()
}

fn service_profile(frame: &Frame<'_>, uris: &[String]) -> Option<Item> {
    let mut tries = asked(frame, HttpWhat::ServiceProfile, uris);
    if tries.is_empty() {
        return none_given(frame);
    }
    let good = tries.iter().position(|item| item.state == ItemState::Ok);
    let shown = good.unwrap_or(0);
    let mut item = Item { name: "service profile".to_owned(), ..tries[shown].clone() };
    item.id = ItemId("profile".to_owned());
    item.figure = if good.is_some() { String::new() } else { item.figure };
    if good.is_some_and(|at| at > 0) {
        item.state = ItemState::Warning;
        item.figure = format!("only {} of {}", shown + 1, tries.len());
    }
    let read = frame.walk.exchanges().iter().rev().find_map(|seen| read_profile(seen, &item));
    item.children.extend(read.map(|read| imp(frame, read, &item)));
    tries.iter_mut().for_each(|one| one.aside = one.state == ItemState::Ok);
    item.children.extend(tries);
    item.open = true;
    Some(item)
}

fn read_profile<'w>(seen: &'w Exchange, item: &Item) -> Option<&'w ServiceProfile> {
    match &seen.reading {
        Reading::ServiceProfile(read) if item.ops.contains(&seen.op) => Some(read),
        _ => None,
    }
}

/// The user's record came and names no service profile.
fn none_given(frame: &Frame<'_>) -> Option<Item> {
    let read = frame.walk.exchanges().iter().rev().find(|seen| matches!(seen.reading, Reading::User(_)))?;
    let mut item = http::item(frame.walk, "profile".to_owned(), read);
    (item.state, item.name) = (ItemState::Absent, "service profile".to_owned());
    item.figure = "none named".to_owned();
    item.words = "the user's record names no service profile".to_owned();
    Some(item)
}

/// `IM&P imp1, imp2`
fn imp(frame: &Frame<'_>, read: &ServiceProfile, above: &Item) -> Item {
    let hosts: Vec<&String> = read.imp.iter().map(|address| &address.address).collect();
    let mut item = Item { children: Vec::new(), ..above.clone() };
    item.id = ItemId("profile/imp".to_owned());
    item.figure = String::new();
    if hosts.is_empty() {
        item.state = ItemState::Warning;
        item.name = if read.has_imp { "IM&P: no address" } else { "no IM&P section" }.to_owned();
        item.words = "the service profile names no IM&P node: Jabber has no IM service by it".to_owned();
    } else {
        item.state = ItemState::Ok;
        item.name = format!("IM&P {}", frame.labels.short_list(hosts.iter().copied()));
        let named: Vec<String> =
            read.imp.iter().map(|address| format!("{} {}", address.role, address.address)).collect();
        item.words = format!("the service profile names for IM and Presence: {}", named.join(", "));
    }
    item
}

fn jabber_config(frame: &Frame<'_>) -> Option<Item> {
    let mut tries = asked(frame, HttpWhat::JabberConfig, &[]);
    let shown = tries.iter().position(|item| item.state == ItemState::Ok).unwrap_or(0);
    let mut item = (shown < tries.len()).then(|| tries.swap_remove(shown))?;
    item.id = ItemId("jabber-config".to_owned());
    item.name = "jabber-config.xml".to_owned();
    let keys = frame.walk.exchanges().iter().find_map(|seen| match &seen.reading {
        Reading::JabberConfig(read) if item.ops.contains(&seen.op) => Some(&read.keys),
        _ => None,
    });
    for (at, (key, value)) in keys.into_iter().flatten().enumerate() {
        let mut child = Item::new(format!("jabber-config/key:{at}"), ItemState::Plain, format!("{key} = {value}"));
        child.words.clone_from(&child.name);
        child.place.clone_from(&item.place);
        child.ops.clone_from(&item.ops);
        item.children.push(child);
    }
    if item.state == ItemState::Absent {
        item.words = "jabber-config.xml: there is none (404), which is no fault".to_owned();
    }
    Some(item.aside())
}
