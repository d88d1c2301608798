//! Stories about the service profile.

use super::super::code::{dns, profile};
use super::walk_story::{DNS, HTML, PROFILE, USER, healthy_record};
use super::{Scenario, alone, catalogue, codes, exit, found, one};
use crate::discovery::Route;
use crate::findings::Severity;
use crate::journal::HttpWhat;
use crate::progress::story::Story;

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(profile::UNREACHABLE, |story, fact| {
        fetched(story, if fact { 404 } else { 200 }, if fact { HTML } else { PROFILE })
    }),
    alone(profile::UNREADABLE, |story, fact| fetched(story, 200, if fact { HTML } else { PROFILE })),
    alone(profile::NO_IMP, |story, fact| {
        let without = PROFILE.replace("imp1.example.com", "").replace("imp2.example.com", "");
        fetched(story, 200, if fact { &without } else { PROFILE });
    }),
    alone(profile::ADDRESS_IS_DOMAIN, |story, fact| {
        let domain = PROFILE.replace("imp1.example.com", "example.com");
        fetched(story, 200, if fact { &domain } else { PROFILE });
    }),
    alone(profile::ADDRESS_SHORT, |story, fact| {
        let short = PROFILE.replace("imp1.example.com", "imp1");
        fetched(story, 200, if fact { &short } else { PROFILE });
    }),
    alone(profile::NOT_HOME_NODE, |story, fact| {
        *story = Story::walking(&[DNS]);
        let elsewhere = USER.replace("<server>imp1.example.com", "<server>imp3.example.com");
        story.exchange(HttpWhat::User, 200, if fact { &elsewhere } else { USER }).good(HttpWhat::ServiceProfile);
    }),
];

fn fetched(story: &mut Story, status: u16, body: &str) {
    *story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::ServiceProfile, status, body);
}

#[test]
fn an_address_that_fails_is_a_warning_where_the_next_one_gives_it() {
    let mut story = Story::new();
    fetched(&mut story, 404, HTML);
    assert_eq!(exit(&found(&story)), 2);
    story.exchange_at(HttpWhat::ServiceProfile, "http://cucm2.example.com:6970/SPDefault.cnf.xml", 200, PROFILE);
    assert_eq!(exit(&found(&story)), 1);
}

#[test]
fn a_section_that_is_missing_is_told_from_one_that_is_empty() {
    let missing = |body: &str| {
        let mut story = Story::new();
        fetched(&mut story, 200, body);
        one(&story, profile::NO_IMP).arg("missing").unwrap().to_owned()
    };
    let empty = PROFILE.replace("imp1.example.com", "").replace("imp2.example.com", "");
    assert_eq!(missing(&empty), "its IM and Presence section is empty");
    assert_eq!(missing("<userProfile><Voicemail/><CTI/></userProfile>"), "it has no such section");
}

#[test]
fn a_domain_for_a_node_explains_that_it_has_no_address() {
    let mut story = Story::walking(&[DNS]);
    for route in Route::ALL {
        story.route(route, vec![healthy_record(route)]);
    }
    let domain = PROFILE.replace("imp1.example.com", "example.com").replace("imp2.example.com", "");
    story.exchange(HttpWhat::ServiceProfile, 200, &domain).host("example.com", &[]);
    assert_eq!(one(&story, dns::TARGET_UNRESOLVED).explained_by, Some(profile::ADDRESS_IS_DOMAIN));
    assert_eq!(catalogue().severity(&one(&story, profile::ADDRESS_IS_DOMAIN)), Severity::Critical);
}

#[test]
fn a_node_beside_the_domain_makes_it_milder() {
    let mut story = Story::new();
    fetched(&mut story, 200, &PROFILE.replace("imp2.example.com", "EXAMPLE.com."));
    let finding = one(&story, profile::ADDRESS_IS_DOMAIN);
    assert_eq!((catalogue().severity(&finding), finding.arg("role")), (Severity::Warning, Some("Backup1")));
}

#[test]
fn a_service_profile_that_names_the_home_node_by_its_first_label_names_it() {
    let mut story = Story::walking(&[DNS]);
    let short = PROFILE.replace("imp1.example.com", "IMP1");
    story.good(HttpWhat::User).exchange(HttpWhat::ServiceProfile, 200, &short);
    assert_eq!(codes(&found(&story)), [profile::ADDRESS_SHORT].into());
}

#[test]
fn a_short_name_of_a_node_explains_that_it_has_no_address() {
    let mut story = Story::walking(&[DNS]);
    let short = PROFILE.replace("imp1.example.com", "imp1").replace("imp2.example.com", "imp2");
    story.exchange(HttpWhat::ServiceProfile, 200, &short);
    assert_eq!(exit(&found(&story)), 1);
    story.host("imp1", &[]).host("imp2", &[]);
    assert_eq!(one(&story, dns::TARGET_UNRESOLVED).explained_by, Some(profile::ADDRESS_SHORT));
    assert_eq!(catalogue().severity(&one(&story, profile::ADDRESS_SHORT)), Severity::Critical);
}
