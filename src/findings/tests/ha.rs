//! Stories about high availability.

use super::super::code::{ha, xmpp};
use super::admin_story::{IMP1, axl_answer};
use super::walk_story::soap;
use super::{Scenario, alone, beside, catalogue, found, one, walk};
use crate::findings::{Severity, exit, findings, verdict};
use crate::journal::HttpWhat;
use crate::progress::story::Story;

const GROUP: &str =
    "<presenceRedundancyGroup><name>DefaultCluster</name><server1>imp1</server1><server2>imp2</server2>";

pub(super) const SCENARIOS: &[Scenario] = &[
    beside(ha::FAILED_OVER, &[ha::BACKOFF], |story, fact| {
        state(story, if fact { "Failed Over" } else { "Normal" }, Some("Commanded by user"));
    }),
    beside(ha::BACKUP_MODE, &[ha::BACKOFF], |story, fact| {
        state(story, if fact { "Running in Backup Mode" } else { "Idle" }, None);
    }),
    alone(ha::NOT_ENABLED, |story, fact| {
        state(story, if fact { "Unknown" } else { "Normal" }, fact.then_some("High Availability Not Enabled"));
    }),
    alone(ha::NOT_ENABLED, |story, fact| {
        *story = Story::as_administrator();
        let group = format!("{GROUP}<haEnabled>{}</haEnabled></presenceRedundancyGroup>", !fact);
        story.axl(HttpWhat::AxlGroups, "", 200, &axl_answer("listPresenceRedundancyGroup", &group));
    }),
    beside(ha::CRITICAL_DOWN, &[ha::BACKOFF], |story, fact| {
        let down = "Failed Over with Critical Services not Running";
        state(story, if fact { down } else { "Normal" }, fact.then_some("Critical Service Down"));
    }),
    beside(ha::BACKOFF, &[ha::BACKUP_MODE], |story, fact| {
        state(story, if fact { "Running in Backup Mode" } else { "Taking Over" }, None);
    }),
];

fn state(story: &mut Story, state: &str, reason: Option<&str>) {
    *story = Story::as_administrator();
    story.ha(&[("imp1", state, reason)]);
}

#[test]
fn the_reason_of_a_node_that_stands_in_for_its_partner_is_the_partners() {
    let mut story = Story::as_administrator();
    let down = Some("Critical Service Down");
    story.ha(&[("imp1", "Failed Over", down), ("imp2", "Running in Backup Mode", down)]);
    assert_eq!(one(&story, ha::CRITICAL_DOWN).subject, "imp1");
    assert_eq!(one(&story, ha::BACKUP_MODE).subject, "imp2");
    assert!(found(&story).iter().all(|finding| finding.code != ha::FAILED_OVER), "it is told as what it is");
}

#[test]
fn how_long_clients_wait_is_the_nodes_own_word_where_there_is_one() {
    let mut story = Story::new();
    state(&mut story, "Failed Over", None);
    let finding = one(&story, ha::BACKOFF);
    assert_eq!((finding.arg("lower_limit"), finding.arg("upper_limit")), (Some("120"), Some("537")));
    let property = |name: &str, value: &str| format!("<epas:property name='{name}'>{value}</epas:property>");
    let config = soap(&format!(
        "<epas:get-all-config-resp><epas:get-system-config-resp>{}{}{}</epas:get-system-config-resp></epas:get-all-config-resp>",
        property("Presence.Domain", "example.com"),
        property("CUP.SRM.LowerFailoverLoginRetryLimit", "60"),
        property("CUP.SRM.UpperFailoverLoginRetryLimit", "253")
    ));
    story.exchange(HttpWhat::EpasConfig, 200, &config);
    let finding = one(&story, ha::BACKOFF);
    assert_eq!((finding.arg("lower_limit"), finding.arg("upper_limit")), (Some("60"), Some("253")));
    assert!(finding.evidence.len() > 1);
}

#[test]
fn a_newer_text_makes_a_failover_a_thing_of_the_past() {
    let mut story = Story::new();
    state(&mut story, "Failed Over", None);
    assert_eq!(catalogue().severity(&one(&story, ha::FAILED_OVER)), Severity::Warning);
    story.ha(&[("imp1", "Normal", None)]);
    assert_eq!(catalogue().severity(&one(&story, ha::FAILED_OVER)), Severity::Info);
    assert_eq!(verdict(&found(&story)).map(|finding| catalogue().severity(finding)), Some(Severity::Info));
}

#[test]
fn a_short_name_is_that_of_the_node_that_the_walk_knows() {
    let mut story = Story::as_administrator();
    story.good(HttpWhat::ServiceProfile).ha(&[("imp1", "Failed Over", None)]);
    assert_eq!(one(&story, ha::FAILED_OVER).subject, "imp1.example.com");
}

#[test]
fn that_clients_wait_by_design_is_said_before_any_fault_and_is_not_the_verdict() {
    let mut story = Story::as_administrator();
    story.silent_at(IMP1);
    story.ha(&[("imp2", "Running in Backup Mode", None)]);
    let found = findings(&story.progress(), &walk(&story));
    assert_eq!(found[0].code, ha::BACKOFF, "{found:#?}");
    assert_eq!(verdict(&found).map(|finding| finding.code), Some(xmpp::AUTH_SILENT));
    assert_eq!(exit(&found), 2);
    story.ha(&[("imp2", "Normal", None)]);
    let found = findings(&story.progress(), &walk(&story));
    assert_eq!(found[0].code, xmpp::AUTH_SILENT, "it is over: {found:#?}");
}
