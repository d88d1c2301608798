//! An entry of the catalogue: as it is written, and with its texts read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::placeholder::{Template, VALUES};
use super::{Confidence, Severity, Text};

/// The kinds of server that a line can be for; a finding's argument `kind` says which one it is about.
const KINDS: &[&str] = &["xmpp", "cucm", "tftp", "imp", "edge"];

/// A line as it is written: for every finding of its code, or for those about some kinds of server.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum WrittenLine {
    Always(String),
    For(OfKind),
}

/// A line for some kinds of server, their names with spaces between.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfKind {
    kind: String,
    text: String,
}

impl WrittenLine {
    pub(super) fn text(&self) -> &str {
        match self {
            WrittenLine::Always(text) | WrittenLine::For(OfKind { text, .. }) => text,
        }
    }
}

/// A line, its text read.
#[derive(Debug)]
pub(super) struct Line {
    kinds: Option<Vec<String>>,
    pub(super) text: Template,
}

impl Line {
    /// Whether it is for a finding about this kind of server.
    pub(super) fn is_for(&self, kind: Option<&str>) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|known| Some(known.as_str()) == kind))
    }
}

/// An entry as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    severity: Severity,
    confidence: Confidence,
    sentence: String,
    count: String,
    suspect: Option<String>,
    not_shown: Option<String>,
    #[serde(default)]
    when: BTreeMap<String, Severity>,
    #[serde(default)]
    detail: Vec<String>,
    #[serde(default)]
    pub(super) causes: Vec<WrittenLine>,
    #[serde(default, rename = "do")]
    pub(super) remedies: Vec<WrittenLine>,
    #[serde(default)]
    save_first: Vec<WrittenLine>,
    #[serde(default)]
    jabber: Vec<WrittenLine>,
    #[serde(default)]
    alerts: Vec<WrittenLine>,
    #[serde(default)]
    references: Vec<String>,
}

/// An entry, its texts read.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) severity: Severity,
    pub(super) when: BTreeMap<String, Severity>,
    pub(super) confidence: Confidence,
    pub(super) sentence: Template,
    pub(super) count: Template,
    pub(super) suspect: Option<Template>,
    pub(super) not_shown: Option<Template>,
    pub(super) detail: Vec<Template>,
    pub(super) causes: Vec<Line>,
    pub(super) remedies: Vec<Line>,
    pub(super) save_first: Vec<Line>,
    pub(super) jabber: Vec<Line>,
    pub(super) alerts: Vec<Line>,
    pub(super) references: Vec<String>,
}

impl Page {
    /// The entry in words, each text as `words` puts it. What it cannot put is left out, but for the sentence;
    /// so are the lines that are not `shown`.
    pub(super) fn text(&self, words: impl Fn(&Template) -> Option<String>, shown: impl Fn(&Line) -> bool) -> Text {
        let all = |lines: &[Line]| {
            lines.iter().filter(|line| shown(line)).filter_map(|line| words(&line.text)).collect()
        };
        let one = |template: &Option<Template>| template.as_ref().and_then(&words);
        Text {
            severity: self.severity,
            confidence: self.confidence,
            summary: words(&self.sentence).unwrap_or_else(|| self.sentence.bare()),
            suspect: one(&self.suspect),
            details: self.detail.iter().filter_map(&words).collect(),
            compare: None,
            not_shown: one(&self.not_shown),
            causes: all(&self.causes),
            remedies: all(&self.remedies),
            save_first: all(&self.save_first),
            jabber: all(&self.jabber),
            alerts: all(&self.alerts),
            references: self.references.clone(),
        }
    }
}

impl Written {
    /// A kind of server that a line is for and that there is not.
    pub(super) fn unknown_kind(&self) -> Option<String> {
        let lists = [&self.causes, &self.remedies, &self.save_first, &self.jabber, &self.alerts];
        let kinds = lists.into_iter().flatten().filter_map(|line| match line {
            WrittenLine::For(of) => Some(of.kind.split(' ')),
            WrittenLine::Always(_) => None,
        });
        kinds.flatten().find(|kind| !KINDS.contains(kind)).map(str::to_owned)
    }
}

impl Line {
    fn read(written: &WrittenLine) -> Result<Self, String> {
        let kinds = match written {
            WrittenLine::For(of) => Some(of.kind.split(' ').map(str::to_owned).collect()),
            WrittenLine::Always(_) => None,
        };
        Ok(Self { kinds, text: Template::parse(written.text())? })
    }
}

impl Page {
    /// The error is an unknown placeholder.
    pub(super) fn read(written: Written) -> Result<Self, String> {
        let all = |lines: &[WrittenLine]| lines.iter().map(Line::read).collect::<Result<Vec<_>, _>>();
        let one = |text: Option<String>| text.as_deref().map(Template::parse).transpose();
        if let Some(unknown) = written.when.keys().find(|name| !VALUES.contains(&name.as_str())) {
            return Err(format!("when.{unknown}"));
        }
        Ok(Self {
            severity: written.severity,
            when: written.when,
            confidence: written.confidence,
            sentence: Template::parse(&written.sentence)?,
            count: Template::parse(&written.count)?,
            suspect: one(written.suspect)?,
            not_shown: one(written.not_shown)?,
            detail: written.detail.iter().map(|text| Template::parse(text)).collect::<Result<_, _>>()?,
            causes: all(&written.causes)?,
            remedies: all(&written.remedies)?,
            save_first: all(&written.save_first)?,
            jabber: all(&written.jabber)?,
            alerts: all(&written.alerts)?,
            references: written.references,
        })
    }
}
