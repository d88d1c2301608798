//! The ladder: the lanes' names, the steps in sight, and what the chosen one is in full.

use ratatui::layout::Rect;

use super::pen::{Pen, Runs, run, shortened};
use crate::console::ladder::{Drawn, Paint, Step};
use crate::console::{Mark, visible, wide_time};
use crate::ui::geometry::inner;
use crate::ui::ladder_pane::LadderPane;
use crate::ui::model::Model;
use crate::ui::theme::Role;

/// Draws it.
pub(super) fn ladder(model: &Model, pane: &LadderPane, area: Rect, pen: &mut Pen<'_>) {
    pen.wipe(area);
    let right = match model.ladder_unread() {
        None => "follow".to_owned(),
        Some(0) => "held".to_owned(),
        Some(new) => format!("+{new} new"),
    };
    pen.frame(area, &title(model, pane), &right, true);
    let inside = inner(area);
    let looked = model.looked(pane);
    pen.line(inside, 0, &painted(looked.layout.heads(&model.ladder)));
    let rows = Rect {
        y: inside.y.saturating_add(1).min(inside.bottom()),
        height: inside.height.saturating_sub(2),
        ..inside
    };
    for (down, (step, row)) in (0..rows.height).zip(looked.page(pane)) {
        pen.line(rows, down, &painted(row));
        if Some(step) == pane.selected() {
            pen.mark_row(rows, down, Role::Selected);
        }
    }
    if let Some(step) = model.ladder_choice() {
        let text = shortened(&in_full(model, step), usize::from(inside.width));
        pen.line(inside, inside.height.saturating_sub(1), &[run(text, Role::Muted)]);
    }
}

/// `Ladder · whole run`
fn title(model: &Model, pane: &LadderPane) -> String {
    match pane.only().and_then(|lane| model.ladder.lanes.get(lane)) {
        Some(lane) => format!("Ladder · {}", visible(&lane.name)),
        None => "Ladder · whole run".to_owned(),
    }
}

/// `#43 02:14:11.215  this host to imp1.example.test: <auth PLAIN>`
fn in_full(model: &Model, step: &Step) -> String {
    let name = |lane: usize| match (lane, model.ladder.lanes.get(lane)) {
        (0, _) | (_, None) => "this host".to_owned(),
        (_, Some(lane)) => visible(&lane.name),
    };
    let time = |wall| wide_time(wall, model.setup.ahead_of_utc);
    match step {
        Step::Arrow(arrow) => {
            let (n, from, to) = (arrow.n.0, name(arrow.from), name(arrow.to));
            format!("#{n} {}  {from} to {to}: {}", time(arrow.wall), arrow.label)
        }
        Step::Gap(gap) => {
            let (n, whose) = (gap.n.0, name(gap.lane));
            format!("#{n} {}  {whose}: since then nothing", time(gap.wall))
        }
    }
}

fn painted(drawn: Drawn) -> Runs {
    drawn.into_iter().map(|(text, paint)| (text, role(paint))).collect()
}

/// How a part of the drawing looks.
pub(crate) fn role(paint: Paint) -> Role {
    match paint {
        Paint::Time | Paint::Note => Role::Muted,
        Paint::Head => Role::Title,
        Paint::Lane => Role::Border,
        Paint::Out => Role::Mark(Mark::Out),
        Paint::In => Role::Mark(Mark::In),
        Paint::Broken | Paint::Bad => Role::Mark(Mark::Bang),
        Paint::Words => Role::Text,
        Paint::Slow => Role::Warning,
        Paint::Silent => Role::Critical,
    }
}
