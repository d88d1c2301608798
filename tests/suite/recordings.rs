//! Recordings: of a run that is killed, and the old ones, which are read for ever.
//!
//! The old ones are in `tests/recordings/format-N`. They are made again, where the program writes another format, by
//! `cargo test --test suite recordings::made_again -- --ignored`; those of an earlier format are never touched.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use impscope::console::Console;
use impscope::discovery::{Tree, Walk};
use impscope::findings::{Finding, findings};
use impscope::journal::line::{self, Recording};
use impscope::journal::{Entry, Event, Fact, OpId, Read, WaitMark, XmppFact};
use impscope::progress::Progress;

use crate::program::{Program, SOON};
use crate::served::Served;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings");

fn read(path: &Path) -> (String, Recording) {
    let text = std::fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let recording = line::read(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    (text, recording)
}

fn kept() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = crate::program::files_in(Path::new(KEPT));
    found.sort();
    found
}

fn all_findings(entries: &[Entry]) -> Vec<Finding> {
    findings(&Progress::of(entries), &Walk::of(entries))
}

/// Which findings there are, each by its code and whose it is.
fn raised(entries: &[Entry]) -> BTreeSet<(&'static str, String, Option<OpId>)> {
    let of = |finding: Finding| (finding.code.0, finding.subject, finding.op);
    all_findings(entries).into_iter().map(of).collect()
}

/// What holds for every recording.
///
/// 1. Each line is written again as it was read.
/// 2. Every prefix folds, and no finding of a shorter one is missing from a longer one.
/// 3. The order between operations changes no finding.
fn must_keep_the_laws(text: &str, recording: &Recording) {
    let entries = recording.journal.entries();
    assert!(entries.len() > 10, "a recording that holds a login");
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.n.0).collect();
    assert_eq!(numbers, (1..=entries.len() as u64).collect::<Vec<_>>(), "entries in their order, none missing");
    let again: String = entries.iter().map(line::entry).collect();
    let whole = &text[..text.rfind('\n').expect("whole lines") + 1];
    let header = line::header(&recording.header.tool, recording.header.started);
    assert_eq!(header + &again, whole, "read and written again");

    let mut before = BTreeSet::new();
    let (mut progress, mut walk) = (Progress::default(), Walk::default());
    let (mut tree, mut console) = (Tree::default(), Console::default());
    for (at, entry) in entries.iter().enumerate() {
        progress.apply(entry);
        walk.apply(entry);
        tree.apply(entry);
        tree.settle();
        console.apply(entry);
        let now = raised(&entries[..=at]);
        assert!(now.is_superset(&before), "#{}: {:?} disappeared", entry.n.0, before.difference(&now));
        before = now;
        let live: Vec<Finding> = findings(&progress, &walk);
        assert_eq!(live, all_findings(&entries[..=at]), "live and replayed at #{}", entry.n.0);
    }
    assert_eq!(tree.items(), Tree::of(entries).items());
    assert_eq!(console.rows().len(), Console::of(entries).rows().len());

    for order in [by_operation(entries, false), by_operation(entries, true)] {
        assert_eq!(all_findings(&order), findings(&progress, &walk), "another order between operations");
        assert_eq!(tree.items(), Tree::of(&order).items(), "another order between operations");
    }
}

/// The entries with each operation's own ones together: the operations in their order, or the last one first.
fn by_operation(entries: &[Entry], last_first: bool) -> Vec<Entry> {
    let mut ordered = entries.to_vec();
    ordered.sort_by_key(|entry| if last_first { u32::MAX - entry.op.0 } else { entry.op.0 });
    ordered
}

#[test]
fn the_kept_recordings_are_read_for_ever() {
    let kept = kept();
    assert!(kept.len() >= 3, "{kept:?}");
    for path in &kept {
        let (text, recording) = read(path);
        let format = format!("format-{}", recording.header.impscope_recording);
        assert!(path.parent().is_some_and(|folder| folder.ends_with(&format)), "{}", path.display());
        let unknown = recording.journal.entries().iter().filter(|entry| matches!(entry.event, Event::Unknown(_)));
        assert_eq!((unknown.count(), &recording.torn), (0, &None), "{}", path.display());
        must_keep_the_laws(&text, &recording);
    }
}

#[test]
fn the_kept_recordings_still_say_what_they_said() {
    let codes = |name: &str| {
        let path = kept().into_iter().find(|path| path.ends_with(name)).expect("a kept recording");
        let found = all_findings(read(&path).1.journal.entries());
        found.into_iter().map(|finding| finding.code.0).collect::<Vec<_>>()
    };
    assert_eq!(codes("format-1/silent-auth.jsonl"), ["XMPP_AUTH_SILENT"]);
    assert_eq!(codes("format-1/healthy.jsonl"), [""; 0]);
    assert_eq!(codes("format-1/prosody.jsonl"), ["TLS_UNTRUSTED"]);
    let absent = "DNS_SRV_ABSENT";
    assert_eq!(codes("format-1/walk.jsonl"), ["XMPP_AUTH_SILENT", absent, absent, absent]);
}

/// The newest fact in a recording that has not ended: what the program last told the file.
fn has_seen(recording: &Recording, wanted: impl Fn(&Fact) -> bool) -> bool {
    let mut entries = recording.journal.entries().iter();
    entries.any(|entry| matches!(&entry.event, Event::Saw(fact) if wanted(fact)))
}

/// Runs `check` until it says this, kills it, and reads what it left.
fn killed_at(scenario: &str, more: &[&str], said: &str) -> (String, Recording) {
    let lab = Served::start(scenario);
    let program = Program::new();
    let file = program.home().join("run.jsonl");
    let path = file.display().to_string();
    let more = [&["--record", &path], more].concat();
    let mut run = program.start(&lab.arguments(&["check"], 0, &more), Some(&lab.password));
    run.wait_for(said, SOON);
    run.kill();
    crate::program::no_file_holds(&lab.password, program.home());
    let (text, recording) = read(&file);
    assert_eq!(recording.header.impscope_recording, 1);
    assert_eq!(recording.torn, None, "every line was one write");
    let ended = recording
        .journal
        .entries()
        .iter()
        .any(|entry| matches!(entry.event, Event::Ended(_)) && entry.op == OpId(1));
    assert!(!ended, "it was killed before its end");
    (text, recording)
}

#[test]
fn killed_while_it_pauses_it_leaves_all_that_it_saw() {
    let (text, recording) = killed_at("healthy", &["--pause-before", "auth"], "paused before auth");
    let mechanisms = |fact: &Fact| match fact {
        Fact::Xmpp(fact) => matches!(&**fact, XmppFact::Received(seen)
            if matches!(&seen.read, Read::Features { mechanisms, .. } if !mechanisms.is_empty())),
        _ => false,
    };
    assert!(has_seen(&recording, mechanisms), "{text}");
    must_keep_the_laws(&text, &recording);
}

#[test]
fn killed_while_it_waits_for_an_answer_it_leaves_the_silence() {
    let patient = ["--slow", "300ms", "--silent-after", "1s", "--give-up", "60s"];
    let (text, recording) = killed_at("silent-auth", &patient, "!! no answer");
    let silent = |fact: &Fact| matches!(fact, Fact::Wait(wait) if wait.mark == WaitMark::Silent);
    assert!(has_seen(&recording, silent), "{text}");
    must_keep_the_laws(&text, &recording);
    assert_eq!(raised(recording.journal.entries()).len(), 1, "{text}");
}

#[test]
fn two_logins_at_once_keep_the_laws_too() {
    let lab = Served::start("silent-auth");
    let program = Program::new();
    let file = program.home().join("run.jsonl");
    let path = file.display().to_string();
    let more = ["--node", &lab.nodes[1], "--record", &path, "--slow", "300ms", "--silent-after", "1s"];
    let run = program.start(&lab.arguments(&["check"], 0, &more), Some(&lab.password)).finish(SOON);
    assert_eq!(run.exit, Some(2), "{run:#?}");
    let (text, recording) = read(&file);
    assert_eq!(Progress::of(recording.journal.entries()).logins().len(), 2, "{text}");
    must_keep_the_laws(&text, &recording);
}

/// Makes the recordings of the present format. What exists stays.
#[test]
#[ignore = "writes into tests/recordings"]
fn made_again() {
    let folder = Path::new(KEPT).join(format!("format-{}", line::FORMAT));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let record = |name: &str| folder.join(name).display().to_string();
    for (scenario, file) in [("silent-auth", "silent-auth.jsonl"), ("healthy", "healthy.jsonl")] {
        let lab = Served::start(scenario);
        let more = ["--record", &record(file), "--slow", "1s", "--silent-after", "2s"];
        Program::new().start(&lab.arguments(&["check"], 0, &more), Some(&lab.password)).finish(SOON);
    }
    let lab = Served::start("silent-auth");
    let more = ["--record", &record("walk.jsonl"), "--slow", "1s", "--silent-after", "2s"];
    Program::new().start(&lab.by_dns(&["check"], &more), Some(&lab.password)).finish(SOON);
    #[cfg(target_os = "linux")]
    if let Some(server) = crate::real::prosody::start(crate::real::Offer::Scram) {
        let (node, path) = (server.address().to_string(), record("prosody.jsonl"));
        let check = ["check", "--node", &node, "--insecure", "--record", &path, "alice@example.test"];
        Program::new().start(&check, Some(crate::real::PASSWORD)).finish(Duration::from_secs(60));
    }
}
