//! Clusters that are compared: every CUCM that was named is asked, and the credential goes to the one home alone.

use super::admin::{certificates, certificates_of};
use super::dialogue::{Dialogue, NOTHING, PASSWORD, TOKEN};
use super::site::{NOT_FOUND, Reply, Site, found, sso};
use crate::discovery::plan::Means;
use crate::discovery::walk::script::goal;
use crate::discovery::{HomeAnswer, HomeSeen};
use crate::journal::{Clients, HttpWhat, UserAct, WalkAsk};

const ONE: &str = "cucm1.example.test";
const NINE: &str = "cucm9.example.test";

/// A site beside which there is another cluster, of `cucm9`, that no record names and that says this of alice.
fn site(says: &str) -> Site {
    let mut site = Site::healthy();
    site.host("cucm9", "10.9.2.9");
    site.ok(HttpWhat::Version, "cucm9", "<versionInformation><version>14.0</version></versionInformation>");
    site.ok(HttpWhat::SingleSignOn, "cucm9", &sso(false));
    site.ok(HttpWhat::ClusterUser, "cucm9", says);
    site.ok(HttpWhat::Servers, "cucm9", "<servers><server>cucm9.example.test</server></servers>");
    site.ok(HttpWhat::User, "cucm9", &super::site::user(&["imp1"]));
    site
}

fn naming(cucms: &[&str]) -> WalkAsk {
    WalkAsk { cucms: cucms.iter().map(|&cucm| cucm.to_owned()).collect(), ..goal(Clients::All) }
}

fn both(site: Site) -> Dialogue {
    Dialogue::walked(naming(&[ONE, NINE]), site, PASSWORD)
}

fn answers(walk: &Dialogue) -> Vec<(HomeAnswer, Option<String>)> {
    walk.walk().homes().into_iter().map(|HomeSeen { answer, home, .. }| (answer, home)).collect()
}

fn says(answer: HomeAnswer, home: &str) -> (HomeAnswer, Option<String>) {
    (answer, Some(home.to_owned()).filter(|home| !home.is_empty()))
}

const USUAL: [&str; 3] =
    ["UDS user cucm1.example.test", "EPAS login imp1.example.test", "credential imp1.example.test:5222 psi"];

fn sorted(walk: &Dialogue) -> Vec<&str> {
    let mut uses = walk.uses();
    uses.sort_unstable();
    uses
}

#[test]
fn every_one_is_asked_and_the_password_goes_to_the_one_that_is_home() {
    for other in [NOT_FOUND.to_owned(), found(ONE)] {
        let walk = both(site(&other));
        for what in ["UDS version cucm9", "UDS clusterUser cucm9"] {
            assert_eq!(walk.asked_for(what).len(), 1, "{what}: {:?}", walk.asked);
        }
        let mut usual = USUAL;
        usual.sort_unstable();
        assert_eq!((walk.uses()[0], sorted(&walk)), (USUAL[0], usual.to_vec()), "{other}");
    }
    assert_eq!(answers(&both(site(&found(ONE)))), [says(HomeAnswer::Home, ONE), says(HomeAnswer::Elsewhere, ONE)]);
}

#[test]
fn a_home_that_only_the_other_one_is_takes_the_password() {
    let mut site = site(&found(NINE));
    for cucm in ["cucm1", "cucm2"] {
        site.ok(HttpWhat::ClusterUser, cucm, &found(NINE));
    }
    let walk = both(site);
    assert_eq!(walk.uses()[0], "UDS user cucm9.example.test");
    assert_eq!(walk.asked_for("UDS user").len(), 1);
    assert_eq!(answers(&walk), [says(HomeAnswer::Elsewhere, NINE), says(HomeAnswer::Home, NINE)]);
}

#[test]
fn of_two_homes_nobody_gets_a_credential() {
    for means in [PASSWORD, TOKEN, Means { token: true, ..PASSWORD }, NOTHING] {
        let mut walk = Dialogue::walked(naming(&[ONE, NINE]), site(&found(NINE)), means);
        assert_eq!(walk.uses(), [""; 0]);
        assert_eq!(answers(&walk), [says(HomeAnswer::Home, ONE), says(HomeAnswer::Home, NINE)]);
        let why = "two clusters or more are named as the user's home (cucm1.example.test, cucm9.example.test): \
                   name one alone with --cucm";
        // Without a password nobody would ask UDS and EPASSoap, whatever the home is.
        let not_asked = if means == NOTHING { &["login"][..] } else { &["UDS user", "EPAS login", "login"] };
        for what in not_asked {
            assert_eq!(walk.skipped(what).as_deref(), Some(why), "{what}");
        }
        assert_eq!(walk.asked_for("UDS servers").len(), 2, "each home is asked which nodes it has");
        assert_eq!(walk.asked_for("mechanisms").len(), 2, "what needs no credential is asked");
        walk = walk.after(UserAct::AllNodes);
        assert_eq!(walk.uses(), [""; 0], "nor on all nodes");
    }
    assert!(both(site(&found(NINE))).walk().advises_against(PASSWORD).is_some());
}

#[test]
fn nor_does_an_edge_that_is_walked_beside_them() {
    for (says, config) in [(NINE, 0), (ONE, 1)] {
        let mut walk = Dialogue::new(naming(&[ONE, NINE]), site(&found(says)).with_edge(false), PASSWORD);
        walk.word(UserAct::Outside);
        walk.run();
        assert_eq!(walk.asked_for("get_edge_config").len(), config, "{:?}", walk.uses());
        assert_eq!(walk.uses().is_empty(), says == NINE);
    }
}

#[test]
fn whoever_names_one_of_two_homes_alone_or_a_node_has_said_which() {
    for cucms in [&[ONE][..], &[]] {
        let walk = Dialogue::walked(naming(cucms), site(&found(NINE)), PASSWORD);
        assert_eq!((walk.uses().len(), walk.uses()[0]), (3, USUAL[0]));
        assert!(walk.walk().homes().is_empty());
    }
    let nodes = vec![crate::discovery::walk::script::given("imp1.example.test", 5222)];
    let walk = Dialogue::walked(WalkAsk { nodes, ..naming(&[ONE, NINE]) }, site(&found(NINE)), PASSWORD);
    assert_eq!(walk.uses(), ["credential imp1.example.test:5222 psi"]);
}

#[test]
fn nothing_is_sent_before_the_others_have_spoken_or_are_silent() {
    let mut walk = Dialogue::new(naming(&[ONE, NINE]), site(&found(NINE)), PASSWORD);
    walk.held = vec!["UDS clusterUser cucm9"];
    walk.run();
    assert_eq!(walk.uses(), [""; 0], "{:?}", walk.asked);
    walk.held.clear();
    walk.run();
    assert_eq!(walk.uses(), [""; 0]);
    for reply in [Reply::Silent, Reply::Dead, Reply::Http(503, String::new())] {
        let mut silent = site("");
        silent.reply(HttpWhat::ClusterUser, "cucm9", reply);
        assert_eq!(both(silent).uses().len(), 3, "one that says nothing keeps nobody waiting");
    }
    let mut listless = Dialogue::new(naming(&[ONE, NINE]), site(&found(NINE)), PASSWORD);
    listless.held = vec!["UDS servers cucm9"];
    listless.run();
    assert_eq!((listless.uses(), listless.skipped("UDS user")), (Vec::new(), None), "its list may still show one");
}

#[test]
fn two_nodes_of_one_cluster_are_one_home() {
    let mut site = site(&found(NINE));
    site.ok(HttpWhat::ClusterUser, "cucm2", &found("cucm2.example.test"));
    let walk = Dialogue::walked(naming(&[ONE, "cucm2.example.test"]), site.clone(), PASSWORD);
    assert_eq!(walk.uses().len(), 3, "the list of nodes holds both");
    assert_eq!(answers(&walk), [says(HomeAnswer::Home, ONE), says(HomeAnswer::Home, "cucm2.example.test")]);
    // What is named by its address is the one that goes by the name with that address.
    site.ok(HttpWhat::ClusterUser, "cucm2", &found(ONE));
    for address in ["10.1.2.11", "10.9.2.9"] {
        site.ok(HttpWhat::ClusterUser, address, &found(ONE));
    }
    let walk = Dialogue::walked(naming(&["10.1.2.11", "10.9.2.9"]), site, PASSWORD);
    assert_eq!(answers(&walk), [says(HomeAnswer::Home, ONE), says(HomeAnswer::Elsewhere, ONE)]);
    assert_eq!(walk.uses()[0], "UDS user cucm1.example.test");
}

#[test]
fn a_list_of_nodes_that_nobody_vouches_for_makes_nothing_one() {
    let list = format!("<servers><server>{ONE}</server><server>{NINE}</server></servers>");
    let mut site = site(&found(NINE));
    site.ok(HttpWhat::Servers, "cucm9", &list);
    for (fits, homes) in [(true, &[ONE][..]), (false, &[ONE, NINE])] {
        let mut walk = both(site.clone());
        certificates(&mut walk, fits);
        assert_eq!(walk.walk().homes_named(), homes);
    }
}

#[test]
fn whoever_speaks_of_its_own_cluster_is_believed_before_one_that_hands_on() {
    let mut walk = Dialogue::new(naming(&[NINE, ONE]), site(&found(ONE)), PASSWORD);
    walk.held = vec!["clusterUser cucm1", "clusterUser cucm2"];
    walk.run();
    // Its answer came first, its certificate fails, and its own record of alice is none of the home.
    certificates_of(&mut walk, NINE, false);
    walk.held.clear();
    walk.run();
    assert_eq!(walk.asked_for("UDS user"), ["UDS user cucm1.example.test"]);
}

#[test]
fn none_that_is_home_leaves_the_way_as_it_is_without_one() {
    let mut site = site(NOT_FOUND);
    for cucm in ["cucm1", "cucm2"] {
        site.ok(HttpWhat::ClusterUser, cucm, NOT_FOUND);
    }
    let walk = both(site);
    assert_eq!(walk.uses(), ["credential imp1.example.test:5222 psi"]);
    assert_eq!(answers(&walk), [says(HomeAnswer::UnknownUser, ""), says(HomeAnswer::UnknownUser, "")]);
}

#[test]
fn those_that_are_compared_are_asked_however_many_there_are_of_the_others() {
    let mut site = site(NOT_FOUND);
    let many: Vec<String> = (0..100).map(|at| format!("h{at}.example.test")).collect();
    let records: Vec<(u16, u16, u16, &str)> = many.iter().map(|host| (0, 0, 8443, host.as_str())).collect();
    site.srv("_cisco-uds._tcp", &records);
    let walk = both(site);
    assert_eq!(walk.asked_for("UDS clusterUser cucm9").len(), 1);
    let given: Vec<String> = (0..40).map(|at| format!("c{at}.example.test")).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    assert_eq!(Dialogue::walked(naming(&given), Site::healthy(), NOTHING).walk().homes().len(), 16);
}

#[test]
fn an_administrators_password_goes_to_the_cucms_of_the_one_home() {
    let admin = |says: &str| {
        let ask = WalkAsk { admin: Some("administrator".into()), ..naming(&[ONE, NINE]) };
        Dialogue::walked(ask, site(says), Means { admin: true, ..NOTHING })
    };
    let one = admin(&found(ONE));
    assert_eq!(
        (one.asked_for("AXL getCCMVersion cucm9").len(), one.asked_for("Control Center cucm9").len()),
        (0, 0)
    );
    assert!(one.asked_for("AXL getCCMVersion cucm1").len() == 1, "{:?}", one.asked);
    let why = one.skipped("administrator's view of cucm9.example.test");
    assert!(why.is_some_and(|why| why.contains("the user's home cluster")));
    let two = admin(&found(NINE));
    assert_eq!(two.asked_for("AXL"), [""; 0]);
}
