//! A recording's file, read while it is shown: the first entries are there at once, however many there are.
//!
//! Only its last line may be torn: a run that was killed can leave half a line. A broken line before it means that
//! somebody changed the file; what stands before it is shown.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::{Context, bail};
use tokio::sync::mpsc;

use crate::console::visible;
use crate::journal::Entry;
use crate::journal::line::{self, Header};
use crate::ui::playback::Extent;

/// A longer first line is no header.
const HEADER: u64 = 64 << 10;
/// A longer line is no entry: the rim keeps no payload of this size.
const LONGEST: u64 = 256 << 20;
/// In so much of the file's end its last entry is looked for; a longer entry is found when all was read.
const TAIL: u64 = 1 << 20;
/// So many entries come at once; the first ones are fewer, for the first frame waits for them.
const AT_ONCE: usize = 1024;
const FIRST: usize = 64;

/// A recording that is being read.
pub struct Reel {
    /// Its first line.
    pub header: Header,
    extent: Extent,
    batches: mpsc::Receiver<Batch>,
}

/// What was read.
pub enum Batch {
    /// Entries.
    Entries(Vec<Entry>),
    /// There are no more; what is wrong with the file, if something is.
    End(Option<Flaw>),
}

/// What is wrong with a recording that can be shown all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// Its last line is torn.
    Torn,
    /// This line is no entry: why.
    Line(usize, String),
    /// It cannot be read on: why.
    Lost(String),
}

impl Flaw {
    /// In a few words.
    pub fn brief(&self) -> &'static str {
        match self {
            Flaw::Torn => "its last line is torn",
            Flaw::Line(..) | Flaw::Lost(_) => "broken off",
        }
    }

    /// In a sentence.
    pub fn words(&self) -> String {
        match self {
            Flaw::Torn => "its last line is torn, as where the run was killed: it is left out".to_owned(),
            Flaw::Line(line, why) => format!("line {line} is no entry ({why}): what stands before it is shown"),
            Flaw::Lost(why) => format!("it cannot be read to its end ({why}): what was read is shown"),
        }
    }
}

impl Reel {
    /// Opens a recording and begins to read it.
    ///
    /// # Errors
    /// When it cannot be read or is no recording: it names the file, the line and the remedy.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let shown = visible(&path.display().to_string());
        let open = || File::open(path).with_context(|| shown.clone());
        let mut file = open()?;
        if !file.metadata().with_context(|| shown.clone())?.is_file() {
            bail!("{shown}: it is no file; {REMEDY}");
        }
        let mut first = Vec::new();
        let mut lines = BufReader::with_capacity(64 << 10, open()?);
        lines.by_ref().take(HEADER).read_until(b'\n', &mut first).with_context(|| shown.clone())?;
        let header =
            line::read_header(&first).map_err(|why| anyhow::anyhow!("{shown}, line 1: {why}; {REMEDY}"))?;
        let extent = extent(&mut file).with_context(|| shown.clone())?;
        let (to, batches) = mpsc::channel(4);
        tokio::task::spawn_blocking(move || read(lines, &to));
        Ok(Self { header, extent, batches })
    }

    /// How long it is, by its last entry.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// The next that was read; none: there is no more. It is cancel-safe.
    pub async fn next(&mut self) -> Option<Batch> {
        self.batches.recv().await
    }
}

/// What to do about a file that is no recording.
const REMEDY: &str = "each run names its recording when it ends";

/// What the last whole entry says: its number and its time.
fn extent(file: &mut File) -> std::io::Result<Extent> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    let last = tail.split(|byte| *byte == b'\n').rev().take(3).find_map(|line| line::read_entry(line).ok());
    Ok(last.map_or_else(Extent::default, |entry| Extent {
        entries: usize::try_from(entry.n.0).unwrap_or(usize::MAX),
        length: entry.at,
    }))
}

/// Reads entries until there are no more, or nobody wants them.
fn read(mut lines: BufReader<File>, to: &mpsc::Sender<Batch>) {
    let mut entries = Vec::new();
    let (mut number, mut at_once) = (1, FIRST);
    let flaw = loop {
        let mut text = Vec::new();
        number += 1;
        match lines.by_ref().take(LONGEST).read_until(b'\n', &mut text) {
            Ok(0) => break None,
            Ok(_) => {}
            Err(why) => break Some(Flaw::Lost(why.to_string())),
        }
        match line::read_entry(&text) {
            Ok(entry) => entries.push(entry),
            Err(_) if lines.fill_buf().is_ok_and(<[u8]>::is_empty) => break Some(Flaw::Torn),
            Err(why) => break Some(Flaw::Line(number, visible(&why))),
        }
        if entries.len() == at_once {
            if to.blocking_send(Batch::Entries(std::mem::take(&mut entries))).is_err() {
                return;
            }
            at_once = AT_ONCE;
        }
    };
    // Where nobody wants them any more, the program ends.
    let _ = to.blocking_send(Batch::Entries(entries));
    let _ = to.blocking_send(Batch::End(flaw));
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::journal::Offset;

    const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/format-1/walk.jsonl");

    /// All that comes out of a recording with this text: how many entries, the flaw, and the length as it was known at
    /// first.
    fn all_of(text: &[u8]) -> (usize, Option<Flaw>, Extent) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        fs::write(&path, text).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut reel = Reel::open(&path).unwrap();
            let (extent, mut count) = (reel.extent(), 0);
            loop {
                match reel.next().await {
                    Some(Batch::Entries(entries)) => count += entries.len(),
                    Some(Batch::End(flaw)) => return (count, flaw, extent),
                    None => panic!("it ends without an end"),
                }
            }
        })
    }

    fn refused(path: impl Into<PathBuf>) -> String {
        Reel::open(&path.into()).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn all_entries_come_and_the_length_is_known_at_once() {
        let text = fs::read(KEPT).unwrap();
        let (count, flaw, extent) = all_of(&text);
        assert_eq!((count, flaw), (323, None));
        assert_eq!(extent.entries, 323);
        assert!(extent.length > Offset(2_000_000));
    }

    #[test]
    fn a_torn_last_line_is_left_out_and_said() {
        let text = fs::read(KEPT).unwrap();
        let (count, flaw, extent) = all_of(&text[..text.len() - 9]);
        assert_eq!((count, flaw, extent.entries), (322, Some(Flaw::Torn), 322));
        // Half a character, and half a line that is longer than what is looked at for the length.
        let (count, flaw, _) = all_of(&[&text[..], b"{\"n\":324,\"x\":\"\xc3"].concat());
        assert_eq!((count, flaw), (323, Some(Flaw::Torn)));
        let long = [&text[..], b"{\"n\":324,\"x\":\"", &vec![b'x'; 2 << 20]].concat();
        let (count, flaw, extent) = all_of(&long);
        assert_eq!((count, flaw, extent), (323, Some(Flaw::Torn), Extent::default()));
    }

    #[test]
    fn what_stands_before_a_broken_line_comes() {
        let text = fs::read_to_string(KEPT).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines[40] = "nonsense";
        let (count, flaw, _) = all_of(lines.join("\n").as_bytes());
        assert_eq!(count, 39);
        let said = flaw.unwrap().words();
        assert!(
            said.starts_with("line 41 is no entry (") && said.contains("what stands before it is shown"),
            "{said}"
        );
    }

    #[test]
    fn a_recording_without_entries_is_one() {
        let header = line::header("impscope test", crate::journal::Wall(0));
        assert_eq!(all_of(header.as_bytes()), (0, None, Extent::default()));
    }

    #[test]
    fn what_is_no_recording_is_refused_with_file_line_and_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let notes = folder.path().join("notes.txt");
        fs::write(&notes, "# notes\n").unwrap();
        let why = refused(&notes);
        assert!(why.contains("notes.txt, line 1: this is no impscope recording"), "{why}");
        assert!(why.ends_with(REMEDY), "{why}");
        fs::write(&notes, line::header("impscope 9", crate::journal::Wall(0)).replace("\":1", "\":9")).unwrap();
        assert!(refused(&notes).contains("later impscope"));
        assert!(refused(folder.path()).contains("it is no file"));
        assert!(refused("/dev/zero").contains("it is no file"));
        assert!(refused(folder.path().join("none")).contains("none"));
    }
}
