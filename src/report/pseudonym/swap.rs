//! Puts the replacements into texts, and keeps the places of secrets right.

use std::collections::HashMap;
use std::ops::Range;

use super::gather::decoded;
use super::markup::parts;

/// Shorter originals are replaced only where they stand alone: inside another word they are chance.
const LONG: usize = 5;
/// Of the protocol, whatever a host or a user is called.
const KEPT: [&str; 6] =
    ["cucm-uds", "EPASSoap", "singleSignOn", "clusterUser", "jabber-config.xml", "SPDefault.cnf.xml"];

/// Originals and what stands for them.
#[derive(Debug, Default)]
pub(super) struct Swap {
    /// By the first character, in lower case; the longest first.
    by_first: HashMap<char, Vec<(Vec<char>, String)>>,
}

/// A part of a text that was replaced.
struct Edit {
    from: Range<usize>,
    length: usize,
}

impl Swap {
    /// Adds an original; letters of either case are the same.
    pub(super) fn add(&mut self, original: &str, replacement: &str) {
        let original: Vec<char> = original.chars().map(lower).collect();
        let Some(first) = original.first() else { return };
        let list = self.by_first.entry(*first).or_default();
        if list.iter().all(|(known, _)| *known != original) {
            let at = list.partition_point(|(known, _)| known.len() >= original.len());
            list.insert(at, (original, replacement.to_owned()));
        }
    }

    /// What stands for a text that is an original as a whole.
    pub(super) fn whole(&self, text: &str) -> Option<String> {
        let text: Vec<char> = text.chars().map(lower).collect();
        let list = self.by_first.get(text.first()?)?;
        list.iter().find(|(original, _)| *original == text).map(|(_, replacement)| replacement.clone())
    }

    /// A text with everything replaced that names something.
    pub(super) fn text(&self, text: &str) -> String {
        self.with_places(text, &mut [])
    }

    /// The same, with places in it moved along.
    pub(super) fn with_places(&self, text: &str, places: &mut [usize]) -> String {
        let (mut out, mut done, mut edits) = (String::with_capacity(text.len()), 0, Vec::new());
        for part in parts(text) {
            out.push_str(&text[done..part.range.start]);
            self.part(text, part.range.clone(), &mut out, &mut edits);
            done = part.range.end;
        }
        out.push_str(&text[done..]);
        for place in places {
            *place = moved(*place, &edits).min(out.len());
        }
        out
    }

    fn part(&self, text: &str, range: Range<usize>, out: &mut String, edits: &mut Vec<Edit>) {
        let content = &text[range.clone()];
        if let Some(inner) = decoded(content) {
            let said = self.plain(&inner, |_| {});
            if said != inner {
                let again = data_encoding::BASE64.encode(said.as_bytes());
                edits.push(Edit { from: range, length: again.len() });
                return out.push_str(&again);
            }
        }
        let moved = self.plain(content, |edit| {
            edits.push(Edit {
                from: edit.from.start + range.start..edit.from.end + range.start,
                length: edit.length,
            });
        });
        out.push_str(&moved);
    }

    fn plain(&self, text: &str, mut changed: impl FnMut(Edit)) -> String {
        let chars: Vec<(usize, char)> = text.char_indices().collect();
        let byte = |at: usize| chars.get(at).map_or(text.len(), |(byte, _)| *byte);
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while at < chars.len() {
            let stays = kept(&chars, at);
            if stays > 0 {
                out.push_str(&text[byte(at)..byte(at + stays)]);
                at += stays;
            } else if let Some((length, replacement)) = self.at(&chars, at) {
                changed(Edit { from: byte(at)..byte(at + length), length: replacement.len() });
                out.push_str(replacement);
                at += length;
            } else {
                out.push(chars[at].1);
                at += 1;
            }
        }
        out
    }

    /// The longest original that stands here, and its replacement.
    fn at(&self, chars: &[(usize, char)], at: usize) -> Option<(usize, &str)> {
        let list = self.by_first.get(&lower(chars[at].1))?;
        let stands = |original: &[char]| {
            let here = chars.get(at..at + original.len())?;
            let same = here.iter().zip(original).all(|((_, c), own)| lower(*c) == *own);
            let alone =
                is_edge(chars, at) && !chars.get(at + original.len()).is_some_and(|(_, c)| c.is_alphanumeric());
            let long = original.len() >= LONG && original.iter().any(|c| c.is_alphabetic());
            (same && (alone || long)).then_some(original.len())
        };
        list.iter().find_map(|(original, replacement)| Some((stands(original)?, replacement.as_str())))
    }
}

/// One character for one: places stay where they are.
fn lower(c: char) -> char {
    let mut all = c.to_lowercase();
    match (all.next(), all.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// Whether a word may begin here: behind `%40` it may.
fn is_edge(chars: &[(usize, char)], at: usize) -> bool {
    let c = |back: usize| at.checked_sub(back).map(|at| chars[at].1);
    let escaped = c(3) == Some('%') && c(2).is_some_and(|c| c.is_ascii_hexdigit());
    escaped || !c(1).is_some_and(char::is_alphanumeric)
}

/// How many characters from here on are the protocol's: a label of a service's name, a path.
fn kept(chars: &[(usize, char)], at: usize) -> usize {
    if !is_edge(chars, at) {
        return 0;
    }
    let rest = || chars[at..].iter().map(|(_, c)| *c);
    if chars[at].1 == '_' {
        return rest().take_while(|c| c.is_alphanumeric() || "_-".contains(*c)).count();
    }
    let word = KEPT.iter().find(|word| word.chars().eq(rest().take(word.chars().count())));
    word.map_or(0, |word| word.chars().count())
}

/// Where a place is after the edits; one inside of what was replaced is behind it.
fn moved(place: usize, edits: &[Edit]) -> usize {
    let (mut before, mut after) = (0, 0);
    for edit in edits.iter().take_while(|edit| edit.from.start < place) {
        before += edit.from.len();
        after += edit.length;
        if edit.from.end > place {
            return edit.from.end + after - before;
        }
    }
    place + after - before
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swap() -> Swap {
        let mut swap = Swap::default();
        for (original, replacement) in [
            ("acme.test", "example.com"),
            ("imp1.acme.test", "host1.example.com"),
            ("imp1", "host1"),
            ("kayao", "user1"),
            ("uds", "user2"),
        ] {
            swap.add(original, replacement);
        }
        swap
    }

    #[test]
    fn the_longest_is_replaced_and_words_of_the_protocol_stay() {
        let text = swap()
            .text("IMP1.acme.test imp1 imp10 CSFKAYAO kayao%40acme.test _cisco-uds._tcp.acme.test /cucm-uds/uds");
        assert_eq!(
            text,
            "host1.example.com host1 imp10 CSFuser1 user1%40example.com _cisco-uds._tcp.example.com /cucm-uds/user2"
        );
    }

    #[test]
    fn tags_stay_and_a_secrets_place_moves_along() {
        let text = "<kayao id='kayao'><auth>kayao</auth></kayao>";
        let mut places = [text.find("</auth>").unwrap(), 0, text.len()];
        let swapped = swap().with_places(text, &mut places);
        assert_eq!(swapped, "<kayao id='user1'><auth>user1</auth></kayao>");
        assert_eq!(places, [swapped.find("</auth>").unwrap(), 0, swapped.len()]);
        let mut inside = [text.find("kayao</auth>").unwrap() + 2];
        let swapped = swap().with_places(text, &mut inside);
        assert_eq!(inside, [swapped.find("</auth>").unwrap()]);
    }

    #[test]
    fn what_stands_in_base64_is_replaced_there() {
        let first = data_encoding::BASE64.encode(b"n,,n=kayao,r=abc");
        let text = swap().text(&format!("<auth>{first}</auth>"));
        assert_eq!(text, format!("<auth>{}</auth>", data_encoding::BASE64.encode(b"n,,n=user1,r=abc")));
    }
}
