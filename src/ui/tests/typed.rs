//! Typed keys: what they ask for, what they change, and what incoming entries must not change.

use super::*;
use secrecy::ExposeSecret;
use story::IMP2;

#[test]
fn n_sends_what_is_proposed_and_c_runs_on() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    assert_eq!(op(&screen.press("n")), Some(IMP1));
    assert!(matches!(screen.press("c")[..], [Effect::Live(Live::Continue(IMP1))]));
}

#[test]
fn n_does_nothing_while_the_peer_is_waited_for() {
    let mut story = Story::new(true);
    story.reach_mechanisms(IMP1, "imp1.example.test", Some(true)).auth();
    let mut screen = Screen::of(&story, 80, 24);
    screen.model.standing(IMP1, waiting());
    screen.draw();
    assert!(screen.press("n").is_empty());
    assert!(!screen.row(23).contains("n next"), "{}", screen.row(23));
}

#[test]
fn a_password_is_asked_for_and_given_once_and_is_not_on_the_screen() {
    let mut screen = before_auth(Hold::Password, 80, 24);
    assert!(screen.press("n").is_empty());
    screen.press("q x Backspace ? é");
    assert!(!screen.text().contains("q?é"));
    let effects = screen.press("Enter");
    assert!(
        matches!(&effects[..], [Effect::Live(Live::Password(Some(IMP1), secret))] if secret.expose_secret() == "q?é")
    );
    assert!(!format!("{effects:?}").contains("q?é"));
    assert!(screen.model.popups.is_empty());
}

#[test]
fn a_pasted_password_stops_at_its_line_end_and_is_not_sent_by_it() {
    let mut screen = before_auth(Hold::Password, 80, 24);
    screen.press("n");
    assert!(handle(&mut screen.model, Event::Paste("secret\n".into())).is_empty());
    let effects = screen.press("Enter");
    assert!(
        matches!(&effects[..], [Effect::Live(Live::Password(_, secret))] if secret.expose_secret() == "secret")
    );
}

#[test]
fn a_certificate_is_accepted_only_by_a_yes_to_its_question() {
    for key in ["n", "t", "c"] {
        let mut screen = before_auth(certificate(), 80, 24);
        assert!(screen.press(key).is_empty());
        assert!(screen.press("Esc").is_empty());
        screen.press(key);
        let fingerprint = format!("sha256:{}", "3fa9".repeat(16));
        assert!(
            matches!(&screen.press("y")[..], [Effect::Live(Live::Accept(IMP1, print))] if *print == fingerprint)
        );
    }
}

#[test]
fn a_yes_to_a_question_that_the_login_no_longer_asks_is_not_given() {
    let mut screen = before_auth(certificate(), 80, 24);
    screen.press("t");
    screen.model.standing(IMP1, held(Hold::Cleartext { would_send: "PLAIN".into() }));
    assert!(screen.press("y").is_empty());
    assert!(screen.text().contains("no longer asks this"));
}

#[test]
fn nothing_overrules_a_key_that_was_not_proven() {
    let mut screen = before_auth(Hold::KeyNotProven, 80, 24);
    assert!(screen.press("n").is_empty() && screen.press("t").is_empty() && screen.press("c").is_empty());
    assert!(screen.model.popups.is_empty());
    assert!(screen.text().contains("no credential crosses"));
}

#[test]
fn cleartext_and_more_attempts_are_asked_alike() {
    let mut screen = before_auth(Hold::Cleartext { would_send: "PLAIN".into() }, 80, 24);
    assert!(matches!(screen.press("t y")[..], [Effect::Live(Live::AllowCleartext(IMP1))]));
    let mut screen = before_auth(Hold::Attempts { used: 3, limit: 3 }, 80, 24);
    assert!(screen.text().contains("3 of 3 attempts"));
    assert!(matches!(screen.press("t y")[..], [Effect::Live(Live::MoreAttempts(IMP1))]));
}

#[test]
fn an_edited_proposal_keeps_its_placeholder_and_enter_is_a_new_line() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    assert!(screen.press("e End Enter < r / >").is_empty());
    let effects = screen.press("Alt-Enter");
    let expected = format!("{}\n<r/>", held(Hold::Step).proposal_text.unwrap());
    assert!(matches!(&effects[..], [Effect::Live(Live::Edit(IMP1, text))] if **text == *expected), "{effects:?}");
}

#[test]
fn an_editor_whose_proposal_went_by_does_not_send_it() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    screen.press("e");
    screen.model.standing(IMP1, Standing { proposal_text: Some("<iq/>".into()), ..held(Hold::Step) });
    assert!(screen.press("Alt-Enter").is_empty());
    screen.model.standing(IMP1, Standing { alive: false, ..held(Hold::Over) });
    assert!(screen.press("Alt-Enter").is_empty());
    assert!(screen.text().contains("nothing was sent"));
}

#[test]
fn a_breakpoint_is_set_before_or_after_a_stage() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    assert!(matches!(screen.press("b Space")[..], [Effect::Live(Live::Breakpoint(IMP1, Stage::Auth, false))]));
    assert!(matches!(
        screen.press("Down Right Space")[..],
        [Effect::Live(Live::Breakpoint(IMP1, Stage::StreamAuth, true))]
    ));
}

#[test]
fn r_ends_the_login_and_begins_anew_and_capital_r_names_its_cost() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    let effects = screen.press("r");
    assert!(
        matches!(&effects[..], [Effect::Live(Live::Abort(IMP1)), Effect::Live(Live::Login { host, run_to: None, .. })]
        if host == "imp1.example.test")
    );
    screen.press("R");
    assert!(screen.text().contains("It costs no attempt"), "{}", screen.text());
    let effects = screen.press("y");
    assert!(matches!(effects[1], Effect::Live(Live::Login { run_to: Some(Stage::Auth), .. })), "{effects:?}");
}

#[test]
fn enter_steps_an_idle_node_and_shows_the_detail_of_other_items() {
    let mut screen = Screen::of(&Story::flagship(), 80, 24);
    let effects = screen.press("Down Enter");
    assert!(
        matches!(&effects[..], [Effect::Live(Live::Login { host, run_to: None, .. })] if host == "imp2.example.test")
    );
    assert!(screen.press("Right Down Enter").is_empty());
    assert!(!screen.model.popups.is_empty());
}

#[test]
fn q_asks_while_a_login_is_connected_and_ctrl_c_does_not() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    assert!(screen.press("q").is_empty());
    assert!(screen.press("n").is_empty());
    assert!(matches!(screen.press("q y")[..], [Effect::Local(Local::Quit)]));
    let mut screen = before_auth(Hold::Step, 80, 24);
    assert!(matches!(screen.press("x Ctrl-c")[..], [Effect::Local(Local::Quit)]));
    screen.model.standing(IMP1, Standing { alive: false, ..held(Hold::Over) });
    screen.press("Esc");
    assert!(matches!(screen.press("q")[..], [Effect::Local(Local::Quit)]));
}

#[test]
fn a_recording_asks_for_nothing() {
    let mut screen = Screen::with(Setup { replay: true, ..Setup::default() }, &Story::flagship(), 80, 24);
    screen.model.standing(IMP2, held(Hold::Step));
    for key in ["n", "c", "r", "R", "e", "x", "b", "t", "a", "o", "P"] {
        assert!(screen.press(key).is_empty(), "{key}");
        assert!(screen.text().contains("a recording: it can send nothing"), "{key}: {}", screen.text());
    }
    assert!(screen.press("Enter Esc").is_empty());
    assert!(matches!(handle_recording(&mut screen.model, Event::Key(key("s")))[..], [Local::SaveReport]));
}

#[test]
fn what_comes_in_moves_neither_selection_nor_scroll_nor_the_keys() {
    let mut story = Story::flagship();
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Tab Up Up Up");
    let (before, selected) = (screen.text(), screen.model.selected.clone());
    let known = story.entries().len();
    for _ in 0..40 {
        story.received("<message/>", crate::journal::Read::Message);
    }
    story.login(OpId(30), "imp0.example.test", None);
    story.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    screen.draw();
    assert_eq!(screen.model.selected, selected);
    let console = |text: &str| {
        text.lines().skip(2).take(14).map(|line| line.chars().skip(30).collect()).collect::<Vec<String>>()
    };
    assert_eq!(console(&screen.text()), console(&before));
    assert!(screen.text().contains("+40 new"), "{}", screen.text());
    screen.press("G");
    assert!(screen.row(1).contains("follow") && screen.text().contains("<message/>"));
}

#[test]
fn every_line_of_the_console_can_be_reached_by_scrolling() {
    let mut screen = Screen::of(&Story::flagship(), 80, 24);
    screen.press("Tab g");
    let mut seen = screen.text();
    for _ in 0..200 {
        screen.press("Down");
        seen.push_str(&screen.text());
    }
    for words in ["login on imp1", "certificate CN=imp1", "[masked PLAIN:", "no answer to <auth> for 10.0 s"] {
        assert!(seen.contains(words), "{words}");
    }
    screen.press("G PageUp PageUp PageDown PageDown PageDown");
    assert!(screen.text().contains("no answer to <auth> for 10.0 s"), "{}", screen.text());
}

#[test]
fn a_notice_stays_until_the_next_key() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    screen.model.notice("the recording is at /tmp/\x1brun".into());
    screen.draw();
    assert!(screen.text().contains("the recording is at /tmp/\\u{1b}run"));
    screen.press("Down");
    assert!(!screen.text().contains("the recording is at"));
}
