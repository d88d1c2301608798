//! Whatever a server sends, it is read as what it is, and no reader goes beyond what stands there.
//!
//! 1. Every frame has a reading, with the namespaces that its stream declared.
//! 2. What is kept of features is bounded, and no text is longer than the frame that it stood in.
//! 3. A challenge is taken only where its nonce extends ours and its iterations are within the limit; a success
//!    proves nothing unless it holds the signature.
//! 4. A mechanism is chosen only from those that were offered.

#![no_main]

use impscope::protocol::framer::{Frame, FrameKind, Framer, Limits};
use impscope::protocol::sasl::{self, Hash, MAX_ITERATIONS, Mechanism, Scram};
use impscope::protocol::stanza::{self, Features, Namespaces, Reading};
use libfuzzer_sys::fuzz_target;

const NONCE: &str = "fyko+d2lbbFgONRv9qkxdawL";
/// So many hostnames, mechanisms and other features are kept of one stanza.
const KEPT: usize = 64;
/// A proof is only computed for so many iterations: it is the library that works through them.
const QUICK: u32 = 16;

fuzz_target!(|bytes: &[u8]| {
    let mut framer = Framer::new(Limits::default());
    framer.push(bytes);
    let mut scope = Namespaces::default();
    while let Some(frame) = framer.finish() {
        if frame.kind == FrameKind::StreamOpen {
            scope = Namespaces::of(&frame);
        }
        must_be_bounded(&frame, &stanza::read(&frame, &scope));
    }
});

fn must_be_bounded(frame: &Frame, reading: &Reading) {
    let length = frame.bytes.len();
    let within = |text: &str| assert!(text.len() <= length, "{text:?} is longer than {frame:?}");
    let maybe = |text: &Option<String>| text.iter().for_each(|text| within(text));
    match reading {
        Reading::Features(features) => must_keep_little(features, length),
        Reading::Challenge(text) => challenged(text),
        Reading::Success(text) => maybe(text),
        Reading::SaslFailure { condition, text } => {
            within(condition);
            maybe(text);
        }
        Reading::StreamError { condition, text, other_host } => {
            within(condition);
            maybe(text);
            maybe(other_host);
        }
        Reading::Iq(iq) => [&iq.id, &iq.from, &iq.to, &iq.jid, &iq.error].into_iter().for_each(maybe),
        Reading::Message { from, to } | Reading::Presence { from, to } => [from, to].into_iter().for_each(maybe),
        Reading::Sm(name) | Reading::Element { name, .. } => within(name),
        Reading::Refused { at, .. } => {
            let until = frame.range.end.max(frame.range.start);
            assert!(frame.bytes.is_empty() || (frame.range.start..=until).contains(at), "{at} of {frame:?}");
        }
        _ => {}
    }
}

fn must_keep_little(features: &Features, length: usize) {
    for list in [&features.mechanisms, &features.hostnames, &features.other] {
        assert!(list.len() <= KEPT);
    }
    assert!(features.mechanisms.iter().chain(&features.hostnames).all(|text| text.len() <= length));
    for (password, token, jabber) in [(true, false, false), (false, true, true), (true, true, true)] {
        let chosen = sasl::choose(&features.mechanisms, password, token, jabber);
        assert!(
            chosen.is_none_or(|chosen| features.mechanisms.iter().any(|name| name == Mechanism::name(chosen)))
        );
    }
}

fn challenged(text: &str) {
    for hash in [Hash::Sha1, Hash::Sha256] {
        let scram = Scram::new(hash, "alice", NONCE);
        let Ok(first) = scram.server_first(text) else { continue };
        assert!(first.nonce.starts_with(NONCE) && first.nonce.len() > NONCE.len());
        assert!((1..=MAX_ITERATIONS).contains(&first.iterations) && !first.salt.is_empty());
        if first.iterations <= QUICK {
            let answer = scram.answer(&first, "secret").expect("a plain password can be prepared");
            assert!(!answer.server_signature.check(text), "the challenge itself was taken for the server's proof");
        }
    }
}
