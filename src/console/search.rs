//! A search over the rows in sight: which of them have it, kept up to date row by row. It knows of those that the
//! filter hides, too, so that nobody takes "no hit" for "it never came".

use super::fold::Console;
use super::pattern::Pattern;

/// What is looked for, and where it was found.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) pattern: Pattern,
    /// The rows in sight that have it, and those that are hidden, by their places among all rows.
    pub(super) hits: Vec<usize>,
    pub(super) hidden: Vec<usize>,
}

impl Search {
    pub(super) fn new(pattern: Pattern) -> Self {
        Self { pattern, hits: Vec::new(), hidden: Vec::new() }
    }

    /// Forgets what was found.
    pub(super) fn clear(&mut self) {
        (self.hits, self.hidden) = (Vec::new(), Vec::new());
    }

    /// Looks at a row, for the first time or again. `shown`: it is in sight; none: it is not of this place.
    pub(super) fn look(&mut self, console: &Console, at: usize, shown: Option<bool>) {
        let has = shown.is_some() && console.rows().get(at).is_some_and(|row| self.pattern.is_in_row(row));
        keep(&mut self.hits, at, has && shown == Some(true));
        keep(&mut self.hidden, at, has && shown == Some(false));
    }
}

/// Keeps a place among sorted ones, or no longer.
pub(super) fn keep(places: &mut Vec<usize>, at: usize, kept: bool) {
    match (places.binary_search(&at), kept) {
        (Err(to), true) => places.insert(to, at),
        (Ok(from), false) => drop(places.remove(from)),
        _ => {}
    }
}
