//! What was sent by XML Input, over runs: a file of the state folder that only its owner may read, one text a line.
//! No text with a secret comes into it, nor into the memory of it.

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use anyhow::Context;
use secrecy::SecretString;

use super::export::leak;
use super::files;
use crate::login::Placeholder;
use crate::protocol::mask::{self, Way};

/// So many texts are kept: the newest.
const KEPT: usize = 100;
/// A longer text is not kept.
const LONGEST: usize = 64 << 10;
/// So much of the file is read: more was not written by us.
const FILE: u64 = (KEPT * (LONGEST * 2)) as u64;
const NAME: &str = "xml-input.jsonl";

/// The history.
#[derive(Debug, Default)]
pub struct History {
    /// The oldest first.
    texts: Vec<String>,
    /// None: this run keeps no file.
    folder: Option<PathBuf>,
}

impl History {
    /// The history of the state folder; where a run is to leave nothing behind, one that begins empty and is not kept.
    /// What a secret of this run stands in is left out. A file that cannot be read is said.
    pub fn open(keep: bool, secrets: &[SecretString]) -> (Self, Option<String>) {
        if !keep {
            return (Self::default(), None);
        }
        match files::in_state_folder("") {
            Ok(folder) => Self::in_folder(folder, secrets),
            Err(why) => (Self::default(), Some(format!("XML Input has no history: {why:#}"))),
        }
    }

    fn in_folder(folder: PathBuf, secrets: &[SecretString]) -> (Self, Option<String>) {
        let mut history = Self { texts: Vec::new(), folder: Some(folder) };
        let trouble = match history.stored() {
            Ok(texts) => {
                history.texts = texts;
                None
            }
            Err(why) => Some(format!("XML Input's history cannot be read: {why:#}")),
        };
        history.forget(secrets);
        (history, trouble)
    }

    /// All texts, the oldest first.
    pub fn texts(&self) -> Vec<String> {
        self.texts.clone()
    }

    /// Takes a text that is sent.
    ///
    /// # Errors
    /// Why it is not kept; a text without a secret is in memory all the same.
    pub fn add(&mut self, text: &str, secrets: &[SecretString]) -> Result<(), String> {
        if let Some(kind) = secret_in(text, secrets) {
            return Err(format!("sent, and not kept in the history: it holds a secret ({kind})"));
        }
        if text.len() > LONGEST {
            return Err("sent, and not kept in the history: it is longer than 64 KB".to_owned());
        }
        put(&mut self.texts, text.to_owned());
        self.store(secrets).map_err(|why| format!("sent; the history could not be written: {why:#}"))
    }

    /// Leaves out what a secret stands in that is known now.
    pub fn forget(&mut self, secrets: &[SecretString]) {
        self.texts.retain(|text| secret_in(text, secrets).is_none());
    }

    fn path(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(NAME))
    }

    /// What the file holds; a line that is none of ours is passed over.
    fn stored(&self) -> anyhow::Result<Vec<String>> {
        let Some(path) = self.path() else { return Ok(Vec::new()) };
        let shown = || path.display().to_string();
        let file = match fs::File::open(&path) {
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.with_context(shown)?,
        };
        let mut bytes = Vec::new();
        file.take(FILE).read_to_end(&mut bytes).with_context(shown)?;
        let mut texts = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Ok(text) = serde_json::from_slice::<String>(line)
                && !text.is_empty()
                && text.len() <= LONGEST
            {
                put(&mut texts, text);
            }
        }
        Ok(texts)
    }

    /// Writes the file anew, with what another run has written meanwhile.
    fn store(&mut self, secrets: &[SecretString]) -> anyhow::Result<()> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let mut all = self.stored().unwrap_or_default();
        all.retain(|text| secret_in(text, secrets).is_none());
        for text in &self.texts {
            put(&mut all, text.clone());
        }
        let mut lines = String::new();
        for text in &all {
            lines.push_str(&serde_json::to_string(text)?);
            lines.push('\n');
        }
        files::make_folder(&folder)?;
        let fresh = folder.join(format!("{NAME}.{}", std::process::id()));
        // One that a run of this number left behind when it was killed.
        let _ = fs::remove_file(&fresh);
        files::write_new(&fresh, &lines)?;
        let path = folder.join(NAME);
        fs::rename(&fresh, &path)
            .inspect_err(|_| drop(fs::remove_file(&fresh)))
            .with_context(|| path.display().to_string())
    }
}

/// Puts a text at the end, where it stands once; the oldest beyond those that are kept go.
fn put(texts: &mut Vec<String>, text: String) {
    texts.retain(|other| *other != text);
    texts.push(text);
    texts.drain(..texts.len().saturating_sub(KEPT));
}

/// Which kind of secret stands in a text: by its place, or as one that is known, in whatever form. A placeholder in the
/// place of a secret is none.
fn secret_in(text: &str, secrets: &[SecretString]) -> Option<&'static str> {
    let is_placeholder = |found: &mask::Found| {
        let held = text.get(found.range.clone()).map(str::trim);
        held.is_some_and(|held| Placeholder::ALL.iter().any(|placeholder| placeholder.text() == held))
    };
    let by_place = mask::secrets(text.as_bytes(), Way::Out).into_iter().find(|found| !is_placeholder(found));
    let known: Vec<&SecretString> = secrets.iter().collect();
    by_place.map(|found| found.kind).or_else(|| leak::look_over(text, &known).is_err().then_some("a known one"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const CANARY: &str = "C4n4ry-of-the-history";

    fn secrets() -> Vec<SecretString> {
        vec![CANARY.to_owned().into()]
    }

    fn opened(folder: &tempfile::TempDir) -> History {
        let (history, trouble) = History::in_folder(folder.path().join("impscope"), &secrets());
        assert_eq!(trouble, None);
        history
    }

    /// Everything that the folder holds.
    fn kept(folder: &tempfile::TempDir) -> String {
        let below = fs::read_dir(folder.path().join("impscope")).into_iter().flatten();
        below.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }

    #[test]
    fn what_was_sent_is_there_in_the_next_run_the_newest_last_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = opened(&folder);
        for text in ["<iq id='1'/>", "<a>\n</a>", "<iq id='1'/>"] {
            history.add(text, &secrets()).unwrap();
        }
        assert_eq!(opened(&folder).texts(), ["<a>\n</a>", "<iq id='1'/>"]);
        let path = folder.path().join("impscope").join(NAME);
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn the_newest_hundred_are_kept_and_two_runs_lose_nothing_of_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, mut other) = (opened(&folder), opened(&folder));
        one.add("<one/>", &[]).unwrap();
        other.add("<other/>", &[]).unwrap();
        assert_eq!(opened(&folder).texts(), ["<one/>", "<other/>"]);
        for n in 0..KEPT {
            one.add(&format!("<iq id='{n}'/>"), &[]).unwrap();
        }
        let texts = opened(&folder).texts();
        assert_eq!((texts.len(), texts.last().unwrap().as_str()), (KEPT, "<iq id='99'/>"));
    }

    #[test]
    fn a_text_with_a_secret_is_neither_in_memory_nor_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = opened(&folder);
        history.add("<presence/>", &secrets()).unwrap();
        let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
        let sasl = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
        for text in [
            format!("<auth {sasl} mechanism='PLAIN'>{}</auth>", base64(&format!("\0alice\0{CANARY}"))),
            format!("<auth {sasl} mechanism='PLAIN'>{}</auth>", base64("\0alice\0nobody knows this one")),
            format!("<auth {sasl} mechanism='X'>{CANARY}</auth>"),
            format!("<iq><query xmlns='jabber:iq:auth'><password>{CANARY}</password></query></iq>"),
            "<iq><query xmlns='jabber:iq:auth'><password>nobody knows this one</password></query></iq>".to_owned(),
            format!("<iq><x>said {CANARY} aloud</x></iq>"),
            format!("<iq><x>{}</x></iq>", base64(&format!("before {CANARY} behind"))),
            format!("<iq id='{CANARY}'><broken"),
            CANARY.to_owned(),
        ] {
            let why = history.add(&text, &secrets()).unwrap_err();
            assert!(why.contains("secret") && !why.contains(CANARY), "{why}");
        }
        assert_eq!(history.texts(), ["<presence/>"]);
        assert!(!format!("{history:?}").contains(CANARY));
        assert_eq!(kept(&folder), "\"<presence/>\"\n");
    }

    #[test]
    fn a_placeholder_is_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = opened(&folder);
        let text = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{{plain}}</auth>";
        assert_eq!(history.add(text, &secrets()), Ok(()));
        assert_eq!(opened(&folder).texts(), [text]);
    }

    #[test]
    fn what_becomes_a_secret_later_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = opened(&folder);
        history.add("<iq><x>late-secret</x></iq>", &secrets()).unwrap();
        let later = [SecretString::from("late-secret".to_owned())];
        history.forget(&later);
        assert!(history.texts().is_empty());
        history.add("<r/>", &later).unwrap();
        assert_eq!(kept(&folder), "\"<r/>\"\n");
    }

    #[test]
    fn a_run_without_a_recording_keeps_no_file_and_reads_none() {
        let (mut history, trouble) = History::open(false, &[]);
        history.add("<presence/>", &[]).unwrap();
        assert_eq!((history.texts().len(), trouble, history.path()), (1, None, None));
    }

    #[test]
    fn a_folder_that_cannot_be_written_to_is_said_and_the_text_stays_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("impscope");
        fs::write(&file, "no folder").unwrap();
        let (mut history, _) = History::in_folder(file.clone(), &[]);
        let why = history.add("<presence/>", &[]).unwrap_err();
        assert!(why.starts_with("sent; the history could not be written") && why.contains("impscope"), "{why}");
        assert_eq!(history.texts(), ["<presence/>"]);
        assert_eq!(fs::read_to_string(file).unwrap(), "no folder");
    }

    #[test]
    fn a_file_that_somebody_else_wrote_is_read_as_far_as_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("impscope");
        fs::create_dir(&state).unwrap();
        let text = format!("rubbish\n\"<iq/>\"\n{{}}\n\"\"\n\"{CANARY}\"\n\"half");
        fs::write(state.join(NAME), text.as_bytes()).unwrap();
        assert_eq!(opened(&folder).texts(), ["<iq/>"]);
    }
}
