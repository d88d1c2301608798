//! A figure is a row of the table: what was measured, beside what, what it has to hold, and whether it does.

use std::time::{Duration, Instant};

/// The table, printed row by row as it is measured.
pub struct Table {
    rows: usize,
    missed: usize,
}

impl Table {
    /// Prints its head.
    pub fn begin() -> Self {
        println!("| What | Measured | Beside it, in the same run | To reach | |");
        println!("| --- | --- | --- | --- | --- |");
        Self { rows: 0, missed: 0 }
    }

    /// Prints a row.
    pub fn add(&mut self, figure: &Figure) {
        self.rows += 1;
        self.missed += usize::from(figure.is_missed());
        println!("{}", figure.row());
    }

    /// Says how many of the figures were missed.
    pub fn end(self) {
        eprintln!("{} figures, {} missed", self.rows, self.missed);
    }
}

/// One figure.
pub struct Figure {
    what: String,
    measured: f64,
    unit: &'static str,
    /// What else is to be said of what was measured.
    more: String,
    beside: String,
    goal: Goal,
}

/// What a figure has to hold.
enum Goal {
    AtMost(f64),
    AtLeast(f64),
    /// It is shown for its own sake.
    None,
}

impl Figure {
    /// A figure without a goal.
    pub fn new(what: impl Into<String>, measured: f64, unit: &'static str) -> Self {
        let (more, beside) = (String::new(), String::new());
        Self { what: what.into(), measured, unit, more, beside, goal: Goal::None }
    }

    /// A time, in milliseconds.
    pub fn time(what: impl Into<String>, time: Duration) -> Self {
        Self::new(what, ms(time), "ms")
    }

    /// It may be at most so much.
    pub fn at_most(mut self, goal: f64) -> Self {
        self.goal = Goal::AtMost(goal);
        self
    }

    /// It must be at least so much.
    pub fn at_least(mut self, goal: f64) -> Self {
        self.goal = Goal::AtLeast(goal);
        self
    }

    /// What was measured beside it.
    pub fn beside(mut self, words: impl Into<String>) -> Self {
        self.beside = words.into();
        self
    }

    /// What else is to be said of it.
    pub fn and(mut self, words: impl Into<String>) -> Self {
        self.more = format!(", {}", words.into());
        self
    }

    fn is_missed(&self) -> bool {
        match self.goal {
            Goal::AtMost(goal) => self.measured > goal,
            Goal::AtLeast(goal) => self.measured < goal,
            Goal::None => false,
        }
    }

    fn row(&self) -> String {
        let shown = |value: f64| format!("{} {}", rounded(value), self.unit).trim_end().to_owned();
        let goal = match self.goal {
            Goal::AtMost(goal) => format!("≤ {}", shown(goal)),
            Goal::AtLeast(goal) => format!("≥ {}", shown(goal)),
            Goal::None => String::new(),
        };
        let verdict = match (&self.goal, self.is_missed()) {
            (Goal::None, _) => String::new(),
            (_, false) => "holds".to_owned(),
            (Goal::AtMost(goal) | Goal::AtLeast(goal), true) => {
                format!("missed by {}", shown((self.measured - goal).abs()))
            }
        };
        let (measured, more) = (shown(self.measured), &self.more);
        format!("| {} | {measured}{more} | {} | {goal} | {verdict} |", self.what, self.beside)
    }
}

/// A number with about three digits, and thousands apart.
pub fn rounded(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        small if small < 0.1 => 4,
        small if small < 10.0 => 2,
        middle if middle < 100.0 => 1,
        _ => 0,
    };
    let plain = format!("{value:.digits$}");
    let plain = if digits > 0 { plain.trim_end_matches('0').trim_end_matches('.') } else { &plain };
    let (whole, fraction) = plain.split_once('.').map_or((plain, String::new()), |(w, f)| (w, format!(".{f}")));
    let mut apart = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 && whole.chars().all(|c| c.is_ascii_digit()) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart + &fraction
}

/// A time in milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// How long something takes.
pub fn timed(act: impl FnOnce()) -> Duration {
    let began = Instant::now();
    act();
    began.elapsed()
}

/// The median of so many measurements.
pub fn median(times: usize, mut measure: impl FnMut() -> Duration) -> Duration {
    middle((0..times).map(|_| measure()).collect())
}

/// The median of these.
pub fn middle<T: Ord + Copy>(mut measured: Vec<T>) -> T {
    measured.sort_unstable();
    measured[measured.len() / 2]
}
