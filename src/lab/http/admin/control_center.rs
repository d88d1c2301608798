//! Control Center (protocol.md 7.1): the state of the host's services, and the restart of one.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::fmt::strtime;
use tokio::time::Instant;

use super::super::super::component::Absence;
use super::super::super::literal::fill;
use super::super::super::machine::{self, Running, State};
use super::super::super::scanner::Element;
use super::super::desk::Desk;
use super::super::page::Page;
use super::{fault, literal, soap};

/// Answers a request whose credential is good.
pub(super) fn answer(desk: &Desk, envelope: &Element, now: Instant) -> Page {
    if let Some(asked) = envelope.inner("soapGetServiceStatus") {
        let names: Vec<String> = asked.all_inner("ServiceStatus").iter().map(named).collect();
        let names = names.iter().map(String::as_str).filter(|name| !name.is_empty());
        return told(desk, literal::STATUS, &names.collect::<Vec<_>>(), now);
    }
    if let Some(command) = envelope.inner("soapDoControlServices") {
        let is_restart = command.inner("ControlType").is_some_and(|kind| kind.content() == "Restart");
        let services = command.inner("ServiceList").map(|list| list.all_inner("item")).unwrap_or_default();
        let names: Vec<String> = services.iter().map(Element::content).collect();
        // Nothing here is started or stopped for good.
        for component in names.iter().filter(|_| is_restart).filter_map(|name| machine::component(name)) {
            desk.site.components.restarts.ordered(component, now);
        }
        return told(desk, literal::CONTROLLED, &names.iter().map(String::as_str).collect::<Vec<_>>(), now);
    }
    fault(literal::NOT_UNDERSTOOD, &[])
}

/// The name in a `ServiceStatus`; some clients nest it (7.1, S).
fn named(asked: &Element) -> String {
    asked.inner("ServiceName").map_or_else(|| asked.content(), |name| name.content())
}

/// The services of these names; all where there are none.
fn told(desk: &Desk, (begin, end): (&str, &str), names: &[&str], now: Instant) -> Page {
    let services = desk.site.machine.services(now);
    let items: String = if names.is_empty() {
        services.iter().map(item).collect()
    } else {
        let one = |name: &&str| {
            let known = services.iter().find(|service| service.name == *name);
            known.map_or_else(|| stopped(name, literal::NO_SUCH_SERVICE), item)
        };
        names.iter().map(one).collect()
    };
    soap(&format!("{begin}{items}{end}"))
}

fn item(service: &Running) -> String {
    match service.state {
        State::Started(up) => {
            let (since, seconds) = (since(up), up.as_secs().to_string());
            fill(literal::STARTED, &[("name", service.name), ("since", &since), ("up", &seconds)])
        }
        State::Stopped(Absence::Stopped) => stopped(service.name, literal::OUT_OF_SERVICE),
        State::Stopped(Absence::NotActivated) => stopped(service.name, literal::NOT_ACTIVATED),
    }
}

fn stopped(name: &str, (code, reason): (&str, &str)) -> String {
    fill(literal::STOPPED, &[("name", name), ("code", code), ("reason", reason)])
}

/// The date at which something began that has gone on for so long.
#[expect(
    clippy::disallowed_methods,
    reason = "a service tells the date of its start, and the lab is no pure module"
)]
fn since(up: Duration) -> String {
    let began = SystemTime::now().checked_sub(up).unwrap_or(SystemTime::UNIX_EPOCH);
    let began = Timestamp::try_from(began).unwrap_or(Timestamp::UNIX_EPOCH);
    strtime::format(literal::TIME, &began.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default()
}
