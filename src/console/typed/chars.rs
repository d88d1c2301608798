//! What a reference that was typed stands for.

use crate::protocol::chars::{in_name, is_char};

/// So long may the name of a reference be until it is taken for a lone `&`.
const LONGEST: usize = 64;

/// What is wrong with the reference at the beginning of `text`, which begins with `&`; none: nothing. XMPP allows the
/// five that XML knows by itself, and characters by their numbers (RFC 6120 section 11.1).
pub(super) fn wrong_reference(text: &str) -> Option<String> {
    let end = text[1..].char_indices().take(LONGEST).find(|(_, c)| *c != '#' && !in_name(*c));
    let name = match end {
        Some((end, ';')) if end > 0 => &text[1..=end],
        _ => return Some("& alone stands for nothing: write &amp;".to_owned()),
    };
    let number = name.strip_prefix('#').map(|digits| match digits.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    });
    match number {
        None if matches!(name, "lt" | "gt" | "amp" | "apos" | "quot") => None,
        None => Some(format!("&{name}; is none of the five entities that XMPP allows (RFC 6120 section 11.1)")),
        Some(number) => match number.and_then(char::from_u32).filter(|c| is_char(*c)) {
            Some(_) => None,
            None => Some(format!("&{name}; is no character that XML can hold")),
        },
    }
}
