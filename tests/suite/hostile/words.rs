//! Escape sequences and characters that hide or turn, in every text that a server can write.

use super::peer::{HEADER, Identity, Peer, SUCCESS, offers};
use super::{DOMAIN, start};
use crate::program::{Finished, Program, SOON};

/// What an XML text may hold and no terminal should get: a C1 control, directions, a zero width, and a mark of
/// another language's order.
pub const ODD: &str = "a\u{9b}2Jb\u{202e}c\u{2066}d\u{200b}e\u{feff}f\u{61c}g\u{85}h";
/// What XML forbids, sent all the same: a colour, a title by OSC, a bell.
pub const RAW: &str = "\x1b[31mred\x1b]0;title\x07\u{9d}0;t\u{9c}";

/// Whether a terminal acts upon it, hides it, or turns what stands around it.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[track_caller]
pub fn is_clean(what: &str, finished: &Finished) {
    for (stream, text) in [("stdout", &finished.stdout), ("stderr", &finished.stderr)] {
        if let Some(c) = text.chars().find(|c| *c != '\n' && is_harmful(*c)) {
            panic!("{what}: {c:?} on {stream}:\n{text:?}");
        }
    }
}

/// Both forms of `check` against this server.
#[track_caller]
fn both_are_clean(what: &str, peer: &Peer) {
    let finished = start(&Program::new(), peer, &[]).finish(SOON);
    assert!(!finished.stdout.is_empty(), "{what}: {finished:#?}");
    is_clean(what, &finished);
    let program = Program::new();
    let (node, user) = (peer.address.to_string(), format!("alice@{DOMAIN}"));
    let plain = ["check", "--node", &node, "--insecure", "--slow", "500ms", "--silent-after", "1500ms", &user];
    is_clean(what, &program.start(&plain, Some(super::PASSWORD)).finish(SOON));
}

#[test]
fn a_header_with_odd_texts() {
    for odd in [ODD, RAW] {
        let header = HEADER.replace("17124513C1DF", odd).replace("from='", &format!("from='{odd}"));
        let peer = Peer::plays(move |talk| {
            talk.hear(">")?;
            talk.say(&header)?;
            talk.say(&format!("<stream:features><{odd} xmlns='{odd}'/></stream:features>"))
        });
        both_are_clean("header and features", &peer);
    }
}

#[test]
fn mechanisms_and_host_names_with_odd_texts() {
    for odd in [ODD, RAW] {
        let features = offers(&[odd, "X"]).replace(
            "</stream:features>",
            &format!("<hostname xmlns='urn:xmpp:domain-based-name:0'>{odd}</hostname></stream:features>"),
        );
        let peer = Peer::secure(move |talk| {
            talk.say(HEADER)?;
            talk.say(&features)?;
            talk.listen()
        });
        both_are_clean("mechanisms", &peer);
    }
}

#[test]
fn failures_and_errors_with_odd_texts() {
    for odd in [ODD, RAW] {
        let failure = format!(
            "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>{odd}</text></failure>"
        );
        let peer = Peer::authenticating("PLAIN", move |talk| {
            talk.say(&failure)?;
            talk.listen()
        });
        both_are_clean("a failure's text", &peer);
        let error = format!(
            "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{odd}</see-other-host>\
             <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{odd}</text></stream:error>"
        );
        let peer = Peer::authenticating("PLAIN", move |talk| talk.say(&error));
        both_are_clean("a stream error's text", &peer);
        let bound = format!(
            "<iq type='error' id='bind_1'><error><x{odd}/><text>{odd}</text></error></iq><x>{odd}</x>{odd}"
        );
        let peer = Peer::binding(move |talk| talk.say(&bound));
        both_are_clean("a bind error", &peer);
        let peer = Peer::authenticating("PLAIN", move |talk| {
            talk.say(&format!("{odd}<!-- {odd} --><?{odd}?><x a='{odd}'>{odd}"))
        });
        both_are_clean("an open element", &peer);
        let peer = Peer::authenticating("PLAIN", move |talk| {
            talk.say(SUCCESS)?;
            talk.hear("<stream:stream")?;
            talk.say(odd)
        });
        both_are_clean("text behind success", &peer);
    }
}

#[test]
fn a_certificate_with_odd_names() {
    for odd in [ODD, RAW] {
        let peer = Peer::secure_with(&Identity::named(odd), |talk| talk.listen());
        both_are_clean("a certificate's subject", &peer);
    }
}
