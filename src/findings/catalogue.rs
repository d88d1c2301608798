//! The catalogue: severity and words of each code, read once from `assets/findings.toml`.
//!
//! [`Catalogue::parse`] is strict: a code without an entry, an entry without a code, a cause or a remedy that two
//! places share, and an unknown placeholder are errors.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::page::{Page, Written, WrittenLine};
use super::{Code, Finding};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// It works, but not as it should.
    Warning,
    /// The login stops here, or must.
    Critical,
}

impl Severity {
    /// The word in reports: `critical`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }
}

/// How sure the words about causes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A standard or the vendor says so.
    Documented,
    /// It fits what is known of the product.
    Likely,
    /// It is inferred.
    Guess,
}

impl Confidence {
    /// The word in reports: `likely`.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Documented => "documented",
            Confidence::Likely => "likely",
            Confidence::Guess => "guess",
        }
    }
}

/// Why a catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// It is no TOML, or has a field that is unknown, missing or of another type.
    #[error("{0}")]
    Toml(String),
    /// A code that a rule can raise has no entry.
    #[error("{0} has no entry")]
    NoEntry(Code),
    /// An entry that no rule can raise.
    #[error("{0} is no code")]
    NoCode(String),
    /// A cause or a remedy stands in two places.
    #[error("{code} shares a cause or a remedy: {text}")]
    Shared {
        /// The second place.
        code: Code,
        /// The text.
        text: String,
    },
    /// A line for a kind of server that there is not.
    #[error("{code} has a line for an unknown kind of server: {kind}")]
    Kind {
        /// The entry.
        code: Code,
        /// As it is written.
        kind: String,
    },
    /// A placeholder that no rule gives a value for.
    #[error("{code} has an unknown placeholder {placeholder}")]
    Placeholder {
        /// The entry.
        code: Code,
        /// As it is written.
        placeholder: String,
    },
}

/// A finding in words. What is empty is left out where it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// How grave it is, its arguments considered.
    pub severity: Severity,
    /// How sure the causes are.
    pub confidence: Confidence,
    /// What has happened, in one sentence.
    pub summary: String,
    /// What is suspected, in a few words.
    pub suspect: Option<String>,
    /// What has happened with all its figures, where the sentence leaves some out.
    pub details: Vec<String>,
    /// What the other nodes did, where they were asked.
    pub compare: Option<String>,
    /// What it does not show.
    pub not_shown: Option<String>,
    /// What may be behind it and how to tell, the likeliest first.
    pub causes: Vec<String>,
    /// What to do, least harm first.
    pub remedies: Vec<String>,
    /// What to save before anything is restarted.
    pub save_first: Vec<String>,
    /// What Jabber calls it.
    pub jabber: Vec<String>,
    /// RTMT alerts that belong to it.
    pub alerts: Vec<String>,
    /// Where it is written.
    pub references: Vec<String>,
}

impl Text {
    /// The first of what it is compared with: all that a line has room for.
    pub fn first_compared(&self) -> Option<&str> {
        self.compare.as_deref().and_then(|compare| compare.split(" · ").next())
    }
}

/// All entries.
#[derive(Debug)]
pub struct Catalogue {
    pages: BTreeMap<Code, Page>,
}

/// The catalogue that is built in.
pub fn catalogue() -> &'static Catalogue {
    static BUILT_IN: LazyLock<Catalogue> = LazyLock::new(|| {
        Catalogue::parse(include_str!("../../assets/findings.toml"))
            .unwrap_or_else(|error| panic!("assets/findings.toml, which is part of this program: {error}"))
    });
    &BUILT_IN
}

impl Catalogue {
    /// Reads and checks a catalogue.
    ///
    /// # Errors
    /// When it is no TOML of this form, or breaks one of the rules above.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let written: BTreeMap<String, Written> =
            toml::from_str(text).map_err(|error| CatalogueError::Toml(error.to_string()))?;
        let mut pages = BTreeMap::new();
        let mut texts = BTreeSet::new();
        for (name, entry) in written {
            let code = Code::all().find(|code| code.0 == name).ok_or(CatalogueError::NoCode(name))?;
            for text in entry.causes.iter().chain(&entry.remedies).map(WrittenLine::text) {
                if !texts.insert(text.to_owned()) {
                    return Err(CatalogueError::Shared { code, text: text.to_owned() });
                }
            }
            if let Some(kind) = entry.unknown_kind() {
                return Err(CatalogueError::Kind { code, kind });
            }
            let page =
                Page::read(entry).map_err(|placeholder| CatalogueError::Placeholder { code, placeholder })?;
            pages.insert(code, page);
        }
        match Code::all().find(|code| !pages.contains_key(code)) {
            Some(code) => Err(CatalogueError::NoEntry(code)),
            None => Ok(Self { pages }),
        }
    }

    /// How grave a finding is: its arguments can make it milder or graver.
    pub fn severity(&self, finding: &Finding) -> Severity {
        let page = self.page(finding.code);
        let by_argument = page.when.iter().find(|(name, _)| finding.args.contains_key(name.as_str()));
        by_argument.map_or(page.severity, |(_, severity)| *severity)
    }

    /// A finding in words.
    pub fn text(&self, finding: &Finding) -> Text {
        let page = self.page(finding.code);
        let value = |name: &str| finding.arg(name).map(str::to_owned);
        let text = page.text(|template| template.fill(value), |line| line.is_for(finding));
        Text { severity: self.severity(finding), compare: value("compare"), ..text }
    }

    /// Several findings of one code in a phrase: `3 logins got no answer to <auth>`.
    pub fn count(&self, code: Code, count: usize) -> String {
        let template = &self.page(code).count;
        template.fill(|name| (name == "count").then(|| count.to_string())).unwrap_or_else(|| template.bare())
    }

    /// A code in words, with `<node>` and the like in place of values, the lines for every finding of it.
    pub fn bare(&self, code: Code) -> Text {
        self.page(code).text(|template| Some(template.bare()), |_| true)
    }

    /// A code as somebody reads it who asks about it: as above, with a sentence that reads without values, and of the
    /// details those that say something without them.
    pub(super) fn explained(&self, code: Code) -> Text {
        let page = self.page(code);
        let text = self.bare(code);
        let told = page.detail.iter().filter(|line| line.tells()).map(|line| line.text.bare());
        Text { details: told.collect(), summary: page.plain.clone().unwrap_or(text.summary), ..text }
    }

    /// The same as [`Catalogue::bare`] with the lines for one finding alone.
    #[cfg(test)]
    pub(super) fn bare_for(&self, finding: &Finding) -> Text {
        self.page(finding.code).text(|template| Some(template.bare()), |line| line.is_for(finding))
    }

    /// Codes that name this Jabber error or RTMT alert.
    pub(super) fn naming(&self, word: &str) -> Vec<Code> {
        let names =
            |page: &Page| page.jabber.iter().chain(&page.alerts).any(|line| begins(&line.text.bare(), word));
        self.pages.iter().filter(|(_, page)| names(page)).map(|(code, _)| *code).collect()
    }

    fn page(&self, code: Code) -> &Page {
        self.pages.get(&code).unwrap_or_else(|| panic!("a catalogue has an entry for each code, also for {code}"))
    }
}

/// Whether a name begins with this word, or with a span of numbers that holds it: `1036 to 1039 (TFTP)`.
fn begins(name: &str, word: &str) -> bool {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    let last = words.next().filter(|to| *to == "to").and(words.next());
    let number = |text: &str| text.parse::<u16>().ok();
    let within = last.and_then(|last| Some((number(first)?..=number(last)?).contains(&number(word)?)));
    first.eq_ignore_ascii_case(word) || within == Some(true)
}
