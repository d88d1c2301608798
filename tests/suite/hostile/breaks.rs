//! What a server does behind our close.

use std::time::Duration;

use super::peer::{BOUND, Peer};
use super::timed;

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
