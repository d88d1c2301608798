//! Rules about TLS and certificates.
//!
//! One cause raises one code: what the check of the chain said decides between `TLS_EXPIRED`,
//! `TLS_NOT_YET_VALID` and `TLS_UNTRUSTED`; the dates are read beside it, since a library names one fault only.

use crate::journal::{Awaited, CertFact, How, NameRole, Stage};
use crate::progress::{Presented, Verified};

use super::super::figures::{day, duration, list};
use super::{Answer, Code, Found, Scene, code};

/// A certificate that ends within this many days is reported.
const SOON_DAYS: i64 = 30;
const DAY: i64 = 86_400;

fn says_expired(word: &str) -> bool {
    word.contains("Expired") && !word.contains("Revocation") && !word.contains("Crl")
}

fn says_not_yet_valid(word: &str) -> bool {
    word.contains("NotValidYet") || word.contains("NotYetValid")
}

fn checked<'a>(scene: &Scene<'a>) -> impl Iterator<Item = (&'a Presented, &'a Verified)> + use<'a> {
    let login = scene.login;
    login.presented.iter().filter_map(|seen| Some((seen, seen.verified.as_ref()?)))
}

/// A finding about a chain: its own certificate in words, and whether the user accepted it.
fn about(scene: &Scene<'_>, code: Code, seen: &Presented, cert: Option<&CertFact>) -> Found {
    let found = scene.found(code).stage(Stage::Tls).cite([seen.n]).cite(seen.verified.iter().map(|seen| seen.n));
    let Some(leaf) = seen.certs.first() else {
        return found;
    };
    let cert = cert.unwrap_or(leaf);
    let found = found
        .foreign("fingerprint", &leaf.fingerprint)
        .foreign("subject", &cert.subject)
        .foreign("issuer", &cert.issuer)
        .foreign("cert_names", &list(&leaf.names))
        .foreign("key", &leaf.key)
        .arg("not_before", day(cert.not_before))
        .arg("not_after", day(cert.not_after));
    accepted(scene, found, &leaf.fingerprint)
}

fn accepted(scene: &Scene<'_>, found: Found, fingerprint: &str) -> Found {
    let here = scene.progress.accepted(&scene.login.ask.host).iter();
    let by_hand = here.chain(scene.progress.accepted_anywhere());
    let by_hand = by_hand.filter(|accepted| accepted.fingerprint == fingerprint).map(|accepted| accepted.n).next();
    match (by_hand, scene.progress.insecure()) {
        (Some(n), _) => found.arg("accepted", "its fingerprint was accepted").cite([n]),
        (None, Some(n)) => found.arg("accepted", "--insecure accepts it").cite([n]),
        (None, None) => found,
    }
}

/// No chain to a root that is trusted here: every fault of the chain that is not one of its dates.
pub(super) fn untrusted(scene: &Scene<'_>) -> Answer {
    let fault = checked(scene).find(|(_, verified)| {
        let word = verified.chain.code.as_str();
        !verified.chain.ok && !says_expired(word) && !says_not_yet_valid(word)
    });
    let Some((seen, verified)) = fault else {
        return scene.not_at(Stage::Tls);
    };
    let own = seen.certs.first().is_some_and(|leaf| leaf.subject == leaf.issuer);
    about(scene, code::tls::UNTRUSTED, seen, None)
        .foreign("code", if verified.chain.code.is_empty() { "no reason given" } else { &verified.chain.code })
        .arg("signed_by", if own { "self-signed" } else { "signed by an issuer that is not trusted here" })
        .holds()
}

/// The certificate is not valid for the XMPP domain, which PSI and RFC 6120 section 13.7.2 ask for.
pub(super) fn name_mismatch(scene: &Scene<'_>) -> Answer {
    let is_wrong =
        |verified: &Verified| verified.names.iter().any(|name| name.role == NameRole::Domain && !name.ok);
    let Some((seen, verified)) = checked(scene).find(|(_, verified)| is_wrong(verified)) else {
        return scene.not_at(Stage::Tls);
    };
    let node = verified.names.iter().find(|name| name.role == NameRole::Node);
    let by_node = node.is_some_and(|node| node.ok);
    let found = about(scene, code::tls::NAME_MISMATCH, seen, None).arg(
        "by_client",
        if by_node {
            "PSI refuses it; Jabber may accept it, since it is valid for the node's name"
        } else {
            "PSI refuses it, and so does Jabber: it is valid for neither the domain nor the node's name"
        },
    );
    let jabber = scene.login.ask.client == crate::journal::ClientKind::Jabber;
    if by_node && jabber { found.arg("tolerated", "Jabber may accept it").holds() } else { found.holds() }
}

/// A certificate of the chain has expired: the check says so, or its date does.
pub(super) fn expired(scene: &Scene<'_>) -> Answer {
    let by_date =
        |cert: &CertFact, now| (cert.not_after < now).then(|| format!("expired on {}", day(cert.not_after)));
    dated(scene, code::tls::EXPIRED, says_expired, by_date).unwrap_or_else(|| scene.not_at(Stage::Tls))
}

/// A certificate of the chain is not valid yet.
pub(super) fn not_yet_valid(scene: &Scene<'_>) -> Answer {
    let by_date = |cert: &CertFact, now| {
        (cert.not_before > now).then(|| format!("is valid only from {}", day(cert.not_before)))
    };
    dated(scene, code::tls::NOT_YET_VALID, says_not_yet_valid, by_date).unwrap_or_else(|| scene.not_at(Stage::Tls))
}

/// The first chain with this fault. Where only the check knows of it, no date is claimed for it.
fn dated(
    scene: &Scene<'_>,
    code: Code,
    word: fn(&str) -> bool,
    by_date: impl Fn(&CertFact, i64) -> Option<String>,
) -> Option<Answer> {
    scene.login.presented.iter().find_map(|seen| {
        let now = seen.wall.0.div_euclid(1000);
        let cert = seen.certs.iter().find_map(|cert| Some((cert, by_date(cert, now)?)));
        let said = seen.verified.as_ref().filter(|verified| !verified.chain.ok && word(&verified.chain.code));
        let (cert, dated) = match (cert, said) {
            (Some((cert, dated)), _) => (Some(cert), dated),
            (None, Some(said)) => {
                (None, format!("fails its dates ({}), though no presented one does", said.chain.code))
            }
            (None, None) => return None,
        };
        Some(about(scene, code, seen, cert).foreign("dated", &dated).arg("now", day(now)).holds())
    })
}

/// A certificate of the chain is valid now and ends within 30 days.
pub(super) fn expires_soon(scene: &Scene<'_>) -> Answer {
    for seen in &scene.login.presented {
        let now = seen.wall.0.div_euclid(1000);
        let left = |cert: &&CertFact| cert.not_after.saturating_sub(now);
        let next = seen.certs.iter().filter(|cert| left(cert) >= 0).min_by_key(left);
        if let Some(cert) = next.filter(|cert| left(cert) < SOON_DAYS * DAY) {
            let days = (left(&cert) / DAY).to_string();
            return about(scene, code::tls::EXPIRES_SOON, seen, Some(cert)).arg("days", days).holds();
        }
    }
    scene.not_at(Stage::Tls)
}

/// The handshake got no answer: its wait became silent, or it timed out.
pub(super) fn silent(scene: &Scene<'_>) -> Answer {
    let login = scene.login;
    let silence = login.silences.iter().find(|silence| silence.awaited == Awaited::Handshake);
    let late = login
        .handshakes
        .iter()
        .find(|handshake| handshake.ended.as_ref().is_some_and(|(_, outcome)| outcome.how == How::TimedOut));
    let found = scene.found(code::tls::SILENT).stage(Stage::Tls);
    if let Some(silence) = silence {
        return super::silence::described(scene, found, silence).holds();
    }
    let Some((handshake, (at, _))) = late.and_then(|handshake| Some((handshake, handshake.ended.as_ref()?)))
    else {
        return scene.not_at(Stage::Tls);
    };
    found
        .arg("waited", duration(at.since(handshake.began)))
        .arg("delivery", "what the kernel knows of our bytes was not asked")
        .cite([handshake.n])
        .cite(handshake.ended_n)
        .holds()
}

/// A hand-made ClientHello with old versions and suites was answered where a modern one was not.
pub(super) fn legacy_only(scene: &Scene<'_>) -> Answer {
    let Some(legacy) = scene.login.legacy.as_ref() else {
        return scene.not_at(Stage::Tls);
    };
    let Some(version) = legacy.version.as_ref().filter(|_| scene.login.agreed.is_none()) else {
        return Answer::DoesNotHold;
    };
    let suite = legacy.suite.as_deref().unwrap_or("an unnamed cipher suite");
    scene
        .found(code::tls::LEGACY_ONLY)
        .stage(Stage::Tls)
        .foreign("version", version)
        .foreign("suite", suite)
        .cite([legacy.n])
        .holds()
}

/// The handshake failed by the peer's word or by its bytes. A lost link has codes of its own.
pub(super) fn alert(scene: &Scene<'_>) -> Answer {
    let failed = scene.login.handshakes.iter().find_map(|handshake| {
        let (_, outcome) = handshake.ended.as_ref()?;
        matches!(outcome.how, How::Refused | How::Broken | How::Failed).then_some((handshake, outcome))
    });
    let Some((handshake, outcome)) = failed else {
        return scene.not_at(Stage::Tls);
    };
    let legacy = scene.login.legacy.as_ref();
    let word = outcome.code.as_deref().or(outcome.text.as_deref()).unwrap_or("no reason given");
    scene
        .found(code::tls::ALERT)
        .stage(Stage::Tls)
        .foreign("alert", word)
        .cite([handshake.n])
        .cite(handshake.ended_n)
        .cite(legacy.map(|legacy| legacy.n))
        .holds()
}

/// Another certificate of the same key type than the node presented before, or than the one that was accepted
/// for it. A node may well have an RSA and an ECDSA certificate: those two are no change.
pub(super) fn fingerprint_changed(scene: &Scene<'_>) -> Answer {
    let (host, port) = (&scene.login.ask.host, scene.login.ask.port);
    for seen in &scene.login.presented {
        let Some(leaf) = seen.certs.first() else { continue };
        let before = scene.progress.node(host, port).flat_map(|login| &login.presented);
        let other = before.filter(|before| before.n < seen.n).find_map(|before| {
            let cert = before.certs.first()?;
            let changed = key_type(cert) == key_type(leaf) && cert.fingerprint != leaf.fingerprint;
            changed.then(|| (cert.fingerprint.clone(), before.n))
        });
        if let Some((fingerprint, n)) = other.or_else(|| accepted_before(scene, seen, leaf)) {
            return about(scene, code::tls::FINGERPRINT_CHANGED, seen, None)
                .foreign("other_fingerprint", &fingerprint)
                .cite([n])
                .holds();
        }
    }
    scene.not_at(Stage::Tls)
}

/// A fingerprint that was accepted for this host before, where none of those is this certificate's.
fn accepted_before(
    scene: &Scene<'_>,
    seen: &Presented,
    leaf: &CertFact,
) -> Option<(String, crate::journal::EntryNo)> {
    let before = scene.progress.accepted(&scene.login.ask.host).iter().filter(|accepted| accepted.n < seen.n);
    let mut before = before.peekable();
    let first = before.peek().map(|accepted| (accepted.fingerprint.clone(), accepted.n));
    first.filter(|_| before.all(|accepted| accepted.fingerprint != leaf.fingerprint))
}

/// `RSA` of `RSA 2048`.
fn key_type(cert: &CertFact) -> &str {
    cert.key.split(' ').next().unwrap_or_default()
}

/// The server did not prove that it holds the key of the certificate that it shows.
pub(super) fn key_not_proven(scene: &Scene<'_>) -> Answer {
    let Some((seen, _)) = checked(scene).find(|(_, verified)| !verified.key_proven) else {
        return scene.not_at(Stage::Tls);
    };
    // Nothing overrules this one, so what was accepted does not matter here.
    let mut found = about(scene, code::tls::KEY_NOT_PROVEN, seen, None);
    found.0.args.remove("accepted");
    found.holds()
}
