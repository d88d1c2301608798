//! Until the readers land.
use crate::protocol::mask::Found;
pub fn header(name: &str, value: &str) -> Vec<Found> {
    let secret = |range| vec![Found { range, kind: "header", note: String::new(), credential: true }];
    let trimmed = value.trim_end().len();
    match name.to_ascii_lowercase().as_str() {
        "authorization" => {
            let start =
                value.trim_start().find(' ').map_or(0, |at| at + 1 + value.len() - value.trim_start().len());
            secret(start..trimmed)
        }
        "cookie" | "set-cookie" => {
            let start = value.find('=').map_or(0, |at| at + 1);
            let end =
                if name.eq_ignore_ascii_case("cookie") { trimmed } else { value.find(';').unwrap_or(trimmed) };
            secret(start..end.max(start))
        }
        _ => Vec::new(),
    }
}
pub fn login_request(user: &str, kind: &str, version: &str, force: bool) -> String {
    format!(
        "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:ns1=\"urn:cisco:epas:soap\"><SOAP-ENV:Body><ns1:login client-version=\"{version}\" client-type=\"{kind}\" force=\"{force}\"><ns1:username>{user}</ns1:username><ns1:password>{{{{password}}}}</ns1:password></ns1:login></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
}
pub fn config_request() -> &'static str {
    "<E><H><session-key>{{session-key}}</session-key></H><get-all-config/></E>"
}
pub fn token_request() -> &'static str {
    "<E><H><session-key>{{session-key}}</session-key></H><get-onetime-password/></E>"
}
fn between(body: &[u8], tag: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let behind = &text[text.find(&format!("{tag}>"))? + tag.len() + 1..];
    Some(behind[..behind.find('<')?].to_owned())
}
pub fn session_key(body: &[u8]) -> Option<String> {
    between(body, "session-key")
}
pub fn one_time_password(body: &[u8]) -> Option<String> {
    between(body, "password")
}
