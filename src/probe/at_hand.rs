//! The secrets at hand, by their bytes, in what came and in what goes out; and what is left without them.

use secrecy::{ExposeSecret, SecretString};

use crate::journal::{Payload, Secret};
use crate::protocol::mask::{self, Found};

const MASKED: &str = "[masked]";
/// A secret may reach so far beyond what is noted.
pub const BEYOND: usize = 16 * 1024;

/// Every occurrence of one of them.
pub fn known<'s>(bytes: &[u8], at_hand: impl IntoIterator<Item = &'s SecretString>) -> Vec<Secret> {
    let ranges = at_hand.into_iter().flat_map(|secret| mask::known(bytes, secret.expose_secret()));
    ranges.map(nameless).collect()
}

/// Where the bytes end with the beginning of one of them.
pub fn beginnings<'s>(bytes: &[u8], at_hand: impl IntoIterator<Item = &'s SecretString>) -> Vec<Secret> {
    let ranges = at_hand.into_iter().filter_map(|secret| mask::beginning(bytes, secret.expose_secret()));
    ranges.map(nameless).collect()
}

fn nameless(range: std::ops::Range<usize>) -> Secret {
    Secret { range, kind: "secret".to_owned(), note: String::new() }
}

/// What was found by its place. A note names the user; a user whose name is the password gets none.
pub fn found<'s>(found: Found, at_hand: impl IntoIterator<Item = &'s SecretString>) -> Secret {
    let note = if known(found.note.as_bytes(), at_hand).is_empty() { found.note } else { String::new() };
    Secret { range: found.range, kind: found.kind.to_owned(), note }
}

/// The first `longest` of the bytes, without the secrets that begin there.
pub fn bounded(bytes: &[u8], mut secrets: Vec<Secret>, longest: usize) -> Payload {
    let shown = &bytes[..bytes.len().min(longest)];
    secrets.retain(|secret| secret.range.start < shown.len());
    Payload::cut(shown, &secrets)
}

/// The bytes as text, with a word in place of each secret.
pub fn words(bytes: &[u8], secrets: &[Secret]) -> String {
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
