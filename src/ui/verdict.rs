//! Findings as the screen shows them: words from the catalogue, in the order of their gravity. The only file of
//! the screen that knows the findings' types.

use crate::console::Line;
use crate::progress::Progress;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// To be looked at.
    Warning,
    /// The login cannot work.
    Critical,
}

/// A finding in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Its code.
    pub code: String,
    /// How grave it is.
    pub severity: Severity,
    /// What happened, in one sentence.
    pub summary: String,
    /// The first cause, in one sentence; empty where none is known.
    pub likely: String,
    /// The finding that explains it.
    pub explained_by: Option<String>,
    /// Everything: causes, remedies, evidence.
    pub detail: Vec<Line>,
}

/// All findings, the gravest unexplained first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdicts {
    /// In the order of their gravity.
    pub list: Vec<Shown>,
}

impl Verdicts {
    /// What is found in these logins.
    pub fn of(_progress: &Progress) -> Self {
        Self::default()
    }

    /// The finding that the screen's two lines show.
    pub fn gravest(&self) -> Option<&Shown> {
        self.list.iter().find(|shown| shown.explained_by.is_none())
    }
}
