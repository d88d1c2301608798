//! Texts with `{placeholders}`, and the values that they may name.

/// Every value that a rule can give.
pub(super) const VALUES: &[&str] = &[
    "accepted",
    "accepted_by",
    "account",
    "address",
    "addresses",
    "admin",
    "afterwards",
    "alert",
    "alias",
    "all_asked",
    "allowed",
    "alone",
    "answer_time",
    "answered",
    "answered_late",
    "answers",
    "asked",
    "at_byte",
    "at_stage",
    "auths",
    "awaited",
    "away",
    "back",
    "backup_node",
    "beside",
    "beyond",
    "by",
    "by_client",
    "by_clock",
    "by_mail",
    "bytes",
    "central",
    "cert_names",
    "certificate",
    "client",
    "code",
    "compare",
    "condition",
    "count",
    "dated",
    "dates",
    "delivery",
    "differences",
    "domain",
    "edge_domain",
    "edge_host",
    "everywhere",
    "failed",
    "fallback",
    "fallen_to",
    "fin",
    "fingerprint",
    "fits_database",
    "fits_datastore",
    "fits_ldap",
    "gist",
    "given",
    "goes_on",
    "got",
    "group",
    "harmless",
    "home",
    "home_node",
    "how",
    "inside",
    "is_auth",
    "is_axl",
    "is_cm",
    "is_datastore",
    "is_epas",
    "is_other",
    "is_router",
    "is_tftp",
    "is_uds",
    "issuer",
    "key",
    "kind",
    "large",
    "lasted",
    "late",
    "ldap",
    "later",
    "left",
    "limit",
    "local",
    "location",
    "looks",
    "lower_limit",
    "mechanism",
    "missing",
    "name",
    "named",
    "named_by",
    "names",
    "node",
    "nodes",
    "not_after",
    "not_before",
    "not_sent",
    "now",
    "odd",
    "offered",
    "other_fingerprint",
    "other_home",
    "other_host",
    "other_ok",
    "other_server",
    "overloaded",
    "port",
    "presence_domain",
    "questions",
    "quick",
    "realm",
    "reason",
    "refused",
    "retransmits",
    "role",
    "said",
    "said_here",
    "said_there",
    "sections",
    "sent",
    "server",
    "servers",
    "service",
    "services",
    "short",
    "signed_by",
    "silence",
    "slow_at",
    "sockets",
    "source",
    "spared",
    "stage",
    "start",
    "state",
    "stream_id",
    "subject",
    "suite",
    "superseded",
    "suspects",
    "taken",
    "taker",
    "time",
    "tls",
    "tolerated",
    "took",
    "transport",
    "tried",
    "tries",
    "unanswered",
    "unchecked",
    "unresolved",
    "upper_limit",
    "uptime",
    "url",
    "user",
    "usual_port",
    "value",
    "version",
    "via",
    "waited",
    "what",
    "whose",
    "why",
    "window",
    "wire_acked",
    "wire_bytes",
    "wrong_name",
    "xml_bytes",
];

/// Words for values that are clauses: they read better than their names.
const STAND_IN: &[(&str, &str)] = &[
    // A bracket that is mostly empty; a reader of the bare text does not miss it.
    ("said", ""),
    ("accepted_by", "UDS or EPASSoap"),
    ("all_asked", "the others refused too"),
    ("everywhere", "the others are silent too"),
    ("overloaded", "a slow connect or stream header"),
    ("suspects", "LDAP, the database or the login datastore"),
];

/// A text of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Value(&'static str),
}

impl Template {
    /// Reads a text. The error is the placeholder that no rule gives a value for, or an open brace.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((words, behind)) = rest.split_once('{') {
            let (name, behind) = behind.split_once('}').ok_or_else(|| "{".to_owned())?;
            let value = VALUES.iter().find(|known| **known == name).ok_or_else(|| format!("{{{name}}}"))?;
            parts.push(Part::Words(words.to_owned()));
            parts.push(Part::Value(value));
            rest = behind;
        }
        parts.push(Part::Words(rest.to_owned()));
        Ok(Self(parts))
    }

    /// The text with its values; nothing where one is missing.
    pub(super) fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Value(name) => text.push_str(&value(name)?),
            }
        }
        Some(text)
    }

    /// Whether it says something without its values: more than three words of its own for each of them.
    pub(super) fn tells(&self) -> bool {
        let own = |part: &Part| match part {
            Part::Words(words) => {
                words.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count()
            }
            Part::Value(_) => 0,
        };
        let values = self.0.iter().filter(|part| matches!(part, Part::Value(_))).count();
        self.0.iter().map(own).sum::<usize>() > 3 * values
    }

    /// The text with `<name>` in place of each value, or with the words that stand for it.
    pub(super) fn bare(&self) -> String {
        let words =
            |name: &str| STAND_IN.iter().find(|(known, _)| *known == name).map(|(_, words)| (*words).to_owned());
        self.fill(|name| Some(words(name).unwrap_or_else(|| format!("<{name}>")))).unwrap_or_default()
    }
}
