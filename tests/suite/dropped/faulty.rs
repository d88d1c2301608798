//! A fault of the program itself, while it has the terminal.
//!
//! The program has no way to be told to fail. A process of the suite's own runs it and fails on another thread, or
//! within a task of it: mio tells a logger of each socket, on the way of the task that opens it, and this one panics.

use std::backtrace::Backtrace;
use std::io::{BufRead, BufReader, Read};
use std::sync::atomic::{AtomicUsize, Ordering};

use impscope::journal::{Ask, Outcome};

use super::*;

/// The arguments of the program, a line each.
const ARGUMENTS: &str = "IMPSCOPE_TEST_FAULTY";
/// Fails as soon as there is a file of this name where the program runs.
const NOW: &str = "fail-now";
/// The part of the program whose task fails, once, where it opens a socket.
const PART: &str = "IMPSCOPE_TEST_FAULTY_PART";
/// How many of its tasks come first; none where it is not set.
const BEFORE: &str = "IMPSCOPE_TEST_FAULTY_BEFORE";
const CANARY: &str = "canary-8Jw~dunlin";
/// The words on a fault that has ended one operation.
const HERE: &str = "the program has a fault, at tests/suite/dropped/faulty.rs:";

/// What the tests below run in a process of its own, since it ends with it.
#[test]
fn in_a_process_of_its_own() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    std::thread::spawn(|| {
        Deadline::after(SOON).poll(|| std::path::Path::new(NOW).exists().then_some(()));
        panic!("the server said {CANARY}")
    });
    if let Ok(part) = std::env::var(PART) {
        let before = std::env::var(BEFORE).map_or(0, |before| before.parse().expect("a number"));
        let fault = Fault { part, before, opened: AtomicUsize::new(0) };
        log::set_logger(Box::leak(Box::new(fault))).expect("there is no other");
        log::set_max_level(log::LevelFilter::Trace);
    }
    let arguments = std::iter::once("impscope").chain(arguments.lines()).map(std::ffi::OsString::from);
    let _ = impscope::app::main(arguments.collect::<Vec<_>>());
}

struct Fault {
    part: String,
    before: usize,
    opened: AtomicUsize,
}

impl log::Log for Fault {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let opens = record.args().to_string().starts_with("registering event source");
        let is_here = || Backtrace::force_capture().to_string().contains(&self.part);
        let is_over = || self.opened.load(Ordering::Relaxed) > self.before;
        if opens && !is_over() && is_here() && self.opened.fetch_add(1, Ordering::Relaxed) == self.before {
            panic!("the server said {CANARY}")
        }
    }

    fn flush(&self) {}
}

fn faulty(program: &Program, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a test knows its program"));
    let own = program.command();
    command.env_clear().envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.args(["--exact", "dropped::faulty::in_a_process_of_its_own", "--nocapture"]);
    command.current_dir(program.home()).env(ARGUMENTS, arguments.join("\n"));
    command
}

#[test]
fn a_fault_gives_the_terminal_back_and_says_where_it_is_and_where_the_recording() {
    let program = Program::new();
    let mut terminal = Terminal::start(faulty(&program, &["lab"]), DESIGNED);
    let before = terminal.modes();
    terminal.wait_for("next ▸", SOON);
    std::fs::write(program.home().join(NOW), "").expect("a file can be written");
    let status = must_have_ended(&mut terminal, before, "a fault");
    assert_eq!(status.code(), STOPPED);
    let said = terminal.contents().replace('\n', "");
    assert!(said.contains("it has a fault at tests/suite/dropped/faulty.rs:"), "{said}");
    assert!(said.contains("the recording is kept, up to here; to look at it again: impscope replay "), "{said}");
    assert!(!String::from_utf8_lossy(terminal.written()).contains(CANARY), "{said}");
    let recording = must_replay(&program);
    assert!(!is_whole(&recording) && recording.journal.entries().len() > 10);
}

#[test]
fn a_fault_ends_a_check_too() {
    let home = Served::start("silent-auth");
    let program = Program::new();
    let more = ["--slow", "200ms", "--silent-after", "400ms", "--give-up", "60s"];
    let arguments = home.arguments(&["check"], 0, &more);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut command = faulty(&program, &arguments);
    command.env("IMPSCOPE_PASSWORD", &home.password);
    let mut run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut said = BufReader::new(run.stdout.take().expect("it was piped"));
    let mut line = String::new();
    while !line.contains("!! no answer") {
        line.clear();
        assert_ne!(said.read_line(&mut line).expect("it says lines"), 0, "it meets silence");
    }
    std::fs::write(program.home().join(NOW), "").expect("a file can be written");
    let done = run.wait_with_output().expect("a child can be waited for");
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("it says text");
    let said = rest + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.code() == STOPPED && said.contains("it has a fault at "), "{said}");
    assert!(!said.contains(CANARY) && !crate::program::holds_secret(said.as_bytes(), &home.password), "{said}");
}

/// The only operation that the fault has ended. Any other of its rank has ended, too, and by itself.
fn ended_by_it(recording: &Recording) -> &Ask {
    let entries = recording.journal.entries();
    let ends = |op: OpId| {
        entries.iter().filter_map(move |entry| match &entry.event {
            Event::Ended(outcome) if entry.op == op => Some(outcome),
            _ => None,
        })
    };
    let began = entries.iter().filter_map(|entry| match &entry.event {
        Event::Began(ask) if entry.parent.is_none_or(|parent| parent == OpId(1)) => Some((entry.op, ask)),
        _ => None,
    });
    let (by_it, others): (Vec<_>, Vec<_>) = began.partition(|(op, _)| ends(*op).any(Outcome::is_fault));
    assert!(others.len() > 1 && others.iter().all(|(op, _)| ends(*op).count() == 1), "{others:#?}");
    let [(op, ask)] = by_it[..] else { panic!("one has failed: {by_it:#?}") };
    let [end] = ends(op).collect::<Vec<_>>()[..] else { panic!("it has one end: {ask:?}") };
    let words = end.text.as_deref().unwrap_or_default();
    assert!(words.starts_with(HERE) && !words.contains(CANARY), "{end:?}");
    ask
}

#[test]
fn a_fault_in_one_operation_ends_it_and_the_rest_of_the_walk_goes_on() {
    let home = Served::start("healthy");
    // The first logins ask for no more than mechanisms: of the two nodes, and of the edge, which is beside the way inside.
    let logins = ["0", "1", "2"].map(|before| ("probe::driver", before));
    for (part, before) in [("probe::dns", "0"), ("probe::http", "0")].into_iter().chain(logins) {
        let program = Program::new();
        let arguments = home.by_dns(&["check"], &["--as", "all"]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = faulty(&program, &arguments);
        command.env("IMPSCOPE_PASSWORD", &home.password).stdin(Stdio::null());
        command.env(PART, part).env(BEFORE, before);
        let done = command.output().expect("it starts");
        let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
        assert!(said.contains(HERE) && said.contains("login complete"), "{part}: {said}");
        must_not_hold(said.as_bytes(), &program, &home);
        let recording = must_replay(&program);
        let is_it = match ended_by_it(&recording) {
            Ask::Dns(_) => "probe::dns",
            Ask::Http(_) => "probe::http",
            Ask::Login(_) => "probe::driver",
            other => panic!("{other:?}"),
        };
        assert!(is_it == part && is_whole(&recording), "{part}");
        // What was not found out for a reason of ours is no alarm.
        let code = if part == "probe::driver" { "UNKNOWN (exit 3)" } else { "OK (exit 0)" };
        assert!(said.contains(code), "{part}: {said}");
    }
}

#[test]
fn a_fault_in_a_login_ends_it_and_the_screen_goes_on() {
    let home = Served::start("healthy");
    let program = Program::new();
    let arguments = home.arguments(&[], 0, &[]);
    let mut command = faulty(&program, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    command.env("IMPSCOPE_PASSWORD", &home.password).env(PART, "probe::driver");
    let mut terminal = Terminal::start(command, TerminalSize { width: 120, height: 40 });
    terminal.wait_for("next ▸ connect", SOON);
    terminal.type_in("c");
    terminal.wait_for("internal error", SOON);
    // Nothing waits for what has failed, so no clock runs.
    terminal.settle();
    let screen = terminal.contents();
    assert!(terminal.screen().alternate_screen() && screen.contains("the program has a fault"), "{screen}");
    terminal.type_in("r");
    terminal.wait_for("next ▸ connect", SOON);
    terminal.type_in("c");
    terminal.wait_for("✓session", SOON);
    terminal.type_in("\x03");
    terminal.exit(SOON);
    must_be_restored(&terminal);
    must_not_hold(terminal.written(), &program, &home);
    let recording = must_replay(&program);
    assert!(is_whole(&recording) && matches!(ended_by_it(&recording), Ask::Login(_)));
}

/// Neither what the fault says of itself nor the password stands there, or in a file.
fn must_not_hold(written: &[u8], program: &Program, home: &Served) {
    for secret in [CANARY, &home.password] {
        assert!(!crate::program::holds_secret(written, secret), "{}", String::from_utf8_lossy(written));
        crate::program::no_file_holds(secret, program.home());
    }
}
