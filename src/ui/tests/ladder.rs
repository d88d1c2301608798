//! The ladder as a user meets it.

use insta::assert_snapshot;

use super::story::{IMP1, IMP2, Story};
use super::*;
use crate::console::ladder::Step;
use crate::journal::{KernelReason, Purpose, Read, StageMark, WaitMark};

/// imp1 takes `<auth>`, and then nothing comes for so long.
fn silent_for(us: u64, columns: u16, rows: u16) -> Screen {
    let mut story = Story::new(true);
    story.reach_mechanisms(IMP1, "imp1.example.test", Some(true)).auth();
    let began = story.now();
    story.after(us.min(2_000_000)).mark(WaitMark::Slow);
    if us >= 10_000_000 {
        story.after(8_000_000).mark(WaitMark::Silent).kernel(KernelReason::Silent);
    }
    story.us = began.0 + us;
    let mut screen = Screen::of(&story, columns, rows);
    screen.press("l");
    screen
}

#[test]
fn the_gap_grows_with_the_wait() {
    let shown = |columns, rows| {
        let pages = [3, 10, 130].map(|s| silent_for(s * 1_000_000, columns, rows).text());
        pages.join(&format!("---- later {columns}x{rows}\n"))
    };
    assert_snapshot!(shown(80, 24));
    assert_snapshot!(shown(120, 40));
}

/// The walk of the practice deployment and two logins, with the ladder open.
fn practice(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::of(&Story::practice(), columns, rows);
    screen.press("l");
    screen
}

/// A login each on this many nodes, up to its mechanisms.
fn cluster(nodes: u32) -> Story {
    let mut story = Story::new(false);
    for node in 1..=nodes {
        story.reach_mechanisms(OpId(100 + node), &format!("imp{node}.example.test"), Some(node == 1));
    }
    story
}

#[test]
fn hosts_are_columns_and_what_passed_are_arrows() {
    let (small, mut large) = (practice(80, 24), practice(120, 40));
    assert_snapshot!(small.text());
    large.press("g");
    assert_snapshot!(large.text());
}

#[test]
fn lanes_that_have_no_room_are_named_and_left_and_right_bring_them_in_sight() {
    let mut screen = Screen::of(&cluster(64), 80, 24);
    screen.press("l");
    let first = screen.text();
    assert!(first.contains("client  imp1    imp2") && first.contains("imp64 ("), "{first}");
    screen.press("Right Right");
    let moved = screen.text();
    assert!(moved.contains("‹ imp2 (2) › imp7 (58)") && moved.contains("client  imp3    imp4"), "{moved}");
    assert_snapshot!(moved);
    screen.press("Left Left Left");
    assert_eq!(screen.text(), first);
    for _ in 0..80 {
        screen.press("Right");
    }
    assert!(screen.row(2).contains("imp64  ") && screen.row(2).contains("‹ imp1 …"), "{}", screen.row(2));
}

#[test]
fn the_selected_node_is_in_sight_when_the_ladder_opens() {
    let mut screen = Screen::of(&cluster(64), 80, 24);
    screen.press("G l");
    assert!(screen.row(2).contains("imp64  "), "{}", screen.row(2));
}

#[test]
fn what_comes_moves_nothing_and_is_counted() {
    let mut story = cluster(4);
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("l Up Up");
    let (before, known) = (screen.text(), story.entries().len());
    assert!(screen.row(1).contains("held"), "{before}");
    story.reach_mechanisms(OpId(200), "imp9.example.test", None);
    story.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    screen.draw();
    assert!(screen.row(1).contains("+8 new"), "{}", screen.row(1));
    let steps = |text: &str| {
        text.lines().skip(3).take(18).map(|line| line.chars().take(30).collect::<String>()).collect::<Vec<_>>()
    };
    assert_eq!(steps(&screen.text()), steps(&before));
    screen.press("G");
    assert!(screen.row(1).contains("follow") && screen.text().contains("imp9"), "{}", screen.text());
}

#[test]
fn enter_goes_to_the_entry_of_the_selected_step() {
    let mut screen = practice(80, 24);
    screen.press("Up");
    let Some(Step::Gap(gap)) = screen.model.ladder_choice() else { panic!("{}", screen.text()) };
    let n = gap.n;
    screen.press("Enter");
    assert!(screen.model.popups.is_empty());
    assert_eq!((screen.model.viewport().selected, screen.model.shown_login()), (Some(n), Some(IMP1)));
    assert!(screen.text().contains("no answer to <auth>"), "{}", screen.text());
}

#[test]
fn tab_shows_the_selected_host_alone_and_the_run_again() {
    let mut screen = practice(80, 24);
    let whole = screen.text();
    screen.press("Tab");
    let alone = screen.text();
    assert!(alone.contains("Ladder · imp1.example.test") && !alone.contains("cucm1"), "{alone}");
    assert_snapshot!(alone);
    screen.press("Tab");
    assert_eq!(screen.text(), whole);
    screen.press("Esc");
    assert!(screen.model.popups.is_empty());
}

#[test]
fn an_answer_that_comes_late_closes_the_gap_with_its_time() {
    let mut story = Story::flagship();
    story.after(20_500_000);
    let read = Read::SaslFailure { condition: "not-authorized".into(), text: None };
    story.received("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>", read);
    story.mark(WaitMark::Answered).stage(Stage::Auth, StageMark::Refused);
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("l");
    let text = screen.text();
    assert!(text.contains("nothing for 30.5 s, then it came"), "{text}");
    assert!(text.contains("<failure> not-authorized") && screen.model.next_tick().is_none(), "{text}");
    assert_snapshot!(text);
}

#[test]
fn while_time_passes_only_the_clock_of_the_gap_changes_until_the_gap_grows() {
    let mut screen = silent_for(10_000_000, 80, 24);
    let mut grown = 0;
    for _ in 0..44 {
        let before = screen.terminal.backend().buffer().clone();
        screen.now = screen.model.next_tick().unwrap();
        assert!(screen.draw());
        let changed = before.diff(screen.terminal.backend().buffer()).len();
        match changed {
            1..=4 => {}
            _ => grown += 1,
        }
        assert!(changed < 20, "{:?}", before.diff(screen.terminal.backend().buffer()));
    }
    assert_eq!(grown, 1, "10 s later the gap is a row higher, once");
    screen.now = screen.now.after(std::time::Duration::from_secs(3600));
    screen.draw();
    assert!(screen.text().matches('┊').count() <= 14, "{}", screen.text());
}

#[test]
fn another_logins_gap_has_no_clock() {
    let mut story = Story::flagship();
    story.reach_mechanisms(OpId(30), "imp3.example.test", None);
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Down Down l");
    let (text, tick) = (screen.text(), screen.model.next_tick());
    assert!(text.contains("nothing since 11.205") && tick.is_none(), "{text}");
}

#[test]
fn a_hundred_thousand_arrows_can_be_gone_through() {
    let mut story = Story::new(false);
    story.reach_mechanisms(IMP1, "imp1.example.test", Some(true));
    let mut screen = Screen::of(&story, 80, 24);
    let mut message = story.received("<message/>", Read::Message).entries().last().unwrap().clone();
    for _ in 0..100_000 {
        message.n.0 += 1;
        screen.model.ladder.apply(&message);
    }
    screen.press("l PageUp PageUp Up Up Tab PageUp Tab g G");
    assert_eq!(screen.text().matches("<message>").count(), 19, "{}", screen.text());
}

#[test]
fn the_ladder_draws_at_any_size_and_with_ascii_alone() {
    for (columns, rows) in [(1, 1), (2, 2), (3, 5), (20, 5), (59, 15), (60, 16), (80, 24), (200, 60)] {
        practice(columns, rows).press("Up PageUp Right Left Tab g Down G Enter");
        silent_for(130_000_000, columns, rows).press("Up Tab Enter");
        Screen::of(&cluster(64), columns, rows).press("l Right Right Up Tab");
    }
    let setup = Setup { ascii: true, ..Setup::default() };
    let mut screen = Screen::with(setup, &Story::flagship(), 80, 24);
    screen.press("l");
    let text = screen.text();
    assert!(text.is_ascii() && !text.contains('?'), "{text}");
    assert!(text.contains("|------------>|") || text.contains("|---------+------>"), "{text}");
}

#[test]
fn a_hosts_name_cannot_move_the_cursor() {
    let mut story = Story::new(false);
    let host = "imp1\x1b[2J\u{202e}世界世界世界世界世界.example.test";
    story.reach_mechanisms(IMP1, host, None).control(IMP2, host, Purpose::ImpossibleMechanism);
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("l Up");
    let text = screen.text();
    assert!(!text.contains(|c: char| c != '\n' && (c.is_control() || c == '\u{202e}')), "{text:?}");
}

#[test]
fn there_is_no_ladder_of_nothing() {
    let mut screen = Screen::of(&Story::new(false), 80, 24);
    screen.press("l");
    assert!(screen.model.popups.is_empty());
}
