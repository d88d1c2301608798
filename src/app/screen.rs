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
use crate::journal::{Offset, OpId};
use crate::login::fill::Secrets;
use crate::login::{Breakpoint, Pace, Side};
use crate::probe::{Command, Engine, LoginHandle, Roots, Standing};
use crate::ui::{self, Effect, Model, Setup, Theme, ThemeName};

use super::run::Run;
use super::signals::signalled;
use super::target::{Node, Target};
use super::terminal::Screen;
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
    let (limit, permissions, identity) = (target.max_attempts, target.permissions(), target.identity());
    let engine = Engine::new(run.notes.clone(), roots, secrets, limit, run.op.id, permissions, identity);
    let stop = Box::pin(signalled());
    let mut screen = Screen::take().context("the terminal")?;
    let size = screen.terminal.size().context("the terminal's size")?;
    let mut model = Model::new(setup, size.width, size.height);
    run.entries().iter().for_each(|entry| model.apply(entry));
    if let Some(line) = trouble.or(notice) {
        model.notice(line);
    }
    let (says, standings) = mpsc::unbounded_channel();
    let mut desk =
        Desk { run, model, engine, target, logins: Vec::new(), accepted: Vec::new(), says, quit: false };
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
    logins: Vec<Live>,
    /// Fingerprints that were accepted on the screen, by host.
    accepted: Vec<(String, String)>,
    says: mpsc::UnboundedSender<(OpId, Standing)>,
    quit: bool,
}

/// A login that was started.
struct Live {
    handle: LoginHandle,
    node: Node,
}

impl Desk {
    async fn work(
        &mut self,
        screen: &mut Screen,
        mut standings: mpsc::UnboundedReceiver<(OpId, Standing)>,
        mut stop: Pin<Box<impl Future<Output = &'static str>>>,
    ) -> anyhow::Result<()> {
        for node in self.target.nodes.clone() {
            self.start(node, None).await;
        }
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
                    self.model.apply(entry);
                    while let Some(entry) = self.run.try_next() {
                        self.model.apply(entry);
                    }
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

    async fn event(&mut self, event: TerminalEvent) {
        for effect in ui::handle(&mut self.model, event) {
            self.effect(effect).await;
        }
    }

    fn said(&mut self, op: OpId, standing: &Standing) {
        let Some(live) = self.logins.iter().find(|live| live.handle.op == op) else { return };
        let remote = crate::console::node_key(&live.node.host, live.node.port);
        let user = format!("{}@{}", self.target.user, self.target.domain);
        if let Some(complaint) = &standing.complaint {
            self.model.notice(complaint.clone());
        }
        self.model.standing(op, standing::shown(standing, &remote, &user));
    }

    /// Starts a login on `node`, stepped, or running up to a stage. The one before it on that node ends.
    async fn start(&mut self, node: Node, run_to: Option<crate::journal::Stage>) {
        let same = |live: &Live| (&live.node.host, live.node.port) == (&node.host, node.port);
        if let Some(before) = self.logins.iter_mut().find(|live| same(live)) {
            // Its end stands before the new one's beginning, unless it takes too long to leave.
            let over = before.handle.standing.wait_for(|standing| standing.over);
            let _ = tokio::time::timeout(LEAVE, over).await;
        }
        self.logins.retain(|live| !same(live));
        let mut request = self.target.attended(&node);
        if let Some(stage) = run_to {
            request.login.pace = Pace::Running;
            request.login.breakpoints.push(Breakpoint { stage, side: Side::Before });
        }
        let here = self.accepted.iter().filter(|(host, _)| *host == node.host);
        request.login.policy.accepted.extend(here.map(|(_, fingerprint)| fingerprint.clone()));
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
        self.logins.push(Live { handle, node });
        self.meet(op, &mut first).await;
    }

    /// Shows what a new login proposes before the next key is read: a key that was typed early finds it there.
    async fn meet(&mut self, op: OpId, standing: &mut watch::Receiver<Standing>) {
        let proposes = standing.wait_for(|standing| *standing != Standing::default());
        let now = match tokio::time::timeout(FIRST_WORD, proposes).await {
            Ok(Ok(now)) => now.clone(),
            Ok(Err(_)) | Err(_) => return,
        };
        while let Some(entry) = self.run.try_next() {
            self.model.apply(entry);
        }
        self.said(op, &now);
    }

    async fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Quit => self.quit = true,
            Effect::Login { host, port, run_to, .. } => {
                let known = self.target.nodes.iter().find(|node| node.host == host && node.port == port);
                if let Some(node) = known.cloned() {
                    self.start(node, run_to).await;
                }
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
                if let Some(live) = self.logins.iter().find(|live| live.handle.op == op) {
                    self.accepted.push((live.node.host.clone(), fingerprint.clone()));
                }
                self.tell(op, [Command::Accept(fingerprint)]);
            }
            Effect::AllowCleartext(op) => self.tell(op, [Command::AllowCleartext]),
            Effect::MoreAttempts(op) => self.tell(op, [Command::MoreAttempts]),
            Effect::Password(_, password) => {
                self.engine.keep_password(password.clone());
                let ops: Vec<OpId> = self.logins.iter().map(|live| live.handle.op).collect();
                for op in ops {
                    self.tell(op, [Command::Password(password.clone())]);
                }
            }
        }
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
