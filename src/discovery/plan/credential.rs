//! What became of the user's password so far: it goes first once and alone, and a refusal stops it.

use super::login::is_at;
use super::uds::SingleSignOn;
use super::{Plan, Turn};
use crate::discovery::reading::Reading;
use crate::discovery::route::first_label;
use crate::discovery::walk::{Exchange, LoginSeen};
use crate::journal::{EntryNo, HttpWhat};
use crate::protocol::epas::{self, Answer};

/// Why nothing is sent on a cluster with single sign-on.
pub(super) const SSO: &str = "single sign-on: not testable with a password";
/// Why nothing is sent without a password.
pub(super) const NONE: &str = "no password at hand";

/// What servers said of the password.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Accepted,
    /// Who refused it, and how.
    Refused(String),
}

impl Plan<'_> {
    /// Whether the password may be used now. What was said last counts: after a refusal only a person's word leads
    /// on, and what came of that is newer.
    pub(super) fn may_use_password(&self) -> Turn<()> {
        match self.verdict() {
            Some(Verdict::Accepted) => Turn::Now(()),
            Some(Verdict::Refused(by)) => {
                Turn::Never(format!("the password was refused by {by}: not tried elsewhere"))
            }
            None if self.is_in_flight() => Turn::Later,
            None => self.one_home(),
        }
    }

    /// Why the password is not used; none where it may be, or waits.
    pub(super) fn against_password(&self) -> Option<String> {
        if self.single_sign_on() == SingleSignOn::On {
            return Some(SSO.to_owned());
        }
        match self.may_use_password() {
            Turn::Never(why) => Some(why),
            _ => None,
        }
    }

    /// Whether a server has accepted the password.
    pub(super) fn is_accepted(&self) -> bool {
        self.verdict() == Some(Verdict::Accepted)
    }

    /// Whether the password may be used because the user asked for more than the path itself: a login that is left
    /// without an answer keeps nobody waiting.
    pub(super) fn may_use_by_word(&self) -> Turn<()> {
        if !self.means.password {
            return Turn::never(NONE);
        }
        match self.single_sign_on() {
            SingleSignOn::On => return Turn::never(SSO),
            SingleSignOn::Open => return Turn::Later,
            SingleSignOn::Off => {}
        }
        match self.may_use_password() {
            Turn::Later if !self.is_awaited() => Turn::Now(()),
            // It goes on its way alone, too, until somebody accepts it.
            Turn::Now(()) if !self.is_accepted() && self.is_awaited() => Turn::Later,
            turn => turn,
        }
    }

    fn verdict(&self) -> Option<Verdict> {
        let by_http = self.walk.exchanges().iter().filter_map(of_exchange);
        let by_login = self.password_logins().filter_map(|login| {
            let (n, verdict) = of_login(login)?;
            (verdict == Verdict::Accepted || self.speaks_for_all(login)).then_some((n, verdict))
        });
        by_http.chain(by_login).max_by_key(|(n, _)| *n).map(|(_, verdict)| verdict)
    }

    /// Whether a refusal on this node says something of the password. Once the user asked for all nodes, most of them
    /// are not the user's own and may well refuse: only the home node's refusal counts then, and where none is known
    /// that of the node that the password went to first.
    fn speaks_for_all(&self, login: &LoginSeen) -> bool {
        if self.permissions.all_nodes.is_none() {
            return true;
        }
        if self.walk.home().is_some() {
            return self.nodes.iter().any(|node| node.home == Some(true) && is_at(login, node));
        }
        let first = self.password_logins().min_by_key(|login| login.n);
        first.is_some_and(|first| (&first.ask.host, first.ask.port) == (&login.ask.host, login.ask.port))
    }

    /// Whether the password is with a server that has not answered.
    fn is_in_flight(&self) -> bool {
        let by_http = self.exchanges_with_password().any(|exchange| exchange.ended.is_none());
        by_http
            || self
                .password_logins()
                .any(|login| login.tried.is_some() && of_login(login).is_none() && login.ended.is_none())
    }

    /// Whether the password is with a server, or on its way to one, that may yet answer in time.
    fn is_awaited(&self) -> bool {
        self.exchanges_with_password().any(|exchange| exchange.ended.is_none() && exchange.went_silent().is_none())
            || self
                .password_logins()
                .any(|login| login.ended.is_none() && login.silent.is_none() && of_login(login).is_none())
    }

    fn exchanges_with_password(&self) -> impl Iterator<Item = &Exchange> {
        self.walk.exchanges().iter().filter(|exchange| takes_password(exchange.ask.what))
    }

    /// The logins that use the user's password. Jabber's is by token: that says nothing of the password.
    fn password_logins(&self) -> impl Iterator<Item = &LoginSeen> {
        let own = |login: &&LoginSeen| login.ask.user.eq_ignore_ascii_case(&self.goal.user_id);
        self.walk.logins().iter().chain(self.walk.controls()).filter(|login| login.is_by_password()).filter(own)
    }
}

/// Whether a request holds the user's password.
pub(super) fn takes_password(what: HttpWhat) -> bool {
    matches!(what, HttpWhat::EdgeConfig | HttpWhat::User | HttpWhat::EpasLogin)
}

/// `cucm1` of `https://cucm1.example.test:8443/…`.
fn place(exchange: &Exchange) -> &str {
    first_label(exchange.ask.server().1)
}

fn of_exchange(exchange: &Exchange) -> Option<(EntryNo, Verdict)> {
    let (head, _, _) = exchange.head.as_ref()?;
    let said = exchange.body.as_ref().map_or(*head, |(n, ..)| *n);
    let refused = |how: String| Some((said, Verdict::Refused(how)));
    match (exchange.ask.what, exchange.status()?, &exchange.reading) {
        (HttpWhat::EdgeConfig, 200, Reading::EdgeConfig(_)) => Some((said, Verdict::Accepted)),
        (HttpWhat::EdgeConfig, 401, _) => refused(format!("the edge {} (401)", place(exchange))),
        // What an edge refuses, the server behind it was not asked.
        (HttpWhat::User, 403, _) if !exchange.ask.inside.is_empty() => None,
        (HttpWhat::User, 200 | 403, _) => Some((*head, Verdict::Accepted)),
        (HttpWhat::User, 401, _) => Some((*head, Verdict::Refused(format!("{} (401)", place(exchange))))),
        (HttpWhat::EpasLogin, 401, _) => refused(format!("EPAS on {} (401)", place(exchange))),
        (HttpWhat::EpasLogin, _, Reading::EpasLogin(Answer::Success(_))) => Some((said, Verdict::Accepted)),
        (HttpWhat::EpasLogin, _, Reading::EpasLogin(Answer::Failure(why))) if !epas::is_about_version(why) => {
            refused(format!("EPAS on {}", place(exchange)))
        }
        _ => None,
    }
}

fn of_login(login: &LoginSeen) -> Option<(EntryNo, Verdict)> {
    let host = first_label(&login.ask.host);
    let refused = login.refused.map(|n| (n, Verdict::Refused(format!("{host} (SASL)"))));
    let accepted = login.accepted.map(|n| (n, Verdict::Accepted));
    refused.into_iter().chain(accepted).max_by_key(|(n, _)| *n)
}
