//! Frames on a terminal: how many bytes, in how many writes, and how soon after a key.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::figure::{Figure, Table, middle, ms, rounded};
use crate::program::{Program, SOON};
use crate::pty::{DESIGNED, Terminal};
use crate::start::{FRAME_END, echo, on_practice};

/// What is pressed, each a frame of its own: panes, popups, the selection.
const KEYS: [&str; 12] = ["\t", "\t", "?", "\x1b", "F", "\x1b", "\x1b[A", "\x1b[B", "l", "l", "f", "\x1b"];
const ROUNDS: usize = 5;
const FIRST_FRAME: f64 = 4.5 * 1024.0;
const KEY_MS: f64 = 5.0;

/// Measures the set.
pub fn measure(table: &mut Table) {
    let program = Program::new();
    first_frame(table, &program);
    writes(table, &program);
    key_to_byte(table, &program);
}

/// All that is written until the first frame is whole.
fn first_frame(table: &mut Table, program: &Program) {
    let mut terminal = opened(on_practice(program, "silent-auth"));
    let end = terminal.written().windows(FRAME_END.len()).position(|window| window == FRAME_END);
    let bytes = end.expect("a frame came") + FRAME_END.len();
    terminal.settle();
    let all = terminal.written().len();
    let figure = Figure::new("first frame at 80×24", bytes as f64, "bytes").at_most(FIRST_FRAME);
    table.add(&figure.beside(format!("{} bytes until it is idle", rounded(all as f64))));
}

/// How many calls of write(2) a frame takes, as strace sees them.
fn writes(table: &mut Table, program: &Program) {
    let traced = program.home().join("writes");
    let bare = on_practice(program, "silent-auth");
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-qq", "-e", "trace=write,writev", "-s", "100000", "-o"]).arg(&traced);
    command.arg(bare.get_program()).args(bare.get_args()).env_clear().current_dir(program.home());
    command.envs(bare.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut terminal = opened(command);
    terminal.settle();
    let idle = terminal.written().len();
    let before = to_terminal(&traced);
    let begin = before.iter().position(|write| write.contains("[?2026h"));
    let end = before.iter().position(|write| write.contains("[?2026l"));
    let first = end.zip(begin).map(|(end, begin)| end + 1 - begin).expect("strace saw a frame");
    table.add(&Figure::new("first frame: writes", first as f64, "").at_most(1.0));
    let mut sizes = Vec::new();
    for key in KEYS {
        let written = terminal.written().len();
        terminal.type_in(key);
        terminal.next_update(SOON).expect("the key has a frame");
        terminal.settle();
        sizes.push(terminal.written().len() - written);
    }
    let (writes, frames) = (to_terminal(&traced).len() - before.len(), sizes.len());
    assert!(writes > 0, "strace saw none of {frames} frames");
    let figure = Figure::new("a key's frame: writes", writes as f64 / frames as f64, "");
    table.add(&figure.and(format!("{frames} frames")).at_most(1.0));
    let largest = sizes.iter().max().copied().unwrap_or_default();
    let figure = Figure::new("a key's frame", middle(sizes) as f64, "bytes")
        .and(format!("{} the largest", rounded(largest as f64)));
    table.add(&figure.beside(format!(
        "{} bytes of the first frame, with all that is written until it is idle",
        rounded(idle as f64)
    )));
}

/// The writes to the terminal, whatever its descriptor, in the order of strace's lines.
fn to_terminal(traced: &Path) -> Vec<String> {
    let text = String::from_utf8_lossy(&std::fs::read(traced).expect("strace writes it")).into_owned();
    text.lines()
        .filter(|line| line.contains("write(") || line.contains("writev("))
        .filter(|line| line.contains("</dev/pts/"))
        .map(str::to_owned)
        .collect()
}

/// From a key to the first byte of its frame, beside a terminal in which the bytes alone are sent back.
fn key_to_byte(table: &mut Table, program: &Program) {
    let mut echo = echo();
    let mut idle = opened(on_practice(program, "silent-auth"));
    idle.settle();
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for key in KEYS.iter().cycle().take(KEYS.len() * ROUNDS) {
        bare.push(answered(&mut echo, "x"));
        ours.push(answered(&mut idle, key));
    }
    let largest = ours.iter().max().copied().unwrap_or_default();
    let beside = format!("{} ms where `cat` sends it back", rounded(ms(middle(bare))));
    let figure = Figure::time("key to byte", middle(ours)).and(format!("{} the longest", rounded(ms(largest))));
    table.add(&figure.beside(beside.clone()).at_most(KEY_MS));

    let mut command = on_practice(program, "silent-auth");
    command.args(["--slow", "200ms", "--silent-after", "500ms"]);
    let mut running = opened(command);
    running.type_in("c");
    running.wait_for("XMPP_AUTH_SILENT", SOON);
    let mut times = Vec::new();
    for key in KEYS.iter().cycle().take(KEYS.len() * ROUNDS) {
        // Behind an update of the clock, so that the next one is not taken for the key's.
        running.next_update(SOON);
        running.bytes_in(Duration::from_millis(60));
        times.push(answered_now(&mut running, key));
    }
    let largest = times.iter().max().copied().unwrap_or_default();
    let figure = Figure::time("key to byte while a clock runs", middle(times));
    let more = format!("{} the longest", rounded(ms(largest)));
    table.add(&figure.and(more).beside(beside).at_most(KEY_MS));
}

fn opened(command: Command) -> Terminal {
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("next ▸ connect", SOON);
    terminal
}

/// From a key to the first byte that comes; what else comes is taken in afterwards.
fn answered(terminal: &mut Terminal, key: &str) -> Duration {
    let time = answered_now(terminal, key);
    terminal.bytes_in(Duration::from_millis(60));
    time
}

fn answered_now(terminal: &mut Terminal, key: &str) -> Duration {
    let began = Instant::now();
    terminal.type_in(key);
    terminal.next_update(SOON).expect("the key has a frame");
    began.elapsed()
}
