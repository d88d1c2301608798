//! Rules about what was waited for and did not come, and about what the kernel knew of it.
//!
//! Figures are never mixed: bytes of XML and bytes of TCP stand beside each other, each with its name.

use crate::journal::{Awaited, EntryNo, Offset, Stage};
use crate::progress::{LoginProgress, Silence, SilenceKind};

use super::super::admin::{self, Beside};
use super::super::figures::{duration, foreign, short, time};
use super::compare::compared;
use super::edge::is_front_end;
use super::found::Found;
use super::scene::Scene;
use super::{Answer, Code, code};

/// No stream header.
pub(super) fn stream(scene: &Scene<'_>) -> Answer {
    silent(scene, code::xmpp::STREAM_SILENT, Awaited::StreamHeader)
}

/// A header, and no features behind it.
pub(super) fn features(scene: &Scene<'_>) -> Answer {
    silent(scene, code::xmpp::NO_FEATURES, Awaited::Features)
}

/// No answer to `<starttls/>`.
pub(super) fn starttls(scene: &Scene<'_>) -> Answer {
    silent(scene, code::xmpp::STARTTLS_SILENT, Awaited::Proceed)
}

/// No answer to the bind request.
pub(super) fn bind(scene: &Scene<'_>) -> Answer {
    silent(scene, code::xmpp::BIND_SILENT, Awaited::BindResult)
}

/// No answer to the session request.
pub(super) fn session(scene: &Scene<'_>) -> Answer {
    silent(scene, code::xmpp::SESSION_SILENT, Awaited::SessionResult)
}

fn silent(scene: &Scene<'_>, code: Code, awaited: Awaited) -> Answer {
    match of(scene.login, awaited) {
        // An edge's front end has a code of its own: nothing there is the Connection Manager's.
        Some(_) if is_front_end(scene.login) => Answer::DoesNotHold,
        Some(silence) => {
            let found = described(scene, scene.found(code).stage(silence.stage), silence);
            match silence.answered {
                // What did not come in time, and came: the login was not stopped by it.
                Some((_, at)) => found.arg("answered_late", duration(at.since(silence.since))).holds(),
                None => found.holds(),
            }
        }
        None => scene.not_yet(),
    }
}

/// The silence of this wait: one that has no answer if there is one, for it is what stops the login.
fn of(login: &LoginProgress, awaited: Awaited) -> Option<&Silence> {
    let mut all = login.silences.iter().filter(|silence| silence.awaited == awaited);
    let first = all.clone().next();
    all.find(|silence| silence.answered.is_none()).or(first)
}

/// What every silence can tell: how long, what was sent, and what the kernel knew.
pub(super) fn described(scene: &Scene<'_>, found: Found, silence: &Silence) -> Found {
    let waited = scene.login.known_wait(silence);
    let found = found
        .arg("waited", duration(waited))
        .arg("silence", silence.kind.name())
        .arg("delivery", delivery(scene.login, silence))
        .arg("window", window(silence))
        .arg("back", back(scene.login, silence))
        .arg("fin", fin(scene.login, silence))
        .maybe("via", scene.login.via.as_ref().map(|via| foreign(&via.to_string())))
        .cite([silence.n])
        .cite(silence.kernel.map(|(n, _)| n))
        .cite(silence.acked_by.as_ref().map(|snapshot| snapshot.n))
        .cite(silence.answered.map(|(n, _)| n));
    match &silence.reply {
        Some(reply) => found
            .foreign("sent", &reply.what)
            .arg("xml_bytes", reply.xml_bytes.to_string())
            .arg("wire_bytes", reply.wire.len().to_string()),
        None => found,
    }
}

/// What became of our bytes, as far as the kernel said.
fn delivery(login: &LoginProgress, silence: &Silence) -> String {
    let Some(reply) = &silence.reply else {
        return "Nothing of ours was waiting for an answer".to_owned();
    };
    let wire = match reply.xml_bytes {
        0 => format!("{} wire bytes", reply.wire.len()),
        xml => format!("{} wire bytes ({xml} of XML)", reply.wire.len()),
    };
    let acked = silence.wire_acked().unwrap_or(0);
    match (silence.kind, &silence.acked_by) {
        (SilenceKind::Acked, Some(first)) => format!("All {wire} acked by {}", time(first.wall)),
        (SilenceKind::Acked, None) => format!("All {wire} acked"),
        (SilenceKind::Unacked, _) => {
            let again = silence.kernel.map_or(0, |(_, view)| view.retransmits);
            format!("Only {acked} of {wire} acked, {again} retransmits")
        }
        (SilenceKind::WindowClosed, _) => format!("Only {acked} of {wire} acked, the rest cannot be sent"),
        (SilenceKind::Unknown, _) if login.via.is_some() => {
            format!(
                "Whether {short} got the {wire} is unknown: what TCP tells here would describe the proxy",
                short = foreign(short(&login.ask.host))
            )
        }
        (SilenceKind::Unknown, _) => format!("Whether the {wire} were acked is not known here"),
    }
}

fn window(silence: &Silence) -> String {
    match (silence.kind, silence.kernel.and_then(|(_, view)| view.peer_window)) {
        (SilenceKind::WindowClosed, _) | (_, Some(0)) => "peer's window closed",
        (_, Some(_)) => "window open",
        (_, None) => "window not known",
    }
    .to_owned()
}

/// What came back: the kernel counts all bytes; without it, what was framed.
fn back(login: &LoginProgress, silence: &Silence) -> String {
    let partial = login.partial.filter(|_| silence.answered.is_none());
    match (silence.bytes_back(), partial) {
        (_, Some((_, bytes))) => format!("{bytes} bytes of an unfinished element"),
        (Some(bytes), None) => format!("{bytes} bytes"),
        (None, None) => "nothing that could be read".to_owned(),
    }
}

fn fin(login: &LoginProgress, silence: &Silence) -> String {
    let closed = login.peers_end().filter(|closed| closed.at >= silence.since);
    match closed {
        Some(closed) => format!("then the connection ended after {}", duration(closed.at.since(silence.since))),
        None => "no FIN or RST".to_owned(),
    }
}

/// No answer to `<auth>`: the fault that this program was made for. It carries every value of its text.
pub(super) fn auth(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    let Some(silence) = of(login, Awaited::AuthAnswer).filter(|_| !is_front_end(login)) else {
        return scene.not_at(Stage::Auth);
    };
    let sent = login.auths.iter().rfind(|sent| sent.at <= silence.since).or(login.auths.first());
    let wall = sent.map_or_else(|| login.wall_at(silence.since), |sent| sent.wall);
    let mechanism = sent.and_then(|sent| sent.mechanism.as_deref());
    let tls = login.agreed.as_ref().map(|agreed| agreed.version.replace("TLSv", "TLS ") + " up");
    let found = described(scene, scene.found(code::xmpp::AUTH_SILENT).stage(Stage::Auth), silence)
        .arg("time", time(wall))
        .foreign("local", &from(login))
        .foreign("stream_id", login.stream_id.as_deref().unwrap_or("none"))
        .foreign("tls", tls.as_deref().unwrap_or("no TLS"))
        .foreign("offered", &login.mechanisms.join(" + "))
        .foreign("mechanism", mechanism.unwrap_or("without a mechanism"))
        .arg("gist", with_admin(gist(scene, silence), scene, silence))
        .cite(sent.map(|sent| sent.n))
        .cite(login.features.iter().rfind(|seen| !seen.mechanisms.is_empty()).map(|seen| seen.n));
    compared(scene, found, silence).holds()
}

/// The same with what the administrator's side says in a few words: behind a seam, where a narrow screen ends it.
fn with_admin(gist: String, scene: &Scene<'_>, silence: &Silence) -> String {
    match beside_of(scene, silence).gist {
        Some(words) => format!("{gist}; {words}"),
        None => gist,
    }
}

/// What the administrator's side says of the node beside a silence.
pub(super) fn beside_of(scene: &Scene<'_>, silence: &Silence) -> Beside {
    let over = silence.answered.map(|(_, at)| at).or(scene.login.ended.as_ref().map(|end| end.at));
    let ever = Offset(u64::MAX);
    admin::beside(scene.walk, &scene.login.ask.host, (silence.since, over.unwrap_or(ever)), ever)
}

/// Our own end of the connection. By way of a proxy the node sees another one.
fn from(login: &LoginProgress) -> String {
    let local = login.local.as_deref().unwrap_or("an unknown address");
    match &login.via {
        Some(via) => format!("{local} by way of {via}"),
        None => local.to_owned(),
    }
}

/// The silence in half a line. It claims of the node's host only what the kernel knows.
fn gist(scene: &Scene<'_>, silence: &Silence) -> String {
    let node = foreign(short(&scene.login.ask.host));
    let waited = duration(scene.login.known_wait(silence));
    let came = match silence.bytes_back() {
        Some(0) => "nothing".to_owned(),
        _ => format!("only {}", back(scene.login, silence)),
    };
    match silence.kind {
        SilenceKind::Acked => format!("{node}'s host took <auth>, {came} came back in {waited}"),
        SilenceKind::Unacked => format!("{node}'s host did not acknowledge <auth> in {waited}"),
        SilenceKind::WindowClosed => format!("{node}'s host took no more bytes behind <auth> in {waited}"),
        SilenceKind::Unknown => format!("{node} did not answer <auth> in {waited}"),
    }
}

/// During a silence the peer's window was closed, or bytes stayed unsent while nothing was in flight.
pub(super) fn window_closed(scene: &Scene<'_>) -> Answer {
    let seen = scene.login.silences.iter().find_map(|silence| Some((silence, silence.window_closed?)));
    kernel_says(scene, code::xmpp::WINDOW_CLOSED, SilenceKind::WindowClosed, seen)
}

/// During a silence bytes of ours were not acknowledged.
pub(super) fn not_acked(scene: &Scene<'_>) -> Answer {
    let seen = scene.login.silences.iter().find_map(|silence| Some((silence, silence.unacked?)));
    kernel_says(scene, code::xmpp::NOT_ACKED, SilenceKind::Unacked, seen)
}

/// What a snapshot showed stays a finding; where a later one shows that the bytes arrived, it says so and
/// explains nothing any more.
fn kernel_says(scene: &Scene<'_>, code: Code, kind: SilenceKind, seen: Option<(&Silence, EntryNo)>) -> Answer {
    let Some((silence, n)) = seen else {
        return scene.not_yet();
    };
    let found = described(scene, scene.found(code).stage(silence.stage), silence).cite([n]);
    let retransmits = silence.kernel.map_or(0, |(_, view)| view.retransmits).to_string();
    let not_sent = silence.kernel.and_then(|(_, view)| view.not_sent).unwrap_or(0).to_string();
    let found = found
        .arg("retransmits", retransmits)
        .arg("not_sent", not_sent)
        .arg("wire_acked", silence.wire_acked().unwrap_or(0).to_string())
        .arg("awaited", silence.awaited.words())
        .arg("time", time(scene.login.wall_at(silence.since)))
        .foreign("local", scene.login.local.as_deref().unwrap_or("this host"));
    if silence.kind == kind {
        found.holds()
    } else {
        found.arg("late", "a later look shows that they arrived").holds()
    }
}
