//! Which finding explains which: root causes explain their consequences (design.md 7).
//!
//! A row says how near the two must be: in one stage of one login, on one server, or only in one run. A finding is
//! explained by the first row of the table that fits; across operations never by a milder one, for what is behind a
//! fault is not less than the fault. The table has no cycles (a test walks it).

use crate::journal::HttpWhat;

use super::code::{axl, clock, control, dns, edge, epas, ha, nodes, profile, svc, tcp, tls, uds, via, xmpp};
use super::{Code, Finding, catalogue};

/// All that a silent UDS was asked for, where its user's record is meant.
const USER_RECORD: &str = HttpWhat::User.words();
/// All that a silent EPASSoap was asked for, where its login is meant.
const EPAS_LOGIN: &str = HttpWhat::EpasLogin.words();
/// All that a silent edge was asked for, where Expressway-C has the password checked.
const EDGE_CONFIG: &str = HttpWhat::EdgeConfig.words();

/// Waits that were left unanswered.
const SILENCES: &[Code] = &[
    tls::SILENT,
    xmpp::STREAM_SILENT,
    xmpp::NO_FEATURES,
    xmpp::STARTTLS_SILENT,
    xmpp::AUTH_SILENT,
    xmpp::BIND_SILENT,
    xmpp::SESSION_SILENT,
];

/// Ends without a reason.
const ENDS: &[Code] = &[xmpp::CLOSED, xmpp::AUTH_CLOSED, tcp::RESET];

/// Refusals of the user by a node.
const REFUSALS: &[Code] =
    &[epas::AUTH_FAILED, xmpp::AUTH_REFUSED, xmpp::TOKEN_REFUSED, xmpp::BIND_REFUSED, xmpp::SESSION_REFUSED];

/// What a DNS server that gives no useful answer leaves open.
const UNKNOWN_NAMES: &[Code] = &[dns::NO_LOGIN_RECORDS, dns::TARGET_UNRESOLVED];

/// What keeps from a server. The finding that says what was wanted there says why it did not come.
const NO_CONNECTION: &[Code] = &[
    tcp::REFUSED,
    tcp::TIMEOUT,
    tcp::UNREACHABLE,
    tcp::RESET,
    via::REFUSED,
    via::CLOSED,
    tls::LEGACY_ONLY,
    tls::ALERT,
    tls::SILENT,
];

/// What a Connection Manager that is stuck, or what stands behind it, shows on its own node.
const ON_THE_NODE: &[Code] = &[
    xmpp::AUTH_SILENT,
    xmpp::AUTH_SLOW,
    xmpp::AUTH_REFUSED_LATE,
    xmpp::AUTH_BACKEND,
    xmpp::AUTH_CLOSED,
    nodes::DISAGREE,
];

/// The same in front of `<auth>`: the Connection Manager alone shows it.
const IN_FRONT: &[Code] = &[
    tls::SILENT,
    xmpp::STREAM_SILENT,
    xmpp::NO_FEATURES,
    xmpp::STARTTLS_SILENT,
    xmpp::NODE_OVERLOADED,
    xmpp::WINDOW_CLOSED,
    xmpp::CLOSED,
];

/// What LDAP or the database shows wherever they are asked.
const BY_PASSWORD: &[Code] = &[
    nodes::CLUSTER_SILENT,
    xmpp::AUTH_SILENT,
    xmpp::AUTH_SLOW,
    xmpp::AUTH_REFUSED_LATE,
    xmpp::AUTH_BACKEND,
    xmpp::AUTH_CLOSED,
    nodes::DISAGREE,
    epas::SLOW,
];

/// How near a cause must be to its consequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Near {
    /// In one stage of one operation.
    Stage,
    /// In one operation.
    Operation,
    /// On one host and port.
    Place,
    /// On one host, or about one name.
    Host,
    /// On any server of this kind.
    Kind(&'static str),
    /// Anywhere in the run, where the dates would hold by the other clock.
    Clock,
    /// On any server, where this alone was asked for.
    Asked(&'static str),
    /// Anywhere in the run.
    Run,
    /// Anywhere in the run, where a login waits for the answer to `<auth>`.
    Auth,
    /// A login on the same host, where the cause has this value.
    Login(&'static str),
    /// A request to the same host, where the cause has this value.
    Request(&'static str),
}

/// A row: what explains, what it explains, and how near the two must be.
pub(super) type Link = (Code, &'static [Code], Near);

/// What a node shows to a login whose Connection Manager, or Router, does not run.
const NOT_RUNNING: &[Code] = &[
    tcp::REFUSED,
    tcp::RESET,
    tls::SILENT,
    xmpp::STREAM_SILENT,
    xmpp::NO_FEATURES,
    xmpp::STARTTLS_SILENT,
    xmpp::STREAM_ERROR,
    xmpp::CLOSED,
];

/// What makes a user's credential fail wherever it is sent.
const CREDENTIAL: &[Code] =
    &[uds::AUTH_FAILED, epas::AUTH_FAILED, xmpp::AUTH_REFUSED, xmpp::AUTH_REFUSED_LATE, xmpp::TOKEN_REFUSED];

/// What EPASSoap shows without what stands behind it.
const OF_EPAS: &[Code] = &[epas::SILENT, epas::SLOW, epas::ERROR, epas::NO_TOKEN];

pub(super) const LINKS: &[Link] = &[
    // A service that does not run is told of by the node itself, before any experiment.
    (svc::STOPPED, NOT_RUNNING, Near::Login("is_cm")),
    (svc::STOPPED, NOT_RUNNING, Near::Login("is_router")),
    (svc::STOPPED, ON_THE_NODE, Near::Login("is_cm")),
    (svc::STOPPED, ON_THE_NODE, Near::Login("is_auth")),
    (svc::STOPPED, ON_THE_NODE, Near::Login("is_router")),
    (svc::STOPPED, OF_EPAS, Near::Request("is_epas")),
    (svc::STOPPED, OF_EPAS, Near::Request("is_datastore")),
    (
        svc::STOPPED,
        &[uds::SILENT, uds::WRONG_SERVICE, uds::SERVER_ERROR, uds::OVERLOADED],
        Near::Request("is_uds"),
    ),
    (svc::STOPPED, &[tcp::REFUSED, tcp::TIMEOUT], Near::Request("is_tftp")),
    (svc::NOT_ACTIVATED, NOT_RUNNING, Near::Login("is_cm")),
    (svc::NOT_ACTIVATED, ON_THE_NODE, Near::Login("is_cm")),
    (svc::NOT_ACTIVATED, ON_THE_NODE, Near::Login("is_auth")),
    (svc::STOPPED, &[control::BEHIND_XCP_CM, control::CANNOT_TELL], Near::Host),
    (ha::CRITICAL_DOWN, &[ha::FAILED_OVER], Near::Host),
    (axl::USER_UNKNOWN, &[uds::NO_HOME_CLUSTER], Near::Run),
    (axl::USER_UNKNOWN, CREDENTIAL, Near::Run),
    (uds::TWO_HOMES, &[uds::HOMES_DIFFER], Near::Run),
    (axl::HOME_CLUSTER_OFF, &[uds::NO_HOME_CLUSTER], Near::Run),
    (axl::USER_LOCKED, CREDENTIAL, Near::Run),
    (axl::USER_MUST_CHANGE, CREDENTIAL, Near::Run),
    (
        axl::USER_NOT_IMP_ENABLED,
        &[uds::USER_NOT_IMP_ENABLED, uds::USER_UNASSIGNED, axl::USER_UNASSIGNED],
        Near::Run,
    ),
    (axl::USER_NOT_IMP_ENABLED, &[profile::NO_IMP], Near::Run),
    (axl::USER_NOT_IMP_ENABLED, REFUSALS, Near::Run),
    (axl::USER_UNASSIGNED, &[uds::USER_UNASSIGNED], Near::Run),
    (axl::USER_UNASSIGNED, REFUSALS, Near::Run),
    (axl::UC_SERVICE_SHORT, &[axl::UC_SERVICE_UNRESOLVED, profile::ADDRESS_SHORT], Near::Host),
    (axl::UC_SERVICE_SHORT, &[dns::TARGET_UNRESOLVED, tls::NAME_MISMATCH], Near::Host),
    (axl::UC_SERVICE_UNRESOLVED, &[dns::TARGET_UNRESOLVED], Near::Host),
    // What an experiment has separated comes first.
    (control::XCP_CM, ON_THE_NODE, Near::Place),
    (control::XCP_CM, IN_FRONT, Near::Place),
    (control::XCP_CM, &[nodes::CLUSTER_SILENT, nodes::PASSWORD_CHECKS_SILENT], Near::Run),
    (control::BEHIND_XCP_CM, ON_THE_NODE, Near::Place),
    (control::BEHIND_XCP_CM, &[nodes::CLUSTER_SILENT, nodes::PASSWORD_CHECKS_SILENT], Near::Run),
    (control::BACKEND, &[nodes::PASSWORD_CHECKS_SILENT], Near::Run),
    (control::BACKEND, BY_PASSWORD, Near::Run),
    (control::BACKEND, &[uds::SILENT], Near::Asked(USER_RECORD)),
    (control::BACKEND, &[epas::SILENT], Near::Asked(EPAS_LOGIN)),
    (control::USER, &[nodes::CLUSTER_SILENT, nodes::PASSWORD_CHECKS_SILENT], Near::Run),
    (control::USER, ON_THE_NODE, Near::Run),
    (control::XCP_CM, &[control::CANNOT_TELL], Near::Place),
    (control::BEHIND_XCP_CM, &[control::CANNOT_TELL], Near::Place),
    (control::BACKEND, &[control::CANNOT_TELL], Near::Place),
    (control::USER, &[control::CANNOT_TELL], Near::Place),
    (via::UNREACHABLE, UNKNOWN_NAMES, Near::Run),
    (via::UNREACHABLE, &[profile::UNREACHABLE], Near::Run),
    (via::CLOSED, ENDS, Near::Operation),
    (dns::TIMEOUT, UNKNOWN_NAMES, Near::Run),
    (dns::PORT_CLOSED, UNKNOWN_NAMES, Near::Run),
    (dns::UNREACHABLE, UNKNOWN_NAMES, Near::Run),
    (dns::SERVFAIL, UNKNOWN_NAMES, Near::Run),
    (dns::REFUSED, UNKNOWN_NAMES, Near::Run),
    (dns::UNREADABLE, UNKNOWN_NAMES, Near::Run),
    (dns::NO_LOGIN_RECORDS, &[dns::SRV_ABSENT, dns::SRV_DISABLED], Near::Run),
    (dns::NO_LOGIN_RECORDS, &[dns::FALLBACK_TO_DOMAIN], Near::Run),
    (dns::FALLBACK_TO_DOMAIN, &[tcp::REFUSED, tcp::TIMEOUT, tcp::UNREACHABLE, tcp::RESET], Near::Host),
    (dns::FALLBACK_TO_DOMAIN, &[xmpp::STREAM_SILENT, xmpp::NOT_XML, xmpp::CLOSED], Near::Host),
    (clock::DIFFERS, &[tls::EXPIRED, tls::NOT_YET_VALID], Near::Clock),
    (dns::TARGET_SHORT, &[dns::TARGET_UNRESOLVED, tls::NAME_MISMATCH], Near::Host),
    (dns::TARGET_ADDRESS, &[dns::TARGET_UNRESOLVED, tls::NAME_MISMATCH], Near::Host),
    (profile::ADDRESS_IS_DOMAIN, &[dns::TARGET_UNRESOLVED, tcp::REFUSED, tcp::TIMEOUT], Near::Host),
    (profile::ADDRESS_IS_DOMAIN, &[tls::NAME_MISMATCH, epas::ERROR], Near::Host),
    (profile::ADDRESS_SHORT, &[dns::TARGET_UNRESOLVED, tls::NAME_MISMATCH], Near::Host),
    (uds::SERVER_SHORT, &[dns::TARGET_UNRESOLVED, tls::NAME_MISMATCH], Near::Host),
    (dns::INSIDE_LEAK, &[tcp::TIMEOUT, tcp::UNREACHABLE], Near::Kind("cucm")),
    (dns::PORT_UNUSUAL, &[tcp::REFUSED, tcp::TIMEOUT, tls::ALERT, tls::SILENT], Near::Place),
    (dns::PORT_UNUSUAL, &[uds::WRONG_SERVICE, uds::UNEXPECTED, uds::REDIRECT], Near::Place),
    (dns::PORT_UNUSUAL, &[edge::ERROR, edge::SILENT], Near::Place),
    (dns::PORT_UNUSUAL, &[xmpp::NOT_XML, xmpp::STREAM_SILENT, xmpp::CLOSED], Near::Place),
    (profile::UNREACHABLE, NO_CONNECTION, Near::Place),
    (uds::USER_NOT_IMP_ENABLED, &[uds::USER_UNASSIGNED], Near::Operation),
    (uds::USER_NOT_IMP_ENABLED, &[profile::NO_IMP], Near::Run),
    (uds::USER_NOT_IMP_ENABLED, REFUSALS, Near::Run),
    (uds::USER_UNASSIGNED, REFUSALS, Near::Run),
    (epas::DOMAIN_DIFFERS, &[xmpp::AUTH_REFUSED, xmpp::TOKEN_REFUSED], Near::Run),
    (edge::NAME_ERROR, &[edge::NO_UDS], Near::Operation),
    // From outside the same login enters at the Router: what stands behind the Connection Manager is behind both.
    (control::BEHIND_XCP_CM, &[edge::SILENT], Near::Auth),
    (control::BACKEND, &[edge::SILENT], Near::Auth),
    (control::USER, &[edge::SILENT], Near::Auth),
    (nodes::PASSWORD_CHECKS_SILENT, &[edge::SILENT], Near::Auth),
    (nodes::CLUSTER_SILENT, &[edge::SILENT], Near::Auth),
    (control::BACKEND, &[edge::SILENT], Near::Asked(EDGE_CONFIG)),
    (nodes::PASSWORD_CHECKS_SILENT, &[edge::SILENT], Near::Asked(EDGE_CONFIG)),
    (xmpp::AUTH_SILENT, &[edge::SILENT], Near::Auth),
    (edge::SAN_LACKS_DOMAIN, &[tls::NAME_MISMATCH], Near::Place),
    (edge::SILENT, ENDS, Near::Stage),
    (xmpp::NOT_ACKED, SILENCES, Near::Stage),
    (xmpp::NOT_ACKED, ENDS, Near::Stage),
    (xmpp::WINDOW_CLOSED, SILENCES, Near::Stage),
    (xmpp::WINDOW_CLOSED, ENDS, Near::Stage),
    (xmpp::NOT_XML, SILENCES, Near::Stage),
    (xmpp::NOT_XML, ENDS, Near::Stage),
    (xmpp::LIMIT_MET, &[xmpp::NOT_XML], Near::Stage),
    (xmpp::LIMIT_MET, SILENCES, Near::Stage),
    (tls::LEGACY_ONLY, &[tls::ALERT, tls::SILENT, xmpp::CLOSED, tcp::RESET], Near::Stage),
    (tls::ALERT, &[xmpp::CLOSED, tcp::RESET], Near::Stage),
    (xmpp::AUTH_BACKEND, &[xmpp::AUTH_SILENT, xmpp::AUTH_SLOW, xmpp::STREAM_ERROR], Near::Stage),
    (xmpp::AUTH_REFUSED_LATE, &[xmpp::AUTH_SILENT, xmpp::STREAM_ERROR], Near::Stage),
    (xmpp::AUTH_REFUSED_LATE, &[epas::SLOW, epas::SILENT], Near::Host),
    (xmpp::AUTH_REFUSED, &[xmpp::AUTH_SILENT, xmpp::STREAM_ERROR], Near::Stage),
    (xmpp::TOKEN_REFUSED, &[xmpp::AUTH_SILENT, xmpp::STREAM_ERROR], Near::Stage),
    (xmpp::AUTH_SLOW, &[xmpp::AUTH_SILENT], Near::Stage),
    (xmpp::NOT_ACKED, &[nodes::CLUSTER_SILENT], Near::Run),
    (nodes::PASSWORD_CHECKS_SILENT, BY_PASSWORD, Near::Run),
    (nodes::PASSWORD_CHECKS_SILENT, &[uds::SILENT], Near::Asked(USER_RECORD)),
    (nodes::PASSWORD_CHECKS_SILENT, &[epas::SILENT], Near::Asked(EPAS_LOGIN)),
    (nodes::CLUSTER_SILENT, &[xmpp::AUTH_SILENT, xmpp::AUTH_REFUSED_LATE], Near::Run),
    (xmpp::NODE_OVERLOADED, &[xmpp::AUTH_SILENT, xmpp::AUTH_SLOW, xmpp::STREAM_SILENT], Near::Place),
    (xmpp::NODE_OVERLOADED, &[control::CANNOT_TELL], Near::Place),
    (xmpp::STREAM_ERROR, SILENCES, Near::Stage),
    (xmpp::SEE_OTHER_HOST, SILENCES, Near::Stage),
    (xmpp::CONFLICT, SILENCES, Near::Stage),
    (xmpp::NODE_OVERLOADED, &[xmpp::STREAM_SILENT], Near::Stage),
    (xmpp::WRONG_NODE, &[xmpp::AUTH_REFUSED, xmpp::TOKEN_REFUSED, xmpp::ACCEPTED_ELSEWHERE], Near::Operation),
    (xmpp::WRONG_NODE, &[xmpp::BIND_REFUSED, xmpp::SESSION_REFUSED], Near::Operation),
    (xmpp::ACCEPTED_ELSEWHERE, &[xmpp::AUTH_REFUSED], Near::Operation),
    (xmpp::NO_DIRECT_TLS, &[tcp::REFUSED, tcp::RESET, tls::ALERT, xmpp::CLOSED], Near::Operation),
    (xmpp::NO_STARTTLS, &[xmpp::NO_MECHANISM], Near::Operation),
    (tcp::RESET, &[xmpp::CLOSED], Near::Stage),
    (tls::SILENT, ENDS, Near::Stage),
    (xmpp::STREAM_SILENT, ENDS, Near::Stage),
    (xmpp::NO_FEATURES, ENDS, Near::Stage),
    (xmpp::STARTTLS_SILENT, ENDS, Near::Stage),
    (xmpp::AUTH_SILENT, ENDS, Near::Stage),
    (xmpp::BIND_SILENT, ENDS, Near::Stage),
    (xmpp::SESSION_SILENT, ENDS, Near::Stage),
    (xmpp::STREAM_SILENT, &[nodes::DISAGREE], Near::Stage),
    (xmpp::NO_FEATURES, &[nodes::DISAGREE], Near::Stage),
    (xmpp::STARTTLS_SILENT, &[nodes::DISAGREE], Near::Stage),
    (xmpp::AUTH_SILENT, &[nodes::DISAGREE], Near::Stage),
    // That EPASSoap is slow as well tells which cause of the silence it is.
    (xmpp::AUTH_SILENT, &[epas::SLOW], Near::Host),
    (xmpp::BIND_SILENT, &[nodes::DISAGREE], Near::Stage),
    (xmpp::SESSION_SILENT, &[nodes::DISAGREE], Near::Stage),
];

/// Fills in what explains each finding.
pub(super) fn link(found: &mut [Finding]) {
    let explained: Vec<Option<Code>> = found.iter().map(|finding| explanation(finding, found)).collect();
    for (finding, by) in found.iter_mut().zip(explained) {
        finding.explained_by = by;
    }
}

fn explanation(effect: &Finding, all: &[Finding]) -> Option<Code> {
    let rows = LINKS.iter().filter(|(_, effects, _)| effects.contains(&effect.code));
    rows.flat_map(|row| all.iter().map(move |cause| (row, cause)))
        .find(|((code, _, near), cause)| cause.code == *code && near.holds(cause, effect) && has_force(cause))
        .map(|((code, ..), _)| *code)
}

impl Near {
    fn holds(self, cause: &Finding, effect: &Finding) -> bool {
        let same_host = || cause.subject.eq_ignore_ascii_case(&effect.subject);
        let is_as_grave = || catalogue().severity(cause) >= catalogue().severity(effect);
        match self {
            Near::Stage => cause.op == effect.op && cause.arg("stage") == effect.arg("stage"),
            Near::Operation => cause.op == effect.op,
            Near::Place => is_as_grave() && same_host() && cause.arg("port") == effect.arg("port"),
            Near::Host => is_as_grave() && same_host(),
            Near::Kind(kind) => is_as_grave() && effect.arg("kind") == Some(kind),
            Near::Clock => is_as_grave() && effect.arg("by_clock").is_some(),
            Near::Asked(what) => is_as_grave() && effect.arg("what") == Some(what),
            Near::Run => is_as_grave(),
            Near::Auth => is_as_grave() && effect.arg("stage") == Some("auth"),
            Near::Login(has) => {
                is_as_grave() && same_host() && cause.arg(has).is_some() && effect.arg("client").is_some()
            }
            Near::Request(has) => {
                is_as_grave() && same_host() && cause.arg(has).is_some() && effect.arg("kind").is_some()
            }
        }
    }
}

/// Whether a finding can explain anything: bytes that arrived after all do not, nor does a comment that was
/// passed over, nor an error that only says that the stream was idle, nor what a later answer changed.
fn has_force(cause: &Finding) -> bool {
    let idle = cause.code == xmpp::STREAM_ERROR && cause.arg("condition") == Some("connection-timeout");
    !idle && ["late", "harmless", "superseded"].iter().all(|name| cause.arg(name).is_none())
}
