//! The proxy of a jump host, byte for byte (RFC 1928), the way through it, and what clients can do to it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::client::{CUCM1, EXPE, HEADER, IMP1, PATIENCE, SILENCE, lab, lab_of};
use crate::lab::Lab;
use crate::lab::dns::zone::Zone;
use crate::lab::socks::{Proxy, serve};

const GREETING: &[u8] = &[5, 1, 0];
const WELCOME: &[u8] = &[5, 0];
/// How a node's answer to a header begins.
const BEGUN: &[u8] = b"<stream:stream xmlns";

struct Client {
    tcp: TcpStream,
}

impl Client {
    async fn at(address: SocketAddr) -> Client {
        Client { tcp: TcpStream::connect(address).await.expect("a connection") }
    }

    async fn greeted(lab: &Lab) -> Client {
        let mut client = Client::at(lab.socks).await;
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

    /// Exactly this answer.
    async fn exchange(&mut self, question: &[u8], answer: &[u8]) {
        self.say(question).await;
        assert_eq!(self.hear(answer.len()).await, answer, "to {question:?}");
    }

    /// The end of the connection and nothing before it.
    async fn end(mut self) {
        let mut rest = Vec::new();
        timeout(PATIENCE, self.tcp.read_to_end(&mut rest)).await.expect("in time").expect("an orderly end");
        assert_eq!(rest, b"");
    }

    async fn hear_nothing(&mut self) {
        let read = timeout(SILENCE, self.tcp.read(&mut [0; 64])).await;
        assert!(read.is_err(), "{read:?}");
    }

    /// Its next words lead to a node.
    async fn reaches_a_node(&mut self) {
        assert_eq!(self.hear(10).await[..4], [5, 0, 0, 1]);
        self.say(HEADER.as_bytes()).await;
        let said = self.hear(BEGUN.len()).await;
        assert_eq!(said, BEGUN);
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
    let node = lab.nodes[0].address;
    let shouted = to_name("IMP1.Example.Test", node.port());
    for request in [to_name(IMP1, node.port()), shouted, to_address(node)] {
        let mut client = Client::greeted(&lab).await;
        client.say(&request).await;
        let reply = client.hear(10).await;
        let IpAddr::V4(own) = lab.socks.ip() else { panic!("{}", lab.socks) };
        assert_eq!(reply[..8], [&[5, 0, 0, 1][..], &own.octets()].concat());
        assert_ne!(reply[8..], [0, 0]);
        client.say(HEADER.as_bytes()).await;
        let said = client.hear(BEGUN.len()).await;
        assert_eq!(said, BEGUN, "{request:?}");
    }
}

#[tokio::test]
async fn every_port_of_the_deployment_is_led_to_its_dns_too() {
    let lab = lab("healthy").await;
    let of_hosts = lab.hosts.iter().flat_map(|host| host.ports.iter().map(|port| (host.address, *port).into()));
    for address in of_hosts.chain(lab.dns.iter().copied()).collect::<Vec<SocketAddr>>() {
        let mut client = Client::greeted(&lab).await;
        client.say(&to_address(address)).await;
        assert_eq!(client.hear(10).await[..4], [5, 0, 0, 1], "{address}");
    }
}

#[tokio::test]
async fn nothing_else_is_connected_to_not_even_on_a_hosts_address() {
    let lab = lab("healthy").await;
    let other = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let beside = TcpListener::bind((lab.hosts[0].address, 0)).await.expect("an address");
    let (other_at, beside_at) =
        (other.local_addr().expect("it is bound"), beside.local_addr().expect("it is bound"));
    let long = "x".repeat(255);
    for (request, code) in [
        (to_address(other_at), 2),
        (to_name("127.0.0.1", other_at.port()), 2),
        (to_name("::1", other_at.port()), 2),
        (to_address(lab.socks), 2),
        (to_address("192.0.2.1:5222".parse().expect("an address")), 2),
        ([&[5, 1, 0, 4], [0; 15].as_slice(), &[1, 20, 102]].concat(), 2),
        (to_address(beside_at), 5),
        (to_name(CUCM1, beside_at.port()), 5),
        (to_name(CUCM1, 0), 5),
        (to_name("imp9.example.test", 5222), 4),
        (to_name("localhost", other_at.port()), 4),
        (to_name("www.example.com", 443), 4),
        (to_name("imp1", 5222), 4),
        (to_name("", 5222), 4),
        (to_name(&long, 5222), 4),
        (to_name("\u{0}\u{ffff}%n../", 5222), 4),
        // BIND, UDP ASSOCIATE, none; and a kind of address that there is not, behind which more comes.
        ([&[5, 2, 0, 1], [127, 0, 0, 1].as_slice(), &[20, 102]].concat(), 7),
        ([&[5, 3, 0, 1], [127, 0, 0, 1].as_slice(), &[20, 102]].concat(), 7),
        ([&[5, 255, 0, 3, 1], b"x".as_slice(), &[20, 102]].concat(), 7),
        (vec![5, 1, 0, 9, 1, 2, 3], 8),
    ] {
        let mut client = Client::greeted(&lab).await;
        client.exchange(&request, &refusal(code)).await;
        client.end().await;
    }
    for listener in [other, beside] {
        assert!(timeout(SILENCE, listener.accept()).await.is_err(), "it was connected to");
    }
}

#[tokio::test]
async fn a_closed_port_of_a_host_is_refused_by_the_proxys_word() {
    let lab = lab("connect-refused").await;
    let mut client = Client::greeted(&lab).await;
    client.exchange(&to_address(lab.nodes[0].address), &refusal(5)).await;
    client.end().await;
}

#[tokio::test]
async fn a_host_that_public_dns_does_not_know_is_none_to_the_proxy() {
    let lab = lab("outside").await;
    let mut client = Client::greeted(&lab).await;
    client.exchange(&to_name(IMP1, 5222), &refusal(4)).await;
    let mut client = Client::greeted(&lab).await;
    client.say(&to_name(EXPE, 8443)).await;
    assert_eq!(client.hear(10).await[..4], [5, 0, 0, 1]);
}

#[tokio::test]
async fn another_protocol_and_other_methods_are_parted_from() {
    let lab = lab("healthy").await;
    for methods in [&[5, 2, 1, 2][..], &[5, 0], &[5, 1, 0x80]] {
        let mut client = Client::at(lab.socks).await;
        client.exchange(methods, &[5, 0xFF]).await;
        client.end().await;
    }
    for said in [b"\x04\x01\x14\x66\x7f\0\0\x01\0".as_slice(), b"GET http://x/ HTTP/1.1\r\n\r\n", &[0; 70_000]] {
        let mut client = Client::at(lab.socks).await;
        client.say(said).await;
        client.end().await;
    }
    let mut client = Client::greeted(&lab).await;
    client.say(&[4, 1, 0, 1, 127, 0, 0, 1, 20, 102]).await;
    client.end().await;
}

#[tokio::test]
async fn clients_that_dawdle_or_go_keep_nobody_else_from_their_way() {
    let lab = lab("healthy").await;
    let node = lab.nodes[0].address;
    let request = [GREETING, &to_address(node)].concat();
    let mut dawdling = Vec::new();
    for said in 0..request.len() {
        let mut client = Client::at(lab.socks).await;
        client.say(&request[..said]).await;
        dawdling.push(client);
    }
    for said in 0..request.len() {
        Client::at(lab.socks).await.say(&request[..said]).await;
    }
    // All of it at once, and behind it what is meant for the node.
    let mut eager = Client::at(lab.socks).await;
    eager.say(&request).await;
    assert_eq!(eager.hear(2).await, WELCOME);
    eager.reaches_a_node().await;
    for (said, mut client) in dawdling.into_iter().enumerate() {
        for byte in &request[said..] {
            client.say(&[*byte]).await;
        }
        assert_eq!(client.hear(2).await, WELCOME);
        client.reaches_a_node().await;
    }
}

#[tokio::test]
async fn a_client_that_never_says_where_to_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let at = listener.local_addr().expect("it is bound");
    let zone = Zone::usual("example.test", Ipv4Addr::LOCALHOST.into(), &[]).expect("a zone");
    let patience = Duration::from_millis(100);
    let proxy = Proxy { address: at.ip(), zone, reached: Vec::new(), fault: None, patience };
    let serving = tokio::spawn(serve(proxy, listener));
    for said in [&[][..], &[5], &[5, 255, 1]] {
        let mut client = Client::at(at).await;
        client.say(said).await;
        client.end().await;
    }
    let mut client = Client::at(at).await;
    client.exchange(GREETING, WELCOME).await;
    client.end().await;
    serving.abort();
}

#[tokio::test]
async fn the_end_of_either_side_is_handed_on() {
    let lab = lab("healthy").await;
    let mut client = Client::greeted(&lab).await;
    client.say(&to_address(lab.nodes[0].address)).await;
    client.reaches_a_node().await;
    client.say(b"</stream:stream>").await;
    let mut rest = Vec::new();
    timeout(PATIENCE, client.tcp.read_to_end(&mut rest)).await.expect("in time").expect("an orderly end");
    assert!(String::from_utf8_lossy(&rest).ends_with("</stream:stream>"), "{rest:?}");
}

#[tokio::test]
async fn a_proxy_can_be_silent_refuse_and_close_and_the_nodes_are_well() {
    let silent = lab("socks-silent").await;
    let mut client = Client::at(silent.socks).await;
    client.say(&[GREETING, &to_address(silent.nodes[0].address)].concat()).await;
    client.hear_nothing().await;
    let refuses = lab("socks-refuses").await;
    let closes = lab("socks-closes").await;
    let IpAddr::V4(own) = closes.socks.ip() else { panic!("{}", closes.socks) };
    let said = [&[5, 0, 0, 1][..], &own.octets(), &[0, 0]].concat();
    for (lab, answer) in [(&refuses, refusal(2).as_slice()), (&closes, &said)] {
        assert!(lab.by_way);
        for host in ["imp1.example.test", "imp2.example.test", EXPE] {
            let mut client = Client::greeted(lab).await;
            client.exchange(&to_name(host, lab.xmpp_port), answer).await;
            client.end().await;
        }
        let mut client = Client::greeted(lab).await;
        client.say(&to_name(CUCM1, 8443)).await;
        assert_eq!(client.hear(10).await[..4], [5, 0, 0, 1], "web ports are well");
        TcpStream::connect(lab.nodes[0].address).await.expect("the node itself is well");
    }
}

#[tokio::test]
async fn a_scenario_of_ones_own_says_which_reply_and_to_what() {
    let lab = lab_of("[socks]\nfault = 'refuses'\nreply = 1");
    let mut client = Client::greeted(&lab).await;
    client.exchange(&to_name(CUCM1, 8443), &refusal(1)).await;
    let mut client = Client::greeted(&lab).await;
    client.exchange(&to_address(lab.dns[0]), &refusal(1)).await;
    assert!(toml::from_str::<crate::lab::socks::SocksFault>("fault = 'refuses'").is_err());
    assert!(toml::from_str::<crate::lab::socks::SocksFault>("fault = 'silent'\nto = 'xmpp'").is_err());
}
