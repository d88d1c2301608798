//! Secrets in headers of HTTP.

use super::*;
use crate::protocol::mask::*;

/// Kind, note, and what remains of the value.
fn headed(name: &str, value: &str) -> (Vec<(&'static str, String)>, String) {
    let found = header(name, value);
    let rest = rest(value.as_bytes(), found.iter().map(|secret| secret.range.clone()));
    let kinds = found.into_iter().map(|secret| (secret.kind, secret.note)).collect();
    (kinds, String::from_utf8(rest).unwrap())
}

#[test]
fn of_an_authorization_the_scheme_stays() {
    let basic = |user: &str| headed("Authorization", &format!("Basic {}", base64(user)));
    let one = |note: &str| (vec![("Basic", note.to_owned())], "Basic ".to_owned());
    assert_eq!(basic("alice:sec:ret"), one("user alice"));
    assert_eq!(basic("alice:"), one("user alice, empty password"));
    assert_eq!(basic(":x "), one("user (empty), trailing space in the password"));
    assert_eq!(basic("alice"), one("no colon"));
    assert_eq!(
        headed("AUTHORIZATION", "basic  ***"),
        (vec![("Basic", "not base64".to_owned())], "basic  ".to_owned())
    );
    let token = (vec![("token", String::new())], "Bearer ".to_owned());
    assert_eq!(headed("proxy-authorization", "Bearer eyJh.b.c"), token);
    let digest = (vec![("credentials", String::new())], "Digest ".to_owned());
    assert_eq!(headed("Authorization", "Digest username=\"alice\", response=\"6629\""), digest);
    assert_eq!(headed("Authorization", " c2VjcmV0 ").1, "  ");
    assert_eq!(headed("Authorization", "Basic"), (vec![("credentials", String::new())], String::new()));
    assert_eq!(headed("Authorization", ""), (Vec::new(), String::new()));
    assert!(header("Authorization", "Basic x")[0].credential);
}

#[test]
fn of_cookies_names_and_attributes_stay() {
    let cookies = [
        ("Cookie", "JSESSIONID=1A2B; JSESSIONIDSSO=3C", "JSESSIONID=; JSESSIONIDSSO="),
        ("Cookie", "nameless", ""),
        (
            "Set-Cookie",
            "JSESSIONID=1A2B; Path=/cucm-uds; Secure; HttpOnly",
            "JSESSIONID=; Path=/cucm-uds; Secure; HttpOnly",
        ),
        ("set-cookie", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        ("Set-Cookie", "a=\"x;Path=y\"; Path=/", "a=; Path=/"),
        ("Set-Cookie", "a=1; Path=/, b=2; Secure", "a=; Path=/, b=; Secure"),
        ("Set-Cookie", "a=1; Other=2;;Path", "a=; Other=;;Path"),
        ("Set-Cookie", "a=", "a="),
        ("Set-Cookie", "Path=secret", "Path="),
    ];
    for (name, value, expected) in cookies {
        assert_eq!(headed(name, value).1, expected, "{value}");
        assert!(header(name, value).iter().all(|found| found.kind == "cookie" && !found.credential));
    }
}

#[test]
fn other_headers_stay_unless_they_are_named_after_a_secret() {
    for (name, value) in
        [("WWW-Authenticate", "Basic realm=\"Cisco Web Services Realm\""), ("Server", ""), ("Host", "a:1")]
    {
        assert_eq!(headed(name, value), (Vec::new(), value.to_owned()));
    }
    assert_eq!(headed("X-Auth-Token", "abc"), (vec![("token", String::new())], String::new()));
}
