//! The last look before something leaves: whether a secret that is known, or bytes that stand where a secret must
//! stand, are in a recording or in what is made of it.
//!
//! A recording holds no secret unless somebody changed it, or a mask failed. What is said never holds one.

use anyhow::bail;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::journal::{Entry, EntryNo, Event, Fact, HttpFact, Payload, XmppFact, line};
use crate::protocol::mask::{self, Way};

/// What is looked over at once. Pieces overlap, so that nothing hides where two of them meet.
const PIECE: usize = 256 << 10;
/// By so much they overlap at least.
const OVERLAP: usize = 16 << 10;

const ADVICE: &str = "nothing was written. A recording is made without secrets: was this one changed by hand? Take \
     what stands there out of it, or record the run again";

/// Looks through the entries of a recording.
///
/// # Errors
/// It names the entry and what stands there.
pub(super) fn look_through(entries: &[Entry], secrets: &[&SecretString]) -> anyhow::Result<()> {
    for entry in entries {
        if let Some(kind) = unmasked(&entry.event) {
            bail!("entry #{} holds an unmasked {kind}: {ADVICE}", entry.n.0);
        }
        let written = Zeroizing::new(line::entry(entry));
        let whole = payloads(&entry.event).into_iter().map(|(_, payload)| payload.bytes());
        if let Some(form) = whole.chain([written.as_bytes()]).find_map(|bytes| held(bytes, secrets)) {
            bail!("entry #{} holds the password or the token{form}: {ADVICE}. {}", entry.n.0, chance(entry.n));
        }
    }
    Ok(())
}

/// If the secret is an ordinary word, it may stand there for another reason.
fn chance(n: EntryNo) -> String {
    format!(
        "If it is only a word that #{} holds anyway, export without the password: it is then not looked for",
        n.0
    )
}

/// Looks over what would be written.
///
/// # Errors
/// It names the line.
pub(in crate::app) fn look_over(text: &str, secrets: &[&SecretString]) -> anyhow::Result<()> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while !secrets.is_empty() && from < bytes.len() {
        let to = (from + PIECE + OVERLAP).min(bytes.len());
        if let Some(form) = held(&bytes[from..to], secrets) {
            let line = bytes[..from].iter().filter(|byte| **byte == b'\n').count() + 1;
            bail!(
                "what would be written holds the password or the token{form}, from line {line} on: nothing was \
                 written. If it is only a word that stands there anyway, such as a host's name, export without the \
                 password (it is then not looked for), or with --pseudonymise"
            );
        }
        from += PIECE;
    }
    Ok(())
}

/// In which form one of the secrets stands in these bytes.
fn held(bytes: &[u8], secrets: &[&SecretString]) -> Option<&'static str> {
    let backslashes = without_backslashes(bytes);
    let percents = without_percents(&backslashes);
    secrets.iter().find_map(|secret| {
        let secret = secret.expose_secret();
        let has = |bytes: &[u8]| !mask::known(bytes, secret).is_empty();
        if has(bytes) {
            return Some("");
        }
        if *backslashes != bytes && has(&backslashes) {
            return Some(" with backslashes in it");
        }
        if *percents != *backslashes && has(&percents) {
            return Some(", percent-encoded");
        }
        in_hex(bytes, secret).then_some(" in hexadecimal digits")
    })
}

/// What JSON, Markdown and the console's escapes stand for: `\u0041`, `\u{41}`, `\*`, `\"`.
fn without_backslashes(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len()));
    let mut at = 0;
    while at < bytes.len() {
        let (text, length) = match &bytes[at..] {
            [b'\\', b'u', rest @ ..] => number(rest),
            [b'\\', b'n', ..] => (Some('\n'), 2),
            [b'\\', b'r', ..] => (Some('\r'), 2),
            [b'\\', b't', ..] => (Some('\t'), 2),
            [b'\\', next, ..] if next.is_ascii_punctuation() => (Some(char::from(*next)), 2),
            _ => (None, 1),
        };
        match text {
            Some(text) => plain.extend_from_slice(text.encode_utf8(&mut [0; 4]).as_bytes()),
            None => plain.push(bytes[at]),
        }
        at += length;
    }
    plain
}

/// The character behind `\u`, and the escape's length.
fn number(behind: &[u8]) -> (Option<char>, usize) {
    let braced = behind.first() == Some(&b'{');
    let digits = if braced {
        behind.iter().take(8).position(|byte| *byte == b'}').map(|end| &behind[1..end])
    } else {
        behind.get(..4)
    };
    let value = digits.and_then(|digits| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
    match (value.and_then(char::from_u32), digits) {
        (Some(c), Some(digits)) => (Some(c), 2 + digits.len() + if braced { 2 } else { 0 }),
        _ => (None, 1),
    }
}

/// What `%41` stands for.
fn without_percents(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len()));
    let mut at = 0;
    while at < bytes.len() {
        let value = match &bytes[at..] {
            [b'%', high, low, ..] => digit(*high).zip(digit(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        plain.push(value.unwrap_or(bytes[at]));
        at += if value.is_some() { 3 } else { 1 };
    }
    plain
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Whether the bytes of a secret stand there as hexadecimal digits, of either case, with or without a sign between.
fn in_hex(bytes: &[u8], secret: &str) -> bool {
    const SHORTEST: usize = 3;
    if secret.len() < SHORTEST {
        return false;
    }
    let digits = bytes.iter().filter(|byte| !matches!(byte, b' ' | b':' | b'-')).map(u8::to_ascii_lowercase);
    let digits: Zeroizing<Vec<u8>> = Zeroizing::new(digits.collect());
    let wanted = Zeroizing::new(data_encoding::HEXLOWER.encode(secret.as_bytes()));
    memchr::memmem::find(&digits, wanted.as_bytes()).is_some()
}

/// What passes in an event, and in which direction.
fn payloads(event: &Event) -> Vec<(Kind, &Payload)> {
    let Event::Saw(fact) = event else { return Vec::new() };
    match fact {
        Fact::Xmpp(fact) => match &**fact {
            XmppFact::Sent(sent) => vec![(Kind::Stream(Way::Out), &sent.payload)],
            XmppFact::Received(received) => vec![(Kind::Stream(Way::In), &received.payload)],
            XmppFact::Partial { payload, .. } => vec![(Kind::Stream(Way::In), payload)],
            XmppFact::Unsent { .. } | XmppFact::Remark(_) => Vec::new(),
        },
        Fact::Http(fact) => match &**fact {
            HttpFact::Sent { head, body, .. } => vec![(Kind::Head, head), (Kind::Document(Way::Out), body)],
            HttpFact::Head(head) => vec![(Kind::Head, &head.payload)],
            HttpFact::Body { payload, .. } => vec![(Kind::Document(Way::In), payload)],
            HttpFact::Quiet { .. } | HttpFact::Gate { .. } => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// By which of the masks a payload is looked at.
#[derive(Clone, Copy)]
enum Kind {
    Stream(Way),
    Head,
    Document(Way),
}

/// The first secret, by where it stands, that was not cut out.
fn unmasked(event: &Event) -> Option<&'static str> {
    if let Event::Unknown(value) = event {
        return unmasked_text(value);
    }
    payloads(event).into_iter().find_map(|(kind, payload)| {
        let bytes = with_places(payload);
        let found = match kind {
            Kind::Stream(way) => mask::secrets(&bytes, way),
            Kind::Document(way) => mask::document(&bytes, way),
            Kind::Head => return head(&String::from_utf8_lossy(&bytes)),
        };
        left(&found, &bytes)
    })
}

/// Stands where a secret was cut out, for the masks: some are found by what stands before them.
const PLACE: u8 = 1;

/// A payload with a sign at the place of each secret.
fn with_places(payload: &Payload) -> Vec<u8> {
    let (bytes, mut marked, mut done) = (payload.bytes(), Vec::new(), 0);
    for cut in payload.cuts() {
        let to = cut.at.clamp(done, bytes.len());
        marked.extend_from_slice(&bytes[done..to]);
        marked.push(PLACE);
        done = to;
    }
    marked.extend_from_slice(&bytes[done..]);
    marked
}

/// The first of these that is more than the place of a secret.
fn left(found: &[mask::Found], bytes: &[u8]) -> Option<&'static str> {
    let is_left = |byte: &u8| *byte != PLACE && !byte.is_ascii_whitespace();
    found.iter().find(|found| bytes[found.range.clone()].iter().any(is_left)).map(|found| found.kind)
}

fn head(text: &str) -> Option<&'static str> {
    let headers = text.lines().filter_map(|line| line.split_once(':'));
    headers.filter_map(|(name, value)| left(&mask::header(name, value), value.as_bytes())).next()
}

/// The same in an event of a later version, of which nothing is known: each text is looked at in every way.
fn unmasked_text(value: &serde_json::Value) -> Option<&'static str> {
    match value {
        serde_json::Value::String(text) => {
            let found = [mask::secrets(text.as_bytes(), Way::Out), mask::document(text.as_bytes(), Way::Out)];
            found.iter().flatten().map(|found| found.kind).next().or_else(|| head(text))
        }
        serde_json::Value::Array(values) => values.iter().find_map(unmasked_text),
        serde_json::Value::Object(fields) => fields.values().find_map(unmasked_text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
