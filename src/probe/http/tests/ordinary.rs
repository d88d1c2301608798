//! What every site does: answers, refusals, redirects, connections that serve again, cookies.

use super::*;
use crate::journal::{BodyEnd, NetFact};

const VERSION: &str = "<versionInformation version='12.5.1'><version>12.5.1</version></versionInformation>";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_noted_with_its_request_as_they_stood_on_the_wire() {
    let said = answer("200 Fine\r\nContent-Type: application/xml\r\nX-Odd-CASE:  yes", VERSION);
    let site = Site::says(&said).await;
    let mut table = Setup::default().table();
    let seen = table.ask(site.ask(HttpWhat::Version, "/cucm-uds/version?a=b%20c")).await;
    assert_eq!(seen.end(), "Ok");
    assert_eq!(seen.body(), VERSION);
    let head = seen.head();
    assert_eq!((head.status, head.content_type.as_deref()), (200, Some("application/xml")));
    assert_eq!(format!("{}{VERSION}", head.payload.text()), said);
    assert_eq!(seen.sent(), [(site.heard()[0].clone(), String::new(), false)]);
    let port = site.address.port();
    let agent = concat!("impscope/", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        site.heard()[0],
        format!(
            "GET /cucm-uds/version?a=b%20c HTTP/1.1\r\nHost: {HOST}:{port}\r\nUser-Agent: {agent}\r\n\
             Accept: application/xml\r\nAccept-Encoding: identity\r\n\r\n"
        )
    );
    let connected = seen.notes.iter().find_map(|note| match &note.event {
        Event::Saw(Fact::Net(NetFact::Connected { local, remote, .. })) => Some((local.clone(), remote.clone())),
        _ => None,
    });
    let (local, remote) = connected.unwrap();
    assert!(local.starts_with("127.0.0.1:") && remote == site.address.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_entry_of_a_request_is_the_very_ask() {
    let site = Site::says(&answer("200 OK", VERSION)).await;
    let mut table = Setup::default().table();
    let ask = site.ask(HttpWhat::Version, "/v");
    let seen = table.ask(ask.clone()).await;
    assert_eq!(seen.notes[0].event, Event::Began(Ask::Http(ask)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_has_its_status_and_its_realm() {
    let site = Site::says(&answer(
        "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Cisco Web Services Realm\"",
        "<!-- custom Cisco error page -->",
    ))
    .await;
    let mut table = Setup::default().table();
    let seen = table.ask(site.ask(HttpWhat::User, "/cucm-uds/user/alice")).await;
    assert_eq!(seen.end(), "Refused 401");
    assert_eq!(seen.head().realm.as_deref(), Some("Cisco Web Services Realm"));
    assert_eq!(seen.body(), "<!-- custom Cisco error page -->");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_a_fact_and_not_followed() {
    let site = Site::says(&answer("302 Found\r\nLocation: /elsewhere", "")).await;
    let mut table = Setup::default().table();
    let seen = table.ask(site.ask(HttpWhat::Servers, "/cucm-uds/servers")).await;
    assert_eq!(seen.end(), "Refused 302");
    assert_eq!(seen.head().location.as_deref(), Some("/elsewhere"));
    assert_eq!(site.heard().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_serves_again_and_requests_side_by_side_have_one_each() {
    let site = Site::says(&answer("200 OK", VERSION)).await;
    let mut table = Setup::default().table();
    let first = table.ask(site.ask(HttpWhat::Version, "/1")).await;
    for _ in 0..20 {
        let again = table.ask(site.ask(HttpWhat::Version, "/2")).await;
        assert_eq!((again.end().as_str(), again.connects()), ("Ok", 0));
    }
    assert_eq!((first.connects(), site.connections()), (1, 1));
    let site = Site::clear(|_, _| Reply::Nothing).await;
    table.engine.http(site.ask(HttpWhat::Version, "/"));
    table.engine.http(site.ask(HttpWhat::ClusterUser, "/"));
    while site.heard().len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(site.connections(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_closed_meanwhile_is_made_anew() {
    let site = Site::clear(|number, _| match number {
        // Said to be kept, and closed all the same.
        1 => Reply::Last(answer("200 OK", VERSION).into_bytes()),
        _ => Reply::Say(answer("200 OK", VERSION).into_bytes()),
    })
    .await;
    let mut table = Setup::default().table();
    assert_eq!(table.ask(site.ask(HttpWhat::Version, "/")).await.end(), "Ok");
    let again = table.ask(site.ask(HttpWhat::Version, "/")).await;
    assert_eq!((again.end().as_str(), again.connects()), ("Ok", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_tried_in_their_order() {
    let site = Site::says(&answer("200 OK", VERSION)).await;
    let mut ask = site.ask(HttpWhat::Version, "/");
    // The site listens on 127.0.0.1 alone.
    ask.addresses = vec!["127.0.0.2".into(), "127.0.0.1".into()];
    let seen = Setup::default().table().ask(ask.clone()).await;
    let connects = seen.began(|ask| matches!(ask, Ask::Connect { .. }));
    let codes: Vec<_> = connects.iter().map(|outcome| outcome.code.as_deref()).collect();
    assert_eq!(codes, [Some("ECONNREFUSED"), None]);
    assert_eq!(seen.end(), "Ok");
    ask.addresses.pop();
    assert_eq!(Setup::default().table().ask(ask.clone()).await.end(), "Lost ECONNREFUSED");
    ask.addresses.pop();
    assert_eq!(Setup::default().table().ask(ask).await.end(), "Failed unresolved");
    let literal =
        HttpAsk::new(HttpWhat::Version, format!("http://127.0.0.1:{}/", site.address.port()), Vec::new());
    assert_eq!(Setup::default().table().ask(literal).await.end(), "Ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_go_back_to_their_origin_and_stand_in_no_note() {
    let set = "200 OK\r\nSet-Cookie: JSESSIONID=canary-cookie-1; Path=/cucm-uds; Secure; HttpOnly";
    let set = answer(set, "<x>canary-cookie-1</x>");
    let site = Site::says(&set).await;
    let mut table = Setup::default().table();
    let first = table.ask(site.ask(HttpWhat::Version, "/cucm-uds/version")).await;
    assert!(first.head().payload.text().contains("Set-Cookie: "));
    table.ask(site.ask(HttpWhat::Servers, "/cucm-uds/servers")).await;
    table.ask(site.ask(HttpWhat::SingleSignOn, "/ssosp")).await;
    let heard = site.heard();
    assert!(!heard[0].contains("Cookie"), "{heard:?}");
    assert!(heard[1].contains("\r\nCookie: JSESSIONID=canary-cookie-1\r\n"), "{heard:?}");
    assert!(!heard[2].contains("Cookie"), "{heard:?}");
    assert!(!table.recording().contains("canary-cookie"), "{}", table.recording());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_may_come_in_chunks_and_may_end_with_the_connection() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<a/\r\n1\r\n>\r\n0\r\n\r\n";
    let site = Site::says(chunked).await;
    assert_eq!(Setup::default().table().ask(site.ask(HttpWhat::Version, "/")).await.body(), "<a/>");
    let site = Site::clear(|_, _| Reply::Last(b"HTTP/1.0 200 OK\r\n\r\n<b/>".to_vec())).await;
    let seen = Setup::default().table().ask(site.ask(HttpWhat::Version, "/")).await;
    assert_eq!((seen.body().as_str(), seen.end().as_str()), ("<b/>", "Ok"));
    let zipped = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00";
    let site = Site::clear(|_, _| Reply::Say(zipped.to_vec())).await;
    let seen = Setup::default().table().ask(site.ask(HttpWhat::Version, "/")).await;
    let body = seen.facts().find_map(|fact| match fact {
        HttpFact::Body { payload, bytes, end } => Some((payload.bytes().to_vec(), *bytes, *end)),
        _ => None,
    });
    assert_eq!(body, Some((b"\x1f\x8b\x08\x00".to_vec(), 4, BodyEnd::Complete)), "it is shown as it came");
}
