//! Web servers that mean harm, each with a certificate that is good for its own name, or with one that is not; and
//! the words of an honest CUCM.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_encoding::BASE64;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::script::reset;

/// No connection is waited for longer than this.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where UDS and EPASSoap are served.
pub const UDS: u16 = 8443;

/// An address of loopback that no other test has, for servers on the ports that clients expect.
pub fn own_address() -> Ipv4Addr {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    // 12 bits of the process, 10 for each of its servers.
    let own = (std::process::id() & 0xfff) << 10 | NEXT.fetch_add(1, Ordering::Relaxed) & 0x3ff;
    Ipv4Addr::from_bits(0x7f80_0000 | own)
}

/// An authority that the program is told to trust.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    /// A fresh one.
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "authority of a test");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("it signs");
        let folder = tempfile::tempdir().expect("a folder can be made");
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).expect("a file can be written");
        Self { issuer, folder }
    }

    /// Its certificate, as a file.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Its certificate, as DER.
    pub fn der(&self) -> Vec<u8> {
        self.issuer.der().to_vec()
    }

    /// A certificate of these, signed by it, as DER.
    pub fn signs(&self, params: &CertificateParams, key: &KeyPair) -> Vec<u8> {
        params.signed_by(key, &self.issuer).expect("it signs").der().to_vec()
    }

    /// An authority between it and the servers.
    pub fn deputy(&self) -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "authority in between");
        let key = KeyPair::generate().expect("a key");
        CertifiedIssuer::signed_by(params, key, &self.issuer).expect("it signs")
    }

    /// A server's certificate for this name, signed by it.
    pub fn vouches(&self, name: &str) -> Arc<ServerConfig> {
        self.vouches_for(&[name])
    }

    /// The same for all of these names.
    pub fn vouches_for(&self, names: &[&str]) -> Arc<ServerConfig> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(names).expect("names");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("it signs");
        config(certificate.der().to_vec(), &key)
    }

    /// The same on the first connections, so many; on later ones a certificate that nobody vouches for.
    pub fn vouches_at_first(&self, name: &str, connections: usize) -> Arc<ServerConfig> {
        let [first, later] = [self.vouches(name), unvouched(name)];
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Changing { first, later, left: AtomicUsize::new(connections) }));
        Arc::new(config)
    }
}

/// Two certificates, one after the other.
#[derive(Debug)]
struct Changing {
    first: Arc<ServerConfig>,
    later: Arc<ServerConfig>,
    left: AtomicUsize,
}

impl ResolvesServerCert for Changing {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        let config = if left.is_ok() { &self.first } else { &self.later };
        config.cert_resolver.resolve(hello)
    }
}

/// A certificate for this name that nobody vouches for.
pub fn unvouched(name: &str) -> Arc<ServerConfig> {
    let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("it signs itself");
    config(certificate.der().to_vec(), &key)
}

fn config(certificate: Vec<u8>, key: &KeyPair) -> Arc<ServerConfig> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.into()], PrivatePkcs8KeyDer::from(key.serialize_der()).into());
    Arc::new(config.expect("certificate and key fit"))
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// `/cucm-uds/version`
    pub target: String,
    /// All of it.
    pub text: String,
}

impl Request {
    /// Whether the user's password is in it.
    pub fn has_credential(&self) -> bool {
        self.text.contains("Authorization: ") || self.text.contains("password>")
    }

    /// The server's name and port, as the client has them.
    pub fn host(&self) -> &str {
        let line = self.text.lines().find_map(|line| line.strip_prefix("Host: "));
        line.unwrap_or_default()
    }

    /// What the client wants to keep for itself: the password, as it was given and as it was written.
    pub fn secrets(&self) -> String {
        let basic = self.text.lines().find_map(|line| line.strip_prefix("Authorization: Basic "));
        let decoded = basic.and_then(|basic| BASE64.decode(basic.as_bytes()).ok()).unwrap_or_default();
        let inside = self.text.split_once("password>").and_then(|(_, rest)| rest.split("</").next());
        let decoded = String::from_utf8_lossy(&decoded).into_owned();
        [basic.unwrap_or_default(), &decoded, inside.unwrap_or_default()].join(" ")
    }
}

/// A stream to a client, in clear or under TLS.
pub trait Line: Read + Write {}
impl<S: Read + Write> Line for S {}

type Script = Arc<dyn Fn(&Request, &mut dyn Line) -> io::Result<()> + Send + Sync>;

/// A web server on loopback.
pub struct Web {
    /// Where it listens.
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<Request>>>,
}

impl Web {
    /// Answers each request so, and keeps the connection.
    pub fn answers(
        tls: Option<Arc<ServerConfig>>,
        script: impl Fn(&Request) -> String + Send + Sync + 'static,
    ) -> Self {
        Self::plays(tls, move |request, line| {
            line.write_all(script(request).as_bytes())?;
            line.flush()
        })
    }

    /// Plays this for each request; an error ends the connection, `ConnectionReset` with a reset.
    pub fn plays(
        tls: Option<Arc<ServerConfig>>,
        script: impl Fn(&Request, &mut dyn Line) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::plays_at((Ipv4Addr::LOCALHOST, 0).into(), tls, script)
    }

    /// The same at this address.
    pub fn plays_at(
        address: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        script: impl Fn(&Request, &mut dyn Line) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).expect("a loopback port");
        let address = listener.local_addr().expect("it is bound");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (noted, script): (_, Script) = (Arc::clone(&heard), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (noted, script, tls) = (Arc::clone(&noted), Arc::clone(&script), tls.clone());
                std::thread::spawn(move || drop(connection(stream, tls, &noted, &script)));
            }
        });
        Self { address, heard }
    }

    /// All requests so far.
    pub fn heard(&self) -> Vec<Request> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many of them asked for a path that begins so.
    pub fn asked(&self, path: &str) -> usize {
        self.heard().iter().filter(|request| request.target.starts_with(path)).count()
    }

    /// How many of them held the password.
    pub fn credentials(&self) -> usize {
        self.heard().iter().filter(|request| request.has_credential()).count()
    }
}

fn connection(
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    noted: &Mutex<Vec<Request>>,
    script: &Script,
) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let socket = stream.try_clone()?;
    let ended = match tls {
        None => serve(stream, noted, script),
        Some(config) => serve(over(config, stream)?, noted, script),
    };
    match &ended {
        Err(why) if why.kind() == io::ErrorKind::ConnectionReset => reset(&socket),
        _ => ended,
    }
}

/// TLS on a connection that was accepted.
pub fn over(config: Arc<ServerConfig>, stream: TcpStream) -> io::Result<StreamOwned<ServerConnection, TcpStream>> {
    Ok(StreamOwned::new(ServerConnection::new(config).map_err(io::Error::other)?, stream))
}

fn serve(mut line: impl Line, noted: &Mutex<Vec<Request>>, script: &Script) -> io::Result<()> {
    let mut heard = Vec::new();
    loop {
        let request = request(&mut line, &mut heard)?;
        noted.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        script(&request, &mut line)?;
    }
}

fn request(line: &mut impl Line, heard: &mut Vec<u8>) -> io::Result<Request> {
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(heard).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                heard.clear();
                let target = text.split(' ').nth(1).unwrap_or_default().to_owned();
                return Ok(Request { target, text });
            }
        }
        match line.read(&mut chunk)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => heard.extend_from_slice(&chunk[..count]),
        }
    }
}

/// An answer with a body.
pub fn answer(status: &str, body: &str) -> String {
    with_headers(status, "Content-Type: application/xml\r\n", body)
}

/// An answer with a body and these headers, each with its line's end.
pub fn with_headers(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// What a CUCM says.
#[derive(Default)]
pub struct Cucm {
    /// The text of `homeCluster`; itself if nothing is said.
    pub home: Option<String>,
    /// `uri` of the result, where there is one.
    pub user_uri: Option<String>,
    /// `serversUri`, where there is one.
    pub servers_uri: Option<String>,
    /// The nodes in `servers`.
    pub servers: Vec<String>,
    /// What stands in the user's record beside the name.
    pub user: String,
}

impl Cucm {
    /// Its answer to a request.
    pub fn answer(&self, request: &Request) -> String {
        let attribute = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!(" {name}=\"{value}\"")).unwrap_or_default()
        };
        let path = request.target.split('?').next().unwrap_or_default();
        let body = match path {
            "/cucm-uds/version" => {
                "<versionInformation version='12.5.1'><version>12.5.1</version></versionInformation>".to_owned()
            }
            "/ssosp/ws/public/singleSignOn" => {
                "<SSOResult><Response><SingleSignOn><Status enabled='false'/></SingleSignOn></Response></SSOResult>"
                    .to_owned()
            }
            "/cucm-uds/clusterUser" => format!(
                "<clusterUser><result found='true'{}/><homeCluster{}>{}</homeCluster></clusterUser>",
                attribute("uri", &self.user_uri),
                attribute("serversUri", &self.servers_uri),
                self.home.as_deref().unwrap_or(request.host())
            ),
            "/cucm-uds/servers" => {
                let each = |server: &String| format!("<server>{server}</server>");
                format!("<servers>{}</servers>", self.servers.iter().map(each).collect::<String>())
            }
            path if path.starts_with("/cucm-uds/user/") => {
                format!("<user><userName>alice</userName>{}</user>", self.user)
            }
            _ => return answer("404 Not Found", ""),
        };
        answer("200 OK", &body)
    }
}
