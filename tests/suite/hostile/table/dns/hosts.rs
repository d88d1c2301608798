//! Hosts whose addresses are not those of a server.

use super::{A, AAAA, ASKED, Question, SRV, all, host, none, to, told};
use crate::hostile::names::{record, reply};
use crate::hostile::table::Row;
use std::net::{Ipv4Addr, Ipv6Addr};

fn four(question: &Question, address: [u8; 4]) -> Vec<Vec<u8>> {
    if question.kind == A { told(question, &[record(&ASKED, A, &address)]) } else { told(question, &[]) }
}

fn six(question: &Question, address: Ipv6Addr) -> Vec<Vec<u8>> {
    if question.kind == AAAA {
        told(question, &[record(&ASKED, AAAA, &address.octets())])
    } else {
        told(question, &[])
    }
}

pub const ROWS: &[Row] = &[
    Row::walk("this host", || host(|question| four(question, [127, 0, 0, 1])), &["TCP_REFUSED"])
        .says("imp1.example.test refused the connection at 127.0.0.1:5222"),
    Row::walk("no host at all", || host(|question| four(question, [0, 0, 0, 0])), &["TCP_REFUSED"])
        .says("imp1.example.test refused the connection at 0.0.0.0:5222"),
    Row::walk("everybody", || host(|question| four(question, [255, 255, 255, 255])), &["TCP_UNREACHABLE"])
        .says("No way to 255.255.255.255:5222"),
    Row::walk("a group", || host(|question| four(question, [224, 0, 0, 1])), &["TCP_UNREACHABLE"])
        .says("No way to 224.0.0.1:5222"),
    Row::walk("this host by IPv6", || host(|question| six(question, Ipv6Addr::LOCALHOST)), &["TCP_REFUSED"])
        .says("imp1.example.test refused the connection at [::1]:5222"),
    Row::walk(
        "no host at all by IPv6",
        || host(|question| six(question, Ipv6Addr::UNSPECIFIED)),
        &["TCP_REFUSED"],
    )
    .says("imp1.example.test refused the connection at [::]:5222"),
    Row::walk(
        "a group by IPv6",
        || host(|question| six(question, "ff02::1".parse().expect("an address"))),
        &["TCP_UNREACHABLE"],
    )
    .says("No way to [ff02::1]:5222"),
    Row::walk(
        "IPv4 in IPv6",
        || host(|question| six(question, Ipv4Addr::LOCALHOST.to_ipv6_mapped())),
        &["TCP_REFUSED"],
    )
    .says("imp1.example.test refused the connection at [::ffff:127.0.0.1]:5222"),
    Row::walk(
        "sixty-four addresses",
        || {
            host(|question| {
                let each = |n: u8| record(&ASKED, A, &[127, 250, 0, n + 1]);
                if question.kind == A {
                    vec![reply(question, super::ANSWER, 64, &(0..64).flat_map(each).collect::<Vec<u8>>())]
                } else {
                    told(question, &[])
                }
            })
        },
        &["TCP_REFUSED"],
    )
    .says("127.250.0.1:5222, 127.250.0.2:5222"),
    Row::walk(
        "every name is this host",
        || {
            all(|question| match question.kind {
                A => told(question, &[record(&ASKED, A, &[127, 0, 0, 1])]),
                SRV if !question.name.starts_with("_xmpps") => told(question, &[to("imp1.example.test")]),
                _ => told(question, &[]),
            })
        },
        &["DNS_PORT_UNUSUAL"],
    )
    .says("names port 5222 of imp1.example.test; the service is on 8443"),
    Row::walk("no addresses", || host(none), &["DNS_TARGET_UNRESOLVED"])
        .says("The name imp1.example.test has no address here: NXDOMAIN"),
];
