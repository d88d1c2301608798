//! Whether anybody gets at a program's memory: by a core dump, or as another process of the same user.
//!
//! Root looks into whatever it likes, and a limit of zero may be the machine's own. So the programs here may leave core
//! dumps and have none of root's rights, and so has who looks; and one that does nothing about it is looked into first.

use std::process::{Command, Stdio};

use crate::program::Program;
use crate::requirement::{programs, skipped};

/// The program, exposed like that. None, and said, where this machine does not permit it.
pub fn exposed(program: &Program) -> Option<Command> {
    let mut command = with_no_rights(program, env!("CARGO_BIN_EXE_impscope"))?;
    crate::platform::permit_core_dumps(&mut command).then_some(command).or_else(|| {
        skipped("this machine permits no core dumps");
        None
    })
}

/// A program of this name, without rights beyond its user's.
fn with_no_rights(home: &Program, name: &str) -> Option<Command> {
    if !programs(&["setpriv", "cat"]) {
        return None;
    }
    let mut command = home.command_of("setpriv");
    if crate::platform::is_root() {
        command.args(["--bounding-set", "-all", "--inh-caps", "-all"]);
    }
    command.arg(name);
    Some(command)
}

/// Neither a core dump nor another process of the same user gets at its memory.
pub fn must_be_closed(id: u32) {
    assert_eq!(core_limits(id), ["0", "0"], "a core dump would hold its memory");
    assert!(!lets_look(id), "another process reads what it holds");
}

/// The most that a core dump of a process may hold: what it has set, and how far it may raise that.
fn core_limits(id: u32) -> [String; 2] {
    let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).expect("our own child");
    let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap_or_default();
    let mut words = line.split_whitespace().map(str::to_owned);
    [(); 2].map(|()| words.next().expect("two limits"))
}

/// Whether a process of the same user reads this one's environment, which lies in its memory.
fn lets_look(id: u32) -> bool {
    let home = Program::new();
    let mut looks = with_no_rights(&home, "cat").expect("it was there before");
    let done = looks.arg(format!("/proc/{id}/environ")).output().expect("setpriv starts");
    let why = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() || why.contains("Permission denied"), "{why}");
    done.status.success()
}

#[test]
fn a_program_that_does_nothing_about_it_is_looked_into() {
    let home = Program::new();
    let Some(mut open) = with_no_rights(&home, "cat") else { return };
    if !crate::platform::permit_core_dumps(&mut open) {
        skipped("this machine permits no core dumps");
        return;
    }
    let mut open = open.arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("setpriv starts");
    // It is setpriv no longer once it passes on what it is given.
    let (mut to, mut from) = (open.stdin.take().expect("piped"), open.stdout.take().expect("piped"));
    std::io::Write::write_all(&mut to, b"x").expect("it reads");
    std::io::Read::read_exact(&mut from, &mut [0]).expect("it writes");
    let (limits, looks) = (core_limits(open.id()), lets_look(open.id()));
    drop(to);
    assert!(open.wait().is_ok_and(|status| status.success()));
    assert!(limits.iter().all(|limit| limit != "0") && looks, "{limits:?}");
}
