//! The ladder: who spoke to whom, as those who read VoIP traces know it. This host, DNS servers, CUCMs and IM&P nodes
//! are lanes; what passed are arrows between them; a wait in which nothing came is a gap.
//!
//! ```text
//!               client      DNS         cucm1       imp1
//! 02:14:07.215  |-----------|-----------|---------->|  <auth PLAIN>  #43
//!               :           |           |           :  nothing for 10.0 s  #47
//! ```

mod drawn;
mod gap;
mod label;
mod layout;

use std::collections::BTreeMap;

use super::{visible, why};
use crate::journal::{
    Ask, ClosedBy, DnsFact, Entry, EntryNo, Event, Fact, How, HttpFact, HttpWhat, NetFact, Offset, OpId, Outcome,
    QuietMark, WaitFact, WaitMark, Wall, XmppFact,
};

pub use drawn::{legend, lines};
pub use gap::{Gap, Over, gap_rows};
pub use layout::{Drawn, Layout, Live, Paint, View};

/// The longest label, in characters.
const LABEL: usize = 100;
/// The lane of this host.
const CLIENT: usize = 0;

/// What a lane stands for. Lanes are drawn in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LaneKind {
    /// This host.
    Client,
    /// A DNS server.
    Dns,
    /// A CUCM: UDS, service profiles.
    Cucm,
    /// An IM&P node.
    Imp,
}

/// One who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// What it stands for.
    pub kind: LaneKind,
    /// Its whole name, in lower case.
    pub name: String,
}

/// What stands between two moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Something passed.
    Arrow(Arrow),
    /// Nothing came.
    Gap(Gap),
}

impl Step {
    /// The entry that it is about.
    pub fn n(&self) -> EntryNo {
        match self {
            Step::Arrow(arrow) => arrow.n,
            Step::Gap(gap) => gap.n,
        }
    }
}

/// Something that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// The entry.
    pub n: EntryNo,
    /// When.
    pub wall: Wall,
    /// From which lane.
    pub from: usize,
    /// To which lane.
    pub to: usize,
    /// What, in a few words.
    pub label: String,
    /// Whether it is a refusal or a breakage.
    pub bad: bool,
}

/// Lanes and what passed between them, in the order of the entries. It is a fold over entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// The lanes, in the order in which they were met; this host is the first.
    pub lanes: Vec<Lane>,
    /// What passed.
    pub steps: Vec<Step>,
    /// The steps of each lane, by their places among [`steps`](Self::steps); this host has none of its own.
    lane_steps: Vec<Vec<usize>>,
    ops: BTreeMap<OpId, Op>,
    /// The newest moment of all entries: until then an open gap is known to last.
    newest: Offset,
}

/// What the fold remembers of an operation.
#[derive(Debug, Clone, PartialEq)]
struct Op {
    lane: usize,
    ask: Asked,
    /// What is asked, in words; empty where the arrows say it.
    what: String,
    /// Since when an answer is due.
    asked_at: (Offset, Wall),
    /// Whether one came.
    answered: bool,
    /// The gap that is open.
    gap: Option<usize>,
}

/// What its end is an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Question,
    Connect,
    Handshake,
    Other,
}

impl Default for Ladder {
    fn default() -> Self {
        let client = Lane { kind: LaneKind::Client, name: "client".to_owned() };
        Self {
            lanes: vec![client],
            steps: Vec::new(),
            lane_steps: vec![Vec::new()],
            ops: BTreeMap::new(),
            newest: Offset(0),
        }
    }
}

impl Ladder {
    /// The ladder of some entries.
    pub fn of(entries: &[Entry]) -> Self {
        let mut ladder = Self::default();
        entries.iter().for_each(|entry| ladder.apply(entry));
        ladder
    }

    /// Takes the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        self.newest = self.newest.max(entry.at);
        match &entry.event {
            Event::Began(ask) => self.began(entry, ask),
            Event::Saw(fact) => self.saw(entry, fact),
            Event::Ended(outcome) => self.ended(entry, outcome),
            Event::Lost(_) | Event::Unknown(_) => {}
        }
    }

    /// The steps of a lane, by their places among [`steps`](Self::steps), oldest first.
    pub fn of_lane(&self, lane: usize) -> &[usize] {
        self.lane_steps.get(lane).map_or(&[], Vec::as_slice)
    }

    /// The lane of this kind and name.
    pub fn find(&self, kind: LaneKind, name: &str) -> Option<usize> {
        self.lanes.iter().position(|lane| lane.kind == kind && lane.name.eq_ignore_ascii_case(name))
    }

    /// The newest moment of all entries.
    pub fn newest(&self) -> Offset {
        self.newest
    }

    fn lane(&mut self, kind: LaneKind, name: &str) -> usize {
        let name = name.to_lowercase();
        let known = self.lanes.iter().position(|lane| lane.kind == kind && lane.name == name);
        known.unwrap_or_else(|| {
            self.lanes.push(Lane { kind, name });
            self.lane_steps.push(Vec::new());
            self.lanes.len() - 1
        })
    }

    fn began(&mut self, entry: &Entry, ask: &Ask) {
        let mut what = String::new();
        let (lane, asked, label) = match ask {
            Ask::Dns(ask) => {
                what = format!("{} {}", ask.kind.name(), ask.name);
                (self.lane(LaneKind::Dns, &ask.server), Asked::Question, None)
            }
            Ask::Http(ask) => {
                what = ask.what.words().to_owned();
                (self.lane(served_by(ask.what), ask.origin().1), Asked::Other, None)
            }
            Ask::Login(ask) => (self.lane(LaneKind::Imp, &ask.host), Asked::Other, None),
            Ask::Connect { to } => match self.above(entry) {
                Some(lane) => (lane, Asked::Connect, Some(format!("TCP connect to {to}"))),
                None => return,
            },
            Ask::Handshake { .. } => match self.above(entry) {
                Some(lane) => (lane, Asked::Handshake, Some("TLS handshake".to_owned())),
                None => return,
            },
            Ask::Run(_) | Ask::Resolve { .. } | Ask::LegacyHello => return,
        };
        let asked_at = (entry.at, entry.wall);
        self.ops.insert(entry.op, Op { lane, ask: asked, what, asked_at, answered: false, gap: None });
        if let Some(label) = label {
            self.arrow(entry, CLIENT, lane, &label, false);
        }
    }

    /// What the entry's operation asks.
    fn what(&self, entry: &Entry) -> String {
        self.ops.get(&entry.op).map_or_else(String::new, |op| op.what.clone())
    }

    fn above(&self, entry: &Entry) -> Option<usize> {
        Some(self.ops.get(&entry.parent?)?.lane)
    }

    fn arrow(&mut self, entry: &Entry, from: usize, to: usize, label: &str, bad: bool) {
        let label = visible(&label.chars().take(LABEL).collect::<String>());
        self.step(from.max(to), Step::Arrow(Arrow { n: entry.n, wall: entry.wall, from, to, label, bad }));
    }

    fn step(&mut self, lane: usize, step: Step) {
        if let Some(steps) = self.lane_steps.get_mut(lane) {
            steps.push(self.steps.len());
        }
        self.steps.push(step);
    }

    fn saw(&mut self, entry: &Entry, fact: &Fact) {
        let Some(lane) = self.ops.get(&entry.op).map(|op| op.lane).or_else(|| self.above(entry)) else { return };
        match fact {
            Fact::Dns(fact) => self.dns(entry, lane, fact),
            Fact::Http(fact) => self.http(entry, lane, fact),
            Fact::Xmpp(fact) => self.xmpp(entry, lane, fact),
            Fact::Wait(fact) => self.wait(entry, lane, fact),
            Fact::Net(NetFact::Closed { by, .. }) => match by {
                ClosedBy::PeerFin => self.arrow(entry, lane, CLIENT, "closed the connection (FIN)", true),
                ClosedBy::PeerReset => self.arrow(entry, lane, CLIENT, "reset the connection (RST)", true),
                ClosedBy::Link => self.arrow(entry, lane, CLIENT, "the connection was lost", true),
                ClosedBy::Tls => self.arrow(entry, lane, CLIENT, "TLS was ended", true),
                ClosedBy::Us => self.arrow(entry, CLIENT, lane, "closed", false),
            },
            Fact::Net(_) | Fact::Tls(_) | Fact::Stage(_) | Fact::Kernel(_) | Fact::User(_) => {}
        }
    }

    fn dns(&mut self, entry: &Entry, lane: usize, fact: &DnsFact) {
        if let Some(op) = self.ops.get_mut(&entry.op) {
            op.answered |= !matches!(fact, DnsFact::Sent { .. } | DnsFact::Ignored { .. });
        }
        match fact {
            DnsFact::Sent { transport, .. } => {
                let label = format!("{} over {}", self.what(entry), transport.name());
                self.arrow(entry, CLIENT, lane, &label, false);
            }
            DnsFact::Answered(answer) => {
                let good = answer.rcode == "NOERROR";
                let label = match answer.records.len() {
                    0 if good => "no record".to_owned(),
                    1 if good => "1 record".to_owned(),
                    many if good => format!("{many} records"),
                    _ => answer.rcode.clone(),
                };
                let label = format!("{label} for {}", self.what(entry));
                self.arrow(entry, lane, CLIENT, &label, !good && answer.rcode != "NXDOMAIN");
            }
            DnsFact::Unreachable { code, .. } => self.arrow(entry, lane, CLIENT, code, true),
            DnsFact::Ignored { .. } => {}
        }
    }

    fn http(&mut self, entry: &Entry, lane: usize, fact: &HttpFact) {
        match fact {
            HttpFact::Sent { head, .. } => {
                let text = head.text();
                let path = text.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1");
                self.arrow(entry, CLIENT, lane, path, false);
            }
            HttpFact::Head(head) => {
                self.close_gap(entry, true);
                let label = format!("{} to {}", head.status, self.what(entry));
                self.arrow(entry, lane, CLIENT, &label, head.status >= 400);
            }
            HttpFact::Quiet { mark, since } => {
                let words = format!("the answer to {}", self.what(entry));
                self.quiet(entry, lane, *since, *mark == QuietMark::Silent, words);
            }
            HttpFact::Body { .. } => self.close_gap(entry, true),
            HttpFact::Gate { .. } => {}
        }
    }

    fn xmpp(&mut self, entry: &Entry, lane: usize, fact: &XmppFact) {
        match fact {
            XmppFact::Sent(sent) => {
                self.arrow(entry, CLIENT, lane, &label::sent(sent), false);
            }
            XmppFact::Received(received) => {
                if let Some((label, bad)) = label::read(&received.read) {
                    self.arrow(entry, lane, CLIENT, &label, bad);
                }
            }
            XmppFact::Unsent { what, .. } => self.arrow(entry, CLIENT, lane, &format!("{what}, not whole"), true),
            XmppFact::Partial { .. } | XmppFact::Remark(_) => {}
        }
    }

    fn wait(&mut self, entry: &Entry, lane: usize, fact: &WaitFact) {
        match fact.mark {
            WaitMark::Slow | WaitMark::Silent => {
                let words = fact.awaited.words().to_owned();
                self.quiet(entry, lane, fact.since, fact.mark == WaitMark::Silent, words);
            }
            WaitMark::Answered => self.close_gap(entry, true),
            WaitMark::GaveUp => self.close_gap(entry, false),
            WaitMark::Began => {}
        }
    }

    /// A wait is slow, or silent. The gap stands where it was first called so.
    fn quiet(&mut self, entry: &Entry, lane: usize, since: Offset, silent: bool, words: String) {
        let open = self.ops.get(&entry.op).and_then(|op| op.gap);
        if let Some(Step::Gap(gap)) = open.and_then(|at| self.steps.get_mut(at)) {
            if gap.since == since {
                (gap.n, gap.silent) = (entry.n, silent || gap.silent);
                return;
            }
            self.close_gap(entry, true);
        }
        let waited = i64::try_from(entry.at.since(since).as_millis()).unwrap_or(i64::MAX);
        let wall = Wall(entry.wall.0.saturating_sub(waited));
        let gap = Gap { n: entry.n, op: entry.op, lane, words, since, wall, silent, over: None };
        let at = self.steps.len();
        self.step(lane, Step::Gap(gap));
        if let Some(op) = self.ops.get_mut(&entry.op) {
            op.gap = Some(at);
        }
    }

    /// The wait is over: now it is known how long it was.
    fn close_gap(&mut self, entry: &Entry, came: bool) {
        let Some(at) = self.ops.get_mut(&entry.op).and_then(|op| op.gap.take()) else { return };
        if let Some(Step::Gap(gap)) = self.steps.get_mut(at) {
            gap.over = Some(Over { at: entry.at, came });
        }
    }

    fn ended(&mut self, entry: &Entry, outcome: &Outcome) {
        self.close_gap(entry, false);
        let Some(op) = self.ops.get(&entry.op) else { return };
        let good = outcome.how == How::Ok;
        let said = || why(outcome).unwrap_or_else(|| "failed".to_owned());
        let label = match op.ask {
            Asked::Connect if good => "connected".to_owned(),
            Asked::Handshake if good => "TLS is up".to_owned(),
            Asked::Connect | Asked::Handshake if outcome.how == How::Stopped => return,
            Asked::Connect => format!("no connection: {}", said()),
            Asked::Handshake => format!("no TLS: {}", said()),
            Asked::Question if outcome.how == How::TimedOut && !op.answered => return self.unanswered(entry),
            Asked::Question | Asked::Other => return,
        };
        let lane = op.lane;
        self.arrow(entry, lane, CLIENT, &label, !good);
    }
}

impl Ladder {
    /// A question ends without any answer.
    fn unanswered(&mut self, entry: &Entry) {
        let Some(op) = self.ops.get(&entry.op) else { return };
        let ((since, wall), lane, words) = (op.asked_at, op.lane, format!("the answer to {}", op.what));
        let over = Some(Over { at: entry.at, came: false });
        self.step(lane, Step::Gap(Gap { n: entry.n, op: entry.op, lane, words, since, wall, silent: true, over }));
    }
}

/// Who serves it.
fn served_by(what: HttpWhat) -> LaneKind {
    match what {
        HttpWhat::EpasLogin | HttpWhat::EpasConfig | HttpWhat::EpasToken => LaneKind::Imp,
        _ => LaneKind::Cucm,
    }
}

#[cfg(test)]
mod tests;
