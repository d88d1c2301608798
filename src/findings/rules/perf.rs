//! Rules about counters, as PerfMon has them (protocol.md 6.6, 7.2): the sockets of Cisco XCP Connection Manager.

use std::time::Duration;

use crate::discovery::{Exchange, Reading};
use crate::journal::{HttpWhat, Offset};
use crate::progress::{Silence, SilenceKind};

use super::super::admin::{self, Sockets};
use super::super::figures::span;
use super::desk::{Desk, Service, desks, nothing};
use super::scene::Scene;
use super::site::Site;
use super::{Answer, code};

/// So quickly sockets must fall to be told of.
const QUICKLY: Duration = Duration::from_secs(600);

/// The sockets of a node do not move while a login on it is silent. A silence of bytes that never arrived is not its.
pub(super) fn sockets_flat(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    let counted = admin::sockets(scene.walk, &login.ask.host);
    let silences = login.silences.iter().filter(|silence| silence.kind != SilenceKind::Unacked);
    let until = |silence: &Silence| {
        let over = silence.answered.map(|(_, at)| at).or(login.ended.as_ref().map(|end| end.at));
        over.unwrap_or(Offset(u64::MAX))
    };
    let hit =
        silences.filter_map(|silence| Some((silence, admin::flat(&counted, silence.since, until(silence))?)));
    let Some((silence, flat)) = hit.max_by_key(|(_, flat)| flat.lasted()) else {
        return scene.not_yet();
    };
    scene
        .found(code::perf::SOCKETS_FLAT)
        .stage(silence.stage)
        .arg("sockets", flat.count())
        .arg("lasted", span(flat.lasted()))
        .arg("awaited", silence.awaited.words())
        .cite([flat.from.n, flat.to.n, silence.n])
        .holds()
}

/// The sockets of a node have fallen by a fifth, and by ten at least. Milder where they have come back.
pub(super) fn sockets_falling(site: &Site<'_>) -> Vec<Answer> {
    let answer = |desk: &Desk<'_>| {
        let counted = admin::sockets(site.walk, desk.host);
        let Some((from, to)) = fall(&counted) else {
            return undecided(desk);
        };
        let back = counted.iter().any(|later| later.at > to.at && later.value * 10 >= from.value * 9);
        let newest = counted.last().map_or(to.value, |sockets| sockets.value);
        desk.found(code::perf::SOCKETS_FALLING)
            .arg("sockets", from.value.to_string())
            .arg("fallen_to", to.value.to_string())
            .arg("lasted", span(to.at.since(from.at)))
            .arg("now", newest.to_string())
            .maybe("superseded", back.then(|| "they have come back".to_owned()))
            .cite([from.n, to.n])
            .holds()
    };
    desks(site, Service::PerfMon).iter().map(answer).collect()
}

/// The deepest fall within a short time.
fn fall(counted: &[Sockets]) -> Option<(Sockets, Sockets)> {
    let pairs = counted.iter().enumerate().flat_map(|(at, from)| counted[at..].iter().map(move |to| (*from, *to)));
    let falls = pairs.filter(|(from, to)| {
        let by = from.value - to.value;
        to.at.since(from.at) <= QUICKLY && by >= 10 && by * 5 >= from.value
    });
    // Of equals the first, so that a longer recording tells of the same.
    falls.min_by_key(|(from, to)| (to.value - from.value, from.at, to.at))
}

fn undecided(desk: &Desk<'_>) -> Answer {
    let over = desk.exchanges.iter().all(|exchange| exchange.ended.is_some());
    if over { Answer::DoesNotHold } else { Answer::CannotTellYet }
}

fn is_rate(exchange: &Exchange) -> bool {
    matches!(&exchange.reading, Reading::Fault(fault) if fault.is_rate())
}

/// The node says that it is asked too often: it is asked no more.
pub(super) fn rate(site: &Site<'_>) -> Vec<Answer> {
    let answer = |desk: &Desk<'_>| {
        let wrong = |exchange: &Exchange| is_rate(exchange).then(|| nothing(exchange)).flatten();
        desk.faults(code::perf::RATE, wrong).map_or_else(|| undecided(desk), super::found::Found::holds)
    };
    desks(site, Service::PerfMon).iter().map(answer).collect()
}

/// The sockets cannot be told: PerfMon answers nothing that can be used, or has no such object.
pub(super) fn no_counters(site: &Site<'_>) -> Vec<Answer> {
    let has_object = |(object, _): &(String, Vec<String>)| object.to_ascii_lowercase().ends_with("xcp cm");
    let wrong = |exchange: &Exchange| match &exchange.reading {
        _ if is_rate(exchange) => None,
        Reading::CounterNames(objects) if !objects.iter().any(has_object) => {
            Some("a list without the object Cisco XCP CM".to_owned())
        }
        Reading::Counters(counters) if is_of_cm(exchange) && !counters.iter().any(admin::is_sockets) => {
            Some("no counter of connected sockets".to_owned())
        }
        _ => nothing(exchange),
    };
    let answer = |desk: &Desk<'_>| {
        desk.faults(code::perf::NO_COUNTERS, wrong).map_or_else(|| undecided(desk), super::found::Found::holds)
    };
    desks(site, Service::PerfMon).iter().map(answer).collect()
}

fn is_of_cm(exchange: &Exchange) -> bool {
    exchange.ask.what == HttpWhat::Counters && exchange.ask.about.to_ascii_lowercase().ends_with("xcp cm")
}
