//! What passes between HTTP and its connection, byte for byte: the head of a request and of its answer are noted as
//! they stood on the wire, and a request is noted once it was written.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use memchr::memmem;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use zeroize::Zeroizing;

/// So much of each direction is kept of one exchange. A longer head is refused.
pub const KEPT: usize = 32 * 1024;

/// The bytes of the exchange that is under way, and those that a server sent before it was asked.
#[derive(Default)]
pub struct Tap {
    passed: Mutex<Passed>,
    written: Notify,
}

struct Passed {
    out: Zeroizing<Vec<u8>>,
    inward: Zeroizing<Vec<u8>>,
    /// Bytes that the connection took, kept or not.
    taken: usize,
    /// How long the request's body is.
    body: usize,
    is_written: bool,
}

impl Default for Passed {
    /// Nothing, with room from the start: a buffer that grows leaves a copy behind.
    fn default() -> Self {
        let room = || Zeroizing::new(Vec::with_capacity(KEPT));
        Self { out: room(), inward: room(), taken: 0, body: 0, is_written: false }
    }
}

impl Tap {
    fn passed(&self) -> MutexGuard<'_, Passed> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request with a body of this length is about to be written.
    pub fn begin(&self, body: usize) {
        self.passed().body = body;
    }

    /// Forgets the exchange: it is over.
    pub fn clear(&self) {
        *self.passed() = Passed::default();
    }

    /// Waits until the request was handed to the kernel as a whole.
    pub async fn written(&self) {
        while !self.is_written() {
            self.written.notified().await;
        }
    }

    /// Whether it was.
    pub fn is_written(&self) -> bool {
        self.passed().is_written
    }

    /// What of the request was written: its head, and its body.
    pub fn sent(&self) -> (Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>) {
        let passed = self.passed();
        let (head, body) = passed.out.split_at(head_end(&passed.out).unwrap_or(passed.out.len()));
        (Zeroizing::new(head.to_vec()), Zeroizing::new(body.to_vec()))
    }

    /// What of the answer came so far, as far as it is kept.
    pub fn came(&self) -> Zeroizing<Vec<u8>> {
        self.passed().inward.clone()
    }

    /// The answer's head, behind those of interim answers (RFC 9110 section 15.2).
    pub fn head(&self) -> Zeroizing<Vec<u8>> {
        let passed = self.passed();
        let mut rest = &passed.inward[..];
        loop {
            let end = head_end(rest).unwrap_or(rest.len());
            let is_interim = rest.get(9) == Some(&b'1') && !rest.starts_with(b"HTTP/1.1 101");
            if !is_interim || end == rest.len() {
                return Zeroizing::new(rest[..end].to_vec());
            }
            rest = &rest[end..];
        }
    }

    fn took(&self, bytes: &[u8]) {
        let mut passed = self.passed();
        passed.taken = passed.taken.saturating_add(bytes.len());
        keep(&mut passed.out, bytes);
    }

    fn gave(&self, bytes: &[u8]) {
        keep(&mut self.passed().inward, bytes);
    }

    fn flushed(&self) {
        let mut passed = self.passed();
        let whole = head_end(&passed.out).map(|head| head + passed.body);
        if !passed.is_written && whole.is_some_and(|whole| passed.taken >= whole) {
            passed.is_written = true;
            self.written.notify_one();
        }
    }
}

fn keep(kept: &mut Vec<u8>, bytes: &[u8]) {
    let room = KEPT.saturating_sub(kept.len());
    kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

/// The place behind the empty line.
fn head_end(bytes: &[u8]) -> Option<usize> {
    memmem::find(bytes, b"\r\n\r\n").map(|at| at + 4).or_else(|| memmem::find(bytes, b"\n\n").map(|at| at + 2))
}

/// A stream whose bytes are tapped.
pub struct Tapped<S> {
    pub stream: S,
    pub tap: Arc<Tap>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Tapped<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            // A FIN without a TLS close before it: whether something is missing is for HTTP to say.
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Poll::Ready(Ok(())),
            polled => {
                self.tap.gave(&buf.filled()[before.min(buf.filled().len())..]);
                polled
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tapped<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(taken)) = &polled {
            self.tap.took(&bytes[..(*taken).min(bytes.len())]);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        if let Poll::Ready(Ok(())) = &polled {
            self.tap.flushed();
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
