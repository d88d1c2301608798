//! What the walk has asked and what it was told: a fold over entries, for the plan, the tree and the findings.
//!
//! Operations may be read in any order; within one, entries come in theirs. Nothing here is an opinion: a question
//! has an answer, an end, or neither yet.

use std::collections::BTreeMap;

use super::reading::{self, Reading};
use crate::journal::{
    Ask, BodyEnd, CertFact, DnsAnswer, DnsAsk, DnsFact, Entry, EntryNo, Event, Fact, HttpAsk, HttpFact, HttpHead,
    HttpWhat, LoginAsk, NameVerdict, NetFact, Offset, OpId, Outcome, QuietMark, Read, RunAsk, TlsFact, Transport,
    UserAct, Verdict, WalkAsk, Wall, XmppFact,
};

/// How many entries wait for the operation that they belong to.
const EARLY: usize = 4096;
/// So many messages of one lookup, and connects of one exchange, are kept.
const KEPT: usize = 256;

/// What a walk has asked and what it was told.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    run: Option<(EntryNo, OpId, RunAsk)>,
    lookups: Vec<Lookup>,
    exchanges: Vec<Exchange>,
    logins: Vec<LoginSeen>,
    /// Which kind of operation each one belongs to.
    owners: BTreeMap<OpId, OpId>,
    permissions: Permissions,
    early: Vec<Entry>,
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// The entry that says so.
    pub n: EntryNo,
    /// When.
    pub at: Offset,
    /// In which way.
    pub outcome: Outcome,
}

/// One question to one DNS server.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// Its operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// When it began.
    pub began: Offset,
    /// The question.
    pub ask: DnsAsk,
    /// Each time that the question left: entry and transport. More than one over UDP: it was re-sent.
    pub sent: Vec<(EntryNo, Transport)>,
    /// The answers, truncated ones among them, in their order.
    pub answers: Vec<(EntryNo, Offset, DnsAnswer)>,
    /// Refusals by the server's host or the way to it: entry, transport, code.
    pub unreachable: Vec<(EntryNo, Transport, String)>,
    /// Messages that were no answer: entry and why.
    pub ignored: Vec<(EntryNo, String)>,
    /// Its end.
    pub ended: Option<Ending>,
}

/// One HTTP request and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Its operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// When it began.
    pub began: Offset,
    /// The request.
    pub ask: HttpAsk,
    /// The TCP connects that it needed; none where a connection stood already.
    pub connects: Vec<Connect>,
    /// The TLS handshakes that it needed, by their end.
    pub handshakes: Vec<Handshake>,
    /// The certificate that was presented on its connection, where it made one.
    pub certificate: Option<CertificateSeen>,
    /// A look with old TLS versions, where one was made: entry, and the version that was agreed.
    pub legacy: Option<(EntryNo, Option<String>)>,
    /// The request was written: entry, when, and whether the user's credential was in it.
    pub sent: Option<(EntryNo, Offset, bool)>,
    /// The trust gate was shut.
    pub gate: Option<GateShut>,
    /// The marks that its wait crossed.
    pub quiet: Vec<(EntryNo, QuietMark, Offset)>,
    /// The answer's head.
    pub head: Option<(EntryNo, Offset, HttpHead)>,
    /// The answer's body: entry, when it ended, bytes that came, and how it ended.
    pub body: Option<(EntryNo, Offset, u64, BodyEnd)>,
    /// What the body says.
    pub reading: Reading,
    /// Its end.
    pub ended: Option<Ending>,
}

/// One TCP connect.
#[derive(Debug, Clone, PartialEq)]
pub struct Connect {
    /// Its operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// When it began.
    pub began: Offset,
    /// `address:port`
    pub to: String,
    /// Its end.
    pub ended: Option<Ending>,
}

/// One TLS handshake.
#[derive(Debug, Clone, PartialEq)]
pub struct Handshake {
    /// Its operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// When it began.
    pub began: Offset,
    /// Its end.
    pub ended: Option<Ending>,
}

/// A certificate, and what a client makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CertificateSeen {
    /// The entry with the chain.
    pub n: EntryNo,
    /// When, on the wall clock: what its dates are compared with.
    pub wall: Wall,
    /// The chain, the server's own first.
    pub certs: Vec<CertFact>,
    /// The check: its entry, the chain's verdict, the names', whether the key was proven.
    pub verified: Option<(EntryNo, Verdict, Vec<NameVerdict>, bool)>,
}

/// A credential did not cross.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateShut {
    /// The entry.
    pub n: EntryNo,
    /// `untrusted`, `clear`, `key not proven`, `attempts`, `no credential`.
    pub why: String,
    /// What to accept.
    pub fingerprint: Option<String>,
    /// What failed, a phrase each.
    pub failed: Vec<String>,
    /// What would be sent.
    pub would_send: String,
}

/// A login, as far as the walk cares.
#[derive(Debug, Clone, PartialEq)]
pub struct LoginSeen {
    /// Its operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// When it began.
    pub began: Offset,
    /// What was asked.
    pub ask: LoginAsk,
    /// The hosts that the node named as the user's home and backup (protocol.md 5.4): entry and names.
    pub hostnames: Option<(EntryNo, Vec<String>)>,
    /// The host that `see-other-host` named.
    pub other_host: Option<(EntryNo, String)>,
    /// The credential was refused: the entry.
    pub refused: Option<EntryNo>,
    /// The credential was accepted: the entry.
    pub accepted: Option<EntryNo>,
    /// Its end.
    pub ended: Option<Ending>,
}

/// What the user allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Accepted fingerprints: entry, host (none: every host), fingerprint.
    pub accepted: Vec<(EntryNo, Option<String>, String)>,
    /// Every certificate.
    pub insecure: Option<EntryNo>,
    /// Credentials in clear: entry and host (none: every host).
    pub cleartext: Vec<(EntryNo, Option<String>)>,
}

impl Permissions {
    /// The entry in which this certificate was accepted for this host, if it was.
    pub fn accepts(&self, host: &str, fingerprint: &str) -> Option<EntryNo> {
        let by_hand = self.accepted.iter().find(|(_, place, accepted)| {
            accepted == fingerprint && place.as_deref().is_none_or(|place| place.eq_ignore_ascii_case(host))
        });
        by_hand.map(|(n, ..)| *n).or(self.insecure)
    }
}

impl Lookup {
    /// The answer that counts: the last one that was not truncated.
    pub fn answer(&self) -> Option<&DnsAnswer> {
        self.answered().map(|(_, _, answer)| answer)
    }

    /// That answer with its entry and time.
    pub fn answered(&self) -> Option<&(EntryNo, Offset, DnsAnswer)> {
        self.answers.iter().rev().find(|(_, _, answer)| !answer.truncated)
    }

    /// Microseconds from the question to that answer.
    pub fn took_us(&self) -> Option<u64> {
        self.answered().map(|(_, at, _)| at.0.saturating_sub(self.began.0))
    }
}

impl Exchange {
    /// The status, once the head came.
    pub fn status(&self) -> Option<u16> {
        self.head.as_ref().map(|(_, _, head)| head.status)
    }

    /// Microseconds from the beginning, connect and handshake included, to the answer's end (or its head, where the
    /// body did not end).
    pub fn took_us(&self) -> Option<u64> {
        let at = self.body.as_ref().map(|(_, at, ..)| *at).or(self.head.as_ref().map(|(_, at, _)| *at))?;
        Some(at.0.saturating_sub(self.began.0))
    }

    /// Microseconds that the server took to answer: from the written request to the answer's head.
    pub fn answered_us(&self) -> Option<u64> {
        let (_, sent, _) = self.sent.as_ref()?;
        let (_, head, _) = self.head.as_ref()?;
        Some(head.0.saturating_sub(sent.0))
    }
}

impl Walk {
    /// The walk of some entries.
    pub fn of(entries: &[Entry]) -> Self {
        let mut walk = Self::default();
        entries.iter().for_each(|entry| walk.apply(entry));
        walk
    }

    /// The run's target, once it began: the entry and the ask.
    pub fn run(&self) -> Option<(EntryNo, &RunAsk)> {
        self.run.as_ref().map(|(n, _, ask)| (*n, ask))
    }

    /// What the walk sets out from; none in a run that walks nothing.
    pub fn goal(&self) -> Option<&WalkAsk> {
        self.run.as_ref()?.2.walk.as_ref()
    }

    /// All lookups, in the order in which they began.
    pub fn lookups(&self) -> &[Lookup] {
        &self.lookups
    }

    /// All HTTP exchanges, in the order in which they began.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// All logins, in the order in which they began.
    pub fn logins(&self) -> &[LoginSeen] {
        &self.logins
    }

    /// What the user allowed.
    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// The newest lookup of this question.
    pub fn lookup(&self, ask: &DnsAsk) -> Option<&Lookup> {
        self.lookups.iter().rev().find(|lookup| lookup.ask == *ask)
    }

    /// The newest exchange for this purpose at this URL.
    pub fn exchange(&self, what: HttpWhat, url: &str) -> Option<&Exchange> {
        self.exchanges.iter().rev().find(|exchange| exchange.ask.what == what && exchange.ask.url == url)
    }

    /// Uses of the user's credential over HTTP: what `--max-attempts` counts beside the logins'.
    pub fn attempts(&self) -> usize {
        self.exchanges.iter().filter(|exchange| exchange.sent.is_some_and(|(_, _, credential)| credential)).count()
    }

    /// Takes the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Began(ask) => self.began(entry, ask),
            Event::Saw(Fact::User(act)) => self.permitted(entry, act),
            Event::Saw(_) | Event::Ended(_) => {
                let owner = self.owners.get(&entry.op).copied();
                match owner {
                    Some(owner) => self.give(owner, entry),
                    None if self.early.len() < EARLY => self.early.push(entry.clone()),
                    None => {}
                }
            }
            Event::Lost(_) | Event::Unknown(_) => {}
        }
    }

    fn began(&mut self, entry: &Entry, ask: &Ask) {
        let owner = match ask {
            Ask::Run(run) => {
                self.run = Some((entry.n, entry.op, run.clone()));
                entry.op
            }
            Ask::Dns(ask) => {
                let at = self.lookups.partition_point(|other| (other.began, other.op) < (entry.at, entry.op));
                self.lookups.insert(at, lookup(entry, ask));
                entry.op
            }
            Ask::Http(ask) => {
                let at = self.exchanges.partition_point(|other| (other.began, other.op) < (entry.at, entry.op));
                self.exchanges.insert(at, exchange(entry, ask));
                entry.op
            }
            Ask::Login(ask) => {
                let at = self.logins.partition_point(|other| (other.began, other.op) < (entry.at, entry.op));
                self.logins.insert(at, login(entry, ask));
                entry.op
            }
            Ask::Resolve { .. } | Ask::Connect { .. } | Ask::Handshake { .. } | Ask::LegacyHello => {
                let above = entry.parent.and_then(|parent| self.owners.get(&parent)).copied();
                let Some(above) = above else {
                    if self.early.len() < EARLY {
                        self.early.push(entry.clone());
                    }
                    return;
                };
                self.owners.insert(entry.op, above);
                self.give(above, entry);
                return self.take_early();
            }
        };
        self.owners.insert(entry.op, owner);
        self.take_early();
    }

    /// Entries that were read before the operation that they belong to.
    fn take_early(&mut self) {
        if self.early.is_empty() {
            return;
        }
        for entry in std::mem::take(&mut self.early) {
            self.apply(&entry);
        }
    }

    fn give(&mut self, owner: OpId, entry: &Entry) {
        if let Some(lookup) = self.lookups.iter_mut().find(|lookup| lookup.op == owner) {
            lookup.apply(entry);
        } else if let Some(exchange) = self.exchanges.iter_mut().find(|exchange| exchange.op == owner) {
            exchange.apply(entry);
        } else if let Some(login) = self.logins.iter_mut().find(|login| login.op == owner) {
            login.apply(entry);
        }
    }

    fn permitted(&mut self, entry: &Entry, act: &UserAct) {
        let permissions = &mut self.permissions;
        match act {
            UserAct::Accepted { host, fingerprint } => {
                permissions.accepted.push((entry.n, Some(host.clone()), fingerprint.clone()));
            }
            UserAct::AcceptedAnywhere { fingerprint } => {
                permissions.accepted.push((entry.n, None, fingerprint.clone()));
            }
            UserAct::Insecure => {
                permissions.insecure.get_or_insert(entry.n);
            }
            UserAct::AllowedCleartext { host } => permissions.cleartext.push((entry.n, Some(host.clone()))),
            UserAct::AllowedCleartextAnywhere => permissions.cleartext.push((entry.n, None)),
            UserAct::AskedAgain { .. } | UserAct::Skipped { .. } | UserAct::Stopped | UserAct::MoreAttempts => {}
        }
    }
}

fn lookup(entry: &Entry, ask: &DnsAsk) -> Lookup {
    Lookup {
        op: entry.op,
        n: entry.n,
        began: entry.at,
        ask: ask.clone(),
        sent: Vec::new(),
        answers: Vec::new(),
        unreachable: Vec::new(),
        ignored: Vec::new(),
        ended: None,
    }
}

fn exchange(entry: &Entry, ask: &HttpAsk) -> Exchange {
    Exchange {
        op: entry.op,
        n: entry.n,
        began: entry.at,
        ask: ask.clone(),
        connects: Vec::new(),
        handshakes: Vec::new(),
        certificate: None,
        legacy: None,
        sent: None,
        gate: None,
        quiet: Vec::new(),
        head: None,
        body: None,
        reading: Reading::Nothing,
        ended: None,
    }
}

fn login(entry: &Entry, ask: &LoginAsk) -> LoginSeen {
    LoginSeen {
        op: entry.op,
        n: entry.n,
        began: entry.at,
        ask: ask.clone(),
        hostnames: None,
        other_host: None,
        refused: None,
        accepted: None,
        ended: None,
    }
}

fn ending(entry: &Entry, outcome: &Outcome) -> Option<Ending> {
    Some(Ending { n: entry.n, at: entry.at, outcome: outcome.clone() })
}

fn keep<T>(list: &mut Vec<T>, item: T) {
    if list.len() < KEPT {
        list.push(item);
    }
}

impl Lookup {
    fn apply(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Saw(Fact::Dns(fact)) => match fact {
                DnsFact::Sent { transport, .. } => keep(&mut self.sent, (entry.n, *transport)),
                DnsFact::Answered(answer) => keep(&mut self.answers, (entry.n, entry.at, answer.clone())),
                DnsFact::Unreachable { transport, code } => {
                    keep(&mut self.unreachable, (entry.n, *transport, code.clone()));
                }
                DnsFact::Ignored { why, .. } => keep(&mut self.ignored, (entry.n, why.clone())),
            },
            Event::Ended(outcome) if entry.op == self.op => self.ended = ending(entry, outcome),
            _ => {}
        }
    }
}

impl Exchange {
    fn apply(&mut self, entry: &Entry) {
        let (op, n, began) = (entry.op, entry.n, entry.at);
        match &entry.event {
            Event::Began(Ask::Connect { to }) => {
                keep(&mut self.connects, Connect { op, n, began, to: to.clone(), ended: None });
            }
            Event::Began(Ask::Handshake { .. }) => {
                keep(&mut self.handshakes, Handshake { op, n, began, ended: None });
            }
            Event::Ended(outcome) if op == self.op => self.ended = ending(entry, outcome),
            Event::Ended(outcome) => {
                if let Some(connect) = self.connects.iter_mut().find(|connect| connect.op == op) {
                    connect.ended = ending(entry, outcome);
                } else if let Some(handshake) = self.handshakes.iter_mut().find(|handshake| handshake.op == op) {
                    handshake.ended = ending(entry, outcome);
                }
            }
            Event::Saw(Fact::Tls(fact)) => self.tls(entry, fact),
            Event::Saw(Fact::Http(fact)) => self.http(entry, fact),
            Event::Saw(Fact::Net(NetFact::Connected { .. })) | Event::Saw(_) => {}
            Event::Began(_) | Event::Lost(_) | Event::Unknown(_) => {}
        }
    }

    fn tls(&mut self, entry: &Entry, fact: &TlsFact) {
        match fact {
            TlsFact::Chain { certs } => {
                self.certificate =
                    Some(CertificateSeen { n: entry.n, wall: entry.wall, certs: certs.clone(), verified: None });
            }
            TlsFact::Verified { chain, names, key_proven } => {
                if let Some(certificate) = &mut self.certificate {
                    certificate.verified = Some((entry.n, chain.clone(), names.clone(), *key_proven));
                }
            }
            TlsFact::Agreed { .. } => {}
            TlsFact::Legacy { version, .. } => self.legacy = Some((entry.n, version.clone())),
        }
    }

    fn http(&mut self, entry: &Entry, fact: &HttpFact) {
        match fact {
            HttpFact::Sent { credential, .. } => self.sent = Some((entry.n, entry.at, *credential)),
            HttpFact::Head(head) => self.head = Some((entry.n, entry.at, head.clone())),
            HttpFact::Body { payload, bytes, end } => {
                self.body = Some((entry.n, entry.at, *bytes, *end));
                self.reading = reading::read(self.ask.what, self.status(), payload.bytes());
            }
            HttpFact::Quiet { mark, since } => keep(&mut self.quiet, (entry.n, *mark, *since)),
            HttpFact::Gate { why, fingerprint, failed, would_send } => {
                self.gate = Some(GateShut {
                    n: entry.n,
                    why: why.clone(),
                    fingerprint: fingerprint.clone(),
                    failed: failed.clone(),
                    would_send: would_send.clone(),
                });
            }
        }
    }
}

impl LoginSeen {
    fn apply(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Saw(Fact::Xmpp(fact)) => {
                let XmppFact::Received(received) = &**fact else { return };
                match &received.read {
                    Read::Features { hostnames, .. } if !hostnames.is_empty() => {
                        self.hostnames.get_or_insert_with(|| (entry.n, hostnames.clone()));
                    }
                    Read::StreamError { other_host: Some(host), .. } => {
                        self.other_host.get_or_insert_with(|| (entry.n, host.clone()));
                    }
                    Read::SaslFailure { .. } => self.refused = Some(entry.n),
                    Read::Success => self.accepted = Some(entry.n),
                    _ => {}
                }
            }
            Event::Ended(outcome) if entry.op == self.op => self.ended = ending(entry, outcome),
            _ => {}
        }
    }
}
