//! Reads what a client sends: a small scanner of tags, tolerant and bounded.
//!
//! It is not an XML parser and not the program's framer, on purpose: the lab shares nothing with what it tests.
//! It must never trust the client: sizes are bounded, and whatever it does not understand it passes over.

/// How many bytes may wait for the end of their element. More ends the stream.
pub(super) const PENDING_LIMIT: usize = 64 * 1024;

/// One thing that the client said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// `<stream:stream …>`
    Open(Element),
    /// A whole element.
    Element(Element),
    /// `</stream:stream>`
    Close,
    /// Text where a stream should begin: no XML (a ClientHello, HTTP).
    NotXml,
    /// More than [`PENDING_LIMIT`] bytes without an end.
    TooLarge,
}

/// An element as it came, with its tags.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// The name without its prefix.
    pub(super) name: String,
    text: String,
}

/// Takes bytes, gives what they say.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    pending: Vec<u8>,
    /// Up to here `pending` has been looked at.
    at: usize,
    /// How many elements are open inside the stream at `at`.
    depth: usize,
    in_stream: bool,
}

enum Markup {
    /// A declaration, a comment, CDATA.
    Passed,
    Start,
    Whole,
    End,
}

impl Scanner {
    /// More bytes came.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// Whether more may be pushed before [`Scanner::next`] is asked again.
    pub(super) fn has_room(&self) -> bool {
        self.pending.len() <= PENDING_LIMIT
    }

    /// A new stream begins on the same connection (RFC 6120 6.4.6).
    pub(super) fn restart(&mut self) {
        self.in_stream = false;
    }

    /// The next whole thing, if there is one.
    pub(super) fn next(&mut self) -> Option<Heard> {
        loop {
            let Some(start) = find(&self.pending, self.at, b"<") else { return self.between(None) };
            if self.depth == 0 {
                if let Some(heard) = self.between(Some(start)) {
                    return Some(heard);
                }
                self.drop_first(start);
            } else {
                self.at = start;
            }
            let (markup, end) = match markup(&self.pending[self.at..]) {
                Some((markup, len)) => (markup, self.at + len),
                None => return self.too_large(),
            };
            if let Some(heard) = self.step(&markup, end) {
                return Some(heard);
            }
        }
    }

    /// What lies between two elements: outside a stream only whitespace may.
    fn between(&mut self, next_tag: Option<usize>) -> Option<Heard> {
        if self.depth > 0 {
            self.at = self.pending.len();
            return self.too_large();
        }
        let end = next_tag.unwrap_or(self.pending.len());
        let white = self.pending[..end].iter().all(u8::is_ascii_whitespace);
        if next_tag.is_none() {
            self.drop_first(end);
        }
        (!white && !self.in_stream).then_some(Heard::NotXml)
    }

    fn step(&mut self, markup: &Markup, end: usize) -> Option<Heard> {
        let tag_name = local_name(&self.pending[self.at..end]);
        let is_stream = self.depth == 0 && tag_name == "stream";
        self.at = end;
        match markup {
            Markup::Start if is_stream => {
                self.in_stream = true;
                return Some(Heard::Open(self.take(end)));
            }
            Markup::Start => self.depth += 1,
            Markup::End if is_stream => {
                self.drop_first(end);
                self.in_stream = false;
                return Some(Heard::Close);
            }
            Markup::End if self.depth > 0 => {
                self.depth -= 1;
                return (self.depth == 0).then(|| Heard::Element(self.take(end)));
            }
            Markup::End => self.drop_first(end),
            Markup::Whole if self.depth == 0 => return Some(Heard::Element(self.take(end))),
            Markup::Passed if self.depth == 0 => self.drop_first(end),
            Markup::Whole | Markup::Passed => {}
        }
        None
    }

    fn take(&mut self, end: usize) -> Element {
        let text = String::from_utf8_lossy(&self.pending[..end]).into_owned();
        self.drop_first(end);
        Element { name: local_name(text.as_bytes()), text }
    }

    fn drop_first(&mut self, count: usize) {
        self.pending.drain(..count);
        self.at = 0;
    }

    fn too_large(&self) -> Option<Heard> {
        (!self.has_room()).then_some(Heard::TooLarge)
    }
}

impl Element {
    /// An attribute of the element itself, unescaped.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let tag = &self.text[..self.tag_len()];
        let mut rest = tag.split_once(|c: char| c.is_ascii_whitespace())?.1;
        loop {
            let (key, behind) = rest.split_once('=')?;
            let behind = behind.trim_start();
            let quote = behind.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
            let (value, next) = behind[1..].split_once(quote)?;
            if key.trim() == name {
                return Some(unescaped(value));
            }
            rest = next;
        }
    }

    /// The text between the element's own tags, unescaped, without the space around it.
    pub(super) fn content(&self) -> String {
        let from = self.tag_len();
        let to = self.text.rfind("</").unwrap_or(from).max(from);
        unescaped(self.text[from..to].trim())
    }

    /// The first element inside with this local name, to the first end tag of that name.
    pub(super) fn inner(&self, name: &str) -> Option<Element> {
        self.inner_behind(name, self.tag_len()).map(|(element, _)| element)
    }

    /// All of them, one behind the other.
    pub(super) fn all_inner(&self, name: &str) -> Vec<Element> {
        let mut at = self.tag_len();
        let next = || {
            let (element, end) = self.inner_behind(name, at)?;
            at = end;
            Some(element)
        };
        std::iter::from_fn(next).collect()
    }

    /// The first one behind `at`, and where it ends.
    fn inner_behind(&self, name: &str, mut at: usize) -> Option<(Element, usize)> {
        let bytes = self.text.as_bytes();
        let mut begin = None;
        while let Some(start) = find(bytes, at, b"<") {
            let (markup, len) = markup(&bytes[start..])?;
            at = start + len;
            let named = local_name(&bytes[start..at]) == name;
            match (markup, begin) {
                (Markup::Whole, None) if named => return Some((self.part(name, start, at)?, at)),
                (Markup::Start, None) if named => begin = Some(start),
                (Markup::End, Some(begin)) if named => return Some((self.part(name, begin, at)?, at)),
                _ => {}
            }
        }
        None
    }

    fn part(&self, name: &str, from: usize, to: usize) -> Option<Element> {
        Some(Element { name: name.to_owned(), text: self.text.get(from..to)?.to_owned() })
    }

    fn tag_len(&self) -> usize {
        markup(self.text.as_bytes()).map_or(self.text.len(), |(_, len)| len)
    }
}

/// The markup that `bytes` begin with and its length, if its end is there.
fn markup(bytes: &[u8]) -> Option<(Markup, usize)> {
    let until = |from: usize, end: &[u8]| find(bytes, from, end).map(|at| at + end.len());
    if bytes.starts_with(b"<!--") {
        return Some((Markup::Passed, until(4, b"-->")?));
    }
    if bytes.starts_with(b"<![CDATA[") {
        return Some((Markup::Passed, until(9, b"]]>")?));
    }
    let mut quote = None;
    for (at, &byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some((kind(&bytes[..=at]), at + 1)),
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn kind(tag: &[u8]) -> Markup {
    match (tag.get(1), tag.ends_with(b"/>")) {
        (Some(b'?' | b'!'), _) => Markup::Passed,
        (Some(b'/'), _) => Markup::End,
        (_, true) => Markup::Whole,
        (_, false) => Markup::Start,
    }
}

fn local_name(tag: &[u8]) -> String {
    let name = tag.iter().skip_while(|b| matches!(b, b'<' | b'/'));
    let name: Vec<u8> =
        name.take_while(|b| !b.is_ascii_whitespace() && !matches!(b, b'/' | b'>')).copied().collect();
    let name = String::from_utf8_lossy(&name);
    name.rsplit(':').next().unwrap_or_default().to_owned()
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at)
}

fn unescaped(text: &str) -> String {
    // The ampersand last, or "&amp;lt;" would become a tag.
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&apos;", "'");
    text.replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: &str = "<?xml version='1.0' ?>\n<stream:stream to='a>b' xmlns=\"jabber:client\">\n\
        <auth mechanism='PLAIN'>AGE=</auth><!-- <x> --><iq id='1'><bind a='/'/><x><y>1</y></x></iq>\n\
        <presence/></stream:stream>";

    fn words(heard: &Heard) -> String {
        match heard {
            Heard::Open(e) => format!("open {}", e.attribute("to").unwrap_or_default()),
            Heard::Element(e) => format!("{} {}", e.name, e.content()),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_login_reads_the_same_however_it_is_cut() {
        let mut whole = Scanner::default();
        whole.push(LOGIN.as_bytes());
        let expected: Vec<String> = std::iter::from_fn(|| whole.next()).map(|h| words(&h)).collect();
        assert_eq!(expected[0], "open a>b");
        assert_eq!(expected[1], "auth AGE=");
        assert!(expected[2].starts_with("iq <bind"), "{expected:?}");
        assert_eq!(&expected[3..], ["presence ", "Close"]);
        for size in 1..LOGIN.len() {
            let mut scanner = Scanner::default();
            let mut got = Vec::new();
            for chunk in LOGIN.as_bytes().chunks(size) {
                scanner.push(chunk);
                got.extend(std::iter::from_fn(|| scanner.next()).map(|h| words(&h)));
            }
            assert_eq!(got, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn an_element_inside_is_found_at_any_depth() {
        let mut scanner = Scanner::default();
        scanner.push(b"<iq id=\"it&apos;s\" ><x/><b:bind><resource>r &amp; s</resource></b:bind></iq>");
        let Some(Heard::Element(iq)) = scanner.next() else { panic!("no iq") };
        assert_eq!(iq.attribute("id").as_deref(), Some("it's"));
        assert_eq!(iq.attribute("type"), None);
        assert!(iq.inner("bind").is_some() && iq.inner("session").is_none());
        assert_eq!(iq.inner("resource").map(|r| r.content()).as_deref(), Some("r & s"));
        let mut scanner = Scanner::default();
        scanner.push(b"<a><s>1</s><t/><s/><x:s>3</x:s></a>");
        let Some(Heard::Element(list)) = scanner.next() else { panic!("no list") };
        let all: Vec<String> = list.all_inner("s").iter().map(Element::content).collect();
        assert_eq!(all, ["1", "", "3"]);
    }

    #[test]
    fn what_is_no_xml_is_told_at_once_and_what_never_ends_is_bounded() {
        let mut scanner = Scanner::default();
        scanner.push(b"\x16\x03\x01\x02");
        assert_eq!(scanner.next(), Some(Heard::NotXml));
        for start in ["<a ", "<a>text", "<!-- ", "<a><b "] {
            let mut scanner = Scanner::default();
            scanner.push(start.as_bytes());
            assert_eq!(scanner.next(), None, "{start}");
            scanner.push(&vec![b'x'; PENDING_LIMIT + 1]);
            assert_eq!(scanner.next(), Some(Heard::TooLarge), "{start}");
        }
    }
}
