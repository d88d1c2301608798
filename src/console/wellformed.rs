//! Whether a text that somebody types is well-formed: for a live remark beside the editor, never for a ban.

use quick_xml::Reader;
use quick_xml::events::Event;

/// What a typed text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Nothing but white space.
    Empty,
    /// Whole elements.
    Whole,
    /// Well-formed as far as it goes; these elements are open at the end (a stream header, perhaps).
    Open(Vec<String>),
    /// Not well-formed, and why.
    Broken(String),
}

/// Reads `text` as a client's side of a stream.
pub fn form(text: &str) -> Form {
    if text.trim().is_empty() {
        return Form::Empty;
    }
    let mut reader = Reader::from_str(text);
    let mut open: Vec<String> = Vec::new();
    loop {
        match reader.read_event() {
            Err(problem) => return Form::Broken(problem.to_string()),
            Ok(Event::Eof) => break,
            Ok(Event::Start(tag)) => {
                if let Some(Err(problem)) = tag.attributes().find(Result::is_err) {
                    return Form::Broken(problem.to_string());
                }
                open.push(tag.name().as_ref().to_string());
            }
            Ok(Event::Empty(tag)) => {
                if let Some(Err(problem)) = tag.attributes().find(Result::is_err) {
                    return Form::Broken(problem.to_string());
                }
            }
            Ok(Event::End(_)) => {
                open.pop();
            }
            Ok(Event::DocType(_)) => return Form::Broken("XMPP forbids a document type".to_owned()),
            Ok(Event::Text(text)) if open.is_empty() && !text.trim().is_empty() => {
                return Form::Broken("text outside of an element".to_owned());
            }
            Ok(_) => {}
        }
    }
    if open.is_empty() { Form::Whole } else { Form::Open(open) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_is_told_apart() {
        assert_eq!(form("  \n"), Form::Empty);
        assert_eq!(form("<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq><r/>"), Form::Whole);
        assert_eq!(form("<stream:stream to='a'>"), Form::Open(vec!["stream:stream".into()]));
        for broken in ["<a></b>", "<a", "<a b=1/>", "hello", "</a>", "<a x='1' x='2'/>", "<!DOCTYPE a><a/>"] {
            assert!(matches!(form(broken), Form::Broken(_)), "{broken}");
        }
    }
}
