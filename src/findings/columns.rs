//! Rows of cells as lines of text, each column as wide as its widest cell.

use unicode_width::UnicodeWidthStr;

/// Between two columns.
const GAP: usize = 2;

/// The rows as lines, with no blanks at their ends. A row may have fewer cells than others.
pub fn columns(rows: &[Vec<String>]) -> Vec<String> {
    let widths = widths(rows);
    let line = |row: &Vec<String>| {
        let padded = row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width));
        padded.collect::<String>().trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// The rows as lines; none where they are wider than `width` columns.
pub(super) fn columns_within(rows: &[Vec<String>], width: usize) -> Option<Vec<String>> {
    let widths = widths(rows);
    let whole = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    (whole <= width).then(|| columns(rows))
}

/// A cell with the blanks up to the next column.
pub(super) fn pad(cell: &str, width: usize) -> String {
    format!("{cell}{}", " ".repeat((width + GAP).saturating_sub(cell.width())))
}

fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widest = |at: usize| rows.iter().filter_map(|row| Some(row.get(at)?.width())).max().unwrap_or_default();
    (0..count).map(widest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[[&str; 3]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect()
    }

    #[test]
    fn columns_stand_under_each_other_by_what_a_terminal_shows() {
        let rows = rows(&[["", "imp1", "imp2"], ["tcp", "ok", ""], ["名", "silent", "ok"]]);
        assert_eq!(columns(&rows), ["     imp1    imp2", "tcp  ok", "名   silent  ok"]);
        assert_eq!(columns_within(&rows, 17), Some(columns(&rows)), "as wide as its widest line");
        assert_eq!(columns_within(&rows, 16), None);
        assert_eq!(columns(&[]), [""; 0]);
    }
}
