//! The figures of design.md 12: each is measured beside what it has to hold, and printed as a row of one table.
//!
//! * `cargo bench` measures all of them and prints the table in Markdown; `cargo bench -- framer idle` only those sets.
//! * `figure` is a row of the table, `screen` the whole screen in memory. The terminal, the program with a home of its own
//!   and the practice deployment are those of the suite.
//! * A reference is measured in the same run as the figure beside it, in turns, so that a busy machine slows both. Of
//!   repeated measurements the median counts, or the least where only the program's own work is meant.
//! * It needs Linux, which says what a process has used; the row about writes needs `strace`.

#![allow(clippy::disallowed_methods, reason = "a benchmark reads clocks")]

mod discovery;
mod figure;
mod frame;
mod framer;
mod idle;
mod journal;
mod nodes;
mod process;
mod rows;
mod screen;
mod silence;
mod start;

#[path = "../suite/deadline.rs"]
#[allow(dead_code, reason = "what else is in it is for the suite")]
mod deadline;
#[path = "../suite/platform.rs"]
#[allow(dead_code, reason = "what else is in it is for the suite")]
mod platform;
#[path = "../suite/program.rs"]
#[allow(dead_code, reason = "what else is in it is for the suite")]
mod program;
#[path = "../suite/pty/mod.rs"]
#[allow(dead_code, unused_imports, reason = "what else is in it is for the suite")]
mod pty;
#[path = "../suite/requirement.rs"]
#[allow(dead_code, reason = "what else is in it is for the suite")]
mod requirement;
#[path = "../suite/secret.rs"]
#[allow(dead_code, reason = "what else is in it is for the suite")]
mod secret;
#[path = "../suite/served.rs"]
#[allow(dead_code, reason = "what else is in it is for the suite")]
mod served;

use figure::Table;

/// Measures a set and adds its rows.
type Measure = fn(&mut Table);

/// The sets. Those that make this process large come last: one that is large starts others slowly.
const SETS: [(&str, Measure); 10] = [
    ("start", start::measure),
    ("idle", idle::measure),
    ("frame", frame::measure),
    ("framer", framer::measure),
    ("silence", silence::measure),
    ("discovery", discovery::measure),
    ("nodes", nodes::measure),
    ("exit", start::measure_exit),
    ("journal", journal::measure),
    ("rows", rows::measure),
];

fn main() {
    // Cargo adds an option of its own.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if let Some(unknown) = wanted.iter().find(|name| !SETS.iter().any(|set| set.0 == *name)) {
        let names: Vec<&str> = SETS.iter().map(|set| set.0).collect();
        eprintln!("no set is called {unknown}: {}", names.join(", "));
        std::process::exit(2);
    }
    let mut table = Table::begin();
    for (name, measure) in SETS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            measure(&mut table);
        }
    }
    table.end();
}
