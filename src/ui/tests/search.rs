//! The search: hits, their numbers, and the keys that must not send while it is on.

use super::*;
use crate::journal::Read;
use crate::ui::theme::Role;
use insta::assert_snapshot;

/// imp1 before `<auth>`: `n` would send it.
fn ready(columns: u16, rows: u16) -> Screen {
    before_auth(Hold::Step, columns, rows)
}

fn look_for(screen: &mut Screen, pattern: &str) {
    screen.press("/");
    for character in pattern.chars() {
        screen.press(&character.to_string());
    }
    screen.press("Enter");
}

fn selected(screen: &Screen) -> u64 {
    screen.model.viewport().selected.map_or(0, |n| n.0)
}

#[test]
fn it_goes_from_hit_to_hit_and_says_when_it_wraps() {
    let mut screen = ready(80, 24);
    look_for(&mut screen, "starttls");
    let hits = screen.model.sight.hits().len();
    assert!(hits > 1);
    let mut seen = vec![selected(&screen)];
    for _ in 1..hits {
        screen.press(">");
        seen.push(selected(&screen));
    }
    let mut sorted = seen.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), hits, "each once: {seen:?}");
    screen.press("g > <");
    while !screen.text().contains(&format!("hit {hits} of {hits}")) {
        screen.press(">");
    }
    screen.press(">");
    assert!(screen.text().contains(&format!("hit 1 of {hits}")), "{}", screen.text());
    assert!(screen.text().contains("past the last hit: on from the first"), "{}", screen.text());
    screen.press("<");
    assert!(screen.text().contains("before the first hit: on from the last"), "{}", screen.text());
    assert!(screen.text().contains(&format!("hit {hits} of {hits}")), "{}", screen.text());
}

#[test]
fn a_search_at_80x24_and_120x40() {
    let mut screen = ready(80, 24);
    screen.press("/ m e c h");
    let prompt = screen.text();
    screen.press("Enter");
    let mut wide = ready(120, 40);
    look_for(&mut wide, "mech");
    assert_snapshot!(format!("{prompt}\n---- Enter\n{}\n---- at 120x40\n{}", screen.text(), wide.text()));
}

#[test]
fn the_key_of_other_programs_for_the_next_hit_sends_nothing() {
    let mut screen = ready(80, 24);
    look_for(&mut screen, "starttls");
    assert!(screen.press("n").is_empty());
    assert!(screen.text().contains("> next hit, < previous hit, Esc ends it"), "{}", screen.text());
    screen.press("Esc");
    assert_eq!(op(&screen.press("n")), Some(IMP1), "the search is over");
}

#[test]
fn esc_ends_it_and_keeps_the_place() {
    let mut screen = ready(80, 24);
    look_for(&mut screen, "starttls");
    let place = selected(&screen);
    screen.press("Esc");
    assert_eq!(selected(&screen), place);
    assert!(!screen.text().contains("hit "), "{}", screen.text());
    assert!(screen.model.unread().is_some(), "the end is not followed");
}

#[test]
fn a_hit_is_marked_in_the_lines_although_it_goes_on_in_the_next_one() {
    let mut screen = ready(80, 24);
    look_for(&mut screen, "urn:ietf:params:xml:ns:xmpp-tls");
    let hit = screen.model.setup.theme.style(Role::Hit);
    let buffer = screen.terminal.backend().buffer();
    let marked: String =
        buffer.content.iter().filter(|cell| cell.modifier == hit.add_modifier).map(|cell| cell.symbol()).collect();
    assert!(marked.contains("urn:ietf:params:xml:ns:xmpp-tls"), "{marked}\n{}", screen.text());
}

#[test]
fn hits_come_with_the_rows_that_come() {
    let mut screen = ready(80, 24);
    look_for(&mut screen, "hello");
    assert!(screen.text().contains("no hit here"), "{}", screen.text());
    let mut story = Story::new(true);
    story
        .reach_mechanisms(IMP1, "imp1.example.test", Some(true))
        .stage(Stage::Auth, crate::journal::StageMark::Entered);
    let from = story.entries().len();
    story.received("<message><body>Hello</body></message>", Read::Message);
    story.entries()[from..].iter().for_each(|entry| screen.model.apply(entry));
    screen.draw();
    assert!(screen.text().contains("/hello/ 1 hit"), "{}", screen.text());
}

#[test]
fn hits_that_the_filter_hides_are_counted() {
    let mut screen = ready(120, 40);
    screen.press("Tab f - k i n d : s t r e a m Enter");
    look_for(&mut screen, "starttls");
    assert!(screen.text().contains("in rows that the filter hides"), "{}", screen.text());
    assert_eq!(screen.model.viewport().selected, None);
    let mut narrow = ready(80, 24);
    narrow.press("Tab f - k i n d : t l s Enter");
    look_for(&mut narrow, "starttls");
    let foot = narrow.row(16);
    assert!(foot.contains("hidden") && foot.contains("hit 1 of"), "both are said: {foot}");
}

#[test]
fn a_bad_expression_says_where_it_is_bad_and_is_not_kept() {
    let mut screen = ready(80, 24);
    screen.press("/ a ( Enter");
    assert!(screen.text().contains("unclosed group at character 2 of /a(/"), "{}", screen.text());
    screen.press("Esc");
    assert!(screen.model.sight.pattern().is_none());
    assert_eq!(screen.model.focus, crate::ui::geometry::Pane::Tree, "the keys are where they were");
}

#[test]
fn it_draws_at_any_size() {
    for (columns, rows) in [(1, 1), (2, 2), (3, 5), (20, 5), (59, 15), (60, 16), (80, 24), (200, 60)] {
        for keys in ["/", "/ a", "/ a Enter > < n", "/ ( Enter", "/ . Enter > G < w Esc", "/ z z z Enter >"] {
            ready(columns, rows).press(keys);
            Screen::of(&Story::new(false), columns, rows).press(keys);
        }
    }
}
