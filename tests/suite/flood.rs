//! Fifty thousand stanzas in five seconds: none is lost, the keys are answered meanwhile, and neither memory nor the
//! terminal's line grows with them.

use std::path::Path;
use std::time::{Duration, Instant};

use impscope::journal::{Event, Fact, Read, XmppFact, line};

use crate::deadline::busy_machine;
use crate::program::{Program, SOON, peak_kb_of};
use crate::pty::{DESIGNED, Terminal};

const STANZAS: usize = 50_000;
/// What the last of them is called.
const LAST: &str = "push-50000";
/// So long may a debug build on a busy machine take for all of it.
const PATIENCE: Duration = Duration::from_secs(120);
/// A key shows its effect within this time, on a busy machine too.
const AT_ONCE: Duration = Duration::from_secs(2);
/// So much memory the program may take with all of it, the practice deployment and debug build included.
const MEMORY_KB: u64 = 200 * 1024;
/// No frame at 80x24 is larger; a whole page of XML that scrolled takes 2 to 8 KB.
const FRAME: usize = 8 * 1024;
const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";

/// Fills the screen with the flood of one login; what is written to the terminal is for `rate` frames a second.
fn flooded(environment: &[(&str, &str)], rate: u32) {
    let _busy = busy_machine();
    let program = Program::new();
    let file = program.home().join("run.jsonl");
    let mut command = program.command();
    command.args(["lab", "flood", "--record"]).arg(&file).envs(environment.iter().copied());
    let mut terminal = Terminal::start(command, DESIGNED);
    terminal.wait_for("next ▸ connect", SOON);
    let (begun, before) = (Instant::now(), terminal.written().len());
    terminal.type_in("c");
    terminal.wait_for("✓session", SOON);
    let answered = answered_meanwhile(&mut terminal, &file);
    assert!(answered > 0, "the flood was over before a key could be typed");
    terminal.wait_for(LAST, PATIENCE);
    let seconds = begun.elapsed().as_secs_f64();
    must_be_bounded(&terminal.written()[before..], seconds, rate);
    let most = peak_kb_of(terminal.id());
    assert!(most < MEMORY_KB, "{most} kB");
    terminal.type_in("\x03");
    assert_eq!(terminal.exit(SOON).code(), Some(0));
    must_be_whole(&file);
}

/// Opens and closes the help while the flood runs, and counts how often that was seen in time.
fn answered_meanwhile(terminal: &mut Terminal, file: &Path) -> usize {
    let mut answered = 0;
    loop {
        terminal.type_in("?");
        terminal.wait_for("not a Cisco tool", AT_ONCE);
        terminal.type_in("q");
        terminal
            .wait_until("the help is closed", AT_ONCE, |screen| !screen.contents().contains("not a Cisco tool"));
        if holds(file, LAST) {
            return answered;
        }
        answered += 1;
    }
}

fn holds(file: &Path, text: &str) -> bool {
    std::fs::read_to_string(file).is_ok_and(|written| written.contains(text))
}

/// Not more frames than the rate allows, and none too large. A key's frame is no exception.
fn must_be_bounded(written: &[u8], seconds: f64, rate: u32) {
    let text = String::from_utf8_lossy(written);
    let large: Vec<usize> =
        text.split(BEGIN).skip(1).map(|frame| frame.split(END).next().unwrap_or_default().len()).collect();
    let most = (seconds * f64::from(rate)).ceil() as usize + 1;
    assert!(!large.is_empty() && large.len() <= most, "{} frames in {seconds:.1} s", large.len());
    assert!(large.iter().all(|size| *size <= FRAME), "{large:?}");
    assert!(written.len() <= most * FRAME, "{} bytes in {seconds:.1} s", written.len());
}

/// The recording has all stanzas, each once and in order, and says of no loss.
fn must_be_whole(file: &Path) {
    let text = std::fs::read_to_string(file).expect("the recording is there");
    let read = line::read(&text).expect("the recording can be read");
    let mut numbers = Vec::new();
    for entry in read.journal.entries() {
        match &entry.event {
            Event::Lost(loss) => panic!("{} entries were lost: {}", loss.count, loss.why),
            Event::Saw(Fact::Xmpp(fact)) => {
                let XmppFact::Received(received) = fact.as_ref() else { continue };
                if matches!(received.read, Read::Presence | Read::Message | Read::Iq { .. }) {
                    numbers.extend(number(&received.payload.text()));
                }
            }
            _ => {}
        }
    }
    assert!(numbers.iter().copied().eq(1..=STANZAS), "{} stanzas, or not in their order", numbers.len());
}

/// Which of the flood's stanzas it is.
fn number(stanza: &str) -> Option<usize> {
    let marks = ["id='flood-", "id='push-", "test/jabber_"];
    let behind = marks.iter().find_map(|mark| stanza.split_once(mark))?.1;
    behind.split('\'').next()?.parse().ok()
}

#[test]
fn a_flood_is_kept_whole_and_costs_the_terminal_no_more_than_its_frames() {
    flooded(&[], 30);
}

#[test]
fn over_ssh_it_costs_ten_frames_a_second() {
    flooded(&[("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")], 10);
}
