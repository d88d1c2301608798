//! The tree on the left: what was looked at and what came of it, as items with a state, a name and one figure.
//! A fold over entries. Knows no screen, no selection and no clock; nothing in it runs while time passes.
//!
//! In this version the tree holds the nodes that were named; the routes to them join it as they are built.

mod item;
mod node;
mod plan;
mod reading;
mod route;
mod walk;

use std::collections::BTreeMap;

pub use item::{Item, ItemId, ItemState};
use node::Node;
pub use plan::{LoginStep, Means, Reach, Skipped, Step};
pub use reading::Reading;
pub use route::{Addresses, Choice, NodeSeen, Route, RouteRecord, RouteState, RouteView};
pub use walk::{
    CertificateSeen, Connect, Ending, Exchange, GateShut, Handshake, LoginSeen, Lookup, Permissions, Walk,
};

use crate::journal::{Ask, Entry, Event, OpId};

/// How many entries wait for the login that they belong to. Entries of different operations may come in any order.
const EARLY: usize = 4096;

/// The tree of one run.
#[derive(Debug, Default)]
pub struct Tree {
    items: Vec<Item>,
    nodes: Vec<Node>,
    /// Which node an operation belongs to, and which of its logins.
    owners: BTreeMap<OpId, (usize, OpId)>,
    early: Vec<Entry>,
}

impl Tree {
    /// The tree of some entries.
    pub fn of(entries: &[Entry]) -> Self {
        let mut tree = Self::default();
        entries.iter().for_each(|entry| tree.apply(entry));
        tree
    }

    /// The items at the root.
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

    /// The nodes' items, in the order in which they were asked.
    pub fn nodes(&self) -> &[Item] {
        self.items.first().map_or(&[], |root| root.children.as_slice())
    }

    /// Takes the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        if let Event::Began(Ask::Login(ask)) = &entry.event {
            let at = self.nodes.iter().position(|node| node.is(&ask.host, ask.port)).unwrap_or_else(|| {
                self.nodes.push(Node::new(&ask.host, ask.port));
                self.nodes.len() - 1
            });
            self.owners.insert(entry.op, (at, entry.op));
            self.nodes[at].began(entry, ask);
            for early in std::mem::take(&mut self.early) {
                self.apply(&early);
            }
            return self.show_all();
        }
        let owner = self.owners.get(&entry.op).or_else(|| self.owners.get(&entry.parent?)).copied();
        let Some((at, login)) = owner else {
            if entry.parent.is_some() && self.early.len() < EARLY {
                self.early.push(entry.clone());
            }
            return;
        };
        self.owners.insert(entry.op, (at, login));
        if self.nodes[at].apply(login, entry) {
            let item = self.nodes[at].item(self.short_name(at));
            let shown =
                self.items.first_mut().and_then(|root| root.children.iter_mut().find(|node| node.id == item.id));
            if let Some(shown) = shown {
                *shown = item;
            }
        }
    }

    fn show_all(&mut self) {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_by_key(|at| self.nodes[*at].asked());
        let mut root = Item::new("nodes".to_owned(), ItemState::Plain, "IM&P nodes");
        root.children = order.into_iter().map(|at| self.nodes[at].item(self.short_name(at))).collect();
        self.items = vec![root];
    }

    /// The first label of a node's name where no other node shares it.
    fn short_name(&self, at: usize) -> String {
        let label = |node: &Node| node.label().to_owned();
        let own = label(&self.nodes[at]);
        let shared = self.nodes.iter().enumerate().any(|(other, node)| other != at && label(node) == own);
        if shared { self.nodes[at].full_name() } else { own }
    }
}

#[cfg(test)]
mod tests;
