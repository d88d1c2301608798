//! Servers that mean harm: whatever they send, the program names it, stays within its time and its memory, and
//! lets nothing of it act on the terminal.
//!
//! `table` has what is one behaviour with one end; the others need more than a row. `peer` has the servers, and `script`
//! what they say turn by turn. `breaks` goes on behind our close, `sasl` counts how often the password is used. `tls` has
//! servers of openssl's, `records` TLS by hand. `outputs` looks at all that a run writes, in every form, for the table.

mod breaks;
mod control;
mod crowds;
mod echo;
mod elsewhere;
mod names;
mod outputs;
pub mod peer;
mod records;
mod sasl;
pub mod script;
mod table;
mod tls;
mod walks;
mod web;
mod zones;

use std::time::{Duration, Instant};

use peer::{DOMAIN, Peer};

use crate::program::{Finished, Program, Running, SOON};

/// What the password is here: every run looks for it in all that was written.
pub const PASSWORD: &str = "canary-hostile-5Rt";
/// What the administrator's is: a run with `--admin` looks for it as well.
pub const ADMIN_PASSWORD: &str = "canary-admin-8Wk";
/// Silence comes after this long, so that a test does not wait for ten seconds.
const SILENT: &str = "1500ms";

/// A check against this server, with the password.
pub fn check(peer: &Peer) -> Finished {
    check_with(peer, &[])
}

/// A check with more options.
pub fn check_with(peer: &Peer, options: &[&str]) -> Finished {
    start(&Program::new(), peer, options).finish(SOON)
}

/// A check that waits long, of a server that sends so much that reading it takes its time.
pub fn check_patiently(peer: &Peer, options: &[&str]) -> Finished {
    start_with(&Program::new(), peer, "15s", &[&["--insecure"], options].concat()).finish(SOON)
}

/// A check that runs, and accepts all certificates.
pub fn start(program: &Program, peer: &Peer, options: &[&str]) -> Running {
    careful(program, peer, &[&["--insecure"], options].concat())
}

/// A check that runs, and accepts only what the options say.
pub fn careful(program: &Program, peer: &Peer, options: &[&str]) -> Running {
    start_with(program, peer, SILENT, options)
}

fn start_with(program: &Program, peer: &Peer, silent: &str, options: &[&str]) -> Running {
    let node = peer.address.to_string();
    let user = format!("alice@{DOMAIN}");
    let mut arguments = vec!["check", "--json", "--node", &node, "--slow", "500ms"];
    arguments.extend(["--silent-after", silent]);
    arguments.extend(options);
    arguments.push(&user);
    program.start(&arguments, Some(PASSWORD))
}

/// A check, and how long it took.
pub fn timed(peer: &Peer) -> (Finished, Duration) {
    let began = Instant::now();
    (check(peer), began.elapsed())
}

/// What a check must come to.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    outcome: String,
    stage: String,
    critical: Vec<String>,
}

impl Verdict {
    /// Of a finished check.
    pub fn of(finished: &Finished) -> Self {
        let login = finished.login();
        let word = |name: &str| login[name].as_str().expect("a word").to_owned();
        Self { outcome: word("outcome"), stage: word("stage"), critical: finished.unexplained("critical") }
    }

    /// As a test writes it down.
    pub fn new(outcome: &str, stage: &str, critical: &[&str]) -> Self {
        let critical = critical.iter().map(|code| (*code).to_owned()).collect();
        Self { outcome: outcome.to_owned(), stage: stage.to_owned(), critical }
    }
}
