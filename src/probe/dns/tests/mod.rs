//! Questions to servers on loopback: what is noted of every message, and how each question ends.

mod hostile;
mod server;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use crate::journal::EpasClient;
use crate::journal::{
    Ask, DnsAnswer, DnsAsk, DnsFact, DnsRecord, Event, Fact, How, Note, Offset, OpId, Outcome, RecordData,
    RecordKind, Srv, Transport,
};
use crate::login::Marks;
use crate::login::fill::Secrets;
use crate::probe::through::Through;
use crate::probe::{Clock, Engine, Identity, Notes, Permissions, Roots};

use server::{
    A, ANSWER, Both, CNAME, NS, OPT, SOA, SRV, TRUNCATED, TXT, framed, named, record, reply, serve, soa, srv,
};

/// Long enough never to pass.
const LONG: Duration = Duration::from_secs(20);
/// Short enough to be waited for.
const SHORT: Duration = Duration::from_millis(250);
const NAME: &str = "_xmpp-client._tcp.example.test";
const IMP1: &[u8] = b"\x04IMP1\x07example\x04TEST\x00";

/// A question that has ended.
#[derive(Debug)]
struct Asked {
    began: Offset,
    facts: Vec<(Offset, DnsFact)>,
    lost: u64,
    end: Outcome,
    took: Duration,
}

impl Asked {
    /// What left and what came, in words.
    fn story(&self) -> Vec<String> {
        self.facts.iter().map(|(_, fact)| words(fact)).collect()
    }

    fn answers(&self) -> Vec<&DnsAnswer> {
        let facts = self.facts.iter();
        let answers = facts.filter_map(|(_, fact)| match fact {
            DnsFact::Answered(answer) => Some(answer),
            _ => None,
        });
        answers.collect()
    }

    fn answer(&self) -> &DnsAnswer {
        self.answers().last().unwrap_or_else(|| panic!("no answer: {self:#?}"))
    }

    fn end(&self) -> (How, &str) {
        (self.end.how, self.end.code.as_deref().unwrap_or(""))
    }
}

fn words(fact: &DnsFact) -> String {
    match fact {
        DnsFact::Sent { transport, .. } => format!("sent {}", transport.name()),
        DnsFact::Answered(answer) => format!("{} {}", answer.rcode, answer.transport.name()),
        DnsFact::Unreachable { transport, code } => format!("{code} {}", transport.name()),
        DnsFact::Ignored { why, .. } => why.split(':').next().unwrap().to_owned(),
    }
}

fn question(server: SocketAddr) -> DnsAsk {
    DnsAsk { name: NAME.to_owned(), kind: RecordKind::Srv, server: server.to_string() }
}

async fn ask(server: SocketAddr, limit: Duration) -> Asked {
    put(question(server), limit).await
}

async fn put(ask: DnsAsk, limit: Duration) -> Asked {
    let (notes, mut incoming) = Notes::channel(Clock::start());
    let op = super::start(&notes, OpId(0), ask.clone(), &Through::default(), limit, &Arc::new(Semaphore::new(1)));
    ended(&mut incoming, op, &ask).await
}

async fn ended(incoming: &mut mpsc::Receiver<Note>, op: OpId, ask: &DnsAsk) -> Asked {
    let mut next = async || {
        let note = timeout(LONG, incoming.recv()).await.expect("it ends").expect("the sender lives");
        assert_eq!(note.op, op);
        note
    };
    let began = next().await;
    assert_eq!(began.event, Event::Began(Ask::Dns(ask.clone())));
    let (mut facts, mut lost) = (Vec::new(), 0);
    loop {
        let note = next().await;
        match note.event {
            Event::Saw(Fact::Dns(fact)) => facts.push((note.at, fact)),
            Event::Lost(loss) => lost += loss.count,
            Event::Ended(end) => {
                let took = note.at.since(began.at);
                return Asked { began: began.at, facts, lost, end, took };
            }
            other => panic!("{other:?}"),
        }
    }
}

fn service(priority: u16, weight: u16, port: u16, target: &str) -> RecordData {
    RecordData::Srv(Srv { priority, weight, port, target: target.to_owned() })
}

// ---- answers ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn services_come_with_their_numbers_and_ttls_and_names_in_lower_case() {
    let server = serve(|question: &[u8], _| {
        let records =
            [record(SRV, 3600, &srv(5, 70, 5222, IMP1)), record(SRV, 60, &srv(10, 0, 5223, &[0xc0, 30]))];
        vec![reply(question, ANSWER, [&records, &[], &[]])]
    })
    .await;
    let asked = ask(server, LONG).await;
    assert_eq!(asked.story(), ["sent UDP", "NOERROR UDP"]);
    assert_eq!(asked.end(), (How::Ok, ""));
    let answer = asked.answer();
    assert!(answer.authoritative && !answer.truncated && answer.negative_ttl.is_none() && answer.left_out == 0);
    let expected = |ttl, data| DnsRecord { name: NAME.to_owned(), ttl, data };
    assert_eq!(
        answer.records,
        [
            expected(3600, service(5, 70, 5222, "imp1.example.test")),
            expected(60, service(10, 0, 5223, "example.test")),
        ]
    );
    let [(sent, DnsFact::Sent { bytes, .. }), (came, _)] = &asked.facts[..] else { panic!("{asked:#?}") };
    assert!(sent <= came);
    // Header, name, type and class, OPT; and the two records.
    assert_eq!((*bytes, answer.bytes), (59, 48 + 2 * 18 + 19 + 2));
}

#[tokio::test]
async fn a_service_that_is_not_offered_has_the_root_as_its_target() {
    let server = serve(|question: &[u8], _| {
        vec![reply(question, ANSWER, [&[record(SRV, 60, &srv(0, 0, 0, &[0]))], &[], &[]])]
    })
    .await;
    assert_eq!(ask(server, LONG).await.answer().records[0].data, service(0, 0, 0, "."));
}

#[tokio::test]
async fn no_such_name_and_no_such_record_say_how_long_that_holds() {
    for (rcode, minimum, name) in [(3, 300, "NXDOMAIN"), (0, 5_000, "NOERROR")] {
        let server = serve(move |question: &[u8], _| {
            vec![reply(question, ANSWER | rcode, [&[], &[named(&[0], SOA, 900, &soa(minimum))], &[]])]
        })
        .await;
        let asked = ask(server, LONG).await;
        assert_eq!(asked.end(), (How::Ok, ""));
        let answer = asked.answer();
        assert_eq!((answer.rcode.as_str(), answer.negative_ttl), (name, Some(minimum.min(900))));
        assert!(answer.records.is_empty());
    }
}

#[tokio::test]
async fn a_server_that_refuses_says_how() {
    for (code, name) in
        [(1, "FORMERR"), (2, "SERVFAIL"), (4, "NOTIMP"), (5, "REFUSED"), (9, "NOTAUTH"), (15, "RCODE 15")]
    {
        let server = serve(move |question: &[u8], _| vec![reply(question, 0x8180 | code, [&[], &[], &[]])]).await;
        let asked = ask(server, LONG).await;
        assert_eq!(asked.story(), ["sent UDP".to_owned(), format!("{name} UDP")]);
        assert_eq!(asked.end(), (How::Refused, name));
        assert!(!asked.answer().authoritative);
    }
}

#[tokio::test]
async fn a_refusal_is_one_without_the_question_as_well() {
    // RFC 6891 section 7: a bare header; and one whose counts are the question's own.
    for counts in [[0; 8], [0, 1, 0, 0, 0, 0, 0, 1]] {
        let server = serve(move |question: &[u8], _| vec![[&question[..2], &[0x80, 1], &counts].concat()]).await;
        assert_eq!(ask(server, LONG).await.end(), (How::Refused, "FORMERR"));
    }
    let empty = serve(|question: &[u8], _| vec![[&question[..2], &[0x80, 0], &[0; 8]].concat()]).await;
    let asked = ask(empty, SHORT).await;
    assert_eq!(asked.end(), (How::TimedOut, "ETIMEDOUT"), "that is no answer to anything: {asked:#?}");
}

#[tokio::test]
async fn the_rest_of_a_code_is_in_edns() {
    // RFC 6891 section 6.1.3: the upper eight bits are the first byte of OPT's TTL. 16 is BADVERS.
    let server = serve(|question: &[u8], _| {
        vec![reply(question, 0x8180, [&[], &[], &[named(&[0], OPT, 0x0100_0000, &[])]])]
    })
    .await;
    assert_eq!(ask(server, LONG).await.end(), (How::Refused, "BADVERS"));
}

#[tokio::test]
async fn aliases_addresses_and_other_kinds_are_told_apart() {
    let server = serve(|question: &[u8], _| {
        let records = [
            record(CNAME, 1, IMP1),
            named(IMP1, A, 2, &[127, 0, 0, 9]),
            named(IMP1, 28, 3, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            record(TXT, 4, b"\x05hello"),
            named(b"\x04a.b\xff\x00", NS, 5, &[0]),
        ];
        vec![reply(question, ANSWER, [&records, &[], &[]])]
    })
    .await;
    let asked = ask(server, LONG).await;
    let records = &asked.answer().records;
    let data: Vec<&RecordData> = records.iter().map(|record| &record.data).collect();
    let address = |text: &str| RecordData::Address(text.to_owned());
    assert_eq!(
        data,
        [
            &RecordData::Alias("imp1.example.test".to_owned()),
            &address("127.0.0.9"),
            &address("::1"),
            &RecordData::Other("TXT".to_owned(), "hello".to_owned()),
            &RecordData::Other("NS".to_owned(), ".".to_owned()),
        ]
    );
    assert_eq!((records[1].name.as_str(), records[4].name.as_str()), ("imp1.example.test", "a\\.b\\377"));
}

// ---- TCP --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_truncated_answer_is_followed_by_tcp_and_both_are_noted() {
    let udp = |question: &[u8]| reply(question, ANSWER | TRUNCATED, [&[], &[], &[]]);
    let whole = |question: &[u8]| reply(question, ANSWER, [&[record(SRV, 60, &srv(0, 0, 5222, IMP1))], &[], &[]]);
    let server = serve(Both(udp, move |question: &[u8]| Some(framed(&whole(question))))).await;
    let asked = ask(server, LONG).await;
    assert_eq!(asked.story(), ["sent UDP", "NOERROR UDP", "sent TCP", "NOERROR TCP"]);
    assert_eq!(asked.end(), (How::Ok, ""));
    let [first, last] = asked.answers()[..] else { panic!("{asked:#?}") };
    assert!(first.truncated && !last.truncated);
    assert_eq!((last.transport, last.records.len()), (Transport::Tcp, 1));
}

#[tokio::test]
async fn what_fails_over_tcp_says_so() {
    let udp = |question: &[u8]| reply(question, ANSWER | TRUNCATED, [&[], &[], &[]]);
    let closes = serve(Both(udp, |_: &[u8]| None)).await;
    let asked = ask(closes, LONG).await;
    assert_eq!(asked.end(), (How::Lost, "closed"), "{asked:#?}");
    assert_eq!(asked.story()[2..], ["sent TCP", "closed TCP"]);
    assert!(asked.end.text.as_ref().unwrap().contains("after a truncated answer"), "{asked:#?}");

    let mute = serve(Both(udp, |_: &[u8]| Some(vec![0]))).await;
    let asked = ask(mute, SHORT).await;
    assert_eq!(asked.end(), (How::TimedOut, "ETIMEDOUT"), "{asked:#?}");
    assert!(asked.end.text.as_ref().unwrap().contains("over TCP"), "{asked:#?}");

    let only_udp = tokio::net::UdpSocket::bind("127.91.0.1:0").await.unwrap();
    let server = only_udp.local_addr().unwrap();
    tokio::spawn(async move {
        let mut bytes = [0; 512];
        let (length, from) = only_udp.recv_from(&mut bytes).await.unwrap();
        only_udp.send_to(&udp(&bytes[..length]), from).await.unwrap();
    });
    let asked = ask(server, LONG).await;
    assert_eq!(asked.end(), (How::Refused, "ECONNREFUSED"));
    assert_eq!(asked.story(), ["sent UDP", "NOERROR UDP", "ECONNREFUSED TCP"]);
}

// ---- nothing ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_silent_server_is_asked_again_and_then_given_up() {
    let asked = ask(serve(|_: &[u8], _| Vec::new()).await, SHORT).await;
    assert_eq!(asked.story(), ["sent UDP", "sent UDP", "sent UDP"]);
    assert_eq!(asked.end(), (How::TimedOut, "ETIMEDOUT"));
    assert!(asked.took >= SHORT, "{asked:#?}");
    for (fact, fifths) in asked.facts.iter().zip([0, 1, 3]) {
        assert!(fact.0 >= asked.began.after(SHORT / 5 * fifths), "{asked:#?}");
    }
}

#[tokio::test]
async fn a_late_answer_to_the_first_question_still_counts() {
    let server = serve(|question: &[u8], nth| {
        let late = reply(question, ANSWER, [&[], &[], &[]]);
        if nth == 1 { vec![late] } else { Vec::new() }
    })
    .await;
    let asked = ask(server, Duration::from_secs(2)).await;
    assert_eq!(asked.story(), ["sent UDP", "sent UDP", "NOERROR UDP"]);
    assert_eq!(asked.end(), (How::Ok, ""));
}

#[tokio::test]
async fn a_closed_port_is_told_from_silence_and_at_once() {
    // An address that no other test listens on.
    let closed = tokio::net::UdpSocket::bind("127.91.0.2:0").await.unwrap().local_addr().unwrap();
    let asked = ask(closed, LONG).await;
    assert_eq!(asked.story(), ["sent UDP", "ECONNREFUSED UDP"]);
    assert_eq!(asked.end(), (How::Refused, "ECONNREFUSED"));
    assert!(asked.took < LONG / 10, "{asked:#?}");
}

#[tokio::test]
async fn what_cannot_be_asked_ends_as_our_failure() {
    let server = SocketAddr::from(([127, 0, 0, 1], 53));
    for ask in [
        DnsAsk { server: "dns.example.test".to_owned(), ..question(server) },
        DnsAsk { name: "a b".to_owned(), ..question(server) },
    ] {
        let asked = put(ask, LONG).await;
        assert_eq!((asked.end(), asked.facts.len()), ((How::Failed, "not asked"), 0), "{asked:#?}");
    }
}

#[tokio::test]
async fn the_engine_asks_below_the_run() {
    let server = serve(|question: &[u8], _| vec![reply(question, ANSWER, [&[], &[], &[]])]).await;
    let (notes, mut incoming) = Notes::channel(Clock::start());
    let run = notes.op(None);
    let marks = Marks { slow: LONG, silent: LONG, give_up: None };
    let epas = EpasClient { service: String::new(), kind: String::new(), version: String::new(), force: false };
    let identity = Identity { user_id: String::new(), epas, patience: marks, connect_timeout: LONG };
    let roots = Roots::load(None).unwrap();
    let engine = Engine::new(notes, roots, Secrets::default(), 3, run.id, Permissions::default(), identity);
    let op = engine.dns(question(server));
    let asked = ended(&mut incoming, op, &question(server)).await;
    assert_eq!(asked.end(), (How::Ok, ""));
    let second = engine.dns(question(server));
    assert_ne!(op, second);
    assert_eq!(timeout(LONG, incoming.recv()).await.unwrap().unwrap().parent, Some(run.id));
}
