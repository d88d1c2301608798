//! A typed line as a command. Knows the words and no state.

use crate::findings::nearest;
use crate::journal::Stage;
use crate::ui::action::ActionName;
use crate::ui::keys::{Context, Keys};

/// The commands that are no keys: their word, what follows it, what they do.
pub(super) const WORDS: [(&str, &str, &str); 25] = [
    ("status", "", "the whole state: what is waited for and since when, the stages, the verdict"),
    ("tree", "", "what was looked at and what came of it, numbered"),
    ("select", "N or NAME", "select an item of the tree, by its number there or by its name: select imp2"),
    ("console", "N", "the last N rows of what is selected; 10 without a number"),
    ("show", "N", "entry number N in full"),
    ("raw", "N", "the same as it was on the wire"),
    ("hex", "N", "the same byte by byte"),
    ("find", "TEXT", "the rows that hold this text, or fit this regular expression, whatever is selected"),
    (
        "filter",
        "TEXT",
        "say and list only rows that this filter shows, as on the screen: kind:sasl,stream dir:out; without a text: all",
    ),
    ("explain", "N or CODE", "entry number N, or a finding's code, an RTMT alert or a Jabber error in full"),
    ("findings", "", "all findings, numbered"),
    ("finding", "N", "finding number N in full, with its evidence and what to do"),
    ("change", "N", "what the remedies of finding number N restart, as change requests, numbered"),
    (
        "watch",
        "N K",
        "watch the service of change request K of finding N across its restart; without numbers: what was seen",
    ),
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
    ActionName::Filter,
    ActionName::Search,
    ActionName::NextHit,
    ActionName::PreviousHit,
    ActionName::EndSearch,
    ActionName::SearchKeys,
];

/// The contexts whose keys are commands. The inner ones come first.
pub(super) const CONTEXTS: [Context; 4] = [Context::Tree, Context::Console, Context::Main, Context::Everywhere];

/// Reads a line.
pub(super) fn parse(line: &str, keys: &Keys) -> Command {
    let line = line.trim();
    if line.is_empty() {
        return Command::Nothing;
    }
    let act = |(does, context)| match is_picture(does) {
        true => Command::Picture(line.to_owned()),
        false => Command::Act(does, context),
    };
    if let Some(found) = pressed(line, keys) {
        return act(found);
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    if let Some((known, ..)) = WORDS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(word)) {
        return Command::Word(known, rest.trim().to_owned());
    }
    if let Some(found) = named(line, keys) {
        return act(found);
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

/// The action whose key this is.
fn pressed(key: &str, keys: &Keys) -> Option<(ActionName, Context)> {
    CONTEXTS.into_iter().find_map(|context| {
        let mut here = keys.table().iter().filter(|binding| binding.contexts.contains(&context));
        here.find(|binding| binding.press.iter().any(|own| own == key)).map(|binding| (binding.does, context))
    })
}

/// The action whose name this is.
fn named(word: &str, keys: &Keys) -> Option<(ActionName, Context)> {
    let asked = word.to_ascii_lowercase().replace(['-', ' '], "_");
    let found = table(keys).into_iter().find(|(does, ..)| name(*does) == asked);
    found.map(|(does, context, _)| (does, context))
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
