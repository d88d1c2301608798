//! The findings: the list, and under it the selected one's text with its evidence.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::lines;
use super::pen::{Pen, Runs, run, shortened};
use crate::console::{short_time, visible, wide_time};
use crate::discovery::first_label;
use crate::findings::Age;
use crate::findings::{self, Finding};
use crate::journal::EntryNo;
use crate::ui::findings_pane::FindingsPane;
use crate::ui::geometry::inner;
use crate::ui::model::Model;
use crate::ui::theme::Role;
use crate::ui::verdict::Shown;

/// Draws them.
pub(super) fn findings(model: &Model, pane: &FindingsPane, area: Rect, pen: &mut Pen<'_>) {
    pen.wipe(area);
    pen.frame(area, "Findings", &format!("{} in all", model.verdicts.list.len()), true);
    let inside = inner(area);
    let rows = list_rows(model, inside);
    list(model, pane, Rect { height: rows.min(inside.height), ..inside }, pen);
    let edge =
        Rect { y: inside.y.saturating_add(rows), height: inside.height.saturating_sub(rows).min(1), ..inside };
    pen.line_right(edge, 0, &[run(beyond(model, pane, rows), Role::Focus)]);
    let below = Rect {
        y: inside.y.saturating_add(rows).saturating_add(1),
        height: inside.height.saturating_sub(rows + 1),
        ..inside
    };
    let Some(finding) = model.chosen_finding(pane) else { return };
    let hidden = detail(model, pane, finding, below, pen);
    if hidden > 0 {
        let rim = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
        pen.line_right(rim, 0, &[run(format!(" {hidden} more below "), Role::Focus), run("──┘", Role::Focus)]);
    }
}

/// The list. Where the keys are in the evidence, what is selected here is only set off.
fn list(model: &Model, pane: &FindingsPane, area: Rect, pen: &mut Pen<'_>) {
    let (at, first) = (model.finding_at(pane), first(model, pane, area.height));
    let shown = model.verdicts.list.iter().enumerate().skip(first);
    for (down, (place, shown)) in (0..area.height).zip(shown) {
        pen.line(area, down, &list_row(shown, usize::from(area.width)));
        if place == at {
            pen.mark_row(area, down, if pane.evidence.is_none() { Role::Selected } else { Role::Title });
        }
    }
}

/// The first finding that the list shows in so many rows.
fn first(model: &Model, pane: &FindingsPane, rows: u16) -> usize {
    (model.finding_at(pane) + 1).saturating_sub(usize::from(rows))
}

/// How many findings have no room in the list: `2 above · 3 more`.
fn beyond(model: &Model, pane: &FindingsPane, rows: u16) -> String {
    let above = first(model, pane, rows);
    match (above, model.verdicts.list.len().saturating_sub(above + usize::from(rows))) {
        (0, 0) => String::new(),
        (0, more) => format!("{more} more "),
        (above, 0) => format!("{above} above "),
        (above, more) => format!("{above} above · {more} more "),
    }
}

/// `WARNING  NODES_DISAGREE  example.test, explained by XMPP_AUTH_SILENT`; where that has no room, the subject in
/// short.
fn list_row(shown: &Shown, width: usize) -> Runs {
    let (word, role) = lines::severity(shown.severity);
    let room = width.saturating_sub(9);
    let by = shown.finding.explained_by;
    let explained = by.map_or_else(String::new, |by| format!(", explained by {by}"));
    let age = if shown.age == Age::Newest { "" } else { ", of an earlier login" };
    let text = |subject: &str| format!("{}  {}{explained}{age}", shown.finding.code, visible(subject));
    let whole = text(&shown.finding.subject);
    let text = if whole.width() <= room { whole } else { text(first_label(&shown.finding.subject)) };
    let text_role = if by.is_some() { Role::Muted } else { Role::Text };
    vec![run(format!("{word:<9}"), role), run(shortened(&text, room), text_role)]
}

/// The selected finding's text and its evidence. Gives how many lines have no room below.
fn detail(model: &Model, pane: &FindingsPane, finding: &Finding, area: Rect, pen: &mut Pen<'_>) -> usize {
    let width = usize::from(area.width);
    let head = before_evidence(finding, width);
    let all = head.len() + finding.evidence.len();
    let scroll = pane.scroll.min(all);
    for down in 0..area.height {
        let at = scroll + usize::from(down);
        if let Some(line) = head.get(at) {
            pen.line(area, down, &[run(line, Role::Text)]);
        } else if let Some(n) = at.checked_sub(head.len()).and_then(|at| finding.evidence.get(at)) {
            pen.line(area, down, &evidence(model, *n, width));
            if pane.evidence == Some(*n) {
                pen.mark_row(area, down, Role::Selected);
            }
        }
    }
    all.saturating_sub(scroll + usize::from(area.height))
}

/// `#57  02:14:09.215  << <stream:features>`
fn evidence(model: &Model, n: EntryNo, width: usize) -> Runs {
    let number = format!("  {:<5} ", format!("#{}", n.0));
    let Some(row) = model.console.row(n) else {
        return vec![run(number, Role::Muted), run("has no row of its own", Role::Muted)];
    };
    let time = if width >= 60 { wide_time(row.wall, model.setup.ahead_of_utc) } else { short_time(row.wall) };
    let head = format!("{number}{time} ");
    let room = width.saturating_sub(head.chars().count() + 3);
    let text = row.lines(false).iter().map(|line| line.text()).find(|text| !text.is_empty()).unwrap_or_default();
    vec![
        run(head, Role::Muted),
        run(format!("{} ", row.mark.text()), Role::Mark(row.mark)),
        run(shortened(&text, room), Role::Text),
    ]
}

/// The lines of a finding's text above those of its evidence.
pub(super) fn before_evidence(finding: &Finding, width: usize) -> Vec<String> {
    let bare = Finding { evidence: Vec::new(), ..finding.clone() };
    let mut lines: Vec<String> = findings::lines(&bare, width).iter().map(|line| visible(line)).collect();
    if !finding.evidence.is_empty() {
        lines.push("Evidence:".to_owned());
    }
    lines
}

/// How many lines the selected finding has.
pub(super) fn rows(model: &Model, pane: &FindingsPane, width: usize) -> usize {
    let lines = |finding: &Finding| before_evidence(finding, width).len() + finding.evidence.len();
    model.chosen_finding(pane).map_or(0, lines)
}

/// How many rows the list takes of the popup.
pub(super) fn list_rows(model: &Model, inside: Rect) -> u16 {
    u16::try_from(model.verdicts.list.len()).unwrap_or(u16::MAX).min(inside.height / 3).max(1)
}
