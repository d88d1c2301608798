//! What a person types: told apart, its faults named with their places, its inks, and its risks.

use super::*;

fn form(text: &str) -> Form {
    Typed::read(text).form
}

#[track_caller]
fn wrong(text: &str, at: (usize, usize), why: &str) {
    match form(text) {
        Form::Broken(fault) => {
            assert_eq!((fault.spot.line, fault.spot.column), at, "{text:?}: {fault}");
            assert!(fault.why.contains(why), "{text:?}: {fault}");
        }
        other => panic!("{text:?}: {other:?}"),
    }
}

#[test]
fn whole_texts_are_told_from_open_and_empty_ones() {
    assert_eq!((form(""), form("  \n")), (Form::Empty, Form::Blank));
    for whole in [
        "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq><r/>",
        "<presence/>\n<presence/>\n",
        "</stream:stream>",
        "<a>&lt;&#65;&#x41;<![CDATA[<&]]></a>",
        "<x:a xmlns:x='u'><x:b y='1'/></x:a>",
        "<stream:error><bad-format xmlns='x'/></stream:error>",
        "<a b = 'c>d' xml:lang='en'>é猫</a >",
    ] {
        assert_eq!(form(whole), Form::Whole, "{whole}");
    }
    let header = "<?xml version='1.0'?>\n<stream:stream xmlns:stream='s' to='a'>";
    let opened = |name: &str, line, column| Opened { name: name.into(), spot: Spot { line, column } };
    assert_eq!(form(header), Form::Open(vec![opened("stream:stream", 2, 1)]));
    assert_eq!(form("<a>\n  <b>"), Form::Open(vec![opened("a", 1, 1), opened("b", 2, 3)]));
    assert_eq!(form(&format!("{header}<r/></stream:stream>")), Form::Whole);
}

#[test]
fn an_end_that_closes_something_else_is_named_with_both_places() {
    wrong("<iq>\n  <item>\n</query></iq>", (3, 1), "</query> does not close <item> of line 2");
    wrong("</a>", (1, 1), "closes nothing");
    let remark = Typed::read("<iq>\n  <item>\n</query>").remark();
    assert_eq!(remark, ("line 3, column 1: </query> does not close <item> of line 2".to_owned(), true));
}

#[test]
fn faults_of_tags_are_named_with_their_places() {
    wrong("<a", (1, 1), "<a does not end");
    wrong("<a\n<b/>", (1, 1), "<a does not end");
    wrong("<a b/>", (1, 4), "b has no value");
    wrong("<a b=1/>", (1, 6), "no quote");
    wrong("<a b='1/>", (1, 6), "' is missing");
    wrong("<a x='1'\n x='2'/>", (2, 2), "x stands here twice");
    wrong("<a x='1'y='2'/>", (1, 9), "white space");
    wrong("<a x='<'/>", (1, 7), "&lt;");
    wrong("<a 1='2'/>", (1, 4), "cannot stand in the tag");
    wrong("<1/>", (1, 1), "a name must follow <");
    wrong("<é猫><x></é猫></x>", (1, 8), "does not close <x>");
    wrong("<a></a", (1, 4), "</a does not end");
    wrong("<a:b:c xmlns:a='u'/>", (1, 2), "at most one colon");
}

#[test]
fn prefixes_must_be_declared_and_are_forgotten_with_their_element() {
    wrong("<x:a/>", (1, 2), "x: is not declared");
    wrong("<a x:b='1'/>", (1, 4), "x: is not declared");
    wrong("<x:a xmlns:x='u'/>\n<x:b/>", (2, 2), "x: is not declared");
    wrong("<a><x:b xmlns:x='u'/><x:c/></a>", (1, 23), "x: is not declared");
    wrong("<a xmlns:x=''/>", (1, 4), "cannot stand for no namespace");
    wrong("<stream:stream to='a'>", (1, 2), "stream: is not declared");
}

#[test]
fn what_xmpp_forbids_is_named_with_its_section() {
    wrong("<a/><!-- x -->", (1, 5), "a comment: XMPP forbids it (RFC 6120 section 11.1)");
    wrong("<a><?php ?></a>", (1, 4), "a processing instruction: XMPP forbids it (RFC 6120 section 11.1)");
    wrong("<!DOCTYPE a><a/>", (1, 1), "a document type: XMPP forbids it (RFC 6120 section 11.1)");
    wrong("<a>&nbsp;</a>", (1, 4), "&nbsp; is none of the five entities that XMPP allows (RFC 6120 section 11.1)");
    wrong("<a b='&copy;'/>", (1, 7), "&copy;");
    wrong("hello", (1, 1), "text outside of an element");
    wrong("<r/>\nx", (2, 1), "text outside of an element");
    wrong("<a/><?xml version='1.0'?>", (1, 5), "XML declaration");
    wrong("<?xml version='1.0'?><iq/>", (1, 1), "before a stream header alone");
    wrong("</stream:stream><iq/>", (1, 17), "behind the end of the stream");
}

#[test]
fn characters_and_references_that_xml_cannot_hold_are_named() {
    wrong("<a>\u{7}</a>", (1, 4), "U+0007");
    wrong("<a>&#0;</a>", (1, 4), "&#0;");
    wrong("<a>a & b</a>", (1, 6), "&amp;");
    wrong("<a>]]></a>", (1, 4), "]]>");
    wrong("<a>&</a>", (1, 4), "&amp;");
}

#[test]
fn what_is_whole_here_is_well_formed_to_quick_xml_and_what_is_broken_is_not_taken_for_whole() {
    use quick_xml::events::Event;
    let parts =
        ["<a>", "</a>", "<b x='1'>", "</b>", "<c/>", "<d", "&amp;", "t", " ", "'", ">", "<x:e xmlns:x='u'/>"];
    let mut number = 1_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..7 {
            // A step of a linear congruential generator: any spread of parts will do.
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(parts[(number >> 33) as usize % parts.len()]);
        }
        let typed = Typed::read(&text);
        let total: usize = typed.inks.iter().map(|(range, _)| range.len()).sum();
        assert_eq!(total, text.len(), "each byte has one ink: {text}");
        if typed.form == Form::Whole {
            let mut reader = quick_xml::NsReader::from_str(&text);
            loop {
                match reader.read_event() {
                    Ok(Event::Eof) => break,
                    Ok(_) => {}
                    Err(why) => panic!("{text}: {why}"),
                }
            }
        }
    }
}

#[test]
fn inks_follow_the_markup_and_set_placeholders_off() {
    let text = "<auth a='{{id}}'>{{plain}}</auth>";
    let typed = Typed::read(text);
    let inked: Vec<(&str, Ink)> = typed.inks.iter().map(|(range, ink)| (&text[range.clone()], *ink)).collect();
    assert_eq!(
        inked,
        [
            ("<", Ink::Punct),
            ("auth", Ink::Name),
            (" ", Ink::Plain),
            ("a", Ink::Attr),
            ("=", Ink::Punct),
            ("'", Ink::Value),
            ("{{id}}", Ink::Masked),
            ("'", Ink::Value),
            (">", Ink::Punct),
            ("{{plain}}", Ink::Masked),
            ("</", Ink::Punct),
            ("auth", Ink::Name),
            (">", Ink::Punct),
        ]
    );
    assert_eq!((typed.ink(1), typed.ink(17), typed.ink(500)), (Ink::Name, Ink::Masked, Ink::Plain));
}

#[test]
fn behind_a_fault_the_inks_go_on() {
    let text = "<a></b>\n<c d='e'/>";
    let typed = Typed::read(text);
    assert_eq!(typed.fault_line(), Some(1));
    assert_eq!(typed.ink(text.find('d').unwrap()), Ink::Attr);
}

#[test]
fn stanzas_go_without_a_question_and_everything_else_says_what_it_is() {
    let risk = |text: &str| Typed::read(text).risk().map(|risk| format!("{} / {}", risk.what, risk.likely));
    for stanza in ["<iq type='get'/>", "<presence/>\n<message xmlns='jabber:client'/>", ""] {
        assert_eq!(risk(stanza), None, "{stanza}");
    }
    for (text, said) in [
        ("<a></b>", "not-well-formed (RFC 6120 section 4.9.3.13)"),
        ("<a/><!-- -->", "restricted-xml (RFC 6120 section 4.9.3.18)"),
        ("<x:a/>", "bad-namespace-prefix (RFC 6120 section 4.9.3.2)"),
        ("  ", "keep-alive"),
        ("<iq><query>", "It leaves open: <iq> of line 1, <query> of line 1"),
        ("<stream:stream xmlns:stream='s'>", "It is a stream header"),
        ("</stream:stream>", "It is the end of the stream"),
        ("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<starttls>"),
        ("<auth mechanism='X-IMPSCOPE-NONE'/>", "a part of SASL"),
        ("<iq/><r xmlns='urn:xmpp:sm:3'/>", "stream management"),
        ("<hello/>", "<hello> is no stanza"),
        ("<iq xmlns='other'/>", "<iq> is no stanza"),
    ] {
        let told = risk(text).unwrap_or_default();
        assert!(told.contains(said), "{text}: {told}");
    }
}

#[test]
fn what_stands_at_the_first_level_is_known_by_name_id_and_type() {
    let text = "<iq id='a' type='get'><x id='no'/></iq><presence/>";
    let tops = Typed::read(text).tops;
    let told: Vec<_> =
        tops.iter().map(|top| (top.name.as_str(), top.id.as_deref(), top.kind.as_deref())).collect();
    assert_eq!(told, [("iq", Some("a"), Some("get")), ("presence", None, None)]);
    assert_eq!(&text[tops[1].name_end..], "/>");
}

#[test]
fn a_megabyte_is_read_in_one_pass_however_it_is_made() {
    let deep = "<a>".repeat(350_000);
    let Form::Open(open) = form(&deep) else { panic!("all are open") };
    assert!(open.len() <= 64);
    let ends = format!("{}{}", "<a>".repeat(150_000), "</b>".repeat(150_000));
    assert!(matches!(form(&ends), Form::Broken(_)));
    let attributes: String = (0..80_000).map(|n| format!(" a{n}='{n}'")).collect();
    assert_eq!(form(&format!("<x{attributes}/>")), Form::Whole);
    assert_eq!(form(&format!("<x>{}</x>", "&amp;{{".repeat(140_000))), Form::Whole);
    assert!(matches!(form(&"\n&".repeat(500_000)), Form::Broken(_)));
}
