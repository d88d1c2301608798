//! Rules about what `<auth>` was answered, and about who should have been asked.

use std::time::Duration;

use crate::journal::{Awaited, ClosedBy, EntryNo, Remark, Stage};
use crate::progress::{AuthAnswer, AuthSent, SaslFailure};

use super::super::figures::{duration, foreign, list, named, short};
use super::found::Found;
use super::password::beside;
use super::scene::Scene;
use super::stream::said;
use super::user::is_node;
use super::{Answer, Code, Finding, code};

const BACKEND: &str = "temporary-auth-failure";

/// No mechanism that could be used: none offered under TLS, or none that fits what is at hand.
pub(super) fn no_mechanism(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    let remark = login.remarks.iter().find_map(|seen| match &seen.remark {
        Remark::NoMechanism { offered } => Some((seen.n, offered.clone())),
        _ => None,
    });
    let empty = login.features.iter().find(|seen| seen.stage == Stage::StreamTls && seen.mechanisms.is_empty());
    let (n, offered) = match (remark, empty) {
        (Some((n, offered)), _) => (n, offered),
        (None, Some(seen)) => (seen.n, Vec::new()),
        (None, None) => return scene.not_at(Stage::StreamTls),
    };
    let found = scene.found(code::xmpp::NO_MECHANISM).stage(Stage::Auth);
    found.foreign("offered", &list(&offered)).cite([n]).cite(empty.map(|seen| seen.n)).holds()
}

/// The answer, whatever it was, came after the mark `slow`. A refusal after the mark `silent` has its own code.
pub(super) fn slow(scene: &Scene<'_>) -> Answer {
    let (slow, silent) = scene.marks();
    let slow_one = scene.login.auths.iter().find_map(|sent| {
        let (n, at, answer) = sent.answer?;
        let took = at.since(sent.at);
        let us = took.as_micros();
        let late_refusal = answer == AuthAnswer::Failure && us >= u128::from(silent);
        (us >= u128::from(slow) && !late_refusal).then_some((sent.n, n, took))
    });
    let Some((sent, answer, took)) = slow_one else {
        return scene.not_at(Stage::Auth);
    };
    let found = scene.found(code::xmpp::AUTH_SLOW).stage(Stage::Auth).arg("answer_time", duration(took));
    found.cite([sent, answer]).holds()
}

/// Refused in good time, for a reason other than a temporary one. A one-time password has a code of its own.
pub(super) fn refused(scene: &Scene<'_>) -> Answer {
    let answer = refusal(scene, code::xmpp::AUTH_REFUSED, |scene, failure| {
        failure.condition != BACKEND && !is_late(scene, failure) && !is_token(scene, failure)
    });
    match answer {
        Answer::Holds(finding) if scene.is_away() => Answer::Holds(away(beside(scene, finding))),
        Answer::Holds(finding) => Answer::Holds(beside(scene, finding)),
        answer => answer,
    }
}

/// A node that is not the user's home may refuse them (protocol.md 6.8): that is an answer, and no fault.
fn away(mut finding: Finding) -> Finding {
    let words = "the node is not the user's home, so this is an answer and no fault";
    if let Some(said) = finding.args.get_mut("said") {
        said.push_str(&format!(" ({words})"));
    }
    finding.args.insert("away", words.to_owned());
    finding
}

/// Faults of what was sent, which say nothing of the user.
const OF_THE_REQUEST: [&str; 6] = [
    "invalid-mechanism",
    "malformed-request",
    "incorrect-encoding",
    "encryption-required",
    "mechanism-too-weak",
    "aborted",
];

/// Refused in good time, and accepted by another node: the user and the credential are known there. A one-time
/// password proves nothing of this kind, for it serves once.
pub(super) fn accepted_elsewhere(scene: &Scene<'_>) -> Answer {
    let ask = &scene.login.ask;
    let is_refused = |scene: &Scene<'_>, failure: &SaslFailure| {
        let of_the_user = !OF_THE_REQUEST.contains(&failure.condition.as_str()) && failure.condition != BACKEND;
        of_the_user && !is_late(scene, failure) && !is_token(scene, failure)
    };
    let Some((host, n)) = accepted_by(scene) else {
        return scene.not_at(Stage::Auth);
    };
    match refusal(scene, code::xmpp::ACCEPTED_ELSEWHERE, is_refused) {
        Answer::Holds(finding) => {
            let found = Found(finding).foreign("other_host", &host).cite([n]);
            match ask.home {
                Some(true) => found.arg("home", "this is the user's home node").holds(),
                Some(false) => found.arg("away", "this is not the user's home node").holds(),
                None => found.holds(),
            }
        }
        other => other,
    }
}

/// Another node that accepted this user, and the entry that says so.
fn accepted_by(scene: &Scene<'_>) -> Option<(String, EntryNo)> {
    let here = &scene.login.ask;
    let others = scene.progress.logins().iter().filter(|login| {
        let ask = &login.ask;
        !is_node(&ask.host, &here.host) && ask.user == here.user && ask.domain == here.domain
    });
    others.into_iter().find_map(|login| {
        let accepted =
            |sent: &AuthSent| sent.answer.filter(|(.., answer)| *answer == AuthAnswer::Success).map(|(n, ..)| n);
        Some((login.ask.host.clone(), login.auths.iter().find_map(accepted)?))
    })
}

/// A one-time password was refused in good time.
pub(super) fn token_refused(scene: &Scene<'_>) -> Answer {
    refusal(scene, code::xmpp::TOKEN_REFUSED, |scene, failure| {
        failure.condition != BACKEND && !is_late(scene, failure) && is_token(scene, failure)
    })
}

fn is_token(scene: &Scene<'_>, failure: &SaslFailure) -> bool {
    let sent = scene.login.auths.iter().rfind(|sent| sent.n < failure.n);
    sent.is_some_and(|sent| sent.mechanism.as_deref() == Some("CISCO-VTG-TOKEN"))
}

/// Refused after a silence that the path does not account for: it waited for something behind it.
pub(super) fn refused_late(scene: &Scene<'_>) -> Answer {
    refusal(scene, code::xmpp::AUTH_REFUSED_LATE, |scene, failure| {
        failure.condition != BACKEND && is_late(scene, failure)
    })
}

/// `temporary-auth-failure`, early or late.
pub(super) fn backend(scene: &Scene<'_>) -> Answer {
    refusal(scene, code::xmpp::AUTH_BACKEND, |_, failure| failure.condition == BACKEND)
}

fn is_late(scene: &Scene<'_>, failure: &SaslFailure) -> bool {
    let (_, silent) = scene.marks();
    let lost_on_the_path = scene
        .login
        .silences
        .iter()
        .any(|silence| silence.awaited == Awaited::AuthAnswer && silence.unacked.is_some());
    failure.after_us.is_some_and(|after| after >= silent) && !lost_on_the_path
}

fn refusal(scene: &Scene<'_>, code: Code, wanted: fn(&Scene<'_>, &SaslFailure) -> bool) -> Answer {
    let Some(failure) = scene.login.failure.as_ref() else {
        return scene.not_at(Stage::Auth);
    };
    if !wanted(scene, failure) {
        return Answer::DoesNotHold;
    }
    let sent = scene.login.auths.iter().rfind(|sent| sent.n < failure.n);
    let took =
        failure.after_us.map_or_else(|| "an unknown time".to_owned(), |us| duration(Duration::from_micros(us)));
    let found = scene
        .found(code)
        .stage(Stage::Auth)
        .foreign("condition", &failure.condition)
        .arg("named", named(&failure.condition))
        .arg("said", said(failure.text.as_deref()))
        .arg("answer_time", took)
        .cite([failure.n])
        .cite(sent.map(|sent| sent.n));
    with_mechanism(found, sent.and_then(|sent| sent.mechanism.as_deref())).holds()
}

fn with_mechanism(found: Found, mechanism: Option<&str>) -> Found {
    found.foreign("mechanism", mechanism.unwrap_or("an unnamed mechanism"))
}

/// The stream or the connection ended instead of an answer.
pub(super) fn closed(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    let closed = login.peers_end().filter(|closed| closed.auth_open && !closed.announced);
    let Some(closed) = closed else {
        return scene.not_at(Stage::Auth);
    };
    let sent = login.last_auth();
    let how = match closed.by {
        ClosedBy::PeerReset => "with RST".to_owned(),
        ClosedBy::Link => format!("the link was lost ({})", closed.code.as_deref().unwrap_or("no system code")),
        ClosedBy::Tls => super::tls::by_tls(closed.code.as_deref()),
        ClosedBy::PeerFin | ClosedBy::Us if login.stream_closed.is_some() => "with </stream:stream>".to_owned(),
        ClosedBy::PeerFin | ClosedBy::Us => "with FIN".to_owned(),
    };
    let found = scene
        .found(code::xmpp::AUTH_CLOSED)
        .stage(Stage::Auth)
        .foreign("how", &how)
        .arg("took", sent.map_or_else(|| "an unknown time".to_owned(), |sent| duration(closed.at.since(sent.at))))
        .cite([closed.n])
        .cite(sent.map(|sent| sent.n));
    with_mechanism(found, sent.and_then(|sent| sent.mechanism.as_deref())).holds()
}

/// The mechanisms name another node as the user's home (protocol.md 5.4). An address cannot be compared.
pub(super) fn wrong_node(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    let host = login.ask.host.as_str();
    let is_address = short(host) == host && host.contains(['.', ':']);
    let named = login.features.iter().filter(|seen| !is_address && !seen.hostnames.is_empty());
    let Some(seen) = named.clone().find(|seen| !is_node(&seen.hostnames[0], host)) else {
        return scene.not_at(Stage::StreamTls);
    };
    let found = scene
        .found(code::xmpp::WRONG_NODE)
        .stage(seen.stage)
        .foreign("home_node", &seen.hostnames[0])
        .foreign("backup_node", seen.hostnames.get(1).map_or("none named", String::as_str))
        .cite([seen.n]);
    let by_home = accepted_by(scene).filter(|(host, _)| is_node(host, &seen.hostnames[0]));
    match &login.failure {
        // The home node took the user: that another one does not is how it is meant to work.
        Some(failure) => found
            .foreign("refused", &failure.condition)
            .maybe("other_ok", by_home.as_ref().map(|(host, _)| foreign(host)))
            .cite([failure.n])
            .cite(by_home.map(|(_, n)| n))
            .holds(),
        None => found.holds(),
    }
}

/// The server's SCRAM signature is wrong or missing: it did not prove that it knows the password.
pub(super) fn server_not_proven(scene: &Scene<'_>) -> Answer {
    let seen = scene.login.remarks.iter().find(|seen| seen.remark == Remark::ServerNotProven);
    let Some(seen) = seen else {
        return scene.not_at(Stage::Auth);
    };
    let found = scene.found(code::xmpp::SERVER_NOT_PROVEN).stage(Stage::Auth).cite([seen.n]);
    let sent = scene.login.last_auth().and_then(|sent| sent.mechanism.as_deref());
    with_mechanism(found, sent).holds()
}

/// An answer to `<auth>` or `<response>` that the mechanism does not allow: what was sent is not judged.
pub(super) fn sasl_broken(scene: &Scene<'_>) -> Answer {
    let broken = scene.login.remarks.iter().find_map(|seen| match &seen.remark {
        Remark::SaslBroken { what } => Some((seen.n, what)),
        _ => None,
    });
    let Some((n, what)) = broken else {
        return scene.not_at(Stage::Auth);
    };
    let found = scene.found(code::xmpp::SASL_BROKEN).stage(Stage::Auth).foreign("what", what).cite([n]);
    let sent = scene.login.auths.iter().rev().find_map(|sent| sent.mechanism.as_deref());
    with_mechanism(found, sent).holds()
}
