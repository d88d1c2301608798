//! EPASSoap: login, configuration and one-time password, and what XMPP says to that password.

use data_encoding::BASE64;

use super::client::{Plant, Reply, To, healthy, with};
use crate::lab::account::{Attempt, Judgement};

pub(super) const POST: &str = "POST /EPASSoap/service/v80 HTTP/1.1\r\n\
    Content-Type: application/soap+xml; charset=utf-8\r\n\
    SOAPAction: urn:cisco:epas:soap/EpasSoapServiceInterface/login";

pub(super) const CONFIG: &str = "<get-all-config><system-config/><user-config/></get-all-config>";
pub(super) const TOKEN: &str = "<get-onetime-password/>";

/// Request 1 of protocol.md 5.1.
pub(super) fn login_with(user: &str, password: &str, attributes: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope \
         xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:ns1=\"urn:cisco:epas:soap\">\n \
         <SOAP-ENV:Body><ns1:login {attributes}>\n   <ns1:username>{user}</ns1:username>\
         <ns1:password>{password}</ns1:password></ns1:login></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
}

/// Requests 2 and 3.
fn keyed(key: &str, what: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns=\"urn:cisco:epas:soap\"><soapenv:Header><session-key>{key}</session-key></soapenv:Header>\
         <soapenv:Body>{what}</soapenv:Body></soapenv:Envelope>"
    )
}

pub(super) async fn login(plant: &Plant, user: &str, password: &str) -> Reply {
    let attributes = "client-version=\"9.7.0.18474\" client-type=\"CUPC\" force=\"false\"";
    plant.ask(To::Epas, POST, &login_with(user, password, attributes)).await
}

async fn key(plant: &Plant) -> String {
    login(plant, "alice", "quiet-harbour-42").await.inner("epas:session-key")
}

pub(super) async fn ask(plant: &Plant, key: &str, what: &str) -> Reply {
    plant.ask(To::Epas, POST, &keyed(key, what)).await
}

/// What XMPP on 5222 says to the token.
fn judge(plant: &Plant, user: &str, token: &str) -> Judgement {
    let text = BASE64.encode(format!("userid={user}@example.test\0token={token}").as_bytes());
    let (host, mechanism) = ("imp1.example.test", "CISCO-VTG-TOKEN");
    plant.accounts.judge(Attempt { host, to: Some("example.test"), mechanism, text: &text })
}

fn refused(reply: &Reply, reason: &str) {
    assert_eq!(reply.status(), "200", "{}", reply.head);
    let failure = format!(
        "<soapenv:Body><epas:login-resp xmlns:epas=\"urn:cisco:epas:soap\"><epas:failure>\
         <epas:reason>{reason}</epas:reason></epas:failure></epas:login-resp></soapenv:Body>"
    );
    assert!(reply.body.contains(&failure), "{}", reply.body);
}

#[tokio::test]
async fn a_login_gives_a_session_key_on_every_version_of_the_service() {
    let mut plant = healthy().await;
    for version in ["", "/v70", "/v80", "/v105", "/latest"] {
        let body = login_with("alice", "quiet-harbour-42", "client-version=\"14.2\" client-type=\"CUPC\"");
        let reply = plant.ask(To::Epas, &format!("POST /EPASSoap/service{version} HTTP/1.1"), &body).await;
        assert_eq!(reply.header("Content-Type"), Some("application/soap+xml; charset=utf-8"));
        assert_eq!(reply.header("Server"), Some(""));
        // The key is the first child of success.
        let begin = "<soapenv:Envelope xmlns:soapenv=\"http://www.w3.org/2003/05/soap-envelope\"><soapenv:Body>\
            <epas:login-resp xmlns:epas=\"urn:cisco:epas:soap\"><epas:success><epas:session-key>";
        assert!(reply.body.starts_with(begin), "{}", reply.body);
        assert_eq!(reply.inner("epas:session-key").len(), 36);
        assert_eq!(plant.line().await, "credential imp1.example.test epas alice accepted");
    }
    let elsewhere = plant.ask(To::Epas, "POST /EPASSoap/service/v1 HTTP/1.1", "").await;
    assert_eq!(elsewhere.status(), "404");
}

#[tokio::test]
async fn a_key_is_used_again_until_a_new_one_is_forced() {
    let plant = healthy().await;
    let first = key(&plant).await;
    assert_eq!(key(&plant).await, first);
    let body = login_with("alice", "quiet-harbour-42", "client-version=\"9.7\" force=\"true\"");
    let forced = plant.ask(To::Epas, POST, &body).await.inner("epas:session-key");
    assert_ne!(forced, first);
    assert!(ask(&plant, &first, CONFIG).await.body.contains("Invalid request"));
    assert!(ask(&plant, &forced, CONFIG).await.body.contains("Presence.Domain"));
}

#[tokio::test]
async fn a_wrong_password_an_unknown_user_and_a_foreign_node_are_failures() {
    let mut plant = healthy().await;
    refused(&login(&plant, "alice", "quiet-harbour-43").await, "Authentication failed");
    refused(&login(&plant, "carol", "quiet-harbour-42").await, "Authentication failed");
    refused(&login(&plant, "dora", "far-meadow-88").await, "The user is not assigned to this node");
    for user in ["alice", "carol", "dora"] {
        assert_eq!(plant.line().await, format!("credential imp1.example.test epas {user} refused"));
    }
}

#[tokio::test]
async fn what_xml_must_escape_is_understood_in_a_password() {
    let plant = healthy().await;
    let reply = login(&plant, "erin", "a&lt;b&amp;c&gt;&quot;d&apos;").await;
    assert_eq!(reply.inner("epas:session-key").len(), 36);
}

#[tokio::test]
async fn the_configuration_names_the_domain_and_both_nodes() {
    let mut plant = healthy().await;
    let key = key(&plant).await;
    plant.line().await;
    let reply = ask(&plant, &key, CONFIG).await;
    let begin = "<soapenv:Body><epas:get-all-config-resp xmlns:epas=\"urn:cisco:epas:soap\">\
        <epas:get-system-config-resp><epas:property name=\"Presence.Domain\">example.test</epas:property>";
    assert!(reply.body.contains(begin), "{}", reply.body);
    for property in [
        "name=\"Presence.Primary.Address\">imp1.example.test<",
        "name=\"Presence.Backup.Address\">imp2.example.test<",
        "name=\"CUP.SRM.LowerFailoverLoginRetryLimit\">120<",
        "name=\"CUP.SRM.UpperFailoverLoginRetryLimit\">537<",
        "name=\"TFTP.Primary\">cucm1.example.test<",
    ] {
        assert!(reply.body.contains(property), "{property} {}", reply.body);
    }
    // A session key is no credential of the user.
    assert_eq!(plant.rest().await, [""; 0]);
    let plant = with("stage='epas_config'\nfault='domain'\ndomain='example.net'").await;
    let key = self::key(&plant).await;
    let reply = ask(&plant, &key, CONFIG).await;
    assert!(reply.body.contains("name=\"Presence.Domain\">example.net<"), "{}", reply.body);
}

#[tokio::test]
async fn a_one_time_password_lets_its_user_in_once() {
    let plant = healthy().await;
    let key = key(&plant).await;
    let reply = ask(&plant, &key, TOKEN).await;
    let begin = "<epas:get-onetime-password-resp xmlns:epas=\"urn:cisco:epas:soap\"><epas:success><epas:password>";
    assert!(reply.body.contains(begin), "{}", reply.body);
    let token = reply.inner("epas:password");
    assert_ne!(ask(&plant, &key, TOKEN).await.inner("epas:password"), token);
    let no = Judgement::Refused { condition: "not-authorized", user_exists: true };
    assert_eq!(judge(&plant, "bob", &token), no);
    assert_eq!(judge(&plant, "alice", &token), Judgement::Accepted("alice".into()));
    assert_eq!(judge(&plant, "alice", &token), no);
}

#[tokio::test]
async fn a_token_can_be_used_up_or_missing() {
    let plant = with("stage='epas_token'\nfault='spent'").await;
    let token = ask(&plant, &key(&plant).await, TOKEN).await.inner("epas:password");
    assert_eq!(token.len(), 16);
    let no = Judgement::Refused { condition: "not-authorized", user_exists: true };
    assert_eq!(judge(&plant, "alice", &token), no);
    let plant = with("stage='epas_token'\nfault='none'").await;
    let reply = ask(&plant, &key(&plant).await, TOKEN).await;
    assert!(reply.body.contains("<epas:success/>") && !reply.body.contains("password>"), "{}", reply.body);
}

#[tokio::test]
async fn a_bad_key_is_an_invalid_request() {
    let plant = healthy().await;
    for what in [CONFIG, TOKEN] {
        let reply = ask(&plant, "8d2c0000-0000-0000-0000-000000000000", what).await;
        assert_eq!(reply.status(), "200");
        assert!(reply.body.contains("<soapenv:Text xml:lang=\"en\">Invalid request</soapenv:Text>"));
    }
}

#[tokio::test]
async fn what_is_no_request_of_the_service_is_a_fault() {
    let plant = healthy().await;
    for body in ["", "hello", "<login/>", "<a", &keyed("x", "<get-nothing/>")] {
        let reply = plant.ask(To::Epas, POST, body).await;
        assert_eq!(reply.status(), "500", "{body}");
        assert!(reply.body.contains("<soapenv:Fault>"), "{}", reply.body);
    }
    assert_eq!(plant.get(To::Epas, "/EPASSoap/service/v80").await.status(), "405");
}

#[tokio::test]
async fn a_login_can_be_refused_or_sent_elsewhere_whatever_is_right() {
    let mut plant = with("stage='epas_login'\nfault='refused'\nreason='Login datastore is down'").await;
    refused(&login(&plant, "alice", "quiet-harbour-42").await, "Login datastore is down");
    assert_eq!(plant.line().await, "credential imp1.example.test epas alice refused");
    let mut plant = with("stage='epas_login'\nfault='redirect'\nnode='imp2.example.test'").await;
    let reply = login(&plant, "alice", "quiet-harbour-42").await;
    assert!(reply.body.contains("<epas:redirect><epas:host>imp2.example.test</epas:host></epas:redirect>"));
    assert_eq!(plant.line().await, "credential imp1.example.test epas alice unanswered");
}

#[tokio::test]
async fn a_client_below_the_minimum_version_is_told_so() {
    let mut plant = with("stage='epas_login'\nfault='too-old'\nminimum='11.0'").await;
    let reply = login(&plant, "alice", "quiet-harbour-42").await;
    refused(&reply, "The client does not meet the minimal version requirement.");
    assert_eq!(plant.line().await, "credential imp1.example.test epas alice refused");
    let body = login_with("alice", "quiet-harbour-42", "client-version=\"14.2.0.58910\"");
    plant.ask(To::Epas, POST, &body).await.inner("epas:session-key");
}
