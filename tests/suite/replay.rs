//! `impscope replay` in a terminal, on the recordings that are kept.

use std::path::{Path, PathBuf};

use crate::program::{Program, SOON};
use crate::pty::{DESIGNED, Terminal};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/format-1");

/// A recording that is kept.
pub fn kept(name: &str) -> PathBuf {
    Path::new(KEPT).join(name)
}

/// Opens a recording in a terminal of the size that the screen is designed for.
pub fn open(program: &Program, recording: &Path, more: &[&str]) -> Terminal {
    let mut command = program.command();
    command.arg("replay").arg(recording).args(more);
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("replay ", SOON);
    terminal
}

#[test]
fn a_recording_plays_at_its_own_pace_and_its_silence_is_seen() {
    let program = Program::new();
    let mut terminal = open(&program, &kept("silent-auth.jsonl"), &[]);
    terminal.wait_for("waiting for <success>", SOON);
    terminal.wait_for("▶auth 1.", SOON);
    assert!(!terminal.contents().contains("XMPP_AUTH_SILENT"), "{}", terminal.contents());
    terminal.wait_for("XMPP_AUTH_SILENT", SOON);
    terminal.wait_for("at its end, 0:02", SOON);
    terminal.type_in("q");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    crate::screen::must_be_restored(&terminal);
    assert_eq!(program.files(), [""; 0].map(PathBuf::from), "a replay writes nothing");
}

/// What a run says when it ends is typed again, as short as it is, wherever the shell stands.
#[cfg(feature = "lab")]
#[test]
fn the_command_that_a_run_ends_with_fits_the_terminal_and_shows_its_recording() {
    let program = Program::new();
    let mut command = program.command();
    // As users have it: the folders below their home.
    command.env_remove("XDG_STATE_HOME").args(["lab", "silent-auth"]);
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("next ▸", SOON);
    terminal.type_in("\x03");
    terminal.wait_for("impscope replay 2", SOON);
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    let contents = terminal.contents();
    let (place, again) = contents.trim_end().rsplit_once('\n').expect("two lines");
    assert!(
        place.ends_with("recording: in ~/.local/state/impscope/recordings; to look at it again:"),
        "{contents}"
    );
    let name = again.strip_prefix("impscope replay ").expect("the command").to_owned();
    assert!(name.ends_with(".jsonl"), "the line is broken: {contents}");

    let mut command = program.command();
    command.env_remove("XDG_STATE_HOME").args(["replay", &name]);
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("replay ", SOON);
    let mut export = program.command();
    export.env_remove("XDG_STATE_HOME").args(["export", &name]);
    assert!(export.output().expect("it starts").status.success());
}

/// Here a summer time that ends the day after (J328 is November 24): by the clock of that day, whenever it is read.
#[test]
fn the_time_of_day_is_that_of_the_place_on_the_day_of_the_recording() {
    let program = Program::new();
    let mut command = program.command();
    command.env("TZ", "XST-1XDT,J300,J328").arg("replay").arg(kept("walk.jsonl")).arg("--from-end");
    let mut terminal = Terminal::start(command, crate::platform::Size { width: 120, height: 40 });
    // 12:23:49 UTC on November 23.
    terminal.wait_for("14:23:49", SOON);
}

#[test]
fn a_signal_and_a_dropped_connection_leave_the_terminal_as_it_was() {
    let program = Program::new();
    let mut terminal = open(&program, &kept("walk.jsonl"), &["--paused"]);
    terminal.signal(libc::SIGTERM);
    terminal.exit(SOON);
    crate::screen::must_be_restored(&terminal);
    let mut terminal = open(&program, &kept("walk.jsonl"), &["--from-end"]);
    terminal.hang_up();
    assert_ne!(terminal.exit(SOON).code(), Some(101));
}

/// What a run that was killed leaves behind, or a later version wrote.
#[test]
fn a_torn_line_and_unknown_entries_are_said_and_the_rest_is_shown() {
    let program = Program::new();
    let text = std::fs::read_to_string(kept("silent-auth.jsonl")).expect("a recording");
    let torn = program.home().join("torn.jsonl");
    let later = "{\"n\":67,\"op\":1,\"at\":2400000,\"wall\":4,\"foretold\":{\"what\":\"rain\"}}\n";
    std::fs::write(&torn, format!("{text}{later}{}", &later[..20])).expect("it can be written");
    let mut terminal = open(&program, &torn, &["--from-end"]);
    terminal.wait_for("its last line is torn, as where the run was killed", SOON);
    terminal.wait_for("is of a later version: it is shown", SOON);
    terminal.type_in("\x1b[B");
    terminal.wait_for("· its last line is torn", SOON);
    terminal.wait_for("XMPP_AUTH_SILENT", SOON);
}

#[test]
fn what_is_no_recording_is_refused_with_file_line_and_remedy() {
    let program = Program::new();
    let notes = program.home().join("notes.txt");
    std::fs::write(&notes, "# notes\n").expect("it can be written");
    for (file, said) in [(&notes, "notes.txt, line 1: this is no impscope recording"), (&kept("none"), "none: ")] {
        let run = program.run(&["replay", file.to_str().expect("a name")]);
        assert_eq!((run.exit, run.stdout.as_str()), (Some(3), ""), "{run:#?}");
        assert!(run.stderr.contains(said), "{run:#?}");
    }
    assert!(program.run(&["replay", notes.to_str().expect("a name")]).stderr.contains("when it ends"));
    let no_terminal = program.run(&["replay", kept("walk.jsonl").to_str().expect("a name")]);
    assert!(no_terminal.stderr.contains("impscope export"), "{no_terminal:#?}");
    let speed = program.run(&["replay", "--speed", "3", "x"]);
    assert!(speed.exit == Some(3) && speed.stderr.contains("there are 1, 2, 5, 10 and 60"), "{speed:#?}");
}

/// Written between two keys, so many rows would keep the next one waiting.
#[test]
fn a_long_view_is_copied_whole_while_keys_are_answered() {
    const MESSAGES: u64 = 20_000;
    let program = Program::new();
    let mut text = std::fs::read_to_string(kept("silent-auth.jsonl")).expect("a recording");
    for number in 0..MESSAGES {
        let message = format!("<message id='m{number}'/>");
        text.push_str(&format!(
            "{{\"n\":{},\"op\":2,\"at\":3000000,\"wall\":1795425162811,\"saw\":{{\"xmpp\":{{\"received\":{{\
             \"payload\":{{\"text\":\"{message}\"}},\"span\":{{\"from\":0,\"to\":9}},\"wire\":9,\"secure\":true,\
             \"read\":\"message\"}}}}}}}}\n",
            100 + number
        ));
    }
    let long = program.home().join("long.jsonl");
    std::fs::write(&long, text).expect("it can be written");
    let mut terminal = open(&program, &long, &["--from-end"]);
    terminal.wait_for("at its end", SOON);
    terminal.type_in("\tY");
    terminal.wait_for("copying 20", SOON);
    terminal.type_in("?");
    terminal.wait_for("not a Cisco tool", SOON);
    terminal.type_in("q");
    terminal.wait_for("the whole view is in", SOON);
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    let view = program.files().into_iter().find(|file| file.display().to_string().contains("/view-"));
    let view = std::fs::read_to_string(view.expect("it is kept")).expect("it can be read");
    assert_eq!(view.matches("<message id='m").count(), usize::try_from(MESSAGES).expect("a small number"));
}
