//! Which secret goes where, what is masked of it, and how many attempts it costs.

use super::*;
use crate::journal::ClientKind;
use crate::probe::Request;

fn epas(site: &Site, what: HttpWhat) -> HttpAsk {
    site.ask(what, "/EPASSoap/service/v80")
}

fn soap(inner: &str) -> Reply {
    let body = format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://www.w3.org/2003/05/soap-envelope\"><soapenv:Body>{inner}\
         </soapenv:Body></soapenv:Envelope>"
    );
    Reply::Say(answer("200 OK\r\nContent-Type: application/soap+xml", &body).into_bytes())
}

/// EPASSoap as protocol.md 5.1 has it.
async fn epas_site() -> Site {
    Site::clear(|_, request| match request {
        login if login.contains(":login ") => soap(
            "<epas:login-resp xmlns:epas=\"urn:cisco:epas:soap\"><epas:success>\
             <epas:session-key>canary-key-8d2c</epas:session-key></epas:success></epas:login-resp>",
        ),
        token if token.contains("get-onetime-password") => soap(
            "<get-onetime-password-resp xmlns=\"urn:cisco:epas:soap\"><success>\
             <password>canary-otp-0f2b</password></success></get-onetime-password-resp>",
        ),
        _ => soap("<get-all-config-resp xmlns=\"urn:cisco:epas:soap\"/>"),
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_asked_for_with_basic_and_with_bearer_where_only_a_token_is_at_hand() {
    let site = Site::says(&answer("200 OK", "<user/>")).await;
    let mut table = Setup::default().table();
    let seen = table.ask(site.ask(HttpWhat::User, "/cucm-uds/user/alice")).await;
    let basic = data_encoding::BASE64.encode(format!("alice:{PASSWORD}").as_bytes());
    assert!(site.heard()[0].contains(&format!("\r\nAuthorization: Basic {basic}\r\n")));
    let (head, _, credential) = seen.sent().remove(0);
    assert!(credential && head.contains("Authorization: Basic \r\n"), "{head}");
    assert!(!table.holds_password());
    let secrets = Secrets { token: Some(TOKEN.into()), ..Secrets::default() };
    let mut table = Setup { secrets, ..Setup::default() }.table();
    table.ask(site.ask(HttpWhat::User, "/cucm-uds/user/alice")).await;
    assert!(site.heard()[1].contains(&format!("\r\nAuthorization: Bearer {TOKEN}\r\n")));
    assert!(!table.recording().contains(TOKEN));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_is_asked_with_a_credential() {
    let site = Site::says(&answer("200 OK", "")).await;
    let mut table = Setup::default().table();
    use HttpWhat::{ClusterUser, JabberConfig, Servers, ServiceProfile, SingleSignOn, Version};
    for what in [Version, ClusterUser, Servers, SingleSignOn, ServiceProfile, JabberConfig] {
        let seen = table.ask(site.ask(what, "/")).await;
        assert!(!seen.sent()[0].2);
    }
    assert!(site.heard().iter().all(|request| !request.contains("Authorization")));
    assert_eq!(table.engine.attempts().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn epas_goes_from_login_to_token_and_its_secrets_stand_in_no_note() {
    let site = epas_site().await;
    let mut table = Setup::default().table();
    let login = table.ask(epas(&site, HttpWhat::EpasLogin)).await;
    let config = table.ask(epas(&site, HttpWhat::EpasConfig)).await;
    let token = table.ask(epas(&site, HttpWhat::EpasToken)).await;
    for seen in [&login, &config, &token] {
        assert_eq!(seen.end(), "Ok");
    }
    let heard = site.heard();
    assert!(heard[0].starts_with("POST /EPASSoap/service/v80 HTTP/1.1\r\n"), "{}", heard[0]);
    let kind = "\r\nContent-Type: application/soap+xml; charset=utf-8; action=\"urn:cisco:epas:soap/login\"\r\n";
    assert!(heard[0].contains(kind), "{}", heard[0]);
    assert!(heard[0].contains(":password>canary-http-7Qz&amp;&lt;</"), "{}", heard[0]);
    assert!(heard[1].contains(">canary-key-8d2c</session-key>"), "{}", heard[1]);
    assert!(heard[2].contains(">canary-key-8d2c</session-key>"), "{}", heard[2]);
    let credential: Vec<bool> = [&login, &config, &token].map(|seen| seen.sent()[0].2).to_vec();
    assert_eq!((credential, table.engine.attempts().0), (vec![true, false, false], 1));
    assert!(login.body().contains("session-key></"), "{}", login.body());
    assert!(!table.holds_password() && !table.recording().contains("canary-"), "{}", table.recording());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_key_stays_with_its_origin() {
    let (site, other) = (epas_site().await, epas_site().await);
    let mut table = Setup::default().table();
    table.ask(epas(&site, HttpWhat::EpasLogin)).await;
    let seen = table.ask(epas(&other, HttpWhat::EpasToken)).await;
    assert_eq!((seen.gate(), seen.end().as_str()), (Some("no credential"), "Stopped no credential"));
    assert!(other.heard().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_serves_the_next_login_as_jabber_once() {
    let site = epas_site().await;
    let mut table = Setup::default().table();
    table.ask(epas(&site, HttpWhat::EpasLogin)).await;
    table.ask(epas(&site, HttpWhat::EpasToken)).await;
    for offered in
        ["dXNlcmlkPWFsaWNlQGV4YW1wbGUudGVzdAB0b2tlbj1jYW5hcnktb3RwLTBmMmI=", "AGFsaWNlAGNhbmFyeS1odHRwLTdReiY8"]
    {
        let sent = xmpp_payload(&mut table).await;
        assert_eq!(sent, offered);
    }
    assert!(!table.recording().contains("canary-"), "{}", table.recording());
}

/// The payload of `<auth>` that a login as Jabber sends.
async fn xmpp_payload(table: &mut Table) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = String::new();
        let mut chunk = [0; 4096];
        while !heard.contains("</auth>") {
            let count = stream.read(&mut chunk).await.unwrap();
            assert!(count > 0, "it closed: {heard}");
            if heard.is_empty() {
                stream.write_all(STREAM.as_bytes()).await.unwrap();
            }
            heard.push_str(&String::from_utf8_lossy(&chunk[..count]));
        }
        let (before, _) = heard.split_once("</auth>").unwrap();
        before.rsplit_once('>').unwrap().1.to_owned()
    });
    let handle = table.engine.login(jabber(address));
    let payload = timeout(SOON, server).await.unwrap().unwrap();
    drop(handle.commands);
    table.until_end(handle.op).await;
    payload
}

const STREAM: &str = "<stream:stream id='1' from='example.test' version='1.0' xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams'><stream:features>\
    <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>\
    <mechanism>CISCO-VTG-TOKEN</mechanism></mechanisms></stream:features>";

fn jabber(address: SocketAddr) -> Request {
    let mut request = Request::of_alice(address);
    request.login.client = ClientKind::Jabber;
    request.login.policy.cleartext = true;
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_sends_back_of_a_secret_stands_in_no_note() {
    let site = Site::clear(|_, request| {
        let text: String = request.chars().filter(|c| !c.is_control()).collect();
        let echo = format!(
            "401 No\r\nWWW-Authenticate: Basic realm=\"{PASSWORD}\"\r\nLocation: /{PASSWORD}\r\nX-Echo: {text}"
        );
        Reply::Say(answer(&echo, &format!("<p>{text} {PASSWORD}</p>")).into_bytes())
    })
    .await;
    let mut table = Setup::default().table();
    let seen = table.ask(site.ask(HttpWhat::User, "/")).await;
    assert_eq!(seen.head().realm.as_deref(), Some("[masked]"));
    assert_eq!(seen.head().location.as_deref(), Some("/[masked]"));
    assert!(!table.holds_password(), "{}", table.recording());
    // Not even its beginning, where the connection broke in its middle; nor as what is no HTTP.
    let torn = |end: &str| format!("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nno: {end}");
    let escaped: String = PASSWORD[..14].bytes().map(|byte| format!("%{byte:02x}")).collect();
    for said in [torn(&PASSWORD[..14]), torn(&escaped), format!("{PASSWORD}\n")] {
        let site = Site::clear(move |_, _| Reply::Last(said.clone().into_bytes())).await;
        table.ask(site.ask(HttpWhat::User, "/")).await;
        assert!(!table.holds_password(), "{}", table.recording());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_a_secret_only_where_it_is_read_stands_in_no_note() {
    let (one, other) = PASSWORD.split_at(5);
    let other = other.replace('&', "&amp;").replace('<', "&lt;");
    let within =
        |between: &str| format!("<errors><error><message>{one}{between}{other}</message></error></errors>");
    let pieces = ["<b/>", "<b>and</b>", "<!-- and -->", "<![CDATA[]]>", "<?and?>"].map(within);
    for body in pieces {
        let site = Site::says(&answer("500 No", &body)).await;
        let mut table = Setup::default().table();
        table.ask(site.ask(HttpWhat::User, "/")).await;
        let recording = table.recording();
        assert!(!recording.contains(one) && recording.contains("in pieces"), "{body}: {recording}");
    }
    let site = Site::says(&answer("500 No", &within("</message><message>"))).await;
    let mut table = Setup::default().table();
    table.ask(site.ask(HttpWhat::User, "/")).await;
    assert!(table.recording().contains(one), "what nobody reads as one is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_side_by_side_spend_no_more_attempts_than_there_are() {
    let site = Site::says(&answer("401 No", "")).await;
    let mut table = Setup::default().table();
    let paths = (0..12).map(|n| if n % 2 == 0 { HttpWhat::User } else { HttpWhat::EpasLogin });
    let ops: Vec<OpId> = paths.map(|what| table.engine.http(site.ask(what, "/"))).collect();
    let mut sent = 0;
    for op in ops {
        let seen = table.until_end(op).await;
        match seen.gate() {
            Some(why) => assert_eq!((why, seen.end().as_str()), ("attempts", "Stopped attempts")),
            None => sent += seen.sent().iter().filter(|(_, _, credential)| *credential).count(),
        }
    }
    assert_eq!((sent, site.heard().len(), table.engine.attempts()), (3, 3, (3, 3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_password_nothing_is_sent_and_the_connection_serves_others() {
    let site = Site::says(&answer("200 OK", "")).await;
    let mut table = Setup { secrets: Secrets::default(), ..Setup::default() }.table();
    let seen = table.ask(site.ask(HttpWhat::User, "/")).await;
    assert_eq!((seen.gate(), seen.sent().len()), (Some("no credential"), 0));
    assert_eq!(table.ask(site.ask(HttpWhat::Version, "/")).await.connects(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_does_not_leave_twice_when_its_connection_was_closed() {
    let site = Site::clear(|number, _| match number {
        1 => Reply::Say(answer("200 OK", "").into_bytes()),
        _ => Reply::Last(Vec::new()),
    })
    .await;
    let mut table = Setup::default().table();
    table.ask(site.ask(HttpWhat::Version, "/")).await;
    let seen = table.ask(site.ask(HttpWhat::User, "/")).await;
    assert_eq!((seen.end().as_str(), seen.sent().len()), ("Lost closed", 1));
    assert_eq!((site.heard().len(), table.engine.attempts().0), (2, 1));
}
