//! The tags of a typed text: names, attributes, prefixes, and what closes what.

use std::collections::HashSet;
use std::ops::Range;

use super::scan::{HEADER, Open, Scan};
use super::{Ink, Top};
use crate::protocol::chars::{begins_name, in_name, is_blank};

/// An attribute of a tag.
struct Attribute<'t> {
    name: &'t str,
    at: usize,
    value: &'t str,
}

/// How a start tag ends.
enum End {
    Open,
    Empty,
    /// It does not: the text ends, or another tag begins.
    Missing,
}

impl<'t> Scan<'t> {
    /// `</name>`
    pub(super) fn end_tag(&mut self) {
        let begin = self.at;
        self.pass(begin + 2, Ink::Punct);
        let name = self.name(Ink::Name);
        self.blank();
        if name.is_empty() {
            self.ill_formed(begin, "a name must follow </");
        } else if !self.rest().starts_with('>') {
            self.ill_formed(begin, &format!("</{name} does not end: > is missing"));
        }
        if self.rest().starts_with('>') {
            self.pass(self.at + 1, Ink::Punct);
        }
        self.close(name, begin);
    }

    /// Closes the element of this name; what was left open within it is closed with it.
    fn close(&mut self, name: &'t str, at: usize) {
        match self.open.last() {
            Some(last) if last.name == name => {}
            Some(last) => {
                let (other, other_at) = (last.name, last.at);
                self.wrong_end(at, name, other, other_at);
            }
            None if name == HEADER && !self.closed => {
                self.closed = true;
                let name = format!("/{HEADER}");
                self.tops.push(Top { name, ns: None, id: None, kind: None, name_end: at });
            }
            None => self.ill_formed(at, &format!("</{name}> closes nothing: no element is open")),
        }
        // Only behind a fault can it be another one than the last.
        if self.names.get(name).is_none_or(|times| *times == 0) {
            return;
        }
        while let Some(closed) = self.open.pop() {
            self.names.entry(closed.name).and_modify(|times| *times -= 1);
            self.forget(closed.declares);
            if closed.name == name {
                return;
            }
        }
    }

    /// Takes prefixes out of scope.
    fn forget(&mut self, prefixes: Vec<&'t str>) {
        for prefix in prefixes {
            self.prefixes.entry(prefix).and_modify(|times| *times -= 1);
        }
    }

    /// `<name a='b'>` or `<name/>`
    pub(super) fn start_tag(&mut self) {
        let begin = self.at;
        self.pass(begin + 1, Ink::Punct);
        let name = self.name(Ink::Name);
        let name_end = self.at;
        if name.is_empty() {
            return self.ill_formed(begin, "a name must follow <; the character itself is written &lt;");
        }
        if self.closed {
            self.ill_formed(begin, "it stands behind the end of the stream");
        }
        let mut attributes = Vec::new();
        let end = self.attributes(name, begin, &mut attributes);
        self.look_for_doubles(&attributes);
        if self.is_outside() {
            self.tops.push(top(name, name_end, &attributes));
        }
        let declares = self.declare(name, begin, &attributes);
        match end {
            End::Empty => self.forget(declares),
            End::Open | End::Missing => {
                *self.names.entry(name).or_default() += 1;
                self.open.push(Open { name, at: begin, declares });
            }
        }
    }

    /// The prefixes that a tag declares, brought into scope; all that it uses must be in it.
    fn declare(&mut self, name: &'t str, at: usize, attributes: &[Attribute<'t>]) -> Vec<&'t str> {
        let mut declares = Vec::new();
        for attribute in attributes {
            let Some(prefix) = attribute.name.strip_prefix("xmlns:") else { continue };
            if attribute.value.is_empty() {
                self.ill_formed(attribute.at, &format!("the prefix {prefix}: cannot stand for no namespace"));
            }
            *self.prefixes.entry(prefix).or_default() += 1;
            declares.push(prefix);
        }
        self.look_for_prefix(name, at + 1, name != HEADER || !self.open.is_empty());
        for attribute in attributes {
            self.look_for_prefix(attribute.name, attribute.at, true);
        }
        declares
    }

    /// `stream:` is declared by the stream in which a text stands; a stream header declares it itself.
    fn look_for_prefix(&mut self, name: &'t str, at: usize, in_stream: bool) {
        let Some((prefix, local)) = name.split_once(':') else { return };
        if prefix.is_empty() || local.is_empty() || local.contains(':') {
            return self.ill_formed(at, &format!("{name} is no name: at most one colon stands within"));
        }
        let known = matches!(prefix, "xml" | "xmlns")
            || (prefix == "stream" && in_stream)
            || self.prefixes.get(prefix).is_some_and(|times| *times > 0);
        if !known {
            self.undeclared(at, prefix);
        }
    }

    fn look_for_doubles(&mut self, attributes: &[Attribute<'t>]) {
        let mut seen = HashSet::new();
        for attribute in attributes {
            if !seen.insert(attribute.name) {
                self.ill_formed(attribute.at, &format!("the attribute {} stands here twice", attribute.name));
            }
        }
    }

    /// The attributes of the tag of this name, up to its end.
    fn attributes(&mut self, tag: &str, begin: usize, found: &mut Vec<Attribute<'t>>) -> End {
        loop {
            let parted = self.blank();
            let rest = self.rest();
            if rest.starts_with("/>") {
                self.pass(self.at + 2, Ink::Punct);
                return End::Empty;
            }
            match rest.chars().next() {
                Some('>') => {
                    self.pass(self.at + 1, Ink::Punct);
                    return End::Open;
                }
                Some(c) if begins_name(c) => {
                    if !parted {
                        self.ill_formed(self.at, "white space must stand before an attribute");
                    }
                    found.extend(self.attribute());
                }
                None | Some('<') => {
                    self.ill_formed(begin, &format!("the tag <{tag} does not end: > is missing"));
                    return End::Missing;
                }
                Some(c) => {
                    self.ill_formed(self.at, &format!("{c} cannot stand in the tag <{tag}>"));
                    self.pass(self.at + c.len_utf8(), Ink::Plain);
                }
            }
        }
    }

    /// `name='value'`
    fn attribute(&mut self) -> Option<Attribute<'t>> {
        let at = self.at;
        let name = self.name(Ink::Attr);
        self.blank();
        if !self.rest().starts_with('=') {
            self.ill_formed(at, &format!("the attribute {name} has no value"));
            return None;
        }
        self.pass(self.at + 1, Ink::Punct);
        self.blank();
        let quote = match self.rest().chars().next() {
            Some(quote @ ('\'' | '"')) => quote,
            _ => {
                self.ill_formed(self.at, &format!("the value of {name} has no quote before it"));
                let stray = self.rest().find(|c: char| is_blank(c) || matches!(c, '>' | '<' | '/'));
                self.pass(stray.map_or(self.text.len(), |length| self.at + length), Ink::Value);
                return None;
            }
        };
        let begin = self.at + 1;
        let Some(length) = self.text[begin..].find(quote) else {
            self.ill_formed(self.at, &format!("the value of {name} does not end: {quote} is missing"));
            self.pass_text(self.text.len(), Ink::Value);
            return None;
        };
        let range = begin..begin + length;
        self.look_at_value(name, range.clone());
        self.pass_text(range.end + 1, Ink::Value);
        Some(Attribute { name, at, value: &self.text[range] })
    }

    fn look_at_value(&mut self, name: &str, range: Range<usize>) {
        if let Some(at) = self.text[range.clone()].find('<') {
            self.ill_formed(range.start + at, &format!("< cannot stand in the value of {name}: write &lt;"));
        }
        self.look_at(range);
    }

    /// Passes over a name.
    fn name(&mut self, ink: Ink) -> &'t str {
        let rest = self.rest();
        if !rest.starts_with(begins_name) {
            return "";
        }
        let length = rest.find(|c| !in_name(c)).unwrap_or(rest.len());
        self.pass(self.at + length, ink);
        &rest[..length]
    }

    /// Passes over white space; whether there was any.
    fn blank(&mut self) -> bool {
        let rest = self.rest();
        let length = rest.find(|c| !is_blank(c)).unwrap_or(rest.len());
        self.pass(self.at + length, Ink::Plain);
        length > 0
    }
}

fn top(name: &str, name_end: usize, attributes: &[Attribute<'_>]) -> Top {
    let value = |name: &str| attributes.iter().find(|one| one.name == name).map(|one| one.value.to_owned());
    let own = match name.split_once(':') {
        Some((prefix, _)) => value(&format!("xmlns:{prefix}")),
        None => value("xmlns"),
    };
    Top { name: name.to_owned(), ns: own, id: value("id"), kind: value("type"), name_end }
}
