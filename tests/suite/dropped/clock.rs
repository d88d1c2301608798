//! The wall clock is set while the program runs, back or forth by twenty years and some hours: what it shows and
//! records goes by the clock that nobody sets.
//!
//! libfaketime, which Debian has, answers the program's questions for the wall clock by a file, which is read anew
//! each time; the monotonic clock it leaves alone.

use std::path::Path;
use std::time::Instant;

use super::*;

/// Twenty years, and seven hours, so that it is seen by the time of day, too.
const BACK: &str = "-175207h";
const FORTH: &str = "+175207h";

/// The clock of a program: what it is off by, in libfaketime's words.
struct Clock(PathBuf);

impl Clock {
    /// A clock for this command, which goes right as yet. None, and said, where there is no libfaketime.
    fn of(program: &Program, command: &mut Command) -> Option<Self> {
        let library = crate::requirement::library("faketime/libfaketimeMT.so.1")?;
        let clock = Self(program.home().join("clock"));
        clock.set("+0");
        command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", &clock.0);
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        Some(clock)
    }

    fn set(&self, off: &str) {
        // In one step, so that nobody reads half of it.
        let new = self.0.with_extension("new");
        std::fs::write(&new, off).and_then(|()| std::fs::rename(&new, &self.0)).expect("a file can be written");
    }
}

/// The recording tells time by one clock, and no more of it than has passed since `start`.
fn must_go_by_one_clock(recording: &Recording, start: Instant) {
    let entries = recording.journal.entries();
    let began = recording.header.started;
    assert!(entries.len() > 20, "{entries:#?}");
    for entry in entries {
        let of_it = entries.iter().filter(|other| other.op == entry.op);
        assert!(of_it.is_sorted_by_key(|other| (other.at, other.wall)), "{entry:#?}");
        assert!((entry.wall.0 - began.0).abs_diff(entry.at.0 as i64 / 1000) <= 1, "{began:?}: {entry:#?}");
    }
    let last = entries.iter().map(|entry| entry.at.0).max().unwrap_or(0);
    assert!(u128::from(last) <= start.elapsed().as_micros(), "{last}");
}

/// Every report of the recording can be made, and the screen shows it from its beginning to its end.
fn must_be_shown(program: &Program, file: &Path) {
    let path = file.display().to_string();
    for format in ["text", "markdown", "html", "jsonl", "svg"] {
        let report = program.run(&["export", "--format", format, &path]);
        assert!(report.exit == Some(0) && !report.stdout.is_empty(), "{format}: {report:#?}");
    }
    let mut terminal = crate::replay::open(program, file, &["--paused"]);
    terminal.type_in("$");
    terminal.wait_for("at its end, 0:", SOON);
    terminal.type_in("q");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
}

/// The times at the beginnings of these lines are in order; midnight may lie between.
fn must_be_in_order(text: &str) {
    let is_time = |word: &&str| word.len() == 12 && word.split(':').count() == 3 && word.contains('.');
    let times: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next().filter(is_time)).collect();
    let in_order = |two: &[&str]| two[0] <= two[1] || (two[0].starts_with("23:59") && two[1].starts_with("00:0"));
    assert!(times.len() > 10 && times.windows(2).all(in_order), "{times:?}");
}

#[test]
fn a_clock_that_is_set_while_the_screen_runs_changes_no_duration() {
    let home = Served::start("healthy");
    for (off, why) in [(BACK, "not yet valid"), (FORTH, "expired")] {
        let program = Program::new();
        let mut command = program.command();
        command.args(home.arguments(&[], 0, &[])).env("IMPSCOPE_PASSWORD", &home.password);
        let Some(clock) = Clock::of(&program, &mut command) else { return };
        let start = Instant::now();
        let mut terminal = Terminal::start(command, TerminalSize { width: 140, height: 50 });
        terminal.wait_for("next ▸ connect", SOON);
        step_to(&mut terminal, "next ▸ TLS handshake");
        clock.set(off);
        // That the program does read the other clock is seen by the certificate.
        terminal.type_in("n");
        terminal.wait_for(why, SOON);
        step_to(&mut terminal, "(certificate not accepted)");
        terminal.type_in("t");
        terminal.wait_for("Accept this certificate here?", SOON);
        terminal.type_in("y");
        terminal.settle();
        terminal.type_in("c");
        terminal.wait_for("✓session", SOON);
        let screen = terminal.contents();
        terminal.type_in("\x03");
        assert_eq!(terminal.exit(SOON).code(), Some(0));
        let recording = must_replay(&program);
        assert!(is_whole(&recording), "{screen}");
        must_go_by_one_clock(&recording, start);
        must_be_shown(&program, &super::recording(&program).0);
    }
}

#[test]
fn a_clock_that_is_set_while_a_check_waits_changes_neither_the_wait_nor_the_order() {
    let home = Served::start("silent-auth");
    for off in [BACK, FORTH] {
        let program = Program::new();
        let more = ["--slow", "300ms", "--silent-after", "1200ms"];
        let mut command = program.command();
        command.args(home.arguments(&["check"], 0, &more));
        let Some(clock) = Clock::of(&program, &mut command) else { return };
        let start = Instant::now();
        let mut run = program.start_command(command, Some(&home.password));
        run.wait_for("slow: no answer to <auth>", SOON);
        clock.set(off);
        let run = run.finish(SOON);
        assert!(run.exit == Some(2) && run.stdout.contains("XMPP_AUTH_SILENT"), "{run:#?}");
        must_be_in_order(&run.stdout);
        let recording = must_replay(&program);
        must_go_by_one_clock(&recording, start);
        must_be_shown(&program, &super::recording(&program).0);
        assert!(run.stdout.contains("no answer to <auth> for 1."), "as long as it was told to wait: {run:#?}");
    }
}
