//! What of a request and an answer is secret: by its place, and every occurrence of a secret at hand.

use secrecy::{ExposeSecret, SecretString};

use crate::journal::{Payload, Secret};
use crate::protocol::mask::{self, Found, Way};

/// The secrets of an exchange, by their bytes.
pub struct AtHand(pub Vec<SecretString>);

const MASKED: &str = "[masked]";
/// A shorter beginning of a secret is no clue.
const BEGINNING: usize = 3;
/// A secret may reach so far beyond what is noted.
const BEYOND: usize = 16 * 1024;

impl AtHand {
    /// Every occurrence of one of them.
    fn known(&self, bytes: &[u8]) -> Vec<Secret> {
        let found = self.0.iter().flat_map(|secret| mask::known(bytes, secret.expose_secret()));
        found.map(|range| Secret { range, kind: "secret".to_owned(), note: String::new() }).collect()
    }

    /// A note names the user; a user whose name is the password gets none.
    fn secret(&self, found: Found) -> Secret {
        let note = if self.known(found.note.as_bytes()).is_empty() { found.note } else { String::new() };
        Secret { range: found.range, kind: found.kind.to_owned(), note }
    }

    /// A text that was read from what came, without the secrets at hand.
    pub fn cleaned(&self, text: &str) -> String {
        shown(text.as_bytes(), &self.known(text.as_bytes()))
    }

    /// The first line of something that is no HTTP.
    pub fn excerpt(&self, bytes: &[u8], longest: usize) -> String {
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let mut secrets = self.known(bytes);
        secrets.extend(mask::document(bytes, Way::In).into_iter().map(|found| self.secret(found)));
        let shown = shown(&bytes[..line.len().min(longest)], &secrets);
        shown.trim_end().to_owned()
    }

    /// The head of a request or an answer, bounded to `longest`.
    pub fn head(&self, bytes: &[u8], longest: usize) -> Payload {
        let mut secrets = self.known(bytes);
        let mut at = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            secrets.extend(header(line).into_iter().map(|found| {
                let range = found.range.start + at..found.range.end + at;
                self.secret(Found { range, ..found })
            }));
            at += line.len();
        }
        bounded(bytes, secrets, longest)
    }

    /// A body, bounded to `longest`. Of one that is `torn` the beginning of a secret may be the last that came.
    pub fn body(&self, bytes: &[u8], way: Way, torn: bool, longest: usize) -> Payload {
        let bytes = &bytes[..bytes.len().min(longest + BEYOND)];
        let mut secrets = self.known(bytes);
        secrets.extend(mask::document(bytes, way).into_iter().map(|found| self.secret(found)));
        if torn {
            secrets.extend(self.0.iter().filter_map(|secret| beginning(bytes, secret.expose_secret().as_bytes())));
        }
        bounded(bytes, secrets, longest)
    }
}

/// The secrets of one line of a head.
fn header(line: &[u8]) -> Vec<Found> {
    let Some(colon) = memchr::memchr(b':', line) else { return Vec::new() };
    let Ok(name) = std::str::from_utf8(&line[..colon]) else { return Vec::new() };
    let behind = colon + 1;
    let Ok(value) = std::str::from_utf8(&line[behind..]) else {
        // No text: where it can hold a secret, all of it may be one.
        let found = mask::header(name.trim(), "a=a");
        return found.into_iter().take(1).map(|found| Found { range: behind..line.len(), ..found }).collect();
    };
    let found = mask::header(name.trim(), value);
    found
        .into_iter()
        .map(|found| Found { range: found.range.start + behind..found.range.end + behind, ..found })
        .collect()
}

/// Where the bytes end with the beginning of this secret.
fn beginning(bytes: &[u8], secret: &[u8]) -> Option<Secret> {
    let part = (BEGINNING..secret.len()).rev().find(|length| bytes.ends_with(&secret[..*length]))?;
    let range = bytes.len() - part..bytes.len();
    Some(Secret { range, kind: "secret".to_owned(), note: String::new() })
}

fn bounded(bytes: &[u8], mut secrets: Vec<Secret>, longest: usize) -> Payload {
    let shown = &bytes[..bytes.len().min(longest)];
    secrets.retain(|secret| secret.range.start < shown.len());
    Payload::cut(shown, &secrets)
}

/// `bytes` as text, with a word in place of each secret.
fn shown(bytes: &[u8], secrets: &[Secret]) -> String {
    let payload = bounded(bytes, secrets.to_vec(), bytes.len());
    let (mut text, mut done) = (Vec::new(), 0);
    for cut in payload.cuts() {
        text.extend_from_slice(&payload.bytes()[done..cut.at]);
        text.extend_from_slice(MASKED.as_bytes());
        done = cut.at;
    }
    text.extend_from_slice(&payload.bytes()[done..]);
    String::from_utf8_lossy(&text).into_owned()
}
