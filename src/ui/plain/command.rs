//! A typed line as a command. Knows the words and no state.

use crate::findings::nearest;
use crate::journal::Stage;
use crate::ui::action::ActionName;
use crate::ui::keys::{Context, Keys};

/// The commands that are no keys: their word, what follows it, what they do.
pub(super) const WORDS: [(&str, &str, &str); 20] = [
    ("status", "", "the whole state: what is waited for and since when, the stages, the verdict"),
    ("tree", "", "what was looked at and what came of it, numbered"),
    ("select", "N or NAME", "select an item of the tree, by its number there or by its name: select imp2"),
    ("console", "N", "the last N rows of what is selected; 10 without a number"),
    ("show", "N", "entry number N in full"),
    ("find", "TEXT", "the rows that hold this text, whatever is selected"),
    ("explain", "CODE", "a finding's code, an RTMT alert or a Jabber error in full"),
    ("findings", "", "all findings, numbered"),
    ("finding", "N", "finding number N in full, with its evidence and what to do"),
    ("report", "", "save a report of the run"),
    ("copy", "N", "print entry number N, and keep it in a file; copy finding N: a finding"),
    ("send", "", "XML Input: type any text, end it with a line that is a single . and say yes"),
    ("until", "STAGE", "run on, and stop before this stage"),
    ("break", "STAGE", "set or clear a breakpoint before this stage; break after STAGE: behind it"),
    ("yes", "", "yes to the question that was asked"),
    ("no", "", "no to it"),
    ("keep", "", "yes to a certificate, beyond this run"),
    ("quiet", "", "say by itself only stages, silence, verdicts and questions"),
    ("usual", "", "say every row of what is selected, and how everything else ended"),
    ("verbose", "", "say every row of everything"),
];

/// What was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Command {
    /// Nothing.
    Nothing,
    /// A word of [`WORDS`] and what follows it.
    Word(&'static str, String),
    /// What a key does, by the key or by the action's name, and where that key is bound.
    Act(ActionName, Context),
    /// It means something on the screen alone.
    Picture(String),
    /// Nobody knows it; what looks like it.
    Unknown(String, Vec<String>),
}

/// Actions that move or change a picture: there is none.
const PICTURE: &[ActionName] = &[
    ActionName::Pane,
    ActionName::Zoom,
    ActionName::Raw,
    ActionName::Left,
    ActionName::Right,
    ActionName::PageUp,
    ActionName::PageDown,
    ActionName::Top,
    ActionName::End,
    ActionName::Send,
    ActionName::Close,
    ActionName::Toggle,
    ActionName::Enable,
    ActionName::DumpRing,
    ActionName::Clear,
    ActionName::Freeze,
    ActionName::Mark,
    ActionName::NextMark,
    ActionName::Range,
    ActionName::EndRange,
    ActionName::Ladder,
];

/// The contexts whose keys are commands. The inner ones come first.
pub(super) const CONTEXTS: [Context; 4] = [Context::Tree, Context::Console, Context::Main, Context::Everywhere];

/// Reads a line.
pub(super) fn parse(line: &str, keys: &Keys) -> Command {
    let line = line.trim();
    if line.is_empty() {
        return Command::Nothing;
    }
    if let Some((does, context)) = bound(line, keys) {
        return if is_picture(does) { Command::Picture(line.to_owned()) } else { Command::Act(does, context) };
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let known = WORDS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(word));
    if let Some((known, ..)) = known {
        return Command::Word(known, rest.trim().to_owned());
    }
    let acts = table(keys).into_iter().filter(|(does, ..)| !is_picture(*does));
    let names: Vec<String> = acts.map(|(does, ..)| name(does)).collect();
    let known = WORDS.iter().map(|(known, ..)| *known).chain(names.iter().map(String::as_str));
    let near = nearest(&[word], known, 50).into_iter().map(str::to_owned).collect();
    Command::Unknown(word.to_owned(), near)
}

/// The actions that have a key where commands are, each once.
pub(super) fn table(keys: &Keys) -> Vec<(ActionName, Context, &str)> {
    let mut all: Vec<(ActionName, Context, &str)> = Vec::new();
    for context in CONTEXTS {
        for binding in keys.table().iter().filter(|binding| binding.contexts.contains(&context)) {
            if !binding.press.is_empty() && all.iter().all(|(does, ..)| *does != binding.does) {
                all.push((binding.does, context, &binding.help));
            }
        }
    }
    all
}

/// The action whose key or whose name this is.
fn bound(word: &str, keys: &Keys) -> Option<(ActionName, Context)> {
    let pressed = |context: Context| {
        let here = keys.table().iter().filter(move |binding| binding.contexts.contains(&context));
        here.filter(|binding| binding.press.iter().any(|key| key == word))
            .map(move |binding| (binding.does, context))
            .next()
    };
    let asked = word.to_ascii_lowercase().replace(['-', ' '], "_");
    let named = || {
        let found = table(keys).into_iter().find(|(does, ..)| self::name(*does) == asked);
        found.map(|(does, context, _)| (does, context))
    };
    CONTEXTS.into_iter().find_map(pressed).or_else(named)
}

/// The stage of a command, and whether its far side is meant.
pub(super) fn stage(rest: &str) -> Result<(Stage, bool), String> {
    let (after, name) = match rest.split_once(char::is_whitespace) {
        Some(("after", name)) => (true, name.trim()),
        Some(("before", name)) => (false, name.trim()),
        _ => (false, rest),
    };
    Stage::named(name).map(|stage| (stage, after)).ok_or_else(|| {
        let names: Vec<&str> = Stage::ALL.iter().map(|stage| stage.name()).collect();
        format!("the stages are {}", names.join(", "))
    })
}

/// Whether an action is one that only a picture has a use for.
pub(super) fn is_picture(does: ActionName) -> bool {
    PICTURE.contains(&does)
}

/// An action's name, as the key table has it: `retry_to_here`.
pub(super) fn name(does: ActionName) -> String {
    let named = toml::Value::try_from(does);
    named.ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}
