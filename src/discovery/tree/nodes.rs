//! What a node's item has beside its logins: who named it, its addresses, EPAS, and who goes there.

use super::frame::Frame;
use super::node::Node;
use super::{control, dns, epas, machine};
use crate::discovery::item::{Again, Item, ItemState};
use crate::discovery::route::{Choice, NodeSeen, first_label};
use crate::journal::{EntryNo, node_key};

/// What stands on a node's item whatever its logins do. It changes with the walk, not with XMPP.
#[derive(Debug, Clone, Default)]
pub(super) struct Setting {
    pub host: String,
    pub port: u16,
    /// The name on the screen.
    pub name: String,
    pub marks: Vec<String>,
    pub home: Option<bool>,
    /// Where the nodes are known from a walk: their own addresses, who named them, EPAS.
    pub front: Option<Vec<Item>>,
    /// State and figure while no login was begun.
    pub resting: Option<(ItemState, String)>,
    pub rule: String,
    pub detail: Vec<String>,
    pub entries: Vec<EntryNo>,
}

/// The settings of all nodes: those that the walk knows in its order, then those that only a login named.
pub(super) fn settings(frame: Option<&Frame<'_>>, logins: &[Node]) -> Vec<Setting> {
    let seen = frame.map_or(&[][..], |frame| frame.nodes.as_slice());
    let mut settings: Vec<Setting> = seen.iter().filter_map(|node| Some(walked(frame?, node))).collect();
    let mut others: Vec<&Node> =
        logins.iter().filter(|node| !settings.iter().any(|known| node.is(&known.host, known.port))).collect();
    others.sort_by_key(|node| node.asked());
    settings.extend(others.into_iter().map(by_login));
    let names = names(&settings);
    settings.iter_mut().zip(names).for_each(|(setting, name)| setting.name = name);
    settings
}

/// A node that only a login named.
fn by_login(node: &Node) -> Setting {
    let (host, port) = node.place();
    let marks = if node.home() == Some(true) { vec!["home".to_owned()] } else { Vec::new() };
    Setting { host: host.to_owned(), port, marks, home: node.home(), ..Setting::default() }
}

fn walked(frame: &Frame<'_>, node: &NodeSeen) -> Setting {
    let id = id(&node.host, node.port);
    let goes_here = |choice: &Choice| {
        choice.node.as_ref().is_some_and(|(host, port)| *host == node.host && *port == node.port)
    };
    let mut marks = Vec::new();
    if node.home == Some(true) {
        marks.push("home".to_owned());
    }
    if node.partner {
        marks.push("partner".to_owned());
    }
    if node.edge {
        marks.push("edge".to_owned());
    }
    marks.extend(frame.marks(goes_here));
    let mut front = dns::addresses(frame.walk, &id, &node.host, &node.addresses);
    front.iter_mut().for_each(|item| item.aside = false);
    if !node.named_by.is_empty() {
        let mut named =
            Item::new(format!("{id}/named"), ItemState::Plain, format!("named by {}", node.named_by.join(", ")));
        named.words.clone_from(&named.name);
        named.entries.clone_from(&node.entries);
        named.detail = node.named_by.clone();
        front.push(named);
    }
    if !node.edge {
        front.extend(epas::item(frame, node, &id));
    }
    front.extend(machine::items(frame, &node.host, &id, true));
    front.extend(control::left_out(frame, node, &id));
    let found = &node.addresses;
    let resting = match &found.none {
        Some(why) => (ItemState::Failed, why.clone()),
        None if found.pending && found.list.is_empty() => (ItemState::Running, "resolving".to_owned()),
        None if frame.over => (ItemState::Skipped, "not asked".to_owned()),
        None => (ItemState::Waiting, "not begun".to_owned()),
    };
    let rule = frame.rule(goes_here);
    Setting {
        host: node.host.clone(),
        port: node.port,
        name: String::new(),
        marks,
        home: node.home,
        front: Some(front),
        resting: Some(resting),
        detail: detail(node, &rule),
        rule,
        entries: node.entries.clone(),
    }
}

fn detail(node: &NodeSeen, rule: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if !node.named_by.is_empty() {
        lines.push(format!("named by {}", node.named_by.join(", ")));
    }
    if !node.addresses.list.is_empty() {
        lines.push(node.addresses.list.join(", "));
    }
    if node.direct_tls {
        lines.push("TLS from the first byte".to_owned());
    }
    lines.extend(Some(rule.to_owned()).filter(|rule| !rule.is_empty()));
    lines
}

/// A node's id.
pub(super) fn id(host: &str, port: u16) -> String {
    format!("node:{host}:{port}")
}

/// The nodes' names: the first label where no other node shares it; the port where it is not the usual one.
fn names(settings: &[Setting]) -> Vec<String> {
    let label = |setting: &Setting| first_label(&setting.host).to_owned();
    let name = |(at, own): (usize, &Setting)| {
        let shared = settings.iter().enumerate().any(|(other, node)| other != at && label(node) == label(own));
        match (shared, own.port) {
            (true, 5222) => own.host.clone(),
            (true, port) => format!("{}:{port}", own.host),
            (false, 5222) => label(own),
            (false, port) => format!("{}:{port}", label(own)),
        }
    };
    settings.iter().enumerate().map(name).collect()
}

/// A node's item: its setting, and what its logins show.
pub(super) fn item(setting: &Setting, node: Option<&Node>) -> Item {
    let id = id(&setting.host, setting.port);
    let mut item = Item::new(id.clone(), ItemState::Waiting, setting.name.clone());
    item.marks.clone_from(&setting.marks);
    item.rule.clone_from(&setting.rule);
    item.detail.clone_from(&setting.detail);
    item.entries.clone_from(&setting.entries);
    if let Some((state, figure)) = &setting.resting {
        (item.state, item.figure) = (*state, figure.clone());
    }
    let own = node_key(&setting.host, setting.port);
    let place = Some((setting.host.clone(), setting.port));
    item.children = match (&setting.front, node) {
        (Some(front), _) => front.clone(),
        (None, Some(node)) => node.front(&id),
        (None, None) => Vec::new(),
    };
    if let Some(node) = node {
        node.show(&mut item, &id, setting.home);
    }
    for child in &mut item.children {
        child.node.clone_from(&place);
        child.place.get_or_insert_with(|| own.clone());
    }
    item.node = place;
    item.place = Some(own);
    item.ask = Some(Again::Node { host: setting.host.clone(), port: setting.port });
    item
}
