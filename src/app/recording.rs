//! The recording on disk: written from the first byte on, one line an entry, each line with one write.
//!
//! A run that is killed loses nothing that was written: no buffer of ours stands before the kernel. A disk that
//! refuses costs entries, which are counted and said, never the run.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{files, keep};
use crate::journal::{Entry, Event, Loss, Wall, line};

/// So many recordings are kept in the state folder.
const KEPT: usize = 20;
const SUFFIX: &str = ".jsonl";

/// Where a run is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the state folder, beside the newest of the earlier ones.
    StateFolder,
    /// In this file.
    File(PathBuf),
    /// Nowhere.
    Nowhere,
}

/// A recording that is being written.
#[derive(Debug)]
pub struct Recording {
    path: PathBuf,
    file: File,
    /// The length up to the last whole line.
    whole: u64,
    /// Entries that could not be written, since the last one that could.
    lost: u64,
    missing: Option<Missing>,
}

/// What a recording lacks.
#[derive(Debug)]
struct Missing {
    entries: u64,
    /// Why the first of them could not be written.
    why: String,
    /// What is said of it, until it is.
    news: Option<String>,
}

impl Recording {
    /// Begins a recording; none for [`Place::Nowhere`].
    ///
    /// # Errors
    /// When the file cannot be made: it names the file and what to do.
    pub fn begin(place: &Place, started: Wall, name: &str) -> Result<Option<Self>, String> {
        let path = match place {
            Place::Nowhere => return Ok(None),
            Place::File(path) => path.clone(),
            Place::StateFolder => in_state_folder(started, name)?,
        };
        let begun = create(&path).and_then(|file| {
            let mut recording = Self { path: path.clone(), file, whole: 0, lost: 0, missing: None };
            recording.put(&line::header(concat!("impscope ", env!("CARGO_PKG_VERSION")), started))?;
            Ok(recording)
        });
        match begun {
            Ok(recording) => Ok(Some(recording)),
            Err(why) => Err(format!(
                "no recording: {}: {why}; --record FILE names another place, --no-record goes without",
                path.display()
            )),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is, and on a line of its own the command that shows it: short, so that an 80-column terminal does not
    /// break what is to be copied.
    pub fn farewell(&self) -> String {
        let lost = self.missing().map(|missing| format!(" ({missing})")).unwrap_or_default();
        let folder = self.path.parent().filter(|folder| is_state_folder(folder));
        let (place, named) = match (folder, self.path.file_name()) {
            (Some(folder), Some(name)) => (format!("in {}", keep::short(folder)), name.to_string_lossy().into()),
            _ => (keep::short(&self.path), in_a_shell(&self.path)),
        };
        let place = crate::console::visible(&place);
        format!("recording: {place}{lost}; to look at it again:\nimpscope replay {named}")
    }

    /// What is missing from it and why, in words; none: nothing is.
    pub fn missing(&self) -> Option<String> {
        let Missing { entries, why, .. } = self.missing.as_ref()?;
        let what = if *entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") };
        Some(format!("incomplete: {what} could not be written: {why}"))
    }

    /// Once, when it begins to lack something: from where on, why, and what can be done.
    pub fn news(&mut self) -> Option<String> {
        self.missing.as_mut()?.news.take()
    }

    /// Counts what could not be written.
    fn lose(&mut self, entry: &Entry, why: &io::Error) {
        self.lost += 1;
        let missing = self.missing.get_or_insert_with(|| Missing {
            entries: 0,
            why: why.to_string(),
            news: Some(format!(
                "the recording stops before entry #{}: {why}; the run goes on, and records again once it can",
                entry.n.0
            )),
        });
        missing.entries += 1;
    }

    /// Writes an entry. What cannot be written is counted, and the count is written once the disk takes lines
    /// again, under the number of the last entry that was lost.
    pub fn write(&mut self, entry: &Entry) {
        let mut text = line::entry(entry);
        if self.lost > 0 {
            let loss = Loss { count: self.lost, why: "the recording could not be written".to_owned() };
            let n = crate::journal::EntryNo(entry.n.0.saturating_sub(1));
            text = line::entry(&Entry { n, event: Event::Lost(loss), ..entry.clone() }) + &text;
        }
        match self.put(&text) {
            Ok(()) => self.lost = 0,
            Err(why) => self.lose(entry, &why),
        }
    }

    /// Writes whole lines, or nothing.
    fn put(&mut self, text: &str) -> io::Result<()> {
        match self.file.write_all(text.as_bytes()) {
            Ok(()) => {
                self.whole += text.len() as u64;
                Ok(())
            }
            Err(why) => {
                // Half a line in the middle would make the rest unreadable. A pipe or a device cannot be cut back.
                let _ = self.file.set_len(self.whole);
                Err(why)
            }
        }
    }
}

fn is_state_folder(folder: &Path) -> bool {
    files::in_state_folder("recordings").is_ok_and(|own| own == folder)
}

/// A recording as the user named it: a name alone that is no file here is one in the state folder.
pub fn named(given: &Path) -> PathBuf {
    let alone = given.file_name().is_some_and(|name| name == given.as_os_str());
    let kept = || Some(files::in_state_folder("recordings").ok()?.join(given));
    let kept = if alone && !given.exists() { kept().filter(|path| path.exists()) } else { None };
    kept.unwrap_or_else(|| given.to_owned())
}

/// A path as it can be given to a shell. What a shell would read otherwise is quoted, and `~` stands before that.
pub(super) fn in_a_shell(path: &Path) -> String {
    let short = keep::short(path);
    let (home, rest) = short.split_at(if short.starts_with("~/") { 2 } else { 0 });
    let plain = |c: char| c.is_alphanumeric() || "@._-/+=:,%".contains(c);
    if !rest.is_empty() && !rest.starts_with('-') && rest.chars().all(plain) {
        return short;
    }
    format!("{home}'{}'", crate::console::visible(rest).replace('\'', "'\\''"))
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)
}

/// A fresh file in the state folder; the oldest beyond those that are kept are removed.
fn in_state_folder(started: Wall, name: &str) -> Result<PathBuf, String> {
    let made =
        files::in_state_folder("recordings").and_then(|folder| files::make_folder(&folder).map(|()| folder));
    let folder = made.map_err(|why| format!("no recording: {why:#}; --record FILE names another place"))?;
    let time = jiff::Timestamp::from_millisecond(started.0).unwrap_or_default();
    let now = time.strftime("%Y%m%dT%H%M%S.%3fZ").to_string();
    prune(&folder, KEPT.saturating_sub(1), &now);
    let stem = format!("{now}-{}-{}", files::in_a_name(name), std::process::id());
    files::free_path(&folder, &stem, "jsonl").map_err(|why| format!("no recording: {why:#}"))
}

/// Removes the oldest recordings until `kept` remain. Names begin with the time, so their order is the age's; but what
/// is dated later than `now` was made before the clock was set back, and is older than all others.
fn prune(folder: &Path, kept: usize, now: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut names: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(SUFFIX))
        .collect();
    let is_later = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.get(..now.len()).unwrap_or(&name) > now
    };
    names.sort_by_cached_key(|path| (!is_later(path), path.clone()));
    let surplus = names.len().saturating_sub(kept);
    for path in &names[..surplus] {
        // One that cannot be removed is no reason to stop.
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{EntryNo, Offset, OpId};

    fn entry(n: u64) -> Entry {
        let loss = Loss { count: 1, why: "for the test".into() };
        Entry { n: EntryNo(n), op: OpId(1), parent: None, at: Offset(n), wall: Wall(0), event: Event::Lost(loss) }
    }

    #[test]
    fn what_was_written_reads_back_and_only_its_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        let mut recording = Recording::begin(&Place::File(path.clone()), Wall(0), "alice").unwrap().unwrap();
        recording.write(&entry(1));
        let read = line::read(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(read.journal.entries(), [entry(1)]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_path_goes_to_a_shell_as_it_was() {
        let shell = |path: &str| in_a_shell(Path::new(path));
        assert_eq!(shell("/tmp/run-1@example.com.jsonl"), "/tmp/run-1@example.com.jsonl");
        assert_eq!(shell("/tmp/my run.jsonl"), "'/tmp/my run.jsonl'");
        assert_eq!(shell("/tmp/o'hara;id.jsonl"), r"'/tmp/o'\''hara;id.jsonl'");
        assert_eq!(shell("~/odd"), "~/odd");
        let home = etcetera::home_dir().unwrap();
        assert_eq!(in_a_shell(&home.join("my run")), "~/'my run'");
    }

    #[test]
    fn a_file_that_exists_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        fs::write(&path, "mine").unwrap();
        let why = Recording::begin(&Place::File(path.clone()), Wall(0), "alice").unwrap_err();
        assert!(why.contains("run.jsonl") && why.contains("--record"), "{why}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }

    #[test]
    fn a_full_disk_costs_entries_that_are_counted_and_not_the_run() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut recording = Recording { path: "/dev/full".into(), file: full, whole: 0, lost: 0, missing: None };
        recording.write(&entry(1));
        recording.write(&entry(2));
        assert_eq!(recording.lost, 2);
        let news = recording.news().unwrap();
        assert!(news.contains("stops before entry #1: No space left"), "{news}");
        assert_eq!(recording.news(), None, "it is said once");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("room.jsonl");
        recording.file = create(&path).unwrap();
        recording.write(&entry(3));
        let text = line::header("impscope", Wall(0)) + &fs::read_to_string(&path).unwrap();
        let read = line::read(&text).unwrap();
        let Event::Lost(loss) = &read.journal.entries()[0].event else { panic!("the loss is said first") };
        assert_eq!((loss.count, read.journal.entries()[1].n), (2, EntryNo(3)));
        assert!(recording.missing().unwrap().starts_with("incomplete: 2 entries could not be written: No space"));
    }

    #[test]
    fn a_clock_that_was_set_back_removes_nothing_newer_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let there = |name: &str| folder.path().join(format!("{name}{SUFFIX}")).exists();
        for n in (10..20).chain(60..80) {
            fs::write(folder.path().join(format!("{n}{SUFFIX}")), "").unwrap();
        }
        // Those of 60 and later were made first, since it is 20 only now.
        prune(folder.path(), KEPT, "20");
        assert!(!there("60") && !there("69") && there("70") && there("10") && there("19"));
        let same = files::free_path(folder.path(), "10", "jsonl").unwrap();
        assert!(same.ends_with("10-2.jsonl"), "{}", same.display());
    }

    #[test]
    fn the_newest_recordings_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        for n in 10..35 {
            fs::write(folder.path().join(format!("{n}{SUFFIX}")), "").unwrap();
        }
        fs::write(folder.path().join("notes.txt"), "").unwrap();
        prune(folder.path(), KEPT, "99");
        assert!(!folder.path().join("14.jsonl").exists());
        assert!(folder.path().join("15.jsonl").exists() && folder.path().join("notes.txt").exists());
    }
}
