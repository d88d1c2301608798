//! The branch "administrator": the path that the cluster has for the user, beside what the client was given.
//!
//! ```text
//! ▾ ✓ administrator             AXL 14.0
//!   ✓ End User alice             enabled
//!   ▾ ✓ service profile SP-Users
//!     ▾ ✓ IM and Presence Profile
//!       ✓ primary imp1   same as client
//!   ✓ assigned imp1      same as client
//!   ✓ group DefaultCluster        HA on
//! ```

use super::frame::Frame;
use super::{http, machine};
use crate::discovery::admin::AdminSeen;
use crate::discovery::item::{Item, ItemState, Wants};
use crate::discovery::reading::Reading;
use crate::discovery::route::first_label;
use crate::discovery::route::host::{is_address, is_short, plain};
use crate::discovery::walk::Exchange;
use crate::journal::{HttpWhat, host_port};
use crate::protocol::axl::EndUser;

/// The roles of the UC services of a profile, in their order (protocol.md 4).
const ROLES: [&str; 3] = ["primary", "secondary", "tertiary"];
const SAME: &str = "same as client";

/// The branch; none in a run that walks nothing, or in which nobody was named as administrator and nothing is known.
pub(super) fn branch(frame: &Frame<'_>) -> Option<Item> {
    let nobody = frame.walk.goal().is_none_or(|goal| goal.admin.is_none());
    let mut item = Item::new("admin", ItemState::Plain, "administrator");
    let asked = frame.walk.exchanges().iter().any(|seen| seen.ask.what.is_administrators());
    let left_out = frame.walk.admin_left_out(true);
    if !asked {
        let seen = frame.walk.admin();
        item.children = ha(&seen);
        if nobody && item.children.is_empty() {
            return None;
        }
        match left_out {
            Some(why) => {
                item.state = ItemState::Skipped;
                item.figure = "no credentials".to_owned();
                item.words = format!("the administrator's view is skipped: {why}");
                item.detail =
                    vec![item.words.clone(), "--admin USER asks AXL, Control Center and PerfMon.".to_owned()];
            }
            None if frame.over => {
                (item.state, item.figure) = (ItemState::Skipped, "not asked".to_owned());
                item.words = "the administrator's view: nothing was asked".to_owned();
            }
            None => {
                (item.state, item.figure) = (ItemState::Waiting, "not begun".to_owned());
                item.words = "the administrator's view: not begun".to_owned();
                item.wants = Some(Wants::AdminPassword);
            }
        }
        return Some(item);
    }
    let seen = frame.walk.admin();
    item.children.extend(axl(frame));
    item.children.extend(end_user(frame, &seen));
    item.children.extend(profile(frame, &seen));
    item.children.extend(assignment(frame, &seen));
    item.children.extend(groups(frame, &seen));
    item.children.extend(ha(&seen));
    item.children.extend(cucms(frame, &seen));
    item.figure =
        seen.version.as_ref().map_or_else(String::new, |told| format!("AXL {}", told.exchange.ask.version));
    item.state = worst(&item.children);
    item.words = match left_out {
        Some(why) => why,
        None => "what the cluster itself says of the user and of its hosts".to_owned(),
    };
    item.detail = vec![item.words.clone()];
    item.open = true;
    Some(item)
}

fn worst(items: &[Item]) -> ItemState {
    let is = |state| items.iter().any(|item| item.state == state);
    match () {
        () if is(ItemState::Failed) => ItemState::Failed,
        () if is(ItemState::Warning) => ItemState::Warning,
        () if is(ItemState::Running) => ItemState::Running,
        () => ItemState::Ok,
    }
}

/// The newest exchange for a purpose as an item, under the name of what was asked.
fn of(frame: &Frame<'_>, id: String, what: HttpWhat) -> Option<Item> {
    frame.walk.standing(what).into_iter().next_back().map(|seen| http::item(frame.walk, id, seen))
}

/// Where AXL was asked for its version; each CUCM that would not tell stands by itself.
fn axl(frame: &Frame<'_>) -> Vec<Item> {
    let asked = frame.walk.standing(HttpWhat::AxlVersion);
    let item = |seen: &&Exchange| {
        let (_, host, port) = seen.ask.origin();
        let mut item =
            http::item(frame.walk, format!("admin/axl:{}:{}", seen.ask.place(), seen.ask.version), seen);
        item.name = format!("AXL {} on {}", seen.ask.version, frame.place(host, port));
        if let Reading::AxlVersions(versions) = &seen.reading {
            (item.state, item.figure) = (ItemState::Plain, format!("speaks {}", versions.join(", ")));
        }
        item.aside()
    };
    asked.iter().map(item).collect()
}

fn end_user(frame: &Frame<'_>, seen: &AdminSeen<'_>) -> Option<Item> {
    let mut item = of(frame, "admin/user".to_owned(), HttpWhat::AxlUser)?;
    item.name = format!("End User {}", frame.goal.user_id);
    let Some(told) = &seen.user else { return Some(item) };
    let user = told.said;
    let source = match &user.ldap {
        Some(directory) => format!("from LDAP ({directory})"),
        None => "a local user".to_owned(),
    };
    (item.state, item.figure) = judged(user);
    item.words = format!("{}: {}, {source}", frame.goal.user_id, item.figure);
    Some(item)
}

/// What is wrong with an end user first of all.
fn judged(user: &EndUser) -> (ItemState, String) {
    let wrong = [
        (user.locked == Some(true), ItemState::Failed, "locked"),
        (user.home_cluster == Some(false), ItemState::Failed, "home cluster off"),
        (user.imp_enabled == Some(false), ItemState::Failed, "IM&P not enabled"),
        (user.must_change == Some(true), ItemState::Warning, "must change password"),
    ];
    let first = wrong.into_iter().find(|(is_so, ..)| *is_so);
    let enabled = if user.imp_enabled == Some(true) { "enabled" } else { "read" };
    first.map_or((ItemState::Ok, enabled.to_owned()), |(_, state, words)| (state, words.to_owned()))
}

/// End User's service profile, its IM and Presence Profile, its UC services.
fn profile(frame: &Frame<'_>, seen: &AdminSeen<'_>) -> Option<Item> {
    let Some(mut item) = of(frame, "admin/profile".to_owned(), HttpWhat::AxlServiceProfile) else {
        let told = seen.user.as_ref().filter(|told| told.said.service_profile.is_none())?;
        let mut item = Item::new("admin/profile", ItemState::Absent, "service profile");
        item.figure = "the default".to_owned();
        item.words =
            "the End User names no service profile: the system's default counts, if there is one".to_owned();
        item.entries = vec![told.n];
        return Some(item);
    };
    let name = frame.walk.standing(HttpWhat::AxlServiceProfile).last().map_or("", |seen| seen.ask.about.as_str());
    item.name = format!("service profile {name}");
    item.open = true;
    let Some(told) = &seen.profile else { return Some(item) };
    let mut imp = Item::new("admin/imp-profile", ItemState::Ok, "IM and Presence Profile");
    imp.entries = vec![told.n];
    imp.open = true;
    if !told.said.has_imp {
        (imp.state, imp.figure) = (ItemState::Failed, "none".to_owned());
        imp.words = "the service profile has no IM and Presence Profile".to_owned();
    } else if told.said.imp.is_empty() {
        (imp.state, imp.figure) = (ItemState::Failed, "no UC service".to_owned());
        imp.words = "the IM and Presence Profile names no UC service".to_owned();
    } else {
        imp.words = format!("UC services, in their order: {}", told.said.imp.join(", "));
    }
    imp.detail = vec![imp.words.clone()];
    let services = told.said.imp.iter().enumerate();
    imp.children = services.map(|(at, name)| uc_service(frame, seen, at, name)).collect();
    item.children.push(imp);
    Some(item)
}

/// A UC service: its address, the node that it leads to, and whether the client was given the same.
fn uc_service(frame: &Frame<'_>, seen: &AdminSeen<'_>, at: usize, name: &str) -> Item {
    let role = ROLES.get(at).copied().unwrap_or("further");
    let id = format!("admin/uc:{at}");
    let asked = frame.walk.standing(HttpWhat::AxlUcService).into_iter().rfind(|seen| seen.ask.about == name);
    let Some(asked) = asked else {
        let mut item = Item::new(id, ItemState::Waiting, format!("{role} {name}"));
        item.figure = "not begun".to_owned();
        return frame.waiting(item);
    };
    let mut item = http::item(frame.walk, id, asked);
    item.name = format!("{role} {name}");
    let told = seen.uc_services.iter().find(|(about, _)| *about == name).map(|(_, told)| told.said);
    let Some(service) = told else { return item };
    let Some(address) = service.address.as_deref().map(plain) else {
        (item.state, item.figure) = (ItemState::Failed, "no address".to_owned());
        item.words = format!("the UC service {name} has no address");
        return item;
    };
    item.name = format!("{role} {}", frame.labels.short(&address));
    let given = frame.walk.service_profile().map(|(_, read)| read.imp.get(at).map(|own| plain(&own.address)));
    let compared = compare(frame, &address, given);
    let found = frame.walk.addresses(&address);
    if let Some(why) = &found.none {
        (item.state, item.figure) = (ItemState::Failed, why.clone());
    } else if is_short(&address) && !is_address(&address) {
        (item.state, item.figure) = (ItemState::Warning, "short name".to_owned());
    } else {
        (item.state, item.figure) = compared.clone().unwrap_or((ItemState::Ok, String::new()));
    }
    let to = if found.list.is_empty() { String::new() } else { format!(" ({})", found.list.join(", ")) };
    let node = frame.nodes.iter().find(|node| node.is_called(&address));
    let node = node.map_or_else(
        || "no node of the tree".to_owned(),
        |node| format!("node {}", host_port(&node.host, node.port)),
    );
    let words =
        compared.map_or_else(|| "the client's service profile was not read".to_owned(), |(_, words)| words);
    item.words = format!("UC service {name}: {address}{to}, {node}; {words}");
    item.detail.insert(0, item.words.clone());
    item
}

/// Whether the client was given the same host. `given` is what it was given in this place; none inside: nothing, none
/// at all: that was not read.
fn compare(frame: &Frame<'_>, own: &str, given: Option<Option<String>>) -> Option<(ItemState, String)> {
    let same = |one: &str, other: &str| {
        one == other || frame.nodes.iter().any(|node| node.is_called(one) && node.is_called(other))
    };
    Some(match given? {
        Some(given) if same(own, &given) => (ItemState::Ok, SAME.to_owned()),
        Some(given) => (ItemState::Warning, format!("client: {}", frame.labels.short(&given))),
        None => (ItemState::Warning, "client: none".to_owned()),
    })
}

fn assignment(frame: &Frame<'_>, seen: &AdminSeen<'_>) -> Option<Item> {
    let mut item = of(frame, "admin/assignment".to_owned(), HttpWhat::AxlAssignment)?;
    item.name = "assignment".to_owned();
    seen.assignment.as_ref()?;
    let server = seen.assigned(&frame.goal.user_id).and_then(|(_, row)| row.server.as_deref());
    let Some(server) = server.map(plain) else {
        (item.state, item.figure) = (ItemState::Warning, "no node".to_owned());
        item.words = format!("{} is assigned to no IM&P node", frame.goal.user_id);
        return Some(item);
    };
    item.name = format!("assigned {}", first_label(&server));
    let by_epas = frame.walk.epas_config().and_then(|(_, config)| config.primary().map(plain));
    let by_uds = || frame.walk.user_record().map(|(_, user)| user.imp_servers.first().map(|server| plain(server)));
    let compared = compare(frame, &server, by_epas.map(Some).or_else(by_uds));
    if let Some((state, words)) = compared {
        (item.state, item.figure) = (state, words);
    }
    item.words = format!("{} is assigned to {server}: {}", frame.goal.user_id, item.figure);
    Some(item)
}

fn groups(frame: &Frame<'_>, seen: &AdminSeen<'_>) -> Vec<Item> {
    let Some(above) = of(frame, "admin/groups".to_owned(), HttpWhat::AxlGroups) else { return Vec::new() };
    let Some(told) = &seen.groups else {
        return vec![Item { name: "redundancy groups".to_owned(), ..above }];
    };
    let group = |group: &crate::protocol::axl::RedundancyGroup| {
        let mut item = Item { children: Vec::new(), ..above.clone() };
        item.id = crate::discovery::ItemId(format!("admin/group:{}", group.name));
        item.name = format!("group {}", group.name);
        item.figure = match group.ha {
            Some(true) => "HA on".to_owned(),
            Some(false) => "HA off".to_owned(),
            None => String::new(),
        };
        let users = group.users.as_ref().map_or_else(String::new, |users| format!(", {users} users"));
        item.words = format!(
            "presence redundancy group {}: {}{users}; high availability {}",
            group.name,
            group.servers.join(", "),
            match group.ha {
                Some(true) => "enabled",
                Some(false) => "not enabled",
                None => "not told",
            }
        );
        item.detail.insert(0, item.words.clone());
        item
    };
    told.said.iter().map(group).collect()
}

/// The states that a person gave.
fn ha(seen: &AdminSeen<'_>) -> Vec<Item> {
    let Some(newest) = seen.ha.last() else { return Vec::new() };
    let item = |(at, state): (usize, &crate::protocol::ha::NodeState)| {
        let fits = match state {
            state if state.is_normal() => ItemState::Ok,
            state if state.is_off() => ItemState::Plain,
            state if state.holds_clients_back() => ItemState::Failed,
            _ => ItemState::Warning,
        };
        let node = state.node.clone().unwrap_or_else(|| "node".to_owned());
        let mut item = Item::new(format!("admin/ha:{at}"), fits, format!("HA {}", first_label(&node)));
        item.figure.clone_from(&state.state);
        let reason = state.reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
        item.words = format!("{node} by utils ha status: {}{reason}", state.state);
        if state.holds_clients_back() {
            item.words.push_str("; clients wait a random time before they log in again");
        }
        item.detail = vec![item.words.clone()];
        item.entries = vec![newest.n];
        item
    };
    newest.states.iter().enumerate().map(item).collect()
}

/// The services of the CUCMs.
fn cucms(frame: &Frame<'_>, seen: &AdminSeen<'_>) -> Vec<Item> {
    let is_node = |host: &str| frame.nodes.iter().any(|node| plain(&node.host) == host);
    let cucms = seen.hosts.iter().filter(|at| !is_node(&at.host));
    let mut items = Vec::new();
    for at in cucms {
        for mut item in machine::items(frame, &at.host, &format!("admin/{}", at.host), false) {
            item.name = format!("{} {}", frame.labels.short(&at.host), item.name);
            items.push(item);
        }
    }
    items
}
