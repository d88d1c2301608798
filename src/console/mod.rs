//! The console: one timeline of rows folded from entries, laid out as values. Knows no colours, no panes, no
//! scrolling and no clock; what it prints from outside went through [`visible`].
//!
//! Reading order: [`Row`], then [`Console`] (the fold), then [`ink`](self) (pieces, lines, [`wrap`]), then `xml`.

mod clock;
mod fold;
mod ink;
mod row;
mod silence;
mod visible;
mod wellformed;
mod words;
mod xml;

pub use clock::{day, short_time, wide_time};
pub use fold::{Console, node_key};
pub use ink::{Ink, Laid, Line, Piece, wrap};
pub use row::{Body, Kind, Mark, Row};
pub use silence::why_alike;
pub use visible::visible;
pub use wellformed::{Form, form};
pub use words::why;
pub use xml::{pretty, raw};
