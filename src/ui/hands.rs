//! What the user does with the rows of the console: Enable, Dump Ringbuf and Clear as in PSI, freeze, marks, folds, a
//! range, copies. All of it is the user's state: none of it is an entry, and none of it loses a row.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::action::{ActionName, RowsAct};
use super::effect::{Copied, Effect, Local};
use super::geometry::{self, Pane};
use super::laid_rows::Way;
use super::model::Model;
use super::popup::{Popup, Sheet};
use crate::console::{Console, Fold, Laid, Mark, Row, copied, has_long, visible, wrap};
use crate::journal::{Entry, EntryNo};

/// What the user has done with the rows.
#[derive(Debug, Default)]
pub struct Hands {
    /// The marked rows.
    pub marks: BTreeSet<EntryNo>,
    /// How far rows are folded; the others are whole.
    pub folds: BTreeMap<EntryNo, Fold>,
    /// Where a range began, and in which place.
    begun: Option<(String, EntryNo)>,
}

/// More rows than this take longer to be written than a key may.
const FEW: usize = 1000;

/// How rows are written.
#[derive(Debug, Clone, Copy)]
struct Form {
    as_psi: bool,
    raw: bool,
    ahead_of_utc: i32,
}

impl Form {
    fn of(model: &Model, as_psi: bool) -> Self {
        Self { as_psi, raw: model.raw, ahead_of_utc: model.setup.ahead_of_utc }
    }

    fn text(self, console: &Console, rows: &[&Row], before: Option<&Row>) -> String {
        match self.as_psi {
            true => copied::psi(console, rows, self.ahead_of_utc),
            false => copied::ticket(console, rows, before, self.raw),
        }
    }
}

/// Many rows to be copied: they are written beside the screen.
#[derive(Debug, Clone)]
pub struct LongCopy {
    /// What they are.
    pub what: Copied,
    rows: Vec<EntryNo>,
    before: Option<EntryNo>,
    form: Form,
    /// How many entries had been shown: what came later may have changed a row.
    entries: usize,
}

impl LongCopy {
    /// What is done, while it is done.
    pub fn words(&self) -> String {
        format!("copying {} rows …", self.rows.len())
    }

    /// Those of the run's entries that it is written from.
    pub fn wanted<'e>(&self, entries: &'e [Entry]) -> &'e [Entry] {
        &entries[..self.entries.min(entries.len())]
    }

    /// Its text, from those entries. This takes its time.
    pub fn text(&self, entries: &[Entry]) -> String {
        let console = Console::of(entries);
        let rows: Vec<&Row> = self.rows.iter().filter_map(|n| console.row(*n)).collect();
        self.form.text(&console, &rows, self.before.and_then(|n| console.row(n)))
    }
}

/// Carries out an act on the rows.
pub(super) fn act(model: &mut Model, act: RowsAct) -> Vec<Effect> {
    model.touch();
    match act {
        RowsAct::Enable => enable(model),
        RowsAct::DumpRing => dump(model),
        RowsAct::Clear => model.sight.clear(&model.console),
        RowsAct::Freeze => drop(model.sight.freeze(&model.console)),
        RowsAct::Mark => mark(model),
        RowsAct::NextMark => next_mark(model),
        RowsAct::Range if model.range().is_some() => model.hands.begun = None,
        RowsAct::Range => begin_range(model),
        RowsAct::EndRange => model.hands.begun = None,
        RowsAct::Fold => fold(model),
        RowsAct::Copy => return copy(model, false),
        RowsAct::CopyPsi => return copy(model, true),
        RowsAct::CopyView => return copy_view(model),
    }
    Vec::new()
}

/// Whether an act means something now: over the panes only an entry that is open can be copied.
pub(super) fn valid(model: &Model, act: RowsAct) -> bool {
    match model.popups.last() {
        None => true,
        Some(Popup::Sheet(Sheet::Entry(_), _)) => matches!(act, RowsAct::Copy | RowsAct::CopyPsi),
        Some(_) => false,
    }
}

/// Copies the entry that is open, else the range, else the selected row, else the newest.
fn copy(model: &mut Model, as_psi: bool) -> Vec<Effect> {
    let open = match model.popups.last() {
        Some(Popup::Sheet(Sheet::Entry(n), _)) => Some(*n),
        _ => None,
    };
    let range = model.range().filter(|_| open.is_none());
    let is_range = range.is_some();
    let one = || open.or_else(|| model.console_choice()).map(|n| n..=n);
    let Some(range) = range.or_else(one) else {
        model.notice("there is no row to copy".to_owned());
        return Vec::new();
    };
    let (before, mut rows) = model.rows_between(&range);
    // What is open may be an entry that the console does not show here.
    rows.extend(open.and_then(|n| model.console.row(n)).filter(|_| rows.is_empty()));
    let what = match rows.first().map(|row| row.mark) {
        _ if is_range => Copied::Range,
        Some(Mark::Bang) => Copied::Silence,
        Some(Mark::Event) => Copied::Event,
        _ => Copied::Stanza,
    };
    vec![copying(model, what, &rows, before, as_psi)]
}

fn copy_view(model: &mut Model) -> Vec<Effect> {
    let (_, rows) = model.rows_between(&(EntryNo(0)..=EntryNo(u64::MAX)));
    if rows.is_empty() {
        model.notice("there is no row to copy".to_owned());
        return Vec::new();
    }
    vec![copying(model, Copied::View, &rows, None, false)]
}

fn copying(model: &Model, what: Copied, rows: &[&Row], before: Option<&Row>, as_psi: bool) -> Effect {
    let form = Form::of(model, as_psi);
    if rows.len() > FEW {
        let (rows, before) = (rows.iter().map(|row| row.n).collect(), before.map(|row| row.n));
        return Effect::Local(Local::CopyLong(LongCopy { what, rows, before, form, entries: model.applied }));
    }
    let mut text = form.text(&model.console, rows, before);
    if let ([row], false) = (rows, as_psi) {
        text.extend(around_silence(model, row));
    }
    Effect::Local(Local::Copy(what, text))
}

/// What a ticket about a silence needs beside the row: on which connection it was, and how it went on.
fn around_silence(model: &Model, row: &Row) -> Option<String> {
    let login = model.progress.login(row.op)?;
    let silence = login.silences.iter().find(|silence| silence.n == row.n)?;
    let mut lines = String::new();
    if let (Some(local), Some(remote)) = (&login.local, &login.remote) {
        let stream =
            login.stream_id.as_ref().map_or_else(String::new, |id| format!(", stream id {}", visible(id)));
        lines.push_str(&format!("Connection: {local} to {remote}{stream}\n"));
    }
    let until = login.ended.as_ref().map_or(model.now, |ended| ended.at);
    let waited = seconds(silence.waited(until));
    lines.push_str(&match (silence.answered, &login.ended) {
        (Some((n, _)), _) => format!("The answer came at #{}, after {waited}.\n", n.0),
        (None, Some(_)) => format!("Nothing came until the login ended, after {waited}.\n"),
        (None, None) => format!("When this was copied, nothing had come for {waited}.\n"),
    });
    Some(lines)
}

fn seconds(time: std::time::Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}

/// Folds the selected row, else the newest: whole, its long text folded if it has any, one line, whole again.
fn fold(model: &mut Model) {
    let Some(n) = model.console_choice() else { return };
    let Some(row) = model.console.row(n) else { return };
    let lines = row.lines(model.raw);
    let next = match model.hands.folds.get(&n) {
        None if has_long(&lines) => Some(Fold::Long),
        None if wrap(&lines, width(model)).len() < 2 => {
            return model.notice("there is nothing to fold: the row is one line".to_owned());
        }
        None | Some(Fold::Long) => Some(Fold::Line),
        Some(Fold::Line) => None,
    };
    match next {
        Some(fold) => drop(model.hands.folds.insert(n, fold)),
        None => drop(model.hands.folds.remove(&n)),
    }
    model.console_select(n);
    model.anchor_again(n);
}

/// How many columns a row has at least.
fn width(model: &Model) -> usize {
    let area = geometry::inner(geometry::areas(model.size, Pane::Console, model.zoom).console);
    usize::from(area.width).saturating_sub(14)
}

fn enable(model: &mut Model) {
    if !model.sight.enable(&model.console) {
        let key = key(model, ActionName::DumpRing);
        model.notice(format!(
            "Enable off: what passes goes to the ring, from where {key} shows it; silence and breakage (!!) are shown"
        ));
    }
}

fn dump(model: &mut Model) {
    model.look();
    if model.sight.in_ring() == 0 {
        return model.notice("all that is in the ring is shown already".to_owned());
    }
    model.sight.dump(&model.console);
}

/// Sets a mark at the selected row, else at the newest, or takes it away.
fn mark(model: &mut Model) {
    let Some(n) = model.console_choice() else { return };
    if !model.hands.marks.remove(&n) {
        model.hands.marks.insert(n);
    }
}

/// Selects the next marked row that is in sight; behind the last comes the first.
fn next_mark(model: &mut Model) {
    let from = model.viewport().selected.unwrap_or(EntryNo(0));
    let marks = &model.hands.marks;
    let behind = marks.iter().filter(|n| **n > from);
    let next = behind.chain(marks.iter()).find(|n| model.in_sight(**n)).copied();
    match next {
        Some(n) if n == from => model.notice("it is the only marked row in this view".to_owned()),
        Some(n) => model.console_select(n),
        None => {
            let words = if marks.is_empty() { "no row is marked" } else { "no marked row is in this view" };
            let key = key(model, ActionName::Mark);
            model.notice(format!("{words}: {key} marks the selected one"));
        }
    }
}

fn begin_range(model: &mut Model) {
    let Some(n) = model.console_choice() else { return };
    model.console_select(n);
    model.hands.begun = Some((model.console_key(), n));
}

impl Model {
    /// A row as it is folded, at this width.
    pub(super) fn folded(&self, row: &Row, width: usize) -> Arc<[Laid]> {
        let fold = self.hands.folds.get(&row.n).copied();
        self.laid_rows.of(row, Way { raw: self.raw, fold, width })
    }

    /// The range of rows that is selected here, while one is.
    pub(super) fn range(&self) -> Option<RangeInclusive<EntryNo>> {
        let (_, begun) = self.hands.begun.as_ref().filter(|(place, _)| *place == self.console_key())?;
        let end = self.viewport().selected?;
        Some(*begun.min(&end)..=*begun.max(&end))
    }
}

/// Whether an act is not worth a word in the footer now.
pub(super) fn is_idle(model: &Model, does: ActionName) -> bool {
    match does {
        ActionName::Enable => model.sight.enabled(),
        ActionName::DumpRing => model.sight.in_ring() == 0,
        ActionName::Freeze => model.sight.frozen().is_none(),
        _ => false,
    }
}

/// Whether the end is followed, and how much has come that is not in sight.
pub(super) fn how_it_stands(model: &Model) -> String {
    let end = key(model, ActionName::End);
    match (model.sight.frozen(), model.unread()) {
        (Some(new), _) => format!("frozen · +{new} new · {}", key(model, ActionName::Freeze)),
        (None, None) => "follow".to_owned(),
        (None, Some(0)) => format!("held · {end}"),
        (None, Some(new)) => format!("+{new} new · {end}"),
    }
}

/// What is in the ring and not in the view, and how to see it; while a range is selected, what to do with it.
pub(super) fn held_back(model: &Model) -> String {
    if let Some(range) = model.range() {
        let count = model.rows_between(&range).1.len();
        let (copy, end) = (key(model, ActionName::CopyRows), key(model, ActionName::EndRange));
        let rows = if count == 1 { "row" } else { "rows" };
        return format!("{count} {rows} selected · {copy} copies · {end} ends");
    }
    let (enable, dump) = (key(model, ActionName::Enable), key(model, ActionName::DumpRing));
    match (model.sight.enabled(), model.sight.in_ring()) {
        (true, 0) => String::new(),
        (true, count) => format!("{count} in the ring · {dump} shows"),
        (false, 0) => format!("Enable off · nothing in the ring · {enable} on"),
        (false, count) => format!("Enable off · {count} in the ring · {enable} on, {dump} shows"),
    }
}

/// Why the view is empty.
pub(super) fn nothing(model: &Model) -> String {
    let place = if model.node().is_some() { "on this node" } else { "here" };
    match (model.sight.in_ring(), model.sight.frozen()) {
        (0, Some(1..)) => "frozen before anything had passed".to_owned(),
        (0, _) => format!("nothing has passed {place} yet"),
        (1, _) => format!("1 row is in the ring: {} shows it again", key(model, ActionName::DumpRing)),
        (count, _) => {
            format!("{count} rows are in the ring: {} shows them again", key(model, ActionName::DumpRing))
        }
    }
}

fn key(model: &Model, does: ActionName) -> &str {
    model.setup.keys.key_of(does)
}
