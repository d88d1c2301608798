//! Where the lab's servers listen: an address of its own in 127.0.0.0/8 for each host, on the real ports.
//!
//! Many labs may run at once, so nothing is looked up: whoever binds first has the address, the next one goes on.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};

use super::LabError;

/// The client port of IM&P (protocol.md 6.1).
pub(super) const XMPP_PORT: u16 = 5222;

/// The ports to take for XMPP, in this order. The later ones serve where another program has 5222 on every address
/// (it listens on 0.0.0.0), so that no loopback address of any number is free there.
const XMPP_PORTS: [u16; 5] = [XMPP_PORT, 15222, 25222, 5322, 5422];

/// The ports to take for DNS: the real one needs rights, and may be taken on every address.
const DNS_PORTS: [u16; 4] = [53, 5300, 15300, 25300];

/// The ports to take for a SOCKS proxy: the usual one may be another proxy's on every address.
const SOCKS_PORTS: [u16; 3] = [1080, 11080, 21080];

/// How many addresses are tried on each port: 127.0.0.x, 127.0.1.x … 127.3.255.x.
const ADDRESSES: u16 = 1024;

/// How many connections may wait to be taken.
const BACKLOG: u32 = 128;

/// How many wait in front of a black hole. Linux lets in one more than this, and drops every SYN from then on.
const HOLE_BACKLOG: u32 = 1;

/// Where no datagram comes from.
const DISCARD_PORT: u16 = 9;

/// How long one of our own connections into a black hole may take. The kernel makes them at once.
const HOLE_PATIENCE: Duration = Duration::from_secs(1);

/// One port of a host.
#[derive(Debug, Clone, Copy)]
pub(super) struct Door {
    pub(super) port: u16,
    pub(super) manner: Manner,
}

/// How a port meets those who connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// It takes connections.
    Listening {
        /// The size of the receive buffer of each connection, in bytes (the kernel has its own minimum).
        receive_buffer: Option<u32>,
    },
    /// It refuses them.
    Refusing,
    /// It says nothing at all, as behind a firewall that drops.
    Blackhole,
}

/// A host's address, taken.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) ip: Ipv4Addr,
    /// What stands on each of the ports that were asked for, in their order, and the port it has got.
    pub(super) doors: Vec<(u16, Standing)>,
    /// What to tell when it is not the address that was wanted.
    pub(super) note: Option<String>,
}

/// What stands on a port.
#[derive(Debug)]
pub(super) enum Standing {
    /// It takes connections.
    Listening(TcpListener),
    /// Bound and not listening: the kernel refuses whoever connects, and nobody else can have the address.
    Refusing { _socket: TcpSocket },
    /// Its queue is full of connections of our own, which nobody takes.
    Blackhole { _listener: TcpListener, _queue: Vec<std::net::TcpStream> },
}

/// A DNS server's address, taken.
#[derive(Debug)]
pub(super) struct TakenDns {
    pub(super) address: SocketAddr,
    pub(super) doors: DnsDoors,
    /// What to tell when it is not the address that was wanted.
    pub(super) note: Option<String>,
}

/// A DNS server's sockets, on one port.
#[derive(Debug)]
pub(super) struct DnsDoors {
    pub(super) udp: UdpSocket,
    pub(super) tcp: Standing,
}

/// Takes `wanted` with all of `doors` for `host`, or the first address behind it where they all are free.
pub(super) fn take(host: &str, wanted: Ipv4Addr, doors: &[Door]) -> Result<Taken, LabError> {
    let has_xmpp = doors.iter().any(|door| door.port == XMPP_PORT);
    let ports = if has_xmpp { XMPP_PORTS.as_slice() } else { &XMPP_PORTS[..1] };
    let found = search(host, wanted, ports, |ip, xmpp_port| {
        let one = |door: &Door| {
            let port = if door.port == XMPP_PORT { xmpp_port } else { door.port };
            let address = SocketAddr::from((ip, port));
            let standing = bind(address, door.manner).map_err(|error| (address, error))?;
            Ok((port, standing))
        };
        doors.iter().map(one).collect()
    })?;
    Ok(Taken { ip: found.ip, doors: found.sockets, note: found.note })
}

/// Takes `wanted` for a DNS server, or the first address behind it that is free. With `closed` nobody is taken there.
pub(super) fn take_dns(wanted: Ipv4Addr, closed: bool) -> Result<TakenDns, LabError> {
    let manner = if closed { Manner::Refusing } else { Manner::Listening { receive_buffer: None } };
    let found = search("the DNS server", wanted, &DNS_PORTS, |ip, port| {
        let address = SocketAddr::from((ip, port));
        let both = || Ok(DnsDoors { udp: bind_udp(address, closed)?, tcp: bind(address, manner)? });
        Ok((port, both().map_err(|error| (address, error))?))
    })?;
    let (port, doors) = found.sockets;
    Ok(TakenDns { address: SocketAddr::from((found.ip, port)), doors, note: found.note })
}

/// Takes `wanted` for a SOCKS proxy, or the first address behind it that is free: where it listens, the listener, and
/// what to tell when that is not the address that was wanted.
pub(super) fn take_socks(wanted: Ipv4Addr) -> Result<(SocketAddr, TcpListener, Option<String>), LabError> {
    let found = search("the SOCKS proxy", wanted, &SOCKS_PORTS, |ip, port| {
        let address = SocketAddr::from((ip, port));
        Ok((address, listen(address, None).map_err(|error| (address, error))?))
    })?;
    let (address, listener) = found.sockets;
    Ok((address, listener, found.note))
}

/// A connection from `own` address, as between machines, where each has one.
pub(super) async fn connect(own: IpAddr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.bind((own, 0).into())?;
    let tcp = socket.connect(to).await?;
    tcp.set_nodelay(true)?;
    Ok(tcp)
}

/// What a search found.
struct Found<S> {
    ip: Ipv4Addr,
    sockets: S,
    note: Option<String>,
}

/// Goes through the ports, and on each through the addresses, until `bind` succeeds. It says which address failed.
fn search<S>(
    who: &str,
    wanted: Ipv4Addr,
    ports: &[u16],
    bind: impl Fn(Ipv4Addr, u16) -> Result<S, (SocketAddr, io::Error)>,
) -> Result<Found<S>, LabError> {
    let mut first_refusal = None;
    for &port in ports {
        for step in 0..ADDRESSES {
            let ip = beside(wanted, step);
            match bind(ip, port) {
                Ok(sockets) => {
                    let other = if Some(&port) == ports.first() { String::new() } else { format!(" port {port}") };
                    let note = first_refusal.map(|refusal| format!("{refusal}: {who} took {ip}{other} instead"));
                    return Ok(Found { ip, sockets, note });
                }
                Err((address, error)) if error.kind() == io::ErrorKind::AddrInUse => {
                    first_refusal.get_or_insert_with(|| format!("{address} is in use"));
                }
                // The low ports need rights, whatever the address.
                Err((address, error)) if error.kind() == io::ErrorKind::PermissionDenied && port < 1024 => {
                    first_refusal.get_or_insert_with(|| format!("{address} needs the administrator's rights"));
                    break;
                }
                Err((address, error)) => return Err(refusal(address, error)),
            }
        }
    }
    Err(LabError::NoAddress {
        refusal: first_refusal.unwrap_or_default(),
        tried: usize::from(ADDRESSES) * ports.len(),
    })
}

/// The address `step` networks behind `wanted`: 127.0.0.11, 127.0.1.11 … 127.1.0.11 …
fn beside(wanted: Ipv4Addr, step: u16) -> Ipv4Addr {
    let [net, high, low, host] = wanted.octets();
    let [up, along] = u16::from_be_bytes([high, low]).wrapping_add(step).to_be_bytes();
    Ipv4Addr::new(net, up, along, host)
}

/// Puts a socket at the address.
pub(super) fn bind(address: SocketAddr, manner: Manner) -> io::Result<Standing> {
    match manner {
        Manner::Listening { receive_buffer } => listen(address, receive_buffer).map(Standing::Listening),
        Manner::Refusing => {
            let socket = TcpSocket::new_v4()?;
            // Without SO_REUSEADDR: with it, another lab could listen on an address that is only bound.
            socket.bind(address)?;
            Ok(Standing::Refusing { _socket: socket })
        }
        Manner::Blackhole => blackhole(bound(address, None)?.listen(HOLE_BACKLOG)?, address),
    }
}

fn listen(address: SocketAddr, receive_buffer: Option<u32>) -> io::Result<TcpListener> {
    bound(address, receive_buffer)?.listen(BACKLOG)
}

/// A socket at the address, before it listens.
fn bound(address: SocketAddr, receive_buffer: Option<u32>) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // A connection of an earlier lab may still linger at this address.
    socket.set_reuseaddr(cfg!(not(windows)))?;
    if let Some(size) = receive_buffer {
        socket.set_recv_buffer_size(size)?;
    }
    socket.bind(address)?;
    Ok(socket)
}

/// Fills the queue of `listener`, so that the kernel drops what comes next.
fn blackhole(listener: TcpListener, address: SocketAddr) -> io::Result<Standing> {
    let connect = |_| std::net::TcpStream::connect_timeout(&address, HOLE_PATIENCE);
    let queue = (0..=HOLE_BACKLOG).map(connect).collect::<io::Result<Vec<_>>>()?;
    Ok(Standing::Blackhole { _listener: listener, _queue: queue })
}

fn bind_udp(address: SocketAddr, closed: bool) -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    if closed {
        // Connected to nobody, it has the address, and the kernel tells everyone else that the port is closed.
        socket.connect((address.ip(), DISCARD_PORT))?;
    }
    UdpSocket::from_std(socket)
}

/// Elsewhere than on Linux only 127.0.0.1 exists at first.
fn refusal(address: SocketAddr, error: io::Error) -> LabError {
    if error.kind() == io::ErrorKind::AddrNotAvailable {
        return LabError::NoLoopback { address: address.ip(), alias: alias(address) };
    }
    LabError::Bind { address, source: error }
}

fn alias(address: SocketAddr) -> String {
    let ip = address.ip();
    if cfg!(windows) {
        return format!("netsh interface ipv4 add address \"Loopback Pseudo-Interface 1\" {ip} 255.0.0.0");
    }
    format!("sudo ifconfig lo0 alias {ip}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_goes_through_the_networks_behind_the_wanted_address() {
        let wanted = Ipv4Addr::new(127, 0, 0, 11);
        assert_eq!(beside(wanted, 0), wanted);
        assert_eq!(beside(wanted, 1), Ipv4Addr::new(127, 0, 1, 11));
        assert_eq!(beside(wanted, 256), Ipv4Addr::new(127, 1, 0, 11));
        assert_eq!(beside(wanted, ADDRESSES - 1), Ipv4Addr::new(127, 3, 255, 11));
    }

    const LISTENING: Manner = Manner::Listening { receive_buffer: None };

    fn taken(host: &str, last: u8, doors: &[(u16, Manner)]) -> Taken {
        let doors: Vec<Door> = doors.iter().map(|&(port, manner)| Door { port, manner }).collect();
        take(host, Ipv4Addr::new(127, 0, 0, last), &doors).expect("an address")
    }

    fn address(taken: &Taken, at: usize) -> SocketAddr {
        SocketAddr::from((taken.ip, taken.doors[at].0))
    }

    async fn connect(taken: &Taken, at: usize) -> io::Result<tokio::net::TcpStream> {
        tokio::net::TcpStream::connect(address(taken, at)).await
    }

    #[tokio::test]
    async fn an_address_in_use_is_named_with_the_one_taken_instead() {
        let first = taken("imp1.example.test", 61, &[(XMPP_PORT, LISTENING)]);
        let second = taken("imp2.example.test", 61, &[(XMPP_PORT, LISTENING)]);
        assert_ne!(first.ip, second.ip);
        let note = second.note.expect("a note");
        assert!(note.contains("127.0.0.61:5222 is in use"), "{note}");
        assert!(note.contains(&format!("imp2.example.test took {} instead", second.ip)), "{note}");
    }

    #[tokio::test]
    async fn a_host_has_all_its_ports_on_one_address_or_goes_on() {
        let https_alone = taken("cucm1.example.test", 63, &[(8443, LISTENING)]);
        let doors = [XMPP_PORT, 8443].map(|port| Door { port, manner: LISTENING });
        let both = take("imp1.example.test", https_alone.ip, &doors).expect("an address");
        assert_ne!(https_alone.ip, both.ip);
        assert_eq!(both.doors.iter().map(|(port, _)| *port).collect::<Vec<_>>(), [XMPP_PORT, 8443]);
        let note = both.note.as_ref().expect("a note");
        assert!(note.contains(&format!("{}:8443 is in use", https_alone.ip)), "{note}");
        for at in [0, 1] {
            connect(&both, at).await.expect("a connection");
        }
    }

    #[tokio::test]
    async fn only_the_port_of_xmpp_gives_way_to_a_program_that_has_it_everywhere() {
        let bind = |ip, port| {
            let address = SocketAddr::from((ip, port));
            if port == XMPP_PORT { Err((address, io::ErrorKind::AddrInUse.into())) } else { Ok(address) }
        };
        let wanted = Ipv4Addr::new(127, 0, 0, 11);
        let found = search("imp1", wanted, &XMPP_PORTS, bind).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found.sockets, SocketAddr::from((wanted, 15222)));
        let error = search("imp1", wanted, &XMPP_PORTS[..1], bind).err().expect("no address").to_string();
        assert!(error.contains("127.0.0.11:5222 is in use") && error.contains("1024"), "{error}");
    }

    #[tokio::test]
    async fn without_the_rights_for_its_port_dns_takes_a_high_one() {
        let bind = |ip, port| {
            let address = SocketAddr::from((ip, port));
            if port == 53 { Err((address, io::ErrorKind::PermissionDenied.into())) } else { Ok(address) }
        };
        let wanted = Ipv4Addr::new(127, 0, 0, 10);
        let found = search("the DNS server", wanted, &DNS_PORTS, bind).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(found.sockets, SocketAddr::from((wanted, 5300)));
        let note = found.note.expect("a note");
        assert!(note.contains("127.0.0.10:53 needs the administrator's rights"), "{note}");
    }

    #[tokio::test]
    async fn a_port_that_refuses_is_kept_from_others() {
        let first = taken("imp1.example.test", 62, &[(XMPP_PORT, Manner::Refusing)]);
        let error = connect(&first, 0).await.expect_err("refused");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let second = taken("imp2.example.test", 62, &[(XMPP_PORT, LISTENING)]);
        assert_ne!(first.ip, second.ip);
    }

    #[tokio::test]
    async fn a_black_hole_answers_no_connect() {
        let hole = taken("cucm1.example.test", 64, &[(8443, Manner::Blackhole), (6970, LISTENING)]);
        // Long against a connect on loopback; the first SYN is sent again after a second.
        let silence = Duration::from_millis(1500);
        let connected = tokio::time::timeout(silence, connect(&hole, 0)).await;
        assert!(connected.is_err(), "{connected:?}");
        connect(&hole, 1).await.expect("the other port of the host is well");
    }

    #[tokio::test]
    async fn a_closed_dns_port_is_closed_over_both_ways() {
        let closed = take_dns(Ipv4Addr::new(127, 0, 0, 65), true).expect("an address");
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        socket.connect(closed.address).await.expect("a way");
        socket.send(b"?").await.expect("a datagram");
        let error = socket.recv(&mut [0; 8]).await.expect_err("nobody");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let error = tokio::net::TcpStream::connect(closed.address).await.expect_err("refused");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let beside = take_dns(Ipv4Addr::new(127, 0, 0, 65), false).expect("another address");
        assert_ne!(beside.address, closed.address);
    }

    #[test]
    fn a_missing_loopback_address_comes_with_the_command_that_adds_it() {
        let address = SocketAddr::from(([127, 0, 0, 11], 5222));
        let error = refusal(address, io::ErrorKind::AddrNotAvailable.into());
        let words = error.to_string();
        assert!(words.contains("127.0.0.11") && words.contains("alias"), "{words}");
    }
}
