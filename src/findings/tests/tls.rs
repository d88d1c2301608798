//! Stories about TLS and certificates.

use super::super::code::{tls, xmpp};
use super::{Scenario, alone, beside, catalogue, found, one};
use crate::journal::{Awaited, CertFact, ClosedBy, Fact, How, Outcome, Stage, StageMark, TlsFact, UserAct};
use crate::progress::story::{START, Story, cert, good, names, outcome};

const DAY: i64 = 86_400;

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(tls::UNTRUSTED, |story, fact| {
        to_tls(story).tls(if fact { good(false, "UnknownIssuer") } else { good(true, "") }, names(true, true));
    }),
    alone(tls::NAME_MISMATCH, |story, fact| {
        to_tls(story).tls(good(true, ""), names(!fact, true));
    }),
    alone(tls::EXPIRED, |story, fact| {
        let word = if fact { "Expired" } else { "NotValidYet" };
        to_tls(story).tls(good(false, word), names(true, true));
    }),
    alone(tls::NOT_YET_VALID, |story, fact| {
        let cert = CertFact { not_before: START.0 / 1000 + if fact { DAY } else { -DAY }, ..cert() };
        to_tls(story).tls_with(cert, good(true, ""), names(true, true), true);
    }),
    alone(tls::EXPIRES_SOON, |story, fact| {
        let cert = CertFact { not_after: START.0 / 1000 + if fact { 12 } else { 31 } * DAY + 60, ..cert() };
        to_tls(story).tls_with(cert, good(true, ""), names(true, true), true);
    }),
    alone(tls::SILENT, |story, fact| {
        to_tls(story).enter(Stage::Tls).sent("ClientHello", "", 0, None).wait(Awaited::Handshake);
        if fact {
            story.falls_silent(|story| story.all_acked());
        }
    }),
    beside(tls::LEGACY_ONLY, &[tls::ALERT], |story, fact| {
        fails(story, How::Refused);
        let version = fact.then(|| "TLS 1.0".to_owned());
        story.saw(Fact::Tls(TlsFact::Legacy {
            version,
            suite: Some("TLS_RSA_WITH_AES_128_CBC_SHA".into()),
            alert: None,
        }));
    }),
    alone(tls::ALERT, |story, fact| {
        fails(story, if fact { How::Refused } else { How::Stopped });
    }),
    alone(tls::FINGERPRINT_CHANGED, |story, fact| {
        story.whole("imp1.example.com");
        let fingerprint = if fact { "sha256:bb" } else { "sha256:aa" }.to_owned();
        to_tls(story).tls_with(CertFact { fingerprint, ..cert() }, good(true, ""), names(true, true), true);
    }),
    alone(tls::KEY_UNCHECKED, |story, fact| {
        let cert = CertFact { key: "RSA 1024".into(), ..cert() };
        to_tls(story).tls_with(cert, good(true, ""), names(true, true), !fact);
    }),
    alone(tls::KEY_NOT_PROVEN, |story, fact| {
        to_tls(story).tls_with(cert(), good(true, ""), names(true, true), !fact);
    }),
];

fn to_tls(story: &mut Story) -> &mut Story {
    story.login("imp1.example.com").tcp().starttls()
}

fn fails(story: &mut Story, how: How) {
    to_tls(story).enter(Stage::Tls).handshake(9, outcome(how, "HandshakeFailure"));
    story.stage(Stage::Tls, StageMark::Failed);
}

#[test]
fn an_expired_certificate_of_a_trusted_ca_is_only_expired() {
    let mut story = Story::new();
    let cert = CertFact { not_after: START.0 / 1000 - DAY, ..cert() };
    to_tls(&mut story).tls_with(cert, good(false, "Expired"), names(true, true), true);
    assert_eq!(found(&story).len(), 1);
    assert_eq!(one(&story, tls::EXPIRED).arg("dated"), Some("expired on 2026-01-14 02:14Z"));
}

#[test]
fn an_expired_and_self_signed_certificate_has_two_faults() {
    let mut story = Story::new();
    let subject = "CN=Example CA".to_owned();
    let cert = CertFact { not_after: START.0 / 1000 - DAY, subject, ..cert() };
    to_tls(&mut story).tls_with(cert, good(false, "UnknownIssuer"), names(true, true), true);
    assert_eq!(super::codes(&found(&story)), [tls::EXPIRED, tls::UNTRUSTED].into());
    assert_eq!(one(&story, tls::UNTRUSTED).arg("signed_by"), Some("self-signed"));
}

#[test]
fn a_certificate_for_the_node_only_is_told_per_client() {
    let told = |node| {
        let mut story = Story::new();
        to_tls(&mut story).tls(good(true, ""), names(false, node));
        one(&story, tls::NAME_MISMATCH).arg("by_client").unwrap().to_owned()
    };
    assert!(told(true).contains("Jabber may accept it"));
    assert!(told(false).contains("so does Jabber"));
}

#[test]
fn an_rsa_and_an_ecdsa_certificate_are_no_change() {
    let mut story = Story::new();
    story.whole("imp1.example.com");
    let other = CertFact { fingerprint: "sha256:bb".into(), key: "EC P-256".into(), ..cert() };
    to_tls(&mut story).tls_with(other, good(true, ""), names(true, true), true);
    assert!(found(&story).is_empty());
}

#[test]
fn another_certificate_than_the_accepted_one_is_a_change_and_accepting_it_does_not_hide_that() {
    let accept = |story: &mut Story, fingerprint: &str| {
        let (host, fingerprint) = ("imp1.example.com".into(), fingerprint.into());
        story.saw(Fact::User(UserAct::Accepted { host, port: None, fingerprint }));
    };
    let mut story = Story::new();
    accept(&mut story, "sha256:00");
    to_tls(&mut story).tls(good(true, ""), names(true, true));
    assert_eq!(one(&story, tls::FINGERPRINT_CHANGED).arg("other_fingerprint"), Some("sha256:00"));
    accept(&mut story, "sha256:aa");
    let finding = one(&story, tls::FINGERPRINT_CHANGED);
    assert_eq!(catalogue().severity(&finding), super::Severity::Info);
}

#[test]
fn nothing_makes_a_key_that_was_not_proven_milder() {
    let mut story = Story::new();
    to_tls(&mut story).tls_with(cert(), good(true, ""), names(true, true), false);
    story.saw(Fact::User(UserAct::Insecure));
    assert_eq!(catalogue().severity(&one(&story, tls::KEY_NOT_PROVEN)), super::Severity::Critical);
}

#[test]
fn a_handshake_that_times_out_is_silent_without_a_mark_too() {
    let mut story = Story::new();
    to_tls(&mut story).enter(Stage::Tls).handshake(10_000, outcome(How::TimedOut, ""));
    assert_eq!(one(&story, tls::SILENT).arg("waited"), Some("10.0 s"));
    let mut ok = Story::new();
    to_tls(&mut ok).enter(Stage::Tls).handshake(10_000, Outcome::ok());
    assert!(found(&ok).is_empty());
}

#[test]
fn old_tls_explains_the_failed_handshake() {
    let story = SCENARIOS.iter().find(|scenario| scenario.code == tls::LEGACY_ONLY).unwrap().told(true);
    assert_eq!(one(&story, tls::ALERT).explained_by, Some(tls::LEGACY_ONLY));
}

#[test]
fn an_alert_behind_the_handshake_is_told_with_its_stage_and_not_as_a_lost_link() {
    let mut story = Story::new();
    story.until_mechanisms("imp1.example.com");
    story.closed(ClosedBy::Tls, Some("alert certificate_required (116)"));
    assert_eq!(super::codes(&found(&story)), [tls::ALERT].into());
    let said = one(&story, tls::ALERT).arg("alert").unwrap().to_owned();
    assert!(said.contains("wants a certificate of the client's"), "{said}");
}

#[test]
fn tls_that_ends_an_open_auth_is_told_with_the_auth() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").closed(ClosedBy::Tls, Some("alert internal_error (80)"));
    let how = one(&story, xmpp::AUTH_CLOSED).arg("how").unwrap().to_owned();
    assert_eq!((how.as_str(), found(&story).len()), ("by the TLS alert internal_error (80)", 1));
}

#[test]
fn an_untrusted_certificate_is_called_what_it_is_and_not_always_of_an_unknown_issuer() {
    let told = |code: &str| {
        let mut story = Story::new();
        to_tls(&mut story).tls(good(false, code), names(true, true));
        one(&story, tls::UNTRUSTED).arg("signed_by").unwrap().to_owned()
    };
    assert_eq!(told("UnknownIssuer"), "signed by an issuer that is not trusted here");
    assert_eq!(told("InvalidPurpose"), "not made for a server");
    assert_eq!(told("UnsupportedCertVersion"), "of an old version of X.509, which clients refuse");
}

#[test]
fn how_soon_a_certificate_expires_is_said_as_people_say_it() {
    let told = |seconds: i64| {
        let mut story = Story::new();
        let cert = CertFact { not_after: START.0 / 1000 + seconds, ..cert() };
        to_tls(&mut story).tls_with(cert, good(true, ""), names(true, true), true);
        one(&story, tls::EXPIRES_SOON).arg("left").unwrap().to_owned()
    };
    assert_eq!(told(DAY - 60), "less than a day");
    assert_eq!(told(DAY + 60), "one day");
    assert_eq!(told(3 * DAY - 60), "2 days");
}

#[test]
fn what_is_no_certificate_has_not_expired() {
    let mut story = Story::new();
    let (subject, issuer) = (String::new(), String::new());
    let cert = CertFact { subject, issuer, not_before: 0, not_after: 0, ..cert() };
    to_tls(&mut story).tls_with(cert, good(false, "BadEncoding"), names(true, true), true);
    assert_eq!(super::codes(&found(&story)), [tls::UNTRUSTED].into());
}
