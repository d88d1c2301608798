//! How elements passed: kept with their rows, and completed by what the kernel says later.

use super::super::passed::{Acked, Passed};
use super::Console;
use crate::journal::{Entry, KernelFact, Received, Sent, Span};

impl Console {
    /// A row of ours: from here on the kernel may acknowledge it.
    pub(super) fn passed_out(&mut self, at: usize, entry: &Entry, sent: &Sent) {
        let (secure, wire, parts) = (sent.secure, sent.wire, sent.parts.clone());
        if let Some(row) = self.rows.get_mut(at) {
            row.passed = Some(Box::new(Passed { secure, wire, parts, acked: Some(Acked::NotShown) }));
        }
        if let Some(login) = self.login(entry.op) {
            login.unacked.push(at);
        }
    }

    /// A row of the peer's. `before`: the bytes of TCP that had come with the frame before it.
    pub(super) fn passed_in(&mut self, at: usize, before: u64, received: &Received) {
        let (secure, parts) = (received.secure, received.parts.clone());
        let wire = Span { from: before.min(received.wire), to: received.wire };
        if let Some(row) = self.rows.get_mut(at) {
            row.passed = Some(Box::new(Passed { secure, wire, parts, acked: None }));
        }
    }

    /// A snapshot: what it shows as acknowledged for the first time.
    pub(super) fn acked(&mut self, entry: &Entry, fact: &KernelFact) {
        let Some(login) = self.login(entry.op) else { return };
        let mut open = std::mem::take(&mut login.unacked);
        open.retain(|at| {
            let Some(passed) = self.rows.get_mut(*at).and_then(|row| row.passed.as_mut()) else { return false };
            match &fact.view {
                Ok(view) if view.acked >= passed.wire.to => {
                    passed.acked = Some(Acked::By(entry.n, entry.wall));
                    false
                }
                Ok(_) => true,
                Err(why) => {
                    passed.acked = Some(Acked::Unknown(why.clone()));
                    true
                }
            }
        });
        if let Some(login) = self.login(entry.op) {
            login.unacked = open;
        }
    }
}
