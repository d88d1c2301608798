//! What a client can do to a server: too much, too long, nothing; and what the server's end does to a client.

use std::time::Duration;

use tokio::time::Instant;

use super::client::{Plant, To, healthy, request, with};
use crate::lab::http::HttpFaults;

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let plant = healthy().await;
    let body = "x".repeat(64 * 1024 + 1);
    let mut client = plant.connect(To::Epas).await;
    let first = "POST /EPASSoap/service HTTP/1.1";
    client.say(&request(first, &format!("Content-Length: {}", body.len()), &body[..32 * 1024])).await;
    client.say(&body[32 * 1024..]).await;
    assert!(client.hear("\r\n").await.starts_with("HTTP/1.1 413"));
    let body = "x".repeat(64 * 1024);
    assert_eq!(plant.ask(To::Epas, first, &body).await.status(), "500");
}

#[tokio::test]
async fn headers_that_are_too_large_are_refused() {
    let plant = healthy().await;
    let mut client = plant.connect(To::Uds).await;
    let cookie = format!("Cookie: {}", "x".repeat(40 * 1024));
    client.say(&request("GET /cucm-uds/version HTTP/1.1", &cookie, "")).await;
    assert!(client.hear("\r\n").await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn clients_that_say_nothing_or_nonsense_leave_the_server_well() {
    let plant = healthy().await;
    let mut idle = Vec::new();
    for _ in 0..50 {
        let mut client = plant.connect(To::Tftp).await;
        client.say("GET /SPDefault").await;
        idle.push(client);
    }
    let mut client = plant.connect(To::Tftp).await;
    client.say("\u{16}\u{3}\u{1}\r\n\r\n").await;
    assert!(client.gone().await.starts_with("HTTP/1.1 400"));
    assert_eq!(plant.get(To::Tftp, "/SPDefault.cnf.xml").await.status(), "200");
    for mut client in idle {
        client.say(".cnf.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        assert_eq!(client.end().await.status(), "200");
    }
}

#[tokio::test]
async fn a_server_that_is_dropped_is_gone_with_its_connections() {
    let mut plant = with("stage='uds_version'\nfault='silent'").await;
    let mut client = plant.connect(To::Uds).await;
    client.say(&request("GET /cucm-uds/version HTTP/1.1", "Connection: close", "")).await;
    client.hear_nothing().await;
    plant.stop();
    assert_eq!(client.gone().await, "");
}

#[tokio::test]
async fn the_delay_lies_before_each_answer_and_in_the_handshake() {
    let delay = Duration::from_millis(150);
    let plant = Plant::new(HttpFaults::default(), Some(delay)).await;
    let begin = Instant::now();
    let mut client = plant.connect(To::Uds).await;
    assert!(begin.elapsed() >= delay, "the handshake");
    for path in ["version", "servers"] {
        let begin = Instant::now();
        client.say(&request(&format!("GET /cucm-uds/{path} HTTP/1.1"), "Accept: */*", "")).await;
        client.hear("HTTP/1.1 200").await;
        assert!(begin.elapsed() >= delay, "{path}");
    }
}
