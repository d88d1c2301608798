//! The lab, met as a client meets it: over its sockets.

mod admin;
mod after;
mod auth;
mod clear;
mod client;
mod component;
mod delay;
mod dns;
mod edge;
mod path;
mod socks;
mod tls;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use tokio::time::Instant;

use super::component::{LDAP_AUTH, LDAP_EPAS};
use super::faults::{AuthFault, Faults};
use super::{scenario, scenarios, start};
use client::{Client, EXPE, HEADER, IMP1, IMP2, auth, lab};

#[test]
fn every_scenario_has_a_test() {
    let tests = [
        include_str!("dns.rs"),
        include_str!("path.rs"),
        include_str!("delay.rs"),
        include_str!("clear.rs"),
        include_str!("tls.rs"),
        include_str!("auth.rs"),
        include_str!("after.rs"),
        include_str!("component.rs"),
        include_str!("admin.rs"),
        include_str!("edge.rs"),
        include_str!("socks.rs"),
    ];
    for scenario in scenarios() {
        let name = format!("\"{}\"", scenario.name);
        assert!(tests.iter().any(|text| text.contains(&name)), "{name} is not met in a test");
    }
}

#[tokio::test]
async fn a_lab_says_all_that_a_login_needs() {
    let lab = lab("silent-auth").await;
    assert_eq!((lab.domain.as_str(), lab.user.as_str()), ("example.test", "alice"));
    assert_eq!(lab.hint, "practice deployment: imp1 is ill; press n");
    let homes: Vec<(&str, bool)> = lab.nodes.iter().map(|node| (node.host.as_str(), node.home)).collect();
    assert_eq!(homes, [(IMP1, true), (IMP2, false)]);
    assert_ne!(lab.nodes[0].address.ip(), lab.nodes[1].address.ip());
    assert!(lab.nodes.iter().all(|node| node.address.ip().is_loopback()));
    let hosts: Vec<(&str, &[u16])> =
        lab.hosts.iter().map(|host| (host.host.as_str(), host.ports.as_slice())).collect();
    let xmpp = lab.xmpp_port;
    let cucm: &[u16] = &[8443, 6970, 6972];
    let edge = hosts[3];
    assert_eq!(hosts[..3], [("cucm1.example.test", cucm), (IMP1, &[xmpp, 8443]), (IMP2, &[xmpp, 8443])]);
    assert_eq!((edge.0, edge.1.len(), edge.1[0]), (EXPE, 2, 8443));
    assert_eq!(lab.nodes[0].address, SocketAddr::from((lab.hosts[1].address, xmpp)));
    assert_eq!(lab.second_user.as_ref().map(|(user, _)| user.as_str()), Some("bob"));
    assert_eq!(lab.dns.len(), 1);
}

#[tokio::test]
async fn every_scenario_starts_and_each_of_its_servers_has_an_address_of_its_own() {
    for scenario in scenarios() {
        let lab = lab(&scenario.name).await;
        assert_eq!((lab.scenario.as_str(), lab.title.as_str()), (scenario.name.as_str(), scenario.title.as_str()));
        let hosts = lab.hosts.iter().map(|host| host.address);
        let addresses: BTreeSet<_> =
            hosts.chain(lab.dns.iter().map(SocketAddr::ip)).chain([lab.socks.ip()]).collect();
        assert_eq!(addresses.len(), lab.hosts.len() + lab.dns.len() + 1, "{}", scenario.name);
    }
}

#[tokio::test]
async fn an_unknown_scenario_is_answered_with_the_known_ones() {
    let words = start("silent_auth").await.expect_err("unknown").to_string();
    assert!(words.contains("did you mean silent-auth?") && words.contains("bytes-behind-proceed"), "{words}");
}

#[tokio::test]
async fn many_labs_run_beside_each_other_and_say_where() {
    let mut labs = Vec::new();
    for _ in 0..8 {
        labs.push(lab("healthy").await);
    }
    let hosts = labs.iter().flat_map(|lab| lab.hosts.iter().map(|host| host.address));
    let others = labs.iter().flat_map(|lab| lab.dns.iter().map(SocketAddr::ip).chain([lab.socks.ip()]));
    let addresses: BTreeSet<_> = hosts.chain(others).collect();
    assert_eq!(addresses.len(), 48, "each server has an address of its own");
    let last = labs.last().expect("a lab");
    assert_eq!(last.notes.len(), 6);
    let taken = last.hosts.iter().map(|host| host.address).chain([last.dns[0].ip(), last.socks.ip()]);
    for (note, address) in last.notes.iter().zip(taken) {
        assert!(note.contains(&format!("took {address} instead")), "{note}");
    }
}

#[tokio::test]
async fn a_dropped_lab_is_gone_with_its_connections() {
    let lab = lab("silent-auth").await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    client.hear_nothing().await;
    drop(lab);
    let (said, _) = client.hear_end().await;
    assert_eq!(said, "");
}

#[tokio::test]
async fn two_connections_have_two_stream_ids() {
    let lab = lab("healthy").await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let mut client = Client::connect(&lab, IMP1).await;
        client.say(HEADER).await;
        ids.push(stream_id(&client.hear("</stream:features>").await));
    }
    assert_eq!(ids[0], "17124513C1DF");
    assert_ne!(ids[0], ids[1]);
    assert!(ids[1].len() == 12 && ids[1].chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()));
}

fn stream_id(header: &str) -> String {
    let behind = header.split_once(" id='").expect("an id").1;
    behind.split_once('\'').expect("its end").0.to_owned()
}

#[test]
fn slow_is_quicker_than_silent_and_the_late_refusal_later() {
    // The thresholds of the program: slow after 2 s, silent after 10 s.
    let delay = |name: &str| {
        let script = scenario::script(name).expect("a scenario");
        match Faults::of(IMP1, &script.faults).auth {
            Some(AuthFault::Late { seconds }) => seconds,
            other => panic!("{other:?}"),
        }
    };
    assert!((2.5..8.0).contains(&delay("slow-auth")));
    let script = scenario::script("late-refusal").expect("a scenario");
    let components = Faults::of(IMP1, &script.faults).components;
    let behind = |path| components.fare(path, "alice", Instant::now()).delay.as_secs_f64();
    assert!((12.0..60.0).contains(&behind(LDAP_AUTH)));
    assert!((2.1..5.0).contains(&behind(LDAP_EPAS)), "slow, and no silence where that is after 5 s");
}
