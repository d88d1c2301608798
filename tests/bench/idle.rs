//! What the screen costs while nothing happens, and while only the clock of one wait runs.

use std::time::{Duration, Instant};

use crate::figure::{Figure, Table, middle, ms, rounded};
use crate::process::cpu;
use crate::program::{Program, SOON};
use crate::pty::{DESIGNED, Terminal};
use crate::start::{echo, on_practice};

const IDLE: Duration = Duration::from_secs(60);
/// 0.0 % of the period, rounded.
const CPU_MS: f64 = 10.0;
/// Less than ten seconds: so often the kernel is looked at again, which is no matter of the clock.
const RUNNING: Duration = Duration::from_secs(8);

/// Measures the set.
pub fn measure(table: &mut Table) {
    let program = Program::new();
    let mut terminal = Terminal::start(on_practice(&program, "silent-auth"), DESIGNED);
    terminal.wait_for("next ▸ connect", SOON);
    terminal.settle();
    let echo = echo();
    let (before, of_echo) = (cpu(terminal.id()), cpu(echo.id()));
    let bytes = terminal.bytes_in(IDLE);
    let used = cpu(terminal.id()).saturating_sub(before);
    let of_echo = cpu(echo.id()).saturating_sub(of_echo);
    let what = "idle for 60 s on the practice deployment's screen: to the terminal";
    table.add(&Figure::new(what, bytes as f64, "bytes").at_most(0.0));
    let beside = format!("{} ms for `cat`, which waits", rounded(ms(of_echo)));
    table.add(&Figure::time("idle for the same 60 s: processor", used).beside(beside).at_most(CPU_MS));

    let mut command = on_practice(&program, "silent-auth");
    command.args(["--slow", "200ms", "--silent-after", "500ms"]);
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("next ▸ connect", SOON);
    terminal.type_in("c");
    // Slow and silent have been said; what is measured now is the clock alone.
    terminal.wait_for("XMPP_AUTH_SILENT", SOON);
    terminal.bytes_in(Duration::from_millis(500));
    let before = cpu(terminal.id());
    let (sizes, times) = updates(&mut terminal);
    let used = cpu(terminal.id()).saturating_sub(before);
    let between: Vec<Duration> = times.windows(2).map(|two| two[1] - two[0]).collect();
    // To the millisecond, which is as fine as the runtime's timers are.
    let mean = between.iter().sum::<Duration>().as_secs_f64() * 1000.0 / between.len() as f64;
    let rate = 1000.0 / mean.round();
    table.add(&Figure::new("the one running clock: updates a second", rate, "").at_most(4.0));
    let largest = sizes.iter().max().copied().unwrap_or_default();
    let figure = Figure::new("the one running clock: an update", middle(sizes) as f64, "bytes");
    table.add(&figure.and(format!("{largest} the largest")).at_most(60.0));
    let percent = used.as_secs_f64() / RUNNING.as_secs_f64() * 100.0;
    table.add(&Figure::new("the one running clock: processor", percent, "%"));
}

/// How large the updates of the clock are, and when they come.
fn updates(terminal: &mut Terminal) -> (Vec<usize>, Vec<Instant>) {
    let began = Instant::now();
    let (mut sizes, mut times) = (Vec::new(), Vec::new());
    while began.elapsed() < RUNNING {
        sizes.push(terminal.next_update(SOON).expect("the clock runs"));
        times.push(Instant::now());
    }
    (sizes, times)
}
