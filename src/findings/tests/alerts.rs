//! What others call a failed login, and what is said to it.

use super::super::alert::{Alert, AlertError, Alerts, alerts};
use super::words::misread;
use crate::findings::{Code, Explanation, catalogue, explain};

const WORDS: &str = include_str!("../../../assets/alerts.toml");

/// What RTMT raises (protocol.md 6.5).
const RTMT: &[&str] = &[
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
    "PEIDSQueryError",
    "PEIDStoIMDBDatabaseSyncError",
    "PEMemoryHighCondition",
    "PELoadHighWaterMark",
    "LegacyCUPCLogin",
    "SyncAgentAXLConnectionFailed",
    "DuplicateUserid",
    "DuplicateDirectoryURI",
    "CriticalServiceDown",
    "CpuPegging",
    "ServerDown",
    "AuthenticationFailed",
    // Not of protocol.md: Cisco's lists of preconfigured alarm notifications and of the alarms of Unified Presence.
    "CoreDumpFileFound",
    "ServiceStartFailed",
    "ServiceStopFailed",
    "ServiceFailed",
    "ServiceExceededMaxRestarts",
    "ServiceActivationFailed",
    "ServiceDeactivationFailed",
    "CUPSyncAgentAXLConnectionFailed",
    "PEPeerNodeFailure",
];

/// What Jabber and Camelot say (protocol.md 1.5, 2.7, 5.6).
const JABBER: &[&str] = &[
    "LERR_CUP_AUTH",
    "LERR_CUP_UNREACHABLE <9>",
    "LERR_CUP_TIMEOUT",
    "LERR_CUP_CERT <11>",
    "LERR_CUP_INTERNAL_ERROR",
    "LERR_JABBER_CERT <15>",
    "handleLeaveSession reason:13",
    "LERR_JABBER_UNREACHABLE <16>",
    "LERR_JABBER_AUTH <17>",
    "(1005) ServiceDiscoveryNoSRVRecordsFound",
    "FAILED_NO_SRV_RECORDS_FOUND",
    "UNRESOLVED_HOST_ERROR",
    "CERTIFICATE_VALIDATION_ERROR",
    "HOME_UDS_QUERY_FAILED",
    "NO_HOME_UDS_FOUND",
    "No Home UDS Location found",
    "Cannot find your services automatically",
    "ServiceDiscoveryCannotConnectToCucmServer",
    "UDSServersQueryUnauthorised",
    "ConnectionFailedByMRAPolicy",
    "uds_centuds_disc_error",
    "uds_home_cluster_node_disc_error",
    "uds_home_node_version_error",
    "uds_get_udsservers_error",
    "uds_sso_login_error",
    "uds_get_service_profile_error",
    "uds_device_discovery_error",
    "uds_login_error",
];

const NUMBERS: &[u16] = &[
    1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1012, 1013, 1015, 1016, 1017, 1018, 1020, 1021,
    1022, 1023, 1024, 1025, 1027, 1031, 1032, 1034, 1035, 1036, 1037, 1038, 1039, 1040, 1042, 1043, 1044, 1046,
    1100,
];

const ALERT: &str = "Number of AuthenticationFailed events exceeds configured threshold during configured interval \
    of time 1 within 3 minutes on cluster StandAloneCluster.\nThere are 1 AuthenticationFailed events received \
    during the monitoring interval.\nTimeStamp : 10/7/25 2:35 PM\nLogin IP Address/Hostname : 10.1.2.3\n\
    Login Date : Tue Oct 07 14:35:10 CEST 2025\nLogin UserID : alice\nLogin Interface : cucm-uds\n\
    App ID : Cisco Tomcat\nCluster ID : \nNode ID : cucm1\n";

fn told(asked: &str) -> String {
    // Wide enough that no line is wrapped.
    match explain(asked, 5000) {
        Explanation::Known(lines) => lines.join("\n"),
        Explanation::Unknown(nearest) => panic!("{asked} is unknown, near {nearest:?}"),
    }
}

fn one(asked: &str) -> (&'static Alert, String) {
    let mut found = alerts().in_text(asked);
    assert_eq!(found.len(), 1, "{asked}: {found:#?}");
    found.remove(0)
}

#[test]
fn the_alerts_that_are_built_in_are_sound() {
    Alerts::parse(WORDS).unwrap();
}

#[test]
fn what_is_wrong_in_the_file_is_an_error() {
    let wrong = |from: &str, to: &str| {
        assert!(WORDS.contains(from), "{from}");
        Alerts::parse(&WORDS.replacen(from, to, 1)).unwrap_err()
    };
    assert!(
        matches!(wrong("\"UDS_SILENT\"", "\"UDS_SILENCE\""), AlertError::NoCode(code, _) if code == "UDS_SILENCE")
    );
    assert!(matches!(wrong("\nmeans = ", "\nmeens = "), AlertError::Toml(_)));
    assert!(matches!(wrong("place = \"uds\"", "place = \"moon\""), AlertError::Toml(_)));
    assert!(matches!(wrong("numbers = [1002]", "numbers = [1001]"), AlertError::Claimed(_)));
    assert!(matches!(wrong("\"SRMFailover\"", "\"srmfailed\""), AlertError::Claimed(_)));
    assert!(matches!(wrong("{user}@DOMAIN", "{usr}@DOMAIN"), AlertError::Field(..)));
    assert!(matches!(
        wrong("step = \"<auth>: everything before it still answers\"", "step = \" \""),
        AlertError::Field(..)
    ));
    let twice = "else = [\n  \"The same text.\",\n";
    let shared = WORDS.replacen("else = [\n", twice, 2);
    assert!(matches!(Alerts::parse(&shared), Err(AlertError::Shared(..))));
}

#[test]
fn every_name_of_rtmt_jabber_and_camelot_is_known_in_any_case_and_inside_a_line() {
    for name in RTMT.iter().chain(JABBER) {
        let (alert, _) = one(name);
        for text in [
            name.to_lowercase(),
            name.to_uppercase(),
            format!("2025-10-07 14:35:10,940 INFO [0x000012d4] [impl\\Handler.cpp(1032)] [x] - result: {name}."),
        ] {
            assert_eq!(one(&text).0.is, alert.is, "{text}");
        }
    }
}

#[test]
fn every_number_of_jabber_is_known_however_it_is_written() {
    for number in NUMBERS {
        let (alert, name) = one(&format!("1000:{number}"));
        assert_eq!(name, format!("1000:{number}"));
        for text in [number.to_string(), format!("Discovery Failure -> ({number}) x"), format!("error {number}")] {
            assert_eq!(one(&text).0.is, alert.is, "{text}");
        }
    }
    for number in [500, 600, 604, 608, 611, 701] {
        assert!(one(&format!("1000:{number}")).0.is.contains("single sign-on"));
    }
    assert_eq!(one("(1005) ServiceDiscoveryNoSRVRecordsFound").1, "1000:1005");
}

#[test]
fn every_name_in_the_words_of_the_findings_is_known_here() {
    for code in Code::all() {
        let text = catalogue().bare(code);
        for name in text.jabber.iter().chain(&text.alerts) {
            let found = alerts().in_text(name.split(' ').next().unwrap());
            assert!(!found.is_empty(), "{code} names {name}, which is unknown");
            let belongs = |alert: &Alert| alert.codes().contains(&code) || alert.rarer().contains(&code);
            assert!(found.iter().any(|(alert, _)| belongs(alert)), "{code} {name}");
        }
    }
}

#[test]
fn an_answer_has_its_parts_in_their_order() {
    let text = told(ALERT);
    let parts = [
        "AuthenticationFailed",
        "An alert of RTMT",
        "Stage: UDS",
        "Service: Cisco User Data Services; on a CUCM node",
        "Likely:",
        "What else it often is",
        "The text says: user id alice · from 10.1.2.3",
        "Do, least harm first",
        "Findings (`impscope explain CODE`): UDS_AUTH_FAILED",
        "impscope check --as jabber alice@DOMAIN",
        "See:",
    ];
    let places: Vec<_> =
        parts.iter().map(|part| text.find(part).unwrap_or_else(|| panic!("no {part} in\n{text}"))).collect();
    assert!(places.is_sorted(), "{places:?}\n{text}");
}

#[test]
fn a_refused_login_at_uds_is_mostly_a_stale_password_or_a_scanner_and_no_reason_to_restart() {
    for text in [
        ALERT,
        "%UC_LOGIN-4-AuthenticationFailed: %[LoginFrom=10.1.2.3][Timestamp=Tue][UserID=alice][Interface=cucm-uds]",
        "AuthenticationFailed Interface : cucm-uds",
    ] {
        let text = told(text);
        for part in ["stale cached password", "scanner", "only if UDS is also slow", "2015", "user id"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    let elsewhere = told("AuthenticationFailed UserID : svc-axl Interface : CCMAdmin");
    assert!(!elsewhere.contains("Stage: UDS") && elsewhere.contains("svc-axl"), "{elsewhere}");
    assert!(told("AuthenticationFailed").contains("cucm-uds"));
}

#[test]
fn a_service_that_is_down_is_told_by_its_name_in_the_text() {
    let alert = |service: &str| format!("CriticalServiceDown: Service operational status is DOWN. {service}.");
    assert!(
        told(&alert("Cisco XCP Authentication Service")).contains("<auth>: everything before it still answers")
    );
    assert!(told(&alert("Cisco User Data Services")).contains("Stage: UDS"));
    assert!(told(&alert("Cisco AXL Web Service")).contains("AXL_NOT_ACTIVATED"));
    for service in ["Cisco Presence Engine", "Cisco Server Recovery Manager", "Cisco Route Datastore"] {
        assert!(told(&alert(service)).contains("HA_CRITICAL_DOWN"), "{service}");
    }
    assert!(told(&alert("Cisco CDR Agent")).contains("any other concerns no login"));
}

#[test]
fn what_the_administrators_side_finds_is_told_at_the_alerts_that_it_belongs_to() {
    for (text, codes) in [
        ("SRMFailover", &["HA_FAILED_OVER", "HA_BACKUP_MODE", "HA_BACKOFF"][..]),
        ("SRMFailed", &["HA_CRITICAL_DOWN"]),
        ("PEPeerNodeFailure", &["HA_BACKUP_MODE", "HA_FAILED_OVER"]),
        ("SyncAgentAXLConnectionFailed", &["AXL_AUTH_FAILED", "AXL_NOT_ACTIVATED", "AXL_SILENT"]),
        ("XcpCmPauseSockets", &["SVC_STARTED_BUT_SILENT", "PERF_SOCKETS_FLAT"]),
        ("CriticalServiceDown Cisco XCP Connection Manager", &["SVC_STOPPED"]),
        ("ServiceExceededMaxRestarts", &["SVC_STOPPED", "SVC_RESTARTED_LATELY"]),
        ("ServiceActivationFailed", &["SVC_NOT_ACTIVATED"]),
    ] {
        let told = told(text);
        for code in codes {
            assert!(told.contains(code), "{text}: no {code} in\n{told}");
        }
    }
}

#[test]
fn several_names_are_told_in_their_order_and_one_thing_once() {
    let found =
        alerts().in_text("FAILED_NO_SRV_RECORDS_FOUND -> (1005) ServiceDiscoveryNoSRVRecordsFound LERR_CUP_AUTH");
    assert_eq!(
        found.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(),
        ["FAILED_NO_SRV_RECORDS_FOUND", "LERR_CUP_AUTH"]
    );
    let many = told("LERR_CUP_AUTH LERR_CUP_CERT XMPP_AUTH_SILENT CpuPegging ServerDown SRMFailed");
    assert!(many.contains("The text also names: SRMFailed · XMPP_AUTH_SILENT"), "{many}");
    let mixed = told("LERR_JABBER_AUTH beside XMPP_AUTH_SILENT");
    assert!(mixed.contains("XMPP_AUTH_SILENT  critical"), "{mixed}");
}

#[test]
fn a_node_and_a_user_of_the_text_stand_in_the_command() {
    let text = told("XcpCmPauseSockets UserID : bob Node ID : imp1");
    assert!(text.contains("`impscope check ") && text.contains(" --node imp1 bob@DOMAIN`"), "{text}");
    let hostile = told("XcpCmPauseSockets [UserID=$(reboot)][NodeID=-rf]");
    assert!(hostile.contains("--node NODE USER@DOMAIN`"), "{hostile}");
}

#[test]
fn a_pasted_text_shows_nothing_but_its_fields() {
    let text = told("canary1 AuthenticationFailed \u{1b}[2J canary2 UserID : alice password : canary3 \u{202e}");
    assert!(!text.contains("canary") && text.contains("user id alice"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn an_unknown_text_is_answered_with_names_that_are_alike_and_with_none_if_none_is() {
    let near = |text: &str| match explain(text, 80) {
        Explanation::Unknown(nearest) => nearest,
        Explanation::Known(lines) => panic!("{text}: {lines:#?}"),
    };
    assert_eq!(near("XcpCmPausedSocket")[0], "XcpCmPauseSockets");
    assert_eq!(near("RTMT said XcpCmPausedSocket at noon")[0], "XcpCmPauseSockets");
    assert!(near("1000:1033").iter().any(|name| name.starts_with("1000:10")));
    assert_eq!(near("it does not work today"), [""; 0]);
}

#[test]
fn hostile_texts_are_bounded_work() {
    for text in ["a ".repeat(32_000), "UserID=".repeat(9_000), "1000:".repeat(13_000), "\0\u{1b}".repeat(30_000)] {
        assert!(matches!(explain(&text, 80), Explanation::Unknown(_)));
    }
    let all = RTMT.join(" ").repeat(80);
    assert!(told(&all).lines().count() < 200);
}

#[test]
fn what_is_not_documented_is_told_as_a_likelihood() {
    for alert in alerts().all() {
        let name = alert.names[0].as_str();
        let text = told(&format!("{name} {}", alert.mentions.first().map_or("", String::as_str)));
        let words = ["Known: ", "Likely: ", "A guess: "];
        assert!(words.iter().any(|sure| text.contains(&format!("{sure}{}", &alert.means[..12]))), "{text}");
        assert!(!alert.codes().is_empty() && !text.contains(['{', '}']), "{text}");
    }
}

#[test]
fn the_alerts_use_the_words_of_their_readers() {
    // How others call it, and what codes are called, is not theirs to read into.
    let ours = WORDS.lines().filter(|line| !line.starts_with("names = ") && !line.starts_with("codes = "));
    misread(&ours.collect::<Vec<_>>().join("\n"));
    for alert in alerts().all() {
        for remedy in alert.remedies.iter().map(|remedy| remedy.to_lowercase()) {
            assert!(
                !remedy.contains("restart") || remedy.contains("interrupts") || remedy.contains("drops"),
                "{remedy}"
            );
        }
    }
}
