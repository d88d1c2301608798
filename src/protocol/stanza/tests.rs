//! Every literal of protocol.md 5.2 and 5.4, lenient forms, and hostile ones.

use super::super::fixtures::{CLEAR, HOSTNAMES, PSI_CONSOLE, UNDER_TLS};
use super::super::framer::{Framer, Limits};
use super::*;

/// What the frames of this text say, white space left out; a header's declarations hold for what follows it.
fn readings(text: &str) -> Vec<Reading> {
    let mut framer = Framer::new(Limits::default());
    framer.push(text.as_bytes());
    let mut scope = Namespaces::default();
    let mut readings = Vec::new();
    while let Some(frame) = framer.finish() {
        if frame.kind == FrameKind::StreamOpen {
            scope = Namespaces::of(&frame);
        }
        readings.push(read(&frame, &scope));
    }
    readings.retain(|reading| *reading != Reading::Whitespace);
    readings
}

/// What one element says in a stream of IM&P.
fn reading(element: &str) -> Reading {
    readings(&(CLEAR[0].to_owned() + element)).pop().unwrap()
}

/// What an element that no framer saw says: the reader must stand on its own.
fn unframed(element: &[u8]) -> Reading {
    let frame =
        Frame { kind: FrameKind::Element, range: 100..100 + element.len() as u64, bytes: element.to_vec() };
    read(&frame, &Namespaces::default())
}

fn features_of(element: &str) -> Features {
    match reading(element) {
        Reading::Features(features) => features,
        other => panic!("{other:?}"),
    }
}

fn refused(reading: Reading) -> (String, u64) {
    match reading {
        Reading::Refused { what, at } => (what, at),
        other => panic!("{other:?}"),
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_recorded_login_into_imp_says_what_it_says() {
    let header = StreamHeader {
        id: some("17124513C1DF"),
        from: some("example.eu"),
        to: None,
        version: some("1.0"),
        lang: some("en-US.UTF-8"),
        ns: some("jabber:client"),
    };
    let starttls = Features { starttls: Some(true), ..Features::default() };
    let clear = [Reading::StreamOpen(header.clone()), Reading::Features(starttls), Reading::Proceed];
    assert_eq!(readings(&CLEAR.concat()), clear);
    let mechanisms = vec!["PLAIN".to_owned(), "CISCO-VTG-TOKEN".to_owned()];
    let under_tls = [
        Reading::StreamOpen(header),
        Reading::Features(Features { mechanisms, ..Features::default() }),
        Reading::SaslFailure { condition: "not-authorized".to_owned(), text: None },
        Reading::StreamClose,
    ];
    assert_eq!(readings(&UNDER_TLS.concat()), under_tls);
}

#[test]
fn home_node_and_backup_are_read_in_their_order() {
    let features = features_of(HOSTNAMES);
    assert_eq!(features.hostnames, ["imp1.example.com", "imp2.example.com"]);
    assert_eq!(features.mechanisms, ["PLAIN", "CISCO-VTG-TOKEN"]);
    assert!(features.other.is_empty());
}

#[test]
fn a_console_of_psi_says_what_it_says() {
    let readings = readings(PSI_CONSOLE);
    // it shows three streams as one
    let is_next_stream = |what: &str| what == "XML declaration that is not at the beginning";
    let refused = |reading: &Reading| matches!(reading, Reading::Refused { what, .. } if !is_next_stream(what));
    assert!(!readings.iter().any(refused));
    let features: Vec<&Features> = readings
        .iter()
        .filter_map(|reading| match reading {
            Reading::Features(features) => Some(features),
            _ => None,
        })
        .collect();
    assert_eq!((features[0].starttls, &features[1].mechanisms[..]), (Some(true), &["PLAIN".to_owned()][..]));
    assert_eq!((features[2].bind, features[2].session), (true, Some(true)));
    assert_eq!(features[2].other.len(), 3);
    assert!(features[2].other.contains(&"c http://jabber.org/protocol/caps".to_owned()));
    let iqs: Vec<&Iq> = readings
        .iter()
        .filter_map(|reading| match reading {
            Reading::Iq(iq) => Some(iq),
            _ => None,
        })
        .collect();
    let bound = iqs.iter().find(|iq| iq.jid.is_some()).unwrap();
    assert_eq!((bound.jid.as_deref(), bound.kind.as_str()), (Some("alice@example.test/psi"), "result"));
    assert!(iqs.iter().any(|iq| iq.error.as_deref() == Some("service-unavailable")));
    assert!(readings.contains(&Reading::Success(None)));
}

#[test]
fn features_after_sasl_are_read() {
    let features = features_of(
        "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
         <session xmlns='urn:ietf:params:xml:ns:xmpp-session'/><sm xmlns='urn:xmpp:sm:3'/></stream:features>",
    );
    assert_eq!((features.bind, features.session, features.sm), (true, Some(false), true));
}

#[test]
fn quotes_prefixes_nesting_and_order_do_not_matter() {
    let nested = "<s:features xmlns:s=\"http://etherx.jabber.org/streams\"><offers xmlns='urn:x'>\
        <t:starttls xmlns:t = \"urn:ietf:params:xml:ns:xmpp-tls\"  ><t:required/></t:starttls>\
        <m:mechanisms xmlns:m='urn:ietf:params:xml:ns:xmpp-sasl'><group><m:mechanism>\n PLAIN </m:mechanism></group>\
        </m:mechanisms></offers></s:features>";
    let features = features_of(nested);
    assert_eq!((features.starttls, &features.mechanisms[..]), (Some(true), &["PLAIN".to_owned()][..]));
    let header = "<x:stream version=\"1.0\" id='a&amp;b' xmlns:x='http://etherx.jabber.org/streams'><x:features/>";
    let readings = readings(header);
    let expected = StreamHeader { id: some("a&b"), version: some("1.0"), ..StreamHeader::default() };
    assert_eq!(readings, [Reading::StreamOpen(expected), Reading::Features(Features::default())]);
}

#[test]
fn another_protocols_element_of_the_same_name_is_not_taken_for_it() {
    let features = features_of(
        "<stream:features><authentication xmlns='urn:xmpp:sasl:2'><mechanism>OTHER</mechanism></authentication>\
         <hostname xmlns='urn:x'>h</hostname></stream:features>",
    );
    assert!(features.mechanisms.is_empty() && features.hostnames.is_empty());
    assert_eq!(features.other, ["authentication urn:xmpp:sasl:2", "hostname urn:x"]);
    let element = Reading::Element { name: "proceed".to_owned(), ns: some("urn:ietf:params:xml:ns:xmpp-sasl") };
    assert_eq!(reading("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"), element);
    let element = Reading::Element { name: "success".to_owned(), ns: some("jabber:client") };
    assert_eq!(reading("<success/>"), element);
}

#[test]
fn failures_of_starttls_and_of_sasl_are_told_apart() {
    assert_eq!(reading("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), Reading::StarttlsFailure);
    let failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><text xml:lang='en'>later</text>\
        <temporary-auth-failure/></failure>";
    let expected = Reading::SaslFailure { condition: "temporary-auth-failure".to_owned(), text: some("later") };
    assert_eq!(reading(failure), expected);
    let empty = Reading::SaslFailure { condition: String::new(), text: None };
    assert_eq!(reading("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"), empty);
}

#[test]
fn sasl_payloads_are_read_without_the_white_space_around_them() {
    let challenge = "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\n cj1h\n</challenge>";
    assert_eq!(reading(challenge), Reading::Challenge("cj1h".to_owned()));
    let success = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>dj1h</success>";
    assert_eq!(reading(success), Reading::Success(some("dj1h")));
}

#[test]
fn stream_errors_name_their_condition_text_and_other_host() {
    let error = "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>imp2.example.com:5222\
        </see-other-host></stream:error>";
    let expected = Reading::StreamError {
        condition: "see-other-host".to_owned(),
        text: None,
        other_host: some("imp2.example.com:5222"),
    };
    assert_eq!(reading(error), expected);
    let error = "<stream:error><escape-your-data xmlns='urn:x'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>\
        no</text><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    let expected =
        Reading::StreamError { condition: "not-well-formed".to_owned(), text: some("no"), other_host: None };
    assert_eq!(reading(error), expected);
    let old = Reading::StreamError { condition: String::new(), text: some("Invalid XML"), other_host: None };
    assert_eq!(reading("<stream:error>Invalid XML</stream:error>"), old);
}

#[test]
fn stanzas_are_told_apart() {
    let error = "<iq type='error' id='b1' from='a' to='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
        <error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
    let expected = Iq {
        kind: "error".to_owned(),
        id: some("b1"),
        from: some("a"),
        to: some("b"),
        jid: None,
        error: some("conflict"),
    };
    assert_eq!(reading(error), Reading::Iq(expected));
    for nothing in ["<iq type='error' id='b1'/>", "<iq type='error' id='b1'><error/></iq>"] {
        let Reading::Iq(iq) = reading(nothing) else { panic!("{nothing}") };
        assert_eq!(iq.error.as_deref(), Some(""), "an error is one, whatever it holds: {nothing}");
    }
    let message = Reading::Message { from: some("a"), to: None };
    assert_eq!(reading("<message from='a'><body>hi</body></message>"), message);
    assert_eq!(reading("<presence to='b'/>"), Reading::Presence { from: None, to: some("b") });
    assert_eq!(reading("<r xmlns='urn:xmpp:sm:3'/>"), Reading::Sm("r".to_owned()));
    assert_eq!(readings("HTTP/1.1 400"), [Reading::Text]);
}

#[test]
fn a_stream_of_another_namespace_is_no_stream_of_xmpp() {
    let header = "<stream:stream xmlns='jabber:client' xmlns:stream='urn:other'>";
    let expected = ("stream header of namespace urn:other".to_owned(), 0);
    assert_eq!(refused(readings(header).remove(0)), expected);
    assert!(matches!(readings("<stream id='1'>").remove(0), Reading::StreamOpen(_)), "none is declared");
}

#[test]
fn a_declaration_stands_at_the_beginning_and_says_what_xmpp_allows() {
    for usual in [
        "<?xml version='1.0'?>",
        "<?xml version='1.0' standalone='no' ?>",
        "<?xml version = \"1.0\" encoding='utf-8' standalone='yes'?>",
    ] {
        assert_eq!(readings(usual), [Reading::Declaration], "{usual}");
    }
    for odd in [
        "<?xml version='1.0' standalone='maybe'?>",
        "<?xml version='1.0' standalone='no' encoding='UTF-8'?>",
        "<?xml encoding='UTF-8' version='1.0'?>",
        "<?xml version='1.0' version='1.0'?>",
        "<?xml version='1.0' colour='red'?>",
        "<?xml version='1.0'encoding='UTF-8'?>",
        "<?xml version='1.0' x?>",
    ] {
        let words = "XML declaration in another form than XML's".to_owned();
        assert_eq!(refused(readings(odd).pop().expect("one")), (words, 0), "{odd}");
    }
    let cases = [
        ("<?xml version='1.1'?>", "XML declaration of version 1.1", 0),
        ("<?xml version='1.0' encoding='UTF-16'?>", "XML declaration of encoding UTF-16", 0),
        ("<?xml encoding='UTF-8'?>", "XML declaration without a version", 0),
        (" <?xml version='1.0'?>", "XML declaration that is not at the beginning", 1),
    ];
    for (text, words, at) in cases {
        assert_eq!(refused(readings(text).pop().expect("one")), (words.to_owned(), at), "{text}");
    }
}

#[test]
fn references_and_cdata_become_their_text() {
    let failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><a-b/><text>1 &lt; 2 &amp;&#x20AC;\r\n\
        <![CDATA[<&>]]></text></failure>";
    let expected = Reading::SaslFailure { condition: "a-b".to_owned(), text: some("1 < 2 &€\n<&>") };
    assert_eq!(reading(failure), expected);
}

#[test]
fn what_is_not_well_formed_says_so_with_its_byte() {
    let cases: [(&[u8], &str, u64); 26] = [
        (b"<a b='1' b='2'/>", "duplicate", 109),
        (b"<a b=1/>", "", 105),
        (b"<a b/>", "", 104),
        (b"<a><x:b/></a>", "undeclared prefix x", 103),
        (b"<a y:b='c'/>", "undeclared prefix y", 100),
        (b"<a>\xff</a>", "invalid UTF-8", 103),
        (b"<a>t&undefined;</a>", "undefined entity", 104),
        (b"<a><b>t</a></b>", "</b>", 107),
        (b"<a>&#0;</a>", "", 103),
        (b"<a>t&#xFFFE;</a>", "forbidden character U+FFFE", 104),
        (b"<a>&#x110000;</a>", "", 103),
        (b"<a b='&#1;'/>", "forbidden character U+0001", 100),
        (b"<a>\0</a>", "forbidden character U+0000", 103),
        (b"<a>t", "ended inside an element", 104),
        (b"<a/><b/>", "a second root", 104),
        (b"<a/>t", "text outside the root", 104),
        (b"<a!b/>", "a!b is no name", 100),
        (b"<a 1='x'/>", "1 is no name", 100),
        (b"<a:b:c xmlns:a='u'/>", "a:b:c is no name", 100),
        (b"<xmlns:a/>", "xmlns is a prefix of declarations alone", 100),
        (b"<a xmlns='http://www.w3.org/2000/xmlns/'/>", "a namespace that only its own prefix may have", 100),
        (
            b"<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
            "a namespace that only its own prefix may have",
            100,
        ),
        (b"<a><b x='1'y='2'/></a>", "attributes without a space between", 111),
        (b"<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", "duplicated attribute", 100),
        (b"<a>t]]></a>", "]]> in text", 104),
        (b"<a xmlns:p=''/>", "bound to nothing", 100),
    ];
    for (element, words, at) in cases {
        let shown = String::from_utf8_lossy(element);
        let (what, byte) = refused(unframed(element));
        assert!(what.starts_with("not well-formed: ") && what.contains(words), "{shown}: {what}");
        assert_eq!(byte, at, "{shown}: {what}");
    }
    for hostile in ["<!DOCTYPE a><a/>", "<a>&</a>", "<a b='&x;'/>", "", "t", "<?xml version='1.0'?><a/>"] {
        refused(unframed(hostile.as_bytes()));
    }
}

#[test]
fn a_comment_that_the_framer_refused_does_not_hide_the_element() {
    let readings = readings(&(CLEAR[0].to_owned() + "<presence><!-- x --><?p?></presence>"));
    assert!(matches!(&readings[1], Reading::Refused { what, at: 168 } if what == "comment"));
    assert!(matches!(&readings[2], Reading::Refused { .. }));
    assert_eq!(readings[3], Reading::Presence { from: None, to: None });
}

#[test]
fn what_is_kept_of_a_large_frame_is_bounded() {
    let mechanism = format!("<mechanism>{}</mechanism>", "A".repeat(20_000));
    let many = format!(
        "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{mechanism}{}</mechanisms>\
         </stream:features>",
        "<mechanism>é</mechanism>".repeat(5000)
    );
    let features = features_of(&many);
    assert_eq!((features.mechanisms.len(), features.mechanisms[0].len()), (64, 16 * 1024));
    let attributes: String = (0..300).map(|n| format!(" a{n}=''")).collect();
    assert!(refused(unframed(format!("<a{attributes}/>").as_bytes())).0.contains("too many attributes"));
    let name = "n".repeat(5000);
    assert!(refused(unframed(format!("<a><{name}></a>").as_bytes())).0.len() < 300);
    let declarations: String = (0..300).map(|n| format!(" xmlns:a{n}='urn:x'")).collect();
    assert!(!refused(unframed(format!("<a{declarations}/>").as_bytes())).0.is_empty());
}
