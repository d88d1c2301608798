//! The key table (`assets/keys.toml`): key to action per context. Footer and help are made from it.

use std::sync::LazyLock;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::{Deserialize, Serialize};

use super::action::{Action, ActionName};
pub use super::rebind::Rebind;
use super::rebind::named;

/// Where a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Context {
    /// Wherever the keys are.
    Everywhere,
    /// Either pane.
    Main,
    /// The tree.
    Tree,
    /// The console.
    Console,
    /// The console, while a range of its rows is being selected.
    Range,
    /// A page of text.
    Sheet,
    /// A list to select from.
    List,
    /// The findings.
    Findings,
    /// The evidence of a finding.
    Evidence,
    /// A change text, or a watch.
    Change,
    /// The ladder.
    Ladder,
    /// The breakpoints.
    Breakpoints,
    /// A text editor.
    Editor,
    /// The list of templates.
    Templates,
    /// The console while a search is on.
    Search,
    /// The filter line.
    Filter,
    /// The boxes under the filter line.
    Boxes,
    /// The search's prompt.
    Prompt,
    /// The password prompt.
    Password,
    /// A question.
    Question,
    /// A recording, with either pane.
    Replay,
    /// The palette.
    Palette,
}

/// One row of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Where it is valid.
    #[serde(rename = "in")]
    pub contexts: Vec<Context>,
    /// The keys' names.
    pub press: Vec<String>,
    /// What they do.
    pub does: ActionName,
    /// The word in the footer; empty: none.
    #[serde(default)]
    pub footer: String,
    /// The line in the help.
    pub help: String,
    /// What it can lead to at worst.
    pub care: Care,
}

/// What an action can lead to, from nothing to the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Care {
    /// It uses no credential, and nobody else notices it.
    Safe,
    /// It leads to the use of a credential.
    Credential,
    /// The user's contacts or other clients may notice it.
    Visible,
    /// It can end what somebody else is doing.
    Interrupts,
}

impl Care {
    /// In the help and in the palette.
    pub fn words(self) -> &'static str {
        match self {
            Care::Safe => "safe",
            Care::Credential => "uses a credential",
            Care::Visible => "visible to the user",
            Care::Interrupts => "interrupts",
        }
    }
}

#[derive(Deserialize)]
struct File {
    key: Vec<Binding>,
}

/// The keys as they are in this run: the table, and over it what the configuration says.
#[derive(Debug, Clone)]
pub struct Keys {
    pub(super) bindings: Vec<Binding>,
}

impl Default for Keys {
    fn default() -> Self {
        static TABLE: LazyLock<Vec<Binding>> = LazyLock::new(|| {
            let file: File =
                toml::from_str(include_str!("../../assets/keys.toml")).expect("a test reads the key table");
            file.key
        });
        Self { bindings: TABLE.clone() }
    }
}

impl Keys {
    /// All bindings, in the order of the footer and of the help.
    pub fn table(&self) -> &[Binding] {
        &self.bindings
    }

    /// The action of a key where these contexts hold, the innermost first.
    pub(super) fn action(&self, key: KeyEvent, contexts: &[Context]) -> Option<Action> {
        let bound = |context: &Context| {
            self.bindings.iter().find(|binding| {
                binding.contexts.contains(context) && binding.press.iter().any(|name| is(key, name))
            })
        };
        contexts.iter().find_map(bound).map(|binding| binding.does.action())
    }

    /// The first key of an action where this context holds, as an event of the terminal.
    pub(super) fn press(&self, does: ActionName, context: Context) -> Option<KeyEvent> {
        let bound =
            self.bindings.iter().filter(|binding| binding.does == does && binding.contexts.contains(&context));
        bound.flat_map(|binding| &binding.press).find_map(|name| event(name))
    }

    /// The first key of an action, wherever it is bound; for sentences that name a key.
    pub fn key_of(&self, does: ActionName) -> &str {
        self.key_in(does, None)
    }

    fn key_in(&self, does: ActionName, context: Option<Context>) -> &str {
        let is_there = |binding: &&Binding| context.is_none_or(|context| binding.contexts.contains(&context));
        let bound = self.bindings.iter().filter(|binding| binding.does == does).filter(is_there);
        bound.flat_map(|binding| &binding.press).next().map_or("", String::as_str)
    }

    /// A sentence in which keys stand as the names of their actions: `{next} sends it` is `n sends it` until `n` is
    /// bound to something else, and `{question.yes}` is the key in that context. Never a text that came from outside.
    pub fn sentence(&self, sentence: &'static str) -> String {
        let mut told = String::new();
        let mut rest = sentence;
        while let Some((before, (name, behind))) =
            rest.split_once('{').and_then(|(before, from)| Some((before, from.split_once('}')?)))
        {
            told.push_str(before);
            let (context, does) =
                name.split_once('.').map_or((None, name), |(context, does)| (named(context), does));
            let does: Option<ActionName> = named(does);
            debug_assert!(does.is_some(), "{name} is no action: {sentence}");
            told.push_str(does.map_or(name, |does| self.key_in(does, context)));
            rest = behind;
        }
        told + rest
    }
}

/// Whether a key event is the key of this name: `n`, `R`, `Ctrl-c`, `Alt-Enter`, `PageUp`.
fn is(key: KeyEvent, name: &str) -> bool {
    let (ctrl, name) = name.strip_prefix("Ctrl-").map_or((false, name), |rest| (true, rest));
    let (alt, name) = name.strip_prefix("Alt-").map_or((false, name), |rest| (true, rest));
    let modifiers =
        key.modifiers.contains(KeyModifiers::CONTROL) == ctrl && key.modifiers.contains(KeyModifiers::ALT) == alt;
    modifiers && code(name) == Some(key.code)
}

/// The event of a key with this name.
fn event(name: &str) -> Option<KeyEvent> {
    let (ctrl, name) = name.strip_prefix("Ctrl-").map_or((false, name), |rest| (true, rest));
    let (alt, name) = name.strip_prefix("Alt-").map_or((false, name), |rest| (true, rest));
    let mut modifiers = KeyModifiers::NONE;
    modifiers.set(KeyModifiers::CONTROL, ctrl);
    modifiers.set(KeyModifiers::ALT, alt);
    code(name).map(|code| KeyEvent::new(code, modifiers))
}

/// The key of a name without modifiers.
pub(super) fn code(name: &str) -> Option<KeyCode> {
    let mut characters = name.chars();
    if let (Some(only), None) = (characters.next(), characters.next()) {
        return Some(KeyCode::Char(only));
    }
    Some(match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "BackTab" => KeyCode::BackTab,
        "Space" => KeyCode::Char(' '),
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "PageUp" => KeyCode::PageUp,
        "PageDown" => KeyCode::PageDown,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "Insert" => KeyCode::Insert,
        "Delete" => KeyCode::Delete,
        "Backspace" => KeyCode::Backspace,
        _ => {
            let number = name.strip_prefix('F').and_then(|number| number.parse().ok());
            KeyCode::F(number.filter(|number| (1..=12).contains(number))?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_has_a_name_that_is_known() {
        for binding in Keys::default().table() {
            assert!(!binding.help.is_empty() && !binding.contexts.is_empty());
            assert!(!binding.press.is_empty() || binding.footer.is_empty(), "no key, no word in the footer");
            for name in &binding.press {
                let bare = name.trim_start_matches("Ctrl-").trim_start_matches("Alt-");
                assert!(code(bare).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_context() {
        let keys = Keys::default();
        for (at, one) in keys.table().iter().enumerate() {
            for other in &keys.table()[at + 1..] {
                let together = one.contexts.iter().any(|context| other.contexts.contains(context));
                let shared = one.press.iter().find(|key| other.press.contains(key));
                assert!(!(together && shared.is_some()), "{shared:?} in {:?}", one.contexts);
            }
        }
    }

    #[test]
    fn no_bare_control_key_that_terminals_and_multiplexers_take() {
        for binding in Keys::default().table() {
            for name in &binding.press {
                assert!(!["Ctrl-a", "Ctrl-b", "Ctrl-q"].contains(&name.as_str()), "{name}");
            }
        }
    }
}
