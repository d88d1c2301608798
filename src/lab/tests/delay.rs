//! The delay of a scenario: on each answer, once.

use std::time::Duration;

use hickory_resolver::proto::op::{Message, Query};
use hickory_resolver::proto::rr::{Name, RecordType};
use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::client::{Client, HEADER, IMP1, PROCEED, STARTTLS, SUCCESS, auth, lab, lab_of};

const DELAY: Duration = Duration::from_millis(700);

#[tokio::test]
async fn an_answer_comes_late_and_what_belongs_to_it_at_once() {
    let lab = lab_of("delay_ms = 700");
    let mut client = Client::connect(&lab, IMP1).await;
    let begun = Instant::now();
    client.say(HEADER).await;
    client.hear("version='1.0'>").await;
    let header = begun.elapsed();
    client.hear("</stream:features>").await;
    let features = begun.elapsed();
    assert!(header >= DELAY, "{header:?}");
    assert!(features - header < DELAY, "the features wait no second time: {header:?} {features:?}");
}

#[tokio::test]
async fn each_step_of_a_login_waits() {
    let lab = lab_of("delay_ms = 100");
    let delay = Duration::from_millis(100);
    let begun = Instant::now();
    let mut client = Client::connect(&lab, IMP1).await;
    client.say(HEADER).await;
    client.hear("</stream:features>").await;
    client.say(STARTTLS).await;
    client.hear(PROCEED).await;
    assert!(begun.elapsed() >= 2 * delay);
    let before_tls = Instant::now();
    let mut client = client.handshake(&lab).await.expect("TLS");
    assert!(before_tls.elapsed() >= delay);
    client.say(HEADER).await;
    client.hear("</stream:features>").await;
    let before_auth = Instant::now();
    client.say(&auth(&lab)).await;
    client.hear(SUCCESS).await;
    assert!(before_auth.elapsed() >= delay);
}

#[tokio::test]
async fn dns_waits_too() {
    let lab = lab("slow-answers").await;
    let mut question = Message::query();
    question.add_query(Query::query(Name::from_ascii("imp1.example.test.").expect("a name"), RecordType::A));
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let begun = Instant::now();
    socket.send_to(&question.to_vec().expect("bytes"), lab.dns[0]).await.expect("a datagram");
    socket.recv(&mut [0; 512]).await.expect("an answer");
    assert!(begun.elapsed() >= Duration::from_millis(40));
}
