//! The fold from entries to rows. It keeps the rows of all operations and, per place and per login or request, which
//! of them belong there.

mod passing;
mod routes;
mod stream;
mod walk;

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::dns::Asked;
use super::explain::Topic;
use super::http::Phase;
use super::ink::{Ink, Line};
use super::place::{Places, host_of};
use super::row::{Body, Kind, Mark, Row};
use super::words::{self, Said};
use crate::journal::visible;
use crate::journal::{
    Ask, Entry, EntryNo, Event, Fact, KernelView, LoginAsk, Offset, OpId, Wall, dns_key, http_key, node_key,
};
use routes::Routes;

/// How many rows may wait for the operation that says where they belong.
const STRAYS: usize = 4096;

/// All rows of a run.
#[derive(Debug, Default)]
pub struct Console {
    rows: Vec<Row>,
    ops: BTreeMap<OpId, Op>,
    places: Places,
    /// Rows of which it is not known yet where they belong: entries of different operations may come in any order.
    strays: Vec<(usize, OpId, Option<OpId>)>,
    /// Rows that were changed after they came, by their places, in the order of the changes.
    revisions: Vec<usize>,
    routes: Routes,
    newest: Wall,
}

/// What the fold remembers of an operation.
#[derive(Debug)]
struct Op {
    ask: Ask,
    /// Where its rows belong: a node, a name, a host.
    place: Option<String>,
    /// The operation that this one is a part of, and whose connection it uses: the login, the request.
    root: OpId,
    /// Of a question: how often it left.
    asked: Asked,
    /// Of a request: how far it has come.
    phase: Phase,
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
    /// The rows of ours that no snapshot has shown as acknowledged.
    unacked: Vec<usize>,
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

    /// Where in [`rows`](Self::rows) the rows of a place stand, oldest first: of a node ([`node_key`]), of a name
    /// that DNS was asked for ([`dns_key`]), of an HTTP host ([`http_key`]).
    pub fn of_place(&self, place: &str) -> &[usize] {
        self.places.of_key(place)
    }

    /// The rows of one login, question or request and of what it began: its connects, its handshakes. Nothing for
    /// an operation that is itself a part of one.
    pub fn of_op(&self, op: OpId) -> &[usize] {
        self.places.of_op(op)
    }

    /// The rows that were changed after they came, by their places among [`rows`](Self::rows), in the order of the
    /// changes: an element that was open, a wait whose kernel view came later, a row whose place became known.
    pub fn revisions(&self) -> &[usize] {
        &self.revisions
    }

    /// Where the row at a place among [`rows`](Self::rows) belongs, once that is known.
    pub(super) fn key_at(&self, at: usize) -> Option<&str> {
        self.places.of_row(at).map(|(key, _)| key)
    }

    /// Whose row the one at a place is, in one short word: `imp1`, `dns`.
    pub fn label_at(&self, at: usize) -> String {
        let Some(key) = self.key_at(at) else { return String::new() };
        if key.starts_with("dns:") {
            return "dns".to_owned();
        }
        let (host, _) = host_of(key);
        visible(if host.parse::<IpAddr>().is_ok() { host } else { host.split('.').next().unwrap_or_default() })
    }

    /// The login that the row at a place is a part of.
    pub(super) fn login_at(&self, at: usize) -> Option<&LoginAsk> {
        let (_, root) = self.places.of_row(at)?;
        match &self.ops.get(&root)?.ask {
            Ask::Login(login) => Some(login),
            _ => None,
        }
    }

    /// Whether the answers to a route's questions named a host.
    pub(super) fn is_named_by(&self, route: &str, host: &str) -> bool {
        self.routes.named(route, host)
    }

    /// How often a route was found to name one more host.
    pub(super) fn namings(&self) -> usize {
        self.routes.namings()
    }

    /// The moment of the newest entry.
    pub fn newest(&self) -> Wall {
        self.newest
    }

    /// A row that came before, to be changed.
    fn revise(&mut self, at: usize) -> Option<&mut Row> {
        self.revisions.push(at);
        self.rows.get_mut(at)
    }

    /// The rows that may still change: an element that is open, a wait that is on, the kernel's view.
    pub(super) fn changing(&self) -> impl Iterator<Item = usize> {
        let of_op = |op: &Op| op.wait.into_iter().chain(op.partial).chain(op.kernel.map(|(at, _)| at));
        self.ops.values().flat_map(of_op)
    }

    /// The row that shows this entry.
    pub fn row(&self, n: EntryNo) -> Option<&Row> {
        let at = self.rows.binary_search_by_key(&n, |row| row.n).ok()?;
        self.rows.get(at)
    }

    /// The place that a row belongs to, as [`node_key`], [`dns_key`] and [`http_key`] name it.
    pub fn place_of(&self, row: &Row) -> Option<&str> {
        self.ops.get(&row.op)?.place.as_deref()
    }

    /// The login, question or request that a row is a part of.
    pub fn root_of(&self, row: &Row) -> Option<OpId> {
        Some(self.ops.get(&row.op)?.root)
    }

    /// Takes the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        self.newest = self.newest.max(entry.wall);
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
        let above = entry.parent.and_then(|parent| self.ops.get_mut(&parent));
        let (place, root) = match ask {
            Ask::Login(login) => (Some(node_key(&login.host, login.port)), entry.op),
            Ask::Dns(ask) => (Some(dns_key(&ask.name)), entry.op),
            Ask::Http(ask) => (Some(http_key(ask)), entry.op),
            _ => above.as_ref().map_or((None, entry.op), |above| (above.place.clone(), above.root)),
        };
        if let Some(above) = above {
            above.phase = match ask {
                Ask::Connect { .. } => Phase::Connect,
                Ask::Handshake { .. } => Phase::Handshake,
                _ => above.phase,
            };
        }
        let op = Op {
            ask: ask.clone(),
            place,
            root,
            asked: Asked::default(),
            phase: Phase::default(),
            wait: None,
            kernel: None,
            view: None,
            partial: None,
            came: 0,
            sent: None,
            unacked: Vec::new(),
        };
        self.adopt(entry.op, &op);
        self.ops.insert(entry.op, op);
        for (at, op, parent) in std::mem::take(&mut self.strays) {
            if self.place(at, op, parent) {
                self.revisions.push(at);
            }
        }
    }

    /// Operations that this one began, and that came before it, are a part of it.
    fn adopt(&mut self, parent: OpId, above: &Op) {
        if above.place.is_none() {
            return;
        }
        for (_, child, _) in self.strays.iter().filter(|(_, _, of)| *of == Some(parent)) {
            if let Some(child) = self.ops.get_mut(child).filter(|child| child.place.is_none()) {
                (child.place, child.root) = (above.place.clone(), above.root);
            }
        }
    }

    fn saw(&mut self, entry: &Entry, fact: &Fact) {
        match fact {
            Fact::Net(fact) => self.say(entry, Some(words::net(fact))),
            Fact::Tls(fact) => self.say(entry, Some(words::tls(fact))),
            Fact::User(act) => self.say(entry, Some(words::user(act))),
            Fact::Stage(_) => {}
            Fact::Dns(fact) => self.dns(entry, fact),
            Fact::Http(fact) => self.http(entry, fact),
            Fact::Xmpp(fact) => self.xmpp(entry, fact),
            Fact::Wait(fact) => self.wait(entry, fact),
            Fact::Kernel(fact) => self.kernel(entry, fact),
        }
    }

    /// The login that an operation belongs to, or the operation itself.
    fn login(&mut self, op: OpId) -> Option<&mut Op> {
        let root = self.ops.get(&op)?.root;
        self.ops.get_mut(&root)
    }

    fn say(&mut self, entry: &Entry, said: Option<Said>) {
        if let Some((mark, kind, lines)) = said {
            self.push(entry, mark, kind, Body::Words(lines));
        }
    }

    fn push(&mut self, entry: &Entry, mark: Mark, kind: Kind, body: Body) -> usize {
        let at = self.rows.len();
        let topic = Topic::of(&entry.event, self.ops.get(&entry.op).map(|op| &op.ask));
        let (n, op, wall) = (entry.n, entry.op, entry.wall);
        self.rows.push(Row { n, op, wall, at: entry.at, mark, kind, body, topic, passed: None });
        self.place(at, entry.op, entry.parent);
        at
    }

    /// Puts a row where it belongs; says whether that is known.
    fn place(&mut self, at: usize, op: OpId, parent: Option<OpId>) -> bool {
        let of = |op: &OpId| self.ops.get(op).and_then(|op| Some((op.place.as_deref()?, op.root)));
        match of(&op).or_else(|| of(&parent?)) {
            Some((place, root)) => {
                self.places.put(at, place, root);
                return true;
            }
            None if parent.is_some() && self.strays.len() < STRAYS => self.strays.push((at, op, parent)),
            None => {}
        }
        false
    }
}
