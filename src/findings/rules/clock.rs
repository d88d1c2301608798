//! The rule about clocks: what the servers' answers say the time is, against this host's clock.
//!
//! An answer's `Date` has whole seconds and was written between the request and the answer's head: only what lies
//! outside of these counts. XMPP tells no time.

use jiff::fmt::rfc2822::DateTimeParser;

use crate::discovery::Exchange;
use crate::journal::{CertFact, EntryNo, Wall};

use super::super::figures::{foreign, list};
use super::found::Found;
use super::site::{At, Site};
use super::tls;
use super::user::open;
use super::wire::Wire;
use super::{Answer, code, scenes};

/// Less than this is not worth knowing, in seconds.
const NOTICED: i64 = 60;
/// What Kerberos and most identity providers tolerate (RFC 4120 section 7.5.8), in seconds.
const TOLERATED: i64 = 300;

/// What one answer says of the time.
struct Told<'a> {
    n: EntryNo,
    exchange: &'a Exchange,
    /// How far the server's clock is ahead of this host's, in seconds.
    ahead: i64,
}

/// A server's clock and this host's differ: one finding for the run, about the first server that showed it.
pub(super) fn differs(site: &Site<'_>) -> Vec<Answer> {
    let all = told(site);
    let far: Vec<&Told<'_>> = all.iter().filter(|told| told.ahead.abs() >= NOTICED).collect();
    let Some(first) = far.iter().min_by_key(|told| told.n) else {
        return site.walk.exchanges().iter().map(open).collect();
    };
    let mut hosts: Vec<(&str, i64)> = Vec::new();
    for told in &far {
        if !hosts.iter().any(|(host, _)| *host == host_of(told)) {
            hosts.push((host_of(told), told.ahead));
        }
    }
    let words: Vec<String> =
        hosts.iter().map(|(host, ahead)| format!("{} is {}", foreign(host), span(*ahead))).collect();
    let (dated, held_back) = dated(site);
    let large = dated || far.iter().any(|told| told.ahead.abs() >= TOLERATED);
    vec![
        Found::about(code::clock::DIFFERS, host_of(first))
            .of(first.exchange.op)
            .arg("differences", list(&words))
            .arg("whose", whose(&all, hosts.len()))
            .maybe("large", large.then(|| "more than most services tolerate".to_owned()))
            .maybe("dates", held_back.then(|| "a certificate fails for it".to_owned()))
            .cite(far.iter().map(|told| told.n))
            .holds(),
    ]
}

/// Whose clock it is, as far as the answers agree with each other.
fn whose(all: &[Told<'_>], far: usize) -> &'static str {
    let near = all.iter().any(|told| told.ahead.abs() < NOTICED);
    let (least, most) =
        all.iter().fold((i64::MAX, i64::MIN), |(least, most), told| (least.min(told.ahead), most.max(told.ahead)));
    match (near, far) {
        (true, _) => "other servers agree with this host",
        (false, 1) => "no other server told the time",
        (false, _) if most.saturating_sub(least) < NOTICED => "the servers agree with each other",
        (false, _) => "the servers do not agree with each other either",
    }
}

/// Whether the dates of a certificate fail for the clock alone, and whether that stops anything.
fn dated(site: &Site<'_>) -> (bool, bool) {
    let places = site.places().iter().map(|place| At { site, place }).flat_map(|at| faults(&Wire::of_place(&at)));
    let logins = scenes(site).flat_map(|scene| faults(&Wire::of_login(&scene, site)));
    let all: Vec<bool> = places.chain(logins).collect();
    (!all.is_empty(), all.contains(&true))
}

/// The certificates of a server whose dates would hold by the other clock: for each, whether it stops anything.
fn faults(wire: &Wire<'_>) -> Vec<bool> {
    let found = [tls::expired(wire), tls::not_yet_valid(wire)].into_iter().filter_map(|answer| match answer {
        Answer::Holds(finding) => Some(finding),
        _ => None,
    });
    let by_clock = found.filter(|finding| finding.arg("by_clock").is_some());
    by_clock.map(|finding| finding.arg("accepted").is_none() && finding.arg("spared").is_none()).collect()
}

/// Whether a certificate that fails its dates now would hold by another clock: the host's own, where it told the
/// time, or that of all others, where none of them agrees with this host.
pub(super) fn would_hold(site: &Site<'_>, host: &str, cert: &CertFact, now: i64) -> Option<String> {
    let all = told(site);
    let own: Vec<&Told<'_>> = all.iter().filter(|told| host_of(told).eq_ignore_ascii_case(host)).collect();
    let asked: Vec<&Told<'_>> = if own.is_empty() { all.iter().collect() } else { own };
    let nearest =
        asked.into_iter().min_by_key(|told| told.ahead.abs()).filter(|told| told.ahead.abs() >= NOTICED)?;
    let there = now.saturating_add(nearest.ahead);
    let holds = cert.not_before <= there && there <= cert.not_after;
    holds.then(|| format!("by the clock of {}", foreign(host_of(nearest))))
}

fn host_of<'a>(told: &Told<'a>) -> &'a str {
    told.exchange.ask.server().1
}

/// What all answers say of the time.
fn told<'a>(site: &Site<'a>) -> Vec<Told<'a>> {
    site.walk.exchanges().iter().filter_map(read).collect()
}

fn read(exchange: &Exchange) -> Option<Told<'_>> {
    let (n, at, head) = exchange.head.as_ref()?;
    // An answer out of a cache tells when it was made.
    if head.headers("age").first().is_some_and(|age| age != "0") {
        return None;
    }
    let date = DateTimeParser::new().parse_timestamp(head.headers("date").first()?).ok()?.as_second();
    let second = |wall: Wall| wall.0.div_euclid(1000);
    let came = second(exchange.wall_at(*at));
    let asked = exchange.sent.map_or(came, |(_, at, _)| second(exchange.wall_at(at)));
    let ahead = if date > came { date - came } else { (date - asked).min(0) };
    Some(Told { n: *n, exchange, ahead })
}

/// `2 h 3 min ahead`
fn span(ahead: i64) -> String {
    let seconds = ahead.unsigned_abs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let way = if ahead > 0 { "ahead" } else { "behind" };
    match (days, hours) {
        (0, 0) => format!("{minutes} min {} s {way}", seconds % 60),
        (0, _) => format!("{hours} h {} min {way}", minutes % 60),
        _ => format!("{days} d {} h {way}", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_two_units() {
        let words = [90, -7380, 200_000].map(span);
        assert_eq!(words, ["1 min 30 s ahead", "2 h 3 min behind", "2 d 7 h ahead"]);
    }
}
