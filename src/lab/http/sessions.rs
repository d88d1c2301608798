//! What a server remembers of its clients: Tomcat's sessions, and the session keys of EPASSoap.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many sessions that it never came back to a client may have (protocol.md 2.1 has no number, G).
const SESSIONS: usize = 20;

/// How long a session is remembered. Tomcat's half an hour would be long for a practice deployment.
const SESSION_LIFE: Duration = Duration::from_secs(60);

/// Numbers that differ, for whoever needs a name nobody has.
#[derive(Debug)]
pub(super) struct Names {
    /// Another one for each server.
    seed: u64,
    given: AtomicU64,
}

impl Names {
    pub(super) fn new(host: &str) -> Names {
        // FNV-1a.
        let seed = host.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        Names { seed, given: AtomicU64::new(1) }
    }

    /// 32 hex digits.
    fn digits(&self) -> String {
        let count = self.given.fetch_add(1, Ordering::Relaxed);
        let one = mixed(self.seed ^ count);
        format!("{one:016x}{:016x}", mixed(one ^ self.seed))
    }

    /// A session of Tomcat: upper-case digits.
    pub(super) fn session(&self) -> String {
        self.digits().to_uppercase()
    }

    /// A session key: a GUID (protocol.md 5.1).
    pub(super) fn key(&self) -> String {
        let d = self.digits();
        format!("{}-{}-{}-{}-{}", &d[..8], &d[8..12], &d[12..16], &d[16..20], &d[20..])
    }

    /// A one-time password.
    pub(super) fn token(&self) -> String {
        self.digits()[..16].to_owned()
    }
}

/// The finalizer of SplitMix64: every bit of the input moves every bit of the output.
fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The sessions of one server.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    open: Mutex<HashMap<String, Session>>,
}

#[derive(Debug)]
struct Session {
    client: IpAddr,
    until: Instant,
    /// Whether the client has come back to it.
    returned: bool,
}

/// Whether a request is let in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// With a session that stands.
    Known,
    /// With a new session.
    New,
    /// The client has too many that it never came back to.
    TooMany,
}

impl Sessions {
    /// Lets `client` in with the session that its cookie names, or else with `new`.
    pub(super) fn admit(&self, client: IpAddr, cookie: Option<&str>, new: &str, now: Instant) -> Admission {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, session| session.until > now);
        let until = now + SESSION_LIFE;
        if let Some(session) = cookie.and_then(|id| open.get_mut(id)) {
            *session = Session { client, until, returned: true };
            return Admission::Known;
        }
        let lost = open.values().filter(|session| session.client == client && !session.returned).count();
        if lost >= SESSIONS {
            return Admission::TooMany;
        }
        open.insert(new.to_owned(), Session { client, until, returned: false });
        Admission::New
    }
}

/// The session keys of one node, one for each user.
#[derive(Debug, Default)]
pub(super) struct Keys {
    by_user: Mutex<HashMap<String, String>>,
}

impl Keys {
    /// The user's key: the one that stands, unless `force` asks for a new one (protocol.md 5.1, S).
    pub(super) fn of(&self, user: &str, force: bool, new: String) -> String {
        let mut by_user = self.by_user.lock().unwrap_or_else(PoisonError::into_inner);
        if force {
            by_user.remove(user);
        }
        by_user.entry(user.to_owned()).or_insert(new).clone()
    }

    /// Whose key this is.
    pub(super) fn user(&self, key: &str) -> Option<String> {
        let by_user = self.by_user.lock().unwrap_or_else(PoisonError::into_inner);
        by_user.iter().find(|(_, known)| *known == key).map(|(user, _)| user.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_never_returns_a_cookie_is_shut_out_for_a_while() {
        let (sessions, names, now) = (Sessions::default(), Names::new("cucm1"), Instant::now());
        let (client, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let admit = |client, cookie, after| {
            sessions.admit(client, cookie, &names.session(), now + Duration::from_secs(after))
        };
        for _ in 0..SESSIONS {
            assert_eq!(admit(client, None, 0), Admission::New);
        }
        assert_eq!(admit(client, None, 1), Admission::TooMany);
        assert_eq!(admit(client, Some("no such session"), 1), Admission::TooMany);
        assert_eq!(admit(other, None, 1), Admission::New);
        assert_eq!(admit(client, None, 60), Admission::New);
    }

    #[test]
    fn a_session_that_the_client_came_back_to_does_not_count() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let client = IpAddr::from([127, 0, 0, 1]);
        for count in 0..10 * SESSIONS {
            let id = format!("session {count}");
            assert_eq!(sessions.admit(client, None, &id, now), Admission::New);
            assert_eq!(sessions.admit(client, Some(&id), "", now), Admission::Known);
        }
    }

    #[test]
    fn names_have_their_forms_and_differ_between_servers() {
        let (one, two) = (Names::new("imp1.example.test"), Names::new("imp2.example.test"));
        let key = one.key();
        assert_eq!(key.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        let mut all = vec![key, two.key(), one.key(), one.session(), two.session(), one.token(), two.token()];
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 7);
    }

    #[test]
    fn a_key_stands_until_a_new_one_is_forced() {
        let keys = Keys::default();
        assert_eq!(keys.of("alice", false, "one".into()), "one");
        assert_eq!(keys.of("alice", false, "two".into()), "one");
        assert_eq!(keys.of("bob", false, "three".into()), "three");
        assert_eq!(keys.user("one").as_deref(), Some("alice"));
        assert_eq!(keys.of("alice", true, "four".into()), "four");
        assert_eq!(keys.user("one"), None);
    }
}
