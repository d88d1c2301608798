//! DNS: the records, over UDP and TCP, and what can go wrong with a server. Asked with a library's messages over
//! sockets of the test's own.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::proto::op::{Edns, Message, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout};

use super::client::{IMP1, IMP2, lab, lab_of};
use crate::lab::Lab;

/// Long enough for a busy machine; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long nothing has to come before it counts as silence here.
const SILENCE: Duration = Duration::from_millis(300);

fn question(name: &str, kind: RecordType) -> Message {
    let mut question = Message::query();
    question.metadata.recursion_desired = true;
    question.add_query(Query::query(Name::from_ascii(name).expect("a name"), kind));
    question
}

async fn send(server: SocketAddr, bytes: &[u8]) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    socket.connect(server).await.expect("a way");
    socket.send(bytes).await.expect("a datagram");
    socket
}

async fn over_udp(server: SocketAddr, question: &Message) -> Message {
    let socket = send(server, &question.to_vec().expect("bytes")).await;
    let mut bytes = [0; 8192];
    let count = timeout(PATIENCE, socket.recv(&mut bytes)).await.expect("in time").expect("an answer");
    let answer = Message::from_vec(&bytes[..count]).expect("a message");
    assert_eq!((answer.id, &answer.queries), (question.id, &question.queries));
    answer
}

async fn over_tcp(tcp: &mut TcpStream, question: &Message) -> Message {
    let bytes = question.to_vec().expect("bytes");
    tcp.write_u16(u16::try_from(bytes.len()).expect("short")).await.expect("a write");
    tcp.write_all(&bytes).await.expect("a write");
    let answer = timeout(PATIENCE, async {
        let mut answer = vec![0; usize::from(tcp.read_u16().await?)];
        tcp.read_exact(&mut answer).await.map(|_| answer)
    });
    let answer = answer.await.expect("in time").expect("an answer");
    Message::from_vec(&answer).expect("a message")
}

/// The answer of the first server over UDP.
async fn asked(lab: &Lab, name: &str, kind: RecordType) -> Message {
    over_udp(lab.dns[0], &question(name, kind)).await
}

/// The SRV records of a name below the domain, in their order: priority, port, target.
async fn srv(lab: &Lab, name: &str) -> Vec<(u16, u16, String)> {
    let answer = asked(lab, &format!("{name}.example.test."), RecordType::SRV).await;
    let record = |data: &RData| match data {
        RData::SRV(srv) => (srv.priority, srv.port, srv.target.to_ascii()),
        other => panic!("{other:?}"),
    };
    answer.answers.iter().map(|answer| record(&answer.data)).collect()
}

async fn code(lab: &Lab, name: &str, kind: RecordType) -> ResponseCode {
    asked(lab, name, kind).await.response_code
}

/// NXDOMAIN or NODATA, with the SOA record that says how long that holds.
async fn absence(lab: &Lab, name: &str, kind: RecordType) -> ResponseCode {
    let answer = asked(lab, name, kind).await;
    assert!(answer.answers.is_empty(), "{answer:?}");
    assert!(matches!(answer.authorities.as_slice(), [soa] if soa.record_type() == RecordType::SOA), "{answer:?}");
    answer.response_code
}

fn address(lab: &Lab, host: &str) -> IpAddr {
    lab.hosts.iter().find(|known| known.host == host).expect("a host").address
}

#[tokio::test]
async fn no_record_of_a_route_names_another_cluster() {
    let lab = lab("two-homes").await;
    assert_eq!(srv(&lab, "_cisco-uds._tcp").await, [(5, 8443, "cucm1.example.test.".to_owned())]);
    let name = asked(&lab, "cucm9.example.test.", RecordType::A).await;
    assert_eq!(name.answers.len(), 1);
}

#[tokio::test]
async fn a_healthy_site_has_the_records_of_jabber_and_of_the_others() {
    let lab = lab("healthy").await;
    assert_eq!(srv(&lab, "_cisco-uds._tcp").await, [(5, 8443, "cucm1.example.test.".to_owned())]);
    let port = |at: usize| lab.nodes[at].address.port();
    let nodes = [(5, port(0), format!("{IMP1}.")), (10, port(1), format!("{IMP2}."))];
    assert_eq!(srv(&lab, "_xmpp-client._tcp").await, nodes);
    assert_eq!(srv(&lab, "_collab-edge._tls").await, [(5, 8443, "expe.example.test.".to_owned())]);
    for host in ["cucm1.example.test", IMP1, IMP2, "expe.example.test"] {
        let answer = asked(&lab, &format!("{host}."), RecordType::A).await;
        assert_eq!(answer.answers[0].data.ip_addr(), Some(address(&lab, host)));
        assert_eq!((answer.answers[0].ttl, answer.authoritative), (300, true));
    }
}

#[tokio::test]
async fn no_such_name_is_told_from_no_such_record() {
    let lab = lab("healthy").await;
    for name in ["_cuplogin._tcp", "_collab-edge._tcp", "_xmpps-client._tcp", "cucm9"] {
        let name = format!("{name}.example.test.");
        assert_eq!(absence(&lab, &name, RecordType::SRV).await, ResponseCode::NXDomain, "{name}");
    }
    // The host has an A record and the domain none; below _tcp something stands.
    for (name, kind) in [
        ("imp1.example.test.", RecordType::AAAA),
        ("example.test.", RecordType::A),
        ("_tcp.example.test.", RecordType::SRV),
    ] {
        assert_eq!(absence(&lab, name, kind).await, ResponseCode::NoError, "{name}");
    }
    assert_eq!(code(&lab, "IMP1.Example.TEST.", RecordType::A).await, ResponseCode::NoError);
}

#[tokio::test]
async fn of_another_domain_a_server_knows_nothing() {
    let lab = lab("healthy").await;
    assert_eq!(code(&lab, "imp1.example.net.", RecordType::A).await, ResponseCode::Refused);
    assert_eq!(code(&lab, "cucm1.", RecordType::A).await, ResponseCode::NXDomain);
}

#[tokio::test]
async fn one_tcp_connection_serves_question_after_question() {
    let lab = lab("healthy").await;
    let mut tcp = TcpStream::connect(lab.dns[0]).await.expect("a connection");
    for name in ["imp1.example.test.", "imp2.example.test."] {
        let answer = over_tcp(&mut tcp, &question(name, RecordType::A)).await;
        assert_eq!(answer.answers[0].data.ip_addr(), Some(address(&lab, name.trim_end_matches('.'))));
    }
}

#[tokio::test]
async fn what_is_no_question_is_passed_over() {
    let lab = lab("healthy").await;
    let mut answer = question("imp1.example.test.", RecordType::A);
    answer.metadata.message_type = hickory_resolver::proto::op::MessageType::Response;
    for bytes in [b"?".to_vec(), vec![0; 600], answer.to_vec().expect("bytes")] {
        let socket = send(lab.dns[0], &bytes).await;
        let heard = timeout(SILENCE, socket.recv(&mut [0; 512])).await;
        // A header of zeros is a question without a question.
        assert!(heard.is_err() || bytes.len() == 600, "{heard:?}");
    }
    assert_eq!(code(&lab, "imp1.example.test.", RecordType::A).await, ResponseCode::NoError);
}

#[tokio::test]
async fn an_answer_that_is_too_large_for_the_asker_is_cut_over_udp() {
    let record = |n: usize| {
        format!("[[record]]\nname = '_many._tcp'\nsrv = 'cucm{n}-with-a-long-name.example.test'\nport = 8443\n")
    };
    let lab = lab_of(&(0..20).map(record).collect::<String>());
    let plain = question("_many._tcp.example.test.", RecordType::SRV);
    let short = over_udp(lab.dns[0], &plain).await;
    assert!(short.truncation && short.answers.is_empty(), "{short:?}");
    let mut roomy = plain.clone();
    let mut edns = Edns::new();
    edns.set_max_payload(4096);
    roomy.set_edns(edns);
    let whole = over_udp(lab.dns[0], &roomy).await;
    assert_eq!((whole.truncation, whole.answers.len(), whole.edns.is_some()), (false, 20, true));
    let mut tcp = TcpStream::connect(lab.dns[0]).await.expect("a connection");
    let whole = over_tcp(&mut tcp, &plain).await;
    assert_eq!((whole.truncation, whole.answers.len()), (false, 20));
}

#[tokio::test]
async fn with_every_answer_cut_over_udp_tcp_has_them_all() {
    let lab = lab("dns-truncated").await;
    let plain = question("_cisco-uds._tcp.example.test.", RecordType::SRV);
    let cut = over_udp(lab.dns[0], &plain).await;
    assert!(cut.truncation && cut.answers.is_empty());
    let mut tcp = TcpStream::connect(lab.dns[0]).await.expect("a connection");
    assert_eq!(over_tcp(&mut tcp, &plain).await.answers.len(), 1);
}

#[tokio::test]
async fn a_server_can_be_silent_beside_one_that_is_well() {
    let lab = lab("dns-silent").await;
    let question = question("imp1.example.test.", RecordType::A);
    let socket = send(lab.dns[0], &question.to_vec().expect("bytes")).await;
    let heard = timeout(SILENCE, socket.recv(&mut [0; 512])).await;
    assert!(heard.is_err(), "{heard:?}");
    assert_eq!(over_udp(lab.dns[1], &question).await.answers.len(), 1);
    assert_ne!(lab.dns[0].ip(), lab.dns[1].ip());
}

#[tokio::test]
async fn a_server_can_fail_refuse_or_be_late() {
    for (name, expected) in [
        ("servfail", ResponseCode::ServFail),
        ("dns-refused", ResponseCode::Refused),
        ("slow-dns", ResponseCode::NoError),
    ] {
        let lab = lab(name).await;
        let begun = Instant::now();
        assert_eq!(code(&lab, "imp1.example.test.", RecordType::A).await, expected, "{name}");
        assert!(name != "slow-dns" || begun.elapsed() >= Duration::from_millis(2500));
    }
}

#[tokio::test]
async fn a_closed_port_is_told_by_the_kernel() {
    let lab = lab("dns-port-closed").await;
    let socket = send(lab.dns[0], b"?").await;
    let error = timeout(PATIENCE, socket.recv(&mut [0; 8])).await.expect("at once").expect_err("nobody");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn two_servers_can_have_two_views() {
    let lab = lab("split-answers").await;
    let question = question("_cisco-uds._tcp.example.test.", RecordType::SRV);
    assert_eq!(over_udp(lab.dns[0], &question).await.answers.len(), 1);
    assert_eq!(over_udp(lab.dns[1], &question).await.response_code, ResponseCode::NXDomain);
}

#[tokio::test]
async fn without_records_there_is_nothing_to_begin_with() {
    let lab = lab("no-srv").await;
    for service in ["_cisco-uds._tcp", "_cuplogin._tcp", "_xmpp-client._tcp"] {
        let name = format!("{service}.example.test.");
        assert_eq!(absence(&lab, &name, RecordType::SRV).await, ResponseCode::NXDomain);
    }
    assert_eq!(absence(&lab, "example.test.", RecordType::A).await, ResponseCode::NoError);
}

#[tokio::test]
async fn a_scenario_leads_elsewhere_by_its_records() {
    let uds = "_cisco-uds._tcp";
    for (name, service, expected) in [
        (
            "only-cuplogin",
            "_cuplogin._tcp",
            vec![(5, 8443, "imp1.example.test."), (10, 8443, "imp2.example.test.")],
        ),
        ("only-cuplogin", uds, vec![]),
        ("only-cuplogin", "_xmpp-client._tcp", vec![]),
        ("target-unresolvable", uds, vec![(5, 8443, "cucm9.example.test.")]),
        ("target-dot", "_xmpp-client._tcp", vec![(0, 0, ".")]),
        ("srv-wrong-port", uds, vec![(5, 443, "cucm1.example.test.")]),
        ("short-names", uds, vec![(5, 8443, "cucm1.")]),
        ("target-alias", uds, vec![(5, 8443, "voice.example.test.")]),
    ] {
        let lab = lab(name).await;
        let expected: Vec<(u16, u16, String)> =
            expected.into_iter().map(|(priority, port, target)| (priority, port, target.to_owned())).collect();
        assert_eq!(srv(&lab, service).await, expected, "{name} {service}");
    }
}

#[tokio::test]
async fn the_targets_that_lead_nowhere_do_not_resolve() {
    let unresolvable = lab("target-unresolvable").await;
    assert_eq!(absence(&unresolvable, "cucm9.example.test.", RecordType::A).await, ResponseCode::NXDomain);
    let short = lab("short-names").await;
    assert_eq!(code(&short, "cucm1.", RecordType::A).await, ResponseCode::NXDomain);
    // The domain itself has an address, and nobody may go there.
    let dot = lab("target-dot").await;
    let answer = asked(&dot, "example.test.", RecordType::A).await;
    assert_eq!(answer.answers[0].data.ip_addr(), Some(address(&dot, IMP1)));
}

#[tokio::test]
async fn an_alias_comes_with_what_it_stands_for() {
    let lab = lab("target-alias").await;
    let answer = asked(&lab, "voice.example.test.", RecordType::A).await;
    let kinds: Vec<RecordType> = answer.answers.iter().map(|record| record.record_type()).collect();
    assert_eq!(kinds, [RecordType::CNAME, RecordType::A]);
    assert_eq!(answer.answers[1].data.ip_addr(), Some(address(&lab, "cucm1.example.test")));
    // No AAAA behind it: the alias is still told, with the SOA record.
    let answer = asked(&lab, "voice.example.test.", RecordType::AAAA).await;
    assert_eq!((answer.answers.len(), answer.authorities.len()), (1, 1));
}

#[tokio::test]
async fn an_alias_of_itself_ends() {
    let lab = lab_of(
        "[[record]]\nname = 'a'\ncname = 'b.example.test'\n[[record]]\nname = 'b'\ncname = 'a.example.test'",
    );
    let answer = asked(&lab, "a.example.test.", RecordType::A).await;
    assert!(answer.answers.iter().all(|record| record.record_type() == RecordType::CNAME));
    assert_eq!(answer.response_code, ResponseCode::NoError);
}

#[tokio::test]
async fn psi_is_led_to_the_other_node_first() {
    let lab = lab("wrong-node").await;
    let targets: Vec<(u16, String)> =
        srv(&lab, "_xmpp-client._tcp").await.into_iter().map(|(priority, _, target)| (priority, target)).collect();
    assert_eq!(targets, [(5, format!("{IMP2}.")), (10, format!("{IMP1}."))]);
}

#[test]
fn a_record_that_makes_no_sense_is_refused() {
    let words = "title = 't'\nteaches = 't'\nhint = 'h'\n";
    for wrong in [
        "[[record]]\nname = 'a'",
        "[[record]]\nname = 'a'\nsrv = '.'\ncname = 'b'",
        "[[record]]\nname = 'a'\nsrv = 'nobody.example.test'",
        "[[record]]\nname = 'a'\nhost = 'nobody.example.test'",
        "remove = ['nobody']",
    ] {
        let script = toml::from_str(&format!("{words}{wrong}")).expect("it reads");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let started = runtime.block_on(async { crate::lab::start::script("wrong", &script) });
        assert!(started.is_err(), "{wrong}");
    }
    for wrong in ["[[dns]]\nfault = 'late'", "[[dns]]\nfault = 'asleep'", "[[record]]\nname = 'a'\ntarget = 'b'"] {
        assert!(toml::from_str::<crate::lab::scenario::Script>(&format!("{words}{wrong}")).is_err(), "{wrong}");
    }
}

/// DNS leads to `host` by this service, and knows no other host and no other way.
pub(super) async fn knows_only(lab: &Lab, service: &str, host: &str) {
    assert_eq!(srv(lab, service).await, [(5, 8443, format!("{host}."))]);
    assert_eq!(code(lab, &format!("{host}."), RecordType::A).await, ResponseCode::NoError);
    for service in ["_cisco-uds._tcp", "_cuplogin._tcp", "_xmpp-client._tcp"] {
        assert_eq!(srv(lab, service).await, [], "{service}");
    }
    for other in lab.hosts.iter().filter(|other| other.host != host) {
        let name = format!("{}.", other.host);
        assert_eq!(absence(lab, &name, RecordType::A).await, ResponseCode::NXDomain, "{name}");
    }
}
