//! EPASSoap, the Client Configuration Web Service of the IM&P nodes (protocol.md 5.1).
//!
//! Requests are its literals with a placeholder where a secret belongs. Answers are read leniently, for none was ever
//! captured: by local names at any depth, a value as attribute or element. They read the same with their secrets cut
//! out, but for [`session_key`] and [`one_time_password`], which are for whoever sends the next request.

mod answer;
#[cfg(test)]
mod tests;

use super::document::Misread;

/// What stands in [`login_request`] for the password until it is written.
pub const PASSWORD: &str = "{{password}}";
/// What stands in the other requests for the session key until they are written.
pub const SESSION_KEY: &str = "{{session-key}}";

/// What a request was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// It succeeded.
    Success(T),
    /// It failed: the reason as it stands there, in whatever form; empty where there is none.
    Failure(String),
    /// It names another node (protocol.md 5.1, Gap 3: the form is not known, so any host in an answer that is
    /// neither success nor failure).
    Redirect(String),
    /// A SOAP fault: its words.
    Fault(String),
    /// None of these: the local names of what stands in the body.
    Unclear(Vec<String>),
}

/// A successful login.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoggedIn {
    /// Whether a session key is in it.
    pub has_key: bool,
    /// What else it names, as `name: value`: service versions, the backup server.
    pub more: Vec<String>,
}

/// The configuration of a node and its user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// All properties, in their order: name and value. Values of password-like names are left out.
    pub properties: Vec<(String, String)>,
}

impl Config {
    /// The value of this property, where it has one.
    pub fn property(&self, name: &str) -> Option<&str> {
        let mut named = self.properties.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.find_map(|(_, value)| Some(value.as_str()).filter(|value| !value.is_empty()))
    }

    /// The XMPP domain.
    pub fn domain(&self) -> Option<&str> {
        self.property("Presence.Domain")
    }

    /// The user's node.
    pub fn primary(&self) -> Option<&str> {
        self.property("Presence.Primary.Address")
    }

    /// Its partner.
    pub fn backup(&self) -> Option<&str> {
        self.property("Presence.Backup.Address").or_else(|| self.property("Presence.Backup1.Address"))
    }
}

/// The request for a session key, with [`PASSWORD`] in it: the user id, `CUPC` or another type of client, its version,
/// and whether a key that stands is replaced.
pub fn login_request(user: &str, kind: &str, version: &str, force: bool) -> String {
    let escaped = quick_xml::escape::escape;
    let (user, kind, version) = (escaped(user), escaped(kind), escaped(version));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:ns1="urn:cisco:epas:soap">
 <SOAP-ENV:Body><ns1:login client-version="{version}" client-type="{kind}" force="{force}">
   <ns1:username>{user}</ns1:username><ns1:password>{PASSWORD}</ns1:password></ns1:login></SOAP-ENV:Body></SOAP-ENV:Envelope>"#
    )
}

/// The request for the configuration of the node and its user, with [`SESSION_KEY`] in it.
pub fn config_request() -> String {
    with_key(
        r#"<get-all-config><system-config/><user-config/><federated-domains auth-policy="all"/><non-presence-aware-contacts/><contact-info/></get-all-config>"#,
    )
}

/// The request for a one-time password, with [`SESSION_KEY`] in it.
pub fn token_request() -> String {
    with_key("<get-onetime-password/>")
}

fn with_key(body: &str) -> String {
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope" xmlns="urn:cisco:epas:soap">
 <soapenv:Header><session-key>{SESSION_KEY}</session-key></soapenv:Header>
 <soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"#
    )
}

/// Reads the answer to login.
///
/// # Errors
/// When it is no SOAP answer at all.
pub fn login(body: &[u8]) -> Result<Answer<LoggedIn>, Misread> {
    answer::login(body)
}

/// Reads the answer to get-all-config.
///
/// # Errors
/// When it is no SOAP answer at all.
pub fn config(body: &[u8]) -> Result<Answer<Config>, Misread> {
    answer::config(body)
}

/// Reads the answer to get-onetime-password: whether there is one in it.
///
/// # Errors
/// When it is no SOAP answer at all.
pub fn token(body: &[u8]) -> Result<Answer<bool>, Misread> {
    answer::token(body)
}

/// The session key in the answer to login, before it is cut out.
pub fn session_key(body: &[u8]) -> Option<String> {
    answer::secret(body, answer::is_session_key)
}

/// The one-time password in the answer to get-onetime-password, before it is cut out.
pub fn one_time_password(body: &[u8]) -> Option<String> {
    answer::secret(body, answer::is_password)
}

/// Whether these are the words to a client that is too old, which is told so before its password is looked at
/// (protocol.md 5.1).
pub fn is_about_version(words: &str) -> bool {
    answer::is_about_version(words)
}
