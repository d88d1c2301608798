//! The lab, met as a client meets it: over its sockets.

mod after;
mod auth;
mod clear;
mod client;
mod tls;

use super::{Faults, scenario, scenarios, start};
use client::{Client, HEADER, IMP1, IMP2, auth, lab};

#[test]
fn every_scenario_has_a_test() {
    let tests =
        [include_str!("clear.rs"), include_str!("tls.rs"), include_str!("auth.rs"), include_str!("after.rs")];
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
    let mut addresses: Vec<_> = labs.iter().flat_map(|lab| lab.nodes.iter().map(|node| node.address)).collect();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 16, "each node has an address of its own");
    let last = labs.last().expect("a lab");
    assert_eq!(last.notes.len(), 2);
    for (note, node) in last.notes.iter().zip(&last.nodes) {
        assert!(note.contains("is in use") && note.contains(&node.address.to_string()), "{note}");
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
            Some(super::faults::AuthFault::Late { seconds }) => seconds,
            Some(super::faults::AuthFault::Refused { after_seconds, .. }) => after_seconds,
            other => panic!("{other:?}"),
        }
    };
    assert!((2.5..8.0).contains(&delay("slow-auth")));
    assert!((12.0..60.0).contains(&delay("late-refusal")));
}
