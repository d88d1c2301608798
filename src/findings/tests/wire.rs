//! Stories about connections and certificates of the servers that are asked over HTTP: one for each kind of them.

use super::super::code::{profile, tcp, tls};
use super::walk_story::{DNS, healthy_body, url};
use super::{Scenario, alone, beside, catalogue, codes, exit, found, one};
use crate::findings::Severity;
use crate::journal::{CertFact, Fact, How, HttpFact, HttpWhat, OpId, Outcome, TlsFact, UserAct};
use crate::progress::story::{START, Story, cert, good, outcome};

const DAY: i64 = 86_400;
/// The kinds of server, each by a request that only it gets.
const KINDS: [HttpWhat; 3] = [HttpWhat::Version, HttpWhat::EpasLogin, HttpWhat::ServiceProfile];
const CUCM: usize = 0;
const IMP: usize = 1;
const TFTP: usize = 2;

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(tcp::REFUSED, refused::<CUCM>),
    alone(tcp::REFUSED, refused::<IMP>),
    beside(tcp::REFUSED, &[profile::UNREACHABLE], refused::<TFTP>),
    alone(tcp::TIMEOUT, timed_out::<CUCM>),
    alone(tcp::TIMEOUT, timed_out::<IMP>),
    beside(tcp::TIMEOUT, &[profile::UNREACHABLE], timed_out::<TFTP>),
    alone(tcp::UNREACHABLE, unreachable::<CUCM>),
    alone(tcp::UNREACHABLE, unreachable::<IMP>),
    beside(tcp::UNREACHABLE, &[profile::UNREACHABLE], unreachable::<TFTP>),
    alone(tcp::RESET, reset::<CUCM>),
    alone(tcp::RESET, reset::<IMP>),
    beside(tcp::RESET, &[profile::UNREACHABLE], reset::<TFTP>),
    alone(tls::UNTRUSTED, untrusted::<CUCM>),
    alone(tls::UNTRUSTED, untrusted::<IMP>),
    alone(tls::UNTRUSTED, untrusted::<TFTP>),
    alone(tls::NAME_MISMATCH, name_mismatch::<CUCM>),
    alone(tls::NAME_MISMATCH, name_mismatch::<IMP>),
    alone(tls::NAME_MISMATCH, name_mismatch::<TFTP>),
    alone(tls::EXPIRED, expired::<CUCM>),
    alone(tls::EXPIRED, expired::<IMP>),
    alone(tls::EXPIRED, expired::<TFTP>),
    alone(tls::NOT_YET_VALID, not_yet_valid::<CUCM>),
    alone(tls::NOT_YET_VALID, not_yet_valid::<IMP>),
    alone(tls::NOT_YET_VALID, not_yet_valid::<TFTP>),
    alone(tls::EXPIRES_SOON, expires_soon::<CUCM>),
    alone(tls::EXPIRES_SOON, expires_soon::<IMP>),
    alone(tls::EXPIRES_SOON, expires_soon::<TFTP>),
    alone(tls::SILENT, silent::<CUCM>),
    alone(tls::SILENT, silent::<IMP>),
    beside(tls::SILENT, &[profile::UNREACHABLE], silent::<TFTP>),
    alone(tls::ALERT, alert::<CUCM>),
    alone(tls::ALERT, alert::<IMP>),
    beside(tls::ALERT, &[profile::UNREACHABLE], alert::<TFTP>),
    beside(tls::LEGACY_ONLY, &[tls::ALERT], legacy_only::<CUCM>),
    beside(tls::LEGACY_ONLY, &[tls::ALERT], legacy_only::<IMP>),
    beside(tls::LEGACY_ONLY, &[tls::ALERT, profile::UNREACHABLE], legacy_only::<TFTP>),
    alone(tls::FINGERPRINT_CHANGED, fingerprint_changed::<CUCM>),
    alone(tls::FINGERPRINT_CHANGED, fingerprint_changed::<IMP>),
    alone(tls::FINGERPRINT_CHANGED, fingerprint_changed::<TFTP>),
    alone(tls::KEY_UNCHECKED, key_unchecked::<CUCM>),
    alone(tls::KEY_UNCHECKED, key_unchecked::<IMP>),
    alone(tls::KEY_UNCHECKED, key_unchecked::<TFTP>),
    alone(tls::KEY_NOT_PROVEN, key_not_proven::<CUCM>),
    alone(tls::KEY_NOT_PROVEN, key_not_proven::<IMP>),
    alone(tls::KEY_NOT_PROVEN, key_not_proven::<TFTP>),
];

fn begins(story: &mut Story, kind: usize) -> OpId {
    if story.entries().len() == 1 {
        *story = Story::walking(&[DNS]);
    }
    story.requests(KINDS[kind], url(KINDS[kind]))
}

/// A connect that ends so. The exchange ends with it.
fn connect<const KIND: usize>(story: &mut Story, ended: Outcome) {
    let op = begins(story, KIND);
    let ms = if ended.how == How::TimedOut { 5000 } else { 1 };
    story.connects(op, "10.1.2.21:8443", ms, ended.clone()).over(op, ended);
}

fn refused<const KIND: usize>(story: &mut Story, fact: bool) {
    connect::<KIND>(story, if fact { outcome(How::Refused, "ECONNREFUSED") } else { outcome(How::TimedOut, "") });
}

fn timed_out<const KIND: usize>(story: &mut Story, fact: bool) {
    connect::<KIND>(story, if fact { outcome(How::TimedOut, "") } else { outcome(How::Lost, "EHOSTUNREACH") });
}

fn unreachable<const KIND: usize>(story: &mut Story, fact: bool) {
    connect::<KIND>(story, if fact { outcome(How::Lost, "EHOSTUNREACH") } else { outcome(How::Stopped, "") });
}

fn reset<const KIND: usize>(story: &mut Story, fact: bool) {
    let op = begins(story, KIND);
    let ended = outcome(How::Lost, if fact { "ECONNRESET" } else { "closed" });
    story.connects(op, "10.1.2.21:8443", 1, Outcome::ok()).shakes(op, 9, ended.clone()).over(op, ended);
}

/// A whole exchange over a connection with this certificate.
fn presents<const KIND: usize>(story: &mut Story, cert: CertFact, word: &str, name_ok: bool, key: bool) {
    let op = begins(story, KIND);
    story.secured(op, cert, good(word.is_empty(), word), name_ok, key).written(op, KINDS[KIND]);
    story.replied(op, 8, 200, &healthy_body(KINDS[KIND]));
}

fn untrusted<const KIND: usize>(story: &mut Story, fact: bool) {
    presents::<KIND>(story, cert(), if fact { "UnknownIssuer" } else { "" }, true, true);
}

fn name_mismatch<const KIND: usize>(story: &mut Story, fact: bool) {
    presents::<KIND>(story, cert(), "", !fact, true);
}

fn expired<const KIND: usize>(story: &mut Story, fact: bool) {
    let not_after = START.0 / 1000 + if fact { -DAY } else { 300 * DAY };
    presents::<KIND>(story, CertFact { not_after, ..cert() }, if fact { "Expired" } else { "" }, true, true);
}

fn not_yet_valid<const KIND: usize>(story: &mut Story, fact: bool) {
    let not_before = START.0 / 1000 + if fact { DAY } else { -DAY };
    presents::<KIND>(story, CertFact { not_before, ..cert() }, "", true, true);
}

fn expires_soon<const KIND: usize>(story: &mut Story, fact: bool) {
    let not_after = START.0 / 1000 + if fact { 12 } else { 31 } * DAY + 60;
    presents::<KIND>(story, CertFact { not_after, ..cert() }, "", true, true);
}

fn shake<const KIND: usize>(story: &mut Story, ended: Outcome) -> OpId {
    let op = begins(story, KIND);
    story.connects(op, "10.1.2.21:8443", 1, Outcome::ok()).shakes(op, 10_000, ended);
    op
}

fn silent<const KIND: usize>(story: &mut Story, fact: bool) {
    let op = shake::<KIND>(story, outcome(if fact { How::TimedOut } else { How::Stopped }, ""));
    story.over(op, outcome(How::TimedOut, "silent"));
}

fn alert<const KIND: usize>(story: &mut Story, fact: bool) {
    let how = if fact { How::Refused } else { How::Stopped };
    let op = shake::<KIND>(story, outcome(how, "HandshakeFailure"));
    story.over(op, outcome(How::Lost, "HandshakeFailure"));
}

fn legacy_only<const KIND: usize>(story: &mut Story, fact: bool) {
    let op = shake::<KIND>(story, outcome(How::Refused, "HandshakeFailure"));
    let hello = story.child(op, crate::journal::Ask::LegacyHello);
    let version = fact.then(|| "TLS 1.0".to_owned());
    let fact = Fact::Tls(TlsFact::Legacy { version, suite: None, alert: None });
    story.note(hello, Some(op), crate::journal::Event::Saw(fact));
    story.note(hello, Some(op), crate::journal::Event::Ended(Outcome::ok()));
    story.over(op, outcome(How::Lost, "HandshakeFailure"));
}

fn fingerprint_changed<const KIND: usize>(story: &mut Story, fact: bool) {
    presents::<KIND>(story, cert(), "", true, true);
    let fingerprint = if fact { "sha256:bb" } else { "sha256:aa" }.to_owned();
    presents::<KIND>(story, CertFact { fingerprint, ..cert() }, "", true, true);
}

fn key_unchecked<const KIND: usize>(story: &mut Story, fact: bool) {
    presents::<KIND>(story, CertFact { key: "RSA 1024".into(), ..cert() }, "", true, !fact);
}

fn key_not_proven<const KIND: usize>(story: &mut Story, fact: bool) {
    presents::<KIND>(story, cert(), "", true, !fact);
}

/// The gate is shut for the certificate.
fn held_back(story: &mut Story, what: HttpWhat) {
    let op = story.requests(what, url(what));
    let would_send = "the password of alice".to_owned();
    let (why, fingerprint, failed) = ("untrusted".to_owned(), Some("sha256:aa".to_owned()), Vec::new());
    story.secured(op, cert(), good(false, "UnknownIssuer"), true, true);
    story
        .http(op, HttpFact::Gate { why, fingerprint, failed, would_send })
        .over(op, outcome(How::Stopped, "untrusted"));
}

#[test]
fn a_certificate_is_as_grave_as_what_was_held_back_for_it() {
    let severity = |story: &Story| catalogue().severity(&one(story, tls::UNTRUSTED));
    let mut story = Story::new();
    untrusted::<CUCM>(&mut story, true);
    assert_eq!(severity(&story), Severity::Warning);
    held_back(&mut story, HttpWhat::User);
    assert_eq!((severity(&story), exit(&found(&story))), (Severity::Critical, 2));
    let (host, fingerprint) = ("cucm1.example.com".into(), "sha256:aa".into());
    story.saw(Fact::User(UserAct::Accepted { host, port: None, fingerprint }));
    assert_eq!((severity(&story), exit(&found(&story))), (Severity::Info, 0));
}

#[test]
fn one_finding_for_each_host_and_port_and_not_for_each_exchange() {
    let mut story = Story::walking(&[DNS]);
    for what in [HttpWhat::Version, HttpWhat::SingleSignOn, HttpWhat::ClusterUser] {
        let op = story.requests(what, url(what));
        story.connects(op, "10.1.2.21:8443", 1, outcome(How::Refused, "ECONNREFUSED"));
        story.over(op, outcome(How::Refused, "ECONNREFUSED"));
    }
    let all = found(&story);
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].subject.as_str(), all[0].arg("service")), ("cucm1.example.com", Some("Cisco Tomcat")));
    assert_eq!(all[0].arg("addresses"), Some("10.1.2.21:8443"));
    assert_eq!(all[0].evidence.len(), 6);
}

#[test]
fn a_cucm_that_is_down_is_a_warning_where_another_one_serves() {
    let mut story = Story::new();
    timed_out::<CUCM>(&mut story, true);
    assert_eq!(exit(&found(&story)), 2);
    let url = "https://cucm2.example.com:8443/cucm-uds/version";
    story.exchange_at(HttpWhat::Version, url, 200, super::walk_story::VERSION);
    assert_eq!(exit(&found(&story)), 1);
    assert_eq!(one(&story, tcp::TIMEOUT).arg("other_ok"), Some("cucm2.example.com"));
}

#[test]
fn a_port_that_answers_once_more_makes_the_first_refusal_milder() {
    let mut story = Story::new();
    refused::<IMP>(&mut story, true);
    story.good(HttpWhat::EpasLogin);
    assert_eq!(catalogue().severity(&one(&story, tcp::REFUSED)), Severity::Warning);
}

#[test]
fn that_no_service_profile_came_explains_what_kept_from_it() {
    type Tell = fn(&mut Story, bool);
    let stories: [(super::Code, Tell); 7] = [
        (tcp::REFUSED, refused::<TFTP>),
        (tcp::TIMEOUT, timed_out::<TFTP>),
        (tcp::UNREACHABLE, unreachable::<TFTP>),
        (tcp::RESET, reset::<TFTP>),
        (tls::SILENT, silent::<TFTP>),
        (tls::ALERT, alert::<TFTP>),
        (tls::LEGACY_ONLY, legacy_only::<TFTP>),
    ];
    for (code, tell) in stories {
        let mut story = Story::new();
        tell(&mut story, true);
        assert_eq!(one(&story, code).explained_by, Some(profile::UNREACHABLE), "{code}");
        assert_eq!(one(&story, profile::UNREACHABLE).explained_by, None);
    }
}

#[test]
fn a_port_that_only_an_optional_file_was_wanted_from_is_explained_by_nothing() {
    let mut story = Story::new();
    timed_out::<TFTP>(&mut story, true);
    let op = story.requests(HttpWhat::JabberConfig, "http://cucm1.example.com:6970/jabber-config.xml");
    story.connects(op, "10.1.2.21:6970", 5000, outcome(How::TimedOut, "")).over(op, outcome(How::TimedOut, ""));
    let timeouts: Vec<_> = found(&story).into_iter().filter(|finding| finding.code == tcp::TIMEOUT).collect();
    let by = |port: &str| timeouts.iter().find(|finding| finding.arg("port") == Some(port)).unwrap().explained_by;
    assert_eq!((by("6972"), by("6970")), (Some(profile::UNREACHABLE), None));
}

#[test]
fn a_file_that_need_not_be_there_is_not_missed() {
    let mut story = Story::walking(&[DNS]);
    story.good(HttpWhat::User);
    let op = story.requests(HttpWhat::JabberConfig, "http://tftp2.example.com:6970/jabber-config.xml");
    story.connects(op, "10.1.2.30:6970", 5000, outcome(How::TimedOut, ""));
    story.over(op, outcome(How::TimedOut, "silent"));
    assert_eq!(codes(&found(&story)), [tcp::TIMEOUT].into());
    assert_eq!(exit(&found(&story)), 1);
    story.exchange(HttpWhat::JabberConfig, 404, "no such file");
    assert_eq!(codes(&found(&story)), [tcp::TIMEOUT].into());
}

#[test]
fn the_words_fit_the_service_that_shows_the_certificate() {
    let text = |kind: fn(&mut Story, bool)| {
        let mut story = Story::new();
        kind(&mut story, true);
        crate::findings::lines(&one(&story, tls::UNTRUSTED), 300).join("\n")
    };
    let (cucm, imp, tftp) = (text(untrusted::<CUCM>), text(untrusted::<IMP>), text(untrusted::<TFTP>));
    for words in [&cucm, &imp, &tftp] {
        assert!(!words.contains("cup-xmpp") && !words.contains("XCP Router"), "{words}");
    }
    assert!(cucm.contains("self-signed tomcat certificate") && cucm.contains("CERTIFICATE_VALIDATION_ERROR"));
    assert!(imp.contains("LERR_CUP_CERT") && !tftp.contains("EPASSoap"));
}
