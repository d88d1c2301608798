//! Stories about what `<auth>` was answered.

use super::super::code::xmpp;
use super::{Scenario, alone, beside, catalogue, codes, found, one};
use crate::journal::{Awaited, ClosedBy, How, HttpWhat, Read, Remark, Stage, WaitMark};
use crate::progress::story::{Story, features, good, names};

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(xmpp::NO_MECHANISM, |story, fact| {
        story.login("imp1.example.com").tcp().starttls().tls(good(true, ""), names(true, true));
        story.stream(Stage::StreamTls, features(None, if fact { &[] } else { &["PLAIN"] }, false));
    }),
    alone(xmpp::AUTH_SLOW, |story, fact| {
        story.until_auth("imp1.example.com").succeeded(if fact { 2_000 } else { 1_999 });
    }),
    alone(xmpp::AUTH_REFUSED, |story, fact| {
        story
            .until_auth("imp1.example.com")
            .refused(15, if fact { "not-authorized" } else { "temporary-auth-failure" });
    }),
    alone(xmpp::AUTH_REFUSED, |story, fact| {
        *story = refused_by(200, if fact { &["imp1.example.com", "imp2.example.com"] } else { &[] });
    }),
    beside(xmpp::AUTH_REFUSED_LATE, &[xmpp::AUTH_SILENT], |story, fact| {
        story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked());
        story.refused(20_000, if fact { "not-authorized" } else { "temporary-auth-failure" });
    }),
    alone(xmpp::AUTH_CLOSED, |story, fact| {
        story.until_auth("imp1.example.com").after(1_000);
        story.closed(if fact { ClosedBy::PeerFin } else { ClosedBy::Us }, None);
    }),
    alone(xmpp::AUTH_BACKEND, |story, fact| {
        story
            .until_auth("imp1.example.com")
            .refused(15, if fact { "temporary-auth-failure" } else { "not-authorized" });
    }),
    alone(xmpp::NODE_OVERLOADED, |story, fact| {
        story.login("imp1.example.com").enter(Stage::Tcp);
        let ok = crate::journal::Outcome::ok();
        story.connect("10.1.2.11:5222", if fact { 3_010 } else { 10 }, ok).pass(Stage::Tcp);
        story.starttls().tls(good(true, ""), names(true, true));
        story.stream(Stage::StreamTls, features(None, &["PLAIN"], false)).auth().succeeded(21);
    }),
    alone(xmpp::WRONG_NODE, |story, fact| {
        story.login("imp2.example.com").tcp().starttls().tls(good(true, ""), names(true, true));
        story.stream(Stage::StreamTls, home(if fact { "imp1.example.com" } else { "IMP2.example.com." }));
    }),
    beside(xmpp::ACCEPTED_ELSEWHERE, &[xmpp::AUTH_REFUSED], |story, fact| {
        accepted_by(story, if fact { "imp1.example.com" } else { "imp2.example.com" });
        story.until_auth("imp2.example.com").refused(15, "not-authorized");
    }),
    alone(xmpp::SERVER_NOT_PROVEN, |story, fact| {
        story.until_auth("imp1.example.com");
        if fact {
            story.remark(Remark::ServerNotProven);
        }
        story.succeeded(21);
    }),
    alone(xmpp::SASL_BROKEN, |story, fact| {
        story.until_auth("imp1.example.com");
        if fact {
            story.remark(Remark::SaslBroken { what: "a challenge, where the mechanism has none".into() });
        }
        story.succeeded(21);
    }),
];

/// A node takes the user.
fn accepted_by<'s>(story: &'s mut Story, host: &str) -> &'s mut Story {
    story.until_auth(host).succeeded(21)
}

fn home(node: &str) -> Read {
    Read::Features {
        starttls: None,
        mechanisms: vec!["PLAIN".into()],
        hostnames: vec![node.into(), "imp3.example.com".into()],
        bind: false,
        session: None,
    }
}

#[test]
fn a_late_refusal_explains_the_silence_and_does_not_blame_the_password() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked()).refused(20_000, "not-authorized");
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, Some(xmpp::AUTH_REFUSED_LATE));
    let finding = one(&story, xmpp::AUTH_REFUSED_LATE);
    assert_eq!(finding.arg("answer_time"), Some("30.0 s"));
    assert!(super::lines(&finding, 200).join(" ").contains("This does NOT show a bad password"));
}

/// ejabberd says so behind its refusal: its own time for the login was over as well.
#[test]
fn what_the_stream_ends_with_behind_a_refusal_is_explained_by_it() {
    for (ms, refusal) in [(20_000, xmpp::AUTH_REFUSED_LATE), (15, xmpp::AUTH_REFUSED)] {
        let mut story = Story::new();
        story.until_auth("imp1.example.com").refused(ms, "not-authorized");
        let condition = "connection-timeout".to_owned();
        story.received(Read::StreamError { condition, text: Some("Idle connection".into()), other_host: None });
        assert_eq!(one(&story, xmpp::STREAM_ERROR).explained_by, Some(refusal));
    }
}

/// Before `<auth>` nobody was asked, and behind `<success/>` the answer stands.
#[test]
fn a_failure_that_answers_nothing_refuses_nobody() {
    let failure = || Read::SaslFailure { condition: "not-authorized".into(), text: None };
    let mut story = Story::new();
    story.until_mechanisms("imp1.example.com").received(failure());
    assert!(found(&story).is_empty());
    let mut story = Story::new();
    story.until_auth("imp1.example.com").succeeded(21).received(failure());
    assert!(found(&story).is_empty());
}

#[test]
fn a_refusal_without_a_condition_says_that_it_has_none() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").refused(15, "");
    let said = super::lines(&one(&story, xmpp::AUTH_REFUSED), 200).join(" ");
    assert!(said.contains("15 ms: an error without a condition"), "{said}");
}

#[test]
fn a_late_success_explains_the_silence_before_it() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked()).succeeded(5_000);
    assert_eq!(codes(&found(&story)), [xmpp::AUTH_SILENT, xmpp::AUTH_SLOW].into());
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, Some(xmpp::AUTH_SLOW));
    assert_eq!(super::exit(&found(&story)), 1);
}

#[test]
fn a_refusal_that_the_path_delayed_is_not_called_late() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.not_acked()).refused(20_000, "not-authorized");
    let codes = codes(&found(&story));
    assert_eq!(codes, [xmpp::AUTH_SILENT, xmpp::NOT_ACKED, xmpp::AUTH_REFUSED,].into());
}

#[test]
fn a_back_end_that_is_down_explains_the_silence_before_it_says_so() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked());
    story.refused(20_000, "temporary-auth-failure");
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, Some(xmpp::AUTH_BACKEND));
}

#[test]
fn an_end_after_a_silence_is_explained_by_it() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked()).after(120_000);
    story.closed(ClosedBy::PeerFin, None).ended(How::Lost, "");
    assert_eq!(one(&story, xmpp::AUTH_CLOSED).explained_by, Some(xmpp::AUTH_SILENT));
    assert_eq!(one(&story, xmpp::AUTH_CLOSED).arg("took"), Some("130 s"));
}

#[test]
fn a_refusal_on_a_node_that_names_another_home_is_explained_by_that() {
    let mut story = Story::new();
    story.login("imp2.example.com").tcp().starttls().tls(good(true, ""), names(true, true));
    story.stream(Stage::StreamTls, home("imp1.example.com"));
    assert_eq!(catalogue().severity(&one(&story, xmpp::WRONG_NODE)), super::Severity::Warning);
    story.auth().refused(15, "not-authorized");
    assert_eq!(one(&story, xmpp::AUTH_REFUSED).explained_by, Some(xmpp::WRONG_NODE));
    assert_eq!(catalogue().severity(&one(&story, xmpp::WRONG_NODE)), super::Severity::Critical);
}

#[test]
fn a_node_that_is_an_address_cannot_be_compared_with_a_home() {
    let mut story = Story::new();
    story.login("10.1.2.11").tcp().starttls().tls(good(true, ""), names(true, true));
    story.stream(Stage::StreamTls, home("imp1.example.com"));
    assert!(found(&story).is_empty());
}

#[test]
fn a_slow_connect_and_a_slow_auth_are_no_overload() {
    let mut story = Story::new();
    story.login("imp1.example.com").enter(Stage::Tcp);
    story.connect("10.1.2.11:5222", 3_010, crate::journal::Outcome::ok()).pass(Stage::Tcp);
    story.starttls().tls(good(true, ""), names(true, true));
    story.stream(Stage::StreamTls, features(None, &["PLAIN"], false)).auth().succeeded(4_000);
    assert_eq!(codes(&found(&story)), [xmpp::AUTH_SLOW].into());
}

#[test]
fn a_stream_that_is_ended_instead_of_an_answer_counts_even_if_we_close_the_connection() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").after(300).received(Read::StreamClose);
    story.closed(ClosedBy::Us, None).ended(How::Lost, "");
    let finding = one(&story, xmpp::AUTH_CLOSED);
    assert_eq!((finding.arg("how"), finding.arg("took")), (Some("with </stream:stream>"), Some("300 ms")));
}

#[test]
fn scram_that_falls_silent_after_its_challenge_is_a_silent_auth() {
    let mut story = Story::new();
    story.until_mechanisms("imp1.example.com").enter(Stage::Auth);
    story.sent("auth", "<auth mechanism='SCRAM-SHA-1'></auth>", 0, Some("SCRAM-SHA-1"));
    story.wait(crate::journal::Awaited::AuthAnswer).answered(20, Read::Challenge);
    story.sent("response", "<response></response>", 80, None).wait(crate::journal::Awaited::AuthAnswer);
    story.falls_silent(|story| story.all_acked());
    let finding = one(&story, xmpp::AUTH_SILENT);
    assert_eq!((finding.arg("mechanism"), finding.arg("sent")), (Some("SCRAM-SHA-1"), Some("response")));
}

#[test]
fn silence_after_a_quick_success_is_no_overload() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").answered(21, Read::Success).pass(Stage::Auth).enter(Stage::StreamAuth);
    story.sent("stream header", "<stream:stream>", 0, None).wait(Awaited::StreamHeader);
    story.after(2_000).mark(WaitMark::Slow).after(8_000).mark(WaitMark::Silent);
    assert_eq!(codes(&found(&story)), [xmpp::STREAM_SILENT].into());
}

/// One node takes the user; the other one, which is the home or is not, refuses with this condition.
fn taken_and_refused(home: Option<bool>, condition: &str) -> Story {
    let mut story = Story::new();
    accepted_by(&mut story, "imp1.example.com");
    story.login_at("imp2.example.com", home).tcp().starttls().tls(good(true, ""), names(true, true));
    story.stream(Stage::StreamTls, features(None, &["PLAIN"], false)).auth().refused(15, condition);
    story
}

#[test]
fn a_refusal_by_another_node_than_the_home_is_worth_knowing_and_one_by_the_home_is_grave() {
    let told = |home| {
        let story = taken_and_refused(home, "not-authorized");
        assert_eq!(one(&story, xmpp::AUTH_REFUSED).explained_by, Some(xmpp::ACCEPTED_ELSEWHERE));
        (catalogue().severity(&one(&story, xmpp::ACCEPTED_ELSEWHERE)), super::exit(&found(&story)))
    };
    assert_eq!(told(Some(false)), (super::Severity::Info, 0));
    assert_eq!(told(None), (super::Severity::Warning, 1));
    assert_eq!(told(Some(true)), (super::Severity::Critical, 2));
}

#[test]
fn a_fault_of_the_request_says_nothing_of_the_user() {
    for condition in ["invalid-mechanism", "temporary-auth-failure"] {
        let story = taken_and_refused(None, condition);
        assert!(!codes(&found(&story)).contains(&xmpp::ACCEPTED_ELSEWHERE), "{condition}");
    }
}

#[test]
fn that_the_home_took_the_user_makes_what_another_node_says_of_it_a_matter_of_course() {
    let told = |taken_by: &str| {
        let mut story = Story::new();
        accepted_by(&mut story, taken_by);
        story.login("imp2.example.com").tcp().starttls().tls(good(true, ""), names(true, true));
        story.stream(Stage::StreamTls, home("imp1.example.com")).auth().refused(15, "not-authorized");
        (catalogue().severity(&one(&story, xmpp::WRONG_NODE)), super::exit(&found(&story)))
    };
    assert_eq!(told("imp1.example.com"), (super::Severity::Info, 0));
    assert_eq!(told("imp9.example.com"), (super::Severity::Critical, 2));
}

/// UDS and EPASSoap are asked with the password and answer so, and then nodes refuse it.
fn refused_by(uds: u16, nodes: &[&str]) -> Story {
    let mut story = Story::walking(&[super::DNS]);
    story.good(HttpWhat::Version).good(HttpWhat::ClusterUser).good(HttpWhat::Servers);
    if uds == 200 {
        story.good(HttpWhat::User);
        story.good(HttpWhat::ServiceProfile).exchange(HttpWhat::EpasLogin, 200, super::walk_story::LOGGED_IN);
    } else {
        story.exchange(HttpWhat::User, uds, "");
    }
    for node in nodes {
        story.until_auth(node).refused(15, "not-authorized");
    }
    story
}

#[test]
fn a_password_that_others_accepted_in_the_same_run_is_not_suspected() {
    let finding = one(&refused_by(200, &["imp1.example.com"]), xmpp::AUTH_REFUSED);
    assert_eq!(finding.arg("compare"), Some("UDS on cucm1 and EPASSoap on imp1 accepted this password"));
    let text = catalogue().text(&finding);
    assert!(text.causes[0].contains("is not the user's presence domain"), "{:?}", text.causes);
    assert!(text.causes[1].contains("its copy of the LDAP authentication settings"), "{:?}", text.causes);
    for gone in ["user id, password or token do not fit", "The account is locked", "Try the same account"] {
        assert!(!text.causes.iter().chain(&text.remedies).any(|line| line.contains(gone)), "{gone}");
    }
    assert!(text.remedies.iter().any(|line| line.starts_with("Do not reset a password that UDS on cucm1")));
    assert!(super::headline(&finding).contains("UDS on cucm1 and EPASSoap on imp1 accepted this password."));
}

#[test]
fn a_password_that_another_service_refused_too_is_suspected_first_and_not_tried_again() {
    let finding = one(&refused_by(401, &["imp1.example.com"]), xmpp::AUTH_REFUSED);
    assert_eq!(finding.arg("compare"), Some("UDS on cucm1 refused this password too"));
    let text = catalogue().text(&finding);
    assert!(text.causes[0].contains("user id, password or token do not fit"), "{:?}", text.causes);
    assert!(!text.remedies.iter().any(|line| line.contains("by another way")), "{:?}", text.remedies);
}

#[test]
fn without_another_check_of_the_password_one_by_another_way_is_advised() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").refused(15, "not-authorized");
    let finding = one(&story, xmpp::AUTH_REFUSED);
    assert_eq!((finding.arg("compare"), finding.arg("tried")), (None, None));
    let text = catalogue().text(&finding);
    assert!(
        text.remedies[0].contains("by another way") && text.causes[0].contains("password or token do not fit")
    );
}

#[test]
fn another_node_that_would_take_the_user_is_no_cause_once_all_have_refused() {
    let moved = |nodes: &[&str]| {
        let text = catalogue().text(&one(&refused_by(200, nodes), xmpp::AUTH_REFUSED));
        text.causes.iter().any(|cause| cause.contains("another node then takes the same login"))
    };
    assert!(moved(&["imp1.example.com"]));
    assert!(!moved(&["imp1.example.com", "imp2.example.com"]));
}
