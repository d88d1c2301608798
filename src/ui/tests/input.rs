//! XML Input and the proposal's editor: typed keys, what is asked, what is sent, what is kept, and how it looks.

use super::*;
use crate::journal::{Author, Entry, EntryNo, Fact, Outcome, Payload, Read, Sent, UserAct, Wall, XmppFact};
use crate::ui::Theme;
use story::payload;

/// XML Input is open and empty.
fn opened(columns: u16, rows: u16) -> Screen {
    let mut screen = before_auth(Hold::Step, columns, rows);
    screen.model.ids_from(0x1a2b);
    screen.press("x");
    screen
}

fn paste(screen: &mut Screen, text: &str) {
    assert!(handle(&mut screen.model, Event::Paste(text.into())).is_empty(), "pasting never sends");
    screen.draw();
}

fn typed(screen: &mut Screen, text: &str) {
    for character in text.chars() {
        let code = if character == '\n' { KeyCode::Enter } else { KeyCode::Char(character) };
        assert!(handle(&mut screen.model, Event::Key(KeyEvent::new(code, KeyModifiers::NONE))).is_empty());
    }
    screen.draw();
}

#[track_caller]
fn sends(effects: &[Effect], expected: &str) {
    assert!(matches!(effects, [Effect::Live(Live::Send(IMP1, text))] if text == expected), "{effects:?}");
}

#[test]
fn a_whole_stanza_goes_at_once_by_either_key() {
    for key in ["Alt-Enter", "Ctrl-s"] {
        let mut screen = opened(80, 24);
        typed(&mut screen, "<iq type='get'\n id='1'/>");
        assert!(screen.text().contains("well-formed"), "{}", screen.text());
        sends(&screen.press(key), "<iq type='get'\n id='1'/>");
        assert!(screen.model.popups.is_empty());
    }
}

#[test]
fn a_draft_survives_esc_and_is_gone_once_it_was_sent() {
    let mut screen = opened(80, 24);
    typed(&mut screen, "<presence/>");
    assert!(screen.press("Esc").is_empty());
    screen.press("x");
    assert!(screen.text().contains("<presence/>"));
    sends(&screen.press("Ctrl-s"), "<presence/>");
    screen.press("x");
    assert!(!screen.text().contains("<presence/>"));
}

#[test]
fn a_text_for_ha_status_is_no_xml_and_stays_until_it_was_understood() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    let open = |screen: &mut Screen| {
        screen.press(":");
        typed(screen, "ha status\n");
    };
    open(&mut screen);
    paste(&mut screen, "Node 1 Name : imp1 State");
    let text = screen.text();
    assert!(text.contains("it is read here and sent nowhere") && !text.contains("!1"), "{text}");
    for word in ["templates", "id"] {
        assert!(!text.lines().last().unwrap().contains(word), "{text}");
    }
    let effects = screen.press("Ctrl-s");
    assert!(matches!(&effects[..], [Effect::Live(Live::HaStatus(text))] if text.ends_with("imp1 State")));
    open(&mut screen);
    assert!(screen.text().contains("Node 1 Name : imp1 State"), "{}", screen.text());
    paste(&mut screen, ": Normal");
    screen.press("Ctrl-s");
    screen.model.apply(&Entry {
        n: EntryNo(900),
        op: OpId(1),
        parent: None,
        at: Offset(0),
        wall: Wall(0),
        event: crate::journal::Event::Saw(Fact::User(UserAct::HaStatus { nodes: Vec::new() })),
    });
    open(&mut screen);
    assert!(!screen.text().contains("imp1 State"), "{}", screen.text());
}

#[test]
fn what_is_no_whole_stanza_is_asked_about_once_and_never_refused() {
    for (text, said) in [
        ("<a></b>", "not-well-formed"),
        ("<iq>\n<query>", "It leaves open: <iq> of line 1"),
        ("<stream:stream xmlns:stream='s'>", "stream header"),
        ("</stream:stream>", "It is the end of the stream"),
        ("<auth mechanism='X'/>", "SASL"),
        ("<starttls/>", "begins TLS"),
        ("<r xmlns='urn:xmpp:sm:3'/>", "stream management"),
        (" ", "keep-alive"),
        ("hello", "bad-format"),
    ] {
        let mut screen = opened(80, 24);
        paste(&mut screen, text);
        assert!(screen.press("Alt-Enter").is_empty(), "{text}");
        assert!(screen.text().contains("Send it all the same?"), "{text}: {}", screen.text());
        let question = screen.text().replace(['│', '\n'], " ");
        let question = question.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(question.contains(said), "{text}: {question}");
        assert!(screen.press("Esc").is_empty());
        assert!(
            matches!(screen.model.popups.last(), Some(crate::ui::popup::Popup::Editor(_))),
            "back to the text"
        );
        sends(&screen.press("Alt-Enter y"), text);
        assert!(screen.model.popups.is_empty());
    }
}

#[test]
fn an_empty_text_is_not_sent_and_a_pasted_line_end_sends_nothing() {
    let mut screen = opened(80, 24);
    assert!(screen.press("Alt-Enter").is_empty());
    assert!(screen.text().contains("there is nothing to send"), "{}", screen.text());
    paste(&mut screen, "<a>\r\n<b>\r");
    assert!(screen.text().contains("still open at the end: <a> of line 1, <b> of line 2"), "{}", screen.text());
    sends(&screen.press("Alt-Enter y"), "<a>\n<b>\n");
}

#[test]
fn a_connection_that_ends_while_the_question_stands_keeps_the_text() {
    let mut screen = opened(80, 24);
    typed(&mut screen, "<r/>");
    screen.press("Ctrl-s");
    screen.model.standing(IMP1, Standing { alive: false, ..held(Hold::Over) });
    assert!(screen.press("y").is_empty());
    assert!(screen.text().contains("nothing was sent") && screen.text().contains("<r/>"), "{}", screen.text());
}

#[test]
fn what_was_refused_is_the_draft_again() {
    let mut screen = opened(80, 24);
    typed(&mut screen, "<iq id='mine'/>");
    screen.press("Ctrl-s");
    screen.model.refused(IMP1, "not sent: something is still being written");
    screen.draw();
    assert!(screen.text().contains("something is still being written; the text is kept"), "{}", screen.text());
    screen.press("x");
    assert!(screen.text().contains("<iq id='mine'/>"), "{}", screen.text());
    screen.press("Ctrl-s");
    screen.model.standing(IMP1, Standing { alive: false, ..held(Hold::Over) });
    assert_eq!(screen.model.input.draft.as_deref(), Some("<iq id='mine'/>"));
}

#[test]
fn a_proposal_that_is_not_well_formed_is_asked_about_and_a_header_is_not() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    screen.press("e End x Alt-Enter");
    assert!(screen.text().contains("Send it all the same?"), "{}", screen.text());
    assert!(
        matches!(&screen.press("y")[..], [Effect::Live(Live::Edit(IMP1, text))] if text.ends_with("</auth>x"))
    );
    let header = "<?xml version=\"1.0\"?><stream:stream xmlns:stream=\"s\" to=\"a\">";
    screen.model.standing(IMP1, Standing { proposal_text: Some(header.into()), ..held(Hold::Step) });
    assert!(matches!(&screen.press("e Alt-Enter")[..], [Effect::Live(Live::Edit(IMP1, text))] if text == header));
}

#[test]
fn the_line_of_a_fault_is_named_and_set_off() {
    let mut screen = opened(80, 24);
    paste(&mut screen, "<iq type='get'>\n  <item>\n  </query>\n</iq>");
    assert!(
        screen.text().contains("line 3, column 3: </query> does not close <item> of line 2"),
        "{}",
        screen.text()
    );
    let rows: Vec<String> = screen.text().lines().filter(|row| row.starts_with("│!")).map(str::to_owned).collect();
    assert!(rows.len() == 1 && rows[0].contains("!3   </query>"), "{rows:?}");
}

#[test]
fn each_part_has_its_ink_where_lines_wrap_and_characters_are_wide() {
    let mut screen = opened(40, 24);
    let long = "猫".repeat(30);
    paste(&mut screen, &format!("<a b='{long}'>\t{{{{plain}}}}</a>"));
    let picture = screen.terminal.backend().buffer();
    let theme = Theme::named(crate::ui::ThemeName::Dark);
    let fg = |ink| theme.style(crate::ui::theme::Role::Ink(ink)).fg.unwrap_or_default();
    let colours = |symbol: &str| {
        let cells = picture.content.iter().filter(|cell| cell.symbol() == symbol);
        cells.map(|cell| cell.fg).collect::<Vec<_>>()
    };
    use crate::console::Ink;
    assert_eq!(colours("猫"), vec![fg(Ink::Value); 30]);
    assert!(colours("{").iter().all(|colour| *colour == fg(Ink::Masked)) && colours("{").len() == 2);
    let names = |row: &str| row.contains("</a>");
    assert_eq!(screen.text().lines().filter(|row| names(row)).count(), 1);
    let slash = picture.content.windows(2).find(|cells| cells[0].symbol() == "/" && cells[1].symbol() == "a");
    let slash = slash.unwrap();
    assert_eq!((slash[0].fg, slash[1].fg), (fg(Ink::Punct), fg(Ink::Name)));
}

#[test]
fn the_cursor_stays_visible_over_the_inks() {
    let mut screen = opened(80, 24);
    typed(&mut screen, "<r/>");
    screen.press("Left Left");
    let reversed = ratatui::style::Modifier::REVERSED;
    let picture = screen.terminal.backend().buffer();
    let under: Vec<&str> = picture
        .content
        .iter()
        .filter(|cell| cell.modifier.contains(reversed))
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    assert_eq!(under, ["/"]);
}

#[test]
fn a_template_is_searched_for_taken_filled_and_sent() {
    let mut screen = opened(80, 24);
    screen.press("Ctrl-t");
    insta::assert_snapshot!("templates_80", screen.text());
    typed(&mut screen, "version");
    assert!(screen.text().contains("1 found"), "{}", screen.text());
    assert!(screen.press("Enter").is_empty());
    let text = "<iq type='get' id='version-1a2b' to='example.test'><query xmlns='jabber:iq:version'/></iq>";
    sends(&screen.press("Alt-Enter"), text);
    screen.press("x Ctrl-t Down Down Up Enter");
    assert!(screen.text().contains("disco-info-1a2c"), "{}", screen.text());
    screen.press("Ctrl-t Esc Ctrl-u");
    assert!(!screen.text().contains("disco"), "a template that was taken can be undone: {}", screen.text());
    screen.press("Ctrl-r");
    assert!(screen.text().contains("disco-info-1a2c"), "{}", screen.text());
}

#[test]
fn a_template_says_whom_it_reaches_before_it_is_taken() {
    for (query, said) in [("unavailable", "visible to the user and their contacts"), ("own clients", "interrupts")]
    {
        let mut screen = opened(80, 24);
        screen.press("Ctrl-t");
        typed(&mut screen, query);
        assert!(screen.text().contains(said), "{}", screen.text());
    }
}

#[test]
fn history_is_walked_and_the_text_that_stood_there_comes_back() {
    let mut screen = opened(80, 24);
    screen.model.input_history(vec!["<one/>".into(), "<two/>".into()]);
    typed(&mut screen, "<draft/>");
    screen.press("Ctrl-p");
    assert!(
        screen.text().contains("<two/>") && screen.text().contains("sent before: 1 of 2"),
        "{}",
        screen.text()
    );
    screen.press("Alt-Up Ctrl-p");
    assert!(
        screen.text().contains("<one/>") && screen.text().contains("sent before: 2 of 2"),
        "{}",
        screen.text()
    );
    screen.press("Ctrl-n Alt-Down");
    assert!(screen.text().contains("<draft/>") && !screen.text().contains("sent before:"), "{}", screen.text());
    screen.press("Ctrl-p Esc x");
    assert!(screen.text().contains("<draft/>"), "a walk costs no draft: {}", screen.text());
    screen.press("Ctrl-p");
    assert!(
        screen.press("Alt-Enter y")[..]
            .iter()
            .any(|effect| matches!(effect, Effect::Live(Live::Send(_, text)) if text == "<two/>"))
    );
}

#[test]
fn the_proposals_editor_has_no_history_of_xml_input() {
    let mut screen = before_auth(Hold::Step, 80, 24);
    screen.model.input_history(vec!["<one/>".into()]);
    screen.press("e Ctrl-p");
    assert!(!screen.text().contains("<one/>") && screen.text().contains("{{plain}}"), "{}", screen.text());
}

#[test]
fn an_id_is_filled_in_by_its_key_alone() {
    let mut screen = opened(80, 24);
    typed(&mut screen, "<iq id='a' type='get'/>\n<iq/>");
    screen.press("Left Left Ctrl-g Space b = ' c '");
    sends(&screen.press("Ctrl-s"), "<iq id='a' type='get'/>\n<iq id='iq-1a2b' b='c'/>");
    let mut screen = opened(80, 24);
    typed(&mut screen, "<presence/>");
    screen.press("Ctrl-g");
    sends(&screen.press("Ctrl-s"), "<presence id='presence-1a2b'/>");
    screen.press("x");
    typed(&mut screen, "<r/>");
    screen.press("Ctrl-g");
    assert!(screen.text().contains("no stanza without an id"), "{}", screen.text());
}

/// A typed request goes out on imp1 and this comes in after so many microseconds.
fn asked(text: &str) -> (Story, Screen) {
    let mut story = Story::new(true);
    story.reach_mechanisms(IMP1, "imp1.example.test", Some(true));
    let known = story.entries().len();
    let sent = Sent { by: Author::Typed, ..sent(payload(text, None)) };
    story.saw(crate::journal::Fact::Xmpp(Box::new(XmppFact::Sent(sent))));
    let screen = Screen::of(&story, 80, 24);
    assert!(story.entries().len() > known);
    (story, screen)
}

fn sent(payload: Payload) -> Sent {
    let mut story = Story::new(true);
    story.login(IMP1, "imp1.example.test", None).sent("iq", "<iq/>", None);
    let sent = story.entries().iter().find_map(|entry| match &entry.event {
        crate::journal::Event::Saw(crate::journal::Fact::Xmpp(fact)) => match fact.as_ref() {
            XmppFact::Sent(sent) => Some(sent.clone()),
            _ => None,
        },
        _ => None,
    });
    Sent { payload, ..sent.unwrap() }
}

/// Shows what the story has more than the screen knows.
fn goes_on(story: &Story, screen: &mut Screen, known: usize) {
    story.entries()[known..].iter().for_each(|entry| screen.model.apply(entry));
    screen.now = story.now();
    screen.draw();
}

#[test]
fn the_answer_to_a_typed_request_is_told_with_its_time() {
    let (mut story, mut screen) = asked("<iq type='get' id='ping-1a2b'><ping/></iq>");
    let known = story.entries().len();
    let read = |kind: &str, id: &str, error: Option<&str>| Read::Iq {
        kind: kind.into(),
        id: Some(id.into()),
        error: error.map(str::to_owned),
    };
    story.after(5_000).received("<iq type='result' id='other'/>", read("result", "other", None));
    goes_on(&story, &mut screen, known);
    assert!(!screen.text().contains("answer to"), "{}", screen.text());
    let known = story.entries().len();
    story.after(7_000).received("<iq/>", read("error", "ping-1a2b", Some("service-unavailable")));
    let number = story.entries().last().unwrap().n.0;
    goes_on(&story, &mut screen, known);
    let told = format!("answer to ping-1a2b after 12 ms at #{number}: error service-unavailable");
    assert!(screen.text().contains(&told), "{}", screen.text());
    assert_eq!(screen.model.next_tick(), None);
}

#[test]
fn an_answer_that_does_not_come_is_told_at_both_marks_and_at_the_end_of_the_connection() {
    let (mut story, mut screen) = asked("<iq type='set' id='q1'/>");
    let number = story.entries().last().unwrap().n.0;
    for (mark, told) in [("2.0 s", "slow"), ("10.0 s", "silent")] {
        screen.now = screen.model.next_tick().unwrap();
        assert!(screen.draw());
        assert!(
            screen.text().contains(&format!("no answer to q1 (#{number}) for {mark}: {told}")),
            "{}",
            screen.text()
        );
        screen.press("Down");
    }
    assert_eq!(screen.model.next_tick(), None);
    let known = story.entries().len();
    story.after(30_000_000).ended(Outcome::ok());
    goes_on(&story, &mut screen, known);
    assert!(screen.text().contains("no answer to q1"), "{}", screen.text());
    assert!(screen.text().contains("the connection ended after 30.0 s"), "{}", screen.text());
}

#[test]
fn nobody_waits_for_the_answer_of_a_stanza_that_asks_nothing() {
    for text in ["<presence id='p'/>", "<iq type='result' id='r'/>", "<iq type='get'/>"] {
        let (_, screen) = asked(text);
        assert_eq!(screen.model.next_tick(), None, "{text}");
    }
}

#[test]
fn the_editor_looks_right_at_both_sizes() {
    let text = "<iq type='get' id='ping-1a2b' to='example.test'>\n  <ping xmlns='urn:xmpp:ping'>&amp; {{plain}}</pong>\n</iq>";
    for (columns, rows) in [(80, 24), (120, 40)] {
        let mut screen = opened(columns, rows);
        paste(&mut screen, text);
        insta::assert_snapshot!(format!("xml_input_{columns}"), screen.text());
        screen.press("Ctrl-s");
        insta::assert_snapshot!(format!("xml_input_question_{columns}"), screen.text());
        screen.press("Esc Ctrl-t");
        typed(&mut screen, "disco");
        insta::assert_snapshot!(format!("templates_found_{columns}"), screen.text());
    }
}

#[test]
fn no_size_is_too_small_for_it() {
    for columns in [1, 2, 3, 5, 9, 14, 30] {
        for rows in [1, 2, 3, 4, 5, 6, 8, 12] {
            let mut screen = opened(columns, rows);
            paste(&mut screen, "<iq>\n\t<é猫 a='{{plain}}'>\u{7}\u{202e}text &nbsp;</é猫>\n");
            screen.press("Up Left Ctrl-s Esc Ctrl-t Down a Esc Ctrl-p Ctrl-g Home Down");
        }
    }
}

#[test]
fn a_pasted_megabyte_is_held_and_more_is_refused_whole() {
    let mut screen = opened(80, 24);
    paste(&mut screen, &"<a>&amp;</a>".repeat(80_000));
    assert!(screen.text().contains("well-formed"), "{}", screen.text());
    paste(&mut screen, &"x".repeat(200_000));
    assert!(screen.text().contains("nothing was pasted"), "{}", screen.text());
    screen.press("Ctrl-u");
    paste(&mut screen, &"\n".repeat(30_000));
    assert!(screen.text().contains("nothing was pasted"), "{}", screen.text());
}

#[test]
fn what_was_pasted_cannot_steer_the_terminal() {
    let mut screen = opened(80, 24);
    paste(&mut screen, "<a>\u{1b}[31m\u{202e}\u{200b}</a>");
    let hidden = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c));
    assert!(!screen.text().contains(hidden), "{:?}", screen.text());
}
