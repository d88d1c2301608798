//! Writing: filled behind the trust gate, and timed when the peer does not take it.

use crate::journal::{Author, How, Outcome, Purpose, XmppFact};
use crate::login::fill::{self, Filling};
use crate::login::{Attendance, Gate, Sends};
use crate::probe::connection::Connection;
use crate::probe::outgoing::{self, Outgoing};

use super::Driver;

impl Driver {
    /// Fills `text` and begins to write it. The trust gate stands before the filling, whoever wrote the text.
    pub(super) async fn start_write(&mut self, text: &str, by: Author) {
        // What the user wrote may carry a secret where none is looked for by its place.
        let own = by == Author::Proposal || !outgoing::holds_known(text, &self.shared.secrets);
        let gate = self.login.gate_for(text).or_else(|| (!own).then(|| self.login.gate_for_credential(text)));
        let pass = match gate {
            Some(Gate::Open(pass)) => Some(pass),
            None => None,
            Some(shut) => {
                self.complaint = Some(format!("not sent: {}", gate_words(&shut)));
                if by != Author::Typed {
                    // The machine saw no credential in it and would propose it again at once.
                    self.login.hold();
                }
                return;
            }
        };
        let filled = match pass {
            Some(pass) => {
                let jid = format!("{}@{}", self.request.login.user, self.request.login.domain);
                let filling = Filling {
                    user: &self.request.login.user,
                    jid: &jid,
                    secrets: &self.shared.secrets,
                    scram: self.login.scram(),
                };
                // SCRAM derives a key; with many iterations that would hold up every other login.
                tokio::task::block_in_place(|| fill::fill(text, &filling, pass))
            }
            None => fill::as_it_stands(text),
        };
        match filled {
            Ok(filled) => {
                let counted = self.login.policy().exchange_counted;
                let mut outgoing = Outgoing::new(filled, text, by, &self.shared.secrets, counted);
                // What a person wrote may hold anything, and counts.
                if self.request.login.purpose == Purpose::UnknownUser && by == Author::Proposal {
                    outgoing.belongs_to_nobody();
                }
                self.begin_write(outgoing);
            }
            Err(why) => self.refuse_write(&why.to_string()).await,
        }
    }

    /// The first byte may go, if an attempt that it costs is to be had: another login may have taken the last one
    /// since the gate was asked.
    fn begin_write(&mut self, mut outgoing: Outgoing) {
        if outgoing.credential() && !self.shared.attempts.take() {
            let (used, limit) = self.shared.attempts.count();
            let gate = Gate::Attempts { used, limit };
            self.complaint = Some(format!("not sent: {}", gate_words(&gate)));
            if self.request.login.attendance == Attendance::Unattended {
                self.login.stop_at_gate(&gate);
            }
            return;
        }
        match outgoing.sends {
            Sends::Auth(_) => self.login.policy().exchange_counted = outgoing.credential(),
            Sends::Response => self.login.policy().exchange_counted |= outgoing.credential(),
            _ => {}
        }
        outgoing.since = self.now();
        outgoing.wire_from = self.counters.out();
        self.outgoing = Some(outgoing);
    }

    /// A text that cannot be filled is not sent. A person is told; nobody else can mend it, so the login ends.
    pub(super) async fn refuse_write(&mut self, why: &str) {
        if self.request.login.attendance == Attendance::Attended {
            self.complaint = Some(format!("not sent: {why}"));
            self.login.hold();
        } else {
            self.login.failed(Outcome::new(How::Failed, "not sent", why));
        }
    }

    pub(super) async fn written(&mut self) {
        let Some(mut outgoing) = self.outgoing.take() else { return };
        let (now, wire_to) = (self.now(), self.counters.out());
        let secure = self.connection.as_ref().is_some_and(Connection::is_secure);
        self.saw_xmpp(XmppFact::Sent(outgoing.sent(wire_to, secure))).await;
        self.reply = Some(outgoing.reply(wire_to, true));
        self.login.sent(&outgoing.sends, outgoing.signature.take(), now);
    }
}

/// Why the trust gate is shut, and what opens it.
fn gate_words(gate: &Gate) -> String {
    match gate {
        Gate::Open(_) => "the gate is open".to_owned(),
        Gate::Certificate { why, .. } => {
            format!("it holds a credential, and the certificate is not accepted ({}); press t", why.join("; "))
        }
        Gate::Cleartext => "it holds a credential, and the connection is clear; press t to allow it".to_owned(),
        Gate::KeyNotProven => {
            "it holds a credential, and the server did not prove that it holds the certificate's key".to_owned()
        }
        Gate::Attempts { used, limit } => format!("{used} of {limit} attempts with this credential are used"),
        Gate::NoCredential => "the secret that it names is not at hand".to_owned(),
    }
}
