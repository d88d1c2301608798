//! What came back: the head in words, the body up to a bound, and how both ended.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderName, LOCATION, WWW_AUTHENTICATE};
use reqwest::{Response, StatusCode};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::journal::{BodyEnd, How, HttpFact, HttpHead, HttpWhat, Outcome};
use crate::probe::{tcp, tls};
use crate::protocol::epas;
use crate::protocol::mask::Way;

use super::Origin;
use super::kept::Kept;
use super::line::HEADERS;
use super::masked::AtHand;
use super::tap::KEPT;
use super::watch::Watch;

/// So much of a head is noted.
const HEAD: usize = 16 * 1024;
/// So many characters of a header that is told in words.
const WORD: usize = 500;
/// So much of a body is noted.
const BODY: usize = 256 * 1024;
/// So much of a body is read.
const READ: usize = 1 << 20;
/// A body that trickles is read for so many times as long as its next bytes are waited for, and for no longer than this.
const TRICKLES: u32 = 6;
const TRICKLE: Duration = Duration::from_secs(60);
/// So much is shown of what is no HTTP.
const EXCERPT: usize = 80;

/// The head of an answer whose bytes are `raw`.
pub fn head(answer: &Response, raw: &[u8], at_hand: &AtHand) -> HttpHead {
    let text = |name: HeaderName| {
        let value = answer.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let told = |text: String| at_hand.cleaned(&text).chars().take(WORD).collect();
    HttpHead {
        status: answer.status().as_u16(),
        realm: text(WWW_AUTHENTICATE).as_deref().and_then(realm).map(told),
        location: text(LOCATION).map(told),
        content_type: text(CONTENT_TYPE).map(told),
        payload: at_hand.head(raw, HEAD),
    }
}

/// The realm of a challenge (RFC 9110 section 11.5).
fn realm(challenge: &str) -> Option<String> {
    let at = challenge.to_ascii_lowercase().find("realm=")? + "realm=".len();
    let rest = &challenge[at..];
    let Some(quoted) = rest.strip_prefix('"') else {
        return Some(rest.split([',', ' ']).next().unwrap_or(rest).to_owned());
    };
    let mut realm = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next().filter(|c| *c != '"') {
        realm.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    Some(realm)
}

/// The body of an answer, as far as it was read.
pub struct Answer {
    body: Zeroizing<Vec<u8>>,
    bytes: u64,
    end: BodyEnd,
    /// What broke it.
    broken: Option<Outcome>,
}

impl Answer {
    /// Reads the body up to its end or a bound.
    pub async fn read(answer: &mut Response, watch: &Watch<'_>) -> Self {
        let clock = watch.notes.clock();
        let wait = watch.marks.give_up.unwrap_or(TRICKLE);
        let last = clock.now().after(TRICKLE.min(wait * TRICKLES)).after(wait);
        let mut read = Self { body: Zeroizing::default(), bytes: 0, end: BodyEnd::Complete, broken: None };
        loop {
            match watch.over(clock.now(), answer.chunk()).await {
                Some(Ok(None)) => return read,
                Some(Ok(Some(chunk))) => {
                    read.bytes = read.bytes.saturating_add(chunk.len() as u64);
                    let room = READ - read.body.len();
                    read.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room || clock.now() > last {
                        return Self { end: BodyEnd::Bound, ..read };
                    }
                }
                Some(Err(why)) => {
                    return Self { end: BodyEnd::Broken, broken: Some(broken_body(&why)), ..read };
                }
                None => return Self { end: BodyEnd::TimedOut, ..read },
            }
        }
    }

    /// Whether all of it came.
    pub fn is_complete(&self) -> bool {
        self.end == BodyEnd::Complete
    }

    /// Keeps what EPAS gave us to return.
    pub fn keep(&self, what: HttpWhat, origin: &Origin, kept: &Kept) {
        match what {
            HttpWhat::EpasLogin => {
                if let Some(key) = epas::session_key(&self.body) {
                    kept.keep_key(origin, SecretString::from(key));
                }
            }
            HttpWhat::EpasToken => {
                if let Some(token) = epas::one_time_password(&self.body) {
                    kept.keep_token(SecretString::from(token));
                }
            }
            _ => {}
        }
    }

    /// What is noted of it.
    pub fn fact(&self, at_hand: &AtHand) -> HttpFact {
        let payload = at_hand.body(&self.body, Way::In, !self.is_complete(), BODY);
        HttpFact::Body { payload, bytes: self.bytes, end: self.end }
    }

    /// How the request ended. `silent` is what to say where the body fell silent.
    pub fn outcome(self, status: StatusCode, silent: Outcome) -> Outcome {
        if !status.is_success() {
            let reason = status.canonical_reason().unwrap_or_default();
            return Outcome::new(How::Refused, status.as_str(), reason);
        }
        match (self.end, self.broken) {
            (_, Some(broken)) => broken,
            (BodyEnd::Bound, None) => {
                let text = format!("the body did not end within {} bytes", self.bytes);
                Outcome::new(How::Broken, "limit", text)
            }
            (BodyEnd::TimedOut, None) => silent,
            (BodyEnd::Complete | BodyEnd::Broken, None) => Outcome::ok(),
        }
    }
}

/// How a request ended that got no head; `came` is what came instead.
pub fn no_head(why: &hyper::Error, came: &[u8], at_hand: &AtHand) -> Outcome {
    let is_http = came.iter().zip(b"HTTP/1.").all(|(came, wanted)| came == wanted);
    let is_long = came.len() >= KEPT || memchr::memchr_iter(b'\n', came).count() > HEADERS;
    if is_http && is_long && why.is_parse() {
        return Outcome::new(How::Broken, "limit", "the answer's head is longer than is read here");
    }
    if !is_http || why.is_parse() {
        let text = format!("what came is no HTTP answer; it begins: {}", at_hand.excerpt(came, EXCERPT));
        return Outcome::new(How::Broken, "not HTTP", text);
    }
    let when = if came.is_empty() { "before an answer" } else { "in the head of its answer" };
    lost(why, when)
}

fn broken_body(why: &reqwest::Error) -> Outcome {
    match source::<io::Error>(why) {
        Some(error) if tls::broken(error).is_some() => lost(why, "in the body of its answer"),
        Some(error) if error.raw_os_error().is_none() && error.kind() != io::ErrorKind::UnexpectedEof => {
            Outcome::new(How::Broken, "bad body", format!("the body breaks the rules of HTTP: {error}"))
        }
        _ => lost(why, "in the body of its answer"),
    }
}

/// How a request ended whose connection was lost.
fn lost(why: &(dyn Error + 'static), when: &str) -> Outcome {
    let error = source::<io::Error>(why);
    if let Some(alert) = error.and_then(tls::broken) {
        return Outcome::new(How::Lost, alert, format!("TLS ended {when}"));
    }
    match error.filter(|error| error.raw_os_error().is_some()) {
        Some(error) => Outcome::new(How::Lost, tcp::errno(error), format!("{error}, {when}")),
        None => Outcome::new(How::Lost, "closed", format!("the server closed the connection {when}")),
    }
}

/// The innermost cause of this kind.
fn source<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    let mut found = None;
    while let Some(error) = next {
        found = error.downcast_ref().or(found);
        next = error.source();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_read_in_every_form_that_was_seen() {
        assert_eq!(realm(r#"Basic realm="Cisco Web Services Realm""#).unwrap(), "Cisco Web Services Realm");
        assert_eq!(realm(r#"Bearer x=1, Basic Realm="a \"b\"", c=d"#).unwrap(), r#"a "b""#);
        assert_eq!(realm("Basic realm=plain, charset=UTF-8").unwrap(), "plain");
        assert_eq!(realm("Negotiate"), None);
        assert_eq!(realm("Basic realm=\"open").unwrap(), "open");
    }
}
