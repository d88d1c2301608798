//! Rules about the proxy by way of which everything is reached (RFC 1928).

use crate::journal::{ClosedBy, EntryNo, How, Outcome, ProxySays, Stage};

use super::found::Found;
use super::reach::word;
use super::site::Site;
use super::wire::Wire;
use super::{Answer, code};

/// The proxy itself was not reached, or is none: one finding for the run, for there is one proxy.
pub(super) fn unreachable(site: &Site<'_>) -> Vec<Answer> {
    let nothing = || vec![if is_over(site) { Answer::DoesNotHold } else { Answer::CannotTellYet }];
    let Some(via) = site.via() else { return nothing() };
    let outcomes = outcomes(site);
    let mut troubles: Vec<&(EntryNo, EntryNo, &Outcome)> =
        outcomes.iter().filter(|(.., outcome)| outcome.proxy_says() == Some(ProxySays::Trouble)).collect();
    troubles.sort_by_key(|(_, ended, _)| *ended);
    let Some((_, _, first)) = troubles.first() else {
        return nothing();
    };
    let served = outcomes.iter().any(|(.., outcome)| outcome.proxy_says() != Some(ProxySays::Trouble));
    let found = Found::about(code::via::UNREACHABLE, &via.host)
        .arg("port", via.port.to_string())
        .foreign("via", &via.to_string())
        .foreign("code", &word(first).unwrap_or_default())
        .foreign("why", first.text.as_deref().unwrap_or("it did not answer"))
        .arg("tries", times(troubles.len()))
        .maybe("other_ok", served.then(|| "other connections through it stood".to_owned()))
        .cite(troubles.iter().flat_map(|(began, ended, _)| [*began, *ended]));
    vec![found.holds()]
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

/// How every connect and every question to a DNS server ended, with the entries of its beginning and its end.
fn outcomes<'a>(site: &Site<'a>) -> Vec<(EntryNo, EntryNo, &'a Outcome)> {
    let logins = site.progress.logins().iter().chain(site.progress.controls());
    let of_logins = logins.flat_map(|login| &login.connects).filter_map(|connect| {
        let (_, outcome) = connect.ended.as_ref()?;
        Some((connect.n, connect.ended_n?, outcome))
    });
    let of_requests = site.walk.exchanges().iter().flat_map(|exchange| &exchange.connects).filter_map(|connect| {
        let end = connect.ended.as_ref()?;
        Some((connect.n, end.n, &end.outcome))
    });
    let through_it = |server: &str| {
        let named = site.walk.goal().into_iter().flat_map(|goal| &goal.dns);
        named.into_iter().any(|known| known.via && known.address == server)
    };
    let questions = site.walk.lookups().iter().filter(|lookup| through_it(&lookup.ask.server));
    let of_questions = questions.filter_map(|lookup| {
        let end = lookup.ended.as_ref()?;
        Some((lookup.n, end.n, &end.outcome))
    });
    of_logins.chain(of_requests).chain(of_questions).collect()
}

fn is_over(site: &Site<'_>) -> bool {
    let logins = site.progress.logins().iter().chain(site.progress.controls());
    logins.into_iter().all(|login| login.ended.is_some())
        && site.walk.exchanges().iter().all(|exchange| exchange.ended.is_some())
        && site.walk.lookups().iter().all(|lookup| lookup.ended.is_some())
}

/// The proxy said that it had connected, and the connection ended before a byte came from there: so a port that is
/// closed looks by way of a proxy that says so before it has tried.
pub(super) fn closed(wire: &Wire<'_>) -> Answer {
    if wire.site.via().is_none() {
        return wire.not_yet();
    }
    let by_handshake = wire.handshakes.iter().filter(|_| wire.begins_with_tls()).find_map(|shake| {
        let (n, _, outcome) = shake.ended.filter(|(_, _, outcome)| is_end(outcome))?;
        let showed = wire.presented.iter().any(|shown| (shake.n..n).contains(&shown.n));
        (!showed).then(|| (n, outcome.code.as_deref().unwrap_or("FIN")))
    });
    let by_login = wire.login().and_then(|scene| {
        let login = scene.login;
        let closed = login.closed.as_ref().filter(|closed| closed.stage == Stage::Stream)?;
        let by_peer = matches!(closed.by, ClosedBy::PeerFin | ClosedBy::PeerReset);
        let silent = login.headers.is_empty() && login.partial.is_none() && login.not_xml.is_empty();
        (by_peer && silent).then(|| (closed.n, closed.code.as_deref().unwrap_or("FIN")))
    });
    let Some((n, how)) = by_handshake.into_iter().chain(by_login).min() else { return wire.not_yet() };
    let stage = if by_login.is_some() { Stage::Stream } else { Stage::Tls };
    let stands = wire.place().and_then(|at| at.stand_in());
    wire.found_at(code::via::CLOSED, stage)
        .foreign("how", how)
        .maybe("other_ok", stands)
        .maybe("beside", wire.beside())
        .cite([n])
        .holds()
}

/// Whether it is the peer's end of a connection, and no answer of TLS.
fn is_end(outcome: &Outcome) -> bool {
    outcome.how == How::Lost && matches!(outcome.code.as_deref(), Some("FIN" | "ECONNRESET" | "EPIPE"))
}
