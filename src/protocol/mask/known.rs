//! A secret whose bytes are known, wherever it stands: as it is, escaped for XML, for a URL or for JSON, one in the other
//! too, or inside base64.
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

/// So many escapes of each kind may stand one in the other: a text in JSON in a URL, or what was escaped twice.
const NESTED: usize = 3;

/// A secret that looks like escapes is searched as what they stand for, too, unless that is as short as this.
const TOO_SHORT: usize = 3;

/// Every place of `secret` in `bytes`: as it is, with any of its characters escaped, and in base64, at all three
/// alignments and whatever white space stands within. In order and without overlap.
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
    let read = rest.read(|view| found.extend(view.find(secret.as_bytes(), 0, 0)));
    let own = View::without(secret.as_bytes(), &[]).read(|_| {});
    if let (Some(text), Some(own)) = (&read, own.filter(|own| own.text.len() > TOO_SHORT)) {
        found.extend(text.find(&own.text, 0, 0));
    }
    if secret.len() >= SHORTEST_IN_BASE64 {
        let base64 = read.as_ref().unwrap_or(rest).base64();
        for before in 0..3 {
            let core = Core::of(secret, before);
            found.extend(base64.find(&core.text, core.left, core.right));
        }
    }
    found
}

/// What an escape at the start of a text stands for, and the escape's length.
type Escape = fn(&[u8]) -> Option<(Plain, usize)>;

/// A byte, or the bytes of a character.
enum Plain {
    Byte(u8),
    Char(char),
}

/// What each escape begins with, and how it is read.
const ESCAPES: [(u8, Escape); 3] = [(b'&', reference), (b'%', percent), (b'\\', backslash)];

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

    /// All escapes replaced by what they stand for, one kind after the other, with a look at each step; none where there
    /// are none.
    fn read(&self, mut look: impl FnMut(&Self)) -> Option<Self> {
        let mut read: Option<Self> = None;
        for (sign, escape) in [ESCAPES; NESTED].into_iter().flatten() {
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

/// `&lt;`, `&#60;`, `&#x3C;`
fn reference(text: &[u8]) -> Option<(Plain, usize)> {
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
    Some((Plain::Char(c), end + 2))
}

/// `%3C`
fn percent(text: &[u8]) -> Option<(Plain, usize)> {
    let [b'%', digits @ ..] = text.get(..3)? else { return None };
    Some((Plain::Byte(u8::try_from(hexadecimal(digits)?).ok()?), 3))
}

/// `\"`, `\u003c`, `\ud83d\ude00`
fn backslash(text: &[u8]) -> Option<(Plain, usize)> {
    let unit = |text: &[u8]| hexadecimal(text.get(..6)?.strip_prefix(b"\\u")?);
    let (c, length) = match *text.get(1)? {
        b'u' => match (unit(text)?, text.get(6..).and_then(unit)) {
            (high @ 0xD800..0xDC00, Some(low @ 0xDC00..0xE000)) => {
                (char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?, 12)
            }
            (unit, _) => (char::from_u32(unit)?, 6),
        },
        b'n' => ('\n', 2),
        b'r' => ('\r', 2),
        b't' => ('\t', 2),
        byte if byte.is_ascii_punctuation() => (char::from(byte), 2),
        _ => return None,
    };
    Some((Plain::Char(c), length))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u32::from_str_radix(digits, 16).ok()
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
