//! The ways in which a run ends that nobody planned: signals, a line that drops, a terminal or a pipe that takes
//! nothing more, a disk that is full or read-only, a fault of the program; and a shell that is wanted in between.
//!
//! `memory` looks for what is left of a password, `clock` sets the clock meanwhile. Whatever it is: the terminal is as it was, what was recorded can be read, and it is said what happened.

mod clock;
mod disk;
mod faulty;
mod memory;
mod shell;

use std::io::{PipeReader, PipeWriter, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use impscope::journal::line::{self, Recording};
use impscope::journal::{Event, OpId};

use crate::deadline::Deadline;
use crate::exposed::{exposed, must_be_closed};
use crate::program::{Program, SOON};
use crate::pty::{DESIGNED, Terminal, TerminalSize};
use crate::replay::kept;
use crate::screen::{lab, must_be_restored};
use crate::served::Served;
use crate::typed::{open, step_to};

/// What a signal has ended says 3: unknown.
const STOPPED: Option<i32> = Some(3);
/// Far more than the second within which a run ends that is stuck, on a busy machine.
const PROMPTLY: Duration = Duration::from_secs(8);

/// The files of the program's recordings.
fn recordings(program: &Program) -> Vec<PathBuf> {
    let is_one = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "jsonl");
    program.files().into_iter().filter(is_one).collect()
}

/// The program's only recording, read.
fn recording(program: &Program) -> (PathBuf, Recording) {
    let files = recordings(program);
    let [file] = &files[..] else { panic!("one recording: {files:?}") };
    let text = std::fs::read_to_string(file).expect("a recording is text");
    (file.clone(), line::read(&text).unwrap_or_else(|why| panic!("{why}: {text}")))
}

/// Whether the recording has the entry with which a run ends in order.
fn is_whole(recording: &Recording) -> bool {
    let ended = |event: &Event| matches!(event, Event::Ended(_));
    recording.journal.entries().last().is_some_and(|entry| ended(&entry.event) && entry.op == OpId(1))
}

/// Waits until a run that goes on has recorded its end.
fn must_become_whole(program: &Program) {
    let ended = Deadline::after(SOON).poll(|| {
        // It is a file before its first line is in it.
        let text = std::fs::read_to_string(recordings(program).first()?).ok()?;
        line::read(&text).is_ok_and(|recording| is_whole(&recording)).then_some(())
    });
    assert!(ended.is_some(), "the walk does not end");
}

/// The recording is there, whole lines all of it, and the program itself reads it.
fn must_replay(program: &Program) -> Recording {
    let (file, recording) = recording(program);
    assert_eq!(recording.torn, None, "each line was one write");
    let file = file.display().to_string();
    let report = program.run(&["export", "--format", "text", &file]);
    assert!(report.exit == Some(0) && report.stdout.contains("alice@example.test"), "{report:#?}");
    recording
}

/// Waits for the end, and for all that must hold then of the terminal.
fn must_have_ended(terminal: &mut Terminal, before: impl PartialEq + std::fmt::Debug, what: &str) -> ExitStatus {
    let status = terminal.exit(PROMPTLY);
    must_be_restored(terminal);
    assert!(format!("{before:?}") == format!("{:?}", terminal.modes()), "{what}: the terminal's modes");
    status
}

/// A place on the screen: how it is come to from `<auth>` that was not sent yet, and what is seen there.
const PLACES: [(&str, &str, &str); 6] = [
    ("in the panes", "", "next ▸ <auth"),
    ("in the editor", "e", "Edit the proposal"),
    ("in a question", "q", "End the program?"),
    ("in the help", "?", "not a Cisco tool"),
    ("in the palette", ":", "All actions"),
    ("on a silent node", "n", "waiting for <success>"),
];

#[test]
fn a_signal_ends_the_screen_wherever_it_stands() {
    let signals = [
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGHUP, "SIGHUP"),
        (libc::SIGINT, "SIGINT"),
        (libc::SIGQUIT, "SIGQUIT"),
    ];
    let home = Served::start("silent-auth");
    for ((place, keys, seen), (signal, name)) in PLACES.into_iter().zip(signals.into_iter().cycle()) {
        let program = Program::new();
        let mut command = program.command();
        command.args(home.arguments(&[], 0, &[])).env("IMPSCOPE_PASSWORD", &home.password);
        let mut terminal = Terminal::start(command, DESIGNED);
        let before = terminal.modes();
        terminal.wait_for("next ▸ connect", SOON);
        step_to(&mut terminal, "next ▸ <auth");
        terminal.type_in(":mouse\r");
        terminal.wait_for("the mouse scrolls", SOON);
        terminal.type_in(keys);
        terminal.wait_for(seen, SOON);
        terminal.signal(signal);
        let status = must_have_ended(&mut terminal, before, place);
        assert_eq!(status.code(), STOPPED, "{place}: {status:?}");
        let last = terminal.contents();
        assert!(last.contains(&format!("stopped by {name}")) && last.contains("recording: "), "{place}: {last}");
        assert!(is_whole(&must_replay(&program)), "{place}");
    }
}

#[test]
fn a_signal_at_the_password_prompt_leaves_nothing_of_what_was_typed() {
    let home = Served::start("healthy");
    let program = Program::new();
    let exposed = exposed(&program);
    let is_exposed = exposed.is_some();
    let mut command = exposed.unwrap_or_else(|| program.command());
    command.args(home.arguments(&[], 0, &[]));
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("next ▸ connect", SOON);
    terminal.type_in("P");
    terminal.wait_for("goes into no file", SOON);
    terminal.type_in(&home.password);
    terminal.wait_for(&"*".repeat(home.password.len()), SOON);
    if is_exposed {
        must_be_closed(terminal.id());
    }
    terminal.signal(libc::SIGTERM);
    assert_eq!(terminal.exit(PROMPTLY).code(), STOPPED);
    must_be_restored(&terminal);
    assert!(!crate::program::holds_secret(terminal.written(), &home.password));
    crate::program::no_file_holds(&home.password, program.home());
}

#[test]
fn two_signals_end_it_at_once_and_leave_the_terminal_as_it_was() {
    let program = Program::new();
    let mut terminal = lab(&program, DESIGNED);
    let before = terminal.modes();
    terminal.wait_for("next ▸", SOON);
    terminal.signal(libc::SIGTERM);
    terminal.signal(libc::SIGHUP);
    let status = must_have_ended(&mut terminal, before, "two signals");
    assert_eq!(status.code(), STOPPED);
    must_replay(&program);
}

#[test]
fn a_line_that_drops_ends_it_and_the_recording_is_whole() {
    for place in ["\x1b", "?", ":"] {
        let program = Program::new();
        let mut terminal = lab(&program, DESIGNED);
        terminal.wait_for("next ▸", SOON);
        terminal.type_in(place);
        terminal.hang_up();
        assert_eq!(terminal.exit(PROMPTLY).code(), STOPPED);
        assert!(is_whole(&must_replay(&program)));
    }
}

#[test]
fn a_terminal_that_takes_nothing_more_keeps_nobody_from_ending_it() {
    for signal in [libc::SIGTERM, libc::SIGHUP] {
        let program = Program::new();
        let mut terminal = lab(&program, DESIGNED);
        let before = terminal.modes();
        terminal.wait_for("next ▸", SOON);
        // Whatever it writes from now on is not taken; and a new size is something to write.
        terminal.hold();
        terminal.resize(TerminalSize { width: 200, height: 60 });
        terminal.signal(signal);
        let status = terminal.exit_unread(PROMPTLY);
        assert_eq!(status.code(), STOPPED);
        must_be_restored(&terminal);
        assert!(format!("{before:?}") == format!("{:?}", terminal.modes()), "the terminal's modes");
        must_replay(&program);
    }
}

#[test]
fn a_terminal_that_nobody_reads_keeps_nobody_from_ending_it() {
    let program = Program::new();
    let mut terminal = lab(&program, DESIGNED);
    terminal.wait_for("next ▸", SOON);
    // A frame of this size is more than a terminal holds.
    terminal.resize(TerminalSize { width: 500, height: 400 });
    terminal.signal(libc::SIGTERM);
    assert_eq!(terminal.exit_unread(PROMPTLY).code(), STOPPED);
    must_be_restored(&terminal);
    must_replay(&program);
}

#[test]
fn a_kill_leaves_what_was_recorded() {
    let program = Program::new();
    let mut terminal = lab(&program, DESIGNED);
    terminal.wait_for("next ▸", SOON);
    step_to(&mut terminal, "next ▸ <auth");
    terminal.signal(libc::SIGKILL);
    terminal.exit(PROMPTLY);
    let recording = must_replay(&program);
    assert!(!is_whole(&recording) && recording.journal.entries().len() > 20);
}

#[test]
fn a_signal_ends_a_replay_and_plain_lines_and_says_so() {
    for plain in [false, true] {
        let program = Program::new();
        let mut command = program.command();
        command.arg("replay").arg(kept("walk.jsonl")).args(["--paused"]);
        command.args(plain.then_some("--plain"));
        let mut terminal = Terminal::start(command, DESIGNED);
        let before = terminal.modes();
        terminal.wait_for(if plain { "impscope> " } else { "replay " }, SOON);
        terminal.signal(libc::SIGTERM);
        let status = terminal.exit(PROMPTLY);
        assert_eq!(status.code(), STOPPED);
        assert!(terminal.contents().contains("stopped by SIGTERM"), "{}", terminal.contents());
        assert!(format!("{before:?}") == format!("{:?}", terminal.modes()), "the terminal's modes");
    }
}

#[test]
fn a_signal_while_plain_hides_what_is_typed_shows_it_again() {
    let home = Served::start("healthy");
    let program = Program::new();
    let mut command = program.command();
    command.args(home.arguments(&["--plain"], 0, &[]));
    let mut terminal = Terminal::start(command, DESIGNED);
    let before = format!("{:?}", terminal.modes());
    terminal.wait_for("> ", SOON);
    terminal.type_in("password\n");
    let hidden = Deadline::after(SOON).poll(|| {
        terminal.bytes_in(Duration::from_millis(20));
        (format!("{:?}", terminal.modes()) != before).then_some(())
    });
    assert!(hidden.is_some(), "it never hides what is typed:\n{}", terminal.contents());
    terminal.signal(libc::SIGTERM);
    assert_eq!(terminal.exit(PROMPTLY).code(), STOPPED);
    assert_eq!(format!("{:?}", terminal.modes()), before);
    assert!(is_whole(&must_replay(&program)));
}

#[test]
fn a_signal_ends_a_check_with_what_was_seen_until_then() {
    for (signal, name) in [(libc::SIGTERM, "SIGTERM"), (libc::SIGHUP, "SIGHUP"), (libc::SIGINT, "SIGINT")] {
        let home = Served::start("silent-auth");
        let program = Program::new();
        let more = ["--slow", "200ms", "--silent-after", "400ms", "--give-up", "60s"];
        let mut run = program.start(&home.arguments(&["check", "--json"], 0, &more), Some(&home.password));
        run.wait_for("!! no answer", SOON);
        crate::platform::signal(run.id(), signal);
        let run = run.finish(PROMPTLY);
        assert_eq!(run.exit, STOPPED, "{run:#?}");
        assert!(run.stderr.contains(&format!("stopped by {name}; what was seen until then follows")), "{run:#?}");
        assert_eq!(run.json()["exit"], 3);
        assert!(is_whole(&must_replay(&program)));
    }
}

/// `nohup`, and what a shell without job control starts in the background.
#[test]
fn a_signal_that_was_ignored_before_stays_ignored() {
    let home = Served::start("healthy");
    let program = Program::new();
    let mut command = Command::new("sh");
    let own = program.command();
    command.env_clear().envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(program.home()).env("IMPSCOPE_PASSWORD", &home.password);
    command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_impscope")]);
    command.args(home.arguments(&["check", "--pause-before", "auth"], 0, &[]));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut run = command.spawn().expect("a shell starts");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(run.stdout.take().expect("it was piped")));
    lines
        .find(|line| line.as_ref().is_ok_and(|line| line.contains("paused before auth")))
        .expect("it pauses")
        .ok();
    crate::platform::signal(run.id(), libc::SIGHUP);
    run.stdin.take().expect("it was piped").write_all(b"\n").expect("it reads");
    assert!(lines.last().is_some_and(|line| line.is_ok_and(|line| line.contains("OK (exit 0)"))));
    assert_eq!(run.wait().expect("a child can be waited for").code(), Some(0));
}

#[test]
fn a_reader_that_left_is_no_fault() {
    let home = Served::start("healthy");
    for form in [&["check"][..], &["check", "--json"]] {
        let program = Program::new();
        let mut command = program.command();
        command.args(home.arguments(form, 0, &[])).env("IMPSCOPE_PASSWORD", &home.password);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut run = command.spawn().expect("the program starts");
        drop(run.stdout.take());
        let done = run.wait_with_output().expect("a child can be waited for");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.code() == Some(0) && !said.contains("fault"), "{said}");
        assert!(is_whole(&must_replay(&program)));
    }
    let program = Program::new();
    let mut command = program.command();
    command.stderr(Stdio::piped());
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let done = command.stdout(writer).spawn().and_then(std::process::Child::wait_with_output).expect("it runs");
    assert!(done.status.success() && done.stderr.is_empty(), "{done:?}");
}

/// A pipe that is full, and stays it while its reader is there: whoever writes to it waits.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    // So much it holds.
    writer.write_all(&[0; 65536]).expect("a pipe takes that");
    (reader, writer)
}

#[test]
fn a_pipe_that_nobody_reads_keeps_nobody_from_ending_it() {
    let home = Served::start("healthy");
    let program = Program::new();
    let (_reader, writer) = full_pipe();
    let mut command = program.command();
    command.args(home.arguments(&["check", "--json"], 0, &[])).env("IMPSCOPE_PASSWORD", &home.password);
    let mut run = command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::null()).spawn().expect("it starts");
    must_become_whole(&program);
    assert!(run.try_wait().expect("a child can be waited for").is_none(), "it has something left to say");
    crate::platform::signal(run.id(), libc::SIGTERM);
    let status = Deadline::after(PROMPTLY).poll(|| run.try_wait().expect("a child can be waited for"));
    let code = status.map(|status| status.code());
    let _ = run.kill();
    assert_eq!(code, Some(STOPPED));
}

#[test]
fn the_served_deployment_ends_by_signals_and_leaves_no_file() {
    for signal in [libc::SIGTERM, libc::SIGHUP, libc::SIGINT] {
        let mut home = Served::start("healthy");
        assert!(home.authority.exists());
        crate::platform::signal(home.run.id(), signal);
        let authority = home.authority.clone();
        assert!(home.run.stdout().contains("ready"));
        assert_eq!(home.run.finish(PROMPTLY).exit, Some(0));
        assert!(!authority.exists());
    }
}
