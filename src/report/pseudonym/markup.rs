//! Which parts of a text are names that somebody chose: what stands between tags and in the values of attributes. Tags,
//! namespaces and mechanisms are the protocol's. It reads whatever comes, well-formed or not.

use std::ops::Range;

/// A part of a text that may hold names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// Where.
    pub(super) range: Range<usize>,
    /// The local name of the element in whose content it stands, directly behind its tag; else empty.
    pub(super) element: &'a str,
}

/// The parts of a text that may hold names, in order. Of a text without a tag it is the whole.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut at, mut element) = (0, "");
    while at < text.len() {
        let open = text[at..].find('<').map_or(text.len(), |open| at + open);
        if open > at {
            parts.push(Part { range: at..open, element });
        }
        let Some(end) = tag_end(&text[open..]) else { break };
        let tag = &text[open..open + end];
        element = element_of(tag);
        parts.extend(
            values(tag).into_iter().map(|range| Part { range: open + range.start..open + range.end, element: "" }),
        );
        at = open + end;
    }
    parts
}

/// The byte behind a tag's `>`; an open one ends with the text.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    (!tag.is_empty()).then_some(tag.len())
}

/// The local name that a start tag opens.
fn element_of(tag: &str) -> &str {
    if tag.starts_with("</") || tag.ends_with("/>") {
        return "";
    }
    local(tag[1..].split(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').next().unwrap_or_default())
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The values of a tag's attributes, without those that the protocol fixes.
fn values(tag: &str) -> Vec<Range<usize>> {
    let mut values = Vec::new();
    let mut at = 0;
    while let Some(open) = tag[at..].find(['\'', '"']).map(|open| at + open) {
        let quote = tag.as_bytes()[open];
        let from = open + 1;
        let to = tag[from..].bytes().position(|byte| byte == quote).map_or(tag.len(), |to| from + to);
        let name = tag[at..open].trim_end().trim_end_matches('=').trim_end();
        let name = name.rsplit(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
        if from < to && !is_fixed(tag, name) {
            values.push(from..to);
        }
        at = (to + 1).min(tag.len());
    }
    values
}

fn is_fixed(tag: &str, name: &str) -> bool {
    let of_property = local(name) == "name" && element_of(tag.trim_end_matches(['/', '>'])) == "property";
    name.starts_with("xmlns")
        || ["mechanism", "version", "xml:lang", "encoding", "type"].contains(&name)
        || of_property
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&str, &str)> {
        parts(text).into_iter().map(|part| (part.element, &text[part.range])).collect()
    }

    #[test]
    fn tags_and_what_the_protocol_fixes_are_left_aside() {
        let text = "<a:user xmlns='urn:user' id=\"user\" mechanism='PLAIN'><userName>user</userName> x</a:user>";
        assert_eq!(read(text), [("", "user"), ("userName", "user"), ("", " x")]);
        assert_eq!(read("<property name=\"Presence.Domain\">presence</property>"), [("property", "presence")]);
        assert_eq!(read("no tag"), [("", "no tag")]);
    }

    #[test]
    fn what_is_broken_is_read_to_its_end() {
        for text in ["<", "<a b='", "a<b", "<a 'x' \"y", "</", "é<ü ö='ß", "<<>>\"'"] {
            let _ = read(text);
        }
        assert_eq!(read("<a b='alice"), [("", "alice")]);
    }
}
