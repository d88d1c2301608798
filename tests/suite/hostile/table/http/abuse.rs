//! What any server of HTTP can do about a request, whichever it is: each is one [`Play`](super::Play), for servers that
//! have no area of their own.

use std::io;

use super::bodies::{self, typed};
use super::wire;
use super::{document, for_ever, last, say, silent};
use crate::hostile::web::{Line, Request, with_headers};

pub fn body_without_end(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    for_ever(line, b"HTTP/1.1 200 OK\r\n\r\n<a>", &[b'y'; 9999])
}

pub fn headers_without_end(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    for_ever(line, b"HTTP/1.1 200 OK\r\n", &b"X: y\r\n".repeat(99))
}

pub fn silence(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    silent(line, b"")
}

pub fn silence_behind_the_head(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    silent(line, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
}

pub fn body_byte_by_byte(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    wire::dripping(line, b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
}

pub fn gigabyte_in_gzip(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    bodies::bomb(line, "gzip")
}

pub fn redirect_to_itself(request: &Request, line: &mut dyn Line) -> io::Result<()> {
    say(line, &with_headers("302 Found", &format!("Location: {}\r\n", request.target), ""))
}

pub fn page(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    typed(line, "text/html", "<html><title>Sign in to the proxy</title></html>")
}

pub fn json(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    typed(line, "application/json", "{\"error\": \"login\"}")
}

pub fn garbage(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    typed(line, "application/octet-stream", "MZ\u{0}\u{1}\u{fffd}")
}

pub fn no_http(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    last(line, "220 mail\r\n")
}

pub fn entities_in_entities(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    document(line, bodies::ENTITIES)
}

pub fn file_by_an_entity(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    document(line, bodies::FILE)
}

pub fn nothing(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    document(line, "")
}

pub fn another_document(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    document(line, "<ns:fault xmlns:ns='urn:x'/>")
}

pub fn reset(_: &Request, _: &mut dyn Line) -> io::Result<()> {
    Err(io::ErrorKind::ConnectionReset.into())
}

pub fn close_within_the_body(_: &Request, line: &mut dyn Line) -> io::Result<()> {
    last(line, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<version")
}
