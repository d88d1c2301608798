//! What stands open over the panes, as lines. What asks nothing is printed and closed.

use super::{Plain, WIDTH};
use crate::console::visible;
use crate::findings::Age;
use crate::journal::Stage;
use crate::ui::editor::EditorKind;
use crate::ui::keys::Context;
use crate::ui::model::Model;
use crate::ui::popup::{self, Popup};
use crate::ui::view::{page_lines, severity_word};

impl Plain {
    /// Prints what opened since; what has been said stays open only while an answer is due.
    pub(super) fn popup(&mut self, model: &mut Model) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(top) = model.popups.last() {
            let asks = asks(model);
            let stays = asks || matches!(top, Popup::Editor(_) | Popup::Password(..) | Popup::AdminPassword(_));
            if stays && self.announced == model.popups.len() {
                return lines;
            }
            let quiet = std::mem::take(&mut self.answered)
                && matches!(top, Popup::Sheet(..) | Popup::Findings(_))
                && !asks;
            if !quiet {
                lines.extend(self.announce(model));
            }
            if stays {
                self.announced = model.popups.len();
                return lines;
            }
            model.popups.pop();
        }
        (self.announced, self.text, self.whole) = (0, None, false);
        lines
    }

    fn announce(&mut self, model: &Model) -> Vec<String> {
        match model.popups.last() {
            Some(Popup::Editor(editor)) => {
                if self.text.is_some() {
                    return Vec::new();
                }
                self.text = Some(Vec::new());
                let (what, mut lines) = match &editor.kind {
                    EditorKind::Proposal(text) => {
                        let lines = text.lines().map(|line| format!("proposal: {line}")).collect();
                        (
                            "type what is sent in place of the proposal; {{plain}} and {{token}} are filled in",
                            lines,
                        )
                    }
                    EditorKind::HaStatus => ("type or paste what `utils ha status` printed", Vec::new()),
                    EditorKind::Input => ("type what is sent as it stands", Vec::new()),
                };
                lines.push(format!("text: {what}; a line with a single . ends it"));
                lines
            }
            Some(Popup::Findings(_)) => list(model),
            Some(Popup::Breakpoints(..)) => breakpoints(model),
            Some(Popup::Password(..) | Popup::AdminPassword(_)) => {
                let mut lines = labelled(model, "question");
                lines.retain(|line| line != "question:");
                lines.push("question: type it; it is not shown, and an empty line is none".to_owned());
                lines
            }
            Some(_) if asks(model) => {
                let mut lines = labelled(model, "question");
                let keep = popup::asks_certificate(model);
                let keep = if keep { ", or keep: yes, and keep it beyond this run" } else { "" };
                lines.push(format!("question: type yes or no{keep}"));
                lines
            }
            Some(_) => labelled(model, "page"),
            None => Vec::new(),
        }
    }
}

/// Whether the popup on top waits for a yes or a no.
pub(super) fn asks(model: &Model) -> bool {
    !model.popups.is_empty() && popup::contexts(model).first() == Some(&Context::Question)
}

/// The text of the popup on top.
pub(super) fn labelled(model: &Model, label: &str) -> Vec<String> {
    let (title, text) = page_lines(model, WIDTH);
    let text = text.into_iter().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty());
    // Which keys stand on the screen is said in words.
    let text = text.filter(|line| line != "y yes · Esc no");
    std::iter::once(title).chain(text).map(|line| format!("{label}: {line}")).collect()
}

/// All findings, numbered.
fn list(model: &Model) -> Vec<String> {
    let line = |(at, shown): (usize, &crate::ui::verdict::Shown)| {
        let finding = &shown.finding;
        let by = finding.explained_by.map_or_else(String::new, |by| format!(", explained by {by}"));
        let age = if shown.age == Age::Newest { "" } else { ", of an earlier login" };
        let severity = severity_word(shown.severity);
        format!("finding {}: {severity} {} {}{by}{age}", at + 1, finding.code, visible(&finding.subject))
    };
    let mut lines: Vec<String> = model.verdicts.list.iter().enumerate().map(line).collect();
    lines.push(match lines.len() {
        0 => "findings: none so far".to_owned(),
        _ => "findings: finding N prints one in full".to_owned(),
    });
    lines
}

fn breakpoints(model: &Model) -> Vec<String> {
    let set = model.login_standing().map_or(&[][..], |standing| standing.breakpoints.as_slice());
    let line = |(stage, after): &(Stage, bool)| {
        format!("breakpoint: {} {}", if *after { "after" } else { "before" }, stage.name())
    };
    let mut lines: Vec<String> = set.iter().map(line).collect();
    lines.extend(set.is_empty().then(|| "breakpoint: none is set".to_owned()));
    lines.push("breakpoint: break STAGE, or break after STAGE, sets or clears one".to_owned());
    lines
}
