//! The ladder of a small script.

use super::*;
use crate::journal::{
    Awaited, ClientKind, DnsAsk, LoginAsk, Payload, Purpose, Read, RecordKind, Sent, Span, Stage, TlsMode,
    Transport,
};

fn entry(n: u64, ms: u64, op: u32, parent: Option<u32>, event: Event) -> Entry {
    let (at, wall) = (Offset(ms * 1000), Wall(i64::try_from(ms).unwrap()));
    Entry { n: EntryNo(n), op: OpId(op), parent: parent.map(OpId), at, wall, event }
}

fn login(host: &str) -> Ask {
    Ask::Login(LoginAsk {
        host: host.into(),
        port: 5222,
        user: "alice".into(),
        domain: "example.test".into(),
        client: ClientKind::Psi,
        tls: TlsMode::Starttls,
        until: Stage::Session,
        mechanism: None,
        home: None,
        named_by: String::new(),
        credential: true,
        purpose: Purpose::Login,
    })
}

fn auth() -> Fact {
    Fact::Xmpp(Box::new(XmppFact::Sent(Sent {
        what: "auth".into(),
        payload: Payload::default(),
        wire: Span { from: 0, to: 9 },
        secure: true,
        by: crate::journal::Author::Proposal,
        credential: true,
        mechanism: Some("PLAIN".into()),
        parts: crate::journal::Parts::default(),
    })))
}

fn wait(mark: WaitMark) -> Fact {
    Fact::Wait(WaitFact { awaited: Awaited::AuthAnswer, since: Offset(2_000_000), mark, reply: None })
}

fn script() -> Vec<Entry> {
    let dns = DnsAsk { name: "_x._tcp.example.test".into(), kind: RecordKind::Srv, server: "10.1.1.53:53".into() };
    let sent = DnsFact::Sent { transport: Transport::Udp, bytes: 9 };
    vec![
        entry(1, 900, 5, None, Event::Began(login("imp1.example.test"))),
        entry(2, 1000, 6, None, Event::Began(Ask::Dns(dns))),
        entry(3, 1001, 6, None, Event::Saw(Fact::Dns(sent))),
        entry(4, 1100, 7, Some(5), Event::Began(Ask::Connect { to: "10.1.2.11:5222".into() })),
        entry(5, 1103, 7, Some(5), Event::Ended(Outcome::ok())),
        entry(6, 2000, 5, None, Event::Saw(auth())),
        entry(7, 12_000, 5, None, Event::Saw(wait(WaitMark::Silent))),
        entry(8, 32_500, 5, None, Event::Saw(wait(WaitMark::GaveUp))),
    ]
}

#[test]
fn arrows_stand_between_their_lanes_and_a_silence_is_a_gap() {
    let expected = "              10.1.1.53 = DNS server 10.1.1.53:53
              imp1 = IM&P node imp1.example.test
              client      10.1.1.53   imp1
00:00:01.001  |---------->|           |  SRV _x._tcp.example.test over UDP  #3
00:00:01.100  |---------------------->|  TCP connect to 10.1.2.11:5222  #4
00:00:01.103  |<----------------------|  connected  #5
00:00:02.000  |---------------------->|  <auth PLAIN>  #6
              :           |           :
              :           |           :  nothing for 30.5 s, waiting for <success>, <challenge> or <failure>  #7
              :           |           :
              :           |           :";
    assert_eq!(lines(&Ladder::of(&script())).join("\n"), expected);
}

#[test]
fn entry_by_entry_it_becomes_the_same() {
    let mut ladder = Ladder::default();
    for (at, entry) in script().iter().enumerate() {
        ladder.apply(entry);
        assert_eq!(ladder, Ladder::of(&script()[..=at]));
        let _ = lines(&ladder);
    }
}

#[test]
fn more_lanes_than_can_be_drawn_share_the_last() {
    let mut entries = Vec::new();
    for op in 1..30 {
        entries.push(entry(u64::from(op), 0, op, None, Event::Began(login(&format!("imp{op}.example.test")))));
        entries.push(entry(u64::from(op), 0, op, None, Event::Saw(auth())));
    }
    let lines = lines(&Ladder::of(&entries));
    assert!(lines.iter().any(|line| line.ends_with("others")));
    let arrows = lines.iter().filter(|line| line.contains("<auth PLAIN>"));
    assert!(arrows.clone().count() == 29 && arrows.map(String::len).max() < Some(160));
}

#[test]
fn what_a_server_says_is_bounded_and_cannot_hide() {
    let name = "\u{202e}\n".to_owned() + &"x".repeat(9000);
    let read = Read::Element { name, ns: None };
    let received = crate::journal::Received {
        payload: Payload::default(),
        span: Span { from: 0, to: 1 },
        wire: 1,
        secure: true,
        read,
        parts: crate::journal::Parts::default(),
    };
    let entries = [
        entry(1, 0, 5, None, Event::Began(login("imp1"))),
        entry(2, 0, 5, None, Event::Saw(Fact::Xmpp(Box::new(XmppFact::Received(received))))),
    ];
    let line = lines(&Ladder::of(&entries)).pop().unwrap();
    assert!(line.contains("<\\u{202e}\\nxxx") && line.len() < 300, "{line}");
}
