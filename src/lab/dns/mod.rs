//! The DNS servers of the lab: over UDP and TCP, each with its own view of the domain, and with a fault.
//!
//! They speak with the message types of a library over sockets of their own, so that a fault can be anything: a
//! silence, a closed port, an answer that is only "too large".

pub(super) mod record;
pub(super) mod zone;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::proto::op::{Edns, Message, MessageType, Metadata, OpCode, ResponseCode};
use hickory_resolver::proto::rr::DNSClass;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::address::{DnsDoors, Standing};
use super::faults::seconds;
use record::DnsFault;
use zone::Zone;

/// How many questions a server has under way at once.
const QUESTIONS: usize = 256;

/// The pause after a failed receive or accept.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a TCP connection may stand without a whole question.
const IDLE: Duration = Duration::from_secs(10);

/// What this server takes over UDP, in bytes.
const PAYLOAD: u16 = 1232;

/// A DNS server.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) zone: Zone,
    pub(super) fault: DnsFault,
    /// What the scenario adds to every answer.
    pub(super) delay: Option<Duration>,
}

/// How a question came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Udp,
    Tcp,
}

/// Serves until it is dropped, and with it all that is under way.
pub(super) async fn serve(server: Server, doors: DnsDoors) {
    let server = Arc::new(server);
    let DnsDoors { udp, tcp } = doors;
    let over_tcp = async {
        match tcp {
            Standing::Listening(listener) => take_connections(&server, &listener).await,
            // Nobody is taken; the sockets must only stay.
            _closed => std::future::pending().await,
        }
    };
    tokio::join!(take_datagrams(&server, Arc::new(udp)), over_tcp);
}

async fn take_datagrams(server: &Arc<Server>, socket: Arc<UdpSocket>) {
    let room = Arc::new(Semaphore::new(QUESTIONS));
    let mut answering = JoinSet::new();
    let mut bytes = vec![0; usize::from(u16::MAX)];
    loop {
        while answering.try_join_next().is_some() {}
        let Ok((count, asker)) = socket.recv_from(&mut bytes).await else {
            sleep(PAUSE).await;
            continue;
        };
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let (server, socket, question) = (Arc::clone(server), Arc::clone(&socket), bytes[..count].to_vec());
        answering.spawn(async move {
            datagram(&server, &socket, asker, &question).await;
            drop(place);
        });
    }
}

async fn datagram(server: &Server, socket: &UdpSocket, asker: SocketAddr, question: &[u8]) {
    if let Some(answer) = server.answer(question, Way::Udp).await {
        let _ = socket.send_to(&answer, asker).await;
    }
}

async fn take_connections(server: &Arc<Server>, listener: &TcpListener) {
    let room = Arc::new(Semaphore::new(QUESTIONS));
    let mut conversations = JoinSet::new();
    loop {
        while conversations.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((tcp, _)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let server = Arc::clone(server);
        conversations.spawn(async move {
            let _ = connection(&server, tcp).await;
            drop(place);
        });
    }
}

/// Question after question, each behind its length (RFC 1035 4.2.2).
async fn connection(server: &Server, mut tcp: TcpStream) -> std::io::Result<()> {
    loop {
        let question = timeout(IDLE, async {
            let length = tcp.read_u16().await?;
            let mut question = vec![0; usize::from(length)];
            tcp.read_exact(&mut question).await?;
            std::io::Result::Ok(question)
        });
        let question = question.await??;
        let Some(answer) = server.answer(&question, Way::Tcp).await else { continue };
        let Ok(length) = u16::try_from(answer.len()) else { return Ok(()) };
        tcp.write_all(&[&length.to_be_bytes(), answer.as_slice()].concat()).await?;
    }
}

impl Server {
    /// The answer's bytes; none for what is no question, and where the fault is to say nothing.
    async fn answer(&self, question: &[u8], way: Way) -> Option<Vec<u8>> {
        let question = Message::from_vec(question).ok()?;
        if question.message_type != MessageType::Query {
            return None;
        }
        match self.fault {
            DnsFault::Silent {} => return None,
            DnsFault::Late { seconds: late } => sleep(seconds(late)).await,
            _ => {}
        }
        if let Some(delay) = self.delay {
            sleep(delay).await;
        }
        let answer = self.message(&question);
        let bytes = answer.to_vec().ok()?;
        let room = usize::from(question.max_payload());
        if way == Way::Udp && (bytes.len() > room || self.fault == (DnsFault::Truncated {})) {
            return answer.truncate().to_vec().ok();
        }
        Some(bytes)
    }

    fn message(&self, question: &Message) -> Message {
        let mut answer = Message::new(question.id, MessageType::Response, question.op_code);
        answer.metadata = Metadata::response_from_request(&question.metadata);
        // It stands for a site's resolver, which looks things up for its clients.
        answer.metadata.recursion_available = true;
        answer.add_queries(question.queries.iter().cloned());
        if question.edns.is_some() {
            let mut edns = Edns::new();
            edns.set_max_payload(PAYLOAD);
            answer.set_edns(edns);
        }
        answer.metadata.response_code = match (self.fault, question.queries.as_slice()) {
            (DnsFault::Servfail {}, _) => ResponseCode::ServFail,
            (DnsFault::Refused {}, _) => ResponseCode::Refused,
            (_, _) if question.op_code != OpCode::Query => ResponseCode::NotImp,
            (_, [query]) if query.query_class() == DNSClass::IN => {
                let said = self.zone.answer(query.name(), query.query_type());
                answer.metadata.authoritative = said.authoritative;
                answer.answers = said.answers;
                answer.authorities = said.authorities;
                said.code
            }
            (_, [_]) => ResponseCode::Refused,
            (_, _) => ResponseCode::FormErr,
        };
        answer
    }
}
