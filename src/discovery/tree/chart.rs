//! A counter over time: in a few glyphs beside its node, and as a chart with the logins in the same time line.

use crate::discovery::admin::Sample;
use crate::journal::Offset;

/// The glyphs of a value, the lowest first.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Columns and rows of the chart.
const WIDTH: usize = 48;
const HEIGHT: usize = 6;

/// The newest values as bars, at most so many. Equal values are low bars: flat is flat.
pub(super) fn sparkline(samples: &[Sample], most: usize) -> String {
    let newest = &samples[samples.len().saturating_sub(most)..];
    let (low, high) = bounds(newest);
    newest.iter().map(|sample| BARS[level(sample.value, low, high, BARS.len())]).collect()
}

/// The least and the greatest value.
fn bounds(samples: &[Sample]) -> (i64, i64) {
    let values = || samples.iter().map(|sample| sample.value);
    (values().min().unwrap_or(0), values().max().unwrap_or(0))
}

/// On which of so many levels a value stands between two others.
fn level(value: i64, low: i64, high: i64, levels: usize) -> usize {
    let (span, above) = (i128::from(high) - i128::from(low), i128::from(value) - i128::from(low));
    let top = i128::try_from(levels.saturating_sub(1)).unwrap_or(0);
    if span <= 0 { 0 } else { usize::try_from((above * top + span / 2) / span).unwrap_or(0) }
}

/// The values as a chart, and under it the logins that began meanwhile: `L`, and `!` where `<auth>` became silent. Each
/// value stands until the next one; nothing is drawn between the last value and the end.
///
/// ```text
///  312 |        ****
///      |    ****
///  305 |****
///      +------------
///       L    !         logins
/// ```
pub(super) fn chart(samples: &[Sample], logins: &[(Offset, bool)]) -> Vec<String> {
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return Vec::new() };
    let begin = logins.iter().map(|(at, _)| *at).chain([first.at]).min().unwrap_or(first.at);
    let end = logins.iter().map(|(at, _)| *at).chain([last.at]).max().unwrap_or(last.at);
    let (low, high) = bounds(samples);
    let span = end.0.saturating_sub(begin.0).max(1);
    let column = |at: Offset| {
        let share = u128::from(at.0.saturating_sub(begin.0)) * (WIDTH as u128 - 1) / u128::from(span);
        usize::try_from(share).unwrap_or(0).min(WIDTH - 1)
    };
    let mut cells = vec![[' '; WIDTH]; HEIGHT];
    for (at, sample) in samples.iter().enumerate() {
        let from = column(sample.at);
        let to = samples.get(at + 1).map_or(from + 1, |next| column(next.at).max(from + 1));
        let row = HEIGHT - 1 - level(sample.value, low, high, HEIGHT);
        cells[row][from..to.min(WIDTH)].fill('*');
    }
    let label = |row: usize| match row {
        0 => high.to_string(),
        _ if row == HEIGHT - 1 => low.to_string(),
        _ => String::new(),
    };
    let wide = high.to_string().len().max(low.to_string().len());
    let mut lines: Vec<String> = (0..HEIGHT)
        .filter(|row| high != low || *row == HEIGHT - 1)
        .map(|row| format!("{:>wide$} |{}", label(row), cells[row].iter().collect::<String>().trim_end()))
        .collect();
    lines.push(format!("{:>wide$} +{}", "", "-".repeat(WIDTH)));
    let mut marks = [' '; WIDTH];
    for (at, silent) in logins {
        let mark = &mut marks[column(*at)];
        *mark = if *silent || *mark == '!' { '!' } else { 'L' };
    }
    let marks: String = marks.iter().collect();
    lines.push(format!("{:>wide$}  {}", "", marks.trim_end()));
    let seconds = |micros: u64| micros / 1_000_000;
    let (from, to) = (seconds(begin.0), seconds(end.0));
    lines.push(format!("{:>wide$}  {from} s to {to} s of this run; L a login, ! one left silent at <auth>", ""));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::EntryNo;

    fn samples(values: &[i64]) -> Vec<Sample> {
        let minute = |(at, value): (usize, &i64)| Sample {
            n: EntryNo(at as u64 + 1),
            at: Offset(at as u64 * 60_000_000),
            value: *value,
        };
        values.iter().enumerate().map(minute).collect()
    }

    #[test]
    fn flat_is_flat_and_a_rise_rises() {
        assert_eq!(sparkline(&samples(&[312, 312, 312]), 8), "▁▁▁");
        assert_eq!(sparkline(&samples(&[0, 50, 100]), 8), "▁▅█");
        assert_eq!(sparkline(&samples(&[9, 9, 0, 100]), 2), "▁█", "the newest");
        assert_eq!(sparkline(&[], 8), "");
        assert_eq!(sparkline(&samples(&[i64::MIN, i64::MAX]), 8), "▁█");
    }

    #[test]
    fn a_chart_has_the_logins_in_its_own_time_line() {
        let minute = 60_000_000;
        let lines = chart(&samples(&[300, 312]), &[(Offset(0), false), (Offset(minute), true)]);
        assert!(lines[0].starts_with("312 |") && lines[0].ends_with('*'), "{lines:#?}");
        assert!(lines[HEIGHT - 1].starts_with("300 |***"), "{lines:#?}");
        let marks = &lines[HEIGHT + 1];
        assert_eq!((marks.find('L'), marks.find('!')), (Some(5), Some(5 + WIDTH - 1)), "{lines:#?}");
        assert_eq!(chart(&[], &[(Offset(0), true)]), Vec::<String>::new());
    }

    #[test]
    fn a_flat_counter_is_one_row() {
        let lines = chart(&samples(&[312, 312]), &[]);
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with("312 |***"));
    }
}
