//! A report as Markdown (CommonMark with the tables of GitHub), for a ticket.
//!
//! Text from outside cannot leave its place: fences are longer than any run of backquotes inside, cells hold no bar,
//! and what Markdown would act upon is escaped.

use super::block::{Block, Phrase, Span, Text};

/// The whole report.
pub fn markdown(blocks: &[Block]) -> String {
    let mut page = String::new();
    for block in blocks {
        if !page.is_empty() {
            page.push('\n');
        }
        match block {
            Block::Title(title) => line(&mut page, &format!("# {}", phrase(title))),
            Block::Section(name) => line(&mut page, &format!("## {}", phrase(name))),
            Block::Part(name) => line(&mut page, &format!("### {}", phrase(name))),
            Block::Paragraph(text) => line(&mut page, &at_start(phrase(text))),
            Block::List { numbered, items } => list(&mut page, *numbered, items),
            Block::Table { head, rows } => table(&mut page, head, rows),
            Block::Verbatim(lines) | Block::Picture { lines, .. } => verbatim(&mut page, lines),
        }
    }
    page
}

fn line(page: &mut String, text: &str) {
    page.push_str(text.trim_end());
    page.push('\n');
}

fn list(page: &mut String, numbered: bool, items: &[Phrase]) {
    for (at, item) in items.iter().enumerate() {
        let mark = if numbered { format!("{}.", at + 1) } else { "-".to_owned() };
        line(page, &format!("{mark} {}", at_start(phrase(item))));
    }
}

fn table(page: &mut String, head: &[&str], rows: &[Vec<Phrase>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0).max(head.len());
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let empty = || std::iter::repeat_n(String::new(), columns);
    let names = head.iter().map(|name| (*name).to_owned()).chain(empty()).take(columns);
    line(page, &row(names.collect()));
    line(page, &row(vec!["---".to_owned(); columns]));
    for cells in rows {
        line(page, &row(cells.iter().map(cell).chain(empty()).take(columns).collect()));
    }
}

/// A bar ends a cell wherever it stands, in code too.
fn cell(text: &Phrase) -> String {
    phrase(text).replace('|', "\\|")
}

fn verbatim(page: &mut String, lines: &[Text]) {
    let fence = "`".repeat(longest_run(lines.iter().map(Text::as_str)).max(2) + 1);
    line(page, &format!("{fence}text"));
    lines.iter().for_each(|text| line(page, text.as_str()));
    line(page, &fence);
}

fn longest_run<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    let run = |text: &str| text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    texts.map(run).max().unwrap_or(0)
}

fn phrase(text: &Phrase) -> String {
    let one = |span: &Span| match span {
        Span::Words(words) => escaped(words.as_str()),
        Span::Strong(words) if words.as_str().trim().is_empty() => String::new(),
        Span::Strong(words) => format!("**{}**", escaped(words.as_str().trim())),
        Span::Code(code) => self::code(code.as_str()),
    };
    text.0.iter().map(one).collect()
}

/// A code span whose text cannot end it.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let ticks = "`".repeat(longest_run(std::iter::once(text)) + 1);
    let edge = |at: Option<char>| at.is_some_and(|c| c == '`' || c == ' ');
    let pad = if edge(text.chars().next()) || edge(text.chars().last()) { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Words with what Markdown would act upon escaped. A `_` inside a word, as codes have it, is left: it is none.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let after = text[at + c.len_utf8()..].chars().next().unwrap_or(' ');
        let acts = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' | '$' => true,
            '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
            // An address would become a link.
            ':' => text[at..].starts_with("://"),
            '.' => text[..at].to_ascii_lowercase().ends_with("www"),
            '&' => is_entity(&text[at + 1..]),
            _ => false,
        };
        if acts {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

fn is_entity(behind: &str) -> bool {
    let name = behind.split(|c: char| !(c.is_ascii_alphanumeric() || c == '#')).next().unwrap_or_default();
    !name.is_empty() && behind[name.len()..].starts_with(';')
}

/// What would be a heading, a list, a quotation or a rule at the start of a line.
fn at_start(text: String) -> String {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let behind = &text[digits..];
    if digits > 0 && behind.starts_with(['.', ')']) {
        return format!("{}\\{behind}", &text[..digits]);
    }
    let acts = text.starts_with(['#', '>', '+', '-', '=']);
    if acts { format!("\\{text}") } else { text.trim_start().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(text: &str) -> String {
        markdown(&[Block::Paragraph(Phrase::words(text))])
    }

    #[test]
    fn a_fence_is_longer_than_what_stands_inside() {
        let page = markdown(&[Block::verbatim(["<a>", "``````", "</pre><script>"])]);
        assert_eq!(page, "```````text\n<a>\n``````\n</pre><script>\n```````\n");
    }

    #[test]
    fn a_bar_does_not_end_a_cell_and_a_backquote_does_not_end_code() {
        let rows = vec![vec![Phrase::words("a|b"), Phrase::code("`x|"), Phrase::code("")]];
        let page = markdown(&[Block::Table { head: vec!["one", "two", "three"], rows }]);
        assert_eq!(page, "| one | two | three |\n| --- | --- | --- |\n| a\\|b | `` `x\\| `` |  |\n");
    }

    #[test]
    fn what_markdown_would_act_upon_is_escaped() {
        assert_eq!(paragraph("# no heading"), "\\# no heading\n");
        assert_eq!(paragraph("1. no list"), "1\\. no list\n");
        assert_eq!(paragraph("[a](b) *c* <script> &lt;"), "\\[a\\](b) \\*c\\* \\<script> \\&lt;\n");
        assert_eq!(paragraph("http://a.example www.b.example"), "http\\://a.example www\\.b.example\n");
        assert_eq!(paragraph("XMPP_AUTH_SILENT _c_ IM&Presence"), "XMPP_AUTH_SILENT \\_c\\_ IM&Presence\n");
    }

    #[test]
    fn headings_lists_and_facts_are_those_of_markdown() {
        let blocks = [
            Block::Title(Phrase::words("T")),
            Block::section("S"),
            Block::List { numbered: true, items: vec![Phrase::words("a"), Phrase::words("b")] },
            Block::List { numbered: false, items: vec![Phrase::code("c")] },
            Block::facts(vec![("Host", Phrase::code("h")), ("Nothing", Phrase::words(""))]),
        ];
        let page = markdown(&blocks);
        assert_eq!(page, "# T\n\n## S\n\n1. a\n2. b\n\n- `c`\n\n|  |  |\n| --- | --- |\n| **Host** | `h` |\n");
    }
}
