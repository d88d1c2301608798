//! EPASSoap, the Client Configuration Web Service of the IM&P nodes (protocol.md 5.1).

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

/// Reads the answer to login.
///
/// # Errors
/// When it is no SOAP answer at all.
pub fn login(_body: &[u8]) -> Result<Answer<LoggedIn>, Misread> {
    Err(Misread::Empty)
}

/// Reads the answer to get-all-config.
///
/// # Errors
/// When it is no SOAP answer at all.
pub fn config(_body: &[u8]) -> Result<Answer<Config>, Misread> {
    Err(Misread::Empty)
}

/// Reads the answer to get-onetime-password: whether there is one in it.
///
/// # Errors
/// When it is no SOAP answer at all.
pub fn token(_body: &[u8]) -> Result<Answer<bool>, Misread> {
    Err(Misread::Empty)
}
