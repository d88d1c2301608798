//! A SOCKS 5 proxy of the tests' own (RFC 1928): it knows names that nobody else knows, and remembers what it was asked
//! to connect to.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Where a name and a port lead; none: nowhere.
type Lookup = Arc<dyn Fn(&str, u16) -> Option<SocketAddr> + Send + Sync>;

/// A running proxy. Its threads end with their connections.
pub struct Socks {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Socks {
    /// A proxy that looks names and addresses up so.
    pub fn start(lookup: impl Fn(&str, u16) -> Option<SocketAddr> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let port = listener.local_addr().expect("it is bound").port();
        let (asked, lookup): (Arc<Mutex<Vec<String>>>, Lookup) = (Arc::default(), Arc::new(lookup));
        let memory = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (memory, lookup) = (Arc::clone(&memory), Arc::clone(&lookup));
                std::thread::spawn(move || serve(stream, &memory, &lookup));
            }
        });
        Self { port, asked }
    }

    /// The option that names it, names being left to it.
    pub fn socks5h(&self) -> String {
        format!("socks5h://127.0.0.1:{}", self.port)
    }

    /// The same with names being looked up by the program.
    pub fn socks5(&self) -> String {
        format!("socks5://127.0.0.1:{}", self.port)
    }

    /// All that it was asked to connect to, in order: `name:port` or `address:port`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(mut client: TcpStream, asked: &Mutex<Vec<String>>, lookup: &Lookup) -> io::Result<()> {
    let mut methods = vec![0; usize::from(bytes::<2>(&mut client)?[1])];
    client.read_exact(&mut methods)?;
    client.write_all(&[5, 0])?;
    let [_, _, _, kind] = bytes::<4>(&mut client)?;
    let host = match kind {
        1 => Ipv4Addr::from(bytes::<4>(&mut client)?).to_string(),
        4 => Ipv6Addr::from(bytes::<16>(&mut client)?).to_string(),
        _ => {
            let mut name = vec![0; usize::from(bytes::<1>(&mut client)?[0])];
            client.read_exact(&mut name)?;
            String::from_utf8_lossy(&name).into_owned()
        }
    };
    let port = u16::from_be_bytes(bytes::<2>(&mut client)?);
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{host}:{port}"));
    let target = lookup(&host, port).and_then(|address| TcpStream::connect(address).ok());
    let reply = if target.is_some() { 0 } else { 5 };
    client.write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0])?;
    let Some(target) = target else { return Ok(()) };
    let (from, to) = (client.try_clone()?, target.try_clone()?);
    std::thread::spawn(move || pass(from, to));
    pass(target, client)
}

/// Passes on what comes, and the end of it.
fn pass(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    io::copy(&mut from, &mut to)?;
    to.shutdown(std::net::Shutdown::Write)
}

fn bytes<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The address of a name, as this DNS server has it: a question of one record (RFC 1035 section 4.1), of whose answer
/// the last four bytes are the address.
pub fn resolved_by(server: SocketAddr, name: &str) -> Option<IpAddr> {
    if let Ok(address) = name.parse() {
        return Some(address);
    }
    let labels = name.split('.').flat_map(|label| {
        let length = u8::try_from(label.len()).expect("a label is short");
        std::iter::once(length).chain(label.bytes())
    });
    let mut question = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    question.extend(labels.chain([0, 0, 1, 0, 1]));
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
    socket.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    socket.send_to(&question, server).ok()?;
    let mut answer = [0; 512];
    let length = socket.recv(&mut answer).ok()?;
    let records = u16::from_be_bytes([answer[6], answer[7]]);
    let last: [u8; 4] = answer[length.checked_sub(4)?..length].try_into().ok()?;
    (records > 0).then_some(IpAddr::from(last))
}
