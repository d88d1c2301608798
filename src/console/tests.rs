//! The rows of a scripted lookup and of scripted exchanges.

use super::*;
use crate::journal::{
    Ask, BodyEnd, DnsAnswer, DnsAsk, DnsFact, DnsRecord, Entry, EntryNo, Event, Fact, How, HttpAsk, HttpFact,
    HttpHead, HttpWhat, NetFact, Offset, OpId, Outcome, Payload, QuietMark, RecordData, RecordKind, Secret, Srv,
    TlsMode, Transport, Wall, dns_key,
};

const RUN: OpId = OpId(0);

/// Entries as a run would number them, a tenth of a second apart.
#[derive(Default)]
struct Script(Vec<Entry>);

impl Script {
    fn say(&mut self, op: u32, parent: u32, event: Event) -> &mut Self {
        let n = self.0.len() as u64;
        let ms = n * 100;
        self.0.push(Entry {
            n: EntryNo(n + 1),
            op: OpId(op),
            parent: (op != parent).then_some(OpId(parent)),
            at: Offset::default().after(std::time::Duration::from_millis(ms)),
            wall: Wall(ms as i64),
            event,
        });
        self
    }

    fn began(&mut self, op: u32, parent: u32, ask: Ask) -> &mut Self {
        self.say(op, parent, Event::Began(ask))
    }

    fn dns(&mut self, op: u32, fact: DnsFact) -> &mut Self {
        self.say(op, RUN.0, Event::Saw(Fact::Dns(fact)))
    }

    fn http(&mut self, op: u32, fact: HttpFact) -> &mut Self {
        self.say(op, RUN.0, Event::Saw(Fact::Http(Box::new(fact))))
    }

    fn ended(&mut self, op: u32, outcome: Outcome) -> &mut Self {
        self.say(op, RUN.0, Event::Ended(outcome))
    }

    fn console(&self) -> Console {
        Console::of(&self.0)
    }
}

/// The rows at these places, each as `check` prints it.
fn shown(console: &Console, places: &[usize]) -> Vec<String> {
    let rows = places.iter().map(|at| &console.rows()[*at]);
    rows.map(|row| {
        let text: Vec<String> = row.lines(true).iter().map(Line::text).collect();
        format!("{} {}", row.mark.text(), text.join(" "))
    })
    .collect()
}

fn lines(row: &Row) -> Vec<String> {
    row.lines(false).iter().map(|line| " ".repeat(line.indent) + &line.text()).collect()
}

fn all(console: &Console) -> Vec<String> {
    shown(console, &(0..console.rows().len()).collect::<Vec<_>>())
}

fn question() -> DnsAsk {
    let name = "_cisco-uds._tcp.example.test".to_owned();
    DnsAsk { name, kind: RecordKind::Srv, server: "10.1.1.53:53".to_owned() }
}

fn answer(rcode: &str, records: Vec<DnsRecord>) -> DnsAnswer {
    DnsAnswer {
        transport: Transport::Udp,
        rcode: rcode.to_owned(),
        truncated: false,
        authoritative: true,
        records,
        left_out: 0,
        negative_ttl: None,
        bytes: 187,
    }
}

fn record(name: &str, data: RecordData) -> DnsRecord {
    DnsRecord { name: name.to_owned(), ttl: 3600, data }
}

fn srv(priority: u16, target: &str) -> RecordData {
    RecordData::Srv(Srv { priority, weight: 5, port: 8443, target: target.to_owned() })
}

/// What one answer shows, as one line.
fn answered(answer: DnsAnswer) -> String {
    let mut script = Script::default();
    script.began(1, 0, Ask::Dns(question())).dns(1, DnsFact::Answered(answer));
    all(&script.console()).remove(1)
}

fn ask(what: HttpWhat, url: &str) -> HttpAsk {
    HttpAsk::new(what, url.to_owned(), vec!["10.1.1.10".to_owned()])
}

fn version() -> Ask {
    Ask::Http(ask(HttpWhat::Version, "https://CUCM1.example.test:8443/cucm-uds/version"))
}

fn text(text: &str) -> Payload {
    Payload::cut(text.as_bytes(), &[])
}

/// A payload whose part `secret` was cut out.
fn cut(text: &str, secret: &str, note: &str) -> Payload {
    let from = text.find(secret).unwrap();
    let range = from..from + secret.len();
    Payload::cut(text.as_bytes(), &[Secret { range, kind: "Basic".to_owned(), note: note.to_owned() }])
}

fn sent(head: &str) -> HttpFact {
    HttpFact::Sent { head: text(head), body: Payload::default(), credential: false }
}

fn head(status: u16, head: &str) -> HttpFact {
    HttpFact::Head(HttpHead { status, realm: None, location: None, content_type: None, payload: text(head) })
}

fn body(content: &str, end: BodyEnd) -> HttpFact {
    HttpFact::Body { payload: text(content), bytes: content.len() as u64, end }
}

#[test]
fn a_lookup_shows_each_message_of_it() {
    let mut script = Script::default();
    let truncated = DnsAnswer { truncated: true, ..answer("NOERROR", Vec::new()) };
    let whole = DnsAnswer {
        transport: Transport::Tcp,
        authoritative: false,
        ..answer(
            "NOERROR",
            vec![
                record("_cisco-uds._tcp.example.test", srv(1, "cucm1.example.test")),
                record("_cisco-uds._tcp.example.test", srv(2, "cucm2")),
                record("cucm2", RecordData::Address("10.1.1.11".to_owned())),
            ],
        )
    };
    script
        .began(1, 0, Ask::Dns(question()))
        .dns(1, DnsFact::Sent { transport: Transport::Udp, bytes: 57 })
        .dns(1, DnsFact::Sent { transport: Transport::Udp, bytes: 57 })
        .dns(1, DnsFact::Ignored { transport: Transport::Udp, why: "another id".to_owned(), bytes: 43 })
        .dns(1, DnsFact::Answered(truncated))
        .dns(1, DnsFact::Sent { transport: Transport::Tcp, bytes: 57 })
        .dns(1, DnsFact::Answered(whole))
        .ended(1, Outcome::ok());
    let console = script.console();
    let expected = [
        "== SRV _cisco-uds._tcp.example.test? asked 10.1.1.53:53",
        ">> SRV _cisco-uds._tcp.example.test sent to 10.1.1.53:53 over UDP, 57 bytes",
        ">> SRV _cisco-uds._tcp.example.test re-sent (no. 2) to 10.1.1.53:53 over UDP, 57 bytes",
        "<< SRV _cisco-uds._tcp.example.test: a message was left aside: another id (UDP, 43 bytes)",
        "<< SRV _cisco-uds._tcp.example.test from 10.1.1.53:53: NOERROR, AA, 187 bytes over UDP, truncated",
        ">> SRV _cisco-uds._tcp.example.test sent to 10.1.1.53:53 over TCP, 57 bytes",
        "<< SRV _cisco-uds._tcp.example.test from 10.1.1.53:53: NOERROR, from a cache, 187 bytes over TCP: \
         SRV 1 5 8443 cucm1.example.test, TTL 3600 s; SRV 2 5 8443 cucm2, TTL 3600 s; \
         cucm2 A 10.1.1.11, TTL 3600 s",
    ];
    assert_eq!(all(&console), expected);
    assert_eq!(console.of_place(&dns_key(&question().name)), console.of_op(OpId(1)));
    assert_eq!(console.of_op(OpId(1)).len(), expected.len());
    assert!(console.rows().iter().all(|row| row.kind == Kind::Dns));
    let records = lines(&console.rows()[6]);
    assert_eq!(
        records[1..],
        [
            "  SRV 1 5 8443 cucm1.example.test, TTL 3600 s;",
            "  SRV 2 5 8443 cucm2, TTL 3600 s;",
            "  cucm2 A 10.1.1.11, TTL 3600 s"
        ]
    );
}

#[test]
fn no_such_name_is_told_from_no_such_record_and_from_a_refusal() {
    let from = "<< SRV _cisco-uds._tcp.example.test from 10.1.1.53:53: ";
    let absent = DnsAnswer { negative_ttl: Some(900), ..answer("NXDOMAIN", Vec::new()) };
    let expected =
        "NXDOMAIN (no such name), AA, 187 bytes over UDP; that there is none may be remembered for 900 s";
    assert_eq!(answered(absent), format!("{from}{expected}"));
    let empty = answered(answer("NOERROR", Vec::new()));
    assert_eq!(empty, format!("{from}NOERROR (no such record), AA, 187 bytes over UDP"));
    assert_eq!(answered(answer("SERVFAIL", Vec::new())), format!("{from}SERVFAIL, AA, 187 bytes over UDP"));
    let many = DnsAnswer { left_out: 12, ..answer("NOERROR", vec![record("x", RecordData::Alias("y".into()))]) };
    assert!(answered(many).ends_with(": x CNAME y, TTL 3600 s; 12 more records were left out"));
    let other = answer("NOERROR", vec![record("x", RecordData::Other("TXT".into(), "\"a\"".into()))]);
    assert!(answered(other).ends_with(": x TXT \"a\", TTL 3600 s"));
}

#[test]
fn a_closed_port_and_the_end_of_a_question_are_said() {
    let mut script = Script::default();
    script
        .began(1, 0, Ask::Dns(question()))
        .dns(1, DnsFact::Unreachable { transport: Transport::Udp, code: "ECONNREFUSED".to_owned() })
        .ended(1, Outcome::new(How::Refused, "ECONNREFUSED", ""))
        .began(2, 0, Ask::Dns(DnsAsk { kind: RecordKind::Aaaa, ..question() }))
        .dns(2, DnsFact::Unreachable { transport: Transport::Tcp, code: "EHOSTUNREACH".to_owned() })
        .ended(2, Outcome::new(How::TimedOut, "ETIMEDOUT", "no answer in 5 s"));
    let rows = all(&script.console());
    let name = "_cisco-uds._tcp.example.test";
    assert_eq!(
        rows[1],
        format!("!! SRV {name}: 10.1.1.53:53 says by ICMP that nothing listens there (ECONNREFUSED, UDP)")
    );
    assert_eq!(rows[2], format!("!! SRV {name} from 10.1.1.53:53 refused: ECONNREFUSED"));
    assert_eq!(rows[4], format!("!! AAAA {name}: no way to the host of 10.1.1.53:53 (EHOSTUNREACH, TCP)"));
    assert_eq!(
        rows[5],
        format!("!! AAAA {name} from 10.1.1.53:53: nothing came in time: no answer in 5 s (ETIMEDOUT)")
    );
}

/// A whole exchange: its connect and handshake below it, and another one on the same connection.
fn exchange() -> Script {
    let mut script = Script::default();
    let connect = Ask::Connect { to: "10.1.1.10:8443".to_owned() };
    let (local, remote) = ("10.1.1.9:40000".to_owned(), "10.1.1.10:8443".to_owned());
    let handshake = Ask::Handshake { server_name: "cucm1.example.test".to_owned(), mode: TlsMode::Direct };
    script
        .began(1, 0, version())
        .began(2, 1, connect)
        .say(2, 1, Event::Saw(Fact::Net(NetFact::Connected { local, remote, via: None })))
        .say(2, 1, Event::Ended(Outcome::ok()))
        .began(3, 1, handshake)
        .say(3, 1, Event::Ended(Outcome::ok()))
        .http(1, sent("GET /cucm-uds/version HTTP/1.1\r\nHost: cucm1.example.test:8443\r\n\r\n"))
        .http(1, head(200, "HTTP/1.1 200 OK\r\nServer:\r\nContent-Type: application/xml\r\n\r\n"))
        .http(1, body("<?xml version='1.0'?><v version=\"1\"><version>12.5.1</version></v>", BodyEnd::Complete))
        .ended(1, Outcome::ok())
        .began(4, 0, Ask::Http(ask(HttpWhat::User, "https://cucm1.example.test:8443/cucm-uds/user/alice")));
    script
}

#[test]
fn an_exchange_is_shown_with_its_connect_and_its_handshake() {
    let console = exchange().console();
    let expected = [
        "== UDS version: https://CUCM1.example.test:8443/cucm-uds/version at 10.1.1.10",
        "== connecting to 10.1.1.10:8443",
        "== connected, 10.1.1.9:40000 to 10.1.1.10:8443",
        "== TLS handshake, SNI cucm1.example.test",
        ">> GET /cucm-uds/version HTTP/1.1 Host: cucm1.example.test:8443",
        "<< HTTP/1.1 200 OK Server: Content-Type: application/xml",
        "<< <?xml version='1.0'?><v version=\"1\"><version>12.5.1</version></v>",
    ];
    assert_eq!(shown(&console, console.of_op(OpId(1))), expected);
    let of_host = console.of_place("https://cucm1.example.test:8443");
    assert_eq!((of_host.len(), console.of_op(OpId(2)).len()), (expected.len() + 1, 0));
    assert_eq!(console.place_of(&console.rows()[2]), Some("https://cucm1.example.test:8443"));
    assert_eq!(
        lines(&console.rows()[4]),
        ["GET https://CUCM1.example.test:8443/cucm-uds/version", "  Host: cucm1.example.test:8443"]
    );
    assert_eq!(
        lines(&console.rows()[6]),
        ["<?xml version='1.0'?>", "<v version=\"1\">", "  <version>12.5.1</version>", "</v>"]
    );
    assert_eq!(console.rows()[6].kind, Kind::Http);
}

#[test]
fn the_order_between_operations_changes_no_place() {
    let script = exchange();
    let places = |entries: &[Entry]| {
        let console = Console::of(entries);
        let numbers = |places: &[usize]| {
            let mut numbers: Vec<u64> = places.iter().map(|at| console.rows()[*at].n.0).collect();
            numbers.sort_unstable();
            numbers
        };
        let of_op: Vec<Vec<u64>> = (0..5).map(|op| numbers(console.of_op(OpId(op)))).collect();
        let named: Vec<Option<String>> = {
            let mut rows: Vec<&Row> = console.rows().iter().collect();
            rows.sort_by_key(|row| row.n);
            rows.into_iter().map(|row| console.place_of(row).map(str::to_owned)).collect()
        };
        (numbers(console.of_place("https://cucm1.example.test:8443")), of_op, named)
    };
    let expected = places(&script.0);
    assert_eq!(expected.0.len(), 8);
    for last_first in [false, true] {
        let mut entries = script.0.clone();
        entries.sort_by_key(|entry| if last_first { u32::MAX - entry.op.0 } else { entry.op.0 });
        assert_eq!(places(&entries), expected);
    }
    for end in 0..script.0.len() {
        Console::of(&script.0[..end]);
    }
}

#[test]
fn a_credential_is_seen_by_its_note_and_a_soap_body_as_xml() {
    let mut script = Script::default();
    let request = "GET /cucm-uds/user/alice HTTP/1.1\r\nAuthorization: Basic YWxpY2U6cA==\r\nAccept: */*\r\n\r\n";
    let basic = HttpFact::Sent {
        head: cut(request, "YWxpY2U6cA==", "user alice"),
        body: Payload::default(),
        credential: true,
    };
    let soap = "<E><password>secret</password></E>";
    let login =
        HttpFact::Sent { head: text("POST /s HTTP/1.1\r\n\r\n"), body: cut(soap, "secret", ""), credential: true };
    script
        .began(1, 0, Ask::Http(ask(HttpWhat::User, "https://a:8443/cucm-uds/user/alice")))
        .http(1, basic)
        .began(2, 0, Ask::Http(ask(HttpWhat::EpasLogin, "https://imp1:8443/s")))
        .http(2, login);
    let console = script.console();
    let expected = [
        "GET https://a:8443/cucm-uds/user/alice",
        "  Authorization: Basic [masked Basic: user alice]",
        "  Accept: */*",
        "[it holds a credential: one attempt]",
    ];
    assert_eq!(lines(&console.rows()[1]), expected);
    let posted = lines(&console.rows()[3]);
    assert_eq!(posted[..3], ["POST https://imp1:8443/s", "<E>", "  <password>[masked Basic]</password>"]);
}

#[test]
fn hostile_text_is_escaped_wherever_it_stands() {
    let mut script = Script::default();
    let evil = "\u{1b}[2J\u{202e}";
    let records = vec![record(evil, srv(0, evil)), record("x", RecordData::Other(evil.into(), evil.into()))];
    script
        .began(1, 0, Ask::Dns(DnsAsk { name: evil.into(), ..question() }))
        .dns(1, DnsFact::Answered(DnsAnswer { rcode: evil.into(), ..answer("", records) }))
        .dns(1, DnsFact::Ignored { transport: Transport::Udp, why: evil.into(), bytes: 1 })
        .dns(1, DnsFact::Unreachable { transport: Transport::Udp, code: evil.into() })
        .began(2, 0, Ask::Http(ask(HttpWhat::Version, &format!("https://{evil}/"))))
        .http(2, sent(&format!("GET {evil} HTTP/1.1\r\n{evil}: {evil}\r\n{evil}\r\n\r\n")))
        .http(2, head(200, &format!("HTTP/1.1 200 {evil}\r\nServer: {evil}\r\r\n\n")))
        .http(2, body(&format!("<a b='{evil}'>{evil}<!--{evil}--></a>"), BodyEnd::Complete))
        .http(2, body(&format!("<html>{evil}\n{evil}"), BodyEnd::Broken))
        .http(2, HttpFact::Quiet { mark: QuietMark::Slow, since: Offset::default() })
        .http(
            2,
            HttpFact::Gate {
                why: evil.into(),
                fingerprint: Some(evil.into()),
                failed: vec![evil.into()],
                would_send: evil.into(),
            },
        )
        .ended(2, Outcome::new(How::Lost, evil, evil));
    let console = script.console();
    assert_eq!(console.rows().len(), 12);
    for row in console.rows() {
        for raw in [true, false] {
            let shown: String = row.lines(raw).iter().map(Line::text).collect();
            assert!(shown.contains("\\u{1b}[2J\\u{202e}"), "{shown}");
            assert!(!shown.contains(|c: char| c.is_control() || c == '\u{202e}'), "{shown}");
        }
    }
}

#[test]
fn a_page_and_a_text_are_shown_line_by_line_and_bounded() {
    let row = |content: &str, end| {
        let mut script = Script::default();
        script.began(1, 0, version()).http(1, body(content, end));
        let console = script.console();
        (console.rows()[1].mark, lines(&console.rows()[1]))
    };
    let page = "<!-- custom Cisco error page -->\n<html>\n\n<p>401<br>\r\n</html>";
    let expected = ["<!-- custom Cisco error page -->", "<html>", "<p>401<br>", "</html>"];
    assert_eq!(row(page, BodyEnd::Complete), (Mark::In, expected.map(str::to_owned).to_vec()));
    assert_eq!(row("", BodyEnd::Complete), (Mark::In, vec!["[an empty body]".to_owned()]));
    let (mark, long) = row(&"é".repeat(1 << 19), BodyEnd::Bound);
    assert_eq!((mark, long[0].len()), (Mark::Bang, 4096));
    assert_eq!(
        long[1..],
        [
            "[1020 KiB more: no XML, and not shown]".to_owned(),
            "[bound met after 1 MiB: it was read no further]".to_owned()
        ]
    );
    let (mark, broken) = row("<a><b>", BodyEnd::TimedOut);
    let expected = ["<a>", "  <b>", "[no more of the body came in time, after 6 bytes]"];
    assert_eq!((mark, broken), (Mark::Bang, expected.map(str::to_owned).to_vec()));
}

#[test]
fn what_was_not_kept_of_a_body_is_said() {
    let mut script = Script::default();
    let kept = HttpFact::Body { payload: text("<a>"), bytes: 2048, end: BodyEnd::Complete };
    script.began(1, 0, version()).http(1, kept);
    let console = script.console();
    assert_eq!(lines(&console.rows()[1])[1], "[the first 3 bytes of 2 KiB were kept]");
}

#[test]
fn a_wait_says_what_did_not_come_and_since_when() {
    let mut script = Script::default();
    let quiet = |mark| HttpFact::Quiet { mark, since: Offset::default() };
    script
        .began(1, 0, version())
        .http(1, quiet(QuietMark::Slow))
        .began(2, 1, Ask::Connect { to: "10.1.1.10:8443".to_owned() })
        .http(1, quiet(QuietMark::Silent))
        .began(3, 1, Ask::Handshake { server_name: "x".to_owned(), mode: TlsMode::Direct })
        .http(1, quiet(QuietMark::Silent))
        .http(1, sent("GET / HTTP/1.1\r\n\r\n"))
        .http(1, quiet(QuietMark::Slow))
        .http(1, head(200, "HTTP/1.1 200 OK\r\n\r\n"))
        .http(1, quiet(QuietMark::Silent))
        .ended(1, Outcome::new(How::TimedOut, "silent", "the rest of the body"));
    let console = script.console();
    let waits: Vec<&Row> = console.rows().iter().filter(|row| row.kind == Kind::Wait).collect();
    let said: Vec<String> = waits.iter().map(|row| format!("{} {}", row.mark.text(), row.text())).collect();
    let place = "CUCM1.example.test:8443";
    let expected = [
        format!("== slow: nothing of UDS version from {place} in 0.1 s since it began"),
        format!("!! UDS version: no TCP connection to {place} for 0.3 s since the connect began"),
        format!("!! UDS version: no end of the TLS handshake with {place} for 0.5 s since it began"),
        format!("== slow: no answer to UDS version from {place} in 0.7 s since the request was sent"),
        format!("!! no more of the answer to UDS version from {place} for 0.9 s since the last of it came"),
    ];
    assert_eq!(said, expected);
    let end = console.rows().last().unwrap().text();
    assert_eq!(end, format!("UDS version from {place}: nothing came in time: the rest of the body"));
}

#[test]
fn a_shut_gate_says_that_nothing_was_sent_why_and_what_to_accept() {
    let gate = |why: &str, fingerprint: Option<&str>| {
        let mut script = Script::default();
        let shut = HttpFact::Gate {
            why: why.to_owned(),
            fingerprint: fingerprint.map(str::to_owned),
            failed: fingerprint
                .map(|_| vec!["chain: UnknownIssuer".to_owned(), "name".to_owned()])
                .unwrap_or_default(),
            would_send: fingerprint.map_or("", |_| "the password of alice").to_owned(),
        };
        script.began(1, 0, version()).http(1, shut).ended(1, Outcome::new(How::Stopped, why, ""));
        all(&script.console())[1..].to_vec()
    };
    let place = "CUCM1.example.test:8443";
    let expected = [
        format!(
            "!! nothing was sent to {place}: the certificate is not trusted; failed: chain: UnknownIssuer, name; \
             would be sent: the password of alice; to accept: sha256:00ff"
        ),
        format!("== UDS version from {place} stopped: untrusted"),
    ];
    assert_eq!(gate("untrusted", Some("sha256:00ff")), expected);
    assert_eq!(
        gate("attempts", None)[0],
        format!("!! nothing was sent to {place}: no attempt with the password is left")
    );
}

#[test]
fn an_answer_of_another_status_is_no_breakage_and_a_redirect_says_where_to() {
    let mut script = Script::default();
    let redirect = HttpFact::Head(HttpHead {
        status: 302,
        realm: None,
        location: Some("https://b/".to_owned()),
        content_type: None,
        payload: text("HTTP/1.1 302 Found\r\nLocation: https://b/\r\n\r\n"),
    });
    script.began(1, 0, version()).http(1, redirect).ended(1, Outcome::new(How::Refused, "302", ""));
    let rows = all(&script.console());
    assert_eq!(rows[1], "<< HTTP/1.1 302 Found Location: https://b/ [it leads to https://b/]");
    assert_eq!(rows[2], "== UDS version from CUCM1.example.test:8443: refused: 302");
}

#[test]
fn facts_without_their_question_are_shown_all_the_same() {
    let mut script = Script::default();
    script
        .dns(1, DnsFact::Sent { transport: Transport::Udp, bytes: 1 })
        .dns(1, DnsFact::Answered(answer("NOERROR", vec![record("a", srv(0, "b"))])))
        .http(2, sent("GET /x HTTP/1.1\r\n\r\n"))
        .http(2, HttpFact::Quiet { mark: QuietMark::Silent, since: Offset::default() });
    let expected = [
        ">> a question sent to the server over UDP, 1 byte",
        "<< a question from the server: NOERROR, AA, 187 bytes over UDP: a SRV 0 5 8443 b, TTL 3600 s",
        ">> GET /x HTTP/1.1",
        "!! nothing of the request from the server for 0.3 s since it began",
    ];
    assert_eq!(all(&script.console()), expected);
}
