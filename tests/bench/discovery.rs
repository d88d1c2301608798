//! How long the walk takes beside the longest chain of answers that depend on each other (design.md 12).
//!
//! The practice deployment adds 40 ms to each answer of DNS, HTTP, TLS and XMPP; connects are not delayed and not
//! counted. Run it with `cargo bench --bench discovery`.

#![allow(clippy::disallowed_methods, reason = "a benchmark reads clocks")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use impscope::journal::{Ask, Entry, Event, line};

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

fn main() {
    let chain = ANSWER * u32::try_from(CHAIN.len()).expect("a short chain");
    println!("the longest chain: {} answers of {} ms = {} ms", CHAIN.len(), ANSWER.as_millis(), chain.as_millis());
    for (at, answer) in CHAIN.iter().enumerate() {
        println!("  {:2}  {answer}", at + 1);
    }
    let lab = Lab::start("slow-answers");
    let mut walls: Vec<Duration> = (0..RUNS).map(|_| lab.walk()).collect();
    walls.sort();
    for wall in &walls {
        println!("wall {:4} ms   ratio {:.2}", wall.as_millis(), ratio(*wall, chain));
    }
    let median = walls[RUNS / 2];
    println!("median ratio {:.2} (to reach: {TO_REACH:.1})", ratio(median, chain));
}

fn ratio(wall: Duration, chain: Duration) -> f64 {
    wall.as_secs_f64() / chain.as_secs_f64()
}

/// The deployment in a process of its own, ended with its input.
struct Lab {
    process: Child,
    arguments: Vec<String>,
    password: String,
    folder: tempfile::TempDir,
}

impl Lab {
    fn start(scenario: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut process = Command::new(env!("CARGO_BIN_EXE_impscope"))
            .args(["lab", "--serve", scenario])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut said = Vec::new();
        for line in BufReader::new(process.stdout.take().expect("it was piped")).lines() {
            let line = line.expect("its lines are text");
            if line == "ready" {
                break;
            }
            said.push(line);
        }
        let words = |word: &str| {
            let lines = said.iter().filter_map(move |line| line.strip_prefix(word)?.strip_prefix(' '));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let one = |word: &str| words(word).pop().unwrap_or_else(|| panic!("no {word}: {said:?}"));
        let mut arguments = vec!["check".to_owned(), "--json".to_owned()];
        arguments.extend(words("dns").into_iter().flat_map(|server| ["--dns".to_owned(), server]));
        arguments.extend(["--ca-file".to_owned(), one("ca"), one("user")]);
        Self { arguments, password: one("password"), process, folder }
    }

    /// From the run's beginning to the end of the last thing that was asked, by the program's own clock.
    fn walk(&self) -> Duration {
        let file = self.folder.path().join("walk.jsonl");
        let done = Command::new(env!("CARGO_BIN_EXE_impscope"))
            .args(&self.arguments)
            .arg("--record")
            .arg(&file)
            .env("IMPSCOPE_PASSWORD", &self.password)
            .output()
            .expect("the program starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
        let recording = std::fs::read_to_string(&file).expect("it is recorded");
        let entries = line::read(&recording).expect("a recording").journal;
        let run = |entry: &&Entry| matches!(entry.event, Event::Began(Ask::Run(_)));
        let began = entries.entries().iter().find(run).expect("a run begins");
        let ended = entries.entries().iter().filter(|entry| matches!(entry.event, Event::Ended(_)));
        let last =
            ended.filter(|entry| entry.op != began.op).map(|entry| entry.at).max().expect("something ended");
        last.since(began.at)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It ends with its input.
        let _ = self.process.wait();
    }
}
