//! A filter's text as terms. What is wrong names the term and what to write instead.

use std::iter::Peekable;
use std::str::{CharIndices, FromStr};

use super::super::row::Mark;
use super::{Filter, KINDS, MARKS, Numbers, Pattern, Term, Test};

/// A longer text is refused.
const LONGEST: usize = 2000;
/// The terms with a value, as an error lists them.
const NAMES: &str = "kind, dir, node, route, jid, jid!, text, after, before, last";

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("a filter has at most {LONGEST} characters"));
        }
        let mut terms: Vec<Term> = Vec::new();
        for word in words(text)? {
            terms.push(term(&word)?);
        }
        if terms.iter().filter(|term| matches!(term.test, Test::Last(_))).count() > 1 {
            return Err("last: stands once in a filter".to_owned());
        }
        Ok(Self { terms })
    }
}

/// A word between blanks; blanks in quotes and in an expression do not end it.
#[derive(Debug, Default)]
struct Word {
    negated: bool,
    /// What stands before the first `:` that is not in quotes.
    key: Option<String>,
    /// What stands behind it, by its commas; what was quoted is no longer.
    values: Vec<String>,
    /// The first value began with a quote: it is a text, whatever it looks like.
    quoted: bool,
    /// It was an expression between slashes.
    regex: bool,
}

fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut characters = text.char_indices().peekable();
    let mut words = Vec::new();
    loop {
        while characters.next_if(|(_, character)| character.is_whitespace()).is_some() {}
        let Some((from, first)) = characters.peek().copied() else { return Ok(words) };
        let mut word = Word::default();
        if first == '-' {
            characters.next();
            word.negated = true;
        }
        match characters.peek() {
            None => return Err(ALONE.to_owned()),
            Some((_, blank)) if blank.is_whitespace() => return Err(ALONE.to_owned()),
            Some((_, '/')) => expression(text, from, &mut characters, &mut word)?,
            Some(_) => values(text, from, &mut characters, &mut word)?,
        }
        words.push(word);
    }
}

const ALONE: &str = "- stands before a term: -kind:sm; to look for it write \"-\"";

type Characters<'a> = Peekable<CharIndices<'a>>;

/// `/…/`, in which `\/` is a slash.
fn expression(text: &str, from: usize, characters: &mut Characters<'_>, word: &mut Word) -> Result<(), String> {
    characters.next();
    let mut regex = String::new();
    loop {
        match characters.next() {
            None => return Err(format!("{} has no end: close it with /", &text[from..])),
            Some((_, '/')) => break,
            Some((_, '\\')) => match characters.next() {
                Some((_, '/')) => regex.push('/'),
                Some((_, other)) => regex.extend(['\\', other]),
                None => regex.push('\\'),
            },
            Some((_, other)) => regex.push(other),
        }
    }
    if characters.peek().is_some_and(|(_, next)| !next.is_whitespace()) {
        let word = text[from..].split_whitespace().next().unwrap_or_default().trim_start_matches('-');
        return Err(format!("behind /{regex}/ a blank is missing; to look for the text write \"{word}\""));
    }
    word.regex = true;
    word.values.push(regex);
    Ok(())
}

fn values(text: &str, from: usize, characters: &mut Characters<'_>, word: &mut Word) -> Result<(), String> {
    let mut value = String::new();
    let mut quoted = false;
    while let Some((_, character)) = characters.next_if(|(_, character)| !character.is_whitespace()) {
        match character {
            '"' => {
                word.quoted |= value.is_empty() && word.values.is_empty() && word.key.is_none();
                quoted = true;
                quote(text, from, characters, &mut value)?;
            }
            ':' if word.key.is_none() && word.values.is_empty() && !quoted => {
                word.key = Some(std::mem::take(&mut value));
            }
            ',' => word.values.push(std::mem::take(&mut value)),
            other => value.push(other),
        }
    }
    word.values.push(value);
    Ok(())
}

/// What stands between quotes; `\"` is a quote, `\\` a backslash.
fn quote(text: &str, from: usize, characters: &mut Characters<'_>, value: &mut String) -> Result<(), String> {
    loop {
        match characters.next() {
            None => return Err(format!("{} has no end: close it with \"", &text[from..])),
            Some((_, '"')) => return Ok(()),
            Some((_, '\\')) => match characters.next() {
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                Some((_, other)) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            Some((_, other)) => value.push(other),
        }
    }
}

fn term(word: &Word) -> Result<Term, String> {
    let test = match &word.key {
        _ if word.regex => Test::Regex(Pattern::regex(&word.values[0])?),
        Some(key) => named(&key.to_lowercase(), &word.values)?,
        None => bare(word)?,
    };
    Ok(Term { negated: word.negated, test })
}

/// A word without a name in front of it.
fn bare(word: &Word) -> Result<Test, String> {
    let only = match word.values.as_slice() {
        [only] if !word.quoted => only.as_str(),
        _ => "",
    };
    let mark = [Mark::Out, Mark::In, Mark::Bang, Mark::Event].into_iter().find(|mark| mark.text() == only);
    match mark {
        Some(mark) => Ok(Test::Mark(vec![mark])),
        None if only == "all" && word.negated => Err("all cannot be negated: leave it out".to_owned()),
        None if only == "all" => Ok(Test::All),
        None if !word.quoted && word.values[0].starts_with('#') => numbers(&word.values),
        None => texts(&word.values),
    }
}

fn named(key: &str, values: &[String]) -> Result<Test, String> {
    if values.iter().any(String::is_empty) {
        return Err(format!("{key}: needs a value{}", example(key)));
    }
    let all = || values.to_vec();
    match key {
        "kind" => each(values, |value| of_table(&KINDS, "kind", value)).map(Test::Kind),
        "dir" => each(values, |value| {
            match [Mark::Out, Mark::In, Mark::Bang, Mark::Event].into_iter().find(|mark| mark.text() == value) {
                Some(mark) => Ok(mark),
                None => of_table(&MARKS, "direction", value),
            }
        })
        .map(Test::Mark),
        "node" => Ok(Test::Node(all())),
        "route" => Ok(Test::Route(all())),
        "jid" | "jid!" => Ok(Test::Jid { jids: all(), strict: key == "jid!" }),
        "text" => texts(values),
        "after" => time(key, values).map(Test::After),
        "before" => time(key, values).map(Test::Before),
        "last" => last(values).map(Test::Last),
        _ => Err(format!(
            "there is no term {key}: (there are {NAMES}); to look for the text write \"{key}:{}\"",
            values.join(",")
        )),
    }
}

fn example(key: &str) -> &'static str {
    match key {
        "kind" => ": kind:iq,message",
        "dir" => ": dir:out",
        "node" => ": node:imp1",
        "route" => ": route:_cisco-uds",
        "jid" | "jid!" => ": jid:alice@example.com",
        "text" => ": text:word",
        "after" | "before" => ": after:11:04:05",
        "last" => ": last:30s",
        _ => "",
    }
}

fn each<T>(values: &[String], read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    values.iter().map(|value| read(value)).collect()
}

fn of_table<T: Copy>(table: &[(T, &str)], what: &str, value: &str) -> Result<T, String> {
    let found = table.iter().find(|(_, name)| name.eq_ignore_ascii_case(value)).map(|(found, _)| *found);
    let names = || table.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("there is no {what} {value}; there are {}", names()))
}

fn texts(values: &[String]) -> Result<Test, String> {
    if values.iter().any(String::is_empty) {
        return Err("nothing stands beside the comma; to look for a comma write \",\"".to_owned());
    }
    each(values, Pattern::words).map(Test::Text)
}

/// `11:04`, `11:04:05`, `11:04:05.215`, as milliseconds of the day. The colons came as a part of the value.
fn time(key: &str, values: &[String]) -> Result<u32, String> {
    let value = values.join(",");
    let wrong = || format!("{key}:{value} is no time: write {key}:11:04, {key}:11:04:05 or {key}:11:04:05.215");
    let (clock, fraction) = value.split_once('.').unwrap_or((&value, "0"));
    let parts: Vec<u32> = clock.split(':').map(figures).collect::<Option<_>>().ok_or_else(wrong)?;
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours, minutes] if fraction == "0" => (*hours, *minutes, 0),
        [hours, minutes, seconds] => (*hours, *minutes, *seconds),
        _ => return Err(wrong()),
    };
    let padded = format!("{fraction:0<3}");
    let ms = figures(&padded).filter(|_| padded.len() == 3).ok_or_else(wrong)?;
    if hours > 23 || minutes > 59 || seconds > 59 {
        return Err(wrong());
    }
    Ok(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms)
}

fn figures(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// `30s`, `5m`, `1h`, as seconds; a bare figure is seconds.
fn last(values: &[String]) -> Result<u32, String> {
    let value = values.join(",");
    let (digits, unit) = match value.char_indices().last() {
        Some((at, 's')) => (&value[..at], 1),
        Some((at, 'm')) => (&value[..at], 60),
        Some((at, 'h')) => (&value[..at], 3600),
        _ => (value.as_str(), 1),
    };
    let seconds = figures(digits).and_then(|count| count.checked_mul(unit));
    seconds.ok_or_else(|| format!("last:{value} is no time: write last:30s, last:5m or last:1h"))
}

/// `#40`, `#40-60`, `#40-`, `#-60`.
fn numbers(values: &[String]) -> Result<Test, String> {
    let one = |value: &str| {
        let wrong = || {
            format!(
                "#{value} names no entries: write #40, #40-60 or #40-; to look for the text write \"#{value}\""
            )
        };
        let end = |text: &str| match text {
            "" => Ok(None),
            text => figures(text).map(|n| Some(u64::from(n))).ok_or_else(wrong),
        };
        let (from, to) = match value.split_once('-') {
            Some((from, to)) => (end(from)?, end(to)?),
            None => (end(value)?, end(value)?),
        };
        if from.is_none() && to.is_none() || from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(wrong());
        }
        Ok(Numbers { from, to })
    };
    each(values, |value| one(value.strip_prefix('#').unwrap_or(value))).map(Test::Numbers)
}
