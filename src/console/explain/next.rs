//! Whether what must come next came.

use super::super::fold::Console;
use super::super::ink::Ink;
use super::super::row::{Body, Mark, Row};
use super::stanza::Beginning;
use super::table::{is_within, words};
use crate::journal::{EntryNo, Offset};

/// So many rows behind the row are looked at: what answers something stands close behind it, and a screen that is drawn
/// while a flood comes has no time for all of them.
const LOOKED_AT: usize = 2000;

/// What comes in place of what must, where it is not that itself.
const INSTEAD: [&str; 10] = [
    "in.error",
    "in.refused",
    "in.close",
    "in.starttls_failure",
    "in.challenge",
    "in.success",
    "in.failure",
    "in.iq.error",
    "sm.failed",
    "http.head",
];
/// Behind these nothing comes any more.
const ENDS: [&str; 9] = [
    "net.closed",
    "run.complete",
    "run.answered",
    "run.watched",
    "run.looked",
    "run.ended",
    "http.end",
    "dns.end",
    "dns.unreachable",
];

/// What became of what must come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It came, in this row, so many microseconds later.
    Came(EntryNo, u64),
    /// Something else came in its place.
    Instead(EntryNo, u64),
    /// It did not: this row ended everything first.
    Ended(EntryNo, u64),
    /// It has not come for so long.
    Open(u64),
    /// It is not among so many rows behind it.
    Far,
}

impl Next {
    pub(super) fn words(self) -> (String, Ink) {
        match self {
            Next::Came(n, us) => (format!("came at #{} after {}", n.0, took(us)), Ink::Good),
            Next::Instead(n, us) => (format!("#{} came instead, after {}", n.0, took(us)), Ink::Bad),
            Next::Ended(n, us) => (format!("did not come: #{} ended it after {}", n.0, took(us)), Ink::Bad),
            Next::Open(us) => (format!("has not come: {}", took(us)), Ink::Warn),
            Next::Far => (format!("is not among the {LOOKED_AT} rows behind this one"), Ink::Muted),
        }
    }
}

/// `412 µs`, `4 ms`, `12.3 s`
pub(super) fn took(us: u64) -> String {
    match us {
        0..1000 => "less than 1 ms".to_owned(),
        1000..1_000_000 => format!("{} ms", us / 1000),
        _ => format!("{}.{} s", us / 1_000_000, us % 1_000_000 / 100_000),
    }
}

/// Looks for the first row of the same login, question or request that is one of `answers`.
pub(super) fn next(console: &Console, row: &Row, answers: &[String], now: Offset) -> Next {
    let open = Next::Open(now.0.saturating_sub(row.at.0));
    let Some(root) = console.root_of(row) else { return open };
    let places = console.of_op(root);
    let rows = console.rows();
    let number = |place: &usize| rows.get(*place).map(|other| other.n);
    let first = places.partition_point(|place| number(place).is_some_and(|n| n <= row.n));
    let behind = places[first..].iter().filter_map(|place| rows.get(*place));
    let id = id_of(row);
    for (count, other) in behind.enumerate() {
        if count == LOOKED_AT {
            return Next::Far;
        }
        let after = other.at.0.saturating_sub(row.at.0);
        if answers.iter().any(|answer| is_within(other.topic.id, answer)) && belongs(id.as_deref(), other) {
            return Next::Came(other.n, after);
        }
        if is_among(other, &INSTEAD)
            && (id.is_some() || !is_within(other.topic.id, "in.iq.error"))
            && belongs(id.as_deref(), other)
        {
            return Next::Instead(other.n, after);
        }
        // Each attempt to connect has an end of its own; what it was made for goes on.
        if is_among(other, &ENDS) || (other.op == row.op && is_within(other.topic.id, "end")) {
            return Next::Ended(other.n, after);
        }
    }
    open
}

/// So many rows before the row are looked at for what it answers.
const LOOKED_BACK: usize = 200;

/// What of ours a row of the other side answers: the newest one before it, of the same login, question or request, that
/// this must follow; and how many microseconds it took.
pub(super) fn answered(console: &Console, row: &Row) -> Option<(EntryNo, u64)> {
    if row.mark != Mark::In {
        return None;
    }
    let places = console.of_op(console.root_of(row)?);
    let rows = console.rows();
    let own = places.partition_point(|place| rows.get(*place).is_some_and(|other| other.n < row.n));
    let before = places[..own].iter().rev().take(LOOKED_BACK).filter_map(|place| rows.get(*place));
    let asks = |other: &&Row| {
        let answers = words(other.topic.id).map_or(&[][..], |(_, words)| words.answer.as_slice());
        // What anything answers says nothing of this row.
        let is_one = answers.iter().any(|answer| answer != "in" && is_within(row.topic.id, answer));
        other.mark == Mark::Out && is_one && belongs(id_of(other).as_deref(), row)
    };
    let asked = before.into_iter().find(asks)?;
    Some((asked.n, row.at.0.saturating_sub(asked.at.0)))
}

fn is_among(row: &Row, ids: &[&str]) -> bool {
    ids.iter().any(|id| is_within(row.topic.id, id))
}

/// An answer to an `<iq>` is the one with its id.
fn belongs(id: Option<&str>, other: &Row) -> bool {
    let is_answer = is_within(other.topic.id, "in.iq") || other.topic.id == "in.bound";
    !is_answer || id.is_none() || id == id_of(other).as_deref()
}

fn id_of(row: &Row) -> Option<String> {
    let Body::Xml { payload, .. } = &row.body else { return None };
    let text = Beginning::of(payload);
    if text.name() != "iq" {
        return None;
    }
    text.attribute("id").map(str::to_owned)
}
