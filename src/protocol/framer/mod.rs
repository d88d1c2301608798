//! Bytes in, top-level frames out (RFC 6120 section 4 and 11).
//!
//! The framer finds where each stanza begins and ends, and nothing more: it remembers how far it has looked, so
//! the work is linear in the bytes, and the frames are the same however the network cut them. What a frame says is
//! for [`super::stanza`]. It must not know what a login is.
//!
//! The frames tile the input: each begins where the one before it ended. Only a refusal *inside* an element is a
//! frame without bytes, reported before the element that holds it.

mod lexer;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use lexer::{Lexer, Step};

/// How large and how deep an item may be. Meeting a bound is a refusal, and the framer is dead after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Open elements at once, the stanza itself included and the stream not.
    pub depth: usize,
    /// Bytes of one item: a stanza, a stream header, a comment, a run of text.
    pub element: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 64, element: 1 << 20 }
    }
}

/// One item of the stream's top level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub kind: FrameKind,
    /// Its bytes' positions, counted from the stream's start.
    pub range: Range<u64>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a frame is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameKind {
    /// `<?xml …?>`
    Declaration,
    /// The stream's start tag alone. Its local name is `stream`.
    StreamOpen,
    /// A whole element: a stanza, or any root that is no stream.
    Element,
    /// The stream's end tag.
    StreamClose,
    /// One byte of white space between items: a keepalive is reported when it comes.
    Whitespace,
    /// Text where no text belongs, up to the next `<`: `HTTP/1.1 400 Bad Request`. It may be no UTF-8.
    Text,
    /// What is no XML, or XML that XMPP forbids.
    Refused(Refusal),
}

/// What was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it was.
    pub what: Refused,
    /// The byte where it begins or where it became evident, counted from the stream's start.
    pub at: u64,
}

/// What can be refused.
///
/// Framing goes on after a comment, a processing instruction, an entity reference, and a DOCTYPE that has no
/// internal subset and stands between items. After everything else the framer is dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// `<!DOCTYPE …>`
    Doctype,
    /// A reference that is neither one of the five nor numeric, or an `&` that begins no reference.
    Entity,
    /// `<!-- … -->`
    Comment,
    /// `<?target …?>` other than the XML declaration.
    ProcessingInstruction,
    /// More open elements than [`Limits::depth`].
    TooDeep,
    /// An item longer than [`Limits::element`].
    TooLarge,
    /// The stream ended inside an item.
    EndedInside,
    /// What no XML parser would take.
    NotWellFormed(&'static str),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Doctype => f.write_str("doctype"),
            Refused::Entity => f.write_str("entity reference"),
            Refused::Comment => f.write_str("comment"),
            Refused::ProcessingInstruction => f.write_str("processing instruction"),
            Refused::TooDeep => f.write_str("elements nested too deep"),
            Refused::TooLarge => f.write_str("element too large"),
            Refused::EndedInside => f.write_str("ended inside an element"),
            Refused::NotWellFormed(why) => write!(f, "not well-formed: {why}"),
        }
    }
}

/// Cuts a stream of bytes into frames.
///
/// Call [`Framer::push`] with what came, then [`Framer::next`] until it returns none. After `<proceed/>` call
/// [`Framer::take_pending`] before the next `next`: what stands behind it belongs to nobody.
#[derive(Debug)]
pub struct Framer {
    limits: Limits,
    lexer: Lexer,
    buffer: Vec<u8>,
    /// Where the open item begins in the buffer.
    start: usize,
    /// The position of that byte in the stream.
    first: u64,
    pushed: u64,
    dead: Option<Refusal>,
    unframed: u64,
}

/// A buffer that once held something large is given back when it is empty.
const KEPT_CAPACITY: usize = 64 * 1024;

impl Framer {
    /// A framer at the start of a stream.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            lexer: Lexer::default(),
            buffer: Vec::new(),
            start: 0,
            first: 0,
            pushed: 0,
            dead: None,
            unframed: 0,
        }
    }

    /// Takes what came. A dead framer only counts it.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pushed += bytes.len() as u64;
        if self.dead.is_some() {
            self.unframed += bytes.len() as u64;
            return;
        }
        self.compact();
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame that is complete. Call it until it returns none; then push more, or [`Framer::finish`].
    #[expect(clippy::should_implement_trait, reason = "none means not yet, and more may come after it")]
    pub fn next(&mut self) -> Option<Frame> {
        if self.dead.is_some() {
            return None;
        }
        let window = self.pending().len().min(self.limits.element);
        let item = &self.buffer[self.start..self.start + window];
        match self.lexer.step(item, self.limits.depth) {
            Step::More if self.pending().len() > window => Some(self.die(Refused::TooLarge, window)),
            Step::More => None,
            Step::Whole(kind) => Some(self.take(kind, self.lexer.at())),
            Step::Skipped(what) => {
                let refusal = Refusal { what, at: self.first };
                Some(self.take(FrameKind::Refused(refusal), self.lexer.at()))
            }
            Step::Refused(what, offset) => {
                let at = self.first + offset as u64;
                Some(Frame { kind: FrameKind::Refused(Refusal { what, at }), range: at..at, bytes: Vec::new() })
            }
            Step::Dead(what, offset) => Some(self.die(what, offset)),
        }
    }

    /// The stream ended: what is left over, as text or as a refusal. Call it until it returns none.
    pub fn finish(&mut self) -> Option<Frame> {
        if let Some(frame) = self.next() {
            return Some(frame);
        }
        if self.dead.is_some() || self.pending().is_empty() {
            return None;
        }
        let kind = if self.lexer.in_text() {
            FrameKind::Text
        } else {
            FrameKind::Refused(Refusal { what: Refused::EndedInside, at: self.pushed })
        };
        let length = self.pending().len();
        self.lexer.abandon();
        Some(self.take(kind, length))
    }

    /// Whether nothing waits here: no open item, no byte that is no frame yet, no byte behind a refusal.
    pub fn is_clean(&self) -> bool {
        self.pending().is_empty() && self.dead.is_none()
    }

    /// The bytes that are in no frame yet: once [`Framer::next`] returned none, those of the open item.
    pub fn pending(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// How many bytes were pushed since the stream's start.
    pub fn position(&self) -> u64 {
        self.pushed
    }

    /// Whether a stream's start tag came and its end tag did not.
    pub fn in_stream(&self) -> bool {
        self.lexer.in_stream()
    }

    /// What killed the framer.
    pub fn is_dead(&self) -> Option<&Refusal> {
        self.dead.as_ref()
    }

    /// How many bytes came behind the refusal that killed the framer. They are in no frame.
    pub fn unframed(&self) -> u64 {
        self.unframed
    }

    /// Takes the bytes that are in no frame yet, and gives their item up.
    pub fn take_pending(&mut self) -> Vec<u8> {
        let bytes = self.buffer.split_off(self.start);
        self.first += bytes.len() as u64;
        self.buffer.clear();
        self.start = 0;
        self.lexer.abandon();
        bytes
    }

    /// A new stream begins, after TLS or after SASL: positions restart at 0, a dead framer lives again, and bytes
    /// that wait are dropped. Who wants those calls [`Framer::take_pending`] first and pushes them again.
    pub fn restart(&mut self) {
        *self = Self::new(self.limits);
    }

    fn take(&mut self, kind: FrameKind, length: usize) -> Frame {
        let bytes = self.buffer[self.start..self.start + length].to_vec();
        let range = self.first..self.first + length as u64;
        self.start += length;
        self.first = range.end;
        self.lexer.begin();
        Frame { kind, range, bytes }
    }

    /// The last frame of a stream that cannot be framed further: its item up to the byte that killed it.
    fn die(&mut self, what: Refused, offset: usize) -> Frame {
        let refusal = Refusal { what, at: self.first + offset as u64 };
        let length = match what {
            Refused::TooLarge => offset,
            _ => self.lexer.at().max(offset + 1),
        };
        let frame = self.take(FrameKind::Refused(refusal.clone()), length);
        self.unframed = self.pending().len() as u64;
        self.dead = Some(refusal);
        self.buffer = Vec::new();
        self.start = 0;
        frame
    }

    /// Gives back what was framed. Each byte is moved at most once per doubling, so this is amortised O(1).
    fn compact(&mut self) {
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.buffer.shrink_to(KEPT_CAPACITY);
            self.start = 0;
        } else if self.start > self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
    }
}
