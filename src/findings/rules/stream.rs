//! Rules about the stream: STARTTLS, errors, ends, and bytes that are no XMPP.

use crate::journal::{ClosedBy, EntryNo, How, Offset, Outcome, Remark, Stage, TlsMode, host_port};
use crate::progress::{IqError, StreamError};

use super::super::figures::{duration, foreign, named};
use super::reach::is_refused;
use super::scene::Scene;
use super::{Answer, Code, code};

fn remarked<'a, T>(scene: &'a Scene<'_>, of: impl Fn(&'a Remark) -> Option<T>) -> Option<(EntryNo, Stage, T)> {
    scene.login.remarks.iter().find_map(|seen| Some((seen.n, seen.stage, of(&seen.remark)?)))
}

/// STARTTLS was answered with `<failure/>`.
pub(super) fn starttls_refused(scene: &Scene<'_>) -> Answer {
    match scene.login.starttls_failure {
        Some(n) => scene.found(code::xmpp::STARTTLS_REFUSED).stage(Stage::Starttls).cite([n]).holds(),
        None => scene.not_at(Stage::Starttls),
    }
}

/// TLS was begun with the first byte, and what is on that port does not speak it.
///
/// 1. The port is closed: IM&P is not known to have a listener of this kind (protocol.md 1.1).
/// 2. Or what came back is no TLS: a stream error in clear, or the end of the connection.
/// 3. Not where an answer of TLS came, an alert too: then it is there, and something else is wrong.
pub(super) fn no_direct_tls(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    if login.ask.tls != TlsMode::Direct {
        return scene.not_at(Stage::Tls);
    }
    let connected = login.connects.iter().any(|connect| ended(&connect.ended, |end| end.how == How::Ok));
    let refused = login.connects.iter().find(|connect| ended(&connect.ended, is_refused)).filter(|_| !connected);
    let no_tls = login.handshakes.iter().find(|shake| ended(&shake.ended, is_no_tls));
    let spoken = login.agreed.is_some() || login.legacy.as_ref().is_some_and(|legacy| legacy.version.is_some());
    let (got, n) = match (refused, no_tls) {
        (Some(connect), _) => ("the port is closed", connect.ended_n),
        (None, Some(shake)) if !spoken => ("what came back is no TLS", shake.ended_n),
        _ => return scene.not_at(Stage::Tls),
    };
    let others = scene.progress.logins().iter().filter(|other| !other.headers.is_empty());
    let other = others.map(|other| host_port(&other.ask.host, other.ask.port)).next();
    let found = scene.found(code::xmpp::NO_DIRECT_TLS).arg("got", got).maybe("other_ok", other);
    found
        .foreign("named_by", if login.ask.named_by.is_empty() { "nobody" } else { &login.ask.named_by })
        .cite(n)
        .holds()
}

fn ended(end: &Option<(Offset, Outcome)>, wanted: impl Fn(&Outcome) -> bool) -> bool {
    end.as_ref().is_some_and(|(_, outcome)| wanted(outcome))
}

/// Bytes that are no record of TLS, or the connection's end in their place.
fn is_no_tls(outcome: &Outcome) -> bool {
    let word = outcome.code.as_deref().unwrap_or_default();
    match outcome.how {
        How::Broken => word.contains("corrupt message") || word.contains("InvalidContentType"),
        How::Lost => matches!(word, "FIN" | "ECONNRESET"),
        _ => false,
    }
}

/// The features in clear do not offer STARTTLS.
pub(super) fn no_starttls(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    if login.ask.tls == TlsMode::Direct {
        return Answer::DoesNotHold;
    }
    let seen = login.features.iter().find(|seen| seen.stage == Stage::Stream);
    let without = seen.filter(|seen| seen.starttls.is_none()).map(|seen| seen.n);
    let remark = remarked(scene, |remark| matches!(remark, Remark::NoStarttls).then_some(()));
    if without.is_none() && remark.is_none() {
        return scene.not_at(Stage::Stream);
    }
    let found = scene.found(code::xmpp::NO_STARTTLS).stage(Stage::Stream);
    let found = found.cite(without).cite(remark.map(|(n, _, ())| n));
    match scene.progress.cleartext(&login.ask.host) {
        Some(n) => found.arg("allowed", "a credential in clear was allowed").cite([n]).holds(),
        None => found.holds(),
    }
}

/// Bytes stood behind `<proceed/>` in clear; they entered neither TLS nor XML.
pub(super) fn bytes_behind_proceed(scene: &Scene<'_>) -> Answer {
    let bytes = |remark: &Remark| match remark {
        Remark::BytesBehindProceed { bytes } => Some(*bytes),
        _ => None,
    };
    let Some((n, stage, bytes)) = remarked(scene, bytes) else {
        return scene.not_at(Stage::Tls);
    };
    let found = scene.found(code::xmpp::BYTES_BEHIND_PROCEED).stage(stage);
    found.arg("bytes", bytes.to_string()).cite([n]).cite(scene.login.proceed).holds()
}

/// `see-other-host`.
pub(super) fn see_other_host(scene: &Scene<'_>) -> Answer {
    let Some(error) = scene.login.stream_errors.iter().find(|error| is_elsewhere(error)) else {
        return scene.not_yet();
    };
    scene
        .found(code::xmpp::SEE_OTHER_HOST)
        .stage(error.stage)
        .foreign("other_host", error.other_host.as_deref().unwrap_or("a host that it does not name"))
        .cite([error.n])
        .holds()
}

fn is_elsewhere(error: &StreamError) -> bool {
    error.condition == "see-other-host"
}

fn is_conflict(error: &StreamError) -> bool {
    error.condition == "conflict"
}

/// `conflict`: another session of the user took the place of this one, or keeps its place. Milder once the login had
/// reached what was asked for.
pub(super) fn conflict(scene: &Scene<'_>) -> Answer {
    let Some(error) = scene.login.stream_errors.iter().find(|error| is_conflict(error)) else {
        return scene.not_yet();
    };
    scene
        .found(code::xmpp::CONFLICT)
        .stage(error.stage)
        .arg("said", said(error.text.as_deref()))
        .maybe("afterwards", afterwards(scene))
        .cite([error.n])
        .holds()
}

/// What came behind a complete login takes nothing from it.
fn afterwards(scene: &Scene<'_>) -> Option<String> {
    scene.login.reached().then(|| "the login was complete".to_owned())
}

/// Any other stream error. Milder behind a complete login.
pub(super) fn error(scene: &Scene<'_>) -> Answer {
    let is_other = |error: &&StreamError| !is_elsewhere(error) && !is_conflict(error);
    let Some(error) = scene.login.stream_errors.iter().find(is_other) else {
        return scene.not_yet();
    };
    let found = scene.found(code::xmpp::STREAM_ERROR).stage(error.stage).foreign("condition", &error.condition);
    let found = found.arg("named", named(&error.condition)).maybe("afterwards", afterwards(scene));
    found.arg("said", said(error.text.as_deref())).cite([error.n]).holds()
}

/// The server's own text in brackets, or nothing.
pub(super) fn said(text: Option<&str>) -> String {
    text.map(|text| format!(" (it says: {})", foreign(text))).unwrap_or_default()
}

/// The bind request was answered with an error.
pub(super) fn bind_refused(scene: &Scene<'_>) -> Answer {
    iq_refused(scene, code::xmpp::BIND_REFUSED, Stage::Bind)
}

/// The session request was answered with an error.
pub(super) fn session_refused(scene: &Scene<'_>) -> Answer {
    iq_refused(scene, code::xmpp::SESSION_REFUSED, Stage::Session)
}

fn iq_refused(scene: &Scene<'_>, code: Code, stage: Stage) -> Answer {
    let is_here = |error: &&IqError| error.stage == stage;
    match scene.login.iq_errors.iter().find(is_here) {
        Some(error) => {
            let condition = error.condition.as_deref().unwrap_or_default();
            let found = scene.found(code).stage(stage).foreign("condition", condition);
            found.arg("named", named(condition)).cite([error.n]).holds()
        }
        None => scene.not_at(stage),
    }
}

/// What came is no XML, or XML that XMPP forbids. A comment, a processing instruction, and a declaration that says
/// something odd are passed over, and so are milder; so is all where the login was complete in the end.
pub(super) fn not_xml(scene: &Scene<'_>) -> Answer {
    let all = &scene.login.not_xml;
    let is_mild = |what: &str| MILD.iter().any(|mild| what.starts_with(mild));
    let Some(seen) = all.iter().find(|seen| !is_mild(&seen.what)).or(all.first()) else {
        return scene.not_yet();
    };
    let found = scene
        .found(code::xmpp::NOT_XML)
        .stage(seen.stage)
        .foreign("what", &seen.what)
        .arg("at_byte", seen.at_byte.to_string())
        .arg("looks", service(&seen.start).map(|name| format!(", and looks like {name}")).unwrap_or_default())
        .foreign("start", if seen.start.is_empty() { "nothing that can be shown" } else { &seen.start })
        .maybe("afterwards", afterwards(scene))
        .cite([seen.n]);
    if is_mild(&seen.what) { found.arg("harmless", "it was passed over").holds() } else { found.holds() }
}

/// What XMPP forbids, and no reader takes for something else.
const MILD: &[&str] = &["comment", "processing instruction", "XML declaration"];

/// Which other service begins so.
fn service(start: &str) -> Option<&'static str> {
    // a byte order mark, and what stands before the first `<`
    if matches!(start, "\u{fffd}\u{fffd}" | "\u{fffd}\u{fffd}\0") {
        return Some("text in UTF-16");
    }
    let known = [
        ("HTTP/", "an answer of HTTP"),
        ("<!DOCTYPE html", "a page of a web server"),
        ("SSH-", "the banner of SSH"),
        ("220 ", "the banner of SMTP or FTP"),
        ("* OK", "the banner of IMAP"),
        ("\u{15}\u{3}", "an alert of TLS"),
        ("\u{16}\u{3}", "a handshake of TLS"),
    ];
    known.iter().find(|(begin, _)| start.starts_with(begin)).map(|(_, name)| *name)
}

/// A bound of ours was met.
pub(super) fn limit_met(scene: &Scene<'_>) -> Answer {
    let bound = |remark: &Remark| match remark {
        Remark::LimitMet { limit, value } => Some((limit.clone(), *value)),
        _ => None,
    };
    let Some((n, stage, (limit, value))) = remarked(scene, bound) else {
        return scene.not_yet();
    };
    let found = scene.found(code::xmpp::LIMIT_MET).stage(stage);
    found.foreign("limit", &limit).arg("value", value.to_string()).cite([n]).holds()
}

/// The stream or the connection ended before the login was complete, and no reason was given.
///
/// 1. Not a reset: that is `TCP_RESET`. Not by TLS: that is `TLS_ALERT`. Not an unanswered `<auth>`: that is
///    `XMPP_AUTH_CLOSED`.
/// 2. Not what followed an error or a refusal, our own end, or a login that had reached what was asked for.
/// 3. A handshake that the peer cut off counts, whether or not the end has an entry of its own.
pub(super) fn closed(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    let by_close = login.peers_end().filter(|closed| {
        let by_itself = !matches!(closed.by, ClosedBy::PeerReset | ClosedBy::Tls);
        !closed.finished && !closed.announced && !closed.auth_open && by_itself
    });
    let by_handshake = login.handshakes.iter().find(|handshake| {
        let ended = handshake.ended.as_ref();
        ended.is_some_and(|(_, end)| end.how == How::Lost && end.code.as_deref() != Some("ECONNRESET"))
    });
    let (stage, at) = match (by_close, by_handshake) {
        (Some(closed), _) => (closed.stage, closed.at),
        (None, Some(handshake)) => (Stage::Tls, handshake.ended.as_ref().map_or(handshake.began, |(at, _)| *at)),
        (None, None) => return scene.not_yet(),
    };
    let how = match by_close.map(|closed| (closed.by, closed.code.as_deref())) {
        Some((ClosedBy::Link, word)) => format!("the link was lost ({})", word.unwrap_or("no system code")),
        _ if login.stream_closed.is_some() => "by </stream:stream>".to_owned(),
        _ => "by FIN".to_owned(),
    };
    let in_stage = login.row(stage).entered.map(|entered| duration(at.since(entered)));
    scene
        .found(code::xmpp::CLOSED)
        .stage(stage)
        .foreign("how", &how)
        .arg("took", in_stage.unwrap_or_else(|| "an unknown time".to_owned()))
        .cite(by_close.map(|closed| closed.n))
        .cite(by_handshake.and_then(|handshake| handshake.ended_n))
        .cite(login.closed.as_ref().map(|closed| closed.n))
        .holds()
}
