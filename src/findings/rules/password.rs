//! What else the run shows of a password that XMPP refused: who took the same one, and which nodes were asked.

use crate::discovery::{Exchange, NodeSeen, Reading};
use crate::journal::{EntryNo, HttpWhat};
use crate::progress::LoginProgress;
use crate::protocol::epas;

use super::super::figures::{self, foreign, list, short};
use super::Finding;
use super::found::Found;
use super::scene::Scene;

/// Adds what the run itself shows beside the refusal of a password: who took the same one, who else was asked, and
/// whether every other node was.
pub(super) fn beside(scene: &Scene<'_>, finding: Finding) -> Finding {
    let checks = password_checks(scene);
    let who = |accepted: bool| -> Vec<String> {
        let mut names = Vec::new();
        for check in checks.iter().filter(|check| check.accepted == accepted) {
            if !names.contains(&check.who) {
                names.push(check.who.clone());
            }
        }
        names
    };
    let (accepted, refused) = (who(true), who(false));
    let mut found = Found(finding).cite(checks.iter().map(|check| check.n));
    if !accepted.is_empty() {
        let by = list(&accepted);
        found = found.arg("compare", format!("{by} accepted this password")).arg("accepted_by", by);
    } else if !refused.is_empty() {
        found = found.arg("compare", format!("{} refused this password too", list(&refused)));
    }
    let tried: Vec<String> = accepted.into_iter().chain(refused).collect();
    found = found.maybe("tried", (!tried.is_empty()).then(|| list(&tried)));
    let all = nodes_that_refused(scene);
    found.maybe("all_asked", all.map(|hosts| format!("{} refused too", list(&hosts)))).0
}

/// What a service other than XMPP said of the user's password.
struct PasswordCheck {
    n: EntryNo,
    who: String,
    accepted: bool,
}

fn password_checks(scene: &Scene<'_>) -> Vec<PasswordCheck> {
    let of = |exchange: &Exchange| {
        let (_, _, with_password) = exchange.sent?;
        let (head, _, _) = exchange.head.as_ref()?;
        let (service, accepted) = match (exchange.ask.what, exchange.status()?, &exchange.reading) {
            (HttpWhat::User, 200 | 403, _) => ("UDS", true),
            (HttpWhat::User, 401, _) => ("UDS", false),
            (HttpWhat::EpasLogin, _, Reading::EpasLogin(epas::Answer::Success(_))) => ("EPASSoap", true),
            (HttpWhat::EpasLogin, 401, _) => ("EPASSoap", false),
            _ => return None,
        };
        let n = exchange.body.map_or(*head, |(n, ..)| n);
        let who = format!("{service} on {}", foreign(short(exchange.ask.server().1)));
        with_password.then_some(PasswordCheck { n, who, accepted })
    };
    let mut checks: Vec<PasswordCheck> = scene.walk.exchanges().iter().filter_map(of).collect();
    checks.sort_by_key(|check| check.n);
    checks
}

/// The other nodes of the walk, where there are any and each one has refused this user at `<auth>`, too.
fn nodes_that_refused(scene: &Scene<'_>) -> Option<Vec<String>> {
    let ask = &scene.login.ask;
    let nodes = scene.walk.nodes();
    let others = nodes.iter().filter(|node| !(node.is_called(&ask.host) && node.port == ask.port));
    let refused = |node: &NodeSeen| {
        let here = |login: &&LoginProgress| node.is_called(&login.ask.host) && node.port == login.ask.port;
        let logins = scene.progress.logins().iter().filter(here);
        logins.into_iter().any(|login| login.ask.user == ask.user && login.failure.is_some())
    };
    let hosts: Option<Vec<String>> =
        others.map(|node| refused(node).then(|| foreign(figures::beside(&node.host, &ask.host)))).collect();
    hosts.filter(|hosts| !hosts.is_empty())
}
