//! Rules about names, addresses and connections.

use crate::journal::{ClosedBy, How, Outcome, ProxySays, Stage, reply_words};
use crate::progress::{Progress, ResolveTry};

use super::super::figures::{duration, list};
use super::found::Found;
use super::wire::{Attempt, Wire};
use super::{Answer, Code, code};

/// The lookup ended without an address. One that we stopped says nothing.
pub(super) fn target_unresolved(progress: &Progress, lookup: &ResolveTry) -> Answer {
    let Some((n, outcome)) = &lookup.ended else {
        return Answer::CannotTellYet;
    };
    if !lookup.addresses.is_empty() || outcome.how == How::Stopped {
        return Answer::DoesNotHold;
    }
    let why = outcome.text.clone().or(outcome.code.clone());
    let named_by = progress.login(lookup.op).map(|login| login.ask.named_by.clone()).filter(|by| !by.is_empty());
    let found = Found::about(code::dns::TARGET_UNRESOLVED, &lookup.host);
    match progress.login(lookup.op) {
        Some(login) => found.of(login.op),
        None => found,
    }
    .arg("kind", "imp")
    .foreign("named_by", named_by.as_deref().unwrap_or("the command line"))
    .foreign("why", &why.unwrap_or_else(|| "no address came back".to_owned()))
    .cite([lookup.n, *n])
    .holds()
}

/// Whether an outcome tells of the target: not of a proxy that is in trouble, or will not.
fn is_of_target(outcome: &Outcome) -> bool {
    matches!(outcome.proxy_says(), None | Some(ProxySays::OfTarget))
}

pub(super) fn is_refused(outcome: &Outcome) -> bool {
    let said = outcome.how == How::Refused || outcome.code.as_deref() == Some("ECONNREFUSED");
    said && is_of_target(outcome)
}

pub(super) fn is_late(outcome: &Outcome) -> bool {
    let said = outcome.how == How::TimedOut || outcome.code.as_deref() == Some("ETIMEDOUT");
    said && is_of_target(outcome)
}

fn is_reset(outcome: &Outcome) -> bool {
    outcome.code.as_deref() == Some("ECONNRESET")
}

pub(super) fn is_no_way(outcome: &Outcome) -> bool {
    !matches!(outcome.how, How::Ok | How::Stopped)
        && is_of_target(outcome)
        && !is_refused(outcome)
        && !is_late(outcome)
        && !is_reset(outcome)
}

/// A connect was refused.
pub(super) fn refused(wire: &Wire<'_>) -> Answer {
    connects(wire, code::tcp::REFUSED, is_refused)
}

/// A connect got no answer in its time.
pub(super) fn timed_out(wire: &Wire<'_>) -> Answer {
    connects(wire, code::tcp::TIMEOUT, is_late)
}

/// A connect found no way: the path or our own host said so.
pub(super) fn unreachable(wire: &Wire<'_>) -> Answer {
    connects(wire, code::tcp::UNREACHABLE, is_no_way)
}

/// The proxy would not connect to it, or not for us.
pub(super) fn proxy_refused(wire: &Wire<'_>) -> Answer {
    connects(wire, code::via::REFUSED, |outcome| outcome.proxy_says() == Some(ProxySays::No))
}

/// The code of an outcome; a proxy's number with what it means.
pub(super) fn word(outcome: &Outcome) -> Option<String> {
    let code = outcome.code.clone()?;
    let number = code.strip_prefix("SOCKS ").and_then(|number| number.parse().ok());
    Some(number.map_or_else(|| code.clone(), |number| format!("{code}, {}", reply_words(number))))
}

/// The connects to a server that ended in one way. Where another address answered, or another server of its kind, or
/// where the login does not need the server, the finding says so.
fn connects(wire: &Wire<'_>, code: Code, wanted: fn(&Outcome) -> bool) -> Answer {
    let tries: Vec<&Attempt<'_>> = wire.connects.iter().filter(|connect| connect.ended_as(wanted)).collect();
    let Some(last) = tries.last() else {
        return wire.not_at(Stage::Tcp);
    };
    let mut addresses: Vec<String> = Vec::new();
    for connect in &tries {
        if !addresses.iter().any(|known| known == connect.to) {
            addresses.push(connect.to.to_owned());
        }
    }
    let took = last.ended.map(|(_, at, _)| duration(at.since(last.began)));
    let word = last.ended.and_then(|(_, _, outcome)| word(outcome));
    wire.found(code)
        .foreign("addresses", &list(&addresses))
        .foreign("code", word.as_deref().unwrap_or("no system code"))
        .maybe("took", took)
        .maybe("other_ok", wire.other_ok())
        .maybe("beside", wire.beside())
        .cite(tries.iter().flat_map(|connect| connect.entries()))
        .holds()
}

/// The connection was reset: at connect, in the handshake, or later in a login, but for an unanswered `<auth>`,
/// which has a code of its own, and for what a reason was given for.
pub(super) fn reset(wire: &Wire<'_>) -> Answer {
    let end = |tries: &[Attempt<'_>]| {
        tries.iter().find(|attempt| attempt.ended_as(is_reset)).and_then(|attempt| Some(attempt.ended?.0))
    };
    let by_connect = end(&wire.connects).map(|n| (Stage::Tcp, n));
    let by_handshake = end(&wire.handshakes).map(|n| (Stage::Tls, n));
    let closed = wire.login().and_then(|scene| scene.login.peers_end());
    let by_close = closed
        .filter(|closed| closed.by == ClosedBy::PeerReset)
        .filter(|closed| !closed.finished && !closed.announced && !closed.auth_open)
        .map(|closed| (closed.stage, closed.n));
    let Some((stage, n)) = by_connect.or(by_handshake).or(by_close) else {
        return wire.not_yet();
    };
    let entries = [by_connect, by_handshake, by_close].into_iter().flatten().map(|(_, n)| n);
    let stand_in = wire.place().and_then(|at| at.stand_in());
    wire.found_at(code::tcp::RESET, stage).maybe("other_ok", stand_in).cite([n]).cite(entries).holds()
}
