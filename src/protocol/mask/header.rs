//! Secrets in the headers of HTTP (RFC 9110, RFC 6265, RFC 7617).

use std::ops::Range;

use super::Found;
use super::payload;
use super::place;

/// What a cookie says beside its value; it stays visible.
const COOKIE_ATTRIBUTES: [&str; 10] = [
    "path",
    "domain",
    "expires",
    "max-age",
    "secure",
    "httponly",
    "samesite",
    "version",
    "priority",
    "partitioned",
];

/// The secrets in the value of the header `name`, in order: credentials, the values of cookies, and what has the name
/// of a secret. The scheme, the cookies' names and their attributes stay.
pub fn header(name: &str, value: &str) -> Vec<Found> {
    let lower = name.trim().to_ascii_lowercase();
    let found = match lower.as_str() {
        "cookie" => cookies(value),
        "set-cookie" | "set-cookie2" => set_cookie(value),
        _ if lower.ends_with("authorization") => credentials(value).into_iter().collect(),
        _ => {
            let kind = place::kind(lower.as_bytes());
            kind.map(|kind| secret(whole(value), kind, String::new(), true)).into_iter().collect()
        }
    };
    found.into_iter().filter(|found: &Found| !found.range.is_empty()).collect()
}

fn secret(range: Range<usize>, kind: &'static str, note: String, credential: bool) -> Found {
    Found { range, kind, note, credential }
}

/// The value without the white space around it.
fn whole(value: &str) -> Range<usize> {
    let from = value.len() - value.trim_start().len();
    from..from + value.trim().len()
}

/// What stands behind the scheme. A value of one word is no scheme: it is cut.
fn credentials(value: &str) -> Option<Found> {
    let all = whole(value);
    let Some(space) = value[all.clone()].find(char::is_whitespace).map(|at| all.start + at) else {
        return Some(secret(all, "credentials", String::new(), true));
    };
    let scheme = &value[all.start..space];
    let behind = value[space..all.end].trim_start();
    let range = all.end - behind.len()..all.end;
    let (kind, note) = match scheme.to_ascii_lowercase().as_str() {
        "basic" => ("Basic", payload::basic_note(behind.as_bytes())),
        "bearer" => ("token", String::new()),
        _ => ("credentials", String::new()),
    };
    Some(secret(range, kind, note, true))
}

/// The pieces between semicolons, each with the place where it begins. Inside quotes there is no semicolon.
fn pieces(value: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut from, mut quoted) = (0, false);
    for (at, c) in value.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => {
                pieces.push(from..at);
                from = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(from..value.len());
    pieces
}

fn cookies(value: &str) -> Vec<Found> {
    pieces(value).into_iter().map(|piece| cookie(value, piece)).collect()
}

/// The first piece is the cookie. Of the others those that are known attributes stay, unless another cookie follows
/// behind a comma.
fn set_cookie(value: &str) -> Vec<Found> {
    let pieces = pieces(value).into_iter().enumerate();
    let found = pieces.filter_map(|(number, piece)| {
        let text = &value[piece.clone()];
        let name = text.split('=').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_attribute = number > 0 && COOKIE_ATTRIBUTES.contains(&name.as_str());
        match text.find(',') {
            Some(comma) if is_attribute && text[comma..].contains('=') => {
                Some(cookie(value, piece.start + comma + 1..piece.end))
            }
            _ if is_attribute => None,
            _ => Some(cookie(value, piece)),
        }
    });
    found.collect()
}

/// What stands behind the `=`; a cookie without a name is cut as a whole.
fn cookie(value: &str, piece: Range<usize>) -> Found {
    let text = &value[piece.clone()];
    let from = text.find('=').map_or(piece.start, |equals| piece.start + equals + 1);
    let inner = whole(&value[from..piece.end]);
    secret(from + inner.start..from + inner.end, "cookie", String::new(), false)
}
