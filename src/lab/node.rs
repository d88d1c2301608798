//! One IM&P node: it takes connections and talks with each client on its own. Or an Expressway-E, whose front end does the
//! same and takes its users to the nodes inside.

use std::collections::HashMap;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};
use tokio_rustls::TlsAcceptor;

use super::account::Accounts;
use super::address::{self, Manner, Standing};
use super::component::Component;
use super::faults::Faults;
use super::ledger::Ledger;
use super::machine::{self, Machine};
use super::peer::Peer;
use super::scenario::StreamId;
use super::talk::Talk;

/// How many clients a node has at once; the next ones wait in the kernel.
const CLIENTS: usize = 256;

/// The pause after a failed accept: the process has no file descriptors left, most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a node is.
pub(super) struct Node {
    pub(super) host: String,
    pub(super) domain: String,
    pub(super) faults: Faults,
    pub(super) tls: TlsAcceptor,
    pub(super) stream_id: StreamId,
    /// What the scenario adds to each answer.
    pub(super) delay: Option<Duration>,
    /// How many it has taken.
    pub(super) connections: AtomicUsize,
    pub(super) machine: Arc<Machine>,
    pub(super) shared: Arc<Shared>,
    /// An Expressway-E's: the IM&P nodes that it takes its users to. Empty on a node.
    pub(super) inside: Vec<Inside>,
}

/// An IM&P node as an Expressway-C meets it: at its Router, on 7400 (protocol.md 8).
#[derive(Debug, Clone)]
pub(super) struct Inside {
    pub(super) host: String,
    pub(super) faults: Faults,
}

impl Node {
    /// The node inside that `user` is taken to: home, or the first one for whom nobody knows. None on a node itself.
    pub(super) fn behind(&self, user: &str) -> Option<&Inside> {
        let home = self.shared.accounts.user(user).map(|user| user.home.as_str());
        self.inside.iter().find(|inside| Some(inside.host.as_str()) == home).or(self.inside.first())
    }
}

/// What the nodes of a deployment have in common.
pub(super) struct Shared {
    pub(super) accounts: Arc<Accounts>,
    /// Where it is noted that a credential came.
    pub(super) ledger: Ledger,
    /// The XMPP port of each node, by name.
    pub(super) ports: HashMap<String, u16>,
    ids: AtomicU64,
}

impl Shared {
    pub(super) fn new(accounts: Arc<Accounts>, ledger: Ledger, ports: HashMap<String, u16>) -> Shared {
        Shared { accounts, ledger, ports, ids: AtomicU64::new(0) }
    }

    /// A stream id: 12 upper-case hex digits (protocol.md 5.2). The first one is that of the capture, the next
    /// ones lie far apart.
    pub(super) fn stream_id(&self) -> String {
        const CAPTURED: u64 = 0x1712_4513_C1DF;
        const STRIDE: u64 = 0x9E37_79B9_7F4B;
        let count = self.ids.fetch_add(1, Ordering::Relaxed);
        format!("{:012X}", CAPTURED.wrapping_add(count.wrapping_mul(STRIDE)) & 0xFFFF_FFFF_FFFF)
    }
}

/// Where a node's clients come to.
pub(super) struct Port {
    pub(super) address: SocketAddr,
    /// How it meets them when it listens.
    pub(super) manner: Manner,
}

/// Stands at the port until it is dropped. A restart of the Connection Manager drops all clients and closes it for a
/// while, and then it listens, whatever it did before.
pub(super) async fn keep(node: Node, port: Port, standing: Standing) {
    let node = Arc::new(node);
    let restarts = &node.faults.components.restarts;
    let name = machine::service(Component::ConnectionManager).unwrap_or_default();
    let mut standing = standing;
    loop {
        let span = tokio::select! {
            () = stand(&node, &standing) => return,
            span = restarts.down(Component::ConnectionManager) => span,
        };
        drop(standing);
        node.shared.ledger.restarted(&node.host, name, false);
        sleep_until(span.back).await;
        standing = loop {
            match address::bind(port.address, port.manner) {
                Ok(standing) => break standing,
                // Another lab tries the address and does not keep it: the host's other ports are ours.
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        };
        node.shared.ledger.restarted(&node.host, name, true);
    }
}

async fn stand(node: &Arc<Node>, standing: &Standing) {
    match standing {
        Standing::Listening(listener) => serve(node, listener).await,
        Standing::Refusing { .. } | Standing::Blackhole { .. } => pending().await,
    }
}

/// Serves until it is dropped, and with it all its conversations.
async fn serve(node: &Arc<Node>, listener: &TcpListener) {
    take_connections(listener, |tcp| {
        let node = Arc::clone(node);
        let number = node.connections.fetch_add(1, Ordering::Relaxed) + 1;
        let held = node.machine.hold();
        async move {
            let _held = held;
            let _ = Talk::new(Peer::new(tcp, node.delay), &node, number).run().await;
        }
    })
    .await;
}

/// Takes connections, reads what they say and never says anything.
pub(super) async fn ignore(listener: TcpListener) {
    take_connections(&listener, |tcp| async move {
        let _ = Peer::new(tcp, None).ignore().await;
    })
    .await;
}

/// Takes connections until it is dropped, and with it all that is talked on them; so many at once.
pub(super) async fn take_connections<T>(listener: &TcpListener, talk: impl Fn(TcpStream) -> T)
where
    T: Future<Output = ()> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(CLIENTS));
    let mut conversations = JoinSet::new();
    loop {
        while conversations.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((tcp, _)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Header and features are two writes; the kernel must not join them.
        let _ = tcp.set_nodelay(true);
        let talk = talk(tcp);
        conversations.spawn(async move {
            talk.await;
            drop(place);
        });
    }
}
