//! A stream under TLS that counts the bytes of TCP, so that each stanza has its wire range.

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

const NO_SOCKET: RawFd = -1;

/// How many bytes the kernel took from us, and gave us.
#[derive(Debug)]
pub struct Counters {
    out: AtomicU64,
    inward: AtomicU64,
    /// The socket's number; negative before there is one and once it was closed.
    socket: AtomicI32,
}

impl Default for Counters {
    /// Nothing passed, and no socket.
    fn default() -> Self {
        Self { out: AtomicU64::new(0), inward: AtomicU64::new(0), socket: AtomicI32::new(NO_SOCKET) }
    }
}

impl Counters {
    /// Bytes that the kernel took.
    pub fn out(&self) -> u64 {
        self.out.load(Ordering::Relaxed)
    }

    /// Bytes that the kernel gave.
    pub fn inward(&self) -> u64 {
        self.inward.load(Ordering::Relaxed)
    }

    /// The socket, to be asked about and not to be used; none once it was closed, for its number may then be
    /// another's. The one who asks must be the task that holds the stream.
    pub fn socket(&self) -> Option<RawFd> {
        Some(self.socket.load(Ordering::Relaxed)).filter(|socket| *socket != NO_SOCKET)
    }
}

/// A TCP stream that counts.
#[derive(Debug)]
pub struct Counted {
    stream: TcpStream,
    counters: Arc<Counters>,
}

impl Counted {
    /// Counts `stream` from here on.
    pub fn new(stream: TcpStream) -> Self {
        let counters = Counters { socket: AtomicI32::new(stream.as_raw_fd()), ..Counters::default() };
        Self { stream, counters: Arc::new(counters) }
    }

    /// The counters.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.counters.socket.store(NO_SOCKET, Ordering::Relaxed);
    }
}

impl AsyncRead for Counted {
    /// A short read is no proof that nothing more is there, though tokio takes it for one and waits for news: the kernel
    /// also ends a read where urgent data stood. So the bytes are peeked at, and then read to the last one.
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let there = ready!(self.stream.poll_peek(cx, &mut ReadBuf::new(buf.initialize_unfilled())))?;
        let mut all = ReadBuf::new(buf.initialize_unfilled_to(there));
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut all))?;
        let came = all.filled().len();
        buf.advance(came);
        self.counters.inward.fetch_add(came as u64, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(taken)) = &polled {
            self.counters.out.fetch_add(*taken as u64, Ordering::Relaxed);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
