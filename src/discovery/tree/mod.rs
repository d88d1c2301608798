//! The tree on the left: what was looked at and what came of it, as items with a state, a name and one figure.
//! A fold over entries. Knows no screen, no selection and no clock; nothing in it runs while time passes.
//!
//! ```text
//!  Tree ── Walk (what was asked and told) ──► Frame ──► routes: dns, uds, profile (http, certificate, reading)
//!    └──── Node, one per login's node (node, login, stage) ────────► nodes (epas)
//! ```
//!
//! Entries change the folds at once. Items are built anew by [`Tree::settle`]: all of them after an entry of the
//! walk, one node's after an entry of its login.

mod admin;
mod certificate;
mod chart;
mod control;
mod dns;
mod edge;
mod epas;
mod figures;
mod frame;
mod homes;
mod http;
mod login;
mod machine;
mod node;
mod nodes;
mod profile;
mod reading;
mod stage;
#[cfg(test)]
pub(crate) mod story;
mod uds;

use std::collections::{BTreeMap, BTreeSet};

use super::item::{Item, ItemId, ItemState};
use super::route::Route;
use super::walk::Walk;
use crate::journal::{Ask, Clients, Entry, Event, Fact, OpId};
use frame::Frame;
pub use homes::{HomeAnswer, HomeSeen};
use node::Node;
use nodes::Setting;

/// How many entries wait for the login that they belong to. Entries of different operations may come in any order.
const EARLY: usize = 4096;

/// The tree of one run.
#[derive(Debug, Default)]
pub struct Tree {
    walk: Walk,
    items: Vec<Item>,
    settings: Vec<Setting>,
    nodes: Vec<Node>,
    /// Which operation is whose.
    owners: BTreeMap<OpId, Owner>,
    early: Vec<Entry>,
    over: bool,
    stale: Stale,
    built: u64,
}

/// Whose an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The run itself.
    Run,
    /// The walk's: a question to DNS, a request.
    Walk,
    /// That of a login, on this node.
    Login(usize, OpId),
}

/// What must be built anew.
#[derive(Debug, Default)]
struct Stale {
    all: bool,
    nodes: BTreeSet<usize>,
}

impl Tree {
    /// The tree of some entries.
    pub fn of(entries: &[Entry]) -> Self {
        let mut tree = Self::default();
        entries.iter().for_each(|entry| tree.apply(entry));
        tree.settle();
        tree
    }

    /// What was asked and told.
    pub fn walk(&self) -> &Walk {
        &self.walk
    }

    /// The items at the root, as they were when last settled.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The item with this id, wherever it stands.
    pub fn find(&self, id: &ItemId) -> Option<&Item> {
        fn among<'a>(items: &'a [Item], id: &ItemId) -> Option<&'a Item> {
            items.iter().find_map(|item| if item.id == *id { Some(item) } else { among(&item.children, id) })
        }
        among(&self.items, id)
    }

    /// The nodes' items: the home node first where a walk found it, else in the order in which they were asked.
    pub fn nodes(&self) -> &[Item] {
        let heading = self.items.iter().find(|item| item.id.0 == HEADING);
        heading.map_or(&[], |heading| heading.children.as_slice())
    }

    /// How often all items were built: what a fold costs.
    #[cfg(test)]
    pub fn built(&self) -> u64 {
        self.built
    }

    /// Takes the next entry. Its items show it after [`settle`](Self::settle).
    pub fn apply(&mut self, entry: &Entry) {
        let known = self.walk.revision();
        self.walk.apply(entry);
        self.stale.all |= self.walk.revision() != known && self.walk.goal().is_some();
        self.place(entry);
    }

    fn place(&mut self, entry: &Entry) {
        self.stale.all |= matches!(entry.event, Event::Saw(Fact::User(_)));
        let owner = match &entry.event {
            Event::Began(Ask::Run(_)) => Owner::Run,
            Event::Began(Ask::Dns(_) | Ask::Http(_)) => Owner::Walk,
            Event::Began(Ask::Login(ask)) => {
                let at = self.nodes.iter().position(|node| node.is(&ask.host, ask.port)).unwrap_or_else(|| {
                    self.nodes.push(Node::new(&ask.host, ask.port));
                    self.nodes.len() - 1
                });
                self.nodes[at].began(entry, ask);
                Owner::Login(at, entry.op)
            }
            _ => return self.belongs(entry),
        };
        self.owners.insert(entry.op, owner);
        self.stale.all = true;
        for early in std::mem::take(&mut self.early) {
            self.belongs(&early);
        }
    }

    /// Gives an entry to the operation that it belongs to.
    fn belongs(&mut self, entry: &Entry) {
        let known = |op: &OpId| self.owners.get(op).copied();
        let above = || known(&entry.parent?).filter(|owner| *owner != Owner::Run);
        let Some(owner) = known(&entry.op).or_else(above) else {
            if entry.parent.is_some() && self.early.len() < EARLY {
                self.early.push(entry.clone());
            }
            return;
        };
        self.owners.insert(entry.op, owner);
        match owner {
            Owner::Run => {
                self.over |= matches!(entry.event, Event::Ended(_));
                self.stale.all = true;
            }
            Owner::Walk => self.stale.all = true,
            Owner::Login(at, login) => {
                if self.nodes[at].apply(login, entry) {
                    self.stale.nodes.insert(at);
                }
            }
        }
    }

    /// Builds the items that the entries since the last time have changed.
    pub fn settle(&mut self) {
        let stale = std::mem::take(&mut self.stale);
        if stale.all {
            return self.build();
        }
        for at in stale.nodes {
            let node = &self.nodes[at];
            let Some(place) = self.settings.iter().position(|setting| node.is(&setting.host, setting.port)) else {
                continue;
            };
            let item = nodes::item(&self.settings[place], Some(node));
            let heading = self.items.iter_mut().find(|item| item.id.0 == HEADING);
            let shown = heading.and_then(|heading| heading.children.get_mut(place));
            if let Some(shown) = shown {
                *shown = item;
            }
        }
    }

    fn build(&mut self) {
        self.built += 1;
        let frame = Frame::of(&self.walk, self.over);
        self.settings = nodes::settings(frame.as_ref(), &self.nodes);
        let mut items = frame.as_ref().map_or_else(Vec::new, routes);
        items.extend(frame.as_ref().and_then(homes::item));
        let of_node = |setting: &Setting| self.nodes.iter().find(|node| node.is(&setting.host, setting.port));
        let mut heading = Item::new(HEADING, ItemState::Plain, "IM&P nodes");
        heading.children = self.settings.iter().map(|setting| nodes::item(setting, of_node(setting))).collect();
        heading.open = true;
        if heading.children.is_empty() {
            heading.figure = if self.over { "none named" } else { "none named yet" }.to_owned();
        }
        if frame.is_some() || !heading.children.is_empty() {
            items.push(heading);
        }
        items.extend(frame.as_ref().and_then(admin::branch));
        self.items = items;
    }
}

/// The heading over the nodes.
const HEADING: &str = "nodes";

/// The routes' items.
fn routes(frame: &Frame<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for view in &frame.routes {
        let mut item = dns::route(view);
        item.marks = frame.marks(|choice| choice.route == Some(view.route));
        item.rule = frame.rule(|choice| choice.route == Some(view.route));
        item.detail.extend(Some(item.rule.clone()).filter(|rule| !rule.is_empty()));
        if view.route == Route::CiscoUds {
            item.children = uds::items(frame);
            item.open = true;
        } else {
            let records = view.records.iter().filter(|record| record.srv.target != ".");
            let looks = matches!(frame.goal.clients, Clients::All | Clients::Edge);
            let target = |record| match view.route {
                Route::CollabEdge if looks => edge::item(frame, record),
                route => dns::target(frame.walk, route, record, &frame.labels),
            };
            item.children = records.map(target).collect();
            item.open = match view.route {
                Route::CollabEdge if looks => item.children.iter().any(|child| child.open),
                _ => item.children.iter().any(Item::is_amiss),
            };
        }
        items.push(item);
    }
    items
}

#[cfg(test)]
mod tests;
