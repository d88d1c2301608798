//! What others call a failed login: RTMT's alerts, Jabber's errors. Read once from `assets/alerts.toml`.
//!
//! [`Alerts::parse`] is strict: a code that no rule can raise, a text that stands in two places, a name or a number
//! that two entries claim, a field that is unknown or empty are errors. `spoken` finds the names in a text,
//! `fields` what the text says of user, source and time.

mod fields;
mod spoken;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Code, Confidence};

pub(super) use fields::Fields;
use spoken::Spoken;
pub(super) use spoken::{name_like, tokens};

/// Why alerts cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum AlertError {
    /// It is no TOML, or has a field that is unknown, missing or of another type.
    #[error("{0}")]
    Toml(String),
    /// A code that no rule can raise.
    #[error("{0} belongs to {1}, and is no code")]
    NoCode(String, String),
    /// A cause or a remedy stands in two places.
    #[error("{0} shares a text: {1}")]
    Shared(String, String),
    /// Two entries claim one name or number for the same texts.
    #[error("{0} is claimed twice")]
    Claimed(String),
    /// Something that must be there is empty, or a placeholder is unknown.
    #[error("{0}: {1}")]
    Field(String, &'static str),
}

/// Where on the way to a login it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Place {
    Dns,
    Edge,
    Uds,
    Sso,
    Tftp,
    Epas,
    Xmpp,
    Beside,
}

impl Place {
    /// The stage as it is called on the screen.
    pub(super) fn name(self) -> &'static str {
        match self {
            Place::Dns => "DNS",
            Place::Edge => "the edge (mobile and remote access)",
            Place::Uds => "UDS",
            Place::Sso => "single sign-on",
            Place::Tftp => "service profile",
            Place::Epas => "EPASSoap",
            Place::Xmpp => "XMPP on 5222",
            Place::Beside => "beside the login path",
        }
    }
}

/// An entry of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alert {
    /// What it is called, its title first.
    pub(super) names: Vec<String>,
    /// NNNN of Jabber's 1000:NNNN.
    #[serde(default)]
    pub(super) numbers: Vec<u16>,
    /// It is for texts with one of these in them.
    #[serde(default)]
    pub(super) mentions: Vec<String>,
    /// What it is.
    pub(super) is: String,
    /// Where it happens.
    pub(super) place: Place,
    /// The same, closer.
    pub(super) step: String,
    /// Which service.
    pub(super) service: String,
    /// On which kind of node.
    pub(super) on: String,
    /// How sure the words are.
    pub(super) confidence: Confidence,
    /// What it usually means.
    pub(super) means: String,
    /// What else it often is.
    #[serde(default, rename = "else")]
    pub(super) or: Vec<String>,
    /// What to do, where that is not a finding's matter.
    #[serde(default, rename = "do")]
    pub(super) remedies: Vec<String>,
    /// Findings that belong to it.
    codes: Vec<String>,
    /// Command lines with `{user}` and `{node}`.
    pub(super) check: Vec<String>,
    /// Where it is written.
    pub(super) references: Vec<String>,
}

impl Alert {
    /// The findings that belong to it, the likeliest first.
    pub(super) fn codes(&self) -> Vec<Code> {
        self.codes.iter().filter_map(|name| Code::named(name)).collect()
    }

    /// Other findings whose own words name it.
    pub(super) fn rarer(&self) -> Vec<Code> {
        let mut codes = self.codes();
        let first = codes.len();
        let numbers = self.numbers.iter().map(ToString::to_string);
        for name in self.names.iter().cloned().chain(numbers) {
            for code in super::catalogue().naming(&name) {
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
        }
        codes.split_off(first)
    }

    fn title(&self) -> String {
        self.names.first().cloned().unwrap_or_default()
    }

    /// What is wrong with it, taken alone.
    fn fault(&self) -> Option<&'static str> {
        let texts = [&self.is, &self.step, &self.service, &self.on, &self.means];
        if texts.into_iter().chain(&self.or).chain(&self.remedies).any(|text| text.trim().is_empty()) {
            return Some("a text is empty");
        }
        if [&self.names, &self.codes, &self.check, &self.references].iter().any(|list| list.is_empty()) {
            return Some("it needs a name, a code, a command and a reference");
        }
        let plain = |line: &str| !line.replace("{user}", "").replace("{node}", "").contains(['{', '}']);
        (!self.check.iter().all(|line| plain(line))).then_some("a command has an unknown placeholder")
    }
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    alert: Vec<Alert>,
}

/// All entries, and where their names lead.
#[derive(Debug)]
pub(super) struct Alerts {
    entries: Vec<Alert>,
    spoken: Spoken,
}

/// Those that are built in.
pub(super) fn alerts() -> &'static Alerts {
    static BUILT_IN: LazyLock<Alerts> = LazyLock::new(|| {
        Alerts::parse(include_str!("../../../assets/alerts.toml"))
            .unwrap_or_else(|error| panic!("assets/alerts.toml, which is part of this program: {error}"))
    });
    &BUILT_IN
}

impl Alerts {
    /// Reads and checks them.
    pub(super) fn parse(text: &str) -> Result<Self, AlertError> {
        let written: Written = toml::from_str(text).map_err(|error| AlertError::Toml(error.to_string()))?;
        let (mut texts, mut claims) = (BTreeSet::new(), BTreeSet::new());
        for alert in &written.alert {
            let title = alert.title();
            if let Some(fault) = alert.fault() {
                return Err(AlertError::Field(title, fault));
            }
            if let Some(code) = alert.codes.iter().find(|code| !Code::all().any(|known| known.0 == **code)) {
                return Err(AlertError::NoCode(code.clone(), title));
            }
            if let Some(text) = alert.or.iter().chain(&alert.remedies).find(|text| !texts.insert((*text).clone()))
            {
                return Err(AlertError::Shared(title, text.clone()));
            }
            let names = alert.names.iter().map(|name| name.to_ascii_lowercase());
            for claim in names.chain(alert.numbers.iter().map(ToString::to_string)) {
                if !claims.insert((claim.clone(), alert.mentions.clone())) {
                    return Err(AlertError::Claimed(claim));
                }
            }
        }
        Ok(Self { spoken: Spoken::of(&written.alert), entries: written.alert })
    }

    /// The entries whose names stand in a text, in the order of the text, with the name that was found first.
    pub(super) fn in_text(&self, text: &str) -> Vec<(&Alert, String)> {
        let found = self.spoken.find(text, &self.entries);
        found.into_iter().map(|(at, name)| (&self.entries[at], name)).collect()
    }

    /// Every name that is one word, and every number as Jabber writes it.
    pub(super) fn names(&'static self) -> impl Iterator<Item = &'static str> {
        let words = self.entries.iter().flat_map(|alert| &alert.names);
        let words = words.map(String::as_str).filter(|name| !name.contains(' '));
        words.chain(self.spoken.numbers())
    }

    /// All entries.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &Alert> {
        self.entries.iter()
    }
}
