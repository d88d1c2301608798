//! Stories about EPASSoap, and about the one-time password that it gives.

use super::super::code::{epas, xmpp};
use super::walk_story::{DNS, HTML, LOGGED_IN, config, soap, token, url};
use super::{Scenario, alone, catalogue, codes, exit, found, one};
use crate::findings::Severity;
use crate::journal::{Awaited, BodyEnd, How, HttpWhat, Stage};
use crate::progress::story::{Story, outcome};

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(epas::SILENT, |story, fact| {
        *story = Story::walking(&[DNS]);
        let op = story.requests(HttpWhat::EpasLogin, url(HttpWhat::EpasLogin));
        if fact {
            story.unanswered(op, HttpWhat::EpasLogin).over(op, outcome(How::TimedOut, "silent"));
        } else {
            story.reached(op).written(op, HttpWhat::EpasLogin).replied(op, 1900, 200, LOGGED_IN);
        }
    }),
    alone(epas::SLOW, |story, fact| {
        *story = Story::walking(&[DNS]);
        let op = story.requests(HttpWhat::EpasLogin, url(HttpWhat::EpasLogin));
        let ms = if fact { 4000 } else { 240 };
        story.reached(op).written(op, HttpWhat::EpasLogin).replied(op, ms, 200, LOGGED_IN);
    }),
    alone(epas::ERROR, |story, fact| {
        login(story, if fact { 404 } else { 200 }, if fact { HTML } else { LOGGED_IN })
    }),
    alone(epas::AUTH_FAILED, |story, fact| {
        login(story, 200, &if fact { failure("No such user") } else { LOGGED_IN.into() })
    }),
    alone(epas::CLIENT_TOO_OLD, |story, fact| {
        let reason = "The client does not meet the minimal version requirement.";
        login(story, 200, &if fact { failure(reason) } else { failure("Authentication failed") });
    }),
    alone(epas::WRONG_NODE, |story, fact| {
        let redirect = soap("<epas:login-resp><epas:redirect>imp2.example.com</epas:redirect></epas:login-resp>");
        login(story, 200, if fact { &redirect } else { LOGGED_IN });
    }),
    alone(epas::NO_TOKEN, |story, fact| {
        login(story, 200, LOGGED_IN);
        let none = soap(
            "<epas:get-onetime-password-resp><epas:failure reason='Invalid request'/></epas:get-onetime-password-resp>",
        );
        story.exchange(HttpWhat::EpasToken, 200, &if fact { none } else { token() });
    }),
    alone(epas::DOMAIN_DIFFERS, |story, fact| {
        login(story, 200, LOGGED_IN);
        story.exchange(HttpWhat::EpasConfig, 200, &config(if fact { "im.example.net" } else { "Example.com" }));
    }),
    alone(xmpp::TOKEN_REFUSED, |story, fact| {
        token_login(story, if fact { "CISCO-VTG-TOKEN" } else { "PLAIN" });
    }),
];

fn failure(reason: &str) -> String {
    soap(&format!("<epas:login-resp><epas:failure reason='{reason}'/></epas:login-resp>"))
}

fn login(story: &mut Story, status: u16, body: &str) {
    *story = Story::walking(&[DNS]);
    story.exchange(HttpWhat::EpasLogin, status, body);
}

/// A login whose `<auth>` has this mechanism, and is refused.
fn token_login(story: &mut Story, mechanism: &str) {
    story.until_mechanisms("imp1.example.com").enter(Stage::Auth);
    story.sent("auth", "<auth/>", 24, Some(mechanism)).wait(Awaited::AuthAnswer).refused(15, "not-authorized");
}

#[test]
fn a_fault_with_another_status_is_read_all_the_same() {
    let mut story = Story::new();
    let fault = "<soapenv:Fault><soapenv:Reason><soapenv:Text>database down</soapenv:Text></soapenv:Reason></soapenv:Fault>";
    login(&mut story, 500, &soap(fault));
    let finding = one(&story, epas::ERROR);
    assert!(finding.arg("got").unwrap().contains("database down"), "{finding:?}");
    assert_eq!(codes(&found(&story)), [epas::ERROR].into());
}

#[test]
fn what_is_no_http_is_no_answer() {
    let mut story = Story::walking(&[DNS]);
    let op = story.requests(HttpWhat::EpasLogin, url(HttpWhat::EpasLogin));
    story.reached(op).written(op, HttpWhat::EpasLogin).over(op, outcome(How::Broken, "not HTTP"));
    assert_eq!(one(&story, epas::ERROR).arg("got"), Some("something that is no HTTP"));
}

#[test]
fn a_refusal_without_words_is_told_once() {
    let mut story = Story::new();
    login(&mut story, 401, "");
    assert_eq!(codes(&found(&story)), [epas::AUTH_FAILED].into());
}

#[test]
fn an_answer_that_is_cut_short_is_not_called_xml_that_is_broken() {
    let mut story = Story::walking(&[DNS]);
    let op = story.requests(HttpWhat::EpasLogin, url(HttpWhat::EpasLogin));
    story.reached(op).written(op, HttpWhat::EpasLogin).after(4).headed(op, 200, (None, None));
    story.bodied(op, "<a>", BodyEnd::Bound).over(op, outcome(How::Broken, "limit"));
    assert_eq!(one(&story, epas::ERROR).arg("got"), Some("3 bytes came, and no more were taken"));
}

#[test]
fn a_login_without_a_session_key_leads_nowhere() {
    let mut story = Story::new();
    login(&mut story, 200, &soap("<epas:login-resp><epas:success/></epas:login-resp>"));
    assert_eq!(one(&story, epas::ERROR).arg("got"), Some("a success without a session key"));
}

#[test]
fn a_configuration_that_does_not_come_is_only_a_warning() {
    let mut story = Story::new();
    login(&mut story, 200, LOGGED_IN);
    story.exchange(HttpWhat::EpasConfig, 500, HTML);
    assert_eq!(catalogue().severity(&one(&story, epas::ERROR)), Severity::Warning);
    assert_eq!(exit(&found(&story)), 1);
}

#[test]
fn a_slow_answer_and_a_silence_are_not_told_twice() {
    let mut story = Story::walking(&[DNS]);
    let op = story.requests(HttpWhat::EpasLogin, url(HttpWhat::EpasLogin));
    story.unanswered(op, HttpWhat::EpasLogin).replied(op, 20_000, 200, LOGGED_IN);
    assert_eq!(codes(&found(&story)), [epas::SILENT].into());
    assert_eq!(catalogue().severity(&one(&story, epas::SILENT)), Severity::Warning);
}

#[test]
fn a_refusal_shows_its_reason_and_how_long_it_took() {
    let mut story = Story::new();
    login(&mut story, 200, &failure("User not assigned"));
    let finding = one(&story, epas::AUTH_FAILED);
    assert_eq!((finding.arg("reason"), finding.arg("answer_time")), (Some("User not assigned"), Some("8 ms")));
    let mut without = Story::new();
    login(&mut without, 200, &soap("<epas:login-resp><epas:failure/></epas:login-resp>"));
    assert_eq!(one(&without, epas::AUTH_FAILED).arg("reason"), Some("no reason given"));
}

#[test]
fn another_presence_domain_explains_a_refusal_by_xmpp() {
    let mut story = Story::new();
    login(&mut story, 200, LOGGED_IN);
    story.exchange(HttpWhat::EpasConfig, 200, &config("im.example.net"));
    token_login(&mut story, "CISCO-VTG-TOKEN");
    assert_eq!(one(&story, xmpp::TOKEN_REFUSED).explained_by, Some(epas::DOMAIN_DIFFERS));
}

#[test]
fn a_late_refusal_of_a_token_is_a_late_refusal() {
    let mut story = Story::new();
    story.until_mechanisms("imp1.example.com").enter(Stage::Auth);
    story.sent("auth", "<auth/>", 24, Some("CISCO-VTG-TOKEN")).wait(Awaited::AuthAnswer);
    story.falls_silent(|story| story.all_acked()).refused(20_000, "not-authorized");
    assert!(!codes(&found(&story)).contains(&xmpp::TOKEN_REFUSED));
    assert!(codes(&found(&story)).contains(&xmpp::AUTH_REFUSED_LATE));
}

#[test]
fn a_late_refusal_explains_that_epas_waits_on_the_same_node_and_on_no_other() {
    for (node, explained) in [("imp1.example.com", Some(xmpp::AUTH_REFUSED_LATE)), ("imp2.example.com", None)] {
        let mut story = Story::walking(&[DNS]);
        let op = story.requests(HttpWhat::EpasLogin, url(HttpWhat::EpasLogin));
        story.reached(op).written(op, HttpWhat::EpasLogin).replied(op, 3_000, 200, LOGGED_IN);
        story.until_auth(node).falls_silent(|story| story.all_acked()).refused(20_000, "not-authorized");
        assert_eq!(one(&story, epas::SLOW).explained_by, explained, "{node}");
    }
}
