//! Rules about high availability (protocol.md 6.7, 6.8): what `utils ha status` printed, and what AXL says of the
//! presence redundancy groups.

use crate::discovery::{HaSeen, Reading};
use crate::journal::{EntryNo, HttpWhat, OpId};
use crate::protocol::epas::{Answer as Told, Config};
use crate::protocol::ha::NodeState;

use super::super::figures::foreign;
use super::found::Found;
use super::site::Site;
use super::uds::entries;
use super::user::{is_node, open};
use super::{Answer, Code, code};

/// The client's re-login limits where the node does not give its own: lower and upper, in seconds (protocol.md 6.7).
const LIMITS: (u32, u32) = (120, 537);
/// The properties of get-all-config that hold the node's own (protocol.md 5.1).
const LOWER: &str = "CUP.SRM.LowerFailoverLoginRetryLimit";
const UPPER: &str = "CUP.SRM.UpperFailoverLoginRetryLimit";

/// A state that was given, and when.
struct Given<'a> {
    n: EntryNo,
    state: &'a NodeState,
    /// Whether a newer text says something else of the node.
    is_past: bool,
}

/// The newest state of this kind of each node, in the order in which they were first given.
fn given<'a>(all: &[HaSeen<'a>], is_so: impl Fn(&NodeState) -> bool) -> Vec<Given<'a>> {
    let mut found: Vec<Given<'a>> = Vec::new();
    for seen in all {
        for state in seen.states {
            let known = found.iter_mut().find(|given| is_same(given.state, state));
            match (known, is_so(state)) {
                (Some(known), true) => *known = Given { n: seen.n, state, is_past: false },
                (Some(known), false) => known.is_past = true,
                (None, true) => found.push(Given { n: seen.n, state, is_past: false }),
                (None, false) => {}
            }
        }
    }
    found
}

fn is_same(one: &NodeState, other: &NodeState) -> bool {
    match (&one.node, &other.node) {
        (Some(one), Some(other)) => is_node(one, other),
        (None, None) => one.group == other.group,
        _ => false,
    }
}

fn lower(state: &NodeState) -> String {
    state.state.to_ascii_lowercase()
}

/// The node's users were moved to its partner.
pub(super) fn failed_over(site: &Site<'_>) -> Vec<Answer> {
    of_states(site, code::ha::FAILED_OVER, |state| {
        lower(state).starts_with("failed over") && !has_critical_down(state)
    })
}

/// The node serves its partner's users as well.
pub(super) fn backup_mode(site: &Site<'_>) -> Vec<Answer> {
    of_states(site, code::ha::BACKUP_MODE, |state| lower(state) == "running in backup mode")
}

/// Critical services do not run on a node.
pub(super) fn critical_down(site: &Site<'_>) -> Vec<Answer> {
    of_states(site, code::ha::CRITICAL_DOWN, |state| {
        has_critical_down(state) || lower(state) == "running in failed mode"
    })
}

/// By its state or by its reason. Where the node stands in for its partner, the reason is the partner's.
fn has_critical_down(state: &NodeState) -> bool {
    let stands_in = matches!(lower(state).as_str(), "running in backup mode" | "taking over" | "taking back");
    let reason = state.reason.as_ref().is_some_and(|why| why.to_ascii_lowercase().contains("critical service"));
    (reason && !stands_in) || lower(state).contains("critical services not running")
}

fn of_states(site: &Site<'_>, code: Code, is_so: impl Fn(&NodeState) -> bool) -> Vec<Answer> {
    let seen = site.walk.admin();
    given(&seen.ha, is_so).iter().map(|given| about(site, code, given).holds()).collect()
}

/// A node as the walk calls it, where it does; the text has short names.
fn called(site: &Site<'_>, state: &NodeState) -> String {
    let told = state.node.as_deref().or(state.group.as_deref()).unwrap_or("a node");
    let nodes = site.walk.nodes();
    nodes.iter().find(|node| is_node(&node.host, told)).map_or_else(|| told.to_owned(), |node| node.host.clone())
}

fn about(site: &Site<'_>, code: Code, given: &Given<'_>) -> Found {
    let state = given.state;
    let reason = state.reason.as_deref().map(|reason| format!(" ({})", foreign(reason)));
    Found::about(code, &called(site, state))
        .of(run(site))
        .foreign("state", &state.state)
        .arg("said", reason.unwrap_or_default())
        .maybe("group", state.group.as_deref().map(foreign))
        .maybe("superseded", given.is_past.then(|| "a newer text says otherwise".to_owned()))
        .cite([given.n])
}

/// What a person gave belongs to the run.
fn run(_: &Site<'_>) -> OpId {
    OpId(1)
}

/// High availability is off: by the text, or by AXL for a group of two nodes.
pub(super) fn not_enabled(site: &Site<'_>) -> Vec<Answer> {
    let seen = site.walk.admin();
    let mut told: Vec<Answer> = given(&seen.ha, NodeState::is_off)
        .iter()
        .map(|given| about(site, code::ha::NOT_ENABLED, given).arg("by", "utils ha status").holds())
        .collect();
    for exchange in site.walk.exchanges().iter().filter(|seen| seen.ask.what == HttpWhat::AxlGroups) {
        let Reading::AxlGroups(groups) = &exchange.reading else {
            told.push(open(exchange));
            continue;
        };
        let off = groups.iter().filter(|group| group.ha == Some(false) && group.servers.len() > 1);
        told.extend(off.map(|group| {
            Found::about(code::ha::NOT_ENABLED, &group.name)
                .of(exchange.op)
                .foreign("group", &group.name)
                .arg("state", "off")
                .arg("said", "")
                .arg("by", "AXL")
                .cite(entries(exchange))
                .holds()
        }));
    }
    told
}

/// After a failover clients wait a random time before they log in again: by design.
pub(super) fn backoff(site: &Site<'_>) -> Vec<Answer> {
    let seen = site.walk.admin();
    let held = given(&seen.ha, NodeState::holds_clients_back);
    let own = limits(site);
    let answer = |given: &Given<'_>| {
        let (low, high) = own.map_or(LIMITS, |(_, limits)| limits);
        let by = if own.is_some() { "the node's own limits" } else { "the usual limits" };
        about(site, code::ha::BACKOFF, given)
            .arg("lower_limit", low.to_string())
            .arg("upper_limit", high.to_string())
            .arg("by", by)
            .cite(own.map(|(n, _)| n))
            .holds()
    };
    held.iter().map(answer).collect()
}

/// The re-login limits that a node gave in its configuration, by the first that did.
fn limits(site: &Site<'_>) -> Option<(EntryNo, (u32, u32))> {
    let number = |config: &Config, name: &str| config.property(name).and_then(|value| value.trim().parse().ok());
    let told = site.asked(HttpWhat::EpasConfig).filter_map(|exchange| match &exchange.reading {
        Reading::EpasConfig(Told::Success(config)) => {
            let upper = number(config, UPPER)?;
            Some((exchange.body?.0, (number(config, LOWER).unwrap_or(LIMITS.0).min(upper), upper)))
        }
        _ => None,
    });
    told.min_by_key(|(n, _)| *n)
}
