//! What the screen asks of the program alone: to end, to copy, to save a report. It sends nothing, so a recording's
//! screen has it as well.

use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::fault::contained_blocking;
use super::{export, keep, terminal};
use crate::journal::{Entry, Wall};
use crate::report::Source;
use crate::ui::{Copied, Local, Model};

/// Where a report was written; or why none was.
pub type Saved = Result<String, String>;

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
    /// A report is being written.
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
            Local::Copy(what, text) => self.copy(model, what, &text, wall, &secrets),
            Local::SaveReport => self.save_report(model, entries, secrets),
            Local::Mouse(taken) if !self.only_lines => self.for_terminal = Some(terminal::mouse(taken).to_vec()),
            Local::Mouse(_) => {}
        }
    }

    /// Gives a text to the terminal's clipboard and keeps it in a file.
    fn copy(&mut self, model: &mut Model, what: Copied, text: &str, wall: Wall, known: &[SecretString]) {
        let secrets: Vec<&SecretString> = known.iter().collect();
        let kept = export::folder().and_then(|folder| keep::text(&folder, what.name(), text, wall, &secrets));
        model.notice(match kept {
            Ok(path) => {
                let clipboard = keep::clipboard(text, keep::Through::of_environment());
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

    /// Saves a report of the run, beside the screen: a long run takes its time. One at a time.
    fn save_report(&mut self, model: &mut Model, entries: &[Entry], secrets: Vec<SecretString>) {
        model.notice("writing the report …".to_owned());
        if self.saving.is_some() {
            return;
        }
        let (entries, source, says) = (entries.to_vec(), self.source.clone(), self.says.clone());
        let write = move || {
            let secrets: Vec<&SecretString> = secrets.iter().collect();
            let saved = export::folder().and_then(|folder| export::save(&entries, &source, &secrets, &folder));
            saved.map(|path| keep::short(&path)).map_err(|why| format!("{why:#}"))
        };
        self.saving = Some(tokio::spawn(async move {
            let saved = contained_blocking(write).await.and_then(|saved| saved);
            let _ = says.send(saved);
        }));
    }

    /// Waits until a report was written. It is cancel-safe.
    pub async fn saved(&mut self) -> Saved {
        match self.said.recv().await {
            Some(saved) => saved,
            // Its other end is ours.
            None => std::future::pending().await,
        }
    }

    /// Says where the report is.
    pub fn heard(&mut self, model: &mut Model, saved: Saved) {
        self.saving = None;
        model.notice(match saved {
            Ok(path) => format!("report: {path}"),
            Err(why) => format!("no report was saved: {why}"),
        });
    }

    /// Waits for the report that is being written.
    pub async fn finish(&mut self) {
        if let Some(saving) = self.saving.take() {
            let _ = saving.await;
        }
    }
}
