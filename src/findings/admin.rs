//! What the administrator's side has told of a node, over time: its services by Control Center, the sockets that Cisco
//! XCP Connection Manager holds by PerfMon (protocol.md 7), and its state of high availability (6.7). A read of the
//! walk, for the rules, the comparison, the change text and the watch.

use std::time::Duration;

use crate::discovery::{Exchange, Reading, Walk};
use crate::journal::{EntryNo, Offset};
use crate::protocol::serviceability::{Counter, Service, ServiceStatus};

use super::figures::{span, uptime};

/// Cisco XCP Connection Manager, as [`plain`] has it.
pub(super) const XCP_CM: &str = "xcp connection manager";
/// Sockets that stand still for so long are flat; one poll a minute is the most that a node is asked.
const FLAT: Duration = Duration::from_secs(50);

/// All services of a node, as they were told once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    /// The entry that tells.
    pub n: EntryNo,
    /// When.
    pub at: Offset,
    /// In the order in which they were told.
    pub services: &'a [Service],
}

/// One service of a node, as it was told once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'a> {
    /// The entry that tells.
    pub n: EntryNo,
    /// When.
    pub at: Offset,
    /// What it tells.
    pub service: &'a Service,
}

/// The sockets of a node, as they were counted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sockets {
    /// The entry that tells.
    pub n: EntryNo,
    /// When.
    pub at: Offset,
    /// How many.
    pub value: i64,
}

/// Sockets that stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flat {
    /// The first count.
    pub from: Sockets,
    /// The last one.
    pub to: Sockets,
    low: i64,
    high: i64,
}

/// A service's name as it is compared: without the vendor's, in lower case. Labels vary by release (protocol.md 6.8).
pub(super) fn plain(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    let name = name.strip_prefix("cisco ").unwrap_or(&name);
    name.strip_prefix("up ").unwrap_or(name).to_owned()
}

/// Whether a request was sent to this node, by whichever of its names.
pub(super) fn is_at(walk: &Walk, exchange: &Exchange, host: &str) -> bool {
    let asked = exchange.ask.origin().1;
    let is_both = |node: &crate::discovery::NodeSeen| node.is_called(asked) && node.is_called(host);
    asked.eq_ignore_ascii_case(host) || walk.nodes().iter().any(is_both)
}

/// Each time that the services of a node were told, oldest first.
pub(super) fn looks<'a>(walk: &'a Walk, host: &str) -> Vec<Look<'a>> {
    let told = walk.exchanges().iter().filter_map(|exchange| match &exchange.reading {
        Reading::Services(services) => {
            let (n, at, ..) = exchange.body?;
            is_at(walk, exchange, host).then_some(Look { n, at, services })
        }
        _ => None,
    });
    let mut told: Vec<Look<'a>> = told.collect();
    told.sort_by_key(|look| (look.at, look.n));
    told
}

impl<'a> Look<'a> {
    /// What it tells of one service, by one of [`plain`]'s names.
    pub(super) fn of(&self, name: &str) -> Option<Told<'a>> {
        let service = self.services.iter().find(|service| plain(&service.name) == name)?;
        Some(Told { n: self.n, at: self.at, service })
    }
}

/// What was told of one service of a node, oldest first. The name is one of [`plain`]'s.
pub(super) fn told<'a>(walk: &'a Walk, host: &str, name: &str) -> Vec<Told<'a>> {
    looks(walk, host).iter().filter_map(|look| look.of(name)).collect()
}

/// Whether a counter counts the clients that Cisco XCP Connection Manager holds (protocol.md 6.6).
pub(super) fn is_sockets(counter: &Counter) -> bool {
    let (object, name) = (counter.object.to_ascii_lowercase(), counter.name.to_ascii_lowercase());
    object.ends_with("xcp cm") && name.ends_with("connectedsockets") && counter.is_valid
}

/// Each time that the sockets of a node were counted, oldest first.
pub(super) fn sockets(walk: &Walk, host: &str) -> Vec<Sockets> {
    let counted = walk.exchanges().iter().filter_map(|exchange| match &exchange.reading {
        Reading::Counters(counters) => {
            let (n, at, ..) = exchange.body?;
            let value = counters.iter().find(|counter| is_sockets(counter))?.value;
            is_at(walk, exchange, host).then_some(Sockets { n, at, value })
        }
        _ => None,
    });
    let mut counted: Vec<Sockets> = counted.collect();
    counted.sort_by_key(|sockets| (sockets.at, sockets.n));
    counted
}

/// The longest time for which the sockets stood still within these moments; none where that was not long.
///
/// Our own logins are among the sockets: two more or less, or one in a hundred, is still.
pub(super) fn flat(counted: &[Sockets], since: Offset, until: Offset) -> Option<Flat> {
    let mut longest: Option<Flat> = None;
    for (at, from) in counted.iter().enumerate() {
        let (mut low, mut high) = (from.value, from.value);
        for to in &counted[at..] {
            (low, high) = (low.min(to.value), high.max(to.value));
            if high - low > (low / 100).max(2) {
                break;
            }
            let is_within = to.at >= since && from.at <= until;
            let lasted = to.at.since(from.at);
            if is_within && lasted >= FLAT && longest.is_none_or(|flat| lasted > flat.lasted()) {
                longest = Some(Flat { from: *from, to: *to, low, high });
            }
        }
    }
    longest
}

impl Flat {
    /// From the first count to the last.
    pub(super) fn lasted(self) -> Duration {
        self.to.at.since(self.from.at)
    }

    /// `312`, or `311 to 313`.
    pub(super) fn count(self) -> String {
        if self.low == self.high { self.low.to_string() } else { format!("{} to {}", self.low, self.high) }
    }

    /// `flat at 312 over 3 min`
    pub(super) fn words(self) -> String {
        format!("flat at {} over {}", self.count(), span(self.lasted()))
    }
}

impl Told<'_> {
    /// `Started, up 41 d` · `Stopped (Commanded Out of Service)`
    pub(super) fn words(&self) -> String {
        let status = status(&self.service.status);
        match (&self.service.up, &self.service.reason) {
            (Some(up), _) if self.service.status == ServiceStatus::Started => {
                format!("{status}, up {}", uptime(*up))
            }
            (_, Some(reason)) if self.service.status != ServiceStatus::Started => {
                format!("{status} ({})", super::figures::foreign(reason))
            }
            _ => status,
        }
    }

    /// Whether it was started, and had been at this moment: told then, or its uptime goes back to then.
    pub(super) fn was_up_at(&self, moment: Offset) -> bool {
        /// Told so short a time before, it counts as told then.
        const LATELY: Duration = Duration::from_secs(300);
        if self.service.status != ServiceStatus::Started {
            return false;
        }
        if self.at <= moment {
            return moment.since(self.at) <= LATELY;
        }
        let began = self.service.up.map(|up| self.at.since(Offset(0)).checked_sub(up));
        // An uptime longer than the run, or one that began before the moment.
        began.is_some_and(|began| began.is_none_or(|began| began <= moment.since(Offset(0))))
    }
}

/// Control Center's word.
pub(super) fn status(status: &ServiceStatus) -> String {
    match status {
        ServiceStatus::Started => "Started".to_owned(),
        ServiceStatus::Starting => "Starting".to_owned(),
        ServiceStatus::Stopping => "Stopping".to_owned(),
        ServiceStatus::Stopped => "Stopped".to_owned(),
        ServiceStatus::Other(word) => super::figures::foreign(word),
    }
}

/// What the administrator's side says beside a silence on a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::findings) struct Beside {
    /// In half a line: `Started, sockets flat at 312`. None where nothing was told.
    pub gist: Option<String>,
    /// A phrase each.
    pub words: Vec<String>,
    /// The entries that say so.
    pub entries: Vec<EntryNo>,
    /// The Connection Manager's state in words, and the entry.
    pub service: Option<(String, EntryNo)>,
    /// The sockets in words, and the entry.
    pub sockets: Option<(String, EntryNo)>,
    /// Services behind the Connection Manager that are not started, in words, and the entry.
    pub down: Option<(String, EntryNo)>,
}

/// What stands behind the Connection Manager on its node, as [`plain`] has it.
const BEHIND: &[&str] = &["xcp authentication service", "xcp router", "login datastore"];

/// What the administrator's side had said by a moment of a node beside a silence that lasted from here to there: the
/// service, its sockets.
pub(super) fn beside(walk: &Walk, host: &str, (since, until): (Offset, Offset), known: Offset) -> Beside {
    let looks: Vec<Look<'_>> = looks(walk, host).into_iter().filter(|look| look.at <= known).collect();
    let counted: Vec<Sockets> = sockets(walk, host).into_iter().filter(|count| count.at <= known).collect();
    let mut beside = Beside::default();
    let node = super::figures::foreign(super::figures::short(host));
    let mut gist = Vec::new();
    if let Some(told) = looks.iter().filter_map(|look| look.of(XCP_CM)).next_back() {
        let words = told.words();
        gist.push(status(&told.service.status));
        beside.words.push(format!("{} on {node} {words}", super::figures::foreign(&told.service.name)));
        beside.service = Some((words, told.n));
        beside.entries.push(told.n);
    }
    if let Some(look) = looks.last() {
        let behind = BEHIND.iter().filter_map(|name| look.of(name));
        let down = behind.filter(|told| told.service.status != ServiceStatus::Started);
        let down: Vec<String> =
            down.map(|told| format!("{} {}", super::figures::foreign(&told.service.name), told.words())).collect();
        if !down.is_empty() {
            beside.words.extend(down.iter().cloned());
            beside.down = Some((super::figures::list(&down), look.n));
            beside.entries.push(look.n);
        }
    }
    if let Some(newest) = counted.last() {
        let words = match flat(&counted, since, until) {
            Some(flat) => {
                gist.push(format!("sockets flat at {}", flat.count()));
                beside.entries.push(flat.from.n);
                flat.words()
            }
            None if counted.len() > 1 => {
                format!("{} now, {} before", newest.value, counted[counted.len() - 2].value)
            }
            None => newest.value.to_string(),
        };
        beside.words.push(format!("sockets {words}"));
        beside.sockets = Some((words, newest.n));
        beside.entries.push(newest.n);
    }
    beside.gist = (!gist.is_empty()).then(|| gist.join(", "));
    beside
}
