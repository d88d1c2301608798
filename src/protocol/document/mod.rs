//! A whole XML document from a body, as far as the Cisco formats need it: by local names, at any depth, bounded.

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
}
