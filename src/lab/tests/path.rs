//! The way to the nodes: UDS, the service profile, EPASSoap, as a scenario has them; and who was given what.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::time::timeout;
use tokio_rustls::rustls::{CertificateError, Error};

use super::client::{CUCM1, Client, HEADER, IMP1, IMP2, SUCCESS, auth, lab, plain, sasl};
use crate::lab::Lab;

const TOO_OLD: &str = "The client does not meet the minimal version requirement.";
const UDS: [&str; 4] =
    ["/cucm-uds/version", "/cucm-uds/clusterUser?username=alice", "/cucm-uds/servers", "/cucm-uds/user/alice"];
const CLUSTER_USER: &str = UDS[1];
pub(super) const USER: &str = UDS[3];
const SINGLE_SIGN_ON: &str = "/ssosp/ws/public/singleSignOn";
const PROFILE: &str = "/SPDefault.cnf.xml";
pub(super) const POST: &str =
    "POST /EPASSoap/service/v80 HTTP/1.1\r\nContent-Type: application/soap+xml; charset=utf-8";

pub(super) async fn secured(lab: &Lab, host: &str, port: u16) -> Client {
    Client::at(lab, host, port).await.expect("a connection").handshake(lab).await.expect("a handshake")
}

/// UDS of the first CUCM, asked with the lab's printed password.
async fn uds(lab: &Lab, path: &str) -> String {
    let credential = data_encoding::BASE64.encode(format!("{}:{}", lab.user, lab.password).as_bytes());
    let head = format!("GET {path} HTTP/1.1\r\nAuthorization: Basic {credential}");
    secured(lab, CUCM1, 8443).await.ask(&head, "").await
}

async fn file(lab: &Lab, path: &str) -> String {
    Client::at(lab, CUCM1, 6970).await.expect("a connection").ask(&format!("GET {path} HTTP/1.1"), "").await
}

pub(super) fn envelope(key: Option<&str>, what: &str) -> String {
    let key = key.map(|key| format!("<session-key>{key}</session-key>")).unwrap_or_default();
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://www.w3.org/2003/05/soap-envelope\" xmlns=\"urn:cisco:epas:soap\">\
         <soapenv:Header>{key}</soapenv:Header><soapenv:Body>{what}</soapenv:Body></soapenv:Envelope>"
    )
}

pub(super) async fn epas(lab: &Lab, host: &str, key: Option<&str>, what: &str) -> String {
    secured(lab, host, 8443).await.ask(POST, &envelope(key, what)).await
}

/// Request 1 of protocol.md 5.1.
pub(super) fn login(lab: &Lab) -> String {
    let (user, password) = (&lab.user, &lab.password);
    format!(
        "<login client-version=\"9.7.0.18474\" client-type=\"CUPC\" force=\"false\"><username>{user}</username>\
         <password>{password}</password></login>"
    )
}

async fn epas_login(lab: &Lab, host: &str) -> String {
    epas(lab, host, None, &login(lab)).await
}

pub(super) fn inner<'t>(text: &'t str, name: &str) -> &'t str {
    let behind = text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {text}")).1;
    behind.split_once("</").expect("its end").0
}

/// The one-time password that the node gives.
async fn token(lab: &Lab, host: &str) -> String {
    let login = epas_login(lab, host).await;
    let answer = epas(lab, host, Some(inner(&login, "epas:session-key")), "<get-onetime-password/>").await;
    inner(&answer, "epas:password").to_owned()
}

pub(super) fn with_token(lab: &Lab, token: &str) -> String {
    sasl("CISCO-VTG-TOKEN", format!("userid={}@{}\0token={token}", lab.user, lab.domain).as_bytes())
}

pub(super) fn begins(answer: &str, status: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
}

/// All that the servers received so far.
pub(super) fn received(lab: &mut Lab) -> Vec<String> {
    std::iter::from_fn(|| lab.received.try_recv().ok()).collect()
}

#[tokio::test]
async fn a_healthy_site_leads_from_uds_to_a_token_that_logs_in() {
    let lab = lab("healthy").await;
    assert!(uds(&lab, UDS[0]).await.contains("<versionInformation"));
    assert!(uds(&lab, CLUSTER_USER).await.contains("<result found=\"true\""));
    assert!(uds(&lab, UDS[2]).await.contains("<server>cucm1.example.test</server>"));
    let user = uds(&lab, USER).await;
    assert!(user.contains("<imAndPresence><server>imp1.example.test</server>"), "{user}");
    assert!(user.contains("http://cucm1.example.test:6970/SPDefault.cnf.xml"), "{user}");
    let profile = file(&lab, PROFILE).await;
    assert!(profile.contains("<Primary><Address>imp1.example.test</Address>"), "{profile}");
    let over_tls = secured(&lab, CUCM1, 6972).await.ask(&format!("GET {PROFILE} HTTP/1.1"), "").await;
    assert!(over_tls.contains("<Primary><Address>imp1.example.test</Address>"), "{over_tls}");
    let token = token(&lab, IMP1).await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&with_token(&lab, &token)).await;
    client.hear(SUCCESS).await;
}

#[tokio::test]
async fn the_servers_say_who_gave_them_what() {
    let mut lab = lab("silent-auth").await;
    uds(&lab, UDS[0]).await;
    uds(&lab, CLUSTER_USER).await;
    let before: Vec<String> = received(&mut lab).into_iter().filter(|line| line.contains(" accepted")).collect();
    assert!(before.is_empty(), "what needs no credential accepts none: {before:?}");
    uds(&lab, USER).await;
    epas_login(&lab, IMP1).await;
    let (mut well, _) = Client::offered(&lab, IMP2).await;
    well.say(&plain("bob", "wrong")).await;
    well.hear("</stream:stream>").await;
    let (mut ill, _) = Client::offered(&lab, IMP1).await;
    ill.say(&auth(&lab)).await;
    ill.hear_nothing().await;
    drop(ill);
    let unanswered = timeout(Duration::from_secs(10), async {
        let mut lines = Vec::new();
        while lines.len() < 4 {
            lines.extend(lab.received.recv().await);
        }
        lines
    });
    assert_eq!(
        unanswered.await.expect("four lines"),
        [
            "credential cucm1.example.test uds alice accepted",
            "credential imp1.example.test epas alice accepted",
            "credential imp2.example.test xmpp bob refused",
            "credential imp1.example.test xmpp alice unanswered",
        ]
    );
}

#[tokio::test]
async fn an_attempt_without_a_user_is_no_credential() {
    let mut lab = lab("healthy").await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&sasl("X-IMPOSSIBLE", b"")).await;
    client.hear("</stream:stream>").await;
    let accepted = Client::accepted(&lab, IMP1).await;
    drop(accepted);
    assert_eq!(received(&mut lab), ["credential imp1.example.test xmpp alice accepted"]);
}

#[tokio::test]
async fn uds_can_answer_with_a_status() {
    for (name, status, paths) in [
        ("uds-401", "401", &UDS[3..]),
        ("uds-403", "403", &UDS[3..]),
        ("uds-404", "404", &UDS[..]),
        ("uds-503", "503", &UDS[..]),
        ("uds-redirect", "302", &UDS[1..2]),
    ] {
        let lab = lab(name).await;
        for path in paths {
            begins(&uds(&lab, path).await, status);
        }
        for path in UDS.iter().filter(|path| !paths.contains(path)) {
            begins(&uds(&lab, path).await, "200");
        }
    }
}

#[tokio::test]
async fn a_refused_password_comes_with_its_realm() {
    let lab = lab("uds-401").await;
    let answer = uds(&lab, USER).await.to_lowercase();
    assert!(answer.contains("www-authenticate: basic realm=\"cisco web services realm\""), "{answer}");
}

#[tokio::test]
async fn uds_can_answer_with_something_else() {
    for (name, path) in [("uds-html", UDS[0]), ("uds-empty", CLUSTER_USER)] {
        let lab = lab(name).await;
        let answer = uds(&lab, path).await;
        begins(&answer, "200");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(if name == "uds-html" { body.contains("<html>") } else { body.is_empty() }, "{answer}");
    }
}

#[tokio::test]
async fn uds_can_be_silent_and_can_go_on_for_ever() {
    let silent = lab("uds-silent").await;
    for path in UDS {
        let mut client = secured(&silent, CUCM1, 8443).await;
        client.say(&format!("GET {path} HTTP/1.1\r\nHost: {CUCM1}\r\n\r\n")).await;
        client.hear_nothing().await;
    }
    let endless = lab("uds-endless").await;
    let mut client = secured(&endless, CUCM1, 8443).await;
    client.say(&format!("GET {CLUSTER_USER} HTTP/1.1\r\nHost: {CUCM1}\r\n\r\n")).await;
    for _ in 0..100 {
        client.hear("more to come").await;
    }
}

#[tokio::test]
async fn the_users_record_says_what_is_wrong_with_the_user() {
    let off = lab("home-cluster-off").await;
    assert!(uds(&off, CLUSTER_USER).await.contains("<result found=\"false\"/>"));
    for (name, enabled) in
        [("user-not-enabled", "false"), ("user-unassigned", "true"), ("centralized-imp", "false")]
    {
        let lab = lab(name).await;
        let user = uds(&lab, USER).await;
        assert!(user.contains(&format!("enableImAndPresence=\"{enabled}\"")), "{name}: {user}");
        assert!(user.contains("<imAndPresence/>"), "{name}: {user}");
        assert!(file(&lab, PROFILE).await.contains("<Primary><Address>imp1.example.test</Address>"));
        for host in [IMP1, IMP2] {
            let (mut client, _) = Client::offered(&lab, host).await;
            client.say(&auth(&lab)).await;
            let knows = name == "centralized-imp";
            client.hear(if knows { SUCCESS } else { "<not-authorized/>" }).await;
            assert_eq!(epas_login(&lab, host).await.contains("epas:failure"), !knows, "{name}");
        }
    }
}

/// What a CUCM answers to a request without a credential.
async fn told(lab: &Lab, host: &str, path: &str) -> String {
    secured(lab, host, 8443).await.ask(&format!("GET {path} HTTP/1.1"), "").await
}

#[tokio::test]
async fn another_cluster_speaks_for_itself_and_is_in_no_list_of_the_first() {
    const CUCM9: &str = "cucm9.example.test";
    let lab = lab("two-homes").await;
    assert_eq!(lab.cucms, [CUCM1, CUCM9]);
    for (host, other) in [(CUCM1, CUCM9), (CUCM9, CUCM1)] {
        let home = told(&lab, host, CLUSTER_USER).await;
        assert!(home.contains(&format!(">{host}</homeCluster>")) && !home.contains(other), "{home}");
        let list = told(&lab, host, UDS[2]).await;
        assert!(list.contains(&format!("<server>{host}</server></servers>")) && !list.contains(other), "{list}");
    }
    let none = self::lab("no-home").await;
    for host in &none.cucms {
        assert!(told(&none, host, CLUSTER_USER).await.contains("<result found=\"false\"/>"), "{host}");
    }
}

#[tokio::test]
async fn single_sign_on_can_be_on() {
    let on = lab("sso-on").await;
    assert!(uds(&on, SINGLE_SIGN_ON).await.contains("<Status enabled=\"true\"/>"));
    let off = lab("healthy").await;
    assert!(uds(&off, SINGLE_SIGN_ON).await.contains("<Status enabled=\"false\"/>"));
}

#[tokio::test]
async fn the_service_profile_can_name_other_things_than_the_nodes() {
    for (name, primary, backup) in [
        ("profile-without-imp", "", ""),
        ("profile-with-domain", "example.test", ""),
        ("profile-short-name", "imp1", "imp2"),
        ("profile-other-node", IMP2, ""),
    ] {
        let lab = lab(name).await;
        let profile = file(&lab, PROFILE).await;
        let (_, imp) = profile.split_once("<IMandPresence>").expect("the section");
        for (role, address) in [("Primary", primary), ("Backup1", backup), ("Backup2", "")] {
            assert!(imp.contains(&format!("<{role}><Address>{address}</Address>")), "{name}: {profile}");
        }
    }
}

#[tokio::test]
async fn the_port_of_tftp_can_be_filtered_or_closed() {
    let blocked = lab("tftp-blocked").await;
    let connected = timeout(Duration::from_millis(1500), Client::at(&blocked, CUCM1, 6970)).await;
    assert!(connected.is_err(), "a SYN was answered");
    let refused = lab("tftp-refused").await;
    let error = Client::at(&refused, CUCM1, 6970).await.err().expect("refused");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    for lab in [blocked, refused] {
        begins(&uds(&lab, UDS[0]).await, "200");
    }
}

#[tokio::test]
async fn one_of_three_cucms_can_be_a_black_hole() {
    let lab = lab("cucm-blackhole").await;
    let connected = timeout(Duration::from_millis(1500), Client::at(&lab, "cucm2.example.test", 8443)).await;
    assert!(connected.is_err(), "a SYN was answered");
    let servers = uds(&lab, UDS[2]).await;
    for host in [CUCM1, "cucm2.example.test", "cucm3.example.test"] {
        assert!(servers.contains(&format!("<server>{host}</server>")), "{servers}");
    }
    let head = format!("GET {CLUSTER_USER} HTTP/1.1");
    let answer = secured(&lab, "cucm3.example.test", 8443).await.ask(&head, "").await;
    assert!(answer.contains(">cucm1.example.test</homeCluster>"), "{answer}");
}

#[tokio::test]
async fn tomcat_and_xmpp_have_certificates_of_their_own() {
    for (name, ill) in [("cucm-untrusted", CUCM1), ("epas-untrusted", IMP1)] {
        let lab = lab(name).await;
        let client = Client::at(&lab, ill, 8443).await.expect("a connection");
        let Err(error) = client.handshake(&lab).await else { panic!("{name}: accepted") };
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
        let untrusted = matches!(inner, Some(Error::InvalidCertificate(CertificateError::UnknownIssuer)));
        assert!(untrusted, "{name}: {error}");
        Client::offered(&lab, IMP1).await;
        secured(&lab, IMP2, 8443).await;
    }
}

#[tokio::test]
async fn an_alias_stands_in_the_certificate_where_dns_has_one() {
    let lab = lab("target-alias").await;
    let client = Client::at(&lab, CUCM1, 8443).await.expect("a connection");
    client.named("voice.example.test").handshake(&lab).await.expect("a handshake");
    let client = Client::at(&lab, IMP1, 8443).await.expect("a connection");
    assert!(client.named("example.test").handshake(&lab).await.is_err(), "tomcat has the host's name alone");
}

#[tokio::test]
async fn epas_can_refuse_the_right_password() {
    for (name, hosts, reason) in
        [("epas-failure", &[IMP1][..], "Authentication failed"), ("client-too-old", &[IMP1, IMP2], TOO_OLD)]
    {
        let lab = lab(name).await;
        for host in hosts {
            let answer = epas_login(&lab, host).await;
            begins(&answer, "200");
            assert_eq!(inner(&answer, "epas:reason"), reason, "{name}");
        }
        let (mut client, _) = Client::offered(&lab, IMP1).await;
        client.say(&auth(&lab)).await;
        client.hear(SUCCESS).await;
    }
}

#[tokio::test]
async fn epas_can_be_silent() {
    let lab = lab("epas-silent").await;
    let mut client = secured(&lab, IMP1, 8443).await;
    let body = envelope(None, &login(&lab));
    let length = body.len();
    client.say(&format!("{POST}\r\nHost: {IMP1}\r\nContent-Length: {length}\r\n\r\n{body}")).await;
    client.hear_nothing().await;
    assert!(epas_login(&lab, IMP2).await.contains("epas:session-key"), "the other node is well");
}

#[tokio::test]
async fn epas_can_name_another_domain_or_give_no_token() {
    let other = lab("epas-other-domain").await;
    let login = epas_login(&other, IMP1).await;
    let config = "<get-all-config><system-config/></get-all-config>";
    let answer = epas(&other, IMP1, Some(inner(&login, "epas:session-key")), config).await;
    assert!(answer.contains("name=\"Presence.Domain\">im.example.test<"), "{answer}");
    let none = lab("epas-no-token").await;
    let login = epas_login(&none, IMP1).await;
    let key = Some(inner(&login, "epas:session-key"));
    let answer = epas(&none, IMP1, key, "<get-onetime-password/>").await;
    assert!(answer.contains("success") && !answer.contains("password>"), "{answer}");
}

#[tokio::test]
async fn a_token_that_was_used_is_refused_as_a_wrong_password_is() {
    let lab = lab("token-used-twice").await;
    let token = token(&lab, IMP1).await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&with_token(&lab, &token)).await;
    client.hear("<not-authorized/></failure></stream:stream>").await;
}

#[tokio::test]
async fn the_wrong_node_names_the_home_node() {
    let lab = lab("wrong-node").await;
    let (_, features) = Client::offered(&lab, IMP2).await;
    let named = "<hostname xmlns='urn:xmpp:domain-based-name:0'>imp1.example.test</hostname>\
        <hostname xmlns='urn:xmpp:domain-based-name:0'>imp2.example.test</hostname></mechanisms>";
    assert!(features.contains(named), "{features}");
    let mut home = Client::secured(&lab, IMP1).await;
    home.say(HEADER).await;
    assert!(!home.hear("</stream:features>").await.contains("hostname"));
}
