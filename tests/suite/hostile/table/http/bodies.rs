//! What stands in bodies: pages, encodings, and XML that means harm.

use std::io;

use super::{CUCM, Site, but, document, epas, file, for_ever, record, say, uds};
use crate::hostile::table::Row;
use crate::hostile::web::{Cucm, Line, with_headers};
use crate::program::Finished;

/// The beginning of a gzip stream of which each byte of zero stands for 1032 bytes of zeros.
const BOMB: [u8; 24] =
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xec, 0xc1, 1, 1, 0, 0, 0, 0x80, 0x90, 0xfe, 0xaf, 0xee, 8, 0x0a];

pub(super) const ENTITIES: &str =
    "<!DOCTYPE a [<!ENTITY b '&c;&c;'><!ENTITY c '&d;&d;'><!ENTITY d 'x'>]><clusterUser>&b;</clusterUser>";
pub(super) const FILE: &str =
    "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><clusterUser>&x;</clusterUser>";
const UTF_16_IT_SAYS: &str = "<?xml version='1.0' encoding='UTF-16'?><versionInformation/>";
const NO_HOSTS: &str = "<servers><server>a b</server><server>&#x9b;31m</server><server/></servers>";
/// A service profile whose node has a port that is none.
const PORT: &str = "<userProfile><IMandPresence><Primary><Address>127.0.0.1</Address><Port>99999999999</Port>\
    </Primary></IMandPresence></userProfile>";
const UNKNOWN: &str = "<s:Envelope xmlns:s='urn:s'><s:Body><x/></s:Body></s:Envelope>";

const REFUSED: &str = "<s:Envelope xmlns:s='urn:s'><s:Body><login-resp><failure><reason>Invalid credentials.</reason>\
    </failure></login-resp></s:Body></s:Envelope>";

/// A walk whose CUCM says all that an honest one does, with this type.
#[track_caller]
fn mistyped(kind: &'static str) -> Finished {
    let site = Site::new("_cisco-uds", CUCM);
    let web = site.web(CUCM, move |request, line| {
        let header = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
        say(line, &Cucm::default().answer(request).replace("Content-Type: application/xml\r\n", &header))
    });
    let finished = site.walk(&[]);
    assert_eq!(web.credentials(), 1, "{finished:#?}");
    finished
}

/// A gigabyte of zeros, in a megabyte less what is read of a body at most.
pub(super) fn bomb(line: &mut dyn Line, encoding: &str) -> io::Result<()> {
    encoded(line, encoding, &[&BOMB[..], &[0; (1 << 20) - 64]].concat())
}

fn encoded(line: &mut dyn Line, encoding: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    say(line, &format!("HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {length}\r\n\r\n"))?;
    line.write_all(body)?;
    line.flush()
}

pub(super) fn typed(line: &mut dyn Line, kind: &str, body: &str) -> io::Result<()> {
    say(line, &with_headers("200 OK", &format!("Content-Type: {kind}\r\n"), body))
}

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn raw(line: &mut dyn Line, body: &[u8]) -> io::Result<()> {
    say(line, &format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()))?;
    line.write_all(body)?;
    line.flush()
}

pub const ROWS: &[Row] = &[
    Row::walk(
        "gzip that nobody asked for",
        || uds(|_, line| encoded(line, "gzip", b"\x1f\x8b\x08zzz")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("it is compressed (gzip), which was not asked for"),
    Row::walk(
        "file: gzip, encoded twice",
        || file(|_, line| encoded(line, "gzip, gzip", b"\x1f\x8b\x08zzz")),
        &["PROFILE_UNREADABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("it is compressed (gzip, gzip)"),
    Row::walk(
        "deflate that nobody asked for",
        || uds(|_, line| encoded(line, "deflate", b"\x78\xda\xed\xc1\x31\x01")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("it is compressed (deflate)"),
    Row::walk(
        "br that nobody asked for",
        || uds(|_, line| encoded(line, "br", b"\x8b\x01\x80<a/>\x03")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("it is compressed (br)"),
    Row::walk(
        "record: gzip",
        || record(|_, line| encoded(line, "gzip", b"\x1f\x8b\x08zzz")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("it is compressed (gzip), which was not asked for"),
    Row::walk(
        "file: gzip",
        || file(|_, line| encoded(line, "gzip", b"\x1f\x8b\x08zzz")),
        &["PROFILE_UNREADABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("it is compressed (gzip), which was not asked for"),
    Row::walk(
        "file: a gigabyte of zeros",
        || file(|_, line| bomb(line, "gzip")),
        &["PROFILE_UNREADABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("it is compressed (gzip), which was not asked for"),
    Row::walk(
        "EPASSoap: gzip",
        || epas(|_, line| encoded(line, "gzip", b"\x1f\x8b\x08zzz")),
        &["EPAS_ERROR", "TCP_REFUSED"],
    )
    .says("it is compressed (gzip), which was not asked for"),
    Row::walk(
        "EPASSoap: a gigabyte of zeros",
        || epas(|_, line| bomb(line, "gzip")),
        &["EPAS_ERROR", "TCP_REFUSED"],
    )
    .says("it is compressed (gzip), which was not asked for"),
    Row::walk(
        "a proxy's page for logins",
        || uds(|_, line| typed(line, "text/html", "<html><title>Sign in to the proxy</title></html>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("a web page, Sign in to the proxy"),
    Row::walk(
        "JSON",
        || uds(|_, line| typed(line, "application/json", "{\"error\": \"login\"}")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("text outside the root at byte 0"),
    Row::walk(
        "bytes of any kind",
        || uds(|_, line| typed(line, "application/octet-stream", "MZ\u{0}\u{1}")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("forbidden character U+0000"),
    Row::walk("right answers as a page", || mistyped("text/html"), &["UDS_USER_UNASSIGNED"])
        .says("HTTP/1.1 200 OK Content-Type: text/html Content-Length"),
    Row::walk("right answers as JSON", || mistyped("application/json"), &["UDS_USER_UNASSIGNED"])
        .says("HTTP/1.1 200 OK Content-Type: application/json Content-Length"),
    Row::walk("right answers as a picture", || mistyped("image/png; charset=utf-16"), &["UDS_USER_UNASSIGNED"])
        .says("HTTP/1.1 200 OK Content-Type: image/png; charset=utf-16 Content-Length"),
    Row::walk("right answers of no type", || mistyped(""), &["UDS_USER_UNASSIGNED"])
        .says("alice is assigned to no IM&P node"),
    Row::walk(
        "file: a service profile as a page",
        || file(|_, line| typed(line, "text/html", PORT)),
        &["TCP_REFUSED", "UDS_USER_UNASSIGNED"],
    )
    .says("127.0.0.1 refused the connection at 127.0.0.1:5222"),
    Row::walk(
        "EPASSoap: a right failure as a page",
        || epas(|_, line| typed(line, "text/html", REFUSED)),
        &["EPAS_AUTH_FAILED", "TCP_REFUSED"],
    )
    .says("refused the EPASSoap login of alice"),
    Row::walk("nothing", || uds(|_, line| typed(line, "application/xml", "")), &["UDS_EMPTY"])
        .says("with status 200 and nothing in it"),
    Row::walk("white space", || uds(|_, line| typed(line, "application/xml", " \r\n ")), &["UDS_EMPTY"])
        .says("with status 200 and nothing in it"),
    Row::walk(
        "invalid UTF-8",
        || uds(|_, line| raw(line, b"<versionInformation>\xff\xfe</versionInformation>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("invalid UTF-8 at byte 20"),
    Row::walk(
        "UTF-16 with its mark",
        || uds(|_, line| raw(line, &utf16("<versionInformation/>"))),
        &["UDS_WRONG_SERVICE"],
    )
    .says("it is written in UTF-16"),
    Row::walk(
        "another encoding than it says",
        || uds(|_, line| document(line, UTF_16_IT_SAYS)),
        &["UDS_WRONG_SERVICE"],
    )
    .says("UDS clusterUser with another document, <versionInformation>"),
    Row::walk(
        "a NUL",
        || uds(|_, line| document(line, "<versionInformation>\0</versionInformation>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("forbidden character U+0000 at byte 20"),
    Row::walk("entities in entities", || uds(|_, line| document(line, ENTITIES)), &["UDS_WRONG_SERVICE"])
        .says("a doctype inside at byte 0"),
    Row::walk("a file by an entity", || uds(|_, line| document(line, FILE)), &["UDS_WRONG_SERVICE"])
        .says("a doctype inside at byte 0"),
    Row::walk(
        "file: a hundred thousand levels",
        || file(|_, line| document(line, &format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000)))),
        &["PROFILE_UNREADABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("too deep at byte 300"),
    Row::walk(
        "file: one attribute of a gigabyte",
        || {
            file(|_, line| {
                for_ever(
                    line,
                    b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n<versionInformation version='",
                    &[b'1'; 8192],
                )
            })
        },
        &["PROFILE_UNREACHABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "file: a million elements",
        || {
            file(|_, line| {
                for_ever(line, b"HTTP/1.1 200 OK\r\n\r\n<servers>", &[&b"<a>"[..], &[b'x'; 500], b"</a>"].concat())
            })
        },
        &["PROFILE_UNREACHABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("bytes came, and no more were taken"),
    Row::walk(
        "a second root",
        || uds(|_, line| document(line, "<versionInformation/><versionInformation/>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("a second root at byte 21"),
    Row::walk(
        "another root",
        || uds(|_, line| document(line, "<ns:fault xmlns:ns='urn:x'/>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("another document, <fault>"),
    Row::walk(
        "an undeclared prefix",
        || uds(|_, line| document(line, "<u:versionInformation/>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("UDS clusterUser with another document"),
    Row::walk(
        "a document that is not closed",
        || uds(|_, line| document(line, "<versionInformation><version>12.5.1")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("ended inside an element at byte 35"),
    Row::walk(
        "record: another user",
        || record(|_, line| document(line, "<user><userName>mallory</userName></user>")),
        &["UDS_USER_UNASSIGNED"],
    )
    .says("alice is assigned to no IM&P node"),
    Row::walk("record: nothing in it", || record(|_, line| document(line, "<user/>")), &["UDS_USER_UNASSIGNED"])
        .says("alice is assigned to no IM&P node"),
    Row::walk(
        "record: a page",
        || record(|_, line| typed(line, "text/html", "<html><title>Portal</title></html>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("UDS user with a web page, Portal"),
    Row::walk(
        "record: a DTD",
        || record(|_, line| document(line, "<!DOCTYPE user><user/>")),
        &["UDS_WRONG_SERVICE"],
    )
    .says("a doctype inside at byte 0"),
    Row::walk(
        "file: nothing in it",
        || file(|_, line| document(line, "<userProfile/>")),
        &["PROFILE_NO_IMP", "UDS_USER_UNASSIGNED"],
    )
    .says("it has no such section"),
    Row::walk(
        "file: a number that is none",
        || file(|_, line| document(line, PORT)),
        &["TCP_REFUSED", "UDS_USER_UNASSIGNED"],
    )
    .says("127.0.0.1 refused the connection at 127.0.0.1:5222"),
    Row::walk(
        "file: a page",
        || file(|_, line| typed(line, "text/html", "<html><title>File not found</title></html>")),
        &["PROFILE_UNREADABLE", "UDS_USER_UNASSIGNED"],
    )
    .says("a web page, File not found"),
    Row::walk(
        "EPASSoap: a page",
        || epas(|_, line| typed(line, "text/html", "<html><title>Portal</title></html>")),
        &["EPAS_ERROR", "TCP_REFUSED"],
    )
    .says("a web page, Portal"),
    Row::walk(
        "EPASSoap: entities in entities",
        || epas(|_, line| document(line, "<!DOCTYPE a [<!ENTITY d 'x'>]><a>&d;</a>")),
        &["EPAS_ERROR", "TCP_REFUSED"],
    )
    .says("a doctype inside at byte 0"),
    Row::walk(
        "EPASSoap: an answer that is not known",
        || epas(|_, line| document(line, UNKNOWN)),
        &["EPAS_ERROR", "TCP_REFUSED"],
    )
    .says("an answer that is not known: x"),
    Row::walk(
        "a version that is none",
        || but("/cucm-uds/version", "<versionInformation version='99999999999.\u{202e}1'/>"),
        &["UDS_USER_UNASSIGNED"],
    )
    .says("alice is assigned to no IM&P node"),
    Row::walk(
        "names that are none in a list of servers",
        || but("/cucm-uds/servers", NO_HOSTS),
        &["UDS_USER_UNASSIGNED"],
    )
    .says("names \\\\u{9b}31m as one of its servers"),
];
