//! Stories about AXL, and what it says of the user.

use super::super::code::{axl, dns, profile, uds};
use super::admin_story::{CUCM, assigned, axl_answer, end_user, fault, service_profile, uc_service};
use super::walk_story::{DNS, HTML, NO_CLUSTER_USER, USER};
use super::{Scenario, alone, beside, catalogue, codes, exit, found, one};
use crate::findings::Severity;
use crate::journal::{How, HttpAsk, HttpWhat, OpId};
use crate::progress::story::{Story, outcome};

const NO_USER: &str = "Item not valid: The specified User was not found";
const VERSIONS: &str =
    "<html><h1>HTTP Status 599 - Incorrect axl version. Supported axl versions are 12.x</h1></html>";

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(axl::AUTH_FAILED, |story, fact| status(story, if fact { 401 } else { 200 })),
    alone(axl::FORBIDDEN, |story, fact| status(story, if fact { 403 } else { 200 })),
    alone(axl::NOT_ACTIVATED, |story, fact| status(story, if fact { 404 } else { 200 })),
    alone(axl::VERSION, |story, fact| {
        *story = Story::as_administrator();
        if fact {
            story.axl(HttpWhat::AxlUser, "alice", 599, VERSIONS);
        }
        asked_in(story, "12.5");
    }),
    alone(axl::VERSION, |story, fact| {
        *story = Story::as_administrator();
        story.axl(HttpWhat::AxlUser, "alice", if fact { 599 } else { 200 }, if fact { VERSIONS } else { HTML });
        if !fact {
            asked_in(story, "12.5");
        }
    }),
    alone(axl::SILENT, |story, fact| {
        *story = Story::as_administrator();
        let op = story.begins_admins(HttpWhat::AxlUser, CUCM, "alice");
        if fact {
            story.over(op, outcome(How::TimedOut, "silent"));
        } else {
            story.replied(op, 1900, 200, &end_user(""));
        }
    }),
    alone(axl::FAULT, |story, fact| {
        *story = Story::as_administrator();
        let body = if fact { fault("4711", "database down") } else { end_user("") };
        story.axl(HttpWhat::AxlUser, "alice", if fact { 500 } else { 200 }, &body);
    }),
    alone(axl::USER_UNKNOWN, |story, fact| {
        *story = Story::as_administrator();
        let body = if fact { fault("5007", NO_USER) } else { end_user("") };
        story.axl(HttpWhat::AxlUser, "alice", if fact { 500 } else { 200 }, &body);
    }),
    alone(axl::USER_LOCKED, |story, fact| credentials(story, "pwdCredLockedByAdministrator", fact, "")),
    alone(axl::USER_LOCKED, |story, fact| {
        credentials(story, "pwdCredLockedByAdministrator", fact, "<ldapDirectoryName>corp</ldapDirectoryName>");
    }),
    alone(axl::USER_MUST_CHANGE, |story, fact| credentials(story, "pwdCredUserMustChange", fact, "")),
    alone(axl::USER_NOT_IMP_ENABLED, |story, fact| {
        *story = Story::as_administrator();
        enabled(story, !fact);
    }),
    alone(axl::USER_NOT_IMP_ENABLED, |story, fact| {
        *story = Story::as_administrator();
        story.good(HttpWhat::ServiceProfile);
        enabled(story, !fact);
    }),
    alone(axl::HOME_CLUSTER_OFF, |story, fact| {
        *story = Story::as_administrator();
        story.axl(HttpWhat::AxlUser, "alice", 200, &end_user(&format!("<homeCluster>{}</homeCluster>", !fact)));
    }),
    alone(axl::HOME_CLUSTER_OFF, |story, fact| {
        *story = Story::as_administrator();
        story.good(HttpWhat::ClusterUser);
        story.axl(HttpWhat::AxlUser, "alice", 200, &end_user(&format!("<homeCluster>{}</homeCluster>", !fact)));
    }),
    alone(axl::USER_UNASSIGNED, |story, fact| {
        *story = Story::as_administrator();
        story.axl(HttpWhat::AxlAssignment, "alice", 200, &assigned(if fact { "" } else { "imp1.example.com" }));
    }),
    beside(axl::USER_UNASSIGNED, &[axl::USER_NOT_IMP_ENABLED], |story, fact| {
        *story = Story::as_administrator();
        story.good(HttpWhat::ServiceProfile);
        enabled(story, false);
        story.axl(HttpWhat::AxlAssignment, "alice", 200, &assigned(if fact { "" } else { "imp1.example.com" }));
    }),
    beside(axl::UC_SERVICE_UNRESOLVED, &[dns::TARGET_UNRESOLVED], |story, fact| {
        *story = Story::as_administrator();
        story.good(HttpWhat::ServiceProfile);
        story.axl(HttpWhat::AxlUcService, "imp-a", 200, &uc_service("imp-a", "imp1.example.com"));
        story.host("imp1.example.com", if fact { &[] } else { &["10.1.2.11"] });
    }),
    alone(axl::UC_SERVICE_SHORT, |story, fact| {
        *story = Story::as_administrator();
        let address = if fact { "imp1" } else { "imp1.example.com" };
        story.axl(HttpWhat::AxlUcService, "imp-a", 200, &uc_service("imp-a", address));
    }),
    alone(axl::DIFFERS_FROM_CLIENT, |story, fact| {
        *story = Story::as_administrator();
        story.good(HttpWhat::ServiceProfile);
        story.axl(HttpWhat::AxlServiceProfile, "SP", 200, &service_profile(&["imp-a", "imp-b"]));
        let second = if fact { "imp9.example.com" } else { "imp2.example.com" };
        for (name, address) in [("imp-a", "imp1.example.com"), ("imp-b", second)] {
            story.axl(HttpWhat::AxlUcService, name, 200, &uc_service(name, address));
        }
    }),
    alone(axl::DIFFERS_FROM_CLIENT, |story, fact| {
        *story = Story::as_administrator();
        story.exchange(HttpWhat::User, 200, USER);
        let server = if fact { "imp2.example.com" } else { "imp1.example.com" };
        story.axl(HttpWhat::AxlAssignment, "alice", 200, &assigned(server));
    }),
];

fn status(story: &mut Story, status: u16) {
    *story = Story::as_administrator();
    let body = if status == 200 { end_user("") } else { HTML.to_owned() };
    story.axl(HttpWhat::AxlUser, "alice", status, &body);
}

fn credentials(story: &mut Story, flag: &str, set: bool, more: &str) {
    *story = Story::as_administrator();
    let flags = format!("<passwordCredentials><{flag}>{set}</{flag}></passwordCredentials>{more}");
    story.axl(HttpWhat::AxlUser, "alice", 200, &end_user(&flags));
}

fn enabled(story: &mut Story, enabled: bool) {
    let flag = format!("<imAndPresenceEnable>{enabled}</imAndPresenceEnable>");
    story.axl(HttpWhat::AxlUser, "alice", 200, &end_user(&flag));
}

/// The user is asked for in this version, and told of.
fn asked_in(story: &mut Story, version: &str) {
    let ask = HttpAsk {
        version: version.into(),
        ..HttpAsk::new(HttpWhat::AxlUser, format!("https://{CUCM}:8443/axl/"), Vec::new()).about("alice")
    };
    let op = story.child(OpId(1), crate::journal::Ask::Http(ask));
    story.written(op, HttpWhat::AxlUser).replied(op, 8, 200, &end_user(""));
}

#[test]
fn a_version_that_axl_does_not_speak_is_no_fault_and_the_one_that_was_taken_is_said() {
    let mut story = Story::new();
    (SCENARIOS[3].tell)(&mut story, true);
    let finding = one(&story, axl::VERSION);
    assert_eq!((finding.arg("version"), finding.arg("taken")), (Some("14.0"), Some("12.5")));
    assert_eq!(exit(&found(&story)), 0);
}

#[test]
fn a_refusal_that_a_later_answer_has_overtaken_is_only_worth_knowing() {
    let mut story = Story::new();
    status(&mut story, 401);
    assert_eq!(exit(&found(&story)), 1);
    story.axl(HttpWhat::AxlUser, "alice", 200, &end_user(""));
    assert_eq!((codes(&found(&story)), exit(&found(&story))), ([axl::AUTH_FAILED].into(), 0));
}

#[test]
fn a_locked_user_explains_every_refusal_of_the_password() {
    let mut story = Story::new();
    credentials(&mut story, "pwdCredLockedByAdministrator", true, "");
    story.exchange(HttpWhat::User, 401, "").until_auth("imp1.example.com").refused(15, "not-authorized");
    let found = found(&story);
    let explained: Vec<_> =
        found.iter().filter(|finding| finding.explained_by == Some(axl::USER_LOCKED)).collect();
    assert_eq!(explained.len(), 2, "{found:?}");
    assert_eq!(crate::findings::verdict(&found).unwrap().code, axl::USER_LOCKED);
}

#[test]
fn a_user_of_ldap_is_refused_by_ldap_and_a_lock_on_cucm_explains_nothing() {
    let mut story = Story::new();
    credentials(&mut story, "pwdCredLockedByAdministrator", true, "<ldapDirectoryName>corp</ldapDirectoryName>");
    assert_eq!(catalogue().severity(&one(&story, axl::USER_LOCKED)), Severity::Warning);
    story.exchange(HttpWhat::User, 401, "");
    assert_eq!(one(&story, uds::AUTH_FAILED).explained_by, None);
}

#[test]
fn home_cluster_that_is_off_explains_that_no_cluster_is_the_home() {
    let mut story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::ClusterUser, 200, NO_CLUSTER_USER);
    story.axl(HttpWhat::AxlUser, "alice", 200, &end_user("<homeCluster>false</homeCluster>"));
    assert_eq!(one(&story, uds::NO_HOME_CLUSTER).explained_by, Some(axl::HOME_CLUSTER_OFF));
}

#[test]
fn a_short_uc_service_explains_the_short_name_in_the_service_profile() {
    let mut story = Story::as_administrator();
    let short = super::walk_story::PROFILE.replace("imp1.example.com", "imp1");
    story.exchange(HttpWhat::ServiceProfile, 200, &short);
    story.axl(HttpWhat::AxlUcService, "imp-a", 200, &uc_service("imp-a", "imp1"));
    assert_eq!(one(&story, profile::ADDRESS_SHORT).explained_by, Some(axl::UC_SERVICE_SHORT));
}

#[test]
fn what_differs_is_told_with_both_answers() {
    let mut story = Story::new();
    (SCENARIOS[SCENARIOS.len() - 2].tell)(&mut story, true);
    let finding = one(&story, axl::DIFFERS_FROM_CLIENT);
    assert_eq!(finding.arg("given"), Some("imp1.example.com and imp2.example.com"));
    assert_eq!(finding.arg("said_there"), Some("imp1.example.com and imp9.example.com"));
}

#[test]
fn an_answer_without_the_user_is_no_assignment() {
    let mut story = Story::as_administrator();
    story.axl(HttpWhat::AxlAssignment, "alice", 200, &axl_answer("listAssignedPresenceUsers", ""));
    assert_eq!(codes(&found(&story)), [axl::USER_UNASSIGNED].into());
}
