//! Tags in bytes that may be no XML. Every `<` is looked at, wherever it stands: in a comment, in an attribute, in
//! the middle of something broken. Must not know what a secret is.

use std::ops::Range;

use memchr::memmem;

/// A start or end tag, or something that began like one.
#[derive(Debug)]
pub(super) struct Tag {
    /// Where its `<` stands.
    pub(super) from: usize,
    /// Behind its `>`, or where it stopped being a tag.
    pub(super) to: usize,
    name: Range<usize>,
    /// Names and values, without the quotes.
    pub(super) attributes: Vec<(Range<usize>, Range<usize>)>,
    /// `</…`
    pub(super) is_end: bool,
    /// `…/>`
    is_empty: bool,
    /// It ends with `>` and is well-formed.
    pub(super) is_whole: bool,
    /// It cannot become well-formed, whatever comes.
    pub(super) is_broken: bool,
}

/// The tags in some bytes, in order.
pub(super) struct Tags<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Tags<'b> {
    /// All of them.
    pub(super) fn of(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl Iterator for Tags<'_> {
    type Item = Tag;

    fn next(&mut self) -> Option<Tag> {
        loop {
            let from = self.at + memchr::memchr(b'<', self.bytes.get(self.at..)?)?;
            self.at = from + 1;
            if let Some(tag) = Tag::at(self.bytes, from) {
                return Some(tag);
            }
        }
    }
}

impl Tag {
    /// The tag that begins at this `<`; none for `<!`, `<?` and a `<` in front of no name.
    fn at(bytes: &[u8], from: usize) -> Option<Tag> {
        let mut at = skip_space(bytes, from + 1);
        let is_end = bytes.get(at) == Some(&b'/');
        if is_end {
            at = skip_space(bytes, at + 1);
        }
        let to = (at..bytes.len()).find(|at| !is_name_byte(bytes[*at])).unwrap_or(bytes.len());
        let starts = bytes.get(at).is_some_and(|byte| !byte.is_ascii_digit() && !b"-.".contains(byte));
        if !starts || at == to {
            return None;
        }
        let mut tag = Tag {
            from,
            to,
            name: at..to,
            attributes: Vec::new(),
            is_end,
            is_empty: false,
            is_whole: false,
            is_broken: false,
        };
        while tag.more(bytes) {}
        Some(tag)
    }

    /// Reads the next attribute or the tag's end. False: it ended, in one way or another.
    fn more(&mut self, bytes: &[u8]) -> bool {
        let at = skip_space(bytes, self.to);
        let spaced = at > self.to;
        self.to = at;
        match bytes.get(at) {
            None => false,
            Some(b'>') => self.end(at + 1, false),
            Some(b'/') => match bytes.get(at + 1) {
                Some(b'>') => self.end(at + 2, true),
                Some(_) => self.breaks(),
                None => {
                    self.to = bytes.len();
                    false
                }
            },
            Some(byte) if spaced && is_name_byte(*byte) => self.attribute_at(bytes, at),
            Some(_) => self.breaks(),
        }
    }

    fn attribute_at(&mut self, bytes: &[u8], from: usize) -> bool {
        let name_to = (from..bytes.len()).find(|at| !is_name_byte(bytes[*at])).unwrap_or(bytes.len());
        let equals = skip_space(bytes, name_to);
        let open = skip_space(bytes, (equals + 1).min(bytes.len()));
        let quote = match (bytes.get(equals), bytes.get(open)) {
            (Some(b'='), Some(quote @ (b'"' | b'\''))) => *quote,
            (None, _) | (Some(b'='), None) => {
                self.to = bytes.len();
                return false;
            }
            _ => return self.breaks(),
        };
        let value = open + 1;
        match memchr::memchr2(quote, b'<', &bytes[value..]).map(|found| value + found) {
            Some(end) if bytes[end] == quote => {
                self.attributes.push((from..name_to, value..end));
                self.to = end + 1;
                true
            }
            Some(_) => self.breaks(),
            None => {
                // the rest of it may still come
                self.attributes.push((from..name_to, value..bytes.len()));
                self.to = bytes.len();
                false
            }
        }
    }

    fn end(&mut self, to: usize, is_empty: bool) -> bool {
        self.to = to;
        self.is_empty = is_empty;
        self.is_whole = true;
        false
    }

    fn breaks(&mut self) -> bool {
        self.is_broken = true;
        false
    }

    /// The name behind its prefix, as far as it lies in `bytes`: what begins in a comment can run over its end.
    pub(super) fn local<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        let end = self.name.end.min(bytes.len());
        local(&bytes[self.name.start.min(end)..end])
    }

    /// Where the value of the attribute with this local name stands.
    pub(super) fn attribute(&self, bytes: &[u8], name: &[u8]) -> Option<Range<usize>> {
        let mut named = self.attributes.iter().filter(|(key, _)| local(&bytes[key.clone()]) == name);
        named.next().map(|(_, value)| value.clone())
    }

    /// What stands between this start tag and its end tag. Without an end tag, everything behind it; if it is
    /// malformed or open, it begins behind the name, for nobody can say what is an attribute.
    pub(super) fn content(&self, bytes: &[u8]) -> Range<usize> {
        let start = if self.is_whole { self.to } else { self.name.end }.min(bytes.len());
        if self.is_whole && self.is_empty {
            return start..start;
        }
        start..self.end_tag(bytes, start)
    }

    /// Where the end tag that matches this one begins. What a comment or CDATA holds is no tag.
    fn end_tag(&self, bytes: &[u8], start: usize) -> usize {
        let name = self.local(bytes);
        let mut open = 1_usize;
        let mut at = start;
        while let Some(from) = memchr::memchr(b'<', &bytes[at..]).map(|found| at + found) {
            if let Some(behind) = opaque(bytes, from) {
                at = behind;
                continue;
            }
            at = from + 1;
            let Some(tag) = Tag::at(bytes, from).filter(|tag| same(tag.local(bytes), name)) else { continue };
            match (tag.is_end, tag.is_empty) {
                (true, _) => open -= 1,
                (false, true) => {}
                (false, false) => open += 1,
            }
            if open == 0 {
                return from;
            }
        }
        bytes.len()
    }
}

/// What stands behind the last colon.
pub(super) fn local(name: &[u8]) -> &[u8] {
    memchr::memrchr(b':', name).map_or(name, |colon| &name[colon + 1..])
}

/// What stands inside each comment, CDATA section and processing instruction that ends.
pub(super) fn opaques(bytes: &[u8]) -> Vec<Range<usize>> {
    const FORMS: [(&[u8], &[u8]); 3] = [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(from) = memchr::memchr(b'<', &bytes[at..]).map(|next| at + next) {
        let form = FORMS.iter().find(|(opening, _)| bytes[from..].starts_with(opening));
        let Some((opening, closing)) = form else {
            at = from + 1;
            continue;
        };
        let start = from + opening.len();
        let Some(length) = memmem::find(&bytes[start..], closing) else { break };
        at = start + length + closing.len();
        found.push(start..start + length);
    }
    found
}

/// Where a comment or CDATA section that begins here ends; one that does not end reaches to the end.
fn opaque(bytes: &[u8], from: usize) -> Option<usize> {
    let end = |opening: &[u8], closing: &[u8]| {
        let behind = bytes[from..].strip_prefix(opening)?;
        let found = memmem::find(behind, closing);
        Some(found.map_or(bytes.len(), |found| from + opening.len() + found + closing.len()))
    };
    end(b"<!--", b"-->").or_else(|| end(b"<![CDATA[", b"]]>"))
}

fn same(one: &[u8], other: &[u8]) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn skip_space(bytes: &[u8], from: usize) -> usize {
    (from..bytes.len()).find(|at| !bytes[*at].is_ascii_whitespace()).unwrap_or(bytes.len())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_:-.".contains(&byte) || byte >= 0x80
}
