//! What is no XML, and XML that XMPP forbids (RFC 6120 section 11.1), and what looks like either and is neither.

mod productions;

use std::borrow::Cow;

use super::Row;
use crate::hostile::peer::{HEADER, STARTTLS};
use crate::hostile::script::Turn::{Listen, Say, SayForever};
use crate::hostile::script::{At, between, instead, repeated, say, then};
use crate::hostile::{check, check_patiently};
use crate::program::Finished;

/// A login where these bytes come between the header and the features.
fn inside(bytes: impl Into<Vec<u8>>) -> Finished {
    check(&between(At::Features, vec![Say(Cow::Owned(bytes.into()))]))
}

/// A login where these bytes come instead of a header, and nothing behind them.
fn instead_of_a_header(bytes: &'static [u8]) -> Finished {
    check(&then(At::Header, vec![Say(Cow::Borrowed(bytes)), Listen]))
}

/// A login where this comes instead of the header, and the rest is honest.
fn header(text: &'static str) -> Finished {
    check(&instead(At::Header, say(text)))
}

/// A login where these bytes come between the header and the features, and these again and again behind them.
fn endless(begin: &'static str, again: &'static [u8]) -> Finished {
    check_patiently(&then(At::Features, vec![say(begin), SayForever(again)]), &[])
}

/// It ends the login there, for this reason.
const fn ended(what: &'static str, run: fn() -> Finished, why: &'static str) -> Row {
    Row::login(what, run, "failed", "stream", &["XMPP_NOT_XML"]).says(why)
}

/// It is described in these words and passed over.
const fn passed_over(what: &'static str, run: fn() -> Finished, words: &'static str) -> Row {
    Row::login(what, run, "ok", "session", &[]).says(words)
}

/// It meets a bound of ours.
const fn bounded(what: &'static str, run: fn() -> Finished, limit: &'static str) -> Row {
    Row::login(what, run, "failed", "stream", &[]).says(limit)
}

const TAGS: [Row; 16] = [
    ended("an end tag of another name", || inside("<a><b></a></b>"), "end tag of another name"),
    ended("an end tag without a start tag", || inside("</nothing>"), "end tag without a start tag"),
    ended("an end tag of another case", || inside("<a></A>"), "end tag of another name"),
    passed_over("the same attribute twice", || inside("<a x='1' x='2'/>"), "duplicate"),
    passed_over(
        "the same attribute by two prefixes",
        || inside("<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>"),
        "duplicate",
    ),
    passed_over("an attribute without a value", || inside("<a x/>"), "not well-formed"),
    passed_over("an attribute without quotes", || inside("<a x=1/>"), "not well-formed"),
    ended("an attribute with one quote", || inside("<a x='1/>"), "not well-formed"),
    passed_over("attributes without a space between", || inside("<a x='1'y='2'/>"), "not well-formed"),
    ended("< in an attribute's value", || inside("<a x='<'/>"), "< in an attribute's value"),
    ended("a name that begins with a digit", || inside("<1a/>"), "no name behind <"),
    passed_over("a name with a forbidden sign", || inside("<a!b/>"), "not well-formed"),
    passed_over("an attribute's name that begins with a digit", || inside("<a 1='x'/>"), "not well-formed"),
    ended("a space behind <", || inside("< a/>"), "no name behind <"),
    ended("a tag that is not closed", || inside("<a <b/>"), "< inside a tag"),
    ended("an attribute in an end tag", || inside("<a></a x='1'>"), "end tag of another name"),
];

const NAMESPACES: [Row; 9] = [
    passed_over("an undeclared prefix", || inside("<p:a/>"), "undeclared prefix p"),
    passed_over("an undeclared prefix of an attribute", || inside("<a p:x='1'/>"), "undeclared prefix p"),
    passed_over("a prefix that is bound to nothing", || inside("<p:a xmlns:p=''/>"), "not well-formed"),
    passed_over("the prefix xmlns declared", || inside("<a xmlns:xmlns='u'/>"), "not well-formed"),
    passed_over("two colons in a name", || inside("<a:b:c xmlns:a='u'/>"), "not well-formed"),
    ended(
        "a stream of another namespace",
        || {
            header(
                "<stream:stream id='1' from='example.test' version='1.0' xmlns='jabber:client' xmlns:stream='urn:other'>",
            )
        },
        "namespace urn:other",
    ),
    passed_over(
        "a stream without a namespace",
        || header("<stream id='1' from='example.test' version='1.0'>"),
        "",
    ),
    passed_over(
        "a stream of servers",
        || {
            header(
                "<stream:stream id='1' from='example.test' version='1.0' xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams'>",
            )
        },
        "jabber:server",
    ),
    ended(
        "a stream whose prefix is undeclared",
        || header("<s:stream id='1' version='1.0' xmlns='jabber:client'>"),
        "undeclared prefix s",
    ),
];

const HEADERS: [Row; 5] = [
    passed_over(
        "a header without a version",
        || {
            header(
                "<stream:stream id='1' from='example.test' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
            )
        },
        "",
    ),
    passed_over(
        "a header of version 9.9",
        || {
            header(
                "<stream:stream id='1' from='example.test' version='9.9' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
            )
        },
        "",
    ),
    passed_over(
        "a header without an id",
        || {
            header(
                "<stream:stream from='example.test' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
            )
        },
        "",
    ),
    passed_over(
        "a header from nobody",
        || {
            header(
                "<stream:stream id='1' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
            )
        },
        "",
    ),
    passed_over(
        "a header from another domain",
        || {
            header(
                "<stream:stream id='1' from='evil.test' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
            )
        },
        "evil.test",
    ),
];

const REFERENCES: [Row; 9] = [
    passed_over("a reference to NUL", || inside("<a>&#0;</a>"), "0x0 character is not permitted"),
    passed_over("a reference beyond Unicode", || inside("<a>&#x110000;</a>"), "not well-formed"),
    passed_over("a reference to a surrogate", || inside("<a>&#xD800;</a>"), "not well-formed"),
    passed_over("a reference to a control character", || inside("<a x='&#27;'/>"), "U+001B"),
    passed_over("an undefined entity", || inside("<a>&nbsp;</a>"), "entity reference"),
    passed_over("an undefined entity in an attribute", || inside("<a x='&lol;'/>"), "entity reference"),
    passed_over("an & alone", || inside("<a>AT&T</a>"), "entity reference"),
    passed_over("a reference without digits", || inside("<a>&#x;</a>"), "entity reference"),
    passed_over("references that are legal", || inside("<a>&lt;&#65;&#x42;&amp;</a>"), "<a>"),
];

const MARKUP: [Row; 16] = [
    passed_over("]]> in text", || inside("<a>]]></a>"), "]]>"),
    passed_over("-- in a comment", || inside("<!-- a -- b -->"), "comment"),
    passed_over("a comment", || inside("<!-- nothing -->"), "comment"),
    passed_over("a comment in a stanza", || inside("<a><!-- nothing --></a>"), "comment"),
    passed_over("a processing instruction", || inside("<?php echo 1 ?>"), "processing instruction"),
    passed_over("a processing instruction in a stanza", || inside("<a><?php ?></a>"), "processing instruction"),
    passed_over("a second XML declaration", || inside("<?xml version='1.0'?>"), "declaration"),
    passed_over(
        "an XML declaration in a stanza",
        || inside("<a><?xml version='1.0'?></a>"),
        "a declaration inside",
    ),
    ended("CDATA between stanzas", || inside("<![CDATA[x]]>"), "CDATA between stanzas"),
    passed_over("CDATA in a stanza", || inside("<a><![CDATA[<x>&]]></a>"), "<a>"),
    passed_over("a DOCTYPE", || inside("<!DOCTYPE html>"), "doctype"),
    ended("a DOCTYPE in a stanza", || inside("<a><!DOCTYPE html></a>"), "doctype"),
    ended(
        "an entity bomb",
        || inside("<!DOCTYPE b [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><b>&b;</b>"),
        "doctype",
    ),
    ended(
        "an external entity",
        || inside("<!DOCTYPE b [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><b>&a;</b>"),
        "doctype",
    ),
    passed_over("an external DTD", || inside("<!DOCTYPE b SYSTEM 'http://127.0.0.1/b.dtd'><b/>"), "doctype"),
    ended("a conditional section", || inside("<![INCLUDE[x]]>"), "unknown markup behind <!"),
];

const BYTES: [Row; 11] = [
    passed_over("a NUL in text", || inside("<a>\0</a>"), "U+0000"),
    ended("a NUL in a tag", || inside("<a\0/>"), "not well-formed"),
    passed_over("a NUL between stanzas", || inside("\0<a/>"), "text outside any element"),
    passed_over("a control character", || inside("<a>\x1b[31m</a>"), "U+001B"),
    passed_over("U+FFFE", || inside("<a>\u{fffe}</a>"), "U+FFFE"),
    passed_over("overlong UTF-8", || inside(b"<a>\xc0\xbc</a>"), "invalid UTF-8"),
    passed_over("a surrogate in UTF-8", || inside(b"<a>\xed\xa0\x80</a>"), "invalid UTF-8"),
    passed_over("UTF-8 beyond Unicode", || inside(b"<a>\xf4\x90\x80\x80</a>"), "invalid UTF-8"),
    passed_over("UTF-8 that is cut off", || inside(b"<a>\xe2\x82</a>"), "invalid UTF-8"),
    passed_over("Latin-1", || inside(b"<a>M\xfcller</a>"), "invalid UTF-8"),
    passed_over("a character that is cut by the network", cut_character, "<a>"),
];

fn cut_character() -> Finished {
    let halves = [b"<a>\xe2\x82".as_slice(), b"\xac</a>"].map(|half| Say(Cow::Borrowed(half)));
    check(&between(At::Features, halves.into()))
}

const ENCODINGS: [Row; 8] = [
    passed_over("an XML declaration of version 1.1", || declared("version='1.1'"), "of version 1.1"),
    passed_over("an XML declaration of no version", || declared("encoding='UTF-8'"), "without a version"),
    passed_over(
        "UTF-16 declared, UTF-8 sent",
        || declared("version='1.0' encoding='UTF-16'"),
        "of encoding UTF-16",
    ),
    passed_over(
        "ISO-8859-1 declared",
        || declared("version='1.0' encoding='ISO-8859-1'"),
        "of encoding ISO-8859-1",
    ),
    passed_over(
        "a byte order mark",
        || check(&between(At::Header, vec![say("\u{feff}")])),
        "text outside any element",
    ),
    ended("UTF-16, little end first", || utf16(u16::to_le_bytes), "looks like text in UTF-16"),
    ended("UTF-16, big end first", || utf16(u16::to_be_bytes), "looks like text in UTF-16"),
    passed_over(
        "white space before the XML declaration",
        || check(&between(At::Header, vec![say("\n ")])),
        "not at the beginning",
    ),
];

fn declared(what: &str) -> Finished {
    let text = format!("<?xml {what}?>{}", HEADER.split_once("?>").expect("it has a declaration").1);
    check(&instead(At::Header, Say(Cow::Owned(text.into_bytes()))))
}

fn utf16(bytes: fn(u16) -> [u8; 2]) -> Finished {
    let text: Vec<u8> = format!("\u{feff}{HEADER}{STARTTLS}").encode_utf16().flat_map(bytes).collect();
    check(&then(At::Header, vec![Say(Cow::Owned(text)), Listen]))
}

const ATTRIBUTES: [u8; 6000] = repeated(b" x='1'");

const SIZES: [Row; 9] = [
    bounded("a hundred thousand levels", || inside("<a>".repeat(100_000)), "depth of 64"),
    bounded("an attribute of a gigabyte", || endless("<a x='", &[b'y'; 8192]), "element size"),
    bounded(
        "a header's attribute of a gigabyte",
        || check_patiently(&then(At::Header, vec![say("<stream:stream id='"), SayForever(&[b'y'; 8192])]), &[]),
        "element size",
    ),
    bounded("a text of a gigabyte", || endless("<a>", &[b'y'; 8192]), "element size"),
    bounded("a comment of a gigabyte", || endless("<!--", &[b'-'; 8192]), "element size"),
    bounded("a tag's name of a gigabyte", || endless("<", &[b'y'; 8192]), "element size"),
    bounded("a processing instruction of a gigabyte", || endless("<?", &[b'y'; 8192]), "element size"),
    bounded("CDATA of a gigabyte", || endless("<a><![CDATA[", &[b'y'; 8192]), "element size"),
    bounded("a million attributes", || endless("<a", &ATTRIBUTES), "element size"),
];

const OTHERS: [Row; 17] = [
    passed_over("a second root", || inside("<html><p>one</p></html><other/>"), "<html>"),
    waited_on("roots that are no stream", || instead_of_a_header(b"<html><p>one</p></html><other/>"), "<html>"),
    waited_on("stanzas outside of a stream", || instead_of_a_header(b"<message/><iq/>"), "<message>"),
    waited_on("an empty document", || instead_of_a_header(b"<?xml version='1.0'?>"), ""),
    no_xmpp("JSON", || instead_of_a_header(b"{\"error\":\"no such host\"}\n"), "no such host"),
    no_xmpp(
        "an answer of HTTP",
        || instead_of_a_header(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
        "looks like an answer of HTTP",
    ),
    no_xmpp("a banner of SSH", || instead_of_a_header(b"SSH-2.0-OpenSSH_9.6\r\n"), "looks like the banner of SSH"),
    no_xmpp("a banner of SMTP", || instead_of_a_header(b"220 mail.example.test ESMTP\r\n"), "the banner of SMTP"),
    no_xmpp("an alert of TLS in clear", || instead_of_a_header(&[0x15, 3, 3, 0, 2, 2, 40]), "an alert of TLS"),
    ended(
        "HTML",
        || {
            instead_of_a_header(
                b"<!DOCTYPE html>\n<html><head><meta charset=utf-8></head><body><p>It works!</body></html>\n",
            )
        },
        "looks like a page of a web server",
    ),
    ended("garbage", || instead_of_a_header(b"\x80\x81\x82\x00\x01<\x02"), "no name behind <"),
    ended("a header with a NUL", || instead_of_a_header(b"<stream:stream id='\0'>"), "U+0000"),
    ended("a header of invalid UTF-8", || instead_of_a_header(b"<stream:stream id='\xff\xfe'>"), "invalid UTF-8"),
    ended("a header without quotes", || instead_of_a_header(b"<stream:stream id=1>"), "not well-formed"),
    ended("a header with an entity", || instead_of_a_header(b"<stream:stream id='&lol;'>"), "entity reference"),
    ended("markup that nobody knows", || instead_of_a_header(b"<!ELEMENT x>"), "unknown markup behind <!"),
    ended("an end tag and nothing else", || instead_of_a_header(b"</nothing>"), "without a start tag"),
];

/// It is described in these words, and the header is waited for as long as any.
const fn waited_on(what: &'static str, run: fn() -> Finished, words: &'static str) -> Row {
    Row::login(what, run, "silent", "stream", &["XMPP_STREAM_SILENT"]).says(words)
}

/// It is text, and may go on: only the clock ends it, and the silence is explained.
const fn no_xmpp(what: &'static str, run: fn() -> Finished, words: &'static str) -> Row {
    Row::login(what, run, "silent", "stream", &["XMPP_NOT_XML"]).says(words)
}

#[test]
fn tags() {
    super::play("xml", &TAGS);
}

#[test]
fn namespaces() {
    super::play("xml", &NAMESPACES);
}

#[test]
fn headers() {
    super::play("xml", &HEADERS);
}

#[test]
fn productions_of_what_is_no_tag() {
    super::play("xml", productions::MISC);
}

#[test]
fn productions_of_tags() {
    super::play("xml", productions::TAGS);
}

#[test]
fn productions_of_references() {
    super::play("xml", productions::REFERENCES);
}

#[test]
fn productions_of_namespaces() {
    super::play("xml", productions::NAMESPACES);
}

#[test]
fn productions_of_the_declaration() {
    super::play("xml", productions::DECLARATIONS);
}

#[test]
fn encodings() {
    super::play("xml", &ENCODINGS);
}

#[test]
fn references() {
    super::play("xml", &REFERENCES);
}

#[test]
fn markup() {
    super::play("xml", &MARKUP);
}

#[test]
fn bytes() {
    super::play("xml", &BYTES);
}

#[test]
fn sizes() {
    super::play("xml", &SIZES);
}

#[test]
fn other_protocols() {
    super::play("xml", &OTHERS);
}
