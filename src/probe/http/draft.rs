//! A request as it will be written, with placeholders where its secrets go: method, target, headers, body.

use hyper::http::uri::PathAndQuery;
use reqwest::Method;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HOST, HeaderName, HeaderValue, USER_AGENT};

use crate::journal::{How, HttpAsk, HttpWhat, Outcome};

use super::Identity;
use super::soap::Soap;

const AGENT: &str = concat!("impscope/", env!("CARGO_PKG_VERSION"));
const XML: &str = "application/xml";

/// A request without its secrets.
pub struct Draft {
    /// `GET`, `POST`.
    pub method: Method,
    /// Path and query.
    pub target: PathAndQuery,
    /// In their order.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body, with placeholders.
    pub body: String,
    /// What goes into it.
    pub needs: Needs,
}

/// The secret that a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// None.
    Nothing,
    /// The password, else the token, in a header.
    Header,
    /// The password in the body.
    Password,
    /// The session key of this origin in the body.
    SessionKey,
}

impl Needs {
    /// Whether the server may count it against the user.
    pub fn is_attempt(self) -> bool {
        matches!(self, Needs::Header | Needs::Password)
    }
}

impl Draft {
    /// The request that `ask` asks for.
    ///
    /// # Errors
    /// When its URL is none that can be asked.
    pub fn of(ask: &HttpAsk, identity: &Identity) -> Result<Self, Outcome> {
        let (host, target) = address(ask).ok_or_else(|| no_url(&ask.url))?;
        let needs = match ask.what {
            HttpWhat::User | HttpWhat::EdgeConfig => Needs::Header,
            HttpWhat::EpasLogin => Needs::Password,
            HttpWhat::EpasConfig | HttpWhat::EpasToken => Needs::SessionKey,
            what if what.is_administrators() => Needs::Header,
            _ => Needs::Nothing,
        };
        let soap = Soap::of(ask, identity);
        let accept = match (&soap, ask.what) {
            (Some(soap), _) => soap.accept,
            (None, HttpWhat::ServiceProfile | HttpWhat::JabberConfig | HttpWhat::SingleSignOn) => "*/*",
            (None, HttpWhat::EdgeConfig | HttpWhat::EdgeSso) => "text/xml",
            (None, _) => XML,
        };
        let mut headers = vec![
            (HOST, host),
            (USER_AGENT, HeaderValue::from_static(AGENT)),
            (ACCEPT, HeaderValue::from_static(accept)),
            (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        ];
        let body = soap.map_or_else(String::new, |soap| {
            headers.extend(soap.headers);
            soap.body
        });
        let method = if body.is_empty() { Method::GET } else { Method::POST };
        Ok(Self { method, target, headers, body, needs })
    }
}

/// The `Host` header and the target. A URL may come from a server: whatever is no plain host and path is refused.
fn address(ask: &HttpAsk) -> Option<(HeaderValue, PathAndQuery)> {
    let (scheme, rest) = ask.url.split_once("://")?;
    let place = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if !["https", "http"].contains(&scheme) || ask.origin().1.is_empty() || !place.chars().all(plain) {
        return None;
    }
    let target = rest[place.len()..].split('#').next().unwrap_or_default();
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    Some((HeaderValue::from_str(place).ok()?, target.parse().ok()?))
}

fn no_url(url: &str) -> Outcome {
    let url: String = url.chars().take(200).collect();
    Outcome::new(How::Failed, "URL", format!("{url} cannot be asked: it is no plain http or https URL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addressed(url: &str) -> Option<(String, String)> {
        let ask = HttpAsk::new(HttpWhat::Version, url.to_owned(), Vec::new());
        address(&ask).map(|(host, target)| (host.to_str().unwrap().to_owned(), target.to_string()))
    }

    #[test]
    fn a_url_gives_host_and_target() {
        let parts = |host: &str, target: &str| Some((host.to_owned(), target.to_owned()));
        assert_eq!(addressed("https://c:8443/a?b=c%40d#e"), parts("c:8443", "/a?b=c%40d"));
        assert_eq!(addressed("http://[::1]:6970"), parts("[::1]:6970", "/"));
        assert_eq!(addressed("https://c?x"), parts("c", "/?x"));
    }

    #[test]
    fn a_url_that_hides_something_is_refused() {
        for url in [
            "https://c@d/",
            "https://c\\d/",
            "ftp://c/",
            "c/x",
            "https:///x",
            "https://c/a b",
            "https://c/a\r\nX: y",
            "https://c\r\n/",
        ] {
            assert_eq!(addressed(url), None, "{url:?}");
        }
    }
}
