//! Findings as plain lines, for the screen and the report. Knows no colours.

use unicode_width::UnicodeWidthStr;

use super::{Confidence, Finding, Severity, Text, catalogue};

/// No line is wrapped narrower than this; a narrower screen cuts.
const NARROWEST: usize = 20;

/// `CRITICAL XMPP_AUTH_SILENT imp1's host took <auth> …`: one line, not wrapped.
pub fn headline(finding: &Finding) -> String {
    let text = catalogue().text(finding);
    let mut line = format!("{} {} {}", word(text.severity), finding.code, text.summary);
    if let Some(compare) = text.first_compared() {
        line.push_str(&format!(" {compare}."));
    }
    if let Some(suspect) = &text.suspect {
        line.push_str(&format!(" {}: {suspect}.", confidence(text.confidence)));
    }
    line
}

/// A finding in full, wrapped to `width` columns.
pub fn lines(finding: &Finding, width: usize) -> Vec<String> {
    let text = catalogue().text(finding);
    let mut head = format!("{} {}  {}", word(text.severity), finding.code, finding.subject);
    if let Some(address) = finding.arg("address") {
        head.push_str(&format!(" ({address})"));
    }
    if let Some(account) = finding.arg("account") {
        head.push_str(&format!("  {account}"));
    }
    let mut page = Wrapped::new(width);
    page.add(&(head + &suspected(&text)), "  ");
    if let Some(by) = finding.explained_by {
        page.add(&format!("Explained by {by}."), "  ");
    }
    body(&mut page, &text);
    if !finding.evidence.is_empty() {
        let entries: Vec<String> = finding.evidence.iter().map(|n| format!("#{}", n.0)).collect();
        page.add(&format!("Evidence: {}", entries.join(" ")), "  ");
    }
    page.lines
}

/// `CRITICAL`
fn word(severity: Severity) -> String {
    severity.name().to_uppercase()
}

pub(super) fn confidence(of: Confidence) -> &'static str {
    match of {
        Confidence::Documented => "Known",
        Confidence::Likely => "Likely",
        Confidence::Guess => "A guess",
    }
}

pub(super) fn suspected(text: &Text) -> String {
    let sure = confidence(text.confidence).to_uppercase();
    text.suspect.as_ref().map(|suspect| format!("   {sure}: {suspect}")).unwrap_or_default()
}

/// What stands under the head: what happened, what it does not show, the comparison, causes, remedies.
pub(super) fn body(page: &mut Wrapped, text: &Text) {
    let (last, first) = match text.details.split_last() {
        Some((last, first)) => (last.clone(), first),
        None => (text.summary.clone(), [].as_slice()),
    };
    for detail in first {
        page.add(detail, "");
    }
    let not_shown = text.not_shown.as_ref().map(|not| format!(" This does NOT show {not}.")).unwrap_or_default();
    page.add(&(last + &not_shown), "");
    if let Some(compare) = &text.compare {
        page.add(&format!("Compare: {compare}."), "  ");
    }
    for (at, cause) in text.causes.iter().enumerate() {
        match text.causes.len() {
            1 => page.add(&format!("Cause: {cause}"), "  "),
            _ => page.add(&format!("Cause {}: {cause}", at + 1), "  "),
        }
    }
    let commands: Vec<String> = text.save_first.iter().map(|command| format!("`{command}`")).collect();
    named(page, "Save first", &commands);
    match text.remedies.as_slice() {
        [] => {}
        [one] => page.add(&format!("Do: {one}"), "  "),
        several => {
            page.add(
                if text.save_first.is_empty() { "Do, least harm first:" } else { "Then, least harm first:" },
                "",
            );
            for (letter, remedy) in ('a'..='z').zip(several) {
                page.add(&format!("({letter}) {remedy}"), "    ");
            }
        }
    }
    named(page, "Jabber calls it", &text.jabber);
    named(page, "RTMT", &text.alerts);
    named(page, "See", &text.references);
}

pub(super) fn named(page: &mut Wrapped, name: &str, items: &[String]) {
    if let Some((last, first)) = items.split_last() {
        let first = first.iter().map(|item| format!("{item} ·"));
        page.add_words([format!("{name}:")].into_iter().chain(first).chain([last.clone()]), "  ");
    }
}

/// Lines that grow by paragraphs.
pub(super) struct Wrapped {
    width: usize,
    pub(super) lines: Vec<String>,
}

impl Wrapped {
    pub(super) fn new(width: usize) -> Self {
        Self { width: width.max(NARROWEST), lines: Vec::new() }
    }

    /// Adds a paragraph; its second line and the following ones begin with `indent`.
    pub(super) fn add(&mut self, text: &str, indent: &str) {
        self.add_words(words(text), indent);
    }

    /// Adds a row of a table: its name, padded to the column behind it, and a text that is wrapped in that column.
    /// Where the column has no room, the text is wrapped below the name.
    pub(super) fn add_row(&mut self, name: &str, text: &str) {
        self.add_row_of(name, words(text));
    }

    /// The same with words that are given: one with spaces stays on one line.
    pub(super) fn add_row_of(&mut self, name: &str, words: impl IntoIterator<Item = String>) {
        let fits = name.width() + NARROWEST <= self.width;
        let column = if fits { name.width() } else { 4 };
        let mut beside = Wrapped { width: self.width.saturating_sub(column).max(1), lines: Vec::new() };
        beside.add_words(words, "");
        let mut head = name.to_owned();
        if !fits {
            self.lines.push(name.trim_end().to_owned());
            head = " ".repeat(column);
        }
        for line in beside.lines {
            self.lines.push(format!("{head}{line}"));
            head = " ".repeat(column);
        }
    }

    /// All lines.
    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }

    /// Adds a paragraph of words. A word with spaces, a command, stays on one line if any line can hold it; a
    /// word without is never broken, so that names can be copied.
    fn add_words(&mut self, words: impl IntoIterator<Item = String>, indent: &str) {
        let mut line = String::new();
        for word in words {
            let whole = indent.width() + word.width() <= self.width;
            let parts: Vec<&str> = if whole { vec![&word] } else { word.split(' ').collect() };
            for part in parts {
                let empty = line.trim_start().is_empty();
                if !empty && line.width() + 1 + part.width() > self.width {
                    self.lines.push(std::mem::replace(&mut line, indent.to_owned()).trim_end().to_owned());
                } else if !empty {
                    line.push(' ');
                }
                line.push_str(part);
            }
        }
        self.lines.push(line.trim_end().to_owned());
    }
}

/// The words of a text; what stands in backquotes, a command, is one, and the dot between two items stays with the
/// first.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut command = false;
    for character in text.chars() {
        command ^= character == '`';
        match words.last_mut() {
            Some(word) if character != ' ' || command => word.push(character),
            _ => words.push(String::new()),
        }
    }
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        match joined.last_mut().filter(|_| word == "·") {
            Some(before) => before.push_str(" ·"),
            None => joined.push(word),
        }
    }
    joined
}
