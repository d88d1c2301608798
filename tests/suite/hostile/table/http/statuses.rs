//! What an answer says of itself: its status, its headers, its cookies.

use std::io;

use super::{epas, file, last, patient, record, say, uds};
use crate::hostile::table::Row;
use crate::hostile::web::{Line, with_headers};

fn status(line: &mut dyn Line, status: &str, headers: &str) -> io::Result<()> {
    say(line, &with_headers(status, headers, ""))
}

pub const ROWS: &[Row] = &[
    Row::walk("204", || uds(|_, line| last(line, "HTTP/1.1 204 No Content\r\n\r\n")), &["UDS_EMPTY"])
        .says("with status 204 and nothing in it"),
    Row::walk("205", || uds(|_, line| status(line, "205 Reset Content", "")), &["UDS_EMPTY"])
        .says("with status 205 and nothing in it"),
    Row::walk(
        "206",
        || {
            uds(|_, line| {
                say(line, &with_headers("206 Partial Content", "Content-Range: bytes 0-3/99\r\n", "<ver"))
            })
        },
        &["UDS_UNEXPECTED"],
    )
    .says("with status 206"),
    Row::walk("304", || uds(|_, line| last(line, "HTTP/1.1 304 Not Modified\r\n\r\n")), &["UDS_UNEXPECTED"])
        .says("with status 304"),
    Row::walk(
        "101",
        || {
            uds(|_, line| {
                last(line, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nzzz")
            })
        },
        &["UDS_UNEXPECTED"],
    )
    .says("with status 101"),
    Row::walk(
        "401 without a challenge",
        || uds(|_, line| status(line, "401 Unauthorized", "")),
        &["UDS_UNEXPECTED"],
    )
    .says("with status 401"),
    Row::walk("403", || uds(|_, line| status(line, "403 Forbidden", "")), &["UDS_UNEXPECTED"])
        .says("with status 403"),
    Row::walk("404", || uds(|_, line| status(line, "404 Not Found", "")), &["UDS_WRONG_SERVICE"])
        .says("clusterUser with 404"),
    Row::walk(
        "407",
        || {
            uds(|_, line| {
                status(
                    line,
                    "407 Proxy Authentication Required",
                    "Proxy-Authenticate: Basic realm=\"corporate proxy\"\r\n",
                )
            })
        },
        &["UDS_UNEXPECTED"],
    )
    .says("with status 407"),
    Row::walk(
        "429",
        || uds(|_, line| status(line, "429 Too Many Requests", "Retry-After: 30\r\n")),
        &["UDS_OVERLOADED"],
    )
    .says("is overloaded: it answered"),
    Row::walk("500", || uds(|_, line| status(line, "500 Internal Server Error", "")), &["UDS_SERVER_ERROR"])
        .says("status 500"),
    Row::walk(
        "502 of an edge",
        || {
            uds(|_, line| {
                say(line, &with_headers("502 Next Hop Connection Failed", "", "Next Hop Connection Failed"))
            })
        },
        &["UDS_SERVER_ERROR"],
    )
    .says("status 502"),
    Row::walk(
        "503 for three years",
        || uds(|_, line| status(line, "503 Service Unavailable", "Retry-After: 99999999\r\n")),
        &["UDS_OVERLOADED"],
    )
    .says("singleSignOn with 503"),
    Row::walk("999", || uds(|_, line| status(line, "999 Request Denied", "")), &["UDS_SERVER_ERROR"])
        .says("status 999"),
    Row::walk("000", || uds(|_, line| status(line, "000 Nothing", "")), &["UDS_WRONG_SERVICE"])
        .says("something that is no HTTP"),
    Row::walk("1000", || uds(|_, line| status(line, "1000 Much", "")), &["UDS_WRONG_SERVICE"])
        .says("something that is no HTTP"),
    Row::walk(
        "record: 401 without a challenge",
        || record(|_, line| status(line, "401 Unauthorized", "")),
        &["UDS_AUTH_FAILED"],
    )
    .says("(401, realm none)"),
    Row::walk(
        "record: 401 with NTLM alone",
        || {
            record(|_, line| {
                status(line, "401 Unauthorized", "WWW-Authenticate: NTLM\r\nWWW-Authenticate: Negotiate\r\n")
            })
        },
        &["UDS_AUTH_FAILED"],
    )
    .says("realm none, and it asks for NTLM and Negotiate instead of Basic"),
    Row::walk(
        "record: 401 with Digest alone",
        || {
            record(|_, line| {
                status(line, "401 Unauthorized", "WWW-Authenticate: Digest realm=\"proxy\", nonce=\"x\"\r\n")
            })
        },
        &["UDS_AUTH_FAILED"],
    )
    .says("realm proxy, and it asks for Digest instead of Basic"),
    Row::walk(
        "record: 407",
        || record(|_, line| status(line, "407 Proxy Authentication Required", "Proxy-Authenticate: NTLM\r\n")),
        &["UDS_UNEXPECTED"],
    )
    .says("UDS user with status 407"),
    Row::walk("record: 403", || record(|_, line| status(line, "403 Forbidden", "")), &["UDS_FORBIDDEN"])
        .says("knows alice and does not let them use UDS (403)"),
    Row::walk("record: 404", || record(|_, line| status(line, "404 Not Found", "")), &["UDS_UNEXPECTED"])
        .says("UDS user with status 404"),
    Row::walk(
        "record: 503",
        || record(|_, line| status(line, "503 Service Unavailable", "Retry-After: 99999999\r\n")),
        &["UDS_OVERLOADED"],
    )
    .says("UDS user with 503"),
    Row::walk(
        "file: 404",
        || file(|_, line| status(line, "404 Not Found", "")),
        &["PROFILE_UNREACHABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("(status 404)"),
    Row::walk(
        "file: 401",
        || file(|_, line| status(line, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"files\"\r\n")),
        &["PROFILE_UNREACHABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("(status 401, realm files)"),
    Row::walk(
        "file: a redirect",
        || file(|_, line| status(line, "302 Found", "Location: file:///etc/passwd\r\n")),
        &["PROFILE_UNREACHABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("(status 302)"),
    Row::walk(
        "EPASSoap: 401 with NTLM alone",
        || epas(|_, line| status(line, "401 Unauthorized", "WWW-Authenticate: NTLM\r\n")),
        &["EPAS_AUTH_FAILED", "TCP_REFUSED"],
    )
    .says("the EPASSoap login of alice"),
    Row::walk(
        "EPASSoap: 500",
        || epas(|_, line| status(line, "500 Internal Server Error", "")),
        &["EPAS_ERROR", "TCP_REFUSED"],
    )
    .says("EPAS login: status 500"),
    Row::walk(
        "EPASSoap: 404",
        || epas(|_, line| status(line, "404 Not Found", "")),
        &["EPAS_ERROR", "TCP_REFUSED"],
    )
    .says("EPAS login: status 404"),
    Row::walk(
        "ten thousand cookies",
        || {
            patient(|_, line| {
                last(
                    line,
                    format!(
                        "HTTP/1.1 200 OK\r\n{}\r\n<a/>",
                        (0..10_000).map(|n| format!("Set-Cookie: c{n}=v{n}\r\n")).collect::<String>()
                    ),
                )
            })
        },
        &["UDS_ENDLESS"],
    )
    .says("its head is longer than is read here"),
    Row::walk(
        "a cookie of a megabyte",
        || {
            patient(|_, line| {
                last(line, format!("HTTP/1.1 200 OK\r\nSet-Cookie: a={}\r\n\r\n<a/>", "x".repeat(1 << 20)))
            })
        },
        &["UDS_ENDLESS"],
    )
    .says("its head is longer than is read here"),
    Row::walk(
        "a cookie for another domain",
        || {
            record(|_, line| {
                say(line, &with_headers("200 OK", "Set-Cookie: a=b; Domain=example.net\r\n", "<user/>"))
            })
        },
        &["UDS_USER_UNASSIGNED"],
    )
    .says("alice is assigned to no IM&P node"),
    Row::walk(
        "duplicate headers",
        || {
            uds(|_, line| {
                say(
                    line,
                    &with_headers("302 Found", "Location: https://a.test/\r\nLocation: https://b.test/\r\n", ""),
                )
            })
        },
        &["UDS_REDIRECT"],
    )
    .says("a redirect (302) to https://a.test/"),
    Row::walk(
        "a type of many words",
        || {
            uds(|_, line| {
                say(line, &with_headers("200 OK", &format!("Content-Type: {}\r\n", "x/".repeat(9000)), "<a/>"))
            })
        },
        &["UDS_WRONG_SERVICE"],
    )
    .says("another document, <a>"),
];
