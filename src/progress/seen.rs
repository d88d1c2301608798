//! What a login saw, piece by piece. Each piece names the entry that shows it.

use crate::journal::{
    CertFact, ClosedBy, EntryNo, KernelReason, KernelView, NameVerdict, Offset, OpId, Outcome, Remark, Span,
    Stage, TlsMode, Verdict, Wall,
};

/// How a login ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// When.
    pub at: Offset,
    /// The entry that says so.
    pub n: EntryNo,
    /// In which way.
    pub outcome: Outcome,
}

/// One TCP connect.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectTry {
    /// Its operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// `address:port`.
    pub to: String,
    /// When it began.
    pub began: Offset,
    /// When and how it ended.
    pub ended: Option<(Offset, Outcome)>,
    /// The entry that ended it.
    pub ended_n: Option<EntryNo>,
}

/// One TLS handshake.
#[derive(Debug, Clone, PartialEq)]
pub struct HandshakeTry {
    /// Its operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// The name that was sent as SNI.
    pub server_name: String,
    /// How TLS was entered.
    pub mode: TlsMode,
    /// When it began.
    pub began: Offset,
    /// When and how it ended.
    pub ended: Option<(Offset, Outcome)>,
    /// The entry that ended it.
    pub ended_n: Option<EntryNo>,
}

/// A chain that was presented, and its check.
#[derive(Debug, Clone, PartialEq)]
pub struct Presented {
    /// The entry with the chain; the check's own entry where no chain was seen.
    pub n: EntryNo,
    /// When it was presented, on the wall clock: what a certificate's dates are compared with.
    pub wall: Wall,
    /// The certificates, its own first.
    pub certs: Vec<CertFact>,
    /// Why it cannot be checked whether the server holds the key, where that is so.
    pub unchecked: Option<String>,
    /// What the check found.
    pub verified: Option<Verified>,
}

/// What the check of a chain found.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The entry.
    pub n: EntryNo,
    /// The chain against the roots.
    pub chain: Verdict,
    /// The names.
    pub names: Vec<NameVerdict>,
    /// Whether the server proved that it holds the certificate's key.
    pub key_proven: bool,
}

/// What TLS agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The entry.
    pub n: EntryNo,
    /// `TLSv1.3`.
    pub version: String,
    /// The cipher suite.
    pub suite: String,
    /// The key exchange group.
    pub group: Option<String>,
}

/// What a hand-made ClientHello was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacySeen {
    /// The entry.
    pub n: EntryNo,
    /// `TLS 1.0`, or none where the server refused this too.
    pub version: Option<String>,
    /// The suite.
    pub suite: Option<String>,
    /// The alert.
    pub alert: Option<String>,
}

/// A stream header of the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamHeader {
    /// The entry.
    pub n: EntryNo,
    /// When it came.
    pub at: Offset,
    /// In which stage.
    pub stage: Stage,
    /// The stream id.
    pub id: Option<String>,
    /// The domain that answers.
    pub from: Option<String>,
}

/// Features that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeaturesSeen {
    /// The entry.
    pub n: EntryNo,
    /// When they came.
    pub at: Offset,
    /// In which stage.
    pub stage: Stage,
    /// STARTTLS is offered; true inside: required.
    pub starttls: Option<bool>,
    /// SASL mechanisms in their order.
    pub mechanisms: Vec<String>,
    /// Home node and backup.
    pub hostnames: Vec<String>,
    /// Whether resource binding is offered.
    pub bind: bool,
    /// A session is offered; true inside: optional.
    pub session: Option<bool>,
}

/// An `<auth>` or a `<response>` that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthSent {
    /// The entry.
    pub n: EntryNo,
    /// When its last byte was written.
    pub at: Offset,
    /// The same moment on the wall clock.
    pub wall: Wall,
    /// `auth` or `response`.
    pub what: String,
    /// The mechanism, as far as it is known.
    pub mechanism: Option<String>,
    /// Whether the user's credential was in it.
    pub credential: bool,
    /// Bytes of XML.
    pub xml_bytes: u64,
    /// Bytes of TCP that carried it.
    pub wire: Span,
    /// What it was answered: entry, time, and what.
    pub answer: Option<(EntryNo, Offset, AuthAnswer)>,
}

/// What an `<auth>` or a `<response>` was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthAnswer {
    /// `<challenge>`
    Challenge,
    /// `<success>`
    Success,
    /// `<failure>`
    Failure,
}

/// A SASL failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaslFailure {
    /// The entry.
    pub n: EntryNo,
    /// When it came.
    pub at: Offset,
    /// `not-authorized` …
    pub condition: String,
    /// The server's text.
    pub text: Option<String>,
    /// Microseconds since the last `<auth>` or `<response>`, where there was one.
    pub after_us: Option<u64>,
}

/// A stream error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamError {
    /// The entry.
    pub n: EntryNo,
    /// In which stage.
    pub stage: Stage,
    /// `host-unknown` …
    pub condition: String,
    /// The server's text.
    pub text: Option<String>,
    /// The host that `see-other-host` names.
    pub other_host: Option<String>,
}

/// An error to the bind or session request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IqError {
    /// The entry.
    pub n: EntryNo,
    /// In which stage.
    pub stage: Stage,
    /// The condition, where there is one.
    pub condition: Option<String>,
}

/// Bytes that were no XML, or XML that XMPP forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotXml {
    /// The entry.
    pub n: EntryNo,
    /// In which stage.
    pub stage: Stage,
    /// What it was.
    pub what: String,
    /// The byte in the stream.
    pub at_byte: u64,
    /// The first bytes of it, as text, bounded.
    pub start: String,
}

/// Something unexpected that was described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemarkSeen {
    /// The entry.
    pub n: EntryNo,
    /// When.
    pub at: Offset,
    /// In which stage.
    pub stage: Stage,
    /// What.
    pub remark: Remark,
}

/// The end of the connection, by anybody but us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The entry.
    pub n: EntryNo,
    /// When.
    pub at: Offset,
    /// In which stage.
    pub stage: Stage,
    /// Whether the stage that was asked for had been reached.
    pub finished: bool,
    /// Whether the peer had given a reason: an error or a refusal.
    pub announced: bool,
    /// Whether an `<auth>` or `<response>` was still unanswered.
    pub auth_open: bool,
    /// By whom.
    pub by: ClosedBy,
    /// The system's word.
    pub code: Option<String>,
}

/// The kernel's view of the connection at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The entry.
    pub n: EntryNo,
    /// When.
    pub at: Offset,
    /// The same moment on the wall clock.
    pub wall: Wall,
    /// Why it was taken.
    pub reason: KernelReason,
    /// The view, or why there is none.
    pub view: Result<KernelView, String>,
}
