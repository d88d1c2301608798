//! PerfMon (protocol.md 7.2): which counters the host has, and what they say; and that it is not asked too often.

use tokio::time::Instant;

use super::super::super::literal::fill;
use super::super::super::scanner::Element;
use super::super::desk::Desk;
use super::super::page::Page;
use super::{fault, literal, soap};

/// Answers a request whose credential is good.
pub(super) fn answer(desk: &Desk, envelope: &Element, now: Instant) -> Page {
    let machine = &desk.site.machine;
    if !machine.takes_perfmon(now) {
        return fault(literal::TOO_OFTEN, &[("rate", &machine.rate().to_string())]);
    }
    let asked = ["perfmonListCounter", "perfmonCollectCounterData"].iter().find_map(|name| envelope.inner(name));
    let Some(asked) = asked else { return fault(literal::NOT_UNDERSTOOD, &[]) };
    let said = |name| asked.inner(name).map(|element| element.content()).unwrap_or_default();
    let host = said("Host");
    if !is_called(&desk.site.host, &host) {
        return fault(literal::NO_COUNTER, &[("what", &host)]);
    }
    let objects = machine.counters(now);
    if asked.inner("Object").is_none() {
        let (begin, end) = literal::COUNTER_LIST;
        let listed: String = objects.iter().map(|(object, counters)| listed(object, counters)).collect();
        return soap(&format!("{begin}{listed}{end}"));
    }
    let object = said("Object");
    let Some((object, counters)) = objects.iter().find(|(known, _)| *known == object) else {
        return fault(literal::NO_COUNTER, &[("what", &object)]);
    };
    let one = |(counter, value): &(&str, u64)| {
        let value = value.to_string();
        fill(literal::COUNTER, &[("host", &host), ("object", object), ("counter", counter), ("value", &value)])
    };
    let (begin, end) = literal::COUNTERS;
    soap(&format!("{begin}{}{end}", counters.iter().map(one).collect::<String>()))
}

/// A host is called by its whole name or by the first label of it.
fn is_called(host: &str, name: &str) -> bool {
    host.eq_ignore_ascii_case(name) || host.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case(name))
}

fn listed(object: &str, counters: &[(&str, u64)]) -> String {
    let (begin, end) = literal::OBJECT;
    let names: String =
        counters.iter().map(|(counter, _)| fill(literal::COUNTER_NAME, &[("counter", counter)])).collect();
    format!("{}{names}{end}", fill(begin, &[("object", object)]))
}
