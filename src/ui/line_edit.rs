//! A line of text to be edited: for what is typed at a prompt and is no secret.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea};

/// A longer line is not taken.
const LONGEST: usize = 2000;

/// An editable line with a cursor.
pub struct LineEdit {
    pub(super) area: TextArea<'static>,
}

impl LineEdit {
    /// A line with the cursor at its end.
    pub(super) fn new(text: &str) -> Self {
        let mut area = TextArea::new(vec![text.replace(['\n', '\r'], " ")]);
        area.set_cursor_line_style(ratatui::style::Style::new());
        area.move_cursor(CursorMove::End);
        Self { area }
    }

    pub(super) fn text(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    /// Takes a key. Ctrl-u clears the line, as in the password's field. What would begin a second line does nothing.
    pub(super) fn key(&mut self, key: KeyEvent) {
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('u') {
            self.area = Self::new("").area;
            return;
        }
        let before = self.area.clone();
        self.area.input(key);
        if self.area.lines().len() != 1 || self.text().len() > LONGEST {
            self.area = before;
        }
    }

    /// Takes pasted text; its ends of lines are blanks.
    pub(super) fn paste(&mut self, text: &str) {
        let line = text.trim_end_matches(['\n', '\r']).replace("\r\n", " ").replace(['\n', '\r'], " ");
        if self.text().len() + line.len() <= LONGEST {
            self.area.insert_str(line);
        }
    }
}
