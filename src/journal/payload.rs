//! Bytes that passed, with their secrets cut out before they were logged (design.md 5).

use std::ops::Range;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

/// A half-open range of byte positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub from: u64,
    /// The byte behind the last one.
    pub to: u64,
}

impl Span {
    /// How many bytes it holds.
    pub fn len(self) -> u64 {
        self.to.saturating_sub(self.from)
    }

    /// Whether it holds none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// A secret range of a payload, as the mask found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Where it stands in the bytes.
    pub range: Range<usize>,
    /// What kind of secret it is: `PLAIN`, `token`, `SCRAM proof`, `message body` …
    pub kind: String,
    /// Its structure in words, without the secret: `authcid alice`.
    pub note: String,
}

/// The place where a secret was cut out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Byte position in what remains, where the secret stood.
    pub at: usize,
    /// How many bytes it took on the wire. Shown live, left out of exports.
    pub wire_len: usize,
    /// The kind of secret.
    pub kind: String,
    /// Its structure in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What remains of some bytes once the secrets are cut out, and where they stood.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Payload {
    #[serde(flatten)]
    bytes: Bytes,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cuts: Vec<Cut>,
}

/// Bytes that are text where they can be, base64 in the recording where they cannot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bytes {
    /// Well-formed UTF-8.
    Text(String),
    /// Anything else.
    #[serde(with = "base64")]
    Base64(Vec<u8>),
}

impl Default for Bytes {
    fn default() -> Self {
        Bytes::Text(String::new())
    }
}

impl Payload {
    /// Cuts the secret ranges out of `bytes`. The only way in which bytes enter the journal, and only `probe`
    /// calls it (a law's test looks for callers). Ranges may overlap and come in any order.
    pub fn cut(bytes: &[u8], secrets: &[Secret]) -> Self {
        let mut secrets: Vec<&Secret> = secrets.iter().filter(|secret| !secret.range.is_empty()).collect();
        secrets.sort_by_key(|secret| (secret.range.start, std::cmp::Reverse(secret.range.end)));
        let mut kept = Vec::with_capacity(bytes.len());
        let mut cuts: Vec<Cut> = Vec::new();
        let mut done = 0;
        for secret in secrets {
            let from = secret.range.start.clamp(done, bytes.len());
            let to = secret.range.end.min(bytes.len());
            if to <= done {
                continue;
            }
            kept.extend_from_slice(&bytes[done..from]);
            match cuts.last_mut() {
                Some(last) if last.at == kept.len() => last.wire_len += to - from,
                _ => cuts.push(Cut {
                    at: kept.len(),
                    wire_len: to - from,
                    kind: secret.kind.clone(),
                    note: secret.note.clone(),
                }),
            }
            done = to;
        }
        kept.extend_from_slice(&bytes[done..]);
        Self { bytes: Bytes::new(kept), cuts }
    }

    /// What remains, with nothing in place of the cuts.
    pub fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Text(text) => text.as_bytes(),
            Bytes::Base64(bytes) => bytes,
        }
    }

    /// What remains as text; malformed UTF-8 is replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.bytes())
    }

    /// The places of the secrets, in order.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// How many bytes there were before the cuts. A recording can claim any lengths: the sum stops at the largest.
    pub fn wire_len(&self) -> usize {
        self.bytes().len().saturating_add(self.cut_len())
    }

    /// How many bytes were cut out.
    pub fn cut_len(&self) -> usize {
        self.cuts.iter().map(|cut| cut.wire_len).fold(0, usize::saturating_add)
    }
}

impl Bytes {
    fn new(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|no| Bytes::Base64(no.into_bytes()), Bytes::Text)
    }
}

mod base64 {
    use super::{BASE64, Deserialize};
    use serde::{Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        BASE64.decode(String::deserialize(from)?.as_bytes()).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(range: Range<usize>) -> Secret {
        Secret { range, kind: "PLAIN".into(), note: String::new() }
    }

    #[test]
    fn lengths_that_no_bytes_can_have_are_added_up_all_the_same() {
        let cut = format!(r#"{{"at":7,"wire_len":{},"kind":"PLAIN"}}"#, usize::MAX);
        let payload: Payload =
            serde_json::from_str(&format!(r#"{{"text":"<a/>","cuts":[{cut},{cut}]}}"#)).unwrap();
        assert_eq!((payload.wire_len(), payload.cut_len()), (usize::MAX, usize::MAX));
    }

    #[test]
    fn what_remains_is_the_bytes_without_the_secret_and_the_place_is_known() {
        let payload = Payload::cut(b"<auth>c2VjcmV0</auth>", &[secret(6..14)]);
        assert_eq!(payload.bytes(), b"<auth></auth>");
        assert_eq!((payload.cuts()[0].at, payload.cuts()[0].wire_len), (6, 8));
        assert_eq!(payload.wire_len(), 21);
    }

    #[test]
    fn overlapping_and_adjoining_secrets_become_one_cut() {
        let payload = Payload::cut(b"abcdefgh", &[secret(4..6), secret(1..3), secret(2..5)]);
        assert_eq!(payload.bytes(), b"agh");
        assert_eq!(payload.cuts().len(), 1);
        assert_eq!(payload.wire_len(), 8);
    }

    #[test]
    fn a_range_behind_the_end_is_cut_to_size() {
        assert_eq!(Payload::cut(b"abc", &[secret(2..9)]).bytes(), b"ab");
    }

    #[test]
    fn bytes_that_are_no_text_survive_the_recording() {
        let payload = Payload::cut(b"\xff\xfe<", &[]);
        let line = serde_json::to_string(&payload).unwrap();
        assert_eq!(serde_json::from_str::<Payload>(&line).unwrap(), payload);
    }
}
