//! What the user holds back from the view: Enable off, Clear, freeze. The rows themselves stay where they
//! are; that is the ring of which PSI's words speak.

use std::collections::BTreeMap;
use std::ops::Range;

use super::fold::Console;
use super::row::{Mark, Row};

/// Between the rows and their view. Rows are named by their places among [`Console::rows`], which are the
/// order in which they came.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// Enable is off; the first row that came after that.
    off: Option<usize>,
    /// What came while Enable was off.
    gaps: Vec<Range<usize>>,
    /// What came before this was cleared.
    cleared: usize,
    frozen: Option<Frozen>,
}

/// A view that stands still.
#[derive(Debug)]
struct Frozen {
    /// The first row that came after it.
    at: usize,
    /// The rows that can still change, as they were.
    kept: BTreeMap<usize, Row>,
}

impl Gate {
    /// Enable, off and on. True: it is on now.
    pub(super) fn enable(&mut self, now: usize) -> bool {
        match self.off.take() {
            Some(since) => self.gaps.push(since..now),
            None => self.off = Some(now),
        }
        self.enabled()
    }

    pub(super) fn enabled(&self) -> bool {
        self.off.is_none()
    }

    /// Empties the view. What waits behind a frozen one nobody has seen, so it is not in it.
    pub(super) fn clear(&mut self, now: usize) {
        self.cleared = self.frozen.as_ref().map_or(now, |frozen| frozen.at);
    }

    /// Everything is shown again, up to now. Enable stays as it is.
    pub(super) fn dump(&mut self, now: usize) {
        self.gaps.clear();
        self.cleared = 0;
        self.off = self.off.map(|_| now);
    }

    /// Lets the view stand still, and go on. True: it stands still now.
    pub(super) fn freeze(&mut self, console: &Console) -> bool {
        self.frozen = match self.frozen {
            Some(_) => None,
            None => {
                let rows = console.changing().filter_map(|at| Some((at, console.rows().get(at)?.clone())));
                Some(Frozen { at: console.rows().len(), kept: rows.collect() })
            }
        };
        self.frozen.is_some()
    }

    pub(super) fn frozen(&self) -> bool {
        self.frozen.is_some()
    }

    /// Whether a row came after the view was frozen.
    pub(super) fn waits(&self, at: usize) -> bool {
        self.frozen.as_ref().is_some_and(|frozen| at >= frozen.at)
    }

    /// A row as it was when the view was frozen, if it can have changed since.
    pub(super) fn kept(&self, at: usize) -> Option<&Row> {
        self.frozen.as_ref()?.kept.get(&at)
    }

    /// Whether a row is not in the ring alone. Silence and breakage are: Enable keeps out what passes, and a silence is
    /// that nothing does.
    pub(super) fn passes(&self, at: usize, mark: Mark) -> bool {
        at >= self.cleared && (mark == Mark::Bang || !self.is_in_gap(at))
    }

    fn is_in_gap(&self, at: usize) -> bool {
        let next = self.gaps.partition_point(|gap| gap.end <= at);
        self.off.is_some_and(|since| at >= since) || self.gaps.get(next).is_some_and(|gap| gap.contains(&at))
    }
}
