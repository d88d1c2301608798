//! How one entry is shown: indented, as it was on the wire, or byte by byte; and its explanation.

use super::geometry::Pane;
use super::model::Model;
use super::popup::{Popup, Sheet};
use crate::journal::EntryNo;

impl Model {
    /// The next way to show XML: indented, raw and, where one entry stands alone, byte by byte.
    pub(super) fn next_form(&mut self) {
        let alone = matches!(self.popups.last(), Some(Popup::Sheet(Sheet::Entry(_), _)));
        (self.raw, self.hex) = match (self.raw, self.hex) {
            (false, _) => (true, false),
            (true, false) if alone => (true, true),
            (true, _) => (false, false),
        };
        self.touch();
    }

    /// What that is, for the footer.
    pub(super) fn next_form_word(&self) -> &'static str {
        let alone = matches!(self.popups.last(), Some(Popup::Sheet(Sheet::Entry(_), _)));
        match (self.raw, self.hex && alone) {
            (false, _) => "raw",
            (true, false) if alone => "hex",
            (true, _) => "indented",
        }
    }

    /// How an entry on its own is shown, for its title.
    pub(super) fn form_words(&self) -> &'static str {
        match (self.raw, self.hex) {
            (false, _) => "",
            (true, false) => " · raw",
            (true, true) => " · hex",
        }
    }

    /// The entry that would be explained: the one that stands alone, else the one that Enter in the console opens.
    pub(super) fn explained_choice(&self) -> Option<EntryNo> {
        match self.popups.last() {
            Some(Popup::Sheet(Sheet::Entry(n), _)) => Some(*n),
            None if self.focus == Pane::Console => self.console_choice(),
            _ => None,
        }
    }

    /// Explains it.
    pub(super) fn explain(&mut self) {
        if let Some(n) = self.explained_choice() {
            self.popups.push(Popup::Sheet(Sheet::Explain(n), 0));
            self.touch();
        }
    }
}
