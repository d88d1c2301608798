//! The ladder laid out for a width, as values: which lanes have room, and the rows of each step. Knows no colours and
//! no scrolling; the cost of a step is its own, however many there are.
//!
//! ```text
//!        client    DNS       imp1        › imp2 … imp64 (63)
//! 11.204 │─────────┼────────▶│  <auth PLAIN>
//!        ┊         │         ┊  nothing for 12.3s
//!        ┊         │         ┊    waiting for <success>, <challenge> or <failure>
//! ```

use std::time::Duration;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::drawn::short;
use super::{Arrow, CLIENT, Gap, Ladder, LaneKind, Step, gap_rows};
use crate::console::{Ink, Line, short_time, visible, wide_time, wrap};
use crate::journal::OpId;

/// From this width on there is room for the whole time of day.
const WIDE: usize = 90;
/// Below this width the time is left out.
const NARROW: usize = 40;
/// Columns from lane to lane: at least, and at most.
const APART: (usize, usize) = (8, 14);
/// Columns behind the last lane, for arrows to lanes that are not in sight.
const BEYOND: usize = 4;

/// What a part of the drawing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paint {
    /// A moment.
    Time,
    /// A lane's name.
    Head,
    /// A lane.
    Lane,
    /// A lane that is silent.
    Broken,
    /// From this host.
    Out,
    /// To this host.
    In,
    /// A refusal or a breakage.
    Bad,
    /// What passed.
    Words,
    /// That nothing comes, not yet for long.
    Slow,
    /// That nothing comes.
    Silent,
    /// What matters less.
    Note,
}

/// A row of the drawing.
pub type Drawn = Vec<(String, Paint)>;

/// The wait whose clock runs on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Live<'a> {
    /// Whose wait it is.
    pub op: OpId,
    /// The clock as it is drawn.
    pub clock: &'a str,
    /// How long it is.
    pub waited: Duration,
}

/// What of a ladder is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct View {
    /// This lane alone.
    pub only: Option<usize>,
    /// Else those that have room, once so many are passed over.
    pub shift: usize,
    /// Lanes that came when there were so many get no room, so that nothing moves.
    pub known: Option<usize>,
    /// Seconds by which the shown time of day is ahead of UTC.
    pub ahead: i32,
}

/// Where everything stands at a width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The lanes in sight, this host's first.
    lanes: Vec<usize>,
    /// Those that have no room, on either side.
    left: Vec<usize>,
    right: Vec<usize>,
    apart: usize,
    /// Columns from the last lane on.
    behind: usize,
    time: usize,
    label: usize,
    /// Seconds by which the shown time of day is ahead of UTC.
    ahead: i32,
}

impl Layout {
    /// The layout at `width` columns of what a [`View`] shows.
    pub fn new(ladder: &Ladder, width: usize, view: View) -> Self {
        let time = match width {
            WIDE.. => 13,
            NARROW.. => 7,
            _ => 0,
        };
        let rest = width.saturating_sub(time);
        let words = if width >= WIDE { 46 } else { (rest / 2).min(32) };
        let mut others = view.only.map_or_else(|| in_order(ladder), |lane| vec![lane]);
        let late: Vec<usize> =
            others.extract_if(.., |lane| view.known.is_some_and(|known| *lane >= known)).collect();
        let room = rest.saturating_sub(words + 1);
        let fit = |room: usize| (room / APART.0).max(1).min(others.len());
        let count = if fit(room) < others.len() { fit(room.saturating_sub(BEYOND)) } else { others.len() };
        let hidden = others.len() - count;
        let behind = if hidden > 0 { BEYOND } else { 1 };
        let apart = (room.saturating_sub(behind) / count.max(1)).clamp(APART.0 / 2, APART.1);
        let (left, others) = others.split_at(view.shift.min(hidden));
        let (shown, right) = others.split_at(count);
        let lanes: Vec<usize> = [CLIENT].iter().chain(shown).copied().collect();
        let right = right.iter().chain(&late).copied().collect();
        let mut layout =
            Self { lanes, left: left.to_vec(), right, apart, behind, time, label: 0, ahead: view.ahead };
        layout.label = rest.saturating_sub(layout.across() + 2).max(1);
        layout
    }

    /// How many lanes have no room on the left, and how many at all.
    pub fn hidden(&self) -> (usize, usize) {
        (self.left.len(), self.left.len() + self.right.len())
    }

    /// Whether a lane is in sight.
    pub fn shows(&self, lane: usize) -> bool {
        self.lanes.contains(&lane)
    }

    /// Columns of the lanes.
    fn across(&self) -> usize {
        (self.lanes.len() - 1) * self.apart + self.behind
    }

    /// The lanes' names, and which are not in sight.
    pub fn heads(&self, ladder: &Ladder) -> Drawn {
        let mut heads = " ".repeat(self.time);
        for (at, lane) in self.lanes.iter().enumerate() {
            let last = at + 1 == self.lanes.len();
            let room = if last && self.behind < BEYOND { self.apart.max(12) } else { self.apart };
            let name = fitted(&head(ladder, *lane), room.saturating_sub(1));
            let gap = room - name.width();
            heads.push_str(&name);
            heads.push_str(&" ".repeat(gap));
        }
        let room = (self.time + self.across() + 2 + self.label).saturating_sub(heads.width());
        let beyond = [ranges, nearest, counts].map(|said| said(ladder, &self.left, &self.right));
        let fitting = beyond.into_iter().find(|said| said.width() <= room);
        vec![(heads, Paint::Head), (fitting.unwrap_or_default(), Paint::Note)]
    }

    /// The rows of a step.
    pub fn step(&self, ladder: &Ladder, step: &Step, live: Option<Live<'_>>) -> Vec<Drawn> {
        match step {
            Step::Arrow(arrow) => self.arrow(ladder, arrow),
            Step::Gap(gap) => self.gap(ladder, gap, live.filter(|live| live.op == gap.op && gap.over.is_none())),
        }
    }

    fn arrow(&self, ladder: &Ladder, arrow: &Arrow) -> Vec<Drawn> {
        let out = arrow.from == CLIENT;
        let other = if out { arrow.to } else { arrow.from };
        let mut cells = self.idle();
        let end = self.end(other);
        let paint = match (arrow.bad, out) {
            (true, _) => Paint::Bad,
            (false, true) => Paint::Out,
            (false, false) => Paint::In,
        };
        for cell in cells.iter_mut().take(end).skip(1) {
            *cell = (if cell.0 == ' ' { '─' } else { '┼' }, paint);
        }
        if end > 1 {
            let tip = if out { (end - 1, '▶') } else { (1, '◀') };
            cells[tip.0] = (tip.1, paint);
        }
        let name = if self.lanes.contains(&other) { String::new() } else { head(ladder, other) + ": " };
        let words = Line::words(&(name + &arrow.label), if arrow.bad { Ink::Bad } else { Ink::Plain });
        let time = match self.time {
            0 => String::new(),
            7 => short_time(arrow.wall),
            _ => wide_time(arrow.wall, self.ahead),
        };
        self.rows(&time, cells, &self.idle(), &[words])
    }

    fn gap(&self, ladder: &Ladder, gap: &Gap, live: Option<Live<'_>>) -> Vec<Drawn> {
        let mut cells = self.idle();
        cells[0] = ('┊', Paint::Broken);
        if let Some(at) = self.lanes.iter().position(|lane| *lane == gap.lane) {
            cells[at * self.apart] = ('┊', Paint::Broken);
        }
        let said = match (live, gap.over) {
            (Some(live), _) => format!("nothing for {:<5}", live.clock),
            (None, None) if self.time > 7 => format!("nothing since {}", wide_time(gap.wall, self.ahead)),
            (None, None) => format!("nothing since {}", short_time(gap.wall)),
            (None, Some(_)) => gap.said(ladder.newest()),
        };
        let name = if self.lanes.contains(&gap.lane) { String::new() } else { head(ladder, gap.lane) + ": " };
        let ink = if gap.silent { Ink::Bad } else { Ink::Warn };
        let waiting = Line { indent: 2, ..Line::words(&format!("waiting for {}", gap.words), ink) };
        let mut rows = self.rows("", cells.clone(), &cells, &[Line::words(&(name + &said), ink), waiting]);
        let waited = live.map_or_else(|| gap.waited(ladder.newest()), |live| live.waited);
        for _ in 1..gap_rows(waited) {
            rows.extend(self.rows("", cells.clone(), &cells, &[]));
        }
        rows
    }

    /// Rows: the first one with the time and these lanes, as many further ones as the words need.
    fn rows(&self, time: &str, first: Vec<Cell>, further: &[Cell], words: &[Line]) -> Vec<Drawn> {
        let laid = wrap(words, self.label);
        let mut rows = Vec::with_capacity(laid.len().max(1));
        for at in 0..laid.len().max(1) {
            let time = if at == 0 { time } else { "" };
            let paint = if time.is_empty() { Paint::Words } else { Paint::Time };
            let mut row = vec![(format!("{time:width$}", width = self.time), paint)];
            row.extend(runs(if at == 0 { &first } else { further }));
            row.push(("  ".to_owned(), Paint::Words));
            let words = laid.get(at).into_iter().flatten();
            row.extend(words.map(|(text, ink)| (text.clone(), painted(*ink))));
            rows.push(row);
        }
        rows
    }

    /// The lanes where nothing passes.
    fn idle(&self) -> Vec<Cell> {
        let mut cells = vec![(' ', Paint::Words); self.across()];
        (0..self.lanes.len()).for_each(|at| cells[at * self.apart] = ('│', Paint::Lane));
        cells
    }

    /// The column at which an arrow between this host and a lane ends.
    fn end(&self, lane: usize) -> usize {
        match self.lanes.iter().position(|own| *own == lane) {
            Some(at) => at * self.apart,
            None if self.left.contains(&lane) => self.apart / 2,
            None => self.across(),
        }
    }
}

type Cell = (char, Paint);

/// Cells as runs of one paint.
fn runs(cells: &[Cell]) -> impl Iterator<Item = (String, Paint)> {
    cells.chunk_by(|one, next| one.1 == next.1).map(|run| (run.iter().map(|cell| cell.0).collect(), run[0].1))
}

fn painted(ink: Ink) -> Paint {
    match ink {
        Ink::Bad => Paint::Silent,
        Ink::Warn => Paint::Slow,
        _ => Paint::Words,
    }
}

/// All lanes but this host's, in the order in which they are drawn.
fn in_order(ladder: &Ladder) -> Vec<usize> {
    let mut order: Vec<usize> = (1..ladder.lanes.len()).collect();
    order.sort_by_key(|lane| ladder.lanes[*lane].kind);
    order
}

/// What stands over a lane: the first label of its name; DNS where there is one server.
pub(super) fn head(ladder: &Ladder, lane: usize) -> String {
    let Some(own) = ladder.lanes.get(lane) else { return String::new() };
    let servers = ladder.lanes.iter().filter(|lane| lane.kind == LaneKind::Dns).count();
    if own.kind == LaneKind::Dns && servers == 1 { "DNS".to_owned() } else { short(own) }
}

/// ` ‹ imp1, imp2 › imp9 … imp64 (56)`
fn ranges(ladder: &Ladder, left: &[usize], right: &[usize]) -> String {
    let side = |sign: char, lanes: &[usize]| match lanes {
        [] => String::new(),
        [one] => format!(" {sign} {}", head(ladder, *one)),
        [one, two] => format!(" {sign} {}, {}", head(ladder, *one), head(ladder, *two)),
        [first, .., last] => {
            format!(" {sign} {} … {} ({})", head(ladder, *first), head(ladder, *last), lanes.len())
        }
    };
    side('‹', left) + &side('›', right)
}

/// The nearest on each side, and how many: ` ‹ imp2 (2) › imp9 (56)`
fn nearest(ladder: &Ladder, left: &[usize], right: &[usize]) -> String {
    let side = |sign: char, nearest: Option<&usize>, count: usize| {
        nearest.map_or_else(String::new, |lane| format!(" {sign} {} ({count})", head(ladder, *lane)))
    };
    side('‹', left.last(), left.len()) + &side('›', right.first(), right.len())
}

/// ` ‹2 ›56`
fn counts(_: &Ladder, left: &[usize], right: &[usize]) -> String {
    format!(" ‹{} ›{}", left.len(), right.len())
}

/// A name in at most `width` columns; names differ at their ends, so its middle is left out.
fn fitted(name: &str, width: usize) -> String {
    let name = visible(name);
    if name.width() <= width {
        return name;
    }
    middle(&name, width)
}

/// The head and the end of a name with `…` between them, in `width` columns.
fn middle(name: &str, width: usize) -> String {
    let tail_room = width.saturating_sub(1) / 2;
    let (mut tail, mut used) = (Vec::new(), 0);
    for grapheme in name.graphemes(true).rev() {
        used += grapheme.width();
        if used > tail_room {
            break;
        }
        tail.push(grapheme);
    }
    let head_room = width.saturating_sub(1 + tail.iter().map(|one| one.width()).sum::<usize>());
    let (mut kept, mut used) = (String::new(), 0);
    for grapheme in name.graphemes(true) {
        used += grapheme.width();
        if used > head_room {
            break;
        }
        kept.push_str(grapheme);
    }
    if width > 0 {
        kept.push('…');
    }
    kept.extend(tail.into_iter().rev());
    kept
}
