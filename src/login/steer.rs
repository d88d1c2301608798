//! What the user wants of the login: steps, breakpoints, edits, an end.

use crate::journal::{How, Outcome, Remark, StageMark};

use super::machine::State;
use super::{Breakpoint, Gate, Login, Output, Pace, Policy};

impl Login {
    /// Takes one step, and then waits again.
    pub fn step(&mut self) {
        self.pace = Pace::Once;
    }

    /// Goes on until a breakpoint.
    pub fn run(&mut self) {
        self.pace = Pace::Running;
    }

    /// Sets a breakpoint, or takes it away.
    pub fn toggle(&mut self, breakpoint: Breakpoint) {
        let set = &mut self.config.breakpoints;
        match set.iter().position(|there| *there == breakpoint) {
            Some(at) => {
                set.remove(at);
            }
            None => set.push(breakpoint),
        }
    }

    /// The breakpoints that are set.
    pub fn breakpoints(&self) -> &[Breakpoint] {
        &self.config.breakpoints
    }

    /// Replaces the proposal's text, until it is sent. The machine is told what was sent, so it need not be what
    /// the stage expects.
    pub fn edit(&mut self, text: String) {
        self.edited = Some(text);
    }

    /// Passes over the next step without taking it. After this the machine is off script unless the step was
    /// optional.
    pub fn skip(&mut self) {
        self.edited = None;
        match self.state {
            State::Session => {
                self.mark(StageMark::Skipped { why: "by the user".into() });
                self.authenticated_done();
            }
            State::Presence => self.complete(),
            // What has begun outside of the stream is not passed over: it ends, or is stopped.
            State::Over | State::Closing | State::Connecting | State::Handshake => {}
            _ => {
                self.mark(StageMark::Skipped { why: "by the user".into() });
                self.off_script();
            }
        }
    }

    /// Ends the login: with `</stream:stream>` where a stream is open.
    pub fn abort(&mut self) {
        self.decide(Outcome::new(How::Stopped, "", "by the user"));
        match self.state {
            // Asked a second time: the clean way takes too long.
            State::Complete if self.pace == Pace::Running => self.end(),
            State::Closing => self.end(),
            _ => self.leave(),
        }
    }

    /// Takes back the user's leave to go on: what was to be sent could not be.
    pub fn hold(&mut self) {
        self.pace = Pace::Stepped;
    }

    /// Changes what the user allows: after a prompt was answered.
    pub fn policy(&mut self) -> &mut Policy {
        &mut self.config.policy
    }

    /// In `check`, a shut gate or a login without a proposal ends the login. Call it when [`Login::next`] says
    /// [`super::Next::Hold`] for such a reason.
    pub fn stop_at_gate(&mut self, gate: &Gate) {
        let (why, fingerprint) = match gate {
            Gate::Certificate { fingerprint, .. } => ("untrusted", Some(fingerprint.clone())),
            Gate::Cleartext => ("clear", None),
            Gate::KeyNotProven => ("key not proven", None),
            Gate::Attempts { .. } => ("attempts", None),
            Gate::NoCredential => ("no credential", None),
            Gate::Open(_) => return,
        };
        self.say(Output::Remark(Remark::Gate { why: why.to_owned(), fingerprint }));
        self.mark(StageMark::Skipped { why: why.to_owned() });
        self.decide(Outcome::new(How::Stopped, why, "before a credential crossed"));
        self.leave();
    }
}
