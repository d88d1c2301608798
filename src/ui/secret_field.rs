//! A field for a password: memory that is wiped, no history, no undo, no way to print it.

use secrecy::SecretString;
use zeroize::Zeroizing;

/// How many bytes a password may have. The room is taken at once, so that no copy stays behind when it grows.
const ROOM: usize = 4096;

/// What was typed so far.
pub struct SecretField {
    text: Zeroizing<String>,
}

impl SecretField {
    pub(super) fn new() -> Self {
        Self { text: Zeroizing::new(String::with_capacity(ROOM)) }
    }

    pub(super) fn push(&mut self, character: char) {
        if self.text.len() + character.len_utf8() <= ROOM && !character.is_control() {
            self.text.push(character);
        }
    }

    /// Takes the first line of pasted text.
    pub(super) fn paste(&mut self, text: &str) {
        text.lines().next().unwrap_or("").chars().for_each(|character| self.push(character));
    }

    pub(super) fn pop(&mut self) {
        self.text.pop();
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.text.chars().count()
    }

    pub(super) fn take(&mut self) -> SecretString {
        let secret = SecretString::from(self.text.as_str());
        *self = Self::new();
        secret
    }
}
