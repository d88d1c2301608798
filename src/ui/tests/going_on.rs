//! What goes on by the user's word while its page is closed, and what is not offered once it was made.

use super::asked::{CONTROL, HOST, experiment, goes_on, impossible_is_answered, screen, silent_home};
use super::*;
use crate::journal::{Outcome, Purpose, Read, StageMark, UserAct, WaitMark};
use crate::ui::popup::{Popup, Question};
use story::IMP2;

const HINT: usize = 19;
const SEPARATORS: &str = "k control experiment · A same login on all nodes";

fn control() -> UserAct {
    UserAct::Control { host: HOST.into(), port: 5222 }
}

fn refused(story: &mut Story) -> &mut Story {
    let read = Read::SaslFailure { condition: "not-authorized".into(), text: None };
    story.received("<failure><not-authorized/></failure>", read).mark(WaitMark::Answered);
    story.stage(Stage::Auth, StageMark::Refused)
}

#[test]
fn an_experiment_that_goes_on_is_said_on_the_main_page_with_what_is_answered() {
    let mut story = silent_home();
    let mut screen = screen(&story, 80, 24);
    let known = story.entries().len();
    story.acts(control());
    goes_on(&mut screen, &story, known);
    assert_eq!(screen.row(HINT), " control experiment runs on imp1 · k shows it");
    let known = story.entries().len();
    impossible_is_answered(&mut story);
    goes_on(&mut screen, &story, known);
    assert_eq!(screen.row(HINT), " control experiment runs on imp1 (2 of 4 answered) · k shows it");
    screen.press("g");
    assert_eq!(screen.row(HINT), " control experiment runs on imp1 (2 of 4 answered) · k shows it", "on a route");
    let mut over = super::asked::screen(&experiment(), 80, 24);
    assert!(!over.row(HINT).contains("runs"), "{}", over.row(HINT));
    assert!(
        over.press("q").iter().all(|effect| !matches!(effect, Effect::Local(Local::Quit))),
        "the login itself is connected"
    );
    assert!(!over.text().contains("The control experiment"), "{}", over.text());
}

#[test]
fn a_login_that_waits_for_the_user_keeps_its_hint() {
    let mut story = silent_home();
    story.ended(Outcome::ok()).acts(control());
    story.reach_mechanisms(OpId(60), HOST, Some(true));
    let mut screen = screen(&story, 80, 24);
    assert!(screen.row(HINT).contains("runs on imp1"), "{}", screen.row(HINT));
    screen.model.standing(OpId(60), held(Hold::Step));
    screen.draw();
    assert!(screen.row(HINT).contains("n sends it · c runs on"), "{}", screen.row(HINT));
}

#[test]
fn a_run_on_all_nodes_is_said_until_every_node_has_answered_or_is_silent() {
    let mut story = silent_home();
    story.acts(UserAct::AllNodes);
    let mut screen = screen(&story, 80, 24);
    assert_eq!(screen.row(HINT), " same login on all nodes runs (0 of 1 answered) · A shows it");
    let known = story.entries().len();
    story.reach_mechanisms(IMP2, "imp2.example.test", Some(false)).auth();
    goes_on(&mut screen, &story, known);
    assert_eq!(screen.row(HINT), " same login on all nodes runs (0 of 1 answered) · A shows it");
    let known = story.entries().len();
    story.after(21_000).received("<success/>", Read::Success).mark(WaitMark::Answered).ended(Outcome::ok());
    goes_on(&mut screen, &story, known);
    assert_eq!(screen.row(HINT), " r retry login · k control experiment", "all nodes were asked");
}

#[test]
fn q_says_what_goes_on_and_asks_even_where_no_login_is_stepped() {
    let mut story = silent_home();
    story.ended(Outcome::ok()).acts(control());
    story.control(CONTROL, HOST, Purpose::ImpossibleMechanism);
    let mut screen = screen(&story, 80, 24);
    screen.model.standing(IMP1, Standing { alive: false, ..held(Hold::Over) });
    assert!(screen.press("q").is_empty());
    assert!(matches!(screen.model.popups.last(), Some(Popup::Question(Question::Quit))));
    assert!(screen.text().contains("The control experiment runs on imp1 (1 of 4 answered)."), "{}", screen.text());
    assert!(!screen.text().contains("A login is still connected"), "{}", screen.text());
    assert!(matches!(screen.press("y")[..], [Effect::Local(Local::Quit)]));
}

#[test]
fn what_was_made_for_a_login_is_not_offered_again_until_there_is_a_newer_one() {
    let mut story = experiment();
    assert_eq!(screen(&story, 80, 24).row(HINT), " r retry login · A same login on all nodes");
    story.acts(UserAct::AllNodes).reach_mechanisms(IMP2, "imp2.example.test", Some(false)).auth().falls_silent();
    story.ended(Outcome::ok());
    assert_eq!(screen(&story, 80, 24).row(HINT), " r retry login · F what to do · k, A shows what came");
    story.reach_mechanisms(OpId(60), HOST, Some(true)).auth().falls_silent();
    let mut again = screen(&story, 80, 24);
    again.model.standing(OpId(60), waiting());
    again.draw();
    assert_eq!(again.row(HINT), " r retry login · k control experiment");
}

#[test]
fn after_a_late_refusal_no_other_password_is_offered() {
    let mut story = silent_home();
    refused(story.after(20_000_000));
    let mut late = screen(&story, 80, 24);
    assert!(late.row(20).contains("XMPP_AUTH_REFUSED_LATE"), "{}", late.row(20));
    assert_eq!(late.row(HINT), format!(" F what to do · {SEPARATORS} · r retry login"));
    late.press("P");
    assert!(matches!(late.model.popups.last(), Some(Popup::Password(..))), "the key does what it did");
    let mut quick = silent_home();
    quick.ended(Outcome::ok()).reach_mechanisms(OpId(60), HOST, Some(true)).auth();
    refused(quick.after(3000)).ended(Outcome::ok());
    let mut screen = screen(&quick, 80, 24);
    screen.model.standing(OpId(60), waiting());
    screen.draw();
    assert!(screen.row(HINT).contains("P another password first"), "{}", screen.text());
}

#[test]
fn a_message_that_is_longer_than_a_line_is_shown_whole_until_the_next_key() {
    let path = format!("~/.local/state/impscope/reports/20260115T021411Z-{}.md", "alice@example.test".repeat(3));
    let mut screen = screen(&silent_home(), 80, 24);
    let verdict = screen.row(20);
    for keys in ["Down", "F"] {
        screen.press(keys);
        screen.model.notice(format!("report: {path}"));
        screen.draw();
        let shown: String = screen.text().lines().skip(18).map(str::trim).collect();
        assert!(shown.contains(&path), "{keys}\n{}", screen.text());
    }
    screen.press("Esc Up");
    assert_eq!(screen.row(20), verdict);
}

#[test]
fn a_silence_before_auth_is_named_where_an_experiment_cannot_be_made() {
    let mut story = Story::new(false);
    story.login(IMP1, HOST, Some(true)).stage(Stage::Tcp, StageMark::Entered).stage(Stage::Tcp, StageMark::Passed);
    story.stage(Stage::Stream, StageMark::Entered).sent("stream header", "<stream:stream>", None);
    story.wait(crate::journal::Awaited::StreamHeader).falls_silent();
    let mut screen = screen(&story, 80, 24);
    screen.press("k");
    assert!(screen.model.popups.is_empty());
    let said = [HINT, HINT + 1].map(|row| screen.row(row).trim().to_owned()).join(" ");
    let words = "silent on imp1: the server's <stream:stream>. The control experiment is for a silent <auth>";
    assert!(said.contains(words) && !said.contains('…'), "{}", screen.text());
}
