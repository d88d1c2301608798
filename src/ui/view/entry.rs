//! One entry on its own: its head, and its content indented, as it was on the wire, or byte by byte. Of bytes only the
//! rows in sight are laid out; of XML all of them, once.

use std::sync::Arc;

use super::pen::{Runs, run};
use super::sheet::laid;
use crate::console::{
    Acked, Body, Hex, Ink, Laid, Line, Mark, Passed, Row, day, per_row, visible, why_alike, wide_time,
};
use crate::journal::{EntryNo, Offset, Part, Payload};
use crate::progress::{Silence, SilenceKind};
use crate::ui::laid_rows::Way;
use crate::ui::model::Model;
use crate::ui::theme::Role;

/// The page of an entry, piece by piece.
pub(super) struct Page<'m>(Vec<Piece<'m>>);

enum Piece<'m> {
    Lines(Vec<Runs>),
    Row(Arc<[Laid]>),
    Bytes(Hex<'m>, usize),
}

impl Piece<'_> {
    fn rows(&self) -> usize {
        match self {
            Piece::Lines(lines) => lines.len(),
            Piece::Row(lines) => lines.len(),
            Piece::Bytes(hex, per_row) => hex.rows(*per_row),
        }
    }

    fn row(&self, row: usize) -> Runs {
        match self {
            Piece::Lines(lines) => lines.get(row).cloned().unwrap_or_default(),
            Piece::Row(lines) => inked(lines.get(row).cloned().unwrap_or_default()),
            Piece::Bytes(hex, per_row) => inked(hex.row(row, *per_row)),
        }
    }
}

fn inked(line: Laid) -> Runs {
    line.into_iter().map(|(text, ink)| (text, Role::Ink(ink))).collect()
}

impl<'m> Page<'m> {
    /// Of this entry, for a width.
    pub(super) fn of(model: &'m Model, n: EntryNo, width: usize) -> Self {
        let Some(row) = model.console.row(n) else {
            return Self(vec![Piece::Lines(vec![vec![run("this entry is not in the console", Role::Title)]])]);
        };
        let mut lines = laid(&head(model, row), width);
        lines.push(Runs::new());
        if model.hex && !payloads(&row.body).is_empty() {
            return Self::bytes(lines, row, width);
        }
        if model.hex {
            lines.extend(laid(&[Line::words("[no bytes are kept of this entry]", Ink::Muted)], width));
        }
        let content = model.laid_rows.of(row, Way { raw: model.raw, fold: None, width });
        let mut pieces = vec![Piece::Lines(lines), Piece::Row(content)];
        let mut lines = Vec::new();
        for more in [row.more(), of_silence(model, n)] {
            if !more.is_empty() {
                lines.push(Runs::new());
                lines.extend(laid(&more, width));
            }
        }
        pieces.push(Piece::Lines(lines));
        Self(pieces)
    }

    fn bytes(mut lines: Vec<Runs>, row: &'m Row, width: usize) -> Self {
        let mut pieces = Vec::new();
        for (name, payload) in payloads(&row.body) {
            if !name.is_empty() {
                lines.push(vec![run(name, Role::Title)]);
            }
            if payload.cuts().iter().any(|cut| cut.wire_len == 0) {
                let words = "[lengths of secrets are not in this recording: each counts as nothing here]";
                lines.extend(laid(&[Line::words(words, Ink::Warn)], width));
            }
            pieces.push(Piece::Lines(std::mem::take(&mut lines)));
            pieces.push(Piece::Bytes(Hex::of(payload), per_row(width)));
        }
        Self(pieces)
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.0.iter().map(Piece::rows).sum()
    }

    /// Some of them.
    pub(super) fn window(&self, from: usize, height: usize) -> Vec<Runs> {
        let mut window = Vec::new();
        let mut first = 0;
        for piece in &self.0 {
            let (start, end) = (from.max(first), (from + height).min(first + piece.rows()));
            window.extend((start..end).map(|row| piece.row(row - first)));
            first += piece.rows();
        }
        window
    }
}

/// The payloads of a row, each with a name where there are two of them.
fn payloads(body: &Body) -> Vec<(&'static str, &Payload)> {
    match body {
        Body::Xml { payload, .. } if payload.wire_len() > 0 => vec![("", payload)],
        Body::Http { head, body, .. } => {
            let both = [("head", head), ("body", body)];
            both.into_iter().filter(|(_, payload)| payload.wire_len() > 0).collect()
        }
        _ => Vec::new(),
    }
}

/// Number, time, place; how it passed; what of it the peer has.
fn head(model: &Model, row: &Row) -> Vec<Line> {
    let mut lines = vec![where_and_when(model, row)];
    match (&row.body, &row.passed) {
        (Body::Xml { payload, .. }, Some(passed)) => {
            lines.push(on_the_wire(row, payload, passed));
            lines.extend(acked(model, passed));
            lines.push(parts(model, row, passed));
        }
        (Body::Xml { payload, .. }, None) => lines.push(format!("{} so far", amounts("XML", payload))),
        (Body::Http { head, body, .. }, _) => {
            let place = model.console.place_of(row).unwrap_or_default();
            let over = if place.starts_with("https:") { "under TLS" } else { "in clear" };
            let sizes: Vec<String> = [("head", head), ("body", body)]
                .into_iter()
                .filter(|(_, payload)| payload.wire_len() > 0)
                .map(|(name, payload)| amounts(name, payload))
                .collect();
            let way = if row.mark == Mark::Out { "sent" } else { "received" };
            lines.push(format!("{way} {over}: {}", sizes.join("; ")));
        }
        _ => {}
    }
    lines.iter().map(|line| Line::words(line, Ink::Muted)).collect()
}

/// `#58 · 2026-01-15 02:14:11.215 UTC · operation 10 · imp1.example.test:5222`
fn where_and_when(model: &Model, row: &Row) -> String {
    let utc = format!("{} {} UTC", day(row.wall.0.div_euclid(1000)), wide_time(row.wall, 0));
    let here = match model.setup.ahead_of_utc {
        0 => String::new(),
        ahead => format!("{} here, ", wide_time(row.wall, ahead)),
    };
    let place = model.console.place_of(row).map_or_else(String::new, |place| format!(" · {}", visible(place)));
    format!("#{} · {here}{utc} · operation {}{place}", row.n.0, row.op.0)
}

/// `97 bytes of XML, 24 of them masked (PLAIN)`
fn amounts(what: &str, payload: &Payload) -> String {
    let masked = payload.cut_len();
    let mut kinds: Vec<&str> = payload.cuts().iter().map(|cut| cut.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let all = format!("{} of {what}", bytes(payload.wire_len() as u64));
    if kinds.is_empty() { all } else { format!("{all}, {masked} of them masked ({})", visible(&kinds.join(", "))) }
}

fn bytes(count: u64) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}

fn on_the_wire(row: &Row, payload: &Payload, passed: &Passed) -> String {
    let over = if passed.secure { "under TLS" } else { "in clear" };
    let (from, to, len) = (passed.wire.from, passed.wire.to, passed.wire.len());
    let xml = amounts("XML", payload);
    match row.mark {
        Mark::Out => format!("sent {over}: {xml}; bytes {from} to {to} of TCP ({len})"),
        // What else came in the same read is among them.
        _ => format!("received {over}: {xml}; whole with byte {to} of TCP, {len} after the frame before"),
    }
}

fn acked(model: &Model, passed: &Passed) -> Option<String> {
    Some(match passed.acked.as_ref()? {
        Acked::NotShown => "not yet shown as acknowledged".to_owned(),
        Acked::By(n, wall) => {
            let time = wide_time(*wall, model.setup.ahead_of_utc);
            format!("acknowledged by {time} (#{}), the first snapshot that shows it", n.0)
        }
        Acked::Unknown(why) => format!("whether it was acknowledged is unknown: {}", visible(why)),
    })
}

/// `in 3 reads: 20 bytes 5 ms after #57, 50 bytes 300 ms later, 100 bytes 301 ms later`
fn parts(model: &Model, row: &Row, passed: &Passed) -> String {
    let what = if row.mark == Mark::Out { "write" } else { "read" };
    let parts = &passed.parts;
    if parts.is_whole() {
        return format!("in one {what}");
    }
    let mut before = parts.first.first().and_then(|part| entry_before(model, row, part));
    let mut told = Vec::new();
    for part in &parts.first {
        let after = match before {
            Some((Some(n), at)) => format!(" {} after #{}", took(part.at, at), n.0),
            Some((None, at)) => format!(" {} later", took(part.at, at)),
            None => String::new(),
        };
        told.push(format!("{}{after}", bytes(part.bytes)));
        before = Some((None, part.at));
    }
    let more = parts.count.saturating_sub(parts.first.len() as u64);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    format!("in {} {what}s: {}", parts.count, told.join(", "))
}

/// The entry of the same login that stood there when a part passed.
fn entry_before(model: &Model, row: &Row, part: &Part) -> Option<(Option<EntryNo>, Offset)> {
    let rows = model.console.rows();
    let places = model.console.of_op(model.console.root_of(row)?);
    let own = places.partition_point(|at| rows.get(*at).is_some_and(|other| other.n < row.n));
    let earlier = places[..own].iter().rev().filter_map(|at| rows.get(*at)).take(100);
    let mut earlier = earlier.filter(|other| other.at <= part.at);
    earlier.next().map(|other| (Some(other.n), other.at))
}

fn took(at: Offset, before: Offset) -> String {
    let us = at.0.saturating_sub(before.0);
    format!("{}.{} ms", us / 1000, us % 1000 / 100)
}

/// What a silence that an entry tells of means.
fn of_silence(model: &Model, n: EntryNo) -> Vec<Line> {
    let silences = model.progress.logins().iter().flat_map(|login| &login.silences);
    silences.into_iter().find(|silence| silence.n == n).map(meaning).unwrap_or_default()
}

/// What a silence's kind means.
fn meaning(silence: &Silence) -> Vec<Line> {
    let plain = |text: &str| Line::words(text, Ink::Plain);
    let mut lines = match silence.kind {
        SilenceKind::Acked => why_alike().map(plain).to_vec(),
        SilenceKind::Unacked => {
            vec![plain("The bytes are not acknowledged: the path (firewall, loss) or a host that is down.")]
        }
        SilenceKind::WindowClosed => vec![plain(
            "The peer's receive window is closed: its process has stopped reading and its buffers are full. That takes \
             far more than a login's bytes.",
        )],
        SilenceKind::Unknown => {
            vec![plain("No view of the kernel: whether the bytes were acknowledged is not known and not guessed.")]
        }
    };
    if let Some((n, _)) = silence.answered {
        lines.push(Line::words(&format!("The answer came late, at #{}.", n.0), Ink::Warn));
    }
    lines
}

/// The explanation of an entry.
pub(super) fn explained(model: &Model, n: EntryNo, width: usize) -> Vec<Runs> {
    let Some(row) = model.console.row(n) else { return Vec::new() };
    let mut lines = Vec::new();
    // A declaration stands before the stream header and says nothing.
    let first = row.lines(false).into_iter().find(|line| !line.text().starts_with("<?xml"));
    if let Some(first) = first.or_else(|| row.lines(false).into_iter().next()) {
        let time = wide_time(row.wall, model.setup.ahead_of_utc);
        let mut runs = vec![
            run(format!("#{} {time} ", n.0), Role::Muted),
            run(format!("{} ", row.mark.text()), Role::Mark(row.mark)),
        ];
        let room = width.saturating_sub(super::pen::columns(&runs));
        runs.push(run(super::pen::shortened(&first.text(), room), Role::Text));
        lines.push(runs);
    }
    for (heading, words) in crate::console::explain(&model.console, n, model.now) {
        lines.push(vec![run(heading, Role::Title)]);
        let indented: Vec<Line> = words.into_iter().map(|line| Line { indent: 2, ..line }).collect();
        lines.extend(laid(&indented, width));
    }
    let found = model.verdicts.list.iter().filter(|shown| shown.finding.evidence.contains(&n));
    let found: Vec<Line> = found
        .map(|shown| Line { indent: 2, ..Line::words(&format!("{}: F", shown.finding.code.name()), Ink::Plain) })
        .collect();
    if !found.is_empty() {
        lines.push(vec![run("Evidence of", Role::Title)]);
        lines.extend(laid(&found, width));
    }
    lines
}
