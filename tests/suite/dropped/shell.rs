//! A shell that is wanted in between: Ctrl-Z, `fg`, and stops that somebody else asks for.

use std::process::Command;

use super::*;

const ENTER: &[u8] = b"\x1b[?1049h";

/// A shell with job control in a terminal, with the program's environment.
fn shell(program: &Program, name: &str) -> Terminal {
    let mut command = Command::new(name);
    let own = program.command();
    command.env_clear().envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if name == "bash" {
        // It reads lines itself, and has modes of its own for that.
        let file = program.home().join("inputrc");
        std::fs::write(&file, "set enable-bracketed-paste off\n").expect("a file can be written");
        command.args(["--norc", "--noprofile"]).env("INPUTRC", file);
    }
    command.current_dir(program.home()).arg("-i").env("PS1", "ready$ ").env("ENV", "").env("HISTFILE", "");
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("ready$", SOON);
    terminal
}

/// Waits until the shell waits for a command.
fn wait_for_shell(terminal: &mut Terminal) {
    terminal.wait_until("the shell", SOON, |screen| {
        !screen.alternate_screen() && screen.contents().trim_end().ends_with("ready$")
    });
}

/// How often the other screen was entered.
fn entered(terminal: &Terminal) -> usize {
    terminal.written().windows(ENTER.len()).filter(|window| *window == ENTER).count()
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_brings_all_of_it_back() {
    for name in ["sh", "bash"] {
        if !crate::requirement::programs(&[name]) {
            return;
        }
        let program = Program::new();
        let mut terminal = shell(&program, name);
        // Started by something that waits for it, as cargo would: the shell is there only once both have stopped.
        terminal.type_in(&format!("sh -c '{} lab; echo left with $?'\n", env!("CARGO_BIN_EXE_impscope")));
        terminal.wait_for("next ▸", SOON);
        terminal.type_in(":mouse\r");
        terminal.wait_for("the mouse scrolls", SOON);
        terminal.type_in("\x1a");
        wait_for_shell(&mut terminal);
        must_be_restored(&terminal);
        terminal.type_in("echo $((40+2)) here\n");
        terminal.wait_for("42 here", SOON);
        // The window has changed meanwhile.
        terminal.resize(TerminalSize { width: 120, height: 40 });
        terminal.type_in("fg\n");
        let back = |screen: &vt100::Screen| {
            screen.alternate_screen()
                && screen.bracketed_paste()
                && screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None
                && screen.contents().contains("next ▸")
                && screen.contents().lines().count() > 30
        };
        terminal.wait_until("the whole screen, at its new size", SOON, back);
        // And it takes keys as before, in an editor and again.
        terminal.type_in("?");
        terminal.wait_for("not a Cisco tool", SOON);
        terminal.type_in("\x1a");
        wait_for_shell(&mut terminal);
        terminal.type_in("fg\n");
        terminal.wait_for("not a Cisco tool", SOON);
        terminal.type_in("\x03");
        terminal.wait_for("left with 0", SOON);
        must_be_restored(&terminal);
        assert!(is_whole(&must_replay(&program)));
    }
}

#[test]
fn a_wait_goes_on_while_the_shell_has_the_terminal() {
    let program = Program::new();
    let mut terminal = shell(&program, "sh");
    terminal.type_in(&format!("{} lab --slow 1s --silent-after 3s\n", env!("CARGO_BIN_EXE_impscope")));
    terminal.wait_for("press n", SOON);
    step_to(&mut terminal, "waiting for <success>");
    terminal.type_in("\x1a");
    wait_for_shell(&mut terminal);
    terminal.type_in("sleep 3; fg\n");
    terminal.wait_for("XMPP_AUTH_SILENT", SOON);
    terminal.type_in("\x03");
    terminal.wait_for("recording: ", SOON);
    let recording = must_replay(&program);
    let times: Vec<_> = recording.journal.entries().iter().map(|entry| entry.wall).collect();
    let silent = recording.journal.entries().iter().any(|entry| line::entry(entry).contains("\"silent\""));
    assert!(
        silent && times.windows(2).all(|two| two[0].0 <= two[1].0 + 1000),
        "in the order in which it was seen"
    );
}

#[test]
fn a_stop_from_elsewhere_gives_the_terminal_back_too() {
    let program = Program::new();
    let mut terminal = shell(&program, "sh");
    terminal.type_in(&format!("{} lab\n", env!("CARGO_BIN_EXE_impscope")));
    terminal.wait_for("next ▸", SOON);
    let children = format!("/proc/{0}/task/{0}/children", terminal.id());
    let child = std::fs::read_to_string(children).expect("the shell's child");
    let run = |command: &[&str]| {
        assert!(Command::new("kill").args(command).arg(child.trim()).status().expect("kill starts").success());
    };
    run(&["-TSTP"]);
    wait_for_shell(&mut terminal);
    must_be_restored(&terminal);
    terminal.type_in("fg\n");
    terminal.wait_for("next ▸", SOON);
    // A stop that cannot be noticed: the shell has the terminal as the program has left it, and `fg` draws it anew.
    run(&["-STOP"]);
    terminal.wait_for("ready$", SOON);
    let before = entered(&terminal);
    terminal.type_in("fg\n");
    terminal.wait_until("drawn anew", SOON, |screen| {
        screen.alternate_screen() && screen.contents().contains("next ▸") && !screen.contents().contains("ready$")
    });
    assert!(entered(&terminal) > before);
    terminal.type_in("\x03");
    terminal.wait_for("recording: ", SOON);
}

/// Where no shell waits, nobody could ever let it go on.
#[test]
fn without_a_shell_ctrl_z_draws_it_anew_and_stops_nothing() {
    let program = Program::new();
    let mut terminal = lab(&program, DESIGNED);
    terminal.wait_for("next ▸", SOON);
    for stop in ["key", "signal"] {
        let before = entered(&terminal);
        match stop {
            "key" => terminal.type_in("\x1a"),
            _ => terminal.signal(libc::SIGTSTP),
        }
        let drawn = Deadline::after(SOON).poll(|| {
            terminal.bytes_in(Duration::from_millis(50));
            (entered(&terminal) > before).then_some(())
        });
        assert!(drawn.is_some(), "{stop}: {}", terminal.contents());
        terminal.wait_for("next ▸", SOON);
        terminal.type_in("?");
        terminal.wait_for("not a Cisco tool", SOON);
        terminal.type_in("\x1b");
        terminal.wait_until("the help is closed", SOON, |screen| !screen.contents().contains("not a Cisco tool"));
    }
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    must_be_restored(&terminal);
}

#[test]
fn ctrl_z_at_a_hidden_prompt_of_plain_lines_shows_the_shell_what_is_typed() {
    let home = Served::start("healthy");
    let program = Program::new();
    let mut terminal = shell(&program, "sh");
    let arguments = home.arguments(&["--plain"], 0, &[]).join(" ");
    terminal.type_in(&format!("{} {arguments}\n", env!("CARGO_BIN_EXE_impscope")));
    terminal.wait_for("impscope> ", SOON);
    let shown = terminal.echoes();
    terminal.type_in("password\n");
    wait_for_echo(&mut terminal, false);
    terminal.type_in("\x1a");
    wait_for_shell(&mut terminal);
    assert_eq!((shown, terminal.echoes()), (true, true), "the shell shows what is typed");
    terminal.type_in("fg\n");
    wait_for_echo(&mut terminal, false);
    terminal.type_in(&format!("{}\n", home.password));
    wait_for_echo(&mut terminal, true);
    terminal.type_in("quit\n");
    terminal.wait_for("yes or no> ", SOON);
    terminal.type_in("yes\n");
    terminal.wait_for("recording: ", SOON);
    assert!(!crate::program::holds_secret(terminal.written(), &home.password));
}

fn wait_for_echo(terminal: &mut Terminal, shown: bool) {
    let there = Deadline::after(SOON).poll(|| {
        terminal.bytes_in(Duration::from_millis(20));
        (terminal.echoes() == shown).then_some(())
    });
    assert!(there.is_some(), "typed text shown: {shown}; screen:\n{}", terminal.contents());
}
