//! Stories about load, told from a back end that is stuck.

use super::super::code::{control as code, xmpp};
use super::admin_story::{CM, LONG};
use super::control::roots;
use super::{Severity, catalogue, codes, found, one};
use crate::journal::{Awaited, Outcome, Purpose, Stage, WaitMark};
use crate::progress::story::{Story, features, good, names};

const IMP1: &str = "imp1.example.com";

impl Story {
    /// A login that has begun gets its first header after so long, and comes to the mechanisms.
    fn header_after(&mut self, ms: u64) -> &mut Self {
        self.enter(Stage::Tcp).connect("10.1.2.11:5222", 3, Outcome::ok()).pass(Stage::Tcp).enter(Stage::Stream);
        self.sent("stream header", "<stream:stream>", 0, None).wait(Awaited::StreamHeader);
        match ms {
            0..2_000 => self.after(ms),
            _ => self.after(2_000).mark(WaitMark::Slow).after(ms - 2_000),
        };
        self.header().mark(WaitMark::Answered).wait(Awaited::Features).after(2);
        self.received(features(Some(true), &[], false)).mark(WaitMark::Answered).pass(Stage::Stream).proceeds();
        self.tls(good(true, ""), names(true, true)).stream(Stage::StreamTls, features(None, &["PLAIN"], false))
    }
}

#[test]
fn a_slow_look_and_a_quick_auth_on_another_login_are_overload() {
    let mut story = Story::new();
    story.login(IMP1).header_after(4_000).ended(crate::journal::How::Ok, "");
    assert!(!codes(&found(&story)).contains(&xmpp::NODE_OVERLOADED), "nothing is known of <auth>");
    story.until_auth(IMP1).succeeded(21);
    let finding = one(&story, xmpp::NODE_OVERLOADED);
    assert_eq!(finding.arg("slow_at"), Some("the stream header took 4.0 s"));
    assert_eq!(finding.arg("auths"), Some("and answers <auth> in 21 ms"));
    assert_eq!(catalogue().severity(&finding), Severity::Warning);
}

#[test]
fn a_slow_connection_of_the_experiment_counts_too() {
    let mut story = Story::new();
    story.until_auth(IMP1).succeeded(21);
    story.begins(IMP1, Purpose::ImpossibleMechanism).header_after(4_000).auth_by("X-IMPSCOPE-NONE", 0);
    story.refused(4, "invalid-mechanism");
    let finding = one(&story, xmpp::NODE_OVERLOADED);
    assert_eq!(finding.arg("account"), Some("alice@example.com"));
}

#[test]
fn a_slow_look_on_another_node_says_nothing_of_this_one() {
    let mut story = Story::new();
    story.login("imp2.example.com").header_after(4_000);
    story.until_auth(IMP1).succeeded(21);
    assert!(!codes(&found(&story)).contains(&xmpp::NODE_OVERLOADED));
}

#[test]
fn headers_that_come_ever_later_explain_an_auth_that_gets_no_answer() {
    let mut story = Story::new();
    story.login(IMP1).header_after(600).auth().refused(900, "not-authorized");
    story.login(IMP1).header_after(3_000).auth().falls_silent(Story::all_acked);
    let finding = one(&story, xmpp::NODE_OVERLOADED);
    assert_eq!(catalogue().severity(&finding), Severity::Critical);
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, Some(xmpp::NODE_OVERLOADED));
}

#[test]
fn an_administrator_sees_that_the_service_is_started_and_its_sockets_stand_still_all_the_same() {
    let mut story = Story::as_administrator();
    story.login(IMP1).header_after(600).auth().refused(900, "not-authorized");
    story.runs(IMP1, &[(CM, "Started", -1, LONG)]).holds(IMP1, 4977);
    story.login(IMP1).header_after(3_000).auth().falls_silent(Story::all_acked);
    story.after(60_000).holds(IMP1, 4977);
    let finding = one(&story, xmpp::NODE_OVERLOADED);
    let words = super::lines(&finding, 300).join(" ");
    let together = "leaves <auth> without an answer; XCP CM Started, sockets flat at 4977 (the stream header took 3.0 s, ever later)";
    assert!(words.contains(together), "{words}");
    assert_eq!(finding.evidence.len(), 5, "the header, the silence, the service, both counts: {finding:#?}");
}

#[test]
fn overload_is_what_the_experiment_saw_where_it_cannot_tell() {
    let mut story = Story::new();
    story.login(IMP1).header_after(600).auth().falls_silent(Story::all_acked);
    story.begins(IMP1, Purpose::ImpossibleMechanism).header_after(3_000).auth_by("X-IMPSCOPE-NONE", 0);
    story.after(2_000).mark(WaitMark::Slow).refused(1_500, "invalid-mechanism");
    story.begins(IMP1, Purpose::UnknownUser).header_after(5_000).auth().falls_silent(Story::all_acked);
    assert_eq!(roots(&story), [xmpp::NODE_OVERLOADED]);
    assert_eq!(one(&story, code::CANNOT_TELL).explained_by, Some(xmpp::NODE_OVERLOADED));
    let words = super::lines(&one(&story, xmpp::NODE_OVERLOADED), 200).join(" ");
    assert!(words.contains("and leaves <auth> without an answer (") && words.contains(", ever later)"), "{words}");
}

#[test]
fn a_quick_header_and_a_silent_auth_are_no_overload() {
    let mut story = Story::new();
    story.login(IMP1).header_after(5).auth().refused(21, "not-authorized");
    story.login(IMP1).header_after(500).auth().falls_silent(Story::all_acked);
    assert!(!codes(&found(&story)).contains(&xmpp::NODE_OVERLOADED));
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, None);
}

#[test]
fn a_slow_look_and_a_login_that_is_slower_and_silent_are_overload() {
    let mut story = Story::new();
    story.login(IMP1).header_after(2_200).ended(crate::journal::How::Ok, "");
    story.login(IMP1).header_after(2_500).auth().falls_silent(Story::all_acked);
    assert_eq!(roots(&story), [xmpp::NODE_OVERLOADED]);
}

#[test]
fn a_slow_header_that_has_passed_explains_no_silence() {
    let mut story = Story::new();
    story.login(IMP1).header_after(600).ended(crate::journal::How::Ok, "");
    story.login(IMP1).header_after(3_000).ended(crate::journal::How::Ok, "");
    story.login(IMP1).header_after(5).auth().falls_silent(Story::all_acked);
    assert!(!codes(&found(&story)).contains(&xmpp::NODE_OVERLOADED));
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, None);
}

#[test]
fn one_slow_header_alone_does_not_explain_a_silence() {
    let mut story = Story::new();
    story.login(IMP1).header_after(3_000).auth().falls_silent(Story::all_acked);
    assert!(!codes(&found(&story)).contains(&xmpp::NODE_OVERLOADED));
    assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, None);
}
