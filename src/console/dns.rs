//! DNS in words: what was asked of whom, each message that passed, and what an answer holds. A record's text is the
//! server's; it is shown as it came.

use super::ink::{Ink, Line};
use super::row::{Kind, Mark};
use super::words::Said;
use crate::journal::{DnsAnswer, DnsAsk, DnsFact, DnsRecord, RecordData, Transport};

/// How often the question left, over each transport.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asked {
    udp: u32,
    tcp: u32,
}

impl Asked {
    /// Counts one more, and says which it is.
    pub(super) fn once_more(&mut self, transport: Transport) -> u32 {
        let count = match transport {
            Transport::Udp => &mut self.udp,
            Transport::Tcp => &mut self.tcp,
        };
        *count = count.saturating_add(1);
        *count
    }
}

/// `SRV _cisco-uds._tcp.example.test? asked 10.1.1.53:53`
pub(super) fn ask(ask: &DnsAsk) -> Said {
    said(Mark::Event, Ink::Plain, &format!("{}? asked {}", question(ask), ask.server))
}

/// `SRV _cisco-uds._tcp.example.test`
pub(super) fn question(ask: &DnsAsk) -> String {
    format!("{} {}", ask.kind.name(), ask.name)
}

/// What passed. `count`: how often the question has left over this transport, this time included.
pub(super) fn fact(ask: Option<&DnsAsk>, fact: &DnsFact, count: u32) -> Said {
    let of = ask.map_or_else(|| "a question".to_owned(), question);
    let server = ask.map_or("the server", |ask| ask.server.as_str());
    match fact {
        DnsFact::Sent { transport, bytes } => {
            let sent = if count > 1 { format!("re-sent (no. {count})") } else { "sent".to_owned() };
            let text = format!("{of} {sent} to {server} over {}, {}", transport.name(), size(*bytes));
            said(Mark::Out, Ink::Plain, &text)
        }
        DnsFact::Answered(answer) => (Mark::In, Kind::Dns, answered(ask, answer, &format!("{of} from {server}"))),
        DnsFact::Unreachable { transport, code } => {
            let text = format!("{of}: {} ({code}, {})", unreachable(*transport, code, server), transport.name());
            said(Mark::Bang, Ink::Bad, &text)
        }
        DnsFact::Ignored { transport, why, bytes } => {
            let text = format!("{of}: a message was left aside: {why} ({}, {})", transport.name(), size(*bytes));
            said(Mark::In, Ink::Warn, &text)
        }
    }
}

fn said(mark: Mark, ink: Ink, text: &str) -> Said {
    (mark, Kind::Dns, vec![Line::words(text, ink)])
}

fn unreachable(transport: Transport, code: &str, server: &str) -> String {
    match (code, transport) {
        ("ECONNREFUSED", Transport::Udp) => format!("{server} says by ICMP that nothing listens there"),
        ("ECONNREFUSED", Transport::Tcp) => format!("{server} refused the connection"),
        ("EHOSTUNREACH", _) => format!("no way to the host of {server}"),
        ("ENETUNREACH", _) => format!("no way to the network of {server}"),
        _ => format!("{server} cannot be reached"),
    }
}

fn answered(ask: Option<&DnsAsk>, answer: &DnsAnswer, whose: &str) -> Vec<Line> {
    let is_usual = matches!(answer.rcode.as_str(), "NOERROR" | "NXDOMAIN");
    let mut said = vec![(headline(answer, whose, is_usual), if is_usual { Ink::Plain } else { Ink::Bad })];
    said.extend(answer.records.iter().map(|record| (self::record(ask, record), Ink::Text)));
    if answer.left_out > 0 {
        said.push((format!("{} more records were left out", answer.left_out), Ink::Warn));
    }
    let negative = answer.negative_ttl.map(|ttl| format!("that there is none may be remembered for {ttl} s"));
    said.extend(negative.map(|text| (text, Ink::Muted)));
    Line::sentence(&said)
}

/// `SRV … from 10.1.1.53:53: NOERROR, AA, 187 bytes over UDP:`
fn headline(answer: &DnsAnswer, whose: &str, is_usual: bool) -> String {
    let is_empty = answer.records.is_empty() && answer.left_out == 0;
    let absent = match answer.rcode.as_str() {
        "NXDOMAIN" => " (no such name)",
        _ if is_empty && is_usual && !answer.truncated => " (no such record)",
        _ => "",
    };
    let source = if answer.authoritative { "AA" } else { "from a cache" };
    let (bytes, transport) = (size(answer.bytes), answer.transport.name());
    let truncated = if answer.truncated { ", truncated" } else { "" };
    let end = if is_empty { "" } else { ":" };
    format!("{whose}: {}{absent}, {source}, {bytes} over {transport}{truncated}{end}", answer.rcode)
}

/// `SRV 10 5 8443 cucm1.example.test, TTL 3600 s`; with its owner in front where that is not what was asked for.
fn record(ask: Option<&DnsAsk>, record: &DnsRecord) -> String {
    let owner = match ask {
        Some(ask) if ask.name.eq_ignore_ascii_case(&record.name) => String::new(),
        _ => format!("{} ", record.name),
    };
    let text = match &record.data {
        RecordData::Srv(srv) => format!("SRV {} {} {} {}", srv.priority, srv.weight, srv.port, srv.target),
        RecordData::Address(address) if address.contains(':') => format!("AAAA {address}"),
        RecordData::Address(address) => format!("A {address}"),
        RecordData::Alias(name) => format!("CNAME {name}"),
        RecordData::Other(kind, text) => format!("{kind} {text}"),
    };
    format!("{owner}{text}, TTL {} s", record.ttl)
}

fn size(bytes: u64) -> String {
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}
