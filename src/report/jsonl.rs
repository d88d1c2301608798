//! A recording that may be passed on: its entries as they are, without the lengths of the secrets (design.md 5).

use serde_json::{Value, json};

use super::Source;
use crate::console::visible;
use crate::journal::{Entry, Wall, line};

/// A recording of these entries. Its header says that it is an export; entries of a later version survive.
pub fn jsonl(entries: &[Entry], started: Wall, source: &Source) -> String {
    let header = line::header(&source.tool, started);
    let mut header: Value = serde_json::from_str(&header).unwrap_or_default();
    header["exported_by"] = json!(concat!("impscope ", env!("CARGO_PKG_VERSION")));
    header["pseudonymised"] = json!(source.pseudonymised);
    let mut lines = format!("{header}\n");
    for entry in entries {
        let entry: Value = serde_json::from_str(&line::entry(entry)).unwrap_or_default();
        lines.push_str(&shown(&without_lengths(entry).to_string()));
        lines.push('\n');
    }
    lines
}

/// JSON in which what a terminal would act upon is written as `\u202e`: it reads back as the same.
fn shown(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii_graphic() || c == ' ' || visible(c.encode_utf8(&mut [0; 4])).starts_with(c) {
            out.push(c);
        } else {
            let units: String = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
            out.push_str(&units);
        }
    }
    out
}

/// The same with the length of each secret as zero.
fn without_lengths(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(without_lengths).collect(),
        Value::Object(fields) => {
            let one = |(name, value): (String, Value)| match name.as_str() {
                "wire_len" => (name, json!(0)),
                _ => (name, without_lengths(value)),
            };
            Value::Object(fields.into_iter().map(one).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_escaped_and_reads_back_as_it_was() {
        let foretold =
            "{\"n\":1,\"op\":1,\"at\":3,\"wall\":4,\"x\":{\"y\":\"a\u{202e}b\u{9b}c\u{e0041}ü\\\\\"}}\n";
        let read = line::read(&(line::header("t", Wall(7)) + foretold)).unwrap();
        let text = jsonl(read.journal.entries(), Wall(7), &Source::default());
        assert!(text.contains(r"a\u202eb\u009bc\udb40\udc41ü"), "{text}");
        assert_eq!(line::read(&text).unwrap().journal, read.journal);
    }

    #[test]
    fn no_length_of_a_secret_is_left_and_what_is_not_known_is_kept() {
        let foretold =
            r#"{"n":1,"op":1,"at":3,"wall":4,"foretold":{"cuts":[{"at":1,"wire_len":24}],"rain":true}}"#;
        let recording = line::header("impscope 9", Wall(7)) + foretold + "\n";
        let read = line::read(&recording).unwrap();
        let source = Source { tool: read.header.tool.clone(), ..Source::default() };
        let text = jsonl(read.journal.entries(), read.header.started, &source);
        assert_eq!(text.lines().nth(1).unwrap(), foretold.replace("24", "0"));
        let again = line::read(&text).unwrap();
        assert_eq!((again.header.tool.as_str(), again.header.started), ("impscope 9", Wall(7)));
    }
}
