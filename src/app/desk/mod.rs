//! What the screen asks of the program, carried out: the walk, the logins that are stepped, and what the user allows.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::discovery::{Again, LoginStep, Means, Reach, Step};
use crate::journal::{ClientKind, Entry, Event, Fact, Offset, OpId, Stage, UserAct, node_key};
use crate::login::{Breakpoint, Pace, Side};
use crate::probe::{Command, Engine, LoginHandle, Standing};
use crate::ui::{Effect, Model};

use super::kept::{self, Kept};
use super::run::Run;
use super::standing;
use super::target::Target;
use super::walker::Walker;

/// So long may logins take to close when the program ends.
const LEAVE: Duration = Duration::from_millis(50);
/// So long is a new login waited for until it says what it would do first.
const FIRST_WORD: Duration = Duration::from_secs(1);

/// Everything that the screen's loop works with.
pub struct Desk {
    /// The run.
    pub run: Run,
    /// What is shown.
    pub model: Model,
    /// The user wants to leave.
    pub quit: bool,
    engine: Engine,
    target: Target,
    means: Means,
    walker: Walker,
    /// Logins up to the mechanisms that wait until it is known which node is stepped.
    later: Vec<LoginStep>,
    logins: Vec<Live>,
    /// A login that waits for a token.
    waiting: Option<Waiting>,
    /// Logins whose user was told why the password had better not be sent.
    warned: Vec<OpId>,
    /// What was accepted on the screen.
    accepted: Vec<Kept>,
    says: mpsc::UnboundedSender<(OpId, Standing)>,
}

/// A login that was started.
struct Live {
    handle: LoginHandle,
    step: LoginStep,
}

/// A login that begins once its token was asked for.
struct Waiting {
    for_token: OpId,
    step: LoginStep,
    run_to: Option<Stage>,
}

impl Live {
    fn is_on(&self, host: &str, port: u16) -> bool {
        self.step.port == port && self.step.host.eq_ignore_ascii_case(host)
    }
}

/// Takes an entry in, for the eye and for the walk.
fn take(model: &mut Model, walker: &mut Walker, entry: &Entry) {
    walker.saw(entry);
    model.apply(entry);
}

impl Desk {
    /// A desk on which nothing was asked yet. What live logins say of themselves goes to `says`.
    pub fn new(
        run: Run,
        mut model: Model,
        engine: Engine,
        target: Target,
        means: Means,
        says: mpsc::UnboundedSender<(OpId, Standing)>,
    ) -> Self {
        model.password_at_hand(means.password);
        Self {
            run,
            model,
            quit: false,
            engine,
            target,
            means,
            walker: Walker::default(),
            later: Vec::new(),
            logins: Vec::new(),
            waiting: None,
            warned: Vec::new(),
            accepted: Vec::new(),
            says,
        }
    }

    /// Waits for the next entry, takes it and what came with it, and asks what follows from that. False: nothing
    /// comes any more. It is cancel-safe up to the entry.
    pub async fn take_next(&mut self) -> bool {
        let Some(entry) = self.run.next().await else { return false };
        take(&mut self.model, &mut self.walker, entry);
        self.catch_up();
        let due = self.waiting.take_if(|waiting| !self.walker.is_open(waiting.for_token));
        if let Some(Waiting { step, run_to, .. }) = due {
            self.start(step, run_to).await;
        }
        true
    }

    /// Ends all logins, and waits a little for what they say of it: that belongs in the recording.
    pub async fn leave(&mut self) {
        // A login whose handle is dropped closes its connection.
        self.logins.clear();
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
            match step {
                Step::Dns(ask) => {
                    let op = self.engine.dns(ask);
                    self.walker.began(op);
                }
                Step::Http(ask) => {
                    let op = self.engine.http(ask);
                    self.walker.began(op);
                }
                Step::Login(step) if step.reach == Reach::Credential => self.start(step, None).await,
                Step::Login(step) => self.later.push(step),
            }
        }
        let decided = self.logins.iter().any(|live| live.step.reach == Reach::Credential);
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

    /// Asks a node up to its mechanisms, unless somebody steps it already.
    fn look(&mut self, step: LoginStep) {
        if self.logins.iter().all(|live| !live.is_on(&step.host, step.port)) {
            let handle = self.engine.login(self.target.unattended(&step, None));
            self.walker.began(handle.op);
            self.logins.push(Live { handle, step });
        }
    }

    /// Shows what a live login says of itself.
    pub fn said(&mut self, op: OpId, standing: &Standing) {
        let Some(live) = self.logins.iter().find(|live| live.handle.op == op) else { return };
        if live.step.reach == Reach::Mechanisms {
            // It runs by itself: nobody steps it.
            return;
        }
        let remote = node_key(&live.step.host, live.step.port);
        let user = format!("{}@{}", self.target.user, self.target.domain);
        if let Some(complaint) = &standing.complaint {
            self.model.notice(complaint.clone());
        }
        self.model.standing(op, standing::shown(standing, &remote, &user));
    }

    /// Says once for each login why its password had better not be sent: it was refused elsewhere, or proves nothing
    /// here. True: it was said just now, and the same key again sends it. A step is warned of where it would send.
    fn warns(&mut self, op: OpId, is_step: bool) -> bool {
        let live = self.logins.iter().find(|live| live.handle.op == op);
        // Jabber's login is by token.
        let by_password = live.filter(|live| live.step.client == ClientKind::Psi);
        let standing = by_password.map(|live| live.handle.standing.borrow().clone());
        let before_auth = |stage: Option<Stage>| stage.is_none_or(|stage| stage <= Stage::Auth);
        let Some(standing) = standing.filter(|standing| before_auth(standing.stage)) else { return false };
        let sends = standing.next.is_some_and(|next| next.contains("<auth"));
        if (is_step && !sends) || self.warned.contains(&op) {
            return false;
        }
        let Some(why) = self.run.walk.advises_against(self.means) else { return false };
        self.warned.push(op);
        self.model.notice(format!("{why}; the same key again sends it all the same"));
        true
    }

    /// Starts a login on a node by what is known of it now.
    async fn start_on(&mut self, host: &str, port: u16, run_to: Option<Stage>) {
        let Some(step) = self.run.walk.login_step(self.means, host, port) else {
            return self.model.notice(format!("{host} has no address to connect to"));
        };
        let needs_token = step.client == ClientKind::Jabber && !self.engine.has_token();
        match self.run.walk.token_again().filter(|_| needs_token) {
            Some(ask) => {
                // A token serves once: the login begins when there is another one, or none can be had.
                let for_token = self.engine.http(ask);
                self.walker.began(for_token);
                self.waiting = Some(Waiting { for_token, step, run_to });
                self.model.notice("asking EPAS for another one-time password".to_owned());
            }
            None => self.start(step, run_to).await,
        }
    }

    /// Starts a login on a node, stepped, or running up to a stage. The one before it on that node ends.
    async fn start(&mut self, step: LoginStep, run_to: Option<Stage>) {
        let same = |live: &Live| live.is_on(&step.host, step.port);
        if let Some(before) = self.logins.iter_mut().find(|live| same(live)) {
            // Its end stands before the new one's beginning, unless it takes too long to leave.
            let over = before.handle.standing.wait_for(|standing| standing.over);
            let _ = tokio::time::timeout(LEAVE, over).await;
        }
        self.logins.retain(|live| !same(live));
        let mut request = self.target.attended(&step);
        if let Some(stage) = run_to {
            request.login.pace = Pace::Running;
            request.login.breakpoints.push(Breakpoint { stage, side: Side::Before });
        }
        let here = self.accepted.iter().filter(|kept| kept.is_on(&step.host, step.port));
        request.login.policy.known.extend(here.map(|kept| kept.fingerprint.clone()));
        let handle = self.engine.login(request);
        let (op, says, mut standing) = (handle.op, self.says.clone(), handle.standing.clone());
        tokio::spawn(async move {
            loop {
                let now = standing.borrow_and_update().clone();
                if says.send((op, now)).is_err() || standing.changed().await.is_err() {
                    return;
                }
            }
        });
        let mut first = handle.standing.clone();
        self.walker.began(op);
        self.logins.push(Live { handle, step });
        self.meet(op, &mut first).await;
    }

    /// Shows what a new login proposes before the next key is read: a key that was typed early finds it there.
    async fn meet(&mut self, op: OpId, standing: &mut watch::Receiver<Standing>) {
        let proposes = standing.wait_for(|standing| *standing != Standing::default());
        let now = match tokio::time::timeout(FIRST_WORD, proposes).await {
            Ok(Ok(now)) => now.clone(),
            Ok(Err(_)) | Err(_) => return,
        };
        self.catch_up();
        self.said(op, &now);
    }

    /// Carries out what the screen asks.
    pub async fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Quit => self.quit = true,
            Effect::Login { host, port, run_to } => self.start_on(&host, port, run_to).await,
            Effect::AskAgain(again) => self.ask_again(again).await,
            Effect::AcceptHost { host, port, fingerprint, keep } => {
                self.accept(Kept { host, port, fingerprint }, keep);
                // Whose word counts now may name another way.
                self.walk_on().await;
            }
            Effect::Step(op) => {
                if !self.warns(op, true) {
                    self.tell(op, [Command::Step]);
                }
            }
            Effect::Continue(op) => {
                if !self.warns(op, false) {
                    self.tell(op, [Command::Run]);
                }
            }
            Effect::Breakpoint(op, stage, after) => {
                let side = if after { Side::After } else { Side::Before };
                self.tell(op, [Command::Toggle(Breakpoint { stage, side })]);
            }
            Effect::Edit(op, text) => self.tell(op, [Command::Edit(text), Command::Step]),
            Effect::Send(op, text) => self.tell(op, [Command::Send(text)]),
            Effect::Skip(op) => self.tell(op, [Command::Skip]),
            Effect::Abort(op) => self.tell(op, [Command::Abort]),
            Effect::Accept(op, fingerprint) => {
                let live = self.logins.iter().find(|live| live.handle.op == op);
                let place = live.map(|live| (live.step.host.clone(), live.step.port));
                let kept = |(host, port)| Kept { host, port, fingerprint: fingerprint.clone() };
                self.accepted.extend(place.map(kept));
                self.tell(op, [Command::Accept(fingerprint)]);
            }
            Effect::AllowCleartext(op) => self.tell(op, [Command::AllowCleartext]),
            Effect::MoreAttempts(op) => self.tell(op, [Command::MoreAttempts]),
            Effect::Password(_, password) => {
                self.engine.keep_password(password.clone());
                self.means.password = true;
                self.model.password_at_hand(true);
                let ops: Vec<OpId> = self.logins.iter().map(|live| live.handle.op).collect();
                for op in ops {
                    self.tell(op, [Command::Password(password.clone())]);
                }
                self.walk_on().await;
            }
        }
    }

    /// Asks an item once more.
    async fn ask_again(&mut self, again: Again) {
        self.say(UserAct::AskedAgain { what: again.words() });
        match again {
            Again::Dns(asks) => {
                for ask in asks {
                    let op = self.engine.dns(ask);
                    self.walker.began(op);
                }
            }
            Again::Http(ask) => {
                let op = self.engine.http(ask);
                self.walker.began(op);
            }
            Again::Node { host, port } => self.start_on(&host, port, None).await,
        }
    }

    /// A certificate is accepted for a service, for requests and logins alike. What was held back there is asked once
    /// more; later logins of this run know of it, and later runs where the user wants that.
    fn accept(&mut self, kept: Kept, keep: bool) {
        let Kept { host, port, fingerprint } = kept.clone();
        self.engine.accept(&host, port, &fingerprint);
        self.accepted.push(kept.clone());
        // A login that is told writes it down itself; one that has ended hears nothing.
        let told = self.logins.iter().any(|live| {
            live.is_on(&host, port) && live.handle.commands.send(Command::Accept(fingerprint.clone())).is_ok()
        });
        if !told {
            self.say(UserAct::Accepted { host: host.clone(), port: Some(port), fingerprint });
        }
        for ask in self.run.walk.held_back(&host, port) {
            let op = self.engine.http(ask);
            self.walker.began(op);
        }
        if keep && self.target.lab {
            self.model
                .notice("accepted for this run; the practice deployment makes new ones each time".to_owned());
        } else if keep {
            self.model.notice(match kept::keep(kept) {
                Ok(path) => format!("kept in {}", path.display()),
                Err(why) => format!("accepted for this run, and not kept: {why:#}"),
            });
        }
    }

    /// An act of the user that no login saw.
    fn say(&mut self, act: UserAct) {
        let entry = self.run.say(Event::Saw(Fact::User(act)));
        take(&mut self.model, &mut self.walker, entry);
    }

    /// Tells a live login something. One that has ended hears nothing; the screen shows that it has.
    fn tell<const N: usize>(&self, op: OpId, commands: [Command; N]) {
        if let Some(live) = self.logins.iter().find(|live| live.handle.op == op) {
            for command in commands {
                let _ = live.handle.commands.send(command);
            }
        }
    }
}
