//! One question and what comes of it: over UDP, and over TCP after a truncated answer.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout_at;

use crate::journal::{DnsFact, Fact, How, Loss, Offset, Outcome, Transport};
use crate::probe::through::{Through, To};
use crate::probe::{Notes, Op, platform, tcp};

use super::answer::{self, Stray};
use super::question::Question;

/// When a question leaves over UDP, in fifths of its limit: each pause is longer than the one before.
const LEAVES: [u32; 3] = [0, 1, 3];
/// So many messages that are no answer are facts; further ones are counted.
const STRAYS: u64 = 32;
/// The largest datagram that there is.
const LARGEST: usize = 65_535;
/// A clock that is late by this much goes before whatever comes: a flood does not outlast the deadline.
const OVERDUE: Duration = Duration::from_millis(20);

/// One question on its way.
pub struct Exchange<'a> {
    notes: &'a Notes,
    op: Op,
    server: SocketAddr,
    question: &'a Question,
    through: Through,
    limit: Duration,
    began: Offset,
    sent: usize,
    strays: u64,
    unreadable: u64,
}

/// An answer, as far as it decides how the question ends.
struct Gist {
    rcode: String,
    truncated: bool,
}

/// What a message was.
enum Came {
    Answer(Gist),
    Stray(Stray),
}

impl<'a> Exchange<'a> {
    /// A question that has not left. Its deadline is `limit` from now.
    pub fn new(notes: &'a Notes, op: Op, server: SocketAddr, question: &'a Question, limit: Duration) -> Self {
        let began = notes.clock().now();
        let through = Through::default();
        Self { notes, op, server, question, through, limit, began, sent: 0, strays: 0, unreadable: 0 }
    }

    /// The same, asked this way.
    pub fn by(self, through: &Through) -> Self {
        Self { through: through.clone(), ..self }
    }

    /// Asks, and says how it ended.
    pub async fn run(mut self) -> Outcome {
        let outcome = self.ask().await.unwrap_or_else(|outcome| outcome);
        let count = self.strays.saturating_sub(STRAYS);
        if count > 0 {
            let why = "messages that are no answer to the question".to_owned();
            self.notes.lost(self.op, Loss { count, why }).await;
        }
        outcome
    }

    async fn ask(&mut self) -> Result<Outcome, Outcome> {
        // Datagrams do not pass a SOCKS proxy's CONNECT.
        let mut gist = if self.through.via().is_some() { self.over_tcp().await? } else { self.over_udp().await? };
        if gist.truncated && self.through.via().is_none() {
            gist = self.over_tcp().await.map_err(after_truncation)?;
        }
        // A stream has room for all: who truncates there has not said what there is.
        if gist.truncated {
            return Err(Outcome::new(How::Broken, "truncated", "the answer is truncated over TCP as well"));
        }
        Ok(match gist.rcode.as_str() {
            "NOERROR" | "NXDOMAIN" => Outcome::ok(),
            _ => Outcome::new(How::Refused, gist.rcode, ""),
        })
    }

    // ---- UDP ----------------------------------------------------------------------------------------------

    async fn over_udp(&mut self) -> Result<Gist, Outcome> {
        let socket = bound(self.server).await.map_err(|error| failed(&error))?;
        // Connected, a socket hears this server alone, and is told that a port is closed.
        if let Err(error) = socket.connect(self.server).await {
            return Err(self.unreachable(Transport::Udp, &error).await);
        }
        let clock = self.notes.clock();
        let mut datagram = vec![0; LARGEST];
        while !self.is_overdue() {
            let leaves = LEAVES.get(self.sent).map(|fifths| self.began.after(self.limit / 5 * *fifths));
            let received = tokio::select! {
                biased;
                () = clock.reached(leaves.unwrap_or_default()), if leaves.is_some() => {
                    self.send(&socket).await?;
                    continue;
                }
                received = socket.recv(&mut datagram) => received,
                () = clock.reached(self.deadline()) => break,
            };
            match received {
                Ok(length) => {
                    if let Came::Answer(gist) = self.look_at(&datagram[..length], Transport::Udp).await {
                        return Ok(gist);
                    }
                }
                Err(error) => return Err(self.unreachable(Transport::Udp, &error).await),
            }
        }
        Err(self.silence(Transport::Udp))
    }

    async fn send(&mut self, socket: &UdpSocket) -> Result<(), Outcome> {
        // The refusal of an earlier one may be told here.
        if let Err(error) = socket.send(&self.question.bytes).await {
            return Err(self.unreachable(Transport::Udp, &error).await);
        }
        self.saw_sent(Transport::Udp).await;
        self.sent += 1;
        Ok(())
    }

    // ---- TCP ----------------------------------------------------------------------------------------------

    async fn over_tcp(&mut self) -> Result<Gist, Outcome> {
        let left = self.deadline().since(self.notes.clock().now());
        let mut stream = match self.through.open(&To::Address(self.server), left).await {
            Ok(stream) => stream,
            Err(outcome) => {
                if let Some(code) = outcome.code.clone().filter(|_| outcome.how != How::TimedOut) {
                    self.saw(DnsFact::Unreachable { transport: Transport::Tcp, code }).await;
                }
                return Err(outcome);
            }
        };
        let deadline = self.notes.clock().instant(self.deadline());
        match timeout_at(deadline, write(&mut stream, &self.question.bytes)).await {
            Ok(Ok(())) => self.saw_sent(Transport::Tcp).await,
            Ok(Err(error)) => return Err(self.unreachable(Transport::Tcp, &error).await),
            Err(_) => return Err(self.silence(Transport::Tcp)),
        }
        while !self.is_overdue() {
            let Ok(message) = timeout_at(deadline, read(&mut stream)).await else { break };
            let message = match message {
                Ok(message) => message,
                Err(error) => return Err(self.unreachable(Transport::Tcp, &error).await),
            };
            match self.look_at(&message, Transport::Tcp).await {
                Came::Answer(gist) => return Ok(gist),
                // Nobody else writes into this stream: nothing better will come.
                Came::Stray(Stray::Unreadable(_)) => break,
                Came::Stray(_) => {}
            }
        }
        Err(self.silence(Transport::Tcp))
    }

    // ---- what came ----------------------------------------------------------------------------------------

    /// Notes a message for what it is.
    async fn look_at(&mut self, bytes: &[u8], transport: Transport) -> Came {
        let stray = match answer::read(bytes, self.question, transport) {
            Ok(answer) => {
                let gist = Gist { rcode: answer.rcode.clone(), truncated: answer.truncated };
                self.saw(DnsFact::Answered(answer)).await;
                return Came::Answer(gist);
            }
            Err(stray) => stray,
        };
        self.unreadable += u64::from(matches!(stray, Stray::Unreadable(_)));
        self.strays += 1;
        if self.strays <= STRAYS {
            let (why, bytes) = (stray.words(), bytes.len() as u64);
            self.saw(DnsFact::Ignored { transport, why, bytes }).await;
        }
        Came::Stray(stray)
    }

    /// The network said no.
    async fn unreachable(&self, transport: Transport, error: &io::Error) -> Outcome {
        let outcome = if error.kind() == io::ErrorKind::UnexpectedEof {
            Outcome::new(How::Lost, "closed", "the server closed the connection before a whole answer had come")
        } else {
            tcp::outcome(error)
        };
        let code = outcome.code.clone().unwrap_or_default();
        self.saw(DnsFact::Unreachable { transport, code }).await;
        outcome
    }

    /// How it ends without an answer.
    fn silence(&self, transport: Transport) -> Outcome {
        if self.unreadable > 0 {
            return Outcome::new(How::Broken, "unreadable", "what the server answers cannot be read");
        }
        let seconds = self.limit.as_secs_f64();
        let text = match (transport, self.sent) {
            (Transport::Tcp, _) => format!("no answer over TCP within {seconds:.1} s"),
            (Transport::Udp, 1) => format!("no answer within {seconds:.1} s"),
            (Transport::Udp, sent) => format!("no answer within {seconds:.1} s, asked {sent} times"),
        };
        Outcome::new(How::TimedOut, "ETIMEDOUT", text)
    }

    fn deadline(&self) -> Offset {
        self.began.after(self.limit)
    }

    fn is_overdue(&self) -> bool {
        self.deadline().after(OVERDUE) <= self.notes.clock().now()
    }

    async fn saw_sent(&self, transport: Transport) {
        self.saw(DnsFact::Sent { transport, bytes: self.question.bytes.len() as u64 }).await;
    }

    async fn saw(&self, fact: DnsFact) {
        self.notes.saw(self.op, Fact::Dns(fact)).await;
    }
}

/// A failure over TCP, and why TCP was tried at all.
fn after_truncation(outcome: Outcome) -> Outcome {
    let text = outcome.text.unwrap_or_default();
    Outcome { text: Some(format!("over TCP, after a truncated answer: {text}")), ..outcome }
}

/// A socket on a port that the system takes at random.
async fn bound(server: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    platform::hear_icmp(socket.as_raw_fd(), server.is_ipv6());
    Ok(socket)
}

fn failed(error: &io::Error) -> Outcome {
    Outcome::new(How::Failed, tcp::errno(error), format!("no socket: {error}"))
}

/// RFC 1035 section 4.2.2: two bytes of length before the message; RFC 7766 section 8: in one piece.
async fn write(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), message].concat()).await
}

async fn read(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut message = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut message).await?;
    Ok(message)
}
