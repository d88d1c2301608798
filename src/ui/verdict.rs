//! Findings as the screen shows them: what was found, with its words from the catalogue at hand.

use crate::discovery::{Walk, first_label};
use crate::findings::{Age, Code, Confidence, Finding, Severity, Text, ages, catalogue, findings};
use crate::journal::OpId;
use crate::progress::Progress;

/// A finding and its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// What was found.
    pub finding: Finding,
    /// How grave it is.
    pub severity: Severity,
    /// Whether a newer login has gone beyond it.
    pub age: Age,
    /// The same in words, the fullest first; a narrow screen shows a later one.
    pub words: Vec<String>,
}

/// A finding's name for the program: it stays the same however much is known, and wherever it stands in the list.
pub type Key = (Code, String, Option<OpId>);

impl Shown {
    /// Its name.
    pub fn key(&self) -> Key {
        (self.finding.code, self.finding.subject.clone(), self.finding.op)
    }

    /// Whether something is wrong, and nothing else explains it.
    pub fn is_fault(&self) -> bool {
        self.finding.explained_by.is_none() && self.severity > Severity::Info
    }
}

/// All findings: faults that nothing explains, explained faults, notes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdicts {
    /// Each kind in the order of its gravity.
    pub list: Vec<Shown>,
}

impl Verdicts {
    /// What is found in these logins and on the way to them.
    pub fn of(progress: &Progress, walk: &Walk) -> Self {
        let brief = Brief::of(progress);
        let found = findings(progress, walk);
        let ages = ages(progress, &found);
        let shown = |(finding, age): (Finding, Age)| {
            let text = catalogue().text(&finding);
            Shown { severity: text.severity, age, words: words(&finding, &text, &brief), finding }
        };
        let mut list: Vec<Shown> = found.into_iter().zip(ages).map(shown).collect();
        // A fault is more than a note, be it explained or not.
        list.sort_by_key(|shown| (shown.severity == Severity::Info, shown.finding.explained_by.is_some()));
        Self { list }
    }

    /// The finding that the screen's two lines show; what is only worth knowing is none.
    pub fn gravest(&self) -> Option<&Shown> {
        self.list.get(self.gravest_at()?)
    }

    /// Where in the list it stands: the first of those that are equally grave.
    pub fn gravest_at(&self) -> Option<usize> {
        let counts = |shown: &Shown| shown.is_fault() && shown.age != Age::Earlier;
        let faults = self.list.iter().enumerate().filter(|(_, shown)| counts(shown));
        faults.min_by_key(|(_, shown)| std::cmp::Reverse(shown.severity)).map(|(at, _)| at)
    }

    /// Where in the list a finding stands.
    pub fn place(&self, key: &Key) -> Option<usize> {
        self.list.iter().position(|shown| {
            let finding = &shown.finding;
            (finding.code, &finding.subject, finding.op) == (key.0, &key.1, key.2)
        })
    }

    /// How many things are only worth knowing.
    pub fn notes(&self) -> usize {
        let is_note = |shown: &&Shown| shown.finding.explained_by.is_none() && !shown.is_fault();
        self.list.iter().filter(is_note).count()
    }
}

/// What the short words leave out, since the screen says it elsewhere.
struct Brief {
    /// The nodes' names and their first labels.
    hosts: Vec<(String, String)>,
    /// ` of alice@example.test`
    whose: String,
}

impl Brief {
    fn of(progress: &Progress) -> Self {
        let whose = progress.run().map_or_else(String::new, |run| format!(" of {}@{}", run.user, run.domain));
        Self { hosts: short_names(progress), whose }
    }

    fn text(&self, text: &str) -> String {
        let anonymous = if self.whose.is_empty() { text.to_owned() } else { text.replace(&self.whose, "") };
        self.hosts.iter().fold(anonymous, |text, (host, short)| text.replace(host, short))
    }
}

/// From everything to the bare fact: node names in full, then short; all figures, then the first sentence; the
/// comparison and what is suspected as long as they fit; at last the beginning of the fact.
fn words(finding: &Finding, text: &Text, brief: &Brief) -> Vec<String> {
    let brief = |text: &str| brief.text(text);
    let fact = first_sentence(&text.summary);
    let compare = text.first_compared().map_or_else(String::new, |compare| format!("{compare}. "));
    // The sentence before has named what was asked, and of which node.
    let bare_compare = compare.replace(" <auth> in ", " in ");
    let suspect =
        text.suspect.as_ref().map_or_else(String::new, |suspect| format!("{}: {suspect}.", sure(text.confidence)));
    let label = brief(&finding.subject);
    let mut bare_suspect = brief(&suspect);
    for place in [format!(" on {label}"), format!(" behind {label}")] {
        bare_suspect = bare_suspect.replace(&place, "");
    }
    let whole = format!("{} {compare}{suspect}", text.summary);
    let few = format!("{fact} {suspect}");
    let bare = format!("{fact} {bare_suspect}");
    let briefs = [
        &whole,
        &format!("{fact} {compare}{suspect}"),
        &format!("{fact} {bare_compare}{bare_suspect}"),
        &few,
        &bare,
    ];
    let mut words = vec![whole.trim_end().to_owned()];
    words.extend(briefs.map(|words| brief(words).trim_end().to_owned()));
    // Where the code says what was found, what is suspected says more than the sentence does alone.
    let points = finding.code.name().starts_with("CONTROL_POINTS_") && !suspect.is_empty();
    words.extend(points.then(|| brief(&suspect)));
    words.push(brief(fact));
    words.extend(beginnings(&brief(fact)));
    words
}

/// The beginnings of a sentence that say something by themselves, the longest first. None ends within brackets.
fn beginnings(fact: &str) -> Vec<String> {
    let seams = fact.char_indices().rev().filter(|(at, _)| {
        [": ", "; ", " ("].iter().any(|seam| fact[*at..].starts_with(seam))
            && fact[..*at].split(' ').count() > 4
            && fact[..*at].matches('(').count() == fact[..*at].matches(')').count()
    });
    seams.map(|(at, _)| format!("{}.", &fact[..at])).collect()
}

/// The nodes' names and their first labels, where no two share one.
fn short_names(progress: &Progress) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = Vec::new();
    for login in progress.logins() {
        let host = &login.ask.host;
        if names.iter().all(|(known, _)| known != host) {
            names.push((host.clone(), first_label(host).to_owned()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_too_long_is_ended_at_a_seam_and_not_in_the_middle_of_a_clause() {
        let fact =
            "A certificate of imp1's chain expired on 2026-11-20; by this host's clock it is later: CN=imp1";
        let beginnings = beginnings(fact);
        assert_eq!(beginnings.last().unwrap(), "A certificate of imp1's chain expired on 2026-11-20.");
        assert!(beginnings.iter().all(|text| text.len() <= fact.len()));
        let said =
            super::beginnings("imp1 refused <auth PLAIN> after 1 ms: <not-authorized/> (it says: no such user)");
        assert_eq!(said[0], "imp1 refused <auth PLAIN> after 1 ms: <not-authorized/>.");
    }
}
