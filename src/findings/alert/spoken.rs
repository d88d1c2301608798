//! Names in a text. The text was pasted, so it may be anything: each word is looked at once.

use std::collections::BTreeMap;

use super::Alert;

/// What Jabber puts before the names of its discovery errors.
const PREFIX: &str = "servicediscovery";
/// Numbers below are too common in a log to be an error's unless `1000:` stands before them.
const SPEAKING: u16 = 1000;

/// A word of a text, and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::findings) struct Token<'a> {
    pub(in crate::findings) text: &'a str,
    start: usize,
}

impl Token<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The words of a text: runs of ASCII letters, digits and `_`.
pub(in crate::findings) fn tokens(text: &str) -> Vec<Token<'_>> {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| inside(**byte)).count();
        if length > 0 {
            found.push(Token { text: &text[at..at + length], start: at });
        }
        at += length.max(1);
    }
    found
}

/// Whether a word looks like a name that somebody gave: `LERR_CUP_AUTH`, `XcpCmPauseSockets`.
pub(in crate::findings) fn name_like(word: &str) -> bool {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let inner = word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
    let all_upper = !word.bytes().any(|byte| byte.is_ascii_lowercase());
    letters >= 6 && (word.contains('_') || (inner && !all_upper))
}

#[derive(Debug)]
struct Name {
    /// Its words in lower case.
    words: Vec<String>,
    /// Whether its last word may go on.
    open: bool,
    /// As it is written in the file.
    written: String,
    /// The entries that have it.
    entries: Vec<usize>,
}

/// The names of all entries, by their first word, and Jabber's numbers.
#[derive(Debug, Default)]
pub(super) struct Spoken {
    names: BTreeMap<String, Vec<Name>>,
    open: Vec<Name>,
    numbers: BTreeMap<u16, (usize, String)>,
}

impl Spoken {
    /// Those of these entries.
    pub(super) fn of(entries: &[Alert]) -> Self {
        let mut spoken = Self::default();
        for (at, alert) in entries.iter().enumerate() {
            for name in &alert.names {
                spoken.add(name, at);
            }
            for number in &alert.numbers {
                spoken.numbers.insert(*number, (at, format!("1000:{number}")));
            }
        }
        spoken
    }

    fn add(&mut self, written: &str, entry: usize) {
        let words: Vec<String> = tokens(written).iter().map(|token| token.text.to_ascii_lowercase()).collect();
        let open = written.ends_with('*');
        let Some(first) = words.first().cloned() else { return };
        let list = if open { &mut self.open } else { self.names.entry(first).or_default() };
        match list.iter_mut().find(|name| name.words == words) {
            Some(name) => name.entries.push(entry),
            None => list.push(Name { words, open, written: written.to_owned(), entries: vec![entry] }),
        }
    }

    /// The numbers, as Jabber writes them.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &str> {
        self.numbers.values().map(|(_, shown)| shown.as_str())
    }

    /// The entries that are named, each once, in the order of the text, with the name that led there.
    pub(super) fn find(&self, text: &str, entries: &[Alert]) -> Vec<(usize, String)> {
        let tokens = tokens(text);
        let mentioned = |entry: &usize| entries[*entry].mentions.iter().any(|phrase| stands(phrase, &tokens));
        let mut found: Vec<(usize, String)> = Vec::new();
        let mut named: Vec<&str> = Vec::new();
        for at in 0..tokens.len() {
            if let Some(name) = self.name_at(&tokens[at..])
                && !named.contains(&name.written.as_str())
            {
                named.push(&name.written);
                let mut chosen: Vec<usize> = name.entries.iter().copied().filter(mentioned).collect();
                if chosen.is_empty() {
                    chosen = name.entries.iter().copied().filter(|at| entries[*at].mentions.is_empty()).collect();
                }
                found.extend(chosen.into_iter().map(|entry| (entry, name.written.clone())));
            }
            if let Some((entry, shown)) = number_at(text, &tokens, at).and_then(|number| self.numbers.get(&number))
            {
                found.push((*entry, shown.clone()));
            }
        }
        let mut seen = Vec::new();
        found.retain(|(entry, _)| {
            !seen.contains(entry) && {
                seen.push(*entry);
                true
            }
        });
        found
    }

    /// The name that begins with the first of these words.
    fn name_at(&self, tokens: &[Token]) -> Option<&Name> {
        let first = tokens.first()?.text.to_ascii_lowercase();
        let short = first.strip_prefix(PREFIX).unwrap_or_default();
        let by = |first: &str| {
            let names = self.names.get(first).into_iter().flatten();
            // The longest one: "GetEdgeConfig SSL" rather than "GetEdgeConfig".
            names.filter(|name| name.is_at(first, tokens)).max_by_key(|name| name.words.len())
        };
        by(&first).or_else(|| by(short)).or_else(|| self.open.iter().find(|name| name.is_at(&first, tokens)))
    }
}

impl Name {
    fn is_at(&self, first: &str, tokens: &[Token]) -> bool {
        let head = if self.open { first.starts_with(&self.words[0]) } else { first == self.words[0] };
        head && self.words.len() <= tokens.len()
            && self.words[1..].iter().zip(&tokens[1..]).all(|(word, token)| token.text.eq_ignore_ascii_case(word))
    }
}

/// Whether the words of a phrase stand in a row.
fn stands(phrase: &str, within: &[Token]) -> bool {
    let phrase = tokens(phrase);
    let same =
        |row: &[Token]| row.iter().zip(&phrase).all(|(one, other)| one.text.eq_ignore_ascii_case(other.text));
    !phrase.is_empty() && within.windows(phrase.len()).any(same)
}

/// The number of an error that stands at this word. Jabber writes `1000:1032` and `-> (1005)`; people say
/// "error 1032", or type it alone. `Handler.cpp(1005)` is a line of a program.
fn number_at(text: &str, tokens: &[Token], at: usize) -> Option<u16> {
    let token = tokens[at];
    let number: u16 = token.text.parse().ok()?;
    let before = at.checked_sub(1).map(|before| tokens[before]);
    let glued = |before: &Token| before.text == "1000" && &text[before.end()..token.start] == ":";
    if before.as_ref().is_some_and(glued) {
        return Some(number);
    }
    let called =
        before.is_some_and(|before| ["code", "error"].iter().any(|word| before.text.eq_ignore_ascii_case(word)));
    let (left, right) = (&text[..token.start], &text[token.end()..]);
    let apart =
        left.strip_suffix('(').is_some_and(|left| left.is_empty() || left.ends_with([' ', '>', '\t', '\n']));
    let speaks = tokens.len() == 1 || called || (apart && right.starts_with(')'));
    (number > SPEAKING && speaks).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_digits_and_underscores() {
        let words: Vec<&str> =
            tokens("%UC_LOGIN-4-Failed: <9>\u{1b}[2Jé x").iter().map(|token| token.text).collect();
        assert_eq!(words, ["UC_LOGIN", "4", "Failed", "9", "2J", "x"]);
        assert!(tokens("").is_empty() && tokens("… — \0").is_empty());
    }

    #[test]
    fn a_name_is_told_from_prose_and_from_shouting() {
        assert!(["LERR_CUP_AUTH", "XcpCmPauseSockets", "NO_HOME_UDS_FOUND"].iter().all(|word| name_like(word)));
        assert!(["password", "INFO", "Warning", "WARNING", "7336", "x_1"].iter().all(|word| !name_like(word)));
    }

    #[test]
    fn a_number_speaks_where_it_is_said_to_be_an_error() {
        let numbers = |text: &str| -> Vec<u16> {
            let tokens = tokens(text);
            (0..tokens.len()).filter_map(|at| number_at(text, &tokens, at)).collect()
        };
        for text in
            ["1032", "(1032)", "1000:1032", "x 1000:1032.", "Failure -> (1032) x", "error 1032", "Code: 1032"]
        {
            assert_eq!(numbers(text), [1032], "{text}");
        }
        assert_eq!(numbers("1000:600"), [600]);
        for text in
            ["Handler.cpp(1032)", "took 1032 ms", "port 1000, 1032", "x [1032]", "500", "99999999", "error 500"]
        {
            assert_eq!(numbers(text), [0; 0], "{text}");
        }
    }
}
