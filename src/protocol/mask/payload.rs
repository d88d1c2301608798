//! What a SASL payload is, by its shape (RFC 4616, RFC 5802, protocol.md 5.3).
//!
//! Its own bytes decide, not only the mechanism's name: a `<response>` has no name, and a user may have typed
//! anything. A note is made of the parts that are no secret, and only where the shape is exactly the right one.

use data_encoding::BASE64;
use zeroize::Zeroizing;

/// Whether a payload may be shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It holds no secret.
    Open,
    /// It does: its kind, and its structure in words.
    Secret(&'static str, String),
}

/// The content of `<auth>` or `<response>`. Only a `whole` element can be shown.
pub(super) fn answer(content: &[u8], mechanism: Option<&[u8]>, whole: bool) -> Kind {
    if whole && content.trim_ascii() == b"=" {
        return Kind::Open;
    }
    let decoded = decode(content);
    let text = decoded.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    match (mechanism, text) {
        (Some(b"PLAIN"), _) => Kind::Secret("PLAIN", plain_note(decoded.as_ref().map(|bytes| &bytes[..]))),
        (Some(b"CISCO-VTG-TOKEN"), _) => Kind::Secret("token", text.map_or_else(not_base64, token_note)),
        (_, Some(text)) if whole && is_scram_first(text) => Kind::Open,
        (_, Some(text)) if text.starts_with("c=") && text.contains(",p=") => {
            Kind::Secret("SCRAM proof", String::new())
        }
        (_, Some(text)) if text.starts_with("userid=") => Kind::Secret("token", token_note(text)),
        (None, Some(text)) if text.bytes().filter(|byte| *byte == 0).count() == 2 => {
            Kind::Secret("PLAIN", plain_note(Some(text.as_bytes())))
        }
        _ => Kind::Secret("SASL", String::new()),
    }
}

/// The content of `<challenge>` or `<success>`. Only a `whole` element can be shown.
pub(super) fn question(content: &[u8], whole: bool) -> Kind {
    let decoded = decode(content);
    match decoded.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok()) {
        Some(text) if whole && is_server_first(text) => Kind::Open,
        Some(text) if text.starts_with("v=") => Kind::Secret("SCRAM signature", String::new()),
        _ => Kind::Secret("SASL", String::new()),
    }
}

fn decode(content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // With room for all of it: what grows leaves copies.
    let mut text = Zeroizing::new(Vec::with_capacity(content.len()));
    text.extend(content.iter().copied().filter(|byte| !byte.is_ascii_whitespace()));
    BASE64.decode(&text).ok().map(Zeroizing::new)
}

/// `gs2-header n=USER,r=NONCE` and nothing else.
fn is_scram_first(text: &str) -> bool {
    let parts: Vec<&str> = text.split(',').collect();
    let [binding, authzid, user, nonce] = parts[..] else { return false };
    (matches!(binding, "n" | "y") || binding.starts_with("p="))
        && (authzid.is_empty() || authzid.starts_with("a="))
        && user.starts_with("n=")
        && nonce.starts_with("r=")
}

/// `r=NONCE,s=SALT,i=COUNT` and nothing else.
fn is_server_first(text: &str) -> bool {
    let parts: Vec<&str> = text.split(',').collect();
    let [nonce, salt, count] = parts[..] else { return false };
    let count = count.strip_prefix("i=");
    nonce.starts_with("r=")
        && salt.starts_with("s=")
        && count.is_some_and(|count| !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()))
}

fn not_base64() -> String {
    "not base64".to_owned()
}

/// With any other number of NULs nobody can say which part is the password.
fn plain_note(message: Option<&[u8]>) -> String {
    let Some(message) = message else { return not_base64() };
    let parts: Vec<&[u8]> = message.split(|byte| *byte == 0).collect();
    let [authzid, authcid, password] = parts[..] else {
        return format!("{} NULs where 2 belong", parts.len() - 1);
    };
    let mut note = format!("authcid {}", named(authcid));
    if !authzid.is_empty() {
        note += &format!(", authzid {}", named(authzid));
    }
    for remark in password_remarks(password) {
        note += &format!(", {remark}");
    }
    note
}

/// The content of `Authorization: Basic` (RFC 7617): a user's name and the password behind the first colon.
pub(super) fn basic_note(content: &[u8]) -> String {
    let Some(message) = decode(content) else { return not_base64() };
    let Some(colon) = message.iter().position(|byte| *byte == b':') else { return "no colon".to_owned() };
    let mut note = format!("user {}", named(&message[..colon]));
    for remark in password_remarks(&message[colon + 1..]) {
        note += &format!(", {remark}");
    }
    note
}

fn named(name: &[u8]) -> String {
    match String::from_utf8_lossy(name) {
        name if name.is_empty() => "(empty)".to_owned(),
        name => name.chars().take(100).collect(),
    }
}

/// What goes wrong with passwords, and can be seen without showing one.
fn password_remarks(password: &[u8]) -> Vec<&'static str> {
    let Ok(text) = std::str::from_utf8(password) else { return vec!["the password is no UTF-8"] };
    let remarks = [
        (text.is_empty(), "empty password"),
        (text.starts_with(char::is_whitespace), "leading space in the password"),
        (text.ends_with(char::is_whitespace), "trailing space in the password"),
        (text.contains(char::is_control), "control character in the password"),
        (!text.is_ascii(), "non-ASCII character in the password"),
    ];
    remarks.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect()
}

fn token_note(message: &str) -> String {
    let user = message.strip_prefix("userid=").and_then(|rest| rest.split_once('\0'));
    match user {
        Some((user, token)) if token.starts_with("token=") => {
            let empty = if token == "token=" { ", empty token" } else { "" };
            format!("userid {}{empty}", named(user.as_bytes()))
        }
        _ => "not of the form userid=… NUL token=…".to_owned(),
    }
}
