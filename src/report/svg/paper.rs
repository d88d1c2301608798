//! Cells on paper: text stands where a terminal would put it, lines are drawn as lines.

use std::collections::BTreeMap;
use std::fmt::Write;

use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::super::markup::escaped;
use super::palette::{Ground, Look, Rgb, hex};
use crate::console::visible;

/// The size of letters, and of a cell, in tenths of a pixel.
const LETTER: usize = 140;
const CELL: (usize, usize) = (84, 180);
/// Where letters stand in a cell, from its top.
const BASE: usize = 135;
/// The length of an arrow's tip, and half its height.
const TIP: (usize, usize) = (85, 40);
/// The rim around everything.
const RIM: usize = 120;
const FONTS: &str = "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace";

/// A sheet of cells.
pub(super) struct Paper {
    ground: Ground,
    columns: usize,
    rows: usize,
    behind: String,
    lines: BTreeMap<(Rgb, bool), String>,
    arrows: String,
    texts: String,
}

impl Paper {
    pub(super) fn new(ground: Ground, columns: usize, rows: usize) -> Self {
        let (behind, arrows, texts) = (String::new(), String::new(), String::new());
        Self { ground, columns, rows, behind, lines: BTreeMap::new(), arrows, texts }
    }

    /// Puts text of one style on a row, and gives the column behind it.
    pub(super) fn put(&mut self, column: usize, row: usize, text: &str, style: Style) -> usize {
        let look = Look::of(style, self.ground);
        let text = visible(text);
        let width = text.width();
        if let Some(back) = look.back {
            self.fill(column, row, width, 1, &format!("fill=\"{}\"", hex(back)));
        }
        let (mut at, mut plain, mut begin) = (column, String::new(), column);
        for grapheme in text.graphemes(true) {
            let simple = grapheme.is_ascii();
            if !simple {
                self.letters(begin, row, &std::mem::take(&mut plain), look);
                self.sign(at, row, grapheme, look);
            } else {
                if plain.is_empty() {
                    begin = at;
                }
                plain.push_str(grapheme);
            }
            at += grapheme.width();
        }
        self.letters(begin, row, &plain, look);
        column + width
    }

    /// Fills cells, under what stands in them.
    pub(super) fn fill(&mut self, column: usize, row: usize, columns: usize, rows: usize, with: &str) {
        let (x, y) = corner(column, row);
        let (width, height) = (px(columns * CELL.0), px(rows * CELL.1));
        let _ = writeln!(
            self.behind,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" shape-rendering=\"crispEdges\" {with}/>",
            x = px(x),
            y = px(y)
        );
    }

    /// An arrow on a row, from the middle of one cell to that of another, which its tip touches.
    pub(super) fn arrow(&mut self, row: usize, from: usize, to: usize, style: Style) {
        let look = Look::of(style, self.ground);
        let middle = |column| corner(column, row).0 + CELL.0 / 2;
        let (from, to, y) = (middle(from), middle(to), corner(0, row).1 + CELL.1 / 2);
        let foot = if from < to { to.saturating_sub(TIP.0) } else { to + TIP.0 };
        let color = hex(look.front);
        let (y, up, low) = (px(y), px(y.saturating_sub(TIP.1)), px(y + TIP.1));
        let (from, to, foot) = (px(from), px(to), px(foot));
        let _ = writeln!(self.arrows, "<path d=\"M{from} {y}H{foot}\" stroke=\"{color}\" stroke-width=\"1.4\"/>");
        let _ = writeln!(self.arrows, "<path d=\"M{to} {y}L{foot} {up}V{low}Z\" fill=\"{color}\"/>");
    }

    /// Letters that are as wide as a cell each.
    fn letters(&mut self, column: usize, row: usize, text: &str, look: Look) {
        let bare = text.trim_start_matches(' ');
        let column = column + (text.len() - bare.len());
        let bare = bare.trim_end_matches(' ');
        if !bare.is_empty() {
            self.text(column, row, bare, look);
        }
    }

    /// A sign that is no ASCII: a line, or a letter that fonts may draw wider or narrower than a cell.
    fn sign(&mut self, column: usize, row: usize, grapheme: &str, look: Look) {
        let (x, y) = corner(column, row);
        let (middle, half) = (x + CELL.0 / 2, y + CELL.1 / 2);
        let (right, bottom) = (x + CELL.0, y + CELL.1);
        let across = |from, to| format!("M{} {}H{}", px(from), px(half), px(to));
        let down = |from, to| format!("M{} {}V{}", px(middle), px(from), px(to));
        let path = match grapheme {
            "─" => across(x, right),
            "│" => down(y, bottom),
            "┼" => across(x, right) + &down(y, bottom),
            "┌" => across(middle, right) + &down(half, bottom),
            "┐" => across(x, middle) + &down(half, bottom),
            "└" => across(middle, right) + &down(y, half),
            "┘" => across(x, middle) + &down(y, half),
            "├" => across(middle, right) + &down(y, bottom),
            "┤" => across(x, middle) + &down(y, bottom),
            "┊" => down(y + 20, y + 70) + &down(y + 110, y + 160),
            _ => return self.text(column, row, grapheme, look),
        };
        self.lines.entry((look.front, look.bold)).or_default().push_str(&path);
    }

    fn text(&mut self, column: usize, row: usize, text: &str, look: Look) {
        let (x, y) = corner(column, row);
        let width = text.width();
        let fill = hex(look.front);
        let weight = if look.bold { " font-weight=\"bold\"" } else { "" };
        let under = if look.underlined { " text-decoration=\"underline\"" } else { "" };
        // Whatever font there is: so many columns.
        let fit = match width {
            0 | 1 => String::new(),
            _ => format!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", px(width * CELL.0)),
        };
        let (x, y, text) = (px(x), px(y + BASE), escaped(text));
        let _ =
            writeln!(self.texts, "<text x=\"{x}\" y=\"{y}\" fill=\"{fill}\"{weight}{under}{fit}>{text}</text>");
    }

    /// The picture.
    pub(super) fn svg(self, title: &str) -> String {
        let (width, height) = (px(self.columns * CELL.0 + RIM * 2), px(self.rows * CELL.1 + RIM * 2));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" xml:space=\"preserve\">\n<title>{}</title>\n\
             <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{}\"/>\n{}",
            escaped(&visible(title)),
            hex(self.ground.back()),
            self.behind
        );
        for ((color, bold), path) in &self.lines {
            let thick = if *bold { "1.6" } else { "1.1" };
            let _ = writeln!(
                svg,
                "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{thick}\"/>",
                hex(*color)
            );
        }
        svg.push_str(&self.arrows);
        let _ =
            writeln!(svg, "<g font-family=\"{FONTS}\" font-size=\"{}\">\n{}</g>\n</svg>", px(LETTER), self.texts);
        svg
    }
}

/// The upper left corner of a cell.
fn corner(column: usize, row: usize) -> (usize, usize) {
    (RIM + column * CELL.0, RIM + row * CELL.1)
}

/// Tenths of a pixel as pixels.
fn px(tenths: usize) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}
