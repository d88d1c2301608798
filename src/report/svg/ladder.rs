//! The ladder as a picture: all its lanes, and as many of its steps as a picture bears.

use unicode_width::UnicodeWidthStr;

use super::palette::{Ground, Look, hex};
use super::paper::Paper;
use crate::console::ladder::{Drawn, Ladder, Layout, Paint, View, legend};
use crate::journal::{Ask, Entry, Event};
use crate::ui::Theme;
use crate::ui::theme::Role;
use crate::ui::view::ladder::role;

/// So many steps are drawn at the beginning, and as many at the end.
const STEPS: usize = 1000;
/// Columns of a moment, and of the words beside the lanes.
const TIME: usize = 13;
const WORDS: usize = 66;
/// Columns from lane to lane; where there are many lanes, fewer.
const APART: usize = 14;
const CLOSE: usize = 9;
const MANY: usize = 10;

/// The ladder of these entries, times in UTC.
pub fn ladder(entries: &[Entry], theme: &Theme, ground: Ground) -> String {
    drawn(&Ladder::of(entries), &account(entries), theme, ground)
}

/// A ladder, and whose login it is.
pub(in crate::report) fn drawn(ladder: &Ladder, whose: &str, theme: &Theme, ground: Ground) -> String {
    let others = ladder.lanes.len() - 1;
    let width = TIME + others * if others > MANY { CLOSE } else { APART } + WORDS;
    let layout = Layout::new(ladder, width, View::default());
    let note = |text: &str| vec![(text.to_owned(), Paint::Note)];
    let title = vec![(format!("Ladder  {whose}"), Paint::Head), ("  times in UTC".to_owned(), Paint::Note)];
    let mut rows: Vec<Drawn> = vec![title, Drawn::new(), layout.heads(ladder)];
    let cut = ladder.steps.len().saturating_sub(STEPS * 2);
    for (at, step) in ladder.steps.iter().enumerate() {
        match at {
            _ if cut == 0 || at < STEPS || at >= STEPS + cut => rows.extend(layout.step(ladder, step, None)),
            STEPS => rows.push(note(&format!("{:TIME$}… {cut} steps are left out here", ""))),
            _ => {}
        }
    }
    rows.push(Drawn::new());
    rows.extend(legend(ladder).iter().map(|line| note(line)));
    let columns = |row: &Drawn| row.iter().map(|(text, _)| text.width()).sum::<usize>();
    let mut paper = Paper::new(ground, rows.iter().map(columns).max().unwrap_or_default(), rows.len());
    for (at, row) in rows.iter().enumerate() {
        shade(&mut paper, at, row, theme, ground);
        cells(&mut paper, at, row, theme);
    }
    paper.svg(&format!("Ladder {whose}"))
}

/// A row: text and lanes where a terminal has them, arrows from lane to lane.
fn cells(paper: &mut Paper, at: usize, row: &Drawn, theme: &Theme) {
    let mut column = 0;
    for (text, paint) in row {
        let style = theme.style(role(*paint));
        if !text.contains(['▶', '◀']) {
            column = paper.put(column, at, text, style);
            continue;
        }
        let end = column + text.width();
        let (from, to) = (column.saturating_sub(1), end);
        let (from, to) = if text.contains('▶') { (from, to) } else { (to, from) };
        let lane = theme.style(role(Paint::Lane));
        let crossed = text.chars().enumerate().filter(|(_, sign)| *sign == '┼');
        for (over, _) in crossed {
            paper.put(column + over, at, "│", lane);
        }
        paper.arrow(at, from, to, style);
        column = end;
    }
}

/// A silence is shaded between this host and the one that is silent.
fn shade(paper: &mut Paper, at: usize, row: &Drawn, theme: &Theme, ground: Ground) {
    let mut column = 0;
    let mut broken = Vec::new();
    for (text, paint) in row {
        if *paint == Paint::Broken {
            broken.push(column);
        }
        column += text.width();
    }
    if let [first, .., last] = broken[..] {
        let color = hex(Look::of(theme.style(Role::Critical), ground).front);
        paper.fill(first, at, last + 1 - first, 1, &format!("fill=\"{color}\" fill-opacity=\"0.12\""));
    }
}

/// Whose login it is: `alice@example.test`.
pub(super) fn account(entries: &[Entry]) -> String {
    let run = entries.iter().find_map(|entry| match &entry.event {
        Event::Began(Ask::Run(run)) => Some(run),
        _ => None,
    });
    run.map_or_else(String::new, |run| {
        let at = if run.user.is_empty() { "" } else { "@" };
        format!("{}{at}{}", run.user, run.domain)
    })
}
