//! The console's pane: which rows are on the screen, laid out. Scrolling is anchored to a row's entry number, so
//! that what comes in never moves what is read; only the rows in sight are laid out.

use std::ops::{Range, RangeInclusive};

use super::geometry::{self, Pane};
use super::glyphs;
use super::model::Model;
use super::theme::Role;
use crate::console::{Mark, Row, short_time, wide_time};
use crate::journal::EntryNo;
use unicode_width::UnicodeWidthStr;

/// How a node's console is scrolled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Viewport {
    /// The first line in sight; none: the end is followed.
    pub top: Option<Anchor>,
    /// The selected row.
    pub selected: Option<EntryNo>,
    /// The newest row when following ended.
    pub read: Option<EntryNo>,
}

/// A line of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The row.
    pub n: EntryNo,
    /// Its line, from 0.
    pub line: usize,
}

/// A line of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageLine {
    /// Its row.
    pub n: EntryNo,
    /// Which of the row's lines it is.
    pub line: usize,
    /// Its text.
    pub runs: Vec<(String, Role)>,
}

impl Model {
    /// The rows in sight, as places among the console's.
    fn places(&self) -> &[usize] {
        self.sight.rows()
    }

    fn row_at(&self, place: usize) -> Option<&Row> {
        self.sight.row(&self.console, *self.places().get(place)?)
    }

    /// Where a row stands among the node's.
    fn place_of(&self, n: EntryNo) -> Option<usize> {
        self.places().binary_search_by_key(&Some(n), |at| self.console.rows().get(*at).map(|row| row.n)).ok()
    }

    /// Where a row stands, or where the next one does if it is not in sight: a filter may hide what was on the screen.
    fn place_near(&self, n: EntryNo) -> usize {
        let after = self.places().partition_point(|at| self.console.rows().get(*at).is_some_and(|row| row.n < n));
        after.min(self.places().len().saturating_sub(1))
    }

    /// An anchor as a place and a line: the next row's beginning, if its own row is no longer in sight.
    fn anchored(&self, top: Anchor) -> (usize, usize) {
        self.place_of(top.n).map_or_else(|| (self.place_near(top.n), 0), |place| (place, top.line))
    }

    /// The newest row in sight.
    fn newest(&self) -> Option<EntryNo> {
        self.row_at(self.places().len().checked_sub(1)?).map(|row| row.n)
    }

    /// Everything is one view, wherever the tree's selection stands.
    fn viewport_key(&self) -> String {
        if self.sight.filter().is_everywhere() { "*".to_owned() } else { self.console_key() }
    }

    pub(super) fn viewport(&self) -> Viewport {
        self.viewports.get(&self.viewport_key()).cloned().unwrap_or_default()
    }

    /// How many rows came since following ended; none while the end is followed.
    pub(super) fn unread(&self) -> Option<usize> {
        let viewport = self.viewport();
        let new = |at: &usize| self.console.rows().get(*at).map(|row| row.n) > viewport.read;
        viewport.top.map(|_| self.places().len() - self.places().partition_point(|at| !new(at)))
    }

    fn pane_size(&self) -> (usize, usize) {
        let area = geometry::inner(geometry::areas(self.size, Pane::Console, self.zoom).console);
        (usize::from(area.width), usize::from(area.height))
    }

    /// Lays out what is in sight.
    pub(super) fn lay_page(&mut self) {
        self.look();
        let area = geometry::inner(geometry::areas(self.size, self.focus, self.zoom).console);
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        self.page = if width == 0 || height == 0 {
            Vec::new()
        } else {
            match self.viewport().top {
                Some(top) => self.page_from(top, width, height),
                None => self.last_page(width, height),
            }
        };
        self.mark_hits();
    }

    fn page_from(&self, top: Anchor, width: usize, height: usize) -> Vec<PageLine> {
        let mut page = Vec::new();
        let (first, line) = self.anchored(top);
        for place in first..self.places().len() {
            let skip = if place == first { line } else { 0 };
            let left = height - page.len();
            page.extend(self.lines_at(place, width, |_| skip..skip.saturating_add(left)));
            if page.len() >= height {
                break;
            }
        }
        page
    }

    fn last_page(&self, width: usize, height: usize) -> Vec<PageLine> {
        let mut page: Vec<PageLine> = Vec::new();
        for place in (0..self.places().len()).rev() {
            let left = height - page.len();
            let mut lines = self.lines_at(place, width, |all| all.saturating_sub(left)..all);
            lines.append(&mut page);
            page = lines;
            if page.len() >= height {
                break;
            }
        }
        page
    }

    /// Those of a row's lines that `wanted` chooses among so many, with time, delta and mark.
    fn lines_at(&self, place: usize, width: usize, wanted: impl Fn(usize) -> Range<usize>) -> Vec<PageLine> {
        let Some(row) = self.row_at(place) else { return Vec::new() };
        let head = self.head_at(place, row, width);
        let sign = if self.hands.marks.contains(&row.n) { glyphs::MARKED } else { " " };
        let indent = indent(&head);
        let all = self.folded(row, width.saturating_sub(indent));
        let wanted = wanted(all.len());
        let lines = all.iter().enumerate().take(wanted.end).skip(wanted.start);
        let laid = lines.map(|(line, content)| {
            let mut runs =
                if line == 0 { first_runs(&head, sign, row.mark) } else { vec![(" ".repeat(indent), Role::Text)] };
            runs.extend(content.iter().map(|(text, ink)| (text.clone(), Role::Ink(*ink))));
            PageLine { n: row.n, line, runs }
        });
        laid.collect()
    }

    /// What stands before a row's first line: time, delta, and whose it is.
    fn head_at(&self, place: usize, row: &Row, width: usize) -> String {
        let before = place.checked_sub(1).and_then(|before| self.row_at(before));
        let mut head = String::new();
        if width >= 30 {
            let wide = self.size.0 >= 100;
            head = if wide { wide_time(row.wall, self.setup.ahead_of_utc) } else { short_time(row.wall) };
            let delta =
                before.filter(|_| row.mark != Mark::Bang).map_or(String::new(), |before| delta(before, row));
            head.push_str(&format!(" {delta:>width$}", width = if wide { 5 } else { 3 }));
        }
        // Rows of all places stand below each other: each says whose it is.
        if self.sight.filter().is_everywhere() && width >= 40 {
            let label = self.places().get(place).map_or_else(String::new, |at| self.console.label_at(*at));
            head.push_str(&format!(" {label:<6.6}"));
        }
        head
    }

    fn height_at(&self, place: usize) -> usize {
        let Some(row) = self.row_at(place) else { return 0 };
        let width = self.pane_size().0;
        self.folded(row, width.saturating_sub(indent(&self.head_at(place, row, width)))).len()
    }

    fn keep_viewport(&mut self, mut viewport: Viewport) {
        if viewport.top.is_none() {
            viewport.read = viewport.read.max(self.newest());
        }
        self.viewports.insert(self.viewport_key(), viewport);
        self.touch();
    }

    /// Stops following: the first line in sight becomes the anchor.
    pub(super) fn hold_still(&mut self) -> Viewport {
        self.look();
        let mut viewport = self.viewport();
        if viewport.top.is_none() {
            self.lay_page();
            viewport.top = self.page.first().map(|line| Anchor { n: line.n, line: line.line });
            viewport.read = self.newest();
        }
        viewport
    }

    /// Goes on following the end.
    pub(super) fn follow(&mut self) {
        self.keep_viewport(Viewport::default());
    }

    /// To the first row.
    pub(super) fn console_top(&mut self) {
        let mut viewport = self.hold_still();
        viewport.selected = self.row_at(0).map(|row| row.n);
        viewport.top = viewport.selected.map(|n| Anchor { n, line: 0 });
        self.keep_viewport(viewport);
    }

    /// Selects the row above or below; the first step selects the last row in sight.
    pub(super) fn console_step(&mut self, down: bool) {
        let viewport = self.hold_still();
        let last = self.places().len().saturating_sub(1);
        // From a row that is no longer in sight, the next one down is the one that stands in its place.
        let from = viewport.selected.map(|n| (self.place_near(n), self.place_of(n).is_some()));
        let to = match (from, down) {
            (Some((at, is_own)), true) => (at + usize::from(is_own)).min(last),
            (Some((at, _)), false) => at.saturating_sub(1),
            (None, true) => self.page.first().and_then(|line| self.place_of(line.n)).unwrap_or(last),
            (None, false) => self.page.last().and_then(|line| self.place_of(line.n)).unwrap_or(last),
        };
        self.select_at(viewport, to);
    }

    /// Selects the row at a place and moves the view as little as shows it.
    fn select_at(&mut self, mut viewport: Viewport, place: usize) {
        viewport.selected = self.row_at(place).map(|row| row.n);
        viewport.top = self.showing(viewport.top, place);
        self.keep_viewport(viewport);
    }

    /// Selects this row, if it is in sight, and moves the view as little as shows it.
    pub(super) fn console_select(&mut self, n: EntryNo) {
        let viewport = self.hold_still();
        if let Some(place) = self.place_of(n) {
            self.select_at(viewport, place);
        }
    }

    /// The rows in sight from one to another, and the one before them.
    pub(super) fn rows_between(&self, range: &RangeInclusive<EntryNo>) -> (Option<&Row>, Vec<&Row>) {
        let from = self
            .places()
            .partition_point(|at| self.console.rows().get(*at).is_some_and(|row| row.n < *range.start()));
        let rows = (from..self.places().len()).map_while(|place| self.row_at(place));
        let before = from.checked_sub(1).and_then(|before| self.row_at(before));
        (before, rows.take_while(|row| row.n <= *range.end()).collect())
    }

    /// Whether a row is in sight: not filtered out, not in the ring alone.
    pub(super) fn in_sight(&self, n: EntryNo) -> bool {
        self.place_of(n).is_some()
    }

    /// Selects this row and shows it, with some of what came before it. What comes later is not followed.
    pub(super) fn console_to(&mut self, n: EntryNo) {
        self.look();
        let (_, height) = self.pane_size();
        let above = self.moved_up(Anchor { n, line: 0 }, height / 3);
        let top = self.before_end(above);
        self.keep_viewport(Viewport { top: Some(top), selected: Some(n), read: self.newest() });
    }

    /// Selects this row; what is on the screen already does not move.
    pub(super) fn console_show(&mut self, n: EntryNo) {
        let mut viewport = self.hold_still();
        let whole = self.place_of(n).is_some_and(|place| {
            let own = self.page.iter().filter(|line| line.n == n).count();
            own > 0 && own == self.height_at(place)
        });
        if !whole {
            return self.console_to(n);
        }
        viewport.selected = Some(n);
        self.keep_viewport(viewport);
    }

    /// From where a search goes on, among all rows: the selected row, else the first on the screen.
    pub(super) fn console_from(&self) -> Option<usize> {
        let n = self.viewport().selected.or_else(|| self.page.first().map(|line| line.n));
        let place = n.map_or(0, |n| self.place_near(n));
        self.places().get(place).copied()
    }

    /// The anchor, moved as little as shows the row at `place`.
    fn showing(&self, top: Option<Anchor>, place: usize) -> Option<Anchor> {
        let top = top?;
        let n = self.row_at(place)?.n;
        let (first, line) = self.anchored(top);
        if place < first || (place == first && line > 0) {
            return Some(Anchor { n, line: 0 });
        }
        // No row above the page that ends with this one is looked at: it may be far.
        let (_, height) = self.pane_size();
        let last = self.height_at(place).min(height).saturating_sub(1);
        let least = self.moved_up(Anchor { n, line: last }, height.saturating_sub(1));
        Some(if (top.n, top.line) < (least.n, least.line) { least } else { top })
    }

    /// The anchor `lines` further down, not beyond the last row.
    fn moved(&self, top: Anchor, lines: usize) -> Anchor {
        let (mut place, line) = self.anchored(top);
        let mut line = line + lines;
        while place + 1 < self.places().len() && line >= self.height_at(place) {
            line -= self.height_at(place);
            place += 1;
        }
        let line = line.min(self.height_at(place).saturating_sub(1));
        Anchor { n: self.row_at(place).map_or(top.n, |row| row.n), line }
    }

    /// A page up or down; the selection stays on its row.
    pub(super) fn console_page(&mut self, down: bool) {
        let (_, height) = self.pane_size();
        self.console_scroll(down, height.saturating_sub(1).max(1));
    }

    /// Selects the row at a line of the page. What comes later is not followed.
    pub(super) fn console_select_line(&mut self, line: usize) {
        let mut viewport = self.hold_still();
        if let Some(at) = self.page.get(line) {
            viewport.selected = Some(at.n);
        }
        self.keep_viewport(viewport);
    }

    /// Some lines up or down; the selection stays on its row.
    pub(super) fn console_scroll(&mut self, down: bool, step: usize) {
        let mut viewport = self.hold_still();
        let Some(top) = viewport.top else { return };
        viewport.top = Some(if down { self.before_end(self.moved(top, step)) } else { self.moved_up(top, step) });
        self.keep_viewport(viewport);
    }

    /// The anchor, or the last page's where it lies behind that.
    fn before_end(&self, top: Anchor) -> Anchor {
        let (width, height) = self.pane_size();
        let last = self.last_page(width, height).first().map(|line| Anchor { n: line.n, line: line.line });
        last.filter(|last| (last.n, last.line) < (top.n, top.line)).unwrap_or(top)
    }

    fn moved_up(&self, top: Anchor, lines: usize) -> Anchor {
        let (mut place, mut line) = self.anchored(top);
        let mut left = lines;
        while left > line && place > 0 {
            left -= line + 1;
            place -= 1;
            line = self.height_at(place).saturating_sub(1);
        }
        Anchor { n: self.row_at(place).map_or(top.n, |row| row.n), line: line.saturating_sub(left) }
    }

    /// The row's height has changed: what is anchored to one of its lines is anchored to its first.
    pub(super) fn anchor_again(&mut self, n: EntryNo) {
        let mut viewport = self.viewport();
        if let Some(top) = viewport.top.as_mut().filter(|top| top.n == n) {
            top.line = 0;
            self.keep_viewport(viewport);
        }
    }

    /// The row that Enter opens: the selected one, else the newest.
    pub(super) fn console_choice(&self) -> Option<EntryNo> {
        let selected = self.viewport().selected.filter(|n| self.in_sight(*n));
        selected.or_else(|| self.row_at(self.places().len().checked_sub(1)?).map(|row| row.n))
    }
}

/// How many columns stand before a row's content.
fn indent(head: &str) -> usize {
    head.width() + 3 + usize::from(!head.is_empty())
}

/// What stands before a row: its time, the sign of the user's mark, its own mark.
fn first_runs(head: &str, sign: &str, mark: Mark) -> Vec<(String, Role)> {
    let (mark, role) = (mark.text().to_owned(), Role::Mark(mark));
    let sign = (sign.to_owned(), Role::Key);
    if head.is_empty() {
        return vec![(mark, role), sign];
    }
    vec![(head.to_owned(), Role::Muted), sign, (mark + " ", role)]
}

/// The time since the row before: `4`, `12s`, `3m`.
fn delta(before: &Row, row: &Row) -> String {
    let ms = row.wall.0.saturating_sub(before.wall.0);
    match ms {
        ..0 => String::new(),
        0..1000 => ms.to_string(),
        1000..100_000 => format!("{}s", ms / 1000),
        100_000..6_000_000 => format!("{}m", ms / 60_000),
        _ => format!("{}h", ms / 3_600_000),
    }
}
