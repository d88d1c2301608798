//! What the user does with the rows: Enable, Dump Ringbuf, Clear, freeze, marks, ranges. Nothing of it loses a row.

use super::*;
use crate::journal::{EntryNo, Read};
use crate::ui::{Copied, LongCopy};
use insta::assert_snapshot;

/// The flagship, the keys in the console, and so many messages that come while these keys were typed.
fn flooded(keys: &str, messages: usize, columns: u16, rows: u16) -> Screen {
    let mut story = Story::flagship();
    let mut screen = Screen::of(&story, columns, rows);
    screen.model.standing(IMP1, waiting());
    screen.press("Tab");
    if !keys.is_empty() {
        screen.press(keys);
    }
    come(&mut screen, &mut story, messages);
    screen
}

/// So many messages come.
fn come(screen: &mut Screen, story: &mut Story, messages: usize) {
    let known = story.entries().len();
    for number in 0..messages {
        story.after(1000).received(&format!("<message id='m{number}'/>"), Read::Message);
    }
    story.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    screen.draw();
}

/// The rows in sight.
fn shown(screen: &Screen) -> Vec<EntryNo> {
    let rows = screen.model.console.rows();
    screen.model.sight.rows().iter().map(|at| rows[*at].n).collect()
}

/// All rows of the place.
fn all(screen: &Screen) -> Vec<EntryNo> {
    let (rows, place) = (screen.model.console.rows(), screen.model.console_key());
    screen.model.console.of_place(&place).iter().map(|at| rows[*at].n).collect()
}

/// What is copied.
fn copied(effects: &[Effect]) -> (Copied, String) {
    let [Effect::Local(Local::Copy(what, text))] = effects else { panic!("{effects:?}") };
    (*what, text.clone())
}

/// The console's pane without its border.
fn pane(screen: &Screen) -> Vec<String> {
    screen.text().lines().skip(2).take(14).map(|line| line.chars().skip(30).collect()).collect()
}

#[test]
fn what_passes_while_enable_is_off_is_in_the_ring_until_it_is_dumped_and_the_pane_says_so() {
    let mut story = Story::flagship();
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Tab E");
    let before = shown(&screen);
    come(&mut screen, &mut story, 12);
    assert_eq!(shown(&screen), before);
    assert!(screen.text().contains("Enable off · 12 in the ring"), "{}", screen.text());
    screen.press("E");
    come(&mut screen, &mut story, 3);
    assert_eq!(shown(&screen).len(), before.len() + 3);
    assert!(screen.text().contains("12 in the ring · D shows"), "{}", screen.text());
    screen.press("D");
    assert_eq!(shown(&screen), all(&screen));
    assert!(!screen.text().contains("in the ring"), "{}", screen.text());
    screen.press("D");
    assert_eq!(shown(&screen), all(&screen), "a second dump shows no row twice");
    assert!(screen.text().contains("shown already"));
}

#[test]
fn a_dump_shows_the_ring_and_leaves_enable_as_it_was() {
    let mut story = Story::flagship();
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Tab E");
    come(&mut screen, &mut story, 5);
    screen.press("D");
    assert_eq!(shown(&screen), all(&screen));
    come(&mut screen, &mut story, 2);
    assert_eq!(shown(&screen).len() + 2, all(&screen).len());
    assert!(screen.text().contains("Enable off · 2 in the ring"), "{}", screen.text());
}

#[test]
fn a_silence_is_shown_although_enable_is_off() {
    let mut story = Story::new(true);
    story.reach_mechanisms(IMP1, "imp1.example.test", Some(true)).auth();
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Tab E");
    let known = story.entries().len();
    story.falls_silent();
    story.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    screen.draw();
    let text = screen.text();
    assert!(text.contains("no answer to <auth> for 10.0 s"), "{text}");
    assert!(!text.contains("slow: no answer"), "{text}");
}

#[test]
fn clear_empties_the_view_and_says_how_to_get_it_back() {
    let mut screen = flooded("C", 0, 80, 24);
    assert!(shown(&screen).is_empty());
    assert!(screen.text().contains("rows are in the ring: D shows them again"), "{}", screen.text());
    assert_snapshot!(screen.text());
    screen.press("Enter m v '");
    assert!(screen.model.popups.is_empty(), "there is nothing to open");
    screen.press("D");
    assert_eq!(shown(&screen), all(&screen));
}

#[test]
fn another_node_says_too_that_enable_is_off_and_the_view_was_cleared() {
    let mut screen = flooded("E C Tab", 4, 80, 24);
    screen.press("Down");
    assert!(screen.text().contains("rows are in the ring: D shows them again"), "{}", screen.text());
    assert!(screen.text().contains("Enable off"), "{}", screen.text());
    screen.press("Tab D");
    assert_eq!(shown(&screen), all(&screen));
}

#[test]
fn a_frozen_view_stands_still_whatever_comes_and_loses_nothing() {
    let mut story = Story::new(true);
    story.reach_mechanisms(IMP1, "imp1.example.test", Some(true)).auth();
    let silent = crate::journal::WaitMark::Silent;
    story.after(10_000_000).mark(silent);
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Tab p");
    let before = pane(&screen);
    // The kernel's view comes late: it changes the row of the silence.
    let known = story.entries().len();
    story.kernel(crate::journal::KernelReason::Silent);
    story.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    come(&mut screen, &mut story, 12);
    assert_eq!(pane(&screen), before);
    assert!(screen.row(1).contains("frozen · +13 new"), "{}", screen.row(1));
    screen.press("g G");
    assert_eq!(pane(&screen), before, "the end of a frozen view is its own");
    screen.press("p");
    assert_eq!(shown(&screen), all(&screen));
    assert!(screen.row(1).contains("follow") && screen.text().contains("m11"), "{}", screen.text());
    assert!(screen.text().contains("all 118 wire bytes acked") || screen.press("g").is_empty());
}

#[test]
fn what_is_cleared_while_frozen_is_what_was_seen() {
    let mut story = Story::flagship();
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Tab p");
    come(&mut screen, &mut story, 12);
    screen.press("C p");
    assert_eq!(shown(&screen).len(), 12);
    screen.press("D");
    assert_eq!(shown(&screen), all(&screen));
}

#[test]
fn once_scrolled_away_what_is_new_is_counted_and_the_key_to_it_named() {
    let mut story = Story::flagship();
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Tab Up");
    assert!(screen.row(1).contains("held · G"), "{}", screen.row(1));
    screen.press("E");
    come(&mut screen, &mut story, 7);
    screen.press("E D");
    assert!(screen.row(1).contains("+7 new · G"), "{}", screen.row(1));
    screen.press("g C D");
    assert!(screen.row(1).contains("+7 new · G"), "what was there before is not new: {}", screen.row(1));
    screen.press("End");
    assert!(screen.row(1).contains("follow"));
}

#[test]
fn marks_are_seen_and_gone_through_in_a_ring() {
    let mut screen = flooded("m", 3, 80, 24);
    let newest = screen.model.hands.marks.first().copied().unwrap();
    screen.press("g m");
    let first = screen.model.viewport().selected.unwrap();
    assert!(screen.row(2).contains("◆=="), "{}", screen.text());
    let mut gone = Vec::new();
    for _ in 0..4 {
        screen.press("'");
        gone.extend(screen.model.viewport().selected);
    }
    assert_eq!(gone, [newest, first, newest, first]);
    screen.press("m '");
    assert_eq!(screen.model.viewport().selected, Some(newest));
    screen.press("m '");
    assert!(screen.text().contains("no row is marked: m marks the selected one"), "{}", screen.text());
}

#[test]
fn a_mark_that_is_not_in_sight_is_passed_over_and_comes_back_with_its_row() {
    let mut screen = flooded("m C '", 2, 80, 24);
    assert!(screen.text().contains("no marked row is in this view"), "{}", screen.text());
    let marked = screen.model.hands.marks.first().copied();
    screen.press("D '");
    assert_eq!(screen.model.viewport().selected, marked);
}

#[test]
fn a_mark_is_seen_with_ascii_alone_and_in_a_narrow_pane() {
    let mut screen = Screen::with(Setup { ascii: true, ..Setup::default() }, &Story::flagship(), 80, 24);
    screen.press("Tab g m");
    assert!(screen.text().contains("*=="), "{}", screen.text());
    let mut screen = Screen::of(&Story::flagship(), 24, 16);
    screen.press("Tab g m");
    assert!(screen.text().contains("==◆"), "{}", screen.text());
}

#[test]
fn a_range_grows_with_the_arrows_and_what_comes_in_does_not_change_it() {
    let mut story = Story::flagship();
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Tab Up Up v Up");
    let range = screen.model.range().unwrap();
    come(&mut screen, &mut story, 20);
    assert_eq!(screen.model.range(), Some(range.clone()));
    let inside = shown(&screen).into_iter().filter(|n| range.contains(n)).count();
    assert_eq!(inside, 2);
    screen.press("Esc");
    assert_eq!(screen.model.range(), None);
    assert!(screen.press("Esc").is_empty());
}

#[test]
fn a_row_that_leaves_the_view_takes_neither_scroll_nor_selection_with_it() {
    let mut story = Story::flagship();
    let mut screen = Screen::of(&story, 80, 24);
    come(&mut screen, &mut story, 30);
    screen.press("Tab g Down Down C");
    come(&mut screen, &mut story, 5);
    screen.press("Down");
    assert_eq!(screen.model.viewport().selected, shown(&screen).first().copied());
    screen.press("D G");
    assert!(screen.row(1).contains("follow"));
}

/// The keys of this subject, and those that move.
const KEYS: [&str; 19] = [
    "E",
    "D",
    "C",
    "p",
    "m",
    "'",
    "v",
    "Esc",
    "Space",
    "y",
    "Y",
    "Alt-y",
    "Up",
    "Down",
    "PageUp",
    "PageDown",
    "g",
    "G",
    "Tab Down Tab",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 40, ..Default::default() })]
    #[test]
    fn no_sequence_of_keys_loses_a_row(keys in proptest::collection::vec(0..KEYS.len() + 1, 0..30)) {
        let mut story = Story::practice();
        let mut screen = Screen::of(&story, 80, 24);
        screen.press("Tab");
        for key in keys {
            match KEYS.get(key) {
                Some(key) => drop(screen.press(key)),
                None => come(&mut screen, &mut story, 3),
            }
        }
        if screen.model.sight.frozen().is_some() {
            screen.press("p");
        }
        screen.press("D G");
        proptest::prop_assert_eq!(shown(&screen), all(&screen));
    }
}

#[test]
fn the_hands_work_at_any_size() {
    for (columns, rows) in [(1, 1), (2, 3), (10, 4), (40, 10), (120, 40)] {
        let mut screen = flooded("p m Space E g Space v Down y", 5, columns, rows);
        screen.press("p C D ' Esc E");
        assert_eq!(shown(&screen), all(&screen), "{columns}x{rows}");
    }
}

#[test]
fn a_frozen_view_and_enable_off_at_both_sizes() {
    assert_snapshot!(flooded("g m Down E", 12, 80, 24).text() + &flooded("Up Up m v Up p", 12, 120, 40).text());
}

#[test]
fn a_silence_is_copied_with_all_that_a_ticket_needs_and_without_the_length_of_the_secret() {
    let mut screen = flooded("", 0, 80, 24);
    let (what, text) = copied(&screen.press("y"));
    assert_eq!(what, Copied::Silence);
    assert!(!text.contains("118") && !text.contains("96"), "the length of the secret can be told: {text}");
    assert_snapshot!(text);
    let (_, open) = copied(&screen.press("Enter y"));
    assert_eq!(open, text, "from the open entry as from its row");
}

#[test]
fn the_stanza_without_an_answer_and_what_came_before_it_are_copied_as_a_range() {
    let mut screen = flooded("Up Up Up Up v Up", 5, 80, 24);
    assert!(screen.text().contains("2 rows selected · y copies · Esc ends"), "{}", screen.text());
    let (what, text) = copied(&screen.press("y"));
    assert_eq!(what, Copied::Range);
    let (_, raw) = copied(&screen.press("w y"));
    let (_, psi) = copied(&screen.press("Alt-y"));
    assert_snapshot!(format!("{text}---- raw\n{raw}---- PSI\n{psi}"));
}

#[test]
fn the_whole_view_is_copied_whole_however_it_is_folded() {
    let mut screen = flooded("", 0, 80, 24);
    let (what, text) = copied(&screen.press("Y"));
    assert_eq!(what, Copied::View);
    assert_snapshot!(text);
    screen.press("g Space Down Down Space Down Space m p");
    assert_eq!(copied(&screen.press("Y")).1, text);
    screen.press("C");
    assert!(screen.press("Y y").is_empty());
    assert!(screen.text().contains("there is no row to copy"));
}

#[test]
fn many_rows_are_written_beside_the_screen_as_few_are_on_it() {
    let mut story = Story::flagship();
    let mut screen = Screen::of(&story, 80, 24);
    screen.model.standing(IMP1, waiting());
    screen.press("Tab");
    come(&mut screen, &mut story, 1200);
    let long = |effects: Vec<Effect>| match &effects[..] {
        [Effect::Local(Local::CopyLong(copy))] => copy.clone(),
        _ => panic!("{effects:?}"),
    };
    let (view, range) = (long(screen.press("Y")), long(screen.press("Up v g y")));
    let psi = long(screen.press("Alt-y"));
    let rows = screen.model.rows_between(&(EntryNo(0)..=EntryNo(u64::MAX))).1;
    let (console, ahead) = (&screen.model.console, screen.model.setup.ahead_of_utc);
    let ticket = crate::console::copied::ticket(console, &rows, None, false);
    let in_psi = crate::console::copied::psi(console, &rows, ahead);
    come(&mut screen, &mut story, 3);
    let text = |copy: &LongCopy| copy.text(copy.wanted(story.entries()));
    assert_eq!((view.what, text(&view)), (Copied::View, ticket.clone()), "what comes later is not in it");
    assert_eq!((range.what, text(&range)), (Copied::Range, ticket));
    assert_eq!(text(&psi), in_psi);
}

#[test]
fn psis_format_is_well_formed_whatever_a_server_or_a_user_id_holds() {
    let mut story = Story::new(true);
    story.reach_mechanisms(IMP1, "imp1.example.test", Some(true));
    let secret = |text: &str, at: usize| {
        let cut = serde_json::json!({"at": at, "wire_len": 7, "kind": "PLAIN", "note": "authcid <al'i&ce--"});
        serde_json::from_value(serde_json::json!({"text": text, "cuts": [cut]})).unwrap()
    };
    for payload in [secret("<a></a>", 3), secret("<b c=''/>", 6)] {
        let received = crate::journal::Received {
            payload,
            span: crate::journal::Span { from: 0, to: 9 },
            wire: 9,
            secure: true,
            read: Read::Message,
            parts: crate::journal::Parts::default(),
        };
        story.saw(crate::journal::Fact::Xmpp(Box::new(crate::journal::XmppFact::Received(received))));
    }
    story.received("<c>\u{1b}[2J\u{202e}\ra</c>", Read::Message);
    story.received("no XML -- at all -", Read::Refused { what: "text".into(), at: 0 });
    let mut screen = Screen::of(&story, 80, 24);
    let (_, text) = copied(&screen.press("Tab Up Up Up Up v Down Down Down Alt-y"));
    let whole = format!("<all>{text}</all>");
    let mut reader = quick_xml::Reader::from_str(&whole);
    reader.config_mut().check_comments = true;
    while reader.read_event().unwrap_or_else(|why| panic!("{why}: {text}")) != quick_xml::events::Event::Eof {}
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']), "{text}");
    assert_snapshot!(text);
}

#[test]
fn space_folds_a_stanza_to_one_line_and_shows_it_whole_again() {
    let mut screen = flooded("Up Up Up Up", 0, 80, 24);
    let whole = pane(&screen);
    screen.press("Space");
    let folded = screen.text();
    assert!(folded.contains("▸ <auth mechanism='PLAIN'> …"), "{folded}");
    screen.press("Enter");
    assert!(screen.text().contains("[masked PLAIN: authcid alice]"), "an entry opens whole: {}", screen.text());
    screen.press("Esc Space");
    assert_eq!(pane(&screen), whole);
    let mut screen = Screen::with(Setup { ascii: true, ..Setup::default() }, &Story::flagship(), 80, 24);
    screen.press("Tab g Down Down Space");
    assert!(screen.text().contains("> <stream:stream to='example.test'"), "{}", screen.text());
}

#[test]
fn long_text_is_folded_before_the_stanza_and_nothing_is_folded_by_itself() {
    let mut story = Story::flagship();
    let photo = "QUJD".repeat(2500);
    story
        .received(&format!("<iq type='result' id='p1'><vCard><PHOTO>{photo}</PHOTO></vCard></iq>"), Read::Message);
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Tab Up g G");
    assert!(screen.text().contains("QUJDQUJD"));
    screen.press("Space");
    assert!(screen.text().contains("…(10,000 characters)"), "{}", screen.text());
    assert_snapshot!(screen.text());
    screen.press("Space");
    assert!(screen.text().contains("▸ <iq type='result' id=… … 5 lines"), "{}", screen.text());
    screen.press("Space");
    assert!(screen.text().contains("QUJDQUJD"));
    let seen: usize =
        screen.model.page.iter().filter(|line| line.n == shown(&screen).last().copied().unwrap()).count();
    assert!(seen > 1);
}

#[test]
fn the_help_begins_with_the_keys_of_the_pane_that_has_them() {
    for (keys, first) in [("?", "In both panes"), ("Tab ?", "In the console")] {
        let mut screen = flooded("", 0, 80, 24);
        screen.press("Tab");
        screen.press(keys);
        let text = screen.text();
        let heading = text.lines().find(|line| line.contains("│In ") && !line.contains("brackets"));
        assert!(heading.is_some_and(|line| line.contains(first)), "{keys}: {text}");
    }
}
