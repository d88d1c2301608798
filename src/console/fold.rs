//! The fold from entries to rows. It keeps the rows of all operations and, per node, which of them are the
//! XMPP of that node.

use std::collections::BTreeMap;

use super::ink::{Ink, Line};
use super::row::{Body, Kind, Mark, Row};
use super::words::{self, Said};
use crate::journal::{
    Ask, Author, Entry, EntryNo, Event, Fact, KernelFact, KernelReason, KernelView, Offset, OpId, Payload, Read,
    Received, Sent, WaitFact, WaitMark, XmppFact,
};

/// The name under which a node's rows are kept: `imp1.example.test:5222`.
pub fn node_key(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// How many rows may wait for their login.
const STRAYS: usize = 4096;

/// All rows of a run.
#[derive(Debug, Default)]
pub struct Console {
    rows: Vec<Row>,
    ops: BTreeMap<OpId, Op>,
    nodes: BTreeMap<String, Vec<usize>>,
    /// Rows whose operation's login is not known yet: entries of different operations may come in any order.
    strays: Vec<(usize, OpId, Option<OpId>)>,
}

/// What the fold remembers of an operation.
#[derive(Debug)]
struct Op {
    ask: Ask,
    node: Option<String>,
    /// The operation whose connection this one uses: the login.
    login: OpId,
    /// The row of the wait that is on, to which kernel views belong.
    wait: Option<usize>,
    kernel: Option<(usize, Offset)>,
    /// The newest of the kernel's views, and when it was taken.
    view: Option<(Offset, Result<KernelView, String>)>,
    partial: Option<usize>,
    /// Bytes of TCP that had come with the last frame.
    came: u64,
    /// Bytes of TCP that we have sent.
    sent: Option<u64>,
}

impl Console {
    /// The console of some entries.
    pub fn of(entries: &[Entry]) -> Self {
        let mut console = Self::default();
        entries.iter().for_each(|entry| console.apply(entry));
        console
    }

    /// All rows, oldest first.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Where in [`rows`](Self::rows) the rows of a node stand, oldest first. See [`node_key`].
    pub fn of_node(&self, node: &str) -> &[usize] {
        self.nodes.get(node).map_or(&[], Vec::as_slice)
    }

    /// The row that shows this entry.
    pub fn row(&self, n: EntryNo) -> Option<&Row> {
        let at = self.rows.binary_search_by_key(&n, |row| row.n).ok()?;
        self.rows.get(at)
    }

    /// The node that a row belongs to, as [`node_key`] names it.
    pub fn node_of(&self, row: &Row) -> Option<&str> {
        self.ops.get(&row.op)?.node.as_deref()
    }

    /// Takes the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Began(ask) => {
                self.began(entry, ask);
                self.say(entry, words::ask(ask));
            }
            Event::Saw(fact) => self.saw(entry, fact),
            Event::Ended(outcome) => {
                let said = words::ended(self.ops.get(&entry.op).map(|op| &op.ask), outcome);
                self.say(entry, said);
            }
            Event::Lost(loss) => {
                let text = format!("{} entries were lost here: {}", loss.count, loss.why);
                self.push(entry, Mark::Bang, Kind::Other, Body::Words(vec![Line::words(&text, Ink::Bad)]));
            }
            Event::Unknown(value) => {
                let text = format!("an entry of a later version: {value}");
                self.push(entry, Mark::Event, Kind::Other, Body::Words(vec![Line::words(&text, Ink::Muted)]));
            }
        }
    }

    fn began(&mut self, entry: &Entry, ask: &Ask) {
        let above = entry.parent.and_then(|parent| self.ops.get(&parent));
        let (node, login) = match ask {
            Ask::Login(login) => (Some(node_key(&login.host, login.port)), entry.op),
            _ => (above.and_then(|above| above.node.clone()), above.map_or(entry.op, |above| above.login)),
        };
        let op = Op {
            ask: ask.clone(),
            node,
            login,
            wait: None,
            kernel: None,
            view: None,
            partial: None,
            came: 0,
            sent: None,
        };
        self.ops.insert(entry.op, op);
        for (at, op, parent) in std::mem::take(&mut self.strays) {
            self.place(at, op, parent);
        }
    }

    fn saw(&mut self, entry: &Entry, fact: &Fact) {
        match fact {
            Fact::Net(fact) => self.say(entry, Some(words::net(fact))),
            Fact::Tls(fact) => self.say(entry, Some(words::tls(fact))),
            Fact::User(act) => self.say(entry, Some(words::user(act))),
            Fact::Stage(_) | Fact::Dns(_) | Fact::Http(_) => {}
            Fact::Xmpp(fact) => self.xmpp(entry, fact),
            Fact::Wait(fact) => self.wait(entry, fact),
            Fact::Kernel(fact) => self.kernel(entry, fact),
        }
    }

    fn xmpp(&mut self, entry: &Entry, fact: &XmppFact) {
        match fact {
            XmppFact::Sent(sent) => {
                if let Some(login) = self.login(entry.op) {
                    login.sent = Some(sent.wire.to);
                }
                let body = Body::Xml { payload: sent.payload.clone(), note: author(sent.by).to_owned() };
                self.push(entry, Mark::Out, sent_kind(sent), body);
            }
            XmppFact::Received(received) => self.received(entry, received),
            XmppFact::Partial { payload, bytes } => self.partial(entry, payload, *bytes),
            XmppFact::Unsent { what, written, total } => {
                let text = format!("{what}: {written} of {total} bytes of XML had been handed on");
                self.push(entry, Mark::Bang, Kind::Stream, Body::Words(vec![Line::words(&text, Ink::Bad)]));
            }
            XmppFact::Remark(remark) => self.say(entry, Some(words::remark(remark))),
        }
    }

    fn received(&mut self, entry: &Entry, received: &Received) {
        let open = self.login(entry.op).and_then(|login| {
            login.came = received.wire;
            login.partial.take()
        });
        if let Some(Row { body: Body::Xml { payload, note }, .. }) = open.and_then(|at| self.rows.get_mut(at)) {
            *payload = Payload::default();
            *note = format!("an element was open here; its end came at #{}", entry.n.0);
        }
        let note = match &received.read {
            Read::Refused { what, at } => format!("{what}, at byte {at}"),
            Read::Whitespace => format!("white space, {} bytes", received.span.len()),
            _ => String::new(),
        };
        let mark = if matches!(received.read, Read::Refused { .. }) { Mark::Bang } else { Mark::In };
        let body = Body::Xml { payload: received.payload.clone(), note };
        self.push(entry, mark, read_kind(&received.read), body);
    }

    fn partial(&mut self, entry: &Entry, payload: &Payload, bytes: u64) {
        let body = Body::Xml { payload: payload.clone(), note: format!("still open, {bytes} bytes so far") };
        let open = self.login(entry.op).and_then(|login| login.partial);
        match open.and_then(|at| self.rows.get_mut(at)) {
            Some(row) => row.body = body,
            None => {
                let at = self.push(entry, Mark::In, Kind::Other, body);
                if let Some(login) = self.login(entry.op) {
                    login.partial = Some(at);
                }
            }
        }
    }

    fn wait(&mut self, entry: &Entry, fact: &WaitFact) {
        let mark = match fact.mark {
            WaitMark::Slow => Mark::Event,
            WaitMark::Silent => Mark::Bang,
            WaitMark::Began | WaitMark::Answered => {
                if let Some(login) = self.login(entry.op) {
                    login.wait = None;
                }
                return;
            }
            WaitMark::GaveUp => return,
        };
        let Some(login) = self.login(entry.op) else { return };
        let before = login.came;
        // A view that was taken at this very mark may stand before it or behind it in the journal.
        let taken_now = |at: Offset| at >= fact.since && entry.at.since(at).as_millis() < 250;
        let view = login.view.clone().filter(|(at, _)| taken_now(*at)).map(|(_, view)| view);
        let waited_ms = u64::try_from(entry.at.since(fact.since).as_millis()).unwrap_or(u64::MAX);
        let body = Body::Quiet { awaited: fact.awaited, reply: fact.reply.clone(), waited_ms, view, before };
        let at = self.push(entry, mark, Kind::Wait, body);
        if let Some(login) = self.login(entry.op) {
            login.wait = Some(at);
        }
    }

    fn kernel(&mut self, entry: &Entry, fact: &KernelFact) {
        let Some(login) = self.login(entry.op) else { return };
        let (last, wait, sent) = (login.kernel, login.wait, login.sent);
        login.view = Some((entry.at, fact.view.clone()));
        if fact.reason == KernelReason::Answer && wait.is_none() {
            // The answer came in time: what the kernel knew then is kept, and not worth a row.
            return;
        }
        // What the kernel knows once the answer came, or at the end, says nothing about the silence before it.
        let waits = !matches!(fact.reason, KernelReason::Answer | KernelReason::End);
        let quiet = wait.filter(|_| waits).and_then(|at| self.rows.get_mut(at));
        if let Some(Row { body: Body::Quiet { view, .. }, .. }) = quiet {
            *view = Some(fact.view.clone());
        }
        if let Some((at, since)) = last
            && let Some(Row { body: Body::Kernel { view, same_for_ms, .. }, .. }) = self.rows.get_mut(at)
            && same(view, &fact.view)
        {
            *same_for_ms = u64::try_from(entry.at.since(since).as_millis()).unwrap_or(u64::MAX);
            return;
        }
        let body = Body::Kernel { view: fact.view.clone(), same_for_ms: 0, sent };
        let at = self.push(entry, Mark::Event, Kind::Kernel, body);
        if let Some(login) = self.login(entry.op) {
            login.kernel = Some((at, entry.at));
        }
    }

    /// The login that an operation belongs to, or the operation itself.
    fn login(&mut self, op: OpId) -> Option<&mut Op> {
        let login = self.ops.get(&op)?.login;
        self.ops.get_mut(&login)
    }

    fn say(&mut self, entry: &Entry, said: Option<Said>) {
        if let Some((mark, kind, lines)) = said {
            self.push(entry, mark, kind, Body::Words(lines));
        }
    }

    fn push(&mut self, entry: &Entry, mark: Mark, kind: Kind, body: Body) -> usize {
        let at = self.rows.len();
        self.rows.push(Row { n: entry.n, op: entry.op, wall: entry.wall, mark, kind, body });
        self.place(at, entry.op, entry.parent);
        at
    }

    /// Puts a row among those of its node.
    fn place(&mut self, at: usize, op: OpId, parent: Option<OpId>) {
        let of = |op: &OpId| self.ops.get(op).and_then(|op| op.node.clone());
        match of(&op).or_else(|| of(&parent?)) {
            Some(node) => {
                let rows = self.nodes.entry(node).or_default();
                let to = rows.partition_point(|row| *row < at);
                rows.insert(to, at);
            }
            None if parent.is_some() && self.strays.len() < STRAYS => self.strays.push((at, op, parent)),
            None => {}
        }
    }
}

/// Whether a later snapshot shows nothing new: times and the smoothed round trip aside.
fn same(one: &Result<KernelView, String>, other: &Result<KernelView, String>) -> bool {
    let still = |view: &KernelView| KernelView {
        rtt_us: 0,
        last_ack_ms: 0,
        peer_window: view.peer_window.map(|w| w.min(1)),
        ..*view
    };
    match (one, other) {
        (Ok(one), Ok(other)) => still(one) == still(other),
        (one, other) => one == other,
    }
}

fn author(by: Author) -> &'static str {
    match by {
        Author::Proposal => "",
        Author::Edited => "edited by you",
        Author::Typed => "typed by you",
    }
}

fn sent_kind(sent: &Sent) -> Kind {
    match sent.what.as_str() {
        "auth" | "response" => Kind::Sasl,
        "stream header" | "starttls" => Kind::Stream,
        "iq" => Kind::Iq,
        "presence" => Kind::Presence,
        _ => match sent.payload.text().trim_start() {
            text if text.starts_with("<message") => Kind::Message,
            text if text.starts_with("<presence") => Kind::Presence,
            text if text.starts_with("<iq") => Kind::Iq,
            _ => Kind::Stream,
        },
    }
}

fn read_kind(read: &Read) -> Kind {
    match read {
        Read::Challenge | Read::Success | Read::SaslFailure { .. } => Kind::Sasl,
        Read::Bound { .. } | Read::Iq { .. } => Kind::Iq,
        Read::Message => Kind::Message,
        Read::Presence => Kind::Presence,
        Read::Sm => Kind::Sm,
        Read::Element { .. } => Kind::Other,
        _ => Kind::Stream,
    }
}
