//! All nodes side by side, as tables.

use super::super::side_by_side;
use super::walk;
use crate::journal::{How, Purpose, Stage};
use crate::progress::story::{Story, outcome};

fn table(story: &Story, width: usize) -> Vec<String> {
    side_by_side(&story.progress(), &walk(story), width)
}

/// Four nodes: home and silent, its partner that refuses, one that refuses connections, one that lets the user in.
fn four() -> Story {
    let mut story = Story::new();
    story.login_at("imp1.example.com", Some(true)).mechanisms().auth().falls_silent(Story::all_acked);
    story.epas_after(240).asked("imp1.example.com", Purpose::OtherWay).replies(false, "");
    story.login_at("imp2.example.com", Some(false)).mechanisms().auth().refused(21, "not-authorized");
    story.login("imp3.example.com").enter(Stage::Tcp);
    story.connect("10.1.2.13:5222", 1, outcome(How::Refused, "ECONNREFUSED"));
    story.stage(Stage::Tcp, crate::journal::StageMark::Refused).ended(How::Refused, "ECONNREFUSED");
    story.whole("imp4.example.com");
    story
}

#[test]
fn nodes_stand_side_by_side_where_there_is_room() {
    insta::assert_snapshot!("side_by_side_80", table(&four(), 80).join("\n"));
    insta::assert_snapshot!("side_by_side_120", table(&four(), 120).join("\n"));
}

#[test]
fn a_node_has_a_line_where_there_is_none() {
    insta::assert_snapshot!("side_by_side_60", table(&four(), 60).join("\n"));
}

#[test]
fn no_line_of_a_table_is_wider_than_asked() {
    for width in [60, 80, 120] {
        for line in table(&four(), width) {
            assert!(unicode_width::UnicodeWidthStr::width(line.as_str()) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn without_a_login_there_is_no_table() {
    assert_eq!(table(&Story::new(), 80), Vec::<String>::new());
}

#[test]
fn the_newest_login_of_a_node_counts_and_the_home_node_stands_first() {
    let mut story = Story::new();
    story.whole("imp2.example.com").silent_at("imp1.example.com");
    story.login_at("imp1.example.com", Some(true)).through();
    let lines = table(&story, 80);
    assert!(lines[0].trim_start().starts_with("imp1 (home)"), "{lines:?}");
    let auth = lines.iter().find(|line| line.starts_with("auth ")).unwrap();
    assert!(!auth.contains("silent"), "{auth}");
}

#[test]
fn names_that_begin_alike_stand_in_full_and_hide_nothing() {
    let mut story = Story::new();
    story.whole("imp.example.com").whole("imp.example.net").whole("im\u{1b}p");
    let shown = table(&story, 120).join("\n");
    assert!(shown.contains("imp.example.com") && shown.contains("imp.example.net"), "{shown}");
    assert!(!shown.contains('\u{1b}'));
}
