//! The two panes and the detail under the tree.

use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::pen::{Pen, Runs, columns, run, shortened};
use super::{sheet, sift};
use crate::console::visible;
use crate::discovery::{Item, ItemState, Wants};
use crate::ui::geometry::{Pane, inner};
use crate::ui::glyphs;
use crate::ui::hands;
use crate::ui::model::Model;
use crate::ui::theme::Role;
use crate::ui::tree_pane::TreeRow;

/// The tree.
pub(super) fn tree(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    if area.is_empty() {
        return;
    }
    let inside = inner(area);
    let rows = model.tree_rows();
    let first = model.tree_first(&rows);
    pen.frame(area, "Discovery", &hidden(first, rows.len(), inside.height), model.focus == Pane::Tree);
    if rows.is_empty() {
        pen.line(inside, 0, &[run("nothing was asked yet", Role::Muted)]);
    }
    for (down, row) in (0..inside.height).zip(rows.iter().skip(first)) {
        pen.line(inside, down, &tree_row(model, row, usize::from(inside.width)));
        if Some(&row.item.id) == model.selected.as_ref() {
            pen.mark_row(inside, down, Role::Selected);
        }
    }
}

/// How many rows have no room: `3 above`, `5 below`, of both `8 more`.
fn hidden(first: usize, all: usize, shown: u16) -> String {
    let below = all.saturating_sub(first + usize::from(shown));
    match (first, below) {
        (0, 0) => String::new(),
        (above, 0) => format!("{above} above"),
        (0, below) => format!("{below} below"),
        (above, below) => format!("{} more", above + below),
    }
}

/// `▸ ✗ imp1 home   silent @auth`
fn tree_row(model: &Model, row: &TreeRow<'_>, width: usize) -> Runs {
    let item = row.item;
    // Where nothing stands under an item it needs no sign of that, but for the nodes, which stand below each other.
    let is_node_row = row.depth == 0 && row.above.is_some();
    let fold = match (item.children.is_empty(), model.shown_under(item).is_empty()) {
        (true, _) if is_node_row => "  ".to_owned(),
        (true, _) => String::new(),
        (false, false) => format!("{} ", glyphs::OPEN),
        (false, true) => format!("{} ", glyphs::CLOSED),
    };
    let mut runs = vec![run(format!("{}{fold}", "  ".repeat(row.depth)), Role::Text)];
    if let Some((glyph, role)) = state(item.state) {
        runs.push(run(format!("{glyph} "), role));
    }
    let [name, marks, figure] = fitted(item, &figures(model, item), width.saturating_sub(columns(&runs)));
    runs.push(run(name, Role::Text));
    runs.push(run(marks, Role::Title));
    if !figure.is_empty() {
        let gap = width.saturating_sub(columns(&runs) + figure.width() + 1).max(1);
        runs.push(run(" ".repeat(gap), Role::Text));
        runs.push(run(figure, figure_role(item)));
    }
    runs
}

/// An item's figure, the fullest first. What waits for the password says so, in as many words as fit.
pub(super) fn figures(model: &Model, item: &Item) -> Vec<String> {
    match &item.wants {
        Some(Wants::AdminPassword) if model.wants_admin() => {
            ["needs the password: P", "needs P"].map(str::to_owned).to_vec()
        }
        Some(Wants::Password(_)) if model.wants_password().is_some() => {
            ["needs the password: P", "needs P"].map(str::to_owned).to_vec()
        }
        _ => {
            let figure = visible(&item.figure);
            let short = figure.split_once(' ').map(|(_, rest)| rest.to_owned());
            // `silent @auth`, `answers 21 ms`: the state says the first word too.
            let telling = |rest: &String| rest.starts_with(|first: char| first == '@' || first.is_ascii_digit());
            let short = short.filter(telling);
            let brief = Some(visible(&item.brief)).filter(|brief| !brief.is_empty());
            [Some(figure), brief, short].into_iter().flatten().collect()
        }
    }
}

/// An item's name, marks and figure in at most `width` columns. The name tells items apart, so it is shortened
/// last: before it go the end of a record's name, which all share, the marks from the last on, then the figure's
/// first word, which the state says too.
fn fitted(item: &Item, figures: &[String], width: usize) -> [String; 3] {
    let name = visible(&item.name);
    let bare = bare(&name).to_owned();
    let marks = |count: usize| item.marks[..count].iter().map(|mark| format!(" {mark}")).collect::<String>();
    let fits = |name: &str, marks: &str, figure: &str| {
        name.width() + marks.width() + if figure.is_empty() { 0 } else { figure.width() + 2 } <= width
    };
    let empty = String::new();
    let quiet = (item.state == ItemState::Ok && !is_node(item)).then_some(&empty);
    for figure in figures.iter().chain(quiet) {
        for count in (0..=item.marks.len()).rev() {
            let marks = marks(count);
            if let Some(name) = [&name, &bare].into_iter().find(|name| fits(name, &marks, figure)) {
                return [name.clone(), marks, figure.clone()];
            }
        }
    }
    let figure = figures.last().filter(|_| quiet.is_none()).unwrap_or(&empty);
    let figure = shortened(figure, width.saturating_sub(6));
    let room = width.saturating_sub(if figure.is_empty() { 0 } else { figure.width() + 2 });
    let name = if is_node(item) { without_middle(&name, room) } else { shortened(said(&bare), room) };
    [name, String::new(), figure]
}

/// `_cisco-uds` of `_cisco-uds._tcp`, `certificate` of `certificate CN=…`.
fn bare(name: &str) -> &str {
    let record = ["._tcp", "._tls"].iter().find_map(|end| name.strip_suffix(end));
    record.unwrap_or(if name.starts_with("certificate ") { "certificate" } else { name })
}

/// `no home cluster` of `alice: no home cluster`: what is said outlives whom it is said of.
fn said(name: &str) -> &str {
    let told = name.rsplit_once(": ").map(|(_, said)| said).filter(|said| said.ends_with("home cluster"));
    told.unwrap_or(name)
}

fn is_node(item: &Item) -> bool {
    item.id.0.starts_with("node:") && !item.id.0.contains('/')
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
    let inside = inner(area);
    let Some(item) = model.selected_item() else { return pen.frame(area, "Detail", "", false) };
    let lines = sheet::item(model, item, usize::from(inside.width));
    pen.frame(area, "Detail", &hidden(0, lines.len(), inside.height), false);
    for (down, runs) in (0..inside.height).zip(&lines) {
        pen.line(inside, down, runs);
    }
}

/// The console: the page that was laid out.
pub(super) fn console(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    if area.is_empty() {
        return;
    }
    let raw = if model.raw { " · raw" } else { "" };
    let right = hands::how_it_stands(model);
    pen.frame(area, &format!("{}{raw}", console_title(model)), &right, model.focus == Pane::Console);
    let inside = inner(area);
    sift::note(model, area, pen);
    let theme = &model.setup.theme;
    let mut pen = pen.with(theme.in_console(None));
    pen.ground(inside);
    if model.page.is_empty() {
        for (down, words) in (0..inside.height).zip(sift::nothing(model)) {
            pen.line(inside, down, &[run(words, Role::Muted)]);
        }
    }
    let selected = model.viewport().selected.filter(|_| model.focus == Pane::Console);
    let range = model.range().filter(|_| model.focus == Pane::Console);
    for (down, line) in (0..inside.height).zip(&model.page) {
        let mark = model.console.row(line.n).map(|row| row.mark);
        let mut pen = pen.with(theme.in_console(mark));
        pen.ground(Rect { y: inside.y + down, height: 1, ..inside });
        pen.line(inside, down, &line.runs);
        let in_range = range.as_ref().is_some_and(|range| range.contains(&line.n));
        if in_range || (Some(line.n) == selected && line.line == 0) {
            pen.mark_row(inside, down, Role::Selected);
        }
    }
}

/// Whose rows the console shows: `XML console · imp1.example.test`, `DNS · _cisco-uds._tcp`, `HTTP · cucm1:8443`.
fn console_title(model: &Model) -> String {
    if model.sight.filter().is_everywhere() {
        return "Everything".to_owned();
    }
    if let Some((host, _)) = model.node() {
        return format!("XML console · {}", visible(host));
    }
    let key = model.console_key();
    let domain = model.progress.run().map_or_else(String::new, |run| format!(".{}", run.domain));
    let brief = |name: &str| if domain.len() > 1 { visible(&name.replace(&domain, "")) } else { visible(name) };
    match (key.strip_prefix("dns:"), key.split_once("://")) {
        (Some(name), _) => format!("DNS · {}", brief(name)),
        (None, Some((_, place))) => format!("HTTP · {}", brief(place)),
        (None, None) => "XML console".to_owned(),
    }
}
