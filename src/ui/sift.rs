//! The filter line and the search: both are tried on the rows while they are typed, Enter keeps them, Esc leaves
//! everything as it was. What they hide or find is a matter of [`Sight`](crate::console::Sight).

use super::action::{Action, Motion, PopupAct};
use super::effect::Effect;
use super::geometry::Pane;
use super::line_edit::LineEdit;
use super::model::Model;
use super::popup::Popup;
use crate::console::{Filter, Kind, Pattern};

/// The boxes of PSI's filter row, in its order; behind them stands the JID.
pub(super) const BOXES: [(Kind, &str); 5] = [
    (Kind::Message, "Message"),
    (Kind::Presence, "Presence"),
    (Kind::Iq, "IQ"),
    (Kind::Sm, "SM"),
    (Kind::Stream, "Stream"),
];

/// What the keys are while a search is on.
pub(super) const KEYS: &str = "a search is on: > next hit, < previous hit, Esc ends it";

/// About a search that is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchAct {
    /// To the next row that has it.
    Next,
    /// To the one before.
    Previous,
    /// End the search; the place is kept.
    End,
    /// The key of other programs for the next hit, which here would send something: say what the keys are.
    Keys,
}

/// The filter while it is typed.
pub struct FilterLine {
    pub(super) line: LineEdit,
    before: Filter,
    /// What is wrong with the text, as it stands.
    pub(super) wrong: Option<String>,
    /// The box that has the keys; none: the line has them.
    pub(super) at: Option<usize>,
}

/// What is searched for while it is typed.
pub struct SearchLine {
    pub(super) line: LineEdit,
    before: Option<Pattern>,
    focus: Pane,
    pub(super) wrong: Option<String>,
}

/// Opens the filter line.
pub(super) fn open_filter(model: &mut Model) -> Popup {
    let before = model.sight.filter().clone();
    let text = if before.is_empty() { String::new() } else { format!("{before} ") };
    Popup::Filter(Box::new(FilterLine { line: LineEdit::new(&text), before, wrong: None, at: None }))
}

/// Opens the search's prompt; the console gets the keys.
pub(super) fn open_search(model: &mut Model) -> Popup {
    let before = model.sight.pattern().cloned();
    let focus = std::mem::replace(&mut model.focus, Pane::Console);
    Popup::Search(Box::new(SearchLine { line: LineEdit::new(""), before, focus, wrong: None }))
}

/// Gives an action to the filter line or the search's prompt; none where neither is on top.
pub(super) fn typed(model: &mut Model, action: &Action) -> Option<Vec<Effect>> {
    let is_filter = match model.popups.last() {
        Some(Popup::Filter(_)) => true,
        Some(Popup::Search(_)) => false,
        _ => return None,
    };
    match action {
        Action::Popup(PopupAct::Close) => leave(model),
        Action::Popup(PopupAct::Yes) if is_filter => keep_filter(model),
        Action::Popup(PopupAct::Yes) => begin_search(model),
        Action::Type(_) | Action::Paste(_) => type_into(model, action),
        Action::Popup(PopupAct::Tick(number)) => tick(model, *number),
        Action::Popup(PopupAct::Toggle) => {
            if let Some(at) = filter_line(model).and_then(|filter| filter.at) {
                tick(model, at);
            }
        }
        Action::Popup(PopupAct::Into) => move_to(model, |_| Some(0)),
        Action::Popup(PopupAct::Out) => move_to(model, |_| None),
        Action::Move(Motion::Left) => move_to(model, |at| at.map(|at| at.saturating_sub(1))),
        Action::Move(Motion::Right) => move_to(model, |at| at.map(|at| (at + 1).min(BOXES.len()))),
        _ => return None,
    }
    Some(Vec::new())
}

fn filter_line(model: &mut Model) -> Option<&mut FilterLine> {
    match model.popups.last_mut() {
        Some(Popup::Filter(filter)) => Some(filter),
        _ => None,
    }
}

fn move_to(model: &mut Model, to: impl Fn(Option<usize>) -> Option<usize>) {
    if let Some(filter) = filter_line(model) {
        filter.at = to(filter.at);
    }
}

fn type_into(model: &mut Model, action: &Action) {
    let line = match model.popups.last_mut() {
        Some(Popup::Filter(filter)) => {
            filter.at = None;
            &mut filter.line
        }
        Some(Popup::Search(search)) => &mut search.line,
        _ => return,
    };
    match action {
        Action::Type(key) => line.key(*key),
        Action::Paste(text) => line.paste(text),
        _ => {}
    }
    try_it(model);
}

/// Shows what the text would show. While something is wrong with it, what it showed before stays.
fn try_it(model: &mut Model) {
    let ahead = model.setup.ahead_of_utc;
    match model.popups.last_mut() {
        Some(Popup::Filter(filter)) => match filter.line.text().parse::<Filter>() {
            Ok(parsed) => {
                filter.wrong = None;
                model.sight.filter_by(parsed, ahead);
            }
            Err(why) => filter.wrong = Some(why),
        },
        Some(Popup::Search(search)) => match pattern(search.line.text()) {
            Ok(pattern) => {
                search.wrong = None;
                model.sight.search_for(pattern);
            }
            Err(why) => search.wrong = Some(why),
        },
        _ => {}
    }
    model.look();
}

fn pattern(text: &str) -> Result<Option<Pattern>, String> {
    if text.is_empty() { Ok(None) } else { Pattern::regex(text).map(Some) }
}

/// Ticks or clears a box, in the line as well. Behind the last box it is the JID: that is typed.
fn tick(model: &mut Model, number: usize) {
    let Some(filter) = filter_line(model) else { return };
    let mut text = filter.line.text().trim_end().to_owned();
    match (BOXES.get(number), text.parse::<Filter>()) {
        (_, Err(why)) => {
            filter.wrong = Some(why);
            return;
        }
        (Some((kind, _)), Ok(mut parsed)) => {
            parsed.toggle_kind(*kind);
            text = parsed.to_string();
        }
        (None, Ok(_)) => {
            filter.at = None;
            filter.line = LineEdit::new(format!("{text} jid:").trim_start());
            return try_it(model);
        }
    }
    if !text.is_empty() {
        text.push(' ');
    }
    filter.line = LineEdit::new(&text);
    try_it(model);
}

fn keep_filter(model: &mut Model) {
    let Some(filter) = filter_line(model) else { return };
    if filter.wrong.is_none() {
        model.popups.pop();
    }
}

fn leave(model: &mut Model) {
    let ahead = model.setup.ahead_of_utc;
    match model.popups.pop() {
        Some(Popup::Filter(filter)) => model.sight.filter_by(filter.before, ahead),
        Some(Popup::Search(search)) => {
            model.sight.search_for(search.before);
            model.focus = search.focus;
        }
        _ => {}
    }
    model.look();
}

/// Enter: to the first hit from what is on the screen on.
fn begin_search(model: &mut Model) {
    match model.popups.pop() {
        Some(Popup::Search(search)) if search.wrong.is_some() => model.popups.push(Popup::Search(search)),
        Some(Popup::Search(search)) if search.line.text().is_empty() => model.focus = search.focus,
        _ => {
            model.look();
            hit(model, true, true);
        }
    }
}

/// What a key does while a search is on.
pub(super) fn search(model: &mut Model, act: SearchAct) {
    match act {
        SearchAct::Next => hit(model, true, false),
        SearchAct::Previous => hit(model, false, false),
        SearchAct::End => {
            model.sight.search_for(None);
            model.touch();
        }
        SearchAct::Keys => {
            model.notice(format!("{KEYS}; nothing was sent"));
        }
    }
}

/// To the hit before or behind the selected row; at the end it goes on from the other one. `here`: the row itself
/// counts, and without a selection the first on the screen is meant.
fn hit(model: &mut Model, forward: bool, here: bool) {
    let Some(from) = model.console_from() else { return no_hit(model) };
    let hits = model.sight.hits();
    let (before, behind) = (hits.partition_point(|at| *at < from), hits.partition_point(|at| *at <= from));
    let next = match (forward, here || model.viewport().selected.is_none()) {
        (true, true) => Some(before),
        (true, false) => Some(behind),
        (false, _) => before.checked_sub(1),
    };
    let found = next.and_then(|next| hits.get(next));
    let other = if forward { hits.first() } else { hits.last() };
    let Some(n) = found.or(other).and_then(|at| model.console.rows().get(*at)).map(|row| row.n) else {
        return no_hit(model);
    };
    let wrapped = found.is_none();
    model.console_show(n);
    if wrapped {
        let words = if forward {
            "past the last hit: on from the first"
        } else {
            "before the first hit: on from the last"
        };
        model.notice(words.to_owned());
    }
}

fn no_hit(model: &mut Model) {
    let words = no_hit_words(model);
    model.notice(words);
}

/// Why there is no hit.
pub(super) fn no_hit_words(model: &Model) -> String {
    let sight = &model.sight;
    let why = if sight.in_ring() == 0 && sight.frozen().is_none() { "that the filter hides" } else { "held back" };
    match sight.hidden_hits() {
        0 => "no hit here".to_owned(),
        1 => format!("no hit in sight; 1 in a row {why}"),
        hidden => format!("no hit in sight; {hidden} in rows {why}"),
    }
}

impl Model {
    /// Whether a search is on where the keys are.
    pub(super) fn searches(&self) -> bool {
        self.focus == Pane::Console && self.sight.pattern().is_some()
    }

    /// `hit 3 of 17`, `17 hits`, or why there is none.
    pub(super) fn search_words(&self) -> Option<String> {
        self.sight.pattern()?;
        let hits = self.sight.hits();
        let selected = self.viewport().selected.and_then(|n| {
            hits.binary_search_by_key(&Some(n), |at| self.console.rows().get(*at).map(|row| row.n)).ok()
        });
        Some(match (selected, hits.len()) {
            (Some(at), count) => format!("hit {} of {count}", at + 1),
            (None, 0) => no_hit_words(self),
            (None, 1) => "1 hit".to_owned(),
            (None, count) => format!("{count} hits"),
        })
    }
}
