//! The tree of a walk: what stands where, in which state, and that neither the order of operations nor the moment
//! at which one looks changes it.

use super::super::story::{CUCM1, FINGERPRINT, WalkStory, goal};
use super::*;
use crate::discovery::item::{Again, Wants};
use crate::journal::{
    Clients, DnsServer, GivenNode, HttpWhat, Purpose, Read, Received, RecordKind, UserAct, XmppFact,
};

/// The tree as indented lines: state, name, marks, figure. What is mere detail stands in brackets.
fn drawn(items: &[Item], depth: usize) -> String {
    let line = |item: &Item| {
        let marks: String = item.marks.iter().map(|mark| format!(" [{mark}]")).collect();
        let figure = if item.figure.is_empty() { String::new() } else { format!(" | {}", item.figure) };
        let name = if item.aside { format!("({})", item.name) } else { item.name.clone() };
        let own = format!("{}{:?} {name}{marks}{figure}\n", "  ".repeat(depth), item.state);
        own + &drawn(&item.children, depth + 1)
    };
    items.iter().map(line).collect()
}

pub(super) fn tree(story: &WalkStory) -> Tree {
    Tree::of(story.journal.entries())
}

pub(super) fn item<'t>(tree: &'t Tree, id: &str) -> &'t Item {
    tree.find(&ItemId(id.to_owned())).unwrap_or_else(|| panic!("no {id} in\n{}", drawn(tree.items(), 0)))
}

pub(super) fn shows(tree: &Tree, id: &str) -> (ItemState, String, String) {
    let item = item(tree, id);
    (item.state, item.name.clone(), item.figure.clone())
}

pub(super) fn said(state: ItemState, name: &str, figure: &str) -> (ItemState, String, String) {
    (state, name.to_owned(), figure.to_owned())
}

pub(super) const USER: &str = "uds:cucm1.example.test:8443/user";

#[test]
fn a_whole_walk_stands_route_by_route_down_to_the_nodes() {
    let expected = "\
Ok _cisco-uds._tcp [Jabber] | 3 ms
  Ok cucm1:8443 | 8 ms
    Plain (10.1.2.10)
    Ok (certificate CN=cucm1.example.test)
    Ok UDS 12.5.1 | 8 ms
    Ok alice: home cluster | 3 ms
    Ok (nodes cucm1) | 3 ms
    Ok (SSO is off) | 3 ms
    Ok user record: imp1 | 3 ms
    Ok service profile
      Ok IM&P imp1, imp2
      Ok (cucm1:6970 SPDefault.cnf.xml) | 4 ms
    Ok (jabber-config.xml) | 3 ms
      Plain LoginResource = mutualExclusion
Absent _cuplogin._tcp | NXDOMAIN
Ok _xmpp-client._tcp [PSI] | 3 ms
  Ok imp1:5222 | 10/60 100%
    Plain (10.1.2.11)
  Ok imp2:5222 | 20/60 100%
    Plain (10.1.2.12)
Absent _xmpps-client._tcp | NXDOMAIN
Absent _collab-edge._tls | NXDOMAIN
Plain IM&P nodes
  Waiting imp1 [home] [Jabber] [PSI] | not begun
    Plain 10.1.2.11
    Plain named by _xmpp-client._tcp, UDS: assigned, service profile: Primary, EPAS: primary
    Ok EPAS | 8 ms
      Ok login | 8 ms
      Ok config example.test | 3 ms
      Ok (certificate CN=imp1.example.test)
  Waiting imp2 [partner] | not begun
    Plain 10.1.2.12
    Plain named by _xmpp-client._tcp, service profile: Backup1, EPAS: backup
";
    let tree = tree(&WalkStory::practice());
    assert_eq!(drawn(tree.items(), 0), expected);
}

#[test]
fn an_item_tells_what_was_asked_what_came_and_which_rule_decided() {
    let tree = tree(&WalkStory::practice());
    let route = item(&tree, "route:_cisco-uds._tcp");
    let detail = route.detail.join("\n");
    for words in [
        "_cisco-uds._tcp.example.test SRV",
        "10.1.1.53: NOERROR, 1 record in 3 ms over UDP, an authority",
        "10 60 8443 cucm1.example.test, TTL 3600 s",
        "Jabber would go here: _cisco-uds beats _cuplogin",
    ] {
        assert!(detail.contains(words), "{words} is not in\n{detail}");
    }
    assert_eq!(route.place.as_deref(), Some("dns:_cisco-uds._tcp.example.test"));
    assert!(matches!(&route.ask, Some(Again::Dns(asks)) if asks[0].server == "10.1.1.53:53"));
    let user = item(&tree, USER);
    let detail = user.detail.join("\n");
    for words in [
        "GET https://cucm1.example.test:8443/cucm-uds/user/alice",
        "the user's credential was in it: one attempt",
        "answer: 200 after 3 ms, application/xml",
        "enabled for IM and Presence: yes",
        "assigned to: imp1.example.test",
    ] {
        assert!(detail.contains(words), "{words} is not in\n{detail}");
    }
    assert_eq!(user.place.as_deref(), Some(CUCM1));
    assert!(matches!(&user.ask, Some(Again::Http(ask)) if ask.what == HttpWhat::User));
    let none = item(&tree, "route:_cuplogin._tcp");
    assert!(none.detail[1].contains("NXDOMAIN in 3 ms over UDP, an authority, remembered for 300 s"), "{none:?}");
    let node = item(&tree, "node:imp1.example.test:5222");
    assert!(node.rule.contains("PSI would go here:"), "{}", node.rule);
    assert_eq!(node.place.as_deref(), Some("imp1.example.test:5222"));
}

#[test]
fn every_answer_that_is_no_good_has_a_word_of_its_own() {
    let mut story = WalkStory::new(goal());
    story.srv("_cisco-uds._tcp", &[(8443, "cucm1.example.test"), (8443, "cucm2.example.test")]);
    story.host("cucm1.example.test");
    let ops = story.asks(RecordKind::Srv, "_cuplogin._tcp.example.test");
    story.after(5_000_000).ended(ops[0], Outcome::new(How::TimedOut, "ETIMEDOUT", "no answer in 5.0 s"));
    let ops = story.asks(RecordKind::Srv, "_collab-edge._tls.example.test");
    story.answers(ops[0], "SERVFAIL", Vec::new());
    story.locator();
    story.http(HttpWhat::User, &format!("{CUCM1}/cucm-uds/user/alice"), 401, "<!-- custom Cisco error page -->");
    for kind in [RecordKind::A, RecordKind::Aaaa] {
        let ops = story.asks(kind, "cucm2.example.test");
        story.answers(ops[0], "NXDOMAIN", Vec::new());
    }
    let tree = tree(&story);
    assert_eq!(shows(&tree, USER), said(ItemState::Failed, "user record", "401"));
    let refused = item(&tree, USER);
    assert!(refused.detail.contains(&"realm: Cisco Web Services Realm".to_owned()), "{refused:?}");
    assert_eq!(shows(&tree, "route:_cuplogin._tcp").0, ItemState::Failed);
    assert!(item(&tree, "route:_cuplogin._tcp").detail.contains(&"10.1.1.53: no answer in 5.0 s".to_owned()));
    assert_eq!(shows(&tree, "route:_collab-edge._tls").2, "SERVFAIL");
    let nowhere = shows(&tree, "uds:cucm2.example.test:8443");
    assert_eq!(nowhere, said(ItemState::Failed, "cucm2:8443", "NXDOMAIN"));
    assert_eq!(shows(&tree, "route:_xmpp-client._tcp").0, ItemState::Running);
}

#[test]
fn an_answer_that_says_no_and_one_that_is_something_else_are_told_apart() {
    let mut story = WalkStory::new(goal());
    story.srv("_cisco-uds._tcp", &[(8443, "cucm1.example.test")]).host("cucm1.example.test");
    story.http(
        HttpWhat::Version,
        &format!("{CUCM1}/cucm-uds/version"),
        200,
        "<!DOCTYPE html><html><title>Cisco</title></html>",
    );
    let none = "<clusterUser version=\"12.5.1\"><result found=\"false\"/></clusterUser>";
    story.http(HttpWhat::ClusterUser, &format!("{CUCM1}/cucm-uds/clusterUser?username=alice"), 200, none);
    story.silent(HttpWhat::SingleSignOn, &format!("{CUCM1}/ssosp/ws/public/singleSignOn"));
    let tree = tree(&story);
    let host = "uds:cucm1.example.test:8443";
    assert_eq!(shows(&tree, &format!("{host}/version")), said(ItemState::Failed, "UDS version", "HTML"));
    assert_eq!(
        shows(&tree, &format!("{host}/cluster-user")),
        said(ItemState::Failed, "alice: no home cluster", "")
    );
    assert_eq!(shows(&tree, &format!("{host}/sso")), said(ItemState::Failed, "singleSignOn", "silent"));
    assert!(!item(&tree, &format!("{host}/sso")).aside && item(&tree, host).open);
}

#[test]
fn a_certificate_that_fails_is_asked_about_until_it_is_accepted() {
    let mut story = WalkStory::new(goal());
    story.untrusted = true;
    story.srv("_cisco-uds._tcp", &[(8443, "cucm1.example.test")]).host("cucm1.example.test").locator();
    story.stopped(HttpWhat::User, &format!("{CUCM1}/cucm-uds/user/alice"));
    let shut = tree(&story);
    assert_eq!(shows(&shut, USER), said(ItemState::Warning, "user record", "untrusted"));
    let Some(Wants::Trust(ask)) = &item(&shut, USER).wants else { panic!("{:?}", item(&shut, USER)) };
    assert_eq!((ask.host.as_str(), ask.fingerprint.as_str()), ("cucm1.example.test", FINGERPRINT));
    assert!(ask.failed[0].contains("not trusted") && ask.would_send.contains("the password of alice"));
    assert!(ask.certificate[0].contains("CN=cucm1.example.test, self-signed"), "{ask:?}");
    let certificate = item(&shut, "uds:cucm1.example.test:8443/certificate");
    assert_eq!((certificate.state, certificate.figure.as_str()), (ItemState::Warning, "untrusted"));
    assert!(!certificate.aside);
    story.accepts("cucm1.example.test");
    let open = tree(&story);
    assert_eq!(item(&open, USER).wants, None);
    assert_eq!(item(&open, "uds:cucm1.example.test:8443/certificate").figure, "accepted");
}

#[test]
fn servers_that_say_different_things_are_set_beside_each_other() {
    let second = DnsServer { address: "10.1.1.54:5353".into(), source: "--dns".into(), via: false };
    let mut story = WalkStory::new(crate::journal::WalkAsk { dns: [goal().dns, vec![second]].concat(), ..goal() });
    let ops = story.asks(RecordKind::Srv, "_xmpp-client._tcp.example.test");
    story.answers(ops[1], "NXDOMAIN", Vec::new());
    let mut one = WalkStory::new(goal());
    one.srv("_xmpp-client._tcp", &[(5222, "imp1.example.test")]);
    let records = one.journal.entries().iter().find_map(|entry| match &entry.event {
        Event::Saw(Fact::Dns(crate::journal::DnsFact::Answered(answer))) => Some(answer.records.clone()),
        _ => None,
    });
    story.answers(ops[0], "NOERROR", records.unwrap());
    let tree = tree(&story);
    let route = item(&tree, "route:_xmpp-client._tcp");
    assert_eq!((route.state, route.figure.as_str()), (ItemState::Warning, "servers differ"));
    let detail = route.detail.join("\n");
    assert!(detail.contains("differs: 10.1.1.54:5353 says NXDOMAIN"), "{detail}");
    assert!(detail.contains("differs: 10.1.1.53 says 10 60 5222 imp1.example.test"), "{detail}");
}

#[test]
fn a_node_that_was_named_by_hand_stands_without_any_route() {
    let nodes = vec![GivenNode { host: "imp1.example.test".into(), port: 5222 }];
    let story = WalkStory::new(crate::journal::WalkAsk { nodes, clients: Clients::All, ..goal() });
    let tree = tree(&story);
    assert_eq!(tree.items().len(), 1, "{}", drawn(tree.items(), 0));
    assert_eq!(tree.nodes()[0].name, "imp1");
    assert!(item(&tree, "node:imp1.example.test:5222/named").name.contains("--node"));
}

#[test]
fn a_node_is_one_item_whether_a_walk_or_a_login_named_it() {
    let mut story = WalkStory::practice();
    let mut run = Run(story.journal.entries().to_vec());
    run.login(2, "imp1.example.test", true);
    run.stage(2, 100, Stage::Auth, StageMark::Entered);
    run.wait(2, 10_100, WaitMark::Silent);
    let tree = Tree::of(&run.0);
    let names: Vec<&str> = tree.nodes().iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["imp1", "imp2"]);
    let node = &tree.nodes()[0];
    assert_eq!(
        (node.figure.as_str(), node.marks.as_slice()),
        ("silent @auth", &["home", "Jabber", "PSI"].map(String::from)[..])
    );
    assert!(node.children.iter().any(|child| child.name == "EPAS"));
    assert_eq!(node.children.last().unwrap().name, "auth");
    story.after(1);
}

/// A question of the experiment on a node: its beginning, and its `<auth>` entered at 20 ms.
fn control(run: &mut Run, op: u32, host: &str, purpose: Purpose) {
    let ask = LoginAsk { purpose, until: Stage::Auth, ..LoginAsk::of_alice(host) };
    run.note(op, 10, Event::Began(Ask::Login(ask)));
    run.stage(op, 11, Stage::Tcp, StageMark::Entered);
    run.stage(op, 12, Stage::Tcp, StageMark::Passed);
    run.stage(op, 20, Stage::Auth, StageMark::Entered);
}

/// alice's login is silent on imp1, and what is asked there says different things.
fn experiment() -> Run {
    let mut run = Run(WalkStory::practice().journal.entries().to_vec());
    run.login(2, "imp1.example.test", true);
    run.stage(2, 5, Stage::Auth, StageMark::Entered);
    run.wait(2, 10_005, WaitMark::Silent);
    for (op, purpose) in [
        (3, Purpose::ImpossibleMechanism),
        (4, Purpose::UnknownUser),
        (5, Purpose::OtherWay),
        (6, Purpose::SecondUser),
    ] {
        control(&mut run, op, "imp1.example.test", purpose);
    }
    run.stage(3, 23, Stage::Auth, StageMark::Refused);
    run.note(3, 24, Event::Ended(Outcome::new(How::Refused, "invalid-mechanism", "")));
    run.wait(4, 10_020, WaitMark::Silent);
    run.note(5, 30, Event::Ended(Outcome::new(How::Lost, "ECONNRESET", "")));
    run
}

#[test]
fn each_question_of_the_experiment_stands_under_its_node_which_it_does_not_judge() {
    let run = experiment();
    let tree = Tree::of(&run.0);
    let node = item(&tree, "node:imp1.example.test:5222");
    assert_eq!((node.state, node.figure.as_str(), node.op), (ItemState::Failed, "silent @auth", Some(OpId(2))));
    let asked: Vec<_> = node.children.iter().filter(|child| child.id.0.contains("/control:")).collect();
    let said: Vec<_> = asked.iter().map(|item| (item.state, item.name.as_str(), item.figure.as_str())).collect();
    let expected = [
        (ItemState::Ok, "control: impossible mechanism", "answered 3 ms"),
        (ItemState::Failed, "control: unknown user", "silent"),
        (ItemState::Failed, "control: the other way in", "failed @auth"),
        (ItemState::Running, "control: second user", "waiting"),
    ];
    assert_eq!(said, expected);
    let first = asked[0];
    assert_eq!((first.op, first.ops.as_slice()), (Some(OpId(3)), &[OpId(3)][..]));
    assert_eq!(first.place.as_deref(), Some("imp1.example.test:5222"));
    assert_eq!(first.node, Some(("imp1.example.test".to_owned(), 5222)));
    assert_eq!(first.detail, ["tcp: 1 ms", "auth: refused 3 ms"]);
    assert!(!node.children.iter().any(|child| child.name.contains("logins")), "they are no logins of the user's");
}

#[test]
fn a_late_answer_is_none_to_be_at_ease_with() {
    let mut run = experiment();
    run.wait(4, 30_020, WaitMark::Answered);
    run.stage(4, 30_020, Stage::Auth, StageMark::Refused);
    run.login(7, "imp2.example.test", false);
    run.stage(7, 100, Stage::Auth, StageMark::Entered);
    run.wait(7, 10_100, WaitMark::Silent);
    run.wait(7, 30_100, WaitMark::Answered);
    run.stage(7, 30_100, Stage::Auth, StageMark::Refused);
    let tree = Tree::of(&run.0);
    let late = item(&tree, "node:imp1.example.test:5222/control:4");
    assert_eq!((late.state, late.figure.as_str()), (ItemState::Warning, "answered 29.9 s"));
    let node = item(&tree, "node:imp2.example.test:5222");
    assert_eq!(
        (node.state, node.figure.as_str()),
        (ItemState::Warning, "refused in 30.0 s (not home: an answer)")
    );
}

#[test]
fn a_refusal_by_a_node_that_is_not_home_says_its_condition_within_bounds() {
    let mut run = Run(WalkStory::practice().journal.entries().to_vec());
    run.login(2, "imp2.example.test", false);
    run.stage(2, 100, Stage::Auth, StageMark::Entered);
    let read = Read::SaslFailure { condition: "not-authorized".repeat(50), text: None };
    let payload = crate::journal::Payload::cut(b"", &[]);
    let span = crate::journal::Span { from: 0, to: 0 };
    let received =
        Received { payload, span, wire: 0, secure: true, read, parts: crate::journal::Parts::default() };
    run.note(2, 121, Event::Saw(Fact::Xmpp(Box::new(XmppFact::Received(received)))));
    run.stage(2, 121, Stage::Auth, StageMark::Refused);
    let node = run.node(1);
    let cut = "not-authorizednot-authorizednot-";
    assert_eq!(node.figure, format!("refused {cut} in 21 ms (not home: an answer)"));
    assert_eq!((node.state, node.brief.as_str()), (ItemState::Ok, "refused 21 ms"));
}

#[test]
fn a_node_that_does_not_get_the_same_login_says_why() {
    let mut story = WalkStory::practice();
    story.saw(OpId(1), Fact::User(UserAct::AllNodes));
    let before = tree(&story);
    assert!(before.find(&ItemId("node:imp2.example.test:5222/same-login".into())).is_none(), "it is to come");
    let mut run = Run(story.journal.entries().to_vec());
    run.login(2, "imp1.example.test", true);
    let read = Read::SaslFailure { condition: "not-authorized".into(), text: None };
    let (payload, span) = (crate::journal::Payload::cut(b"", &[]), crate::journal::Span { from: 0, to: 0 });
    let received =
        Received { payload, span, wire: 0, secure: true, read, parts: crate::journal::Parts::default() };
    run.note(2, 121, Event::Saw(Fact::Xmpp(Box::new(XmppFact::Received(received)))));
    let tree = Tree::of(&run.0);
    let left_out = item(&tree, "node:imp2.example.test:5222/same-login");
    assert_eq!((left_out.state, left_out.figure.as_str()), (ItemState::Skipped, "refused before"));
    assert!(left_out.detail[0].contains("the password was refused by imp1 (SASL)"), "{left_out:?}");
    assert!(tree.find(&ItemId("node:imp1.example.test:5222/same-login".into())).is_none());
}

/// The whole walk, a certificate that fails, and two logins: everything that the tree can hold.
fn everything() -> Vec<Entry> {
    let mut story = WalkStory::practice();
    story.untrusted = true;
    story.stopped(HttpWhat::EpasToken, "https://imp2.example.test:8443/EPASSoap/service/v80");
    story.silent(HttpWhat::Version, "https://cucm9.example.test:8443/cucm-uds/version");
    story.accepts("imp2.example.test");
    let mut run = Run(story.journal.entries().to_vec());
    run.login(2, "imp1.example.test", true);
    run.login(3, "imp2.example.test", false);
    for (op, at) in [(2, 5), (3, 6)] {
        run.stage(op, at, Stage::Tcp, StageMark::Entered);
        run.stage(op, at + 1, Stage::Tcp, StageMark::Passed);
        run.stage(op, at + 2, Stage::Auth, StageMark::Entered);
    }
    run.wait(2, 10_005, WaitMark::Silent);
    run.stage(3, 30, Stage::Auth, StageMark::Passed);
    run.note(3, 31, Event::Ended(Outcome::ok()));
    let on = UserAct::Control { host: "imp1.example.test".into(), port: 5222 };
    run.note(1, 10_006, Event::Saw(Fact::User(on)));
    control(&mut run, 4, "imp1.example.test", Purpose::ImpossibleMechanism);
    run.stage(4, 10_010, Stage::Auth, StageMark::Refused);
    control(&mut run, 5, "imp1.example.test", Purpose::UnknownUser);
    run.wait(5, 20_010, WaitMark::Silent);
    run.0
}

#[test]
fn the_tree_is_the_same_in_whatever_order_operations_are_read() {
    let entries = everything();
    let told = drawn(Tree::of(&entries).items(), 0);
    let mut last_first = entries.clone();
    last_first.sort_by_key(|entry| std::cmp::Reverse(entry.op));
    let mut dealt = entries.clone();
    dealt.sort_by_key(|entry| (entry.op.0 * 7919 % 97, entry.op));
    for other in [last_first, dealt] {
        let tree = Tree::of(&other);
        assert_eq!(drawn(tree.items(), 0), told);
        assert_eq!(tree.items(), Tree::of(&entries).items());
    }
}

#[test]
fn the_tree_that_grew_is_the_tree_of_each_beginning_and_no_item_goes_away() {
    fn ids(items: &[Item]) -> BTreeSet<ItemId> {
        items.iter().flat_map(|item| [item.id.clone()].into_iter().chain(ids(&item.children))).collect()
    }
    let entries = everything();
    let (mut grown, mut before) = (Tree::default(), BTreeSet::new());
    for (at, entry) in entries.iter().enumerate() {
        grown.apply(entry);
        grown.settle();
        assert_eq!(grown.items(), Tree::of(&entries[..=at]).items(), "after entry {}", at + 1);
        let now = ids(grown.items());
        let gone: Vec<_> = before.difference(&now).collect();
        assert!(gone.is_empty(), "{gone:?} went away with entry {}", at + 1);
        before = now;
    }
}

#[test]
fn what_passes_in_a_login_builds_its_nodes_item_alone() {
    let mut run = Run(everything());
    let mut tree = Tree::of(&run.0);
    let built = tree.built();
    let known = run.0.len();
    for stage in [Stage::StreamAuth, Stage::Bind, Stage::Session] {
        run.stage(2, 11_000, stage, StageMark::Entered);
        run.stage(2, 11_001, stage, StageMark::Passed);
    }
    for entry in &run.0[known..] {
        tree.apply(entry);
        tree.settle();
    }
    assert_eq!(tree.built(), built);
    assert_eq!(tree.items(), Tree::of(&run.0).items());
    assert!(tree.nodes()[0].children.iter().any(|child| child.name == "session"));
}
