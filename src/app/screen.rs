//! The screen on a target: a run is begun, shown and ended.

use anyhow::Context;

use crate::cli::{Common, Look};
use crate::config::Settings;
use crate::journal::{Event, Fact, UserAct};
use crate::probe::Roots;
use crate::ui::{Model, Setup};

use super::credentials::{self, Credentials};
use super::desk::Desk;
use super::front::{self, Left};
use super::look::setup;
use super::plain;
use super::run::Run;
use super::signals::signalled;
use super::target::Target;
use super::terminal::{Screen, mouse};
use super::{UNKNOWN, complain};

/// The screen on the target of the command line.
///
/// # Errors
/// On bad usage, or where there is no terminal.
pub async fn run(target: &str, common: &Common, look: &Look, settings: Settings) -> anyhow::Result<u8> {
    let credentials = credentials::given(common)?;
    let target = Target::new(target, common, &settings)?;
    let (setup, warnings) = setup(look, &settings)?;
    show(target, credentials, setup, told(&warnings)).await
}

/// What was wrong with the configuration: all of it on standard error, where it still stands afterwards, and on the
/// screen what has room.
pub fn told(warnings: &[String]) -> Option<String> {
    warnings.iter().for_each(|warning| complain(warning));
    (!warnings.is_empty()).then(|| warnings.join("; "))
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
    if !setup.plain {
        super::terminal::can_be_drawn_on(
            "--plain works by lines, and `impscope check` does the same without a person",
        )?;
    }
    let roots = Roots::load(target.ca_pem.as_deref()).map_err(|why| anyhow::anyhow!("--ca-file: {why}"))?;
    let (mut run, trouble) = Run::begin(target.ask(), &target.place);
    run.note_permissions(&target);
    setup.recording = run.recording().is_some();
    let engine = target.engine(&run, roots, credentials.clone());
    let stop = Box::pin(signalled());
    let mut screen = if setup.plain { None } else { Some(Screen::take().context("the terminal")?) };
    if let Some(screen) = screen.as_mut().filter(|_| setup.mouse) {
        front::tell(screen, mouse(true)).context("the terminal")?;
    }
    let (columns, rows) = match &screen {
        Some(screen) => screen.terminal.size().context("the terminal's size")?.into(),
        None => plain::SIZE,
    };
    let mut model = Model::new(setup, columns, rows);
    model.ids_from(fresh_number());
    run.entries().iter().for_each(|entry| model.apply(entry));
    if let Some(line) = trouble.or(notice) {
        model.notice(line);
    }
    let mut desk = Desk::new(run, model, engine, target, credentials);
    let left = match &mut screen {
        Some(screen) => front::work(&mut desk, screen, stop).await,
        None => plain::work(&mut desk, stop).await,
    };
    drop(screen);
    let mut run = desk.leave().await;
    if left != Left::Ended {
        run.say(Event::Saw(Fact::User(UserAct::Stopped)));
    }
    let recording = run.end();
    let code = said_of(left);
    if let Some(line) = recording {
        println_quietly(&line);
    }
    Ok(code)
}

/// The exit code, once it is said what has ended the screen where the user did not.
pub fn said_of(left: Left) -> u8 {
    match left {
        Left::Ended => return 0,
        Left::Signal(name) => complain(&format!("stopped by {name}")),
        Left::Gone => complain("stopped: the terminal is gone"),
    }
    UNKNOWN
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
