//! Who waits for what, since when, and what the kernel knows of the bytes meanwhile.

use serde::{Deserialize, Serialize};

use super::{Offset, Span};

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
