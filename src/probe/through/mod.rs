//! The way to a server: straight from this host, or by way of a SOCKS proxy (RFC 1928).
//!
//! With a proxy no connection is made but to the proxy. One deadline holds for all of it: the connect to the proxy, its
//! greeting, and its word on the target. How far it came says whose silence a silence is:
//!
//! 1. no TCP connection, or no whole greeting (two bytes): trouble with the proxy;
//! 2. a greeting and no reply: the proxy is still trying to reach the target;
//! 3. a reply: the proxy's word on the target, by its number.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_socks::tcp::Socks5Stream;
use tokio_socks::{Error, TargetAddr};

use crate::journal::{How, Outcome, Via, host_port, refusal_code, reply_code, reply_words, trouble_code};

use super::tcp;

#[cfg(test)]
mod tests;

/// The greeting is a version and a method; behind it the reply begins with a version and its number.
const GREETING: usize = 2;
const REPLY: usize = 4;
/// RFC 1928 section 4: a name's length is one byte.
const LONGEST_NAME: usize = 255;

/// Where a connection leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// To an address.
    Address(SocketAddr),
    /// To a name and a port, which the proxy resolves.
    Name(String, u16),
}

impl fmt::Display for To {
    /// `address:port` or `name:port`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            To::Address(address) => address.fmt(f),
            To::Name(name, port) => f.write_str(&host_port(name, *port)),
        }
    }
}

/// How connections are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Through(Option<Via>);

impl Through {
    /// By way of a proxy.
    pub fn proxy(via: Via) -> Self {
        Self(Some(via))
    }

    /// The proxy, where there is one.
    pub fn via(&self) -> Option<&Via> {
        self.0.as_ref()
    }

    /// Whether this host's name is left to the proxy. An address is none.
    pub fn leaves_name(&self, host: &str) -> bool {
        let is_address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        self.0.as_ref().is_some_and(|via| via.names) && !is_address
    }

    /// Connects, within its limit.
    ///
    /// # Errors
    /// How it ended, where it did not succeed; [`Outcome::proxy_says`] tells whose word that is.
    pub async fn open(&self, to: &To, limit: Duration) -> Result<TcpStream, Outcome> {
        match (&self.0, to) {
            (None, To::Address(address)) => tcp::connect_one(*address, limit).await,
            (None, To::Name(name, _)) => {
                Err(Outcome::new(How::Failed, "unresolved", format!("no address of {name} is known")))
            }
            (Some(via), to) => {
                let mut far = Far::default();
                let done = tokio::time::timeout(limit, talk(via, to, &mut far)).await;
                done.unwrap_or_else(|_| Err(late(to, &far, limit)))
            }
        }
    }
}

/// How far a connection by way of a proxy has come.
#[derive(Debug, Default)]
struct Far {
    connected: bool,
    /// What the proxy said: its greeting and the head of its reply, and no more.
    heard: Vec<u8>,
}

impl Far {
    /// The number of the proxy's reply, where one came.
    fn reply(&self) -> Option<u8> {
        self.heard.get(GREETING..REPLY).filter(|head| head[0] == 5).map(|head| head[1])
    }
}

async fn talk(via: &Via, to: &To, far: &mut Far) -> Result<TcpStream, Outcome> {
    let target = match to {
        To::Address(address) => TargetAddr::Ip(*address),
        To::Name(name, port) if name.len() <= LONGEST_NAME => TargetAddr::Domain(name.into(), *port),
        To::Name(..) => return Err(Outcome::new(How::Failed, "name", "the name is too long for a SOCKS proxy")),
    };
    let mut stream = to_proxy(via).await?;
    far.connected = true;
    let talked = Socks5Stream::connect_with_socket(Heard { stream: &mut stream, far }, target).await.map(drop);
    match talked {
        Ok(()) => Ok(stream),
        Err(why) => Err(no(to, far, &why)),
    }
}

/// A connection to the proxy itself, which is looked up from this host.
async fn to_proxy(via: &Via) -> Result<TcpStream, Outcome> {
    let addresses = match via.host.parse() {
        Ok(address) => vec![address],
        Err(_) => tcp::look_up(&via.host).await.map_err(|why| {
            let text = format!("the proxy's name {}: {}", via.host, why.text.unwrap_or_default());
            Outcome::new(How::Failed, trouble_code("unresolved"), text)
        })?,
    };
    let mut last = None;
    for address in addresses {
        let tried = TcpStream::connect(SocketAddr::new(address, via.port)).await;
        match tried.and_then(|stream| stream.set_nodelay(true).map(|()| stream)) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    let error = last.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into());
    Err(Outcome::new(How::Lost, trouble_code(&tcp::errno(&error)), format!("the proxy: {error}")))
}

/// What ended the talk with the proxy.
fn no(to: &To, far: &Far, why: &Error) -> Outcome {
    if let Some(number) = far.reply().filter(|number| *number != 0) {
        let how = match number {
            3 | 4 => How::Lost,
            6 => How::TimedOut,
            _ => How::Refused,
        };
        return Outcome::new(how, reply_code(number), format!("the proxy says: {}", reply_words(number)));
    }
    let trouble = |how, word: &str, text: &str| Outcome::new(how, trouble_code(word), text);
    match why {
        Error::Io(error) if far.heard.len() >= GREETING => {
            let word = if is_end(error) { "closed".to_owned() } else { tcp::errno(error) };
            let text = format!("the proxy ended the connection instead of saying whether it reached {to}");
            Outcome::new(How::Lost, refusal_code(&word), text)
        }
        Error::Io(error) if is_end(error) => {
            trouble(How::Lost, "closed", "what answers there closed the connection before a word of SOCKS 5")
        }
        Error::Io(error) => trouble(How::Lost, &tcp::errno(error), &format!("the proxy: {error}")),
        Error::NoAcceptableAuthMethods | Error::AuthorizationRequired | Error::UnknownAuthMethod => {
            trouble(How::Refused, "authentication", "the proxy wants a user and a password, or another proof")
        }
        _ => trouble(How::Broken, "no SOCKS 5", "what answers there does not speak SOCKS 5"),
    }
}

fn is_end(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}

/// Nothing came in time: from whom, is told by how far it had come.
fn late(to: &To, far: &Far, limit: Duration) -> Outcome {
    let within = format!("within {:.1} s", limit.as_secs_f64());
    match (far.connected, far.heard.len() >= GREETING) {
        (false, _) => {
            let text = format!("no connection to the proxy {within}");
            Outcome::new(How::TimedOut, trouble_code("ETIMEDOUT"), text)
        }
        (true, false) => {
            let text = format!("what answers there took the connection and said no word of SOCKS 5 {within}");
            Outcome::new(How::TimedOut, trouble_code("silent"), text)
        }
        (true, true) => {
            let text = format!("the proxy has not said {within} whether it reached {to}");
            Outcome::new(How::TimedOut, "ETIMEDOUT", text)
        }
    }
}

/// A connection to the proxy that keeps the first bytes that it says.
struct Heard<'a> {
    stream: &'a mut TcpStream,
    far: &'a mut Far,
}

impl AsyncRead for Heard<'_> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut *self.stream).poll_read(cx, buf);
        let room = REPLY.saturating_sub(self.far.heard.len());
        let came = &buf.filled()[before..];
        self.far.heard.extend_from_slice(&came[..came.len().min(room)]);
        polled
    }
}

impl AsyncWrite for Heard<'_> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(cx)
    }
}
