//! What the entries of the walk are: questions to DNS, requests over HTTP, connections, TLS.

use super::super::http;
use super::topic::Topic;
use crate::journal::{
    Ask, BodyEnd, ClosedBy, DnsAnswer, DnsFact, HttpFact, HttpWhat, NetFact, Payload, QuietMark, RecordData,
    TlsFact,
};

pub(super) fn what(what: HttpWhat) -> &'static str {
    match what {
        HttpWhat::Version => "version",
        HttpWhat::ClusterUser => "cluster_user",
        HttpWhat::Servers => "servers",
        HttpWhat::SingleSignOn => "single_sign_on",
        HttpWhat::User => "user",
        HttpWhat::ServiceProfile => "service_profile",
        HttpWhat::JabberConfig => "jabber_config",
        HttpWhat::EpasLogin => "epas_login",
        HttpWhat::EpasConfig => "epas_config",
        HttpWhat::EpasToken => "epas_token",
        HttpWhat::EdgeSso => "edge_sso",
        HttpWhat::EdgeConfig => "edge_config",
        HttpWhat::AxlVersion => "axl_version",
        HttpWhat::AxlUser => "axl_user",
        HttpWhat::AxlServiceProfile => "axl_service_profile",
        HttpWhat::AxlUcService => "axl_uc_service",
        HttpWhat::AxlNodes => "axl_nodes",
        HttpWhat::AxlAssignment => "axl_assignment",
        HttpWhat::AxlGroups => "axl_groups",
        HttpWhat::Services => "services",
        HttpWhat::CounterNames => "counter_names",
        HttpWhat::Counters => "counters",
    }
}

pub(super) fn net(fact: &NetFact) -> Topic {
    Topic::named(match fact {
        NetFact::Resolved { addresses, .. } if addresses.is_empty() => "net.no_address",
        NetFact::Resolved { .. } => "net.resolved",
        NetFact::Connected { via: Some(_), .. } => "net.connected.via",
        NetFact::Connected { via: None, .. } => "net.connected",
        NetFact::Closed { by: ClosedBy::PeerFin, .. } => "net.closed.fin",
        NetFact::Closed { by: ClosedBy::PeerReset, .. } => "net.closed.reset",
        NetFact::Closed { by: ClosedBy::Link, .. } => "net.closed.link",
        NetFact::Closed { by: ClosedBy::Tls, .. } => "net.closed.tls",
        NetFact::Closed { by: ClosedBy::Us, .. } => "net.closed.us",
    })
}

pub(super) fn tls(fact: &TlsFact) -> Topic {
    Topic::named(match fact {
        TlsFact::Chain { .. } => "tls.chain",
        TlsFact::Verified { key_proven: false, .. } => "tls.key_not_proven",
        TlsFact::KeyUnchecked { .. } => "tls.key_unchecked",
        TlsFact::Verified { .. } => "tls.verified",
        TlsFact::Agreed { .. } => "tls.agreed",
        TlsFact::Legacy { .. } => "tls.legacy",
    })
}

pub(super) fn dns(fact: &DnsFact) -> Topic {
    match fact {
        DnsFact::Sent { .. } => Topic::named("dns.sent"),
        DnsFact::Answered(answer) => answered(answer),
        DnsFact::Unreachable { .. } => Topic::named("dns.unreachable"),
        DnsFact::Ignored { .. } => Topic::named("dns.ignored"),
    }
}

fn answered(answer: &DnsAnswer) -> Topic {
    let srv = answer.records.iter().filter_map(|record| match &record.data {
        RecordData::Srv(srv) => Some(srv),
        _ => None,
    });
    let mut srv = srv.peekable();
    Topic::named(match answer.rcode.as_str() {
        _ if answer.truncated => "dns.answer.truncated",
        "NXDOMAIN" => "dns.answer.nxdomain",
        "SERVFAIL" => "dns.answer.servfail",
        "REFUSED" => "dns.answer.refused",
        "NOERROR" if answer.records.is_empty() && answer.left_out == 0 => "dns.answer.nodata",
        "NOERROR" if srv.peek().is_none() => "dns.answer.addresses",
        "NOERROR" if srv.all(|srv| srv.target == ".") => "dns.answer.root",
        "NOERROR" => "dns.answer.srv",
        other => return Topic::named("dns.answer.other").with("rcode", other),
    })
}

pub(super) fn http(fact: &HttpFact, ask: Option<&Ask>) -> Topic {
    let asked = match ask {
        Some(Ask::Http(ask)) => what(ask.what),
        _ => "version",
    };
    match fact {
        HttpFact::Sent { .. } => Topic::named(&format!("http.{asked}")),
        HttpFact::Head(head) => {
            let id = match head.status {
                200..=299 => "http.head.ok",
                300..=399 => "http.head.redirect",
                401 => "http.head.unauthorized",
                403 => "http.head.forbidden",
                404 => "http.head.not_found",
                503 => "http.head.unavailable",
                500.. => "http.head.server_error",
                _ => "http.head.other",
            };
            Topic::named(id).with("status", &head.status.to_string())
        }
        HttpFact::Body { payload, end, .. } => body(asked, payload, *end),
        HttpFact::Quiet { mark: QuietMark::Slow, .. } => Topic::named("http.slow"),
        HttpFact::Quiet { mark: QuietMark::Silent, .. } => Topic::named("http.silent"),
        HttpFact::Gate { why, .. } => Topic::named("http.gate").with("why", http::why_held(why)),
    }
}

fn body(asked: &str, payload: &Payload, end: BodyEnd) -> Topic {
    let cut = |end| Topic::named("http.body.cut").with("end", end);
    match end {
        BodyEnd::Bound => cut("the bound on what is read was met"),
        BodyEnd::Broken => cut("the connection broke"),
        BodyEnd::TimedOut => cut("no more of it came in time"),
        BodyEnd::Complete if is_fault(payload) => Topic::named("http.answer.fault"),
        BodyEnd::Complete => Topic::named(&format!("http.answer.{asked}")),
    }
}

/// A fault stands near the beginning of its envelope.
fn is_fault(payload: &Payload) -> bool {
    let bytes = payload.bytes();
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
    head.contains(":Fault>") || head.contains(":Fault ") || head.contains("<Fault>") || head.contains("<Fault ")
}
