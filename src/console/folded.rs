//! Rows folded: long text to its length, or the whole row to one line. Only by the user's act; a row by itself is whole.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::ink::{Ink, Line, Piece};

/// How far a row is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Its long text.
    Long,
    /// All of it, to one line.
    Line,
}

/// A text or an attribute with more characters than this is long: a certificate, a photo.
const LONG: usize = 300;
/// So many characters of an attribute stand in a row that is folded to one line.
const BRIEF: usize = 24;

/// Whether there is long text in some lines.
pub fn has_long(lines: &[Line]) -> bool {
    lines.iter().any(|line| runs(&line.pieces).any(|run| characters(run) > LONG))
}

/// The lines with each long text as its length: `…(12,345 characters)`.
pub fn without_long(lines: &[Line]) -> Vec<Line> {
    let folded = |line: &Line| {
        let pieces =
            runs(&line.pieces).flat_map(|run| if characters(run) > LONG { length(run) } else { run.to_vec() });
        Line { indent: line.indent, pieces: pieces.collect() }
    };
    lines.iter().map(folded).collect()
}

/// The pieces of a text node together, all others one by one.
fn runs(pieces: &[Piece]) -> impl Iterator<Item = &[Piece]> {
    pieces.chunk_by(|one, next| one.ink() == Ink::Text && next.ink() == Ink::Text)
}

fn characters(run: &[Piece]) -> usize {
    run.iter().map(Piece::characters).sum()
}

/// What stands for a long text. An attribute keeps its quotes.
fn length(run: &[Piece]) -> Vec<Piece> {
    let text = run.first().map_or("", Piece::text);
    let quote = text.chars().next().filter(|first| run.len() == 1 && matches!(first, '\'' | '"'));
    let Some(quote) = quote else {
        return vec![Piece::breaking(&format!("…({} characters)", grouped(characters(run))), Ink::Muted)];
    };
    let has_end = text.len() > 1 && text.ends_with(quote);
    let inside = characters(run) - 1 - usize::from(has_end);
    let end = if has_end { quote.to_string() } else { String::new() };
    vec![
        Piece::new(&quote.to_string(), Ink::Value),
        Piece::new(&format!("…({} characters)", grouped(inside)), Ink::Muted),
        Piece::new(&end, Ink::Value),
    ]
}

/// `12,345`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// Some lines as one of at most `width` columns: `▸ <iq type='result' id='…'> … 14 lines`.
pub fn one_line(lines: &[Line], width: usize) -> Line {
    let first = lines.first().map_or([].as_slice(), |line| line.pieces.as_slice());
    let (head, rest) = match first.first() {
        Some(piece) if piece.ink() == Ink::Punct => start_tag(first),
        _ => (first.to_vec(), false),
    };
    let tail = match lines.len() {
        0 | 1 if rest => " …".to_owned(),
        0 | 1 => String::new(),
        count => format!(" … {count} lines"),
    };
    let mut line = Line { indent: 0, pieces: vec![Piece::new("▸ ", Ink::Muted)] };
    let mut room = width.saturating_sub(2 + tail.width());
    for piece in head {
        let wide = piece.text().width();
        if wide > room {
            line.pieces.push(Piece::new(&shortened(piece.text(), room), piece.ink()));
            break;
        }
        room -= wide;
        line.pieces.push(piece);
    }
    line.pieces.push(Piece::new(&tail, Ink::Muted));
    line
}

/// The start tag, without namespaces and long values; and whether more stands on its line.
fn start_tag(pieces: &[Piece]) -> (Vec<Piece>, bool) {
    let mut tag: Vec<Piece> = Vec::new();
    let mut skips = false;
    for (at, piece) in pieces.iter().enumerate() {
        match piece.ink() {
            Ink::Attr if piece.text().starts_with("xmlns") => {
                skips = true;
                while tag.last().is_some_and(|last| last.text().trim().is_empty()) {
                    tag.pop();
                }
            }
            Ink::Value if std::mem::take(&mut skips) => {}
            Ink::Value if piece.characters() > BRIEF => tag.push(Piece::new("'…'", Ink::Value)),
            _ if skips => {}
            _ => tag.push(piece.clone()),
        }
        if piece.ink() == Ink::Punct && piece.text().ends_with('>') {
            return (tag, at + 1 < pieces.len());
        }
    }
    (tag, false)
}

/// `text` in at most `width` columns, its end left out.
fn shortened(text: &str, width: usize) -> String {
    let (mut kept, mut used) = (String::new(), 1);
    for grapheme in text.graphemes(true) {
        used += grapheme.width();
        if used > width {
            break;
        }
        kept.push_str(grapheme);
    }
    if width > 0 { kept + "…" } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::xml;
    use crate::journal::Payload;

    fn pretty(text: &str) -> Vec<Line> {
        xml::pretty(&Payload::cut(text.as_bytes(), &[]))
    }

    fn text(lines: &[Line]) -> String {
        lines.iter().map(Line::text).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_photo_is_folded_to_its_length_and_what_is_short_stays() {
        let photo = format!("<vCard><FN>Alice</FN><BINVAL>{}</BINVAL></vCard>", "QUJD ".repeat(2469));
        let lines = pretty(&photo);
        assert!(has_long(&lines));
        assert_eq!(
            text(&without_long(&lines)),
            "<vCard>|<FN>Alice</FN>|<BINVAL>…(12,345 characters)</BINVAL>|</vCard>"
        );
    }

    #[test]
    fn a_long_attribute_keeps_its_quotes_and_escapes_count_as_one() {
        let lines = pretty(&format!("<x cert='{}'/>", "a\u{200b}".repeat(200)));
        assert_eq!(text(&without_long(&lines)), "<x cert='…(400 characters)'/>");
        assert!(!has_long(&pretty("<message><body>short</body></message>")));
    }

    #[test]
    fn a_row_is_folded_to_its_start_tag_and_the_count_of_its_lines() {
        let iq = "<iq type='result' id='0123456789012345678901234567' xmlns='jabber:client'><query xmlns='jabber:iq:roster'>\
            <item jid='bob@example.test'/></query></iq>";
        let lines = pretty(iq);
        assert_eq!(one_line(&lines, 80).text(), "▸ <iq type='result' id='…'> … 5 lines");
        assert_eq!(one_line(&lines, 24).text(), "▸ <iq type='r… … 5 lines");
        assert_eq!(one_line(&pretty("<a>b</a>"), 80).text(), "▸ <a> …");
        for width in 0..60 {
            assert!(one_line(&lines, width).text().width() <= width.max(13), "{width}");
        }
    }

    #[test]
    fn words_fold_to_their_beginning() {
        let lines = [Line::words("chain: trusted", Ink::Good), Line::words("name: in it", Ink::Good)];
        assert_eq!(one_line(&lines, 80).text(), "▸ chain: trusted … 2 lines");
    }
}
