//! What the screen is told beside the journal: what live logins say of themselves, and what credentials are at hand.

use crate::discovery::Means;
use crate::journal::Stage;

/// What the driver says of a login and the journal does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// What would be sent next, on one line, secrets as placeholders.
    pub proposal: Option<String>,
    /// The whole of it, for the editor; none where it is not a write (a connect, a handshake).
    pub proposal_text: Option<String>,
    /// The stage that the login is in.
    pub stage: Option<Stage>,
    /// What it is held by.
    pub hold: Hold,
    /// Whether it runs by itself.
    pub running: bool,
    /// The breakpoints; true: after the stage.
    pub breakpoints: Vec<(Stage, bool)>,
    /// Something unexpected came: it still frames and times what comes, and proposes no more.
    pub off_script: bool,
    /// Whether the connection can still be written to.
    pub alive: bool,
}

/// What a login is held by.
#[derive(Debug, Clone, PartialEq)]
pub enum Hold {
    /// Nothing: it waits for the peer, or runs.
    None,
    /// The user sends each proposal.
    Step,
    /// A breakpoint; true: after the stage.
    Breakpoint(Stage, bool),
    /// The password is needed.
    Password,
    /// A credential would cross a certificate that fails.
    Certificate {
        /// `sha256:` and 64 hex digits.
        fingerprint: String,
        /// What failed, chain and name apart.
        why: Vec<String>,
        /// What would be sent.
        would_send: String,
    },
    /// A credential would cross in clear.
    Cleartext {
        /// What would be sent.
        would_send: String,
    },
    /// The server did not prove that it holds its key. Nothing overrules this.
    KeyNotProven,
    /// The attempts with the password are used up.
    Attempts {
        /// How many were made.
        used: u32,
        /// How many were allowed.
        limit: u32,
    },
    /// No offered mechanism can be used.
    NoMechanism,
    /// The login is over.
    Over,
}

/// The credentials at hand, and the attempts with the user's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// What is at hand.
    pub means: Means,
    /// So many attempts were made, over all hosts.
    pub used: u32,
    /// So many there may be.
    pub limit: u32,
    /// The limit was set by hand: no word of the user's raises it.
    pub hard: bool,
}
