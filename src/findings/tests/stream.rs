//! Stories about the stream: STARTTLS, errors, ends, and bytes that are no XMPP.

use super::super::code::{tcp, tls, xmpp};
use super::{Scenario, alone, beside, catalogue, codes, found, one};
use crate::journal::{
    Ask, Awaited, ClosedBy, Fact, How, LoginAsk, OpId, Outcome, Payload, Read, Remark, Stage, StageMark, TlsMode,
    UserAct, XmppFact,
};
use crate::progress::story::{Story, features, outcome};

pub(super) const SCENARIOS: &[Scenario] = &[
    alone(xmpp::STARTTLS_REFUSED, |story, fact| {
        story.login("imp1.example.com").tcp().stream(Stage::Stream, features(Some(true), &[], false));
        story.enter(Stage::Starttls).sent("starttls", "<starttls/>", 0, None);
        story.received(if fact { Read::StarttlsFailure } else { Read::Proceed });
    }),
    alone(xmpp::NO_STARTTLS, |story, fact| {
        let starttls = if fact { None } else { Some(false) };
        story.login("imp1.example.com").tcp().stream(Stage::Stream, features(starttls, &["PLAIN"], false));
    }),
    alone(xmpp::BYTES_BEHIND_PROCEED, |story, fact| {
        story.login("imp1.example.com").tcp().starttls();
        if fact {
            story.remark(Remark::BytesBehindProceed { bytes: 12 });
        }
    }),
    alone(xmpp::SEE_OTHER_HOST, |story, fact| {
        error(story, if fact { "see-other-host" } else { "host-unknown" });
    }),
    alone(xmpp::CONFLICT, |story, fact| {
        error(story, if fact { "conflict" } else { "host-unknown" });
    }),
    beside(xmpp::NO_DIRECT_TLS, &[tcp::REFUSED], |story, fact| {
        at_once(story, if fact { TlsMode::Direct } else { TlsMode::Starttls });
        story.connect("10.1.2.11:5223", 1, outcome(How::Refused, "ECONNREFUSED")).ended(How::Refused, "");
    }),
    alone(xmpp::STREAM_ERROR, |story, fact| {
        error(story, if fact { "host-unknown" } else { "see-other-host" });
    }),
    alone(xmpp::BIND_REFUSED, |story, fact| {
        let kind = if fact { "error" } else { "result" }.to_owned();
        story.until_auth("imp1.example.com").succeeded(21).bind();
        story.answered(4, Read::Iq { kind, id: None, error: Some("conflict".into()) });
    }),
    alone(xmpp::SESSION_REFUSED, |story, fact| {
        let kind = if fact { "error" } else { "result" }.to_owned();
        story.until_auth("imp1.example.com").succeeded(21).bound().session();
        story.answered(4, Read::Iq { kind, id: None, error: Some("forbidden".into()) });
    }),
    alone(xmpp::NOT_XML, |story, fact| {
        story.login("imp1.example.com").tcp().enter(Stage::Stream);
        let what = "text before the stream".to_owned();
        story.received(if fact { Read::Refused { what, at: 0 } } else { Read::Declaration });
    }),
    alone(xmpp::LIMIT_MET, |story, fact| {
        story.until_mechanisms("imp1.example.com");
        let limit = "element size".to_owned();
        story.remark(if fact {
            Remark::LimitMet { limit, value: 1_048_576 }
        } else {
            Remark::OtherId { came: limit }
        });
    }),
    alone(xmpp::CLOSED, |story, fact| {
        story.login("imp1.example.com").tcp().enter(Stage::Stream).sent(
            "stream header",
            "<stream:stream>",
            0,
            None,
        );
        story.after(40).closed(if fact { ClosedBy::PeerFin } else { ClosedBy::Us }, None);
    }),
];

/// A login that enters TLS so.
fn at_once(story: &mut Story, tls: TlsMode) {
    let ask = LoginAsk { tls, port: 5223, ..LoginAsk::of_alice("imp1.example.com") };
    let op = story.child(OpId(1), Ask::Login(ask));
    story.of(op).enter(Stage::Tcp);
}

fn error(story: &mut Story, condition: &str) {
    story.login("imp1.example.com").tcp().enter(Stage::Stream).header();
    let other_host = Some("imp2.example.com:5222".into());
    story.received(Read::StreamError { condition: condition.into(), text: Some("go away".into()), other_host });
    story.stage(Stage::Stream, StageMark::Failed).received(Read::StreamClose).closed(ClosedBy::PeerFin, None);
    story.ended(How::Refused, condition);
}

#[test]
fn what_comes_behind_a_complete_login_is_milder() {
    let (condition, what) = ("reset".to_owned(), "not well-formed".to_owned());
    for (read, code) in [
        (Read::StreamError { condition, text: None, other_host: None }, xmpp::STREAM_ERROR),
        (Read::Refused { what, at: 9 }, xmpp::NOT_XML),
    ] {
        for (complete, exit) in [(true, 1), (false, 2)] {
            let mut story = Story::new();
            story.until_auth("imp1.example.com").succeeded(21).bind();
            if complete {
                story.stage(Stage::Bind, StageMark::Passed);
                story.stage(Stage::Session, StageMark::Skipped { why: String::new() });
            }
            story.received(read.clone());
            assert_eq!(one(&story, code).arg("afterwards").is_some(), complete, "{code}");
            assert_eq!(super::exit(&found(&story)), exit, "{code}");
        }
    }
}

#[test]
fn an_error_behind_the_bind_result_refuses_no_bind() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").succeeded(21).bound();
    story.received(Read::Iq { kind: "error".into(), id: Some("bind_1".into()), error: Some("conflict".into()) });
    assert!(!codes(&found(&story)).contains(&xmpp::BIND_REFUSED));
}

#[test]
fn what_follows_an_error_or_a_refusal_is_no_unexplained_end() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").refused(15, "not-authorized").received(Read::StreamClose);
    story.closed(ClosedBy::PeerFin, None).ended(How::Refused, "not-authorized");
    assert_eq!(found(&story).len(), 1);
}

#[test]
fn the_peers_answer_to_our_own_end_is_none_either() {
    let mut story = Story::new();
    story.until_mechanisms("imp1.example.com").sent("stream end", "</stream:stream>", 0, None);
    story.received(Read::StreamClose).closed(ClosedBy::PeerFin, None).ended(How::Stopped, "");
    assert!(found(&story).is_empty());
}

#[test]
fn an_end_without_a_reason_says_at_which_stage() {
    let mut story = Story::new();
    story.until_auth("imp1.example.com").succeeded(21).bind().after(1500).received(Read::StreamClose);
    story.closed(ClosedBy::PeerFin, None);
    let finding = one(&story, xmpp::CLOSED);
    assert_eq!((finding.arg("stage"), finding.arg("took")), (Some("bind"), Some("1.5 s")));
    assert_eq!(finding.arg("how"), Some("by </stream:stream>"));
}

#[test]
fn an_end_after_the_login_was_complete_is_no_fault() {
    let mut story = Story::new();
    story.whole("imp1.example.com").closed(ClosedBy::PeerFin, None);
    assert!(found(&story).is_empty());
}

#[test]
fn a_comment_is_milder_than_a_web_server() {
    let told = |what: &str| {
        let mut story = Story::new();
        story.login("imp1.example.com").tcp().received(Read::Refused { what: what.into(), at: 7 });
        catalogue().severity(&one(&story, xmpp::NOT_XML))
    };
    assert_eq!(told("comment"), super::Severity::Warning);
    assert_eq!(told("text before the stream"), super::Severity::Critical);
}

#[test]
fn a_service_that_names_itself_is_named() {
    let told = |text: &str| {
        let mut story = Story::new();
        story.login("imp1.example.com").tcp().enter(Stage::Stream);
        let payload = Payload::cut(text.as_bytes(), &[]);
        story.xmpp(XmppFact::Partial { payload, bytes: text.len() as u64 });
        one(&story, xmpp::NOT_XML).arg("looks").map(str::to_owned)
    };
    assert_eq!(told("SSH-2.0-OpenSSH_9.6").as_deref(), Some(", and looks like the banner of SSH"));
    assert_eq!(told("\u{15}\u{3}\u{3}\0\u{2}").as_deref(), Some(", and looks like an alert of TLS"));
    assert_eq!(told("what nobody knows").as_deref(), Some(""));
}

#[test]
fn a_web_server_that_keeps_the_connection_open_is_no_silent_xmpp_server() {
    let told = |text: &str| {
        let mut story = Story::new();
        story.login("imp1.example.com").tcp().enter(Stage::Stream);
        story.sent("stream header", "<stream:stream>", 0, None).wait(Awaited::StreamHeader);
        let payload = Payload::cut(text.as_bytes(), &[]);
        story.xmpp(XmppFact::Partial { payload, bytes: text.len() as u64 }).falls_silent(Story::all_acked);
        one(&story, xmpp::STREAM_SILENT).explained_by
    };
    assert_eq!(told("HTTP/1.1 400 Bad Request"), Some(xmpp::NOT_XML));
    assert_eq!(told("<stream:stream xmlns"), None);
}

#[test]
fn bytes_that_are_no_xmpp_explain_the_end_that_follows() {
    let mut story = Story::new();
    story.login("imp1.example.com").tcp().enter(Stage::Stream);
    story.received(Read::Refused { what: "text before the stream".into(), at: 0 }).closed(ClosedBy::PeerFin, None);
    assert_eq!(one(&story, xmpp::CLOSED).explained_by, Some(xmpp::NOT_XML));
}

#[test]
fn a_handshake_that_is_cut_off_and_a_reset_behind_it_are_one_cause() {
    let mut story = Story::new();
    story.login("imp1.example.com").tcp().starttls().enter(Stage::Tls);
    story.handshake(9, crate::progress::story::outcome(How::Lost, "")).closed(ClosedBy::PeerReset, None);
    let unexplained: Vec<_> = found(&story).into_iter().filter(|found| found.explained_by.is_none()).collect();
    assert_eq!(unexplained.len(), 1);
}

#[test]
fn once_clear_text_is_allowed_its_absence_of_tls_no_longer_hides_what_is_graver() {
    let told = |host: &str| {
        let mut story = Story::new();
        story.login("imp1.example.com");
        story.saw(Fact::User(UserAct::AllowedCleartext { host: host.into() }));
        story.tcp().stream(Stage::Stream, features(None, &["PLAIN"], false));
        catalogue().severity(&one(&story, xmpp::NO_STARTTLS))
    };
    assert_eq!(told("imp1.example.com"), super::Severity::Warning);
    assert_eq!(told("imp2.example.com"), super::Severity::Critical);
}

#[test]
fn a_session_that_gives_way_once_the_login_is_complete_is_milder() {
    let mut story = Story::new();
    story.whole("imp1.example.com");
    let (condition, text, other_host) = ("conflict".to_owned(), None, None);
    story.received(Read::StreamError { condition, text, other_host }).closed(ClosedBy::PeerFin, None);
    assert_eq!(codes(&found(&story)), [xmpp::CONFLICT].into());
    assert_eq!(catalogue().severity(&one(&story, xmpp::CONFLICT)), super::Severity::Warning);
}

/// A handshake that is begun at once on an open port ends so.
fn shakes_at_once(ended: Outcome) -> Story {
    let mut story = Story::new();
    at_once(&mut story, TlsMode::Direct);
    story.connect("10.1.2.11:5223", 1, Outcome::ok()).enter(Stage::Tls).handshake(4, ended);
    story
}

#[test]
fn a_port_without_tls_explains_what_came_of_a_client_hello_there() {
    for (ended, effect) in [
        (outcome(How::Broken, "received corrupt message of type InvalidContentType"), tls::ALERT),
        (outcome(How::Lost, "FIN"), xmpp::CLOSED),
        (outcome(How::Lost, "ECONNRESET"), tcp::RESET),
    ] {
        let story = shakes_at_once(ended);
        assert_eq!(codes(&found(&story)), [xmpp::NO_DIRECT_TLS, effect].into());
        assert_eq!(one(&story, effect).explained_by, Some(xmpp::NO_DIRECT_TLS));
    }
}

#[test]
fn an_alert_and_a_silence_are_no_missing_tls() {
    for ended in [outcome(How::Refused, "HandshakeFailure"), outcome(How::TimedOut, "")] {
        assert!(!codes(&found(&shakes_at_once(ended))).contains(&xmpp::NO_DIRECT_TLS));
    }
}

#[test]
fn a_port_without_tls_is_milder_where_another_one_serves() {
    let mut story = shakes_at_once(outcome(How::Lost, "FIN"));
    let severity = |story: &Story| catalogue().severity(&one(story, xmpp::NO_DIRECT_TLS));
    assert_eq!(severity(&story), super::Severity::Critical);
    story.until_mechanisms("imp1.example.com");
    assert_eq!(severity(&story), super::Severity::Warning);
}
