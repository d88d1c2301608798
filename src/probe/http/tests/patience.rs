//! Servers that say nothing, at each place where something is waited for.

use super::*;
use crate::journal::{BodyEnd, QuietMark};

fn hasty() -> Table {
    Setup { patience: HASTY, connect_timeout: Duration::from_secs(1), ..Setup::default() }.table()
}

fn marks(seen: &Seen) -> Vec<QuietMark> {
    let marks = seen.facts().filter_map(|fact| match fact {
        HttpFact::Quiet { mark, .. } => Some(*mark),
        _ => None,
    });
    marks.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_answer_is_slow_then_silent_then_given_up() {
    let site = Site::clear(|_, _| Reply::Nothing).await;
    let seen = hasty().ask(site.ask(HttpWhat::Version, "/")).await;
    assert_eq!(seen.sent().len(), 1);
    assert_eq!(marks(&seen), [QuietMark::Slow, QuietMark::Silent]);
    assert_eq!(seen.end(), "TimedOut silent");
    assert_eq!(seen.outcome().text.as_deref(), Some("no answer within 1.0 s"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_stops_is_given_up() {
    let site = Site::clear(|_, _| Reply::Say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a>".to_vec())).await;
    let seen = hasty().ask(site.ask(HttpWhat::Version, "/")).await;
    assert_eq!((seen.body().as_str(), seen.end().as_str()), ("<a>", "TimedOut silent"));
    let timed_out = |fact: &HttpFact| matches!(fact, HttpFact::Body { end: BodyEnd::TimedOut, bytes: 3, .. });
    assert!(seen.facts().any(timed_out));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_tls_server_is_told_from_a_host_that_does_not_answer() {
    let site = Site::clear(|_, _| Reply::Nothing).await;
    let mut ask = site.ask(HttpWhat::Version, "/");
    ask.url = ask.url.replace("http://", "https://");
    let seen = hasty().ask(ask).await;
    assert_eq!(seen.began(|ask| matches!(ask, Ask::Connect { .. })), [Outcome::ok()]);
    let handshakes = seen.began(|ask| matches!(ask, Ask::Handshake { .. }));
    assert_eq!(handshakes[0].code.as_deref(), Some("silent"));
    assert!(seen.outcome().text.unwrap().starts_with("the TLS handshake: no answer to the ClientHello"));
    assert_eq!((marks(&seen).len(), seen.end().as_str()), (2, "TimedOut silent"));
    assert!(seen.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_takes_no_connection_ends_in_its_deadline() {
    // Nobody accepts, and the queue of those who wait is full: the next SYN is dropped.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = timeout(Duration::from_secs(1), tokio::net::TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
    }
    let ask = HttpAsk::new(HttpWhat::Version, format!("https://{address}/"), Vec::new());
    let seen = hasty().ask(ask).await;
    let connects = seen.began(|ask| matches!(ask, Ask::Connect { .. }));
    assert_eq!(connects[0].code.as_deref(), Some("ETIMEDOUT"));
    assert!(seen.outcome().text.unwrap().starts_with("the TCP connect: no answer to the SYN"));
    assert_eq!((seen.began(|_| true).len(), seen.end().as_str()), (2, "TimedOut silent"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_left_silent_delays_no_other() {
    let site = Site::clear(|_, request| match request.starts_with("GET /silent") {
        true => Reply::Nothing,
        false => Reply::Say(answer("200 OK", "<x/>").into_bytes()),
    })
    .await;
    let mut table = Setup::default().table();
    table.engine.http(site.ask(HttpWhat::Version, "/silent"));
    assert_eq!(table.ask(site.ask(HttpWhat::Version, "/")).await.end(), "Ok");
}
