//! What scrolling, filtering and searching 100,000 rows costs, beside 100: each is to stay below 100 ms. And what one
//! row of a megabyte costs.

use std::time::Duration;

use crossterm::event::KeyCode;

use crate::figure::{Figure, Table, ms, rounded};
use crate::screen::Screen;

const FEW: usize = 100;
const MANY: usize = 100_000;
/// An act on the rows is felt as immediate up to here.
const AT_ONCE_MS: f64 = 100.0;
/// A key's work and frame in memory, where all of it may take 5 ms to the terminal.
const KEY_MS: f64 = 5.0;
/// The largest stanza that is taken.
const LARGE: usize = 1 << 20;

/// Measures the set.
pub fn measure(table: &mut Table) {
    let (few, many) = (acts(&mut Screen::of(FEW)), acts(&mut Screen::of(MANY)));
    for ((name, time), (_, before)) in many.into_iter().zip(few) {
        let what = format!("{name}, of 100,000 rows");
        let beside = format!("{} ms of 100", rounded(ms(before)));
        table.add(&Figure::time(what, time).beside(beside).at_most(AT_ONCE_MS));
    }
    large_row(table);
}

/// How long each act takes, with all its frames.
fn acts(screen: &mut Screen) -> Vec<(&'static str, Duration)> {
    vec![
        ("to the first row", screen.after("G", "g")),
        ("to the end", screen.after("g", "G")),
        ("a page up from the end", screen.after("G", "\u{1}")),
        ("a page down from the top", screen.after("g", "\u{2}")),
        ("filter by kind", screen.filtered("kind:presence")),
        ("filter by JID", screen.filtered("jid:user77@example.test")),
        ("filter by a rare word", screen.filtered("needle")),
        ("filter by a regular expression", screen.filtered("/n[e]+dle|id='m9+'/")),
        ("search a rare word", screen.searched("needle")),
        ("search a word of each row", screen.searched("example")),
        ("search a regular expression", screen.searched("body>.*[0-9]7<")),
    ]
}

/// A stanza of a megabyte in sight, and opened.
fn large_row(table: &mut Table) {
    let mut screen = Screen::of(FEW);
    let small = screen.key_frame("G", KeyCode::Char('w'));
    screen.types("G");
    screen.press(KeyCode::Enter);
    let small_open = screen.key_frame("", KeyCode::Down);
    screen.press(KeyCode::Esc);
    screen.large_stanza(LARGE);
    screen.types("G");
    let in_sight = screen.key_frame("", KeyCode::Char('w'));
    screen.press(KeyCode::Enter);
    let open = screen.key_frame("", KeyCode::Down);
    let beside = |time| format!("{} ms with one of 300 bytes", rounded(ms(time)));
    let figure = Figure::time("a key and its frame, a stanza of 1 MB in sight", in_sight);
    table.add(&figure.beside(beside(small)).at_most(KEY_MS));
    let figure = Figure::time("a key and its frame, a stanza of 1 MB opened", open);
    table.add(&figure.beside(beside(small_open)).at_most(KEY_MS));
}
