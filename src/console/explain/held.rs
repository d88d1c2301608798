//! What masked bytes are, and what base64 holds that is no secret. It decodes what anybody could decode who sees the
//! row; what was cut out is not there to be decoded.

use data_encoding::BASE64;

use super::super::ink::{Ink, Line};
use super::super::masked::Masked;
use super::super::visible;
use super::table::words;
use crate::journal::day;
use crate::journal::{Cut, Payload};

/// So many pieces are described.
const PIECES: usize = 12;
/// Of a payload so many bytes are looked through.
const LOOKED_AT: usize = 256 * 1024;
/// So many characters of one piece are decoded, and so many characters of its text are shown.
const DECODED: usize = 16 * 1024;
const SHOWN: usize = 300;
/// A shorter text that is base64 by chance is a word.
const SHORTEST: usize = 16;

/// Elements whose text is base64 whatever it looks like.
const ELEMENTS: [&str; 9] = [
    "auth",
    "response",
    "challenge",
    "success",
    "initial-response",
    "additional-data",
    "binval",
    "x509certificate",
    "data",
];

/// What was cut out, kind by kind.
pub(super) fn masked<const N: usize>(payloads: [&Payload; N]) -> Vec<Line> {
    let mut kinds: Vec<(&Cut, usize)> = Vec::new();
    for cut in payloads.iter().flat_map(|payload| payload.cuts()) {
        let known = kinds.iter().position(|(known, _)| known.kind == cut.kind && known.note == cut.note);
        match known {
            Some(at) => kinds[at].1 += 1,
            None if kinds.len() < PIECES => kinds.push((cut, 1)),
            None => {}
        }
    }
    kinds.iter().map(|(cut, count)| Line::words(&cut_words(cut, *count), Ink::Plain)).collect()
}

/// `PLAIN: base64 of [authzid] NUL authcid NUL password; in this one: authcid alice`
fn cut_words(cut: &Cut, count: usize) -> String {
    let id = format!("secret.{}", cut.kind.replace(' ', "_"));
    let known = words(&id).or_else(|| words("secret.other"));
    let what = known.map_or("", |(_, words)| words.what.as_str());
    let times = if count > 1 { format!(", {count} times") } else { String::new() };
    let note = if cut.note.is_empty() { String::new() } else { format!("; in this one: {}", cut.note) };
    format!("{}{times}: {what}{note}", cut.kind)
}

/// What the base64 in the text of a payload's elements holds.
pub(super) fn decoded(payload: &Payload) -> Vec<Line> {
    if payload.bytes().len() > LOOKED_AT && !payload.bytes().is_ascii() {
        return Vec::new();
    }
    let masked = Masked::new(payload);
    let text = masked.text.get(..masked.text.len().min(LOOKED_AT)).unwrap_or_default();
    let mut lines = Vec::new();
    let (mut from, mut name) = (0, "");
    while let Some(open) = text[from..].find('<').map(|at| from + at) {
        let content = &text[from..open];
        // What stands around a secret is not whole.
        if masked.cuts_in(from..open + 1).is_empty() && lines.len() < PIECES {
            lines.extend(piece(name, content).map(|words| Line::words(&words, Ink::Plain)));
        }
        let Some(close) = text[open..].find('>').map(|at| open + at) else { break };
        name = local(&text[open + 1..close]);
        from = close + 1;
    }
    lines
}

/// The local name of a start tag; that of an end tag is empty.
fn local(tag: &str) -> &str {
    let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or_default()
}

/// `<BINVAL>: a PNG picture, 1204 bytes`
fn piece(name: &str, content: &str) -> Option<String> {
    let is_known = ELEMENTS.iter().any(|known| name.eq_ignore_ascii_case(known));
    let text: String = content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let shape = text.len() >= 4 && text.len().is_multiple_of(4);
    if !shape || !(is_known || looks_like_it(&text)) {
        return None;
    }
    let whole = text.len() <= DECODED;
    let bytes = BASE64.decode(text.as_bytes().get(..text.len().min(DECODED))?).ok()?;
    let padding = text.bytes().rev().take_while(|byte| *byte == b'=').count();
    let size = (text.len() / 4 * 3).saturating_sub(padding);
    let what = kind(&bytes, size, whole).or_else(|| is_known.then(|| unknown(&bytes, size)))?;
    Some(format!("<{}>: {what}", visible(name)))
}

/// Whether a text is base64 and no word: long, with more than letters of one case, and no hexadecimal digest.
fn looks_like_it(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    text.len() >= SHORTEST
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && (has(u8::is_ascii_digit) || has(|byte| matches!(byte, b'+' | b'/' | b'=')))
        && !has(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'/' | b'='))
}

fn kind(bytes: &[u8], size: usize, whole: bool) -> Option<String> {
    const MAGIC: [(&[u8], &str); 8] = [
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"BM", "a BMP picture"),
        (b"%PDF", "a PDF document"),
        (b"\x1f\x8b", "bytes that gzip packed"),
        (b"PK\x03\x04", "a ZIP file"),
        (b"RIFF", "a WebP picture or another RIFF file"),
    ];
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(format!("{what}, {size} bytes"));
    }
    if bytes.starts_with(b"\x30\x82") && whole {
        return certificate(bytes, size);
    }
    let text = std::str::from_utf8(bytes).ok().filter(|_| whole)?;
    scram(text).or_else(|| plain_text(text))
}

fn unknown(bytes: &[u8], size: usize) -> String {
    let first: Vec<String> = bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{size} bytes of no type that is known here, beginning {}", first.join(" "))
}

fn certificate(bytes: &[u8], size: usize) -> Option<String> {
    let (_, certificate) = x509_parser::parse_x509_certificate(bytes).ok()?;
    let (subject, issuer) = (certificate.subject().to_string(), certificate.issuer().to_string());
    let until = day(certificate.validity().not_after.timestamp());
    let by = if subject == issuer { "self-signed".to_owned() } else { format!("issued by {issuer}") };
    Some(format!("a certificate, {size} bytes: {subject}, {by}, valid until {until}"))
}

/// SCRAM's messages that hold no secret (RFC 5802 section 7).
fn scram(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(',').collect();
    match parts[..] {
        [binding, authzid, user, nonce] if user.starts_with("n=") && nonce.starts_with("r=") => {
            let binding = match binding {
                "n" => "no channel binding",
                "y" => "no channel binding, though we could",
                _ => "with channel binding",
            };
            let authzid = authzid.strip_prefix("a=").map_or("no authzid".to_owned(), |id| format!("authzid {id}"));
            let (user, nonce) = (&user[2..], nonce.len() - 2);
            let first = "SCRAM's first message of the client";
            Some(format!("{first}: {binding}, {authzid}, user {user}, a random number of {nonce} characters"))
        }
        [nonce, salt, count] if nonce.starts_with("r=") && salt.starts_with("s=") && count.starts_with("i=") => {
            let salt = BASE64.decode(&salt.as_bytes()[2..]);
            let salt = salt
                .map_or("a salt that is no base64".to_owned(), |salt| format!("a salt of {} bytes", salt.len()));
            let (nonce, count) = (nonce.len() - 2, &count[2..]);
            let first = "SCRAM's first message of the server";
            Some(format!("{first}: a random number of {nonce} characters, {salt}, to be hashed {count} times"))
        }
        [error] if error.starts_with("e=") => Some(format!("SCRAM's error: {}", &error[2..])),
        _ => None,
    }
}

/// Text, as far as it is one.
fn plain_text(text: &str) -> Option<String> {
    let odd = text.chars().filter(|c| c.is_control() && !c.is_ascii_whitespace()).count();
    if text.is_empty() || odd * 8 > text.chars().count() {
        return None;
    }
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if shown.len() < text.len() { " … and so on" } else { "" };
    Some(format!("text, {} bytes: {shown}{more}", text.len()))
}
