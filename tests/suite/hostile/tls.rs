//! Handshakes that fail, and why. The servers are openssl's: nobody here wrote their TLS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::peer::{Peer, Said};
use super::{Verdict, check, check_with, ends};
use crate::program::Finished;
use crate::requirement;

/// `openssl s_server`, restricted as the test wants it. Dropping it ends it.
struct Openssl {
    child: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Openssl {
    /// With an RSA certificate and these options.
    fn with(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (key, cert) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
        certificate(&key, &cert);
        let mut server = Command::new("openssl");
        server.args(["s_server", "-accept", "127.0.0.1:0", "-naccept", "8"]).args(options);
        server.arg("-key").arg(&key).arg("-cert").arg(&cert);
        // Its input stays open: at its end it would leave.
        server.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = server.spawn().expect("openssl starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it was piped")).lines();
        let accepts = lines.find_map(|line| line.ok()?.strip_prefix("ACCEPT ")?.parse().ok());
        std::thread::spawn(move || lines.count());
        Self { child, address: accepts.expect("it says where it listens"), _folder: folder }
    }

    /// An XMPP server whose TLS it is.
    fn behind_starttls(&self) -> Peer {
        let to = self.address;
        Peer::plays(move |talk| {
            talk.up_to_proceed()?;
            joined(&talk.stream, &TcpStream::connect(to)?)
        })
    }
}

impl Drop for Openssl {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn certificate(key: &Path, cert: &Path) {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "30", "-subj", "/CN=example.test"]);
    let made = openssl.arg("-keyout").arg(key).arg("-out").arg(cert).output().expect("openssl starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Hands the bytes on in both directions until both have ended.
fn joined(one: &TcpStream, other: &TcpStream) -> Said {
    fn hand_on(mut from: TcpStream, mut to: TcpStream) {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut chunk) {
            if to.write_all(&chunk[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    }
    let (back, forth) = ((other.try_clone()?, one.try_clone()?), (one.try_clone()?, other.try_clone()?));
    let backward = std::thread::spawn(move || hand_on(back.0, back.1));
    hand_on(forth.0, forth.1);
    backward.join().map_err(|_| std::io::ErrorKind::Other.into())
}

/// The arguments of the finding with this code.
fn argument(finished: &Finished, code: &str, name: &str) -> String {
    let json = finished.json();
    let findings = json["findings"].as_array().expect("findings");
    let found = findings.iter().find(|finding| finding["code"] == code);
    found.map(|found| found["args"][name].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
}

#[test]
fn garbage_instead_of_a_server_hello_is_named() {
    let peer = Peer::plays(|talk| {
        talk.up_to_proceed()?;
        talk.hear("\x03")?;
        talk.say("HTTP/1.1 400 Bad Request\r\n\r\n")?;
        talk.listen()
    });
    ends("a page", &peer, "failed", "tls", &["TLS_ALERT"]);
}

#[test]
fn a_node_with_old_tls_only_is_named_with_its_version_and_suite() {
    if !requirement::programs(&["openssl"]) {
        return;
    }
    let cases = [
        ("-tls1_2", "AES128-SHA:@SECLEVEL=0", "TLS 1.2", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        ("-tls1_2", "DHE-RSA-AES256-SHA256:@SECLEVEL=0", "TLS 1.2", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
        ("-tls1_1", "AES256-SHA:@SECLEVEL=0", "TLS 1.1", "TLS_RSA_WITH_AES_256_CBC_SHA"),
        ("-tls1", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0", "TLS 1.0", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    ];
    for (version, ciphers, said_version, said_suite) in cases {
        let openssl = Openssl::with(&[version, "-cipher", ciphers]);
        let what = format!("{version} {ciphers}");
        let peer = openssl.behind_starttls();
        let finished = check(&peer);
        assert_eq!(finished.unexplained("critical"), ["TLS_LEGACY_ONLY"], "{what}: {}", finished.stderr);
        assert_eq!(argument(&finished, "TLS_LEGACY_ONLY", "version"), said_version, "{what}");
        assert_eq!(argument(&finished, "TLS_LEGACY_ONLY", "suite"), said_suite, "{what}");
    }
}

#[test]
fn the_same_is_found_where_tls_begins_with_the_first_byte() {
    if !requirement::programs(&["openssl"]) {
        return;
    }
    let openssl = Openssl::with(&["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"]);
    let direct = Peer { address: openssl.address };
    let finished = check_with(&direct, &["--direct-tls"]);
    assert_eq!(finished.unexplained("critical"), ["TLS_LEGACY_ONLY"], "{}", finished.stderr);
}

#[test]
fn a_server_that_shares_nothing_with_anybody_is_an_alert_and_not_old() {
    if !requirement::programs(&["openssl"]) {
        return;
    }
    let openssl = Openssl::with(&["-tls1_2", "-cipher", "CAMELLIA128-SHA:@SECLEVEL=0"]);
    let finished = check(&openssl.behind_starttls());
    let verdict = Verdict::of(&finished);
    assert_eq!(verdict, Verdict::new("refused", "tls", &["TLS_ALERT"]), "{}", finished.stderr);
    assert!(finished.stderr.contains("asked with old versions and suites: refused too"), "{}", finished.stderr);
}

#[test]
fn a_server_that_wants_a_client_certificate_is_an_alert_and_not_old() {
    if !requirement::programs(&["openssl"]) {
        return;
    }
    let openssl = Openssl::with(&["-tls1_2", "-Verify", "1"]);
    let finished = check(&openssl.behind_starttls());
    assert_eq!(finished.unexplained("critical"), ["TLS_ALERT"], "{}", finished.stderr);
    assert!(!finished.stderr.contains("old TLS versions"), "{}", finished.stderr);
}

#[test]
fn a_look_at_old_tls_that_nobody_answers_ends_in_its_time() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let asked = AtomicBool::new(false);
    let peer = Peer::plays(move |talk| {
        talk.up_to_proceed()?;
        talk.hear("\x03")?;
        if !asked.swap(true, Ordering::Relaxed) {
            // A fatal alert: handshake_failure.
            talk.say_bytes(&[21, 3, 3, 0, 2, 2, 40])?;
        }
        talk.listen()
    });
    ends("silent to the look", &peer, "refused", "tls", &["TLS_ALERT"]);
}
