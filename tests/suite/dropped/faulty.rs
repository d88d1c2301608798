//! A fault of the program itself, while it has the terminal.
//!
//! The program has no way to be told to fail. A process of the suite's own runs it and fails on another thread.

use std::io::{BufRead, BufReader, Read};

use super::*;

/// The arguments of the program, a line each.
const ARGUMENTS: &str = "IMPSCOPE_TEST_FAULTY";
/// Fails as soon as there is a file of this name where the program runs.
const NOW: &str = "fail-now";
const CANARY: &str = "canary-8Jw~dunlin";

/// What the tests below run in a process of its own, since it ends with it.
#[test]
fn in_a_process_of_its_own() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    std::thread::spawn(|| {
        Deadline::after(SOON).poll(|| std::path::Path::new(NOW).exists().then_some(()));
        panic!("the server said {CANARY}")
    });
    let arguments = std::iter::once("impscope").chain(arguments.lines()).map(std::ffi::OsString::from);
    let _ = impscope::app::main(arguments.collect::<Vec<_>>());
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
