//! A report as plain text.

use unicode_width::UnicodeWidthStr;

use super::block::{Block, Phrase, Span};
use crate::findings::columns;

/// The width of paragraphs and lists; tables and verbatim lines are as wide as they are.
const WIDTH: usize = 100;

/// The whole report.
pub fn plain(blocks: &[Block]) -> String {
    let mut page: Vec<String> = Vec::new();
    for block in blocks {
        if !page.is_empty() {
            page.push(String::new());
        }
        match block {
            Block::Title(title) => heading(&mut page, title, '='),
            Block::Section(name) => {
                page.push(String::new());
                heading(&mut page, name, '-');
            }
            Block::Part(name) => wrapped(&mut page, "* ", name),
            Block::Paragraph(text) => wrapped(&mut page, "", text),
            Block::List { numbered, items } => {
                for (at, item) in items.iter().enumerate() {
                    let mark = if *numbered { format!("{:2}. ", at + 1) } else { "  - ".to_owned() };
                    wrapped(&mut page, &mark, item);
                }
            }
            Block::Table { head, rows } => table(&mut page, head, rows),
            Block::Verbatim(lines) | Block::Picture { lines, .. } => {
                page.extend(lines.iter().map(|line| line.as_str().trim_end().to_owned()));
            }
        }
    }
    page.join("\n") + "\n"
}

fn heading(page: &mut Vec<String>, name: &Phrase, rule: char) {
    let name: String = words(name).join(" ");
    let width = name.width().min(WIDTH);
    page.push(name);
    page.push(rule.to_string().repeat(width));
}

/// The words of a phrase; a command is one word, in backquotes where it has spaces.
fn words(phrase: &Phrase) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut add = |text: &str, whole: bool| {
        for (at, part) in if whole { vec![text] } else { text.split(' ').collect() }.into_iter().enumerate() {
            match words.last_mut() {
                Some(word) if at == 0 => word.push_str(part),
                _ => words.push(part.to_owned()),
            }
        }
    };
    for span in &phrase.0 {
        match span {
            Span::Words(text) | Span::Strong(text) => add(text.as_str(), false),
            Span::Code(text) if text.as_str().contains(' ') && !text.as_str().starts_with('<') => {
                add(&format!("`{}`", text.as_str()), true);
            }
            Span::Code(text) => add(text.as_str(), true),
        }
    }
    words
}

fn wrapped(page: &mut Vec<String>, lead: &str, phrase: &Phrase) {
    let indent = " ".repeat(lead.width());
    let mut line = lead.to_owned();
    let mut empty = true;
    for word in words(phrase).into_iter().filter(|word| !word.is_empty()) {
        if !empty && line.width() + 1 + word.width() > WIDTH {
            page.push(std::mem::replace(&mut line, indent.clone()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(&word);
        empty = false;
    }
    page.push(line);
}

fn table(page: &mut Vec<String>, head: &[&str], rows: &[Vec<Phrase>]) {
    let cells = |row: &Vec<Phrase>| row.iter().map(|cell| words(cell).join(" ")).collect::<Vec<_>>();
    let mut lines: Vec<Vec<String>> = rows.iter().map(cells).collect();
    if !head.is_empty() {
        lines.insert(0, head.iter().map(|name| (*name).to_owned()).collect());
    }
    page.extend(columns(&lines));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_not_broken_and_columns_stand_under_each_other() {
        let long = format!("{} `utils service restart Cisco XCP Authentication Service`", "word ".repeat(15));
        let rows =
            vec![vec![Phrase::words("tcp"), Phrase::words("1 ms")], vec![Phrase::words("a"), Phrase::code("b c")]];
        let page = plain(&[Block::prose(&long), Block::Table { head: vec!["stage", "took"], rows }]);
        let lines: Vec<&str> = page.lines().collect();
        assert_eq!(lines[1], "`utils service restart Cisco XCP Authentication Service`");
        assert_eq!(&lines[3..], ["stage  took", "tcp    1 ms", "a      `b c`"]);
    }
}
