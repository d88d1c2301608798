//! What comes behind SASL: the last stream, bind, session, and a client's first questions.

use super::client::{Client, HEADER, IMP1, IMP2, SUCCESS, auth, lab, lab_of};
use crate::lab::faults::{Faults, RequestFault};

const BIND: &str = "<iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
    <resource>desk &amp; lamp</resource></bind></iq>";
const SESSION: &str = "<iq type=\"set\" id=\"s1\"><session xmlns=\"urn:ietf:params:xml:ns:xmpp-session\"/></iq>";

async fn asked(client: &mut Client, question: &str) -> String {
    client.say(question).await;
    let answer = client.hear(">").await;
    if answer.ends_with("/>") { answer } else { answer + &client.hear("</iq>").await }
}

#[tokio::test]
async fn a_login_goes_through_on_both_nodes() {
    let lab = lab("healthy").await;
    for host in [IMP1, IMP2] {
        let mut client = Client::accepted(&lab, host).await;
        assert_eq!(
            asked(&mut client, BIND).await,
            "<iq type='result' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
             <jid>alice@example.test/desk &amp; lamp</jid></bind></iq>"
        );
        assert_eq!(asked(&mut client, SESSION).await, "<iq type='result' id='s1'/>");
        client.say("<presence><priority>-1</priority></presence>").await;
        client.say("</stream:stream>").await;
        let (said, end) = client.hear_end().await;
        assert_eq!(said, "</stream:stream>");
        end.expect("an orderly end");
    }
}

#[tokio::test]
async fn the_features_after_sasl_offer_bind_and_session() {
    let lab = lab("healthy").await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    client.hear(SUCCESS).await;
    client.say(HEADER).await;
    let features = client.hear("</stream:features>").await;
    assert!(features.ends_with(
        "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
         <session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>"
    ));
}

#[tokio::test]
async fn a_client_without_a_resource_gets_one() {
    let lab = lab("healthy").await;
    let mut client = Client::accepted(&lab, IMP1).await;
    let bound = asked(&mut client, "<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    assert!(bound.await.contains("<jid>alice@example.test/jabber_9934</jid>"));
}

#[tokio::test]
async fn a_clients_first_questions_are_answered() {
    let lab = lab("healthy").await;
    let mut client = Client::accepted(&lab, IMP1).await;
    let mut ask = async |inside: &str| asked(&mut client, &format!("<iq type='get' id='7'>{inside}</iq>")).await;
    assert!(ask("<query xmlns='jabber:iq:roster'/>").await.contains("<item jid='bob@example.test'"));
    assert_eq!(ask("<ping xmlns='urn:xmpp:ping'/>").await, "<iq type='result' id='7'/>");
    assert!(ask("<query xmlns='http://jabber.org/protocol/disco#info'/>").await.contains("<identity"));
    assert!(ask("<query xmlns='http://jabber.org/protocol/disco#items'/>").await.contains("disco#items'/>"));
    let unknown = ask("<vCard xmlns='vcard-temp'/>").await;
    assert!(unknown.starts_with("<iq type='error' id='7'>") && unknown.contains("<service-unavailable "));
}

#[tokio::test]
async fn a_node_accepts_the_password_and_is_silent_from_there() {
    let lab = lab("silent-after-auth").await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    client.hear(SUCCESS).await;
    client.say(HEADER).await;
    client.hear_nothing().await;
}

#[tokio::test]
async fn bind_is_left_unanswered_or_refused() {
    let silent = lab("bind-silent").await;
    let mut client = Client::accepted(&silent, IMP1).await;
    client.say(BIND).await;
    client.hear_nothing().await;
    assert_eq!(asked(&mut client, SESSION).await, "<iq type='result' id='s1'/>");
    let refused = lab("bind-refused").await;
    let mut client = Client::accepted(&refused, IMP1).await;
    let answer = asked(&mut client, BIND).await;
    assert!(answer.starts_with("<iq type='error' id='b1'>") && answer.contains("<not-allowed "), "{answer}");
}

#[tokio::test]
async fn session_is_left_unanswered_or_refused() {
    let silent = lab("session-silent").await;
    let mut client = Client::accepted(&silent, IMP1).await;
    assert!(asked(&mut client, BIND).await.contains("<jid>"));
    client.say(SESSION).await;
    client.hear_nothing().await;
    let refused = lab("session-refused").await;
    let mut client = Client::accepted(&refused, IMP1).await;
    assert!(asked(&mut client, BIND).await.contains("<jid>"));
    assert!(asked(&mut client, SESSION).await.contains("<internal-server-error "));
}

#[tokio::test]
async fn a_flood_follows_the_session_numbered_from_one_and_a_question_is_answered_behind_it() {
    let fault = "[[fault]]\nhost = 'imp1.example.test'\nstage = 'session'\nfault = 'flood'\n";
    let lab = lab_of(&format!("{fault}stanzas = 500\nseconds = 0.2"));
    let mut client = Client::accepted(&lab, IMP1).await;
    assert!(asked(&mut client, BIND).await.contains("<jid>"));
    assert_eq!(asked(&mut client, SESSION).await, "<iq type='result' id='s1'/>");
    client.say("<iq type='get' id='7'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    let flood = client.hear("id='7'/>").await;
    let numbers: Vec<&str> = flood.split("id='push-").skip(1).filter_map(|rest| rest.split('\'').next()).collect();
    assert!(numbers.iter().map(|n| n.parse::<u32>().unwrap()).eq((2..=500).step_by(3)), "{numbers:?}");
    assert_eq!((flood.matches("<presence ").count(), flood.matches("<message ").count()), (166, 167));
    // The one of the files is the same, but for its size.
    let script = super::scenario::script("flood").expect("a scenario");
    assert!(matches!(Faults::of(IMP1, &script.faults).session, Some(RequestFault::Flood { stanzas: 50_000, .. })));
}
