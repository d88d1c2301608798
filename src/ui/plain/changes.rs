//! What has changed since it was said last, as lines. The order is that of cause and consequence: what passed, what
//! that makes of the tree and the stages, what is concluded, and at the end what is asked of the user.

use super::rows::span;
use super::{Plain, Talk, finished, silent_since};
use crate::console::visible;
use crate::discovery::{Item, ItemState};
use crate::findings::Age;
use crate::journal::Stage;
use crate::progress::{Level, LoginProgress, StageOutcome};
use crate::ui::action::ActionName;
use crate::ui::going_on;
use crate::ui::model::Model;
use crate::ui::verdict::Shown;
use crate::ui::view::{NextLine, can_words, next_words, severity_word};

impl Plain {
    /// The lines that follow from what has changed; and whether more has come than can be said. Call
    /// [`Model::refresh`] first.
    pub fn changes(&mut self, model: &mut Model) -> (Vec<String>, bool) {
        let mut lines = self.beginning(model);
        let rows = self.rows(model);
        let flooded = Self::is_flooded(&rows);
        lines.extend(rows);
        lines.extend(self.tree_changes(model));
        lines.extend(self.selection(model));
        lines.extend(self.stage_changes(model));
        lines.extend(self.what_goes_on(model));
        lines.extend(self.verdict_change(model));
        lines.extend(self.notice(model));
        lines.extend(self.still_waiting(model));
        lines.extend(self.popup(model));
        lines.extend(self.next_change(model));
        (finished(model, lines), flooded)
    }

    /// What this is, once.
    fn beginning(&mut self, model: &Model) -> Vec<String> {
        if std::mem::replace(&mut self.begun, true) {
            return Vec::new();
        }
        let whose = model.progress.run().map_or_else(String::new, |run| {
            let at = if run.user.is_empty() { "" } else { "@" };
            format!(" {}{at}{}", visible(&run.user), visible(&run.domain))
        });
        let lab = model.progress.run().filter(|run| run.lab).map_or("", |_| ", LAB");
        let kept = match (model.setup.replay, model.setup.recording) {
            (true, _) => ", a recording: nothing can be sent",
            (false, true) => ", recording",
            (false, false) => "",
        };
        vec![
            format!("impscope:{whose}{kept}{lab}; IM&P login path, not a Cisco tool"),
            "impscope: type help and Enter for the commands".to_owned(),
        ]
    }

    /// What came to its end, or came to another one.
    fn tree_changes(&mut self, model: &Model) -> Vec<String> {
        fn collect<'a>(items: &'a [Item], all: &mut Vec<&'a Item>) {
            for item in items.iter().filter(|item| !item.aside && !item.id.0.contains("/stage:")) {
                all.push(item);
                collect(&item.children, all);
            }
        }
        let mut all = Vec::new();
        collect(model.tree.items(), &mut all);
        let mut lines = Vec::new();
        for item in all {
            let open = matches!(item.state, ItemState::Plain | ItemState::Waiting | ItemState::Running);
            // Where a client would go becomes known bit by bit: that is no end.
            let text = item_text(&Item { marks: Vec::new(), ..item.clone() });
            // What asks for something says so though it is not over.
            if (open && item.wants.is_none()) || self.items.get(&item.id) == Some(&text) {
                continue;
            }
            let grave = item.state == ItemState::Failed || item.wants.is_some();
            if self.talk > Talk::Quiet || grave {
                lines.push(format!("tree: {}", item_text(item)));
            }
            self.items.insert(item.id.clone(), text);
        }
        lines
    }

    fn selection(&mut self, model: &Model) -> Vec<String> {
        if model.selected == self.selected {
            return Vec::new();
        }
        // Where the walk has not come to a node yet, the selection goes wherever it is.
        if !model.settled && model.node().is_none() {
            return Vec::new();
        }
        self.selected.clone_from(&model.selected);
        let named = |item: &Item| format!("selected: {}", item_text(item));
        model.selected_item().map(named).into_iter().collect()
    }

    /// Stages of the shown login that were left, or became silent.
    fn stage_changes(&mut self, model: &Model) -> Vec<String> {
        let Some(login) = model.login() else { return Vec::new() };
        let nobodys = !model.setup.replay && model.login_standing().is_none();
        if nobodys && !model.settled {
            // One that the walk makes by itself: its item says how it ended.
            return Vec::new();
        }
        let outcomes: Vec<StageOutcome> = login.stages.iter().map(|row| row.outcome).collect();
        let before = match self.stages.replace((login.op, outcomes)) {
            Some((op, before)) if op == login.op => before,
            // Another login: what it has come to already is said at once.
            Some(_) if login.stages.iter().any(|row| row.left.is_some()) => return vec![stages_line(login)],
            _ => vec![StageOutcome::NotReached; login.stages.len()],
        };
        let mut lines = Vec::new();
        for (row, before) in login.stages.iter().zip(&before) {
            let over = !matches!(row.outcome, StageOutcome::NotReached | StageOutcome::Waiting);
            let entered = self.talk == Talk::Verbose && row.outcome == StageOutcome::Waiting;
            if row.outcome == *before || !(over || entered) {
                continue;
            }
            let time = row.elapsed(model.now).filter(|_| over);
            let time = time.map_or_else(String::new, |time| {
                format!(" after {}", span(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
            });
            lines.push(format!("stage: {} {}{time}", row.stage.name(), row.outcome.name()));
        }
        lines
    }

    fn what_goes_on(&mut self, model: &Model) -> Vec<String> {
        let lines: Vec<String> = going_on::going_on(model).into_iter().map(|(line, _)| line).collect();
        let text = lines.join("; ");
        if text == self.going_on {
            return Vec::new();
        }
        self.going_on = text;
        lines.into_iter().map(|line| format!("goes on: {line}")).collect()
    }

    fn verdict_change(&mut self, model: &Model) -> Vec<String> {
        let gravest = model.verdicts.gravest();
        let key = gravest.map(Shown::key);
        if key == self.verdict {
            return Vec::new();
        }
        self.verdict = key;
        vec![verdict_line(model)]
    }

    /// What the program says to the user.
    fn notice(&mut self, model: &Model) -> Vec<String> {
        if model.message == self.message {
            return Vec::new();
        }
        self.message.clone_from(&model.message);
        self.message.iter().map(|text| format!("note: {text}")).collect()
    }

    /// A wait that goes on in silence.
    fn still_waiting(&mut self, model: &Model) -> Vec<String> {
        let Some((since, flagged)) = silent_since(model) else { return Vec::new() };
        let said = self.still.filter(|(of, _)| *of == since).map_or(0, |(_, said)| said);
        let times = model.now.since(flagged).as_secs() / super::STILL.as_secs();
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        self.still = Some((since, times.max(said)));
        if times <= said {
            return Vec::new();
        }
        vec![format!("still: {}", waiting(model).unwrap_or_default())]
    }

    /// What is proposed; once nothing is, what can be done.
    fn next_change(&mut self, model: &Model) -> Vec<String> {
        // A question has the word; and of the first rows of the walk there is nothing to be said yet.
        if !model.popups.is_empty() || (!model.settled && model.node().is_none()) {
            return Vec::new();
        }
        let (text, proposed) = next_line(model);
        let mut lines = Vec::new();
        if text != self.next {
            let waits = text.starts_with("waiting");
            if !text.is_empty() && (!waits || self.talk == Talk::Verbose) {
                lines.push(text.clone());
            }
            self.next = text;
        }
        let silent = model.login().and_then(|login| login.wait.as_ref()).map(|wait| wait.level);
        let worth = !proposed && !matches!(silent, Some(Level::Quiet | Level::Slow));
        // What goes on was said just now.
        let can = if self.going_on.is_empty() { can(model) } else { String::new() };
        if (worth || self.talk == Talk::Verbose) && can != self.can && self.talk > Talk::Quiet {
            lines.extend(Some(format!("can: {can}")).filter(|_| !can.is_empty()));
            self.can = can;
        }
        lines
    }

    /// The whole state in a few lines.
    pub(super) fn status(&self, model: &Model) -> Vec<String> {
        let mut lines: Vec<String> =
            model.selected_item().map(|item| format!("selected: {}", item_text(item))).into_iter().collect();
        if let Some(login) = model.login() {
            lines.push(stages_line(login));
        }
        lines.push(next_line(model).0);
        lines.extend(waiting(model).map(|text| format!("waits: {text}")));
        lines.push(verdict_line(model));
        if model.budget.limit > 0 {
            lines.push(format!("attempts: {} of {} used", model.budget.used, model.budget.limit));
        }
        lines.push(format!("can: {}", can(model)));
        lines.retain(|line| !line.is_empty());
        lines
    }
}

/// `stages: tcp ok, stream ok, starttls waiting`
fn stages_line(login: &LoginProgress) -> String {
    let reached = login.stages.iter().filter(|row| row.outcome != StageOutcome::NotReached);
    let stages: Vec<String> = reached.map(|row| format!("{} {}", row.stage.name(), row.outcome.name())).collect();
    format!("stages: {}", if stages.is_empty() { "none entered".to_owned() } else { stages.join(", ") })
}

/// `next: <auth …> (type n to send)`, and whether it is a proposal.
fn next_line(model: &Model) -> (String, bool) {
    match next_words(model) {
        NextLine::Proposal { text, note } => {
            let note = if note.is_empty() { note } else { format!(" {note}") };
            let key = model.setup.keys.key_of(ActionName::Next);
            let write = model.login_standing().is_some_and(|standing| standing.proposal_text.is_some());
            let does = if write { "send" } else { "do" };
            (format!("next: {text}{note} (type {key} to {does} it)"), true)
        }
        NextLine::Waiting(text) => (text, false),
        NextLine::Said(text) => (format!("state: {text}"), false),
    }
}

/// What can be done, in words that are heard apart.
fn can(model: &Model) -> String {
    can_words(model).replace(" · ", "; ")
}

/// What the shown login waits for, and since when.
fn waiting(model: &Model) -> Option<String> {
    let login = model.login()?;
    let wait = login.wait.as_ref()?;
    let waited = span(i64::try_from(model.now.since(wait.since).as_millis()).unwrap_or(i64::MAX));
    let stage: Stage = login.stage();
    Some(format!("waiting for {} in {stage} for {waited}", wait.awaited.words()))
}

/// The gravest finding that counts, in full; or that there is none.
pub(super) fn verdict_line(model: &Model) -> String {
    match model.verdicts.gravest() {
        Some(shown) => {
            let age = if shown.age == Age::Before { "earlier login: " } else { "" };
            let words = shown.words.first().map_or("", String::as_str);
            format!("verdict: {} {} {age}{words}", severity_word(shown.severity), shown.finding.code)
        }
        None => match model.verdicts.notes() {
            0 => "verdict: no fault found so far".to_owned(),
            1 => "verdict: no fault found so far; one thing is worth knowing (findings)".to_owned(),
            notes => format!("verdict: no fault found so far; {notes} things are worth knowing (findings)"),
        },
    }
}

/// `ok imp2 partner: answers 21 ms`
pub(super) fn item_text(item: &Item) -> String {
    let state = match item.state {
        ItemState::Plain => "",
        ItemState::Waiting => "not begun: ",
        ItemState::Running => "under way: ",
        ItemState::Ok => "ok: ",
        ItemState::Warning => "warning: ",
        ItemState::Failed => "failed: ",
        ItemState::Absent => "absent: ",
        ItemState::Skipped => "left out: ",
    };
    let marks = if item.marks.is_empty() { String::new() } else { format!(" ({})", item.marks.join(", ")) };
    let figure = if item.figure.is_empty() { String::new() } else { format!(", {}", item.figure) };
    visible(&format!("{state}{}{marks}{figure}", item.name))
}
