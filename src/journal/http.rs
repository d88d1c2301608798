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
    /// What it asks about where the URL does not say so: a user id, a service profile, an object of counters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The version of AXL in which it asks; empty elsewhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The URL inside that an Expressway-E is to hand the request on to (protocol.md 8); empty where it goes straight.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub inside: String,
}

impl HttpAsk {
    /// A request about nothing that its URL does not name.
    pub fn new(what: HttpWhat, url: String, addresses: Vec<String>) -> Self {
        Self { what, url, addresses, about: String::new(), version: String::new(), inside: String::new() }
    }

    /// The same about something that the URL does not name.
    #[must_use]
    pub fn about(self, about: &str) -> Self {
        Self { about: about.to_owned(), ..self }
    }

    /// Whether it has to do with an Expressway-E: it asks one, or has one hand the request on.
    pub fn is_by_edge(&self) -> bool {
        !self.inside.is_empty() || matches!(self.what, HttpWhat::EdgeSso | HttpWhat::EdgeConfig)
    }

    /// Whether both ask the same; what is known of the host's addresses may have grown.
    pub fn is_same(&self, other: &HttpAsk) -> bool {
        let key =
            |ask: &HttpAsk| (ask.what, ask.url == self.url, ask.about == self.about, ask.version == self.version);
        key(self) == key(other)
    }

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
    /// `get_edge_sso` of an Expressway-E, without a credential (8).
    EdgeSso,
    /// `get_edge_config` of an Expressway-E, with the user's credential (8).
    EdgeConfig,
    /// AXL getCCMVersion (4). From here on with the administrator's credential.
    AxlVersion,
    /// AXL getUser, about a user id (4).
    AxlUser,
    /// AXL getServiceProfile, about its name (4).
    AxlServiceProfile,
    /// AXL getUcService, about its name (4).
    AxlUcService,
    /// AXL listProcessNode: the IM&P nodes (4).
    AxlNodes,
    /// AXL listAssignedPresenceUsers, about a user id (4).
    AxlAssignment,
    /// AXL listPresenceRedundancyGroup (4).
    AxlGroups,
    /// Control Center: the services of a node (7.1).
    Services,
    /// PerfMon: which counters a node has (7.2).
    CounterNames,
    /// PerfMon: the counters of an object, about that object (7.2).
    Counters,
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
            HttpWhat::EdgeSso => "get_edge_sso",
            HttpWhat::EdgeConfig => "get_edge_config",
            HttpWhat::AxlVersion => "AXL getCCMVersion",
            HttpWhat::AxlUser => "AXL getUser",
            HttpWhat::AxlServiceProfile => "AXL getServiceProfile",
            HttpWhat::AxlUcService => "AXL getUcService",
            HttpWhat::AxlNodes => "AXL listProcessNode",
            HttpWhat::AxlAssignment => "AXL listAssignedPresenceUsers",
            HttpWhat::AxlGroups => "AXL listPresenceRedundancyGroup",
            HttpWhat::Services => "Control Center",
            HttpWhat::CounterNames => "PerfMon perfmonListCounter",
            HttpWhat::Counters => "PerfMon perfmonCollectCounterData",
        }
    }

    /// Whether AXL is asked (protocol.md 4).
    pub const fn is_axl(self) -> bool {
        use HttpWhat::{AxlAssignment, AxlGroups, AxlNodes, AxlServiceProfile, AxlUcService, AxlUser, AxlVersion};
        matches!(
            self,
            AxlVersion | AxlUser | AxlServiceProfile | AxlUcService | AxlNodes | AxlAssignment | AxlGroups
        )
    }

    /// Whether it goes with the administrator's credential, and with no user's.
    pub const fn is_administrators(self) -> bool {
        self.is_axl() || matches!(self, HttpWhat::Services | HttpWhat::CounterNames | HttpWhat::Counters)
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
