//! Addresses and TCP connects: each address has its own operation and its own deadline.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::journal::{Ask, Fact, How, NetFact, OpId, Outcome};

use super::Notes;
use super::through::{Through, To};

/// The addresses of a host: those that are known, an address literal itself, or what the system's resolver says.
///
/// # Errors
/// The outcome to end with, when there are none.
async fn addresses(notes: &Notes, parent: OpId, host: &str, known: &[IpAddr]) -> Result<Vec<IpAddr>, Outcome> {
    let op = notes.begin(Some(parent), Ask::Resolve { host: host.to_owned() }).await;
    let (addresses, source) = if !known.is_empty() {
        (known.to_vec(), "given")
    } else if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse() {
        (vec![address], "given")
    } else {
        match look_up(host).await {
            Ok(addresses) => (addresses, "system resolver"),
            Err(outcome) => {
                notes.ended(op, outcome.clone()).await;
                return Err(outcome);
            }
        }
    };
    let words = addresses.iter().map(IpAddr::to_string).collect();
    notes.saw(op, Fact::Net(NetFact::Resolved { addresses: words, source: source.to_owned() })).await;
    notes.ended(op, Outcome::ok()).await;
    Ok(addresses)
}

/// The addresses that the system's resolver names.
///
/// # Errors
/// The outcome to end with, when there are none.
pub async fn look_up(host: &str) -> Result<Vec<IpAddr>, Outcome> {
    // A thread of its own: the runtime's would keep the program from ending while the resolver waits.
    let (done, found) = tokio::sync::oneshot::channel();
    let name = host.to_owned();
    std::thread::spawn(move || {
        let found = (name.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        let _ = done.send(found);
    });
    let found = found.await.map_err(|_| Outcome::new(How::Failed, "unresolved", "the resolver gave up"))?;
    let found = found.map_err(|why| Outcome::new(How::Failed, "unresolved", why.to_string()))?;
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found {
        if !addresses.contains(&address.ip()) {
            addresses.push(address.ip());
        }
    }
    if addresses.is_empty() {
        return Err(Outcome::new(How::Failed, "unresolved", "the resolver names no address"));
    }
    Ok(addresses)
}

/// Where connections to a host may lead. A name that is left to the proxy is not looked up.
///
/// # Errors
/// The outcome to end with, when there is nothing to connect to.
pub async fn targets(
    notes: &Notes,
    parent: OpId,
    through: &Through,
    (host, port): (&str, u16),
    known: &[IpAddr],
) -> Result<Vec<To>, Outcome> {
    if through.leaves_name(host) {
        return Ok(vec![To::Name(host.to_owned(), port)]);
    }
    let addresses = addresses(notes, parent, host, known).await?;
    Ok(addresses.into_iter().map(|address| To::Address(SocketAddr::new(address, port))).collect())
}

/// A connection that stands, and where it leads: by way of a proxy the socket itself leads elsewhere.
#[derive(Debug)]
pub struct Reached {
    /// The connection.
    pub stream: TcpStream,
    /// What it leads to.
    pub to: To,
}

/// Connects to the first target that accepts, in order.
///
/// # Errors
/// The last one's outcome, when none does.
pub async fn connect(
    notes: &Notes,
    parent: OpId,
    through: &Through,
    targets: Vec<To>,
    limit: Duration,
) -> Result<Reached, Outcome> {
    let mut last = Outcome::new(How::Failed, "unresolved", "there is no address to connect to");
    for to in targets {
        let op = notes.begin(Some(parent), Ask::Connect { to: to.to_string() }).await;
        match through.open(&to, limit).await {
            Ok(stream) => {
                let local = stream.local_addr().map(|address| address.to_string()).unwrap_or_default();
                let (remote, via) = (to.to_string(), through.via().cloned());
                notes.saw(op, Fact::Net(NetFact::Connected { local, remote, via })).await;
                notes.ended(op, Outcome::ok()).await;
                return Ok(Reached { stream, to });
            }
            Err(outcome) => {
                notes.ended(op, outcome.clone()).await;
                last = outcome;
            }
        }
    }
    Err(last)
}

/// One connect, with its deadline.
///
/// # Errors
/// How it ended, where it did not succeed.
pub async fn connect_one(to: SocketAddr, limit: Duration) -> Result<TcpStream, Outcome> {
    match tokio::time::timeout(limit, TcpStream::connect(to)).await {
        Ok(Ok(stream)) => {
            // Each stanza leaves at once: its times and its wire range are what we show.
            stream.set_nodelay(true).map_err(|error| outcome(&error))?;
            Ok(stream)
        }
        Ok(Err(error)) => Err(outcome(&error)),
        Err(_) => {
            let text = format!("no answer to the SYN within {:.1} s", limit.as_secs_f64());
            Err(Outcome::new(How::TimedOut, "ETIMEDOUT", text))
        }
    }
}

/// What an error of the connection means for the operation.
pub fn outcome(error: &io::Error) -> Outcome {
    let how = match error.kind() {
        io::ErrorKind::ConnectionRefused => How::Refused,
        io::ErrorKind::TimedOut => How::TimedOut,
        _ => How::Lost,
    };
    Outcome::new(how, errno(error), error.to_string())
}

/// The system's name for an error, as administrators know it.
pub fn errno(error: &io::Error) -> String {
    let name = match error.raw_os_error() {
        Some(libc::ECONNREFUSED) => "ECONNREFUSED",
        Some(libc::ECONNRESET) => "ECONNRESET",
        Some(libc::ECONNABORTED) => "ECONNABORTED",
        Some(libc::EPIPE) => "EPIPE",
        Some(libc::ETIMEDOUT) => "ETIMEDOUT",
        Some(libc::EHOSTUNREACH) => "EHOSTUNREACH",
        Some(libc::ENETUNREACH) => "ENETUNREACH",
        Some(libc::EHOSTDOWN) => "EHOSTDOWN",
        Some(libc::EACCES) => "EACCES",
        Some(libc::EPERM) => "EPERM",
        Some(libc::EADDRNOTAVAIL) => "EADDRNOTAVAIL",
        Some(other) => return format!("errno {other}"),
        None => return error.kind().to_string(),
    };
    name.to_owned()
}
