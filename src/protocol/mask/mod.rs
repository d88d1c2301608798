//! Where the secrets stand in bytes that will be logged (design.md 5).
//!
//! It reads bytes, not XML: what a user typed and what a broken server sent is masked too. When in doubt it cuts.
//! It finds places and describes their structure; it removes nothing, and a note never holds a secret. These looks
//! are taken together:
//!
//! * [`secrets`]: by where they stand in a stream, without knowing them.
//! * [`document`] and [`header`]: by where they stand in what passes over HTTP.
//! * [`known`]: by their bytes, wherever they stand.
//! * [`open_element`]: everything that may be one, in an element of which only the beginning came.

mod header;
mod known;
mod markup;
mod payload;
mod place;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use header::header;
pub use known::{beginning, known};
use markup::{Tag, Tags};
use payload::Kind;
use place::{Holds, Place};

use super::document::wide;

/// In which direction the bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From us to the server.
    Out,
    /// From the server to us.
    In,
}

/// A secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it stands.
    pub range: Range<usize>,
    /// `PLAIN`, `token`, `SCRAM proof`, `SCRAM signature`, `SASL`, `password`, `digest`, `message body`, `text`; over
    /// HTTP also `Basic`, `credentials`, `cookie`, `session key`, `one-time password`, `LDAP DN`.
    pub kind: &'static str,
    /// Its structure in words, without the secret: `authcid alice`. Empty where there is nothing to say.
    pub note: String,
    /// Whether it is a credential of the user: it may cross only what the user trusts.
    pub credential: bool,
}

/// The secrets in `bytes`, by where they stand, in order and without overlap.
///
/// Found are the payloads of SASL but for those that hold no secret (SCRAM's first two messages), the password and
/// the digest of jabber:iq:auth, any element and any attribute named after a password or a token, and message
/// bodies. An element that does not end is cut to the end; in a tag that is malformed, all behind its name is.
pub fn secrets(bytes: &[u8], way: Way) -> Vec<Found> {
    scan(bytes, way, Place::Stream(place::Html::default()))
}

/// The secrets in the body of an HTTP request or answer, by where they stand, in order and without overlap.
///
/// Found is any element and any attribute named after a password, a token or a session key, what `<property
/// name='…'>` calls so, and in a service profile the `DN` beside the password. Of a well-formed document well-formed
/// XML remains. Nothing in it is SASL, and no `body` is a message's: use [`secrets`] for a stream. What is in UTF-16,
/// which is read by nobody here, is found to the end, but for the two bytes that tell of it.
pub fn document(bytes: &[u8], way: Way) -> Vec<Found> {
    let Some(behind) = wide(bytes) else { return scan(bytes, way, Place::Document(place::Seen::of(bytes))) };
    let wide = Found { range: behind..bytes.len(), kind: "text", note: "in UTF-16".to_owned(), credential: false };
    let narrow = scan(&bytes[..behind], way, Place::Document(place::Seen::of(&bytes[..behind])));
    disjoint([narrow, vec![wide]].concat())
}

fn scan(bytes: &[u8], way: Way, mut place: Place) -> Vec<Found> {
    let mut found = Vec::new();
    let mut done = 0;
    for tag in Tags::of(bytes) {
        let held = place.see(&tag, bytes);
        if tag.from < done {
            continue;
        }
        if tag.is_whole || held.is_none() {
            found.extend(attributes(&tag, bytes, way, &place));
        }
        let Some(held) = held else { continue };
        let limits = place.limits(&tag, bytes);
        let region = match tag.is_end {
            true => behind_previous_tag(bytes, done.max(limits.start), tag.from),
            false => tag.content(&bytes[..limits.end]),
        };
        done = region.end.max(tag.from + 1);
        found.extend(describe(held, &tag, bytes, region, way));
    }
    disjoint(found)
}

/// Whether what is called so is a secret: `Directory.Password`, `session-key`.
pub fn names_secret(name: &str) -> bool {
    place::kind(name.as_bytes()).is_some()
}

/// What may be secret in an element of which only the beginning came: everything behind its first tag that is no
/// markup, and whatever [`secrets`] finds. A first tag that is malformed ends at the first `>` all the same.
pub fn open_element(bytes: &[u8]) -> Vec<Found> {
    let found = secrets(bytes, Way::In);
    let Some(first) = memchr::memchr(b'>', bytes) else { return found };
    let head = Tags::of(bytes).next().filter(|tag| tag.is_whole && tag.from < first);
    let mut done = head.map_or(first + 1, |tag| tag.to);
    let mut texts = Vec::new();
    for tag in Tags::of(bytes) {
        // a tag that is still open is markup as far as it is well-formed
        let is_markup = tag.is_whole || (tag.to == bytes.len() && !tag.is_broken);
        if tag.from >= done && is_markup {
            texts.extend(text(bytes, done..tag.from));
            done = tag.to;
        }
    }
    texts.extend(text(bytes, done..bytes.len()));
    let texts = outside(texts, &found);
    disjoint([found, texts].concat())
}

fn text(bytes: &[u8], range: Range<usize>) -> Option<Found> {
    let blank = bytes[range.clone()].iter().all(u8::is_ascii_whitespace);
    (!blank).then(|| Found { range, kind: "text", note: String::new(), credential: false })
}

/// In order; where two overlap, the first one keeps the bytes.
fn disjoint(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|secret| secret.range.start);
    let mut done = 0;
    for secret in &mut found {
        secret.range.start = secret.range.start.max(done);
        done = done.max(secret.range.end);
    }
    found.retain(|secret| !secret.range.is_empty());
    found
}

/// The parts of `texts` that are outside of `taken`. Both are in order and without overlap.
fn outside(texts: Vec<Found>, taken: &[Found]) -> Vec<Found> {
    let mut next = 0;
    let mut kept = Vec::new();
    for text in texts {
        let end = text.range.end;
        next += taken[next..].iter().take_while(|secret| secret.range.end <= text.range.start).count();
        let mut at = text.range.start;
        for secret in taken[next..].iter().take_while(|secret| secret.range.start < end) {
            kept.push(Found { range: at..secret.range.start.max(at), ..text.clone() });
            at = secret.range.end;
        }
        kept.push(Found { range: at..end.max(at), ..text });
    }
    kept
}

/// A piece that was sent before this one may have opened the element that ends here.
fn behind_previous_tag(bytes: &[u8], done: usize, end: usize) -> Range<usize> {
    let start = memchr::memrchr(b'>', &bytes[done..end]).map_or(done, |at| done + at + 1);
    start..end
}

fn describe(holds: Holds, tag: &Tag, bytes: &[u8], region: Range<usize>, way: Way) -> Option<Found> {
    let content = &bytes[region.clone()];
    if content.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    let mechanism = tag.attribute(bytes, b"mechanism").map(|range| &bytes[range]);
    let whole = tag.is_whole || tag.is_end;
    let (kind, note) = match holds {
        Holds::Answer => match payload::answer(content, mechanism, whole) {
            Kind::Open => return None,
            Kind::Secret(kind, note) => (kind, note),
        },
        Holds::Question => match payload::question(content, whole) {
            Kind::Open => return None,
            Kind::Secret(kind, note) => (kind, note),
        },
        Holds::Secret(kind) => (kind, String::new()),
        Holds::Body => ("message body", String::new()),
    };
    let credential = way == Way::Out && matches!(holds, Holds::Answer | Holds::Secret(_));
    Some(Found { range: region, kind, note, credential })
}

fn attributes(tag: &Tag, bytes: &[u8], way: Way, place: &Place) -> Vec<Found> {
    let limits = place.limits(tag, bytes);
    let named = tag.attributes.iter().filter_map(|(name, value)| {
        let kind = place.attribute(tag, bytes, markup::local(&bytes[name.clone()]))?;
        let credential = way == Way::Out;
        Some(Found {
            range: value.start.min(limits.end)..value.end.min(limits.end),
            kind,
            note: String::new(),
            credential,
        })
    });
    named.filter(|secret| !secret.range.is_empty()).collect()
}
