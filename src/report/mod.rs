//! The run as text and as JSON: what the screen shows, without it. And the report on it, for those who do not have
//! impscope.
//!
//! ```text
//!  entries ──► without_lengths ──► pseudonymised ─┬─► sections ──► Block ──► markdown, plain, html
//!                                                  ├─► jsonl
//!                                                  └─► svg
//! ```

mod admin;
mod block;
mod change;
mod homes;
mod html;
mod json;
mod jsonl;
mod lengths;
mod markdown;
mod markup;
mod plain;
mod pseudonym;
mod rewritten;
mod sections;
pub mod svg;
mod text;
mod words;

pub use block::{Block, Phrase, Span, Text};
pub use change::change_texts;
pub use html::html;
pub use json::json;
pub use jsonl::jsonl;
pub use lengths::without_lengths;
pub use markdown::markdown;
pub use plain::plain;
pub use pseudonym::pseudonymised;
pub use sections::{Source, report};
pub use text::{line, verdict};

use crate::journal::{Offset, Wall};

/// What a report says beside the entries.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The XMPP domain.
    pub domain: String,
    /// The user, as it stands before the `@`.
    pub user: String,
    /// When the run began.
    pub started: Wall,
    /// How long it took.
    pub elapsed: Offset,
    /// Where its recording is.
    pub recording: Option<String>,
    /// Attempts with the user's credential: used, and allowed.
    pub attempts: (u32, u32),
    /// The exit code.
    pub exit: u8,
}

#[cfg(test)]
mod tests;
