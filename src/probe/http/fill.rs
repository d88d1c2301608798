//! Puts the secrets into a request, behind the trust gate.
//!
//! Our own buffers are zeroized when the last user of them is gone; the copy that the HTTP library writes from is
//! its own.

use data_encoding::BASE64;
use hyper::Request;
use hyper::body::Bytes;
use reqwest::Body;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::journal::{How, Outcome};
use crate::login::GatePass;
use crate::login::fill::Secrets;
use crate::protocol::epas::{PASSWORD, SESSION_KEY};

use super::draft::{Draft, Needs};

/// What a request may be filled with.
pub struct Filling<'a> {
    /// The user id.
    pub user: &'a str,
    /// The user's own.
    pub secrets: &'a Secrets,
    /// The session key of the origin.
    pub key: Option<&'a SecretString>,
}

/// A request, ready to be written.
pub struct Filled {
    /// The request.
    pub request: Request<Body>,
    /// The length of its body.
    pub length: usize,
}

impl Filling<'_> {
    /// Whether what a request needs is there.
    pub fn has(&self, needs: Needs) -> bool {
        match needs {
            Needs::Nothing => true,
            Needs::Header => self.secrets.password.is_some() || self.secrets.token.is_some(),
            Needs::Password => self.secrets.password.is_some(),
            Needs::SessionKey => self.key.is_some(),
        }
    }

    /// What would be sent, in words.
    pub fn words(&self, needs: Needs) -> String {
        let user = self.user;
        match needs {
            Needs::Header if self.secrets.password.is_none() && self.secrets.token.is_some() => {
                format!("the token of {user}, readable by the server (Bearer)")
            }
            Needs::Header => format!("the password of {user}, readable by the server (Basic)"),
            Needs::Password => format!("the password of {user}, readable by the server (EPASSoap)"),
            Needs::SessionKey => format!("the EPASSoap session key of {user}"),
            Needs::Nothing => String::new(),
        }
    }

    /// Fills a draft. Without a pass nothing secret goes into it but the cookies that were chosen for it.
    ///
    /// # Errors
    /// When a secret cannot stand where it should.
    pub fn fill(
        &self,
        draft: &Draft,
        cookies: Option<Zeroizing<String>>,
        pass: Option<GatePass>,
    ) -> Result<Filled, Outcome> {
        let needs = pass.map_or(Needs::Nothing, |_| draft.needs);
        let body = self.body(&draft.body, needs);
        let length = body.len();
        let mut request = Request::new(Body::from(Bytes::from_owner(body)));
        *request.method_mut() = draft.method.clone();
        *request.uri_mut() = draft.target.clone().into();
        let headers = request.headers_mut();
        headers.extend(draft.headers.iter().cloned());
        if needs == Needs::Header {
            headers.insert(AUTHORIZATION, secret_header(self.authorization())?);
        }
        if let Some(cookies) = cookies {
            headers.insert(COOKIE, secret_header(cookies)?);
        }
        Ok(Filled { request, length })
    }

    /// Basic (RFC 7617), or Bearer (RFC 6750) where only a token is at hand.
    fn authorization(&self) -> Zeroizing<String> {
        match (&self.secrets.password, &self.secrets.token) {
            (Some(password), _) => {
                let pair = joined(&[self.user, ":", password.expose_secret()]);
                let base64 = Zeroizing::new(BASE64.encode(pair.as_bytes()));
                joined(&["Basic ", &base64])
            }
            (None, Some(token)) => joined(&["Bearer ", token.expose_secret()]),
            (None, None) => Zeroizing::default(),
        }
    }

    /// The last one is filled: what stands before it may be the user's own text.
    fn body(&self, template: &str, needs: Needs) -> Zeroizing<Vec<u8>> {
        let (placeholder, secret) = match needs {
            Needs::Password => (PASSWORD, self.secrets.password.as_ref()),
            Needs::SessionKey => (SESSION_KEY, self.key),
            Needs::Nothing | Needs::Header => (PASSWORD, None),
        };
        let Some((before, behind, secret)) =
            secret.and_then(|secret| template.rsplit_once(placeholder).map(|(b, a)| (b, a, secret)))
        else {
            return Zeroizing::new(template.as_bytes().to_vec());
        };
        let escaped = escaped(secret.expose_secret());
        let mut body = Zeroizing::new(Vec::with_capacity(template.len() + escaped.len()));
        body.extend_from_slice(before.as_bytes());
        body.extend_from_slice(escaped.as_bytes());
        body.extend_from_slice(behind.as_bytes());
        body
    }
}

/// One text of many, in a buffer that did not grow.
fn joined(parts: &[&str]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(parts.iter().map(|part| part.len()).sum()));
    parts.iter().for_each(|part| text.push_str(part));
    text
}

/// As the content of an XML element.
fn escaped(secret: &str) -> Zeroizing<String> {
    // The longest reference has five bytes.
    let mut text = Zeroizing::new(String::with_capacity(secret.len() * 5));
    for c in secret.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            // A reader would make a line end of it.
            '\r' => text.push_str("&#13;"),
            c => text.push(c),
        }
    }
    text
}

fn secret_header(text: Zeroizing<String>) -> Result<HeaderValue, Outcome> {
    let bytes = Zeroizing::new(text.as_bytes().to_vec());
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(bytes))
        .map_err(|_| Outcome::new(How::Failed, "not sent", "a secret holds what no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_escaped_for_xml_and_encoded_for_basic() {
        let secrets = Secrets { password: Some("p<&>\"'d\u{e9}".into()), ..Secrets::default() };
        let filling = Filling { user: "alice", secrets: &secrets, key: None };
        let body = filling.body("<p>{{password}}</p>", Needs::Password);
        assert_eq!(std::str::from_utf8(&body).unwrap(), "<p>p&lt;&amp;&gt;\"'d\u{e9}</p>");
        let basic = filling.authorization();
        let encoded = basic.strip_prefix("Basic ").unwrap();
        assert_eq!(BASE64.decode(encoded.as_bytes()).unwrap(), "alice:p<&>\"'d\u{e9}".as_bytes());
    }

    #[test]
    fn a_password_that_looks_like_a_placeholder_is_not_filled_again() {
        let secrets = Secrets { password: Some("{{session-key}}{{password}}".into()), ..Secrets::default() };
        let filling = Filling { user: "alice", secrets: &secrets, key: None };
        let body = filling.body("<p>{{password}}</p>", Needs::Password);
        assert_eq!(&body[..], b"<p>{{session-key}}{{password}}</p>");
    }
}
