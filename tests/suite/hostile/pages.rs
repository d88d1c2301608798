//! A CUCM that breaks the rules of HTTP and XML in every answer: each is named for what it is, none is waited for for
//! ever, and none costs more memory than there is to spare.

use std::io;
use std::time::Duration;

use serde_json::Value;

use super::names::{Names, Record};
use super::walks::start;
use super::web::{Authority, Line, Request, UDS, Web, answer, own_address, with_headers};
use crate::deadline::busy_machine;
use crate::program::{Finished, Program, SOON};

const CUCM: &str = "cucm1.example.test";
/// So much memory the program may take, whatever it is sent.
const MEMORY_KB: u64 = 300 * 1024;

/// A walk whose only CUCM plays this for each request.
#[track_caller]
fn walked(
    what: &str,
    script: impl Fn(&Request, &mut dyn Line) -> io::Result<()> + Send + Sync + 'static,
) -> Finished {
    let _busy = busy_machine();
    let authority = Authority::new();
    let place = own_address();
    let web = Web::plays_at((place, UDS).into(), Some(authority.vouches(CUCM)), script);
    let names = Names::of(vec![Record::srv("_cisco-uds._tcp.example.test", UDS, CUCM), Record::a(CUCM, place)]);
    let finished = start(&Program::new(), &names, &authority, &[]).finish(SOON);
    assert!(finished.peak_kb < MEMORY_KB, "{what}: {} kB", finished.peak_kb);
    assert_eq!(web.credentials(), 0, "{what}: nobody is the user's home: {finished:#?}");
    super::outputs::is_clean(what, &finished);
    finished
}

/// What the requests ended as, each once.
fn ends(finished: &Finished) -> Vec<String> {
    let route = finished.route("_cisco-uds._tcp");
    let requests = route["requests"].as_array().cloned().unwrap_or_default();
    let word = |request: &Value, name: &str| request["outcome"][name].as_str().unwrap_or("").to_owned();
    let mut ends: Vec<String> =
        requests.iter().map(|request| format!("{} {}", word(request, "how"), word(request, "code"))).collect();
    ends.sort();
    ends.dedup();
    ends
}

type Play = fn(&Request, &mut dyn Line) -> io::Result<()>;

fn for_ever(line: &mut dyn Line, head: &[u8], more: &[u8]) -> io::Result<()> {
    line.write_all(head)?;
    loop {
        line.write_all(more)?;
    }
}

/// Says this and closes.
fn last(line: &mut dyn Line, bytes: &[u8]) -> io::Result<()> {
    line.write_all(bytes)?;
    line.flush()?;
    Err(io::ErrorKind::ConnectionAborted.into())
}

const ROWS: [(&str, Play, &str, &str); 17] = [
    (
        "headers without end",
        |_, line| for_ever(line, b"HTTP/1.1 200 OK\r\n", &b"X: y\r\n".repeat(99)),
        "broken limit",
        "UDS_ENDLESS",
    ),
    (
        "a header without end",
        |_, line| for_ever(line, b"HTTP/1.1 200 OK\r\nX: ", &[b'y'; 999]),
        "broken limit",
        "UDS_ENDLESS",
    ),
    (
        "a body without end",
        |_, line| for_ever(line, b"HTTP/1.1 200 OK\r\n\r\n<a>", &[b'y'; 9999]),
        "broken limit",
        "UDS_ENDLESS",
    ),
    (
        "chunks without end",
        |_, line| for_ever(line, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        "broken limit",
        "UDS_ENDLESS",
    ),
    (
        "a body one byte at a time",
        |_, line| {
            line.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")?;
            loop {
                line.write_all(b"x")?;
                line.flush()?;
                std::thread::sleep(Duration::from_millis(50));
            }
        },
        "broken limit",
        "UDS_ENDLESS",
    ),
    (
        "a head one byte at a time",
        |_, line| {
            loop {
                line.write_all(b"H")?;
                line.flush()?;
                std::thread::sleep(Duration::from_millis(50));
            }
        },
        "timed_out silent",
        "UDS_SILENT",
    ),
    (
        "interim answers without end",
        |_, line| for_ever(line, b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        "timed_out silent",
        "UDS_SILENT",
    ),
    (
        "gzip that nobody asked for",
        |_, line| {
            line.write_all(
                with_headers(
                    "200 OK",
                    "Content-Encoding: gzip\r\nContent-Type: application/xml\r\n",
                    "\u{1f}\u{8b}\u{8}zzz",
                )
                .as_bytes(),
            )
        },
        "ok ",
        "UDS_WRONG_SERVICE",
    ),
    (
        "a redirect to itself",
        |request, line| {
            line.write_all(with_headers("302 Found", &format!("Location: {}\r\n", request.target), "").as_bytes())
        },
        "refused 302",
        "UDS_REDIRECT",
    ),
    ("no HTTP", |_, line| last(line, b"<clusterUser/>\n"), "broken not HTTP", "UDS_WRONG_SERVICE"),
    (
        "two lengths",
        |_, line| last(line, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\nxxxxxxxxx"),
        "broken not HTTP",
        "UDS_WRONG_SERVICE",
    ),
    (
        "a length and chunks",
        |_, line| {
            last(
                line,
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            )
        },
        "ok ",
        "UDS_WRONG_SERVICE",
    ),
    (
        "a chunk larger than can be",
        |_, line| last(line, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx"),
        "broken bad body",
        "UDS_BROKEN",
    ),
    (
        "another protocol",
        |_, line| last(line, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nzzz"),
        "refused 101",
        "UDS_UNEXPECTED",
    ),
    (
        "entities in entities",
        |_, line| {
            let bomb = "<!DOCTYPE a [<!ENTITY b '&c;&c;'><!ENTITY c '&d;&d;'><!ENTITY d 'x'>]><clusterUser>&b;</clusterUser>";
            line.write_all(answer("200 OK", bomb).as_bytes())
        },
        "ok ",
        "UDS_WRONG_SERVICE",
    ),
    (
        "a file by an entity",
        |_, line| {
            let file = "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><clusterUser/>";
            line.write_all(answer("200 OK", file).as_bytes())
        },
        "ok ",
        "UDS_WRONG_SERVICE",
    ),
    (
        "a hundred thousand levels",
        |_, line| line.write_all(answer("200 OK", &"<a>".repeat(80_000)).as_bytes()),
        "ok ",
        "UDS_WRONG_SERVICE",
    ),
];

#[test]
fn each_is_named_for_what_it_is() {
    for (what, play, end, code) in ROWS {
        let run = walked(what, play);
        assert_eq!(
            (ends(&run), run.unexplained("critical")),
            (vec![end.to_owned()], vec![code.to_owned()]),
            "{what}"
        );
        assert_eq!(run.exit, Some(2), "{what}");
    }
}
