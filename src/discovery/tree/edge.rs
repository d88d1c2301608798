//! What stands under `_collab-edge._tls`: each Expressway-E with what it says, what it hands on, and its XMPP front end.

use super::frame::Frame;
use super::{dns, http, uds};
use crate::discovery::item::{Item, ItemState};
use crate::discovery::reading::Reading;
use crate::discovery::route::{Route, RouteRecord, uds_of_user};
use crate::discovery::walk::LoginSeen;
use crate::journal::{How, HttpAsk, HttpWhat, host_port, node_key};

/// The item of a record's Expressway-E.
pub(super) fn item(frame: &Frame<'_>, record: &RouteRecord) -> Item {
    let (host, port) = (record.srv.target.as_str(), record.srv.port);
    let mut item = dns::target(frame.walk, Route::CollabEdge, record, &frame.labels);
    let id = item.id.0.clone();
    item.children.extend(uds::tomcat(frame, &id, host, port));
    for what in [HttpWhat::EdgeSso, HttpWhat::EdgeConfig] {
        let asked = frame.ask(format!("{id}/{}", what.words()), what, host, port);
        let left_out = || frame.left_out(format!("{id}/{}", what.words()), what);
        item.children.extend(asked.or_else(left_out).map(|item| told(frame, item, what, host, port)));
    }
    item.children.extend(handed_on(frame, &id, host, port));
    // What is amiss with its front ends is seen among the nodes.
    item.open = item.is_amiss() || frame.walk.is_outside();
    item.children.extend(front_ends(frame, &id, host));
    item
}

/// What `get_edge_sso` and `get_edge_config` say, where it is not as it should be.
fn told(frame: &Frame<'_>, mut item: Item, what: HttpWhat, host: &str, port: u16) -> Item {
    match frame.reading(what, host, port) {
        Some(Reading::SingleSignOn(read)) if read.enabled == Some(true) => {
            item.state = ItemState::Warning;
            item.name = "get_edge_sso: SSO is on".to_owned();
            item.rule = "users log in by SSO through the edge: not testable with a password".to_owned();
        }
        Some(Reading::EdgeConfig(read)) if uds_of_user(read).next().is_none() => {
            item.state = ItemState::Failed;
            item.figure = "no UDS".to_owned();
            item.words = format!("{host} names no UDS of {}: clients stop there", frame.goal.user_id);
        }
        _ => {}
    }
    item
}

/// What the edge handed on, or is to: each request once, under the name of the server inside.
fn handed_on(frame: &Frame<'_>, id: &str, host: &str, port: u16) -> Vec<Item> {
    let is_here = |ask: &&HttpAsk| !ask.inside.is_empty() && http::is_at(ask, host, port);
    let all = frame.walk.exchanges().iter().map(|seen| &seen.ask).chain(&frame.planned).filter(is_here);
    let mut asks: Vec<&HttpAsk> = Vec::new();
    for ask in all {
        if !asks.iter().any(|known| known.is_same(ask)) {
            asks.push(ask);
        }
    }
    asks.sort_by_key(|ask| ask.what);
    let item = |ask: &HttpAsk| {
        let (_, inside, _) = ask.server();
        let id = format!("{id}/inside/{}/{}", ask.what.words(), ask.inside);
        let mut item = match frame.walk.exchange_of(ask) {
            Some(seen) => http::item(frame.walk, id, seen),
            None => frame.waiting(http::planned(id, ask)),
        };
        item.name = format!("{} of {}", ask.what.words(), frame.labels.short(inside));
        item
    };
    asks.into_iter().map(item).collect()
}

/// Its XMPP front ends, as their newest logins have it; their own items stand among the nodes.
fn front_ends(frame: &Frame<'_>, id: &str, host: &str) -> Vec<Item> {
    let nodes = frame.nodes.iter().filter(|node| node.edge && node.is_called(host));
    let item = |login: Option<&LoginSeen>, host: &str, port: u16| {
        let (state, figure) = match login {
            None => (ItemState::Waiting, "not begun"),
            Some(login) if login.accepted.is_some() => (ItemState::Ok, "accepted"),
            Some(login) if login.refused.is_some() => (ItemState::Failed, "refused"),
            Some(login) if login.silent.is_some() => (ItemState::Failed, "silent"),
            Some(login) => match login.ended.as_ref().map(|ended| ended.outcome.how) {
                None => (ItemState::Running, "logging in"),
                Some(How::Ok) => (ItemState::Ok, "answers"),
                Some(How::Stopped) => (ItemState::Skipped, "stopped"),
                Some(_) => (ItemState::Failed, "failed"),
            },
        };
        let mut item = Item::new(
            format!("{id}/xmpp:{port}"),
            state,
            format!("XMPP {}", host_port(&frame.labels.short(host), port)),
        );
        item.figure = figure.to_owned();
        item.words = format!("the edge's own XMPP front end, {}: {figure}", host_port(host, port));
        item.place = Some(node_key(host, port));
        item.op = login.map(|login| login.op);
        item.ops = login.map(|login| login.op).into_iter().collect();
        item
    };
    let newest =
        |host: &str, port: u16| frame.walk.logins().iter().rev().find(|login| login.ask.is_on(host, port));
    nodes.map(|node| item(newest(&node.host, node.port), &node.host, node.port)).collect()
}
