//! What of a request and an answer is secret: by its place, and every occurrence of a secret at hand.

use secrecy::SecretString;

use crate::journal::{Payload, Secret};
use crate::probe::at_hand;
use crate::protocol::document;
use crate::protocol::mask::{self, Found, Way};

/// The secrets of an exchange, by their bytes.
pub struct AtHand(pub Vec<SecretString>);

impl AtHand {
    /// Every occurrence of one of them.
    fn known(&self, bytes: &[u8]) -> Vec<Secret> {
        at_hand::known(bytes, &self.0)
    }

    fn found(&self, found: Vec<Found>) -> impl Iterator<Item = Secret> {
        found.into_iter().map(|found| at_hand::found(found, &self.0))
    }

    /// A text that was read from what came, without the secrets at hand.
    pub fn cleaned(&self, text: &str) -> String {
        at_hand::words(text.as_bytes(), &self.known(text.as_bytes()))
    }

    /// The first line of something that is no HTTP.
    pub fn excerpt(&self, bytes: &[u8], longest: usize) -> String {
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let mut secrets = self.known(bytes);
        secrets.extend(self.found(mask::document(bytes, Way::In)));
        at_hand::words(&line[..line.len().min(longest)], &secrets).trim_end().to_owned()
    }

    /// The head of a request or an answer, bounded to `longest`.
    pub fn head(&self, bytes: &[u8], longest: usize) -> Payload {
        let mut secrets = self.known(bytes);
        let mut at = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let behind = |found: Found| Found { range: found.range.start + at..found.range.end + at, ..found };
            secrets.extend(self.found(header(line).into_iter().map(behind).collect()));
            at += line.len();
        }
        at_hand::bounded(bytes, secrets, longest)
    }

    /// A body, bounded to `longest`. Of one that is `torn` the beginning of a secret may be the last that came. One that
    /// has a secret only in the words that are read from it, such as in pieces with a comment between them, is cut whole.
    pub fn body(&self, bytes: &[u8], way: Way, torn: bool, longest: usize) -> Payload {
        let bytes = &bytes[..bytes.len().min(longest + at_hand::BEYOND)];
        let mut secrets = self.known(bytes);
        secrets.extend(self.found(mask::document(bytes, way)));
        if torn {
            secrets.extend(at_hand::beginnings(bytes, &self.0));
        }
        let payload = at_hand::bounded(bytes, secrets, longest);
        if self.known(document::words(payload.bytes()).as_bytes()).is_empty() {
            return payload;
        }
        let all = Secret { range: 0..bytes.len(), kind: "secret".to_owned(), note: "in pieces".to_owned() };
        at_hand::bounded(bytes, vec![all], longest)
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
