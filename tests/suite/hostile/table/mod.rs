//! The table of what servers do to us: each row is one behaviour, what the run must come to, and how long it took and
//! how much memory it held at most. Each row is bounded in both.
//!
//! One file an area, one test an area. The table itself is printed by
//! `cargo test --test suite hostile::table -- --nocapture`; the last line has the sum of all areas. With
//! `IMPSCOPE_ROW` in the environment only the rows with that text in their name are played.

/// `WHAT => [codes] "fact"`: what any server of HTTP can do, at one place of a walk.
macro_rules! abused {
    ($at:ident, $name:literal: $($what:ident => [$($code:literal),*] $says:literal;)*) => {
        &[$(Row::walk(concat!($name, ": ", stringify!($what)), || $at(abuse::$what), &[$($code),*]).says($says)),*]
    };
}

/// `FIELDS POISON = run => [codes] "what an administrator reads"`: texts that act on a terminal, in the answers of a walk.
macro_rules! poisoned {
    ($($what:literal $poison:ident = $run:expr => [$($code:literal),*] $says:literal;)*) => {
        &[$(
            Row::walk(concat!(stringify!($poison), " in ", $what), || $run($poison), &[$($code),*])
                .says($says)
                .of_runs($crate::hostile::outputs::RUNS)
        ),*]
    };
}

mod admin;
mod dns;
mod edge;
mod http;
mod tcp;
mod terminal;
mod tls;
mod via;
mod xml;
mod xmpp;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Verdict;
use crate::deadline::busy_machine;
use crate::program::Finished;

/// So long each run of a row may take: more than any deadline of the program under test, less than a person's patience.
const TIME: Duration = Duration::from_secs(20);
/// So much memory the program may hold at any time, whatever it is sent. A debug build needs half of it by itself.
const MEMORY_KB: u64 = 100 << 10;
/// So many rows run at once: most of them wait.
const AT_ONCE: usize = 3;

/// One behaviour of a server.
pub struct Row {
    /// What the server does.
    what: &'static str,
    /// Starts the server and runs the program against it to its end.
    run: fn() -> Finished,
    expected: Expected,
    /// What must stand in what the program said, on either output: a fact, or a finding that is not critical.
    fact: &'static str,
    /// How many runs it is: the time of a row is for one.
    runs: u32,
    /// So much memory it may hold.
    memory_kb: u64,
}

/// What the run must come to. Codes are those of all critical findings that no other explains, sorted.
enum Expected {
    /// A login on one node: its outcome, its stage, the codes.
    Login(&'static str, &'static str, &'static [&'static str]),
    /// A walk: the codes, each once.
    Walk(&'static [&'static str]),
}

impl Row {
    /// A login on one node, which ends so: outcome, stage, codes.
    pub const fn login(
        what: &'static str,
        run: fn() -> Finished,
        outcome: &'static str,
        stage: &'static str,
        codes: &'static [&'static str],
    ) -> Self {
        Self {
            what,
            run,
            expected: Expected::Login(outcome, stage, codes),
            fact: "",
            runs: 1,
            memory_kb: MEMORY_KB,
        }
    }

    /// A walk from the user's address on, with these codes.
    pub const fn walk(what: &'static str, run: fn() -> Finished, codes: &'static [&'static str]) -> Self {
        Self { what, run, expected: Expected::Walk(codes), fact: "", runs: 1, memory_kb: MEMORY_KB }
    }

    /// And this stands in what was said.
    pub const fn says(self, fact: &'static str) -> Self {
        Self { fact, ..self }
    }

    /// And it is so many runs, one behind the other.
    pub const fn of_runs(self, runs: u32) -> Self {
        Self { runs, ..self }
    }

    /// It may hold so much memory instead of what every row may.
    pub const fn within_mb(self, memory: u64) -> Self {
        Self { memory_kb: memory << 10, ..self }
    }

    /// Runs it: what it came to and its peak of memory in kB, or what was wrong.
    fn play(&self) -> Result<(String, u64), String> {
        let finished = {
            let _busy = busy_machine();
            (self.run)()
        };
        let mut codes = finished.unexplained("critical");
        // How many nodes a walk comes to before it ends is a matter of time.
        codes.dedup();
        let came_to = match self.expected {
            Expected::Login(outcome, stage, expected) => {
                let (came, wanted) = (Verdict::of(&finished), Verdict::new(outcome, stage, expected));
                if came != wanted {
                    return Err(format!("{came:?} instead of {wanted:?}\n{}", finished.stderr));
                }
                format!("{outcome} at {stage}")
            }
            Expected::Walk(expected) if codes != expected => {
                return Err(format!(
                    "{codes:?} instead of {expected:?}\n{}\n{}",
                    finished.stdout, finished.stderr
                ));
            }
            Expected::Walk(_) => "walk".to_owned(),
        };
        if !finished.stderr.contains(self.fact) && !finished.stdout.contains(self.fact) {
            return Err(format!("nothing about {:?}\n{}\n{}", self.fact, finished.stdout, finished.stderr));
        }
        if finished.peak_kb > self.memory_kb {
            return Err(format!("it held {} kB", finished.peak_kb));
        }
        let words = [came_to, codes.join(" "), self.fact.to_owned()];
        Ok((words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · "), finished.peak_kb))
    }
}

/// What all rows of all areas have come to so far.
#[derive(Clone, Copy, Default)]
struct Sum {
    rows: usize,
    red: usize,
    took: Duration,
    peak_kb: u64,
}

static SUM: Mutex<Sum> = Mutex::new(Sum { rows: 0, red: 0, took: Duration::ZERO, peak_kb: 0 });

/// Plays all rows of an area, prints them, and panics with those that are red.
#[track_caller]
fn play(area: &str, rows: &[Row]) {
    let only = std::env::var("IMPSCOPE_ROW").unwrap_or_default();
    let queue = Mutex::new(rows.iter().filter(|row| row.what.contains(&only)));
    let red = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(row) = { locked(&queue).next() } {
                    let began = Instant::now();
                    let played = catch_unwind(AssertUnwindSafe(|| row.play()));
                    let took = began.elapsed();
                    let played = match played {
                        Ok(Ok(_)) if took > TIME * row.runs => Err(format!("it took {took:?}")),
                        Ok(played) => played,
                        Err(panic) => Err(words_of(&*panic)),
                    };
                    note(area, row, took, &played);
                    if let Err(why) = played {
                        locked(&red).push(format!("{area}, {}: {why}", row.what));
                    }
                }
            });
        }
    });
    let red = red.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(red.is_empty(), "{} of {} rows are red:\n{}", red.len(), rows.len(), red.join("\n\n"));
}

/// Adds a row to the sum, and prints both.
fn note(area: &str, row: &Row, took: Duration, played: &Result<(String, u64), String>) {
    let mut sum = locked(&SUM);
    sum.rows += 1;
    sum.took += took;
    let (mark, came_to, peak_kb) = match played {
        Ok((came_to, peak_kb)) => ("ok ", came_to.as_str(), *peak_kb),
        Err(_) => ("RED", "not what was expected", 0),
    };
    sum.red += usize::from(played.is_err());
    sum.peak_kb = sum.peak_kb.max(peak_kb);
    let Sum { rows, red, took: total, peak_kb: most } = *sum;
    println!(
        "{mark} {area:<8} {:<64} {:>5.1} s {:>4} MB  {came_to}   [{rows} rows, {red} red, {:.0} s, at most {} MB]",
        row.what,
        took.as_secs_f64(),
        peak_kb / 1024,
        total.as_secs_f64(),
        most / 1024,
    );
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words").to_owned()
}
