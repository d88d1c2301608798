//! The users of the lab and what their `<auth>` is worth (protocol.md 5.3).
//!
//! Wrong domain, unknown user and wrong password all give `not-authorized` (5.2, S). It knows no socket.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use data_encoding::BASE64;

use super::scenario::User;

/// The mechanisms that a node takes (5.2).
const PLAIN: &str = "PLAIN";
const VTG_TOKEN: &str = "CISCO-VTG-TOKEN";

const NOT_AUTHORIZED: &str = "not-authorized";

/// The users, and the tokens that were used.
#[derive(Debug)]
pub(super) struct Accounts {
    domain: String,
    users: Vec<User>,
    /// A token is good once (protocol.md 13), on whichever node.
    spent: Mutex<HashSet<String>>,
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

impl Accounts {
    pub(super) fn new(domain: &str, users: &[User]) -> Accounts {
        Accounts { domain: domain.to_owned(), users: users.to_vec(), spent: Mutex::default() }
    }

    /// Is this attempt good? A good token is spent by it.
    pub(super) fn judge(&self, attempt: Attempt) -> Judgement {
        let refused = |condition| Judgement::Refused { condition, user_exists: false };
        if ![PLAIN, VTG_TOKEN].contains(&attempt.mechanism) {
            return refused("invalid-mechanism"); // RFC 6120 6.5.7; G for IM&P
        }
        let Ok(bytes) = BASE64.decode(attempt.text.as_bytes()) else {
            return refused("incorrect-encoding"); // RFC 6120 6.5.5; G for IM&P
        };
        let text = String::from_utf8_lossy(&bytes);
        let fields: Vec<&str> = text.split('\0').collect();
        let (id, good) = match (attempt.mechanism, fields.as_slice()) {
            (PLAIN, [authzid, id, password]) => (*id, self.password(attempt.host, authzid, id, password)),
            (VTG_TOKEN, [jid, token]) => {
                let jid = jid.strip_prefix("userid=").unwrap_or_default();
                let id =
                    jid.rsplit_once('@').filter(|(_, domain)| *domain == self.domain).map_or("", |(id, _)| id);
                (id, self.token(attempt.host, id, token.strip_prefix("token=").unwrap_or_default()))
            }
            _ => return refused("malformed-request"), // RFC 6120 6.5.8; G for IM&P
        };
        let right_domain = attempt.to.is_none_or(|to| to.eq_ignore_ascii_case(&self.domain));
        if good && right_domain && attempt.mechanism == VTG_TOKEN {
            self.spend(id);
        }
        if good && right_domain {
            return Judgement::Accepted(id.to_owned());
        }
        let user_exists = right_domain && self.user(attempt.host, id).is_some();
        Judgement::Refused { condition: NOT_AUTHORIZED, user_exists }
    }

    fn user(&self, host: &str, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id && [&user.home, &user.partner].into_iter().any(|h| h == host))
    }

    fn password(&self, host: &str, authzid: &str, id: &str, password: &str) -> bool {
        let own = authzid.is_empty() || authzid == id || authzid == format!("{id}@{}", self.domain);
        own && self.user(host, id).is_some_and(|user| user.password == password)
    }

    fn token(&self, host: &str, id: &str, token: &str) -> bool {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        self.user(host, id).is_some_and(|user| user.token == token && !spent.contains(&user.token))
    }

    fn spend(&self, id: &str) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.extend(self.users.iter().filter(|user| user.id == id).map(|user| user.token.clone()));
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
    fn what_cannot_be_an_answer_is_told_apart() {
        let accounts = accounts();
        assert_eq!(judge(&accounts, "example.test", "X-NONE", b""), refused("invalid-mechanism", false));
        assert_eq!(judge(&accounts, "example.test", PLAIN, b"alice"), refused("malformed-request", false));
        let attempt = Attempt { host: "imp1.example.test", to: None, mechanism: PLAIN, text: "=" };
        assert_eq!(accounts.judge(attempt), refused("incorrect-encoding", false));
    }
}
