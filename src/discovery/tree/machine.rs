//! What a host's own administration says of it, below its item: its services, and the sockets of XCP Connection Manager.

use super::chart::{chart, sparkline};
use super::figures::count;
use super::frame::Frame;
use super::http;
use crate::discovery::admin::{HostSeen, Sample, needed_on, needs};
use crate::discovery::item::{Item, ItemState};
use crate::discovery::reading::Reading;
use crate::discovery::walk::Exchange;
use crate::journal::{HttpWhat, Offset};
use crate::protocol::serviceability::{Service, ServiceStatus};

/// So many values are shown beside the node.
const BARS: usize = 8;

/// The items of a host: an IM&P node, or a CUCM, which has no such sockets.
pub(super) fn items(frame: &Frame<'_>, host: &str, id: &str, imp: bool) -> Vec<Item> {
    let seen = frame.walk.admin();
    let of_host = seen.host(host);
    let services = newest(frame, host, &[HttpWhat::Services]).map(|asked| services(frame, asked, id, imp));
    let sockets = newest(frame, host, &[HttpWhat::Counters, HttpWhat::CounterNames])
        .filter(|_| imp)
        .map(|asked| sockets(frame, asked, of_host, id));
    services.into_iter().chain(sockets).collect()
}

/// The newest exchange that has ended, else the newest, for one of these at this host.
fn newest<'w>(frame: &Frame<'w>, host: &str, whats: &[HttpWhat]) -> Option<&'w Exchange> {
    let is_here =
        |seen: &&Exchange| whats.contains(&seen.ask.what) && seen.ask.origin().1.eq_ignore_ascii_case(host);
    let mut asked = frame.walk.exchanges().iter().rev().filter(is_here);
    asked.clone().find(|seen| seen.ended.is_some()).or_else(|| asked.next())
}

fn services(frame: &Frame<'_>, asked: &Exchange, id: &str, imp: bool) -> Item {
    let id = format!("{id}/services");
    let mut item = http::item(frame.walk, id.clone(), asked);
    item.name = "services".to_owned();
    let Reading::Services(all) = &asked.reading else { return item };
    let started = all.iter().filter(|own| own.status == ServiceStatus::Started).count();
    let needed = needed_on(imp).iter().map(|usual| {
        let own = all.iter().find(|own| needs(imp, &own.name) == Some(usual));
        service(&id, usual, own, asked)
    });
    item.children = needed.collect();
    item.figure = format!("{started} started");
    let amiss: Vec<&str> =
        item.children.iter().filter(|child| child.is_amiss()).map(|child| child.name.as_str()).collect();
    item.words = match amiss.as_slice() {
        [] => format!("{}: all that a login needs are started", count(started, "service")),
        amiss => format!("not started: {}", amiss.join(", ")),
    };
    if !amiss.is_empty() {
        item.figure = format!("{} not started", amiss.len());
        item.state = ItemState::Failed;
        item.open = true;
    }
    item
}

/// A service that a login needs.
fn service(id: &str, usual: &str, own: Option<&Service>, asked: &Exchange) -> Item {
    let name = usual.trim_start_matches("Cisco ");
    let Some(own) = own else {
        let mut item = Item::new(format!("{id}/{name}"), ItemState::Absent, name);
        item.figure = "not listed".to_owned();
        item.words = format!("{usual}: the node lists no such service");
        return item;
    };
    let (state, word) = match &own.status {
        ServiceStatus::Started => (ItemState::Ok, "Started".to_owned()),
        ServiceStatus::Starting => (ItemState::Warning, "Starting".to_owned()),
        ServiceStatus::Stopping => (ItemState::Failed, "Stopping".to_owned()),
        ServiceStatus::Stopped => (ItemState::Failed, "Stopped".to_owned()),
        ServiceStatus::Other(word) => (ItemState::Warning, word.clone()),
    };
    let mut item = Item::new(format!("{id}/{name}"), state, name);
    let up = own.up.map(|up| uptime(up.as_secs()));
    item.figure = match (&own.reason, &up) {
        (Some(reason), _) if state != ItemState::Ok => reason.clone(),
        (_, Some(up)) if state == ItemState::Ok => up.clone(),
        _ => word.clone(),
    };
    let reason = own.reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
    let up = up.map_or_else(String::new, |up| format!(", up {up}"));
    item.words = format!("{}: {word}{reason}{up}", own.name);
    item.detail = vec![item.words.clone()];
    item.detail.extend(own.since.as_ref().map(|since| format!("started at {since}, by the node's own clock")));
    if state == ItemState::Ok {
        item.detail.push("Started says that its process runs; not that it answers.".to_owned());
    }
    item.entries = vec![asked.said()];
    item.ops = http::ops(asked);
    item.place = Some(crate::journal::http_key(&asked.ask));
    item
}

/// `3 d 4 h`, `2 h 5 min`, `42 s`
fn uptime(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

fn sockets(frame: &Frame<'_>, asked: &Exchange, of_host: Option<&HostSeen<'_>>, id: &str) -> Item {
    let id = format!("{id}/sockets");
    let mut item = http::item(frame.walk, id, asked);
    item.name = "sockets".to_owned();
    let samples: Vec<Sample> = of_host.map(HostSeen::sockets).unwrap_or_default();
    let rate = of_host.and_then(|seen| seen.rate);
    let Some(last) = samples.last() else {
        if rate.is_none() && item.state == ItemState::Ok {
            (item.state, item.figure) = (ItemState::Absent, "no such counter".to_owned());
            item.words = "PerfMon lists no counter of connected sockets for XCP Connection Manager".to_owned();
        }
        return item;
    };
    item.name = format!("sockets {}", last.value);
    item.figure = sparkline(&samples, BARS);
    item.words =
        format!("XCP Connection Manager holds {}", count(usize::try_from(last.value).unwrap_or(0), "socket"));
    item.entries = samples.iter().map(|sample| sample.n).collect();
    if rate.is_some() {
        item.state = ItemState::Warning;
        item.words.push_str("; PerfMon was asked too often and is asked no more");
    } else {
        item.state = ItemState::Ok;
    }
    let mut lines = vec![item.words.clone()];
    lines.extend(chart(&samples, &logins(frame, &item)));
    lines.append(&mut item.detail);
    item.detail = lines;
    item
}

/// The logins with a credential on the item's node: when they began, and whether `<auth>` became silent.
fn logins(frame: &Frame<'_>, item: &Item) -> Vec<(Offset, bool)> {
    let node = item.id.0.strip_suffix("/sockets").unwrap_or_default();
    let made = frame.walk.logins().iter().filter(|login| login.takes_credential());
    let here = made.filter(|login| {
        let known = frame.nodes.iter().find(|seen| seen.port == login.ask.port && seen.is_called(&login.ask.host));
        known.is_some_and(|seen| super::nodes::id(&seen.host, seen.port) == node)
    });
    here.map(|login| (login.began, login.auth_silent.is_some())).collect()
}
