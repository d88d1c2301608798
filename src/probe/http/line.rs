//! A connection that HTTP runs on: dialled address by address, secured, used again while it stands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use reqwest::Body;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::AbortHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::journal::{Ask, Fact, How, HttpAsk, Outcome, TlsMode};
use crate::login::Security;
use crate::probe::driver::Shared;
use crate::probe::tcp::Reached;
use crate::probe::through::To;
use crate::probe::tls::{self, Handshake};
use crate::probe::{Op, legacy, tcp};
use crate::protocol::edge;

use super::tap::{KEPT, Tap, Tapped};
use super::watch::Watch;
use super::{Identity, Origin};

/// A head with more headers is refused.
pub const HEADERS: usize = 1000;
/// So many idle connections are kept of one origin.
const IDLE: usize = 8;
/// A connection whose last answer was read is ready for the next request at once; so long is waited for it.
const READY: Duration = Duration::from_millis(500);

/// A connection.
pub struct Line {
    /// Where requests go in.
    pub sender: SendRequest<Body>,
    /// What passes.
    pub tap: Arc<Tap>,
    /// What it is worth.
    pub security: Security,
    /// Whether it has served before.
    pub is_used: bool,
    to: To,
    driving: AbortHandle,
}

impl Line {
    /// HTTP on a stream that stands.
    async fn over<S>(stream: S, to: To, security: Security) -> Result<Self, Outcome>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let tap = Arc::new(Tap::default());
        let io = TokioIo::new(Tapped { stream, tap: Arc::clone(&tap) });
        let mut http = http1::Builder::new();
        http.max_buf_size(KEPT).max_headers(HEADERS).title_case_headers(true);
        let (sender, connection) =
            http.handshake(io).await.map_err(|why| Outcome::new(How::Failed, "HTTP", why.to_string()))?;
        // What goes wrong with it, the request that was under way is told.
        let driving = tokio::spawn(async move { drop(connection.await) }).abort_handle();
        Ok(Self { sender, tap, security, is_used: false, to, driving })
    }

    /// Closes it at once, whatever is under way on it.
    pub fn abandon(self) {
        self.driving.abort();
    }
}

/// The connections that stand idle.
#[derive(Default)]
pub struct Lines {
    idle: Mutex<HashMap<Origin, Vec<Line>>>,
}

impl Lines {
    /// One that stands, and leads to one of these targets.
    pub async fn take(&self, origin: &Origin, targets: &[To]) -> Option<Line> {
        while let Some(mut line) = self.pop(origin, targets) {
            if matches!(tokio::time::timeout(READY, line.sender.ready()).await, Ok(Ok(()))) {
                return Some(line);
            }
            line.abandon();
        }
        None
    }

    fn pop(&self, origin: &Origin, targets: &[To]) -> Option<Line> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = idle.get_mut(origin)?;
        lines.retain(|line| !line.sender.is_closed());
        let at = lines.iter().rposition(|line| targets.contains(&line.to))?;
        Some(lines.remove(at))
    }

    /// Keeps one for later requests, if it stands.
    pub fn give(&self, origin: &Origin, line: Line) {
        if line.sender.is_closed() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = idle.entry(origin.clone()).or_default();
        if lines.len() < IDLE {
            lines.push(line);
        }
    }
}

/// Makes a new connection for an operation.
pub struct Dial<'a> {
    pub shared: &'a Shared,
    pub identity: &'a Identity,
    pub op: Op,
    pub ask: &'a HttpAsk,
}

impl Dial<'_> {
    /// The first target that accepts, and TLS where the URL wants it.
    ///
    /// # Errors
    /// How the request ends, when no connection comes to stand.
    pub async fn line(&self, targets: &[To]) -> Result<Line, Outcome> {
        let (scheme, host, _) = self.ask.origin();
        let limit = self.identity.connect_timeout;
        let Shared { notes, through, .. } = self.shared;
        let reached = tcp::connect(notes, self.op.id, through, targets.to_vec(), limit)
            .await
            .map_err(|why| beneath("the TCP connect", why))?;
        if scheme == "http" {
            return Line::over(reached.stream, reached.to, Security::default()).await;
        }
        self.secured(reached, host).await
    }

    async fn secured(&self, Reached { stream, to }: Reached, host: &str) -> Result<Line, Outcome> {
        let notes = &self.shared.notes;
        let ask = Ask::Handshake { server_name: host.to_owned(), mode: TlsMode::Direct };
        let op = notes.begin(Some(self.op.id), ask).await;
        let (handshake, name) = match (Handshake::new(false), ServerName::try_from(host.to_owned())) {
            (Ok(handshake), Ok(name)) => (handshake, name),
            (Err(why), _) => return self.failed(op, Outcome::new(How::Failed, "TLS", why.to_string())).await,
            (_, Err(why)) => {
                return self.failed(op, Outcome::new(How::Failed, "server name", why.to_string())).await;
            }
        };
        let connecting = TlsConnector::from(Arc::clone(&handshake.config)).connect(name, stream);
        let watch = Watch { notes, op: self.op, marks: self.identity.patience };
        let done = watch.over(notes.clock().now(), connecting).await;
        let mut security = Security::default();
        let edge_of = self.ask.is_by_edge().then(|| edge::domain_of(&self.ask.url)).flatten();
        let shown = match &edge_of {
            Some(domain) => handshake.edge_facts(&self.shared.roots, host, domain),
            None => handshake.host_facts(&self.shared.roots, host),
        };
        if let Some((facts, certificate)) = shown {
            for fact in facts {
                notes.saw(op, Fact::Tls(fact)).await;
            }
            security.certificate = Some(certificate);
        }
        match done {
            Some(Ok(stream)) => {
                notes.saw(op, Fact::Tls(tls::agreed(stream.get_ref().1))).await;
                notes.ended(op, Outcome::ok()).await;
                Line::over(stream, to, security).await
            }
            Some(Err(error)) => {
                let ended = self.failed(op, tls::outcome(&error)).await;
                // A server that had shown a certificate had agreed on a version and a suite before.
                if security.certificate.is_none() && tls::nothing_in_common(&error) {
                    let by = (&self.shared.through, &to);
                    legacy::look_direct(notes, self.op, host, by, self.identity.patience.silent).await;
                }
                ended
            }
            None => {
                let waited = self.identity.patience.give_up.unwrap_or_default().as_secs_f64();
                let text = format!("no answer to the ClientHello within {waited:.1} s");
                self.failed(op, Outcome::new(How::TimedOut, "silent", text)).await
            }
        }
    }

    /// Ends the handshake, and with it the request.
    async fn failed(&self, op: Op, outcome: Outcome) -> Result<Line, Outcome> {
        self.shared.notes.ended(op, outcome.clone()).await;
        Err(beneath("the TLS handshake", outcome))
    }
}

/// How a request ends for which something beneath it failed: the codes of a request are of its own.
fn beneath(what: &str, why: Outcome) -> Outcome {
    let text = format!("{what}: {}", why.text.as_deref().or(why.code.as_deref()).unwrap_or("it failed"));
    match why.how {
        How::TimedOut => Outcome::new(How::TimedOut, "silent", text),
        How::Failed => Outcome { text: Some(text), ..why },
        _ => {
            let code = why.code.as_deref().filter(|code| *code != "FIN").unwrap_or("closed");
            Outcome::new(How::Lost, code, text)
        }
    }
}
