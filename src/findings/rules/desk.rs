//! What a rule about the administrator's side looks at: one service of one host, with all that it was asked.

use crate::discovery::{Exchange, Reading};
use crate::journal::{How, HttpWhat};

use super::super::figures::{foreign, list};
use super::Code;
use super::found::Found;
use super::site::{Site, is_good};
use super::uds::{entries, is_broken, is_endless, is_silent, other_document, with_words};

/// Which service is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// AXL.
    Axl,
    /// Control Center.
    ControlCenter,
    /// PerfMon.
    PerfMon,
}

impl Service {
    fn takes(self, what: HttpWhat) -> bool {
        match self {
            Service::Axl => what.is_axl(),
            Service::ControlCenter => what == HttpWhat::Services,
            Service::PerfMon => matches!(what, HttpWhat::CounterNames | HttpWhat::Counters),
        }
    }
}

/// One service of one host, with all that it was asked, in the order in which that began.
pub(super) struct Desk<'a> {
    pub(super) site: &'a Site<'a>,
    pub(super) host: &'a str,
    pub(super) exchanges: Vec<&'a Exchange>,
}

/// The hosts whose service was asked, in the order in which they were asked first.
pub(super) fn desks<'a>(site: &'a Site<'a>, service: Service) -> Vec<Desk<'a>> {
    let mut desks: Vec<Desk<'a>> = Vec::new();
    for exchange in site.walk.exchanges().iter().filter(|exchange| service.takes(exchange.ask.what)) {
        let (_, host, port) = exchange.ask.origin();
        let known = desks
            .iter_mut()
            .find(|desk| desk.exchanges[0].ask.origin().2 == port && desk.host.eq_ignore_ascii_case(host));
        match known {
            Some(desk) => desk.exchanges.push(exchange),
            None => desks.push(Desk { site, host, exchanges: vec![exchange] }),
        }
    }
    desks
}

impl<'a> Desk<'a> {
    /// A finding about this service of this host. It belongs to the first request, so that it is the same one however
    /// much is known.
    pub(super) fn found(&self, code: Code) -> Found {
        let first = self.exchanges[0];
        let admin = self.site.walk.goal().and_then(|goal| goal.admin.as_deref());
        Found::about(code, self.host)
            .of(first.op)
            .arg("port", first.ask.origin().2.to_string())
            .foreign("admin", admin.unwrap_or("the administrator"))
            .foreign("user", self.site.user_id())
    }

    /// The finding that exchanges went wrong in this way, if any did. A later answer that tells what it was for makes
    /// it a thing of the past.
    pub(super) fn faults(&self, code: Code, wrong: impl Fn(&Exchange) -> Option<String>) -> Option<Found> {
        let faulty: Vec<&Exchange> =
            self.exchanges.iter().copied().filter(|exchange| wrong(exchange).is_some()).collect();
        let said = wrong(faulty.first()?)?;
        let last = faulty.last()?;
        let later = self.exchanges.iter().any(|other| other.began > last.began && tells(other));
        let mut whats: Vec<String> = Vec::new();
        for exchange in &faulty {
            let words = exchange.ask.what.words().to_owned();
            if !whats.contains(&words) {
                whats.push(words);
            }
        }
        let found = self
            .found(code)
            .arg("got", said)
            .arg("what", list(&whats))
            .maybe("superseded", later.then(|| "a later request was answered".to_owned()))
            .cite(faulty.iter().flat_map(|exchange| entries(exchange)))
            .cite(faulty.iter().filter_map(|exchange| exchange.gate.as_ref().map(|gate| gate.n)));
        Some(found)
    }
}

/// Whether an exchange was answered with what it was for.
pub(super) fn tells(exchange: &Exchange) -> bool {
    is_good(exchange) && !matches!(exchange.reading, Reading::Fault(_) | Reading::AxlVersions(_))
}

/// Why an exchange told nothing, once it did not: by its status, its fault, its body, or its end.
pub(super) fn nothing(exchange: &Exchange) -> Option<String> {
    if tells(exchange) || matches!(exchange.reading, Reading::AxlVersions(_)) {
        return None;
    }
    if let Reading::Fault(fault) = &exchange.reading {
        let code = fault.code.as_ref().map(|code| format!("{}: ", foreign(code))).unwrap_or_default();
        return Some(format!("the fault \"{code}{}\"", foreign(&fault.words)));
    }
    // What an error is, its body says.
    if exchange.body.is_none() && exchange.ended.is_none() {
        return None;
    }
    if let Some(status) = exchange.status().filter(|status| *status != 200) {
        return Some(format!("status {}", with_words(status, exchange)));
    }
    if let Some(word) = is_broken(exchange).or_else(|| is_endless(exchange)) {
        return Some(word);
    }
    if let Some(gate) = &exchange.gate {
        return Some(format!("nothing: the credential was held back ({})", foreign(&gate.why)));
    }
    if is_silent(exchange).is_some() {
        return exchange.ended.is_some().then(|| "no answer in time".to_owned());
    }
    if let Some(word) = other_document(&exchange.reading) {
        return Some(word);
    }
    let end = exchange.ended.as_ref().filter(|end| !matches!(end.outcome.how, How::Stopped))?;
    Some(match &end.outcome.code {
        Some(code) => format!("no connection ({})", foreign(code)),
        None => "an answer that cannot be read".to_owned(),
    })
}
