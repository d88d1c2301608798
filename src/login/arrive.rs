//! What arrives: bytes, frames, and what a frame does to the state.
//!
//! Unexpected input is described and never refused. In order:
//!
//! 1. a stream error, or the stream's end, decides the login wherever it stands;
//! 2. what the state waits for moves it on;
//! 3. what may come at any time (white space, a declaration, stanzas once the session stands) is only shown;
//! 4. everything else is a remark, and the wait goes on.

use crate::journal::{Awaited, How, Offset, Outcome, Remark, Stage, StageMark};
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
            if matches!(frame.kind, crate::protocol::framer::FrameKind::StreamOpen) {
                self.scope = Namespaces::of(&frame);
            }
            let reading = self.say_frame(frame);
            self.arrived(reading, now);
        }
    }

    fn arrived(&mut self, reading: Reading, now: Offset) {
        match reading {
            Reading::StreamError { condition, text, .. } => self.stream_error(&condition, text, now),
            Reading::StreamClose => self.stream_closed(now),
            Reading::Refused { what, at } => self.not_xml(what, at, now),
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
                self.features(layer, &features, now);
            }
            (State::Proceed, Reading::Proceed) => self.proceed(now),
            (State::Proceed, Reading::StarttlsFailure) => self.refused("starttls failure", None, now),
            (State::AuthAnswer(exchange), Reading::Challenge(text)) => self.challenge(exchange, &text, now),
            (State::AuthAnswer(exchange), Reading::Success(proof)) => {
                self.success(&exchange, proof.as_deref(), now);
            }
            (State::AuthAnswer(_), Reading::SaslFailure { condition, text }) => {
                self.refused(&condition, text, now);
            }
            (State::BindResult, Reading::Iq(iq)) if iq.id.as_deref() == Some(BIND_ID) => self.bound(iq, now),
            (State::SessionResult, Reading::Iq(iq)) if iq.id.as_deref() == Some(SESSION_ID) => {
                self.session_answered(iq, now);
            }
            (state, reading) => {
                self.state = state;
                self.unexpected(&reading, now);
            }
        }
    }

    /// `<proceed/>`: the switch to TLS. What the server sent behind it in clear enters neither TLS nor XML.
    fn proceed(&mut self, now: Offset) {
        self.answered();
        self.passed();
        let behind = self.framer.take_pending();
        if !behind.is_empty() {
            self.say(Output::Remark(Remark::BytesBehindProceed { bytes: behind.len() as u64 }));
        }
        self.arrive_at(State::Tls, Stage::Tls);
    }

    fn challenge(&mut self, exchange: Exchange, text: &str, now: Offset) {
        let Exchange::Scram { scram, first: None, .. } = exchange else {
            self.state = State::AuthAnswer(exchange);
            return self.unexpected(&Reading::Challenge(String::new()), now);
        };
        self.answered();
        match scram.server_first(text) {
            Ok(first) => {
                let exchange = Exchange::Scram { scram, first: Some(first), expected: None };
                self.arrive_at(State::Respond(exchange), Stage::Auth);
            }
            Err(error) => {
                if let ScramError::TooManyIterations(value) = error {
                    let limit = "SCRAM iterations".to_owned();
                    self.say(Output::Remark(Remark::LimitMet { limit, value: u64::from(value) }));
                }
                self.broken("SCRAM", error.to_string(), now);
            }
        }
    }

    fn success(&mut self, exchange: &Exchange, proof: Option<&str>, now: Offset) {
        self.answered();
        if let Exchange::Scram { expected, .. } = exchange {
            let proven = expected.as_ref().is_some_and(|expected| expected.check(proof.unwrap_or_default()));
            if !proven {
                self.say(Output::Remark(Remark::ServerNotProven));
                return self.broken("SCRAM", "the server did not prove that it knows the password".into(), now);
            }
        }
        self.passed();
        // A new stream begins under the same TLS; what came behind `<success/>` belongs to it.
        let behind = self.framer.take_pending();
        self.framer.restart();
        self.framer.push(&behind);
        if self.config.until == Stage::Auth {
            self.complete(now);
        } else {
            self.arrive_at(State::Open(Layer::Authenticated), Stage::StreamAuth);
        }
    }

    fn bound(&mut self, iq: Iq, now: Offset) {
        if let Some(condition) = iq.error {
            return self.refused(&condition, None, now);
        }
        self.answered();
        self.passed();
        if self.config.until == Stage::Bind {
            self.complete(now);
        } else if self.session_offered {
            self.arrive_at(State::Session, Stage::Session);
        } else {
            self.skipped(Stage::Session, "the server offers none");
            self.authenticated_done(now);
        }
    }

    fn session_answered(&mut self, iq: Iq, now: Offset) {
        if let Some(condition) = iq.error {
            return self.refused(&condition, None, now);
        }
        self.answered();
        self.passed();
        self.authenticated_done(now);
    }

    /// The peer said no to what the stage asked for.
    fn refused(&mut self, condition: &str, text: Option<String>, now: Offset) {
        self.answered();
        self.mark(StageMark::Refused);
        self.decide(Outcome::new(How::Refused, condition, text.unwrap_or_default()));
        self.off_script();
        self.finish_unattended();
    }

    /// The peer broke the rules of the stage.
    fn broken(&mut self, code: &str, text: String, now: Offset) {
        self.mark(StageMark::Failed);
        self.decide(Outcome::new(How::Broken, code, text));
        self.off_script();
        self.finish_unattended();
    }

    /// A stream error ends the stream (RFC 6120 section 4.9.1.1); the peer closes, or nobody does.
    fn stream_error(&mut self, condition: &str, text: Option<String>, now: Offset) {
        self.answered();
        if !matches!(self.state, State::Closing | State::Over) {
            self.mark(StageMark::Refused);
            self.decide(Outcome::new(How::Refused, condition, text.unwrap_or_default()));
            self.off_script();
            self.finish_unattended();
        }
    }

    fn stream_closed(&mut self, now: Offset) {
        match self.state {
            State::Closing => {
                self.answered();
                self.state = State::Over;
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
    fn not_xml(&mut self, what: String, at: u64, now: Offset) {
        if self.framer.is_dead().is_none() {
            return;
        }
        if let Some(limit) = self.framer.limit_met() {
            self.say(Output::Remark(Remark::LimitMet { limit: limit.0.to_owned(), value: limit.1 }));
        }
        self.answered();
        self.broken("not XML", format!("{what} at byte {at}"), now);
    }

    fn unexpected(&mut self, reading: &Reading, now: Offset) {
        let anything = self.waiting.is_some_and(|waiting| waiting.awaited == Awaited::Anything);
        match reading {
            Reading::Whitespace | Reading::Declaration => {}
            _ if anything => self.answered(),
            Reading::Iq(iq) if self.iq_awaited() => {
                let came = iq.id.clone().unwrap_or_default();
                self.say(Output::Remark(Remark::OtherId { came }));
            }
            Reading::Iq(_) | Reading::Message { .. } | Reading::Presence { .. } | Reading::Sm(_)
                if self.has_session() => {}
            _ => {
                let came = reading.name();
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
}
