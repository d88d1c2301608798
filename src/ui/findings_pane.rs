//! The findings: a list, the text of the selected one, and its evidence, whose lines lead to the entries. What is
//! selected is kept by what it is, so that findings which come in never move it.

use super::action::Motion;
use super::effect::{Copied, Effect, Local};
use super::model::Model;
use super::popup::{Popup, moved};
use super::verdict::{Key, Shown};
use super::view;
use crate::console::visible;
use crate::findings::{self, Finding};
use crate::journal::EntryNo;

/// The width of a finding that is copied.
const COPIED: usize = 100;

/// What the user has done in the findings.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingsPane {
    /// The finding that is selected; none: the first.
    pub chosen: Option<Key>,
    /// How far its text is scrolled.
    pub scroll: usize,
    /// The selected line of its evidence; none while the keys are in the list.
    pub evidence: Option<EntryNo>,
}

impl FindingsPane {
    pub(super) fn of(shown: Option<&Shown>) -> Self {
        Self { chosen: shown.map(Shown::key), scroll: 0, evidence: None }
    }
}

impl Model {
    /// The findings as they open: on what the verdict shows.
    pub(super) fn new_findings_pane(&self) -> FindingsPane {
        FindingsPane::of(self.verdicts.gravest().or(self.verdicts.list.first()))
    }

    /// Where in the list the selected finding stands.
    pub(super) fn finding_at(&self, pane: &FindingsPane) -> usize {
        pane.chosen.as_ref().and_then(|key| self.verdicts.place(key)).unwrap_or(0)
    }

    /// The selected finding.
    pub(super) fn chosen_finding(&self, pane: &FindingsPane) -> Option<&Finding> {
        self.verdicts.list.get(self.finding_at(pane)).map(|shown| &shown.finding)
    }

    fn findings_pane(&self) -> Option<&FindingsPane> {
        match self.popups.last()? {
            Popup::Findings(pane) => Some(pane),
            _ => None,
        }
    }

    /// The open findings' selected one, and which line of its evidence is selected.
    fn in_findings(&self) -> Option<(&Finding, Option<usize>)> {
        let pane = self.findings_pane()?;
        let finding = self.chosen_finding(pane)?;
        let at = |n: EntryNo| finding.evidence.iter().position(|own| *own == n).unwrap_or(0);
        Some((finding, pane.evidence.map(at)))
    }

    /// Whether the keys are in the evidence of a finding; none where there is no evidence.
    pub(super) fn evidence_has_keys(&self) -> Option<bool> {
        let (finding, at) = self.in_findings()?;
        (!finding.evidence.is_empty()).then_some(at.is_some())
    }

    /// Whether there is a row below the selected one, in the list or in the evidence.
    pub(super) fn findings_go_on(&self) -> bool {
        match self.in_findings() {
            Some((finding, Some(_))) => finding.evidence.len() > 1,
            _ => self.verdicts.list.len() > 1,
        }
    }

    /// From the list into the evidence of the selected finding.
    pub(super) fn enter_evidence(&mut self) {
        if self.evidence_has_keys() == Some(false) {
            self.select_evidence(0);
        }
    }

    /// Back to the list.
    pub(super) fn leave_evidence(&mut self) {
        if let Some(Popup::Findings(pane)) = self.popups.last_mut() {
            pane.evidence = None;
        }
    }

    /// Selects a line of the evidence, and scrolls as little as shows it, with all others where there is room.
    fn select_evidence(&mut self, at: usize) {
        let Some((finding, _)) = self.in_findings() else { return };
        let Some(n) = finding.evidence.get(at).copied() else { return };
        let (head, count) = (view::finding_head(self, finding), finding.evidence.len());
        let room = view::finding_room(self).max(1);
        let last = if count <= room { head + count } else { head + at + 1 };
        if let Some(Popup::Findings(pane)) = self.popups.last_mut() {
            pane.evidence = Some(n);
            pane.scroll = pane.scroll.clamp(last.saturating_sub(room), head + at);
        }
    }

    /// Moves in the findings: among them, or among the evidence; pages move the text.
    pub(super) fn findings_step(&mut self, motion: Motion) {
        let Some(pane) = self.findings_pane() else { return };
        let (place, scroll) = (self.finding_at(pane), pane.scroll);
        let (room, rows) = (view::finding_room(self).max(1), view::popup_rows(self));
        let evidence = self.in_findings().and_then(|(finding, at)| Some((at?, finding.evidence.len())));
        let paged = matches!(motion, Motion::PageUp | Motion::PageDown);
        match (motion, evidence) {
            (_, Some((at, count))) if !paged => self.select_evidence(moved(at, motion, room, count)),
            (Motion::Up | Motion::Down, _) => {
                let to = moved(place, motion, room, self.verdicts.list.len());
                let pane = FindingsPane::of(self.verdicts.list.get(to));
                self.popups.pop();
                self.popups.push(Popup::Findings(pane));
            }
            _ => {
                let to = moved(scroll, motion, room, rows.saturating_sub(room) + 1);
                if let Some(Popup::Findings(pane)) = self.popups.last_mut() {
                    pane.scroll = to;
                }
            }
        }
    }

    /// The selected finding in full, to be copied.
    pub(super) fn copied_finding(&self) -> Vec<Effect> {
        let Some((finding, _)) = self.in_findings() else { return Vec::new() };
        let lines: Vec<String> = findings::lines(finding, COPIED).iter().map(|line| visible(line)).collect();
        vec![Effect::Local(Local::Copy(Copied::Finding, lines.join("\n") + "\n"))]
    }

    /// From a line of the evidence to its entry: the findings close, the tree and the console stand on it.
    pub(super) fn jump(&mut self) {
        let Some((finding, Some(at))) = self.in_findings() else { return };
        if let Some(n) = finding.evidence.get(at).copied() {
            self.go_to_entry(n);
        }
    }
}
