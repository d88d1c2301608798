//! What the walk has asked and what it was told: a fold over entries, for the plan, the tree and the findings.
//!
//! Operations may be read in any order; within one, entries come in theirs. Nothing here is an opinion: a question
//! has an answer, an end, or neither yet.

mod exchange;
mod login;
mod lookup;
mod permissions;
#[cfg(test)]
pub(in crate::discovery) mod script;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use exchange::{CertificateSeen, Connect, Exchange, GateShut, Handshake};
pub use login::LoginSeen;
pub use lookup::Lookup;
pub use permissions::Permissions;

use super::watch::Watch;
use crate::journal::{
    Ask, Clients, DnsAsk, Entry, EntryNo, Event, Fact, HaNode, HttpAsk, HttpWhat, Offset, OpId, Outcome, Purpose,
    RunAsk, UserAct, WalkAsk,
};
use crate::protocol::ha::NodeState;

/// How many entries wait for the operation that they belong to.
const EARLY: usize = 4096;
/// So many messages of one lookup, and connects of one exchange, are kept.
const KEPT: usize = 256;

/// What a walk has asked and what it was told.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    run: Option<(EntryNo, OpId, RunAsk)>,
    /// These five are sorted by beginning and operation.
    lookups: Vec<Lookup>,
    exchanges: Vec<Exchange>,
    logins: Vec<LoginSeen>,
    /// The logins of control experiments.
    controls: Vec<LoginSeen>,
    /// The logins of nodes that are watched across a restart.
    watch_logins: Vec<LoginSeen>,
    /// The lookups of each name, in their order, by beginning and operation.
    named: BTreeMap<String, Vec<(Offset, OpId)>>,
    /// What each operation belongs to.
    owners: BTreeMap<OpId, Owner>,
    permissions: Permissions,
    /// The states of high availability, each time that a person gave them, in the order of their entries.
    ha: Vec<(EntryNo, Offset, Vec<NodeState>)>,
    /// What the user asked to watch across a restart, in the order of the entries.
    watches: Vec<Watch>,
    /// Entries that were read before the operation that they wait for, by that operation.
    early: BTreeMap<OpId, Vec<Entry>>,
    waiting: usize,
    revision: u64,
    outside: bool,
    beside: bool,
}

/// What an operation belongs to, and where to find it.
#[derive(Debug, Clone, Copy)]
struct Owner {
    kind: Kind,
    began: Offset,
    op: OpId,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Run,
    Lookup,
    Exchange,
    Login,
    Control,
    Watch,
}

impl Kind {
    fn of(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Login => Self::Login,
            Purpose::Watch => Self::Watch,
            _ => Self::Control,
        }
    }
}

impl PartialEq for Walk {
    /// What is known; not how it came to be known.
    fn eq(&self, other: &Self) -> bool {
        self.run == other.run
            && self.lookups == other.lookups
            && self.exchanges == other.exchanges
            && self.logins == other.logins
            && self.controls == other.controls
            && self.watch_logins == other.watch_logins
            && self.watches == other.watches
            && self.permissions == other.permissions
            && self.ha == other.ha
    }
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
        self.run.as_ref()?.2.walk.as_deref()
    }

    /// All lookups, in the order in which they began.
    pub fn lookups(&self) -> &[Lookup] {
        &self.lookups
    }

    /// Those of one name, in the same order.
    pub(in crate::discovery) fn lookups_of(&self, name: &str) -> impl DoubleEndedIterator<Item = &Lookup> {
        let keys = self.named.get(name).map(Vec::as_slice).unwrap_or_default();
        keys.iter().filter_map(|key| {
            let at = self.lookups.binary_search_by_key(key, |lookup| (lookup.began, lookup.op));
            at.ok().and_then(|at| self.lookups.get(at))
        })
    }

    /// All HTTP exchanges, in the order in which they began.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// The user's logins, in the order in which they began.
    pub fn logins(&self) -> &[LoginSeen] {
        &self.logins
    }

    /// The logins that are questions of control experiments, in the order in which they began.
    pub fn controls(&self) -> &[LoginSeen] {
        &self.controls
    }

    /// The logins of nodes that are watched across a restart, in the order in which they began.
    pub(in crate::discovery) fn watch_logins(&self) -> &[LoginSeen] {
        &self.watch_logins
    }

    /// What the user asked to watch across a restart, in the order of the entries.
    pub fn watches(&self) -> &[Watch] {
        &self.watches
    }

    /// How many times the user's credential was written, over all hosts: password and token, answered or not. Those
    /// of users who cannot exist, or are others, are not among them, nor are the administrator's.
    pub fn attempts(&self) -> usize {
        let is_users = |exchange: &&Exchange| {
            !exchange.ask.what.is_administrators() && exchange.sent.is_some_and(|(_, _, credential)| credential)
        };
        let by_http = self.exchanges.iter().filter(is_users);
        let other_way = self.controls.iter().filter(|login| login.ask.purpose == Purpose::OtherWay);
        by_http.count() + self.logins.iter().chain(other_way).map(|login| login.attempts).sum::<usize>()
    }

    /// What the user allowed.
    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// The newest lookup of this question.
    pub fn lookup(&self, ask: &DnsAsk) -> Option<&Lookup> {
        self.lookups_of(&ask.name).rev().find(|lookup| lookup.ask == *ask)
    }

    /// Whether the way from outside is the one that is walked: then whatever is meant for a server inside goes through
    /// an Expressway-E. It is where that was asked for, and where all ways are and DNS knows no other.
    pub fn is_outside(&self) -> bool {
        self.outside
    }

    /// The same walk as it is seen from one side, whichever is walked. From outside, what an Expressway-E was asked to hand
    /// on counts, and beside the way inside, of the nodes its front ends alone.
    pub fn seen_from(&self, outside: bool) -> Self {
        Self { outside, beside: outside && !self.outside, ..self.clone() }
    }

    /// Whether it is seen from outside beside the way inside.
    pub(in crate::discovery) fn is_beside(&self) -> bool {
        self.beside
    }

    fn goes_outside(&self) -> bool {
        let Some(goal) = self.goal() else { return false };
        match goal.clients {
            Clients::Edge => true,
            Clients::All => goal.nodes.is_empty() && goal.cucms.is_empty() && self.has_edge_alone(),
            Clients::Jabber | Clients::Psi => false,
        }
    }

    /// Whether a request belongs to the way that is walked. Beside the way inside, what an Expressway-E handed on is
    /// looked at for itself.
    pub fn is_on_way(&self, ask: &HttpAsk) -> bool {
        let is_edges = matches!(ask.what, HttpWhat::EdgeSso | HttpWhat::EdgeConfig);
        is_edges || ask.inside.is_empty() != self.is_outside()
    }

    /// The newest exchange for this purpose about this URL, on the way that is walked.
    pub fn exchange(&self, what: HttpWhat, url: &str) -> Option<&Exchange> {
        let is_it = |ask: &HttpAsk| ask.what == what && ask.target() == url && self.is_on_way(ask);
        self.exchanges.iter().rev().find(|exchange| is_it(&exchange.ask))
    }

    /// The same of what an Expressway-E was asked to hand on.
    pub fn exchange_inside(&self, what: HttpWhat, url: &str) -> Option<&Exchange> {
        let is_it = |ask: &HttpAsk| ask.what == what && ask.inside == url;
        self.exchanges.iter().rev().find(|exchange| is_it(&exchange.ask))
    }

    /// The newest exchange that asks the same.
    pub fn exchange_of(&self, ask: &HttpAsk) -> Option<&Exchange> {
        self.exchanges.iter().rev().find(|exchange| exchange.ask.is_same(ask))
    }

    /// The exchanges for this purpose that count, one for each question, in the order in which they began: the newest one
    /// that ended, or the newest where none has. While something is asked again, its old answer still stands. They are
    /// those of the way that is walked.
    pub fn standing(&self, what: HttpWhat) -> Vec<&Exchange> {
        self.standing_of(|ask| ask.what == what && self.is_on_way(ask))
    }

    /// The same of what an Expressway-E was asked to hand on.
    pub fn standing_inside(&self, what: HttpWhat) -> Vec<&Exchange> {
        self.standing_of(|ask| ask.what == what && !ask.inside.is_empty())
    }

    fn standing_of(&self, counts: impl Fn(&HttpAsk) -> bool) -> Vec<&Exchange> {
        let mut standing: Vec<&Exchange> = Vec::new();
        for exchange in self.exchanges.iter().filter(|exchange| counts(&exchange.ask)) {
            match standing.iter().position(|other| other.ask.is_same(&exchange.ask)) {
                Some(at) if exchange.ended.is_none() && standing[at].ended.is_some() => {}
                Some(at) => {
                    standing.remove(at);
                    standing.push(exchange);
                }
                None => standing.push(exchange),
            }
        }
        standing
    }

    /// Whether nobody vouches for what an exchange was told: the certificate failed and was not accepted. A connection
    /// that stood already is judged by every certificate that was seen at its origin.
    pub(in crate::discovery) fn is_doubtful(&self, exchange: &Exchange) -> bool {
        let (_, host, _) = exchange.ask.origin();
        let accepted = |fingerprint: &str| self.permissions.accepts(host, fingerprint).is_some();
        self.certificates(exchange).into_iter().any(|certificate| !certificate.holds(accepted))
    }

    /// Whether somebody vouches for what an exchange was told: it came over TLS, and the certificate was verified, or
    /// accepted by its fingerprint. That all certificates are accepted vouches for none.
    pub(in crate::discovery) fn is_vouched_for(&self, exchange: &Exchange) -> bool {
        let (scheme, host, _) = exchange.ask.origin();
        let accepted = |fingerprint: &str| self.permissions.accepts_by_fingerprint(host, fingerprint).is_some();
        let seen = self.certificates(exchange);
        scheme == "https" && !seen.is_empty() && seen.into_iter().all(|certificate| certificate.holds(accepted))
    }

    /// The certificate of an exchange's connection; where it stood already, every one that was seen at its origin. One
    /// of a handshake that still goes on says nothing yet.
    fn certificates<'w>(&'w self, exchange: &'w Exchange) -> Vec<&'w CertificateSeen> {
        let origin = exchange.ask.origin();
        let mut seen: Vec<&CertificateSeen> = exchange.certificate.iter().collect();
        if seen.is_empty() {
            let here = self.exchanges.iter().filter(|other| other.ask.origin() == origin);
            let judged = here.filter_map(|other| {
                let is_over = |seen: &&CertificateSeen| other.ended.is_some() || seen.is_judged();
                other.certificate.as_ref().filter(is_over)
            });
            seen.extend(judged);
        }
        seen
    }

    /// The states of `utils ha status`, each time that a person gave them: entry, when, states.
    pub(in crate::discovery) fn ha(&self) -> &[(EntryNo, Offset, Vec<NodeState>)] {
        &self.ha
    }

    /// Grows whenever an entry changed what is known here. Most entries of a login do not.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Takes the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        let Some(op) = self.take(entry) else { return };
        // What waited for the operation that just began, and then what waited for those that this began.
        let mut begun = vec![op];
        while let Some(op) = begun.pop() {
            let early = self.early.remove(&op).unwrap_or_default();
            self.waiting -= early.len();
            begun.extend(early.iter().filter_map(|entry| self.take(entry)));
        }
    }

    /// Takes an entry whose operation is known, or keeps it until it is. Gives the operation that it began.
    fn take(&mut self, entry: &Entry) -> Option<OpId> {
        match &entry.event {
            Event::Began(ask) => {
                let owner = self.began(entry, ask)?;
                self.owners.insert(entry.op, owner);
                return Some(entry.op);
            }
            Event::Saw(Fact::User(UserAct::HaStatus { nodes })) => self.ha_status(entry, nodes),
            Event::Saw(Fact::User(UserAct::Watch { host, service })) => self.watch_asked(entry, host, service),
            Event::Saw(Fact::User(act)) => self.revision += u64::from(self.permissions.apply(entry.n, act)),
            Event::Saw(_) | Event::Ended(_) => match self.owners.get(&entry.op).copied() {
                Some(owner) => self.give(owner, entry),
                None => self.keep(entry.op, entry),
            },
            Event::Lost(_) | Event::Unknown(_) => {}
        }
        None
    }

    fn began(&mut self, entry: &Entry, ask: &Ask) -> Option<Owner> {
        let owner = |kind| Owner { kind, began: entry.at, op: entry.op };
        let at = (entry.at, entry.op);
        let owner = match ask {
            Ask::Run(run) => {
                if self.run.as_ref().is_none_or(|(n, ..)| entry.n < *n) {
                    self.run = Some((entry.n, entry.op, run.clone()));
                }
                owner(Kind::Run)
            }
            Ask::Dns(ask) => {
                let place = self.lookups.partition_point(|other| (other.began, other.op) < at);
                self.lookups.insert(place, Lookup::new(entry, ask));
                let named = self.named.entry(ask.name.clone()).or_default();
                named.insert(named.partition_point(|other| *other < at), at);
                owner(Kind::Lookup)
            }
            Ask::Http(ask) => {
                let place = self.exchanges.partition_point(|other| (other.began, other.op) < at);
                self.exchanges.insert(place, Exchange::new(entry, ask));
                owner(Kind::Exchange)
            }
            Ask::Login(ask) => {
                let kind = Kind::of(ask.purpose);
                let list = self.logins_of(kind);
                let place = list.partition_point(|other| (other.began, other.op) < at);
                list.insert(place, LoginSeen::new(entry, ask));
                owner(kind)
            }
            Ask::Resolve { .. } | Ask::Connect { .. } | Ask::Handshake { .. } | Ask::LegacyHello => {
                let parent = entry.parent?;
                let Some(above) = self.owners.get(&parent).copied() else {
                    self.keep(parent, entry);
                    return None;
                };
                self.give(above, entry);
                return Some(above);
            }
        };
        self.revision += 1;
        if matches!(owner.kind, Kind::Run | Kind::Lookup) {
            self.outside = self.goes_outside();
        }
        Some(owner)
    }

    /// The list of the logins of this kind.
    fn logins_of(&mut self, kind: Kind) -> &mut Vec<LoginSeen> {
        match kind {
            Kind::Control => &mut self.controls,
            Kind::Watch => &mut self.watch_logins,
            _ => &mut self.logins,
        }
    }

    /// Takes what the user asked to watch. Entries may be read in any order.
    fn watch_asked(&mut self, entry: &Entry, host: &str, service: &str) {
        let watch = Watch { n: entry.n, at: entry.at, host: host.to_owned(), service: service.to_owned() };
        let place = self.watches.partition_point(|other| other.n < watch.n);
        self.watches.insert(place, watch);
        self.revision += 1;
    }

    /// Takes the states that a person gave. Entries may be read in any order.
    fn ha_status(&mut self, entry: &Entry, nodes: &[HaNode]) {
        let state = |node: &HaNode| NodeState {
            group: node.group.clone(),
            node: node.host.clone(),
            state: node.state.clone(),
            reason: node.reason.clone(),
        };
        let at = self.ha.partition_point(|(n, ..)| *n < entry.n);
        self.ha.insert(at, (entry.n, entry.at, nodes.iter().map(state).collect()));
        self.revision += 1;
    }

    /// Keeps an entry until the operation that it waits for begins.
    fn keep(&mut self, op: OpId, entry: &Entry) {
        if self.waiting < EARLY {
            self.waiting += 1;
            self.early.entry(op).or_default().push(entry.clone());
        }
    }

    fn give(&mut self, owner: Owner, entry: &Entry) {
        let key = (owner.began, owner.op);
        let changed = match owner.kind {
            Kind::Run => false,
            Kind::Lookup => {
                let at = self.lookups.binary_search_by_key(&key, |lookup| (lookup.began, lookup.op));
                let changed = at.is_ok_and(|at| self.lookups[at].apply(entry));
                if changed {
                    self.outside = self.goes_outside();
                }
                changed
            }
            Kind::Exchange => {
                let at = self.exchanges.binary_search_by_key(&key, |exchange| (exchange.began, exchange.op));
                at.is_ok_and(|at| self.exchanges[at].apply(entry))
            }
            Kind::Login | Kind::Control | Kind::Watch => {
                let list = self.logins_of(owner.kind);
                let at = list.binary_search_by_key(&key, |login| (login.began, login.op));
                at.is_ok_and(|at| list[at].apply(entry))
            }
        };
        self.revision += u64::from(changed);
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
