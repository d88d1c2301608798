//! A recording on the screen: what needs an engine is said to need one, and goes nowhere.

use std::time::Duration;

use crossterm::event::Event;

use super::action::{Action, Page};
use super::effect::{Effect, Local};
use super::model::Model;
use super::playback::{PlayAct, Playback};
use crate::console::Console;
use crate::discovery::Tree;
use crate::journal::{Entry, Offset};
use crate::progress::Progress;

/// What a key for something that sends says.
const SENDS_NOTHING: &str = "a recording: it can send nothing";

/// As [`handle`](super::handle), for a recording: what comes out of it can send nothing, by its type.
pub fn handle_recording(model: &mut Model, event: Event) -> Vec<Local> {
    let mut local = Vec::new();
    for effect in super::handle(model, event) {
        match effect {
            Effect::Local(effect) => local.push(effect),
            Effect::Live(_) => model.notice(SENDS_NOTHING.to_owned()),
        }
    }
    local
}

/// Whether an action is one that this recording cannot carry out; it then says so.
pub(super) fn refuses(model: &mut Model, action: &Action) -> bool {
    let refused = model.setup.replay && needs_engine(action);
    if refused {
        model.notice(SENDS_NOTHING.to_owned());
    }
    refused
}

/// Whether an action leads to something that only an engine can do.
fn needs_engine(action: &Action) -> bool {
    match action {
        Action::Login(_) | Action::AskAgain => true,
        Action::Open(page) => {
            matches!(
                page,
                Page::Breakpoints
                    | Page::Editor
                    | Page::XmlInput
                    | Page::Question
                    | Page::Password
                    | Page::AdminPassword
                    | Page::HaStatus
            )
        }
        _ => false,
    }
}

/// What is folded from the first entries of a recording, beside the screen.
#[derive(Default)]
pub struct Folds {
    tree: Tree,
    progress: Progress,
    console: Console,
    /// How many there were.
    entries: usize,
}

impl Folds {
    /// Takes the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        self.entries += 1;
        self.tree.apply(entry);
        self.progress.apply(entry);
        self.console.apply(entry);
    }
}

impl Model {
    /// Shows a recording from here on.
    pub fn play(&mut self, playback: Playback) {
        self.setup.replay = true;
        self.playback = Some(playback);
        self.touch();
    }

    /// The recording lacks entries from here on: it is no longer said that one is made.
    pub fn recording_stopped(&mut self) {
        self.setup.recording = false;
        self.touch();
    }

    /// Whether the mouse is taken.
    pub fn takes_mouse(&self) -> bool {
        self.setup.mouse
    }

    /// The screen's size in columns and rows.
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Where the screen stands in the recording.
    pub fn playback(&self) -> Option<&Playback> {
        self.playback.as_ref()
    }

    /// The same, to move it. Whether something that is drawn has changed is seen when the screen is refreshed.
    pub fn playback_mut(&mut self) -> Option<&mut Playback> {
        self.playback.as_mut()
    }

    /// Shows what other entries come to: fewer than before. What the user chose, opened and scrolled to stays.
    pub fn show_instead(&mut self, folds: Folds) {
        let Folds { tree, progress, console, entries } = folds;
        self.put(tree, progress, console);
        self.applied = entries;
    }

    /// Takes what the user asks of the recording.
    pub(super) fn replay(&mut self, act: PlayAct) {
        if let Some(playback) = &mut self.playback {
            playback.act(act);
        }
        self.touch();
    }

    /// Where the screen stands in the recording, in words; its time in the steps of the clock.
    pub(super) fn playback_words(&self) -> Option<String> {
        let playback = self.playback.as_ref()?;
        let step = self.tick_step();
        let phase = self.login().and_then(|login| login.wait.as_ref()).map_or(Offset(0), |wait| wait.since);
        let whole =
            |at: Duration| Duration::from_micros((at.as_micros() / step.as_micros() * step.as_micros()) as u64);
        // While it stands still its time is exact; and it goes on together with the clock of the stage bar.
        let now = match playback.pace() {
            _ if !playback.is_playing() => self.now,
            _ if phase <= self.now => phase.after(whole(self.now.since(phase))),
            _ => Offset(0).after(whole(self.now.since(Offset(0)))),
        };
        Some(playback.words(now, step < Duration::from_secs(1)))
    }
}
