//! SASL: what is answered, when, and what is not.

use std::time::Duration;

use tokio::time::Instant;

use super::client::{Client, HEADER, IMP1, IMP2, SUCCESS, auth, lab, lab_with_delays, plain, sasl};

const REFUSED: &str =
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure></stream:stream>";

#[tokio::test]
async fn the_home_node_is_silent_to_a_right_password_and_the_partner_answers() {
    let lab = lab("silent-auth").await;
    let (mut ill, features) = Client::offered(&lab, IMP1).await;
    assert!(features.contains("<mechanism>PLAIN</mechanism><mechanism>CISCO-VTG-TOKEN</mechanism>"));
    ill.say(&auth(&lab)).await;
    ill.hear_nothing().await;
    let (mut well, _) = Client::offered(&lab, IMP2).await;
    well.say(&auth(&lab)).await;
    well.hear(SUCCESS).await;
    // It goes on offering mechanisms to whoever comes.
    Client::offered(&lab, IMP1).await;
}

#[tokio::test]
async fn the_silence_of_the_default_scenario_lies_behind_the_connection_manager() {
    let lab = lab("silent-auth").await;
    for (attempt, answer) in [
        (sasl("X-IMPOSSIBLE", b""), "<invalid-mechanism/></failure></stream:stream>"),
        (plain("impscope-probe", "x"), REFUSED),
    ] {
        let (mut client, _) = Client::offered(&lab, IMP1).await;
        client.say(&attempt).await;
        let (said, _) = client.hear_end().await;
        assert!(said.ends_with(answer), "{attempt}: {said}");
    }
    // Every real user, whether the password is right or wrong, and by token too.
    let token = sasl("CISCO-VTG-TOKEN", format!("userid=alice@example.test\0token={}", lab.token).as_bytes());
    for attempt in [plain("bob", "slow-lantern-17"), plain("alice", "wrong"), token] {
        let (mut client, _) = Client::offered(&lab, IMP1).await;
        client.say(&attempt).await;
        client.hear_nothing().await;
        client.say("</stream:stream>").await;
        assert_eq!(client.hear_end().await.0, "</stream:stream>", "the stream can still be ended");
    }
}

#[tokio::test]
async fn a_client_that_floods_a_silent_node_does_not_stop_the_lab() {
    let lab = lab("silent-auth").await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    client.say(&format!("<iq {}", "x".repeat(256 * 1024))).await;
    client.hear_nothing().await;
    Client::offered(&lab, IMP1).await;
}

#[tokio::test]
async fn a_stuck_connection_manager_is_silent_to_everything() {
    let lab = lab("silent-cm").await;
    for attempt in [auth(&lab), sasl("X-IMPOSSIBLE", b""), plain("impscope-probe", "x")] {
        let (mut client, _) = Client::offered(&lab, IMP1).await;
        client.say(&attempt).await;
        client.say("</stream:stream>").await;
        client.hear_nothing().await;
    }
}

#[tokio::test]
async fn a_wrong_password_ends_the_stream_at_once() {
    let lab = lab("healthy").await;
    for (header, attempt) in [
        (HEADER.to_owned(), plain("alice", "wrong")),
        (HEADER.to_owned(), plain("nobody", &lab.password)),
        (HEADER.replace("example.test", "example.te"), auth(&lab)),
    ] {
        let mut client = Client::secured(&lab, IMP1).await;
        client.say(&header).await;
        client.hear("</stream:features>").await;
        client.say(&attempt).await;
        let (said, end) = client.hear_end().await;
        assert_eq!(said, REFUSED);
        end.expect("an orderly end");
    }
}

#[tokio::test]
async fn a_token_is_good_once_on_either_node() {
    let lab = lab("healthy").await;
    let token = sasl("CISCO-VTG-TOKEN", format!("userid=alice@example.test\0token={}", lab.token).as_bytes());
    let (mut first, _) = Client::offered(&lab, IMP1).await;
    first.say(&token).await;
    first.hear(SUCCESS).await;
    let (mut second, _) = Client::offered(&lab, IMP2).await;
    second.say(&token).await;
    assert_eq!(second.hear_end().await.0, REFUSED);
}

#[tokio::test]
async fn a_slow_node_answers_rightly_and_late() {
    let lab = lab_with_delays("slow-auth", 0.4);
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    client.hear_nothing().await;
    client.hear(SUCCESS).await;
}

#[tokio::test]
async fn a_late_refusal_refuses_the_right_password() {
    let lab = lab_with_delays("late-refusal", 0.4);
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    client.hear_nothing().await;
    assert_eq!(client.hear_end().await.0, REFUSED);
}

#[tokio::test]
async fn the_refusals_name_their_condition() {
    for (name, hosts, condition) in [
        ("wrong-password", [IMP1, IMP2].as_slice(), "not-authorized"),
        ("account-disabled", &[IMP1, IMP2], "account-disabled"),
        ("temporary-failure", &[IMP1], "temporary-auth-failure"),
    ] {
        let lab = lab(name).await;
        for host in hosts {
            let (mut client, _) = Client::offered(&lab, host).await;
            let asked = Instant::now();
            client.say(&auth(&lab)).await;
            let (said, _) = client.hear_end().await;
            assert_eq!(said, REFUSED.replace("not-authorized", condition), "{name}");
            assert!(asked.elapsed() < Duration::from_secs(2), "{name}: at once");
        }
    }
}

#[tokio::test]
async fn a_connection_ends_on_auth_without_a_word() {
    let lab = lab("closed-after-auth").await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    let (said, end) = client.hear_end().await;
    let end = end.expect_err("no close_notify").kind();
    assert_eq!((said.as_str(), end), ("", std::io::ErrorKind::UnexpectedEof));
}

#[tokio::test]
async fn a_connection_is_reset_on_auth() {
    let lab = lab("reset-after-auth").await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    let (said, end) = client.hear_end().await;
    let end = end.expect_err("a reset").kind();
    assert_eq!((said.as_str(), end), ("", std::io::ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn a_node_that_reads_no_more_fills_its_window() {
    let lab = lab("never-reads").await;
    let (mut client, _) = Client::offered(&lab, IMP1).await;
    client.say(&auth(&lab)).await;
    client.hear_nothing().await;
    let much = format!("<message><body>{}</body></message>", "x".repeat(16 * 1024 * 1024));
    let written = tokio::time::timeout(Duration::from_millis(500), client.say(&much)).await;
    assert!(written.is_err(), "a window that never closes");
}
