//! The pass over a text: what stands between tags. Tags are in `tag`.

use std::collections::HashMap;
use std::ops::Range;

use super::chars::wrong_reference;
use super::fault::{Answer, BAD_FORMAT, BAD_PREFIX, Fault, NOT_WELL_FORMED, RESTRICTED, Spot};
use super::{Form, Ink, Opened, Top, Typed};
use crate::protocol::chars::{is_blank, is_char};

/// The name of a stream header.
pub(super) const HEADER: &str = "stream:stream";

/// An element that is open.
pub(super) struct Open<'t> {
    pub(super) name: &'t str,
    pub(super) at: usize,
    /// The prefixes that it declares.
    pub(super) declares: Vec<&'t str>,
}

/// The pass.
pub(super) struct Scan<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) open: Vec<Open<'t>>,
    /// The names of the open elements, each with how often it is open.
    pub(super) names: HashMap<&'t str, usize>,
    /// The prefixes in scope, each with how often it is declared.
    pub(super) prefixes: HashMap<&'t str, usize>,
    pub(super) tops: Vec<Top>,
    /// Behind the end of the stream.
    pub(super) closed: bool,
    inks: Vec<(Range<usize>, Ink)>,
    fault: Option<Fault>,
    /// An XML declaration stands at the beginning.
    declared: bool,
}

impl<'t> Scan<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            open: Vec::new(),
            names: HashMap::new(),
            prefixes: HashMap::new(),
            tops: Vec::new(),
            closed: false,
            inks: Vec::new(),
            fault: None,
            declared: false,
        }
    }

    pub(super) fn read(mut self) -> Typed {
        while self.at < self.text.len() {
            match self.rest() {
                rest if rest.starts_with("<!--") => self.forbidden("-->", "a comment"),
                rest if rest.starts_with("<![CDATA[") => self.cdata(),
                rest if rest.starts_with("<!") => self.forbidden(">", "a document type"),
                rest if rest.starts_with("<?") => self.instruction(),
                rest if rest.starts_with("</") => self.end_tag(),
                rest if rest.starts_with('<') => self.start_tag(),
                _ => self.character_data(),
            }
        }
        if self.declared && self.tops.first().is_none_or(|top| top.name != HEADER) {
            self.wrong(0, NOT_WELL_FORMED, "an XML declaration stands before a stream header alone");
        }
        self.done()
    }

    fn done(self) -> Typed {
        let (text, open) = (self.text, self.open);
        let opened = |one: &Open<'_>| Opened { name: one.name.to_owned(), spot: Spot::of(text, one.at) };
        let form = match self.fault {
            Some(fault) => Form::Broken(fault),
            None if text.is_empty() => Form::Empty,
            None if text.chars().all(is_blank) => Form::Blank,
            None if open.is_empty() => Form::Whole,
            // Each costs a look through the text: of many, the outer ones are enough to know.
            None => Form::Open(open.iter().take(MOST_OPENED).map(opened).collect()),
        };
        Typed { inks: self.inks, form, tops: self.tops }
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Notes the first fault.
    pub(super) fn wrong(&mut self, at: usize, answer: Answer, why: &str) {
        if self.fault.is_none() {
            self.fault = Some(Fault { spot: Spot::of(self.text, at), why: why.to_owned(), answer });
        }
    }

    pub(super) fn ill_formed(&mut self, at: usize, why: &str) {
        self.wrong(at, NOT_WELL_FORMED, why);
    }

    pub(super) fn undeclared(&mut self, at: usize, prefix: &str) {
        self.wrong(at, BAD_PREFIX, &format!("the prefix {prefix}: is not declared"));
    }

    /// Notes that an end tag closes another element than the last. To count lines costs a look through the text.
    pub(super) fn wrong_end(&mut self, at: usize, name: &str, other: &str, other_at: usize) {
        if self.fault.is_none() {
            let line = Spot::of(self.text, other_at).line;
            self.ill_formed(at, &format!("</{name}> does not close <{other}> of line {line}"));
        }
    }

    /// Whether the first level of the stream is being read.
    pub(super) fn is_outside(&self) -> bool {
        match self.open.as_slice() {
            [] => true,
            [one] => one.name == HEADER,
            _ => false,
        }
    }

    /// Passes over everything up to `to`, in this ink.
    pub(super) fn pass(&mut self, to: usize, ink: Ink) {
        if to > self.at {
            self.inks.push((self.at..to, ink));
            self.at = to;
        }
    }

    /// Passes over text that may hold placeholders, which are set off.
    pub(super) fn pass_text(&mut self, to: usize, ink: Ink) {
        while let Some(begin) = self.text[self.at..to].find("{{") {
            let begin = self.at + begin;
            let Some(length) = self.text[begin..to].find("}}") else { break };
            self.pass(begin, ink);
            self.pass(begin + length + 2, Ink::Masked);
        }
        self.pass(to, ink);
    }

    /// Looks at the characters and the references of a range.
    pub(super) fn look_at(&mut self, range: Range<usize>) {
        let found = self.text[range.clone()].char_indices().find_map(|(at, c)| match c {
            '&' => wrong_reference(&self.text[range.start + at..range.end])
                .map(|why| (at, if why.contains("11.1") { RESTRICTED } else { NOT_WELL_FORMED }, why)),
            c if is_char(c) => None,
            c => {
                let why = format!("the control character U+{:04X} cannot stand in XML", u32::from(c));
                Some((at, NOT_WELL_FORMED, why))
            }
        });
        if let Some((at, answer, why)) = found {
            self.wrong(range.start + at, answer, &why);
        }
    }

    fn character_data(&mut self) {
        let end = memchr::memchr(b'<', self.rest().as_bytes()).map_or(self.text.len(), |length| self.at + length);
        let data = &self.text[self.at..end];
        if self.is_outside() {
            if let Some((at, _)) = data.char_indices().find(|(_, c)| !is_blank(*c)) {
                let why = "text outside of an element: between stanzas only white space may stand \
                     (RFC 6120 section 11.7)";
                self.wrong(self.at + at, BAD_FORMAT, why);
            }
        } else {
            self.look_at(self.at..end);
            if let Some(at) = data.find("]]>") {
                self.ill_formed(self.at + at, "]]> cannot stand in text: write ]]&gt;");
            }
        }
        self.pass_text(end, Ink::Text);
    }

    /// What XMPP forbids, up to its end.
    fn forbidden(&mut self, end: &str, what: &str) {
        self.wrong(self.at, RESTRICTED, &format!("{what}: XMPP forbids it (RFC 6120 section 11.1)"));
        let to = self.rest().find(end).map_or(self.text.len(), |length| self.at + length + end.len());
        self.pass(to, Ink::Muted);
    }

    fn cdata(&mut self) {
        if self.is_outside() {
            self.wrong(self.at, BAD_FORMAT, "text outside of an element");
        }
        match self.rest().find("]]>") {
            Some(length) => {
                self.look_at_characters(self.at..self.at + length);
                self.pass(self.at + length + 3, Ink::Text);
            }
            None => {
                self.ill_formed(self.at, "<![CDATA[ does not end: ]]> is missing");
                self.pass(self.text.len(), Ink::Text);
            }
        }
    }

    fn look_at_characters(&mut self, range: Range<usize>) {
        if let Some((at, _)) = self.text[range.clone()].char_indices().find(|(_, c)| !is_char(*c)) {
            self.ill_formed(range.start + at, "a control character cannot stand in XML");
        }
    }

    fn instruction(&mut self) {
        let is_declaration = self.rest()[2..].strip_prefix("xml").is_some_and(|rest| rest.starts_with(is_blank));
        if !is_declaration {
            return self.forbidden("?>", "a processing instruction");
        }
        if self.at == 0 {
            self.declared = true;
        } else {
            self.ill_formed(self.at, "an XML declaration stands at the very beginning alone");
        }
        let end = self.rest().find("?>").map(|length| self.at + length + 2);
        if end.is_none() {
            self.ill_formed(self.at, "the XML declaration does not end: ?> is missing");
        }
        self.pass(end.unwrap_or(self.text.len()), Ink::Muted);
    }
}

/// So many open elements are told.
const MOST_OPENED: usize = 64;
