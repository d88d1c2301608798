//! The framer's promises: the same frames for every split, linear work, bounds, and each refusal with its byte.

use proptest::collection::vec;
use proptest::prelude::*;
use quick_xml::events::Event;
use quick_xml::reader::NsReader;

use super::super::fixtures::{CLEAR, PSI_CONSOLE, UNDER_TLS};
use super::*;

/// All that a framer shows of some input.
#[derive(Debug, PartialEq)]
struct Seen {
    frames: Vec<Frame>,
    dead: Option<Refusal>,
    unframed: u64,
    in_stream: bool,
    position: u64,
}

fn seen<'b>(limits: Limits, chunks: impl IntoIterator<Item = &'b [u8]>) -> Seen {
    let mut framer = Framer::new(limits);
    let mut frames = Vec::new();
    for chunk in chunks {
        framer.push(chunk);
        frames.extend(std::iter::from_fn(|| framer.next()));
    }
    frames.extend(std::iter::from_fn(|| framer.finish()));
    Seen {
        frames,
        dead: framer.is_dead().cloned(),
        unframed: framer.unframed(),
        in_stream: framer.in_stream(),
        position: framer.position(),
    }
}

fn whole(input: &[u8]) -> Seen {
    seen(Limits::default(), [input])
}

/// Kinds and texts of the frames, white space between them left out.
fn items(input: &str) -> Vec<(FrameKind, String)> {
    let frames = whole(input.as_bytes()).frames.into_iter().filter(|frame| frame.kind != FrameKind::Whitespace);
    frames.map(|frame| (frame.kind, String::from_utf8(frame.bytes).unwrap())).collect()
}

fn refusals(seen: &Seen) -> Vec<(Refused, u64)> {
    let refused = seen.frames.iter().filter_map(|frame| match &frame.kind {
        FrameKind::Refused(refusal) => Some((refusal.what, refusal.at)),
        _ => None,
    });
    refused.collect()
}

fn assert_every_split_is_the_same(input: &[u8]) {
    let expected = whole(input);
    for at in 0..=input.len() {
        let (one, two) = input.split_at(at);
        assert_eq!(seen(Limits::default(), [one, two]), expected, "split at {at}");
    }
    assert_eq!(seen(Limits::default(), input.chunks(1)), expected, "byte by byte");
}

#[test]
fn a_recorded_login_into_imp_gives_its_writes_as_frames() {
    let sizes = [158, 107, 50, 158, 167, 77, 16];
    assert_eq!(CLEAR.iter().chain(&UNDER_TLS).map(|text| text.len()).collect::<Vec<_>>(), sizes);
    let kinds = [FrameKind::StreamOpen, FrameKind::Element, FrameKind::Element];
    let expected: Vec<_> = kinds.into_iter().zip(CLEAR.map(str::to_owned)).collect();
    assert_eq!(items(&CLEAR.concat()), expected);
    let kinds = [FrameKind::StreamOpen, FrameKind::Element, FrameKind::Element, FrameKind::StreamClose];
    let expected: Vec<_> = kinds.into_iter().zip(UNDER_TLS.map(str::to_owned)).collect();
    assert_eq!(items(&UNDER_TLS.concat()), expected);
}

#[test]
fn every_split_of_a_recorded_login_gives_the_same_frames() {
    assert_every_split_is_the_same(CLEAR.concat().as_bytes());
    assert_every_split_is_the_same(UNDER_TLS.concat().as_bytes());
    assert_every_split_is_the_same(PSI_CONSOLE.as_bytes());
}

#[test]
fn a_console_with_both_directions_is_framed_whole() {
    let items = items(PSI_CONSOLE);
    let count = |kind: FrameKind| items.iter().filter(|(is, _)| *is == kind).count();
    assert_eq!((count(FrameKind::Declaration), count(FrameKind::StreamOpen)), (6, 6));
    assert_eq!(count(FrameKind::Element), items.len() - 12);
    assert!(items.iter().any(|(_, text)| text.starts_with("<proceed")));
}

#[test]
fn an_end_tag_may_have_white_space_behind_its_name_and_a_form_feed_is_none() {
    assert_eq!(items("<a></a\r\n\t >")[0].0, FrameKind::Element);
    assert_eq!(refusals(&whole(b"<a></a\x0c>")), [(Refused::NotWellFormed("end tag of another name"), 3)]);
}

#[test]
fn a_slash_inside_a_start_tag_is_no_xml() {
    for (input, at) in [("<bind/xmlns='b'></bind>", 5), ("<bind / >", 6), ("<a b='/'/ c='d'/>", 8)] {
        let refused = refusals(&whole(input.as_bytes()));
        assert_eq!(refused, [(Refused::NotWellFormed("/ inside a tag"), at)], "{input}");
    }
    assert_eq!(items("<a b='/' /><c/>").len(), 2);
}

#[test]
fn a_stream_header_is_a_frame_before_anything_follows_it() {
    let mut framer = Framer::new(Limits::default());
    framer.push(CLEAR[0].as_bytes());
    assert_eq!(framer.next().unwrap().kind, FrameKind::StreamOpen);
    assert!(framer.is_clean() && framer.in_stream());
    framer.push(b"<stream:feat");
    assert!(framer.next().is_none() && !framer.is_clean());
    assert_eq!(framer.pending(), b"<stream:feat");
}

#[test]
fn a_keepalive_is_reported_when_it_comes() {
    let mut framer = Framer::new(Limits::default());
    framer.push(b" ");
    assert_eq!(framer.next().unwrap().kind, FrameKind::Whitespace);
    assert!(framer.is_clean());
}

#[test]
fn bytes_behind_proceed_are_kept_aside() {
    let mut framer = Framer::new(Limits::default());
    framer.push(CLEAR.concat().as_bytes());
    framer.push(b"<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    let proceed = std::iter::from_fn(|| framer.next()).find(|frame| frame.bytes.starts_with(b"<proceed"));
    assert!(proceed.is_some() && !framer.is_clean());
    assert!(framer.take_pending().starts_with(b"<success"));
    framer.restart();
    assert!(framer.is_clean() && !framer.in_stream());
    assert_eq!(framer.position(), 0);
}

#[test]
fn a_foreign_protocol_is_text_up_to_the_first_tag_or_the_end() {
    let http = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(items(http), [(FrameKind::Text, http.to_owned())]);
    let (text, page) = ("HTTP/1.1 400 Bad Request\r\n\r\n", "<html><body>400</body></html>");
    let expected = [(FrameKind::Text, text.to_owned()), (FrameKind::Element, page.to_owned())];
    assert_eq!(items(&(text.to_owned() + page)), expected);
    let alert = whole(b"\x15\x03\x01\x00\x02\x02\x46");
    assert_eq!(alert.frames[0].kind, FrameKind::Text);
}

#[test]
fn comments_and_instructions_are_refused_and_framing_goes_on() {
    let seen = whole(b"<s:stream><!-- > --><a><!--x--><?p?>t</a><?php <a> ?><b/>");
    let expected = [
        (Refused::Comment, 10),
        (Refused::Comment, 23),
        (Refused::ProcessingInstruction, 31),
        (Refused::ProcessingInstruction, 41),
    ];
    assert_eq!(refusals(&seen), expected);
    let elements: Vec<_> = seen.frames.iter().filter(|frame| frame.kind == FrameKind::Element).collect();
    assert_eq!(elements.len(), 2);
    assert_eq!(elements[0].bytes, b"<a><!--x--><?p?>t</a>");
    assert!(seen.dead.is_none());
}

#[test]
fn a_comment_ends_at_its_own_end() {
    let seen = whole(b"<!--> --><!---> --><!----><a/>");
    assert_eq!(refusals(&seen), [(Refused::Comment, 0), (Refused::Comment, 9), (Refused::Comment, 19)]);
    assert_eq!(seen.frames[3].bytes, b"<a/>");
}

#[test]
fn only_the_first_refusals_inside_one_element_are_told() {
    let element = format!("<a>{}</a>", "&x;".repeat(1000));
    let seen = whole(element.as_bytes());
    assert_eq!(refusals(&seen).len(), 8);
    assert_eq!(seen.frames.last().unwrap().kind, FrameKind::Element);
}

#[test]
fn every_refusal_names_its_byte() {
    let no = Refused::NotWellFormed;
    let cases: [(&str, Refused, u64); 20] = [
        ("<!DOCTYPE html><a/>", Refused::Doctype, 0),
        ("<a/><!DOCTYPE a [<!ENTITY x 'y'>]><a/>", Refused::Doctype, 16),
        ("<a><!DOCTYPE b></a>", Refused::Doctype, 3),
        ("<a>one &two; </a>", Refused::Entity, 7),
        ("<a b='c&d;'/>", Refused::Entity, 7),
        ("<a>AT&T </a>", Refused::Entity, 5),
        ("<a>&#;</a>", Refused::Entity, 3),
        ("<a>&#x;</a>", Refused::Entity, 3),
        ("<!-- --><a/>", Refused::Comment, 0),
        ("<a/><?xml-stylesheet?>", Refused::ProcessingInstruction, 4),
        ("<a></b>", no("end tag of another name"), 3),
        ("<a><b></a>", no("end tag of another name"), 6),
        ("<a/></b>", no("end tag without a start tag"), 4),
        ("<1a>", no("no name behind <"), 1),
        ("<a><>", no("no name behind <"), 4),
        ("<a b='<'/>", no("< in an attribute's value"), 6),
        ("<a <b/>", no("< inside a tag"), 3),
        ("<a&b/>", no("no name's byte in a name"), 2),
        ("<![CDATA[x]]>", no("CDATA between stanzas"), 0),
        ("<a><!ELEMENT x></a>", no("unknown markup behind <!"), 3),
    ];
    for (input, what, at) in cases {
        assert_eq!(refusals(&whole(input.as_bytes())).first(), Some(&(what, at)), "{input}");
    }
}

#[test]
fn references_that_xml_defines_are_not_refused() {
    assert!(refusals(&whole(b"<a b='&lt;&#38;'>&amp;&gt;&quot;&apos;&#x26;</a>")).is_empty());
}

#[test]
fn what_looks_like_markup_inside_a_value_or_cdata_is_none() {
    let element = "<a b='x > /> y' c=\"'\"><![CDATA[</a> ]> ]]]]></a>";
    assert_eq!(items(element), [(FrameKind::Element, element.to_owned())]);
}

#[test]
fn a_dead_framer_counts_and_lives_again_after_a_restart() {
    let mut framer = Framer::new(Limits::default());
    framer.push(b"<a></b>behind");
    let frame = framer.next().unwrap();
    assert_eq!((frame.bytes.as_slice(), frame.range), (b"<a></b>".as_slice(), 0..7));
    framer.push(b"<c/>");
    assert!(framer.next().is_none() && framer.finish().is_none());
    assert_eq!((framer.unframed(), framer.position()), (10, 17));
    assert_eq!(framer.is_dead().map(|refusal| refusal.at), Some(3));
    framer.restart();
    framer.push(b"<c/>");
    assert_eq!(framer.next().unwrap().kind, FrameKind::Element);
}

#[test]
fn the_end_of_the_stream_inside_an_element_is_refused_there() {
    let seen = whole(b"<s:stream><a><b>");
    assert_eq!(refusals(&seen), [(Refused::EndedInside, 16)]);
    assert_eq!(seen.frames.last().unwrap().bytes, b"<a><b>");
}

#[test]
fn the_bounds_hold_to_the_byte_and_to_the_level() {
    let limits = Limits { depth: 3, element: 20 };
    let one = |text: &str| seen(limits, [text.as_bytes()]);
    assert_eq!(one("<a>4567890123456</a>").frames[0].kind, FrameKind::Element);
    let large = one("<a>45678901234567</a>");
    assert_eq!(refusals(&large), [(Refused::TooLarge, 20)]);
    assert_eq!((large.frames[0].bytes.len(), large.unframed), (20, 1));
    assert_eq!(refusals(&one("<b/>text that goes on and on")), [(Refused::TooLarge, 24)]);
    assert_eq!(refusals(&one("<!-- a long comment -->")), [(Refused::TooLarge, 20)]);
    assert!(one("<a><b><c/></b></a>").dead.is_none());
    assert_eq!(refusals(&one("<a><b><c><d/></c>")), [(Refused::TooDeep, 9)]);
    assert_eq!(refusals(&one("<a><b><c><d></d>")), [(Refused::TooDeep, 9)]);
}

#[test]
fn what_waits_never_exceeds_one_item_and_one_push() {
    let mut framer = Framer::new(Limits { depth: 8, element: 1000 });
    for _ in 0..10_000 {
        framer.push(&b"<a>some text</a>".repeat(10));
        while framer.next().is_some() {}
        assert!(framer.buffer.len() <= 1160);
    }
}

#[test]
fn the_work_for_a_large_element_byte_by_byte_is_linear() {
    const SIZE: usize = 1 << 20;
    let shapes: [(&str, &str, &str); 7] = [
        ("<a>", "text ", ""),
        ("<a>", "<b c='d'/>", ""),
        ("<a>", "<b>&amp;</b>", ""),
        ("<a>", "<b><!-- -> --></b>", ""),
        ("<a><![CDATA[", "]]x>", ""),
        ("<a b='", "value > ", ""),
        ("<", "name", ""),
    ];
    for (open, filling, close) in shapes {
        let text = open.to_owned() + &filling.repeat((SIZE - 100) / filling.len()) + close;
        let mut framer = Framer::new(Limits::default());
        for (n, byte) in text.as_bytes().iter().enumerate() {
            framer.push(std::slice::from_ref(byte));
            while framer.next().is_some_and(|frame| frame.range.is_empty()) {}
            assert!(framer.lexer.work <= 3 * (n + 1), "{open}{filling}: {} for {n}", framer.lexer.work);
        }
        assert_eq!(framer.pending().len(), text.len(), "{open}{filling}");
    }
}

/// Pieces out of which hostile input is made: all that the lexer knows, whole and in part.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static [u8]> = vec![
        b"<",
        b">",
        b"/",
        b"</",
        b"/>",
        b"'",
        b"\"",
        b"=",
        b" ",
        b"\n",
        b"&",
        b";",
        b"&amp;",
        b"&#x41;",
        b"&no;",
        b"<!",
        b"<!--",
        b"-",
        b"--",
        b"-->",
        b"<![CDATA[",
        b"]",
        b"]]>",
        b"<?",
        b"?>",
        b"<?xml version='1.0'?>",
        b"<!DOCTYPE",
        b"<!DOCTYPE a>",
        b"[",
        b"<s:stream>",
        b"</s:stream>",
        b"<stream>",
        b"<a>",
        b"</a>",
        b"<a/>",
        b"<b c='d'>",
        b"</b>",
        b"text",
        b"xml",
        b"\xc3\xa9",
        b"\xff",
        b"\0",
        b"\xef\xbb\xbf",
    ];
    let piece = prop_oneof![
        9 => proptest::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..4),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn chunks<'b>(input: &'b [u8], sizes: &[usize]) -> Vec<&'b [u8]> {
    let mut rest = input;
    let mut chunks = Vec::new();
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, behind) = rest.split_at((*size).min(rest.len()));
        chunks.push(chunk);
        rest = behind;
    }
    chunks
}

/// A small element, well-formed, with everything that XMPP allows.
fn element() -> impl Strategy<Value = String> {
    let name = proptest::sample::select(vec!["a", "iq", "x:y", "é", "a-b.c"]);
    let text = proptest::sample::select(vec!["", "t", " ", "&lt;", "&#233;", "<![CDATA[<a> ]] ]]>", "ü", "a > b"]);
    let value = proptest::sample::select(vec!["", " k='v'", " k=\"'>'\" l='/>'", "\n xmlns='urn:x&amp;y' "]);
    let leaf = (name.clone(), value.clone()).prop_map(|(name, value)| format!("<{name}{value}/>"));
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (name.clone(), value.clone(), vec((text.clone(), inner), 0..4), text.clone()).prop_map(
            |(name, value, inner, last)| {
                let inner: String = inner.into_iter().map(|(text, element)| text.to_owned() + &element).collect();
                format!("<{name}{value}>{inner}{last}</{name} >")
            },
        )
    })
}

/// Where quick-xml sees the children of the root begin and end.
fn children(stream: &str) -> Vec<Range<u64>> {
    let mut reader = NsReader::from_str(stream);
    let (mut depth, mut from, mut ranges) = (0, 0, Vec::new());
    loop {
        let before = reader.buffer_position();
        match reader.read_event().expect("the stream is well-formed") {
            Event::Start(_) => {
                depth += 1;
                from = if depth == 2 { before } else { from };
            }
            Event::Empty(_) if depth == 1 => ranges.push(before..reader.buffer_position()),
            Event::End(_) => {
                if depth == 2 {
                    ranges.push(from..reader.buffer_position());
                }
                depth -= 1;
            }
            Event::Eof => return ranges,
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn hostile_input_gives_the_same_frames_however_it_is_cut(
        input in hostile(),
        sizes in vec(1_usize..9, 1..6),
        depth in 1_usize..5,
        element in prop_oneof![Just(1 << 20), 1_usize..80],
    ) {
        let limits = Limits { depth, element };
        let expected = seen(limits, [&input[..]]);
        prop_assert_eq!(&seen(limits, chunks(&input, &sizes)), &expected);
        prop_assert_eq!(&seen(limits, input.chunks(1)), &expected);
    }

    #[test]
    fn the_frames_tile_the_input(input in hostile()) {
        let seen = whole(&input);
        let framed: Vec<u8> = seen.frames.iter().flat_map(|frame| frame.bytes.clone()).collect();
        prop_assert_eq!(&framed[..], &input[..framed.len()]);
        prop_assert_eq!(framed.len() as u64 + seen.unframed, input.len() as u64);
        let mut end = 0;
        for frame in seen.frames.iter().filter(|frame| !frame.bytes.is_empty()) {
            prop_assert_eq!(frame.range.start, end);
            prop_assert_eq!(frame.range.end - end, frame.bytes.len() as u64);
            end = frame.range.end;
        }
        prop_assert!(refusals(&seen).iter().all(|(_, at)| *at <= end));
    }

    #[test]
    fn well_formed_stanzas_end_where_quick_xml_sees_them_end(
        stanzas in vec((element(), proptest::sample::select(vec!["", " ", "\n\n"])), 0..5),
    ) {
        let stanzas: String = stanzas.iter().map(|(element, space)| format!("{element}{space}")).collect();
        let stream = format!("<?xml version='1.0'?><s:stream xmlns:s='urn:s' xmlns:x='urn:x'>{stanzas}</s:stream>");
        let seen = whole(stream.as_bytes());
        prop_assert!(refusals(&seen).is_empty());
        let elements = seen.frames.iter().filter(|frame| frame.kind == FrameKind::Element);
        prop_assert_eq!(elements.map(|frame| frame.range.clone()).collect::<Vec<_>>(), children(&stream));
        prop_assert!(!seen.in_stream);
    }
}
