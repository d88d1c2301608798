//! The path of third-party clients, and nodes that are named by hand.

use super::dialogue::{Dialogue, NOTHING, PASSWORD};
use super::site::{Login, Site, full};
use crate::discovery::plan::Means;
use crate::discovery::walk::script::{DNS, given, goal, server};
use crate::journal::{Clients, Stage};

#[test]
fn psi_asks_for_two_records_and_logs_in_on_the_first_node() {
    let mut walk = Dialogue::new(goal(Clients::Psi), Site::healthy(), PASSWORD);
    assert_eq!(walk.asks(), ["SRV _xmpp-client._tcp.example.test", "SRV _xmpps-client._tcp.example.test"]);
    walk.answer_all();
    assert_eq!(walk.asks().len(), 4);
    walk.answer_all();
    let logins = ["credential imp1.example.test:5222 psi", "mechanisms imp2.example.test:5222 psi"];
    assert_eq!(walk.asks(), logins);
    walk.run();
    assert_eq!(walk.asked.len(), 2 + 4 + 2);
}

#[test]
fn the_login_does_not_wait_for_a_dns_server_behind_the_one_that_answered() {
    let mut goal = goal(Clients::Psi);
    goal.dns = vec![server(DNS), server("10.1.1.54:53")];
    let mut walk = Dialogue::new(goal.clone(), Site::healthy(), PASSWORD);
    walk.held = vec!["of 10.1.1.54"];
    walk.run();
    assert_eq!(walk.uses(), ["credential imp1.example.test:5222 psi"]);
    goal.dns.reverse();
    let mut walk = Dialogue::new(goal, Site::healthy(), PASSWORD);
    walk.held = vec!["of 10.1.1.54"];
    walk.run();
    assert_eq!(walk.uses(), [""; 0], "the preferred one may still say something else");
    assert_eq!(walk.asked_for("mechanisms").len(), 2);
}

#[test]
fn without_records_the_domains_own_address_is_tried() {
    let mut site = Site::healthy().without("_xmpp-client._tcp");
    site.host("example.test", "10.1.0.1");
    let walk = Dialogue::walked(goal(Clients::Psi), site.clone(), PASSWORD);
    let asked = [
        "A example.test",
        "AAAA example.test",
        "credential example.test:5222 psi",
        "SRV _xmpp-client._tcp.example.test",
    ];
    assert!(asked.iter().all(|ask| walk.asked.contains(&(*ask).to_owned())), "{:?}", walk.asked);
    let walk = Dialogue::walked(goal(Clients::All), site, PASSWORD);
    assert_eq!(walk.asked_for(" example.test:5222"), [""; 0], "other nodes are named");
    assert!(walk.skipped("login on example.test:5222").is_some());
    assert_eq!(walk.uses()[2], "credential imp1.example.test:5222 psi");
}

#[test]
fn a_domain_that_offers_no_xmpp_is_not_asked_itself() {
    let mut site = Site::healthy();
    site.srv("_xmpp-client._tcp", &[(0, 0, 0, ".")]);
    site.host("example.test", "10.1.0.1");
    let walk = Dialogue::walked(goal(Clients::Psi), site, PASSWORD);
    assert_eq!(walk.asked.len(), 2, "{:?}", walk.asked);
    assert_eq!(walk.skipped("login").as_deref(), Some("no IM&P node is named"));
}

#[test]
fn a_node_names_the_home_and_the_password_goes_there() {
    let mut site = Site::healthy();
    site.hostnames.insert(full("imp1"), vec!["imp2.example.test", "imp1.example.test"]);
    let mut walk = Dialogue::new(goal(Clients::All), site.without("_cisco-uds._tcp"), PASSWORD);
    walk.held = vec!["SRV _cuplogin"];
    walk.run();
    assert_eq!(walk.uses().last(), Some(&"credential imp2.example.test:5222 psi"));
}

#[test]
fn the_first_node_named_by_hand_takes_the_credential_and_no_route_is_walked() {
    let mut goal = goal(Clients::All);
    goal.nodes = vec![given("Imp2.example.test", 5222), given("10.1.2.11", 5223)];
    let mut site = Site::healthy();
    site.hostnames.insert(full("imp2"), vec!["imp3.example.test"]);
    site.host("imp3", "10.1.2.13");
    let walk = Dialogue::walked(goal.clone(), site.clone(), PASSWORD);
    let asked = [
        "A imp2.example.test",
        "AAAA imp2.example.test",
        "mechanisms 10.1.2.11:5223 psi",
        "credential imp2.example.test:5222 psi",
    ];
    assert_eq!(walk.asked, asked);
    goal.dns.clear();
    let walk = Dialogue::walked(goal, site, PASSWORD);
    assert_eq!(walk.asked, ["credential imp2.example.test:5222 psi", "mechanisms 10.1.2.11:5223 psi"]);
}

#[test]
fn a_node_by_hand_that_dns_does_not_know_is_left_to_the_system() {
    let mut goal = goal(Clients::Psi);
    goal.nodes = vec![given("in-my-hosts-file", 5222)];
    let walk = Dialogue::walked(goal, Site::healthy(), PASSWORD);
    assert_eq!(walk.asked[2..], ["credential in-my-hosts-file:5222 psi"]);
}

#[test]
fn a_login_that_shall_end_before_auth_needs_no_credential() {
    for until in [Stage::Tls, Stage::StreamTls] {
        let means = Means { until: Some(until), ..PASSWORD };
        let walk = Dialogue::walked(goal(Clients::Psi), Site::healthy(), means);
        assert_eq!((walk.uses(), walk.asked_for("mechanisms").len()), (vec![], 2));
    }
}

#[test]
fn without_a_credential_the_login_starts_all_the_same_and_once() {
    let walk = Dialogue::walked(goal(Clients::Psi), Site::healthy(), NOTHING);
    assert_eq!(walk.uses(), ["credential imp1.example.test:5222 psi"]);
}

#[test]
fn a_refused_login_is_not_repeated_elsewhere() {
    let mut site = Site::healthy();
    site.logins.insert(full("imp1"), Login::Refused);
    let walk = Dialogue::walked(goal(Clients::Psi), site, PASSWORD);
    assert_eq!(walk.uses(), ["credential imp1.example.test:5222 psi"]);
}
