//! A recording on the screen: what needs an engine is said to need one, and goes nowhere.

use crossterm::event::Event;

use super::action::{Action, Effect, Local, Page};
use super::model::Model;

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
            matches!(page, Page::Breakpoints | Page::Editor | Page::XmlInput | Page::Question | Page::Password)
        }
        _ => false,
    }
}
