//! Where everything stands, for a size. Used by drawing and by `update`, so that both mean the same rows.
//!
//! ```text
//!  header                                 1
//! ┌ Discovery ─┐┌ XML console ─ follow ┐  the rest
//! └────────────┘└──────────────────────┘
//!  stages                                 1
//!  waiting for / next ▸                   1
//!  what can be done                       1
//!  verdict                                2, and an empty row
//!  footer                                 1
//! ```

use ratatui::layout::Rect;

/// The panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// The tree.
    Tree,
    /// The console.
    Console,
}

/// Where everything stands; what has no room has no area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Areas {
    pub header: Rect,
    pub tree: Rect,
    pub detail: Rect,
    pub console: Rect,
    pub stages: Rect,
    pub next: Rect,
    pub can: Rect,
    pub verdict: Rect,
    pub footer: Rect,
}

/// Below this, one pane at a time.
const TWO_PANES: (u16, u16) = (60, 16);

/// The areas of a screen of this size.
pub fn areas(size: (u16, u16), focus: Pane, zoom: bool) -> Areas {
    let (width, height) = size;
    let small = width < TWO_PANES.0 || height < TWO_PANES.1;
    let heights = if small { small_heights(height) } else { [1, 1, 1, 1, 2, 1, 1] };
    let [header, stages, next, can, verdict, gap, footer] = heights;
    let below = stages + next + can + verdict + gap + footer;
    let panes = height.saturating_sub(header + below);
    let mut y = 0;
    let mut row = |rows: u16| {
        let area = Rect { x: 0, y, width, height: rows.min(height.saturating_sub(y)) };
        y = y.saturating_add(rows);
        area
    };
    let mut areas = Areas { header: row(header), ..Areas::default() };
    let middle = row(panes);
    areas.stages = row(stages);
    areas.next = row(next);
    areas.can = row(can);
    areas.verdict = row(verdict);
    let _ = row(gap);
    areas.footer = row(footer);
    if small || zoom {
        match focus {
            Pane::Tree => areas.tree = middle,
            Pane::Console => areas.console = middle,
        }
    } else {
        split(middle, &mut areas);
    }
    areas
}

/// The rows of header, stages, next, can, verdict, gap and footer on a small screen: the pane comes first.
fn small_heights(height: u16) -> [u16; 7] {
    let from = |least: u16| u16::from(height >= least);
    [from(9), from(5), from(6), from(12), if height >= 14 { 2 } else { from(10) }, 0, from(4)]
}

fn split(middle: Rect, areas: &mut Areas) {
    let left = (middle.width * 3 / 8).clamp(24, 48).min(middle.width);
    areas.tree = Rect { width: left, ..middle };
    areas.console = Rect { x: middle.x.saturating_add(left), width: middle.width.saturating_sub(left), ..middle };
    if middle.height >= 24 {
        let upper = middle.height * 13 / 25;
        areas.tree.height = upper;
        areas.detail = Rect { y: middle.y + upper, height: middle.height - upper, ..areas.tree };
    }
}

/// What is left within a border.
pub fn inner(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

/// Where a popup stands: most of the screen, with a rim where there is room for one, and never over the footer.
pub fn popup(size: (u16, u16), wide: bool) -> Rect {
    let (width, height) = size;
    let rim_x = if width >= 70 && !wide { 5 } else { 0 };
    let rim_y = u16::from(height >= 20);
    let below = u16::from(height >= 4);
    Rect {
        x: rim_x,
        y: rim_y,
        width: width.saturating_sub(rim_x * 2),
        height: height.saturating_sub(rim_y + below),
    }
}

/// Where a prompt of some lines stands: over the lower lines of the screen, so that the rows above stay in sight.
pub fn prompt(size: (u16, u16), lines: u16) -> Rect {
    let (width, height) = size;
    let room = height.saturating_sub(u16::from(height >= 4));
    let own = lines.saturating_add(2).min(room);
    Rect { x: 0, y: room - own, width, height: own }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_80x24_it_is_the_picture_of_the_design() {
        let areas = areas((80, 24), Pane::Tree, false);
        assert_eq!((areas.tree.width, areas.console.width, areas.tree.height), (30, 50, 16));
        assert_eq!((areas.stages.y, areas.verdict.y, areas.footer.y), (17, 20, 23));
    }

    #[test]
    fn no_area_leaves_the_screen_at_any_size() {
        for width in 0..130 {
            for height in 0..50 {
                for zoom in [false, true] {
                    let a = areas((width, height), Pane::Console, zoom);
                    for area in
                        [a.header, a.tree, a.detail, a.console, a.stages, a.next, a.can, a.verdict, a.footer]
                    {
                        assert!(area.right() <= width && area.bottom() <= height, "{area:?} at {width}x{height}");
                    }
                }
            }
        }
    }
}
