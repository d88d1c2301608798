//! The stepped XMPP login as a machine (design.md 3): sans-IO, time as an argument, one deadline out.
//!
//! The machine **proposes** ([`Login::next`]), is told what was really **sent** and **received**, and says through
//! [`Login::output`] what that meant. It holds no secret: a proposal names one as a placeholder (`{{plain}}`), and
//! [`fill()`](fill::fill) puts it in at the write, which needs a pass that only the trust gate gives out.
//!
//! How a driver uses it:
//!
//! 1. call [`Login::next`]; do what it says; tell the machine with [`Login::connecting`], [`Login::connected`],
//!    [`Login::handshaking`], [`Login::handshaken`], [`Login::sent`];
//! 2. give it every byte that comes, with [`Login::received`], and the end of the connection, with [`Login::closed`];
//! 3. at [`Login::deadline`], and not later, call [`Login::due`];
//! 4. after each of these calls drain [`Login::output`], and begin again.
//!
//! It must not know sockets, TLS libraries, the journal's entries, or the screen.

mod arrive;
mod choose;
mod config;
pub mod fill;
mod machine;
mod pace;
mod propose;
mod steer;
#[cfg(test)]
mod tests;
mod told;
mod trust;
mod wait;

pub use config::{Attendance, Config, Marks};
pub use machine::{Login, Output};
pub use pace::{Breakpoint, Pace, Side};
pub use propose::{Placeholder, Proposal, Sends};
pub use trust::{Certificate, Gate, GatePass, Policy, Security, edge_gate, host_gate};
pub use wait::Mark;

/// The mechanism that no server knows: whether it is answered shows whether anybody reads what arrives.
pub const IMPOSSIBLE_MECHANISM: &str = "X-IMPSCOPE-NONE";

/// A user that cannot exist.
pub const UNKNOWN_USER: &str = "impscope-probe";

/// What the driver is to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Open the TCP connection; call [`Login::connecting`] before and [`Login::connected`] after.
    Connect,
    /// Do the TLS handshake; call [`Login::handshaking`] before and [`Login::handshaken`] after.
    Handshake,
    /// Write this; call [`Login::sent`] when its last byte was written.
    Write(Proposal),
    /// Wait for the user: nothing is sent until then.
    Hold(Hold),
    /// Wait for the peer, or for [`Login::deadline`].
    Wait,
    /// Close the connection; nothing more will come of this login.
    Over,
}

/// Why the machine waits for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// It is stepped: the next step is at hand.
    Step,
    /// A breakpoint was reached.
    Breakpoint(Breakpoint),
    /// The next step carries a credential, and the trust gate is shut.
    Gate(Gate),
    /// The machine has nothing to propose; the user may send anything.
    NothingToPropose,
}
