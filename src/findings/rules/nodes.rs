//! Rules over several nodes: which of them leaves unanswered what another one answers.

use std::time::Duration;

use crate::journal::{Awaited, EntryNo, Offset};
use crate::progress::{LoginProgress, Silence};

use super::super::control::Marks;
use super::super::figures::{beside, duration, foreign, list};
use super::found::Found;
use super::scene::Scene;
use super::site::Site;
use super::{Answer, code};

/// A login was left without an answer where another node answered the same in time. A refusal is an answer: the user
/// need not be at home there.
pub(super) fn disagree(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    let (_, silent_us) = scene.marks();
    // What an edge answers does not say that a node should: it is another way in.
    let is_node = |login: &&LoginProgress| !login.ask.is_by_edge();
    let others =
        || scene.progress.logins().iter().filter(|other| !other.ask.is_beside(&login.ask)).filter(is_node);
    let disagreement = login.silences.iter().filter(|_| is_node(&login)).find_map(|silence| {
        let in_time =
            |(n, took): (EntryNo, Duration)| (took.as_micros() < u128::from(silent_us)).then_some((n, took));
        let (other, (n, took)) =
            others().find_map(|other| Some((other, answered(other, silence).and_then(in_time)?)))?;
        Some((silence, other, n, took))
    });
    let Some((silence, other, n, took)) = disagreement else {
        return scene.not_yet();
    };
    scene
        .found(code::nodes::DISAGREE)
        .stage(silence.stage)
        .arg("awaited", silence.awaited.words())
        .arg("waited", duration(scene.login.known_wait(silence)))
        .foreign("other_host", beside(&other.ask.host, &login.ask.host))
        .arg("answer_time", duration(took))
        .cite([silence.n, n])
        .holds()
}

/// What another login got where this silence was: the entry, and how long it took.
fn answered(other: &LoginProgress, silence: &Silence) -> Option<(EntryNo, Duration)> {
    let row = other.row(silence.stage);
    let within = |n: EntryNo, at: Offset| Some((n, at.since(row.entered?)));
    match silence.awaited {
        Awaited::AuthAnswer => other.auths.iter().find_map(|sent| {
            let (n, at, _) = sent.answer?;
            Some((n, at.since(sent.at)))
        }),
        Awaited::StreamHeader => {
            let header = other.headers.iter().find(|header| header.stage == silence.stage)?;
            within(header.n, header.at)
        }
        Awaited::Features => {
            let features = other.features.iter().find(|features| features.stage == silence.stage)?;
            within(features.n, features.at)
        }
        Awaited::Proceed => within(other.proceed?, row.left?),
        Awaited::BindResult | Awaited::SessionResult => {
            other.jid.as_ref()?;
            within(other.n, row.left?)
        }
        Awaited::Connect | Awaited::Handshake | Awaited::Anything | Awaited::StreamClose | Awaited::Written => {
            None
        }
    }
}

/// What became of a credential on a node.
struct Tried<'a> {
    login: &'a LoginProgress,
    sent: Offset,
    /// When its wait was called silent, and the entry.
    silent: Option<(Offset, EntryNo)>,
    /// When it was answered before that.
    answered: Option<Offset>,
}

/// At some moment every node that had been asked with a credential, at least two, was silent to it. Where one answers
/// afterwards the finding says so, and explains nothing any more.
pub(super) fn cluster_silent(site: &Site<'_>) -> Vec<Answer> {
    let marks = Marks::of(site.progress);
    let mut tried: Vec<Tried<'_>> = site.progress.logins().iter().filter_map(tried).collect();
    tried.sort_by_key(|tried| (tried.sent, tried.login.op));
    let moments = tried.iter().filter_map(|tried| Some(tried.silent?.0));
    let Some(all) = moments.filter_map(|moment| silent_at(&tried, moment)).max_by_key(Vec::len) else {
        return Vec::new();
    };
    let hosts: Vec<String> = all.iter().map(|tried| foreign(&tried.login.ask.host)).collect();
    let answered = tried.iter().find(|tried| tried.answered.is_some());
    let domain = site.domain();
    let found = Found::about(code::nodes::CLUSTER_SILENT, domain)
        .of(tried[0].login.op)
        .foreign("domain", domain)
        .foreign("user", site.user_id())
        .foreign("account", &format!("{}@{domain}", site.user_id()))
        .arg("nodes", list(&hosts))
        .arg("waited", duration(marks.silent))
        .maybe(
            "superseded",
            answered.map(|tried| format!("{} answered afterwards", foreign(&tried.login.ask.host))),
        )
        .cite(all.iter().filter_map(|tried| Some(tried.silent?.1)));
    vec![found.holds()]
}

fn tried(login: &LoginProgress) -> Option<Tried<'_>> {
    let sent = login.auths.iter().find(|sent| sent.credential && !login.ask.is_by_edge())?;
    let silence = login.silences.iter().find(|silence| silence.awaited == Awaited::AuthAnswer);
    let answer = login.auths.iter().rev().find_map(|sent| sent.answer).filter(|_| silence.is_none());
    Some(Tried {
        login,
        sent: sent.at,
        silent: silence.map(|silence| (silence.flagged, silence.n)),
        answered: answer.map(|(_, at, _)| at),
    })
}

/// The newest try on each node by then, if each of at least two was silent by then. They are in the order in which
/// they were sent.
fn silent_at<'t, 'a>(tried: &'t [Tried<'a>], moment: Offset) -> Option<Vec<&'t Tried<'a>>> {
    let mut newest: Vec<&Tried<'_>> = Vec::new();
    for one in tried.iter().filter(|one| one.sent <= moment) {
        newest.retain(|known| !known.login.ask.is_beside(&one.login.ask));
        newest.push(one);
    }
    let is_silent = |one: &&Tried<'_>| one.silent.is_some_and(|(flagged, _)| flagged <= moment);
    (newest.len() >= 2 && newest.iter().all(is_silent)).then_some(newest)
}
