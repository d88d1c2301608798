//! The field report as a journal, told by hand: imp1, alice's home, takes `<auth>` and is silent; imp2 answers.
//! The bytes are those of protocol.md 5.2.

use crate::discovery::story::WalkStory;
use crate::journal::{
    Ask, Author, Awaited, AwaitedReply, CertFact, Entry, Event, Fact, Journal, KernelFact, KernelReason,
    KernelView, LoginAsk, NameRole, NameVerdict, NetFact, Note, Offset, OpId, Outcome, Parts, Payload, Purpose,
    Read, Received, RunAsk, Sent, Span, Stage, StageFact, StageMark, TlsFact, UserAct, Verdict, WaitFact,
    WaitMark, Wall, XmppFact,
};

/// 2026-01-15T02:14:11.100Z
const START: Wall = Wall(1_768_443_251_100);
pub(super) const IMP1: OpId = OpId(10);
pub(super) const IMP2: OpId = OpId(20);
const HEADER: &str = "<stream:stream to='example.test' xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
const ANSWER: &str = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' \
    xml:lang='en-US.UTF-8' id='17124513C1DF' from='example.test' version='1.0'>";
const TLS_FEATURES: &str =
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>";
const MECHANISMS: &str = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN\
    </mechanism><mechanism>CISCO-VTG-TOKEN</mechanism></mechanisms></stream:features>";

/// Text with one secret at `at`.
pub(super) fn payload(text: &str, secret: Option<(usize, usize)>) -> Payload {
    let cuts: Vec<_> = secret
        .into_iter()
        .map(|(at, len)| serde_json::json!({"at": at, "wire_len": len, "kind": "PLAIN", "note": "authcid alice"}))
        .collect();
    serde_json::from_value(serde_json::json!({ "text": text, "cuts": cuts })).unwrap()
}

#[derive(Default)]
pub(super) struct Story {
    pub(super) journal: Journal,
    pub(super) us: u64,
    op: u32,
    wire_out: u64,
    wire_in: u64,
    wait: Option<(Awaited, Offset)>,
    reply: Option<AwaitedReply>,
    home: Option<bool>,
}

impl Story {
    pub(super) fn new(lab: bool) -> Self {
        let mut story = Self { op: 1, ..Self::default() };
        let (domain, user) = ("example.test".into(), "alice".into());
        story.note(
            OpId(1),
            None,
            Event::Began(Ask::Run(RunAsk {
                domain,
                user,
                slow_ms: 2000,
                silent_ms: 10_000,
                lab,
                walk: None,
                environment: None,
            })),
        );
        story
    }

    fn note(&mut self, op: OpId, parent: Option<OpId>, event: Event) {
        let wall = Wall(START.0 + i64::try_from(self.us / 1000).unwrap());
        self.journal.append(Note { op, parent, at: Offset(self.us), wall, event });
    }

    pub(super) fn entries(&self) -> &[Entry] {
        self.journal.entries()
    }

    pub(super) fn now(&self) -> Offset {
        Offset(self.us)
    }

    pub(super) fn after(&mut self, us: u64) -> &mut Self {
        self.us += us;
        self
    }

    pub(super) fn saw(&mut self, fact: Fact) -> &mut Self {
        self.note(OpId(self.op), Some(OpId(1)), Event::Saw(fact));
        self
    }

    pub(super) fn ended(&mut self, outcome: Outcome) -> &mut Self {
        self.note(OpId(self.op), Some(OpId(1)), Event::Ended(outcome));
        self
    }

    pub(super) fn login(&mut self, op: OpId, host: &str, home: Option<bool>) -> &mut Self {
        (self.op, self.wire_out, self.wire_in, self.home) = (op.0, 0, 0, home);
        let ask = LoginAsk { home, named_by: "--node".into(), ..LoginAsk::of_alice(host) };
        self.note(op, Some(OpId(1)), Event::Began(Ask::Login(ask)));
        self
    }

    /// A question of the control experiment begins.
    pub(super) fn control(&mut self, op: OpId, host: &str, purpose: Purpose) -> &mut Self {
        (self.op, self.wire_out, self.wire_in) = (op.0, 0, 0);
        let ask = LoginAsk { purpose, until: Stage::Auth, ..LoginAsk::of_alice(host) };
        self.note(op, Some(OpId(1)), Event::Began(Ask::Login(ask)));
        self
    }

    /// Something that the user did, noted by the run itself.
    pub(super) fn acts(&mut self, act: UserAct) -> &mut Self {
        self.note(OpId(1), None, Event::Saw(Fact::User(act)));
        self
    }

    pub(super) fn stage(&mut self, stage: Stage, mark: StageMark) -> &mut Self {
        self.saw(Fact::Stage(StageFact { stage, mark }))
    }

    pub(super) fn sent(&mut self, what: &str, text: &str, secret: Option<(usize, usize)>) -> &mut Self {
        let payload = payload(text, secret);
        let xml_bytes = payload.wire_len() as u64;
        let wire = Span { from: self.wire_out, to: self.wire_out + xml_bytes + 22 };
        self.wire_out = wire.to;
        self.reply = Some(AwaitedReply { what: what.into(), xml_bytes, wire, written: true });
        let (credential, mechanism) = (secret.is_some(), secret.map(|_| "PLAIN".to_owned()));
        let sent = Sent {
            what: what.into(),
            payload,
            wire,
            secure: true,
            by: Author::Proposal,
            credential,
            mechanism,
            parts: Parts::default(),
        };
        self.saw(Fact::Xmpp(Box::new(XmppFact::Sent(sent))))
    }

    pub(super) fn received(&mut self, text: &str, read: Read) -> &mut Self {
        self.wire_in += text.len() as u64 + 22;
        let span = Span { from: 0, to: text.len() as u64 };
        let received = Received {
            payload: payload(text, None),
            span,
            wire: self.wire_in,
            secure: true,
            read,
            parts: Parts::default(),
        };
        self.saw(Fact::Xmpp(Box::new(XmppFact::Received(received))))
    }

    pub(super) fn wait(&mut self, awaited: Awaited) -> &mut Self {
        self.wait = Some((awaited, self.now()));
        self.mark(WaitMark::Began)
    }

    pub(super) fn mark(&mut self, mark: WaitMark) -> &mut Self {
        let (awaited, since) = self.wait.unwrap();
        let reply = self.reply.clone();
        self.saw(Fact::Wait(WaitFact { awaited, since, mark, reply }))
    }

    pub(super) fn kernel(&mut self, reason: KernelReason) -> &mut Self {
        let view = KernelView {
            acked: self.wire_out,
            received: self.wire_in,
            queued: Some(0),
            not_sent: Some(0),
            peer_window: Some(64_256),
            rtt_us: 412,
            state: 1,
            ..KernelView::default()
        };
        self.saw(Fact::Kernel(KernelFact { reason, view: Ok(view) }))
    }

    fn stream(&mut self, stage: Stage, features: &str, read: Read) -> &mut Self {
        self.stage(stage, StageMark::Entered)
            .sent("stream header", HEADER, None)
            .wait(Awaited::StreamHeader)
            .after(5000);
        let (id, from) = (Some("17124513C1DF".into()), Some("example.test".into()));
        self.received(ANSWER, Read::StreamOpen { id, from, version: Some("1.0".into()) });
        self.mark(WaitMark::Answered).wait(Awaited::Features).after(2000);
        self.received(features, read).mark(WaitMark::Answered).stage(stage, StageMark::Passed)
    }

    /// Everything up to the mechanisms.
    pub(super) fn reach_mechanisms(&mut self, op: OpId, host: &str, home: Option<bool>) -> &mut Self {
        self.login(op, host, home).goes_to_mechanisms(op, host)
    }

    /// A login that has begun, up to the mechanisms.
    pub(super) fn goes_to_mechanisms(&mut self, op: OpId, host: &str) -> &mut Self {
        self.stage(Stage::Tcp, StageMark::Entered).after(3000);
        let remote = if op == IMP1 { "10.1.2.11:5222" } else { "10.1.2.12:5222" };
        self.saw(Fact::Net(NetFact::Connected {
            local: "10.9.9.5:51544".into(),
            remote: remote.into(),
            via: None,
        }));
        self.stage(Stage::Tcp, StageMark::Passed);
        let features = |starttls, mechanisms: &[&str], bind| Read::Features {
            starttls,
            mechanisms: mechanisms.iter().map(|name| (*name).to_owned()).collect(),
            hostnames: Vec::new(),
            bind,
            session: None,
        };
        self.stream(Stage::Stream, TLS_FEATURES, features(Some(true), &[], false));
        self.stage(Stage::Starttls, StageMark::Entered);
        self.sent("starttls", "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", None).wait(Awaited::Proceed);
        self.after(3000).received("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", Read::Proceed);
        self.mark(WaitMark::Answered).stage(Stage::Starttls, StageMark::Passed).tls(host);
        self.stream(Stage::StreamTls, MECHANISMS, features(None, &["PLAIN", "CISCO-VTG-TOKEN"], false))
    }

    fn tls(&mut self, host: &str) -> &mut Self {
        self.stage(Stage::Tls, StageMark::Entered).after(81_000);
        let cert = CertFact {
            fingerprint: format!("sha256:{}", "3fa9".repeat(16)),
            subject: format!("CN={host}"),
            issuer: "CN=Practice CA".into(),
            not_before: 1_760_000_000,
            not_after: 1_800_000_000,
            names: vec!["DNS:example.test".into(), format!("DNS:{host}")],
            key: "RSA 2048".into(),
            signature: "SHA256 with RSA".into(),
        };
        self.saw(Fact::Tls(TlsFact::Chain { certs: vec![cert] }));
        let names = vec![
            NameVerdict { name: "example.test".into(), role: NameRole::Domain, ok: true },
            NameVerdict { name: host.into(), role: NameRole::Node, ok: true },
        ];
        let chain = Verdict { ok: true, code: String::new() };
        self.saw(Fact::Tls(TlsFact::Verified { chain, names, key_proven: true }));
        let (version, suite) = ("TLSv1.2".into(), "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384".into());
        self.saw(Fact::Tls(TlsFact::Agreed { version, suite, group: Some("X25519".into()) }));
        self.stage(Stage::Tls, StageMark::Passed)
    }

    pub(super) fn auth(&mut self) -> &mut Self {
        self.stage(Stage::Auth, StageMark::Entered).after(4000);
        let text = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'></auth>";
        self.sent("auth", text, Some((65, 24))).wait(Awaited::AuthAnswer)
    }

    /// Two seconds, then ten: slow, then silent.
    pub(super) fn falls_silent(&mut self) -> &mut Self {
        self.after(2_000_000).mark(WaitMark::Slow).kernel(KernelReason::Slow);
        self.after(8_000_000).mark(WaitMark::Silent).kernel(KernelReason::Silent)
    }

    /// What a walk told, to be gone on with.
    pub(super) fn behind(walk: WalkStory) -> Self {
        Self { journal: walk.journal, us: walk.us, op: 1, ..Self::default() }
    }

    /// imp2's whole login, then imp1's up to its silence.
    pub(super) fn flagship() -> Self {
        Self::new(true).logins()
    }

    /// The same behind the walk of the practice deployment.
    pub(super) fn practice() -> Self {
        Self::behind(WalkStory::practice()).logins()
    }

    fn logins(mut self) -> Self {
        let begin = self.us;
        self.reach_mechanisms(IMP2, "imp2.example.test", Some(false)).auth().after(21_000);
        self.received("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", Read::Success);
        self.mark(WaitMark::Answered).stage(Stage::Auth, StageMark::Passed).ended(Outcome::ok());
        self.us = begin;
        self.reach_mechanisms(IMP1, "imp1.example.test", Some(true)).auth().falls_silent();
        self
    }
}
