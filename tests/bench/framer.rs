//! The framer beside quick-xml's own pull events over the same bytes, and whether its work is linear in the size of an
//! element.

use std::time::Duration;

use impscope::protocol::framer::{FrameKind, Framer, Limits};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::figure::{Figure, Table, rounded, timed};

/// So much is pushed at once, as a read of TLS brings it.
const READ: usize = 16 * 1024;
const STANZAS: usize = 20_000;
const TIMES: usize = 15;
/// Elements of so many megabytes.
const SIZES: [usize; 5] = [1, 2, 4, 8, 16];
/// What is said to be linear may cost so much more for each byte of the largest element than of the smallest.
const LINEAR: f64 = 1.5;

/// Measures the set.
pub fn measure(table: &mut Table) {
    let stream = stream();
    let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..TIMES {
        ours = ours.min(timed(|| assert_eq!(framed(&stream, Limits::default()), STANZAS)));
        theirs = theirs.min(timed(|| assert!(pulled(&stream) > STANZAS)));
    }
    let speed = |time: Duration| format!("{} MB/s", rounded(stream.len() as f64 / 1e6 / time.as_secs_f64()));
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    let what = "framer, to the speed of quick-xml's pull events";
    table.add(&Figure::new(what, ratio, "×").and(speed(ours)).beside(speed(theirs)).at_least(0.5));

    let elements: Vec<Vec<u8>> = SIZES.iter().map(|size| element(size << 20)).collect();
    let mut best = [Duration::MAX; SIZES.len()];
    for _ in 0..TIMES {
        for (element, best) in elements.iter().zip(&mut best) {
            *best = (*best).min(timed(|| assert_eq!(framed(element, large()), 1)));
        }
    }
    let per_byte = |at: usize| best[at].as_secs_f64() * 1e9 / elements[at].len() as f64;
    let all: Vec<String> = (0..SIZES.len()).map(|at| rounded(per_byte(at))).collect();
    let ratio = per_byte(SIZES.len() - 1) / per_byte(0);
    let figure = Figure::new("framer: a byte of one element of 16 MB, to one of 1 MB", ratio, "×");
    let more = format!("{} ns for each byte of 1, 2, 4, 8 and 16 MB", all.join(", "));
    table.add(&figure.and(more).at_most(LINEAR));
}

fn large() -> Limits {
    Limits { element: 32 << 20, ..Limits::default() }
}

/// How many elements the framer finds.
fn framed(bytes: &[u8], limits: Limits) -> usize {
    let mut framer = Framer::new(limits);
    let mut found = 0;
    for read in bytes.chunks(READ) {
        framer.push(read);
        while let Some(frame) = framer.next() {
            found += usize::from(frame.kind == FrameKind::Element);
        }
    }
    found
}

/// How many events quick-xml finds.
fn pulled(bytes: &[u8]) -> usize {
    let mut reader = Reader::from_reader(bytes);
    let mut found = 0;
    loop {
        match reader.read_event().expect("it is well-formed") {
            Event::Eof => return found,
            _ => found += 1,
        }
    }
}

/// A stream with stanzas of the usual kinds.
fn stream() -> Vec<u8> {
    let mut text =
        "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>".to_owned();
    for number in 0..STANZAS {
        let from = format!("from='user{number}@example.test/desk' to='alice@example.test/impscope'");
        text.push_str(&match number % 3 {
            0 => format!("<presence {from}><show>away</show><status>back at {number}</status></presence>"),
            1 => format!(
                "<message type='chat' id='m{number}' {from}><body>hay &amp; straw, {number}</body>\
                 <active xmlns='http://jabber.org/protocol/chatstates'/></message>"
            ),
            _ => format!(
                "<iq type='result' id='q{number}' {from}><query xmlns='jabber:iq:roster' ver='{number}'>\
                 <item jid='user{number}@example.test' name='User {number}' subscription='both'/></query></iq>"
            ),
        });
    }
    text.push_str("</stream:stream>");
    text.into_bytes()
}

/// One element of about this size, with children.
fn element(size: usize) -> Vec<u8> {
    let mut text = "<iq type='result' id='roster'><query xmlns='jabber:iq:roster'>".to_owned();
    while text.len() < size {
        text.push_str("<item jid='user@example.test' name='A user' subscription='both'><group>All</group></item>");
    }
    text.push_str("</query></iq>");
    text.into_bytes()
}
