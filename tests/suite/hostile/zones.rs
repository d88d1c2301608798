//! DNS servers that say too much, or something else than names: the questions that follow are bounded, and so is what
//! is kept.

use std::time::Duration;

use super::names::{A, ANSWER, Names, Question, SRV, TRUNCATED, fitted, record, reply, srv, wire};
use super::walks::{arguments, start};
use super::web::Authority;
use crate::deadline::busy_machine;
use crate::program::{Finished, Program, SOON};

/// So much memory the program may take, whatever it is told.
const MEMORY_KB: u64 = 300 * 1024;
/// So much it may write down.
const RECORDING: u64 = 64 << 20;

const CNAME: u16 = 5;

/// A walk that must stay below the bounds.
#[track_caller]
fn weighed(what: &str, names: &Names, more: &[&str]) -> Finished {
    let _busy = busy_machine();
    let (program, authority) = (Program::new(), Authority::new());
    let finished = start(&program, names, &authority, more).finish(SOON);
    assert!(finished.peak_kb < MEMORY_KB, "{what}: {} kB", finished.peak_kb);
    let written: u64 = program.files().iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    assert!(written < RECORDING, "{what}: {written} bytes were written");
    finished
}

/// The routes' records answered by `says`, everything else by nothing.
fn routes(says: impl Fn(&Question) -> Vec<Vec<u8>> + Send + Sync + 'static) -> Names {
    Names::play(move |question| if question.kind == SRV { says(question) } else { vec![fitted(question, 3, &[])] })
}

#[test]
fn ten_thousand_targets_are_ten_thousand_questions_to_nobody() {
    let names = routes(|question| {
        let each = |n: u32| record(&[0xc0, 12], SRV, &srv(5222, &wire(&format!("n{n}.a"))));
        let all: Vec<Vec<u8>> = (0..1500).map(each).collect();
        if question.tcp {
            // As many as a message can claim, and as a stream can hold.
            return vec![reply(question, ANSWER, 10_000, &all.concat())];
        }
        vec![reply(question, ANSWER | TRUNCATED, 0, &[])]
    });
    let run = weighed("targets", &names, &[]);
    let asked = names.asked().len();
    assert!(asked < 1000, "{asked} questions: {run:#?}");
    assert_eq!(run.exit, Some(2), "{run:#?}");
}

/// A pointer of two bytes stands for a name of a thousand characters, in each of the records.
#[test]
fn records_that_grow_when_they_are_read_fill_neither_memory_nor_disk() {
    let names = Names::play(|question| {
        let label = [&[63][..], &[0xff; 63]].concat();
        let long = [label.repeat(3), vec![0]].concat();
        let kind = question.kind;
        let data = |n: u16| match kind {
            A => vec![127, 0, (n >> 8) as u8, n as u8],
            SRV => srv(n, &wire(&format!("n{}-{n}.a", question.name.len()))),
            _ => [0xfe80_u128.to_be_bytes()[..14].to_vec(), n.to_be_bytes().to_vec()].concat(),
        };
        let own = record(&[0xc0, 12], kind, &data(0));
        // The first of the long ones is written out, and the others point at it.
        let end = 12 + wire(&question.name).len() + 4;
        let at = 0xc000 | u16::try_from(end + own.len()).expect("it is near");
        let first = record(&long, CNAME, &[0]);
        let others: Vec<u8> = (0..225).flat_map(|_| record(&at.to_be_bytes(), CNAME, &at.to_be_bytes())).collect();
        let more: Vec<u8> = (1..30).flat_map(|n| record(&[0xc0, 12], kind, &data(n))).collect();
        vec![reply(question, ANSWER, 255, &[own, first, more, others].concat())]
    });
    weighed("records that grow", &names, &[]);
}

#[test]
fn as_many_targets_as_are_kept_are_walked_in_time() {
    let names = Names::play(|question| {
        let each = |n: u16| record(&[0xc0, 12], SRV, &srv(9, &wire(&format!("n{}-{n}.a", question.name.len()))));
        let records = match question.kind {
            SRV => (0..64).map(each).collect(),
            A => vec![record(&[0xc0, 12], A, &[127, 0, 0, 1])],
            _ => Vec::new(),
        };
        vec![fitted(question, 0, &records)]
    });
    let run = weighed("as many as are kept", &names, &[]);
    assert!(names.asked().len() < 1000 && run.exit == Some(2), "{run:#?}");
}

/// Hundreds of questions at once, where there are files for a hundred.
#[test]
fn questions_wait_for_their_turn_where_sockets_are_scarce() {
    let names = Names::play(|question| {
        let each = |n: u16| record(&[0xc0, 12], SRV, &srv(9, &wire(&format!("n{}-{n}.a", question.name.len()))));
        if question.kind == SRV {
            return vec![fitted(question, 0, &(0..64).map(each).collect::<Vec<_>>())];
        }
        // So slow that all of them would wait at the same time.
        std::thread::sleep(Duration::from_millis(5));
        vec![fitted(question, 3, &[])]
    });
    let (program, authority) = (Program::new(), Authority::new());
    let mut command = std::process::Command::new("sh");
    command.env_clear().envs(program.command().get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.args(["-c", "ulimit -n 128; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_impscope")]);
    command.args(arguments(&["check", "--json"], &names, &authority, &[])).stdin(std::process::Stdio::null());
    let done = command.output().expect("a shell starts");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(names.asked().len() > 400 && done.status.code() == Some(2), "{said}");
    assert!(!said.contains("Too many open files"), "{said}");
}
