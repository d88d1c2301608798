//! What is said where the program itself has a fault: a panic, in whichever task or thread.
//!
//! One in the work on one operation ends that one (`probe` contains it). Of any other, the terminal is given back
//! first, and the program ends: half of it gone, it would show what is not so. What a panic says of itself may quote
//! what a server sent or a person typed, so only words that stand in the program are repeated; of all others, the place
//! in the program has to do. The recording needs nothing: each of its lines is written at once.

use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::recording::in_a_shell;
use super::{UNKNOWN, complain, terminal};
use crate::probe::is_contained;

pub use crate::probe::contained_blocking;

/// Where this run is recorded.
static RECORDING: Mutex<Option<PathBuf>> = Mutex::new(None);

/// From now on a panic ends the program, with our words.
pub fn set_last_words() {
    std::panic::set_hook(Box::new(|panic| {
        let place = place(panic);
        if is_contained(&place) {
            // It ends one operation, whose last entry says so.
            return;
        }
        terminal::give_back();
        let recording = RECORDING.try_lock().ok().and_then(|mut path| path.take());
        words(&place, panic, recording.as_deref()).iter().for_each(|line| complain(line));
        std::process::exit(i32::from(UNKNOWN));
    }));
}

/// The run is recorded here.
pub fn recorded_in(path: Option<&Path>) {
    if let Ok(mut recording) = RECORDING.lock() {
        *recording = path.map(Path::to_owned);
    }
}

/// Where in the program it is.
fn place(panic: &PanicHookInfo<'_>) -> String {
    panic.location().map_or_else(|| "?".to_owned(), |place| format!("{}:{}", place.file(), place.line()))
}

fn words(place: &str, panic: &PanicHookInfo<'_>, recording: Option<&Path>) -> Vec<String> {
    let said = match panic.payload().downcast_ref::<&'static str>() {
        Some(words) => format!(" ({words})"),
        None => String::new(),
    };
    let what = format!(
        "it has a fault at {place}{said}, and ends here; version {}. What else the fault says is left out: it could quote a secret",
        env!("CARGO_PKG_VERSION")
    );
    let kept = recording.map(|path| {
        format!("the recording is kept, up to here; to look at it again: impscope replay {}", in_a_shell(path))
    });
    std::iter::once(what).chain(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    const HOW: &str = "IMPSCOPE_TEST_FAULT";
    const CANARY: &str = "canary-4Hx~lapwing";

    /// What the test below has done in a process of its own, since it ends with it.
    #[test]
    fn in_a_process_of_its_own() {
        let Ok(how) = std::env::var(HOW) else { return };
        set_last_words();
        recorded_in(Some(Path::new("/state/run.jsonl")));
        let waits = || std::future::pending::<anyhow::Result<u8>>();
        let _ = match how.as_str() {
            "thread" => std::thread::spawn(|| panic!("{CANARY}")).join().map(|()| Ok(0)),
            "task" => Ok(super::super::wait_for(async {
                tokio::spawn(async { panic!("{}", CANARY.to_owned()) });
                waits().await
            })),
            "error" => Ok(super::super::wait_for(async {
                tokio::task::spawn_blocking(|| {
                    "x".parse::<u8>().map_err(|_| CANARY.to_owned()).expect("a number")
                });
                waits().await
            })),
            "contained" => Ok(super::super::wait_for(async {
                let said: Result<(), String> = contained_blocking(|| panic!("{}", CANARY.to_owned())).await;
                assert_eq!(
                    said.unwrap_err().replace(char::is_numeric, ""),
                    "the program has a fault, at src/app/fault.rs:"
                );
                std::process::exit(0)
            })),
            "loop" => Ok(super::super::wait_for(async { panic!("{}", CANARY.to_owned()) })),
            _ => panic!("words of the program"),
        };
    }

    fn end(how: &str) -> (Option<i32>, String) {
        let program = std::env::current_exe().unwrap();
        let arguments = ["--exact", "app::fault::tests::in_a_process_of_its_own", "--nocapture"];
        let done = Command::new(program).args(arguments).env(HOW, how).output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        (done.status.code(), said)
    }

    #[test]
    fn wherever_it_happens_the_program_ends_with_our_words_and_none_that_were_read() {
        for how in ["thread", "task", "error", "loop"] {
            let (code, said) = end(how);
            assert_eq!(code, Some(3), "{how}: {said}");
            assert!(said.contains("it has a fault at src/app/fault.rs:"), "{how}: {said}");
            assert!(
                said.contains(
                    "the recording is kept, up to here; to look at it again: impscope replay /state/run.jsonl"
                ),
                "{how}: {said}"
            );
            assert!(!said.contains(CANARY), "{how}: {said}");
        }
        let (code, said) = end("contained");
        assert!(code == Some(0) && !said.contains("fault") && !said.contains(CANARY), "{said}");
        let (code, said) = end("words");
        assert!(code == Some(3) && said.contains("(words of the program)"), "{said}");
    }
}
