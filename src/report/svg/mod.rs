//! Pictures as SVG: one file, no script, no style sheet, nothing from elsewhere; its text can be selected. What comes
//! from outside is escaped.
//!
//! ```text
//!  entries ──► ladder::Layout ──┐
//!  entries ──► ui::view::draw ──┴─► cells ──► paper ──► SVG
//! ```

mod ladder;
mod palette;
mod paper;
mod screen;
#[cfg(test)]
mod tests;

pub(super) use ladder::drawn;
pub use ladder::ladder;
pub use palette::Ground;
pub use screen::screen;
