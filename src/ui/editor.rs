//! The text editors: the proposal's, and XML Input. What is typed is sent only by the key for it; pasting never
//! sends. Passwords have a field of their own and never come here.

use crossterm::event::KeyEvent;
use ratatui::style::{Modifier, Style};
use tui_textarea::{CursorMove, TextArea, WrapMode};
use zeroize::Zeroizing;

use crate::console::Typed;
use crate::journal::OpId;

/// So long may a text be: the editor's own rows are counted with 16 bits.
const LONGEST: usize = 1 << 20;
const MOST_LINES: usize = 20_000;

/// What an editor's text becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditorKind {
    /// It is sent in place of this proposal.
    Proposal(String),
    /// It is sent as it stands.
    Input,
    /// It is read as what `utils ha status` printed, and sent nowhere.
    HaStatus,
}

/// An open editor.
pub struct Editor {
    pub(super) op: OpId,
    pub(super) kind: EditorKind,
    pub(super) area: TextArea<'static>,
    /// The text as it reads, brought up to date with each change.
    pub(super) typed: Typed,
    /// Where each line begins in the text.
    pub(super) lines_at: Vec<usize>,
    /// How far back in the history the text is from, and what stood there before the walk began.
    pub(super) walked: Option<(usize, Zeroizing<String>)>,
}

impl Editor {
    pub(super) fn new(op: OpId, kind: EditorKind, text: &str) -> Self {
        let mut editor = Self {
            op,
            kind,
            area: TextArea::default(),
            typed: Typed::read(""),
            lines_at: Vec::new(),
            walked: None,
        };
        editor.begin(text);
        editor
    }

    /// A fresh field with this text.
    fn begin(&mut self, text: &str) {
        self.area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        self.area.set_cursor_line_style(Style::new());
        self.area.set_selection_style(Style::new().add_modifier(Modifier::REVERSED));
        self.area.set_line_number_style(Style::new());
        self.area.set_wrap_mode(WrapMode::WordOrGlyph);
        self.look();
    }

    pub(super) fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Reads the text anew.
    fn look(&mut self) {
        let text = Zeroizing::new(self.text());
        self.typed = Typed::read(&text);
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        self.lines_at = std::iter::once(0).chain(ends.map(|end| end + 1)).collect();
    }

    pub(super) fn key(&mut self, key: KeyEvent) {
        if self.area.input(key) {
            self.look();
        }
    }

    /// Takes pasted text. False: it is too long, and was not taken.
    pub(super) fn paste(&mut self, text: &str) -> bool {
        let text = Zeroizing::new(text.replace("\r\n", "\n").replace('\r', "\n"));
        let (bytes, lines) = (self.area.lines().iter().map(String::len).sum::<usize>(), self.area.lines().len());
        let fits = bytes + text.len() <= LONGEST && lines + text.matches('\n').count() <= MOST_LINES;
        if fits {
            self.area.insert_str(text.as_str());
            self.look();
        }
        fits
    }

    pub(super) fn undo(&mut self) {
        self.area.undo();
        self.look();
    }

    pub(super) fn redo(&mut self) {
        self.area.redo();
        self.look();
    }

    /// Another text in place of this one. It can be undone.
    pub(super) fn replace(&mut self, text: &str) {
        self.area.select_all();
        self.area.insert_str(text);
        self.look();
    }

    /// Writes an id into the first stanza that has none. False: there is none.
    pub(super) fn fill_id(&mut self, id: impl FnOnce(&str) -> String) -> bool {
        let lacks = |top: &&crate::console::Top| top.is_stanza() && top.id.is_none();
        let Some(top) = self.typed.tops.iter().find(lacks) else { return false };
        let line = self.lines_at.partition_point(|begin| *begin <= top.name_end).saturating_sub(1);
        let column = self.area.lines()[line][..top.name_end - self.lines_at[line]].chars().count();
        let added = format!(" id='{}'", id(&top.name));
        let before = self.area.cursor();
        self.jump(line, column);
        self.area.insert_str(&added);
        let moved = if before.0 == line && before.1 >= column { before.1 + added.len() } else { before.1 };
        self.jump(before.0, moved);
        self.look();
        true
    }

    fn jump(&mut self, line: usize, column: usize) {
        let bounded = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(bounded(line), bounded(column)));
    }
}
