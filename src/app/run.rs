//! One run: the journal, its recording, and what is folded from it for both front ends.

use tokio::sync::mpsc;

use crate::discovery::Walk;
use crate::findings::{self, Finding};
use crate::journal::{Ask, Entry, Event, Fact, GivenNode, Journal, Note, Outcome, RunAsk, UserAct};
use crate::probe::{Clock, Notes, Op};
use crate::progress::Progress;

use super::environment::environment;
use super::fault;
use super::kept::Kept;
use super::recording::{Place, Recording};
use super::target::Target;

/// A run's journal and its owner.
pub struct Run {
    /// The clock that everything is stamped with.
    pub clock: Clock,
    /// Where the probe writes.
    pub notes: Notes,
    /// The run's own operation.
    pub op: Op,
    /// What is known of each login.
    pub progress: Progress,
    /// What the walk has asked and was told.
    pub walk: Walk,
    journal: Journal,
    incoming: mpsc::Receiver<Note>,
    recording: Option<Recording>,
}

impl Run {
    /// Begins a run: its first entry says what was asked for. A recording that cannot be made is said, not fatal.
    pub fn begin(mut ask: RunAsk, place: &Place) -> (Self, Option<String>) {
        let clock = Clock::start();
        ask.environment = Some(Box::new(environment(clock.started())));
        let (notes, incoming) = Notes::channel(clock);
        let name = format!("{}@{}", ask.user, ask.domain);
        let (recording, trouble) = match Recording::begin(place, clock.started(), &name) {
            Ok(recording) => {
                fault::recorded_in(recording.as_ref().map(Recording::path));
                (recording, None)
            }
            Err(why) => (None, Some(why)),
        };
        let op = notes.op(None);
        let (journal, progress, walk) = (Journal::default(), Progress::default(), Walk::default());
        let mut run = Self { clock, notes, op, progress, walk, journal, incoming, recording };
        let note = run.notes.note(op, Event::Began(Ask::Run(ask)));
        run.append(note);
        (run, trouble)
    }

    /// What the command line allowed and asked for: it changes what the rest means, so it is in the journal.
    pub fn note_permissions(&mut self, target: &Target) {
        let mut acts = Vec::new();
        if target.allowed.insecure {
            acts.push(UserAct::Insecure);
        }
        let named = &target.walk.nodes;
        for fingerprint in target.allowed.fingerprints.iter().cloned() {
            // Of nodes that were named, one with another certificate is worth an alarm.
            let here = |node: &GivenNode| UserAct::Accepted {
                host: node.host.clone(),
                port: Some(node.port),
                fingerprint: fingerprint.clone(),
            };
            acts.extend(named.iter().map(here));
            if named.is_empty() {
                acts.push(UserAct::AcceptedAnywhere { fingerprint });
            }
        }
        if target.allowed.cleartext {
            acts.push(UserAct::AllowedCleartextAnywhere);
        }
        for kept in &target.allowed.kept {
            let Kept { host, port, fingerprint } = kept.clone();
            acts.push(UserAct::Accepted { host, port: Some(port), fingerprint });
        }
        acts.extend(target.words.iter().cloned());
        for act in acts {
            self.say(Event::Saw(Fact::User(act)));
        }
    }

    /// The next entry, appended, recorded and folded. It is cancel-safe: nothing is lost when it is dropped.
    pub async fn next(&mut self) -> Option<&Entry> {
        let note = self.incoming.recv().await?;
        Some(self.append(note))
    }

    /// Takes entries until every login has ended.
    pub async fn settle(&mut self) {
        let is_open = |progress: &Progress| {
            let mut all = progress.logins().iter().chain(progress.controls());
            all.any(|login| login.ended.is_none())
        };
        while is_open(&self.progress) {
            if self.next().await.is_none() {
                return;
            }
        }
    }

    /// What has come already, without waiting.
    pub fn try_next(&mut self) -> Option<&Entry> {
        let note = self.incoming.try_recv().ok()?;
        Some(self.append(note))
    }

    /// Appends an event of the run itself, such as a user's act that no login saw.
    pub fn say(&mut self, event: Event) -> &Entry {
        let note = self.notes.note(self.op, event);
        self.append(note)
    }

    fn append(&mut self, note: Note) -> &Entry {
        let entry = self.journal.append(note);
        if let Some(recording) = &mut self.recording {
            recording.write(entry);
        }
        self.progress.apply(entry);
        self.walk.apply(entry);
        entry
    }

    /// All entries so far.
    pub fn entries(&self) -> &[Entry] {
        self.journal.entries()
    }

    /// What is concluded from them, the gravest first.
    pub fn findings(&self) -> Vec<Finding> {
        findings::findings(&self.progress, &self.walk)
    }

    /// Where the recording is, if there is one.
    pub fn recording(&self) -> Option<&Recording> {
        self.recording.as_ref()
    }

    /// Once, when the recording begins to lack something: what the user should know of it.
    pub fn recording_news(&mut self) -> Option<String> {
        self.recording.as_mut()?.news()
    }

    /// Ends the run, and says where its recording is and how to look at it again.
    pub fn end(&mut self) -> Option<String> {
        while self.try_next().is_some() {}
        self.say(Event::Ended(Outcome::ok()));
        self.recording.as_ref().map(Recording::farewell)
    }
}
