//! How one login takes an entry in. Knows nothing of other logins.
//!
//! The login's own entries come in their order; those of its connects and handshakes may come before or after
//! them, so what depends on both is compared by time.

use crate::journal::{
    Ask, ClosedBy, Entry, Event, Fact, How, LoginAsk, NetFact, Outcome, Stage, TlsFact, UserAct,
};

use super::{
    Agreed, Closed, ConnectTry, Ending, HandshakeTry, KEPT, LegacySeen, LoginProgress, Presented, StageOutcome,
    StageRow, Verified,
};

pub(super) fn keep<T>(list: &mut Vec<T>, item: T) {
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
            via: None,
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
            framed: 0,
            wire_received: 0,
            came_at_wait: None,
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
            Ask::Run(_) | Ask::Resolve { .. } | Ask::Dns(_) | Ask::Http(_) | Ask::Login(_) | Ask::LegacyHello => {}
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
            Fact::User(_) | Fact::Dns(_) | Fact::Http(_) => {}
        }
    }

    fn net(&mut self, entry: &Entry, fact: &NetFact) {
        match fact {
            NetFact::Resolved { .. } | NetFact::Closed { by: ClosedBy::Us, .. } => {}
            NetFact::Connected { local, remote, via } => {
                self.via.clone_from(via);
                self.local = Some(local.clone());
                self.remote = Some(remote.clone());
            }
            NetFact::Closed { by, code } => {
                self.cut_silences(entry.at);
                self.wait = None;
                if self.we_closed.is_none() {
                    let closed = self.ending(entry, *by, code.clone());
                    self.closed.get_or_insert(closed);
                }
            }
        }
    }

    /// An end by the peer, as things stand now.
    pub(super) fn ending(&self, entry: &Entry, by: ClosedBy, code: Option<String>) -> Closed {
        Closed {
            n: entry.n,
            at: entry.at,
            stage: self.stage(),
            finished: self.row(self.ask.until).outcome == StageOutcome::Ok,
            announced: self.announced(),
            auth_open: self.auths.last().is_some_and(|sent| sent.answer.is_none()),
            by,
            code,
        }
    }

    /// Whether the peer has said why it may end the stream.
    fn announced(&self) -> bool {
        self.failure.is_some() || self.starttls_failure.is_some() || !self.stream_errors.is_empty()
    }

    fn tls(&mut self, entry: &Entry, fact: &TlsFact) {
        let presented =
            |certs: Vec<_>, verified| Presented { n: entry.n, wall: entry.wall, certs, unchecked: None, verified };
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
            TlsFact::KeyUnchecked { why } => {
                if let Some(last) = self.presented.last_mut() {
                    last.unchecked = Some(why.clone());
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
}
