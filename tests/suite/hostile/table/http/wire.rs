//! Heads and bodies that do not end, do not come, or do not keep to HTTP.

use std::io;
use std::time::Duration;

use super::{bare, epas, file, for_ever, last, patient, record, secured, silent, uds};
use crate::hostile::table::Row;
use crate::hostile::web::Line;

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

const HINTS: &str = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n\
    HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a/>";
const BOTH: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n\
    3\r\nabc\r\n0\r\n\r\n";
/// What Tomcat says in clear on a port of TLS.
const WANTS_TLS: &str = "HTTP/1.1 400 \r\nContent-Type: text/plain\r\n\r\n\
    Bad Request\nThis combination of host and port requires TLS.\n";

pub(super) fn dripping(line: &mut dyn Line, head: &[u8]) -> io::Result<()> {
    line.write_all(head)?;
    loop {
        line.write_all(b"x")?;
        line.flush()?;
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub const ROWS: &[Row] = &[
    Row::walk(
        "headers without end",
        || uds(|_, line| for_ever(line, b"HTTP/1.1 200 OK\r\n", &b"X: y\r\n".repeat(99))),
        &["UDS_ENDLESS"],
    )
    .says("its head is longer than is read here"),
    Row::walk(
        "a header without end",
        || uds(|_, line| for_ever(line, b"HTTP/1.1 200 OK\r\nX: ", &[b'y'; 999])),
        &["UDS_ENDLESS"],
    )
    .says("its head is longer than is read here"),
    Row::walk(
        "a hundred thousand headers, and an end",
        || patient(|_, line| last(line, format!("HTTP/1.1 200 OK\r\n{}\r\n<a/>", "X: y\r\n".repeat(100_000)))),
        &["UDS_ENDLESS"],
    )
    .says("its head is longer than is read here"),
    Row::walk(
        "a body without end",
        || patient(|_, line| for_ever(line, b"HTTP/1.1 200 OK\r\n\r\n<a>", &[b'y'; 9999])),
        &["UDS_ENDLESS"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "a body of ten gigabytes",
        || {
            patient(|_, line| {
                for_ever(line, b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n<a>", &[b'y'; 9999])
            })
        },
        &["UDS_ENDLESS"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "chunks of one byte without end",
        || uds(|_, line| for_ever(line, CHUNKED.as_bytes(), &b"1\r\nx\r\n".repeat(999))),
        &["UDS_ENDLESS"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "one chunk without end",
        || patient(|_, line| for_ever(line, format!("{CHUNKED}7fffffffffff\r\n").as_bytes(), &[b'y'; 9999])),
        &["UDS_ENDLESS"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "a chunk larger than can be",
        || uds(|_, line| last(line, format!("{CHUNKED}ffffffffffffffffff\r\nx"))),
        &["UDS_BROKEN"],
    )
    .says("a body that does not keep to HTTP"),
    Row::walk(
        "a chunk's extension without end",
        || patient(|_, line| for_ever(line, format!("{CHUNKED}1;").as_bytes(), &[b'y'; 9999])),
        &["UDS_BROKEN"],
    )
    .says("a body that does not keep to HTTP"),
    Row::walk(
        "trailers without end",
        || {
            patient(|_, line| {
                for_ever(line, format!("{CHUNKED}4\r\n<a/>\r\n0\r\n").as_bytes(), &b"X: y\r\n".repeat(999))
            })
        },
        &["UDS_BROKEN"],
    )
    .says("a body that does not keep to HTTP"),
    Row::walk(
        "a body one byte at a time",
        || uds(|_, line| dripping(line, b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")),
        &["UDS_ENDLESS"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "a head one byte at a time",
        || uds(|_, line| dripping(line, b"HTTP/1.1 200 OK\r\nX: ")),
        &["UDS_SILENT"],
    )
    .says("the answer is missing"),
    Row::walk(
        "interim answers without end",
        || uds(|_, line| for_ever(line, b"", &b"HTTP/1.1 100 Continue\r\n\r\n".repeat(99))),
        &["UDS_SILENT"],
    )
    .says("the answer is missing"),
    Row::walk("early hints, then an answer", || uds(|_, line| last(line, HINTS)), &["UDS_WRONG_SERVICE"])
        .says("another document, <a>"),
    Row::walk("silence", || uds(|_, line| silent(line, b"")), &["UDS_SILENT"]).says("the answer is missing"),
    Row::walk(
        "silence behind the head",
        || uds(|_, line| silent(line, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")),
        &["UDS_SILENT"],
    )
    .says("the rest of the answer is missing"),
    Row::walk(
        "silence within the head",
        || uds(|_, line| silent(line, b"HTTP/1.1 200 OK\r\nContent-")),
        &["UDS_SILENT"],
    )
    .says("the answer is missing"),
    Row::walk("a close before the head", || uds(|_, line| last(line, b"")), &["UDS_BROKEN"])
        .says("before the answer was whole: closed"),
    Row::walk(
        "a close within the head",
        || uds(|_, line| last(line, b"HTTP/1.1 200 OK\r\nContent-")),
        &["UDS_BROKEN"],
    )
    .says("before the answer was whole: closed"),
    Row::walk(
        "a close within the body",
        || uds(|_, line| last(line, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<version")),
        &["UDS_BROKEN"],
    )
    .says("before the answer was whole: closed"),
    Row::walk(
        "a close within a chunk",
        || uds(|_, line| last(line, format!("{CHUNKED}99\r\n<version"))),
        &["UDS_BROKEN"],
    )
    .says("before the answer was whole: closed"),
    Row::walk(
        "a length that is too short",
        || uds(|_, line| last(line, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<versionInformation/>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("a body that is not XML"),
    Row::walk(
        "a negative length",
        || uds(|_, line| last(line, b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n<a/>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("something that is no HTTP"),
    Row::walk(
        "a length that is no number",
        || uds(|_, line| last(line, b"HTTP/1.1 200 OK\r\nContent-Length: 0x4\r\n\r\n<a/>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("something that is no HTTP"),
    Row::walk(
        "two lengths",
        || {
            uds(|_, line| {
                last(line, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\nxxxxxxxxx")
            })
        },
        &["UDS_WRONG_SERVICE"],
    )
    .says("something that is no HTTP"),
    Row::walk("a length and chunks", || uds(|_, line| last(line, BOTH)), &["UDS_WRONG_SERVICE"])
        .says("text outside the root at byte 0"),
    Row::walk(
        "a continued header",
        || uds(|_, line| last(line, b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 4\r\n\r\n<a/>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("something that is no HTTP"),
    Row::walk(
        "a NUL in a header",
        || uds(|_, line| last(line, b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 4\r\n\r\n<a/>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("something that is no HTTP"),
    Row::walk("HTTP/0.9", || uds(|_, line| last(line, b"<clusterUser/>\n")), &["UDS_WRONG_SERVICE"])
        .says("something that is no HTTP"),
    Row::walk("HTTP/1.0", || uds(|_, line| last(line, b"HTTP/1.0 200 OK\r\n\r\n<a/>")), &["UDS_WRONG_SERVICE"])
        .says("another document, <a>"),
    Row::walk(
        "HTTP/2",
        || uds(|_, line| last(line, b"\x00\x00\x00\x04\x00\x00\x00\x00\x00")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("something that is no HTTP"),
    Row::walk(
        "HTTP/2.0 in a status line",
        || uds(|_, line| last(line, b"HTTP/2.0 200 OK\r\n\r\n<a/>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("something that is no HTTP"),
    Row::walk(
        "SSH behind TLS",
        || secured(|stream| last(stream, "SSH-2.0-OpenSSH_9.2\r\n")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("something that is no HTTP"),
    Row::walk(
        "plain HTTP where TLS is asked for",
        || bare(|talk| talk.say("HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port")),
        &["TLS_ALERT"],
    )
    .says("what came is no TLS record"),
    Row::walk(
        "SSH where TLS is asked for",
        || {
            bare(|talk| {
                talk.say("SSH-2.0-OpenSSH_9.2\r\n")?;
                talk.listen()
            })
        },
        &["TLS_ALERT"],
    )
    .says("what came is no TLS record"),
    Row::walk("record: silence", || record(|_, line| silent(line, b"")), &["UDS_SILENT"])
        .says("the request for UDS user and sent no whole answer"),
    Row::walk("record: a close without a word", || record(|_, line| last(line, b"")), &["UDS_BROKEN"])
        .says("the request for UDS user, and the connection broke"),
    Row::walk(
        "record: a body without end",
        || record(|_, line| for_ever(line, b"HTTP/1.1 200 OK\r\n\r\n<user>", &[b'y'; 9999])),
        &["UDS_ENDLESS"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "record: headers without end",
        || record(|_, line| for_ever(line, b"HTTP/1.1 200 OK\r\n", &b"X: y\r\n".repeat(99))),
        &["UDS_ENDLESS"],
    )
    .says("its head is longer than is read here"),
    Row::walk(
        "file: silence",
        || file(|_, line| silent(line, b"")),
        &["PROFILE_UNREACHABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("no answer in time"),
    Row::walk(
        "file: a body without end",
        || file(|_, line| for_ever(line, b"HTTP/1.1 200 OK\r\n\r\n<userProfile>", &[b'y'; 9999])),
        &["PROFILE_UNREACHABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "file: TLS where none is asked for",
        || file(|_, line| last(line, b"\x15\x03\x03\x00\x02\x02\x46")),
        &["PROFILE_UNREACHABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("what came is no HTTP answer"),
    Row::walk(
        "file: TLS's words where none is asked for",
        || file(|_, line| last(line, WANTS_TLS)),
        &["PROFILE_UNREACHABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("status 400"),
    Row::walk("EPASSoap: silence", || epas(|_, line| silent(line, b"")), &["EPAS_SILENT", "TCP_REFUSED"])
        .says("the request for EPAS login and sent no whole answer"),
    Row::walk(
        "EPASSoap: a close without a word",
        || epas(|_, line| last(line, b"")),
        &["EPAS_ERROR", "TCP_REFUSED"],
    )
    .says("EPAS login: closed"),
    Row::walk(
        "EPASSoap: a body without end",
        || epas(|_, line| for_ever(line, b"HTTP/1.1 200 OK\r\n\r\n<a>", &[b'y'; 9999])),
        &["EPAS_ERROR", "TCP_REFUSED"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "EPASSoap: headers without end",
        || epas(|_, line| for_ever(line, b"HTTP/1.1 200 OK\r\n", &b"X: y\r\n".repeat(99))),
        &["EPAS_ERROR", "TCP_REFUSED"],
    )
    .says("its head is longer than is read here"),
    Row::walk("EPASSoap: no HTTP", || epas(|_, line| last(line, "220 mail\r\n")), &["EPAS_ERROR", "TCP_REFUSED"])
        .says("something that is no HTTP"),
];
