//! The rules, one for each code, and what they are asked about.
//!
//! A rule looks at one login (or one lookup) and cites entries. It reads only facts that, once seen, stay seen, so
//! that a longer journal never takes a finding back. It must not know severity or sentences.

mod auth;
mod reach;
mod silence;
mod stream;
mod tls;

use crate::discovery::Walk;
use crate::journal::{EntryNo, Offset, Stage};
use crate::progress::{LoginProgress, Progress, ResolveTry};

use super::figures::{foreign, short};
use super::{Answer, Code, Finding, code};

/// A rule and the code that it raises.
pub(super) struct Rule {
    /// The code.
    pub code: Code,
    asks: Asks,
}

/// What a rule is asked about.
enum Asks {
    Login(fn(&Scene<'_>) -> Answer),
    Lookup(fn(&Progress, &ResolveTry) -> Answer),
}

const fn login(code: Code, rule: fn(&Scene<'_>) -> Answer) -> Rule {
    Rule { code, asks: Asks::Login(rule) }
}

/// All rules. Among findings of one severity, causes need no order: `explained` links them.
pub(super) const RULES: &[Rule] = &[
    Rule { code: code::dns::TARGET_UNRESOLVED, asks: Asks::Lookup(reach::target_unresolved) },
    login(code::tcp::REFUSED, reach::refused),
    login(code::tcp::TIMEOUT, reach::timed_out),
    login(code::tcp::UNREACHABLE, reach::unreachable),
    login(code::tcp::RESET, reach::reset),
    login(code::tls::UNTRUSTED, tls::untrusted),
    login(code::tls::NAME_MISMATCH, tls::name_mismatch),
    login(code::tls::EXPIRED, tls::expired),
    login(code::tls::NOT_YET_VALID, tls::not_yet_valid),
    login(code::tls::EXPIRES_SOON, tls::expires_soon),
    login(code::tls::SILENT, tls::silent),
    login(code::tls::LEGACY_ONLY, tls::legacy_only),
    login(code::tls::ALERT, tls::alert),
    login(code::tls::FINGERPRINT_CHANGED, tls::fingerprint_changed),
    login(code::tls::KEY_NOT_PROVEN, tls::key_not_proven),
    login(code::xmpp::STREAM_SILENT, silence::stream),
    login(code::xmpp::NO_FEATURES, silence::features),
    login(code::xmpp::STARTTLS_SILENT, silence::starttls),
    login(code::xmpp::STARTTLS_REFUSED, stream::starttls_refused),
    login(code::xmpp::NO_STARTTLS, stream::no_starttls),
    login(code::xmpp::BYTES_BEHIND_PROCEED, stream::bytes_behind_proceed),
    login(code::xmpp::NO_MECHANISM, auth::no_mechanism),
    login(code::xmpp::AUTH_SILENT, silence::auth),
    login(code::xmpp::AUTH_SLOW, auth::slow),
    login(code::xmpp::AUTH_REFUSED, auth::refused),
    login(code::xmpp::AUTH_REFUSED_LATE, auth::refused_late),
    login(code::xmpp::AUTH_CLOSED, auth::closed),
    login(code::xmpp::AUTH_BACKEND, auth::backend),
    login(code::xmpp::NODE_OVERLOADED, auth::node_overloaded),
    login(code::xmpp::WRONG_NODE, auth::wrong_node),
    login(code::xmpp::SEE_OTHER_HOST, stream::see_other_host),
    login(code::xmpp::STREAM_ERROR, stream::error),
    login(code::xmpp::BIND_SILENT, silence::bind),
    login(code::xmpp::BIND_REFUSED, stream::bind_refused),
    login(code::xmpp::SESSION_SILENT, silence::session),
    login(code::xmpp::SESSION_REFUSED, stream::session_refused),
    login(code::xmpp::NOT_XML, stream::not_xml),
    login(code::xmpp::LIMIT_MET, stream::limit_met),
    login(code::xmpp::WINDOW_CLOSED, silence::window_closed),
    login(code::xmpp::NOT_ACKED, silence::not_acked),
    login(code::xmpp::SERVER_NOT_PROVEN, auth::server_not_proven),
    login(code::xmpp::CLOSED, stream::closed),
];

/// What every rule says of everything that it can be asked about.
pub(super) fn answers(progress: &Progress, _walk: &Walk) -> impl Iterator<Item = Answer> {
    RULES.iter().flat_map(|rule| rule.answers(progress))
}

impl Rule {
    pub(super) fn answers(&self, progress: &Progress) -> Vec<Answer> {
        match self.asks {
            Asks::Login(rule) => progress.logins().iter().map(|login| rule(&Scene { progress, login })).collect(),
            Asks::Lookup(rule) => progress.resolves().iter().map(|lookup| rule(progress, lookup)).collect(),
        }
    }
}

/// One login, and the run around it.
pub(super) struct Scene<'a> {
    progress: &'a Progress,
    login: &'a LoginProgress,
}

impl Scene<'_> {
    /// A finding about this login, with the values that any sentence may use.
    fn found(&self, code: Code) -> Found {
        let ask = &self.login.ask;
        let connecting = self.login.connects.last().map(|connect| connect.to.clone());
        let address = self.login.remote.clone().or(connecting);
        Found::about(code, &ask.host)
            .of(self.login)
            .arg("port", ask.port.to_string())
            .foreign("address", &address.unwrap_or_else(|| format!("{}:{}", ask.host, ask.port)))
            .foreign("user", &ask.user)
            .foreign("domain", &ask.domain)
            .foreign("account", &format!("{}@{}", ask.user, ask.domain))
            .arg("client", ask.client.name().to_owned())
    }

    /// The run's marks: a wait is slow, and silent, from these microseconds on.
    fn marks(&self) -> (u64, u64) {
        let run = self.progress.run();
        let (slow, silent) = run.map_or((2_000, 10_000), |run| (run.slow_ms, run.silent_ms));
        (slow.saturating_mul(1000), silent.saturating_mul(1000))
    }

    /// Does not hold where the login is over or past `stage`; else it may still happen.
    fn not_at(&self, stage: Stage) -> Answer {
        let past = self.login.row(stage).left.is_some() || self.login.stage() > stage;
        if self.login.ended.is_some() || past { Answer::DoesNotHold } else { Answer::CannotTellYet }
    }

    /// Does not hold where the login is over; else it may still happen.
    fn not_yet(&self) -> Answer {
        if self.login.ended.is_some() { Answer::DoesNotHold } else { Answer::CannotTellYet }
    }

    /// The newest moment that is known of this login: how far an open wait is known to have lasted.
    fn newest(&self, at_least: Offset) -> Offset {
        self.login.kernel.last().map_or(at_least, |snapshot| snapshot.at.max(at_least))
    }
}

/// A finding in the making.
struct Found(Finding);

impl Found {
    fn about(code: Code, host: &str) -> Self {
        let finding = Finding {
            code,
            subject: foreign(host),
            op: None,
            args: std::collections::BTreeMap::new(),
            evidence: Vec::new(),
            explained_by: None,
        };
        Self(finding).foreign("node", host).foreign("short", short(host))
    }

    fn of(mut self, login: &LoginProgress) -> Self {
        self.0.op = Some(login.op);
        self
    }

    /// A value that we made ourselves.
    fn arg(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.args.insert(name, value.into());
        self
    }

    /// A value that we made ourselves, where there is one.
    fn maybe(self, name: &'static str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.arg(name, value),
            None => self,
        }
    }

    /// A value that somebody else wrote.
    fn foreign(self, name: &'static str, value: &str) -> Self {
        let shown = foreign(value);
        self.arg(name, shown)
    }

    /// Where in the login it happened, for the sentence and for what explains it.
    fn stage(self, stage: Stage) -> Self {
        self.arg("stage", stage.name()).arg("at_stage", stage_words(stage))
    }

    fn cite(mut self, entries: impl IntoIterator<Item = EntryNo>) -> Self {
        self.0.evidence.extend(entries);
        self
    }

    fn holds(mut self) -> Answer {
        self.0.evidence.sort_unstable();
        self.0.evidence.dedup();
        Answer::Holds(self.0)
    }
}

/// A stage in a sentence, behind "at".
fn stage_words(stage: Stage) -> &'static str {
    match stage {
        Stage::Tcp => "the TCP connect",
        Stage::Stream => "the first stream header (in clear)",
        Stage::Starttls => "STARTTLS",
        Stage::Tls => "the TLS handshake",
        Stage::StreamTls => "the stream header under TLS",
        Stage::Auth => "<auth>",
        Stage::StreamAuth => "the stream header after <success>",
        Stage::Bind => "resource binding",
        Stage::Session => "the session request",
        Stage::Online => "initial presence",
    }
}
