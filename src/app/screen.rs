//! The screen's loop: entries, keys, the clock and signals in; frames and commands out.
//!
//! It draws only when the model says that something changed, and not more often than the line can bear.

use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context, bail};
use crossterm::event::{Event as TerminalEvent, EventStream};
use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::cli::{Common, Look};
use crate::config::Settings;
use crate::journal::Offset;
use crate::probe::Roots;
use crate::ui::{self, Model, Setup};

use super::credentials::{self, Credentials};
use super::desk::{Desk, Said};
use super::look::setup;
use super::run::Run;
use super::signals::signalled;
use super::target::Target;
use super::terminal::Screen;

/// At most 30 frames a second on a local terminal, 10 over SSH.
const FRAME_LOCAL: Duration = Duration::from_millis(33);
const FRAME_SSH: Duration = Duration::from_millis(100);
/// A deadline this far away stands for none.
const NEVER: Duration = Duration::from_secs(86_400);

/// The screen on the target of the command line.
///
/// # Errors
/// On bad usage, or where there is no terminal.
pub async fn run(target: &str, common: &Common, look: &Look, settings: Settings) -> anyhow::Result<u8> {
    let credentials = credentials::given(common)?;
    let target = Target::new(target, common, &settings)?;
    show(target, credentials, setup(look, &settings)?, settings.warnings.first().cloned()).await
}

/// The screen on a target. `notice` is the first line that it says.
///
/// # Errors
/// Where there is no terminal, or it breaks.
pub async fn show(
    target: Target,
    credentials: Credentials,
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
    let engine = target.engine(&run, roots, credentials.clone());
    let stop = Box::pin(signalled());
    let mut screen = Screen::take().context("the terminal")?;
    let size = screen.terminal.size().context("the terminal's size")?;
    let mut model = Model::new(setup, size.width, size.height);
    model.ids_from(fresh_number());
    run.entries().iter().for_each(|entry| model.apply(entry));
    if let Some(line) = trouble.or(notice) {
        model.notice(line);
    }
    let (says, said) = mpsc::unbounded_channel();
    let mut desk = Desk::new(run, model, engine, target, credentials, says);
    let ended = work(&mut desk, &mut screen, said, stop).await;
    drop(screen);
    desk.leave().await;
    if let Some(line) = desk.run.end() {
        println_quietly(&line);
    }
    ended.map(|()| 0)
}

/// A number that another run hardly has.
fn fresh_number() -> u16 {
    use ring::rand::{SecureRandom, SystemRandom};
    let mut bytes = [0; 2];
    // Without random numbers the ids begin at zero: they need not be unpredictable.
    let _ = SystemRandom::new().fill(&mut bytes);
    u16::from_be_bytes(bytes)
}

fn println_quietly(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Draws, and takes what comes: keys, entries, what logins say, signals, until somebody ends it.
async fn work(
    desk: &mut Desk,
    screen: &mut Screen,
    mut said: mpsc::UnboundedReceiver<Said>,
    mut stop: Pin<Box<impl Future<Output = &'static str>>>,
) -> anyhow::Result<()> {
    desk.walk_on().await;
    let mut events = terminal_events();
    let frame = if std::env::var_os("SSH_TTY").is_some() { FRAME_SSH } else { FRAME_LOCAL };
    let clock = desk.run.clock;
    let mut may_draw = Offset(0);
    let mut stale = true;
    while !desk.quit {
        let now = clock.now();
        if now >= may_draw && desk.model.refresh(now) {
            let drawn = screen.terminal.draw(|frame| ui::view::draw(&desk.model, frame));
            if drawn.is_err() {
                // The terminal is gone: nobody is there to be shown anything.
                return Ok(());
            }
            may_draw = clock.now().after(frame);
        }
        stale &= now < may_draw;
        let tick = desk.model.next_tick().unwrap_or_else(|| now.after(NEVER));
        let wake = if stale { may_draw.min(tick) } else { tick };
        let wake = desk.looks_at().map_or(wake, |at| wake.min(at));
        tokio::select! {
            biased;
            _ = &mut stop => return Ok(()),
            event = events.recv() => match event {
                Some(Ok(event)) => {
                    for effect in ui::handle(&mut desk.model, event) {
                        desk.effect(effect).await;
                    }
                    if let Some(bytes) = desk.for_terminal.take()
                        && tell(screen, &bytes).is_err()
                    {
                        return Ok(());
                    }
                }
                Some(Err(_)) | None => return Ok(()),
            },
            more = desk.take_next() => {
                if !more {
                    return Ok(());
                }
                desk.walk_on().await;
            }
            said = said.recv() => if let Some(said) = said {
                desk.heard(said);
            },
            () = tokio::time::sleep_until(clock.instant(wake)) => desk.walk_on().await,
        }
        stale = true;
    }
    Ok(())
}

/// Writes to the terminal, beside the picture.
fn tell(screen: &mut Screen, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let terminal = screen.terminal.backend_mut();
    terminal.write_all(bytes).and_then(|()| std::io::Write::flush(terminal))
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
