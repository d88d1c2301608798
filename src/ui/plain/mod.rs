//! The screen without a picture (`--plain`): the same model as lines that are only ever added, each with a label in
//! front, and commands that are typed. For screen readers, serial lines and scripts. Draws nothing, writes nothing.
//!
//! ```text
//!  Model ──► Plain::changes ──► lines        typed line ──► Plain::typed ──► lines, and keys that are as good as pressed
//! ```
//!
//! A command is a key by another name: it goes through the same table, the same `update`, the same questions. What a
//! key would open over the panes is printed and closed again, unless it asks something.

mod carry;
mod changes;
mod command;
mod help;
mod page;
mod rows;

use std::collections::BTreeMap;
use std::time::Duration;

use crossterm::event::Event;
use zeroize::Zeroizing;

use super::action::ActionName;
use super::glyphs;
use super::keys::Context;
use super::model::{Hold, Model};
use super::popup::Popup;
use super::verdict::Key;
use crate::console::visible;
use crate::discovery::{Item, ItemId, ItemState};
use crate::journal::{Offset, OpId, Wall};
use crate::progress::{Level, StageOutcome};

/// How wide pages of text are, in columns: a sentence is not broken, for it is heard as it stands.
const WIDTH: usize = 1000;
/// How often a wait that has been called silent is said once more.
const STILL: Duration = Duration::from_secs(30);

/// What a typed line leads to.
#[derive(Debug, Default)]
pub struct Reply {
    /// What is said at once.
    pub lines: Vec<String>,
    /// Keys that are as good as pressed, in this order.
    pub press: Vec<Event>,
    /// Text that is to be kept in a file.
    pub copy: Option<String>,
}

/// How much is said by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Talk {
    /// Stages, answers, verdicts and questions.
    Quiet,
    /// Every row of the selected node as well, and how everything else ended.
    #[default]
    Usual,
    /// Every row of everything, and what could be done.
    Verbose,
}

/// What was said already, and what is being typed.
#[derive(Debug, Default)]
pub struct Plain {
    talk: Talk,
    begun: bool,
    rows: usize,
    last: BTreeMap<String, Wall>,
    items: BTreeMap<ItemId, String>,
    selected: Option<ItemId>,
    stages: Option<(OpId, Vec<StageOutcome>)>,
    next: String,
    can: String,
    going_on: String,
    verdict: Option<Key>,
    message: Option<String>,
    /// Since when the wait lasts that was said last, and how often it was.
    still: Option<(Offset, u32)>,
    /// How many popups stood open when the top one was announced.
    announced: usize,
    /// A page whose question was answered goes without being printed again.
    answered: bool,
    /// The lines of a text that is being typed.
    text: Option<Vec<String>>,
    /// That text is whole: whether it is sent is asked.
    whole: bool,
    /// What the numbers of the last `tree` stand for.
    listed: Vec<ItemId>,
}

impl Plain {
    /// Whether the next typed line is a password: it is not to be seen.
    pub fn wants_secret(&self, model: &Model) -> bool {
        matches!(model.popups.last(), Some(Popup::Password(..) | Popup::AdminPassword(_)))
    }

    /// The password that was typed; an empty line is none.
    pub fn secret(&mut self, model: &mut Model, text: &Zeroizing<String>) -> Reply {
        self.announced = 0;
        let does = if text.is_empty() { ActionName::Close } else { ActionName::Yes };
        let pasted = (!text.is_empty()).then(|| Event::Paste(text.as_str().to_owned()));
        Reply::pressed(pasted.into_iter().chain(press(model, does, Context::Password)))
    }

    /// Nobody is there who could be asked for a password: the prompt is closed, and why is said.
    pub fn refuse_secret(&mut self, model: &mut Model) -> Vec<String> {
        self.announced = 0;
        model.popups.pop();
        let why = "a password is needed, and a pipe is not asked for one: give --password-file FILE or set \
                   IMPSCOPE_PASSWORD";
        finished(model, vec![format!("error: {why}")])
    }

    /// When something is to be said although nothing has come: a wait goes on.
    pub fn due(&self, model: &Model) -> Option<Offset> {
        let (since, flagged) = silent_since(model)?;
        let said = self.still.filter(|(of, _)| *of == since).map_or(0, |(_, said)| said);
        Some(flagged.after(STILL * (said + 1)))
    }

    /// Whether the next command of a script may be taken: somebody has to say what comes next. A script that runs
    /// ahead of the login would speak of what is not there yet.
    pub fn is_ready(&self, model: &Model) -> bool {
        if !model.popups.is_empty() {
            return true;
        }
        let Some(login) = model.login() else { return false };
        let silent = login.wait.as_ref().is_some_and(|wait| wait.level == Level::Silent);
        match model.login_standing() {
            Some(standing) => {
                let held = !matches!(standing.hold, Hold::None | Hold::Over) && standing.proposal.is_some();
                let rests = standing.off_script || standing.hold == Hold::NoMechanism || !standing.alive;
                held || silent || rests || login.ended.is_some() || login.failure.is_some()
            }
            None => false,
        }
    }

    /// Whether the walk has come to rest: then a command is taken though no login stands ready.
    pub fn rests(&self, model: &Model) -> bool {
        fn runs(items: &[Item]) -> bool {
            items.iter().any(|item| item.state == ItemState::Running || runs(&item.children))
        }
        model.login_standing().is_none() && !runs(model.tree.items())
    }

    /// Where things stand for whoever says what comes next: it changes with what a command leads to.
    pub fn state(&self, model: &Model) -> String {
        let wait = model.login().and_then(|login| login.wait.as_ref()).map(|wait| (wait.since, wait.level));
        // A breakpoint that was set leads to nothing by itself.
        let standing = model.login_standing();
        let standing =
            standing.map(|standing| (&standing.hold, &standing.proposal, standing.stage, standing.running));
        let open = model.popups.iter().filter(|popup| !matches!(popup, Popup::Breakpoints(..))).count();
        format!("{:?} {wait:?} {standing:?} {open}", model.shown_login())
    }

    /// Whether a text is being typed, or an answer is due: then no prompt for a command stands.
    pub fn prompt(&self, model: &Model) -> &'static str {
        match model.popups.last() {
            Some(Popup::Password(..) | Popup::AdminPassword(_)) => "password> ",
            Some(Popup::Editor(_)) if self.text.is_some() && !self.whole => "text> ",
            Some(_) => "yes or no> ",
            None => "impscope> ",
        }
    }
}

/// Since when the shown login waits in silence, and when that was called silent.
fn silent_since(model: &Model) -> Option<(Offset, Offset)> {
    let login = model.login()?;
    let wait = login.wait.as_ref().filter(|wait| wait.level == Level::Silent)?;
    let silence = login.silences.iter().rfind(|silence| silence.since == wait.since)?;
    Some((wait.since, silence.flagged))
}

/// The first key of an action where this context holds, as pressed.
fn press(model: &Model, does: ActionName, context: Context) -> Option<Event> {
    model.setup.keys.press(does, context).map(Event::Key)
}

/// Lines as they may go to a terminal: nothing in them moves a cursor, and they are ASCII where that is wanted.
fn finished(model: &Model, lines: Vec<String>) -> Vec<String> {
    let safe = lines.into_iter().map(|line| visible(line.trim_end()));
    if model.setup.ascii { safe.map(|line| glyphs::ascii_text(&line)).collect() } else { safe.collect() }
}
