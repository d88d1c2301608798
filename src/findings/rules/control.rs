//! What the control experiment points at. Each experiment on a node is one finding for each thing that it has pointed
//! at; what a later answer or a newer experiment has changed is only worth knowing.

use crate::journal::Purpose;

use super::super::control::{self, ControlTable, Heard, PointsAt, Reply, Round};
use super::super::figures::{beside, foreign, list, short};
use super::found::Found;
use super::load::node_overloaded;
use super::scene::Scene;
use super::site::Site;
use super::{Answer, Code, code};

/// Cisco XCP Connection Manager.
pub(super) fn xcp_cm(site: &Site<'_>) -> Vec<Answer> {
    pointing(site, PointsAt::XcpCm, code::control::XCP_CM)
}

/// What stands behind it on the node.
pub(super) fn behind(site: &Site<'_>) -> Vec<Answer> {
    pointing(site, PointsAt::BehindXcpCm, code::control::BEHIND_XCP_CM)
}

/// LDAP, the database, the login datastore.
pub(super) fn backend(site: &Site<'_>) -> Vec<Answer> {
    pointing(site, PointsAt::Backend, code::control::BACKEND)
}

/// This user alone.
pub(super) fn user(site: &Site<'_>) -> Vec<Answer> {
    pointing(site, PointsAt::User, code::control::USER)
}

/// Nothing: a separator is missing, or the answers fit several causes.
pub(super) fn cannot_tell(site: &Site<'_>) -> Vec<Answer> {
    pointing(site, PointsAt::CannotTell, code::control::CANNOT_TELL)
}

fn pointing(site: &Site<'_>, points_at: PointsAt, code: Code) -> Vec<Answer> {
    let answer = |round: &Round| {
        let at = round.verdicts.iter().position(|table| table.points_at == Some(points_at));
        let Some(at) = at else {
            return Answer::CannotTellYet;
        };
        let table = &round.verdicts[at];
        let is_last = at + 1 == round.verdicts.len();
        let superseded = match (is_last, round.is_superseded) {
            (true, false) => None,
            (false, false) => Some("a later answer changed it"),
            (_, true) => Some("a newer experiment on the node counts"),
        };
        let found = found(site, code, round, table);
        match superseded {
            None => found.holds(),
            Some(by) => found.arg("superseded", by).arg("why", format!("{} ({by})", table.why)).holds(),
        }
    };
    control::rounds(site.progress, site.walk).iter().map(answer).collect()
}

fn found(site: &Site<'_>, code: Code, round: &Round, table: &ControlTable) -> Found {
    let place = crate::journal::host_port(&table.host, table.port);
    let mut found = Found::about(code, &table.host).of(round.op).arg("port", table.port.to_string());
    for (name, value) in site.about_user(code).0.args {
        if !matches!(name, "node" | "short") {
            found = found.arg(name, value);
        }
    }
    let found = found
        .foreign("address", round.address.as_ref().unwrap_or(&place))
        .arg("why", &table.why)
        .arg("answers", control::answers(table))
        .maybe("everywhere", everywhere(table));
    let found = match table.points_at {
        Some(PointsAt::CannotTell) => found.arg("missing", missing(site, table)),
        Some(PointsAt::Backend) => fitting(found, table),
        Some(PointsAt::XcpCm) => found.maybe("overloaded", overloaded(site, table)),
        _ => found,
    };
    found.cite(table.entries()).cite(site.progress.login(round.op).map(|login| login.n))
}

/// The other nodes in a few words, where each one that was asked left the user's `<auth>` unanswered too: what one node
/// has for itself is no likely cause then.
fn everywhere(table: &ControlTable) -> Option<String> {
    let is_silent = |(_, reply): &(String, Reply)| Heard::of(reply, table.marks) == Heard::Silent;
    let all = Heard::of(&table.auth, table.marks) == Heard::Silent && table.other_nodes.iter().all(is_silent);
    let name = |(place, _): &(String, Reply)| {
        let host = place.rsplit_once(':').map_or(place.as_str(), |(host, _)| host);
        foreign(beside(host, &table.host))
    };
    let names: Vec<String> = table.other_nodes.iter().map(name).collect();
    match names.as_slice() {
        [] => None,
        [one] => all.then(|| format!("{one} is silent too")),
        several => all.then(|| format!("{} are silent too", list(several))),
    }
}

/// Adds which back ends the answers leave, for the causes of those that they exclude are no causes.
///
/// 1. A password that was answered where the token was not clears LDAP and the database.
/// 2. A user that cannot exist is refused from the database: an answer clears it, and a silence is not LDAP's.
/// 3. The Login Datastore is asked for tokens alone: a silent password is not its doing.
fn fitting(found: Found, table: &ControlTable) -> Found {
    let heard = |reply: &Reply| Heard::of(reply, table.marks);
    let by_token = table.way == control::TOKEN;
    let password_answered = by_token && heard(&table.other_way) == Heard::Quick;
    let unknown = heard(&table.unknown_user);
    let fits = [
        ("fits_ldap", "LDAP", !password_answered && unknown != Heard::Silent),
        ("fits_database", "the database", !password_answered && !unknown.came()),
        ("fits_datastore", "the login datastore", by_token && heard(&table.other_way) != Heard::Silent),
    ];
    let left: Vec<(&'static str, &str)> =
        fits.into_iter().filter(|(.., fits)| *fits).map(|(name, words, _)| (name, words)).collect();
    let words: Vec<String> = left.iter().map(|(_, words)| (*words).to_owned()).collect();
    let found = left.iter().fold(found, |found, (name, _)| found.arg(name, "not excluded by the answers"));
    found.arg("suspects", either(&words))
}

/// `a`, `a or b`, `a, b or c`.
fn either(items: &[String]) -> String {
    list(items).replace(" and ", " or ")
}

/// What was slow in front of the authentication on this node, where it looks overloaded as well.
fn overloaded(site: &Site<'_>, table: &ControlTable) -> Option<String> {
    let here = site.progress.logins().iter().filter(|login| table.is_of(&login.ask.host, login.ask.port));
    here.into_iter().find_map(|login| {
        let scene = Scene { progress: site.progress, walk: site.walk, login };
        match node_overloaded(&scene) {
            Answer::Holds(finding) => finding.args.get("slow_at").cloned(),
            Answer::DoesNotHold | Answer::CannotTellYet => None,
        }
    })
}

/// Which separator is missing, and how to get it.
fn missing(site: &Site<'_>, table: &ControlTable) -> String {
    let node = foreign(short(&table.host));
    let heard = |reply: &Reply| Heard::of(reply, table.marks);
    let nothing = |reply: &Reply| matches!(heard(reply), Heard::Nothing | Heard::Failed);
    let mut missing = Vec::new();
    if heard(&table.auth) != Heard::Silent {
        missing.push(format!("a login on {node} that is silent at <auth>: log in again (r)"));
    }
    if nothing(&table.stream) || nothing(&table.impossible_mechanism) {
        missing.push(format!("the impossible mechanism on a fresh connection to {node}: ask again (k)"));
    }
    if nothing(&table.epas) {
        missing.push(format!("EPASSoap on {node}: its login with the password costs one attempt"));
    }
    if nothing(&table.second_user) {
        let asked_for = site.walk.goal().and_then(|goal| goal.second_user.as_ref()).is_some();
        missing.push(match asked_for {
            true => "an answer to the second user".to_owned(),
            false => "a second user of the same kind (--second-user)".to_owned(),
        });
    }
    if site.progress.controls().iter().all(|login| login.ask.purpose != Purpose::UnknownUser) {
        missing.push("a user that cannot exist".to_owned());
    }
    if table.other_nodes.is_empty() {
        missing.push("the same login on the other nodes (A, --all-nodes)".to_owned());
    }
    if missing.is_empty() {
        missing.push(format!("the same experiment once more in a minute (k), and a capture taken ON {node}"));
    }
    list(&missing)
}
