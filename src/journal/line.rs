//! The recording's line format: a header, then one JSON object a line (design.md 8).
//!
//! Reader and writer stand side by side. The header names a format number; [`read`] brings older formats to the
//! present one (there is one format so far), and keeps events that it does not know as they are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use unicode_width::UnicodeWidthChar;

use super::{Entry, Event, Journal, Offset, Wall, is_hidden};

/// The number of the format that [`header`] and [`entry`] write.
pub const FORMAT: u32 = 1;

/// The first line of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The format's number.
    pub impscope_recording: u32,
    /// The program that wrote it: `impscope 0.1.0`.
    pub tool: String,
    /// When the run began.
    pub started: Wall,
}

/// Why a recording cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The first line is not a header.
    #[error("this is no impscope recording: its first line is not a recording's header")]
    NoHeader,
    /// A later program wrote it.
    #[error("format {0} was written by a later impscope; this one reads formats up to {FORMAT}")]
    TooNew(u32),
    /// A line is no entry.
    #[error("line {line} is no entry: {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// What a recording's reader found.
#[derive(Debug)]
pub struct Recording {
    /// The header.
    pub header: Header,
    /// The entries.
    pub journal: Journal,
    /// Why the last line was left out, where it was: a run that was killed can leave half a line.
    pub torn: Option<String>,
}

/// The header's line, newline included.
pub fn header(tool: &str, started: Wall) -> String {
    let header = Header { impscope_recording: FORMAT, tool: tool.to_owned(), started };
    let mut line = serde_json::to_string(&header).expect("a header is always JSON");
    line.push('\n');
    line
}

/// An entry's line, newline included.
pub fn entry(entry: &Entry) -> String {
    let mut line = shown(serde_json::to_string(entry).expect("an entry is always JSON"));
    line.push('\n');
    line
}

/// JSON in which what a terminal would act upon is written as `\u202e`, and so are marks that stand on other letters: it
/// reads back as the same, and whoever looks at the file in a terminal sees it.
fn shown(json: String) -> String {
    if !json.contains(is_odd) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 64);
    for character in json.chars() {
        if is_odd(character) {
            out.extend(character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(character);
        }
    }
    out
}

fn is_odd(character: char) -> bool {
    is_hidden(character) || character.width() == Some(0)
}

/// Reads a whole recording. Only its last line may be torn; a broken line before it is an error, for it means
/// that somebody changed the file.
///
/// # Errors
/// When there is no header, the format is too new, or a line before the last one is no entry.
pub fn read(text: &str) -> Result<Recording, LineError> {
    let mut lines = text.split_inclusive('\n').enumerate().peekable();
    let header = read_header(lines.next().map(|(_, line)| line).unwrap_or_default().as_bytes())?;
    let mut journal = Journal::default();
    let mut torn = None;
    while let Some((at, line)) = lines.next() {
        match serde_json::from_str::<Entry>(line) {
            Ok(entry) => {
                journal.push(entry);
            }
            Err(why) if lines.peek().is_none() => torn = Some(why.to_string()),
            Err(why) => return Err(LineError::Line { line: at + 1, why: why.to_string() }),
        }
    }
    Ok(Recording { header, journal, torn })
}

/// Reads the first line of a recording.
///
/// # Errors
/// When it is no header, or its format is too new.
pub fn read_header(line: &[u8]) -> Result<Header, LineError> {
    let header: Header = serde_json::from_slice(line).map_err(|_| LineError::NoHeader)?;
    if header.impscope_recording > FORMAT {
        return Err(LineError::TooNew(header.impscope_recording));
    }
    Ok(header)
}

/// Reads one of the other lines.
///
/// # Errors
/// When it is no entry: why.
pub fn read_entry(line: &[u8]) -> Result<Entry, String> {
    serde_json::from_slice(line).map_err(|why| why.to_string())
}

impl Serialize for Entry {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{Error, SerializeMap};
        let Value::Object(event) = serde_json::to_value(&self.event).map_err(S::Error::custom)? else {
            return Err(S::Error::custom("an event is an object with one key"));
        };
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("n", &self.n)?;
        map.serialize_entry("op", &self.op)?;
        if let Some(parent) = &self.parent {
            map.serialize_entry("parent", parent)?;
        }
        map.serialize_entry("at", &self.at)?;
        map.serialize_entry("wall", &self.wall)?;
        for (key, value) in &event {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        #[derive(Deserialize)]
        struct Frame {
            n: super::EntryNo,
            op: super::OpId,
            parent: Option<super::OpId>,
            at: Offset,
            wall: Wall,
            #[serde(flatten)]
            event: Map<String, Value>,
        }
        let frame = Frame::deserialize(from)?;
        if frame.event.is_empty() {
            return Err(D::Error::custom("it says nothing"));
        }
        let event = event(frame.event);
        Ok(Entry { n: frame.n, op: frame.op, parent: frame.parent, at: frame.at, wall: frame.wall, event })
    }
}

/// The event that these fields hold. What is not understood to the last field is kept as it is, so that a later
/// version's entry survives being read and written again.
fn event(fields: Map<String, Value>) -> Event {
    let value = Value::Object(fields);
    match Event::deserialize(&value) {
        Ok(known) if serde_json::to_value(&known).is_ok_and(|again| covers(&again, &value)) => known,
        _ => Event::Unknown(value),
    }
}

/// Whether `again` has every field that `value` has.
fn covers(again: &Value, value: &Value) -> bool {
    match (again, value) {
        (Value::Object(again), Value::Object(value)) => {
            value.iter().all(|(key, inner)| again.get(key).is_some_and(|same| covers(same, inner)))
        }
        (Value::Array(again), Value::Array(value)) => {
            again.len() == value.len() && again.iter().zip(value).all(|(same, inner)| covers(same, inner))
        }
        _ => again == value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{ClosedBy, EntryNo, Fact, NetFact, OpId};

    fn closed() -> Entry {
        Entry {
            n: EntryNo(1),
            op: OpId(2),
            parent: Some(OpId(1)),
            at: Offset(5),
            wall: Wall(1_700_000_000_000),
            event: Event::Saw(Fact::Net(NetFact::Closed { by: ClosedBy::PeerFin, code: None })),
        }
    }

    fn recording(lines: &str) -> String {
        header("impscope test", Wall(0)) + lines
    }

    #[test]
    fn an_entry_comes_back_as_it_was_written() {
        let read = read(&recording(&entry(&closed()))).unwrap();
        assert_eq!(read.journal.entries(), [closed()]);
        assert_eq!(read.torn, None);
    }

    #[test]
    fn what_hides_or_acts_on_a_terminal_is_an_escape_in_the_file_and_itself_when_read() {
        let code = Some("a\u{202e}b\u{9b}2Jc\u{e0041}u\u{308}ü\\".to_owned());
        let fact = Fact::Net(NetFact::Closed { by: ClosedBy::PeerFin, code });
        let entry = Entry { event: Event::Saw(fact), ..closed() };
        let line = super::entry(&entry);
        assert!(line.contains(r"a\u202eb\u009b2Jc\udb40\udc41u\u0308ü"), "{line}");
        assert_eq!(read(&recording(&line)).unwrap().journal.entries(), [entry]);
    }

    #[test]
    fn an_event_of_a_later_version_survives_reading_and_writing() {
        let line = r#"{"n":1,"op":1,"at":3,"wall":4,"foretold":{"what":"rain"}}"#.to_owned() + "\n";
        let read = read(&recording(&line)).unwrap();
        assert_eq!(entry(&read.journal.entries()[0]), line);
    }

    #[test]
    fn a_number_of_a_later_version_stays_the_number_that_it_is() {
        let facts: String = (0..250).map(|more| format!(",\"felt{more}\":65536{}", "9".repeat(more))).collect();
        let text = recording(&format!("{{\"n\":1,\"op\":1,\"at\":3,\"wall\":4{facts}}}\n"));
        let entries = read(&text).unwrap().journal.entries().to_vec();
        let again = recording(&entry(&entries[0]));
        assert_eq!(read(&again).unwrap().journal.entries(), entries);
    }

    #[test]
    fn a_known_event_with_a_field_of_a_later_version_keeps_it() {
        let line = entry(&closed()).replace("peer_fin\"", "peer_fin\",\"hop\":3");
        let read = read(&recording(&line)).unwrap();
        assert!(entry(&read.journal.entries()[0]).contains("\"hop\":3"));
    }

    #[test]
    fn the_reads_of_an_element_come_back_and_older_recordings_have_none() {
        let fact = |parts: &str| {
            let fact =
                r#"{"payload":{"text":"<a/>"},"span":{"from":0,"to":4},"wire":26,"secure":true,"read":"message""#;
            let frame = r#"{"n":1,"op":1,"at":3,"wall":4,"saw":{"xmpp":{"received":"#;
            format!("{frame}{fact}{parts}}}}}}}}}\n")
        };
        for parts in ["", r#","parts":{"count":2,"first":[{"bytes":1,"at":2},{"bytes":3,"at":3}]}"#] {
            let read = read(&recording(&fact(parts))).unwrap();
            let Event::Saw(Fact::Xmpp(known)) = &read.journal.entries()[0].event else { panic!("{read:?}") };
            let crate::journal::XmppFact::Received(received) = &**known else { panic!("{known:?}") };
            assert_eq!(received.parts.is_whole(), parts.is_empty());
            assert_eq!(entry(&read.journal.entries()[0]), fact(parts));
        }
    }

    #[test]
    fn a_torn_last_line_is_left_out_and_said() {
        let whole = recording(&(entry(&closed()) + &entry(&Entry { n: EntryNo(2), ..closed() })));
        let read = read(&whole[..whole.len() - 9]).unwrap();
        assert_eq!(read.journal.entries().len(), 1);
        assert!(read.torn.is_some());
    }

    #[test]
    fn a_broken_line_in_the_middle_is_an_error_that_names_it() {
        let broken = recording(&format!("nonsense\n{}", entry(&closed())));
        assert!(read(&broken).unwrap_err().to_string().contains("line 2"));
    }

    #[test]
    fn a_later_format_and_a_foreign_file_are_refused_with_the_reason() {
        let later = header("impscope 9", Wall(0)).replace("\":1", "\":9");
        assert!(read(&later).unwrap_err().to_string().contains("later impscope"));
        assert!(read("# notes\n").unwrap_err().to_string().contains("no impscope recording"));
    }
}
