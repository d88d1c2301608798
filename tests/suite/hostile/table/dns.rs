//! DNS: servers that break the rules of its messages, or that keep to them and lead astray.
//!
//! `messages` has what is no answer, `transports` what becomes of one on its way, `records` what stands in answers
//! that are whole, `hosts` where their addresses lead.

mod hosts;
mod messages;
mod records;
mod transports;

use std::net::Ipv4Addr;

use crate::hostile::names::{A, ANSWER, Names, Question, SRV, TRUNCATED, fitted, record, reply, srv, wire};
use crate::hostile::outputs::is_clean;
use crate::hostile::walks::walk;
use crate::hostile::web::Authority;
use crate::program::Finished;

const NXDOMAIN: u16 = 3;
const CNAME: u16 = 5;
const DNAME: u16 = 39;
const AAAA: u16 = 28;
const OPT: u16 = 41;
const TSIG: u16 = 250;
/// The name that was asked for, as a pointer to it.
const ASKED: [u8; 2] = [0xc0, 12];
/// So many questions a walk may ask, whatever it is told.
const QUESTIONS: usize = 1000;

/// What is sent back to a question.
type Says = fn(&Question) -> Vec<Vec<u8>>;

/// A walk that asks this server: nothing acts on a terminal, no password leaves, and the questions are few and of names
/// that hosts can have.
#[track_caller]
fn ask(names: &Names) -> Finished {
    ask_with(names, &[])
}

#[track_caller]
fn ask_with(names: &Names, more: &[&str]) -> Finished {
    let finished = walk(names, &Authority::new(), more);
    is_clean("a walk", &finished);
    assert_eq!(finished.json()["attempts"]["used"], 0, "{finished:#?}");
    let asked = names.asked();
    assert!(asked.len() < QUESTIONS, "{} questions", asked.len());
    let is_host = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    assert!(asked.iter().all(is_host), "{asked:?}");
    finished
}

/// All questions are answered so.
#[track_caller]
fn all(says: Says) -> Finished {
    ask(&Names::play(says))
}

/// The record of PSI's route is answered so; every other name is none.
#[track_caller]
fn route(says: Says) -> Finished {
    ask(&Names::play(move |question| if is_route(question) { says(question) } else { none(question) }))
}

/// PSI's route leads to this target, whose addresses are answered so.
#[track_caller]
fn host(says: Says) -> Finished {
    ask(&Names::play(move |question| match () {
        () if is_route(question) => vec![fitted(question, 0, &[to("imp1.example.test")])],
        () if question.name == "imp1.example.test" => says(question),
        () => none(question),
    }))
}

fn is_route(question: &Question) -> bool {
    question.name == "_xmpp-client._tcp.example.test"
}

fn none(question: &Question) -> Vec<Vec<u8>> {
    vec![fitted(question, NXDOMAIN, &[])]
}

/// An answer with these records.
fn told(question: &Question, records: &[Vec<u8>]) -> Vec<Vec<u8>> {
    vec![fitted(question, 0, records)]
}

/// The record of a service on its usual port.
fn to(target: &str) -> Vec<u8> {
    record(&ASKED, SRV, &srv(5222, &wire(target)))
}

/// An honest answer: PSI's route leads to a host on which nobody listens.
fn good(question: &Question) -> Vec<u8> {
    match (is_route(question), question.kind) {
        (true, _) => fitted(question, 0, &[to("imp1.example.test")]),
        (false, A) if question.name == "imp1.example.test" => {
            fitted(question, 0, &[record(&ASKED, A, &Ipv4Addr::LOCALHOST.octets())])
        }
        _ => fitted(question, NXDOMAIN, &[]),
    }
}

/// That there is more than fits into a datagram.
fn truncated(question: &Question) -> Vec<Vec<u8>> {
    vec![reply(question, ANSWER | TRUNCATED, 0, &[])]
}

/// Where the records of an answer begin.
fn behind_the_question(question: &Question) -> usize {
    12 + wire(&question.name).len() + 4
}

/// A pointer to a place in the message.
fn pointer(at: usize) -> [u8; 2] {
    (0xc000 | u16::try_from(at).expect("it is near")).to_be_bytes()
}

#[test]
fn messages_that_are_no_answer() {
    super::play("dns", messages::ROWS);
}

#[test]
fn answers_on_their_way() {
    super::play("dns", transports::ROWS);
}

#[test]
fn records_that_lead_astray() {
    super::play("dns", records::ROWS);
}

#[test]
fn hosts_that_are_elsewhere() {
    super::play("dns", hosts::ROWS);
}
