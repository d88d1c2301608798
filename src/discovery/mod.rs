//! The tree on the left: what was looked at and what came of it, as items with a state, a name and one figure.
//! A fold over entries. Knows no screen, no selection and no clock; nothing in it runs while time passes.
//!
//! In this version the tree holds the nodes that were named; the routes to them join it as they are built.

mod item;
mod node;

use std::collections::BTreeMap;

pub use item::{Item, ItemId, ItemState};
use node::Node;

use crate::journal::{Ask, Entry, Event, OpId};

/// The tree of one run.
#[derive(Debug, Default)]
pub struct Tree {
    items: Vec<Item>,
    nodes: Vec<Node>,
    /// Which node an operation belongs to, and which of its logins.
    owners: BTreeMap<OpId, (usize, OpId)>,
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
            return self.show_all();
        }
        let owner = self.owners.get(&entry.op).or_else(|| self.owners.get(&entry.parent?)).copied();
        let Some((at, login)) = owner else { return };
        self.owners.insert(entry.op, (at, login));
        if self.nodes[at].apply(login, entry) {
            let name = self.short_name(at);
            if let Some(shown) = self.items.first_mut().and_then(|root| root.children.get_mut(at)) {
                *shown = self.nodes[at].item(name);
            }
        }
    }

    fn show_all(&mut self) {
        let children = (0..self.nodes.len()).map(|at| self.nodes[at].item(self.short_name(at))).collect();
        let mut root = Item::new("nodes".to_owned(), ItemState::Plain, "IM&P nodes");
        root.children = children;
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
