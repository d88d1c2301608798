//! Stories about clocks.

use super::super::code::{clock, tls};
use super::walk_story::{DNS, url};
use super::{Scenario, alone, catalogue, codes, exit, found, one};
use crate::findings::Severity;
use crate::journal::{CertFact, HttpFact, HttpWhat};
use crate::progress::story::{START, Story, cert, good, names};

const CUCM2: &str = "https://cucm2.example.com:8443/cucm-uds/version";

pub(super) const SCENARIOS: &[Scenario] = &[alone(clock::DIFFERS, |story, fact| {
    *story = Story::walking(&[DNS]);
    story.told_the_time(HttpWhat::Version, url(HttpWhat::Version), if fact { 60 } else { 59 });
})];

fn told(ahead: &[i64]) -> Story {
    let mut story = Story::walking(&[DNS]);
    for (url, ahead) in [url(HttpWhat::Version), CUCM2].into_iter().zip(ahead) {
        story.told_the_time(HttpWhat::Version, url, *ahead);
    }
    story
}

fn severity(story: &Story) -> Severity {
    catalogue().severity(&one(story, clock::DIFFERS))
}

#[test]
fn a_clock_that_is_behind_counts_as_one_that_is_ahead_does() {
    assert_eq!(
        one(&told(&[-62]), clock::DIFFERS).arg("differences"),
        Some("cucm1.example.com is 1 min 2 s behind")
    );
    assert_eq!(codes(&found(&told(&[-59]))), [].into());
}

#[test]
fn more_than_most_services_tolerate_is_a_warning() {
    assert_eq!((severity(&told(&[299])), severity(&told(&[300]))), (Severity::Info, Severity::Warning));
}

#[test]
fn whose_clock_it_is_follows_from_whether_the_servers_agree() {
    let whose = |ahead: &[i64]| one(&told(ahead), clock::DIFFERS).arg("whose").unwrap().to_owned();
    assert_eq!(whose(&[7200]), "no other server told the time");
    assert_eq!(whose(&[7200, 7201]), "the servers agree with each other");
    assert_eq!(whose(&[7200, 0]), "other servers agree with this host");
    assert_eq!(whose(&[7200, -7200]), "the servers do not agree with each other either");
    assert_eq!(one(&told(&[0, 7200]), clock::DIFFERS).subject, "cucm2.example.com");
}

#[test]
fn a_slow_answer_is_no_clock_that_is_behind() {
    let mut story = Story::walking(&[DNS]);
    let op = story.requests(HttpWhat::Version, url(HttpWhat::Version));
    story.reached(op).written(op, HttpWhat::Version).after(130_000).dated_head(op, -129);
    assert!(!codes(&found(&story)).contains(&clock::DIFFERS));
}

#[test]
fn an_answer_out_of_a_cache_and_a_date_that_is_none_tell_nothing() {
    for headers in ["Age: 4000\r\nDate: Wed, 14 Jan 2026 02:14:00 GMT", "Date: yesterday", "X-Date: 0"] {
        let mut story = Story::walking(&[DNS]);
        let op = story.requests(HttpWhat::Version, url(HttpWhat::Version));
        story.reached(op).written(op, HttpWhat::Version).after(8);
        let payload = crate::progress::story::payload(&format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n"), 0);
        let (realm, location, content_type) = (None, None, None);
        let head = crate::journal::HttpHead { status: 200, realm, location, content_type, payload };
        story.http(op, HttpFact::Head(head));
        assert!(!codes(&found(&story)).contains(&clock::DIFFERS), "{headers}");
    }
}

/// A login on a node whose certificate is valid from an hour from now on.
fn too_young(story: &mut Story) {
    let cert = CertFact { not_before: START.0 / 1000 + 3600, ..cert() };
    story.login("imp1.example.com").tcp().starttls().tls_with(
        cert,
        good(false, "NotYetValid"),
        names(true, true),
        true,
    );
}

#[test]
fn a_clock_that_is_behind_explains_a_certificate_that_is_not_valid_yet() {
    let mut story = told(&[7200]);
    too_young(&mut story);
    assert_eq!(one(&story, tls::NOT_YET_VALID).explained_by, Some(clock::DIFFERS));
    assert_eq!((severity(&story), exit(&found(&story))), (Severity::Critical, 2));
}

#[test]
fn a_clock_explains_no_certificate_that_it_would_not_make_valid() {
    for ahead in [&[1800, 1800], &[-7200, -7200], &[7200, 0]] {
        let mut story = told(ahead);
        too_young(&mut story);
        assert_eq!(one(&story, tls::NOT_YET_VALID).explained_by, None, "{ahead:?}");
        assert_ne!(severity(&story), Severity::Critical);
    }
}

#[test]
fn a_nodes_own_clock_counts_more_than_that_of_the_others() {
    let mut story = told(&[0, 0]);
    story.told_the_time(HttpWhat::EpasLogin, url(HttpWhat::EpasLogin), 7200);
    too_young(&mut story);
    assert_eq!(one(&story, tls::NOT_YET_VALID).explained_by, Some(clock::DIFFERS));
}

#[test]
fn a_certificate_that_expired_long_ago_is_not_the_clocks_doing_beside_one_that_is() {
    let mut story = told(&[7200]);
    too_young(&mut story);
    let old = CertFact { not_after: START.0 / 1000 - 400 * 86_400, ..cert() };
    story.login("imp2.example.com").tcp().starttls();
    story.tls_with(old, good(false, "Expired"), names(true, true), true);
    assert_eq!(one(&story, tls::NOT_YET_VALID).explained_by, Some(clock::DIFFERS));
    assert_eq!(one(&story, tls::EXPIRED).explained_by, None);
}
