//! Which rows are in sight: those of one place, kept up to date row by row, so that a frame costs the same however
//! many there are. Knows no panes and no scrolling.

use super::fold::Console;
use super::row::Row;

/// The rows in sight. It follows a [`Console`]; the same console is handed in each time.
#[derive(Debug, Default)]
pub struct Sight {
    place: String,
    rows: Vec<usize>,
    /// How many of the place's rows were looked at, and which was the last of them.
    seen: usize,
    last: Option<usize>,
    /// How many of the console's revisions were looked at.
    revised: usize,
    stale: bool,
}

impl Sight {
    /// Looks at another place ([`node_key`](crate::journal::node_key) and its like).
    pub fn look_at(&mut self, place: &str) {
        if self.place != place {
            place.clone_into(&mut self.place);
            self.stale = true;
        }
    }

    /// From now on another console is handed in.
    pub fn look_afresh(&mut self) {
        self.stale = true;
    }

    /// Takes in what came since, and what was changed. The cost is that of the new rows, unless what is shown has
    /// changed.
    pub fn settle(&mut self, console: &Console) {
        let source = console.of_place(&self.place);
        // A row whose place was not known at first may have come in between.
        let moved = self.seen > 0 && source.get(self.seen - 1).copied() != self.last;
        if std::mem::take(&mut self.stale) || moved {
            (self.rows, self.seen) = (Vec::new(), 0);
            self.revised = console.revisions().len();
        }
        for at in &source[self.seen..] {
            if console.rows().get(*at).is_some_and(|row| self.shows(row)) {
                self.rows.push(*at);
            }
        }
        (self.seen, self.last) = (source.len(), source.last().copied());
        for at in &console.revisions()[self.revised..] {
            self.look_again(console, *at);
        }
        self.revised = console.revisions().len();
    }

    /// A row was changed after it came: it may be in sight now, or no longer.
    fn look_again(&mut self, console: &Console, at: usize) {
        let of_place = console.of_place(&self.place).binary_search(&at).is_ok();
        let shown = of_place && console.rows().get(at).is_some_and(|row| self.shows(row));
        match (self.rows.binary_search(&at), shown) {
            (Err(to), true) => self.rows.insert(to, at),
            (Ok(from), false) => drop(self.rows.remove(from)),
            _ => {}
        }
    }

    /// Whether a row of the place is shown.
    #[expect(clippy::unused_self, reason = "what the user filters out is decided here")]
    fn shows(&self, _row: &Row) -> bool {
        true
    }

    /// The rows in sight by their places among [`Console::rows`], oldest first.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Journal, line};

    fn recordings() -> Vec<Journal> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/format-1");
        let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()));
        files.map(|text| line::read(&text.unwrap()).unwrap().journal).collect()
    }

    #[test]
    fn row_by_row_it_shows_what_it_shows_at_once() {
        for journal in recordings() {
            let whole = Console::of(journal.entries());
            let places: Vec<&str> = whole.rows().iter().filter_map(|row| whole.place_of(row)).collect();
            for place in places {
                let (mut console, mut live) = (Console::default(), Sight::default());
                live.look_at(place);
                for entry in journal.entries() {
                    console.apply(entry);
                    live.settle(&console);
                }
                let mut late = Sight::default();
                late.look_at(place);
                late.settle(&console);
                assert_eq!(live.rows(), late.rows(), "{place}");
                assert_eq!(live.rows(), console.of_place(place), "{place}");
            }
        }
    }
}
