//! An entry of every kind, with all that the standards and the journal know of it.

use crate::journal::{
    Ask, Author, Awaited, BodyEnd, CertFact, ClosedBy, DnsAnswer, DnsAsk, DnsFact, DnsRecord, Event, Fact, How,
    HttpAsk, HttpFact, HttpHead, HttpWhat, KernelFact, KernelReason, KernelView, LoginAsk, Loss, NetFact, Offset,
    Outcome, Parts, Payload, Purpose, QuietMark, Read, Received, RecordData, RecordKind, Remark, Sent, Span, Srv,
    Stage, TlsFact, TlsMode, Transport, UserAct, Verdict, WaitFact, WaitMark, XmppFact,
};

pub(super) const SASL: [&str; 11] = [
    "aborted",
    "account-disabled",
    "credentials-expired",
    "encryption-required",
    "incorrect-encoding",
    "invalid-authzid",
    "invalid-mechanism",
    "malformed-request",
    "mechanism-too-weak",
    "not-authorized",
    "temporary-auth-failure",
];
pub(super) const STREAM: [&str; 25] = [
    "bad-format",
    "bad-namespace-prefix",
    "conflict",
    "connection-timeout",
    "host-gone",
    "host-unknown",
    "improper-addressing",
    "internal-server-error",
    "invalid-from",
    "invalid-namespace",
    "invalid-xml",
    "not-authorized",
    "not-well-formed",
    "policy-violation",
    "remote-connection-failed",
    "reset",
    "resource-constraint",
    "restricted-xml",
    "see-other-host",
    "system-shutdown",
    "undefined-condition",
    "unsupported-encoding",
    "unsupported-feature",
    "unsupported-stanza-type",
    "unsupported-version",
];
pub(super) const STANZA: [&str; 22] = [
    "bad-request",
    "conflict",
    "feature-not-implemented",
    "forbidden",
    "gone",
    "internal-server-error",
    "item-not-found",
    "jid-malformed",
    "not-acceptable",
    "not-allowed",
    "not-authorized",
    "policy-violation",
    "recipient-unavailable",
    "redirect",
    "registration-required",
    "remote-server-not-found",
    "remote-server-timeout",
    "resource-constraint",
    "service-unavailable",
    "subscription-required",
    "undefined-condition",
    "unexpected-request",
];
pub(super) const MASKED: [&str; 17] = [
    "PLAIN",
    "token",
    "SCRAM proof",
    "SCRAM signature",
    "SASL",
    "password",
    "digest",
    "message body",
    "text",
    "secret",
    "Basic",
    "credentials",
    "cookie",
    "session key",
    "one-time password",
    "LDAP DN",
    "of a later version",
];

pub(super) fn text(text: &str) -> Payload {
    Payload::cut(text.as_bytes(), &[])
}

pub(super) fn xmpp(fact: XmppFact) -> Event {
    Event::Saw(Fact::Xmpp(Box::new(fact)))
}

pub(super) fn sent(what: &str, xml: &str, mechanism: Option<&str>) -> Event {
    xmpp(XmppFact::Sent(Sent {
        what: what.to_owned(),
        payload: text(xml),
        wire: Span { from: 0, to: 9 },
        secure: true,
        by: Author::Typed,
        credential: false,
        mechanism: mechanism.map(str::to_owned),
        parts: Parts::default(),
    }))
}

pub(super) fn came(xml: &str, read: Read) -> Event {
    let span = Span { from: 0, to: xml.len() as u64 };
    let (payload, parts) = (text(xml), Parts::default());
    xmpp(XmppFact::Received(Received { payload, span, wire: 9, secure: true, read, parts }))
}

pub(super) fn words(text: &str) -> String {
    text.to_owned()
}

fn all_sent() -> Vec<Event> {
    let mut events = vec![
        sent("stream header", "<stream:stream>", None),
        sent("starttls", "<starttls/>", None),
        sent("response", "<response/>", None),
        sent("abort", "<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", None),
        sent("bind", "<iq type='set' id='b'><bind/></iq>", None),
        sent("session", "<iq type='set' id='s'><session/></iq>", None),
        sent("iq", "<iq type='get'><query xmlns='jabber:iq:roster'/></iq>", None),
        sent("iq", "<iq type=\"get\"><ping xmlns='urn:xmpp:ping'/></iq>", None),
        sent("iq", "<iq type='get'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", None),
        sent("presence", "<presence/>", None),
        sent("presence", "<presence type='unavailable'/>", None),
        sent("message", "<message to='a'/>", None),
        sent("text", " ", None),
        sent("stream close", "</stream:stream>", None),
        sent("text", "hello", None),
        xmpp(XmppFact::Unsent { what: words("auth"), written: 1, total: 2 }),
    ];
    let mechanisms = ["PLAIN", "SCRAM-SHA-1", "CISCO-VTG-TOKEN", "EXTERNAL", "X-IMPSCOPE-NONE"];
    events.extend(mechanisms.map(|name| sent("auth", "<auth/>", Some(name))));
    events.extend(["get", "set", "result", "error"].map(|kind| sent("iq", &format!("<iq type='{kind}'/>"), None)));
    events.extend(
        ["enable", "resume", "r", "a"].map(|name| sent(name, &format!("<{name} xmlns='urn:xmpp:sm:3'/>"), None)),
    );
    events
}

fn features(starttls: Option<bool>, mechanisms: &[&str], bind: bool) -> Read {
    let mechanisms = mechanisms.iter().map(|name| words(name)).collect();
    Read::Features { starttls, mechanisms, hostnames: Vec::new(), bind, session: None }
}

fn all_received() -> Vec<Event> {
    let iq = |kind: &str, error: Option<&str>| Read::Iq { kind: words(kind), id: None, error: error.map(words) };
    let mut events = vec![
        came("", Read::Declaration),
        came("", Read::StreamOpen { id: None, from: None, version: None }),
        came("", features(Some(true), &[], false)),
        came("", features(None, &["PLAIN"], false)),
        came("", features(None, &[], true)),
        came("", features(None, &[], false)),
        came("", Read::Proceed),
        came("", Read::StarttlsFailure),
        came("", Read::Challenge),
        came("", Read::Success),
        came("", Read::Bound { jid: words("a@b/c") }),
        came("<iq type='result'/>", iq("result", None)),
        came("<iq type='get'/>", iq("get", None)),
        came("<iq type='set'/>", iq("set", None)),
        came("<iq type='result'><query xmlns='jabber:iq:roster'/></iq>", iq("result", None)),
        came("<iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>", iq("get", None)),
        came("<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", iq("result", None)),
        came("<message/>", Read::Message),
        came("</stream:stream>", Read::StreamClose),
        came(" ", Read::Whitespace),
        came("<odd/>", Read::Element { name: words("odd"), ns: None }),
        came("<!-- -->", Read::Refused { what: words("comment"), at: 3 }),
        xmpp(XmppFact::Partial { payload: text("<a"), bytes: 2 }),
    ];
    let other = |known: &[&'static str]| known.iter().copied().chain(["odd"]).collect::<Vec<_>>();
    events.extend(
        other(&SASL).iter().map(|word| came("", Read::SaslFailure { condition: words(word), text: None })),
    );
    events.extend(
        other(&STREAM)
            .iter()
            .map(|word| came("", Read::StreamError { condition: words(word), text: None, other_host: None })),
    );
    events.extend(other(&STANZA).iter().map(|word| came("<iq/>", iq("error", Some(word)))));
    let types = ["unavailable", "subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe", "error", "odd"];
    events.extend(types.map(|kind| came(&format!("<presence type='{kind}'/>"), Read::Presence)));
    events.push(came("<presence from='a'/>", Read::Presence));
    events.extend(["enabled", "resumed", "failed", "odd"].map(|name| came(&format!("<{name}/>"), Read::Sm)));
    events.extend(all_remarks().into_iter().map(|remark| xmpp(XmppFact::Remark(remark))));
    events
}

fn all_remarks() -> Vec<Remark> {
    vec![
        Remark::BytesBehindProceed { bytes: 1 },
        Remark::OffScript { came: words("a"), awaited: words("b") },
        Remark::LimitMet { limit: words("depth"), value: 64 },
        Remark::ServerNotProven,
        Remark::SaslBroken { what: words("a challenge") },
        Remark::OtherId { came: words("x") },
        Remark::NoMechanism { offered: Vec::new() },
        Remark::NoStarttls,
        Remark::Gate { why: words("untrusted"), fingerprint: None },
    ]
}

const WHATS: [HttpWhat; 22] = [
    HttpWhat::Version,
    HttpWhat::ClusterUser,
    HttpWhat::Servers,
    HttpWhat::SingleSignOn,
    HttpWhat::User,
    HttpWhat::ServiceProfile,
    HttpWhat::JabberConfig,
    HttpWhat::EpasLogin,
    HttpWhat::EpasConfig,
    HttpWhat::EpasToken,
    HttpWhat::EdgeSso,
    HttpWhat::EdgeConfig,
    HttpWhat::AxlVersion,
    HttpWhat::AxlUser,
    HttpWhat::AxlServiceProfile,
    HttpWhat::AxlUcService,
    HttpWhat::AxlNodes,
    HttpWhat::AxlAssignment,
    HttpWhat::AxlGroups,
    HttpWhat::Services,
    HttpWhat::CounterNames,
    HttpWhat::Counters,
];

pub(super) fn http(what: HttpWhat) -> Ask {
    Ask::Http(HttpAsk::new(what, words("https://cucm1.example.test:8443/"), Vec::new()))
}

fn all_http() -> Vec<(Event, Option<Ask>)> {
    let saw = |fact| Event::Saw(Fact::Http(Box::new(fact)));
    let head = |status| {
        let (realm, location, content_type) = (None, None, None);
        saw(HttpFact::Head(HttpHead { status, realm, location, content_type, payload: text("HTTP/1.1") }))
    };
    let body = |xml: &str, end| saw(HttpFact::Body { payload: text(xml), bytes: 1, end });
    let ask = || Some(http(HttpWhat::User));
    let mut events: Vec<(Event, Option<Ask>)> = WHATS
        .into_iter()
        .flat_map(|what| {
            let sent = HttpFact::Sent { head: text("GET"), body: text(""), credential: false };
            [
                (Event::Began(http(what)), None),
                (saw(sent), Some(http(what))),
                (body("<a/>", BodyEnd::Complete), Some(http(what))),
            ]
        })
        .collect();
    events.extend([200, 302, 401, 403, 404, 503, 500, 418].map(|status| (head(status), ask())));
    events.push((body("<s:Envelope><s:Body><s:Fault/><s:Fault></s:Fault>", BodyEnd::Complete), ask()));
    events.extend([BodyEnd::Bound, BodyEnd::Broken, BodyEnd::TimedOut].map(|end| (body("", end), ask())));
    let quiet = |mark| saw(HttpFact::Quiet { mark, since: Offset(0) });
    events.extend([QuietMark::Slow, QuietMark::Silent].map(|mark| (quiet(mark), ask())));
    let gate = HttpFact::Gate {
        why: words("untrusted"),
        fingerprint: None,
        failed: Vec::new(),
        would_send: String::new(),
    };
    events.push((saw(gate), ask()));
    events
}

fn dns(kind: RecordKind) -> Ask {
    Ask::Dns(DnsAsk { name: words("a"), kind, server: words("10.1.1.53:53") })
}

fn all_dns() -> Vec<Event> {
    let saw = |fact| Event::Saw(Fact::Dns(fact));
    let answer = |rcode: &str, truncated, data: Vec<RecordData>| {
        let records = data.into_iter().map(|data| DnsRecord { name: words("a"), ttl: 1, data }).collect();
        saw(DnsFact::Answered(DnsAnswer {
            transport: Transport::Udp,
            rcode: words(rcode),
            truncated,
            authoritative: true,
            records,
            left_out: 0,
            negative_ttl: None,
            bytes: 9,
        }))
    };
    let srv = |target: &str| RecordData::Srv(Srv { priority: 1, weight: 1, port: 8443, target: words(target) });
    let mut events: Vec<Event> =
        [RecordKind::Srv, RecordKind::A, RecordKind::Aaaa].map(|kind| Event::Began(dns(kind))).into();
    events.extend([
        saw(DnsFact::Sent { transport: Transport::Udp, bytes: 9 }),
        answer("NOERROR", false, vec![srv("cucm1.example.test")]),
        answer("NOERROR", false, vec![srv(".")]),
        answer("NOERROR", false, vec![RecordData::Address(words("10.1.1.1"))]),
        answer("NOERROR", true, Vec::new()),
        saw(DnsFact::Unreachable { transport: Transport::Udp, code: words("ECONNREFUSED") }),
        saw(DnsFact::Ignored { transport: Transport::Udp, why: words("another id"), bytes: 9 }),
    ]);
    let empty = ["NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "NOTIMP"];
    events.extend(empty.map(|rcode| answer(rcode, false, Vec::new())));
    events
}

fn all_below() -> Vec<Event> {
    let net = |fact| Event::Saw(Fact::Net(fact));
    let tls = |fact| Event::Saw(Fact::Tls(fact));
    let resolved = |addresses| net(NetFact::Resolved { addresses, source: words("given") });
    let verified = |key_proven| {
        let chain = Verdict { ok: true, code: String::new() };
        tls(TlsFact::Verified { chain, names: Vec::new(), key_proven })
    };
    let unchecked = tls(TlsFact::KeyUnchecked { why: words("its key, RSA 1024, is shorter than 2048 bits") });
    let by = [ClosedBy::PeerFin, ClosedBy::PeerReset, ClosedBy::Link, ClosedBy::Tls, ClosedBy::Us];
    let mut events = vec![
        unchecked,
        Event::Began(Ask::Resolve { host: words("imp1") }),
        Event::Began(connect()),
        Event::Began(handshake()),
        Event::Began(Ask::LegacyHello),
        resolved(vec![words("10.1.1.1")]),
        resolved(Vec::new()),
        net(NetFact::Connected { local: words("a"), remote: words("b"), via: None }),
        net(NetFact::Connected { local: words("a"), remote: words("b"), via: Some(via()) }),
        tls(TlsFact::Chain { certs: Vec::<CertFact>::new() }),
        verified(true),
        verified(false),
        tls(TlsFact::Agreed { version: words("TLSv1.3"), suite: words("x"), group: None }),
        tls(TlsFact::Legacy { version: None, suite: None, alert: None }),
    ];
    events.extend(by.map(|by| net(NetFact::Closed { by, code: None })));
    events
}

fn via() -> crate::journal::Via {
    crate::journal::Via { host: words("127.0.0.1"), port: 1080, names: true }
}

fn connect() -> Ask {
    Ask::Connect { to: words("10.1.2.11:5222") }
}

fn handshake() -> Ask {
    Ask::Handshake { server_name: words("imp1"), mode: TlsMode::Starttls }
}

fn all_waits() -> Vec<Event> {
    let awaited = [
        Awaited::Connect,
        Awaited::StreamHeader,
        Awaited::Features,
        Awaited::Proceed,
        Awaited::Handshake,
        Awaited::AuthAnswer,
        Awaited::BindResult,
        Awaited::SessionResult,
        Awaited::Anything,
        Awaited::StreamClose,
        Awaited::Written,
    ];
    let wait = |awaited, mark| Event::Saw(Fact::Wait(WaitFact { awaited, since: Offset(0), mark, reply: None }));
    let mut events: Vec<Event> = awaited.map(|awaited| wait(awaited, WaitMark::Silent)).into();
    events.push(wait(Awaited::Proceed, WaitMark::Slow));
    let views = [Ok(KernelView::default()), Err(words("no TCP_INFO here"))];
    events.extend(views.map(|view| Event::Saw(Fact::Kernel(KernelFact { reason: KernelReason::Slow, view }))));
    events
}

fn all_acts() -> Vec<Event> {
    let (host, fingerprint) = (words("imp1"), words("sha256:aa"));
    let acts = [
        UserAct::Accepted { host: host.clone(), port: None, fingerprint: fingerprint.clone() },
        UserAct::AcceptedAnywhere { fingerprint },
        UserAct::AllowedCleartextAnywhere,
        UserAct::AskedAgain { what: words("x") },
        UserAct::Insecure,
        UserAct::AllowedCleartext { host: host.clone() },
        UserAct::Skipped { what: words("x") },
        UserAct::Stopped,
        UserAct::MoreAttempts,
        UserAct::AllNodes,
        UserAct::Outside,
        UserAct::Control { host, port: 5222 },
        UserAct::ControlAnywhere,
        UserAct::HaStatus { nodes: Vec::new() },
        UserAct::Watch { host: words("imp1"), service: words("x") },
    ];
    acts.map(|act| Event::Saw(Fact::User(act))).into()
}

pub(super) fn login(purpose: Purpose, until: Stage) -> Ask {
    Ask::Login(LoginAsk { purpose, until, ..LoginAsk::of_alice("imp1.example.test") })
}

fn all_ends() -> Vec<(Event, Option<Ask>)> {
    let whole = || login(Purpose::Login, Stage::Session);
    let ends = [
        (How::Ok, Some(whole())),
        (How::Ok, Some(login(Purpose::UnknownUser, Stage::Auth))),
        (How::Ok, Some(login(Purpose::Watch, Stage::StreamTls))),
        (How::Ok, Some(login(Purpose::Login, Stage::StreamTls))),
        (How::Refused, Some(whole())),
        (How::Lost, Some(Ask::Resolve { host: words("imp1") })),
        (How::TimedOut, Some(dns(RecordKind::Srv))),
        (How::Failed, Some(dns(RecordKind::Srv))),
        (How::Ok, Some(http(HttpWhat::User))),
        (How::Refused, Some(http(HttpWhat::User))),
        (How::Refused, Some(connect())),
        (How::Broken, Some(handshake())),
        (How::Lost, Some(Ask::LegacyHello)),
        (How::Stopped, None),
    ];
    let mut events: Vec<_> =
        ends.map(|(how, ask)| (Event::Ended(Outcome { how, code: None, text: None }), ask)).into();
    events.push((Event::Began(whole()), None));
    events.push((Event::Began(login(Purpose::UnknownUser, Stage::Auth)), None));
    events.push((Event::Began(login(Purpose::Watch, Stage::StreamTls)), None));
    events.push((Event::Lost(Loss { count: 1, why: words("flood") }), None));
    events.push((Event::Unknown(serde_json::json!({ "foretold": 1 })), None));
    events
}

/// One entry of every kind that has a row.
pub(super) fn all() -> Vec<(Event, Option<Ask>)> {
    let alone = [all_sent(), all_received(), all_dns(), all_below(), all_waits(), all_acts()].concat();
    let mut events: Vec<_> = alone.into_iter().map(|event| (event, None)).collect();
    events.extend(all_http());
    events.extend(all_ends());
    events
}
