//! The screen under any keys: a recording that is kept, and whatever somebody types, pastes, clicks and resizes.
//!
//! 1. Every act is followed by a frame at the size of that moment, down to nothing at all, and none fails.
//! 2. Where the system's configuration says `read_only`, no text of the user's is ever asked to be sent.

#![no_main]

use std::sync::LazyLock;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use impscope::journal::{Entry, Offset, line};
use impscope::ui::playback::{Extent, Playback};
use impscope::ui::{Effect, Live, Model, Setup, handle, handle_recording, view};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

static KEPT: LazyLock<Vec<Vec<Entry>>> = LazyLock::new(|| {
    [
        include_str!("../../recordings/format-1/silent-auth.jsonl"),
        include_str!("../../recordings/format-1/walk.jsonl"),
    ]
    .map(|text| line::read(text).expect("a kept recording").journal.entries().to_vec())
    .to_vec()
});

#[derive(Debug, Arbitrary)]
struct Run {
    recording: bool,
    replayed: bool,
    read_only: bool,
    ascii: bool,
    first: u8,
    acts: Vec<Act>,
}

#[derive(Debug, Arbitrary)]
enum Act {
    Key(u8),
    Control(u8),
    Alt(u8),
    Character(char),
    Paste(String),
    Resize(u8, u8),
    Click(u8, u8),
    Wheel(bool, u8, u8),
    Entries(u8),
    Pass(u16),
}

/// More of them are as good as two runs.
const ACTS: usize = 64;

fuzz_target!(|run: Run| {
    let entries = &KEPT[usize::from(run.recording)];
    let read_only = run.read_only.then(|| "impscope.toml".to_owned());
    let setup = Setup { recording: true, ascii: run.ascii, mouse: true, read_only, ..Setup::default() };
    let (mut columns, mut rows) = (80, 24);
    let mut model = Model::new(setup, columns, rows);
    if run.replayed {
        model.play(Playback::new(Extent::default(), 1, false));
    }
    let mut coming = entries.iter();
    let mut now = Offset(0);
    apply(&mut model, &mut coming, &mut now, run.first);
    for act in run.acts.iter().take(ACTS) {
        let event = match act {
            Act::Entries(count) => {
                apply(&mut model, &mut coming, &mut now, *count);
                None
            }
            Act::Pass(ms) => {
                now = Offset(now.0 + u64::from(*ms) * 1000);
                None
            }
            Act::Resize(wide, high) => {
                (columns, rows) = (u16::from(*wide), u16::from(*high) % 80);
                Some(Event::Resize(columns, rows))
            }
            act => event(act),
        };
        if let Some(event) = event {
            press(&mut model, event, &run);
        }
        model.refresh(now);
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal in memory");
        terminal.draw(|frame| view::draw(&model, frame)).expect("a terminal in memory");
    }
});

fn apply<'e>(model: &mut Model, coming: &mut impl Iterator<Item = &'e Entry>, now: &mut Offset, count: u8) {
    for entry in coming.take(count.into()) {
        model.apply(entry);
        *now = entry.at.max(*now);
    }
}

fn press(model: &mut Model, event: Event, run: &Run) {
    if run.replayed {
        handle_recording(model, event);
        return;
    }
    for effect in handle(model, event) {
        let forbidden = matches!(
            effect,
            Effect::Live(Live::Send(..) | Live::Edit(..) | Live::AllNodes { .. } | Live::Control { .. })
        );
        assert!(!(run.read_only && forbidden), "{effect:?}");
    }
}

fn event(act: &Act) -> Option<Event> {
    let named = |at: u8| match at {
        0..=11 => [
            KeyCode::Enter,
            KeyCode::Esc,
            KeyCode::Tab,
            KeyCode::BackTab,
            KeyCode::Up,
            KeyCode::Down,
            KeyCode::Left,
            KeyCode::Right,
            KeyCode::PageUp,
            KeyCode::PageDown,
            KeyCode::Home,
            KeyCode::End,
        ][usize::from(at)],
        12 => KeyCode::Backspace,
        13 => KeyCode::Delete,
        14..=25 => KeyCode::F(at - 13),
        _ => KeyCode::Char(char::from(at & 0x7f).max(' ')),
    };
    let key = |code, modifiers| Some(Event::Key(KeyEvent::new(code, modifiers)));
    let mouse = |kind, column: &u8, row: &u8| {
        let modifiers = KeyModifiers::NONE;
        Some(Event::Mouse(MouseEvent { kind, column: (*column).into(), row: (*row).into(), modifiers }))
    };
    match act {
        Act::Key(at) => key(named(*at), KeyModifiers::NONE),
        Act::Control(at) => key(named(*at), KeyModifiers::CONTROL),
        Act::Alt(at) => key(named(*at), KeyModifiers::ALT),
        Act::Character(typed) => key(KeyCode::Char(*typed), KeyModifiers::NONE),
        Act::Paste(text) => Some(Event::Paste(text.clone())),
        Act::Click(column, row) => mouse(MouseEventKind::Down(MouseButton::Left), column, row),
        Act::Wheel(up, column, row) => {
            mouse(if *up { MouseEventKind::ScrollUp } else { MouseEventKind::ScrollDown }, column, row)
        }
        Act::Resize(..) | Act::Entries(_) | Act::Pass(_) => None,
    }
}
