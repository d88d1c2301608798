//! The certificates of the lab, made at its start: one authority, and for each host the leaves of its identities.
//!
//! The names are those that protocol.md 10 expects. cup-xmpp, on 5222: the node's FQDN (also as CN) and the XMPP
//! domain. tomcat, on 8443 and 6972: the host's FQDN alone.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

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
        let (leaf, key) = self.leaf(names, fault)?;
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
        fault: &CertificateFault,
    ) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), LabError> {
        let right = right.iter().map(|name| (*name).to_owned());
        let names = if fault.names.is_empty() { right.collect() } else { fault.names.clone() };
        let common = names.first().cloned().unwrap_or_default();
        let mut params = CertificateParams::new(names)?;
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
