//! Where the password goes when a server names other hosts than its own: over verified TLS to the host that was
//! named, and nowhere on the word of a server that nobody vouches for.

use std::net::Ipv4Addr;

use super::PASSWORD;
use super::names::{Names, Record};
use super::walks::{arguments, walk};
use super::web::{Authority, Cucm, Web, answer, unvouched};
use crate::deadline::Deadline;
use crate::program::{Finished, Program, SOON};
use crate::pty::{Terminal, TerminalSize};

const CUCM: &str = "cucm1.example.test";
const OTHER: &str = "other.example.net";

/// A CUCM that names another host, and that host.
struct Two {
    authority: Authority,
    cucm: Web,
    other: Web,
    names: Names,
}

impl Two {
    /// `vouched`: somebody vouches for the CUCM. `said` is what it says, by the port of the other host, which has a
    /// certificate of its own that is as good as can be, or none where it is `clear`.
    fn new(vouched: bool, clear: bool, said: impl Fn(u16) -> Cucm) -> Self {
        let authority = Authority::new();
        let tls = (!clear).then(|| authority.vouches(OTHER));
        let honest = Cucm::default();
        let other = Web::answers(tls, move |request| honest.answer(request));
        let said = said(other.address.port());
        let tls = if vouched { authority.vouches(CUCM) } else { unvouched(CUCM) };
        let cucm = Web::answers(Some(tls), move |request| said.answer(request));
        let names = Names::of(vec![
            Record::srv("_cisco-uds._tcp.example.test", cucm.address.port(), CUCM),
            Record::a(CUCM, Ipv4Addr::LOCALHOST),
            Record::a(OTHER, Ipv4Addr::LOCALHOST),
        ]);
        Self { authority, cucm, other, names }
    }

    fn walk(&self, more: &[&str]) -> Finished {
        walk(&self.names, &self.authority, more)
    }
}

fn naming(uri: impl Fn(u16) -> String) -> impl Fn(u16) -> Cucm {
    move |port| Cucm { user_uri: Some(uri(port)), home: Some(OTHER.to_owned()), ..Cucm::default() }
}

fn user_at(place: &str) -> String {
    format!("{place}/cucm-uds/user/alice")
}

#[test]
fn the_home_cluster_that_a_verified_cucm_names_gets_it_once() {
    let two = Two::new(true, false, naming(|port| user_at(&format!("https://{OTHER}:{port}"))));
    let run = two.walk(&[]);
    assert_eq!((two.cucm.credentials(), two.other.credentials()), (0, 1), "{run:#?}");
}

#[test]
fn a_cucm_that_nobody_vouches_for_sends_it_nowhere() {
    let two = Two::new(false, false, naming(|port| user_at(&format!("https://{OTHER}:{port}"))));
    let run = two.walk(&[]);
    assert_eq!((two.cucm.credentials(), two.other.credentials()), (0, 0), "{run:#?}");
    assert_eq!(run.exit, Some(2), "{run:#?}");
}

#[test]
fn once_its_certificate_is_accepted_its_word_counts() {
    let two = Two::new(false, false, naming(|port| user_at(&format!("https://{OTHER}:{port}"))));
    let plain = arguments(&["check"], &two.names, &two.authority, &[]);
    let run = Program::new().start(&plain, Some(PASSWORD)).finish(SOON);
    let accept = run.stdout.lines().find_map(|line| line.split_once("add --accept ")).map(|(_, rest)| rest.trim());
    let accept = accept.unwrap_or_else(|| panic!("it does not say what to accept: {run:#?}"));
    let run = two.walk(&["--accept", accept]);
    assert_eq!((two.cucm.credentials(), two.other.credentials()), (0, 1), "{run:#?}");
}

/// On the screen a yes leads on by itself, and past the server that only named the way.
#[test]
fn once_its_certificate_is_accepted_on_the_screen_the_password_goes_to_the_home_alone() {
    let two = Two::new(false, false, naming(|port| user_at(&format!("https://{OTHER}:{port}"))));
    let program = Program::new();
    let mut command = program.command();
    command.args(arguments(&[], &two.names, &two.authority, &[])).env("IMPSCOPE_PASSWORD", PASSWORD);
    let mut terminal = Terminal::start(command, TerminalSize { width: 120, height: 60 });
    terminal.wait_for("untrusted", SOON);
    terminal.type_in("\x1b[H");
    let deadline = Deadline::after(SOON);
    while !terminal.contents().contains("Accept this certificate") {
        assert!(!deadline.passed(), "{}", terminal.contents());
        terminal.type_in("\x1b[Bt");
        terminal.settle_or_clock();
    }
    terminal.type_in("y");
    while two.other.credentials() == 0 {
        assert!(!deadline.passed(), "{}", terminal.contents());
        terminal.settle_or_clock();
    }
    terminal.settle_or_clock();
    assert_eq!((two.cucm.credentials(), two.other.credentials()), (0, 1), "{}", terminal.contents());
}

#[test]
fn an_address_in_clear_gets_nothing() {
    let two = Two::new(true, true, naming(|port| user_at(&format!("http://{OTHER}:{port}"))));
    let run = two.walk(&[]);
    assert_eq!((two.cucm.credentials(), two.other.credentials()), (0, 0), "{run:#?}");
}

/// What is no address of a host is not asked; the CUCM that is the home by its name is.
#[test]
fn what_is_no_address_leads_nowhere() {
    for uri in [
        "file:///etc/passwd",
        "gopher://other.example.net/",
        "https://alice:secret@other.example.net/",
        "https://other.example.net\\@cucm1.example.test/",
        "https://[::ffff:127.0.0.1%25lo]/",
        "https://other\u{202e}.example.net/",
        "https://other.example.net:99999/",
        "https://2130706433/",
        "https://0x7f.1/",
        "//other.example.net/",
        "https://other.example.net&#13;&#10;X: y/",
        "",
    ] {
        let two = Two::new(true, false, |_| Cucm { user_uri: Some(uri.to_owned()), ..Cucm::default() });
        let run = two.walk(&[]);
        assert_eq!(two.other.heard().len(), 0, "{uri:?}: {run:#?}");
        assert_eq!(two.cucm.credentials(), 1, "{uri:?}: {run:#?}");
        assert!(!two.names.asked().iter().any(|name| name.contains("passwd")), "{uri:?}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let authority = Authority::new();
    let other = Web::answers(Some(authority.vouches(OTHER)), |_| answer("200 OK", "<user/>"));
    let place = format!("https://{OTHER}:{}/", other.address.port());
    let honest = Cucm::default();
    let cucm = Web::answers(Some(authority.vouches(CUCM)), move |request| {
        if request.has_credential() {
            return super::web::with_headers("307 Temporary Redirect", &format!("Location: {place}\r\n"), "");
        }
        honest.answer(request)
    });
    let names = Names::of(vec![
        Record::srv("_cisco-uds._tcp.example.test", cucm.address.port(), CUCM),
        Record::a(CUCM, Ipv4Addr::LOCALHOST),
        Record::a(OTHER, Ipv4Addr::LOCALHOST),
    ]);
    let run = walk(&names, &authority, &[]);
    assert_eq!((cucm.credentials(), other.heard().len()), (1, 0), "{run:#?}");
    assert!(run.unexplained("critical").contains(&"UDS_REDIRECT".to_owned()), "{run:#?}");
}
