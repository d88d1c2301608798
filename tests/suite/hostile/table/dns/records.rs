//! Records that are whole and lead astray: targets, ports, aliases, sections.

use super::{A, ANSWER, ASKED, CNAME, DNAME, NXDOMAIN, Question, SRV, all, host, none, route, to, told};
use crate::hostile::names::{fitted, record, reply, srv, wire};
use crate::hostile::table::Row;

/// An answer whose record stands in another section: which of the counts is its.
fn elsewhere(question: &Question, count: usize) -> Vec<Vec<u8>> {
    let mut message = reply(question, ANSWER, 0, &to("imp1.example.test"));
    message[count] = 1;
    vec![message]
}

fn aimed(question: &Question, target: &[u8]) -> Vec<Vec<u8>> {
    told(question, &[record(&ASKED, SRV, &srv(5222, target))])
}

fn label(text: &[u8]) -> Vec<u8> {
    [&[text.len() as u8], text, &wire("test")].concat()
}

/// A record with any priority, weight, port, and TTL.
fn numbered(priority: u16, weight: u16, port: u16, ttl: u32) -> Vec<u8> {
    let data = [priority, weight, port]
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .chain(wire("imp1.example.test"))
        .collect::<Vec<u8>>();
    let length = u16::try_from(data.len()).expect("a record");
    [&ASKED[..], &SRV.to_be_bytes(), &[0, 1], &ttl.to_be_bytes(), &length.to_be_bytes(), &data].concat()
}

fn alias(from: &str, to: &str) -> Vec<u8> {
    record(&wire(from), CNAME, &wire(to))
}

pub const ROWS: &[Row] = &[
    Row::walk("no records", || all(|question| told(question, &[])), &["DNS_NO_LOGIN_RECORDS"])
        .says("_cisco-uds._tcp NODATA"),
    Row::walk("no names", || all(none), &["DNS_NO_LOGIN_RECORDS"]).says("_cisco-uds._tcp NXDOMAIN"),
    Row::walk(
        "records in the authority section alone",
        || all(|question| elsewhere(question, 9)),
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("_cisco-uds._tcp NODATA"),
    Row::walk(
        "records in the additional section alone",
        || all(|question| elsewhere(question, 11)),
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("_cisco-uds._tcp NODATA"),
    Row::walk("not offered", || all(|question| aimed(question, &[0])), &["DNS_NO_LOGIN_RECORDS"])
        .says("_cisco-uds._tcp not offered"),
    Row::walk(
        "records of another class",
        || {
            route(|question| {
                let mut record = to("imp1.example.test");
                record[5] = 3;
                told(question, &[record])
            })
        },
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("_xmpp-client._tcp NODATA"),
    Row::walk(
        "records of another name",
        || {
            route(|question| {
                told(question, &[record(&wire("x.test"), SRV, &srv(5222, &wire("imp1.example.test")))])
            })
        },
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("_xmpp-client._tcp NODATA"),
    Row::walk(
        "a compressed target",
        || route(|question| aimed(question, &[&[4][..], b"imp1", &[0xc0, 12 + 18]].concat())),
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("The name imp1.example.test has no address here: NXDOMAIN"),
    Row::walk(
        "an address as a target",
        || route(|question| aimed(question, &wire("127.0.0.1"))),
        &["TCP_REFUSED"],
    )
    .says("leads to the address 127.0.0.1, where a name must stand"),
    Row::walk("a short target", || route(|question| aimed(question, &wire("imp1"))), &["DNS_TARGET_SHORT"])
        .says("leads to imp1, a name without a domain"),
    Row::walk(
        "the domain as a target",
        || route(|question| aimed(question, &wire("example.test"))),
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("The name example.test has no address here"),
    Row::walk(
        "a target with escapes",
        || route(|question| aimed(question, &label(b"\x1b[31m\r\n"))),
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("has no address here: it is no name of a host, and was not asked for"),
    Row::walk(
        "a target that turns",
        || route(|question| aimed(question, &label("\u{202e}x\u{200b}".as_bytes()))),
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("has no address here: it is no name of a host, and was not asked for"),
    Row::walk(
        "targets that no host can have",
        || {
            route(|question| {
                let each = |target: &&[u8]| record(&ASKED, SRV, &srv(5222, &label(target)));
                let odd: [&[u8]; 3] = [b"a/b", b"a b", b"a\r\nb"];
                told(question, &odd.iter().map(each).collect::<Vec<_>>())
            })
        },
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("b.test has no address here: it is no name of a host, and was not asked for"),
    Row::walk(
        "a target for everybody",
        || route(|question| aimed(question, &label(b"*"))),
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("The name *.test has no address here: it is no name of a host, and was not asked for"),
    Row::walk(
        "port 0",
        || route(|question| told(question, &[numbered(0, 0, 0, 60)])),
        &["DNS_PORT_UNUSUAL", "DNS_TARGET_UNRESOLVED"],
    )
    .says("names port 0 of imp1.example.test"),
    Row::walk(
        "weights of zero and priorities at both ends",
        || {
            route(|question| {
                told(
                    question,
                    &[numbered(65535, 0, 5222, 0), numbered(0, 0, 5222, 0), numbered(0, 65535, 5222, 0)],
                )
            })
        },
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("The name imp1.example.test has no address here: NXDOMAIN"),
    Row::walk(
        "a TTL that is negative",
        || route(|question| told(question, &[numbered(0, 0, 5222, 1 << 31)])),
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("The name imp1.example.test has no address here: NXDOMAIN"),
    Row::walk(
        "the same record a hundred times",
        || route(|question| vec![reply(question, ANSWER, 100, &to("imp1.example.test").repeat(100))]),
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("The name imp1.example.test has no address here: NXDOMAIN"),
    Row::walk(
        "an alias of itself",
        || all(|question| told(question, &[alias(&question.name, &question.name)])),
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("_xmpp-client._tcp NODATA"),
    Row::walk(
        "two aliases in a circle",
        || {
            all(|question| {
                told(question, &[alias(&question.name, "other.test"), alias("other.test", &question.name)])
            })
        },
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("_xmpp-client._tcp NODATA"),
    Row::walk(
        "a hundred aliases",
        || {
            all(|question| {
                let chain = (0..100).map(|n| {
                    alias(
                        &if n == 0 { question.name.clone() } else { format!("a{n}.test") },
                        &format!("a{}.test", n + 1),
                    )
                });
                vec![reply(question, ANSWER, 100, &chain.flatten().collect::<Vec<u8>>())]
            })
        },
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("_xmpp-client._tcp NODATA"),
    Row::walk(
        "an alias of a service",
        || {
            route(|question| {
                told(
                    question,
                    &[
                        alias(&question.name, "other.test"),
                        record(&wire("other.test"), SRV, &srv(5222, &wire("imp1.example.test"))),
                    ],
                )
            })
        },
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("The name imp1.example.test has no address here: NXDOMAIN"),
    Row::walk(
        "another tree",
        || all(|question| told(question, &[record(&wire("example.test"), DNAME, &wire("example.net"))])),
        &["DNS_NO_LOGIN_RECORDS"],
    )
    .says("_xmpp-client._tcp NODATA"),
    Row::walk(
        "a host that is an alias of nothing",
        || host(|question| told(question, &[alias(&question.name, "gone.example.net")])),
        &["DNS_TARGET_UNRESOLVED"],
    )
    .says("an alias of gone.example.net, which has no address"),
    Row::walk(
        "a host that is an alias",
        || {
            host(|question| {
                told(
                    question,
                    &[alias(&question.name, "other.test"), record(&wire("other.test"), A, &[127, 0, 0, 1])],
                )
            })
        },
        &["TCP_REFUSED"],
    )
    .says("leads to imp1.example.test, which is an alias of other.test"),
    Row::walk(
        "every name is every service",
        || {
            all(|question| match question.kind {
                SRV => told(question, &[to(&question.name)]),
                _ => vec![fitted(question, NXDOMAIN, &[])],
            })
        },
        &["DNS_PORT_UNUSUAL", "DNS_TARGET_UNRESOLVED"],
    )
    .says("The name _xmpp-client._tcp.example.test has no address here: NXDOMAIN"),
];
