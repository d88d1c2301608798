//! What is wrong with a text, and where.

use std::fmt;

/// A place in a text as an editor counts: lines and characters, from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Spot {
    /// The place of the byte at `at`.
    pub(super) fn of(text: &str, at: usize) -> Self {
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        Self { line, column: before[line_start..].chars().count() + 1 }
    }
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub spot: Spot,
    /// What, in words.
    pub why: String,
    /// The stream error that a server answers it with (RFC 6120 section 4.9.3), and its number there.
    pub(super) answer: Answer,
}

/// A stream error: the last number of its section in RFC 6120 section 4.9.3, and its name.
pub(super) type Answer = (u8, &'static str);

pub(super) const BAD_FORMAT: Answer = (1, "bad-format");
pub(super) const BAD_PREFIX: Answer = (2, "bad-namespace-prefix");
pub(super) const NOT_WELL_FORMED: Answer = (13, "not-well-formed");
pub(super) const RESTRICTED: Answer = (18, "restricted-xml");

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "line {}, column {}: {}", self.spot.line, self.spot.column, self.why)
    }
}
