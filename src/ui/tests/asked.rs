//! What needs the user's word: all nodes side by side, the control experiment; what a yes asks for, and what it is
//! said to cost.

use super::*;
use crate::discovery::story::WalkStory;
use crate::journal::{Outcome, Purpose, Read, StageMark, UserAct, WaitMark};
use crate::ui::popup::{Popup, Sheet};
use insta::assert_snapshot;
use story::IMP2;

pub(super) const CONTROL: OpId = OpId(40);
pub(super) const HOST: &str = "imp1.example.test";

/// The practice deployment: imp1 is silent, imp2 was asked up to its mechanisms alone.
pub(super) fn silent_home() -> Story {
    let mut story = Story::behind(WalkStory::practice());
    story.reach_mechanisms(IMP1, HOST, Some(true)).auth().falls_silent();
    story
}

/// The screen on a story: the password is at hand, 2 of 3 attempts are used.
pub(super) fn screen(story: &Story, columns: u16, rows: u16) -> Screen {
    spent(story, 2, false, columns, rows)
}

fn spent(story: &Story, used: u32, hard: bool, columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::of(story, columns, rows);
    screen.model.standing(IMP1, waiting());
    let means = Means { password: true, ..Means::default() };
    screen.model.budget(Budget { means, used, limit: 3, hard });
    screen.draw();
    screen
}

/// What came since, on the screen.
pub(super) fn goes_on(screen: &mut Screen, story: &Story, known: usize) {
    story.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    screen.now = story.now();
    screen.draw();
}

pub(super) fn impossible_is_answered(story: &mut Story) {
    story.control(CONTROL, HOST, Purpose::ImpossibleMechanism).goes_to_mechanisms(CONTROL, HOST);
    story.stage(Stage::Auth, StageMark::Entered);
    story.sent("auth", "<auth mechanism='X-IMPSCOPE-NONE'/>", None).wait(crate::journal::Awaited::AuthAnswer);
    let read = Read::SaslFailure { condition: "invalid-mechanism".into(), text: None };
    story.after(3000).received("<failure><invalid-mechanism/></failure>", read).mark(WaitMark::Answered);
    story.stage(Stage::Auth, StageMark::Refused).ended(Outcome::ok());
}

#[test]
fn all_nodes_are_asked_about_once_with_their_price() {
    let mut screen = screen(&silent_home(), 80, 24);
    assert!(screen.press("A").is_empty());
    let price = "1 more attempt for alice (by password): 2 of 3 are used, the limit becomes 4";
    assert!(screen.text().contains(price), "{}", screen.text());
    assert!(screen.row(23).contains("y yes  Esc no"), "{}", screen.row(23));
    assert!(matches!(screen.press("y")[..], [Effect::Live(Live::AllNodes { attempts: 1 })]));
    assert!(matches!(screen.model.popups.last(), Some(Popup::Sheet(Sheet::AllNodes, _))), "it stays open");
}

#[test]
fn a_no_to_all_nodes_asks_for_nothing() {
    for no in ["Esc", "n", "q"] {
        let mut screen = screen(&silent_home(), 80, 24);
        assert!(screen.press("A").is_empty() && screen.press(no).is_empty(), "{no}");
        assert!(screen.model.popups.is_empty(), "{no}");
    }
}

#[test]
fn a_key_that_is_held_down_says_a_word_once() {
    let mut story = silent_home();
    let mut screen = screen(&story, 80, 24);
    screen.press("A");
    assert_eq!(screen.press("y").len(), 1);
    let known = story.entries().len();
    story.acts(UserAct::AllNodes);
    goes_on(&mut screen, &story, known);
    assert!(screen.press("y y A y").is_empty(), "before anything came of it");
    assert!(screen.text().contains("asked for: the logins run by themselves"), "{}", screen.text());
    let known = story.entries().len();
    story.reach_mechanisms(IMP2, "imp2.example.test", Some(false)).auth();
    goes_on(&mut screen, &story, known);
    assert!(screen.press("y").is_empty(), "while a login has no answer");
    let known = story.entries().len();
    story.after(21_000).received("<success/>", Read::Success).mark(WaitMark::Answered).ended(Outcome::ok());
    goes_on(&mut screen, &story, known);
    assert!(screen.text().contains("Asked for. Esc, then A asks once more."), "{}", screen.text());
    assert!(screen.press("y").is_empty(), "while its answer is read");
    screen.press("Esc A");
    assert!(screen.text().contains("Ask them once more"), "{}", screen.text());
}

#[test]
fn a_limit_that_was_set_by_hand_stays_and_the_question_says_what_is_left() {
    let mut screen = spent(&silent_home(), 2, true, 80, 24);
    screen.press("A");
    assert!(screen.text().contains("2 of 3 are used, and that limit stays"), "{}", screen.text());
    let mut screen = spent(&silent_home(), 3, true, 80, 24);
    screen.press("A");
    assert!(screen.text().contains("no attempt is left: 3 of 3 are used"), "{}", screen.text());
    assert!(!screen.row(23).contains("y yes") && screen.press("y").is_empty());
}

#[test]
fn without_a_password_at_hand_nothing_is_asked_of_the_other_nodes() {
    let mut screen = Screen::of(&silent_home(), 80, 24);
    screen.press("A");
    assert!(screen.text().contains("alice's password is not at hand: P asks for it"), "{}", screen.text());
    assert!(screen.press("y").is_empty());
}

#[test]
fn the_control_experiment_names_what_it_asks_what_may_raise_an_alert_and_what_it_costs() {
    let mut small = screen(&silent_home(), 80, 24);
    assert!(small.press("k").is_empty());
    let mut large = screen(&silent_home(), 120, 40);
    large.press("k");
    assert_snapshot!(format!("{}\n---- at 120x40\n{}", small.text(), large.text()));
    let effects = small.press("y");
    assert!(
        matches!(&effects[..], [Effect::Live(Live::Control { host, port: 5222, attempts: 1 })] if host == HOST),
        "{effects:?}"
    );
}

#[test]
fn a_node_without_a_silence_says_why_no_control_experiment_is_made() {
    let mut screen = screen(&silent_home(), 80, 24);
    screen.press("Down k");
    assert!(screen.model.popups.is_empty());
    assert!(screen.row(19).contains("no login with the credential was made on imp2"), "{}", screen.text());
    screen.press("g k");
    assert!(screen.model.popups.is_empty(), "a route is no node");
}

#[test]
fn the_questions_of_the_control_experiment_move_nothing_that_the_user_looks_at() {
    let mut story = silent_home();
    let mut screen = screen(&story, 80, 24);
    screen.press("Right Down Down Down Down Down");
    let selected = screen.model.selected.clone();
    let lines = |screen: &Screen| [17, 18].map(|row| screen.row(row));
    let before = (selected, lines(&screen));
    assert!(before.0.as_ref().unwrap().0.contains("/stage:"), "{before:?}");
    let known = story.entries().len();
    story.acts(UserAct::Control { host: HOST.into(), port: 5222 });
    impossible_is_answered(&mut story);
    goes_on(&mut screen, &story, known);
    screen.now = silent_home().now();
    screen.draw();
    assert_eq!((screen.model.selected.clone(), lines(&screen)), before);
    assert_eq!(screen.model.shown_login(), Some(IMP1));
    assert!(screen.text().contains("X-IMPSCOPE-NONE"), "the node's console has them\n{}", screen.text());
}

/// The whole experiment on imp1: the impossible mechanism is refused at once, whoever has to be looked up waits.
pub(super) fn experiment() -> Story {
    let mut story = silent_home();
    story.acts(UserAct::Control { host: HOST.into(), port: 5222 });
    impossible_is_answered(&mut story);
    for (op, purpose) in [(OpId(41), Purpose::UnknownUser), (OpId(42), Purpose::OtherWay)] {
        story.control(op, HOST, purpose).goes_to_mechanisms(op, HOST).auth().falls_silent();
        story.ended(Outcome::ok());
    }
    story
}

#[test]
fn the_answers_of_the_experiment_stand_on_its_page_and_its_verdict_under_the_panes() {
    let (mut small, mut large) = (screen(&experiment(), 80, 24), screen(&experiment(), 120, 40));
    let verdict = small.text();
    small.press("k");
    large.press("k");
    assert_snapshot!(format!("{verdict}\n---- after k\n{}\n---- at 120x40\n{}", small.text(), large.text()));
    small.press("Esc F");
    assert!(small.text().contains("XMPP_AUTH_SILENT  imp1, explained by CONTROL_POINTS"), "{}", small.text());
}

#[test]
fn all_nodes_stand_side_by_side() {
    let (mut small, mut large) = (screen(&Story::practice(), 80, 24), screen(&Story::practice(), 120, 40));
    small.press("A");
    large.press("A");
    assert_snapshot!(format!("{}\n---- at 120x40\n{}", small.text(), large.text()));
}

#[test]
fn while_a_question_of_the_experiment_is_open_it_is_not_made_a_second_time() {
    let mut story = silent_home();
    let mut screen = screen(&story, 80, 24);
    screen.press("k");
    assert_eq!(screen.press("y").len(), 1);
    let known = story.entries().len();
    story.acts(UserAct::Control { host: HOST.into(), port: 5222 });
    goes_on(&mut screen, &story, known);
    assert!(screen.press("y y").is_empty());
    assert!(screen.text().contains("asked for"), "{}", screen.text());
    let known = story.entries().len();
    story.control(CONTROL, HOST, Purpose::ImpossibleMechanism);
    goes_on(&mut screen, &story, known);
    assert!(screen.press("y").is_empty());
    assert!(screen.text().contains("is under way"), "{}", screen.text());
}

#[test]
fn a_silent_auth_offers_retry_control_experiment_and_all_nodes() {
    let line = " r retry login · k control experiment · A same login on all nodes";
    let mut story = silent_home();
    assert_eq!(screen(&story, 80, 24).row(19), line);
    story.ended(Outcome::ok());
    assert_eq!(screen(&story, 80, 24).row(19), line, "after its end as well");
    let mut alone = Story::new(false);
    alone.reach_mechanisms(IMP1, HOST, Some(true)).auth().falls_silent();
    assert_eq!(screen(&alone, 80, 24).row(19), " r retry login · k control experiment");
    let mut replay = Screen::with(Setup { replay: true, ..Setup::default() }, &silent_home(), 80, 24);
    assert!(replay.row(19).contains("nothing can be sent"));
    assert!(replay.press("A y").is_empty() && replay.press("Esc k y").is_empty());
}

#[test]
fn attempts_are_shown_where_there_is_room_and_in_the_questions() {
    assert!(screen(&silent_home(), 120, 40).row(0).contains("attempts 2/3"));
    let mut story = Story::new(false);
    story.reach_mechanisms(IMP1, HOST, Some(true)).auth().after(1000).received("<success/>", Read::Success);
    story.mark(WaitMark::Answered).stage(Stage::Auth, StageMark::Passed).stage(Stage::Bind, StageMark::Entered);
    let mut screen = screen(&story, 80, 24);
    screen.model.standing(IMP1, Standing { stage: Some(Stage::Bind), ..held(Hold::Step) });
    screen.press("R");
    assert!(screen.text().contains("one attempt with the real password: 2 of 3 are used"), "{}", screen.text());
}

#[test]
fn a_copied_finding_is_its_whole_text_and_harmless_to_a_terminal() {
    let mut screen = screen(&silent_home(), 80, 24);
    for keys in ["F y", "Tab y"] {
        let effects = screen.press(keys);
        let [Effect::Local(Local::Copy(_, text))] = &effects[..] else { panic!("{effects:?}") };
        assert!(text.contains("XMPP_AUTH_SILENT  imp1.example.test (10.1.2.11:5222)"), "{text}");
        assert!(text.contains("\nEvidence: #") && text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
    }
    assert!(matches!(screen.press("s")[..], [Effect::Local(Local::SaveReport)]));
    assert!(matches!(screen.press("Esc q s")[..], [Effect::Local(Local::SaveReport)]));
}

#[test]
fn the_keys_say_what_they_may_do() {
    let screen = screen(&silent_home(), 140, 40);
    assert!(screen.row(39).contains("A all nodes  k control"), "{}", screen.row(39));
    let mut screen = self::screen(&silent_home(), 200, 120);
    screen.press("?");
    let line = |key: &str| {
        let text = screen.text();
        let own = format!("│  {key}      ");
        text.lines().find(|line| line.contains(&own)).map(str::to_owned).unwrap_or_else(|| panic!("{key}\n{text}"))
    };
    for key in ["A", "k", "R"] {
        assert!(line(key).contains("(uses a credential)"), "{}", line(key));
    }
    for key in ["s", "y", "F"] {
        assert!(!line(key).contains('('), "{}", line(key));
    }
    assert!(screen.text().contains("what has no remark is safe"), "{}", screen.text());
}

#[test]
fn the_pages_draw_at_any_size() {
    for (columns, rows) in [(1, 1), (2, 2), (3, 5), (20, 5), (59, 15), (60, 16), (80, 24), (200, 60)] {
        for keys in ["A PageDown G g y", "k PageDown G g y", "A Up Down w Esc k w Enter"] {
            screen(&silent_home(), columns, rows).press(keys);
            screen(&Story::practice(), columns, rows).press(keys);
            Screen::of(&Story::new(false), columns, rows).press(keys);
        }
    }
}
