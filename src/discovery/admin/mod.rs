//! The administrator's side as it was told: what AXL says of the user, and of each host its services, its counters and
//! the state of high availability. Everything carries the entry that says so; nothing here is an opinion.
//!
//! [`Walk::admin`] gathers it anew each time. `services` knows which services a login needs, `refusal` why something
//! was not told, `polls` what is to be asked again.

mod polls;
mod refusal;
mod services;
#[cfg(test)]
mod tests;

pub use polls::Polls;
pub use refusal::Refused;
pub(in crate::discovery) use services::is_called;
pub use services::{needed_on, needs};

use super::reading::Reading;
use super::route::host::plain;
use super::walk::{Exchange, Walk};
use crate::journal::{EntryNo, HttpWhat, Offset};
use crate::protocol::axl::{Assignment, EndUser, ProcessNode, RedundancyGroup, ServiceProfile, UcService};
pub use crate::protocol::ha::NodeState as HaState;
pub use crate::protocol::serviceability::{Counter, Service, ServiceStatus};

/// Something that was told: the entry with the answer's body, when that ended, and the exchange.
#[derive(Debug, Clone, PartialEq)]
pub struct Told<'w, T> {
    /// The entry that proves it.
    pub n: EntryNo,
    /// When it was known.
    pub at: Offset,
    /// The exchange; its URL's host is who said it.
    pub exchange: &'w Exchange,
    /// What was said.
    pub said: &'w T,
}

/// A counter at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The entry that proves it.
    pub n: EntryNo,
    /// When it was known.
    pub at: Offset,
    /// What it counted.
    pub value: i64,
}

/// What the administrator's side said so far. Where something was asked more than once, the newest answer stands;
/// services and counters of a host are there as often as they were told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AdminSeen<'w> {
    /// As whom it was asked; none: it was not.
    pub admin: Option<&'w str>,
    /// `getCCMVersion`
    pub version: Option<Told<'w, String>>,
    /// `getUser`
    pub user: Option<Told<'w, EndUser>>,
    /// `getServiceProfile`
    pub profile: Option<Told<'w, ServiceProfile>>,
    /// `getUcService`, each with the name that was asked about.
    pub uc_services: Vec<(&'w str, Told<'w, UcService>)>,
    /// `listProcessNode`: the IM&P nodes.
    pub imp_nodes: Option<Told<'w, Vec<ProcessNode>>>,
    /// `listAssignedPresenceUsers`
    pub assignment: Option<Told<'w, Vec<Assignment>>>,
    /// `listPresenceRedundancyGroup`
    pub groups: Option<Told<'w, Vec<RedundancyGroup>>>,
    /// What was not told, and why, in the order in which it was asked.
    pub refused: Vec<(&'w Exchange, Refused)>,
    /// The hosts whose services or counters were asked for, in the order in which they first were.
    pub hosts: Vec<HostSeen<'w>>,
    /// The states of `utils ha status`, each time that it was given: entry, when, states.
    pub ha: Vec<HaSeen<'w>>,
}

/// The states that `utils ha status` printed, as a person gave them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HaSeen<'w> {
    /// The entry.
    pub n: EntryNo,
    /// When it was given.
    pub at: Offset,
    /// The states, in the order of the text.
    pub states: &'w [HaState],
}

/// An object of counters, with the names of its counters.
pub type CounterNames = (String, Vec<String>);

/// What one host said of its services and counters.
#[derive(Debug, Clone, PartialEq)]
pub struct HostSeen<'w> {
    /// Its name in the URLs, in lower case, or its address.
    pub host: String,
    /// Control Center, in the order in which it was told; the last one stands.
    pub services: Vec<Told<'w, Vec<Service>>>,
    /// Which counters it has: objects, each with the names of its counters.
    pub counter_names: Option<Told<'w, Vec<CounterNames>>>,
    /// PerfMon, in the order in which it was told.
    pub counters: Vec<Told<'w, Vec<Counter>>>,
    /// PerfMon said that it was asked too often: entry and when. Nothing more of it is asked there.
    pub rate: Option<(EntryNo, Offset)>,
}

impl<'w, T> Told<'w, T> {
    fn new(exchange: &'w Exchange, said: &'w T) -> Self {
        let (n, at) = exchange.body.map_or((exchange.n, exchange.began), |(n, at, ..)| (n, at));
        Self { n, at, exchange, said }
    }
}

impl Walk {
    /// What the administrator's side said so far.
    pub fn admin(&self) -> AdminSeen<'_> {
        let newest = |what| self.standing(what).into_iter().next_back();
        AdminSeen {
            admin: self.goal().and_then(|goal| goal.admin.as_deref()),
            version: newest(HttpWhat::AxlVersion).and_then(|seen| {
                read(seen, |reading| match reading {
                    Reading::AxlVersion(version) => Some(version),
                    _ => None,
                })
            }),
            user: newest(HttpWhat::AxlUser).and_then(|seen| {
                read(seen, |reading| match reading {
                    Reading::AxlUser(user) => Some(&**user),
                    _ => None,
                })
            }),
            profile: newest(HttpWhat::AxlServiceProfile).and_then(|seen| {
                read(seen, |reading| match reading {
                    Reading::AxlServiceProfile(profile) => Some(profile),
                    _ => None,
                })
            }),
            uc_services: self.uc_services(),
            imp_nodes: newest(HttpWhat::AxlNodes).and_then(|seen| {
                read(seen, |reading| match reading {
                    Reading::AxlNodes(nodes) => Some(nodes),
                    _ => None,
                })
            }),
            assignment: newest(HttpWhat::AxlAssignment).and_then(|seen| {
                read(seen, |reading| match reading {
                    Reading::AxlAssignment(assigned) => Some(assigned),
                    _ => None,
                })
            }),
            groups: newest(HttpWhat::AxlGroups).and_then(|seen| {
                read(seen, |reading| match reading {
                    Reading::AxlGroups(groups) => Some(groups),
                    _ => None,
                })
            }),
            refused: self.refused(),
            hosts: self.hosts_seen(),
            ha: self.ha().iter().map(|(n, at, states)| HaSeen { n: *n, at: *at, states }).collect(),
        }
    }

    /// The exchange that says that the administrator's credential is not accepted: the newest 401 of a host that has
    /// accepted no later request; none: no host says so.
    pub fn admin_refused(&self) -> Option<&Exchange> {
        let refusals = self.administrators().filter(|seen| Refused::of(seen) == Some(Refused::Password));
        let is_mended = |refused: &Exchange| {
            let host = refused.ask.origin().1;
            // What was on its way when the refusal came mends nothing.
            let said = refused.ended.as_ref().map_or(refused.n, |end| end.n);
            let mut later = self.administrators().filter(|seen| seen.n > said && seen.ask.origin().1 == host);
            later.any(is_accepted)
        };
        refusals.filter(|refused| !is_mended(refused)).max_by_key(|seen| seen.n)
    }

    /// Whether the administrator's credential was accepted, as far as anybody has said; none: nobody has.
    pub(in crate::discovery) fn admin_accepted(&self) -> Option<bool> {
        if self.admin_refused().is_some() {
            return Some(false);
        }
        self.administrators().any(is_accepted).then_some(true)
    }

    fn administrators(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges().iter().filter(|seen| seen.ask.what.is_administrators())
    }

    fn uc_services(&self) -> Vec<(&str, Told<'_, UcService>)> {
        let asked = self.standing(HttpWhat::AxlUcService).into_iter();
        let told = asked.filter_map(|seen| match &seen.reading {
            Reading::AxlUcService(service) => Some((seen.ask.about.as_str(), Told::new(seen, service))),
            _ => None,
        });
        told.collect()
    }

    fn refused(&self) -> Vec<(&Exchange, Refused)> {
        self.administrators().filter_map(|seen| Some((seen, Refused::of(seen)?))).collect()
    }

    fn hosts_seen(&self) -> Vec<HostSeen<'_>> {
        let mut hosts: Vec<HostSeen<'_>> = Vec::new();
        for seen in self.exchanges() {
            if !matches!(seen.ask.what, HttpWhat::Services | HttpWhat::CounterNames | HttpWhat::Counters) {
                continue;
            }
            let host = plain(seen.ask.origin().1);
            let at = hosts.iter().position(|known| known.host == host).unwrap_or_else(|| {
                hosts.push(HostSeen::new(host));
                hosts.len() - 1
            });
            hosts[at].take(seen);
        }
        hosts
    }
}

/// Whether an answer shows that the credential was accepted. One that lacks a role is; an answer about versions, a missing
/// service and silence say nothing.
fn is_accepted(seen: &Exchange) -> bool {
    let why = Refused::of(seen);
    seen.ended.is_some() && matches!(why, None | Some(Refused::Role | Refused::Rate | Refused::Fault(..)))
}

/// What an exchange was told, if it is what was asked for.
fn read<'w, T>(seen: &'w Exchange, said: impl Fn(&'w Reading) -> Option<&'w T>) -> Option<Told<'w, T>> {
    said(&seen.reading).map(|said| Told::new(seen, said))
}

impl AdminSeen<'_> {
    /// The host of this name, as URLs have it.
    pub fn host(&self, name: &str) -> Option<&HostSeen<'_>> {
        let name = plain(name);
        self.hosts.iter().find(|seen| seen.host == name)
    }

    /// Where AXL says that the user is assigned: the row about this user id, in any case.
    pub fn assigned(&self, user_id: &str) -> Option<(EntryNo, &Assignment)> {
        let told = self.assignment.as_ref()?;
        let row = told.said.iter().find(|row| row.userid.eq_ignore_ascii_case(user_id))?;
        Some((told.n, row))
    }

    /// The presence redundancy group of this name, or the one that has this server.
    pub fn group(&self, name: Option<&str>, server: Option<&str>) -> Option<(EntryNo, &RedundancyGroup)> {
        let told = self.groups.as_ref()?;
        let has =
            |group: &RedundancyGroup, server: &str| group.servers.iter().any(|own| plain(own) == plain(server));
        let by_name = || told.said.iter().find(|group| name.is_some_and(|name| group.name == name));
        let by_server = || told.said.iter().find(|group| server.is_some_and(|server| has(group, server)));
        by_name().or_else(by_server).map(|group| (told.n, group))
    }

    /// The newest state of high availability that was given for a node, by its full or its short name: entry and state.
    pub fn ha_of(&self, host: &str) -> Option<(EntryNo, &HaState)> {
        let short = |name: &str| super::first_label(&plain(name)).to_owned();
        let newest = self.ha.last()?;
        let is_it = |state: &&HaState| {
            state.node.as_deref().is_some_and(|node| plain(node) == plain(host) || short(node) == short(host))
        };
        newest.states.iter().find(is_it).map(|state| (newest.n, state))
    }
}

impl<'w> HostSeen<'w> {
    fn new(host: String) -> Self {
        Self { host, services: Vec::new(), counter_names: None, counters: Vec::new(), rate: None }
    }

    fn take(&mut self, seen: &'w Exchange) {
        match &seen.reading {
            Reading::Services(services) => self.services.push(Told::new(seen, services)),
            Reading::CounterNames(names) => self.counter_names = Some(Told::new(seen, names)),
            Reading::Counters(counters) => self.counters.push(Told::new(seen, counters)),
            Reading::Fault(fault) if fault.is_rate() && seen.ask.what != HttpWhat::Services => {
                let told = Told::new(seen, fault);
                self.rate = self.rate.or(Some((told.n, told.at)));
            }
            _ => {}
        }
    }

    /// The newest word on a service, by a part of its name in any case: `xcp connection manager`.
    pub fn service(&self, part: &str) -> Option<(EntryNo, &'w Service)> {
        let told = self.services.last()?;
        let part = part.to_ascii_lowercase();
        told.said.iter().find(|own| own.name.to_ascii_lowercase().contains(&part)).map(|own| (told.n, own))
    }

    /// A counter over time, the oldest first; what the node does not vouch for is left out.
    pub fn series(&self, is_it: impl Fn(&Counter) -> bool) -> Vec<Sample> {
        let sample = |told: &Told<'_, Vec<Counter>>| {
            let counter = told.said.iter().find(|counter| counter.is_valid && is_it(counter))?;
            Some(Sample { n: told.n, at: told.at, value: counter.value })
        };
        self.counters.iter().filter_map(sample).collect()
    }

    /// The sockets that XCP Connection Manager holds, over time: `CmConnectedSockets`, in older releases
    /// `ConnectedSockets` (protocol.md 6.6).
    pub fn sockets(&self) -> Vec<Sample> {
        self.series(is_sockets)
    }
}

/// Whether a counter is that of the sockets of XCP Connection Manager.
pub fn is_sockets(counter: &Counter) -> bool {
    let name = counter.name.to_ascii_lowercase();
    is_xcp_cm(&counter.object) && name.ends_with("connectedsockets") && !name.starts_with("web")
}

/// Whether an object of counters is that of XCP Connection Manager, and not of the one for the web.
pub(in crate::discovery) fn is_xcp_cm(object: &str) -> bool {
    object.to_ascii_lowercase().contains("xcp cm")
}
