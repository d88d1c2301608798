//! One row of the console: which entry it shows, how it is marked, and how it is laid out.

use super::explain::Topic;
use super::ink::{Ink, Line};
use super::passed::Passed;
use super::{http, silence, xml};
use crate::journal::{Awaited, AwaitedReply, EntryNo, KernelView, Offset, OpId, Payload, Wall};

/// The mark at a row's start; it says the direction without a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// `>>` we sent it.
    Out,
    /// `<<` we received it.
    In,
    /// `!!` silence or breakage.
    Bang,
    /// `==` an event.
    Event,
}

impl Mark {
    /// Its two characters.
    pub fn text(self) -> &'static str {
        match self {
            Mark::Out => ">>",
            Mark::In => "<<",
            Mark::Bang => "!!",
            Mark::Event => "==",
        }
    }
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `<message>`
    Message,
    /// `<presence>`
    Presence,
    /// `<iq>`
    Iq,
    /// Stream management.
    Sm,
    /// Headers, features, errors, STARTTLS: the stream itself.
    Stream,
    /// SASL.
    Sasl,
    /// Certificates and what was agreed.
    Tls,
    /// Questions to DNS servers.
    Dns,
    /// Requests over HTTP.
    Http,
    /// Addresses and connections.
    Net,
    /// Waits and silence.
    Wait,
    /// The kernel's view.
    Kernel,
    /// What the user did, and where a login began and ended.
    Run,
    /// Anything else.
    Other,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The entry it shows. Also the row's identity.
    pub n: EntryNo,
    /// That entry's operation.
    pub op: OpId,
    /// When it happened.
    pub wall: Wall,
    /// The same moment since the run's start.
    pub at: Offset,
    /// Its mark.
    pub mark: Mark,
    /// What it is about.
    pub kind: Kind,
    /// What it shows.
    pub body: Body,
    /// What it is, for whoever asks for an explanation.
    pub topic: Topic,
    /// How it passed on its stream; none for what did not.
    pub passed: Option<Box<Passed>>,
}

/// What a row shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// XML that passed, and a remark in words where the bytes do not say it.
    Xml {
        /// The bytes.
        payload: Payload,
        /// `edited`, `still open, 57 bytes so far`; empty where there is nothing to add.
        note: String,
    },
    /// A request over HTTP, or the head or the body of an answer.
    Http {
        /// Of a request its whole address; else empty.
        url: String,
        /// Request line or status line, and headers; empty where only a body came.
        head: Payload,
        /// The body; empty where there is none.
        body: Payload,
        /// `bound met after 1 MiB: it was read no further`; empty where there is nothing to add.
        note: String,
    },
    /// Words.
    Words(Vec<Line>),
    /// A wait that crossed a mark.
    Quiet {
        /// For what it waits.
        awaited: Awaited,
        /// For whose answer.
        reply: Option<AwaitedReply>,
        /// How long nothing had come, in milliseconds.
        waited_ms: u64,
        /// The kernel's newest view of this wait, where there is one.
        view: Option<Result<KernelView, String>>,
        /// How many bytes of TCP had come before the wait.
        before: u64,
    },
    /// The kernel's view.
    Kernel {
        /// The view, or why there is none.
        view: Result<KernelView, String>,
        /// How long a later snapshot still showed the same, in milliseconds.
        same_for_ms: u64,
        /// The wire bytes of what was sent last, for comparison.
        sent: Option<u64>,
    },
}

impl Row {
    /// The row's lines before they are fitted to a width. `raw`: the bytes as they were, not indented.
    pub fn lines(&self, raw: bool) -> Vec<Line> {
        match &self.body {
            Body::Xml { payload, note } => {
                let mut lines = if raw { xml::raw(payload) } else { xml::pretty(payload) };
                if !note.is_empty() {
                    lines.push(Line::words(&format!("[{note}]"), Ink::Warn));
                }
                lines
            }
            Body::Http { url, head, body, note } => {
                let mut lines = http::head(head, url, raw);
                lines.extend(http::body(body, raw));
                if !note.is_empty() {
                    let ink = if self.mark == Mark::Bang { Ink::Bad } else { Ink::Warn };
                    lines.push(Line::words(&format!("[{note}]"), ink));
                }
                lines
            }
            Body::Words(lines) => lines.clone(),
            Body::Quiet { awaited, reply, waited_ms, view, before } => {
                if self.mark != Mark::Bang {
                    return vec![Line::words(&silence::slow(*awaited, reply.as_ref(), *waited_ms), Ink::Warn)];
                }
                let words = silence::quiet(*awaited, reply.as_ref(), *waited_ms, view.as_ref(), *before);
                vec![Line::words(&words, Ink::Bad)]
            }
            Body::Kernel { view, same_for_ms, sent } => {
                vec![Line::words(&silence::kernel(view, *same_for_ms, *sent), Ink::Muted)]
            }
        }
    }

    /// What the row leaves out where room is scarce: all figures of the kernel's view.
    pub fn more(&self) -> Vec<Line> {
        match &self.body {
            Body::Kernel { view: Ok(view), .. } | Body::Quiet { view: Some(Ok(view)), .. } => {
                silence::all_figures(view)
            }
            _ => Vec::new(),
        }
    }

    /// The row's text on one line, for copying and for tests.
    pub fn text(&self) -> String {
        self.lines(false).iter().map(Line::text).collect::<Vec<_>>().join(" ")
    }
}
