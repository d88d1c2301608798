//! The ladder as text. Knows no colours.

use super::{CLIENT, Gap, Ladder, Lane, LaneKind, Step, gap_rows};
use crate::console::{visible, wide_time};

/// Columns between two lanes.
const APART: usize = 12;
/// So many lanes are drawn; what belongs to a further one stands in the last.
const DRAWN: usize = 10;

/// The ladder as text: the lanes' names, then a line a step.
pub fn lines(ladder: &Ladder) -> Vec<String> {
    let mut order: Vec<usize> = (0..ladder.lanes.len()).collect();
    order.sort_by_key(|lane| ladder.lanes[*lane].kind);
    let drawn = order.len().min(DRAWN);
    let column = |lane: usize| order.iter().position(|own| *own == lane).unwrap_or(0).min(drawn.saturating_sub(1));
    let names: Vec<String> = order.iter().map(|lane| short(&ladder.lanes[*lane])).collect();
    let mut lines = legend(ladder);
    let heads =
        names.iter().take(drawn).enumerate().map(|(at, name)| match at + 1 == drawn && order.len() > drawn {
            true => "others".to_owned(),
            false => name.chars().take(APART - 1).collect(),
        });
    let heads: String = heads.map(|name: String| format!("{name:APART$}")).collect();
    lines.push(format!("{:14}{}", "", heads.trim_end()));
    for step in &ladder.steps {
        match step {
            Step::Arrow(arrow) => {
                let drawing = drawing(drawn, column(arrow.from), column(arrow.to));
                let bad = if arrow.bad { " !!" } else { "" };
                let time = wide_time(arrow.wall, 0);
                lines.push(format!("{time}  {drawing}  {}{bad}  #{}", arrow.label, arrow.n.0));
            }
            Step::Gap(gap) => lines.extend(gap_lines(ladder, gap, &silence(drawn, column(gap.lane)))),
        }
    }
    lines
}

/// A gap as high as it was long; what is known of it stands in its middle.
fn gap_lines(ladder: &Ladder, gap: &Gap, empty: &str) -> Vec<String> {
    let said = gap.said(ladder.newest());
    let open = if gap.over.is_some() { "" } else { " so far" };
    let words = format!("{said}{open}, waiting for {}  #{}", visible(&gap.words), gap.n.0);
    let rows = if gap.silent { gap_rows(gap.waited(ladder.newest())).max(3) } else { 1 };
    let words_at = rows.saturating_sub(1) / 2;
    let line =
        |at| if at == words_at { format!("{:14}{empty}  {words}", "") } else { format!("{:14}{empty}", "") };
    (0..rows).map(line).collect()
}

/// The first label of a name; of an address all of it.
pub(super) fn short(lane: &Lane) -> String {
    let is_address =
        lane.kind == LaneKind::Dns || lane.name.contains(':') || lane.name.parse::<std::net::IpAddr>().is_ok();
    let name = if is_address { &lane.name } else { lane.name.split('.').next().unwrap_or(&lane.name) };
    visible(name.strip_suffix(":53").unwrap_or(name))
}

/// What each lane but this host's stands for, in the order in which they are drawn.
pub fn legend(ladder: &Ladder) -> Vec<String> {
    let mut lanes: Vec<&Lane> = ladder.lanes.iter().skip(1).collect();
    lanes.sort_by_key(|lane| lane.kind);
    lanes.into_iter().map(|lane| meaning(lane, &short(lane))).collect()
}

fn meaning(lane: &Lane, name: &str) -> String {
    let what = match lane.kind {
        LaneKind::Client => "this host",
        LaneKind::Dns => "DNS server",
        LaneKind::Cucm => "CUCM",
        LaneKind::Imp => "IM&P node",
    };
    format!("{:14}{name} = {what} {}", "", visible(&lane.name))
}

/// `|---------->|`: the lanes, and an arrow between two of them.
fn drawing(lanes: usize, from: usize, to: usize) -> String {
    let mut line = columns(lanes, |_| b'|');
    let (left, right) = (from.min(to) * APART, from.max(to) * APART);
    line[left + 1..right.max(left + 1)].fill(b'-');
    if from < to {
        line[right - 1] = b'>';
    } else if to < from {
        line[left + 1] = b'<';
    }
    String::from_utf8_lossy(&line).into_owned()
}

/// The lanes, those that are silent broken.
fn silence(lanes: usize, lane: usize) -> String {
    let line = columns(lanes, |at| if at == CLIENT || at == lane { b':' } else { b'|' });
    String::from_utf8_lossy(&line).into_owned()
}

fn columns(lanes: usize, mark: impl Fn(usize) -> u8) -> Vec<u8> {
    let mut line = vec![b' '; lanes.saturating_sub(1) * APART + 1];
    (0..lanes).for_each(|at| line[at * APART] = mark(at));
    line
}
