//! Servers that send too much, or without an end.

use std::time::Duration;

use super::peer::{BOUND, HEADER, Peer, Said, Talk, offers};
use super::{Verdict, check, ends};
use crate::deadline::busy_machine;
use crate::program::Finished;

/// So much memory the program may take, whatever it is sent. A debug build needs a fifth of it by itself.
const MEMORY_KB: u64 = 300 * 1024;

/// A check that must stay below the bound, whatever it comes to.
#[track_caller]
fn weighed(what: &str, peer: &Peer) -> Finished {
    let _busy = busy_machine();
    let finished = check(peer);
    assert!(finished.peak_kb < MEMORY_KB, "{what}: {} kB", finished.peak_kb);
    finished
}

#[track_caller]
fn bounded(what: &str, peer: &Peer, outcome: &str, stage: &str, critical: &[&str]) {
    let finished = weighed(what, peer);
    assert_eq!(Verdict::of(&finished), Verdict::new(outcome, stage, critical), "{what}");
}

/// It ends the login at this stage, and says which bound of ours was met.
#[track_caller]
fn meets_a_bound(what: &str, peer: &Peer, stage: &str) {
    let finished = weighed(what, peer);
    assert_eq!(Verdict::of(&finished), Verdict::new("failed", stage, &[]), "{what}");
    assert_eq!(finished.unexplained("warning"), ["XMPP_LIMIT_MET"], "{what}");
    assert_eq!(finished.exit, Some(2), "{what}");
}

fn behind_our_header(script: impl Fn(&mut Talk<std::net::TcpStream>) -> Said + Send + Sync + 'static) -> Peer {
    Peer::plays(move |talk| {
        talk.hear(">")?;
        script(talk)
    })
}

#[test]
fn an_item_without_an_end_meets_a_bound() {
    let peer = behind_our_header(|talk| talk.say_forever(&[b'x'; 8192]));
    meets_a_bound("text without <", &peer, "stream");
    let peer = behind_our_header(|talk| {
        talk.say("<stream:stream id='")?;
        talk.say_forever(&[b'y'; 8192])
    });
    meets_a_bound("an attribute", &peer, "stream");
    let peer = behind_our_header(|talk| {
        talk.say(HEADER)?;
        talk.say(&"<a>".repeat(100_000))?;
        talk.listen()
    });
    meets_a_bound("a hundred thousand levels", &peer, "stream");
    let peer = behind_our_header(|talk| {
        talk.say("<!--")?;
        talk.say_forever(&[b'-'; 8192])
    });
    meets_a_bound("a comment", &peer, "stream");
}

#[test]
fn white_space_without_an_end_is_no_answer() {
    let peer = behind_our_header(|talk| {
        loop {
            talk.say(" ")?;
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    ends("keepalives", &peer, "silent", "stream", &["XMPP_STREAM_SILENT"]);
}

#[test]
fn a_flood_of_white_space_does_not_stop_the_clock() {
    let peer = behind_our_header(|talk| {
        talk.say(HEADER)?;
        talk.say_forever(&[b' '; 8192])
    });
    bounded("white space", &peer, "silent", "stream", &["XMPP_NO_FEATURES"]);
}

#[test]
fn a_flood_of_stanzas_instead_of_an_answer_does_not_stop_the_clock() {
    let flood = "<message from='a@b'><body>spam</body></message>".repeat(200);
    let peer = Peer::authenticating("PLAIN", move |talk| talk.say_forever(flood.as_bytes()));
    bounded("messages", &peer, "silent", "auth", &["XMPP_AUTH_SILENT"]);
}

#[test]
fn a_flood_of_small_elements_after_the_session_is_counted_and_left() {
    let peer = Peer::binding(|talk| {
        talk.say(BOUND)?;
        talk.say_forever("<a/>".repeat(2000).as_bytes())
    });
    bounded("elements", &peer, "ok", "session", &[]);
}

#[test]
fn large_elements_that_are_costly_to_read_are_left_in_time() {
    let mut attributes = String::from("<a ");
    for n in 0..60_000 {
        attributes.push_str(&format!("a{n}='{n}' "));
    }
    attributes.push_str("/>");
    let nested = format!("<auth>{}</auth>", "<body><password>".repeat(30).repeat(20));
    let peer = Peer::secure(move |talk| {
        talk.say(HEADER)?;
        for _ in 0..20 {
            talk.say(&attributes)?;
            talk.say(&format!("<x>{}</x>", "<token/>&amp;".repeat(70_000)))?;
        }
        talk.say(&nested)?;
        talk.listen()
    });
    let finished = weighed("attributes and elements", &peer);
    assert_eq!(finished.unexplained("critical"), ["XMPP_NOT_XML"], "{}", finished.stdout);
}

#[test]
fn features_with_ten_thousand_mechanisms_are_read_as_far_as_they_are_kept() {
    let names: Vec<String> = (0..10_000).map(|n| format!("X-{n}")).collect();
    let peer = Peer::secure(move |talk| {
        talk.say(HEADER)?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        talk.say(&offers(&names))?;
        talk.listen()
    });
    bounded("mechanisms", &peer, "refused", "auth", &["XMPP_NO_MECHANISM"]);
}
