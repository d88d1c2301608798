//! A certificate in words.

use ring::digest;
use x509_parser::prelude::*;

use crate::journal::CertFact;

/// SRV name and XMPP address, as other names of a certificate (RFC 4985, RFC 6120 section 13.7.1.4).
const SRV_NAME: &str = "1.3.6.1.5.5.7.8.7";
const XMPP_ADDR: &str = "1.3.6.1.5.5.7.8.5";

/// What the DER says. What cannot be read is left empty: the fingerprint always stands.
pub fn describe(der: &[u8]) -> CertFact {
    let mut fact = CertFact {
        fingerprint: fingerprint(der),
        subject: String::new(),
        issuer: String::new(),
        not_before: 0,
        not_after: 0,
        names: Vec::new(),
        key: String::new(),
        signature: String::new(),
    };
    let Ok((_, cert)) = X509Certificate::from_der(der) else { return fact };
    fact.subject = cert.subject().to_string();
    fact.issuer = cert.issuer().to_string();
    fact.not_before = cert.validity().not_before.timestamp();
    fact.not_after = cert.validity().not_after.timestamp();
    fact.signature = signature(&cert.signature_algorithm);
    fact.key = key(cert.public_key());
    if let Ok(Some(names)) = cert.subject_alternative_name() {
        fact.names = names.value.general_names.iter().map(name).collect();
    }
    fact
}

/// `sha256:` and the digest of the DER in lower-case hex.
pub fn fingerprint(der: &[u8]) -> String {
    format!("sha256:{}", data_encoding::HEXLOWER.encode(digest::digest(&digest::SHA256, der).as_ref()))
}

fn name(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) => format!("DNS:{name}"),
        GeneralName::IPAddress(bytes) => format!("IP:{}", address(bytes)),
        GeneralName::OtherName(oid, value) => {
            let text = String::from_utf8_lossy(inner(inner(value)));
            let text: String = text.chars().filter(|c| c.is_ascii_graphic()).collect();
            match oid.to_id_string().as_str() {
                SRV_NAME => format!("SRV:{text}"),
                XMPP_ADDR => format!("XMPP:{text}"),
                oid => format!("{oid}:{text}"),
            }
        }
        other => other.to_string(),
    }
}

/// What stands behind a DER header, where its length tells that the rest belongs to it: an other name's value is an
/// explicitly tagged string.
fn inner(value: &[u8]) -> &[u8] {
    match value {
        [_, len, rest @ ..] if usize::from(*len) == rest.len() => rest,
        [_, 0x81, len, rest @ ..] if usize::from(*len) == rest.len() => rest,
        _ => value,
    }
}

fn address(bytes: &[u8]) -> String {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return std::net::IpAddr::from(v4).to_string();
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(v6) => std::net::IpAddr::from(v6).to_string(),
        Err(_) => format!("{} bytes", bytes.len()),
    }
}

/// A key in words: `RSA 2048`, `EC P-256`.
pub fn key(key: &SubjectPublicKeyInfo<'_>) -> String {
    use x509_parser::public_key::PublicKey;
    match key.parsed() {
        Ok(PublicKey::RSA(rsa)) => format!("RSA {}", rsa.key_size()),
        Ok(PublicKey::EC(point)) => match point.key_size() {
            521..=528 => "EC P-521".to_owned(),
            bits => format!("EC P-{bits}"),
        },
        _ => oid_words(&key.algorithm.algorithm.to_id_string()).to_owned(),
    }
}

fn signature(algorithm: &AlgorithmIdentifier<'_>) -> String {
    oid_words(&algorithm.algorithm.to_id_string()).to_owned()
}

/// The names of the algorithms that certificates of this field use; others keep their number.
fn oid_words(oid: &str) -> &str {
    match oid {
        "1.2.840.113549.1.1.4" => "RSA with MD5",
        "1.2.840.113549.1.1.5" => "RSA with SHA-1",
        "1.2.840.113549.1.1.10" => "RSA-PSS",
        "1.2.840.113549.1.1.11" => "RSA with SHA-256",
        "1.2.840.113549.1.1.12" => "RSA with SHA-384",
        "1.2.840.113549.1.1.13" => "RSA with SHA-512",
        "1.2.840.10045.4.3.2" => "ECDSA with SHA-256",
        "1.2.840.10045.4.3.3" => "ECDSA with SHA-384",
        "1.2.840.10045.4.3.4" => "ECDSA with SHA-512",
        "1.2.840.10045.4.1" => "ECDSA with SHA-1",
        "1.2.840.10040.4.1" => "DSA",
        "1.3.101.112" => "Ed25519",
        other => other,
    }
}
