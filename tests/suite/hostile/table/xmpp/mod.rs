//! Nodes that speak XMPP and mean harm, or are broken: what they say at each step of a login.
//!
//! `features` has what is said before and instead of them, `auth` lies about who is logged in, `scram` lies in the
//! exchange itself, `refused` has failures of every kind, `errors` the stream's errors, `elsewhere` where they send us,
//! `bind` what comes behind the login, `floods` too much of anything.

mod auth;
mod bind;
mod elsewhere;
mod errors;
mod features;
mod floods;
mod refused;
mod scram;

use super::{Row, play};
use crate::hostile::check;
use crate::hostile::peer::{HEADER, Peer, SUCCESS};
use crate::program::Finished;

/// The node says this in place of its header, in clear.
fn instead_of_a_header(text: &str) -> Finished {
    let text = text.to_owned();
    check(&Peer::plays(move |talk| {
        talk.hear(">")?;
        talk.say(&text)?;
        talk.listen()
    }))
}

/// The node says this behind its header, in clear.
fn in_clear(text: &str) -> Finished {
    instead_of_a_header(&format!("{HEADER}{text}"))
}

/// The node says this in place of its header, under TLS.
fn instead_of_a_header_under_tls(text: &str) -> Finished {
    let text = text.to_owned();
    check(&Peer::secure(move |talk| {
        talk.say(&text)?;
        talk.listen()
    }))
}

/// The node says this behind its header, under TLS.
fn under_tls(text: &str) -> Finished {
    instead_of_a_header_under_tls(&format!("{HEADER}{text}"))
}

/// The node says this to `<auth>`, of PLAIN.
fn to_auth(text: &str) -> Finished {
    let text = text.to_owned();
    check(&Peer::authenticating("PLAIN", move |talk| {
        talk.say(&text)?;
        talk.listen()
    }))
}

/// The node says this in place of the header behind `<success/>`.
fn behind_success(text: &str) -> Finished {
    let text = text.to_owned();
    check(&Peer::authenticating("PLAIN", move |talk| {
        talk.say(SUCCESS)?;
        talk.hear("<stream:stream")?;
        talk.say(&text)?;
        talk.listen()
    }))
}

/// The node says this to the bind request, and closes its stream when we close ours.
fn to_bind(text: &str) -> Finished {
    let text = text.to_owned();
    check(&Peer::binding(move |talk| {
        talk.say(&text)?;
        talk.hear("</stream:stream>")?;
        talk.say("</stream:stream>")
    }))
}
