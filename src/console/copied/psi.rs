//! Rows as the Dump Ringbuf of PSI's console writes them: a comment with the time, the stanza behind it on the same
//! line. What is no XML is a comment.

use super::super::clock::iso_seconds;
use super::super::fold::Console;
use super::super::ink::Line;
use super::super::masked::{Masked, mask_words};
use super::super::row::{Body, Mark, Row};
use super::figures::Told;
use super::{escaped, place};
use crate::journal::Payload;
use crate::journal::is_hidden;

/// Rows in PSI's format, oldest first; the direction is in a comment of its own, since PSI tells it by colour alone.
/// The shown time of day is `ahead` seconds ahead of UTC.
pub fn psi(console: &Console, rows: &[&Row], ahead: i32) -> String {
    let record = |row: &&Row| {
        let way = match row.mark {
            Mark::Out => "out ",
            Mark::In => "in ",
            Mark::Bang => "!! ",
            Mark::Event => "",
        };
        let about = comment(&format!("{way}#{}{}", row.n.0, place(console, row)));
        format!("<!-- TS:{}-->{about}{}\n", iso_seconds(row.wall, ahead), body(console, row))
    };
    rows.iter().map(record).collect()
}

fn body(console: &Console, row: &Row) -> String {
    let (payload, before) = match &row.body {
        Body::Xml { payload, .. } => (Some(payload), None),
        Body::Http { body, head, .. } => (Some(body).filter(|body| !body.bytes().is_empty()), Some(head)),
        _ => (None, None),
    };
    let xml = payload.map(xml).filter(|text| text.trim_start().starts_with('<'));
    match (xml, before) {
        (Some(xml), None) => xml,
        (Some(xml), Some(head)) if head.bytes().is_empty() => xml,
        (xml, _) => {
            let lines = Told::of(console, row).lines(row, false);
            // Of a request with an XML body the head alone is said in words.
            let head = lines.iter().take_while(|line| xml.is_none() || !line.text().starts_with('<'));
            let words: Vec<String> = head.map(Line::text).collect();
            comment(&words.join("; ")) + &xml.unwrap_or_default()
        }
    }
}

/// A payload as XML, byte for byte but for its secrets, and for characters that a terminal would obey.
fn xml(payload: &Payload) -> String {
    let masked = Masked::new(payload);
    let (mut text, mut from) = (String::new(), 0);
    for (cut, at) in masked.cuts.iter().zip(&masked.at) {
        text.push_str(&harmless(&masked.text[from..*at]));
        text.push_str(&escaped(&harmless(&mask_words(cut))));
        from = *at;
    }
    text + &harmless(&masked.text[from..])
}

/// Characters that are not seen as themselves, as references; those that XML does not have, as an escape.
fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            '\r' => shown.push_str("&#xd;"),
            hidden if is_hidden(hidden) && (hidden < ' ' || matches!(hidden, '\u{fffe}' | '\u{ffff}')) => {
                shown.push_str(&format!("\\u{{{:x}}}", u32::from(hidden)));
            }
            hidden if is_hidden(hidden) => shown.push_str(&format!("&#x{:x};", u32::from(hidden))),
            plain => shown.push(plain),
        }
    }
    shown
}

/// Words as an XML comment, which may neither hold two hyphens nor end in one.
fn comment(words: &str) -> String {
    let mut words = words.to_owned();
    while words.contains("--") {
        words = words.replace("--", "- -");
    }
    format!("<!-- {words} -->")
}
