//! The IM&P nodes that anybody named: each once, with all who named it.

use super::host::{is_address, is_short};
use super::named::{BY_HAND, FALLBACK, Naming};
use super::{Addresses, NodeSeen};
use crate::discovery::walk::Walk;
use crate::journal::EntryNo;

/// So many nodes are kept that servers name; those that were named by hand are all meant.
const NODES: usize = 128;

/// A node in the making.
struct Draft {
    node: NodeSeen,
    /// Its port is the usual one, for nobody gave another.
    default_port: bool,
}

impl Walk {
    /// The IM&P nodes that anybody named, the home node first, then in the order in which they were named.
    pub fn nodes(&self) -> Vec<NodeSeen> {
        let Some(goal) = self.goal() else { return Vec::new() };
        let mut drafts: Vec<Draft> = Vec::new();
        let bound = NODES.max(goal.nodes.len());
        for naming in self.namings() {
            match drafts.iter().position(|draft| draft.is_named(&naming)) {
                Some(at) => {
                    drafts[at].node.edge &= naming.edge;
                    drafts[at].node.name(naming.by, &naming.entries);
                }
                None if drafts.len() < bound => drafts.push(Draft::new(naming, goal.xmpp_port)),
                None => {}
            }
        }
        for draft in &mut drafts {
            draft.node.addresses = self.addresses(&draft.node.host);
        }
        let mut nodes: Vec<NodeSeen> = merged(drafts).into_iter().map(|draft| draft.node).collect();
        if let Some(home) = self.home() {
            for node in nodes.iter_mut().filter(|node| !node.edge) {
                node.home = Some(node.is_called(&home.node));
                node.partner =
                    node.home == Some(false) && home.partner.as_ref().is_some_and(|name| node.is_called(name));
            }
        }
        nodes.sort_by_key(|node| (node.home != Some(true), node.edge, first(node)));
        nodes
    }
}

/// The entry that named it first.
fn first(node: &NodeSeen) -> Option<EntryNo> {
    node.entries.iter().min().copied()
}

impl NodeSeen {
    /// Whether this is one of its names, written as they are compared.
    pub fn is_called(&self, name: &str) -> bool {
        let name = super::host::plain(name);
        self.host == name || self.also.contains(&name)
    }

    /// Whether it was named by hand, by whichever of its names.
    pub(in crate::discovery) fn is_given(&self) -> bool {
        self.named_by.iter().any(|by| by.starts_with(BY_HAND))
    }

    /// Whether it is the domain's own address, and nobody names it.
    pub(in crate::discovery) fn is_fallback(&self) -> bool {
        matches!(self.named_by.as_slice(), [by] if by.starts_with(FALLBACK))
    }
}

impl Draft {
    fn new(naming: Naming, usual: u16) -> Self {
        let node = NodeSeen {
            host: naming.host,
            port: naming.port.unwrap_or(usual),
            direct_tls: naming.direct_tls,
            also: Vec::new(),
            named_by: vec![naming.by],
            home: None,
            edge: naming.edge,
            partner: false,
            addresses: Addresses::default(),
            entries: naming.entries,
        };
        Self { node, default_port: naming.port.is_none() }
    }

    /// Whether a naming means this node: the same host, and its port or none. A source without a port never means
    /// a listener with TLS from the first byte: whoever gives no port goes to the usual one.
    fn is_named(&self, naming: &Naming) -> bool {
        let node = &self.node;
        let same_place = match naming.port {
            Some(port) => node.port == port && node.direct_tls == naming.direct_tls,
            None => !node.direct_tls,
        };
        node.host == naming.host && same_place
    }
}

impl NodeSeen {
    fn name(&mut self, by: String, entries: &[EntryNo]) {
        if !self.named_by.contains(&by) {
            self.named_by.push(by);
        }
        for entry in entries {
            if !self.entries.contains(entry) {
                self.entries.push(*entry);
            }
        }
    }
}

/// Short names and addresses join the full name that leads to the same address.
fn merged(drafts: Vec<Draft>) -> Vec<Draft> {
    let is_full = |host: &str| !is_short(host) && !is_address(host);
    let (mut full, other): (Vec<Draft>, Vec<Draft>) =
        drafts.into_iter().partition(|draft| is_full(&draft.node.host));
    for draft in other {
        let known = full.iter_mut().find(|candidate| leads_to(&draft, candidate));
        match known {
            Some(known) => {
                let NodeSeen { host, port, named_by, entries, edge, .. } = draft.node;
                known.node.edge &= edge;
                if known.default_port && !draft.default_port {
                    (known.node.port, known.default_port) = (port, false);
                }
                for by in named_by {
                    known.node.name(format!("{by}, as {host}"), &entries);
                }
                known.node.also.push(host);
            }
            None => full.push(draft),
        }
    }
    full
}

fn leads_to(draft: &Draft, full: &Draft) -> bool {
    let same_port = draft.node.port == full.node.port || draft.default_port || full.default_port;
    let list = &full.node.addresses.list;
    let same_address = draft.node.addresses.list.iter().any(|address| list.contains(address));
    same_port && same_address && draft.node.direct_tls == full.node.direct_tls
}
