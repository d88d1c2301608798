//! To an entry: which item of the tree it belongs to, and its row in the console.

use super::geometry::Pane;
use super::model::Model;
use super::popup::{Popup, Sheet};
use crate::console::Row;
use crate::discovery::{Item, ItemId};
use crate::journal::{EntryNo, OpId};

impl Model {
    /// Closes the popup on top and puts tree and console on an entry. One that no console shows, as an act of the
    /// user that concerns the whole run, opens by itself; one without a row is said to have none.
    pub(super) fn go_to_entry(&mut self, n: EntryNo) {
        let Some(row) = self.console.row(n) else {
            let words = format!("#{} has no row of its own: what it says stands in the rows around it", n.0);
            return self.notice(words);
        };
        let Some(id) = self.item_of(row) else {
            self.popups.push(Popup::Sheet(Sheet::Entry(n), 0));
            return self.touch();
        };
        self.popups.pop();
        self.tree_to(&id);
        self.focus = Pane::Console;
        self.look();
        // What a filter hides opens by itself: the filter is the user's, and stays.
        if !self.in_sight(n) {
            self.notice(format!("#{} is not in sight (filter, Enable or Clear): here it is by itself", n.0));
            self.popups.push(Popup::Sheet(Sheet::Entry(n), 0));
            return self.touch();
        }
        self.console_to(n);
    }

    /// The item under which the console shows a row: the one that cites it, else the stage in which it passed, else
    /// the one that is about its operation, else the first of its place.
    fn item_of(&self, row: &Row) -> Option<ItemId> {
        let place = self.console.place_of(row)?;
        let root = self.console.root_of(row)?;
        let mut all = Vec::new();
        collect(self.tree.items(), 0, &mut all);
        all.retain(|(_, item)| self.key_of(Some(item)) == place);
        let deepest = |fits: &dyn Fn(&Item) -> bool| {
            let fitting = all.iter().rev().filter(|(_, item)| fits(item));
            fitting.max_by_key(|(depth, _)| *depth).map(|(_, item)| *item)
        };
        let cites = deepest(&|item| item.entries.contains(&row.n));
        let found = cites
            .or_else(|| stage_of(&all, root, row.n))
            .or_else(|| deepest(&|item| item.ops.contains(&root)))
            .or_else(|| all.first().map(|(_, item)| *item));
        found.map(|item| item.id.clone())
    }
}

/// All items with their depth, each before what stands under it.
fn collect<'a>(items: &'a [Item], depth: usize, all: &mut Vec<(usize, &'a Item)>) {
    for item in items {
        all.push((depth, item));
        collect(&item.children, depth + 1, all);
    }
}

/// The stage of a login in which an entry passed: the first that ended behind it, else the last. A write is noted
/// before the stage that it opens.
fn stage_of<'a>(all: &[(usize, &'a Item)], login: OpId, n: EntryNo) -> Option<&'a Item> {
    let of_login = |item: &&Item| item.op == Some(login) && item.id.0.contains("/stage:");
    let stages: Vec<&Item> = all.iter().map(|(_, item)| *item).filter(of_login).collect();
    let ended_behind = |stage: &&&Item| stage.entries.last().is_some_and(|last| *last >= n);
    stages.iter().find(ended_behind).or(stages.last()).copied()
}
