//! What stands on a route, where hosts are, who names which node, and where clients would go.

use super::*;
use crate::discovery::walk::script::{DNS, Script, address, goal, server, srv};
use crate::journal::{
    Ask, DnsAsk, Event, Fact, How, HttpAsk, HttpWhat, LoginAsk, OpId, Outcome, Read, Stage, WalkAsk,
};

const OTHER: &str = "10.1.1.54:53";

fn two_servers() -> WalkAsk {
    WalkAsk { dns: vec![server(DNS), server(OTHER)], ..goal(Clients::All) }
}

fn question(name: &str, kind: RecordKind, server: &str) -> DnsAsk {
    DnsAsk { name: name.to_owned(), kind, server: server.to_owned() }
}

fn asked_srv(route: Route, server: &str) -> DnsAsk {
    question(&format!("{}.example.test", route.name()), RecordKind::Srv, server)
}

/// A journal in which this route was answered so.
fn answered(goal: WalkAsk, route: Route, rcode: &str, records: Vec<RecordData>) -> Script {
    let mut script = Script::new(goal);
    script.lookup(asked_srv(route, DNS), rcode, records);
    script
}

fn host(script: &mut Script, name: &str, at: &[&str]) {
    for (kind, is_v6) in [(RecordKind::A, false), (RecordKind::Aaaa, true)] {
        let of_kind = at.iter().filter(|at| at.contains(':') == is_v6).map(|at| address(at)).collect();
        script.lookup(question(name, kind, DNS), "NOERROR", of_kind);
    }
}

fn none(script: &mut Script, routes: &[Route]) {
    for route in routes {
        script.lookup(asked_srv(*route, DNS), "NXDOMAIN", Vec::new());
    }
}

fn targets(view: &RouteView<'_>) -> Vec<String> {
    view.records.iter().map(|record| record.srv.target.clone()).collect()
}

fn http(script: &mut Script, what: HttpWhat, host: &str, body: &str) {
    let url = format!("https://{host}:8443/{}", what.words().replace(' ', "-"));
    script.exchange(HttpAsk::new(what, url, Vec::new()), 200, body);
}

fn user(script: &mut Script, servers: &[&str]) {
    let servers: String = servers.iter().map(|server| format!("<server>{server}</server>")).collect();
    let body = format!("<user><userName>alice</userName><imAndPresence>{servers}</imAndPresence></user>");
    http(script, HttpWhat::User, "cucm1.example.test", &body);
}

fn config(script: &mut Script, primary: &str, backup: &str) {
    let body = format!(
        "<Envelope><Body><get-all-config-resp><get-system-config-resp>\
         <property name='Presence.Primary.Address'>{primary}</property>\
         <property name='Presence.Backup.Address'>{backup}</property></get-system-config-resp></get-all-config-resp>\
         </Body></Envelope>"
    );
    http(script, HttpWhat::EpasConfig, "imp1.example.test", &body);
}

fn login(script: &mut Script, host: &str) -> OpId {
    script.begin(Ask::Login(LoginAsk { until: Stage::StreamTls, ..LoginAsk::of_alice(host) }))
}

#[test]
fn records_stand_in_the_order_of_a_client_with_their_chances() {
    let records = vec![srv(20, 0, 8443, "c.test"), srv(10, 1, 8443, "A.test."), srv(10, 3, 8443, "b.test")];
    let script = answered(goal(Clients::All), Route::CiscoUds, "NOERROR", records);
    let walk = script.walk();
    let view = walk.route(Route::CiscoUds);
    assert_eq!((view.state.clone(), view.name.as_str()), (RouteState::Ok, "_cisco-uds._tcp.example.test"));
    assert_eq!(targets(&view), ["b.test", "a.test", "c.test"]);
    assert_eq!((view.records[0].turn.chance, view.records[2].turn.group), (0.75, 1));
}

#[test]
fn no_such_name_and_no_such_record_are_told_apart() {
    for (rcode, why) in [("NXDOMAIN", "NXDOMAIN"), ("NOERROR", "NODATA")] {
        let script = answered(goal(Clients::All), Route::Cuplogin, rcode, Vec::new());
        assert_eq!(script.walk().route(Route::Cuplogin).state, RouteState::Absent(why));
    }
    let records = vec![srv(0, 0, 0, ".")];
    let script = answered(goal(Clients::All), Route::XmppClient, "NOERROR", records);
    assert_eq!(script.walk().route(Route::XmppClient).state, RouteState::Absent("not offered"));
}

#[test]
fn a_route_fails_only_where_no_server_answers_and_says_how_each_failed() {
    let ends = [
        (Outcome::new(How::TimedOut, "ETIMEDOUT", ""), "timeout"),
        (Outcome::new(How::Refused, "ECONNREFUSED", ""), "port closed"),
        (Outcome::new(How::Refused, "SERVFAIL", ""), "SERVFAIL"),
        (Outcome::new(How::Lost, "EHOSTUNREACH", ""), "EHOSTUNREACH"),
        (Outcome::new(How::Broken, "", ""), "unreadable answer"),
    ];
    for (outcome, word) in ends {
        let mut script = Script::new(two_servers());
        let op = script.begin(Ask::Dns(asked_srv(Route::CiscoUds, DNS)));
        assert_eq!(script.walk().route(Route::CiscoUds).state, RouteState::Running);
        script.end(op, outcome);
        assert_eq!(script.walk().route(Route::CiscoUds).state, RouteState::Running, "one is not asked yet");
        let mut other = script.clone();
        let op = other.begin(Ask::Dns(asked_srv(Route::CiscoUds, OTHER)));
        other.end(op, Outcome::new(How::TimedOut, "ETIMEDOUT", ""));
        let words = if word == "timeout" { word.to_owned() } else { format!("{word}, timeout") };
        assert_eq!(other.walk().route(Route::CiscoUds).state, RouteState::Failed(words));
        script.lookup(asked_srv(Route::CiscoUds, OTHER), "NXDOMAIN", Vec::new());
        assert_eq!(script.walk().route(Route::CiscoUds).state, RouteState::Absent("NXDOMAIN"));
    }
}

#[test]
fn the_records_of_all_servers_stand_together_each_once() {
    let mut script = Script::new(two_servers());
    script.lookup(asked_srv(Route::XmppClient, DNS), "NOERROR", vec![srv(10, 0, 5222, "imp1.test")]);
    let both = vec![srv(10, 0, 5222, "imp1.test"), srv(5, 0, 5222, "imp2.test")];
    script.lookup(asked_srv(Route::XmppClient, OTHER), "NOERROR", both);
    let walk = script.walk();
    let view = walk.route(Route::XmppClient);
    assert_eq!((targets(&view), view.lookups.len()), (vec!["imp2.test".to_owned(), "imp1.test".to_owned()], 2));
    assert_eq!(view.records[1].entries.len(), 2);
}

#[test]
fn an_alias_leads_to_its_records_and_a_strangers_records_do_not_count() {
    let name = "_xmpp-client._tcp.example.test";
    let mut script = Script::new(goal(Clients::All));
    let op = script.begin(Ask::Dns(asked_srv(Route::XmppClient, DNS)));
    let alias = RecordData::Alias("Xmpp.Hosted.test".into());
    let records = vec![
        (name.to_owned(), alias),
        ("xmpp.hosted.test".to_owned(), srv(0, 0, 5222, "imp1.test")),
        ("stranger.test".to_owned(), srv(0, 0, 5222, "imp9.test")),
    ];
    script.answered(op, "NOERROR", records);
    assert_eq!(targets(&script.walk().route(Route::XmppClient)), ["imp1.test"]);
}

#[test]
fn a_ring_of_aliases_ends() {
    let mut script = Script::new(goal(Clients::All));
    let op = script.begin(Ask::Dns(question("a.test", RecordKind::A, DNS)));
    let ring = [("a.test", "b.test"), ("b.test", "a.test")];
    let records = ring.map(|(from, to)| (from.to_owned(), RecordData::Alias(to.into())));
    script.answered(op, "NOERROR", records.into());
    script.lookup(question("a.test", RecordKind::Aaaa, DNS), "NOERROR", Vec::new());
    let addresses = script.walk().addresses("a.test");
    assert_eq!(
        (addresses.aliases, addresses.none.as_deref()),
        (vec!["b.test".into()], Some("no A or AAAA record"))
    );
}

#[test]
fn routes_that_are_left_out_say_why() {
    let state = |goal: WalkAsk, route| Script::new(goal).walk().route(route).state;
    let skipped = |why: &str| RouteState::Skipped(why.to_owned());
    assert_eq!(state(goal(Clients::Psi), Route::CiscoUds), skipped("--as psi"));
    assert_eq!(state(goal(Clients::Psi), Route::XmppClient), RouteState::Running);
    assert_eq!(state(goal(Clients::Jabber), Route::XmppsClient), skipped("--as jabber"));
    assert_eq!(state(goal(Clients::Edge), Route::Cuplogin), skipped("--as edge"));
    assert_eq!(state(goal(Clients::Edge), Route::CollabEdge), RouteState::Running);
    let mut by_hand = goal(Clients::All);
    by_hand.dns.clear();
    assert_eq!(state(by_hand.clone(), Route::XmppClient), skipped("no DNS server"));
    by_hand.nodes = vec![crate::discovery::walk::script::given("imp1", 5222)];
    assert_eq!(state(by_hand, Route::XmppClient), skipped("--node"));
    assert_eq!(Walk::default().route(Route::CiscoUds).state, skipped("nothing is walked"));
}

#[test]
fn the_voice_domain_is_asked_for_two_records() {
    let walk = Script::new(WalkAsk { voice_domain: Some("Voice.test.".into()), ..goal(Clients::All) }).walk();
    let names = Route::ALL.map(|route| walk.route(route).name);
    assert_eq!(names[0], "_cisco-uds._tcp.voice.test");
    assert_eq!(names[1], "_cuplogin._tcp.example.test");
    assert_eq!(names[4], "_collab-edge._tls.voice.test");
}

#[test]
fn addresses_come_from_both_families_and_are_none_only_when_all_is_said() {
    let mut script = Script::new(goal(Clients::All));
    assert_eq!(script.walk().addresses("imp1.test"), Addresses::default());
    let v6 = script.begin(Ask::Dns(question("imp1.test", RecordKind::Aaaa, DNS)));
    assert!(script.walk().addresses("imp1.test").pending);
    script.answered(v6, "NOERROR", vec![("imp1.test".into(), address("fd00::1"))]);
    assert_eq!(script.walk().usable("imp1.test"), None, "IPv4 goes first and may still come");
    let v4 = question("imp1.test", RecordKind::A, DNS);
    script.lookup(v4, "NOERROR", vec![address("10.1.2.11"), address("10.1.2.11"), address("nonsense")]);
    let addresses = script.walk().addresses("IMP1.test.");
    assert_eq!(
        (addresses.list.as_slice(), addresses.pending),
        (&["10.1.2.11".to_owned(), "fd00::1".into()][..], false)
    );
    host(&mut script, "imp2.test", &[]);
    assert_eq!(script.walk().addresses("imp2.test").none.as_deref(), Some("no A or AAAA record"));
    for kind in [RecordKind::A, RecordKind::Aaaa] {
        script.lookup(question("imp3.test", kind, DNS), "NXDOMAIN", Vec::new());
        let op = script.begin(Ask::Dns(question("imp4.test", kind, DNS)));
        script.end(op, Outcome::new(How::TimedOut, "ETIMEDOUT", ""));
    }
    assert_eq!(script.walk().addresses("imp3.test").none.as_deref(), Some("NXDOMAIN"));
    assert_eq!(script.walk().addresses("imp4.test").none.as_deref(), Some("timeout"));
    assert_eq!(script.walk().addresses("[FD00::1]").list, ["fd00::1"]);
    assert_eq!(script.walk().addresses(".").none.as_deref(), Some("not offered"));
    assert_eq!(script.walk().addresses("a b").none.as_deref(), Some("not a host name"));
}

#[test]
fn a_host_without_ipv4_is_usable_once_a_server_says_so() {
    let mut script = Script::new(two_servers());
    script.lookup(question("imp1.test", RecordKind::Aaaa, DNS), "NOERROR", vec![address("fd00::1")]);
    script.begin(Ask::Dns(question("imp1.test", RecordKind::A, OTHER)));
    let a = script.begin(Ask::Dns(question("imp1.test", RecordKind::A, DNS)));
    assert_eq!(script.walk().usable("imp1.test"), None);
    script.answered(a, "NOERROR", Vec::new());
    assert_eq!(script.walk().usable("imp1.test"), Some(vec!["fd00::1".to_owned()]));
}

#[test]
fn a_node_that_several_name_is_one_with_the_port_of_its_record() {
    let records = vec![srv(0, 0, 5269, "imp1.example.test")];
    let mut script = answered(goal(Clients::All), Route::XmppClient, "NOERROR", records);
    user(&mut script, &["IMP1.example.test", "imp2.example.test"]);
    config(&mut script, "imp1.example.test.", "imp2.example.test");
    let nodes = script.walk().nodes();
    assert_eq!(nodes.len(), 2);
    assert_eq!((nodes[0].host.as_str(), nodes[0].port, nodes[0].home), ("imp1.example.test", 5269, Some(true)));
    assert_eq!(nodes[0].named_by, ["_xmpp-client._tcp", "UDS: assigned", "EPAS: primary"]);
    assert_eq!((nodes[1].port, nodes[1].home, nodes[1].partner), (5222, Some(false), true));
    assert_eq!(nodes[1].named_by, ["UDS: assigned", "EPAS: backup"]);
}

#[test]
fn a_listener_with_tls_from_the_first_byte_is_a_node_of_its_own() {
    let records = vec![srv(0, 0, 5223, "imp1.example.test")];
    let mut script = answered(goal(Clients::All), Route::XmppsClient, "NOERROR", records);
    user(&mut script, &["imp1.example.test"]);
    let nodes = script.walk().nodes();
    let places: Vec<_> = nodes.iter().map(|node| (node.port, node.direct_tls, node.home)).collect();
    assert_eq!(places, [(5223, true, Some(true)), (5222, false, Some(true))]);
}

#[test]
fn a_short_name_joins_the_full_one_only_at_the_same_address() {
    let records = vec![srv(0, 0, 5222, "imp1.example.test")];
    let mut script = answered(goal(Clients::All), Route::XmppClient, "NOERROR", records);
    user(&mut script, &["imp1"]);
    host(&mut script, "imp1.example.test", &["10.1.2.11"]);
    assert_eq!(script.walk().nodes().len(), 2);
    let mut elsewhere = script.clone();
    host(&mut elsewhere, "imp1", &["10.9.9.9"]);
    assert_eq!(elsewhere.walk().nodes().len(), 2);
    host(&mut script, "imp1", &["10.1.2.11"]);
    let nodes = script.walk().nodes();
    assert_eq!((nodes.len(), nodes[0].host.as_str(), nodes[0].home), (1, "imp1.example.test", Some(true)));
    assert_eq!(nodes[0].named_by, ["_xmpp-client._tcp", "UDS: assigned, as imp1"]);
    assert!(nodes[0].is_called("IMP1"));
}

#[test]
fn a_profile_may_name_an_address_of_a_node_that_is_known_by_name() {
    let mut script = Script::new(goal(Clients::All));
    let section = "<userProfile><IMandPresence><Primary><Address>10.1.2.11</Address><Port>8443</Port></Primary></IMandPresence></userProfile>";
    http(&mut script, HttpWhat::ServiceProfile, "cucm1.example.test", section);
    user(&mut script, &["imp1.example.test"]);
    host(&mut script, "imp1.example.test", &["10.1.2.11"]);
    let nodes = script.walk().nodes();
    assert_eq!((nodes.len(), nodes[0].port), (1, 5222));
    assert_eq!(nodes[0].named_by, ["UDS: assigned", "service profile: Primary, as 10.1.2.11"]);
}

#[test]
fn epas_knows_the_home_better_than_uds_and_uds_better_than_a_node() {
    let mut script = Script::new(goal(Clients::All));
    let op = login(&mut script, "imp1.example.test");
    script.features(op, &["imp3.example.test", "imp1.example.test"]);
    let home = |script: &Script| {
        let nodes = script.walk().nodes();
        let partner = nodes.iter().find(|node| node.partner).map(|node| node.host.clone());
        (nodes[0].host.clone(), nodes[0].home, partner)
    };
    let host = |name: &str| format!("{name}.example.test");
    assert_eq!(home(&script), (host("imp3"), Some(true), Some(host("imp1"))));
    assert_eq!(script.walk().nodes()[0].named_by, ["<hostname> of imp1"]);
    user(&mut script, &["imp2.example.test", "imp3.example.test"]);
    assert_eq!(home(&script), (host("imp2"), Some(true), Some(host("imp3"))));
    config(&mut script, "imp1.example.test", "imp2.example.test");
    assert_eq!(home(&script), (host("imp1"), Some(true), Some(host("imp2"))));
}

#[test]
fn one_node_that_nobody_calls_home_is_not_called_so() {
    let records = vec![srv(0, 0, 5222, "imp1.example.test")];
    let script = answered(goal(Clients::All), Route::XmppClient, "NOERROR", records);
    assert_eq!(script.walk().nodes()[0].home, None);
}

#[test]
fn a_stream_error_and_a_redirect_name_nodes_too() {
    let mut script = Script::new(goal(Clients::All));
    let op = login(&mut script, "10.1.2.11");
    let other_host = Some("imp2.example.test:5333".to_owned());
    script.received(op, Read::StreamError { condition: "see-other-host".into(), text: None, other_host });
    let body = "<Envelope><Body><login-resp><redirect><host>imp4.example.test</host></redirect></login-resp></Body></Envelope>";
    http(&mut script, HttpWhat::EpasLogin, "imp1.example.test", body);
    let nodes = script.walk().nodes();
    let named: Vec<_> =
        nodes.iter().map(|node| (node.host.as_str(), node.port, node.named_by[0].as_str())).collect();
    assert_eq!(
        named,
        [
            ("imp2.example.test", 5333, "see-other-host of 10.1.2.11"),
            ("imp4.example.test", 5222, "EPAS: redirect of imp1")
        ]
    );
}

#[test]
fn without_any_xmpp_record_the_domain_itself_is_a_node() {
    let mut script = Script::new(goal(Clients::All));
    host(&mut script, "example.test", &["10.1.0.1"]);
    none(&mut script, &[Route::XmppClient]);
    assert_eq!(script.walk().nodes(), []);
    none(&mut script, &[Route::XmppsClient]);
    let node = &script.walk().nodes()[0];
    assert_eq!((node.host.as_str(), node.port), ("example.test", 5222));
    assert_eq!(node.named_by, ["the domain's own address, port 5222"]);
    let choice = script.walk().choice(ClientKind::Psi);
    assert_eq!((choice.node, choice.open), (Some(("example.test".into(), 5222)), false));
    assert!(choice.rule.contains("the domain's own address"), "{}", choice.rule);
}

#[test]
fn jabber_takes_the_routes_in_their_rank() {
    let at = |target: &str| vec![srv(10, 0, 8443, target)];
    let mut script = Script::new(goal(Clients::All));
    let choice = script.walk().choice(ClientKind::Jabber);
    assert_eq!((choice.route, choice.open, choice.rule.as_str()), (None, true, "_cisco-uds is still asked for"));
    script.lookup(asked_srv(Route::CollabEdge, DNS), "NOERROR", at("edge1.example.test"));
    script.lookup(asked_srv(Route::Cuplogin, DNS), "NOERROR", at("imp1.example.test"));
    assert!(script.walk().choice(ClientKind::Jabber).open);
    let mut uds = script.clone();
    uds.lookup(asked_srv(Route::CiscoUds, DNS), "NOERROR", at("cucm1.example.test"));
    let choice = uds.walk().choice(ClientKind::Jabber);
    let ranked = "_cisco-uds beats _cuplogin and _collab-edge";
    assert_eq!((choice.route, choice.node, choice.rule.as_str()), (Some(Route::CiscoUds), None, ranked));
    user(&mut uds, &["imp2.example.test"]);
    let choice = uds.walk().choice(ClientKind::Jabber);
    assert_eq!(choice.node, Some(("imp2.example.test".into(), 5222)));
    assert!(choice.rule.ends_with("imp2.example.test is the home node: UDS says that the user is assigned to it"));
    none(&mut script, &[Route::CiscoUds]);
    let choice = script.walk().choice(ClientKind::Jabber);
    assert_eq!((choice.route, choice.node), (Some(Route::Cuplogin), Some(("imp1.example.test".into(), 5222))));
    assert!(choice.rule.starts_with("_cisco-uds: NXDOMAIN, _cuplogin beats _collab-edge; "), "{}", choice.rule);
}

#[test]
fn the_edge_is_for_those_whom_no_other_record_answers() {
    let edge = vec![srv(10, 0, 8443, "edge1.example.test")];
    let mut script = answered(goal(Clients::All), Route::CollabEdge, "NOERROR", edge);
    none(&mut script, &[Route::CiscoUds, Route::Cuplogin]);
    let choice = script.walk().choice(ClientKind::Jabber);
    assert_eq!(
        (choice.route, choice.node),
        (Some(Route::CollabEdge), Some(("edge1.example.test".to_owned(), 5222)))
    );
    assert!(
        choice.rule.contains("only then does Jabber take _collab-edge, by edge1.example.test, the only record"),
        "{}",
        choice.rule
    );
    let mut script = Script::new(goal(Clients::All));
    none(&mut script, &[Route::CiscoUds, Route::Cuplogin, Route::CollabEdge]);
    let choice = script.walk().choice(ClientKind::Jabber);
    assert_eq!((choice.route, choice.open), (None, false));
    let why = "Jabber finds no services: _cisco-uds: NXDOMAIN, _cuplogin: NXDOMAIN, _collab-edge: NXDOMAIN";
    assert_eq!(choice.rule, why);
}

#[test]
fn a_setting_that_excludes_services_is_a_remark() {
    let records = vec![srv(0, 0, 8443, "cucm1.example.test")];
    let mut script = answered(goal(Clients::All), Route::CiscoUds, "NOERROR", records);
    let config = "<config version='1.0'><Policies><ServiceDiscoveryExcludedServices>CUCM</ServiceDiscoveryExcludedServices></Policies></config>";
    http(&mut script, HttpWhat::JabberConfig, "cucm1.example.test", config);
    let choice = script.walk().choice(ClientKind::Jabber);
    assert_eq!(choice.route, Some(Route::CiscoUds));
    assert!(choice.rule.contains("ServiceDiscoveryExcludedServices=CUCM"), "{}", choice.rule);
}

#[test]
fn psi_takes_both_sets_as_one_and_an_older_one_only_the_first() {
    let mut script = Script::new(goal(Clients::All));
    script.lookup(asked_srv(Route::XmppClient, DNS), "NOERROR", vec![srv(10, 0, 5222, "imp1.example.test")]);
    let choice = script.walk().choice(ClientKind::Psi);
    assert_eq!((choice.node, choice.open), (Some(("imp1.example.test".into(), 5222)), true));
    script.lookup(asked_srv(Route::XmppsClient, DNS), "NOERROR", vec![srv(5, 0, 5223, "imp2.example.test")]);
    let choice = script.walk().choice(ClientKind::Psi);
    assert_eq!((choice.route, choice.open), (Some(Route::XmppsClient), false));
    assert_eq!(choice.node, Some(("imp2.example.test".into(), 5223)));
    assert_eq!(
        choice.rule,
        "imp2.example.test is the first by priority 5 of _xmpps-client and _xmpp-client, which count as one set \
         (XEP-0368); older PSI asks for _xmpp-client alone and goes to imp1.example.test:5222"
    );
}

#[test]
fn where_weights_decide_the_rule_says_with_which_chance() {
    let records = vec![srv(10, 60, 5222, "imp1.example.test"), srv(10, 40, 5222, "imp2.example.test")];
    let mut script = answered(goal(Clients::Psi), Route::XmppClient, "NOERROR", records);
    none(&mut script, &[Route::XmppsClient]);
    let choice = script.walk().choice(ClientKind::Psi);
    let rule = "imp1.example.test is the first with a chance of 60 % by its weight of _xmpp-client";
    assert_eq!(choice.rule, rule);
}

#[test]
fn clients_that_are_not_walked_have_no_choice_and_a_node_by_hand_is_one() {
    let rule = |goal: WalkAsk, client| Script::new(goal).walk().choice(client);
    assert!(rule(goal(Clients::Psi), ClientKind::Jabber).rule.starts_with("--as psi"));
    assert!(rule(goal(Clients::Jabber), ClientKind::Psi).rule.starts_with("--as jabber"));
    assert!(rule(goal(Clients::Edge), ClientKind::Psi).rule.starts_with("--as edge"));
    let mut by_hand = goal(Clients::All);
    by_hand.nodes = vec![crate::discovery::walk::script::given("Imp1.test", 5333)];
    let choice = rule(by_hand, ClientKind::Psi);
    assert_eq!((choice.node, choice.open), (Some(("imp1.test".into(), 5333)), false));
}

#[test]
fn an_answer_that_was_cut_off_waits_for_the_whole_one() {
    let mut script = Script::new(goal(Clients::All));
    let op = script.begin(Ask::Dns(asked_srv(Route::XmppClient, DNS)));
    let cut = crate::journal::DnsAnswer {
        transport: crate::journal::Transport::Udp,
        rcode: "NOERROR".into(),
        truncated: true,
        authoritative: true,
        records: Vec::new(),
        left_out: 0,
        negative_ttl: None,
        bytes: 512,
    };
    script.say(op, Event::Saw(Fact::Dns(crate::journal::DnsFact::Answered(cut))));
    assert_eq!(script.walk().route(Route::XmppClient).state, RouteState::Running);
    script.end(op, Outcome::new(How::Lost, "ECONNRESET", ""));
    assert_eq!(script.walk().route(Route::XmppClient).state, RouteState::Failed("ECONNRESET".into()));
}

#[test]
fn the_way_from_outside_is_the_walked_one_once_all_servers_know_no_other_and_stays_so() {
    let inside = [Route::CiscoUds, Route::Cuplogin, Route::XmppClient, Route::XmppsClient];
    let edge = || vec![srv(10, 0, 8443, "expe.example.test")];
    let mut script = answered(two_servers(), Route::CollabEdge, "NOERROR", edge());
    none(&mut script, &inside);
    assert!(!script.walk().is_outside(), "the other server was not asked yet");
    for route in &inside[1..] {
        script.lookup(asked_srv(*route, OTHER), "NXDOMAIN", Vec::new());
    }
    let mut knows = script.clone();
    knows.lookup(asked_srv(Route::CiscoUds, OTHER), "NOERROR", vec![srv(10, 0, 8443, "cucm1.example.test")]);
    assert!(!knows.walk().is_outside(), "one server knows a way inside");
    let op = script.begin(Ask::Dns(asked_srv(Route::CiscoUds, OTHER)));
    script.time_out(op);
    assert!(script.walk().is_outside(), "a server that failed says nothing");
    script.lookup(asked_srv(Route::CiscoUds, DNS), "NOERROR", vec![srv(10, 0, 8443, "cucm1.example.test")]);
    assert!(script.walk().is_outside(), "what is found later takes nothing back");
    let mut disabled = answered(goal(Clients::All), Route::CollabEdge, "NOERROR", vec![srv(0, 0, 0, ".")]);
    none(&mut disabled, &inside);
    assert!(!disabled.walk().is_outside(), "there is no edge");
}
