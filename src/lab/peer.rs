//! One client's connection, in clear or under TLS: what it says, and the ways to answer, wait and part.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::scanner::{Heard, Scanner};

/// How long a write may take: a client that does not read is left.
const WRITE_LIMIT: Duration = Duration::from_secs(60);

/// How long a client has to close after us.
const PARTING_LIMIT: Duration = Duration::from_secs(5);

/// How long a connection that is never read is kept.
const UNREAD_LIMIT: Duration = Duration::from_secs(60 * 60);

/// The conversation is over: ended by either side, or broken.
#[derive(Debug)]
pub(super) struct Over;

impl From<io::Error> for Over {
    fn from(_: io::Error) -> Over {
        Over
    }
}

/// A connected client.
#[derive(Debug)]
pub(super) struct Peer {
    socket: Socket,
    scanner: Scanner,
    /// What the scenario adds to each answer.
    delay: Option<Duration>,
    /// The client said something, and nothing was said to it since.
    asked: bool,
}

#[derive(Debug)]
enum Socket {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Peer {
    pub(super) fn new(tcp: TcpStream, delay: Option<Duration>) -> Peer {
        Peer { socket: Socket::Clear(tcp), scanner: Scanner::default(), delay, asked: false }
    }

    /// The handshake. Whatever came in clear behind `<starttls/>` is forgotten (RFC 6120 5.4.3.3).
    pub(super) async fn secure(self, acceptor: &TlsAcceptor) -> Result<Peer, Over> {
        match self.socket {
            Socket::Clear(tcp) => {
                if let Some(delay) = self.delay {
                    // The ServerHello is the answer to the ClientHello.
                    tcp.readable().await?;
                    sleep(delay).await;
                }
                let tls = acceptor.accept(tcp).await?;
                Ok(Peer { socket: Socket::Tls(Box::new(tls)), scanner: Scanner::default(), ..self })
            }
            Socket::Tls(_) => Err(Over),
        }
    }

    /// A new stream begins on this connection.
    pub(super) fn restart(&mut self) {
        self.scanner.restart();
    }

    /// What the client says next.
    pub(super) async fn hear(&mut self) -> Result<Heard, Over> {
        loop {
            if let Some(heard) = self.scanner.next() {
                self.asked = true;
                return Ok(heard);
            }
            self.read().await?;
        }
    }

    /// One write of its own, on the wire before this returns. Where it is the first since the client spoke, it
    /// comes after the delay.
    pub(super) async fn say(&mut self, text: &str) -> Result<(), Over> {
        if let (true, Some(delay)) = (std::mem::take(&mut self.asked), self.delay) {
            self.wait(delay).await?;
        }
        timeout(WRITE_LIMIT, self.write(text.as_bytes())).await.map_err(|_| Over)?
    }

    /// Lets time pass while the client stays. What it says meanwhile is heard afterwards, as far as it fits.
    pub(super) async fn wait(&mut self, time: Duration) -> Result<(), Over> {
        let until = Instant::now() + time;
        while self.scanner.has_room() {
            tokio::select! {
                () = sleep_until(until) => return Ok(()),
                read = self.read() => read?,
            }
        }
        sleep_until(until).await;
        Ok(())
    }

    /// Reads on and says nothing until the client goes.
    pub(super) async fn ignore(&mut self) -> Over {
        let mut bytes = [0; 4096];
        while matches!(self.read_into(&mut bytes).await, Ok(1..)) {}
        Over
    }

    /// Neither reads nor says anything.
    pub(super) async fn neglect(&mut self) -> Over {
        sleep(UNREAD_LIMIT).await;
        Over
    }

    /// Closes: `close_notify` under TLS, then FIN.
    pub(super) async fn close(&mut self) -> Over {
        let closing = async {
            let _ = match &mut self.socket {
                Socket::Clear(tcp) => tcp.shutdown().await,
                Socket::Tls(tls) => tls.shutdown().await,
            };
            self.ignore().await
        };
        // Bytes that nobody read would turn the FIN into a reset, so the client's are read to their end.
        let _ = timeout(PARTING_LIMIT, closing).await;
        Over
    }

    /// FIN and nothing else: no `close_notify`.
    pub(super) async fn leave(&mut self) -> Over {
        let _ = self.tcp().shutdown().await;
        let _ = timeout(PARTING_LIMIT, self.ignore()).await;
        Over
    }

    /// RST, sent when the socket is dropped.
    pub(super) fn reset(&mut self) -> Over {
        let _ = self.tcp().set_zero_linger();
        Over
    }

    fn tcp(&mut self) -> &mut TcpStream {
        match &mut self.socket {
            Socket::Clear(tcp) => tcp,
            Socket::Tls(tls) => tls.get_mut().0,
        }
    }

    async fn read(&mut self) -> Result<(), Over> {
        let mut bytes = [0; 4096];
        match self.read_into(&mut bytes).await? {
            0 => Err(Over),
            count => {
                self.scanner.push(&bytes[..count]);
                Ok(())
            }
        }
    }

    async fn read_into(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match &mut self.socket {
            Socket::Clear(tcp) => tcp.read(bytes).await,
            Socket::Tls(tls) => tls.read(bytes).await,
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Over> {
        match &mut self.socket {
            Socket::Clear(tcp) => tcp.write_all(bytes).await?,
            Socket::Tls(tls) => {
                tls.write_all(bytes).await?;
                tls.flush().await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pair() -> (TcpStream, Peer) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("an address");
        let client = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("a connection");
        let (tcp, _) = listener.accept().await.expect("a client");
        (client, Peer::new(tcp, None))
    }

    #[tokio::test]
    async fn a_client_that_goes_ends_every_way_of_waiting() {
        let day = Duration::from_secs(24 * 60 * 60);
        let patience = Duration::from_secs(10);
        let (client, mut peer) = pair().await;
        drop(client);
        let waited = timeout(patience, peer.wait(day)).await.expect("an end of the wait");
        assert!(waited.is_err());
        let (client, mut peer) = pair().await;
        drop(client);
        timeout(patience, peer.ignore()).await.expect("an end of the silence");
    }

    #[tokio::test]
    async fn what_a_client_says_during_a_wait_is_heard_afterwards() {
        let (mut client, mut peer) = pair().await;
        client.write_all(b"<stream:stream></stream:stream>").await.expect("a write");
        peer.wait(Duration::from_millis(50)).await.expect("the client stays");
        assert!(matches!(peer.hear().await, Ok(Heard::Open(_))));
        assert!(matches!(peer.hear().await, Ok(Heard::Close)));
    }
}
