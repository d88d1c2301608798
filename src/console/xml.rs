//! The layout of XML: lenient, for whole elements, open ones and what is none; with the places of masked
//! secrets. It colours and breaks lines; it never judges and never cuts.

use std::borrow::Cow;
use std::ops::Range;

use super::ink::{Ink, Line, Piece};
use super::masked::{Masked, mask_words};
use crate::journal::Payload;

/// One token of a text, by its byte range.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open(Range<usize>),
    Close(Range<usize>),
    /// An empty element, a declaration, a comment: something that stands alone.
    Alone(Range<usize>),
    Text(Range<usize>),
    /// A masked secret between two tokens: its number among the cuts.
    Mask(usize),
}

/// A payload as indented XML.
pub fn pretty(payload: &Payload) -> Vec<Line> {
    Sheet::new(payload).pretty()
}

/// A payload as it was on the wire, on one line, but for its secrets.
pub fn raw(payload: &Payload) -> Vec<Line> {
    Sheet::new(payload).raw()
}

struct Sheet<'a>(Masked<'a>);

impl<'a> std::ops::Deref for Sheet<'a> {
    type Target = Masked<'a>;

    fn deref(&self) -> &Masked<'a> {
        &self.0
    }
}

impl<'a> Sheet<'a> {
    fn new(payload: &'a Payload) -> Self {
        Self(Masked::new(payload))
    }

    fn tokens(&self) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut at = 0;
        while at < self.text.len() {
            self.masks_at(at, &mut tokens);
            let token = token(&self.text, at);
            at = match &token {
                Token::Open(range) | Token::Close(range) | Token::Alone(range) => range.end,
                Token::Text(range) => self.next_cut(range.start, range.end),
                Token::Mask(_) => self.text.len(),
            };
            tokens.push(match token {
                Token::Text(range) => Token::Text(range.start..at),
                other => other,
            });
        }
        self.masks_at(at, &mut tokens);
        tokens
    }

    fn masks_at(&self, place: usize, tokens: &mut Vec<Token>) {
        tokens.extend(self.cuts_in(place..place + 1).map(Token::Mask));
    }

    fn next_cut(&self, from: usize, to: usize) -> usize {
        self.cuts_in(from + 1..to).next().map_or(to, |cut| self.at[cut])
    }

    fn pretty(&self) -> Vec<Line> {
        let tokens = self.tokens();
        let (mut lines, mut depth, mut next) = (Vec::new(), 0_usize, 0);
        while let Some(token) = tokens.get(next) {
            let mut line = Line { indent: depth * 2, pieces: Vec::new() };
            match token {
                Token::Open(range) => {
                    self.tag(range, true, &mut line.pieces);
                    match self.only_text(&tokens, next + 1) {
                        Some(close) => {
                            tokens[next + 1..=close].iter().for_each(|token| self.inline(token, &mut line.pieces));
                            next = close;
                        }
                        None => depth += 1,
                    }
                }
                Token::Close(range) => {
                    depth = depth.saturating_sub(1);
                    line.indent = depth * 2;
                    self.tag(range, true, &mut line.pieces);
                }
                Token::Text(range) if self.text[range.clone()].trim().is_empty() && tokens.len() > 1 => {
                    next += 1;
                    continue;
                }
                other => self.inline(other, &mut line.pieces),
            }
            lines.push(line);
            next += 1;
        }
        lines
    }

    /// Where the end tag stands, if only text and masks stand before it.
    fn only_text(&self, tokens: &[Token], from: usize) -> Option<usize> {
        let behind = tokens[from..].iter().position(|token| !matches!(token, Token::Text(_) | Token::Mask(_)))?;
        matches!(tokens[from + behind], Token::Close(_)).then_some(from + behind)
    }

    fn inline(&self, token: &Token, pieces: &mut Vec<Piece>) {
        match token {
            Token::Open(range) | Token::Alone(range) => self.tag(range, true, pieces),
            Token::Close(range) => {
                let tag = pieces.len();
                self.tag(range, true, pieces);
                pieces[tag].let_break();
            }
            Token::Text(range) => {
                for (word, piece) in self.text[range.clone()].split_inclusive(' ').enumerate() {
                    let first = word == 0 && range.len() < 24;
                    let make = if first { Piece::new } else { Piece::breaking };
                    pieces.push(make(piece, Ink::Text));
                }
            }
            Token::Mask(cut) => pieces.push(Piece::breaking(&mask_words(&self.cuts[*cut]), Ink::Masked)),
        }
    }

    fn raw(&self) -> Vec<Line> {
        let mut pieces = Vec::new();
        for token in self.tokens() {
            match token {
                Token::Open(range) | Token::Close(range) | Token::Alone(range) => {
                    self.tag(&range, false, &mut pieces)
                }
                Token::Text(range) => pieces.push(Piece::new(&self.text[range], Ink::Text)),
                Token::Mask(cut) => pieces.push(Piece::new(&mask_words(&self.cuts[cut]), Ink::Masked)),
            }
        }
        vec![Line { indent: 0, pieces }]
    }

    /// The pieces of a tag. `tidy`: white space between attributes becomes one space at which a line may break.
    fn tag(&self, range: &Range<usize>, tidy: bool, pieces: &mut Vec<Piece>) {
        for (span, ink) in tag_spans(&self.text, range.clone()) {
            let text = &self.text[span.clone()];
            if tidy && ink == Ink::Plain {
                pieces.push(Piece::breaking(" ", Ink::Punct));
                continue;
            }
            let mut from = span.start;
            for cut in self.cuts_in(span.start + 1..span.end) {
                pieces.push(Piece::new(&self.text[from..self.at[cut]], ink));
                pieces.push(Piece::new(&mask_words(&self.cuts[cut]), Ink::Masked));
                from = self.at[cut];
            }
            pieces.push(Piece::new(if from == span.start { text } else { &self.text[from..span.end] }, ink));
        }
    }
}

/// The token that begins at `at`.
fn token(text: &str, at: usize) -> Token {
    let rest = &text[at..];
    if !rest.starts_with('<') {
        let to = rest.find('<').map_or(text.len(), |to| at + to);
        return Token::Text(at..to);
    }
    let until = |end: &str| rest.find(end).map_or(text.len(), |to| at + to + end.len());
    if rest.starts_with("<!--") {
        Token::Alone(at..until("-->"))
    } else if rest.starts_with("<![CDATA[") {
        Token::Alone(at..until("]]>"))
    } else if rest.starts_with("<?") {
        Token::Alone(at..until("?>"))
    } else if rest.starts_with("</") {
        Token::Close(at..until(">"))
    } else {
        let to = tag_end(rest).map_or(text.len(), |to| at + to);
        if text[at..to].ends_with("/>") { Token::Alone(at..to) } else { Token::Open(at..to) }
    }
}

/// What the first element says of whom it is to and from.
pub(super) fn addressed(text: &str) -> (Option<Cow<'_, str>>, Option<Cow<'_, str>>) {
    let starts = |at: &usize| text[at + 1..].starts_with(|c: char| !matches!(c, '?' | '!' | '/'));
    let Some(from) = text.match_indices('<').map(|(at, _)| at).find(starts) else { return (None, None) };
    let end = tag_end(&text[from..]).map_or(text.len(), |to| from + to);
    let (mut name, mut found) = ("", (None, None));
    for (span, ink) in tag_spans(text, from..end) {
        let part = &text[span];
        match (ink, name) {
            (Ink::Attr, _) => name = part,
            (Ink::Value, "to") => found.0 = Some(value(part)),
            (Ink::Value, "from") => found.1 = Some(value(part)),
            _ => {}
        }
    }
    found
}

/// An attribute's value without its quotes.
fn value(quoted: &str) -> Cow<'_, str> {
    let inner = quoted.trim_matches(['\'', '"']);
    quick_xml::escape::unescape(inner).unwrap_or(Cow::Borrowed(inner))
}

/// The byte behind a start tag's `>`; a `>` in quotes does not end it.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// So many parts of one tag have colours of their own. Each costs far more than its bytes, and a tag may be as long as a
/// stanza may.
const PARTS: usize = 4096;

/// What the parts of a tag are; `Ink::Plain` is the white space between them. Behind the first [`PARTS`] the rest is one.
fn tag_spans(text: &str, range: Range<usize>) -> impl Iterator<Item = (Range<usize>, Ink)> {
    let (base, tag) = (range.start, &text[range]);
    let (mut at, mut parts, mut named) = (0, 0, false);
    std::iter::from_fn(move || {
        let rest = &tag[at..];
        let first = rest.chars().next()?;
        let (len, ink) = match first {
            _ if parts == 0 => (rest.len() - rest.trim_start_matches(['<', '/', '?', '!']).len(), Ink::Punct),
            _ if parts == PARTS => (rest.len(), Ink::Attr),
            ' ' | '\t' | '\n' | '\r' => (run(rest, |c| c.is_ascii_whitespace()), Ink::Plain),
            '\'' | '"' => (rest[1..].find(first).map_or(rest.len(), |to| to + 2), Ink::Value),
            '=' | '/' | '>' | '?' => (run(rest, |c| matches!(c, '=' | '/' | '>' | '?')), Ink::Punct),
            _ => {
                let len =
                    run(rest, |c| !c.is_ascii_whitespace() && !matches!(c, '=' | '/' | '>' | '?' | '\'' | '"'));
                (len, if std::mem::replace(&mut named, true) { Ink::Attr } else { Ink::Name })
            }
        };
        let from = base + at;
        (at, parts) = (at + len, parts + 1);
        Some((from..from + len, ink))
    })
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len()).max(text.chars().next().map_or(1, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::wrap;

    fn shown(lines: &[Line], width: usize) -> String {
        let laid = wrap(lines, width);
        let line = |line: &crate::console::Laid| line.iter().map(|(text, _)| text.as_str()).collect::<String>();
        laid.iter().map(|laid| line(laid).trim_end().to_owned() + "\n").collect()
    }

    fn payload(json: serde_json::Value) -> Payload {
        serde_json::from_value(json).unwrap()
    }

    fn text(text: &str) -> Payload {
        payload(serde_json::json!({ "text": text }))
    }

    fn auth() -> Payload {
        let cut = serde_json::json!({ "at": 24, "wire_len": 20, "kind": "PLAIN", "note": "authcid alice" });
        payload(serde_json::json!({ "text": "<auth mechanism='PLAIN'></auth>", "cuts": [cut] }))
    }

    #[test]
    fn a_secret_shows_its_structure_and_never_itself() {
        assert_eq!(
            shown(&pretty(&auth()), 34),
            "<auth mechanism='PLAIN'>\n  [masked PLAIN: authcid alice]\n  </auth>\n"
        );
        assert_eq!(shown(&raw(&auth()), 80), "<auth mechanism='PLAIN'>[masked PLAIN: authcid alice]</auth>\n");
    }

    #[test]
    fn a_tag_with_very_many_attributes_is_shown_whole_and_costs_no_more_than_its_first_parts() {
        let tag = format!("<a{}/>", " x='1'".repeat(100_000));
        let lines = raw(&text(&tag));
        assert_eq!(lines[0].pieces.len(), PARTS + 1);
        assert_eq!(shown(&lines, tag.len()), tag + "\n");
    }

    #[test]
    fn features_are_indented_and_short_elements_stay_on_one_line() {
        let features = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
            <mechanism>PLAIN</mechanism><mechanism>CISCO-VTG-TOKEN</mechanism></mechanisms></stream:features>";
        let expected = "<stream:features>\n  <mechanisms\n    xmlns='urn:ietf:params:xml:ns:\n    xmpp-sasl'>\n    \
            <mechanism>PLAIN</mechanism>\n    <mechanism>CISCO-VTG-TOKEN\n      </mechanism>\n  </mechanisms>\n</stream:features>\n";
        assert_eq!(shown(&pretty(&text(features)), 34), expected);
    }

    #[test]
    fn raw_keeps_every_byte() {
        let bytes = "<a  x=\"1\"\tb='>'/><!-- c --><?pi?><b>t &amp; u</b> tail <open at";
        let shown: String = raw(&text(bytes))[0].text();
        assert_eq!(shown, bytes.replace('\t', "\\t"));
    }

    #[test]
    fn text_that_is_no_xml_and_broken_tags_are_shown_whole() {
        for bytes in
            ["HTTP/1.1 400 Bad Request", "<", "<<<>", "<a b='", "</", "<é ü='ö'>", "<!", "&&<a/>]]>", "<=>", "a<b"]
        {
            let pretty: String = pretty(&text(bytes)).iter().map(Line::text).collect();
            assert_eq!(pretty, bytes, "{bytes}");
        }
    }

    #[test]
    fn to_and_from_are_those_of_the_first_element_and_of_no_other() {
        let stanza = "<?xml version='1.0'?><iq to = 'a@b' id='>' from=\"d&apos;e@f/r\"><x to='no'/></iq>";
        assert_eq!(addressed(stanza), (Some("a@b".into()), Some("d'e@f/r".into())));
        assert_eq!(addressed("<iq><x to='no'/></iq>"), (None, None));
        for text in ["", "<", "<iq", "<iq to", "<iq to=", "<iq to='", "text", "</iq>", "<!-- <x"] {
            addressed(text);
        }
    }

    #[test]
    fn malformed_utf8_does_not_move_the_mask() {
        let bytes = data_encoding::BASE64.encode(b"<a>\xff</a><p></p>");
        let cut = serde_json::json!({ "at": 11, "wire_len": 2, "kind": "K" });
        let payload = payload(serde_json::json!({ "base64": bytes, "cuts": [cut] }));
        assert!(shown(&pretty(&payload), 80).contains("<p>[masked K]</p>"));
    }
}
