//! The fields that a node controls: headers, features, failures, errors, stanzas, names, its certificate.

use data_encoding::BASE64;

use super::{Row, play};
use crate::hostile::outputs::{ESCAPES, HIDING, MARKUP, PILED, RUNS, TURNING, everywhere};
use crate::hostile::peer::{BIND, BOUND, HEADER, Identity, Peer, SUCCESS, offers};
use crate::hostile::sasl::SASL;
use crate::hostile::{DOMAIN, SILENT};
use crate::program::Finished;

/// `FIELDS POISON: outcome stage [codes] "what an administrator reads"`
macro_rules! rows {
    ($($field:ident $poison:ident: $outcome:literal $stage:literal [$($code:literal),*] $says:literal;)*) => {
        &[$(Row::login(
            concat!(stringify!($poison), " in the ", stringify!($field)),
            || node($field($poison)),
            $outcome,
            $stage,
            &[$($code),*],
        ).says($says).of_runs(RUNS)),*]
    };
}

#[rustfmt::skip]
const ROWS: &[Row] = rows![
    login ESCAPES: "failed" "stream" ["XMPP_NOT_XML"] "\\u{1b}[31;777mred\\u{1b}]0;title\\u{7}";
    login TURNING: "ok" "session" [] "a\\u{9b}31;777mb\\u{9d}0;t\\u{9c}c";
    login HIDING: "ok" "session" [] "a\\u{200b}\\u{200c}\\u{200d}\\u{feff}\\u{2060}b";
    login PILED: "ok" "session" [] "\\u{301}z\u{301}";
    login MARKUP: "ok" "session" [] "alert(1)";
    failure ESCAPES: "silent" "auth" ["XMPP_NOT_XML"] "\\u{1b}[31;777mred";
    failure TURNING: "refused" "auth" ["XMPP_AUTH_REFUSED"] "it says: a\\\\u{9b}31;777mb";
    failure HIDING: "refused" "auth" ["XMPP_AUTH_REFUSED"] "it says: a\\\\u{200b}\\\\u{200c}";
    failure PILED: "refused" "auth" ["XMPP_AUTH_REFUSED"] "it says: \\\\u{301}z\u{301}";
    failure MARKUP: "refused" "auth" ["XMPP_AUTH_REFUSED"] "it says: <script>alert(1)</script>";
    error ESCAPES: "failed" "auth" ["XMPP_NOT_XML"] "\\u{1b}[31;777mred";
    error TURNING: "refused" "auth" ["XMPP_STREAM_ERROR"] "it says: a\\\\u{9b}31;777mb";
    error HIDING: "refused" "auth" ["XMPP_STREAM_ERROR"] "it says: a\\\\u{200b}\\\\u{200c}";
    error PILED: "refused" "auth" ["XMPP_STREAM_ERROR"] "it says: \\\\u{301}z\u{301}";
    error MARKUP: "refused" "auth" ["XMPP_STREAM_ERROR"] "it says: <script>alert(1)</script>";
    challenge ESCAPES: "silent" "auth" ["XMPP_NOT_XML"] "a='\\u{1b}[31;777mred";
    challenge TURNING: "failed" "auth" ["XMPP_SASL_BROKEN"] "a='a\\u{9b}31;777mb";
    challenge HIDING: "failed" "auth" ["XMPP_SASL_BROKEN"] "a='a\\u{200b}\\u{200c}";
    challenge PILED: "failed" "auth" ["XMPP_SASL_BROKEN"] "a='\u{301}z\u{301}";
    challenge MARKUP: "failed" "auth" ["XMPP_SASL_BROKEN"] "a='&lt;script&gt;alert(1)";
    unbased TURNING: "failed" "auth" ["XMPP_SASL_BROKEN"] ">[masked SASL]</challenge>";
    unbased MARKUP: "failed" "auth" ["XMPP_SASL_BROKEN"] ">[masked SASL]</challenge>";
    refusal ESCAPES: "failed" "auth" ["XMPP_SERVER_NOT_PROVEN"] ">[masked SASL]</success>";
    refusal TURNING: "failed" "auth" ["XMPP_SERVER_NOT_PROVEN"] ">[masked SASL]</success>";
    refusal MARKUP: "failed" "auth" ["XMPP_SERVER_NOT_PROVEN"] ">[masked SASL]</success>";
    success ESCAPES: "silent" "auth" ["XMPP_NOT_XML"] "a='\\u{1b}[31;777mred";
    success TURNING: "silent" "stream_auth" ["XMPP_STREAM_SILENT"] "a='a\\u{9b}31;777mb";
    success HIDING: "silent" "stream_auth" ["XMPP_STREAM_SILENT"] "a='a\\u{200b}\\u{200c}";
    success PILED: "silent" "stream_auth" ["XMPP_STREAM_SILENT"] "a='\u{301}z\u{301}";
    success MARKUP: "silent" "stream_auth" ["XMPP_STREAM_SILENT"] "a='&lt;script&gt;alert(1)";
    bind ESCAPES: "silent" "bind" ["XMPP_NOT_XML"] "\\u{1b}[31;777mred";
    bind TURNING: "refused" "bind" ["XMPP_BIND_REFUSED"] "\\u{9b}31;777mb";
    bind HIDING: "refused" "bind" ["XMPP_BIND_REFUSED"] "\\u{200b}\\u{200c}";
    bind PILED: "refused" "bind" ["XMPP_BIND_REFUSED"] "z\u{301}";
    bind MARKUP: "refused" "bind" ["XMPP_BIND_REFUSED"] "alert(1)";
    stanzas ESCAPES: "ok" "session" [] "\\u{1b}[31;777mred";
    stanzas TURNING: "ok" "session" [] "\\u{9b}31;777mb";
    stanzas HIDING: "ok" "session" [] "\\u{200b}\\u{200c}";
    stanzas PILED: "ok" "session" [] "z\u{301}";
    stanzas MARKUP: "ok" "session" [] "alert(1)";
    names ESCAPES: "failed" "auth" ["XMPP_NOT_XML"] "\\u{1b}";
    names TURNING: "silent" "auth" ["XMPP_NOT_XML"] "\\u{9b}31;777mb";
    names HIDING: "silent" "auth" ["XMPP_NOT_XML"] "\\u{200b}";
    names PILED: "silent" "auth" ["XMPP_NOT_XML"] "z\u{301}";
    names MARKUP: "failed" "auth" ["XMPP_NOT_XML"] "no name's byte in a name";
    certificate ESCAPES: "silent" "stream_tls" ["XMPP_STREAM_SILENT"] "\\u{1b}[31;777mred";
    certificate TURNING: "silent" "stream_tls" ["XMPP_STREAM_SILENT"] "a\\u{9b}31;777mb";
    certificate HIDING: "silent" "stream_tls" ["XMPP_STREAM_SILENT"] "a\\u{200b}\\u{200c}";
    certificate PILED: "silent" "stream_tls" ["XMPP_STREAM_SILENT"] "z\u{301}";
    certificate MARKUP: "silent" "stream_tls" ["XMPP_STREAM_SILENT"] "alert(1)";
];

/// The node that is named as the home stands in the path as well, so these are walks.
const OFFERS: [Row; 5] = [
    Row::walk("ESCAPES in the features", || node(features(ESCAPES)), &["XMPP_NOT_XML"])
        .says("\\u{1b}[31;777mred")
        .of_runs(RUNS),
    Row::walk("TURNING in the features", || node(features(TURNING)), &["XMPP_NO_MECHANISM"])
        .says("a\\u{9b}31;777mb")
        .of_runs(RUNS),
    Row::walk("HIDING in the features", || node(features(HIDING)), &["XMPP_NO_MECHANISM"])
        .says("a\\u{200b}\\u{200c}")
        .of_runs(RUNS),
    Row::walk("PILED in the features", || node(features(PILED)), &["XMPP_NO_MECHANISM"])
        .says("z\u{301}")
        .of_runs(RUNS),
    Row::walk("MARKUP in the features", || node(features(MARKUP)), &["XMPP_NO_MECHANISM"])
        .says("alert(1)")
        .of_runs(RUNS),
];

/// Not text at all: surrogates, an overlong ESC, half a character, C1 as one byte.
const BYTES: [Row; 2] = [
    Row::login(
        "bytes that are no UTF-8, in the header",
        || {
            node(Peer::plays(|talk| {
                talk.hear(">")?;
                talk.say_bytes(b"<stream:stream id='\xed\xa0\x80\xed\xb0\x80\xc0\x9b\x9b31;777m\xe2\x80'>")?;
                talk.listen()
            }))
        },
        "failed",
        "stream",
        &["XMPP_NOT_XML"],
    )
    .of_runs(RUNS),
    Row::login(
        "bytes that are no UTF-8, instead of an answer",
        || {
            node(Peer::authenticating("PLAIN", |talk| {
                talk.say_bytes(b"\x9b31;777m\xed\xa0\x80<failure>\xff\xfe\x1b]0;t\x07</failure>")?;
                talk.listen()
            }))
        },
        "silent",
        "auth",
        &["XMPP_NOT_XML"],
    )
    .of_runs(RUNS),
];

/// All that a check of this node, which nobody vouches for, writes.
fn node(peer: Peer) -> Finished {
    let (place, user) = (peer.address.to_string(), format!("alice@{DOMAIN}"));
    everywhere(|before| {
        let to = ["--node", &place, "--insecure", "--slow", "500ms", "--silent-after", SILENT, &user];
        [before, &to].concat().into_iter().map(str::to_owned).collect()
    })
}

fn header(odd: &str) -> String {
    let from = format!("xml:lang='{odd}' from='{odd}");
    HEADER.replace("17124513C1DF", odd).replace("from='", &from)
}

/// A whole login: headers, features and their namespaces, host names, the bound JID.
fn login(odd: &'static str) -> Peer {
    Peer::plays(move |talk| {
        talk.hear(">")?;
        talk.say(&header(odd))?;
        talk.say("<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>")?;
        talk.hear("<starttls")?;
        talk.hear("/>")?;
        talk.say("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")?;
        let mut talk = talk.secured(&Identity::named(DOMAIN))?;
        talk.hear("<stream:stream")?;
        talk.say(&header(odd))?;
        talk.say(&offers(&["PLAIN", odd]))?;
        talk.hear("</auth>")?;
        talk.say(SUCCESS)?;
        talk.hear("<stream:stream")?;
        talk.say(&header(odd))?;
        talk.say(&BIND.replace("</stream", &format!("<x xmlns='{odd}'/><y a='{odd}'>{odd}</y></stream")))?;
        talk.hear("</iq>")?;
        talk.say(
            &BOUND
                .replace("/impscope", &format!("/{odd}"))
                .replace("id='bind_1'", &format!("from='{odd}' id='bind_1'")),
        )?;
        talk.hear("</stream:stream>")?;
        talk.say("</stream:stream>")
    })
}

/// Mechanisms, and the home node that is named beside them.
fn features(odd: &'static str) -> Peer {
    Peer::secure(move |talk| {
        talk.say(HEADER)?;
        talk.say(&offers(&[odd, "X"]).replace(
            "</stream:features>",
            &format!("<hostname xmlns='urn:xmpp:domain-based-name:0'>{odd}</hostname></stream:features>"),
        ))?;
        talk.listen()
    })
}

/// The text of a failure, and a condition of another namespace.
fn failure(odd: &'static str) -> Peer {
    Peer::authenticating("PLAIN", move |talk| {
        talk.say(&format!(
            "<failure {SASL}><not-authorized/><own xmlns='{odd}'/><text xml:lang='{odd}'>{odd}</text></failure>"
        ))?;
        talk.listen()
    })
}

/// A challenge: its text, what its base64 stands for, and an attribute of it.
fn challenge(odd: &'static str) -> Peer {
    Peer::authenticating("SCRAM-SHA-1", move |talk| {
        let said = BASE64.encode(format!("r={odd},s={odd},i={odd}").as_bytes());
        talk.say(&format!("<challenge {SASL} a='{odd}'>{said}</challenge>"))?;
        talk.listen()
    })
}

/// A challenge that is no base64.
fn unbased(odd: &'static str) -> Peer {
    Peer::authenticating("SCRAM-SHA-1", move |talk| {
        talk.say(&format!("<challenge {SASL}>{odd}</challenge>"))?;
        talk.listen()
    })
}

/// An error of SCRAM, in a success: the server refuses the proof, and says why.
fn refusal(odd: &'static str) -> Peer {
    Peer::authenticating("SCRAM-SHA-1", move |talk| {
        let said = BASE64.encode(format!("e={odd}").as_bytes());
        talk.say(&format!("<success {SASL}>{said}</success>"))?;
        talk.listen()
    })
}

/// Success, with data that PLAIN has not, and an element inside.
fn success(odd: &'static str) -> Peer {
    Peer::authenticating("PLAIN", move |talk| {
        talk.say(&format!("<success {SASL} a='{odd}'>{odd}<x xmlns='{odd}'>{odd}</x></success>"))?;
        talk.listen()
    })
}

/// The text of a stream error, and what a server adds of its own.
fn error(odd: &'static str) -> Peer {
    Peer::authenticating("PLAIN", move |talk| {
        let ns = "xmlns='urn:ietf:params:xml:ns:xmpp-streams'";
        talk.say(&format!(
            "<stream:error><undefined-condition {ns}/><text {ns}>{odd}</text><own xmlns='{odd}'>{odd}</own></stream:error>"
        ))
    })
}

/// An error to the bind request, from somebody.
fn bind(odd: &'static str) -> Peer {
    Peer::binding(move |talk| {
        talk.say(&format!(
            "<iq type='error' id='bind_1' from='{odd}' to='{odd}'><error type='{odd}'><x xmlns='{odd}'/>\
             <conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text>{odd}</text></error></iq>"
        ))?;
        talk.listen()
    })
}

/// Stanzas of others, before the bind result and behind it: a roster, a message, a presence, an answer to another id.
fn stanzas(odd: &'static str) -> Peer {
    Peer::binding(move |talk| {
        talk.say(&format!(
            "<message from='{odd}' to='{odd}' id='{odd}' type='{odd}'><subject>{odd}</subject><body>{odd}</body></message>\
             <presence from='{odd}' type='{odd}'><status>{odd}</status><show>{odd}</show></presence>\
             <iq type='set' id='{odd}' from='{odd}'><query xmlns='jabber:iq:roster'><item jid='{odd}' name='{odd}'>\
             <group>{odd}</group></item></query></iq><iq type='result' id='{odd}'/><{sm} h='{odd}'/>",
            sm = "a xmlns='urn:xmpp:sm:3'"
        ))?;
        talk.say(BOUND)?;
        talk.hear("</stream:stream>")?;
        talk.say("</stream:stream>")
    })
}

/// Where XML has names, comments and instructions, in an element that stays open.
fn names(odd: &'static str) -> Peer {
    Peer::authenticating("PLAIN", move |talk| {
        talk.say(&format!("<x{odd}/><!-- {odd} --><?{odd}?><{odd} {odd}='1'/><x a='{odd}'>{odd}"))?;
        talk.listen()
    })
}

/// A certificate's subject, issuer and names, of every kind that it can hold.
fn certificate(odd: &'static str) -> Peer {
    Peer::secure_with(&Identity::odd(odd), |talk| talk.listen())
}

#[test]
fn nothing_that_a_node_says_acts_on_a_terminal() {
    play("terminal", ROWS);
    play("terminal", &OFFERS);
}

#[test]
fn nothing_that_is_no_text_acts_on_a_terminal() {
    play("terminal", &BYTES);
}
