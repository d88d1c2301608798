//! Dialogues with the machine: feed, expect, feed, expect. On a mismatch the whole dialogue is printed.

mod faults;
mod ordinary;
mod questions;
mod steering;

use std::time::Duration;

use crate::journal::{Awaited, ClientKind, How, Offset, Outcome, Purpose, Remark, Stage, StageMark, TlsMode};

use super::*;

/// The literals of protocol.md 5.2.
pub(super) const HEADER: &str = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
    xmlns='jabber:client' xml:lang='en-US.UTF-8' id='17124513C1DF' from='example.eu' version='1.0'>";
pub(super) const STARTTLS: &str = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>\
    <required/></starttls></stream:features>";
pub(super) const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
pub(super) const MECHANISMS: &str = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
    <mechanism>PLAIN</mechanism><mechanism>CISCO-VTG-TOKEN</mechanism></mechanisms></stream:features>";
pub(super) const NOT_AUTHORIZED: &str =
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>";
pub(super) const SUCCESS: &str = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
pub(super) const SESSION_FEATURES: &str = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
    <session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>";

pub(super) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(super) fn config() -> Config {
    Config {
        purpose: Purpose::Login,
        domain: "example.eu".into(),
        user: "alice".into(),
        client: ClientKind::Psi,
        tls: TlsMode::Starttls,
        until: Stage::Session,
        mechanism: None,
        marks: Marks { slow: ms(2000), silent: ms(10_000), give_up: None },
        policy: Policy { attempts_limit: 3, password: true, ..Policy::default() },
        attendance: Attendance::Attended,
        pace: Pace::Running,
        breakpoints: Vec::new(),
        nonce: "fyko+d2lbbFgONRv9qkxdawL".into(),
        resource: "impscope".into(),
    }
}

pub(super) fn trusted() -> Security {
    Security {
        certificate: Some(Certificate {
            fingerprint: "sha256:00".into(),
            chain: None,
            domain_ok: true,
            node_ok: true,
            key_proven: true,
        }),
    }
}

/// A dialogue with one machine, and its script so far.
pub(super) struct Dialogue {
    pub(super) login: Login,
    pub(super) now: Offset,
    script: Vec<String>,
    said: Vec<String>,
}

impl Dialogue {
    pub(super) fn new(config: Config) -> Self {
        Self { login: Login::new(config), now: Offset(0), script: Vec::new(), said: Vec::new() }
    }

    /// A dialogue that ran up to where `<auth>` is to be sent; from there it is stepped if it is to be.
    pub(super) fn at_auth(config: Config) -> Self {
        let stepped = config.pace == Pace::Stepped;
        let mut dialogue = Self::new(Config { pace: Pace::Running, ..config });
        dialogue
            .connects()
            .sends("<stream:stream")
            .hears(HEADER)
            .hears(STARTTLS)
            .sends("<starttls")
            .hears(PROCEED);
        dialogue.secures(trusted()).sends("<stream:stream").hears(HEADER).hears(MECHANISMS);
        if stepped {
            dialogue.login.hold();
        }
        dialogue
    }

    /// A dialogue whose `<auth>` was sent.
    pub(super) fn authenticating(config: Config) -> Self {
        let mut dialogue = Self::at_auth(config);
        dialogue.sends("<auth");
        dialogue.forget();
        dialogue
    }

    fn log(&mut self, line: String) {
        self.script.push(line);
        while let Some(output) = self.login.output() {
            let line = words(&output);
            self.script.push(format!("    {line}"));
            self.said.push(line);
        }
    }

    fn fail(&self, what: &str) -> ! {
        panic!("{what}\n--- the dialogue:\n{}\n--- next: {:?}", self.script.join("\n"), self.login.next());
    }

    /// The machine wants to connect, and it connects.
    pub(super) fn connects(&mut self) -> &mut Self {
        if self.login.next() != Next::Connect {
            self.fail("expected to connect");
        }
        self.login.connecting(self.now);
        self.login.connected();
        self.log("connects".into());
        self
    }

    /// The machine wants the handshake, and it succeeds with this certificate.
    pub(super) fn secures(&mut self, security: Security) -> &mut Self {
        if self.login.next() != Next::Handshake {
            self.fail("expected a TLS handshake");
        }
        self.login.handshaking(self.now);
        self.login.handshaken(security);
        self.log("secures".into());
        self
    }

    /// The machine wants to write something that begins so (behind an XML declaration), and it is written.
    pub(super) fn sends(&mut self, beginning: &str) -> &mut Self {
        let proposal = match self.login.next() {
            Next::Write(proposal) if proposal.text.contains(beginning) => proposal,
            _ => self.fail(&format!("expected it to send {beginning:?}")),
        };
        self.login.sent(&Sends::of(&proposal.text), None, self.now);
        self.log(format!("sends {}", proposal.text));
        self
    }

    /// The user's own text was written.
    pub(super) fn types(&mut self, text: &str) -> &mut Self {
        self.login.sent(&Sends::of(text), None, self.now);
        self.log(format!("types {text}"));
        self
    }

    /// Bytes come from the peer.
    pub(super) fn hears(&mut self, text: &str) -> &mut Self {
        self.login.received(text.as_bytes(), self.now);
        self.log(format!("hears {text}"));
        self
    }

    /// Time passes; the machine is called at each of its deadlines, as a driver does.
    pub(super) fn waits(&mut self, duration: Duration) -> &mut Self {
        let until = self.now.after(duration);
        while let Some(at) = self.login.deadline().filter(|at| *at <= until) {
            self.now = at.max(self.now);
            self.login.due(self.now);
        }
        self.now = until;
        self.log(format!("waits {duration:?}"));
        self
    }

    /// The peer closes.
    pub(super) fn loses_connection(&mut self) -> &mut Self {
        self.login.closed(Outcome::new(How::Lost, "FIN", ""));
        self.log("loses its connection".into());
        self
    }

    /// Somewhere since [`Dialogue::forget`] the machine said this.
    pub(super) fn said(&mut self, line: &str) -> &mut Self {
        if !self.said.iter().any(|said| said.contains(line)) {
            self.fail(&format!("expected it to say {line:?}"));
        }
        self
    }

    /// It did not say this.
    pub(super) fn never_said(&mut self, line: &str) -> &mut Self {
        if self.said.iter().any(|said| said.contains(line)) {
            self.fail(&format!("expected it not to say {line:?}"));
        }
        self
    }

    /// What was said so far counts no more.
    pub(super) fn forget(&mut self) -> &mut Self {
        self.said.clear();
        self
    }

    /// The machine does this next.
    pub(super) fn then(&mut self, next: &Next) -> &mut Self {
        if self.login.next() != *next {
            self.fail(&format!("expected {next:?}"));
        }
        self
    }

    /// The machine waits for this.
    pub(super) fn awaits(&mut self, awaited: Awaited) -> &mut Self {
        if self.login.awaited().map(|(awaited, _)| awaited) != Some(awaited) {
            self.fail(&format!("expected it to wait for {awaited:?}"));
        }
        self
    }

    /// The machine is held before a step that would write something with this beginning.
    pub(super) fn holds_before(&mut self, beginning: &str) -> &mut Self {
        let held = matches!(self.login.next(), Next::Hold(_));
        if !held || !self.login.next_words().is_some_and(|words| words.contains(beginning)) {
            self.fail(&format!("expected it to hold before {beginning:?}"));
        }
        self
    }
}

/// An output in words that tests can look for.
fn words(output: &Output) -> String {
    match output {
        Output::Stage(fact) => match &fact.mark {
            StageMark::Skipped { why } => format!("{} skipped: {why}", fact.stage),
            mark => format!("{} {mark:?}", fact.stage).to_lowercase(),
        },
        Output::Frame(frame, _) => format!("frame {}", String::from_utf8_lossy(&frame.bytes)),
        Output::Remark(Remark::BytesBehindProceed { bytes }) => format!("{bytes} bytes behind proceed"),
        Output::Remark(remark) => format!("{remark:?}"),
        Output::Wait { awaited, mark, .. } => format!("{awaited:?} {mark:?}").to_lowercase(),
        Output::Decided(outcome) => {
            format!("decided {:?} {}", outcome.how, outcome.code.clone().unwrap_or_default()).to_lowercase()
        }
    }
}
