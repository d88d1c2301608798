//! From a reading to the journal's words. Nothing secret is in either; long texts were bounded by the reader.

use crate::journal::Read;
use crate::protocol::stanza::Reading;

/// What the journal keeps of a reading whose first byte is the stream's byte `at`.
pub fn read(reading: &Reading, at: u64) -> Read {
    match reading.clone() {
        Reading::Declaration => Read::Declaration,
        Reading::StreamOpen(header) => {
            Read::StreamOpen { id: header.id, from: header.from, version: header.version }
        }
        Reading::Features(features) => Read::Features {
            starttls: features.starttls,
            mechanisms: features.mechanisms,
            hostnames: features.hostnames,
            bind: features.bind,
            session: features.session,
        },
        Reading::Proceed => Read::Proceed,
        Reading::StarttlsFailure => Read::StarttlsFailure,
        Reading::Challenge(_) => Read::Challenge,
        Reading::Success(_) => Read::Success,
        Reading::SaslFailure { condition, text } => Read::SaslFailure { condition, text },
        Reading::StreamError { condition, text, other_host } => Read::StreamError { condition, text, other_host },
        Reading::Iq(iq) => match iq.jid {
            Some(jid) if iq.error.is_none() => Read::Bound { jid },
            _ => Read::Iq { kind: iq.kind, id: iq.id, error: iq.error },
        },
        Reading::Message { .. } => Read::Message,
        Reading::Presence { .. } => Read::Presence,
        Reading::Sm(_) => Read::Sm,
        Reading::StreamClose => Read::StreamClose,
        Reading::Whitespace => Read::Whitespace,
        Reading::Element { name, ns } => Read::Element { name, ns },
        Reading::Text => Read::Refused { what: "text outside any element".to_owned(), at },
        Reading::Refused { what, at } => Read::Refused { what, at },
    }
}
