//! Rules about the way in from outside: an Expressway-E, what it hands on, and its XMPP front end (protocol.md 8).
//!
//! What comes through it enters IM&P at the Router: none of these rules blames the Connection Manager.

use crate::discovery::{Exchange, Reading, uds_of_user};
use crate::journal::HttpWhat;
use crate::progress::LoginProgress;
use crate::protocol::edge::{EdgeConfig, is_name_for};

use super::super::figures::{foreign, list};
use super::found::Found;
use super::scene::Scene;
use super::site::{At, Kind, Site};
use super::uds::{
    entries, faults_of, is_broken, is_empty, is_endless, is_no_http, is_silent, is_whole, other_document, waited,
    with_words,
};
use super::user::open;
use super::{Answer, Code, code, epas, silence};

/// How Expressway-C names itself in `Server`.
const OWN_SERVER: &str = "CE_C";

/// Whether an answer is the edge's own, by its headers: its realm is none of UDS, or it names itself.
pub(super) fn is_own(exchange: &Exchange) -> bool {
    let Some((_, _, head)) = &exchange.head else { return false };
    let names_itself = head.headers("server").iter().any(|server| server.contains(OWN_SERVER));
    let realm = head.realm.as_deref();
    names_itself || realm.is_some_and(|realm| realm.to_ascii_lowercase().contains("edge"))
}

fn found(site: &Site<'_>, code: Code, exchange: &Exchange) -> Found {
    let (_, host, port) = exchange.ask.origin();
    let inside = (!exchange.ask.inside.is_empty()).then(|| foreign(exchange.ask.server().1));
    Found::about(code, host)
        .of(exchange.op)
        .arg("port", port.to_string())
        .arg("what", exchange.ask.what.words())
        .maybe("inside", inside)
        .foreign("user", site.user_id())
        .foreign("domain", site.domain())
        .cite(entries(exchange))
}

/// `401` of the edge itself. One to a request that it passes on has a code of its own.
pub(super) fn auth_failed(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let Some((_, _, head)) = exchange.head.as_ref().filter(|_| exchange.ask.is_by_edge()) else {
        return if exchange.ask.is_by_edge() { open(exchange) } else { Answer::DoesNotHold };
    };
    if !is_refused(exchange) {
        return Answer::DoesNotHold;
    }
    let realm = head.realm.as_deref().unwrap_or("none");
    found(site, code::edge::AUTH_FAILED, exchange).foreign("realm", realm).holds()
}

/// Whether it is a `401` of the edge itself: whoever it had ask the user's credential for its own answer.
fn is_refused(exchange: &Exchange) -> bool {
    exchange.status() == Some(401) && (is_own(exchange) || exchange.ask.what == HttpWhat::EdgeConfig)
}

/// `403`: by policy for the user, or since the server inside is not in the allow-list. One of UDS, to the user's record,
/// has a code of its own.
pub(super) fn forbidden(site: &Site<'_>, exchange: &Exchange) -> Answer {
    if !exchange.ask.is_by_edge() {
        return Answer::DoesNotHold;
    }
    match exchange.status() {
        None => open(exchange),
        Some(403) if exchange.ask.what != HttpWhat::User || is_own(exchange) => {
            found(site, code::edge::FORBIDDEN, exchange).holds()
        }
        Some(_) => Answer::DoesNotHold,
    }
}

/// An answer that tells nothing, of the edge or of what it hands on.
pub(super) fn error(at: &At<'_>) -> Answer {
    if at.place.kind != Kind::Edge {
        return Answer::DoesNotHold;
    }
    let Some((found, faulty)) = faults_of(at, code::edge::ERROR, wrong) else { return at.not_yet() };
    found.maybe("goes_on", goes_on(&faulty)).holds()
}

/// What is said where the login takes none of these answers.
fn goes_on(faulty: &[&Exchange]) -> Option<String> {
    let is_needless = |what: HttpWhat| matches!(what, HttpWhat::EdgeSso | HttpWhat::EpasConfig);
    let all = faulty.iter().all(|exchange| is_needless(exchange.ask.what));
    all.then(|| "the login goes on without it".to_owned())
}

/// What is wrong with an answer.
///
/// 1. `403` and `502` have codes of their own; so has `401` of the edge, and to the user's credential inside.
/// 2. So has whatever is amiss with the service profile, and Jabber's settings need not be there.
/// 3. `404` about SSO is what an old release says.
fn wrong(exchange: &Exchange) -> Option<String> {
    let what = exchange.ask.what;
    match (exchange.status(), what) {
        (_, HttpWhat::ServiceProfile | HttpWhat::JabberConfig) | (Some(403 | 502), _) => return None,
        (Some(401), HttpWhat::User | HttpWhat::EpasLogin) => return None,
        (Some(401), _) if is_refused(exchange) => return None,
        (Some(404), HttpWhat::EdgeSso | HttpWhat::SingleSignOn) => return None,
        (_, HttpWhat::EpasLogin | HttpWhat::EpasConfig | HttpWhat::EpasToken) => return epas::wrong(exchange),
        _ => {}
    }
    if let Some(word) = is_broken(exchange).or_else(|| is_endless(exchange)) {
        return Some(word);
    }
    match exchange.head.as_ref().map(|(_, _, head)| (head.status, &head.location)) {
        None => is_no_http(exchange).then(|| "something that is no HTTP".to_owned()),
        Some((200, _)) if !is_whole(exchange) => None,
        Some((200, _)) if is_empty(exchange).is_some() => Some("nothing".to_owned()),
        Some((200, _)) => other_document(&exchange.reading),
        Some((status @ (301..=303 | 307 | 308), Some(to))) => {
            Some(format!("a redirect ({status}) to {}", foreign(to)))
        }
        Some((status, _)) => Some(format!("status {}", with_words(status, exchange))),
    }
}

/// `502`: Expressway-C did not reach the server inside.
pub(super) fn next_hop_failed(site: &Site<'_>, exchange: &Exchange) -> Answer {
    if !exchange.ask.is_by_edge() {
        return Answer::DoesNotHold;
    }
    match exchange.status() {
        None => open(exchange),
        Some(502) => found(site, code::edge::NEXT_HOP_FAILED, exchange).holds(),
        Some(_) => Answer::DoesNotHold,
    }
}

fn config(exchange: &Exchange) -> Option<&EdgeConfig> {
    match &exchange.reading {
        Reading::EdgeConfig(config) => Some(config),
        _ => None,
    }
}

/// What a rule says of an exchange that brought no configuration.
fn none(exchange: &Exchange) -> Answer {
    if exchange.ask.what == HttpWhat::EdgeConfig { open(exchange) } else { Answer::DoesNotHold }
}

/// Expressway-C's own lookup of the inside records failed. `_cuplogin` alone may well be missing.
pub(super) fn name_error(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let Some(config) = config(exchange) else { return none(exchange) };
    let Some(error) = config.service("_cisco-uds").and_then(|service| service.error.as_ref()) else {
        return Answer::DoesNotHold;
    };
    let has_uds = config.user_uds.first().map(|at| format!("it names {}", foreign(&at.address)));
    found(site, code::edge::NAME_ERROR, exchange).foreign("got", error).maybe("other_ok", has_uds).holds()
}

/// The answer names no UDS of the user, or none that can be asked: clients stop there.
pub(super) fn no_uds(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let Some(config) = config(exchange) else { return none(exchange) };
    if uds_of_user(config).next().is_some() {
        return Answer::DoesNotHold;
    }
    let got = config.user_uds.first().map(|at| format!("\"{}\" is no name of a host", foreign(&at.address)));
    found(site, code::edge::NO_UDS, exchange).maybe("got", got).holds()
}

/// None of its certificate's names is for the domain, or for `_collab-edge` in it.
pub(super) fn san_lacks_domain(at: &At<'_>) -> Answer {
    if at.place.kind != Kind::Edge {
        return Answer::DoesNotHold;
    }
    let goal = at.site.walk.goal();
    let domain = goal.and_then(|goal| goal.voice_domain.as_deref()).unwrap_or(at.site.domain());
    let shown = at.place.exchanges.iter().filter_map(|exchange| exchange.certificate.as_ref());
    for seen in shown {
        let Some(leaf) = seen.certs.first() else { continue };
        if !leaf.names.iter().any(|name| is_name_for(name, domain)) {
            let names = if leaf.names.is_empty() { "none".to_owned() } else { list(&leaf.names) };
            let accepted = at.site.progress.accepted(at.place.host).iter();
            let accepted =
                accepted.filter(|accepted| accepted.fingerprint == leaf.fingerprint).map(|one| one.n).next();
            return at
                .found(code::edge::SAN_LACKS_DOMAIN)
                .foreign("cert_names", &names)
                .foreign("edge_domain", domain)
                .foreign("fingerprint", &leaf.fingerprint)
                .maybe("accepted", accepted.map(|_| "its fingerprint was accepted".to_owned()))
                .cite([seen.n])
                .cite(accepted)
                .holds();
        }
    }
    at.not_yet()
}

/// No answer over HTTP, by whichever server behind it.
pub(super) fn silent(at: &At<'_>) -> Answer {
    if at.place.kind != Kind::Edge {
        return Answer::DoesNotHold;
    }
    let Some((found, faulty)) = faults_of(at, code::edge::SILENT, is_silent) else {
        return at.not_yet();
    };
    let awaited: Vec<String> = faulty.iter().map(|exchange| asked(exchange)).collect();
    let found = waited(at, found, &faulty).arg("awaited", format!("the answer to {}", list(&deduped(awaited))));
    found.maybe("goes_on", goes_on(&faulty)).holds()
}

/// `UDS user of cucm1.example.test`
fn asked(exchange: &Exchange) -> String {
    let what = exchange.ask.what.words();
    match exchange.ask.inside.is_empty() {
        true => what.to_owned(),
        false => format!("{what} of {}", foreign(exchange.ask.server().1)),
    }
}

fn deduped(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words.dedup();
    words
}

/// No answer at its XMPP front end, to whatever it was.
pub(super) fn silent_login(scene: &Scene<'_>) -> Answer {
    let silence = scene.login.silences.iter().filter(|_| is_front_end(scene.login));
    let mut all = silence.clone().filter(|silence| silence.answered.is_none());
    let Some(silence) = all.next().or_else(|| scene.login.silences.first().filter(|_| is_front_end(scene.login)))
    else {
        return scene.not_yet();
    };
    let found = scene.found(code::edge::SILENT).stage(silence.stage).arg("awaited", silence.awaited.words());
    let late = silence.answered.map(|_| "answered after all".to_owned());
    silence::described(scene, found, silence).maybe("answered_late", late).holds()
}

/// Whether a login is one at an edge's XMPP front end.
pub(super) fn is_front_end(login: &LoginProgress) -> bool {
    login.ask.is_by_edge()
}
