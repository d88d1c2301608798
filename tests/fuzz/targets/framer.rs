//! Law 5: whatever bytes come, and however the network cuts them, the framer gives the same frames.
//!
//! 1. In one piece, in pieces whose lengths the input's own end says, and byte by byte: the same frames, the same end.
//! 2. The frames tile the input: put together they are its beginning, and what is missing was counted as unframed.
//! 3. Memory is bounded: once no frame is ready, no more waits than one item may have.
//! 4. A frame that is called an element, and in which nothing was refused, can be read by quick-xml from its first byte
//!    to its last, as one element.

#![no_main]

use impscope::protocol::framer::{Frame, FrameKind, Framer, Limits};
use libfuzzer_sys::fuzz_target;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Small enough that short inputs meet them.
const TIGHT: Limits = Limits { depth: 4, element: 120 };
/// So many bytes at the input's end say how long the pieces are.
const SIZES: usize = 6;

fuzz_target!(|bytes: &[u8]| {
    for limits in [Limits::default(), TIGHT] {
        let whole = frames(limits, std::iter::once(bytes));
        assert_eq!(frames(limits, pieces(bytes).into_iter()), whole, "in pieces");
        assert_eq!(frames(limits, bytes.chunks(1)), whole, "byte by byte");
        must_tile(&whole, bytes);
        whole.frames.iter().filter(|frame| is_sound(frame, &whole.frames)).for_each(must_be_read);
    }
});

#[derive(Debug, PartialEq)]
struct Framed {
    frames: Vec<Frame>,
    unframed: u64,
    in_stream: bool,
}

fn frames<'b>(limits: Limits, pieces: impl Iterator<Item = &'b [u8]>) -> Framed {
    let mut framer = Framer::new(limits);
    let mut frames = Vec::new();
    for piece in pieces {
        framer.push(piece);
        frames.extend(std::iter::from_fn(|| framer.next()));
        assert!(framer.pending().len() <= limits.element, "{} bytes wait", framer.pending().len());
    }
    frames.extend(std::iter::from_fn(|| framer.finish()));
    Framed { frames, unframed: framer.unframed(), in_stream: framer.in_stream() }
}

fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let sizes = &bytes[bytes.len().saturating_sub(SIZES)..];
    let (mut pieces, mut rest) = (Vec::new(), bytes);
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = rest.split_at(rest.len().min(1 + usize::from(*size)));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

fn must_tile(framed: &Framed, bytes: &[u8]) {
    let mut end = 0;
    for frame in framed.frames.iter().filter(|frame| !frame.bytes.is_empty()) {
        assert_eq!(frame.range, end..end + frame.bytes.len() as u64);
        assert_eq!(frame.bytes, bytes[end as usize..][..frame.bytes.len()]);
        end = frame.range.end;
    }
    assert_eq!(end + framed.unframed, bytes.len() as u64);
}

fn is_sound(frame: &Frame, all: &[Frame]) -> bool {
    let inside = |other: &Frame| match &other.kind {
        FrameKind::Refused(refusal) => frame.range.contains(&refusal.at),
        _ => false,
    };
    frame.kind == FrameKind::Element && !all.iter().any(inside)
}

/// What is no UTF-8 is no XML, and for the reader of stanzas to say: the framer looks at the markup alone.
fn must_be_read(frame: &Frame) {
    let Ok(text) = std::str::from_utf8(&frame.bytes) else { return };
    let mut reader = Reader::from_str(text);
    let mut depth = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(why) => panic!("{why} at {} of {text:?}", reader.error_position()),
        }
        let at_end = reader.buffer_position() == frame.bytes.len() as u64;
        assert_eq!(depth == 0, at_end, "its end is at {} of {text:?}", reader.buffer_position());
    }
}
