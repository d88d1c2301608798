//! What becomes of an answer on its way: from where it comes, whether it fits, whether the stream holds it.

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpStream, UdpSocket};
use std::time::Duration;

use super::{ANSWER, Question, all, ask, ask_with, good, is_route, none, route, to, told, truncated};
use crate::hostile::names::{Names, framed, reply};
use crate::hostile::table::Row;
use crate::program::Finished;

/// The record of PSI's route is truncated over UDP; this is what comes over TCP.
fn over_tcp(play: fn(&Question, &mut TcpStream) -> io::Result<()>) -> Finished {
    let over_udp = |question: &Question| if is_route(question) { truncated(question) } else { none(question) };
    ask(&Names::play_both(over_udp, play))
}

fn closed() -> io::Result<()> {
    Err(io::ErrorKind::ConnectionAborted.into())
}

fn from(address: Ipv4Addr, question: &Question) -> Vec<Vec<u8>> {
    let socket = UdpSocket::bind((address, 0)).expect("a loopback port");
    // The client's socket is connected to another one: the system may tell us so.
    let _ = socket.send_to(&good(question), question.from);
    Vec::new()
}

fn differing(other: fn(&Question) -> Vec<Vec<u8>>) -> Finished {
    let second = Names::play(other);
    ask_with(&Names::play(|question| vec![good(question)]), &["--dns", &second.address.to_string()])
}

pub const ROWS: &[Row] = &[
    Row::walk(
        "an answer from another port",
        || route(|question| from(Ipv4Addr::LOCALHOST, question)),
        &["DNS_TIMEOUT"],
    )
    .says("it was asked 3 times over UDP."),
    Row::walk(
        "an answer from another address",
        || route(|question| from(Ipv4Addr::new(127, 0, 0, 2), question)),
        &["DNS_TIMEOUT"],
    )
    .says("it was asked 3 times over UDP."),
    Row::walk("truncated over UDP and over TCP", || all(truncated), &["DNS_UNREADABLE"])
        .says("is no answer that could be read: the answer is truncated over TCP as well"),
    Row::walk("truncated, and no TCP", || ask(&Names::without_tcp(truncated)), &["DNS_PORT_CLOSED"])
        .says("asked over TCP, after an answer over UDP that was truncated"),
    Row::walk("truncated, and TCP is silent", || over_tcp(|_, _| Ok(())), &["DNS_TIMEOUT"])
        .says("it was asked twice over UDP and TCP."),
    Row::walk("truncated, and TCP closes", || over_tcp(|_, _| closed()), &["DNS_UNREADABLE"]).says(
        "is no answer that could be read: over TCP, after a truncated answer: the server closed the connection",
    ),
    Row::walk(
        "truncated, and TCP closes within the answer",
        || {
            over_tcp(|question, stream| {
                let message = good(question);
                stream.write_all(&[0, 200])?;
                stream.write_all(&message[..message.len() / 2])?;
                closed()
            })
        },
        &["DNS_UNREADABLE"],
    )
    .says("the server closed the connection before a whole answer had come"),
    Row::walk(
        "truncated, and a length of zero",
        || over_tcp(|_, stream| stream.write_all(&[0, 0])),
        &["DNS_UNREADABLE"],
    )
    .says("is no answer that could be read: "),
    Row::walk(
        "truncated, and a length that is not kept",
        || {
            over_tcp(|question, stream| {
                stream.write_all(&[255, 255])?;
                stream.write_all(&good(question))
            })
        },
        &["DNS_TIMEOUT"],
    )
    .says("it was asked twice over UDP and TCP."),
    Row::walk(
        "truncated, and one byte at a time",
        || {
            over_tcp(|question, stream| {
                let message = good(question);
                let length = u16::try_from(message.len()).map_err(io::Error::other)?;
                for byte in [&length.to_be_bytes(), message.as_slice()].concat() {
                    stream.write_all(&[byte])?;
                    std::thread::sleep(Duration::from_millis(200));
                }
                Ok(())
            })
        },
        &["DNS_TIMEOUT"],
    )
    .says("it was asked twice over UDP and TCP."),
    Row::walk(
        "truncated, and another id without end",
        || {
            over_tcp(|question, stream| {
                let mut message = good(question);
                message[1] ^= 1;
                loop {
                    framed(stream, &message)?;
                }
            })
        },
        &["DNS_TIMEOUT"],
    )
    .says("UDP and TCP, and what came was no answer to it (another id)"),
    Row::walk(
        "truncated, and 64 KB that are no DNS",
        || over_tcp(|_, stream| framed(stream, &[0xff; 65_535])),
        &["DNS_TIMEOUT"],
    )
    .says("UDP and TCP, and what came was no answer to it (another id)"),
    Row::walk(
        "truncated, and ten thousand records",
        || {
            route(|question| {
                if question.tcp {
                    vec![reply(question, ANSWER, 10_000, &to("imp1.example.test").repeat(1_300))]
                } else {
                    truncated(question)
                }
            })
        },
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("The name imp1.example.test has no address here: NXDOMAIN"),
    Row::walk("a second server that knows nothing", || differing(none), &["TCP_REFUSED"])
        .says("answer differently to SRV _xmpp-client._tcp.example.test"),
    Row::walk(
        "a second server that leads elsewhere",
        || differing(|question| told(question, &[to("evil.example.net")])),
        &["DNS_PORT_UNUSUAL", "DNS_TARGET_UNRESOLVED", "TCP_REFUSED"],
    )
    .says("0 0 evil.example.net:5222, where"),
    Row::walk("a second server that is silent", || differing(|_| Vec::new()), &["TCP_REFUSED"])
        // All are asked at once: which one begins first is the scheduler's.
        .says("example.test and 6 more within 5.0 s"),
];
