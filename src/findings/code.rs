//! The codes, by domain. A code is a name that never changes its meaning; its words live in the catalogue.

use std::fmt;

/// The stable name of a finding: `XMPP_AUTH_SILENT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl Code {
    /// The name.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// The code of this name, in any case of letters, if there is one.
    pub fn named(name: &str) -> Option<Code> {
        Code::all().find(|code| code.0.eq_ignore_ascii_case(name))
    }

    /// Every code that a rule can raise.
    pub fn all() -> impl Iterator<Item = Code> {
        super::rules::RULES.iter().map(|rule| rule.code)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// Names and addresses.
pub mod dns {
    use super::Code;
    /// A node's name has no address.
    pub const TARGET_UNRESOLVED: Code = Code("DNS_TARGET_UNRESOLVED");
}

/// Connections.
pub mod tcp {
    use super::Code;
    /// Nobody listens, or something on the path says so.
    pub const REFUSED: Code = Code("TCP_REFUSED");
    /// No answer to the SYN.
    pub const TIMEOUT: Code = Code("TCP_TIMEOUT");
    /// No way there.
    pub const UNREACHABLE: Code = Code("TCP_UNREACHABLE");
    /// The connection was reset.
    pub const RESET: Code = Code("TCP_RESET");
}

/// TLS and certificates.
pub mod tls {
    use super::Code;
    /// No chain to a root that is trusted here.
    pub const UNTRUSTED: Code = Code("TLS_UNTRUSTED");
    /// The certificate is not for the XMPP domain.
    pub const NAME_MISMATCH: Code = Code("TLS_NAME_MISMATCH");
    /// A certificate of the chain has expired.
    pub const EXPIRED: Code = Code("TLS_EXPIRED");
    /// A certificate of the chain is not valid yet.
    pub const NOT_YET_VALID: Code = Code("TLS_NOT_YET_VALID");
    /// A certificate of the chain expires soon.
    pub const EXPIRES_SOON: Code = Code("TLS_EXPIRES_SOON");
    /// The handshake got no answer.
    pub const SILENT: Code = Code("TLS_SILENT");
    /// Only old TLS is spoken.
    pub const LEGACY_ONLY: Code = Code("TLS_LEGACY_ONLY");
    /// The handshake failed.
    pub const ALERT: Code = Code("TLS_ALERT");
    /// Another certificate than before.
    pub const FINGERPRINT_CHANGED: Code = Code("TLS_FINGERPRINT_CHANGED");
    /// The server did not prove that it holds the certificate's key.
    pub const KEY_NOT_PROVEN: Code = Code("TLS_KEY_NOT_PROVEN");
}

/// The XMPP stream and the login.
pub mod xmpp {
    use super::Code;
    /// No stream header came.
    pub const STREAM_SILENT: Code = Code("XMPP_STREAM_SILENT");
    /// A header came, features did not.
    pub const NO_FEATURES: Code = Code("XMPP_NO_FEATURES");
    /// No answer to `<starttls/>`.
    pub const STARTTLS_SILENT: Code = Code("XMPP_STARTTLS_SILENT");
    /// STARTTLS was refused.
    pub const STARTTLS_REFUSED: Code = Code("XMPP_STARTTLS_REFUSED");
    /// STARTTLS is not offered.
    pub const NO_STARTTLS: Code = Code("XMPP_NO_STARTTLS");
    /// Bytes stood behind `<proceed/>` in clear.
    pub const BYTES_BEHIND_PROCEED: Code = Code("XMPP_BYTES_BEHIND_PROCEED");
    /// No mechanism that could be used.
    pub const NO_MECHANISM: Code = Code("XMPP_NO_MECHANISM");
    /// No answer to `<auth>`.
    pub const AUTH_SILENT: Code = Code("XMPP_AUTH_SILENT");
    /// A slow answer to `<auth>`.
    pub const AUTH_SLOW: Code = Code("XMPP_AUTH_SLOW");
    /// `<auth>` was refused.
    pub const AUTH_REFUSED: Code = Code("XMPP_AUTH_REFUSED");
    /// `<auth>` was refused after a silence.
    pub const AUTH_REFUSED_LATE: Code = Code("XMPP_AUTH_REFUSED_LATE");
    /// The connection was closed instead of an answer to `<auth>`.
    pub const AUTH_CLOSED: Code = Code("XMPP_AUTH_CLOSED");
    /// `temporary-auth-failure`.
    pub const AUTH_BACKEND: Code = Code("XMPP_AUTH_BACKEND");
    /// Slow to connect or to open a stream, quick to authenticate.
    pub const NODE_OVERLOADED: Code = Code("XMPP_NODE_OVERLOADED");
    /// The node names another one as the user's home.
    pub const WRONG_NODE: Code = Code("XMPP_WRONG_NODE");
    /// `see-other-host`.
    pub const SEE_OTHER_HOST: Code = Code("XMPP_SEE_OTHER_HOST");
    /// Another stream error.
    pub const STREAM_ERROR: Code = Code("XMPP_STREAM_ERROR");
    /// No answer to the bind request.
    pub const BIND_SILENT: Code = Code("XMPP_BIND_SILENT");
    /// The bind request was refused.
    pub const BIND_REFUSED: Code = Code("XMPP_BIND_REFUSED");
    /// No answer to the session request.
    pub const SESSION_SILENT: Code = Code("XMPP_SESSION_SILENT");
    /// The session request was refused.
    pub const SESSION_REFUSED: Code = Code("XMPP_SESSION_REFUSED");
    /// What came is no XML, or XML that XMPP forbids.
    pub const NOT_XML: Code = Code("XMPP_NOT_XML");
    /// A bound was met.
    pub const LIMIT_MET: Code = Code("XMPP_LIMIT_MET");
    /// The peer's window closed during a silence.
    pub const WINDOW_CLOSED: Code = Code("XMPP_WINDOW_CLOSED");
    /// Bytes were not acknowledged during a silence.
    pub const NOT_ACKED: Code = Code("XMPP_NOT_ACKED");
    /// The server's SCRAM signature is wrong or missing.
    pub const SERVER_NOT_PROVEN: Code = Code("XMPP_SERVER_NOT_PROVEN");
    /// The connection was closed before the login was complete.
    pub const CLOSED: Code = Code("XMPP_CLOSED");
}
