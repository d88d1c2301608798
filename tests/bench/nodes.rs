//! The same login on 64 nodes at once, beside one, in one run: the first node takes the password alone, and all others
//! follow as soon as it has accepted it.
//!
//! The nodes are addresses of this machine that lead to one node of the practice deployment, which adds 40 ms to each
//! answer.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use impscope::journal::{Ask, Entry, Event, How, Offset, OpId, Stage};

use crate::figure::{Figure, Table, ms, rounded};
use crate::served::Served;

const NODES: usize = 64;
const RUNS: usize = 5;
const TO_REACH: f64 = 1.5;

/// Measures the set.
pub fn measure(table: &mut Table) {
    let lab = Served::start("slow-answers");
    let node: SocketAddr = lab.nodes[0].parse().expect("an address with its port");
    let ways: Vec<SocketAddr> = (0..=NODES).map(|_| way_to(node)).collect();
    let mut runs: Vec<(Duration, Duration)> = (0..RUNS).map(|_| logged_in(&lab, &ways)).collect();
    let ratio = |(one, all): &(Duration, Duration)| all.as_secs_f64() / one.as_secs_f64();
    runs.sort_by(|one, other| ratio(one).total_cmp(&ratio(other)));
    let (one, all) = middle_of(&runs);
    let figure = Figure::new("the same login on 64 nodes at once, to one", ratio(&(one, all)), "×");
    let beside = format!("{} ms on one", rounded(ms(one)));
    table.add(&figure.and(format!("{} ms", rounded(ms(all)))).beside(beside).at_most(TO_REACH));
}

fn middle_of(runs: &[(Duration, Duration)]) -> (Duration, Duration) {
    runs[runs.len() / 2]
}

/// How long the first login takes, and all others together.
fn logged_in(lab: &Served, ways: &[SocketAddr]) -> (Duration, Duration) {
    let mut arguments = vec!["check".to_owned(), "--json".to_owned()];
    arguments.extend(ways.iter().flat_map(|way| ["--node".to_owned(), way.to_string()]));
    // The certificate names none of these addresses.
    arguments.extend(["--insecure", "--all-nodes", "--max-attempts", "100"].map(str::to_owned));
    arguments.push(lab.user.clone());
    let (done, entries) = lab.recorded(&arguments);
    let mut spans = logins(&entries);
    assert_eq!((done.exit, spans.len()), (Some(0), ways.len()));
    spans.sort_unstable();
    let (first, others) = (spans[0], &spans[1..]);
    let began = others.iter().map(|span| span.0).min().expect("there are others");
    let ended = others.iter().map(|span| span.1).max().expect("there are others");
    (first.1.since(first.0), ended.since(began))
}

/// When each whole login began and ended. Before the password was accepted, each node was asked for its mechanisms alone.
fn logins(entries: &[Entry]) -> Vec<(Offset, Offset)> {
    let mut began: HashMap<OpId, Offset> = HashMap::new();
    let mut spans = Vec::new();
    for entry in entries {
        match &entry.event {
            Event::Began(Ask::Login(login)) if login.until == Stage::Session => {
                began.insert(entry.op, entry.at);
            }
            Event::Ended(outcome) if outcome.how == How::Ok => {
                spans.extend(began.get(&entry.op).map(|from| (*from, entry.at)));
            }
            _ => {}
        }
    }
    spans
}

/// An address of its own that leads to the node, as long as this process runs.
fn way_to(node: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback is up");
    let address = listener.local_addr().expect("a listener has an address");
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let _ = TcpStream::connect(node).and_then(|server| join(client, server));
        }
    });
    address
}

/// Passes on what either says, until both have ended.
fn join(client: TcpStream, server: TcpStream) -> io::Result<()> {
    for (mut from, mut to) in [(client.try_clone()?, server.try_clone()?), (server, client)] {
        to.set_nodelay(true)?;
        std::thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(std::net::Shutdown::Write);
        });
    }
    Ok(())
}
