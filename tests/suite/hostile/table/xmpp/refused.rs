//! Failures of SASL: of every kind, and of none.

use super::{Row, play, to_auth};
use crate::hostile::check;
use crate::hostile::peer::{BIND, BOUND, HEADER, Peer, SUCCESS};
use crate::hostile::sasl::SASL;
use crate::program::Finished;

const REFUSED: &[&str] = &["XMPP_AUTH_REFUSED"];

const ROWS: [Row; 19] = [
    failure("not-authorized", || refused("<not-authorized/>"), REFUSED).says("<not-authorized/>"),
    failure("account-disabled", || refused("<account-disabled/>"), REFUSED).says("<account-disabled/>"),
    failure("credentials-expired", || refused("<credentials-expired/>"), REFUSED).says("<credentials-expired/>"),
    failure("encryption-required, under TLS", || refused("<encryption-required/>"), REFUSED)
        .says("<encryption-required/>"),
    failure("mechanism-too-weak", || refused("<mechanism-too-weak/>"), REFUSED).says("<mechanism-too-weak/>"),
    failure("invalid-mechanism, of one that was offered", || refused("<invalid-mechanism/>"), REFUSED)
        .says("<invalid-mechanism/>"),
    failure("invalid-authzid", || refused("<invalid-authzid/>"), REFUSED).says("<invalid-authzid/>"),
    failure("malformed-request", || refused("<malformed-request/>"), REFUSED).says("<malformed-request/>"),
    failure("incorrect-encoding", || refused("<incorrect-encoding/>"), REFUSED).says("<incorrect-encoding/>"),
    failure("aborted, and we aborted nothing", || refused("<aborted/>"), REFUSED).says("<aborted/>"),
    failure("temporary-auth-failure", || refused("<temporary-auth-failure/>"), &["XMPP_AUTH_BACKEND"]),
    failure("a condition that nobody knows", || refused("<moon-phase xmlns='urn:x'/>"), REFUSED)
        .says("<moon-phase/>"),
    failure("no condition", || refused(""), REFUSED).says("without a condition"),
    failure("a text alone", || refused("<text>the server is full</text>"), REFUSED)
        .says("it says: the server is full"),
    failure("two conditions", || refused("<not-authorized/><temporary-auth-failure/>"), REFUSED),
    failure("a thousand conditions", || refused(&"<x/>".repeat(1000)), REFUSED),
    failure("failure twice", || to_auth(&of("<not-authorized/>").repeat(2)), REFUSED),
    failure("failure, then success and a whole login", failure_then_success, REFUSED),
    failure(
        "a hundred failures, then the end",
        || to_auth(&format!("{}</stream:stream>", of("<not-authorized/>").repeat(100))),
        REFUSED,
    ),
];

const fn failure(what: &'static str, run: fn() -> Finished, codes: &'static [&'static str]) -> Row {
    Row::login(what, run, "refused", "auth", codes)
}

fn of(inner: &str) -> String {
    format!("<failure {SASL}>{inner}</failure>")
}

fn refused(inner: &str) -> Finished {
    to_auth(&of(inner))
}

/// What is refused stays refused, whatever comes behind it.
fn failure_then_success() -> Finished {
    check(&Peer::authenticating("PLAIN", |talk| {
        talk.say(&of("<not-authorized/>"))?;
        talk.say(&format!("{SUCCESS}{HEADER}{BIND}{BOUND}"))?;
        talk.listen()
    }))
}

#[test]
fn a_refusal_is_named_as_it_was_said() {
    play("xmpp", &ROWS);
}
