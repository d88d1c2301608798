//! The characters of XML: which may stand where, and what a reference stands for.

/// Whether a name may begin with it (XML 1.0, production 4).
pub(super) fn begins_name(c: char) -> bool {
    matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z')
        || matches!(u32::from(c), 0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0x2FF | 0x370..=0x37D | 0x37F..=0x1FFF
            | 0x200C..=0x200D | 0x2070..=0x218F | 0x2C00..=0x2FEF | 0x3001..=0xD7FF | 0xF900..=0xFDCF
            | 0xFDF0..=0xFFFD | 0x10000..=0xEFFFF)
}

/// Whether it may stand in a name (XML 1.0, production 4a).
pub(super) fn in_name(c: char) -> bool {
    begins_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}')
        || matches!(u32::from(c), 0x300..=0x36F | 0x203F..=0x2040)
}

/// Whether XML can hold it at all (XML 1.0, production 2).
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(u32::from(c), 0xFFFE | 0xFFFF))
}

/// Whether it separates things in a tag.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

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
