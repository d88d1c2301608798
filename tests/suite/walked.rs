//! The walk on the screen, from a user's address, by keys that are typed.

use crate::program::{Program, SOON};
use crate::pty::{DESIGNED, Terminal};
use crate::served::Served;

/// Opens the screen on a practice deployment, and waits until its tree stands.
fn open(program: &Program, lab: &Served, more: &[&str], password: Option<&str>) -> Terminal {
    let mut command = program.command();
    command.args(lab.by_dns(&[], more));
    if let Some(password) = password {
        command.env("IMPSCOPE_PASSWORD", password);
    }
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("next ▸ connect", SOON);
    terminal
}

#[test]
fn the_tree_stands_complete_with_the_home_node_and_where_the_clients_would_go() {
    let lab = Served::start("silent-auth");
    let program = Program::new();
    let mut terminal = open(&program, &lab, &[], Some(&lab.password));
    for words in [
        "_cisco-uds Jabber",
        "_xmpp-client PSI",
        "cucm1:8443",
        "alice: home cluster",
        "IM&P imp1, imp2",
        "imp1 home",
    ] {
        terminal.wait_for(words, SOON);
    }
    terminal.wait_until("imp2 has answered", SOON, |screen| {
        screen.contents().lines().any(|line| line.contains("imp2") && line.contains("answers"))
    });
}

/// A token serves once: a login that begins anew must not go out with the old one, or with none.
#[test]
fn a_login_as_jabber_that_begins_anew_has_a_token_of_its_own() {
    let mut lab = Served::start("healthy");
    let program = Program::new();
    let mut terminal = open(&program, &lab, &["--as", "jabber", "--max-attempts", "9"], Some(&lab.password));
    terminal.type_in("c");
    terminal.wait_for("✓session", SOON);
    terminal.type_in("r");
    terminal.wait_for("next ▸ connect", SOON);
    terminal.type_in("c");
    terminal.wait_for("✓session", SOON);
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    let by_token = lab.credentials().into_iter().filter(|line| line.contains(" xmpp "));
    assert_eq!(by_token.collect::<Vec<_>>(), ["imp1.example.test xmpp alice accepted"; 2]);
}

#[test]
fn a_certificate_is_accepted_by_hand_and_what_was_held_back_goes_on() {
    let mut lab = Served::start("cucm-untrusted");
    let program = Program::new();
    let mut terminal = open(&program, &lab, &[], Some(&lab.password));
    // The selection goes from the node up to the item that was stopped.
    for _ in 0..40 {
        if terminal.contents().contains("t trust") {
            break;
        }
        terminal.type_in("\x1b[A");
        terminal.settle();
    }
    assert!(!lab.credentials().iter().any(|line| line.contains(" uds ")));
    terminal.type_in("t");
    terminal.wait_for("sha256:", SOON);
    terminal.type_in("y");
    terminal.wait_for("service profile", SOON);
    terminal.wait_for("IM&P imp1, imp2", SOON);
    assert!(lab.credentials().contains(&"cucm1.example.test uds alice accepted".to_owned()));
}

/// The key is the user's word, and it is asked for twice where a server has refused that very password.
#[test]
fn a_password_that_was_refused_is_not_sent_elsewhere_by_one_key() {
    let mut lab = Served::start("uds-401");
    let program = Program::new();
    let mut command = program.command();
    command.args(lab.by_dns(&[], &[])).env("IMPSCOPE_PASSWORD", &lab.password);
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_until("imp1 has answered", SOON, |screen| {
        screen.contents().lines().any(|line| line.contains("imp1") && line.contains("answers"))
    });
    for _ in 0..20 {
        if terminal.contents().contains("Enter steps") {
            break;
        }
        terminal.type_in("\x1b[B");
        terminal.settle();
    }
    terminal.type_in("\r");
    terminal.wait_for("next ▸ connect", SOON);
    terminal.type_in("c");
    terminal.wait_for("refused by cucm1", SOON);
    assert_eq!(lab.credentials(), ["cucm1.example.test uds alice refused"]);
    terminal.type_in("c");
    terminal.wait_for("✓session", SOON);
    assert!(lab.credentials().contains(&"imp1.example.test xmpp alice accepted".to_owned()));
}
