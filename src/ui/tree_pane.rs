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

impl Model {
    /// The rows of the tree, closed items left out.
    pub(super) fn tree_rows(&self) -> Vec<TreeRow<'_>> {
        let mut rows = Vec::new();
        self.collect(self.tree.items(), 0, None, &mut rows);
        rows
    }

    fn collect<'a>(
        &'a self,
        items: &'a [Item],
        depth: usize,
        above: Option<&'a ItemId>,
        rows: &mut Vec<TreeRow<'a>>,
    ) {
        for item in items {
            rows.push(TreeRow { item, depth, above });
            if self.open.contains(&item.id) {
                let heading = depth == 0 && above.is_none() && item.state == ItemState::Plain;
                self.collect(&item.children, if heading { depth } else { depth + 1 }, Some(&item.id), rows);
            }
        }
    }

    fn selected_row(&self, rows: &[TreeRow<'_>]) -> Option<usize> {
        rows.iter().position(|row| Some(&row.item.id) == self.selected.as_ref())
    }

    /// The first row in sight.
    pub(super) fn tree_first(&self, rows: &[TreeRow<'_>]) -> usize {
        rows.iter().position(|row| Some(&row.item.id) == self.tree_top.as_ref()).unwrap_or(0)
    }

    fn tree_height(&self) -> usize {
        usize::from(geometry::inner(geometry::areas(self.size, Pane::Tree, self.zoom).tree).height)
    }

    /// Moves the selection by rows; stops at the ends.
    pub(super) fn tree_step(&mut self, by: isize) {
        let rows = self.tree_rows();
        let Some(last) = rows.len().checked_sub(1) else { return };
        let from = self.selected_row(&rows).unwrap_or(0);
        let to = from.saturating_add_signed(by).min(last);
        let (id, height) = (rows[to].item.id.clone(), self.tree_height().max(1));
        let first = self.tree_first(&rows).clamp(to.saturating_sub(height - 1), to);
        let top = rows[first].item.id.clone();
        self.selected = Some(id);
        self.tree_top = Some(top);
        self.touch();
    }

    /// A page of the tree, in rows.
    pub(super) fn tree_page(&self) -> isize {
        isize::try_from(self.tree_height().saturating_sub(1).max(1)).unwrap_or(1)
    }

    /// Opens the selected item.
    pub(super) fn tree_open(&mut self) {
        if let Some(item) = self.selected_item().filter(|item| !item.children.is_empty()) {
            let id = item.id.clone();
            self.open.insert(id);
            self.touch();
        }
    }

    /// Closes the selected item, or goes to the one above.
    pub(super) fn tree_close(&mut self) {
        let Some(id) = self.selected.clone() else { return };
        if !self.open.remove(&id) {
            let rows = self.tree_rows();
            let at = self.selected_row(&rows);
            let above = at.and_then(|at| rows[at].above.cloned());
            let to = above.and_then(|above| rows.iter().position(|row| row.item.id == above));
            if let (Some(at), Some(to)) = (at, to) {
                let by = isize::try_from(at.saturating_sub(to)).unwrap_or(0);
                self.tree_step(-by);
            }
        }
        self.touch();
    }
}
