//! A server on loopback that says, byte for byte, what a test tells it to; and the bytes of DNS (RFC 1035 section 4).

use std::net::Ipv4Addr;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// QR, AA, RD, RA: an authority's answer.
pub const ANSWER: u16 = 0x8580;
/// TC.
pub const TRUNCATED: u16 = 0x0200;

pub const A: u16 = 1;
pub const NS: u16 = 2;
pub const CNAME: u16 = 5;
pub const SOA: u16 = 6;
pub const TXT: u16 = 16;
pub const SRV: u16 = 33;
pub const OPT: u16 = 41;

/// What it says.
pub trait Says: Send + Sync + 'static {
    /// The datagrams for the question that came, the `nth` from 0.
    fn datagrams(&self, question: &[u8], nth: usize) -> Vec<Vec<u8>>;

    /// The bytes of the stream after the question that came over TCP; none closes the connection.
    fn stream(&self, _question: &[u8]) -> Option<Vec<u8>> {
        None
    }

    /// Whether the bytes of the stream come again and again.
    fn never_pauses(&self) -> bool {
        false
    }
}

impl<F: Fn(&[u8], usize) -> Vec<Vec<u8>> + Send + Sync + 'static> Says for F {
    fn datagrams(&self, question: &[u8], nth: usize) -> Vec<Vec<u8>> {
        self(question, nth)
    }
}

/// Answers over UDP with the first, over TCP with the second.
pub struct Both<U, T>(pub U, pub T);

impl<U, T> Says for Both<U, T>
where
    U: Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static,
    T: Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static,
{
    fn datagrams(&self, question: &[u8], _nth: usize) -> Vec<Vec<u8>> {
        vec![self.0(question)]
    }

    fn stream(&self, question: &[u8]) -> Option<Vec<u8>> {
        self.1(question)
    }
}

/// Starts one, on the same port of UDP and TCP.
pub async fn serve(says: impl Says) -> SocketAddr {
    let (datagrams, streams) = loop {
        let streams = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        if let Ok(datagrams) = UdpSocket::bind(streams.local_addr().unwrap()).await {
            break (datagrams, streams);
        }
    };
    let address = streams.local_addr().unwrap();
    let says = std::sync::Arc::new(says);
    tokio::spawn(over_udp(datagrams, std::sync::Arc::clone(&says)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = streams.accept().await {
            tokio::spawn(over_tcp(stream, std::sync::Arc::clone(&says)));
        }
    });
    address
}

async fn over_udp(socket: UdpSocket, says: std::sync::Arc<impl Says>) {
    let mut bytes = [0; 2048];
    for nth in 0.. {
        let Ok((length, from)) = socket.recv_from(&mut bytes).await else { return };
        for datagram in says.datagrams(&bytes[..length], nth) {
            let _ = socket.send_to(&datagram, from).await;
        }
    }
}

async fn over_tcp(mut stream: TcpStream, says: std::sync::Arc<impl Says>) {
    let length = stream.read_u16().await.unwrap();
    let mut question = vec![0; usize::from(length)];
    stream.read_exact(&mut question).await.unwrap();
    let Some(bytes) = says.stream(&question) else { return };
    let mut taken = stream.write_all(&bytes).await;
    while says.never_pauses() && taken.is_ok() {
        taken = stream.write_all(&bytes).await;
    }
    // Open until the client leaves.
    let _ = stream.read(&mut [0]).await;
}

/// A message with its length before it (RFC 1035 section 4.2.2).
pub fn framed(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap();
    [&length.to_be_bytes(), message].concat()
}

/// A reply that repeats the question: flags, then the records of the three sections.
pub fn reply(question: &[u8], flags: u16, sections: [&[Vec<u8>]; 3]) -> Vec<u8> {
    let counts = sections.map(|records| u16::try_from(records.len()).unwrap());
    counted(question, flags, counts, &sections.concat().concat())
}

/// A reply that claims so many records and holds these bytes.
pub fn counted(question: &[u8], flags: u16, counts: [u16; 3], body: &[u8]) -> Vec<u8> {
    let name = question[12..].iter().position(|byte| *byte == 0).unwrap() + 1;
    let mut reply = question[..2].to_vec();
    reply.extend(flags.to_be_bytes());
    reply.extend([0, 1]);
    reply.extend(counts.map(u16::to_be_bytes).concat());
    reply.extend(&question[12..12 + name + 4]);
    reply.extend(body);
    reply
}

/// A record of the name that was asked for (a pointer to byte 12).
pub fn record(kind: u16, ttl: u32, data: &[u8]) -> Vec<u8> {
    named(&[0xc0, 12], kind, ttl, data)
}

/// A record of this name, in its wire form.
pub fn named(name: &[u8], kind: u16, ttl: u32, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [name, &kind.to_be_bytes(), &[0, 1], &ttl.to_be_bytes(), &length.to_be_bytes(), data].concat()
}

/// The data of an SRV record.
pub fn srv(priority: u16, weight: u16, port: u16, target: &[u8]) -> Vec<u8> {
    [&priority.to_be_bytes(), &weight.to_be_bytes(), &port.to_be_bytes(), target].concat()
}

/// The data of an SOA record of the root, with this MINIMUM.
pub fn soa(minimum: u32) -> Vec<u8> {
    let numbers = [1, 7200, 900, 86_400, minimum].map(u32::to_be_bytes).concat();
    [&[0, 0], numbers.as_slice()].concat()
}
