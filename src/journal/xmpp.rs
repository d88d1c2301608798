//! What passed on an XMPP stream, and what was unexpected about it.

use serde::{Deserialize, Serialize};

use super::{Offset, Payload, Span};

/// About the XMPP stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum XmppFact {
    /// The last byte of something was written.
    Sent(Sent),
    /// A frame was complete.
    Received(Received),
    /// An element is still open: what of it has come.
    Partial {
        /// Its start, bounded, text masked.
        payload: Payload,
        /// How many bytes have come.
        bytes: u64,
    },
    /// Part of something was written before the connection ended.
    Unsent {
        /// What it was.
        what: String,
        /// Bytes of XML that had been handed on.
        written: u64,
        /// Bytes of XML in all.
        total: u64,
    },
    /// Something unexpected was described.
    Remark(Remark),
}

/// Something that we sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// A short name: `stream header`, `starttls`, `auth`, `response`, `iq`, `text`.
    pub what: String,
    /// The bytes, secrets cut out.
    pub payload: Payload,
    /// The bytes of TCP that carried it, TLS included, from the connection's start.
    pub wire: Span,
    /// Whether it went under TLS.
    pub secure: bool,
    /// Who wrote it.
    pub by: Author,
    /// Whether the user's credential was in it: one attempt.
    #[serde(default)]
    pub credential: bool,
    /// The SASL mechanism, for an `<auth>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// The writes that it took, where one was not enough.
    #[serde(default, skip_serializing_if = "Parts::is_whole")]
    pub parts: Parts,
}

/// Who wrote what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The login machine's proposal, as it stood.
    Proposal,
    /// The proposal, edited by the user.
    Edited,
    /// The user, in XML Input.
    Typed,
}

/// Something that we received.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// The bytes, secrets cut out.
    pub payload: Payload,
    /// The bytes of XML, from the stream's start.
    pub span: Span,
    /// How many bytes of TCP had come by then, from the connection's start.
    pub wire: u64,
    /// Whether it came under TLS.
    pub secure: bool,
    /// What it says.
    pub read: Read,
    /// The reads in which it came, where it was more than one.
    #[serde(default, skip_serializing_if = "Parts::is_whole")]
    pub parts: Parts,
}

/// How many parts of something are kept one by one; the others are counted.
pub const PARTS_KEPT: usize = 32;

/// The pieces in which something passed: reads or writes of ours, not segments of TCP, which nobody here sees. Empty
/// where it passed in one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// How many there were.
    pub count: u64,
    /// The first [`PARTS_KEPT`] of them.
    pub first: Vec<Part>,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Bytes of the element that were in it.
    pub bytes: u64,
    /// When it passed.
    pub at: Offset,
}

impl Parts {
    /// Whether all of it passed at once.
    pub fn is_whole(&self) -> bool {
        self.count <= 1
    }

    /// Takes one more.
    pub fn push(&mut self, part: Part) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < PARTS_KEPT {
            self.first.push(part);
        }
    }
}

/// What a received frame says, without its secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    /// `<?xml …?>`
    Declaration,
    /// The stream's header.
    StreamOpen {
        /// The stream id.
        id: Option<String>,
        /// The domain that answers.
        from: Option<String>,
        /// `1.0`.
        version: Option<String>,
    },
    /// `<stream:features>`
    Features {
        /// STARTTLS is offered; true inside: required.
        starttls: Option<bool>,
        /// SASL mechanisms in their order.
        mechanisms: Vec<String>,
        /// Home node and backup, as XCP names them (protocol.md 5.4).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hostnames: Vec<String>,
        /// Resource binding is offered.
        bind: bool,
        /// A session is offered; true inside: optional.
        session: Option<bool>,
    },
    /// `<proceed/>`
    Proceed,
    /// `<failure/>` of STARTTLS.
    StarttlsFailure,
    /// `<challenge>`
    Challenge,
    /// `<success>`
    Success,
    /// `<failure>` of SASL.
    SaslFailure {
        /// `not-authorized` …
        condition: String,
        /// The server's text.
        text: Option<String>,
    },
    /// `<stream:error>`
    StreamError {
        /// `host-unknown`, `see-other-host` …
        condition: String,
        /// The server's text.
        text: Option<String>,
        /// The host that `see-other-host` names.
        other_host: Option<String>,
    },
    /// The answer to the bind request.
    Bound {
        /// The full JID.
        jid: String,
    },
    /// Another `<iq>`.
    Iq {
        /// `result`, `error`, `get`, `set`.
        kind: String,
        /// Its id.
        id: Option<String>,
        /// The error's condition.
        error: Option<String>,
    },
    /// `<message>`
    Message,
    /// `<presence>`
    Presence,
    /// Stream management.
    Sm,
    /// `</stream:stream>`
    StreamClose,
    /// White space between stanzas.
    Whitespace,
    /// Another element, described by its name.
    Element {
        /// The local name.
        name: String,
        /// The namespace, where it is declared.
        ns: Option<String>,
    },
    /// What is no XML, or XML that XMPP forbids.
    Refused {
        /// `comment`, `doctype`, `not well-formed: …`.
        what: String,
        /// The byte in the stream.
        at: u64,
    },
}

/// Something unexpected, described and never refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// Bytes stood behind `<proceed/>` in clear; they entered neither TLS nor XML.
    BytesBehindProceed {
        /// How many.
        bytes: u64,
    },
    /// Something came that the stage did not ask for.
    OffScript {
        /// What came.
        came: String,
        /// What was waited for.
        awaited: String,
    },
    /// A bound was met.
    LimitMet {
        /// Which: `element size`, `depth`, `SCRAM iterations`.
        limit: String,
        /// Its value.
        value: u64,
    },
    /// The server's SCRAM signature is wrong or missing: it did not prove that it knows the password.
    ServerNotProven,
    /// The server's answer to `<auth>` or `<response>` is none that the mechanism allows.
    SaslBroken {
        /// What is wrong with it.
        what: String,
    },
    /// An answer came, but to another id.
    OtherId {
        /// The id that came.
        came: String,
    },
    /// No offered mechanism can be used with what is at hand.
    NoMechanism {
        /// What was offered.
        offered: Vec<String>,
    },
    /// The server offers no STARTTLS on a clear stream.
    NoStarttls,
    /// The login stops before a credential would cross: what would have to be accepted first.
    Gate {
        /// `untrusted`, `clear`, `key not proven`, `no credential`, `attempts`.
        why: String,
        /// The certificate's fingerprint, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fingerprint: Option<String>,
    },
}
