//! One question to a DNS server.

use super::{Ending, ending, keep};
use crate::journal::{DnsAnswer, DnsAsk, DnsFact, Entry, EntryNo, Event, Fact, Offset, OpId, Transport};

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

impl Lookup {
    pub(super) fn new(entry: &Entry, ask: &DnsAsk) -> Self {
        Self {
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

    /// Takes an entry of this operation. Whether it changed anything.
    pub(super) fn apply(&mut self, entry: &Entry) -> bool {
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
            _ => return false,
        }
        true
    }
}
