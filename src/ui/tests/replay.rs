//! A recording on the screen: where it stands, what its keys do, and what is not offered.

use super::*;
use crate::ui::playback::{Extent, PlayAct, Playback, Wanted};
use insta::assert_snapshot;

/// A story as a recording that was played up to its last entry but some, and stands still there.
fn stands_at(story: &Story, left: usize, columns: u16, rows: u16) -> Screen {
    let entries = story.entries();
    let shown = entries.len() - left;
    let length = entries.last().unwrap().at;
    let mut playback = Playback::new(Extent { entries: entries.len(), length }, 1, false);
    (0..shown).for_each(|_| playback.act(PlayAct::ReplayNext));
    for entry in &entries[..shown] {
        assert_eq!(playback.wanted(Some(entry.at)), Wanted::Next);
        playback.showed(entry.at);
    }
    let terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let now = entries[shown - 1].at;
    let mut screen = Screen { model: Model::new(Setup::default(), columns, rows), terminal, now };
    screen.model.play(playback);
    entries[..shown].iter().for_each(|entry| screen.model.apply(entry));
    screen.draw();
    screen
}

#[test]
fn a_recording_says_where_it_stands_and_offers_its_own_keys() {
    let [small, large] =
        [(80, 24), (120, 40)].map(|(columns, rows)| stands_at(&Story::practice(), 3, columns, rows).text());
    assert_snapshot!(format!("{small}\n{large}"));
}

#[test]
fn a_recording_draws_at_any_size() {
    for (columns, rows) in [(1, 1), (2, 30), (30, 2), (300, 100)] {
        let mut screen = stands_at(&Story::practice(), 3, columns, rows);
        screen.press("N c + - 0 $ n ? Esc");
    }
}

#[test]
fn its_keys_move_the_recording_and_send_nothing() {
    let mut screen = stands_at(&Story::practice(), 3, 80, 24);
    let shown = screen.model.playback().unwrap().shown();
    let wanted = |screen: &Screen| screen.model.playback().unwrap().wanted(Some(Offset(u64::MAX)));
    assert_eq!(wanted(&screen), Wanted::Rest);
    assert!(screen.press("n").is_empty());
    assert_eq!(wanted(&screen), Wanted::Next);
    assert!(screen.press("N N").is_empty());
    assert_eq!(wanted(&screen), Wanted::Only(shown - 1));
    assert!(screen.press("0").is_empty());
    assert_eq!(wanted(&screen), Wanted::Only(0));
    assert!(screen.press("$").is_empty());
    assert_eq!(wanted(&screen), Wanted::Next);
    screen.press("+");
    assert!(screen.row(18).contains("replay 2× goes on"), "{}", screen.row(18));
}

#[test]
fn the_help_of_a_recording_begins_with_its_own_keys() {
    let mut screen = stands_at(&Story::practice(), 3, 80, 24);
    screen.press("?");
    let text = screen.text();
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
    assert!(place("In a recording") < place("In both panes"));
}

#[test]
fn faster_is_no_more_often() {
    let mut screen = stands_at(&Story::practice(), 3, 80, 24);
    screen.press("c + + + +");
    let first = screen.model.next_tick().unwrap();
    screen.now = first;
    screen.draw();
    let then = screen.model.next_tick().unwrap();
    assert_eq!(then.since(first).as_millis(), 250 * 60, "in the recording's time");
}
