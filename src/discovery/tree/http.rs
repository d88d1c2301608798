//! One HTTP exchange as an item and in words: what was asked, how far it came, what was read in the answer.

use super::certificate;
use super::figures::{count, took};
use super::reading;
use crate::discovery::item::{Again, Item, ItemState, TrustAsk, Wants};
use crate::discovery::reading::Reading;
use crate::discovery::walk::{Exchange, GateShut, Walk};
use crate::journal::{BodyEnd, EntryNo, How, HttpAsk, HttpWhat, OpId, Outcome, http_key};
use crate::protocol::document::Misread;

/// The item of an exchange, by what is known of it. Whoever asked gives it a better name where the answer has one.
pub(super) fn item(walk: &Walk, id: String, seen: &Exchange) -> Item {
    let (state, figure) = standing(seen);
    let mut item = Item::new(id, state, seen.ask.what.words());
    item.words = words(seen, &figure);
    item.figure = figure;
    item.ops = ops(seen);
    item.entries = entries(seen);
    item.detail = detail(seen);
    item.place = Some(http_key(&seen.ask));
    item.ask = Some(Again::Http(seen.ask.clone()));
    item.wants = trust(walk, seen).map(Wants::Trust);
    item
}

/// The item of a request that the plan has and that was not begun.
pub(super) fn planned(id: String, ask: &HttpAsk) -> Item {
    let mut item = Item::new(id, ItemState::Waiting, ask.what.words());
    item.figure = "not begun".to_owned();
    item.words = format!("{} from {}: not begun", ask.what.words(), ask.place());
    item.detail = vec![request(ask)];
    item.place = Some(http_key(ask));
    item.ask = Some(Again::Http(ask.clone()));
    if matches!(ask.what, HttpWhat::EdgeConfig | HttpWhat::User | HttpWhat::EpasLogin) {
        item.wants = Some(Wants::Password(ask.place()));
    }
    item
}

/// An exchange's state and figure.
pub(super) fn standing(seen: &Exchange) -> (ItemState, String) {
    let said = |state: ItemState, figure: &str| (state, figure.to_owned());
    if let Some(gate) = &seen.gate {
        return match gate.why.as_str() {
            "untrusted" => said(ItemState::Warning, "untrusted"),
            "clear" => said(ItemState::Warning, "in clear"),
            "key not proven" => said(ItemState::Failed, "key not proven"),
            "attempts" => said(ItemState::Skipped, "no attempt left"),
            "no credential" => said(ItemState::Skipped, "no password"),
            other => said(ItemState::Skipped, other),
        };
    }
    let Some(ending) = &seen.ended else {
        let silent = seen.went_silent().is_some() && seen.head.is_none();
        return if silent { said(ItemState::Failed, "silent") } else { said(ItemState::Running, "asking") };
    };
    match ending.outcome.how {
        How::Ok => read(seen),
        How::Refused if seen.ask.what == HttpWhat::JabberConfig && seen.status() == Some(404) => {
            said(ItemState::Absent, "404")
        }
        How::Refused => match reading::refusal(&seen.reading) {
            Some(word) => said(ItemState::Failed, word),
            None => said(ItemState::Failed, code(&ending.outcome, "refused")),
        },
        How::TimedOut => said(ItemState::Failed, "silent"),
        How::Lost => said(ItemState::Failed, code(&ending.outcome, "lost")),
        How::Broken => said(ItemState::Failed, code(&ending.outcome, "broken")),
        How::Stopped => said(ItemState::Skipped, code(&ending.outcome, "stopped")),
        How::Failed => said(ItemState::Failed, "failed"),
    }
}

fn code<'o>(outcome: &'o Outcome, otherwise: &'o str) -> &'o str {
    outcome.code.as_deref().unwrap_or(otherwise)
}

/// The state of a complete answer: whether it is what was asked for.
fn read(seen: &Exchange) -> (ItemState, String) {
    let time = seen.took_us().map_or_else(String::new, took);
    match (&seen.reading, reading::refusal(&seen.reading)) {
        (Reading::Misread(why), _) => (ItemState::Failed, misread(why).0),
        (_, Some(word)) => (ItemState::Failed, word.to_owned()),
        _ => (ItemState::Ok, time),
    }
}

/// What a body is instead, in a word and in a sentence.
fn misread(why: &Misread) -> (String, String) {
    match why {
        Misread::Empty => ("empty".to_owned(), "the body is empty".to_owned()),
        Misread::Html(title) => {
            let title = title.as_ref().map_or_else(String::new, |title| format!(": {title}"));
            ("HTML".to_owned(), format!("the body is a page for people{title}"))
        }
        Misread::NotXml { what, at } => {
            ("not XML".to_owned(), format!("the body is no XML: {what}, at byte {at}"))
        }
        Misread::Unread(why) => ("not read".to_owned(), format!("the body cannot be read: {why}")),
        Misread::Other(root) => (format!("<{root}>"), format!("the body is another document: <{root}>")),
    }
}

/// Who was asked: `cucm1.example.test:8443`, `cucm1.example.test:8443 through expe.example.test:8443`.
fn place(ask: &HttpAsk) -> String {
    let (_, host, port) = ask.server();
    let server = crate::journal::host_port(host, port);
    if ask.inside.is_empty() { server } else { format!("{server} through {}", ask.place()) }
}

/// An exchange's state on one line.
fn words(seen: &Exchange, figure: &str) -> String {
    let (what, place) = (seen.ask.what.words(), place(&seen.ask));
    if let Some(gate) = &seen.gate {
        return format!("{what}: nothing sent to {place}: {}", gate_words(gate));
    }
    let Some(ending) = &seen.ended else {
        return format!("{what}: asked {place}, no answer yet");
    };
    let status = seen.status().map(|status| format!(" {status}")).unwrap_or_default();
    let time = seen.took_us().map_or_else(String::new, |us| format!(" in {}", took(us)));
    match ending.outcome.how {
        How::Ok => match &seen.reading {
            Reading::Misread(why) => format!("{what}: {place} answered{status}{time}; {}", misread(why).1),
            other => match reading::refusal_words(other) {
                Some(said) => format!("{what}: {place} answered{status}{time}: {said}"),
                None => format!("{what}: {place} answered{status}{time}"),
            },
        },
        How::Refused => {
            let said = reading::refusal_words(&seen.reading).map_or_else(String::new, |said| format!(": {said}"));
            format!("{what}: {place} refused with{status}{time}{said}")
        }
        _ => format!("{what}: {place}: {}", ending.outcome.text.as_deref().unwrap_or(figure)),
    }
}

fn gate_words(gate: &GateShut) -> String {
    match gate.why.as_str() {
        "untrusted" => "certificate not accepted".to_owned(),
        "clear" => "the connection has no TLS".to_owned(),
        "key not proven" => "the server did not prove its certificate's key".to_owned(),
        "attempts" => "no attempt with the password is left".to_owned(),
        "no credential" => "no password at hand".to_owned(),
        other => other.to_owned(),
    }
}

/// What a yes would have to accept; none once it was accepted, or where nothing can be.
pub(super) fn trust(walk: &Walk, seen: &Exchange) -> Option<TrustAsk> {
    let gate = seen.gate.as_ref().filter(|gate| gate.why == "untrusted")?;
    let fingerprint = gate.fingerprint.clone()?;
    let (_, host, port) = seen.ask.origin();
    if walk.permissions().accepts(host, &fingerprint).is_some() {
        return None;
    }
    // A connection that stood already has shown its certificate to an earlier exchange.
    let same = |other: &&Exchange| {
        let certs = other.certificate.as_ref().map(|shown| &shown.certs);
        other.ask.origin() == seen.ask.origin()
            && certs.and_then(|certs| certs.first()).is_some_and(|own| own.fingerprint == fingerprint)
    };
    let shown = walk.exchanges().iter().rev().find(same).and_then(|other| other.certificate.as_ref());
    Some(TrustAsk {
        host: host.to_owned(),
        port,
        fingerprint,
        failed: gate.failed.clone(),
        certificate: shown.map_or_else(Vec::new, |shown| certificate::words(shown).into_iter().take(2).collect()),
        would_send: gate.would_send.clone(),
    })
}

/// `GET https://cucm1.example.test:8443/cucm-uds/version`
fn request(ask: &HttpAsk) -> String {
    let method = match ask.what {
        HttpWhat::EpasLogin | HttpWhat::EpasConfig | HttpWhat::EpasToken => "POST",
        what if what.is_administrators() => "POST",
        _ => "GET",
    };
    let about = if ask.about.is_empty() { String::new() } else { format!(", about {}", ask.about) };
    let version = if ask.version.is_empty() { String::new() } else { format!(", version {}", ask.version) };
    format!("{method} {}{about}{version}", ask.url)
}

/// The whole exchange for a person.
fn detail(seen: &Exchange) -> Vec<String> {
    let mut lines = vec![request(&seen.ask)];
    lines.extend(seen.connects.iter().map(|connect| {
        let how = connect.ended.as_ref().map_or_else(
            || "no answer yet".to_owned(),
            |ending| match ending.outcome.how {
                How::Ok => format!("connected in {}", took(ending.at.0.saturating_sub(connect.began.0))),
                _ => ending.outcome.code.clone().or(ending.outcome.text.clone()).unwrap_or_default(),
            },
        );
        format!("{}: {how}", connect.to)
    }));
    lines.extend(seen.handshakes.iter().filter_map(|shake| {
        let ending = shake.ended.as_ref()?;
        Some(match ending.outcome.how {
            How::Ok => format!("TLS stands after {}", took(ending.at.0.saturating_sub(shake.began.0))),
            _ => format!(
                "TLS failed: {}",
                ending.outcome.text.as_deref().or(ending.outcome.code.as_deref()).unwrap_or("")
            ),
        })
    }));
    if let Some((_, version, _)) = &seen.legacy {
        lines.push(version.as_ref().map_or_else(
            || "old TLS versions are refused too".to_owned(),
            |version| format!("it speaks {version} only"),
        ));
    }
    lines.extend(seen.gate.iter().flat_map(|gate| {
        let failed = gate.failed.iter().map(|why| format!("  {why}"));
        let sends = [format!("would be sent: {}", gate.would_send)];
        [format!("nothing was sent: {}", gate_words(gate))].into_iter().chain(failed).chain(sends)
    }));
    if seen.sent.is_some_and(|(_, _, credential)| credential) {
        let words = match seen.ask.what.is_administrators() {
            true => "the administrator's credential was in it",
            false => "the user's credential was in it: one attempt",
        };
        lines.push(words.to_owned());
    }
    lines.extend(answer(seen));
    lines.extend(
        seen.ended
            .iter()
            .filter(|ending| ending.outcome.how != How::Ok)
            .filter_map(|ending| ending.outcome.text.clone()),
    );
    lines
}

fn answer(seen: &Exchange) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((_, _, head)) = &seen.head {
        let time = seen.answered_us().map_or_else(String::new, |us| format!(" after {}", took(us)));
        let kind = head.content_type.as_ref().map_or_else(String::new, |kind| format!(", {kind}"));
        lines.push(format!("answer: {}{time}{kind}", head.status));
        lines.extend(head.realm.as_ref().map(|realm| format!("realm: {realm}")));
        lines.extend(head.location.as_ref().map(|to| format!("redirects to {to}")));
    }
    if let Some((_, _, bytes, end)) = seen.body {
        lines.push(match end {
            BodyEnd::Complete => format!("body: {}", count(usize::try_from(bytes).unwrap_or(usize::MAX), "byte")),
            BodyEnd::Bound => format!("body: no end after {bytes} bytes, reading stopped"),
            BodyEnd::Broken => format!("body: broke off after {bytes} bytes"),
            BodyEnd::TimedOut => format!("body: {bytes} bytes, then nothing more in time"),
        });
    }
    match &seen.reading {
        Reading::Misread(why) => lines.push(misread(why).1),
        other => lines.extend(reading::lines(other)),
    }
    lines
}

/// An exchange's operation, and those below it.
pub(super) fn ops(seen: &Exchange) -> Vec<OpId> {
    let below = seen.connects.iter().map(|connect| connect.op).chain(seen.handshakes.iter().map(|shake| shake.op));
    [seen.op].into_iter().chain(below).collect()
}

fn entries(seen: &Exchange) -> Vec<EntryNo> {
    let mut entries = vec![seen.n];
    entries.extend(seen.sent.as_ref().map(|(n, ..)| *n));
    entries.extend(seen.gate.as_ref().map(|gate| gate.n));
    entries.extend(seen.head.as_ref().map(|(n, ..)| *n));
    entries.extend(seen.body.as_ref().map(|(n, ..)| *n));
    entries.extend(seen.ended.as_ref().map(|ending| ending.n));
    entries
}

/// The newest exchange for this purpose at this origin.
pub(super) fn newest<'w>(walk: &'w Walk, what: HttpWhat, host: &str, port: u16) -> Option<&'w Exchange> {
    let is_it = |ask: &HttpAsk| ask.what == what && ask.inside.is_empty() && is_at(ask, host, port);
    walk.exchanges().iter().rev().find(|seen| is_it(&seen.ask))
}

/// Whether a request goes to this host and port.
pub(super) fn is_at(ask: &HttpAsk, host: &str, port: u16) -> bool {
    let (_, own, at) = ask.origin();
    own.eq_ignore_ascii_case(host) && at == port
}
