//! Rules about what a CUCM answers, whoever the user is: one finding of a kind for each server.

use std::time::Duration;

use crate::discovery::{Exchange, Reading};
use crate::journal::{BodyEnd, EntryNo, How, HttpWhat};
use crate::protocol::document::Misread;

use super::super::figures::{duration, foreign, list};
use super::found::Found;
use super::names::{NAMES, with_address};
use super::site::{At, Kind, Site};
use super::targets::is_short;
use super::{Answer, Code, code};

/// How an answer went wrong, in the words of its sentence.
pub(super) type Wrong = fn(&Exchange) -> Option<String>;

/// No answer in time, or none to its end. Where one came after all, the finding says so.
pub(super) fn silent(at: &At<'_>) -> Answer {
    let Some((found, faulty)) = faults(at, code::uds::SILENT, is_silent) else {
        return nothing(at);
    };
    waited(at, found, &faulty).holds()
}

/// `503` or `429`.
pub(super) fn overloaded(at: &At<'_>) -> Answer {
    plain(at, code::uds::OVERLOADED, |exchange| match exchange.status()? {
        status @ (503 | 429) => Some(status.to_string()),
        _ => None,
    })
}

/// Any other status of a server's fault.
pub(super) fn server_error(at: &At<'_>) -> Answer {
    plain(at, code::uds::SERVER_ERROR, |exchange| match exchange.status()? {
        503 => None,
        status @ 500.. => Some(with_words(status, exchange)),
        _ => None,
    })
}

/// Not found, or a document of another kind: another service, or another server.
pub(super) fn wrong_service(at: &At<'_>) -> Answer {
    plain(at, code::uds::WRONG_SERVICE, |exchange| {
        let is_uds = exchange.ask.what != HttpWhat::SingleSignOn;
        match exchange.status() {
            Some(404) if is_uds && exchange.ask.what != HttpWhat::User => Some("404".to_owned()),
            Some(200) if is_uds && is_whole(exchange) => other_document(&exchange.reading),
            None if is_no_http(exchange) => Some("something that is no HTTP".to_owned()),
            _ => None,
        }
    })
}

/// Whether what came instead of an answer is no HTTP.
pub(super) fn is_no_http(exchange: &Exchange) -> bool {
    exchange.ended.as_ref().is_some_and(|end| end.outcome.code.as_deref() == Some("not HTTP"))
}

/// A document that is not the one that was asked for, in words.
pub(super) fn other_document(reading: &Reading) -> Option<String> {
    match reading {
        Reading::Misread(Misread::Html(Some(title))) => Some(format!("a web page, {}", foreign(title))),
        Reading::Misread(Misread::Html(None)) => Some("a web page".to_owned()),
        Reading::Misread(Misread::NotXml { what, at }) => {
            Some(format!("a body that is not XML ({} at byte {at})", foreign(what)))
        }
        Reading::Misread(Misread::Unread(why)) => Some(format!("a body that cannot be read: {}", foreign(why))),
        Reading::Misread(Misread::Other(root)) => Some(format!("another document, <{}>", foreign(root))),
        _ => None,
    }
}

/// An answer of success with nothing in it.
pub(super) fn empty(at: &At<'_>) -> Answer {
    plain(at, code::uds::EMPTY, |exchange| is_empty(exchange).map(|status| status.to_string()))
}

/// The status of an answer of success with nothing in it.
pub(super) fn is_empty(exchange: &Exchange) -> Option<u16> {
    let none = exchange.body.is_some_and(|(.., bytes, end)| bytes == 0 && end == BodyEnd::Complete);
    let unread = exchange.reading == Reading::Misread(Misread::Empty) && is_whole(exchange);
    let status = exchange.status().filter(|status| (200..300).contains(status))?;
    (none || unread).then_some(status)
}

/// An answer that went on beyond our bound.
pub(super) fn endless(at: &At<'_>) -> Answer {
    plain(at, code::uds::ENDLESS, is_endless)
}

pub(super) fn is_endless(exchange: &Exchange) -> Option<String> {
    if let Some((.., bytes, BodyEnd::Bound)) = exchange.body {
        return Some(format!("{bytes} bytes came, and no more were taken"));
    }
    let by_end = exchange.ended.as_ref().is_some_and(|end| end.outcome.code.as_deref() == Some("limit"));
    by_end.then(|| "its head is longer than is read here".to_owned())
}

/// A redirect, which UDS does not use. `304` is none: it claims that we have the answer already.
pub(super) fn redirect(at: &At<'_>) -> Answer {
    let is_one = |exchange: &Exchange| {
        let (_, _, head) = exchange.head.as_ref()?;
        ((300..400).contains(&head.status) && head.status != 304).then(|| head.status.to_string())
    };
    let Some((found, faulty)) = faults(at, code::uds::REDIRECT, is_one) else {
        return nothing(at);
    };
    let to = faulty.iter().find_map(|exchange| exchange.head.as_ref()?.2.location.clone());
    found.foreign("location", to.as_deref().unwrap_or("nowhere that it names")).holds()
}

/// The request was written, and the connection broke before the answer was whole.
pub(super) fn broken(at: &At<'_>) -> Answer {
    plain(at, code::uds::BROKEN, is_broken)
}

pub(super) fn is_broken(exchange: &Exchange) -> Option<String> {
    exchange.sent?;
    let end = exchange.ended.as_ref().map(|end| (end.outcome.how, end.outcome.code.as_deref()));
    let cut = exchange.body.is_some_and(|(.., end)| end == BodyEnd::Broken);
    match end {
        Some((How::Lost, code)) => Some(foreign(code.unwrap_or("closed"))),
        Some((How::Broken, Some("bad body"))) => Some("a body that does not keep to HTTP".to_owned()),
        _ if cut => Some("closed within the body".to_owned()),
        _ => None,
    }
}

/// A status that is neither success nor one of those above.
///
/// 1. `401` and `403` are the user's matter where the user's credential was asked for.
/// 2. `404` to singleSignOn is what an old release says: there is none.
pub(super) fn unexpected(at: &At<'_>) -> Answer {
    plain(at, code::uds::UNEXPECTED, |exchange| {
        let (_, _, head) = exchange.head.as_ref()?;
        let known = match (head.status, exchange.ask.what) {
            (401 | 403, HttpWhat::User) => true,
            (404, HttpWhat::User) | (100..200 | 304, _) => false,
            (404 | 429, _) => true,
            (400..500, _) => false,
            (200..300, _) => head.status == 200 || exchange.body.is_some_and(|(.., bytes, _)| bytes == 0),
            _ => true,
        };
        (!known).then(|| with_words(head.status, exchange))
    })
}

/// A status, with the realm and with what the body says, where it says something.
pub(super) fn with_words(status: u16, exchange: &Exchange) -> String {
    let realm = exchange.head.as_ref().and_then(|(_, _, head)| head.realm.clone());
    let realm = realm.map(|realm| format!(", realm {}", foreign(&realm))).unwrap_or_default();
    match &exchange.reading {
        Reading::Error(words) if !words.is_empty() => format!("{status}{realm} ({})", foreign(words)),
        _ => format!("{status}{realm}"),
    }
}

/// Whether the body came to its end.
pub(super) fn is_whole(exchange: &Exchange) -> bool {
    exchange.body.is_some_and(|(.., end)| end == BodyEnd::Complete)
}

/// The request was written, and the answer or the rest of it stayed out.
pub(super) fn is_silent(exchange: &Exchange) -> Option<String> {
    exchange.sent?;
    let marked = exchange.went_silent().is_some();
    let timed_out = exchange.ended.as_ref().is_some_and(|end| end.outcome.how == How::TimedOut);
    let rest = exchange.head.is_some();
    let awaited = if rest { "the rest of the answer" } else { "the answer" };
    (marked || timed_out).then(|| awaited.to_owned())
}

/// How long a silent server was waited for, and whether it answered after all.
pub(super) fn waited(at: &At<'_>, found: Found, faulty: &[&Exchange]) -> Found {
    let (_, silent_ms) = at.site.marks_ms();
    let longest = faulty.iter().map(|exchange| {
        let since = exchange.quiet.first().map(|(_, _, since)| *since).or(exchange.sent.map(|(_, at, _)| at));
        let body = exchange.body.map(|(_, at, ..)| at);
        let until = body.or(exchange.ended.as_ref().map(|end| end.at));
        let known = since.zip(until).map(|(since, until)| until.since(since));
        known.unwrap_or(Duration::from_millis(silent_ms))
    });
    let answered = |exchange: &&Exchange| exchange.body.is_some_and(|(.., end)| end == BodyEnd::Complete);
    let late = faulty.iter().all(answered).then(|| "answered after all".to_owned());
    let marks = faulty.iter().flat_map(|exchange| exchange.quiet.iter().map(|(n, ..)| *n));
    let found = found.arg("waited", duration(longest.max().unwrap_or_default()));
    found.maybe("answered_late", late).cite(marks)
}

/// Whether the server is asked for UDS, and nothing of this kind has been seen of it.
fn nothing(at: &At<'_>) -> Answer {
    if at.place.kind == Kind::Cucm { at.not_yet() } else { Answer::DoesNotHold }
}

fn plain(at: &At<'_>, code: Code, wrong: Wrong) -> Answer {
    faults(at, code, wrong).map_or_else(|| nothing(at), |(found, _)| found.holds())
}

fn faults<'a>(at: &At<'a>, code: Code, wrong: Wrong) -> Option<(Found, Vec<&'a Exchange>)> {
    if at.place.kind == Kind::Cucm { faults_of(at, code, wrong) } else { None }
}

/// The exchanges with a server that went wrong in one way, and a finding about them. It is milder where another
/// server answered the same requests.
pub(super) fn faults_of<'a>(at: &At<'a>, code: Code, wrong: Wrong) -> Option<(Found, Vec<&'a Exchange>)> {
    let faulty: Vec<&'a Exchange> =
        at.place.exchanges.iter().copied().filter(|exchange| wrong(exchange).is_some()).collect();
    let said = wrong(faulty.first()?)?;
    let mut whats: Vec<HttpWhat> = faulty.iter().map(|exchange| exchange.ask.what).collect();
    whats.sort_unstable();
    whats.dedup();
    let words: Vec<String> = whats.iter().map(|what| what.words().to_owned()).collect();
    let found = at
        .found(code)
        .arg("what", list(&words))
        .arg("got", said)
        .foreign("url", &faulty[0].ask.url)
        .maybe("other_ok", at.elsewhere(&whats))
        .cite(faulty.iter().flat_map(|exchange| entries(exchange)));
    Some((found, faulty))
}

/// An exchange's entries: how it began, what came, and how it ended.
pub(super) fn entries(exchange: &Exchange) -> impl Iterator<Item = EntryNo> + use<> {
    let head = exchange.head.as_ref().map(|(n, ..)| *n);
    let body = exchange.body.map(|(n, ..)| n);
    let end = exchange.ended.as_ref().map(|end| end.n);
    [Some(exchange.n), head, body, end].into_iter().flatten()
}

/// UDS names a server of one label: System > Server has it so.
pub(super) fn server_short(site: &Site<'_>) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for exchange in site.asked(HttpWhat::Servers) {
        let Reading::Servers(servers) = &exchange.reading else {
            answers.push(if exchange.ended.is_some() { Answer::DoesNotHold } else { Answer::CannotTellYet });
            continue;
        };
        for name in servers.servers.iter().take(NAMES).filter(|name| is_short(name)) {
            if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                continue;
            }
            names.push(name.clone());
            let found = Found::about(code::uds::SERVER_SHORT, name).of(exchange.op);
            let found = found.foreign("server", exchange.ask.server().1).cite(entries(exchange));
            answers.push(with_address(site, found, name).holds());
        }
    }
    answers
}
