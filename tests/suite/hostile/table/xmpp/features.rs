//! What is said before the login has begun: headers, features, STARTTLS.

use super::{Row, behind_success, in_clear, instead_of_a_header, instead_of_a_header_under_tls, play, under_tls};
use crate::hostile::check;
use crate::hostile::peer::{BIND, BOUND, HEADER, PROCEED, Peer, STARTTLS, SUCCESS, offers};
use crate::program::Finished;

const ROWS: [Row; 27] = [
    Row::login(
        "features twice, in clear",
        || in_clear(&STARTTLS.repeat(2)),
        "silent",
        "starttls",
        &["XMPP_STARTTLS_SILENT"],
    ),
    Row::login(
        "features twice, under TLS",
        || under_tls(&offers(&["PLAIN"]).repeat(2)),
        "silent",
        "auth",
        &["XMPP_AUTH_SILENT"],
    ),
    Row::login("other features the second time", features_that_change, "ok", "session", &[]),
    Row::login(
        "no mechanisms at all",
        || under_tls("<stream:features/>"),
        "refused",
        "auth",
        &["XMPP_NO_MECHANISM"],
    )
    .says("it offers nothing"),
    Row::login(
        "an empty list of mechanisms",
        || under_tls(&offers(&[])),
        "refused",
        "auth",
        &["XMPP_NO_MECHANISM"],
    )
    .says("it offers nothing"),
    Row::login(
        "mechanisms without a name",
        || under_tls(&offers(&["", " ", "\n"])),
        "refused",
        "auth",
        &["XMPP_NO_MECHANISM"],
    )
    .says("it offers nothing"),
    Row::login(
        "unknown mechanisms alone",
        || under_tls(&offers(&["X-ONE", "GSSAPI"])),
        "refused",
        "auth",
        &["XMPP_NO_MECHANISM"],
    )
    .says("it offers X-ONE and GSSAPI"),
    Row::login(
        "a mechanism in lower case",
        || under_tls(&offers(&["plain"])),
        "refused",
        "auth",
        &["XMPP_NO_MECHANISM"],
    )
    .says("it offers plain"),
    Row::login("ten thousand mechanisms", ten_thousand_mechanisms, "refused", "auth", &["XMPP_NO_MECHANISM"]),
    Row::login(
        "STARTTLS required, and mechanisms beside it",
        || in_clear(&both()),
        "silent",
        "starttls",
        &["XMPP_STARTTLS_SILENT"],
    ),
    Row::login(
        "mechanisms in clear, and no STARTTLS",
        || in_clear(&offers(&["PLAIN"])),
        "stopped",
        "auth",
        &["XMPP_NO_STARTTLS"],
    ),
    Row::login("STARTTLS again, under TLS", || under_tls(STARTTLS), "refused", "auth", &["XMPP_NO_MECHANISM"]),
    Row::login(
        "compression alone, under TLS",
        || under_tls(COMPRESSION),
        "refused",
        "auth",
        &["XMPP_NO_MECHANISM"],
    ),
    Row::login(
        "the features of a logged in stream",
        || under_tls(BIND),
        "refused",
        "auth",
        &["XMPP_NO_MECHANISM"],
    ),
    Row::login(
        "features without a header",
        || instead_of_a_header_under_tls(&offers(&["PLAIN"])),
        "silent",
        "stream_tls",
        &["XMPP_STREAM_SILENT"],
    ),
    Row::login("a header of another domain", header_of_another_domain, "silent", "auth", &["XMPP_AUTH_SILENT"]),
    Row::login(
        "a header inside the stream",
        || under_tls(&format!("{HEADER}{}", offers(&["PLAIN"]))),
        "silent",
        "auth",
        &["XMPP_AUTH_SILENT"],
    ),
    Row::login(
        "STARTTLS is refused",
        || starttls("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
        "refused",
        "starttls",
        &["XMPP_STARTTLS_REFUSED"],
    ),
    Row::login(
        "STARTTLS is answered by a failure of SASL",
        || starttls("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><aborted/></failure>"),
        "silent",
        "starttls",
        &["XMPP_STARTTLS_SILENT"],
    ),
    Row::login(
        "a proceed of another namespace",
        || starttls("<proceed xmlns='urn:x'/>"),
        "silent",
        "starttls",
        &["XMPP_STARTTLS_SILENT"],
    ),
    Row::login("proceed twice", || starttls(&PROCEED.repeat(2)), "silent", "tls", &["TLS_SILENT"])
        .says("XMPP_BYTES_BEHIND_PROCEED"),
    Row::login(
        "features and success behind proceed, in clear",
        injected,
        "refused",
        "auth",
        &["XMPP_NO_MECHANISM"],
    )
    .says("XMPP_BYTES_BEHIND_PROCEED"),
    Row::login("proceed that nobody asked for", || in_clear(PROCEED), "silent", "stream", &["XMPP_NO_FEATURES"]),
    Row::login(
        "success in clear, before anything",
        || instead_of_a_header(SUCCESS),
        "silent",
        "stream",
        &["XMPP_STREAM_SILENT"],
    ),
    Row::login(
        "success in clear, instead of features",
        || in_clear(SUCCESS),
        "silent",
        "stream",
        &["XMPP_NO_FEATURES"],
    ),
    Row::login(
        "success under TLS, instead of features",
        || under_tls(SUCCESS),
        "silent",
        "stream_tls",
        &["XMPP_NO_FEATURES"],
    ),
    Row::login(
        "no header behind success",
        || behind_success(&format!("{BIND}{BOUND}")),
        "silent",
        "stream_auth",
        &["XMPP_STREAM_SILENT"],
    ),
];

const COMPRESSION: &str = "<stream:features><compression xmlns='http://jabber.org/features/compress'>\
    <method>zlib</method></compression></stream:features>";

fn both() -> String {
    offers(&["PLAIN"]).replace(
        "<stream:features>",
        "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>",
    )
}

/// What is offered second is not what was chosen from.
fn features_that_change() -> Finished {
    check(&Peer::binding(|talk| {
        talk.say(&offers(&["SCRAM-SHA-1"]))?;
        talk.say(BOUND)?;
        talk.hear("</stream:stream>")?;
        talk.say("</stream:stream>")
    }))
}

fn ten_thousand_mechanisms() -> Finished {
    let names: Vec<String> = (0..10_000).map(|n| format!("X-{n}")).collect();
    under_tls(&offers(&names.iter().map(String::as_str).collect::<Vec<_>>()))
}

fn header_of_another_domain() -> Finished {
    let header = HEADER.replace("from='example.test'", "from='elsewhere.test'");
    instead_of_a_header_under_tls(&format!("{header}{}", offers(&["PLAIN"])))
}

/// The node says this to `<starttls/>`.
fn starttls(text: &str) -> Finished {
    let text = text.to_owned();
    check(&Peer::plays(move |talk| {
        talk.hear("<stream:stream")?;
        talk.say(HEADER)?;
        talk.say(STARTTLS)?;
        talk.hear("<starttls")?;
        talk.hear("/>")?;
        talk.say(&text)?;
        talk.listen()
    }))
}

/// Somebody on the way puts a whole login behind `<proceed/>`; the node itself offers nothing.
fn injected() -> Finished {
    let identity = crate::hostile::peer::Identity::named(crate::hostile::peer::DOMAIN);
    check(&Peer::plays(move |talk| {
        talk.hear("<stream:stream")?;
        talk.say(HEADER)?;
        talk.say(STARTTLS)?;
        talk.hear("<starttls")?;
        talk.hear("/>")?;
        talk.say(&format!("{PROCEED}{HEADER}{}{SUCCESS}", offers(&["PLAIN"])))?;
        let mut talk = talk.secured(&identity)?;
        talk.hear("<stream:stream")?;
        talk.say(HEADER)?;
        talk.say("<stream:features/>")?;
        talk.listen()
    }))
}

#[test]
fn what_is_offered_and_what_is_not() {
    play("xmpp", &ROWS);
}
