//! Servers that send too much, or without an end.

use std::time::Duration;

use super::peer::{HEADER, Peer, Said, Talk};
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
