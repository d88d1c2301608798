//! A disk that is full, or read-only, or no folder: the run goes on, and what is missing is said.
//!
//! A test that needs a file system of its own runs itself again inside `unshare -rm`, which asks for no rights.

use std::path::Path;
use std::process::Command;

use super::*;
use crate::program::Finished;
use crate::requirement::{namespaces, programs};

const INSIDE: &str = "IMPSCOPE_TEST_MOUNTS";

/// True where the test may mount. Elsewhere, runs the test `name` of this module where it may, and returns false.
fn may_mount(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    if !programs(&["unshare", "mount"]) || !namespaces() {
        return false;
    }
    let mut again = Command::new("unshare");
    again.arg("-rm").arg(std::env::current_exe().expect("a test knows its program"));
    again.args(["--exact", &format!("dropped::disk::{name}"), "--nocapture"]);
    again.env(INSIDE, "1").env("PATH", crate::requirement::path());
    crate::platform::die_with_us(&mut again);
    let done = again.output().expect("unshare starts");
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.contains("1 passed"), "with mounts of its own:\n{said}");
    false
}

/// Puts a file system of its own where the program keeps its state.
fn mount_state(program: &Program, options: &str) {
    let _ = program.command();
    let state = program.home().join("state");
    let done = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&state).output();
    let done = done.expect("mount starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn check(program: &Program, home: &Served, node: usize) -> Finished {
    program.start(&home.arguments(&["check"], node, &[]), Some(&home.password)).finish(SOON)
}

#[test]
fn a_full_disk_ends_the_recording_and_not_the_run() {
    if !may_mount("a_full_disk_ends_the_recording_and_not_the_run") {
        return;
    }
    let home = Served::start("healthy");
    let program = Program::new();
    mount_state(&program, "size=12k");
    let run = check(&program, &home, 0);
    assert_eq!(run.exit, Some(0), "{run:#?}");
    assert_eq!(run.stderr.matches("the recording stops before entry #").count(), 1, "{run:#?}");
    assert!(run.stderr.contains("No space left on device") && run.stderr.contains("incomplete: "), "{run:#?}");
    assert!(run.stdout.contains("OK (exit 0)"), "{run:#?}");
    let recording = must_replay(&program);
    let kept = recording.journal.entries();
    // Where the last lines are short, they found room again behind a line that says how many did not.
    let told = kept.iter().any(|entry| matches!(entry.event, Event::Lost(_)));
    assert!(kept.len() > 5 && (told || !is_whole(&recording)), "{run:#?}, of which was kept {kept:#?}");

    // The screen: what it finds after the disk was full it still finds.
    let silent = Served::start("silent-auth");
    let program = Program::new();
    mount_state(&program, "size=8k");
    let marks = ["--slow", "200ms", "--silent-after", "500ms"];
    let mut terminal = open(&program, &silent, 0, &marks, Some(&silent.password));
    terminal.type_in("c");
    terminal.wait_for("the recording stops before entry #", SOON);
    // Behind the next key it has been read.
    terminal.type_in("F");
    terminal.wait_for("XMPP_AUTH_SILENT", SOON);
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    let last = terminal.contents().replace('\n', "");
    assert!(last.contains("incomplete: ") && last.contains("could not be written: No space left"), "{last}");
    must_replay(&program);
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named_with_what_helps_and_the_run_goes_on() {
    if !may_mount("a_folder_that_cannot_be_written_to_is_named_with_what_helps_and_the_run_goes_on") {
        return;
    }
    let home = Served::start("healthy");
    let program = Program::new();
    mount_state(&program, "ro");
    let run = check(&program, &home, 0);
    must_go_without(&run, &program.home().join("state/impscope"), "Read-only file system");
    let mut terminal = open(&program, &home, 0, &[], Some(&home.password));
    terminal.wait_for("no recording: ", SOON);
    terminal.type_in("c");
    terminal.wait_for("login complete", SOON);
    terminal.type_in("s");
    terminal.wait_for("no report was saved: ", SOON);
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    must_be_restored(&terminal);
}

#[test]
fn a_state_folder_that_is_none_is_named_with_what_helps_and_the_run_goes_on() {
    let home = Served::start("healthy");
    let program = Program::new();
    let state = program.home().join("state");
    drop(program.command());
    std::fs::create_dir_all(&state).expect("a folder can be made");
    std::fs::write(state.join("impscope"), "mine").expect("a file can be written");
    let run = check(&program, &home, 0);
    must_go_without(&run, &state.join("impscope"), "");
    assert_eq!(std::fs::read_to_string(state.join("impscope")).ok().as_deref(), Some("mine"));
    // A place that was named is said to be no place, too.
    let path = state.join("impscope/run.jsonl").display().to_string();
    let run = program.start(&home.arguments(&["check", "--record", &path], 0, &[]), Some(&home.password));
    must_go_without(&run.finish(SOON), Path::new(&path), "Not a directory");
}

fn must_go_without(run: &Finished, folder: &Path, why: &str) {
    assert_eq!(run.exit, Some(0), "{run:#?}");
    let line = run.stderr.lines().find(|line| line.contains("no recording: ")).unwrap_or_default();
    assert!(line.contains(&folder.display().to_string()) && line.contains(why), "{run:#?}");
    assert!(line.contains("--record FILE names another place"), "what helps: {run:#?}");
    assert!(!run.stderr.contains("impscope replay"), "{run:#?}");
}
