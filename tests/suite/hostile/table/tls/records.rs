//! Records and messages that break the protocol, or never end.

use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::super::Row;
use crate::hostile::check;
use crate::hostile::peer::{DOMAIN, HEADER, Identity, Peer, SUCCESS, Said, Secure, Talk, offers};
use crate::hostile::records::{
    self, ALERT, CERTIFICATE, CHANGE_CIPHER_SPEC, DATA, HANDSHAKE, HELLO_REQUEST, MODERN, MODERN_13,
    NEW_SESSION_TICKET, SERVER_HELLO, Sealer, WARNING, extension, hello_in, message, record, server_hello, three,
};
use crate::program::Finished;

const RANDOM: [u8; 32] = [7; 32];
/// What a HelloRetryRequest has instead of a random number (RFC 8446 section 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2,
    0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// A server that takes the ClientHello, says this, and closes.
fn says(script: impl Fn(&mut Talk<TcpStream>) -> Said + Send + Sync + 'static) -> Finished {
    hears(move |talk, _| script(talk))
}

/// The same with the session id that the client made.
fn hears(script: impl Fn(&mut Talk<TcpStream>, &[u8]) -> Said + Send + Sync + 'static) -> Finished {
    check(&Peer::plays(move |talk| {
        talk.up_to_proceed()?;
        let session = records::client_hello(talk)?;
        script(talk, &session)?;
        talk.listen()
    }))
}

fn hello_12() -> Vec<u8> {
    record(HANDSHAKE, &server_hello(0x0303, &RANDOM, MODERN, &[]))
}

/// The extension by which a hello says that it is of TLS 1.3.
fn version_13() -> Vec<u8> {
    extension(0x002b, &[3, 4])
}

/// A retry that asks for a key of this group.
fn retry(session: &[u8], group: u16) -> Vec<u8> {
    let extensions = [version_13(), extension(0x0033, &group.to_be_bytes())].concat();
    record(HANDSHAKE, &hello_in(session, 0x0303, &RETRY, MODERN_13, &extensions))
}

/// An honest server up to Finished, by these versions; then records of its own.
fn sealed(
    identity: Identity,
    script: impl Fn(&mut Talk<Secure>, &Identity) -> Said + Send + Sync + 'static,
) -> Finished {
    check(&Peer::secure_with(&identity.clone(), move |talk| script(talk, &identity)))
}

/// The rest of a login that succeeds, sealed by hand; the client's words are not read any more.
fn ends(talk: &mut Talk<Secure>, identity: &Identity) -> std::io::Result<Sealer> {
    talk.say(HEADER)?;
    talk.say(&offers(&["PLAIN"]))?;
    talk.hear("</auth>")?;
    Sealer::of(talk, identity)
}

/// A chain of certificates in clear.
fn shows_much(chain: Vec<Vec<u8>>) -> Finished {
    let whole = records::certificate(&chain);
    says(move |talk| {
        talk.say_bytes(&hello_12())?;
        whole.chunks(16 * 1024).try_for_each(|chunk| talk.say_bytes(&record(HANDSHAKE, chunk)))
    })
}

const ROWS: &[Row] = &[
    Row::login(
        "a page instead of a ServerHello",
        || says(|talk| talk.say("HTTP/1.1 400 Bad Request\r\n\r\n")),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("what came is no TLS record"),
    Row::login(
        "a stream instead of a ServerHello",
        || says(|talk| talk.say(HEADER)),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("what came is no TLS record"),
    Row::login("zeros without end", || says(|talk| talk.say_forever(&[0; 4096])), "failed", "tls", &["TLS_ALERT"])
        .says("what came is no TLS record"),
    Row::login(
        "a record of no length",
        || says(|talk| talk.say_bytes(&record(HANDSHAKE, &[]))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("an empty record"),
    Row::login(
        "records of no length without end",
        || says(|talk| talk.say_forever(&record(HANDSHAKE, &[]))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("an empty record"),
    Row::login(
        "a record of 16 KB and one byte",
        || says(|talk| talk.say_bytes(&record(HANDSHAKE, &[2; 16 * 1024 + 2049]))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("a record that is longer than TLS allows"),
    Row::login(
        "a record of data first",
        || says(|talk| talk.say_bytes(&record(DATA, b"<stream:stream>"))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("got ApplicationData when expecting Handshake"),
    Row::login(
        "a record of an unknown type",
        || says(|talk| talk.say_bytes(&record(99, &[1, 2, 3]))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("what came is no TLS record"),
    Row::login(
        "a record of TLS 9.9",
        || says(|talk| talk.say_bytes(&[HANDSHAKE, 9, 9, 0, 1, 2])),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("what came is no TLS record"),
    Row::login(
        "change_cipher_spec without end",
        || says(|talk| talk.say_forever(&record(CHANGE_CIPHER_SPEC, &[1]))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("got ChangeCipherSpec when expecting Handshake"),
    Row::login(
        "warnings without end",
        || says(|talk| talk.say_forever(&record(ALERT, &[WARNING, 112]))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("the server broke the rules of TLS: too many warning alerts received"),
    Row::login(
        "a warning, then silence",
        || says(|talk| talk.say_bytes(&record(ALERT, &[WARNING, 112]))),
        "silent",
        "tls",
        &["TLS_SILENT"],
    )
    .says("did not go on with the TLS handshake"),
    Row::login(
        "half an alert",
        || says(|talk| talk.say_bytes(&record(ALERT, &[2]))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("a message that cannot be read"),
    Row::login(
        "a suite that was not offered",
        || says(|talk| talk.say_bytes(&record(HANDSHAKE, &server_hello(0x0303, &RANDOM, 0x0005, &[])))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("the server chose a suite that was not offered"),
    Row::login(
        "a version that was not offered",
        || says(|talk| talk.say_bytes(&record(HANDSHAKE, &server_hello(0x0304, &RANDOM, MODERN, &[])))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("selected unusable cipher suite for version"),
    Row::login(
        "a hello of SSL 3.0",
        || says(|talk| talk.say_bytes(&record(HANDSHAKE, &server_hello(0x0300, &RANDOM, 0x000a, &[])))),
        "failed",
        "tls",
        &["TLS_LEGACY_ONLY"],
    )
    .says("SSL 3.0, TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    Row::login(
        "a downgrade that the server owns up to",
        || {
            says(|talk| {
                let mut random = RANDOM;
                random[24..].copy_from_slice(b"DOWNGRD\x01");
                talk.say_bytes(&record(HANDSHAKE, &server_hello(0x0303, &random, MODERN, &[])))
            })
        },
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("attempted downgrade to tls12 when tls13 is supported"),
    Row::login(
        "a retry twice",
        || {
            hears(|talk, session| {
                talk.say_bytes(&retry(session, 0x0017))?;
                talk.say_bytes(&retry(session, 0x0018))
            })
        },
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("got HelloRetryRequest when expecting ServerHello"),
    Row::login(
        "a retry for a group that was not offered",
        || hears(|talk, session| talk.say_bytes(&retry(session, 0x0100))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("illegal hello retry request with unoffered named group"),
    Row::login(
        "a retry for what it has already",
        || hears(|talk, session| talk.say_bytes(&retry(session, 0x001d))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("illegal hello retry request with offered group"),
    Row::login(
        "two ServerHellos",
        || {
            says(|talk| {
                talk.say_bytes(&hello_12())?;
                talk.say_bytes(&hello_12())
            })
        },
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("got ServerHello when expecting Certificate"),
    Row::login(
        "a certificate without a hello",
        || says(|talk| talk.say_bytes(&record(HANDSHAKE, &records::certificate(&[])))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("got Certificate when expecting ServerHello"),
    Row::login(
        "an empty list of certificates",
        || sealed(Identity::without_certificate(), |_, _| Ok(())),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("the server showed no certificate"),
    Row::login(
        "a hello that claims 16 MB",
        || says(|talk| talk.say_bytes(&record(HANDSHAKE, &[SERVER_HELLO, 0xff, 0xff, 0xff, 3, 3]))),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("a handshake message of more than 64 KB"),
    Row::login(
        "a certificate of 16 MB",
        || shows_much(vec![vec![0x30; 0x00ff_fff0]]),
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("a handshake message of more than 64 KB: its certificates, most likely"),
    Row::login(
        "a chain of 16 MB, of many certificates",
        || {
            let leaf = Identity::named(DOMAIN).leaf;
            let count = 0x00ff_fff0 / (leaf.len() + 3);
            shows_much(vec![leaf; count])
        },
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("a handshake message of more than 64 KB: its certificates, most likely"),
    Row::login(
        "handshake bytes without end",
        || {
            says(|talk| {
                talk.say_bytes(&hello_12())?;
                talk.say_bytes(&record(HANDSHAKE, &[&[CERTIFICATE], &three(0xffff)[..]].concat()))?;
                talk.say_forever(&record(HANDSHAKE, &[0; 16 * 1024]))
            })
        },
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("a handshake message without an end"),
    Row::login(
        "a hello with one byte a record, then a stop",
        || {
            says(|talk| {
                talk.say_bytes(&records::records(HANDSHAKE, &server_hello(0x0303, &RANDOM, MODERN, &[]), 1))
            })
        },
        "silent",
        "tls",
        &["TLS_SILENT"],
    ),
    Row::login(
        "a stop behind the ServerHello",
        || says(|talk| talk.say_bytes(&hello_12())),
        "silent",
        "tls",
        &["TLS_SILENT"],
    ),
    Row::login(
        "a handshake one byte a second",
        || {
            says(|talk| {
                for byte in hello_12() {
                    talk.say_bytes(&[byte])?;
                    std::thread::sleep(Duration::from_secs(1));
                }
                Ok(())
            })
        },
        "silent",
        "tls",
        &["TLS_SILENT"],
    ),
    Row::login(
        "no end of the ServerHello: FIN",
        || {
            says(|talk| {
                talk.say_bytes(&hello_12()[..20])?;
                talk.stream.shutdown(Shutdown::Write)
            })
        },
        "failed",
        "tls",
        &["XMPP_CLOSED"],
    ),
    Row::login(
        "FIN behind the certificate",
        || {
            says(|talk| {
                talk.say_bytes(&hello_12())?;
                talk.say_bytes(&record(HANDSHAKE, &records::certificate(&[Identity::named(DOMAIN).leaf])))?;
                talk.stream.shutdown(Shutdown::Write)
            })
        },
        "failed",
        "tls",
        &["XMPP_CLOSED"],
    ),
    Row::login(
        "data before Finished",
        || {
            says(|talk| {
                talk.say_bytes(&hello_12())?;
                talk.say_bytes(&record(DATA, HEADER.as_bytes()))
            })
        },
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("got ApplicationData when expecting Handshake"),
    Row::login(
        "a name protocol that nobody asked for",
        || {
            says(|talk| {
                let alpn = extension(0x0010, &[0, 3, 2, b'h', b'2']);
                talk.say_bytes(&record(HANDSHAKE, &server_hello(0x0303, &RANDOM, MODERN, &alpn)))
            })
        },
        "failed",
        "tls",
        &["TLS_ALERT"],
    )
    .says("unsolicited server hello extension"),
    // Under TLS.
    Row::login(
        "a record in clear behind the handshake",
        || {
            sealed(Identity::named(DOMAIN), |talk, identity| {
                Sealer::of(talk, identity)?.say_raw(HEADER.as_bytes())?;
                talk.stream.sock.shutdown(Shutdown::Write)
            })
        },
        "failed",
        "stream_tls",
        &["TLS_ALERT"],
    )
    .says("TLS with 127.0.0.1 failed at the stream header under TLS: what came is no TLS record"),
    Row::login(
        "a record with a wrong tag",
        || {
            sealed(Identity::named(DOMAIN), |talk, identity| {
                let mut sealer = Sealer::of(talk, identity)?;
                let mut sealed = sealer.seal(DATA, HEADER.as_bytes());
                *sealed.last_mut().expect("it has bytes") ^= 1;
                sealer.say_raw(&sealed)?;
                talk.stream.sock.shutdown(Shutdown::Write)
            })
        },
        "failed",
        "stream_tls",
        &["TLS_ALERT"],
    )
    .says("it was changed on the way, or is not the server's"),
    Row::login(
        "keys updated without end",
        || {
            sealed(Identity::named(DOMAIN), |talk, identity| {
                let mut sealer = Sealer::of(talk, identity)?;
                loop {
                    sealer.update_keys()?;
                }
            })
        },
        "failed",
        "stream_tls",
        &["TLS_ALERT"],
    )
    .says("too many key update requests"),
    Row::login(
        "tickets without end",
        || {
            sealed(Identity::named(DOMAIN), |talk, identity| {
                let mut sealer = Sealer::of(talk, identity)?;
                let ticket = message(NEW_SESSION_TICKET, &[0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0, 0]);
                loop {
                    sealer.say(HANDSHAKE, &ticket)?;
                }
            })
        },
        "silent",
        "stream_tls",
        &["XMPP_STREAM_SILENT"],
    )
    .says("bytes back"),
    Row::login(
        "empty records of data without end",
        || {
            sealed(Identity::named(DOMAIN), |talk, identity| {
                let mut sealer = Sealer::of(talk, identity)?;
                loop {
                    sealer.say(DATA, &[])?;
                }
            })
        },
        "failed",
        "stream_tls",
        &["TLS_ALERT"],
    )
    .says("too many empty fragments"),
    Row::login(
        "a HelloRequest of TLS 1.2",
        || {
            sealed(Identity::of_12(DOMAIN), |talk, identity| {
                let mut sealer = ends(talk, identity)?;
                sealer.say(HANDSHAKE, &message(HELLO_REQUEST, &[]))?;
                sealer.say(DATA, SUCCESS.as_bytes())?;
                std::io::copy(&mut talk.stream.sock, &mut std::io::sink()).map(drop)
            })
        },
        "silent",
        "stream_auth",
        &["XMPP_STREAM_SILENT"],
    ),
    Row::login(
        "close_notify in the middle of a stanza",
        || {
            sealed(Identity::named(DOMAIN), |talk, identity| {
                let mut sealer = ends(talk, identity)?;
                sealer.say(DATA, b"<succ")?;
                sealer.say(ALERT, &[WARNING, 0])?;
                talk.stream.sock.shutdown(Shutdown::Write)
            })
        },
        "failed",
        "auth",
        &["XMPP_NOT_XML"],
    )
    .says("ended inside an element"),
    Row::login(
        "FIN without close_notify in the stream",
        || {
            sealed(Identity::named(DOMAIN), |talk, _| {
                talk.say(HEADER)?;
                talk.stream.sock.shutdown(Shutdown::Write)
            })
        },
        "failed",
        "stream_tls",
        &["XMPP_CLOSED"],
    ),
    Row::login(
        "FIN without close_notify at auth",
        || {
            sealed(Identity::named(DOMAIN), |talk, identity| {
                ends(talk, identity)?;
                talk.stream.sock.shutdown(Shutdown::Write)
            })
        },
        "failed",
        "auth",
        &["XMPP_AUTH_CLOSED"],
    ),
    Row::login(
        "a warning in the stream",
        || {
            sealed(Identity::named(DOMAIN), |talk, identity| {
                let mut sealer = ends(talk, identity)?;
                sealer.say(ALERT, &[WARNING, 90])?;
                talk.stream.sock.shutdown(Shutdown::Write)
            })
        },
        "failed",
        "auth",
        &["XMPP_AUTH_CLOSED"],
    ),
];

#[test]
fn records_that_break_the_protocol() {
    super::super::play("tls", ROWS);
}
