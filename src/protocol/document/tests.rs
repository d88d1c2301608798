//! Documents, pages for people, and what is neither.

use proptest::prelude::*;

use super::super::fixtures::any_body;
use super::*;

fn root(body: &str) -> Result<String, Misread> {
    Document::read(body.as_bytes()).map(|document| document.root().name().to_owned())
}

fn refused(body: &str) -> (String, usize) {
    match root(body) {
        Err(Misread::NotXml { what, at }) => (what, at),
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn what_surrounds_the_root_does_not_matter() {
    let bodies = [
        "<a/>",
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><a/>",
        "<?xml version='1.0'?>\r\n<!-- made <by> hand -->\n<?style x?>\n<a x='1'>t</a>\n<!-- end -->\n\n",
        "\n\n <?xml version='1.0'?><a/>",
        "<epas:a><epas:b xmlns:epas='urn:x'/></epas:a>",
    ];
    for body in bodies {
        assert_eq!(root(body), Ok("a".to_owned()), "{body}");
    }
}

#[test]
fn utf_16_is_named_for_what_it_is() {
    for bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
        for text in ["\u{feff}<a/>", "<a/>", "\n<a/>", "\n \n<a/>"] {
            let body: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            let Err(Misread::Unread(why)) = Document::read(&body) else { panic!("{body:?}") };
            assert!(why.contains("UTF-16"), "{why}");
        }
    }
}

#[test]
fn a_page_for_people_is_told_with_its_title() {
    let page = |title: Option<&str>| Err(Misread::Html(title.map(str::to_owned)));
    // the body of a 401 (protocol.md 2.1)
    let cisco = "<!-- custom Cisco error page -->\n<html><head><TITLE>\n HTTP Status\t401 &ndash; Unauthorized\
                 </title></head><body><h1>401<hr></body></html>";
    assert_eq!(root(cisco), page(Some("HTTP Status 401 &ndash; Unauthorized")));
    assert_eq!(root("<!DOCTYPE HTML PUBLIC '-//W3C//DTD'><html><title>A &amp; B</title>"), page(Some("A & B")));
    assert_eq!(root("<!doctype html>"), page(None));
    assert_eq!(root("<?xml version='1.0'?><!DOCTYPE html><html><title/>"), page(None));
    assert_eq!(root("\u{feff}<!-- x --><HTML\n><title>open"), page(Some("open")));
    assert_eq!(root("<!-- custom Cisco error page --> Forbidden"), page(None));
    let latin = b"<html><title>Acc\xe8s refus\xe9</title>";
    assert!(matches!(Document::read(latin), Err(Misread::Html(Some(title))) if title.starts_with("Acc")));
    let long = format!("<html><title>{}</title>", "ä".repeat(5000));
    assert!(matches!(root(&long), Err(Misread::Html(Some(title))) if title.chars().count() == 300));
    assert_eq!(root("<htmlish/>"), Ok("htmlish".to_owned()));
}

#[test]
fn nothing_is_no_document() {
    for body in ["", " \r\n", "\u{feff}", "\u{feff}\n"] {
        assert_eq!(root(body), Err(Misread::Empty), "{body:?}");
    }
}

#[test]
fn what_is_no_xml_says_so_with_its_byte() {
    assert_eq!(refused("Domain not Allowed"), ("text outside the root".to_owned(), 0));
    assert_eq!(refused("<!-- only this -->"), ("no element".to_owned(), 18));
    assert_eq!(refused("<a><b></b>"), ("ended inside an element".to_owned(), 10));
    assert_eq!(refused("\u{feff} <a/><b/>"), ("a second root".to_owned(), 8));
    assert_eq!(refused("<a><?xml version='1.0'?></a>").0, "a declaration inside");
    assert_eq!(refused("<r><property name='<secret>'>1</property></r>"), ("< inside a tag".to_owned(), 19));
    assert_eq!(refused("{\"error\":1}").1, 0);
    assert!(matches!(
        Document::read(b"\xff<a/>"),
        Err(Misread::NotXml { what, at: 0 }) if what == "invalid UTF-8"
    ));
}

#[test]
fn a_dtd_is_refused_and_nothing_expands() {
    let bomb = "<!DOCTYPE a [<!ENTITY b 'x'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>";
    assert_eq!(refused(bomb), ("a doctype inside".to_owned(), 0));
    assert_eq!(refused("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>").0, "a doctype inside");
    assert_eq!(refused("<a>&c;</a>").0, "undefined entity");
}

#[test]
fn depth_and_size_are_bounded() {
    assert_eq!(root(&("<a>".repeat(100) + &"</a>".repeat(100))), Ok("a".to_owned()));
    assert_eq!(refused(&("<a>".repeat(101) + &"</a>".repeat(101))).0, "too deep");
    let wide = format!("<r>{}</r>", "<a/>".repeat(60_000));
    assert_eq!(Document::read(wide.as_bytes()).unwrap().elements().count(), 20_000);
}

#[test]
fn values_are_attributes_or_elements_in_whatever_case() {
    let document =
        Document::read(b"<r><x:A xmlns:x='urn:x' Name=' one '/><b><NAME>two</NAME><name> </name></b></r>");
    let document = document.unwrap();
    let find = |name: &str| document.find(name).unwrap();
    assert_eq!(value(find("a"), "name").as_deref(), Some("one"));
    assert_eq!(value(find("b"), "name").as_deref(), Some("two"));
    assert_eq!(values(document.root(), "name"), ["two"]);
    assert_eq!(told(document.root(), 9, &[]), ["Name: one", "NAME: two"]);
    assert_eq!(told(document.root(), 1, &["name"]), Vec::<String>::new());
    assert_eq!((truth(" TRUE "), truth("0"), truth("maybe")), (Some(true), Some(false), None));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn a_fault_lies_in_the_body(body in any_body()) {
        if let Err(Misread::NotXml { at, .. }) = Document::read(&body) {
            prop_assert!(at <= body.len());
        }
    }
}
