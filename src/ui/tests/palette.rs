//! The palette: what it finds, what it says of an action, and what Enter does.

use super::*;
use crate::ui::keys::Care;
use crate::ui::palette::Palette;
use crate::ui::popup::Popup;

fn palette(screen: &Screen) -> &Palette {
    match screen.model.popups.last() {
        Some(Popup::Palette(palette)) => palette,
        _ => panic!("no palette\n{}", screen.text()),
    }
}

fn names(screen: &Screen) -> Vec<&str> {
    palette(screen).shown.iter().map(|choice| choice.name.as_str()).collect()
}

fn care(screen: &Screen, name: &str) -> Care {
    palette(screen).shown.iter().find(|choice| choice.name == name).unwrap_or_else(|| panic!("{name}")).care
}

#[test]
fn at_80x24() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    screen.press(":");
    insta::assert_snapshot!(screen.text());
}

#[test]
fn searched_at_120x40() {
    let mut screen = before_auth(Hold::Step, 120, 40);
    screen.press(": l o g i n");
    insta::assert_snapshot!(screen.text());
}

#[test]
fn it_draws_at_any_size() {
    for (columns, rows) in [(1, 1), (2, 2), (3, 5), (20, 5), (59, 15), (60, 16), (200, 60)] {
        let mut screen = before_auth(Hold::Step, columns, rows);
        screen.press(": a Down PageDown End Enter Esc");
    }
}

#[test]
fn typing_finds_an_action_by_name_and_help_and_enter_does_it() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    screen.press(": x m l Space i n p");
    assert_eq!(names(&screen)[0], "xml_input");
    assert!(screen.press("Enter").is_empty());
    assert!(matches!(screen.model.popups.last(), Some(Popup::Editor(_))), "{}", screen.text());

    let mut screen = before_auth(Hold::Step, 80, 24);
    // All words must stand in it, wherever; a name goes before a help.
    screen.press(": n e x t");
    assert_eq!(names(&screen)[0], "next");
    assert!(names(&screen).len() > 1);
    assert_eq!(op(&screen.press("Enter")), Some(IMP1));
    assert!(screen.model.popups.is_empty());
    screen.press(": z z z");
    assert!(names(&screen).is_empty() && screen.press("Enter").is_empty());
    screen.press("Ctrl-u");
    assert!(names(&screen).len() > 10);
}

#[test]
fn what_means_nothing_now_stands_at_the_end_says_why_and_does_nothing() {
    let mut story = Story::new(true);
    story.reach_mechanisms(IMP1, "imp1.example.test", Some(true)).auth();
    let mut screen = Screen::of(&story, 80, 24);
    screen.model.standing(IMP1, waiting());
    screen.draw();
    screen.press(":");
    let shown = &palette(&screen).shown;
    let first = shown.iter().position(|choice| choice.why.is_some()).unwrap();
    assert!(shown[first..].iter().all(|choice| choice.why.is_some()));
    screen.press("n e x t Space s e n d");
    let next = &palette(&screen).shown[0];
    assert_eq!(
        (next.name.as_str(), next.why.as_deref()),
        ("next", Some("an answer is waited for: nothing is proposed"))
    );
    assert!(screen.press("Enter").is_empty());
    assert!(matches!(screen.model.popups.last(), Some(Popup::Palette(_))));
    // Once it means something it can be done, in the palette that is open.
    screen.model.standing(IMP1, held(Hold::Step));
    screen.draw();
    assert_eq!(op(&screen.press("Enter")), Some(IMP1));
}

#[test]
fn it_says_what_an_action_leads_to_as_things_stand() {
    let at = |stage: Stage| {
        let mut screen = before_auth(Hold::Step, 80, 24);
        screen.model.standing(IMP1, Standing { stage: Some(stage), ..held(Hold::Step) });
        screen.press(":");
        screen
    };
    assert_eq!((care(&at(Stage::Auth), "next"), care(&at(Stage::Bind), "next")), (Care::Credential, Care::Safe));
    assert_eq!(care(&at(Stage::Online), "next"), Care::Visible);
    assert_eq!(
        (care(&at(Stage::Tls), "continue"), care(&at(Stage::Bind), "continue")),
        (Care::Credential, Care::Safe)
    );
    let mut asked = before_auth(certificate(), 80, 24);
    asked.press(":");
    assert_eq!((care(&asked, "next"), care(&asked, "xml_input")), (Care::Credential, Care::Interrupts));
    let mut idle = Screen::of(&Story::flagship(), 80, 24);
    idle.press("Down :");
    assert_eq!(care(&idle, "next"), Care::Safe);
    assert!(idle.text().contains("uses a credential"), "{}", idle.text());
}

#[test]
fn it_has_the_other_panes_actions_too_and_gives_that_pane_the_keys() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    screen.press(": r a w");
    assert_eq!(names(&screen)[0], "raw");
    screen.press("Enter");
    assert!(screen.row(1).contains("· raw"), "{}", screen.row(1));
    assert!(screen.model.focus == crate::ui::geometry::Pane::Console);
}

#[test]
fn it_opens_over_a_page_and_not_in_a_text_field() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    screen.press("?");
    screen.press(": c l o s e Enter");
    assert!(screen.model.popups.is_empty(), "{}", screen.text());
    screen.press("x :");
    assert!(matches!(screen.model.popups.last(), Some(Popup::Editor(editor)) if editor.text() == ":"));
}

#[test]
fn a_recording_says_so_at_what_would_send() {
    let mut screen = Screen::with(Setup { replay: true, ..Setup::default() }, &Story::flagship(), 80, 24);
    screen.press(": r e t r y");
    let shown = &palette(&screen).shown;
    assert!(
        !shown.is_empty()
            && shown
                .iter()
                .filter(|choice| choice.name.starts_with("retry"))
                .all(|choice| { choice.why.as_deref() == Some("a recording: nothing can be sent") })
    );
}

#[test]
fn what_the_system_takes_away_says_by_whom_as_a_key_and_in_the_palette() {
    let setup = || Setup { read_only: Some("/etc/impscope.toml".into()), ..Setup::default() };
    let mut story = Story::new(true);
    story
        .reach_mechanisms(IMP1, "imp1.example.test", Some(true))
        .stage(Stage::Auth, crate::journal::StageMark::Entered);
    let mut screen = Screen::with(setup(), &story, 80, 24);
    screen.model.standing(IMP1, held(Hold::Step));
    screen.draw();
    for key in ["x", "e", "k", "A"] {
        assert!(screen.press(key).is_empty() && screen.model.popups.is_empty());
        assert!(
            screen.text().contains("taken away by /etc/impscope.toml (read_only)"),
            "{key}\n{}",
            screen.text()
        );
    }
    screen.press("Down");
    assert!(!screen.row(23).contains("XML Input") && !screen.row(23).contains("edit"), "{}", screen.row(23));
    screen.press(": x m l Space i n p u t");
    assert!(screen.text().contains("taken away by /etc/impscope.toml"), "{}", screen.text());
    assert!(screen.press("Enter").is_empty() && screen.model.popups.len() == 1);
    // What is proposed can still be sent.
    screen.press("Esc");
    assert_eq!(op(&screen.press("n")), Some(IMP1));
}

#[test]
fn a_theme_is_changed_for_this_run() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    screen.press(": t h e m e Space p s i - c Enter");
    assert_eq!(screen.model.setup.theme_name, "psi-classic");
    assert!(screen.model.popups.is_empty() && screen.text().contains("theme psi-classic"));
}
