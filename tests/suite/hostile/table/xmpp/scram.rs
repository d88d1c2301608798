//! SCRAM with a server that does not know the password, or asks for what nobody should do.

use data_encoding::BASE64;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Row, play};
use crate::hostile::check_patiently;
use crate::hostile::peer::{SUCCESS, Said, Secure, Talk};
use crate::hostile::sasl::{self, SASL};
use crate::program::Finished;

const ROWS: [Row; 15] = [
    Row::login(
        "SCRAM: a nonce that is not ours",
        || first(|_| "r=theirs,s=c2FsdA==,i=4096".to_owned()),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    )
    .says("nonce"),
    Row::login(
        "SCRAM: our nonce, and nothing of theirs",
        || first(|nonce| format!("r={nonce},s=c2FsdA==,i=4096")),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    ),
    Row::login(
        "SCRAM: 2^31 iterations",
        || first(|nonce| format!("r={nonce}more,s=c2FsdA==,i=2147483648")),
        "failed",
        "auth",
        &[],
    )
    .says("XMPP_LIMIT_MET"),
    Row::login(
        "SCRAM: no iterations",
        || first(|nonce| format!("r={nonce}more,s=c2FsdA==,i=0")),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    ),
    Row::login(
        "SCRAM: iterations that are no number",
        || first(|nonce| format!("r={nonce}more,s=c2FsdA==,i=-1")),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    ),
    Row::login(
        "SCRAM: salt that is no base64",
        || first(|nonce| format!("r={nonce}more,s=%%%,i=4096")),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    ),
    Row::login(
        "SCRAM: an extension that must be understood",
        || first(|nonce| format!("m=x,r={nonce}more,s=c2FsdA==,i=4096")),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    ),
    Row::login(
        "SCRAM: a challenge that is no base64",
        || scram(|talk, _| talk.say(&format!("<challenge {SASL}>%%%%</challenge>"))),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    )
    .says("base64"),
    Row::login(
        "SCRAM: an empty challenge",
        || scram(|talk, _| talk.say(&format!("<challenge {SASL}/>"))),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    ),
    Row::login(
        "SCRAM: a challenge of a megabyte",
        || first(|nonce| format!("r={nonce}more,s={},i=4096", BASE64.encode(&[b's'; 1 << 20]))),
        "failed",
        "auth",
        &[],
    )
    .says("XMPP_LIMIT_MET"),
    Row::login(
        "SCRAM: a second challenge behind the proof",
        || proven("<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj0x</challenge>"),
        "failed",
        "auth",
        &["XMPP_SASL_BROKEN"],
    ),
    Row::login(
        "SCRAM: a wrong signature",
        || proven(&signed(b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
        "failed",
        "auth",
        &["XMPP_SERVER_NOT_PROVEN"],
    ),
    Row::login("SCRAM: no signature", || proven(&signed(b"")), "failed", "auth", &["XMPP_SERVER_NOT_PROVEN"]),
    Row::login(
        "SCRAM: success without a challenge",
        || scram(|talk, _| talk.say(SUCCESS)),
        "failed",
        "auth",
        &["XMPP_SERVER_NOT_PROVEN"],
    ),
    Row::login(
        "SCRAM: an error in place of the signature",
        || proven(&signed(b"e=other-error")),
        "failed",
        "auth",
        &["XMPP_SERVER_NOT_PROVEN"],
    ),
];

/// A node that offers SCRAM-SHA-1 and goes on by this script, given the client's nonce.
fn scram(script: impl Fn(&mut Talk<Secure>, String) -> Said + Send + Sync + 'static) -> Finished {
    let peer = sasl::scram(move |talk, nonce| {
        script(talk, nonce)?;
        talk.listen()
    });
    check_patiently(&peer, &[])
}

/// The node's first message is this, by the client's nonce. No proof may come to it.
fn first(message: impl Fn(&str) -> String + Send + Sync + 'static) -> Finished {
    let proof = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&proof);
    let finished = scram(move |talk, nonce| {
        talk.say(&sasl::challenge(&message(&nonce)))?;
        talk.hear("<response")?;
        seen.store(true, Ordering::SeqCst);
        Ok(())
    });
    assert!(!proof.load(Ordering::SeqCst), "a proof went out");
    finished
}

fn signed(proof: &[u8]) -> String {
    format!("<success {SASL}>{}</success>", BASE64.encode(proof))
}

/// The node says this to the proof.
fn proven(text: &str) -> Finished {
    let text = text.to_owned();
    scram(move |talk, nonce| {
        talk.say(&sasl::challenge(&format!("r={nonce}more,s=c2FsdA==,i=4096")))?;
        talk.hear("</response>")?;
        talk.say(&text)
    })
}

#[test]
fn a_server_that_does_not_know_the_password_is_not_believed() {
    play("xmpp", &ROWS);
}
