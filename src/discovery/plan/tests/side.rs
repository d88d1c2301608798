//! The same login on all nodes: when each node is asked, what a refusal stops, and what it costs.

use super::dialogue::{Dialogue, NOTHING, PASSWORD, TOKEN};
use super::site::{Login, Reply, Site, full, sso};
use crate::discovery::plan::Means;
use crate::discovery::walk::script::{given, goal};
use crate::journal::{Clients, HttpWhat, Stage, UserAct};

/// Four nodes, `imp1` is the home of alice.
fn four() -> Site {
    let mut site = Site::healthy();
    let records: Vec<(u16, u16, u16, &str)> =
        vec![(10, 0, 5222, "imp1"), (20, 0, 5222, "imp2"), (30, 0, 5222, "imp3"), (40, 0, 5222, "imp4")];
    site.srv("_xmpp-client._tcp", &records);
    site.host("imp3", "10.1.2.23");
    site.host("imp4", "10.1.2.24");
    site
}

fn at(hosts: &[&str]) -> Vec<String> {
    hosts.iter().map(|host| format!("credential {host}.example.test:5222 psi")).collect()
}

fn walked(clients: Clients, site: Site) -> Dialogue {
    Dialogue::walked(goal(clients), site, PASSWORD)
}

#[test]
fn after_the_word_every_other_node_is_asked_once_and_at_once() {
    for clients in [Clients::All, Clients::Jabber, Clients::Psi] {
        let mut walk = walked(clients, if clients == Clients::Jabber { Site::healthy() } else { four() });
        let others: &[&str] = if clients == Clients::Jabber { &["imp2"] } else { &["imp2", "imp3", "imp4"] };
        assert_eq!(walk.asked_for("credential ").len(), 1);
        assert_eq!(walk.walk().cost(PASSWORD, &UserAct::AllNodes).attempts(), others.len());
        walk.word(UserAct::AllNodes);
        assert_eq!(walk.asks(), at(others), "side by side, with the password");
        walk.run();
        assert_eq!(walk.since(), at(others));
        assert!(walk.walk().is_done(PASSWORD));
    }
}

#[test]
fn a_word_at_the_beginning_waits_for_its_turn() {
    let mut walk = Dialogue::new(goal(Clients::Psi), four(), PASSWORD);
    walk.word(UserAct::AllNodes);
    walk.held = vec!["credential"];
    walk.run();
    assert_eq!(walk.asked_for("credential"), at(&["imp1"]), "first, and alone: nobody has accepted it");
    walk.answer("credential imp1.example.test:5222 psi");
    assert_eq!(walk.asks(), at(&["imp2", "imp3", "imp4"]));
    let mut walk = Dialogue::new(goal(Clients::All), four(), PASSWORD);
    walk.word(UserAct::AllNodes);
    walk.held = vec!["UDS user", "credential"];
    walk.run();
    assert_eq!(walk.asked_for("credential"), [""; 0], "the user's record may name the home");
    walk.answer("UDS user cucm1.example.test");
    walk.run();
    assert_eq!(walk.asked_for("credential"), at(&["imp1"]), "it was accepted, and this node may refuse it");
    walk.answer("credential imp1.example.test:5222 psi");
    assert_eq!(walk.asks(), at(&["imp2", "imp3", "imp4"]));
}

#[test]
fn a_password_that_cucm_accepted_and_the_home_node_refuses_goes_nowhere_else() {
    let mut walk = Dialogue::new(goal(Clients::All), four().login("imp1", Login::Refused), PASSWORD);
    walk.word(UserAct::AllNodes);
    walk.run();
    assert_eq!(walk.asked_for("credential"), at(&["imp1"]));
}

#[test]
fn a_silent_home_node_keeps_nobody_waiting_whether_or_not_its_login_has_ended() {
    for login in [Login::Silent, Login::Waits] {
        let mut walk = Dialogue::new(goal(Clients::Psi), four().login("imp1", login), PASSWORD);
        walk.word(UserAct::AllNodes);
        walk.run();
        assert_eq!(walk.asked_for("credential"), at(&["imp1", "imp2", "imp3", "imp4"]));
    }
    let walk = walked(Clients::Psi, four().login("imp1", Login::Waits));
    assert_eq!(walk.asked_for("credential"), at(&["imp1"]), "nobody asked for more");
}

#[test]
fn a_silent_request_keeps_nobody_waiting_and_one_that_may_be_answered_does() {
    let mut site = four();
    site.reply(HttpWhat::User, "cucm1", Reply::Silent);
    site.reply(HttpWhat::EpasLogin, "imp1", Reply::Silent);
    let walk = walked(Clients::All, site).after(UserAct::AllNodes);
    assert_eq!(walk.since(), at(&["imp2", "imp3", "imp4"]));
}

#[test]
fn a_refusal_by_a_node_that_is_not_home_is_an_answer() {
    let mut site = four().login("imp1", Login::Silent).login("imp2", Login::Refused).login("imp3", Login::Refused);
    let walk = walked(Clients::All, site.clone()).after(UserAct::AllNodes);
    assert_eq!(walk.since(), at(&["imp2", "imp3", "imp4"]));
    assert_eq!(walk.walk().advises_against(PASSWORD), None);
    let mut goal = goal(Clients::Psi);
    goal.nodes = ["imp2", "imp1", "imp4"].map(|host| given(&full(host), 5222)).to_vec();
    site.hostnames.insert(full("imp2"), vec!["imp1.example.test"]);
    let walk = Dialogue::walked(goal, site, PASSWORD).after(UserAct::AllNodes);
    assert_eq!(walk.since(), at(&["imp1", "imp4"]), "made before the word, it is one all the same");
}

/// The nodes `imp1` to `imp9`, none of them known as the home.
fn nine() -> Site {
    let mut site = four();
    let names: Vec<String> = (1..10).map(|at| format!("imp{at}")).collect();
    let records: Vec<(u16, u16, u16, &str)> =
        (10..).step_by(10).zip(&names).map(|(priority, name)| (priority, 0, 5222, name.as_str())).collect();
    site.srv("_xmpp-client._tcp", &records);
    for (at, name) in names.iter().enumerate().skip(2) {
        site.host(name, &format!("10.1.2.{}", 21 + at));
    }
    site
}

#[test]
fn a_password_that_nobody_accepts_is_refused_by_three_nodes_and_no_more() {
    let but = |honest: &str| {
        let refusing = (2..10).map(|at| format!("imp{at}")).filter(|host| host != honest);
        refusing.fold(nine().login("imp1", Login::Waits), |site, host| site.login(&host, Login::Refused))
    };
    let refused = but("");
    let mut walk = Dialogue::new(goal(Clients::Psi), refused.clone(), PASSWORD);
    walk.word(UserAct::AllNodes);
    walk.run();
    assert_eq!(walk.asked_for("credential"), at(&["imp1", "imp2", "imp3", "imp4"]));
    let why = "3 nodes refused the password, and none accepted it";
    assert_eq!(walk.skipped("same login on all nodes").as_deref(), Some(why));
    assert_eq!(walk.walk().cost(PASSWORD, &UserAct::AllNodes).attempts(), 9, "a person may say it again");
    // Who is silent refuses nothing: three more are asked.
    let silent = refused.login("imp3", Login::Silent);
    let walk = walked(Clients::Psi, silent).after(UserAct::AllNodes);
    assert_eq!(walk.since(), at(&["imp2", "imp3", "imp4", "imp5"]));
    let walk = walked(Clients::Psi, but("imp3")).after(UserAct::AllNodes);
    assert_eq!(walk.since().len(), 8, "{:?}", walk.since());
}

#[test]
fn a_refusal_by_the_home_node_stops_all_the_others() {
    let mut site = four().login("imp2", Login::Refused).without("_cisco-uds._tcp");
    site.hostnames.insert(full("imp1"), vec!["imp2.example.test"]);
    site.reply(HttpWhat::EpasLogin, "imp2", Reply::Silent);
    let mut walk = Dialogue::new(goal(Clients::All), site, PASSWORD);
    walk.word(UserAct::AllNodes);
    walk.held = vec!["SRV _cuplogin"];
    walk.run();
    walk.held.clear();
    walk.run();
    assert_eq!(walk.asked_for("credential"), at(&["imp2"]), "a node names the home before anybody is asked");
    let walk = walked(Clients::Psi, four().login("imp1", Login::Refused)).after(UserAct::AllNodes);
    assert_eq!(walk.since(), [""; 0], "no home is known: the first node speaks for all");
    let why = "the password was refused by imp1 (SASL): not tried elsewhere";
    assert_eq!(walk.skipped("same login on all nodes").as_deref(), Some(why));
    assert_eq!(walk.walk().cost(PASSWORD, &UserAct::AllNodes).attempts(), 0);
}

#[test]
fn a_refusal_by_uds_or_epas_stops_all_nodes() {
    for (what, host) in [(HttpWhat::User, "cucm1"), (HttpWhat::EpasLogin, "imp1")] {
        let mut site = four();
        site.reply(what, host, Reply::Http(401, "<html/>".into()));
        let mut walk = Dialogue::new(goal(Clients::Jabber), site, PASSWORD);
        walk.word(UserAct::AllNodes);
        walk.run();
        assert_eq!(walk.asked_for("credential "), [""; 0], "{what:?}");
        assert!(walk.skipped("same login on all nodes").is_some_and(|why| why.contains("refused")));
    }
}

#[test]
fn without_a_password_or_with_a_token_alone_no_other_node_is_asked() {
    for (means, why) in [(NOTHING, "no password at hand"), (TOKEN, "a token serves once")] {
        let walk = Dialogue::walked(goal(Clients::All), four(), means).after(UserAct::AllNodes);
        assert_eq!(walk.since(), [""; 0]);
        assert_eq!(walk.skipped("same login on all nodes").as_deref(), Some(why));
    }
    let walk = Dialogue::walked(goal(Clients::All), four(), TOKEN).after(UserAct::AllNodes);
    assert_eq!(walk.walk().no_sides(PASSWORD).as_deref(), Some("a token serves once"), "the walk itself shows it");
}

#[test]
fn no_node_is_asked_where_nobody_logs_in_with_a_password() {
    let mut site = four();
    site.ok(HttpWhat::SingleSignOn, "cucm1", &sso(true));
    let mut nobody = goal(Clients::All);
    nobody.user_id.clear();
    let early = Means { until: Some(Stage::StreamTls), ..PASSWORD };
    let stories = [
        (goal(Clients::All), site, PASSWORD, "single sign-on"),
        (nobody, four(), PASSWORD, "no user"),
        (goal(Clients::Edge), four(), PASSWORD, "--as edge"),
        (goal(Clients::Psi), four(), early, "--until"),
    ];
    for (goal, site, means, why) in stories {
        let walk = Dialogue::walked(goal, site, means).after(UserAct::AllNodes);
        assert_eq!(walk.since(), [""; 0], "{why}");
        assert!(walk.skipped("same login on all nodes").is_some_and(|said| said.contains(why)), "{why}");
        assert_eq!(walk.walk().cost(means, &UserAct::AllNodes).attempts(), 0);
    }
}

#[test]
fn a_second_word_asks_all_nodes_anew() {
    let walk = walked(Clients::Psi, four()).after(UserAct::AllNodes);
    assert_eq!(walk.walk().cost(PASSWORD, &UserAct::AllNodes).attempts(), 4);
    let walk = walk.after(UserAct::AllNodes);
    assert_eq!(walk.since(), at(&["imp1", "imp2", "imp3", "imp4"]));
}

#[test]
fn two_listeners_of_one_host_cost_one_attempt() {
    let mut site = four();
    site.srv("_xmpps-client._tcp", &[(50, 0, 5223, "imp1"), (60, 0, 5223, "imp3")]);
    let walk = walked(Clients::Psi, site).after(UserAct::AllNodes);
    assert_eq!(walk.since(), at(&["imp2", "imp3", "imp4"]));
    let mut goal = goal(Clients::Psi);
    goal.nodes = vec![given("imp1.example.test", 5222), given("imp1.example.test", 5223)];
    let walk = Dialogue::walked(goal, four(), PASSWORD).after(UserAct::AllNodes);
    assert_eq!(walk.since(), ["credential imp1.example.test:5223 psi"], "both were named by hand");
}

#[test]
fn a_host_that_only_a_node_names_gets_no_password() {
    let mut site = four();
    site.hostnames.insert(full("imp1"), vec!["imp1.example.test", "evil.example.test"]);
    site.host("evil", "10.1.2.66");
    let walk = walked(Clients::Psi, site).after(UserAct::AllNodes);
    assert_eq!(walk.asked_for("mechanisms evil").len(), 1);
    assert_eq!(walk.since(), at(&["imp2", "imp3", "imp4"]));
}
