//! A SOCKS5 proxy, as a jump host or `ssh -D` offers one (RFC 1928): CONNECT alone, and to the deployment's own servers
//! alone, so that it is no way to anywhere else. It looks names up in the deployment's own zone.
//!
//! ```text
//! 05 n methods ─► 05 method ─► (RFC 1929: 01 user password ─► 01 00) ─► 05 01 00 address port ─► 05 00 00 address port
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

/// How long a client may take for its part of the handshake.
const READ_LIMIT: Duration = Duration::from_secs(60);

/// How long a connect may take before the host counts as unreachable.
const CONNECT_LIMIT: Duration = Duration::from_secs(20);

/// How long a client has to close after a refusal (RFC 1928 6).
const PARTING_LIMIT: Duration = Duration::from_secs(10);

const VERSION: u8 = 5;
const NO_LOGIN: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const NO_METHOD: u8 = 0xFF;

/// RFC 1929.
const LOGIN_VERSION: u8 = 1;
const LOGIN_SUCCEEDED: u8 = 0;
const LOGIN_FAILED: u8 = 1;

const CONNECT: u8 = 1;

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

/// The proxy, as a scenario's file has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SocksLine {
    pub(super) fault: Option<SocksFault>,
    /// Who may use it; left out, everybody.
    pub(super) login: Option<SocksLogin>,
}

/// A user of the proxy, made up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SocksLogin {
    pub(super) user: String,
    pub(super) password: String,
}

/// What is wrong with the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SocksFault {
    /// Every CONNECT is answered with "connection refused".
    Refuses,
    /// It greets, and no CONNECT is answered.
    ConnectSilent,
    /// It takes the connection and says nothing.
    Silent,
}

/// A proxy.
#[derive(Debug)]
pub(super) struct Proxy {
    /// Where it connects from.
    pub(super) address: IpAddr,
    pub(super) zone: Zone,
    /// Where it connects to: the deployment's servers.
    pub(super) servers: Vec<IpAddr>,
    pub(super) line: SocksLine,
}

/// What a client wants to be connected to.
#[derive(Debug)]
enum Target {
    Address(IpAddr),
    Name(String),
    /// What the protocol has, or has not, and this proxy has not.
    Unsupported,
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
        if self.line.fault == Some(SocksFault::Silent) {
            return ignore(&mut tcp).await;
        }
        if !timeout(READ_LIMIT, self.greet(&mut tcp)).await?? {
            return part(&mut tcp).await;
        }
        let Some((command, target, port)) = timeout(READ_LIMIT, request(&mut tcp)).await?? else {
            return part(&mut tcp).await;
        };
        if self.line.fault == Some(SocksFault::ConnectSilent) {
            return ignore(&mut tcp).await;
        }
        let connected = match command {
            CONNECT => self.connect(target, port).await,
            _ => Err(COMMAND_NOT_SUPPORTED),
        };
        match connected {
            Ok(mut there) => {
                tcp.write_all(&reply(SUCCEEDED, there.local_addr()?)).await?;
                copy_bidirectional(&mut tcp, &mut there).await?;
                Ok(())
            }
            Err(code) => {
                tcp.write_all(&reply(code, (Ipv4Addr::UNSPECIFIED, 0).into())).await?;
                part(&mut tcp).await
            }
        }
    }

    /// The methods, and the login where one is wanted: whether the client is let in.
    async fn greet(&self, tcp: &mut TcpStream) -> io::Result<bool> {
        if tcp.read_u8().await? != VERSION {
            return Ok(false);
        }
        let methods = short(tcp).await?;
        let wanted = if self.line.login.is_some() { USER_AND_PASSWORD } else { NO_LOGIN };
        let method = if methods.contains(&wanted) { wanted } else { NO_METHOD };
        tcp.write_all(&[VERSION, method]).await?;
        let Some(login) = self.line.login.as_ref().filter(|_| method != NO_METHOD) else {
            return Ok(method != NO_METHOD);
        };
        if tcp.read_u8().await? != LOGIN_VERSION {
            return Ok(false);
        }
        let (user, password) = (short(tcp).await?, short(tcp).await?);
        let good = user == login.user.as_bytes() && password == login.password.as_bytes();
        tcp.write_all(&[LOGIN_VERSION, if good { LOGIN_SUCCEEDED } else { LOGIN_FAILED }]).await?;
        Ok(good)
    }

    async fn connect(&self, target: Target, port: u16) -> Result<TcpStream, u8> {
        if self.line.fault == Some(SocksFault::Refuses) {
            return Err(REFUSED);
        }
        let ip = match target {
            Target::Address(ip) => ip,
            Target::Name(name) => {
                let literal = name.parse().ok();
                literal.or_else(|| self.zone.address(&name)).ok_or(HOST_UNREACHABLE)?
            }
            Target::Unsupported => return Err(ADDRESS_TYPE_NOT_SUPPORTED),
        };
        if !self.servers.contains(&ip) {
            return Err(NOT_ALLOWED);
        }
        match timeout(CONNECT_LIMIT, address::connect(self.address, (ip, port).into())).await {
            Ok(Ok(there)) => Ok(there),
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => Err(REFUSED),
            Ok(Err(_)) | Err(_) => Err(HOST_UNREACHABLE),
        }
    }
}

/// The command, the target and its port; none where it is no request.
async fn request(tcp: &mut TcpStream) -> io::Result<Option<(u8, Target, u16)>> {
    let (version, command, _reserved) = (tcp.read_u8().await?, tcp.read_u8().await?, tcp.read_u8().await?);
    if version != VERSION {
        return Ok(None);
    }
    let target = match tcp.read_u8().await? {
        IPV4 => Target::Address(Ipv4Addr::from(tcp.read_u32().await?).into()),
        NAME => Target::Name(String::from_utf8_lossy(&short(tcp).await?).into_owned()),
        IPV6 => {
            // Nothing of the deployment has one.
            tcp.read_u128().await?;
            Target::Unsupported
        }
        // How long the address is nobody knows, so nothing behind it is read.
        _ => return Ok(Some((command, Target::Unsupported, 0))),
    };
    Ok(Some((command, target, tcp.read_u16().await?)))
}

/// So many bytes as the first one says.
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
