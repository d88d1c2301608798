//! Rules about TLS and certificates.
//!
//! One cause raises one code: what the check of the chain said decides between `TLS_EXPIRED`,
//! `TLS_NOT_YET_VALID` and `TLS_UNTRUSTED`; the dates are read beside it, since a library names one fault only.

use crate::journal::{Awaited, CertFact, ClientKind, ClosedBy, EntryNo, How, NameRole, NameVerdict, Stage};

use crate::progress::Accepted;
use crate::protocol::{alert, chain};

use super::super::figures::{day, duration, list};
use super::found::Found;
use super::wire::{Attempt, Checked, Shown, Wire};
use super::{Answer, Code, clock, code};

/// A certificate that ends within this many days is reported.
const SOON_DAYS: i64 = 30;
const DAY: i64 = 86_400;

fn says_expired(word: &str) -> bool {
    word.contains("Expired") && !word.contains("Revocation") && !word.contains("Crl")
}

fn says_not_yet_valid(word: &str) -> bool {
    word.contains("NotValidYet") || word.contains("NotYetValid")
}

fn checked<'w, 'a>(wire: &'w Wire<'a>) -> impl Iterator<Item = (&'w Shown<'a>, &'w Checked<'a>)> {
    wire.presented.iter().filter_map(|seen| Some((seen, seen.checked.as_ref()?)))
}

/// A finding about a chain: its own certificate in words, and whether the user accepted it.
fn about(wire: &Wire<'_>, code: Code, seen: &Shown<'_>, cert: Option<&CertFact>) -> Found {
    let found = wire.found_at(code, Stage::Tls).cite([seen.n]).cite(seen.checked.iter().map(|checked| checked.n));
    let Some(leaf) = seen.certs.first() else {
        return found;
    };
    let cert = cert.unwrap_or(leaf);
    let found = found
        .foreign("fingerprint", &leaf.fingerprint)
        .foreign("subject", named(&cert.subject))
        .foreign("issuer", named(&cert.issuer))
        .foreign("cert_names", &list(&leaf.names))
        .foreign("key", &leaf.key)
        .arg("not_before", day(cert.not_before))
        .arg("not_after", day(cert.not_after));
    accepted(wire, found, &leaf.fingerprint)
}

/// A name, which an odd certificate may lack.
fn named(name: &str) -> &str {
    if name.is_empty() { "(no name)" } else { name }
}

/// Whether the user accepted it; if not, whether anything of the user's was held back for it.
fn accepted(wire: &Wire<'_>, found: Found, fingerprint: &str) -> Found {
    let progress = wire.progress();
    let here = progress.accepted(wire.host()).iter().chain(progress.accepted_anywhere());
    let by_hand = here.filter(|accepted| accepted.fingerprint == fingerprint).map(|accepted| accepted.n).next();
    match (by_hand, progress.insecure()) {
        (Some(n), _) => found.arg("accepted", "its fingerprint was accepted").cite([n]),
        (None, Some(n)) => found.arg("accepted", "--insecure accepts it").cite([n]),
        (None, None) if wire.is_spared() => found.arg("spared", "no credential was held back for it"),
        (None, None) => found.cite(wire.shut_gate()),
    }
}

/// No chain to a root that is trusted here: every fault of the chain that is not one of its dates.
pub(super) fn untrusted(wire: &Wire<'_>) -> Answer {
    let fault = checked(wire).find(|(_, checked)| {
        let word = checked.chain.code.as_str();
        !checked.chain.ok && !says_expired(word) && !says_not_yet_valid(word)
    });
    let Some((seen, checked)) = fault else {
        return wire.not_at(Stage::Tls);
    };
    about(wire, code::tls::UNTRUSTED, seen, None)
        .foreign("code", if checked.chain.code.is_empty() { "no reason given" } else { &checked.chain.code })
        .arg("signed_by", fault_words(&checked.chain.code, seen.certs.first()))
        .holds()
}

/// What is wrong with a certificate, in words that `is` stands before. What is wrong with its form comes before who
/// signed it.
fn fault_words(code: &str, leaf: Option<&CertFact>) -> &'static str {
    let own = leaf.is_some_and(|leaf| !leaf.subject.is_empty() && leaf.subject == leaf.issuer);
    let form =
        ["BadEncoding", "UnsupportedCertVersion", "UnsupportedCriticalExtension", "UnsupportedSignatureAlgorithm"];
    if own && !form.contains(&code) { "self-signed" } else { chain::words(code).unwrap_or("refused by clients") }
}

/// Whether its dates could be read: those of one that is no certificate are no dates.
fn has_dates(cert: &CertFact) -> bool {
    cert.not_before != 0 || cert.not_after != 0
}

/// The certificate is not valid for the name that a client wants: on 5222 the XMPP domain, which PSI and RFC 6120
/// section 13.7.2 ask for; over HTTPS the name in the address.
pub(super) fn name_mismatch(wire: &Wire<'_>) -> Answer {
    let wanted = if wire.login().is_some() { NameRole::Domain } else { NameRole::Node };
    let is_wrong = |checked: &Checked<'_>| checked.names.iter().any(|name| name.role == wanted && !name.ok);
    let Some((seen, checked)) = checked(wire).find(|(_, checked)| is_wrong(checked)) else {
        return wire.not_at(Stage::Tls);
    };
    let found = about(wire, code::tls::NAME_MISMATCH, seen, None).foreign("wrong_name", &wire.name_to_hold());
    let by_node = checked.names.iter().any(|name: &NameVerdict| name.role == NameRole::Node && name.ok);
    let jabber = wire.login().is_some_and(|scene| scene.login.ask.client == ClientKind::Jabber);
    let by_client = match (wire.login(), by_node) {
        (None, _) => "Jabber takes such a server for an untrusted one",
        (Some(_), true) => "PSI refuses it; Jabber may accept it, since it is valid for the node's name",
        (Some(_), false) => {
            "PSI refuses it, and so does Jabber: it is valid for neither the domain nor the node's name"
        }
    };
    let found = found.arg("by_client", by_client);
    let is_edges = wire.login().is_some_and(|scene| scene.login.ask.is_by_edge());
    if by_node && (jabber || is_edges) {
        found.arg("tolerated", "Jabber may accept it").holds()
    } else {
        found.holds()
    }
}

/// A certificate of the chain has expired: the check says so, or its date does.
pub(super) fn expired(wire: &Wire<'_>) -> Answer {
    let by_date =
        |cert: &CertFact, now| (cert.not_after < now).then(|| format!("expired on {}", day(cert.not_after)));
    dated(wire, code::tls::EXPIRED, says_expired, by_date).unwrap_or_else(|| wire.not_at(Stage::Tls))
}

/// A certificate of the chain is not valid yet.
pub(super) fn not_yet_valid(wire: &Wire<'_>) -> Answer {
    let by_date = |cert: &CertFact, now| {
        (cert.not_before > now).then(|| format!("is valid only from {}", day(cert.not_before)))
    };
    dated(wire, code::tls::NOT_YET_VALID, says_not_yet_valid, by_date).unwrap_or_else(|| wire.not_at(Stage::Tls))
}

/// The first chain with this fault. Where only the check knows of it, no date is claimed for it.
fn dated(
    wire: &Wire<'_>,
    code: Code,
    word: fn(&str) -> bool,
    by_date: impl Fn(&CertFact, i64) -> Option<String>,
) -> Option<Answer> {
    wire.presented.iter().find_map(|seen| {
        let now = seen.wall.0.div_euclid(1000);
        let cert =
            seen.certs.iter().filter(|cert| has_dates(cert)).find_map(|cert| Some((cert, by_date(cert, now)?)));
        let said = seen.checked.as_ref().filter(|checked| !checked.chain.ok && word(&checked.chain.code));
        let (cert, dated) = match (cert, said) {
            (Some((cert, dated)), _) => (Some(cert), dated),
            (None, Some(said)) => {
                (None, format!("fails its dates ({}), though no presented one does", said.chain.code))
            }
            (None, None) => return None,
        };
        let by_clock = cert.and_then(|cert| clock::would_hold(wire.site, wire.host(), cert, now));
        let found = about(wire, code, seen, cert).foreign("dated", &dated).arg("now", day(now));
        Some(found.maybe("by_clock", by_clock).holds())
    })
}

/// A certificate of the chain is valid now and ends within 30 days.
pub(super) fn expires_soon(wire: &Wire<'_>) -> Answer {
    for seen in &wire.presented {
        let now = seen.wall.0.div_euclid(1000);
        let left = |cert: &&CertFact| cert.not_after.saturating_sub(now);
        let next = seen.certs.iter().filter(|cert| has_dates(cert) && left(cert) >= 0).min_by_key(left);
        if let Some(cert) = next.filter(|cert| left(cert) < SOON_DAYS * DAY) {
            let left = match left(&cert) / DAY {
                0 => "less than a day".to_owned(),
                1 => "one day".to_owned(),
                days => format!("{days} days"),
            };
            return about(wire, code::tls::EXPIRES_SOON, seen, Some(cert)).arg("left", left).holds();
        }
    }
    wire.not_at(Stage::Tls)
}

/// The handshake got no answer: its wait became silent, or it timed out.
pub(super) fn silent(wire: &Wire<'_>) -> Answer {
    let found = wire.found_at(code::tls::SILENT, Stage::Tls);
    let is_wait = |awaited: Awaited| awaited == Awaited::Handshake;
    let silence = wire.login().and_then(|scene| {
        let all = &scene.login.silences;
        all.iter().find(|silence| is_wait(silence.awaited)).map(|silence| (scene, silence))
    });
    if let Some((scene, silence)) = silence {
        return super::silence::described(scene, found, silence).holds();
    }
    let late = wire.handshakes.iter().find(|shake| shake.ended_as(|outcome| outcome.how == How::TimedOut));
    let Some((shake, (_, at, _))) = late.and_then(|shake| Some((shake, shake.ended?))) else {
        return wire.not_at(Stage::Tls);
    };
    found
        .arg("waited", duration(at.since(shake.began)))
        .arg("delivery", "What the kernel knows of our bytes was not asked")
        .maybe("other_ok", wire.place().and_then(|at| at.stand_in()))
        .cite(shake.entries())
        .holds()
}

/// A hand-made ClientHello with old versions and suites was answered where a modern one was not.
pub(super) fn legacy_only(wire: &Wire<'_>) -> Answer {
    let Some(legacy) = wire.legacy.as_ref() else {
        return wire.not_at(Stage::Tls);
    };
    let Some(version) = legacy.version.filter(|_| !wire.agreed) else {
        return Answer::DoesNotHold;
    };
    wire.found_at(code::tls::LEGACY_ONLY, Stage::Tls)
        .foreign("version", version)
        .foreign("suite", legacy.suite.unwrap_or("an unnamed cipher suite"))
        .arg("beyond", if wire.login().is_some() { "<auth>" } else { "what lies behind it" })
        .maybe("other_ok", wire.place().and_then(|at| at.stand_in()))
        .cite([legacy.n])
        .holds()
}

/// TLS failed by the peer's word or by its bytes, in the handshake or behind it. A lost link has codes of its own, and
/// so has an `<auth>` that it left without an answer.
pub(super) fn alert(wire: &Wire<'_>) -> Answer {
    let failed = |shake: &&Attempt<'_>| {
        shake.ended_as(|outcome| matches!(outcome.how, How::Refused | How::Broken | How::Failed))
    };
    let failed = wire.handshakes.iter().find(failed);
    if let Some((shake, (_, _, outcome))) = failed.and_then(|shake| Some((shake, shake.ended?))) {
        let text = outcome.text.as_deref().filter(|_| outcome.how != How::Refused);
        let word = text.or(outcome.code.as_deref()).or(outcome.text.as_deref()).unwrap_or("no reason given");
        return wire
            .found_at(code::tls::ALERT, Stage::Tls)
            .foreign("alert", &said(word))
            .maybe("other_ok", wire.place().and_then(|at| at.stand_in()))
            .cite(shake.entries())
            .cite(wire.legacy.as_ref().map(|legacy| legacy.n))
            .holds();
    }
    let closed = wire.login().and_then(|scene| scene.login.peers_end());
    let closed = closed.filter(|closed| closed.by == ClosedBy::Tls);
    let Some(closed) = closed.filter(|closed| !closed.finished && !closed.announced && !closed.auth_open) else {
        return wire.not_at(Stage::Tls);
    };
    wire.found_at(code::tls::ALERT, closed.stage)
        .foreign("alert", &said(closed.code.as_deref().unwrap_or("no reason given")))
        .cite([closed.n])
        .holds()
}

/// What the server said or did. Older recordings have an alert by its name alone.
fn said(word: &str) -> String {
    let Some(alert) = word.strip_prefix("alert ") else { return word.to_owned() };
    match alert::meaning(alert) {
        Some(meaning) => format!("the server sent the {word}: {meaning}"),
        None => format!("the server sent the {word}"),
    }
}

/// How TLS ended a connection, in a few words.
pub(super) fn by_tls(code: Option<&str>) -> String {
    match code {
        Some(alert) if alert.starts_with("alert ") => format!("by the TLS {alert}"),
        word => format!("what came could not be read as TLS: {}", word.unwrap_or("no reason given")),
    }
}

/// Another certificate of the same key type than the server presented before, or than the one that was accepted
/// for it. A server may well have an RSA and an ECDSA certificate: those two are no change.
pub(super) fn fingerprint_changed(wire: &Wire<'_>) -> Answer {
    for seen in &wire.presented {
        let Some(leaf) = seen.certs.first() else { continue };
        let other = wire.leaf_before(seen.n).into_iter().find_map(|(n, cert)| {
            let changed = key_type(cert) == key_type(leaf) && cert.fingerprint != leaf.fingerprint;
            changed.then(|| (cert.fingerprint.clone(), n))
        });
        if let Some((fingerprint, n)) = other.or_else(|| accepted_before(wire, seen, leaf)) {
            return about(wire, code::tls::FINGERPRINT_CHANGED, seen, None)
                .foreign("other_fingerprint", &fingerprint)
                .cite([n])
                .holds();
        }
    }
    wire.not_at(Stage::Tls)
}

/// A fingerprint that was accepted for this host before, where none of those is this certificate's.
fn accepted_before(wire: &Wire<'_>, seen: &Shown<'_>, leaf: &CertFact) -> Option<(String, EntryNo)> {
    let here = |accepted: &&Accepted| accepted.port.is_none_or(|port| port == wire.port());
    let before = wire.progress().accepted(wire.host()).iter().filter(|accepted| accepted.n < seen.n).filter(here);
    let mut before = before.peekable();
    let first = before.peek().map(|accepted| (accepted.fingerprint.clone(), accepted.n));
    first.filter(|_| before.all(|accepted| accepted.fingerprint != leaf.fingerprint))
}

/// `RSA` of `RSA 2048`.
fn key_type(cert: &CertFact) -> &str {
    cert.key.split(' ').next().unwrap_or_default()
}

/// The server did not prove that it holds the key of the certificate that it shows.
pub(super) fn key_not_proven(wire: &Wire<'_>) -> Answer {
    let failed = |checked: &Checked<'_>| !checked.key_proven && checked.unchecked.is_none();
    let Some((seen, _)) = checked(wire).find(|(_, checked)| failed(checked)) else {
        return wire.not_at(Stage::Tls);
    };
    unconditional(about(wire, code::tls::KEY_NOT_PROVEN, seen, None)).holds()
}

/// Whether the server holds the key of its certificate cannot be checked here.
pub(super) fn key_unchecked(wire: &Wire<'_>) -> Answer {
    let Some((seen, why)) = checked(wire).find_map(|(seen, checked)| Some((seen, checked.unchecked?))) else {
        return wire.not_at(Stage::Tls);
    };
    unconditional(about(wire, code::tls::KEY_UNCHECKED, seen, None)).foreign("unchecked", why).holds()
}

/// Nothing overrules it, so what was accepted does not matter.
fn unconditional(mut found: Found) -> Found {
    found.0.args.remove("accepted");
    found.0.args.remove("spared");
    found
}
