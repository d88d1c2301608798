//! The driver of one login: does what the machine says, tells it what was done, and notes everything.
//!
//! One loop: drain what the machine says into notes; do its next step; then wait for the first of: bytes, a write
//! that goes on, a deadline, a command.

mod connect;
mod flood;
mod noting;
#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::journal::{Author, Awaited, AwaitedReply, Fact, How, Offset, Outcome, Stage, UserAct, XmppFact};
use crate::login::fill::Secrets;
use crate::login::{Attendance, Breakpoint, Hold, Login, Next};

use flood::Allowance;

use super::attempts::Attempts;
use super::connection::{Connection, Passed};
use super::counted::Counters;
use super::outgoing::{self, Outgoing};
use super::parts::Reads;
use super::request::{Command, Request};
use super::through::{Through, To};
use super::{Notes, Op, Roots};

/// A write that has not gone through after this long is waited for like an answer.
const STUCK_AFTER: Duration = Duration::from_millis(250);
/// What has come of an open element is shown after this long without more of it.
const PARTIAL_AFTER: Duration = Duration::from_millis(300);
/// A clock that is late by this much goes before whatever comes.
const OVERDUE: Duration = Duration::from_millis(20);
/// A deadline this far away stands for none.
const NEVER: Duration = Duration::from_secs(86_400);

/// What all logins of an engine share.
pub struct Shared {
    pub notes: Notes,
    pub roots: Roots,
    pub secrets: Secrets,
    /// The budget of the user whose credential this is.
    pub attempts: Arc<Attempts>,
    /// How connections are made.
    pub through: Through,
}

/// What a live login says of itself, beyond the journal: what it would do next, and why it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The next step in words: `connect`, `TLS handshake`, or what would be written, secrets as placeholders.
    pub next: Option<String>,
    /// What would be written, where the next step is a write: for the editor.
    pub text: Option<String>,
    /// Whether that text is the user's.
    pub edited: bool,
    /// The stage that the login is in.
    pub stage: Option<Stage>,
    /// What it waits for from the user.
    pub hold: Option<Hold>,
    /// What it waits for from the peer.
    pub awaited: Option<Awaited>,
    /// Its breakpoints.
    pub breakpoints: Vec<Breakpoint>,
    /// It proposes nothing any more, but can be told to send.
    pub off_script: bool,
    /// What the last command could not do, and why.
    pub complaint: Option<String>,
    /// Its task has ended.
    pub over: bool,
}

/// Drives one login.
pub struct Driver {
    shared: Shared,
    request: Request,
    op: Op,
    login: Login,
    commands: mpsc::UnboundedReceiver<Command>,
    says: watch::Sender<Standing>,
    connection: Option<Connection>,
    /// Where the connection leads.
    remote: Option<To>,
    /// The TLS handshake failed for want of a common version or suite.
    nothing_in_common: bool,
    counters: Arc<Counters>,
    outgoing: Option<Outgoing>,
    allowance: Allowance,
    reply: Option<AwaitedReply>,
    partial_since: Option<Offset>,
    /// In which reads what is in no frame yet came.
    reads: Reads,
    complaint: Option<String>,
    decided: Option<Outcome>,
    /// The user left: the command channel is closed.
    left: bool,
}

impl Driver {
    /// A driver for a login that has not begun.
    pub fn new(
        shared: Shared,
        request: Request,
        op: Op,
        login: Login,
        commands: mpsc::UnboundedReceiver<Command>,
        says: watch::Sender<Standing>,
    ) -> Self {
        let allowance = Allowance::of(request.login.attendance);
        Self {
            shared,
            request,
            op,
            login,
            commands,
            says,
            connection: None,
            remote: None,
            nothing_in_common: false,
            counters: Arc::default(),
            outgoing: None,
            allowance,
            reply: None,
            partial_since: None,
            reads: Reads::default(),
            complaint: None,
            decided: None,
            left: false,
        }
    }

    /// Drives the login to its end.
    pub async fn drive(mut self) {
        loop {
            self.drain().await;
            self.publish();
            match self.login.next() {
                _ if self.left => break,
                Next::Over => break,
                _ if self.outgoing.is_some() => {}
                Next::Connect => {
                    self.connect().await;
                    continue;
                }
                Next::Handshake => {
                    self.handshake().await;
                    continue;
                }
                Next::Write(proposal) => {
                    let by = if self.login.is_edited() { Author::Edited } else { Author::Proposal };
                    self.start_write(&proposal.text, by).await;
                    continue;
                }
                Next::Hold(Hold::Gate(gate)) if self.request.login.attendance == Attendance::Unattended => {
                    self.login.stop_at_gate(&gate);
                    continue;
                }
                Next::Hold(_) | Next::Wait => {}
            }
            self.wait().await;
        }
        self.close().await;
        self.look_at_legacy().await;
        let outcome = self.decided.take().unwrap_or_else(|| Outcome::new(How::Stopped, "", "by the user"));
        self.shared.notes.ended(self.op, outcome).await;
        self.publish_over();
    }

    fn now(&self) -> Offset {
        self.shared.notes.clock().now()
    }

    async fn saw(&self, fact: Fact) {
        self.shared.notes.saw(self.op, fact).await;
    }

    async fn saw_xmpp(&self, fact: XmppFact) {
        self.saw(Fact::Xmpp(Box::new(fact))).await;
    }

    // ---- waiting ------------------------------------------------------------------------------------------

    /// Waits for whatever happens first, and tells the machine. What the user says goes before what comes, and what
    /// came before the clock; but a peer that never pauses holds up neither.
    async fn wait(&mut self) {
        let clock = self.shared.notes.clock();
        let deadline = self.deadline().unwrap_or_else(|| clock.now().after(NEVER));
        if deadline.after(OVERDUE) <= clock.now() {
            return self.due().await;
        }
        tokio::select! {
            biased;
            command = self.commands.recv() => self.command(command).await,
            passed = pass(&mut self.connection, self.outgoing.as_ref().map(Outgoing::rest)) => {
                self.passed(passed).await;
            }
            () = clock.reached(deadline) => self.due().await,
        }
    }

    fn deadline(&self) -> Option<Offset> {
        let stuck = self.outgoing.as_ref().filter(|_| self.login.awaited().is_none());
        let stuck = stuck.map(|outgoing| outgoing.since.after(STUCK_AFTER));
        let partial = self.partial_since.map(|since| since.after(PARTIAL_AFTER));
        [self.login.deadline(), stuck, partial].into_iter().flatten().min()
    }

    async fn due(&mut self) {
        let now = self.now();
        if let Some(outgoing) = &self.outgoing
            && outgoing.since.after(STUCK_AFTER) <= now
        {
            self.reply = Some(outgoing.reply(self.counters.out(), false));
            self.login.write_stuck(outgoing.since);
        }
        if self.partial_since.is_some_and(|since| since.after(PARTIAL_AFTER) <= now) {
            self.partial_since = None;
            self.note_partial().await;
        }
        self.login.due(now);
    }

    async fn passed(&mut self, passed: Passed) {
        match passed {
            Passed::Took(bytes) => {
                if let Some(outgoing) = &mut self.outgoing {
                    outgoing.took(bytes, self.shared.notes.clock().now());
                }
            }
            Passed::Flushed => self.written().await,
            Passed::Came(bytes) => {
                let now = self.now();
                self.reads.came(bytes.len(), now);
                self.login.received(&bytes, now);
                self.partial_since = (!self.login.open_element().is_empty()).then_some(now);
            }
            Passed::Closed(by, code) => self.closed_by(by, code).await,
        }
    }

    // ---- commands -----------------------------------------------------------------------------------------

    async fn command(&mut self, command: Option<Command>) {
        self.complaint = None;
        let Some(command) = command else {
            self.left = true;
            return;
        };
        match command {
            Command::Step => self.login.step(),
            Command::Run => self.login.run(),
            Command::Toggle(breakpoint) => self.login.toggle(breakpoint),
            Command::Edit(text) => self.login.edit(text),
            Command::Send(text) => self.send(&text).await,
            Command::Skip => {
                let what = self.next_name();
                self.saw(Fact::User(UserAct::Skipped { what })).await;
                self.login.skip();
            }
            Command::Abort => {
                self.saw(Fact::User(UserAct::Stopped)).await;
                self.abort().await;
            }
            Command::Accept(fingerprint) => {
                let (host, port) = (self.request.host.clone(), Some(self.request.port));
                self.saw(Fact::User(UserAct::Accepted { host, port, fingerprint: fingerprint.clone() })).await;
                self.login.policy().accepted.push(fingerprint);
            }
            Command::AllowCleartext => {
                let host = self.request.host.clone();
                self.saw(Fact::User(UserAct::AllowedCleartext { host })).await;
                self.login.policy().cleartext = true;
            }
            Command::MoreAttempts => {
                self.saw(Fact::User(UserAct::MoreAttempts)).await;
                self.shared.attempts.allow(1);
            }
            // It is the user's: a question about somebody else is asked with what it was given.
            Command::Password(_) if !self.request.login.purpose.is_own() => {}
            Command::Password(password) => {
                self.shared.secrets.password = Some(password);
                self.login.policy().password = true;
            }
        }
    }

    /// Ends the login; where something was written in part, nothing clean can follow it.
    async fn abort(&mut self) {
        let in_part = self.outgoing.as_ref().is_some_and(|outgoing| outgoing.taken > 0);
        self.note_unsent().await;
        self.login.abort();
        if in_part {
            self.login.abort();
        }
    }

    /// A name for the next step, without its text: that may be the user's, and hold a secret.
    fn next_name(&self) -> String {
        match self.login.proposal() {
            Some(proposal) => proposal.sends.name().to_owned(),
            None => self.login.next_words().unwrap_or_default(),
        }
    }

    async fn send(&mut self, text: &str) {
        if self.connection.is_none() {
            self.complaint = Some("not sent: there is no connection; press n to connect".to_owned());
        } else if self.outgoing.is_some() {
            self.complaint = Some("not sent: something is still being written".to_owned());
        } else {
            self.start_write(text, Author::Typed).await;
        }
    }

    // ---- saying -------------------------------------------------------------------------------------------

    fn publish(&self) {
        let hold = match self.login.next() {
            Next::Hold(hold) => Some(hold),
            _ => None,
        };
        let standing = Standing {
            next: self.login.next_words().map(|words| outgoing::shown(&words, &self.shared.secrets)),
            text: self.login.proposal().map(|proposal| proposal.text),
            edited: self.login.is_edited(),
            stage: self.login.stage(),
            hold,
            awaited: self.login.awaited().map(|(awaited, _)| awaited),
            breakpoints: self.login.breakpoints().to_vec(),
            off_script: self.login.is_off_script(),
            complaint: self.complaint.clone(),
            over: false,
        };
        self.says.send_if_modified(|old| {
            let changed = *old != standing;
            *old = standing;
            changed
        });
    }

    fn publish_over(&self) {
        self.says.send_modify(|standing| {
            *standing = Standing { over: true, stage: standing.stage, ..Standing::default() };
        });
    }
}

/// What passes on the connection next; never, where there is none.
async fn pass(connection: &mut Option<Connection>, rest: Option<&[u8]>) -> Passed {
    match connection {
        Some(connection) => connection.pass(rest).await,
        None => std::future::pending().await,
    }
}
