//! The pages that need the user's word: all nodes side by side, with inside and outside, and the control experiment on one.

use super::pen::{Runs, run};
use super::popups::words;
use crate::console::visible;
use crate::findings;
use crate::ui::asked::{self, Word};
use crate::ui::model::Model;
use crate::ui::popup::Sheet;
use crate::ui::theme::Role;

/// All nodes side by side, and behind them inside and outside where both were walked, under the question whether the rest is asked.
pub(super) fn all_nodes(model: &Model, width: usize) -> Vec<Runs> {
    let (progress, walk) = (&model.progress, model.tree.walk());
    let mut table = findings::side_by_side(progress, walk, width);
    let sides = findings::inside_outside_lines(&findings::inside_outside(progress, walk), width);
    if !sides.is_empty() {
        table.push(String::new());
        table.extend(sides);
    }
    under_word(model, &Sheet::AllNodes, "no login was made yet", &table, width)
}

/// The control experiment on a node, under the question whether it is made.
pub(super) fn control(model: &Model, sheet: &Sheet, width: usize) -> Vec<Runs> {
    let Sheet::Control(host, port) = sheet else { return Vec::new() };
    let table = asked::control_table(model, host, *port);
    let table = table.map_or_else(Vec::new, |table| findings::control_lines(&table, width));
    under_word(model, sheet, "nothing was asked yet", &table, width)
}

/// The question stands first: what follows may be longer than the screen.
fn under_word(model: &Model, sheet: &Sheet, nothing: &str, table: &[String], width: usize) -> Vec<Runs> {
    let mut lines = match asked::word(model, sheet) {
        Some(Word::Asked(question, _)) => {
            let mut lines = words(&question, width);
            lines.push(vec![
                run("y", Role::Key),
                run(" yes · ", Role::Text),
                run("Esc", Role::Key),
                run(" no", Role::Text),
            ]);
            lines
        }
        Some(Word::Said(why)) => words(&[why], width),
        None => Vec::new(),
    };
    if !lines.is_empty() {
        lines.push(Runs::new());
    }
    lines.extend(table.iter().map(|line| vec![run(visible(line), Role::Text)]));
    if table.is_empty() {
        lines.push(vec![run(nothing, Role::Muted)]);
    }
    lines
}
