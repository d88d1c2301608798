//! From the user's address to Prosody, by the DNS of nsd: neither was written here.

use super::dns::{NameServer, broken_zone, good_zone, lost_zone};
use super::{Offer, PASSWORD, prosody};
use crate::program::{Finished, Program, SOON};

/// The name that the zones have for Prosody's host.
const NODE: &str = "imp1.example.test";

/// `check --as psi`, to its end.
fn walk(dns: &NameServer) -> Finished {
    let server = dns.address().to_string();
    let check = ["check", "--json", "--as", "psi", "--dns", &server, "--insecure", "alice@example.test"];
    Program::new().start(&check, Some(PASSWORD)).finish(SOON)
}

#[test]
fn prosody_is_found_by_its_record_and_takes_the_login() {
    let Some(xmpp) = prosody::start(Offer::Plain) else { return };
    let Some(dns) = NameServer::start(&good_zone(xmpp.address())) else { return };
    let run = walk(&dns);
    let login = run.login_on(NODE);
    assert_eq!((&login["outcome"], &login["stage"]), (&"ok".into(), &"session".into()), "{run:#?}");
    let node = run.json()["nodes"][0].clone();
    assert_eq!(
        (&node["port"], &node["named_by"][0]),
        (&xmpp.address().port().into(), &"_xmpp-client._tcp".into())
    );
    assert_eq!(run.route("_xmpp-client._tcp")["preferred_by"][0], "psi", "{run:#?}");
    // Its certificate is its own, which --insecure makes a matter of information; so is its port.
    assert_eq!((run.exit, run.unexplained("critical"), run.unexplained("warning")), (Some(0), vec![], vec![]));
    assert!(!run.unexplained("info").contains(&"DNS_LOCAL_CACHE".to_owned()), "nsd is an authority: {run:#?}");
}

#[test]
fn a_record_that_leads_to_no_host_stops_the_walk() {
    let Some(xmpp) = prosody::start(Offer::Plain) else { return };
    let Some(dns) = NameServer::start(&lost_zone(xmpp.address())) else { return };
    let run = walk(&dns);
    assert_eq!(run.unexplained("critical"), ["DNS_TARGET_UNRESOLVED"], "{run:#?}");
    assert_eq!((run.exit, &run.json()["attempts"]["used"]), (Some(2), &0.into()), "{run:#?}");
}

#[test]
fn the_next_record_stands_in_for_one_that_leads_to_no_host() {
    let Some(xmpp) = prosody::start(Offer::Plain) else { return };
    let Some(dns) = NameServer::start(&broken_zone(xmpp.address())) else { return };
    let run = walk(&dns);
    assert_eq!(run.login_on("alias.example.test")["outcome"], "ok", "{run:#?}");
    assert_eq!((run.exit, run.unexplained("warning")), (Some(1), vec!["DNS_TARGET_UNRESOLVED".to_owned()]));
    assert!(run.unexplained("info").contains(&"DNS_TARGET_ALIAS".to_owned()), "{run:#?}");
}
