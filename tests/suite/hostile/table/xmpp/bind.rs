//! What comes behind the login: bind, session, and stanzas out of order.

use super::{Row, behind_success, play, to_bind};
use crate::hostile::peer::{BIND, BOUND, HEADER, Peer, SUCCESS, offers};
use crate::hostile::{check, check_patiently};
use crate::program::Finished;

const REFUSED: &[&str] = &["XMPP_BIND_REFUSED"];
const SILENT: &[&str] = &["XMPP_BIND_SILENT"];

const ROWS: [Row; 27] = [
    Row::login("bind: conflict", || to_bind(&error("<conflict/>")), "refused", "bind", REFUSED)
        .says("<conflict/>"),
    Row::login(
        "bind: resource-constraint",
        || to_bind(&error("<resource-constraint/>")),
        "refused",
        "bind",
        REFUSED,
    )
    .says("<resource-constraint/>"),
    Row::login("bind: not-allowed", || to_bind(&error("<not-allowed/>")), "refused", "bind", REFUSED)
        .says("<not-allowed/>"),
    Row::login("bind: an error without a condition", || to_bind(&error("")), "refused", "bind", REFUSED)
        .says("without a condition"),
    Row::login(
        "bind: an error with nothing in it",
        || to_bind("<iq type='error' id='bind_1'/>"),
        "refused",
        "bind",
        REFUSED,
    )
    .says("without a condition"),
    Row::login(
        "bind: an error, then a result",
        || to_bind(&format!("{}{BOUND}", error("<conflict/>"))),
        "refused",
        "bind",
        REFUSED,
    ),
    Row::login(
        "bind: a result, then an error",
        || to_bind(&format!("{BOUND}{}", error("<conflict/>"))),
        "ok",
        "session",
        &[],
    ),
    Row::login("bind: a result twice", || to_bind(&BOUND.repeat(2)), "ok", "session", &[]),
    Row::login("bind: another id", || to_bind(&BOUND.replace("bind_1", "bind_2")), "silent", "bind", SILENT)
        .says("bind_2"),
    Row::login(
        "bind: an id of odd characters",
        || to_bind(&BOUND.replace("bind_1", "bind_1\u{202e}\u{9b}")),
        "silent",
        "bind",
        SILENT,
    )
    .says("\\u{202e}\\u{9b}"),
    Row::login("bind: no id", || to_bind(&BOUND.replace(" id='bind_1'", "")), "silent", "bind", SILENT),
    Row::login(
        "bind: the right id, and a request of its own",
        || to_bind(&BOUND.replace("result", "set")),
        "silent",
        "bind",
        SILENT,
    ),
    Row::login(
        "bind: the right id, and no type",
        || to_bind(&BOUND.replace(" type='result'", "")),
        "silent",
        "bind",
        SILENT,
    ),
    Row::login(
        "bind: the right id, in another namespace",
        || to_bind(&BOUND.replace("<iq ", "<iq xmlns='urn:x' ")),
        "silent",
        "bind",
        SILENT,
    ),
    Row::login(
        "bind: a message of the right id",
        || to_bind("<message id='bind_1' type='result'/>"),
        "silent",
        "bind",
        SILENT,
    ),
    Row::login(
        "bind: the session's result before it",
        || to_bind(&BOUND.replace("bind_1", "session_1")),
        "silent",
        "bind",
        SILENT,
    ),
    Row::login("bind: a result before it was asked for", bound_before, "silent", "bind", SILENT),
    Row::login(
        "bind: a JID of somebody else",
        || to_bind(&BOUND.replace("alice@", "mallory@")),
        "ok",
        "session",
        &[],
    )
    .says("mallory@example.test"),
    Row::login(
        "bind: a result without a JID",
        || to_bind("<iq type='result' id='bind_1'/>"),
        "ok",
        "session",
        &[],
    ),
    Row::login(
        "session: an error",
        || to_session("<iq type='error' id='session_1'><error><internal-server-error/></error></iq>"),
        "refused",
        "session",
        &["XMPP_SESSION_REFUSED"],
    ),
    Row::login(
        "session: an error with nothing in it",
        || to_session("<iq type='error' id='session_1'/>"),
        "refused",
        "session",
        &["XMPP_SESSION_REFUSED"],
    ),
    Row::login(
        "session: the bind result again",
        || to_session(BOUND),
        "silent",
        "session",
        &["XMPP_SESSION_SILENT"],
    ),
    Row::login(
        "stream management nobody asked for",
        || to_bind(&format!("{SM}{BOUND}{SM}")),
        "ok",
        "session",
        &[],
    ),
    Row::login(
        "features that bind nothing",
        || behind_success(&format!("{HEADER}<stream:features/>")),
        "silent",
        "bind",
        SILENT,
    ),
    Row::login(
        "mechanisms again behind success",
        || behind_success(&format!("{HEADER}{}", offers(&["PLAIN"]))),
        "silent",
        "bind",
        SILENT,
    ),
    Row::login("pings that ask for answers", pings, "ok", "online", &[]),
    Row::login(
        "a comment, a header and features again before the bind result",
        || to_bind(&format!("<!-- nothing -->{HEADER}{}{BOUND}", offers(&["PLAIN"]))),
        "ok",
        "session",
        &[],
    )
    .says("comment"),
];

const SM: &str = "<r xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='999999999999'/><a xmlns='urn:xmpp:sm:3' h='-1'/>\
    <failed xmlns='urn:xmpp:sm:3'/><resumed xmlns='urn:xmpp:sm:3' previd='x' h='7'/>";

fn error(condition: &str) -> String {
    let condition = condition.replace("/>", " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>");
    format!("<iq type='error' id='bind_1'><error type='cancel'>{condition}</error></iq>")
}

/// The result stands behind the features already, and none comes to the request.
fn bound_before() -> Finished {
    behind_success(&format!("{HEADER}{BOUND}{BIND}"))
}

/// The node says this to the session request.
fn to_session(text: &str) -> Finished {
    let text = text.to_owned();
    check(&Peer::authenticating("PLAIN", move |talk| {
        talk.say(SUCCESS)?;
        talk.hear("<stream:stream")?;
        talk.say(HEADER)?;
        talk.say(&BIND.replace("</stream", "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream"))?;
        talk.hear("</iq>")?;
        talk.say(BOUND)?;
        talk.hear("</iq>")?;
        talk.say(&text)?;
        talk.listen()
    }))
}

/// Each asks for an answer, and none is given: what is sent is the user's.
fn pings() -> Finished {
    let ping = "<iq type='get' id='p' from='example.test'><ping xmlns='urn:xmpp:ping'/></iq>".repeat(200);
    let sent = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let noted = std::sync::Arc::clone(&sent);
    let finished = check_patiently(
        &Peer::binding(move |talk| {
            talk.say(&ping)?;
            talk.say(BOUND)?;
            talk.say(&ping)?;
            let before = talk.hear_up_to("</stream:stream>")?;
            noted.lock().expect("nobody panics with it").push_str(&before);
            talk.say("</stream:stream>")
        }),
        &["--until", "online"],
    );
    let sent = sent.lock().expect("nobody panics with it");
    assert!(!sent.contains("<iq"), "it answered: {sent}");
    finished
}

#[test]
fn stanzas_out_of_order_move_nothing() {
    play("xmpp", &ROWS);
}
