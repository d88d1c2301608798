//! `see-other-host`: it is shown and never followed without the user, and no credential goes there.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Row, play};
use crate::hostile::check;
use crate::hostile::peer::{HEADER, Peer};
use crate::program::Finished;

const CODES: &[&str] = &["XMPP_SEE_OTHER_HOST"];

const ROWS: [Row; 12] = [
    redirect("to itself", to_itself),
    redirect("to another server, in clear", to_another_in_clear),
    redirect("to another server, at auth", to_another_at_auth),
    redirect("to a name with an escape sequence", || to("\u{9b}2Jimp\u{202e}2.example.test"))
        .says("\\u{9b}2Jimp\\u{202e}2.example.test"),
    redirect("to an IPv6 address", || to("[::1]:5222")).says("[::1]:5222"),
    redirect("to port 0", || to("imp2.example.test:0")).says("imp2.example.test:0"),
    redirect("to port 99999", || to("imp2.example.test:99999")).says("imp2.example.test:99999"),
    redirect("to a private address", || to("10.0.0.1")).says("10.0.0.1"),
    redirect("to a URL", || to("http://imp2.example.test/")).says("http://imp2.example.test/"),
    redirect("to an option", || to("--insecure")).says("--insecure"),
    redirect("to nobody", || to("")).says("a host that it does not name"),
    redirect("to a name of a hundred thousand letters", || to(&"a".repeat(100_000))),
];

/// The other place stands in the path as well, so this is a walk.
const fn redirect(what: &'static str, run: fn() -> Finished) -> Row {
    Row::walk(what, run, CODES)
}

fn error(host: &str) -> String {
    format!(
        "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{host}</see-other-host>\
         </stream:error></stream:stream>"
    )
}

/// A node whose header is followed by this redirect.
fn to(host: &str) -> Finished {
    let said = error(host);
    check(&Peer::plays(move |talk| {
        talk.hear(">")?;
        talk.say(HEADER)?;
        talk.say(&said)
    }))
}

/// A loop of one.
fn to_itself() -> Finished {
    let came = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&came);
    let finished = check(&Peer::plays(move |talk| {
        counted.fetch_add(1, Ordering::SeqCst);
        talk.hear(">")?;
        let itself = talk.stream.local_addr()?;
        talk.say(HEADER)?;
        talk.say(&error(&itself.to_string()))
    }));
    assert_eq!(came.load(Ordering::SeqCst), 1, "it was followed");
    finished
}

fn to_another_in_clear() -> Finished {
    nobody_comes(|there| {
        let said = error(&there);
        Peer::plays(move |talk| {
            talk.hear(">")?;
            talk.say(HEADER)?;
            talk.say(&said)
        })
    })
}

fn to_another_at_auth() -> Finished {
    nobody_comes(|there| {
        let said = error(&there);
        Peer::authenticating("PLAIN", move |talk| talk.say(&said))
    })
}

/// The other server is there, and nothing comes to it.
fn nobody_comes(sends_there: impl Fn(String) -> Peer) -> Finished {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
    let finished = check(&sends_there(other.local_addr().expect("it is bound").to_string()));
    other.set_nonblocking(true).expect("a listener of our own");
    let came = other.accept().map(|(_, from)| from);
    assert!(came.is_err(), "{came:?} came");
    finished
}

#[test]
fn nobody_is_sent_elsewhere_without_being_asked() {
    play("xmpp", &ROWS);
}
