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

/// Names, addresses, and the servers that know them.
pub mod dns {
    use super::Code;
    /// No route has records: nothing says where to log in.
    pub const NO_LOGIN_RECORDS: Code = Code("DNS_NO_LOGIN_RECORDS");
    /// A route has no records.
    pub const SRV_ABSENT: Code = Code("DNS_SRV_ABSENT");
    /// A route's record says that it is not offered.
    pub const SRV_DISABLED: Code = Code("DNS_SRV_DISABLED");
    /// A DNS server did not answer.
    pub const TIMEOUT: Code = Code("DNS_TIMEOUT");
    /// Nobody listens on a DNS server's port.
    pub const PORT_CLOSED: Code = Code("DNS_PORT_CLOSED");
    /// No way to a DNS server.
    pub const UNREACHABLE: Code = Code("DNS_UNREACHABLE");
    /// A DNS server failed to find out.
    pub const SERVFAIL: Code = Code("DNS_SERVFAIL");
    /// A DNS server answered with another error.
    pub const REFUSED: Code = Code("DNS_REFUSED");
    /// What a DNS server sent is no answer.
    pub const UNREADABLE: Code = Code("DNS_UNREADABLE");
    /// Two DNS servers answer one question differently.
    pub const SERVERS_DIFFER: Code = Code("DNS_SERVERS_DIFFER");
    /// A DNS server took long to answer.
    pub const SLOW: Code = Code("DNS_SLOW");
    /// A DNS server is a cache on this host.
    pub const LOCAL_CACHE: Code = Code("DNS_LOCAL_CACHE");
    /// A name has no address.
    pub const TARGET_UNRESOLVED: Code = Code("DNS_TARGET_UNRESOLVED");
    /// A record leads to an alias.
    pub const TARGET_ALIAS: Code = Code("DNS_TARGET_ALIAS");
    /// A record leads to a short name.
    pub const TARGET_SHORT: Code = Code("DNS_TARGET_SHORT");
    /// A record leads to an address where a name must stand.
    pub const TARGET_ADDRESS: Code = Code("DNS_TARGET_ADDRESS");
    /// A record names a port that is not the service's.
    pub const PORT_UNUSUAL: Code = Code("DNS_PORT_UNUSUAL");
    /// The inside record is seen from outside.
    pub const INSIDE_LEAK: Code = Code("DNS_INSIDE_LEAK");
    /// Third-party clients have no record and try the domain's own address.
    pub const FALLBACK_TO_DOMAIN: Code = Code("DNS_FALLBACK_TO_DOMAIN");
}

/// Clocks.
pub mod clock {
    use super::Code;
    /// A server's clock and this host's differ.
    pub const DIFFERS: Code = Code("CLOCK_DIFFERS");
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

/// The proxy by way of which everything is reached.
pub mod via {
    use super::Code;
    /// The proxy itself was not reached, or what answers there is none.
    pub const UNREACHABLE: Code = Code("VIA_UNREACHABLE");
    /// The proxy will not connect there.
    pub const REFUSED: Code = Code("VIA_REFUSED");
    /// The proxy said that it had connected, and the connection ended before a byte came.
    pub const CLOSED: Code = Code("VIA_CLOSED");
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
    /// TLS failed, in the handshake or behind it.
    pub const ALERT: Code = Code("TLS_ALERT");
    /// Another certificate than before.
    pub const FINGERPRINT_CHANGED: Code = Code("TLS_FINGERPRINT_CHANGED");
    /// Whether the server holds the certificate's key cannot be checked.
    pub const KEY_UNCHECKED: Code = Code("TLS_KEY_UNCHECKED");
    /// The server did not prove that it holds the certificate's key.
    pub const KEY_NOT_PROVEN: Code = Code("TLS_KEY_NOT_PROVEN");
}

/// UDS, on CUCM.
pub mod uds {
    use super::Code;
    /// No answer to a request.
    pub const SILENT: Code = Code("UDS_SILENT");
    /// It says that it is overloaded.
    pub const OVERLOADED: Code = Code("UDS_OVERLOADED");
    /// It failed.
    pub const SERVER_ERROR: Code = Code("UDS_SERVER_ERROR");
    /// What answers is not UDS.
    pub const WRONG_SERVICE: Code = Code("UDS_WRONG_SERVICE");
    /// An answer with nothing in it.
    pub const EMPTY: Code = Code("UDS_EMPTY");
    /// An answer that does not end.
    pub const ENDLESS: Code = Code("UDS_ENDLESS");
    /// It sends elsewhere.
    pub const REDIRECT: Code = Code("UDS_REDIRECT");
    /// The connection broke before the answer was there.
    pub const BROKEN: Code = Code("UDS_BROKEN");
    /// A status that UDS is not known to give here.
    pub const UNEXPECTED: Code = Code("UDS_UNEXPECTED");
    /// A UDS server goes by a short name.
    pub const SERVER_SHORT: Code = Code("UDS_SERVER_SHORT");
    /// Users log in by single sign-on.
    pub const SSO: Code = Code("UDS_SSO");
    /// The user's record has an address without TLS.
    pub const CLEAR_URI: Code = Code("UDS_CLEAR_URI");
    /// No cluster is the user's home.
    pub const NO_HOME_CLUSTER: Code = Code("UDS_NO_HOME_CLUSTER");
    /// What is named as the user's home cluster cannot be asked for.
    pub const HOME_UNUSABLE: Code = Code("UDS_HOME_UNUSABLE");
    /// The user's home is another cluster than the one that was asked.
    pub const HOME_ELSEWHERE: Code = Code("UDS_HOME_ELSEWHERE");
    /// Two clusters that were named by hand each say that they are the user's home.
    pub const TWO_HOMES: Code = Code("UDS_TWO_HOMES");
    /// Two clusters are named as the user's home.
    pub const HOMES_DIFFER: Code = Code("UDS_HOMES_DIFFER");
    /// The credential was refused.
    pub const AUTH_FAILED: Code = Code("UDS_AUTH_FAILED");
    /// The user may not use UDS.
    pub const FORBIDDEN: Code = Code("UDS_FORBIDDEN");
    /// The user is not enabled for IM and Presence.
    pub const USER_NOT_IMP_ENABLED: Code = Code("UDS_USER_NOT_IMP_ENABLED");
    /// The user is assigned to no node.
    pub const USER_UNASSIGNED: Code = Code("UDS_USER_UNASSIGNED");
}

/// The service profile.
pub mod profile {
    use super::Code;
    /// It cannot be fetched.
    pub const UNREACHABLE: Code = Code("PROFILE_UNREACHABLE");
    /// What came is no service profile.
    pub const UNREADABLE: Code = Code("PROFILE_UNREADABLE");
    /// It names no IM&P node.
    pub const NO_IMP: Code = Code("PROFILE_NO_IMP");
    /// It names a domain where a node must stand.
    pub const ADDRESS_IS_DOMAIN: Code = Code("PROFILE_ADDRESS_IS_DOMAIN");
    /// It names a node by a short name.
    pub const ADDRESS_SHORT: Code = Code("PROFILE_ADDRESS_SHORT");
    /// It does not name the user's home node.
    pub const NOT_HOME_NODE: Code = Code("PROFILE_NOT_HOME_NODE");
}

/// EPASSoap, on the IM&P nodes.
pub mod epas {
    use super::Code;
    /// No answer to a request.
    pub const SILENT: Code = Code("EPAS_SILENT");
    /// A slow answer.
    pub const SLOW: Code = Code("EPAS_SLOW");
    /// An answer that is none.
    pub const ERROR: Code = Code("EPAS_ERROR");
    /// The login was refused.
    pub const AUTH_FAILED: Code = Code("EPAS_AUTH_FAILED");
    /// The client is too old for the node.
    pub const CLIENT_TOO_OLD: Code = Code("EPAS_CLIENT_TOO_OLD");
    /// The node names another one.
    pub const WRONG_NODE: Code = Code("EPAS_WRONG_NODE");
    /// No one-time password came.
    pub const NO_TOKEN: Code = Code("EPAS_NO_TOKEN");
    /// The XMPP domain is another one.
    pub const DOMAIN_DIFFERS: Code = Code("EPAS_DOMAIN_DIFFERS");
}

/// The way in from outside: an Expressway-E, and what it hands on.
pub mod edge {
    use super::Code;
    /// The edge itself refused the credential.
    pub const AUTH_FAILED: Code = Code("EDGE_AUTH_FAILED");
    /// The edge forbids it: by policy, or by its list of allowed servers.
    pub const FORBIDDEN: Code = Code("EDGE_FORBIDDEN");
    /// Expressway-C did not reach a server inside.
    pub const NEXT_HOP_FAILED: Code = Code("EDGE_NEXT_HOP_FAILED");
    /// Expressway-C's own lookup of the inside records failed.
    pub const NAME_ERROR: Code = Code("EDGE_NAME_ERROR");
    /// The user has no UDS by the edge's answer.
    pub const NO_UDS: Code = Code("EDGE_NO_UDS");
    /// The edge, or what it hands on, gave no answer that tells anything.
    pub const ERROR: Code = Code("EDGE_ERROR");
    /// The edge's certificate is not for the domain.
    pub const SAN_LACKS_DOMAIN: Code = Code("EDGE_SAN_LACKS_DOMAIN");
    /// No answer from the edge, or through it.
    pub const SILENT: Code = Code("EDGE_SILENT");
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
    /// The port does not speak TLS from the first byte.
    pub const NO_DIRECT_TLS: Code = Code("XMPP_NO_DIRECT_TLS");
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
    /// A user whom one node refused was accepted by another one.
    pub const ACCEPTED_ELSEWHERE: Code = Code("XMPP_ACCEPTED_ELSEWHERE");
    /// The one-time password was refused.
    pub const TOKEN_REFUSED: Code = Code("XMPP_TOKEN_REFUSED");
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
    /// The stream ended since another session of the user took its place.
    pub const CONFLICT: Code = Code("XMPP_CONFLICT");
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
    /// An answer to `<auth>` that its mechanism does not allow.
    pub const SASL_BROKEN: Code = Code("XMPP_SASL_BROKEN");
    /// The connection was closed before the login was complete.
    pub const CLOSED: Code = Code("XMPP_CLOSED");
}

/// Across nodes and services.
pub mod nodes {
    use super::Code;
    /// One node leaves unanswered what another one answers.
    pub const DISAGREE: Code = Code("NODES_DISAGREE");
    /// Every node that was asked with a credential is silent.
    pub const CLUSTER_SILENT: Code = Code("CLUSTER_SILENT");
    /// Every service that checks the user's password is silent.
    pub const PASSWORD_CHECKS_SILENT: Code = Code("PASSWORD_CHECKS_SILENT");
}

/// The control experiment.
pub mod control {
    use super::Code;
    /// It points at Cisco XCP Connection Manager.
    pub const XCP_CM: Code = Code("CONTROL_POINTS_AT_XCP_CM");
    /// It points at what stands behind it on the node.
    pub const BEHIND_XCP_CM: Code = Code("CONTROL_POINTS_BEHIND_XCP_CM");
    /// It points at LDAP, the database or the login datastore.
    pub const BACKEND: Code = Code("CONTROL_POINTS_AT_BACKEND");
    /// It points at this user alone.
    pub const USER: Code = Code("CONTROL_POINTS_AT_USER");
    /// Its answers fit several causes, or a separator is missing.
    pub const CANNOT_TELL: Code = Code("CONTROL_CANNOT_TELL");
}

/// AXL, on CUCM: the administrator's view of the user.
pub mod axl {
    use super::Code;
    /// The administrator's credential was refused.
    pub const AUTH_FAILED: Code = Code("AXL_AUTH_FAILED");
    /// The administrator may not use AXL.
    pub const FORBIDDEN: Code = Code("AXL_FORBIDDEN");
    /// AXL does not run there.
    pub const NOT_ACTIVATED: Code = Code("AXL_NOT_ACTIVATED");
    /// AXL is spoken in another version than the one that was asked first.
    pub const VERSION: Code = Code("AXL_VERSION");
    /// No answer to a request.
    pub const SILENT: Code = Code("AXL_SILENT");
    /// An answer that tells nothing.
    pub const FAULT: Code = Code("AXL_FAULT");
    /// CUCM has no such end user.
    pub const USER_UNKNOWN: Code = Code("AXL_USER_UNKNOWN");
    /// The end user is locked.
    pub const USER_LOCKED: Code = Code("AXL_USER_LOCKED");
    /// The end user must change the password.
    pub const USER_MUST_CHANGE: Code = Code("AXL_USER_MUST_CHANGE");
    /// The end user is not enabled for IM and Presence.
    pub const USER_NOT_IMP_ENABLED: Code = Code("AXL_USER_NOT_IMP_ENABLED");
    /// This cluster is not the end user's home.
    pub const HOME_CLUSTER_OFF: Code = Code("AXL_HOME_CLUSTER_OFF");
    /// The end user is assigned to no node.
    pub const USER_UNASSIGNED: Code = Code("AXL_USER_UNASSIGNED");
    /// A UC service has an address that leads nowhere.
    pub const UC_SERVICE_UNRESOLVED: Code = Code("AXL_UC_SERVICE_UNRESOLVED");
    /// A UC service has a short name for an address.
    pub const UC_SERVICE_SHORT: Code = Code("AXL_UC_SERVICE_SHORT");
    /// The client was given something else than AXL says.
    pub const DIFFERS_FROM_CLIENT: Code = Code("AXL_DIFFERS_FROM_CLIENT");
}

/// Services, as Control Center has them.
pub mod svc {
    use super::Code;
    /// A service that logins need is stopped.
    pub const STOPPED: Code = Code("SVC_STOPPED");
    /// A service that logins need is not activated.
    pub const NOT_ACTIVATED: Code = Code("SVC_NOT_ACTIVATED");
    /// A service is on its way up, or down.
    pub const STARTING: Code = Code("SVC_STARTING");
    /// A service is started, and silent all the same.
    pub const STARTED_BUT_SILENT: Code = Code("SVC_STARTED_BUT_SILENT");
    /// A service has run for a short time only.
    pub const RESTARTED_LATELY: Code = Code("SVC_RESTARTED_LATELY");
    /// What runs cannot be told.
    pub const UNKNOWN: Code = Code("SVC_UNKNOWN");
}

/// Counters, as PerfMon has them.
pub mod perf {
    use super::Code;
    /// The sockets do not move while logins are silent.
    pub const SOCKETS_FLAT: Code = Code("PERF_SOCKETS_FLAT");
    /// The sockets fall.
    pub const SOCKETS_FALLING: Code = Code("PERF_SOCKETS_FALLING");
    /// The node is asked too often.
    pub const RATE: Code = Code("PERF_RATE");
    /// The sockets cannot be told.
    pub const NO_COUNTERS: Code = Code("PERF_NO_COUNTERS");
}

/// High availability.
pub mod ha {
    use super::Code;
    /// A node's users were moved to its partner.
    pub const FAILED_OVER: Code = Code("HA_FAILED_OVER");
    /// A node serves its partner's users as well.
    pub const BACKUP_MODE: Code = Code("HA_BACKUP_MODE");
    /// It is off.
    pub const NOT_ENABLED: Code = Code("HA_NOT_ENABLED");
    /// Critical services do not run.
    pub const CRITICAL_DOWN: Code = Code("HA_CRITICAL_DOWN");
    /// Clients wait before they log in again.
    pub const BACKOFF: Code = Code("HA_BACKOFF");
}
