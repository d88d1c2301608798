//! The same of a CUCM: where TLS fails beneath HTTP, and certificates over which no password goes.

use std::net::TcpStream;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::super::Row;
use super::alerts::of_every_kind;
use crate::hostile::names::{Names, Record};
use crate::hostile::peer::{Identity, Peer, Said, Talk};
use crate::hostile::records::{self, ALERT, DATA, FATAL, HANDSHAKE, MODERN, Sealer, record, server_hello};
use crate::hostile::walks::walk;
use crate::hostile::web::{Authority, Cucm, UDS, Web, own_address};
use crate::program::Finished;

const CUCM: &str = "cucm1.example.test";

/// The walk to a CUCM on this address of loopback.
fn walked(authority: &Authority, place: std::net::Ipv4Addr) -> Finished {
    let names = Names::of(vec![Record::srv("_cisco-uds._tcp.example.test", UDS, CUCM), Record::a(CUCM, place)]);
    walk(&names, authority, &[])
}

/// A walk whose only CUCM says this to a ClientHello.
fn says(script: impl Fn(&mut Talk<TcpStream>) -> Said + Send + Sync + 'static) -> Finished {
    let place = own_address();
    let _peer = Peer::plays_at((place, UDS).into(), move |talk| {
        records::client_hello(talk)?;
        script(talk)?;
        talk.listen()
    });
    walked(&Authority::new(), place)
}

/// A walk whose only CUCM shows a certificate of the authority's, with a change, and gets no password over it.
fn shows(change: impl FnOnce(&mut CertificateParams) -> Option<KeyPair>) -> Finished {
    let authority = Authority::new();
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![CUCM.to_owned()]).expect("a name");
    let other = change(&mut params);
    let shown = Identity::shows(vec![authority.signs(&params, &key)], &other.unwrap_or(key).serialize_der());
    let place = own_address();
    let cucm = Cucm::default();
    let web = Web::plays_at((place, UDS).into(), Some(shown.config()), move |request, line| {
        std::io::Write::write_all(line, cucm.answer(request).as_bytes())?;
        std::io::Write::flush(line)
    });
    let finished = walked(&authority, place);
    assert!(!web.heard().is_empty(), "it was asked what needs no password: {}", finished.stderr);
    assert_eq!(web.credentials(), 0, "{}", finished.stderr);
    finished
}

/// A CUCM that breaks TLS in the middle of its answer's body.
fn breaks_in_the_body() -> Finished {
    let (authority, place) = (Authority::new(), own_address());
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![CUCM.to_owned()]).expect("a name");
    let identity = Identity::shows(vec![authority.signs(&params, &key)], &key.serialize_der());
    let _peer = Peer::plays_at((place, UDS).into(), move |talk| {
        let mut talk = talk.secured(&identity)?;
        talk.hear("\r\n\r\n")?;
        talk.say("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 99\r\n\r\n<versionInfo")?;
        let mut sealer = Sealer::of(&mut talk, &identity)?;
        let mut sealed = sealer.seal(DATA, b"rmation>");
        *sealed.last_mut().expect("it has bytes") ^= 1;
        sealer.say_raw(&sealed)?;
        std::io::copy(&mut talk.stream.sock, &mut std::io::sink()).map(drop)
    });
    walked(&authority, place)
}

/// An alert of the CUCM's, of each kind.
macro_rules! alerts {
    ($($name:literal $number:literal),* $(,)?) => {
        [$(
            Row::walk(
                concat!("a CUCM that says ", $name),
                || says(|talk| talk.say_bytes(&record(ALERT, &[FATAL, $number]))),
                &["TLS_ALERT"],
            )
            .says(concat!("alert ", $name, " (", $number, ")")),
        )*]
    };
}

const ALERTS: &[Row] = &of_every_kind!(alerts);

const ROWS: &[Row] = &[
    Row::walk(
        "an alert of the CUCM's",
        || says(|talk| talk.say_bytes(&record(ALERT, &[FATAL, 112]))),
        &["TLS_ALERT"],
    )
    .says("alert unrecognized_name (112)"),
    Row::walk(
        "a page in clear on the port of UDS",
        || says(|talk| talk.say("HTTP/1.1 400 Bad Request\r\n\r\n")),
        &["TLS_ALERT"],
    )
    .says("what came is no TLS record"),
    Row::walk(
        "a CUCM with old TLS only",
        || says(|talk| talk.say_bytes(&record(HANDSHAKE, &server_hello(0x0301, &[7; 32], 0x000a, &[])))),
        &["TLS_LEGACY_ONLY"],
    )
    .says("TLS 1.0, TLS_RSA_WITH_3DES_EDE_CBC_SHA. Nothing is known about what lies behind it"),
    Row::walk(
        "a CUCM that is silent behind its ServerHello",
        || says(|talk| talk.say_bytes(&record(HANDSHAKE, &server_hello(0x0303, &[7; 32], MODERN, &[])))),
        &["TLS_SILENT"],
    )
    .says("did not go on with the TLS handshake"),
    Row::walk(
        "a CUCM with a certificate of 16 MB",
        || {
            let whole = records::certificate(&[vec![0x30; 0x00ff_fff0]]);
            says(move |talk| {
                talk.say_bytes(&record(HANDSHAKE, &server_hello(0x0303, &[7; 32], MODERN, &[])))?;
                whole.chunks(16 * 1024).try_for_each(|chunk| talk.say_bytes(&record(HANDSHAKE, chunk)))
            })
        },
        &["TLS_ALERT"],
    )
    .says("a handshake message of more than 64 KB"),
    Row::walk("a broken record in the body of an answer", breaks_in_the_body, &["UDS_BROKEN"])
        .says("a record that was not sealed with the keys of this connection"),
    Row::walk(
        "a CUCM whose certificate has expired",
        || {
            shows(|params| {
                params.not_after = date_time_ymd(2020, 1, 1);
                None
            })
        },
        &["TLS_EXPIRED"],
    )
    .says("expired on 2020-01-01"),
    Row::walk(
        "a CUCM with another name",
        || {
            shows(|params| {
                *params = CertificateParams::new(vec!["cucm2.example.test".to_owned()]).expect("a name");
                None
            })
        },
        &["TLS_NAME_MISMATCH"],
    )
    .says("Jabber takes such a server for an untrusted one"),
    Row::walk(
        "a CUCM that does not prove its key",
        || shows(|_| Some(KeyPair::generate().expect("a key"))),
        &["TLS_KEY_NOT_PROVEN"],
    )
    .says("did not prove that it holds its key"),
];

#[test]
fn alerts_of_every_kind_beneath_http() {
    super::super::play("tls", ALERTS);
}

#[test]
fn tls_beneath_http() {
    super::super::play("tls", ROWS);
}
