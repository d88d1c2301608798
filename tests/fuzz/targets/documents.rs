//! Whatever a web server answers, it is read the same before and after its secrets were cut out.
//!
//! All readers see the same body: UDS (version, clusterUser, servers, singleSignOn, user, errors), the service
//! profile, jabber-config.xml, the edge config, the three answers of EPASSoap, and what an administrator asks (AXL,
//! Control Center, PerfMon, and the text of `utils ha status`).
//!
//! 1. XML that could be read says the same once the mask has cut the body, for that is what a recording holds. (The
//!    words of a refusal count without any markup, too: a text that is no XML may lose them with what it calls secret.)
//! 2. Of XML that could be read XML remains.
//! 3. A body that could not be read is told by a byte that it has.
//! 4. What is secret in an answer lies in what the mask cut: the key and the token cannot be found afterwards.
//! 5. A refusal by a SOAP service counts as read, and its words are bounded. A version of AXL that is chosen is a
//!    number; a state of high availability is never empty.

#![no_main]

use impscope::protocol::document::Misread;
use impscope::protocol::mask::{self, Way};
use impscope::protocol::soap::Refusal;
use impscope::protocol::{axl, edge, epas, ha, profile, serviceability, uds};
use libfuzzer_sys::fuzz_target;

/// What a reader made of a body, in words that differ where the readings do.
type Read = Result<String, Misread>;

const READERS: [(&str, fn(&[u8]) -> Read); 21] = [
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
    ("AXL user", |body| told(axl::user(body))),
    ("AXL service profile", |body| told(axl::service_profile(body))),
    ("AXL UC service", |body| told(axl::uc_service(body))),
    ("AXL nodes", |body| told(axl::process_nodes(body))),
    ("AXL assignments", |body| told(axl::assignments(body))),
    ("AXL groups", |body| told(axl::redundancy_groups(body))),
    ("AXL version", |body| told(axl::ccm_version(body))),
    ("services", |body| told(serviceability::services(body))),
    ("counters", |body| told(serviceability::counters(body))),
    ("counter names", |body| told(serviceability::counter_names(body))),
];

fn said<T: std::fmt::Debug>(read: Result<T, Misread>) -> Read {
    read.map(|read| format!("{read:?}"))
}

/// As [`said`]; a refusal is read, too.
fn told<T: std::fmt::Debug>(read: Result<T, Refusal>) -> Read {
    match read {
        Err(Refusal::Misread(misread)) => Err(misread),
        Err(Refusal::Fault(fault)) => {
            assert!(fault.words.chars().count() <= 300, "{fault:?}");
            Ok(format!("{fault:?}, {}", fault.is_rate()))
        }
        Ok(read) => Ok(format!("{read:?}")),
    }
}

fuzz_target!(|body: &[u8]| {
    let cut = without(body, &mask::document(body, Way::In));
    let is_xml = !matches!(uds::version(body), Err(Misread::NotXml { .. }));
    for (name, read) in READERS {
        let (before, after) = (read(body), read(&cut));
        match &before {
            Err(Misread::NotXml { at, .. }) => assert!(*at <= body.len(), "{name}: {at} of {}", body.len()),
            // A page for people is told by how it begins, be it XML or not.
            Err(Misread::Html(_)) => {}
            Err(_) => assert!(!matches!(after, Err(Misread::NotXml { .. })), "{name}: {after:?}"),
            Ok(_) if is_xml => assert_eq!(before, after, "{name}"),
            Ok(_) => {}
        }
    }
    uds::error(body);
    what_is_no_document(body);
    let gone = |secret: Option<String>| secret.is_none_or(|secret| secret.trim().is_empty());
    assert!(gone(epas::session_key(&cut)) && gone(epas::one_time_password(&cut)));
});

/// The page of AXL's HTTP 599, and the text of `utils ha status`.
fn what_is_no_document(bytes: &[u8]) {
    let versions = axl::supported_versions(bytes);
    if let Some(newest) = axl::newest_version(&versions) {
        assert!(newest.split('.').all(|part| part.parse::<u32>().is_ok()), "{newest:?} of {versions:?}");
    }
    let text = String::from_utf8_lossy(bytes);
    for state in ha::status(&text) {
        assert!(!state.state.trim().is_empty() && text.contains(&state.state), "{state:?}");
        assert!(!(state.is_normal() && state.holds_clients_back()), "{state:?}");
    }
}

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
