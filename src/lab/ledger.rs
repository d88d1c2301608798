//! What the lab's servers tell of the credentials that reached them: a line each, for whoever wants to count them.
//!
//! `credential HOST SERVICE USER accepted|refused|unanswered`. The password itself is never in it.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How much of a user's name is told, in characters.
const USER_LIMIT: usize = 64;

/// Takes the lines. One without a reader takes them all the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    lines: Option<UnboundedSender<String>>,
}

/// Which of a host's services got the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Uds,
    Epas,
    Xmpp,
    /// `get_edge_config` of an Expressway-E.
    Edge,
}

/// A credential that came. Its line is told once it is judged; dropped unjudged, it counts as unanswered.
#[derive(Debug)]
#[must_use]
pub(super) struct Received {
    ledger: Ledger,
    line: String,
    verdict: &'static str,
}

impl Ledger {
    /// A ledger and where its lines come out.
    pub(super) fn new() -> (Ledger, UnboundedReceiver<String>) {
        let (lines, read) = unbounded_channel();
        (Ledger { lines: Some(lines) }, read)
    }

    /// A credential of `user` came to `host`; what becomes of it follows.
    pub(super) fn received(&self, host: &str, service: Service, user: &str) -> Received {
        let line = format!("credential {host} {} {}", service.word(), shown(user));
        Received { ledger: self.clone(), line, verdict: "unanswered" }
    }
}

impl Received {
    pub(super) fn accepted(mut self) {
        self.verdict = "accepted";
    }

    /// Whatever for: a right password is refused too, where a fault wants it.
    pub(super) fn refused(mut self) {
        self.verdict = "refused";
    }

    /// Nothing is said about it.
    pub(super) fn unanswered(self) {}
}

impl Drop for Received {
    fn drop(&mut self) {
        if let Some(lines) = &self.ledger.lines {
            let _ = lines.send(format!("{} {}", self.line, self.verdict));
        }
    }
}

impl Service {
    fn word(self) -> &'static str {
        match self {
            Service::Uds => "uds",
            Service::Epas => "epas",
            Service::Xmpp => "xmpp",
            Service::Edge => "edge",
        }
    }
}

/// A client's word for a user as one word of a line.
fn shown(user: &str) -> String {
    let plain = |c: char| if c.is_control() || c.is_whitespace() { '?' } else { c };
    let user: String = user.chars().take(USER_LIMIT).map(plain).collect();
    if user.is_empty() { "-".to_owned() } else { user }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_credential_is_told_once() {
        let (ledger, mut lines) = Ledger::new();
        ledger.received("imp1.example.test", Service::Xmpp, "alice").refused();
        ledger.received("cucm1.example.test", Service::Uds, "alice").accepted();
        ledger.received("imp1.example.test", Service::Xmpp, "alice").unanswered();
        drop(ledger.received("imp1.example.test", Service::Epas, "bob"));
        drop(ledger);
        let told: Vec<String> = std::iter::from_fn(|| lines.try_recv().ok()).collect();
        let expected = [
            "credential imp1.example.test xmpp alice refused",
            "credential cucm1.example.test uds alice accepted",
            "credential imp1.example.test xmpp alice unanswered",
            "credential imp1.example.test epas bob unanswered",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_client_cannot_write_lines_of_its_own() {
        let (ledger, mut lines) = Ledger::new();
        ledger.received("h", Service::Uds, "a b\nc").accepted();
        ledger.received("h", Service::Uds, "").accepted();
        ledger.received("h", Service::Uds, &"x".repeat(1000)).accepted();
        assert_eq!(lines.try_recv().expect("a line"), "credential h uds a?b?c accepted");
        assert_eq!(lines.try_recv().expect("a line"), "credential h uds - accepted");
        assert_eq!(lines.try_recv().expect("a line").len(), "credential h uds  accepted".len() + USER_LIMIT);
    }

    #[test]
    fn a_ledger_that_nobody_reads_is_none_of_a_servers_business() {
        Ledger::default().received("h", Service::Uds, "alice").accepted();
        let (ledger, lines) = Ledger::new();
        drop(lines);
        ledger.received("h", Service::Uds, "alice").accepted();
    }
}
