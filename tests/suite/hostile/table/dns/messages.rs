//! Messages that are no answer to the question, or that claim what they do not hold.

use super::{
    A, ANSWER, ASKED, NXDOMAIN, OPT, Question, SRV, TSIG, all, ask, behind_the_question, good, is_route, none,
    pointer, route, to,
};
use crate::hostile::names::{Names, fitted, record, reply, srv, wire};
use crate::hostile::table::Row;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An answer of one record with this data.
fn with_data(question: &Question, length: u16, data: &[u8]) -> Vec<Vec<u8>> {
    let head = [&ASKED[..], &SRV.to_be_bytes(), &[0, 1, 0, 0, 0, 60], &length.to_be_bytes()].concat();
    vec![reply(question, ANSWER, 1, &[&head, data].concat())]
}

fn named(question: &Question, name: &[u8]) -> Vec<Vec<u8>> {
    vec![reply(question, ANSWER, 1, &record(name, SRV, &srv(5222, &wire("a.test"))))]
}

fn changed(question: &Question, at: usize, by: u8) -> Vec<u8> {
    let mut message = good(question);
    message[at] ^= by;
    message
}

fn rcode(question: &Question, rcode: u16) -> Vec<Vec<u8>> {
    vec![fitted(question, rcode, &[])]
}

/// An answer and a record of EDNS behind it: the upper bits of the rcode, and options.
fn with_edns(question: &Question, flags: u16, high: u8, options: &[u8]) -> Vec<Vec<u8>> {
    let length = u16::try_from(options.len()).expect("options");
    let opt = [&[0], &OPT.to_be_bytes()[..], &[4, 208, high, 0, 0, 0], &length.to_be_bytes(), options].concat();
    let mut message = reply(question, flags, 0, &opt);
    message[11] = 1;
    vec![message]
}

pub const ROWS: &[Row] = &[
    Row::walk("silence", || route(|_| Vec::new()), &["DNS_TIMEOUT"]).says("it was asked 3 times over UDP."),
    Row::walk("nobody listens", || ask(&Names::nowhere()), &["DNS_PORT_CLOSED"])
        .says("(ECONNREFUSED), asked over UDP."),
    Row::walk("empty datagrams", || route(|_| vec![Vec::new()]), &["DNS_UNREADABLE"])
        .says("is no answer that could be read: "),
    Row::walk("datagrams of one byte", || route(|_| vec![vec![7]]), &["DNS_UNREADABLE"])
        .says("is no answer that could be read: "),
    Row::walk("datagrams of 64 KB", || route(|_| vec![vec![0xff; 65_507]]), &["DNS_TIMEOUT"])
        .says("what came was no answer to it (another id)"),
    Row::walk("another id, always", || route(|question| vec![changed(question, 1, 1)]), &["DNS_TIMEOUT"])
        .says("what came was no answer to it (another id)"),
    Row::walk(
        "another id, then the right one",
        || all(|question| vec![changed(question, 1, 1), good(question)]),
        &["TCP_REFUSED"],
    )
    .says("imp1.example.test refused the connection at 127.0.0.1:5222"),
    Row::walk(
        "a hundred thousand datagrams with another id",
        || {
            let left = AtomicUsize::new(100_000);
            ask(&Names::play(move |question| {
                if !is_route(question) {
                    return none(question);
                }
                vec![changed(question, 1, 1); left.swap(0, Ordering::Relaxed)]
            }))
        },
        &["DNS_TIMEOUT"],
    )
    .says("what came was no answer to it (another id)"),
    Row::walk("another question", || route(|question| vec![changed(question, 13, 1); 200]), &["DNS_TIMEOUT"])
        .says("what came was no answer to it (another question)"),
    Row::walk(
        "another class",
        || route(|question| vec![changed(question, behind_the_question(question) - 1, 2)]),
        &["DNS_TIMEOUT"],
    )
    .says("what came was no answer to it (another question)"),
    Row::walk(
        "another type",
        || route(|question| vec![changed(question, behind_the_question(question) - 3, 2)]),
        &["DNS_TIMEOUT"],
    )
    .says("what came was no answer to it (another question)"),
    Row::walk("the question itself", || route(|question| vec![question.bytes.to_vec()]), &["DNS_UNREADABLE"])
        .says("is no answer that could be read: it is not marked as a response"),
    Row::walk("another opcode", || route(|question| vec![changed(question, 2, 0x10)]), &["DNS_UNREADABLE"])
        .says("is no answer that could be read: it is marked as an answer to something else than a query"),
    Row::walk("FORMERR", || route(|question| rcode(question, 1)), &["DNS_REFUSED"])
        .says("turned SRV _xmpp-client._tcp.example.test down: FORMERR"),
    Row::walk("SERVFAIL", || route(|question| rcode(question, 2)), &["DNS_SERVFAIL"])
        .says("could not find out SRV _xmpp-client._tcp.example.test: SERVFAIL"),
    Row::walk("NOTIMP", || route(|question| rcode(question, 4)), &["DNS_REFUSED"])
        .says("turned SRV _xmpp-client._tcp.example.test down: NOTIMP"),
    Row::walk("REFUSED", || route(|question| rcode(question, 5)), &["DNS_REFUSED"])
        .says("turned SRV _xmpp-client._tcp.example.test down: REFUSED"),
    Row::walk("NOTAUTH", || route(|question| rcode(question, 9)), &["DNS_REFUSED"])
        .says("turned SRV _xmpp-client._tcp.example.test down: NOTAUTH"),
    Row::walk("rcode 15", || route(|question| rcode(question, 15)), &["DNS_REFUSED"])
        .says("turned SRV _xmpp-client._tcp.example.test down: RCODE 15"),
    Row::walk("BADVERS", || route(|question| with_edns(question, ANSWER, 1, &[])), &["DNS_REFUSED"])
        .says("turned SRV _xmpp-client._tcp.example.test down: BADVERS"),
    Row::walk("rcode 4095", || route(|question| with_edns(question, ANSWER | 15, 255, &[])), &["DNS_REFUSED"])
        .says("turned SRV _xmpp-client._tcp.example.test down: RCODE 4095"),
    Row::walk(
        "EDNS that is longer than it says",
        || all(|question| with_edns(question, ANSWER | NXDOMAIN, 0, &[0, 10, 255, 255, 1])),
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("Nothing in DNS says where users of example.test log in"),
    Row::walk(
        "EDNS of a thousand bytes",
        || all(|question| with_edns(question, ANSWER | NXDOMAIN, 0, &[0; 1000])),
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("Nothing in DNS says where users of example.test log in"),
    Row::walk(
        "a signature that is none",
        || {
            all(|question| {
                let mut message = reply(question, ANSWER | NXDOMAIN, 0, &record(&[0], TSIG, &[0xff; 9]));
                message[11] = 1;
                vec![message]
            })
        },
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("Nothing in DNS says where users of example.test log in"),
    Row::walk(
        "NXDOMAIN with records",
        || route(|question| vec![fitted(question, NXDOMAIN, &[to("imp1.example.test")])]),
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("_xmpp-client._tcp NXDOMAIN"),
    Row::walk(
        "SERVFAIL with records",
        || route(|question| vec![fitted(question, 2, &[to("imp1.example.test")])]),
        &["DNS_SERVFAIL"],
    )
    .says("_xmpp-client._tcp SERVFAIL"),
    Row::walk(
        "a pointer to itself",
        || route(|question| named(question, &pointer(behind_the_question(question)))),
        &["DNS_UNREADABLE"],
    )
    .says("is no answer that could be read: "),
    Row::walk(
        "a pointer forward",
        || route(|question| named(question, &pointer(behind_the_question(question) + 2))),
        &["DNS_UNREADABLE"],
    )
    .says("is no answer that could be read: "),
    Row::walk(
        "a pointer beyond the end",
        || route(|question| named(question, &[0xff, 0xff])),
        &["DNS_UNREADABLE"],
    )
    .says("is no answer that could be read: "),
    Row::walk(
        "ten thousand pointers in a chain",
        || {
            route(|question| {
                let first = behind_the_question(question) + 12;
                let chain: Vec<u8> =
                    (0..8_000).flat_map(|n| pointer(if n == 0 { 12 } else { first + 2 * (n - 1) })).collect();
                let last = record(&pointer(first + 2 * 7_999), A, &[127, 0, 0, 1]);
                vec![reply(question, ANSWER, 2001, &[record(&ASKED, 65_280, &chain), last.repeat(2_000)].concat())]
            })
        },
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("_xmpp-client._tcp NODATA"),
    Row::walk(
        "a label of 64 bytes",
        || route(|question| named(question, &[&[64][..], &[b'a'; 64], &[0]].concat())),
        &["DNS_UNREADABLE"],
    )
    .says("is no answer that could be read: "),
    Row::walk(
        "a name of 300 bytes",
        || route(|question| named(question, &[[&[59][..], &[b'a'; 59]].concat().repeat(5), vec![0]].concat())),
        &["DNS_UNREADABLE"],
    )
    .says("is no answer that could be read: "),
    Row::walk(
        "a record that is longer than it says",
        || route(|question| with_data(question, 8, &srv(5222, &wire("imp1.example.test")))),
        &["DNS_UNREADABLE"],
    )
    .says("is no answer that could be read: "),
    Row::walk(
        "a record that is shorter than it says",
        || route(|question| with_data(question, 999, &srv(5222, &wire("imp1.example.test")))),
        &["DNS_UNREADABLE"],
    )
    .says("is no answer that could be read: "),
    Row::walk("a service without data", || route(|question| with_data(question, 0, &[])), &["DNS_UNREADABLE"])
        .says("is no answer that could be read: "),
    Row::walk(
        "ten thousand records in a datagram",
        || route(|question| vec![reply(question, ANSWER, 10_000, &to("imp1.example.test").repeat(1_000))]),
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("The name imp1.example.test has no address here: NXDOMAIN"),
    Row::walk(
        "records that are only claimed",
        || route(|question| vec![reply(question, ANSWER, 10_000, &[])]),
        &["DNS_UNREADABLE"],
    )
    .says("is no answer that could be read: "),
];
