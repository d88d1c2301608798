//! Journals for tests, told step by step. One good login can be told in one call, and bent at any place.

use crate::journal::{
    Ask, Author, Awaited, AwaitedReply, CertFact, Entry, EntryNo, Event, Fact, How, Journal, KernelFact,
    KernelReason, KernelView, LoginAsk, NameRole, NameVerdict, NetFact, Note, Offset, OpId, Outcome, Parts,
    Payload, Purpose, Read, Received, Remark, RunAsk, Sent, Span, Stage, StageFact, StageMark, TlsFact, TlsMode,
    Verdict, Via, WaitFact, WaitMark, Wall, XmppFact,
};

use super::Progress;

/// 2026-01-15T02:14:00Z: when every story begins.
pub(crate) const START: Wall = Wall(1_768_443_240_000);
const DAY: i64 = 86_400;

/// A journal in the making.
#[derive(Clone)]
pub(crate) struct Story {
    journal: Journal,
    clock_us: u64,
    login: OpId,
    host: String,
    ops: u32,
    wire_out: u64,
    wire_in: u64,
    wait: Option<(Awaited, Offset)>,
    reply: Option<AwaitedReply>,
    pub(crate) secure: bool,
    /// The proxy of its run: every connection leads by way of it.
    via: Option<Via>,
}

pub(crate) fn cert() -> CertFact {
    CertFact {
        fingerprint: "sha256:aa".into(),
        subject: "CN=imp1.example.com".into(),
        issuer: "CN=Example CA".into(),
        not_before: START.0 / 1000 - 30 * DAY,
        not_after: START.0 / 1000 + 300 * DAY,
        names: vec!["DNS:example.com".into()],
        key: "RSA 2048".into(),
        signature: "SHA256 with RSA".into(),
    }
}

pub(crate) fn good(ok: bool, code: &str) -> Verdict {
    Verdict { ok, code: code.into() }
}

pub(crate) fn names(domain: bool, node: bool) -> Vec<NameVerdict> {
    vec![
        NameVerdict { name: "example.com".into(), role: NameRole::Domain, ok: domain },
        NameVerdict { name: "imp1.example.com".into(), role: NameRole::Node, ok: node },
    ]
}

pub(crate) fn outcome(how: How, code: &str) -> Outcome {
    Outcome::new(how, code, "")
}

/// Features as they come after a header: what is offered in each of the three streams.
pub(crate) fn features(starttls: Option<bool>, mechanisms: &[&str], bind: bool) -> Read {
    let mechanisms = mechanisms.iter().map(|name| (*name).to_owned()).collect();
    Read::Features { starttls, mechanisms, hostnames: Vec::new(), bind, session: bind.then_some(false) }
}

/// A masked payload, its first bytes being a secret of this length.
pub(crate) fn payload(text: &str, secret: usize) -> Payload {
    let cuts = if secret == 0 {
        serde_json::json!([])
    } else {
        serde_json::json!([{ "at": 0, "wire_len": secret, "kind": "PLAIN" }])
    };
    serde_json::from_value(serde_json::json!({ "text": text, "cuts": cuts })).unwrap()
}

impl Story {
    /// A run that has begun and done nothing.
    pub(crate) fn new() -> Self {
        let (domain, user) = ("example.com".into(), "alice".into());
        Self::with(RunAsk {
            domain,
            user,
            slow_ms: 2000,
            silent_ms: 10_000,
            lab: false,
            walk: None,
            environment: None,
        })
    }

    /// The same, and what it was asked for.
    pub(crate) fn with(run: RunAsk) -> Self {
        let mut story = Self {
            journal: Journal::default(),
            clock_us: 0,
            login: OpId(1),
            host: String::new(),
            ops: 1,
            wire_out: 0,
            wire_in: 0,
            wait: None,
            reply: None,
            secure: false,
            via: run.walk.as_ref().and_then(|walk| walk.via.clone()),
        };
        story.note(OpId(1), None, Event::Began(Ask::Run(run)));
        story
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        self.journal.entries()
    }

    pub(crate) fn progress(&self) -> Progress {
        Progress::of(self.entries())
    }

    pub(crate) fn now(&self) -> Offset {
        Offset(self.clock_us)
    }

    /// An entry of any operation.
    pub(crate) fn note(&mut self, op: OpId, parent: Option<OpId>, event: Event) -> EntryNo {
        let at = Offset(self.clock_us);
        let wall = Wall(START.0 + i64::try_from(self.clock_us / 1000).unwrap());
        self.journal.append(Note { op, parent, at, wall, event }).n
    }

    /// An operation begins below another one.
    pub(crate) fn child(&mut self, parent: OpId, ask: Ask) -> OpId {
        self.ops += 1;
        let op = OpId(self.ops);
        self.note(op, Some(parent), Event::Began(ask));
        op
    }

    /// Time passes.
    pub(crate) fn after(&mut self, ms: u64) -> &mut Self {
        self.clock_us += ms * 1000;
        self
    }

    /// A login begins on a node; what follows is told of it.
    pub(crate) fn login(&mut self, host: &str) -> &mut Self {
        self.login_at(host, None)
    }

    /// The same, on the user's home node or on another one.
    pub(crate) fn login_at(&mut self, host: &str, home: Option<bool>) -> &mut Self {
        self.begin(host, LoginAsk { home, ..LoginAsk::of_alice(host) })
    }

    /// The same on a host that this names.
    pub(crate) fn login_by(&mut self, host: &str, by: &str) -> &mut Self {
        self.begin_by(by, host, LoginAsk::of_alice(host))
    }

    /// A question of the control experiment begins on a node.
    pub(crate) fn begins(&mut self, host: &str, purpose: Purpose) -> &mut Self {
        let user = match purpose {
            Purpose::UnknownUser => "impscope-probe",
            Purpose::SecondUser => "bob",
            Purpose::Login | Purpose::Watch | Purpose::ImpossibleMechanism | Purpose::OtherWay => "alice",
        };
        let until = Stage::Auth;
        self.begin(host, LoginAsk { purpose, until, user: user.into(), ..LoginAsk::of_alice(host) })
    }

    /// The same, and it is offered mechanisms.
    pub(crate) fn question(&mut self, host: &str, purpose: Purpose) -> &mut Self {
        self.begins(host, purpose).mechanisms()
    }

    /// The same, and its `<auth>` is written and waited for.
    pub(crate) fn asked(&mut self, host: &str, purpose: Purpose) -> &mut Self {
        let (mechanism, secret) = match purpose {
            Purpose::ImpossibleMechanism => ("X-IMPSCOPE-NONE", 0),
            Purpose::OtherWay => ("CISCO-VTG-TOKEN", 24),
            Purpose::Login | Purpose::Watch | Purpose::UnknownUser | Purpose::SecondUser => ("PLAIN", 24),
        };
        self.question(host, purpose).auth_by(mechanism, secret)
    }

    /// This very login begins.
    pub(crate) fn begin(&mut self, host: &str, ask: LoginAsk) -> &mut Self {
        self.begin_by("--node", host, ask)
    }

    fn begin_by(&mut self, by: &str, host: &str, ask: LoginAsk) -> &mut Self {
        let ask = LoginAsk { domain: "example.com".into(), named_by: by.into(), ..ask };
        (self.host, self.wire_out, self.wire_in) = (host.into(), 0, 0);
        (self.wait, self.reply, self.secure) = (None, None, false);
        self.login = self.child(OpId(1), Ask::Login(ask));
        self
    }

    pub(crate) fn op(&self) -> OpId {
        self.login
    }

    /// Goes back to a login that was told of before.
    pub(crate) fn of(&mut self, op: OpId) -> &mut Self {
        self.login = op;
        self
    }

    pub(crate) fn saw(&mut self, fact: Fact) -> &mut Self {
        self.note(self.login, Some(OpId(1)), Event::Saw(fact));
        self
    }

    pub(crate) fn xmpp(&mut self, fact: XmppFact) -> &mut Self {
        self.saw(Fact::Xmpp(Box::new(fact)))
    }

    pub(crate) fn remark(&mut self, remark: Remark) -> &mut Self {
        self.xmpp(XmppFact::Remark(remark))
    }

    /// The login ends.
    pub(crate) fn ended(&mut self, how: How, code: &str) -> &mut Self {
        self.note(self.login, Some(OpId(1)), Event::Ended(outcome(how, code)));
        self
    }

    pub(crate) fn closed(&mut self, by: crate::journal::ClosedBy, code: Option<&str>) -> &mut Self {
        self.saw(Fact::Net(NetFact::Closed { by, code: code.map(str::to_owned) }))
    }

    pub(crate) fn stage(&mut self, stage: Stage, mark: StageMark) -> &mut Self {
        self.saw(Fact::Stage(StageFact { stage, mark }))
    }

    pub(crate) fn enter(&mut self, stage: Stage) -> &mut Self {
        self.stage(stage, StageMark::Entered)
    }

    pub(crate) fn pass(&mut self, stage: Stage) -> &mut Self {
        self.stage(stage, StageMark::Passed)
    }

    /// A lookup of the node's addresses, what it found, and its end.
    pub(crate) fn resolve(&mut self, host: &str, addresses: &[&str], ended: Outcome) -> &mut Self {
        let op = self.child(self.login, Ask::Resolve { host: host.into() });
        if !addresses.is_empty() {
            let addresses = addresses.iter().map(|address| (*address).to_owned()).collect();
            let resolved = NetFact::Resolved { addresses, source: "system resolver".into() };
            self.note(op, Some(self.login), Event::Saw(Fact::Net(resolved)));
        }
        self.note(op, Some(self.login), Event::Ended(ended));
        self
    }

    /// A connect that takes so long and ends so.
    pub(crate) fn connect(&mut self, to: &str, ms: u64, ended: Outcome) -> &mut Self {
        let ok = ended.how == How::Ok;
        let op = self.child(self.login, Ask::Connect { to: to.into() });
        self.after(ms);
        self.note(op, Some(self.login), Event::Ended(ended));
        if ok {
            let (local, remote) = ("10.9.9.5:51544".into(), to.into());
            let via = self.via.clone();
            self.saw(Fact::Net(NetFact::Connected { local, remote, via }));
        }
        self
    }

    /// A handshake that takes so long and ends so.
    pub(crate) fn handshake(&mut self, ms: u64, ended: Outcome) -> &mut Self {
        let ask = Ask::Handshake { server_name: "example.com".into(), mode: TlsMode::Starttls };
        let op = self.child(self.login, ask);
        self.after(ms);
        self.note(op, Some(self.login), Event::Ended(ended));
        self
    }

    pub(crate) fn sent(&mut self, what: &str, xml: &str, secret: usize, mechanism: Option<&str>) -> &mut Self {
        let payload = payload(xml, secret);
        let xml_bytes = payload.wire_len() as u64;
        let from = self.wire_out;
        self.wire_out += xml_bytes + if self.secure { 22 } else { 0 };
        let wire = Span { from, to: self.wire_out };
        self.reply = Some(AwaitedReply { what: what.into(), xml_bytes, wire, written: true });
        self.xmpp(XmppFact::Sent(Sent {
            what: what.into(),
            payload,
            wire,
            secure: self.secure,
            by: Author::Proposal,
            credential: secret > 0,
            mechanism: mechanism.map(str::to_owned),
            parts: Parts::default(),
        }))
    }

    pub(crate) fn received(&mut self, read: Read) -> &mut Self {
        self.wire_in += 100;
        let (wire, secure) = (self.wire_in, self.secure);
        let span = Span { from: 0, to: 50 };
        self.xmpp(XmppFact::Received(Received {
            payload: payload("<x/>", 0),
            span,
            wire,
            secure,
            read,
            parts: Parts::default(),
        }))
    }

    pub(crate) fn wait(&mut self, awaited: Awaited) -> &mut Self {
        self.wait = Some((awaited, self.now()));
        self.mark(WaitMark::Began)
    }

    pub(crate) fn mark(&mut self, mark: WaitMark) -> &mut Self {
        let (awaited, since) = self.wait.expect("a wait was begun");
        let reply = self.reply.clone();
        self.saw(Fact::Wait(WaitFact { awaited, since, mark, reply }))
    }

    /// The wait becomes slow at 2 s and silent at 10 s after its beginning; the kernel is asked both times.
    pub(crate) fn falls_silent(&mut self, view: impl Fn(&Story) -> Result<KernelView, String>) -> &mut Self {
        let seen = view(self);
        self.after(2000).mark(WaitMark::Slow).kernel(KernelReason::Slow, seen.clone());
        self.after(8000).mark(WaitMark::Silent).kernel(KernelReason::Silent, seen)
    }

    pub(crate) fn kernel(&mut self, reason: KernelReason, view: Result<KernelView, String>) -> &mut Self {
        self.saw(Fact::Kernel(KernelFact { reason, view }))
    }

    /// The kernel's view when everything that was written is acknowledged.
    pub(crate) fn all_acked(&self) -> Result<KernelView, String> {
        Ok(KernelView {
            acked: self.wire_out,
            received: self.wire_in,
            queued: Some(0),
            not_sent: Some(0),
            peer_window: Some(65_535),
            state: 1,
            ..KernelView::default()
        })
    }

    /// The kernel's view when the last write is not acknowledged and is sent again and again.
    pub(crate) fn not_acked(&self) -> Result<KernelView, String> {
        let view = self.all_acked()?;
        Ok(KernelView { acked: 0, queued: Some(50), unacked_segments: 1, retransmits: 4, backoff: 3, ..view })
    }

    /// The kernel's view when the peer has closed its window.
    pub(crate) fn window_closed(&self) -> Result<KernelView, String> {
        let view = self.all_acked()?;
        Ok(KernelView { acked: 0, queued: Some(50), not_sent: Some(50), peer_window: Some(0), ..view })
    }

    /// One stream: a header each way, and the features.
    pub(crate) fn stream(&mut self, stage: Stage, read: Read) -> &mut Self {
        self.enter(stage).sent("stream header", "<stream:stream>", 0, None).wait(Awaited::StreamHeader).after(5);
        self.header().mark(WaitMark::Answered).wait(Awaited::Features).after(2);
        self.received(read).mark(WaitMark::Answered).pass(stage)
    }

    pub(crate) fn header(&mut self) -> &mut Self {
        let (id, from) = (Some("17124513C1DF".into()), Some("example.com".into()));
        self.received(Read::StreamOpen { id, from, version: Some("1.0".into()) })
    }

    pub(crate) fn tcp(&mut self) -> &mut Self {
        let to = if self.host.starts_with("imp2") { "10.1.2.12:5222" } else { "10.1.2.11:5222" };
        self.enter(Stage::Tcp).connect(to, 3, Outcome::ok()).pass(Stage::Tcp)
    }

    pub(crate) fn starttls(&mut self) -> &mut Self {
        self.stream(Stage::Stream, features(Some(true), &[], false)).proceeds()
    }

    /// STARTTLS on a stream that offers it.
    pub(crate) fn proceeds(&mut self) -> &mut Self {
        self.enter(Stage::Starttls);
        self.sent("starttls", "<starttls/>", 0, None).wait(Awaited::Proceed).after(2);
        self.received(Read::Proceed).mark(WaitMark::Answered).pass(Stage::Starttls)
    }

    pub(crate) fn tls(&mut self, chain: Verdict, names: Vec<NameVerdict>) -> &mut Self {
        self.tls_with(cert(), chain, names, true)
    }

    pub(crate) fn tls_with(
        &mut self,
        cert: CertFact,
        chain: Verdict,
        names: Vec<NameVerdict>,
        key_proven: bool,
    ) -> &mut Self {
        self.enter(Stage::Tls).handshake(9, Outcome::ok());
        for fact in shown(cert, chain, names, key_proven) {
            self.saw(Fact::Tls(fact));
        }
        let (version, suite) = ("TLSv1.2".into(), "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384".into());
        self.saw(Fact::Tls(TlsFact::Agreed { version, suite, group: None })).pass(Stage::Tls);
        self.secure = true;
        self
    }

    /// Everything up to the mechanisms, without a fault.
    pub(crate) fn until_mechanisms(&mut self, host: &str) -> &mut Self {
        self.login(host).mechanisms()
    }

    /// The same of a login that has begun.
    pub(crate) fn mechanisms(&mut self) -> &mut Self {
        self.tcp().starttls().tls(good(true, ""), names(true, true));
        self.stream(Stage::StreamTls, features(None, &["PLAIN", "CISCO-VTG-TOKEN"], false))
    }

    /// `<auth>` is written and waited for.
    pub(crate) fn auth(&mut self) -> &mut Self {
        self.auth_by("PLAIN", 24)
    }

    /// The same by any mechanism, with a secret of this length.
    pub(crate) fn auth_by(&mut self, mechanism: &str, secret: usize) -> &mut Self {
        let xml = format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='{mechanism}'></auth>");
        self.enter(Stage::Auth).sent("auth", &xml, secret, Some(mechanism)).wait(Awaited::AuthAnswer)
    }

    pub(crate) fn until_auth(&mut self, host: &str) -> &mut Self {
        self.until_mechanisms(host).auth()
    }

    /// The wait's answer, after so long.
    pub(crate) fn answered(&mut self, ms: u64, read: Read) -> &mut Self {
        self.after(ms).received(read).mark(WaitMark::Answered)
    }

    pub(crate) fn refused(&mut self, ms: u64, condition: &str) -> &mut Self {
        let read = Read::SaslFailure { condition: condition.into(), text: None };
        self.answered(ms, read).stage(Stage::Auth, StageMark::Refused)
    }

    pub(crate) fn succeeded(&mut self, ms: u64) -> &mut Self {
        self.answered(ms, Read::Success).pass(Stage::Auth).stream(Stage::StreamAuth, features(None, &[], true))
    }

    pub(crate) fn bind(&mut self) -> &mut Self {
        self.enter(Stage::Bind).sent("iq", "<iq><bind/></iq>", 0, None).wait(Awaited::BindResult)
    }

    pub(crate) fn session(&mut self) -> &mut Self {
        self.enter(Stage::Session).sent("iq", "<iq><session/></iq>", 0, None).wait(Awaited::SessionResult)
    }

    pub(crate) fn bound(&mut self) -> &mut Self {
        self.bind().answered(4, Read::Bound { jid: "alice@example.com/impscope".into() }).pass(Stage::Bind)
    }

    /// A whole login without a fault.
    pub(crate) fn whole(&mut self, host: &str) -> &mut Self {
        self.login(host).through()
    }

    /// The same of a login that has begun.
    pub(crate) fn through(&mut self) -> &mut Self {
        let done = Read::Iq { kind: "result".into(), id: Some("s1".into()), error: None };
        self.mechanisms().auth().succeeded(21).bound().session().answered(3, done).pass(Stage::Session);
        self.ended(How::Ok, "")
    }
}

/// What a handshake with this certificate leaves. A short key that is not proven could not be checked.
pub(crate) fn shown(cert: CertFact, chain: Verdict, names: Vec<NameVerdict>, key_proven: bool) -> Vec<TlsFact> {
    let why = || "its key, RSA 1024, is shorter than 2048 bits".to_owned();
    let unchecked = (!key_proven && cert.key == "RSA 1024").then(|| TlsFact::KeyUnchecked { why: why() });
    let facts = [
        Some(TlsFact::Chain { certs: vec![cert] }),
        unchecked,
        Some(TlsFact::Verified { chain, names, key_proven }),
    ];
    facts.into_iter().flatten().collect()
}
