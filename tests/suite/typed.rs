//! Keys typed into the screen, on the practice deployment and on a real server.

use std::time::Duration;

use crate::deadline::Deadline;
use crate::program::{Program, SOON, holds_secret};
use crate::pty::{DESIGNED, Terminal};
use crate::served::Served;

/// Opens the screen on a node of a practice deployment that runs in a process of its own.
pub fn open(program: &Program, lab: &Served, node: usize, more: &[&str], password: Option<&str>) -> Terminal {
    let mut command = program.command();
    command.args(lab.arguments(&[], node, more));
    if let Some(password) = password {
        command.env("IMPSCOPE_PASSWORD", password);
    }
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("next ▸ connect", SOON);
    terminal
}

/// Presses `n` until the screen shows this: anew once the step that it was pressed for has given way to another one, or
/// was left as it is for long, as where a question that closes took the key.
pub fn step_to(terminal: &mut Terminal, text: &str) {
    const LONG: Duration = Duration::from_secs(2);
    let deadline = Deadline::after(SOON);
    let (mut pressed_for, mut again) = (None, Deadline::after(LONG));
    while !terminal.contents().contains(text) {
        assert!(!deadline.passed(), "{text:?} does not come:\n{}", terminal.contents());
        let next = next_step(terminal);
        if next.is_some() && (next != pressed_for || again.passed()) {
            terminal.type_in("n");
            again = Deadline::after(LONG);
        }
        pressed_for = next;
        terminal.next_update(again.left());
        // The rest of the frame.
        terminal.bytes_in(Duration::from_millis(50));
    }
}

/// What `n` would do now, in the screen's words, with what is said of it.
fn next_step(terminal: &Terminal) -> Option<String> {
    let contents = terminal.contents();
    let is_next = |line: &&str| ["next ▸", "next >"].iter().any(|next| line.contains(next));
    let said: Vec<&str> = contents.lines().skip_while(|line| !is_next(line)).take(3).collect();
    (!said.is_empty()).then(|| said.join("\n"))
}

#[test]
fn a_password_is_asked_for_when_it_is_needed_and_masked_while_it_is_typed() {
    let lab = Served::start("healthy");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &[], None);
    step_to(&mut terminal, "(needs the password)");
    terminal.type_in("n");
    terminal.wait_for("goes into no file", SOON);
    terminal.type_in(&lab.password);
    terminal.wait_for(&"*".repeat(lab.password.len()), SOON);
    terminal.type_in("\r");
    terminal.settle();
    terminal.type_in("c");
    terminal.wait_for("✓session", SOON);
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    assert!(!holds_secret(terminal.written(), &lab.password));
    crate::program::no_file_holds(&lab.password, program.home());
}

#[test]
fn a_login_is_retried_retried_to_a_stage_and_aborted() {
    let lab = Served::start("healthy");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &[], Some(&lab.password));
    step_to(&mut terminal, "next ▸ <auth");
    // Abort: it ends cleanly, and the console says so.
    terminal.type_in("a");
    terminal.wait_for("</stream:stream>", SOON);
    terminal.wait_until("the abort in the footer is gone", SOON, |screen| !screen.contents().contains("a abort"));
    // Retry: from the start, stepping.
    terminal.type_in("r");
    terminal.wait_for("next ▸ connect", SOON);
    step_to(&mut terminal, "next ▸ <auth");
    // R asks what it costs, runs to where the login stood, and stops before it.
    terminal.type_in("R");
    terminal.wait_for("<auth> is not sent", SOON);
    terminal.type_in("y");
    terminal.wait_for("(breakpoint before auth)", SOON);
    terminal.type_in("c");
    terminal.wait_for("✓session", SOON);
}

#[test]
fn a_breakpoint_stops_a_running_login() {
    let lab = Served::start("healthy");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &[], Some(&lab.password));
    terminal.type_in("b");
    terminal.wait_for("Breakpoints", SOON);
    // From the first stage down to `bind`, the eighth.
    terminal.type_in("\x1b[H\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B");
    terminal.type_in(" ");
    terminal.wait_for("[x]", SOON);
    terminal.type_in("\x1b");
    terminal.wait_until("the list is closed", SOON, |screen| !screen.contents().contains("[x]"));
    terminal.type_in("c");
    terminal.wait_for("(breakpoint before bind)", SOON);
    assert!(terminal.contents().contains("✓auth"), "{}", terminal.contents());
    terminal.type_in("n");
    terminal.wait_for("✓bind", SOON);
}

#[test]
fn beyond_the_limit_an_attempt_is_asked_about() {
    let lab = Served::start("wrong-password");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &["--max-attempts", "1"], Some(&lab.password));
    terminal.type_in("c");
    terminal.wait_for("XMPP_AUTH_REFUSED", SOON);
    terminal.type_in("r");
    terminal.wait_for("next ▸ connect", SOON);
    step_to(&mut terminal, "(no attempt left)");
    terminal.type_in("t");
    terminal.wait_for("1 of 1 attempts", SOON);
    terminal.type_in("y");
    step_to(&mut terminal, "✗auth");
}

#[test]
fn a_password_in_clear_is_asked_about() {
    let lab = Served::start("no-starttls");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &[], Some(&lab.password));
    step_to(&mut terminal, "(in clear)");
    terminal.type_in("t");
    terminal.wait_for("for all on the path to read", SOON);
    terminal.type_in("y");
    step_to(&mut terminal, "✓auth");
}

/// On a server that nobody here wrote, whose certificate this machine does not trust.
#[test]
#[cfg(target_os = "linux")]
fn a_certificate_is_asked_about_and_the_stream_can_be_written_to_by_hand() {
    use crate::real::{Offer, PASSWORD, prosody};

    let Some(server) = prosody::start(Offer::Plain) else { return };
    let program = Program::new();
    let mut command = program.command();
    command
        .args(["--node", &server.address().to_string(), "alice@example.test"])
        .env("IMPSCOPE_PASSWORD", PASSWORD);
    let mut terminal = Terminal::start(command, DESIGNED);
    step_to(&mut terminal, "(certificate not accepted)");
    terminal.type_in("t");
    terminal.wait_for("Accept this certificate here?", SOON);
    let question = terminal.contents();
    assert!(question.contains("sha256:") && question.contains("Would be sent through it"), "{question}");
    // No is no, and asking again is possible.
    terminal.type_in("\x1b");
    terminal.wait_for("(certificate not accepted)", SOON);
    terminal.type_in("t");
    terminal.wait_for("Accept this certificate here?", SOON);
    terminal.type_in("y");
    step_to(&mut terminal, "✓session");

    terminal.type_in("x");
    terminal.wait_for("sent as it stands", SOON);
    terminal.type_in("<iq type='get' id='by-hand-7'><ping xmlns='urn:xmpp:ping'/></iq>");
    terminal.wait_for("well-formed", SOON);
    terminal.type_in("\x13");
    let answered = |screen: &vt100::Screen| {
        let contents = screen.contents();
        // In what was sent, in what came, and in the sentence that says how long that took.
        contents.matches("by-hand-7").count() == 3 && contents.contains("result")
    };
    terminal.wait_until("the ping and its answer", SOON, answered);
    assert!(terminal.contents().contains("answer to by-hand-7 after"), "{}", terminal.contents());
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    assert!(!holds_secret(terminal.written(), PASSWORD));
}

/// Every key that asks something, on every item of the tree, again and again, and no question answered with yes.
#[test]
fn no_key_spends_more_than_the_budget_by_itself() {
    for (scenario, most) in [("healthy", 2), ("uds-401", 1), ("wrong-password", 3)] {
        let mut lab = Served::start(scenario);
        let program = Program::new();
        let mut command = program.command();
        command.args(lab.by_dns(&[], &["--max-attempts", &most.to_string()]));
        command.env("IMPSCOPE_PASSWORD", &lab.password);
        let mut terminal = Terminal::start(command, crate::pty::TerminalSize { width: 120, height: 60 });
        terminal.wait_for("alice@example.test", SOON);
        terminal.settle_or_clock();
        for key in ["o", "c", "r", "n", "t", "P"] {
            terminal.type_in("\x1b[H");
            for _ in 0..25 {
                terminal.type_in(key);
                terminal.bytes_in(Duration::from_millis(20));
                // A question is left, a prompt too.
                terminal.type_in("\x1b");
                terminal.bytes_in(Duration::from_millis(20));
                terminal.type_in("\x1b[B");
            }
        }
        terminal.settle_or_clock();
        let got = lab.credentials();
        assert!((1..=most).contains(&got.len()), "{scenario}: {got:#?}\n{}", terminal.contents());
        terminal.type_in("\x03");
        assert_eq!(terminal.exit(SOON).code(), Some(0));
    }
}

/// Opens XML Input, pastes a text and sends it, until the screen says this.
fn send(terminal: &mut Terminal, text: &str, said: &str) {
    terminal.type_in("x");
    terminal.wait_for("sent as it stands", SOON);
    terminal.type_in(&format!("\x1b[200~{text}\x1b[201~"));
    terminal.settle();
    terminal.type_in("\x13");
    terminal.wait_for(said, SOON);
    terminal.settle();
}

/// What XML Input brings back of what was sent, the newest first; it is closed again.
fn brought_back(terminal: &mut Terminal) -> Vec<String> {
    terminal.type_in("x");
    terminal.wait_for("sent as it stands", SOON);
    let mut seen = vec![terminal.contents()];
    loop {
        terminal.type_in("\x10");
        terminal.settle();
        if seen.last() == Some(&terminal.contents()) {
            break;
        }
        seen.push(terminal.contents());
    }
    terminal.type_in("\x1b");
    terminal.wait_until("XML Input is closed", SOON, |screen| !screen.contents().contains("sent as it stands"));
    seen.split_off(1)
}

/// A stanza whose secret only its XML tells of, and one with the password that the program knows.
#[test]
fn what_was_sent_with_a_secret_in_it_is_not_brought_back_and_what_was_sent_without_is() {
    const TYPED: &str = "canary-6Rt~dotterel";
    let lab = Served::start("healthy");
    let program = Program::new();
    let mut terminal = open(&program, &lab, 0, &[], Some(&lab.password));
    terminal.type_in("c");
    terminal.wait_for("✓session", SOON);
    terminal.settle();
    let own = &lab.password;
    let of_xml =
        format!("<iq type='set' id='s1'><query xmlns='jabber:iq:auth'><password>{TYPED}</password></query></iq>");
    let of_ours = format!("<iq type='get' id='s2'><query xmlns='urn:x:{own}'/></iq>");
    send(&mut terminal, "<iq type='get' id='kept-first'><ping xmlns='urn:xmpp:ping'/></iq>", "kept-first");
    send(&mut terminal, &of_xml, "not kept in the history");
    send(&mut terminal, &of_ours, "urn:x:[masked");
    let sent = terminal.written().len();
    let must_be_kept_alone = |terminal: &mut Terminal, from: usize| {
        let texts = brought_back(terminal);
        assert!(texts.len() == 1 && texts[0].contains("id='kept-first'"), "{texts:#?}");
        for secret in [TYPED, own] {
            assert!(!holds_secret(&terminal.written()[from..], secret), "{texts:#?}");
            crate::program::no_file_holds(secret, program.home());
        }
    };
    must_be_kept_alone(&mut terminal, sent);
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    // Nor in a later run.
    let mut terminal = open(&program, &lab, 0, &[], Some(&lab.password));
    step_to(&mut terminal, "next ▸ <auth");
    must_be_kept_alone(&mut terminal, 0);
}
