//! Rows as they are laid out for a width. A large one is laid out once and not for each key: a megabyte of XML takes
//! longer than a key may. It must not know where a row stands on the screen.

use std::cell::RefCell;
use std::sync::Arc;

use crate::console::{Body, Fold, Laid, Mark, Row, one_line, without_long, wrap};
use crate::journal::EntryNo;

/// A row with so many bytes is kept as it was laid out.
const LARGE: usize = 8 * 1024;
/// So many are kept: those on one page, and the one that is open.
const KEPT: usize = 4;

/// How a row is to be laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    /// As it was on the wire, not indented.
    pub(super) raw: bool,
    /// How far it is folded.
    pub(super) fold: Option<Fold>,
    /// How many columns there are.
    pub(super) width: usize,
}

/// The large rows that were laid out last. Only a memory of what follows from the row: looking at it changes nothing.
#[derive(Debug, Default)]
pub(super) struct LaidRows(RefCell<Vec<LaidRow>>);

/// A row, and how it looks.
#[derive(Debug)]
struct LaidRow {
    n: EntryNo,
    mark: Mark,
    body: Body,
    way: Way,
    lines: Arc<[Laid]>,
}

impl LaidRow {
    fn is(&self, row: &Row, way: Way) -> bool {
        // A row can change after it came, so its number alone does not tell.
        self.n == row.n && self.way == way && self.mark == row.mark && self.body == row.body
    }
}

impl LaidRows {
    /// The lines of a row.
    pub(super) fn of(&self, row: &Row, way: Way) -> Arc<[Laid]> {
        if weight(&row.body) < LARGE {
            return lay(row, way).into();
        }
        let mut kept = self.0.borrow_mut();
        if let Some(at) = kept.iter().position(|laid| laid.is(row, way)) {
            // The newest stands last: the first one is given up first.
            kept[at..].rotate_left(1);
        } else {
            if kept.len() == KEPT {
                kept.remove(0);
            }
            let (n, mark, body) = (row.n, row.mark, row.body.clone());
            kept.push(LaidRow { n, mark, body, way, lines: lay(row, way).into() });
        }
        kept.last().map_or_else(|| Arc::from([]), |laid| Arc::clone(&laid.lines))
    }
}

/// How many bytes are laid out.
fn weight(body: &Body) -> usize {
    match body {
        Body::Xml { payload, .. } => payload.bytes().len(),
        Body::Http { head, body, .. } => head.bytes().len() + body.bytes().len(),
        _ => 0,
    }
}

fn lay(row: &Row, way: Way) -> Vec<Laid> {
    let lines = row.lines(way.raw);
    match way.fold {
        None => wrap(&lines, way.width),
        Some(Fold::Long) => wrap(&without_long(&lines), way.width),
        Some(Fold::Line) => {
            let all = if way.raw { row.lines(false) } else { lines };
            let mut laid = wrap(&[one_line(&all, way.width)], way.width);
            laid.truncate(1);
            laid
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{Kind, Topic};
    use crate::journal::{Offset, OpId, Wall};

    fn row(n: u64, text: &str) -> Row {
        let payload = serde_json::from_value(serde_json::json!({ "text": text })).unwrap();
        Row {
            n: EntryNo(n),
            op: OpId(1),
            wall: Wall(0),
            at: Offset(0),
            mark: Mark::In,
            kind: Kind::Iq,
            body: Body::Xml { payload, note: String::new() },
            topic: Topic::default(),
            passed: None,
        }
    }

    fn large(n: u64, last: &str) -> Row {
        row(n, &format!("<a>{}{last}</a>", "<b/>".repeat(LARGE)))
    }

    const WAY: Way = Way { raw: false, fold: None, width: 60 };

    #[test]
    fn a_large_row_is_laid_out_once_for_each_way_of_looking_at_it() {
        let rows = LaidRows::default();
        let first = rows.of(&large(1, ""), WAY);
        assert_eq!(first.len(), LARGE + 2);
        assert!(Arc::ptr_eq(&first, &rows.of(&large(1, ""), WAY)));
        let narrow = rows.of(&large(1, ""), Way { raw: true, ..WAY });
        assert_ne!(narrow.len(), first.len());
        assert!(Arc::ptr_eq(&first, &rows.of(&large(1, ""), WAY)));
    }

    #[test]
    fn a_row_that_has_changed_is_laid_out_anew() {
        let rows = LaidRows::default();
        let before = rows.of(&large(1, ""), WAY);
        assert_eq!(rows.of(&large(1, "<c/>"), WAY).len(), before.len() + 1);
    }

    #[test]
    fn only_the_newest_are_kept_and_small_ones_never() {
        let rows = LaidRows::default();
        let oldest = rows.of(&large(1, ""), WAY);
        for n in 2..20 {
            rows.of(&large(n, ""), WAY);
        }
        rows.of(&row(20, "<a/>"), WAY);
        assert_eq!(rows.0.borrow().len(), KEPT);
        assert!(!Arc::ptr_eq(&oldest, &rows.of(&large(1, ""), WAY)));
    }
}
