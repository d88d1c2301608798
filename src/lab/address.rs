//! Where the lab's servers listen: an address of their own in 127.0.0.0/8 for each, on the real port.
//!
//! Many labs may run at once, so nothing is looked up: whoever binds first has the address, the next one goes on.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use super::LabError;

/// The client port of IM&P (protocol.md 6.1).
const XMPP_PORT: u16 = 5222;

/// The ports to take, in this order. The later ones serve where another program has 5222 on every address (it
/// listens on 0.0.0.0), so that no loopback address of any number is free there.
const PORTS: [u16; 5] = [XMPP_PORT, 15222, 25222, 5322, 5422];

/// How many addresses are tried on each port: 127.0.0.x, 127.0.1.x … 127.3.255.x.
const ADDRESSES: u16 = 1024;

/// How many connections may wait to be taken.
const BACKLOG: u32 = 128;

/// A node's address, taken.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) address: SocketAddr,
    pub(super) socket: Bound,
    /// What to tell when it is not the address that was wanted.
    pub(super) note: Option<String>,
}

/// What stands at the address.
#[derive(Debug)]
pub(super) enum Bound {
    /// It takes connections.
    Listening(TcpListener),
    /// Bound and not listening: the kernel refuses whoever connects, and nobody else can have the address.
    Refusing(TcpSocket),
}

/// How to listen.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    /// Refuse connections instead.
    pub(super) refusing: bool,
    /// The size of the receive buffer of each connection, in bytes (the kernel has its own minimum).
    pub(super) receive_buffer: Option<u32>,
}

/// Takes `wanted` for `host`, or the first free address behind it.
pub(super) fn take(host: &str, wanted: Ipv4Addr, manner: Manner) -> Result<Taken, LabError> {
    let first = SocketAddr::from((wanted, XMPP_PORT));
    for port in PORTS {
        for step in 0..ADDRESSES {
            let address = SocketAddr::from((beside(wanted, step), port));
            match bind(address, manner) {
                Ok(socket) => {
                    let note =
                        (address != first).then(|| format!("{first} is in use: {host} took {address} instead"));
                    return Ok(Taken { address, socket, note });
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(refusal(address, error)),
            }
        }
    }
    Err(LabError::NoAddress { wanted: first, tried: usize::from(ADDRESSES) * PORTS.len() })
}

/// The address `step` networks behind `wanted`: 127.0.0.11, 127.0.1.11 … 127.1.0.11 …
fn beside(wanted: Ipv4Addr, step: u16) -> Ipv4Addr {
    let [net, high, low, host] = wanted.octets();
    let [up, along] = u16::from_be_bytes([high, low]).wrapping_add(step).to_be_bytes();
    Ipv4Addr::new(net, up, along, host)
}

fn bind(address: SocketAddr, manner: Manner) -> io::Result<Bound> {
    let socket = TcpSocket::new_v4()?;
    if manner.refusing {
        // Without SO_REUSEADDR: with it, another lab could listen on an address that is only bound.
        socket.bind(address)?;
        return Ok(Bound::Refusing(socket));
    }
    // A connection of an earlier lab may still linger at this address.
    socket.set_reuseaddr(cfg!(not(windows)))?;
    if let Some(size) = manner.receive_buffer {
        socket.set_recv_buffer_size(size)?;
    }
    socket.bind(address)?;
    socket.listen(BACKLOG).map(Bound::Listening)
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

    #[tokio::test]
    async fn an_address_in_use_is_named_with_the_one_taken_instead() {
        let wanted = Ipv4Addr::new(127, 0, 0, 61);
        let first = take("imp1.example.test", wanted, Manner::default()).expect("an address");
        let second = take("imp2.example.test", wanted, Manner::default()).expect("another address");
        assert_ne!(first.address, second.address);
        let note = second.note.expect("a note");
        assert!(note.contains("127.0.0.61:5222 is in use"), "{note}");
        assert!(note.contains(&format!("imp2.example.test took {}", second.address)), "{note}");
    }

    #[tokio::test]
    async fn a_node_that_refuses_keeps_its_address_to_itself() {
        let wanted = Ipv4Addr::new(127, 0, 0, 62);
        let refusing = Manner { refusing: true, ..Manner::default() };
        let first = take("imp1.example.test", wanted, refusing).expect("an address");
        let error = tokio::net::TcpStream::connect(first.address).await.expect_err("refused");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let second = take("imp2.example.test", wanted, Manner::default()).expect("another address");
        assert_ne!(first.address, second.address);
    }

    #[test]
    fn a_missing_loopback_address_comes_with_the_command_that_adds_it() {
        let address = SocketAddr::from(([127, 0, 0, 11], 5222));
        let error = refusal(address, io::ErrorKind::AddrNotAvailable.into());
        let words = error.to_string();
        assert!(words.contains("127.0.0.11") && words.contains("alias"), "{words}");
    }
}
