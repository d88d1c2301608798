//! From the start to the first frame, what the idle screen holds, and from the last key to the end.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::figure::{Figure, Table, median, ms, rounded};
use crate::process::resident_mb;
use crate::program::{Program, SOON};
use crate::pty::{DESIGNED, Terminal};
use crate::served::Served;

const TIMES: usize = 21;
const TO_REACH_MS: f64 = 20.0;
const MEMORY_MB: f64 = 20.0;
const EXIT_MS: f64 = 100.0;
/// What ends a frame, on a terminal that takes it as one picture.
pub const FRAME_END: &[u8] = b"\x1b[?2026l";

/// Measures how it starts, and what it holds then.
pub fn measure(table: &mut Table) {
    let lab = Served::start("healthy");
    let program = Program::new();
    let (mut nothing, mut target, mut practice) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        nothing.push(median(1, || until_its_end(Command::new("true"))));
        target.push(until_first_frame(on_target(&program, &lab)));
        practice.push(until_first_frame(on_practice(&program, "silent-auth")));
    }
    let beside = format!("{} ms for `true`, to its end", rounded(ms(crate::figure::middle(nothing))));
    let figure = Figure::time("start to first frame, on a node", crate::figure::middle(target));
    table.add(&figure.beside(beside.clone()).at_most(TO_REACH_MS));
    let what = "start to first frame, with the practice deployment in it";
    table.add(&Figure::time(what, crate::figure::middle(practice)).beside(beside).at_most(TO_REACH_MS));

    let beside = format!("{} MB for `cat`, which waits", rounded(resident_mb(echo().id())));
    let mut held = |what: &str, command: Command| {
        let mut terminal = Terminal::start(command, DESIGNED);
        terminal.wait_for("next ▸ connect", SOON);
        terminal.settle();
        let figure = Figure::new(what, resident_mb(terminal.id()), "MB");
        table.add(&figure.beside(beside.clone()).at_most(MEMORY_MB));
    };
    held("memory of the idle screen, on a node", on_target(&program, &lab));
    held("memory of the idle screen, with the practice deployment in it", on_practice(&program, "silent-auth"));
}

/// Measures how it ends.
pub fn measure_exit(table: &mut Table) {
    let program = Program::new();
    let idle = median(TIMES, || {
        let mut terminal = Terminal::start(on_practice(&program, "silent-auth"), DESIGNED);
        terminal.wait_for("next ▸ connect", SOON);
        terminal.settle();
        ended(terminal)
    });
    let waiting = median(TIMES, || {
        let mut terminal = Terminal::start(on_practice(&program, "silent-auth"), DESIGNED);
        terminal.wait_for("next ▸ connect", SOON);
        terminal.type_in("c");
        terminal.wait_for("waiting for <success>", SOON);
        ended(terminal)
    });
    let bare = median(TIMES, || {
        let mut echo = echo();
        let began = Instant::now();
        echo.signal(libc::SIGTERM);
        while echo.next_update(SOON).is_some() {}
        began.elapsed()
    });
    for (what, time) in [("exit of the idle screen", idle), ("exit while a login waits", waiting)] {
        let figure = Figure::time(what, time).and("the terminal restored");
        table.add(&figure.beside(format!("{} ms for `cat`", rounded(ms(bare)))).at_most(EXIT_MS));
    }
}

/// A terminal in which each byte is sent back by `cat`: what costs as little as anything.
pub fn echo() -> Terminal {
    let mut echo = Command::new("sh");
    echo.args(["-c", "stty raw -echo; printf ready; exec cat"]);
    let mut echo = Terminal::start(echo, DESIGNED);
    echo.wait_for("ready", SOON);
    // By its own word, so that it is the shell no longer.
    echo.type_in("!");
    echo.wait_for("ready!", SOON);
    echo
}

/// From Ctrl-C to the end of the process; the terminal must be as it was.
fn ended(mut terminal: Terminal) -> Duration {
    let began = Instant::now();
    terminal.type_in("\x03");
    while terminal.next_update(SOON).is_some() {}
    let time = began.elapsed();
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    assert!(!terminal.screen().alternate_screen() && !terminal.screen().hide_cursor(), "{}", terminal.contents());
    time
}

fn on_target(program: &Program, lab: &Served) -> Command {
    let mut command = program.command();
    command.args(lab.arguments(&[], 0, &[]));
    command
}

/// The practice deployment's screen.
pub fn on_practice(program: &Program, scenario: &str) -> Command {
    let mut command = program.command();
    command.args(["lab", scenario]);
    command
}

fn until_first_frame(command: Command) -> Duration {
    let began = Instant::now();
    let mut terminal = Terminal::start(command, DESIGNED);
    while !terminal.written().windows(FRAME_END.len()).any(|window| window == FRAME_END) {
        terminal.next_update(SOON).expect("a frame comes");
    }
    began.elapsed()
}

fn until_its_end(command: Command) -> Duration {
    let began = Instant::now();
    let mut terminal = Terminal::start(command, DESIGNED);
    while terminal.next_update(SOON).is_some() {}
    began.elapsed()
}
