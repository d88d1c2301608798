//! Every form of a secret is found, wherever it stands, and no message says it.

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};

use super::*;

const SECRET: &str = "her\"on<4Q>&'~ü*";

fn secret() -> SecretString {
    SecretString::from(SECRET)
}

fn forms() -> Vec<(&'static str, String)> {
    let xml = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let percent: String = SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let some: String = SECRET
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_string()
            } else {
                c.to_string().bytes().map(|b| format!("%{b:02x}")).collect()
            }
        })
        .collect();
    let colons: Vec<String> = SECRET.bytes().map(|byte| format!("{byte:02X}")).collect();
    let units: String = SECRET.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let escapes: String = SECRET.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
    let mut forms = vec![
        ("raw", SECRET.to_owned()),
        ("XML", xml(SECRET).replace('"', "&quot;")),
        ("HTML", xml(SECRET).replace('\'', "&#39;").replace('"', "&#34;")),
        ("JSON", serde_json::to_string(SECRET).unwrap()),
        ("JSON of XML", serde_json::to_string(&xml(SECRET)).unwrap()),
        ("JSON units", units),
        ("escapes", escapes),
        ("Markdown", SECRET.replace('*', "\\*").replace('<', "\\<").replace('~', "\\~")),
        ("percent", percent),
        ("some percent", some),
        ("hex", HEXLOWER.encode(SECRET.as_bytes())),
        ("HEX", HEXUPPER.encode(SECRET.as_bytes())),
        ("hex pairs", colons.join(":")),
    ];
    for before in ["", "x", "xy"] {
        forms.push(("base64", BASE64.encode(format!("{before}{SECRET}xyz").as_bytes())));
    }
    forms
}

#[test]
fn each_form_is_found_in_what_would_be_written_and_the_message_holds_none() {
    let secret = secret();
    for (name, form) in forms() {
        let text = format!("first line\nsecond ({form}) line\n");
        let why = look_over(&text, &[&secret]).expect_err(name).to_string();
        assert!(why.contains("nothing was written") && look_over(&why, &[&secret]).is_ok(), "{name}: {why}");
    }
    assert!(look_over("first line\nher on 4Q\n", &[&secret]).is_ok());
}

#[test]
fn it_is_found_where_two_pieces_meet_and_behind_them() {
    let secret = secret();
    for at in [PIECE - 3, PIECE, PIECE + OVERLAP - 3, 2 * PIECE - 1] {
        let text = "-".repeat(at) + SECRET + "-";
        assert!(look_over(&text, &[&secret]).is_err(), "{at}");
    }
}

/// An entry, as somebody wrote it by hand.
fn entry(event: &str) -> Entry {
    serde_json::from_str(&format!(r#"{{"n":57,"op":1,"at":3,"wall":4,{event}}}"#)).unwrap()
}

fn sent(payload: &serde_json::Value) -> Entry {
    entry(&format!(
        r#""saw":{{"xmpp":{{"sent":{{"what":"auth","payload":{payload},"wire":{{"from":0,"to":9}},"secure":true,"by":"proposal","credential":true}}}}}}"#
    ))
}

fn http(head: &str, body: &str) -> Entry {
    let (head, body) = (serde_json::json!({ "text": head }), serde_json::json!({ "text": body }));
    entry(&format!(r#""saw":{{"http":{{"sent":{{"head":{head},"body":{body},"credential":true}}}}}}"#))
}

fn refused(entry: &Entry, secrets: &[&SecretString]) -> String {
    assert!(!matches!(entry.event, Event::Unknown(_)), "an entry of the journal's: {entry:?}");
    look_through(std::slice::from_ref(entry), secrets).expect_err("it is refused").to_string()
}

#[test]
fn what_stands_where_a_secret_stands_is_found_without_knowing_it() {
    let auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>";
    let soap = "<soapenv:Envelope><soapenv:Body><login><password>secret-9</password></login></soapenv:Body></soapenv:Envelope>";
    let cases = [
        (sent(&serde_json::json!({ "text": auth })), "PLAIN"),
        (http("GET / HTTP/1.1\r\nAuthorization: Basic YWxpY2U6c2VjcmV0\r\n\r\n", ""), "Basic"),
        (http("POST / HTTP/1.1\r\nCookie: JSESSIONID=51CE\r\n\r\n", ""), "cookie"),
        (http("POST / HTTP/1.1\r\n\r\n", soap), "password"),
    ];
    for (entry, kind) in cases {
        let why = refused(&entry, &[]);
        assert!(why.contains("#57") && why.contains(&format!("unmasked {kind}")), "{why}");
        assert!(!why.contains("secret-9") && !why.contains("c2VjcmV0") && !why.contains("51CE"), "{why}");
    }
}

#[test]
fn the_place_of_a_secret_is_none_and_more_than_the_place_is_one() {
    let open = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>";
    let cut = serde_json::json!([{ "at": open.len(), "wire_len": 20, "kind": "PLAIN" }]);
    let masked = sent(&serde_json::json!({ "text": format!("{open}</auth>"), "cuts": cut }));
    assert!(look_through(&[masked], &[]).is_ok());
    let beside = sent(&serde_json::json!({ "text": format!("{open}AGFsaWNl</auth>"), "cuts": cut }));
    assert!(refused(&beside, &[]).contains("PLAIN"));
    let basic = "GET / HTTP/1.1\r\nAuthorization: Basic ";
    let cut = serde_json::json!([{ "at": basic.len(), "wire_len": 20, "kind": "Basic" }]);
    let head = serde_json::json!({ "text": format!("{basic}\r\n\r\n"), "cuts": cut });
    let event = format!(r#""saw":{{"http":{{"sent":{{"head":{head},"body":{{"text":""}},"credential":true}}}}}}"#);
    assert!(look_through(&[entry(&event)], &[]).is_ok());
}

#[test]
fn a_known_secret_is_found_in_every_text_of_an_entry() {
    let secret = secret();
    let bytes = BASE64.encode(format!("\u{0}\u{1}{}\u{2}", BASE64.encode(SECRET.as_bytes())).as_bytes());
    let said = serde_json::to_string(&format!("no: {SECRET}")).unwrap();
    let cases = [
        sent(&serde_json::json!({ "base64": bytes })),
        entry(&format!(r#""ended":{{"how":"refused","text":{said}}}"#)),
    ];
    for entry in cases {
        let why = refused(&entry, &[&secret]);
        assert!(why.contains("#57") && look_over(&why, &[&secret]).is_ok(), "{why}");
    }
    let foretold = entry(&format!(r#""foretold":{said}"#));
    assert!(look_through(&[foretold], &[&secret]).is_err());
    let unmasked = entry(r#""foretold":["<password>x-9</password>"]"#);
    assert!(look_through(&[unmasked], &[]).is_err());
}
