//! What the user does with the rows of the console: Enable, Dump Ringbuf and Clear as in PSI, freeze, marks, a range.
//! All of it is the user's state: none of it is an entry, and none of it loses a row.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::action::{ActionName, Effect, RowsAct};
use super::model::Model;
use crate::journal::EntryNo;

/// What the user has done with the rows.
#[derive(Debug, Default)]
pub struct Hands {
    /// The marked rows.
    pub marks: BTreeSet<EntryNo>,
    /// Where a range began, and in which place.
    begun: Option<(String, EntryNo)>,
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
    }
    Vec::new()
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

/// What is in the ring and not in the view, and how to see it.
pub(super) fn held_back(model: &Model) -> String {
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
