//! A deployment of one CUCM and one IM&P node, and a client: it writes literal text and looks for literal text.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::generate_simple_self_signed;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::lab::account::Accounts;
use crate::lab::component::Components;
use crate::lab::http::{Cluster, HttpFault, HttpFaults, Member, Ports, Role, Site, serve};
use crate::lab::ledger::Ledger;
use crate::lab::machine::{Machine, Parts};
use crate::lab::scenario::{self, Directory, User};

/// Long enough for a busy machine; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long nothing has to come before it counts as silence here.
const SILENCE: Duration = Duration::from_millis(300);

pub(super) const CUCM: &str = "cucm1.example.test";
pub(super) const IMP: &str = "imp1.example.test";

/// The password of erin: what XML must escape.
const ESCAPED: &str = "a<b&c>\"d'";

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// What a client connects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    /// 8443 of the CUCM.
    Uds,
    /// 6970 of it.
    Tftp,
    /// 6972 of it.
    Tftps,
    /// 8443 of the node.
    Epas,
}

pub(super) struct Plant {
    pub(super) accounts: Arc<Accounts>,
    pub(super) ports: Ports,
    addresses: [(To, SocketAddr); 4],
    certificate: CertificateDer<'static>,
    lines: UnboundedReceiver<String>,
    servers: JoinSet<()>,
}

/// An answer whose connection was closed behind it.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) head: String,
    pub(super) body: String,
}

pub(super) struct Client {
    wire: Box<dyn Wire>,
    seen: String,
}

/// A deployment without a fault.
pub(super) async fn healthy() -> Plant {
    Plant::new(HttpFaults::default(), None).await
}

/// A deployment with this fault, in a scenario's words.
pub(super) async fn with(fault: &str) -> Plant {
    #[derive(Deserialize)]
    struct One {
        #[serde(flatten)]
        fault: HttpFault,
    }
    let one: One = toml::from_str(fault).unwrap_or_else(|error| panic!("{fault}: {error}"));
    let mut faults = HttpFaults::default();
    faults.place(one.fault);
    Plant::new(faults, None).await
}

impl Plant {
    pub(super) async fn new(faults: HttpFaults, delay: Option<Duration>) -> Plant {
        Plant::rated(faults, delay, None).await
    }

    /// One whose PerfMon takes so many requests a minute.
    pub(super) async fn rated(faults: HttpFaults, delay: Option<Duration>, rate: Option<usize>) -> Plant {
        let mut listeners = Vec::new();
        for to in [To::Uds, To::Tftp, To::Tftps, To::Epas] {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
            listeners.push((to, listener.local_addr().expect("an address"), listener));
        }
        let addresses = [0, 1, 2, 3].map(|at: usize| (listeners[at].0, listeners[at].1));
        let [https, tftp, tftps, epas] = addresses.map(|(_, address)| address.port());
        let ports = Ports { https, tftp, tftps };
        let member = |name: &str, role, ports| Member { name: name.to_owned(), role, ports };
        let members = vec![
            member(IMP, Role::Imp, Ports { https: epas, ..Ports::default() }),
            member(CUCM, Role::Cucm, ports),
            member("imp2.example.test", Role::Imp, Ports::default()),
            member("cucm2.example.test", Role::Cucm, Ports::default()),
        ];
        let deployment = scenario::deployment().expect("the deployment");
        let mut users = deployment.users.clone();
        users.push(user("dora", "far-meadow-88", "imp3.example.test"));
        users.push(user("erin", ESCAPED, IMP));
        let accounts =
            Arc::new(Accounts::new(&deployment.domain, &users).administered_by(&deployment.administrator));
        let (ledger, lines) = Ledger::new();
        let shared = Arc::new(Cluster {
            accounts: Arc::clone(&accounts),
            members,
            ledger,
            group: deployment.group.clone(),
        });
        let site = |host: &str, role| {
            let (host, domain, shared) = (host.to_owned(), deployment.domain.clone(), Arc::clone(&shared));
            let (faults, components) = (faults.clone(), Components::default());
            let parts = Parts {
                host: host.clone(),
                role,
                components: components.clone(),
                load: deployment.loads.iter().find(|load| load.host == host).cloned().unwrap_or_default(),
                assigned: deployment.group.users,
                ledger: shared.ledger.clone(),
                rate,
            };
            let machine = Arc::new(Machine::new(parts, Instant::now()));
            Arc::new(Site { host, domain, role, shared, faults, components, delay, machine, edge: None })
        };
        let (cucm, imp) = (site(CUCM, Role::Cucm), site(IMP, Role::Imp));
        let (acceptor, certificate) = identity();
        let mut servers = JoinSet::new();
        for (to, _, listener) in listeners {
            let site = if to == To::Epas { &imp } else { &cucm };
            let tls = (to != To::Tftp).then(|| acceptor.clone());
            servers.spawn(serve(Arc::clone(site), listener, tls));
        }
        Plant { accounts, ports, addresses, certificate, lines, servers }
    }

    pub(super) async fn connect(&self, to: To) -> Client {
        let (_, address) = self.addresses.iter().find(|(known, _)| *known == to).expect("an address");
        let tcp = TcpStream::connect(address).await.expect("a connection");
        if to == To::Tftp {
            return Client { wire: Box::new(tcp), seen: String::new() };
        }
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a root");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(CUCM).expect("a name");
        let tls = timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, tcp)).await;
        let wire = tls.expect("an end of the handshake").expect("a handshake");
        Client { wire: Box::new(wire), seen: String::new() }
    }

    /// One request on a connection of its own. `head` is all of it but for the lines that every request has.
    pub(super) async fn ask(&self, to: To, head: &str, body: &str) -> Reply {
        let mut client = self.connect(to).await;
        client.say(&request(head, &format!("Connection: close\r\nContent-Length: {}", body.len()), body)).await;
        client.end().await
    }

    pub(super) async fn get(&self, to: To, path: &str) -> Reply {
        self.ask(to, &format!("GET {path} HTTP/1.1"), "").await
    }

    /// The ledger's next line.
    pub(super) async fn line(&mut self) -> String {
        timeout(PATIENCE, self.lines.recv()).await.expect("a line in time").expect("a line")
    }

    /// The ledger has no more lines.
    pub(super) fn no_line(&mut self) {
        assert_eq!(self.lines.try_recv().ok(), None);
    }

    /// What the ledger still tells until the servers are gone.
    pub(super) async fn rest(mut self) -> Vec<String> {
        self.stop();
        let mut rest = Vec::new();
        while let Some(line) = timeout(PATIENCE, self.lines.recv()).await.expect("the end of the ledger") {
            rest.push(line);
        }
        rest
    }

    pub(super) fn stop(&mut self) {
        self.servers = JoinSet::new();
    }
}

/// A request's text: `first` may have headers of its own.
pub(super) fn request(first: &str, more: &str, body: &str) -> String {
    format!("{first}\r\nHost: {CUCM}:8443\r\n{more}\r\n\r\n{body}")
}

fn user(id: &str, password: &str, home: &str) -> User {
    let (id, password, token) = (id.to_owned(), password.to_owned(), format!("token of {id}"));
    let directory = Directory::Ldap;
    User { id, password, token, home: home.to_owned(), partner: home.to_owned(), directory }
}

fn identity() -> (TlsAcceptor, CertificateDer<'static>) {
    let made = generate_simple_self_signed([CUCM.to_owned()]).expect("a certificate");
    let certificate = made.cert.der().clone();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key.into())
        .expect("an identity");
    (TlsAcceptor::from(Arc::new(config)), certificate)
}

impl Reply {
    fn new(text: &str) -> Reply {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        Reply { head: format!("{head}\r\n"), body: body.to_owned() }
    }

    pub(super) fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// The value of the first header of this name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The session of Tomcat that the answer opens.
    pub(super) fn session(&self) -> Option<String> {
        let (_, behind) = self.head.split_once("JSESSIONID=")?;
        behind.split_once(';').map(|(id, _)| id.to_owned())
    }

    /// What stands between the first `<{name}>` and the next end tag of it.
    pub(super) fn inner(&self, name: &str) -> String {
        let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
        let behind = self.body.split_once(&begin).unwrap_or_else(|| panic!("no {begin} in {}", self.body)).1;
        behind.split_once(&end).expect("its end").0.to_owned()
    }
}

impl Client {
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
            let count = self.read().await;
            assert!(count > 0, "the end instead of {end:?}, after {:?}", self.seen);
        }
    }

    /// The answer before which the connection is closed.
    pub(super) async fn end(mut self) -> Reply {
        while self.read().await > 0 {}
        Reply::new(&self.seen)
    }

    /// Nothing comes, and the connection stands.
    pub(super) async fn hear_nothing(&mut self) {
        let mut bytes = [0; 64];
        let read = timeout(SILENCE, self.wire.read(&mut bytes)).await;
        assert!(read.is_err(), "{read:?}");
    }

    /// What is left until the connection ends in whatever way.
    pub(super) async fn gone(mut self) -> String {
        let mut bytes = Vec::new();
        let _ = timeout(PATIENCE, self.wire.read_to_end(&mut bytes)).await.expect("an end");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    async fn read(&mut self) -> usize {
        let mut bytes = [0; 16 * 1024];
        let read = timeout(PATIENCE, self.wire.read(&mut bytes)).await;
        let count = read.unwrap_or_else(|_| panic!("no more than {:?}", self.seen)).unwrap_or(0);
        self.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        count
    }
}
