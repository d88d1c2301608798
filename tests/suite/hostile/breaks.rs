//! What a server does behind our close.

use std::time::Duration;

use super::peer::{BOUND, Peer};
use super::{check, timed};

#[test]
fn a_server_that_never_answers_our_close_is_left_within_two_seconds() {
    let peer = Peer::binding(|talk| {
        talk.say(BOUND)?;
        talk.hear("</stream:stream>")?;
        talk.listen()
    });
    let (finished, took) = timed(&peer);
    assert_eq!(finished.login()["outcome"], "ok", "{}", finished.stderr);
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[test]
fn an_error_behind_our_close_does_not_keep_the_program() {
    let peer = Peer::binding(|talk| {
        talk.say(BOUND)?;
        talk.hear("</stream:stream>")?;
        talk.say("<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error><<<not xml")?;
        talk.listen()
    });
    let finished = check(&peer);
    assert_eq!(finished.login()["outcome"], "ok", "{}", finished.stderr);
    assert_eq!(finished.stage("session"), "skipped", "what was reached stays reached");
}
