//! The fold: operations in any order, and no more work for a long login than for a short one.

use super::script::{DNS, Script, goal, srv};
use super::*;
use crate::discovery::Reading;
use crate::journal::{
    Author, Awaited, CertFact, Clients, HttpAsk, LoginAsk, NetFact, Payload, Purpose, Read, RecordKind, Sent,
    Span, Stage, TlsFact, TlsMode, UserAct, Verdict, WaitFact, WaitMark, XmppFact,
};

fn version(addresses: &[&str]) -> HttpAsk {
    HttpAsk::new(
        HttpWhat::Version,
        "https://cucm1.example.test:8443/cucm-uds/version".into(),
        addresses.iter().map(|&address| address.to_owned()).collect(),
    )
}

fn chain(fingerprint: &str) -> TlsFact {
    let cert = CertFact {
        fingerprint: fingerprint.into(),
        subject: "CN=cucm1".into(),
        issuer: "CN=cucm1".into(),
        not_before: 0,
        not_after: 1,
        names: Vec::new(),
        key: "RSA 2048".into(),
        signature: "sha256".into(),
    };
    TlsFact::Chain { certs: vec![cert] }
}

fn verified(code: &str) -> TlsFact {
    let chain = Verdict { ok: false, code: code.into() };
    TlsFact::Verified { chain, names: Vec::new(), key_proven: true }
}

/// An exchange over two addresses, the second of which answers.
fn exchange() -> (Script, OpId) {
    let mut script = Script::new(goal(Clients::All));
    let http = script.begin(Ask::Http(version(&["10.1.2.11", "10.1.2.12"])));
    for (at, address) in ["10.1.2.11:8443", "10.1.2.12:8443"].into_iter().enumerate() {
        let connect = script.begin_under(http, Ask::Connect { to: address.into() });
        let (local, remote) = ("10.0.0.1:1".into(), address.into());
        script.say(connect, Event::Saw(Fact::Net(NetFact::Connected { local, remote, via: None })));
        script.end(connect, Outcome::ok());
        let ask = Ask::Handshake { server_name: "cucm1.example.test".into(), mode: TlsMode::Direct };
        let handshake = script.begin_under(http, ask);
        script.say(handshake, Event::Saw(Fact::Tls(chain(&format!("sha256:{at}")))));
        script.say(handshake, Event::Saw(Fact::Tls(verified(&format!("code {at}")))));
        script.end(handshake, Outcome::ok());
    }
    script.replied(http, 200, "<versionInformation><version>12.5.1</version></versionInformation>", false);
    (script, http)
}

#[test]
fn an_exchange_has_what_its_connects_and_handshakes_saw() {
    let (script, http) = exchange();
    let walk = script.walk();
    let exchange = &walk.exchanges()[0];
    assert_eq!((exchange.op, exchange.status(), exchange.connects.len()), (http, Some(200), 2));
    assert!(exchange.connects.iter().all(|connect| connect.ended.is_some()));
    let certificate = exchange.certificate.as_ref().unwrap();
    assert_eq!(certificate.certs[0].fingerprint, "sha256:1", "the newest one counts");
    assert_eq!(certificate.verified.as_ref().unwrap().1.code, "code 1");
    assert!(matches!(&exchange.reading, Reading::Version(read) if read.version == "12.5.1"));
    assert_eq!(walk.open(), 0);
}

#[test]
fn a_handshake_that_still_goes_on_casts_no_doubt_on_a_connection_that_stood() {
    let mut script = Script::new(goal(Clients::All));
    script.exchange(version(&["10.1.2.11"]), 200, "<versionInformation/>");
    let other = script.begin(Ask::Http(version(&["10.1.2.11"])));
    let ask = Ask::Handshake { server_name: "cucm1.example.test".into(), mode: TlsMode::Direct };
    let handshake = script.begin_under(other, ask);
    script.say(handshake, Event::Saw(Fact::Tls(chain("sha256:0"))));
    let is_doubtful = |script: &Script| {
        let walk = script.walk();
        walk.is_doubtful(&walk.exchanges()[0])
    };
    assert!(!is_doubtful(&script));
    script.say(handshake, Event::Saw(Fact::Tls(verified("untrusted"))));
    assert!(is_doubtful(&script));
}

#[test]
fn operations_may_be_read_in_any_order() {
    let (mut script, _) = exchange();
    for (n, fingerprint) in ["sha256:b", "sha256:a"].into_iter().enumerate() {
        let op = script.begin(Ask::Login(LoginAsk::of_alice("imp1.example.test")));
        let act = UserAct::Accepted { host: format!("imp{n}"), port: None, fingerprint: fingerprint.into() };
        script.say(op, Event::Saw(Fact::User(act)));
        script.features(op, &["imp1.example.test"]);
        script.end(op, Outcome::ok());
    }
    let as_it_was = script.walk();
    assert_eq!(as_it_was.permissions().accepted.len(), 2);
    let mut mixed = script.entries.clone();
    mixed.sort_by_key(|entry| std::cmp::Reverse(entry.op));
    assert_eq!(Walk::of(&mixed), as_it_was);
    for rotation in 0..script.entries.len() {
        let mut operations: Vec<OpId> = script.entries.iter().map(|entry| entry.op).collect();
        operations.dedup();
        operations.sort();
        operations.dedup();
        let turn = rotation % operations.len();
        operations.rotate_left(turn);
        let place = |entry: &Entry| operations.iter().position(|op| *op == entry.op);
        mixed.sort_by_key(|entry| (place(entry), entry.n));
        assert_eq!(Walk::of(&mixed), as_it_was);
    }
}

#[test]
fn every_prefix_folds() {
    let (script, _) = exchange();
    let mut walk = Walk::default();
    for (at, entry) in script.entries.iter().enumerate() {
        walk.apply(entry);
        assert_eq!(walk, Walk::of(&script.entries[..=at]));
    }
}

#[test]
fn the_traffic_of_a_login_changes_nothing_here() {
    let mut script = Script::new(goal(Clients::All));
    let op = script.begin(Ask::Login(LoginAsk::of_alice("imp1.example.test")));
    let mut walk = script.walk();
    let begun = script.entries.len();
    let before = walk.revision();
    for _ in 0..1000 {
        script.received(op, Read::Message);
    }
    script.entries[begun..].iter().for_each(|entry| walk.apply(entry));
    assert_eq!(walk.revision(), before);
    script.received(op, Read::Success);
    walk.apply(script.entries.last().unwrap());
    assert!(walk.revision() > before);
}

/// A login for this purpose that writes the credential so often.
fn login_for(script: &mut Script, purpose: Purpose, writes: usize) -> OpId {
    let ask = LoginAsk { purpose, until: Stage::Auth, ..LoginAsk::of_alice("imp1.example.test") };
    let op = script.begin(Ask::Login(ask));
    for _ in 0..writes {
        let sent = Sent {
            what: "auth".into(),
            payload: Payload::cut(b"", &[]),
            wire: Span { from: 0, to: 0 },
            secure: true,
            by: Author::Proposal,
            credential: true,
            mechanism: None,
            parts: crate::journal::Parts::default(),
        };
        script.say(op, Event::Saw(Fact::Xmpp(Box::new(XmppFact::Sent(sent)))));
    }
    op
}

#[test]
fn questions_of_the_experiment_stand_apart_and_only_the_users_own_writes_count() {
    let mut script = Script::new(goal(Clients::All));
    let user = script.begin(Ask::Http(version(&[])));
    script.replied(user, 200, "", true);
    let purposes = [
        (Purpose::Login, 2),
        (Purpose::ImpossibleMechanism, 1),
        (Purpose::UnknownUser, 1),
        (Purpose::SecondUser, 1),
        (Purpose::OtherWay, 3),
    ];
    for (purpose, writes) in purposes {
        login_for(&mut script, purpose, writes);
    }
    let walk = script.walk();
    assert_eq!((walk.logins().len(), walk.controls().len(), walk.attempts()), (1, 4, 1 + 2 + 3));
    let mut backwards = script.entries.clone();
    backwards.sort_by_key(|entry| std::cmp::Reverse(entry.op));
    assert_eq!(Walk::of(&backwards), walk);
}

#[test]
fn a_silence_stays_known_and_what_comes_later_is_late() {
    let mut script = Script::new(goal(Clients::All));
    let op = login_for(&mut script, Purpose::Login, 1);
    let seen = |script: &Script| script.walk().logins()[0].clone();
    script.auth_wait(op, WaitMark::Slow);
    assert!(!seen(&script).is_settled());
    script.auth_wait(op, WaitMark::Silent);
    let silent = seen(&script);
    assert_eq!(silent.auth_silent, Some(script.entries.last().unwrap().n));
    assert!(silent.is_settled() && !silent.is_late() && silent.ended.is_none());
    script.auth_wait(op, WaitMark::Answered);
    assert!(seen(&script).is_late() && seen(&script).auth_silent == silent.auth_silent);
    let quick = login_for(&mut script, Purpose::Login, 1);
    script.auth_wait(quick, WaitMark::Answered);
    let quick = script.walk().logins()[1].clone();
    assert!(quick.is_settled() && !quick.is_late() && quick.silent.is_none());
}

#[test]
fn a_silence_before_auth_is_none_of_auth() {
    let mut script = Script::new(goal(Clients::All));
    let op = script.begin(Ask::Login(LoginAsk::of_alice("imp1.example.test")));
    let wait = WaitFact { awaited: Awaited::Features, since: Offset(0), mark: WaitMark::Silent, reply: None };
    script.say(op, Event::Saw(Fact::Wait(wait)));
    let seen = script.walk().logins()[0].clone();
    assert!(seen.silent.is_some() && seen.auth_silent.is_none());
}

#[test]
fn entries_of_an_operation_that_never_comes_are_bounded() {
    let mut script = Script::new(goal(Clients::All));
    for _ in 0..2 * EARLY {
        script.received(OpId(77), Read::Message);
    }
    let mut walk = script.walk();
    assert_eq!((walk.waiting, walk.early.len()), (EARLY, 1));
    let mut login = Script::new(goal(Clients::All));
    for _ in 0..76 {
        login.begin(Ask::Login(LoginAsk::of_alice("imp1.example.test")));
    }
    login.entries.iter().for_each(|entry| walk.apply(entry));
    assert_eq!((walk.waiting, walk.early.len()), (0, 0));
}

#[test]
fn a_chain_of_operations_that_is_read_backwards_is_taken_whole() {
    let mut script = Script::new(goal(Clients::All));
    let mut above = script.begin(Ask::Http(version(&[])));
    for _ in 0..4000 {
        above = script.begin_under(above, Ask::Connect { to: "10.1.2.11:8443".into() });
    }
    let mut backwards = script.entries.clone();
    backwards.reverse();
    assert_eq!(Walk::of(&backwards), script.walk());
    assert_eq!(script.walk().exchanges()[0].connects.len(), KEPT);
}

#[test]
fn the_newest_lookup_of_a_question_is_the_last_that_began() {
    let mut script = Script::new(goal(Clients::All));
    let ask = DnsAsk { name: "_xmpp-client._tcp.example.test".into(), kind: RecordKind::Srv, server: DNS.into() };
    script.lookup(ask.clone(), "NXDOMAIN", Vec::new());
    let newest = script.lookup(ask.clone(), "NOERROR", vec![srv(0, 0, 5222, "imp1.example.test")]);
    assert_eq!(script.walk().lookup(&ask).unwrap().op, newest);
    let url = version(&[]).url;
    script.exchange(version(&[]), 503, "");
    script.exchange(version(&[]), 200, "<versionInformation><version>14</version></versionInformation>");
    script.begin(Ask::Http(version(&[])));
    let walk = script.walk();
    assert_eq!(walk.exchange(HttpWhat::Version, &url).unwrap().status(), None);
    let standing = walk.standing(HttpWhat::Version);
    assert_eq!(standing.iter().map(|exchange| exchange.status()).collect::<Vec<_>>(), [Some(200)]);
}
