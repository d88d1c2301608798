//! What the screen asks of the program, carried out: the walk, the logins that are stepped, and what the user allows.

mod effects;
mod logins;

use std::time::Duration;

use crossterm::event::Event;
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::discovery::{LoginStep, Means, Reach, Step};
use crate::journal::{Entry, HttpAsk, Offset, OpId};
use crate::probe::Engine;
use crate::ui::{self, Budget, Copied, Local, Model};

use super::allowance::Allowance;
use super::credentials::Credentials;
use super::front::Subject;
use super::history::History;
use super::kept::Kept;
use super::run::Run;
use super::scribe::{Saved, Scribe};
use super::target::Target;
use super::walker::Walker;
use logins::{Live, Waiting};

/// So long may logins take to close when the program ends.
const LEAVE: Duration = Duration::from_millis(50);

/// So many entries are taken before the keys are looked at again, and a frame is drawn.
const AT_ONCE: usize = 256;

/// Everything that the screen's loop works with.
pub struct Desk {
    /// The run.
    pub run: Run,
    /// What is shown.
    pub model: Model,
    scribe: Scribe,
    engine: Engine,
    target: Target,
    means: Means,
    /// What must stand in no text that is kept.
    secrets: Vec<SecretString>,
    walker: Walker,
    allowance: Allowance,
    /// Logins up to the mechanisms that wait until it is known which node is stepped.
    later: Vec<LoginStep>,
    logins: Vec<Live>,
    /// A login that waits for a token.
    waiting: Option<Waiting>,
    /// Logins whose user was told why the password had better not be sent.
    warned: Vec<OpId>,
    /// What was accepted on the screen.
    accepted: Vec<Kept>,
    /// What was sent by XML Input.
    history: History,
    /// What was asked anew and has no answer yet.
    polled: Vec<(HttpAsk, OpId)>,
    /// When something is to be asked anew next.
    polls_at: Option<Offset>,
    /// Logins that have something new to say of themselves.
    says: mpsc::UnboundedSender<OpId>,
    said: mpsc::UnboundedReceiver<OpId>,
}

/// What has come to the desk.
pub enum Came {
    /// Entries: the first of them is taken, others may wait.
    Entries,
    /// A live login has something new to say of itself.
    Standing(OpId),
    /// A report was written, or was not.
    Saved(Saved),
}

/// Takes an entry in, for the eye and for the walk.
fn take(model: &mut Model, walker: &mut Walker, entry: &Entry) {
    walker.saw(entry);
    model.apply(entry);
}

impl Desk {
    /// A desk on which nothing was asked yet.
    pub fn new(run: Run, model: Model, engine: Engine, target: Target, credentials: Credentials) -> Self {
        let (says, said) = mpsc::unbounded_channel();
        let means = target.means(&credentials);
        let Credentials { own, second, admin } = credentials;
        let allowance = Allowance::new(target.hard_limit);
        let mut desk = Self {
            run,
            model,
            scribe: Scribe::default(),
            engine,
            target,
            means,
            secrets: [own.password, own.token, second, admin].into_iter().flatten().collect(),
            walker: Walker::default(),
            allowance,
            later: Vec::new(),
            logins: Vec::new(),
            waiting: None,
            warned: Vec::new(),
            accepted: Vec::new(),
            history: History::default(),
            polled: Vec::new(),
            polls_at: None,
            says,
            said,
        };
        desk.open_history();
        desk.show_budget();
        desk
    }

    /// Asks anew what an open screen keeps up to date: services and sockets, and the nodes that are watched.
    fn poll(&mut self) {
        let walker = &self.walker;
        self.polled.retain(|(_, op)| walker.is_open(*op));
        let now = self.run.clock.now();
        let watching = self.run.walk.watch(self.means, now);
        let polls = self.run.walk.polls(self.means, now);
        self.polls_at = polls.next.into_iter().chain(watching.next).min();
        watching.logins.into_iter().for_each(|step| self.watch(step));
        for ask in polls.due {
            if self.polled.iter().all(|(other, _)| !other.is_same(&ask)) {
                let op = self.engine.http(ask.clone());
                self.walker.began(op);
                self.polled.push((ask, op));
            }
        }
    }

    /// Shows what credentials are at hand and how many attempts were made.
    fn show_budget(&mut self) {
        let (used, limit) = self.engine.attempts();
        self.model.budget(Budget { means: self.means, used, limit, hard: self.target.hard_limit });
    }

    /// Takes the entries that came with the first one, and asks what follows from them.
    async fn take_entries(&mut self) {
        self.catch_up(AT_ONCE);
        self.show_budget();
        let due = self.waiting.take_if(|waiting| !self.walker.is_open(waiting.for_token));
        if let Some(Waiting { step, run_to, .. }) = due {
            self.start(step, run_to).await;
        }
        self.walk_on().await;
    }

    /// Ends all logins, and waits for a report that is being written and a little for what the logins say of their end:
    /// that belongs in the recording. Nothing is asked any more: what is secret is forgotten before.
    pub async fn leave(self) -> Run {
        let (mut run, mut scribe) = self.without_secrets();
        scribe.finish().await;
        let _ = tokio::time::timeout(LEAVE, run.settle()).await;
        run
    }

    /// A login whose handle is dropped closes its connection.
    fn without_secrets(self) -> (Run, Scribe) {
        (self.run, self.scribe)
    }

    /// Takes what has come already, at most so many entries: while a server sends without a pause, more always has.
    fn catch_up(&mut self, most: usize) {
        for _ in 0..most {
            let Some(entry) = self.run.try_next() else { break };
            take(&mut self.model, &mut self.walker, entry);
        }
        self.tell_news();
    }

    /// Says once that the recording is no longer whole.
    fn tell_news(&mut self) {
        if let Some(line) = self.run.recording_news() {
            self.model.recording_stopped();
            self.model.notice(line);
        }
    }

    /// Asks what the plan says. Nodes that need no person are asked once it is known which one does.
    async fn walk_on(&mut self) {
        for step in self.walker.due(&self.run.walk, self.means) {
            self.engine.allow_attempts(self.allowance.adds(&self.run.walk, &step));
            match step {
                Step::Dns(ask) => {
                    let op = self.engine.dns(ask);
                    self.walker.began(op);
                }
                Step::Http(ask) => {
                    let op = self.engine.http(ask);
                    self.walker.began(op);
                }
                Step::Login(step) if step.reach == Reach::Mechanisms => self.later.push(step),
                Step::Login(step) if self.goes_alone(&step) => self.run_alone(step),
                Step::Login(step) => self.start(step, None).await,
            }
        }
        self.poll();
        self.show_budget();
        let decided = self.has_begun();
        let waited = self.looks_at().is_none_or(|at| self.run.clock.now() >= at);
        if decided || waited || self.walker.is_idle() {
            for step in std::mem::take(&mut self.later) {
                self.look(step);
            }
        }
    }

    /// When the nodes that wait are asked at the latest; none while none waits.
    fn looks_at(&self) -> Option<Offset> {
        (!self.later.is_empty()).then(|| Offset::default().after(self.target.marks.slow))
    }
}

impl Subject for Desk {
    type Came = Came;

    fn model(&mut self) -> &mut Model {
        &mut self.model
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }

    fn now(&self) -> Offset {
        self.run.clock.now()
    }

    fn wake(&self) -> Option<Instant> {
        let soonest = self.model.next_tick().into_iter().chain(self.looks_at()).chain(self.polls_at).min()?;
        Some(self.run.clock.instant(soonest))
    }

    async fn woken(&mut self) {
        self.walk_on().await;
    }

    async fn next(&mut self) -> Option<Came> {
        tokio::select! {
            biased;
            entry = self.run.next() => {
                take(&mut self.model, &mut self.walker, entry?);
                Some(Came::Entries)
            }
            Some(op) = self.said.recv() => Some(Came::Standing(op)),
            saved = self.scribe.saved() => Some(Came::Saved(saved)),
        }
    }

    async fn take(&mut self, came: Came) {
        match came {
            Came::Entries => self.take_entries().await,
            Came::Standing(op) => self.said(op),
            Came::Saved(saved) => self.scribe.heard(&mut self.model, saved),
        }
    }

    fn keep(&mut self, text: String) {
        self.locally(Local::Copy(Copied::View, text));
    }

    async fn event(&mut self, event: Event) {
        for effect in ui::handle(&mut self.model, event) {
            self.effect(effect).await;
        }
    }
}
