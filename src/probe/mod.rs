//! The rim: the only part that awaits, reads clocks and touches the network.
//!
//! [`Engine`] starts logins, HTTP requests and questions to DNS servers. Each runs in a task of its own and writes what
//! passed as notes for the journal's owner; a login drives one [`crate::login::Login`]. It never decides what anything
//! means.

mod at_hand;
mod attempts;
mod cert;
mod clock;
mod connection;
mod contained;
mod counted;
mod dns;
mod driver;
mod echo;
mod engine;
mod http;
mod legacy;
mod notes;
mod outgoing;
mod parts;
pub mod platform;
mod proof;
mod read;
mod request;
mod tcp;
mod through;
mod tls;

pub use clock::Clock;
pub use contained::{contained_blocking, is_contained};
pub use dns::system_servers;
pub use driver::Standing;
pub use engine::{Engine, LoginHandle};
pub use http::{Identity, Permissions};
pub use notes::{IN_FLIGHT, Notes, Op};
pub use request::{Command, Request};
pub use tls::Roots;
