//! The certificates of the lab, made at its start: one authority, and for each host the leaves of its identities.
//!
//! The names are those that protocol.md 10 expects. cup-xmpp, on 5222: the node's FQDN (also as CN) and the XMPP
//! domain. tomcat, on 8443 and 6972: the host's FQDN alone. Expressway-E, on all its ports: its FQDN, the domain and the
//! domain's SRVName.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, ServerConfig};

use super::LabError;
use super::faults::CertificateFault;

/// Validity where nothing else is asked for, in days from now: below the 825 days of protocol.md 10.
const FROM_DAYS: i32 = -30;
const TO_DAYS: i32 = 700;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The lab's own certificate authority, new at each start.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    /// Makes it.
    pub(super) fn new() -> Result<Authority, LabError> {
        let mut params = CertificateParams::default();
        named(&mut params, "impscope practice CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        // Wide enough for every leaf, the expired one too.
        valid(&mut params, -3650, 3650);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        Ok(Authority { issuer })
    }

    /// The certificate to trust.
    pub(super) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The TLS side of one identity: its names, the first as CN too, unless the fault has others.
    pub(super) fn acceptor(&self, names: &[&str], fault: &CertificateFault) -> Result<TlsAcceptor, LabError> {
        self.acceptor_of(names, None, fault)
    }

    /// The same with the SRVName `service` beside the names.
    pub(super) fn acceptor_with_service(
        &self,
        names: &[&str],
        service: &str,
        fault: &CertificateFault,
    ) -> Result<TlsAcceptor, LabError> {
        self.acceptor_of(names, Some(service), fault)
    }

    /// The TLS side of a client that trusts this authority alone.
    pub(super) fn client(&self) -> Result<ClientConfig, LabError> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone())?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(config)
    }

    fn acceptor_of(
        &self,
        names: &[&str],
        service: Option<&str>,
        fault: &CertificateFault,
    ) -> Result<TlsAcceptor, LabError> {
        let (leaf, key) = self.leaf(names, service, fault)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf], key)?;
        // Tickets would be bytes that answer nothing; a login is counted in bytes here.
        config.send_tls13_tickets = 0;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn leaf(
        &self,
        right: &[&str],
        service: Option<&str>,
        fault: &CertificateFault,
    ) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), LabError> {
        let right = right.iter().map(|name| (*name).to_owned());
        let names = if fault.names.is_empty() { right.collect() } else { fault.names.clone() };
        let common = names.first().cloned().unwrap_or_default();
        let mut params = match service.filter(|_| fault.names.is_empty()) {
            Some(service) => {
                let mut params = CertificateParams::default();
                params.custom_extensions = vec![alternative_names(&names, service)];
                params
            }
            None => CertificateParams::new(names)?,
        };
        named(&mut params, &common);
        valid(&mut params, fault.from_days.unwrap_or(FROM_DAYS), fault.to_days.unwrap_or(TO_DAYS));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate =
            if fault.self_signed { params.self_signed(&key)? } else { params.signed_by(&key, &self.issuer)? };
        Ok((certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
    }
}

/// The names of a certificate with an SRVName among them. The library writes such a name as UTF-8, and RFC 4985 2 wants
/// an IA5String, so the extension (RFC 5280 4.2.1.6) is written here.
fn alternative_names(dns: &[String], service: &str) -> CustomExtension {
    const SUBJECT_ALT_NAME: [u64; 4] = [2, 5, 29, 17];
    /// id-on-dnsSRV, 1.3.6.1.5.5.7.8.7.
    const DNS_SRV: [u8; 8] = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x07];
    const SEQUENCE: u8 = 0x30;
    const OBJECT_IDENTIFIER: u8 = 0x06;
    const IA5_STRING: u8 = 0x16;
    const OTHER_NAME: u8 = 0xA0;
    const DNS_NAME: u8 = 0x82;
    let value = der(0xA0, &der(IA5_STRING, service.as_bytes()));
    let other = der(OTHER_NAME, &[der(OBJECT_IDENTIFIER, &DNS_SRV), value].concat());
    let names = dns.iter().map(|name| der(DNS_NAME, name.as_bytes())).chain([other]);
    let content = der(SEQUENCE, &names.collect::<Vec<_>>().concat());
    CustomExtension::from_oid_content(&SUBJECT_ALT_NAME, content)
}

/// One value of DER: tag, length, content (X.690 8.1).
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let length: &[u8] = match (high, low) {
        (0, 0..0x80) => &[low],
        (0, _) => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [&[tag], length, content].concat()
}

fn named(params: &mut CertificateParams, common: &str) {
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common);
    params.distinguished_name.push(DnType::OrganizationName, "impscope practice deployment");
}

/// Sets the validity, in days from now.
#[expect(clippy::disallowed_methods, reason = "a certificate is made for a date, and the lab is no pure module")]
fn valid(params: &mut CertificateParams, from_days: i32, to_days: i32) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let day = |days: i32| {
        let seconds = i64::try_from(now.as_secs()).unwrap_or(0) + i64::from(days) * DAY_SECONDS;
        epoch + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    };
    params.not_before = day(from_days);
    params.not_after = day(to_days);
}

impl From<rcgen::Error> for LabError {
    fn from(error: rcgen::Error) -> LabError {
        LabError::Certificate(error.to_string())
    }
}

impl From<rustls::Error> for LabError {
    fn from(error: rustls::Error) -> LabError {
        LabError::Certificate(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use tokio_rustls::rustls::pki_types::CertificateDer;
    use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

    use super::*;

    fn names(der: &CertificateDer) -> Vec<String> {
        let (rest, certificate) = X509Certificate::from_der(der).expect("a certificate");
        assert!(rest.is_empty());
        let names = certificate.subject_alternative_name().expect("one extension").expect("names");
        let name = |name: &GeneralName| match name {
            GeneralName::DNSName(name) => (*name).to_owned(),
            GeneralName::OtherName(oid, value) => format!("{oid} {}", data_encoding::HEXLOWER.encode(value)),
            other => panic!("{other:?}"),
        };
        names.value.general_names.iter().map(name).collect()
    }

    #[test]
    fn the_srv_name_stands_beside_the_others_as_rfc_4985_has_it() {
        let authority = Authority::new().expect("an authority");
        let made = |service, fault: &CertificateFault| {
            let leaf = authority.leaf(&["expe.example.test", "example.test"], service, fault);
            names(&leaf.expect("a leaf").0)
        };
        let well = CertificateFault::default();
        let text = data_encoding::HEXLOWER.encode(b"_collab-edge._tls.example.test");
        let srv = format!("1.3.6.1.5.5.7.8.7 a020161e{text}");
        let both = ["expe.example.test".to_owned(), "example.test".to_owned()];
        assert_eq!(made(Some("_collab-edge._tls.example.test"), &well), [&both[..], &[srv]].concat());
        assert_eq!(made(None, &well), both);
        let other = CertificateFault { names: vec!["other.test".to_owned()], ..well.clone() };
        assert_eq!(made(Some("_collab-edge._tls.example.test"), &other), ["other.test"]);
        let long = format!("_collab-edge._tls.{}.test", "x".repeat(100));
        let text = data_encoding::HEXLOWER.encode(long.as_bytes());
        assert!(made(Some(&long), &well)[2].ends_with(&format!("16{:02x}{text}", long.len())));
    }
}
