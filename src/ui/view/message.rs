//! What the program says to the user, until the next key.

use ratatui::layout::Rect;

use super::pen::{Pen, Runs, run};
use crate::console::{Ink, Line, visible, wrap};
use crate::ui::geometry::Areas;
use crate::ui::model::Model;
use crate::ui::theme::Role;

/// So many rows may a message take: what is not ours may be long.
const MESSAGE_ROWS: u16 = 4;

/// A message, in the place of what can be done. One that is longer than a line goes on over what stands below, until
/// the next key; over a popup it goes up from the footer.
pub(super) fn message(model: &Model, areas: &Areas, pen: &mut Pen<'_>) {
    let Some(message) = &model.message else { return };
    let below = Rect { height: areas.footer.y.saturating_sub(areas.can.y), ..areas.can };
    let above = Rect { y: 0, height: areas.footer.bottom(), ..areas.footer };
    let room = if model.popups.is_empty() && !areas.can.is_empty() { below } else { above };
    let line = Line { indent: 1, ..Line::words(&visible(message), Ink::Plain) };
    let laid = wrap(&[line], usize::from(room.width));
    let rows = u16::try_from(laid.len()).unwrap_or(u16::MAX).min(room.height).min(MESSAGE_ROWS);
    let y = if room == above { room.bottom().saturating_sub(rows) } else { room.y };
    let place = Rect { y, height: rows, ..room };
    // Half a verdict under it would read as a part of it.
    pen.wipe(if room == below && rows > 1 { room } else { place });
    for (down, line) in (0..rows).zip(laid) {
        let runs: Runs = line.into_iter().map(|(text, _)| run(text, Role::Title)).collect();
        pen.line(place, down, &runs);
    }
}
