//! Expressway-C's side: requests of HTTP to the hosts inside, each on a connection of its own.
//!
//! It connects from the Expressway's address, trusts the lab's authority alone, as every Expressway does since X14.2
//! (CSCwc69661), and hands answers on as they come.

use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, COOKIE, HOST, HeaderValue, SET_COOKIE};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::lab::address;

/// How long a connect, and a handshake, may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// How much of an answer Expressway-C reads for itself, in bytes.
const OWN_LIMIT: usize = 64 * 1024;

/// An Expressway-E's way inside, by the Expressway-C behind it.
#[derive(Debug)]
pub(in crate::lab) struct Edge {
    /// Where it connects from.
    address: IpAddr,
    /// Where its own XMPP front end is.
    pub(super) xmpp_port: u16,
    /// Where the hosts inside are, by name.
    hosts: HashMap<String, IpAddr>,
    tls: Arc<ClientConfig>,
    /// Its own session at UDS, so that it does not pile them up.
    session: Mutex<Option<String>>,
}

/// A port of a host inside.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) https: bool,
    pub(super) host: String,
    pub(super) port: u16,
}

/// There is no connection, or no answer on it.
#[derive(Debug)]
pub(super) struct NoWay;

/// The body of a host's answer, with the connection that it comes on.
#[derive(Debug)]
pub(in crate::lab::http) struct Relayed {
    body: Incoming,
    /// Aborted with it.
    _connection: JoinSet<()>,
}

impl Edge {
    pub(in crate::lab) fn new(
        address: IpAddr,
        xmpp_port: u16,
        hosts: HashMap<String, IpAddr>,
        tls: Arc<ClientConfig>,
    ) -> Edge {
        Edge { address, xmpp_port, hosts, tls, session: Mutex::default() }
    }

    /// A request of Expressway-C's own, in the words of `authorization` where it has any: the status, and the text.
    pub(super) async fn get(
        &self,
        target: &Target,
        path: &str,
        authorization: Option<&HeaderValue>,
    ) -> Result<(StatusCode, String), NoWay> {
        let mut request = Request::new(Full::default());
        *request.uri_mut() = path.parse().map_err(|_| NoWay)?;
        if let Some(value) = authorization {
            request.headers_mut().insert(AUTHORIZATION, value.clone());
        }
        if let Some(session) = self.session().as_deref().and_then(|session| HeaderValue::from_str(session).ok()) {
            request.headers_mut().insert(COOKIE, session);
        }
        let (head, body) = self.send(target, request).await?.into_parts();
        let cookies = head.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pair = |cookie: &str| cookie.split(';').next().unwrap_or_default().to_owned();
        if let Some(session) = cookies.map(pair).find(|pair| pair.starts_with("JSESSIONID=")) {
            *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
        }
        let body = Limited::new(body, OWN_LIMIT).collect().await.map_err(|_| NoWay)?.to_bytes();
        Ok((head.status, String::from_utf8_lossy(&body).into_owned()))
    }

    fn session(&self) -> Option<String> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends a request and waits for the head of its answer, for as long as the client does.
    pub(super) async fn send(
        &self,
        target: &Target,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Relayed>, NoWay> {
        let host = HeaderValue::from_str(&format!("{}:{}", target.host, target.port)).map_err(|_| NoWay)?;
        request.headers_mut().insert(HOST, host);
        let ip = *self.hosts.get(&target.host).ok_or(NoWay)?;
        let tcp = timeout(CONNECT_LIMIT, address::connect(self.address, (ip, target.port).into())).await;
        let tcp = tcp.map_err(|_| NoWay)?.map_err(|_| NoWay)?;
        if !target.https {
            return exchange(tcp, request).await;
        }
        let name = ServerName::try_from(target.host.clone()).map_err(|_| NoWay)?;
        let tls = timeout(CONNECT_LIMIT, TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp)).await;
        exchange(tls.map_err(|_| NoWay)?.map_err(|_| NoWay)?, request).await
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Response<Relayed>, NoWay>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let begin = http1::Builder::new().title_case_headers(true).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = begin.map_err(|_| NoWay)?;
    let mut running = JoinSet::new();
    running.spawn(async move {
        // How it ends shows in the answer.
        let _ = connection.await;
    });
    let (head, body) = sender.send_request(request).await.map_err(|_| NoWay)?.into_parts();
    Ok(Response::from_parts(head, Relayed { body, _connection: running }))
}

impl Body for Relayed {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
