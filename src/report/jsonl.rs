//! A recording that may be passed on: a header that says so, and the entries that it is given.

use serde_json::{Value, json};

use super::Source;
use crate::journal::{Entry, Wall, line};

/// A recording of these entries. Its header says that it is an export; entries of a later version survive.
pub fn jsonl(entries: &[Entry], started: Wall, source: &Source) -> String {
    let header = line::header(&source.tool, started);
    let mut header: Value = serde_json::from_str(&header).unwrap_or_default();
    header["exported_by"] = json!(concat!("impscope ", env!("CARGO_PKG_VERSION")));
    header["pseudonymised"] = json!(source.pseudonymised);
    let mut lines = format!("{header}\n");
    for entry in entries {
        lines.push_str(&line::entry(entry));
    }
    lines
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
    fn the_header_says_that_it_is_an_export_and_what_is_not_known_is_kept() {
        let foretold = r#"{"n":1,"op":1,"at":3,"wall":4,"foretold":{"rain":true}}"#;
        let recording = line::header("impscope 9", Wall(7)) + foretold + "\n";
        let read = line::read(&recording).unwrap();
        let source = Source { tool: read.header.tool.clone(), ..Source::default() };
        let text = jsonl(read.journal.entries(), read.header.started, &source);
        assert_eq!(text.lines().nth(1).unwrap(), foretold);
        assert!(text.lines().next().unwrap().contains(r#""exported_by":"impscope "#));
        let again = line::read(&text).unwrap();
        assert_eq!((again.header.tool.as_str(), again.header.started), ("impscope 9", Wall(7)));
    }
}
