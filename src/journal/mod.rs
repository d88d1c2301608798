//! The journal: what a run asked, what passed, and how it ended.
//!
//! Only the rim appends to it. An entry never holds an opinion, a secret, or the state of the screen; everything
//! that is shown or concluded is a fold over entries. This module uses nothing else of ours.
//!
//! Reading order: [`Entry`], then the events [`Ask`], [`Fact`], [`Outcome`], then [`Payload`], then [`mod@line`].

mod dns;
mod entry;
mod fact;
mod http;
pub mod line;
mod payload;
mod place;
mod stage;
mod time;
mod via;
mod visible;
mod wait;
mod walk;
mod xmpp;

pub use dns::{DnsAnswer, DnsAsk, DnsFact, DnsRecord, RecordData, RecordKind, Srv, Transport};
pub use entry::{
    Ask, ClientKind, Entry, EntryNo, Environment, Event, How, LoginAsk, Loss, OpId, Outcome, Purpose, RunAsk,
    TlsMode,
};
pub use fact::{CertFact, ClosedBy, Fact, HaNode, NameRole, NameVerdict, NetFact, TlsFact, UserAct, Verdict};
pub use http::{BodyEnd, HttpAsk, HttpFact, HttpHead, HttpWhat, QuietMark};
pub use payload::{Bytes, Cut, Payload, Secret, Span};
pub use place::{dns_key, host_port, http_key, node_key};
pub use stage::{Stage, StageFact, StageMark};
pub use time::{Offset, Wall, dated, day};
pub use via::{ProxySays, Via, refusal_code, reply_code, reply_words, trouble_code};
pub use visible::{is_hidden, visible};
pub use wait::{Awaited, AwaitedReply, KernelFact, KernelReason, KernelView, WaitFact, WaitMark};
pub use walk::{Clients, DnsServer, EpasClient, GivenNode, MOST_CUCMS, WalkAsk};
pub use xmpp::{Author, PARTS_KEPT, Part, Parts, Read, Received, Remark, Sent, XmppFact};

/// The entries of one run, in the order in which they were appended.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Journal {
    entries: Vec<Entry>,
}

impl Journal {
    /// Appends an entry and gives it the next number.
    pub fn append(&mut self, note: Note) -> &Entry {
        let entry = note.numbered(self.next());
        self.push(entry)
    }

    /// Appends an entry that already has its number, as a recording's reader does.
    pub fn push(&mut self, entry: Entry) -> &Entry {
        self.entries.push(entry);
        self.entries.last().expect("an entry was pushed just now")
    }

    /// The number that the next entry will get: one more than the last one's.
    pub fn next(&self) -> EntryNo {
        EntryNo(self.entries.last().map_or(1, |last| last.n.0 + 1))
    }

    /// All entries, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this number, if the journal has it.
    pub fn get(&self, n: EntryNo) -> Option<&Entry> {
        let at = self.entries.binary_search_by_key(&n, |entry| entry.n).ok()?;
        self.entries.get(at)
    }
}

/// An entry that has no number yet: what the rim hands to the journal's owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The operation it belongs to.
    pub op: OpId,
    /// The operation that began that operation.
    pub parent: Option<OpId>,
    /// When it happened, since the run's start, taken at the source.
    pub at: Offset,
    /// The same moment on the wall clock.
    pub wall: Wall,
    /// What happened.
    pub event: Event,
}

impl Note {
    /// The entry that this note becomes under the number `n`.
    pub fn numbered(self, n: EntryNo) -> Entry {
        Entry { n, op: self.op, parent: self.parent, at: self.at, wall: self.wall, event: self.event }
    }
}
