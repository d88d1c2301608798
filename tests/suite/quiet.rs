//! What the screen writes to the terminal, byte by byte: nothing while nothing happens, little while a clock runs,
//! and only what the terminal can show.

use std::time::Duration;

use crate::program::{Program, SOON};
use crate::pty::{DESIGNED, Terminal, TerminalSize};
use crate::typed::step_to;

/// The practice deployment's screen, with this environment and these options.
fn lab(program: &Program, environment: &[(&str, &str)], options: &[&str]) -> Terminal {
    let mut command = program.command();
    command.arg("lab").args(options).envs(environment.iter().copied());
    let mut terminal = Terminal::start(command, DESIGNED);
    // The hint stands there at once; a key is taken once the login proposes something.
    let proposes = |screen: &vt100::Screen| {
        let contents = screen.contents();
        contents.contains("press n")
            && ["next ▸ connect", "next > connect"].iter().any(|next| contents.contains(next))
    };
    terminal.wait_until("the hint and the first proposal", SOON, proposes);
    terminal
}

fn must_be_quiet(terminal: &mut Terminal) {
    terminal.settle();
    assert_eq!(terminal.bytes_in(Duration::from_secs(10)), 0, "{}", terminal.contents());
}

#[test]
fn nothing_is_written_while_nothing_happens() {
    let program = Program::new();
    must_be_quiet(&mut lab(&program, &[], &[]));
}

#[test]
fn nothing_is_written_once_a_login_is_over() {
    let program = Program::new();
    let mut terminal = lab(&program, &[], &["healthy"]);
    terminal.type_in("c");
    terminal.wait_for("login complete", SOON);
    must_be_quiet(&mut terminal);
}

#[test]
fn a_running_clock_is_at_most_four_small_updates_a_second() {
    const SECONDS: u64 = 5;
    const UPDATES: usize = 4 * SECONDS as usize;
    const SIZE: usize = 60;
    let program = Program::new();
    let mut terminal = lab(&program, &[], &["--slow", "200ms", "--silent-after", "500ms"]);
    step_to(&mut terminal, "waiting for <success>");
    // Slow and silent have been said; the next look at the kernel comes ten seconds later.
    terminal.wait_for("XMPP_AUTH_SILENT", SOON);
    terminal.bytes_in(Duration::from_millis(500));
    let updates = terminal.updates_in(Duration::from_secs(SECONDS));
    // One more may begin before the period, and one that is read late joins the one after it.
    assert!((2..=UPDATES + 1).contains(&updates.len()), "{updates:?}");
    assert!(updates.iter().sum::<usize>() <= UPDATES * SIZE, "{updates:?}");
    let mut sizes = updates.clone();
    sizes.sort_unstable();
    assert!(sizes[sizes.len() / 2] <= SIZE, "{updates:?}");
}

/// Walks to the silence and looks at what there is, so that all kinds of text are drawn.
fn look_around(terminal: &mut Terminal) {
    step_to(terminal, "waiting for <success>");
    terminal.wait_for("XMPP_AUTH_SILENT", SOON);
    for key in ["?", "\x1b", "F", "\x1b", "\t", "\x1b[A", "\r", "w", "\x1b"] {
        terminal.type_in(key);
        terminal.settle_or_clock();
    }
    terminal.resize(TerminalSize { width: 120, height: 40 });
    terminal.settle_or_clock();
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
}

/// Variables of the environment, and options.
type Way<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

const BRIEF: [&str; 4] = ["--slow", "200ms", "--silent-after", "500ms"];

#[test]
fn only_ascii_goes_to_a_terminal_that_has_nothing_else() {
    let c: &[(&str, &str)] = &[("LANG", "C")];
    let console: &[(&str, &str)] = &[("TERM", "linux")];
    let ways: [Way<'_>; 3] = [(c, &[]), (console, &[]), (&[], &["--ascii"])];
    for (environment, option) in ways {
        let program = Program::new();
        let mut terminal = lab(&program, environment, &[&BRIEF, option].concat());
        look_around(&mut terminal);
        let beyond = terminal.written().iter().position(|byte| !byte.is_ascii());
        let at = |place: usize| {
            String::from_utf8_lossy(&terminal.written()[place.saturating_sub(60)..][..80]).into_owned()
        };
        assert_eq!(beyond.map(at), None, "{environment:?} {option:?}");
    }
}

#[test]
fn no_colour_is_written_where_none_is_wanted() {
    let unwanted: &[(&str, &str)] = &[("NO_COLOR", "1")];
    let ways: [Way<'_>; 2] = [(unwanted, &[]), (&[], &["--color", "never"])];
    for (environment, option) in ways {
        let program = Program::new();
        let mut terminal = lab(&program, environment, &[&BRIEF, option].concat());
        look_around(&mut terminal);
        assert_eq!(colours(terminal.written()), [""; 0], "{environment:?} {option:?}");
    }
    let program = Program::new();
    let mut terminal = lab(&program, &[], &BRIEF);
    look_around(&mut terminal);
    assert!(!colours(terminal.written()).is_empty(), "and where it is, there are some");
}

/// The parameters of all sequences that set a colour (SGR 30 to 38, 40 to 48, 90 to 107).
fn colours(written: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(written).into_owned();
    let sequences = text.split("\x1b[").skip(1);
    let graphics = sequences.filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        rest[end..].starts_with('m').then(|| rest[..end].to_owned())
    });
    let colour = |number: &str| matches!(number.parse::<u8>(), Ok(30..=38 | 40..=48 | 90..=107));
    graphics.filter(|numbers| numbers.split(';').any(colour)).collect()
}
