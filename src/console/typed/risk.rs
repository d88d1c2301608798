//! What a server will likely do with a text that is no whole stanza: for the one question before it is sent.

use super::scan::HEADER;
use super::{Form, Top, Typed, listed};

/// Why a text is asked about before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// What the text is.
    pub what: String,
    /// What the server will likely do.
    pub likely: String,
}

fn risk(what: impl Into<String>, likely: impl Into<String>) -> Option<Risk> {
    Some(Risk { what: what.into(), likely: likely.into() })
}

impl Typed {
    /// Why it is asked about; none where it is whole stanzas, or there is nothing to send.
    pub fn risk(&self) -> Option<Risk> {
        match &self.form {
            Form::Empty => None,
            Form::Broken(fault) => {
                let (number, name) = fault.answer;
                let likely = format!(
                    "The server will likely answer <stream:error> with {name} (RFC 6120 section 4.9.3.{number}) and \
                     close the connection, or not answer at all"
                );
                risk(format!("It is not well-formed, or not allowed in XMPP: {fault}"), likely)
            }
            Form::Blank => risk(
                "It is white space alone: a keep-alive (RFC 6120 section 4.6.1)",
                "The server answers nothing; only its TCP acknowledges it",
            ),
            Form::Open(open) if open.iter().all(|one| one.name != HEADER) => risk(
                format!("It leaves open: {}", listed(open)),
                "The server waits for the end and answers nothing; what is sent next is read as a part of it",
            ),
            Form::Open(_) | Form::Whole => self.tops.iter().find_map(of_top),
        }
    }
}

/// The risk of what stands at the first level.
fn of_top(top: &Top) -> Option<Risk> {
    if top.is_stanza() {
        return None;
    }
    let name = top.name.as_str();
    let local = name.rsplit(':').next().unwrap_or(name);
    match local {
        _ if name == HEADER => risk(
            "It is a stream header: it opens a stream (RFC 6120 section 4.2)",
            "A server expects one at the beginning, behind TLS and behind <success/>; in the middle of a stream it \
             will likely answer a stream error and close the connection",
        ),
        "stream" => risk(
            "It is the end of the stream (RFC 6120 section 4.4)",
            "The server answers with its own and closes the connection: this login is over",
        ),
        "starttls" => risk(
            "It is <starttls>: it begins TLS (RFC 6120 section 5)",
            "Where TLS is offered the server says <proceed/> and then waits for a handshake, which XML Input does not \
             make; else it says <failure/> and closes the connection",
        ),
        "auth" | "response" | "abort" => risk(
            format!("It is <{local}>: a part of SASL (RFC 6120 section 6)"),
            "The server will likely answer <challenge>, <success> or <failure>; behind a login a stream error. Where it \
             holds a credential it counts as an attempt with it",
        ),
        "r" | "a" | "enable" | "resume" => risk(
            format!("It is <{local}>: stream management (XEP-0198)"),
            "A server that offered it and has it enabled answers; another one answers nothing, or <failed/>, or a \
             stream error",
        ),
        _ => risk(
            format!("<{name}> is no stanza: those are iq, message and presence (RFC 6120 section 8)"),
            "The server will likely answer <stream:error> with unsupported-stanza-type (RFC 6120 section 4.9.3.24) and \
             close the connection",
        ),
    }
}
