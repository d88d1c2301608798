//! A finding in the making: its values and its proof, put together by a rule.

use crate::journal::{EntryNo, OpId, Stage};

use super::super::figures::{foreign, short};
use super::{Answer, Code, Finding};

/// A finding in the making.
pub(super) struct Found(pub(super) Finding);

impl Found {
    /// A finding about a host, or about a domain or a user where no host is to be named.
    pub(super) fn about(code: Code, host: &str) -> Self {
        let finding = Finding {
            code,
            subject: foreign(host),
            op: None,
            args: std::collections::BTreeMap::new(),
            evidence: Vec::new(),
            explained_by: None,
        };
        Self(finding).foreign("node", host).foreign("short", short(host))
    }

    /// The operation in which it happened.
    pub(super) fn of(mut self, op: OpId) -> Self {
        self.0.op = Some(op);
        self
    }

    /// A value that we made ourselves.
    pub(super) fn arg(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.args.insert(name, value.into());
        self
    }

    /// A value that we made ourselves, where there is one.
    pub(super) fn maybe(self, name: &'static str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.arg(name, value),
            None => self,
        }
    }

    /// A value that somebody else wrote.
    pub(super) fn foreign(self, name: &'static str, value: &str) -> Self {
        let shown = foreign(value);
        self.arg(name, shown)
    }

    /// Where in the login it happened, for the sentence and for what explains it.
    pub(super) fn stage(self, stage: Stage) -> Self {
        self.arg("stage", stage.name()).arg("at_stage", stage_words(stage))
    }

    /// Entries that prove it.
    pub(super) fn cite(mut self, entries: impl IntoIterator<Item = EntryNo>) -> Self {
        self.0.evidence.extend(entries);
        self
    }

    /// It is one.
    pub(super) fn holds(mut self) -> Answer {
        self.0.evidence.sort_unstable();
        self.0.evidence.dedup();
        Answer::Holds(self.0)
    }
}

/// A stage in a sentence, behind "at".
fn stage_words(stage: Stage) -> &'static str {
    match stage {
        Stage::Tcp => "the TCP connect",
        Stage::Stream => "the first stream header (in clear)",
        Stage::Starttls => "STARTTLS",
        Stage::Tls => "the TLS handshake",
        Stage::StreamTls => "the stream header under TLS",
        Stage::Auth => "<auth>",
        Stage::StreamAuth => "the stream header after <success>",
        Stage::Bind => "resource binding",
        Stage::Session => "the session request",
        Stage::Online => "initial presence",
    }
}
