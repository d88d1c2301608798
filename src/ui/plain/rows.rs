//! The console's rows as lines: `sent #57 imp1: <auth …>`.

use super::{Plain, Talk};
use crate::console::{Kind, Mark, Row, visible};
use crate::discovery::first_label;
use crate::journal::Wall;
use crate::ui::model::Model;

/// So many rows are said at once; of a flood the rest is counted.
const AT_ONCE: usize = 40;
/// A row that is said by itself is no longer than this, in characters; `show` has all of it.
const LONGEST: usize = 400;

impl Plain {
    /// The rows that came since the last time.
    pub(super) fn rows(&mut self, model: &Model) -> Vec<String> {
        let rows = model.console.rows();
        let shown = model.console_key();
        let (mut lines, mut passed) = (Vec::new(), Vec::new());
        let filter = !model.sight.filter().is_empty();
        for (at, row) in rows.iter().enumerate().skip(self.rows) {
            if filter && model.sight.rows().binary_search(&at).is_err() {
                continue;
            }
            let place = model.console.place_of(row).unwrap_or_default();
            let before = self.last.insert(place.to_owned(), row.wall);
            if !self.says(row, place == shown && is_of_login(model, row)) {
                continue;
            }
            match lines.len() < AT_ONCE {
                true => lines.push(line(model, row, place, before)),
                false => passed.push(row.n.0),
            }
        }
        self.rows = rows.len();
        if let (Some(first), Some(last)) = (passed.first(), passed.last()) {
            let count = passed.len();
            lines.push(format!("passed over: {count} more rows, #{first} to #{last}; show N prints one of them"));
        }
        lines
    }

    fn says(&self, row: &Row, of_shown: bool) -> bool {
        match self.talk {
            Talk::Verbose => true,
            // What the kernel knows stands in the silence's own line.
            Talk::Usual => of_shown && row.kind != Kind::Kernel,
            Talk::Quiet => of_shown && (row.mark == Mark::Bang || row.kind == Kind::Wait),
        }
    }

    /// Whether the last rows were more than could be said.
    pub(super) fn is_flooded(lines: &[String]) -> bool {
        lines.len() > AT_ONCE
    }
}

/// Whether a row is not another login's than the shown one: a control experiment's stand in the same place.
fn is_of_login(model: &Model, row: &Row) -> bool {
    let login = model.console.root_of(row).and_then(|root| model.progress.login(root));
    login.is_none_or(|login| Some(login.op) == model.shown_login())
}

/// `received #58 imp1 after 4 ms: <success/>`
pub(super) fn line(model: &Model, row: &Row, place: &str, before: Option<Wall>) -> String {
    let label = match (row.mark, row.kind) {
        (Mark::Out, _) => "sent",
        (Mark::In, _) => "received",
        (Mark::Bang, Kind::Wait) => "silent",
        (Mark::Bang, _) => "broken",
        (Mark::Event, Kind::Wait) => "slow",
        (Mark::Event, Kind::Kernel) => "kernel",
        (Mark::Event, _) => "event",
    };
    let waited = before
        .filter(|_| row.mark == Mark::In)
        .map_or_else(String::new, |before| format!(" after {}", span(row.wall.0.saturating_sub(before.0))));
    let text = row.text();
    // A slow answer's row says so itself.
    let text = text.strip_prefix(label).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&text);
    format!("{label} #{}{}{waited}: {}", row.n.0, whose(model, row, place), short(text))
}

/// ` imp1`: the node of a login, else the place's own name.
fn whose(model: &Model, row: &Row, place: &str) -> String {
    let login = model.console.root_of(row).and_then(|root| model.progress.login(root));
    match (login, place) {
        (Some(login), _) => format!(" {}", visible(first_label(&login.ask.host))),
        (None, "") => String::new(),
        (None, place) => format!(" {}", visible(place.trim_start_matches("dns:").trim_start_matches("https://"))),
    }
}

/// A duration in words: `4 ms`, `12.5 s`.
pub(super) fn span(ms: i64) -> String {
    match ms {
        ..1000 => format!("{} ms", ms.max(0)),
        _ => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
    }
}

/// As much of a text as is said by itself.
fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} … (show prints all of it)", &text[..end]),
        None => text.to_owned(),
    }
}
