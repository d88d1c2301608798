//! One HTTP request, the connection that it needed, and its answer.

use super::{Ending, KEPT, ending, keep};
use crate::discovery::reading::{self, Reading};
use crate::journal::{
    Ask, BodyEnd, CertFact, Entry, EntryNo, Event, Fact, HttpAsk, HttpFact, HttpHead, NameVerdict, Offset, OpId,
    Outcome, QuietMark, TlsFact, Verdict, Wall,
};
use crate::protocol::document::Misread;

/// What is wrong so near to the end of what is kept of a body is wrong since the rest is missing.
const LAST: usize = 1024;

/// One HTTP request and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Its operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// When it began.
    pub began: Offset,
    /// The same moment on the wall clock.
    pub began_wall: Wall,
    /// The request.
    pub ask: HttpAsk,
    /// The TCP connects that it needed; none where a connection stood already.
    pub connects: Vec<Connect>,
    /// The TLS handshakes that it needed, by their end.
    pub handshakes: Vec<Handshake>,
    /// The certificate that was presented on its connection, where it made one.
    pub certificate: Option<CertificateSeen>,
    /// A look with old TLS versions, where one was made: entry, and the version that was agreed.
    pub legacy: Option<(EntryNo, Option<String>, Option<String>)>,
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
    /// The handshake that showed it.
    pub op: OpId,
    /// When, on the wall clock: what its dates are compared with.
    pub wall: Wall,
    /// The chain, the server's own first.
    pub certs: Vec<CertFact>,
    /// The check: its entry, the chain's verdict, the names', whether the key was proven.
    pub verified: Option<(EntryNo, Verdict, Vec<NameVerdict>, bool)>,
    /// Why it cannot be checked whether the server holds the key, where that is so.
    pub unchecked: Option<String>,
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

impl CertificateSeen {
    /// Whether its check is done, or cannot be.
    pub(super) fn is_judged(&self) -> bool {
        self.verified.is_some() || self.unchecked.is_some()
    }

    /// Whether the check found nothing wrong with it, or it was accepted. An unproven key is never accepted.
    pub(super) fn holds(&self, accepted: impl Fn(&str) -> bool) -> bool {
        let Some((_, chain, names, key_proven)) = &self.verified else { return false };
        let is_right = chain.ok && names.iter().all(|name| name.ok);
        *key_proven && (is_right || self.certs.first().is_some_and(|leaf| accepted(&leaf.fingerprint)))
    }
}

fn cut_short(bytes: u64, left_out: u64) -> String {
    format!("of its {bytes} bytes only the first {} are kept", bytes - left_out)
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

    /// The mark that it is silent, where its wait crossed that: the entry, and since when it had been quiet.
    pub fn went_silent(&self) -> Option<(EntryNo, Offset)> {
        let silent = self.quiet.iter().find(|(_, mark, _)| *mark == QuietMark::Silent)?;
        Some((silent.0, silent.2))
    }

    /// A moment of this exchange on the wall clock.
    pub fn wall_at(&self, at: Offset) -> Wall {
        let since = i64::try_from(at.since(self.began).as_millis()).unwrap_or(i64::MAX);
        Wall(self.began_wall.0.saturating_add(since))
    }

    /// How the body is compressed, where it is: no request of ours allows that (RFC 9110 section 12.5.3).
    fn encoding(&self) -> Option<String> {
        let (_, _, head) = self.head.as_ref()?;
        let encoding = head.headers("content-encoding").into_iter().find(|encoding| encoding != "identity")?;
        Some(format!("it is compressed ({encoding}), which was not asked for"))
    }

    /// The entry with what the body says; before there is one, the entry that began it.
    pub(in crate::discovery) fn said(&self) -> EntryNo {
        self.body.map_or(self.n, |(n, ..)| n)
    }

    pub(super) fn new(entry: &Entry, ask: &HttpAsk) -> Self {
        Self {
            op: entry.op,
            n: entry.n,
            began: entry.at,
            began_wall: entry.wall,
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

    /// Takes an entry of this operation, or of one below it. Whether it changed anything. The operations below it
    /// may be read in any order.
    pub(super) fn apply(&mut self, entry: &Entry) -> bool {
        let (op, n, began) = (entry.op, entry.n, entry.at);
        match &entry.event {
            Event::Began(Ask::Connect { to }) => {
                let at = self.connects.partition_point(|other| (other.began, other.op) < (began, op));
                self.connects.insert(at, Connect { op, n, began, to: to.clone(), ended: None });
                self.connects.truncate(KEPT);
            }
            Event::Began(Ask::Handshake { .. }) => {
                let at = self.handshakes.partition_point(|other| (other.began, other.op) < (began, op));
                self.handshakes.insert(at, Handshake { op, n, began, ended: None });
                self.handshakes.truncate(KEPT);
            }
            Event::Ended(outcome) => self.end(entry, outcome),
            Event::Saw(Fact::Tls(fact)) => self.tls(entry, fact),
            Event::Saw(Fact::Http(fact)) => self.http(entry, fact),
            _ => return false,
        }
        true
    }

    fn end(&mut self, entry: &Entry, outcome: &Outcome) {
        let op = entry.op;
        if op == self.op {
            self.ended = ending(entry, outcome);
        } else if let Some(connect) = self.connects.iter_mut().find(|connect| connect.op == op) {
            connect.ended = ending(entry, outcome);
        } else if let Some(handshake) = self.handshakes.iter_mut().find(|handshake| handshake.op == op) {
            handshake.ended = ending(entry, outcome);
        }
    }

    fn tls(&mut self, entry: &Entry, fact: &TlsFact) {
        let (n, op, wall) = (entry.n, entry.op, entry.wall);
        match fact {
            TlsFact::Chain { certs } => {
                // The newest one counts, whichever was read last.
                if self.certificate.as_ref().is_none_or(|seen| seen.n < n) {
                    self.certificate = Some(CertificateSeen {
                        n,
                        op,
                        wall,
                        certs: certs.clone(),
                        unchecked: None,
                        verified: None,
                    });
                }
            }
            TlsFact::Verified { chain, names, key_proven } => {
                if let Some(seen) = self.certificate.as_mut().filter(|seen| seen.op == op) {
                    seen.verified = Some((n, chain.clone(), names.clone(), *key_proven));
                }
            }
            TlsFact::KeyUnchecked { why } => {
                if let Some(seen) = self.certificate.as_mut().filter(|seen| seen.op == op) {
                    seen.unchecked = Some(why.clone());
                }
            }
            TlsFact::Agreed { .. } => {}
            TlsFact::Legacy { version, suite, .. } => {
                if self.legacy.as_ref().is_none_or(|(seen, ..)| *seen < n) {
                    self.legacy = Some((n, version.clone(), suite.clone()));
                }
            }
        }
    }

    fn http(&mut self, entry: &Entry, fact: &HttpFact) {
        match fact {
            HttpFact::Sent { credential, .. } => self.sent = Some((entry.n, entry.at, *credential)),
            HttpFact::Head(head) => self.head = Some((entry.n, entry.at, head.clone())),
            HttpFact::Body { payload, bytes, end } => {
                self.body = Some((entry.n, entry.at, *bytes, *end));
                self.reading = reading::read(self.ask.what, self.status(), payload.bytes());
                if let Reading::Misread(Misread::NotXml { at, .. }) = &self.reading {
                    let left_out = bytes.saturating_sub(payload.wire_len() as u64);
                    let at_the_end = left_out > 0 && at.saturating_add(LAST) >= payload.bytes().len();
                    let why = self.encoding().or_else(|| at_the_end.then(|| cut_short(*bytes, left_out)));
                    if let Some(why) = why {
                        self.reading = Reading::Misread(Misread::Unread(why));
                    }
                }
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
