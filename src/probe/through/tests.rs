//! A proxy that says what a test has it say: whose trouble each answer is, and that nobody else is connected to.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::journal::ProxySays;

/// Long enough never to pass.
const LONG: Duration = Duration::from_secs(20);
/// Short enough to be waited for.
const SHORT: Duration = Duration::from_millis(250);
/// The greeting of a proxy that asks for nothing (RFC 1928 section 3).
const WELCOME: &[u8] = &[5, 0];

/// A proxy that answers the first two messages with these bytes, and then ends the connection or keeps it.
struct Proxy {
    via: Via,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    async fn says(answers: &[&[u8]], then_ends: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (answers, hears): (Vec<Vec<u8>>, _) =
            (answers.iter().map(|answer| answer.to_vec()).collect(), heard.clone());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut message = [0; 512];
            for answer in answers {
                let Ok(count) = stream.read(&mut message).await else { return };
                hears.lock().unwrap().extend_from_slice(&message[..count]);
                let _ = stream.write_all(&answer).await;
            }
            if !then_ends {
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        });
        Self { via: Via { host: "127.0.0.1".into(), port, names: true }, heard }
    }

    async fn open(&self, to: &To, limit: Duration) -> Result<TcpStream, Outcome> {
        Through::proxy(self.via.clone()).open(to, limit).await
    }

    /// How a connection to a name ends.
    async fn refuses(&self, limit: Duration) -> Outcome {
        self.open(&To::Name("imp1.example.test".into(), 5222), limit).await.expect_err("it does not connect")
    }
}

fn code(outcome: &Outcome) -> &str {
    outcome.code.as_deref().unwrap_or_default()
}

/// A reply with an address of its own behind the number (RFC 1928 section 6).
fn reply(number: u8) -> Vec<u8> {
    vec![5, number, 0, 1, 0, 0, 0, 0, 0, 0]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_goes_to_the_proxy_as_a_name_and_an_address_as_an_address() {
    for (to, asked) in [
        (To::Name("imp1.test".into(), 5222), [&[5, 1, 0, 3, 9], &b"imp1.test"[..], &[0x14, 0x66]].concat()),
        (To::Address("10.1.2.11:5222".parse().unwrap()), vec![5, 1, 0, 1, 10, 1, 2, 11, 0x14, 0x66]),
        (
            To::Address("[2001:db8::1]:1".parse().unwrap()),
            [&[5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8], &[0; 11][..], &[1, 0, 1]].concat(),
        ),
    ] {
        let proxy = Proxy::says(&[WELCOME, &reply(0)], false).await;
        proxy.open(&to, LONG).await.expect("it connects");
        assert_eq!(*proxy.heard.lock().unwrap(), [&[5, 1, 0], &asked[..]].concat(), "{to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_behind_the_reply_is_the_targets() {
    let named = [&[5, 0, 0, 3, 4], &b"imp1"[..], &[0x14, 0x66]].concat();
    for reply in [reply(0), named] {
        let proxy = Proxy::says(&[WELCOME, &[&reply[..], b"first"].concat()], true).await;
        let mut stream = proxy.open(&To::Name("imp1".into(), 5222), LONG).await.expect("it connects");
        let mut came = String::new();
        stream.read_to_string(&mut came).await.unwrap();
        assert_eq!(came, "first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reply_is_named_and_told_from_trouble_with_the_proxy() {
    for (number, how, says, word) in [
        (1, How::Refused, ProxySays::No, "general failure"),
        (2, How::Refused, ProxySays::No, "not allowed"),
        (3, How::Lost, ProxySays::OfTarget, "network unreachable"),
        (4, How::Lost, ProxySays::OfTarget, "host unreachable"),
        (5, How::Refused, ProxySays::OfTarget, "connection refused"),
        (6, How::TimedOut, ProxySays::OfTarget, "TTL expired"),
        (7, How::Refused, ProxySays::No, "command not supported"),
        (8, How::Refused, ProxySays::No, "address type not supported"),
        (9, How::Refused, ProxySays::No, "not assigned"),
        (255, How::Refused, ProxySays::No, "not assigned"),
    ] {
        let ended = Proxy::says(&[WELCOME, &reply(number)], true).await.refuses(LONG).await;
        assert_eq!((ended.how, ended.proxy_says()), (how, Some(says)), "{number}: {ended:?}");
        assert_eq!(code(&ended), format!("SOCKS {number}"));
        assert!(ended.text.as_deref().unwrap_or_default().contains(word), "{number}: {ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_no_socks_5_is_trouble_with_the_proxy() {
    let long = [b'x'; 4096];
    let answers: [(&[&[u8]], &str); 9] = [
        (&[b"HTTP/1.1 400 Bad Request\r\n\r\n"], "proxy no SOCKS 5"),
        (&[b"SSH-2.0-OpenSSH_9.2\r\n"], "proxy no SOCKS 5"),
        (&[&long], "proxy no SOCKS 5"),
        (&[&[4, 0]], "proxy no SOCKS 5"),
        (&[&[5, 0xff]], "proxy authentication"),
        (&[&[5, 2]], "proxy authentication"),
        (&[&[5, 1]], "proxy authentication"),
        (&[WELCOME, &[4, 0, 0, 1, 0, 0, 0, 0, 0, 0]], "proxy no SOCKS 5"),
        (&[WELCOME, &[5, 0, 0, 9, 0, 0, 0, 0, 0, 0]], "proxy no SOCKS 5"),
    ];
    for (answer, expected) in answers {
        let ended = Proxy::says(answer, true).await.refuses(LONG).await;
        assert_eq!((code(&ended), ended.proxy_says()), (expected, Some(ProxySays::Trouble)), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_the_proxys_trouble_before_its_greeting_and_its_refusal_behind_it() {
    let before = Proxy::says(&[&[]], true).await.refuses(LONG).await;
    assert_eq!((code(&before), before.proxy_says()), ("proxy closed", Some(ProxySays::Trouble)), "{before:?}");
    let half = Proxy::says(&[&[5]], true).await.refuses(LONG).await;
    assert_eq!(half.proxy_says(), Some(ProxySays::Trouble), "{half:?}");
    for answer in [&[][..], &[5], &[5, 0, 0], &[5, 0, 0, 1, 10]] {
        let behind = Proxy::says(&[WELCOME, answer], true).await.refuses(LONG).await;
        assert_eq!((code(&behind), behind.proxy_says()), ("SOCKS closed", Some(ProxySays::No)), "{behind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_the_proxys_before_its_greeting_and_the_targets_behind_it() {
    let before = Proxy::says(&[&[]], false).await.refuses(SHORT).await;
    assert_eq!((before.how, before.proxy_says()), (How::TimedOut, Some(ProxySays::Trouble)), "{before:?}");
    for answer in [&[][..], &[5, 0, 0]] {
        let behind = Proxy::says(&[WELCOME, answer], false).await.refuses(SHORT).await;
        assert_eq!((behind.how, behind.proxy_says()), (How::TimedOut, None), "{behind:?}");
        assert!(behind.text.unwrap().contains("whether it reached imp1.example.test:5222"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_not_there_is_no_refusal_of_the_targets() {
    let port = {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let there = Through::proxy(Via { host: "127.0.0.1".into(), port, names: false });
    let ended = there.open(&To::Address("127.0.0.1:5222".parse().unwrap()), LONG).await.unwrap_err();
    assert_eq!((code(&ended), ended.proxy_says()), ("proxy ECONNREFUSED", Some(ProxySays::Trouble)));
    let nowhere = Through::proxy(Via { host: "no-such-host.invalid".into(), port, names: false });
    let ended = nowhere.open(&To::Name("imp1".into(), 1), LONG).await.unwrap_err();
    assert_eq!(code(&ended), "proxy unresolved", "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_socks_cannot_carry_is_not_sent() {
    let proxy = Proxy::says(&[WELCOME], true).await;
    let ended = proxy.open(&To::Name("a".repeat(256), 1), LONG).await.unwrap_err();
    assert_eq!((ended.how, code(&ended)), (How::Failed, "name"));
    assert!(proxy.heard.lock().unwrap().is_empty());
}

#[test]
fn names_are_left_to_the_proxy_by_socks5h_alone_and_addresses_never() {
    let through = |names| Through::proxy(Via { host: "h".into(), port: 1, names });
    assert!(through(true).leaves_name("imp1.example.test") && !through(false).leaves_name("imp1.example.test"));
    for address in ["10.1.2.11", "::1", "[::1]"] {
        assert!(!through(true).leaves_name(address), "{address}");
    }
    assert!(!Through::default().leaves_name("imp1.example.test"));
}
