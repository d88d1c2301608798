//! What may be logged: secrets found where they stand, and found where they do not.

mod document;
mod header;
mod property;
mod stream;

use data_encoding::BASE64;

use super::*;

const SASL: &str = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";

/// What remains of some bytes when these ranges are cut.
fn rest(bytes: &[u8], cuts: impl IntoIterator<Item = Range<usize>>) -> Vec<u8> {
    let mut keep = vec![true; bytes.len()];
    for cut in cuts {
        keep[cut].fill(false);
    }
    bytes.iter().zip(keep).filter(|(_, keep)| *keep).map(|(byte, _)| *byte).collect()
}

fn masked(text: &str, way: Way) -> String {
    let found = secrets(text.as_bytes(), way);
    String::from_utf8(rest(text.as_bytes(), found.into_iter().map(|secret| secret.range))).unwrap()
}

/// Kind and note of the only secret.
fn only(text: &str, way: Way) -> (&'static str, String) {
    let found = secrets(text.as_bytes(), way);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    (found[0].kind, found[0].note.clone())
}

fn auth(mechanism: &str, payload: &str) -> String {
    format!("<auth {SASL} mechanism='{mechanism}'>{payload}</auth>")
}

fn base64(text: &str) -> String {
    BASE64.encode(text.as_bytes())
}

/// What remains of a document.
fn cut(text: &str, way: Way) -> String {
    let found = document(text.as_bytes(), way).into_iter().map(|secret| secret.range);
    String::from_utf8(rest(text.as_bytes(), found)).unwrap()
}
