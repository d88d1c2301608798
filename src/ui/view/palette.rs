//! The palette: what was typed, what fits it, and the selected action in full.
//!
//! ```text
//! ┌ All actions ──────────────────────── 31 of 42 ┐
//! │: xml_                                         │
//! │x        XML Input: write and …     interrupts │
//! │…                                              │
//! │xml_input: XML Input: write and send any text  │
//! └───────────────────────────────────────────────┘
//! ```

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::pen::{Pen, Runs, run, shortened};
use super::popups::words;
use crate::ui::geometry::inner;
use crate::ui::palette::{Choice, Palette};
use crate::ui::theme::Role;

/// So many columns have the keys of an action.
const KEYS: usize = 10;
/// So many what it leads to: `visible to the user`.
const CARE: usize = 19;
/// So many rows may the selected one take.
const FULL: usize = 4;

/// Draws the palette.
pub(super) fn palette(palette: &Palette, area: Rect, pen: &mut Pen<'_>) {
    pen.wipe(area);
    let count = match palette.shown.len() {
        0 => "nothing fits".to_owned(),
        count => format!("{} of {count}", palette.at + 1),
    };
    pen.frame(area, "All actions", &count, true);
    let inside = inner(area);
    let width = usize::from(inside.width);
    pen.line(
        inside,
        0,
        &[
            run(": ", Role::Key),
            run(from_the_end(&palette.typed, width.saturating_sub(3)), Role::Title),
            run(" ", Role::Selected),
        ],
    );
    let full = palette.shown.get(palette.at).map_or_else(Vec::new, |choice| in_full(choice, width));
    let below = u16::try_from(full.len().min(FULL)).unwrap_or(0);
    // On a small screen the list goes before what explains it.
    let below = if inside.height > below + 4 { below + 1 } else { 0 };
    let list = Rect {
        y: inside.y.saturating_add(1),
        height: inside.height.saturating_sub(1).saturating_sub(below),
        ..inside
    };
    let height = usize::from(list.height);
    let first = (palette.at + 1).saturating_sub(height.max(1));
    for (down, (at, choice)) in (0..list.height).zip(palette.shown.iter().enumerate().skip(first)) {
        pen.line(list, down, &row(choice, width));
        if at == palette.at {
            pen.mark_row(list, down, Role::Selected);
        }
    }
    let foot = Rect { y: list.bottom().saturating_add(1), height: below.saturating_sub(1), ..inside };
    for (down, line) in (0..foot.height).zip(&full) {
        pen.line(foot, down, line);
    }
}

/// `n         send the proposal that is shown, and nothing …   uses a credential`
fn row(choice: &Choice, width: usize) -> Runs {
    let (text, key) = match choice.why {
        Some(_) => (Role::Muted, Role::Muted),
        None => (Role::Text, Role::Key),
    };
    let care = if width >= 50 { choice.care.words() } else { "" };
    let beside = if care.is_empty() { 0 } else { CARE + 1 };
    let keys = shortened(&choice.keys, KEYS - 1);
    let keys = format!("{keys}{}", " ".repeat(KEYS - keys.width()));
    let room = width.saturating_sub(KEYS + beside);
    let said = match &choice.why {
        Some(why) => format!("{}: {why}", choice.name),
        None => choice.help.clone(),
    };
    let said = shortened(&said, room);
    let gap = " ".repeat(width.saturating_sub(KEYS + said.width() + beside.saturating_sub(1)));
    vec![run(keys, key), run(said, text), run(gap, text), run(care, text)]
}

/// The selected action in full.
fn in_full(choice: &Choice, width: usize) -> Vec<Runs> {
    let mut lines = words(&[format!("{}: {} ({})", choice.name, choice.help, choice.care.words())], width);
    if let Some(why) = &choice.why {
        lines.extend(words(&[format!("not now: {why}")], width));
    }
    lines
}

/// The end of a text that is too long: there it is being typed.
fn from_the_end(text: &str, width: usize) -> String {
    let text = crate::console::visible(text);
    let count = text.chars().count();
    (0..count)
        .map(|skip| text.chars().skip(skip).collect::<String>())
        .find(|end| end.width() <= width)
        .unwrap_or_default()
}
