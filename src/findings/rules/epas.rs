//! Rules about EPASSoap on the IM&P nodes. Its time counts as well: it asks what stands behind the login, too.

use std::time::Duration;

use crate::discovery::{Exchange, Reading};
use crate::journal::HttpWhat;
use crate::protocol::document::Misread;
use crate::protocol::epas;

use super::super::figures::{duration, foreign};
use super::found::Found;
use super::site::{At, Kind, Site};
use super::targets::is_host;
use super::uds::{
    entries, faults_of, is_broken, is_endless, is_no_http, is_silent, other_document, waited, with_words,
};
use super::user::open;
use super::{Answer, Code, code};

fn nothing(at: &At<'_>) -> Answer {
    if at.place.kind == Kind::Imp { at.not_yet() } else { Answer::DoesNotHold }
}

/// No answer in time.
pub(super) fn silent(at: &At<'_>) -> Answer {
    let faults = if at.place.kind == Kind::Imp { faults_of(at, code::epas::SILENT, is_silent) } else { None };
    match faults {
        Some((found, faulty)) => waited(at, found, &faulty).holds(),
        None => nothing(at),
    }
}

/// An answer after the mark `slow` and before `silent`.
pub(super) fn slow(at: &At<'_>) -> Answer {
    if at.place.kind != Kind::Imp {
        return Answer::DoesNotHold;
    }
    let (slow_ms, _) = at.site.marks_ms();
    let is_slow = |exchange: &&Exchange| {
        let late = exchange.answered_us().is_some_and(|us| us >= slow_ms.saturating_mul(1000));
        late && is_silent(exchange).is_none()
    };
    let Some(exchange) = at.place.exchanges.iter().find(|exchange| is_slow(exchange)) else {
        return at.not_yet();
    };
    let took = duration(Duration::from_micros(exchange.answered_us().unwrap_or_default()));
    let found = at.found(code::epas::SLOW).arg("what", exchange.ask.what.words()).arg("answer_time", took);
    found.cite(exchange.sent.map(|(n, ..)| n)).cite(entries(exchange)).holds()
}

/// An answer that is neither success nor a refusal: an error of HTTP, a fault, a page.
pub(super) fn error(at: &At<'_>) -> Answer {
    let faults = if at.place.kind == Kind::Imp { faults_of(at, code::epas::ERROR, wrong) } else { None };
    let Some((found, faulty)) = faults else {
        return nothing(at);
    };
    // Without the configuration the login goes on: only the domain is not compared.
    let rest = faulty.iter().all(|exchange| exchange.ask.what == HttpWhat::EpasConfig);
    let found = found.maybe("goes_on", rest.then(|| "the login goes on without it".to_owned()));
    found.holds()
}

/// What is wrong with such an answer, in the words of its sentence.
pub(super) fn wrong(exchange: &Exchange) -> Option<String> {
    // What came of an answer that broke off says little about it.
    if let Some(word) = is_broken(exchange).or_else(|| is_endless(exchange)) {
        return Some(word);
    }
    if is_no_http(exchange) {
        return Some("something that is no HTTP".to_owned());
    }
    let soap = match &exchange.reading {
        Reading::EpasLogin(answer) => of_login(answer),
        Reading::EpasConfig(answer) => of_config(answer),
        // What a request for the one-time password brings instead has a code of its own.
        Reading::EpasToken(_) => None,
        // A refusal needs no words.
        Reading::Misread(_) if is_refused(exchange) => None,
        Reading::Misread(Misread::Empty) => Some("nothing".to_owned()),
        reading => other_document(reading),
    };
    let read = matches!(exchange.reading, Reading::EpasLogin(_) | Reading::EpasConfig(_) | Reading::EpasToken(_));
    let status = exchange.status().filter(|status| !(200..300).contains(status) && *status != 401 && !read);
    let status = status.map(|status| format!("status {}", with_words(status, exchange)));
    status.or(soap)
}

/// `401` to the login: a rule of its own says what it means.
fn is_refused(exchange: &Exchange) -> bool {
    exchange.ask.what == HttpWhat::EpasLogin && exchange.status() == Some(401)
}

fn of_login(answer: &epas::Answer<epas::LoggedIn>) -> Option<String> {
    match answer {
        epas::Answer::Success(login) if !login.has_key => Some("a success without a session key".to_owned()),
        // It has a code of its own.
        epas::Answer::Fault(words) if epas::is_about_version(words) => None,
        other => unclear(other),
    }
}

fn of_config(answer: &epas::Answer<epas::Config>) -> Option<String> {
    match answer {
        epas::Answer::Failure(reason) => Some(format!("a failure: {}", reason_words(reason))),
        epas::Answer::Redirect(host) => Some(format!("a redirect to {}", foreign(host))),
        other => unclear(other),
    }
}

fn unclear<T>(answer: &epas::Answer<T>) -> Option<String> {
    match answer {
        epas::Answer::Fault(words) => Some(format!("a SOAP fault: {}", foreign(words))),
        epas::Answer::Unclear(names) => {
            Some(format!("an answer that is not known: {}", foreign(&names.join(", "))))
        }
        epas::Answer::Success(_) | epas::Answer::Failure(_) | epas::Answer::Redirect(_) => None,
    }
}

fn reason_words(reason: &str) -> String {
    if reason.trim().is_empty() { "no reason given".to_owned() } else { foreign(reason) }
}

fn found(site: &Site<'_>, code: Code, exchange: &Exchange) -> Found {
    let (_, host, port) = exchange.ask.server();
    let named = Found::about(code, host);
    let about = site.about_user(code).0.args;
    let mut found = named.of(exchange.op).arg("port", port.to_string()).foreign("url", exchange.ask.target());
    for (name, value) in about {
        if !matches!(name, "node" | "short") {
            found = found.arg(name, value);
        }
    }
    found.cite(entries(exchange))
}

/// What a rule about one request says where the answer is not there.
fn none(exchange: &Exchange, what: HttpWhat) -> Answer {
    if exchange.ask.what == what { open(exchange) } else { Answer::DoesNotHold }
}

/// The login was refused, for another reason than the client's version.
pub(super) fn auth_failed(site: &Site<'_>, exchange: &Exchange) -> Answer {
    if exchange.ask.is_by_edge() && super::edge::is_own(exchange) && exchange.status() != Some(200) {
        return none(exchange, HttpWhat::EpasLogin);
    }
    let reason = match (&exchange.reading, exchange.status()) {
        (Reading::EpasLogin(epas::Answer::Failure(reason)), _) if !epas::is_about_version(reason) => {
            reason_words(reason)
        }
        (Reading::Nothing | Reading::Error(_) | Reading::Misread(_), Some(401))
            if exchange.ask.what == HttpWhat::EpasLogin =>
        {
            format!("status {}", with_words(401, exchange))
        }
        _ => return none(exchange, HttpWhat::EpasLogin),
    };
    let took = exchange.answered_us().map(|us| duration(Duration::from_micros(us)));
    found(site, code::epas::AUTH_FAILED, exchange)
        .arg("reason", reason)
        .arg("answer_time", took.unwrap_or_else(|| "an unknown time".to_owned()))
        .cite(exchange.sent.map(|(n, ..)| n))
        .holds()
}

/// The node wants a newer client.
pub(super) fn client_too_old(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let reason = match &exchange.reading {
        Reading::EpasLogin(epas::Answer::Failure(reason) | epas::Answer::Fault(reason))
            if epas::is_about_version(reason) =>
        {
            reason
        }
        _ => return none(exchange, HttpWhat::EpasLogin),
    };
    let client = site.walk.goal().map(|goal| format!("{} {}", goal.epas.kind, goal.epas.version));
    found(site, code::epas::CLIENT_TOO_OLD, exchange)
        .foreign("reason", reason)
        .foreign("client", client.as_deref().unwrap_or("this client"))
        .holds()
}

/// The node names another one.
pub(super) fn wrong_node(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let host = match &exchange.reading {
        Reading::EpasLogin(epas::Answer::Redirect(host)) => host,
        _ => return none(exchange, HttpWhat::EpasLogin),
    };
    found(site, code::epas::WRONG_NODE, exchange).foreign("home_node", host).holds()
}

/// The request for a one-time password brought none.
pub(super) fn no_token(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let said = match &exchange.reading {
        Reading::EpasToken(epas::Answer::Success(false)) => "a success without one".to_owned(),
        Reading::EpasToken(epas::Answer::Failure(reason)) => format!("a failure: {}", reason_words(reason)),
        Reading::EpasToken(epas::Answer::Redirect(host)) => format!("a redirect to {}", foreign(host)),
        Reading::EpasToken(answer) => match unclear(answer) {
            Some(words) => words,
            None => return Answer::DoesNotHold,
        },
        _ => return none(exchange, HttpWhat::EpasToken),
    };
    found(site, code::epas::NO_TOKEN, exchange).arg("got", said).holds()
}

/// The node's XMPP domain is not the one that was given.
pub(super) fn domain_differs(site: &Site<'_>, exchange: &Exchange) -> Answer {
    let Reading::EpasConfig(epas::Answer::Success(config)) = &exchange.reading else {
        return none(exchange, HttpWhat::EpasConfig);
    };
    let domain = config.domain().map(str::trim).filter(|domain| !domain.is_empty());
    let Some(domain) = domain.filter(|domain| !is_host(domain, site.domain())) else {
        return Answer::DoesNotHold;
    };
    found(site, code::epas::DOMAIN_DIFFERS, exchange).foreign("presence_domain", domain).holds()
}
