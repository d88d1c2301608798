//! A row's lines without what tells the length of a secret: the size of the stanza that carried it, the bytes on the
//! wire up to it, `Content-Length`.

use super::super::fold::Console;
use super::super::ink::{Ink, Line};
use super::super::row::{Body, Kind, Mark, Row};
use super::super::silence;
use crate::journal::{AwaitedReply, KernelView, Payload, Span};

/// What a row says, and of which stanza.
pub(super) struct Told<'a> {
    stanza: Option<&'a Row>,
    /// How long the secrets in that stanza are.
    cut: u64,
    /// Whether the row's login or request carried a secret.
    secret: bool,
    all_acked: bool,
}

impl<'a> Told<'a> {
    pub(super) fn of(console: &'a Console, row: &Row) -> Self {
        let of_op = console.root_of(row).map_or([].as_slice(), |root| console.of_op(root));
        let rows = || of_op.iter().filter_map(|at| console.rows().get(*at));
        let figures = matches!(row.body, Body::Quiet { .. } | Body::Kernel { .. } | Body::Http { .. });
        let secret = figures && rows().any(|row| secrets(&row.body) > 0);
        let reply = match &row.body {
            Body::Quiet { reply, .. } => reply.as_ref(),
            _ => None,
        };
        let is_before = |other: &&Row| other.n < row.n && other.mark == Mark::Out;
        let stanza = reply.and_then(|_| rows().rfind(is_before));
        let cut = stanza.map_or(0, |stanza| secrets(&stanza.body));
        let acked = |view: &KernelView| reply.is_some_and(|reply| reply.written && view.acked >= reply.wire.to);
        let all_acked = matches!(&row.body, Body::Quiet { view: Some(Ok(view)), .. } if acked(view));
        Self { stanza, cut, secret, all_acked }
    }

    /// The stanza to which no answer came.
    pub(super) fn stanza(&self) -> Option<&'a Row> {
        self.stanza
    }

    /// Whether figures were changed.
    pub(super) fn leaves_out(&self) -> bool {
        self.cut > 0
    }

    /// Whether the kernel says that the peer has the whole stanza.
    pub(super) fn all_acked(&self) -> bool {
        self.all_acked
    }

    pub(super) fn lines(&self, row: &Row, raw: bool) -> Vec<Line> {
        match &row.body {
            Body::Quiet { awaited, reply: Some(reply), waited_ms, view, before } if self.cut > 0 => {
                let body = Body::Quiet {
                    awaited: *awaited,
                    reply: Some(self.reply(reply)),
                    waited_ms: *waited_ms,
                    view: view.clone().map(|view| view.map(|view| self.view(&view, reply.wire))),
                    before: *before,
                };
                Row { body, ..row.clone() }.lines(raw)
            }
            Body::Kernel { view, same_for_ms, sent } if self.secret => {
                vec![Line::words(&silence::kernel_in_words(view, *same_for_ms, *sent), Ink::Muted)]
            }
            Body::Http { url, head, body, note } if self.secret => {
                let note = if secrets(&row.body) > 0 { without_figures(note) } else { note.clone() };
                let body = Body::Http { url: url.clone(), head: head.clone(), body: body.clone(), note };
                Row { body, ..row.clone() }.lines(raw).into_iter().map(without_length).collect()
            }
            Body::Xml { payload, note } if secrets(&row.body) > 0 => {
                let body = Body::Xml { payload: payload.clone(), note: without_figures(note) };
                Row { body, ..row.clone() }.lines(raw)
            }
            Body::Words(lines) if row.kind == Kind::Stream && row.mark == Mark::Bang => {
                lines.iter().map(not_handed_on).collect()
            }
            _ => row.lines(raw),
        }
    }

    fn reply(&self, reply: &AwaitedReply) -> AwaitedReply {
        let cut = |bytes: u64| bytes.saturating_sub(self.cut);
        let wire = Span { from: reply.wire.from, to: reply.wire.from + cut(reply.wire.len()) };
        AwaitedReply { xml_bytes: cut(reply.xml_bytes), wire, ..reply.clone() }
    }

    /// The kernel's view, where the secret counts as nothing. What was acknowledged in part stays in proportion.
    fn view(&self, view: &KernelView, wire: Span) -> KernelView {
        let whole = wire.len().max(1);
        let part = |bytes: u64| {
            let left =
                u128::from(bytes.min(whole)) * u128::from(whole.saturating_sub(self.cut)) / u128::from(whole);
            u64::try_from(left).unwrap_or(whole)
        };
        let inside = view.acked.saturating_sub(wire.from);
        let acked = view.acked.min(wire.from) + part(inside);
        // What is not sent is the end of what was written; that something is not must stay.
        let not_sent = view.not_sent.map(|bytes| part(bytes).max(bytes.min(1)));
        KernelView { acked, not_sent, ..*view }
    }
}

/// How long the secrets of a row are.
fn secrets(body: &Body) -> u64 {
    let of = |payload: &Payload| payload.cut_len() as u64;
    match body {
        Body::Xml { payload, .. } => of(payload),
        Body::Http { body, .. } => of(body),
        _ => 0,
    }
}

/// `still open` of `still open, 57 bytes so far`
fn without_figures(note: &str) -> String {
    let parts = note.split_inclusive([',', ';']);
    let kept: String = parts.take_while(|part| !part.contains(|c: char| c.is_ascii_digit())).collect();
    kept.trim_end_matches([',', ';', ' ']).to_owned()
}

/// A header line, unless it tells the length of a body with a secret.
fn without_length(line: Line) -> Line {
    let text = line.text();
    match text.split_once(':') {
        Some((name, _)) if name.eq_ignore_ascii_case("content-length") => {
            let said = format!("{name}: [left out: a secret counts in it]");
            Line { indent: line.indent, ..Line::words(&said, Ink::Value) }
        }
        _ => line,
    }
}

/// `auth: not all of it had been handed on` of `auth: 50 of 96 bytes of XML had been handed on`
fn not_handed_on(line: &Line) -> Line {
    let text = line.text();
    match text.split_once(": ").filter(|_| text.ends_with(HANDED_ON)) {
        Some((what, _)) => Line::words(&format!("{what}: not all of it had been handed on"), Ink::Bad),
        None => line.clone(),
    }
}

/// How the words end that say how much of a stanza was written.
pub(in crate::console) const HANDED_ON: &str = "bytes of XML had been handed on";
