//! What holds of every entry of the catalogue: sure words only where something is sure, commands that can be copied,
//! and no name that the product does not have.

use super::super::{Confidence, Severity, Text, catalogue};
use super::Code;

/// What Jabber calls its errors (protocol.md 1.5, 5.6 and 12).
const JABBER: &[&str] = &[
    "LERR_CUP_AUTH",
    "LERR_CUP_UNREACHABLE <9>",
    "LERR_CUP_TIMEOUT",
    "LERR_CUP_CERT <11>",
    "LERR_CUP_INTERNAL_ERROR",
    "LERR_JABBER_CERT <15>",
    "LERR_JABBER_UNREACHABLE <16>",
    "LERR_JABBER_AUTH <17>",
    "FAILED_NO_SRV_RECORDS_FOUND",
    "UNRESOLVED_HOST_ERROR",
    "CERTIFICATE_VALIDATION_ERROR",
    "NO_HOME_UDS_FOUND",
    "HOME_UDS_QUERY_FAILED",
    "1001 ServiceDiscoveryFailure",
    "1002 AuthenticationFailure",
    "1003 CannotConnectToCucmServer",
    "1004 NoCucmConfiguration",
    "1005 ServiceDiscoveryNoSRVRecordsFound",
    "1006 CannotConnectToEdge",
    "1008 UntrustedCertificate",
    "1010 NoUserLookup",
    "1012 AuthorizationModeChanged",
    "1013 HomeClusterChanged",
    "1015 LocationUdsConnectionFailure",
    "1016 LocationUdsRequestFailure",
    "1017 ServersUdsRequestFailure",
    "1018 SSOQueryFailure",
    "1027 UDSServersQueryUnauthorised",
    "1031 (no user identifier)",
    "1032 NoHomeUDSFound",
    "1034 NoServiceRecord",
    "1035 TFTPFileURLSNotSet",
    "1036 to 1039 (TFTP)",
    "1040 NoLocatorUDS",
    "1042 (HTTP 500)",
    "1043 (HTTP 600)",
    "1044 (HTTP 601)",
    "1046 (HTTP 602)",
    "1100 ConnectionFailedByMRAPolicy",
];

/// RTMT's alerts (protocol.md 6.5).
const ALERTS: &[&str] = &[
    "XcpCmComponentConnectError",
    "XcpCmPauseSockets",
    "XcpCmStartupError",
    "XcpCmXmppdError",
    "XcpWebCmComponentConnectError",
    "XcpWebCmHttpdError",
    "XcpWebCmStartupError",
    "XcpConfigMgrConfigurationFailure",
    "XcpConfigMgrHostNameResolutionFailed",
    "XcpConfigMgrJabberRestartRequired",
    "XcpConfigMgrR2RPasswordEncryptionFailed",
    "XcpConfigMgrR2RRequestTimedOut",
    "XcpDBConnectError",
    "XcpMdnsStartError",
    "SRMFailed",
    "SRMFailover",
    "PEMemoryHighCondition",
    "PELoadHighWaterMark",
    "LegacyCUPCLogin",
    "SyncAgentAXLConnectionFailed",
    "DuplicateUserid",
    "DuplicateDirectoryURI",
    "CoreDumpFileFound",
    "CriticalServiceDown",
    "CpuPegging",
    "ServerDown",
    "AuthenticationFailed",
];

/// Pages of the GUI that are vouched for (protocol.md 2.3, 5.5, 6.2, 6.4 and 6.8).
const PAGES: &[&str] = &[
    "Cisco Unified IM and Presence Serviceability > Tools > Control Center - Feature Services",
    "Cisco Unified IM and Presence Serviceability > Tools > Control Center - Network Services",
    "Cisco Unified Serviceability > Tools > Control Center - Network Services",
    "User Management > User Settings > Service Profile",
    "User Management > User Settings > UC Service",
    "Diagnostics > System Troubleshooter",
    "System > Presence Redundancy Groups",
    "System > Server",
    "System > Security > Settings",
];

/// How a command begins that somebody is to type.
const COMMANDS: &[&str] = &[
    "utils ",
    "run sql ",
    "file get ",
    "file list ",
    "show process",
    "show perf",
    "show cert",
    "show tls",
    "show status",
    "set tls",
    "set key",
    "set replication",
    "dig ",
    "openssl ",
    "curl -",
    "ping ",
    "nc -",
    "traceroute -",
    "ip route",
    "timedatectl",
    "chronyc",
];

fn entries() -> impl Iterator<Item = (Code, Text)> {
    Code::all().map(|code| (code, catalogue().bare(code)))
}

/// All prose of an entry.
fn prose(text: &Text) -> impl Iterator<Item = &String> {
    let head = [&text.summary].into_iter().chain(&text.suspect).chain(&text.not_shown).chain(&text.details);
    head.chain(&text.causes).chain(&text.remedies)
}

/// A text without what stands in backquotes.
fn outside_backquotes(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join("…")
}

#[test]
fn what_is_only_likely_names_a_suspect_or_says_how_to_tell() {
    let tells = |cause: &String| [":", "compare", "if ", "then", "tells"].iter().any(|word| cause.contains(word));
    for (code, text) in entries().filter(|(_, text)| text.confidence != Confidence::Documented) {
        let told = text.suspect.is_some() || text.causes.iter().all(tells);
        assert!(told, "{code} is a likelihood with neither a suspect nor a way to tell");
    }
}

#[test]
fn nothing_that_is_only_likely_is_told_as_if_it_were_certain() {
    for (code, text) in entries().filter(|(_, text)| text.confidence != Confidence::Documented) {
        for line in text.suspect.iter().chain(&text.causes) {
            let lower = line.to_lowercase();
            let sure =
                ["certainly", "definitely", "of course", "proves that", "it must be", "no doubt", "obviously"];
            assert!(!sure.iter().any(|word| lower.contains(word)), "{code} is too sure: {line}");
        }
    }
}

#[test]
fn whatever_is_critical_has_a_remedy_and_says_what_it_interrupts() {
    let says = |remedy: &String| ["nterrupt", "Drops", "drops"].iter().any(|word| remedy.contains(word));
    for (code, text) in entries().filter(|(_, text)| text.severity == Severity::Critical) {
        assert!(text.remedies.iter().any(says), "{code} does not say what its remedies interrupt");
    }
}

#[test]
fn a_command_stands_in_backquotes() {
    for (code, text) in entries() {
        for line in prose(&text) {
            assert_eq!(line.matches('`').count() % 2, 0, "{code}: an open backquote: {line}");
            let rest = outside_backquotes(line);
            let bare = COMMANDS.iter().find(|command| {
                rest.match_indices(*command).any(|(at, _)| !rest[..at].ends_with(|c: char| c.is_alphanumeric()))
            });
            assert_eq!(bare, None, "{code}: {line}");
        }
    }
}

#[test]
fn what_is_to_be_saved_is_a_command_each() {
    for (code, text) in entries() {
        for line in &text.save_first {
            let known = COMMANDS.iter().any(|command| line.starts_with(command));
            assert!(known && !line.contains('`'), "{code}: {line}");
        }
    }
}

#[test]
fn jabbers_names_and_rtmts_are_theirs() {
    for (code, text) in entries() {
        for name in &text.jabber {
            assert!(JABBER.contains(&name.as_str()), "{code}: Jabber knows no {name}");
        }
        for name in &text.alerts {
            assert!(ALERTS.contains(&name.as_str()), "{code}: RTMT knows no {name}");
        }
    }
}

#[test]
fn a_page_that_nothing_vouches_for_is_named_as_where_it_usually_is() {
    for (code, text) in entries() {
        for line in prose(&text) {
            let known = PAGES.iter().fold(line.clone(), |line, page| line.replace(page, "a page that is known"));
            for (at, _) in known.match_indices(" > ") {
                let sentence = known[..at].rfind(". ").map_or(0, |end| end + 2);
                assert!(known[sentence..at].contains("usually under"), "{code}: {line}");
            }
        }
    }
}

#[test]
fn a_number_within_a_span_of_jabbers_is_known_too() {
    let names = |word: &str| catalogue().naming(word).contains(&super::super::code::profile::UNREACHABLE);
    assert_eq!(["1035", "1036", "1038", "1039"].map(names), [true; 4]);
    assert_eq!(["103", "1047", "to", ""].map(names), [false; 4]);
}
