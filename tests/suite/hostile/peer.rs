//! Servers that mean harm, or are broken: a thread and a script for each connection, and the words of an honest one.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rcgen::{CertificateParams, CustomExtension, DnType, KeyPair};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::version::TLS12;
use tokio_rustls::rustls::{
    ALL_VERSIONS, KeyLog, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
};

/// The XMPP domain of all of them.
pub const DOMAIN: &str = "example.test";
pub const HEADER: &str = "<?xml version='1.0'?><stream:stream id='17124513C1DF' from='example.test' \
    version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
pub const STARTTLS: &str =
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
pub const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
pub const SUCCESS: &str = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
pub const BIND: &str = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>";
pub const BOUND: &str = "<iq type='result' id='bind_1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
    <jid>alice@example.test/impscope</jid></bind></iq>";

/// No script waits longer for the program: a test that fails must not hang.
const PATIENCE: Duration = Duration::from_secs(30);

/// Features that offer these mechanisms.
pub fn offers(mechanisms: &[&str]) -> String {
    let each: String = mechanisms.iter().map(|name| format!("<mechanism>{name}</mechanism>")).collect();
    format!(
        "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{each}</mechanisms>\
         </stream:features>"
    )
}

/// What a script says of itself: an error is the connection's end, which is what many of them are after.
pub type Said = io::Result<()>;

/// A server on loopback. Its threads end with their connections.
pub struct Peer {
    /// Where it listens.
    pub address: SocketAddr,
}

impl Peer {
    /// Runs `script` for each connection.
    pub fn plays(script: impl Fn(&mut Talk<TcpStream>) -> Said + Send + Sync + 'static) -> Self {
        Self::plays_at((Ipv4Addr::LOCALHOST, 0).into(), script)
    }

    /// The same at this address.
    pub fn plays_at(
        address: SocketAddr,
        script: impl Fn(&mut Talk<TcpStream>) -> Said + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).expect("a loopback port");
        let address = listener.local_addr().expect("it is bound");
        let script = Arc::new(script);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let script = Arc::clone(&script);
                std::thread::spawn(move || {
                    let set = stream.set_read_timeout(Some(PATIENCE)).and(stream.set_nodelay(true));
                    let mut talk = Talk::over(stream);
                    let _ = set.and_then(|()| script(&mut talk));
                });
            }
        });
        Self { address }
    }

    /// An honest server up to TLS; then `script`.
    pub fn secure(script: impl Fn(&mut Talk<Secure>) -> Said + Send + Sync + 'static) -> Self {
        Self::secure_with(&Identity::named(DOMAIN), script)
    }

    /// The same with a certificate of one's own.
    pub fn secure_with(
        identity: &Identity,
        script: impl Fn(&mut Talk<Secure>) -> Said + Send + Sync + 'static,
    ) -> Self {
        let identity = identity.clone();
        Self::plays(move |talk| {
            talk.up_to_proceed()?;
            let mut talk = talk.secured(&identity)?;
            talk.hear("<stream:stream")?;
            script(&mut talk)
        })
    }

    /// An honest server up to the `<auth>` of this mechanism, which has come; then `script`.
    pub fn authenticating(
        mechanism: &'static str,
        script: impl Fn(&mut Talk<Secure>) -> Said + Send + Sync + 'static,
    ) -> Self {
        Self::secure(move |talk| {
            talk.say(HEADER)?;
            talk.say(&offers(&[mechanism]))?;
            talk.hear("</auth>")?;
            script(talk)
        })
    }

    /// An honest server up to the bind request, which has come; then `script`.
    pub fn binding(script: impl Fn(&mut Talk<Secure>) -> Said + Send + Sync + 'static) -> Self {
        Self::authenticating("PLAIN", move |talk| {
            talk.say(SUCCESS)?;
            talk.hear("<stream:stream")?;
            talk.say(HEADER)?;
            talk.say(BIND)?;
            talk.hear("</iq>")?;
            script(talk)
        })
    }
}

/// A server's end of a connection under TLS.
pub type Secure = StreamOwned<ServerConnection, TcpStream>;

/// What a server shows as its certificate, and the key that it signs with.
#[derive(Clone)]
pub struct Identity {
    config: Arc<ServerConfig>,
    /// `sha256:` and 64 hex digits.
    pub fingerprint: String,
    /// The certificate, as DER.
    pub leaf: Vec<u8>,
    written: Arc<Written>,
}

impl Identity {
    /// A certificate that signed itself, with this common name, and one for the domain.
    pub fn named(common: &str) -> Self {
        let (leaf, key) = self_signed(common);
        Self::shows(vec![leaf], &key)
    }

    /// With this text in its subject, which is its issuer as well, and in a name of each kind beside the domain's.
    pub fn odd(text: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        for kind in [DnType::CommonName, DnType::OrganizationName, DnType::OrganizationalUnitName] {
            params.distinguished_name.push(kind, text);
        }
        // Mail, DNS and URI, which RFC 5280 wants in ASCII; bytes that are none are what is tested here.
        let [mail, host, uri] = [0x81, 0x82, 0x86].map(|tag| der(tag, text.as_bytes()));
        let names = der(0x30, &[der(0x82, DOMAIN.as_bytes()), mail, host, uri].concat());
        params.custom_extensions.push(CustomExtension::from_oid_content(&[2, 5, 29, 17], names));
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("it signs itself");
        Self::shows(vec![certificate.der().to_vec()], &key.serialize_der())
    }

    /// As [`Identity::named`], which speaks TLS 1.2 and nothing newer.
    pub fn of_12(common: &str) -> Self {
        let (leaf, key) = self_signed(common);
        Self::shows_by(vec![leaf], &key, &[&TLS12])
    }

    /// No certificate at all.
    pub fn without_certificate() -> Self {
        Self::shows(Vec::new(), &self_signed(DOMAIN).1)
    }

    /// This chain and this key (PKCS #8), whether they belong together or not.
    pub fn shows(chain: Vec<Vec<u8>>, key: &[u8]) -> Self {
        Self::shows_by(chain, key, ALL_VERSIONS)
    }

    /// The same by these versions of TLS.
    pub fn shows_by(chain: Vec<Vec<u8>>, key: &[u8], versions: &[&'static SupportedProtocolVersion]) -> Self {
        let leaf = chain.first().cloned().unwrap_or_default();
        let digest = ::ring::digest::digest(&::ring::digest::SHA256, &leaf);
        let fingerprint = format!("sha256:{}", data_encoding::HEXLOWER.encode(digest.as_ref()));
        let provider = Arc::new(ring::default_provider());
        let key = provider.key_provider.load_private_key(PrivatePkcs8KeyDer::from(key.to_vec()).into());
        let chain = chain.into_iter().map(CertificateDer::from).collect();
        let shown = Shown(Arc::new(CertifiedKey::new(chain, key.expect("a key of a known kind"))));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("versions")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(shown));
        // For records that the library would not write.
        config.enable_secret_extraction = true;
        config.send_tls13_tickets = 0;
        let written = Arc::new(Written::default());
        config.key_log = Arc::<Written>::clone(&written);
        Self { config: Arc::new(config), fingerprint, leaf, written }
    }

    /// From what the newest connection of TLS 1.3 derives its keys for what the server says.
    pub fn traffic_secret(&self) -> Vec<u8> {
        self.written.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// For a server that is not a peer of these.
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// The server's end of a connection that has not begun.
    pub fn connection(&self) -> ServerConnection {
        ServerConnection::new(Arc::clone(&self.config)).expect("the configuration is whole")
    }
}

/// A certificate with this common name, and one for the domain, and its key.
fn self_signed(common: &str) -> (Vec<u8>, Vec<u8>) {
    let mut params = CertificateParams::new(vec![DOMAIN.to_owned()]).expect("a name");
    params.distinguished_name.push(DnType::CommonName, common);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("it signs itself");
    (certificate.der().to_vec(), key.serialize_der())
}

/// Keeps the secret from which a server's keys of TLS 1.3 come.
#[derive(Debug, Default)]
struct Written(Mutex<Vec<u8>>);

impl KeyLog for Written {
    fn log(&self, label: &str, _: &[u8], secret: &[u8]) {
        if label == "SERVER_TRAFFIC_SECRET_0" {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = secret.to_vec();
        }
    }
}

/// Shows one certificate to all, and does not ask whether it fits the key.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// A value of DER: its tag, its length as short as can be, its content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).expect("it is short").to_be_bytes();
    let length: &[u8] = match (high, low) {
        (0, 0..0x80) => &[low],
        (0, _) => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [&[tag], length, content].concat()
}

/// What is said on one connection.
pub struct Talk<S> {
    pub stream: S,
    heard: Vec<u8>,
}

impl<S: Read + Write> Talk<S> {
    fn over(stream: S) -> Self {
        Self { stream, heard: Vec::new() }
    }

    /// Writes all of it.
    pub fn say(&mut self, text: &str) -> Said {
        self.say_bytes(text.as_bytes())
    }

    /// Writes all of it.
    pub fn say_bytes(&mut self, bytes: &[u8]) -> Said {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// Writes it one byte at a time, with a pause behind each: the pause is the fault that is played.
    pub fn say_slowly(&mut self, text: &str, pause: Duration) -> Said {
        for byte in text.as_bytes() {
            self.say_bytes(&[*byte])?;
            std::thread::sleep(pause);
        }
        Ok(())
    }

    /// Writes it again and again until the client leaves.
    pub fn say_forever(&mut self, text: &[u8]) -> Said {
        loop {
            self.stream.write_all(text)?;
        }
    }

    /// Reads until this text has come since the last time.
    pub fn hear(&mut self, text: &str) -> Said {
        self.hear_up_to(text).map(drop)
    }

    /// Reads until this text has come since the last time, and gives what came before it.
    pub fn hear_up_to(&mut self, text: &str) -> io::Result<String> {
        let mut chunk = [0; 4096];
        loop {
            let found = self.heard.windows(text.len()).position(|window| window == text.as_bytes());
            if let Some(at) = found {
                let before = String::from_utf8_lossy(&self.heard[..at]).into_owned();
                self.heard.drain(..at + text.len());
                return Ok(before);
            }
            match self.stream.read(&mut chunk)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => self.heard.extend_from_slice(&chunk[..count]),
            }
        }
    }

    /// Reads so many bytes.
    pub fn hear_bytes(&mut self, count: usize) -> io::Result<Vec<u8>> {
        let mut chunk = [0; 4096];
        while self.heard.len() < count {
            match self.stream.read(&mut chunk)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => self.heard.extend_from_slice(&chunk[..more]),
            }
        }
        Ok(self.heard.drain(..count).collect())
    }

    /// Reads what comes until the client leaves.
    pub fn listen(&mut self) -> Said {
        let mut chunk = [0; 4096];
        while self.stream.read(&mut chunk)? > 0 {}
        Ok(())
    }
}

impl Talk<TcpStream> {
    /// An honest server's part up to and with `<proceed/>`.
    pub fn up_to_proceed(&mut self) -> Said {
        self.hear("<stream:stream")?;
        self.say(HEADER)?;
        self.say(STARTTLS)?;
        self.hear("<starttls")?;
        self.hear("/>")?;
        self.say(PROCEED)
    }

    /// The same connection under TLS, as this one.
    pub fn secured(&mut self, identity: &Identity) -> io::Result<Talk<Secure>> {
        Ok(Talk::over(StreamOwned::new(identity.connection(), self.stream.try_clone()?)))
    }
}
