//! The report on a small story in each format, and on one whose server means harm.

use super::*;
use crate::journal::{
    Ask, Entry, Environment, Event, Fact, How, LoginAsk, Outcome, Read, RunAsk, Stage, UserAct, Wall,
};

use crate::progress::story::{Story, cert, good, names};

fn source() -> Source {
    Source { tool: "impscope 0.0.9".into(), ..Source::default() }
}

/// The entries as they would be with another program.
fn told(entries: &[Entry]) -> String {
    let version = concat!("impscope ", env!("CARGO_PKG_VERSION"));
    markdown(&report(entries, &source())).replace(version, "impscope 9.9.9")
}

/// imp1 leaves `<auth>` without an answer, imp2 answers; east of Greenwich.
fn story() -> Story {
    let environment = Environment {
        tool: "impscope 0.0.9".into(),
        host: "jump1".into(),
        system: "linux x86_64".into(),
        utc_offset_s: 3600,
    };
    let mut story = Story::with(RunAsk {
        domain: "example.com".into(),
        user: "alice".into(),
        slow_ms: 2000,
        silent_ms: 10_000,
        lab: false,
        walk: None,
        environment: Some(Box::new(environment)),
    });
    story.after(7_000).until_auth("imp1.example.com").falls_silent(|story| story.all_acked());
    story.ended(How::TimedOut, "silent").until_auth("imp2.example.com").refused(21, "not-authorized");
    story.ended(How::Refused, "not-authorized");
    story
}

#[test]
fn a_small_story_as_markdown() {
    insta::assert_snapshot!(told(story().entries()));
}

#[test]
fn a_small_story_as_text() {
    let blocks = report(story().entries(), &source());
    insta::assert_snapshot!(
        plain(&blocks).replace(concat!("impscope ", env!("CARGO_PKG_VERSION")), "impscope 9.9.9")
    );
}

#[test]
fn a_small_story_as_html() {
    let blocks = report(story().entries(), &source());
    insta::assert_snapshot!(
        html(&blocks).replace(concat!("impscope ", env!("CARGO_PKG_VERSION")), "impscope 9.9.9")
    );
}

#[test]
fn a_small_story_as_a_recording() {
    let story = story();
    let text = jsonl(story.entries(), Wall(0), &source());
    let again = crate::journal::line::read(&text).unwrap();
    assert_eq!(again.journal.entries().len(), story.entries().len());
    assert_eq!(report(again.journal.entries(), &source()), report(story.entries(), &source()));
}

#[test]
fn the_sections_stand_in_their_order() {
    let text = told(story().entries());
    let sections: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let order = [
        "Environment",
        "Findings",
        "The nodes side by side",
        "Change texts",
        "The path to the nodes",
        "Logins, stage by stage",
        "Ladder",
        "Transcript",
        "What Cisco TAC will ask for",
    ];
    let known: Vec<&str> = order.into_iter().filter(|name| sections.contains(name)).collect();
    assert_eq!(sections, known);
    assert!(sections.len() >= order.len() - 1, "{sections:?}");
}

#[test]
fn a_run_that_was_killed_says_so_and_one_that_ended_does_not() {
    let mut story = story();
    assert!(told(story.entries()).contains("the recording has no end"));
    story.note(crate::journal::OpId(1), None, Event::Ended(Outcome::ok()));
    assert!(!told(story.entries()).contains("the recording has no end"));
    let torn = Source { torn: Some("EOF while parsing".into()), ..source() };
    assert!(markdown(&report(story.entries(), &torn)).contains("last line is incomplete"));
}

#[test]
fn nothing_at_all_is_still_a_report() {
    for entries in [&[][..], &story().entries()[..1]] {
        let text = told(entries);
        assert!(text.contains("UNKNOWN: no login was begun"), "{text}");
    }
}

/// The verdict of the report on this story.
fn verdict(story: &Story) -> String {
    let text = told(story.entries());
    let line = text.lines().find_map(|line| line.split_once("Verdict")).expect("a verdict");
    line.1.trim_matches(|c: char| c == '|' || c == '*' || c == ':' || c == ' ').to_owned()
}

#[test]
fn a_login_that_was_not_made_is_no_success() {
    let look = |story: &mut Story, host: &str| {
        let ask = LoginAsk { until: Stage::StreamTls, ..LoginAsk::of_alice(host) };
        story.begin(host, ask).tcp().starttls().proceeds().tls(good(true, ""), names(true, true)).mechanisms();
        story.ended(How::Ok, "");
    };
    let mut story = Story::new();
    look(&mut story, "imp2.example.com");
    assert_eq!(verdict(&story), "UNKNOWN: no login was made; the nodes were asked up to their mechanisms alone.");
    story.login("imp1.example.com");
    assert_eq!(verdict(&story), "UNKNOWN: the login on imp1.example.com:5222 was still under way at `tcp`.");
    story.ended(How::Stopped, "user");
    assert_eq!(verdict(&story), "UNKNOWN: the login on imp1.example.com:5222 was not carried on at `tcp`.");
    story.whole("imp1.example.com").ended(How::Ok, "");
    look(&mut story, "imp2.example.com");
    assert_eq!(
        verdict(&story),
        "OK: the login on imp1.example.com:5222 came to `session`, and nothing was found wrong."
    );
}

#[test]
fn what_a_newer_login_has_gone_beyond_is_not_the_verdict() {
    let mut story = Story::new();
    let error = Read::StreamError { condition: "not-authorized".into(), text: None, other_host: None };
    story.login("imp1.example.com").tcp().header().received(error).ended(How::Broken, "stream error");
    assert!(verdict(&story).starts_with("CRITICAL XMPP_STREAM_ERROR"), "{}", verdict(&story));
    story.until_auth("imp1.example.com").falls_silent(|story| story.all_acked());
    assert!(verdict(&story).starts_with("CRITICAL XMPP_AUTH_SILENT"), "{}", verdict(&story));
    let text = told(story.entries());
    assert!(text.contains("`XMPP_STREAM_ERROR` imp1.example.com (10.1.2.11:5222), of an earlier login"), "{text}");
    let mut story = self::story();
    story.whole("imp1.example.com").ended(How::Ok, "");
    story.whole("imp2.example.com").ended(How::Ok, "");
    assert!(verdict(&story).ends_with("and what was found wrong is of earlier logins."), "{}", verdict(&story));
}

const HOSTILE: &str = "</pre></td><script>alert(1)</script>\u{202e}\u{1b}[2J\n```\n# heading | cell `x` <img src=x> [a](javascript:b) ````";

/// The same login with a server that means harm wherever it can say something.
fn hostile() -> Story {
    let mut story = Story::new();
    let mut own = cert();
    (own.subject, own.issuer) = (HOSTILE.into(), HOSTILE.into());
    own.names = vec![HOSTILE.into()];
    story.login("imp1.example.com").tcp().starttls().tls_with(own, good(false, HOSTILE), names(true, true), true);
    story.received(Read::StreamOpen { id: Some(HOSTILE.into()), from: Some(HOSTILE.into()), version: None });
    let read = Read::Features {
        starttls: None,
        mechanisms: vec![HOSTILE.into()],
        hostnames: vec![HOSTILE.into()],
        bind: false,
        session: None,
    };
    story.received(read).received(Read::Element { name: HOSTILE.into(), ns: Some(HOSTILE.into()) });
    story.auth();
    story.answered(5, Read::SaslFailure { condition: HOSTILE.into(), text: Some(HOSTILE.into()) });
    story.received(Read::StreamError {
        condition: HOSTILE.into(),
        text: Some(HOSTILE.into()),
        other_host: Some(HOSTILE.into()),
    });
    let xml = format!("<message>{HOSTILE}</message>");
    story.sent("text", &xml, 0, Some(HOSTILE));
    story.saw(Fact::User(UserAct::AskedAgain { what: HOSTILE.into() }));
    let op = story.child(crate::journal::OpId(1), Ask::Resolve { host: HOSTILE.into() });
    story.note(op, None, Event::Ended(Outcome::new(How::Failed, HOSTILE, HOSTILE)));
    story.note(op, None, Event::Unknown(serde_json::json!({ "foretold": HOSTILE })));
    story.stage(Stage::Auth, crate::journal::StageMark::Refused).ended(How::Refused, HOSTILE);
    story
}

fn hides(text: &str) -> bool {
    text.chars().any(|c| c != '\n' && crate::console::visible(c.encode_utf8(&mut [0; 4])) != c.to_string())
}

#[test]
fn hostile_text_hides_nothing_in_any_format() {
    let story = hostile();
    let blocks = report(story.entries(), &source());
    for text in [plain(&blocks), markdown(&blocks), html(&blocks), jsonl(story.entries(), Wall(0), &source())] {
        assert!(text.contains("alert(1)") && !hides(&text));
    }
}

#[test]
fn hostile_text_is_text_in_html() {
    let text = html(&report(hostile().entries(), &source()));
    assert!(!text.contains("<script") && !text.contains("<img"));
    for name in ["pre", "table", "td", "code", "p", "li"] {
        let (opened, closed) = (
            text.matches(&format!("<{name}>")).count() + text.matches(&format!("<{name} ")).count(),
            text.matches(&format!("</{name}>")).count(),
        );
        assert_eq!(opened, closed, "{name}");
    }
}

/// What of a Markdown page stands outside of fences, line by line. A fence ends with one at least as long.
fn outside_fences(page: &str) -> Vec<&str> {
    let (mut open, mut outside) = (0, Vec::new());
    for line in page.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match open {
            0 if ticks >= 3 && !line[ticks..].contains('`') => open = ticks,
            0 => outside.push(line),
            _ if ticks >= open && line.trim_end().len() == ticks => open = 0,
            _ => {}
        }
    }
    assert_eq!(open, 0, "a fence is left open");
    outside
}

/// A line without its code spans and escaped characters.
fn acting(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(c) = rest.chars().next() {
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        if c == '\\' {
            let escaped = rest.chars().nth(1).map_or(0, char::len_utf8);
            rest = &rest[1 + escaped..];
        } else if ticks > 0 {
            let fence = &rest[..ticks];
            let body = &rest[ticks..];
            let closes = |at: &usize| !body[..*at].ends_with('`') && !body[at + ticks..].starts_with('`');
            match body.match_indices(fence).map(|(at, _)| at).find(closes) {
                Some(at) => rest = &body[at + ticks..],
                None => panic!("a code span is left open: {line}"),
            }
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

#[test]
fn hostile_text_is_text_in_markdown() {
    let page = markdown(&report(hostile().entries(), &source()));
    let mut columns = 0;
    for line in outside_fences(&page) {
        let acting = acting(line);
        assert!(!acting.contains(['<', '[']), "{line}");
        assert!(!acting.starts_with("# ") || line.starts_with("# impscope report"), "{line}");
        // A bar in a code span of a cell is escaped too.
        let bars = line.replace("\\|", "").matches('|').count();
        if line.starts_with('|') {
            assert!(columns == 0 || bars == columns, "{line}");
            columns = bars;
        } else {
            columns = 0;
        }
    }
}
