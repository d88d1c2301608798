//! Texts of others made harmless: whatever would move the cursor, hide, pile up on what stands beside it, or turn the
//! reading direction is written as an escape. Knows nothing of terminals or panes.

use unicode_width::UnicodeWidthChar;

/// So many marks may stand on one letter: no script needs more.
const MARKS: usize = 4;

/// `text` with control, C1, bidirectional, zero-width and other invisible characters as visible escapes:
/// `\n`, `\t`, `\u{202e}`. Everything that prints text from outside goes through here.
///
/// So are marks without a letter in front of them, which would fall on what we have written ourselves, and those that
/// are more than a letter can carry, which would fall on the lines above and below.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut carried = MARKS;
    for character in text.chars() {
        carried = match character {
            mark if mark.width() == Some(0) && !is_hidden(mark) => carried + 1,
            // A space carries nothing: a line may end there.
            bare if bare.is_whitespace() || is_hidden(bare) => MARKS,
            _ => 0,
        };
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            odd if carried > MARKS || is_hidden(odd) => {
                shown.push_str(&format!("\\u{{{:x}}}", u32::from(odd)));
            }
            plain => shown.push(plain),
        }
    }
    shown
}

/// Whether a character is not seen as itself on a terminal, or changes what stands around it.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character),
            0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
            | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164
            | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffc
            | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff | 0xe000..=0xf8ff | 0xf_0000..=0x10_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_reaches_the_screen_as_text() {
        assert_eq!(visible("\x1b[2J\u{9b}31m\x07"), "\\u{1b}[2J\\u{9b}31m\\u{7}");
    }

    #[test]
    fn direction_and_zero_width_characters_are_seen() {
        assert_eq!(visible("a\u{202e}b\u{200b}c\u{feff}"), "a\\u{202e}b\\u{200b}c\\u{feff}");
    }

    #[test]
    fn ordinary_text_of_any_script_is_left_alone() {
        for text in ["Jürgen 世界 «ok»", "Ju\u{308}rgen", "Vie\u{302}\u{323}t", "ที่นี่", "שָׁלוֹם"]
        {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn marks_fall_on_nothing_but_the_letter_that_carries_them() {
        assert_eq!(visible("\u{301}a"), "\\u{301}a");
        assert_eq!(visible("\n\u{301}a \u{301}"), "\\n\\u{301}a \\u{301}");
        let piled = format!("a{}b\u{301}", "\u{301}".repeat(6));
        assert_eq!(visible(&piled), format!("a{}\\u{{301}}\\u{{301}}b\u{301}", "\u{301}".repeat(4)));
    }
}
