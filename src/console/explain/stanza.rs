//! What the entries of an XMPP stream are.

use super::topic::Topic;
use crate::journal::{Payload, Read, Received, Remark, Sent, XmppFact};

pub(super) fn topic(fact: &XmppFact) -> Topic {
    match fact {
        XmppFact::Sent(sent) => self::sent(sent),
        XmppFact::Received(received) => self::received(received),
        XmppFact::Partial { .. } => Topic::named("in.partial"),
        XmppFact::Unsent { .. } => Topic::named("out.unsent"),
        XmppFact::Remark(remark) => self::remark(remark),
    }
}

fn sent(sent: &Sent) -> Topic {
    let text = Beginning::of(&sent.payload);
    match sent.what.as_str() {
        "stream header" => Topic::named("out.stream"),
        "starttls" => Topic::named("out.starttls"),
        "auth" => auth(sent.mechanism.as_deref().or_else(|| text.attribute("mechanism")).unwrap_or("(no name)")),
        "response" => Topic::named("out.response"),
        "abort" => Topic::named("out.abort"),
        "bind" => Topic::named("out.bind"),
        "session" => Topic::named("out.session"),
        "stream close" => Topic::named("out.close"),
        _ => match text.name() {
            "presence" => match text.attribute("type") {
                None => Topic::named("out.presence"),
                Some(kind) => Topic::named("out.presence.typed").with("type", kind),
            },
            "message" => Topic::named("out.message"),
            "iq" => asked("out", text.attribute("type").unwrap_or_default(), &text),
            "" if text.0.trim().is_empty() && !sent.payload.bytes().is_empty() => Topic::named("out.whitespace"),
            _ if text.0.contains("urn:xmpp:sm:") || matches!(text.name(), "r" | "a") => sm(&text),
            _ => Topic::named("out.text"),
        },
    }
}

fn auth(mechanism: &str) -> Topic {
    match mechanism {
        scram if scram.starts_with("SCRAM-") => Topic::named("out.auth.SCRAM").with("mechanism", scram),
        other => Topic::within("out.auth", other, "mechanism"),
    }
}

/// An `<iq>`: by what it is about where that is known, else by its type.
fn asked(way: &str, kind: &str, text: &Beginning<'_>) -> Topic {
    const ABOUT: [(&str, &str); 3] = [
        ("jabber:iq:roster", "roster"),
        ("urn:xmpp:ping", "ping"),
        ("http://jabber.org/protocol/disco#", "disco"),
    ];
    let about = ABOUT.iter().find(|(namespace, _)| text.0.contains(namespace)).map(|(_, about)| *about);
    Topic::named(&match (kind, about) {
        ("result" | "error", _) if way == "out" => format!("{way}.iq.{kind}"),
        // What a ping is answered with holds nothing.
        (_, Some(about)) if way == "out" || kind != "result" || about != "ping" => format!("{way}.iq.{about}"),
        ("get" | "set" | "result", _) => format!("{way}.iq.{kind}"),
        _ if way == "in" => "in.element".to_owned(),
        _ => "out.text".to_owned(),
    })
    .with("name", "iq")
}

fn sm(text: &Beginning<'_>) -> Topic {
    match text.name() {
        name @ ("enable" | "enabled" | "resume" | "resumed" | "failed" | "r" | "a") => {
            Topic::named(&format!("sm.{name}"))
        }
        _ => Topic::named("sm.other"),
    }
}

fn received(received: &Received) -> Topic {
    let text = Beginning::of(&received.payload);
    match &received.read {
        Read::Declaration => Topic::named("in.declaration"),
        Read::StreamOpen { .. } => Topic::named("in.stream"),
        Read::Features { starttls, mechanisms, bind, .. } => features(*starttls, mechanisms, *bind),
        Read::Proceed => Topic::named("in.proceed"),
        Read::StarttlsFailure => Topic::named("in.starttls_failure"),
        Read::Challenge => Topic::named("in.challenge"),
        Read::Success => Topic::named("in.success"),
        Read::SaslFailure { condition, .. } => Topic::within("in.failure", condition, "condition"),
        Read::StreamError { condition, other_host, .. } => {
            let topic = Topic::within("in.error", condition, "condition");
            topic.with("other_host", other_host.as_deref().unwrap_or("which it does not name"))
        }
        Read::Bound { jid } => Topic::named("in.bound").with("jid", jid),
        Read::Iq { error: Some(condition), .. } => Topic::within("in.iq.error", condition, "condition"),
        Read::Iq { kind, .. } if kind == "error" => Topic::within("in.iq.error", "(none)", "condition"),
        Read::Iq { kind, .. } => asked("in", kind, &text),
        Read::Message => Topic::named("in.message"),
        Read::Presence => Topic::within("in.presence", text.attribute("type").unwrap_or("available"), "type"),
        Read::Sm => sm(&text),
        Read::StreamClose => Topic::named("in.close"),
        Read::Whitespace => Topic::named("in.whitespace"),
        Read::Element { name, .. } => Topic::named("in.element").with("name", name),
        Read::Refused { what, .. } => Topic::named("in.refused").with("why", what),
    }
}

fn features(starttls: Option<bool>, mechanisms: &[String], bind: bool) -> Topic {
    if !mechanisms.is_empty() {
        Topic::named("in.features.auth").with("mechanisms", &mechanisms.join(", "))
    } else if starttls.is_some() {
        Topic::named("in.features.tls")
    } else if bind {
        Topic::named("in.features.bind")
    } else {
        Topic::named("in.features.other")
    }
}

fn remark(remark: &Remark) -> Topic {
    match remark {
        Remark::BytesBehindProceed { .. } => Topic::named("remark.behind_proceed"),
        Remark::OffScript { .. } => Topic::named("remark.off_script"),
        Remark::LimitMet { limit, .. } => Topic::named("remark.limit").with("limit", limit),
        Remark::ServerNotProven => Topic::named("remark.not_proven"),
        Remark::SaslBroken { what } => Topic::named("remark.sasl_broken").with("what", what),
        Remark::OtherId { .. } => Topic::named("remark.other_id"),
        Remark::NoMechanism { .. } => Topic::named("remark.no_mechanism"),
        Remark::NoStarttls => Topic::named("remark.no_starttls"),
        Remark::Gate { why, .. } => Topic::named("remark.gate").with("why", why),
    }
}

/// So much of an element is looked at: what it is stands in front.
const LOOKED_AT: usize = 1024;

/// The beginning of an element, read leniently: anybody may have written it.
pub(super) struct Beginning<'p>(std::borrow::Cow<'p, str>);

impl<'p> Beginning<'p> {
    pub(super) fn of(payload: &'p Payload) -> Self {
        let bytes = payload.bytes();
        Self(String::from_utf8_lossy(&bytes[..bytes.len().min(LOOKED_AT)]))
    }

    /// The first tag, from behind its `<` to its `>`; empty where there is none.
    fn tag(&self) -> &str {
        let tag = self.0.trim_start().strip_prefix('<').unwrap_or_default();
        tag.split('>').next().unwrap_or_default()
    }

    /// The element's local name.
    pub(super) fn name(&self) -> &str {
        let name = self.tag().split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        name.rsplit(':').next().unwrap_or_default()
    }

    /// The value of one of its attributes.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let tag = self.tag();
        let mut from = 0;
        while let Some(at) = tag[from..].find(name).map(|at| from + at) {
            from = at + name.len();
            let value = tag[from..].trim_start().strip_prefix('=').map(str::trim_start);
            let quote = value.and_then(|value| value.chars().next()).filter(|quote| matches!(quote, '\'' | '"'));
            if let (Some(value), Some(quote)) = (value, quote)
                && tag[..at].ends_with(char::is_whitespace)
            {
                return value[1..].split(quote).next();
            }
        }
        None
    }
}
