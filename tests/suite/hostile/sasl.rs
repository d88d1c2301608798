//! Servers that lie about who is logged in, or ask for too much.

use data_encoding::BASE64;

use super::peer::{Peer, SUCCESS, Said, Secure, Talk, offers};
use super::{check, check_with, ends};

const SASL: &str = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";

fn challenge(text: &str) -> String {
    format!("<challenge {SASL}>{}</challenge>", BASE64.encode(text.as_bytes()))
}

/// The client's nonce, out of its first message.
fn nonce(talk: &mut Talk<Secure>) -> std::io::Result<String> {
    talk.hear("mechanism=\"SCRAM-SHA-1\">")?;
    let text = talk.hear_up_to("</auth>")?;
    let first = BASE64.decode(text.as_bytes()).expect("base64");
    let first = String::from_utf8(first).expect("text");
    Ok(first.rsplit("r=").next().unwrap_or_default().to_owned())
}

/// A server that offers SCRAM-SHA-1 and goes on by this script, given the client's nonce.
fn scram(script: impl Fn(&mut Talk<Secure>, String) -> Said + Send + Sync + 'static) -> Peer {
    Peer::secure(move |talk| {
        talk.say(super::peer::HEADER)?;
        talk.say(&offers(&["SCRAM-SHA-1"]))?;
        let nonce = nonce(talk)?;
        script(talk, nonce)
    })
}

#[test]
fn a_success_before_any_auth_logs_nobody_in() {
    let peer = Peer::secure(|talk| {
        talk.say(super::peer::HEADER)?;
        talk.say(SUCCESS)?;
        talk.listen()
    });
    ends("instead of features", &peer, "silent", "stream_tls", &["XMPP_NO_FEATURES"]);
}

#[test]
fn challenges_in_a_row_go_nowhere() {
    let peer = Peer::authenticating("PLAIN", |talk| {
        for _ in 0..100 {
            talk.say(&challenge("more"))?;
        }
        talk.listen()
    });
    ends("of PLAIN", &peer, "silent", "auth", &["XMPP_AUTH_SILENT"]);
}

#[test]
fn too_many_iterations_are_refused_at_once() {
    let peer = scram(|talk, nonce| {
        talk.say(&challenge(&format!("r={nonce}more,s=c2FsdA==,i=2147483648")))?;
        talk.listen()
    });
    let finished = ends("2^31", &peer, "failed", "auth", &[]);
    assert!(finished.unexplained("warning").contains(&"XMPP_LIMIT_MET".to_owned()), "{}", finished.stdout);
}

#[test]
fn a_nonce_that_is_not_ours_gets_no_proof() {
    let peer = scram(|talk, _| {
        talk.say(&challenge("r=theirs,s=c2FsdA==,i=4096"))?;
        talk.hear("<response").map(|()| panic!("a proof went out"))
    });
    let finished = check(&peer);
    assert_eq!(finished.login()["outcome"], "failed", "{}", finished.stdout);
}

#[test]
fn a_server_that_does_not_know_the_password_is_not_believed() {
    let signed = |talk: &mut Talk<Secure>, nonce: String, proof: &str| {
        talk.say(&challenge(&format!("r={nonce}more,s=c2FsdA==,i=4096")))?;
        talk.hear("</response>")?;
        talk.say(&format!("<success {SASL}>{proof}</success>"))?;
        talk.listen()
    };
    let wrong = BASE64.encode(b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let peer = scram(move |talk, nonce| signed(talk, nonce, &wrong));
    ends("a wrong signature", &peer, "failed", "auth", &["XMPP_SERVER_NOT_PROVEN"]);
    let peer = scram(move |talk, nonce| signed(talk, nonce, ""));
    ends("no signature", &peer, "failed", "auth", &["XMPP_SERVER_NOT_PROVEN"]);
    let peer = scram(|talk, _| {
        talk.say(SUCCESS)?;
        talk.listen()
    });
    ends("no challenge", &peer, "failed", "auth", &["XMPP_SERVER_NOT_PROVEN"]);
}

#[test]
fn scram_takes_one_attempt_and_so_the_last_one_can_be_scram() {
    let peer = scram(|talk, nonce| {
        talk.say(&challenge(&format!("r={nonce}more,s=c2FsdA==,i=4096")))?;
        talk.hear("</response>")?;
        talk.say(&format!("<failure {SASL}><not-authorized/></failure>"))?;
        talk.listen()
    });
    let finished = check_with(&peer, &["--max-attempts", "1"]);
    assert_eq!(finished.login()["outcome"], "refused", "{}", finished.stderr);
    assert_eq!(finished.json()["attempts"]["used"], 1);
}

#[test]
fn no_budget_no_credential() {
    let peer = Peer::secure(|talk| {
        talk.say(super::peer::HEADER)?;
        talk.say(&offers(&["PLAIN"]))?;
        talk.listen()
    });
    let finished = check_with(&peer, &["--max-attempts", "0"]);
    assert_eq!(finished.login()["outcome"], "stopped", "{}", finished.stderr);
    assert_eq!(finished.json()["attempts"]["used"], 0);
}

#[test]
fn two_logins_at_once_do_not_exceed_the_budget() {
    let one = Peer::authenticating("PLAIN", |talk| talk.listen());
    let other = Peer::authenticating("PLAIN", |talk| talk.listen());
    let finished = check_with(&one, &["--node", &other.address.to_string(), "--max-attempts", "1"]);
    assert_eq!(finished.json()["attempts"]["used"], 1);
}
