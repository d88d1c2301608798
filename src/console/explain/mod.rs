//! What a row is, in words for whoever has no RFC at hand: the rule, what must come next and whether it came, what
//! Cisco does differently, and what its base64 holds.
//!
//! The words are data, in `assets/explain.toml`. An entry becomes a [`Topic`], an id of that table and the values in its
//! words, when its row is made; [`explain`] puts the rest together when somebody asks.

mod held;
mod next;
mod stanza;
mod table;
#[cfg(test)]
mod tests;
mod topic;
mod walk;

use super::fold::Console;
use super::ink::{Ink, Line};
use super::row::{Body, Row};
use super::visible;
use crate::journal::{EntryNo, Offset};

use table::Words;
pub use topic::Topic;

/// A part of an explanation: its heading, and what stands below it.
pub type Part = (&'static str, Vec<Line>);

/// The explanation of a row, part by part; nothing where there is no such row. `now` is for what has not come yet.
pub fn explain(console: &Console, n: EntryNo, now: Offset) -> Vec<Part> {
    let Some(row) = console.row(n) else { return Vec::new() };
    let Some((_, words)) = table::words(row.topic.id) else { return Vec::new() };
    let mut parts = vec![("What it is", vec![plain(row, &words.what)])];
    let mut rule = Vec::new();
    if !words.rule.is_empty() {
        rule.push(plain(row, &words.rule));
    }
    rule.push(Line::words(&words.reference, Ink::Muted));
    parts.push(("The rule", rule));
    if let Some((asked, us)) = next::answered(console, row) {
        let text = format!("#{}, after {}", asked.0, next::took(us));
        parts.push(("What it answers", vec![Line::words(&text, Ink::Plain)]));
    }
    parts.extend(next_part(console, row, words, now));
    if let Some(sure) = words.sure {
        parts.push((sure.words(), vec![plain(row, &words.cisco)]));
    }
    let (masked, decoded) = holds(row);
    if !masked.is_empty() {
        parts.push(("What is masked", masked));
    }
    if !decoded.is_empty() {
        parts.push(("What its base64 holds", decoded));
    }
    parts
}

fn plain(row: &Row, text: &str) -> Line {
    Line::words(&filled(text, &row.topic), Ink::Plain)
}

fn next_part(console: &Console, row: &Row, words: &Words, now: Offset) -> Option<Part> {
    if words.next.is_empty() {
        return None;
    }
    let by = match words.by {
        table::By::Server => "from the server: ",
        table::By::Client => "from us: ",
        table::By::Other => "",
    };
    let what = by.to_owned() + &filled(&words.next, &row.topic);
    let (text, ink) = next::next(console, row, &words.answer, now).words();
    Some(("What must come next", vec![Line::words(&what, Ink::Plain), Line::words(&text, ink)]))
}

/// The words with the row's values in them. Values are the server's: they are made visible here.
fn filled(text: &str, topic: &Topic) -> String {
    let mut rest = text;
    let mut filled = String::with_capacity(text.len());
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        let value = topic.args.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str());
        filled.push_str(&visible(value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What a row's masked bytes are, and what its base64 holds.
fn holds(row: &Row) -> (Vec<Line>, Vec<Line>) {
    match &row.body {
        Body::Xml { payload, .. } => (held::masked([payload]), held::decoded(payload)),
        Body::Http { head, body, .. } => (held::masked([head, body]), held::decoded(body)),
        Body::Words(_) | Body::Quiet { .. } | Body::Kernel { .. } => (Vec::new(), Vec::new()),
    }
}
