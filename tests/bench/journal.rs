//! What the journal weighs with all views of it, how long 100,000 entries are searched, and that a frame costs the same
//! with 1,000,000 entries as with 100.

use std::path::Path;
use std::time::{Duration, Instant};

use crossterm::event::KeyCode;

use crate::figure::{Figure, Table, ms, rounded, timed};
use crate::process::{own_mb, resident_mb};
use crate::program::{Program, SOON};
use crate::pty::{DESIGNED, Terminal};
use crate::screen::Screen;

const FEW: usize = 100;
const MANY: usize = 100_000;
const VERY_MANY: usize = 1_000_000;
/// A frame that is said to cost the same may cost so much more.
const THE_SAME: f64 = 1.5;
/// What is usable answers an act on the rows within so many milliseconds, and a key as fast as ever.
const USABLE_MS: f64 = 1000.0;
/// So long may a recording of all of them take until its end is on the screen.
const PATIENCE: Duration = Duration::from_secs(120);

/// Measures the set.
pub fn measure(table: &mut Table) {
    let (mut few, few_mb) = weighed(FEW);
    let (mut many, many_mb) = weighed(MANY);
    let beside = format!("{} MB for 100", rounded(few_mb));
    table.add(
        &Figure::new("memory of 100,000 XMPP entries and all views of them", many_mb, "MB")
            .beside(beside)
            .at_most(150.0),
    );
    replayed(table, &many);
    let searched = many.searched("needle");
    let beside = format!("{} ms of 100", rounded(ms(few.searched("needle"))));
    table.add(&Figure::time("search of 100,000 entries", searched).beside(beside).at_most(100.0));
    drop(many);
    let mut very_many = None;
    let built = timed(|| very_many = Some(weighed(VERY_MANY)));
    let (mut very_many, mb) = very_many.expect("it was built");
    let per_entry = built.as_secs_f64() * 1e6 / VERY_MANY as f64;
    let what = "memory of 1,000,000 XMPP entries and all views of them";
    table.add(&Figure::new(what, mb, "MB").and(format!("{} µs for each", rounded(per_entry))));
    frames(table, &mut few, &mut very_many);
    let searched = very_many.searched("needle");
    table.add(&Figure::time("search of 1,000,000 entries", searched).at_most(USABLE_MS));
    let filtered = very_many.filtered("kind:presence");
    table.add(&Figure::time("filter of 1,000,000 entries by kind", filtered).at_most(USABLE_MS));
}

/// A screen with so many entries, and by how many MB this process grew with it.
fn weighed(entries: usize) -> (Screen, f64) {
    let before = own_mb();
    let screen = Screen::of(entries);
    (screen, own_mb() - before)
}

/// Frames with few entries and with very many, in turns.
fn frames(table: &mut Table, few: &mut Screen, very_many: &mut Screen) {
    let mut add = |name: &str, small: Duration, large: Duration| {
        let what = format!("{name}: 1,000,000 entries to 100");
        let both = format!("{} ms", rounded(ms(large)));
        let beside = format!("{} ms with 100 entries", rounded(ms(small)));
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        table.add(&Figure::new(what, ratio, "×").and(both).beside(beside).at_most(THE_SAME));
    };
    for (name, before, key) in [
        ("a frame after a key, following", "G", KeyCode::Char('w')),
        ("a frame after a key, at the top", "g", KeyCode::Down),
    ] {
        add(name, few.key_frame(before, key), very_many.key_frame(before, key));
    }
    for (name, before) in
        [("a frame after a new row, following", "G"), ("a frame after a new row, at the top", "g")]
    {
        add(name, few.row_frame(before), very_many.row_frame(before));
    }
    for (name, opens, text) in [
        ("a frame after a new row, searching", '/', "needle"),
        ("a frame after a new row, filtered", 'f', "-kind:iq example"),
    ] {
        few.pasted(opens, text);
        very_many.pasted(opens, text);
        add(name, few.row_frame("G"), very_many.row_frame("G"));
        few.press(KeyCode::Esc);
        very_many.press(KeyCode::Esc);
    }
    few.pasted('f', "");
    very_many.pasted('f', "");
}

/// The program that shows all of them as a recording: its memory, and for how long the keys wait while all are copied.
fn replayed(table: &mut Table, many: &Screen) {
    let program = Program::new();
    let (few_file, many_file) = (program.home().join("few.jsonl"), program.home().join("many.jsonl"));
    std::fs::write(&few_file, Screen::of(FEW).recording()).expect("it can be written");
    std::fs::write(&many_file, many.recording()).expect("it can be written");
    let (few, many) = (shown(&program, &few_file), shown(&program, &many_file));
    let beside = format!("{} MB with 100", rounded(few.0));
    let figure = Figure::new("memory of `replay` with 100,000 XMPP entries", many.0, "MB");
    table.add(&figure.beside(beside).at_most(150.0));
    let beside = format!("{} ms with 100", rounded(ms(few.1)));
    let figure = Figure::time("the keys wait for a copy of the whole view, of 100,000 rows", many.1);
    table.add(&figure.beside(beside).at_most(100.0));
}

/// The memory of the program once all of a recording is on the screen, and how long it takes until it says that it
/// copies the whole view.
fn shown(program: &Program, recording: &Path) -> (f64, Duration) {
    let mut command = program.command();
    command.arg("replay").arg(recording).arg("--from-end");
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("at its end", PATIENCE);
    terminal.settle();
    terminal.type_in("\t");
    terminal.settle();
    let memory = resident_mb(terminal.id());
    let began = Instant::now();
    terminal.type_in("Y");
    terminal.next_update(SOON).expect("the key has a frame");
    (memory, began.elapsed())
}
