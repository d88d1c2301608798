//! A filter as it can be typed again.

use std::fmt::{self, Display, Formatter};

use super::super::row::Mark;
use super::{Filter, KINDS, MARKS, Numbers, Term, Test};

impl Display for Filter {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        for (at, term) in self.terms.iter().enumerate() {
            write!(to, "{}{term}", if at == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl Display for Term {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        if self.negated {
            to.write_str("-")?;
        }
        match &self.test {
            Test::Kind(kinds) => write!(to, "kind:{}", names(&KINDS, kinds)),
            Test::Mark(marks) => write!(to, "dir:{}", names::<Mark>(&MARKS, marks)),
            Test::Node(nodes) => write!(to, "node:{}", values(nodes)),
            Test::Route(routes) => write!(to, "route:{}", values(routes)),
            Test::Jid { jids, strict } => write!(to, "jid{}:{}", if *strict { "!" } else { "" }, values(jids)),
            Test::Text(texts) => {
                let words: Vec<String> = texts.iter().map(|text| text.text().to_owned()).collect();
                write!(to, "text:{}", values(&words))
            }
            Test::Regex(regex) => write!(to, "/{}/", slashes(regex.text())),
            Test::After(ms) => write!(to, "after:{}", time(*ms)),
            Test::Before(ms) => write!(to, "before:{}", time(*ms)),
            Test::Last(seconds) => write!(to, "last:{seconds}s"),
            Test::Numbers(ranges) => {
                let ranges: Vec<String> = ranges.iter().map(Numbers::to_string).collect();
                write!(to, "#{}", ranges.join(","))
            }
            Test::All => to.write_str("all"),
        }
    }
}

impl Display for Numbers {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        let end = |end: Option<u64>| end.map_or_else(String::new, |n| n.to_string());
        match (self.from, self.to) {
            (Some(from), Some(last)) if from == last => write!(to, "{from}"),
            (from, last) => write!(to, "{}-{}", end(from), end(last)),
        }
    }
}

fn names<T: PartialEq>(table: &[(T, &str)], values: &[T]) -> String {
    let name = |value: &T| table.iter().find(|(own, _)| own == value).map_or("", |(_, name)| *name);
    values.iter().map(name).collect::<Vec<_>>().join(",")
}

/// Values by commas, in quotes where they would not be read as they stand.
fn values(values: &[String]) -> String {
    let quoted = |value: &String| {
        let plain = !value.contains(|c: char| c.is_whitespace() || matches!(c, '"' | ','));
        if plain { value.clone() } else { format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")) }
    };
    values.iter().map(quoted).collect::<Vec<_>>().join(",")
}

/// `/` within an expression.
fn slashes(regex: &str) -> String {
    let mut text = String::new();
    let mut characters = regex.chars();
    while let Some(character) = characters.next() {
        match character {
            '/' => text.push_str("\\/"),
            '\\' => {
                text.push('\\');
                text.extend(characters.next());
            }
            other => text.push(other),
        }
    }
    text
}

/// `11:04:05`, and milliseconds where there are some.
fn time(ms: u32) -> String {
    let (seconds, rest) = (ms / 1000, ms % 1000);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { clock } else { format!("{clock}.{rest:03}") }
}
