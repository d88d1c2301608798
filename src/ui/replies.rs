//! Typed requests and their answers, matched by id: when the answer came, or that none has come.

use std::time::Duration;

use super::model::Model;
use crate::console::Typed;
use crate::journal::{Ask, Author, Entry, EntryNo, Event, Fact, NetFact, Offset, OpId, Read, XmppFact};

/// So many requests are waited for at once; the oldest beyond that are forgotten.
const MOST: usize = 64;

/// A request that a person typed and that has no answer yet.
#[derive(Debug, Clone)]
struct Request {
    op: OpId,
    id: String,
    n: EntryNo,
    at: Offset,
    /// The marks that were told.
    told: usize,
}

/// The requests without an answer, and when a wait for one is slow and silent.
#[derive(Debug, Clone)]
pub(super) struct Replies {
    waiting: Vec<Request>,
    marks: [(Duration, &'static str); 2],
}

impl Default for Replies {
    fn default() -> Self {
        let marks = [(Duration::from_secs(2), "slow"), (Duration::from_secs(10), "silent")];
        Self { waiting: Vec::new(), marks }
    }
}

impl Replies {
    /// Takes the next entry; what it means for a typed request, in words.
    pub(super) fn apply(&mut self, entry: &Entry) -> Option<String> {
        match &entry.event {
            Event::Began(Ask::Run(run)) => {
                self.marks[0].0 = Duration::from_millis(run.slow_ms);
                self.marks[1].0 = Duration::from_millis(run.silent_ms);
                None
            }
            Event::Saw(Fact::Xmpp(fact)) => self.xmpp(entry, fact),
            Event::Saw(Fact::Net(NetFact::Closed { .. })) | Event::Ended(_) => self.over(entry),
            _ => None,
        }
    }

    fn xmpp(&mut self, entry: &Entry, fact: &XmppFact) -> Option<String> {
        match fact {
            XmppFact::Sent(sent) if sent.by == Author::Typed => {
                let text = String::from_utf8_lossy(sent.payload.bytes()).into_owned();
                for top in Typed::read(&text).tops {
                    let asks = top.name == "iq" && matches!(top.kind.as_deref(), Some("get" | "set"));
                    if let Some(id) = top.id.filter(|_| asks) {
                        self.waiting.push(Request { op: entry.op, id, n: entry.n, at: entry.at, told: 0 });
                    }
                }
                self.waiting.drain(..self.waiting.len().saturating_sub(MOST));
                None
            }
            XmppFact::Received(received) => match &received.read {
                Read::Iq { kind, id: Some(id), error } if kind == "result" || kind == "error" => {
                    let refusal = if kind == "error" { error.as_deref().or(Some("error")) } else { None };
                    self.answered(entry, id, refusal)
                }
                Read::Bound { .. } => {
                    let text = String::from_utf8_lossy(received.payload.bytes()).into_owned();
                    let id = Typed::read(&text).tops.into_iter().find_map(|top| top.id)?;
                    self.answered(entry, &id, None)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn answered(&mut self, entry: &Entry, id: &str, refusal: Option<&str>) -> Option<String> {
        let place = self.waiting.iter().position(|request| request.op == entry.op && request.id == id)?;
        let request = self.waiting.remove(place);
        let after = lasted(entry.at.since(request.at));
        let refusal = refusal.map_or_else(String::new, |condition| format!(": error {condition}"));
        Some(format!("answer to {id} after {after} at #{}{refusal}", entry.n.0))
    }

    /// A connection or a login has ended: nothing more comes on it.
    fn over(&mut self, entry: &Entry) -> Option<String> {
        let oldest = self.waiting.iter().find(|request| request.op == entry.op).cloned()?;
        self.waiting.retain(|request| request.op != entry.op);
        let after = lasted(entry.at.since(oldest.at));
        Some(format!("no answer to {} (#{}): the connection ended after {after}", oldest.id, oldest.n.0))
    }

    /// What the clock says of the requests: the newest mark that was passed.
    pub(super) fn due(&mut self, now: Offset) -> Option<String> {
        let mut said = None;
        for request in &mut self.waiting {
            let passed = self.marks.iter().filter(|(mark, _)| now >= request.at.after(*mark)).count();
            if passed > request.told {
                request.told = passed;
                let (mark, word) = self.marks[passed - 1];
                said =
                    Some(format!("no answer to {} (#{}) for {}: {word}", request.id, request.n.0, lasted(mark)));
            }
        }
        said
    }

    /// When the clock next has something to say.
    pub(super) fn next(&self) -> Option<Offset> {
        let marks = self.waiting.iter().filter_map(|request| {
            let (mark, _) = self.marks.get(request.told)?;
            Some(request.at.after(*mark))
        });
        marks.min()
    }
}

/// `12 ms`, `1.2 s`
fn lasted(time: Duration) -> String {
    match time.as_millis() {
        ms @ 0..1000 => format!("{ms} ms"),
        ms => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
    }
}

impl Model {
    /// Tells what an entry means for a typed request. In a recording nobody waits.
    pub(super) fn tell_replies(&mut self, entry: &Entry) {
        if let Some(words) = self.replies.apply(entry).filter(|_| !self.setup.replay) {
            self.notice(words);
        }
    }

    /// Tells what the clock says of typed requests.
    pub(super) fn tell_silent_replies(&mut self) {
        if let Some(words) = self.replies.due(self.now).filter(|_| !self.setup.replay) {
            self.notice(words);
        }
    }
}
