//! How one login takes an entry in. Knows nothing of other logins.
//!
//! The login's own entries come in their order; those of its connects and handshakes may come before or after
//! them, so what depends on both is compared by time.

use crate::journal::{
    Ask, Awaited, ClosedBy, Entry, Event, Fact, How, KernelFact, LoginAsk, NetFact, Offset, Outcome, Read,
    Received, Sent, Stage, StageFact, StageMark, TlsFact, UserAct, WaitFact, WaitMark, XmppFact,
};

use super::{
    Agreed, AuthAnswer, AuthSent, Closed, ConnectTry, Ending, FeaturesSeen, HandshakeTry, IqError, KEPT,
    LegacySeen, Level, LoginProgress, NotXml, Presented, RemarkSeen, SaslFailure, Silence, SilenceKind, Slow,
    Snapshot, StageOutcome, StageRow, StreamError, StreamHeader, Verified, Wait,
};

/// How many snapshots of the kernel's view a login keeps.
const SNAPSHOTS: usize = 1024;

/// How much of bytes that are no XML is kept, in characters.
const START: usize = 80;

fn keep<T>(list: &mut Vec<T>, item: T) {
    if list.len() < KEPT {
        list.push(item);
    }
}

impl LoginProgress {
    pub(super) fn new(entry: &Entry, ask: LoginAsk) -> Self {
        Self {
            op: entry.op,
            n: entry.n,
            ask,
            began: entry.at,
            began_wall: entry.wall,
            ended: None,
            local: None,
            remote: None,
            connects: Vec::new(),
            stream_id: None,
            mechanisms: Vec::new(),
            hostnames: Vec::new(),
            headers: Vec::new(),
            features: Vec::new(),
            certs: Vec::new(),
            verified: None,
            presented: Vec::new(),
            agreed: None,
            handshakes: Vec::new(),
            legacy: None,
            jid: None,
            stages: Stage::ALL.map(StageRow::new),
            wait: None,
            silences: Vec::new(),
            slow: Vec::new(),
            attempts: Vec::new(),
            auths: Vec::new(),
            failure: None,
            stream_errors: Vec::new(),
            starttls_failure: None,
            proceed: None,
            iq_errors: Vec::new(),
            not_xml: Vec::new(),
            remarks: Vec::new(),
            closed: None,
            stream_closed: None,
            we_closed: None,
            partial: None,
            kernel: Vec::new(),
            last_received: None,
            wire_received: 0,
        }
    }

    pub(super) fn apply(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Began(ask) => self.began_child(entry, ask),
            Event::Ended(outcome) if entry.op == self.op => self.end(entry, outcome),
            Event::Ended(outcome) => self.ended_child(entry, outcome),
            Event::Saw(fact) => self.saw(entry, fact),
            Event::Lost(_) | Event::Unknown(_) => {}
        }
    }

    fn began_child(&mut self, entry: &Entry, ask: &Ask) {
        match ask {
            Ask::Connect { to } => keep(
                &mut self.connects,
                ConnectTry {
                    op: entry.op,
                    n: entry.n,
                    to: to.clone(),
                    began: entry.at,
                    ended: None,
                    ended_n: None,
                },
            ),
            Ask::Handshake { server_name, mode } => keep(
                &mut self.handshakes,
                HandshakeTry {
                    op: entry.op,
                    n: entry.n,
                    server_name: server_name.clone(),
                    mode: *mode,
                    began: entry.at,
                    ended: None,
                    ended_n: None,
                },
            ),
            Ask::Run(_) | Ask::Resolve { .. } | Ask::Login(_) | Ask::LegacyHello => {}
        }
    }

    fn ended_child(&mut self, entry: &Entry, outcome: &Outcome) {
        let ended = Some((entry.at, outcome.clone()));
        if let Some(connect) = self.connects.iter_mut().find(|connect| connect.op == entry.op) {
            (connect.ended, connect.ended_n) = (ended, Some(entry.n));
        } else if let Some(handshake) = self.handshakes.iter_mut().find(|handshake| handshake.op == entry.op) {
            (handshake.ended, handshake.ended_n) = (ended, Some(entry.n));
        }
    }

    /// The login is over: its clocks stop, and a stage that was open becomes what ended it.
    fn end(&mut self, entry: &Entry, outcome: &Outcome) {
        self.ended = Some(Ending { at: entry.at, n: entry.n, outcome: outcome.clone() });
        self.wait = None;
        self.cut_silences(entry.at);
        for row in self.stages.iter_mut().filter(|row| row.is_open()) {
            row.left = Some(entry.at);
            row.outcome = match (row.outcome, outcome.how) {
                (StageOutcome::Waiting, How::Refused) => StageOutcome::Refused,
                (StageOutcome::Waiting, How::TimedOut) => StageOutcome::Silent,
                (StageOutcome::Waiting, How::Broken | How::Lost | How::Failed) => StageOutcome::Failed,
                (outcome, _) => outcome,
            };
        }
    }

    fn saw(&mut self, entry: &Entry, fact: &Fact) {
        match fact {
            Fact::Net(fact) => self.net(entry, fact),
            Fact::Tls(fact) => self.tls(entry, fact),
            Fact::Xmpp(fact) => self.xmpp(entry, fact),
            Fact::Stage(fact) => self.stage_changed(entry.at, fact),
            Fact::Wait(fact) => self.wait_changed(entry, fact),
            Fact::Kernel(fact) => self.kernel_seen(entry, fact),
            Fact::User(UserAct::Stopped) => {
                self.we_closed.get_or_insert(entry.at);
                self.cut_silences(entry.at);
            }
            Fact::User(_) => {}
        }
    }

    fn net(&mut self, entry: &Entry, fact: &NetFact) {
        match fact {
            NetFact::Resolved { .. } | NetFact::Closed { by: ClosedBy::Us, .. } => {}
            NetFact::Connected { local, remote } => {
                self.local = Some(local.clone());
                self.remote = Some(remote.clone());
            }
            NetFact::Closed { by, code } => {
                self.cut_silences(entry.at);
                let stage = self.stage();
                let finished = self.row(self.ask.until).outcome == StageOutcome::Ok;
                let (announced, auth_open) = (self.announced(), self.auth_open());
                if self.we_closed.is_some() {
                    return; // the peer's half of an end that we began
                }
                self.closed.get_or_insert_with(|| Closed {
                    n: entry.n,
                    at: entry.at,
                    stage,
                    finished,
                    announced,
                    auth_open,
                    by: *by,
                    code: code.clone(),
                });
            }
        }
    }

    /// Whether the peer has said why it may end the stream.
    fn announced(&self) -> bool {
        self.failure.is_some() || self.starttls_failure.is_some() || !self.stream_errors.is_empty()
    }

    fn auth_open(&self) -> bool {
        self.auths.last().is_some_and(|sent| sent.answer.is_none())
    }

    fn tls(&mut self, entry: &Entry, fact: &TlsFact) {
        let presented = |certs: Vec<_>, verified| Presented { n: entry.n, wall: entry.wall, certs, verified };
        match fact {
            TlsFact::Chain { certs } => {
                self.certs.clone_from(certs);
                keep(&mut self.presented, presented(certs.clone(), None));
            }
            TlsFact::Verified { chain, names, key_proven } => {
                let verified =
                    Verified { n: entry.n, chain: chain.clone(), names: names.clone(), key_proven: *key_proven };
                self.verified = Some(verified.clone());
                match self.presented.last_mut() {
                    Some(last) if last.verified.is_none() => last.verified = Some(verified),
                    _ => keep(&mut self.presented, presented(Vec::new(), Some(verified))),
                }
            }
            TlsFact::Agreed { version, suite, group } => {
                self.agreed = Some(Agreed {
                    n: entry.n,
                    version: version.clone(),
                    suite: suite.clone(),
                    group: group.clone(),
                });
            }
            TlsFact::Legacy { version, suite, alert } => {
                self.legacy.get_or_insert_with(|| LegacySeen {
                    n: entry.n,
                    version: version.clone(),
                    suite: suite.clone(),
                    alert: alert.clone(),
                });
            }
        }
    }

    fn xmpp(&mut self, entry: &Entry, fact: &XmppFact) {
        match fact {
            XmppFact::Sent(sent) => self.sent(entry, sent),
            XmppFact::Received(received) => self.received(entry, received),
            XmppFact::Partial { bytes, .. } => self.partial = Some((entry.n, *bytes)),
            XmppFact::Unsent { .. } => {}
            XmppFact::Remark(remark) => {
                let stage = self.stage();
                let seen = RemarkSeen { n: entry.n, at: entry.at, stage, remark: remark.clone() };
                keep(&mut self.remarks, seen);
            }
        }
    }

    fn sent(&mut self, entry: &Entry, sent: &Sent) {
        if sent.credential {
            keep(&mut self.attempts, entry.n);
        }
        if sent.payload.text().contains("</stream:stream>") {
            self.we_closed.get_or_insert(entry.at);
        }
        if sent.mechanism.is_none() && sent.what != "auth" && sent.what != "response" {
            return;
        }
        let before = self.auths.last().and_then(|last| last.mechanism.clone());
        let auth = AuthSent {
            n: entry.n,
            at: entry.at,
            wall: entry.wall,
            what: sent.what.clone(),
            mechanism: sent.mechanism.clone().or(before),
            credential: sent.credential,
            xml_bytes: sent.payload.wire_len() as u64,
            wire: sent.wire,
            answer: None,
        };
        keep(&mut self.auths, auth);
    }

    fn received(&mut self, entry: &Entry, received: &Received) {
        self.partial = None;
        self.wire_received = self.wire_received.max(received.wire);
        self.last_received = Some((entry.n, entry.at));
        match &received.read {
            Read::StreamOpen { .. } | Read::Features { .. } => self.stream_began(entry, &received.read),
            Read::Challenge => self.auth_answered(entry, AuthAnswer::Challenge),
            Read::Success => self.auth_answered(entry, AuthAnswer::Success),
            Read::SaslFailure { condition, text } => self.sasl_failed(entry, condition, text.as_ref()),
            Read::Proceed => self.proceed = self.proceed.or(Some(entry.n)),
            Read::StarttlsFailure => self.starttls_failure = self.starttls_failure.or(Some(entry.n)),
            Read::StreamClose if self.we_closed.is_none() => {
                self.stream_closed.get_or_insert((entry.n, entry.at));
            }
            Read::StreamClose => {}
            Read::Bound { jid } => self.jid = Some(jid.clone()),
            Read::StreamError { .. } | Read::Iq { .. } | Read::Refused { .. } => self.complained(entry, received),
            Read::Declaration
            | Read::Message
            | Read::Presence
            | Read::Sm
            | Read::Whitespace
            | Read::Element { .. } => {}
        }
    }

    fn stream_began(&mut self, entry: &Entry, read: &Read) {
        let stage = self.stage();
        match read {
            Read::StreamOpen { id, from, .. } => {
                self.stream_id.clone_from(id);
                let header = StreamHeader { n: entry.n, at: entry.at, stage, id: id.clone(), from: from.clone() };
                keep(&mut self.headers, header);
            }
            Read::Features { starttls, mechanisms, hostnames, bind, session } => {
                if !mechanisms.is_empty() {
                    self.mechanisms.clone_from(mechanisms);
                }
                if !hostnames.is_empty() {
                    self.hostnames.clone_from(hostnames);
                }
                let features = FeaturesSeen {
                    n: entry.n,
                    at: entry.at,
                    stage,
                    starttls: *starttls,
                    mechanisms: mechanisms.clone(),
                    hostnames: hostnames.clone(),
                    bind: *bind,
                    session: *session,
                };
                keep(&mut self.features, features);
            }
            _ => {}
        }
    }

    fn auth_answered(&mut self, entry: &Entry, answer: AuthAnswer) {
        if let Some(last) = self.auths.last_mut() {
            last.answer.get_or_insert((entry.n, entry.at, answer));
        }
    }

    fn sasl_failed(&mut self, entry: &Entry, condition: &str, text: Option<&String>) {
        let after = self.auths.last().map(|sent| Offset::from_duration(entry.at.since(sent.at)).0);
        self.auth_answered(entry, AuthAnswer::Failure);
        self.failure.get_or_insert_with(|| SaslFailure {
            n: entry.n,
            at: entry.at,
            condition: condition.to_owned(),
            text: text.cloned(),
            after_us: after,
        });
    }

    fn complained(&mut self, entry: &Entry, received: &Received) {
        let (n, stage) = (entry.n, self.stage());
        match &received.read {
            Read::StreamError { condition, text, other_host } => {
                let (condition, text, other_host) = (condition.clone(), text.clone(), other_host.clone());
                keep(&mut self.stream_errors, StreamError { n, stage, condition, text, other_host });
            }
            Read::Iq { kind, error, .. } if kind == "error" => {
                keep(&mut self.iq_errors, IqError { n, stage, condition: error.clone() });
            }
            Read::Refused { what, at } => {
                let start = received.payload.text().chars().take(START).collect();
                keep(&mut self.not_xml, NotXml { n, stage, what: what.clone(), at_byte: *at, start });
            }
            _ => {}
        }
    }

    fn stage_changed(&mut self, at: Offset, fact: &StageFact) {
        let row = &mut self.stages[fact.stage as usize];
        let outcome = match &fact.mark {
            StageMark::Entered => {
                (row.entered, row.left, row.outcome) = (Some(at), None, StageOutcome::Waiting);
                return;
            }
            StageMark::Passed => StageOutcome::Ok,
            StageMark::Skipped { .. } => StageOutcome::Skipped,
            StageMark::Refused => StageOutcome::Refused,
            StageMark::Failed => StageOutcome::Failed,
        };
        row.outcome = outcome;
        // The first word ends the stage's clock; a stage that was never entered has none.
        row.left = row.left.or(row.entered.map(|_| at));
    }

    fn wait_changed(&mut self, entry: &Entry, fact: &WaitFact) {
        match fact.mark {
            WaitMark::Began => self.waits(fact, Level::Quiet),
            WaitMark::Slow => {
                self.waits(fact, Level::Slow);
                let stage = self.stage_of(fact.awaited);
                let (awaited, since) = (fact.awaited, fact.since);
                keep(
                    &mut self.slow,
                    Slow { awaited, stage, since, flagged: entry.at, n: entry.n, answered: None },
                );
            }
            WaitMark::Silent => {
                self.waits(fact, Level::Silent);
                self.fell_silent(entry, fact);
            }
            WaitMark::Answered => self.waited_out(fact, |silence| {
                silence.answered.get_or_insert((entry.n, entry.at));
            }),
            WaitMark::GaveUp => self.waited_out(fact, |silence| {
                silence.gave_up.get_or_insert((entry.n, entry.at));
            }),
        }
        if fact.mark == WaitMark::Answered {
            for slow in self.slow.iter_mut().filter(|slow| same(slow.awaited, slow.since, fact)) {
                slow.answered.get_or_insert((entry.n, entry.at));
            }
        }
    }

    fn waits(&mut self, fact: &WaitFact, level: Level) {
        let reply = fact.reply.clone();
        self.wait = Some(Wait { awaited: fact.awaited, since: fact.since, level, reply });
    }

    fn waited_out(&mut self, fact: &WaitFact, over: impl Fn(&mut Silence)) {
        if self.wait.as_ref().is_some_and(|wait| same(wait.awaited, wait.since, fact)) {
            self.wait = None;
        }
        for silence in self.silences.iter_mut().filter(|silence| same(silence.awaited, silence.since, fact)) {
            over(silence);
            silence.read_kernel(&self.kernel);
        }
    }

    fn fell_silent(&mut self, entry: &Entry, fact: &WaitFact) {
        let stage = self.stage_of(fact.awaited);
        let row = &mut self.stages[stage as usize];
        if row.outcome == StageOutcome::Waiting {
            row.outcome = StageOutcome::Silent;
        }
        let mut silence = Silence {
            awaited: fact.awaited,
            stage,
            since: fact.since,
            flagged: entry.at,
            n: entry.n,
            reply: fact.reply.clone(),
            kind: SilenceKind::Unknown,
            kernel: None,
            acked_by: None,
            unacked: None,
            window_closed: None,
            came_before: self.wire_received,
            answered: None,
            gave_up: None,
            cut_short: None,
        };
        silence.read_kernel(&self.kernel);
        keep(&mut self.silences, silence);
    }

    fn cut_silences(&mut self, at: Offset) {
        for silence in self.silences.iter_mut().filter(|silence| silence.over().is_none()) {
            silence.cut_short = Some(at);
        }
    }

    /// The stage that a wait belongs to: most can be in one stage only.
    fn stage_of(&self, awaited: Awaited) -> Stage {
        match awaited {
            Awaited::Connect => Stage::Tcp,
            Awaited::Proceed => Stage::Starttls,
            Awaited::Handshake => Stage::Tls,
            Awaited::AuthAnswer => Stage::Auth,
            Awaited::BindResult => Stage::Bind,
            Awaited::SessionResult => Stage::Session,
            Awaited::StreamHeader
            | Awaited::Features
            | Awaited::Anything
            | Awaited::StreamClose
            | Awaited::Written => self.stage(),
        }
    }

    fn kernel_seen(&mut self, entry: &Entry, fact: &KernelFact) {
        let snapshot =
            Snapshot { n: entry.n, at: entry.at, wall: entry.wall, reason: fact.reason, view: fact.view.clone() };
        let at = self.kernel.partition_point(|known| (known.at, known.n) <= (snapshot.at, snapshot.n));
        self.kernel.insert(at, snapshot);
        if self.kernel.len() > SNAPSHOTS {
            // The first ones show when something was acknowledged, the last ones how it stands.
            self.kernel.remove(SNAPSHOTS / 2);
        }
        for silence in &mut self.silences {
            silence.read_kernel(&self.kernel);
        }
    }
}

fn same(awaited: Awaited, since: Offset, fact: &WaitFact) -> bool {
    awaited == fact.awaited && since == fact.since
}
