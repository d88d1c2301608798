//! DNS servers that mean harm: a thread, a script that makes the answers byte by byte, and what was asked.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub const A: u16 = 1;
pub const SRV: u16 = 33;
/// An answer without an error, and the flag that says that there is more than fits.
pub const ANSWER: u16 = 0x8180;
pub const TRUNCATED: u16 = 0x0200;
const NXDOMAIN: u16 = 3;
/// What fits into a datagram here.
const DATAGRAM: usize = 1200;
/// No connection is waited for longer than this.
const PATIENCE: Duration = Duration::from_secs(30);

/// A question as it came.
pub struct Question<'q> {
    /// Its bytes.
    pub bytes: &'q [u8],
    /// The name, in lower case, without the dot at its end.
    pub name: String,
    /// The type.
    pub kind: u16,
    /// Whether it came over TCP.
    pub tcp: bool,
    /// Who asks.
    pub from: SocketAddr,
}

/// A DNS server on loopback.
pub struct Names {
    /// Where it listens, over UDP and TCP.
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

type Stream = Arc<dyn Fn(&Question, &mut TcpStream) -> io::Result<()> + Send + Sync>;

impl Names {
    /// A server that answers each question with these messages, none or many.
    pub fn play(script: impl Fn(&Question) -> Vec<Vec<u8>> + Send + Sync + 'static) -> Self {
        let script = Arc::new(script);
        let same = Arc::clone(&script);
        Self::play_both(
            move |question| script(question),
            move |question, stream| same(question).iter().try_for_each(|message| framed(stream, message)),
        )
    }

    /// The same over UDP; each question over TCP is answered so. An error ends the connection.
    pub fn play_both(
        script: impl Fn(&Question) -> Vec<Vec<u8>> + Send + Sync + 'static,
        stream: impl Fn(&Question, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let (udp, tcp) = listeners();
        let names = Self::over_udp(udp, script);
        let (asked, script): (_, Stream) = (Arc::clone(&names.asked), Arc::new(stream));
        std::thread::spawn(move || {
            for stream in tcp.incoming().flatten() {
                let (asked, script) = (Arc::clone(&asked), Arc::clone(&script));
                std::thread::spawn(move || drop(over_tcp(stream, &asked, &script)));
            }
        });
        names
    }

    /// A server that is not there over TCP.
    pub fn without_tcp(script: impl Fn(&Question) -> Vec<Vec<u8>> + Send + Sync + 'static) -> Self {
        let (udp, _) = listeners();
        Self::over_udp(udp, script)
    }

    /// A server that is not there.
    pub fn nowhere() -> Self {
        let (udp, _) = listeners();
        Self { address: udp.local_addr().expect("it is bound"), asked: Arc::default() }
    }

    fn over_udp(udp: UdpSocket, script: impl Fn(&Question) -> Vec<Vec<u8>> + Send + Sync + 'static) -> Self {
        let address = udp.local_addr().expect("it is bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok((count, from)) = udp.recv_from(&mut bytes) {
                for message in script(&noting(&noted, &bytes[..count], from, false)) {
                    let _ = udp.send_to(&message, from);
                }
            }
        });
        Self { address, asked }
    }

    /// A server with these records: those of the name and type that are asked for, and none.
    pub fn of(records: Vec<Record>) -> Self {
        Self::play(move |question| {
            let named: Vec<&Record> = records.iter().filter(|record| record.name == question.name).collect();
            let fitting: Vec<Vec<u8>> =
                named.iter().filter(|record| record.kind == question.kind).map(|record| record.wire()).collect();
            vec![fitted(question, if named.is_empty() { NXDOMAIN } else { 0 }, &fitting)]
        })
    }

    /// All names that were asked for, one for each question.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One port for both.
fn listeners() -> (UdpSocket, TcpListener) {
    for _ in 0..100 {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().expect("it is bound")) {
            return (udp, tcp);
        }
    }
    panic!("no port is free for both UDP and TCP");
}

fn over_tcp(mut stream: TcpStream, noted: &Mutex<Vec<String>>, script: &Stream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let from = stream.peer_addr()?;
    loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut question)?;
        script(&noting(noted, &question, from, true), &mut stream)?;
    }
}

/// Writes a message with its length in front.
pub fn framed(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), message].concat())
}

/// The question in these bytes, whose name is noted.
fn noting<'q>(noted: &Mutex<Vec<String>>, bytes: &'q [u8], from: SocketAddr, tcp: bool) -> Question<'q> {
    let (mut name, mut at) = (Vec::new(), 12);
    while let Some(length) = bytes.get(at).map(|length| usize::from(*length)).filter(|length| *length > 0) {
        name.push(String::from_utf8_lossy(&bytes[at + 1..at + 1 + length]).to_ascii_lowercase());
        at += 1 + length;
    }
    let (name, kind) = (name.join("."), u16::from_be_bytes([bytes[at + 1], bytes[at + 2]]));
    noted.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
    Question { bytes, name, kind, tcp, from }
}

/// A record of a zone.
#[derive(Clone)]
pub struct Record {
    name: String,
    kind: u16,
    data: Vec<u8>,
}

impl Record {
    /// Of any kind.
    pub fn new(name: &str, kind: u16, data: Vec<u8>) -> Self {
        Self { name: name.to_owned(), kind, data }
    }

    /// A service.
    pub fn srv(name: &str, port: u16, target: &str) -> Self {
        Self::new(name, SRV, srv(port, &wire(target)))
    }

    /// An address.
    pub fn a(name: &str, address: Ipv4Addr) -> Self {
        Self::new(name, A, address.octets().to_vec())
    }

    /// Of the name that is asked for, as it goes over the wire.
    pub fn wire(&self) -> Vec<u8> {
        record(&[0xc0, 12], self.kind, &self.data)
    }
}

/// A name in its wire form.
pub fn wire(name: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        wire.push(u8::try_from(label.len()).expect("a label"));
        wire.extend(label.as_bytes());
    }
    wire.push(0);
    wire
}

/// The data of a service record: the first of all, whatever stands beside it.
pub fn srv(port: u16, target: &[u8]) -> Vec<u8> {
    [&[0, 0, 0, 0], &port.to_be_bytes()[..], target].concat()
}

/// A record in its wire form: the name too is.
pub fn record(name: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a record");
    [name, &kind.to_be_bytes(), &[0, 1, 0, 0, 0, 60], &length.to_be_bytes(), data].concat()
}

/// An answer that repeats the question, claims so many records and holds these.
pub fn reply(question: &Question, flags: u16, count: u16, records: &[u8]) -> Vec<u8> {
    let end = 12 + question.bytes[12..].iter().position(|byte| *byte == 0).expect("a name") + 5;
    let head = [&question.bytes[..2], &flags.to_be_bytes(), &[0, 1], &count.to_be_bytes(), &[0; 4]].concat();
    [&head, &question.bytes[12..end], records].concat()
}

/// An answer with these records: over UDP only if they fit.
pub fn fitted(question: &Question, rcode: u16, records: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(records.len()).expect("so many can be counted");
    let whole = reply(question, ANSWER | rcode, count, &records.concat());
    if question.tcp || whole.len() <= DATAGRAM {
        return whole;
    }
    reply(question, ANSWER | TRUNCATED | rcode, 0, &[])
}
