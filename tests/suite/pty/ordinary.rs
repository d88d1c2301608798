//! The terminal itself, tried with programs of the system.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::Duration;

use super::{DESIGNED, Terminal, TerminalSize};

const SOON: Duration = Duration::from_secs(10);

fn shell(script: &str) -> Terminal {
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("TERM", "xterm-256color");
    Terminal::start(command, DESIGNED)
}

#[test]
fn what_is_typed_reaches_the_program_and_what_it_writes_the_screen() {
    let mut terminal = shell("read line; echo \"you said: $line\"");
    terminal.type_in("größer 漢字\n");
    terminal.wait_for("you said: größer 漢字", SOON);
    assert_eq!(terminal.exit(SOON).code(), Some(0));
}

#[test]
#[should_panic(expected = "waited in vain for \"something else\"")]
fn waiting_for_what_never_comes_fails_at_its_deadline() {
    shell("echo something; read line").wait_for("something else", Duration::from_millis(100));
}

#[test]
#[should_panic(expected = "the program left the terminal")]
fn waiting_for_what_never_comes_fails_at_once_when_the_program_has_ended() {
    shell("echo something").wait_for("something else", Duration::from_secs(600));
}

#[test]
fn more_can_be_pasted_than_the_terminal_holds() {
    let mut terminal = shell("stty -icanon -echo; echo ready; head -c 300000 | wc -c");
    terminal.wait_for("ready", SOON);
    terminal.type_in(&"0123456789".repeat(30_000));
    terminal.wait_for("300000", SOON);
}

#[test]
fn the_program_learns_of_a_new_size() {
    let mut terminal = shell("trap 'stty size' WINCH; stty size; while :; do read line; done");
    terminal.wait_for("24 80", SOON);
    terminal.resize(TerminalSize { width: 120, height: 40 });
    terminal.wait_for("40 120", SOON);
}

#[test]
fn a_closed_terminal_is_sighup_and_a_signal_is_seen_in_the_status() {
    let mut hung_up = shell("echo ready; exec cat");
    hung_up.wait_for("ready", SOON);
    hung_up.hang_up();
    assert_eq!(hung_up.exit(SOON).signal(), Some(libc::SIGHUP));

    let mut ended = shell("echo ready; exec cat");
    ended.wait_for("ready", SOON);
    ended.signal(libc::SIGTERM);
    assert_eq!(ended.exit(SOON).signal(), Some(libc::SIGTERM));
}

#[test]
fn bytes_are_counted_and_silence_is_none() {
    let mut idle = shell("echo ready; exec cat");
    idle.wait_for("ready", SOON);
    assert_eq!(idle.bytes_in(Duration::from_millis(200)), 0);

    let mut busy = shell("echo ready; stty -echo; read line; printf 12345; exec cat");
    busy.wait_for("ready", SOON);
    busy.type_in("\n");
    busy.wait_for("12345", SOON);
    assert!(busy.written().ends_with(b"12345"));
}

#[test]
fn the_alternate_screen_is_seen_and_that_it_was_left() {
    let mut terminal = shell("echo before; tput smcup; echo inside; read line; tput rmcup; echo after; read line");
    terminal.wait_for("inside", SOON);
    assert!(terminal.screen().alternate_screen());
    assert!(!terminal.contents().contains("before"));
    terminal.type_in("\n");
    terminal.wait_for("after", SOON);
    assert!(!terminal.screen().alternate_screen());
    assert!(terminal.contents().contains("before"));
}
