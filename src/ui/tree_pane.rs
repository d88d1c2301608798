//! The tree's pane: which items are in sight, and moving among them. The selection is an item's id.

use super::geometry::{self, Pane};
use super::model::Model;
use crate::discovery::{Item, ItemId, ItemState};

/// A row of the tree.
#[derive(Debug, Clone, Copy)]
pub struct TreeRow<'a> {
    /// The item.
    pub item: &'a Item,
    /// How deep it stands. What a heading holds stands beside it, not under it.
    pub depth: usize,
    /// The item above it.
    pub above: Option<&'a ItemId>,
}

/// How far an item is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Nothing under it is shown.
    Closed,
    /// What stands under it is shown but for mere detail.
    Open,
    /// Everything under it is shown.
    Whole,
}

impl Model {
    /// The rows of the tree, closed items left out.
    pub(super) fn tree_rows(&self) -> Vec<TreeRow<'_>> {
        let mut rows = Vec::new();
        self.collect(self.tree.items(), 0, None, &mut rows);
        rows
    }

    fn collect<'a>(
        &'a self,
        items: impl IntoIterator<Item = &'a Item>,
        depth: usize,
        above: Option<&'a ItemId>,
        rows: &mut Vec<TreeRow<'a>>,
    ) {
        for item in items {
            rows.push(TreeRow { item, depth, above });
            let heading = depth == 0 && above.is_none() && item.state == ItemState::Plain;
            let below = if heading { depth } else { depth + 1 };
            self.collect(self.shown_under(item), below, Some(&item.id), rows);
        }
    }

    fn fold(&self, item: &Item) -> Fold {
        let own = if item.open { Fold::Open } else { Fold::Closed };
        self.folds.get(&item.id).copied().unwrap_or(own)
    }

    /// What is shown under an item. What is selected stays in sight where its item is open.
    pub(super) fn shown_under<'a>(&'a self, item: &'a Item) -> Vec<&'a Item> {
        let selected = |child: &Item| Some(&child.id) == self.selected.as_ref();
        match self.fold(item) {
            Fold::Closed => Vec::new(),
            Fold::Open => item.children.iter().filter(|child| !child.aside || selected(child)).collect(),
            Fold::Whole => item.children.iter().collect(),
        }
    }

    fn selected_row(&self, rows: &[TreeRow<'_>]) -> Option<usize> {
        rows.iter().position(|row| Some(&row.item.id) == self.selected.as_ref())
    }

    /// The first row in sight. Until the user moves it, the selection is in sight, with what follows it.
    pub(super) fn tree_first(&self, rows: &[TreeRow<'_>]) -> usize {
        if !self.settled {
            let last = self.selected_row(rows).map_or(0, |at| (at + 2).min(rows.len().saturating_sub(1)));
            return (last + 1).saturating_sub(self.tree_height().max(1));
        }
        let top = rows.iter().position(|row| Some(&row.item.id) == self.tree_top.as_ref()).unwrap_or(0);
        // Rows that came in between may not push what is selected out of sight.
        let height = self.tree_height().max(1);
        self.selected_row(rows).map_or(top, |at| top.clamp(at.saturating_sub(height - 1), at))
    }

    /// From here on selection and scroll are the user's.
    pub(super) fn take_selection(&mut self) {
        if !self.settled {
            let rows = self.tree_rows();
            let top = rows.get(self.tree_first(&rows)).map(|row| row.item.id.clone());
            self.tree_top = top;
            self.settled = true;
        }
    }

    fn tree_height(&self) -> usize {
        usize::from(geometry::inner(geometry::areas(self.size, Pane::Tree, self.zoom).tree).height)
    }

    /// Scrolls by rows. The selection stays where it is while it is in sight, and else goes along.
    pub(super) fn tree_scroll(&mut self, down: bool, by: usize) {
        self.take_selection();
        let rows = self.tree_rows();
        let height = self.tree_height().max(1);
        let first = self.tree_first(&rows);
        let last = rows.len().saturating_sub(height);
        let top = if down { (first + by).min(last.max(first)) } else { first.saturating_sub(by) };
        let Some(at) = self.selected_row(&rows) else { return };
        let to = at.clamp(top, top + height - 1).min(rows.len().saturating_sub(1));
        let (id, selected) = (rows[top].item.id.clone(), rows[to].item.id.clone());
        self.tree_top = Some(id);
        self.selected = Some(selected);
        self.touch();
    }

    /// Selects the item on a row of the pane.
    pub(super) fn tree_select(&mut self, row: usize) {
        let rows = self.tree_rows();
        let to = self.tree_first(&rows) + row;
        let from = self.selected_row(&rows).unwrap_or(0);
        if to < rows.len() {
            let by = isize::try_from(to).unwrap_or(0) - isize::try_from(from).unwrap_or(0);
            self.tree_step(by);
        }
    }

    /// Moves the selection by rows; stops at the ends.
    pub(super) fn tree_step(&mut self, by: isize) {
        self.take_selection();
        let rows = self.tree_rows();
        let Some(last) = rows.len().checked_sub(1) else { return };
        let from = self.selected_row(&rows).unwrap_or(0);
        let to = from.saturating_add_signed(by).min(last);
        let (id, height) = (rows[to].item.id.clone(), self.tree_height().max(1));
        let first = self.tree_first(&rows).clamp(to.saturating_sub(height - 1), to);
        let top = rows[first].item.id.clone();
        let open: Vec<(ItemId, Fold)> =
            above(&rows, to).into_iter().map(|item| (item.id.clone(), self.fold(item))).collect();
        // What stands above the selection stays as open as it is, whatever comes.
        for (id, fold) in open {
            self.folds.entry(id).or_insert(fold);
        }
        self.selected = Some(id);
        self.tree_top = Some(top);
        self.touch();
    }

    /// Selects an item and opens what stands above it as far as that shows it.
    pub(super) fn tree_to(&mut self, id: &ItemId) {
        self.take_selection();
        let mut path = Vec::new();
        if !path_to(self.tree.items(), id, &mut path) {
            return;
        }
        let open = |item: &Item| match self.fold(item) {
            Fold::Closed => Fold::Open,
            fold => fold,
        };
        let folds: Vec<(ItemId, Fold)> = path.iter().map(|item| (item.id.clone(), open(item))).collect();
        self.folds.extend(folds);
        self.selected = Some(id.clone());
        self.touch();
    }

    /// A page of the tree, in rows.
    pub(super) fn tree_page(&self) -> isize {
        isize::try_from(self.tree_height().saturating_sub(1).max(1)).unwrap_or(1)
    }

    /// Opens the selected item; one that is open shows its details as well.
    pub(super) fn tree_open(&mut self) {
        self.take_selection();
        let Some(item) = self.selected_item().filter(|item| !item.children.is_empty()) else { return };
        let mere_detail = item.children.iter().all(|child| child.aside);
        let fold = match self.fold(item) {
            Fold::Closed if !mere_detail => Fold::Open,
            _ => Fold::Whole,
        };
        let id = item.id.clone();
        self.folds.insert(id, fold);
        self.touch();
    }

    /// Closes the selected item, or goes to the one above.
    pub(super) fn tree_close(&mut self) {
        self.take_selection();
        let Some(item) = self.selected_item() else { return };
        if self.shown_under(item).is_empty() {
            let rows = self.tree_rows();
            let at = self.selected_row(&rows);
            let above = at.and_then(|at| rows[at].above.cloned());
            let to = above.and_then(|above| rows.iter().position(|row| row.item.id == above));
            if let (Some(at), Some(to)) = (at, to) {
                let by = isize::try_from(at.saturating_sub(to)).unwrap_or(0);
                self.tree_step(-by);
            }
        } else {
            let id = item.id.clone();
            self.folds.insert(id, Fold::Closed);
        }
        self.touch();
    }
}

/// Finds an item, and the items above it, the topmost first.
fn path_to<'a>(items: &'a [Item], id: &ItemId, above: &mut Vec<&'a Item>) -> bool {
    items.iter().any(|item| {
        above.push(item);
        let found = item.children.iter().any(|child| child.id == *id) || path_to(&item.children, id, above);
        if !found {
            above.pop();
        }
        found
    }) || items.iter().any(|item| item.id == *id)
}

/// The items above a row, the nearest first.
fn above<'a>(rows: &[TreeRow<'a>], at: usize) -> Vec<&'a Item> {
    let mut found = Vec::new();
    let mut next = rows.get(at).and_then(|row| row.above);
    for row in rows[..at.min(rows.len())].iter().rev() {
        if Some(&row.item.id) == next {
            found.push(row.item);
            next = row.above;
        }
    }
    found
}
