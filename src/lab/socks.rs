//! A SOCKS5 proxy, as `ssh -D` makes one of a jump host (RFC 1928): CONNECT alone, without a login, and to the ports of the
//! deployment alone, so that it is no way to anywhere else. It looks names up in the deployment's own zone.
//!
//! ```text
//! 05 n methods ─► 05 00        no method that it has: 05 FF, and the end
//! 05 01 00 type address port ─► 05 reply 00 01 address port        any reply but 00: and the end
//! ```

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::address;
use super::dns::zone::Zone;
use super::node;

/// How long a client may usually take until it has said where to.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// How long a connect may take before the host counts as unreachable.
const CONNECT_LIMIT: Duration = Duration::from_secs(20);

/// How long a client has to close after a refusal.
const PARTING_LIMIT: Duration = Duration::from_secs(5);

/// How long a connection is handed on, or a silent one kept.
const HANDED_ON_LIMIT: Duration = Duration::from_secs(60 * 60);

const VERSION: u8 = 5;

/// The methods (RFC 1928 3).
const NO_LOGIN: u8 = 0;
const NO_METHOD: u8 = 0xFF;

const CONNECT: u8 = 1;

/// The kinds of address (RFC 1928 5).
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// The replies (RFC 1928 6).
const SUCCEEDED: u8 = 0;
const NOT_ALLOWED: u8 = 2;
const HOST_UNREACHABLE: u8 = 4;
const REFUSED: u8 = 5;
const COMMAND_NOT_SUPPORTED: u8 = 7;
const ADDRESS_TYPE_NOT_SUPPORTED: u8 = 8;

/// What is wrong with the proxy, as a scenario's file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum SocksFault {
    /// It takes the connection and says nothing.
    Silent {},
    /// It answers CONNECT with this reply.
    Refuses {
        reply: u8,
        #[serde(default)]
        to: Toward,
    },
    /// It says that it has connected before it has tried, and then ends the connection.
    Closes {
        #[serde(default)]
        to: Toward,
    },
}

/// Which ports a fault keeps from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Toward {
    #[default]
    Everything,
    /// 5222, or whatever stands for it.
    Xmpp,
}

/// A port of the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) address: SocketAddr,
    /// Whether XMPP is served there.
    pub(super) xmpp: bool,
}

/// A proxy.
#[derive(Debug)]
pub(super) struct Proxy {
    /// Where it connects from.
    pub(super) address: IpAddr,
    pub(super) zone: Zone,
    /// All that it connects to.
    pub(super) reached: Vec<Reached>,
    pub(super) fault: Option<SocksFault>,
    /// How long a client may take until it has said where to.
    pub(super) patience: Duration,
}

/// What a client asks for.
#[derive(Debug)]
struct Request {
    command: u8,
    host: Host,
    port: u16,
}

#[derive(Debug)]
enum Host {
    Address(IpAddr),
    Name(String),
    /// A kind of address that there is not.
    Unknown,
}

/// Serves until it is dropped, and with it all its connections.
pub(super) async fn serve(proxy: Proxy, listener: TcpListener) {
    let proxy = Arc::new(proxy);
    node::take_connections(&listener, |tcp| {
        let proxy = Arc::clone(&proxy);
        async move {
            // How a client goes is its own business.
            let _ = proxy.client(tcp).await;
        }
    })
    .await;
}

impl Proxy {
    async fn client(&self, mut tcp: TcpStream) -> io::Result<()> {
        if let Some(SocksFault::Silent {}) = self.fault {
            return timeout(HANDED_ON_LIMIT, ignore(&mut tcp)).await?;
        }
        let Some(request) = timeout(self.patience, handshake(&mut tcp)).await?? else {
            return part(&mut tcp).await;
        };
        match self.way(&request).await {
            Ok(Some(mut there)) => {
                tcp.write_all(&reply(SUCCEEDED, there.local_addr()?)).await?;
                timeout(HANDED_ON_LIMIT, copy_bidirectional(&mut tcp, &mut there)).await??;
                Ok(())
            }
            Ok(None) => {
                tcp.write_all(&reply(SUCCEEDED, (self.address, 0).into())).await?;
                part(&mut tcp).await
            }
            Err(code) => {
                tcp.write_all(&reply(code, (Ipv4Addr::UNSPECIFIED, 0).into())).await?;
                part(&mut tcp).await
            }
        }
    }

    /// The connection that is asked for, none where it only says so; or the reply that refuses it.
    async fn way(&self, request: &Request) -> Result<Option<TcpStream>, u8> {
        if request.command != CONNECT {
            return Err(COMMAND_NOT_SUPPORTED);
        }
        let ip = match &request.host {
            Host::Address(ip) => *ip,
            Host::Name(name) => name.parse().ok().or_else(|| self.zone.address(name)).ok_or(HOST_UNREACHABLE)?,
            Host::Unknown => return Err(ADDRESS_TYPE_NOT_SUPPORTED),
        };
        let to = self.reached(ip, request.port)?;
        match self.fault {
            Some(SocksFault::Refuses { reply, to: kept }) if kept.includes(to) => return Err(reply),
            Some(SocksFault::Closes { to: kept }) if kept.includes(to) => return Ok(None),
            _ => {}
        }
        match timeout(CONNECT_LIMIT, address::connect(self.address, to.address)).await {
            Ok(Ok(there)) => Ok(Some(there)),
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => Err(REFUSED),
            Ok(Err(_)) | Err(_) => Err(HOST_UNREACHABLE),
        }
    }

    /// The port of the deployment that is meant. What else this machine has is not connected to, not even on a
    /// host's address.
    fn reached(&self, ip: IpAddr, port: u16) -> Result<Reached, u8> {
        let mut of_host = self.reached.iter().filter(|reached| reached.address.ip() == ip).peekable();
        if of_host.peek().is_none() {
            return Err(NOT_ALLOWED);
        }
        of_host.find(|reached| reached.address.port() == port).copied().ok_or(REFUSED)
    }
}

impl Toward {
    fn includes(self, to: Reached) -> bool {
        self == Toward::Everything || to.xmpp
    }
}

/// The greeting and the request; none where the client speaks another protocol or knows no method that would do.
async fn handshake(tcp: &mut TcpStream) -> io::Result<Option<Request>> {
    if tcp.read_u8().await? != VERSION {
        return Ok(None);
    }
    let method = if short(tcp).await?.contains(&NO_LOGIN) { NO_LOGIN } else { NO_METHOD };
    tcp.write_all(&[VERSION, method]).await?;
    if method == NO_METHOD || tcp.read_u8().await? != VERSION {
        return Ok(None);
    }
    let (command, _reserved) = (tcp.read_u8().await?, tcp.read_u8().await?);
    let host = match tcp.read_u8().await? {
        IPV4 => Host::Address(Ipv4Addr::from(tcp.read_u32().await?).into()),
        NAME => Host::Name(String::from_utf8_lossy(&short(tcp).await?).into_owned()),
        IPV6 => Host::Address(IpAddr::from(tcp.read_u128().await?.to_be_bytes())),
        // How long such an address is nobody knows, so nothing behind it is read.
        _ => return Ok(Some(Request { command, host: Host::Unknown, port: 0 })),
    };
    Ok(Some(Request { command, host, port: tcp.read_u16().await? }))
}

/// So many bytes as the first one says: 255 at most.
async fn short(tcp: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::from(tcp.read_u8().await?)];
    tcp.read_exact(&mut bytes).await?;
    Ok(bytes)
}

fn reply(code: u8, bound: SocketAddr) -> Vec<u8> {
    let ip = match bound.ip() {
        IpAddr::V4(ip) => ip,
        IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
    };
    [&[VERSION, code, 0, IPV4], ip.octets().as_slice(), &bound.port().to_be_bytes()].concat()
}

/// Reads on and says nothing until the client goes.
async fn ignore(tcp: &mut TcpStream) -> io::Result<()> {
    copy(tcp, &mut sink()).await.map(drop)
}

/// Closes. Bytes that nobody read would turn the FIN into a reset, so the client's are read to their end.
async fn part(tcp: &mut TcpStream) -> io::Result<()> {
    tcp.shutdown().await?;
    timeout(PARTING_LIMIT, ignore(tcp)).await?
}
