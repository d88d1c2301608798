//! What the servers of the lab say, as literal text: copied from the protocol facts (`protocol.md`), the section
//! and its confidence beside each (S seen, M general knowledge, G guess).
//!
//! None of this is made by the writers or readers of the program, so that the lab does not merely agree with
//! them. `{name}` marks a place that [`fill`] fills.

/// The stream header. 5.2, S (158 bytes for `example.eu`).
pub(super) const STREAM_HEADER: &str = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
    xmlns='jabber:client' xml:lang='en-US.UTF-8' id='{id}' from='{domain}' version='1.0'>";

/// The features before TLS. 5.2, S (107 bytes).
pub(super) const FEATURES_STARTTLS: &str = "<stream:features>\
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>";

/// 5.2, S (50 bytes).
pub(super) const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// 11, M.
pub(super) const STARTTLS_FAILURE: &str = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// The features with the mechanisms. 5.2, S (167 bytes).
pub(super) const FEATURES_MECHANISMS: &str = "<stream:features>\
    <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>\
    <mechanism>CISCO-VTG-TOKEN</mechanism></mechanisms></stream:features>";

/// The frame of [`FEATURES_MECHANISMS`], for a node that offers something else. 5.2, S.
pub(super) const FEATURES_OFFERED: (&str, &str) =
    ("<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>", "</mechanisms></stream:features>");

/// One mechanism. 5.2, S.
pub(super) const MECHANISM: &str = "<mechanism>{mechanism}</mechanism>";

/// The home node or its backup, beside the mechanisms. 5.4, S on BOSH, G on 5222.
pub(super) const HOSTNAME: &str = "<hostname xmlns='urn:xmpp:domain-based-name:0'>{host}</hostname>";

/// 5.3, S in form.
pub(super) const SUCCESS: &str = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

/// A refused `<auth>`. With `not-authorized`: 5.2, S (77 bytes); the other conditions: 11, G for IM&P.
pub(super) const SASL_FAILURE: &str = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><{condition}/></failure>";

/// 5.2, S (16 bytes).
pub(super) const STREAM_CLOSE: &str = "</stream:stream>";

/// The features after SASL. 5.2, M/G.
pub(super) const FEATURES_SESSION: &str = "<stream:features>\
    <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
    <session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>";

/// 11, M; the address in the form of 5.5.
pub(super) const BIND_RESULT: &str = "<iq type='result' id='{id}'>\
    <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{jid}</jid></bind></iq>";

/// The resource of a client that asks for none, in the form of 5.5, S.
pub(super) const RESOURCE: &str = "jabber_9934";

/// An empty result: session (11, M), ping and what is set (XEP-0199, RFC 6121).
pub(super) const IQ_RESULT: &str = "<iq type='result' id='{id}'/>";

/// An error answer. RFC 6120 8.3, M.
pub(super) const IQ_ERROR: &str = "<iq type='error' id='{id}'><error type='cancel'>\
    <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";

/// A roster with the other user. RFC 6121 2.1, M.
pub(super) const ROSTER_RESULT: &str = "<iq type='result' id='{id}'><query xmlns='jabber:iq:roster'>\
    <item jid='bob@{domain}' name='Bob' subscription='both'/></query></iq>";

/// XEP-0030, M.
pub(super) const DISCO_INFO_RESULT: &str = "<iq type='result' id='{id}' from='{domain}'>\
    <query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/>\
    <feature var='http://jabber.org/protocol/disco#info'/><feature var='urn:xmpp:ping'/></query></iq>";

/// XEP-0030, M.
pub(super) const DISCO_ITEMS_RESULT: &str = "<iq type='result' id='{id}' from='{domain}'>\
    <query xmlns='http://jabber.org/protocol/disco#items'/></iq>";

/// What a flood is made of: somebody's presence (RFC 6121 4.2.3), a message (5.2) and a roster push (2.1.6). M.
pub(super) const FLOOD: [&str; 3] = [
    "<presence from='bob@{domain}/jabber_{n}' to='{jid}'><show>away</show><priority>1</priority></presence>",
    "<message from='bob@{domain}/jabber_1' to='{jid}' type='chat' id='flood-{n}'><body>{n}</body></message>",
    "<iq type='set' id='push-{n}' to='{jid}'><query xmlns='jabber:iq:roster'>\
        <item jid='colleague-{n}@{domain}' subscription='both'/></query></iq>",
];

/// A stream error. 11, M.
pub(super) const STREAM_ERROR: &str = "<stream:error>\
    <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";

/// The redirect. 11, M (not seen from IM&P: 5.4).
pub(super) const SEE_OTHER_HOST: &str = "<stream:error>\
    <see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{host}:{port}</see-other-host></stream:error>";

/// What `utils ha status` prints of a group, and of each of its nodes where all is well. 6.7, S in form.
pub(super) const HA_GROUP: &str = "Subcluster Name: {group}\n";
pub(super) const HA_NODE_NORMAL: &str = "    Node {number} Name : {host} State: Normal\n";

/// What something else than XMPP says. RFC 9112, M.
pub(super) const HTTP_BAD_REQUEST: &str =
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// `text` with each `{name}` replaced. The values are escaped: some of them come from the client.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let Some(end) = rest[at..].find('}').map(|len| at + len) else { break };
        filled.push_str(&rest[..at]);
        let name = &rest[at + 1..end];
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(&escaped(value)),
            None => filled.push_str(&rest[at..=end]),
        }
        rest = &rest[end + 1..];
    }
    filled.push_str(rest);
    filled
}

fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '\'' => text.push_str("&apos;"),
            '"' => text.push_str("&quot;"),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_have_the_byte_counts_of_the_capture() {
        let header = fill(STREAM_HEADER, &[("id", "17124513C1DF"), ("domain", "example.eu")]);
        let failure = fill(SASL_FAILURE, &[("condition", "not-authorized")]);
        let texts = [&header, FEATURES_STARTTLS, PROCEED, FEATURES_MECHANISMS, failure.as_str(), STREAM_CLOSE];
        assert_eq!(texts.map(str::len), [158, 107, 50, 167, 77, 16]);
    }

    #[test]
    fn what_a_client_says_cannot_add_markup_to_an_answer() {
        let answer = fill(IQ_RESULT, &[("id", "a'/><evil b='{id}")]);
        assert_eq!(answer, "<iq type='result' id='a&apos;/&gt;&lt;evil b=&apos;{id}'/>");
    }
}
