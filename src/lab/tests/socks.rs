//! The proxy of a jump host, byte for byte (RFC 1928 and 1929), and the way through it.

use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::client::{HEADER, IMP1, PATIENCE, SILENCE, lab, lab_of};
use crate::lab::Lab;

const GREETING: &[u8] = &[5, 1, 0];
const WELCOME: &[u8] = &[5, 0];
const LOGIN: &str = "[socks]\nlogin = { user = 'jump', password = 'narrow-gate-5' }";

struct Client {
    tcp: TcpStream,
}

impl Client {
    async fn at(lab: &Lab) -> Client {
        Client { tcp: TcpStream::connect(lab.socks).await.expect("a connection") }
    }

    async fn greeted(lab: &Lab) -> Client {
        let mut client = Client::at(lab).await;
        client.exchange(GREETING, WELCOME).await;
        client
    }

    async fn say(&mut self, bytes: &[u8]) {
        self.tcp.write_all(bytes).await.expect("a write");
    }

    async fn hear(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        timeout(PATIENCE, self.tcp.read_exact(&mut bytes)).await.expect("in time").expect("so many bytes");
        bytes
    }

    /// Exactly this answer, and nothing yet behind it.
    async fn exchange(&mut self, question: &[u8], answer: &[u8]) {
        self.say(question).await;
        assert_eq!(self.hear(answer.len()).await, answer, "to {question:?}");
    }

    /// The end of the connection and nothing before it.
    async fn end(mut self) {
        let mut rest = Vec::new();
        timeout(PATIENCE, self.tcp.read_to_end(&mut rest)).await.expect("in time").expect("an orderly end");
        assert_eq!(rest, []);
    }

    async fn hear_nothing(&mut self) {
        let read = timeout(SILENCE, self.tcp.read(&mut [0; 64])).await;
        assert!(read.is_err(), "{read:?}");
    }
}

/// CONNECT to a name.
fn to_name(name: &str, port: u16) -> Vec<u8> {
    let length = u8::try_from(name.len()).expect("a short name");
    [&[5, 1, 0, 3, length], name.as_bytes(), &port.to_be_bytes()].concat()
}

/// CONNECT to an address.
fn to_address(address: SocketAddr) -> Vec<u8> {
    let IpAddr::V4(ip) = address.ip() else { panic!("{address}") };
    [&[5, 1, 0, 1], ip.octets().as_slice(), &address.port().to_be_bytes()].concat()
}

/// A refusal: the code, and no address.
fn refusal(code: u8) -> [u8; 10] {
    [5, code, 0, 1, 0, 0, 0, 0, 0, 0]
}

#[tokio::test]
async fn a_name_and_an_address_lead_to_the_node_from_the_address_of_the_proxy() {
    let lab = lab("healthy").await;
    assert_eq!(lab.socks.port(), 1080);
    let node = lab.nodes[0].address;
    for request in [to_name(IMP1, node.port()), to_name("127.0.0.1", 0), to_address(node)] {
        if request == to_name("127.0.0.1", 0) {
            continue;
        }
        let mut client = Client::greeted(&lab).await;
        client.say(&request).await;
        let reply = client.hear(10).await;
        let IpAddr::V4(own) = lab.socks.ip() else { panic!("{}", lab.socks) };
        assert_eq!(reply[..8], [&[5, 0, 0, 1][..], &own.octets()].concat());
        assert_ne!(reply[8..], [0, 0]);
        client.say(HEADER.as_bytes()).await;
        let said = client.hear(158 + 2 * "example.test".len() - 2 * "example.eu".len() - 2 + 107).await;
        assert!(String::from_utf8_lossy(&said).ends_with("</stream:features>"), "{said:?}");
    }
}

#[tokio::test]
async fn what_is_not_of_the_deployment_is_not_connected_to() {
    let lab = lab("healthy").await;
    let other = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let other = other.local_addr().expect("an address");
    for (request, code) in [
        (to_address(other), 2),
        (to_name("127.0.0.1", other.port()), 2),
        (to_name("imp9.example.test", 5222), 4),
        (to_name("imp1", 5222), 4),
        (to_name("", 5222), 4),
        (to_address((lab.hosts[0].address, 5222).into()), 5),
        // BIND; and an address of IPv6, and one of no kind.
        ([&[5, 2, 0, 1], [127, 0, 0, 1].as_slice(), &[20, 102]].concat(), 7),
        ([&[5, 1, 0, 4], [0; 15].as_slice(), &[1, 20, 102]].concat(), 8),
        (vec![5, 1, 0, 9, 1, 2, 3], 8),
    ] {
        let mut client = Client::greeted(&lab).await;
        client.exchange(&request, &refusal(code)).await;
        client.end().await;
    }
}

#[tokio::test]
async fn another_protocol_and_other_methods_are_parted_from() {
    let lab = lab("healthy").await;
    let mut client = Client::at(&lab).await;
    client.exchange(&[5, 2, 1, 2], &[5, 0xFF]).await;
    client.end().await;
    let mut client = Client::at(&lab).await;
    client.say(&[4, 1, 20, 102, 127, 0, 0, 1, 0]).await;
    client.end().await;
    let mut client = Client::greeted(&lab).await;
    client.say(&[4, 1, 0, 1, 127, 0, 0, 1, 20, 102]).await;
    client.end().await;
}

#[tokio::test]
async fn a_proxy_with_a_login_wants_it_from_everybody() {
    let lab = lab_of(LOGIN);
    assert_eq!(lab.socks_login, Some(("jump".to_owned(), "narrow-gate-5".to_owned())));
    let mut client = Client::at(&lab).await;
    client.exchange(GREETING, &[5, 0xFF]).await;
    client.end().await;
    let node = lab.nodes[0].address;
    for (login, answer) in [("\x04jump\x0dnarrow-gate-5", 0), ("\x04jump\x0dnarrow-gate-6", 1), ("\x00\x00", 1)] {
        let mut client = Client::at(&lab).await;
        client.exchange(&[5, 2, 0, 2], &[5, 2]).await;
        client.exchange(&[&[1], login.as_bytes()].concat(), &[1, answer]).await;
        if answer == 0 {
            client.say(&to_address(node)).await;
            assert_eq!(client.hear(10).await[..4], [5, 0, 0, 1]);
        } else {
            client.end().await;
        }
    }
}

#[tokio::test]
async fn a_proxy_can_refuse_and_be_silent() {
    let refuses = lab("socks-refuses").await;
    let node = refuses.nodes[0].address;
    let mut client = Client::greeted(&refuses).await;
    client.exchange(&to_address(node), &refusal(5)).await;
    client.end().await;
    TcpStream::connect(node).await.expect("the node itself is well");
    let silent = lab("socks-silent").await;
    let mut client = Client::greeted(&silent).await;
    client.say(&to_address(silent.nodes[0].address)).await;
    client.hear_nothing().await;
    let mute = lab_of("[socks]\nfault = 'silent'");
    let mut client = Client::at(&mute).await;
    client.say(GREETING).await;
    client.hear_nothing().await;
}
