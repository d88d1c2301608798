//! Whether a secret stands in what was written, in whatever form: as it is, inside base64, and escaped for XML, for a
//! URL or for JSON, one in the other too.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use data_encoding::{BASE64, BASE64URL};
use memchr::memmem;

use crate::program::files_in;

/// A password in which each escape changes something, and two of its characters in base64 differ in URLs.
pub const ODD: &str = "q&u<i>\"e\\t%41'ø~?>ÿ/42";

/// Escapes stand in one another at most so deep: a text of a document, in an entry's JSON, in a page.
const DEPTH: usize = 3;

/// Panics if the secret stands in a file of this folder, in any form.
pub fn no_file_holds(secret: &str, folder: &Path) {
    for file in files_in(folder) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        assert!(!holds_secret(&bytes, secret), "the password is in {}", file.display());
    }
}

/// Whether these bytes hold the secret: as it is, or inside base64 at any of the three alignments; and the same where
/// escapes are read for what they stand for. Of a secret in which nothing has to be escaped, nothing is expected to be.
pub fn holds_secret(bytes: &[u8], secret: &str) -> bool {
    let forms = forms(secret);
    let holds = |text: &[u8]| forms.iter().any(|form| memmem::find(text, form).is_some());
    let is_plain = secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    if is_plain || holds(bytes) {
        return holds(bytes);
    }
    let mut texts = BTreeSet::from([bytes.to_vec()]);
    for _ in 0..DEPTH {
        let read = |text: &Vec<u8>| [xml, url, json].map(|read| read(text).into_owned());
        let next: BTreeSet<Vec<u8>> = texts.iter().flat_map(read).filter(|text| !texts.contains(text)).collect();
        if next.iter().any(|text| holds(text)) {
            return true;
        }
        texts = next;
    }
    false
}

fn forms(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.as_bytes().to_vec()];
    for (before, alphabet) in (0..3).flat_map(|before| [(before, BASE64), (before, BASE64URL)]) {
        let padded = [&vec![0; before], secret.as_bytes()].concat();
        let encoded = alphabet.encode(&padded);
        // The first and last characters also depend on the neighbours.
        let inner = encoded.trim_end_matches('=');
        let from = [0, 2, 3][before];
        let to = inner.len() - usize::from(padded.len() % 3 != 0);
        forms.push(inner.as_bytes()[from..to].to_vec());
    }
    forms
}

/// What is written with each escape replaced that begins with `sign`: `read` says by what, and how long it was.
fn unescaped(text: &[u8], sign: u8, read: impl Fn(&[u8]) -> Option<(Vec<u8>, usize)>) -> Cow<'_, [u8]> {
    let mut plain = Vec::new();
    let mut rest = text;
    while let Some(at) = memchr::memchr(sign, rest) {
        let (stands_for, length) = read(&rest[at..]).unwrap_or_else(|| (vec![sign], 1));
        plain.extend_from_slice(&rest[..at]);
        plain.extend(stands_for);
        rest = &rest[at + length..];
    }
    if plain.is_empty() { Cow::Borrowed(text) } else { Cow::Owned([plain.as_slice(), rest].concat()) }
}

fn xml(text: &[u8]) -> Cow<'_, [u8]> {
    unescaped(text, b'&', |text| {
        let end = text.iter().take(12).position(|byte| *byte == b';')?;
        let c = match std::str::from_utf8(&text[1..end]).ok()? {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            number => match number.strip_prefix("#x").or_else(|| number.strip_prefix("#X")) {
                Some(digits) => char::from_u32(u32::from_str_radix(digits, 16).ok()?)?,
                None => char::from_u32(number.strip_prefix('#')?.parse().ok()?)?,
            },
        };
        Some((c.to_string().into_bytes(), end + 1))
    })
}

fn url(text: &[u8]) -> Cow<'_, [u8]> {
    unescaped(text, b'%', |text| {
        let digits = std::str::from_utf8(text.get(1..3)?).ok()?;
        Some((vec![u8::from_str_radix(digits, 16).ok()?], 3))
    })
}

/// Of JSON, of Markdown, and of what is shown in place of a control character.
fn json(text: &[u8]) -> Cow<'_, [u8]> {
    unescaped(text, b'\\', |text| match text.get(1)? {
        b'u' => {
            let digits = std::str::from_utf8(text.get(2..6)?).ok()?;
            let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            Some((c.to_string().into_bytes(), 6))
        }
        byte if byte.is_ascii_punctuation() => Some((vec![*byte], 2)),
        _ => None,
    })
}

/// How a text is written in XML, in a URL and in JSON: in each so that as little as may be stands there as it is.
pub fn escaped(text: &str) -> Vec<String> {
    let named = text.chars().map(|c| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&apos;".to_owned(),
        c => c.to_string(),
    });
    let named: String = named.collect();
    let percent = |every: bool| {
        let is_kept = |byte: u8| !every && (byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        let write = |byte: u8| if is_kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        text.bytes().map(write).collect::<String>()
    };
    let json = |of: &str| serde_json::Value::from(of).to_string().trim_matches('"').to_owned();
    vec![
        named.clone(),
        text.chars().map(|c| format!("&#{};", u32::from(c))).collect(),
        text.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect(),
        percent(false),
        percent(true).to_lowercase(),
        json(text),
        text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect(),
        json(&named),
        named.replace('&', "&amp;"),
    ]
}

#[test]
fn the_canary_is_found_in_every_form() {
    for secret in ["canary-7Q~pw", ODD] {
        for text in ["", "\0alice\0", "\0bob\0", "x\0al\0"].map(|before| format!("{before}{secret}??")) {
            assert!(holds_secret(text.as_bytes(), secret));
            for alphabet in [BASE64, BASE64URL] {
                assert!(holds_secret(alphabet.encode(text.as_bytes()).as_bytes(), secret), "{text:?}");
            }
        }
        assert!(!holds_secret(b"[masked PLAIN: authcid alice] a%20b &lt; \\\"", secret));
    }
    for text in escaped(ODD) {
        assert!(!text.contains(ODD) && holds_secret(format!("{{\"a\": \"{text}\"}}").as_bytes(), ODD), "{text}");
    }
}
