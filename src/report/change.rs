//! The change requests that the remedies ask for, and the restarts that were watched: as JSON, as lines, as sections.

use serde_json::{Value, json};

use super::block::{Block, Phrase};
use super::words::{faults, millis};
use crate::discovery::Walk;
use crate::findings::{self, Change, Finding, WatchCell, WatchRow, WatchTable};
use crate::journal::Offset;
use crate::progress::Progress;

/// The changes that the faults ask for, each once, in the order of the faults.
fn changes(walk: &Walk, findings: &[Finding]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for change in faults(findings).into_iter().flat_map(|(finding, _)| findings::changes(walk, finding)) {
        let same = |known: &Change| {
            (known.verb, &known.service, &known.node) == (change.verb, &change.service, &change.node)
        };
        if !changes.iter().any(same) {
            changes.push(change);
        }
    }
    changes
}

/// The changes as values.
pub(super) fn changes_json(walk: &Walk, findings: &[Finding]) -> Value {
    let one = |change: Change| {
        json!({
            "verb": change.verb,
            "service": change.service,
            "node": change.node,
            "command": change.command,
            "page": change.page,
            "why": change.why,
            "interrupts": change.interrupts,
            "drops_sockets": change.drops_sockets,
            "sockets": change.sockets.map(|(value, _)| value),
            "save_first": change.save_first,
            "verify": change.verify,
            "go_back": change.back,
            "evidence": change.sockets.map(|(_, n)| n.0),
        })
    };
    changes(walk, findings).into_iter().map(one).collect()
}

/// The restarts that were watched, as values.
pub(super) fn watches_json(progress: &Progress, walk: &Walk, now: Offset) -> Value {
    let cell = |cell: &Option<WatchCell>| match cell {
        Some(cell) => json!({ "value": cell.text, "evidence": cell.n.0 }),
        None => Value::Null,
    };
    let row = |row: &WatchRow| json!({ "name": row.name, "before": cell(&row.before), "since": cell(&row.since) });
    let one = |table: WatchTable| {
        json!({
            "host": table.host,
            "service": table.service,
            "began_anew_ms": table.began_anew.map(|(_, after)| millis(after)),
            "back_ms": table.back.map(|(_, after)| millis(after)),
            "rows": table.rows.iter().map(row).collect::<Vec<_>>(),
            "evidence": table.n.0,
        })
    };
    findings::watches(progress, walk, now).into_iter().map(one).collect()
}

/// The change texts as lines, each under an empty one; where nothing asks for a change, that.
pub fn change_texts(walk: &Walk, findings: &[Finding], width: usize) -> Vec<String> {
    let changes = changes(walk, findings);
    if changes.is_empty() {
        return vec![
            String::new(),
            "change text: no remedy of what was found restarts or starts a service".to_owned(),
        ];
    }
    let lines = |change: &Change| findings::change_lines(change, width);
    changes.iter().flat_map(|change| std::iter::once(String::new()).chain(lines(change))).collect()
}

/// The change texts as a section; nothing where no fault asks for one.
pub(super) fn texts(walk: &Walk, findings: &[Finding], width: usize) -> Vec<Block> {
    let changes = changes(walk, findings);
    if changes.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::section("Change texts"),
        Block::prose(
            "What the remedies restart or start, as change requests. Nothing of it has been carried out.",
        ),
    ];
    blocks.extend(changes.iter().map(|change| Block::verbatim(findings::change_lines(change, width))));
    blocks
}

/// The restarts that were watched as a section; nothing where none was.
pub(super) fn watched(progress: &Progress, walk: &Walk, now: Offset, width: usize) -> Vec<Block> {
    let tables = findings::watches(progress, walk, now);
    if tables.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::section("Before and after a restart")];
    for table in &tables {
        let what = format!("{} on ", table.service);
        blocks.push(Block::Part(Phrase::words(&what).then(Phrase::code(&table.host))));
        blocks.push(Block::verbatim(findings::watch_lines(table, width)));
    }
    blocks
}
