//! The faults that fit every answer, at every stage.

use std::time::Duration;

use tokio::time::Instant;

use super::client::{Client, Plant, To, request, with};
use super::epas::{CONFIG, POST, TOKEN, ask, login, login_with};
use super::uds::basic;

/// Each stage that a plain request meets, with where and what to ask.
const STAGES: [(&str, To, &str); 7] = [
    ("uds_version", To::Uds, "/cucm-uds/version"),
    ("uds_cluster_user", To::Uds, "/cucm-uds/clusterUser?username=alice"),
    ("uds_servers", To::Uds, "/cucm-uds/servers"),
    ("single_sign_on", To::Epas, "/ssosp/ws/public/singleSignOn"),
    ("uds_user", To::Uds, "/cucm-uds/user/alice"),
    ("service_profile", To::Tftp, "/SPDefault.cnf.xml"),
    ("jabber_config", To::Tftps, "/jabber-config.xml"),
];

async fn open(plant: &Plant, to: To, path: &str) -> Client {
    let mut client = plant.connect(to).await;
    let get = format!("GET {path} HTTP/1.1{}", basic("alice", "quiet-harbour-42"));
    client.say(&request(&get, "Connection: close", "")).await;
    client
}

#[tokio::test]
async fn every_stage_can_answer_another_status_and_another_realm() {
    for (stage, to, path) in STAGES {
        let plant = with(&format!("stage='{stage}'\nfault='status'\nstatus=503")).await;
        let reply = open(&plant, to, path).await.end().await;
        assert_eq!((reply.status(), reply.header("WWW-Authenticate")), ("503", None), "{stage}");
        assert!(reply.body.starts_with("<!-- custom Cisco error page -->"), "{stage}");
        let fault = format!("stage='{stage}'\nfault='status'\nstatus=401\nrealm='Cisco VTG Realm'");
        let reply = open(&with(&fault).await, to, path).await.end().await;
        assert_eq!(reply.header("WWW-Authenticate"), Some("Basic realm=\"Cisco VTG Realm\""), "{stage}");
    }
}

#[tokio::test]
async fn every_stage_can_answer_something_that_is_no_xml() {
    for (stage, to, path) in STAGES {
        for (fault, kind, begin) in [
            ("html", "text/html", "<!DOCTYPE html>"),
            ("empty", "xml", ""),
            ("not-xml", "xml", "java.lang.NullPointerException"),
        ] {
            let plant = with(&format!("stage='{stage}'\nfault='{fault}'")).await;
            let reply = open(&plant, to, path).await.end().await;
            assert_eq!(reply.status(), "200", "{stage} {fault}");
            assert!(reply.header("Content-Type").is_some_and(|found| found.contains(kind)), "{}", reply.head);
            assert!(reply.body.starts_with(begin) && reply.body.is_empty() == begin.is_empty(), "{stage} {fault}");
        }
    }
}

#[tokio::test]
async fn every_stage_can_lead_elsewhere() {
    for (stage, to, path) in STAGES {
        let plant = with(&format!("stage='{stage}'\nfault='redirect'\nto='https://x.example.net/'")).await;
        let reply = open(&plant, to, path).await.end().await;
        assert_eq!((reply.status(), reply.header("Location")), ("302", Some("https://x.example.net/")), "{stage}");
    }
}

#[tokio::test]
async fn every_stage_can_be_silent_and_never_end() {
    for (stage, to, path) in STAGES {
        let plant = with(&format!("stage='{stage}'\nfault='silent'")).await;
        open(&plant, to, path).await.hear_nothing().await;
        let plant = with(&format!("stage='{stage}'\nfault='endless'")).await;
        let mut client = open(&plant, to, path).await;
        assert!(client.hear("<endless><!--").await.to_lowercase().contains("chunked"), "{stage}");
        for _ in 0..30_000 {
            client.hear("there is more to come").await;
        }
    }
}

#[tokio::test]
async fn every_stage_can_be_late_with_the_true_answer() {
    for (stage, to, path) in STAGES {
        let plant = with(&format!("stage='{stage}'\nfault='late'\nseconds=0.2")).await;
        let begin = Instant::now();
        let reply = open(&plant, to, path).await.end().await;
        assert!(begin.elapsed() >= Duration::from_millis(200), "{stage}");
        assert!(reply.status() == "200" && reply.body.contains("<?xml version=\"1.0\""), "{stage}");
    }
}

#[tokio::test]
async fn only_the_stage_of_the_fault_has_it() {
    for (stage, ..) in STAGES {
        let plant = with(&format!("stage='{stage}'\nfault='status'\nstatus=500")).await;
        for (other, to, path) in STAGES {
            let reply = open(&plant, to, path).await.end().await;
            assert_eq!(reply.status(), if other == stage { "500" } else { "200" }, "{stage}: {other}");
        }
    }
}

#[tokio::test]
async fn the_requests_of_epas_have_their_faults_too() {
    for (stage, what) in [("epas_login", None), ("epas_config", Some(CONFIG)), ("epas_token", Some(TOKEN))] {
        for (fault, status, begin) in [
            ("fault='status'\nstatus=503", "503", "<!-- custom Cisco error page -->"),
            ("fault='html'", "200", "<!DOCTYPE html>"),
            ("fault='not-xml'", "200", "java.lang"),
            ("fault='redirect'\nto='https://x.example.net/'", "302", "<!-- custom"),
        ] {
            let plant = with(&format!("stage='{stage}'\n{fault}")).await;
            let first = login(&plant, "alice", "quiet-harbour-42").await;
            let reply = match what {
                None => first,
                Some(what) => ask(&plant, &first.inner("epas:session-key"), what).await,
            };
            assert_eq!(reply.status(), status, "{stage} {fault}");
            assert!(reply.body.starts_with(begin), "{stage} {fault}: {}", reply.body);
        }
    }
}

#[tokio::test]
async fn a_login_of_epas_can_be_silent_and_late() {
    let body = login_with("alice", "quiet-harbour-42", "client-version=\"14.2\"");
    let post = request(POST, &format!("Content-Length: {}\r\nConnection: close", body.len()), &body);
    let mut plant = with("stage='epas_login'\nfault='silent'").await;
    let mut client = plant.connect(To::Epas).await;
    client.say(&post).await;
    client.hear_nothing().await;
    assert_eq!(plant.line().await, "credential imp1.example.test epas alice unanswered");
    let mut plant = with("stage='epas_login'\nfault='late'\nseconds=0.2").await;
    let begin = Instant::now();
    let mut client = plant.connect(To::Epas).await;
    client.say(&post).await;
    assert_eq!(client.end().await.inner("epas:session-key").len(), 36);
    assert!(begin.elapsed() >= Duration::from_millis(200));
    assert_eq!(plant.line().await, "credential imp1.example.test epas alice accepted");
}

#[tokio::test]
async fn the_ledger_tells_at_once_of_a_credential_that_nobody_answers() {
    for (fault, verdict) in [
        ("fault='silent'", "unanswered"),
        ("fault='status'\nstatus=503", "unanswered"),
        ("fault='html'", "unanswered"),
        ("fault='status'\nstatus=401", "refused"),
        ("fault='late'\nseconds=0.1", "accepted"),
    ] {
        let mut plant = with(&format!("stage='uds_user'\n{fault}")).await;
        let client = open(&plant, To::Uds, "/cucm-uds/user/alice").await;
        assert_eq!(plant.line().await, format!("credential cucm1.example.test uds alice {verdict}"));
        drop(client);
        assert_eq!(plant.rest().await, [""; 0], "{fault}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_wait_for_a_late_answer_leaves_its_credential_unanswered() {
    let mut plant = with("stage='uds_user'\nfault='late'\nseconds=3600.0").await;
    let mut client = open(&plant, To::Uds, "/cucm-uds/user/alice").await;
    client.hear_nothing().await;
    plant.no_line();
    drop(client);
    assert_eq!(plant.line().await, "credential cucm1.example.test uds alice unanswered");
}
