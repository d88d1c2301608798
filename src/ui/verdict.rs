//! Findings as the screen shows them: what was found, with its words from the catalogue at hand.

use crate::findings::{Finding, Severity, catalogue, findings};
use crate::progress::Progress;

/// A finding and its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// What was found.
    pub finding: Finding,
    /// How grave it is.
    pub severity: Severity,
    /// What happened, in one sentence.
    pub summary: String,
    /// What is suspected; empty where nothing is.
    pub suspect: String,
}

/// All findings, the gravest unexplained first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdicts {
    /// In the order of their gravity.
    pub list: Vec<Shown>,
}

impl Verdicts {
    /// What is found in these logins.
    pub fn of(progress: &Progress) -> Self {
        let shown = |finding: Finding| {
            let text = catalogue().text(&finding);
            let suspect = text.suspect.map(|suspect| format!("{}: {suspect}.", sure(text.confidence)));
            let (severity, summary) = (text.severity, text.summary);
            Shown { finding, severity, summary, suspect: suspect.unwrap_or_default() }
        };
        Self { list: findings(progress).into_iter().map(shown).collect() }
    }

    /// The finding that the screen's two lines show.
    pub fn gravest(&self) -> Option<&Shown> {
        self.list.iter().find(|shown| shown.finding.explained_by.is_none())
    }
}

fn sure(confidence: crate::findings::Confidence) -> &'static str {
    use crate::findings::Confidence;
    match confidence {
        Confidence::Documented => "Documented",
        Confidence::Likely => "Likely",
        Confidence::Guess => "A guess",
    }
}
