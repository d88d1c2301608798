//! The screen in a terminal, on the practice deployment, as a person would use it.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::Duration;

use crate::deadline::Deadline;
use crate::program::{Program, SOON};
use crate::pty::{DESIGNED, Terminal, TerminalSize};

const ENTER_ALTERNATE: &[u8] = b"\x1b[?1049h";
const LEAVE_ALTERNATE: &[u8] = b"\x1b[?1049l";

pub fn lab(program: &Program, size: TerminalSize) -> Terminal {
    let mut command = program.command();
    command.arg("lab");
    Terminal::start(command, size)
}

fn position(terminal: &Terminal, sequence: &[u8]) -> Option<usize> {
    terminal.written().windows(sequence.len()).rposition(|window| window == sequence)
}

pub fn must_be_restored(terminal: &Terminal) {
    assert!(!terminal.screen().alternate_screen(), "it is still in the alternate screen");
    assert!(!terminal.screen().hide_cursor(), "the cursor is still hidden");
    assert!(!terminal.screen().bracketed_paste(), "bracketed paste is still on");
    let mouse = terminal.screen().mouse_protocol_mode();
    assert_eq!(mouse, vt100::MouseProtocolMode::None, "the mouse is still taken");
    assert!(position(terminal, ENTER_ALTERNATE) < position(terminal, LEAVE_ALTERNATE));
}

#[test]
fn the_first_minute() {
    let program = Program::new();
    let mut terminal = lab(&program, DESIGNED);
    terminal.wait_for("press n", SOON);
    assert!(terminal.contents().contains("LAB"), "{}", terminal.contents());
    terminal.type_in("?");
    terminal.wait_for("not a Cisco tool", SOON);
    terminal.type_in("q");
    terminal.wait_for("next ▸", SOON);
    // Step by step until <auth> is out and nothing comes back.
    let deadline = Deadline::after(SOON);
    while !terminal.contents().contains("waiting for <success>") {
        assert!(!deadline.passed(), "{}", terminal.contents());
        terminal.type_in("n");
        terminal.bytes_in(Duration::from_millis(200));
    }
    terminal.wait_for("XMPP_AUTH_SILENT", SOON);
    terminal.type_in("q");
    terminal.wait_for("End the program?", SOON);
    terminal.type_in("y");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    must_be_restored(&terminal);
}

#[test]
fn every_size_is_drawn_and_the_terminal_is_left_as_it_was() {
    let program = Program::new();
    let mut terminal = lab(&program, DESIGNED);
    terminal.wait_for("next ▸", SOON);
    for (width, height) in [(120, 40), (60, 16), (30, 8), (1, 1), (300, 100), (80, 24)] {
        terminal.resize(TerminalSize { width, height });
        terminal.bytes_in(Duration::from_millis(100));
    }
    terminal.wait_for("next ▸", SOON);
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    must_be_restored(&terminal);
}

#[test]
fn a_signal_restores_the_terminal_and_keeps_the_recording() {
    let program = Program::new();
    let mut terminal = lab(&program, DESIGNED);
    terminal.wait_for("next ▸", SOON);
    terminal.signal(libc::SIGTERM);
    let status = terminal.exit(SOON);
    assert!(status.code().is_some() || status.signal() == Some(libc::SIGTERM), "{status:?}");
    must_be_restored(&terminal);
    assert!(!program.files().is_empty(), "no recording is left");
}

#[test]
fn a_dropped_connection_ends_it_and_keeps_the_recording() {
    let program = Program::new();
    let mut terminal = lab(&program, DESIGNED);
    terminal.wait_for("next ▸", SOON);
    terminal.hang_up();
    let status = terminal.exit(SOON);
    assert!(status.code() != Some(101) && status.core_dumped().eq(&false), "{status:?}");
    assert!(!program.files().is_empty(), "no recording is left");
}

/// tmux is a terminal that nobody here wrote.
#[test]
fn it_works_inside_tmux() {
    if !crate::requirement::programs(&["tmux"]) {
        return;
    }
    let program = Program::new();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let socket = folder.path().join("tmux");
    let tmux = |arguments: &[&str]| {
        let mut tmux = Command::new("tmux");
        tmux.env_clear().envs(program.command().get_envs().filter_map(|(name, value)| Some((name, value?))));
        let done = tmux.arg("-f/dev/null").arg("-S").arg(&socket).args(arguments).output().expect("tmux starts");
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    let command = format!("{} lab", env!("CARGO_BIN_EXE_impscope"));
    tmux(&["-u", "new-session", "-d", "-x", "80", "-y", "24", &command]);
    let shown =
        Deadline::after(SOON).poll(|| Some(tmux(&["capture-pane", "-p"])).filter(|s| s.contains("press n")));
    let last = tmux(&["capture-pane", "-p"]);
    tmux(&["kill-server"]);
    assert!(shown.is_some(), "{last}");
}

/// GNU screen as it comes, the Linux console: what a terminal without another screen would show.
#[test]
fn where_there_is_no_other_screen_the_picture_stands_alone_and_so_does_what_follows() {
    let program = Program::new();
    let mut terminal = lab(&program, DESIGNED);
    terminal.wait_for("next ▸", SOON);
    let picture = terminal.written().len();
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    let mut other =
        vt100::Parser::new(std::num::NonZeroU16::new(24).unwrap(), std::num::NonZeroU16::new(80).unwrap(), 0);
    other.process("~~~~~~~~".repeat(240).as_bytes());
    let without = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.replace("\x1b[?1049h", "").replace("\x1b[?1049l", "")
    };
    other.process(without(&terminal.written()[..picture]).as_bytes());
    assert!(!other.screen().contents().contains('~'), "{}", other.screen().contents());
    other.process(without(&terminal.written()[picture..]).as_bytes());
    let last = other.screen().contents();
    assert!(last.contains("recording: ") && !last.contains('│'), "{last}");
}
