//! SASL from the client's side: the messages of each mechanism, and which mechanism to take (protocol.md 5.3).
//!
//! Texts here are base64, as they stand in `<auth>` and `<response>`. Whatever holds a secret is wiped when it is
//! dropped. This file knows no stanza and no stream; nonces are arguments.

mod scram;
#[cfg(test)]
mod tests;

use data_encoding::BASE64;
use zeroize::Zeroizing;

pub use scram::{Hash, MAX_ITERATIONS, Scram, ScramAnswer, ScramError, ServerFirst, ServerSignature};

/// A mechanism that this program can speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// RFC 5802.
    ScramSha1,
    /// RFC 7677.
    ScramSha256,
    /// Cisco Jabber's one-time password.
    VtgToken,
}

impl Mechanism {
    /// All of them.
    pub const ALL: [Mechanism; 4] =
        [Mechanism::Plain, Mechanism::ScramSha1, Mechanism::ScramSha256, Mechanism::VtgToken];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Mechanism::Plain => "PLAIN",
            Mechanism::ScramSha1 => "SCRAM-SHA-1",
            Mechanism::ScramSha256 => "SCRAM-SHA-256",
            Mechanism::VtgToken => "CISCO-VTG-TOKEN",
        }
    }

    /// The mechanism of this name, as it is written on the wire.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name() == name)
    }

    /// The hash, where this is a SCRAM.
    pub fn hash(self) -> Option<Hash> {
        match self {
            Mechanism::ScramSha1 => Some(Hash::Sha1),
            Mechanism::ScramSha256 => Some(Hash::Sha256),
            Mechanism::Plain | Mechanism::VtgToken => None,
        }
    }
}

/// The mechanism to take of those that are offered, with what is at hand. None: nothing fits.
///
/// Jabber (`jabber`) with a token takes CISCO-VTG-TOKEN; otherwise a password takes the strongest of SCRAM-SHA-256,
/// SCRAM-SHA-1 and PLAIN.
pub fn choose(offered: &[String], password: bool, token: bool, jabber: bool) -> Option<Mechanism> {
    let is_offered = |mechanism: &Mechanism| offered.iter().any(|name| name == mechanism.name());
    let by_token = Some(Mechanism::VtgToken).filter(|_| jabber && token);
    let by_password = [Mechanism::ScramSha256, Mechanism::ScramSha1, Mechanism::Plain];
    let by_password = by_password.into_iter().filter(|_| password);
    by_token.into_iter().chain(by_password).find(is_offered)
}

/// The message of PLAIN, with an empty authzid: `base64(NUL authcid NUL password)` (RFC 4616, protocol.md 5.3).
///
/// Nothing is prepared: the bytes go out as they were typed, as the clients that are imitated send them.
pub fn plain(authcid: &str, password: &str) -> Zeroizing<String> {
    encode(&["\0", authcid, "\0", password])
}

/// The message of CISCO-VTG-TOKEN: `base64("userid=" jid NUL "token=" token)` (protocol.md 5.3).
///
/// `jid` is the user at the presence domain.
pub fn vtg_token(jid: &str, token: &str) -> Zeroizing<String> {
    encode(&["userid=", jid, "\0token=", token])
}

/// base64 of the parts in a row. Nothing is reallocated, so no copy of a secret is left behind.
fn encode(parts: &[&str]) -> Zeroizing<String> {
    let mut message = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
    for part in parts {
        message.extend_from_slice(part.as_bytes());
    }
    Zeroizing::new(BASE64.encode(&message))
}
