//! What an administrator must not be misled by: where a login stands, what is of an earlier login, what a key that
//! is held down does.

use super::*;
use crate::journal::{How, KernelReason, Outcome, Read, StageMark, WaitMark};

const AGAIN: OpId = OpId(30);
const NODE: &str = "imp1.example.test";

/// imp1 before `<auth>`, which the login has not entered.
fn held_between_stages() -> Screen {
    let mut story = Story::new(false);
    story.reach_mechanisms(IMP1, NODE, Some(true));
    let mut screen = Screen::of(&story, 80, 24);
    screen.model.standing(IMP1, held(Hold::Step));
    screen.draw();
    screen
}

fn refuses(story: &mut Story) -> &mut Story {
    let read = Read::SaslFailure { condition: "not-authorized".into(), text: None };
    story
        .after(2000)
        .received("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>", read);
    story.mark(WaitMark::Answered).stage(Stage::Auth, StageMark::Refused)
}

fn begins_again(story: &mut Story) {
    story.ended(Outcome::new(How::Stopped, "", "by the user"));
    story.after(1000).reach_mechanisms(AGAIN, NODE, Some(true));
}

#[test]
fn a_login_that_is_held_before_a_stage_stands_at_that_stage() {
    let screen = held_between_stages();
    assert!(screen.row(17).contains("✓stream ▸auth ·stream"), "{}", screen.row(17));
    assert!(screen.row(3).contains("imp1 home     next auth"), "{}", screen.row(3));
}

#[test]
fn a_login_that_was_stopped_in_a_stage_does_not_look_as_if_it_ran() {
    let mut story = Story::new(false);
    story.reach_mechanisms(IMP1, NODE, Some(true)).stage(Stage::Auth, StageMark::Entered);
    story.ended(Outcome::new(How::Stopped, "", "by the user"));
    let screen = Screen::of(&story, 80, 24);
    assert!(screen.row(17).contains("✓stream –auth ·stream"), "{}", screen.row(17));
}

#[test]
fn a_refusal_looks_like_one_while_the_connection_stands() {
    let mut story = Story::new(false);
    refuses(story.reach_mechanisms(IMP1, NODE, Some(true)).auth());
    let mut screen = Screen::of(&story, 80, 24);
    screen.model.standing(IMP1, Standing { off_script: true, ..waiting() });
    screen.draw();
    assert!(screen.row(17).contains("✗auth"), "{}", screen.row(17));
    assert!(screen.row(3).contains("✗ imp1 home refused @auth"), "{}", screen.row(3));
    assert_eq!(screen.row(18), " refused at auth: not-authorized; the connection still stands");
    assert!(screen.row(19).contains("P another password first"), "{}", screen.row(19));
    assert!(!screen.row(23).contains("continue") && screen.press("c").is_empty());
}

#[test]
fn while_a_retry_goes_on_the_finding_before_it_says_that_it_is_of_an_earlier_login() {
    let mut story = Story::flagship();
    begins_again(&mut story);
    let screen = Screen::of(&story, 80, 24);
    assert!(screen.row(20).contains("CRITICAL XMPP_AUTH_SILENT earlier login: imp1"), "{}", screen.row(20));
}

#[test]
fn after_a_good_retry_the_verdict_is_of_the_newest_login_and_the_older_one_stays_in_the_findings() {
    let mut story = Story::flagship();
    begins_again(&mut story);
    story.auth().after(9000).received("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", Read::Success);
    story.mark(WaitMark::Answered).stage(Stage::Auth, StageMark::Passed).ended(Outcome::ok());
    let mut screen = Screen::of(&story, 80, 24);
    assert!(!screen.text().contains("CRITICAL"), "{}", screen.text());
    assert!(screen.row(20).contains("no finding; an earlier one: XMPP_AUTH_SILENT  F all"), "{}", screen.row(20));
    screen.press("F");
    assert!(
        screen.text().contains("XMPP_AUTH_SILENT  imp1.example.test, of an earlier login"),
        "{}",
        screen.text()
    );
}

#[test]
fn what_the_kernel_knows_at_the_answer_does_not_change_what_was_said_of_the_silence() {
    let mut story = Story::flagship();
    story.after(5_000_000).received("<message/>", Read::Message).kernel(KernelReason::Answer);
    let text = Screen::of(&story, 120, 40).text();
    assert!(text.contains("0 bytes back, connected") && !text.contains("32 bytes back"), "{text}");
}

#[test]
fn a_silence_proposes_what_separates_its_causes() {
    let mut story = Story::new(false);
    story.login(OpId(20), "imp2.example.test", Some(false));
    story.reach_mechanisms(IMP1, NODE, Some(true)).auth().falls_silent();
    let mut screen = Screen::of(&story, 80, 24);
    screen.model.standing(IMP1, waiting());
    screen.draw();
    assert_eq!(screen.row(19), " r retry login · k control experiment · A same login on all nodes");
}

#[test]
fn a_key_that_is_held_down_accepts_nothing_and_begins_no_second_login() {
    for key in ["t", "n", "c", "Enter"] {
        let mut screen = before_auth(certificate(), 80, 24);
        assert!(screen.press(&[key; 9].join(" ")).is_empty(), "{key}");
    }
    let mut story = Story::new(false);
    story.login(IMP1, NODE, Some(true));
    let mut screen = Screen::of(&story, 80, 24);
    screen.model.standing(IMP1, held(Hold::Step));
    assert!(screen.press("r r r").is_empty());
    assert!(screen.text().contains("n begins it"), "{}", screen.text());
}

#[test]
fn a_password_can_be_typed_anew_after_a_refusal() {
    let mut story = Story::new(false);
    refuses(story.reach_mechanisms(IMP1, NODE, Some(true)).auth());
    let mut screen = Screen::of(&story, 80, 24);
    screen.model.standing(IMP1, Standing { off_script: true, ..waiting() });
    screen.press("P a b");
    assert!(screen.text().contains("2 characters"), "{}", screen.text());
    assert!(matches!(screen.press("Enter")[..], [Effect::Live(Live::Password(Some(IMP1), _))]));
}

#[test]
fn xml_input_is_there_only_with_a_connection_and_keeps_its_draft_without_one() {
    let mut story = Story::new(false);
    story.login(IMP1, NODE, Some(true));
    let mut screen = Screen::of(&story, 80, 24);
    screen.model.standing(IMP1, held(Hold::Step));
    screen.press("x");
    assert!(screen.model.popups.is_empty() && !screen.row(23).contains("XML Input"));
    let mut screen = held_between_stages();
    screen.press("x < r / >");
    let mut gone = Story::new(false);
    gone.reach_mechanisms(IMP1, NODE, Some(true));
    let known = gone.entries().len();
    gone.ended(Outcome::new(How::Lost, "FIN", "the server closed the connection"));
    gone.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    assert!(screen.press("Alt-Enter").is_empty());
    assert!(screen.text().contains("nothing was sent; the draft is kept"), "{}", screen.text());
}

#[test]
fn enter_is_called_what_it_does() {
    let mut screen = Screen::of(&Story::flagship(), 120, 40);
    screen.model.standing(IMP1, waiting());
    screen.draw();
    assert!(screen.row(39).contains("Enter detail"), "{}", screen.row(39));
    screen.press("Down");
    assert!(screen.row(39).contains("Enter step"), "{}", screen.row(39));
}

#[test]
fn what_is_no_write_is_not_said_to_be_sent_or_edited() {
    let mut screen = held_between_stages();
    screen.model.standing(IMP1, Standing { proposal_text: None, ..held(Hold::Step) });
    screen.draw();
    assert_eq!(screen.row(19), " n does it · c runs on · b breakpoints");
}

#[test]
fn nodes_of_long_names_are_told_apart_and_no_figure_is_cut() {
    let mut story = Story::new(false);
    for (op, host) in
        [(10, "cup-presence-frankfurt-01.example.test"), (20, "cup-presence-frankfurt-02.example.test")]
    {
        story.login(OpId(op), host, Some(op == 10)).stage(Stage::Tcp, StageMark::Entered);
        story.stage(Stage::Tcp, StageMark::Passed).stage(Stage::Starttls, StageMark::Entered);
        story.stage(Stage::Starttls, StageMark::Refused);
    }
    let screen = Screen::of(&story, 80, 24);
    for (row, end) in [(3, "✗ cup-pr…urt-01 @starttls │"), (4, "✗ cup-pr…urt-02 @starttls │")] {
        assert!(screen.row(row).contains(end), "{}", screen.text());
    }
    assert!(screen.row(1).ends_with("… ─ follow ┐"), "{}", screen.row(1));
    let mut story = Story::new(false);
    story.login(IMP1, NODE, Some(true)).stage(Stage::Starttls, StageMark::Entered);
    story.stage(Stage::Starttls, StageMark::Refused);
    let screen = Screen::of(&story, 80, 24);
    assert!(screen.row(3).contains("✗ imp1  refused @starttls"), "{}", screen.text());
}

#[test]
fn a_verdict_that_has_no_room_says_that_there_is_more() {
    let screen = Screen::of(&Story::flagship(), 40, 10);
    assert!(screen.row(8).ends_with("…  F all"), "{}", screen.text());
}

#[test]
fn a_retry_from_a_stage_keeps_the_selection_on_its_node() {
    let mut story = Story::flagship();
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Down Right Down Down");
    assert!(screen.row(1).contains("imp2.example.test"), "{}", screen.text());
    let known = story.entries().len();
    story.login(AGAIN, "imp2.example.test", Some(false));
    story.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    screen.draw();
    assert!(screen.row(1).contains("imp2.example.test"), "{}", screen.text());
    assert_eq!(screen.model.selected.as_ref().unwrap().0, "node:imp2.example.test:5222");
}

/// What stands in the popup.
fn popup(screen: &Screen) -> String {
    let text = screen.text();
    let inside = |line: &&str| line.chars().nth(5) != Some('└');
    let lines = text.lines().skip_while(|line| !line.contains("┌ Detail")).skip(1).take_while(inside);
    lines.map(|line| line.chars().skip(6).take(68).collect::<String>() + "\n").collect()
}

#[test]
fn a_stage_opens_with_what_passed_in_it() {
    let mut screen = Screen::of(&Story::flagship(), 80, 24);
    screen.press("Right Down Down Down Enter");
    let stream = popup(&screen);
    assert!(stream.starts_with("✓ stream ") && stream.contains("<stream:stream"), "{stream}");
    assert!(stream.contains("</stream:features>") && !stream.contains("<proceed"), "{stream}");
    // What the stage before it sent is not its own.
    screen.press("Esc Down Enter");
    let starttls = popup(&screen);
    assert!(starttls.contains("<proceed") && !starttls.contains("<stream:stream"), "{starttls}");
}

#[test]
fn the_findings_open_on_the_one_that_the_verdict_shows() {
    let mut story = Story::flagship();
    begins_again(&mut story);
    refuses(story.auth()).ended(Outcome::new(How::Refused, "not-authorized", ""));
    let mut screen = Screen::of(&story, 80, 24);
    assert!(screen.row(20).contains("CRITICAL XMPP_ACCEPTED_ELSEWHERE"), "{}", screen.text());
    screen.press("F");
    assert!(screen.text().contains("│CRITICAL XMPP_ACCEPTED_ELSEWHERE  imp1"), "{}", screen.text());
    assert!(screen.row(23).contains("Down next"), "{}", screen.row(23));
}
