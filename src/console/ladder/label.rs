//! What stands on an arrow.

use crate::journal::{Read, Sent};

/// What was sent, in a few words.
pub(super) fn sent(sent: &Sent) -> String {
    match (sent.what.as_str(), sent.mechanism.as_deref()) {
        ("auth", Some(mechanism)) => format!("<auth {mechanism}>"),
        ("stream header", _) => "<stream:stream>".to_owned(),
        (what @ ("auth" | "starttls" | "response" | "iq" | "presence"), _) => format!("<{what}>"),
        (what, _) => what.to_owned(),
    }
}

/// What was received, in a few words, and whether it is a refusal; white space is nothing.
pub(super) fn read(read: &Read) -> Option<(String, bool)> {
    let (label, bad) = match read {
        Read::Declaration | Read::Whitespace => return None,
        Read::StreamOpen { id: Some(id), .. } => (format!("<stream:stream id='{id}'>"), false),
        Read::StreamOpen { id: None, .. } => ("<stream:stream>".to_owned(), false),
        Read::Features { mechanisms, .. } if mechanisms.is_empty() => ("<stream:features>".to_owned(), false),
        Read::Features { mechanisms, .. } => (format!("<stream:features> {}", mechanisms.join(", ")), false),
        Read::Proceed => ("<proceed>".to_owned(), false),
        Read::StarttlsFailure => ("<failure> of STARTTLS".to_owned(), true),
        Read::Challenge => ("<challenge>".to_owned(), false),
        Read::Success => ("<success>".to_owned(), false),
        Read::SaslFailure { condition, .. } => (format!("<failure> {condition}"), true),
        Read::StreamError { condition, .. } => (format!("<stream:error> {condition}"), true),
        Read::Bound { .. } => ("<iq> bound".to_owned(), false),
        Read::Iq { kind, error, .. } => match error {
            Some(error) => (format!("<iq> {kind} {error}"), true),
            None => (format!("<iq> {kind}"), false),
        },
        Read::Message => ("<message>".to_owned(), false),
        Read::Presence => ("<presence>".to_owned(), false),
        Read::Sm => ("stream management".to_owned(), false),
        Read::StreamClose => ("</stream:stream>".to_owned(), false),
        Read::Element { name, .. } => (format!("<{name}>"), false),
        Read::Refused { what, .. } => (format!("not XMPP: {what}"), true),
    };
    Some((label, bad))
}
