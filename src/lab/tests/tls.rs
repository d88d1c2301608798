//! The handshake, the certificates, and the stream and its features under TLS.

use std::io::ErrorKind;

use tokio_rustls::rustls::{CertificateError, Error};

use super::client::{Client, HEADER, IMP1, IMP2, PROCEED, STARTTLS, lab};
use super::stream_id;

/// Why a client that trusts the lab refuses imp1's certificate; it does not refuse imp2's.
async fn refusal(name: &str) -> CertificateError {
    let lab = lab(name).await;
    Client::secured(&lab, IMP2).await;
    let mut client = Client::opened(&lab, IMP1).await;
    client.say(STARTTLS).await;
    assert_eq!(client.hear("/>").await, PROCEED);
    let Err(error) = client.handshake(&lab).await else { panic!("{name}: accepted") };
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(why)) => why.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

#[tokio::test]
async fn each_certificate_has_its_own_fault() {
    let why = refusal("expired-cert").await;
    assert!(matches!(why, CertificateError::ExpiredContext { .. }), "{why:?}");
    let why = refusal("not-yet-valid-cert").await;
    assert!(matches!(why, CertificateError::NotValidYetContext { .. }), "{why:?}");
    let why = refusal("untrusted-cert").await;
    assert!(matches!(why, CertificateError::UnknownIssuer), "{why:?}");
    let CertificateError::NotValidForNameContext { presented, .. } = refusal("wrong-name").await else {
        panic!("another fault");
    };
    assert_eq!(presented, ["DnsName(\"old-imp.example.net\")"]);
}

#[tokio::test]
async fn a_silent_handshake() {
    let lab = lab("tls-silent").await;
    let mut client = Client::opened(&lab, IMP1).await;
    client.say(STARTTLS).await;
    assert_eq!(client.hear("/>").await, PROCEED);
    // The first record of a ClientHello, which is all that a node needs to begin.
    client.say("\u{16}\u{3}\u{1}\0\u{5}\u{1}\0\0\u{1}\0").await;
    client.hear_nothing().await;
}

#[tokio::test]
async fn the_stream_id_is_kept_under_tls_and_can_be_renewed() {
    for (name, same) in [("healthy", true), ("renewed-stream-id", false)] {
        let lab = lab(name).await;
        let mut client = Client::connect(&lab, IMP1).await;
        client.say(HEADER).await;
        let first = stream_id(&client.hear("</stream:features>").await);
        client.say(STARTTLS).await;
        client.hear(PROCEED).await;
        let mut client = client.handshake(&lab).await.expect("TLS");
        client.say(HEADER).await;
        let second = stream_id(&client.hear("</stream:features>").await);
        assert_eq!(first == second, same, "{name}: {first} {second}");
    }
}

#[tokio::test]
async fn the_mechanisms_are_those_of_the_capture() {
    let lab = lab("healthy").await;
    let (_, said) = Client::offered(&lab, IMP1).await;
    let features = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
        <mechanism>PLAIN</mechanism><mechanism>CISCO-VTG-TOKEN</mechanism></mechanisms></stream:features>";
    assert!(said.ends_with(features), "{said}");
}

#[tokio::test]
async fn only_an_unknown_mechanism_is_offered() {
    let lab = lab("no-mechanism").await;
    let (_, said) = Client::offered(&lab, IMP1).await;
    assert!(said.contains("'><mechanism>X-PRACTICE-ONLY</mechanism></mechanisms>"), "{said}");
}

#[tokio::test]
async fn the_home_node_stands_first_beside_the_mechanisms() {
    let lab = lab("home-node-named").await;
    let (_, said) = Client::offered(&lab, IMP1).await;
    let named = "<mechanism>CISCO-VTG-TOKEN</mechanism>\
        <hostname xmlns='urn:xmpp:domain-based-name:0'>imp2.example.test</hostname>\
        <hostname xmlns='urn:xmpp:domain-based-name:0'>imp1.example.test</hostname></mechanisms>";
    assert!(said.contains(named), "{said}");
}

#[tokio::test]
async fn a_client_that_breaks_off_the_handshake_leaves_the_node_well() {
    let lab = lab("healthy").await;
    let mut client = Client::opened(&lab, IMP1).await;
    client.say(STARTTLS).await;
    client.hear(PROCEED).await;
    client.say("this is no ClientHello").await;
    let (_, end) = client.hear_end().await;
    assert!(end.map_or_else(|error| error.kind() == ErrorKind::ConnectionReset, |()| true));
    Client::offered(&lab, IMP1).await;
}
