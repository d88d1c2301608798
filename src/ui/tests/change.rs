//! The change text, and the watch: from the findings to the word that begins it, and what is said when the service is back.

use super::*;
use crate::journal::{How, Outcome, Purpose, UserAct};

const WATCHED: [OpId; 2] = [OpId(60), OpId(61)];

fn screen() -> Screen {
    let mut screen = Screen::of(&Story::flagship(), 100, 40);
    screen.model.standing(IMP1, waiting());
    screen.draw();
    screen
}

fn watch() -> UserAct {
    UserAct::Watch { host: "imp1.example.test".into(), service: "Cisco XCP Connection Manager".into() }
}

/// The flagship's story, then a restart that is watched: one login fails, the next is offered mechanisms.
fn restarted() -> Story {
    let mut story = Story::flagship();
    story.acts(watch());
    for (op, how) in WATCHED.into_iter().zip([How::Lost, How::Ok]) {
        story.after(10_000_000).control(op, "imp1.example.test", Purpose::Watch);
        story.ended(Outcome { how, code: None, text: None });
    }
    story
}

#[test]
fn the_change_texts_are_turned_and_the_one_that_is_shown_is_copied_and_watched() {
    let mut screen = screen();
    screen.press("F C");
    assert!(screen.text().contains("restart Cisco XCP Authentication Service on imp1"), "{}", screen.text());
    screen.press("C");
    assert!(screen.text().contains("Change text · 2 of 3"), "{}", screen.text());
    let effects = screen.press("y");
    let [Effect::Local(Local::Copy(_, text))] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(text.contains("`utils service restart Cisco XCP Connection Manager`"), "{text}");
    let effects = screen.press("W");
    let [Effect::Live(Live::Watch { host, service })] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((host.as_str(), service.as_str()), ("imp1.example.test", "Cisco XCP Connection Manager"));
    assert!(screen.text().contains("Watch · imp1.example.test"), "{}", screen.text());
    screen.press("Esc C C");
    assert!(screen.text().contains("Authentication Service on imp1"), "behind the last comes the first");
}

#[test]
fn that_the_service_is_back_is_said_once_and_its_page_opens_from_the_panes() {
    let mut screen = screen();
    let news = |screen: &Screen| screen.text().contains("is back: W shows before and after");
    screen.press("W");
    assert!(!screen.text().contains("Watch ·"), "nothing is watched");
    let story = restarted();
    let known = screen.model.applied;
    story.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    screen.draw();
    assert!(news(&screen), "{}", screen.text());
    screen.press("W");
    assert!(screen.text().contains("Cisco XCP Connection Manager on imp1 is back"), "{}", screen.text());
    screen.press("Esc");
    assert!(!news(&screen), "{}", screen.text());
}

#[test]
fn a_recording_shows_what_was_watched_and_begins_nothing() {
    let mut screen = Screen::with(Setup { replay: true, ..Setup::default() }, &restarted(), 100, 40);
    assert!(screen.press("F C W").is_empty());
    assert!(screen.text().contains("Change text"), "{}", screen.text());
    screen.press("Esc");
    screen.press("Esc");
    screen.press("W");
    assert!(screen.text().contains("Cisco XCP Connection Manager on imp1 is back"), "{}", screen.text());
}
