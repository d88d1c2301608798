//! Whatever a web server answers, it is read the same before and after its secrets were cut out.
//!
//! All readers see the same body: UDS (version, clusterUser, servers, singleSignOn, user, errors), the service
//! profile, jabber-config.xml, the edge config, and the three answers of EPASSoap.
//!
//! 1. XML that could be read says the same once the mask has cut the body, for that is what a recording holds. (The
//!    words of a refusal count without any markup, too: a text that is no XML may lose them with what it calls secret.)
//! 2. Of XML that could be read XML remains.
//! 3. A body that could not be read is told by a byte that it has.
//! 4. What is secret in an answer lies in what the mask cut: the key and the token cannot be found afterwards.

#![no_main]

use impscope::protocol::document::Misread;
use impscope::protocol::mask::{self, Way};
use impscope::protocol::{edge, epas, profile, uds};
use libfuzzer_sys::fuzz_target;

/// What a reader made of a body, in words that differ where the readings do.
type Read = Result<String, Misread>;

const READERS: [(&str, fn(&[u8]) -> Read); 11] = [
    ("version", |body| said(uds::version(body))),
    ("clusterUser", |body| said(uds::cluster_user(body))),
    ("servers", |body| said(uds::servers(body))),
    ("singleSignOn", |body| said(uds::single_sign_on(body))),
    ("user", |body| said(uds::user(body))),
    ("service profile", |body| said(profile::service_profile(body))),
    ("jabber-config", |body| said(profile::jabber_config(body))),
    ("edge config", |body| said(edge::edge_config(body))),
    ("EPAS login", |body| said(epas::login(body))),
    ("EPAS config", |body| said(epas::config(body))),
    ("EPAS token", |body| said(epas::token(body))),
];

fn said<T: std::fmt::Debug>(read: Result<T, Misread>) -> Read {
    read.map(|read| format!("{read:?}"))
}

fuzz_target!(|body: &[u8]| {
    let cut = without(body, &mask::document(body, Way::In));
    let is_xml = !matches!(uds::version(body), Err(Misread::NotXml { .. }));
    for (name, read) in READERS {
        let (before, after) = (read(body), read(&cut));
        match &before {
            Err(Misread::NotXml { at, .. }) => assert!(*at <= body.len(), "{name}: {at} of {}", body.len()),
            Err(_) => assert!(!matches!(after, Err(Misread::NotXml { .. })), "{name}: {after:?}"),
            Ok(_) if is_xml => assert_eq!(before, after, "{name}"),
            Ok(_) => {}
        }
    }
    uds::error(body);
    let gone = |secret: Option<String>| secret.is_none_or(|secret| secret.trim().is_empty());
    assert!(gone(epas::session_key(&cut)) && gone(epas::one_time_password(&cut)));
});

fn without(bytes: &[u8], found: &[mask::Found]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for secret in found {
        kept.extend_from_slice(&bytes[done..secret.range.start]);
        done = secret.range.end;
    }
    kept.extend_from_slice(&bytes[done..]);
    kept
}
