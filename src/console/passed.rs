//! How an element of a stream passed: under TLS or in clear, in which bytes of TCP, in how many pieces, and what the
//! kernel said of it afterwards.

use crate::journal::{EntryNo, Parts, Span, Wall};

/// How an element passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Whether it passed under TLS.
    pub secure: bool,
    /// The bytes of TCP that carried it, from the connection's start. Of what came: those that had come since the frame
    /// before it was complete.
    pub wire: Span,
    /// In which reads or writes; empty where it was one.
    pub parts: Parts,
    /// Whether the peer's kernel has it. None for what came from the peer.
    pub acked: Option<Acked>,
}

/// Whether the peer's kernel has what we sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acked {
    /// No snapshot has shown it yet.
    NotShown,
    /// This is the first snapshot that shows it. It may have been acknowledged long before.
    By(EntryNo, Wall),
    /// The kernel cannot be asked, and why.
    Unknown(String),
}
