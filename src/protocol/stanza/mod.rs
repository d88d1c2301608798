//! Whole frames in, what they say out (RFC 6120, RFC 6121, XEP-0198, protocol.md 5.2 and 5.4).
//!
//! Lenient where protocol.md is not sure of a form: names count wherever they stand, prefixes and the order of
//! attributes do not matter. Strict about XML itself: a frame that is not well-formed says so, with the byte. Must
//! not know what the login waits for, nor judge what it reads.

#[cfg(test)]
mod tests;

use quick_xml::name::{Namespace, NamespaceResolver, PrefixDeclaration};

use super::framer::{Frame, FrameKind};
use super::tree::{self, Element, Form, Tree};

const STREAMS: &str = "http://etherx.jabber.org/streams";
const STREAM_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
const STANZA_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
const TLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";
const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";
const CLIENT: &str = "jabber:client";
/// Its version stands behind it. `:0` is what Cisco uses for home nodes (protocol.md 5.4).
const HOSTNAMES: &str = "urn:xmpp:domain-based-name:";
/// Stream management; its version stands behind it.
const SM: &str = "urn:xmpp:sm:";

/// So many mechanisms, host names and other features are kept of one features element.
const KEPT: usize = 64;

/// The namespaces that a stream's header declares: every stanza stands inside it.
#[derive(Debug, Clone)]
pub struct Namespaces {
    resolver: NamespaceResolver,
}

impl Default for Namespaces {
    /// Before a header: only the prefix `stream`, which everybody uses for the streams namespace.
    fn default() -> Self {
        let mut resolver = NamespaceResolver::default();
        let declared = resolver.add(PrefixDeclaration::Named("stream"), Namespace(STREAMS));
        debug_assert!(declared.is_ok(), "the prefix is not reserved and there is room");
        Self { resolver }
    }
}

impl Namespaces {
    /// What the header in this frame declares. A header that cannot be read declares nothing.
    pub fn of(frame: &Frame) -> Self {
        let mut scope = Self::default();
        if let Ok(text) = std::str::from_utf8(&frame.bytes) {
            tree::declare(text, &mut scope.resolver);
        }
        scope
    }
}

/// What a frame says. Texts are unescaped, and bounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// `<?xml …?>`
    Declaration,
    /// The stream's header.
    StreamOpen(StreamHeader),
    /// `<stream:features>`
    Features(Features),
    /// `<proceed/>`
    Proceed,
    /// `<failure/>` of STARTTLS.
    StarttlsFailure,
    /// `<challenge>` and its base64 text.
    Challenge(String),
    /// `<success>` and its base64 text.
    Success(Option<String>),
    /// `<failure>` of SASL.
    SaslFailure {
        /// `not-authorized` …; empty where there is none.
        condition: String,
        /// The server's text.
        text: Option<String>,
    },
    /// `<stream:error>`
    StreamError {
        /// `host-unknown`, `see-other-host` …; empty where there is none.
        condition: String,
        /// The server's text.
        text: Option<String>,
        /// The host that `see-other-host` names.
        other_host: Option<String>,
    },
    /// `<iq>`
    Iq(Iq),
    /// `<message>`
    Message {
        /// Its sender.
        from: Option<String>,
        /// Its receiver.
        to: Option<String>,
    },
    /// `<presence>`
    Presence {
        /// Its sender.
        from: Option<String>,
        /// Its receiver.
        to: Option<String>,
    },
    /// Stream management (XEP-0198), by its element's name: `r`, `a`, `enabled` …
    Sm(String),
    /// `</stream:stream>`
    StreamClose,
    /// White space between stanzas.
    Whitespace,
    /// Another element.
    Element {
        /// The local name.
        name: String,
        /// The namespace, where one is declared.
        ns: Option<String>,
    },
    /// Text where no text belongs.
    Text,
    /// What is no XML, or XML that XMPP forbids.
    Refused {
        /// `comment`, `doctype`, `not well-formed: …`.
        what: String,
        /// The byte in the stream.
        at: u64,
    },
}

/// A stream's header.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamHeader {
    /// The stream id.
    pub id: Option<String>,
    /// The domain that answers.
    pub from: Option<String>,
    /// The domain that is asked.
    pub to: Option<String>,
    /// `1.0`
    pub version: Option<String>,
    /// `xml:lang`
    pub lang: Option<String>,
    /// The default namespace.
    pub ns: Option<String>,
}

/// What a server offers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Features {
    /// STARTTLS is offered; true inside: required.
    pub starttls: Option<bool>,
    /// SASL mechanisms in their order.
    pub mechanisms: Vec<String>,
    /// Home node and backup, as Cisco names them (protocol.md 5.4).
    pub hostnames: Vec<String>,
    /// Resource binding is offered.
    pub bind: bool,
    /// A session is offered; true inside: optional.
    pub session: Option<bool>,
    /// Stream management is offered.
    pub sm: bool,
    /// What else is offered: the local name, and behind a space the namespace.
    pub other: Vec<String>,
}

/// `<iq>`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Iq {
    /// `result`, `error`, `get`, `set`; empty where there is none.
    pub kind: String,
    /// Its id.
    pub id: Option<String>,
    /// Its sender.
    pub from: Option<String>,
    /// Its receiver.
    pub to: Option<String>,
    /// The full JID that a bind result gives.
    pub jid: Option<String>,
    /// The condition of an `error`; empty where it names none.
    pub error: Option<String>,
}

/// What `frame` says, in a stream whose header declared `scope`.
pub fn read(frame: &Frame, scope: &Namespaces) -> Reading {
    let header = match &frame.kind {
        FrameKind::Declaration => return declaration(frame),
        FrameKind::StreamClose => return Reading::StreamClose,
        FrameKind::Whitespace => return Reading::Whitespace,
        FrameKind::Text => return Reading::Text,
        FrameKind::Refused(refusal) => {
            return Reading::Refused { what: refusal.what.to_string(), at: refusal.at };
        }
        FrameKind::StreamOpen => true,
        FrameKind::Element => false,
    };
    match Tree::read(&frame.bytes, &scope.resolver, Form::frame(header)) {
        Ok(tree) if header => match tree.root().ns() {
            None | Some(STREAMS) => Reading::StreamOpen(stream_header(tree.root())),
            // RFC 6120 section 4.9.3.10; where none is declared the name alone decides
            Some(other) => Reading::Refused {
                what: format!("stream header of namespace {}", bounded(other)),
                at: frame.range.start,
            },
        },
        Ok(tree) => element(tree.root()),
        Err(fault) => Reading::Refused {
            what: format!("not well-formed: {}", fault.what),
            at: frame.range.start + fault.at as u64,
        },
    }
}

/// `<?xml …?>`, which stands at the very beginning of a stream or nowhere, and can only say version 1.0 and UTF-8 (RFC
/// 6120 sections 11.4 and 11.6).
fn declaration(frame: &Frame) -> Reading {
    let text = String::from_utf8_lossy(&frame.bytes);
    let said = |name: &str| {
        let behind = text.split_once(name)?.1.trim_start().strip_prefix('=')?.trim_start();
        let quote = behind.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        behind[1..].split(quote).next()
    };
    let is_utf8 = |encoding: Option<&str>| encoding.is_none_or(|named| named.eq_ignore_ascii_case("UTF-8"));
    let what = match (said("version"), said("encoding")) {
        _ if frame.range.start > 0 => "that is not at the beginning".to_owned(),
        (Some("1.0"), encoding) if is_utf8(encoding) && is_in_form(&text) => return Reading::Declaration,
        (Some("1.0"), encoding) if is_utf8(encoding) => "in another form than XML's".to_owned(),
        (Some("1.0"), encoding) => format!("of encoding {}", bounded(encoding.unwrap_or_default())),
        (Some(version), _) => format!("of version {}", bounded(version)),
        (None, _) => "without a version".to_owned(),
    };
    Reading::Refused { what: format!("XML declaration {what}"), at: frame.range.start }
}

/// Whether a declaration says its version, its encoding and whether it stands alone, the first at least, in this order
/// and nothing else (XML 1.0, productions 23 and 32).
fn is_in_form(text: &str) -> bool {
    let inside = text.strip_prefix("<?xml").and_then(|text| text.strip_suffix("?>"));
    let Some(mut rest) = inside else { return false };
    let mut left = ["version", "encoding", "standalone"].iter();
    let mut is_first = true;
    loop {
        let behind = rest.trim_ascii_start();
        if behind.is_empty() {
            return !is_first;
        }
        let Some((name, value)) = behind.split_once('=').filter(|_| behind.len() < rest.len()) else {
            return false;
        };
        let (name, value) = (name.trim_ascii_end(), value.trim_ascii_start());
        let Some(quote) = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { return false };
        let Some((value, behind)) = value[1..].split_once(quote) else { return false };
        let is_next = left.any(|known| *known == name) && (!is_first || name == "version");
        if !is_next || (name == "standalone" && !matches!(value, "yes" | "no")) {
            return false;
        }
        (rest, is_first) = (behind, false);
    }
}

/// As much as is said of a server's word.
fn bounded(word: &str) -> String {
    word.chars().take(40).collect()
}

fn stream_header(root: Element<'_>) -> StreamHeader {
    StreamHeader {
        id: root.attribute("id"),
        from: root.attribute("from"),
        to: root.attribute("to"),
        version: root.attribute("version"),
        lang: root.attribute("xml:lang"),
        ns: root.attribute("xmlns"),
    }
}

/// A namespace decides where one is declared; without any, the local name does.
fn element(root: Element<'_>) -> Reading {
    let within = |ns: &str| root.ns().is_none_or(|declared| declared == ns);
    match root.name() {
        "features" if within(STREAMS) => Reading::Features(features(root)),
        "error" if within(STREAMS) => stream_error(root),
        "proceed" if within(TLS) => Reading::Proceed,
        "failure" if root.ns() == Some(TLS) => Reading::StarttlsFailure,
        "failure" if within(SASL) => Reading::SaslFailure {
            condition: condition(root, SASL).map_or_else(String::new, |named| named.name().to_owned()),
            text: text_child(root),
        },
        "challenge" if within(SASL) => Reading::Challenge(root.text().trim().to_owned()),
        "success" if within(SASL) => Reading::Success(some_text(root.text())),
        "iq" if within(CLIENT) => Reading::Iq(iq(root)),
        "message" if within(CLIENT) => Reading::Message { from: root.attribute("from"), to: root.attribute("to") },
        "presence" if within(CLIENT) => {
            Reading::Presence { from: root.attribute("from"), to: root.attribute("to") }
        }
        name if root.ns().is_some_and(|ns| ns.starts_with(SM)) => Reading::Sm(name.to_owned()),
        name => Reading::Element { name: name.to_owned(), ns: root.ns().map(str::to_owned) },
    }
}

fn features(root: Element<'_>) -> Features {
    let mut found = Features::default();
    for element in root.descendants() {
        let within = |ns: &str| element.ns().is_none_or(|declared| declared == ns);
        let begins = |ns: &str| element.ns().is_some_and(|declared| declared.starts_with(ns));
        let has = |name: &str| element.descendants().any(|inner| inner.name() == name);
        match element.name() {
            "starttls" if within(TLS) => found.starttls = Some(has("required")),
            "mechanisms" if within(SASL) => {}
            "mechanism" if within(SASL) => keep(&mut found.mechanisms, element.text()),
            "hostname" if begins(HOSTNAMES) => keep(&mut found.hostnames, element.text()),
            "bind" if within(BIND) => found.bind = true,
            "session" if within(SESSION) => found.session = Some(has("optional")),
            "sm" if begins(SM) => found.sm = true,
            name if element.is_child_of(root) => {
                keep(&mut found.other, &format!("{name} {}", element.ns().unwrap_or_default()));
            }
            _ => {}
        }
    }
    found
}

fn keep(list: &mut Vec<String>, text: &str) {
    let text = text.trim();
    if list.len() < KEPT && !text.is_empty() {
        list.push(text.to_owned());
    }
}

fn stream_error(root: Element<'_>) -> Reading {
    let named = condition(root, STREAM_ERRORS);
    let other_host = named.filter(|named| named.name() == "see-other-host");
    Reading::StreamError {
        condition: named.map_or_else(String::new, |named| named.name().to_owned()),
        // servers older than XMPP 1.0 write the text into the error itself
        text: text_child(root).or_else(|| some_text(root.text())),
        other_host: other_host.and_then(|named| some_text(named.text())),
    }
}

fn iq(root: Element<'_>) -> Iq {
    let find = |name: &str| root.descendants().find(|element| element.name() == name);
    let bound = find("bind").and_then(|bind| bind.descendants().find(|inner| inner.name() == "jid"));
    let kind = root.attribute("type").unwrap_or_default();
    let named = || condition(find("error")?, STANZA_ERRORS);
    let error = (kind == "error").then(|| named().map_or_else(String::new, |named| named.name().to_owned()));
    Iq {
        id: root.attribute("id"),
        from: root.attribute("from"),
        to: root.attribute("to"),
        jid: bound.and_then(|jid| some_text(jid.text())),
        error,
        kind,
    }
}

/// The child that names an error: one of the expected namespace, else the first that is no text.
fn condition<'t>(error: Element<'t>, ns: &str) -> Option<Element<'t>> {
    let named = || error.children().filter(|child| child.name() != "text");
    named().find(|child| child.ns() == Some(ns)).or_else(|| named().next())
}

fn text_child(error: Element<'_>) -> Option<String> {
    error.children().find(|child| child.name() == "text").and_then(|text| some_text(text.text()))
}

fn some_text(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}
