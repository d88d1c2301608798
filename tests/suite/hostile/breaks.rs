//! Connections that are cut at each stage, and bytes that are no XMPP.

use std::time::Duration;

use super::peer::{BOUND, HEADER, PROCEED, Peer, STARTTLS};
use super::{check, ends, timed};

#[test]
fn an_end_without_a_word_is_named_wherever_it_comes() {
    let peer = Peer::plays(|talk| talk.hear(">"));
    ends("behind our header", &peer, "failed", "stream", &["XMPP_CLOSED"]);
    let peer = Peer::plays(|talk| {
        talk.hear(">")?;
        talk.say("<stream:stream id='1")
    });
    ends("in the middle of a tag", &peer, "failed", "stream", &["XMPP_NOT_XML"]);
    let peer = Peer::plays(|talk| {
        talk.up_to_proceed()?;
        let mut hello = [0; 32];
        std::io::Read::read_exact(&mut talk.stream, &mut hello)?;
        // Half a record header: a handshake record of TLS 1.2.
        talk.say_bytes(&[0x16, 3, 3])?;
        talk.stream.shutdown(std::net::Shutdown::Write)?;
        talk.listen()
    });
    ends("in the middle of the handshake", &peer, "failed", "tls", &["XMPP_CLOSED"]);
    let peer = Peer::plays(|talk| {
        talk.up_to_proceed()?;
        talk.stream.shutdown(std::net::Shutdown::Write)?;
        talk.listen()
    });
    ends("behind proceed", &peer, "failed", "tls", &["XMPP_CLOSED"]);
}

#[test]
fn one_byte_at_a_time_is_a_login_like_any_other() {
    let pause = Duration::from_millis(5);
    let peer = Peer::plays(move |talk| {
        talk.hear(">")?;
        talk.say_slowly(HEADER, pause)?;
        talk.say_slowly(STARTTLS, pause)?;
        talk.hear("<starttls")?;
        talk.say_slowly(PROCEED, pause)?;
        talk.stream.shutdown(std::net::Shutdown::Write)?;
        talk.listen()
    });
    let finished = ends("slowly up to proceed", &peer, "failed", "tls", &["XMPP_CLOSED"]);
    assert_eq!(finished.stage("starttls"), "ok");
}

#[test]
fn what_is_no_xml_is_named_and_ends_the_login() {
    let cases: [(&str, &[u8]); 8] = [
        ("a NUL", b"<stream:stream id='\0'>"),
        ("invalid UTF-8", b"<stream:stream id='\xff\xfe'>"),
        ("a doctype with entities", b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><x>&b;</x>"),
        ("an entity", b"<stream:stream xmlns:stream='http://etherx.jabber.org/streams' id='&lol;'>"),
        ("unknown markup", b"<!ELEMENT x>"),
        ("an end tag", b"</nothing>"),
        ("an unquoted attribute", b"<stream:stream id=1>"),
        ("garbage", b"\x80\x81\x82\x00\x01<\x02"),
    ];
    for (what, bytes) in cases {
        let bytes = bytes.to_vec();
        let peer = Peer::plays(move |talk| {
            talk.hear(">")?;
            talk.say_bytes(&bytes)?;
            talk.listen()
        });
        let finished = check(&peer);
        let codes = finished.unexplained("critical");
        assert!(codes.contains(&"XMPP_NOT_XML".to_owned()), "{what}: {codes:?}\n{}", finished.stderr);
        assert_ne!(finished.login()["outcome"], "ok", "{what}");
    }
}

#[test]
fn a_second_root_inside_a_stream_is_described_and_waits_on() {
    let peer = Peer::plays(|talk| {
        talk.hear(">")?;
        talk.say("<html><p>one</p></html><other/>")?;
        talk.listen()
    });
    ends("roots that are no stream", &peer, "silent", "stream", &["XMPP_STREAM_SILENT"]);
}

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
