//! One item of the tree.

use crate::journal::{DnsAsk, EntryNo, HttpAsk, OpId};

/// An item's name for the program: stable for the whole run, whatever comes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub String);

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemState {
    /// Nothing to judge: a heading, an address.
    Plain,
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    /// As it should be.
    Ok,
    /// To be looked at.
    Warning,
    /// Not as it should be.
    Failed,
    /// Asked for, and the answer is that there is none.
    Absent,
    /// Left out; the figure says why.
    Skipped,
}

/// What is asked where an item is asked for once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// Questions to DNS servers.
    Dns(Vec<DnsAsk>),
    /// A request.
    Http(HttpAsk),
    /// A node: its login, up to the mechanisms or stepped.
    Node {
        /// A name or an address.
        host: String,
        /// Its port.
        port: u16,
    },
}

impl Again {
    /// What is asked, in words: `SRV _cisco-uds._tcp.example.test`.
    pub fn words(&self) -> String {
        match self {
            Again::Dns(asks) => {
                let mut words: Vec<String> =
                    asks.iter().map(|ask| format!("{} {}", ask.kind.name(), ask.name)).collect();
                words.dedup();
                words.join(", ")
            }
            Again::Http(ask) => format!("{} of {}", ask.what.words(), ask.place()),
            Again::Node { host, port } => format!("the login on {host}:{port}"),
        }
    }
}

/// What an item waits for that only the user can give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wants {
    /// The password: to where it goes first, `cucm1.example.test:8443`.
    Password(String),
    /// The administrator's password.
    AdminPassword,
    /// Trust in a certificate, before a credential crosses.
    Trust(TrustAsk),
}

/// A certificate that fails on a connection which a credential would cross.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustAsk {
    /// The host that showed it.
    pub host: String,
    /// The port on which it did.
    pub port: u16,
    /// `sha256:` and 64 hex digits.
    pub fingerprint: String,
    /// What failed, a phrase each.
    pub failed: Vec<String>,
    /// The certificate in words.
    pub certificate: Vec<String>,
    /// What would be sent.
    pub would_send: String,
}

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its stable name.
    pub id: ItemId,
    /// What became of it.
    pub state: ItemState,
    /// What it is called.
    pub name: String,
    /// One figure: `21 ms`, `silent @auth`.
    pub figure: String,
    /// The figure where there is little room; empty where nothing shorter says it.
    pub brief: String,
    /// Words between name and figure, the most telling first: `home`, `Jabber`.
    pub marks: Vec<String>,
    /// What stands under it.
    pub children: Vec<Item>,
    /// Whether what stands under it is shown before the user says otherwise.
    pub open: bool,
    /// It is detail of the item above, and shown only where the user opened that.
    pub aside: bool,
    /// The login that it shows, if it shows one.
    pub op: Option<OpId>,
    /// The operations that it is about.
    pub ops: Vec<OpId>,
    /// The node whose item this is, or under which it stands.
    pub node: Option<(String, u16)>,
    /// The entries that say so.
    pub entries: Vec<EntryNo>,
    /// Its state in words, on one line; empty for a login's items.
    pub words: String,
    /// The rule that decided, where one did: `Jabber would go here: …`.
    pub rule: String,
    /// Lines for a person: what was asked, what came, what was read in it.
    pub detail: Vec<String>,
    /// The console's name for the rows that belong to it: `dns:NAME`, `https://HOST:PORT`, `HOST:PORT`.
    pub place: Option<String>,
    /// What is asked where it is asked for once more.
    pub ask: Option<Again>,
    /// What it waits for that only the user can give.
    pub wants: Option<Wants>,
}

impl Item {
    /// An item with nothing under it.
    pub(super) fn new(id: impl Into<String>, state: ItemState, name: impl Into<String>) -> Self {
        Self {
            id: ItemId(id.into()),
            state,
            name: name.into(),
            figure: String::new(),
            brief: String::new(),
            marks: Vec::new(),
            children: Vec::new(),
            open: false,
            aside: false,
            op: None,
            ops: Vec::new(),
            node: None,
            entries: Vec::new(),
            words: String::new(),
            rule: String::new(),
            detail: Vec::new(),
            place: None,
            ask: None,
            wants: None,
        }
    }

    /// The same as a detail of the item above, unless something about it is not as it should be.
    pub(super) fn aside(mut self) -> Self {
        self.aside = !self.is_amiss();
        self
    }

    /// Whether it, or something under it, is not as it should be.
    pub(super) fn is_amiss(&self) -> bool {
        matches!(self.state, ItemState::Failed | ItemState::Warning) || self.children.iter().any(Item::is_amiss)
    }
}
