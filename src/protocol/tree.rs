//! One element and what it holds as a small tree, read with quick-xml, bounded: a frame of a stream, or a document.
//!
//! quick-xml is asked for events and nothing else: namespaces, attributes, references and characters are checked
//! here, for it leaves each of them to its caller. It recovers from errors; this stops at the first one. Must not
//! know what any element means.

use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::attributes::AttrError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{NamespaceResolver, QName, ResolveResult};

use super::chars::{is_blank, is_char, is_qualified_name};

/// So many bytes of one element's text and of one attribute's value are kept.
const MAX_TEXT: usize = 16 * 1024;
/// So many bytes of an error's words are kept.
const MAX_WORDS: usize = 200;
/// A tag with more attributes is refused: comparing each with each would take long.
const MAX_ATTRIBUTES: usize = 256;
/// The namespaces of the prefixes `xml` and `xmlns`, which nothing else may be bound to (Namespaces in XML 1.0, 3).
const RESERVED: [&str; 2] = ["http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"];

/// What is read, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// It is a start tag whose element goes on.
    pub(super) open: bool,
    /// A whole document: an XML declaration may stand at its beginning, and names count without what their prefix
    /// stands for.
    pub(super) document: bool,
    /// So many elements are kept; the rest is only checked.
    pub(super) nodes: usize,
    /// An element that stands deeper is refused.
    pub(super) depth: usize,
}

impl Form {
    /// A frame of a stream: the framer has bounded it and set declarations apart.
    pub(super) fn frame(open: bool) -> Self {
        Self { open, document: false, nodes: 1000, depth: usize::MAX }
    }

    /// A whole document.
    pub(super) const DOCUMENT: Self = Self { open: false, document: true, nodes: 20_000, depth: 100 };
}

/// Why it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// What is wrong.
    pub(super) what: String,
    /// The byte in what was read.
    pub(super) at: usize,
}

#[derive(Debug)]
struct Node {
    depth: usize,
    name: String,
    ns: Option<String>,
    attributes: Vec<(String, String)>,
    text: String,
    is_empty_tag: bool,
}

/// The elements, in the order of their start tags; the root is the first.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

/// One element of a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'t> {
    tree: &'t Tree,
    index: usize,
}

impl Tree {
    /// Reads it. `scope` is what was declared around it.
    pub(super) fn read(bytes: &[u8], scope: &NamespaceResolver, form: Form) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|broken| fault("invalid UTF-8", broken.valid_up_to()))?;
        if let Some((at, c)) = text.char_indices().find(|(_, c)| !is_char(*c)) {
            return Err(fault(&forbidden(c), at));
        }
        let mut reader = Reader::from_str(text);
        let mut building = Building::new(scope, form);
        loop {
            building.at = position(reader.buffer_position());
            let event = reader.read_event();
            let event = event.map_err(|error| fault(&error.to_string(), position(reader.error_position())))?;
            if building.take(&event)?.is_break() {
                break;
            }
        }
        building.whole(text.len())
    }

    /// The outermost element.
    pub(super) fn root(&self) -> Element<'_> {
        Element { tree: self, index: 0 }
    }
}

impl<'t> Element<'t> {
    fn node(self) -> &'t Node {
        &self.tree.nodes[self.index]
    }

    /// The local name.
    pub(super) fn name(self) -> &'t str {
        &self.node().name
    }

    /// The namespace, where one is declared.
    pub(super) fn ns(self) -> Option<&'t str> {
        self.node().ns.as_deref()
    }

    /// The character data that stands directly in it.
    pub(super) fn text(self) -> &'t str {
        &self.node().text
    }

    /// The attribute with this name, as it is written: `xml:lang`.
    pub(super) fn attribute(self, name: &str) -> Option<String> {
        self.node().attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    /// All its attributes: names as they are written, and values.
    pub(super) fn attributes(self) -> &'t [(String, String)] {
        &self.node().attributes
    }

    /// Whether it is written as `<name/>`.
    pub(super) fn is_empty_tag(self) -> bool {
        self.node().is_empty_tag
    }

    /// All elements inside it, in their order.
    pub(super) fn descendants(self) -> impl Iterator<Item = Element<'t>> {
        let depth = self.node().depth;
        let inside = self.tree.nodes[self.index + 1..].iter().take_while(move |node| node.depth > depth);
        inside.enumerate().map(move |(n, _)| Element { tree: self.tree, index: self.index + 1 + n })
    }

    /// The elements directly inside it.
    pub(super) fn children(self) -> impl Iterator<Item = Element<'t>> {
        self.descendants().filter(move |element| element.is_child_of(self))
    }

    /// Whether it stands directly inside `parent`, one of whose descendants it is.
    pub(super) fn is_child_of(self, parent: Element<'_>) -> bool {
        self.node().depth == parent.node().depth + 1
    }
}

/// Adds what the first tag in `text` declares.
pub(super) fn declare(text: &str, resolver: &mut NamespaceResolver) {
    if let Ok(Event::Start(tag) | Event::Empty(tag)) = Reader::from_str(text).read_event() {
        // a header with too many declarations keeps those that fit; its own reading says what is wrong
        let _ = resolver.push(&tag);
    }
}

struct Building {
    form: Form,
    resolver: NamespaceResolver,
    nodes: Vec<Node>,
    /// The open elements; none inside where a node was not kept.
    open: Vec<Option<usize>>,
    at: usize,
    rooted: bool,
}

impl Building {
    fn new(scope: &NamespaceResolver, form: Form) -> Self {
        Self { form, resolver: scope.clone(), nodes: Vec::new(), open: Vec::new(), at: 0, rooted: false }
    }

    /// What came, if it may end here.
    fn whole(self, end: usize) -> Result<Tree, Fault> {
        match (self.rooted, self.open.is_empty() != self.form.open) {
            (true, true) => Ok(Tree { nodes: self.nodes }),
            (false, _) if self.form.document => Err(fault("no element", end)),
            _ => Err(fault("ended inside an element", end)),
        }
    }

    fn take(&mut self, event: &Event<'_>) -> Result<ControlFlow<()>, Fault> {
        match event {
            Event::Start(tag) => {
                let node = self.start(tag, false)?;
                self.open.push(node);
            }
            Event::Empty(tag) => {
                self.start(tag, true)?;
                self.resolver.pop();
            }
            Event::End(_) => {
                self.open.pop();
                self.resolver.pop();
            }
            Event::Text(text) => {
                // XML 1.0 section 2.4: it would end a CDATA section, and none is open
                if let Some(at) = text.find("]]>") {
                    return Err(fault("]]> in text", self.at + at));
                }
                self.text(&text.xml10_content())?;
            }
            Event::CData(text) => self.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => self.reference(reference)?,
            // in a stream the framer refused these already, at their own place
            Event::Comment(_) | Event::PI(_) => {}
            Event::Decl(_) if self.form.document && self.at == 0 => {}
            Event::Decl(_) => return Err(fault("a declaration inside", self.at)),
            Event::DocType(_) => return Err(fault("a doctype inside", self.at)),
            Event::Eof => return Ok(ControlFlow::Break(())),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn start(&mut self, tag: &BytesStart<'_>, is_empty_tag: bool) -> Result<Option<usize>, Fault> {
        if self.open.is_empty() && self.rooted {
            return Err(fault("a second root", self.at));
        }
        self.rooted = true;
        if self.open.len() >= self.form.depth {
            return Err(fault("too deep", self.at));
        }
        self.name(tag.name())?;
        if tag.name().0.starts_with("xmlns:") && !self.form.document {
            return Err(fault("xmlns is a prefix of declarations alone", self.at));
        }
        self.resolver.push(tag).map_err(|error| fault(&error.to_string(), self.at))?;
        let attributes = self.attributes(tag)?;
        let ns = self.namespace(tag.name(), true)?;
        if self.nodes.len() >= self.form.nodes {
            return Ok(None);
        }
        let name = tag.local_name().into_inner().to_owned();
        let depth = self.open.len();
        self.nodes.push(Node { depth, name, ns, attributes, text: String::new(), is_empty_tag });
        Ok(Some(self.nodes.len() - 1))
    }

    fn attributes(&self, tag: &BytesStart<'_>) -> Result<Vec<(String, String)>, Fault> {
        if let Some(at) = memchr::memchr(b'<', tag.as_bytes()) {
            return Err(fault("< inside a tag", self.at + 1 + at));
        }
        let mut kept = Vec::new();
        let mut prefixed = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.attribute_fault(&error))?;
            if kept.len() >= MAX_ATTRIBUTES {
                return Err(fault("too many attributes", self.at));
            }
            self.name(attribute.key)?;
            if attribute.key.as_namespace_binding().is_none() {
                let ns = self.namespace(attribute.key, false)?;
                let expanded = ns.map(|ns| (ns, attribute.key.local_name().into_inner().to_owned()));
                if expanded.as_ref().is_some_and(|name| prefixed.contains(name)) {
                    return Err(fault("duplicated attribute, by another prefix", self.at));
                }
                prefixed.extend(expanded);
            }
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
            let value = value.map_err(|error| fault(&error.to_string(), self.at))?;
            if let Some(c) = value.chars().find(|c| !is_char(*c)) {
                return Err(fault(&forbidden(c), self.at));
            }
            if value.is_empty() && attribute.key.0.starts_with("xmlns:") && !self.form.document {
                return Err(fault("a prefix that is bound to nothing", self.at));
            }
            if attribute.key.0 == "xmlns" && RESERVED.contains(&&*value) && !self.form.document {
                return Err(fault("a namespace that only its own prefix may have", self.at));
            }
            kept.push((attribute.key.0.to_owned(), bounded(&value, MAX_TEXT).to_owned()));
        }
        match touching(tag) {
            Some(at) => Err(fault("attributes without a space between", self.at + 1 + at)),
            None => Ok(kept),
        }
    }

    fn name(&self, name: QName<'_>) -> Result<(), Fault> {
        match is_qualified_name(name.0) {
            true => Ok(()),
            false => Err(fault(&format!("{} is no name", name.0), self.at)),
        }
    }

    /// Offsets inside a tag count from behind its `<`.
    fn attribute_fault(&self, error: &AttrError) -> Fault {
        let (AttrError::ExpectedEq(at)
        | AttrError::ExpectedValue(at)
        | AttrError::UnquotedValue(at)
        | AttrError::ExpectedQuote(at, _)
        | AttrError::Duplicated(at, _)) = error;
        fault(&error.to_string(), self.at + 1 + at)
    }

    fn namespace(&self, name: QName<'_>, element: bool) -> Result<Option<String>, Fault> {
        match self.resolver.resolve(name, element).0 {
            ResolveResult::Bound(ns) => Ok(Some(ns.0.to_owned())),
            ResolveResult::Unbound => Ok(None),
            ResolveResult::Unknown(_) if self.form.document => Ok(None),
            ResolveResult::Unknown(prefix) => Err(fault(&format!("undeclared prefix {prefix}"), self.at)),
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), Fault> {
        let number = reference.resolve_char_ref().map_err(|error| fault(&error.to_string(), self.at))?;
        match number {
            Some(c) if is_char(c) => self.text(c.encode_utf8(&mut [0; 4])),
            Some(c) => Err(fault(&forbidden(c), self.at)),
            None => match resolve_predefined_entity(reference) {
                Some(text) => self.text(text),
                None => Err(fault("undefined entity", self.at)),
            },
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        match self.open.last() {
            Some(Some(node)) => append(&mut self.nodes[*node].text, text),
            Some(None) => {}
            None if text.trim().is_empty() => {}
            None => return Err(fault("text outside the root", self.at)),
        }
        Ok(())
    }
}

/// Appends as many whole characters as the bound leaves room for.
fn append(text: &mut String, more: &str) {
    text.push_str(bounded(more, MAX_TEXT.saturating_sub(text.len())));
}

/// Where in a tag something stands right behind a value's closing quote.
fn touching(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => continue,
        }
        let closed = quote.is_none();
        if closed && tag[at + 1..].chars().next().is_some_and(|c| !is_blank(c) && c != '/') {
            return Some(at + 1);
        }
    }
    None
}

/// As many whole characters as fit into so many bytes.
fn bounded(text: &str, room: usize) -> &str {
    let end = (0..=room.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

/// quick-xml's words repeat the server's names, which may be long.
fn fault(what: &str, at: usize) -> Fault {
    Fault { what: bounded(what, MAX_WORDS).to_owned(), at }
}

fn forbidden(c: char) -> String {
    format!("forbidden character U+{:04X}", u32::from(c))
}

fn position(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
