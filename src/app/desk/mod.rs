//! What the screen asks of the program, carried out: the walk, the logins that are stepped, and what the user allows.

mod effects;
mod logins;

use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::discovery::{LoginStep, Means, Reach, Step};
use crate::journal::{Entry, Offset, OpId};
use crate::probe::{Engine, Standing};
use crate::ui::{Budget, Model};

use super::allowance::Allowance;
use super::credentials::Credentials;
use super::history::History;
use super::kept::Kept;
use super::run::Run;
use super::target::Target;
use super::walker::Walker;
use logins::{Live, Waiting};

/// So long may logins take to close when the program ends.
const LEAVE: Duration = Duration::from_millis(50);

/// Everything that the screen's loop works with.
pub struct Desk {
    /// The run.
    pub run: Run,
    /// What is shown.
    pub model: Model,
    /// The user wants to leave.
    pub quit: bool,
    /// What the terminal is to be told, beside the picture: text for its clipboard.
    pub for_terminal: Option<Vec<u8>>,
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
    /// A report is being written.
    saving: Option<JoinHandle<()>>,
    says: mpsc::UnboundedSender<Said>,
}

/// What is told to the desk beside the journal.
#[derive(Debug)]
pub enum Said {
    /// What a live login says of itself.
    Standing(OpId, Standing),
    /// A report was written: where; or was not: why.
    Saved(Result<String, String>),
}

/// Takes an entry in, for the eye and for the walk.
fn take(model: &mut Model, walker: &mut Walker, entry: &Entry) {
    walker.saw(entry);
    model.apply(entry);
}

impl Desk {
    /// A desk on which nothing was asked yet. What live logins say of themselves, and what is written,
    /// goes to `says`.
    pub fn new(
        run: Run,
        model: Model,
        engine: Engine,
        target: Target,
        credentials: Credentials,
        says: mpsc::UnboundedSender<Said>,
    ) -> Self {
        let means = target.means(&credentials);
        let Credentials { own, second } = credentials;
        let allowance = Allowance::new(target.hard_limit);
        let mut desk = Self {
            run,
            model,
            quit: false,
            for_terminal: None,
            engine,
            target,
            means,
            secrets: [own.password, own.token, second].into_iter().flatten().collect(),
            walker: Walker::default(),
            allowance,
            later: Vec::new(),
            logins: Vec::new(),
            waiting: None,
            warned: Vec::new(),
            accepted: Vec::new(),
            saving: None,
            history: History::default(),
            says,
        };
        desk.open_history();
        desk.show_budget();
        desk
    }

    /// Shows what credentials are at hand and how many attempts were made.
    fn show_budget(&mut self) {
        let (used, limit) = self.engine.attempts();
        self.model.budget(Budget { means: self.means, used, limit, hard: self.target.hard_limit });
    }

    /// Waits for the next entry, takes it and what came with it, and asks what follows from that. False: nothing
    /// comes any more. It is cancel-safe up to the entry.
    pub async fn take_next(&mut self) -> bool {
        let Some(entry) = self.run.next().await else { return false };
        take(&mut self.model, &mut self.walker, entry);
        self.catch_up();
        self.show_budget();
        let due = self.waiting.take_if(|waiting| !self.walker.is_open(waiting.for_token));
        if let Some(Waiting { step, run_to, .. }) = due {
            self.start(step, run_to).await;
        }
        true
    }

    /// Takes what was said beside the journal.
    pub fn heard(&mut self, said: Said) {
        match said {
            Said::Standing(op, standing) => self.said(op, &standing),
            Said::Saved(saved) => {
                self.saving = None;
                self.model.notice(match saved {
                    Ok(path) => format!("report: {path}"),
                    Err(why) => format!("no report was saved: {why}"),
                });
            }
        }
    }

    /// Ends all logins, and waits a little for what they say of it: that belongs in the recording.
    pub async fn leave(&mut self) {
        // A login whose handle is dropped closes its connection.
        self.logins.clear();
        if let Some(saving) = self.saving.take() {
            let _ = saving.await;
        }
        let _ = tokio::time::timeout(LEAVE, self.run.settle()).await;
    }

    /// Takes what has come already.
    fn catch_up(&mut self) {
        while let Some(entry) = self.run.try_next() {
            take(&mut self.model, &mut self.walker, entry);
        }
    }

    /// Asks what the plan says. Nodes that need no person are asked once it is known which one does.
    pub async fn walk_on(&mut self) {
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
    pub fn looks_at(&self) -> Option<Offset> {
        (!self.later.is_empty()).then(|| Offset::default().after(self.target.marks.slow))
    }
}
