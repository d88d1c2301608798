//! Jabber's path: UDS, the service profile, EPAS, and the login at their end.

use super::dialogue::{Dialogue, NOTHING, PASSWORD, TOKEN};
use super::site::{Login, NOT_FOUND, Reply, Site, found, full, profile, soap, sso, user};
use crate::discovery::walk::script::{given, goal, server};
use crate::journal::{Clients, HttpWhat};

fn healthy(clients: Clients) -> Dialogue {
    Dialogue::new(goal(clients), Site::healthy(), PASSWORD)
}

#[test]
fn each_answer_leads_to_what_it_makes_possible_and_to_nothing_else() {
    let mut walk = healthy(Clients::Jabber);
    let routes = ["_cisco-uds._tcp", "_collab-edge._tls", "_cuplogin._tcp"];
    assert_eq!(walk.asks(), routes.map(|route| format!("SRV {route}.example.test")));
    assert_eq!(walk.asks(), [""; 0]);
    walk.answer_all();
    let both = |host: &str| [format!("A {host}.example.test"), format!("AAAA {host}.example.test")];
    let mut hosts = [both("cucm1"), both("cucm2")].concat();
    hosts.sort();
    assert_eq!(walk.asks(), hosts);
    walk.answer("A cucm2.example.test");
    let of = |host: &str| {
        ["UDS clusterUser", "UDS version", "singleSignOn"].map(|what| format!("{what} {host}.example.test"))
    };
    assert_eq!(walk.asks(), of("cucm2"));
    walk.answer("UDS clusterUser cucm2.example.test");
    assert_eq!(walk.asks(), [""; 0], "the home cluster's node has no address yet");
    walk.answer("A cucm1.example.test");
    let mut first = of("cucm1").to_vec();
    first.push("UDS servers cucm1.example.test".to_owned());
    first.sort();
    assert_eq!(walk.asks(), first);
    walk.answer("UDS servers cucm1.example.test");
    assert_eq!(walk.asks(), [""; 0], "no password before single sign-on is known to be off");
    walk.answer("singleSignOn cucm1.example.test");
    assert_eq!(walk.asks(), ["UDS user cucm1.example.test"]);
    walk.answer("UDS user cucm1.example.test");
    let mut next = [both("imp1"), both("imp2")].concat();
    next.sort();
    next.extend(["jabber-config.xml cucm1.example.test", "service profile cucm1.example.test"].map(str::to_owned));
    assert_eq!(walk.asks(), next);
    walk.answer("A imp1.example.test");
    walk.answer("A imp2.example.test");
    assert_eq!(
        walk.asks(),
        ["EPAS login imp1.example.test", "mechanisms imp2.example.test:5222 jabber"],
        "the home node waits for its token"
    );
    walk.answer("EPAS login imp1.example.test");
    assert_eq!(
        walk.asks(),
        ["EPAS get-all-config imp1.example.test", "EPAS get-onetime-password imp1.example.test"]
    );
    walk.answer("EPAS get-onetime-password imp1.example.test");
    assert_eq!(walk.asks(), ["credential imp1.example.test:5222 jabber"]);
    walk.answer("jabber-config.xml cucm1.example.test");
    assert_eq!(walk.asks(), ["jabber-config.xml cucm2.example.test"]);
    walk.run();
    assert!(walk.walk().is_done(PASSWORD));
}

#[test]
fn all_clients_use_the_password_three_times_side_by_side_once_it_is_accepted() {
    let mut walk = healthy(Clients::All);
    walk.held = vec!["UDS user"];
    walk.run();
    assert_eq!(walk.uses(), ["UDS user cucm1.example.test"], "alone");
    let up_to_mechanisms = ["mechanisms imp1.example.test:5222 psi", "mechanisms imp2.example.test:5222 psi"];
    assert_eq!(walk.asked_for("mechanisms"), up_to_mechanisms, "named before one is known to be home");
    walk.answer("UDS user cucm1.example.test");
    let next = walk.asks();
    for ask in ["EPAS login imp1.example.test", "credential imp1.example.test:5222 psi"] {
        assert!(next.contains(&ask.to_owned()), "{ask}: {next:?}");
    }
    walk.held.clear();
    walk.run();
    assert_eq!(walk.uses().len(), 3);
    assert!(walk.asked_for("onetime").is_empty());
    let nodes = walk.walk().nodes();
    assert_eq!((nodes[0].host.as_str(), nodes[0].home), ("imp1.example.test", Some(true)));
    assert!(nodes[1].partner);
}

#[test]
fn a_dead_cucm_delays_nobody() {
    let mut site = Site::healthy();
    site.srv("_cisco-uds._tcp", &[(0, 0, 8443, "cucm3"), (10, 0, 8443, "cucm1"), (10, 0, 8443, "cucm2")]);
    site.host("cucm3", "10.1.2.99");
    let mut walk = Dialogue::new(goal(Clients::All), site, PASSWORD);
    walk.held = vec!["cucm3"];
    walk.run();
    assert_eq!(walk.uses().len(), 3, "{:#?}", walk.asked);
    let healthy = Dialogue::walked(goal(Clients::All), Site::healthy(), PASSWORD);
    let rest: Vec<&String> = walk.asked.iter().filter(|ask| !ask.contains("cucm3")).collect();
    assert_eq!(rest, healthy.asked.iter().collect::<Vec<_>>());
}

#[test]
fn a_refusal_stops_everything_that_would_use_the_password() {
    let mut site = Site::healthy();
    site.reply(HttpWhat::User, "cucm1", Reply::Http(401, "<html/>".into()));
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!(walk.uses(), ["UDS user cucm1.example.test"]);
    assert_eq!(walk.asked_for("mechanisms").len(), 2, "what needs no credential goes on");
    let why = Some("the password was refused by cucm1 (401): not tried elsewhere".to_owned());
    assert_eq!((walk.skipped("EPAS login"), walk.skipped("login")), (why.clone(), why));
    assert!(walk.walk().is_done(PASSWORD));
}

#[test]
fn epas_refuses_and_the_login_is_not_tried() {
    let mut site = Site::healthy().without("_cisco-uds._tcp");
    site.srv("_cuplogin._tcp", &[(10, 0, 8443, "imp1")]);
    site.ok(HttpWhat::EpasLogin, "imp1", &soap("<login-resp><failure reason=\"wrong\"/></login-resp>"));
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!(walk.uses(), ["EPAS login imp1.example.test"]);
    let why = "the password was refused by EPAS on imp1: not tried elsewhere";
    assert_eq!(walk.skipped("login").as_deref(), Some(why));
}

#[test]
fn a_client_that_is_too_old_says_nothing_of_the_password() {
    let mut site = Site::healthy();
    let old = "<login-resp><failure><reason>The client does not meet the minimal version requirement.</reason></failure></login-resp>";
    site.reply(HttpWhat::User, "cucm1", Reply::Silent);
    site.ok(HttpWhat::EpasLogin, "imp1", &soap(old));
    site.srv("_cuplogin._tcp", &[(10, 0, 8443, "imp1")]);
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!(walk.uses().last(), Some(&"credential imp1.example.test:5222 psi"));
}

#[test]
fn no_answer_stops_nothing_and_the_next_use_is_alone_again() {
    for reply in [Reply::Silent, Reply::Http(503, String::new())] {
        let mut site = Site::healthy();
        site.reply(HttpWhat::User, "cucm1", reply);
        site.srv("_cuplogin._tcp", &[(10, 0, 8443, "imp2")]);
        site.reply(HttpWhat::EpasLogin, "imp2", Reply::Silent);
        let mut walk = Dialogue::new(goal(Clients::All), site, PASSWORD);
        walk.held = vec!["EPAS login"];
        walk.run();
        assert_eq!(walk.uses(), ["UDS user cucm1.example.test", "EPAS login imp2.example.test"]);
        walk.held.clear();
        walk.run();
        // Home is not known: PSI's first node takes it.
        assert_eq!(walk.uses()[2..], ["credential imp1.example.test:5222 psi"]);
    }
}

#[test]
fn where_single_sign_on_is_on_no_password_is_used() {
    let mut site = Site::healthy();
    site.ok(HttpWhat::SingleSignOn, "cucm1", &sso(true));
    let walk = Dialogue::walked(goal(Clients::All), site.clone(), PASSWORD);
    assert_eq!(walk.uses(), [""; 0]);
    assert_eq!(walk.asked_for("mechanisms").len(), 2);
    for what in ["UDS user", "EPAS login", "login"] {
        let why = "single sign-on: not testable with a password";
        assert_eq!(walk.skipped(what).as_deref(), Some(why), "{what}");
    }
    let walk = Dialogue::walked(goal(Clients::All), site, TOKEN);
    assert_eq!(walk.uses(), ["credential imp1.example.test:5222 jabber"], "a token is another matter");
}

#[test]
fn single_sign_on_of_another_cluster_is_none_of_ours() {
    let mut site = Site::healthy();
    site.ok(HttpWhat::SingleSignOn, "cucm2", &sso(true));
    site.ok(HttpWhat::Servers, "cucm1", "<servers><server>cucm1.example.test</server></servers>");
    assert_eq!(Dialogue::walked(goal(Clients::All), site.clone(), PASSWORD).uses().len(), 3);
    for cucm in ["cucm1", "cucm2"] {
        site.ok(HttpWhat::ClusterUser, cucm, NOT_FOUND);
    }
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!(walk.uses(), [""; 0], "without a home cluster it could be the user's");
}

#[test]
fn the_home_cluster_may_be_another_one() {
    let mut site = Site::healthy();
    for cucm in ["cucm1", "cucm2"] {
        site.ok(HttpWhat::ClusterUser, cucm, &found("far1.example.test"));
    }
    site.host("far1", "10.9.0.1");
    site.ok(HttpWhat::Version, "far1", "<versionInformation><version>14.0</version></versionInformation>");
    site.ok(HttpWhat::SingleSignOn, "far1", &sso(false));
    site.ok(HttpWhat::User, "far1", &user(&["imp2"]));
    site.epas("imp2", "imp2", "imp1");
    let walk = Dialogue::walked(goal(Clients::Jabber), site, PASSWORD);
    let far = ["UDS version", "singleSignOn", "UDS servers", "UDS user"];
    for what in far {
        assert_eq!(walk.asked_for(&format!("{what} far1")).len(), 1, "{what}");
    }
    assert_eq!(walk.asked_for("clusterUser far1"), [""; 0]);
    assert_eq!(walk.uses()[1..], ["EPAS login imp2.example.test", "credential imp2.example.test:5222 jabber"]);
}

#[test]
fn another_home_is_not_asked_while_the_first_one_has_the_password() {
    let mut site = Site::healthy();
    for cucm in ["cucm1", "cucm2"] {
        site.ok(HttpWhat::ClusterUser, cucm, &found("far1.example.test"));
    }
    site.host("far1", "10.9.0.1");
    site.ok(HttpWhat::SingleSignOn, "far1", &sso(false));
    let mut walk = Dialogue::new(goal(Clients::Jabber), site, PASSWORD);
    walk.held = vec!["UDS user"];
    walk.run();
    assert_eq!(walk.asked_for("UDS user"), ["UDS user far1.example.test"]);
    // Whoever named the home is doubtful from now on, and would be asked in its place.
    super::admin::certificates(&mut walk, false);
    walk.run();
    assert_eq!(walk.asked_for("UDS user"), ["UDS user far1.example.test"]);
}

#[test]
fn a_home_node_that_cannot_be_reached_hands_on_to_its_cluster_and_one_that_was_does_not() {
    let mut site = Site::healthy();
    site.reply(HttpWhat::User, "cucm1", Reply::Dead);
    let walk = Dialogue::walked(goal(Clients::All), site.clone(), PASSWORD);
    assert_eq!(walk.uses()[..2], ["UDS user cucm1.example.test", "UDS user cucm2.example.test"]);
    for reply in [Reply::Silent, Reply::Gate, Reply::Http(500, String::new())] {
        site.reply(HttpWhat::User, "cucm1", reply);
        let walk = Dialogue::walked(goal(Clients::All), site.clone(), PASSWORD);
        assert_eq!(walk.asked_for("UDS user cucm2"), [""; 0]);
    }
}

#[test]
fn an_answer_without_addresses_is_enough() {
    let mut site = Site::healthy();
    let bare = "<clusterUser><result found=\"true\"/><homeCluster>CUCM2.example.test</homeCluster></clusterUser>";
    for cucm in ["cucm1", "cucm2"] {
        site.ok(HttpWhat::ClusterUser, cucm, bare);
    }
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!(walk.uses()[0], "UDS user cucm2.example.test");
}

#[test]
fn an_address_that_no_url_may_hold_is_not_asked() {
    let mut site = Site::healthy();
    let evil = "<clusterUser><result found=\"true\" uri=\"https://a@evil.test\\x/user\"/><homeCluster serversUri=\"file:///etc\">cucm1.example.test</homeCluster></clusterUser>";
    for cucm in ["cucm1", "cucm2"] {
        site.ok(HttpWhat::ClusterUser, cucm, evil);
    }
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!(walk.asked_for("evil"), [""; 0]);
    assert_eq!(walk.uses()[0], "UDS user cucm1.example.test");
}

#[test]
fn the_next_profile_is_asked_for_only_where_the_one_before_failed() {
    let mut site = Site::healthy();
    let walk = Dialogue::walked(goal(Clients::Jabber), site.clone(), PASSWORD);
    assert_eq!(walk.asked_for("service profile"), ["service profile cucm1.example.test"]);
    site.reply(HttpWhat::ServiceProfile, "cucm1", Reply::Http(404, "<html/>".into()));
    let mut walk = Dialogue::new(goal(Clients::Jabber), site, PASSWORD);
    walk.held = vec!["service profile cucm1"];
    walk.run();
    assert_eq!(walk.asked_for("service profile").len(), 1);
    walk.held.clear();
    walk.run();
    assert_eq!(walk.asked_for("service profile").len(), 2);
}

#[test]
fn centralized_imp_is_found_by_the_service_profile_and_the_home_by_epas() {
    let mut site = Site::healthy().without("_xmpp-client._tcp");
    for cucm in ["cucm1", "cucm2"] {
        site.ok(HttpWhat::User, cucm, &user(&[]));
        site.ok(HttpWhat::ServiceProfile, cucm, &profile(&["imp2", "imp1"]));
    }
    let walk = Dialogue::walked(goal(Clients::Jabber), site, PASSWORD);
    let uses = ["UDS user cucm1", "EPAS login imp2", "credential imp1"];
    assert_eq!(walk.uses().len(), 3, "{:?}", walk.uses());
    assert!(walk.uses().iter().zip(uses).all(|(use_, start)| use_.starts_with(start)), "{:?}", walk.uses());
}

#[test]
fn only_cuplogin_leads_to_epas_on_its_first_node_and_its_port() {
    let mut site = Site::healthy().without("_cisco-uds._tcp").without("_xmpp-client._tcp");
    site.srv("_cuplogin._tcp", &[(20, 0, 8443, "imp1"), (10, 0, 443, "imp2")]);
    let walk = Dialogue::walked(goal(Clients::Jabber), site.clone(), PASSWORD);
    assert_eq!(walk.uses(), ["EPAS login imp2.example.test", "credential imp1.example.test:5222 jabber"]);
    let exchange = walk.walk().exchanges()[0].ask.clone();
    assert_eq!(exchange.url, "https://imp2.example.test:443/EPASSoap/service/v80");
    site.dead("imp2");
    let walk = Dialogue::walked(goal(Clients::Jabber), site, PASSWORD);
    assert_eq!(walk.asked_for("EPAS login").len(), 2, "one that was never reached hands on");
}

#[test]
fn epas_may_send_us_to_another_node_but_not_for_ever() {
    let mut site = Site::healthy();
    let to =
        |host: &str| soap(&format!("<login-resp><redirect><host>{}</host></redirect></login-resp>", full(host)));
    site.ok(HttpWhat::EpasLogin, "imp1", &to("imp2"));
    let walk = Dialogue::walked(goal(Clients::Jabber), site.clone(), PASSWORD);
    assert_eq!(walk.asked_for("EPAS login"), ["EPAS login imp1.example.test", "EPAS login imp2.example.test"]);
    site.ok(HttpWhat::EpasLogin, "imp2", &to("imp1"));
    let walk = Dialogue::walked(goal(Clients::Jabber), site, PASSWORD);
    assert_eq!(walk.asked_for("EPAS login").len(), 2);
}

#[test]
fn without_a_password_everything_that_needs_none_is_walked() {
    let walk = Dialogue::walked(goal(Clients::All), Site::healthy(), NOTHING);
    for what in ["UDS version", "UDS clusterUser", "singleSignOn", "UDS servers"] {
        assert!(!walk.asked_for(what).is_empty(), "{what}");
    }
    for what in ["UDS user", "EPAS login"] {
        assert_eq!(walk.asked_for(&format!("{what} ")), [""; 0], "{what}");
    }
    assert_eq!(walk.skipped("UDS user").as_deref(), Some("no password at hand"));
    assert_eq!(walk.uses(), ["credential imp1.example.test:5222 psi"], "started, and stops before auth");
}

#[test]
fn without_a_user_no_question_names_one() {
    let mut goal = goal(Clients::All);
    goal.user_id.clear();
    let walk = Dialogue::walked(goal, Site::healthy(), PASSWORD);
    for what in ["UDS version", "UDS servers", "singleSignOn", "mechanisms"] {
        assert_eq!(walk.asked_for(what).len(), 2, "{what}");
    }
    assert_eq!((walk.asked_for("clusterUser"), walk.uses()), (vec![], vec![]));
    assert_eq!(walk.skipped("login").as_deref(), Some("no user was given"));
}

#[test]
fn an_id_with_an_at_is_tried_as_a_mail_address_where_it_is_unknown() {
    let alice = goal(Clients::Jabber);
    let mut goal = alice.clone();
    goal.user_id = "alice@mail.test".into();
    let mut site = Site::healthy();
    site.ok(HttpWhat::ClusterUser, "cucm1", NOT_FOUND);
    let walk = Dialogue::walked(goal, site, PASSWORD);
    let by_mail = "https://cucm1.example.test:8443/cucm-uds/clusterUser?email=alice%40mail.test";
    assert_eq!(walk.asked_for("email="), [by_mail]);
    let mut site = Site::healthy();
    site.ok(HttpWhat::ClusterUser, "cucm1", NOT_FOUND);
    assert_eq!(Dialogue::walked(alice, site, PASSWORD).asked_for("email="), [""; 0]);
}

#[test]
fn outside_only_the_edge_is_looked_at() {
    let mut site = Site::healthy();
    site.srv("_collab-edge._tls", &[(10, 0, 8443, "edge1")]);
    site.host("edge1", "198.51.100.1");
    let walk = Dialogue::walked(goal(Clients::Edge), site, PASSWORD);
    let others: Vec<&String> = walk
        .asked
        .iter()
        .filter(|name| !name.contains("edge1.example.test") && !name.contains("_collab-edge"))
        .collect();
    assert_eq!(others, Vec::<&String>::new());
    assert_eq!(walk.uses(), ["get_edge_config edge1.example.test"], "an edge that is dead leads nowhere");
}

#[test]
fn a_node_named_by_hand_gives_jabber_its_token() {
    let mut goal = goal(Clients::Jabber);
    goal.nodes = vec![given("imp2.example.test", 5222), given("imp1.example.test", 5222)];
    let walk = Dialogue::walked(goal.clone(), Site::healthy(), PASSWORD);
    assert_eq!(walk.uses(), ["EPAS login imp2.example.test", "credential imp2.example.test:5222 jabber"]);
    assert_eq!(walk.asked_for("SRV"), [""; 0]);
    assert_eq!(walk.asked_for("mechanisms"), ["mechanisms imp1.example.test:5222 jabber"]);
    let walk = Dialogue::walked(goal, Site::healthy(), TOKEN);
    assert_eq!(walk.uses(), ["credential imp2.example.test:5222 jabber"]);
    assert_eq!(walk.asked_for("EPAS"), [""; 0]);
}

#[test]
fn a_name_that_is_left_to_the_proxy_needs_no_dns() {
    for (names, uses) in
        [(true, &["EPAS login imp1.example.test", "credential imp1.example.test:5222 jabber"][..]), (false, &[])]
    {
        let mut goal = goal(Clients::Jabber);
        goal.dns = Vec::new();
        goal.nodes = vec![given("imp1.example.test", 5222)];
        goal.via = Some(crate::journal::Via { host: "127.0.0.1".into(), port: 1080, names });
        let walk = Dialogue::walked(goal, Site::healthy(), PASSWORD);
        assert_eq!(walk.uses(), uses, "{names}");
        assert_eq!(walk.asked_for("A "), [""; 0]);
    }
}

#[test]
fn without_a_one_time_password_jabber_logs_in_nowhere() {
    let none = soap("<get-onetime-password-resp><failure reason='no such session'/></get-onetime-password-resp>");
    for reply in [Reply::Http(200, none), Reply::Silent] {
        let mut site = Site::healthy();
        site.reply(HttpWhat::EpasToken, "imp1", reply);
        let walk = Dialogue::walked(goal(Clients::Jabber), site, PASSWORD);
        assert_eq!(walk.uses(), ["UDS user cucm1.example.test", "EPAS login imp1.example.test"]);
        let why = "Jabber needs a one-time password, and EPASSoap gave none";
        assert_eq!(walk.skipped("login").as_deref(), Some(why));
    }
}

#[test]
fn a_cucm_named_by_hand_stands_beside_those_of_dns() {
    let mut goal = goal(Clients::All);
    goal.cucms = vec!["cucm2.example.test:443".into()];
    goal.dns = vec![server("10.1.1.53:53")];
    let walk = Dialogue::walked(goal, Site::healthy().without("_cisco-uds._tcp"), PASSWORD);
    assert_eq!(walk.uses().len(), 3, "{:#?}", walk.asked);
    let version = walk.walk().exchanges().iter().any(|exchange| {
        exchange.ask.url == "https://cucm2.example.test:443/cucm-uds/version"
            && exchange.ask.addresses == ["10.1.2.12"]
    });
    assert!(version);
}

#[test]
fn a_silent_login_is_the_end_of_it() {
    let mut site = Site::healthy();
    site.logins.insert(full("imp1"), Login::Silent);
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!(walk.uses().len(), 3);
    assert!(walk.walk().is_done(PASSWORD));
}

#[test]
fn a_home_cluster_without_an_address_is_said_to_have_none() {
    let mut site = Site::healthy();
    for cucm in ["cucm1", "cucm2"] {
        site.ok(HttpWhat::ClusterUser, cucm, &found("nowhere.example.test"));
    }
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!(walk.skipped("UDS user").as_deref(), Some("no node of the home cluster has an address"));
    assert_eq!(walk.uses(), ["credential imp1.example.test:5222 psi"]);
}

#[test]
fn a_host_that_only_a_node_names_gets_no_password_by_epas() {
    let mut site = Site::healthy().without("_cisco-uds._tcp");
    site.srv("_cuplogin._tcp", &[(10, 0, 8443, "imp1")]);
    site.hostnames.insert(full("imp1"), vec!["imp3.example.test"]);
    site.host("imp3", "10.1.2.66");
    site.epas("imp3", "imp3", "imp1");
    let mut walk = Dialogue::new(goal(Clients::All), site, PASSWORD);
    walk.held = vec!["SRV _cuplogin"];
    walk.run();
    assert_eq!((walk.asked_for("AAAA imp3").len(), walk.asked_for("EPAS login").len()), (1, 0));
    walk.held.clear();
    walk.run();
    assert_eq!(walk.asked_for("EPAS login"), ["EPAS login imp1.example.test"]);
}
