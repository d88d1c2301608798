//! A filter: what the console shows of a place, or of everything. A value with a text form that can be typed and
//! edited; nothing that it hides is lost. Knows no panes and no clock.
//!
//! Terms are separated by blanks, and all must hold. A comma in a value means "or", a leading `-` negates:
//!
//! ```text
//! kind:iq,message  dir:out (>>)  node:imp1  route:_cisco-uds  jid:alice@example.test  jid!:alice@example.test
//! text:word  "two words"  /regex/  after:11:04:05  before:11:05  last:30s  #40-60  all
//! ```

mod fits;
mod parse;
mod print;
#[cfg(test)]
mod tests;

use super::pattern::Pattern;
use super::row::{Kind, Mark};

pub(super) use fits::Asked;

/// Which rows are shown; without terms, all of the place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Kind(Vec<Kind>),
    Mark(Vec<Mark>),
    /// A host, its first label, or `host:port`.
    Node(Vec<String>),
    Route(Vec<String>),
    Jid {
        jids: Vec<String>,
        /// Hides what has no JID, too.
        strict: bool,
    },
    Text(Vec<Pattern>),
    Regex(Pattern),
    /// Milliseconds of the day as it is shown.
    After(u32),
    Before(u32),
    /// Seconds before the newest entry.
    Last(u32),
    Numbers(Vec<Numbers>),
    All,
}

/// Entry numbers from one to another, both included; an open end is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbers {
    from: Option<u64>,
    to: Option<u64>,
}

/// The kinds in the order of PSI's row, then the others, by the names that are typed.
const KINDS: [(Kind, &str); 14] = [
    (Kind::Message, "message"),
    (Kind::Presence, "presence"),
    (Kind::Iq, "iq"),
    (Kind::Sm, "sm"),
    (Kind::Stream, "stream"),
    (Kind::Sasl, "sasl"),
    (Kind::Tls, "tls"),
    (Kind::Dns, "dns"),
    (Kind::Http, "http"),
    (Kind::Net, "net"),
    (Kind::Wait, "wait"),
    (Kind::Kernel, "kernel"),
    (Kind::Run, "run"),
    (Kind::Other, "other"),
];

const MARKS: [(Mark, &str); 4] =
    [(Mark::Out, "out"), (Mark::In, "in"), (Mark::Bang, "silence"), (Mark::Event, "event")];

impl Filter {
    /// Whether it shows everything of the selected place: nothing was filtered.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether it is about the whole timeline, and not about the selected place alone.
    pub fn is_everywhere(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.test, Test::All | Test::Node(_) | Test::Route(_)))
    }

    /// Whether it asks for what a route led to.
    pub(super) fn has_route(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.test, Test::Route(_)))
    }

    /// How far back it looks from the newest entry, in milliseconds, where it says so.
    pub(super) fn window(&self) -> Option<i64> {
        self.terms.iter().find_map(|term| match term.test {
            Test::Last(seconds) => Some(i64::from(seconds) * 1000),
            _ => None,
        })
    }

    /// Whether rows of a kind can be shown.
    pub fn shows_kind(&self, kind: Kind) -> bool {
        self.terms.iter().all(|term| match &term.test {
            Test::Kind(kinds) => kinds.contains(&kind) != term.negated,
            _ => true,
        })
    }

    /// Ticks or clears a kind's box: the terms about kinds change, all others stay.
    pub fn toggle_kind(&mut self, kind: Kind) {
        if self.shows_kind(kind) {
            return self.hide_kind(kind);
        }
        for term in &mut self.terms {
            match &mut term.test {
                Test::Kind(kinds) if term.negated => kinds.retain(|hidden| *hidden != kind),
                Test::Kind(kinds) if !kinds.contains(&kind) => kinds.push(kind),
                _ => {}
            }
        }
        self.terms.retain(|term| !matches!(&term.test, Test::Kind(kinds) if kinds.is_empty()));
    }

    fn hide_kind(&mut self, kind: Kind) {
        for term in &mut self.terms {
            match &mut term.test {
                Test::Kind(kinds) if term.negated => {
                    kinds.push(kind);
                    return;
                }
                Test::Kind(kinds) if kinds.len() > 1 => {
                    kinds.retain(|shown| *shown != kind);
                    return;
                }
                _ => {}
            }
        }
        self.terms.push(Term { negated: true, test: Test::Kind(vec![kind]) });
    }

    /// The JIDs that are asked for, as they were typed; empty where any will do.
    pub fn jids(&self) -> String {
        let jids = self.terms.iter().filter_map(|term| match &term.test {
            Test::Jid { jids, .. } => {
                Some(format!("{}{}", if term.negated { "not " } else { "" }, jids.join(",")))
            }
            _ => None,
        });
        jids.collect::<Vec<_>>().join(" ")
    }
}
