//! The whole screen: a journal told by hand, typed keys, and what is seen or asked for.

mod admin;
mod asked;
mod change;
mod entry;
mod filter;
mod findings;
mod going_on;
mod hands;
mod input;
mod ladder;
mod mouse;
mod palette;
mod plain;
mod rebound;
mod replay;
mod screens;
mod search;
mod story;
mod themes;
mod typed;
mod walked;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{Budget, Effect, Hold, Live, Local, Model, Setup, Standing, handle, handle_recording, view};
use crate::discovery::Means;
use crate::journal::{Offset, OpId, Stage};
use story::{IMP1, Story};

/// A screen that is fed a story and typed at.
struct Screen {
    model: Model,
    terminal: Terminal<TestBackend>,
    now: Offset,
}

impl Screen {
    fn of(story: &Story, columns: u16, rows: u16) -> Self {
        Self::with(Setup { recording: true, ..Setup::default() }, story, columns, rows)
    }

    fn with(setup: Setup, story: &Story, columns: u16, rows: u16) -> Self {
        let terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let mut screen = Self { model: Model::new(setup, columns, rows), terminal, now: story.now() };
        story.entries().iter().for_each(|entry| screen.model.apply(entry));
        screen.draw();
        screen
    }

    /// Draws if the model asks for it; says whether it did.
    fn draw(&mut self) -> bool {
        let asked = self.model.refresh(self.now);
        if asked {
            self.terminal.draw(|frame| view::draw(&self.model, frame)).unwrap();
        }
        asked
    }

    /// Types keys by their names, separated by spaces.
    fn press(&mut self, keys: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for name in keys.split(' ') {
            effects.extend(handle(&mut self.model, Event::Key(key(name))));
            self.draw();
        }
        effects
    }

    fn text(&self) -> String {
        let picture = self.terminal.backend().buffer();
        let columns = usize::from(picture.area.width).max(1);
        let line =
            |cells: &[ratatui::buffer::Cell]| cells.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
        picture.content.chunks(columns).map(|cells| line(cells).trim_end().to_owned() + "\n").collect()
    }

    fn row(&self, at: usize) -> String {
        self.text().lines().nth(at).unwrap_or_default().to_owned()
    }
}

fn key(name: &str) -> KeyEvent {
    let (control, name) = name.strip_prefix("Ctrl-").map_or((false, name), |rest| (true, rest));
    let (alt, name) = name.strip_prefix("Alt-").map_or((false, name), |rest| (true, rest));
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "PageUp" => KeyCode::PageUp,
        "PageDown" => KeyCode::PageDown,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "Space" => KeyCode::Char(' '),
        "Backspace" => KeyCode::Backspace,
        "F2" => KeyCode::F(2),
        one => KeyCode::Char(one.chars().next().unwrap()),
    };
    let mut modifiers = KeyModifiers::NONE;
    modifiers.set(KeyModifiers::CONTROL, control);
    modifiers.set(KeyModifiers::ALT, alt);
    KeyEvent::new(code, modifiers)
}

/// A login that stands before `<auth>` and is held by this.
fn held(hold: Hold) -> Standing {
    Standing {
        proposal: Some("<auth mechanism='PLAIN'>{{plain}}</auth>".into()),
        proposal_text: Some(
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{{plain}}</auth>".into(),
        ),
        stage: Some(Stage::Auth),
        hold,
        running: false,
        breakpoints: vec![(Stage::Bind, false)],
        off_script: false,
        alive: true,
    }
}

/// imp1 alone, before `<auth>`, held by `hold`.
fn before_auth(hold: Hold, columns: u16, rows: u16) -> Screen {
    let mut story = Story::new(true);
    story
        .reach_mechanisms(IMP1, "imp1.example.test", Some(true))
        .stage(Stage::Auth, crate::journal::StageMark::Entered);
    let mut screen = Screen::of(&story, columns, rows);
    screen.model.standing(IMP1, held(hold));
    screen.draw();
    screen
}

/// While imp1 waits: nothing is proposed.
fn waiting() -> Standing {
    Standing { proposal: None, proposal_text: None, ..held(Hold::None) }
}

fn certificate() -> Hold {
    Hold::Certificate {
        fingerprint: format!("sha256:{}", "3fa9".repeat(16)),
        why: vec![
            "chain: not trusted, no known authority signed it (UnknownIssuer)".into(),
            "name: example.test is not in it; PSI checks this".into(),
        ],
        would_send: "PLAIN: authcid alice and the password".into(),
    }
}

fn op(effects: &[Effect]) -> Option<OpId> {
    match effects.first()? {
        Effect::Live(Live::Step(op) | Live::Continue(op) | Live::Abort(op)) => Some(*op),
        _ => None,
    }
}
