//! The wire of a login and of the way to it, as values: frames out of bytes, meaning out of frames and documents,
//! SASL, and the mask.
//!
//! Everything that comes from a server is hostile here: each reader is bounded, and whatever cannot be read is
//! described with the byte where it went wrong. This module uses nothing else of ours, and knows no socket, no
//! clock and no random number; nonces are arguments.
//!
//! * [`alert`]: the names of TLS alerts; [`chain`]: what a certificate fails for.
//! * [`framer`]: bytes in, top-level frames out, the same for every split of the input.
//! * [`stanza`]: what a frame says.
//! * [`sasl`]: the mechanisms' messages, and which mechanism to take.
//! * [`srv`]: the order of service records.
//! * [`chars`]: which characters XML lets stand where.
//! * [`document`]: what a body is; [`uds`], [`profile`], [`epas`], [`edge`], [`axl`], [`serviceability`]: what Cisco's
//!   documents say; [`soap`]: how their services say no; [`ha`]: what `utils ha status` prints.
//! * [`mask`]: where the secrets stand in bytes that will be logged.

pub mod alert;
pub mod axl;
pub mod chain;
pub mod chars;
pub mod document;
pub mod edge;
pub mod epas;
#[cfg(test)]
mod fixtures;
pub mod framer;
pub mod ha;
pub mod mask;
pub mod profile;
pub mod sasl;
pub mod serviceability;
pub mod soap;
pub mod srv;
pub mod stanza;
mod tree;
pub mod uds;
