//! What a filter or a search looks for in a row's text: a regular expression, or words as they stand. In small
//! letters it finds both cases; a capital makes it strict. Bounded in size and linear in time.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

/// A compiled expression may take so many bytes.
const SIZE: usize = 1 << 20;

/// Something to look for.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}

impl Pattern {
    /// A regular expression.
    ///
    /// # Errors
    /// What is wrong with it, and at which character.
    pub fn regex(text: &str) -> Result<Self, String> {
        if let Err(why) = regex_syntax::ast::parse::Parser::new().parse(text) {
            let at = text.get(..why.span().start.offset).map_or(0, |before| before.chars().count());
            return Err(format!("{} at character {} of /{text}/", why.kind(), at + 1));
        }
        Self::build(text, text)
    }

    /// These words, whatever they would mean in an expression.
    ///
    /// # Errors
    /// They are too long.
    pub fn words(text: &str) -> Result<Self, String> {
        Self::build(text, &regex::escape(text))
    }

    fn build(text: &str, regex: &str) -> Result<Self, String> {
        let built = RegexBuilder::new(regex).case_insensitive(!has_capital(regex)).size_limit(SIZE).build();
        match built {
            Ok(regex) => Ok(Self { text: text.to_owned(), regex }),
            Err(regex::Error::CompiledTooBig(_)) => Err(format!("/{text}/ is too big: make it shorter")),
            // What the grammar allows and the engine has not: `\p{…}` of a name that does not exist.
            Err(why) => {
                let why = why.to_string();
                let last = why.lines().last().unwrap_or_default();
                Err(format!("{} in /{text}/", last.trim_start_matches("error: ")))
            }
        }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it occurs.
    pub fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Where it occurs, in bytes; an occurrence of nothing is none.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        self.regex.find_iter(text).map(|found| found.range()).filter(|range| !range.is_empty()).collect()
    }
}

/// Whether an expression has a capital letter that stands for itself: in `\S` it does not.
fn has_capital(regex: &str) -> bool {
    let mut escaped = false;
    regex.chars().any(|character| {
        let own = !std::mem::take(&mut escaped);
        escaped = own && character == '\\';
        own && character.is_uppercase()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_letters_find_both_cases_and_a_capital_only_itself() {
        assert!(Pattern::regex("plain").unwrap().is_in("mechanism='PLAIN'"));
        assert!(Pattern::words("auth").unwrap().is_in("<AUTH>"));
        assert!(!Pattern::regex("Plain").unwrap().is_in("PLAIN"));
        assert!(Pattern::regex(r"\Sq").unwrap().is_in("IQ"), "the capital of a class is none");
    }

    #[test]
    fn words_mean_themselves() {
        let words = Pattern::words("a.b[").unwrap();
        assert!(words.is_in("xa.b[") && !words.is_in("xacb["));
    }

    #[test]
    fn a_bad_expression_names_its_place() {
        assert_eq!(Pattern::regex("ab(c").unwrap_err(), "unclosed group at character 3 of /ab(c/");
        assert_eq!(Pattern::regex("é*{").unwrap_err(), "unclosed counted repetition at character 3 of /é*{/");
        assert!(Pattern::regex(r"\p{Klingon}").unwrap_err().contains("Unicode property"));
    }

    #[test]
    fn an_expression_that_would_eat_the_memory_is_refused() {
        assert!(Pattern::regex("(a{1000}){1000}").unwrap_err().contains("too big"));
    }
}
