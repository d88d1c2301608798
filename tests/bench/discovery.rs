//! How long the walk takes beside the longest chain of answers that depend on each other.
//!
//! The practice deployment adds 40 ms to each answer of DNS, HTTP, TLS and XMPP; connects are not delayed and not
//! counted.

use std::time::Duration;

use impscope::journal::{Ask, Entry, Event};

use crate::figure::{Figure, Table, middle, ms, rounded};
use crate::served::Served;

/// What the deployment adds to each answer.
const ANSWER: Duration = Duration::from_millis(40);
/// The longest chain, answer by answer: each needs the one before it.
const CHAIN: &[&str] = &[
    "SRV of _cisco-uds",
    "A of the CUCM",
    "TLS with the CUCM",
    "clusterUser: the home cluster",
    "the user's record: the home node (its address is known from _xmpp-client by then)",
    "stream header and features",
    "<proceed/>",
    "TLS with the node",
    "stream header and mechanisms",
    "<success/>",
    "stream header and features",
    "bind",
    "session",
    "</stream:stream>",
];
const RUNS: usize = 5;
const TO_REACH: f64 = 1.2;

/// Measures the set.
pub fn measure(table: &mut Table) {
    let chain = ANSWER * u32::try_from(CHAIN.len()).expect("a short chain");
    let lab = Served::start("slow-answers");
    let wall = middle((0..RUNS).map(|_| walk(&lab)).collect());
    let figure = Figure::new("discovery and login, to the longest chain of answers", ratio(wall, chain), "×");
    let beside = format!("{} answers of {} ms: {} ms", CHAIN.len(), ANSWER.as_millis(), chain.as_millis());
    table.add(&figure.and(format!("{} ms", rounded(ms(wall)))).beside(beside).at_most(TO_REACH));
}

fn ratio(wall: Duration, chain: Duration) -> f64 {
    wall.as_secs_f64() / chain.as_secs_f64()
}

/// From the run's beginning to the end of the last thing that was asked, by the program's own clock.
fn walk(lab: &Served) -> Duration {
    let (done, entries) = lab.recorded(&lab.by_dns(&["check", "--json"], &[]));
    assert_eq!(done.exit, Some(0), "{done:#?}");
    let run = |entry: &&Entry| matches!(entry.event, Event::Began(Ask::Run(_)));
    let began = entries.iter().find(run).expect("a run begins");
    let ended = entries.iter().filter(|entry| matches!(entry.event, Event::Ended(_)));
    let last = ended.filter(|entry| entry.op != began.op).map(|entry| entry.at).max().expect("something ended");
    last.since(began.at)
}
