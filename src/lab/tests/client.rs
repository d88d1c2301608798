//! A client for the tests: it writes literal text and looks for literal text, in clear and under TLS.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::lab::scenario::{self, Script};
use crate::lab::{Lab, LabHost, start};

/// Long enough for a busy machine; only a failing test waits for it.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How long nothing has to come before it counts as silence here.
pub(super) const SILENCE: Duration = Duration::from_millis(300);

pub(super) const HEADER: &str = "<?xml version='1.0' ?><stream:stream to='example.test' xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
pub(super) const STARTTLS: &str = "<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" cookie=\"0\"/>";
pub(super) const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
pub(super) const SUCCESS: &str = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
pub(super) const IMP1: &str = "imp1.example.test";
pub(super) const CUCM1: &str = "cucm1.example.test";
pub(super) const IMP2: &str = "imp2.example.test";
pub(super) const EXPE: &str = "expe.example.test";

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

pub(super) struct Client {
    wire: Box<dyn Wire>,
    host: String,
    seen: String,
}

/// Starts a scenario as it is.
pub(super) async fn lab(name: &str) -> Lab {
    start(name).await.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Starts a scenario with each of its delays made `seconds` long.
pub(super) fn lab_with_delays(name: &str, seconds: f64) -> Lab {
    use crate::lab::component::Illness;
    use crate::lab::faults::{AuthFault, Fault, Placed, StreamFault};
    let mut script = scenario::script(name).expect("a scenario");
    for placed in &mut script.faults {
        match placed {
            Placed::AtStage { fault: Fault::Auth(AuthFault::Late { seconds: delay }), .. }
            | Placed::AtStage { fault: Fault::Auth(AuthFault::Refused { after_seconds: delay, .. }), .. }
            | Placed::AtStage { fault: Fault::Stream(StreamFault::Late { seconds: delay }), .. } => {
                *delay = seconds
            }
            Placed::InComponent(broken) => {
                if let Illness::Late { seconds: delay, .. } = &mut broken.illness {
                    *delay = seconds;
                }
            }
            Placed::AtStage { .. } => {}
        }
    }
    started(name, &script)
}

/// Starts a scenario of the test's own: what a file would say besides its words.
pub(super) fn lab_of(text: &str) -> Lab {
    let words = "title = 'of a test'\nteaches = 'nothing'\nhint = 'none'\n";
    let script: Script = toml::from_str(&format!("{words}{text}")).expect("a scenario");
    started("of a test", &script)
}

fn started(name: &str, script: &Script) -> Lab {
    crate::lab::start::script(name, script).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// `<auth>` with the lab's printed password.
pub(super) fn auth(lab: &Lab) -> String {
    plain(&lab.user, &lab.password)
}

pub(super) fn plain(user: &str, password: &str) -> String {
    sasl("PLAIN", format!("\0{user}\0{password}").as_bytes())
}

pub(super) fn sasl(mechanism: &str, text: &[u8]) -> String {
    let text = data_encoding::BASE64.encode(text);
    format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='{mechanism}'>{text}</auth>")
}

impl Client {
    pub(super) async fn connect(lab: &Lab, host: &str) -> Client {
        Client::try_connect(lab, host).await.expect("a connection")
    }

    pub(super) async fn try_connect(lab: &Lab, host: &str) -> std::io::Result<Client> {
        let node = lab.nodes.iter().find(|node| node.host == host);
        // The front end of an Expressway-E stands behind its port of HTTPS.
        let port = |known: &LabHost| known.ports.iter().copied().find(|port| *port != 8443);
        let port = node
            .map(|node| node.address.port())
            .or_else(|| lab.hosts.iter().find(|known| known.host == host).and_then(port));
        Client::at(lab, host, port.expect("a host with XMPP")).await
    }

    /// Connected to any port of a host.
    pub(super) async fn at(lab: &Lab, host: &str, port: u16) -> std::io::Result<Client> {
        let known = lab.hosts.iter().find(|known| known.host == host).expect("a host of this name");
        let tcp = TcpStream::connect((known.address, port)).await?;
        Ok(Client { wire: Box::new(tcp), host: host.to_owned(), seen: String::new() })
    }

    /// Connected, and at the features before TLS.
    pub(super) async fn opened(lab: &Lab, host: &str) -> Client {
        let mut client = Client::connect(lab, host).await;
        client.say(HEADER).await;
        client.hear("</stream:features>").await;
        client
    }

    /// Under TLS, before its header.
    pub(super) async fn secured(lab: &Lab, host: &str) -> Client {
        Client::opened(lab, host).await.starttls(lab).await
    }

    async fn starttls(mut self, lab: &Lab) -> Client {
        self.say(STARTTLS).await;
        assert_eq!(self.hear("/>").await, PROCEED);
        self.handshake(lab).await.expect("a handshake")
    }

    /// Under TLS, with what the second header and the features said.
    pub(super) async fn offered(lab: &Lab, host: &str) -> (Client, String) {
        let mut client = Client::secured(lab, host).await;
        client.say(HEADER).await;
        let features = client.hear("</stream:features>").await;
        (client, features)
    }

    /// The same for one that has said its first header already.
    pub(super) async fn offered_late(mut self, lab: &Lab) -> Client {
        self.hear("</stream:features>").await;
        let mut client = self.starttls(lab).await;
        client.say(HEADER).await;
        client.hear("</stream:features>").await;
        client
    }

    /// Authenticated, at the features after SASL.
    pub(super) async fn accepted(lab: &Lab, host: &str) -> Client {
        let (mut client, _) = Client::offered(lab, host).await;
        client.say(&auth(lab)).await;
        assert_eq!(client.hear("/>").await, SUCCESS);
        client.say(HEADER).await;
        client.hear("</stream:features>").await;
        client
    }

    /// From here on the server is called this.
    pub(super) fn named(self, host: &str) -> Client {
        Client { host: host.to_owned(), ..self }
    }

    /// The handshake, trusting the lab's authority alone.
    pub(super) async fn handshake(self, lab: &Lab) -> std::io::Result<Client> {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(lab.ca_pem.as_bytes()).expect("PEM");
        roots.add(authority).expect("an authority");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(self.host.clone()).expect("a name");
        let tls = timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, self.wire));
        let wire = tls.await.expect("an end of the handshake")?;
        Ok(Client { wire: Box::new(wire), seen: String::new(), host: self.host })
    }

    pub(super) async fn say(&mut self, text: &str) {
        self.wire.write_all(text.as_bytes()).await.expect("a write");
        self.wire.flush().await.expect("a flush");
    }

    /// Everything up to and with `end`.
    pub(super) async fn hear(&mut self, end: &str) -> String {
        loop {
            if let Some(at) = self.seen.find(end) {
                let rest = self.seen.split_off(at + end.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            let read = timeout(PATIENCE, self.read()).await;
            match read.unwrap_or_else(|_| panic!("no {end}, only {:?}", self.seen)) {
                Ok(0) => panic!("the end instead of {end}, after {:?}", self.seen),
                Ok(_) => {}
                Err(error) => panic!("{error} instead of {end}, after {:?}", self.seen),
            }
        }
    }

    /// The answer to a request of HTTP after which the server closes.
    pub(super) async fn ask(mut self, head: &str, body: &str) -> String {
        let host = self.host.clone();
        let length = body.len();
        let rest = format!("Host: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        self.say(&format!("{head}\r\n{rest}")).await;
        self.hear_end().await.0
    }

    /// What is left until the end of the connection, and how that came: an end without `close_notify` is an error.
    pub(super) async fn hear_end(&mut self) -> (String, std::io::Result<()>) {
        let end = loop {
            match timeout(PATIENCE, self.read()).await.expect("an end of the connection") {
                Ok(0) => break Ok(()),
                Ok(_) => {}
                Err(error) => break Err(error),
            }
        };
        (std::mem::take(&mut self.seen), end)
    }

    /// What has come once one of `ends` is among it; all that has come where the time is over before. The first of a
    /// list counts.
    pub(super) async fn hear_one(&mut self, ends: &[&str], within: Option<Duration>) -> String {
        let heard = async {
            while !ends.iter().any(|end| self.seen.contains(end)) {
                if !matches!(self.read().await, Ok(1..)) {
                    return;
                }
            }
        };
        let _ = timeout(within.unwrap_or(PATIENCE), heard).await;
        std::mem::take(&mut self.seen)
    }

    /// Nothing comes, and the connection stands.
    pub(super) async fn hear_nothing(&mut self) {
        assert_eq!(self.seen, "", "this came before");
        let read = timeout(SILENCE, self.read()).await;
        assert!(read.is_err(), "{read:?} {:?}", self.seen);
    }

    async fn read(&mut self) -> std::io::Result<usize> {
        let mut bytes = [0; 4096];
        let count = self.wire.read(&mut bytes).await?;
        self.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        Ok(count)
    }
}
