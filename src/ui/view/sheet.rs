//! Pages of text: help, one item of the tree.

use super::panes;
use super::pen::{Runs, run};
use crate::console::{Ink, Line, Row, visible, wide_time, wrap};
use crate::discovery::{Item, ItemState};
use crate::journal::{EntryNo, Stage, node_key};
use crate::progress::{LoginProgress, StageOutcome};
use crate::ui::geometry::Pane;
use crate::ui::keys::{Care, Context, Keys};
use crate::ui::model::Model;
use crate::ui::theme::Role;

pub(super) fn laid(lines: &[Line], width: usize) -> Vec<Runs> {
    let runs = |line: Vec<(String, Ink)>| line.into_iter().map(|(text, ink)| (text, Role::Ink(ink))).collect();
    wrap(lines, width).into_iter().map(runs).collect()
}

fn heading(text: &str) -> Runs {
    vec![run(text, Role::Title)]
}

/// All keys, from the table; those of the pane that has the keys first, and before them those of a recording.
pub(super) fn help(model: &Model, width: usize) -> Vec<Runs> {
    let keys = &model.setup.keys;
    let mut contexts = [
        (Context::Main, "In both panes"),
        (Context::Tree, "In the tree"),
        (Context::Console, "In the console"),
        (Context::Range, "While a range is selected"),
        (Context::Search, "In the console, while a search is on"),
        (Context::Filter, "In the filter line"),
        (Context::Boxes, "In its boxes"),
        (Context::Findings, "In the findings"),
        (Context::Evidence, "In their evidence"),
        (Context::Change, "In a change text, and in a watch"),
        (Context::Ladder, "In the ladder"),
        (Context::Breakpoints, "Breakpoints"),
        (Context::Editor, "In an editor"),
        (Context::Templates, "In the list of templates"),
        (Context::Question, "Questions"),
        (Context::Palette, "In the palette"),
        (Context::Everywhere, "Everywhere"),
        (Context::Replay, "In a recording (impscope replay)"),
    ];
    if model.focus == Pane::Console {
        contexts[..5].rotate_left(2);
    }
    if model.setup.replay {
        contexts.rotate_right(1);
    }
    let about = "impscope: IM&P login path · not a Cisco tool";
    let remark = "In brackets: what a key can lead to; what has no remark is safe.";
    let mut lines = laid(&[Line::words(about, Ink::Plain), Line::words(remark, Ink::Muted)], width);
    for (context, title) in contexts {
        lines.push(Runs::new());
        lines.push(heading(title));
        for (press, help, care) in bindings(keys, context) {
            let press = format!("  {:<16} ", press.join(" "));
            let help = match care {
                Care::Safe => help.to_owned(),
                care => format!("{help} ({})", care.words()),
            };
            let text = laid(&[Line::words(&help, Ink::Plain)], width.saturating_sub(press.len()));
            for (at, rest) in text.into_iter().enumerate() {
                let mut line = vec![run(if at == 0 { press.clone() } else { " ".repeat(press.len()) }, Role::Key)];
                line.extend(rest);
                lines.push(line);
            }
        }
    }
    lines
}

/// A context's keys with what they do, and what that may do to others; keys of one help share a line.
fn bindings(keys: &Keys, context: Context) -> Vec<(Vec<&str>, &str, Care)> {
    let mut lines: Vec<(Vec<&str>, &str, Care)> = Vec::new();
    let bound = keys.table().iter().filter(|binding| !binding.press.is_empty());
    for binding in bound.filter(|binding| binding.contexts.contains(&context)) {
        let press = binding.press.iter().map(String::as_str);
        match lines.iter_mut().find(|(_, help, _)| *help == binding.help) {
            Some((keys, ..)) => keys.extend(press),
            None => lines.push((press.collect(), &binding.help, binding.care)),
        }
    }
    lines
}

/// An item of the tree: its state, the login's stages where it has one, the rows that say so.
pub(super) fn item(model: &Model, item: &Item, width: usize) -> Vec<Runs> {
    let mut head = Runs::new();
    if let Some((glyph, role)) = panes::state(item.state) {
        head.push(run(format!("{glyph} "), role));
    }
    head.push(run(visible(&item.name), Role::Title));
    let figure = panes::figures(model, item).swap_remove(0);
    head.push(run(format!(" {} {figure}", item.marks.join(" ")), Role::Text));
    let mut lines = vec![head];
    let is_node = model.tree.nodes().iter().any(|node| node.id == item.id);
    if let (true, Some((host, port))) = (is_node, &item.node) {
        lines.extend(laid(&[Line::words(&format!("{host}:{port}"), Ink::Muted)], width));
        let detail: Vec<Line> = item.detail.iter().map(|text| indented(text)).collect();
        lines.extend(laid(&detail, width));
        if let Some(login) = item.op.and_then(|op| model.progress.login(op)) {
            lines.extend(login_lines(model, item, login, width));
        }
        return lines;
    }
    if item.id.0.contains("/stage:") {
        lines.extend(stage_lines(model, item, width));
        return lines;
    }
    let detail: Vec<Line> = item.detail.iter().map(|text| indented(text)).collect();
    lines.extend(laid(&detail, width));
    let rows = if item.ops.is_empty() { stated(model, item) } else { passed(model, item) };
    if !detail.is_empty() && !rows.is_empty() {
        lines.push(Runs::new());
    }
    for row in rows {
        if !detail.is_empty() {
            lines.push(stamp(model, row));
        }
        lines.extend(row_lines(model, row, width));
    }
    lines
}

/// A line whose leading spaces are its indent.
fn indented(text: &str) -> Line {
    let bare = text.trim_start_matches(' ');
    let mut line = Line::words(bare, Ink::Plain);
    line.indent = text.len() - bare.len();
    line
}

/// The rows of the entries that say what an item shows.
fn stated<'m>(model: &'m Model, item: &Item) -> Vec<&'m Row> {
    item.entries.iter().filter_map(|n| model.console.row(*n)).collect()
}

/// The rows of the operations that an item is about, in full.
fn passed<'m>(model: &'m Model, item: &Item) -> Vec<&'m Row> {
    let rows = model.console.rows();
    let mut places: Vec<usize> = item.ops.iter().flat_map(|op| model.console.of_op(*op)).copied().collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().filter_map(|at| rows.get(at)).take(STAGE_ROWS).collect()
}

/// When a row's entry was, and its mark.
fn stamp(model: &Model, row: &Row) -> Runs {
    vec![
        run(format!("{} ", wide_time(row.wall, model.setup.ahead_of_utc)), Role::Muted),
        run(row.mark.text(), Role::Mark(row.mark)),
    ]
}

/// How many rows of a stage or an item are shown; the console has them all.
const STAGE_ROWS: usize = 100;

/// The last entry before a stage: the one that ended the stage before it, else the one that began the login. A
/// write is noted before the stage that it opens.
fn stage_before(node: &Item, item: &Item) -> Option<EntryNo> {
    let at = node.children.iter().position(|child| child.id == item.id)?;
    let earlier = node.children[..at].iter().rev().find(|child| child.id.0.contains("/stage:"));
    earlier.map_or(node.entries.first(), |stage| stage.entries.last()).copied()
}

/// What passed on the node while a login was in a stage.
fn stage_lines(model: &Model, item: &Item, width: usize) -> Vec<Runs> {
    let Some((host, port)) = &item.node else { return Vec::new() };
    let over = !matches!(item.state, ItemState::Running | ItemState::Waiting);
    let Some(last) = item.entries.last() else { return Vec::new() };
    let before = model.tree.nodes().iter().find_map(|node| stage_before(node, item));
    let rows = model.console.rows();
    let of_node = model.console.of_place(&node_key(host, *port));
    let first = of_node
        .partition_point(|at| rows.get(*at).is_some_and(|row| before.is_some_and(|before| row.n <= before)));
    let inside = of_node[first..].iter().filter_map(|at| rows.get(*at)).take_while(|row| !over || row.n <= *last);
    let mut lines = Vec::new();
    for row in inside.take(STAGE_ROWS) {
        lines.push(stamp(model, row));
        lines.extend(row_lines(model, row, width));
    }
    lines
}

fn row_lines(model: &Model, row: &Row, width: usize) -> Vec<Runs> {
    laid(&row.lines(model.raw), width)
}

fn login_lines(model: &Model, item: &Item, login: &LoginProgress, width: usize) -> Vec<Runs> {
    let mut words = Vec::new();
    if let (Some(local), Some(remote)) = (&login.local, &login.remote) {
        words.push(format!("{local} to {remote}"));
    }
    if let Some(agreed) = &login.agreed {
        words.push(format!("{} {}", agreed.version, agreed.suite));
    }
    if let Some(id) = &login.stream_id {
        words.push(format!("stream id {id}"));
    }
    if !login.mechanisms.is_empty() {
        words.push(format!("offers {}", login.mechanisms.join(", ")));
    }
    if let Some(jid) = &login.jid {
        words.push(format!("bound as {jid}"));
    }
    let lines: Vec<Line> = words.iter().map(|text| Line::words(text, Ink::Plain)).collect();
    let mut lines = laid(&lines, width);
    // A stage that is still open has no time here: the stage bar has the only clock.
    let time = |stage: Stage| {
        let own = item.children.iter().find(|child| child.name == stage.name());
        own.map_or_else(String::new, |child| visible(&child.figure))
    };
    for row in login.stages.iter().filter(|row| row.outcome != StageOutcome::NotReached) {
        let figure = Some(time(row.stage)).filter(|figure| figure != row.outcome.name()).unwrap_or_default();
        let text = format!("  {:<12} {:<8} {figure:>9}", row.stage.name(), row.outcome.name());
        let role = match row.outcome {
            StageOutcome::Silent | StageOutcome::Refused | StageOutcome::Failed => Role::Critical,
            _ => Role::Text,
        };
        lines.push(vec![run(text, role)]);
    }
    for silence in &login.silences {
        if let Some(row) = model.console.row(silence.n) {
            lines.extend(row_lines(model, row, width));
        }
    }
    lines
}
