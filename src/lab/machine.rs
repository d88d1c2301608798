//! A host at this moment, as an administrator sees it: which of its services run and since when, how many clients it
//! holds, and how often it may be asked.
//!
//! A service that is stuck is started, as in life. It knows no socket, and all but its begin is told the time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use super::component::{Absence, Component, Components};
use super::http::Role;
use super::ledger::{Ledger, Service, Verdict};
use super::restart::Phase;

/// How long the machine had been up when the lab began: 41 days and some hours.
const UP: Duration = Duration::from_secs(3_561_842);

/// How long after the service before it each one started.
const APART: Duration = Duration::from_secs(7);

/// How many clients a second come back to a Connection Manager that was restarted.
const RETURNING: f64 = 40.0;

/// What a minute is, for the rate of requests.
const MINUTE: Duration = Duration::from_secs(60);

/// How many requests a minute PerfMon takes where a scenario says nothing else. G.
const RATE: usize = 50;

/// How busy a node is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Load {
    pub(super) host: String,
    /// How many clients it holds when the lab begins, beside those of the lab.
    sockets: u64,
    /// How many more it holds each minute.
    #[serde(default)]
    rising: f64,
    /// How many requests to the Router fail each minute.
    #[serde(default)]
    failing: f64,
}

/// A host's services and clients.
#[derive(Debug)]
pub(super) struct Machine {
    host: String,
    role: Role,
    components: Components,
    load: Load,
    /// How many users are assigned to it.
    assigned: u64,
    ledger: Ledger,
    begun: Instant,
    /// The clients on 5222 that are really there.
    held: Arc<AtomicU64>,
    rate: usize,
    asked: Mutex<Vec<Instant>>,
}

/// What a machine is made of.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) host: String,
    pub(super) role: Role,
    pub(super) components: Components,
    pub(super) load: Load,
    pub(super) assigned: u64,
    pub(super) ledger: Ledger,
    /// Requests a minute to PerfMon.
    pub(super) rate: Option<usize>,
}

/// A client that a machine holds, until this is dropped.
#[derive(Debug)]
pub(super) struct Held(Arc<AtomicU64>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A service and how it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Running {
    pub(super) name: &'static str,
    pub(super) state: State,
}

/// How a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// For so long.
    Started(Duration),
    Stopped(Absence),
}

/// The services of an IM&P node: names of protocol.md 7.1, S. With each, the component that it is, and whether it is
/// activated.
const OF_A_NODE: &[(&str, Option<Component>, bool)] = &[
    ("Cisco Tomcat", None, true),
    ("Cisco Config Agent", None, true),
    ("Cisco OAM Agent", None, true),
    ("Cisco Client Profile Agent", Some(Component::ClientProfileAgent), true),
    ("Cisco Intercluster Sync Agent", None, true),
    ("Cisco Login Datastore", Some(Component::LoginDatastore), true),
    ("Cisco Route Datastore", None, true),
    ("Cisco Presence Datastore", None, true),
    ("Cisco SIP Registration Datastore", None, true),
    ("Cisco Server Recovery Manager", None, true),
    ("Cisco IM and Presence Data Monitor", None, true),
    ("Cisco XCP Config Manager", None, true),
    ("Cisco XCP Router", Some(Component::Router), true),
    ("Cisco Sync Agent", None, true),
    ("Cisco SIP Proxy", None, true),
    ("Cisco Presence Engine", None, true),
    ("Cisco XCP Authentication Service", Some(Component::AuthService), true),
    ("Cisco XCP Connection Manager", Some(Component::ConnectionManager), true),
    ("Cisco XCP Web Connection Manager", None, true),
    ("Cisco XCP Directory Service", None, true),
    ("Cisco XCP Text Conference Manager", None, true),
    ("Cisco XCP Message Archiver", None, false),
    ("Cisco XCP File Transfer Manager", None, false),
    ("Cisco XCP SIP Federation Connection Manager", None, false),
    ("Cisco XCP XMPP Federation Connection Manager", None, false),
];

/// The services of a CUCM, as [`OF_A_NODE`].
const OF_A_CUCM: &[(&str, Option<Component>, bool)] = &[
    ("Cisco Tomcat", None, true),
    ("Cisco User Data Services", Some(Component::UserDataServices), true),
    ("Cisco Tftp", None, true),
    ("Cisco AXL Web Service", Some(Component::AxlWebService), true),
    ("Cisco Intercluster Lookup Service", None, true),
    ("Cisco Push Notification Service", None, false),
];

/// The component that this service is.
pub(super) fn component(name: &str) -> Option<Component> {
    let mut all = OF_A_NODE.iter().chain(OF_A_CUCM);
    all.find(|(known, ..)| *known == name).and_then(|(_, component, _)| *component)
}

/// The service that this component is.
pub(super) fn service(component: Component) -> Option<&'static str> {
    let mut all = OF_A_NODE.iter().chain(OF_A_CUCM);
    all.find(|(_, known, _)| *known == Some(component)).map(|(name, ..)| *name)
}

impl Machine {
    /// One that has been up for long at `begun`.
    pub(super) fn new(parts: Parts, begun: Instant) -> Machine {
        let Parts { host, role, components, load, assigned, ledger, rate } = parts;
        let rate = rate.unwrap_or(RATE);
        Machine {
            host,
            role,
            components,
            load,
            assigned,
            ledger,
            begun,
            held: Arc::default(),
            rate,
            asked: Mutex::default(),
        }
    }

    /// A client came to 5222.
    pub(super) fn hold(&self) -> Held {
        self.held.fetch_add(1, Ordering::Relaxed);
        Held(Arc::clone(&self.held))
    }

    /// Its services as they are at `now`.
    pub(super) fn services(&self, now: Instant) -> Vec<Running> {
        let known = match self.role {
            Role::Imp => OF_A_NODE,
            Role::Cucm => OF_A_CUCM,
            // It is no host of the cluster: neither Control Center nor PerfMon is there.
            Role::Expressway => &[],
        };
        let since_boot = UP + now.saturating_duration_since(self.begun);
        let mut up = since_boot;
        let state = |(name, component, is_activated): &(&'static str, Option<Component>, bool)| {
            up = up.saturating_sub(APART);
            let absence = component.and_then(|component| self.components.absence(component, now));
            let again = component.map(|component| self.components.restarts.phase(component, now));
            let state = match (absence, again) {
                _ if !is_activated => State::Stopped(Absence::NotActivated),
                (Some(absence), _) => State::Stopped(absence),
                (None, Some(Phase::Again(since))) => State::Started(now.saturating_duration_since(since)),
                (None, _) => State::Started(up),
            };
            Running { name, state }
        };
        known.iter().map(state).collect()
    }

    /// Whether PerfMon takes a request at `now`. One that it does not take does not count.
    pub(super) fn takes_perfmon(&self, now: Instant) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|at| now.saturating_duration_since(*at) < MINUTE);
        let takes = asked.len() < self.rate;
        if takes {
            asked.push(now);
        }
        takes
    }

    /// How many requests a minute it takes.
    pub(super) fn rate(&self) -> usize {
        self.rate
    }

    /// The objects of PerfMon with their counters at `now` (protocol.md 6.6; the object of every host M).
    pub(super) fn counters(&self, now: Instant) -> Vec<(&'static str, Vec<(&'static str, u64)>)> {
        let of_every_host = ("System", vec![("Total Processes", 214), ("Total Threads", 2187)]);
        if self.role == Role::Cucm {
            return vec![of_every_host];
        }
        let minutes = now.saturating_duration_since(self.begun).as_secs_f64() / 60.0;
        let (there, come) = (self.there(now), whole(self.load.rising * minutes));
        let sockets = there + self.held.load(Ordering::Relaxed);
        let count = |service, verdict| self.ledger.count(&self.host, service, verdict);
        let logins = self.load.sockets * 7 + come + count(Service::Xmpp, Verdict::Accepted);
        vec![
            (
                "Cisco XCP CM",
                vec![("CmConnectedSockets", sockets), ("CmFailedRequests", whole(self.load.failing * minutes))],
            ),
            (
                "Cisco XCP JSM",
                vec![
                    ("JsmFailedLogins", 17 + count(Service::Xmpp, Verdict::Refused)),
                    ("JsmIMSessions", there),
                    ("JsmMsgsInLastSlice", there / 20),
                    ("JsmOnlineUsers", there),
                    ("JsmSuccessfulLogins", logins),
                    ("JsmSuccessfulLogouts", self.load.sockets * 6),
                    ("JsmTotalMessagePackets", self.load.sockets * 45 + come * 3),
                ],
            ),
            (
                "Cisco Presence Engine",
                vec![("ActiveCalendarSubscriptions", 0), ("ActiveJsmSessions", self.assigned)],
            ),
            (
                "Cisco Client Profile Agent",
                vec![
                    ("SoapCrossClusterRedirect", 0),
                    ("SoapLoginFailures", 4 + count(Service::Epas, Verdict::Refused)),
                    ("SoapNodeRedirect", 0),
                ],
            ),
            of_every_host,
        ]
    }

    /// The clients that it holds beside those that are really there.
    fn there(&self, now: Instant) -> u64 {
        let manager = Component::ConnectionManager;
        if self.components.absence(manager, now).is_some() {
            return 0;
        }
        match self.components.restarts.phase(manager, now) {
            Phase::Again(since) => {
                let seconds = now.saturating_duration_since(since).as_secs_f64();
                self.load.sockets.min(whole(RETURNING * seconds))
            }
            Phase::First | Phase::Down => {
                let minutes = now.saturating_duration_since(self.begun).as_secs_f64() / 60.0;
                self.load.sockets + whole(self.load.rising * minutes)
            }
        }
    }
}

/// As a count: a float beyond the range saturates.
fn whole(count: f64) -> u64 {
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::component::Broken;
    use crate::lab::restart::Restarts;

    fn machine(role: Role, fault: &str, begun: Instant) -> Machine {
        let mut components = Components::default();
        if !fault.is_empty() {
            let broken: Broken = toml::from_str(&format!("host='imp1'\n{fault}")).expect("a fault");
            components.place(broken);
        }
        let plan = "host='imp1'\ncomponent='connection-manager'\nafter_seconds=10.0\ndown_seconds=4.0";
        components.restarts = Restarts::planned(Some(toml::from_str(plan).expect("a plan")));
        let load = toml::from_str("host='imp1'\nsockets=2000\nrising=6.0\nfailing=90.0").expect("a load");
        let (ledger, rate) = (Ledger::default(), Some(3));
        Machine::new(Parts { host: "imp1".into(), role, components, load, assigned: 2406, ledger, rate }, begun)
    }

    fn at(begun: Instant, seconds: u64) -> Instant {
        begun + Duration::from_secs(seconds)
    }

    fn state(machine: &Machine, name: &str, now: Instant) -> State {
        machine.services(now).into_iter().find(|service| service.name == name).expect("a service").state
    }

    fn counter(machine: &Machine, name: &str, now: Instant) -> u64 {
        let all = machine.counters(now);
        let mut counters = all.iter().flat_map(|(_, counters)| counters);
        counters.find(|(known, _)| *known == name).expect("a counter").1
    }

    const MANAGER: &str = "Cisco XCP Connection Manager";
    const SOCKETS: &str = "CmConnectedSockets";

    #[test]
    fn a_stuck_service_is_started_and_its_time_goes_on() {
        for fault in ["", "component='connection-manager'\nfault='stuck'"] {
            let begun = Instant::now();
            let machine = machine(Role::Imp, fault, begun);
            let State::Started(first) = state(&machine, MANAGER, begun) else { panic!("{fault}: stopped") };
            assert!(first > Duration::from_secs(41 * 24 * 60 * 60), "{first:?}");
            let hour = Duration::from_secs(60 * 60);
            assert_eq!(state(&machine, MANAGER, begun + hour), State::Started(first + hour));
            let State::Started(router) = state(&machine, "Cisco XCP Router", begun) else { panic!("stopped") };
            assert!(router > first, "the Router starts before it");
        }
    }

    #[test]
    fn a_service_that_does_not_run_says_which_way() {
        let now = Instant::now();
        for (fault, absence) in [("stopped", Absence::Stopped), ("not-activated", Absence::NotActivated)] {
            let fault = format!("component='auth-service'\nfault='{fault}'");
            let machine = machine(Role::Imp, &fault, now);
            assert_eq!(state(&machine, "Cisco XCP Authentication Service", now), State::Stopped(absence));
            assert!(matches!(state(&machine, MANAGER, now), State::Started(_)));
        }
        let cucm = machine(Role::Cucm, "", now);
        assert!(matches!(state(&cucm, "Cisco AXL Web Service", now), State::Started(_)));
        assert!(cucm.services(now).iter().all(|service| !service.name.contains("XCP")));
    }

    #[test]
    fn every_component_that_is_a_service_has_one_name() {
        for (name, component, _) in OF_A_NODE.iter().chain(OF_A_CUCM) {
            if let Some(known) = component {
                assert_eq!((service(*known), super::component(name)), (Some(*name), Some(*known)));
            }
        }
        assert_eq!((service(Component::Ldap), super::component("Cisco Tomcat")), (None, None));
    }

    #[test]
    fn the_clients_of_the_lab_stand_beside_those_of_the_load_which_rises() {
        let begun = Instant::now();
        let machine = machine(Role::Imp, "", begun);
        assert_eq!([0, 60, 600].map(|seconds| counter(&machine, SOCKETS, at(begun, seconds))), [2000, 2006, 2060]);
        let held = [machine.hold(), machine.hold()];
        assert_eq!(counter(&machine, SOCKETS, begun), 2002);
        drop(held);
        assert_eq!(counter(&machine, SOCKETS, begun), 2000);
        assert_eq!(counter(&machine, "CmFailedRequests", at(begun, 120)), 180);
        assert_eq!(counter(&machine, "ActiveJsmSessions", begun), 2406);
    }

    #[test]
    fn a_restart_takes_the_sockets_to_nothing_and_the_time_back_to_it() {
        let begun = Instant::now();
        let machine = machine(Role::Imp, "component='connection-manager'\nfault='stuck'", begun);
        machine.components.restarts.left_silent(begun);
        let at = |seconds| at(begun, seconds);
        assert!(matches!(state(&machine, MANAGER, at(9)), State::Started(_)));
        assert_eq!(state(&machine, MANAGER, at(10)), State::Stopped(Absence::Stopped));
        assert_eq!(state(&machine, MANAGER, at(14)), State::Started(Duration::ZERO));
        assert_eq!(state(&machine, MANAGER, at(44)), State::Started(Duration::from_secs(30)));
        let sockets = [9, 10, 13, 14, 24, 400].map(|seconds| counter(&machine, SOCKETS, at(seconds)));
        assert_eq!(sockets, [2000, 0, 0, 0, 400, 2000]);
        assert_eq!(machine.components.absence(Component::ConnectionManager, at(14)), None);
    }

    #[test]
    fn a_minute_has_so_many_requests_and_no_more() {
        let begun = Instant::now();
        let machine = machine(Role::Imp, "", begun);
        let takes = [0, 1, 2, 3, 59, 60, 60].map(|seconds| machine.takes_perfmon(at(begun, seconds)));
        assert_eq!(takes, [true, true, true, false, false, true, false]);
    }
}
