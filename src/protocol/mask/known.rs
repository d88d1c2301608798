//! A secret whose bytes are known, wherever it stands: as it is, escaped for XML, or inside base64.
//!
//! base64 writes three bytes as four characters, so a secret inside a longer text looks different in three ways,
//! by how many bytes stand before it. Of each way the characters that depend on the secret alone are searched, and
//! the two that share bits with their neighbours are cut along.

use std::ops::Range;

use data_encoding::BASE64_NOPAD;
use memchr::memmem;
use zeroize::Zeroizing;

/// A shorter secret has no character of its own in base64 that would tell it from chance.
const SHORTEST_IN_BASE64: usize = 2;

/// After so many rounds everything is cut: bytes made so that each cut uncovers the secret again.
const ROUNDS: usize = 8;

/// Every place of `secret` in `bytes`: as it is, with any of its characters escaped for XML, and in base64, at all
/// three alignments and whatever white space stands within. In order and without overlap.
///
/// What remains when these ranges are cut holds the secret in none of these forms, even where a cut joins two
/// pieces.
pub fn known(bytes: &[u8], secret: &str) -> Vec<Range<usize>> {
    let mut cut: Vec<Range<usize>> = Vec::new();
    if secret.is_empty() {
        return cut;
    }
    if u32::try_from(bytes.len()).is_err() {
        return std::iter::once(0..bytes.len()).collect();
    }
    for _ in 0..ROUNDS {
        let rest = View::without(bytes, &cut);
        let found = places(&rest, secret);
        if found.is_empty() {
            return cut;
        }
        cut.extend(found);
        cut = united(cut);
    }
    std::iter::once(0..bytes.len()).collect()
}

fn places(rest: &View, secret: &str) -> Vec<Range<usize>> {
    let mut found = rest.find(secret.as_bytes(), 0, 0);
    let own;
    let unescaped = match memchr::memchr(b'&', &rest.text) {
        Some(_) => {
            own = rest.unescaped();
            found.extend(own.find(secret.as_bytes(), 0, 0));
            &own
        }
        None => rest,
    };
    if secret.len() >= SHORTEST_IN_BASE64 {
        let base64 = unescaped.base64();
        for before in 0..3 {
            let core = Core::of(secret, before);
            found.extend(base64.find(&core.text, core.left, core.right));
        }
    }
    found
}

/// Bytes as they read in one form, with the range that each of them has in the original: a large part of the memory
/// that a large element costs, and so in small numbers.
struct View {
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
    fn without(bytes: &[u8], cuts: &[Range<usize>]) -> Self {
        let mut view = Self::empty(bytes.len());
        let mut at = 0;
        for cut in cuts.iter().cloned().chain(std::iter::once(bytes.len()..bytes.len())) {
            (at..cut.start).for_each(|at| view.push(bytes[at], at as u32..at as u32 + 1));
            at = cut.end;
        }
        view
    }

    /// References replaced by what they stand for.
    fn unescaped(&self) -> Self {
        let mut view = Self::empty(self.text.len());
        let mut at = 0;
        while let Some(&byte) = self.text.get(at) {
            let Some((c, length)) = reference(&self.text[at..]) else {
                view.push(byte, self.from[at].clone());
                at += 1;
                continue;
            };
            let from = self.from[at].start..self.from[at + length - 1].end;
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| view.push(byte, from.clone()));
            at += length;
        }
        view
    }

    /// White space left out, the alphabet for URLs written as the usual one.
    fn base64(&self) -> Self {
        let mut view = Self::empty(self.text.len());
        for (byte, from) in self.text.iter().zip(&self.from) {
            match byte {
                b'-' => view.push(b'+', from.clone()),
                b'_' => view.push(b'/', from.clone()),
                byte if byte.is_ascii_whitespace() => {}
                byte => view.push(*byte, from.clone()),
            }
        }
        view
    }

    /// Where `text` stands in the original, with so many bytes more on the left and on the right.
    fn find(&self, text: &[u8], left: usize, right: usize) -> Vec<Range<usize>> {
        let places = memmem::find_iter(&self.text, text).map(|at| {
            let first = at.saturating_sub(left);
            let last = (at + text.len() + right).min(self.from.len()) - 1;
            self.from[first].start as usize..self.from[last].end as usize
        });
        places.collect()
    }
}

/// The characters of base64 that depend on the secret alone, when it has so many bytes (modulo 3) before it.
struct Core {
    text: Zeroizing<Vec<u8>>,
    /// Characters on either side that depend on it in part.
    left: usize,
    right: usize,
}

impl Core {
    fn of(secret: &str, before: usize) -> Self {
        let mut padded = Zeroizing::new(vec![0; before]);
        padded.extend_from_slice(secret.as_bytes());
        let bits = 8 * before..8 * padded.len();
        let written = Zeroizing::new(BASE64_NOPAD.encode(&padded));
        let own = bits.start.div_ceil(6)..bits.end / 6;
        Self {
            text: Zeroizing::new(written.as_bytes()[own].to_vec()),
            left: usize::from(!bits.start.is_multiple_of(6)),
            right: usize::from(!bits.end.is_multiple_of(6)),
        }
    }
}

/// The character that a reference at the start of `text` stands for, and the reference's length.
fn reference(text: &[u8]) -> Option<(char, usize)> {
    const LONGEST: usize = 32;
    let inner = text.strip_prefix(b"&")?;
    let end = memchr::memchr(b';', &inner[..inner.len().min(LONGEST)])?;
    let c = match std::str::from_utf8(&inner[..end]).ok()? {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        number => {
            let number = number.strip_prefix('#')?;
            let (digits, radix) = number.strip_prefix(['x', 'X']).map_or((number, 10), |hex| (hex, 16));
            char::from_u32(u32::from_str_radix(digits, radix).ok()?)?
        }
    };
    Some((c, end + 2))
}

fn united(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut united: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match united.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => united.push(range),
        }
    }
    united
}
