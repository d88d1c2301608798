//! Too much of everything: counted, not kept, and left in time.

use super::{Row, play};
use crate::hostile::peer::{BOUND, HEADER, Peer, Said, Secure, Talk, offers};
use crate::hostile::sasl::SASL;
use crate::hostile::{check, check_patiently, check_with};
use crate::program::Finished;

const ITEM: &str = "<item jid='user@example.test' name='A User' subscription='both'><group>All</group></item>";
const MILLION: usize = 1_000_000;

const ROWS: [Row; 13] = [
    Row::login("a roster of a million items, in one iq", || online(roster_in_one), "ok", "online", &[])
        .says("A bound of this program was met at initial presence: element size of 1048576"),
    Row::login("a roster of a million items, in as many pushes", || online(roster_in_pushes), "ok", "online", &[])
        .says("<< <iq type='set' id='push'><query xmlns='jabber:iq:roster'><item jid='user@example.test'"),
    Row::login(
        "a million items instead of a bind result",
        || check_patiently(&Peer::binding(roster_in_one), &[]),
        "failed",
        "bind",
        &[],
    )
    .says("XMPP_LIMIT_MET"),
    Row::login(
        "a flood of presence behind bind",
        || {
            online(|talk| {
                talk.say_forever("<presence from='a@b/c'><show>away</show></presence>".repeat(200).as_bytes())
            })
        },
        "ok",
        "online",
        &[],
    )
    .says("<< <presence from='a@b/c'><show>away</show></presence>"),
    Row::login(
        "a flood of messages behind bind",
        || online(|talk| talk.say_forever(MESSAGE.repeat(200).as_bytes())),
        "ok",
        "online",
        &[],
    )
    .says("<< <message from='a@b'><body>[masked message body]</body></message>"),
    Row::login(
        "a flood of pings behind bind",
        || {
            online(|talk| {
                talk.say_forever("<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>".repeat(200).as_bytes())
            })
        },
        "ok",
        "online",
        &[],
    )
    .says("<< <iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>"),
    Row::login(
        "a flood of small elements behind bind",
        || online(|talk| talk.say_forever("<a/>".repeat(2000).as_bytes())),
        "ok",
        "online",
        &[],
    )
    .says("<< <a/>"),
    Row::login(
        "a flood of acks that are asked for",
        || online(|talk| talk.say_forever("<r xmlns='urn:xmpp:sm:3'/>".repeat(200).as_bytes())),
        "ok",
        "online",
        &[],
    )
    .says("<< <r xmlns='urn:xmpp:sm:3'/>"),
    Row::login(
        "a flood of messages instead of an answer",
        || check(&Peer::authenticating("PLAIN", |talk| talk.say_forever(MESSAGE.repeat(200).as_bytes()))),
        "silent",
        "auth",
        &["XMPP_AUTH_SILENT"],
    ),
    Row::login(
        "a flood of features instead of an answer",
        || {
            check(&Peer::authenticating("PLAIN", |talk| {
                talk.say_forever(offers(&["PLAIN"]).repeat(100).as_bytes())
            }))
        },
        "silent",
        "auth",
        &["XMPP_AUTH_SILENT"],
    ),
    Row::login(
        "a flood of failures",
        || {
            check(&Peer::authenticating("PLAIN", |talk| {
                talk.say_forever(format!("<failure {SASL}><not-authorized/></failure>").repeat(100).as_bytes())
            }))
        },
        "refused",
        "auth",
        &["XMPP_AUTH_REFUSED"],
    ),
    Row::login(
        "a flood of headers",
        || check(&Peer::secure(|talk| talk.say_forever(HEADER.repeat(50).as_bytes()))),
        "silent",
        "stream_tls",
        &["XMPP_NO_FEATURES"],
    ),
    Row::login("elements that are costly to read", costly, "silent", "stream_tls", &["XMPP_NOT_XML"])
        // Twenty elements at the bound of what one may be, each read, masked and kept at the same time.
        .within_mb(160),
];

const MESSAGE: &str = "<message from='a@b'><body>spam</body></message>";

/// A login up to presence; the node binds, and goes on so.
fn online(script: impl Fn(&mut Talk<Secure>) -> Said + Send + Sync + 'static) -> Finished {
    let peer = Peer::binding(move |talk| {
        talk.say(BOUND)?;
        script(talk)?;
        talk.listen()
    });
    check_with(&peer, &["--until", "online"])
}

fn roster_in_one(talk: &mut Talk<Secure>) -> Said {
    talk.say("<iq type='result' id='roster_1'><query xmlns='jabber:iq:roster'>")?;
    let thousand = ITEM.repeat(1000);
    for _ in 0..MILLION / 1000 {
        talk.say(&thousand)?;
    }
    talk.say("</query></iq>")
}

fn roster_in_pushes(talk: &mut Talk<Secure>) -> Said {
    let push =
        format!("<iq type='set' id='push'><query xmlns='jabber:iq:roster'>{ITEM}</query></iq>").repeat(1000);
    for _ in 0..MILLION / 1000 {
        talk.say(&push)?;
    }
    Ok(())
}

fn costly() -> Finished {
    let mut attributes = String::from("<a ");
    for n in 0..60_000 {
        attributes.push_str(&format!("a{n}='{n}' "));
    }
    attributes.push_str("/>");
    let nested = format!("<auth>{}</auth>", "<body><password>".repeat(30).repeat(20));
    check(&Peer::secure(move |talk| {
        talk.say(HEADER)?;
        for _ in 0..6 {
            talk.say(&attributes)?;
            talk.say(&format!("<x>{}</x>", "<token/>&amp;".repeat(70_000)))?;
        }
        talk.say(&nested)?;
        talk.listen()
    }))
}

#[test]
fn too_much_is_counted_and_left() {
    play("xmpp", &ROWS);
}
