//! The two panes and the detail under the tree.

use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::pen::{Pen, Runs, columns, run, shortened};
use super::sheet;
use crate::console::visible;
use crate::discovery::{Item, ItemState};
use crate::ui::geometry::{Pane, inner};
use crate::ui::glyphs;
use crate::ui::model::Model;
use crate::ui::theme::Role;
use crate::ui::tree_pane::TreeRow;

/// The tree.
pub(super) fn tree(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    if area.is_empty() {
        return;
    }
    pen.frame(area, "Discovery", "", model.focus == Pane::Tree);
    let inside = inner(area);
    let rows = model.tree_rows();
    if rows.is_empty() {
        pen.line(inside, 0, &[run("nothing was asked yet", Role::Muted)]);
    }
    let first = model.tree_first(&rows);
    for (down, row) in (0..inside.height).zip(rows.iter().skip(first)) {
        pen.line(inside, down, &tree_row(model, row, usize::from(inside.width)));
        if Some(&row.item.id) == model.selected.as_ref() {
            pen.mark_row(inside, down, Role::Selected);
        }
    }
}

/// `▸ ✗ imp1 home   silent @auth `
fn tree_row(model: &Model, row: &TreeRow<'_>, width: usize) -> Runs {
    let item = row.item;
    let fold = match (item.children.is_empty(), model.open.contains(&item.id)) {
        (true, _) => " ",
        (false, true) => glyphs::OPEN,
        (false, false) => glyphs::CLOSED,
    };
    let mut runs = vec![run(format!("{}{fold} ", "  ".repeat(row.depth)), Role::Text)];
    if let Some((glyph, role)) = state(item.state) {
        runs.push(run(format!("{glyph} "), role));
    }
    let [name, marks, figure] = fitted(item, width.saturating_sub(columns(&runs)));
    runs.push(run(name, Role::Text));
    runs.push(run(marks, Role::Title));
    if !figure.is_empty() {
        let gap = width.saturating_sub(columns(&runs) + figure.width() + 1).max(1);
        runs.push(run(" ".repeat(gap), Role::Text));
        runs.push(run(figure, figure_role(item)));
    }
    runs
}

/// An item's name, marks and figure in at most `width` columns. The name tells nodes apart, so it is shortened
/// last: the marks go first, then the figure's first word, which the state says too.
fn fitted(item: &Item, width: usize) -> [String; 3] {
    let name = visible(&item.name);
    let marks: String = item.marks.iter().map(|mark| format!(" {mark}")).collect();
    let figure = visible(&item.figure);
    let short = figure.split_once(' ').map_or(figure.as_str(), |(_, rest)| rest).to_owned();
    let needed = |marks: &str, figure: &str| {
        name.width() + marks.width() + if figure.is_empty() { 0 } else { figure.width() + 1 }
    };
    let ways = [(&marks[..], &figure), ("", &figure), (&marks[..], &short), ("", &short)];
    let way = ways.into_iter().find(|(marks, figure)| needed(marks, figure) <= width);
    if let Some((marks, figure)) = way {
        return [name.clone(), marks.to_owned(), figure.clone()];
    }
    let figure = shortened(&short, width.saturating_sub(6));
    let room = width.saturating_sub(if figure.is_empty() { 0 } else { figure.width() + 2 });
    let is_node = !item.id.0.contains('/');
    let name = if is_node { without_middle(&name, room) } else { shortened(&name, room) };
    [name, String::new(), figure]
}

/// `text` in at most `width` columns, its middle left out: names of nodes differ at their ends.
fn without_middle(text: &str, width: usize) -> String {
    let graphemes: Vec<&str> = text.graphemes(true).collect();
    if text.width() <= width {
        return text.to_owned();
    }
    let half = width.saturating_sub(1) / 2;
    let mut tail = 0;
    let mut columns = 0;
    while let Some(next) = graphemes.iter().rev().nth(tail).filter(|next| columns + next.width() <= half) {
        columns += next.width();
        tail += 1;
    }
    let head = shortened(text, width.saturating_sub(columns));
    head + &graphemes[graphemes.len() - tail..].concat()
}

fn figure_role(item: &Item) -> Role {
    match item.state {
        ItemState::Failed => Role::Critical,
        ItemState::Warning => Role::Warning,
        ItemState::Running => Role::Running,
        _ => Role::Text,
    }
}

/// An item's mark and how it is drawn.
pub(super) fn state(state: ItemState) -> Option<(&'static str, Role)> {
    match state {
        ItemState::Plain => None,
        ItemState::Waiting => Some((glyphs::WAITING, Role::Muted)),
        ItemState::Running => Some((glyphs::RUNNING, Role::Running)),
        ItemState::Ok => Some((glyphs::OK, Role::Ok)),
        ItemState::Warning => Some((glyphs::WARNING, Role::Warning)),
        ItemState::Failed => Some((glyphs::FAILED, Role::Critical)),
        ItemState::Absent | ItemState::Skipped => Some((glyphs::ABSENT, Role::Muted)),
    }
}

/// What is known of the selected item, where there is room for it.
pub(super) fn detail(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    if area.is_empty() {
        return;
    }
    pen.frame(area, "Detail", "", false);
    let inside = inner(area);
    let Some(item) = model.selected_item() else { return };
    let lines = sheet::item(model, item, usize::from(inside.width));
    for (down, runs) in (0..inside.height).zip(&lines) {
        pen.line(inside, down, runs);
    }
}

/// The console: the page that was laid out.
pub(super) fn console(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    if area.is_empty() {
        return;
    }
    let node = model.node().map_or_else(String::new, |(host, _)| format!(" · {}", visible(host)));
    let raw = if model.raw { " · raw" } else { "" };
    let right = match model.unread() {
        None => "follow".to_owned(),
        Some(0) => "held".to_owned(),
        Some(new) => format!("+{new} new"),
    };
    pen.frame(area, &format!("XML console{node}{raw}"), &right, model.focus == Pane::Console);
    let inside = inner(area);
    if model.page.is_empty() {
        pen.line(inside, 0, &[run("nothing has passed on this node yet", Role::Muted)]);
    }
    let selected = model.viewport().selected.filter(|_| model.focus == Pane::Console);
    for (down, line) in (0..inside.height).zip(&model.page) {
        pen.line(inside, down, &line.runs);
        if Some(line.n) == selected && line.line == 0 {
            pen.mark_row(inside, down, Role::Selected);
        }
    }
}
