//! The mouse, while it is taken: the wheel scrolls what is under the pointer, a click selects a row and gives its pane
//! the keys. It does nothing that a key does not do, and it sends nothing.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::action::{Action, Motion};
use super::effect::Effect;
use super::geometry::{self, Pane};
use super::model::Model;
use super::popup;

/// So many rows has a step of the wheel.
const STEP: usize = 3;

/// Takes what the mouse did.
pub(super) fn handle(model: &mut Model, mouse: MouseEvent) -> Vec<Effect> {
    let at = Position { x: mouse.column, y: mouse.row };
    match mouse.kind {
        _ if !model.setup.mouse => {}
        MouseEventKind::ScrollUp => wheel(model, at, false),
        MouseEventKind::ScrollDown => wheel(model, at, true),
        MouseEventKind::Down(MouseButton::Left) if model.popups.is_empty() => {
            model.message_read();
            click(model, at);
        }
        _ => {}
    }
    Vec::new()
}

/// The pane at a place, its inside, and which of its rows the place is on.
fn pane(model: &Model, at: Position) -> Option<(Pane, Rect, usize)> {
    let areas = geometry::areas(model.size, model.focus, model.zoom);
    [(Pane::Tree, areas.tree), (Pane::Console, areas.console)].into_iter().find_map(|(pane, area)| {
        let inside = geometry::inner(area);
        inside.contains(at).then(|| (pane, inside, usize::from(at.y.saturating_sub(inside.y))))
    })
}

fn wheel(model: &mut Model, at: Position, down: bool) {
    if !model.popups.is_empty() {
        let motion = if down { Motion::Down } else { Motion::Up };
        for _ in 0..STEP {
            // A movement in a popup asks for nothing.
            drop(popup::update(model, Action::Move(motion)));
        }
        return;
    }
    match pane(model, at) {
        Some((Pane::Tree, ..)) => model.tree_scroll(down, STEP),
        Some((Pane::Console, ..)) => model.console_scroll(down, STEP),
        None => {}
    }
}

fn click(model: &mut Model, at: Position) {
    let Some((pane, _, row)) = pane(model, at) else { return };
    match pane {
        Pane::Tree => model.tree_select(row),
        Pane::Console => model.console_select_line(row),
    }
    model.focus = pane;
    model.touch();
}
