//! The text of a payload with the places of its secrets. It may be no UTF-8, and no XML.

use std::ops::Range;

use super::ink::{Ink, Piece};
use crate::journal::{Cut, Payload};

/// A payload as text.
pub(super) struct Masked<'a> {
    /// What remains; malformed UTF-8 is replaced.
    pub(super) text: String,
    /// The secrets.
    pub(super) cuts: &'a [Cut],
    /// The cuts' places in `text`; they differ from the journal's where malformed UTF-8 was replaced.
    pub(super) at: Vec<usize>,
}

impl<'a> Masked<'a> {
    /// A payload's text.
    pub(super) fn new(payload: &'a Payload) -> Self {
        let bytes = payload.bytes();
        let (mut text, mut at, mut done) = (String::new(), Vec::new(), 0);
        for cut in payload.cuts() {
            let to = cut.at.clamp(done, bytes.len());
            text.push_str(&String::from_utf8_lossy(&bytes[done..to]));
            at.push(text.len());
            done = to;
        }
        text.push_str(&String::from_utf8_lossy(&bytes[done..]));
        Self { text, cuts: payload.cuts(), at }
    }

    /// The numbers of the cuts whose places lie in this part of the text.
    pub(super) fn cuts_in(&self, part: Range<usize>) -> Range<usize> {
        // the places are in order, and there may be many of them
        let first = self.at.partition_point(|at| *at < part.start);
        first..first.max(self.at.partition_point(|at| *at < part.end))
    }

    /// The pieces of a part of the text, with the secrets that stood in it. A secret at the end of a part belongs to
    /// it if nothing follows on the same line: `last`.
    pub(super) fn pieces(&self, part: Range<usize>, last: bool, ink: Ink) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut from = part.start;
        let end = if last { part.end + 1 } else { part.end };
        for cut in self.cuts_in(part.start..end) {
            let at = self.at[cut];
            if from < at {
                pieces.push(Piece::new(&self.text[from..at], ink));
            }
            pieces.push(Piece::breaking(&mask_words(&self.cuts[cut]), Ink::Masked));
            from = at;
        }
        if from < part.end {
            pieces.push(Piece::new(&self.text[from..part.end], ink));
        }
        pieces
    }

    /// Its lines, without what ends them.
    pub(super) fn lines(&self) -> Vec<Range<usize>> {
        let mut from = 0;
        let lines = self.text.split_inclusive('\n').map(|line| {
            let start = from;
            from += line.len();
            let line = line.strip_suffix('\n').unwrap_or(line);
            start..start + line.strip_suffix('\r').unwrap_or(line).len()
        });
        lines.collect()
    }
}

/// Where a secret stood: `[masked PLAIN: authcid alice]`.
pub(super) fn mask_words(cut: &Cut) -> String {
    if cut.note.is_empty() {
        format!("[masked {}]", cut.kind)
    } else {
        format!("[masked {}: {}]", cut.kind, cut.note)
    }
}
