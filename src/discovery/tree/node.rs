//! One IM&P node of the tree: its addresses, who named it, and its logins.

use super::control;
use super::login::Login;
use crate::discovery::item::{Item, ItemState};
use crate::journal::{Entry, EntryNo, Event, Fact, LoginAsk, NetFact, Offset, OpId};

/// What is known of a node.
#[derive(Debug)]
pub(super) struct Node {
    host: String,
    port: u16,
    home: Option<bool>,
    named_by: Vec<String>,
    addresses: Vec<(String, EntryNo)>,
    /// The user's.
    logins: Vec<Login>,
    /// The questions of control experiments.
    controls: Vec<Login>,
}

impl Node {
    pub(super) fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.to_owned(),
            port,
            home: None,
            named_by: Vec::new(),
            addresses: Vec::new(),
            logins: Vec::new(),
            controls: Vec::new(),
        }
    }

    /// When its first login began: the nodes' order.
    pub(super) fn asked(&self) -> Option<(Offset, OpId)> {
        let first = |logins: &[Login]| logins.first().map(|login| (login.began, login.op));
        first(&self.logins).into_iter().chain(first(&self.controls)).min()
    }

    pub(super) fn is(&self, host: &str, port: u16) -> bool {
        self.host == host && self.port == port
    }

    /// Host and port.
    pub(super) fn place(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// Whether it is the user's home node, as far as its logins know.
    pub(super) fn home(&self) -> Option<bool> {
        self.home
    }

    pub(super) fn began(&mut self, entry: &Entry, ask: &LoginAsk) {
        self.home = ask.home.or(self.home);
        if !ask.named_by.is_empty() && !self.named_by.contains(&ask.named_by) {
            self.named_by.push(ask.named_by.clone());
        }
        let list = if ask.purpose.is_login() { &mut self.logins } else { &mut self.controls };
        let at = list.partition_point(|login| (login.began, login.op) < (entry.at, entry.op));
        list.insert(at, Login::new(entry, ask));
    }

    /// Takes an entry of one of its logins; true if the node's items may look different now.
    pub(super) fn apply(&mut self, login: OpId, entry: &Entry) -> bool {
        if let Event::Saw(Fact::Net(NetFact::Resolved { addresses, .. })) = &entry.event {
            self.addresses = addresses.iter().map(|address| (address.clone(), entry.n)).collect();
            return true;
        }
        let mut all = self.logins.iter_mut().chain(&mut self.controls);
        let Some(login) = all.find(|known| known.op == login) else { return false };
        match &entry.event {
            Event::Ended(outcome) if entry.op == login.op => {
                login.ended = Some(outcome.clone());
                login.entries.push(entry.n);
                true
            }
            Event::Saw(fact) => login.saw(entry, fact),
            _ => false,
        }
    }

    /// Its addresses and who named it, as its logins have them: where no walk knows better.
    pub(super) fn front(&self, id: &str) -> Vec<Item> {
        let address = |(at, (address, n)): (usize, &(String, EntryNo))| {
            let mut item = Item::new(format!("{id}/address:{at}"), ItemState::Plain, address.clone());
            item.entries.push(*n);
            item
        };
        let mut items: Vec<Item> = self.addresses.iter().enumerate().map(address).collect();
        if !self.named_by.is_empty() {
            let words = format!("named by {}", self.named_by.join(", "));
            items.push(Item::new(format!("{id}/named"), ItemState::Plain, words));
        }
        items
    }

    /// Shows the newest login on the node's item.
    pub(super) fn show(&self, item: &mut Item, id: &str, home: Option<bool>) {
        if let Some(login) = self.logins.last() {
            (item.state, item.figure) = login.figure(home);
            item.brief = login.brief(home);
            item.op = Some(login.op);
            item.ops = self.logins.iter().map(|login| login.op).collect();
            item.entries.clone_from(&login.entries);
            item.children.extend(login.items(id));
        }
        // Before the login has told anything, what is wrong beside it is what there is to see.
        let amiss = item.children.iter().find(|child| child.id.0.ends_with("/epas") && child.is_amiss());
        if let Some(figure) = amiss.map(|epas| format!("EPAS {}", epas.figure))
            && item.state == ItemState::Waiting
        {
            (item.state, item.figure) = (ItemState::Warning, figure);
        }
        if self.logins.len() > 1 {
            let words = format!("{} logins, the newest shown", self.logins.len());
            item.children.push(Item::new(format!("{id}/logins"), ItemState::Plain, words));
        }
        item.children.extend(self.controls.iter().map(|login| control::item(login, id)));
    }
}
