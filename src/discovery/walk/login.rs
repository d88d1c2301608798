//! A login, as far as the walk cares.

use super::{Ending, ending};
use crate::journal::{
    Awaited, ClientKind, Entry, EntryNo, Event, Fact, LoginAsk, Offset, OpId, Purpose, Read, Stage, WaitFact,
    WaitMark, XmppFact,
};

/// A login, as far as the walk cares.
#[derive(Debug, Clone, PartialEq)]
pub struct LoginSeen {
    /// Its operation.
    pub op: OpId,
    /// The entry that began it.
    pub n: EntryNo,
    /// When it began.
    pub began: Offset,
    /// What was asked.
    pub ask: LoginAsk,
    /// The hosts that the node named as the user's home and backup (protocol.md 5.4): entry and names.
    pub hostnames: Option<(EntryNo, Vec<String>)>,
    /// The host that `see-other-host` named.
    pub other_host: Option<(EntryNo, String)>,
    /// The credential was written: the entry of the last time.
    pub tried: Option<EntryNo>,
    /// How many times it was written.
    pub attempts: usize,
    /// One of its waits, for whatever, became silent: the first entry that says so.
    pub silent: Option<EntryNo>,
    /// The wait for the answer to `<auth>` became silent: the first entry that says so.
    pub auth_silent: Option<EntryNo>,
    /// `<auth>` was answered, by whatever: the entry of the last time.
    pub auth_answered: Option<EntryNo>,
    /// The credential was refused: the entry.
    pub refused: Option<EntryNo>,
    /// The credential was accepted: the entry.
    pub accepted: Option<EntryNo>,
    /// Its end.
    pub ended: Option<Ending>,
}

impl LoginSeen {
    pub(super) fn new(entry: &Entry, ask: &LoginAsk) -> Self {
        Self {
            op: entry.op,
            n: entry.n,
            began: entry.at,
            ask: ask.clone(),
            hostnames: None,
            other_host: None,
            tried: None,
            attempts: 0,
            silent: None,
            auth_silent: None,
            auth_answered: None,
            refused: None,
            accepted: None,
            ended: None,
        }
    }

    /// Whether it was to go as far as a credential.
    pub fn takes_credential(&self) -> bool {
        self.ask.until > Stage::StreamTls
    }

    /// Whether it sends the user's own password, if it sends one: Jabber's login is by token.
    pub fn is_by_password(&self) -> bool {
        let is_users = matches!(self.ask.purpose, Purpose::Login | Purpose::OtherWay);
        is_users && self.ask.client == ClientKind::Psi && self.takes_credential()
    }

    /// Whether the answer to `<auth>` came after the wait for it had become silent.
    pub fn is_late(&self) -> bool {
        self.auth_silent.is_some_and(|silent| self.auth_answered.is_some_and(|answered| silent < answered))
    }

    /// Whether nobody need wait for it any more: it ended, `<auth>` was answered, or something it waits for is
    /// silent.
    pub fn is_settled(&self) -> bool {
        self.ended.is_some() || self.silent.is_some() || self.auth_answered.is_some()
    }

    /// Takes an entry of this login, or of an operation below it. Whether it changed anything.
    pub(super) fn apply(&mut self, entry: &Entry) -> bool {
        match &entry.event {
            Event::Saw(Fact::Xmpp(fact)) => match &**fact {
                XmppFact::Sent(sent) if sent.credential => {
                    self.tried = Some(entry.n);
                    self.attempts += 1;
                }
                XmppFact::Received(received) => return self.received(entry.n, &received.read),
                _ => return false,
            },
            Event::Saw(Fact::Wait(wait)) => return self.waited(entry.n, wait),
            Event::Ended(outcome) if entry.op == self.op => self.ended = ending(entry, outcome),
            _ => return false,
        }
        true
    }

    fn waited(&mut self, n: EntryNo, wait: &WaitFact) -> bool {
        let is_auth = wait.awaited == Awaited::AuthAnswer;
        match wait.mark {
            WaitMark::Silent => {
                let before = (self.silent, self.auth_silent);
                self.silent.get_or_insert(n);
                if is_auth {
                    self.auth_silent.get_or_insert(n);
                }
                before != (self.silent, self.auth_silent)
            }
            WaitMark::Answered if is_auth => {
                self.auth_answered = Some(n);
                true
            }
            WaitMark::Began | WaitMark::Slow | WaitMark::Answered | WaitMark::GaveUp => false,
        }
    }

    fn received(&mut self, n: EntryNo, read: &Read) -> bool {
        match read {
            Read::Features { hostnames, .. } if !hostnames.is_empty() && self.hostnames.is_none() => {
                self.hostnames = Some((n, hostnames.clone()));
            }
            Read::StreamError { other_host: Some(host), .. } if self.other_host.is_none() => {
                self.other_host = Some((n, host.clone()));
            }
            Read::SaslFailure { .. } => {
                self.refused = Some(n);
                self.auth_answered = Some(n);
            }
            Read::Success => {
                self.accepted = Some(n);
                self.auth_answered = Some(n);
            }
            _ => return false,
        }
        true
    }
}
