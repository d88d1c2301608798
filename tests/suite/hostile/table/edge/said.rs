//! What stands in the answers of an edge.

use super::{EDGE, Says, Site, server};
use crate::hostile::table::Row;
use crate::hostile::table::http::say;
use crate::program::Finished;

/// An edge that says this, to which the password leaves so often.
#[track_caller]
fn says(credentials: usize, says: Says) -> Finished {
    let site = Site::new(move |request, line| say(line, &says.answer(request)));
    site.walk(credentials)
}

/// So many of something, each with its number.
fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

pub const ROWS: &[Row] = &[
    Row::walk(
        "fifteen hundred services, and no _cisco-uds",
        || says(2, Says { services: many(1500, |n| server(&format!("_s{n}"), "a.test")), ..Says::default() }),
        &["TCP_REFUSED", "UDS_USER_UNASSIGNED"],
    )
    .says("alice is assigned to no IM&P node"),
    Row::walk(
        "five thousand services",
        || says(1, Says { services: many(5000, |n| server(&format!("_s{n}"), "a.test")), ..Says::default() }),
        &["EDGE_ERROR", "TCP_REFUSED"],
    )
    .says("bytes only the first 262144 are kept"),
    Row::walk(
        "a hundred thousand services",
        || says(1, Says { services: many(100_000, |n| server(&format!("_s{n}"), "a.test")), ..Says::default() }),
        &["EDGE_ERROR", "TCP_REFUSED"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "four thousand servers of _cisco-uds, and no UDS of the user",
        || {
            let servers = many(4000, |n| format!("<server><address>h{n}.example.test</address></server>"));
            let services = format!("<service><name>_cisco-uds</name>{servers}</service>");
            says(1, Says { services, uds: String::new(), ..Says::default() })
        },
        &["EDGE_NO_UDS", "TCP_REFUSED"],
    )
    .says("answers alice without a UDS of theirs"),
    Row::walk(
        "ten thousand elements that nobody knows",
        || says(2, Says { more: many(10_000, |n| format!("<x{n}/>")), ..Says::default() }),
        &["TCP_REFUSED", "UDS_USER_UNASSIGNED"],
    )
    .says("alice is assigned to no IM&P node"),
    Row::walk(
        "four thousand front ends of XMPP",
        || {
            let more = many(4000, |n| format!("<server><address>h{n}.example.test</address></server>"));
            says(2, Says { more: format!("<xmppEdgeServer>{more}</xmppEdgeServer>"), ..Says::default() })
        },
        &["DNS_TARGET_UNRESOLVED", "TCP_REFUSED", "UDS_USER_UNASSIGNED"],
    )
    .says("The name h62.example.test has no address here"),
    Row::walk("SSO is on", || says(0, Says { sso: "true".to_owned(), ..Says::default() }), &["TCP_REFUSED"])
        .says("not testable with a password"),
    Row::walk(
        "SSO is what nobody knows",
        || says(2, Says { sso: "maybe".to_owned(), ..Says::default() }),
        &["TCP_REFUSED", "UDS_USER_UNASSIGNED"],
    )
    .says("enabled='maybe'"),
    Row::walk(
        "no UDS of the user",
        || says(1, Says { uds: String::new(), ..Says::default() }),
        &["EDGE_NO_UDS", "TCP_REFUSED"],
    )
    .says("answers alice without a UDS of theirs"),
    Row::walk(
        "the UDS of the user is the edge",
        || says(2, Says { uds: EDGE.to_owned(), ..Says::default() }),
        &["TCP_REFUSED", "UDS_USER_UNASSIGNED"],
    )
    .says("alice is assigned to no IM&P node"),
    Row::walk(
        "the UDS of the user is an address inside a path",
        || says(1, Says { services: String::new(), uds: "cucm1.example.test/../x".to_owned(), ..Says::default() }),
        &["EDGE_NO_UDS", "TCP_REFUSED"],
    )
    .says("cucm1.example.test/../x\\\" is no name of a host"),
    Row::walk(
        "the UDS of the user has a user in it",
        || {
            says(
                1,
                Says { services: String::new(), uds: "alice:pw@cucm1.example.test".to_owned(), ..Says::default() },
            )
        },
        &["EDGE_NO_UDS", "TCP_REFUSED"],
    )
    .says("alice:pw@cucm1.example.test\\\" is no name of a host"),
    Row::walk(
        "the front end is no name of a host",
        || says(2, Says { xmpp: "a b\u{202e}".to_owned(), ..Says::default() }),
        &["TCP_REFUSED", "UDS_USER_UNASSIGNED"],
    )
    .says("<address>a b\\u{202e}</address>"),
    Row::walk(
        "the front end is another host",
        || says(2, Says { xmpp: "evil.example.net".to_owned(), ..Says::default() }),
        &["DNS_TARGET_UNRESOLVED", "TCP_REFUSED", "UDS_USER_UNASSIGNED"],
    )
    .says("The name evil.example.net has no address here"),
    Row::walk(
        "Expressway-C found nothing",
        || {
            let services = "<service><name>_cisco-uds</name><error>NameError</error></service>".to_owned();
            says(2, Says { services, ..Says::default() })
        },
        &["TCP_REFUSED", "UDS_USER_UNASSIGNED"],
    )
    .says("EDGE_NAME_ERROR"),
];
