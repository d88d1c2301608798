//! The way in from outside: the edge, what it hands on, and the login at its own front end.

use super::dialogue::{Dialogue, NOTHING, PASSWORD};
use super::site::{Login, NOT_FOUND, Reply, Site, edge_config, sso};
use crate::discovery::walk::script::{address, goal};
use crate::journal::{ClientKind, Clients, HttpWhat, RecordKind, UserAct, WalkAsk};
use crate::protocol::edge;

const FRONT: &str = "expe.example.test:5222";

fn outside(site: Site) -> Dialogue {
    Dialogue::walked(goal(Clients::Edge), site, PASSWORD)
}

#[test]
fn from_outside_everything_goes_through_the_edge_and_the_password_to_the_edge_first() {
    let mut walk = Dialogue::new(goal(Clients::Edge), Site::healthy().with_edge(true), PASSWORD);
    assert_eq!(walk.asks(), ["SRV _collab-edge._tls.example.test"]);
    walk.answer_all();
    assert_eq!(walk.asks(), ["A expe.example.test", "AAAA expe.example.test"]);
    walk.answer_all();
    assert_eq!(
        walk.asks(),
        ["get_edge_sso expe.example.test"],
        "no password before single sign-on is known to be off"
    );
    walk.answer_all();
    assert_eq!(walk.asks(), ["get_edge_config expe.example.test"]);
    walk.answer_all();
    let through = |what: &str| format!("{what} cucm1.example.test by expe.example.test:8443");
    assert_eq!(walk.asks(), ["UDS clusterUser", "UDS version"].map(through));
    walk.answer_all();
    assert_eq!(walk.asks(), ["UDS servers", "UDS user"].map(through));
    walk.run();
    let through = |what: &str, host: &str| format!("{what} {host}.example.test by expe.example.test:8443");
    let uses = [
        "get_edge_config expe.example.test".to_owned(),
        through("UDS user", "cucm1"),
        through("EPAS login", "imp1"),
        format!("credential {FRONT} jabber"),
    ];
    assert_eq!(walk.uses(), uses);
    assert!(walk.asked.contains(&through("service profile", "cucm1")), "{:#?}", walk.asked);
    assert_eq!(walk.asked_for("onetime").len(), 1);
    let inside: Vec<&str> = walk.asked_for("A ").into_iter().filter(|name| !name.contains("expe")).collect();
    assert_eq!(inside, [""; 0], "nobody outside resolves what stands inside");
}

#[test]
fn what_is_handed_on_has_the_prefix_of_the_domain_and_the_server_inside() {
    let walk = outside(Site::healthy().with_edge(true)).walk();
    let asked = walk.exchanges().iter().map(|exchange| &exchange.ask).filter(|ask| !ask.inside.is_empty());
    let mut count = 0;
    for ask in asked {
        let (scheme, host, port) = ask.server();
        let prefix = edge::proxied_prefix("example.test", scheme, host, port);
        let path = ask.inside.splitn(4, '/').nth(3).unwrap();
        assert_eq!(ask.url, format!("https://expe.example.test:8443/{prefix}/{path}"));
        assert_eq!(edge::domain_of(&ask.url).as_deref(), Some("example.test"));
        assert_eq!(ask.addresses, ["192.0.2.8"]);
        count += 1;
    }
    assert!(count >= 8, "{count}");
    let config = &walk.edge_config().unwrap().0.ask.url;
    let path = "get_edge_config?service_name=_cisco-uds&service_name=_cuplogin";
    assert_eq!(*config, format!("https://expe.example.test:8443/ZXhhbXBsZS50ZXN0/{path}"));
}

#[test]
fn a_refusal_by_the_edge_stops_everything_that_would_use_the_password() {
    let mut site = Site::healthy().with_edge(true);
    site.reply(HttpWhat::EdgeConfig, "expe", Reply::Http(401, String::new()));
    let walk = outside(site);
    assert_eq!(walk.uses(), ["get_edge_config expe.example.test"]);
    let why = Some("the password was refused by the edge expe (401): not tried elsewhere".to_owned());
    assert_eq!((walk.skipped("UDS user"), walk.skipped("login")), (why.clone(), why));
    assert_eq!(
        walk.asked_for("mechanisms"),
        [format!("mechanisms {FRONT} jabber")],
        "what needs no credential goes on"
    );
}

#[test]
fn a_user_without_a_uds_is_looked_for_where_expressway_c_looks_and_gives_no_password_there() {
    // None is named, or one that no client can ask.
    for named in ["", "alice:pw@cucm1/"] {
        let mut site = Site::healthy().with_edge(true);
        site.ok(HttpWhat::EdgeConfig, "expe", &edge_config(named));
        site.ok(HttpWhat::ClusterUser, "cucm2", NOT_FOUND);
        let walk = outside(site);
        assert_eq!(walk.uses(), ["get_edge_config expe.example.test"]);
        assert_eq!(walk.asked_for("UDS clusterUser").len(), 1);
        let why = "get_edge_config names no UDS of the user that can be asked";
        assert_eq!(walk.skipped("UDS user").as_deref(), Some(why));
    }
}

#[test]
fn single_sign_on_at_the_edge_keeps_the_password_from_it() {
    let mut site = Site::healthy().with_edge(true);
    site.ok(HttpWhat::EdgeSso, "expe", &sso(true));
    let walk = outside(site);
    assert_eq!(walk.uses(), [""; 0]);
    assert!(walk.skipped("get_edge_config").unwrap().contains("single sign-on"));
}

#[test]
fn a_silent_edge_is_asked_once_and_a_dead_one_hands_on_to_the_next() {
    let mut site = Site::healthy().with_edge(true);
    site.reply(HttpWhat::EdgeConfig, "expe", Reply::Silent);
    assert_eq!(outside(site.clone()).uses(), ["get_edge_config expe.example.test"]);
    site.srv("_collab-edge._tls", &[(10, 0, 8443, "expe"), (20, 0, 8443, "expe2")]);
    site.host("expe2", "192.0.2.9");
    site.reply(HttpWhat::EdgeConfig, "expe", Reply::Dead);
    site.ok(HttpWhat::EdgeSso, "expe2", &sso(false));
    site.ok(HttpWhat::EdgeConfig, "expe2", &edge_config("cucm1"));
    let walk = outside(site);
    assert!(
        walk.asked.contains(&"UDS user cucm1.example.test by expe2.example.test:8443".to_owned()),
        "{:#?}",
        walk.asked
    );
}

#[test]
fn beside_the_way_inside_the_edge_gets_no_password_without_the_users_word() {
    let mut walk = Dialogue::walked(goal(Clients::All), Site::healthy().with_edge(false), PASSWORD);
    let inside = Dialogue::walked(goal(Clients::All), Site::healthy(), PASSWORD);
    assert_eq!(walk.uses(), inside.uses());
    assert_eq!(walk.asked_for("get_edge").len(), 1, "get_edge_sso alone");
    assert_eq!(walk.asked_for(FRONT), [format!("mechanisms {FRONT} psi")]);
    assert!(walk.skipped("get_edge_config").unwrap().contains("--as edge"));
    let cost = walk.walk().cost(PASSWORD, &UserAct::AllNodes);
    assert_eq!((cost.edge, cost.by_password), (1, 2), "imp2 and the edge's front end");
    let before = walk.walk().attempts();
    walk = walk.after(UserAct::AllNodes);
    let since = walk.since();
    for asked in ["get_edge_config expe.example.test", &format!("credential {FRONT} psi")] {
        assert!(since.contains(&asked), "{asked}: {since:#?}");
    }
    assert_eq!(walk.walk().attempts() - before, cost.attempts());
    let handed_on: Vec<&&str> = since.iter().filter(|name| name.contains(" by ")).collect();
    assert_eq!(handed_on.len(), 2, "version and clusterUser, which take no credential: {handed_on:?}");
    let node = walk.walk().nodes().into_iter().find(|node| node.edge).unwrap();
    assert_eq!((node.host.as_str(), node.home), ("expe.example.test", None));
    assert_eq!(node.named_by, ["_collab-edge._tls", "get_edge_config: xmppEdgeServer"]);
}

#[test]
fn a_refusal_inside_keeps_the_password_from_the_edge_though_the_user_asked_for_it() {
    let mut site = Site::healthy().with_edge(false);
    site.reply(HttpWhat::User, "cucm1", Reply::Http(401, String::new()));
    let mut walk = Dialogue::new(goal(Clients::All), site, PASSWORD);
    walk.word(UserAct::AllNodes);
    walk.run();
    assert_eq!(walk.uses(), ["UDS user cucm1.example.test"]);
}

#[test]
fn without_a_password_the_edge_is_walked_to_its_mechanisms() {
    let walk = Dialogue::walked(goal(Clients::Edge), Site::healthy().with_edge(true), NOTHING);
    assert_eq!(walk.asked_for("get_edge_config"), [""; 0]);
    assert_eq!(walk.uses(), [format!("credential {FRONT} jabber")], "which ends before it, for there is none");
}

#[test]
fn jabber_takes_the_edge_only_where_nothing_inside_answered() {
    let both = Dialogue::walked(goal(Clients::All), Site::healthy().with_edge(false), PASSWORD).walk();
    assert!(both.choice(ClientKind::Jabber).rule.starts_with("_cisco-uds beats"));
    let alone = Dialogue::walked(goal(Clients::All), Site::healthy().with_edge(true), PASSWORD).walk();
    let choice = alone.choice(ClientKind::Jabber);
    assert!(choice.rule.contains("only then does Jabber take _collab-edge, by expe"), "{}", choice.rule);
    assert_eq!(choice.node, Some(("expe.example.test".to_owned(), 5222)));
}

#[test]
fn no_experiment_is_made_on_an_edge() {
    let site = Site::healthy().with_edge(true).login("expe.example.test", Login::Silent);
    let walk = outside(site).after(UserAct::ControlAnywhere);
    assert_eq!(walk.asked_for("control"), [""; 0]);
    assert!(walk.walk().can_control("expe.example.test", 5222).unwrap_err().contains("Expressway-E"));
}

/// The uses of a credential from outside, in their order, of a user at home on imp1.
fn uses_outside() -> Vec<String> {
    let through = |what: &str, host: &str| format!("{what} {host}.example.test by expe.example.test:8443");
    let config = "get_edge_config expe.example.test".to_owned();
    let login = format!("credential {FRONT} jabber");
    vec![config, through("UDS user", "cucm1"), through("EPAS login", "imp1"), login]
}

#[test]
fn where_dns_knows_the_edge_alone_all_ways_are_the_one_from_outside() {
    let alone = Dialogue::walked(goal(Clients::All), Site::healthy().with_edge(true), PASSWORD);
    assert_eq!(alone.uses(), uses_outside());
    assert!(alone.walk().is_outside());
    // The domain's own address is that of its web server.
    let mut site = Site::healthy().with_edge(true);
    site.dns.insert(("example.test".into(), RecordKind::A), vec![address("192.0.2.80")]);
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!((walk.uses(), walk.asked_for("mechanisms example.test")), (alone.uses(), Vec::new()));
    assert!(walk.asked.contains(&"A example.test".to_owned()), "where PSI would go is told all the same");
    let named = [("--cucm", WalkAsk { cucms: vec!["cucm1.example.test".into()], ..goal(Clients::All) })];
    for (what, goal) in named {
        assert!(!Dialogue::walked(goal, Site::healthy().with_edge(true), PASSWORD).walk().is_outside(), "{what}");
    }
    for clients in [Clients::Jabber, Clients::Psi] {
        let walk = Dialogue::walked(goal(clients), Site::healthy().with_edge(true), PASSWORD);
        assert_eq!((walk.walk().is_outside(), walk.uses()), (false, Vec::new()));
    }
    let one_more = Site::healthy().with_edge(false).without("_cisco-uds._tcp");
    assert!(
        !Dialogue::walked(goal(Clients::All), one_more, PASSWORD).walk().is_outside(),
        "_xmpp-client is inside"
    );
}

#[test]
fn beside_the_way_inside_the_one_from_outside_is_walked_to_its_end_on_that_word_behind_all_inside() {
    let inside = Dialogue::walked(goal(Clients::All), Site::healthy(), PASSWORD);
    let inside: Vec<String> = inside.uses().into_iter().map(str::to_owned).collect();
    let mut walk = Dialogue::new(goal(Clients::All), Site::healthy().with_edge(false), PASSWORD);
    walk.word(UserAct::Outside);
    walk.run();
    assert_eq!(walk.uses(), [inside.clone(), uses_outside()].concat());
    assert_eq!(walk.walk().attempts(), inside.len() + 4);
    assert_eq!(walk.skipped("get_edge_config"), None);
    assert!(walk.asked.contains(&"service profile cucm1.example.test by expe.example.test:8443".to_owned()));
    let (walk, outside) = (walk.walk(), walk.walk().seen_from(true));
    let front: Vec<String> = outside.nodes().into_iter().filter(|node| node.edge).map(|node| node.host).collect();
    assert_eq!((front, walk.is_outside()), (vec!["expe.example.test".to_owned()], false));
}

#[test]
fn one_refusal_on_either_side_ends_the_uses_of_both() {
    let walked = |site: Site| {
        let mut walk = Dialogue::new(goal(Clients::All), site, PASSWORD);
        walk.word(UserAct::Outside);
        walk.run();
        walk
    };
    let mut site = Site::healthy().with_edge(false);
    site.reply(HttpWhat::User, "cucm1", Reply::Http(401, String::new()));
    let walk = walked(site);
    assert_eq!(walk.uses(), ["UDS user cucm1.example.test"]);
    assert!(walk.skipped("get_edge_config").unwrap().contains("refused by cucm1"));
    let mut site = Site::healthy().with_edge(false);
    site.reply(HttpWhat::EdgeConfig, "expe", Reply::Http(401, String::new()));
    let walk = walked(site);
    assert_eq!(walk.uses().last(), Some(&"get_edge_config expe.example.test"));
}

#[test]
fn without_a_password_or_without_an_edge_that_word_asks_for_nothing_more() {
    for (site, means) in [(Site::healthy().with_edge(false), NOTHING), (Site::healthy(), PASSWORD)] {
        let plain = Dialogue::walked(goal(Clients::All), site.clone(), means);
        let mut walk = Dialogue::new(goal(Clients::All), site, means);
        walk.word(UserAct::Outside);
        walk.run();
        assert_eq!(walk.asked, plain.asked);
    }
}
