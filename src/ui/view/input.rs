//! The editors' popup and the list of templates over it.
//!
//! ```text
//! ┌ XML Input · imp1.example.test ──────────── sent before: 2 of 7 ┐
//! │  1 <iq type='get' id='ping-1a2b'>                              │
//! │! 2   <ping xmlns='urn:xmpp:ping'></pong>                       │
//! │line 2, column 31: </pong> does not close <ping> of line 2      │
//! └────────────────────────────────────────────────────────────────┘
//! ```

use ratatui::layout::Rect;
use ratatui::widgets::Widget;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::pen::{Pen, Runs, run, shortened};
use super::popups::{whose, words};
use crate::console::visible;
use crate::ui::editor::{Editor, EditorKind};
use crate::ui::geometry::{self, inner};
use crate::ui::input;
use crate::ui::model::Model;
use crate::ui::popup::{Popup, Question};
use crate::ui::templates::TemplateList;
use crate::ui::theme::Role;

/// So many rows may a remark take.
const REMARK_ROWS: usize = 3;
/// More rows than this the text area cannot count.
const COUNTED: usize = 60_000;
/// A tabulator's width in the text area.
const TAB: usize = 4;

pub(super) fn edit(model: &Model, editor: &Editor, area: Rect, pen: &mut Pen<'_>) {
    pen.wipe(area);
    let (_, node) = whose(model, editor.op);
    let kind = match editor.kind {
        EditorKind::Proposal(_) => "Edit the proposal",
        EditorKind::Input => "XML Input",
        EditorKind::HaStatus => "What utils ha status printed",
    };
    let title = if node.is_empty() { kind.to_owned() } else { format!("{kind} · {node}") };
    pen.frame(area, &title, &input::place(model, editor), true);
    let inside = inner(area);
    let below = below(editor, inside);
    let rows = u16::try_from(below.len()).unwrap_or(u16::MAX).min(inside.height.saturating_sub(1));
    let field = Rect { height: inside.height.saturating_sub(rows), ..inside };
    text(editor, field, pen);
    let rule = Rect { y: field.bottom(), height: rows, ..inside };
    for (down, line) in (0..rows).zip(&below) {
        pen.line(rule, down, line);
    }
}

/// The text that a question asks about stays in sight behind it.
pub(super) fn asked_about(model: &Model, question: &Popup, size: (u16, u16), pen: &mut Pen<'_>) {
    if let ([.., Popup::Editor(editor), _], Popup::Question(Question::Send(_))) =
        (model.popups.as_slice(), question)
    {
        edit(model, editor, geometry::popup(size, true), pen);
    }
}

/// The remark, and how the text is treated.
fn below(editor: &Editor, inside: Rect) -> Vec<Runs> {
    if editor.kind == EditorKind::HaStatus {
        let hint = "paste what it prints on an IM&P node; it is read here and sent nowhere".to_owned();
        let lines = words(&[hint], usize::from(inside.width)).into_iter();
        return lines.map(|line| line.into_iter().map(|(text, _)| (text, Role::Muted)).collect()).collect();
    }
    let (remark, careful) = editor.typed.remark();
    let role = if careful { Role::Warning } else { Role::Muted };
    let mut lines = words(&[visible(&remark)], usize::from(inside.width));
    lines.truncate(REMARK_ROWS);
    let painted = |line: Runs| line.into_iter().map(|(text, _)| (text, role)).collect::<Runs>();
    let mut lines: Vec<Runs> = lines.into_iter().map(painted).collect();
    let hint = match editor.kind {
        EditorKind::Proposal(_) => "{{plain}}, {{token}}: filled in when it is sent, behind the same questions",
        EditorKind::Input => "sent as it stands; secrets are masked in the console and kept in no history",
        EditorKind::HaStatus => "",
    };
    lines.push(vec![run(shortened(hint, usize::from(inside.width)), Role::Muted)]);
    lines
}

/// The text, with the cursor and the selection where the text area has them, in the inks of its markup.
fn text(editor: &Editor, field: Rect, pen: &mut Pen<'_>) {
    let field = field.intersection(pen.picture.area);
    if field.is_empty() {
        return;
    }
    let lines = editor.area.lines();
    let most_rows = |line: &String| line.len() * 2 / usize::from(field.width).max(1) + 1;
    if lines.iter().map(most_rows).sum::<usize>() > COUNTED {
        return pen.line(field, 0, &[run("the text is too long for so narrow a screen", Role::Warning)]);
    }
    (&editor.area).render(field, pen.picture);
    // That one is no XML.
    if editor.kind != EditorKind::HaStatus {
        ink(editor, field, pen);
    }
}

/// Gives the drawn text its inks: the text area knows none. It says which part of the text each row begins with.
fn ink(editor: &Editor, field: Rect, pen: &mut Pen<'_>) {
    let (top, _) = editor.area.scroll_offset();
    let begin_of = |down: u16| editor.area.screen_to_data(usize::from(top) + usize::from(down), 0);
    let gutter = editor.area.line_number_width();
    let mut place = Place::default();
    let mut begin = begin_of(0);
    for down in 0..field.height {
        let next = begin_of(down + 1);
        let (line, column) = (begin.0, begin.1);
        let Some(whole) = editor.area.lines().get(line) else { return };
        let from = place.byte(whole, line, column);
        let is_last = next.0 != line || (next.0, next.1) == (line, column);
        let to = if is_last { whole.len() } else { place.byte(whole, line, next.1) };
        let row = Rect { y: field.y + down, height: 1, ..field };
        number(editor, line, column, row, pen);
        let text = Rect {
            x: row.x.saturating_add(gutter).min(row.right()),
            width: row.width.saturating_sub(gutter),
            ..row
        };
        let at = editor.lines_at.get(line).map_or(0, |begin| begin + from);
        ink_row(editor, at, &whole[from..to], text, pen);
        if (next.0, next.1) == (line, column) {
            // The text area gives the last row for whatever lies below it.
            return;
        }
        begin = next;
    }
}

/// A character's byte in its line; of characters in order, each part of a line is passed once.
#[derive(Default)]
struct Place {
    line: usize,
    column: usize,
    byte: usize,
}

impl Place {
    fn byte(&mut self, whole: &str, line: usize, column: usize) -> usize {
        if self.line != line || column < self.column {
            (self.line, self.column, self.byte) = (line, 0, 0);
        }
        let rest = &whole[self.byte..];
        self.byte += rest.char_indices().nth(column - self.column).map_or(rest.len(), |(at, _)| at);
        self.column = column;
        self.byte
    }
}

/// The number of a line that has a fault is set off; by a mark too, for eyes and terminals without colours.
fn number(editor: &Editor, line: usize, column: usize, row: Rect, pen: &mut Pen<'_>) {
    let gutter = Rect { width: editor.area.line_number_width().saturating_sub(1).min(row.width), ..row };
    if column > 0 || editor.typed.fault_line() != Some(line + 1) {
        return pen.mark_row(gutter, 0, Role::Muted);
    }
    pen.line(gutter, 0, &[run("!", Role::Critical)]);
    pen.mark_row(gutter, 0, Role::Critical);
}

/// Inks one row of text that begins at byte `at`.
fn ink_row(editor: &Editor, at: usize, text: &str, row: Rect, pen: &mut Pen<'_>) {
    let mut across = 0;
    for (begin, grapheme) in text.grapheme_indices(true) {
        let width = match grapheme {
            "\t" => TAB - across % TAB,
            other if other.contains(char::is_control) => 0,
            other => other.width(),
        };
        let x = row.x.saturating_add(u16::try_from(across).unwrap_or(u16::MAX));
        if x >= row.right() {
            return;
        }
        let cells = Rect { x, width: u16::try_from(width).unwrap_or(1).min(row.right() - x), ..row };
        pen.mark_row(cells, 0, Role::Ink(editor.typed.ink(at + begin)));
        across += width;
    }
}

/// The list of templates: what is searched for, those that are found, and what the selected one does.
pub(super) fn templates(list: &TemplateList, area: Rect, pen: &mut Pen<'_>) {
    pen.wipe(area);
    let found = list.found();
    pen.frame(area, "Templates", &format!("{} found", found.len()), true);
    let inside = inner(area);
    let width = usize::from(inside.width);
    let mut rows =
        vec![vec![run("search: ", Role::Muted), run(visible(&list.query), Role::Title), run(" ", Role::Selected)]];
    let chosen = list.chosen();
    let mut about: Vec<Runs> = Vec::new();
    if let Some(template) = chosen {
        about.extend(words(&[template.care.to_owned()], width));
        about.extend(words(&[template.text.split_whitespace().collect::<Vec<_>>().join(" ")], width));
    } else {
        about.extend(words(&["no template has these words".to_owned()], width));
    }
    let room = usize::from(inside.height).saturating_sub(1 + about.len()).max(1);
    let first = (list.at + 1).saturating_sub(room);
    for (at, template) in found.iter().enumerate().skip(first).take(room) {
        let name = run(format!("{:<16}", template.name), if at == list.at { Role::Selected } else { Role::Key });
        let word = template.care_word();
        let careful = if word == "safe" { Role::Muted } else { Role::Warning };
        let title = shortened(template.title, width.saturating_sub(27));
        rows.push(vec![name, run(format!("{word:<11}"), careful), run(title, Role::Text)]);
    }
    rows.resize(rows.len().max(usize::from(inside.height).saturating_sub(about.len())), Vec::new());
    rows.extend(about);
    for (down, line) in (0..inside.height).zip(&rows) {
        pen.line(inside, down, line);
    }
}
