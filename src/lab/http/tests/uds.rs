//! UDS and singleSignOn: the shape of each answer, who is let in, and the cookies.

use data_encoding::BASE64;

use super::client::{CUCM, Plant, Reply, To, healthy, request, with};

const USER: &str = "GET /cucm-uds/user/alice HTTP/1.1";

pub(super) fn basic(user: &str, password: &str) -> String {
    format!("\r\nAuthorization: Basic {}", BASE64.encode(format!("{user}:{password}").as_bytes()))
}

async fn record(plant: &Plant, user: &str, password: &str) -> Reply {
    plant.ask(To::Uds, &format!("{USER}{}", basic(user, password)), "").await
}

#[tokio::test]
async fn the_version_comes_with_the_headers_of_tomcat() {
    let plant = healthy().await;
    let reply = plant.get(To::Uds, "/cucm-uds/version").await;
    assert_eq!(reply.status(), "200");
    assert_eq!(
        reply.body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<versionInformation \
         uri=\"https://cucm1.example.test/cucm-uds/version\" version=\"12.5.0\"><version>12.5.0</version>\
         <capabilities><usersResourceAuthEnabled>true</usersResourceAuthEnabled></capabilities>\
         </versionInformation>"
    );
    for (name, value) in [
        ("Server", ""),
        ("Cache-Control", "private"),
        ("Expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Content-Type", "application/xml"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{}", reply.head);
    }
    assert_eq!(reply.header("Content-Length"), Some(reply.body.len().to_string().as_str()));
    assert_eq!(reply.session().map(|id| id.len()), Some(32));
}

#[tokio::test]
async fn a_user_is_found_by_name_by_mail_and_by_either() {
    let plant = healthy().await;
    let port = plant.ports.https;
    for query in [
        "username=alice",
        "email=alice%40example.test",
        "useridentifier=alice",
        "useridentifier=alice@example.test",
    ] {
        let reply = plant.get(To::Uds, &format!("/cucm-uds/clusterUser?{query}")).await;
        let expected = format!(
            "<result found=\"true\" uri=\"https://{CUCM}:{port}/cucm-uds/user/alice\" version=\"12.5.0\"/>\
             <homeCluster serversUri=\"https://{CUCM}:{port}/cucm-uds/servers\">{CUCM}</homeCluster>"
        );
        assert!(reply.body.contains(&expected), "{query}: {}", reply.body);
        assert!(reply.body.contains(&format!("clusterUser?{query}\"")), "{}", reply.body);
    }
}

#[tokio::test]
async fn no_home_cluster_is_an_answer_of_status_200() {
    for (plant, user) in
        [(healthy().await, "carol"), (with("stage='uds_cluster_user'\nfault='not-found'").await, "alice")]
    {
        let reply = plant.get(To::Uds, &format!("/cucm-uds/clusterUser?username={user}")).await;
        assert_eq!(reply.status(), "200");
        let port = plant.ports.https;
        assert_eq!(
            reply.body,
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><clusterUser version=\"12.5.0\" \
                 uri=\"https://{CUCM}:{port}/cucm-uds/clusterUser?username={user}\">\
                 <result found=\"false\"/></clusterUser>"
            )
        );
    }
}

#[tokio::test]
async fn another_home_cluster_is_led_to() {
    let plant = with("stage='uds_cluster_user'\nfault='home'\nnode='cucm9.example.net'").await;
    let reply = plant.get(To::Uds, "/cucm-uds/clusterUser?username=alice").await;
    let led = "<homeCluster serversUri=\"https://cucm9.example.net:8443/cucm-uds/servers\">cucm9.example.net<";
    assert!(reply.body.contains(led), "{}", reply.body);
    assert!(reply.body.contains("uri=\"https://cucm9.example.net:8443/cucm-uds/user/alice\""), "{}", reply.body);
}

#[tokio::test]
async fn the_nodes_are_listed_as_the_deployment_or_the_scenario_has_them() {
    let reply = healthy().await.get(To::Uds, "/cucm-uds/servers").await;
    let list = "<server>cucm1.example.test</server><server>cucm2.example.test</server></servers>";
    assert!(reply.body.ends_with(list), "{}", reply.body);
    let plant = with("stage='uds_servers'\nfault='named'\nservers=['cucm1', '10.0.0.1']").await;
    let reply = plant.get(To::Uds, "/cucm-uds/servers").await;
    assert!(
        reply.body.ends_with("\"><server>cucm1</server><server>10.0.0.1</server></servers>"),
        "{}",
        reply.body
    );
}

#[tokio::test]
async fn single_sign_on_is_off_on_both_kinds_of_host_unless_a_scenario_wants_it() {
    let path = "/ssosp/ws/public/singleSignOn";
    let (off, on) = (healthy().await, with("stage='single_sign_on'\nfault='enabled'").await);
    for to in [To::Uds, To::Epas] {
        let reply = off.get(to, path).await;
        let inside = "<Response><SingleSignOn><Status enabled=\"false\"/></SingleSignOn></Response></SSOResult>";
        assert!(reply.body.ends_with(inside), "{}", reply.body);
        let reply = on.get(to, path).await;
        assert!(reply.body.contains("<SingleSignOn><Status enabled=\"true\"/><AuthorizeUri>https://"));
    }
}

#[tokio::test]
async fn the_record_is_for_the_user_and_nobody_else() {
    let mut plant = healthy().await;
    let reply = record(&plant, "alice", "quiet-harbour-42").await;
    assert_eq!(reply.status(), "200", "{}", reply.head);
    assert!(reply.head.contains("JSESSIONIDSSO="), "{}", reply.head);
    assert_eq!(plant.line().await, "credential cucm1.example.test uds alice accepted");
    let Reply { body, .. } = &reply;
    assert!(body.contains("<userName>alice</userName>") && body.contains("<email>alice@example.test</email>"));
    assert!(body.contains("<homeCluster enableImAndPresence=\"true\" enableCalendarPresence=\"false\">true<"));
    assert_eq!(reply.inner("imAndPresence"), "<server>imp1.example.test</server>");
    let tftp = plant.ports.tftp;
    let uris = format!(
        "<uri>http://cucm1.example.test:{tftp}/SPDefault.cnf.xml</uri>\
         <uri>http://cucm2.example.test:6970/SPDefault.cnf.xml</uri>"
    );
    assert_eq!(reply.inner("serviceProfile"), uris);
    assert!(reply.inner("jabberProfile").contains(&format!("https://{CUCM}:{}/JAB_", plant.ports.tftps)));
    // Another user has the right password, but no business there.
    let reply = record(&plant, "bob", "slow-lantern-17").await;
    assert_eq!(reply.status(), "403");
    assert_eq!(plant.line().await, "credential cucm1.example.test uds bob accepted");
}

#[tokio::test]
async fn whoever_is_not_known_gets_the_401_of_cisco() {
    let mut plant = healthy().await;
    let wrong = [
        (basic("alice", "quiet-harbour-43"), Some("alice")),
        (basic("carol", "quiet-harbour-42"), Some("carol")),
        ("\r\nAuthorization: Bearer eyJhbGciOi".to_owned(), Some("alice")),
        (String::new(), None),
    ];
    for (header, told) in wrong {
        let reply = plant.ask(To::Uds, &format!("{USER}{header}"), "").await;
        assert_eq!(reply.status(), "401");
        assert_eq!(reply.header("WWW-Authenticate"), Some("Basic realm=\"Cisco Web Services Realm\""));
        assert_eq!(reply.header("Content-Type"), Some("text/html;charset=utf-8"));
        assert!(reply.body.starts_with("<!-- custom Cisco error page -->"), "{}", reply.body);
        assert!(!reply.head.contains("JSESSIONIDSSO"));
        match told {
            Some(user) => {
                assert_eq!(plant.line().await, format!("credential cucm1.example.test uds {user} refused"));
            }
            None => plant.no_line(),
        }
    }
}

#[tokio::test]
async fn the_assignment_of_a_user_is_the_scenarios() {
    for (fault, enabled, nodes) in [
        ("fault='not-enabled'", "false", "<imAndPresence/>"),
        ("fault='unassigned'", "true", "<imAndPresence/>"),
        (
            "fault='assigned'\nnodes=['imp8', 'imp9']",
            "true",
            "<imAndPresence><server>imp8</server><server>imp9</server></imAndPresence>",
        ),
    ] {
        let plant = with(&format!("stage='uds_user'\n{fault}")).await;
        let Reply { body, .. } = record(&plant, "alice", "quiet-harbour-42").await;
        assert!(body.contains(&format!("<homeCluster enableImAndPresence=\"{enabled}\"")), "{body}");
        assert!(body.contains(nodes), "{body}");
    }
}

#[tokio::test]
async fn a_user_without_the_role_is_told_so_after_the_password() {
    let mut plant = with("stage='uds_user'\nfault='status'\nstatus=403").await;
    assert_eq!(record(&plant, "alice", "wrong").await.status(), "401");
    assert_eq!(plant.line().await, "credential cucm1.example.test uds alice refused");
    assert_eq!(record(&plant, "alice", "quiet-harbour-42").await.status(), "403");
    assert_eq!(plant.line().await, "credential cucm1.example.test uds alice accepted");
}

#[tokio::test]
async fn a_client_that_never_returns_its_cookie_is_shut_out() {
    let plant = healthy().await;
    for _ in 0..20 {
        assert_eq!(plant.get(To::Uds, "/cucm-uds/version").await.status(), "200");
    }
    let reply = plant.get(To::Uds, "/cucm-uds/version").await;
    assert_eq!(reply.status(), "503");
    assert!(reply.body.starts_with("<!-- custom Cisco error page -->") && reply.session().is_none());
    // Neither the files nor single sign-on have sessions.
    assert_eq!(plant.get(To::Uds, "/ssosp/ws/public/singleSignOn").await.status(), "200");
}

#[tokio::test]
async fn a_client_that_returns_its_cookie_stays_welcome() {
    let plant = healthy().await;
    let mut client = plant.connect(To::Uds).await;
    client.say(&request("GET /cucm-uds/version HTTP/1.1", "Connection: keep-alive", "")).await;
    let head = client.hear("</versionInformation>").await;
    let id = head.split_once("Jsessionid=").or(head.split_once("JSESSIONID=")).expect("a cookie").1;
    let cookie = format!("Cookie: other=1; JSESSIONID={}", id.split_once(';').expect("its end").0);
    for _ in 0..30 {
        client.say(&request("GET /cucm-uds/version HTTP/1.1", &cookie, "")).await;
        let answer = client.hear("</versionInformation>").await;
        assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains("JSESSIONID"), "{answer}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_page_for_people() {
    let plant = healthy().await;
    for path in ["/", "/cucm-uds/nothing", "/cucm-uds/user/", "/cucm-uds/user/alice/devices", "/EPASSoap/service"]
    {
        let reply = plant.get(To::Uds, path).await;
        assert_eq!(reply.status(), "404", "{path}");
        assert!(reply.body.starts_with("<!-- custom Cisco error page -->"), "{}", reply.body);
    }
    assert_eq!(plant.ask(To::Uds, "POST /cucm-uds/version HTTP/1.1", "").await.status(), "405");
}
