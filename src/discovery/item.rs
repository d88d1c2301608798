//! One item of the tree.

use crate::journal::{EntryNo, OpId};

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
    /// Words between name and figure: `home`.
    pub marks: Vec<String>,
    /// What stands under it.
    pub children: Vec<Item>,
    /// The login that it shows, if it shows one.
    pub op: Option<OpId>,
    /// The node whose item this is, or under which it stands.
    pub node: Option<(String, u16)>,
    /// The entries that say so.
    pub entries: Vec<EntryNo>,
}

impl Item {
    /// An item with nothing under it.
    pub(super) fn new(id: String, state: ItemState, name: &str) -> Self {
        Self {
            id: ItemId(id),
            state,
            name: name.to_owned(),
            figure: String::new(),
            marks: Vec::new(),
            children: Vec::new(),
            op: None,
            node: None,
            entries: Vec::new(),
        }
    }
}
