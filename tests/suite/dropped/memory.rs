//! What is in the program's memory: while a password is needed nothing but the password, and afterwards nothing of it.
//!
//! Only root may look: the program lets nobody else.

use std::fs::File;
use std::os::unix::fs::FileExt;

use data_encoding::BASE64;
use memchr::memmem;

use super::*;
use crate::program::Running;

/// All writable memory of a process, each region apart; none where this machine does not let the test look.
fn memory(id: u32) -> Option<Vec<Vec<u8>>> {
    let Ok(memory) = File::open(format!("/proc/{id}/mem")) else {
        crate::requirement::skipped("only root may look into the program's memory");
        return None;
    };
    let maps = std::fs::read_to_string(format!("/proc/{id}/maps")).expect("our own child");
    let regions = maps.lines().filter(|line| line.contains(" rw")).filter_map(|line| {
        let (from, to) = line.split_whitespace().next()?.split_once('-')?;
        let (from, to) = (u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?);
        let mut bytes = vec![0; usize::try_from(to - from).ok()?];
        // What was never written to, or is the kernel's own, cannot be read.
        let read = memory.read_at(&mut bytes, from).unwrap_or(0);
        bytes.truncate(read);
        Some(bytes)
    });
    Some(regions.collect())
}

/// Each place of `text`, with what stands around it.
fn places(memory: &[Vec<u8>], text: &[u8]) -> Vec<String> {
    let around = |region: &[u8], at: usize| {
        let piece = &region[at.saturating_sub(24)..(at + text.len() + 24).min(region.len())];
        piece.escape_ascii().to_string()
    };
    memory.iter().flat_map(|region| memmem::find_iter(region, text).map(|at| around(region, at))).collect()
}

/// What of `alice`'s password stands there in the forms in which it is sent.
fn as_sent(memory: &[Vec<u8>], password: &str) -> Vec<String> {
    let plain = format!("\0alice\0{password}");
    let basic = format!("alice:{password}");
    let forms = [BASE64.encode(plain.as_bytes()), BASE64.encode(basic.as_bytes()), plain, basic];
    let tagged = format!("{password}</");
    forms.iter().chain([&tagged]).flat_map(|form| places(memory, form.as_bytes())).collect()
}

const CHECK: [&str; 2] = ["check", "--json"];

/// A walk with the password from a file: the environment is the system's, and stays.
fn walk(home: &Served, program: &Program, before: &[&str], more: &[&str]) -> Vec<String> {
    let file = program.home().join("tmp").join("password");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder can be made");
    std::fs::write(&file, format!("{}\n", home.password)).expect("a file can be written");
    let file = file.display().to_string();
    home.by_dns(before, &[&["--password-file", &file], more].concat())
}

#[test]
fn once_it_was_sent_the_password_stands_nowhere_as_it_was_sent() {
    let home = Served::start("healthy");
    let program = Program::new();
    let mut run: Running = program.start(&walk(&home, &program, &CHECK, &["--pause-before", "bind"]), None);
    run.wait_for("paused before bind", SOON);
    let Some(first) = memory(run.id()) else { return };
    assert!(!places(&first, home.password.as_bytes()).is_empty(), "it is still needed, and found where it is");
    let mut ours = Vec::new();
    // Other answers come meanwhile, and what masks one of them holds the password as it could stand there.
    let gone = Deadline::after(SOON).poll(|| {
        ours = as_sent(&memory(run.id())?, &home.password).into_iter().filter(|place| is_ours(place)).collect();
        ours.is_empty().then_some(())
    });
    assert!(gone.is_some(), "{ours:#?}");
}

#[test]
fn at_the_end_of_a_check_no_secret_is_left() {
    let home = Served::start("healthy");
    for client in ["all", "jabber"] {
        let program = Program::new();
        let (_reader, writer) = full_pipe();
        let mut command = program.command();
        command.args(walk(&home, &program, &CHECK, &["--as", client]));
        let mut run =
            command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::null()).spawn().expect("it starts");
        must_become_whole(&program);
        let still = still_left(run.id(), &home.password);
        let _ = run.kill().and_then(|()| run.wait().map(drop));
        assert!(still.is_empty(), "{client}: {still:#?}");
    }
}

#[test]
fn at_the_end_of_the_screen_no_secret_is_left() {
    let home = Served::start("healthy");
    for by in [By::Keys, By::Paste, By::File] {
        let program = Program::new();
        let (_reader, errors) = full_pipe();
        let mut terminal = logged_in(&home, &program, by, errors.into());
        crate::platform::signal(terminal.id(), libc::SIGTERM);
        // What has ended it is said last, and waits.
        must_become_whole(&program);
        let still = still_left(terminal.id(), &home.password);
        assert!(still.is_empty(), "{by:?}: {still:#?}");
        // A second one ends what is stuck.
        crate::platform::signal(terminal.id(), libc::SIGTERM);
        assert_eq!(terminal.exit(PROMPTLY).code(), STOPPED);
    }
}

/// What secrets are left of a run that has recorded its end, which comes shortly before they are forgotten.
fn still_left(id: u32, password: &str) -> Vec<String> {
    let mut still = Vec::new();
    let _ = Deadline::after(PROMPTLY).poll(|| {
        // Where nobody may look, that was said.
        let Some(memory) = memory(id) else { return Some(()) };
        let size = memory.iter().map(Vec::len).sum::<usize>();
        assert!(size > 1 << 20, "it is there, and was looked at: {size}");
        still = left(&memory, password);
        still.is_empty().then_some(())
    });
    still
}

/// How a password is given to the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Keys,
    Paste,
    File,
}

fn pasted(text: &str) -> String {
    format!("\x1b[200~{text}\x1b[201~")
}

/// The screen on the whole walk, logged in.
fn logged_in(home: &Served, program: &Program, by: By, errors: Stdio) -> Terminal {
    let all = ["--as", "all"];
    let mut command = program.command();
    command.args(if by == By::File { walk(home, program, &[], &all) } else { home.by_dns(&[], &all) });
    let mut terminal = Terminal::start_saying_to(command, TerminalSize { width: 120, height: 40 }, errors);
    terminal.wait_for("next ▸ connect", SOON);
    if by != By::File {
        terminal.type_in("P");
        terminal.wait_for("goes into no file", SOON);
        terminal.type_in(&if by == By::Paste { pasted(&home.password) } else { home.password.clone() });
        terminal.wait_for(&"*".repeat(home.password.len()), SOON);
        terminal.type_in("\r");
        terminal.settle();
    }
    terminal.type_in("c");
    terminal.wait_for("✓session", SOON);
    // The library that reads the terminal keeps what it has read until it reads as much at once.
    terminal.type_in("/");
    terminal.type_in(&pasted(&"something longer ".repeat(4)));
    terminal.wait_for("something longer something", SOON);
    terminal.type_in("\x1b");
    terminal.settle();
    terminal
}

/// hyper keeps what it has written to a connection until that is closed, or writes over it.
fn is_ours(place: &str) -> bool {
    !place.contains("Authorization: Basic ") && !place.contains("password>")
}

/// How often the password stands there: each time in a piece of memory of its own, with nothing that was typed, read or
/// sent beside it.
fn kept_alone(memory: &[Vec<u8>], password: &str) -> usize {
    let is_there =
        |text: &[u8]| places(memory, text).into_iter().filter(|place| is_ours(place)).collect::<Vec<_>>();
    let sent: Vec<_> = as_sent(memory, password).into_iter().filter(|place| is_ours(place)).collect();
    // A piece's length stands before it. The beginning is what the next key would have been read over.
    let (alone, all) = (is_there(&[b"\0", password.as_bytes()].concat()), is_there(&password.as_bytes()[2..]));
    assert!(sent.is_empty() && alone.len() == all.len(), "{sent:#?}; {alone:#?} of {all:#?}");
    alone.len()
}

/// Who needs it while a login is on: the engine, the desk, what else is under way, and that login.
const HOLDERS: usize = 4;

#[test]
fn on_the_screen_the_password_is_kept_alone_and_nothing_of_what_was_typed() {
    let home = Served::start("healthy");
    for by in [By::Keys, By::Paste, By::File] {
        let program = Program::new();
        let mut terminal = logged_in(&home, &program, by, Stdio::null());
        let Some(held) = memory(terminal.id()) else { return };
        let kept = kept_alone(&held, &home.password);
        // That login's own is gone with it; the next one's is kept.
        terminal.type_in("a");
        terminal.wait_for("</stream:stream>", SOON);
        terminal.settle();
        let still = kept_alone(&memory(terminal.id()).expect("we could look before"), &home.password);
        assert!(still > 0 && still < kept && kept <= HOLDERS, "{by:?}: {still} of {kept}");
        terminal.type_in("\x03");
        assert_eq!(terminal.exit(SOON).code(), Some(0));
    }
}

/// The password in any form, session keys, one-time passwords and cookies.
fn left(memory: &[Vec<u8>], password: &str) -> Vec<String> {
    let mut left = as_sent(memory, password);
    left.extend(places(memory, password.as_bytes()));
    for (opening, length) in [("JSESSIONID=", 32), ("JSESSIONIDSSO=", 32), ("session-key>", 36), ("token=", 8)] {
        let is_value = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
        left.extend(memory.iter().flat_map(|region| {
            memmem::find_iter(region, opening).filter_map(move |at| {
                let value = region.get(at + opening.len()..at + opening.len() + length)?;
                value.iter().all(is_value).then(|| format!("{opening}{}", value.escape_ascii()))
            })
        }));
    }
    left
}
