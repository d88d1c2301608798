//! A report as a value: headings, paragraphs, lists, tables, verbatim lines. Knows no format.
//!
//! Every text in it went through [`visible`]: whatever would move a cursor, hide, or turn the reading direction is a
//! visible escape, and no text holds the end of a line.

use crate::console::visible;

/// A run of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Words(Text),
    /// What is written exactly so: a command, a name, a stanza.
    Code(Text),
    /// Words that matter most.
    Strong(Text),
}

/// Text that can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Makes any text one that can be shown.
    pub fn new(text: &str) -> Self {
        Self(visible(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Runs of text that make up a sentence, a table's cell, a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase(pub Vec<Span>);

impl Phrase {
    /// Words as they are.
    pub fn words(text: &str) -> Self {
        Self(vec![Span::Words(Text::new(text))])
    }

    /// Words that matter most.
    pub fn strong(text: &str) -> Self {
        Self(vec![Span::Strong(Text::new(text))])
    }

    /// Something written exactly so.
    pub fn code(text: &str) -> Self {
        Self(vec![Span::Code(Text::new(text))])
    }

    /// A sentence in which backquotes stand around commands, and in which tags (`<auth>`) may be named.
    pub fn prose(text: &str) -> Self {
        let mut spans = Vec::new();
        for (at, part) in text.split('`').enumerate() {
            match at % 2 {
                0 => tags(part, &mut spans),
                _ if part.is_empty() => {}
                _ => spans.push(Span::Code(Text::new(part))),
            }
        }
        Self(spans)
    }

    /// This and then that.
    #[must_use]
    pub fn then(mut self, next: Phrase) -> Self {
        self.0.extend(next.0);
        self
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|span| span.text().is_empty())
    }
}

impl Span {
    /// Its text.
    pub fn text(&self) -> &str {
        match self {
            Span::Words(text) | Span::Code(text) | Span::Strong(text) => text.as_str(),
        }
    }
}

/// Words with the tags and the names of services in them as code.
fn tags(text: &str, spans: &mut Vec<Span>) {
    let mut rest = text;
    while let Some((from, to)) = tag(rest).into_iter().chain(service(rest)).min() {
        if from > 0 {
            spans.push(Span::Words(Text::new(&rest[..from])));
        }
        spans.push(Span::Code(Text::new(&rest[from..to])));
        rest = &rest[to..];
    }
    if !rest.is_empty() {
        spans.push(Span::Words(Text::new(rest)));
    }
}

/// Where the first tag stands: `<auth>`, `<stream:features>`, `</stream:stream>`, `<auth PLAIN>`.
fn tag(text: &str) -> Option<(usize, usize)> {
    for (from, _) in text.match_indices('<') {
        let inner = &text[from + 1..];
        let to = inner.find(['<', '>']).filter(|to| inner[*to..].starts_with('>'))?;
        let is_name = inner[..to].trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic());
        if is_name && to < 64 {
            return Some((from, from + to + 2));
        }
    }
    None
}

/// Where the first name of a service stands: `_cisco-uds._tcp.example.com`.
fn service(text: &str) -> Option<(usize, usize)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    for (from, _) in text.match_indices('_') {
        let alone = !text[..from].ends_with(is_part);
        let name = &text[from..from + text[from..].find(|c| !is_part(c)).unwrap_or(text.len() - from)];
        let name = name.trim_end_matches(['.', '-']);
        if alone && name.contains("._") {
            return Some((from, from + name.len()));
        }
    }
    None
}

/// One piece of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// What the report is called.
    Title(Phrase),
    /// The heading of a section.
    Section(Phrase),
    /// The heading of a part of a section.
    Part(Phrase),
    /// A paragraph.
    Paragraph(Phrase),
    /// A list. `numbered`: the order matters.
    List {
        /// Whether its order matters.
        numbered: bool,
        /// Its items.
        items: Vec<Phrase>,
    },
    /// A table. With an empty head the first column says what stands in the second.
    Table {
        /// The names of its columns.
        head: Vec<&'static str>,
        /// Its rows, each as long as the head.
        rows: Vec<Vec<Phrase>>,
    },
    /// Lines that are laid out already.
    Verbatim(Vec<Text>),
    /// A picture, and the same in lines.
    Picture {
        /// A whole SVG, made by [`svg`](super::svg), which escapes what comes from outside.
        svg: String,
        /// The lines.
        lines: Vec<Text>,
    },
}

impl Block {
    /// A section's heading.
    pub fn section(name: &str) -> Self {
        Block::Section(Phrase::words(name))
    }

    /// A paragraph of prose.
    pub fn prose(text: &str) -> Self {
        Block::Paragraph(Phrase::prose(text))
    }

    /// Lines that are laid out already.
    pub fn verbatim<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> Self {
        Block::Verbatim(lines.into_iter().map(|line| Text::new(line.as_ref())).collect())
    }

    /// A picture, and the same in lines.
    pub fn picture<T: AsRef<str>>(svg: String, lines: impl IntoIterator<Item = T>) -> Self {
        Block::Picture { svg, lines: lines.into_iter().map(|line| Text::new(line.as_ref())).collect() }
    }

    /// A table of names and what belongs to them; without those that have nothing.
    pub fn facts(rows: Vec<(&str, Phrase)>) -> Self {
        let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
        Block::Table {
            head: Vec::new(),
            rows: rows.map(|(name, value)| vec![Phrase::strong(name), value]).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(phrase: &Phrase) -> Vec<(char, &str)> {
        let one = |span: &Span| match span {
            Span::Words(_) => 'w',
            Span::Code(_) => 'c',
            Span::Strong(_) => 's',
        };
        phrase.0.iter().map(|span| (one(span), span.text())).collect()
    }

    #[test]
    fn commands_and_tags_are_told_from_words() {
        let phrase =
            Phrase::prose("no answer to <auth PLAIN>: `utils ha status`, 1 < 2 > 1, _x._tcp.example.com.");
        let expected = [
            ('w', "no answer to "),
            ('c', "<auth PLAIN>"),
            ('w', ": "),
            ('c', "utils ha status"),
            ('w', ", 1 < 2 > 1, "),
            ('c', "_x._tcp.example.com"),
            ('w', "."),
        ];
        assert_eq!(shape(&phrase), expected);
    }

    #[test]
    fn nothing_hidden_gets_into_a_report() {
        assert_eq!(shape(&Phrase::words("a\u{202e}b\nc")), [('w', "a\\u{202e}b\\nc")]);
        assert_eq!(Block::verbatim(["\x1b[2J"]), Block::Verbatim(vec![Text("\\u{1b}[2J".to_owned())]));
    }
}
