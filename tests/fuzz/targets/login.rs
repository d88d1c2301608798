//! The login machine, told anything in any order: by the peer, by the network, by the clock, by the user, by a driver
//! that errs.
//!
//! 1. It proposes a credential only where the user's policy and the connection together allow one; what the policy
//!    says is worked out here a second time, apart from the gate.
//! 2. A deadline never lies before the wait that it belongs to, and once [`Login::due`] was called at a moment, the
//!    next deadline lies behind that moment.
//! 3. Once it is over it stays over: nothing is proposed, nothing is waited for.
//! 4. A login is decided once.
//! 5. It says no more than it was told: so many outputs for each frame, each act and each mark of the clock; and the
//!    frames that it says hold no more bytes than came.

#![no_main]

use std::time::Duration;

use impscope::journal::{ClientKind, How, Offset, Outcome, Purpose, Stage, TlsMode};
use impscope::login::{
    Attendance, Breakpoint, Certificate, Config, Hold, Login, Marks, Next, Output, Pace, Policy, Security, Sends,
    Side,
};
use impscope::protocol::sasl::Mechanism;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|told: (Start, Vec<Event>)| {
    let (start, events) = told;
    let mut told = Told::new(&start);
    for event in events {
        told.event(event);
        told.must_hold();
    }
});

/// What a login is given at its start.
#[derive(Debug, Arbitrary)]
struct Start {
    purpose: u8,
    jabber: bool,
    direct_tls: bool,
    until: u8,
    mechanism: Option<u8>,
    attended: bool,
    give_up: bool,
    policy: Allowed,
    breakpoints: [Option<(u8, bool)>; 2],
}

/// What the user allows, and what is at hand.
#[derive(Debug, Clone, Arbitrary)]
struct Allowed {
    accepted: bool,
    other_known: bool,
    insecure: bool,
    cleartext: bool,
    used: u8,
    limit: u8,
    counted: bool,
    password: bool,
    token: bool,
}

/// What verification says of the certificate.
#[derive(Debug, Arbitrary)]
struct Verified {
    clear: bool,
    chain_ok: bool,
    domain_ok: bool,
    node_ok: bool,
    key_proven: bool,
}

/// What the machine is told.
#[derive(Debug, Arbitrary)]
enum Event {
    /// What it asks for is done, as a good driver does it.
    Obey(Verified),
    /// The peer says something that belongs to a login.
    Line(u8),
    /// The peer says the first bytes of it only.
    Begun(u8, u8),
    Bytes(Vec<u8>),
    Pass(u16),
    Due,
    Connecting,
    Connected,
    Handshaking,
    Handshaken(Verified),
    Failed(u8),
    Closed(u8),
    WriteStuck,
    Sent(Text),
    Edit(Text),
    Step,
    Run,
    Hold,
    Skip,
    Abort,
    Toggle(u8, bool),
    Policy(Allowed),
    StopAtGate,
}

/// What is written, or typed.
#[derive(Debug, Arbitrary)]
enum Text {
    Known(u8),
    Typed(String),
}

const FINGERPRINT: &str = "sha256:00";
/// Outputs for one frame, one act or one mark.
const WORDS: usize = 12;
/// The peer's lines: those of a login that succeeds, and of each way in which one does not.
const LINES: [&str; 19] = [
    "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' id='1' version='1.0'>",
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>",
    "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>\
     <mechanism>CISCO-VTG-TOKEN</mechanism></mechanisms></stream:features>",
    "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism>\
     <mechanism>SCRAM-SHA-256</mechanism></mechanisms></stream:features>",
    // r=fyko+d2lbbFgONRv9qkxdawL3,s=QUJD,i=4
    "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0wzLHM9UVVKRCxpPTQ=\
     </challenge>",
    "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
    "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
     <session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>",
    "<iq type='result' id='bind_1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@b/c</jid></bind></iq>",
    "<iq type='result' id='session_1'/>",
    "<iq type='error' id='bind_1'><error type='cancel'><not-allowed/></error></iq>",
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    "</stream:stream>",
    "<message from='a@b'><body>x</body></message>",
    " ",
    "<!-- -->",
    "</x>",
];
/// A credential that a user wrote himself.
const TYPED_OUT: &str =
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>";
/// What a user or a driver may write.
const WRITES: [&str; 9] = [
    "<?xml version='1.0'?><stream:stream to='example.com'>",
    "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{{plain}}</auth>",
    TYPED_OUT,
    "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{{scram}}</response>",
    "<x>{{token}}</x>",
    "<iq id='bind_1' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
    "<presence/>",
    "</stream:stream>",
];

impl Text {
    fn text(&self) -> &str {
        match self {
            Text::Known(at) => WRITES[usize::from(*at) % WRITES.len()],
            Text::Typed(text) => text,
        }
    }
}

fn stage(at: u8) -> Stage {
    Stage::ALL[usize::from(at) % Stage::ALL.len()]
}

fn breakpoint((at, before): (u8, bool)) -> Breakpoint {
    Breakpoint { stage: stage(at), side: if before { Side::Before } else { Side::After } }
}

fn outcome(at: u8) -> Outcome {
    let how = [How::Refused, How::Lost, How::TimedOut, How::Broken, How::Failed, How::Stopped];
    Outcome::new(how[usize::from(at) % how.len()], "code", "text")
}

impl Allowed {
    fn policy(&self) -> Policy {
        Policy {
            accepted: self.accepted.then(|| FINGERPRINT.to_owned()).into_iter().collect(),
            known: self.other_known.then(|| "sha256:ff".to_owned()).into_iter().collect(),
            insecure: self.insecure,
            cleartext: self.cleartext,
            attempts_used: self.used.into(),
            attempts_limit: self.limit.into(),
            exchange_counted: self.counted,
            password: self.password,
            token: self.token,
        }
    }
}

impl Verified {
    fn security(&self) -> Security {
        let certificate = Certificate {
            fingerprint: FINGERPRINT.to_owned(),
            chain: (!self.chain_ok).then(|| "self-signed".to_owned()),
            domain_ok: self.domain_ok,
            node_ok: self.node_ok,
            key_proven: self.key_proven,
        };
        Security { certificate: (!self.clear).then_some(certificate) }
    }
}

fn config(start: &Start) -> Config {
    let purposes = [Purpose::Login, Purpose::ImpossibleMechanism, Purpose::UnknownUser, Purpose::SecondUser];
    Config {
        purpose: purposes[usize::from(start.purpose) % purposes.len()],
        domain: "example.com".to_owned(),
        user: "alice".to_owned(),
        client: if start.jabber { ClientKind::Jabber } else { ClientKind::Psi },
        tls: if start.direct_tls { TlsMode::Direct } else { TlsMode::Starttls },
        until: stage(start.until),
        mechanism: start.mechanism.map(|at| Mechanism::ALL[usize::from(at) % Mechanism::ALL.len()]),
        marks: Marks {
            slow: Duration::from_secs(2),
            silent: Duration::from_secs(10),
            give_up: start.give_up.then_some(Duration::from_secs(30)),
        },
        policy: start.policy.policy(),
        attendance: if start.attended { Attendance::Attended } else { Attendance::Unattended },
        pace: Pace::Running,
        breakpoints: start.breakpoints.iter().flatten().copied().map(breakpoint).collect(),
        nonce: "fyko+d2lbbFgONRv9qkxdawL".to_owned(),
        resource: "impscope".to_owned(),
    }
}

/// A machine, and what is known of it from outside.
struct Told {
    login: Login,
    config: Config,
    /// What the connection is worth, as the machine was last told.
    security: Security,
    now: Offset,
    bytes_came: usize,
    bytes_said: usize,
    decided: bool,
    over: bool,
    /// How many outputs there may be.
    allowed: usize,
}

impl Told {
    fn new(start: &Start) -> Self {
        let config = config(start);
        Self {
            login: Login::new(config.clone()),
            config,
            security: Security::default(),
            now: Offset(0),
            bytes_came: 0,
            bytes_said: 0,
            decided: false,
            over: false,
            allowed: 0,
        }
    }

    fn event(&mut self, event: Event) {
        self.allowed = WORDS;
        match event {
            Event::Obey(verified) => self.obey(&verified),
            Event::Line(at) => self.came(LINES[usize::from(at) % LINES.len()].as_bytes()),
            Event::Begun(at, length) => {
                let line = LINES[usize::from(at) % LINES.len()].as_bytes();
                self.came(&line[..line.len().min(length.into())]);
            }
            Event::Bytes(bytes) => self.came(&bytes),
            Event::Pass(ms) => self.now = self.now.after(Duration::from_millis(ms.into())),
            Event::Due => self.due(),
            Event::Connecting => self.login.connecting(self.now),
            Event::Connected => self.login.connected(),
            Event::Handshaking => self.login.handshaking(self.now),
            Event::Handshaken(verified) => self.handshaken(&verified),
            Event::Failed(at) => self.login.failed(outcome(at)),
            Event::Closed(at) => self.login.closed(outcome(at)),
            Event::WriteStuck => self.login.write_stuck(self.now),
            Event::Sent(text) => self.login.sent(&Sends::of(text.text()), None, self.now),
            Event::Edit(text) => self.login.edit(text.text().to_owned()),
            Event::Step => self.login.step(),
            Event::Run => self.login.run(),
            Event::Hold => self.login.hold(),
            Event::Skip => self.login.skip(),
            Event::Abort => self.login.abort(),
            Event::Toggle(at, before) => self.login.toggle(breakpoint((at, before))),
            Event::Policy(allowed) => {
                self.config.policy = allowed.policy();
                *self.login.policy() = allowed.policy();
            }
            Event::StopAtGate => {
                if let Next::Hold(Hold::Gate(gate)) = self.login.next() {
                    self.login.stop_at_gate(&gate);
                }
            }
        }
    }

    fn came(&mut self, bytes: &[u8]) {
        self.bytes_came += bytes.len();
        self.allowed = WORDS * (1 + self.login.open_element().len() + bytes.len());
        self.login.received(bytes, self.now);
    }

    fn handshaken(&mut self, verified: &Verified) {
        self.security = verified.security();
        self.login.handshaken(verified.security());
    }

    fn due(&mut self) {
        let passed = self.login.awaited().map_or(Duration::ZERO, |(_, since)| self.now.since(since));
        self.allowed = WORDS + usize::try_from(passed.as_secs()).unwrap_or(usize::MAX);
        self.login.due(self.now);
        assert!(self.login.deadline().is_none_or(|deadline| deadline > self.now), "a deadline that is over");
    }

    fn obey(&mut self, verified: &Verified) {
        match self.login.next() {
            Next::Connect => {
                self.login.connecting(self.now);
                self.login.connected();
            }
            Next::Handshake => {
                self.login.handshaking(self.now);
                self.handshaken(verified);
            }
            Next::Write(proposal) => self.login.sent(&proposal.sends, None, self.now),
            Next::Hold(_) => self.login.step(),
            Next::Wait | Next::Over => {}
        }
    }

    fn must_hold(&mut self) {
        self.must_say_little();
        let next = self.login.next();
        if let Next::Write(proposal) = &next {
            assert!(!holds_credential(&proposal.text) || self.may_cross(&proposal.text), "{proposal:?}");
        }
        if let (Some(deadline), Some((_, since))) = (self.login.deadline(), self.login.awaited()) {
            assert!(deadline >= since && since <= self.now);
        }
        assert_eq!(self.login.deadline().is_some(), self.login.awaited().is_some());
        if self.over {
            assert_eq!(next, Next::Over, "it came back");
        }
        self.over = next == Next::Over;
        if self.over {
            assert!(self.login.proposal().is_none() && self.login.deadline().is_none(), "over, and not at rest");
        }
    }

    fn must_say_little(&mut self) {
        let mut count = 0;
        while let Some(output) = self.login.output() {
            count += 1;
            match output {
                Output::Frame(frame, _) => self.bytes_said += frame.bytes.len(),
                Output::Decided(_) => assert!(!std::mem::replace(&mut self.decided, true), "decided twice"),
                _ => {}
            }
        }
        assert!(count <= self.allowed, "{count} outputs where {} are enough", self.allowed);
        assert!(self.bytes_said <= self.bytes_came, "{} bytes of {}", self.bytes_said, self.bytes_came);
    }

    /// The rules of design and README, without the gate's own code. A made-up password is nobody's.
    fn may_cross(&self, text: &str) -> bool {
        let policy = &self.config.policy;
        let trusted = match &self.security.certificate {
            None => policy.cleartext,
            Some(certificate) => {
                let name_ok = match self.config.client {
                    ClientKind::Psi => certificate.domain_ok,
                    ClientKind::Jabber => certificate.domain_ok || certificate.node_ok,
                };
                let sound = certificate.chain.is_none() && name_ok && policy.known.is_empty();
                certificate.key_proven && (sound || policy.insecure || !policy.accepted.is_empty())
            }
        };
        let at_hand = !text.contains("{{plain}}") || policy.password;
        let counted = self.config.purpose == Purpose::UnknownUser
            || (policy.exchange_counted && Sends::of(text) == Sends::Response);
        trusted && at_hand && (counted || policy.attempts_used < policy.attempts_limit)
    }
}

/// Whether a text that goes out carries a credential, or a place for one. (Whether somebody wrote one where no
/// credential stands, in the middle of a name, only who knows it can tell: the driver does.)
fn holds_credential(text: &str) -> bool {
    text == TYPED_OUT || ["{{plain}}", "{{token}}", "{{scram}}"].iter().any(|secret| text.contains(secret))
}
