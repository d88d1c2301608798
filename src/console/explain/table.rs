//! The words of `assets/explain.toml`, read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// What one kind of row is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// One sentence.
    pub what: String,
    /// What the standard says of it; empty where there is no more to say.
    #[serde(default)]
    pub rule: String,
    /// Where it says so.
    pub reference: String,
    /// What must come next; empty where nothing must.
    #[serde(default)]
    pub next: String,
    /// Who must say it.
    #[serde(default)]
    pub by: By,
    /// The ids that are it.
    #[serde(default)]
    pub answer: Vec<String>,
    /// What Cisco does differently.
    #[serde(default)]
    pub cisco: String,
    /// How sure that is.
    pub sure: Option<Sure>,
}

/// Who must say what comes next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The server.
    #[default]
    Server,
    /// We.
    Client,
    /// The other side of whoever asked, or the system.
    Other,
}

/// How sure something is that is said of Cisco's products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sure {
    /// Seen on the wire, or in a document of the vendor's.
    Observed,
    /// General knowledge.
    Known,
    /// Inferred.
    Guess,
}

impl Sure {
    pub(super) fn words(self) -> &'static str {
        match self {
            Sure::Observed => "Cisco, as observed",
            Sure::Known => "Cisco, as far as is known",
            Sure::Guess => "Cisco, a guess",
        }
    }
}

/// All entries by their ids.
pub(super) fn table() -> &'static BTreeMap<String, Words> {
    static TABLE: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
        toml::from_str(include_str!("../../../assets/explain.toml")).expect("a test reads the explanations")
    });
    &TABLE
}

/// The words of an id, and the id as the table has it.
pub(super) fn words(id: &str) -> Option<(&'static str, &'static Words)> {
    table().get_key_value(id).map(|(id, words)| (id.as_str(), words))
}

/// Whether `id` is `pattern`, or below it: `in.features.tls` is below `in.features`.
pub(super) fn is_within(id: &str, pattern: &str) -> bool {
    id.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
