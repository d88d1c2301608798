//! The path to the nodes: the tree of what was looked at, and the ladder of what passed.

use super::super::block::Block;
use super::super::svg::{self, Ground};
use super::Run;
use crate::console::ladder::{Ladder, lines};
use crate::discovery::{Item, ItemState};
use crate::ui::{Theme, ThemeName};

/// The tree, as indented lines.
pub(super) fn tree(run: &Run) -> Vec<Block> {
    let mut lines = Vec::new();
    run.tree.items().iter().for_each(|item| branch(item, 0, &mut lines));
    if lines.is_empty() {
        return Vec::new();
    }
    vec![
        Block::section("The path to the nodes"),
        Block::prose(
            "What was looked at and what came of it. `ok`: as it should be; `LOOK`: it works, but look at it; \
             `FAILED`: not as it should be; `none`: it was asked for, and the answer is that there is none; \
             `skipped`: it was not asked, and why; `open`: not asked or not answered when the run ended.",
        ),
        Block::verbatim(lines),
    ]
}

fn branch(item: &Item, depth: usize, lines: &mut Vec<String>) {
    let marks = if item.marks.is_empty() { String::new() } else { format!("  [{}]", item.marks.join(", ")) };
    let figure = if item.figure.is_empty() { String::new() } else { format!("  {}", item.figure) };
    lines.push(format!("{:7}  {}{}{marks}{figure}", state(item.state), "  ".repeat(depth), item.name));
    if !item.rule.is_empty() {
        lines.push(format!("{:7}  {}  {}", "", "  ".repeat(depth), item.rule));
    }
    item.children.iter().for_each(|child| branch(child, depth + 1, lines));
}

fn state(state: ItemState) -> &'static str {
    match state {
        ItemState::Plain => "",
        ItemState::Waiting | ItemState::Running => "open",
        ItemState::Ok => "ok",
        ItemState::Warning => "LOOK",
        ItemState::Failed => "FAILED",
        ItemState::Absent => "none",
        ItemState::Skipped => "skipped",
    }
}

/// What the cluster itself said, where it was asked.
pub(super) fn admin(run: &Run) -> Vec<Block> {
    if run.walk.goal().is_none_or(|goal| goal.admin.is_none()) && run.walk.admin().ha.is_empty() {
        return Vec::new();
    }
    vec![Block::section("The administrator's view"), Block::verbatim(super::super::admin::lines(&run.walk))]
}

/// What passed between this host and the servers, as columns and arrows.
pub(super) fn ladder(run: &Run) -> Vec<Block> {
    let ladder = Ladder::of(run.entries);
    if ladder.steps.is_empty() {
        return Vec::new();
    }
    let picture = svg::drawn(&ladder, &run.account(), &Theme::named(ThemeName::Light), Ground::Light);
    vec![
        Block::section("Ladder"),
        Block::prose(
            "Who spoke to whom, with times in UTC. An arrow is a message; a broken column is a wait in which nothing \
             came.",
        ),
        Block::picture(picture, lines(&ladder)),
    ]
}
