//! The loop without a picture (`--plain`): the same subject as the screen's, lines out, typed lines in.
//!
//! No line is ever written anew, nothing moves a cursor. Where nobody sits at a terminal, what is typed is a script:
//! a command waits until the login is there where somebody has to say what comes next, nobody is asked for a
//! password, and the end of the script is the end of the run.

use std::io::{BufRead, IsTerminal, Read, Write};
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::front::{Left, Subject};
use super::signals::{JobControl, Stopped, Wanted};
use super::terminal;
use crate::ui::plain::{Plain, Reply};

/// The size that the model is told, in columns and rows: pages are printed whole.
pub const SIZE: (u16, u16) = (100, 40);
/// What comes in a burst is said at once.
const BURST: Duration = Duration::from_millis(100);
/// After more than could be said.
const FLOODED: Duration = Duration::from_secs(1);
/// A script goes on where nothing has followed from its last command for so long.
const REST: Duration = Duration::from_millis(1500);
/// A deadline this far away stands for none.
const NEVER: Duration = Duration::from_secs(86_400);
/// The longest line that is read at once, in bytes.
const LONGEST: u64 = 64 * 1024;
/// So many typed lines may wait.
const AHEAD: usize = 64;

/// A line as it was typed: it may be a password.
type Typed = Zeroizing<String>;

/// Says what comes and takes what is typed, until somebody ends it.
pub async fn work(subject: &mut impl Subject, mut stop: Pin<Box<impl Future<Output = &'static str>>>) -> Left {
    // The terminal's clipboard is set by a sequence that not every terminal passes over.
    subject.scribe().only_lines = true;
    subject.woken().await;
    let mut lines = typed_lines();
    let mut talk = Talk::new();
    let mut job = JobControl::listen();
    // Of a script nothing more is to come.
    let mut over = false;
    while talk.speaks(subject) && !subject.scribe().quit {
        let free = talk.is_free(subject);
        if over && free {
            return Left::Ended;
        }
        let wake = talk.wake(subject);
        tokio::select! {
            biased;
            name = &mut stop => return Left::Signal(name),
            wanted = job.wanted() => talk.rest(&job, (wanted == Wanted::Stop).then_some(Stopped::Process)),
            line = lines.recv(), if free && !over => match line {
                Some(line) => {
                    talk.take(subject, &line).await;
                    if std::mem::take(&mut subject.scribe().suspend) {
                        talk.rest(&job, Some(Stopped::Job));
                    }
                }
                None => over = true,
            },
            came = subject.next() => match came {
                Some(came) => {
                    talk.came = Instant::now();
                    subject.take(came).await;
                }
                None => return Left::Ended,
            },
            () = tokio::time::sleep_until(wake) => subject.woken().await,
        }
        talk.stale = true;
    }
    Left::Ended
}

/// The conversation: what was said, and when more may be.
struct Talk {
    plain: Plain,
    /// Somebody sits at a terminal.
    person: bool,
    /// A prompt stands at the end of what was written.
    prompted: bool,
    _echo: Echo,
    /// Something may have changed since the last look.
    stale: bool,
    may_speak: Instant,
    /// When something came last.
    came: Instant,
    /// Where a script's last command left things, and when.
    left: Option<(String, Instant)>,
}

impl Talk {
    fn new() -> Self {
        let person = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let now = Instant::now();
        Self {
            plain: Plain::default(),
            person,
            prompted: false,
            _echo: Echo,
            stale: true,
            may_speak: now,
            came: now,
            left: Some((String::new(), now)),
        }
    }

    /// Stops for the shell, if that is wanted, and then stands where the shell has written: what is typed shows there,
    /// and the prompt is said once more.
    fn rest(&mut self, job: &JobControl, who: Option<Stopped>) {
        terminal::give_back();
        if let Some(who) = who {
            job.stop(who);
        }
        self.prompted = false;
    }

    /// Says what has changed. False: nobody hears it any more.
    fn speaks(&mut self, subject: &mut impl Subject) -> bool {
        let now = Instant::now();
        if !self.stale || now < self.may_speak {
            return true;
        }
        let at = subject.now();
        let model = subject.model();
        model.refresh(at);
        let (mut said, flooded) = self.plain.changes(model);
        if self.plain.wants_secret(model) && !self.person {
            said = self.plain.refuse_secret(model);
        }
        terminal::hide_typing(self.plain.wants_secret(model));
        self.stale = false;
        self.may_speak = now + if flooded { FLOODED } else { BURST };
        let waits = self.person && (self.plain.is_ready(model) || self.plain.rests(model));
        let prompt = Some(self.plain.prompt(model)).filter(|_| waits);
        self.say(&said).and_then(|()| self.prompt(prompt)).is_ok()
    }

    fn say(&mut self, lines: &[String]) -> std::io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let begin = if std::mem::take(&mut self.prompted) { "\n" } else { "" };
        let mut out = std::io::stdout().lock();
        out.write_all(format!("{begin}{}\n", lines.join("\n")).as_bytes())?;
        out.flush()
    }

    fn prompt(&mut self, prompt: Option<&'static str>) -> std::io::Result<()> {
        let Some(prompt) = prompt.filter(|_| !self.prompted) else { return Ok(()) };
        self.prompted = true;
        let mut out = std::io::stdout().lock();
        out.write_all(prompt.as_bytes())?;
        out.flush()
    }

    /// Whether the next typed line may be taken. A person's always may.
    fn is_free(&self, subject: &mut impl Subject) -> bool {
        if self.person {
            return true;
        }
        if self.stale {
            return false;
        }
        let model = subject.model();
        let rested = |since: &Instant| since.elapsed() >= REST;
        let followed =
            self.left.as_ref().is_none_or(|(state, at)| *state != self.plain.state(model) || rested(at));
        let rests = || self.plain.rests(model) && rested(&self.came);
        followed && (self.plain.is_ready(model) || rests())
    }

    /// When there is something to do though nothing comes.
    fn wake(&self, subject: &mut impl Subject) -> Instant {
        let (now, shown) = (Instant::now(), subject.now());
        let own = subject.wake().unwrap_or(now + NEVER);
        let due = self.plain.due(subject.model()).map_or(now + NEVER, |due| now + due.since(shown));
        let rest = self.left.as_ref().map_or(now, |(_, at)| *at).max(self.came) + REST;
        let rest = if rest > now && !self.person { rest } else { now + NEVER };
        let stale = if self.stale { self.may_speak } else { now + NEVER };
        own.min(due).min(rest).min(stale)
    }

    /// Takes a typed line; what it asks of the program goes by keys.
    async fn take(&mut self, subject: &mut impl Subject, line: &Typed) {
        // The terminal has shown it behind the prompt, with its end.
        self.prompted = false;
        let model = subject.model();
        let reply = match self.plain.wants_secret(model) {
            true => self.plain.secret(model, line),
            false => self.plain.typed(model, line),
        };
        let Reply { lines, press, copy } = reply;
        let pressed = !press.is_empty();
        let said = self.say(&lines);
        self.left = pressed.then(|| (self.plain.state(subject.model()), Instant::now()));
        for event in press {
            subject.event(event).await;
        }
        if let Some(text) = copy {
            subject.keep(text);
        }
        subject.scribe().quit |= said.is_err();
        // An answer is not kept waiting for the next burst.
        (self.stale, self.may_speak) = (true, Instant::now());
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        if self.prompted {
            // Nobody may be there to see it.
            let _ = std::io::stdout().lock().write_all(b"\n");
        }
    }
}

/// The terminal shows what is typed once this is dropped.
struct Echo;

impl Drop for Echo {
    fn drop(&mut self) {
        terminal::hide_typing(false);
    }
}

/// The lines of standard input, read by a thread of its own: a read that blocks must not keep the program from ending.
fn typed_lines() -> mpsc::Receiver<Typed> {
    let (to, from) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        loop {
            let mut line = Zeroizing::new(Vec::new());
            let mut input = std::io::stdin().lock();
            match input.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
                Ok(1..) => {}
                Ok(0) | Err(_) => return,
            }
            drop(input);
            let text = String::from_utf8_lossy(&line);
            let text = text.strip_suffix('\n').unwrap_or(&text);
            let text = text.strip_suffix('\r').unwrap_or(text);
            if to.blocking_send(Zeroizing::new(text.to_owned())).is_err() {
                return;
            }
        }
    });
    from
}
