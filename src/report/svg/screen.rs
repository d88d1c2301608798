//! The screen as it stood at the end of a recording.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::palette::Ground;
use super::paper::Paper;
use crate::journal::Entry;
use crate::ui::{Model, Setup, Theme, view};

/// The screen at so many columns and rows, as it would be drawn now if these entries were all.
pub fn screen(entries: &[Entry], (columns, rows): (u16, u16), theme: Theme, ground: Ground) -> String {
    let setup = Setup { theme, recording: true, ..Setup::default() };
    let mut model = Model::new(setup, columns, rows);
    entries.iter().for_each(|entry| model.apply(entry));
    let now = entries.iter().map(|entry| entry.at).max().unwrap_or_default();
    model.refresh(now);
    let mut paper = Paper::new(ground, usize::from(columns), usize::from(rows));
    let Ok(mut terminal) = Terminal::new(TestBackend::new(columns, rows));
    let Ok(drawn) = terminal.draw(|frame| view::draw(&model, frame));
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let style = drawn.buffer[(column, row)].style();
            let mut text = String::new();
            let mut end = column;
            while end < columns && drawn.buffer[(end, row)].style() == style {
                let symbol = drawn.buffer[(end, row)].symbol();
                text.push_str(symbol);
                // The cell behind a wide character is its other half.
                end += u16::try_from(unicode_width::UnicodeWidthStr::width(symbol)).unwrap_or(1).max(1);
            }
            paper.put(usize::from(column), usize::from(row), &text, style);
            column = end;
        }
    }
    paper.svg(&title(entries))
}

/// Whose login it is.
fn title(entries: &[Entry]) -> String {
    let whose = super::ladder::account(entries);
    if whose.is_empty() { "impscope".to_owned() } else { format!("impscope: {whose}") }
}
