//! What an ill component leaves unanswered, question by question (protocol.md 6.8), and what is answered all the
//! same.

use tokio::time::{Instant, timeout};

use super::client::{CUCM1, Client, HEADER, IMP1, IMP2, PATIENCE, SILENCE, SUCCESS};
use super::client::{auth, lab, lab_of, lab_with_delays, plain, sasl};
use super::path::{POST, USER, envelope, epas, login, secured, with_token};
use crate::lab::faults::Faults;
use crate::lab::{Lab, scenario};

const IMPOSSIBLE: &str = "<invalid-mechanism/>";

/// What can be asked of a node and of the CUCM, in the order of the table's signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    ImpossibleMechanism,
    UnknownUser,
    Alice,
    /// A second user of the directory.
    Bob,
    /// A user of the local database.
    Wendy,
    Token,
    EpasLogin,
    UdsUser,
}

use Question::{Alice, Bob, EpasLogin, ImpossibleMechanism, Token, UdsUser, UnknownUser, Wendy};

const QUESTIONS: [Question; 8] = [ImpossibleMechanism, UnknownUser, Alice, Bob, Wendy, Token, EpasLogin, UdsUser];

/// Scenario, then what imp1 and imp2 answer to the [`QUESTIONS`]: `+` yes, `-` no, `.` nothing. UDS is the same
/// beside either.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str)] = &[
    ("healthy",               "--++++++", "--++++++"),
    ("xcp-cm-stuck",          "......++", "--++++++"),
    ("router-stuck",          "-.....++", "--++++++"),
    ("auth-service-stuck",    "-.....++", "--++++++"),
    ("cluster-stuck",         "-.....++", "-.....++"),
    ("one-user-stuck",        "--.++.++", "--++++++"),
    ("login-datastore-stuck", "--+++..+", "--++++++"),
    ("ldap-stuck",            "--..++..", "--..++.."),
];

#[tokio::test]
async fn what_is_answered_and_what_not_follows_from_the_ill_component() {
    let mut wrong = Vec::new();
    for (scenario, imp1, imp2) in TABLE {
        for (host, expected) in [(IMP1, imp1), (IMP2, imp2)] {
            let observed = observe(&lab(scenario).await, host, expected).await;
            if observed != **expected {
                wrong.push(format!("{scenario} {host}: {observed} instead of {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Asks everything, each on a connection of its own: first what is left unanswered, so that the answers to the others
/// come while it waits. As many questions as there are signs.
pub(super) async fn observe(lab: &Lab, host: &str, expected: &str) -> String {
    let mut order: Vec<usize> = (0..expected.len()).collect();
    order.sort_by_key(|at| expected.as_bytes()[*at] != b'.');
    let mut asked = Vec::new();
    for at in order {
        asked.push((at, QUESTIONS[at].ask(lab, host).await));
    }
    let mut signs = vec![' '; expected.len()];
    for (at, client) in asked.iter_mut().rev() {
        let silence = expected.as_bytes()[*at] == b'.';
        let said = client.hear_one(&[YES, NO].concat(), silence.then_some(SILENCE)).await;
        signs[*at] = sign(&said);
    }
    signs.into_iter().collect()
}

const YES: &[&str] = &["<success ", "<epas:session-key>", "</imAndPresence>"];
const NO: &[&str] = &["</failure>", "<epas:reason>", "HTTP/1.1 401 "];

fn sign(said: &str) -> char {
    let has = |some: &[&str]| some.iter().any(|one| said.contains(one));
    match (has(YES), has(NO), said.is_empty()) {
        (true, false, _) => '+',
        (false, true, _) => '-',
        (false, false, true) => '.',
        _ => '?',
    }
}

impl Question {
    /// Sends it; the answer can be heard.
    async fn ask(self, lab: &Lab, host: &str) -> Client {
        let user = |user: &Option<(String, String)>| {
            let (id, password) = user.as_ref().expect("such a user");
            plain(id, password)
        };
        match self {
            EpasLogin => {
                let mut client = secured(lab, host, 8443).await;
                let body = envelope(None, &login(lab));
                let length = body.len();
                client.say(&format!("{POST}\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{body}")).await;
                client
            }
            UdsUser => {
                let mut client = secured(lab, CUCM1, 8443).await;
                let credential = data_encoding::BASE64.encode(format!("{}:{}", lab.user, lab.password).as_bytes());
                let head = format!("GET {USER} HTTP/1.1\r\nHost: {CUCM1}\r\nAuthorization: Basic {credential}");
                client.say(&format!("{head}\r\n\r\n")).await;
                client
            }
            ImpossibleMechanism => said(lab, host, &sasl("X-IMPSCOPE-NONE", b"")).await,
            UnknownUser => said(lab, host, &plain("impscope-probe", "x")).await,
            Alice => said(lab, host, &auth(lab)).await,
            Bob => said(lab, host, &user(&lab.second_user)).await,
            Wendy => said(lab, host, &user(&lab.local_user)).await,
            Token => said(lab, host, &with_token(lab, &lab.token)).await,
        }
    }
}

/// A node, offered an `<auth>`.
async fn said(lab: &Lab, host: &str, auth: &str) -> Client {
    let (mut client, _) = Client::offered(lab, host).await;
    client.say(auth).await;
    client
}

#[tokio::test]
async fn the_stream_can_still_be_ended_unless_the_connection_manager_is_the_ill_one() {
    for scenario in ["router-stuck", "auth-service-stuck", "ldap-stuck", "one-user-stuck", "xcp-cm-stuck"] {
        let lab = lab(scenario).await;
        let mut client = said(&lab, IMP1, &auth(&lab)).await;
        client.hear_nothing().await;
        client.say("</stream:stream>").await;
        if scenario == "xcp-cm-stuck" {
            client.hear_nothing().await;
        } else {
            let (said, end) = client.hear_end().await;
            assert_eq!(said, "</stream:stream>", "{scenario}");
            end.expect("an orderly end");
        }
    }
}

#[tokio::test]
async fn a_stuck_login_datastore_gives_no_token() {
    let lab = lab("login-datastore-stuck").await;
    let ask = envelope(Some("no such key"), "<get-onetime-password/>");
    let head = format!("{POST}\r\nHost: {IMP1}\r\nContent-Length: {}", ask.len());
    let mut ill = secured(&lab, IMP1, 8443).await;
    ill.say(&format!("{head}\r\n\r\n{ask}")).await;
    let well = epas(&lab, IMP2, Some("no such key"), "<get-onetime-password/>").await;
    assert!(well.contains("HTTP/1.1 200 "), "{well}");
    ill.hear_nothing().await;
}

#[tokio::test]
async fn a_token_that_never_reached_the_login_datastore_is_still_good() {
    let lab = lab("one-user-stuck").await;
    let token = with_token(&lab, &lab.token);
    let mut stuck = said(&lab, IMP1, &token).await;
    stuck.hear_nothing().await;
    said(&lab, IMP2, &token).await.hear(SUCCESS).await;
}

#[tokio::test]
async fn sessions_go_through_the_router() {
    let lab = lab_of("[[fault]]\ncomponent = 'router'\nhost = 'imp1.example.test'\nfault = 'late'\nseconds = 0.4");
    let mut client = said(&lab, IMP1, &auth(&lab)).await;
    client.hear_nothing().await;
    client.hear(SUCCESS).await;
    client.say(HEADER).await;
    client.hear("</stream:features>").await;
    client.say("<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>").await;
    client.hear_nothing().await;
    assert!(client.hear("</iq>").await.contains("<jid>alice@example.test/"));
    said(&lab, IMP1, &sasl("X-IMPSCOPE-NONE", b"")).await.hear(IMPOSSIBLE).await;
}

#[tokio::test]
async fn the_late_refusal_comes_from_a_dead_directory_that_epas_waits_for_too() {
    let lab = lab_with_delays("late-refusal", 0.4);
    let mut refused = said(&lab, IMP1, &auth(&lab)).await;
    refused.hear_nothing().await;
    refused.hear("<not-authorized/>").await;
    let mut epas = EpasLogin.ask(&lab, IMP1).await;
    epas.hear_nothing().await;
    assert_eq!(sign(&epas.hear_one(YES, None).await), '+');
    // What needs no directory, and who asks it from elsewhere, does not wait.
    for (host, expected) in [(IMP1, "--..++.+"), (IMP2, "--++++++")] {
        let lab = lab_with_delays("late-refusal", 60.0 * 60.0);
        assert_eq!(observe(&lab, host, expected).await, expected, "{host}");
    }
}

#[tokio::test]
async fn a_directory_that_gives_up_is_a_refusal_on_every_way() {
    let late =
        "[[fault]]\ncomponent = 'ldap'\nfault = 'late'\nseconds = 0.0\ncondition = 'temporary-auth-failure'";
    let lab = lab_of(late);
    said(&lab, IMP1, &auth(&lab)).await.hear("<temporary-auth-failure/>").await;
    for question in [EpasLogin, UdsUser] {
        let mut client = question.ask(&lab, IMP1).await;
        assert_eq!(sign(&client.hear_one(&[YES, NO].concat(), None).await), '-', "{question:?}");
    }
    said(&lab, IMP1, &plain("wendy", "tall-meadow-63")).await.hear(SUCCESS).await;
}

#[tokio::test]
async fn an_overloaded_connection_manager_is_late_and_then_silent_to_every_auth() {
    let lab = lab("overload").await;
    let [mut look, mut login] = [Client::connect(&lab, IMP1).await, Client::connect(&lab, IMP1).await];
    for client in [&mut look, &mut login] {
        client.say(HEADER).await;
        client.hear_nothing().await;
    }
    let mut login = login.offered_late(&lab).await;
    login.say(&sasl("X-IMPSCOPE-NONE", b"")).await;
    login.say("</stream:stream>").await;
    for (question, host) in [(EpasLogin, IMP1), (Alice, IMP2)] {
        let mut client = question.ask(&lab, host).await;
        assert_eq!(sign(&client.hear_one(&[YES, NO].concat(), None).await), '+', "{question:?}");
    }
    login.hear_nothing().await;
    // The first connection has not got so far.
    let mut look = look.offered_late(&lab).await;
    look.say(&auth(&lab)).await;
    look.hear(SUCCESS).await;
}

#[test]
fn each_connection_to_an_overloaded_node_is_later_and_the_login_is_slow_before_it_is_silent() {
    let script = scenario::script("overload").expect("a scenario");
    let components = Faults::of(IMP1, &script.faults).components;
    let overload = components.overload(Instant::now()).expect("an overload");
    let late = |number| overload.header_delay(number).as_secs_f64();
    assert!((1..4).all(|number| late(number) < late(number + 1)) && late(4) == late(100));
    // Slow is after 1 s or 2 s, silent after 3 s or 10 s. The look comes first, then the login.
    assert!(late(1) > 2.1 && late(2) < 2.6 && late(3) > 3.5 && late(100) < 9.0);
    assert_eq!([1, 2, 100].map(|number| overload.answers(number)), [true, false, false]);
}

#[tokio::test]
async fn an_attempt_counts_for_whom_it_names_and_as_it_was_answered() {
    let mut ill = lab("auth-service-stuck").await;
    let mut asked = Vec::new();
    for question in [ImpossibleMechanism, UnknownUser, Bob, Token, EpasLogin] {
        asked.push(question.ask(&ill, IMP1).await);
    }
    asked.push(UnknownUser.ask(&ill, IMP2).await);
    for (at, ends) in [(0, NO), (4, YES), (5, NO)] {
        asked[at].hear_one(ends, None).await;
    }
    drop(asked);
    let mut lines = Vec::new();
    while lines.len() < 5 {
        lines.push(timeout(PATIENCE, ill.received.recv()).await.expect("a line in time").expect("a line"));
    }
    lines.sort();
    assert_eq!(
        lines,
        [
            "credential imp1.example.test epas alice accepted",
            "credential imp1.example.test xmpp alice unanswered",
            "credential imp1.example.test xmpp bob unanswered",
            "credential imp1.example.test xmpp impscope-probe unanswered",
            "credential imp2.example.test xmpp impscope-probe refused",
        ]
    );
    assert!(ill.received.try_recv().is_err(), "an impossible mechanism is no attempt");
}
