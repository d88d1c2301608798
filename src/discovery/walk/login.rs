//! A login, as far as the walk cares.

use super::{Ending, ending};
use crate::journal::{Entry, EntryNo, Event, Fact, LoginAsk, Offset, OpId, Read, XmppFact};

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
            refused: None,
            accepted: None,
            ended: None,
        }
    }

    /// Takes an entry of this login, or of an operation below it. Whether it changed anything.
    pub(super) fn apply(&mut self, entry: &Entry) -> bool {
        match &entry.event {
            Event::Saw(Fact::Xmpp(fact)) => match &**fact {
                XmppFact::Sent(sent) if sent.credential => self.tried = Some(entry.n),
                XmppFact::Received(received) => return self.received(entry.n, &received.read),
                _ => return false,
            },
            Event::Ended(outcome) if entry.op == self.op => self.ended = ending(entry, outcome),
            _ => return false,
        }
        true
    }

    fn received(&mut self, n: EntryNo, read: &Read) -> bool {
        match read {
            Read::Features { hostnames, .. } if !hostnames.is_empty() && self.hostnames.is_none() => {
                self.hostnames = Some((n, hostnames.clone()));
            }
            Read::StreamError { other_host: Some(host), .. } if self.other_host.is_none() => {
                self.other_host = Some((n, host.clone()));
            }
            Read::SaslFailure { .. } => self.refused = Some(n),
            Read::Success => self.accepted = Some(n),
            _ => return false,
        }
        true
    }
}
