//! How late a silence is flagged: in the recording, and on the screen.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use impscope::journal::{Entry, Event, Fact, WaitFact, WaitMark, line};

use crate::figure::{Figure, Table, middle, ms, rounded, timed};
use crate::program::{Program, SOON};
use crate::pty::{DESIGNED, Terminal};
use crate::served::Served;
use crate::start::on_practice;

const RUNS: usize = 7;
const SILENT: Duration = Duration::from_secs(1);
const TO_REACH_MS: f64 = 100.0;

/// Measures the set.
pub fn measure(table: &mut Table) {
    let lab = Served::start("silent-auth");
    let flagged: Vec<Duration> = (0..RUNS).map(|_| checked(&lab)).collect();
    let shown: Vec<Duration> = (0..RUNS).map(|_| seen()).collect();
    let slept = middle((0..RUNS).map(|_| timed(|| std::thread::sleep(SILENT)).saturating_sub(SILENT)).collect());
    let beside = format!("{} ms when the system wakes a thread", rounded(ms(slept)));
    for (what, times) in [
        ("a silence: flagged after its deadline", flagged),
        ("a silence: on the screen after its deadline", shown),
    ] {
        let largest = times.iter().max().copied().unwrap_or_default();
        let more = format!("{} the latest of {RUNS}", rounded(ms(largest)));
        let figure = Figure::time(what, middle(times)).and(more);
        table.add(&figure.beside(beside.clone()).at_most(TO_REACH_MS));
    }
}

/// How long after its deadline `check` notes the silence, by the program's own clock.
fn checked(lab: &Served) -> Duration {
    let after = format!("{}ms", SILENT.as_millis());
    let arguments = lab.arguments(&["check", "--json"], 0, &["--silent-after", &after]);
    let (_, entries) = lab.recorded(&arguments);
    let (silent, wait) = silence(&entries);
    silent.at.since(wait.since).saturating_sub(SILENT)
}

/// How long after its deadline the screen shows it, by this process's clock.
fn seen() -> Duration {
    let program = Program::new();
    let file = program.home().join("run.jsonl");
    let mut command = on_practice(&program, "silent-auth");
    command.args(["--silent-after", &format!("{}ms", SILENT.as_millis()), "--record"]).arg(&file);
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("next ▸ connect", SOON);
    terminal.type_in("c");
    terminal.wait_for("XMPP_AUTH_SILENT", SOON);
    let shown = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    terminal.type_in("\x03");
    terminal.exit(SOON);
    let text = std::fs::read_to_string(&file).expect("it is recorded");
    let read = line::read(&text).expect("a recording");
    let (silent, wait) = silence(read.journal.entries());
    let noted = Duration::from_millis(u64::try_from(silent.wall.0).expect("it is after 1970"));
    let began = noted.saturating_sub(silent.at.since(wait.since));
    shown.saturating_sub(began + SILENT)
}

/// The entry that says that `<auth>` is silent.
fn silence(entries: &[Entry]) -> (&Entry, &WaitFact) {
    let is_silent =
        |entry: &'_ Entry| matches!(&entry.event, Event::Saw(Fact::Wait(wait)) if wait.mark == WaitMark::Silent);
    let silent = entries.iter().find(|entry| is_silent(entry)).expect("a silence");
    let Event::Saw(Fact::Wait(wait)) = &silent.event else { unreachable!("it is a wait") };
    (silent, wait)
}
