//! Where a server sends us, and what becomes of connections that stand.

use std::io;

use super::{CUCM, Site, cucm, last, record, say};
use crate::hostile::names::{Names, Record};
use crate::hostile::table::Row;
use crate::hostile::walks::walk;
use crate::hostile::web::{Cucm, Line, Request, UDS, Web, answer, own_address, with_headers};
use crate::program::Finished;

const OTHER: &str = "cucm2.example.test";

/// The record of a user whose node is another one.
const FORGED: &str = "<user><userName>alice</userName><imAndPresence><server>evil.example.net</server>\
    </imAndPresence></user>";

fn home(home: &str) -> Finished {
    cucm(Cucm { home: Some(home.to_owned()), ..Cucm::default() })
}

fn honest(request: &Request) -> String {
    Cucm::default().answer(request)
}

/// A walk whose CUCM plays this, and that uses the password so often.
#[track_caller]
fn played(credentials: usize, play: fn(&Request, &mut dyn Line) -> io::Result<()>) -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let web = site.web(CUCM, play);
    let finished = site.walk(&[]);
    assert_eq!(web.credentials(), credentials, "{finished:#?}");
    assert!(!site.names.asked().iter().any(|name| name.contains("evil")), "{finished:#?}");
    finished
}

/// Its certificate is good on the first connections, as many as are made at once, and on later ones another one.
fn another_certificate() -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let tls = site.authority.vouches_at_first(CUCM, 3);
    let web = Web::plays_at((site.place, UDS).into(), Some(tls), |request, line| last(line, honest(request)));
    let finished = site.walk(&[]);
    assert_eq!(web.credentials(), 0, "{finished:#?}");
    finished
}

/// A walk whose CUCM plays this: nowhere that it leads is gone to, and nothing is asked twice.
#[track_caller]
fn redirected(play: fn(&Request, &mut dyn Line) -> io::Result<()>) -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let web = site.web(CUCM, play);
    let finished = site.walk(&[]);
    asked_once(&web, &finished);
    assert!(!site.names.asked().iter().any(|name| name.contains("other")), "{finished:#?}");
    finished
}

/// What a CUCM is asked in any case, each once.
#[track_caller]
fn asked_once(web: &Web, finished: &Finished) {
    let mut asked: Vec<String> = web.heard().into_iter().map(|request| request.target).collect();
    asked.sort_unstable();
    let usual = ["/cucm-uds/clusterUser?username=alice", "/cucm-uds/version", "/ssosp/ws/public/singleSignOn"];
    assert_eq!(asked, usual, "{finished:#?}");
    assert_eq!(web.credentials(), 0, "{finished:#?}");
}

fn there_and_back(request: &Request, line: &mut dyn Line) -> io::Result<()> {
    let to = if request.target == "/there" { "/back" } else { "/there" };
    say(line, &with_headers("302 Found", &format!("Location: {to}\r\n"), ""))
}

fn ever_further(request: &Request, line: &mut dyn Line) -> io::Result<()> {
    say(line, &with_headers("302 Found", &format!("Location: {}/x\r\n", request.target), ""))
}

/// Two CUCMs, each of which says to go to the other.
fn from_host_to_host() -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let other = own_address();
    let records = [(CUCM, site.place), (OTHER, other)];
    let routes = records.map(|(host, _)| Record::srv("_cisco-uds._tcp.example.test", UDS, host));
    let names = Names::of(routes.into_iter().chain(records.map(|(host, place)| Record::a(host, place))).collect());
    let webs = [(CUCM, site.place, OTHER), (OTHER, other, CUCM)].map(|(host, place, to)| {
        Web::plays_at((place, UDS).into(), Some(site.authority.vouches(host)), move |request, line| {
            let to = format!("Location: https://{to}:{UDS}{}\r\n", request.target);
            say(line, &with_headers("302 Found", &to, ""))
        })
    });
    let finished = walk(&names, &site.authority, &[]);
    webs.iter().for_each(|web| asked_once(web, &finished));
    finished
}

macro_rules! redirects {
    ($status:literal, $to:literal) => {
        |_: &Request, line: &mut dyn Line| {
            say(line, &with_headers($status, concat!("Location: ", $to, "\r\n"), ""))
        }
    };
}

pub const ROWS: &[Row] = &[
    Row::walk(
        "a redirect to itself",
        || {
            redirected(|request, line| {
                say(line, &with_headers("302 Found", &format!("Location: {}\r\n", request.target), ""))
            })
        },
        &["UDS_REDIRECT"],
    )
    .says("a redirect (302) to /cucm-uds/version"),
    Row::walk(
        "a redirect into the clear",
        || redirected(redirects!("301 Moved Permanently", "http://cucm1.example.test:8443/")),
        &["UDS_REDIRECT"],
    )
    .says("(301) to http://cucm1.example.test:8443/"),
    Row::walk(
        "a redirect to an inside address",
        || redirected(redirects!("302 Found", "https://127.0.0.1:1/")),
        &["UDS_REDIRECT"],
    )
    .says("(302) to https://127.0.0.1:1/"),
    Row::walk(
        "a redirect to a file",
        || redirected(redirects!("302 Found", "file:///etc/passwd")),
        &["UDS_REDIRECT"],
    )
    .says("(302) to file:///etc/passwd"),
    Row::walk(
        "a redirect to a script",
        || redirected(redirects!("303 See Other", "javascript:alert(1)")),
        &["UDS_REDIRECT"],
    )
    .says("(303) to javascript:alert(1)"),
    Row::walk(
        "a redirect with escapes",
        || redirected(redirects!("307 Temporary Redirect", "https://x\u{202e}y\u{9b}31m.test/")),
        &["UDS_REDIRECT"],
    )
    .says("(307) to https://x\\\\u{202e}y\\\\u{9b}31m.test/"),
    Row::walk(
        "a redirect to nowhere",
        || redirected(|_, line| say(line, &with_headers("300 Multiple Choices", "", ""))),
        &["UDS_REDIRECT"],
    )
    .says("(300) to nowhere that it names"),
    Row::walk(
        "308",
        || redirected(redirects!("308 Permanent Redirect", "//other.example.net/")),
        &["UDS_REDIRECT"],
    )
    .says("(308) to //other.example.net/"),
    Row::walk("a redirect there and back", || redirected(there_and_back), &["UDS_REDIRECT"])
        .says("a redirect (302) to /there"),
    Row::walk("a redirect from host to host and back", from_host_to_host, &["UDS_REDIRECT"])
        .says("(302) to https://cucm2.example.test:8443/"),
    Row::walk("a redirect to ever another place", || redirected(ever_further), &["UDS_REDIRECT"])
        .says("(302) to /cucm-uds/version/x"),
    Row::walk(
        "record: a redirect to another host",
        || record(redirects!("307 Temporary Redirect", "https://other.example.net:8443/")),
        &["UDS_REDIRECT"],
    )
    .says("UDS user with a redirect (307) to https://other.example.net:8443/"),
    Row::walk(
        "record: a redirect into the clear",
        || record(redirects!("308 Permanent Redirect", "http://cucm1.example.test:8443/cucm-uds/user/alice")),
        &["UDS_REDIRECT"],
    )
    .says("UDS user with a redirect (308) to http://"),
    Row::walk(
        "every connection is closed behind its answer",
        || played(1, |request, line| last(line, honest(request))),
        &["UDS_USER_UNASSIGNED"],
    )
    .says("alice is assigned to no IM&P node"),
    Row::walk(
        "a second answer that nobody asked for",
        || played(1, |request, line| say(line, &format!("{}{}", honest(request), answer("200 OK", FORGED)))),
        &["UDS_USER_UNASSIGNED"],
    )
    .says("alice is assigned to no IM&P node"),
    Row::walk(
        "another certificate on a later connection",
        another_certificate,
        &["TLS_FINGERPRINT_CHANGED", "TLS_UNTRUSTED"],
    )
    .says("shows another certificate than before"),
    Row::walk("home: nothing", || home(""), &["UDS_HOME_UNUSABLE"]).says("the name is missing"),
    Row::walk("home: a port", || home("other.example.net:443"), &["DNS_TARGET_UNRESOLVED"])
        .says("other.example.net has no address here"),
    Row::walk("home: a path", || home("other.example.net/../x"), &["UDS_HOME_UNUSABLE"])
        .says("is no name of a host"),
    Row::walk("home: a user", || home("alice:pw@other.example.net"), &["UDS_HOME_UNUSABLE"])
        .says("is no name of a host"),
    Row::walk("home: an IPv6 address", || home("[::1]"), &[]).says("::1 refused the connection at [::1]:8443"),
    Row::walk("home: escapes", || home("a&#x9b;31m&#x202e;b"), &["UDS_HOME_UNUSABLE"])
        .says("is no name of a host"),
    Row::walk("home: a number", || home("2130706433"), &["UDS_HOME_UNUSABLE"]).says("is no name of a host"),
    Row::walk("home: everybody", || home("*"), &["UDS_HOME_UNUSABLE"]).says("is no name of a host"),
];
