//! The way in from outside: what Expressway-E says, whom it lets in, what it hands on, and where its XMPP leads.

use data_encoding::{BASE64, BASE64_NOPAD};

use super::client::{CUCM1, Client, EXPE, HEADER, IMP1, IMP2, SUCCESS, auth, lab, lab_of};
use super::component::observe;
use super::path::{POST, USER, begins, envelope, inner, login, received, secured, with_token};
use crate::lab::Lab;

/// `example.test`, and that with a port of a host inside, in Base64 without padding (protocol.md 8).
const DOMAIN: &str = "ZXhhbXBsZS50ZXN0";
const UDS: &str = "ZXhhbXBsZS50ZXN0L2h0dHBzL2N1Y20xLmV4YW1wbGUudGVzdC84NDQz";
const EPAS: &str = "ZXhhbXBsZS50ZXN0L2h0dHBzL2ltcDEuZXhhbXBsZS50ZXN0Lzg0NDM";
const TFTP: &str = "ZXhhbXBsZS50ZXN0L2h0dHAvY3VjbTEuZXhhbXBsZS50ZXN0LzY5NzA";

const CONFIG: &str = "get_edge_config?service_name=_cisco-uds&service_name=_cuplogin";
const VERSION: &str = "cucm-uds/version";

/// A request to the edge: the path's first part, the rest, and further lines of the head.
async fn get(lab: &Lab, subject: &str, path: &str, lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("\r\n{line}")).collect();
    secured(lab, EXPE, 8443).await.ask(&format!("GET /{subject}/{path} HTTP/1.1{lines}"), "").await
}

fn basic(user: &str, password: &str) -> String {
    format!("Authorization: Basic {}", BASE64.encode(format!("{user}:{password}").as_bytes()))
}

/// `get_edge_config` with the lab's printed password.
async fn config(lab: &Lab) -> String {
    get(lab, DOMAIN, CONFIG, &[&basic(&lab.user, &lab.password)]).await
}

/// The cookie that lets a client in from there on.
async fn cookie(lab: &Lab) -> String {
    let answer = config(lab).await;
    let (_, behind) = answer.split_once("X-Auth=").unwrap_or_else(|| panic!("no cookie in {answer}"));
    format!("Cookie: other=1; X-Auth={}", behind.split(';').next().expect("a value"))
}

/// The lines of a head by name, the date left out.
fn head(answer: &str) -> Vec<String> {
    let (head, _) = answer.split_once("\r\n\r\n").expect("a head");
    let mut lines: Vec<String> = head.lines().map(str::to_ascii_lowercase).collect();
    lines.retain(|line| !line.starts_with("date:"));
    lines[1..].sort();
    lines
}

/// A whole page of Expressway's own, without a body.
fn is_bare(answer: &str, status: &str) {
    begins(answer, status);
    let lines = head(answer);
    for line in ["server: ce_c ecs", "age: 0", "transfer-encoding: chunked"] {
        assert!(lines.contains(&line.to_owned()), "{answer}");
    }
    assert!(answer.ends_with("\r\n\r\n0\r\n\r\n"), "{answer:?}");
}

#[tokio::test]
async fn whoever_shows_nothing_gets_the_captured_401() {
    let mut lab = lab("healthy").await;
    let answer = get(&lab, DOMAIN, CONFIG, &[]).await;
    is_bare(&answer, "401");
    let expected = [
        "http/1.1 401 unauthorized",
        "age: 0",
        "connection: close",
        "server: ce_c ecs",
        "transfer-encoding: chunked",
        "www-authenticate: basic realm=\"cisco-edge\"",
    ];
    assert_eq!(head(&answer), expected);
    assert!(answer.contains("Basic realm=\"Cisco-Edge\"") && answer.contains("CE_C ECS"), "{answer}");
    assert_eq!(received(&mut lab), [""; 0]);
}

#[tokio::test]
async fn a_right_password_gets_the_captured_answer_with_its_uds_and_a_cookie_for_the_domain() {
    let mut lab = lab("healthy").await;
    let answer = config(&lab).await;
    begins(&answer, "200");
    let xmpp = lab.hosts[3].ports[1];
    let expected = format!(
        "<?xml version='1.0' encoding='UTF-8'?>
<getEdgeConfigResponse version=\"1.0\">
 <serviceConfig>
  <service><name>_cisco-phone-tftp</name><error>NameError</error></service>
  <service><name>_cuplogin</name><error>NameError</error></service>
  <service><name>_cisco-uds</name><server><priority>1</priority><weight>1</weight><port>8443</port><address>cucm1.example.test</address></server></service>
  <service><name>tftpServer</name><address></address><address></address></service>
 </serviceConfig>
 <edgeConfig>
  <sipEdgeServer><server><address>expe.example.test</address><tlsPort>5061</tlsPort></server></sipEdgeServer>
  <sipRequest><route>&lt;sip:192.168.2.100:5061;transport=tls;zone-id=3;directed;lr&gt;</route></sipRequest>
  <xmppEdgeServer><server><address>expe.example.test</address><tlsPort>{xmpp}</tlsPort></server></xmppEdgeServer>
  <httpEdgeServer><server><address>expe.example.test</address><tlsPort>8443</tlsPort></server></httpEdgeServer>
  <turnEdgeServer/>
  <userUdsServer><server><address>cucm1.example.test</address><tlsPort>8443</tlsPort></server></userUdsServer>
 </edgeConfig>
</getEdgeConfigResponse>"
    );
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert_eq!(body, expected);
    let cookie = head.lines().find(|line| line.contains("X-Auth=")).expect("a cookie");
    assert!(cookie.ends_with("; Domain=example.test; Path=/; Max-Age=28800; Secure; HttpOnly"), "{cookie}");
    let told =
        ["credential cucm1.example.test uds alice accepted", "credential expe.example.test edge alice accepted"];
    assert_eq!(received(&mut lab), told, "Expressway-C asked CUCM");
}

#[tokio::test]
async fn a_wrong_password_is_refused_by_cucm_and_so_at_the_edge_with_its_own_realm() {
    let mut lab = lab("healthy").await;
    for (line, user) in [(basic("alice", "wrong"), "alice"), (basic("no one/at all", "x"), "no?one/at?all")] {
        let answer = get(&lab, DOMAIN, CONFIG, &[&line]).await;
        is_bare(&answer, "401");
        assert!(answer.contains("Basic realm=\"Cisco-Edge\""), "{answer}");
        let told = [
            format!("credential cucm1.example.test uds {user} refused"),
            format!("credential expe.example.test edge {user} refused"),
        ];
        assert_eq!(received(&mut lab), told);
    }
    let answer = get(&lab, DOMAIN, CONFIG, &["Authorization: Bearer eyJhbGciOi"]).await;
    is_bare(&answer, "401");
}

#[tokio::test]
async fn no_answer_of_cucm_is_no_answer_at_the_edge_and_a_broken_way_a_refusal() {
    let silent = lab("ldap-stuck").await;
    let mut client = secured(&silent, EXPE, 8443).await;
    let line = basic(&silent.user, &silent.password);
    client.say(&format!("GET /{DOMAIN}/{CONFIG} HTTP/1.1\r\nHost: {EXPE}\r\n{line}\r\n\r\n")).await;
    client.hear_nothing().await;
    // Whatever is behind it, Expressway-C could not authenticate (protocol.md 12, row 38).
    for name in ["uds-503", "uds-403", "cucm-untrusted"] {
        is_bare(&config(&lab(name).await).await, "401");
    }
}

#[tokio::test]
async fn what_is_handed_on_comes_from_the_host_inside() {
    let mut lab = lab("healthy").await;
    let cookie = cookie(&lab).await;
    received(&mut lab);
    let version = get(&lab, UDS, VERSION, &[&cookie]).await;
    begins(&version, "200");
    assert!(
        version.contains("<versionInformation uri=\"https://cucm1.example.test/cucm-uds/version\""),
        "{version}"
    );
    assert!(version.contains("JSESSIONID=") && !version.contains("CE_C"), "{version}");
    let found = get(&lab, UDS, "cucm-uds/clusterUser?email=alice%40example.test", &[&cookie]).await;
    assert!(found.contains("clusterUser?email=alice%40example.test\"><result found=\"true\""), "{found}");
    let profile = get(&lab, TFTP, "SPDefault.cnf.xml", &[&cookie]).await;
    assert!(profile.contains("<Primary><Address>imp1.example.test</Address>"), "{profile}");
    assert_eq!(received(&mut lab), [""; 0]);
    // The credential is for the host inside, and its answer comes back as it is.
    let right = get(&lab, UDS, &USER[1..], &[&basic(&lab.user, &lab.password)]).await;
    assert!(right.contains("<imAndPresence><server>imp1.example.test</server>"), "{right}");
    let wrong = get(&lab, UDS, &USER[1..], &[&cookie, &basic("alice", "wrong")]).await;
    begins(&wrong, "401");
    assert!(wrong.contains("Basic realm=\"Cisco Web Services Realm\""), "{wrong}");
    let told =
        ["credential cucm1.example.test uds alice accepted", "credential cucm1.example.test uds alice refused"];
    assert_eq!(received(&mut lab), told, "the edge has none of its own");
}

#[tokio::test]
async fn a_token_from_epas_by_the_edge_logs_in_at_the_edge() {
    let mut lab = lab("healthy").await;
    let cookie = cookie(&lab).await;
    received(&mut lab);
    let post = POST.replacen("/EPASSoap", &format!("/{EPAS}/EPASSoap"), 1);
    let ask = async |body: String| {
        let head = format!("{post}\r\n{cookie}");
        secured(&lab, EXPE, 8443).await.ask(&head, &body).await
    };
    let login = ask(envelope(None, &login(&lab))).await;
    let key = inner(&login, "epas:session-key");
    let answer = ask(envelope(Some(key), "<get-onetime-password/>")).await;
    let token = inner(&answer, "epas:password").to_owned();
    let (mut client, _) = Client::offered(&lab, EXPE).await;
    client.say(&with_token(&lab, &token)).await;
    client.hear(SUCCESS).await;
    let told =
        ["credential imp1.example.test epas alice accepted", "credential expe.example.test xmpp alice accepted"];
    assert_eq!(received(&mut lab), told);
}

#[tokio::test]
async fn only_who_was_let_in_is_handed_on_and_only_to_the_hosts_of_the_deployment() {
    let lab = lab("healthy").await;
    let cookie = cookie(&lab).await;
    for lines in [&[][..], &["Cookie: X-Auth=made-up"]] {
        is_bare(&get(&lab, UDS, VERSION, lines).await, "401");
    }
    for place in [
        "example.test/https/elsewhere.example.test/8443",
        "example.test/https/cucm1.example.test/22",
        "example.test/http/cucm1.example.test/8443",
        "example.test/https/imp1.example.test/6972",
        "example.test/https/expe.example.test/8443",
    ] {
        let answer = get(&lab, &BASE64_NOPAD.encode(place.as_bytes()), VERSION, &[&cookie]).await;
        is_bare(&answer, "403");
    }
    for subject in ["ZXhhbXBsZS5uZXQ", "cucm-uds", "?", "ZXhhbXBsZS50ZXN0L2h0dHBz"] {
        is_bare(&get(&lab, subject, CONFIG, &[&cookie]).await, "404");
    }
    is_bare(&get(&lab, DOMAIN, "get_something", &[&cookie]).await, "404");
    // Padded, and with a slash behind it, as some clients have it.
    begins(&get(&lab, "ZXhhbXBsZS50ZXN0====", "get_edge_sso/", &[]).await, "200");
}

#[tokio::test]
async fn a_host_inside_without_a_connection_is_the_502() {
    let refused = "[[fault]]\nhost = 'imp1.example.test'\nstage = 'https'\nfault = 'refused'";
    let lab = lab_of(refused);
    let cookie = cookie(&lab).await;
    let answer = get(&lab, EPAS, "EPASSoap/service/v80", &[&cookie]).await;
    is_bare(&answer, "502");
    assert!(answer.starts_with("HTTP/1.1 502 Next Hop Connection Failed\r\n"), "{answer}");
    begins(&get(&lab, UDS, VERSION, &[&cookie]).await, "200");
    // A certificate that it does not trust is no connection either.
    let lab = super::client::lab("epas-untrusted").await;
    let answer = get(&lab, EPAS, "EPASSoap/service/v80", &[&self::cookie(&lab).await]).await;
    is_bare(&answer, "502");
}

#[tokio::test]
async fn an_endless_answer_inside_is_endless_outside() {
    let lab = lab("uds-endless").await;
    let cookie = cookie(&lab).await;
    let mut client = secured(&lab, EXPE, 8443).await;
    let path = "cucm-uds/clusterUser?username=alice";
    client.say(&format!("GET /{UDS}/{path} HTTP/1.1\r\nHost: {EXPE}\r\n{cookie}\r\n\r\n")).await;
    for _ in 0..5000 {
        client.hear("more to come").await;
    }
}

#[tokio::test]
async fn expressway_c_keeps_its_session_at_uds() {
    // Tomcat shuts out who leaves more than twenty behind.
    let lab = lab("healthy").await;
    for _ in 0..15 {
        begins(&config(&lab).await, "200");
    }
}

#[tokio::test]
async fn single_sign_on_outside_is_that_of_the_cluster() {
    let sso =
        async |name: &str| get(&lab(name).await, DOMAIN, "get_edge_sso?email=alice%40example.test", &[]).await;
    for (name, enabled) in [("healthy", "false"), ("edge-sso", "true"), ("sso-on", "true")] {
        let answer = sso(name).await;
        begins(&answer, "200");
        let status = format!("<SingleSignOn><Status enabled=\"{enabled}\"/></SingleSignOn>");
        assert!(answer.contains(&status), "{name}: {answer}");
    }
    let mut oauth = lab("edge-sso").await;
    is_bare(&config(&oauth).await, "401");
    assert_eq!(received(&mut oauth), ["credential expe.example.test edge alice refused"]);
}

#[tokio::test]
async fn the_edge_can_refuse_what_cucm_takes() {
    let mut low_trust = lab("edge-401").await;
    is_bare(&config(&low_trust).await, "401");
    assert_eq!(
        received(&mut low_trust),
        ["credential expe.example.test edge alice refused"],
        "CUCM was not asked"
    );
    let mut policy = lab("edge-403").await;
    is_bare(&get(&policy, DOMAIN, CONFIG, &[&basic("alice", "wrong")]).await, "401");
    received(&mut policy);
    is_bare(&config(&policy).await, "403");
    let told =
        ["credential cucm1.example.test uds alice accepted", "credential expe.example.test edge alice accepted"];
    assert_eq!(received(&mut policy), told);
}

#[tokio::test]
async fn the_edge_can_know_too_little_of_the_inside() {
    let answer = config(&lab("edge-name-error").await).await;
    begins(&answer, "200");
    assert!(answer.contains("<service><name>_cisco-uds</name><error>NameError</error></service>"), "{answer}");
    let empty = "<userUdsServer><server><address></address><tlsPort>8443</tlsPort></server></userUdsServer>";
    for name in ["edge-no-uds", "home-cluster-off"] {
        let answer = config(&lab(name).await).await;
        begins(&answer, "200");
        assert!(answer.contains(empty), "{name}: {answer}");
    }
}

#[tokio::test]
async fn the_edge_can_hand_on_less_than_it_should() {
    let forbidden = lab("edge-not-allowed").await;
    let allowed = cookie(&forbidden).await;
    is_bare(&get(&forbidden, EPAS, "EPASSoap/service/v80", &[&allowed]).await, "403");
    begins(&get(&forbidden, UDS, VERSION, &[&allowed]).await, "200");
    let cut = lab("edge-502").await;
    let cookie = cookie(&cut).await;
    for (subject, path) in [(UDS, VERSION), (EPAS, "EPASSoap/service/v80")] {
        let answer = get(&cut, subject, path, &[&cookie]).await;
        assert!(answer.starts_with("HTTP/1.1 502 Next Hop Connection Failed\r\n"), "{answer}");
    }
    begins(&secured(&cut, CUCM1, 8443).await.ask(&format!("GET /{VERSION} HTTP/1.1"), "").await, "200");
}

#[tokio::test]
async fn get_edge_config_can_be_silent() {
    let mut lab = lab("edge-http-silent").await;
    let mut client = secured(&lab, EXPE, 8443).await;
    let line = basic(&lab.user, &lab.password);
    client.say(&format!("GET /{DOMAIN}/{CONFIG} HTTP/1.1\r\nHost: {EXPE}\r\n{line}\r\n\r\n")).await;
    client.hear_nothing().await;
    begins(&get(&lab, DOMAIN, "get_edge_sso", &[]).await, "200");
    assert_eq!(received(&mut lab), ["credential expe.example.test edge alice unanswered"]);
}

#[tokio::test]
async fn the_certificate_of_the_edge_has_the_domain_unless_a_scenario_takes_it_away() {
    let (well, ill) = (lab("healthy").await, lab("edge-san-lacks-domain").await);
    for lab in [&well, &ill] {
        Client::offered(lab, EXPE).await;
        secured(lab, EXPE, 8443).await;
    }
    for (lab, has_domain) in [(&well, true), (&ill, false)] {
        let client = Client::at(lab, EXPE, 8443).await.expect("a connection").named("example.test");
        assert_eq!(client.handshake(lab).await.is_ok(), has_domain);
        let mut client = Client::opened(lab, EXPE).await.named("example.test");
        client.say(super::client::STARTTLS).await;
        client.hear("/>").await;
        assert_eq!(client.handshake(lab).await.is_ok(), has_domain);
    }
}

/// Scenario, then what the edge answers over XMPP, as in the table of `component`. Alice and wendy are at home on imp1, bob
/// is on imp2, and whom nobody knows imp1 is asked about.
#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    ("healthy",               "--++++"),
    ("silent-cm",             "--++++"),
    ("xcp-cm-stuck",          "--++++"),
    ("overload",              "--++++"),
    ("never-reads",           "--++++"),
    ("connect-refused",       "--++++"),
    ("silent-auth",           "--.+.."),
    ("router-stuck",          "-..+.."),
    ("auth-service-stuck",    "-..+.."),
    ("cluster-stuck",         "-....."),
    ("one-user-stuck",        "--.++."),
    ("login-datastore-stuck", "--+++."),
    ("ldap-stuck",            "--..++"),
    ("edge-silent",           "......"),
];

#[tokio::test]
async fn xmpp_by_the_edge_enters_behind_the_connection_manager() {
    let mut wrong = Vec::new();
    for (scenario, expected) in TABLE {
        let observed = observe(&lab(scenario).await, EXPE, expected).await;
        if observed != **expected {
            wrong.push(format!("{scenario}: {observed} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_silent_edge_leaves_the_nodes_alone() {
    let mut lab = lab("edge-silent").await;
    let (mut outside, features) = Client::offered(&lab, EXPE).await;
    assert!(features.contains("<mechanism>CISCO-VTG-TOKEN</mechanism>"), "{features}");
    outside.say(&auth(&lab)).await;
    for host in [IMP1, IMP2] {
        Client::accepted(&lab, host).await;
    }
    outside.hear_nothing().await;
    drop(outside);
    let said = received(&mut lab);
    assert_eq!(
        said[..2],
        ["credential imp1.example.test xmpp alice accepted", "credential imp2.example.test xmpp alice accepted"]
    );
}

#[tokio::test]
async fn a_session_by_the_edge_meets_what_is_wrong_with_sessions_inside() {
    let bind = "<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
    for (name, end) in [("healthy", "<jid>alice@example.test/jabber_9934</jid>"), ("bind-refused", "<error ")] {
        let lab = lab(name).await;
        let mut client = Client::accepted(&lab, EXPE).await;
        client.say(bind).await;
        client.hear(end).await;
    }
    let silent = lab("bind-silent").await;
    let mut client = Client::accepted(&silent, EXPE).await;
    client.say(bind).await;
    client.hear_nothing().await;
    // The header behind <success/> is the Connection Manager's own.
    let silent = lab("silent-after-auth").await;
    Client::accepted(&silent, EXPE).await;
}

#[tokio::test]
async fn public_dns_knows_the_edge_alone() {
    let lab = lab("outside").await;
    super::dns::knows_only(&lab, "_collab-edge._tls", EXPE).await;
    let mut client = Client::connect(&lab, EXPE).await;
    client.say(HEADER).await;
    client.hear("</stream:features>").await;
    begins(&config(&lab).await, "200");
}
