//! The characters of XML 1.0: which may stand where.

/// Whether a name may begin with it (XML 1.0, production 4).
pub fn begins_name(c: char) -> bool {
    matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z')
        || matches!(u32::from(c), 0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0x2FF | 0x370..=0x37D | 0x37F..=0x1FFF
            | 0x200C..=0x200D | 0x2070..=0x218F | 0x2C00..=0x2FEF | 0x3001..=0xD7FF | 0xF900..=0xFDCF
            | 0xFDF0..=0xFFFD | 0x10000..=0xEFFFF)
}

/// Whether it may stand in a name (XML 1.0, production 4a).
pub fn in_name(c: char) -> bool {
    begins_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}')
        || matches!(u32::from(c), 0x300..=0x36F | 0x203F..=0x2040)
}

/// Whether XML can hold it at all (XML 1.0, production 2).
pub fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(u32::from(c), 0xFFFE | 0xFFFF))
}

/// Whether it separates things in a tag.
pub fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Whether it is a name with at most one prefix (Namespaces in XML 1.0, production 7).
pub fn is_qualified_name(name: &str) -> bool {
    let is_part = |part: &str| {
        part.chars().next().is_some_and(|first| begins_name(first) && first != ':') && part.chars().all(in_name)
    };
    match name.split_once(':') {
        Some((prefix, local)) => is_part(prefix) && is_part(local) && !local.contains(':'),
        None => is_part(name),
    }
}
