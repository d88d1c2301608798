//! Entries in which names are replaced: users, domains, hosts, addresses, fingerprints, persons, organisations. The same
//! original is the same replacement throughout. Times, stream ids and entry numbers stay.
//!
//! Replacements are from what is set aside for documentation: RFC 2606 (domains), RFC 5737 and RFC 3849 (addresses). It
//! works on the entries as they are written, so that an entry of a later version is treated as well; every format is
//! then made of the entries that come out.

mod gather;
mod markup;
mod names;
mod swap;

use serde_json::Value;

use super::rewritten::rewritten;
use crate::journal::Entry;
use gather::{Found, is_word};
use names::Names;
use swap::Swap;

/// The same entries with other names.
pub fn pseudonymised(entries: &[Entry]) -> Vec<Entry> {
    rewritten(entries, |values| {
        let mut found = Found::default();
        values.iter().for_each(|value| found.entry(value));
        let swap = Names::of(&found).swap();
        for value in values {
            *value = replaced(&swap, "", value.take());
        }
    })
}

fn replaced(swap: &Swap, key: &str, value: Value) -> Value {
    match value {
        Value::String(text) if is_word(key, &text) => Value::String(text),
        Value::String(text) => Value::String(swap.whole(&text).unwrap_or_else(|| swap.text(&text))),
        Value::Array(values) => values.into_iter().map(|value| replaced(swap, key, value)).collect(),
        Value::Object(fields) => {
            let payload = fields.contains_key("cuts") || fields.contains_key("base64");
            let all = fields.into_iter().map(|(name, value)| match name.as_str() {
                "text" | "base64" if payload => (name, value),
                _ => {
                    let value = replaced(swap, &name, value);
                    (name, value)
                }
            });
            let mut fields: serde_json::Map<String, Value> = all.collect();
            if payload {
                bytes(swap, &mut fields);
            }
            Value::Object(fields)
        }
        other => other,
    }
}

/// The bytes that passed, with the places of their secrets.
fn bytes(swap: &Swap, fields: &mut serde_json::Map<String, Value>) {
    let cuts = || fields.get("cuts").and_then(Value::as_array).into_iter().flatten();
    let at = |cut: &Value| cut.get("at").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
    let mut places: Vec<usize> = cuts().map(|cut| at(cut).unwrap_or_default()).collect();
    if let Some(Value::String(text)) = fields.get_mut("text") {
        *text = swap.with_places(text, &mut places);
    } else if let Some(Value::String(text)) = fields.get_mut("base64")
        && let Ok(bytes) = data_encoding::BASE64.decode(text.as_bytes())
    {
        *text = data_encoding::BASE64.encode(&binary(swap, &bytes, &mut places));
    }
    let cuts = fields.get_mut("cuts").and_then(Value::as_array_mut).into_iter().flatten();
    for (cut, place) in cuts.zip(places) {
        if let Some(at) = cut.get_mut("at") {
            *at = place.into();
        }
    }
}

/// Bytes that are no text as a whole: what of them is text.
fn binary(swap: &Swap, bytes: &[u8], places: &mut [usize]) -> Vec<u8> {
    let (mut out, mut done) = (Vec::with_capacity(bytes.len()), 0);
    let originals: Vec<usize> = places.to_vec();
    for chunk in bytes.utf8_chunks() {
        let (valid, invalid) = (chunk.valid(), chunk.invalid());
        let mut own: Vec<usize> =
            originals.iter().map(|place| place.saturating_sub(done).min(valid.len())).collect();
        let swapped = swap.with_places(valid, &mut own);
        let end = done + valid.len() + invalid.len();
        for ((place, own), original) in places.iter_mut().zip(own).zip(&originals) {
            if (done..=end).contains(original) {
                *place = out.len() + own + original.saturating_sub(done + valid.len());
            }
        }
        out.extend_from_slice(swapped.as_bytes());
        out.extend_from_slice(invalid);
        done = end;
    }
    out
}

#[cfg(test)]
mod tests;
