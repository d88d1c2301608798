//! A SOCKS proxy that is none, or says no, or nothing, or goes on for ever: the node is never blamed for it.

use std::borrow::Cow;
use std::time::Duration;

use super::Row;
use crate::hostile::check_with;
use crate::hostile::peer::Peer;
use crate::hostile::script::Turn::{Do, HearAny, Listen, Say, SayForever, SaySlowly};
use crate::hostile::script::{Turn, honest, plays, reset, say};
use crate::program::Finished;

/// A login by way of what these turns say.
fn by_way_of(turns: Vec<Turn>) -> Finished {
    let proxy = format!("socks5h://{}", plays(turns).address);
    // Nobody is there: whatever is connected to past the proxy ends in another way.
    let nobody = Peer { address: ([127, 0, 0, 1], 9).into() };
    check_with(&nobody, &["--via", &proxy, "--connect-timeout", "1s"])
}

const fn failed(what: &'static str, run: fn() -> Finished, codes: &'static [&'static str]) -> Row {
    Row::login(what, run, "failed", "tcp", codes)
}

/// A greeting that asks for nothing.
const fn welcome() -> Turn {
    Turn::Say(Cow::Borrowed(&[5, 0]))
}

/// A whole reply with this number.
const fn reply(head: &'static [u8; 10]) -> Turn {
    Turn::Say(Cow::Borrowed(head))
}

const DONE: &[u8; 10] = &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
const UNREACHABLE: &[&str] = &["VIA_UNREACHABLE"];
const REFUSED: &[&str] = &["VIA_REFUSED"];
const CLOSED: &[&str] = &["VIA_CLOSED"];
const DRIP: Duration = Duration::from_millis(300);

/// A proxy that has connected, by its own word; then these turns.
fn connected(turns: Vec<Turn>) -> Finished {
    by_way_of([vec![HearAny, welcome(), HearAny, reply(DONE)], turns].into_iter().flatten().collect())
}

const GREETINGS: [Row; 10] = [
    failed("no word of SOCKS", || by_way_of(vec![Listen]), UNREACHABLE).says("said no word of SOCKS 5"),
    failed("closed at once", || by_way_of(vec![]), UNREACHABLE),
    failed("reset at once", || by_way_of(vec![HearAny, Do(reset)]), UNREACHABLE),
    failed("half a greeting", || by_way_of(vec![HearAny, Say(Cow::Borrowed(&[5])), Listen]), UNREACHABLE),
    failed("an HTTP server", || by_way_of(vec![HearAny, say("HTTP/1.1 400 Bad Request\r\n\r\n")]), UNREACHABLE),
    failed("an SSH server", || by_way_of(vec![say("SSH-2.0-OpenSSH_9.2\r\n"), Listen]), UNREACHABLE),
    failed("SOCKS 4", || by_way_of(vec![HearAny, Say(Cow::Borrowed(&[0, 91, 0, 0, 0, 0, 0, 0]))]), UNREACHABLE),
    failed("a greeting without an end", || by_way_of(vec![HearAny, SayForever(&[b'x'; 8192])]), UNREACHABLE),
    failed("it wants a password", || by_way_of(vec![HearAny, Say(Cow::Borrowed(&[5, 2])), Listen]), UNREACHABLE)
        .says("wants a user and a password"),
    failed("it takes nobody", || by_way_of(vec![HearAny, Say(Cow::Borrowed(&[5, 255])), Listen]), UNREACHABLE),
];

const REPLIES: [Row; 13] = [
    failed("general failure", || replies(&[5, 1, 0, 1, 0, 0, 0, 0, 0, 0]), REFUSED)
        .says("SOCKS 1, general failure"),
    failed("not allowed", || replies(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]), REFUSED).says("SOCKS 2, not allowed"),
    failed("network unreachable", || replies(&[5, 3, 0, 1, 0, 0, 0, 0, 0, 0]), &["TCP_UNREACHABLE"])
        .says("SOCKS 3"),
    failed("host unreachable", || replies(&[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]), &["TCP_UNREACHABLE"]).says("SOCKS 4"),
    failed("connection refused", || replies(&[5, 5, 0, 1, 0, 0, 0, 0, 0, 0]), &["TCP_REFUSED"]).says("SOCKS 5"),
    failed("TTL expired", || replies(&[5, 6, 0, 1, 0, 0, 0, 0, 0, 0]), &["TCP_TIMEOUT"]),
    failed("command not supported", || replies(&[5, 7, 0, 1, 0, 0, 0, 0, 0, 0]), REFUSED),
    failed("address type not supported", || replies(&[5, 8, 0, 1, 0, 0, 0, 0, 0, 0]), REFUSED),
    failed("a reply that is not assigned", || replies(&[5, 200, 0, 1, 0, 0, 0, 0, 0, 0]), REFUSED),
    failed("no reply", || by_way_of(vec![HearAny, welcome(), Listen]), &["TCP_TIMEOUT"])
        .says("whether it reached 127.0.0.1:9"),
    failed("an end in place of a reply", || by_way_of(vec![HearAny, welcome(), HearAny]), REFUSED),
    failed("a reply of another version", || replies(&[4, 0, 0, 1, 0, 0, 0, 0, 0, 0]), UNREACHABLE),
    failed("a reply with an address of no kind", || replies(&[5, 0, 0, 77, 0, 0, 0, 0, 0, 0]), UNREACHABLE),
];

fn replies(head: &'static [u8; 10]) -> Finished {
    by_way_of(vec![HearAny, welcome(), HearAny, reply(head)])
}

const BEHIND: [Row; 6] = [
    Row::login("closed behind the reply", || connected(vec![]), "failed", "stream", CLOSED),
    Row::login("reset behind the reply", || connected(vec![HearAny, Do(reset)]), "failed", "stream", CLOSED),
    Row::login(
        "silence behind the reply",
        || connected(vec![Listen]),
        "silent",
        "stream",
        &["XMPP_STREAM_SILENT"],
    )
    .says("it would describe the proxy"),
    Row::login(
        "no XML behind the reply",
        || connected(vec![say("\0\0\0")]),
        "failed",
        "stream",
        &["XMPP_NOT_XML"],
    ),
    failed(
        "a reply that drips",
        || by_way_of(vec![HearAny, welcome(), HearAny, SaySlowly("\x05\0\0\x01\0\0\0\0\0\0", DRIP), Listen]),
        &["TCP_TIMEOUT"],
    ),
    Row::login("an honest login behind it", || connected(honest()), "ok", "session", &[]),
];

#[test]
fn greetings() {
    super::play("via", &GREETINGS);
}

#[test]
fn replies_of_all_numbers() {
    super::play("via", &REPLIES);
}

#[test]
fn behind_the_reply() {
    super::play("via", &BEHIND);
}
