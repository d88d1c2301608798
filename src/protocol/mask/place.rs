//! What stands where: which elements and attributes hold secrets, in a stream and in a document.

use std::ops::Range;

use super::markup::{self, Tag};

/// What an element of this local name holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// What we send in SASL.
    Answer,
    /// What the server sends in SASL.
    Question,
    /// A secret by itself, of this kind.
    Secret(&'static str),
    /// What somebody wrote to somebody.
    Body,
}

/// What was seen so far of the place where a tag stands.
#[derive(Debug)]
pub(super) enum Place {
    /// In a stream: SASL, and what people write.
    Stream(Html),
    /// In a document over HTTP. There `body`, `success` and `response` are other things: SOAP's and Cisco's own.
    Document(Seen),
}

impl Place {
    /// Sees the next tag, and says what its element holds.
    pub(super) fn see(&mut self, tag: &Tag, bytes: &[u8]) -> Option<Holds> {
        let name = tag.local(bytes);
        match self {
            Place::Stream(html) => {
                html.see(tag, bytes);
                in_stream(name).filter(|holds| *holds != Holds::Body || !html.is_page())
            }
            Place::Document(seen) => {
                seen.see(name);
                let own = seen.kind(name);
                own.or_else(|| setting(tag, bytes).and_then(|name| seen.kind(name))).map(Holds::Secret)
            }
        }
    }

    /// The kind of secret that an attribute of `tag` with this local name holds.
    pub(super) fn attribute(&self, tag: &Tag, bytes: &[u8], name: &[u8]) -> Option<&'static str> {
        match self {
            Place::Stream(_) => match in_stream(name) {
                Some(Holds::Secret(kind)) => Some(kind),
                _ => None,
            },
            Place::Document(seen) => {
                let set = || setting(tag, bytes).filter(|_| same(name, "value"));
                seen.kind(name).or_else(|| set().and_then(|name| seen.kind(name)))
            }
        }
    }

    /// The bytes that can belong to `tag`: what begins in a comment ends there, whatever it looks like.
    pub(super) fn limits(&self, tag: &Tag, bytes: &[u8]) -> Range<usize> {
        let all = 0..bytes.len();
        let Place::Document(seen) = self else { return all };
        let next = seen.opaque.partition_point(|inside| inside.end <= tag.from);
        seen.opaque.get(next).filter(|inside| inside.start <= tag.from).cloned().unwrap_or(all)
    }
}

fn in_stream(name: &[u8]) -> Option<Holds> {
    const NAMES: [(&str, Holds); 13] = [
        ("auth", Holds::Answer),
        ("response", Holds::Answer),
        ("initial-response", Holds::Answer),
        ("challenge", Holds::Question),
        ("success", Holds::Question),
        ("additional-data", Holds::Question),
        ("password", Holds::Secret("password")),
        ("digest", Holds::Secret("digest")),
        ("handshake", Holds::Secret("digest")),
        ("token", Holds::Secret("token")),
        ("session-key", Holds::Secret("session key")),
        ("secret", Holds::Secret("password")),
        ("body", Holds::Body),
    ];
    NAMES.iter().find(|(known, _)| same(name, known)).map(|(_, holds)| *holds)
}

/// The name that an element gives to what it holds: `<property name='Directory.Password'>`.
fn setting<'b>(tag: &Tag, bytes: &'b [u8]) -> Option<&'b [u8]> {
    tag.attribute(bytes, b"name").or_else(|| tag.attribute(bytes, b"key")).map(|range| &bytes[range])
}

/// What was seen of a document.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// A section of a service profile: one named DN is the user whose password stands beside it.
    section: bool,
    /// The answer to get-onetime-password.
    one_time: bool,
    /// Where comments and the like stand, without what opens and closes them.
    opaque: Vec<Range<usize>>,
}

impl Seen {
    /// Nothing yet of these bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { opaque: markup::opaques(bytes), ..Self::default() }
    }

    fn see(&mut self, name: &[u8]) {
        const SECTIONS: [&str; 7] = [
            "Voicemail",
            "MailStore",
            "Conferencing",
            "Directory",
            "IMandPresence",
            "CTI",
            "VideoConferenceSchedulingPortal",
        ];
        self.section |= SECTIONS.iter().any(|section| same(name, section));
        self.one_time |= same(name, "get-onetime-password-resp");
    }

    fn kind(&self, name: &[u8]) -> Option<&'static str> {
        match kind(name) {
            Some("password") if self.one_time => Some("one-time password"),
            None if self.section && same(name, "DN") => Some("LDAP DN"),
            kind => kind,
        }
    }
}

/// The kind of secret that is called so, whatever stands before it and whatever joins its words.
pub(super) fn kind(name: &[u8]) -> Option<&'static str> {
    const ENDINGS: [(&str, &str); 10] = [
        ("onetimepassword", "one-time password"),
        ("password", "password"),
        ("passwd", "password"),
        ("pwd", "password"),
        ("passphrase", "password"),
        ("secret", "password"),
        ("sessionkey", "session key"),
        ("appsessionid", "session key"),
        ("token", "token"),
        ("binddn", "LDAP DN"),
    ];
    let letters: Vec<u8> =
        name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    let named = ENDINGS.iter().find(|(ending, _)| letters.ends_with(ending.as_bytes())).map(|(_, kind)| *kind);
    named.or_else(|| (letters == b"digest").then_some("digest"))
}

fn same(name: &[u8], known: &str) -> bool {
    name.eq_ignore_ascii_case(known.as_bytes())
}

/// Tells a web page's body, which is evidence, from a message's.
#[derive(Debug, Default)]
pub(super) struct Html {
    in_page: bool,
    in_message: bool,
}

impl Html {
    fn see(&mut self, tag: &Tag, bytes: &[u8]) {
        match tag.local(bytes) {
            b"message" => self.in_message |= !tag.is_end,
            name if name.eq_ignore_ascii_case(b"html") => self.in_page |= !tag.is_end,
            _ => {}
        }
    }

    fn is_page(&self) -> bool {
        self.in_page && !self.in_message
    }
}
