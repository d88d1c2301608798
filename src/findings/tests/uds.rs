//! Stories about UDS: what a CUCM answers, and what it says of the user.

use super::super::code::{epas, profile, uds, xmpp};
use super::walk_story::{
    CLUSTER_USER, DNS, HTML, NO_CLUSTER_USER, NO_SSO, PROFILE, SERVERS, SSO, USER, VERSION, soap, srv, url,
};
use super::{Scenario, alone, beside, catalogue, codes, exit, found, one};
use crate::discovery::Route;
use crate::findings::{Severity, lines};
use crate::journal::{BodyEnd, How, HttpFact, HttpWhat, Outcome, RecordData, RecordKind};
use crate::progress::story::{Story, outcome};

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(uds::SILENT, |story, fact| {
        *story = Story::walking(&[DNS]);
        let op = story.requests(HttpWhat::Version, url(HttpWhat::Version));
        if fact {
            story.unanswered(op, HttpWhat::Version).over(op, outcome(How::TimedOut, "silent"));
        } else {
            story.reached(op).written(op, HttpWhat::Version).replied(op, 9000, 200, VERSION);
        }
    }),
    alone(uds::OVERLOADED, |story, fact| version(story, fact, 503, HTML)),
    alone(uds::SERVER_ERROR, |story, fact| version(story, fact, 500, HTML)),
    alone(uds::WRONG_SERVICE, |story, fact| version(story, fact, 404, HTML)),
    alone(uds::EMPTY, |story, fact| version(story, fact, 200, "")),
    alone(uds::UNEXPECTED, |story, fact| version(story, fact, 403, HTML)),
    alone(uds::ENDLESS, |story, fact| {
        cut(story, if fact { BodyEnd::Bound } else { BodyEnd::Complete }, outcome(How::Broken, "limit"), fact);
    }),
    alone(uds::BROKEN, |story, fact| {
        cut(story, if fact { BodyEnd::Broken } else { BodyEnd::Complete }, outcome(How::Lost, "ECONNRESET"), fact);
    }),
    alone(uds::REDIRECT, |story, fact| {
        *story = Story::walking(&[DNS]);
        let op = story.requests(HttpWhat::Version, url(HttpWhat::Version));
        story.reached(op).written(op, HttpWhat::Version).after(4);
        let (status, body) = if fact { (302, "") } else { (200, VERSION) };
        story.headed(op, status, (None, fact.then_some("https://portal.example.com/")));
        story.bodied(op, body, BodyEnd::Complete).over(op, outcome(How::Refused, "302"));
    }),
    alone(uds::SERVER_SHORT, |story, fact| {
        *story = Story::walking(&[DNS]);
        let short = SERVERS.replace("cucm2.example.com", "cucm2");
        story.exchange(HttpWhat::Servers, 200, if fact { &short } else { SERVERS });
    }),
    alone(uds::SSO, |story, fact| {
        *story = Story::walking(&[DNS]);
        story.exchange(HttpWhat::SingleSignOn, 200, if fact { SSO } else { NO_SSO });
    }),
    alone(uds::NO_HOME_CLUSTER, |story, fact| {
        *story = Story::walking(&[DNS]);
        story.exchange(HttpWhat::ClusterUser, 200, if fact { NO_CLUSTER_USER } else { CLUSTER_USER });
    }),
    alone(uds::HOME_UNUSABLE, |story, fact| {
        *story = Story::walking(&[DNS]);
        let lost =
            "<clusterUser><result found='true'/><homeCluster>cucm1.example.com/x</homeCluster></clusterUser>";
        story.exchange(HttpWhat::ClusterUser, 200, if fact { lost } else { CLUSTER_USER });
    }),
    alone(uds::HOME_ELSEWHERE, |story, fact| {
        *story = Story::walking(&[DNS]);
        story.routes_but(Route::CiscoUds).route(Route::CiscoUds, vec![srv("cucm1.example.com", 8443)]);
        let home = if fact { "cucm1.other.example.com" } else { "cucm1.example.com" };
        story.exchange(
            HttpWhat::ClusterUser,
            200,
            &CLUSTER_USER.replace(">cucm1.example.com<", &format!(">{home}<")),
        );
        let list = SERVERS.replace("<server>cucm1.example.com", &format!("<server>{home}"));
        story.exchange_at(HttpWhat::Servers, &format!("https://{home}:8443/cucm-uds/servers"), 200, &list);
    }),
    alone(uds::HOMES_DIFFER, |story, fact| {
        *story = Story::walking(&[DNS]);
        story.good(HttpWhat::ClusterUser);
        let home = if fact { ">cucm9.example.com<" } else { ">cucm2.example.com<" };
        let other = CLUSTER_USER.replace(">cucm1.example.com<", home);
        let at = "https://cucm2.example.com:8443/cucm-uds/clusterUser?username=alice";
        story.exchange_at(HttpWhat::ClusterUser, at, 200, &other).good(HttpWhat::Servers);
    }),
    alone(uds::CLEAR_URI, |story, fact| {
        *story = Story::walking(&[DNS]);
        if fact {
            in_clear(story);
        } else {
            story.good(HttpWhat::User);
        }
    }),
    alone(uds::AUTH_FAILED, |story, fact| {
        *story = Story::walking(&[DNS]);
        story.exchange(HttpWhat::User, if fact { 401 } else { 200 }, if fact { HTML } else { USER });
    }),
    alone(uds::FORBIDDEN, |story, fact| {
        *story = Story::walking(&[DNS]);
        story.exchange(HttpWhat::User, if fact { 403 } else { 200 }, if fact { HTML } else { USER });
    }),
    beside(uds::USER_NOT_IMP_ENABLED, &[uds::USER_UNASSIGNED], |story, fact| {
        *story = Story::walking(&[DNS]);
        let record = unassigned();
        story.exchange(HttpWhat::User, 200, &if fact { disabled(&record) } else { record });
    }),
    alone(uds::USER_UNASSIGNED, |story, fact| {
        *story = Story::walking(&[DNS]);
        story.exchange(HttpWhat::User, 200, &if fact { unassigned() } else { USER.to_owned() });
    }),
];

const CLEAR: &str = "http://cucm1.example.com:8080/cucm-uds/user/alice";

/// The user's record has an address without TLS, and the gate is shut.
fn in_clear(story: &mut Story) {
    let op = story.requests(HttpWhat::User, CLEAR);
    let would_send = "the password of alice".to_owned();
    let gate = HttpFact::Gate { why: "clear".into(), fingerprint: None, failed: Vec::new(), would_send };
    story.connects(op, "10.1.2.21:8080", 1, Outcome::ok()).http(op, gate).over(op, outcome(How::Stopped, "clear"));
}

fn disabled(record: &str) -> String {
    record.replace("enableImAndPresence=\"true\"", "enableImAndPresence=\"false\"")
}

fn unassigned() -> String {
    USER.replace("<server>imp1.example.com</server>", "")
}

/// The version is asked for, and answered so, or as it should be.
fn version(story: &mut Story, fact: bool, status: u16, body: &str) {
    *story = Story::walking(&[DNS]);
    let (status, body) = if fact { (status, body) } else { (200, VERSION) };
    story.exchange(HttpWhat::Version, status, body);
}

/// An answer whose body ends so.
fn cut(story: &mut Story, end: BodyEnd, ended: Outcome, fact: bool) {
    *story = Story::walking(&[DNS]);
    let op = story.requests(HttpWhat::Version, url(HttpWhat::Version));
    story.reached(op).written(op, HttpWhat::Version).after(4).headed(op, 200, (None, None));
    story.bodied(op, if fact { &VERSION[..90] } else { VERSION }, end);
    story.over(op, if fact { ended } else { Outcome::ok() });
}

pub(super) fn severity(story: &Story, code: super::Code) -> Severity {
    catalogue().severity(&one(story, code))
}

#[test]
fn a_page_instead_of_uds_is_named_by_its_title() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::Version, 200, HTML);
    let said = one(&story, uds::WRONG_SERVICE).arg("got").unwrap().to_owned();
    assert!(said.contains("Cisco System - Error"), "{said}");
    assert_eq!(codes(&found(&story)), [uds::WRONG_SERVICE].into());
}

#[test]
fn an_old_release_without_single_sign_on_has_no_fault() {
    for (status, body) in [(404, HTML), (200, HTML)] {
        let mut story = Story::walking(&[DNS]);
        story.exchange(HttpWhat::SingleSignOn, status, body);
        assert_eq!(codes(&found(&story)), [].into(), "{status}");
    }
}

#[test]
fn a_request_without_a_credential_that_is_refused_is_no_refused_credential() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::ClusterUser, 401, HTML);
    assert_eq!(codes(&found(&story)), [uds::UNEXPECTED].into());
    let said = one(&story, uds::UNEXPECTED).arg("got").unwrap().to_owned();
    assert_eq!(said, "401, realm Cisco Web Services Realm");
}

/// A request whose answer has this head, and this body.
fn told(what: HttpWhat, status: u16, head: &str, body: &str) -> Story {
    let mut story = Story::walking(&[DNS]);
    let op = story.requests(what, url(what));
    story.reached(op).written(op, what).after(4).headed_so(op, status, head);
    story.bodied(op, body, BodyEnd::Complete);
    story.over(op, if status == 200 { Outcome::ok() } else { outcome(How::Refused, &status.to_string()) });
    story
}

#[test]
fn a_refusal_that_asks_for_another_scheme_than_basic_says_so() {
    let realm = |challenges: &str| {
        let head = format!("HTTP/1.1 401 Unauthorized\r\n{challenges}\r\n");
        one(&told(HttpWhat::User, 401, &head, ""), uds::AUTH_FAILED).arg("realm").unwrap().to_owned()
    };
    let ntlm = "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n";
    assert_eq!(realm(ntlm), "none, and it asks for Negotiate and NTLM instead of Basic");
    assert_eq!(realm(&format!("{ntlm}www-authenticate: basic x=y\r\n")), "none");
    assert_eq!(realm(""), "none");
}

#[test]
fn a_body_that_cannot_be_read_is_not_called_xml_that_is_broken() {
    let got = |head: &str, body: &str| {
        let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n");
        one(&told(HttpWhat::Version, 200, &head, body), uds::WRONG_SERVICE).arg("got").unwrap().to_owned()
    };
    let gzip = "it is compressed (gzip), which was not asked for";
    assert_eq!(got("Content-Encoding: gzip\r\n", "\u{1f}z"), format!("a body that cannot be read: {gzip}"));
    for head in ["", "Content-Encoding: identity\r\n"] {
        assert!(got(head, "\u{1f}z").contains("not XML"), "{head}");
    }
}

#[test]
fn a_body_of_which_only_a_part_is_kept_says_how_much() {
    let mut story = Story::walking(&[DNS]);
    let op = story.requests(HttpWhat::Version, url(HttpWhat::Version));
    story.reached(op).written(op, HttpWhat::Version).after(4).headed(op, 200, (None, None));
    let payload = crate::journal::Payload::cut(b"<versionInformation>", &[]);
    story.http(op, HttpFact::Body { payload, bytes: 300_000, end: BodyEnd::Complete }).over(op, Outcome::ok());
    let said = one(&story, uds::WRONG_SERVICE).arg("got").unwrap().to_owned();
    assert!(said.ends_with("of its 300000 bytes only the first 20 are kept"), "{said}");
}

#[test]
fn an_answer_that_we_are_said_to_have_already_is_no_redirect() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::Version, 304, "");
    assert_eq!(codes(&found(&story)), [uds::UNEXPECTED].into());
}

#[test]
fn a_head_without_end_is_told_from_a_body_without_end() {
    let mut story = Story::walking(&[DNS]);
    let op = story.requests(HttpWhat::Version, url(HttpWhat::Version));
    story.reached(op).written(op, HttpWhat::Version).over(op, outcome(How::Broken, "limit"));
    assert_eq!(one(&story, uds::ENDLESS).arg("got"), Some("its head is longer than is read here"));
    cut(&mut story, BodyEnd::Bound, outcome(How::Broken, "limit"), true);
    assert_eq!(one(&story, uds::ENDLESS).arg("got"), Some("90 bytes came, and no more were taken"));
}

#[test]
fn a_home_cluster_that_another_cucm_names_rightly_is_milder() {
    let mut story = Story::walking(&[DNS]);
    let nowhere = "<clusterUser><result found='true'/></clusterUser>";
    story.exchange(HttpWhat::ClusterUser, 200, nowhere);
    assert_eq!(severity(&story, uds::HOME_UNUSABLE), Severity::Critical);
    let there = "https://cucm2.example.com:8443/cucm-uds/clusterUser?username=alice";
    story.exchange_at(HttpWhat::ClusterUser, there, 200, CLUSTER_USER);
    assert_eq!(severity(&story, uds::HOME_UNUSABLE), Severity::Warning);
}

#[test]
fn the_users_record_that_is_not_there_is_told_of() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::User, 404, HTML);
    assert_eq!(codes(&found(&story)), [uds::UNEXPECTED].into());
}

#[test]
fn a_late_answer_makes_a_silence_milder() {
    let mut story = Story::walking(&[DNS]);
    let op = story.requests(HttpWhat::Version, url(HttpWhat::Version));
    story.unanswered(op, HttpWhat::Version);
    assert_eq!(severity(&story, uds::SILENT), Severity::Critical);
    assert_eq!(one(&story, uds::SILENT).arg("waited"), Some("10.0 s"));
    story.replied(op, 1000, 200, VERSION);
    assert_eq!(severity(&story, uds::SILENT), Severity::Warning);
    assert_eq!(one(&story, uds::SILENT).arg("waited"), Some("11.0 s"));
}

#[test]
fn a_fault_of_one_cucm_is_a_warning_where_another_one_answers_the_same() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::Version, 503, HTML);
    let other = "https://cucm2.example.com:8443";
    story.exchange_at(
        HttpWhat::ClusterUser,
        &format!("{other}/cucm-uds/clusterUser?username=alice"),
        200,
        CLUSTER_USER,
    );
    assert_eq!(exit(&found(&story)), 2, "the other one has not answered this");
    story.exchange_at(HttpWhat::Version, &format!("{other}/cucm-uds/version"), 200, VERSION);
    assert_eq!(exit(&found(&story)), 1);
}

#[test]
fn all_requests_that_one_cucm_leaves_unanswered_are_one_finding() {
    let mut story = Story::walking(&[DNS]);
    for what in [HttpWhat::SingleSignOn, HttpWhat::Version, HttpWhat::ClusterUser] {
        story.exchange(what, 503, HTML);
    }
    let all = found(&story);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].arg("what"), Some("UDS version, UDS clusterUser and singleSignOn"));
}

#[test]
fn a_user_whom_one_cucm_knows_is_not_lost() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::ClusterUser, 200, NO_CLUSTER_USER);
    assert_eq!(severity(&story, uds::NO_HOME_CLUSTER), Severity::Critical);
    let by_mail = "https://cucm1.example.com:8443/cucm-uds/clusterUser?email=alice";
    let mut other = story.clone();
    story.exchange_at(HttpWhat::ClusterUser, by_mail, 200, CLUSTER_USER);
    assert_eq!(severity(&story, uds::NO_HOME_CLUSTER), Severity::Info);
    let there = "https://cucm2.example.com:8443/cucm-uds/clusterUser?username=alice";
    other.exchange_at(HttpWhat::ClusterUser, there, 200, CLUSTER_USER);
    assert_eq!(severity(&other, uds::NO_HOME_CLUSTER), Severity::Warning);
}

#[test]
fn a_refused_credential_is_never_called_a_password_that_is_wrong() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::User, 401, HTML);
    let text = lines(&one(&story, uds::AUTH_FAILED), 200).join(" ").to_lowercase();
    for words in ["locked", "expired", "must change", "ldap", "sso"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("wrong") && !text.contains("bad password"), "{text}");
}

/// A node refuses the user over EPASSoap.
fn refused_by_epas(story: &mut Story) {
    let failure = soap("<epas:login-resp><epas:failure reason='Authentication failed'/></epas:login-resp>");
    story.exchange(HttpWhat::EpasLogin, 200, &failure);
}

#[test]
fn a_user_who_is_not_enabled_explains_every_refusal() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::User, 200, &disabled(&unassigned()));
    assert_eq!(one(&story, uds::USER_UNASSIGNED).explained_by, Some(uds::USER_NOT_IMP_ENABLED));
    story.good(HttpWhat::ServiceProfile);
    refused_by_epas(&mut story);
    story.until_auth("imp1.example.com").refused(15, "not-authorized");
    for code in [epas::AUTH_FAILED, xmpp::AUTH_REFUSED] {
        assert_eq!(one(&story, code).explained_by, Some(uds::USER_NOT_IMP_ENABLED));
    }
    assert_eq!(exit(&found(&story)), 2);
}

#[test]
fn centralized_im_and_presence_is_no_fault() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::User, 200, &disabled(&unassigned())).good(HttpWhat::ServiceProfile);
    for code in [uds::USER_NOT_IMP_ENABLED, uds::USER_UNASSIGNED] {
        assert_eq!(severity(&story, code), Severity::Info, "{code}");
    }
    story.good(HttpWhat::EpasLogin).whole("imp1.example.com");
    assert_eq!(exit(&found(&story)), 0);
    // Another node's refusal changes nothing once one has taken the user.
    refused_by_epas(&mut story);
    assert_eq!(severity(&story, uds::USER_NOT_IMP_ENABLED), Severity::Info);
    assert_eq!(one(&story, epas::AUTH_FAILED).explained_by, None);
}

#[test]
fn an_enabled_user_without_a_node_is_a_fault_whatever_the_service_profile_names() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::User, 200, &unassigned()).good(HttpWhat::ServiceProfile);
    assert_eq!(codes(&found(&story)), [uds::USER_UNASSIGNED].into());
    assert_eq!(severity(&story, uds::USER_UNASSIGNED), Severity::Critical);
    refused_by_epas(&mut story);
    assert_eq!(one(&story, epas::AUTH_FAILED).explained_by, Some(uds::USER_UNASSIGNED));
}

#[test]
fn a_user_with_a_phone_only_has_no_node_in_the_service_profile_either() {
    let mut story = Story::walking(&[DNS]);
    let empty = PROFILE.replace("imp1.example.com", "").replace("imp2.example.com", "");
    story.exchange(HttpWhat::User, 200, &disabled(&unassigned())).exchange(HttpWhat::ServiceProfile, 200, &empty);
    assert_eq!(one(&story, profile::NO_IMP).explained_by, Some(uds::USER_NOT_IMP_ENABLED));
}

#[test]
fn a_password_that_the_user_lets_cross_in_clear_is_a_warning() {
    let mut story = Story::walking(&[DNS]);
    in_clear(&mut story);
    assert_eq!(exit(&found(&story)), 2);
    story.exchange_at(HttpWhat::User, CLEAR, 200, USER);
    assert_eq!(severity(&story, uds::CLEAR_URI), Severity::Warning);
}

#[test]
fn the_users_own_limit_on_attempts_is_no_fault() {
    let mut story = Story::walking(&[DNS]);
    let op = story.requests(HttpWhat::User, url(HttpWhat::User));
    let gate = HttpFact::Gate {
        why: "attempts".into(),
        fingerprint: None,
        failed: vec!["0 of 0 attempts with this credential are used".into()],
        would_send: "the password of alice".into(),
    };
    story.reached(op).http(op, gate).over(op, outcome(How::Stopped, "attempts"));
    assert_eq!(found(&story), []);
}

/// A walk whose record leads to `cucm.example.com`, and whose home cluster lists `real.example.com` alone.
fn home_is_real(known: &[(&str, RecordData)], late: &[(&str, RecordData)]) -> Story {
    let mut story = Story::walking(&[DNS]);
    story.routes_but(Route::CiscoUds).route(Route::CiscoUds, vec![srv("cucm.example.com", 8443)]);
    let tell = |story: &mut Story, all: &[(&str, RecordData)]| {
        for (name, record) in all {
            let op = story.asks(name, RecordKind::A, DNS);
            story.told(op, "NOERROR", name, vec![record.clone()]);
        }
    };
    tell(&mut story, known);
    let here = "https://cucm.example.com:8443/cucm-uds";
    let home = CLUSTER_USER.replace(">cucm1.example.com<", ">real.example.com<");
    story.exchange_at(HttpWhat::ClusterUser, &format!("{here}/clusterUser?username=alice"), 200, &home);
    let list = SERVERS.replace("cucm1", "real").replace("cucm2", "other");
    story.exchange_at(HttpWhat::Servers, "https://real.example.com:8443/cucm-uds/servers", 200, &list);
    tell(&mut story, late);
    story
}

#[test]
fn a_home_cluster_under_another_name_of_the_same_host_is_not_elsewhere() {
    let is_elsewhere = |known: &[(&str, RecordData)], late: &[(&str, RecordData)]| {
        codes(&found(&home_is_real(known, late))).contains(&uds::HOME_ELSEWHERE)
    };
    let alias = ("cucm.example.com", RecordData::Alias("real.example.com".into()));
    let one = ("cucm.example.com", RecordData::Address("10.1.2.21".into()));
    let same = ("real.example.com", RecordData::Address("10.1.2.21".into()));
    let another = ("real.example.com", RecordData::Address("10.1.2.99".into()));
    assert!(is_elsewhere(&[], &[]));
    assert!(is_elsewhere(&[one.clone(), another], &[]));
    assert!(!is_elsewhere(std::slice::from_ref(&alias), &[]));
    assert!(!is_elsewhere(&[one.clone(), same], &[]));
    // What is learned after the answer takes nothing back.
    assert!(is_elsewhere(&[one], &[alias]));
}
