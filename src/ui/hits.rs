//! What a search has found, marked in the lines that are on the screen. A hit that goes on in the next line is marked
//! in both; the blank at which a line was broken is not on the screen, so a hit across it is not marked.

use std::ops::Range;

use super::console_pane::PageLine;
use super::model::Model;
use super::theme::Role;

impl Model {
    /// Marks the hits in the page.
    pub(super) fn mark_hits(&mut self) {
        let Some(pattern) = self.sight.pattern() else { return };
        for lines in self.page.chunk_by_mut(|one, other| one.n == other.n) {
            let text: String = lines.iter().flat_map(content).map(|(text, _)| text.as_str()).collect();
            let hits = pattern.places(&text);
            if !hits.is_empty() {
                mark(lines, &hits);
            }
        }
    }
}

/// Whether a run is a part of what passed or is said; the others are time, mark and indent.
fn is_content(run: &(String, Role)) -> bool {
    matches!(run.1, Role::Ink(_))
}

/// What a line says, without the indent of a line that goes on.
fn content(line: &PageLine) -> impl Iterator<Item = &(String, Role)> {
    let own = line.runs.iter().filter(|run| is_content(run));
    own.enumerate().filter(|(at, run)| *at > 0 || !is_indent(run)).map(|(_, run)| run)
}

fn is_indent(run: &(String, Role)) -> bool {
    run.1 == Role::Ink(crate::console::Ink::Plain) && run.0.bytes().all(|byte| byte == b' ')
}

/// Splits the runs of a row at its hits.
fn mark(lines: &mut [PageLine], hits: &[Range<usize>]) {
    let mut at = 0;
    for line in lines {
        let runs = std::mem::take(&mut line.runs);
        let mut first = true;
        for (text, role) in runs {
            let own = matches!(role, Role::Ink(_));
            let indent = own && std::mem::take(&mut first) && is_indent(&(text.clone(), role));
            if !own || indent {
                line.runs.push((text, role));
                continue;
            }
            let (from, to) = (at, at + text.len());
            at = to;
            let mut done = from;
            for hit in hits.iter().filter(|hit| hit.start < to && hit.end > from) {
                let (start, end) = (hit.start.max(from), hit.end.min(to));
                push(line, &text[done - from..start - from], role);
                push(line, &text[start - from..end - from], Role::Hit);
                done = end;
            }
            push(line, &text[done - from..], role);
        }
    }
}

fn push(line: &mut PageLine, text: &str, role: Role) {
    if !text.is_empty() {
        line.runs.push((text.to_owned(), role));
    }
}
