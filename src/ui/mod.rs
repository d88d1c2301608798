//! The screen: a model, actions, keys, `update`, and one file per pane that draws it. Drawing changes nothing.
//!
//! ```text
//!  entries ──► Model::apply      keys ──► handle ──► update ──► effects
//!                   └────► Model::refresh(now) ──► view::draw
//! ```
//!
//! The program around it (`app`) owns the terminal, the clock and the engine: it calls [`Model::refresh`] before
//! it draws and draws only when that says so, waits at most until [`Model::next_tick`], and carries out effects.
//! Incoming entries never move the keys, the selection or the scroll position.

pub mod action;
mod asked;
mod care;
mod change_pane;
mod console_pane;
mod editor;
pub mod effect;
mod entry_form;
mod findings_pane;
mod geometry;
mod glyphs;
mod going_on;
mod hands;
mod hits;
pub mod input;
mod jump;
pub mod keys;
mod ladder_pane;
mod laid_rows;
mod line_edit;
pub mod model;
mod mouse;
mod palette;
pub mod plain;
pub mod playback;
mod popup;
mod rebind;
mod recorded;
mod replies;
mod scroll;
mod secret_field;
mod sift;
mod standing;
mod templates;
pub mod theme;
pub mod themes;
mod tree_pane;
mod typed;
mod update;
mod valid;
mod verdict;
pub mod view;
mod why;

use crossterm::event::{Event, KeyEventKind};

pub use action::Action;
pub use effect::{Copied, Effect, Live, Local};
pub use hands::LongCopy;
pub use keys::Keys;
pub use model::{Budget, Hold, Model, Setup, Standing};
pub use recorded::{Folds, handle_recording};
pub use theme::{Theme, ThemeName};
pub use themes::Themes;
pub use typed::Typed;
pub use update::update;

/// Takes an event of the terminal: a key becomes an action by the table, pasted text goes to a text field, a new
/// size is noted.
pub fn handle(model: &mut Model, event: Event) -> Vec<Effect> {
    model.settle();
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            model.message_read();
            match model.setup.keys.action(key, &popup::contexts(model)) {
                Some(action) => update(model, action),
                None => update(model, Action::Type(key)),
            }
        }
        Event::Paste(text) => update(model, Action::Paste(text.into())),
        Event::Mouse(mouse) => mouse::handle(model, mouse),
        Event::Resize(columns, rows) => {
            model.resize(columns, rows);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
