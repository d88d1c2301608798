//! Pictures of the whole screen, and laws that hold at every size.

use super::*;
use crate::journal::{Fact, KernelReason, Read, Remark, StageMark, WaitMark, XmppFact};
use crate::ui::theme::{Theme, ThemeName};
use insta::assert_snapshot;
use story::{IMP2, payload};

/// The flagship with the selection on imp1.
fn flagship(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::of(&Story::flagship(), columns, rows);
    screen.model.standing(IMP1, waiting());
    screen.now = screen.now.after(std::time::Duration::from_millis(400));
    screen.draw();
    screen
}

#[test]
fn silent_auth_at_80x24() {
    assert_snapshot!(flagship(80, 24).text());
}

#[test]
fn silent_auth_at_120x40() {
    assert_snapshot!(flagship(120, 40).text());
}

#[test]
fn silent_auth_with_ascii_alone() {
    let mut screen = Screen::with(Setup { ascii: true, ..Setup::default() }, &Story::flagship(), 80, 24);
    screen.model.standing(IMP1, waiting());
    screen.press("Right");
    assert!(screen.text().is_ascii(), "{}", screen.text());
    assert_snapshot!(screen.text());
}

#[test]
fn one_pane_at_a_time_at_59x15() {
    let mut screen = flagship(59, 15);
    let tree = screen.text();
    screen.press("Tab");
    assert_snapshot!(format!("{tree}\n---- after Tab\n{}", screen.text()));
}

#[test]
fn the_proposal_is_always_on_the_screen() {
    let screen = before_auth(Hold::Step, 80, 24);
    assert_snapshot!(screen.text());
    for (columns, rows) in [(80, 24), (120, 40), (60, 16), (59, 15), (40, 10)] {
        let text = before_auth(Hold::Step, columns, rows).text();
        assert!(text.contains("next ▸ <auth mechanism='PLAIN'>"), "{columns}x{rows}\n{text}");
    }
}

#[test]
fn on_a_narrow_screen_a_note_leaves_the_proposal_its_beginning() {
    let hold = Hold::Breakpoint(Stage::Auth, false);
    let text = before_auth(hold, 40, 10).text();
    assert!(text.contains("next ▸ <auth mechanism='… ("), "{text}");
}

#[test]
fn where_the_keys_are_in_the_console_its_footer_says_how_to_open_a_row() {
    let mut screen = flagship(80, 24);
    assert!(!screen.text().contains("Enter open"), "{}", screen.text());
    screen.press("Tab");
    assert!(screen.text().contains("  Tab pane  Enter open  "), "{}", screen.text());
}

#[test]
fn a_certificate_question_says_what_failed_and_what_would_be_sent() {
    let mut screen = before_auth(certificate(), 80, 24);
    screen.press("t");
    assert_snapshot!(screen.text());
}

#[test]
fn a_password_prompt_names_user_and_node() {
    let mut screen = before_auth(Hold::Password, 80, 24);
    screen.press("n h u n t e r");
    assert!(screen.text().contains("alice@example.test, for imp1.example.test:5222"));
    assert_snapshot!(screen.text());
}

#[test]
fn breakpoints_and_an_editor() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    screen.press("b");
    let breakpoints = screen.text();
    screen.press("Esc e");
    assert_snapshot!(format!("{breakpoints}\n---- the editor\n{}", screen.text()));
}

#[test]
fn an_entry_opens_at_full_width_and_explains_a_silence() {
    let mut screen = flagship(80, 24);
    screen.press("Tab Enter");
    let newest = screen.text();
    screen.press("Esc Up Up Enter");
    assert_snapshot!(format!("{newest}\n---- two rows up\n{}", screen.text()));
}

#[test]
fn findings_open_with_their_causes_and_remedies() {
    let mut screen = flagship(80, 24);
    screen.press("F");
    let first = screen.text();
    screen.press("PageDown");
    assert_snapshot!(format!("{first}\n---- a page down\n{}", screen.text()));
}

#[test]
fn raw_is_the_bytes_but_for_the_secret() {
    let mut screen = flagship(80, 24);
    screen.press("Tab z w");
    let flat: String = screen.text().lines().map(|line| line.trim_matches(['│', ' '])).collect();
    assert!(flat.contains("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>[masked"), "{flat}");
}

#[test]
fn help_is_the_key_table() {
    let mut screen = flagship(80, 40);
    screen.press("?");
    assert_snapshot!(screen.text());
}

#[test]
fn everything_draws_at_any_size() {
    let pages = [
        "Tab",
        "z",
        "Tab z",
        "?",
        "Tab Enter",
        "Tab Up Up w Enter",
        "F",
        "b",
        "e",
        "x",
        "R",
        "q",
        "Right Down Down Enter",
    ];
    let holds =
        [Hold::None, Hold::Step, Hold::Password, certificate(), Hold::KeyNotProven, Hold::NoMechanism, Hold::Over];
    for (columns, rows) in [(1, 1), (2, 2), (3, 5), (20, 5), (59, 15), (60, 16), (80, 24), (200, 60)] {
        for pages in pages {
            flagship(columns, rows).press(pages);
        }
        for hold in &holds {
            let mut screen = before_auth(hold.clone(), columns, rows);
            screen.press("t");
            screen.press("Esc n PageDown G g");
        }
        Screen::of(&Story::new(false), columns, rows).press("Enter Tab Enter n r");
    }
}

#[test]
fn what_a_server_says_cannot_move_the_cursor() {
    let mut story = Story::new(false);
    let host = "imp1\x1b[2J\u{202e}.example.test";
    story.reach_mechanisms(IMP1, host, Some(true));
    let evil = "<message><body>\x1b]0;x\x07\u{202e}\u{9b}31m\r\n\u{200b}</body></message>";
    story.received(evil, Read::Message);
    let partial = XmppFact::Partial { payload: payload("<x a='\x1b[31m", None), bytes: 11 };
    story.saw(Fact::Xmpp(Box::new(partial)));
    let remark = Remark::OffScript { came: "<\x1b[0m>".into(), awaited: "\u{2066}".into() };
    story.saw(Fact::Xmpp(Box::new(XmppFact::Remark(remark))));
    let mut screen = Screen::of(&story, 100, 30);
    for pages in ["Tab", "w", "Enter", "Esc", "Tab Right Down Down", "Enter"] {
        screen.press(pages);
        let text = screen.text();
        let hidden = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{200b}\u{2066}".contains(c));
        assert!(!text.contains(hidden), "{text:?}");
    }
}

#[test]
fn an_open_element_is_seen_before_its_end_comes() {
    let mut story = Story::new(false);
    story.reach_mechanisms(IMP1, "imp1.example.test", None);
    let half = XmppFact::Partial { payload: payload("<success xmlns='urn", None), bytes: 19 };
    story.saw(Fact::Xmpp(Box::new(half)));
    let screen = Screen::of(&story, 100, 30);
    assert!(screen.text().contains("<success xmlns='urn"), "{}", screen.text());
    assert!(screen.text().contains("[still open, 19 bytes so far]"), "{}", screen.text());
}

#[test]
fn only_the_clocks_cells_change_while_time_passes() {
    let mut screen = flagship(80, 24);
    for _ in 0..12 {
        let before = screen.terminal.backend().buffer().clone();
        screen.now = screen.model.next_tick().unwrap();
        assert!(screen.draw());
        let after = screen.terminal.backend().buffer();
        let changed = before.diff(after);
        assert!((1..=4).contains(&changed.len()), "{changed:?}");
        assert!(changed.iter().all(|(_, y, _)| *y == 17), "{changed:?}");
    }
}

/// A terminal's end of the line: what would be written to it.
#[derive(Clone, Default)]
struct Line(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl std::io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_tick_of_the_clock_is_at_most_60_bytes_and_the_first_frame_at_most_4500() {
    use ratatui::{TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect};
    let mut screen = flagship(80, 24);
    let line = Line::default();
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 80, 24)) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(line.clone()), options).unwrap();
    for tick in 0..50 {
        line.0.borrow_mut().clear();
        terminal.draw(|frame| view::draw(&screen.model, frame)).unwrap();
        let (bytes, bound) = (line.0.borrow().len(), if tick == 0 { 4500 } else { 60 });
        assert!(bytes <= bound, "{bytes} bytes: {:?}", String::from_utf8_lossy(&line.0.borrow()));
        screen.now = screen.model.next_tick().unwrap();
        screen.model.refresh(screen.now);
    }
}

#[test]
fn nothing_is_drawn_while_nothing_changes() {
    let mut screen = flagship(80, 24);
    assert!(!screen.draw());
    let mut still = before_auth(Hold::Step, 80, 24);
    assert_eq!(still.model.next_tick(), None);
    still.now = still.now.after(std::time::Duration::from_secs(60));
    assert!(!still.draw());
}

#[test]
fn a_clock_on_a_slow_line_ticks_once_a_second() {
    let screen = Screen::with(Setup { slow_line: true, ..Setup::default() }, &Story::flagship(), 80, 24);
    assert!(screen.row(17).contains("▶auth 10s"), "{}", screen.row(17));
    assert_eq!(screen.model.next_tick().unwrap().since(screen.now).as_millis(), 1000);
}

#[test]
fn an_unchanged_kernel_is_one_row_however_long_the_silence_is() {
    let mut story = Story::flagship();
    let rows = |story: &Story| Screen::of(story, 120, 40).model.console.rows().len();
    let before = rows(&story);
    for _ in 0..5 {
        story.after(10_000_000).kernel(KernelReason::Still);
    }
    assert_eq!(rows(&story), before);
}

#[test]
fn a_late_answer_is_a_row_and_ends_the_clock() {
    let mut story = Story::flagship();
    story.after(20_000_000);
    let read = Read::SaslFailure { condition: "not-authorized".into(), text: None };
    story.received("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>", read);
    story.mark(WaitMark::Answered).stage(Stage::Auth, StageMark::Refused);
    let screen = Screen::of(&story, 80, 24);
    assert_eq!(screen.model.next_tick(), None);
    assert!(screen.text().contains("<not-authorized/>") && screen.row(17).contains("✗auth"), "{}", screen.text());
}

#[test]
fn a_theme_without_colours_sets_none() {
    let setup = Setup { theme: Theme::named(ThemeName::Mono), ..Setup::default() };
    let screen = Screen::with(setup, &Story::flagship(), 80, 24);
    let plain = ratatui::style::Color::Reset;
    assert!(screen.terminal.backend().buffer().content.iter().all(|cell| cell.fg == plain && cell.bg == plain));
}

#[test]
fn no_theme_sets_a_background() {
    for name in [ThemeName::Dark, ThemeName::Light] {
        let setup = Setup { theme: Theme::named(name), ..Setup::default() };
        let screen = Screen::with(setup, &Story::flagship(), 80, 24);
        assert!(
            screen.terminal.backend().buffer().content.iter().all(|cell| cell.bg == ratatui::style::Color::Reset)
        );
    }
}

#[test]
fn another_node_has_its_own_console() {
    let mut screen = flagship(80, 24);
    assert!(screen.text().contains("no answer to <auth>"));
    screen.press("Down");
    assert!(screen.text().contains("<success") && !screen.text().contains("no answer"), "{}", screen.text());
    assert_eq!(screen.model.shown_login(), Some(IMP2));
}
