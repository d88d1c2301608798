//! `impscope export` on the kept recordings, in every format, and on files that are none.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::program::{Finished, Program, SOON};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings");
const FORMATS: [(&str, &str); 5] = [
    ("markdown", "# impscope report: alice@example.test"),
    ("text", "impscope report: alice@example.test\n===="),
    ("html", "<!DOCTYPE html>"),
    ("svg", "<svg xmlns"),
    ("jsonl", "{\"impscope_recording\":1,"),
];

fn kept() -> Vec<String> {
    let found = crate::program::files_in(Path::new(KEPT));
    assert!(found.len() >= 4, "{found:?}");
    found.iter().map(|path| path.display().to_string()).collect()
}

fn silent_auth() -> String {
    format!("{KEPT}/format-1/silent-auth.jsonl")
}

fn export(program: &Program, arguments: &[&str]) -> Finished {
    program.run(&[&["export"], arguments].concat())
}

/// A file outside of the program's home.
struct Elsewhere(tempfile::TempDir);

impl Elsewhere {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder can be made"))
    }

    /// A file of this text, and its path.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).expect("a file can be written");
        path.display().to_string()
    }

    fn recording(&self, text: &str) -> String {
        self.file("edited.jsonl", text)
    }
}

/// It stands on the ground of the theme that it changes, and is drawn in its own colours.
#[test]
fn a_picture_can_have_a_theme_of_the_configuration() {
    let program = Program::new();
    let folder = program.home().join("config/impscope");
    let draw = |theme: &str| {
        export(&program, &[&silent_auth(), "--format", "svg", "--picture", "screen", "--theme", theme])
    };
    let light = draw("light").stdout;
    program.command();
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let text = "[themes.mine]\nbase = \"light\"\ncritical = { fg = \"magenta\" }\n";
    std::fs::write(folder.join("config.toml"), text).expect("a file can be written");
    let mine = draw("mine");
    assert_eq!(mine.exit, Some(0), "{mine:#?}");
    let ground = |drawn: &str| drawn.lines().find(|line| line.contains("<rect")).map(str::to_owned);
    assert_eq!(ground(&mine.stdout), ground(&light));
    assert_ne!(mine.stdout, light);
    let none = draw("plaid");
    assert!(none.stderr.contains("there is no theme \"plaid\"") && none.stderr.contains("and mine"), "{none:#?}");
}

#[test]
fn every_kept_recording_is_exported_in_every_format() {
    let program = Program::new();
    for recording in kept() {
        for (format, start) in FORMATS {
            let run = export(&program, &[&recording, "--format", format]);
            assert_eq!(run.exit, Some(0), "{run:#?}");
            assert!(run.stdout.starts_with(start), "{recording} as {format}");
            assert!(run.stderr.is_empty(), "{}", run.stderr);
            let replaced = export(&program, &[&recording, "--format", format, "--pseudonymise"]);
            assert_eq!(replaced.exit, Some(0), "{replaced:#?}");
            for original in ["alice", "example.test", "127.0.0.1", "127.0.1.1", "127.128.10"] {
                assert!(!replaced.stdout.contains(original), "{original} in {recording} as {format}");
            }
        }
    }
}

#[test]
fn an_exported_recording_is_a_recording_and_tells_no_secrets_length() {
    let (program, elsewhere) = (Program::new(), Elsewhere::new());
    let once = export(&program, &[&silent_auth(), "--format", "jsonl"]).stdout;
    let path = elsewhere.recording(&once);
    assert_eq!(export(&program, &[&path, "--format", "jsonl"]).stdout, once);
    let report = |path: &str| export(&program, &[path]).stdout;
    assert_eq!(report(&path), report(&silent_auth()));
    let lengths = once.split("\"wire_len\":").skip(1).filter(|rest| !rest.starts_with('0'));
    assert_eq!((lengths.count(), once.contains("wire_len")), (0, true));
}

#[test]
fn the_screen_is_a_picture_too_and_a_pseudonymised_one_names_nobody() {
    let program = Program::new();
    let screen = ["--format", "svg", "--picture", "screen", "--size", "80x24"];
    for recording in kept() {
        let run = export(&program, &[&[recording.as_str()], &screen[..]].concat());
        assert!(run.exit == Some(0) && run.stdout.contains("Discovery"), "{run:#?}");
        let replaced = export(&program, &[&[recording.as_str(), "--pseudonymise"], &screen[..]].concat());
        for original in ["alice", "example.test", "127.0.0.1", "127.0.1.1"] {
            assert!(!replaced.stdout.contains(original), "{original} in {recording}");
        }
    }
    for size in ["0x24", "80x9999", "80", "80x-1"] {
        let run = export(&program, &[&silent_auth(), "--format", "svg", "--picture", "screen", "--size", size]);
        assert!(run.exit == Some(3) && run.stdout.is_empty(), "{run:#?}");
    }
}

#[test]
fn the_output_names_the_format_is_its_owners_alone_and_overwrites_nothing() {
    let program = Program::new();
    let output = program.home().join("report.html");
    let shown = output.display().to_string();
    let run = export(&program, &[&silent_auth(), "--output", &shown]);
    assert!(run.exit == Some(0) && run.stdout.is_empty() && run.stderr.contains(&shown), "{run:#?}");
    let text = std::fs::read_to_string(&output).expect("it was written");
    assert!(text.starts_with("<!DOCTYPE html>") && text.ends_with("</html>\n"));
    let mode = std::fs::metadata(&output).expect("it was written").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = export(&program, &[&silent_auth(), "--output", &shown, "--format", "text"]);
    assert!(again.exit == Some(3) && again.stderr.contains("not overwritten"), "{again:#?}");
    assert_eq!(std::fs::read_to_string(&output).expect("it is still there"), text);
}

#[test]
fn a_recording_that_was_edited_to_hold_a_secret_is_refused_and_nothing_is_written() {
    let (program, elsewhere) = (Program::new(), Elsewhere::new());
    let text = std::fs::read_to_string(silent_auth()).expect("a kept recording");
    let start = text.find("mechanism=\\\"PLAIN\\\">").expect("an <auth>") + "mechanism=\\\"PLAIN\\\">".len();
    let doctored = format!("{}AGFsaWNlAGhlcm9uLTRRfg=={}", &text[..start], &text[start..]);
    let path = elsewhere.recording(&doctored);
    let output = program.home().join("report.md");
    let run = export(&program, &[&path, "--output", &output.display().to_string()]);
    assert!(run.exit == Some(3) && run.stderr.contains("unmasked PLAIN: nothing was written"), "{run:#?}");
    assert!(!run.stderr.contains("AGFsaWNl") && !output.exists());

    // In a place that no mask looks at, and known.
    let said = text.replacen("<starttls xmlns", "<starttls note='heron-4Q~' xmlns", 1);
    assert_ne!(said, text);
    let path = elsewhere.recording(&said);
    let password = elsewhere.file("password", "heron-4Q~\n");
    let named = export(&program, &[&path, "--password-file", &password]);
    let known = program.start(&["export", &path], Some("heron-4Q~")).finish(SOON);
    for run in [named, known] {
        assert!(run.exit == Some(3) && run.stdout.is_empty(), "{run:#?}");
        assert!(run.stderr.contains("entry #") && !run.stderr.contains("heron"), "{run:#?}");
    }
}

#[test]
fn an_incomplete_last_line_is_left_out_and_said() {
    let (program, elsewhere) = (Program::new(), Elsewhere::new());
    let text = std::fs::read_to_string(silent_auth()).expect("a kept recording");
    let path = elsewhere.recording(&text[..text.len() - 30]);
    let run = export(&program, &[&path]);
    assert_eq!(run.exit, Some(0), "{run:#?}");
    assert!(run.stderr.contains("last line is incomplete") && run.stdout.contains("last line is incomplete"));
    assert!(run.stdout.contains("the recording has no end"));
}

#[test]
fn what_is_no_recording_is_refused_with_file_and_line() {
    let (program, elsewhere) = (Program::new(), Elsewhere::new());
    let text = std::fs::read_to_string(silent_auth()).expect("a kept recording");
    let cases = [
        ("# notes\n".to_owned(), "line 1: this is no impscope recording"),
        (String::new(), "line 1: this is no impscope recording"),
        (text.replacen("\n{\"n\":5,", "\nnonsense {\"n\":5,", 1), "line 6: it is no entry"),
        (text.replacen("recording\":1", "recording\":99", 1), "later impscope"),
    ];
    for (text, wanted) in cases {
        let path = elsewhere.recording(&text);
        let run = export(&program, &[&path]);
        assert!(run.exit == Some(3) && run.stdout.is_empty(), "{run:#?}");
        assert!(run.stderr.contains("edited.jsonl") && run.stderr.contains(wanted), "{run:#?}");
    }
    let run = export(&program, &["no-such.jsonl"]);
    assert!(run.exit == Some(3) && run.stderr.contains("no-such.jsonl"), "{run:#?}");
}

/// What was found is found in an export of the run as well, and in one with other names: in a walk that is ill, asked
/// all that can be asked.
#[cfg(feature = "lab")]
#[test]
fn an_export_of_a_run_says_what_the_run_said() {
    let lab = crate::served::Served::start("auth-service-stuck");
    let (program, elsewhere) = (Program::new(), Elsewhere::new());
    let path = program.home().join("run.jsonl").display().to_string();
    let more = ["--record", &path, "--slow", "500ms", "--silent-after", "1s", "--control", "--all-nodes"];
    let run = program.start(&lab.by_dns(&["check"], &more), Some(&lab.password)).finish(SOON);
    assert_eq!(run.exit, Some(2), "{run:#?}");
    let codes = |path: &str| {
        let text = std::fs::read_to_string(path).expect("a recording");
        let recording = impscope::journal::line::read(&text).expect("a recording");
        let entries = recording.journal.entries();
        let unknown = entries.iter().filter(|entry| matches!(entry.event, impscope::journal::Event::Unknown(_)));
        assert_eq!(unknown.count(), 0, "{text}");
        let (progress, walk) = (impscope::progress::Progress::of(entries), impscope::discovery::Walk::of(entries));
        let found = impscope::findings::findings(&progress, &walk).into_iter();
        found.map(|finding| (finding.code.0, finding.evidence)).collect::<Vec<_>>()
    };
    let before = codes(&path);
    assert!(before.iter().any(|(code, _)| code.starts_with("CONTROL_POINTS_")), "{before:?}");
    for more in [&["--format", "jsonl"][..], &["--format", "jsonl", "--pseudonymise"]] {
        let exported =
            program.start(&[&["export", path.as_str()], more].concat(), Some(&lab.password)).finish(SOON);
        assert_eq!(exported.exit, Some(0), "{exported:#?}");
        assert_eq!(codes(&elsewhere.recording(&exported.stdout)), before, "{more:?}");
    }
}

#[test]
fn a_report_that_cannot_be_printed_is_an_error_and_a_reader_that_left_is_none() {
    let program = Program::new();
    let full = std::fs::File::options().write(true).open("/dev/full").expect("the system has it");
    let run = program.command().args(["export", &silent_auth()]).stdout(full).output().expect("it starts");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.code() == Some(3) && said.contains("standard output"), "{run:?}");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let run = program.command().args(["export", &silent_auth()]).stdout(writer).output().expect("it starts");
    assert!(run.status.code() == Some(0) && run.stderr.is_empty(), "{run:?}");
}

#[test]
fn a_files_name_does_not_reach_the_terminal_as_it_is() {
    let program = Program::new();
    for name in ["\u{1b}[2Jreport.md", "no-such/\u{1b}[2J.md", "\u{1b}[2Jreport.md"] {
        let run = export(&program, &[&silent_auth(), "--output", name]);
        assert!(run.stderr.contains("\\u{1b}[2J") && !run.stderr.contains('\u{1b}'), "{run:#?}");
    }
}
