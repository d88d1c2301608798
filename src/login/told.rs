//! What the driver tells the machine: what it did, what ended, what time it is.

use std::time::Duration;

use crate::journal::{Awaited, How, Offset, Outcome, Stage, StageMark, TlsMode};
use crate::protocol::sasl::ServerSignature;
use crate::protocol::stanza::Namespaces;

use super::machine::{Exchange, Layer, State};
use super::wait::Waiting;
use super::{Login, Mark, Output, Security, Sends};

/// A peer may take so long to answer our `</stream:stream>`.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

impl Login {
    /// The TCP connect begins.
    pub fn connecting(&mut self, now: Offset) {
        if self.is_over() {
            return;
        }
        self.state = State::Connecting;
        self.stage = Some(Stage::Tcp);
        self.enter();
        self.wait(Awaited::Connect, now);
        self.pace = self.pace.after_step();
    }

    /// The TCP connection stands.
    pub fn connected(&mut self) {
        if self.is_over() {
            return;
        }
        self.answered();
        self.passed();
        match self.config.tls {
            TlsMode::Starttls => self.arrive_at(State::Open(Layer::Clear), Stage::Stream),
            TlsMode::Direct => {
                for stage in [Stage::Stream, Stage::Starttls] {
                    self.skipped(stage, "direct TLS");
                }
                self.arrive_at(State::Tls, Stage::Tls);
            }
        }
    }

    /// The TLS handshake begins.
    pub fn handshaking(&mut self, now: Offset) {
        if self.is_over() {
            return;
        }
        self.state = State::Handshake;
        self.enter();
        self.wait(Awaited::Handshake, now);
        self.pace = self.pace.after_step();
    }

    /// The connection is under TLS; a stream begins anew.
    pub fn handshaken(&mut self, security: Security) {
        if self.is_over() {
            return;
        }
        self.security = security;
        self.answered();
        self.passed();
        self.framer.restart();
        self.arrive_at(State::Open(Layer::Tls), Stage::StreamTls);
    }

    /// Something could not be done: the connect, the handshake, a write.
    pub fn failed(&mut self, outcome: Outcome) {
        self.answered();
        let mark = if outcome.how == How::Refused { StageMark::Refused } else { StageMark::Failed };
        self.mark(mark);
        self.decide(outcome);
        self.end();
    }

    /// A write did not go through at once: the kernel's buffer is full. Timed like any other wait.
    pub fn write_stuck(&mut self, now: Offset) {
        if self.waiting.is_none() && !self.is_over() {
            self.wait(Awaited::Written, now);
        }
    }

    /// The last byte of `text` was written. `text` is what stood there before placeholders were filled.
    /// `signature` is what the server must prove, after SCRAM's proof went.
    pub fn sent(&mut self, sends: &Sends, signature: Option<ServerSignature>, now: Offset) {
        if matches!(self.waiting, Some(waiting) if waiting.awaited == Awaited::Written) {
            self.answered();
        }
        let expected = self.proposal().is_some_and(|proposal| proposal.sends.same_kind(sends));
        let edit = self.edited.as_deref().is_some_and(|text| Sends::of(text) == *sends);
        self.edited = self.edited.take().filter(|_| !expected && !edit);
        if expected && *sends != Sends::StreamClose {
            self.enter();
        }
        match (std::mem::replace(&mut self.state, State::OffScript), sends) {
            (State::Over, _) => self.state = State::Over,
            // A peer that was given up answers nothing: do not wait for it.
            (_, Sends::StreamClose) if self.gave_up() => self.end(),
            (_, Sends::StreamClose) => {
                self.state = State::Closing;
                self.waiting = None;
                self.wait(Awaited::StreamClose, now);
            }
            (State::Open(layer), _) if expected => {
                self.scope = Namespaces::default();
                self.arrive_waiting(State::Header(layer), Awaited::StreamHeader, now);
            }
            (State::Starttls, _) if expected => self.arrive_waiting(State::Proceed, Awaited::Proceed, now),
            (State::ImpossibleAuth, _) if expected => {
                self.arrive_waiting(State::AuthAnswer(Exchange::Single), Awaited::AuthAnswer, now);
            }
            (State::Auth(_, exchange), _) if expected => {
                self.arrive_waiting(State::AuthAnswer(exchange), Awaited::AuthAnswer, now);
            }
            (State::Respond(Exchange::Scram { scram, first, .. }), _) if expected => {
                let exchange = Exchange::Scram { scram, first, expected: signature.map(Box::new) };
                self.arrive_waiting(State::AuthAnswer(exchange), Awaited::AuthAnswer, now);
            }
            (State::Bind, _) if expected => self.arrive_waiting(State::BindResult, Awaited::BindResult, now),
            (State::Session, _) if expected => {
                self.arrive_waiting(State::SessionResult, Awaited::SessionResult, now);
            }
            (State::Presence, _) if expected => {
                self.passed();
                self.complete();
            }
            (before, _) => {
                self.state = before;
                if self.waiting.is_none() {
                    self.wait(Awaited::Anything, now);
                }
            }
        }
        if expected {
            self.pace = self.pace.after_step();
        } else if edit {
            // The edit made something else of the step: what to do next is the user's to say.
            self.hold();
        }
    }

    /// The connection ended, by the peer or by the link.
    pub fn closed(&mut self, outcome: Outcome) {
        while let Some(frame) = self.framer.finish() {
            self.say_frame(frame);
        }
        if self.decided.is_none() {
            self.answered();
            self.mark(StageMark::Failed);
            self.decide(outcome);
        }
        self.waiting = None;
        self.end();
    }

    /// When the machine must be called again with [`Login::due`], if nothing else happens.
    pub fn deadline(&self) -> Option<Offset> {
        Some(self.next_mark(self.waiting?).0)
    }

    /// When a wait's clock has something to say, and what. A close is not worth more than a moment, whatever the
    /// marks are.
    fn next_mark(&self, waiting: Waiting) -> (Offset, Mark) {
        let (at, mark) = waiting.next(&self.config.marks);
        if self.is_closing(waiting) { (at.min(waiting.since.after(CLOSE_WITHIN)), mark) } else { (at, mark) }
    }

    /// Whether only the stream's end is waited for: for the peer's, or for the kernel to take ours.
    fn is_closing(&self, waiting: Waiting) -> bool {
        let stuck = waiting.awaited == Awaited::Written && matches!(self.state, State::Complete);
        waiting.awaited == Awaited::StreamClose || stuck
    }

    /// Says what the clock says at `now`.
    pub fn due(&mut self, now: Offset) {
        while let Some(mut waiting) = self.waiting {
            let (at, mark) = self.next_mark(waiting);
            if at > now {
                return;
            }
            if self.is_closing(waiting) {
                // A peer that does not close its stream costs nobody anything: leave at the first mark.
                self.waiting = None;
                self.end();
                return;
            }
            self.say(Output::Wait { awaited: waiting.awaited, since: waiting.since, mark });
            if mark == Mark::GaveUp {
                self.waiting = None;
                self.decide(Outcome::new(How::TimedOut, "", waiting.awaited.words()));
                self.leave();
                if waiting.awaited == Awaited::Written {
                    self.end();
                }
                return;
            }
            waiting.pass(mark);
            self.waiting = Some(waiting);
        }
    }
}
