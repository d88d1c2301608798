//! The answers, in whatever form they come.

use super::super::document::{self, Document, Misread, is, told, value};
use super::super::tree::Element;
use super::super::{mask, soap};
use super::{Answer, Config, LoggedIn};

/// So many names of what was not understood are kept, and so many settings beside those that are known.
const KEPT: usize = 16;
/// So many properties are kept.
const MAX_PROPERTIES: usize = 1000;
/// A longer secret is none: texts are kept up to a bound, and one that was cut short would be another secret.
const MAX_SECRET: usize = 8 * 1024;

/// What servers say of a key that does not stand (any more), whatever surrounds it.
const INVALID: &str = "invalid request";
/// What they say of a client that is too old.
const TOO_OLD: [&str; 3] = ["minimal version", "minimum version", "version requirement"];

pub(super) fn login(body: &[u8]) -> Result<Answer<LoggedIn>, Misread> {
    read(body, |within| {
        let key = within.descendants().find(|element| is_session_key(element.name()));
        let success = within.descendants().find(|element| is(*element, "success"));
        if key.is_none() && (success.is_none() || failure(within).is_some()) {
            return None;
        }
        let on_success = success.is_some_and(|success| names(success).any(is_session_key));
        let known = ["session-key", "sessionkey", "session_key", "reason"];
        Some(LoggedIn {
            has_key: on_success || key.is_some_and(holds_secret),
            more: success.map(|success| told(success, KEPT, &known)).unwrap_or_default(),
        })
    })
}

pub(super) fn config(body: &[u8]) -> Result<Answer<Config>, Misread> {
    read(body, |within| {
        let all = within.descendants().filter(|element| is(*element, "property"));
        let properties: Vec<_> = all.filter_map(property).take(MAX_PROPERTIES).collect();
        let answered = ["get-all-config-resp", "get-system-config-resp"];
        let is_answer = within.descendants().any(|inner| answered.iter().any(|name| is(inner, name)));
        let is_empty = is_answer && failure(within).is_none() && refusal(within).is_none();
        (!properties.is_empty() || is_empty).then_some(Config { properties })
    })
}

pub(super) fn token(body: &[u8]) -> Result<Answer<bool>, Misread> {
    read(body, |within| {
        let success = within.descendants().find(|element| is(*element, "success"));
        let password = within.descendants().find(|element| is_password(element.name()));
        let on_success = success.is_some_and(|success| names(success).any(is_password));
        let is_success = success.is_some() || (password.is_some() && failure(within).is_none());
        is_success.then_some(on_success || password.is_some_and(holds_secret))
    })
}

/// The text, or the attribute, for whose name this holds.
pub(super) fn secret(body: &[u8], named: fn(&str) -> bool) -> Option<String> {
    let document = Document::read(body).ok()?;
    let body = document.find("Body").unwrap_or(document.root());
    let inside = || std::iter::once(body).chain(body.descendants());
    let text = inside().filter(|element| named(element.name())).map(|element| element.text().trim());
    let attributes = inside().flat_map(Element::attributes).filter(|(name, _)| named(name));
    let mut all = text.chain(attributes.map(|(_, value)| value.trim()));
    all.find(|text| !text.is_empty() && text.len() <= MAX_SECRET).map(str::to_owned)
}

/// `session-key`, as element or attribute, whatever joins its words.
pub(super) fn is_session_key(name: &str) -> bool {
    let letters = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    letters.eq("sessionkey".chars())
}

/// `password`, or a name that says of what kind.
pub(super) fn is_password(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    letters.to_ascii_lowercase().ends_with("password")
}

/// Whether a secret stands, or stood, in this element. Bodies are read after their secrets were cut out, and a key
/// that was cut leaves `<session-key></session-key>`: the element's presence tells, not its text. `<session-key/>`
/// never held one, for no cut makes a tag empty.
fn holds_secret(element: Element<'_>) -> bool {
    !element.is_empty_tag()
}

/// The local names of an element's attributes.
fn names(element: Element<'_>) -> impl Iterator<Item = &str> {
    element.attributes().iter().map(|(name, _)| name.rsplit(':').next().unwrap_or_default())
}

/// Fault, success, failure, redirect, in this order; `success` says what an answer that succeeded says.
fn read<T>(body: &[u8], success: impl Fn(Element<'_>) -> Option<T>) -> Result<Answer<T>, Misread> {
    let document = match Document::read(body) {
        Ok(document) => document,
        // the refusal of a key may come without any envelope
        Err(Misread::NotXml { what, at }) => {
            let text = String::from_utf8_lossy(body);
            return match is_refusal(&text) {
                true => Ok(Answer::Failure(document::shown(text.trim()))),
                false => Err(Misread::NotXml { what, at }),
            };
        }
        Err(other) => return Err(other),
    };
    let is_soap = is(document.root(), "Envelope") || document.elements().any(|element| is_answer(element.name()));
    if !is_soap {
        return Err(document.other());
    }
    if let Some(fault) = document.find("Fault") {
        return Ok(Answer::Fault(soap::words(fault)));
    }
    let within = document.find("Body").unwrap_or(document.root());
    let answer = success(within).map(Answer::Success);
    let answer = answer.or_else(|| failure(within).map(reason).map(Answer::Failure));
    let answer = answer.or_else(|| refusal(within).map(Answer::Failure));
    let answer = answer.or_else(|| host(within).map(Answer::Redirect));
    Ok(answer.unwrap_or_else(|| Answer::Unclear(unclear(within))))
}

/// `login-resp` and its like stand for an answer even without an envelope.
fn is_answer(name: &str) -> bool {
    name.len() > 5 && name.get(name.len() - 5..).is_some_and(|end| end.eq_ignore_ascii_case("-resp"))
}

fn property(element: Element<'_>) -> Option<(String, String)> {
    let name = value(element, "name")?;
    let said = document::text(element).or_else(|| value(element, "value")).unwrap_or_default();
    let said = if mask::names_secret(&name) { String::new() } else { said };
    Some((name, said))
}

fn failure(within: Element<'_>) -> Option<Element<'_>> {
    within.descendants().find(|element| is(*element, "failure"))
}

/// The reason of a failure: under its name, as text, or whatever else it says first.
fn reason(failure: Element<'_>) -> String {
    let inside = || std::iter::once(failure).chain(failure.descendants());
    let first = || {
        let attributes = inside().flat_map(Element::attributes).filter(|(name, _)| !name.starts_with("xmlns"));
        let attribute = || attributes.map(|(_, value)| value.trim().to_owned()).find(|value| !value.is_empty());
        inside().find_map(document::text).or_else(attribute)
    };
    let named = value(failure, "reason").or_else(|| document::text(failure)).or_else(first);
    document::shown(&named.unwrap_or_default())
}

/// A text that is known to say no.
fn refusal(within: Element<'_>) -> Option<String> {
    let inside = std::iter::once(within).chain(within.descendants());
    let texts = inside.flat_map(|element| {
        let attributes = element.attributes().iter().map(|(_, value)| value.as_str());
        attributes.chain(std::iter::once(element.text()))
    });
    texts.map(str::trim).find(|text| is_refusal(text)).map(document::shown)
}

fn is_refusal(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains(INVALID) || is_about_version(&text)
}

pub(super) fn is_about_version(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    TOO_OLD.iter().any(|words| text.contains(words))
}

/// A host that the answer names: under a name that says so, else whatever looks like one.
fn host(within: Element<'_>) -> Option<String> {
    const NAMES: [&str; 6] = ["redirect", "host", "server", "node", "address", "location"];
    let mut likely = None;
    for element in within.descendants() {
        let attributes = element.attributes().iter().filter(|(name, _)| !name.starts_with("xmlns"));
        let attributes = attributes.map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, said) in attributes.chain(std::iter::once((element.name(), element.text()))) {
            let name = name.to_ascii_lowercase();
            let Some(host) = host_in(said.trim()) else { continue };
            if NAMES.iter().any(|known| name.contains(known)) {
                return Some(host);
            }
            let is_domain = host.rsplit_once('.').is_some_and(|(_, last)| last.contains(char::is_alphabetic));
            likely = likely.or_else(|| is_domain.then_some(host));
        }
    }
    likely
}

/// The host of an address, or the text if it can be one: a name or an address, no word of a sentence.
fn host_in(text: &str) -> Option<String> {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(rest));
    let text = match text.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => text,
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let is_word = ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let is_name = text.contains(|c: char| c.is_ascii_alphabetic()) && !is_word;
    let is_address = text.split('.').filter(|part| part.parse::<u8>().is_ok()).count() == 4;
    let fits = text.len() <= 253 && text.chars().all(is_host);
    (fits && (is_name || is_address)).then(|| text.to_owned())
}

fn unclear(within: Element<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in within.descendants().map(document::name) {
        if names.len() < KEPT && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
