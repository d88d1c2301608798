//! The run as text and as JSON: what the screen shows, without it.

mod json;
mod text;

pub use json::json;
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
