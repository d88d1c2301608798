//! What the lab's servers tell of the credentials that reached them: a line each, for whoever wants to count them.
//!
//! `credential HOST SERVICE USER accepted|refused|unanswered`. The password itself is never in it. Beside these stands
//! `service HOST stopped|started NAME`, where a service is restarted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How much of a user's name is told, in characters.
const USER_LIMIT: usize = 64;

/// Takes the lines. One without a reader takes them all the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    lines: Option<UnboundedSender<String>>,
    counts: Arc<Mutex<Counts>>,
}

/// How many credentials each service of each host took.
type Counts = HashMap<(String, Service, Verdict), u64>;

/// Which of a host's services got the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Service {
    Uds,
    Epas,
    Xmpp,
    Axl,
    ControlCenter,
    Perfmon,
    /// `get_edge_config` of an Expressway-E.
    Edge,
}

/// What became of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Verdict {
    Accepted,
    Refused,
    Unanswered,
}

/// A credential that came. Its line is told once it is judged; dropped unjudged, it counts as unanswered.
#[derive(Debug)]
#[must_use]
pub(super) struct Received {
    ledger: Ledger,
    host: String,
    service: Service,
    user: String,
    verdict: Verdict,
}

impl Ledger {
    /// A ledger and where its lines come out.
    pub(super) fn new() -> (Ledger, UnboundedReceiver<String>) {
        let (lines, read) = unbounded_channel();
        (Ledger { lines: Some(lines), ..Ledger::default() }, read)
    }

    /// A credential of `user` came to `host`; what becomes of it follows.
    pub(super) fn received(&self, host: &str, service: Service, user: &str) -> Received {
        let (ledger, host, user) = (self.clone(), host.to_owned(), shown(user));
        Received { ledger, host, service, user, verdict: Verdict::Unanswered }
    }

    /// How many credentials met this service of `host` and this verdict.
    pub(super) fn count(&self, host: &str, service: Service, verdict: Verdict) -> u64 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&(host.to_owned(), service, verdict)).copied().unwrap_or_default()
    }

    /// A service of `host` is down, or up again.
    pub(super) fn restarted(&self, host: &str, name: &str, is_up: bool) {
        let word = if is_up { "started" } else { "stopped" };
        self.tell(format!("service {host} {word} {name}"));
    }

    fn tell(&self, line: String) {
        if let Some(lines) = &self.lines {
            let _ = lines.send(line);
        }
    }
}

impl Received {
    pub(super) fn accepted(mut self) {
        self.verdict = Verdict::Accepted;
    }

    /// Whatever for: a right password is refused too, where a fault wants it.
    pub(super) fn refused(mut self) {
        self.verdict = Verdict::Refused;
    }

    /// Nothing is said about it.
    pub(super) fn unanswered(self) {}
}

impl Drop for Received {
    fn drop(&mut self) {
        let (service, verdict) = (self.service.word(), self.verdict.word());
        self.ledger.tell(format!("credential {} {service} {} {verdict}", self.host, self.user));
        let mut counts = self.ledger.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((std::mem::take(&mut self.host), self.service, self.verdict)).or_default() += 1;
    }
}

impl Service {
    fn word(self) -> &'static str {
        match self {
            Service::Uds => "uds",
            Service::Epas => "epas",
            Service::Xmpp => "xmpp",
            Service::Axl => "axl",
            Service::ControlCenter => "control-center",
            Service::Perfmon => "perfmon",
            Service::Edge => "edge",
        }
    }
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Refused => "refused",
            Verdict::Unanswered => "unanswered",
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
    fn what_became_of_them_is_counted_by_host_and_service() {
        let ledger = Ledger::default();
        for _ in 0..2 {
            ledger.received("imp1", Service::Xmpp, "alice").accepted();
        }
        ledger.received("imp2", Service::Xmpp, "alice").refused();
        let counts = [("imp1", Verdict::Accepted), ("imp1", Verdict::Refused), ("imp2", Verdict::Refused)]
            .map(|(host, verdict)| ledger.count(host, Service::Xmpp, verdict));
        assert_eq!(counts, [2, 0, 1]);
        assert_eq!(ledger.count("imp1", Service::Epas, Verdict::Accepted), 0);
    }

    #[test]
    fn a_restart_is_told_when_it_begins_and_when_it_is_over() {
        let (ledger, mut lines) = Ledger::new();
        ledger.restarted("imp1", "Cisco XCP Connection Manager", false);
        ledger.restarted("imp1", "Cisco XCP Connection Manager", true);
        let told = [(); 2].map(|()| lines.try_recv().expect("a line"));
        assert_eq!(
            told,
            ["stopped", "started"].map(|word| format!("service imp1 {word} Cisco XCP Connection Manager"))
        );
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
