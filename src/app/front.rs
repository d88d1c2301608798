//! The screen's loop: what comes, keys, the clock and signals in; frames out. A live run and a recording share it.
//!
//! It draws only when the model says that something changed, and not more often than the line can bear.

use std::pin::Pin;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::look::over_ssh;
use super::scribe::Scribe;
use super::signals::{JobControl, Stopped, Wanted, is_ending};
use super::terminal::{self, Screen};
use crate::journal::Offset;
use crate::ui::{Model, view};

/// At most 30 frames a second on a local terminal, 10 over SSH.
const FRAME_LOCAL: Duration = Duration::from_millis(33);
const FRAME_SSH: Duration = Duration::from_millis(100);
/// A deadline this far away stands for none.
const NEVER: Duration = Duration::from_secs(86_400);

/// What the screen is put on: a run with its engine, or a recording.
pub trait Subject {
    /// What comes to it beside keys.
    type Came;

    /// What is shown.
    fn model(&mut self) -> &mut Model;

    /// Who does what needs no engine.
    fn scribe(&mut self) -> &mut Scribe;

    /// The time that the screen shows.
    fn now(&self) -> Offset;

    /// When it is to be woken at the latest; none while only what comes can change it.
    fn wake(&self) -> Option<Instant>;

    /// It begins, or its time to be woken has come.
    async fn woken(&mut self);

    /// Waits for what comes next; none: nothing comes any more. It is cancel-safe.
    async fn next(&mut self) -> Option<Self::Came>;

    /// Takes what came.
    async fn take(&mut self, came: Self::Came);

    /// Takes an event of the terminal.
    async fn event(&mut self, event: Event);

    /// Keeps a text in a file, as copying does.
    fn keep(&mut self, text: String) {
        self.model().notice(format!("not kept: {} bytes", text.len()));
    }
}

/// Why the loop was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The user has ended it, or its input has.
    Ended,
    /// This signal came.
    Signal(&'static str),
    /// The terminal is gone, or whoever read the lines.
    Gone,
}

/// Draws, and takes what comes, until somebody ends it or the terminal is gone.
#[expect(clippy::cognitive_complexity, reason = "one loop, with an arm for each thing that can come")]
pub async fn work(
    subject: &mut impl Subject,
    screen: &mut Screen,
    mut stop: Pin<Box<impl Future<Output = &'static str>>>,
) -> Left {
    subject.woken().await;
    let mut events = terminal_events();
    let mut job = JobControl::listen();
    let frame = if over_ssh() { FRAME_SSH } else { FRAME_LOCAL };
    let mut may_draw = Instant::now();
    let mut stale = true;
    while !subject.scribe().quit {
        let now = Instant::now();
        if now >= may_draw {
            match draw(subject, screen) {
                Ok(true) => may_draw = Instant::now() + frame,
                Ok(false) => {}
                // A terminal that takes nothing more is left once a signal says so.
                Err(_) if is_ending() => return Left::Signal(stop.await),
                // The terminal is gone: nobody is there to be shown anything.
                Err(_) => return Left::Gone,
            }
        }
        stale &= now < may_draw;
        let wake = subject.wake().unwrap_or(now + NEVER);
        let wake = if stale { may_draw.min(wake) } else { wake };
        tokio::select! {
            biased;
            name = &mut stop => return Left::Signal(name),
            wanted = job.wanted() => {
                if wanted == Wanted::Stop {
                    wait_for_shell(&job, Stopped::Process);
                }
                if show_again(subject, screen).await.is_err() {
                    return Left::Gone;
                }
            }
            event = events.recv() => match event {
                Some(Ok(event)) => if act(subject, screen, &job, event).await.is_err() {
                    return Left::Gone;
                },
                Some(Err(_)) | None => return Left::Gone,
            },
            came = subject.next() => match came {
                Some(came) => subject.take(came).await,
                None => return Left::Ended,
            },
            () = tokio::time::sleep_until(wake) => subject.woken().await,
        }
        stale = true;
    }
    Left::Ended
}

/// Takes an event of the terminal, and does with the terminal what follows from it.
async fn act(
    subject: &mut impl Subject,
    screen: &mut Screen,
    job: &JobControl,
    event: Event,
) -> std::io::Result<()> {
    subject.event(event).await;
    tell_what_waits(subject, screen)?;
    if std::mem::take(&mut subject.scribe().suspend) {
        wait_for_shell(job, Stopped::Job);
        show_again(subject, screen).await?;
    }
    Ok(())
}

/// Tells the terminal what the scribe has for it.
fn tell_what_waits(subject: &mut impl Subject, screen: &mut Screen) -> std::io::Result<()> {
    match subject.scribe().for_terminal.take() {
        Some(bytes) => tell(screen, &bytes),
        None => Ok(()),
    }
}

/// Gives the terminal to the shell and stops, until the shell lets us go on.
fn wait_for_shell(job: &JobControl, who: Stopped) {
    terminal::give_back();
    job.stop(who);
}

/// Takes the terminal once more and has everything drawn anew, at the size that it has now.
async fn show_again(subject: &mut impl Subject, screen: &mut Screen) -> std::io::Result<()> {
    screen.take_again()?;
    if subject.model().takes_mouse() {
        tell(screen, terminal::mouse(true))?;
    }
    let size = screen.terminal.size()?;
    subject.event(Event::Resize(size.width, size.height)).await;
    Ok(())
}

/// Draws if something has changed; says whether it did.
fn draw(subject: &mut impl Subject, screen: &mut Screen) -> std::io::Result<bool> {
    // What was written beside the screen may be for the clipboard.
    tell_what_waits(subject, screen)?;
    let now = subject.now();
    let model = subject.model();
    let changed = model.refresh(now);
    if changed {
        screen.terminal.draw(|frame| view::draw(model, frame))?;
    }
    Ok(changed)
}

/// Writes to the terminal, beside the picture.
pub fn tell(screen: &mut Screen, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let terminal = screen.terminal.backend_mut();
    terminal.write_all(bytes).and_then(|()| std::io::Write::flush(terminal))
}

/// The terminal's events, read by a task of its own: the stream's reads must not be cancelled half-way.
fn terminal_events() -> mpsc::UnboundedReceiver<std::io::Result<Event>> {
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
