//! `impscope export`, and the screen's key that saves the report. What is written was searched for secrets before.

pub(in crate::app) mod leak;
mod picture;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use secrecy::SecretString;

use crate::cli::{ExportArgs, Format};
use crate::config::Settings;
use crate::console::visible;
use crate::journal::line::{self, LineError, Recording};
use crate::journal::{Ask, Entry, Event, Wall};
use crate::report::{self, Source};

use super::{complain, credentials, files, print_all, recording};

/// A larger file is no recording of ours.
const LARGEST: u64 = 1 << 30;
/// A longer first line is no header.
const HEADER: u64 = 64 << 10;
/// The program that writes a recording, as its header names it.
const TOOL: &str = concat!("impscope ", env!("CARGO_PKG_VERSION"));

/// Exports a recording.
///
/// # Errors
/// When the recording cannot be read, a secret is found in it or in what would be written, or the file exists.
pub fn run(args: &ExportArgs) -> anyhow::Result<u8> {
    let secrets = credentials::known(&args.password_file, &args.token_file)?;
    let recording = read(&recording::named(&args.recording))?;
    if let Some(why) = &recording.torn {
        complain(&format!(
            "{}: its last line is incomplete and was left out: {why}",
            visible(&args.recording.display().to_string())
        ));
    }
    let source = Source {
        tool: recording.header.tool.clone(),
        torn: recording.torn.clone(),
        pseudonymised: args.pseudonymise,
    };
    let format = args.format.map_or_else(|| Format::of(args.output.as_deref()), Ok).map_err(anyhow::Error::msg)?;
    // Only a theme can be the configuration's.
    let settings = if args.theme.is_some() { Settings::read(None)? } else { Settings::default() };
    settings.warnings.iter().for_each(|warning| complain(warning));
    let drawing = picture::Drawing::of(args, format, &settings)?;
    let read = recording.journal.entries();
    let secrets: Vec<&SecretString> = secrets.iter().collect();
    leak::look_through(read, &secrets)?;
    let mut entries = report::without_lengths(read);
    if args.pseudonymise {
        entries = report::pseudonymised(&entries);
    }
    let text = match drawing {
        Some(drawing) => drawing.made(&entries, &secrets)?,
        None => made(&entries, recording.header.started, &source, format, &secrets)?,
    };
    match &args.output {
        None => print_all(text.as_bytes()),
        Some(path) => {
            files::write_new(path, &text)?;
            complain(&format!("written: {}", visible(&path.display().to_string())));
            Ok(0)
        }
    }
}

/// What a report says of the run of this program.
pub fn of_this_run() -> Source {
    Source { tool: TOOL.to_owned(), ..Source::default() }
}

/// Saves the report on a run as Markdown into `folder`, and says where: for the screen's key.
///
/// `secrets` are those that the program holds at this moment: password, token, the second user's password. The file
/// is called after the moment of the newest entry and the user, only its owner may read it, and none is overwritten.
/// [`folder`] names the folder that is meant to be used.
///
/// # Errors
/// When a secret is found in the entries or in the report, or the file cannot be made. Nothing is left behind then.
pub fn save(
    entries: &[Entry],
    source: &Source,
    secrets: &[&SecretString],
    folder: &Path,
) -> anyhow::Result<PathBuf> {
    leak::look_through(entries, secrets)?;
    let text = made(&report::without_lengths(entries), Wall::default(), source, Format::Markdown, secrets)?;
    files::make_folder(folder)?;
    let path = files::free_path(folder, &name(entries), "md")?;
    files::write_new(&path, &text)?;
    Ok(path)
}

/// The folder for what the screen saves: beside the recordings.
///
/// # Errors
/// When there is no home.
pub fn folder() -> anyhow::Result<PathBuf> {
    files::in_state_folder("reports")
}

/// `20260115T021411Z-alice@example.com`
fn name(entries: &[Entry]) -> String {
    let wall = entries.last().map(|entry| entry.wall).unwrap_or_default();
    let ask = entries.iter().find_map(|entry| match &entry.event {
        Event::Began(Ask::Run(ask)) => Some(format!("{}@{}", ask.user, ask.domain)),
        _ => None,
    });
    let whose: String = ask.unwrap_or_default().chars().take(100).collect();
    format!("{}-{}", files::moment(wall), files::in_a_name(&whose))
}

/// What would be written, once it is sure that no known secret stands in it.
fn made(
    entries: &[Entry],
    started: Wall,
    source: &Source,
    format: Format,
    secrets: &[&SecretString],
) -> anyhow::Result<String> {
    let text = match format {
        Format::Text => report::plain(&report::report(entries, source)),
        Format::Markdown => report::markdown(&report::report(entries, source)),
        Format::Html => report::html(&report::report(entries, source)),
        Format::Jsonl => report::jsonl(entries, started, source),
        Format::Svg => return picture::Drawing::default().made(entries, secrets),
    };
    leak::look_over(&text, secrets)?;
    Ok(text)
}

/// Reads a recording. What was being written when the program was killed is left out, and said.
fn read(path: &Path) -> anyhow::Result<Recording> {
    let shown = visible(&path.display().to_string());
    let mut bytes = Vec::new();
    let refused = |why| match why {
        LineError::Line { line, why } => anyhow::anyhow!("{shown}, line {line}: it is no entry: {why}"),
        other => anyhow::anyhow!("{shown}, line 1: {other}"),
    };
    let mut file = BufReader::new(File::open(path).with_context(|| shown.clone())?.take(LARGEST + 1));
    // What does not begin as a recording is read no further: it may have no end.
    file.by_ref().take(HEADER).read_until(b'\n', &mut bytes).with_context(|| shown.clone())?;
    line::read(&String::from_utf8_lossy(&bytes)).map_err(refused)?;
    file.read_to_end(&mut bytes).with_context(|| shown.clone())?;
    if bytes.len() as u64 > LARGEST {
        bail!("{shown}: it is larger than {} MiB: no recording is", LARGEST >> 20);
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(broken) => {
            let valid = broken.utf8_error().valid_up_to();
            let bytes = broken.into_bytes();
            let line = bytes[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
            if bytes[valid..].contains(&b'\n') {
                bail!("{shown}, line {line}: it is no text");
            }
            String::from_utf8_lossy(&bytes[..valid]).into_owned()
        }
    };
    line::read(&text).map_err(refused)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn kept(name: &str) -> Recording {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/format-1"));
        read(&folder.join(name)).unwrap()
    }

    #[test]
    fn the_report_of_a_run_is_saved_for_its_owner_alone_and_never_over_another() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("reports");
        let entries = kept("silent-auth.jsonl").journal.entries().to_vec();
        let first = save(&entries, &of_this_run(), &[], &folder).unwrap();
        let second = save(&entries, &of_this_run(), &[], &folder).unwrap();
        assert_ne!(first, second);
        let name = first.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.ends_with("Z-alice@example.test.md"), "{name}");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&first), mode(&folder)), (0o600, 0o700));
        assert!(fs::read_to_string(&first).unwrap().starts_with("# impscope report: alice@example.test"));
    }

    #[test]
    fn a_report_that_would_hold_a_secret_is_not_saved() {
        let home = tempfile::tempdir().unwrap();
        let entries = kept("silent-auth.jsonl").journal.entries().to_vec();
        // Somebody's password is the server's stream id: it is in the transcript.
        let id = crate::progress::Progress::of(&entries).logins()[0].stream_id.clone().unwrap();
        let why = save(&entries, &of_this_run(), &[&SecretString::from(id.clone())], home.path())
            .unwrap_err()
            .to_string();
        assert!(why.contains("nothing was written") && !why.contains(&id), "{why}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_does_not_begin_as_a_recording_is_not_read_to_its_end() {
        let why = read(Path::new("/dev/zero")).unwrap_err().to_string();
        assert!(why.contains("/dev/zero, line 1: this is no impscope recording"), "{why}");
    }

    #[test]
    fn a_recording_that_ends_inside_a_character_is_read_and_said_to() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("run.jsonl");
        let whole = line::header("t", Wall(0))
            + r#"{"n":1,"op":1,"at":3,"wall":4,"ended":{"how":"ok"}}"#
            + "\n{\"n\":2,\"x\":\"ü";
        fs::write(&path, &whole.as_bytes()[..whole.len() - 1]).unwrap();
        let recording = read(&path).unwrap();
        assert!(recording.journal.entries().len() == 1 && recording.torn.is_some());
        fs::write(&path, [whole.as_bytes(), b"\xff\n{}\n"].concat()).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("line 3: it is no text"));
    }
}
