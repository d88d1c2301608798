//! Stories about what was waited for and did not come.

use super::super::code::xmpp;
use super::{Scenario, Severity, alone, beside, catalogue, codes, found, lines, one};
use crate::journal::{Awaited, ClosedBy, Read, Stage, WaitMark};
use crate::progress::story::{Story, features};

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(xmpp::STREAM_SILENT, |story, fact| {
        story.login("imp1.example.com").tcp().enter(Stage::Stream).sent(
            "stream header",
            "<stream:stream>",
            0,
            None,
        );
        ends(story.wait(Awaited::StreamHeader), fact);
    }),
    alone(xmpp::NO_FEATURES, |story, fact| {
        story.login("imp1.example.com").tcp().enter(Stage::Stream).sent(
            "stream header",
            "<stream:stream>",
            0,
            None,
        );
        ends(story.header().wait(Awaited::Features), fact);
    }),
    alone(xmpp::STARTTLS_SILENT, |story, fact| {
        story.login("imp1.example.com").tcp().stream(Stage::Stream, features(Some(true), &[], false));
        ends(story.enter(Stage::Starttls).sent("starttls", "<starttls/>", 0, None).wait(Awaited::Proceed), fact);
    }),
    alone(xmpp::AUTH_SILENT, |story, fact| ends(story.until_auth("imp1.example.com"), fact)),
    alone(xmpp::BIND_SILENT, |story, fact| {
        ends(story.until_auth("imp1.example.com").succeeded(21).bind(), fact);
    }),
    alone(xmpp::SESSION_SILENT, |story, fact| {
        ends(story.until_auth("imp1.example.com").succeeded(21).bound().session(), fact);
    }),
    beside(xmpp::WINDOW_CLOSED, &[xmpp::AUTH_SILENT], |story, fact| {
        let view = |story: &Story| if fact { story.window_closed() } else { story.all_acked() };
        story.until_auth("imp1.example.com").falls_silent(view);
    }),
    beside(xmpp::NOT_ACKED, &[xmpp::AUTH_SILENT], |story, fact| {
        let view = |story: &Story| if fact { story.not_acked() } else { story.all_acked() };
        story.until_auth("imp1.example.com").falls_silent(view);
    }),
];

/// The wait crosses both marks, or only the first.
fn ends(story: &mut Story, silent: bool) {
    if silent {
        story.falls_silent(|story| story.all_acked());
    } else {
        story.after(2000).mark(WaitMark::Slow);
    }
}

/// imp1 silent, imp2 quick: the field report.
pub(super) fn flagship() -> Story {
    let mut story = Story::new();
    story.after(7_000).until_auth("imp1.example.com").falls_silent(|story| story.all_acked());
    let imp1 = story.op();
    story.until_auth("imp2.example.com").refused(21, "not-authorized").of(imp1).after(500);
    story
}

#[test]
fn the_silent_auth_carries_every_value_of_its_text() {
    let finding = one(&flagship(), xmpp::AUTH_SILENT);
    let value = |name: &str| finding.arg(name).unwrap_or_else(|| panic!("no {name}")).to_owned();
    assert_eq!(value("address"), "10.1.2.11:5222");
    assert_eq!(value("account"), "alice@example.com");
    assert_eq!(value("time"), "02:14:07.028Z");
    assert_eq!(value("local"), "10.9.9.5:51544");
    assert_eq!(value("stream_id"), "17124513C1DF");
    assert_eq!((value("tls"), value("offered")), ("TLS 1.2 up".into(), "PLAIN + CISCO-VTG-TOKEN".into()));
    assert_eq!(
        (value("mechanism"), value("xml_bytes"), value("wire_bytes")),
        ("PLAIN".into(), "96".into(), "118".into())
    );
    assert_eq!(value("delivery"), "All 118 wire bytes (96 of XML) acked by 02:14:09.028Z");
    assert_eq!((value("window"), value("back")), ("window open".into(), "0 bytes".into()));
    assert_eq!((value("waited"), value("fin")), ("10.0 s".into(), "no FIN or RST".into()));
    assert_eq!(value("compare"), "imp2 answered <auth> in 21 ms · EPASSoap on imp1 not asked");
}

#[test]
fn the_silent_auth_reads_as_it_should_at_three_in_the_morning() {
    insta::assert_snapshot!(lines(&one(&flagship(), xmpp::AUTH_SILENT), 100).join("\n"));
}

#[test]
fn a_second_node_that_is_silent_is_said_too() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked());
    story.until_auth("imp2.example.com").falls_silent(|story| story.all_acked());
    let silent: Vec<_> = found(&story).into_iter().filter(|finding| finding.code == xmpp::AUTH_SILENT).collect();
    assert_eq!(silent.len(), 2);
    assert_eq!(silent[0].subject, "imp1.example.com");
    assert_eq!(silent[0].arg("compare"), Some("imp2 is silent to <auth> too · EPASSoap on imp1 not asked"));
}

#[test]
fn without_the_kernels_view_nothing_is_claimed_about_our_bytes() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|_| Err("no TCP_INFO here".into()));
    let finding = one(&story, xmpp::AUTH_SILENT);
    assert_eq!(finding.arg("silence"), Some("unknown"));
    assert!(finding.arg("delivery").unwrap().contains("is not known here"));
    assert_eq!(codes(&found(&story)), [xmpp::AUTH_SILENT].into());
}

#[test]
fn a_closed_window_and_a_dead_path_explain_the_silence() {
    for scenario in SCENARIOS.iter().filter(|scenario| !scenario.with.is_empty()) {
        let story = scenario.told(true);
        assert_eq!(one(&story, xmpp::AUTH_SILENT).explained_by, Some(scenario.code));
        assert_eq!(super::verdict(&found(&story)).unwrap().code, scenario.code);
    }
}

#[test]
fn the_end_of_a_silence_is_part_of_its_text() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked()).after(120_000);
    story.closed(ClosedBy::PeerFin, None);
    let finding = one(&story, xmpp::AUTH_SILENT);
    assert_eq!(finding.arg("waited"), Some("130 s"));
    assert_eq!(finding.arg("fin"), Some("then the connection ended after 130 s"));
}

#[test]
fn a_silence_that_was_answered_after_all_did_not_stop_the_login() {
    let severity = |answered: bool| {
        let mut story = Story::new();
        story.until_auth("imp1.example.com").succeeded(21).bind().falls_silent(Story::all_acked);
        if answered {
            story.answered(2000, Read::Bound { jid: "alice@example.com/impscope".into() }).pass(Stage::Bind);
        }
        catalogue().severity(&one(&story, xmpp::BIND_SILENT))
    };
    assert_eq!((severity(false), severity(true)), (Severity::Critical, Severity::Warning));
}
