//! The console: one timeline of rows folded from entries, laid out as values. Knows no colours, no panes, no
//! scrolling and no clock; what it prints from outside went through [`visible`].
//!
//! Reading order: [`Row`], then [`Console`] (the fold), then [`ink`](self) (pieces, lines, [`wrap`]), then `xml`,
//! `dns` and `http`.

mod clock;
pub mod copied;
mod dns;
mod explain;
mod filter;
mod fold;
mod folded;
mod gate;
mod hex;
mod http;
mod ink;
pub mod ladder;
mod masked;
mod passed;
mod pattern;
mod place;
mod row;
mod search;
mod sight;
mod silence;
#[cfg(test)]
mod tests;
mod typed;
mod words;
mod xml;

pub use crate::journal::{day, visible};
pub use clock::{short_time, wide_time};
pub use explain::{Part, Topic, explain};
pub use filter::Filter;
pub use fold::Console;
pub use folded::{Fold, has_long, one_line, without_long};
pub use hex::{Hex, per_row};
pub use ink::{Ink, Laid, Line, Piece, wrap};
pub use passed::{Acked, Passed};
pub use pattern::Pattern;
pub use row::{Body, Kind, Mark, Row};
pub use sight::Sight;
pub use silence::why_alike;
pub use typed::{Fault, Form, Opened, Risk, Spot, Top, Typed};
pub use words::why;
pub use xml::{pretty, raw};
