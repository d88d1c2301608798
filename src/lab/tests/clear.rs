//! The stages in clear: connect, the first stream, the step to TLS.

use super::client::{Client, HEADER, IMP1, IMP2, PROCEED, STARTTLS, auth, lab, lab_with_delays};

const FEATURES: &str = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/>\
    </starttls></stream:features>";

#[tokio::test]
async fn a_node_opens_as_in_the_capture() {
    let lab = lab("healthy").await;
    let mut client = Client::connect(&lab, IMP1).await;
    client.say(HEADER).await;
    assert_eq!(
        client.hear("</stream:features>").await,
        "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' \
         xml:lang='en-US.UTF-8' id='17124513C1DF' from='example.test' version='1.0'>"
            .to_owned()
            + FEATURES
    );
    client.say(STARTTLS).await;
    assert_eq!(client.hear("/>").await, PROCEED);
}

#[tokio::test]
async fn a_stopped_node_refuses_the_connection() {
    let lab = lab("connect-refused").await;
    let refused = Client::try_connect(&lab, IMP1).await.map(|_| ()).expect_err("refused");
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    Client::opened(&lab, IMP2).await;
}

#[tokio::test]
async fn a_node_without_a_header_takes_the_bytes_and_is_silent() {
    let lab = lab("no-header").await;
    let mut client = Client::connect(&lab, IMP1).await;
    client.say(HEADER).await;
    client.hear_nothing().await;
    Client::opened(&lab, IMP2).await;
}

#[tokio::test]
async fn a_slow_header_comes_late_and_the_rest_at_once() {
    let lab = lab_with_delays("slow-header", 0.4);
    let mut client = Client::connect(&lab, IMP1).await;
    client.say(HEADER).await;
    client.hear_nothing().await;
    client.hear(FEATURES).await;
}

#[tokio::test]
async fn a_header_without_features() {
    let lab = lab("no-features").await;
    let mut client = Client::connect(&lab, IMP1).await;
    client.say(HEADER).await;
    assert!(client.hear("version='1.0'>").await.starts_with("<stream:stream"));
    client.hear_nothing().await;
}

#[tokio::test]
async fn something_else_than_xmpp_answers_with_http() {
    let lab = lab("not-xml").await;
    let mut client = Client::connect(&lab, IMP1).await;
    client.say(HEADER).await;
    let (said, end) = client.hear_end().await;
    assert!(said.starts_with("HTTP/1.1 400 Bad Request\r\n") && end.is_ok(), "{said}");
}

#[tokio::test]
async fn a_stream_error_stands_behind_the_header_and_ends_the_stream() {
    let lab = lab("stream-error-host-unknown").await;
    let mut client = Client::connect(&lab, IMP1).await;
    client.say(HEADER).await;
    let (said, end) = client.hear_end().await;
    assert!(said.starts_with("<stream:stream") && end.is_ok());
    let error = "version='1.0'><stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
        </stream:error></stream:stream>";
    assert!(said.ends_with(error), "{said}");
}

#[tokio::test]
async fn a_redirect_names_the_host_and_the_port_where_it_really_listens() {
    let lab = lab("see-other-host").await;
    let mut client = Client::connect(&lab, IMP1).await;
    client.say(HEADER).await;
    let (said, _) = client.hear_end().await;
    let target = format!(">imp2.example.test:{}</see-other-host></stream:error>", lab.nodes[1].address.port());
    assert!(said.contains(&target), "{said}");
    Client::opened(&lab, IMP2).await;
}

#[tokio::test]
async fn without_starttls_the_mechanisms_stand_in_clear_and_work() {
    let lab = lab("no-starttls").await;
    let mut client = Client::connect(&lab, IMP1).await;
    client.say(HEADER).await;
    let features = client.hear("</stream:features>").await;
    assert!(!features.contains("starttls") && features.contains("<mechanism>PLAIN</mechanism>"), "{features}");
    client.say(&auth(&lab)).await;
    client.hear("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>").await;
}

#[tokio::test]
async fn a_password_in_clear_is_refused_where_tls_is_required() {
    let lab = lab("healthy").await;
    let mut client = Client::opened(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    let (said, _) = client.hear_end().await;
    assert!(said.contains("<encryption-required/></failure></stream:stream>"), "{said}");
}

#[tokio::test]
async fn a_refused_starttls_ends_the_stream() {
    let lab = lab("starttls-refused").await;
    let mut client = Client::opened(&lab, IMP1).await;
    client.say(STARTTLS).await;
    let (said, _) = client.hear_end().await;
    assert_eq!(said, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>");
}

#[tokio::test]
async fn no_proceed() {
    let lab = lab("no-proceed").await;
    let mut client = Client::opened(&lab, IMP1).await;
    client.say(STARTTLS).await;
    client.hear_nothing().await;
}

#[tokio::test]
async fn bytes_stand_behind_proceed_in_clear() {
    let lab = lab("bytes-behind-proceed").await;
    let mut client = Client::opened(&lab, IMP1).await;
    client.say(STARTTLS).await;
    let said = client.hear("</message>").await;
    assert!(said.starts_with(&format!("{PROCEED}<message ")), "{said}");
    client.handshake(&lab).await.expect("TLS behind them");
}

#[tokio::test]
async fn what_is_no_xmpp_gets_a_stream_error() {
    let lab = lab("healthy").await;
    for hostile in ["GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}", "<iq/>"] {
        let mut client = Client::connect(&lab, IMP1).await;
        client.say(hostile).await;
        let (said, _) = client.hear_end().await;
        assert!(said.ends_with("</stream:error></stream:stream>"), "{hostile}: {said}");
    }
}

#[tokio::test]
async fn an_element_without_an_end_is_bounded() {
    let lab = lab("healthy").await;
    let mut client = Client::opened(&lab, IMP1).await;
    client.say(&format!("<starttls {}", "x".repeat(80 * 1024))).await;
    let (said, _) = client.hear_end().await;
    assert!(said.contains("<policy-violation "), "{said}");
}
