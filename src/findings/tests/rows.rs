//! The failures that are known (protocol.md 12), and the codes that a client finds them by.

use std::collections::BTreeSet;

use super::super::code::{axl, clock, dns, epas, ha, perf, profile, svc, tcp, tls, uds, xmpp};
use super::Code;

/// A row of protocol.md 12: the codes that it shows as, and in words what of it a client cannot see.
type Row = (u8, &'static [Code], &'static str);

const EDGE: &str = "the edge is not walked yet";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (1,  &[dns::NO_LOGIN_RECORDS, dns::SRV_ABSENT, dns::SRV_DISABLED], ""),
    (2,  &[dns::TARGET_UNRESOLVED, dns::TARGET_SHORT, dns::TARGET_ADDRESS, dns::TARGET_ALIAS], ""),
    (3,  &[dns::INSIDE_LEAK, dns::SERVERS_DIFFER, tcp::TIMEOUT], ""),
    (4,  &[dns::PORT_UNUSUAL, uds::WRONG_SERVICE, tcp::REFUSED], ""),
    (5,  &[tls::UNTRUSTED], ""),
    (6,  &[tls::NAME_MISMATCH, uds::SERVER_SHORT], ""),
    (7,  &[tls::ALERT, tls::LEGACY_ONLY], ""),
    (8,  &[tcp::TIMEOUT], ""),
    (9,  &[uds::NO_HOME_CLUSTER], ""),
    (10, &[uds::HOMES_DIFFER, uds::HOME_ELSEWHERE, uds::TWO_HOMES], ""),
    (11, &[uds::FORBIDDEN], ""),
    (12, &[uds::AUTH_FAILED], "which of the three it is"),
    (13, &[uds::AUTH_FAILED, axl::USER_LOCKED, axl::USER_MUST_CHANGE], ""),
    (14, &[uds::USER_NOT_IMP_ENABLED, axl::USER_NOT_IMP_ENABLED], ""),
    (15, &[uds::USER_UNASSIGNED, axl::USER_UNASSIGNED, epas::AUTH_FAILED], "a duplicate: the nodes' own checks tell"),
    (16, &[profile::NO_IMP], ""),
    (17, &[profile::ADDRESS_IS_DOMAIN, profile::ADDRESS_SHORT, axl::UC_SERVICE_SHORT, axl::UC_SERVICE_UNRESOLVED], ""),
    (18, &[profile::UNREACHABLE], ""),
    (19, &[tls::UNTRUSTED], ""),
    (20, &[epas::AUTH_FAILED], ""),
    (21, &[epas::CLIENT_TOO_OLD], ""),
    (22, &[epas::SILENT, epas::SLOW, epas::ERROR, epas::NO_TOKEN], ""),
    (23, &[tcp::TIMEOUT], ""),
    (24, &[tcp::REFUSED, svc::STOPPED], ""),
    (25, &[xmpp::AUTH_SILENT, xmpp::STREAM_SILENT, xmpp::WINDOW_CLOSED, svc::STARTED_BUT_SILENT, perf::SOCKETS_FLAT], ""),
    (26, &[xmpp::AUTH_SILENT, xmpp::AUTH_CLOSED, xmpp::AUTH_BACKEND, xmpp::NO_FEATURES, svc::STOPPED], ""),
    (27, &[tls::UNTRUSTED, tls::EXPIRED, tls::NAME_MISMATCH], ""),
    (28, &[], "this program asks for no revocation list, and a client's pause over one is its own"),
    (29, &[epas::DOMAIN_DIFFERS, xmpp::AUTH_REFUSED], ""),
    (30, &[xmpp::WRONG_NODE, xmpp::SEE_OTHER_HOST, epas::WRONG_NODE, xmpp::ACCEPTED_ELSEWHERE], ""),
    (31, &[xmpp::ACCEPTED_ELSEWHERE, tcp::REFUSED, ha::FAILED_OVER, ha::BACKUP_MODE, ha::BACKOFF], ""),
    (32, &[xmpp::ACCEPTED_ELSEWHERE], "the state of replication: it takes an administrator"),
    (33, &[uds::USER_UNASSIGNED, xmpp::BIND_REFUSED, xmpp::SESSION_REFUSED], "a licence has no sign of its own"),
    (34, &[uds::OVERLOADED, xmpp::NODE_OVERLOADED], "the presence web service is not on a login's way"),
    (35, &[xmpp::CONFLICT, xmpp::BIND_REFUSED], ""),
    (36, &[clock::DIFFERS, tls::NOT_YET_VALID, tls::EXPIRED], "a refused assertion: no SSO login is made"),
    (37, &[], EDGE),
    (38, &[], EDGE),
    (39, &[], EDGE),
    (40, &[], EDGE),
    (41, &[axl::VERSION], ""),
    (42, &[dns::FALLBACK_TO_DOMAIN, dns::SRV_ABSENT], ""),
    (43, &[xmpp::NO_DIRECT_TLS, xmpp::CLOSED], ""),
];

/// The codes that the design names for what a client sees, and that are not those of the comparison across nodes.
const DESIGNED: &str = "
    DNS_NO_LOGIN_RECORDS DNS_SRV_ABSENT DNS_SRV_DISABLED DNS_TIMEOUT DNS_PORT_CLOSED DNS_SERVFAIL DNS_REFUSED
    DNS_TARGET_UNRESOLVED DNS_TARGET_ALIAS DNS_TARGET_SHORT DNS_PORT_UNUSUAL DNS_SERVERS_DIFFER DNS_INSIDE_LEAK
    TCP_REFUSED TCP_TIMEOUT TCP_UNREACHABLE TCP_RESET
    TLS_UNTRUSTED TLS_NAME_MISMATCH TLS_EXPIRED TLS_NOT_YET_VALID TLS_EXPIRES_SOON TLS_SILENT TLS_LEGACY_ONLY
    TLS_ALERT TLS_FINGERPRINT_CHANGED TLS_KEY_NOT_PROVEN
    UDS_SILENT UDS_OVERLOADED UDS_NO_HOME_CLUSTER UDS_AUTH_FAILED UDS_FORBIDDEN UDS_WRONG_SERVICE UDS_EMPTY
    UDS_ENDLESS UDS_REDIRECT UDS_USER_NOT_IMP_ENABLED UDS_USER_UNASSIGNED
    PROFILE_UNREACHABLE PROFILE_NO_IMP PROFILE_ADDRESS_IS_DOMAIN PROFILE_ADDRESS_SHORT PROFILE_NOT_HOME_NODE
    EPAS_SILENT EPAS_AUTH_FAILED EPAS_CLIENT_TOO_OLD EPAS_NO_TOKEN EPAS_DOMAIN_DIFFERS
    XMPP_STREAM_SILENT XMPP_NO_FEATURES XMPP_STARTTLS_SILENT XMPP_STARTTLS_REFUSED XMPP_NO_STARTTLS
    XMPP_BYTES_BEHIND_PROCEED XMPP_NO_MECHANISM XMPP_AUTH_SILENT XMPP_AUTH_SLOW XMPP_AUTH_REFUSED
    XMPP_AUTH_REFUSED_LATE XMPP_AUTH_CLOSED XMPP_AUTH_BACKEND XMPP_NODE_OVERLOADED XMPP_WRONG_NODE
    XMPP_SEE_OTHER_HOST XMPP_STREAM_ERROR XMPP_BIND_SILENT XMPP_BIND_REFUSED XMPP_SESSION_SILENT
    XMPP_SESSION_REFUSED XMPP_NOT_XML XMPP_LIMIT_MET XMPP_WINDOW_CLOSED XMPP_NOT_ACKED
";

#[test]
fn every_failure_that_is_known_has_its_codes_or_the_reason_why_not() {
    let numbers: Vec<u8> = ROWS.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, (1..=43).collect::<Vec<_>>());
    let known: BTreeSet<Code> = Code::all().collect();
    for (number, codes, unseen) in ROWS {
        assert!(!codes.is_empty() || !unseen.is_empty(), "row {number} has neither codes nor a reason");
        for code in *codes {
            assert!(known.contains(code), "row {number}: no rule raises {code}");
        }
    }
}

#[test]
fn every_code_that_the_design_names_is_one() {
    let missing: Vec<&str> = DESIGNED.split_whitespace().filter(|name| Code::named(name).is_none()).collect();
    assert_eq!(missing, Vec::<&str>::new());
}
