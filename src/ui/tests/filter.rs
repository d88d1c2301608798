//! The filter line: what it hides, says and gives back, typed key by key.

use super::*;
use crate::journal::Read;
use insta::assert_snapshot;
use story::IMP2;

/// imp1 selected, the console has the keys.
fn console(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::of(&Story::flagship(), columns, rows);
    screen.model.standing(IMP1, waiting());
    screen.press("Tab");
    screen
}

fn write(screen: &mut Screen, text: &str) {
    for character in text.chars() {
        let key = if character == ' ' { "Space".to_owned() } else { character.to_string() };
        screen.press(&key);
    }
}

#[test]
fn while_it_is_typed_the_rows_show_what_it_would_show() {
    let mut screen = console(80, 24);
    screen.press("f");
    write(&mut screen, "sasl");
    let text = screen.text();
    assert!(text.contains("<auth") && !text.contains("<stream:stream"), "{text}");
    assert_snapshot!(text);
    screen.press("Enter");
    assert_snapshot!(screen.text());
}

#[test]
fn the_filter_line_at_120x40() {
    let mut screen = console(120, 40);
    screen.press("f");
    write(&mut screen, "-kind:kernel,tls >>");
    screen.press("Alt-4 Down Right");
    assert_snapshot!(screen.text());
}

#[test]
fn off_again_it_shows_what_was_there_before() {
    let mut screen = console(80, 24);
    let before = screen.text();
    screen.press("f");
    write(&mut screen, "kind:iq");
    screen.press("Enter");
    assert!(screen.text().contains("the filter hides all"), "{}", screen.text());
    assert!(screen.text().contains("f, Ctrl-u and Enter show them"), "{}", screen.text());
    screen.press("f Ctrl-u Enter");
    assert_eq!(screen.text(), before);
}

#[test]
fn esc_leaves_it_as_it_was() {
    let mut screen = console(80, 24);
    let before = screen.text();
    screen.press("f");
    write(&mut screen, "kind:iq");
    screen.press("Esc");
    assert_eq!(screen.text(), before);
    screen.press("f");
    write(&mut screen, "dir:out");
    screen.press("Enter");
    let filtered = screen.text();
    screen.press("f Ctrl-u Esc");
    assert_eq!(screen.text(), filtered);
}

#[test]
fn what_is_wrong_is_said_while_it_is_typed_and_enter_does_not_keep_it() {
    let mut screen = console(120, 40);
    screen.press("f");
    write(&mut screen, "kind:stanzas");
    assert!(screen.text().contains("there is no kind stanzas; there are message, presence,"), "{}", screen.text());
    screen.press("Enter");
    assert!(screen.text().contains("┌ Filter"), "{}", screen.text());
    screen.press("Ctrl-u Enter");
    assert!(!screen.text().contains("┌ Filter"), "{}", screen.text());
}

#[test]
fn at_80_columns_the_hint_and_what_is_wrong_are_read_to_their_end() {
    let mut screen = console(80, 24);
    screen.press("f");
    assert!(screen.text().contains("#4-6 all -not│"), "{}", screen.text());
    write(&mut screen, "kind:stanzas");
    assert!(screen.text().contains("wait, kernel, run, other"), "{}", screen.text());
    screen.press("Esc /");
    write(&mut screen, "(");
    assert!(!screen.text().contains('…'), "{}", screen.text());
}

#[test]
fn a_filter_names_its_key_beside_what_it_hides() {
    let mut screen = console(80, 24);
    screen.press("f");
    write(&mut screen, "dir:out");
    screen.press("Enter");
    assert!(screen.text().contains("hidden · f ─"), "{}", screen.text());
}

#[test]
fn the_boxes_and_the_line_are_one_filter() {
    let mut screen = console(80, 24);
    screen.press("f Alt-4");
    assert!(screen.text().contains("-kind:sm") && screen.text().contains("[ ] SM"), "{}", screen.text());
    screen.press("Down Right Right Right Right Space");
    assert!(screen.text().contains("-kind:sm,stream"), "{}", screen.text());
    assert!(!screen.text().contains("<stream:stream"), "{}", screen.text());
    screen.press("Space Left Space");
    assert!(screen.model.sight.filter().is_empty(), "{}", screen.text());
    screen.press("Right Right Space");
    write(&mut screen, "bob");
    assert!(screen.text().contains("JID: bob"), "{}", screen.text());
    assert!(screen.text().contains("<auth"), "the login stays: {}", screen.text());
}

#[test]
fn rows_that_come_are_filtered_as_they_come() {
    let mut screen = console(80, 24);
    screen.press("f");
    write(&mut screen, "kind:message");
    screen.press("Enter");
    let mut story = Story::flagship();
    let from = story.entries().len();
    story.received("<presence from='bob@example.test'/>", Read::Presence);
    story.received("<message><body>hello</body></message>", Read::Message);
    story.entries()[from..].iter().for_each(|entry| screen.model.apply(entry));
    screen.draw();
    assert!(screen.text().contains("hello") && !screen.text().contains("<presence"), "{}", screen.text());
}

#[test]
fn everything_says_of_each_row_whose_it_is_and_moves_with_no_selection() {
    let mut screen = console(120, 40);
    screen.press("f");
    write(&mut screen, "all kind:sasl");
    screen.press("Enter");
    let text = screen.text();
    assert!(text.contains("imp1   >> <auth") && text.contains("imp2   << <success"), "{text}");
    screen.press("Tab Down");
    assert_eq!(screen.model.shown_login(), Some(IMP2));
    assert!(screen.text().contains("imp1   >> <auth"), "{}", screen.text());
}

#[test]
fn the_evidence_of_a_finding_opens_although_the_filter_hides_it() {
    let mut screen = console(80, 24);
    screen.press("f");
    write(&mut screen, "kind:message");
    screen.press("Enter F Tab Enter");
    assert!(screen.text().contains("is not in sight (filter"), "{}", screen.text());
    assert!(screen.text().contains("┌ Entry #"), "{}", screen.text());
}

#[test]
fn what_is_read_stays_in_sight_when_rows_above_it_are_hidden() {
    let mut screen = console(80, 24);
    screen.press("Up Up Up");
    let selected = screen.model.viewport().selected;
    screen.press("f");
    write(&mut screen, "-dir:event");
    screen.press("Enter");
    assert_eq!(screen.model.viewport().selected, selected);
    assert!(!screen.model.page.is_empty());
}

#[test]
fn a_pasted_line_is_one_line() {
    let mut screen = console(80, 24);
    screen.press("f");
    handle(&mut screen.model, Event::Paste("kind:sasl\ndir:out\n".into()));
    screen.draw();
    assert!(screen.text().contains("kind:sasl dir:out"), "{}", screen.text());
}

#[test]
fn it_draws_at_any_size() {
    for (columns, rows) in [(1, 1), (2, 2), (3, 5), (20, 5), (59, 15), (60, 16), (80, 24), (200, 60)] {
        for keys in ["f", "f a l l", "f k i n d : x", "f Alt-1 Enter", "f Down Right Space", "f z z z Enter G g"] {
            console(columns, rows).press(keys);
            Screen::of(&Story::new(false), columns, rows).press(keys);
        }
    }
}
