//! Inside and outside of the same user, as rows, as lines, and in the tables of control experiments.

use super::super::code::xmpp;
use super::super::{control, inside_outside, inside_outside_lines};
use super::edge::{CONFIG, INSIDE, THROUGH, healthy};
use super::walk_story::{DNS, HTML, USER, srv};
use super::{one, walk};
use crate::discovery::Route;
use crate::findings::{PointsAt, SideRow};
use crate::journal::{Ask, Clients, HttpAsk, HttpWhat, OpId, Purpose};
use crate::progress::story::{Story, cert, good};

fn rows(story: &Story) -> Vec<SideRow> {
    inside_outside(&story.progress(), &walk(story))
}

/// `inside / outside` of a step.
fn told(rows: &[SideRow], step: &str) -> String {
    let row = rows.iter().find(|row| row.step == step).unwrap_or_else(|| panic!("no {step}"));
    let word = |passed: &Option<super::super::Passed>| passed.as_ref().map_or("-", |passed| passed.outcome);
    format!("{} / {}", word(&row.inside), word(&row.outside))
}

/// All ways, with an edge that says where things are inside.
fn begun() -> Story {
    let mut story = Story::walking_as(Clients::All, &[DNS]);
    story.routes_but(Route::CollabEdge);
    story.route(Route::CollabEdge, vec![srv("expe.example.com", 8443)]);
    story.good(HttpWhat::User);
    let op = story.requests(HttpWhat::EdgeConfig, CONFIG);
    story.secured(op, cert(), good(true, ""), true, true);
    story.written(op, HttpWhat::EdgeConfig).replied(op, 8, 200, &healthy());
    story
}

/// The user's record, through the edge.
fn handed_on(story: &mut Story, status: u16, body: &str) {
    let ask = HttpAsk::new(HttpWhat::User, THROUGH.into(), Vec::new()).inside(INSIDE);
    let op = story.child(OpId(1), Ask::Http(ask));
    story.written(op, HttpWhat::User).replied(op, 8, status, body);
}

/// A login at the front end of the edge, up to its `<auth>`.
fn at_the_edge(story: &mut Story) -> &mut Story {
    story.login_by("expe.example.com", "_collab-edge._tls").mechanisms().auth()
}

#[test]
fn each_side_has_what_was_asked_on_it_and_nothing_of_the_other() {
    let mut story = begun();
    handed_on(&mut story, 502, HTML);
    story.login_at("imp1.example.com", Some(true)).mechanisms().auth().falls_silent(Story::all_acked);
    at_the_edge(&mut story).refused(21, "not-authorized");
    let rows = rows(&story);
    let all: Vec<(&str, String)> = rows.iter().map(|row| (row.step, told(&rows, row.step))).collect();
    let expected = [
        ("srv", "ok / ok"),
        ("certificate", "ok / ok"),
        ("edge_config", "- / ok"),
        ("uds", "ok / failed"),
        ("service_profile", "- / -"),
        ("epas", "- / -"),
        ("tcp", "ok / ok"),
        ("tls", "ok / ok"),
        ("mechanisms", "ok / ok"),
        ("auth", "silent / refused"),
        ("session", "- / -"),
    ];
    assert_eq!(all, expected.map(|(step, words)| (step, words.to_owned())));
    assert!(rows.iter().filter_map(|row| row.outside.as_ref()).any(|passed| passed.entry.is_some()));
    insta::assert_snapshot!("inside_outside_120", inside_outside_lines(&rows, 120).join("\n"));
    insta::assert_snapshot!("inside_outside_60", inside_outside_lines(&rows, 60).join("\n"));
}

#[test]
fn no_line_is_wider_than_asked_and_what_servers_say_obeys_nobody() {
    let mut story = begun();
    handed_on(&mut story, 200, USER);
    at_the_edge(&mut story).refused(21, "\u{1b}[2J\u{202e}not-authorized at all by whoever looks at this");
    let rows = rows(&story);
    for width in [60, 80, 120] {
        for line in inside_outside_lines(&rows, width) {
            assert!(unicode_width::UnicodeWidthStr::width(line.as_str()) <= width, "{width}: {line}");
            assert!(!line.contains(['\u{1b}', '\u{202e}']), "{line:?}");
        }
    }
}

#[test]
fn there_are_no_sides_where_one_alone_was_walked_with_a_credential() {
    let mut inside = Story::walking_as(Clients::All, &[DNS]);
    inside.silent_at("imp1.example.com");
    assert_eq!(rows(&inside), []);
    let mut outside = Story::walking_as(Clients::Edge, &[DNS]);
    at_the_edge(&mut outside).refused(21, "not-authorized");
    assert_eq!(rows(&outside), []);
    assert_eq!(inside_outside_lines(&[], 80), [""; 0]);
}

/// imp1 refuses not even an impossible mechanism; EPASSoap on it is quick.
fn stuck() -> Story {
    let mut story = begun();
    story.login_at("imp1.example.com", Some(true)).mechanisms().auth().falls_silent(Story::all_acked);
    story.epas_after(240).asked("imp1.example.com", Purpose::ImpossibleMechanism).replies(false, "");
    story
}

#[test]
fn the_edge_speaks_for_the_connection_manager_as_the_cause_and_never_against_it() {
    let mut story = stuck();
    at_the_edge(&mut story).refused(21, "not-authorized");
    let table = control(&story.progress(), &walk(&story)).remove(0);
    assert_eq!(table.points_at, Some(PointsAt::XcpCm));
    assert!(
        table.why.contains("Through the edge") && table.why.contains("is answered, which fits"),
        "{}",
        table.why
    );
    assert!(table.edge.is_some() && table.other_nodes.is_empty());
    let lines = super::super::control_lines(&table, 100).join("\n");
    assert!(lines.contains("<auth> by the edge expe"), "{lines}");
    let silence = one(&story, xmpp::AUTH_SILENT);
    assert!(silence.arg("compare").unwrap().contains("expe (edge) answered <auth>"), "{silence:?}");

    let mut story = stuck();
    at_the_edge(&mut story).falls_silent(Story::all_acked);
    let table = control(&story.progress(), &walk(&story)).remove(0);
    assert_eq!(table.points_at, Some(PointsAt::XcpCm), "a silence at the edge takes nothing away");
    assert!(table.why.contains("does not explain: look at what stands behind it as well"), "{}", table.why);
}
