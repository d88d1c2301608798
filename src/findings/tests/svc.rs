//! Stories about services as Control Center has them.

use super::super::code::{svc, tcp, xmpp};
use super::admin_story::{AUTH, CM, CUCM, IMP1, LONG, ROUTER, Row};
use super::walk_story::{HTML, LOGGED_IN, VERSION};
use super::{Scenario, alone, beside, catalogue, codes, found, one};
use crate::findings::{Severity, headline, verdict};
use crate::journal::{How, HttpWhat, Stage, StageMark};
use crate::progress::story::{Story, outcome};

/// Every service of an IM&P node and of a CUCM that logins need, or that stands beside.
const ALL: &[&str] = &[
    ROUTER,
    CM,
    AUTH,
    "Cisco Client Profile Agent",
    "Cisco Login Datastore",
    "Cisco User Data Services",
    "Cisco Tftp",
    "Cisco AXL Web Service",
    "Cisco Presence Engine",
];

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(svc::STOPPED, |story, fact| {
        let row =
            |name: &&'static str| if fact { (*name, "Stopped", -1069, -1) } else { (*name, "Started", -1, LONG) };
        told(story, &ALL.iter().map(row).collect::<Vec<_>>());
    }),
    alone(svc::NOT_ACTIVATED, |story, fact| {
        told(story, &[if fact { (AUTH, "Stopped", -1068, -1) } else { (AUTH, "Started", -1, LONG) }]);
    }),
    alone(svc::STARTING, |story, fact| {
        told(story, &[(CM, if fact { "Starting" } else { "Started" }, -1, if fact { -1 } else { LONG })]);
    }),
    alone(svc::STARTING, |story, fact| {
        let row = (CM, if fact { "Starting" } else { "Started" }, -1, if fact { -1 } else { LONG });
        told(story, &[row]);
        story.after(60_000).runs(IMP1, &[row]);
    }),
    beside(svc::STARTED_BUT_SILENT, &[xmpp::AUTH_SILENT], |story, fact| {
        *story = Story::as_administrator();
        story.silent_at(IMP1);
        let row = if fact { (CM, "Started", -1, LONG) } else { (CM, "Started", -1, 5) };
        // One that began after the silence is no witness; it has run for a short time, but that is told of elsewhere.
        story.after(60_000).runs(IMP1, &[if fact { row } else { ("Cisco SIP Proxy", "Started", -1, 5) }]);
    }),
    beside(svc::STARTED_BUT_SILENT, &[super::super::code::epas::SILENT], |story, fact| {
        *story = Story::as_administrator();
        let agent = "Cisco Client Profile Agent";
        if fact {
            story.runs(IMP1, &[(agent, "Started", -1, LONG)]);
        }
        let op = story.requests(HttpWhat::EpasLogin, super::walk_story::url(HttpWhat::EpasLogin));
        story.unanswered(op, HttpWhat::EpasLogin).over(op, outcome(How::TimedOut, "silent"));
    }),
    alone(svc::RESTARTED_LATELY, |story, fact| told(story, &[(CM, "Started", -1, if fact { 40 } else { LONG })])),
    alone(svc::UNKNOWN, |story, fact| {
        *story = Story::as_administrator();
        if fact {
            story.admins(HttpWhat::Services, IMP1, "", 403, HTML);
        } else {
            story.runs(IMP1, &[(CM, "Started", -1, LONG)]);
        }
    }),
];

fn told(story: &mut Story, services: &[Row<'_>]) {
    *story = Story::as_administrator();
    story.runs(IMP1, services);
}

/// A login whose connection is refused.
fn refused(story: &mut Story) {
    story.login(IMP1).enter(Stage::Tcp);
    story.connect("10.1.2.11:5222", 1, outcome(How::Refused, "ECONNREFUSED"));
    story.stage(Stage::Tcp, StageMark::Refused).ended(How::Refused, "ECONNREFUSED");
}

#[test]
fn started_and_silent_all_the_same_is_said_in_these_words() {
    let mut story = Story::as_administrator();
    story.silent_at(IMP1);
    story.after(60_000).runs(IMP1, &[(CM, "Started", -1, LONG), (AUTH, "Started", -1, LONG)]);
    let words = headline(&one(&story, svc::STARTED_BUT_SILENT));
    assert!(words.contains("are Started on imp1.example.com, and silent all the same"), "{words}");
    assert!(words.contains("Cisco XCP Connection Manager and Cisco XCP Authentication Service"), "{words}");
}

#[test]
fn a_service_that_began_after_the_silence_is_no_witness_of_it() {
    let mut story = Story::as_administrator();
    story.silent_at(IMP1);
    story.after(60_000).runs(IMP1, &[(CM, "Started", -1, 20)]);
    assert!(!codes(&found(&story)).contains(&svc::STARTED_BUT_SILENT));
}

#[test]
fn bytes_that_never_arrived_say_nothing_about_a_service() {
    let mut story = Story::as_administrator();
    story.until_auth(IMP1).falls_silent(|story| story.not_acked());
    story.runs(IMP1, &[(CM, "Started", -1, LONG)]);
    assert!(!codes(&found(&story)).contains(&svc::STARTED_BUT_SILENT));
}

#[test]
fn started_but_silent_explains_nothing() {
    let mut story = Story::as_administrator();
    story.silent_at(IMP1).runs(IMP1, &[(CM, "Started", -1, LONG)]);
    assert!(found(&story).iter().all(|finding| finding.explained_by != Some(svc::STARTED_BUT_SILENT)));
    assert_eq!(verdict(&found(&story)).unwrap().code, xmpp::AUTH_SILENT);
}

#[test]
fn a_connection_manager_that_is_stopped_explains_the_refused_connection_of_its_node_and_of_no_other() {
    for (host, explained) in [(IMP1, Some(svc::STOPPED)), ("imp2.example.com", None)] {
        let mut story = Story::as_administrator();
        refused(&mut story);
        story.runs(host, &[(CM, "Stopped", -1069, -1)]);
        assert_eq!(one(&story, tcp::REFUSED).explained_by, explained, "{host}");
    }
}

#[test]
fn another_service_that_is_stopped_does_not() {
    let mut story = Story::as_administrator();
    refused(&mut story);
    story.runs(IMP1, &[(AUTH, "Stopped", -1069, -1)]);
    assert_eq!(one(&story, tcp::REFUSED).explained_by, None);
}

#[test]
fn an_authentication_service_that_is_stopped_explains_the_silence() {
    let mut story = Story::as_administrator();
    story.silent_at(IMP1).runs(IMP1, &[(CM, "Started", -1, LONG), (AUTH, "Stopped", -1069, -1)]);
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, Some(svc::STOPPED));
    assert_eq!(verdict(&found(&story)).unwrap().code, svc::STOPPED);
}

#[test]
fn a_service_that_runs_again_is_a_thing_of_the_past() {
    let mut story = Story::new();
    told(&mut story, &[(CM, "Stopped", -1069, -1)]);
    assert_eq!(catalogue().severity(&one(&story, svc::STOPPED)), Severity::Critical);
    story.after(60_000).runs(IMP1, &[(CM, "Started", -1, 30)]);
    assert_eq!(catalogue().severity(&one(&story, svc::STOPPED)), Severity::Info);
}

#[test]
fn a_user_data_services_that_is_stopped_is_milder_where_another_cucm_runs_it() {
    let mut story = Story::as_administrator();
    story.runs(CUCM, &[("Cisco User Data Services", "Stopped", -1069, -1)]);
    assert_eq!(catalogue().severity(&one(&story, svc::STOPPED)), Severity::Critical);
    story.runs("cucm2.example.com", &[("Cisco User Data Services", "Started", -1, LONG)]);
    assert_eq!(catalogue().severity(&one(&story, svc::STOPPED)), Severity::Warning);
}

#[test]
fn labels_of_older_releases_are_known_too() {
    let mut story = Story::new();
    told(&mut story, &[("Cisco UP XCP Connection Manager", "Stopped", -1069, -1)]);
    assert!(one(&story, svc::STOPPED).arg("is_cm").is_some());
    told(&mut story, &[("Cisco XCP Web Connection Manager", "Stopped", -1068, -1)]);
    assert_eq!(codes(&found(&story)), [].into(), "no login needs that one");
}

#[test]
fn a_healthy_walk_with_an_administrator_has_nothing_to_add() {
    let mut story = Story::healthy_walk();
    let before = codes(&found(&story));
    story.runs(IMP1, &[(CM, "Started", -1, LONG), (AUTH, "Started", -1, LONG)]).holds(IMP1, 312);
    story.exchange(HttpWhat::Version, 200, VERSION).exchange(HttpWhat::EpasLogin, 200, LOGGED_IN);
    assert_eq!(codes(&found(&story)), before);
}
