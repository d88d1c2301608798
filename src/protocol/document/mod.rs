//! A whole XML document from a body, as far as the Cisco formats need it: by local names, at any depth, bounded.
//!
//! What surrounds the root does not matter: a byte order mark, white space, a declaration, comments. A page for people
//! is told apart before it is read as XML, for most of them are none. Must not know what any element means.

#[cfg(test)]
mod tests;

use quick_xml::name::NamespaceResolver;

use super::tree::{Element, Form, Tree};

/// What a page of Cisco's Tomcat begins with (protocol.md 2.1).
const CISCO_PAGE: &str = "custom cisco error page";
/// So many characters of a name that is shown are kept.
const MAX_NAME: usize = 64;
/// So many characters of words that are shown are kept: a title, an error, a setting.
const MAX_WORDS: usize = 300;

/// Why a body is not the document that was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misread {
    /// Nothing came.
    Empty,
    /// A page for people, with its title where it has one.
    Html(Option<String>),
    /// No XML, or XML that is refused here (DTD, depth, size): what is wrong, and at which byte.
    NotXml {
        /// What.
        what: String,
        /// Where.
        at: usize,
    },
    /// XML of another kind: its root's local name.
    Other(String),
    /// It may be what was expected, in a form that is not read here: why not.
    Unread(String),
}

/// A document that was read.
#[derive(Debug)]
pub(super) struct Document {
    tree: Tree,
}

impl Document {
    /// Reads the document in a body.
    pub(super) fn read(body: &[u8]) -> Result<Self, Misread> {
        if wide_document(body).is_some() {
            return Err(Misread::Unread("it is written in UTF-16, by its first bytes".to_owned()));
        }
        let skipped = before(body);
        let body = &body[skipped..];
        if body.is_empty() {
            return Err(Misread::Empty);
        }
        let text = String::from_utf8_lossy(body);
        if is_page(&text) {
            return Err(Misread::Html(title(&text)));
        }
        match Tree::read(body, &NamespaceResolver::default(), Form::DOCUMENT) {
            Ok(tree) => Ok(Self { tree }),
            Err(fault) => Err(Misread::NotXml { what: fault.what, at: fault.at + skipped }),
        }
    }

    /// Its outermost element.
    pub(super) fn root(&self) -> Element<'_> {
        self.tree.root()
    }

    /// Its outermost element and all inside it.
    pub(super) fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        std::iter::once(self.root()).chain(self.root().descendants())
    }

    /// The first element of this name, at any depth.
    pub(super) fn find(&self, name: &str) -> Option<Element<'_>> {
        self.elements().find(|element| is(*element, name))
    }

    /// The first element that has one of these names; without any it is a document of another kind.
    pub(super) fn expect(&self, names: &[&str]) -> Result<Element<'_>, Misread> {
        let named = |element: &Element<'_>| names.iter().any(|name| is(*element, name));
        self.elements().find(named).ok_or_else(|| self.other())
    }

    /// That it is a document of another kind.
    pub(super) fn other(&self) -> Misread {
        Misread::Other(self.root().name().to_owned())
    }
}

/// All that can be read in a body, each with a control character behind it that no text has: the text of every element,
/// the value of every attribute, a page's title. Nothing of what is not read.
pub fn words(body: &[u8]) -> String {
    let mut words = String::new();
    let mut add = |text: &str| words.extend([text, "\u{1}"]);
    match Document::read(body) {
        Ok(document) => {
            for element in document.elements() {
                add(element.text());
                element.attributes().iter().for_each(|(_, value)| add(value));
            }
        }
        Err(Misread::Html(Some(title))) => add(&title),
        Err(_) => {}
    }
    words
}

/// Whether an element has this local name, in whatever case.
pub(super) fn is(element: Element<'_>, name: &str) -> bool {
    element.name().eq_ignore_ascii_case(name)
}

/// The local name of an element, bounded, for it is the server's.
pub(super) fn name(element: Element<'_>) -> String {
    element.name().chars().take(MAX_NAME).collect()
}

/// The text of an element, if it has any.
pub(super) fn text(element: Element<'_>) -> Option<String> {
    some(element.text())
}

/// The attribute of this local name, if it says anything.
pub(super) fn attribute(element: Element<'_>, name: &str) -> Option<String> {
    let local = |key: &str| key.rsplit(':').next().unwrap_or_default().eq_ignore_ascii_case(name);
    let mut named = element.attributes().iter().filter(|(key, _)| local(key) && !key.starts_with("xmlns"));
    named.find_map(|(_, value)| some(value))
}

/// What an element says under this name, as an attribute of it or as an element in it.
pub(super) fn value(element: Element<'_>, name: &str) -> Option<String> {
    let inside = || element.descendants().filter(|inner| is(*inner, name)).find_map(text);
    attribute(element, name).or_else(inside)
}

/// All that an element says under this name: the attribute, then the elements, each once.
pub(super) fn values(element: Element<'_>, name: &str) -> Vec<String> {
    let inside = element.descendants().filter(|inner| is(*inner, name)).filter_map(text);
    let mut found: Vec<String> = Vec::new();
    for value in attribute(element, name).into_iter().chain(inside) {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// What else an element says, as `name: value`, in document order and at most so many: the texts and attributes in it
/// whose names are none of `known`.
pub(super) fn told(element: Element<'_>, most: usize, known: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for inner in std::iter::once(element).chain(element.descendants()) {
        let attributes = inner.attributes().iter().map(|(key, value)| (key.as_str(), value.as_str()));
        for (name, said) in attributes.chain(std::iter::once((inner.name(), inner.text()))) {
            if found.len() >= most {
                return found;
            }
            let local = name.rsplit(':').next().unwrap_or_default();
            let is_known =
                name.starts_with("xmlns") || known.iter().any(|known| local.eq_ignore_ascii_case(known));
            if let Some(said) = some(said).filter(|_| !is_known) {
                found.push(shown(&format!("{local}: {said}")));
            }
        }
    }
    found
}

/// Yes or no, in the words that are used for it.
pub(super) fn truth(text: &str) -> Option<bool> {
    let among = |words: &[&str]| words.iter().any(|word| text.trim().eq_ignore_ascii_case(word));
    match () {
        () if among(&["true", "yes", "1", "enabled", "on"]) => Some(true),
        () if among(&["false", "no", "0", "disabled", "off"]) => Some(false),
        () => None,
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// As much of the server's words as is shown.
pub(super) fn shown(words: &str) -> String {
    words.chars().take(MAX_WORDS).collect()
}

/// Behind which bytes a document is in UTF-16, that tell of it: a mark, or a `<` (XML 1.0, appendix F) with a NUL beside
/// it or beside the blanks before it.
fn wide_document(body: &[u8]) -> Option<usize> {
    let begin = before(body);
    let rest = &body[begin..];
    let marks: [&[u8]; 3] = [b"\xff\xfe", b"\xfe\xff", b"<\0"];
    if marks.iter().any(|mark| rest.starts_with(mark)) {
        return Some(begin + 2);
    }
    let blanks = rest.iter().take_while(|byte| **byte == 0 || byte.is_ascii_whitespace()).count();
    let is_wide = rest[..blanks].contains(&0) && rest.get(blanks) == Some(&b'<');
    is_wide.then_some(begin + blanks + 1)
}

/// Where in a body UTF-16 goes on behind the bytes that tell of it, wherever they stand.
pub(super) fn wide(body: &[u8]) -> Option<usize> {
    let anywhere = || {
        let near = memchr::memchr_iter(0, body).map(|nul| nul.saturating_sub(1));
        let mut wide = near.filter(|from| body[*from..].first_chunk().is_some_and(are_wide_letters));
        wide.next().map(|from| from + 2)
    };
    wide_document(body).or_else(anywhere)
}

/// Whether four bytes are two letters in UTF-16.
fn are_wide_letters(four: &[u8; 4]) -> bool {
    four.map(|byte| byte == 0) == [false, true, false, true]
        || four.map(|byte| byte == 0) == [true, false, true, false]
}

/// How many bytes stand before a document: a mark of UTF-8, and blanks.
fn before(body: &[u8]) -> usize {
    body.len() - body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start().len()
}

/// Whether a text is a page for people: by its doctype, its root, or the comment of Cisco's own pages.
pub fn is_page(text: &str) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let (opening, closing) = match rest {
            comment if comment.starts_with("<!--") => ("<!--", "-->"),
            instruction if instruction.starts_with("<?") => ("<?", "?>"),
            _ => break,
        };
        let Some((inner, behind)) = rest[opening.len()..].split_once(closing) else { return false };
        if inner.trim().eq_ignore_ascii_case(CISCO_PAGE) {
            return true;
        }
        rest = behind;
    }
    starts_with(rest, "<!doctype html") || starts_with(rest, "<html")
}

/// Whether `text` begins with this, in whatever case, and the word ends there.
fn starts_with(text: &str, beginning: &str) -> bool {
    let behind = text.get(..beginning.len()).filter(|start| start.eq_ignore_ascii_case(beginning));
    behind.is_some() && !text[beginning.len()..].starts_with(|c: char| c.is_alphanumeric() || "-_:.".contains(c))
}

/// The title of a page, in one line.
fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let from = open + lower[open..].find('>')? + 1;
    let to = lower[from..].find('<').map_or(lower.len(), |end| from + end);
    let words = page[from..to].split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = quick_xml::escape::unescape(&words).map_or_else(|_| words.clone(), |plain| plain.into_owned());
    some(&shown(&plain))
}
