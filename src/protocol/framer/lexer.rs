//! Where the item that is open ends: one state, one position, no second look at a byte.
//!
//! It sees the open item's bytes from their first one on, and knows nothing of positions in the stream, of
//! buffers, or of namespaces. Names are compared as they are written: an end tag repeats its start tag's.

use memchr::{memchr, memchr2, memchr3};

use super::{FrameKind, Refused};

/// What a look at the open item found.
#[derive(Debug)]
pub(super) enum Step {
    /// It is not complete.
    More,
    /// It is complete and ends at [`Lexer::at`].
    Whole(FrameKind),
    /// The item was something forbidden, and ends at [`Lexer::at`].
    Skipped(Refused),
    /// Something forbidden stands inside the item, at this offset. The item goes on.
    Refused(Refused, usize),
    /// This cannot be XML, from this offset on.
    Dead(Refused, usize),
}

/// Where in the item the next byte stands. Numbers are offsets in the item.
#[derive(Debug, Clone, Copy, Default)]
enum State {
    /// No item is open.
    #[default]
    Between,
    /// In text between items.
    Text,
    /// In an element's content.
    Content,
    /// Behind an `&` at `at`; `back` is the attribute value that it stands in.
    Reference { at: usize, back: Option<(Open, u8)> },
    /// Behind a `<`.
    Markup(usize),
    /// Behind `<!`.
    Bang(usize),
    /// Behind `<!--`.
    Comment(usize),
    /// Behind `<![CDATA[`.
    Cdata(usize),
    /// Behind `<!DOCTYPE`, within this quote.
    Doctype(Option<u8>),
    /// Behind `<?`.
    Instruction(usize),
    /// Behind `</`.
    EndTag(usize),
    /// In a start tag's name.
    Name(usize),
    /// In a start tag, behind its name.
    Tag(Open),
    /// In an attribute's value, which this quote will end.
    Value(Open, u8),
}

/// A start tag that has its name.
#[derive(Debug, Clone, Copy)]
struct Open {
    from: usize,
    name_to: usize,
}

/// A reference with its `&` and `;` is no longer than this; a longer one is no reference.
const LONGEST_REFERENCE: usize = 32;

/// So many refusals inside one item are reported. Each costs its caller an entry, and a server may send many.
const REFUSALS_TOLD: usize = 8;

/// The state of the open item, and of the stream around it.
#[derive(Debug, Default)]
pub(super) struct Lexer {
    state: State,
    at: usize,
    /// The names of the open elements, as ranges of the item.
    names: Vec<(usize, usize)>,
    /// The open stream's name.
    root: Option<Vec<u8>>,
    told: usize,
    /// Bytes looked at, for the test that this is linear.
    #[cfg(test)]
    pub(super) work: usize,
}

impl Lexer {
    /// The offset behind the last byte that was looked at.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Whether a stream is open.
    pub(super) fn in_stream(&self) -> bool {
        self.root.is_some()
    }

    /// Whether the open item is text between items.
    pub(super) fn in_text(&self) -> bool {
        matches!(self.state, State::Text)
    }

    /// The item was taken: the next one begins.
    pub(super) fn begin(&mut self) {
        self.state = State::Between;
        self.at = 0;
        self.told = 0;
    }

    /// The item was given up.
    pub(super) fn abandon(&mut self) {
        self.names.clear();
        self.begin();
    }

    /// Looks at the bytes of `item` that are new since the last call. `item` holds all of it so far.
    pub(super) fn step(&mut self, item: &[u8], depth: usize) -> Step {
        while self.at < item.len() {
            #[cfg(test)]
            let before = self.at;
            let step = self.look(item, depth);
            #[cfg(test)]
            {
                self.work += 1 + self.at.abs_diff(before);
            }
            match step {
                Step::More => {}
                Step::Refused(..) if self.told >= REFUSALS_TOLD => {}
                Step::Refused(..) => {
                    self.told += 1;
                    return step;
                }
                _ => return step,
            }
        }
        Step::More
    }

    fn look(&mut self, item: &[u8], depth: usize) -> Step {
        match self.state {
            State::Between => self.between(item),
            State::Text => self.text(item),
            State::Content => self.content(item),
            State::Reference { at, back } => self.reference(item, at, back),
            State::Markup(from) => self.markup(item, from),
            State::Bang(from) => self.bang(item, from),
            State::Comment(from) => self.comment(item, from),
            State::Cdata(from) => self.cdata(item, from),
            State::Doctype(quote) => self.doctype(item, quote),
            State::Instruction(from) => self.instruction(item, from),
            State::EndTag(from) => self.end_tag(item, from),
            State::Name(from) => self.name(item, from),
            State::Tag(open) => self.tag(item, open, depth),
            State::Value(open, quote) => self.value(item, open, quote),
        }
    }

    fn between(&mut self, item: &[u8]) -> Step {
        match item[self.at] {
            byte if is_space(byte) => {
                self.at += 1;
                Step::Whole(FrameKind::Whitespace)
            }
            b'<' => self.go(State::Markup(self.at)),
            _ => self.go(State::Text),
        }
    }

    fn text(&mut self, item: &[u8]) -> Step {
        match memchr(b'<', &item[self.at..]) {
            Some(found) => {
                self.at += found;
                Step::Whole(FrameKind::Text)
            }
            None => self.all(item),
        }
    }

    fn content(&mut self, item: &[u8]) -> Step {
        let Some(found) = memchr2(b'<', b'&', &item[self.at..]) else { return self.all(item) };
        self.at += found;
        match item[self.at] {
            b'<' => self.go(State::Markup(self.at)),
            _ => self.go(State::Reference { at: self.at, back: None }),
        }
    }

    fn reference(&mut self, item: &[u8], at: usize, back: Option<(Open, u8)>) -> Step {
        let byte = item[self.at];
        let goes_on = byte.is_ascii_alphanumeric() || b"#_-.:".contains(&byte) || byte >= 0x80;
        if goes_on && self.at - at < LONGEST_REFERENCE {
            self.at += 1;
            return Step::More;
        }
        self.state = back.map_or(State::Content, |(open, quote)| State::Value(open, quote));
        if byte == b';' {
            self.at += 1;
            if is_known_reference(&item[at + 1..self.at - 1]) {
                return Step::More;
            }
        }
        Step::Refused(Refused::Entity, at)
    }

    fn markup(&mut self, item: &[u8], from: usize) -> Step {
        match item[self.at] {
            b'!' => self.go(State::Bang(from)),
            b'?' => self.go(State::Instruction(from)),
            b'/' => self.go(State::EndTag(from)),
            byte if byte.is_ascii_alphabetic() || b"_:".contains(&byte) || byte >= 0x80 => {
                self.go(State::Name(from))
            }
            _ => Step::Dead(Refused::NotWellFormed("no name behind <"), self.at),
        }
    }

    fn bang(&mut self, item: &[u8], from: usize) -> Step {
        const COMMENT: &[u8] = b"--";
        const CDATA: &[u8] = b"[CDATA[";
        const DOCTYPE: &[u8] = b"DOCTYPE";
        self.at += 1;
        let seen = &item[from + 2..self.at];
        let inside = !self.names.is_empty();
        if seen == COMMENT {
            self.state = State::Comment(from);
            return if inside { Step::Refused(Refused::Comment, from) } else { Step::More };
        }
        if seen == CDATA && inside {
            self.state = State::Cdata(from);
            return Step::More;
        }
        if seen.eq_ignore_ascii_case(DOCTYPE) && !inside {
            self.state = State::Doctype(None);
            return Step::More;
        }
        let doctype = seen.len() <= DOCTYPE.len() && seen.eq_ignore_ascii_case(&DOCTYPE[..seen.len()]);
        match () {
            () if seen == CDATA => Step::Dead(Refused::NotWellFormed("CDATA between stanzas"), from),
            () if doctype && seen.len() == DOCTYPE.len() => Step::Dead(Refused::Doctype, from),
            () if doctype || COMMENT.starts_with(seen) || CDATA.starts_with(seen) => Step::More,
            () => Step::Dead(Refused::NotWellFormed("unknown markup behind <!"), from),
        }
    }

    fn comment(&mut self, item: &[u8], from: usize) -> Step {
        let Some(end) = self.until(item, b'>') else { return Step::More };
        // the shortest one is `<!---->`, whose `>` is its seventh byte
        if end < from + 6 || &item[end - 2..end] != b"--" {
            return Step::More;
        }
        self.state = State::Content;
        if self.names.is_empty() { Step::Skipped(Refused::Comment) } else { Step::More }
    }

    fn cdata(&mut self, item: &[u8], from: usize) -> Step {
        let Some(end) = self.until(item, b'>') else { return Step::More };
        if end >= from + b"<![CDATA[]]".len() && &item[end - 2..end] == b"]]" {
            self.state = State::Content;
        }
        Step::More
    }

    /// An internal subset is not skipped: its end can only be found by reading it.
    fn doctype(&mut self, item: &[u8], quote: Option<u8>) -> Step {
        let byte = item[self.at];
        match (quote, byte) {
            (Some(open), _) if open != byte => {}
            (Some(_), _) => self.state = State::Doctype(None),
            (None, b'"' | b'\'') => self.state = State::Doctype(Some(byte)),
            (None, b'[' | b'<') => return Step::Dead(Refused::Doctype, self.at),
            (None, b'>') => {
                self.at += 1;
                return Step::Skipped(Refused::Doctype);
            }
            (None, _) => {}
        }
        self.at += 1;
        Step::More
    }

    fn instruction(&mut self, item: &[u8], from: usize) -> Step {
        let Some(end) = self.until(item, b'>') else { return Step::More };
        if end < from + 3 || item[end - 1] != b'?' {
            return Step::More;
        }
        let behind = item[from + 2..end].strip_prefix(b"xml").and_then(<[u8]>::first);
        if !self.names.is_empty() {
            self.state = State::Content;
            return Step::Refused(Refused::ProcessingInstruction, from);
        }
        match behind {
            Some(&byte) if is_space(byte) || byte == b'?' => Step::Whole(FrameKind::Declaration),
            _ => Step::Skipped(Refused::ProcessingInstruction),
        }
    }

    fn name(&mut self, item: &[u8], from: usize) -> Step {
        while let Some(&byte) = item.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' => {
                    self.state = State::Tag(Open { from, name_to: self.at });
                    return Step::More;
                }
                b'<' | b'=' | b'&' | b'"' | b'\'' | 0..0x20 => {
                    return Step::Dead(Refused::NotWellFormed("no name's byte in a name"), self.at);
                }
                _ => self.at += 1,
            }
        }
        Step::More
    }

    fn tag(&mut self, item: &[u8], open: Open, depth: usize) -> Step {
        while let Some(&byte) = item.get(self.at) {
            match byte {
                _ if byte != b'>' && item[self.at - 1] == b'/' => {
                    return Step::Dead(Refused::NotWellFormed("/ inside a tag"), self.at - 1);
                }
                b'"' | b'\'' => return self.go(State::Value(open, byte)),
                b'<' => return Step::Dead(Refused::NotWellFormed("< inside a tag"), self.at),
                b'>' => return self.start_tag(item, open, depth),
                _ => self.at += 1,
            }
        }
        Step::More
    }

    fn value(&mut self, item: &[u8], open: Open, quote: u8) -> Step {
        let Some(found) = memchr3(quote, b'<', b'&', &item[self.at..]) else { return self.all(item) };
        self.at += found;
        match item[self.at] {
            b'<' => Step::Dead(Refused::NotWellFormed("< in an attribute's value"), self.at),
            b'&' => self.go(State::Reference { at: self.at, back: Some((open, quote)) }),
            _ => self.go(State::Tag(open)),
        }
    }

    fn start_tag(&mut self, item: &[u8], open: Open, depth: usize) -> Step {
        let empty = item[self.at - 1] == b'/';
        let name = &item[open.from + 1..open.name_to];
        self.at += 1;
        let outermost = self.names.is_empty();
        let opens = match &self.root {
            Some(root) => root == name,
            None => local(name) == b"stream",
        };
        if outermost && opens && !empty {
            self.root = Some(name.to_vec());
            return Step::Whole(FrameKind::StreamOpen);
        }
        if self.names.len() >= depth {
            return Step::Dead(Refused::TooDeep, open.from);
        }
        if outermost && empty {
            return Step::Whole(FrameKind::Element);
        }
        if !empty {
            self.names.push((open.from + 1, open.name_to));
        }
        self.state = State::Content;
        Step::More
    }

    fn end_tag(&mut self, item: &[u8], from: usize) -> Step {
        let Some(end) = self.until(item, b'>') else { return Step::More };
        // Only what XML calls white space: a form feed belongs to the name, and makes it another one.
        let spaces = item[from + 2..end].iter().rev().take_while(|byte| is_space(**byte)).count();
        let name = &item[from + 2..end - spaces];
        match self.names.pop() {
            Some((open, to)) if item[open..to] != *name => {
                Step::Dead(Refused::NotWellFormed("end tag of another name"), from)
            }
            Some(_) if self.names.is_empty() => Step::Whole(FrameKind::Element),
            Some(_) => {
                self.state = State::Content;
                Step::More
            }
            // a stream that never opened, or that a restart forgot, may still be closed
            None if self.root.as_deref().map_or(local(name) == b"stream", |root| root == name) => {
                self.root = None;
                Step::Whole(FrameKind::StreamClose)
            }
            None => Step::Dead(Refused::NotWellFormed("end tag without a start tag"), from),
        }
    }

    /// Consumes one byte and goes on in another state.
    fn go(&mut self, state: State) -> Step {
        self.at += 1;
        self.state = state;
        Step::More
    }

    fn all(&mut self, item: &[u8]) -> Step {
        self.at = item.len();
        Step::More
    }

    /// Consumes up to and with the next `byte`, and says where it stands.
    fn until(&mut self, item: &[u8], byte: u8) -> Option<usize> {
        let found = memchr(byte, &item[self.at..]).map(|found| self.at + found);
        self.at = found.map_or(item.len(), |found| found + 1);
        found
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// What stands behind the last colon.
fn local(name: &[u8]) -> &[u8] {
    memchr::memrchr(b':', name).map_or(name, |colon| &name[colon + 1..])
}

/// One of the five predefined ones, or a number. Whether the number is a character is for the reader.
fn is_known_reference(name: &[u8]) -> bool {
    match name {
        b"lt" | b"gt" | b"amp" | b"apos" | b"quot" => true,
        [b'#', b'x', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit),
        [b'#', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}
