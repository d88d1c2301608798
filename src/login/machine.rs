//! The machine itself: its state, what it is told by the driver, and what it says.
//!
//! What a frame does to the state stands in [`super::arrive`].

use std::collections::VecDeque;

use crate::journal::{Awaited, How, Offset, Outcome, Purpose, Remark, Stage, StageFact, StageMark};
use crate::protocol::framer::{Frame, Framer, Limits};
use crate::protocol::sasl::{Hash, Mechanism, Scram, ServerFirst, ServerSignature};
use crate::protocol::stanza::{Namespaces, Reading};

use super::propose::{self, Proposal, Sends};
use super::trust::{self, Gate, Needs, Security};
use super::wait::{Mark, Waiting};
use super::{Attendance, Breakpoint, Config, Hold, Next, Pace, Side};

/// What the machine has to say: the driver drains it with [`Login::output`].
#[derive(Debug)]
pub enum Output {
    /// A stage changed.
    Stage(StageFact),
    /// A frame was complete, and what it says.
    Frame(Frame, Reading),
    /// Something unexpected was described.
    Remark(Remark),
    /// A wait's clock has something to say.
    Wait {
        /// For what it waits.
        awaited: Awaited,
        /// Since when.
        since: Offset,
        /// What the clock says.
        mark: Mark,
    },
    /// The login is decided. Its connection may stay open while a person watches.
    Decided(Outcome),
}

/// Which stream of the three this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    Clear,
    Tls,
    Authenticated,
}

impl Layer {
    pub(super) fn stage(self) -> Stage {
        match self {
            Layer::Clear => Stage::Stream,
            Layer::Tls => Stage::StreamTls,
            Layer::Authenticated => Stage::StreamAuth,
        }
    }
}

/// A SASL exchange.
#[derive(Debug)]
pub(super) enum Exchange {
    /// One message: PLAIN, CISCO-VTG-TOKEN.
    Single,
    /// SCRAM, and how far it has come.
    Scram { scram: Scram, first: Option<ServerFirst>, expected: Option<Box<ServerSignature>> },
}

/// Where the login stands.
#[derive(Debug)]
pub(super) enum State {
    /// Proposes the TCP connect.
    Start,
    Connecting,
    /// Proposes a stream header.
    Open(Layer),
    Header(Layer),
    Features(Layer),
    /// Proposes `<starttls/>`.
    Starttls,
    Proceed,
    /// Proposes the handshake.
    Tls,
    Handshake,
    /// Proposes `<auth>`.
    Auth(Mechanism, Exchange),
    /// Proposes `<auth>` with the impossible mechanism.
    ImpossibleAuth,
    AuthAnswer(Exchange),
    /// Proposes `<response>`.
    Respond(Exchange),
    Bind,
    BindResult,
    Session,
    SessionResult,
    Presence,
    /// Decided; proposes the stream's end.
    Complete,
    /// Our `</stream:stream>` went.
    Closing,
    /// Something came or was sent that the script does not know, or the login was refused: it goes on framing,
    /// naming and timing, and proposes nothing.
    OffScript,
    /// The connection is to be closed, or is.
    Over,
}

/// The stepped login. See the module's documentation for how to drive it.
#[derive(Debug)]
pub struct Login {
    pub(super) config: Config,
    pub(super) state: State,
    pub(super) framer: Framer,
    pub(super) scope: Namespaces,
    pub(super) security: Security,
    pub(super) waiting: Option<Waiting>,
    pub(super) session_offered: bool,
    pub(super) stage: Option<Stage>,
    pub(super) entered: Option<Stage>,
    pub(super) decided: Option<Outcome>,
    pub(super) pace: Pace,
    pub(super) edited: Option<String>,
    outputs: VecDeque<Output>,
}

impl Login {
    /// A login that has not begun.
    pub fn new(config: Config) -> Self {
        Self {
            state: State::Start,
            framer: Framer::new(Limits::default()),
            scope: Namespaces::default(),
            security: Security::default(),
            waiting: None,
            session_offered: false,
            stage: None,
            entered: None,
            decided: None,
            pace: config.pace,
            edited: None,
            outputs: VecDeque::new(),
            config,
        }
    }

    /// What the driver is to do now. Ask again after each call that tells the machine something.
    pub fn next(&self) -> Next {
        let step = match &self.state {
            State::Over => return Next::Over,
            State::Start => Next::Connect,
            State::Tls => Next::Handshake,
            _ => match self.proposal() {
                Some(proposal) => Next::Write(proposal),
                None if self.waiting.is_none() && self.attended() => {
                    return Next::Hold(Hold::NothingToPropose);
                }
                None => return Next::Wait,
            },
        };
        match self.pace {
            Pace::Stepped => return Next::Hold(Hold::Step),
            Pace::At(breakpoint) => return Next::Hold(Hold::Breakpoint(breakpoint)),
            Pace::Once | Pace::Running => {}
        }
        match &step {
            Next::Write(proposal) => match self.gate_for(&proposal.text) {
                None | Some(Gate::Open(_)) => step,
                Some(shut) => Next::Hold(Hold::Gate(shut)),
            },
            _ => step,
        }
    }

    /// What would be written next, if the next step is a write: as proposed, or as the user edited it.
    pub fn proposal(&self) -> Option<Proposal> {
        let mut proposal = match &self.state {
            State::Open(layer) => propose::stream_header(&self.config, layer.stage()),
            State::Starttls => propose::starttls(&self.config),
            State::Auth(mechanism, exchange) => {
                propose::auth(&self.config, *mechanism, &exchange.first_payload(*mechanism))
            }
            State::ImpossibleAuth => propose::impossible_auth(),
            State::Respond(_) => propose::response(),
            State::Bind => propose::bind(&self.config),
            State::Session => propose::session(),
            State::Presence => propose::presence(),
            State::Complete => propose::close(),
            _ => return None,
        };
        if let Some(edited) = &self.edited {
            proposal.text.clone_from(edited);
        }
        Some(proposal)
    }

    /// The next step in words, whatever it is: `connect`, `TLS handshake`, or the text of a write.
    pub fn next_words(&self) -> Option<String> {
        match &self.state {
            State::Start => Some("connect".to_owned()),
            State::Tls => Some("TLS handshake".to_owned()),
            _ => self.proposal().map(|proposal| proposal.text),
        }
    }

    /// Whether the proposal is the user's edited text.
    pub fn is_edited(&self) -> bool {
        self.edited.is_some()
    }

    /// The gate's answer for `text`: none where it carries no credential. What the user typed is judged by what
    /// it holds; a placeholder also by whether its secret is at hand.
    pub fn gate_for(&self, text: &str) -> Option<Gate> {
        use super::Placeholder as P;
        if text == propose::IMPOSSIBLE {
            return None;
        }
        let needs = if text.contains(P::Plain.text()) || text.contains(P::Scram.text()) {
            Needs::Password
        } else if text.contains(P::Token.text()) {
            Needs::Token
        } else if crate::protocol::mask::secrets(text.as_bytes(), crate::protocol::mask::Way::Out)
            .iter()
            .any(|found| found.credential)
        {
            Needs::Nothing
        } else if matches!(Sends::of(text), Sends::Auth(_)) {
            // SCRAM's first message: the password's proof follows, so the gate is asked here.
            Needs::Password
        } else {
            return None;
        };
        Some(self.gate(needs, Sends::of(text)))
    }

    /// The gate's answer for a text that is known to carry a credential, whatever it looks like.
    pub fn gate_for_credential(&self, text: &str) -> Gate {
        self.gate(Needs::Nothing, Sends::of(text))
    }

    fn gate(&self, needs: Needs, sends: Sends) -> Gate {
        let policy = &self.config.policy;
        // A password that was made up is nobody's: it spends no attempt.
        let is_made_up = self.config.purpose == Purpose::UnknownUser;
        let counted = is_made_up || (policy.exchange_counted && sends == Sends::Response);
        trust::gate(&self.security, policy, self.config.client, needs, counted)
    }

    /// What the machine has to say, oldest first.
    pub fn output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The stage that the login is in.
    pub fn stage(&self) -> Option<Stage> {
        self.stage
    }

    /// What is waited for, and since when.
    pub fn awaited(&self) -> Option<(Awaited, Offset)> {
        self.waiting.map(|waiting| (waiting.awaited, waiting.since))
    }

    /// Whether the connection's script was left: nothing is proposed, everything can be sent.
    pub fn is_off_script(&self) -> bool {
        matches!(self.state, State::OffScript)
    }

    /// The bytes of an element that is still open.
    pub fn open_element(&self) -> &[u8] {
        self.framer.pending()
    }

    /// The SCRAM exchange that `{{scram}}` is made from, once the server's first message came.
    pub fn scram(&self) -> Option<(&Scram, &ServerFirst)> {
        match &self.state {
            State::Respond(Exchange::Scram { scram, first: Some(first), .. }) => Some((scram, first)),
            _ => None,
        }
    }

    /// Whether the connection is to be closed, or is. Whatever the driver tells after that, it stays so.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// The connection is to be closed, or is: nothing is waited for any more.
    pub(super) fn end(&mut self) {
        self.waiting = None;
        self.state = State::Over;
    }

    pub(super) fn attended(&self) -> bool {
        self.config.attendance == Attendance::Attended
    }

    pub(super) fn say(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(super) fn mark(&mut self, mark: StageMark) {
        if let Some(stage) = self.stage {
            self.say(Output::Stage(StageFact { stage, mark }));
        }
    }

    /// The stage's first step is taken: its time begins here, not while the user thinks.
    pub(super) fn enter(&mut self) {
        if self.entered != self.stage {
            self.entered = self.stage;
            self.mark(StageMark::Entered);
        }
    }

    pub(super) fn skipped(&mut self, stage: Stage, why: &str) {
        self.say(Output::Stage(StageFact { stage, mark: StageMark::Skipped { why: why.to_owned() } }));
    }

    /// The present stage has what it needs.
    pub(super) fn passed(&mut self) {
        self.mark(StageMark::Passed);
        if let Some(stage) = self.stage {
            let after = Breakpoint { stage, side: Side::After };
            self.pace = self.pace.arriving(after, &self.config.breakpoints);
        }
    }

    /// Goes to a state that proposes something; or to the end, where the login is to go no further.
    pub(super) fn arrive_at(&mut self, state: State, stage: Stage) {
        if stage > self.config.until {
            return self.complete();
        }
        self.state = state;
        self.edited = None;
        if self.stage != Some(stage) {
            let before = Breakpoint { stage, side: Side::Before };
            self.pace = self.pace.arriving(before, &self.config.breakpoints);
        }
        self.stage = Some(stage);
    }

    /// Goes to a state that waits.
    pub(super) fn arrive_waiting(&mut self, state: State, awaited: Awaited, now: Offset) {
        self.state = state;
        self.wait(awaited, now);
    }

    pub(super) fn wait(&mut self, awaited: Awaited, now: Offset) {
        self.waiting = Some(Waiting::new(awaited, now));
        self.say(Output::Wait { awaited, since: now, mark: Mark::Began });
    }

    /// What was waited for came.
    pub(super) fn answered(&mut self) {
        if let Some(Waiting { awaited, since, .. }) = self.waiting.take() {
            self.say(Output::Wait { awaited, since, mark: Mark::Answered });
        }
    }

    pub(super) fn gave_up(&self) -> bool {
        self.decided.as_ref().is_some_and(|outcome| outcome.how == How::TimedOut)
    }

    pub(super) fn off_script(&mut self) {
        self.state = State::OffScript;
    }

    pub(super) fn say_frame(&mut self, frame: Frame) -> Reading {
        let reading = crate::protocol::stanza::read(&frame, &self.scope);
        self.say(Output::Frame(frame, reading.clone()));
        reading
    }

    /// The user is authenticated, and the session stands or is not needed: presence, or the end.
    pub(super) fn authenticated_done(&mut self) {
        self.arrive_at(State::Presence, Stage::Online);
    }

    /// Everything that was asked for was reached.
    pub(super) fn complete(&mut self) {
        self.decide(Outcome::ok());
        self.edited = None;
        // Between `<proceed/>` and TLS there is no stream to close, nor after a connect or `<success/>` alone.
        let stream = self.framer.in_stream() && self.stage != Some(Stage::Starttls);
        match (stream, self.attended()) {
            (true, _) => self.state = State::Complete,
            (false, true) => self.off_script(),
            (false, false) => self.end(),
        }
        if self.attended() {
            // A person may want to try things on the session: its end is a step of its own.
            self.hold();
        }
    }

    /// Notes how the login ended, once.
    pub(super) fn decide(&mut self, outcome: Outcome) {
        if self.decided.is_none() {
            self.decided = Some(outcome.clone());
            self.say(Output::Decided(outcome));
        }
    }

    /// Nobody watches: close what is open and leave.
    pub(super) fn finish_unattended(&mut self) {
        if !self.attended() {
            self.leave();
        }
    }

    /// Leaves, with `</stream:stream>` where a stream is open: behind `<proceed/>` there is none.
    pub(super) fn leave(&mut self) {
        if self.is_over() {
            return;
        }
        let between = matches!(self.state, State::Tls | State::Handshake);
        self.edited = None;
        self.pace = Pace::Running;
        self.end();
        if self.framer.in_stream() && !between {
            self.state = State::Complete;
        }
    }
}

impl Exchange {
    pub(super) fn new(mechanism: Mechanism, config: &Config) -> Self {
        let scram = |hash| Exchange::Scram {
            scram: Scram::new(hash, &config.user, &config.nonce),
            first: None,
            expected: None,
        };
        match mechanism {
            Mechanism::ScramSha1 => scram(Hash::Sha1),
            Mechanism::ScramSha256 => scram(Hash::Sha256),
            Mechanism::Plain | Mechanism::VtgToken => Exchange::Single,
        }
    }

    fn first_payload(&self, mechanism: Mechanism) -> String {
        use super::Placeholder as P;
        match (self, mechanism) {
            (Exchange::Scram { scram, .. }, _) => scram.first(),
            (Exchange::Single, Mechanism::VtgToken) => P::Token.text().to_owned(),
            (Exchange::Single, _) => P::Plain.text().to_owned(),
        }
    }
}

impl Sends {
    pub(super) fn same_kind(&self, other: &Sends) -> bool {
        matches!((self, other), (Sends::Auth(_), Sends::Auth(_))) || self == other
    }
}
