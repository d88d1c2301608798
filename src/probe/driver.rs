//! The driver of one login: does what the machine says, tells it what was done, and notes everything.
//!
//! One loop: drain what the machine says into notes; do its next step; then wait for the first of: bytes, a write
//! that goes on, a deadline, a command.

use std::net::IpAddr;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::journal::{
    Ask, Author, Awaited, AwaitedReply, ClosedBy, Fact, How, KernelFact, KernelReason, NetFact, Offset, Outcome,
    Payload, Received, Remark, Span, Stage, StageFact, StageMark, TlsFact, TlsMode, UserAct, WaitFact, WaitMark,
    XmppFact,
};
use crate::login::fill::{self, Filling, Secrets};
use crate::login::{Attendance, Breakpoint, Gate, Hold, Login, Mark, Next, Output, Pace, Security};
use crate::protocol::framer::Frame;
use crate::protocol::mask::Way;
use crate::protocol::stanza::Reading;

use super::connection::{Connection, Passed};
use super::counted::{Counted, Counters};
use super::engine::{Command, Request};
use super::outgoing::{self, Outgoing};
use super::read::read;
use super::tls::{self, Handshake};
use super::{Notes, Op, Roots, platform, tcp};

/// A write that has not gone through after this long is waited for like an answer.
const STUCK_AFTER: Duration = Duration::from_millis(250);
/// What has come of an open element is shown after this long without more of it.
const PARTIAL_AFTER: Duration = Duration::from_millis(300);
/// So much of an open element is shown.
const PARTIAL_SHOWN: usize = 2048;
/// So long may a clean close take.
const CLOSE_LIMIT: Duration = Duration::from_millis(200);
/// A deadline this far away stands for none.
const NEVER: Duration = Duration::from_secs(86_400);

/// What all logins of an engine share.
pub struct Shared {
    pub notes: Notes,
    pub roots: Roots,
    pub secrets: Secrets,
    pub attempts: Arc<AtomicU32>,
    pub limit: Arc<AtomicU32>,
}

/// What a live login says of itself, beyond the journal: what it would do next, and why it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The next step in words: `connect`, `TLS handshake`, or what would be written, secrets as placeholders.
    pub next: Option<String>,
    /// What would be written, where the next step is a write: for the editor.
    pub text: Option<String>,
    /// Whether that text is the user's.
    pub edited: bool,
    /// The stage that the login is in.
    pub stage: Option<Stage>,
    /// What it waits for from the user.
    pub hold: Option<Hold>,
    /// What it waits for from the peer.
    pub awaited: Option<Awaited>,
    /// Its breakpoints.
    pub breakpoints: Vec<Breakpoint>,
    /// It proposes nothing any more, but can be told to send.
    pub off_script: bool,
    /// What the last command could not do, and why.
    pub complaint: Option<String>,
    /// Its task has ended.
    pub over: bool,
}

/// Drives one login.
pub struct Driver {
    shared: Shared,
    request: Request,
    op: Op,
    login: Login,
    commands: mpsc::UnboundedReceiver<Command>,
    says: watch::Sender<Standing>,
    connection: Option<Connection>,
    counters: Arc<Counters>,
    /// For the kernel's view; none while there is no connection.
    socket: Option<RawFd>,
    outgoing: Option<Outgoing>,
    reply: Option<AwaitedReply>,
    partial_since: Option<Offset>,
    complaint: Option<String>,
    decided: Option<Outcome>,
    /// The user left: the command channel is closed.
    left: bool,
}

impl Driver {
    /// A driver for a login that has not begun.
    pub fn new(
        shared: Shared,
        request: Request,
        op: Op,
        login: Login,
        commands: mpsc::UnboundedReceiver<Command>,
        says: watch::Sender<Standing>,
    ) -> Self {
        Self {
            shared,
            request,
            op,
            login,
            commands,
            says,
            connection: None,
            counters: Arc::default(),
            socket: None,
            outgoing: None,
            reply: None,
            partial_since: None,
            complaint: None,
            decided: None,
            left: false,
        }
    }

    /// Drives the login to its end.
    pub async fn drive(mut self) {
        loop {
            self.drain().await;
            self.publish();
            match self.login.next() {
                _ if self.left => break,
                Next::Over => break,
                _ if self.outgoing.is_some() => {}
                Next::Connect => {
                    self.connect().await;
                    continue;
                }
                Next::Handshake => {
                    self.handshake().await;
                    continue;
                }
                Next::Write(proposal) => {
                    let by = if self.login.is_edited() { Author::Edited } else { Author::Proposal };
                    self.start_write(&proposal.text, by).await;
                    continue;
                }
                Next::Hold(Hold::Gate(gate)) if self.request.attendance == Attendance::Unattended => {
                    self.login.stop_at_gate(&gate, self.now());
                    continue;
                }
                Next::Hold(_) | Next::Wait => {}
            }
            self.wait().await;
        }
        self.close().await;
        let outcome = self.decided.take().unwrap_or_else(|| Outcome::new(How::Stopped, "", "by the user"));
        self.shared.notes.ended(self.op, outcome).await;
        self.publish_over();
    }

    fn now(&self) -> Offset {
        self.shared.notes.clock().now()
    }

    async fn saw(&self, fact: Fact) {
        self.shared.notes.saw(self.op, fact).await;
    }

    async fn saw_xmpp(&self, fact: XmppFact) {
        self.saw(Fact::Xmpp(Box::new(fact))).await;
    }

    // ---- waiting ------------------------------------------------------------------------------------------

    /// Waits for whatever happens first, and tells the machine.
    async fn wait(&mut self) {
        let clock = self.shared.notes.clock();
        let deadline = self.deadline().unwrap_or_else(|| clock.now().after(NEVER));
        tokio::select! {
            biased;
            passed = pass(&mut self.connection, self.outgoing.as_ref().map(Outgoing::rest)) => {
                self.passed(passed).await;
            }
            command = self.commands.recv() => self.command(command).await,
            () = tokio::time::sleep_until(clock.instant(deadline)) => self.due().await,
        }
    }

    fn deadline(&self) -> Option<Offset> {
        let stuck = self.outgoing.as_ref().filter(|_| self.login.awaited().is_none());
        let stuck = stuck.map(|outgoing| outgoing.since.after(STUCK_AFTER));
        let partial = self.partial_since.map(|since| since.after(PARTIAL_AFTER));
        [self.login.deadline(), stuck, partial].into_iter().flatten().min()
    }

    async fn due(&mut self) {
        let now = self.now();
        if let Some(outgoing) = &self.outgoing
            && outgoing.since.after(STUCK_AFTER) <= now
        {
            self.reply = Some(outgoing.reply(self.counters.out(), false));
            self.login.write_stuck(outgoing.since);
        }
        if self.partial_since.is_some_and(|since| since.after(PARTIAL_AFTER) <= now) {
            self.partial_since = None;
            self.note_partial().await;
        }
        self.login.due(now);
    }

    async fn passed(&mut self, passed: Passed) {
        match passed {
            Passed::Took(bytes) => {
                if let Some(outgoing) = &mut self.outgoing {
                    outgoing.taken += bytes;
                }
            }
            Passed::Flushed => self.written().await,
            Passed::Came(bytes) => {
                let now = self.now();
                self.login.received(&bytes, now);
                self.partial_since = (!self.login.open_element().is_empty()).then_some(now);
            }
            Passed::Closed(by, code) => self.closed_by(by, code).await,
        }
    }

    // ---- connecting ---------------------------------------------------------------------------------------

    async fn connect(&mut self) {
        self.login.connecting(self.now());
        self.drain().await;
        let connecting = open(self.shared.notes.clone(), self.op, self.request.clone());
        let Some(opened) = self.meanwhile(connecting).await else { return };
        match opened {
            Ok(stream) => {
                self.socket = Some(stream.as_raw_fd());
                let counted = Counted::new(stream);
                self.counters = counted.counters();
                self.connection = Some(Connection::Clear(counted));
                self.login.connected(self.now());
            }
            Err(outcome) => self.login.failed(outcome, self.now()),
        }
    }

    /// Lets `work` run while the machine's clock goes on and the user can stop it. None: it was stopped.
    async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let clock = self.shared.notes.clock();
        let mut work = std::pin::pin!(work);
        loop {
            self.drain().await;
            self.publish();
            if self.left || self.login.next() == Next::Over {
                return None;
            }
            let deadline = self.login.deadline().unwrap_or_else(|| clock.now().after(NEVER));
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                command = self.commands.recv() => self.command(command).await,
                () = tokio::time::sleep_until(clock.instant(deadline)) => self.login.due(clock.now()),
            }
        }
    }

    async fn handshake(&mut self) {
        let Some(Connection::Clear(stream)) = self.connection.take() else {
            let outcome = Outcome::new(How::Failed, "no connection", "there is no clear connection to secure");
            return self.login.failed(outcome, self.now());
        };
        let direct = self.request.tls == TlsMode::Direct;
        let server_name = self.request.domain.clone();
        let mode = self.request.tls;
        let op = self.shared.notes.begin(Some(self.op.id), Ask::Handshake { server_name, mode }).await;
        let wire_from = self.counters.out();
        self.reply = Some(AwaitedReply {
            what: "ClientHello".to_owned(),
            xml_bytes: 0,
            wire: Span { from: wire_from, to: wire_from },
            written: true,
        });
        self.login.handshaking(self.now());
        let (handshake, name) = match (Handshake::new(direct), ServerName::try_from(self.request.domain.clone())) {
            (Ok(handshake), Ok(name)) => (handshake, name),
            (Err(why), _) => return self.handshake_failed(op, How::Failed, "TLS", why.to_string()).await,
            (_, Err(why)) => return self.handshake_failed(op, How::Failed, "server name", why.to_string()).await,
        };
        let connecting = TlsConnector::from(Arc::clone(&handshake.config)).connect(name, stream);
        let done = self.meanwhile(connecting).await;
        let security = self.note_certificate(op, &handshake).await;
        match done {
            Some(Ok(stream)) => {
                self.note_agreed(op, stream.get_ref().1).await;
                self.shared.notes.ended(op, Outcome::ok()).await;
                self.connection = Some(Connection::Tls(Box::new(stream)));
                self.login.handshaken(security, self.now());
            }
            Some(Err(error)) => {
                let (how, code) = match tls::alert(&error) {
                    Some((alert, true)) => (How::Refused, alert),
                    Some((why, false)) => (How::Broken, why),
                    None if error.kind() == std::io::ErrorKind::UnexpectedEof => (How::Lost, "FIN".to_owned()),
                    None => (How::Lost, tcp::errno(&error)),
                };
                self.handshake_failed(op, how, &code, error.to_string()).await;
            }
            None => self.shared.notes.ended(op, Outcome::new(How::Stopped, "", "")).await,
        }
    }

    async fn handshake_failed(&mut self, op: Op, how: How, code: &str, text: String) {
        let outcome = Outcome::new(how, code, text);
        self.shared.notes.ended(op, outcome.clone()).await;
        self.socket = None;
        self.login.failed(outcome, self.now());
    }

    async fn note_certificate(&self, op: Op, handshake: &Handshake) -> Security {
        let facts = handshake.facts(&self.shared.roots, &self.request.domain, &self.request.host);
        let Some((facts, certificate)) = facts else { return Security::default() };
        for fact in facts {
            self.shared.notes.saw(op, Fact::Tls(fact)).await;
        }
        Security { certificate: Some(certificate) }
    }

    async fn note_agreed(&self, op: Op, tls: &tokio_rustls::rustls::ClientConnection) {
        let words = |word: Option<String>| word.unwrap_or_default();
        let agreed = TlsFact::Agreed {
            version: words(tls.protocol_version().map(|version| format!("{version:?}").replace('_', "."))),
            suite: words(tls.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()))),
            group: tls.negotiated_key_exchange_group().map(|group| format!("{:?}", group.name())),
        };
        self.shared.notes.saw(op, Fact::Tls(agreed)).await;
    }

    // ---- writing ------------------------------------------------------------------------------------------

    /// Fills `text` and begins to write it. The trust gate stands before the filling, whoever wrote the text.
    async fn start_write(&mut self, text: &str, by: Author) {
        let pass = match self.login.gate_for(text) {
            Some(Gate::Open(pass)) => Some(pass),
            None => None,
            Some(shut) => {
                self.complaint = Some(format!("not sent: {}", gate_words(&shut)));
                return;
            }
        };
        let filled = match pass {
            Some(pass) => {
                let jid = format!("{}@{}", self.request.user, self.request.domain);
                let filling = Filling {
                    user: &self.request.user,
                    jid: &jid,
                    secrets: &self.shared.secrets,
                    scram: self.login.scram(),
                };
                // SCRAM derives a key; with many iterations that would hold up every other login.
                tokio::task::block_in_place(|| fill::fill(text, &filling, pass))
            }
            None => fill::as_it_stands(text),
        };
        match filled {
            Ok(filled) => {
                let mut outgoing = Outgoing::new(filled, text, by, &self.shared.secrets);
                outgoing.since = self.now();
                outgoing.wire_from = self.counters.out();
                if outgoing.credential() {
                    self.shared.attempts.fetch_add(1, Ordering::Relaxed);
                }
                self.outgoing = Some(outgoing);
            }
            Err(why) => self.refuse_write(&why.to_string()).await,
        }
    }

    /// A text that cannot be filled is not sent. A person is told; nobody else can mend it, so the login ends.
    async fn refuse_write(&mut self, why: &str) {
        if self.request.attendance == Attendance::Attended {
            self.complaint = Some(format!("not sent: {why}"));
            self.login.hold();
        } else {
            self.login.failed(Outcome::new(How::Failed, "not sent", why), self.now());
        }
    }

    async fn written(&mut self) {
        let Some(mut outgoing) = self.outgoing.take() else { return };
        let wire_to = self.counters.out();
        let secure = self.connection.as_ref().is_some_and(Connection::is_secure);
        self.saw_xmpp(XmppFact::Sent(outgoing.sent(wire_to, secure))).await;
        self.reply = Some(outgoing.reply(wire_to, true));
        self.login.sent(&outgoing.sends, outgoing.signature.take(), self.now());
    }

    // ---- commands -----------------------------------------------------------------------------------------

    async fn command(&mut self, command: Option<Command>) {
        self.complaint = None;
        let now = self.now();
        let Some(command) = command else {
            self.left = true;
            return;
        };
        match command {
            Command::Step => self.login.step(),
            Command::Run => self.login.run(),
            Command::Toggle(breakpoint) => self.login.toggle(breakpoint),
            Command::Edit(text) => self.login.edit(text),
            Command::Send(text) => self.send(&text).await,
            Command::Skip => {
                let what = self.login.next_words().unwrap_or_default();
                self.saw(Fact::User(UserAct::Skipped { what })).await;
                self.login.skip(now);
            }
            Command::Abort => {
                self.saw(Fact::User(UserAct::Stopped)).await;
                self.outgoing = None;
                self.login.abort(now);
            }
            Command::Accept(fingerprint) => {
                let host = self.request.host.clone();
                self.saw(Fact::User(UserAct::Accepted { host, fingerprint: fingerprint.clone() })).await;
                self.login.policy().accepted.push(fingerprint);
            }
            Command::AllowCleartext => {
                let host = self.request.host.clone();
                self.saw(Fact::User(UserAct::AllowedCleartext { host })).await;
                self.login.policy().cleartext = true;
            }
            Command::MoreAttempts => {
                self.saw(Fact::User(UserAct::MoreAttempts)).await;
                self.shared.limit.fetch_add(1, Ordering::Relaxed);
            }
            Command::Password(password) => {
                self.shared.secrets.password = Some(password);
                self.login.policy().password = true;
            }
        }
    }

    async fn send(&mut self, text: &str) {
        if self.connection.is_none() {
            self.complaint = Some("not sent: there is no connection; press n to connect".to_owned());
        } else if self.outgoing.is_some() {
            self.complaint = Some("not sent: something is still being written".to_owned());
        } else {
            self.start_write(text, Author::Typed).await;
        }
    }

    // ---- noting -------------------------------------------------------------------------------------------

    /// Writes down what the machine says.
    async fn drain(&mut self) {
        self.login.policy().attempts_used = self.shared.attempts.load(Ordering::Relaxed);
        self.login.policy().attempts_limit = self.shared.limit.load(Ordering::Relaxed);
        while let Some(output) = self.login.output() {
            match output {
                Output::Stage(fact) => self.stage(fact).await,
                Output::Frame(frame, reading) => self.frame(frame, &reading).await,
                Output::Remark(remark) => self.saw_xmpp(XmppFact::Remark(remark)).await,
                Output::Wait { awaited, since, mark } => self.mark(awaited, since, mark).await,
                Output::Decided(outcome) => self.decided = Some(outcome),
            }
        }
    }

    async fn stage(&mut self, fact: StageFact) {
        if fact.stage == Stage::Tls && fact.mark == StageMark::Entered {
            self.partial_since = None;
        }
        self.saw(Fact::Stage(fact)).await;
    }

    async fn frame(&self, frame: Frame, reading: &Reading) {
        let secrets = outgoing::masked(&frame.bytes, Way::In, &self.shared.secrets);
        let received = Received {
            payload: Payload::cut(&frame.bytes, &secrets),
            span: Span { from: frame.range.start, to: frame.range.end },
            wire: self.counters.inward(),
            secure: self.connection.as_ref().is_some_and(Connection::is_secure),
            read: read(reading),
        };
        self.saw_xmpp(XmppFact::Received(received)).await;
    }

    async fn note_partial(&self) {
        let open = self.login.open_element();
        if open.is_empty() {
            return;
        }
        let shown = &open[..open.len().min(PARTIAL_SHOWN)];
        let payload = Payload::cut(shown, &outgoing::masked_open(shown, &self.shared.secrets));
        self.saw_xmpp(XmppFact::Partial { payload, bytes: open.len() as u64 }).await;
    }

    async fn mark(&mut self, awaited: Awaited, since: Offset, mark: Mark) {
        let reason = match mark {
            Mark::Slow => Some(KernelReason::Slow),
            Mark::Silent => Some(KernelReason::Silent),
            Mark::Still => Some(KernelReason::Still),
            Mark::Answered => Some(KernelReason::Answer),
            Mark::Began | Mark::GaveUp => None,
        };
        let mark = match mark {
            Mark::Began => Some(WaitMark::Began),
            Mark::Slow => Some(WaitMark::Slow),
            Mark::Silent => Some(WaitMark::Silent),
            Mark::Answered => Some(WaitMark::Answered),
            Mark::GaveUp => Some(WaitMark::GaveUp),
            Mark::Still => None,
        };
        if let Some(mark) = mark {
            let reply = self.reply_for(awaited);
            self.saw(Fact::Wait(WaitFact { awaited, since, mark, reply })).await;
        }
        if let Some(reason) = reason {
            self.note_kernel(reason).await;
        }
    }

    /// What a wait for `awaited` waits for the answer of, as far as it has gone.
    fn reply_for(&self, awaited: Awaited) -> Option<AwaitedReply> {
        match awaited {
            Awaited::Connect => None,
            Awaited::Written => self.outgoing.as_ref().map(|outgoing| outgoing.reply(self.counters.out(), false)),
            Awaited::Handshake => {
                let mut reply = self.reply.clone()?;
                reply.wire.to = self.counters.out();
                Some(reply)
            }
            _ => self.reply.clone(),
        }
    }

    async fn note_kernel(&self, reason: KernelReason) {
        let Some(socket) = self.socket else { return };
        let view = platform::kernel_view(socket);
        self.saw(Fact::Kernel(KernelFact { reason, view })).await;
    }

    // ---- closing ------------------------------------------------------------------------------------------

    /// The connection ended, by the peer or by the link.
    async fn closed_by(&mut self, by: ClosedBy, code: String) {
        self.note_partial().await;
        self.note_kernel(KernelReason::End).await;
        self.note_unsent().await;
        let (how, words) = match by {
            ClosedBy::PeerFin => (How::Lost, "the server closed the connection"),
            ClosedBy::PeerReset => (How::Lost, "the connection was reset"),
            ClosedBy::Link | ClosedBy::Us => (How::Lost, "the link was lost"),
        };
        self.saw(Fact::Net(NetFact::Closed { by, code: Some(code.clone()) })).await;
        self.socket = None;
        self.connection = None;
        self.login.closed(Outcome::new(how, code, words), self.now());
    }

    async fn note_unsent(&mut self) {
        if let Some(outgoing) = self.outgoing.take() {
            let (written, total) = (outgoing.taken as u64, outgoing.bytes.len() as u64);
            self.saw_xmpp(XmppFact::Unsent { what: outgoing.sends.name().to_owned(), written, total }).await;
        }
    }

    /// Closes what is still open, cleanly where that takes no time.
    async fn close(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if !self.left {
            self.note_partial().await;
            self.note_kernel(KernelReason::End).await;
            self.note_unsent().await;
        }
        let _ = tokio::time::timeout(CLOSE_LIMIT, connection.shutdown()).await;
        self.socket = None;
        self.saw(Fact::Net(NetFact::Closed { by: ClosedBy::Us, code: None })).await;
    }

    // ---- saying -------------------------------------------------------------------------------------------

    fn publish(&self) {
        let hold = match self.login.next() {
            Next::Hold(hold) => Some(hold),
            _ => None,
        };
        let standing = Standing {
            next: self.login.next_words(),
            text: self.login.proposal().map(|proposal| proposal.text),
            edited: self.login.is_edited(),
            stage: self.login.stage(),
            hold,
            awaited: self.login.awaited().map(|(awaited, _)| awaited),
            breakpoints: self.login.breakpoints().to_vec(),
            off_script: self.login.is_off_script(),
            complaint: self.complaint.clone(),
            over: false,
        };
        self.says.send_if_modified(|old| {
            let changed = *old != standing;
            *old = standing;
            changed
        });
    }

    fn publish_over(&self) {
        self.says.send_modify(|standing| {
            *standing = Standing { over: true, stage: standing.stage, ..Standing::default() };
        });
    }
}

/// Resolves and connects.
async fn open(notes: Notes, op: Op, request: Request) -> Result<tokio::net::TcpStream, Outcome> {
    let addresses: Vec<IpAddr> = tcp::addresses(&notes, op.id, &request.host, &request.addresses).await?;
    tcp::connect(&notes, op.id, &addresses, request.port, request.connect_timeout).await
}

/// What passes on the connection next; never, where there is none.
async fn pass(connection: &mut Option<Connection>, rest: Option<&[u8]>) -> Passed {
    match connection {
        Some(connection) => connection.pass(rest).await,
        None => std::future::pending().await,
    }
}

fn gate_words(gate: &Gate) -> String {
    match gate {
        Gate::Open(_) => "the gate is open".to_owned(),
        Gate::Certificate { why, .. } => {
            format!("it holds a credential, and the certificate is not accepted ({}); press t", why.join("; "))
        }
        Gate::Cleartext => "it holds a credential, and the connection is clear; press t to allow it".to_owned(),
        Gate::KeyNotProven => {
            "it holds a credential, and the server did not prove that it holds the certificate's key".to_owned()
        }
        Gate::Attempts { used, limit } => format!("{used} of {limit} attempts with this credential are used"),
        Gate::NoCredential => "the secret that it names is not at hand".to_owned(),
    }
}
