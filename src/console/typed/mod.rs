//! A text that somebody types, read as a client's side of a stream: which ink each part of it has, whether it is
//! well-formed and where it is not, what it opens, and what a server will likely do with it. For a live remark beside
//! the editor and for one question before it is sent, never for a ban.
//!
//! One pass, linear in the text. Behind the first fault it reads on for the inks alone.

mod chars;
mod fault;
mod risk;
mod scan;
mod tag;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::Ink;
pub use fault::{Fault, Spot};
pub use risk::Risk;

/// How a text stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// There is none.
    Empty,
    /// White space alone.
    Blank,
    /// Whole elements, or the end of the stream.
    Whole,
    /// Well-formed as far as it goes; these elements are open at the end (a stream header, perhaps).
    Open(Vec<Opened>),
    /// Not well-formed, or what XMPP forbids.
    Broken(Fault),
}

/// An element that is open at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its name, with its prefix.
    pub name: String,
    /// Where it begins.
    pub spot: Spot,
}

/// What stands at the first level of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// Its name, with its prefix; `/stream:stream` for the end of the stream.
    pub name: String,
    /// The namespace that it declares for itself.
    pub ns: Option<String>,
    /// Its id.
    pub id: Option<String>,
    /// Its type.
    pub kind: Option<String>,
    /// The byte behind its name: an attribute can stand there.
    pub name_end: usize,
}

impl Top {
    /// Whether it is a stanza (RFC 6120 section 8).
    pub fn is_stanza(&self) -> bool {
        let stream_own = self.ns.as_deref().is_none_or(|ns| ns == "jabber:client");
        stream_own && matches!(self.name.as_str(), "iq" | "message" | "presence")
    }
}

/// A typed text as it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Ranges of bytes with their inks, in order and without overlap.
    pub inks: Vec<(Range<usize>, Ink)>,
    /// How it stands.
    pub form: Form,
    /// What stands at the first level.
    pub tops: Vec<Top>,
}

impl Typed {
    /// Reads a text.
    pub fn read(text: &str) -> Self {
        scan::Scan::of(text).read()
    }

    /// The ink of the byte at `at`.
    pub fn ink(&self, at: usize) -> Ink {
        let behind = self.inks.partition_point(|(range, _)| range.end <= at);
        self.inks.get(behind).filter(|(range, _)| range.contains(&at)).map_or(Ink::Plain, |(_, ink)| *ink)
    }

    /// The line of the fault, counted from one.
    pub fn fault_line(&self) -> Option<usize> {
        match &self.form {
            Form::Broken(fault) => Some(fault.spot.line),
            _ => None,
        }
    }

    /// A remark on it, and whether it is a warning.
    pub fn remark(&self) -> (String, bool) {
        match &self.form {
            Form::Empty => ("empty".to_owned(), false),
            Form::Blank => ("white space alone: it keeps a connection alive".to_owned(), false),
            Form::Whole => ("well-formed".to_owned(), false),
            Form::Open(open) => (format!("still open at the end: {}", listed(open)), true),
            Form::Broken(fault) => (fault.to_string(), true),
        }
    }
}

/// So many open elements are named.
const NAMED: usize = 4;

/// Open elements in words: `<a> of line 1, <b> of line 2`.
fn listed(open: &[Opened]) -> String {
    let named = open.iter().take(NAMED).map(|one| format!("<{}> of line {}", one.name, one.spot.line));
    let mut words = named.collect::<Vec<_>>().join(", ");
    if open.len() > NAMED {
        words.push_str(&format!(" and {} more", open.len() - NAMED));
    }
    words
}
