//! Keys of the configuration: what they do, what the help says, and what is refused.

use super::*;
use crate::ui::keys::{Keys, Rebind};

fn word(context: &str, action: &str, keys: &[&str]) -> Rebind {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    Rebind { context: context.into(), action: action.into(), keys, place: "config.toml, line 2".into() }
}

fn rebound(words: &[Rebind]) -> Result<(Keys, Vec<String>), String> {
    Keys::default().rebound(words)
}

fn refusal(words: &[Rebind]) -> String {
    rebound(words).map(|(_, warnings)| warnings).unwrap_err()
}

fn screen(words: &[Rebind]) -> Screen {
    let setup = Setup { keys: rebound(words).unwrap().0, ..Setup::default() };
    let mut story = Story::new(true);
    story
        .reach_mechanisms(IMP1, "imp1.example.test", Some(true))
        .stage(Stage::Auth, crate::journal::StageMark::Entered);
    let mut screen = Screen::with(setup, &story, 80, 24);
    screen.model.standing(IMP1, held(Hold::Step));
    screen.draw();
    screen
}

#[test]
fn a_key_of_the_configuration_does_what_it_says_and_footer_and_help_know_it() {
    let mut screen = screen(&[word("main", "next", &["F2", "N"])]);
    assert_eq!(screen.press("n").len(), 0);
    assert_eq!(op(&screen.press("F2")), Some(IMP1));
    assert_eq!(op(&screen.press("N")), Some(IMP1));
    assert!(screen.row(23).contains("F2 next"), "{}", screen.row(23));
    screen.press("?");
    assert!(screen.text().contains("F2 N "), "{}", screen.text());
}

#[test]
fn a_sentence_names_the_key_of_the_configuration() {
    let screen = screen(&[word("main", "next", &["F2"]), word("main", "breakpoints", &["B"])]);
    assert!(screen.text().contains("F2 sends it · c runs on · e edits it · B breakpoints"), "{}", screen.text());
}

#[test]
fn a_context_keeps_its_own_keys_where_another_one_is_changed() {
    let (keys, _) = rebound(&[word("sheet", "down", &["j"])]).unwrap();
    let listed = keys.listed();
    let section = |name: &str| listed.split("\n[").find(|part| part.starts_with(name)).unwrap().to_owned();
    assert!(
        section("keys.sheet]").contains("down = [\"j\"]") && section("keys.main]").contains("down = [\"Down\"]")
    );
}

#[test]
fn what_is_not_known_is_passed_over_with_its_line() {
    let words = [
        word("mian", "next", &["F2"]),
        word("main", "nxt", &["F2"]),
        word("main", "next", &["F99"]),
        word("tree", "next", &["F2"]),
        word("main", "zoom", &["z", "Ctrl-i"]),
        word("main", "abort", &["Ctrl-a"]),
    ];
    let (keys, warnings) = rebound(&words).unwrap();
    for (warning, part) in warnings.iter().zip([
        "there is no context \"mian\"",
        "there is no action \"nxt\"",
        "there is no key \"F99\"",
        "next means nothing in tree",
        "there is no key \"Ctrl-i\"",
        "Ctrl-a is often taken by",
    ]) {
        assert!(warning.starts_with("config.toml, line 2: ") && warning.contains(part), "{warning}");
    }
    assert_eq!(warnings.len(), 6);
    assert_eq!(keys.key_of(crate::ui::action::ActionName::Next), "n");
}

#[test]
fn a_key_with_two_meanings_in_one_context_is_refused_and_both_are_named() {
    let why = refusal(&[word("main", "next", &["c"])]);
    assert_eq!(
        why,
        "config.toml, line 2: in main the key c would mean both next and continue: give one of them another key"
    );
    // Two may exchange their keys.
    assert!(rebound(&[word("main", "next", &["c"]), word("main", "continue", &["n"])]).is_ok());
}

#[test]
fn a_way_out_is_not_taken_away() {
    for (context, action) in [("main", "quit"), ("main", "help"), ("sheet", "close"), ("everywhere", "quit_now")] {
        let why = refusal(&[word(context, action, &[])]);
        assert!(why.contains("no way out") && why.contains("give it one, such as"), "{why}");
    }
    assert!(refusal(&[word("main", "quit", &["F77"])]).contains("no way out"));
    assert!(rebound(&[word("main", "quit", &["Q"])]).is_ok());
    assert!(rebound(&[word("main", "zoom", &[])]).is_ok());
}

#[test]
fn a_letter_is_not_taken_from_who_types() {
    assert!(refusal(&[word("templates", "down", &["j"])]).contains("could not be typed any more"));
    let why = refusal(&[word("editor", "send", &["s"])]);
    assert!(why.contains("could not be typed any more") && why.contains("give send a key such as F2"), "{why}");
    assert!(rebound(&[word("editor", "send", &["F2"])]).is_ok());
}

#[test]
fn what_is_listed_can_be_put_into_the_configuration_as_it_is() {
    let listed = Keys::default().listed();
    let table: toml::Table = listed.parse().unwrap();
    let mut words = Vec::new();
    for (context, actions) in table["keys"].as_table().unwrap() {
        for (action, keys) in actions.as_table().unwrap() {
            let keys: Vec<&str> = keys.as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
            words.push(word(context, action, &keys));
        }
    }
    let (again, warnings) = rebound(&words).unwrap();
    assert_eq!(warnings, [""; 0]);
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&again.listed()), lines(&listed));
}
