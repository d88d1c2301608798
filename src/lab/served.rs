//! What a node answers to a user who is logged in: bind, session, and the little that a client asks first.

use std::time::Duration;

use tokio::time::Instant;

use super::component;
use super::faults::{self, RequestFault};
use super::literal::{self, fill};
use super::peer::Over;
use super::scanner::Element;
use super::talk::Talk;

/// How long a resource may be, in characters (RFC 7622 3.4 allows 1023 bytes).
const RESOURCE_LIMIT: usize = 200;

/// How long a flood pauses between two writes.
const FLOOD_PAUSE: Duration = Duration::from_millis(10);

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
    let mut placed = talk.faults();
    let fault = match (iq.inner("bind"), iq.inner("session")) {
        (Some(_), _) => placed.find_map(|faults| faults.bind.as_ref()),
        (None, Some(_)) => placed.find_map(|faults| faults.session.as_ref()),
        (None, None) => None,
    };
    match fault {
        Some(RequestFault::Silent {}) => Ok(()),
        Some(RequestFault::Refused { condition }) => {
            talk.peer.say(&fill(literal::IQ_ERROR, &[("id", &id), ("condition", condition)])).await
        }
        Some(RequestFault::Flood { stanzas, seconds: time }) => {
            talk.peer.say(&answer(iq, &id, user, &talk.node.domain)).await?;
            flood(talk, user, *stanzas, faults::seconds(*time)).await
        }
        None => {
            let answer = answer(iq, &id, user, &talk.node.domain);
            talk.peer.say(&answer).await
        }
    }
}

/// Says so many stanzas, numbered, evenly over this time: presence, a message, a roster push, and so on. What the
/// client says meanwhile is answered afterwards.
async fn flood(talk: &mut Talk<'_>, user: &str, stanzas: u32, time: Duration) -> Result<(), Over> {
    let begun = Instant::now();
    let jid = format!("{user}@{}", talk.node.domain);
    let domain = talk.node.domain.clone();
    let mut said = 0;
    while said < stanzas {
        let due = begun.elapsed().as_secs_f64() / time.as_secs_f64().max(f64::EPSILON) * f64::from(stanzas);
        // A float beyond the range saturates.
        let due = (due as u32).clamp(said + 1, stanzas);
        let numbers = said + 1..=due;
        let texts = numbers.map(|n| {
            let text = literal::FLOOD[n as usize % literal::FLOOD.len()];
            fill(text, &[("n", &n.to_string()), ("jid", &jid), ("domain", &domain)])
        });
        let text: String = texts.collect();
        talk.peer.say(&text).await?;
        said = due;
        talk.peer.wait(FLOOD_PAUSE).await?;
    }
    Ok(())
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
