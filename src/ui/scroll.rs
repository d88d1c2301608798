//! Scrolling through steps of different heights. Only the steps near the place that is asked for are measured, so the
//! cost does not grow with their number.

/// A row of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    /// The step's place.
    pub(super) place: usize,
    /// Its row, from 0.
    pub(super) row: usize,
}

/// Steps that are scrolled through.
pub(super) struct Scroll<'a> {
    /// How many there are.
    pub(super) count: usize,
    /// How many rows are in sight, at least one.
    pub(super) height: usize,
    /// How many rows a step has.
    pub(super) rows: &'a dyn Fn(usize) -> usize,
}

impl Scroll<'_> {
    /// The first row of the last page.
    pub(super) fn last_page(&self) -> Anchor {
        let place = self.count.saturating_sub(1);
        let row = (self.rows)(place).saturating_sub(1);
        self.up(Anchor { place, row }, self.height.saturating_sub(1))
    }

    /// So many rows further up, not above the first.
    pub(super) fn up(&self, from: Anchor, rows: usize) -> Anchor {
        let (mut at, mut left) = (from, rows);
        while left > at.row && at.place > 0 {
            left -= at.row + 1;
            at.place -= 1;
            at.row = (self.rows)(at.place).saturating_sub(1);
        }
        Anchor { row: at.row.saturating_sub(left), ..at }
    }

    /// So many rows further down, not beyond the last page.
    pub(super) fn down(&self, from: Anchor, rows: usize) -> Anchor {
        let mut at = Anchor { row: from.row + rows, ..from };
        while at.place + 1 < self.count {
            let own = (self.rows)(at.place);
            if at.row < own {
                break;
            }
            at = Anchor { place: at.place + 1, row: at.row - own };
        }
        at.min(self.last_page())
    }

    /// The anchor, moved as little as shows the step at `place`.
    pub(super) fn showing(&self, top: Anchor, place: usize) -> Anchor {
        let first = Anchor { place, row: 0 };
        if first <= top {
            return first;
        }
        let last = (self.rows)(place).min(self.height).saturating_sub(1);
        top.max(self.up(Anchor { place, row: last }, self.height.saturating_sub(1)))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn anchor(place: usize, row: usize) -> Anchor {
        Anchor { place, row }
    }

    #[test]
    fn rows_are_counted_over_steps_of_different_heights() {
        let heights = [1, 3, 1, 2];
        let scroll = Scroll { count: 4, height: 4, rows: &|place| heights.get(place).copied().unwrap_or(0) };
        assert_eq!(scroll.last_page(), anchor(1, 2));
        assert_eq!(scroll.up(anchor(3, 1), 3), anchor(1, 2));
        assert_eq!(scroll.up(anchor(1, 0), 9), anchor(0, 0));
        assert_eq!(scroll.down(anchor(0, 0), 2), anchor(1, 1));
        assert_eq!(scroll.down(anchor(0, 0), 99), anchor(1, 2));
        assert_eq!(scroll.showing(anchor(0, 0), 3), anchor(1, 2));
        assert_eq!(scroll.showing(anchor(1, 2), 0), anchor(0, 0));
        assert_eq!(scroll.showing(anchor(0, 0), 1), anchor(0, 0));
    }

    #[test]
    fn no_movement_measures_more_steps_than_a_few_pages() {
        let measured = Cell::new(0);
        let rows = |_| {
            measured.set(measured.get() + 1);
            1
        };
        let scroll = Scroll { count: 100_000, height: 20, rows: &rows };
        let top = scroll.last_page();
        let _ = (scroll.up(top, 19), scroll.down(anchor(50_000, 0), 19), scroll.showing(top, 99_999));
        let _ = (scroll.showing(top, 7), scroll.showing(anchor(0, 0), 70_000));
        assert!(measured.get() < 200, "{}", measured.get());
    }

    #[test]
    fn nothing_is_no_trouble() {
        let scroll = Scroll { count: 0, height: 1, rows: &|_| 0 };
        assert_eq!((scroll.last_page(), scroll.down(anchor(0, 0), 5)), (anchor(0, 0), anchor(0, 0)));
    }
}
