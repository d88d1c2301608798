//! An entry of the catalogue: as it is written, and with its texts read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::placeholder::{Template, VALUES};
use super::{Confidence, Finding, Severity, Text};

/// The kinds of server that a line can be for; a finding's argument `kind` says which one it is about.
const KINDS: &[&str] = &["xmpp", "cucm", "tftp", "imp", "edge"];

/// A line as it is written: for every finding of its code, or for some of them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum WrittenLine {
    Always(String),
    For(ForSome),
}

/// A line for some findings of its code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForSome {
    /// Those about these kinds of server, their names with spaces between.
    kind: Option<String>,
    /// Those that have this value.
    #[serde(rename = "if")]
    with: Option<String>,
    /// Those that do not have this one.
    #[serde(rename = "unless")]
    without: Option<String>,
    text: String,
}

impl WrittenLine {
    pub(super) fn text(&self) -> &str {
        match self {
            WrittenLine::Always(text) | WrittenLine::For(ForSome { text, .. }) => text,
        }
    }

    fn condition(&self) -> Option<&ForSome> {
        match self {
            WrittenLine::For(some) => Some(some),
            WrittenLine::Always(_) => None,
        }
    }
}

/// One text as it is written: itself, or lines of which the first that is for a finding counts.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOf {
    Text(String),
    Lines(Vec<WrittenLine>),
}

impl OneOf {
    fn lines(&self) -> &[WrittenLine] {
        match self {
            OneOf::Lines(lines) => lines,
            OneOf::Text(_) => &[],
        }
    }

    fn read(self) -> Result<Vec<Line>, String> {
        let lines = match self {
            OneOf::Text(text) => vec![WrittenLine::Always(text)],
            OneOf::Lines(lines) => lines,
        };
        lines.iter().map(Line::read).collect()
    }
}

/// A line, its text read.
#[derive(Debug)]
pub(super) struct Line {
    kinds: Option<Vec<String>>,
    with: Option<String>,
    without: Option<String>,
    pub(super) text: Template,
}

impl Line {
    /// Whether it says something of every finding, also without its values.
    pub(super) fn tells(&self) -> bool {
        self.kinds.is_none() && self.with.is_none() && self.without.is_none() && self.text.tells()
    }

    /// Whether it is for this finding.
    pub(super) fn is_for(&self, finding: &Finding) -> bool {
        let kind = finding.arg("kind");
        let of_kind =
            self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|known| Some(known.as_str()) == kind));
        let has = |name: &String| finding.arg(name).is_some();
        of_kind && self.with.as_ref().is_none_or(has) && !self.without.as_ref().is_some_and(has)
    }
}

/// An entry as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    severity: Severity,
    confidence: Confidence,
    sentence: OneOf,
    count: String,
    plain: Option<String>,
    suspect: Option<OneOf>,
    not_shown: Option<String>,
    #[serde(default)]
    when: BTreeMap<String, Severity>,
    #[serde(default)]
    detail: Vec<WrittenLine>,
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
    pub(super) sentence: Vec<Line>,
    pub(super) count: Template,
    /// The sentence without values, where it says nothing without them.
    pub(super) plain: Option<String>,
    pub(super) suspect: Vec<Line>,
    pub(super) not_shown: Option<Template>,
    pub(super) detail: Vec<Line>,
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
        let first = |lines: &[Line]| lines.iter().filter(|line| shown(line)).find_map(|line| words(&line.text));
        let bare = || self.sentence.first().map(|line| line.text.bare()).unwrap_or_default();
        Text {
            severity: self.severity,
            confidence: self.confidence,
            summary: first(&self.sentence).unwrap_or_else(bare),
            suspect: first(&self.suspect),
            details: all(&self.detail),
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
        let kinds = self.lines().filter_map(|line| line.condition()?.kind.as_deref());
        kinds.flat_map(|kinds| kinds.split(' ')).find(|kind| !KINDS.contains(kind)).map(str::to_owned)
    }

    /// A value that a condition names and that no rule gives.
    fn unknown_value(&self) -> Option<String> {
        let of_lines = self.lines().filter_map(WrittenLine::condition);
        let named = of_lines.flat_map(|some| {
            [("if", &some.with), ("unless", &some.without)]
                .into_iter()
                .filter_map(|(word, name)| Some((word, name.as_ref()?)))
        });
        let mut named = named.chain(self.when.keys().map(|name| ("when", name)));
        named.find(|(_, name)| !VALUES.contains(&name.as_str())).map(|(word, name)| format!("{word}.{name}"))
    }

    fn lines(&self) -> impl Iterator<Item = &WrittenLine> {
        let lists = [&self.detail, &self.causes, &self.remedies, &self.save_first, &self.jabber, &self.alerts];
        let suspects = self.suspect.as_ref().map_or(&[][..], OneOf::lines);
        lists.into_iter().flatten().chain(self.sentence.lines()).chain(suspects)
    }
}

impl Line {
    fn read(written: &WrittenLine) -> Result<Self, String> {
        let some = written.condition();
        Ok(Self {
            kinds: some.and_then(|some| Some(some.kind.as_ref()?.split(' ').map(str::to_owned).collect())),
            with: some.and_then(|some| some.with.clone()),
            without: some.and_then(|some| some.without.clone()),
            text: Template::parse(written.text())?,
        })
    }
}

impl Page {
    /// The error is an unknown placeholder.
    pub(super) fn read(written: Written) -> Result<Self, String> {
        let all = |lines: &[WrittenLine]| lines.iter().map(Line::read).collect::<Result<Vec<_>, _>>();
        let one = |text: Option<String>| text.as_deref().map(Template::parse).transpose();
        if let Some(unknown) = written.unknown_value() {
            return Err(unknown);
        }
        Ok(Self {
            severity: written.severity,
            when: written.when,
            confidence: written.confidence,
            sentence: written.sentence.read()?,
            count: Template::parse(&written.count)?,
            plain: written.plain,
            suspect: written.suspect.map_or_else(|| Ok(Vec::new()), OneOf::read)?,
            not_shown: one(written.not_shown)?,
            detail: all(&written.detail)?,
            causes: all(&written.causes)?,
            remedies: all(&written.remedies)?,
            save_first: all(&written.save_first)?,
            jabber: all(&written.jabber)?,
            alerts: all(&written.alerts)?,
            references: written.references,
        })
    }
}
