//! The ladder: who spoke to whom, as those who read VoIP traces know it. This host, DNS servers, CUCMs and IM&P nodes
//! are lanes; what passed are arrows between them; a wait in which nothing came is a gap.
//!
//! ```text
//!               client      DNS         cucm1       imp1
//! 02:14:07.215  |-----------|-----------|---------->|  <auth PLAIN>  #43
//!               :           |           |           :  nothing for 10.0 s  #47
//! ```

mod drawn;

use std::collections::BTreeMap;
use std::time::Duration;

use super::{visible, why};
use crate::journal::{
    Ask, Awaited, ClosedBy, DnsFact, Entry, EntryNo, Event, Fact, How, HttpFact, HttpWhat, NetFact, Offset, OpId,
    Outcome, QuietMark, Read, WaitFact, WaitMark, Wall, XmppFact,
};

pub use drawn::lines;

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

/// A wait in which nothing came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The entry that calls it silent.
    pub n: EntryNo,
    /// Whose answer is missing.
    pub lane: usize,
    /// For what.
    pub words: String,
    /// Since when.
    pub since: Offset,
    /// How long, as far as it is known.
    pub waited: Duration,
}

/// Lanes and what passed between them, in the order of the entries. It is a fold over entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// The lanes, in the order in which they were met; this host is the first.
    pub lanes: Vec<Lane>,
    /// What passed.
    pub steps: Vec<Step>,
    ops: BTreeMap<OpId, Op>,
}

/// What the fold remembers of an operation.
#[derive(Debug, Clone, PartialEq)]
struct Op {
    lane: usize,
    ask: Asked,
    /// What is asked, in words; empty where the arrows say it.
    what: String,
    /// The gap that is open.
    gap: Option<usize>,
}

/// What its end is an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Connect,
    Handshake,
    Other,
}

impl Default for Ladder {
    fn default() -> Self {
        let client = Lane { kind: LaneKind::Client, name: "client".to_owned() };
        Self { lanes: vec![client], steps: Vec::new(), ops: BTreeMap::new() }
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
        match &entry.event {
            Event::Began(ask) => self.began(entry, ask),
            Event::Saw(fact) => self.saw(entry, fact),
            Event::Ended(outcome) => self.ended(entry, outcome),
            Event::Lost(_) | Event::Unknown(_) => {}
        }
    }

    fn lane(&mut self, kind: LaneKind, name: &str) -> usize {
        let name = name.to_lowercase();
        let known = self.lanes.iter().position(|lane| lane.kind == kind && lane.name == name);
        known.unwrap_or_else(|| {
            self.lanes.push(Lane { kind, name });
            self.lanes.len() - 1
        })
    }

    fn began(&mut self, entry: &Entry, ask: &Ask) {
        let mut what = String::new();
        let (lane, asked, label) = match ask {
            Ask::Dns(ask) => {
                what = format!("{} {}", ask.kind.name(), ask.name);
                (self.lane(LaneKind::Dns, &ask.server), Asked::Other, None)
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
        self.ops.insert(entry.op, Op { lane, ask: asked, what, gap: None });
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
        self.steps.push(Step::Arrow(Arrow { n: entry.n, wall: entry.wall, from, to, label, bad }));
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
                ClosedBy::Us => self.arrow(entry, CLIENT, lane, "closed", false),
            },
            Fact::Net(_) | Fact::Tls(_) | Fact::Stage(_) | Fact::Kernel(_) | Fact::User(_) => {}
        }
    }

    fn dns(&mut self, entry: &Entry, lane: usize, fact: &DnsFact) {
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
                self.close_gap(entry);
                let label = format!("{} to {}", head.status, self.what(entry));
                self.arrow(entry, lane, CLIENT, &label, head.status >= 400);
            }
            HttpFact::Quiet { mark: QuietMark::Silent, since } => {
                self.open_gap(entry, lane, *since, format!("the answer to {}", self.what(entry)));
            }
            HttpFact::Quiet { .. } | HttpFact::Body { .. } | HttpFact::Gate { .. } => {}
        }
    }

    fn xmpp(&mut self, entry: &Entry, lane: usize, fact: &XmppFact) {
        match fact {
            XmppFact::Sent(sent) => {
                let label = match (sent.what.as_str(), sent.mechanism.as_deref()) {
                    ("auth", Some(mechanism)) => format!("<auth {mechanism}>"),
                    ("stream header", _) => "<stream:stream>".to_owned(),
                    (what @ ("auth" | "starttls" | "response" | "iq" | "presence"), _) => format!("<{what}>"),
                    (what, _) => what.to_owned(),
                };
                self.arrow(entry, CLIENT, lane, &label, false);
            }
            XmppFact::Received(received) => {
                if let Some((label, bad)) = read(&received.read) {
                    self.arrow(entry, lane, CLIENT, &label, bad);
                }
            }
            XmppFact::Unsent { what, .. } => self.arrow(entry, CLIENT, lane, &format!("{what}, not whole"), true),
            XmppFact::Partial { .. } | XmppFact::Remark(_) => {}
        }
    }

    fn wait(&mut self, entry: &Entry, lane: usize, fact: &WaitFact) {
        match fact.mark {
            WaitMark::Silent => {
                let words = match fact.awaited {
                    Awaited::Written => "the peer to take our bytes".to_owned(),
                    awaited => awaited.words().to_owned(),
                };
                self.open_gap(entry, lane, fact.since, words);
            }
            WaitMark::Answered | WaitMark::GaveUp => self.close_gap(entry),
            WaitMark::Began | WaitMark::Slow => {}
        }
    }

    fn open_gap(&mut self, entry: &Entry, lane: usize, since: Offset, words: String) {
        let gap = Gap { n: entry.n, lane, words, since, waited: entry.at.since(since) };
        let at = self.steps.len();
        self.steps.push(Step::Gap(gap));
        if let Some(op) = self.ops.get_mut(&entry.op) {
            op.gap = Some(at);
        }
    }

    /// The wait is over: now it is known how long it was.
    fn close_gap(&mut self, entry: &Entry) {
        let Some(at) = self.ops.get_mut(&entry.op).and_then(|op| op.gap.take()) else { return };
        if let Some(Step::Gap(gap)) = self.steps.get_mut(at) {
            gap.waited = entry.at.since(gap.since);
        }
    }

    fn ended(&mut self, entry: &Entry, outcome: &Outcome) {
        self.close_gap(entry);
        let Some(op) = self.ops.get(&entry.op) else { return };
        let good = outcome.how == How::Ok;
        let said = || why(outcome).unwrap_or_else(|| "failed".to_owned());
        let label = match op.ask {
            Asked::Connect if good => "connected".to_owned(),
            Asked::Handshake if good => "TLS is up".to_owned(),
            Asked::Connect | Asked::Handshake if outcome.how == How::Stopped => return,
            Asked::Connect => format!("no connection: {}", said()),
            Asked::Handshake => format!("no TLS: {}", said()),
            Asked::Other => return,
        };
        let lane = op.lane;
        self.arrow(entry, lane, CLIENT, &label, !good);
    }
}

/// Who serves it.
fn served_by(what: HttpWhat) -> LaneKind {
    match what {
        HttpWhat::EpasLogin | HttpWhat::EpasConfig | HttpWhat::EpasToken => LaneKind::Imp,
        _ => LaneKind::Cucm,
    }
}

/// What was received, in a few words, and whether it is a refusal; white space is nothing.
fn read(read: &Read) -> Option<(String, bool)> {
    let (label, bad) = match read {
        Read::Declaration | Read::Whitespace => return None,
        Read::StreamOpen { id: Some(id), .. } => (format!("<stream:stream id='{id}'>"), false),
        Read::StreamOpen { id: None, .. } => ("<stream:stream>".to_owned(), false),
        Read::Features { mechanisms, .. } if mechanisms.is_empty() => ("<stream:features>".to_owned(), false),
        Read::Features { mechanisms, .. } => (format!("<stream:features> {}", mechanisms.join(", ")), false),
        Read::Proceed => ("<proceed>".to_owned(), false),
        Read::StarttlsFailure => ("<failure> of STARTTLS".to_owned(), true),
        Read::Challenge => ("<challenge>".to_owned(), false),
        Read::Success => ("<success>".to_owned(), false),
        Read::SaslFailure { condition, .. } => (format!("<failure> {condition}"), true),
        Read::StreamError { condition, .. } => (format!("<stream:error> {condition}"), true),
        Read::Bound { .. } => ("<iq> bound".to_owned(), false),
        Read::Iq { kind, error, .. } => match error {
            Some(error) => (format!("<iq> {kind} {error}"), true),
            None => (format!("<iq> {kind}"), false),
        },
        Read::Message => ("<message>".to_owned(), false),
        Read::Presence => ("<presence>".to_owned(), false),
        Read::Sm => ("stream management".to_owned(), false),
        Read::StreamClose => ("</stream:stream>".to_owned(), false),
        Read::Element { name, .. } => (format!("<{name}>"), false),
        Read::Refused { what, .. } => (format!("not XMPP: {what}"), true),
    };
    Some((label, bad))
}

#[cfg(test)]
mod tests;
