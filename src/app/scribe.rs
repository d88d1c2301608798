//! What the screen asks of the program alone: to end, to copy, to save a report. It sends nothing, so a recording's
//! screen has it as well.

use std::path::PathBuf;

use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::fault::contained_blocking;
use super::{export, keep, terminal};
use crate::journal::{Entry, Wall};
use crate::report::Source;
use crate::ui::{Copied, Local, LongCopy, Model};

/// What was written beside the screen, or why it was not.
pub enum Saved {
    /// A report: where it is.
    Report(Result<String, String>),
    /// A copy.
    Copy(Copied, anyhow::Result<Copy>),
}

/// A copy that was kept.
pub struct Copy {
    /// The file.
    path: PathBuf,
    /// What gives it to the terminal's clipboard; none where it is too long for that.
    clipboard: Option<Vec<u8>>,
}

impl Copy {
    /// Keeps a text. No secret must stand in it.
    fn keep(what: Copied, text: &str, wall: Wall, secrets: &[SecretString]) -> anyhow::Result<Self> {
        let secrets: Vec<&SecretString> = secrets.iter().collect();
        let path = keep::text(&export::folder()?, what.name(), text, wall, &secrets)?;
        Ok(Self { path, clipboard: keep::clipboard(text, keep::Through::of_environment()) })
    }
}

/// Writes what the user keeps.
pub struct Scribe {
    /// The user wants to leave.
    pub quit: bool,
    /// The user wants the shell.
    pub suspend: bool,
    /// What the terminal is to be told, beside the picture: text for its clipboard.
    pub for_terminal: Option<Vec<u8>>,
    /// Nothing but lines goes to the terminal: it has no clipboard.
    pub only_lines: bool,
    /// Something is being written.
    saving: Option<JoinHandle<()>>,
    /// Whose entries they are.
    source: Source,
    says: mpsc::UnboundedSender<Saved>,
    said: mpsc::UnboundedReceiver<Saved>,
}

impl Default for Scribe {
    fn default() -> Self {
        let (says, said) = mpsc::unbounded_channel();
        let source = export::of_this_run();
        Self {
            quit: false,
            suspend: false,
            for_terminal: None,
            only_lines: false,
            saving: None,
            source,
            says,
            said,
        }
    }
}

impl Scribe {
    /// What is kept comes from a recording.
    pub fn of_recording(tool: String) -> Self {
        Self { source: Source { tool, ..Source::default() }, ..Self::default() }
    }

    /// The recording's last line was left out: why.
    pub fn torn(&mut self, why: &str) {
        self.source.torn = Some(why.to_owned());
    }

    /// Carries out what the screen asks. `secrets` must stand in nothing that is kept; `wall` is the time of day.
    pub fn carry_out(
        &mut self,
        local: Local,
        model: &mut Model,
        entries: &[Entry],
        wall: Wall,
        secrets: Vec<SecretString>,
    ) {
        match local {
            Local::Quit => self.quit = true,
            Local::Suspend => self.suspend = true,
            Local::Copy(what, text) => {
                let kept = Copy::keep(what, &text, wall, &secrets);
                self.kept(model, what, kept);
            }
            Local::CopyLong(copy) => self.copy_long(model, copy, entries, wall, secrets),
            Local::SaveReport => self.save_report(model, entries, secrets),
            Local::Mouse(taken) if !self.only_lines => self.for_terminal = Some(terminal::mouse(taken).to_vec()),
            Local::Mouse(_) => {}
        }
    }

    /// Gives what was kept to the terminal's clipboard as well, and says so.
    fn kept(&mut self, model: &mut Model, what: Copied, kept: anyhow::Result<Copy>) {
        model.notice(match kept {
            Ok(Copy { path, clipboard }) => {
                self.for_terminal = clipboard.filter(|_| !self.only_lines);
                let (path, what) = (keep::short(&path), what.name());
                match (self.only_lines, &self.for_terminal) {
                    (true, _) => format!("{what} kept in {path}"),
                    (false, Some(_)) => format!("{what} copied; also in {path}"),
                    (false, None) => format!("too long for a terminal's clipboard; the whole {what} is in {path}"),
                }
            }
            Err(why) => format!("nothing was copied: {why:#}"),
        });
    }

    /// Copies many rows, beside the screen.
    fn copy_long(
        &mut self,
        model: &mut Model,
        copy: LongCopy,
        entries: &[Entry],
        wall: Wall,
        secrets: Vec<SecretString>,
    ) {
        if self.is_busy(model) {
            return;
        }
        model.notice(copy.words());
        let (what, entries) = (copy.what, copy.wanted(entries).to_vec());
        let keep = move || Saved::Copy(what, Copy::keep(what, &copy.text(&entries), wall, &secrets));
        self.beside(keep, move |why| Saved::Copy(what, Err(anyhow::anyhow!(why))));
    }

    /// Saves a report of the run, beside the screen: a long run takes its time.
    fn save_report(&mut self, model: &mut Model, entries: &[Entry], secrets: Vec<SecretString>) {
        if self.is_busy(model) {
            return;
        }
        model.notice("writing the report …".to_owned());
        let (entries, source) = (entries.to_vec(), self.source.clone());
        let save = move || {
            let secrets: Vec<&SecretString> = secrets.iter().collect();
            let saved = export::folder().and_then(|folder| export::save(&entries, &source, &secrets, &folder));
            Saved::Report(saved.map(|path| keep::short(&path)).map_err(|why| format!("{why:#}")))
        };
        self.beside(save, |why| Saved::Report(Err(why)));
    }

    /// Whether something is being written: one at a time. It then says so.
    fn is_busy(&self, model: &mut Model) -> bool {
        let busy = self.saving.is_some();
        if busy {
            model.notice("something is being written already: press it again in a moment".to_owned());
        }
        busy
    }

    /// Does something long beside the screen; `fault` is what is said if it panics.
    fn beside(
        &mut self,
        work: impl FnOnce() -> Saved + Send + 'static,
        fault: impl FnOnce(String) -> Saved + Send + 'static,
    ) {
        let says = self.says.clone();
        self.saving = Some(tokio::spawn(async move {
            let _ = says.send(contained_blocking(work).await.unwrap_or_else(fault));
        }));
    }

    /// Waits until something was written. It is cancel-safe.
    pub async fn saved(&mut self) -> Saved {
        match self.said.recv().await {
            Some(saved) => saved,
            // Its other end is ours.
            None => std::future::pending().await,
        }
    }

    /// Says where it is.
    pub fn heard(&mut self, model: &mut Model, saved: Saved) {
        self.saving = None;
        match saved {
            Saved::Report(Ok(path)) => model.notice(format!("report: {path}")),
            Saved::Report(Err(why)) => model.notice(format!("no report was saved: {why}")),
            Saved::Copy(what, kept) => self.kept(model, what, kept),
        }
    }

    /// Waits for what is being written.
    pub async fn finish(&mut self) {
        if let Some(saving) = self.saving.take() {
            let _ = saving.await;
        }
    }
}
