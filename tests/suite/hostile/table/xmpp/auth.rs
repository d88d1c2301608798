//! Who is logged in, and by whose word: answers to `<auth>`.

use super::{Row, play, to_auth};
use crate::hostile::peer::{BIND, BOUND, HEADER, Peer, SUCCESS};
use crate::hostile::sasl::{SASL, challenge};
use crate::hostile::{check, check_patiently};
use crate::program::Finished;

const ROWS: [Row; 11] = [
    Row::login(
        "a challenge, where PLAIN has none",
        || to_auth(&challenge("more")),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    ),
    Row::login(
        "a hundred challenges to PLAIN",
        || to_auth(&challenge("more").repeat(100)),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    ),
    Row::login("challenges without an end to PLAIN", endless_challenges, "failed", "auth", &["XMPP_SASL_BROKEN"]),
    Row::login("an empty challenge to PLAIN", || to_auth(&challenge("")), "failed", "auth", &["XMPP_SASL_BROKEN"]),
    Row::login("a challenge of a megabyte", a_megabyte, "failed", "auth", &[]).says("XMPP_LIMIT_MET"),
    Row::login(
        "success with data, where PLAIN has none",
        || logged_in(&format!("<success {SASL}>bW9yZQ==</success>")),
        "ok",
        "session",
        &[],
    ),
    Row::login("success twice", || logged_in(&SUCCESS.repeat(2)), "ok", "session", &[]).says("<success>"),
    Row::login(
        "success, then failure",
        || logged_in(&format!("{SUCCESS}<failure {SASL}><not-authorized/></failure>")),
        "ok",
        "session",
        &[],
    ),
    Row::login(
        "success of another namespace",
        || to_auth("<success xmlns='jabber:client'/>"),
        "silent",
        "auth",
        &["XMPP_AUTH_SILENT"],
    ),
    Row::login("the bind result at once", || to_auth(BOUND), "silent", "auth", &["XMPP_AUTH_SILENT"]),
    Row::login(
        "messages and presence instead of an answer",
        || to_auth("<message from='a@b'><body>hi</body></message><presence from='a@b'/>"),
        "silent",
        "auth",
        &["XMPP_AUTH_SILENT"],
    ),
];

fn a_megabyte() -> Finished {
    let said = challenge(&"x".repeat(1 << 20));
    let peer = Peer::authenticating("PLAIN", move |talk| {
        talk.say(&said)?;
        talk.listen()
    });
    check_patiently(&peer, &[])
}

fn endless_challenges() -> Finished {
    let flood = challenge("more").repeat(100);
    check(&Peer::authenticating("PLAIN", move |talk| talk.say_forever(flood.as_bytes())))
}

/// The node says this to `<auth>`, and then all that an honest one says.
fn logged_in(text: &str) -> Finished {
    let text = text.to_owned();
    check(&Peer::authenticating("PLAIN", move |talk| {
        talk.say(&text)?;
        talk.hear("<stream:stream")?;
        talk.say(HEADER)?;
        talk.say(BIND)?;
        talk.hear("</iq>")?;
        talk.say(BOUND)?;
        talk.hear("</stream:stream>")?;
        talk.say("</stream:stream>")
    }))
}

#[test]
fn who_is_logged_in() {
    play("xmpp", &ROWS);
}
