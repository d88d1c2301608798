//! Drawing: a picture of the model. It changes nothing, and works at any size.

mod entry;
mod findings;
mod input;
pub(crate) mod ladder;
mod lines;
mod message;
mod pages;
mod panes;
mod pen;
mod popups;
mod sheet;
mod sift;
mod words;

use ratatui::Frame;

use super::geometry;
use super::glyphs;
use super::model::Model;
use crate::findings::{Finding, Severity};
use pen::Pen;
pub(super) use words::{NextLine, can as can_words, next as next_words};

/// Draws the whole screen. Call [`Model::refresh`] first.
pub fn draw(model: &Model, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let areas = geometry::areas((screen.width, screen.height), model.focus, model.zoom);
    let mut pen = Pen::new(frame.buffer_mut(), &model.setup.theme);
    lines::header(model, areas.header, &mut pen);
    panes::tree(model, areas.tree, &mut pen);
    panes::detail(model, areas.detail, &mut pen);
    panes::console(model, areas.console, &mut pen);
    lines::stages(model, areas.stages, &mut pen);
    lines::next(model, areas.next, &mut pen);
    lines::can(model, areas.can, &mut pen);
    lines::verdict(model, areas.verdict, &mut pen);
    if let Some(popup) = model.popups.last() {
        popups::popup(model, popup, (screen.width, screen.height), &mut pen);
    }
    lines::footer(model, areas.footer, &mut pen);
    message::message(model, &areas, &mut pen);
    if model.setup.ascii {
        glyphs::to_ascii(frame.buffer_mut());
    }
}

/// A severity's word.
pub(super) fn severity_word(severity: Severity) -> &'static str {
    lines::severity(severity).0
}

/// The title and the lines of the popup on top, as text.
pub(super) fn page_lines(model: &Model, width: usize) -> (String, Vec<String>) {
    popups::plain(model, width)
}

/// How many lines of a finding's text the findings show at once.
pub(super) fn finding_room(model: &Model) -> usize {
    let inner = geometry::inner(geometry::popup(model.size, true));
    usize::from(inner.height.saturating_sub(findings::list_rows(model, inner) + 1))
}

/// How many lines of a finding stand before its evidence.
pub(super) fn finding_head(model: &Model, finding: &Finding) -> usize {
    let inner = geometry::inner(geometry::popup(model.size, true));
    findings::before_evidence(finding, usize::from(inner.width)).len()
}

/// How many lines the text of the popup on top has at its width.
pub(super) fn popup_rows(model: &Model) -> usize {
    let inner = geometry::inner(geometry::popup(model.size, popups::is_wide(model)));
    popups::rows(model, usize::from(inner.width))
}
