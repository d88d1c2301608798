//! Logins as they should go.

use super::*;
use crate::login::fill::{Filling, Secrets, fill};
use crate::protocol::sasl::Mechanism;

#[test]
fn a_login_with_plain_goes_from_connect_to_session_and_closes_cleanly() {
    let mut login = Dialogue::authenticating(config());
    login.awaits(Awaited::AuthAnswer).hears(SUCCESS).said("auth passed");
    login.sends("<stream:stream").hears(HEADER).hears(SESSION_FEATURES).said("stream_auth passed");
    login.sends("<bind").hears(
        "<iq type='result' id='bind_1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
         <jid>alice@example.eu/impscope</jid></bind></iq>",
    );
    login.said("bind passed").sends("<session").hears("<iq type='result' id='session_1'/>");
    login.said("session passed").said("decided ok").holds_before("</stream:stream>");
    login.login.step();
    login.sends("</stream:stream>").hears("</stream:stream>").then(&Next::Over);
}

#[test]
fn a_session_that_stands_can_be_tried_and_is_closed_cleanly_by_an_abort() {
    let mut login = Dialogue::authenticating(Config { until: Stage::StreamAuth, ..config() });
    login.hears(SUCCESS).sends("<stream:stream").hears(HEADER).hears(SESSION_FEATURES).said("decided ok");
    login
        .holds_before("</stream:stream>")
        .types("<iq type='get' id='1'/>")
        .awaits(Awaited::Anything)
        .hears("<iq type='result' id='1'/>");
    login.login.abort();
    login.sends("</stream:stream>").hears("</stream:stream>").then(&Next::Over);
}

#[test]
fn every_stage_can_be_the_last_one() {
    for until in Stage::ALL {
        let attendance = Attendance::Unattended;
        let mut login = Dialogue::new(Config { until, attendance, ..config() });
        let answers = [HEADER, STARTTLS, PROCEED, HEADER, MECHANISMS, SUCCESS, HEADER, SESSION_FEATURES];
        let results = ["<iq type='result' id='bind_1'/>", "<iq type='result' id='session_1'/>"];
        let mut answers = answers.into_iter().chain(results).peekable();
        loop {
            match login.login.next() {
                Next::Connect => login.connects(),
                Next::Handshake => login.secures(trusted()),
                Next::Write(proposal) if proposal.sends == Sends::StreamClose => {
                    login.sends("</stream:stream>").hears("</stream:stream>")
                }
                Next::Write(proposal) => login.sends(&proposal.text),
                Next::Wait => login.hears(answers.next().expect("an answer for each wait")),
                Next::Over => break,
                Next::Hold(hold) => panic!("held before {until}: {hold:?}"),
            };
        }
        login.said(&format!("{until} passed")).said("decided ok");
        assert_eq!(login.login.stage(), Some(until), "it went no further");
    }
}

#[test]
fn a_check_closes_by_itself_once_it_is_complete() {
    let unattended = Config { until: Stage::StreamTls, attendance: Attendance::Unattended, ..config() };
    Dialogue::at_auth(unattended).sends("</stream:stream>").hears("</stream:stream>").then(&Next::Over);
}

#[test]
fn presence_is_sent_only_until_online_and_with_a_negative_priority() {
    let mut login = Dialogue::authenticating(Config { until: Stage::Online, ..config() });
    login.hears(SUCCESS).sends("<stream:stream").hears(HEADER);
    login.hears("<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>");
    login.sends("<bind").hears("<iq type='result' id='bind_1'/>").said("session skipped: the server offers none");
    login.sends("<priority>-1</priority>").said("online passed").holds_before("</stream:stream>");
}

#[test]
fn a_login_until_the_mechanisms_ends_there_without_a_credential() {
    let mut login = Dialogue::at_auth(Config { until: Stage::StreamTls, ..config() });
    login.said("stream_tls passed").said("decided ok").never_said("auth").holds_before("</stream:stream>");
}

#[test]
fn the_proposed_auth_holds_a_placeholder_and_no_secret() {
    let login = Dialogue::at_auth(config());
    let proposal = login.login.proposal().unwrap();
    assert_eq!(
        proposal.text,
        "<auth xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl\" mechanism=\"PLAIN\">{{plain}}</auth>"
    );
}

#[test]
fn jabber_with_a_token_uses_it_and_writes_as_jabber_does() {
    let policy = Policy { token: true, attempts_limit: 3, ..Policy::default() };
    let mut login = Dialogue::new(Config { client: ClientKind::Jabber, policy, ..config() });
    login.connects().sends("xml:lang='en' version='1.0'>").hears(HEADER).hears(STARTTLS);
    login.sends("cookie=\"0\"").hears(PROCEED).secures(trusted()).sends("<stream:stream").hears(HEADER);
    login.hears(MECHANISMS).sends("mechanism='CISCO-VTG-TOKEN'").hears(SUCCESS).said("auth passed");
}

/// RFC 7677 section 3: the exchange of the example, the user's name included.
#[test]
fn scram_sha_256_answers_the_challenge_and_checks_the_servers_proof() {
    let config = Config {
        user: "user".into(),
        mechanism: Some(Mechanism::ScramSha256),
        nonce: "rOprNGfwEbeRWgbNEkqO".into(),
        ..config()
    };
    let challenge = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    let verifier = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    for (proof, says) in [(base64(verifier), "auth passed"), (base64("v=AAAA"), "ServerNotProven")] {
        let mut login = Dialogue::authenticating(config.clone());
        login.hears(&format!("<challenge xmlns='{SASL_NS}'>{}</challenge>", base64(challenge)));
        let signature = {
            let secrets = Secrets { password: Some("pencil".to_owned().into()), ..Secrets::default() };
            let filling = Filling { user: "user", jid: "", secrets: &secrets, scram: login.login.scram() };
            let Some(Gate::Open(pass)) = login.login.gate_for("{{scram}}") else { panic!("the gate is open") };
            let filled = fill("{{scram}}", &filling, pass).unwrap();
            let answer = data_encoding::BASE64.decode(&filled.bytes).unwrap();
            assert!(answer.ends_with(b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
            filled.server_signature
        };
        login.login.sent(&Sends::Response, signature, login.now);
        login.hears(&format!("<success xmlns='{SASL_NS}'>{proof}</success>")).said(says);
    }
}

const SASL_NS: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

#[test]
fn direct_tls_skips_what_it_does_not_need() {
    let mut login = Dialogue::new(Config { tls: TlsMode::Direct, ..config() });
    login.connects().said("starttls skipped: direct TLS").secures(trusted()).sends("<stream:stream");
    login.hears(HEADER).hears(MECHANISMS).sends("<auth");
}

#[test]
fn header_and_features_may_come_in_any_pieces() {
    let whole = format!("{HEADER}{STARTTLS}");
    for cut in 1..whole.len() {
        let mut login = Dialogue::new(config());
        login.connects().sends("<stream:stream").hears(&whole[..cut]).hears(&whole[cut..]);
        login.said("stream passed").sends("<starttls");
    }
}
