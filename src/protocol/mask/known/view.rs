//! Bytes as they read in one form, each with its place in the original.

use std::ops::Range;

use memchr::memmem;
use zeroize::Zeroizing;

use super::escapes::{ESCAPES, Escape, Plain};

/// So many escapes of each kind may stand one in the other: a text in JSON in a URL, or what was escaped twice.
const NESTED: usize = 3;
/// An escape that is not whole is at most so long: `\ud83d\ude0`.
const PART_OF_ESCAPE: usize = 11;

/// Bytes as they read in one form, with the range that each of them has in the original: a large part of the memory
/// that a large element costs, and so in small numbers.
pub(super) struct View {
    text: Zeroizing<Vec<u8>>,
    from: Vec<Range<u32>>,
}

impl View {
    fn empty(capacity: usize) -> Self {
        Self { text: Zeroizing::new(Vec::with_capacity(capacity)), from: Vec::with_capacity(capacity) }
    }

    fn push(&mut self, byte: u8, from: Range<u32>) {
        self.text.push(byte);
        self.from.push(from);
    }

    /// The bytes outside of the cuts, which are in order.
    pub(super) fn without(bytes: &[u8], cuts: &[Range<usize>]) -> Self {
        let mut view = Self::empty(bytes.len());
        let mut at = 0;
        for cut in cuts.iter().cloned().chain(std::iter::once(bytes.len()..bytes.len())) {
            (at..cut.start).for_each(|at| view.push(bytes[at], at as u32..at as u32 + 1));
            at = cut.end;
        }
        view
    }

    /// Those bytes that are kept.
    fn only(&self, is_kept: impl Fn(usize, u8) -> bool) -> Self {
        let mut view = Self::empty(self.text.len());
        for (at, (byte, from)) in self.text.iter().zip(&self.from).enumerate() {
            if is_kept(at, *byte) {
                view.push(*byte, from.clone());
            }
        }
        view
    }

    /// A look at each way to read these bytes: as they are, with each kind of escape read by itself, and with all of them
    /// read, one kind after the other; then the same of UTF-16, whose letters have a NUL each.
    pub(super) fn readings(&self, mut look: impl FnMut(&Self)) {
        self.read(&mut look);
        if self.text.contains(&0) {
            self.only(|_, byte| byte != 0).read(&mut look);
        }
    }

    fn read(&self, look: &mut impl FnMut(&Self)) {
        look(self);
        // What one kind stands for can hide what another stood for.
        for escape in ESCAPES {
            self.by_escapes([escape; NESTED], look);
        }
        self.by_escapes([ESCAPES; NESTED].into_iter().flatten(), look);
    }

    /// With all escapes replaced; none where there are none.
    pub(super) fn plainest(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.by_escapes([ESCAPES; NESTED].into_iter().flatten(), &mut |_| {}).map(|view| view.text)
    }

    /// These escapes replaced by what they stand for, one after the other, with a look at each step.
    fn by_escapes(
        &self,
        escapes: impl IntoIterator<Item = (u8, Escape)>,
        look: &mut impl FnMut(&Self),
    ) -> Option<Self> {
        let mut read: Option<Self> = None;
        for (sign, escape) in escapes {
            if let Some(plainer) = read.as_ref().unwrap_or(self).unescaped(sign, escape) {
                look(&plainer);
                read = Some(plainer);
            }
        }
        read
    }

    /// Escapes of this kind replaced by what they stand for; none where there are none.
    fn unescaped(&self, sign: u8, escape: Escape) -> Option<Self> {
        let mut at = memchr::memchr_iter(sign, &self.text).find(|at| escape(&self.text[*at..]).is_some())?;
        let mut view = Self::empty(self.text.len());
        view.text.extend_from_slice(&self.text[..at]);
        view.from.extend_from_slice(&self.from[..at]);
        while let Some(&byte) = self.text.get(at) {
            let Some((plain, length)) = Some(&self.text[at..]).filter(|_| byte == sign).and_then(escape) else {
                view.push(byte, self.from[at].clone());
                at += 1;
                continue;
            };
            let from = self.from[at].start..self.from[at + length - 1].end;
            match plain {
                Plain::Byte(byte) => view.push(byte, from),
                Plain::Char(c) => {
                    c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| view.push(byte, from.clone()));
                }
            }
            at += length;
        }
        Some(view)
    }

    /// White space left out, the alphabet for URLs written as the usual one.
    pub(super) fn base64(&self) -> Self {
        let mut view = self.only(|_, byte| !byte.is_ascii_whitespace());
        for byte in view.text.iter_mut() {
            *byte = match *byte {
                b'-' => b'+',
                b'_' => b'/',
                byte => byte,
            };
        }
        view
    }

    /// Without blanks.
    pub(super) fn packed(&self) -> Self {
        let blanks = blanks(&self.text);
        self.only(|at, _| !blanks[at])
    }

    /// Where `text` stands in the original, with so many bytes more on the left and on the right.
    pub(super) fn find(&self, text: &[u8], left: usize, right: usize) -> Vec<Range<usize>> {
        let places = memmem::find_iter(&self.text, text).map(|at| {
            let first = at.saturating_sub(left);
            let last = (at + text.len() + right).min(self.from.len()) - 1;
            self.from[first].start as usize..self.from[last].end as usize
        });
        places.collect()
    }

    /// Where in the original a beginning of `text` begins that all this ends with, of at least `shortest` bytes but not
    /// the whole; with so many bytes more on the left. Behind it may stand an escape that is not whole.
    pub(super) fn ends_with_beginning(&self, text: &[u8], shortest: usize, left: usize) -> Option<usize> {
        let end = self.text.len();
        let is_sign = |byte: &u8| ESCAPES.iter().any(|(sign, _)| sign == byte);
        let escape = self.text.iter().rposition(is_sign).filter(|at| end - at <= PART_OF_ESCAPE);
        [Some(end), escape].into_iter().flatten().find_map(|end| {
            let all = &self.text[..end];
            let length = (shortest..text.len()).rev().find(|length| all.ends_with(&text[..*length]))?;
            Some(self.from[(end - length).saturating_sub(left)].start as usize)
        })
    }
}

/// A text without its blanks.
pub(super) fn packed(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let blanks = blanks(text);
    Zeroizing::new(text.iter().zip(blanks).filter(|(_, blank)| !blank).map(|(byte, _)| *byte).collect())
}

/// Of each byte whether it belongs to a blank: white space of any kind, and the `+` that is one in a form's values.
fn blanks(text: &[u8]) -> Vec<bool> {
    let mut blanks = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            let is_blank = c == '+' || c.is_whitespace();
            blanks.extend(std::iter::repeat_n(is_blank, c.len_utf8()));
        }
        blanks.extend(chunk.invalid().iter().map(|_| false));
    }
    blanks
}
