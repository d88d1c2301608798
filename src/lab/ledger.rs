//! What the lab's servers were given.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

#[derive(Debug, Clone)]
pub(in crate::lab) struct Ledger {
    lines: UnboundedSender<String>,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::lab) enum Service {
    Xmpp,
}

pub(in crate::lab) struct Received {
    ledger: Ledger,
    line: String,
    verdict: &'static str,
}

impl Ledger {
    pub(in crate::lab) fn new() -> (Ledger, UnboundedReceiver<String>) {
        let (lines, received) = unbounded_channel();
        (Ledger { lines }, received)
    }

    pub(in crate::lab) fn received(&self, host: &str, service: Service, user: &str) -> Received {
        let Service::Xmpp = service;
        Received { ledger: self.clone(), line: format!("credential {host} xmpp {user}"), verdict: "unanswered" }
    }
}

impl Received {
    pub(in crate::lab) fn accepted(mut self) {
        self.verdict = "accepted";
    }
    pub(in crate::lab) fn refused(mut self) {
        self.verdict = "refused";
    }
    pub(in crate::lab) fn unanswered(self) {}
}

impl Drop for Received {
    fn drop(&mut self) {
        let _ = self.ledger.lines.send(format!("{} {}", self.line, self.verdict));
    }
}
