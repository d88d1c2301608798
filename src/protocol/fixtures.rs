//! Recorded streams for the tests: literal text, as it passed; and bodies made up of what the readers look for.

use proptest::prelude::*;

/// The server's side of a login into IM&P before TLS, in its writes (protocol.md 5.2).
pub(super) const CLEAR: [&str; 3] = [
    "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' \
     xml:lang='en-US.UTF-8' id='17124513C1DF' from='example.eu' version='1.0'>",
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>",
    "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
];

/// The same under TLS (protocol.md 5.2).
pub(super) const UNDER_TLS: [&str; 4] = [
    CLEAR[0],
    "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>\
     <mechanism>CISCO-VTG-TOKEN</mechanism></mechanisms></stream:features>",
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
    "</stream:stream>",
];

/// Home node and backup inside the mechanisms (protocol.md 5.4), in the features element that holds them.
pub(super) const HOSTNAMES: &str = "<stream:features>\
<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>\
<mechanism>CISCO-VTG-TOKEN</mechanism>\n \
<hostname xmlns='urn:xmpp:domain-based-name:0'>imp1.example.com</hostname>\
<hostname xmlns='urn:xmpp:domain-based-name:0'>imp2.example.com</hostname></mechanisms></stream:features>";

/// PSI's XML console after a login into a test server, both directions in one.
pub(super) const PSI_CONSOLE: &str = r##"<?xml version="1.0"?>

<stream:stream xmlns:stream="http://etherx.jabber.org/streams" version="1.0" xml:lang="en" xmlns:xml="http://www.w3.org/XML/1998/namespace" xmlns="jabber:client" to="example.test">

<?xml version='1.0'?><stream:stream xmlns='jabber:client' from='example.test' xmlns:stream='http://etherx.jabber.org/streams' xml:lang='en' version='1.0' id='67286e9f-807c-4f61-a5bd-2877b2370211'>

<stream:features>
<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls">
<required/>
</starttls>
</stream:features>

<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>

<proceed xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>

<?xml version="1.0"?>

<stream:stream xmlns:stream="http://etherx.jabber.org/streams" version="1.0" xml:lang="en" xmlns:xml="http://www.w3.org/XML/1998/namespace" xmlns="jabber:client" to="example.test">

<?xml version='1.0'?><stream:stream xmlns='jabber:client' from='example.test' xmlns:stream='http://etherx.jabber.org/streams' xml:lang='en' version='1.0' id='69c37271-04e6-4d06-8470-243dc4463311'>

<stream:features>
<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl">
<mechanism>PLAIN</mechanism>
</mechanisms>
</stream:features>

<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">AGFsaWNlAFdvbmRlcmxhbmQtNw==</auth>

<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>

<?xml version="1.0"?>

<stream:stream xmlns:stream="http://etherx.jabber.org/streams" version="1.0" xml:lang="en" xmlns:xml="http://www.w3.org/XML/1998/namespace" xmlns="jabber:client" to="example.test">

<?xml version='1.0'?><stream:stream xmlns='jabber:client' from='example.test' xmlns:stream='http://etherx.jabber.org/streams' xml:lang='en' version='1.0' id='ad06649f-d719-4dce-88bb-f709d248d20f'>

<stream:features>
<sub xmlns="urn:xmpp:features:pre-approval"/>
<ver xmlns="urn:xmpp:features:rosterver"/>
<c xmlns="http://jabber.org/protocol/caps" ver="FLF1npjNHOzjxPHROgTZbBVSpTI=" node="http://prosody.im" hash="sha-1"/>
<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">
<required/>
</bind>
<session xmlns="urn:ietf:params:xml:ns:xmpp-session">
<optional/>
</session>
</stream:features>

<iq id="aab4a" type="get" to="example.test">
<query xmlns="http://jabber.org/protocol/disco#info" node="http://prosody.im#FLF1npjNHOzjxPHROgTZbBVSpTI="/>
</iq>

<iq id="bind_1" type="set">
<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">
<resource>psi</resource>
</bind>
</iq>

<iq xmlns="jabber:client" id="bind_1" type="result">
<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">
<jid>alice@example.test/psi</jid>
</bind>
</iq>

<iq id="aabaa" type="set">
<session xmlns="urn:ietf:params:xml:ns:xmpp-session"/>
</iq>

<iq id="aabaa" type="result" to="alice@example.test/psi"/>

<iq id="aabba" type="get">
<query xmlns="jabber:iq:roster"/>
</iq>

<iq id="aabba" type="result" to="alice@example.test/psi">
<query xmlns="jabber:iq:roster" ver="1"/>
</iq>

<presence>
<priority>0</priority>
<c xmlns="http://jabber.org/protocol/caps" ver="Hdpf5om9MjI+Ffv9JYH9M2qXn+s=" node="https://psi-im.org" hash="sha-1"/>
</presence>

<iq id="aabda" type="get">
<query xmlns="jabber:iq:privacy"/>
</iq>

<iq id="aabea" type="get">
<query xmlns="jabber:iq:private">
<storage xmlns="storage:bookmarks"/>
</query>
</iq>

<iq id="aabfa" type="get" to="example.test">
<query xmlns="http://jabber.org/protocol/disco#info"/>
</iq>

<presence xml:lang="en" from="alice@example.test/psi">
<priority>0</priority>
<c xmlns="http://jabber.org/protocol/caps" ver="Hdpf5om9MjI+Ffv9JYH9M2qXn+s=" node="https://psi-im.org" hash="sha-1"/>
</presence>

<iq id="aabda" type="error" to="alice@example.test/psi">
<error type="cancel">
<service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>
</error>
</iq>

<iq id="aabea" type="result" to="alice@example.test/psi">
<query xmlns="jabber:iq:private">
<storage xmlns="storage:bookmarks"/>
</query>
</iq>

<iq id="aabfa" from="example.test" type="result" to="alice@example.test/psi">
<query xmlns="http://jabber.org/protocol/disco#info">
<identity category="server" name="Prosody" type="im"/>
<feature var="msgoffline"/>
<feature var="jabber:iq:private"/>
<feature var="jabber:iq:roster"/>
<feature var="http://jabber.org/protocol/disco#info"/>
<feature var="http://jabber.org/protocol/disco#items"/>
<feature var="urn:xmpp:time"/>
<feature var="jabber:iq:time"/>
<feature var="jabber:iq:version"/>
<feature var="urn:xmpp:ping"/>
</query>
</iq>

"##;

/// A body with any part of what the readers look at.
pub(super) fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let pieces = vec![
        "<?xml version='1.0'?>",
        "<!--",
        "-->",
        "<!DOCTYPE html>",
        "<html>",
        "<title>",
        "</title>",
        "\u{feff}",
        "<user>",
        "</user>",
        "<clusterUser>",
        "<result found='",
        "'/>",
        "<servers>",
        "<server>",
        "</server>",
        "<versionInformation version='1'/>",
        "<Status enabled='true'/>",
        "<IMandPresence>",
        "<Primary>",
        "<Address>",
        "</",
        ">",
        "<config>",
        "<soap:Envelope xmlns:soap='urn:x'>",
        "<login-resp>",
        "<success>",
        "<session-key>",
        "<failure reason=\"",
        "\"/>",
        "<password>",
        "<property name='",
        "imp1.example.com",
        "Invalid request",
        "&amp;",
        "&x;",
        "<Fault>",
        "<errors>",
        "<error code='1'/>",
        "]]>",
        "<![CDATA[",
        "é",
    ];
    let text = proptest::collection::vec(proptest::sample::select(pieces), 0..14).prop_map(|all| all.concat());
    prop_oneof![text.prop_map(String::into_bytes), proptest::collection::vec(any::<u8>(), 0..80)]
}
