//! One entry: its head, its bytes, its explanation.

use super::*;
use crate::journal::{EntryNo, Fact, KernelFact, KernelReason, Part, Parts, Read, XmppFact};
use crate::ui::popup::{Popup, Sheet};
use insta::assert_snapshot;

/// The flagship, the console having the keys, this many rows up from the newest.
fn flagship(columns: u16, rows: u16, up: usize) -> Screen {
    let mut screen = Screen::of(&Story::flagship(), columns, rows);
    screen.model.standing(IMP1, waiting());
    screen.now = screen.now.after(std::time::Duration::from_millis(400));
    screen.draw();
    screen.press("Tab");
    (0..up).for_each(|_| drop(screen.press("Up")));
    screen
}

fn on_auth(columns: u16, rows: u16) -> Screen {
    let mut screen = flagship(columns, rows, 0);
    for _ in 0..20 {
        screen.press("Up");
        let chosen = screen.model.console_choice().and_then(|n| screen.model.console.row(n));
        if chosen.is_some_and(|row| row.topic.id() == "out.auth.PLAIN") {
            return screen;
        }
    }
    panic!("no <auth>\n{}", screen.text());
}

#[test]
fn an_explanation_says_what_it_is_what_must_come_and_what_cisco_does() {
    let mut screen = on_auth(80, 24);
    screen.press("i");
    let small = screen.text();
    assert!(small.contains("XMPP_AUTH_SILENT: F"), "{small}");
    let mut large = on_auth(120, 40);
    large.press("i");
    let large = large.text();
    assert_snapshot!(format!("{small}\n---- at 120x40\n{large}"));
}

#[test]
fn the_explanation_goes_with_the_chosen_entry_and_opens_from_its_page_too() {
    let mut screen = on_auth(80, 24);
    let n = screen.model.console_choice().unwrap();
    screen.press("Enter i");
    assert!(
        matches!(screen.model.popups[..], [Popup::Sheet(Sheet::Entry(one), _), Popup::Sheet(Sheet::Explain(two), _)] if one == n && two == n)
    );
    screen.press("i w");
    assert!(screen.model.popups.len() == 2 && !screen.model.raw, "in an explanation both mean nothing");
    screen.press("Esc Esc");
    assert!(screen.model.popups.is_empty());
    let mut newest = flagship(80, 24, 0);
    newest.press("i");
    let last = newest.model.console_choice().unwrap();
    assert!(matches!(newest.model.popups[..], [Popup::Sheet(Sheet::Explain(n), _)] if n == last));
    // Where the tree has the keys there is no entry.
    let mut tree = Screen::of(&Story::flagship(), 80, 24);
    assert!(tree.press("i").is_empty() && tree.model.popups.is_empty());
}

#[test]
fn the_clock_of_what_has_not_come_goes_on() {
    let mut screen = on_auth(80, 24);
    screen.press("i");
    assert!(screen.text().contains("has not come: 10.4 s"), "{}", screen.text());
    screen.now = screen.now.after(std::time::Duration::from_secs(3));
    assert!(screen.draw() && screen.text().contains("has not come: 13.4 s"), "{}", screen.text());
}

#[test]
fn w_turns_an_entry_from_indented_to_raw_to_bytes_and_back() {
    let mut screen = on_auth(80, 24);
    screen.press("Enter");
    let indented = screen.text();
    screen.press("w");
    let raw = screen.text();
    screen.press("w");
    let hex = screen.text();
    screen.press("w");
    assert_eq!(screen.text(), indented);
    screen.press("w w Esc w");
    assert!(!screen.model.raw && !screen.model.hex, "in the console w knows raw and indented alone");
    let mut large = on_auth(120, 40);
    large.press("Enter w w");
    let large = large.text();
    assert_snapshot!(format!("{indented}\n---- raw\n{raw}\n---- hex\n{hex}\n---- hex at 120x40\n{large}"));
}

#[test]
fn an_entry_of_words_has_no_bytes_and_says_so() {
    let mut screen = flagship(80, 24, 0);
    screen.press("Enter w w");
    assert!(screen.text().contains("[no bytes are kept of this entry]"), "{}", screen.text());
}

#[test]
fn features_that_came_in_three_reads_show_each_with_its_time() {
    let mut story = Story::new(false);
    story.reach_mechanisms(IMP1, "imp1.example.test", None).after(5000);
    let text = "<message from='a@example.test'/>";
    let began = story.now();
    story.after(600_000).received(text, Read::Message);
    let mut parts = Parts::default();
    for (bytes, ms) in [(4, 5), (8, 300), (20, 600)] {
        parts.push(Part { bytes, at: began.after(std::time::Duration::from_millis(ms)) });
    }
    let mut entries = story.entries().to_vec();
    if let crate::journal::Event::Saw(Fact::Xmpp(fact)) = &mut entries.last_mut().unwrap().event
        && let XmppFact::Received(received) = &mut **fact
    {
        received.parts = parts;
    }
    let mut screen = Screen::of(&Story::new(false), 80, 24);
    screen.model = Model::new(Setup::default(), 80, 24);
    entries.iter().for_each(|entry| screen.model.apply(entry));
    screen.now = story.now();
    screen.draw();
    screen.press("Tab Enter");
    let shown = screen.text().replace("│\n│", "");
    let before = entries.len() - 1;
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("in 3 reads: 4 bytes 10.0 ms after #"), "{before} {shown}");
    assert!(flat.contains("8 bytes 295.0 ms later, 20 bytes 300.0 ms later"), "{shown}");
}

#[test]
fn what_the_kernel_said_of_a_stanza_stands_in_its_head() {
    let head = |story: &Story| {
        let mut screen = Screen::of(story, 120, 40);
        screen.press("Tab");
        for _ in 0..20 {
            screen.press("Up");
            let chosen = screen.model.console_choice().and_then(|n| screen.model.console.row(n));
            if chosen.is_some_and(|row| row.topic.id() == "out.auth.PLAIN") {
                screen.press("Enter");
                return screen.text();
            }
        }
        panic!("{}", screen.text());
    };
    let mut story = Story::new(false);
    story.reach_mechanisms(IMP1, "imp1.example.test", None).auth();
    assert!(head(&story).contains("not yet shown as acknowledged"), "{}", head(&story));
    story.after(2_000_000).kernel(KernelReason::Slow);
    let shown = head(&story);
    assert!(shown.contains("acknowledged by ") && shown.contains("the first snapshot that shows it"), "{shown}");
    let mut unknown = Story::new(false);
    unknown.reach_mechanisms(IMP1, "imp1.example.test", None).auth();
    let view = Err("no TCP_INFO here".to_owned());
    unknown.saw(Fact::Kernel(KernelFact { reason: KernelReason::Slow, view }));
    let shown = head(&unknown);
    assert!(shown.contains("whether it was acknowledged is unknown: no TCP_INFO here"), "{shown}");
}

#[test]
fn a_large_table_of_bytes_is_drawn_by_what_is_in_sight() {
    let mut story = Story::new(false);
    story.reach_mechanisms(IMP1, "imp1.example.test", None);
    let large = format!("<message><x>{}</x></message>", "y".repeat(1 << 20));
    story.received(&large, Read::Message);
    let mut screen = Screen::of(&story, 80, 24);
    screen.press("Tab Enter w w End");
    let rows = large.len().div_ceil(16);
    assert!(screen.text().contains(&format!("{:08x}  ", (rows - 1) * 16)), "{}", screen.text());
    screen.press("Home PageDown");
    assert!(screen.text().contains(" more below"));
}

#[test]
fn a_request_shows_the_bytes_of_its_head_and_its_body() {
    let mut screen = Screen::of(&Story::practice(), 80, 24);
    let row = screen.model.console.rows().iter().rfind(|row| row.topic.id() == "http.answer.user");
    let n = row.unwrap().n;
    screen.model.popups.push(Popup::Sheet(Sheet::Entry(n), 0));
    screen.press("w w");
    assert!(screen.text().contains("00000000  3c"), "{}", screen.text());
}

#[test]
fn every_entry_opens_in_every_form_at_any_size() {
    let story = Story::practice();
    for (columns, rows) in [(1, 1), (3, 5), (40, 10), (80, 24), (120, 40)] {
        let mut screen = Screen::of(&story, columns, rows);
        let numbers: Vec<EntryNo> = screen.model.console.rows().iter().map(|row| row.n).collect();
        for n in numbers {
            screen.model.popups.push(Popup::Sheet(Sheet::Entry(n), 0));
            screen.press("w w w PageDown i PageDown End");
            screen.model.popups.clear();
        }
    }
}
