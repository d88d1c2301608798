//! What the user allowed.

use crate::journal::{EntryNo, UserAct};

/// What the user allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Accepted fingerprints: entry, host (none: every host), fingerprint.
    pub accepted: Vec<(EntryNo, Option<String>, String)>,
    /// Every certificate.
    pub insecure: Option<EntryNo>,
    /// Credentials in clear: entry and host (none: every host).
    pub cleartext: Vec<(EntryNo, Option<String>)>,
}

impl Permissions {
    /// The entry in which this certificate was accepted for this host, if it was.
    pub fn accepts(&self, host: &str, fingerprint: &str) -> Option<EntryNo> {
        let by_hand = self.accepted.iter().find(|(_, place, accepted)| {
            accepted == fingerprint && place.as_deref().is_none_or(|place| place.eq_ignore_ascii_case(host))
        });
        by_hand.map(|(n, ..)| *n).or(self.insecure)
    }

    /// Takes what the user did. Whether it allows anything. Entries may be read in any order.
    pub(super) fn apply(&mut self, n: EntryNo, act: &UserAct) -> bool {
        match act {
            UserAct::Accepted { host, fingerprint, .. } => self.accept(n, Some(host.clone()), fingerprint),
            UserAct::AcceptedAnywhere { fingerprint } => self.accept(n, None, fingerprint),
            UserAct::Insecure => self.insecure = Some(self.insecure.map_or(n, |first| first.min(n))),
            UserAct::AllowedCleartext { host } => self.allow_cleartext(n, Some(host.clone())),
            UserAct::AllowedCleartextAnywhere => self.allow_cleartext(n, None),
            UserAct::AskedAgain { .. } | UserAct::Skipped { .. } | UserAct::Stopped | UserAct::MoreAttempts => {
                return false;
            }
        }
        true
    }

    fn accept(&mut self, n: EntryNo, host: Option<String>, fingerprint: &str) {
        let at = self.accepted.partition_point(|(other, ..)| *other < n);
        self.accepted.insert(at, (n, host, fingerprint.to_owned()));
    }

    fn allow_cleartext(&mut self, n: EntryNo, host: Option<String>) {
        let at = self.cleartext.partition_point(|(other, _)| *other < n);
        self.cleartext.insert(at, (n, host));
    }
}
