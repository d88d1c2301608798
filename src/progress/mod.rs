//! How far each login came: its stages and their times, who waits for what, and what the kernel knew meanwhile.
//!
//! A fold over entries, the same live and from a recording. It knows no words for the user, no severity and no
//! cause: that is the findings' work. What it keeps is bounded by the number of logins; per login, lists that a
//! server could lengthen stop at [`KEPT`].

mod fold;
mod fold_wait;
mod fold_xmpp;
mod login;
mod result;
mod seen;
mod stage;
#[cfg(test)]
pub(crate) mod story;
mod wait;

use std::collections::{BTreeMap, BTreeSet};

use crate::journal::{Ask, Entry, EntryNo, Event, Fact, NetFact, OpId, Outcome, Purpose, RunAsk, UserAct};

pub use login::LoginProgress;
pub use result::{LoginResult, result};
pub use seen::{
    Agreed, AuthAnswer, AuthSent, Closed, ConnectTry, Ending, FeaturesSeen, HandshakeTry, IqError, LegacySeen,
    NotXml, Presented, RemarkSeen, SaslFailure, Snapshot, StreamError, StreamHeader, Verified,
};
pub use stage::{StageOutcome, StageRow};
pub use wait::{Level, Silence, SilenceKind, Slow, Wait, kind};

/// How many items of one kind a login keeps. The first ones are kept: they say how the fault began.
pub const KEPT: usize = 256;

/// How many entries wait for the operation that they belong to. Entries of different operations may come in any
/// order, so a login's child may be read before the login.
const EARLY: usize = 4096;

/// What all logins of a run came to.
#[derive(Debug, Default, Clone)]
pub struct Progress {
    run: Option<RunAsk>,
    run_op: Option<OpId>,
    logins: Vec<LoginProgress>,
    /// The logins of control experiments.
    controls: Vec<LoginProgress>,
    /// The logins of a node that is watched.
    watches: Vec<LoginProgress>,
    /// The login that an operation belongs to.
    owners: BTreeMap<OpId, OpId>,
    /// Operations that belong to no login: what the walk asked, and what was begun for it.
    others: BTreeSet<OpId>,
    resolves: Vec<ResolveTry>,
    accepted: BTreeMap<String, Vec<Accepted>>,
    accepted_anywhere: Vec<Accepted>,
    cleartext_anywhere: Option<EntryNo>,
    insecure: Option<EntryNo>,
    /// By host, the entry in which a credential in clear was allowed.
    cleartext: BTreeMap<String, EntryNo>,
    early: Vec<Entry>,
    lost: u64,
}

/// A look for a host's addresses.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolveTry {
    /// The operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// The name that was looked up.
    pub host: String,
    /// The addresses that were found.
    pub addresses: Vec<String>,
    /// How it ended, with the entry that says so.
    pub ended: Option<(EntryNo, Outcome)>,
}

/// A certificate that the user accepted for a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The entry that says so.
    pub n: EntryNo,
    /// The port on which it was shown, as far as the entry says.
    pub port: Option<u16>,
    /// `sha256:` and 64 hex digits.
    pub fingerprint: String,
}

impl Progress {
    /// Folds a whole journal.
    pub fn of(entries: &[Entry]) -> Self {
        let mut progress = Self::default();
        for entry in entries {
            progress.apply(entry);
        }
        progress
    }

    /// Takes one more entry in.
    pub fn apply(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Lost(loss) => self.lost = self.lost.saturating_add(loss.count),
            Event::Unknown(_) => {}
            Event::Saw(Fact::User(act)) => self.user_act(entry, act),
            Event::Began(Ask::Run(ask)) => {
                self.run = Some(ask.clone());
                self.run_op = Some(entry.op);
                self.early.retain(|early| early.parent != Some(entry.op));
            }
            Event::Began(Ask::Dns(_) | Ask::Http(_)) => self.belongs_elsewhere(entry.op),
            Event::Began(Ask::Login(ask)) => {
                self.owners.insert(entry.op, entry.op);
                let list = match ask.purpose {
                    Purpose::Login => &mut self.logins,
                    Purpose::Watch => &mut self.watches,
                    _ => &mut self.controls,
                };
                let at = list.partition_point(|login| (login.began, login.op) < (entry.at, entry.op));
                list.insert(at, LoginProgress::new(entry, ask.clone()));
                self.take_early();
            }
            _ => self.apply_owned(entry),
        }
    }

    /// The run's target and marks, once it began.
    pub fn run(&self) -> Option<&RunAsk> {
        self.run.as_ref()
    }

    /// The user's logins, in the order in which they began.
    pub fn logins(&self) -> &[LoginProgress] {
        &self.logins
    }

    /// The logins of control experiments, in the order in which they began.
    pub fn controls(&self) -> &[LoginProgress] {
        &self.controls
    }

    /// The logins of nodes that are watched across a restart, in the order in which they began.
    pub fn watches(&self) -> &[LoginProgress] {
        &self.watches
    }

    /// The login that is, or that began, this operation, whatever it is for.
    pub fn login(&self, op: OpId) -> Option<&LoginProgress> {
        let owner = self.owners.get(&op)?;
        self.logins.iter().chain(&self.controls).chain(&self.watches).find(|login| login.op == *owner)
    }

    /// The user's logins on a node, newest last.
    pub fn node<'a>(&'a self, host: &'a str, port: u16) -> impl Iterator<Item = &'a LoginProgress> {
        self.logins.iter().filter(move |login| login.ask.is_on(host, port))
    }

    /// The certificates that the user accepted for a host.
    pub fn accepted(&self, host: &str) -> &[Accepted] {
        self.accepted.get(host).map_or(&[], Vec::as_slice)
    }

    /// The certificates that the user accepted on whichever host shows them.
    pub fn accepted_anywhere(&self) -> &[Accepted] {
        &self.accepted_anywhere
    }

    /// The entry in which all certificates of the user's path were accepted, if they were.
    pub fn insecure(&self) -> Option<EntryNo> {
        self.insecure
    }

    /// The entry in which a credential in clear was allowed on a host, if it was.
    pub fn cleartext(&self, host: &str) -> Option<EntryNo> {
        self.cleartext.get(host).copied().or(self.cleartext_anywhere)
    }

    /// The looks for hosts' addresses.
    pub fn resolves(&self) -> &[ResolveTry] {
        &self.resolves
    }

    /// How many entries were lost.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    fn user_act(&mut self, entry: &Entry, act: &UserAct) {
        match act {
            UserAct::Accepted { host, port, fingerprint } => {
                let list = self.accepted.entry(host.clone()).or_default();
                if list.len() < KEPT
                    && list.iter().all(|known| (known.port, &known.fingerprint) != (*port, fingerprint))
                {
                    list.push(Accepted { n: entry.n, port: *port, fingerprint: fingerprint.clone() });
                }
            }
            UserAct::AcceptedAnywhere { fingerprint } => {
                if self.accepted_anywhere.len() < KEPT {
                    let accepted = Accepted { n: entry.n, port: None, fingerprint: fingerprint.clone() };
                    self.accepted_anywhere.push(accepted);
                }
            }
            UserAct::AllowedCleartextAnywhere => {
                self.cleartext_anywhere.get_or_insert(entry.n);
            }
            UserAct::AskedAgain { .. }
            | UserAct::AllNodes
            | UserAct::Outside
            | UserAct::Control { .. }
            | UserAct::ControlAnywhere
            | UserAct::Watch { .. }
            | UserAct::HaStatus { .. } => {}
            UserAct::Insecure => {
                self.insecure.get_or_insert(entry.n);
            }
            UserAct::AllowedCleartext { host } => {
                self.cleartext.entry(host.clone()).or_insert(entry.n);
            }
            // The rest concerns one login; what it changes there has entries of its own.
            UserAct::Skipped { .. } | UserAct::Stopped | UserAct::MoreAttempts => self.apply_owned(entry),
        }
    }

    /// This operation is no login's, and neither is what was read of it too early.
    fn belongs_elsewhere(&mut self, op: OpId) {
        let mut found = vec![op];
        while let Some(op) = found.pop() {
            if self.others.insert(op) {
                let (own, rest) = std::mem::take(&mut self.early)
                    .into_iter()
                    .partition::<Vec<_>, _>(|early| early.op == op || early.parent == Some(op));
                self.early = rest;
                found.extend(own.into_iter().map(|early| early.op));
            }
        }
    }

    /// An entry of an operation: for the login that it belongs to, and for the list of lookups.
    fn apply_owned(&mut self, entry: &Entry) {
        if self.others.contains(&entry.op) {
            return;
        }
        if entry.parent.is_some_and(|parent| self.others.contains(&parent)) {
            return self.belongs_elsewhere(entry.op);
        }
        self.note_resolve(entry);
        let owner = self.owners.get(&entry.op).or_else(|| self.owners.get(&entry.parent?)).copied();
        match owner {
            Some(owner) => self.give(owner, entry),
            None if self.may_find_owner(entry) => self.early.push(entry.clone()),
            None => {}
        }
    }

    /// Whether this may be a login's entry that was read before the login. What the run itself began is not.
    fn may_find_owner(&self, entry: &Entry) -> bool {
        let known = entry.parent.is_some_and(|parent| self.run_op != Some(parent))
            || self.early.iter().any(|early| early.op == entry.op);
        known && self.run_op != Some(entry.op) && self.early.len() < EARLY
    }

    fn give(&mut self, owner: OpId, entry: &Entry) {
        let new = self.owners.insert(entry.op, owner).is_none();
        let mut all = self.logins.iter_mut().chain(&mut self.controls).chain(&mut self.watches);
        if let Some(login) = all.find(|login| login.op == owner) {
            login.apply(entry);
        }
        if new && !self.early.is_empty() {
            self.take_early();
        }
    }

    /// Entries that were read before the operation that they belong to.
    fn take_early(&mut self) {
        for entry in std::mem::take(&mut self.early) {
            let owner = self.owners.get(&entry.op).or_else(|| self.owners.get(&entry.parent?)).copied();
            match owner {
                Some(owner) => self.give(owner, &entry),
                None => self.early.push(entry),
            }
        }
    }

    fn note_resolve(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Began(Ask::Resolve { host }) => self.resolves.push(ResolveTry {
                op: entry.op,
                n: entry.n,
                host: host.clone(),
                addresses: Vec::new(),
                ended: None,
            }),
            Event::Saw(Fact::Net(NetFact::Resolved { addresses, .. })) => {
                if let Some(resolve) = self.resolves.iter_mut().rfind(|resolve| resolve.op == entry.op) {
                    resolve.addresses.clone_from(addresses);
                }
            }
            Event::Ended(outcome) => {
                if let Some(resolve) = self.resolves.iter_mut().rfind(|resolve| resolve.op == entry.op) {
                    resolve.ended = Some((entry.n, outcome.clone()));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
