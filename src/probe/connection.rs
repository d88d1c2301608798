//! One connection, clear or under TLS: what passes on it next.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_rustls::client::TlsStream;

use crate::journal::ClosedBy;

use super::counted::Counted;
use super::{tcp, tls};

/// So much is read at a time.
const READ: usize = 16 * 1024;

/// One connection.
pub enum Connection {
    /// Clear.
    Clear(Counted),
    /// Under TLS.
    Tls(Box<TlsStream<Counted>>),
}

/// What passed.
#[derive(Debug)]
pub enum Passed {
    /// The connection took so many bytes; they may still stand before the kernel.
    Took(usize),
    /// All that was taken is with the kernel.
    Flushed,
    /// Bytes came.
    Came(Vec<u8>),
    /// It ended: by whom, and the system's word.
    Closed(ClosedBy, String),
}

impl Connection {
    /// Whether it is under TLS.
    pub fn is_secure(&self) -> bool {
        matches!(self, Connection::Tls(_))
    }

    /// What passes next, while `rest` is to be written: none where nothing is, empty where only the flush is
    /// left. Reading goes on while a write is stuck. Nothing is lost when the future is dropped.
    pub async fn pass(&mut self, rest: Option<&[u8]>) -> Passed {
        let mut buffer = vec![0; READ];
        std::future::poll_fn(|cx| self.poll_pass(cx, rest, &mut buffer)).await
    }

    fn poll_pass(&mut self, cx: &mut Context<'_>, rest: Option<&[u8]>, buffer: &mut [u8]) -> Poll<Passed> {
        let mut stream = Pin::new(self.stream());
        let mut broken = None;
        match rest {
            Some([]) => match stream.as_mut().poll_flush(cx) {
                Poll::Ready(Ok(())) => return Poll::Ready(Passed::Flushed),
                Poll::Ready(Err(error)) => broken = Some(error),
                Poll::Pending => {}
            },
            Some(bytes) => match stream.as_mut().poll_write(cx, bytes) {
                Poll::Ready(Ok(taken)) => return Poll::Ready(Passed::Took(taken)),
                Poll::Ready(Err(error)) => broken = Some(error),
                Poll::Pending => {}
            },
            None => {}
        }
        let mut buffer = ReadBuf::new(buffer);
        match (stream.as_mut().poll_read(cx, &mut buffer), broken) {
            // What the peer said before it closed may tell why: it is read before the broken write counts.
            (Poll::Ready(Ok(())), _) if !buffer.filled().is_empty() => {
                Poll::Ready(Passed::Came(buffer.filled().to_vec()))
            }
            (_, Some(error)) => Poll::Ready(closed(&error)),
            (Poll::Ready(Ok(())), None) => Poll::Ready(Passed::Closed(ClosedBy::PeerFin, "FIN".to_owned())),
            (Poll::Ready(Err(error)), None) => Poll::Ready(closed(&error)),
            (Poll::Pending, None) => Poll::Pending,
        }
    }

    /// Says goodbye: a TLS close where there is TLS, then FIN.
    pub async fn shutdown(&mut self) -> io::Result<()> {
        self.stream().shutdown().await
    }

    fn stream(&mut self) -> &mut dyn Stream {
        match self {
            Connection::Clear(stream) => stream,
            Connection::Tls(stream) => stream.as_mut(),
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

fn closed(error: &io::Error) -> Passed {
    if let Some(word) = tls::broken(error) {
        return Passed::Closed(ClosedBy::Tls, word);
    }
    let by = match error.kind() {
        // The peer's FIN came without a TLS close before it.
        io::ErrorKind::UnexpectedEof => return Passed::Closed(ClosedBy::PeerFin, "FIN".to_owned()),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            ClosedBy::PeerReset
        }
        _ => ClosedBy::Link,
    };
    Passed::Closed(by, tcp::errno(error))
}
