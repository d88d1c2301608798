//! The canary law: a password stands in no recording, report, log, screen or argument, neither as it is nor in
//! base64, nor with any escapes, whatever is done with it.
//!
//! Every run of [`Program`] that was given a password is searched for it at its end, those of all scenarios among
//! them. Here is what needs arranging: ways in which a password goes astray.

use std::path::Path;

use data_encoding::BASE64;

use crate::exposed::{exposed, must_be_closed};
use crate::peer::{Manner, Peer};
use crate::program::{Program, SOON, holds_secret, no_file_holds};
use crate::pty::Terminal;
use crate::secret::ODD;
use crate::served::Served;
use crate::typed::{open, step_to};

const PASSWORD: &str = "canary-2kV~osprey";

#[test]
fn a_server_that_sends_it_back_is_quoted_without_it() {
    let peer = Peer::start(Manner::Echo);
    let node = peer.address.to_string();
    for (password, json) in [PASSWORD, ODD].into_iter().flat_map(|it| [(it, &["--json"][..]), (it, &[])]) {
        let first = [&["check", "--node", &node, "--allow-cleartext"], json, &["alice@example.test"]].concat();
        let program = Program::new();
        let run = program.start(&first, Some(password)).finish(SOON);
        assert_eq!(run.exit, Some(2), "{run:#?}");
        assert!(format!("{run:?}").contains("[masked"), "that something was masked is said: {run:#?}");
        assert!(!program.files().is_empty(), "a recording was searched");
    }
}

#[test]
fn a_server_that_sends_it_back_does_not_get_it_onto_the_screen() {
    let peer = Peer::start(Manner::Echo);
    for password in [PASSWORD, ODD] {
        let program = Program::new();
        let mut command = program.command();
        command.args(["--node", &peer.address.to_string(), "--allow-cleartext", "alice@example.test"]);
        command.env("IMPSCOPE_PASSWORD", password);
        let mut terminal = Terminal::start(command, crate::pty::TerminalSize { width: 120, height: 40 });
        terminal.wait_for("next ▸ connect", SOON);
        terminal.type_in("c");
        terminal.wait_for("XMPP_AUTH_REFUSED", SOON);
        // The verdict, then the entries, each in every form.
        for keys in ["F", "\x1b", "\t", "z", "w"].into_iter().chain(["\x1b[A", "\r", "w", "\x1b"].repeat(8)) {
            terminal.type_in(keys);
            terminal.settle_or_clock();
        }
        leave(&mut terminal, &program, password, 0);
    }
}

#[test]
fn however_it_is_given_it_is_no_argument_and_in_no_file() {
    let lab = Served::start("healthy");
    let elsewhere = tempfile::tempdir().expect("a folder can be made");
    let file = elsewhere.path().join("password");
    std::fs::write(&file, format!("{}\n", lab.password)).expect("a file can be written");
    let file = file.display().to_string();
    for way in [&["--password-stdin"][..], &["--password-file", &file], &[]] {
        let more = [&["--pause-before", "auth"], way].concat();
        let program = Program::new();
        let environment = way.is_empty().then_some(lab.password.as_str());
        let exposed = exposed(&program);
        let is_exposed = exposed.is_some();
        let mut command = exposed.unwrap_or_else(|| program.command());
        command.args(lab.arguments(&["check", "--json"], 0, &more));
        let mut run = program.start_command(command, environment);
        run.keep_secret(&lab.password);
        if way.contains(&"--password-stdin") {
            run.type_in(&format!("{}\n", lab.password));
        }
        run.wait_for("paused before auth", SOON);
        no_argument_holds(&lab.password, run.id());
        if is_exposed {
            must_be_closed(run.id());
        }
        run.go_on();
        let run = run.finish(SOON);
        assert_eq!((&run.login()["outcome"], run.exit), (&"ok".into(), Some(0)), "{way:?}: {run:#?}");
    }
}

/// Others may read a process's arguments.
fn no_argument_holds(secret: &str, id: u32) {
    if cfg!(target_os = "linux") {
        let arguments = std::fs::read(format!("/proc/{id}/cmdline")).expect("our own child");
        assert!(!holds_secret(&arguments, secret), "it is an argument");
    }
}

#[test]
fn a_wrong_one_is_as_secret_as_a_right_one() {
    let lab = Served::start("healthy");
    let arguments = lab.arguments(&["check"], 0, &[]);
    let run = Program::new().start(&arguments, Some(PASSWORD)).finish(SOON);
    assert!(run.exit == Some(2) && run.stdout.contains("XMPP_AUTH_REFUSED"), "{run:#?}");
}

#[test]
fn an_edited_proposal_holds_its_place_and_never_the_password() {
    let lab = Served::start("healthy");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &[], Some(&lab.password));
    step_to(&mut terminal, "next ▸ <auth");
    terminal.type_in("e");
    terminal.wait_for("{{plain}}", SOON);
    terminal.type_in(" \n\x13");
    terminal.wait_for("✓auth", SOON);
    terminal.type_in("c");
    terminal.wait_for("✓session", SOON);
    leave(&mut terminal, &program, &lab.password, 0);
}

#[test]
fn one_that_is_typed_out_is_sent_as_it_stands_and_masked_from_then_on() {
    let lab = Served::start("healthy");
    let program = Program::new();
    // The program knows no password: it is the XML that says what is one.
    let mut terminal = open(&program, &lab, 0, &[], None);
    step_to(&mut terminal, "next ▸ <auth");
    let literal = BASE64.encode(format!("\0alice\0{}", lab.password).as_bytes());
    let auth = format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{literal}</auth>");
    input(&mut terminal, &auth);
    terminal.type_in("\x13");
    terminal.wait_for("Send it all the same?", SOON);
    // What was pasted stood in the editor, under the question too. Behind the key that sends it, it must be gone.
    let sent = terminal.written().len();
    terminal.type_in("y");
    terminal.wait_for("[masked PLAIN: authcid alice", SOON);
    terminal.wait_until("the editor is closed", SOON, |screen| !screen.contents().contains("sent as it stands"));
    let legacy = format!(
        "<iq type='set' id='1'><query xmlns='jabber:iq:auth'><password>{PASSWORD}</password></query></iq>"
    );
    terminal.type_in("x");
    terminal.wait_for("sent as it stands", SOON);
    assert!(
        !terminal.contents().contains("mechanism='PLAIN'>"),
        "a sent text is no draft:\n{}",
        terminal.contents()
    );
    assert!(!holds_secret(&terminal.written()[sent..], &lab.password));
    terminal.type_in("\x1b");
    input(&mut terminal, &legacy);
    let sent = terminal.written().len();
    terminal.type_in("\x13");
    terminal.wait_for("[masked", SOON);
    terminal.settle();
    assert!(!holds_secret(&terminal.written()[sent..], PASSWORD));
    no_file_holds(PASSWORD, program.home());
    leave(&mut terminal, &program, &lab.password, sent);
}

#[test]
fn one_that_is_typed_into_a_proposal_that_must_wait_is_not_shown_while_it_waits() {
    let lab = Served::start("untrusted-cert");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &[], None);
    // Wide enough for the whole proposal.
    terminal.resize(crate::pty::TerminalSize { width: 200, height: 40 });
    step_to(&mut terminal, "next ▸ <auth");
    terminal.type_in("e");
    terminal.wait_for("{{plain}}", SOON);
    let literal = BASE64.encode(format!("\0alice\0{}", lab.password).as_bytes());
    terminal.type_in(&format!("\x05{}", "\x7f".repeat("{{plain}}</auth>".len())));
    terminal.type_in(&format!("\x1b[200~{literal}</auth>\x1b[201~"));
    terminal.wait_for("well-formed", SOON);
    terminal.settle();
    let sent = terminal.written().len();
    terminal.type_in("\x13");
    terminal.wait_for("(certificate not accepted)", SOON);
    terminal.settle();
    assert!(!holds_secret(&terminal.written()[sent..], &lab.password), "{}", terminal.contents());
    terminal.type_in("t");
    terminal.wait_for("Accept this certificate here?", SOON);
    terminal.type_in("y");
    step_to(&mut terminal, "✓auth");
    leave(&mut terminal, &program, &lab.password, sent);
}

/// tmux is asked what its terminal can show: the only program that is ever started.
#[test]
fn a_program_that_is_started_does_not_find_it_in_its_environment() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Served::start("healthy");
    let program = Program::new();
    let folder = program.home().join("bin");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let (tmux, seen) = (folder.join("tmux"), program.home().join("seen"));
    std::fs::write(&tmux, format!("#!/bin/sh\nenv >'{}'\necho 1\n", seen.display())).expect("it can be written");
    std::fs::set_permissions(&tmux, std::fs::Permissions::from_mode(0o755)).expect("our own file");
    let mut command = program.command();
    command.args(lab.arguments(&[], 0, &[])).env("IMPSCOPE_PASSWORD", &lab.password);
    command.env("IMPSCOPE_SECOND_PASSWORD", PASSWORD).env("TMUX", "/tmp/tmux,1,0");
    command.env("PATH", format!("{}:{}", folder.display(), crate::requirement::path()));
    let mut terminal = Terminal::start(command, crate::pty::DESIGNED);
    terminal.wait_for("next ▸ connect", SOON);
    let environment = std::fs::read_to_string(&seen).expect("it was started");
    assert!(environment.contains("TMUX=/tmp/tmux,1,0"), "{environment}");
    no_file_holds(PASSWORD, program.home());
    leave(&mut terminal, &program, &lab.password, 0);
    let sources = crate::program::files_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    let starts = |file: &&std::path::PathBuf| {
        std::fs::read_to_string(file).is_ok_and(|text| {
            text.split("#[cfg(test)]").next().is_some_and(|text| text.contains("process::Command"))
        })
    };
    let starting: Vec<_> = sources.iter().filter(starts).collect();
    assert!(matches!(starting[..], [one] if one.ends_with("app/look.rs")), "{starting:?}");
}

/// What the practice deployment's service profile holds of the directory search.
const DIRECTORY: [&str; 2] = ["grey-ladder-directory-63", "cn=jabber-search"];

/// All that a walk writes: in both forms of `check`, in its recording, and on the screen with every item open.
#[test]
fn a_whole_walk_shows_and_keeps_no_secret() {
    let (alice, oddny) = (Served::start("healthy"), Served::of_oddny("healthy"));
    for (client, lab) in [("all", &alice), ("jabber", &alice), ("all", &oddny)] {
        for form in [&["check"][..], &["check", "--json"]] {
            let program = Program::new();
            let run = program.start(&lab.by_dns(form, &["--as", client]), Some(&lab.password)).finish(SOON);
            assert_eq!(run.exit, Some(0), "{client}: {run:#?}");
            let said = run.stdout + &run.stderr;
            assert!(said.contains("[masked") && said.contains("JSESSIONID="), "it was all walked: {said}");
            gives_nothing_away(client, &said, &program);
        }
        let program = Program::new();
        let mut command = program.command();
        command.args(lab.by_dns(&[], &["--as", client])).env("IMPSCOPE_PASSWORD", &lab.password);
        let mut terminal = Terminal::start(command, crate::pty::TerminalSize { width: 240, height: 80 });
        terminal.wait_for("next ▸ connect", SOON);
        terminal.type_in("c");
        terminal.wait_for("✓session", SOON);
        for keys in ["f", "\x1b", "w", "z", "\t", "\x1b[H"].into_iter().chain(["\x1b[B", "\x1b[C"].repeat(20)) {
            terminal.type_in(keys);
            terminal.settle_or_clock();
        }
        let shown = String::from_utf8_lossy(terminal.written()).into_owned();
        gives_nothing_away(client, &shown, &program);
        leave(&mut terminal, &program, &lab.password, 0);
    }
}

/// Neither the directory's account, nor a cookie, a session key or a one-time password, wherever it stands.
fn gives_nothing_away(client: &str, said: &str, program: &Program) {
    let files = program.files();
    let recordings = files.iter().filter(|file| is_recording(file));
    let texts = recordings.map(|file| std::fs::read_to_string(file).expect("a recording is text"));
    for text in texts.chain([said.to_owned()]) {
        for secret in DIRECTORY {
            assert!(!holds_secret(text.as_bytes(), secret), "{client}: {secret}: {text}");
        }
        for opening in ["JSESSIONID=", "JSESSIONIDSSO=", "<session-key>", "<epas:session-key>", "<epas:password>"]
        {
            for (at, _) in text.match_indices(opening) {
                let value = &text[at + opening.len()..];
                let is_cut =
                    ["[masked", ";", "\\r", "\r", "\"", "</", "\\u003c"].iter().any(|end| value.starts_with(end));
                assert!(is_cut, "{client}: {opening}{}", value.chars().take(40).collect::<String>());
            }
        }
    }
}

/// Opens XML Input and pastes a text.
fn input(terminal: &mut Terminal, text: &str) {
    terminal.settle();
    terminal.type_in("x");
    terminal.wait_for("sent as it stands", SOON);
    terminal.type_in(&format!("\x1b[200~{text}\x1b[201~"));
    terminal.settle();
}

#[test]
fn a_silent_auth_is_shown_in_full_without_it() {
    let lab = Served::start("silent-auth");
    let program = Program::new();
    let marks = ["--slow", "500ms", "--silent-after", "1s"];
    let mut terminal = open(&program, &lab, 0, &marks, Some(&lab.password));
    step_to(&mut terminal, "waiting for <success>");
    terminal.wait_for("XMPP_AUTH_SILENT", SOON);
    // Every view of it: raw, whole width, the entries one by one, the findings.
    for keys in ["w", "z", "\t", "\x1b[A", "\x1b[A", "\x1b[A", "\r", "w", "\x1b", "F", "\x1b[F"] {
        terminal.type_in(keys);
        terminal.settle_or_clock();
    }
    leave(&mut terminal, &program, &lab.password, 0);
}

/// Ends the program and searches what it wrote from `from` on, and its files.
fn leave(terminal: &mut Terminal, program: &Program, secret: &str, from: usize) {
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0), "{}", terminal.contents());
    assert!(!holds_secret(&terminal.written()[from..], secret), "it was on the screen");
    assert!(program.files().iter().any(|file| is_recording(file)), "a recording was searched");
    no_file_holds(secret, program.home());
}

fn is_recording(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "jsonl")
}
