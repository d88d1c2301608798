//! A recording on the screen: at its own pace, faster, or entry by entry. It can send nothing: there is no engine here,
//! and what the screen asks for can only be [`Local`](crate::ui::Local).

mod film;
mod reel;

use std::time::Duration;

use anyhow::Context;
use crossterm::event::Event;
use secrecy::SecretString;
use tokio::time::Instant;

use super::credentials;
use super::front::{self, Subject};
use super::look::{ahead_of_utc, setup};
use super::plain;
use super::recording;
use super::screen::{said_of, told};
use super::scribe::{Saved, Scribe};
use super::signals::signalled;
use super::terminal::{self, Screen};
use crate::cli::ReplayArgs;
use crate::config::Settings;
use crate::journal::{Offset, Wall};
use crate::ui::playback::{PlayAct, Playback};
use crate::ui::{Copied, Local, Model, handle_recording};
use film::Film;
use reel::{Batch, Flaw, Reel};

/// Entries are taken for so long before keys are looked at and a frame is drawn.
const SLICE: Duration = Duration::from_millis(10);
/// So long the first frame waits for the first entries.
const FIRST: Duration = Duration::from_millis(50);

/// Shows a recording.
///
/// # Errors
/// When the file is no recording, or there is no terminal.
pub async fn run(args: ReplayArgs) -> anyhow::Result<u8> {
    let (mut setup, warnings) = setup(&args.look, &Settings::read(None)?)?;
    let secrets = credentials::known(&[], &[])?;
    let reel = Reel::open(&recording::named(&args.recording))?;
    setup.ahead_of_utc = ahead_of_utc(reel.header.started);
    if !setup.plain {
        terminal::can_be_drawn_on("--plain works by lines, and `impscope export` makes a report of a recording")?;
    }
    let stop = Box::pin(signalled());
    let mut screen = if setup.plain { None } else { Some(Screen::take().context("the terminal")?) };
    if let Some(screen) = screen.as_mut().filter(|_| setup.mouse) {
        front::tell(screen, terminal::mouse(true)).context("the terminal")?;
    }
    let (columns, rows) = match &screen {
        Some(screen) => screen.terminal.size().context("the terminal's size")?.into(),
        None => plain::SIZE,
    };
    let mut playback = Playback::new(reel.extent(), args.speed, !args.paused);
    if args.from_end {
        playback.act(PlayAct::ReplayEnd);
    }
    let mut model = Model::new(setup, columns, rows);
    model.play(playback);
    if let Some(line) = told(&warnings) {
        model.notice(line);
    }
    let scribe = Scribe::of_recording(reel.header.tool.clone());
    let mut shown =
        Shown { reel, film: Film::default(), model, scribe, secrets, opened: Instant::now(), busy: false };
    let left = match &mut screen {
        Some(screen) => front::work(&mut shown, screen, stop).await,
        None => plain::work(&mut shown, stop).await,
    };
    drop(screen);
    shown.scribe.finish().await;
    Ok(said_of(left))
}

/// A recording that is shown.
struct Shown {
    reel: Reel,
    film: Film,
    model: Model,
    scribe: Scribe,
    /// What must stand in nothing that is kept.
    secrets: Vec<SecretString>,
    /// When the screen was opened: the zero of its own time.
    opened: Instant,
    /// There is more to take than one slice.
    busy: bool,
}

impl Shown {
    /// Takes what was read.
    fn add(&mut self, batch: Batch) {
        match batch {
            Batch::Entries(entries) => self.film.add(entries),
            Batch::End(flaw) => {
                self.film.end();
                self.say_flaws(flaw.as_ref());
            }
        }
    }

    /// Says once what is wrong with the recording, and keeps it in sight in a few words.
    fn say_flaws(&mut self, flaw: Option<&Flaw>) {
        let unknown = match self.film.unknown() {
            0 => None,
            1 => Some("one entry is of a later version: it is shown, and not understood".to_owned()),
            many => Some(format!("{many} entries are of a later version: they are shown, and not understood")),
        };
        let flaw = flaw.map(|flaw| {
            if let Some(playback) = self.model.playback_mut() {
                playback.set_flaw(flaw.brief());
            }
            self.scribe.torn(&flaw.words());
            flaw.words()
        });
        let lines: Vec<String> = flaw.into_iter().chain(unknown).collect();
        if !lines.is_empty() {
            self.model.notice(lines.join("; "));
        }
    }

    /// Brings the screen to where the recording is now, or one slice nearer to it.
    fn follow(&mut self) {
        let began = Instant::now();
        self.busy = self.film.follow(&mut self.model, began - self.opened, || began.elapsed() < SLICE);
    }

    fn carry_out(&mut self, local: Local) {
        let (wall, secrets) = (self.wall(), self.secrets.clone());
        self.scribe.carry_out(local, &mut self.model, self.film.entries(), wall, secrets);
    }

    /// The time of day in the recording.
    fn wall(&self) -> Wall {
        let at = i64::try_from(self.now().0 / 1000).unwrap_or(i64::MAX);
        Wall(self.reel.header.started.0.saturating_add(at))
    }
}

/// What has come beside keys.
enum Came {
    Read(Batch),
    Saved(Saved),
}

impl Subject for Shown {
    type Came = Came;

    fn model(&mut self) -> &mut Model {
        &mut self.model
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }

    fn now(&self) -> Offset {
        self.model.playback().map_or(Offset(0), |playback| playback.at(self.opened.elapsed()))
    }

    fn wake(&self) -> Option<Instant> {
        if self.busy {
            return Some(self.opened);
        }
        let playback = self.model.playback()?;
        let soonest = self.film.due(playback.shown()).into_iter().chain(self.model.next_tick()).min()?;
        Some(self.opened + playback.moment_of(soonest)?)
    }

    async fn woken(&mut self) {
        if self.film.is_awaited() {
            // The first frame shows something, unless the disk is slow.
            if let Ok(Some(batch)) = tokio::time::timeout(FIRST, self.reel.next()).await {
                self.add(batch);
            }
        }
        self.follow();
    }

    async fn next(&mut self) -> Option<Came> {
        tokio::select! {
            Some(batch) = self.reel.next() => Some(Came::Read(batch)),
            saved = self.scribe.saved() => Some(Came::Saved(saved)),
        }
    }

    async fn take(&mut self, came: Came) {
        match came {
            Came::Read(batch) => {
                self.add(batch);
                self.follow();
            }
            Came::Saved(saved) => self.scribe.heard(&mut self.model, saved),
        }
    }

    async fn event(&mut self, event: Event) {
        let moment = self.opened.elapsed();
        if let Some(playback) = self.model.playback_mut() {
            playback.pass(moment);
        }
        for local in handle_recording(&mut self.model, event) {
            self.carry_out(local);
        }
        self.follow();
    }

    fn keep(&mut self, text: String) {
        self.carry_out(Local::Copy(Copied::View, text));
    }
}
