//! What an operation can see. Facts are past tense and hold no verdict of ours.

use serde::{Deserialize, Serialize};

use super::{Offset, Payload, Span, StageFact};

/// Something that was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// About addresses and connections.
    Net(NetFact),
    /// About TLS.
    Tls(TlsFact),
    /// About the XMPP stream.
    Xmpp(Box<XmppFact>),
    /// A stage changed.
    Stage(StageFact),
    /// A wait crossed a mark, or ended.
    Wait(WaitFact),
    /// The kernel's view of a connection.
    Kernel(KernelFact),
    /// The user did something that changes what the rest means.
    User(UserAct),
}

/// About addresses and connections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetFact {
    /// A host's addresses, in the order in which they will be tried.
    Resolved {
        /// Addresses without a port.
        addresses: Vec<String>,
        /// Where they come from: `system resolver`, `given`.
        source: String,
    },
    /// A TCP connection stands. It proves only the peer's kernel.
    Connected {
        /// Our `address:port`.
        local: String,
        /// The peer's `address:port`.
        remote: String,
    },
    /// A connection ended.
    Closed {
        /// By whom.
        by: ClosedBy,
        /// The system's word, `ECONNRESET`, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
}

/// Who ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedBy {
    /// The peer sent FIN (or a TLS close).
    PeerFin,
    /// The peer, or something on the path, sent RST.
    PeerReset,
    /// The link was lost: retransmissions gave up, or the path said unreachable.
    Link,
    /// We closed.
    Us,
}

/// About TLS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsFact {
    /// The certificates that the server presented, its own first.
    Chain {
        /// In the order of the wire.
        certs: Vec<CertFact>,
    },
    /// What a client would make of the chain; the walk went on whatever it was.
    Verified {
        /// The chain against the roots, times and purposes included.
        chain: Verdict,
        /// The names, one verdict each.
        names: Vec<NameVerdict>,
        /// Whether the server proved that it holds the certificate's key.
        key_proven: bool,
    },
    /// What was agreed.
    Agreed {
        /// `TLSv1.3`.
        version: String,
        /// `TLS13_AES_256_GCM_SHA384`.
        suite: String,
        /// The key exchange group, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// What a hand-made ClientHello with old versions and suites was answered.
    Legacy {
        /// `TLS 1.0`, or none where the server refused this too.
        version: Option<String>,
        /// The suite's IANA name or number.
        suite: Option<String>,
        /// The alert, where one came.
        alert: Option<String>,
    },
}

/// One certificate, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertFact {
    /// SHA-256 over the DER: `sha256:` and 64 lower-case hex digits.
    pub fingerprint: String,
    /// The subject's distinguished name.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// Valid from, in seconds since 1970.
    pub not_before: i64,
    /// Valid until, in seconds since 1970.
    pub not_after: i64,
    /// Subject alternative names: `DNS:…`, `IP:…`, `SRV:…`, `XMPP:…`.
    pub names: Vec<String>,
    /// Key type and size: `RSA 2048`, `EC P-256`.
    pub key: String,
    /// Signature algorithm.
    pub signature: String,
}

/// Whether something holds, with the library's word where it does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it holds.
    pub ok: bool,
    /// `UnknownIssuer`, `Expired`, `NotYetValid`, `CaUsedAsEndEntity` …; empty where it holds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
}

/// Whether a certificate is valid for a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameVerdict {
    /// The name.
    pub name: String,
    /// Whose name it is, and so who checks it.
    pub role: NameRole,
    /// Whether the certificate is valid for it.
    pub ok: bool,
}

/// Whose name a certificate is checked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameRole {
    /// The XMPP domain: what PSI and RFC 6125 check.
    Domain,
    /// The node's own name: Jabber may accept it.
    Node,
}

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

/// A wait crossed a mark, or ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaitFact {
    /// For what.
    pub awaited: Awaited,
    /// Since when.
    pub since: Offset,
    /// What happened to the wait.
    pub mark: WaitMark,
    /// What was sent last, for whose answer this waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<AwaitedReply>,
}

/// What was sent last, for whose answer a wait waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedReply {
    /// `auth`, `starttls` …
    pub what: String,
    /// Bytes of XML.
    pub xml_bytes: u64,
    /// Bytes of TCP that carried it. While it is still being written: what the kernel has taken so far.
    pub wire: Span,
    /// Whether all of it was handed to the kernel.
    pub written: bool,
}

/// The marks of a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitMark {
    /// It began.
    Began,
    /// It is slow.
    Slow,
    /// It is silent.
    Silent,
    /// What it waited for came, late or not.
    Answered,
    /// We stopped waiting.
    GaveUp,
}

/// What a login can wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaited {
    /// The TCP handshake.
    Connect,
    /// The server's stream header.
    StreamHeader,
    /// The features behind the header.
    Features,
    /// `<proceed/>`.
    Proceed,
    /// The TLS handshake's end.
    Handshake,
    /// `<success>`, `<challenge>` or `<failure>`.
    AuthAnswer,
    /// The bind result.
    BindResult,
    /// The session result.
    SessionResult,
    /// Anything, after something that the user typed.
    Anything,
    /// `</stream:stream>` after ours.
    StreamClose,
    /// The kernel, to take what we write.
    Written,
}

impl Awaited {
    /// For the line under the stage bar: what is waited for.
    pub fn words(self) -> &'static str {
        match self {
            Awaited::Connect => "the TCP handshake",
            Awaited::StreamHeader => "the server's <stream:stream>",
            Awaited::Features => "<stream:features>",
            Awaited::Proceed => "<proceed/>",
            Awaited::Handshake => "the TLS handshake",
            Awaited::AuthAnswer => "<success>, <challenge> or <failure>",
            Awaited::BindResult => "the bind result",
            Awaited::SessionResult => "the session result",
            Awaited::Anything => "any answer",
            Awaited::StreamClose => "</stream:stream>",
            Awaited::Written => "the peer to take our bytes",
        }
    }
}

/// The kernel's view of a connection at one moment, and why it was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KernelFact {
    /// Why it was taken now.
    pub reason: KernelReason,
    /// The view, or why there is none.
    pub view: Result<KernelView, String>,
}

/// Why a snapshot was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KernelReason {
    /// A wait became slow.
    Slow,
    /// A wait became silent.
    Silent,
    /// A silent wait goes on.
    Still,
    /// The answer came.
    Answer,
    /// The connection ended.
    End,
}

/// The kernel's view of a connection (Linux `TCP_INFO`, `SIOCOUTQ`). Absent fields were not filled by this kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KernelView {
    /// Bytes of ours that the peer's kernel acknowledged, the SYN not counted.
    pub acked: u64,
    /// Bytes that the peer sent and our kernel has.
    pub received: u64,
    /// Bytes in our send queue: unsent, or sent and not acknowledged.
    pub queued: Option<u64>,
    /// Bytes in our send queue that were never sent.
    pub not_sent: Option<u64>,
    /// Segments sent and not acknowledged.
    pub unacked_segments: u32,
    /// Retransmitted segments over the connection's life.
    pub retransmits: u32,
    /// Consecutive retransmission time-outs without an answer.
    pub backoff: u32,
    /// The peer's receive window, in bytes.
    pub peer_window: Option<u64>,
    /// Smoothed round trip, microseconds.
    pub rtt_us: u32,
    /// Milliseconds since the last acknowledgement came.
    pub last_ack_ms: u32,
    /// The TCP state's number as Linux has it: 1 established, 8 close-wait.
    pub state: u8,
}

/// The user did something that changes what the rest means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserAct {
    /// Accepted a certificate for a host.
    Accepted {
        /// The node.
        host: String,
        /// `sha256:` and 64 hex digits.
        fingerprint: String,
    },
    /// Said that all certificates of the user's path are accepted (`--insecure`).
    Insecure,
    /// Allowed credentials in clear on a host.
    AllowedCleartext {
        /// The node.
        host: String,
    },
    /// Passed over a stage or a proposal.
    Skipped {
        /// What.
        what: String,
    },
    /// Ended the login.
    Stopped,
    /// Allowed one more attempt beyond the limit.
    MoreAttempts,
}
