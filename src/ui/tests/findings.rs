//! The findings: list and evidence, and from there to the entry in tree and console.

use super::*;
use crate::findings::Code;
use crate::journal::{EntryNo, Purpose, Read, UserAct, WaitMark};
use crate::ui::geometry::Pane;
use crate::ui::popup::{Popup, Sheet};
use insta::assert_snapshot;
use story::IMP2;
use walked::failing;

const CONTROL: OpId = OpId(40);

/// A screen on a story, imp1's login standing where it is.
fn screen(story: &Story, columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::of(story, columns, rows);
    screen.model.standing(IMP1, waiting());
    screen.draw();
    screen
}

/// The practice deployment, then an impossible mechanism that imp1 is asked about, and answers.
fn with_control() -> Story {
    let mut story = Story::practice();
    story.acts(UserAct::Control { host: "imp1.example.test".into(), port: 5222 });
    asks_impossible(&mut story);
    story
}

fn asks_impossible(story: &mut Story) {
    story.control(CONTROL, "imp1.example.test", Purpose::ImpossibleMechanism);
    story.sent("auth", "<auth mechanism='X-IMPSCOPE-NONE'/>", None).after(3000);
    let read = Read::SaslFailure { condition: "invalid-mechanism".into(), text: None };
    story.received("<failure><invalid-mechanism/></failure>", read).ended(crate::journal::Outcome::ok());
}

fn chosen(screen: &Screen) -> Option<Code> {
    match screen.model.popups.last()? {
        Popup::Findings(pane) => pane.chosen.as_ref().map(|(code, ..)| *code),
        _ => None,
    }
}

fn evidence(screen: &Screen) -> Option<EntryNo> {
    match screen.model.popups.last()? {
        Popup::Findings(pane) => pane.evidence,
        _ => None,
    }
}

/// Opens the findings on this one.
fn open_on(screen: &mut Screen, code: &str) {
    screen.press("F");
    screen.press(&["Up"; 30].join(" "));
    for _ in 0..30 {
        if chosen(screen).is_some_and(|chosen| chosen.name() == code) {
            return;
        }
        screen.press("Down");
    }
    panic!("{code} is not among\n{}", screen.text());
}

/// Goes to the line of the evidence that shows this.
fn to_evidence(screen: &mut Screen, words: &str) -> EntryNo {
    screen.press("Tab");
    for _ in 0..30 {
        let n = evidence(screen).unwrap();
        let line = screen.text().lines().find(|line| line.contains(&format!("  #{} ", n.0))).map(str::to_owned);
        if line.unwrap_or_default().contains(words) {
            return n;
        }
        screen.press("Down");
    }
    panic!("{words} is not in\n{}", screen.text());
}

/// Tree and console stand on an entry: its row is in sight, highlighted and held; its item is in sight.
fn assert_stands_on(screen: &Screen, n: EntryNo) {
    let model = &screen.model;
    assert!(model.popups.is_empty() && model.focus == Pane::Console);
    assert_eq!(model.viewport().selected, Some(n));
    assert!(model.unread().is_some(), "it still follows");
    assert!(model.page.iter().any(|line| line.n == n && line.line == 0), "#{}\n{}", n.0, screen.text());
    let selected = model.selected.as_ref();
    assert!(model.tree_rows().iter().any(|row| Some(&row.item.id) == selected), "{selected:?}");
}

fn selected(screen: &Screen) -> &str {
    &screen.model.selected.as_ref().unwrap().0
}

#[test]
fn the_evidence_of_a_silence_leads_to_the_stage_and_the_stanza() {
    let mut screen = screen(&Story::practice(), 80, 24);
    screen.press("F");
    let list = screen.text();
    let n = to_evidence(&mut screen, "<auth xmlns=");
    let lines = screen.text();
    assert!(screen.press("Enter").is_empty());
    assert_stands_on(&screen, n);
    assert_eq!(selected(&screen), "node:imp1.example.test:5222/login:10/stage:auth");
    assert_snapshot!(format!("{list}\n---- in the evidence\n{lines}\n---- after Enter\n{}", screen.text()));
    screen.press("End");
    assert!(screen.row(1).contains(" follow ") && screen.text().contains("no answer to <auth> for 10.0 s"));
}

#[test]
fn the_findings_at_120x40() {
    let mut screen = screen(&Story::practice(), 120, 40);
    screen.press("F Tab");
    assert_snapshot!(screen.text());
}

#[test]
fn the_evidence_of_a_refused_request_leads_to_its_answer() {
    let mut screen = screen(&failing(), 80, 24);
    open_on(&mut screen, "UDS_AUTH_FAILED");
    let n = to_evidence(&mut screen, "HTTP/1.1 401");
    screen.press("Enter");
    assert_stands_on(&screen, n);
    assert_eq!(selected(&screen), "uds:cucm1.example.test:8443/user");
    assert!(screen.row(1).contains("HTTP · cucm1:8443"), "{}", screen.text());
}

#[test]
fn the_evidence_of_a_question_without_an_answer_leads_to_its_route() {
    let mut screen = screen(&failing(), 80, 24);
    open_on(&mut screen, "DNS_TIMEOUT");
    let n = to_evidence(&mut screen, "!! SRV _xmpp-client");
    screen.press("Enter");
    assert_stands_on(&screen, n);
    assert_eq!(selected(&screen), "route:_xmpp-client._tcp");
}

#[test]
fn every_entry_leads_somewhere_or_is_said_to_have_no_row() {
    let stories = [(80, 24, with_control()), (80, 24, failing()), (59, 15, Story::flagship())];
    for (columns, rows, story) in stories {
        let mut screen = screen(&story, columns, rows);
        for entry in story.entries() {
            screen.press("F");
            screen.model.go_to_entry(entry.n);
            screen.draw();
            let row = screen.model.console.row(entry.n);
            let placed = row.is_some_and(|row| screen.model.console.place_of(row).is_some());
            match screen.model.popups.last() {
                None => assert!(placed, "#{}", entry.n.0),
                Some(Popup::Sheet(Sheet::Entry(n), _)) => assert!(*n == entry.n && !placed, "#{}", n.0),
                Some(_) => {
                    let said = format!("#{} has no row of its own", entry.n.0);
                    let shown = screen.text().lines().map(str::trim).collect::<Vec<_>>().join(" ");
                    assert!(row.is_none() && shown.contains(&said));
                }
            }
            if placed {
                assert_stands_on(&screen, entry.n);
            }
            screen.model.popups.clear();
        }
    }
}

#[test]
fn an_answer_to_a_question_of_the_control_experiment_is_shown_under_its_node() {
    let story = with_control();
    let mut screen = screen(&story, 80, 24);
    let row = screen.model.console.rows().iter().rfind(|row| row.text().contains("invalid-mechanism"));
    let n = row.unwrap().n;
    screen.press("Down F");
    screen.model.go_to_entry(n);
    screen.draw();
    assert_stands_on(&screen, n);
    assert!(selected(&screen).starts_with("node:imp1.example.test:5222"), "{}", selected(&screen));
    // What the user said concerns the whole run: it opens by itself, and Esc leads back.
    let said = story.entries().iter().find(|entry| entry.op == OpId(1) && entry.n.0 > 1).unwrap().n;
    screen.press("F");
    screen.model.go_to_entry(said);
    screen.draw();
    assert!(screen.text().contains("you asked for the control experiment on imp1"), "{}", screen.text());
    screen.press("Esc");
    assert!(matches!(screen.model.popups.last(), Some(Popup::Findings(_))));
}

#[test]
fn closed_parents_are_opened_and_the_rest_stays_as_it_was() {
    let mut screen = screen(&failing(), 120, 40);
    screen.press("g Left Left F");
    assert_eq!(selected(&screen), "route:_cisco-uds._tcp");
    screen.press("Esc");
    assert!(!screen.text().contains("user record"), "{}", screen.text());
    open_on(&mut screen, "UDS_AUTH_FAILED");
    let n = to_evidence(&mut screen, "HTTP/1.1 401");
    screen.press("Enter");
    assert_stands_on(&screen, n);
}

#[test]
fn keys_go_into_the_evidence_and_back_and_close_the_findings() {
    for (into, out) in [("Tab", "Esc"), ("Right", "Left"), ("Enter", "Tab")] {
        let mut screen = screen(&Story::practice(), 80, 24);
        screen.press("F");
        assert!(screen.row(23).contains("Tab evidence") && !screen.row(23).contains("go there"));
        screen.press(into);
        let first = evidence(&screen).expect(into);
        assert!(screen.row(23).contains("Enter go there  Esc back"), "{}", screen.row(23));
        screen.press("Down Down Up");
        assert!(evidence(&screen).unwrap() > first, "{into}");
        screen.press("G");
        let last = evidence(&screen).unwrap();
        screen.press("g PageDown");
        assert_eq!(evidence(&screen), Some(first));
        assert!(last > first);
        screen.press(out);
        assert!(evidence(&screen).is_none() && chosen(&screen).is_some(), "{out}");
        screen.press("Esc");
        assert!(screen.model.popups.is_empty());
    }
}

#[test]
fn a_finding_that_comes_in_moves_neither_the_selected_one_nor_its_evidence() {
    let mut story = failing();
    let mut screen = screen(&story, 80, 24);
    open_on(&mut screen, "UDS_AUTH_FAILED");
    let n = to_evidence(&mut screen, "HTTP/1.1 401");
    let (known, before) = (story.entries().len(), screen.model.verdicts.list.len());
    story.reach_mechanisms(IMP1, "imp1.example.test", Some(true)).auth().falls_silent();
    story.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    screen.draw();
    assert!(screen.model.verdicts.list.len() > before);
    assert_eq!((chosen(&screen).unwrap().name(), evidence(&screen)), ("UDS_AUTH_FAILED", Some(n)));
}

#[test]
fn an_explained_finding_says_by_what() {
    let mut story = Story::flagship();
    story.after(25_000_000);
    let read = Read::SaslFailure { condition: "not-authorized".into(), text: None };
    story.received("<failure><not-authorized/></failure>", read).mark(WaitMark::Answered);
    story.stage(Stage::Auth, crate::journal::StageMark::Refused);
    let mut screen = screen(&story, 80, 24);
    screen.press("F");
    let line = screen.text().lines().find(|line| line.contains("explained by")).map(str::to_owned);
    let line = line.unwrap_or_else(|| panic!("{}", screen.text()));
    assert!(line.contains("XMPP_AUTH_SILENT  imp1, explained by XMPP_AUTH_REFUSED_LATE"), "{line}");
}

#[test]
fn the_findings_draw_at_any_size() {
    for (columns, rows) in [(1, 1), (2, 2), (3, 5), (20, 5), (59, 15), (60, 16), (80, 24), (200, 60)] {
        for keys in ["F", "F Tab", "F Tab G Enter", "F Down Tab Down PageDown Enter End", "F Tab Enter Esc Tab"] {
            screen(&failing(), columns, rows).press(keys);
            screen(&with_control(), columns, rows).press(keys);
        }
    }
    assert_snapshot!({
        let mut screen = screen(&failing(), 60, 16);
        screen.press("F Tab");
        screen.text()
    });
}

#[test]
fn another_login_of_the_node_is_found_under_the_node() {
    let mut story = Story::flagship();
    story.ended(crate::journal::Outcome::ok());
    let earlier = story.entries().iter().rev().find(|entry| entry.op == IMP1).unwrap().n;
    story.after(1000).reach_mechanisms(OpId(30), "imp1.example.test", Some(true));
    let mut screen = screen(&story, 80, 24);
    screen.press("F");
    let row = screen.model.console.rows().iter().rfind(|row| row.op == IMP1).unwrap().n;
    assert!(row <= earlier);
    screen.model.go_to_entry(row);
    screen.draw();
    assert_stands_on(&screen, row);
    assert_eq!(selected(&screen), "node:imp1.example.test:5222");
    assert_ne!(screen.model.shown_login(), Some(IMP2));
}

#[test]
fn on_a_small_screen_the_findings_keep_their_border_and_the_way_out_and_say_what_is_cut() {
    let mut screen = screen(&failing(), 60, 16);
    screen.press("F");
    assert!(screen.row(14).starts_with('└') && screen.row(14).contains(" more below ──┘"), "{}", screen.text());
    assert!(screen.row(15).contains("PageDown more  Esc close"), "{}", screen.text());
    let all = screen.model.verdicts.list.len();
    assert!(screen.text().lines().any(|line| line.ends_with(&format!("{} more │", all - 4))), "{}", screen.text());
    screen.press(&["Down"; 30].join(" "));
    assert!(
        screen.text().lines().any(|line| line.ends_with(&format!("{} above │", all - 4))),
        "{}",
        screen.text()
    );
    let mut large = self::screen(&failing(), 120, 40);
    large.press("F");
    assert!(!large.text().contains(" more │"), "{}", large.text());
}

#[test]
fn explained_faults_stand_before_notes() {
    use crate::findings::Severity;
    let mut story = Story::practice();
    story.after(25_000_000);
    let read = Read::SaslFailure { condition: "not-authorized".into(), text: None };
    story.received("<failure><not-authorized/></failure>", read).mark(WaitMark::Answered);
    story.stage(Stage::Auth, crate::journal::StageMark::Refused);
    let screen = screen(&story, 80, 24);
    let kind = |shown: &crate::ui::verdict::Shown| match shown.finding.explained_by {
        _ if shown.severity == Severity::Info => "note",
        Some(_) => "explained",
        None => "fault",
    };
    let mut kinds: Vec<&str> = screen.model.verdicts.list.iter().map(kind).collect();
    kinds.dedup();
    assert_eq!(kinds, ["fault", "explained", "note"]);
}
