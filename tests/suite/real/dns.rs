//! nsd as Debian ships it: a DNS server that serves `example.test`, and only that, from a zone file.

use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use impscope::journal::EpasClient;
use impscope::journal::{
    Ask, DnsAnswer, DnsAsk, DnsFact, DnsRecord, Event, Fact, How, Outcome, RecordData, RecordKind, Srv, Transport,
};
use impscope::login::Marks;
use impscope::login::fill::Secrets;
use impscope::probe::{Clock, Engine, Identity, Notes, Permissions, Roots};

use super::DOMAIN;
use super::server::free_address;
use crate::deadline::Deadline;
use crate::platform;
use crate::program::SOON;

/// A running DNS server.
pub struct NameServer {
    process: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl NameServer {
    /// Starts one that serves the domain from this zone, and waits until it answers; `None` if it is not installed.
    pub fn start(zone: &str) -> Option<Self> {
        if !crate::requirement::programs(&["nsd"]) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder can be made");
        let address = free_address();
        let own = |name: &str| folder.path().join(name);
        std::fs::write(own("zone"), zone).expect("a file can be written");
        std::fs::write(own("nsd.conf"), config(address, folder.path())).expect("a file can be written");
        let output = File::create(own("output")).expect("a file can be written");
        let mut command = Command::new("nsd");
        command.env_clear().env("PATH", crate::requirement::path()).current_dir(folder.path());
        command.arg("-d").arg("-c").arg(own("nsd.conf")).stdin(Stdio::null());
        command.stderr(output.try_clone().expect("a descriptor can be doubled")).stdout(output);
        platform::die_with_us(&mut command);
        let log = own("output");
        let mut server = Self { process: command.spawn().expect("nsd starts"), address, _folder: folder };
        let ready = Deadline::after(SOON).poll(|| {
            let ended = server.process.try_wait().expect("a child can be waited for").is_some();
            let ready = answers(address);
            (ready || ended).then_some(ready)
        });
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        assert_eq!(ready, Some(true), "nsd is not ready; it said:\n{}", said());
        Some(server)
    }

    /// Where it listens, over UDP and TCP: for `--dns`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        // The process that it has forked ends with it. Both fail only if it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// No files but those in its folder, no other user, and no control port.
fn config(address: SocketAddr, folder: &std::path::Path) -> String {
    format!(
        r#"server:
  ip-address: {ip}@{port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: ""
  xfrdfile: ""
  xfrdir: "{folder}"
  zonelistfile: "{folder}/zone.list"
remote-control:
  control-enable: no
zone:
  name: "{DOMAIN}"
  zonefile: "zone"
"#,
        ip = address.ip(),
        port = address.port(),
        folder = folder.display(),
    )
}

/// Whether it says anything when it is asked for the domain's SOA record.
fn answers(address: SocketAddr) -> bool {
    let ask = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.connect(address)?;
        socket.set_read_timeout(Some(Duration::from_millis(200)))?;
        socket.send(b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x04test\x00\x00\x06\x00\x01")?;
        socket.recv(&mut [0; 512])
    };
    ask().is_ok()
}

/// A zone in which a client finds this XMPP server, by SRV and by address.
pub fn good_zone(xmpp: SocketAddr) -> String {
    let port = xmpp.port();
    format!("{HEAD}_xmpp-client._tcp 600 SRV 10 60 {port} imp1\nimp1 {}\n", address_record(xmpp.ip()))
}

/// A zone whose services lead astray: one host does not exist, the other one is an alias of this server.
pub fn broken_zone(xmpp: SocketAddr) -> String {
    let port = xmpp.port();
    let services = format!("_xmpp-client._tcp SRV 10 0 {port} gone\n_xmpp-client._tcp SRV 20 0 {port} alias\n");
    format!("{HEAD}{services}alias CNAME imp1\nimp1 {}\n", address_record(xmpp.ip()))
}

/// A zone whose only service is on a host that does not exist.
pub fn lost_zone(xmpp: SocketAddr) -> String {
    format!("{HEAD}_xmpp-client._tcp SRV 10 0 {} gone\n", xmpp.port())
}

/// What is missing may be remembered for a minute, what is there for five.
const HEAD: &str =
    "$ORIGIN example.test.\n$TTL 300\n@ SOA ns hostmaster 1 7200 900 86400 60\n@ NS ns\nns A 127.0.0.1\n";

fn address_record(address: IpAddr) -> String {
    let kind = if address.is_ipv4() { "A" } else { "AAAA" };
    format!("{kind} {address}")
}

/// What the program makes of one question.
#[derive(Debug)]
struct Asked {
    facts: Vec<DnsFact>,
    end: Outcome,
}

impl Asked {
    fn answer(&self) -> &DnsAnswer {
        let Some(DnsFact::Answered(answer)) = self.facts.last() else { panic!("no answer: {self:#?}") };
        answer
    }

    fn data(&self) -> Vec<&RecordData> {
        self.answer().records.iter().map(|record| &record.data).collect()
    }
}

fn ask(server: &NameServer, kind: RecordKind, name: &str) -> Asked {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let ask = DnsAsk { name: name.to_owned(), kind, server: server.address().to_string() };
        let (notes, mut incoming) = Notes::channel(Clock::start());
        let run = notes.op(None);
        let marks = Marks { slow: SOON, silent: SOON, give_up: None };
        let epas =
            EpasClient { service: String::new(), kind: String::new(), version: String::new(), force: false };
        let identity = Identity { user_id: String::new(), epas, patience: marks, connect_timeout: SOON };
        let roots = Roots::load(None).expect("roots");
        let engine = Engine::new(notes, roots, Secrets::default(), 0, run.id, Permissions::default(), identity);
        let op = engine.dns(ask.clone());
        let mut facts = Vec::new();
        loop {
            let note = tokio::time::timeout(SOON, incoming.recv()).await.expect("it ends").expect("a note");
            assert_eq!((note.op, note.parent), (op, Some(run.id)));
            match note.event {
                Event::Began(began) => assert_eq!(began, Ask::Dns(ask.clone())),
                Event::Saw(Fact::Dns(fact)) => facts.push(fact),
                Event::Ended(end) => return Asked { facts, end },
                other => panic!("{other:?}"),
            }
        }
    })
}

const XMPP: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 11)), 5222);

fn service(priority: u16, weight: u16, target: &str) -> RecordData {
    RecordData::Srv(Srv { priority, weight, port: 5222, target: target.to_owned() })
}

fn address() -> RecordData {
    RecordData::Address("127.0.0.11".to_owned())
}

#[test]
fn a_good_zone_is_read_as_it_is_written() {
    let Some(server) = NameServer::start(&good_zone(XMPP)) else { return };
    let services = ask(&server, RecordKind::Srv, "_xmpp-client._tcp.example.test");
    let name = "_xmpp-client._tcp.example.test".to_owned();
    let data = service(10, 60, "imp1.example.test");
    assert_eq!(services.answer().records, [DnsRecord { name, ttl: 600, data }]);
    let DnsAnswer { rcode, authoritative, transport, .. } = services.answer();
    assert_eq!((rcode.as_str(), *authoritative, *transport), ("NOERROR", true, Transport::Udp));
    assert!(matches!(services.facts[..], [DnsFact::Sent { .. }, DnsFact::Answered(_)]), "{services:#?}");
    let addresses = ask(&server, RecordKind::A, "imp1.example.test");
    assert_eq!((addresses.data(), &addresses.end), (vec![&address()], &Outcome::ok()));
}

#[test]
fn what_is_not_there_is_told_apart() {
    let Some(server) = NameServer::start(&good_zone(XMPP)) else { return };
    for (kind, name, rcode) in [
        (RecordKind::Srv, "_cisco-uds._tcp.example.test", "NXDOMAIN"),
        (RecordKind::Aaaa, "imp1.example.test", "NOERROR"),
    ] {
        let asked = ask(&server, kind, name);
        assert_eq!((asked.end.how, asked.answer().rcode.as_str()), (How::Ok, rcode), "{asked:#?}");
        assert_eq!((asked.data().len(), asked.answer().negative_ttl), (0, Some(60)));
    }
    let elsewhere = ask(&server, RecordKind::A, "imp1.another.test");
    assert_eq!(
        (elsewhere.end.how, elsewhere.end.code.as_deref()),
        (How::Refused, Some("REFUSED")),
        "{elsewhere:#?}"
    );
}

#[test]
fn a_broken_zone_shows_where_it_leads() {
    let Some(server) = NameServer::start(&broken_zone(XMPP)) else { return };
    let services = ask(&server, RecordKind::Srv, "_xmpp-client._tcp.example.test");
    let mut targets = services.data();
    targets.sort_by_key(|data| if let RecordData::Srv(srv) = data { srv.priority } else { u16::MAX });
    assert_eq!(targets, [&service(10, 0, "gone.example.test"), &service(20, 0, "alias.example.test")]);
    assert_eq!(ask(&server, RecordKind::A, "gone.example.test").answer().rcode, "NXDOMAIN");
    let alias = ask(&server, RecordKind::A, "alias.example.test");
    assert_eq!(alias.data(), [&RecordData::Alias("imp1.example.test".to_owned()), &address()]);
}

#[test]
fn a_zone_that_cannot_be_loaded_is_a_failure_of_the_server() {
    let Some(server) = NameServer::start("this is no zone\n") else { return };
    let asked = ask(&server, RecordKind::Srv, "_xmpp-client._tcp.example.test");
    assert_eq!((asked.end.how, asked.end.code.as_deref()), (How::Refused, Some("SERVFAIL")), "{asked:#?}");
}

#[test]
fn what_does_not_fit_a_datagram_comes_over_tcp() {
    let hosts: String = (1..=200).map(|nth| format!("many A 127.0.1.{nth}\n")).collect();
    let Some(server) = NameServer::start(&format!("{HEAD}{hosts}")) else { return };
    let asked = ask(&server, RecordKind::A, "many.example.test");
    let [_, DnsFact::Answered(cut), DnsFact::Sent { transport, .. }, DnsFact::Answered(whole)] = &asked.facts[..]
    else {
        panic!("{asked:#?}")
    };
    assert!(cut.truncated && !whole.truncated && *transport == Transport::Tcp);
    assert_eq!((whole.transport, whole.records.len(), whole.left_out), (Transport::Tcp, 200, 0));
}
