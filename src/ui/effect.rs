//! What the program outside of the screen is asked to do.

use secrecy::SecretString;

use super::hands::LongCopy;
use super::typed::Typed;
use crate::discovery::Again;
use crate::journal::{OpId, Stage};

/// What the screen asks of the program around it: of the engine, or of the program alone. A recording has no engine;
/// its loop can take no [`Live`] (`handle_recording`).
#[derive(Debug, Clone)]
pub enum Effect {
    /// It sends nothing.
    Local(Local),
    /// It needs an engine.
    Live(Live),
}

/// What the program does by itself: nothing of it sends anything.
#[derive(Debug, Clone)]
pub enum Local {
    /// End the program.
    Quit,
    /// Stop the program, for its shell.
    Suspend,
    /// Copy this text, and keep it in a file.
    Copy(Copied, String),
    /// Copy more rows than can be written between two keys.
    CopyLong(LongCopy),
    /// Save a report of the run.
    SaveReport,
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
}

/// What is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// A finding in full.
    Finding,
    /// One row of the console with what was sent or received.
    Stanza,
    /// One that tells of silence or breakage.
    Silence,
    /// One that tells of an event.
    Event,
    /// A range of them.
    Range,
    /// All rows in sight.
    View,
    /// A change text.
    Change,
    /// What a watch has seen.
    Watch,
}

impl Copied {
    /// Its word, in a file's name as well.
    pub fn name(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Stanza => "stanza",
            Self::Silence => "silence",
            Self::Event => "event",
            Self::Range => "range",
            Self::View => "view",
            Self::Change => "change",
            Self::Watch => "watch",
        }
    }
}

/// What only an engine can do: each may send something, or changes what is sent.
#[derive(Debug, Clone)]
pub enum Live {
    /// Begin a login on this node, or begin it anew.
    Login {
        /// The node.
        host: String,
        /// Its port.
        port: u16,
        /// Run by itself up to here and stop before it; none: stop before every write.
        run_to: Option<Stage>,
    },
    /// Send the proposal.
    Step(OpId),
    /// Run on.
    Continue(OpId),
    /// Set the breakpoint, or clear it if it is set; true: after the stage.
    Breakpoint(OpId, Stage, bool),
    /// Send this in place of the proposal; secrets are placeholders.
    Edit(OpId, Typed),
    /// Send this as it stands (XML Input).
    Send(OpId, Typed),
    /// Pass over the proposal.
    Skip(OpId),
    /// End the login cleanly.
    Abort(OpId),
    /// The certificate with this fingerprint is accepted on this login's host, for this run.
    Accept(OpId, String),
    /// A credential may cross in clear on this login's host, for this run.
    AllowCleartext(OpId),
    /// This certificate is accepted for this host, for requests and logins alike.
    AcceptHost {
        /// The host that showed it.
        host: String,
        /// The port on which it did.
        port: u16,
        /// `sha256:` and 64 hex digits.
        fingerprint: String,
        /// Keep it in the configuration; else for this run only.
        keep: bool,
    },
    /// One more attempt beyond the limit.
    MoreAttempts(OpId),
    /// The user's password, for this run; the login that asked for it, if one did.
    Password(Option<OpId>, SecretString),
    /// The administrator's password, for this run.
    AdminPassword(SecretString),
    /// What `utils ha status` printed, as it was pasted.
    HaStatus(String),
    /// Ask this once more.
    AskAgain(Again),
    /// The same login on all nodes; the user was told that it takes so many attempts.
    AllNodes {
        /// So many attempts with the user's password.
        attempts: usize,
    },
    /// Watch a service of a node across a restart.
    Watch {
        /// The node.
        host: String,
        /// The service, as Control Center has it.
        service: String,
    },
    /// The control experiment on this node.
    Control {
        /// The node.
        host: String,
        /// Its port.
        port: u16,
        /// So many attempts with the user's password, as the user was told.
        attempts: usize,
    },
}
