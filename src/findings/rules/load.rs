//! A rule about load: it shows before a node knows who asks, at the connect and at the first stream headers.
//!
//! A back end that is stuck shows at `<auth>` alone (design.md 3): so a quick header and a silent `<auth>` are no
//! overload.

use std::time::Duration;

use crate::journal::{Awaited, EntryNo, How, Offset, OpId, Stage};
use crate::progress::LoginProgress;

use super::super::control::Marks;
use super::super::figures::{duration, list};
use super::scene::Scene;
use super::site::Site;
use super::{Answer, code};

/// A connect that took this long lost its first SYN: the kernel sends the second one after a second.
const LOST_SYN: Duration = Duration::from_millis(900);

/// Something slow in front of the authentication.
struct Front {
    /// When it was known to be slow.
    known: Offset,
    op: OpId,
    n: EntryNo,
    took: Duration,
    stage: Stage,
    what: String,
    /// When it was begun, for a header.
    header: Option<Offset>,
}

/// One node with all its connections: looks, logins, and questions of the control experiment.
struct Node<'a> {
    host: &'a str,
    port: u16,
    logins: Vec<&'a LoginProgress>,
}

/// Slow to connect or to answer the first header, and
///
/// 1. yet quick to answer the user's `<auth>`, on whichever connection; or
/// 2. slower at the header than before, and some `<auth>` get no answer at all.
pub(super) fn node_overloaded(site: &Site<'_>) -> Vec<Answer> {
    nodes(site).iter().map(|node| overloaded(site, node)).collect()
}

fn nodes<'a>(site: &Site<'a>) -> Vec<Node<'a>> {
    let mut nodes: Vec<Node<'a>> = Vec::new();
    for login in site.progress.logins().iter().chain(site.progress.controls()) {
        let (host, port) = (login.ask.host.as_str(), login.ask.port);
        match nodes.iter_mut().find(|node| node.host.eq_ignore_ascii_case(host) && node.port == port) {
            Some(node) => node.logins.push(login),
            None => nodes.push(Node { host, port, logins: vec![login] }),
        }
    }
    nodes
}

fn overloaded(site: &Site<'_>, node: &Node<'_>) -> Answer {
    let marks = Marks::of(site.progress);
    let mut fronts: Vec<Front> = node.logins.iter().flat_map(|login| fronts(login)).collect();
    fronts.sort_by_key(|front| (front.known, front.op));
    let quick = quick(node, marks);
    let unanswered = unanswered(node).filter(|_| fronts.iter().any(|front| has_grown(node, front)));
    let (Some(first), true) = (fronts.first(), quick.is_some() || unanswered.is_some()) else {
        let over = node.logins.iter().all(|login| login.ended.is_some());
        return if over { Answer::DoesNotHold } else { Answer::CannotTellYet };
    };
    let Some(login) = node.logins.iter().copied().find(|login| login.op == first.op) else {
        return Answer::CannotTellYet;
    };
    let worst = worst(&fronts);
    let header = fronts.iter().find(|front| front.header.is_some());
    let scene = Scene { progress: site.progress, walk: site.walk, login };
    let user = site.user_id();
    scene
        .found(code::xmpp::NODE_OVERLOADED)
        .foreign("user", user)
        .foreign("account", &format!("{user}@{}", site.domain()))
        .stage(header.map_or(Stage::Tcp, |front| front.stage))
        .arg("slow_at", list(&worst.iter().map(|front| front.what.clone()).collect::<Vec<_>>()))
        .arg("auths", auths(quick, unanswered))
        .maybe("quick", quick.map(|_| "that was quick".to_owned()))
        .maybe("unanswered", unanswered.map(|_| "some <auth> get no answer".to_owned()))
        .cite(worst.iter().map(|front| front.n))
        .cite(quick.map(|(n, _)| n))
        .cite(unanswered)
        .holds()
}

fn auths(quick: Option<(EntryNo, Duration)>, unanswered: Option<EntryNo>) -> String {
    match (quick, unanswered) {
        (Some((_, took)), None) => format!("and answers <auth> in {}", duration(took)),
        (Some((_, took)), Some(_)) => format!("answers some <auth> in {}, and others not at all", duration(took)),
        (None, _) => "slower than before, and leaves <auth> without an answer".to_owned(),
    }
}

/// What was slow in front of the authentication on a connection. The header after `<success>` tells of what stands
/// behind the authentication.
fn fronts(login: &LoginProgress) -> Vec<Front> {
    let connects = login.connects.iter().filter_map(|connect| {
        let (at, outcome) = connect.ended.as_ref()?;
        let took = at.since(connect.began);
        let what = format!("the TCP connect took {}", duration(took));
        let slow = outcome.how == How::Ok && took >= LOST_SYN;
        let (op, n) = (login.op, connect.ended_n?);
        slow.then_some(Front { known: *at, op, n, took, stage: Stage::Tcp, what, header: None })
    });
    let of_header =
        login.slow.iter().filter(|slow| slow.awaited == Awaited::StreamHeader && slow.stage != Stage::StreamAuth);
    let headers = of_header.map(|slow| {
        let until = slow.answered.map_or(slow.flagged, |(_, at)| at);
        let took = until.since(slow.since);
        let what = match slow.answered {
            Some(_) => format!("the stream header took {}", duration(took)),
            None => "the stream header was slow".to_owned(),
        };
        let (op, n, known) = (login.op, slow.n, slow.flagged);
        Front { known, op, n, took, stage: slow.stage, what, header: Some(slow.since) }
    });
    connects.chain(headers).collect()
}

/// The slowest connect and the slowest header.
fn worst(fronts: &[Front]) -> Vec<&Front> {
    let slowest = |header: bool| {
        let of_kind = fronts.iter().filter(move |front| front.header.is_some() == header);
        of_kind.max_by_key(|front| front.took)
    };
    [slowest(false), slowest(true)].into_iter().flatten().collect()
}

/// The first `<auth>` of the user's that was answered at once.
fn quick(node: &Node<'_>, marks: Marks) -> Option<(EntryNo, Duration)> {
    let users = node.logins.iter().filter(|login| login.ask.purpose.is_login());
    let answers = users.flat_map(|login| &login.auths).filter_map(|sent| {
        let (n, at, _) = sent.answer?;
        Some((n, at.since(sent.at)))
    });
    answers.filter(|(_, took)| *took < marks.slow).min_by_key(|(n, _)| *n)
}

/// The first `<auth>` on the node that was left without an answer.
fn unanswered(node: &Node<'_>) -> Option<EntryNo> {
    let silences = node.logins.iter().flat_map(|login| &login.silences);
    silences.filter(|silence| silence.awaited == Awaited::AuthAnswer).map(|silence| silence.n).min()
}

/// Whether an earlier header on the node took at most half as long. The time that somebody stepped counts for the
/// earlier one, so it makes growth smaller, never larger.
fn has_grown(node: &Node<'_>, front: &Front) -> bool {
    let Some(since) = front.header else {
        return false;
    };
    let earlier = node.logins.iter().flat_map(|login| {
        login.headers.iter().filter(|header| header.stage != Stage::StreamAuth).filter_map(|header| {
            let entered = login.row(header.stage).entered?;
            (header.at <= since).then(|| header.at.since(entered))
        })
    });
    earlier.into_iter().any(|took| took * 2 <= front.took)
}
