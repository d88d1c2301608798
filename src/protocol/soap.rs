//! What the SOAP services of Cisco have in common: the words of a fault, and items of a list.

use super::document::{self, Document, Misread, is, value};
use super::tree::Element;

/// A SOAP fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The service's own number, where it gives one: `axlcode`.
    pub code: Option<String>,
    /// Its words.
    pub words: String,
}

impl Fault {
    /// Whether it says that it was asked too often (protocol.md 7.1).
    pub fn is_rate(&self) -> bool {
        self.words.to_ascii_lowercase().contains("exceeded allowed rate")
    }
}

/// Why an answer is not the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A SOAP fault.
    Fault(Fault),
    /// It is no SOAP answer, or that to another question.
    Misread(Misread),
}

impl From<Misread> for Refusal {
    fn from(misread: Misread) -> Self {
        Self::Misread(misread)
    }
}

/// Reads an answer whose body has an element of this name.
///
/// # Errors
/// When it is a fault, another document, or none.
pub(super) fn answer(body: &[u8], name: &str) -> Result<Document, Refusal> {
    let document = Document::read(body)?;
    if let Some(fault) = document.find("Fault") {
        let code = value(fault, "axlcode");
        return Err(Refusal::Fault(Fault { code, words: words(fault) }));
    }
    document.expect(&[name])?;
    Ok(document)
}

/// The words of a fault: SOAP 1.2 `Reason/Text`, SOAP 1.1 `faultstring`; else the code, else the first words in it.
pub(super) fn words(fault: Element<'_>) -> String {
    let named = ["Text", "faultstring", "Reason", "Value", "faultcode"];
    let words = named.iter().find_map(|name| value(fault, name));
    let words = words.or_else(|| std::iter::once(fault).chain(fault.descendants()).find_map(document::text));
    document::shown(&words.unwrap_or_default())
}

/// The value of a direct child of this name, as element or attribute.
pub(super) fn field(element: Element<'_>, name: &str) -> Option<String> {
    let child = || element.children().find(|child| is(*child, name)).and_then(document::text);
    document::attribute(element, name).or_else(child)
}
