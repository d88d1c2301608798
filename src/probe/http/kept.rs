//! What an origin gave us to be returned: cookies (RFC 6265), the EPAS session key, the one-time password. All of it
//! is secret, bounded, and gone with the run.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::Origin;

/// So many cookies are kept of one origin, and of all.
const COOKIES_EACH: usize = 32;
const COOKIES: usize = 128;
/// A longer cookie is not kept (RFC 6265 section 6.1).
const LONGEST: usize = 4096;
/// So many secrets that serve no more are still looked for in what is noted.
const SPENT: usize = 64;
/// A shorter one would be found where it does not stand.
const TELLING: usize = 8;

/// What was given so far.
#[derive(Default)]
pub struct Kept {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    cookies: Vec<Cookie>,
    keys: Vec<(Origin, SecretString)>,
    token: Option<SecretString>,
    /// Keys and tokens, and the cookies of before.
    spent: VecDeque<SecretString>,
}

struct Cookie {
    origin: Origin,
    path: String,
    name: String,
    value: SecretString,
    /// It may stand for the user: it was given for a credential or for such a cookie, or sent beside one.
    personal: bool,
}

impl Kept {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an origin's session key, in place of the one before.
    pub fn keep_key(&self, origin: &Origin, key: SecretString) {
        let mut inner = self.inner();
        inner.remember(&key);
        inner.keys.retain(|(of, _)| of != origin);
        inner.keys.push((origin.clone(), key));
    }

    /// The session key of the last login at this origin.
    pub fn key(&self, origin: &Origin) -> Option<SecretString> {
        self.inner().keys.iter().find(|(of, _)| of == origin).map(|(_, key)| key.clone())
    }

    /// Keeps the one-time password for the login that comes next.
    pub fn keep_token(&self, token: SecretString) {
        let mut inner = self.inner();
        inner.remember(&token);
        inner.token = Some(token);
    }

    /// Whether there is a one-time password that has not served.
    pub fn has_token(&self) -> bool {
        self.inner().token.is_some()
    }

    /// The one-time password, once.
    pub fn take_token(&self) -> Option<SecretString> {
        self.inner().token.take()
    }

    /// All secrets that servers gave and that can be told from chance: to be cut wherever they stand.
    pub fn secrets(&self) -> Vec<SecretString> {
        let inner = self.inner();
        let cookies = inner.cookies.iter().map(|cookie| &cookie.value);
        let all = inner.spent.iter().chain(cookies);
        all.filter(|secret| secret.expose_secret().len() >= TELLING).cloned().collect()
    }

    /// The `Cookie` header for a request of `path`, and whether a personal cookie is in it; none where there is
    /// nothing to return. Personal cookies only where a credential may go.
    pub fn cookies(&self, origin: &Origin, path: &str, personal: bool) -> Option<(Zeroizing<String>, bool)> {
        let inner = self.inner();
        let fitting = inner.cookies.iter().filter(|cookie| {
            cookie.origin == *origin && covers(&cookie.path, path) && (personal || !cookie.personal)
        });
        let mut header = Zeroizing::new(String::with_capacity(COOKIES_EACH * LONGEST / 8));
        let mut is_personal = false;
        for cookie in fitting {
            is_personal |= cookie.personal;
            if !header.is_empty() {
                header.push_str("; ");
            }
            header.push_str(&cookie.name);
            header.push('=');
            header.push_str(cookie.value.expose_secret());
        }
        (!header.is_empty()).then_some((header, is_personal))
    }

    /// A credential goes to this origin: what it gave before may stand for the user from now on.
    pub fn becomes_personal(&self, origin: &Origin) {
        let mut inner = self.inner();
        inner
            .cookies
            .iter_mut()
            .filter(|cookie| cookie.origin == *origin)
            .for_each(|cookie| cookie.personal = true);
    }

    /// Takes one `Set-Cookie` header of the answer to a request of `path`.
    pub fn set_cookie(&self, origin: &Origin, path: &str, header: &str, personal: bool) {
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || name.len() + value.len() > LONGEST {
            return;
        }
        let attributes: Vec<(&str, &str)> = parts.map(|part| part.split_once('=').unwrap_or((part, ""))).collect();
        let attribute = |wanted: &str| {
            attributes
                .iter()
                .rev()
                .find(|(key, _)| key.trim().eq_ignore_ascii_case(wanted))
                .map(|(_, value)| *value)
        };
        let scope = attribute("path").filter(|path| path.starts_with('/')).unwrap_or_else(|| folder(path));
        let is_gone = attribute("max-age").is_some_and(|age| age == "0" || age.starts_with('-'));
        let mut inner = self.inner();
        let is_same = |old: &Cookie| old.origin == *origin && old.path == scope && old.name == name;
        if let Some(at) = inner.cookies.iter().position(is_same) {
            let old = inner.cookies.remove(at);
            inner.remember(&old.value);
        }
        let value = SecretString::from(value);
        if is_gone || value.expose_secret().is_empty() || !inner.has_room(origin) {
            inner.remember(&value);
        } else {
            let (origin, path, name) = (origin.clone(), scope.to_owned(), name.to_owned());
            inner.cookies.push(Cookie { origin, path, name, value, personal });
        }
    }
}

impl Inner {
    fn remember(&mut self, secret: &SecretString) {
        if self.spent.len() >= SPENT {
            self.spent.pop_front();
        }
        self.spent.push_back(secret.clone());
    }

    fn has_room(&self, origin: &Origin) -> bool {
        let of_origin = self.cookies.iter().filter(|cookie| cookie.origin == *origin).count();
        of_origin < COOKIES_EACH && self.cookies.len() < COOKIES
    }
}

/// Whether a cookie of this scope belongs to a request of `path` (RFC 6265 section 5.1.4).
fn covers(scope: &str, path: &str) -> bool {
    let Some(rest) = path.strip_prefix(scope) else { return false };
    rest.is_empty() || scope.ends_with('/') || rest.starts_with(['/', '?'])
}

/// The scope of a cookie that names none: the folder of the path that was asked for.
fn folder(path: &str) -> &str {
    let path = path.split('?').next().unwrap_or(path);
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(host: &str) -> Origin {
        Origin("https".into(), host.into(), 8443, String::new())
    }

    fn returned(kept: &Kept, host: &str, path: &str, personal: bool) -> Option<String> {
        kept.cookies(&origin(host), path, personal).map(|(header, _)| header.to_string())
    }

    #[test]
    fn a_cookie_goes_back_to_its_origin_and_below_its_path_alone() {
        let kept = Kept::default();
        kept.set_cookie(&origin("a"), "/cucm-uds/version", "JSESSIONID=one; Path=/cucm-uds; Secure", false);
        kept.set_cookie(&origin("a"), "/ssosp/ws/x?y=/z", "JSESSIONID=two; HttpOnly", false);
        assert_eq!(returned(&kept, "a", "/cucm-uds/user/alice", false).unwrap(), "JSESSIONID=one");
        assert_eq!(returned(&kept, "a", "/ssosp/ws/other", false).unwrap(), "JSESSIONID=two");
        assert_eq!(returned(&kept, "a", "/cucm-udsx", false), None);
        assert_eq!(returned(&kept, "b", "/cucm-uds/version", false), None);
        kept.set_cookie(&origin("a"), "/", "JSESSIONID=gone; Max-Age=0; Path=/cucm-uds", false);
        assert_eq!(returned(&kept, "a", "/cucm-uds/version", false), None);
    }

    #[test]
    fn what_may_stand_for_the_user_goes_only_where_a_credential_may() {
        let kept = Kept::default();
        kept.set_cookie(&origin("a"), "/", "early=1", false);
        kept.set_cookie(&origin("a"), "/", "late=2", true);
        assert_eq!(returned(&kept, "a", "/", false).unwrap(), "early=1");
        assert_eq!(returned(&kept, "a", "/", true).unwrap(), "early=1; late=2");
        kept.becomes_personal(&origin("a"));
        assert_eq!(returned(&kept, "a", "/", false), None);
    }

    #[test]
    fn two_servers_behind_one_edge_have_each_their_own_key() {
        let kept = Kept::default();
        let behind = |host: &str| Origin { 3: format!("https://{host}:8443"), ..origin("expe") };
        kept.keep_key(&behind("imp1"), "key-of-imp1".into());
        kept.keep_key(&behind("imp2"), "key-of-imp2".into());
        let key = |origin: &Origin| kept.key(origin).map(|key| key.expose_secret().to_owned());
        assert_eq!(key(&behind("imp1")).as_deref(), Some("key-of-imp1"));
        assert_eq!(key(&behind("imp2")).as_deref(), Some("key-of-imp2"));
        assert_eq!(key(&origin("expe")), None);
    }

    #[test]
    fn a_flood_of_cookies_is_bounded() {
        let kept = Kept::default();
        for n in 0..10_000 {
            kept.set_cookie(&origin(&format!("h{}", n % 100)), "/", &format!("c{n}=a-value-{n}"), false);
        }
        assert!(kept.inner().cookies.len() <= COOKIES && kept.inner().spent.len() <= SPENT);
        kept.set_cookie(&origin("x"), "/", &format!("c={}", "v".repeat(LONGEST)), false);
        assert_eq!(returned(&kept, "x", "/", false), None);
    }

    #[test]
    fn a_token_serves_once_and_is_looked_for_ever_after() {
        let kept = Kept::default();
        kept.keep_token("0f2b6c1e-token".into());
        assert!(kept.has_token() && kept.take_token().is_some());
        assert!(!kept.has_token() && kept.take_token().is_none());
        assert_eq!(kept.secrets().len(), 1);
    }
}
