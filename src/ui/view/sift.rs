//! The filter line and the search's prompt, and what the console says of both.

use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use unicode_width::UnicodeWidthStr;

use super::pen::{Pen, Runs, run, shortened};
use crate::console::{Ink, Line, visible, wrap};
use crate::ui::action::ActionName;
use crate::ui::geometry::{self, inner};
use crate::ui::hands;
use crate::ui::line_edit::LineEdit;
use crate::ui::model::Model;
use crate::ui::sift::{BOXES, FilterLine, SearchLine};
use crate::ui::theme::Role;

/// What can be typed, where nothing is wrong and nothing was typed.
const TERMS: &str = "kind: dir: node: route: jid: text: \"a b\" /regex/ after: last:9s #4-6 all -not";
const BOX_KEYS: &str = "Alt-1 to Alt-5, or Down and Space, tick the boxes; Ctrl-u clears the line";

/// ```text
/// ┌ Filter ──────────────────── 17 of 103 rows ┐
/// │ -kind:sm,stream auth█                      │
/// │ [x] Message [x] Presence … JID: any        │
/// │ what can be typed, or what is wrong: whole │
/// └────────────────────────────────────────────┘
/// ```
pub(super) fn filter(model: &Model, filter: &FilterLine, size: (u16, u16), pen: &mut Pen<'_>) {
    let sight = &model.sight;
    let count = format!("{} of {} rows", sight.rows().len(), sight.of());
    let (words, role) = match &filter.wrong {
        Some(why) => (visible(why), Role::Warning),
        None if filter.line.text().trim().is_empty() => (TERMS.to_owned(), Role::Muted),
        None => (BOX_KEYS.to_owned(), Role::Muted),
    };
    let hint = hint(&words, size.0);
    let area =
        geometry::prompt(size, hint.len().try_into().map_or(u16::MAX, |lines: u16| lines.saturating_add(2)));
    let inside = open(area, "Filter", &count, &filter.line, pen);
    pen.line(inside, 1, &boxes(model, filter.at));
    for (down, words) in (2..).zip(hint) {
        pen.line(inside, down, &[run(words, role)]);
    }
}

/// What a prompt says below its line, never cut: the prompt grows instead.
fn hint(words: &str, columns: u16) -> Vec<String> {
    let mut line = Line { indent: 1, pieces: Vec::new() };
    line.say(words, Ink::Plain);
    let laid = wrap(&[line], usize::from(columns).saturating_sub(2).max(1));
    laid.into_iter().map(|line| line.into_iter().map(|(text, _)| text).collect()).collect()
}

/// PSI's row: which kinds are shown, and whose stanzas.
fn boxes(model: &Model, at: Option<usize>) -> Runs {
    let filter = model.sight.filter();
    let mut runs = Runs::new();
    for (number, (kind, name)) in BOXES.iter().enumerate() {
        let mark = if filter.shows_kind(*kind) { "[x]" } else { "[ ]" };
        let role = if at == Some(number) { Role::Selected } else { Role::Text };
        runs.extend([run(" ", Role::Text), run(format!("{mark} {name}"), role)]);
    }
    let jids = filter.jids();
    let jids = if jids.is_empty() { "any".to_owned() } else { visible(&jids) };
    let role = if at == Some(BOXES.len()) { Role::Selected } else { Role::Text };
    runs.extend([run("  ", Role::Text), run("JID:", role), run(format!(" {jids}"), Role::Text)]);
    runs
}

/// The search's prompt.
pub(super) fn search(model: &Model, search: &SearchLine, size: (u16, u16), pen: &mut Pen<'_>) {
    let count = model.search_words().unwrap_or_default();
    let usual = "a regular expression; small letters find both cases, a capital only itself";
    let (words, role) = match &search.wrong {
        Some(why) => (visible(why), Role::Warning),
        None => (usual.to_owned(), Role::Muted),
    };
    let hint = hint(&words, size.0);
    let area =
        geometry::prompt(size, hint.len().try_into().map_or(u16::MAX, |lines: u16| lines.saturating_add(1)));
    let inside = open(area, "Search the rows in sight", &count, &search.line, pen);
    for (down, words) in (1..).zip(hint) {
        pen.line(inside, down, &[run(words, role)]);
    }
}

/// Opens a prompt with its line, and says what is within it.
fn open(area: Rect, title: &str, right: &str, line: &LineEdit, pen: &mut Pen<'_>) -> Rect {
    pen.wipe(area);
    pen.frame(area, title, right, true);
    let inside = inner(area);
    let row = Rect { x: inside.x.saturating_add(1), width: inside.width.saturating_sub(2), height: 1, ..inside };
    let row = row.intersection(inside);
    if !row.is_empty() {
        (&line.area).render(row, pen.picture);
    }
    inside
}

/// On the console's lower border: what is in the ring alone, what the filter hides, and which hit this is. Nobody must
/// wonder where a row went.
pub(super) fn note(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    let across = usize::from(area.width).saturating_sub(4);
    if area.height < 3 || across < 8 {
        return;
    }
    let search = model.sight.pattern().zip(model.search_words());
    let found = search.map_or_else(String::new, |(pattern, words)| {
        format!(" /{}/ {words} ", shortened(&visible(pattern.text()), across / 3))
    });
    let found = shortened(&found, across);
    let room = across.saturating_sub(found.width() + 1);
    let held = hands::held_back(model);
    let beside = if held.is_empty() { 0 } else { held.width() + 3 };
    let hidden = hidden(model, room.saturating_sub(beside));
    let parts = [held, hidden].into_iter().filter(|part| !part.is_empty());
    pen.foot(area, &shortened(&parts.collect::<Vec<_>>().join(" · "), room));
    let below = Rect { x: area.x + 2, width: area.width - 4, y: area.bottom() - 1, height: 1 };
    pen.line_right(below, 0, &[run(found, Role::Warning)]);
}

/// `filter -kind:sm · 12 of 103 hidden · f`, the key behind it as behind the pane's other notes; the count outlives
/// the filter's text.
fn hidden(model: &Model, room: usize) -> String {
    let sight = &model.sight;
    if sight.filter().is_empty() {
        return String::new();
    }
    let key = model.setup.keys.key_of(ActionName::Filter);
    let bare = format!("{} of {} hidden", sight.hidden(), sight.of());
    let count = format!("{bare} · {key}");
    let text = visible(&sight.filter().to_string());
    // `filter ` and ` · ` stand around the text; a beginning of four characters says nothing.
    match room.saturating_sub(count.width() + 10) {
        ..6 if count.width() + 8 > room => format!("filter: {bare}"),
        ..6 => format!("filter: {count}"),
        left => format!("filter {} · {count}", shortened(&text, left)),
    }
}

/// What an empty console says.
pub(super) fn nothing(model: &Model) -> Vec<String> {
    match model.sight.hidden() {
        0 => vec![hands::nothing(model)],
        1 => vec!["the filter hides the one row that there is".to_owned(), CLEAR.to_owned()],
        hidden => vec![format!("the filter hides all {hidden} rows"), CLEAR.to_owned()],
    }
}

const CLEAR: &str = "f, Ctrl-u and Enter show them";
