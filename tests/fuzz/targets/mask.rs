//! Law 3: a secret is cut out before anything is logged, whatever stands around it.
//!
//! The input says which place holds the secret, what is written into that place around it, and what stands before
//! and behind.
//!
//! 1. By its place: a secret that nobody told us is cut wherever a stream, a document or a header may carry one, as
//!    long as the markup that tells of it is whole. No note holds it either.
//! 2. By its bytes: a secret that we know is cut everywhere, as it is, escaped, and inside base64.
//! 3. What is found lies in the bytes, in order, without overlap.

#![no_main]

use impscope::protocol::mask::{self, Found, Way};
use impscope::protocol::sasl;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    place: u8,
    form: u8,
    before: &'a str,
    padding: &'a str,
    behind: &'a [u8],
}

const CANARY: &str = "Qx7kanaryvogelZ";

/// Places of a stream: what stands before the secret and behind it.
const STREAM: [(&str, &str); 9] = [
    ("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>", "</auth>"),
    ("<auth mechanism='CISCO-VTG-TOKEN' xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>", "</auth>"),
    ("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>", "</response>"),
    ("<iq type='set'><query xmlns='jabber:iq:auth'><password>", "</password></query></iq>"),
    ("<iq type='set'><query xmlns='jabber:iq:auth'><digest>", "</digest></query></iq>"),
    ("<message to='a@b'><body>", "</body></message>"),
    ("<x token='", "'/>"),
    ("<x a=\"1\" password=\"", "\"/>"),
    ("<e:password xmlns:e='urn:x'>", "</e:password>"),
];
/// Places of a document.
const DOCUMENT: [(&str, &str); 6] = [
    (
        "<s:Envelope xmlns:s='urn:s'><s:Body><login><username>alice</username><password>",
        "</password></login></s:Body></s:Envelope>",
    ),
    (
        "<s:Envelope xmlns:s='urn:s'><s:Body><loginResponse><session-key>",
        "</session-key></loginResponse></s:Body></s:Envelope>",
    ),
    ("<response><success><onetime-password>", "</onetime-password></success></response>"),
    (
        "<config><Directory><ConnectionUsername>x</ConnectionUsername><ConnectionPassword>",
        "</ConnectionPassword></Directory></config>",
    ),
    ("<r><property name='Directory.Password' value='", "'/></r>"),
    ("<r><property name='Directory.Password'>", "</property></r>"),
];
/// Headers, and how their value begins.
const HEADERS: [(&str, &str); 6] = [
    ("Authorization", "Basic "),
    ("Authorization", "Bearer "),
    ("proxy-authorization", ""),
    ("Cookie", "JSESSIONIDSSO="),
    ("Set-Cookie", "JSESSIONID="),
    ("X-Auth-Token", ""),
];

fuzz_target!(|input: Input<'_>| {
    let typed = [input.before.as_bytes(), input.padding.as_bytes(), input.behind].concat();
    if holds(&typed, CANARY) {
        return;
    }
    by_place(&input, &typed);
    in_a_header(&input, &typed);
    by_bytes(&input, &typed);
});

/// What stands before is text or whole elements, as it is in a stream: the mask sees one item, or what somebody
/// typed. What follows may be anything.
fn by_place(input: &Input<'_>, typed: &[u8]) {
    let before = input.before.replace(['<', '>', '&', '\'', '"'], "");
    let padding = input.padding.replace(['<', '>', '&', '\'', '"'], "");
    let at = usize::from(input.place);
    let secret = format!("{padding}{CANARY}");
    for (places, found_by) in
        [(&STREAM[..], mask::secrets as fn(&[u8], Way) -> Vec<Found>), (&DOCUMENT[..], mask::document)]
    {
        let (open, close) = places[at % places.len()];
        for written in [secret.clone(), sasl::plain(&padding, CANARY).to_string()] {
            if is_typed(&[typed, before.as_bytes(), padding.as_bytes()], &written) {
                continue;
            }
            let text =
                [before.as_bytes(), open.as_bytes(), written.as_bytes(), close.as_bytes(), input.behind].concat();
            for way in [Way::Out, Way::In] {
                let found = found_by(&text, way);
                must_be_in_order(&found, text.len());
                let rest = without(&text, found.iter().map(|found| found.range.clone()));
                let shown = String::from_utf8_lossy(&rest);
                assert!(!shown.contains(CANARY) && !shown.contains(&written), "{way:?}: {shown}");
                assert!(found.iter().all(|found| !found.note.contains(CANARY)), "{found:?}");
            }
            let open_element = mask::open_element(&text[..before.len() + open.len() + written.len()]);
            must_be_in_order(&open_element, text.len());
        }
    }
}

fn in_a_header(input: &Input<'_>, typed: &[u8]) {
    let line = |text: &str| text.replace(|c: char| c.is_control(), "");
    let (name, begins) = HEADERS[usize::from(input.place) % HEADERS.len()];
    let is_cookie = name.ends_with("ookie");
    // A cookie's value ends at a semicolon, and a scheme at a blank.
    let padding: String = line(input.padding).replace([';', '"', ',', '=', ' '], "");
    let behind = if is_cookie { line(input.before) } else { String::new() };
    for secret in [format!("{padding}{CANARY}"), sasl::plain("alice", CANARY).to_string()] {
        if is_typed(&[typed, behind.as_bytes(), padding.as_bytes()], &secret) {
            continue;
        }
        let value = format!("{begins}{secret}; {behind}");
        let found = mask::header(name, &value);
        must_be_in_order(&found, value.len());
        let rest = without(value.as_bytes(), found.iter().map(|found| found.range.clone()));
        let shown = String::from_utf8_lossy(&rest);
        assert!(!shown.contains(CANARY) && !shown.contains(&secret), "{name}: {value} -> {shown}");
        assert!(found.iter().all(|found| !found.note.contains(CANARY)), "{found:?}");
    }
}

/// Around a secret that we know anything may stand.
fn by_bytes(input: &Input<'_>, typed: &[u8]) {
    let written = match input.form % 5 {
        0 => CANARY.to_owned(),
        1 => CANARY.chars().map(|c| format!("&#{};", u32::from(c))).collect(),
        2 => CANARY.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect(),
        3 => sasl::plain(input.padding, CANARY).to_string(),
        _ => sasl::vtg_token(input.padding, CANARY).to_string(),
    };
    let text = [input.before.as_bytes(), written.as_bytes(), input.behind].concat();
    let cuts = mask::known(&text, CANARY);
    let rest = without(&text, cuts.into_iter());
    assert!(!holds(&rest, CANARY), "as it is");
    assert!(!holds(&rest, &written), "as it was written");
    // In the middle of it stands what no three bytes beside it change, whatever they are.
    let core = &sasl::plain(input.padding, CANARY)[..];
    let core = &core[core.len() - 16..core.len() - 4];
    // Unless these very bytes were typed beside it, as in a user id that is nearly the password.
    let stands_beside = |part: &[u8]| typed.windows(part.len()).any(|typed| typed == part);
    let alone = input.form % 5 == 3 && !holds(typed, core) && !CANARY.as_bytes().windows(9).any(stands_beside);
    assert!(!alone || !holds(&rest, core), "inside base64: {core}");
}

/// Whether the secret was typed by chance, as it is or as it is written: what is left out of a text can join its parts.
fn is_typed(texts: &[&[u8]], written: &str) -> bool {
    texts.iter().any(|text| holds(text, CANARY) || holds(text, written))
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

fn must_be_in_order(found: &[Found], length: usize) {
    let mut end = 0;
    for secret in found {
        assert!(end <= secret.range.start && secret.range.start < secret.range.end, "{found:?}");
        end = secret.range.end;
    }
    assert!(end <= length, "{found:?} of {length}");
}

fn without(bytes: &[u8], cuts: impl Iterator<Item = std::ops::Range<usize>>) -> Vec<u8> {
    let (mut kept, mut done) = (Vec::with_capacity(bytes.len()), 0);
    for cut in cuts {
        kept.extend_from_slice(&bytes[done.min(cut.start)..cut.start]);
        done = done.max(cut.end);
    }
    kept.extend_from_slice(&bytes[done..]);
    kept
}
