//! Rules about DNS servers: one that gives no useful answer, and two that answer differently.

use std::net::SocketAddr;

use crate::discovery::Lookup;
use crate::journal::{DnsAnswer, EntryNo, How, ProxySays, RecordData, Transport};

use super::super::figures::{duration, foreign, list};
use super::found::Found;
use super::reach;
use super::records;
use super::site::Site;
use super::{Answer, Code, code};

/// The proxy's word that nobody listens there.
const SOCKS_REFUSED: &str = "SOCKS 5";

/// A server, and what it was asked, in the order of the asking.
pub(super) struct Server<'a> {
    pub(super) address: &'a str,
    pub(super) lookups: Vec<&'a Lookup>,
}

impl Server<'_> {
    /// What a rule says that has seen nothing of its kind: more may come while a question is open.
    pub(super) fn nothing(&self) -> Answer {
        let over = self.lookups.iter().all(|lookup| lookup.ended.is_some());
        if over { Answer::DoesNotHold } else { Answer::CannotTellYet }
    }
}

pub(super) fn servers<'a>(site: &Site<'a>) -> Vec<Server<'a>> {
    let mut servers: Vec<Server<'a>> = Vec::new();
    for lookup in site.walk.lookups() {
        match servers.iter_mut().find(|server| server.address == lookup.ask.server) {
            Some(server) => server.lookups.push(lookup),
            None => servers.push(Server { address: &lookup.ask.server, lookups: vec![lookup] }),
        }
    }
    servers
}

/// `10.1.1.53` of `10.1.1.53:53`; another port stays.
pub(super) fn server_name(address: &str) -> String {
    match address.parse::<SocketAddr>() {
        Ok(address) if address.port() == 53 => address.ip().to_string(),
        _ => address.to_owned(),
    }
}

/// `SRV _cisco-uds._tcp.example.com`
fn question(lookup: &Lookup) -> String {
    format!("{} {}", lookup.ask.kind.name(), lookup.ask.name)
}

/// Questions in a sentence: the first one, and how many more.
pub(super) fn questions(lookups: &[&Lookup]) -> String {
    let mut names: Vec<String> = Vec::new();
    for lookup in lookups {
        let name = question(lookup);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.len() {
        0..=2 => list(&names),
        more => format!("{} and {} more", names[0], more - 1),
    }
}

/// An answer that settles its question, if only by "there is none".
pub(super) fn is_useful(lookup: &Lookup) -> bool {
    lookup.answer().is_some_and(|answer| matches!(answer.rcode.as_str(), "NOERROR" | "NXDOMAIN"))
}

fn ended_as(lookup: &Lookup, how: How, codes: &[&str]) -> bool {
    let code = |lookup: &Lookup| lookup.ended.as_ref().and_then(|end| end.outcome.code.clone());
    lookup.ended.as_ref().is_some_and(|end| end.outcome.how == how)
        && (codes.is_empty() || code(lookup).is_some_and(|code| codes.contains(&code.as_str())))
}

/// No answer in time.
pub(super) fn timeout(site: &Site<'_>) -> Vec<Answer> {
    faults(site, code::dns::TIMEOUT, |lookup| {
        ended_as(lookup, How::TimedOut, &[]) && proxy_says(lookup) != Some(ProxySays::Trouble)
    })
}

/// The server's host says that nobody listens there.
pub(super) fn port_closed(site: &Site<'_>) -> Vec<Answer> {
    faults(site, code::dns::PORT_CLOSED, |lookup| {
        let word = lookup.ended.as_ref().and_then(|end| end.outcome.code.as_deref());
        word == Some("ECONNREFUSED") || word == Some(SOCKS_REFUSED)
    })
}

/// The way to the server says that it cannot be reached.
pub(super) fn unreachable(site: &Site<'_>) -> Vec<Answer> {
    faults(site, code::dns::UNREACHABLE, |lookup| {
        let word = lookup.ended.as_ref().and_then(|end| end.outcome.code.as_deref());
        let by_proxy = proxy_says(lookup);
        let lost = ended_as(lookup, How::Lost, &[]) && word != Some("ECONNREFUSED") && !is_cut(lookup);
        by_proxy != Some(ProxySays::Trouble) && (lost || by_proxy == Some(ProxySays::No))
    })
}

/// The proxy's word, where it decided.
fn proxy_says(lookup: &Lookup) -> Option<ProxySays> {
    lookup.ended.as_ref()?.outcome.proxy_says()
}

/// Whether the server was reached, and the connection ended before a whole answer had come.
fn is_cut(lookup: &Lookup) -> bool {
    ended_as(lookup, How::Lost, &["closed", "ECONNRESET", "EPIPE"])
}

/// The server could not find out.
pub(super) fn servfail(site: &Site<'_>) -> Vec<Answer> {
    faults(site, code::dns::SERVFAIL, |lookup| ended_as(lookup, How::Refused, &["SERVFAIL"]))
}

/// Any other error of the server's.
pub(super) fn refused(site: &Site<'_>) -> Vec<Answer> {
    faults(site, code::dns::REFUSED, |lookup| {
        ended_as(lookup, How::Refused, &[])
            && !ended_as(lookup, How::Refused, &["SERVFAIL", "ECONNREFUSED"])
            && proxy_says(lookup).is_none()
    })
}

/// What came could not be read.
pub(super) fn unreadable(site: &Site<'_>) -> Vec<Answer> {
    faults(site, code::dns::UNREADABLE, |lookup| {
        (ended_as(lookup, How::Broken, &[]) && proxy_says(lookup).is_none()) || is_cut(lookup)
    })
}

/// What was wrong with the messages that came instead of an answer: of those that could not be read the reader's own
/// words, else how the question ended.
fn what_came(lookup: &Lookup) -> String {
    let unread = lookup.ignored.iter().find_map(|(_, why)| why.strip_prefix("unreadable: "));
    let ended =
        || lookup.ended.as_ref().and_then(|end| end.outcome.text.as_deref().or(end.outcome.code.as_deref()));
    unread.or_else(ended).unwrap_or("it is none").to_owned()
}

/// One finding for each server with such a fault.
fn faults(site: &Site<'_>, code: Code, wanted: fn(&Lookup) -> bool) -> Vec<Answer> {
    let answer = |server: Server<'_>| {
        let faulty: Vec<&Lookup> = server.lookups.iter().copied().filter(|lookup| wanted(lookup)).collect();
        if faulty.is_empty() {
            return server.nothing();
        }
        fault(site, code, &server, &faulty)
    };
    servers(site).into_iter().map(answer).collect()
}

fn fault(site: &Site<'_>, code: Code, server: &Server<'_>, faulty: &[&Lookup]) -> Answer {
    let took = faulty[0].ended.as_ref().map(|end| duration(end.at.since(faulty[0].began)));
    let mut words: Vec<String> = Vec::new();
    for lookup in faulty {
        let end = lookup.ended.as_ref();
        let word = end.and_then(|end| reach::word(&end.outcome)).unwrap_or_else(|| "no code".to_owned());
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Found::about(code, &server_name(server.address))
        .of(server.lookups[0].op)
        .foreign("server", &server_name(server.address))
        .foreign("domain", site.domain())
        .foreign("address", server.address)
        .foreign("code", &list(&words))
        .foreign("questions", &questions(faulty))
        .foreign("got", &what_came(faulty[0]))
        .arg("transport", transports(code, faulty))
        .arg("sent", times(faulty[0]))
        .arg("waited", took.unwrap_or_else(|| "an unknown time".to_owned()))
        .maybe("other_ok", stand_in(site, server, faulty))
        .maybe("via", by_way_of(site, server))
        .cite(faulty.iter().flat_map(|lookup| [Some(lookup.n), lookup.ended.as_ref().map(|end| end.n)]).flatten())
        .holds()
}

/// How questions left.
pub(super) fn transport(lookups: &[&Lookup]) -> &'static str {
    let sent = |wanted: Transport| lookups.iter().any(|lookup| lookup.sent.iter().any(|(_, way)| *way == wanted));
    // By way of a proxy nothing goes over UDP: where nothing was sent at all, the connect failed.
    let tried =
        || lookups.iter().any(|lookup| lookup.unreachable.iter().any(|(_, way, _)| *way == Transport::Tcp));
    match (sent(Transport::Udp), sent(Transport::Tcp)) {
        (true, true) => "UDP and TCP",
        (false, true) => "TCP",
        (false, false) if tried() => "TCP",
        _ => "UDP",
    }
}

/// The proxy by way of which a server is asked.
fn by_way_of(site: &Site<'_>, server: &Server<'_>) -> Option<String> {
    let named = site.walk.goal()?.dns.iter().find(|known| known.address == server.address)?;
    named.via.then(|| site.via().map(|via| foreign(&via.to_string())))?
}

/// The same of a fault: which way was refused, and what came instead of an answer.
fn transports(code: Code, faulty: &[&Lookup]) -> String {
    let refused = |lookup: &&Lookup| lookup.unreachable.iter().any(|(_, way, _)| *way == Transport::Tcp);
    let strays = faulty.iter().find_map(|lookup| lookup.ignored.first()).map(|(_, why)| foreign(why));
    match strays.filter(|_| code == code::dns::TIMEOUT) {
        Some(why) => format!("{}, and what came was no answer to it ({why})", transport(faulty)),
        None if code == code::dns::PORT_CLOSED && transport(faulty) != "TCP" && faulty.iter().all(refused) => {
            "TCP, after an answer over UDP that was truncated".to_owned()
        }
        None => transport(faulty).to_owned(),
    }
}

/// How often a question left: `once`, `twice`, `3 times`.
pub(super) fn times(lookup: &Lookup) -> String {
    match lookup.sent.len() {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

/// What makes a server's fault milder: another server answered one of these questions, or a route stands all the
/// same.
fn stand_in(site: &Site<'_>, server: &Server<'_>, faulty: &[&Lookup]) -> Option<String> {
    let same = |other: &Lookup| faulty.iter().any(|lookup| is_same(lookup, other));
    let other = site
        .walk
        .lookups()
        .iter()
        .find(|other| other.ask.server != server.address && is_useful(other) && same(other));
    match other {
        Some(other) => Some(format!("{} answered", server_name(&other.ask.server))),
        None => records::standing(site).map(|route| format!("{} stands", route.name())),
    }
}

fn is_same(one: &Lookup, other: &Lookup) -> bool {
    one.ask.name == other.ask.name && one.ask.kind == other.ask.kind
}

/// Useful answers of two servers to one question, of which the records differ. Each other server is compared with
/// the first one that is asked; only each one's first answer to a question counts.
pub(super) fn servers_differ(site: &Site<'_>) -> Vec<Answer> {
    let servers = servers(site);
    let Some((first, others)) = servers.split_first() else {
        return Vec::new();
    };
    others.iter().map(|other| differ(site, first, other)).collect()
}

fn differ(site: &Site<'_>, first: &Server<'_>, other: &Server<'_>) -> Answer {
    let mut seen: Vec<&Lookup> = Vec::new();
    let mut different: Vec<(&Lookup, &Lookup)> = Vec::new();
    for lookup in other.lookups.iter().copied().filter(|lookup| is_useful(lookup)) {
        if seen.iter().any(|known| is_same(known, lookup)) {
            continue;
        }
        seen.push(lookup);
        let here = first.lookups.iter().copied().find(|here| is_same(here, lookup) && is_useful(here));
        different.extend(here.filter(|here| records_of(here) != records_of(lookup)).map(|here| (here, lookup)));
    }
    let Some((here, there)) = different.first() else {
        let over = first.lookups.iter().chain(&other.lookups).all(|lookup| lookup.ended.is_some());
        return if over { Answer::DoesNotHold } else { Answer::CannotTellYet };
    };
    let asked: Vec<&Lookup> = different.iter().map(|(_, there)| *there).collect();
    let (one, two) = (server_name(first.address), server_name(other.address));
    Found::about(code::dns::SERVERS_DIFFER, &two)
        .of(other.lookups[0].op)
        .foreign("server", &two)
        .foreign("other_server", &one)
        .foreign("domain", site.domain())
        .foreign("questions", &questions(&asked))
        .foreign("said_here", &said(here))
        .foreign("said_there", &said(there))
        .cite(different.iter().flat_map(|(here, there)| [here, there]).filter_map(|lookup| answer_entry(lookup)))
        .holds()
}

pub(super) fn answer_entry(lookup: &Lookup) -> Option<EntryNo> {
    lookup.answered().map(|(n, ..)| *n)
}

/// What the answer's records say, in an order of their own: that in which a server lists them means nothing.
fn records_of(lookup: &Lookup) -> Vec<String> {
    let mut records: Vec<String> = lookup.answer().map(lines).unwrap_or_default();
    records.sort_unstable();
    records
}

fn lines(answer: &DnsAnswer) -> Vec<String> {
    let line = |data: &RecordData| match data {
        RecordData::Srv(srv) => {
            format!("{} {} {}:{}", srv.priority, srv.weight, srv.target.to_ascii_lowercase(), srv.port)
        }
        RecordData::Address(address) => address.clone(),
        RecordData::Alias(name) => format!("alias of {}", name.to_ascii_lowercase()),
        RecordData::Other(kind, text) => format!("{kind} {text}"),
    };
    answer.records.iter().map(|record| line(&record.data)).collect()
}

/// An answer in half a line.
fn said(lookup: &Lookup) -> String {
    let records = records_of(lookup);
    match (lookup.answer(), records.is_empty()) {
        (Some(answer), true) if answer.rcode == "NOERROR" => "no such record".to_owned(),
        (Some(answer), true) => answer.rcode.clone(),
        _ => list(&records),
    }
}
