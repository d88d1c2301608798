//! Styled text as values: what a piece of a row *is*, never which colour it gets; and how a line wraps.
//!
//! ```text
//! <auth mechanism='PLAIN'>          a line, indent 0
//!   [masked PLAIN: alice]</auth>    its continuation, two columns in
//! ```

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::visible;

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ink {
    /// Words of ours.
    Plain,
    /// Words of ours that matter less.
    Muted,
    /// `<`, `</`, `>`, `=`
    Punct,
    /// An element's name.
    Name,
    /// An attribute's name.
    Attr,
    /// An attribute's value.
    Value,
    /// Character data.
    Text,
    /// A secret's place.
    Masked,
    /// A verdict: it holds.
    Good,
    /// A verdict: with care.
    Warn,
    /// A verdict: it does not hold.
    Bad,
}

/// Some text of one ink. Its text has no character that a terminal would not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    text: String,
    ink: Ink,
    may_break: bool,
    /// How many characters it had before some were made visible.
    characters: usize,
}

impl Piece {
    /// A piece that stays with what stands before it.
    pub fn new(text: &str, ink: Ink) -> Self {
        Self { text: visible(text), ink, may_break: false, characters: text.chars().count() }
    }

    /// A piece that may stand at the start of a continued line.
    pub fn breaking(text: &str, ink: Ink) -> Self {
        Self { may_break: true, ..Self::new(text, ink) }
    }

    /// Lets a line break before this piece.
    pub fn let_break(&mut self) {
        self.may_break = true;
    }

    /// The text as it is shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many characters it stands for.
    pub fn characters(&self) -> usize {
        self.characters
    }

    /// What it is.
    pub fn ink(&self) -> Ink {
        self.ink
    }
}

/// A line before it is fitted to a width.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Columns before the first piece.
    pub indent: usize,
    /// Its pieces.
    pub pieces: Vec<Piece>,
}

impl Line {
    /// A line of words; it may break at each space.
    pub fn words(text: &str, ink: Ink) -> Self {
        let mut line = Self::default();
        line.say(text, ink);
        line
    }

    /// Lines of words that read as one sentence when they are put on one line: the first one, and the others inside it.
    pub fn sentence(parts: &[(String, Ink)]) -> Vec<Self> {
        let lines = parts.iter().enumerate().map(|(at, (text, ink))| {
            let goes_on = at + 1 < parts.len() && !text.ends_with(':');
            let end = if goes_on { ";" } else { "" };
            Self { indent: if at == 0 { 0 } else { 2 }, ..Self::words(&format!("{text}{end}"), *ink) }
        });
        lines.collect()
    }

    /// Adds words; the line may break at each space, but not between a figure and its unit.
    pub fn say(&mut self, text: &str, ink: Ink) -> &mut Self {
        let mut before = "";
        for (at, word) in text.split_inclusive(' ').enumerate() {
            let stays = at == 0 || is_unit_of(word, before);
            self.pieces.push(if stays { Piece::new(word, ink) } else { Piece::breaking(word, ink) });
            before = word;
        }
        self
    }

    /// The whole text, without the indent.
    pub fn text(&self) -> String {
        self.pieces.iter().map(Piece::text).collect()
    }
}

/// Whether a word is the unit of the figure before it: `10.0 s`.
fn is_unit_of(word: &str, before: &str) -> bool {
    let unit = word.trim_end_matches([' ', '.', ',', ':', ';', ')']);
    matches!(unit, "s" | "ms" | "B") && before.trim_end().ends_with(|last: char| last.is_ascii_digit())
}

/// A line as it stands on the screen: the indent is in its first run.
pub type Laid = Vec<(String, Ink)>;

/// Fits lines to `width` columns. Nothing is cut: what is too long goes on, two columns further in.
pub fn wrap(lines: &[Line], width: usize) -> Vec<Laid> {
    let width = width.max(1);
    let mut laid = Vec::new();
    for line in lines {
        let mut setter = Setter::new(line.indent.min(width / 2), width);
        for group in groups(&line.pieces) {
            setter.set(group);
        }
        laid.append(&mut setter.finish());
    }
    laid
}

/// Runs of pieces that stand together unless they are longer than a line.
fn groups(pieces: &[Piece]) -> impl Iterator<Item = &[Piece]> {
    pieces.chunk_by(|_, next| !next.may_break)
}

struct Setter {
    done: Vec<Laid>,
    line: Laid,
    column: usize,
    start: usize,
    hang: usize,
    width: usize,
}

impl Setter {
    fn new(indent: usize, width: usize) -> Self {
        let hang = (indent + 2).min(width / 2);
        let line = if indent > 0 { vec![(" ".repeat(indent), Ink::Plain)] } else { Vec::new() };
        Self { done: Vec::new(), line, column: indent, start: indent, hang, width }
    }

    fn set(&mut self, group: &[Piece]) {
        let needed: usize = group.iter().map(|piece| piece.text.width()).sum();
        let last = group.last().map_or("", |piece| piece.text.as_str());
        let trailing = last.len() - last.trim_end_matches(' ').len();
        let fits = self.column + needed.saturating_sub(trailing) <= self.width;
        let mut skip = false;
        if !fits && self.column > self.start {
            self.turn();
            skip = true; // the space before an attribute is not needed at a line's start
        }
        for piece in group {
            let text = if skip { piece.text.trim_start_matches(' ') } else { &piece.text };
            skip = skip && text.is_empty();
            self.put(text, piece.ink);
        }
    }

    fn put(&mut self, text: &str, ink: Ink) {
        let mut run = String::new();
        for grapheme in text.graphemes(true) {
            let columns = grapheme.width();
            if self.column + columns > self.width && self.column > self.start {
                if grapheme == " " {
                    continue;
                }
                let rest = run.split_off(seam(&run));
                self.keep(std::mem::replace(&mut run, rest), ink);
                self.turn();
                self.column += run.width();
            }
            run.push_str(grapheme);
            self.column += columns;
        }
        self.keep(run, ink);
    }

    fn keep(&mut self, run: String, ink: Ink) {
        if run.is_empty() {
            return;
        }
        match self.line.last_mut() {
            Some((text, same)) if *same == ink => text.push_str(&run),
            _ => self.line.push((run, ink)),
        }
    }

    fn turn(&mut self) {
        self.done.push(std::mem::take(&mut self.line));
        self.line = if self.hang > 0 { vec![(" ".repeat(self.hang), Ink::Plain)] } else { Vec::new() };
        self.column = self.hang;
        self.start = self.hang;
    }

    fn finish(mut self) -> Vec<Laid> {
        self.done.push(self.line);
        self.done
    }
}

/// Where a run that is too long is best broken: behind the last `:`, `/` or `-` near its end, else at its end.
fn seam(run: &str) -> usize {
    let behind = run.rfind([':', '/', '-']).map(|at| at + 1);
    behind.filter(|at| run.len() - at < 16).unwrap_or(run.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[Line], width: usize) -> Vec<String> {
        wrap(lines, width).iter().map(|line| line.iter().map(|(text, _)| text.as_str()).collect()).collect()
    }

    #[test]
    fn words_break_at_spaces_and_go_on_two_columns_in() {
        let line = Line::words("no answer to <auth> for 10.0 s", Ink::Bad);
        assert_eq!(shown(&[line], 16), ["no answer to ", "  <auth> for ", "  10.0 s"]);
    }

    #[test]
    fn a_figure_keeps_its_unit() {
        let line = Line::words("nothing came back in 10.0 s. imp2 answered", Ink::Plain);
        assert_eq!(shown(&[line], 26), ["nothing came back in ", "  10.0 s. imp2 answered"]);
    }

    #[test]
    fn a_word_that_is_too_long_is_broken_and_not_cut() {
        let laid = shown(&[Line::words("abcdefghij", Ink::Text)], 4);
        assert_eq!(laid.concat().replace(' ', ""), "abcdefghij");
    }

    #[test]
    fn a_width_of_nothing_still_ends() {
        assert!(!wrap(&[Line::words("ab 世界", Ink::Text)], 0).is_empty());
    }

    #[test]
    fn wide_characters_count_two_columns() {
        for line in shown(&[Line::words("世界世界世界", Ink::Text)], 5) {
            assert!(line.width() <= 5, "{line}");
        }
    }
}
