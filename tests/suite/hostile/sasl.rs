//! How often a password may be used, whoever asks for it.

use data_encoding::BASE64;

use super::check_with;
use super::peer::{Peer, Said, Secure, Talk, offers};

pub const SASL: &str = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";

/// A challenge with this text.
pub fn challenge(text: &str) -> String {
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
pub fn scram(script: impl Fn(&mut Talk<Secure>, String) -> Said + Send + Sync + 'static) -> Peer {
    Peer::secure(move |talk| {
        talk.say(super::peer::HEADER)?;
        talk.say(&offers(&["SCRAM-SHA-1"]))?;
        let nonce = nonce(talk)?;
        script(talk, nonce)
    })
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
