//! Rules about services as Control Center has them (protocol.md 7.1). That a service is started says only that: it may be
//! silent all the same.

use std::time::Duration;

use crate::discovery::Reading;
use crate::journal::{Awaited, EntryNo, Offset};
use crate::progress::{Silence, SilenceKind};
use crate::protocol::serviceability::{Service as Listed, ServiceStatus};

use super::super::admin::{self, Told, plain};
use super::super::figures::{duration, foreign, list, span, uptime};
use super::desk::{Desk, Service, desks, nothing};
use super::found::Found;
use super::scene::Scene;
use super::site::{At, Kind, Site};
use super::uds::is_silent;
use super::{Answer, Code, code};

/// A service has run for a short time only, below this.
const LATELY: Duration = Duration::from_secs(600);

/// A service that logins need, or that what they need depends on (protocol.md 6.2, 6.4, 7.1).
struct Needed {
    /// As [`plain`] has it.
    name: &'static str,
    /// The argument of a finding about it.
    flag: &'static str,
    /// No login by its node, or by its CUCM, goes without it.
    vital: bool,
}

const fn vital(name: &'static str, flag: &'static str) -> Needed {
    Needed { name, flag, vital: true }
}

const fn beside(name: &'static str, flag: &'static str) -> Needed {
    Needed { name, flag, vital: false }
}

/// The gravest first.
const NEEDED: &[Needed] = &[
    vital("xcp router", "is_router"),
    vital(admin::XCP_CM, "is_cm"),
    vital("xcp authentication service", "is_auth"),
    vital("client profile agent", "is_epas"),
    vital("login datastore", "is_datastore"),
    vital("user data services", "is_uds"),
    beside("xcp config manager", "is_other"),
    beside("route datastore", "is_other"),
    beside("presence datastore", "is_other"),
    beside("presence engine", "is_other"),
    beside("server recovery manager", "is_other"),
    beside("tftp", "is_tftp"),
    beside("axl web service", "is_axl"),
];

fn needed(service: &Listed) -> Option<&'static Needed> {
    let name = plain(&service.name);
    NEEDED.iter().find(|needed| needed.name == name)
}

fn is_not_activated(service: &Listed) -> bool {
    service.reason.as_ref().is_some_and(|reason| reason.to_ascii_lowercase().contains("not activated"))
}

/// A service that logins need is stopped.
pub(super) fn stopped(site: &Site<'_>) -> Vec<Answer> {
    of_status(site, code::svc::STOPPED, |service| {
        let is_down = matches!(service.status, ServiceStatus::Stopped);
        is_down && !is_not_activated(service)
    })
}

/// A service that logins need is not activated.
pub(super) fn not_activated(site: &Site<'_>) -> Vec<Answer> {
    of_status(site, code::svc::NOT_ACTIVATED, |service| {
        service.status != ServiceStatus::Started && is_not_activated(service)
    })
}

/// A service is on its way up or down. How long that has been seen stands with it.
pub(super) fn starting(site: &Site<'_>) -> Vec<Answer> {
    of_status(site, code::svc::STARTING, |service| {
        matches!(service.status, ServiceStatus::Starting | ServiceStatus::Stopping)
    })
}

/// One finding for each node where services that logins need were told to be so.
fn of_status(site: &Site<'_>, code: Code, is_so: impl Fn(&Listed) -> bool) -> Vec<Answer> {
    let answer = |desk: &Desk<'_>| {
        let looks = admin::looks(site.walk, desk.host);
        let mut hit: Vec<(&'static Needed, Vec<Told<'_>>)> = Vec::new();
        for needed in NEEDED {
            let told = looks.iter().filter_map(|look| look.of(needed.name));
            let so: Vec<Told<'_>> = told.filter(|told| is_so(told.service)).collect();
            if !so.is_empty() {
                hit.push((needed, so));
            }
        }
        match hit.is_empty() {
            true => undecided(desk),
            false => found(site, desk, code, &hit).holds(),
        }
    };
    desks(site, Service::ControlCenter).iter().map(answer).collect()
}

fn undecided(desk: &Desk<'_>) -> Answer {
    let over = desk.exchanges.iter().all(|exchange| exchange.ended.is_some());
    if over { Answer::DoesNotHold } else { Answer::CannotTellYet }
}

fn found(site: &Site<'_>, desk: &Desk<'_>, code: Code, hit: &[(&'static Needed, Vec<Told<'_>>)]) -> Found {
    // The gravest that is so still; else the gravest that ever was.
    let newest = admin::looks(site.walk, desk.host).last().map(|look| look.n);
    let is_so_now = |(_, so): &&(&'static Needed, Vec<Told<'_>>)| so.last().map(|told| told.n) == newest;
    let now: Vec<_> = hit.iter().filter(is_so_now).collect();
    let shown: Vec<_> = if now.is_empty() { hit.iter().collect() } else { now.clone() };
    let words = |(_, so): &&(&'static Needed, Vec<Told<'_>>)| {
        so.last().map_or_else(String::new, |told| format!("{}: {}", foreign(&told.service.name), told.words()))
    };
    let all: Vec<String> = shown.iter().map(words).collect();
    let (first, last) = (shown[0].1.first(), shown[0].1.last());
    let lasted = first.zip(last).map(|(first, last)| last.at.since(first.at)).filter(|lasted| !lasted.is_zero());
    let mut found = desk
        .found(code)
        .foreign("service", last.map_or("", |told| told.service.name.as_str()))
        .arg("services", list(&all))
        .maybe("spared", spared(site, desk.host, &shown))
        .maybe("superseded", now.is_empty().then(|| "told otherwise since".to_owned()))
        .maybe("lasted", lasted.map(span))
        .cite(hit.iter().flat_map(|(_, so)| so.iter().map(|told| told.n)));
    for (needed, _) in &shown {
        found = found.arg(needed.flag, "it is among them");
    }
    found
}

/// Why the user's login does not need these services of this node, where that is so.
fn spared(site: &Site<'_>, host: &str, shown: &[&(&'static Needed, Vec<Told<'_>>)]) -> Option<String> {
    if shown.iter().all(|(needed, _)| !needed.vital) {
        return Some("no login needs it by itself".to_owned());
    }
    let nodes = site.walk.nodes();
    let home = nodes.iter().any(|node| node.home == Some(true));
    let here = nodes.iter().find(|node| node.is_called(host));
    if home && here.is_some_and(|node| node.home != Some(true)) {
        return Some("it is not the user's home node".to_owned());
    }
    let starts = |service: &Listed| {
        service.status == ServiceStatus::Started && plain(&service.name) == "user data services"
    };
    let of_cucm = shown.iter().all(|(needed, _)| needed.flag == "is_uds" || !needed.vital);
    let other = site.walk.exchanges().iter().find(|exchange| match &exchange.reading {
        Reading::Services(services) => {
            !exchange.ask.origin().1.eq_ignore_ascii_case(host) && services.iter().any(starts)
        }
        _ => false,
    });
    other.filter(|_| of_cucm).map(|other| format!("{} runs it", foreign(other.ask.origin().1)))
}

/// A service has run for a short time only.
pub(super) fn restarted_lately(site: &Site<'_>) -> Vec<Answer> {
    let answer = |desk: &Desk<'_>| {
        let looks = admin::looks(site.walk, desk.host);
        let lately = |service: &&Listed| {
            let is_up = service.status == ServiceStatus::Started && needed(service).is_some();
            is_up && service.up.is_some_and(|up| up < LATELY)
        };
        let Some(look) = looks.iter().find(|look| look.services.iter().any(|service| lately(&service))) else {
            return undecided(desk);
        };
        let words = |service: &Listed| {
            format!("{} (up {})", foreign(&service.name), service.up.map_or_else(String::new, uptime))
        };
        let all: Vec<String> = look.services.iter().filter(lately).map(words).collect();
        desk.found(code::svc::RESTARTED_LATELY).arg("services", list(&all)).cite([look.n]).holds()
    };
    desks(site, Service::ControlCenter).iter().map(answer).collect()
}

/// What runs on a node cannot be told.
pub(super) fn unknown(site: &Site<'_>) -> Vec<Answer> {
    let answer = |desk: &Desk<'_>| match desk.faults(code::svc::UNKNOWN, nothing) {
        Some(found) => found.holds(),
        None => undecided(desk),
    };
    desks(site, Service::ControlCenter).iter().map(answer).collect()
}

/// The services that a silence at this place could be theirs, as [`plain`] has them.
fn behind(awaited: Awaited) -> &'static [&'static str] {
    match awaited {
        Awaited::AuthAnswer | Awaited::BindResult | Awaited::SessionResult => {
            &[admin::XCP_CM, "xcp authentication service", "xcp router"]
        }
        _ => &[admin::XCP_CM],
    }
}

/// A login is silent on a node whose services are started all the same. A silence of bytes that never arrived is none of
/// theirs.
pub(super) fn started_but_silent(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    let counts = |silence: &&Silence| silence.kind != SilenceKind::Unacked && silence.awaited != Awaited::Connect;
    let silences = login.silences.iter().filter(counts);
    let hit = silences.filter_map(|silence| {
        let up = up_at(scene.walk, &login.ask.host, behind(silence.awaited), silence.since)?;
        Some((silence, up))
    });
    // One that has no answer says more.
    let Some((silence, up)) = hit.min_by_key(|(silence, _)| silence.answered.is_some()) else {
        return scene.not_yet();
    };
    let late = silence.answered.map(|(_, at)| duration(at.since(silence.since)));
    with_services(scene.found(code::svc::STARTED_BUT_SILENT).stage(silence.stage), &up)
        .arg("awaited", silence.awaited.words())
        .arg("waited", duration(login.known_wait(silence)))
        .maybe("answered_late", late)
        .cite([silence.n])
        .holds()
}

/// The same of UDS, and of EPASSoap.
pub(super) fn started_but_silent_at(at: &At<'_>) -> Answer {
    let service = match at.place.kind {
        Kind::Cucm => "user data services",
        Kind::Imp => "client profile agent",
        Kind::Tftp | Kind::Edge => return Answer::DoesNotHold,
    };
    let silent = at.place.exchanges.iter().filter(|exchange| is_silent(exchange).is_some());
    let hit = silent.filter_map(|exchange| {
        let (_, sent, _) = exchange.sent?;
        Some((exchange, sent, up_at(at.site.walk, at.place.host, &[service], sent)?))
    });
    let Some((exchange, sent, up)) = hit.min_by_key(|(exchange, ..)| exchange.body.is_some()) else {
        return at.not_yet();
    };
    let answered = exchange.body.map(|(_, at, ..)| at);
    let until = answered.or(exchange.ended.as_ref().map(|end| end.at));
    let marked = exchange.quiet.last().map_or(at.site.marks_ms().1, |_| at.site.marks_ms().1);
    let waited = until.map_or(Duration::from_millis(marked), |until| until.since(sent));
    with_services(at.found(code::svc::STARTED_BUT_SILENT), &up)
        .arg("awaited", format!("the answer to {}", exchange.ask.what.words()))
        .arg("waited", duration(waited))
        .maybe("answered_late", answered.map(|at| duration(at.since(sent))))
        .cite(exchange.quiet.iter().map(|(n, ..)| *n))
        .cite([exchange.n])
        .holds()
}

fn with_services(found: Found, up: &[(String, String, EntryNo)]) -> Found {
    let names: Vec<String> = up.iter().map(|(name, ..)| name.clone()).collect();
    let all: Vec<String> = up.iter().map(|(name, words, _)| format!("{name}: {words}")).collect();
    let (service, uptime) = up.first().map(|(name, words, _)| (name.clone(), words.clone())).unwrap_or_default();
    let are = if names.len() == 1 { "is" } else { "are" };
    found
        .arg("service", service)
        .arg("services", list(&all))
        .arg("names", format!("{} {are}", list(&names)))
        .arg("uptime", uptime)
        .cite(up.iter().map(|(.., n)| *n))
}

/// Those of these services that had been started at a moment, the first one at least: each with its state in words.
fn up_at(
    walk: &crate::discovery::Walk,
    host: &str,
    names: &[&str],
    moment: Offset,
) -> Option<Vec<(String, String, EntryNo)>> {
    let told = |name: &&str| {
        let told = admin::told(walk, host, name).into_iter().find(|told| told.was_up_at(moment))?;
        Some((foreign(&told.service.name), told.words(), told.n))
    };
    let (first, rest) = names.split_first()?;
    let first = told(first)?;
    Some(std::iter::once(first).chain(rest.iter().filter_map(told)).collect())
}
