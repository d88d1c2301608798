//! What the escapes of XML, of URLs and of JSON stand for.

/// What an escape at the start of a text stands for, and the escape's length.
pub(super) type Escape = fn(&[u8]) -> Option<(Plain, usize)>;

/// A byte, or the bytes of a character.
pub(super) enum Plain {
    Byte(u8),
    Char(char),
}

/// What each escape begins with, and how it is read.
pub(super) const ESCAPES: [(u8, Escape); 3] = [(b'&', reference), (b'%', percent), (b'\\', backslash)];

/// `&lt;`, `&#60;`, `&#x3C;`, and with any number of zeros before the digits.
fn reference(text: &[u8]) -> Option<(Plain, usize)> {
    const LONGEST: usize = 10;
    let inner = text.strip_prefix(b"&")?;
    let hexadecimal = inner.strip_prefix(b"#x").or_else(|| inner.strip_prefix(b"#X"));
    let (number, radix) = match (hexadecimal, inner.strip_prefix(b"#")) {
        (Some(digits), _) => (Some(digits), 16),
        (None, digits) => (digits, 10),
    };
    let rest = number.unwrap_or(inner);
    let zeros = number.map_or(0, |digits| digits.iter().take_while(|digit| **digit == b'0').count());
    let text_of = &rest[zeros..];
    let end = memchr::memchr(b';', &text_of[..text_of.len().min(LONGEST)])?;
    let value = std::str::from_utf8(&text_of[..end]).ok()?;
    let c = match (number, value) {
        (None, "lt") => '<',
        (None, "gt") => '>',
        (None, "amp") => '&',
        (None, "apos") => '\'',
        (None, "quot") => '"',
        (None, _) => return None,
        (Some(_), digits) => char::from_u32(u32::from_str_radix(digits, radix).ok()?)?,
    };
    Some((Plain::Char(c), text.len() - text_of.len() + end + 1))
}

/// `%3C`
fn percent(text: &[u8]) -> Option<(Plain, usize)> {
    let [b'%', digits @ ..] = text.get(..3)? else { return None };
    Some((Plain::Byte(u8::try_from(hexadecimal(digits)?).ok()?), 3))
}

/// `\"`, `\u003c`, `\ud83d\ude00`
fn backslash(text: &[u8]) -> Option<(Plain, usize)> {
    let unit = |text: &[u8]| hexadecimal(text.get(..6)?.strip_prefix(b"\\u")?);
    let (c, length) = match *text.get(1)? {
        b'u' => match (unit(text)?, text.get(6..).and_then(unit)) {
            (high @ 0xD800..0xDC00, Some(low @ 0xDC00..0xE000)) => {
                (char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?, 12)
            }
            (unit, _) => (char::from_u32(unit)?, 6),
        },
        b'n' => ('\n', 2),
        b'r' => ('\r', 2),
        b't' => ('\t', 2),
        byte if byte.is_ascii_punctuation() => (char::from(byte), 2),
        _ => return None,
    };
    Some((Plain::Char(c), length))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u32::from_str_radix(digits, 16).ok()
}
