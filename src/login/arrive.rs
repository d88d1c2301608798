//! What arrives: bytes, frames, and what a frame does to the state.
//!
//! Unexpected input is described and never refused. In order:
//!
//! 1. a stream error, or the stream's end, decides the login wherever it stands;
//! 2. what the state waits for moves it on;
//! 3. what may come at any time (white space, a declaration, stanzas once the session stands) is only shown;
//! 4. everything else is a remark, and the wait goes on.

use crate::journal::{Awaited, How, Offset, Outcome, Remark, Stage, StageMark};
use crate::protocol::framer::{FrameKind, Limits, Refused};
use crate::protocol::sasl::ScramError;
use crate::protocol::stanza::{Iq, Namespaces, Reading};

use super::machine::{Exchange, Layer, State};
use super::propose::{BIND_ID, SESSION_ID};
use super::{Login, Output};

impl Login {
    /// Bytes came from the peer: all of them, from the connection or from under TLS.
    pub fn received(&mut self, bytes: &[u8], now: Offset) {
        self.framer.push(bytes);
        while let Some(frame) = self.framer.next() {
            let opens = matches!(frame.kind, FrameKind::StreamOpen);
            if opens {
                self.scope = Namespaces::of(&frame);
            }
            match self.say_frame(frame) {
                Reading::Refused { what, at } if opens => self.unreadable_header(&what, at),
                reading => self.arrived(reading, now),
            }
        }
    }

    fn arrived(&mut self, reading: Reading, now: Offset) {
        match reading {
            Reading::StreamError { condition, text, .. } => self.stream_error(&condition, text),
            Reading::StreamClose => self.stream_closed(),
            Reading::Refused { what, at } => self.not_xml(what, at),
            reading => self.arrived_in_state(reading, now),
        }
    }

    fn arrived_in_state(&mut self, reading: Reading, now: Offset) {
        let state = std::mem::replace(&mut self.state, State::OffScript);
        match (state, reading) {
            (State::Header(layer), Reading::StreamOpen(_)) => {
                self.answered();
                self.state = State::Features(layer);
                self.wait(Awaited::Features, now);
            }
            (State::Features(layer), Reading::Features(features)) => {
                self.answered();
                self.features(layer, &features);
            }
            (State::Proceed, Reading::Proceed) => self.proceed(),
            (State::Proceed, Reading::StarttlsFailure) => self.refused("starttls failure", None),
            (State::AuthAnswer(exchange), Reading::Challenge(text)) => self.challenge(exchange, &text),
            (State::AuthAnswer(exchange), Reading::Success(proof)) => {
                self.success(&exchange, proof.as_deref());
            }
            (State::AuthAnswer(_), Reading::SaslFailure { condition, text }) => {
                self.refused(&condition, text);
            }
            (State::BindResult, Reading::Iq(iq)) if answers(&iq, BIND_ID) => self.bound(iq),
            (State::SessionResult, Reading::Iq(iq)) if answers(&iq, SESSION_ID) => {
                self.session_answered(iq);
            }
            (state, reading) => {
                self.state = state;
                self.unexpected(&reading);
            }
        }
    }

    /// `<proceed/>`: the switch to TLS. What the server sent behind it in clear enters neither TLS nor XML.
    fn proceed(&mut self) {
        self.answered();
        self.passed();
        let behind = self.framer.take_pending();
        if !behind.is_empty() {
            self.say(Output::Remark(Remark::BytesBehindProceed { bytes: behind.len() as u64 }));
        }
        self.arrive_at(State::Tls, Stage::Tls);
    }

    fn challenge(&mut self, exchange: Exchange, text: &str) {
        self.answered();
        let Exchange::Scram { scram, first: None, .. } = exchange else {
            let what = "a challenge, where the mechanism has none".to_owned();
            // In a control experiment it answers the question, which was whether anything is answered.
            if !self.config.purpose.is_question() {
                self.say(Output::Remark(Remark::SaslBroken { what: what.clone() }));
            }
            return self.broken("challenge", what);
        };
        match scram.server_first(text) {
            Ok(first) => {
                let exchange = Exchange::Scram { scram, first: Some(first), expected: None };
                self.arrive_at(State::Respond(exchange), Stage::Auth);
            }
            Err(error) => {
                self.say(Output::Remark(match error {
                    ScramError::TooManyIterations(value) => {
                        Remark::LimitMet { limit: "SCRAM iterations".to_owned(), value }
                    }
                    _ => Remark::SaslBroken { what: error.to_string() },
                }));
                self.broken("SCRAM", error.to_string());
            }
        }
    }

    fn success(&mut self, exchange: &Exchange, proof: Option<&str>) {
        self.answered();
        if let Exchange::Scram { expected, .. } = exchange {
            let proven = expected.as_ref().is_some_and(|expected| expected.check(proof.unwrap_or_default()));
            if !proven {
                self.say(Output::Remark(Remark::ServerNotProven));
                return self.broken("SCRAM", "the server did not prove that it knows the password".into());
            }
        }
        self.passed();
        // A new stream begins under the same TLS; what came behind `<success/>` belongs to it.
        let behind = self.framer.take_pending();
        self.framer.restart();
        self.framer.push(&behind);
        self.arrive_at(State::Open(Layer::Authenticated), Stage::StreamAuth);
    }

    fn bound(&mut self, iq: Iq) {
        if let Some(condition) = iq.error {
            return self.refused(&condition, None);
        }
        self.answered();
        self.passed();
        if self.session_offered {
            self.arrive_at(State::Session, Stage::Session);
        } else {
            self.skipped(Stage::Session, "the server offers none");
            self.authenticated_done();
        }
    }

    fn session_answered(&mut self, iq: Iq) {
        if let Some(condition) = iq.error {
            return self.refused(&condition, None);
        }
        self.answered();
        self.passed();
        self.authenticated_done();
    }

    /// The peer said no to what the stage asked for.
    fn refused(&mut self, condition: &str, text: Option<String>) {
        self.answered();
        self.mark(StageMark::Refused);
        self.decide(Outcome::new(How::Refused, condition, text.unwrap_or_default()));
        self.off_script();
        self.finish_unattended();
    }

    /// The peer broke the rules of the stage.
    fn broken(&mut self, code: &str, text: String) {
        self.mark(StageMark::Failed);
        self.decide(Outcome::new(How::Broken, code, text));
        self.off_script();
        self.finish_unattended();
    }

    /// A stream error ends the stream (RFC 6120 section 4.9.1.1); the peer closes, or nobody does.
    fn stream_error(&mut self, condition: &str, text: Option<String>) {
        self.answered();
        if matches!(self.state, State::Closing) {
            // We were leaving: whatever the error says, its stream is closed.
            self.end();
        } else if !matches!(self.state, State::Over) {
            self.mark(StageMark::Refused);
            self.decide(Outcome::new(How::Refused, condition, text.unwrap_or_default()));
            self.off_script();
            self.finish_unattended();
        }
    }

    fn stream_closed(&mut self) {
        match self.state {
            State::Closing => {
                self.answered();
                self.end();
            }
            // Decided already: the refusal's own `</stream:stream>`. The connection's end will follow.
            _ if self.waiting.is_none() => {}
            _ => {
                self.answered();
                self.mark(StageMark::Failed);
                self.decide(Outcome::new(How::Lost, "stream closed", "the server ended the stream"));
                self.off_script();
                self.finish_unattended();
            }
        }
    }

    /// What is no XML, or what XMPP forbids. The frame is shown; the login cannot rely on the stream any more
    /// once the framer is dead.
    fn not_xml(&mut self, what: String, at: u64) {
        if self.framer.is_dead().is_none() {
            return;
        }
        if let Some((limit, value)) = self.limit_met() {
            self.say(Output::Remark(Remark::LimitMet { limit: limit.to_owned(), value }));
        }
        self.answered();
        if matches!(self.state, State::Closing | State::Over) {
            // Nothing can be read any more, and nothing is waited for but the stream's end.
            self.end();
            return;
        }
        self.broken("not XML", format!("{what} at byte {at}"));
    }

    /// The header that was waited for cannot be read: no second one will come.
    fn unreadable_header(&mut self, what: &str, at: u64) {
        if matches!(self.state, State::Header(_)) {
            self.answered();
            self.broken("not XML", format!("{what} at byte {at}"));
        }
    }

    fn unexpected(&mut self, reading: &Reading) {
        let anything = self.waiting.is_some_and(|waiting| waiting.awaited == Awaited::Anything);
        match reading {
            Reading::Whitespace | Reading::Declaration => {}
            _ if anything => self.answered(),
            Reading::Iq(iq) if self.iq_awaited() && is_answer(iq) => {
                let came = iq.id.clone().unwrap_or_default();
                self.say(Output::Remark(Remark::OtherId { came }));
            }
            Reading::Iq(_) | Reading::Message { .. } | Reading::Presence { .. } | Reading::Sm(_)
                if self.has_session() => {}
            _ => {
                let came = name(reading);
                let awaited = self.awaited().map_or("nothing", |(awaited, _)| awaited.words()).to_owned();
                self.say(Output::Remark(Remark::OffScript { came, awaited }));
            }
        }
    }

    fn iq_awaited(&self) -> bool {
        matches!(self.state, State::BindResult | State::SessionResult)
    }

    /// Whether stanzas are to be expected.
    fn has_session(&self) -> bool {
        matches!(
            self.state,
            State::Session | State::SessionResult | State::Presence | State::Complete | State::Closing
        )
    }

    /// Which of the framer's bounds ended it, and the bound's value.
    fn limit_met(&self) -> Option<(&'static str, u64)> {
        let limits = Limits::default();
        match self.framer.is_dead()?.what {
            Refused::TooDeep => Some(("depth", limits.depth as u64)),
            Refused::TooLarge => Some(("element size", limits.element as u64)),
            _ => None,
        }
    }
}

/// Whether it answers anything: a request does not, whatever its id.
fn is_answer(iq: &Iq) -> bool {
    matches!(iq.kind.as_str(), "result" | "error")
}

/// Whether it is the answer to the request of this id.
fn answers(iq: &Iq, id: &str) -> bool {
    is_answer(iq) && iq.id.as_deref() == Some(id)
}

/// The name of what came, for a remark.
fn name(reading: &Reading) -> String {
    match reading {
        Reading::StreamOpen(_) => "<stream:stream>",
        Reading::Features(_) => "<stream:features>",
        Reading::Proceed => "<proceed/>",
        Reading::Challenge(_) => "<challenge>",
        Reading::Success(_) => "<success>",
        Reading::StarttlsFailure | Reading::SaslFailure { .. } => "<failure>",
        Reading::StreamError { .. } => "<stream:error>",
        Reading::Iq(_) => "<iq>",
        Reading::Message { .. } => "<message>",
        Reading::Presence { .. } => "<presence>",
        Reading::StreamClose => "</stream:stream>",
        Reading::Declaration => "<?xml?>",
        Reading::Whitespace | Reading::Text => "text",
        Reading::Sm(name) | Reading::Element { name, .. } => return format!("<{name}>"),
        Reading::Refused { what, .. } => return what.clone(),
    }
    .to_owned()
}
