//! A table of the control experiment as lines of text.

use super::ControlTable;

/// A table as lines of text, at most `width` columns wide where that can be: one question a line, its answer, its time
/// and the entry, then what it points at.
pub fn control_lines(_table: &ControlTable, _width: usize) -> Vec<String> {
    Vec::new()
}
