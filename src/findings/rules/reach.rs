//! Rules about names, addresses and connections.

use crate::journal::{ClosedBy, How, Outcome, Stage};
use crate::progress::{ConnectTry, Progress, ResolveTry};

use super::super::figures::{duration, list};
use super::{Answer, Code, Found, Scene, code};

/// The lookup ended without an address. One that we stopped says nothing.
pub(super) fn target_unresolved(progress: &Progress, lookup: &ResolveTry) -> Answer {
    let Some((n, outcome)) = &lookup.ended else {
        return Answer::CannotTellYet;
    };
    if !lookup.addresses.is_empty() || outcome.how == How::Stopped {
        return Answer::DoesNotHold;
    }
    let why = outcome.text.clone().or(outcome.code.clone());
    let found = Found::about(code::dns::TARGET_UNRESOLVED, &lookup.host);
    match progress.login(lookup.op) {
        Some(login) => found.of(login),
        None => found,
    }
    .foreign("why", &why.unwrap_or_else(|| "no address came back".to_owned()))
    .cite([lookup.n, *n])
    .holds()
}

fn is_refused(outcome: &Outcome) -> bool {
    outcome.how == How::Refused || outcome.code.as_deref() == Some("ECONNREFUSED")
}

fn is_late(outcome: &Outcome) -> bool {
    outcome.how == How::TimedOut || outcome.code.as_deref() == Some("ETIMEDOUT")
}

fn is_reset(outcome: &Outcome) -> bool {
    outcome.code.as_deref() == Some("ECONNRESET")
}

fn is_no_way(outcome: &Outcome) -> bool {
    !matches!(outcome.how, How::Ok | How::Stopped)
        && !is_refused(outcome)
        && !is_late(outcome)
        && !is_reset(outcome)
}

/// A connect was refused.
pub(super) fn refused(scene: &Scene<'_>) -> Answer {
    connects(scene, code::tcp::REFUSED, |connect| ended(connect, is_refused))
}

/// A connect got no answer in its time.
pub(super) fn timed_out(scene: &Scene<'_>) -> Answer {
    connects(scene, code::tcp::TIMEOUT, |connect| ended(connect, is_late))
}

/// A connect found no way: the path or our own host said so.
pub(super) fn unreachable(scene: &Scene<'_>) -> Answer {
    connects(scene, code::tcp::UNREACHABLE, |connect| ended(connect, is_no_way))
}

fn ended(connect: &ConnectTry, wanted: fn(&Outcome) -> bool) -> bool {
    connect.ended.as_ref().is_some_and(|(_, outcome)| wanted(outcome))
}

/// The connects of a login that ended in one way. Where another address answered, the finding says so.
fn connects(scene: &Scene<'_>, code: Code, wanted: fn(&ConnectTry) -> bool) -> Answer {
    let tries: Vec<&ConnectTry> = scene.login.connects.iter().filter(|connect| wanted(connect)).collect();
    let Some(last) = tries.last() else {
        return scene.not_at(Stage::Tcp);
    };
    let addresses: Vec<String> = tries.iter().map(|connect| connect.to.clone()).collect();
    let took = last.ended.as_ref().map(|(at, _)| duration(at.since(last.began)));
    let word = last.ended.as_ref().and_then(|(_, outcome)| outcome.code.clone());
    scene
        .found(code)
        .foreign("addresses", &list(&addresses))
        .foreign("code", word.as_deref().unwrap_or("no system code"))
        .maybe("took", took)
        .maybe("other_ok", scene.login.remote.clone())
        .cite(tries.iter().flat_map(|connect| [Some(connect.n), connect.ended_n].into_iter().flatten()))
        .holds()
}

/// The connection was reset: at connect, in the handshake, or later, but for an unanswered `<auth>`, which has a
/// code of its own, and for what a reason was given for.
pub(super) fn reset(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    let connect = login.connects.iter().find(|connect| ended(connect, is_reset));
    let by_connect = connect.and_then(|connect| Some((Stage::Tcp, connect.ended_n?)));
    let handshake = login
        .handshakes
        .iter()
        .find(|handshake| handshake.ended.as_ref().is_some_and(|(_, outcome)| is_reset(outcome)));
    let by_handshake = handshake.and_then(|handshake| Some((Stage::Tls, handshake.ended_n?)));
    let closed = login.peers_end().filter(|closed| closed.by == ClosedBy::PeerReset);
    let by_close = closed
        .filter(|closed| !closed.finished && !closed.announced && !closed.auth_open)
        .map(|closed| (closed.stage, closed.n));
    let Some((stage, n)) = by_connect.or(by_handshake).or(by_close) else {
        return scene.not_yet();
    };
    let entries = [by_connect, by_handshake, by_close].into_iter().flatten().map(|(_, n)| n);
    scene.found(code::tcp::RESET).stage(stage).cite([n]).cite(entries).holds()
}
