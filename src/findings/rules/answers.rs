//! Rules about DNS servers that answer: late, or at second hand.

use std::net::SocketAddr;
use std::time::Duration;

use crate::discovery::Lookup;

use super::super::figures::duration;
use super::dns::{Server, answer_entry, is_useful, questions, server_name, servers, times, transport};
use super::found::Found;
use super::site::Site;
use super::targets::is_short;
use super::{Answer, code};

/// Useful answers that took longer than the run's mark for slow ones: one finding for each server.
pub(super) fn slow(site: &Site<'_>) -> Vec<Answer> {
    let mark_us = site.marks_ms().0.saturating_mul(1000);
    let took = |lookup: &Lookup| lookup.took_us().filter(|_| is_useful(lookup)).unwrap_or_default();
    let answer = |server: Server<'_>| {
        let late: Vec<&Lookup> = server.lookups.iter().copied().filter(|lookup| took(lookup) >= mark_us).collect();
        let Some(latest) = late.iter().max_by_key(|lookup| took(lookup)) else {
            return server.nothing();
        };
        let name = server_name(server.address);
        Found::about(code::dns::SLOW, &name)
            .of(server.lookups[0].op)
            .foreign("server", &name)
            .foreign("domain", site.domain())
            .foreign("questions", &questions(&late))
            .arg("answer_time", duration(Duration::from_micros(took(latest))))
            .arg("sent", times(latest))
            .arg("transport", transport(&late))
            .cite(late.iter().flat_map(|lookup| [Some(lookup.n), answer_entry(lookup)]).flatten())
            .holds()
    };
    servers(site).into_iter().map(answer).collect()
}

/// A server on this very host that is no authority for what it says: it remembers what others said, or asks them.
pub(super) fn local_cache(site: &Site<'_>) -> Vec<Answer> {
    let Some(goal) = site.walk.goal() else {
        return Vec::new();
    };
    let here = |server: &Server<'_>| {
        server.address.parse::<SocketAddr>().is_ok_and(|address| address.ip().to_canonical().is_loopback())
    };
    // A short name is in nobody's zone.
    let second_hand = |lookup: &&&Lookup| {
        let own = lookup.answer().is_none_or(|answer| answer.authoritative);
        !own && is_useful(lookup) && !is_short(&lookup.ask.name)
    };
    let answer = |server: Server<'_>| {
        let Some(lookup) = server.lookups.iter().find(second_hand) else {
            return server.nothing();
        };
        let name = server_name(server.address);
        let named = goal.dns.iter().find(|named| named.address == server.address);
        Found::about(code::dns::LOCAL_CACHE, &name)
            .of(server.lookups[0].op)
            .foreign("server", &name)
            .foreign("source", named.map_or("asked by hand", |named| &named.source))
            .cite(answer_entry(lookup))
            .holds()
    };
    servers(site).into_iter().filter(here).map(answer).collect()
}
