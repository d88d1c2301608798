//! What was asked over HTTP, and what of request and answer passed.
//!
//! One operation is one request and its answer. The TCP connect and the TLS handshake that it needed are operations
//! of their own below it; a connection that stands already is used again.

use serde::{Deserialize, Serialize};

use super::{Offset, Payload};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HttpAsk {
    /// What for.
    pub what: HttpWhat,
    /// The whole URL, without credentials: `https://cucm1.example.test:8443/cucm-uds/version`.
    pub url: String,
    /// The host's addresses, to be tried in this order; empty where the URL's host is an address itself.
    pub addresses: Vec<String>,
}

impl HttpAsk {
    /// The URL's scheme, host and port: `("https", "cucm1.example.test", 8443)`. An IPv6 host is without brackets.
    pub fn origin(&self) -> (&str, &str, u16) {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("https", &self.url));
        let place = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let default = if scheme == "http" { 80 } else { 443 };
        let (host, port) = match place.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        (scheme, host, port.and_then(|port| port.parse().ok()).unwrap_or(default))
    }

    /// `host:port` of the URL, an IPv6 address in brackets.
    pub fn place(&self) -> String {
        let (_, host, port) = self.origin();
        super::host_port(host, port)
    }
}

/// What a request is for, in the order of the walk (protocol.md 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HttpWhat {
    /// `GET /cucm-uds/version` (protocol.md 2.2).
    Version,
    /// `GET /cucm-uds/clusterUser` (2.4).
    ClusterUser,
    /// `GET /cucm-uds/servers` (2.3).
    Servers,
    /// `GET /ssosp/ws/public/singleSignOn` (9).
    SingleSignOn,
    /// `GET /cucm-uds/user/{id}`, with the user's credential (2.5).
    User,
    /// The service profile, from the address that UDS gave (3).
    ServiceProfile,
    /// `jabber-config.xml` (3).
    JabberConfig,
    /// EPASSoap login, with the user's password (5.1).
    EpasLogin,
    /// EPASSoap get-all-config (5.1).
    EpasConfig,
    /// EPASSoap get-onetime-password (5.1).
    EpasToken,
}

impl HttpWhat {
    /// In a sentence: `UDS version`, `EPAS login`.
    pub const fn words(self) -> &'static str {
        match self {
            HttpWhat::Version => "UDS version",
            HttpWhat::ClusterUser => "UDS clusterUser",
            HttpWhat::Servers => "UDS servers",
            HttpWhat::SingleSignOn => "singleSignOn",
            HttpWhat::User => "UDS user",
            HttpWhat::ServiceProfile => "service profile",
            HttpWhat::JabberConfig => "jabber-config.xml",
            HttpWhat::EpasLogin => "EPAS login",
            HttpWhat::EpasConfig => "EPAS get-all-config",
            HttpWhat::EpasToken => "EPAS get-onetime-password",
        }
    }
}

/// What of a request and its answer passed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HttpFact {
    /// The request was handed to a connection that stands.
    Sent {
        /// Request line and headers, secrets cut out.
        head: Payload,
        /// The body, secrets cut out; empty for GET.
        body: Payload,
        /// Whether the user's password or token was in it: one attempt. A session key is none.
        #[serde(default)]
        credential: bool,
    },
    /// The answer's head came.
    Head(HttpHead),
    /// The answer's body ended, or stopped being read.
    Body {
        /// What came, secrets cut out, bounded.
        payload: Payload,
        /// Bytes of it that came.
        bytes: u64,
        /// How it ended.
        end: BodyEnd,
    },
    /// A wait for the answer, or for more of it, crossed a mark.
    Quiet {
        /// Which mark.
        mark: QuietMark,
        /// Since when.
        since: Offset,
    },
    /// The connection stands and no credential crosses it: the trust gate is shut. Nothing was sent.
    Gate {
        /// `untrusted`, `clear`, `key not proven`, `attempts`, `no credential`.
        why: String,
        /// What to accept, for `untrusted`: `sha256:` and 64 hex digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fingerprint: Option<String>,
        /// What failed, a phrase each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        failed: Vec<String>,
        /// What would be sent: `the password of alice, readable by the server (Basic)`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        would_send: String,
    },
}

/// The head of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpHead {
    /// `200`, `401` …
    pub status: u16,
    /// The realm of `WWW-Authenticate`, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm: Option<String>,
    /// Where a redirect leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// `Content-Type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Status line and headers, secrets cut out, bounded.
    pub payload: Payload,
}

impl HttpHead {
    /// What the headers of this name say, in their order, as far as the head was noted.
    pub fn headers(&self, wanted: &str) -> Vec<String> {
        let text = self.payload.text();
        let all = text.lines().skip(1).filter_map(|line| line.split_once(':'));
        let named = all.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        named.map(|(_, value)| value.trim().to_owned()).collect()
    }
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyEnd {
    /// As it should.
    Complete,
    /// Our bound was met: it may go on for ever.
    Bound,
    /// The connection broke.
    Broken,
    /// No more of it came in time.
    TimedOut,
}

/// The marks of a wait for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuietMark {
    /// It is slow.
    Slow,
    /// It is silent.
    Silent,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(head: &str) -> Vec<String> {
        let payload = Payload::cut(head.as_bytes(), &[]);
        let head = HttpHead { status: 200, realm: None, location: None, content_type: None, payload };
        head.headers("date")
    }

    #[test]
    fn a_header_is_found_in_any_case_and_never_in_the_status_line() {
        let head = "HTTP/1.1 200 Date: no\r\nX: y\r\ndATE:  Thu, 15 Jan 2026 02:14:00 GMT \r\nDate: b\r\n\r\n";
        assert_eq!(said(head), ["Thu, 15 Jan 2026 02:14:00 GMT", "b"]);
        assert_eq!(said("HTTP/1.1 200 OK"), Vec::<String>::new());
    }
}
