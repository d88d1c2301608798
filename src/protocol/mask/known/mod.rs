//! A secret whose bytes are known, wherever it stands: as it is, escaped for XML, for a URL or for JSON, one in the other
//! too, in UTF-16, or inside base64.
//!
//! base64 writes three bytes as four characters, so a secret inside a longer text looks different in three ways,
//! by how many bytes stand before it. Of each way the characters that depend on the secret alone are searched, and
//! the two that share bits with their neighbours are cut along.

mod escapes;
mod view;

use std::ops::Range;

use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

use view::{View, packed};

/// A shorter secret has no character of its own in base64 that would tell it from chance.
const SHORTEST_IN_BASE64: usize = 2;

/// After so many rounds everything is cut: bytes made so that each cut uncovers the secret again.
const ROUNDS: usize = 8;

/// A secret that looks like escapes is searched as what they stand for, too, unless that is as short as this.
const TOO_SHORT: usize = 3;

/// A shorter beginning of a secret is no clue, and as little a shorter one of what it is in base64.
const BEGINNING: usize = 3;
const BEGINNING_IN_BASE64: usize = 4;

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
    let forms = Forms::of(secret);
    for _ in 0..ROUNDS {
        let mut found = Vec::new();
        View::without(bytes, &cut).readings(|view| found.extend(forms.places(view)));
        if found.is_empty() {
            return cut;
        }
        cut.extend(found);
        cut = united(cut);
    }
    std::iter::once(0..bytes.len()).collect()
}

/// Where `bytes` end with a beginning of `secret`, in one of these forms: more of it would have come, or is not shown.
pub fn beginning(bytes: &[u8], secret: &str) -> Option<Range<usize>> {
    let forms = Forms::of(secret);
    // Only the end matters, and no form of a byte is longer than this.
    let from = bytes.len().saturating_sub(LONGEST_FORM * secret.len().max(BEGINNING));
    let mut begins: Option<usize> = None;
    View::without(&bytes[from..], &[]).readings(|view| {
        let begin = forms.beginning(view);
        begins = begins.into_iter().chain(begin).min();
    });
    begins.map(|at| from + at..bytes.len())
}

/// Of a byte: `%26%23x26%3B`, escaped twice or thrice.
const LONGEST_FORM: usize = 24;

/// A secret as it is searched in what was read.
struct Forms<'s> {
    secret: &'s str,
    /// What it stands for, where it looks like escapes itself.
    own: Option<Zeroizing<Vec<u8>>>,
    /// Without its blanks: they can be written in many ways.
    packed: Option<Zeroizing<Vec<u8>>>,
    /// In base64, at each alignment.
    cores: Vec<Core>,
}

impl<'s> Forms<'s> {
    fn of(secret: &'s str) -> Self {
        let own = View::without(secret.as_bytes(), &[]).plainest().filter(|own| own.len() > TOO_SHORT);
        let has_blanks = secret.contains(char::is_whitespace);
        let packed = has_blanks.then(|| packed(secret.as_bytes())).filter(|packed| !packed.is_empty());
        let is_long = secret.len() >= SHORTEST_IN_BASE64;
        let cores = if is_long { (0..3).map(|before| Core::of(secret, before)).collect() } else { Vec::new() };
        Self { secret, own, packed, cores }
    }

    fn places(&self, view: &View) -> Vec<Range<usize>> {
        let mut found = view.find(self.secret.as_bytes(), 0, 0);
        found.extend(self.own.iter().flat_map(|own| view.find(own, 0, 0)));
        found.extend(self.packed.iter().flat_map(|packed| view.packed().find(packed, 0, 0)));
        if !self.cores.is_empty() {
            let base64 = view.base64();
            found.extend(self.cores.iter().flat_map(|core| base64.find(&core.text, core.left, core.right)));
        }
        found
    }

    /// Where the secret begins that the view ends with a beginning of.
    fn beginning(&self, view: &View) -> Option<usize> {
        let plain = view.ends_with_beginning(self.secret.as_bytes(), BEGINNING, 0);
        let base64 = view.base64();
        let cores = self
            .cores
            .iter()
            .filter_map(|core| base64.ends_with_beginning(&core.text, BEGINNING_IN_BASE64, core.left));
        plain.into_iter().chain(cores).min()
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
