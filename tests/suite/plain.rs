//! Lines instead of a screen: by a pipe as a script, and by a terminal that can do nothing but print.

use std::time::Duration;

use crate::program::{Finished, Program, SOON, holds_secret};
use crate::pty::{DESIGNED, Terminal};
use crate::served::Served;

/// Slow and silent come soon.
const BRIEF: [&str; 4] = ["--slow", "200ms", "--silent-after", "500ms"];

/// Runs a script of commands on a practice deployment to its end.
fn script(scenario: &str, commands: &str) -> Finished {
    let program = Program::new();
    let mut run = program.start(&[&["lab", scenario, "--plain"], &BRIEF[..]].concat(), None);
    run.type_in(commands);
    run.finish(SOON)
}

/// The lines with this label.
fn labelled<'o>(output: &'o str, label: &str) -> Vec<&'o str> {
    output.lines().filter(|line| line.starts_with(label)).collect()
}

#[test]
fn a_pipe_of_steps_reaches_the_silence_and_its_verdict() {
    let said = script("silent-auth", &"n\n".repeat(6));
    assert_eq!(said.exit, Some(0), "{said:#?}");
    let stages = labelled(&said.stdout, "stage: ");
    let names: Vec<&str> = stages.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(names, ["tcp", "stream", "starttls", "tls", "stream_tls", "auth"], "{}", said.stdout);
    assert_eq!(labelled(&said.stdout, "silent #").len(), 1, "{}", said.stdout);
    assert!(said.stdout.contains("verdict: CRITICAL XMPP_AUTH_SILENT"), "{}", said.stdout);
    assert!(!said.stdout.contains(['\x1b', '\r', '\x07', '\x08']), "{}", said.stdout);
    assert!(!said.stdout.contains("impscope> "), "a script is shown no prompt");
    let last: Vec<&str> = said.stdout.trim_end().lines().rev().take(2).collect();
    assert!(last[1].starts_with("recording: in ") && last[0].starts_with("impscope replay 2"), "{last:?}");
}

#[test]
fn a_script_runs_to_a_stage_and_goes_on_from_there() {
    let said = script("silent-auth", "until auth\nn\n");
    assert!(said.stdout.contains("(breakpoint before auth)"), "{}", said.stdout);
    assert_eq!(labelled(&said.stdout, "silent #").len(), 1, "{}", said.stdout);
}

#[test]
fn a_script_writes_by_hand_and_hears_the_answer() {
    let ping = "send\n<iq type='get' id='by-hand-7'>\n<ping xmlns='urn:xmpp:ping'/></iq>\n.\nyes\n";
    let said = script("healthy", &format!("c\n{ping}status\n"));
    assert!(said.stdout.contains("text: "), "{}", said.stdout);
    assert!(
        said.stdout.contains("received #") && said.stdout.contains("<iq type='result' id='by-hand-7'/>"),
        "{}",
        said.stdout
    );
    assert!(said.stdout.contains("login complete as alice@example.test"), "{}", said.stdout);
}

#[test]
fn a_question_that_costs_attempts_is_asked_and_answered() {
    let said = script("silent-auth", "c\nk\nno\nk\nyes\n");
    let asked = labelled(&said.stdout, "question: ");
    assert!(asked.iter().any(|line| line.contains("more attempt")), "{}", said.stdout);
    assert!(said.stdout.contains("goes on: control experiment runs on imp1"), "{}", said.stdout);
}

#[test]
fn a_pipe_is_asked_for_no_password() {
    let lab = Served::start("healthy");
    let program = Program::new();
    let mut run = program.start(&lab.arguments(&["--plain"], 0, &[]), None);
    run.type_in(&"n\n".repeat(7));
    let said = run.finish(SOON);
    assert!(
        said.stdout.contains("error: a password is needed, and a pipe is not asked for one"),
        "{}",
        said.stdout
    );
}

/// The screen's terminal as a serial line has it.
fn dumb(program: &Program, arguments: &[&str]) -> Terminal {
    let mut command = program.command();
    command.args(arguments).env("TERM", "dumb").env("LANG", "C");
    Terminal::start(command, DESIGNED)
}

#[test]
fn on_a_dumb_terminal_a_password_is_typed_unseen_and_only_printable_ascii_comes() {
    let lab = Served::start("healthy");
    let program = Program::new();
    let arguments = lab.arguments(&["--plain"], 0, &[]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut terminal = dumb(&program, &arguments);
    terminal.wait_for("connect to", SOON);
    terminal.wait_for("impscope> ", SOON);
    terminal.type_in("until auth\n");
    terminal.wait_for("(breakpoint before auth)", SOON);
    terminal.type_in("n\n");
    terminal.wait_for("(needs the password)", SOON);
    terminal.type_in("n\n");
    terminal.wait_for("password> ", SOON);
    terminal.type_in(&format!("{}\n", lab.password));
    terminal.settle();
    terminal.type_in("c\n");
    terminal.wait_for("login complete as", SOON);
    terminal.type_in("q\n");
    terminal.wait_for("type yes or no", SOON);
    terminal.type_in("yes\n");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    let written = terminal.written();
    assert!(!holds_secret(written, &lab.password), "{}", terminal.contents());
    assert!(
        written.iter().all(|byte| matches!(byte, b'\r' | b'\n' | b' '..=b'~')),
        "{:?}",
        String::from_utf8_lossy(written)
    );
    crate::program::no_file_holds(&lab.password, program.home());
}

#[test]
fn a_signal_a_hang_up_and_the_end_of_input_end_it_with_its_recording() {
    type End = fn(&mut Terminal);
    let ends: [(&str, End); 4] = [
        ("SIGINT by Ctrl-C", |terminal| terminal.type_in("\x03")),
        ("SIGTERM", |terminal| terminal.signal(libc::SIGTERM)),
        ("Ctrl-D", |terminal| terminal.type_in("\x04")),
        ("a dropped line", Terminal::hang_up),
    ];
    for (what, end) in ends {
        let program = Program::new();
        let mut terminal = dumb(&program, &["lab", "--plain"]);
        terminal.wait_for("next: connect", SOON);
        end(&mut terminal);
        let status = terminal.exit(Duration::from_secs(10));
        assert_ne!(status.code(), Some(101), "{what}: {status:?}");
        assert!(!program.files().is_empty(), "{what}: no recording is left");
    }
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_told_of_the_lines() {
    let program = Program::new();
    let mut terminal = dumb(&program, &["lab"]);
    terminal.wait_for("--plain", SOON);
    assert_eq!(terminal.exit(SOON).code(), Some(3));
}
