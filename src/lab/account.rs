//! The users of the lab and what their `<auth>` is worth (protocol.md 5.3).
//!
//! Wrong domain, unknown user and wrong password all give `not-authorized` (5.2, S). It knows no socket.
//!
//! The one-time passwords that EPASSoap hands out are kept here too: XMPP takes them.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_encoding::BASE64;
use tokio::time::Instant;

use super::component::{self, Path};
use super::scenario::{Administrator, Directory, User};

/// The mechanisms that a node takes (5.2).
const PLAIN: &str = "PLAIN";
const VTG_TOKEN: &str = "CISCO-VTG-TOKEN";

const NOT_AUTHORIZED: &str = "not-authorized";

/// How long a one-time password is good (protocol.md 13, G).
const TOKEN_LIFE: Duration = Duration::from_secs(60);

/// The users, and the tokens that were used.
#[derive(Debug)]
pub(super) struct Accounts {
    domain: String,
    users: Vec<User>,
    administrator: Option<Administrator>,
    tokens: Mutex<Tokens>,
}

/// A token is good once (protocol.md 13), on whichever node.
#[derive(Debug, Default)]
struct Tokens {
    /// Those of the deployment that were used.
    spent: HashSet<String>,
    /// Those that were handed out and not used.
    fresh: HashMap<String, Token>,
}

#[derive(Debug)]
struct Token {
    user: String,
    until: Instant,
}

/// An `<auth>`, judged.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// The user's id.
    Accepted(String),
    /// The SASL condition, and whether the named user exists on this node.
    Refused { condition: &'static str, user_exists: bool },
}

/// What a client asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt<'a> {
    /// The node that is asked.
    pub(super) host: &'a str,
    /// The stream's `to`.
    pub(super) to: Option<&'a str>,
    pub(super) mechanism: &'a str,
    /// Base64, as it came.
    pub(super) text: &'a str,
}

/// What an `<auth>` claims, as a Connection Manager reads it (protocol.md 5.3).
#[derive(Debug)]
enum Claim<'t> {
    Plain {
        authzid: &'t str,
        id: &'t str,
        password: &'t str,
    },
    /// The id is that at the domain named, if it is any.
    Token {
        id: &'t str,
        domain: &'t str,
        token: &'t str,
    },
}

impl Claim<'_> {
    /// The text of an attempt, or the condition that says why it has none.
    fn text(attempt: Attempt) -> Result<String, &'static str> {
        if ![PLAIN, VTG_TOKEN].contains(&attempt.mechanism) {
            return Err("invalid-mechanism"); // RFC 6120 6.5.7; G for IM&P
        }
        let bytes = BASE64.decode(attempt.text.as_bytes());
        let bytes = bytes.map_err(|_| "incorrect-encoding")?; // RFC 6120 6.5.5; G for IM&P
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn of<'t>(mechanism: &str, text: &'t str) -> Result<Claim<'t>, &'static str> {
        let fields: Vec<&str> = text.split('\0').collect();
        match (mechanism, fields.as_slice()) {
            (PLAIN, [authzid, id, password]) => Ok(Claim::Plain { authzid, id, password }),
            (VTG_TOKEN, [jid, token]) => {
                let (id, domain) =
                    jid.strip_prefix("userid=").and_then(|jid| jid.rsplit_once('@')).unwrap_or_default();
                Ok(Claim::Token { id, domain, token: token.strip_prefix("token=").unwrap_or_default() })
            }
            _ => Err("malformed-request"), // RFC 6120 6.5.8; G for IM&P
        }
    }
}

impl Accounts {
    pub(super) fn new(domain: &str, users: &[User]) -> Accounts {
        Accounts {
            domain: domain.to_owned(),
            users: users.to_vec(),
            administrator: None,
            tokens: Mutex::default(),
        }
    }

    /// With the one who administers them. That is no end user: neither UDS nor a node lets it in.
    pub(super) fn administered_by(self, administrator: &Administrator) -> Accounts {
        Accounts { administrator: Some(administrator.clone()), ..self }
    }

    /// Whether this is the administrator and the administrator's password.
    pub(super) fn administers(&self, id: &str, password: &str) -> bool {
        self.administrator.as_ref().is_some_and(|known| known.id == id && known.password == password)
    }

    /// All end users.
    pub(super) fn users(&self) -> &[User] {
        &self.users
    }

    /// The user with this id.
    pub(super) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// The user with this mail address: the id at the domain.
    pub(super) fn user_of_mail(&self, mail: &str) -> Option<&User> {
        // The id may be a mail address itself, so the last @ counts (protocol.md 6.8, S).
        let (id, domain) = mail.rsplit_once('@')?;
        self.user(id).filter(|_| domain.eq_ignore_ascii_case(&self.domain))
    }

    /// Whether this is the user's password, wherever the user is at home.
    pub(super) fn knows(&self, id: &str, password: &str) -> bool {
        self.user(id).is_some_and(|user| user.password == password)
    }

    /// Whether `host` is the user's home node or its partner.
    pub(super) fn serves(&self, host: &str, id: &str) -> bool {
        self.user_on(host, id).is_some()
    }

    /// From `now` on, for its short life, `token` lets `id` in once.
    pub(super) fn hand_out(&self, token: &str, id: &str, now: Instant) {
        let fresh = &mut self.tokens().fresh;
        fresh.retain(|_, token| token.until > now);
        fresh.insert(token.to_owned(), Token { user: id.to_owned(), until: now + TOKEN_LIFE });
    }

    /// Is this attempt good? A good token is spent by it.
    pub(super) fn judge(&self, attempt: Attempt) -> Judgement {
        self.judge_at(attempt, Instant::now())
    }

    fn judge_at(&self, attempt: Attempt, now: Instant) -> Judgement {
        let refused = |condition| Judgement::Refused { condition, user_exists: false };
        let text = match Claim::text(attempt) {
            Ok(text) => text,
            Err(condition) => return refused(condition),
        };
        let right_domain = self.is_right_domain(attempt);
        let (id, good) = match Claim::of(attempt.mechanism, &text) {
            Ok(Claim::Plain { authzid, id, password }) => (id, self.password(attempt.host, authzid, id, password)),
            Ok(Claim::Token { id, domain, token }) => {
                let id = if domain == self.domain { id } else { "" };
                (id, right_domain && self.spend(attempt.host, id, token, now))
            }
            Err(condition) => return refused(condition),
        };
        if good && right_domain {
            return Judgement::Accepted(id.to_owned());
        }
        let user_exists = right_domain && self.serves(attempt.host, id);
        Judgement::Refused { condition: NOT_AUTHORIZED, user_exists }
    }

    /// Whom an attempt names; nobody where it cannot be read.
    pub(super) fn named(attempt: Attempt) -> String {
        let Ok(text) = Claim::text(attempt) else { return String::new() };
        match Claim::of(attempt.mechanism, &text) {
            Ok(Claim::Plain { id, .. } | Claim::Token { id, .. }) => id.to_owned(),
            Err(_) => String::new(),
        }
    }

    /// What an attempt passes until it is judged, and for whom it is: the local database knows who has to be asked.
    pub(super) fn path(&self, attempt: Attempt) -> (Path, String) {
        let Ok(text) = Claim::text(attempt) else { return (component::UNREADABLE_AUTH, String::new()) };
        match Claim::of(attempt.mechanism, &text) {
            Ok(Claim::Plain { id, .. }) => {
                let user = self.user_on(attempt.host, id).filter(|_| self.is_right_domain(attempt));
                let path = match user.map(|user| user.directory) {
                    Some(Directory::Ldap) => component::LDAP_AUTH,
                    Some(Directory::Local) | None => component::LOCAL_AUTH,
                };
                (path, id.to_owned())
            }
            Ok(Claim::Token { id, .. }) => (component::TOKEN_AUTH, id.to_owned()),
            Err(_) => (component::UNREADABLE_AUTH, String::new()),
        }
    }

    fn is_right_domain(&self, attempt: Attempt) -> bool {
        attempt.to.is_none_or(|to| to.eq_ignore_ascii_case(&self.domain))
    }

    fn user_on(&self, host: &str, id: &str) -> Option<&User> {
        self.user(id).filter(|user| [&user.home, &user.partner].into_iter().any(|h| h == host))
    }

    fn password(&self, host: &str, authzid: &str, id: &str, password: &str) -> bool {
        let own = authzid.is_empty() || authzid == id || authzid == format!("{id}@{}", self.domain);
        own && self.user_on(host, id).is_some_and(|user| user.password == password)
    }

    /// Whether the token was good, and from now on it is not.
    fn spend(&self, host: &str, id: &str, token: &str, now: Instant) -> bool {
        let Some(user) = self.user_on(host, id) else { return false };
        let mut tokens = self.tokens();
        if user.token == token {
            return tokens.spent.insert(token.to_owned());
        }
        match tokens.fresh.get(token) {
            Some(fresh) if fresh.user == id => tokens.fresh.remove(token).is_some_and(|fresh| fresh.until > now),
            _ => false,
        }
    }

    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::scenario::deployment;

    fn judge(accounts: &Accounts, to: &str, mechanism: &str, text: &[u8]) -> Judgement {
        let text = BASE64.encode(text);
        let host = "imp1.example.test";
        accounts.judge(Attempt { host, to: Some(to), mechanism, text: &text })
    }

    fn accounts() -> Accounts {
        let deployment = deployment().expect("the deployment");
        Accounts::new(&deployment.domain, &deployment.users)
    }

    fn refused(condition: &'static str, user_exists: bool) -> Judgement {
        Judgement::Refused { condition, user_exists }
    }

    #[test]
    fn a_wrong_domain_an_unknown_user_and_a_wrong_password_look_the_same() {
        let accounts = accounts();
        let right = b"\0alice\0quiet-harbour-42";
        assert_eq!(judge(&accounts, "example.test", PLAIN, right), Judgement::Accepted("alice".into()));
        assert_eq!(judge(&accounts, "example.te", PLAIN, right), refused(NOT_AUTHORIZED, false));
        let wrong = judge(&accounts, "example.test", PLAIN, b"\0alice\0quiet-harbour-43");
        assert_eq!(wrong, refused(NOT_AUTHORIZED, true));
        let unknown = judge(&accounts, "example.test", PLAIN, b"\0impscope-probe\0quiet-harbour-42");
        assert_eq!(unknown, refused(NOT_AUTHORIZED, false));
    }

    #[test]
    fn a_token_is_good_once() {
        let accounts = accounts();
        let token = b"userid=alice@example.test\0token=0f2b6c1e";
        assert_eq!(judge(&accounts, "example.test", VTG_TOKEN, token), Judgement::Accepted("alice".into()));
        assert_eq!(judge(&accounts, "example.test", VTG_TOKEN, token), refused(NOT_AUTHORIZED, true));
    }

    #[test]
    fn a_token_that_was_handed_out_is_good_once_for_its_user_and_not_for_long() {
        let accounts = accounts();
        let now = Instant::now();
        let judge = |jid: &str, token: &str, to: &str, after: u64| {
            let text = BASE64.encode(format!("userid={jid}\0token={token}").as_bytes());
            let attempt = Attempt { host: "imp2.example.test", to: Some(to), mechanism: VTG_TOKEN, text: &text };
            accounts.judge_at(attempt, now + Duration::from_secs(after))
        };
        let (alice, domain) = ("alice@example.test", "example.test");
        accounts.hand_out("one", "alice", now);
        accounts.hand_out("two", "alice", now);
        assert_eq!(judge("bob@example.test", "one", domain, 0), refused(NOT_AUTHORIZED, true));
        assert_eq!(judge(alice, "one", "example.te", 0), refused(NOT_AUTHORIZED, false));
        // Neither of these has spent it.
        assert_eq!(judge(alice, "one", domain, 59), Judgement::Accepted("alice".into()));
        assert_eq!(judge(alice, "one", domain, 59), refused(NOT_AUTHORIZED, true));
        assert_eq!(judge(alice, "two", domain, 60), refused(NOT_AUTHORIZED, true));
        assert_eq!(judge(alice, "0f2b6c1e", domain, 60), Judgement::Accepted("alice".into()));
    }

    #[test]
    fn users_are_found_by_id_and_by_mail() {
        let accounts = accounts();
        assert_eq!(accounts.user_of_mail("alice@EXAMPLE.test").map(|user| user.id.as_str()), Some("alice"));
        assert!(accounts.user_of_mail("alice@example.net").is_none() && accounts.user_of_mail("alice").is_none());
        assert!(accounts.user("alice").is_some() && accounts.user("alice@example.test").is_none());
        assert!(accounts.knows("alice", "quiet-harbour-42") && !accounts.knows("alice", ""));
        assert!(accounts.serves("imp2.example.test", "alice") && !accounts.serves("imp3.example.test", "alice"));
    }

    #[test]
    fn the_administrator_is_no_end_user() {
        let deployment = deployment().expect("the deployment");
        let administrator = &deployment.administrator;
        let accounts = accounts().administered_by(administrator);
        let (id, password) = (administrator.id.as_str(), administrator.password.as_str());
        assert!(accounts.administers(id, password) && !accounts.administers(id, ""));
        assert!(!accounts.administers("alice", "quiet-harbour-42") && !accounts.administers("alice", password));
        assert!(!accounts.knows(id, password) && accounts.user(id).is_none());
        let text = format!("\0{id}\0{password}");
        assert_eq!(judge(&accounts, "example.test", PLAIN, text.as_bytes()), refused(NOT_AUTHORIZED, false));
    }

    #[test]
    fn what_cannot_be_an_answer_is_told_apart() {
        let accounts = accounts();
        assert_eq!(judge(&accounts, "example.test", "X-NONE", b""), refused("invalid-mechanism", false));
        assert_eq!(judge(&accounts, "example.test", PLAIN, b"alice"), refused("malformed-request", false));
        let attempt = Attempt { host: "imp1.example.test", to: None, mechanism: PLAIN, text: "=" };
        assert_eq!(accounts.judge(attempt), refused("incorrect-encoding", false));
    }
}
