//! Every scenario of the practice deployment: what `check` must find out about it from the user's address alone,
//! and what stands on the screen.
//!
//! A scenario that is not in the table fails. Each runs in two processes, over sockets; and like every run of the
//! suite, each is searched for its password afterwards.

use std::collections::BTreeSet;
use std::sync::Mutex;

use impscope::journal::{Entry, Wall};
use impscope::report::svg::Ground;
use impscope::report::{self, Source, pseudonymised, without_lengths};
use impscope::ui::{Model, Setup, Theme, ThemeName, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::deadline::busy_machine;
use crate::program::{Finished, Program};
use crate::served::Served;

/// How many scenarios run at once.
const AT_ONCE: usize = 6;

/// For an answer that never comes.
const SILENCE: &[&str] = &["--slow", "2s", "--silent-after", "3s"];
/// For one that comes, with the thresholds as they are.
const USUAL: &[&str] = &[];
/// For one that comes after the login was called silent.
const PATIENT: &[&str] = &["--slow", "1s", "--silent-after", "5s", "--give-up", "25s"];
/// As Jabber logs in: with the one-time password of EPASSoap.
const JABBER: &[&str] = &["--as", "jabber"];

/// As Jabber logs in from outside.
const OUTSIDE: &[&str] = &["--as", "edge", "--slow", "2s", "--silent-after", "3s"];

/// Inside and outside, each to its end.
const EVERYWHERE: &[&str] = &["--as", "all", "--slow", "2s", "--silent-after", "3s"];

/// The front end from outside.
const FRONT_END: &str = "expe.example.test";
/// The node whose newest login is looked at: alice's home.
const HOME: &str = "imp1.example.test";

/// How the node is found.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// By DNS, from the user's address.
    Dns,
    /// The same, through the Expressway-E.
    Edge,
    /// The same by way of the SOCKS proxy, which looks the names up.
    Socks,
    /// By way of it, with the names looked up here.
    SocksByAddress,
    /// By its address, with a manual setting: no name, and nothing else is asked.
    Node,
}

/// What `check` must say of a scenario.
struct Expected {
    way: Way,
    scenario: &'static str,
    options: &'static [&'static str],
    /// All findings that nothing explains, the quiet ones excepted, as `severity CODE`, sorted.
    findings: &'static [&'static str],
    /// How the newest login on imp1 ended, and at which stage; `-` where there was none.
    login: &'static str,
    exit: i32,
    /// What the servers got, in [`credential`]'s words: the first use, then those that go side by side.
    credentials: &'static str,
}

macro_rules! table {
    ($way:ident: $($scenario:literal, $options:ident, [$($finding:literal),*], $login:literal, $exit:literal, $got:literal;)*) => {
        &[$(Expected { way: Way::$way, scenario: $scenario, options: $options, findings: &[$($finding),*],
            login: $login, exit: $exit, credentials: $got }),*]
    };
}

#[rustfmt::skip]
const FROM_THE_ADDRESS: &[Expected] = table![Dns:
    "silent-auth",               SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "silent-cm",                 SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "healthy",                   USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "slow-answers",              USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "no-srv",                    USUAL,   ["critical DNS_NO_LOGIN_RECORDS"],        "-",                 2, "";
    "only-cuplogin",             USUAL,   ["info DNS_SRV_ABSENT"],                  "ok@session",        0, "epas+ xmpp+";
    "target-unresolvable",       USUAL,   ["critical DNS_TARGET_UNRESOLVED"],       "ok@session",        2, "xmpp+";
    "target-dot",                USUAL,   ["info DNS_SRV_DISABLED"],                "ok@session",        0, "uds+ epas+ xmpp+";
    "srv-wrong-port",            USUAL,   ["critical DNS_PORT_UNUSUAL"],            "ok@session",        2, "xmpp+";
    "short-names",               USUAL,   ["critical DNS_TARGET_SHORT"],            "ok@session",        2, "xmpp+";
    "target-alias",              USUAL,   ["info DNS_TARGET_ALIAS"],                "ok@session",        0, "uds+ epas+ xmpp+";
    "slow-dns",                  USUAL,   ["warning DNS_SLOW"],                     "ok@session",        1, "uds+ epas+ xmpp+";
    "dns-silent",                USUAL,   ["warning DNS_TIMEOUT"],                  "ok@session",        1, "uds+ epas+ xmpp+";
    "servfail",                  USUAL,   ["critical DNS_SERVFAIL"],                "-",                 2, "";
    "dns-refused",               USUAL,   ["critical DNS_REFUSED"],                 "-",                 2, "";
    "dns-port-closed",           USUAL,   ["critical DNS_PORT_CLOSED"],             "-",                 2, "";
    "dns-truncated",             USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "split-answers",             USUAL,   ["warning DNS_SERVERS_DIFFER"],           "ok@session",        1, "uds+ epas+ xmpp+";
    "cucm-blackhole",            USUAL,   ["warning TCP_TIMEOUT"],                  "ok@session",        1, "uds+ epas+ xmpp+";
    "cucm-untrusted",            USUAL,   ["critical EDGE_NEXT_HOP_FAILED", "critical TLS_UNTRUSTED"],               "ok@session",        2, "xmpp+";
    "uds-401",                   USUAL,   ["critical UDS_AUTH_FAILED"],             "ok@stream_tls",     2, "uds-";
    "uds-403",                   USUAL,   ["critical UDS_FORBIDDEN"],               "ok@session",        2, "uds+ xmpp+";
    "uds-404",                   USUAL,   ["critical UDS_WRONG_SERVICE"],           "ok@session",        2, "xmpp+";
    "uds-503",                   USUAL,   ["critical UDS_OVERLOADED"],              "ok@session",        2, "xmpp+";
    "uds-silent",                SILENCE, ["critical UDS_SILENT", "warning EDGE_SILENT"],                  "ok@session",        2, "xmpp+";
    "uds-html",                  USUAL,   ["critical UDS_WRONG_SERVICE"],           "ok@session",        2, "xmpp+";
    "uds-empty",                 USUAL,   ["critical UDS_EMPTY"],                   "ok@session",        2, "xmpp+";
    "uds-endless",               USUAL,   ["critical UDS_ENDLESS"],                 "ok@session",        2, "xmpp+";
    "uds-redirect",              USUAL,   ["critical UDS_REDIRECT"],                "ok@session",        2, "xmpp+";
    "home-cluster-off",          USUAL,   ["critical UDS_NO_HOME_CLUSTER"],         "ok@session",        2, "xmpp+";
    "two-homes",                 USUAL,   ["critical UDS_TWO_HOMES"],               "ok@stream_tls",     2, "";
    "no-home",                   USUAL,   ["critical UDS_NO_HOME_CLUSTER"],         "ok@session",        2, "xmpp+";
    "sso-on",                    USUAL,   ["info UDS_SSO"],                         "ok@stream_tls",     3, "";
    "user-not-enabled",          USUAL,   ["critical UDS_USER_NOT_IMP_ENABLED"],    "ok@stream_tls",     2, "uds+ epas-";
    "centralized-imp",           USUAL,   ["info UDS_USER_NOT_IMP_ENABLED"],        "ok@session",        0, "uds+ epas+ xmpp+";
    "user-unassigned",           USUAL,   ["critical UDS_USER_UNASSIGNED"],         "ok@stream_tls",     2, "uds+ epas-";
    "tftp-blocked",              USUAL,   ["critical PROFILE_UNREACHABLE"],         "ok@session",        2, "uds+ epas+ xmpp+";
    "tftp-refused",              USUAL,   ["critical PROFILE_UNREACHABLE"],         "ok@session",        2, "uds+ epas+ xmpp+";
    "profile-without-imp",       USUAL,   ["critical PROFILE_NO_IMP"],              "ok@session",        2, "uds+ epas+ xmpp+";
    "profile-with-domain",       USUAL,   ["critical PROFILE_ADDRESS_IS_DOMAIN", "info PROFILE_NOT_HOME_NODE"], "ok@session", 2, "uds+ epas+ xmpp+";
    "profile-short-name",        USUAL,   ["critical PROFILE_ADDRESS_SHORT"],       "ok@session",        2, "uds+ epas+ xmpp+";
    "profile-other-node",        USUAL,   ["info PROFILE_NOT_HOME_NODE"],           "ok@session",        0, "uds+ epas+ xmpp+";
    "epas-untrusted",            USUAL,   ["critical TLS_UNTRUSTED"],               "ok@session",        2, "uds+ xmpp+";
    "epas-failure",              USUAL,   ["critical EPAS_AUTH_FAILED"],            "ok@session",        2, "uds+ epas- xmpp+";
    "epas-silent",               SILENCE, ["critical EPAS_SILENT"],                 "ok@session",        2, "uds+ epas? xmpp+";
    "client-too-old",            USUAL,   ["critical EPAS_CLIENT_TOO_OLD"],         "ok@session",        2, "uds+ epas- xmpp+";
    "epas-other-domain",         USUAL,   ["critical EPAS_DOMAIN_DIFFERS"],         "ok@session",        2, "uds+ epas+ xmpp+";
    "epas-no-token",             JABBER,  ["critical EPAS_NO_TOKEN"],               "ok@stream_tls",     2, "uds+ epas+";
    "token-used-twice",          JABBER,  ["critical XMPP_TOKEN_REFUSED"],          "refused@auth",      2, "uds+ epas+ xmpp-";
    "slow-auth",                 USUAL,   ["warning XMPP_AUTH_SLOW"],               "ok@session",        1, "uds+ epas+ xmpp+";
    "late-refusal",              PATIENT, ["critical XMPP_AUTH_REFUSED_LATE"],      "refused@auth",      2, "uds+ epas+ xmpp-";
    "wrong-password",            USUAL,   ["critical XMPP_AUTH_REFUSED"],           "refused@auth",      2, "uds+ epas+ xmpp-";
    "account-disabled",          USUAL,   ["critical XMPP_AUTH_REFUSED"],           "refused@auth",      2, "uds+ epas+ xmpp-";
    "temporary-failure",         USUAL,   ["critical XMPP_AUTH_BACKEND"],           "refused@auth",      2, "uds+ epas+ xmpp-";
    "closed-after-auth",         USUAL,   ["critical XMPP_AUTH_CLOSED"],            "failed@auth",       2, "uds+ epas+ xmpp?";
    "reset-after-auth",          USUAL,   ["critical XMPP_AUTH_CLOSED"],            "failed@auth",       2, "uds+ epas+ xmpp?";
    "never-reads",               SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+";
    "connect-refused",           USUAL,   ["critical TCP_REFUSED"],                 "failed@tcp",        2, "uds+ epas+";
    "no-header",                 SILENCE, ["critical XMPP_STREAM_SILENT"],          "silent@stream",     2, "uds+ epas+";
    "slow-header",               USUAL,   ["warning XMPP_NODE_OVERLOADED"],         "ok@session",        1, "uds+ epas+ xmpp+";
    "no-features",               SILENCE, ["critical XMPP_NO_FEATURES"],            "silent@stream",     2, "uds+ epas+";
    "not-xml",                   USUAL,   ["critical XMPP_NOT_XML"],                "failed@stream",     2, "uds+ epas+";
    "stream-error-host-unknown", USUAL,   ["critical XMPP_STREAM_ERROR"],           "refused@stream",    2, "uds+ epas+";
    "see-other-host",            USUAL,   ["critical XMPP_SEE_OTHER_HOST"],         "refused@stream",    2, "uds+ epas+";
    "no-starttls",               USUAL,   ["critical XMPP_NO_STARTTLS"],            "stopped@auth",      2, "uds+ epas+";
    "starttls-refused",          USUAL,   ["critical XMPP_STARTTLS_REFUSED"],       "refused@starttls",  2, "uds+ epas+";
    "no-proceed",                SILENCE, ["critical XMPP_STARTTLS_SILENT"],        "silent@starttls",   2, "uds+ epas+";
    "bytes-behind-proceed",      USUAL,   ["warning XMPP_BYTES_BEHIND_PROCEED"],    "ok@session",        1, "uds+ epas+ xmpp+";
    "tls-silent",                SILENCE, ["critical TLS_SILENT"],                  "silent@tls",        2, "uds+ epas+";
    "expired-cert",              USUAL,   ["critical TLS_EXPIRED"],                 "stopped@auth",      2, "uds+ epas+";
    "not-yet-valid-cert",        USUAL,   ["critical TLS_NOT_YET_VALID"],           "stopped@auth",      2, "uds+ epas+";
    "untrusted-cert",            USUAL,   ["critical TLS_UNTRUSTED"],               "stopped@auth",      2, "uds+ epas+";
    "wrong-name",                USUAL,   ["critical TLS_NAME_MISMATCH"],           "stopped@auth",      2, "uds+ epas+";
    "no-mechanism",              USUAL,   ["critical XMPP_NO_MECHANISM"],           "refused@auth",      2, "uds+ epas+";
    "home-node-named",           USUAL,   ["warning XMPP_WRONG_NODE"],              "ok@session",        1, "uds+ epas+ xmpp+";
    "wrong-node",                USUAL,   ["warning XMPP_WRONG_NODE"],              "ok@session",        1, "uds+ epas+ xmpp+";
    "renewed-stream-id",         USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "silent-after-auth",         SILENCE, ["critical XMPP_STREAM_SILENT"],          "silent@stream_auth", 2, "uds+ epas+ xmpp+";
    "bind-silent",               SILENCE, ["critical XMPP_BIND_SILENT"],            "silent@bind",       2, "uds+ epas+ xmpp+";
    "bind-refused",              USUAL,   ["critical XMPP_BIND_REFUSED"],           "refused@bind",      2, "uds+ epas+ xmpp+";
    "session-silent",            SILENCE, ["critical XMPP_SESSION_SILENT"],         "silent@session",    2, "uds+ epas+ xmpp+";
    "session-refused",           USUAL,   ["critical XMPP_SESSION_REFUSED"],        "refused@session",   2, "uds+ epas+ xmpp+";
    "flood",                     USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "xcp-cm-stuck",              SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "router-stuck",              SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "auth-service-stuck",        SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "one-user-stuck",            SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "cluster-stuck",             SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "overload",                  SILENCE, ["critical XMPP_NODE_OVERLOADED"],        "silent@auth",       2, "uds+ epas+ xmpp?";
    "ldap-stuck",                SILENCE, ["critical PASSWORD_CHECKS_SILENT"],      "silent@auth",       2, "uds? xmpp?";
    "login-datastore-stuck",     SILENCE, ["critical EPAS_SILENT"],                 "ok@session",        2, "uds+ epas? xmpp+";
    "xcp-cm-restart",            SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "imp-service-stopped",       USUAL,   ["critical TCP_REFUSED"],                 "failed@tcp",        2, "uds+ epas+";
    "service-not-activated",     SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "ha-failed-over",            USUAL,   ["critical TCP_REFUSED"],                 "failed@tcp",        2, "uds+ epas+";
    "user-locked",               USUAL,   ["critical UDS_AUTH_FAILED"],             "ok@stream_tls",     2, "uds-";
    "uc-service-unresolvable",   USUAL,   ["info PROFILE_NOT_HOME_NODE", "warning DNS_TARGET_UNRESOLVED"], "ok@session", 1, "uds+ epas+ xmpp+";
    "axl-401",                   USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "axl-403",                   USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "axl-version",               USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "axl-off",                   USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "perfmon-rate",              SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "edge-401",                  USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "edge-403",                  USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "edge-not-allowed",          USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "edge-502",                  USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "edge-name-error",           USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "edge-no-uds",               USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "edge-san-lacks-domain",     USUAL,   ["critical EDGE_SAN_LACKS_DOMAIN", "info TLS_NAME_MISMATCH"], "ok@session", 2, "uds+ epas+ xmpp+";
    "edge-silent",               USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "edge-http-silent",          USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "edge-sso",                  USUAL,   ["info UDS_SSO"],                         "ok@stream_tls",     3, "";
    "socks-silent",              USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "socks-refuses",             USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "socks-closes",              USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "outside",                   USUAL,   ["info DNS_SRV_ABSENT"],                  "-",                 0, "uds+ edge+ epas+ uds+ xmpp+";
];

#[rustfmt::skip]
const BY_THE_NODE: &[Expected] = table![Node:
    "silent-auth",               SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "xmpp?";
    "healthy",                   USUAL,   [],                                       "ok@session",        0, "xmpp+";
    "slow-auth",                 USUAL,   ["warning XMPP_AUTH_SLOW"],               "ok@session",        1, "xmpp+";
    "late-refusal",              PATIENT, ["critical XMPP_AUTH_REFUSED_LATE"],      "refused@auth",      2, "xmpp-";
    "wrong-password",            USUAL,   ["critical XMPP_AUTH_REFUSED"],           "refused@auth",      2, "xmpp-";
    "closed-after-auth",         USUAL,   ["critical XMPP_AUTH_CLOSED"],            "failed@auth",       2, "xmpp?";
    "connect-refused",           USUAL,   ["critical TCP_REFUSED"],                 "failed@tcp",        2, "";
    "no-header",                 SILENCE, ["critical XMPP_STREAM_SILENT"],          "silent@stream",     2, "";
    "slow-header",               USUAL,   ["warning XMPP_NODE_OVERLOADED"],         "ok@session",        1, "xmpp+";
    "no-features",               SILENCE, ["critical XMPP_NO_FEATURES"],            "silent@stream",     2, "";
    "not-xml",                   USUAL,   ["critical XMPP_NOT_XML"],                "failed@stream",     2, "";
    "stream-error-host-unknown", USUAL,   ["critical XMPP_STREAM_ERROR"],           "refused@stream",    2, "";
    "see-other-host",            USUAL,   ["critical XMPP_SEE_OTHER_HOST"],         "refused@stream",    2, "";
    "no-starttls",               USUAL,   ["critical XMPP_NO_STARTTLS"],            "stopped@auth",      2, "";
    "starttls-refused",          USUAL,   ["critical XMPP_STARTTLS_REFUSED"],       "refused@starttls",  2, "";
    "no-proceed",                SILENCE, ["critical XMPP_STARTTLS_SILENT"],        "silent@starttls",   2, "";
    "tls-silent",                SILENCE, ["critical TLS_SILENT"],                  "silent@tls",        2, "";
    "untrusted-cert",            USUAL,   ["critical TLS_UNTRUSTED"],               "stopped@auth",      2, "";
    "no-mechanism",              USUAL,   ["critical XMPP_NO_MECHANISM"],           "refused@auth",      2, "";
    "home-node-named",           USUAL,   [],                                       "ok@session",        0, "xmpp+";
    "silent-after-auth",         SILENCE, ["critical XMPP_STREAM_SILENT"],          "silent@stream_auth", 2, "xmpp+";
    "bind-refused",              USUAL,   ["critical XMPP_BIND_REFUSED"],           "refused@bind",      2, "xmpp+";
    "session-silent",            SILENCE, ["critical XMPP_SESSION_SILENT"],         "silent@session",    2, "xmpp+";
];

#[rustfmt::skip]
const FROM_OUTSIDE: &[Expected] = table![Edge:
    "healthy",                   OUTSIDE, [],                                       "ok@session",        0, "uds+ edge+ epas+ uds+ xmpp+";
    "outside",                   OUTSIDE, [],                                       "ok@session",        0, "uds+ edge+ epas+ uds+ xmpp+";
    "edge-name-error",           OUTSIDE, ["info EDGE_NAME_ERROR"],                 "ok@session",        0, "uds+ edge+ epas+ uds+ xmpp+";
    "edge-401",                  OUTSIDE, ["critical EDGE_AUTH_FAILED"],            "ok@stream_tls",     2, "edge-";
    "edge-403",                  OUTSIDE, ["critical EDGE_FORBIDDEN"],              "ok@stream_tls",     2, "uds+ edge+";
    "edge-not-allowed",          OUTSIDE, ["critical EDGE_FORBIDDEN"],              "ok@stream_tls",     2, "uds+ edge+ uds+";
    "edge-502",                  OUTSIDE, ["critical EDGE_NEXT_HOP_FAILED"],        "ok@stream_tls",     2, "uds+ edge+";
    "edge-no-uds",               OUTSIDE, ["critical EDGE_NO_UDS"],                 "ok@stream_tls",     2, "uds+ edge+";
    "edge-san-lacks-domain",     OUTSIDE, ["critical EDGE_SAN_LACKS_DOMAIN", "info TLS_NAME_MISMATCH"], "ok@stream_tls",     2, "";
    "edge-silent",               OUTSIDE, ["critical EDGE_SILENT"],                 "silent@auth",       2, "uds+ edge+ epas+ uds+ xmpp?";
    "edge-http-silent",          OUTSIDE, ["critical EDGE_SILENT"],                 "ok@stream_tls",     2, "edge?";
    "edge-sso",                  OUTSIDE, ["info UDS_SSO"],                         "ok@stream_tls",     3, "";
    "xcp-cm-stuck",              OUTSIDE, [],                                       "ok@session",        0, "uds+ edge+ epas+ uds+ xmpp+";
    "router-stuck",              OUTSIDE, ["critical EDGE_SILENT"],                 "silent@auth",       2, "uds+ edge+ epas+ uds+ xmpp?";
];

#[rustfmt::skip]
const INSIDE_AND_OUTSIDE: &[Expected] = table![Dns:
    "healthy",                   EVERYWHERE, [],                                    "ok@session",        0, "uds+ edge+ epas+ epas+ uds+ uds+ xmpp+ xmpp+";
    "outside",                   EVERYWHERE, ["info DNS_SRV_ABSENT"],               "-",                 0, "uds+ edge+ epas+ uds+ xmpp+";
    "edge-silent",               EVERYWHERE, ["critical EDGE_SILENT"],              "ok@session",        2, "uds+ edge+ epas+ epas+ uds+ uds+ xmpp+ xmpp?";
    "edge-401",                  EVERYWHERE, ["critical EDGE_AUTH_FAILED"],         "ok@session",        2, "uds+ edge- epas+ xmpp+";
    "edge-san-lacks-domain",     EVERYWHERE, ["critical EDGE_SAN_LACKS_DOMAIN", "info TLS_NAME_MISMATCH"], "ok@session", 2, "uds+ epas+ xmpp+";
    "xcp-cm-stuck",              EVERYWHERE, ["critical XMPP_AUTH_SILENT"],         "silent@auth",       2, "uds+ edge+ epas+ epas+ uds+ uds+ xmpp+ xmpp?";
    "uds-401",                   EVERYWHERE, ["critical UDS_AUTH_FAILED"],          "ok@stream_tls",     2, "uds-";
];

#[rustfmt::skip]
const BY_WAY_OF_THE_PROXY: &[Expected] = table![Socks:
    "healthy",                   USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "silent-auth",               SILENCE, ["critical XMPP_AUTH_SILENT"],            "silent@auth",       2, "uds+ epas+ xmpp?";
    "connect-refused",           USUAL,   ["critical TCP_REFUSED"],                 "failed@tcp",        2, "uds+ epas+";
    "socks-silent",              USUAL,   ["critical VIA_UNREACHABLE"],             "-",                 2, "";
    "socks-refuses",             USUAL,   ["critical VIA_REFUSED", "info VIA_REFUSED"],    "failed@tcp",        2, "uds+ epas+";
    "socks-closes",              USUAL,   ["critical VIA_CLOSED", "info VIA_CLOSED"], "failed@stream",     2, "uds+ epas+";
];

#[rustfmt::skip]
const BY_WAY_OF_IT_TO_ADDRESSES: &[Expected] = table![SocksByAddress:
    "healthy",                   USUAL,   [],                                       "ok@session",        0, "uds+ epas+ xmpp+";
    "socks-silent",              USUAL,   ["critical VIA_UNREACHABLE"],             "-",                 2, "";
    "socks-refuses",             USUAL,   ["critical VIA_REFUSED", "info VIA_REFUSED"],    "failed@tcp",        2, "uds+ epas+";
    "socks-closes",              USUAL,   ["critical VIA_CLOSED", "info VIA_CLOSED"], "failed@stream",     2, "uds+ epas+";
];

#[test]
fn each_scenario_gives_its_findings_and_no_other_and_says_so_on_the_screen() {
    let _busy = busy_machine();
    let list = Program::new().run(&["lab", "--list"]).stdout;
    let known: BTreeSet<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let told: BTreeSet<&str> = FROM_THE_ADDRESS.iter().map(|row| row.scenario).collect();
    let unpaired = known.symmetric_difference(&told);
    let mut wrong: Vec<String> =
        unpaired.map(|name| format!("{name}: only in the table, or only in the list")).collect();
    let others = BY_THE_NODE
        .iter()
        .chain(FROM_OUTSIDE)
        .chain(INSIDE_AND_OUTSIDE)
        .chain(BY_WAY_OF_THE_PROXY)
        .chain(BY_WAY_OF_IT_TO_ADDRESSES);
    let waiting = Mutex::new(FROM_THE_ADDRESS.iter().chain(others));
    let next = || waiting.lock().expect("no thread panics while it holds this").next();
    std::thread::scope(|scope| {
        let work = || std::iter::from_fn(next).flat_map(complaints).collect::<Vec<String>>();
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        wrong.extend(threads.into_iter().flat_map(|thread| thread.join().expect("a scenario runs to its end")));
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is not as the table has it.
fn complaints(expected: &Expected) -> Vec<String> {
    let lab = Served::start(expected.scenario);
    let address = lab.nodes[0].split(':').next().unwrap_or_default().to_owned();
    let (arguments, home) = match expected.way {
        Way::Dns => (lab.by_dns(&["check", "--json"], expected.options), HOME),
        Way::Edge => (lab.by_dns(&["check", "--json"], expected.options), FRONT_END),
        Way::Socks => (lab.by_dns(&["check", "--json", "--via", &lab.socks], expected.options), HOME),
        Way::SocksByAddress => {
            let proxy = lab.socks.replace("socks5h:", "socks5:");
            (lab.by_dns(&["check", "--json", "--via", &proxy], expected.options), HOME)
        }
        Way::Node => (lab.arguments(&["check", "--json"], 0, expected.options), address.as_str()),
    };
    let (run, entries) = lab.recorded(&arguments);
    let shown = forms(&entries);
    let secret = lab.password.clone();
    let got = lab.received();
    let named = format!("{} by {:?}", expected.scenario, expected.way);
    let mut wrong = Vec::new();
    let findings = unexplained(&run);
    let found: Vec<&str> = findings.iter().map(String::as_str).collect();
    let (login, credentials) = (login(&run, home), credentials(&got));
    let all = (found.as_slice(), login.as_str(), run.exit, credentials.as_str());
    if all != (expected.findings, expected.login, Some(expected.exit), expected.credentials) {
        wrong.push(format!("{named}: {all:?}"));
    }
    let leaks = shown.iter().filter(|(_, text)| crate::program::holds_secret(text.as_bytes(), &secret));
    wrong.extend(leaks.map(|(form, _)| format!("{named}: the password stands in the {form}")));
    for (columns, rows) in [(120, 40), (80, 24)] {
        let screen = screen(&entries, columns, rows);
        if let Some(why) = expected.wrong_on(&screen) {
            wrong.push(format!("{named}: {why} at {columns}x{rows}:\n{screen}"));
        }
    }
    wrong
}

impl Expected {
    /// The gravest finding, or one of several, must stand on the screen; where there is none, no verdict, and what is only worth knowing
    /// is said to be that.
    fn wrong_on(&self, screen: &str) -> Option<String> {
        let of = |severity: &str| {
            let codes = self.findings.iter().filter_map(|finding| finding.strip_prefix(severity));
            codes.map(|code| format!("{}{code}", severity.to_uppercase())).collect::<Vec<String>>()
        };
        let gravest = ["critical ", "warning "].into_iter().map(of).find(|verdicts| !verdicts.is_empty());
        if let Some(verdicts) = gravest {
            let is_said = verdicts.iter().any(|verdict| screen.contains(verdict));
            return (!is_said).then(|| format!("no {}", verdicts.join(" or ")));
        }
        let verdict = ["CRITICAL ", "WARNING "].iter().any(|severity| screen.contains(severity));
        let said = match self.way {
            Way::Dns => screen.contains("no fault found so far"),
            Way::Node | Way::Edge | Way::Socks | Way::SocksByAddress => true,
        };
        (verdict || !said).then(|| "a fault".to_owned())
    }
}

/// The findings that nothing explains, but for the quiet ones: that a route which few sites have is not there.
fn unexplained(run: &Finished) -> Vec<String> {
    let json = run.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let is_quiet = |finding: &serde_json::Value| {
        let name = text(&finding["args"]["name"]);
        let optional = ["_cuplogin._tcp.", "_xmpps-client._tcp.", "_collab-edge._tls."];
        finding["code"] == "DNS_SRV_ABSENT"
            && finding["severity"] == "info"
            && optional.iter().any(|route| name.starts_with(route))
    };
    let findings = json["findings"].as_array().expect("findings").iter();
    let counts = findings.filter(|finding| finding["explained_by"].is_null() && !is_quiet(finding));
    let said: BTreeSet<String> =
        counts.map(|finding| format!("{} {}", text(&finding["severity"]), text(&finding["code"]))).collect();
    said.into_iter().collect()
}

/// `ok@session`: how the newest login on a node ended.
fn login(run: &Finished, host: &str) -> String {
    let json = run.json();
    let mut nodes = json["nodes"].as_array().expect("nodes").iter();
    let node = nodes.find(|node| node["host"] == host);
    let newest = node.and_then(|node| node["logins"].as_array()?.last());
    let text = |name: &str| newest.and_then(|login| login[name].as_str()).map(str::to_owned);
    text("outcome").zip(text("stage")).map_or_else(|| "-".to_owned(), |(how, at)| format!("{how}@{at}"))
}

/// What the servers got, the first use first; those behind it go side by side, so their order says nothing.
fn credentials(got: &[String]) -> String {
    let mut words: Vec<String> = got.iter().map(|line| credential(line)).collect();
    if let Some((_, rest)) = words.split_first_mut() {
        rest.sort();
    }
    words.join(" ")
}

/// `uds+`, `epas-`, `xmpp?`: alice's credential, accepted, refused, left unanswered by cucm1, imp1 or the edge. The whole line
/// where it is anybody else's.
fn credential(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["cucm1.example.test", service @ "uds", "alice", answer]
        | ["imp1.example.test", service @ ("epas" | "xmpp"), "alice", answer]
        | ["expe.example.test", service @ ("edge" | "xmpp"), "alice", answer] => {
            let sign = match *answer {
                "accepted" => "+",
                "refused" => "-",
                "unanswered" => "?",
                other => other,
            };
            format!("{service}{sign}")
        }
        _ => line.to_owned(),
    }
}

/// Every form in which a run is passed on, and its screen: each must be without the password. What `check` says in
/// lines and as JSON, and the recording, are searched where they are made.
pub fn forms(entries: &[Entry]) -> Vec<(&'static str, String)> {
    let source = Source { tool: "impscope".to_owned(), pseudonymised: true, ..Source::default() };
    let others = pseudonymised(&without_lengths(entries));
    let blocks = report::report(&others, &source);
    let own = report::report(&without_lengths(entries), &Source::default());
    vec![
        ("report as text", report::plain(&own)),
        ("report as Markdown", report::markdown(&own)),
        ("pseudonymised text", report::plain(&blocks)),
        ("pseudonymised page", report::html(&blocks)),
        ("pseudonymised recording", report::jsonl(&others, Wall::default(), &source)),
        ("ladder", report::svg::ladder(&others, &Theme::named(ThemeName::Dark), Ground::Dark)),
        ("screen", walked(entries)),
    ]
}

/// The screen at its end, walked with keys: the findings, the tree, entries in each form, what explains them, the ladder.
fn walked(entries: &[Entry]) -> String {
    use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
    let mut model = Model::new(Setup { recording: true, ..Setup::default() }, 120, 40);
    entries.iter().for_each(|entry| model.apply(entry));
    let newest = entries.iter().map(|entry| entry.at).max().expect("entries");
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("a screen");
    let mut shown = String::new();
    for key in "F\x1bg\r\x1b\tfall\rGkk\rww\x1bi\x1bl\x1bgz".chars() {
        let code = match key {
            '\x1b' => KeyCode::Esc,
            '\r' => KeyCode::Enter,
            '\t' => KeyCode::Tab,
            'k' => KeyCode::Up,
            other => KeyCode::Char(other),
        };
        impscope::ui::handle(&mut model, Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        if model.refresh(newest) {
            terminal.draw(|frame| view::draw(&model, frame)).expect("it is drawn");
            shown.push_str(&terminal.backend().to_string());
        }
    }
    assert!(shown.contains("Entry #") && shown.contains("Ladder"), "it was walked:\n{shown}");
    shown
}

/// The screen of a recording, at its end.
fn screen(entries: &[Entry], columns: u16, rows: u16) -> String {
    let mut model = Model::new(Setup { recording: true, ..Setup::default() }, columns, rows);
    entries.iter().for_each(|entry| model.apply(entry));
    let newest = entries.iter().map(|entry| entry.at).max().expect("entries");
    assert!(model.refresh(newest), "there is something to draw");
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a screen");
    terminal.draw(|frame| view::draw(&model, frame)).expect("it is drawn");
    terminal.backend().to_string()
}
