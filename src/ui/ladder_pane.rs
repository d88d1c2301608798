//! The ladder's popup: which of its steps are in sight, and how it moves. Scrolling is anchored to a step, so that what
//! comes in never moves what is read; only the steps in sight are laid out.

use super::action::Motion;
use super::geometry;
use super::model::Model;
use super::popup::Popup;
use super::scroll::{Anchor, Scroll};
use crate::console::ladder::{Drawn, Ladder, LaneKind, Layout, Live, Step, View};
use crate::journal::EntryNo;

/// How the ladder is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LadderPane {
    /// The first row in sight; none: the end is followed.
    top: Option<Anchor>,
    /// The selected step, by its place among all.
    selected: Option<usize>,
    /// How many steps there were when following ended.
    read: usize,
    /// How many lanes are passed over.
    shift: usize,
    /// The lane that is shown alone.
    only: Option<usize>,
    /// How many lanes there were when following ended.
    known: Option<usize>,
}

/// A ladder as a pane looks at it.
pub(super) struct Looked<'a> {
    ladder: &'a Ladder,
    only: Option<usize>,
    pub(super) layout: Layout,
    live: Option<(crate::journal::OpId, String, std::time::Duration)>,
    height: usize,
}

impl Looked<'_> {
    fn count(&self) -> usize {
        self.only.map_or(self.ladder.steps.len(), |lane| self.ladder.of_lane(lane).len())
    }

    /// Which of all steps stands at a place.
    fn at(&self, place: usize) -> Option<usize> {
        match self.only {
            Some(lane) => self.ladder.of_lane(lane).get(place).copied(),
            None => Some(place).filter(|place| *place < self.ladder.steps.len()),
        }
    }

    /// The place of a step, or of the one before it.
    fn place_of(&self, step: usize) -> usize {
        match self.only {
            Some(lane) => self.ladder.of_lane(lane).partition_point(|at| *at <= step).saturating_sub(1),
            None => step,
        }
    }

    fn rows(&self, place: usize) -> Vec<Drawn> {
        let live = self.live.as_ref();
        let live = live.map(|(op, clock, waited)| Live { op: *op, clock, waited: *waited });
        let step = self.at(place).and_then(|at| self.ladder.steps.get(at));
        step.map_or_else(Vec::new, |step| self.layout.step(self.ladder, step, live))
    }

    /// Calls `look` with the scrolling of this ladder.
    fn scroll<T>(&self, look: impl FnOnce(&Scroll<'_>) -> T) -> T {
        look(&Scroll { count: self.count(), height: self.height, rows: &|place| self.rows(place).len() })
    }

    fn last_page(&self) -> Anchor {
        self.scroll(|scroll| scroll.last_page())
    }

    /// The rows in sight, each with the step that it is a row of.
    pub(super) fn page(&self, pane: &LadderPane) -> Vec<(usize, Drawn)> {
        let top = pane.top.unwrap_or_else(|| self.last_page());
        let mut page = Vec::new();
        let (mut place, mut skip) = (top.place, top.row);
        while let Some(step) = self.at(place).filter(|_| page.len() < self.height) {
            page.extend(self.rows(place).into_iter().skip(skip).map(|row| (step, row)));
            (place, skip) = (place + 1, 0);
        }
        page.truncate(self.height);
        page
    }
}

impl LadderPane {
    /// The step that is selected by the user.
    pub(super) fn selected(&self) -> Option<usize> {
        self.selected
    }

    /// The lane that is shown alone.
    pub(super) fn only(&self) -> Option<usize> {
        self.only
    }
}

impl Model {
    /// The ladder as it opens: the whole run at its end, with the selected node's lane in sight.
    pub(super) fn new_ladder_pane(&self) -> LadderPane {
        let mut pane = LadderPane::default();
        let Some(lane) = self.selected_lane() else { return pane };
        loop {
            let looked = self.looked(&pane);
            let (left, hidden) = looked.layout.hidden();
            if looked.layout.shows(lane) || left >= hidden {
                return LadderPane { shift: left, ..pane };
            }
            pane.shift += 1;
        }
    }

    pub(super) fn ladder_pane(&self) -> Option<&LadderPane> {
        match self.popups.last() {
            Some(Popup::Ladder(pane)) => Some(pane),
            _ => None,
        }
    }

    /// The lane of the selected node, or of the selected item's host.
    fn selected_lane(&self) -> Option<usize> {
        if let Some((host, _)) = self.node() {
            return self.ladder.find(LaneKind::Imp, host);
        }
        let key = self.console_key();
        let (_, place) = key.split_once("://")?;
        let host = place.rsplit_once(':').map_or(place, |(host, _)| host);
        self.ladder.find(LaneKind::Cucm, host).or_else(|| self.ladder.find(LaneKind::Imp, host))
    }

    /// Whether another look at the ladder is to be had: of one node, of the whole run.
    pub(super) fn ladder_has_side(&self) -> bool {
        self.ladder_pane().is_some_and(|pane| pane.only.is_some() || self.selected_lane().is_some())
    }

    /// How many lanes have no room.
    pub(super) fn lanes_hidden(&self) -> usize {
        self.ladder_pane().map_or(0, |pane| self.looked(pane).layout.hidden().1)
    }

    /// The ladder as this pane looks at it.
    pub(super) fn looked<'m>(&'m self, pane: &LadderPane) -> Looked<'m> {
        let inside = geometry::inner(geometry::popup(self.size, true));
        let (width, height) = (usize::from(inside.width), usize::from(inside.height));
        let (only, shift, known) = (pane.only, pane.shift, pane.known);
        let view = View { only, shift, known, ahead: self.setup.ahead_of_utc };
        let layout = Layout::new(&self.ladder, width, view);
        let clock = self.clock().zip(self.login());
        let live = clock.and_then(|(clock, login)| {
            let since = login.wait.as_ref()?.since;
            Some((login.op, clock.text, self.now.since(since)))
        });
        // The names of the lanes take a row, what is selected another.
        Looked { ladder: &self.ladder, only: pane.only, layout, live, height: height.saturating_sub(2).max(1) }
    }

    /// How many steps came since following ended; none while the end is followed.
    pub(super) fn ladder_unread(&self) -> Option<usize> {
        let pane = self.ladder_pane()?;
        pane.top.map(|_| self.looked(pane).count().saturating_sub(pane.read))
    }

    /// Whether there are rows below those in sight.
    pub(super) fn ladder_goes_on(&self) -> bool {
        self.ladder_pane().is_some_and(|pane| pane.top.is_some_and(|top| top < self.looked(pane).last_page()))
    }

    fn keep_ladder(&mut self, pane: LadderPane) {
        if let Some(Popup::Ladder(own)) = self.popups.last_mut() {
            *own = pane;
        }
    }

    /// Moves in the ladder: up and down from step to step, by pages, sideways among the lanes.
    pub(super) fn ladder_step(&mut self, motion: Motion) {
        let Some(mut pane) = self.ladder_pane().cloned() else { return };
        let looked = self.looked(&pane);
        let (count, page) = (looked.count(), looked.height.saturating_sub(1).max(1));
        if count == 0 {
            return;
        }
        if matches!(motion, Motion::Left | Motion::Right) {
            let (left, hidden) = looked.layout.hidden();
            pane.shift = if motion == Motion::Left { left.saturating_sub(1) } else { (left + 1).min(hidden) };
            return self.keep_ladder(pane);
        }
        if motion == Motion::End {
            return self.keep_ladder(LadderPane { top: None, selected: None, read: count, known: None, ..pane });
        }
        if pane.top.is_none() {
            (pane.read, pane.known) = (count, Some(self.ladder.lanes.len()));
        }
        let top = pane.top.unwrap_or_else(|| looked.last_page());
        let from = pane.selected.map(|step| looked.place_of(step));
        let (top, to) = match (motion, from) {
            (Motion::PageUp, _) => (looked.scroll(|scroll| scroll.up(top, page)), None),
            (Motion::PageDown, _) => (looked.scroll(|scroll| scroll.down(top, page)), None),
            (Motion::Top, _) => (Anchor { place: 0, row: 0 }, Some(0)),
            (Motion::Down, None) => (top, Some(top.place)),
            (Motion::Down, Some(at)) => (top, Some((at + 1).min(count - 1))),
            (_, None) => (top, Some(count - 1)),
            (_, Some(at)) => (top, Some(at.saturating_sub(1))),
        };
        pane.top = Some(to.map_or(top, |to| looked.scroll(|scroll| scroll.showing(top, to))));
        pane.selected = to.and_then(|to| looked.at(to)).or(pane.selected);
        self.keep_ladder(pane);
    }

    /// From the whole run to the selected node's lane alone, and back. What is selected stays in sight.
    pub(super) fn ladder_side(&mut self) {
        let Some(mut pane) = self.ladder_pane().cloned() else { return };
        pane.only = if pane.only.is_some() { None } else { self.selected_lane() };
        let looked = self.looked(&pane);
        let place = pane.selected.map(|step| looked.place_of(step));
        pane.selected = place.and_then(|place| looked.at(place));
        pane.top = place.map(|place| {
            let middle = looked.scroll(|scroll| scroll.up(Anchor { place, row: 0 }, scroll.height / 2));
            middle.min(looked.last_page())
        });
        pane.read = looked.count();
        pane.known = pane.top.map(|_| self.ladder.lanes.len());
        self.keep_ladder(pane);
    }

    /// The step that Enter goes to: the selected one, else the newest.
    pub(super) fn ladder_choice(&self) -> Option<&Step> {
        let pane = self.ladder_pane()?;
        let looked = self.looked(pane);
        let at = pane.selected.or_else(|| looked.at(looked.count().checked_sub(1)?))?;
        self.ladder.steps.get(at)
    }

    /// The entry of that step.
    pub(super) fn ladder_entry(&self) -> Option<EntryNo> {
        self.ladder_choice().map(Step::n)
    }
}
