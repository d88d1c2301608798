//! TLS that looks and goes on: the certificate's verdicts are facts, and no verdict ends the handshake.
//!
//! What follows from a verdict (whether a credential may cross) is the trust gate's business, not this file's.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio_rustls::rustls;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{Resumption, verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

use crate::journal::{How, NameRole, NameVerdict, Outcome, TlsFact, Verdict};
use crate::login::Certificate;

use super::proof::{self, Proof};
use super::{cert, tcp};
use crate::protocol::{alert, chain, edge};

/// The roots that certificates are verified against: the system's and those of `--ca-file`.
#[derive(Debug, Clone)]
pub struct Roots {
    /// Read in the background, since the system's roots take longer than the first frame may.
    store: Arc<OnceLock<RootCertStore>>,
    /// Certificates of `--ca-file`, for a server whose very certificate stands there.
    pinned: Arc<Vec<CertificateDer<'static>>>,
}

impl Roots {
    /// The system's roots, and the certificates of a PEM text.
    ///
    /// # Errors
    /// When the PEM text holds no certificate, or a broken one.
    pub fn load(ca_pem: Option<&str>) -> Result<Self, String> {
        let found =
            ca_pem.map(|pem| CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>());
        let pinned = match found {
            None => Vec::new(),
            Some(Err(why)) => return Err(format!("no PEM certificate: {why:?}")),
            Some(Ok(none)) if none.is_empty() => return Err("it holds no PEM certificate".to_owned()),
            Some(Ok(certificates)) => certificates,
        };
        let roots = Self { store: Arc::default(), pinned: Arc::new(pinned) };
        let early = roots.clone();
        std::thread::spawn(move || {
            early.store();
        });
        Ok(roots)
    }

    fn store(&self) -> &RootCertStore {
        self.store.get_or_init(|| {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            store.add_parsable_certificates(self.pinned.iter().cloned());
            store
        })
    }
}

/// What a handshake's server showed, as far as it came.
#[derive(Debug, Default, Clone)]
struct Seen {
    chain: Vec<CertificateDer<'static>>,
    at: Option<UnixTime>,
    proof: Proof,
}

/// Records what the server shows, and lets the handshake go on.
#[derive(Debug)]
struct Witness {
    seen: Arc<Mutex<Seen>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Witness {
    /// Keeps what the signature proves. The library's answer stands, but where it is the certificate that it refuses.
    fn signed(
        &self,
        checked: Result<HandshakeSignatureValid, rustls::Error>,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> HandshakeSignatureValid {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).proof = match checked {
            Ok(_) => Proof::Holds,
            Err(rustls::Error::InvalidCertificate(_)) => {
                proof::of(message, cert, dss.scheme, dss.signature(), &self.algorithms)
            }
            Err(_) => Proof::Fails,
        };
        HandshakeSignatureValid::assertion()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.chain =
            std::iter::once(end_entity).chain(intermediates).map(|cert| cert.clone().into_owned()).collect();
        seen.at = Some(now);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let checked = rustls::crypto::verify_tls12_signature(message, cert, dss, &self.algorithms);
        Ok(self.signed(checked, message, cert, dss))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let checked = rustls::crypto::verify_tls13_signature(message, cert, dss, &self.algorithms);
        Ok(self.signed(checked, message, cert, dss))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// One handshake's configuration, and what it will have seen.
pub struct Handshake {
    /// For the connector.
    pub config: Arc<ClientConfig>,
    seen: Arc<Mutex<Seen>>,
    provider: Arc<CryptoProvider>,
}

impl Handshake {
    /// A configuration without resumption: every look is a full handshake. `direct` offers ALPN (XEP-0368).
    ///
    /// # Errors
    /// When the TLS library refuses its own defaults, which would be our fault.
    pub fn new(direct: bool) -> Result<Self, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let seen = Arc::default();
        let witness = Witness { seen: Arc::clone(&seen), algorithms: provider.signature_verification_algorithms };
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(witness))
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        if direct {
            config.alpn_protocols = vec![b"xmpp-client".to_vec()];
        }
        Ok(Self { config: Arc::new(config), seen, provider })
    }

    /// The facts about the certificates that came, and what the trust gate needs to know. Nothing if none came.
    pub fn facts(&self, roots: &Roots, domain: &str, node: &str) -> Option<(Vec<TlsFact>, Certificate)> {
        self.named(roots, &[(domain, NameRole::Domain), (node, NameRole::Node)])
    }

    /// The same for a server that is known by its host's name alone, as an HTTP server is.
    pub fn host_facts(&self, roots: &Roots, host: &str) -> Option<(Vec<TlsFact>, Certificate)> {
        self.named(roots, &[(host, NameRole::Node)])
    }

    /// The same for an Expressway-E: clients refuse it as well where none of its names is for the domain (protocol.md 8),
    /// for whoever answers DNS could name any host.
    pub fn edge_facts(&self, roots: &Roots, host: &str, domain: &str) -> Option<(Vec<TlsFact>, Certificate)> {
        let (mut facts, certificate) = self.named(roots, &[(host, NameRole::Node)])?;
        let held = facts.iter().find_map(|fact| match fact {
            TlsFact::Chain { certs } => certs.first().map(|leaf| leaf.names.clone()),
            _ => None,
        });
        let domain_ok = held.unwrap_or_default().iter().any(|held| edge::is_name_for(held, domain));
        for fact in &mut facts {
            if let TlsFact::Verified { names, .. } = fact {
                names.push(NameVerdict { name: domain.to_owned(), role: NameRole::Domain, ok: domain_ok });
            }
        }
        Some((facts, Certificate { domain_ok, ..certificate }))
    }

    fn named(&self, roots: &Roots, names: &[(&str, NameRole)]) -> Option<(Vec<TlsFact>, Certificate)> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (leaf, intermediates) = seen.chain.split_first()?;
        let chain = self.chain_verdict(roots, leaf, intermediates, seen.at?);
        let verdict =
            |&(name, role): &(&str, _)| NameVerdict { name: name.to_owned(), role, ok: name_ok(leaf, name) };
        let names: Vec<_> = names.iter().map(verdict).collect();
        let holds = |role| names.iter().any(|name| name.role == role && name.ok);
        let certs: Vec<_> = seen.chain.iter().map(|der| cert::describe(der)).collect();
        let certificate = Certificate {
            fingerprint: cert::fingerprint(leaf),
            chain: (!chain.ok).then(|| chain_words(&chain.code)),
            domain_ok: holds(NameRole::Domain),
            node_ok: holds(NameRole::Node),
            key_proven: seen.proof == Proof::Holds,
        };
        let verified = TlsFact::Verified { chain, names, key_proven: seen.proof == Proof::Holds };
        let unchecked = match seen.proof {
            Proof::Unchecked(why) => Some(TlsFact::KeyUnchecked { why }),
            Proof::Holds | Proof::Fails => None,
        };
        // Before the verdict, so that nobody reads that without it.
        let facts = [Some(TlsFact::Chain { certs }), unchecked, Some(verified)];
        Some((facts.into_iter().flatten().collect(), certificate))
    }

    fn chain_verdict(
        &self,
        roots: &Roots,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Verdict {
        let algorithms = self.provider.signature_verification_algorithms.all;
        let checked = ParsedCertificate::try_from(leaf).and_then(|parsed| {
            verify_server_cert_signed_by_trust_anchor(&parsed, roots.store(), intermediates, now, algorithms)
        });
        match checked {
            Ok(()) => Verdict { ok: true, code: String::new() },
            Err(why) => {
                let code = code(&why);
                // The library refuses a self-signed CA certificate as a server's even when that very certificate
                // is trusted; a client that pins it would not.
                let pinned = code == "CaUsedAsEndEntity" && roots.pinned.iter().any(|pin| pin == leaf);
                Verdict { ok: pinned, code: if pinned { String::new() } else { code } }
            }
        }
    }
}

/// Whether the certificate is valid for `name`, an address included.
fn name_ok(leaf: &CertificateDer<'_>, name: &str) -> bool {
    let Ok(server) = ServerName::try_from(name) else { return false };
    match ParsedCertificate::try_from(leaf) {
        Ok(parsed) => verify_server_name(&parsed, &server).is_ok(),
        // The library refuses the certificate as such, which is another fault: its names are what they are.
        Err(_) => cert::describe(leaf).names.iter().any(|held| holds(held, name)),
    }
}

/// Whether a certificate's name, `DNS:*.example.com`, is the one that is wanted.
fn holds(held: &str, wanted: &str) -> bool {
    let Some((_, held)) = held.split_once(':').filter(|(kind, _)| matches!(*kind, "DNS" | "IP")) else {
        return false;
    };
    let below = || Some((held.strip_prefix("*.")?, wanted.split_once('.')?.1));
    held.eq_ignore_ascii_case(wanted) || below().is_some_and(|(held, wanted)| held.eq_ignore_ascii_case(wanted))
}

/// The library's word for what is wrong, without its context.
fn code(error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(why) = error else { return error.to_string() };
    match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "Expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "NotYetValid".to_owned(),
        CertificateError::Other(other) => format!("{:?}", other.0),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. } => {
            "UnsupportedSignatureAlgorithm".to_owned()
        }
        CertificateError::InvalidPurposeContext { .. } => "InvalidPurpose".to_owned(),
        other => format!("{other:?}"),
    }
}

fn chain_words(code: &str) -> String {
    let told = |words| format!("it is {words}");
    chain::words(code).map_or_else(|| format!("its chain fails: {code}"), told)
}

/// What was agreed.
pub fn agreed(tls: &ClientConnection) -> TlsFact {
    let words = |word: Option<String>| word.unwrap_or_default();
    TlsFact::Agreed {
        version: words(tls.protocol_version().map(|version| format!("{version:?}").replace('_', "."))),
        suite: words(tls.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()))),
        group: tls.negotiated_key_exchange_group().map(|group| format!("{:?}", group.name())),
    }
}

/// How a handshake ended that failed with `error`.
pub fn outcome(error: &std::io::Error) -> Outcome {
    match broken(error) {
        Some(alert) if alert.starts_with(ALERT) => Outcome::new(How::Refused, alert, ""),
        Some(why) => Outcome::new(How::Broken, "TLS", why),
        None if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Outcome::new(How::Lost, "FIN", error.to_string())
        }
        None => Outcome::new(How::Lost, tcp::errno(error), error.to_string()),
    }
}

/// Whether a handshake failed because the two have no version or suite in common, as far as the peer or the library
/// says: then a look with older ones may tell more.
pub fn nothing_in_common(error: &std::io::Error) -> bool {
    use rustls::AlertDescription as Alert;
    let error = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(
        error,
        Some(
            rustls::Error::AlertReceived(
                Alert::HandshakeFailure | Alert::ProtocolVersion | Alert::InsufficientSecurity
            ) | rustls::Error::PeerIncompatible(_)
        )
    )
}

/// Why TLS ended, where it did: the peer's alert, as [`ALERT`] begins it, or what of its bytes was no TLS. None where
/// the connection beneath it failed.
pub fn broken(error: &std::io::Error) -> Option<String> {
    if let Some(why) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return Some(reason(why));
    }
    // No kind of error of the library's own: a row of the hostile table holds it to these words.
    let full = error.get_ref().is_some_and(|inner| inner.to_string() == "message buffer full");
    full.then(|| "a handshake message without an end".to_owned())
}

/// How the words for an alert begin.
pub const ALERT: &str = "alert ";

/// The errors that servers cause, in words; the rest has the library's.
fn reason(error: &rustls::Error) -> String {
    use rustls::{InvalidMessage as Invalid, PeerIncompatible, PeerMisbehaved as Misbehaved};
    match error {
        rustls::Error::AlertReceived(number) => format!("{ALERT}{}", alert::words(u8::from(*number))),
        rustls::Error::InvalidMessage(Invalid::InvalidContentType | Invalid::UnknownProtocolVersion) => {
            "what came is no TLS record".to_owned()
        }
        rustls::Error::InvalidMessage(Invalid::InvalidEmptyPayload) => "an empty record".to_owned(),
        rustls::Error::InvalidMessage(Invalid::MessageTooLarge) | rustls::Error::PeerSentOversizedRecord => {
            "a record that is longer than TLS allows".to_owned()
        }
        rustls::Error::InvalidMessage(Invalid::HandshakePayloadTooLarge | Invalid::CertificatePayloadTooLarge) => {
            "a handshake message of more than 64 KB: its certificates, most likely".to_owned()
        }
        rustls::Error::DecryptError => {
            "a record that was not sealed with the keys of this connection: it was changed on the way, or is not \
             the server's"
                .to_owned()
        }
        rustls::Error::NoCertificatesPresented => "the server showed no certificate".to_owned(),
        rustls::Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            "the server chose a version before TLS 1.2".to_owned()
        }
        rustls::Error::PeerMisbehaved(Misbehaved::SelectedUnofferedCipherSuite) => {
            "the server chose a suite that was not offered".to_owned()
        }
        rustls::Error::PeerMisbehaved(why) => format!("the server broke the rules of TLS: {}", spaced(why)),
        rustls::Error::InvalidMessage(why) => format!("a message that cannot be read: {}", spaced(why)),
        rustls::Error::PeerIncompatible(why) => format!("nothing in common: {}", spaced(why)),
        other => other.to_string(),
    }
}

/// The library's name for a fault, as words: `too many empty fragments`.
fn spaced(name: &impl std::fmt::Debug) -> String {
    let mut words = String::new();
    for c in format!("{name:?}").chars() {
        if c.is_ascii_uppercase()
            && words.ends_with(|last: char| last.is_ascii_lowercase() || last.is_ascii_digit())
        {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}
