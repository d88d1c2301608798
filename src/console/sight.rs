//! Which rows are in sight: those of one place or of all, kept up to date row by row, so that a frame costs the same
//! however many there are; and what the user holds back of them. Knows no panes and no scrolling.

use std::collections::BTreeSet;

use super::filter::{Asked, Filter};
use super::fold::Console;
use super::gate::Gate;
use super::pattern::Pattern;
use super::row::Row;
use super::search::{Search, keep};
use crate::journal::Wall;

/// The rows in sight. It follows a [`Console`]; the same console is handed in each time.
#[derive(Debug, Default)]
pub struct Sight {
    place: String,
    filter: Filter,
    ahead_of_utc: i32,
    rows: Vec<usize>,
    /// How many of the place's rows were looked at, and which was the last of them.
    seen: usize,
    last: Option<usize>,
    /// How many of the console's revisions were looked at, and of the hosts that routes named.
    revised: usize,
    namings: usize,
    /// With a filter that looks back from the newest entry: the rows that have not yet aged, by their time.
    young: BTreeSet<(Wall, usize)>,
    search: Option<Search>,
    stale: bool,
    /// What the user holds back.
    gate: Gate,
    /// How many of the rows are held back by Enable or Clear.
    in_ring: usize,
    /// How many rows came since the view was frozen.
    waiting: usize,
}

/// The rows among which a filter chooses.
#[derive(Clone, Copy)]
enum Source<'a> {
    Place(&'a [usize]),
    /// So many, all of them.
    All(usize),
}

impl Source<'_> {
    fn len(self) -> usize {
        match self {
            Source::Place(rows) => rows.len(),
            Source::All(count) => count,
        }
    }

    fn get(self, number: usize) -> Option<usize> {
        match self {
            Source::Place(rows) => rows.get(number).copied(),
            Source::All(count) => (number < count).then_some(number),
        }
    }

    fn holds(self, at: usize) -> bool {
        match self {
            Source::Place(rows) => rows.binary_search(&at).is_ok(),
            Source::All(count) => at < count,
        }
    }
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

    /// Shows what a filter shows, and everything of the place with an empty one. Nothing that was hidden is lost.
    /// The shown time of day is `ahead_of_utc` seconds ahead of UTC.
    pub fn filter_by(&mut self, filter: Filter, ahead_of_utc: i32) {
        self.stale |= self.filter != filter || self.ahead_of_utc != ahead_of_utc;
        (self.filter, self.ahead_of_utc) = (filter, ahead_of_utc);
    }

    /// Looks for something in the rows in sight, or for nothing any more.
    pub fn search_for(&mut self, pattern: Option<Pattern>) {
        if self.pattern() != pattern.as_ref() {
            self.search = pattern.map(Search::new);
            self.stale |= self.search.is_some();
        }
    }

    /// What is looked for.
    pub fn pattern(&self) -> Option<&Pattern> {
        self.search.as_ref().map(|search| &search.pattern)
    }

    /// The rows in sight that have what is looked for, by their places among [`Console::rows`], oldest first.
    pub fn hits(&self) -> &[usize] {
        self.search.as_ref().map_or(&[], |search| &search.hits)
    }

    /// How many rows have it that the filter hides.
    pub fn hidden_hits(&self) -> usize {
        self.search.as_ref().map_or(0, |search| search.hidden.len())
    }

    /// What is shown.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// How many rows the filter hides.
    pub fn hidden(&self) -> usize {
        self.seen.saturating_sub(self.rows.len() + self.in_ring + self.waiting)
    }

    /// How many rows it chooses among: those of the place, or all.
    pub fn of(&self) -> usize {
        self.seen
    }

    fn source<'a>(&self, console: &'a Console) -> Source<'a> {
        if self.filter.is_everywhere() {
            Source::All(console.rows().len())
        } else {
            Source::Place(console.of_place(&self.place))
        }
    }

    /// Takes in what came since, and what was changed. The cost is that of the new rows, unless what is shown has
    /// changed.
    pub fn settle(&mut self, console: &Console) {
        let source = self.source(console);
        // A row whose place was not known at first may have come in between.
        let moved = self.seen > 0 && source.get(self.seen - 1) != self.last;
        // What a route named since may be older than its naming.
        let named = self.filter.has_route() && self.namings != console.namings();
        if std::mem::take(&mut self.stale) || moved || named {
            (self.rows, self.seen, self.young) = (Vec::new(), 0, BTreeSet::new());
            (self.in_ring, self.waiting) = (0, 0);
            self.revised = console.revisions().len();
            self.search.iter_mut().for_each(Search::clear);
        }
        for at in (self.seen..source.len()).filter_map(|number| source.get(number)) {
            let passes = console.rows().get(at).is_some_and(|row| self.gate.passes(at, row.mark));
            let wanted = passes && self.wants(console, at);
            let waits = self.gate.waits(at);
            match wanted {
                true if waits => self.waiting += 1,
                true => self.rows.push(at),
                false => self.in_ring += usize::from(!passes),
            }
            self.search.iter_mut().for_each(|search| search.look(console, at, Some(wanted && !waits)));
            self.note_age(console, at);
        }
        (self.seen, self.last) = (source.len(), source.len().checked_sub(1).and_then(|last| source.get(last)));
        self.namings = console.namings();
        for at in &console.revisions()[self.revised..] {
            self.look_again(console, source, *at);
        }
        self.revised = console.revisions().len();
        self.let_age(console, source);
    }

    /// A row was changed after it came, or has aged: it may be in sight now, or no longer.
    fn look_again(&mut self, console: &Console, source: Source<'_>, at: usize) {
        let shown = source.holds(at).then(|| self.shows(console, at));
        keep(&mut self.rows, at, shown == Some(true));
        self.search.iter_mut().for_each(|search| search.look(console, at, shown));
    }

    /// The oldest moment that a filter like `last:30s` still looks at.
    fn youth(&self, console: &Console) -> Option<Wall> {
        self.filter.window().map(|ms| Wall(console.newest().0.saturating_sub(ms)))
    }

    fn note_age(&mut self, console: &Console, at: usize) {
        if let (Some(since), Some(row)) = (self.youth(console), console.rows().get(at))
            && row.wall >= since
        {
            self.young.insert((row.wall, at));
        }
    }

    /// Looks again at the rows that have become too old; each of them once.
    fn let_age(&mut self, console: &Console, source: Source<'_>) {
        let Some(since) = self.youth(console) else { return };
        while let Some(&(wall, at)) = self.young.first().filter(|(wall, _)| *wall < since) {
            self.young.remove(&(wall, at));
            self.look_again(console, source, at);
        }
    }

    /// Whether a row of the place is shown.
    fn shows(&self, console: &Console, at: usize) -> bool {
        let passes = |row: &Row| self.gate.passes(at, row.mark) && !self.gate.waits(at);
        console.rows().get(at).is_some_and(passes) && self.wants(console, at)
    }

    /// Whether the filter shows a row of the place.
    fn wants(&self, console: &Console, at: usize) -> bool {
        let ahead_of_utc = self.ahead_of_utc;
        let row = console.rows().get(at);
        row.is_some_and(|row| self.filter.shows(&Asked { console, at, row, ahead_of_utc }))
    }

    /// Enable, off and on: what passes while it is off stays in the ring. True: it is on now.
    pub fn enable(&mut self, console: &Console) -> bool {
        self.stale = true;
        self.gate.enable(console.rows().len())
    }

    /// Whether Enable is on.
    pub fn enabled(&self) -> bool {
        self.gate.enabled()
    }

    /// Empties the view, not the ring. What waits behind a frozen view is not emptied: nobody has seen it.
    pub fn clear(&mut self, console: &Console) {
        self.stale = true;
        self.gate.clear(console.rows().len());
    }

    /// Dump Ringbuf: all that passed is shown, each row once. Enable stays as it is.
    pub fn dump(&mut self, console: &Console) {
        self.stale = true;
        self.gate.dump(console.rows().len());
    }

    /// How many rows are in the ring alone.
    pub fn in_ring(&self) -> usize {
        self.in_ring
    }

    /// Lets the view stand still, or go on. True: it stands still now.
    pub fn freeze(&mut self, console: &Console) -> bool {
        self.stale = true;
        self.gate.freeze(console)
    }

    /// Of a frozen view: how many rows came since.
    pub fn frozen(&self) -> Option<usize> {
        self.gate.frozen().then_some(self.waiting)
    }

    /// A row as it is shown: in a frozen view as it was when that was frozen.
    pub fn row<'a>(&'a self, console: &'a Console, at: usize) -> Option<&'a Row> {
        self.gate.kept(at).or_else(|| console.rows().get(at))
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

    /// One of each term, so that all of them are seen to be as good row by row as at once.
    const FILTERS: [&str; 14] = [
        "",
        "all",
        "-kind:sm,kernel",
        "dir:out,silence",
        "node:imp1",
        "route:_xmpp-client",
        "route:_cisco-uds -kind:dns",
        "jid:alice@example.test",
        "auth",
        "-/still open|silent/",
        "last:2s",
        "-last:1s all",
        "#5-40",
        "after:00:00 before:23:59:59",
    ];

    fn recordings() -> Vec<Journal> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/format-1");
        let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()));
        files.map(|text| line::read(&text.unwrap()).unwrap().journal).collect()
    }

    fn sight(place: &str, filter: &str) -> Sight {
        let mut sight = Sight::default();
        sight.look_at(place);
        sight.filter_by(filter.parse().unwrap(), 3600);
        sight.search_for(Some(Pattern::regex("auth|open").unwrap()));
        sight
    }

    #[test]
    fn row_by_row_it_shows_what_it_shows_at_once() {
        for journal in recordings() {
            let whole = Console::of(journal.entries());
            let places: BTreeSet<&str> = whole.rows().iter().filter_map(|row| whole.place_of(row)).collect();
            for (place, filter) in places.iter().flat_map(|place| FILTERS.map(|filter| (*place, filter))) {
                let (mut console, mut live) = (Console::default(), sight(place, filter));
                for entry in journal.entries() {
                    console.apply(entry);
                    live.settle(&console);
                }
                let mut late = sight(place, filter);
                late.settle(&console);
                assert_eq!(live.rows(), late.rows(), "{place} {filter}");
                assert_eq!(
                    (live.hits(), live.hidden_hits()),
                    (late.hits(), late.hidden_hits()),
                    "{place} {filter}"
                );
                let of_rows = |at: &&usize| live.pattern().unwrap().is_in_row(&console.rows()[**at]);
                let hits: Vec<usize> = live.rows().iter().filter(of_rows).copied().collect();
                assert_eq!(live.hits(), hits, "{place} {filter}");
                if filter.is_empty() {
                    assert_eq!(live.rows(), console.of_place(place), "{place}");
                }
                // A filter off again shows what was there before it.
                live.filter_by(Filter::default(), 0);
                live.settle(&console);
                assert_eq!(live.rows(), console.of_place(place), "{place} {filter}");
            }
        }
    }
}
