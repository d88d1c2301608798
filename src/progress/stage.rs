//! One row of the stage bar: what became of a stage, and when.

use std::time::Duration;

use crate::journal::{Offset, Stage};

/// A stage of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageRow {
    /// Which one.
    pub stage: Stage,
    /// What became of it.
    pub outcome: StageOutcome,
    /// When the login arrived here.
    pub entered: Option<Offset>,
    /// When it left: passed, refused, broken, or ended here.
    pub left: Option<Offset>,
}

/// What became of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StageOutcome {
    /// The login has not come here.
    NotReached,
    /// It is here, or it was here when it was stopped.
    Waiting,
    /// What the stage needs came.
    Ok,
    /// A wait in it became silent.
    Silent,
    /// The peer refused it.
    Refused,
    /// It broke.
    Failed,
    /// It was not needed, or the user passed over it.
    Skipped,
}

impl StageOutcome {
    /// The word in reports: `not_reached`, `ok`.
    pub fn name(self) -> &'static str {
        match self {
            StageOutcome::NotReached => "not_reached",
            StageOutcome::Waiting => "waiting",
            StageOutcome::Ok => "ok",
            StageOutcome::Silent => "silent",
            StageOutcome::Refused => "refused",
            StageOutcome::Failed => "failed",
            StageOutcome::Skipped => "skipped",
        }
    }
}

impl StageRow {
    pub(super) fn new(stage: Stage) -> Self {
        Self { stage, outcome: StageOutcome::NotReached, entered: None, left: None }
    }

    /// How long the login was, or has been, in this stage.
    pub fn elapsed(&self, now: Offset) -> Option<Duration> {
        Some(self.left.unwrap_or(now).since(self.entered?))
    }

    /// Whether the stage's clock runs.
    pub fn is_open(&self) -> bool {
        self.entered.is_some() && self.left.is_none()
    }
}
