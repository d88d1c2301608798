//! What an entry is, as an id of `assets/explain.toml` and the values in its words.

use super::table::words;
use super::{stanza, walk};
use crate::journal::{Ask, Event, Fact, How, KernelFact, Purpose, Stage, UserAct, WaitFact, WaitMark};

/// What a row is, for whoever asks for an explanation.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// Its id among the explanations.
    pub(super) id: &'static str,
    /// The values in its words: the server's own, not yet made visible.
    pub(super) args: Vec<(&'static str, String)>,
}

impl Default for Topic {
    /// That of an entry which is not understood.
    fn default() -> Self {
        Self::named("journal.unknown")
    }
}

/// No value of a server's is kept longer than this, in characters.
const VALUE: usize = 200;

impl Topic {
    /// The topic of this id; `journal.unknown` where there is none, which a test rules out.
    pub(super) fn named(id: &str) -> Self {
        let id = words(id).map_or("journal.unknown", |(id, _)| id);
        Self { id, args: Vec::new() }
    }

    /// The topic `family.word`, or `family.other` where the table does not have the word.
    pub(super) fn within(family: &str, word: &str, name: &'static str) -> Self {
        match words(&format!("{family}.{word}")) {
            Some((id, _)) if word != "other" => Self { id, args: Vec::new() },
            _ => Self::named(&format!("{family}.other")).with(name, word),
        }
    }

    /// With a value.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.args.push((name, value.chars().take(VALUE).collect()));
        self
    }

    /// Its id: `out.auth.PLAIN`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Of an entry; `ask` is what its operation was begun for.
    pub(crate) fn of(event: &Event, ask: Option<&Ask>) -> Self {
        match event {
            Event::Began(ask) => began(ask),
            Event::Saw(fact) => saw(fact, ask),
            Event::Ended(outcome) => ended(ask, outcome.how),
            Event::Lost(_) => Self::named("journal.lost"),
            Event::Unknown(_) => Self::named("journal.unknown"),
        }
    }
}

fn began(ask: &Ask) -> Topic {
    match ask {
        Ask::Run(_) => Topic::named("run.login").with("client", "a client"),
        Ask::Login(login) if login.purpose == Purpose::Login => {
            Topic::named("run.login").with("client", login.client.product())
        }
        Ask::Login(login) if login.purpose == Purpose::Watch => Topic::named("run.watch"),
        Ask::Login(_) => Topic::named("run.control"),
        Ask::Dns(ask) => Topic::named(&format!("dns.ask.{}", ask.kind.name().to_lowercase())),
        Ask::Http(ask) => Topic::named(&format!("http.{}", walk::what(ask.what))),
        Ask::Resolve { .. } => Topic::named("net.resolve"),
        Ask::Connect { .. } => Topic::named("net.connect"),
        Ask::Handshake { .. } => Topic::named("tls.handshake"),
        Ask::LegacyHello => Topic::named("tls.legacy_ask"),
    }
}

fn saw(fact: &Fact, ask: Option<&Ask>) -> Topic {
    match fact {
        Fact::Net(fact) => walk::net(fact),
        Fact::Dns(fact) => walk::dns(fact),
        Fact::Tls(fact) => walk::tls(fact),
        Fact::Http(fact) => walk::http(fact, ask),
        Fact::Xmpp(fact) => stanza::topic(fact),
        // It has no row.
        Fact::Stage(_) => Topic::named("run.login").with("client", "a client"),
        Fact::Wait(fact) => wait(fact),
        Fact::Kernel(KernelFact { view, .. }) => {
            Topic::named(if view.is_ok() { "kernel.view" } else { "kernel.none" })
        }
        Fact::User(act) => user(act),
    }
}

fn wait(fact: &WaitFact) -> Topic {
    if fact.mark == WaitMark::Silent {
        let awaited = serde_json::to_value(fact.awaited).unwrap_or_default();
        return Topic::named(&format!("silent.{}", awaited.as_str().unwrap_or_default()));
    }
    Topic::named("slow").with("awaited", fact.awaited.words())
}

fn user(act: &UserAct) -> Topic {
    Topic::named(match act {
        UserAct::Accepted { .. } => "user.accepted",
        UserAct::AcceptedAnywhere { .. } => "user.accepted_anywhere",
        UserAct::AllowedCleartextAnywhere => "user.cleartext_anywhere",
        UserAct::AskedAgain { .. } => "user.asked_again",
        UserAct::Insecure => "user.insecure",
        UserAct::AllowedCleartext { .. } => "user.cleartext",
        UserAct::Skipped { .. } => "user.skipped",
        UserAct::Stopped => "user.stopped",
        UserAct::MoreAttempts => "user.more_attempts",
        UserAct::AllNodes => "user.all_nodes",
        UserAct::Outside => "user.outside",
        UserAct::Control { .. } => "user.control",
        UserAct::ControlAnywhere => "user.control_anywhere",
        UserAct::HaStatus { .. } => "user.ha_status",
        UserAct::Watch { .. } => "user.watch",
    })
}

fn ended(ask: Option<&Ask>, how: How) -> Topic {
    Topic::named(match (ask, how) {
        (Some(Ask::Login(login)), How::Ok) if login.purpose == Purpose::Watch => "run.watched",
        (Some(Ask::Login(login)), How::Ok | How::Refused) if login.purpose.is_question() => "run.answered",
        (Some(Ask::Login(login)), How::Ok) if login.until != Stage::StreamTls => "run.complete",
        (Some(Ask::Login(_)), How::Ok) => "run.looked",
        (Some(Ask::Login(_) | Ask::Run(_)), _) => "run.ended",
        (Some(Ask::Resolve { .. }), _) => "end.resolve",
        (Some(Ask::Dns(_)), How::TimedOut) => "dns.end.timeout",
        (Some(Ask::Dns(_)), _) => "dns.end.other",
        (Some(Ask::Http(_)), How::Ok) => "http.end.ok",
        (Some(Ask::Http(_)), _) => "http.end.other",
        (Some(Ask::Connect { .. }), _) => "end.connect",
        (Some(Ask::Handshake { .. }), _) => "end.handshake",
        (Some(Ask::LegacyHello), _) => "end.legacy",
        (None, _) => "end.other",
    })
}
