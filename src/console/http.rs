//! HTTP in words and as it passed: requests, heads, bodies, waits, and the gate that lets no credential pass.

use std::ops::Range;

use super::ink::{Ink, Line, Piece};
use super::masked::Masked;
use super::row::{Kind, Mark};
use super::words::Said;
use super::xml;
use crate::journal::{BodyEnd, HttpAsk, HttpHead, Payload, QuietMark};
use crate::protocol::document;

/// Of a body that is no XML so many bytes are shown; the recording has what was kept of it.
const TEXT_SHOWN: usize = 4096;

/// How far a request has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// It began.
    #[default]
    Begun,
    /// It connects.
    Connect,
    /// It shakes hands.
    Handshake,
    /// It was sent.
    Sent,
    /// The head of its answer came.
    Head,
}

/// `UDS version: https://cucm1.example.test:8443/cucm-uds/version, to be had at 10.1.1.10`
pub(super) fn ask(ask: &HttpAsk) -> Said {
    let at = if ask.addresses.is_empty() { String::new() } else { format!(" at {}", ask.addresses.join(", ")) };
    let about = if ask.about.is_empty() { String::new() } else { format!(" {}", ask.about) };
    let version = if ask.version.is_empty() { String::new() } else { format!(" (version {})", ask.version) };
    said(Mark::Event, Kind::Http, &format!("{}{about}{version}: {}{at}", ask.what.words(), ask.url), Ink::Plain)
}

fn said(mark: Mark, kind: Kind, text: &str, ink: Ink) -> Said {
    (mark, kind, vec![Line::words(text, ink)])
}

/// A wait that crossed a mark: what did not come, and since when nothing did.
pub(super) fn quiet(ask: Option<&HttpAsk>, phase: Phase, mark: QuietMark, waited_ms: u64) -> Said {
    let what = ask.map_or("the request", |ask| ask.what.words());
    let place = ask.map_or_else(|| "the server".to_owned(), HttpAsk::place);
    let (nothing, since) = match phase {
        Phase::Begun => (format!("nothing of {what} from {place}"), "it began"),
        Phase::Connect => (format!("{what}: no TCP connection to {place}"), "the connect began"),
        Phase::Handshake => (format!("{what}: no end of the TLS handshake with {place}"), "it began"),
        Phase::Sent => (format!("no answer to {what} from {place}"), "the request was sent"),
        Phase::Head => (format!("no more of the answer to {what} from {place}"), "the last of it came"),
    };
    let seconds = format!("{}.{} s", waited_ms / 1000, waited_ms % 1000 / 100);
    match mark {
        QuietMark::Slow => {
            said(Mark::Event, Kind::Wait, &format!("slow: {nothing} in {seconds} since {since}"), Ink::Warn)
        }
        QuietMark::Silent => {
            said(Mark::Bang, Kind::Wait, &format!("{nothing} for {seconds} since {since}"), Ink::Bad)
        }
    }
}

/// What the trust gate held back.
pub(super) struct Held<'a> {
    /// Why.
    pub(super) why: &'a str,
    /// What to accept.
    pub(super) fingerprint: Option<&'a str>,
    /// What failed.
    pub(super) failed: &'a [String],
    /// What would be sent.
    pub(super) would_send: &'a str,
}

/// Why no credential crosses, to be read behind "and" or a colon.
pub(super) fn why_held(why: &str) -> &str {
    match why {
        "untrusted" => "the certificate is not trusted",
        "clear" => "the connection is not encrypted",
        "key not proven" => "the server did not prove that it holds the certificate's key",
        "attempts" => "no attempt with the password is left",
        "no credential" => "the credential is not at hand",
        other => other,
    }
}

/// The gate is shut: nothing was sent, why, and what to accept.
pub(super) fn gate(ask: Option<&HttpAsk>, held: &Held<'_>) -> Said {
    let to = ask.map_or(String::new(), |ask| format!(" to {}", ask.place()));
    let mut said = vec![(format!("nothing was sent{to}: {}", why_held(held.why)), Ink::Bad)];
    if !held.failed.is_empty() {
        said.push((format!("failed: {}", held.failed.join(", ")), Ink::Warn));
    }
    if !held.would_send.is_empty() {
        said.push((format!("would be sent: {}", held.would_send), Ink::Plain));
    }
    said.extend(held.fingerprint.map(|fingerprint| (format!("to accept: {fingerprint}"), Ink::Plain)));
    (Mark::Bang, Kind::Http, Line::sentence(&said))
}

/// What a body's row says of its end, and whether that is a breakage.
pub(super) fn end(payload: &Payload, bytes: u64, end: BodyEnd) -> (Mark, String) {
    let came = amount(bytes);
    let (mark, mut note) = match end {
        BodyEnd::Complete if bytes == 0 => (Mark::In, "an empty body".to_owned()),
        BodyEnd::Complete => (Mark::In, String::new()),
        BodyEnd::Bound => (Mark::Bang, format!("bound met after {came}: it was read no further")),
        BodyEnd::Broken => (Mark::Bang, format!("the connection broke after {came} of the body")),
        BodyEnd::TimedOut => (Mark::Bang, format!("no more of the body came in time, after {came}")),
    };
    let kept = payload.wire_len() as u64;
    if kept < bytes {
        note = format!(
            "{note}{}the first {} of {came} were kept",
            if note.is_empty() { "" } else { "; " },
            amount(kept)
        );
    }
    (mark, note)
}

/// `1 MiB`, `205 bytes`
fn amount(bytes: u64) -> String {
    const UNITS: [(u64, &str); 2] = [(1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None if bytes == 1 => "1 byte".to_owned(),
        None => format!("{bytes} bytes"),
    }
}

/// The mark and the note of an answer's head.
pub(super) fn head_note(head: &HttpHead) -> String {
    head.location.as_ref().map_or(String::new(), |to| format!("it leads to {to}"))
}

/// Request line or status line, and headers. With the `url` of a request, its first line says it all; `raw`: the lines
/// as they passed.
pub(super) fn head(payload: &Payload, url: &str, raw: bool) -> Vec<Line> {
    let masked = Masked::new(payload);
    let mut lines = Vec::new();
    for (number, line) in masked.lines().into_iter().enumerate() {
        if line.is_empty() && !masked.at.contains(&line.start) {
            continue;
        }
        lines.push(match number {
            0 => first_line(&masked, line, if raw { "" } else { url }),
            _ => header(&masked, line, if raw { 0 } else { 2 }),
        });
    }
    lines
}

/// The whole address instead of the path: the row may stand beside those of other hosts.
fn first_line(masked: &Masked<'_>, line: Range<usize>, url: &str) -> Line {
    let text = &masked.text[line.clone()];
    let has_secret = masked.at.iter().any(|at| line.contains(at));
    match text.split_once(' ') {
        Some((method, _)) if !url.is_empty() && !has_secret => {
            let mut shown = Line::words(method, Ink::Name);
            shown.pieces.push(Piece::breaking(&format!(" {url}"), Ink::Plain));
            shown
        }
        _ => Line { indent: 0, pieces: masked.pieces(line, true, Ink::Name) },
    }
}

fn header(masked: &Masked<'_>, line: Range<usize>, indent: usize) -> Line {
    let text = &masked.text[line.clone()];
    let colon = text.find(':').map(|colon| line.start + colon + 1);
    let pieces = match colon {
        Some(colon) => {
            let mut pieces = masked.pieces(line.start..colon, false, Ink::Attr);
            let value = masked.pieces(colon..line.end, true, Ink::Value);
            pieces.extend(value.into_iter().map(|mut piece| {
                piece.let_break();
                piece
            }));
            pieces
        }
        None => masked.pieces(line, true, Ink::Value),
    };
    Line { indent, pieces }
}

/// A body: XML as in a stream, everything else as text, of which only the beginning is shown.
pub(super) fn body(payload: &Payload, raw: bool) -> Vec<Line> {
    let masked = Masked::new(payload);
    if masked.text.is_empty() && masked.at.is_empty() {
        return Vec::new();
    }
    if is_xml(&masked.text) {
        return if raw { xml::raw(payload) } else { xml::pretty(payload) };
    }
    let shown = (0..=TEXT_SHOWN.min(masked.text.len())).rev().find(|end| masked.text.is_char_boundary(*end));
    let shown = shown.unwrap_or(0);
    let mut lines = Vec::new();
    for line in masked.lines().into_iter().take_while(|line| line.start <= shown) {
        let line = line.start..line.end.min(shown);
        if line.is_empty() && !masked.at.contains(&line.start) {
            continue;
        }
        let mut pieces = masked.pieces(line, true, Ink::Text);
        pieces.iter_mut().for_each(Piece::let_break);
        lines.push(Line { indent: 0, pieces });
    }
    if shown < masked.text.len() {
        let rest = amount((masked.text.len() - shown) as u64);
        lines.push(Line::words(&format!("[{rest} more: no XML, and not shown]"), Ink::Warn));
    }
    lines
}

fn is_xml(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    (text.starts_with('<') || text.is_empty()) && !document::is_page(text)
}
