//! Rows as text that stands alone: for a ticket, and in the format of PSI's console. The length of no secret is in it,
//! neither its own nor by what is left when the rest is taken off a figure; a secret's place is said in words that leave
//! XML well-formed.

mod figures;
mod psi;

use super::clock::wide_time;
use super::fold::Console;
use super::ink::{Ink, Line};
use super::row::{Body, Mark, Row};
use super::silence::why_alike;
use crate::journal::Wall;
use crate::journal::day;
use figures::Told;

pub(super) use figures::HANDED_ON;
pub use psi::psi;

/// Rows for a ticket, oldest first: the XML indented, or `raw` as it was on the wire. `before` is the row that stood
/// before the first.
///
/// ```text
/// impscope 0.1.0, 2026-01-15, times in UTC
///
/// 02:14:07.215 >> #57 +4 ms imp1.example.com:5222
/// <r xmlns='urn:xmpp:sm:3'/>
/// ```
pub fn ticket(console: &Console, rows: &[&Row], before: Option<&Row>, raw: bool) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let mut text = format!("impscope {}, {}, times in UTC\n", env!("CARGO_PKG_VERSION"), date(first.wall));
    let mut last = before;
    let mut today = date(first.wall);
    for row in rows {
        let on = date(row.wall);
        if on != today {
            text.push_str(&format!("\n{on}\n"));
            today = on;
        }
        text.push_str(&format!("\n{}\n", head(console, row, last)));
        for line in lines(console, row, raw, rows.len() == 1) {
            text.push_str(&line);
            text.push('\n');
        }
        last = Some(row);
    }
    text
}

/// `02:14:07.215 >> #57 +4 ms imp1.example.com:5222`
fn head(console: &Console, row: &Row, before: Option<&Row>) -> String {
    let since = before.map(|before| row.wall.0.saturating_sub(before.wall.0)).filter(|ms| *ms >= 0);
    let delta = since.map_or_else(String::new, |ms| format!(" +{ms} ms"));
    let place = place(console, row);
    format!("{} {} #{}{delta}{place}", wide_time(row.wall, 0), row.mark.text(), row.n.0)
}

/// Where it passed, with a space before it.
fn place(console: &Console, row: &Row) -> String {
    console.place_of(row).map_or_else(String::new, |place| format!(" {}", super::visible(place)))
}

fn date(wall: Wall) -> String {
    day(wall.0.div_euclid(1000))
}

fn lines(console: &Console, row: &Row, raw: bool, alone: bool) -> Vec<String> {
    let told = Told::of(console, row);
    let mut lines: Vec<String> = told.lines(row, raw).iter().map(written).collect();
    if let (Body::Quiet { waited_ms, .. }, Mark::Bang) = (&row.body, row.mark) {
        lines.extend(silence(&told, row, *waited_ms, raw, alone));
    }
    lines
}

/// What a silence leaves unsaid on the screen, where the rows around it say it: since when, and after what.
fn silence(told: &Told<'_>, row: &Row, waited_ms: u64, raw: bool, alone: bool) -> Vec<String> {
    let since = Wall(row.wall.0.saturating_sub(i64::try_from(waited_ms).unwrap_or(i64::MAX)));
    let mut lines = Vec::new();
    if told.leaves_out() {
        lines.push("The secret in it counts as nothing in these figures.".to_owned());
    }
    if alone && told.all_acked() {
        lines.push(why_alike()[0].to_owned());
    }
    let since = wide_time(since, 0);
    match told.stanza() {
        Some(stanza) if alone => {
            lines.push(format!("Since {since}, when #{} was sent:", stanza.n.0));
            lines.extend(stanza.lines(raw).iter().map(written));
        }
        Some(stanza) => lines.push(format!("Since {since}, when #{} was sent.", stanza.n.0)),
        None => lines.push(format!("Since {since}.")),
    }
    lines
}

/// A line as it is written down; what stands for a secret does not break the XML around it.
fn written(line: &Line) -> String {
    let pieces = line.pieces.iter().map(|piece| match piece.ink() {
        Ink::Masked => escaped(piece.text()),
        _ => piece.text().to_owned(),
    });
    format!("{}{}", " ".repeat(line.indent), pieces.collect::<String>()).trim_end().to_owned()
}

/// Words of ours as character data, or in an attribute.
fn escaped(words: &str) -> String {
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    words.replace('\'', "&apos;").replace('"', "&quot;")
}
