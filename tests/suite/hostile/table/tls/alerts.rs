//! Alerts of every kind at every stage (RFC 8446 section 6), each named as the RFC names it.

use std::net::TcpStream;

use super::super::Row;
use crate::hostile::check;
use crate::hostile::peer::{BIND, BOUND, DOMAIN, HEADER, Identity, Peer, SUCCESS, Said, Secure, Talk, offers};
use crate::hostile::records::{self, ALERT, FATAL, HANDSHAKE, MODERN, Sealer, record, server_hello};
use crate::program::Finished;

/// In clear, and then FIN.
fn say(talk: &mut Talk<TcpStream>, level: u8, alert: u8) -> Said {
    talk.say_bytes(&record(ALERT, &[level, alert]))
}

/// Instead of a ServerHello.
fn at_once<const NUMBER: u8>() -> Finished {
    check(&Peer::plays(|talk| {
        talk.up_to_proceed()?;
        records::client_hello(talk)?;
        say(talk, FATAL, NUMBER)
    }))
}

/// Behind a ServerHello of TLS 1.2.
fn after_hello<const NUMBER: u8>() -> Finished {
    check(&Peer::plays(|talk| {
        talk.up_to_proceed()?;
        records::client_hello(talk)?;
        talk.say_bytes(&record(HANDSHAKE, &server_hello(0x0303, &[7; 32], MODERN, &[])))?;
        say(talk, FATAL, NUMBER)
    }))
}

/// Behind the certificate.
fn after_certificate<const NUMBER: u8>() -> Finished {
    check(&Peer::plays(|talk| {
        talk.up_to_proceed()?;
        records::client_hello(talk)?;
        talk.say_bytes(&record(HANDSHAKE, &server_hello(0x0303, &[7; 32], MODERN, &[])))?;
        talk.say_bytes(&record(HANDSHAKE, &records::certificate(&[Identity::named(DOMAIN).leaf])))?;
        say(talk, FATAL, NUMBER)
    }))
}

/// A server that says this under TLS, then the alert, then nothing.
fn sealed<const NUMBER: u8>(script: impl Fn(&mut Talk<Secure>) -> Said + Send + Sync + 'static) -> Finished {
    let identity = Identity::named(DOMAIN);
    check(&Peer::secure_with(&identity.clone(), move |talk| {
        script(talk)?;
        Sealer::of(talk, &identity)?.say(ALERT, &[FATAL, NUMBER])?;
        talk.stream.sock.shutdown(std::net::Shutdown::Write)
    }))
}

/// Behind Finished, before the stream's header.
fn after_finished<const NUMBER: u8>() -> Finished {
    sealed::<NUMBER>(|_| Ok(()))
}

/// Between the header and the features.
fn in_stream<const NUMBER: u8>() -> Finished {
    sealed::<NUMBER>(|talk| talk.say(HEADER))
}

/// Instead of an answer to `<auth>`.
fn at_auth<const NUMBER: u8>() -> Finished {
    sealed::<NUMBER>(|talk| {
        talk.say(HEADER)?;
        talk.say(&offers(&["PLAIN"]))?;
        talk.hear("</auth>")
    })
}

/// Between `<success/>` and the header of the stream that follows it.
fn after_success<const NUMBER: u8>() -> Finished {
    sealed::<NUMBER>(logged_in)
}

/// Between that header and its features.
fn in_last_stream<const NUMBER: u8>() -> Finished {
    sealed::<NUMBER>(|talk| {
        logged_in(talk)?;
        talk.say(HEADER)
    })
}

/// Instead of an answer to the bind request.
fn at_bind<const NUMBER: u8>() -> Finished {
    sealed::<NUMBER>(binding)
}

/// Instead of an answer to the session request.
fn at_session<const NUMBER: u8>() -> Finished {
    sealed::<NUMBER>(|talk| {
        logged_in(talk)?;
        talk.say(HEADER)?;
        talk.say(&BIND.replace("</stream", &format!("{SESSION}</stream")))?;
        talk.hear("</iq>")?;
        talk.say(BOUND)?;
        talk.hear("</iq>")
    })
}

/// Up to the header that follows the login.
fn logged_in(talk: &mut Talk<Secure>) -> Said {
    talk.say(HEADER)?;
    talk.say(&offers(&["PLAIN"]))?;
    talk.hear("</auth>")?;
    talk.say(SUCCESS)?;
    talk.hear("<stream:stream")
}

/// Up to the bind request.
fn binding(talk: &mut Talk<Secure>) -> Said {
    logged_in(talk)?;
    talk.say(HEADER)?;
    talk.say(BIND)?;
    talk.hear("</iq>")
}

/// What a server that wants a session offers beside bind.
const SESSION: &str = "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>";

/// Each of them behind the login.
macro_rules! behind_the_login {
    ($($name:literal $number:literal),* $(,)?) => {
        [$(
            Row::login(concat!($name, " behind success"), after_success::<$number>, "failed", "stream_auth", ALERTED)
                .says(concat!("alert ", $name, " (", $number, ")")),
            Row::login(concat!($name, " in the last stream"), in_last_stream::<$number>, "failed", "stream_auth", ALERTED)
                .says(concat!("alert ", $name, " (", $number, ")")),
            Row::login(concat!($name, " at bind"), at_bind::<$number>, "failed", "bind", ALERTED)
                .says(concat!("alert ", $name, " (", $number, ")")),
            Row::login(concat!($name, " at the session"), at_session::<$number>, "failed", "session", ALERTED)
                .says(concat!("alert ", $name, " (", $number, ")")),
        )*]
    };
}

/// Each alert at the three stages at which clients see most of them.
macro_rules! everywhere {
    ($($name:literal $number:literal),* $(,)?) => {
        [$(
            Row::login(concat!($name, " instead of a ServerHello"), at_once::<$number>, "refused", "tls", ALERTED)
                .says(concat!("alert ", $name, " (", $number, ")")),
            Row::login(concat!($name, " before the stream"), after_finished::<$number>, "failed", "stream_tls", ALERTED)
                .says(concat!("alert ", $name, " (", $number, ")")),
            Row::login(concat!($name, " at auth"), at_auth::<$number>, "failed", "auth", UNANSWERED)
                .says(concat!("by the TLS alert ", $name, " (", $number, ")")),
        )*]
    };
}

/// Each of them at the others before it.
macro_rules! in_between {
    ($($name:literal $number:literal),* $(,)?) => {
        [$(
            Row::login(concat!($name, " behind the ServerHello"), after_hello::<$number>, "refused", "tls", ALERTED)
                .says(concat!("alert ", $name, " (", $number, ")")),
            Row::login(concat!($name, " behind the certificate"), after_certificate::<$number>, "refused", "tls", ALERTED)
                .says(concat!("alert ", $name, " (", $number, ")")),
            Row::login(concat!($name, " in the stream"), in_stream::<$number>, "failed", "stream_tls", ALERTED)
                .says(concat!("alert ", $name, " (", $number, ")")),
        )*]
    };
}

const ALERTED: &[&str] = &["TLS_ALERT"];
const UNANSWERED: &[&str] = &["XMPP_AUTH_CLOSED"];

/// These rows of every kind of alert.
macro_rules! of_every_kind {
    ($rows:ident) => {
        $rows![
            "unexpected_message" 10,
            "bad_record_mac" 20,
            "decryption_failed" 21,
            "record_overflow" 22,
            "decompression_failure" 30,
            "handshake_failure" 40,
            "no_certificate" 41,
            "bad_certificate" 42,
            "unsupported_certificate" 43,
            "certificate_revoked" 44,
            "certificate_expired" 45,
            "certificate_unknown" 46,
            "illegal_parameter" 47,
            "unknown_ca" 48,
            "access_denied" 49,
            "decode_error" 50,
            "decrypt_error" 51,
            "export_restriction" 60,
            "protocol_version" 70,
            "insufficient_security" 71,
            "internal_error" 80,
            "inappropriate_fallback" 86,
            "user_canceled" 90,
            "no_renegotiation" 100,
            "missing_extension" 109,
            "unsupported_extension" 110,
            "certificate_unobtainable" 111,
            "unrecognized_name" 112,
            "bad_certificate_status_response" 113,
            "bad_certificate_hash_value" 114,
            "unknown_psk_identity" 115,
            "certificate_required" 116,
            "no_application_protocol" 120,
            "ech_required" 121,
        ]
    };
}
pub(super) use of_every_kind;

const EVERYWHERE: &[Row] = &of_every_kind!(everywhere);
const IN_BETWEEN: &[Row] = &of_every_kind!(in_between);
const BEHIND_THE_LOGIN: &[Row] = &of_every_kind!(behind_the_login);

const OTHERS: &[Row] = &[
    Row::login("close_notify behind success", after_success::<0>, "failed", "stream_auth", &["XMPP_CLOSED"]),
    Row::login("close_notify at bind", at_bind::<0>, "failed", "bind", &["XMPP_CLOSED"]),
    Row::login("close_notify at the session", at_session::<0>, "failed", "session", &["XMPP_CLOSED"]),
    Row::login("an alert without a name, at bind", at_bind::<201>, "failed", "bind", ALERTED)
        .says("the alert 201, which has no name"),
    Row::login("an alert without a name, at once", at_once::<201>, "refused", "tls", ALERTED)
        .says("the server sent the alert 201, which has no name"),
    Row::login(
        "an alert without a name, before the stream",
        after_finished::<201>,
        "failed",
        "stream_tls",
        ALERTED,
    )
    .says("the server sent the alert 201, which has no name"),
    Row::login("close_notify instead of a ServerHello", at_once::<0>, "refused", "tls", ALERTED)
        .says("alert close_notify (0): it closed the connection instead of going on"),
    Row::login("close_notify behind the certificate", after_certificate::<0>, "refused", "tls", ALERTED)
        .says("alert close_notify (0)"),
    Row::login("close_notify before the stream", after_finished::<0>, "failed", "stream_tls", &["XMPP_CLOSED"]),
    Row::login("close_notify in the stream", in_stream::<0>, "failed", "stream_tls", &["XMPP_CLOSED"]),
    Row::login("close_notify at auth", at_auth::<0>, "failed", "auth", UNANSWERED).says("with FIN"),
    Row::login(
        "a client certificate is missed behind Finished",
        after_finished::<116>,
        "failed",
        "stream_tls",
        ALERTED,
    )
    .says("it wants a certificate of the client's, and this program has none"),
    Row::login("a server without the name", at_once::<112>, "refused", "tls", ALERTED)
        .says("it does not know the name that it was asked for (SNI)"),
    Row::login("a server that failed inside", at_once::<80>, "refused", "tls", ALERTED)
        .says("something inside it failed, through no fault of the client's"),
];

#[test]
fn alerts_of_every_kind() {
    super::super::play("tls", EVERYWHERE);
}

#[test]
fn alerts_at_the_stages_in_between() {
    super::super::play("tls", IN_BETWEEN);
}

#[test]
fn alerts_behind_the_login() {
    super::super::play("tls", BEHIND_THE_LOGIN);
}

#[test]
fn alerts_that_have_no_name_or_a_meaning_of_their_own() {
    super::super::play("tls", OTHERS);
}
