//! Servers that nobody here wrote: Debian's Prosody, ejabberd and nsd, each started by a test as a process of its own,
//! on a loopback address and port of its own, with its files in a folder of its own.

mod certificate;
pub mod dns;
mod ejabberd;
mod fixture;
mod logins;
pub mod prosody;
pub mod server;
mod unanswering;
mod via;
mod walk;

/// The only domain that the servers serve.
pub const DOMAIN: &str = "example.test";
/// The only user.
pub const USER: &str = "alice";
/// The user's password. It is looked for in all that the program writes.
pub const PASSWORD: &str = "canary-9fR2~kestrel";

/// What a server offers to log in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// SCRAM and PLAIN, as the server is shipped.
    Scram,
    /// PLAIN alone, as Cisco's Connection Manager offers it.
    Plain,
}
