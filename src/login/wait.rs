//! The clock of a wait: when it becomes slow, silent, and given up.

use std::time::Duration;

use crate::journal::{Awaited, Offset};

use super::Marks;

/// A silent wait is looked at again this often.
const STILL_EVERY: Duration = Duration::from_secs(10);

/// What a wait's clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It began.
    Began,
    /// It is slow.
    Slow,
    /// It is silent.
    Silent,
    /// It is silent still: time for another look at the kernel's view. Journaled as that look only.
    Still,
    /// What it waited for came.
    Answered,
    /// We stopped waiting.
    GaveUp,
}

/// A wait that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiting {
    /// For what.
    pub(super) awaited: Awaited,
    /// Since when.
    pub(super) since: Offset,
    passed: Passed,
}

/// How far its clock has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passed {
    Nothing,
    Slow,
    /// Silent, and looked at again this many times.
    Silent(u32),
}

impl Waiting {
    pub(super) fn new(awaited: Awaited, since: Offset) -> Self {
        Self { awaited, since, passed: Passed::Nothing }
    }

    /// When the clock has something to say next, and what.
    pub(super) fn next(&self, marks: &Marks) -> (Offset, Mark) {
        let (after, mark) = match self.passed {
            Passed::Nothing if marks.slow < marks.silent => (marks.slow, Mark::Slow),
            Passed::Nothing | Passed::Slow => (marks.silent, Mark::Silent),
            Passed::Silent(looks) => (marks.silent + STILL_EVERY * (looks + 1), Mark::Still),
        };
        match marks.give_up {
            Some(limit) if limit < after => (self.since.after(limit), Mark::GaveUp),
            _ => (self.since.after(after), mark),
        }
    }

    /// Notes that the clock has said `mark`.
    pub(super) fn pass(&mut self, mark: Mark) {
        self.passed = match (mark, self.passed) {
            (Mark::Slow, _) => Passed::Slow,
            (Mark::Silent, _) => Passed::Silent(0),
            (Mark::Still, Passed::Silent(looks)) => Passed::Silent(looks.saturating_add(1)),
            (_, passed) => passed,
        };
    }
}
