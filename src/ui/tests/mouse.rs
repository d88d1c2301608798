//! The mouse: off unless it was taken; then the wheel scrolls and a click selects.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::ui::geometry::Pane;

fn mouse(screen: &mut Screen, kind: MouseEventKind, column: u16, row: u16) {
    let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
    assert!(handle(&mut screen.model, Event::Mouse(event)).is_empty());
    screen.draw();
}

const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

fn taken(columns: u16, rows: u16) -> Screen {
    Screen::with(Setup { mouse: true, ..Setup::default() }, &Story::flagship(), columns, rows)
}

#[test]
fn it_is_the_terminals_until_it_is_taken_and_the_palette_takes_and_leaves_it() {
    let mut screen = Screen::of(&Story::flagship(), 80, 24);
    let before = screen.text();
    mouse(&mut screen, CLICK, 60, 5);
    mouse(&mut screen, MouseEventKind::ScrollUp, 60, 5);
    assert_eq!(screen.text(), before);
    assert!(matches!(
        screen.press(": m o u s e Enter")[..],
        [Effect::Local(crate::ui::effect::Local::Mouse(true))]
    ));
    mouse(&mut screen, CLICK, 60, 5);
    assert!(screen.model.focus == Pane::Console);
    assert!(matches!(
        screen.press(": m o u s e Enter")[..],
        [Effect::Local(crate::ui::effect::Local::Mouse(false))]
    ));
}

#[test]
fn a_click_selects_the_row_under_it_and_gives_its_pane_the_keys() {
    let mut screen = taken(80, 24);
    let row = (0..24).find(|row| screen.row(*row).contains("imp2")).unwrap();
    mouse(&mut screen, CLICK, 5, u16::try_from(row).unwrap());
    assert!(screen.model.focus == Pane::Tree);
    assert!(screen.model.node().is_some_and(|(host, _)| host == "imp2.example.test"), "{}", screen.text());
    screen.press("Up");
    let row = (0..24).find(|row| screen.row(*row).contains("<auth ")).unwrap();
    mouse(&mut screen, CLICK, 60, u16::try_from(row).unwrap());
    assert!(screen.model.focus == Pane::Console);
    screen.press("Enter");
    assert!(screen.text().contains("Entry #") && screen.text().contains("<auth "), "{}", screen.text());
}

#[test]
fn the_wheel_scrolls_the_pane_under_it_and_moves_neither_keys_nor_selection() {
    let mut screen = taken(80, 24);
    let selected = screen.model.selected.clone();
    let before = screen.text();
    mouse(&mut screen, MouseEventKind::ScrollUp, 60, 5);
    assert!(screen.model.focus == Pane::Tree && screen.model.selected == selected);
    assert_ne!(screen.text(), before);
    assert!(screen.row(1).contains("held"), "{}", screen.row(1));
    mouse(&mut screen, MouseEventKind::ScrollDown, 60, 5);
    // On the frame and below the panes there is nothing to scroll.
    let before = screen.text();
    mouse(&mut screen, MouseEventKind::ScrollUp, 60, 23);
    mouse(&mut screen, CLICK, 60, 23);
    assert_eq!(screen.text(), before);
    screen.press("?");
    let before = screen.text();
    mouse(&mut screen, MouseEventKind::ScrollDown, 40, 10);
    assert_ne!(screen.text(), before);
}

#[test]
fn in_a_long_tree_the_selection_goes_along_only_where_it_would_be_out_of_sight() {
    let mut screen = taken(80, 16);
    screen.press("Right Right g");
    let selected = screen.model.selected.clone();
    for _ in 0..30 {
        mouse(&mut screen, MouseEventKind::ScrollDown, 5, 5);
    }
    assert_ne!(screen.model.selected, selected);
    for _ in 0..30 {
        mouse(&mut screen, MouseEventKind::ScrollUp, 5, 5);
    }
    assert!(screen.text().contains("IM&P nodes"), "{}", screen.text());
}

#[test]
fn it_harms_nothing_at_any_size() {
    for (columns, rows) in [(1, 1), (2, 2), (20, 5), (59, 15), (60, 16)] {
        let mut screen = taken(columns, rows);
        for kind in [CLICK, MouseEventKind::ScrollUp, MouseEventKind::ScrollDown, MouseEventKind::Moved] {
            for (column, row) in [(0, 0), (1, 1), (30, 8), (200, 200)] {
                mouse(&mut screen, kind, column, row);
            }
        }
    }
}
