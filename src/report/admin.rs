//! The administrator's view: as an object of `check --json`, and as lines under the verdict.

use serde_json::{Value, json};

use super::words::millis;
use crate::console::visible;
use crate::discovery::{AdminSeen, HaState, HostSeen, Sample, Service, ServiceStatus, Walk, needed_on, needs};
use crate::journal::{EntryNo, Offset};

/// The object: what AXL says of the user, and of each host its services and counters; null where nothing is walked.
pub(super) fn object(walk: &Walk) -> Value {
    if walk.goal().is_none() {
        return Value::Null;
    }
    let seen = walk.admin();
    let n = |n: EntryNo| n.0;
    json!({
        "user": seen.admin,
        "skipped": walk.admin_left_out(true),
        "axl": seen.version.as_ref().map(|told| json!({
            "host": told.exchange.ask.origin().1,
            "version": told.exchange.ask.version,
            "ccm_version": told.said,
            "evidence": n(told.n),
        })),
        "end_user": seen.user.as_ref().map(|told| json!({
            "userid": told.said.userid,
            "status": told.said.status,
            "ldap": told.said.ldap,
            "home_cluster": told.said.home_cluster,
            "imp_enabled": told.said.imp_enabled,
            "service_profile": told.said.service_profile,
            "locked": told.said.locked,
            "must_change": told.said.must_change,
            "evidence": n(told.n),
        })),
        "service_profile": seen.profile.as_ref().map(|told| json!({
            "name": told.said.name,
            "has_imp": told.said.has_imp,
            "uc_services": told.said.imp,
            "evidence": n(told.n),
        })),
        "uc_services": seen.uc_services.iter().map(|(name, told)| json!({
            "name": name,
            "address": told.said.address,
            "addresses": told.said.address.as_deref().map(|address| walk.addresses(address).list),
            "evidence": n(told.n),
        })).collect::<Vec<_>>(),
        "assignment": assignment(walk, &seen),
        "groups": seen.groups.iter().flat_map(|told| told.said).map(|group| json!({
            "name": group.name, "servers": group.servers, "ha": group.ha, "users": group.users,
        })).collect::<Vec<_>>(),
        "ha": seen.ha.last().map(|given| given.states.iter().map(state).collect::<Vec<_>>()),
        "hosts": seen.hosts.iter().map(host).collect::<Vec<_>>(),
        "refused": seen.refused.iter().map(|(exchange, why)| json!({
            "what": exchange.ask.what.words(), "url": exchange.ask.url, "why": why.words(), "evidence": n(exchange.n),
        })).collect::<Vec<_>>(),
    })
}

fn assignment(walk: &Walk, seen: &AdminSeen<'_>) -> Value {
    let user = walk.goal().map_or("", |goal| goal.user_id.as_str());
    match seen.assigned(user) {
        Some((n, row)) => json!({ "server": row.server, "group": row.group, "evidence": n.0 }),
        None => Value::Null,
    }
}

fn state(state: &HaState) -> Value {
    json!({ "group": state.group, "node": state.node, "state": state.state, "reason": state.reason })
}

fn host(seen: &HostSeen<'_>) -> Value {
    let newest = seen.services.last();
    let counters = seen.counters.iter().rev();
    let mut last: Vec<(&str, Value)> = Vec::new();
    for counter in counters.flat_map(|told| told.said).filter(|counter| counter.is_valid) {
        if !last.iter().any(|(_, known)| known["object"] == counter.object && known["name"] == counter.name) {
            last.push((&counter.name, json!({
                "object": counter.object, "instance": counter.instance, "name": counter.name, "value": counter.value,
            })));
        }
    }
    json!({
        "host": seen.host,
        "services": newest.into_iter().flat_map(|told| told.said).map(service).collect::<Vec<_>>(),
        "sockets": seen.sockets().iter().map(sample).collect::<Vec<_>>(),
        "counters": last.into_iter().map(|(_, value)| value).collect::<Vec<_>>(),
        "asked_too_often": seen.rate.is_some(),
        "evidence": newest.map(|told| told.n.0),
    })
}

fn service(service: &Service) -> Value {
    json!({
        "name": service.name,
        "status": status(&service.status),
        "reason": service.reason,
        "up_s": service.up.map(|up| up.as_secs()),
    })
}

fn status(status: &ServiceStatus) -> &str {
    match status {
        ServiceStatus::Started => "Started",
        ServiceStatus::Starting => "Starting",
        ServiceStatus::Stopping => "Stopping",
        ServiceStatus::Stopped => "Stopped",
        ServiceStatus::Other(word) => word,
    }
}

fn sample(sample: &Sample) -> Value {
    json!({ "at_ms": millis(sample.at.since(Offset::default())), "value": sample.value, "evidence": sample.n.0 })
}

/// The lines: why it was skipped, or what it said; nothing where nothing is walked.
pub(super) fn lines(walk: &Walk) -> Vec<String> {
    let Some(goal) = walk.goal() else { return Vec::new() };
    let seen = walk.admin();
    let asked = walk.exchanges().iter().any(|exchange| exchange.ask.what.is_administrators());
    let mut lines: Vec<String> = match walk.admin_left_out(asked) {
        Some(why) => vec![format!("administrator's view: skipped: {why}")],
        None => Vec::new(),
    };
    if let Some(told) = &seen.user {
        let user = told.said;
        let source = if user.ldap.is_some() { "from LDAP" } else { "local" };
        let yes = |value: Option<bool>| value.map_or("not told", |value| if value { "yes" } else { "no" });
        let profile = user.service_profile.as_deref().unwrap_or("the default");
        lines.push(format!(
            "End User {}: {source}, locked {}, home cluster {}, IM and Presence {}, service profile {profile}",
            goal.user_id,
            yes(user.locked),
            yes(user.home_cluster),
            yes(user.imp_enabled),
        ));
    }
    if let Some(told) = &seen.profile {
        let address = |name: &String| {
            let own = seen.uc_services.iter().find(|(about, _)| about == name);
            let to = own.and_then(|(_, told)| told.said.address.as_deref()).unwrap_or("no address known");
            format!("{name} ({to})")
        };
        let services: Vec<String> = told.said.imp.iter().map(address).collect();
        let services = if services.is_empty() { "none".to_owned() } else { services.join(", ") };
        lines.push(format!("IM and Presence Profile: UC services {services}"));
    }
    if let Some((_, row)) = seen.assigned(&goal.user_id) {
        let server = row.server.as_deref().unwrap_or("no node");
        let group = seen.group(row.group.as_deref(), row.server.as_deref()).map(|(_, group)| group);
        let ha = match group.and_then(|group| group.ha) {
            Some(true) => ", high availability enabled",
            Some(false) => ", high availability not enabled",
            None => "",
        };
        let name = group.map(|group| group.name.as_str()).or(row.group.as_deref());
        let group = name.map_or_else(String::new, |name| format!(", group {name}"));
        lines.push(format!("assigned to {server}{group}{ha}"));
    }
    lines.extend(seen.ha.last().into_iter().flat_map(|given| given.states).map(|state| {
        let node = state.node.as_deref().unwrap_or("a node");
        format!("high availability of {node}: {}", state.state)
    }));
    lines.extend(seen.hosts.iter().filter_map(|host| of_host(walk, host)));
    lines.extend(seen.refused.iter().map(|(exchange, why)| {
        format!("{} of {}: {}", exchange.ask.what.words(), exchange.ask.place(), why.words())
    }));
    lines.into_iter().map(|line| visible(&line)).collect()
}

/// `imp1.example.test: 8 of 8 services of a login started, 312 sockets`
fn of_host(walk: &Walk, seen: &HostSeen<'_>) -> Option<String> {
    let imp = walk.nodes().iter().any(|node| node.is_called(&seen.host));
    let services = seen.services.last().map(|told| {
        let needed: Vec<&Service> = told.said.iter().filter(|own| needs(imp, &own.name).is_some()).collect();
        let (up, down): (Vec<&Service>, Vec<&Service>) =
            needed.into_iter().partition(|own| own.status == ServiceStatus::Started);
        let down: Vec<String> = down
            .iter()
            .map(|own| {
                let reason = own.reason.as_ref().map_or_else(String::new, |reason| format!(", {reason}"));
                format!("{} {}{reason}", own.name, status(&own.status))
            })
            .collect();
        let down = if down.is_empty() { String::new() } else { format!(" (not: {})", down.join("; ")) };
        format!("{} of {} services that a login needs are started{down}", up.len(), needed_on(imp).len())
    });
    let sockets = seen.sockets().last().map(|sample| format!("{} sockets", sample.value));
    let parts: Vec<String> = services.into_iter().chain(sockets).collect();
    (!parts.is_empty()).then(|| format!("{}: {}", seen.host, parts.join(", ")))
}
