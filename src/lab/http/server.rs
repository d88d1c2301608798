//! Sockets, TLS and hyper: what lies between a listener and the desk. Everything a client sends is bounded here.

use std::convert::Infallible;
use std::future::pending;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::Site;
use super::desk::{Ask, Desk};
use super::page::{Answer, Page};

/// How many clients a listener has at once; the next ones wait in the kernel.
const CLIENTS: usize = 256;

/// The pause after a failed accept: the process has no file descriptors left, most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long a handshake, a request's head or its body may take, and a connection lie idle.
const READ_LIMIT: Duration = Duration::from_secs(60);

/// How long request line and headers may be, together, in bytes.
const HEAD_LIMIT: usize = 32 * 1024;

/// How long a request's body may be, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// Serves one port of the site until it is dropped, and with it all its connections.
pub(in crate::lab) async fn serve(site: Arc<Site>, listener: TcpListener, tls: Option<TlsAcceptor>) {
    let port = listener.local_addr().map(|address| address.port()).unwrap_or_default();
    let desk = Arc::new(Desk::new(site, port));
    let room = Arc::new(Semaphore::new(CLIENTS));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((tcp, client)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let _ = tcp.set_nodelay(true);
        let (desk, tls) = (Arc::clone(&desk), tls.clone());
        connections.spawn(async move {
            connection(desk, tcp, client.ip(), tls).await;
            drop(place);
        });
    }
}

async fn connection(desk: Arc<Desk>, tcp: TcpStream, client: IpAddr, tls: Option<TlsAcceptor>) {
    let Some(acceptor) = tls else { return requests(desk, tcp, client).await };
    let handshake = async {
        // The ClientHello is there before the delay begins.
        tcp.readable().await?;
        desk.pause().await;
        acceptor.accept(tcp).await
    };
    if let Ok(Ok(stream)) = timeout(READ_LIMIT, handshake).await {
        requests(desk, stream, client).await;
    }
}

async fn requests<S>(desk: Arc<Desk>, stream: S, client: IpAddr)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let service = service_fn(|request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(answer(&desk, request, client).await) }
    });
    // How a connection ends is its client's business.
    let _ = http1::Builder::new()
        .title_case_headers(true)
        .timer(TokioTimer::new())
        .header_read_timeout(READ_LIMIT)
        .max_header_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(desk: &Desk, request: Request<Incoming>, client: IpAddr) -> Answer {
    let (head, body) = request.into_parts();
    let page = match read(body).await {
        Ok(body) => {
            let path = head.uri.path().to_owned();
            let query = head.uri.query().unwrap_or_default().to_owned();
            let ask = Ask { client, method: head.method, path, query, headers: head.headers, body };
            desk.answer(&ask).await
        }
        Err(status) => Page::error(status),
    };
    desk.pause().await;
    match page.answer() {
        Some(answer) => answer,
        // Until the client goes.
        None => pending().await,
    }
}

/// The body to its end, or the status that says why not.
async fn read(body: Incoming) -> Result<Bytes, StatusCode> {
    match timeout(READ_LIMIT, Limited::new(body, BODY_LIMIT).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

impl Desk {
    /// The delay that every answer of this deployment has.
    async fn pause(&self) {
        if let Some(delay) = self.site.delay {
            sleep(delay).await;
        }
    }
}
