//! Servers that know only what is no longer spoken: named with the version and the suite that a hello written by hand
//! was answered with, and never called down. Those that know nothing at all are told apart.

use std::sync::atomic::{AtomicBool, Ordering};

use super::super::Row;
use crate::hostile::peer::Peer;
use crate::hostile::records::{self, ALERT, FATAL, HANDSHAKE, record, server_hello};
use crate::hostile::tls::Openssl;
use crate::hostile::{check, check_with};
use crate::program::Finished;
use crate::requirement;

/// Behind STARTTLS.
fn openssl(options: &[&str]) -> Finished {
    check(&Openssl::with(options).behind_starttls())
}

/// A server that refuses the first hello with this alert, and answers the second with these bytes.
fn second(alert: u8, answer: Vec<u8>) -> Finished {
    let asked = AtomicBool::new(false);
    check(&Peer::plays(move |talk| {
        talk.up_to_proceed()?;
        records::client_hello(talk)?;
        match asked.swap(true, Ordering::Relaxed) {
            false => talk.say_bytes(&record(ALERT, &[FATAL, alert]))?,
            true => talk.say_bytes(&answer)?,
        }
        talk.listen()
    }))
}

fn hello(version: u16, suite: u16) -> Vec<u8> {
    record(HANDSHAKE, &server_hello(version, &[7; 32], suite, &[]))
}

const LEGACY: &[&str] = &["TLS_LEGACY_ONLY"];
const ALERTED: &[&str] = &["TLS_ALERT"];

const BY_OPENSSL: &[Row] = &[
    Row::login(
        "static RSA only",
        || openssl(&["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"]),
        "refused",
        "tls",
        LEGACY,
    )
    .says("TLS 1.2, TLS_RSA_WITH_AES_128_CBC_SHA. Nothing is known about <auth>"),
    Row::login(
        "static RSA only, and the way on by hand",
        || openssl(&["-tls1_2", "-cipher", "AES256-GCM-SHA384:@SECLEVEL=0"]),
        "refused",
        "tls",
        LEGACY,
    )
    .says("Go on by hand with `openssl s_client -starttls xmpp -xmpphost example.test -connect 127.0.0.1:"),
    Row::login(
        "DHE only",
        || openssl(&["-tls1_2", "-cipher", "DHE-RSA-AES256-SHA256:@SECLEVEL=0"]),
        "refused",
        "tls",
        LEGACY,
    )
    .says("TLS 1.2, TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
    Row::login(
        "TLS 1.1 only",
        || openssl(&["-tls1_1", "-cipher", "AES256-SHA:@SECLEVEL=0"]),
        "refused",
        "tls",
        LEGACY,
    )
    .says("TLS 1.1, TLS_RSA_WITH_AES_256_CBC_SHA"),
    Row::login(
        "TLS 1.0 only",
        || openssl(&["-tls1", "-cipher", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"]),
        "refused",
        "tls",
        LEGACY,
    )
    .says("TLS 1.0, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    Row::login(
        "static RSA only, where TLS begins with the first byte",
        || {
            let openssl = Openssl::with(&["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"]);
            check_with(&Peer { address: openssl.address }, &["--direct-tls"])
        },
        "refused",
        "tls",
        LEGACY,
    )
    .says("TLS 1.2, TLS_RSA_WITH_AES_128_CBC_SHA"),
    Row::login(
        "a suite that nobody has",
        || openssl(&["-tls1_2", "-cipher", "CAMELLIA128-SHA:@SECLEVEL=0"]),
        "refused",
        "tls",
        ALERTED,
    )
    .says("asked with old versions and suites: refused too, alert handshake_failure (40)"),
    Row::login(
        "a client certificate is wanted, by TLS 1.2",
        || openssl(&["-tls1_2", "-Verify", "1"]),
        "refused",
        "tls",
        ALERTED,
    )
    .says("or it wants a client certificate"),
    Row::login(
        "a client certificate is wanted, by TLS 1.3",
        || openssl(&["-tls1_3", "-Verify", "1"]),
        "failed",
        "stream_tls",
        ALERTED,
    )
    .says("alert certificate_required (116): it wants a certificate of the client's"),
];

const BY_HAND: &[Row] = &[
    Row::login("3DES only", || second(40, hello(0x0303, 0x000a)), "refused", "tls", LEGACY)
        .says("TLS 1.2, TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    Row::login("RC4 only", || second(70, hello(0x0301, 0x0004)), "refused", "tls", LEGACY)
        .says("TLS 1.0, TLS_RSA_WITH_RC4_128_MD5"),
    Row::login("SSL 3.0 only", || second(70, hello(0x0300, 0x0005)), "refused", "tls", LEGACY)
        .says("SSL 3.0, TLS_RSA_WITH_RC4_128_SHA"),
    Row::login("an error of SSL 2.0", || second(40, vec![0x80, 3, 0, 0, 1]), "refused", "tls", ALERTED)
        .says("what came is no TLS handshake"),
    Row::login(
        "an answer with a suite that was not asked for",
        || second(40, hello(0x0303, 0xc02c)),
        "refused",
        "tls",
        ALERTED,
    )
    .says("it answered with what was not offered (version 0x0303, suite 0xc02c)"),
    Row::login(
        "an answer of a version that does not exist",
        || second(40, hello(0x0999, 0x002f)),
        "refused",
        "tls",
        ALERTED,
    )
    .says("it answered with what was not offered (version 0x0999, suite 0x002f)"),
    Row::login("refused twice", || second(40, record(ALERT, &[FATAL, 71])), "refused", "tls", ALERTED)
        .says("refused too, alert insufficient_security (71)"),
    Row::login(
        "garbage to the look at old TLS",
        || second(40, b"\0\0\0\0\0\0".to_vec()),
        "refused",
        "tls",
        ALERTED,
    )
    .says("what came is no TLS handshake"),
    Row::login("silent to the look at old TLS", || second(40, Vec::new()), "refused", "tls", ALERTED)
        .says("look at old TLS: nothing came in time"),
];

#[test]
fn old_servers_of_openssl() {
    if requirement::programs(&["openssl"]) {
        super::super::play("tls", BY_OPENSSL);
    }
}

#[test]
fn old_servers_by_hand() {
    super::super::play("tls", BY_HAND);
}
