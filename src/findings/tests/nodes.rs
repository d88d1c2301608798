//! Stories about several nodes, and about all services that check the password.

use super::super::code::{epas, nodes, uds, xmpp};
use super::control::roots;
use super::walk_story::{LOGGED_IN, url};
use super::{Scenario, Severity, beside, catalogue, codes, found, one};
use crate::journal::{Awaited, HttpWhat, Stage};
use crate::progress::story::Story;

const IMP1: &str = "imp1.example.com";
const IMP2: &str = "imp2.example.com";

pub(super) const SCENARIOS: &[Scenario] = &[
    beside(nodes::DISAGREE, &[xmpp::AUTH_SILENT, xmpp::AUTH_REFUSED], |story, fact| {
        story.silent_at(IMP1).until_auth(IMP2).replies(fact, "not-authorized");
    }),
    beside(nodes::CLUSTER_SILENT, &[xmpp::AUTH_SILENT], |story, fact| {
        story.silent_at(IMP1).until_auth(IMP2).replies(!fact, "not-authorized");
    }),
    beside(nodes::PASSWORD_CHECKS_SILENT, &[uds::SILENT, epas::SILENT], |story, fact| {
        story.good(HttpWhat::Version).hangs(HttpWhat::User);
        if fact {
            story.hangs(HttpWhat::EpasLogin);
        } else {
            story.epas_after(240);
        }
    }),
];

impl Story {
    /// A request that is not answered.
    fn hangs(&mut self, what: HttpWhat) -> &mut Self {
        let op = self.requests(what, url(what));
        self.unanswered(op, what)
    }
}

#[test]
fn a_refusal_elsewhere_is_an_answer_and_the_silence_explains_that_nodes_disagree() {
    let mut story = Story::new();
    story.silent_at(IMP1).until_auth(IMP2).refused(21, "not-authorized");
    let finding = one(&story, nodes::DISAGREE);
    assert_eq!(finding.subject, IMP1);
    assert_eq!((finding.arg("other_host"), finding.arg("answer_time")), (Some("imp2"), Some("21 ms")));
    assert_eq!(finding.explained_by, Some(xmpp::AUTH_SILENT));
}

#[test]
fn an_answer_that_is_as_late_is_no_disagreement() {
    let mut story = Story::new();
    story.silent_at(IMP1).silent_at(IMP2).refused(20_000, "not-authorized");
    assert!(!codes(&found(&story)).contains(&nodes::DISAGREE));
}

#[test]
fn nodes_disagree_at_any_stage() {
    let mut story = Story::new();
    story.whole(IMP2);
    story.login(IMP1).tcp().enter(Stage::Stream).sent("stream header", "<stream:stream>", 0, None);
    story.wait(Awaited::StreamHeader).falls_silent(Story::all_acked);
    story.until_auth(IMP1).succeeded(21).bind().falls_silent(Story::all_acked);
    let all: Vec<_> = found(&story).into_iter().filter(|finding| finding.code == nodes::DISAGREE).collect();
    let stages: Vec<_> = all.iter().map(|finding| finding.arg("stage").unwrap()).collect();
    assert_eq!(stages, ["stream", "bind"]);
    let by: Vec<_> = all.iter().map(|finding| finding.explained_by.unwrap()).collect();
    assert_eq!(by, [xmpp::STREAM_SILENT, xmpp::BIND_SILENT]);
}

#[test]
fn two_logins_on_one_node_are_no_two_nodes() {
    let mut story = Story::new();
    story.silent_at(IMP1).until_auth(IMP1).refused(21, "not-authorized");
    assert!(!codes(&found(&story)).contains(&nodes::DISAGREE));
    let mut story = Story::new();
    story.silent_at(IMP1).silent_at(IMP1);
    assert!(!codes(&found(&story)).contains(&nodes::CLUSTER_SILENT));
}

#[test]
fn a_silent_cluster_explains_its_nodes_late_refusals_included() {
    let mut story = Story::new();
    story.silent_at(IMP1).silent_at(IMP2).refused(20_000, "not-authorized");
    assert_eq!(roots(&story), [nodes::CLUSTER_SILENT]);
    assert_eq!(one(&story, nodes::CLUSTER_SILENT).arg("nodes"), Some("imp1.example.com and imp2.example.com"));
    assert_eq!(one(&story, nodes::CLUSTER_SILENT).subject, "example.com");
}

#[test]
fn a_node_that_answers_afterwards_makes_it_no_cluster() {
    let mut story = Story::new();
    story.silent_at(IMP1).silent_at(IMP2);
    story.until_auth("imp3.example.com").refused(21, "not-authorized");
    let finding = one(&story, nodes::CLUSTER_SILENT);
    assert_eq!(finding.arg("superseded"), Some("imp3.example.com answered afterwards"));
    assert_eq!(catalogue().severity(&finding), Severity::Info);
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, None);
}

#[test]
fn a_node_that_has_answered_before_makes_it_no_cluster_either() {
    let mut story = Story::new();
    story.until_auth("imp3.example.com").refused(21, "not-authorized").silent_at(IMP1).silent_at(IMP2);
    assert!(!codes(&found(&story)).contains(&nodes::CLUSTER_SILENT));
}

#[test]
fn while_one_of_them_is_waited_for_it_is_not_known_whether_the_cluster_is_silent() {
    let mut story = Story::new();
    story.silent_at(IMP1).silent_at(IMP2);
    let mut open = Story::new();
    open.silent_at(IMP1).until_auth(IMP2);
    assert!(!codes(&found(&open)).contains(&nodes::CLUSTER_SILENT));
    assert!(codes(&found(&story)).contains(&nodes::CLUSTER_SILENT));
}

#[test]
fn a_path_that_loses_our_bytes_to_every_node_is_at_fault_itself() {
    let mut story = Story::new();
    story.until_auth(IMP1).falls_silent(Story::not_acked).until_auth(IMP2).falls_silent(Story::not_acked);
    assert_eq!(roots(&story), [xmpp::NOT_ACKED, xmpp::NOT_ACKED]);
}

#[test]
fn a_password_that_nobody_checks_explains_each_service_that_waits_for_it() {
    let mut story = Story::new();
    story.good(HttpWhat::Version).hangs(HttpWhat::User).hangs(HttpWhat::EpasLogin).silent_at(IMP1).silent_at(IMP2);
    let finding = one(&story, nodes::PASSWORD_CHECKS_SILENT);
    assert_eq!(roots(&story), [nodes::PASSWORD_CHECKS_SILENT]);
    let services = finding.arg("services").unwrap();
    for service in ["UDS on cucm1.example.com", "EPASSoap on imp1.example.com", "<auth> on imp2.example.com"] {
        assert!(services.contains(service), "{services}");
    }
}

#[test]
fn a_cucm_that_answers_nothing_is_at_fault_itself() {
    let mut story = Story::new();
    story.hangs(HttpWhat::Version).hangs(HttpWhat::User).hangs(HttpWhat::EpasLogin);
    assert!(!codes(&found(&story)).contains(&nodes::PASSWORD_CHECKS_SILENT));
}

#[test]
fn one_service_that_checks_the_password_in_time_is_enough_to_clear_ldap() {
    let mut story = Story::new();
    story.good(HttpWhat::Version).good(HttpWhat::User).hangs(HttpWhat::EpasLogin).silent_at(IMP1);
    assert!(!codes(&found(&story)).contains(&nodes::PASSWORD_CHECKS_SILENT));
}

#[test]
fn a_token_is_no_check_of_the_password() {
    let mut story = Story::new();
    story.hangs(HttpWhat::EpasLogin).until_mechanisms(IMP1).auth_by("CISCO-VTG-TOKEN", 24);
    story.falls_silent(Story::all_acked);
    assert!(!codes(&found(&story)).contains(&nodes::PASSWORD_CHECKS_SILENT));
}

#[test]
fn a_check_that_is_answered_later_takes_the_blame_from_ldap_again() {
    let mut story = Story::new();
    story.hangs(HttpWhat::EpasLogin).silent_at(IMP1);
    assert_eq!(roots(&story), [nodes::PASSWORD_CHECKS_SILENT]);
    let op = story.requests(HttpWhat::EpasLogin, url(HttpWhat::EpasLogin));
    story.reached(op).written(op, HttpWhat::EpasLogin).replied(op, 8, 200, LOGGED_IN);
    let finding = one(&story, nodes::PASSWORD_CHECKS_SILENT);
    assert_eq!(finding.arg("superseded"), Some("EPASSoap on imp1.example.com answered afterwards"));
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, None);
}

#[test]
fn a_refusal_by_a_node_that_is_not_home_is_only_worth_knowing() {
    let severity = |home: Option<bool>| {
        let mut story = Story::new();
        story.login_at(IMP2, home).mechanisms().auth().refused(15, "not-authorized");
        let finding = one(&story, xmpp::AUTH_REFUSED);
        (catalogue().severity(&finding), finding.arg("away").is_some())
    };
    assert_eq!(severity(Some(false)), (Severity::Info, true));
    assert_eq!(severity(Some(true)), (Severity::Critical, false));
    assert_eq!(severity(None), (Severity::Critical, false));
}

#[test]
fn a_slow_epassoap_beside_a_silent_auth_is_no_fault_of_its_own_on_that_node() {
    let mut story = Story::new();
    story.silent_at(IMP1).epas_after(4_000);
    assert_eq!(roots(&story), [xmpp::AUTH_SILENT]);
    let mut elsewhere = Story::new();
    elsewhere.silent_at(IMP2).epas_after(4_000);
    assert_eq!(roots(&elsewhere), [xmpp::AUTH_SILENT, epas::SLOW]);
}
