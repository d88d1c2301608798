//! What a rule about a login looks at: the login, and the run around it.

use crate::discovery::Walk;
use crate::journal::{Stage, host_port};
use crate::progress::{LoginProgress, Progress};

use super::super::control::Marks;
use super::found::Found;
use super::{Answer, Code};

/// One login, and the run around it.
pub(super) struct Scene<'a> {
    pub(super) progress: &'a Progress,
    pub(super) walk: &'a Walk,
    pub(super) login: &'a LoginProgress,
}

impl Scene<'_> {
    /// A finding about this login, with the values that any sentence may use.
    pub(super) fn found(&self, code: Code) -> Found {
        let ask = &self.login.ask;
        let connecting = self.login.connects.last().map(|connect| connect.to.clone());
        let address = self.login.remote.clone().or(connecting);
        Found::about(code, &ask.host)
            .of(self.login.op)
            .arg("port", ask.port.to_string())
            .foreign("address", &address.unwrap_or_else(|| host_port(&ask.host, ask.port)))
            .foreign("user", &ask.user)
            .foreign("domain", &ask.domain)
            .foreign("account", &format!("{}@{}", ask.user, ask.domain))
            .arg("client", ask.client.name().to_owned())
    }

    /// The run's marks: a wait is slow, and silent, from these microseconds on.
    pub(super) fn marks(&self) -> (u64, u64) {
        let (slow, silent) = Marks::of(self.progress).millis();
        (slow.saturating_mul(1000), silent.saturating_mul(1000))
    }

    /// Whether the node is known not to be the user's home.
    pub(super) fn is_away(&self) -> bool {
        let ask = &self.login.ask;
        let nodes = self.walk.nodes();
        let node = nodes.iter().find(|node| node.is_called(&ask.host) && node.port == ask.port);
        node.and_then(|node| node.home).or(ask.home) == Some(false)
    }

    /// Does not hold where the login is over or past `stage`; else it may still happen.
    pub(super) fn not_at(&self, stage: Stage) -> Answer {
        let past = self.login.row(stage).left.is_some() || self.login.stage() > stage;
        if self.login.ended.is_some() || past { Answer::DoesNotHold } else { Answer::CannotTellYet }
    }

    /// Does not hold where the login is over; else it may still happen.
    pub(super) fn not_yet(&self) -> Answer {
        if self.login.ended.is_some() { Answer::DoesNotHold } else { Answer::CannotTellYet }
    }
}
