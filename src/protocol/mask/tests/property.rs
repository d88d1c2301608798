//! Whatever surrounds a secret, it is cut.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::protocol::document::Document;
use crate::protocol::mask::*;
use crate::protocol::sasl;

const CANARY: &str = "k&n<4ri'Vogel\"é>";

fn escaped(text: &str, how: usize) -> String {
    let all = text.chars().enumerate().map(|(at, c)| match ((at + how) % 3, c) {
        (_, '&') if how.is_multiple_of(2) => "&amp;".to_owned(),
        (_, '<') if how.is_multiple_of(2) => "&lt;".to_owned(),
        (0, c) => format!("&#{};", u32::from(c)),
        (1, c) => format!("&#x{:X};", u32::from(c)),
        (_, '&' | '<' | '>' | '"' | '\'') => format!("&#{};", u32::from(c)),
        (_, c) => c.to_string(),
    });
    all.collect()
}

fn in_url(text: &str, all: bool) -> String {
    let write = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' if !all => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(write).collect()
}

fn in_json(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_alphanumeric() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) })
        .collect()
}

/// With each escape read that begins so and has so many digits behind it.
fn read(text: &str, sign: &str, digits: usize) -> String {
    let mut pieces = text.split(sign);
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        match piece.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(byte @ ..256) if digits == 2 => bytes.push(byte as u8),
            Some(c) => bytes.extend(char::from_u32(c).unwrap_or_default().to_string().bytes()),
            None => {
                bytes.extend_from_slice(sign.as_bytes());
                bytes.extend_from_slice(piece.as_bytes());
                continue;
            }
        }
        bytes.extend_from_slice(&piece.as_bytes()[digits..]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn spaced(text: &str, every: usize) -> String {
    text.as_bytes().chunks(every).map(|chunk| String::from_utf8_lossy(chunk) + "\n ").collect()
}

/// The canary in one of the forms that a wire may carry it in.
fn embedded() -> impl Strategy<Value = String> {
    let pad = "[ -~]{0,7}";
    prop_oneof![
        Just(CANARY.to_owned()),
        (0_usize..6).prop_map(|how| escaped(CANARY, how)),
        any::<bool>().prop_map(|all| in_url(CANARY, all)),
        Just(in_json(CANARY)),
        (0_usize..6).prop_map(|how| in_url(&in_json(&escaped(CANARY, how)), false)),
        (pad, pad).prop_map(|(before, behind)| base64(&format!("{before}{CANARY}{behind}"))),
        (pad, pad, 1_usize..9)
            .prop_map(|(before, behind, every)| { spaced(&base64(&format!("{before}{CANARY}{behind}")), every) }),
        Just(sasl::plain("alice", CANARY).to_string()),
        Just(sasl::vtg_token("alice@example.com", CANARY).to_string()),
    ]
}

fn surroundings() -> impl Strategy<Value = String> {
    let pieces = vec![
        "<auth mechanism='PLAIN'>",
        "</auth>",
        "<response>",
        "</response>",
        "<body>",
        "</body>",
        "<message>",
        "<x ",
        "<a b='",
        "'",
        "\"",
        ">",
        "<",
        "/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&",
        "text",
        " ",
        "QUJD",
        "<password>",
        "</password>",
        "k&n",
        "=",
        "<html>",
    ];
    vec(proptest::sample::select(pieces), 0..8).prop_map(|pieces| pieces.concat())
}

/// Well-formed content, whose secrets are all `QXZ`.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = vec![
        "<password>QXZ</password>",
        "<e:session-key xmlns:e='urn:x'>QXZ</e:session-key>",
        "<token><![CDATA[</token>QXZ]]></token>",
        "<secret><!-- </secret> -->QXZ<secret>QXZ</secret>QXZ</secret>",
        "<DN>QXZ&amp;<b/></DN>",
        "<x token='QXZ' y=\"1>2\"/>",
        "<!-- <password> -->",
        "<!-- </token> -->",
        "<!-- <x digest='1' -->",
        "<!-- <x digest=' -->",
        "<?x <DN> ?>",
        "<![CDATA[ <password token=\"]]>",
        "<![CDATA[ </password ]]>",
        "<password/>",
        "<password> </password>",
        "<Body>text</Body>",
        "<success>text</success>",
        "text > text",
        "'",
        "\"",
        "<property name='a.Password' value='QXZ'>QXZ</property>",
    ];
    vec(proptest::sample::select(pieces), 0..8).prop_map(|pieces| pieces.concat())
}

/// Whether the canary can be read out of these bytes, by somebody who tries all forms.
fn leaks(bytes: &[u8]) -> bool {
    let holds = |bytes: &[u8]| bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
    let text = String::from_utf8_lossy(bytes);
    let without_xml = |text: &str| {
        text.split_inclusive(';')
            .map(|part| match part.rfind('&') {
                Some(at) => match quick_xml::escape::unescape(&part[at..]) {
                    Ok(plain) => part[..at].to_owned() + &plain,
                    Err(_) => part.to_owned(),
                },
                None => part.to_owned(),
            })
            .collect::<String>()
    };
    let unescaped = without_xml(&text);
    let of_url = read(&unescaped, "%", 2);
    let of_json = read(&of_url, "\\u", 4);
    let of_both = without_xml(&of_json);
    let packed: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    let in_base64 = packed.split(|byte| !is_base64(byte)).any(|run| {
        (0..4.min(run.len())).any(|skip| {
            let whole = &run[skip..];
            let whole = if whole.len() % 4 == 1 { &whole[..whole.len() - 1] } else { whole };
            let mut spec = data_encoding::BASE64_NOPAD.specification();
            spec.check_trailing_bits = false;
            spec.encoding().unwrap().decode(whole).is_ok_and(|decoded| holds(&decoded))
        })
    });
    holds(bytes) || in_base64 || [unescaped, of_url, of_json, of_both].iter().any(|text| holds(text.as_bytes()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn no_canary_remains_after_the_cuts(
        before in surroundings(), canary in embedded(), between in surroundings(), again in embedded(),
        behind in surroundings(),
    ) {
        let text = format!("{before}{canary}{between}{again}{behind}");
        prop_assert!(leaks(text.as_bytes()), "the test must see what it looks for: {text}");
        let found = secrets(text.as_bytes(), Way::Out).into_iter().map(|secret| secret.range);
        let cuts = found.chain(known(text.as_bytes(), CANARY));
        let rest = rest(text.as_bytes(), cuts);
        prop_assert!(!leaks(&rest), "{text} -> {}", String::from_utf8_lossy(&rest));
        prop_assert!(!leaks(&super::tests::rest(text.as_bytes(), known(text.as_bytes(), CANARY))));
    }

    #[test]
    fn a_secret_that_nobody_told_us_is_cut_from_a_login_with_one_byte_wrong(
        at in any::<proptest::sample::Index>(), byte in any::<u8>(), delete in any::<bool>(),
        mechanism in proptest::sample::select(vec!["PLAIN", "SCRAM-SHA-1", "CISCO-VTG-TOKEN", "X"]),
    ) {
        let (open, secret) = (format!("auth {SASL} mechanism='{mechanism}'>"), sasl::plain("alice", CANARY));
        let mut text = format!("<stream:x/><{open}{}</auth><iq/>", *secret).into_bytes();
        // the element's name and its < are what tells that there is a secret
        let (name, inside) = ("<stream:x/><auth".len(), "<stream:x/><".len() + open.len());
        let place = name + at.index(text.len() - name - secret.len());
        let place = if place < inside { place } else { place + secret.len() };
        if delete { text.remove(place); } else { text[place] = byte; }
        let found = secrets(&text, Way::Out);
        let rest = rest(&text, found.iter().map(|secret| secret.range.clone()));
        let shown = String::from_utf8_lossy(&rest);
        prop_assert!(!shown.contains(&secret[8..]), "{} -> {shown}", String::from_utf8_lossy(&text));
        prop_assert!(found.iter().all(|secret| !secret.note.contains(CANARY)));
    }

    #[test]
    fn of_a_well_formed_document_well_formed_xml_remains(inner in pieces(), deep in pieces()) {
        let text = format!("<?xml version='1.0'?><r><Directory>{inner}<x password='p'>{deep}</x></Directory></r>");
        prop_assert!(Document::read(text.as_bytes()).is_ok(), "{text}");
        let rest = cut(&text, Way::In);
        prop_assert!(Document::read(rest.as_bytes()).is_ok(), "{text} -> {rest}");
        prop_assert!(!rest.contains("QXZ"), "{text} -> {rest}");
    }

    #[test]
    fn what_is_found_in_a_header_lies_in_its_value_in_order(
        name in proptest::sample::select(vec!["Cookie", "Set-Cookie", "Authorization", "X-Token"]),
        value in "[ -~é\"=;,]{0,40}",
    ) {
        let mut end = 0;
        for secret in header(name, &value) {
            prop_assert!(end <= secret.range.start && secret.range.start < secret.range.end);
            end = secret.range.end;
            prop_assert!(value.get(secret.range).is_some());
        }
        prop_assert!(end <= value.len());
    }

    #[test]
    fn what_is_found_lies_in_the_bytes_in_order(bytes in vec(any::<u8>(), 0..60), text in surroundings()) {
        let bytes = [bytes, text.into_bytes()].concat();
        for found in [secrets(&bytes, Way::In), open_element(&bytes), document(&bytes, Way::In)] {
            let mut end = 0;
            for secret in found {
                prop_assert!(end <= secret.range.start && secret.range.start < secret.range.end);
                end = secret.range.end;
            }
            prop_assert!(end <= bytes.len());
        }
    }
}
