//! Connections that are cut, or dripped, or never read from, or never end.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use super::Row;
use crate::hostile::peer::{DOMAIN, HEADER, PROCEED, Peer, STARTTLS, SUCCESS};
use crate::hostile::script::Turn::{Do, Drip, HearAny, Listen, SayForever, SaySlowly};
use crate::hostile::script::{
    At, PLAIN, Turn, between, direct, plays, repeated, reset, say, stop_reading, stop_writing, then,
};
use crate::hostile::{check, check_patiently, check_with};
use crate::program::{Finished, Program, SOON};

/// A login against a server that is honest up to there, and then does this.
fn breaks(at: At, turns: Vec<Turn>) -> Finished {
    check(&then(at, turns))
}

/// The same where TLS comes first.
fn breaks_direct(at: At, turns: Vec<Turn>) -> Finished {
    check_with(&direct(at, turns), &["--direct-tls"])
}

/// A login that goes through, whatever the server does besides.
const fn goes_on(what: &'static str, run: fn() -> Finished) -> Row {
    Row::login(what, run, "ok", "session", &[])
}

const fn failed(
    what: &'static str,
    run: fn() -> Finished,
    stage: &'static str,
    codes: &'static [&'static str],
) -> Row {
    Row::login(what, run, "failed", stage, codes)
}

const fn silent(
    what: &'static str,
    run: fn() -> Finished,
    stage: &'static str,
    codes: &'static [&'static str],
) -> Row {
    Row::login(what, run, "silent", stage, codes)
}

const RESET: &[&str] = &["TCP_RESET"];
const CLOSED: &[&str] = &["XMPP_CLOSED"];
const AUTH_CLOSED: &[&str] = &["XMPP_AUTH_CLOSED"];

const RESETS: [Row; 14] = [
    failed("reset before the header", || breaks(At::Header, vec![Do(reset)]), "stream", RESET),
    failed("reset after the header", || breaks(At::Features, vec![Do(reset)]), "stream", RESET),
    failed("reset at starttls", || breaks(At::Starttls, vec![Do(reset)]), "starttls", RESET),
    failed("reset in the handshake", || breaks(At::Tls, vec![HearAny, Do(reset)]), "tls", RESET),
    failed("reset before the header under TLS", || breaks(At::SecureHeader, vec![Do(reset)]), "stream_tls", RESET),
    failed(
        "reset after the header under TLS",
        || breaks(At::SecureFeatures, vec![Do(reset)]),
        "stream_tls",
        RESET,
    ),
    failed("reset at auth", || breaks(At::Auth, vec![Do(reset)]), "auth", AUTH_CLOSED),
    failed("reset right behind success", || breaks(At::Success, vec![Do(reset)]), "stream_auth", RESET),
    failed("reset before the last header", || breaks(At::LastHeader, vec![Do(reset)]), "stream_auth", RESET),
    failed("reset after the last header", || breaks(At::LastFeatures, vec![Do(reset)]), "stream_auth", RESET),
    failed("reset at bind", || breaks(At::Bind, vec![Do(reset)]), "bind", RESET),
    failed("reset at the session", || breaks(At::Session, vec![Do(reset)]), "session", RESET),
    goes_on("reset right behind the session", || breaks(At::InSession, vec![Do(reset)])),
    goes_on("reset behind our close", || breaks(At::Closed, vec![Do(reset)])),
];

const ENDS: [Row; 14] = [
    failed("closed before the header", || breaks(At::Header, vec![]), "stream", CLOSED).says("by FIN"),
    failed("closed after the header", || breaks(At::Features, vec![]), "stream", CLOSED),
    failed("closed at starttls", || breaks(At::Starttls, vec![]), "starttls", CLOSED),
    failed("closed in the handshake", || breaks(At::Tls, vec![HearAny]), "tls", CLOSED),
    failed(
        "closed in the middle of a TLS record",
        || breaks(At::Tls, vec![HearAny, HALF_A_RECORD]),
        "tls",
        CLOSED,
    ),
    failed("closed before the header under TLS", || breaks(At::SecureHeader, vec![]), "stream_tls", CLOSED),
    failed("closed after the header under TLS", || breaks(At::SecureFeatures, vec![]), "stream_tls", CLOSED),
    failed("closed at auth", || breaks(At::Auth, vec![]), "auth", AUTH_CLOSED),
    failed("closed before the last header", || breaks(At::LastHeader, vec![]), "stream_auth", CLOSED),
    failed("closed after the last header", || breaks(At::LastFeatures, vec![]), "stream_auth", CLOSED),
    failed("closed at bind", || breaks(At::Bind, vec![]), "bind", CLOSED),
    failed("closed at the session", || breaks(At::Session, vec![]), "session", CLOSED),
    goes_on("closed behind the session", || breaks(At::InSession, vec![])),
    failed(
        "closed in the middle of a tag",
        || breaks(At::Header, vec![say("<stream:stream id='1")]),
        "stream",
        &["XMPP_NOT_XML"],
    )
    .says("ended inside an element"),
];

/// The head of a handshake record of TLS 1.2, without its length.
const HALF_A_RECORD: Turn = Turn::Say(std::borrow::Cow::Borrowed(&[0x16, 3, 3]));

const HALVES: [Row; 6] = [
    failed("half-closed before the header", || half(At::Header, vec![]), "stream", CLOSED),
    failed("half-closed behind proceed", || half(At::Tls, vec![]), "tls", CLOSED),
    failed("half-closed in the handshake", || half(At::Tls, vec![HearAny, HALF_A_RECORD]), "tls", CLOSED),
    failed("half-closed at auth", || half(At::Auth, vec![]), "auth", AUTH_CLOSED),
    failed("half-closed at bind", || half(At::Bind, vec![]), "bind", CLOSED),
    goes_on("no more is read, but all is said", || check(&between(At::Closed, vec![Do(stop_reading)]))),
];

/// The server shuts its own side there, and goes on reading.
fn half(at: At, mut before: Vec<Turn>) -> Finished {
    before.extend([Do(stop_writing), Listen]);
    breaks(at, before)
}

const SILENCES: [Row; 11] = [
    silent("not a word", || breaks(At::Header, vec![Listen]), "stream", &["XMPP_STREAM_SILENT"]).says("acked"),
    silent("not a word after the header", || breaks(At::Features, vec![Listen]), "stream", &["XMPP_NO_FEATURES"])
        .says("acked"),
    silent("not a word at starttls", || breaks(At::Starttls, vec![Listen]), "starttls", &["XMPP_STARTTLS_SILENT"])
        .says("acked"),
    silent("not a word in the handshake", || breaks(At::Tls, vec![Listen]), "tls", &["TLS_SILENT"]).says("acked"),
    silent(
        "not a word under TLS",
        || breaks(At::SecureHeader, vec![Listen]),
        "stream_tls",
        &["XMPP_STREAM_SILENT"],
    )
    .says("acked"),
    silent(
        "not a word after the header under TLS",
        || breaks(At::SecureFeatures, vec![Listen]),
        "stream_tls",
        &["XMPP_NO_FEATURES"],
    )
    .says("acked"),
    silent("not a word at auth", || breaks(At::Auth, vec![Listen]), "auth", &["XMPP_AUTH_SILENT"]).says("acked"),
    silent(
        "not a word behind success",
        || breaks(At::LastHeader, vec![Listen]),
        "stream_auth",
        &["XMPP_STREAM_SILENT"],
    )
    .says("acked"),
    silent(
        "not a word after the last header",
        || breaks(At::LastFeatures, vec![Listen]),
        "stream_auth",
        &["XMPP_NO_FEATURES"],
    )
    .says("acked"),
    silent("not a word at bind", || breaks(At::Bind, vec![Listen]), "bind", &["XMPP_BIND_SILENT"]).says("acked"),
    silent("not a word at the session", || breaks(At::Session, vec![Listen]), "session", &["XMPP_SESSION_SILENT"])
        .says("acked"),
];

/// A fifth of a second a byte, which is to one second as the program's clocks here are to its usual ones.
const DRIP: Duration = Duration::from_millis(200);
/// Slow, and yet in time.
const SLOW: Duration = Duration::from_millis(1);

const DRIPS: [Row; 6] = [
    silent(
        "one byte a second of the header",
        || breaks(At::Header, vec![SaySlowly(HEADER, DRIP)]),
        "stream",
        &["XMPP_STREAM_SILENT"],
    ),
    silent(
        "one byte a second of the features",
        || breaks(At::Features, vec![SaySlowly(STARTTLS, DRIP)]),
        "stream",
        &["XMPP_NO_FEATURES"],
    ),
    silent(
        "one byte a second of the success",
        || breaks(At::Auth, vec![SaySlowly(SUCCESS, DRIP)]),
        "auth",
        &["XMPP_AUTH_SILENT"],
    ),
    silent(
        "one byte a second of the handshake",
        || breaks(At::Tls, vec![HearAny, SaySlowly("\x16\x03\x03\x10\0\x02\0\0\x51\x03\x03abcdefgh", DRIP)]),
        "tls",
        &["TLS_SILENT"],
    ),
    silent(
        "a keepalive every moment, and nothing else",
        || breaks(At::Header, vec![Drip(b" ", Duration::from_millis(20))]),
        "stream",
        &["XMPP_STREAM_SILENT"],
    ),
    goes_on("all of it one byte at a time, and in time", || {
        let mut turns = crate::hostile::script::honest();
        for (at, text) in
            [(At::Header, HEADER), (At::Features, STARTTLS), (At::Starttls, PROCEED), (At::Auth, SUCCESS)]
        {
            turns[at as usize] = SaySlowly(text, SLOW);
        }
        check(&plays(turns))
    }),
];

const FLOODS: [Row; 9] = [
    silent(
        "white space without an end after the header",
        || breaks(At::Features, vec![SayForever(&[b' '; 8192])]),
        "stream",
        &["XMPP_NO_FEATURES"],
    ),
    failed(
        "text without an end",
        || check_patiently(&then(At::Header, vec![SayForever(&[b'x'; 8192])]), &[]),
        "stream",
        &[],
    )
    .says("XMPP_LIMIT_MET"),
    failed(
        "text without an end after the header",
        || check_patiently(&then(At::Features, vec![SayForever(&[b'x'; 8192])]), &[]),
        "stream",
        &[],
    )
    .says("XMPP_LIMIT_MET"),
    failed(
        "text without an end at starttls",
        || check_patiently(&then(At::Starttls, vec![SayForever(&[b'x'; 8192])]), &[]),
        "starttls",
        &[],
    )
    .says("XMPP_LIMIT_MET"),
    failed(
        "bytes without an end in the handshake",
        || breaks(At::Tls, vec![HearAny, SayForever(&[b'x'; 8192])]),
        "tls",
        &["TLS_ALERT"],
    ),
    failed(
        "text without an end under TLS",
        || check_patiently(&then(At::SecureHeader, vec![SayForever(&[b'x'; 8192])]), &[]),
        "stream_tls",
        &[],
    )
    .says("XMPP_LIMIT_MET"),
    silent(
        "elements without an end at bind",
        || breaks(At::Bind, vec![SayForever(&ELEMENTS)]),
        "bind",
        &["XMPP_BIND_SILENT"],
    ),
    goes_on("stanzas without an end behind the session", || breaks(At::InSession, vec![SayForever(&MESSAGES)])),
    goes_on("bytes without an end behind the stream's end", || {
        breaks(At::Closed, vec![say("</stream:stream>"), SayForever(&[b'x'; 8192])])
    })
    .says("XMPP_NOT_XML"),
];

const ELEMENTS: [u8; 8000] = repeated(b"<a/>");
const MESSAGE: &[u8] = b"<message from='a@b'><body>spam</body></message>";
const MESSAGES: [u8; 7990] = repeated(MESSAGE);

const UNTIMELY: [Row; 6] = [
    Row::login(
        "header, features and success before we have said a word",
        || check(&plays(vec![say(HEADER), say(PLAIN), say(SUCCESS), Listen])),
        "stopped",
        "auth",
        &["XMPP_NO_STARTTLS"],
    ),
    silent(
        "all up to proceed before we have said a word",
        || check(&plays(vec![say(HEADER), say(STARTTLS), say(PROCEED), Listen])),
        "starttls",
        &["XMPP_STARTTLS_SILENT"],
    ),
    silent(
        "under TLS all up to success before we have said a word",
        || breaks(At::SecureHeader, vec![say(HEADER), say(PLAIN), say(SUCCESS), Listen]),
        "auth",
        &["XMPP_AUTH_SILENT"],
    ),
    goes_on("an urgent byte in the middle of the stream", || {
        check(&between(At::Features, vec![Do(|socket| SockRef::from(socket).send_out_of_band(b"!").map(drop))]))
    }),
    goes_on("words behind the stream's end", || {
        breaks(At::Closed, vec![say("</stream:stream><message/><<<"), Listen])
    })
    .says("XMPP_NOT_XML"),
    failed(
        "the stream's end and a new one at once",
        || breaks(At::Features, vec![say("</stream:stream>"), say(HEADER), say(STARTTLS), Listen]),
        "stream",
        CLOSED,
    ),
];

const DIRECT: [Row; 6] = [
    failed("TLS first: refused", || check_with(&closed_port(), &["--direct-tls"]), "tcp", &["XMPP_NO_DIRECT_TLS"]),
    failed(
        "TLS first: reset in the handshake",
        || breaks_direct(At::Tls, vec![HearAny, Do(reset)]),
        "tls",
        &["XMPP_NO_DIRECT_TLS"],
    ),
    failed(
        "TLS first: closed in the handshake",
        || breaks_direct(At::Tls, vec![HearAny]),
        "tls",
        &["XMPP_NO_DIRECT_TLS"],
    ),
    silent("TLS first: not a word", || breaks_direct(At::Tls, vec![Listen]), "tls", &["TLS_SILENT"]),
    failed(
        "TLS first: reset before the header",
        || breaks_direct(At::SecureHeader, vec![Do(reset)]),
        "stream_tls",
        RESET,
    ),
    failed("TLS first: reset at auth", || breaks_direct(At::Auth, vec![Do(reset)]), "auth", AUTH_CLOSED),
];

const CONNECTS: [Row; 3] = [
    failed("refused", || check(&closed_port()), "tcp", &["TCP_REFUSED"]),
    failed("its queue of connections is full", full_queue, "tcp", &["TCP_TIMEOUT"]),
    silent("it never reads, and its window is closed", closed_window, "auth", &["XMPP_WINDOW_CLOSED"]),
];

/// A port that was just given back.
fn closed_port() -> Peer {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
    Peer { address: listener.local_addr().expect("it is bound") }
}

/// Nobody accepts, and those who wait fill the queue: the kernel drops every SYN that comes now.
fn full_queue() -> Finished {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
    socket.bind(&any.into()).and_then(|()| socket.listen(0)).expect("a loopback port");
    let address = socket.local_addr().ok().and_then(|address| address.as_socket()).expect("it is bound");
    // As many as are taken at once; the first that is not taken shows that the queue is full.
    let wait = Duration::from_millis(200);
    let waiting: Vec<TcpStream> = (0..16).map_while(|_| TcpStream::connect_timeout(&address, wait).ok()).collect();
    assert!(waiting.len() < 16, "the queue takes everybody");
    check_with(&Peer { address }, &["--connect-timeout", "1500ms"])
}

/// A password longer than the server's buffer: what it did not read stays here.
fn closed_window() -> Finished {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
    let small = socket.set_recv_buffer_size(4096);
    small.and_then(|()| socket.bind(&any.into())).and_then(|()| socket.listen(8)).expect("a loopback port");
    let listener = TcpListener::from(socket);
    let address = listener.local_addr().expect("it is bound");
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        std::io::Read::read(&mut stream, &mut [0; 1024])?;
        std::io::Write::write_all(&mut stream, [HEADER, PLAIN].concat().as_bytes())?;
        Ok::<_, std::io::Error>(stream)
    });
    let password = "canary-window-".repeat(5000);
    let (node, user) = (address.to_string(), format!("alice@{DOMAIN}"));
    let arguments = [
        "check",
        "--json",
        "--node",
        &node,
        "--allow-cleartext",
        "--slow",
        "500ms",
        "--silent-after",
        "1500ms",
        &user,
    ];
    let finished = Program::new().start(&arguments, Some(&password)).finish(SOON);
    drop(served.join().expect("the server does not panic"));
    finished
}

#[test]
fn resets() {
    super::play("tcp", &RESETS);
}

#[test]
fn ends_without_a_word() {
    super::play("tcp", &ENDS);
}

#[test]
fn half_an_end() {
    super::play("tcp", &HALVES);
}

#[test]
fn silences() {
    super::play("tcp", &SILENCES);
}

#[test]
fn drips() {
    super::play("tcp", &DRIPS);
}

#[test]
fn floods() {
    super::play("tcp", &FLOODS);
}

#[test]
fn untimely_words() {
    super::play("tcp", &UNTIMELY);
}

#[test]
fn tls_from_the_first_byte() {
    super::play("tcp", &DIRECT);
}

#[test]
fn connects() {
    super::play("tcp", &CONNECTS);
}
