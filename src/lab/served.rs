//! What a node answers to a user who is logged in: bind, session, and the little that a client asks first.

use super::component;
use super::faults::RequestFault;
use super::literal::{self, fill};
use super::peer::Over;
use super::scanner::Element;
use super::talk::Talk;

/// How long a resource may be, in characters (RFC 7622 3.4 allows 1023 bytes).
const RESOURCE_LIMIT: usize = 200;

/// Answers `user` until the stream ends. Presence and messages are taken and lead nowhere.
pub(super) async fn serve(talk: &mut Talk<'_>, user: &str) -> Result<(), Over> {
    loop {
        let stanza = talk.element().await?;
        let asks = matches!(stanza.attribute("type").as_deref(), Some("get" | "set"));
        if stanza.name == "iq" && asks {
            request(talk, user, &stanza).await?;
        }
    }
}

async fn request(talk: &mut Talk<'_>, user: &str, iq: &Element) -> Result<(), Over> {
    let id = iq.attribute("id").unwrap_or_default();
    if let Some(condition) = talk.travel(component::STANZA, user).await? {
        return talk.peer.say(&fill(literal::IQ_ERROR, &[("id", &id), ("condition", &condition)])).await;
    }
    let faults = &talk.node.faults;
    let fault = match (iq.inner("bind"), iq.inner("session")) {
        (Some(_), _) => faults.bind.as_ref(),
        (None, Some(_)) => faults.session.as_ref(),
        (None, None) => None,
    };
    match fault {
        Some(RequestFault::Silent {}) => Ok(()),
        Some(RequestFault::Refused { condition }) => {
            talk.peer.say(&fill(literal::IQ_ERROR, &[("id", &id), ("condition", condition)])).await
        }
        None => {
            let answer = answer(iq, &id, user, &talk.node.domain);
            talk.peer.say(&answer).await
        }
    }
}

fn answer(iq: &Element, id: &str, user: &str, domain: &str) -> String {
    if let Some(bind) = iq.inner("bind") {
        let asked = bind.inner("resource").map(|resource| resource.content()).unwrap_or_default();
        let resource: String = asked.chars().filter(|c| !c.is_control()).take(RESOURCE_LIMIT).collect();
        let resource = if resource.is_empty() { literal::RESOURCE } else { &resource };
        let jid = format!("{user}@{domain}/{resource}");
        return fill(literal::BIND_RESULT, &[("id", id), ("jid", &jid)]);
    }
    if iq.inner("session").is_some() || iq.inner("ping").is_some() {
        return fill(literal::IQ_RESULT, &[("id", id)]);
    }
    let query = iq.inner("query").and_then(|query| query.attribute("xmlns")).unwrap_or_default();
    let known = match query.as_str() {
        "jabber:iq:roster" => literal::ROSTER_RESULT,
        "http://jabber.org/protocol/disco#info" => literal::DISCO_INFO_RESULT,
        "http://jabber.org/protocol/disco#items" => literal::DISCO_ITEMS_RESULT,
        _ => return fill(literal::IQ_ERROR, &[("id", id), ("condition", "service-unavailable")]),
    };
    fill(known, &[("id", id), ("domain", domain)])
}
