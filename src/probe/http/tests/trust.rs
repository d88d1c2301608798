//! What crosses a connection whose certificate failed: requests without a secret, and nothing else.

use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::*;
use crate::journal::{NameRole, TlsFact};

/// A server under TLS, and its certificate as PEM.
pub(super) async fn secured(
    name: &str,
    script: impl Fn(usize, &str) -> Reply + Send + Sync + 'static,
) -> (Site, String) {
    let (acceptor, pem) = certified(name);
    (Site::serves(vec![acceptor], Arc::new(script)).await, pem)
}

/// The TLS side of a server with a certificate of its own, and that as PEM.
fn certified(name: &str) -> (TlsAcceptor, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
    let pkcs8 = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], pkcs8)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), certificate.pem())
}

fn ok(_: usize, _: &str) -> Reply {
    Reply::Say(answer("200 OK\r\nSet-Cookie: s=canary-session", "<x/>").into_bytes())
}

pub(super) fn ask(site: &Site, what: HttpWhat) -> HttpAsk {
    let ask = site.ask(what, "/");
    HttpAsk { url: ask.url.replace("http://", "https://"), ..ask }
}

pub(super) fn strict() -> Setup {
    Setup { permissions: Permissions::default(), ..Setup::default() }
}

pub(super) fn fingerprint(seen: &Seen) -> String {
    let fingerprint = seen.facts().find_map(|fact| match fact {
        HttpFact::Gate { fingerprint, .. } => fingerprint.clone(),
        _ => None,
    });
    fingerprint.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_server_gets_the_password_and_its_handshake_is_a_fact() {
    let (site, pem) = secured(HOST, ok).await;
    let mut table = Setup { roots: Some(pem), ..strict() }.table();
    let seen = table.ask(ask(&site, HttpWhat::User)).await;
    assert_eq!((seen.end().as_str(), seen.gate()), ("Ok", None));
    assert!(site.heard()[0].contains("Authorization: Basic "));
    let tls: Vec<&TlsFact> = seen
        .notes
        .iter()
        .filter_map(|note| match &note.event {
            Event::Saw(Fact::Tls(fact)) if note.op != seen.op => Some(fact),
            _ => None,
        })
        .collect();
    let [
        TlsFact::Chain { .. },
        TlsFact::Verified { chain, names, key_proven: true },
        TlsFact::Agreed { suite, .. },
    ] = tls[..]
    else {
        panic!("{tls:?}")
    };
    assert!(chain.ok && names.len() == 1 && names[0].ok && names[0].role == NameRole::Node, "{names:?}");
    assert!(suite.starts_with("TLS13_"), "{suite}");
    assert!(!table.holds_password());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_crosses_an_untrusted_connection_until_its_certificate_is_accepted() {
    let (site, _) = secured(HOST, ok).await;
    let mut table = strict().table();
    assert_eq!(table.ask(ask(&site, HttpWhat::Version)).await.end(), "Ok");
    for what in [HttpWhat::User, HttpWhat::EpasLogin] {
        let seen = table.ask(ask(&site, what)).await;
        assert_eq!((seen.gate(), seen.end().as_str()), (Some("untrusted"), "Stopped untrusted"));
        assert_eq!(seen.connects(), 0, "it is the connection of the first request");
    }
    assert_eq!((site.heard().len(), table.engine.attempts().0), (1, 0));
    let seen = table.ask(ask(&site, HttpWhat::User)).await;
    let fingerprint = fingerprint(&seen);
    let port = site.address.port();
    for (host, port) in [("other.example.test", port), (HOST, port ^ 1)] {
        table.engine.accept(host, port, &fingerprint);
        assert_eq!(table.ask(ask(&site, HttpWhat::User)).await.gate(), Some("untrusted"));
    }
    table.engine.accept(&HOST.to_uppercase(), port, &fingerprint);
    assert_eq!(table.ask(ask(&site, HttpWhat::User)).await.end(), "Ok");
    assert!(site.heard()[1].contains("Authorization: Basic "));
    assert!(!table.holds_password());
}

/// A renewed certificate is well signed too: whoever accepted another one here is asked first.
#[tokio::test(flavor = "multi_thread")]
async fn another_certificate_than_was_accepted_shuts_the_gate_however_well_it_is_signed() {
    let (site, pem) = secured(HOST, ok).await;
    let mut table = Setup { roots: Some(pem), ..strict() }.table();
    let port = site.address.port();
    table.engine.accept(HOST, port, &format!("sha256:{}", "00".repeat(32)));
    let seen = table.ask(ask(&site, HttpWhat::User)).await;
    assert_eq!((seen.gate(), site.heard().len()), (Some("untrusted"), 0));
    table.engine.accept(HOST, port, &fingerprint(&seen));
    assert_eq!(table.ask(ask(&site, HttpWhat::User)).await.end(), "Ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_connection_is_judged_before_a_byte_is_written() {
    let (site, _) = secured(HOST, ok).await;
    let mut table = strict().table();
    let seen = table.ask(ask(&site, HttpWhat::EpasLogin)).await;
    assert_eq!((seen.gate(), seen.connects(), seen.sent().len()), (Some("untrusted"), 1, 0));
    let gate = seen.facts().find_map(|fact| match fact {
        HttpFact::Gate { failed, would_send, .. } => Some((failed.clone(), would_send.clone())),
        _ => None,
    });
    let (failed, would_send) = gate.unwrap();
    assert_eq!(failed, ["it is signed by an issuer that is not trusted here"]);
    assert_eq!(would_send, "the password of alice, readable by the server (EPASSoap)");
    assert!(site.heard().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_certificate_with_another_name_is_not_enough() {
    let (site, pem) = secured("cucm2.example.test", ok).await;
    let mut table = Setup { roots: Some(pem), ..strict() }.table();
    let seen = table.ask(ask(&site, HttpWhat::User)).await;
    assert_eq!(seen.gate(), Some("untrusted"));
    assert!(site.heard().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_command_line_allowed_holds_for_every_host() {
    let (site, _) = secured("other.example.test", ok).await;
    let fingerprint = fingerprint(&strict().table().ask(ask(&site, HttpWhat::User)).await);
    for permissions in [
        Permissions { insecure: true, ..Permissions::default() },
        Permissions { fingerprints: vec![fingerprint], ..Permissions::default() },
    ] {
        let mut table = Setup { permissions, ..strict() }.table();
        assert_eq!(table.ask(ask(&site, HttpWhat::User)).await.end(), "Ok");
    }
    let clear = Site::clear(ok).await;
    let seen = strict().table().ask(clear.ask(HttpWhat::User, "/")).await;
    assert_eq!((seen.gate(), clear.heard().len()), (Some("clear"), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_was_given_for_a_credential_goes_to_no_impostor() {
    let (own, pem) = certified(HOST);
    let (impostor, _) = certified(HOST);
    let site = Site::serves(
        vec![own.clone(), own, impostor],
        Arc::new(|number, _: &str| {
            let said = answer(&format!("200 OK\r\nSet-Cookie: s{number}=canary-session"), "");
            // Each request has a connection of its own.
            Reply::Last(said.replacen("\r\n", "\r\nConnection: close\r\n", 1).into_bytes())
        }),
    )
    .await;
    let mut table = Setup { roots: Some(pem), ..strict() }.table();
    table.ask(ask(&site, HttpWhat::User)).await;
    for what in [HttpWhat::Version, HttpWhat::Version, HttpWhat::Version] {
        assert_eq!(table.ask(ask(&site, what)).await.end(), "Ok");
    }
    let cookies = |request: &String| {
        request.lines().find_map(|line| line.strip_prefix("Cookie: ").map(str::to_owned)).unwrap_or_default()
    };
    let sent: Vec<String> = site.heard().iter().map(cookies).collect();
    // What was given for a personal cookie is one as well; what the impostor gave goes back to it.
    assert_eq!(sent, ["", "s1=canary-session", "", "s3=canary-session"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_modern_tls_is_looked_at_with_older_ones() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            // A fatal alert: handshake_failure.
            let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).await;
            let _ = stream.shutdown().await;
        }
    });
    let ask = HttpAsk::new(HttpWhat::Version, format!("https://{address}/"), Vec::new());
    let seen = strict().table().ask(ask).await;
    assert_eq!(seen.end(), "Lost alert handshake_failure (40)");
    let looks = seen.began(|ask| matches!(ask, Ask::LegacyHello));
    assert_eq!(looks[0].code.as_deref(), Some("alert handshake_failure (40)"));
}
