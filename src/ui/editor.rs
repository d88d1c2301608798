//! The text editors: the proposal's, and XML Input. What is typed is sent only by the key for it; pasting never
//! sends. Passwords have a field of their own and never come here.

use crossterm::event::KeyEvent;
use tui_textarea::{TextArea, WrapMode};

use crate::console::Typed;
use crate::journal::OpId;

/// What an editor's text becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditorKind {
    /// It is sent in place of this proposal.
    Proposal(String),
    /// It is sent as it stands.
    Input,
}

/// An open editor.
pub struct Editor {
    pub(super) op: OpId,
    pub(super) kind: EditorKind,
    pub(super) area: TextArea<'static>,
}

impl Editor {
    pub(super) fn new(op: OpId, kind: EditorKind, text: &str) -> Self {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.set_cursor_line_style(ratatui::style::Style::new());
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        Self { op, kind, area }
    }

    pub(super) fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    pub(super) fn key(&mut self, key: KeyEvent) {
        self.area.input(key);
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.area.insert_str(text.replace("\r\n", "\n").replace('\r', "\n"));
    }

    /// A remark on the text, and whether it is a warning.
    pub(super) fn remark(&self) -> (String, bool) {
        Typed::read(&self.text()).remark()
    }
}
