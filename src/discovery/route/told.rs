//! What one DNS server said to one question, in the few ways that matter to a route.

use super::host::plain;
use crate::discovery::walk::{Ending, Lookup, Walk};
use crate::journal::{DnsAnswer, DnsAsk, DnsRecord, How, ProxySays, RecordData, RecordKind};

/// So many names of an alias chain are followed.
const CHAIN: usize = 16;

/// What a server said.
#[derive(Debug)]
pub(super) enum Told {
    /// Nothing yet.
    Open,
    /// There are records of the kind.
    Records,
    /// There are none: `NXDOMAIN` or `NODATA`.
    None(&'static str),
    /// It did not say: why.
    Failed(String),
}

impl Told {
    /// Whether the server answered the question.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self, Told::Records | Told::None(_))
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self, Told::Open)
    }
}

/// A question to one server: the newest lookup, and the one that counts, which is the newest that was answered or
/// given up. While a question is asked again, what it was told before still stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'w> {
    pub(super) newest: &'w Lookup,
    pub(super) counts: &'w Lookup,
}

impl Walk {
    /// This question to each of the run's servers that was asked it, in the servers' order; none for one that was
    /// not.
    pub(super) fn asked(&self, name: &str, kind: RecordKind) -> Vec<Option<Asked<'_>>> {
        let servers = self.goal().map(|goal| goal.dns.as_slice()).unwrap_or_default();
        let asked = servers.iter().map(|server| {
            let is_it = |ask: &DnsAsk| ask.kind == kind && ask.server == server.address;
            let mut lookups = self.lookups_of(name).rev().filter(|lookup| is_it(&lookup.ask));
            let newest = lookups.next()?;
            let is_settled = |lookup: &&Lookup| !told(lookup).is_open();
            let counts = Some(newest).filter(is_settled).or_else(|| lookups.find(is_settled));
            Some(Asked { newest, counts: counts.unwrap_or(newest) })
        });
        asked.collect()
    }
}

/// What a lookup's server said.
pub(super) fn told(lookup: &Lookup) -> Told {
    match lookup.answer() {
        Some(answer) if answer.rcode == "NOERROR" => {
            let has_some = records(answer, &lookup.ask.name).any(|record| is_of(record, lookup.ask.kind));
            if has_some { Told::Records } else { Told::None("NODATA") }
        }
        Some(answer) if answer.rcode == "NXDOMAIN" => Told::None("NXDOMAIN"),
        _ => lookup.ended.as_ref().map_or(Told::Open, |ended| Told::Failed(word(ended))),
    }
}

/// Why a lookup failed, in a word.
fn word(ended: &Ending) -> String {
    let code = ended.outcome.code.as_deref();
    let word = match (ended.outcome.how, code) {
        (_, Some(code)) if ended.outcome.proxy_says() == Some(ProxySays::Trouble) => code,
        (How::TimedOut, _) => "timeout",
        (How::Refused, Some("ECONNREFUSED" | "SOCKS 5")) => "port closed",
        (How::Refused | How::Lost, Some(code)) => code,
        (How::Refused, None) => "refused",
        (How::Lost, None) => "unreachable",
        (How::Broken, _) => "unreadable answer",
        (How::Stopped, _) => "stopped",
        (How::Failed, _) => "not asked: failed here",
        (How::Ok, _) => "no answer",
    };
    word.to_owned()
}

fn is_of(record: &DnsRecord, kind: RecordKind) -> bool {
    match kind {
        RecordKind::Srv => matches!(record.data, RecordData::Srv(_)),
        RecordKind::A | RecordKind::Aaaa => matches!(record.data, RecordData::Address(_)),
    }
}

/// The names that lead from `name` on by alias, itself first, in lower case. A ring of aliases ends where it closes.
pub(super) fn chain(answer: &DnsAnswer, name: &str) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    while names.len() < CHAIN {
        let last = names.last().map_or("", String::as_str);
        let next = answer.records.iter().find_map(|record| match &record.data {
            RecordData::Alias(to) if record.name == last => Some(plain(to)),
            _ => None,
        });
        match next {
            Some(next) if !names.contains(&next) => names.push(next),
            _ => break,
        }
    }
    names
}

/// The records of an answer that belong to the name that was asked, or to one that it is an alias of.
pub fn records<'a>(answer: &'a DnsAnswer, name: &str) -> impl Iterator<Item = &'a DnsRecord> + use<'a> {
    let owners = chain(answer, name);
    answer.records.iter().filter(move |record| owners.contains(&record.name))
}
