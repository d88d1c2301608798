//! Servers whose TLS is openssl's, so that nobody here wrote it: with versions and suites that are no longer spoken, and
//! with certificates that no library of today makes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use super::peer::{HEADER, Peer, Said, offers};

/// A certificate for the domain and its key, as openssl made them.
pub struct Made {
    folder: tempfile::TempDir,
}

impl Made {
    /// By `openssl req -x509` with these options.
    pub fn by(options: &[&str]) -> Self {
        let made = Self { folder: tempfile::tempdir().expect("a folder can be made") };
        // Its own file makes every certificate an authority's.
        let config = made.folder.path().join("openssl.cnf");
        std::fs::write(&config, "[req]\ndistinguished_name = name\n[name]\n").expect("a file can be written");
        let mut openssl = Command::new("openssl");
        openssl
            .args(["req", "-x509", "-noenc", "-days", "60", "-subj", "/CN=example.test", "-config"])
            .arg(config);
        openssl.args(["-addext", "subjectAltName=DNS:example.test"]).args(options);
        run(openssl.arg("-keyout").arg(made.key()).arg("-out").arg(made.certificate()));
        made
    }

    /// A certificate of X.509 version 1, which has no extensions and so no names.
    pub fn of_version_1() -> Self {
        let made = Self { folder: tempfile::tempdir().expect("a folder can be made") };
        let request = made.folder.path().join("request.pem");
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-new", "-noenc", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        run(openssl.args(["-subj", "/CN=example.test", "-keyout"]).arg(made.key()).arg("-out").arg(&request));
        let mut openssl = Command::new("openssl");
        openssl.args(["x509", "-req", "-days", "60", "-in"]).arg(&request).arg("-signkey").arg(made.key());
        run(openssl.arg("-out").arg(made.certificate()));
        made
    }

    /// Its key, as a PEM file.
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// Itself, as a PEM file.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }
}

fn run(openssl: &mut Command) {
    let done = openssl.output().expect("openssl starts");
    assert!(done.status.success(), "{openssl:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A certificate with an RSA key of 2048 bits, made once.
fn ordinary() -> Arc<Made> {
    static MADE: Mutex<std::sync::Weak<Made>> = Mutex::new(std::sync::Weak::new());
    let mut kept = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(made) = kept.upgrade() {
        return made;
    }
    let made = Arc::new(Made::by(&["-newkey", "rsa:2048"]));
    *kept = Arc::downgrade(&made);
    made
}

/// `openssl s_server`, restricted as the row wants it. Dropping it ends it.
pub struct Openssl {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    _made: Arc<Made>,
}

impl Openssl {
    /// With an ordinary certificate and these options.
    pub fn with(options: &[&str]) -> Self {
        Self::showing(ordinary(), options)
    }

    /// With this certificate and these options. To whoever comes first it says a stream's header and features with PLAIN.
    pub fn showing(made: Arc<Made>, options: &[&str]) -> Self {
        let mut server = Command::new("openssl");
        server.args(["s_server", "-accept", "127.0.0.1:0", "-naccept", "8"]).args(options);
        server.arg("-key").arg(made.key()).arg("-cert").arg(made.certificate());
        // Its input stays open: at its end it would leave.
        server.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = server.spawn().expect("openssl starts");
        let says = [HEADER, &offers(&["PLAIN"]), "\n"].concat();
        child.stdin.as_mut().expect("it was piped").write_all(says.as_bytes()).expect("the pipe takes it");
        let mut lines = BufReader::new(child.stdout.take().expect("it was piped")).lines();
        let accepts = lines.find_map(|line| line.ok()?.strip_prefix("ACCEPT ")?.parse().ok());
        std::thread::spawn(move || lines.count());
        Self { child, address: accepts.expect("it says where it listens"), _made: made }
    }

    /// An XMPP server whose TLS it is.
    pub fn behind_starttls(&self) -> Peer {
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
