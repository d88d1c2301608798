//! The configuration's word on keys: put over the table, and judged. What is not known is passed over with a warning;
//! what would leave a key with two meanings, or the user without a way out, is refused.

use serde::Deserialize;
use toml::Value;

use super::action::ActionName;
use super::keys::{Binding, Context, Keys, code};

/// What the configuration says about the keys of one action in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebind {
    /// The context's name.
    pub context: String,
    /// The action's name.
    pub action: String,
    /// The keys' names, in place of those of the table.
    pub keys: Vec<String>,
    /// Where it says so: file and line.
    pub place: String,
}

/// Actions without which nobody gets out, or finds out how: in each context where the table has them they keep a key.
const WAYS_OUT: [ActionName; 4] = [ActionName::Quit, ActionName::QuitNow, ActionName::Help, ActionName::Close];
/// Where text is typed.
const TEXT_FIELDS: [Context; 7] = [
    Context::Editor,
    Context::Templates,
    Context::Filter,
    Context::Prompt,
    Context::Password,
    Context::Palette,
    Context::Everywhere,
];

impl Keys {
    /// The table with these words over it, and what of them was passed over.
    ///
    /// # Errors
    /// When a key would have two meanings in one context, or an action that must stay in reach would not.
    pub fn rebound(mut self, rebinds: &[Rebind]) -> Result<(Self, Vec<String>), String> {
        let mut warnings = Vec::new();
        for rebind in rebinds {
            match self.put(rebind) {
                Ok(said) => warnings.extend(said),
                Err(Trouble::PassedOver(why)) => {
                    warnings.push(format!("{}: {why}; it is passed over", rebind.place));
                }
                Err(Trouble::Refused(why)) => return Err(format!("{}: {why}", rebind.place)),
            }
        }
        // Two words may exchange keys: what they come to is judged once all are said.
        for rebind in rebinds {
            self.judge(rebind).map_err(|why| format!("{}: {why}", rebind.place))?;
        }
        Ok((self, warnings))
    }

    fn put(&mut self, rebind: &Rebind) -> Result<Vec<String>, Trouble> {
        let context: Context = named(&rebind.context)
            .ok_or_else(|| Trouble::PassedOver(format!("there is no context {:?} for keys", rebind.context)))?;
        let does: ActionName = named(&rebind.action)
            .ok_or_else(|| Trouble::PassedOver(format!("there is no action {:?}", rebind.action)))?;
        if !self.bindings.iter().any(|own| own.does == does && own.contexts.contains(&context)) {
            let (action, context) = (&rebind.action, &rebind.context);
            return Err(Trouble::PassedOver(format!("{action} means nothing in {context}")));
        }
        let (keys, unknown): (Vec<String>, Vec<String>) = rebind.keys.iter().cloned().partition(|key| is_key(key));
        if keys.is_empty() && WAYS_OUT.contains(&does) {
            return Err(Trouble::Refused(format!(
                "without a key for {} there is no way out of {}: give it one, such as {:?}",
                rebind.action,
                rebind.context,
                self.first_key(context, does)
            )));
        }
        if keys.is_empty() && !unknown.is_empty() {
            return Err(Trouble::PassedOver(format!("there is no key {:?}", unknown[0])));
        }
        if let Some(key) = keys.iter().find(|key| TEXT_FIELDS.contains(&context) && key.chars().count() == 1) {
            return Err(Trouble::Refused(format!(
                "{key} could not be typed any more where text is written: give {} a key such as F2 or Ctrl-o",
                rebind.action
            )));
        }
        self.replace(context, does, &keys);
        let warn = |why: String| format!("{}: {why}", rebind.place);
        let unknown = unknown.iter().map(|key| warn(format!("there is no key {key:?}; it is passed over")));
        let taken = keys.iter().filter(|key| TAKEN.contains(&key.as_str()));
        let taken = taken.map(|key| warn(format!("{key} is often taken by the terminal, tmux or screen")));
        Ok(unknown.chain(taken).collect())
    }

    /// Gives an action these keys in one context, and leaves its others alone.
    fn replace(&mut self, context: Context, does: ActionName, keys: &[String]) {
        let mut given = Some(keys.to_vec());
        let mut bindings = Vec::with_capacity(self.bindings.len() + 1);
        for mut binding in std::mem::take(&mut self.bindings) {
            if binding.does != does || !binding.contexts.contains(&context) {
                bindings.push(binding);
                continue;
            }
            let here = given.take().map(|press| Binding { contexts: vec![context], press, ..binding.clone() });
            binding.contexts.retain(|own| *own != context);
            bindings.extend(here);
            if !binding.contexts.is_empty() {
                bindings.push(binding);
            }
        }
        self.bindings = bindings;
    }

    /// Whether every key of this word means one thing where it is pressed.
    fn judge(&self, rebind: &Rebind) -> Result<(), String> {
        let Some(context) = named::<Context>(&rebind.context) else { return Ok(()) };
        let Some(does) = named::<ActionName>(&rebind.action) else { return Ok(()) };
        let here = |binding: &&Binding| binding.contexts.contains(&context);
        for key in &rebind.keys {
            let others = self.bindings.iter().filter(here).filter(|binding| binding.does != does);
            let taken = others.into_iter().find(|binding| binding.press.contains(key));
            if let Some(other) = taken {
                let other = name(other.does);
                return Err(format!(
                    "in {} the key {key} would mean both {} and {other}: give one of them another key",
                    rebind.context, rebind.action
                ));
            }
        }
        Ok(())
    }

    fn first_key(&self, context: Context, does: ActionName) -> &str {
        let here = |binding: &&Binding| binding.does == does && binding.contexts.contains(&context);
        self.bindings.iter().filter(here).flat_map(|binding| &binding.press).next().map_or("", String::as_str)
    }

    /// The table as the configuration writes it, so that it can be copied from there.
    pub fn listed(&self) -> String {
        let mut text =
            "# The keys as they are now. Copy what you want otherwise into the configuration file.\n".to_owned();
        let mut contexts: Vec<Context> = Vec::new();
        for context in self.bindings.iter().flat_map(|binding| &binding.contexts) {
            if !contexts.contains(context) {
                contexts.push(*context);
            }
        }
        for context in contexts {
            text.push_str(&format!("\n[keys.{}]\n", name(context)));
            let here = |binding: &&Binding| binding.contexts.contains(&context);
            let mut said: Vec<ActionName> = Vec::new();
            for binding in self.bindings.iter().filter(here) {
                if said.contains(&binding.does) {
                    continue;
                }
                said.push(binding.does);
                let same = self.bindings.iter().filter(here).filter(|other| other.does == binding.does);
                let keys: Vec<String> =
                    same.flat_map(|other| &other.press).map(|key| format!("{key:?}")).collect();
                let setting = format!("{} = [{}]", name(binding.does), keys.join(", "));
                text.push_str(&format!("{setting:<34} # {} ({})\n", binding.help, binding.care.words()));
            }
        }
        text
    }
}

/// Why a word does not count.
enum Trouble {
    PassedOver(String),
    Refused(String),
}

/// Keys that terminals and multiplexers take for themselves.
const TAKEN: [&str; 3] = ["Ctrl-a", "Ctrl-b", "Ctrl-q"];

/// Whether a key can be told from others. Control with some letters is what terminals send for other keys.
fn is_key(name: &str) -> bool {
    let bare = name.strip_prefix("Ctrl-").unwrap_or(name);
    let bare = bare.strip_prefix("Alt-").unwrap_or(bare);
    let other = ["Ctrl-i", "Ctrl-m", "Ctrl-[", "Ctrl-h"].contains(&name);
    let upper = name.starts_with("Ctrl-") && bare.len() == 1 && bare.chars().all(char::is_uppercase);
    !other && !upper && code(bare).is_some()
}

/// The context or the action of a name.
pub(super) fn named<T: for<'a> Deserialize<'a>>(name: &str) -> Option<T> {
    Value::String(name.to_owned()).try_into().ok()
}

/// The name of a context or of an action.
pub(super) fn name(of: impl serde::Serialize) -> String {
    Value::try_from(of).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
