//! The walk from a user's address to the nodes, against the practice deployment in a process of its own.

use impscope::discovery::{Tree, Walk};
use impscope::journal::{Ask, Entry, Event, How, HttpWhat};

use crate::program::{Finished, Program, SOON};
use crate::served::Served;

const CUCM: &str = "cucm1.example.test";
const HOME: &str = "imp1.example.test";
const PARTNER: &str = "imp2.example.test";

/// What a walk left behind, entry by entry.
fn recorded(lab: &Served, more: &[&str]) -> (Finished, Vec<Entry>) {
    lab.recorded(&lab.by_dns(&["check", "--json"], more))
}

fn preferred(run: &Finished, route: &str) -> Vec<String> {
    let by = run.route(route)["preferred_by"].as_array().cloned().unwrap_or_default();
    by.iter().filter_map(|client| client.as_str().map(str::to_owned)).collect()
}

#[test]
fn from_the_address_alone_it_finds_the_home_node_and_says_who_would_go_where() {
    let mut lab = Served::start("healthy");
    let run = lab.walk(&[]);
    assert_eq!(run.exit, Some(0), "{run:#?}");
    assert_eq!(
        (preferred(&run, "_cisco-uds._tcp"), preferred(&run, "_xmpp-client._tcp")),
        (vec!["jabber".to_owned()], vec!["psi".to_owned()]),
        "{run:#?}"
    );
    assert_eq!(run.route("_cuplogin._tcp")["outcome"], "absent", "{run:#?}");
    let nodes = run.json()["nodes"].clone();
    assert_eq!((&nodes[0]["host"], &nodes[0]["home"]), (&HOME.into(), &true.into()), "{run:#?}");
    let named: Vec<_> =
        nodes[0]["named_by"].as_array().into_iter().flatten().filter_map(|by| by.as_str()).collect();
    for by in ["_xmpp-client._tcp", "UDS", "service profile", "EPAS"] {
        assert!(named.iter().any(|name| name.contains(by)), "{by} named it: {named:?}");
    }
    assert_eq!(run.login_on(HOME)["outcome"], "ok", "{run:#?}");
    assert_eq!(run.login_on(PARTNER)["stage"], "stream_tls", "{run:#?}");
    let mut got = lab.credentials();
    assert_eq!(got.remove(0), format!("{CUCM} uds alice accepted"), "the first use is alone: {got:?}");
    got.sort();
    assert_eq!(got, [format!("{HOME} epas alice accepted"), format!("{HOME} xmpp alice accepted")]);
    assert_eq!(run.json()["attempts"]["used"], 3, "{run:#?}");
}

#[test]
fn as_jabber_it_takes_the_token_of_epas() {
    let mut lab = Served::start("healthy");
    let run = lab.walk(&["--as", "jabber"]);
    let login = run.login_on(HOME);
    assert_eq!(
        (&login["as"], &login["mechanism"], &login["outcome"]),
        (&"jabber".into(), &"CISCO-VTG-TOKEN".into(), &"ok".into()),
        "{run:#?}"
    );
    assert_eq!((run.exit, lab.credentials().len()), (Some(0), 3), "{run:#?}");
}

#[test]
fn as_psi_it_asks_nobody_but_dns_and_the_nodes() {
    let mut lab = Served::start("healthy");
    let (run, entries) = recorded(&lab, &["--as", "psi"]);
    assert_eq!((run.exit, run.login_on(HOME)["outcome"].clone()), (Some(0), "ok".into()), "{run:#?}");
    assert!(!entries.iter().any(|entry| matches!(entry.event, Event::Began(Ask::Http(_)))), "{run:#?}");
    assert_eq!(lab.credentials(), [format!("{HOME} xmpp alice accepted")]);
}

#[test]
fn a_domain_alone_is_walked_without_a_user() {
    let mut lab = Served::start("healthy");
    let mut arguments = lab.by_dns(&["check", "--json"], &[]);
    *arguments.last_mut().expect("a target") = "example.test".to_owned();
    let run = Program::new().run(&arguments);
    assert_eq!(run.route("_cisco-uds._tcp")["outcome"], "ok", "{run:#?}");
    assert_eq!(run.login_on(HOME)["stage"], "stream_tls", "{run:#?}");
    assert_eq!((run.exit, lab.credentials()), (Some(0), Vec::new()), "{run:#?}");
}

#[test]
fn a_refusal_by_uds_stops_every_further_use_of_the_password() {
    let mut lab = Served::start("uds-401");
    let run = lab.walk(&[]);
    assert_eq!(lab.credentials(), [format!("{CUCM} uds alice refused")], "{run:#?}");
    assert_eq!(run.json()["attempts"]["used"], 1, "{run:#?}");
}

#[test]
fn no_more_credentials_are_sent_than_the_budget_has() {
    for (budget, expected) in [("0", 0), ("1", 1), ("2", 2)] {
        let mut lab = Served::start("healthy");
        let run = lab.walk(&["--max-attempts", budget]);
        assert_eq!(lab.credentials().len(), expected, "{run:#?}");
    }
}

/// What the lab's servers received decides, in each scenario with a certificate that fails.
#[test]
fn no_credential_crosses_a_certificate_that_failed_unless_it_was_accepted() {
    for (scenario, host) in [("cucm-untrusted", CUCM), ("epas-untrusted", HOME), ("untrusted-cert", HOME)] {
        let service = if scenario == "untrusted-cert" {
            "xmpp"
        } else if host == CUCM {
            "uds"
        } else {
            "epas"
        };
        let crossed = |got: &[String]| got.iter().any(|line| line.starts_with(&format!("{host} {service} ")));
        let mut lab = Served::start(scenario);
        let run = lab.walk(&[]);
        assert!(!crossed(&lab.credentials()), "{scenario}: {run:#?}");
        assert_eq!(run.exit, Some(2), "{scenario}: {run:#?}");
        // The Expressway-E has its own mind about the certificates inside.
        let run = lab.walk(&["--insecure", "--as", if service == "xmpp" { "psi" } else { "jabber" }]);
        assert!(crossed(&lab.credentials()), "{scenario}: {run:#?}");
        assert_eq!(run.exit, Some(0), "{scenario}: {run:#?}");
    }
}

#[test]
fn the_fingerprint_that_it_prints_opens_the_way() {
    let mut lab = Served::start("cucm-untrusted");
    let first = Program::new().start(&lab.by_dns(&["check"], &[]), Some(&lab.password.clone())).finish(SOON);
    let accept =
        first.stdout.lines().find_map(|line| line.split_once("add --accept ")).map(|(_, rest)| rest.trim());
    let accept = accept.unwrap_or_else(|| panic!("no fingerprint: {first:#?}")).to_owned();
    let run = lab.walk(&["--accept", &accept, "--as", "jabber"]);
    assert_eq!(run.exit, Some(0), "{run:#?}");
    assert!(lab.credentials().contains(&format!("{CUCM} uds alice accepted")), "{run:#?}");
}

/// The order of the recording shows it: when the dead address is given up, everything else has ended.
#[test]
fn a_dead_cucm_delays_nobody_but_itself() {
    let lab = Served::start("cucm-blackhole");
    let (run, entries) = recorded(&lab, &["--connect-timeout", "3s"]);
    let dead =
        entries.iter().find(|entry| matches!(&entry.event, Event::Ended(outcome) if outcome.how == How::TimedOut));
    let dead = dead.unwrap_or_else(|| panic!("nothing timed out: {run:#?}")).n;
    let walk = Walk::of(&entries);
    for exchange in walk.exchanges().iter().filter(|exchange| exchange.status().is_some()) {
        assert!(exchange.ended.as_ref().is_some_and(|ended| ended.n < dead), "{}: {run:#?}", exchange.ask.url);
    }
    for login in walk.logins() {
        assert!(login.ended.as_ref().is_some_and(|ended| ended.n < dead), "{}: {run:#?}", login.ask.host);
    }
    assert_eq!(run.login_on(HOME)["outcome"], "ok", "{run:#?}");
    let waited = walk.exchanges().iter().filter(|exchange| exchange.status().is_none()).count();
    let asked = walk.exchanges().iter().filter(|exchange| exchange.ask.what == HttpWhat::Version).count();
    assert!(waited > 0 && asked >= 3, "three were asked, one is dead: {run:#?}");
}

#[test]
fn the_tree_of_the_recording_is_the_same_with_operations_in_another_order() {
    let lab = Served::start("silent-auth");
    let (_, entries) = recorded(&lab, &["--silent-after", "2s"]);
    let tree = Tree::of(&entries);
    let mut turned = entries.clone();
    turned.sort_by_key(|entry| std::cmp::Reverse(entry.op));
    assert_eq!(tree.items(), Tree::of(&turned).items());
    assert!(tree.items().len() > 4, "{:#?}", tree.items());
}

#[test]
fn a_certificate_that_was_kept_and_then_changes_is_an_alarm() {
    let mut lab = Served::start("healthy");
    let program = Program::new();
    let folder = program.home().join("config/impscope");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let kept =
        format!("[[certificate]]\nhost = \"{CUCM}\"\nport = 8443\nfingerprint = \"sha256:{}\"\n", "00".repeat(32));
    std::fs::write(folder.join("certificates.toml"), kept).expect("a file can be written");
    let arguments = lab.by_dns(&["check", "--json"], &[]);
    let run = program.start(&arguments, Some(&lab.password)).finish(SOON);
    let critical = run.unexplained("critical");
    assert_eq!((critical, run.exit), (vec!["TLS_FINGERPRINT_CHANGED".to_owned()], Some(2)), "{run:#?}");
    assert!(!lab.credentials().iter().any(|line| line.starts_with(CUCM)), "{run:#?}");
}
