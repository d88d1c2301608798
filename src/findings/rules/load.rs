//! A rule about load: it shows before a node knows who asks, at the connect and at the first stream headers.
//!
//! A back end that is stuck shows at `<auth>` alone (design.md 3): so a quick header and a silent `<auth>` are no
//! overload.

use std::time::Duration;

use crate::journal::{Awaited, EntryNo, How, Offset, Stage};
use crate::progress::LoginProgress;

use super::super::control::Marks;
use super::super::figures::{duration, list};
use super::scene::Scene;
use super::silence::beside_of;
use super::{Answer, code};

/// A connect that took this long lost its first SYN: the kernel sends the second one after a second.
const LOST_SYN: Duration = Duration::from_millis(900);

/// Something slow in front of the authentication.
struct Front {
    n: EntryNo,
    took: Duration,
    stage: Stage,
    what: String,
    /// When it was begun, for a header.
    header: Option<Offset>,
}

/// An `<auth>` that was answered at once: the entry, and how long it took.
type Quick = (EntryNo, Duration);

/// Slow to connect or to answer the first header, and
///
/// 1. yet quick to answer this login's `<auth>`; or
/// 2. slow so on another connection of the node, a look, a login or a question of the control experiment, while this
///    login was the first one there that was answered at once; or
/// 3. ever slower at the header, while this login's `<auth>`, the first one there, gets no answer at all.
pub(super) fn node_overloaded(scene: &Scene<'_>) -> Answer {
    if scene.login.ask.is_by_edge() {
        return scene.not_yet();
    }
    let marks = Marks::of(scene.progress);
    let node = Node::of(scene);
    let own = fronts(scene.login);
    let quick =
        quick(scene.login, marks).filter(|_| !own.is_empty() || node.first_quick(marks) == Some(scene.login.op));
    let unanswered =
        unanswered(scene.login).filter(|n| node.first_unanswered() == Some(*n) && node.slows_down(scene.login));
    let fronts = if own.is_empty() || unanswered.is_some() { node.fronts() } else { own };
    if fronts.is_empty() || (quick.is_none() && unanswered.is_none()) {
        return scene.not_yet();
    }
    let silence = scene.login.silences.iter().find(|silence| Some(silence.n) == unanswered);
    let beside = silence.map(|silence| beside_of(scene, silence)).unwrap_or_default();
    let worst = worst(&fronts);
    let header = fronts.iter().find(|front| front.header.is_some());
    scene
        .found(code::xmpp::NODE_OVERLOADED)
        .stage(header.map_or(Stage::Tcp, |front| front.stage))
        .arg("slow_at", list(&worst.iter().map(|front| front.what.clone()).collect::<Vec<_>>()))
        .arg("auths", auths(quick, unanswered))
        .arg("later", if quick.is_none() { ", ever later" } else { "" }.to_owned())
        .arg("service", beside.gist.map(|gist| format!("; XCP CM {gist}")).unwrap_or_default())
        .maybe("quick", quick.map(|_| "that was quick".to_owned()))
        .maybe("unanswered", unanswered.map(|_| "<auth> gets no answer".to_owned()))
        .cite(worst.iter().map(|front| front.n))
        .cite(quick.map(|(n, _)| n))
        .cite(unanswered)
        .cite(beside.entries)
        .holds()
}

/// All connections to one node: looks, logins, and questions of the control experiment.
struct Node<'a> {
    users: Vec<&'a LoginProgress>,
    all: Vec<&'a LoginProgress>,
}

impl<'a> Node<'a> {
    fn of(scene: &Scene<'a>) -> Self {
        let here = &scene.login.ask;
        let is_here = |login: &&'a LoginProgress| login.ask.is_beside(here);
        let users: Vec<&LoginProgress> = scene.progress.logins().iter().filter(is_here).collect();
        let mut all = users.clone();
        all.extend(scene.progress.controls().iter().filter(is_here));
        Self { users, all }
    }

    fn fronts(&self) -> Vec<Front> {
        self.all.iter().flat_map(|login| fronts(login)).collect()
    }

    /// The user's login that was answered at once before any other was.
    fn first_quick(&self, marks: Marks) -> Option<crate::journal::OpId> {
        let answered = self.users.iter().filter_map(|login| Some((quick(login, marks)?.0, login.op)));
        answered.min().map(|(_, op)| op)
    }

    /// The user's first `<auth>` here that was left without an answer.
    fn first_unanswered(&self) -> Option<EntryNo> {
        self.users.iter().filter_map(|login| unanswered(login)).min()
    }

    /// Whether headers have come ever later on the node, up to this login or beyond it. A slow one shows it that
    ///
    /// 1. took at least twice as long as the same header before (the time that somebody stepped counts for that one, so
    ///    it makes growth smaller, never larger); or
    /// 2. was not the first slow one, and no quicker than that.
    ///
    /// A slow header that has passed before the login began says nothing of it.
    fn slows_down(&self, login: &LoginProgress) -> bool {
        let fronts = self.fronts();
        fronts.iter().any(|front| {
            let since = front.header.filter(|since| *since >= login.began);
            since.is_some_and(|since| self.has_doubled(front, since) || again_slow(&fronts, front, since))
        })
    }

    fn has_doubled(&self, front: &Front, since: Offset) -> bool {
        self.all.iter().any(|login| {
            let mut same = login.headers.iter().filter(|header| header.stage == front.stage && header.at <= since);
            let took = |at: Offset| Some(at.since(login.row(front.stage).entered?));
            same.any(|header| took(header.at).is_some_and(|took| took * 2 <= front.took))
        })
    }
}

/// Whether the same header was slow on an earlier connection, and took no longer.
fn again_slow(fronts: &[Front], front: &Front, since: Offset) -> bool {
    fronts.iter().any(|other| {
        let earlier = other.header.is_some_and(|began| began < since);
        earlier && other.stage == front.stage && other.took <= front.took
    })
}

fn auths(quick: Option<Quick>, unanswered: Option<EntryNo>) -> String {
    match (quick, unanswered) {
        (Some((_, took)), None) => format!("and answers <auth> in {}", duration(took)),
        (Some((_, took)), Some(_)) => {
            format!("and answers some <auth> in {}, and others not at all", duration(took))
        }
        (None, _) => "and leaves <auth> without an answer".to_owned(),
    }
}

/// The first `<auth>` of a login that was answered at once.
fn quick(login: &LoginProgress, marks: Marks) -> Option<Quick> {
    let answers = login.auths.iter().filter_map(|sent| {
        let (n, at, _) = sent.answer?;
        Some((n, at.since(sent.at)))
    });
    answers.take(1).find(|(_, took)| *took < marks.slow)
}

/// The first `<auth>` of a login that was left without an answer.
fn unanswered(login: &LoginProgress) -> Option<EntryNo> {
    login.silences.iter().find(|silence| silence.awaited == Awaited::AuthAnswer).map(|silence| silence.n)
}

/// What was slow in front of the authentication on a connection. The header after `<success>` tells of what stands
/// behind the authentication.
fn fronts(login: &LoginProgress) -> Vec<Front> {
    // How long a proxy took is no matter of the node's.
    let own = login.connects.iter().filter(|_| login.via.is_none());
    let connects = own.filter_map(|connect| {
        let (at, outcome) = connect.ended.as_ref()?;
        let took = at.since(connect.began);
        let what = format!("the TCP connect took {}", duration(took));
        let slow = outcome.how == How::Ok && took >= LOST_SYN;
        let n = connect.ended_n?;
        slow.then_some(Front { n, took, stage: Stage::Tcp, what, header: None })
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
        Front { n: slow.n, took, stage: slow.stage, what, header: Some(slow.since) }
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
