//! A report as one HTML file: no script, nothing from elsewhere, and each style where it is used, so that a mail client
//! that drops style sheets still shows tables.

use super::block::{Block, Phrase, Span, Text};
use super::markup::escaped;

const BODY: &str =
    "font-family:sans-serif;font-size:14px;line-height:1.4;color:#111;background:#fff;max-width:72em";
const TABLE: &str = "border-collapse:collapse;margin:8px 0";
const CELL: &str = "border:1px solid #999;padding:3px 8px;text-align:left;vertical-align:top";
const CODE: &str = "font-family:monospace;background:#eee";
const LINES: &str = "font-family:monospace;font-size:12px;white-space:pre-wrap;background:#f4f4f4;border:1px solid #ccc;\
     padding:8px";

/// The whole report.
pub fn html(blocks: &[Block]) -> String {
    let title = blocks.iter().find_map(|block| match block {
        Block::Title(title) => Some(title.0.iter().map(|span| escaped(span.text())).collect::<String>()),
        _ => None,
    });
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n</head>\n<body style=\"{BODY}\">\n",
        title.unwrap_or_else(|| "impscope report".to_owned())
    );
    blocks.iter().for_each(|block| one(&mut page, block));
    page.push_str("</body>\n</html>\n");
    page
}

fn one(page: &mut String, block: &Block) {
    let written = match block {
        Block::Title(name) => format!("<h1>{}</h1>", phrase(name)),
        Block::Section(name) => format!("<h2>{}</h2>", phrase(name)),
        Block::Part(name) => format!("<h3>{}</h3>", phrase(name)),
        Block::Paragraph(text) => format!("<p>{}</p>", phrase(text)),
        Block::List { numbered, items } => {
            let name = if *numbered { "ol" } else { "ul" };
            let items: String = items.iter().map(|item| format!("<li>{}</li>\n", phrase(item))).collect();
            format!("<{name}>\n{items}</{name}>")
        }
        Block::Table { head, rows } => table(head, rows),
        Block::Verbatim(lines) => verbatim(lines),
        // A mail client that drops pictures still shows the lines.
        Block::Picture { svg, lines } => format!(
            "<div style=\"overflow-x:auto\">\n{svg}</div>\n<details>\n<summary>The same as text</summary>\n{}\n\
             </details>",
            verbatim(lines)
        ),
    };
    page.push_str(&written);
    page.push('\n');
}

fn verbatim(lines: &[Text]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| escaped(Text::as_str(line))).collect();
    format!("<pre style=\"{LINES}\">\n{}\n</pre>", lines.join("\n"))
}

fn table(head: &[&str], rows: &[Vec<Phrase>]) -> String {
    let cell = |name: &str, text: &str| format!("<{name} style=\"{CELL}\">{text}</{name}>");
    let row = |cells: String| format!("<tr>{cells}</tr>\n");
    let head = match head.is_empty() {
        true => String::new(),
        false => row(head.iter().map(|name| cell("th", &escaped(name))).collect()),
    };
    let rows: String =
        rows.iter().map(|cells| row(cells.iter().map(|text| cell("td", &phrase(text))).collect())).collect();
    format!("<table border=\"1\" cellspacing=\"0\" cellpadding=\"4\" style=\"{TABLE}\">\n{head}{rows}</table>")
}

fn phrase(text: &Phrase) -> String {
    let one = |span: &Span| match span {
        Span::Words(text) => escaped(text.as_str()),
        Span::Strong(text) => format!("<strong>{}</strong>", escaped(text.as_str())),
        Span::Code(text) => format!("<code style=\"{CODE}\">{}</code>", escaped(text.as_str())),
    };
    text.0.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_text() {
        let hostile = "</pre></td><script src='http://x'>\"&amp;</script>";
        let rows = vec![vec![Phrase::words(hostile), Phrase::code(hostile), Phrase::strong(hostile)]];
        let page = html(&[
            Block::Title(Phrase::words(hostile)),
            Block::verbatim([hostile]),
            Block::Table { head: vec!["a", "b", "c"], rows },
            Block::List { numbered: true, items: vec![Phrase::prose(hostile)] },
        ]);
        assert!(!page.contains("<script") && page.matches("</pre>").count() == 1, "{page}");
        assert!(
            page.contains("&lt;/pre&gt;&lt;/td&gt;&lt;script src=&#39;http://x&#39;&gt;&quot;&amp;amp;"),
            "{page}"
        );
    }
}
