//! A certificate that a web server presented, in words, and what a client makes of it.

use crate::discovery::item::{Item, ItemState};
use crate::discovery::walk::{CertificateSeen, Permissions};
use crate::journal::{CertFact, NameVerdict, Verdict, day};
use crate::protocol;

/// The certificate's item under its host.
pub(super) fn item(id: String, host: &str, seen: &CertificateSeen, permissions: &Permissions) -> Item {
    let subject = seen.certs.first().map_or("none", |cert| cert.subject.as_str());
    let accepted = seen.certs.first().and_then(|cert| permissions.accepts(host, &cert.fingerprint));
    let (state, figure) = match &seen.verified {
        None => (ItemState::Plain, String::new()),
        Some((_, chain, names, proven)) => match failed(chain, names, *proven) {
            None => (ItemState::Ok, String::new()),
            Some(_) if accepted.is_some() && *proven => (ItemState::Warning, "accepted".to_owned()),
            Some(why) => (ItemState::Warning, why),
        },
    };
    let mut item = Item::new(id, state, format!("certificate {subject}"));
    item.entries = vec![seen.n];
    item.entries.extend(seen.verified.as_ref().map(|(n, ..)| *n));
    item.entries.extend(accepted);
    let verdict = match (state, figure.as_str()) {
        (ItemState::Ok, _) => "trusted, and made for this name",
        (_, "") => "not checked yet",
        (_, why) => why,
    };
    item.words = format!("{host} showed {subject}: {verdict}");
    item.detail = words(seen);
    if accepted.is_some() {
        item.detail.push("accepted by you".to_owned());
    }
    item.figure = figure;
    item
}

/// What fails first, in a word; none: nothing.
fn failed(chain: &Verdict, names: &[NameVerdict], key_proven: bool) -> Option<String> {
    let name_fails = !names.is_empty() && names.iter().all(|name| !name.ok);
    match chain.code.as_str() {
        _ if !key_proven => Some("key not proven".to_owned()),
        "Expired" => Some("expired".to_owned()),
        "NotYetValid" => Some("not yet valid".to_owned()),
        _ if !chain.ok => Some("untrusted".to_owned()),
        _ => name_fails.then(|| "another name".to_owned()),
    }
}

/// The chain in words, and its verdicts.
pub(super) fn words(seen: &CertificateSeen) -> Vec<String> {
    let Some(own) = seen.certs.first() else { return vec!["the server presented no certificate".to_owned()] };
    let mut lines = one(own);
    lines.extend(seen.certs.iter().skip(1).map(|cert| format!("with {}", cert.subject)));
    let Some((_, chain, names, proven)) = &seen.verified else { return lines };
    let code = if chain.code.is_empty() { String::new() } else { format!(" ({})", chain.code) };
    let fault = || protocol::chain::words(&chain.code).unwrap_or("does not hold");
    lines.push(format!("chain: {}{code}", if chain.ok { "trusted" } else { fault() }));
    for name in names {
        let holds = if name.ok { "in the certificate" } else { "not in the certificate" };
        lines.push(format!("name {}: {holds}", name.name));
    }
    if !proven {
        lines.push("the server did not prove that it holds the certificate's key".to_owned());
    }
    lines
}

fn one(cert: &CertFact) -> Vec<String> {
    let by =
        if cert.issuer == cert.subject { "self-signed".to_owned() } else { format!("issued by {}", cert.issuer) };
    let names = if cert.names.is_empty() { "none".to_owned() } else { cert.names.join(", ") };
    vec![
        format!("{}, {by}", cert.subject),
        format!("valid {} to {}", day(cert.not_before), day(cert.not_after)),
        format!("names: {names}"),
        format!("{}, {}", cert.key, cert.signature),
        cert.fingerprint.clone(),
    ]
}
