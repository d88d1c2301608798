//! Findings as the screen shows them: what was found, with its words from the catalogue at hand.

use crate::findings::{Confidence, Finding, Severity, Text, catalogue, findings};
use crate::progress::Progress;

/// A finding and its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// What was found.
    pub finding: Finding,
    /// How grave it is.
    pub severity: Severity,
    /// The same in words, the fullest first; a narrow screen shows a later one.
    pub words: Vec<String>,
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
        let hosts = short_names(progress);
        let shown = |finding: Finding| {
            let text = catalogue().text(&finding);
            Shown { severity: text.severity, words: words(&finding, &text, &hosts), finding }
        };
        Self { list: findings(progress).into_iter().map(shown).collect() }
    }

    /// The finding that the screen's two lines show.
    pub fn gravest(&self) -> Option<&Shown> {
        self.list.iter().find(|shown| shown.finding.explained_by.is_none())
    }
}

/// From everything to the bare fact: node names in full, then short; all figures, then the first sentence; the
/// comparison and what is suspected as long as they fit.
fn words(finding: &Finding, text: &Text, hosts: &[(String, String)]) -> Vec<String> {
    let brief = |text: &str| hosts.iter().fold(text.to_owned(), |text, (host, short)| text.replace(host, short));
    let fact = first_sentence(&text.summary);
    let compare = text.compare.as_ref().map_or_else(String::new, |compare| format!("{compare}. "));
    // The sentence before has named what was asked, and of which node.
    let bare_compare = compare.replace(" <auth> in ", " in ");
    let suspect =
        text.suspect.as_ref().map_or_else(String::new, |suspect| format!("{}: {suspect}.", sure(text.confidence)));
    let label = brief(&finding.subject);
    let bare_suspect = brief(&suspect).replace(&format!(" on {label}."), ".");
    let whole = format!("{} {compare}{suspect}", text.summary);
    let few = format!("{fact} {suspect}");
    let briefs =
        [&whole, &format!("{fact} {compare}{suspect}"), &format!("{fact} {bare_compare}{bare_suspect}"), &few];
    let mut words = vec![whole.trim_end().to_owned()];
    words.extend(briefs.map(|words| brief(words).trim_end().to_owned()));
    words.push(brief(fact));
    words
}

/// The nodes' names and their first labels, where no two share one.
fn short_names(progress: &Progress) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = Vec::new();
    for login in progress.logins() {
        let host = &login.ask.host;
        let label = host.split('.').next().unwrap_or(host);
        let address = host.contains(':') || label.bytes().all(|byte| byte.is_ascii_digit());
        if !address && names.iter().all(|(known, _)| known != host) {
            names.push((host.clone(), label.to_owned()));
        }
    }
    let shared = |label: &str| names.iter().filter(|(_, other)| other == label).count() > 1;
    names.iter().filter(|(_, label)| !shared(label)).cloned().collect()
}

/// Up to the first full stop that ends a sentence.
fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |at| &text[..=at])
}

fn sure(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Documented => "Documented",
        Confidence::Likely => "Likely",
        Confidence::Guess => "A guess",
    }
}
