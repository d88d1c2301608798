//! Certificates that are bad, old or odd. Nothing here is accepted beforehand but where a row says so: a credential
//! crosses none that is not verified, and none whose key is not proven, whatever is accepted.

use std::net::Ipv4Addr;
use std::sync::Arc;

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SanType, SigningKey, date_time_ymd,
};

use super::super::Row;
use crate::hostile::peer::{DOMAIN, HEADER, Identity, Peer, SUCCESS, offers};
use crate::hostile::tls::{Made, Openssl};
use crate::hostile::web::Authority;
use crate::hostile::{careful, check};
use crate::program::{Finished, Program, SOON};
use crate::requirement;

/// An honest server that shows this, up to and with `<success/>`.
fn honest(identity: &Identity) -> Peer {
    Peer::secure_with(identity, |talk| {
        talk.say(HEADER)?;
        talk.say(&offers(&["PLAIN"]))?;
        talk.hear("</auth>")?;
        talk.say(SUCCESS)?;
        talk.listen()
    })
}

/// A login up to `<auth>`, by somebody who trusts this authority and nobody else.
fn trusting(authority: &Authority, identity: &Identity, options: &[&str]) -> Finished {
    let file = authority.file().display().to_string();
    let options = [&["--ca-file", &file, "--until", "auth"], options].concat();
    careful(&Program::new(), &honest(identity), &options).finish(SOON)
}

/// A certificate for the domain, signed by the authority, with a change.
fn signed(authority: &Authority, change: impl FnOnce(&mut CertificateParams)) -> Identity {
    signed_with(authority, &KeyPair::generate().expect("a key"), change)
}

fn signed_with(authority: &Authority, key: &KeyPair, change: impl FnOnce(&mut CertificateParams)) -> Identity {
    Identity::shows(vec![leaf(authority, key, change)], &key.serialize_der())
}

fn leaf(authority: &Authority, key: &KeyPair, change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = CertificateParams::new(vec![DOMAIN.to_owned()]).expect("a name");
    change(&mut params);
    authority.signs(&params, key)
}

/// What comes of a certificate with this change.
fn changed(change: impl FnOnce(&mut CertificateParams)) -> Finished {
    let authority = Authority::new();
    trusting(&authority, &signed(&authority, change), &[])
}

/// What comes of these names.
fn named(names: &[SanType]) -> Finished {
    changed(|params| params.subject_alt_names = names.to_vec())
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(Ia5String::try_from(name).expect("a name"))
}

/// A certificate.
type Der = Vec<u8>;

/// What comes of a chain that is made of these: the server's certificate, that of the authority in between, the root's.
fn in_between(chain: fn(Der, Der, Der) -> Vec<Der>) -> Finished {
    let authority = Authority::new();
    let deputy = authority.deputy();
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![DOMAIN.to_owned()]).expect("a name");
    let leaf = params.signed_by(&key, &deputy).expect("it signs").der().to_vec();
    let chain = chain(leaf, deputy.der().to_vec(), authority.der());
    trusting(&authority, &Identity::shows(chain, &key.serialize_der()), &[])
}

/// A server that signs with another key than its certificate's.
fn another_key(options: fn(&Identity) -> Vec<String>) -> Finished {
    let authority = Authority::new();
    let leaf = leaf(&authority, &KeyPair::generate().expect("a key"), |_| {});
    let identity = Identity::shows(vec![leaf], &KeyPair::generate().expect("a key").serialize_der());
    let options = options(&identity);
    trusting(&authority, &identity, &options.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A server of openssl's with a certificate that it made by these options.
fn made(options: &[&str], server: &[&str]) -> Finished {
    check(&Openssl::showing(Arc::new(Made::by(options)), server).behind_starttls())
}

/// The same certificate signed by an authority of openssl's, which is trusted.
fn vouched(options: &[&str]) -> Finished {
    let authority =
        Made::by(&["-newkey", "rsa:2048", "-subj", "/CN=authority", "-addext", "basicConstraints=CA:TRUE"]);
    let (file, key) = (authority.certificate().display().to_string(), authority.key().display().to_string());
    let options = [&["-newkey", "rsa:2048", "-CA", &file, "-CAkey", &key], options].concat();
    let server = Openssl::showing(Arc::new(Made::by(&options)), &["-cipher", "DEFAULT:@SECLEVEL=0"]);
    careful(&Program::new(), &server.behind_starttls(), &["--ca-file", &file]).finish(SOON)
}

/// Dates before 2050 as GeneralizedTime, where RFC 5280 section 4.1.2.5 wants UTCTime.
fn generalized_time() -> Finished {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![DOMAIN.to_owned()]).expect("a name");
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2040, 1, 1));
    let der = params.self_signed(&key).expect("it signs itself").der().to_vec();
    let (tbs, rest) = element(content(&der));
    let (algorithm, _) = element(rest);
    let tbs = content(tbs);
    // A sequence of two UTCTimes.
    let at = tbs.windows(4).position(|window| window == [0x30, 0x1e, 0x17, 0x0d]).expect("its dates");
    let dates = [&tbs[at + 4..at + 17], &tbs[at + 19..at + 32]];
    let dates = dates.map(|date| wrapped(0x18, &[b"20", date].concat())).concat();
    let tbs = wrapped(0x30, &[&tbs[..at], &wrapped(0x30, &dates), &tbs[at + 32..]].concat());
    let signature = key.sign(&tbs).expect("it signs");
    let signature = wrapped(0x03, &[&[0], signature.as_slice()].concat());
    let der = wrapped(0x30, &[&tbs, algorithm, &signature].concat());
    trusting(&Authority::new(), &Identity::shows(vec![der], &key.serialize_der()), &["--insecure"])
}

/// The first element of a DER text, and what stands behind it.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let (head, length) = sizes(der);
    der.split_at(head + length)
}

/// What stands in the first element.
fn content(der: &[u8]) -> &[u8] {
    let (head, length) = sizes(der);
    &der[head..head + length]
}

fn sizes(der: &[u8]) -> (usize, usize) {
    match der[1] {
        0x81 => (3, usize::from(der[2])),
        0x82 => (4, usize::from(u16::from_be_bytes([der[2], der[3]]))),
        short => (2, usize::from(short)),
    }
}

/// An element of this tag.
fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a certificate").to_be_bytes();
    match length {
        [0, short @ 0..0x80] => [&[tag, short], content].concat(),
        [0, long] => [&[tag, 0x81, long], content].concat(),
        [high, low] => [&[tag, 0x82, high, low], content].concat(),
    }
}

/// A certificate whose dates nobody can read: it is not valid, and its key is not to be found.
fn unreadable() -> Finished {
    let (authority, key) = (Authority::new(), KeyPair::generate().expect("a key"));
    let mut der = leaf(&authority, &key, |_| {});
    let at = der.windows(2).position(|window| window == [0x17, 0x0d]);
    der[at.expect("a date")] = 0x18;
    trusting(&authority, &Identity::shows(vec![der], &key.serialize_der()), &[])
}

/// What is printed to accept a certificate is taken as it stands, and opens the gate.
fn accepted_as_printed() -> Finished {
    let authority = Authority::new();
    let identity = Identity::named(DOMAIN);
    let first = trusting(&authority, &identity, &[]);
    assert_eq!(first.login()["outcome"], "stopped", "{}", first.stderr);
    let said = first.stdout.split_once("with --accept ").map(|(_, rest)| rest);
    let printed = said.and_then(|rest| rest.split_whitespace().next()).expect("what to accept");
    assert_eq!(printed, identity.fingerprint, "{}", first.stdout);
    trusting(&authority, &identity, &["--accept", printed])
}

const UNTRUSTED: &[&str] = &["TLS_UNTRUSTED"];
const MISNAMED: &[&str] = &["TLS_NAME_MISMATCH"];
const NOT_PROVEN: &[&str] = &["TLS_KEY_NOT_PROVEN"];
const UNCHECKED: &[&str] = &["TLS_KEY_UNCHECKED"];

const BAD: &[Row] = &[
    Row::login(
        "expired",
        || changed(|params| params.not_after = date_time_ymd(2020, 1, 1)),
        "stopped",
        "auth",
        &["TLS_EXPIRED"],
    )
    .says("expired on 2020-01-01"),
    Row::login(
        "not valid yet",
        || {
            changed(|params| {
                params.not_before = date_time_ymd(2999, 1, 1);
                params.not_after = date_time_ymd(3000, 1, 1);
            })
        },
        "stopped",
        "auth",
        &["TLS_NOT_YET_VALID"],
    )
    .says("is valid only from 2999-01-01"),
    Row::login("another name", || named(&[dns("other.test")]), "stopped", "auth", MISNAMED)
        .says("it is valid for neither the domain nor the node's name"),
    Row::login(
        "the node's address only",
        || named(&[SanType::IpAddress(Ipv4Addr::LOCALHOST.into())]),
        "stopped",
        "auth",
        MISNAMED,
    )
    .says("PSI refuses it; Jabber may accept it, since it is valid for the node's name"),
    Row::login("a wildcard below the domain", || named(&[dns("*.example.test")]), "stopped", "auth", MISNAMED)
        .says("It is for DNS:*.example.test"),
    Row::login("a wildcard of all that ends in .test", || named(&[dns("*.test")]), "stopped", "auth", MISNAMED)
        .says("It is for DNS:*.test"),
    Row::login(
        "a common name and no other",
        || {
            changed(|params| {
                params.subject_alt_names.clear();
                params.distinguished_name.push(DnType::CommonName, DOMAIN);
            })
        },
        "stopped",
        "auth",
        MISNAMED,
    )
    .says("It is for nothing"),
    Row::login(
        "a name that only begins with the domain",
        || named(&[dns("example.test.evil.test")]),
        "stopped",
        "auth",
        MISNAMED,
    )
    .says("example.test.evil.test"),
    Row::login(
        "self-signed",
        || trusting(&Authority::new(), &Identity::named(DOMAIN), &[]),
        "stopped",
        "auth",
        UNTRUSTED,
    )
    .says("accept it for this run with --accept sha256:"),
    Row::login(
        "an issuer of a trusted one's name",
        || trusting(&Authority::new(), &signed(&Authority::new(), |_| {}), &[]),
        "stopped",
        "auth",
        UNTRUSTED,
    )
    .says("is signed by somebody else than the issuer that it names (BadSignature)"),
    Row::login("an intermediate is missing", || in_between(|leaf, _, _| vec![leaf]), "stopped", "auth", UNTRUSTED)
        .says("does not send the intermediate certificate"),
    Row::login(
        "for clients only",
        || changed(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
        "stopped",
        "auth",
        UNTRUSTED,
    )
    .says("is not made for a server (InvalidPurpose)"),
    Row::login(
        "an authority's own",
        || changed(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
        "stopped",
        "auth",
        UNTRUSTED,
    )
    .says("is an authority's own (CA:TRUE) and no server's (CaUsedAsEndEntity)"),
    Row::login(
        "a critical extension that nobody knows",
        || {
            changed(|params| {
                let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
                extension.set_criticality(true);
                params.custom_extensions.push(extension);
            })
        },
        "stopped",
        "auth",
        UNTRUSTED,
    )
    .says("is marked with a critical extension that clients do not know"),
    Row::login("dates that are none", unreadable, "stopped", "auth", UNTRUSTED)
        .says("is not to be read as a certificate (BadEncoding)"),
    Row::login(
        "X.509 version 1",
        || {
            let server = Openssl::showing(Arc::new(Made::of_version_1()), &[]);
            careful(&Program::new(), &server.behind_starttls(), &[]).finish(SOON)
        },
        "stopped",
        "auth",
        &["TLS_NAME_MISMATCH", "TLS_UNTRUSTED"],
    )
    .says("is of an old version of X.509, which clients refuse"),
];

const GOOD: &[Row] = &[
    Row::login("accepted as it was printed", accepted_as_printed, "ok", "auth", &[])
        .says("its fingerprint was accepted"),
    Row::login(
        "a chain in the wrong order",
        || in_between(|leaf, between, root| vec![leaf, root, between]),
        "ok",
        "auth",
        &[],
    ),
    Row::login(
        "a stranger's certificate in the chain",
        || in_between(|leaf, between, _| vec![leaf, Identity::named("stranger").leaf, between]),
        "ok",
        "auth",
        &[],
    )
    .says("stranger"),
    Row::login(
        "100 certificates",
        || {
            in_between(|leaf, between, _| {
                let mut chain = vec![leaf];
                chain.extend(std::iter::repeat_n(between, 99));
                chain
            })
        },
        "ok",
        "auth",
        &[],
    ),
    Row::login(
        "valid until the year 9999",
        || changed(|params| params.not_after = date_time_ymd(9999, 12, 31)),
        "ok",
        "auth",
        &[],
    )
    .says("9999-12-31"),
    Row::login("dates written as they are behind 2050", generalized_time, "ok", "auth", &[]).says("2040-01-01"),
    Row::login(
        "an Ed25519 key",
        || {
            let (authority, key) = (Authority::new(), KeyPair::generate_for(&PKCS_ED25519).expect("a key"));
            trusting(&authority, &signed_with(&authority, &key, |_| {}), &[])
        },
        "ok",
        "auth",
        &[],
    )
    .says("Ed25519"),
    Row::login(
        "a P-384 key",
        || {
            let (authority, key) =
                (Authority::new(), KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).expect("a key"));
            trusting(&authority, &signed_with(&authority, &key, |_| {}), &[])
        },
        "ok",
        "auth",
        &[],
    )
    .says("EC P-384"),
];

const KEYS: &[Row] = &[
    Row::login("a key that is not proven", || another_key(|_| Vec::new()), "stopped", "auth", NOT_PROVEN)
        .says("did not prove that it holds its key"),
    Row::login(
        "a key that is not proven, with --insecure",
        || another_key(|_| vec!["--insecure".to_owned()]),
        "stopped",
        "auth",
        NOT_PROVEN,
    )
    .says("No credential crosses this connection, whatever is accepted"),
    Row::login(
        "a key that is not proven, accepted",
        || another_key(|identity| vec!["--accept".to_owned(), identity.fingerprint.clone()]),
        "stopped",
        "auth",
        NOT_PROVEN,
    )
    .says("key not proven"),
    Row::login(
        "a key that is not proven, by TLS 1.2",
        || {
            let stranger = Identity::named(DOMAIN).leaf;
            let own = KeyPair::generate().expect("a key").serialize_der();
            check(&honest(&Identity::shows_by(vec![stranger], &own, &[&tokio_rustls::rustls::version::TLS12])))
        },
        "stopped",
        "auth",
        NOT_PROVEN,
    ),
];

const BY_OPENSSL: &[Row] = &[
    Row::login(
        "an RSA key of 1024 bits",
        || made(&["-newkey", "rsa:1024"], &["-cipher", "DEFAULT:@SECLEVEL=0"]),
        "stopped",
        "auth",
        UNCHECKED,
    )
    .says("cannot be checked here: its key, RSA 1024, is shorter than 2048 bits"),
    Row::login(
        "an RSA key of 512 bits",
        || made(&["-newkey", "rsa:512"], &["-tls1_2", "-cipher", "ALL:@SECLEVEL=0"]),
        "refused",
        "tls",
        &["TLS_ALERT"],
    ),
    Row::login(
        "a P-521 key, by TLS 1.2",
        || made(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"], &["-tls1_2"]),
        "refused",
        "tls",
        &["TLS_LEGACY_ONLY"],
    )
    .says("the certificate's key is one that this program does not take, such as P-521"),
    Row::login(
        "a P-521 key, by TLS 1.3",
        || made(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"], &["-tls1_3"]),
        "refused",
        "tls",
        &["TLS_ALERT"],
    )
    .says("it has no suite, group or key in common with this program"),
    Row::login(
        "an RSA-PSS key",
        || made(&["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"], &[]),
        "refused",
        "tls",
        &["TLS_ALERT"],
    ),
    Row::login("a signature with SHA-1", || vouched(&["-sha1"]), "stopped", "auth", UNTRUSTED)
        .says("is signed in a way that clients no longer trust"),
    Row::login("a signature with MD5", || vouched(&["-md5"]), "stopped", "auth", UNTRUSTED)
        .says("is signed in a way that clients no longer trust"),
    Row::login(
        "a negative serial number",
        || vouched(&["-set_serial", "-5"]),
        "silent",
        "auth",
        &["XMPP_AUTH_SILENT"],
    ),
];

#[test]
fn certificates_that_shut_the_gate() {
    if requirement::programs(&["openssl"]) {
        super::super::play("tls", BAD);
    }
}

#[test]
fn certificates_that_are_only_odd() {
    super::super::play("tls", GOOD);
}

#[test]
fn keys_that_are_not_proven() {
    super::super::play("tls", KEYS);
}

#[test]
fn keys_and_signatures_of_another_time() {
    if requirement::programs(&["openssl"]) {
        super::super::play("tls", BY_OPENSSL);
    }
}
