//! What a peer answers before there is XML: a DNS message, a ServerHello, a certificate.
//!
//! They are private to the rim, so their sources are part of this target.
//!
//! 1. A DNS message that is taken has our id and our question; what is kept of it is bounded, and no text holds a
//!    control character.
//! 2. What a ServerHello says does not change with the bytes behind it: once told it stays told, and before that
//!    nothing is told.
//! 3. A certificate always has its fingerprint, and the same bytes the same words.

#![no_main]

#[path = "../../../src/probe/dns/answer.rs"]
mod answer;
#[path = "../../../src/probe/cert.rs"]
mod cert;
#[path = "../../../src/probe/legacy/hello.rs"]
mod hello;
#[path = "../../../src/probe/dns/question.rs"]
mod question;

use impscope::journal::{self, DnsAsk, RecordData, RecordKind, Transport};
use libfuzzer_sys::fuzz_target;
use question::Question;

/// What an answer may hold of words, with what each record has of its own.
const WORDS: usize = 40 * 1024;

fuzz_target!(|bytes: &[u8]| {
    dns(bytes);
    server_hello(bytes);
    let described = cert::describe(bytes);
    assert_eq!(described.fingerprint, cert::fingerprint(bytes));
    assert_eq!(described, cert::describe(bytes));
});

/// The message, with the id and the question that ours had put into its place: a server repeats both.
fn dns(bytes: &[u8]) {
    for kind in [RecordKind::Srv, RecordKind::A] {
        let ask = DnsAsk { name: "_xmpp-client._tcp.example.test".to_owned(), kind, server: String::new() };
        let question = Question::new(&ask).expect("a name of DNS");
        let _ = answer::read(bytes, &question, Transport::Udp).map_err(|stray| stray.words());
        let Some((head, behind)) = bytes.split_at_checked(12) else { return };
        let asked = &question.bytes[12..question.bytes.len() - 11];
        let mut message = [head, asked, behind].concat();
        message[..2].copy_from_slice(&question.id.to_be_bytes());
        message[2] |= 0x80;
        message[4..6].copy_from_slice(&[0, 1]);
        let Ok(answer) = answer::read(&message, &question, Transport::Tcp) else { continue };
        let texts: Vec<String> = answer.records.iter().flat_map(words).collect();
        assert!(texts.iter().map(String::len).sum::<usize>() <= WORDS);
        assert!(answer.records.iter().all(|record| !record.name.contains(char::is_control)), "{answer:?}");
        assert_eq!(answer.bytes, message.len() as u64);
        message[0] ^= 1;
        assert!(answer::read(&message, &question, Transport::Tcp).is_err(), "another id was taken");
    }
}

fn words(record: &journal::DnsRecord) -> Vec<String> {
    let data = match &record.data {
        RecordData::Srv(srv) => srv.target.clone(),
        RecordData::Address(text) | RecordData::Alias(text) => text.clone(),
        RecordData::Other(kind, text) => format!("{kind} {text}"),
    };
    vec![record.name.clone(), data]
}

fn server_hello(bytes: &[u8]) {
    let told = hello::answer(bytes);
    let mut before = None;
    for length in 0..=bytes.len().min(600) {
        let now = hello::answer(&bytes[..length]);
        assert!(before.is_none() || now == before, "{before:?} became {now:?} at {length}");
        before = now;
    }
    assert!(before.is_none() || before == told, "{before:?} became {told:?}");
    if bytes.len() >= 32 {
        let random: [u8; 32] = bytes[..32].try_into().expect("32 bytes");
        let name = String::from_utf8_lossy(&bytes[32..]);
        let ours = hello::client_hello(Some(&name), &random);
        assert_eq!(hello::answer(&ours), Some(hello::Answer::NoTls), "our own hello is no answer");
    }
}
