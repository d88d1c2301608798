//! Errors of the stream (RFC 6120 section 4.9.3), and its end.

use super::{Row, in_clear, instead_of_a_header, play, to_auth, to_bind, under_tls};
use crate::hostile::check;
use crate::hostile::peer::{BOUND, HEADER, Peer};
use crate::program::Finished;

const ERROR: &[&str] = &["XMPP_STREAM_ERROR"];

const ROWS: [Row; 26] = [
    Row::login("conflict at bind", || to_bind(&of("conflict")), "refused", "bind", &["XMPP_CONFLICT"]),
    Row::login("conflict at auth", || to_auth(&of("conflict")), "refused", "auth", &["XMPP_CONFLICT"]),
    Row::login("not-authorized at bind", || to_bind(&of("not-authorized")), "refused", "bind", ERROR)
        .says("<not-authorized/>"),
    Row::login(
        "not-authorized before any auth",
        || under_tls(&of("not-authorized")),
        "refused",
        "stream_tls",
        ERROR,
    ),
    Row::login("host-unknown", || in_clear(&of("host-unknown")), "refused", "stream", ERROR)
        .says("<host-unknown/>"),
    Row::login("host-gone", || in_clear(&of("host-gone")), "refused", "stream", ERROR).says("<host-gone/>"),
    Row::login("policy-violation at auth", || to_auth(&of("policy-violation")), "refused", "auth", ERROR)
        .says("<policy-violation/>"),
    Row::login(
        "resource-constraint under TLS",
        || under_tls(&of("resource-constraint")),
        "refused",
        "stream_tls",
        ERROR,
    )
    .says("<resource-constraint/>"),
    Row::login("system-shutdown at auth", || to_auth(&of("system-shutdown")), "refused", "auth", ERROR)
        .says("<system-shutdown/>"),
    Row::login("unsupported-version", || in_clear(&of("unsupported-version")), "refused", "stream", ERROR)
        .says("<unsupported-version/>"),
    Row::login(
        "remote-connection-failed at auth",
        || to_auth(&of("remote-connection-failed")),
        "refused",
        "auth",
        ERROR,
    )
    .says("<remote-connection-failed/>"),
    Row::login(
        "internal-server-error at auth",
        || to_auth(&of("internal-server-error")),
        "refused",
        "auth",
        ERROR,
    )
    .says("<internal-server-error/>"),
    Row::login("undefined-condition, with one of its own", || to_auth(OWN), "refused", "auth", ERROR)
        .says("<undefined-condition/>"),
    Row::login("reset at auth", || to_auth(&of("reset")), "refused", "auth", ERROR),
    Row::login("not-well-formed to our header", || in_clear(&of("not-well-formed")), "refused", "stream", ERROR),
    Row::login("connection-timeout at auth", || to_auth(&of("connection-timeout")), "refused", "auth", ERROR),
    Row::login(
        "a condition that nobody knows",
        || to_auth("<stream:error><moon-phase xmlns='urn:x'/></stream:error>"),
        "refused",
        "auth",
        ERROR,
    )
    .says("<moon-phase/>"),
    Row::login("no condition", || to_auth("<stream:error/>"), "refused", "auth", ERROR)
        .says("without a condition"),
    Row::login(
        "a text alone, as before XMPP 1.0",
        || to_auth("<stream:error>Disconnected</stream:error>"),
        "refused",
        "auth",
        ERROR,
    )
    .says("it says: Disconnected"),
    Row::login(
        "an error without a header",
        || instead_of_a_header(&of("host-unknown")),
        "refused",
        "stream",
        ERROR,
    ),
    Row::login(
        "an error twice",
        || to_auth(&format!("{}{}", of("system-shutdown"), of("reset"))),
        "refused",
        "auth",
        ERROR,
    )
    .says("<system-shutdown/>"),
    Row::login("an error behind the whole login", error_behind_all, "ok", "session", &[])
        .says("XMPP_STREAM_ERROR"),
    Row::login(
        "the stream's end instead of features",
        || under_tls("</stream:stream>"),
        "failed",
        "stream_tls",
        &["XMPP_CLOSED"],
    ),
    Row::login(
        "the stream's end instead of an answer",
        || to_auth("</stream:stream>"),
        "failed",
        "auth",
        &["XMPP_AUTH_CLOSED"],
    ),
    Row::login(
        "the stream's end at bind, and the connection stays",
        || to_bind("</stream:stream>"),
        "failed",
        "bind",
        &["XMPP_CLOSED"],
    ),
    Row::login(
        "the stream's end, then a bind result",
        || to_bind(&format!("</stream:stream>{BOUND}")),
        "failed",
        "bind",
        &["XMPP_CLOSED"],
    ),
];

const OWN: &str = "<stream:error><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
    <out-of-coffee xmlns='urn:x'/></stream:error>";

/// All conditions that RFC 6120 names and no row has, each in a node of its own: they end the same.
const OTHERS: [&str; 10] = [
    "bad-format",
    "bad-namespace-prefix",
    "improper-addressing",
    "invalid-from",
    "invalid-namespace",
    "invalid-xml",
    "restricted-xml",
    "unsupported-encoding",
    "unsupported-feature",
    "unsupported-stanza-type",
];

fn of(condition: &str) -> String {
    format!(
        "<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
    )
}

fn error_behind_all() -> Finished {
    check(&Peer::binding(|talk| {
        talk.say(BOUND)?;
        talk.hear("</stream:stream>")?;
        talk.say(&of("reset"))?;
        talk.say("<<<not xml")?;
        talk.listen()
    }))
}

#[test]
fn an_error_of_the_stream_is_named_where_it_comes() {
    play("xmpp", &ROWS);
}

#[test]
fn every_other_condition_is_named_by_its_name() {
    for condition in OTHERS {
        let finished = check(&Peer::plays(move |talk| {
            talk.hear(">")?;
            talk.say(HEADER)?;
            talk.say(&of(condition))
        }));
        assert_eq!(finished.unexplained("critical"), ERROR, "{condition}: {}", finished.stderr);
        assert!(finished.stdout.contains(&format!("<{condition}/>")), "{condition}: {}", finished.stdout);
    }
}
