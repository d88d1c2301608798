//! Writing into the picture: runs of text by role, boxes; never outside of an area.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::ui::glyphs;
use crate::ui::theme::{Role, Theme};

/// Text by role.
pub(super) type Runs = Vec<(String, Role)>;

/// One run.
pub(super) fn run(text: impl Into<String>, role: Role) -> (String, Role) {
    (text.into(), role)
}

/// How many columns some runs take.
pub(super) fn columns(runs: &[(String, Role)]) -> usize {
    runs.iter().map(|(text, _)| text.width()).sum()
}

/// `text` in at most `width` columns, with a mark where something is left out.
pub(super) fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        if used + grapheme.width() + 1 > width {
            break;
        }
        used += grapheme.width();
        kept.push_str(grapheme);
    }
    if width > 0 {
        kept.push_str(glyphs::MORE);
    }
    kept
}

pub(super) struct Pen<'a> {
    pub(super) picture: &'a mut Buffer,
    theme: &'a Theme,
}

impl<'a> Pen<'a> {
    pub(super) fn new(picture: &'a mut Buffer, theme: &'a Theme) -> Self {
        Self { picture, theme }
    }

    /// Writes runs on the row `down` of `area`; what has no room is left out.
    pub(super) fn line(&mut self, area: Rect, down: u16, runs: &[(String, Role)]) {
        let area = area.intersection(self.picture.area);
        if down >= area.height {
            return;
        }
        let (mut x, y) = (area.x, area.y + down);
        for (text, role) in runs {
            let room = usize::from(area.right().saturating_sub(x));
            (x, _) = self.picture.set_stringn(x, y, text, room, self.theme.style(*role));
        }
    }

    /// Writes runs at the right end of a row.
    pub(super) fn line_right(&mut self, area: Rect, down: u16, runs: &[(String, Role)]) {
        let used = u16::try_from(columns(runs)).unwrap_or(u16::MAX).min(area.width);
        self.line(Rect { x: area.right() - used, width: used, ..area }, down, runs);
    }

    /// Gives a row of `area` a role's attributes, over what is written there.
    pub(super) fn mark_row(&mut self, area: Rect, down: u16, role: Role) {
        if down < area.height {
            let row = Rect { y: area.y + down, height: 1, ..area }.intersection(self.picture.area);
            self.picture.set_style(row, self.theme.style(role));
        }
    }

    /// Wipes an area.
    pub(super) fn wipe(&mut self, area: Rect) {
        let area = area.intersection(self.picture.area);
        for position in area.positions() {
            self.picture[position].reset();
        }
    }

    /// A box with a title at its left and a word at its right.
    ///
    /// ```text
    /// ┌ title ────── right ┐
    /// ```
    pub(super) fn frame(&mut self, area: Rect, title: &str, right: &str, focused: bool) {
        if area.width < 2 || area.height < 2 {
            return;
        }
        let role = if focused { Role::Focus } else { Role::Border };
        let across = usize::from(area.width) - 2;
        let title = if title.is_empty() {
            String::new()
        } else {
            // What stands at the right changes, so it keeps its room.
            let beside = if right.is_empty() || across < 24 { 0 } else { right.width() + 3 };
            format!(" {} ", shortened(title, across.saturating_sub(2 + beside)))
        };
        let left = across.saturating_sub(title.width());
        let right =
            if right.is_empty() || left < right.width() + 3 { String::new() } else { format!(" {right} ") };
        let rule = "─".repeat(left.saturating_sub(right.width()));
        let heading = if focused { Role::Focus } else { Role::Title };
        self.line(
            area,
            0,
            &[run("┌", role), run(title, heading), run(rule, role), run(right, heading), run("┐", role)],
        );
        for down in 1..area.height - 1 {
            self.line(area, down, &[run("│", role)]);
            self.line_right(area, down, &[run("│", role)]);
        }
        self.line(area, area.height - 1, &[run(format!("└{}┘", "─".repeat(across)), role)]);
    }

    /// Writes words on the lower border of a box.
    pub(super) fn foot(&mut self, area: Rect, words: &str) {
        if words.is_empty() || area.width < 6 || area.height < 3 {
            return;
        }
        let words = shortened(words, usize::from(area.width) - 4);
        let border = Rect { x: area.x + 1, y: area.bottom() - 1, width: area.width - 2, height: 1 };
        self.line(border, 0, &[run(format!(" {words} "), Role::Warning)]);
    }
}
