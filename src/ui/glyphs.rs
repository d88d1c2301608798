//! The glyphs of the screen and what stands for them where a terminal cannot show them (`--ascii`, a locale
//! that is not UTF-8). Panes draw with the first; [`to_ascii`] goes over the finished picture.

use ratatui::buffer::Buffer;

/// As it should be.
pub const OK: &str = "✓";
/// Not as it should be.
pub const FAILED: &str = "✗";
/// Under way.
pub const RUNNING: &str = "▶";
/// Not begun.
pub const WAITING: &str = "·";
/// Asked for and absent, or left out.
pub const ABSENT: &str = "–";
/// To be looked at.
pub const WARNING: &str = "!";
/// An open item.
pub const OPEN: &str = "▾";
/// A closed item; what comes next.
pub const CLOSED: &str = "▸";
/// A mark of the user's.
pub const MARKED: &str = "◆";
/// Something is left out here.
pub const MORE: &str = "…";

/// What stands for a glyph on a terminal that has only ASCII.
fn ascii(symbol: &str) -> &'static str {
    match symbol {
        "✓" => "+",
        "✗" => "x",
        "▶" | "▸" => ">",
        "▾" => "v",
        "·" => ".",
        "–" | "─" | "—" => "-",
        "…" => "~",
        "◆" => "*",
        "│" => "|",
        "┌" | "┐" | "└" | "┘" | "├" | "┤" => "+",
        "×" => "x",
        "’" => "'",
        "→" => ">",
        "┊" => ":",
        "┼" => "+",
        "▁" | "▂" => "_",
        "▃" | "▄" => "-",
        "▅" | "▆" => "=",
        "▇" | "█" => "#",
        "◀" | "‹" => "<",
        "›" => ">",
        _ => "?",
    }
}

/// A text in ASCII.
pub(super) fn ascii_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_ascii() {
            true => plain.push(character),
            false => plain.push_str(ascii(character.encode_utf8(&mut [0; 4]))),
        }
    }
    plain
}

/// Turns a finished picture into ASCII, cell by cell.
pub(super) fn to_ascii(picture: &mut Buffer) {
    for cell in &mut picture.content {
        if !cell.symbol().is_ascii() {
            let symbol = ascii(cell.symbol());
            cell.set_symbol(symbol);
        }
    }
}
