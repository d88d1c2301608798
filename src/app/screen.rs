//! The screen's loop: entries, keys, the clock and signals in; frames and commands out.
//!
//! It draws only when the model says that something changed, and not more often than the line can bear.

use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context, bail};
use crossterm::event::{Event as TerminalEvent, EventStream};
use futures_util::StreamExt;
use tokio::sync::{mpsc, watch};

use crate::cli::{ColorWhen, Common, Look};
use crate::config::Settings;
use crate::discovery::{Again, LoginStep, Means, Reach, Step};
use crate::journal::{Entry, Event, Fact, Offset, OpId, UserAct};
use crate::login::fill::Secrets;
use crate::login::{Breakpoint, Pace, Side};
use crate::probe::{Command, Engine, LoginHandle, Roots, Standing};
use crate::ui::{self, Effect, Model, Setup, Theme, ThemeName};

use super::kept::{self, Kept};
use super::run::Run;
use super::signals::signalled;
use super::target::Target;
use super::terminal::Screen;
use super::walker::Walker;
use super::{credentials, standing};

/// At most 30 frames a second on a local terminal, 10 over SSH.
const FRAME_LOCAL: Duration = Duration::from_millis(33);
const FRAME_SSH: Duration = Duration::from_millis(100);
/// A deadline this far away stands for none.
const NEVER: Duration = Duration::from_secs(86_400);
/// So long may logins take to close when the program ends.
const LEAVE: Duration = Duration::from_millis(50);
/// So long is a new login waited for until it says what it would do first.
const FIRST_WORD: Duration = Duration::from_secs(1);

/// The screen on nodes that the command line names.
///
/// # Errors
/// On bad usage, or where there is no terminal.
pub async fn run(target: &str, common: &Common, look: &Look, settings: Settings) -> anyhow::Result<u8> {
    let secrets = credentials::given(common)?;
    let target = Target::new(target, common, &settings, &secrets)?;
    show(target, secrets, setup(look, &settings)?, settings.warnings.first().cloned()).await
}

/// The screen on a target. `notice` is the first line that it says.
///
/// # Errors
/// Where there is no terminal, or it breaks.
pub async fn show(
    target: Target,
    secrets: Secrets,
    mut setup: Setup,
    notice: Option<String>,
) -> anyhow::Result<u8> {
    if !credentials::can_ask() {
        bail!("there is no terminal to draw on; `impscope check` does the same without a screen");
    }
    if std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb") {
        bail!("TERM=dumb: this terminal cannot be drawn on; `impscope check` does the same without a screen");
    }
    let roots = Roots::load(target.ca_pem.as_deref()).map_err(|why| anyhow::anyhow!("--ca-file: {why}"))?;
    let (mut run, trouble) = Run::begin(target.ask(), &target.place);
    run.note_permissions(&target);
    setup.recording = run.recording().is_some();
    let means = target.means(&secrets);
    let engine = target.engine(&run, roots, secrets);
    let stop = Box::pin(signalled());
    let mut screen = Screen::take().context("the terminal")?;
    let size = screen.terminal.size().context("the terminal's size")?;
    let mut model = Model::new(setup, size.width, size.height);
    run.entries().iter().for_each(|entry| model.apply(entry));
    if let Some(line) = trouble.or(notice) {
        model.notice(line);
    }
    let (says, standings) = mpsc::unbounded_channel();
    model.password_at_hand(means.password);
    let mut desk = Desk {
        run,
        model,
        engine,
        target,
        means,
        walker: Walker::default(),
        later: Vec::new(),
        logins: Vec::new(),
        accepted: Vec::new(),
        says,
        quit: false,
    };
    let ended = desk.work(&mut screen, standings, stop).await;
    drop(screen);
    // A login whose handle is dropped closes its connection; what it says of that belongs in the recording.
    desk.logins.clear();
    let _ = tokio::time::timeout(LEAVE, desk.run.settle()).await;
    if let Some(line) = desk.run.end() {
        println_quietly(&line);
    }
    ended.map(|()| 0)
}

/// How the screen looks, by the options, the settings and the environment.
///
/// # Errors
/// When there is no theme of the name that was given.
pub fn setup(look: &Look, settings: &Settings) -> anyhow::Result<Setup> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let terminal = std::env::var("TERM").unwrap_or_default();
    let colour = match look.color.unwrap_or(ColorWhen::Auto) {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => !set("NO_COLOR"),
    };
    let named = look.theme.as_deref().or(settings.theme.as_deref());
    let theme = match named {
        _ if !colour => ThemeName::Mono,
        None => ThemeName::Dark,
        Some(name) => ThemeName::named(name)
            .with_context(|| format!("there is no theme {name:?}; there are dark, light and mono"))?,
    };
    Ok(Setup {
        theme: Theme::named(theme),
        ascii: look.ascii || settings.ascii.unwrap_or(false) || !is_utf8_locale() || terminal == "linux",
        slow_line: set("SSH_TTY") || set("SSH_CONNECTION"),
        ahead_of_utc: jiff::tz::TimeZone::system().to_offset(jiff::Timestamp::UNIX_EPOCH).seconds(),
        recording: false,
        replay: false,
    })
}

/// Whether the locale's characters are UTF-8: the first of these that is set decides, as in the C library.
fn is_utf8_locale() -> bool {
    let first = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let locale = first.unwrap_or_default().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

fn println_quietly(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Everything that the loop works with.
struct Desk {
    run: Run,
    model: Model,
    engine: Engine,
    target: Target,
    means: Means,
    walker: Walker,
    /// Logins up to the mechanisms that wait until it is known which node is stepped.
    later: Vec<LoginStep>,
    logins: Vec<Live>,
    /// What was accepted on the screen.
    accepted: Vec<Kept>,
    says: mpsc::UnboundedSender<(OpId, Standing)>,
    quit: bool,
}

/// A login that was started.
struct Live {
    handle: LoginHandle,
    step: LoginStep,
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
    async fn work(
        &mut self,
        screen: &mut Screen,
        mut standings: mpsc::UnboundedReceiver<(OpId, Standing)>,
        mut stop: Pin<Box<impl Future<Output = &'static str>>>,
    ) -> anyhow::Result<()> {
        self.walk_on().await;
        let mut events = terminal_events();
        let frame = if std::env::var_os("SSH_TTY").is_some() { FRAME_SSH } else { FRAME_LOCAL };
        let clock = self.run.clock;
        let mut may_draw = Offset(0);
        let mut stale = true;
        while !self.quit {
            let now = clock.now();
            if now >= may_draw && self.model.refresh(now) {
                let drawn = screen.terminal.draw(|frame| ui::view::draw(&self.model, frame));
                if drawn.is_err() {
                    // The terminal is gone: nobody is there to be shown anything.
                    return Ok(());
                }
                may_draw = clock.now().after(frame);
            }
            stale &= now < may_draw;
            let tick = self.model.next_tick().unwrap_or_else(|| now.after(NEVER));
            let wake = if stale { may_draw.min(tick) } else { tick };
            tokio::select! {
                biased;
                _ = &mut stop => return Ok(()),
                event = events.recv() => match event {
                    Some(Ok(event)) => self.event(event).await,
                    Some(Err(_)) | None => return Ok(()),
                },
                entry = self.run.next() => {
                    let Some(entry) = entry else { return Ok(()) };
                    take(&mut self.model, &mut self.walker, entry);
                    self.catch_up();
                    self.walk_on().await;
                }
                said = standings.recv() => if let Some((op, standing)) = said {
                    self.said(op, &standing);
                },
                () = tokio::time::sleep_until(clock.instant(wake)) => {}
            }
            stale = true;
        }
        Ok(())
    }

    /// Takes what has come already.
    fn catch_up(&mut self) {
        while let Some(entry) = self.run.try_next() {
            take(&mut self.model, &mut self.walker, entry);
        }
    }

    /// Asks what the plan says. Nodes that need no person are asked once it is known which one does.
    async fn walk_on(&mut self) {
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
        if decided || self.walker.is_idle() {
            for step in std::mem::take(&mut self.later) {
                self.look(step);
            }
        }
    }

    /// Asks a node up to its mechanisms, unless somebody steps it already.
    fn look(&mut self, step: LoginStep) {
        if self.logins.iter().all(|live| !live.is_on(&step.host, step.port)) {
            let handle = self.engine.login(self.target.unattended(&step, None));
            self.walker.began(handle.op);
            self.logins.push(Live { handle, step });
        }
    }

    async fn event(&mut self, event: TerminalEvent) {
        for effect in ui::handle(&mut self.model, event) {
            self.effect(effect).await;
        }
    }

    fn said(&mut self, op: OpId, standing: &Standing) {
        let Some(live) = self.logins.iter().find(|live| live.handle.op == op) else { return };
        if live.step.reach == Reach::Mechanisms {
            // It runs by itself: nobody steps it.
            return;
        }
        let remote = crate::console::node_key(&live.step.host, live.step.port);
        let user = format!("{}@{}", self.target.user, self.target.domain);
        if let Some(complaint) = &standing.complaint {
            self.model.notice(complaint.clone());
        }
        self.model.standing(op, standing::shown(standing, &remote, &user));
    }

    /// Starts a login on a node by what is known of it now.
    async fn start_on(&mut self, host: &str, port: u16, run_to: Option<crate::journal::Stage>) {
        match self.run.walk.login_step(self.means, host, port) {
            Some(step) => self.start(step, run_to).await,
            None => self.model.notice(format!("{host} has no address to connect to")),
        }
    }

    /// Starts a login on a node, stepped, or running up to a stage. The one before it on that node ends.
    async fn start(&mut self, step: LoginStep, run_to: Option<crate::journal::Stage>) {
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
        let here = self.accepted.iter().filter(|kept| kept.host.eq_ignore_ascii_case(&step.host));
        request.login.policy.accepted.extend(here.map(|kept| kept.fingerprint.clone()));
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

    async fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Quit => self.quit = true,
            Effect::Login { host, port, run_to, .. } => {
                self.start_on(&host, port, run_to).await;
            }
            Effect::AskAgain(again) => self.ask_again(again).await,
            Effect::AcceptHost { host, fingerprint, keep } => {
                self.accept(Kept { host, fingerprint }, keep);
                // Whose word counts now may name another way.
                self.walk_on().await;
            }
            Effect::Step(op) => self.tell(op, [Command::Step]),
            Effect::Continue(op) => self.tell(op, [Command::Run]),
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
                let host = live.map(|live| live.step.host.clone());
                self.accepted.extend(host.map(|host| Kept { host, fingerprint: fingerprint.clone() }));
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

    /// A certificate is accepted for a host, for requests and logins alike. What was held back there is asked once
    /// more; later logins of this run know of it, and later runs where the user wants that.
    fn accept(&mut self, kept: Kept, keep: bool) {
        let (host, fingerprint) = (kept.host.clone(), kept.fingerprint.clone());
        self.engine.accept(&host, &fingerprint);
        self.say(UserAct::Accepted { host: host.clone(), fingerprint: fingerprint.clone() });
        self.accepted.push(kept.clone());
        for live in self.logins.iter().filter(|live| live.step.host.eq_ignore_ascii_case(&host)) {
            // One that has ended hears nothing.
            let _ = live.handle.commands.send(Command::Accept(fingerprint.clone()));
        }
        for ask in self.run.walk.held_back(&host) {
            let op = self.engine.http(ask);
            self.walker.began(op);
        }
        if keep {
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

/// The terminal's events, read by a task of its own: the stream's reads must not be cancelled half-way.
fn terminal_events() -> mpsc::UnboundedReceiver<std::io::Result<TerminalEvent>> {
    let (to, from) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut stream = EventStream::new();
        while let Some(event) = stream.next().await {
            let over = event.is_err();
            if to.send(event).is_err() || over {
                return;
            }
        }
    });
    from
}
