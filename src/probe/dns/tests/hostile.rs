//! Servers that mean harm: whatever they say, the question ends, in time, and little is kept.

use std::time::Duration;

use super::server::{A, ANSWER, Both, CNAME, Says, TRUNCATED, counted, framed, named, record, reply, serve, srv};
use super::{IMP1, LONG, NAME, SHORT, ask, service};
use crate::journal::{DnsFact, How, RecordData};

/// What is replied to a question.
type Reply = fn(&[u8]) -> Vec<u8>;

fn good(question: &[u8]) -> Vec<u8> {
    reply(question, ANSWER, [&[record(33, 60, &srv(0, 0, 5222, IMP1))], &[], &[]])
}

fn with_id(mut message: Vec<u8>, difference: u8) -> Vec<u8> {
    message[1] = message[1].wrapping_add(difference);
    message
}

#[tokio::test]
async fn what_is_no_answer_is_left_aside_and_the_answer_behind_it_counts() {
    let server = serve(|question: &[u8], _| {
        let mut another = good(question);
        another[13] = b'x';
        let mut two = good(question);
        two[5] = 2;
        vec![
            with_id(good(question), 1),
            another,
            two,
            b"no DNS at all".to_vec(),
            vec![7],
            question.to_vec(),
            good(question),
        ]
    })
    .await;
    let asked = ask(server, LONG).await;
    let (id, other, unread) = ("another id", "another question", "unreadable");
    assert_eq!(asked.story(), ["sent UDP", id, other, other, unread, unread, unread, "NOERROR UDP"]);
    assert_eq!(asked.end(), (How::Ok, ""));
    let why: Vec<&str> = asked
        .facts
        .iter()
        .filter_map(|(_, fact)| if let DnsFact::Ignored { why, .. } = fact { Some(why.as_str()) } else { None })
        .collect();
    assert_eq!(why[5], "unreadable: it is not marked as a response");
}

#[tokio::test]
async fn a_letter_in_upper_case_is_the_same_question() {
    let server = serve(|question: &[u8], _| {
        let mut shouted = good(question);
        shouted[13..42].make_ascii_uppercase();
        vec![shouted]
    })
    .await;
    assert_eq!(ask(server, LONG).await.answer().records[0].name, NAME);
}

#[tokio::test]
async fn a_flood_of_wrong_ids_is_counted_and_ends_with_the_deadline() {
    let server = serve(|question: &[u8], _| {
        (0..300_u16).map(|nth| with_id(good(question), (nth % 255) as u8 + 1)).collect()
    })
    .await;
    let asked = ask(server, SHORT).await;
    assert_eq!(asked.end(), (How::TimedOut, "ETIMEDOUT"));
    let kept = asked.story().iter().filter(|words| *words == "another id").count();
    assert_eq!(kept, 32);
    assert!(asked.lost > 100, "{}", asked.lost);
}

/// Over TCP, answers to somebody else without end.
struct Endless;

impl Says for Endless {
    fn datagrams(&self, question: &[u8], _nth: usize) -> Vec<Vec<u8>> {
        vec![reply(question, ANSWER | TRUNCATED, [&[], &[], &[]])]
    }

    fn stream(&self, question: &[u8]) -> Option<Vec<u8>> {
        Some(framed(&with_id(good(question), 1)).repeat(100))
    }

    fn never_pauses(&self) -> bool {
        true
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_never_pauses_ends_with_the_deadline() {
    let limit = Duration::from_secs(1);
    let asked = ask(serve(Endless).await, limit).await;
    assert_eq!(asked.end(), (How::TimedOut, "ETIMEDOUT"));
    assert_eq!(asked.facts.len(), 3 + 32, "{asked:#?}");
    assert!(asked.lost > 0 && asked.took >= limit, "{asked:#?}");
}

#[tokio::test]
async fn unreadable_answers_alone_are_a_broken_server() {
    let loops = |question: &[u8]| counted(question, ANSWER, [1, 0, 0], &named(&[0xc0, 48], A, 1, &[127, 0, 0, 1]));
    let each_other = |question: &[u8]| {
        let body = [named(&[0xc0, 64], A, 1, &[127, 0, 0, 1]), named(&[0xc0, 48], A, 1, &[127, 0, 0, 1])].concat();
        counted(question, ANSWER, [2, 0, 0], &body)
    };
    let short = |question: &[u8]| {
        let good = good(question);
        good[..good.len() - 1].to_vec()
    };
    let too_many = |question: &[u8]| counted(question, ANSWER, [10_000, 0, 0], &record(A, 1, &[127, 0, 0, 1]));
    let long_label = |question: &[u8]| counted(question, ANSWER, [1, 0, 0], &named(&[0x80, 1, 0], A, 1, &[0; 4]));
    let no_query = |question: &[u8]| {
        let mut message = good(question);
        message[2] |= 0x10;
        message
    };
    let says: [Reply; 6] = [loops, each_other, short, too_many, long_label, no_query];
    for says in says {
        let asked = ask(serve(move |question: &[u8], _| vec![says(question)]).await, SHORT).await;
        assert_eq!(asked.end(), (How::Broken, "unreadable"), "{asked:#?}");
        assert!(asked.story().contains(&"unreadable".to_owned()));
    }
}

#[tokio::test]
async fn an_unreadable_answer_over_tcp_ends_at_once() {
    let truncated = |question: &[u8]| reply(question, ANSWER | TRUNCATED, [&[], &[], &[]]);
    let server =
        serve(Both(truncated, |question: &[u8]| Some(framed(&counted(question, ANSWER, [9, 0, 0], &[]))))).await;
    let asked = ask(server, LONG).await;
    assert_eq!(asked.end(), (How::Broken, "unreadable"));
    assert!(asked.took < LONG / 10);
}

#[tokio::test]
async fn who_truncates_over_tcp_as_well_is_not_asked_for_ever() {
    let truncated = |question: &[u8]| reply(question, ANSWER | TRUNCATED, [&[], &[], &[]]);
    let server = serve(Both(truncated, move |question: &[u8]| Some(framed(&truncated(question))))).await;
    let asked = ask(server, LONG).await;
    assert_eq!(asked.story(), ["sent UDP", "NOERROR UDP", "sent TCP", "NOERROR TCP"]);
    assert_eq!(asked.end(), (How::Broken, "truncated"));
}

#[tokio::test]
async fn of_thousands_of_records_some_are_kept_and_the_rest_is_counted() {
    let many = |question: &[u8]| {
        let records = vec![record(A, 1, &[127, 0, 0, 1]); 4_000];
        reply(question, ANSWER, [&records, &[], &[]])
    };
    // Half of them are claimed only: the bound comes before the reading.
    let claimed =
        |question: &[u8]| counted(question, ANSWER, [10_000, 0, 0], &record(A, 1, &[127, 0, 0, 1]).repeat(4_000));
    let says: [(Reply, u64); 2] = [(many, 3_744), (claimed, 9_744)];
    for (says, left_out) in says {
        let truncated = |question: &[u8]| reply(question, ANSWER | TRUNCATED, [&[], &[], &[]]);
        let server = serve(Both(truncated, move |question: &[u8]| Some(framed(&says(question))))).await;
        let asked = ask(server, LONG).await;
        assert_eq!(asked.end(), (How::Ok, ""));
        let answer = asked.answer();
        assert_eq!((answer.records.len(), answer.left_out), (256, left_out));
    }
    let datagram = serve(move |question: &[u8], _| vec![many(question)]).await;
    let asked = ask(datagram, LONG).await;
    assert_eq!((asked.answer().left_out, asked.answer().bytes), (3_744, 48 + 4_000 * 16));
}

#[tokio::test]
async fn aliases_in_a_circle_are_an_answer_like_any_other() {
    let server = serve(|question: &[u8], _| {
        vec![reply(question, ANSWER, [&[record(CNAME, 1, IMP1), named(IMP1, CNAME, 1, &[0xc0, 12])], &[], &[]])]
    })
    .await;
    let asked = ask(server, LONG).await;
    assert_eq!(asked.story(), ["sent UDP", "NOERROR UDP"]);
    assert_eq!(asked.answer().records[1].data, RecordData::Alias(NAME.to_owned()));
}

#[tokio::test]
async fn pointers_to_pointers_cost_no_time() {
    // Each of 8,000 pointers names the one before it; 2,000 records name the last.
    let server = serve(|question: &[u8], _| {
        let first = 48 + 12;
        let chain: Vec<u8> = (0..8_000_u16)
            .flat_map(|nth| (0xc000 | if nth == 0 { 12 } else { first + 2 * (nth - 1) }).to_be_bytes())
            .collect();
        let last = (0xc000 | (first + 2 * 7_999)).to_be_bytes();
        let padded = named(&[0xc0, 12], 65_280, 1, &chain);
        let body = [padded, named(&last, A, 1, &[127, 0, 0, 1]).repeat(2_000)].concat();
        vec![counted(question, ANSWER, [2_001, 0, 0], &body)]
    })
    .await;
    let asked = ask(server, LONG).await;
    assert_eq!((asked.end().0, asked.answer().records.len()), (How::Ok, 256), "{asked:#?}");
    assert!(asked.took < Duration::from_secs(5), "{:?}", asked.took);
    assert_eq!(asked.answer().records[255].name, NAME);
}

#[tokio::test]
async fn what_stands_behind_the_answer_may_be_anything() {
    let server = serve(|question: &[u8], _| {
        let body = [record(33, 60, &srv(0, 0, 5222, IMP1)), vec![0xff; 40]].concat();
        vec![counted(question, ANSWER, [1, 2, 3], &body)]
    })
    .await;
    let asked = ask(server, LONG).await;
    assert_eq!(asked.end(), (How::Ok, ""));
    assert_eq!(asked.answer().records[0].data, service(0, 0, 5222, "imp1.example.test"));
}
