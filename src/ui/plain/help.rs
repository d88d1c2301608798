//! The commands, from the key table and from the words that are no keys.

use super::command::{WORDS, is_picture, name, table};
use crate::ui::keys::{Care, Keys};

/// What can be typed. An action goes by its key or by its name.
pub(super) fn lines(keys: &Keys) -> Vec<String> {
    let mut lines = vec!["help: a command is a word and Enter; a key of the screen is a command too".to_owned()];
    for (word, rest, help) in WORDS {
        let rest = if rest.is_empty() { String::new() } else { format!(" {rest}") };
        lines.push(format!("help: {word}{rest}: {help}"));
    }
    for (does, _, help) in table(keys) {
        if is_picture(does) {
            continue;
        }
        let care =
            keys.table().iter().find(|binding| binding.does == does).map_or(Care::Safe, |binding| binding.care);
        let care = if care == Care::Safe { String::new() } else { format!(" ({})", care.words()) };
        let (key, name) = (keys.key_of(does), name(does));
        let named = if key.eq_ignore_ascii_case(&name) { String::new() } else { format!(" or {name}") };
        lines.push(format!("help: {key}{named}: {help}{care}"));
    }
    lines
}
