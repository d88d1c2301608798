//! Whether a filter shows a row. What is cheap is asked first; a row's text is looked at as it was kept, with the
//! words of its masks in the place of its secrets, and is not laid out for it.

use super::super::fold::Console;
use super::super::masked::mask_words;
use super::super::place::{host_of, is_host};
use super::super::row::{Body, Kind, Row};
use super::super::xml::addressed;
use super::{Filter, Pattern, Test};
use crate::journal::{Payload, Wall};

/// What is asked of a filter: about which row, and what else it needs to know.
pub(in super::super) struct Asked<'a> {
    pub(in super::super) console: &'a Console,
    /// The row's place among all rows, and the row.
    pub(in super::super) at: usize,
    pub(in super::super) row: &'a Row,
    /// Seconds by which the shown time of day is ahead of UTC.
    pub(in super::super) ahead_of_utc: i32,
}

impl Filter {
    /// Whether it shows a row.
    pub(in super::super) fn shows(&self, asked: &Asked<'_>) -> bool {
        let holds = |costly: bool| {
            let mut terms = self.terms.iter().filter(move |term| term.test.is_costly() == costly);
            // A term that is not about such rows hides none of them.
            terms.all(|term| term.test.holds(asked).is_none_or(|holds| holds != term.negated))
        };
        holds(false) && holds(true)
    }
}

impl Test {
    fn is_costly(&self) -> bool {
        matches!(self, Test::Jid { .. } | Test::Text(_) | Test::Regex(_))
    }

    /// Whether a row passes; none where the test says nothing about such rows.
    fn holds(&self, asked: &Asked<'_>) -> Option<bool> {
        let row = asked.row;
        Some(match self {
            Test::Kind(kinds) => kinds.contains(&row.kind),
            Test::Mark(marks) => marks.contains(&row.mark),
            Test::Node(nodes) => nodes.iter().any(|node| is_of_node(asked, node)),
            Test::Route(routes) => routes.iter().any(|route| is_of_route(asked, route)),
            Test::Jid { jids, strict } => return of_jid(asked, jids, *strict),
            Test::Text(texts) => has_text(row, &mut |part| texts.iter().any(|text| text.is_in(part))),
            Test::Regex(regex) => regex.is_in_row(row),
            Test::After(ms) => time_of_day(asked) >= i64::from(*ms),
            Test::Before(ms) => time_of_day(asked) < i64::from(*ms),
            Test::Last(seconds) => {
                row.wall.0 >= asked.console.newest().0.saturating_sub(i64::from(*seconds) * 1000)
            }
            Test::Numbers(ranges) => ranges.iter().any(|range| {
                range.from.is_none_or(|from| row.n.0 >= from) && range.to.is_none_or(|to| row.n.0 <= to)
            }),
            Test::All => true,
        })
    }
}

/// Milliseconds since midnight, as the row's time is shown.
fn time_of_day(asked: &Asked<'_>) -> i64 {
    let Wall(ms) = asked.row.wall;
    ms.saturating_add(i64::from(asked.ahead_of_utc) * 1000).rem_euclid(86_400_000)
}

/// Whether a row is about a host: its logins, the requests to it, the questions for its address.
fn is_of_node(asked: &Asked<'_>, node: &str) -> bool {
    asked.console.key_at(asked.at).is_some_and(|key| is_host(key, node))
}

/// Whether a row is what a route asked, or about a host that the answers to it named, or a login that it led to.
fn is_of_route(asked: &Asked<'_>, route: &str) -> bool {
    let Some(key) = asked.console.key_at(asked.at) else { return false };
    let (host, _) = host_of(key);
    let names = || asked.console.login_at(asked.at).is_some_and(|login| login.named_by.contains(route));
    let asks = host.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case(route));
    asks || host.eq_ignore_ascii_case(route) || asked.console.is_named_by(route, host) || names()
}

/// Whether a stanza is to or from one of these; only stanzas have a JID.
fn of_jid(asked: &Asked<'_>, jids: &[String], strict: bool) -> Option<bool> {
    let is_stanza = matches!(asked.row.kind, Kind::Message | Kind::Presence | Kind::Iq);
    let Body::Xml { payload, .. } = &asked.row.body else { return strict.then_some(false) };
    if !is_stanza {
        return strict.then_some(false);
    }
    let text = payload.text();
    let (to, from) = addressed(&text);
    // Without an address it is to, or from, the account itself (RFC 6120 sections 8.1.1.1 and 8.1.2.1).
    let own = || asked.console.login_at(asked.at).map(|login| format!("{}@{}", login.user, login.domain).into());
    let own = if to.is_none() && from.is_none() { own() } else { None };
    let mut any = [to, from, own].into_iter().flatten();
    Some(any.any(|jid| jids.iter().any(|wanted| is_jid(&jid, wanted))))
}

/// Whether a JID is the wanted one: a bare one stands for every resource, one without `@` for a user or a domain.
fn is_jid(jid: &str, wanted: &str) -> bool {
    let ((bare, resource), (wanted, of)) = (bare_and_resource(jid), bare_and_resource(wanted));
    let is_user = || bare.split_once('@').is_some_and(|(user, _)| is_same_letters(user, wanted));
    (of.is_none() || of == resource) && (is_same_letters(bare, wanted) || is_user())
}

fn bare_and_resource(jid: &str) -> (&str, Option<&str>) {
    jid.split_once('/').map_or((jid, None), |(bare, resource)| (bare, Some(resource)))
}

/// Whether two texts differ in no more than their case. Asked of every stanza there is, so it makes no copies of ASCII.
fn is_same_letters(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || !(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase()
}

/// Whether a part of a row's text fits: what passed, with the words of its masks, or our words.
pub(super) fn has_text(row: &Row, fits: &mut dyn FnMut(&str) -> bool) -> bool {
    let mut any = |text: &str| !text.is_empty() && fits(text);
    match &row.body {
        Body::Xml { payload, note } => has_payload(payload, &mut any) || any(note),
        Body::Http { url, head, body, note } => {
            any(url) || has_payload(head, &mut any) || has_payload(body, &mut any) || any(note)
        }
        Body::Words(lines) => {
            let mut text = String::new();
            for line in lines {
                if !text.is_empty() {
                    text.push(' ');
                }
                line.pieces.iter().for_each(|piece| text.push_str(piece.text()));
            }
            any(&text)
        }
        Body::Quiet { .. } | Body::Kernel { .. } => any(&row.text()),
    }
}

fn has_payload(payload: &Payload, fits: &mut dyn FnMut(&str) -> bool) -> bool {
    if payload.cuts().is_empty() {
        return fits(&payload.text());
    }
    let bytes = payload.bytes();
    let (mut text, mut done) = (String::with_capacity(bytes.len() + 64), 0);
    for cut in payload.cuts() {
        let to = cut.at.clamp(done, bytes.len());
        text.push_str(&String::from_utf8_lossy(&bytes[done..to]));
        text.push_str(&mask_words(cut));
        done = to;
    }
    text.push_str(&String::from_utf8_lossy(&bytes[done..]));
    fits(&text)
}

impl Pattern {
    /// Whether a row's text has it.
    pub(in super::super) fn is_in_row(&self, row: &Row) -> bool {
        has_text(row, &mut |part| self.is_in(part))
    }
}
