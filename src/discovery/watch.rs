//! A service that is watched across a restart: what is asked meanwhile, and whether it began anew and came back.
//!
//! From the user's word on, Control Center of the node is asked every 10 s ([`Walk::polls`] knows that), PerfMon once a
//! minute as always, and a login without a credential goes as far as the mechanisms every 10 s. A watch ends an hour after
//! the word, or ten minutes after the service came back: until then the sockets rise.

use std::time::Duration;

use super::admin::is_called;
use super::plan::{LoginStep, Means, Reach};
use super::reading::Reading;
use super::route::host::plain;
use super::walk::{LoginSeen, Walk};
use crate::journal::{EntryNo, How, Offset, Purpose};
use crate::protocol::serviceability::{Service, ServiceStatus};

/// A login is tried so often.
const PAUSE: Duration = Duration::from_secs(10);
/// A watch lasts no longer than this.
const LONGEST: Duration = Duration::from_secs(3600);
/// It goes on for so long once the service is back.
const BEHIND: Duration = Duration::from_secs(600);

/// The user's word to watch a service of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// The entry.
    pub n: EntryNo,
    /// When.
    pub at: Offset,
    /// The node.
    pub host: String,
    /// The service, as Control Center has it.
    pub service: String,
}

/// What is due for the nodes that are watched.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watching {
    /// Logins to begin now, up to the mechanisms.
    pub logins: Vec<LoginStep>,
    /// When to look again; none: nothing will be due.
    pub next: Option<Offset>,
}

/// What was seen of a watched service, before and since the word.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchSeen<'w> {
    /// The word.
    pub watch: &'w Watch,
    /// The service, each time that Control Center told of it: entry, when, what; oldest first.
    pub services: Vec<(EntryNo, Offset, &'w Service)>,
    /// The logins without a credential that were made for the watch, oldest first.
    pub logins: Vec<&'w LoginSeen>,
    /// Before the word a login came as far as the mechanisms, or nobody has tried.
    answered_before: bool,
}

impl Walk {
    /// What is due now for the nodes that are watched. What is under way is waited for.
    pub fn watch(&self, means: Means, now: Offset) -> Watching {
        let mut watching = Watching::default();
        for watch in self.open_watches(now) {
            if watching.logins.iter().any(|step| self.is_one(&step.host, &watch.host)) {
                continue;
            }
            let last = self.watch_logins().iter().rev().find(|login| self.is_one(&login.ask.host, &watch.host));
            let due = match last {
                // Its end wakes whoever waits by itself.
                Some(last) if last.ended.is_none() => continue,
                Some(last) => last.began.after(PAUSE).max(watch.at),
                None => watch.at,
            };
            if due > now {
                watching.next = Some(watching.next.map_or(due, |next| next.min(due)));
                continue;
            }
            let nodes = self.nodes();
            let node = nodes.iter().find(|node| !node.edge && node.is_called(&watch.host));
            let step = node.and_then(|node| self.step_on(means, node, Reach::Mechanisms));
            watching.logins.extend(step.map(|step| LoginStep { purpose: Purpose::Watch, ..step }));
        }
        watching
    }

    /// Whether a node is watched now.
    pub(in crate::discovery) fn is_watched(&self, host: &str, now: Offset) -> bool {
        self.open_watches(now).any(|watch| self.is_one(&watch.host, host))
    }

    /// What was seen of a watched service.
    pub fn watched<'w>(&'w self, watch: &'w Watch) -> WatchSeen<'w> {
        let told = self.exchanges().iter().filter_map(|exchange| match &exchange.reading {
            Reading::Services(services) if self.is_one(exchange.ask.origin().1, &watch.host) => {
                let (n, at, ..) = exchange.body?;
                let own = services.iter().find(|own| is_called(&own.name, &watch.service))?;
                Some((n, at, own))
            }
            _ => None,
        });
        let mut services: Vec<(EntryNo, Offset, &Service)> = told.collect();
        services.sort_by_key(|(n, at, _)| (*at, *n));
        let here = |login: &&LoginSeen| self.is_one(&login.ask.host, &watch.host);
        let logins = self.watch_logins().iter().filter(|login| login.n > watch.n).filter(here).collect();
        let before = self.logins().iter().chain(self.watch_logins()).filter(here);
        let before = before.filter(|login| login.n < watch.n).max_by_key(|login| login.began);
        let answered_before = before.is_none_or(is_answered);
        WatchSeen { watch, services, logins, answered_before }
    }

    /// The words whose watch goes on.
    fn open_watches(&self, now: Offset) -> impl Iterator<Item = &Watch> {
        self.watches().iter().filter(move |watch| self.watched(watch).is_open(now))
    }

    /// Whether both are names of one node.
    fn is_one(&self, one: &str, other: &str) -> bool {
        let is_both = |node: &super::route::NodeSeen| node.is_called(one) && node.is_called(other);
        plain(one) == plain(other) || self.nodes().iter().any(is_both)
    }
}

/// Whether the node answered as far as the login was to go, or far enough to be asked for a credential.
fn is_answered(login: &LoginSeen) -> bool {
    let is_well = |end: &super::walk::Ending| end.outcome.how == How::Ok;
    login.tried.is_some() || login.ended.as_ref().is_none_or(is_well)
}

impl WatchSeen<'_> {
    /// Whether the watch goes on.
    pub fn is_open(&self, now: Offset) -> bool {
        let ends = match self.is_back() {
            Some((_, back)) => back.after(BEHIND).min(self.watch.at.after(LONGEST)),
            None => self.watch.at.after(LONGEST),
        };
        now < ends
    }

    /// The first sign that the service began anew, or went down to do so: the entry, and when. By Control Center where it
    /// tells: the service is not Started, or has run for a shorter time than before. Else by the logins: what came of them
    /// changed.
    pub fn began_anew(&self) -> Option<(EntryNo, Offset)> {
        let word = self.watch.n;
        let before = self.services.iter().rfind(|(n, ..)| *n < word);
        let Some((.., before)) = before else { return self.first_change() };
        let ran = before.status == ServiceStatus::Started;
        let is_sign = |service: &Service| match service.status {
            ServiceStatus::Started if !ran => true,
            ServiceStatus::Started => service.up.zip(before.up).is_some_and(|(now, then)| now < then),
            _ => ran,
        };
        let mut since = self.services.iter().filter(|(n, ..)| *n > word);
        since.find(|(.., service)| is_sign(service)).map(|(n, at, _)| (*n, *at))
    }

    /// The first login of the watch that failed where they came as far as the mechanisms before, or the other way round.
    fn first_change(&self) -> Option<(EntryNo, Offset)> {
        let mut ends = self.logins.iter().filter_map(|login| login.ended.as_ref());
        let changed = ends.find(|end| (end.outcome.how == How::Ok) != self.answered_before)?;
        Some((changed.n, changed.at))
    }

    /// When the service was back: it began anew, is Started again where Control Center tells, and a login that began after
    /// that was offered mechanisms. The entry that completes this, and when.
    pub fn is_back(&self) -> Option<(EntryNo, Offset)> {
        let (_, anew) = self.began_anew()?;
        let told: Vec<_> = self.services.iter().filter(|(_, at, _)| *at >= anew).collect();
        let started = told.iter().find(|(.., service)| service.status == ServiceStatus::Started);
        let from = match started {
            Some((_, at, _)) => *at,
            None if told.is_empty() => anew,
            None => return None,
        };
        let since = self.logins.iter().filter(|login| login.began >= from);
        let mut offered = since.filter_map(|login| login.ended.as_ref()).filter(|end| end.outcome.how == How::Ok);
        offered.next().map(|end| (end.n, end.at))
    }
}
