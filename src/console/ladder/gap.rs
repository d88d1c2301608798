//! A wait in which nothing came, and how high it is drawn.

use std::time::Duration;

use crate::journal::{EntryNo, Offset, OpId, Wall};

/// A gap grows by a row with each started step of this many seconds.
const STEP: u64 = 10;
/// So high can it become.
const ROWS: usize = 6;

/// A wait in which nothing came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The newest entry that calls it slow or silent.
    pub n: EntryNo,
    /// Whose wait it is.
    pub op: OpId,
    /// Whose answer is missing.
    pub lane: usize,
    /// For what.
    pub words: String,
    /// Since when.
    pub since: Offset,
    /// The same by the wall clock.
    pub wall: Wall,
    /// Whether it was called silent.
    pub silent: bool,
    /// How it ended; none: it has not.
    pub over: Option<Over>,
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// When.
    pub at: Offset,
    /// Whether what was waited for came after all.
    pub came: bool,
}

impl Gap {
    /// How long it was; while it is open, how long it is at `now`.
    pub fn waited(&self, now: Offset) -> Duration {
        self.over.map_or(now, |over| over.at).since(self.since)
    }

    /// `nothing for 32.5 s, then it came`
    pub(super) fn said(&self, now: Offset) -> String {
        let came = if self.over.is_some_and(|over| over.came) { ", then it came" } else { "" };
        format!("nothing for {:.1} s{came}", self.waited(now).as_secs_f64())
    }
}

/// The rows of a gap that is as long as this: one for each started ten seconds, six at most.
pub fn gap_rows(waited: Duration) -> usize {
    usize::try_from(waited.as_secs() / STEP).unwrap_or(ROWS).min(ROWS - 1) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_grows_in_bounded_steps() {
        let rows = [0, 3, 10, 11, 20, 59, 61, 130, u64::MAX].map(|s| gap_rows(Duration::from_secs(s)));
        assert_eq!(rows, [1, 1, 2, 2, 3, 6, 6, 6, 6]);
    }
}
