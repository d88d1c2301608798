//! What the user allowed.

use std::collections::BTreeMap;

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
    /// The same login on all nodes: the newest entry that asks for it.
    pub all_nodes: Option<EntryNo>,
    /// The first entry that asked for it.
    pub all_nodes_first: Option<EntryNo>,
    /// The way from outside beside the one inside: the first entry that asks for it.
    pub outside: Option<EntryNo>,
    /// The control experiment: the newest entry that asks for it on each node, host and port in lower case.
    pub controls: BTreeMap<(String, u16), EntryNo>,
    /// The control experiment wherever `<auth>` is left without an answer: the first entry that asks for it.
    pub control_anywhere: Option<EntryNo>,
}

impl Permissions {
    /// The entry in which this certificate was accepted for this host, if it was.
    pub fn accepts(&self, host: &str, fingerprint: &str) -> Option<EntryNo> {
        self.accepts_by_fingerprint(host, fingerprint).or(self.insecure)
    }

    /// The same without what accepts every certificate.
    pub(in crate::discovery) fn accepts_by_fingerprint(&self, host: &str, fingerprint: &str) -> Option<EntryNo> {
        let by_hand = self.accepted.iter().find(|(_, place, accepted)| {
            accepted == fingerprint && place.as_deref().is_none_or(|place| place.eq_ignore_ascii_case(host))
        });
        by_hand.map(|(n, ..)| *n)
    }

    /// The entry that asks for the control experiment on this node, if one does.
    pub fn control(&self, host: &str, port: u16) -> Option<EntryNo> {
        self.controls.get(&(host.to_ascii_lowercase(), port)).copied().or(self.control_anywhere)
    }

    /// Takes what the user did. Whether it allows anything. Entries may be read in any order.
    pub(in crate::discovery) fn apply(&mut self, n: EntryNo, act: &UserAct) -> bool {
        match act {
            UserAct::Accepted { host, fingerprint, .. } => self.accept(n, Some(host.clone()), fingerprint),
            UserAct::AcceptedAnywhere { fingerprint } => self.accept(n, None, fingerprint),
            UserAct::Insecure => self.insecure = Some(self.insecure.map_or(n, |first| first.min(n))),
            UserAct::AllowedCleartext { host } => self.allow_cleartext(n, Some(host.clone())),
            UserAct::AllowedCleartextAnywhere => self.allow_cleartext(n, None),
            UserAct::AllNodes => {
                self.all_nodes = self.all_nodes.max(Some(n));
                self.all_nodes_first = Some(self.all_nodes_first.map_or(n, |first| first.min(n)));
            }
            UserAct::Outside => self.outside = Some(self.outside.map_or(n, |first| first.min(n))),
            UserAct::Control { host, port } => {
                let newest = self.controls.entry((host.to_ascii_lowercase(), *port)).or_insert(n);
                *newest = n.max(*newest);
            }
            UserAct::ControlAnywhere => {
                self.control_anywhere = Some(self.control_anywhere.map_or(n, |first| first.min(n)));
            }
            UserAct::HaStatus { .. }
            | UserAct::Watch { .. }
            | UserAct::AskedAgain { .. }
            | UserAct::Skipped { .. }
            | UserAct::Stopped
            | UserAct::MoreAttempts => {
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
