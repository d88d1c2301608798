//! Connections that are cut, or dripped, or never read from.

use super::Row;
use crate::hostile::check;
use crate::hostile::peer::{HEADER, Peer, STARTTLS, offers};

const ROWS: [Row; 4] = [
    Row::login(
        "reset before the header",
        || check(&Peer::plays(|talk| talk.reset())),
        "failed",
        "stream",
        &["TCP_RESET"],
    ),
    Row::login(
        "reset at starttls",
        || {
            check(&Peer::plays(|talk| {
                talk.hear("<stream:stream")?;
                talk.say(HEADER)?;
                talk.say(STARTTLS)?;
                talk.reset()
            }))
        },
        "failed",
        "starttls",
        &["TCP_RESET"],
    ),
    Row::login(
        "reset in the handshake",
        || {
            check(&Peer::plays(|talk| {
                talk.up_to_proceed()?;
                talk.reset()
            }))
        },
        "failed",
        "tls",
        &["TCP_RESET"],
    ),
    Row::login(
        "reset at auth",
        || {
            check(&Peer::secure(|talk| {
                talk.say(HEADER)?;
                talk.say(&offers(&["PLAIN"]))?;
                talk.reset()
            }))
        },
        "failed",
        "auth",
        &["XMPP_AUTH_CLOSED"],
    ),
];

#[test]
fn cut_and_dripped_connections() {
    super::play("tcp", &ROWS);
}
